//! Entities of TypeORM.

use super::model::{Column, ForeignKey, Index, Origin, RowSecurity, Table};
use crate::{
    code::{Kind, NodeRef, Role as NodeRole},
    facts::Visit,
    model::{Place, Span},
};

/// The table that an entity maps to.
pub(super) fn table(file: &Visit<'_>, class: NodeRef<'_>) -> Option<Table> {
    let entity = decorators(class).find(|(name, _)| name == "Entity")?.1;
    // MikroORM has entities as well, and names what belongs to them otherwise.
    if !entity.callee_path().is_some_and(|path| path.starts_with("typeorm")) {
        return None;
    }
    let named = entity
        .argument(0)
        .and_then(|argument| argument.constant_str().or_else(|| argument.property("name")?.constant_str()));
    let end = class.span().end.min(class.span().start + 200) as usize;
    let mut table = Table {
        name: named.unwrap_or_else(|| super::python::snake(class.name())),
        schema: None,
        place: Place::At(file.file.id, Span::new(class.span().start as usize, end)),
        origin: Origin::TypeOrm,
        symbol: Some(class.name().to_owned()),
        columns: Vec::new(),
        foreign_keys: Vec::new(),
        indexes: Vec::new(),
        row_security: RowSecurity::default(),
        complete: class.child(NodeRole::Base).is_none(),
        partition: false,
    };
    for (name, call) in decorators(class) {
        if matches!(name.as_str(), "Index" | "Unique") {
            let list = call.positional().map(NodeRef::resolved).find(|argument| argument.is(Kind::Array));
            let columns = list
                .map(|list| list.children_in(NodeRole::Item).filter_map(NodeRef::constant_str).collect())
                .unwrap_or_default();
            table.indexes.push(index(columns, name == "Unique", false, &file.place(call)));
        }
    }
    for member in class.children_in(NodeRole::Item).filter(|item| item.is(Kind::Assignment)) {
        field(file, member, &mut table);
    }
    Some(table)
}

fn index(columns: Vec<String>, unique: bool, primary: bool, place: &Place) -> Index {
    Index { name: None, columns, unique, primary, partial: false, place: place.clone() }
}

/// The decorators that are calls, by name.
fn decorators(node: NodeRef<'_>) -> impl Iterator<Item = (String, NodeRef<'_>)> {
    node.children_in(NodeRole::Decorator).filter_map(|decorator| {
        let call = decorator.child(NodeRole::Value).filter(|value| value.is(Kind::Call))?;
        Some((call.callee_name()?.to_owned(), call))
    })
}

fn option<'t>(call: NodeRef<'t>, name: &str) -> Option<NodeRef<'t>> {
    call.positional().filter(|argument| argument.is(Kind::Object)).find_map(|options| options.property(name))
}

fn field(file: &Visit<'_>, member: NodeRef<'_>, table: &mut Table) {
    let Some(property) = member.child(NodeRole::Target).map(NodeRef::name) else { return };
    let place = file.place(member);
    let found: Vec<(String, NodeRef<'_>)> = decorators(member).collect();
    let call = |name: &str| found.iter().find(|(known, _)| known == name).map(|(_, call)| *call);
    if let Some(relation) = call("ManyToOne").or_else(|| call("OneToOne")) {
        let join = call("JoinColumn");
        // The other side of a one-to-one has no column.
        if join.is_none() && call("ManyToOne").is_none() {
            return;
        }
        let named = join.and_then(|join| option(join, "name")).and_then(NodeRef::constant_str);
        let column = named.unwrap_or_else(|| format!("{property}Id"));
        let target =
            relation.argument(0).and_then(|function| function.child(NodeRole::Body)).map(|body| body.name().to_owned());
        let indexed = call("OneToOne").is_some() || call("PrimaryColumn").is_some();
        if call("Index").is_some() {
            table.indexes.push(index(vec![column.clone()], false, false, &place));
        }
        // Indexes of the class name the property.
        for known in &mut table.indexes {
            for name in known.columns.iter_mut().filter(|name| *name == property) {
                name.clone_from(&column);
            }
        }
        table.foreign_keys.push(ForeignKey {
            columns: vec![column],
            target: target.unwrap_or_default(),
            place,
            indexed,
        });
        return;
    }
    let Some((kind, decorator)) = found.iter().find(|(name, _)| name.ends_with("Column")) else { return };
    let name = option(*decorator, "name").and_then(NodeRef::constant_str).unwrap_or_else(|| property.to_owned());
    let primary = kind.starts_with("Primary");
    let unique = option(*decorator, "unique").is_some_and(|value| value.name() == "true");
    if primary || unique || call("Index").is_some() {
        table.indexes.push(index(vec![name.clone()], primary || unique, primary, &place));
    }
    table.columns.push(Column {
        name,
        property: property.to_owned(),
        place,
        data_type: decorator.argument(0).and_then(NodeRef::constant_str).unwrap_or_default(),
        not_null: option(*decorator, "nullable").is_none_or(|value| value.name() != "true"),
        default: option(*decorator, "default").is_some() || kind != "Column",
    });
}
