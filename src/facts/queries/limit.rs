//! How many rows a query asks for at most, where the number comes from, and whether something caps it.

use super::{Library, Source, flow::Flow, source::source};
use crate::code::{BindingKind, Kind, NodeRef, Role};

/// Steps from a number to where it comes from.
const HOPS: usize = 6;

/// Where the bound of a query comes from; nothing when it has none, or one that the function itself caps.
pub(super) fn limit(call: NodeRef<'_>, library: Library) -> Option<Source> {
    let value = asked(call, library)?;
    let found = source(value);
    let open = matches!(found, Source::Request(_) | Source::Parameter { .. });
    (open && !is_capped(value, &found, HOPS)).then_some(found)
}

/// Whether `argument`, which is handed on, holds a number of rows that this function caps.
pub(super) fn is_capped_limit(argument: NodeRef<'_>, found: &Source) -> bool {
    let speaks = |name: &str| {
        let name = super::plain(name);
        ["limit", "take", "pagesize", "perpage", "size", "count", "first"].contains(&name.as_str())
    };
    let mut parts = std::iter::once(argument).chain(argument.descendants()).filter(|part| part.is(Kind::Identifier));
    matches!(found, Source::Request(_) | Source::Parameter { .. })
        && parts.any(|part| speaks(part.name()) && is_capped(part, found, HOPS))
}

/// The expression that says how many rows.
fn asked(call: NodeRef<'_>, library: Library) -> Option<NodeRef<'_>> {
    let options = call.argument(0).map(NodeRef::resolved).filter(|options| options.is(Kind::Object));
    let named = |name: &str| options.and_then(|options| options.property(name));
    match library {
        Library::Prisma | Library::TypeOrm => named("take"),
        Library::Sequelize => named("limit"),
        _ => {
            let flow = Flow::of(call);
            let link = flow.links.iter().find(|link| matches!(link.name, "limit" | "take"));
            link.and_then(|link| link.call.argument(0)).or_else(|| named("limit"))
        }
    }
}

/// Whether something in the function makes a large number smaller or refuses it.
fn is_capped(value: NodeRef<'_>, found: &Source, hops: usize) -> bool {
    if hops == 0 {
        return true;
    }
    let parts = std::iter::once(value).chain(value.descendants());
    for part in parts {
        match part.kind() {
            // `limit > 100 ? 100 : limit`, and schemas that this file does not hold.
            Kind::Conditional => return true,
            Kind::Call if is_schema(part) => return !is_open_schema(part, found),
            Kind::Identifier if is_name_capped(part, found, hops) => return true,
            _ => {}
        }
    }
    false
}

fn is_name_capped(name: NodeRef<'_>, found: &Source, hops: usize) -> bool {
    let Some((id, binding)) = name.binding_id().zip(name.binding()) else { return false };
    if binding.writes > 0 || name.tree().references(id).any(is_compared) {
        return true;
    }
    let declaration = name.tree().at(binding.declaration);
    match binding.kind {
        BindingKind::Variable if declaration.is(Kind::Assignment) => {
            declaration.child(Role::Value).is_none_or(|value| is_capped(value, found, hops - 1))
        }
        // A default that is a call may hold the bound: `Query(50, le=100)`.
        BindingKind::Parameter => declaration
            .child(Role::Default)
            .into_iter()
            .chain(declaration.child(Role::Annotation))
            .any(|given| speaks_of_bound(given.text())),
        _ => false,
    }
}

/// Whether a use of a name is compared with something: `if (limit > 100)`, `limit.value > 100`.
fn is_compared(reference: NodeRef<'_>) -> bool {
    let mut top = reference;
    while let Some(parent) = top.parent().filter(|parent| parent.is(Kind::Member) && top.role() == Role::Object) {
        top = parent;
    }
    top.parent().is_some_and(|parent| parent.is(Kind::Binary) && matches!(parent.name(), "<" | ">" | "<=" | ">="))
}

fn is_schema(call: NodeRef<'_>) -> bool {
    matches!(
        call.callee_name(),
        Some("parse" | "safeParse" | "parseAsync" | "safeParseAsync" | "validate" | "validateSync" | "valid" | "cast")
    ) && call.receiver().is_none_or(|receiver| !matches!(receiver.name(), "JSON" | "qs" | "querystring"))
}

/// Whether the schema is in this file and takes any number under that name.
fn is_open_schema(call: NodeRef<'_>, found: &Source) -> bool {
    let (Source::Request(name) | Source::Parameter { name, .. }) = found else { return false };
    let Some(schema) = call.receiver().map(NodeRef::resolved).filter(|schema| schema.is(Kind::Call)) else {
        return false;
    };
    let mut objects = std::iter::once(schema).chain(schema.descendants()).filter(|node| node.is(Kind::Object));
    let rule = objects.find_map(|object| object.property(name));
    rule.is_some_and(|rule| rule.text().contains("number") && !speaks_of_bound(rule.resolved().text()))
}

fn speaks_of_bound(text: &str) -> bool {
    let holds = |word: &str| text.contains(word);
    ["max", ".lte(", ".lt(", "le=", "lt=", "le =", "lt =", "refine", "transform", "enum", "Literal", "between", "clamp"]
        .into_iter()
        .any(holds)
}
