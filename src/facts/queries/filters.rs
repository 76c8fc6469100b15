//! The conditions of a query, in the way each library writes them.

use super::{Comparison, Filter, flow::Flow, source::source};
use crate::code::{BindingKind, Flags, Kind, NodeRef, Role};

/// Conditions of one query; real ones have a handful.
const MOST: usize = 40;

/// The conditions read so far, and whether there may be others.
#[derive(Default)]
pub(super) struct Conditions {
    pub filters: Vec<Filter>,
    pub open: bool,
}

impl Conditions {
    fn add(&mut self, column: &str, comparison: Comparison, value: Option<NodeRef<'_>>) {
        if self.filters.len() < MOST {
            let source = value.map_or(super::Source::Constant, source);
            self.filters.push(Filter { column: column.to_owned(), comparison, source });
        }
    }

    /// The primary key alone: `findById(id)`.
    pub(super) fn by_key(&mut self, value: Option<NodeRef<'_>>) {
        self.add("id", Comparison::Equal, value);
    }

    /// Methods that take the column's name: Supabase, Knex.
    pub(super) fn of_links(&mut self, flow: &Flow<'_>) {
        for link in &flow.links {
            let column = link.call.argument(0);
            let text = column.filter(|column| column.is(Kind::String)).map(NodeRef::name);
            let value = link.call.positional().last();
            match link.name {
                "eq" | "is" => self.add(text.unwrap_or_default(), Comparison::Equal, value),
                "in" | "whereIn" | "containedBy" => self.add(text.unwrap_or_default(), Comparison::OneOf, value),
                "match" | "where" | "andWhere" | "orWhere" => match (column, text) {
                    (Some(_), Some(text)) => self.add(text, Comparison::Equal, value),
                    (Some(object), None) => self.of_object(object),
                    _ => self.open = true,
                },
                "neq" | "gt" | "gte" | "lt" | "lte" | "like" | "ilike" | "not" | "contains" | "overlaps"
                | "textSearch" | "whereNot" | "whereNull" | "whereNotNull" | "whereBetween" => {
                    self.add(text.unwrap_or_default(), Comparison::Other, value);
                }
                "or" | "filter" | "whereRaw" | "modify" => self.add("", Comparison::Other, value),
                _ => {}
            }
        }
    }

    /// Drizzle: `and(eq(posts.id, id), eq(posts.userId, user.id))`.
    pub(super) fn of_calls(&mut self, condition: NodeRef<'_>) {
        let condition = condition.resolved();
        if matches!(condition.kind(), Kind::Identifier | Kind::Spread) {
            self.open = true;
            return;
        }
        let calls = std::iter::once(condition).chain(condition.descendants()).filter(|node| node.is(Kind::Call));
        for call in calls {
            let column = call.argument(0).map(NodeRef::name).unwrap_or_default();
            match call.callee_name().unwrap_or_default() {
                "eq" => self.add(column, Comparison::Equal, call.argument(1)),
                "inArray" => self.add(column, Comparison::OneOf, call.argument(1)),
                "gt" | "gte" | "lt" | "lte" | "ne" | "like" | "ilike" | "isNull" | "isNotNull" | "between" => {
                    self.add(column, Comparison::Other, call.argument(1));
                }
                "and" | "or" | "not" | "exists" => self.open |= call.has_spread(),
                _ => self.add("", Comparison::Other, None),
            }
        }
    }

    /// Prisma, TypeORM, Mongoose, Sequelize: an object of columns.
    pub(super) fn of_object(&mut self, object: NodeRef<'_>) {
        self.object(object, 5);
    }

    fn object(&mut self, node: NodeRef<'_>, depth: usize) {
        let object = node.resolved();
        match object.kind() {
            // An object that is filled afterwards.
            Kind::Object if depth > 0 && !(node.is(Kind::Identifier) && is_written_to(node)) => {
                for item in object.children_in(Role::Item) {
                    self.property(item, depth);
                }
            }
            Kind::Array if depth > 0 => {
                for item in object.children_in(Role::Item) {
                    self.object(item, depth - 1);
                }
            }
            Kind::Conditional | Kind::Logical => {
                self.open = true;
            }
            _ => self.open = true,
        }
    }

    fn property(&mut self, item: NodeRef<'_>, depth: usize) {
        let Some(value) = item.child(Role::Value).filter(|_| item.is(Kind::Property)) else {
            self.open = true;
            return;
        };
        if item.has(Flags::COMPUTED) {
            self.open = true;
            return;
        }
        if matches!(item.name(), "AND" | "OR" | "NOT" | "$and" | "$or" | "is" | "some" | "every") {
            self.object(value, depth - 1);
            return;
        }
        // The shorthand `{ id }` has its value's name.
        if value.is(Kind::Object) {
            for inner in value.children_in(Role::Item) {
                let given = inner.child(Role::Value);
                match inner.name() {
                    "equals" | "$eq" => self.add(item.name(), Comparison::Equal, given),
                    "in" | "$in" => self.add(item.name(), Comparison::OneOf, given),
                    "gt" | "gte" | "lt" | "lte" | "not" | "contains" | "startsWith" | "endsWith" | "mode" | "$gt"
                    | "$gte" | "$lt" | "$lte" | "$ne" | "$regex" | "notIn" | "has" => {
                        self.add(item.name(), Comparison::Other, given);
                    }
                    // A relation, or a compound key: `user: { id }`, `postId_userId: { postId, userId }`.
                    _ => {
                        self.add(item.name(), Comparison::Equal, given);
                        self.add(inner.name(), Comparison::Equal, given);
                    }
                }
            }
            return;
        }
        let listed = value.is(Kind::Call) && value.callee_name() == Some("In");
        let compared = value.is(Kind::Call)
            && matches!(
                value.callee_name(),
                Some("Like" | "ILike" | "MoreThan" | "LessThan" | "Not" | "IsNull" | "Between")
            );
        let comparison = match (listed, compared) {
            (true, _) => Comparison::OneOf,
            (_, true) => Comparison::Other,
            _ => Comparison::Equal,
        };
        self.add(item.name(), comparison, Some(value));
    }

    /// SQLAlchemy: `Model.id == id`, `Model.id.in_(ids)`, `filter_by(id=id)`.
    pub(super) fn of_expressions(&mut self, call: NodeRef<'_>) {
        for argument in call.children_in(Role::Argument) {
            match argument.kind() {
                Kind::Property => {
                    self.add(keyword_column(argument.name()), Comparison::Equal, argument.child(Role::Value));
                }
                Kind::Spread => self.open = true,
                Kind::Identifier if argument.definition().is_none() => self.open = true,
                _ => self.expression(argument.resolved()),
            }
        }
    }

    fn expression(&mut self, expression: NodeRef<'_>) {
        let parts = std::iter::once(expression).chain(expression.descendants());
        let before = self.filters.len();
        for part in parts {
            let column = |side: Role| part.child(side).filter(|side| side.is(Kind::Member)).map(NodeRef::name);
            match part.kind() {
                Kind::Binary if part.name() == "==" => {
                    let (name, value) = match column(Role::Left) {
                        Some(name) => (name, part.child(Role::Right)),
                        None => (column(Role::Right).unwrap_or_default(), part.child(Role::Left)),
                    };
                    self.add(name, Comparison::Equal, value);
                }
                Kind::Binary if matches!(part.name(), "!=" | "<" | ">" | "<=" | ">=") => {
                    self.add(column(Role::Left).unwrap_or_default(), Comparison::Other, part.child(Role::Right));
                }
                Kind::Call if part.callee_name() == Some("in_") => {
                    let name = part.receiver().map(NodeRef::name).unwrap_or_default();
                    self.add(name, Comparison::OneOf, part.argument(0));
                }
                _ => {}
            }
        }
        if self.filters.len() == before {
            self.add("", Comparison::Other, None);
        }
    }
}

/// Django's `user__id` is the user's.
fn keyword_column(name: &str) -> &str {
    name.split("__").next().unwrap_or(name)
}

/// Whether something is put into the object after it was declared, or it is handed on.
fn is_written_to(name: NodeRef<'_>) -> bool {
    let Some(binding) = name.binding_id() else { return true };
    if name.binding().is_some_and(|binding| binding.kind != BindingKind::Variable) {
        return true;
    }
    name.tree().references(binding).any(|reference| {
        let target = reference.ancestors().take(4).find(|above| above.is(Kind::Assignment));
        let member = reference.parent().is_some_and(|parent| matches!(parent.kind(), Kind::Member | Kind::Index));
        member
            && target.is_some_and(|target| {
                target.child(Role::Target).is_some_and(|target| {
                    target.span().start <= reference.span().start && reference.span().end <= target.span().end
                })
            })
    })
}
