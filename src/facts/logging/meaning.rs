//! What a value that is logged turns out to be by what is done with it elsewhere, and what a logger takes out of it.

use crate::code::{Kind, NodeRef, Role};

/// Uses of a name looked at to learn whether it is a number.
const USES: usize = 60;

/// Whether `node` is the body of an answer in the branch where that answer says that it failed: what stands there
/// instead of a token is an error. `if (!response.ok) { console.error(newToken); throw … }`
pub(super) fn is_error_body(node: NodeRef<'_>) -> bool {
    let Some(made) = node.definition() else { return false };
    let read = if made.is(Kind::Await) { made.child(Role::Value).unwrap_or(made) } else { made };
    let answer = read.receiver().filter(|_| matches!(read.callee_name(), Some("json" | "text")));
    let Some(answer) = answer.filter(|answer| answer.is(Kind::Identifier)) else { return false };
    let mut below = node;
    for above in node.ancestors().take_while(|above| !above.is(Kind::Function)).take(30) {
        let condition = above.child(Role::Condition).filter(|_| above.is(Kind::If) && below.role() == Role::Consequent);
        if condition.is_some_and(|condition| says_failed(condition, answer.name())) {
            return true;
        }
        below = above;
    }
    false
}

/// `!response.ok`, `response.status !== 200`, `resp.status_code >= 400`.
fn says_failed(condition: NodeRef<'_>, answer: &str) -> bool {
    let of_answer = |node: NodeRef<'_>, names: &[&str]| {
        node.is(Kind::Member)
            && names.contains(&node.name())
            && node.child(Role::Object).is_some_and(|object| object.name() == answer)
    };
    match condition.kind() {
        Kind::Unary if condition.name() == "!" => {
            condition.child(Role::Value).is_some_and(|value| of_answer(value, &["ok", "is_success"]))
        }
        Kind::Binary if matches!(condition.name(), "!=" | "!==" | ">=" | ">") => {
            condition.child(Role::Left).is_some_and(|left| of_answer(left, &["status", "status_code"]))
        }
        Kind::Logical if condition.name() == "&&" => condition.children().any(|side| says_failed(side, answer)),
        _ => false,
    }
}

/// Whether `node` counts: it is compared by size, or made and declared as a number.
pub(super) fn is_count(node: NodeRef<'_>) -> bool {
    let Some(binding) = node.binding_id().filter(|_| node.is(Kind::Identifier)) else { return false };
    let numeric = |made: NodeRef<'_>| {
        matches!(made.callee_name(), Some("int" | "len" | "Number" | "parseInt" | "count" | "sum"))
            || made.is(Kind::Number)
    };
    let declaration = node.tree().at(node.tree().binding(binding).declaration);
    let by_default = declaration.child(Role::Default).is_some_and(|default| default.is(Kind::Number));
    by_default
        || node.definition().is_some_and(numeric)
        || node.tree().references(binding).take(USES).any(|reference| {
            let Some(parent) = reference.parent() else { return false };
            match parent.kind() {
                Kind::Binary => {
                    let sized = matches!(parent.name(), "-" | "<" | ">" | "<=" | ">=");
                    let added = parent.name() == "+" && parent.children().all(|side| !may_be_text(side));
                    sized || added
                }
                Kind::Parameter => parent.child(Role::Annotation).is_some_and(|annotation| {
                    matches!(annotation.name(), "int" | "number") || annotation.text() == "number"
                }),
                _ => false,
            }
        })
}

/// Whether an operand of `+` can be text, as far as it shows.
fn may_be_text(side: NodeRef<'_>) -> bool {
    matches!(side.kind(), Kind::String | Kind::Template | Kind::Call)
        || side.is(Kind::Binary) && side.children().any(may_be_text)
}

/// Whether `class` is a filter or formatter of Python's logging that rewrites what is written, in a file that speaks of
/// data about people: `record.msg = scrub(record.msg)`.
pub(super) fn scrubs(class: NodeRef<'_>) -> bool {
    let based =
        class.children_in(Role::Base).any(|base| base.name().ends_with("Filter") || base.name().ends_with("Formatter"));
    let rewrites = |node: NodeRef<'_>| {
        node.is(Kind::Assignment)
            && node.child(Role::Target).is_some_and(|target| {
                target.is(Kind::Member)
                    && matches!(target.name(), "msg" | "message")
                    && target.child(Role::Object).is_some_and(|object| object.name() == "record")
            })
    };
    let people = || {
        let text = class.tree().source().to_ascii_lowercase();
        ["pii", "email", "e-mail", "personal"].iter().any(|word| text.contains(word))
    };
    based && class.descendants().take(400).any(rewrites) && people()
}
