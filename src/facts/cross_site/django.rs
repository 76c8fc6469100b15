//! Django's list of middleware: whether the check of forged requests is in it.

use super::{Sign, speaks};
use crate::code::{Kind, NodeRef, Role};

/// Django's list: sessions with or without the check of tokens.
pub(super) fn middleware(list: NodeRef<'_>) -> Option<Sign> {
    if !list.is(Kind::Array) || list.descendants().any(|node| !matches!(node.kind(), Kind::String | Kind::Comment)) {
        return None;
    }
    let holds = |name: &str| list.descendants().any(|node| node.is(Kind::String) && node.name().ends_with(name));
    if !holds("SessionMiddleware") {
        None
    } else if holds("CsrfViewMiddleware") {
        Some(Sign::Guards("CsrfViewMiddleware".to_owned()))
    } else if list.descendants().any(|node| node.is(Kind::String) && speaks(node.name())) || has_other_branch(list) {
        Some(Sign::Speaks)
    } else {
        Some(Sign::Off("django"))
    }
}

/// Whether the same file puts the check in the list elsewhere: in the other branch of an `if`, or added later. A branch
/// that only development takes speaks for nothing else.
fn has_other_branch(list: NodeRef<'_>) -> bool {
    let takes = |node: NodeRef<'_>| {
        node.ancestors().any(|above| match above.kind() {
            Kind::Assignment => above.child(Role::Target).is_some_and(|target| is_middleware(target.name())),
            Kind::Call => above.receiver().is_some_and(|on| is_middleware(on.name())),
            _ => false,
        })
    };
    list.tree().nodes().any(|node| {
        node.is(Kind::String)
            && node.name().ends_with("CsrfViewMiddleware")
            && !list.span().contains(node.span())
            && takes(node)
            && !only_in_development(node)
    })
}

pub(super) fn is_middleware(name: &str) -> bool {
    matches!(name, "MIDDLEWARE" | "MIDDLEWARE_CLASSES")
}

/// Whether an `if` that asks for development or tests is all that leads to a place: `if DEBUG:`, and the `else` of
/// `if PRODUCTION:`.
fn only_in_development(node: NodeRef<'_>) -> bool {
    let mut child = node;
    for above in node.ancestors() {
        if above.is(Kind::If)
            && let Some(condition) = above.child(Role::Condition)
        {
            let text = condition.text().to_ascii_lowercase();
            let any = |names: &[&str]| names.iter().any(|name| text.contains(name));
            let negated = text.starts_with("not ");
            let development = match () {
                () if any(&["prod"]) => Some(negated),
                () if any(&["debug", "dev", "test", "local"]) => Some(!negated),
                () => None,
            };
            let asked = matches!(child.role(), Role::Consequent | Role::Alternate);
            if asked && development == Some(child.role() == Role::Consequent) {
                return true;
            }
        }
        child = above;
    }
    false
}
