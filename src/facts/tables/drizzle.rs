//! Tables that Drizzle defines in code: `pgTable("orders", { … }, (t) => [index().on(t.userId)])`.

use super::model::{Column, ForeignKey, Index, Origin, RowSecurity, Table};
use crate::{
    code::{Kind, NodeRef, Role as NodeRole},
    facts::Visit,
};

/// The table that `call` defines.
pub(super) fn table(file: &Visit<'_>, call: NodeRef<'_>) -> Option<Table> {
    if !is_table_function(call) {
        return None;
    }
    let name = call.argument(0)?.constant_str()?;
    let columns = object(call.argument(1)?)?;
    let mut table = Table {
        name,
        schema: None,
        place: file.place(call.argument(0)?),
        origin: Origin::Drizzle,
        symbol: symbol(call),
        columns: Vec::new(),
        foreign_keys: Vec::new(),
        indexes: Vec::new(),
        row_security: RowSecurity::default(),
        complete: !columns.has_spread(),
        partition: false,
    };
    for property in columns.children_in(NodeRole::Item).filter(|item| item.is(Kind::Property)) {
        column(file, property, &mut table);
    }
    if let Some(extra) = call.argument(2) {
        for inner in extra.descendants().filter(|node| node.is(Kind::Call)) {
            extra_config(file, inner, &mut table);
        }
    }
    Some(table)
}

fn is_table_function(call: NodeRef<'_>) -> bool {
    match call.callee_name() {
        Some("pgTable" | "mysqlTable" | "sqliteTable") => true,
        Some("table") => call.receiver().is_some_and(|schema| made_by(schema, &["pgSchema", "mysqlSchema"])),
        Some(_) => call
            .child(NodeRole::Callee)
            .is_some_and(|callee| made_by(callee, &["pgTableCreator", "mysqlTableCreator", "sqliteTableCreator"])),
        None => false,
    }
}

fn made_by(node: NodeRef<'_>, functions: &[&str]) -> bool {
    let made = node.resolved();
    made.is(Kind::Call) && made.callee_name().is_some_and(|name| functions.contains(&name))
}

fn symbol(call: NodeRef<'_>) -> Option<String> {
    let assignment = call.ancestors().take(5).find(|node| node.is(Kind::Assignment))?;
    Some(assignment.child(NodeRole::Target)?.name().to_owned())
}

/// The object itself, or what a function returns: `(t) => ({ … })`.
fn object(node: NodeRef<'_>) -> Option<NodeRef<'_>> {
    match node.kind() {
        Kind::Object => Some(node),
        Kind::Function => node.child(NodeRole::Body).filter(|body| body.is(Kind::Object)),
        _ => Some(node.resolved()).filter(|value| value.is(Kind::Object)),
    }
}

fn column(file: &Visit<'_>, property: NodeRef<'_>, table: &mut Table) {
    let Some(value) = property.child(NodeRole::Value).filter(|value| value.is(Kind::Call)) else {
        table.complete = false;
        return;
    };
    let chain = chain(value);
    let Some(base) = chain.last() else { return };
    let place = file.place(property);
    let name = base.argument(0).and_then(NodeRef::constant_str).unwrap_or_else(|| property.name().to_owned());
    let has = |method: &str| chain.iter().any(|call| call.callee_name() == Some(method));
    if has("primaryKey") || has("unique") {
        table.indexes.push(Index {
            name: None,
            columns: vec![name.clone()],
            unique: true,
            primary: has("primaryKey"),
            partial: false,
            place: place.clone(),
        });
    }
    if let Some(references) = chain.iter().find(|call| call.callee_name() == Some("references")) {
        let target = references.argument(0).and_then(|function| member(function)).map(|(symbol, _)| symbol);
        table.foreign_keys.push(ForeignKey {
            columns: vec![name.clone()],
            target: target.unwrap_or_default(),
            place: place.clone(),
            indexed: false,
        });
    }
    table.columns.push(Column {
        name,
        property: property.name().to_owned(),
        place,
        data_type: base.callee_name().unwrap_or_default().to_ascii_lowercase(),
        not_null: has("notNull") || has("primaryKey"),
        default: chain.iter().any(|call| {
            call.callee_name()
                .is_some_and(|name| name.contains("efault") || name.contains("generated") || name == "$onUpdate")
        }),
    });
}

/// The calls of `a().b().c()`, the last one first.
fn chain(call: NodeRef<'_>) -> Vec<NodeRef<'_>> {
    std::iter::successors(Some(call), |call| call.receiver().filter(|receiver| receiver.is(Kind::Call)))
        .take(40)
        .collect()
}

/// The first `object.name` in `node`: the names of both.
fn member(node: NodeRef<'_>) -> Option<(String, String)> {
    std::iter::once(node).chain(node.descendants()).find_map(|node| {
        let object =
            node.child(NodeRole::Object).filter(|object| node.is(Kind::Member) && object.is(Kind::Identifier))?;
        Some((object.name().to_owned(), node.name().to_owned()))
    })
}

fn extra_config(file: &Visit<'_>, call: NodeRef<'_>, table: &mut Table) {
    let place = file.place(call);
    match call.callee_name() {
        Some("on" | "using" | "onOnly") => {
            let chain = chain(call);
            let Some(root) = chain.last().and_then(|root| root.callee_name()) else { return };
            if !matches!(root, "index" | "uniqueIndex" | "unique") {
                return;
            }
            // `.where(…)` follows `.on(…)`.
            let partial =
                call.ancestors().take(4).any(|node| node.is(Kind::Call) && node.callee_name() == Some("where"));
            let arguments = call.positional().filter(|argument| !argument.is(Kind::String));
            let columns = names(table, arguments);
            table.indexes.push(Index { name: None, columns, unique: root != "index", primary: false, partial, place });
        }
        Some("primaryKey") => {
            let listed = call.argument(0).and_then(|argument| argument.property("columns"));
            let columns = match listed {
                Some(list) => names(table, list.children_in(NodeRole::Item)),
                None => names(table, call.positional()),
            };
            table.indexes.push(Index { name: None, columns, unique: true, primary: true, partial: false, place });
        }
        Some("foreignKey") => {
            let Some(options) = call.argument(0) else { return };
            let columns = options.property("columns").map(|list| names(table, list.children_in(NodeRole::Item)));
            let target = options.property("foreignColumns").and_then(member).map(|(symbol, _)| symbol);
            let target = target.unwrap_or_default();
            table.foreign_keys.push(ForeignKey { columns: columns.unwrap_or_default(), target, place, indexed: false });
        }
        Some("pgPolicy") => table.row_security.enabled = Some(place),
        _ => {}
    }
}

/// The columns that `t.userId, desc(t.createdAt)` name, up to the first expression.
fn names<'t>(table: &Table, arguments: impl Iterator<Item = NodeRef<'t>>) -> Vec<String> {
    arguments
        .map_while(|argument| if argument.is(Kind::Template) { None } else { member(argument) })
        .map(|(_, property)| table.column(&property).map_or(property.clone(), |column| column.name.clone()))
        .collect()
}
