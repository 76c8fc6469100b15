//! Rows that are written as somebody else put them together: the body of a request, handed to the database whole.

use super::{Source, Written, source};
use crate::{
    code::{BindingKind, Kind, NodeRef, Role},
    model::Span,
};

/// Steps from a row to where it comes from.
const HOPS: usize = 6;

/// What this call writes, when it is given a whole object that it does not list.
pub(super) fn written(call: NodeRef<'_>) -> Option<Written> {
    let (table, row) = row(call)?;
    let made = |whole: Whole<'_>, looked_at| Written {
        span: call.span(),
        given: whole.node.span(),
        table: table.clone(),
        source: whole.source,
        looked_at,
    };
    if let Some(whole) = whole(row, HOPS, false) {
        return Some(made(whole, false));
    }
    let constructs = call.callee_name().is_some_and(|name| name.starts_with(char::is_uppercase));
    whole(row, HOPS, true).filter(|_| constructs).map(|whole| made(whole, true))
}

/// `setattr(model, key, value)` for every key of what the function was given.
pub(super) fn poured(call: NodeRef<'_>) -> Option<Span> {
    if call.callee_name() != Some("setattr") || call.receiver().is_some() {
        return None;
    }
    let key = call.argument(1).filter(|key| key.is(Kind::Identifier))?;
    let around = call.enclosing_in_function(Kind::Loop)?;
    // A condition on the key lets only what it knows through.
    if call.ancestors().take_while(|above| *above != around).any(|above| above.is(Kind::If)) {
        return None;
    }
    let looked_at = around.descendants().take(100).any(|node| {
        let tested = matches!(node.kind(), Kind::If | Kind::Conditional).then(|| node.child(Role::Condition)).flatten();
        tested.is_some_and(|condition| condition.text().contains(key.name()))
    });
    let items = around.child(Role::Iterated).filter(|items| items.callee_name() == Some("items") && !looked_at)?;
    let given = items.receiver().filter(|given| given.is(Kind::Identifier))?;
    let binding = given.binding().filter(|binding| binding.kind == BindingKind::Parameter)?;
    let parameter = given.tree().at(binding.declaration);
    let keywords = parameter.text().starts_with("**");
    let open = parameter.child(Role::Annotation).is_none_or(|kind| kind.text().to_ascii_lowercase().contains("dict"));
    (open && !keywords).then(|| call.span())
}

/// The table and the expression that makes the row.
pub(super) fn row(call: NodeRef<'_>) -> Option<(String, NodeRef<'_>)> {
    let name = call.callee_name()?;
    let receiver = call.receiver();
    let capital = |node: NodeRef<'_>| node.name().starts_with(char::is_uppercase);
    match name {
        "create" | "update" | "upsert" | "updateMany" | "createMany" => {
            let receiver = receiver?;
            if receiver.child(Role::Object).is_some_and(source::is_client) {
                let options = call.argument(0).filter(|options| options.is(Kind::Object))?;
                let row = ["data", "update", "create"].into_iter().find_map(|key| options.property(key))?;
                return Some((receiver.name().to_owned(), row));
            }
            if capital(receiver) && receiver.is(Kind::Identifier) {
                return Some((receiver.name().to_owned(), call.argument(0)?));
            }
            let table = of_builder(receiver)?;
            Some((table, call.argument(0)?))
        }
        "insert" => Some((of_builder(receiver?)?, call.argument(0)?)),
        "values" | "set" => {
            let start = receiver.filter(|start| matches!(start.callee_name(), Some("insert" | "update")))?;
            let client = start.receiver().is_some_and(source::is_client);
            let table = start.argument(0).filter(|_| client)?;
            Some((table.name().to_owned(), call.argument(0)?))
        }
        "findByIdAndUpdate" | "findOneAndUpdate" | "updateOne" => {
            let model = receiver.filter(|model| model.is(Kind::Identifier) && capital(*model))?;
            let row = call.argument(1)?;
            let set = row.property("$set").filter(|_| row.is(Kind::Object));
            Some((model.name().to_owned(), set.unwrap_or(row)))
        }
        // `Object.assign(user, body)`.
        "assign" if receiver.is_some_and(|receiver| receiver.name() == "Object") => {
            let record = call.argument(0).filter(|record| record.is(Kind::Identifier))?;
            let made = record.definition().filter(|made| made.is(Kind::Call))?;
            let loads = made.callee_name().is_some_and(|name| {
                let name = name.to_ascii_lowercase();
                name.starts_with("find") || name.starts_with("get") && !name.starts_with("getinit")
            });
            Some((record.name().to_owned(), call.argument(1).filter(|_| loads)?))
        }
        // `Order(**fields)`: a class that maps a table.
        _ if name.starts_with(char::is_uppercase) => {
            let poured = call
                .children_in(Role::Argument)
                .find(|argument| argument.is(Kind::Spread) && argument.text().starts_with("**"))?;
            Some((name.to_owned(), poured.child(Role::Value)?))
        }
        _ => None,
    }
}

/// `supabase.from('table')`.
fn of_builder(receiver: NodeRef<'_>) -> Option<String> {
    receiver.argument(0).filter(|_| receiver.callee_name() == Some("from"))?.constant_str()
}

/// An object that is taken as it came.
struct Whole<'t> {
    node: NodeRef<'t>,
    source: Source,
}

/// With `lenient`, something may look at its keys on the way.
fn whole(row: NodeRef<'_>, hops: usize, lenient: bool) -> Option<Whole<'_>> {
    if hops == 0 {
        return None;
    }
    match row.kind() {
        Kind::Object => {
            let mut spreads = row.children_in(Role::Item).filter(|item| item.is(Kind::Spread));
            spreads.find_map(|spread| whole(spread.child(Role::Value)?, hops - 1, lenient))
        }
        Kind::Identifier => {
            let binding = row.binding()?;
            let declaration = row.tree().at(binding.declaration);
            match binding.kind {
                _ if !lenient && is_looked_at(row) => None,
                BindingKind::Parameter => Some(Whole { node: row, source: source::source(row) }),
                BindingKind::Variable if declaration.is(Kind::Assignment) && binding.writes == 0 => {
                    let target = declaration.child(Role::Target)?;
                    let value = declaration.child(Role::Value)?;
                    let taken = target.is(Kind::Identifier) || is_rest(target, row.name());
                    let found = whole(value, hops - 1, lenient).filter(|_| taken)?;
                    Some(Whole { node: row, source: found.source })
                }
                _ => None,
            }
        }
        Kind::Await => whole(row.child(Role::Value)?, hops - 1, lenient),
        Kind::Member => {
            let known = matches!(row.name(), "body" | "data" | "json" | "form" | "POST");
            let on = row.child(Role::Object)?;
            (known && source::is_request(on)).then(|| Whole { node: row, source: source::source(row) })
        }
        // `await request.json()`.
        Kind::Call => {
            let known = matches!(row.callee_name(), Some("json" | "get_json"));
            let on = row.receiver()?;
            (known && source::is_request(on)).then(|| Whole { node: row, source: Source::Request("body".to_owned()) })
        }
        _ => None,
    }
}

/// `const { id, ...rest } = body`.
fn is_rest(pattern: NodeRef<'_>, name: &str) -> bool {
    pattern
        .children_in(Role::Item)
        .any(|item| item.is(Kind::Spread) && item.child(Role::Value).is_some_and(|rest| rest.name() == name))
}

/// Whether something else is given the object, too, which may check its keys; or keys of it are deleted.
fn is_looked_at(name: NodeRef<'_>) -> bool {
    let Some(id) = name.binding_id() else { return true };
    name.tree().references(id).any(|reference| {
        let Some(parent) = reference.parent() else { return false };
        match parent.kind() {
            Kind::Call if reference.role() == Role::Argument => parent.callee_name().is_some_and(|callee| {
                let callee = callee.to_ascii_lowercase();
                ["parse", "valid", "check", "assert", "sanitize", "pick", "omit", "keys", "entries", "ensure", "filter"]
                    .iter()
                    .any(|word| callee.contains(word))
            }),
            // `delete body.role`, `body.role = undefined`, `for (key in body)`.
            Kind::Member => {
                parent.role() == Role::Target
                    || parent.parent().is_some_and(|above| above.is(Kind::Unary) && above.name() == "delete")
            }
            Kind::Index => true,
            Kind::Loop => reference.role() == Role::Iterated,
            _ => false,
        }
    })
}
