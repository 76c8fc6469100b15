//! Rows that a function answers with or gives back, as the database gave them.

use super::{TellsTo, Told};
use crate::code::{BindingKind, Flags, Kind, NodeRef, Role};
use crate::facts::answers::bodies;

/// Steps from an answer to the call that its value comes from.
const HOPS: usize = 5;
/// Objects inside the answer: `{ success, data: { user } }`.
const DEPTH: usize = 3;

/// The calls whose whole value `node`, a response or a `return`, sends.
pub(super) fn told(node: NodeRef<'_>) -> Vec<Told> {
    let mut found = Vec::new();
    match bodies(node) {
        Some(bodies) => {
            for body in bodies {
                collect(body, DEPTH, TellsTo::Client, &mut found);
            }
        }
        None if node.is(Kind::Return) => {
            if let Some(value) = node.child(Role::Value) {
                collect(value, 1, TellsTo::Caller, &mut found);
            }
        }
        // `(id) => prisma.user.findUnique(…)`.
        None if node.is(Kind::Function) => {
            if let Some(value) = node.child(Role::Body).filter(|body| !body.is(Kind::Block)) {
                collect(value, 1, TellsTo::Caller, &mut found);
            }
        }
        None => {}
    }
    found
}

fn collect(value: NodeRef<'_>, depth: usize, to: TellsTo, found: &mut Vec<Told>) {
    match value.kind() {
        Kind::Object if depth > 0 => {
            for item in value.children_in(Role::Item) {
                if let Some(inner) = item.child(Role::Value) {
                    collect(inner, depth - 1, to, found);
                }
            }
        }
        Kind::Logical | Kind::Conditional => {
            for side in [Role::Left, Role::Right, Role::Consequent, Role::Alternate] {
                if let Some(inner) = value.child(side) {
                    collect(inner, depth, to, found);
                }
            }
        }
        Kind::Call if value.callee_name() == Some("stringify") => {
            if let Some(inner) = value.argument(0) {
                collect(inner, depth, to, found);
            }
        }
        _ => {
            if let Some(origin) = origin(value, HOPS) {
                found.push(Told { span: value.span(), origin: origin.span(), to });
            }
        }
    }
}

/// The call whose value this is, whole.
fn origin(value: NodeRef<'_>, hops: usize) -> Option<NodeRef<'_>> {
    if hops == 0 {
        return None;
    }
    match value.kind() {
        Kind::Call => Some(value),
        Kind::Await => origin(value.child(Role::Value)?, hops - 1),
        // `rows[0]`, and `result.data` of Supabase.
        Kind::Index => origin(value.child(Role::Object)?, hops - 1),
        Kind::Member if value.name() == "data" => origin(value.child(Role::Object)?, hops - 1),
        Kind::Identifier => {
            let binding = value.binding()?;
            let declaration = value.tree().at(binding.declaration);
            let variable = binding.kind == BindingKind::Variable && binding.writes == 0;
            if !variable || !declaration.is(Kind::Assignment) || is_changed(value) {
                return None;
            }
            let target = declaration.child(Role::Target)?;
            let row = target.is(Kind::Identifier) || is_row(target, value.name());
            origin(declaration.child(Role::Value).filter(|_| row)?, hops - 1)
        }
        _ => None,
    }
}

/// `{ data: user }` of Supabase, `[user]` of Drizzle.
fn is_row(pattern: NodeRef<'_>, name: &str) -> bool {
    let mut items = pattern.children_in(Role::Item);
    if pattern.is(Kind::Array) {
        return items.next().is_some_and(|first| first.is(Kind::Identifier) && first.name() == name);
    }
    items.any(|item| {
        item.is(Kind::Property)
            && item.name() == "data"
            && item.child(Role::Value).is_some_and(|value| value.is(Kind::Identifier) && value.name() == name)
    })
}

/// `delete user.password`, `user.password = undefined`.
fn is_changed(name: NodeRef<'_>) -> bool {
    let Some(id) = name.binding_id() else { return true };
    name.tree().references(id).any(|reference| {
        reference.parent().is_some_and(|member| {
            matches!(member.kind(), Kind::Member | Kind::Index)
                && (member.role() == Role::Target
                    || member.parent().is_some_and(|above| above.is(Kind::Unary) && above.name() == "delete"))
        })
    })
}

/// The columns that a query takes: what it lists, or all of them.
pub(super) fn takes_all(call: NodeRef<'_>, library: super::Library) -> bool {
    use super::Library;
    let options = call.argument(0).map(NodeRef::resolved).filter(|options| options.is(Kind::Object));
    let lists = |name: &str| options.is_some_and(|options| options.property(name).is_some());
    if options.is_some_and(NodeRef::has_spread) {
        return false;
    }
    match library {
        Library::Prisma => !lists("select") && !lists("omit"),
        Library::Sequelize => !lists("attributes"),
        Library::TypeOrm => !lists("select"),
        Library::Drizzle => {
            let columns = call.receiver().filter(|select| select.is(Kind::Call)).and_then(|select| select.argument(0));
            !lists("columns") && columns.is_none()
        }
        Library::Supabase => {
            let flow = super::flow::Flow::of(call);
            let select = flow.links.iter().find(|link| link.name == "select");
            select.is_some_and(|select| {
                select
                    .call
                    .argument(0)
                    .is_none_or(|columns| columns.constant_str().is_some_and(|text| text.trim().starts_with('*')))
            })
        }
        Library::Mongoose => {
            let flow = super::flow::Flow::of(call);
            !flow.has(&["select", "projection"]) && call.argument(1).is_none() && !call.has(Flags::NEW)
        }
        Library::Knex | Library::SqlAlchemy | Library::Django => false,
    }
}
