//! Models of SQLAlchemy, SQLModel and Django.

use super::model::{Column, ForeignKey, Index, Origin, RowSecurity, Table};
use crate::{
    code::{Kind, NodeRef, Role as NodeRole},
    facts::Visit,
};

/// The table that a class maps to.
pub(super) fn table(file: &Visit<'_>, class: NodeRef<'_>) -> Option<Table> {
    let bases: Vec<String> = class.children_in(NodeRole::Base).filter_map(NodeRef::path).collect();
    if bases.iter().any(|base| base.ends_with("models.Model")) {
        return Some(django(file, class));
    }
    let table_flag = class.children_in(NodeRole::Base).any(|base| {
        base.is(Kind::Property)
            && base.name() == "table"
            && base.child(NodeRole::Value).is_some_and(|value| value.name() == "true")
    });
    let flask = bases.iter().any(|base| base.ends_with("db.Model"));
    let name = match field(class, "__tablename__").and_then(NodeRef::constant_str) {
        Some(name) => name,
        None if table_flag => class.name().to_ascii_lowercase(),
        None if flask => snake(class.name()),
        None => return None,
    };
    let mut table = new(file, class, name, Origin::SqlAlchemy);
    table.complete = bases.len() == 1 && !table_flag;
    for (field, value) in fields(class) {
        sqlalchemy(file, field, value, &mut table);
    }
    if let Some(arguments) = field(class, "__table_args__") {
        for call in arguments.descendants().filter(|node| node.is(Kind::Call)) {
            table_argument(file, call, &mut table);
        }
    }
    outside(file, class, &mut table);
    Some(table)
}

fn new(file: &Visit<'_>, class: NodeRef<'_>, name: String, origin: Origin) -> Table {
    let end = class.span().start as usize + "class ".len() + class.name().len();
    Table {
        name,
        schema: None,
        place: crate::model::Place::At(file.file.id, crate::model::Span::new(class.span().start as usize, end)),
        origin,
        symbol: Some(class.name().to_owned()),
        columns: Vec::new(),
        foreign_keys: Vec::new(),
        indexes: Vec::new(),
        row_security: RowSecurity::default(),
        complete: false,
        partition: false,
    }
}

/// The assignments in the body of a class, by name.
fn fields(class: NodeRef<'_>) -> impl Iterator<Item = (NodeRef<'_>, NodeRef<'_>)> {
    class
        .children_in(NodeRole::Item)
        .filter(|item| item.is(Kind::Assignment))
        .filter_map(|item| Some((item, item.child(NodeRole::Value)?)))
}

fn field<'t>(class: NodeRef<'t>, name: &str) -> Option<NodeRef<'t>> {
    fields(class).find(|(item, _)| target(*item) == Some(name)).map(|(_, value)| value)
}

fn target(assignment: NodeRef<'_>) -> Option<&str> {
    assignment.child(NodeRole::Target).map(NodeRef::name)
}

fn is_true(call: NodeRef<'_>, keyword: &str) -> bool {
    call.keyword(keyword).is_some_and(|value| value.name() == "true")
}

fn sqlalchemy(file: &Visit<'_>, item: NodeRef<'_>, value: NodeRef<'_>, table: &mut Table) {
    if !value.is(Kind::Call) || !matches!(value.callee_name(), Some("Column" | "mapped_column" | "Field")) {
        return;
    }
    let Some(property) = target(item) else { return };
    // SQLModel: `Field(sa_column=Column(…))`.
    let inner = value.keyword("sa_column").filter(|inner| inner.is(Kind::Call)).unwrap_or(value);
    let given = inner.argument(0).filter(|argument| argument.is(Kind::String)).and_then(NodeRef::constant_str);
    let name = given.unwrap_or_else(|| property.to_owned());
    let place = file.place(item);
    let (primary, unique) = (is_true(inner, "primary_key"), is_true(inner, "unique"));
    if primary {
        // Several columns with `primary_key=True` make one key, in order.
        if let Some(known) = table.indexes.iter_mut().find(|index| index.primary) {
            known.columns.push(name.clone());
        } else {
            table.indexes.insert(0, index(vec![name.clone()], true, true, &place));
        }
    }
    if unique || is_true(inner, "index") {
        table.indexes.push(index(vec![name.clone()], unique, false, &place));
    }
    let key =
        inner.positional().find(|argument| argument.is(Kind::Call) && argument.callee_name() == Some("ForeignKey"));
    let target = match key {
        Some(key) => Some(
            key.argument(0)
                .and_then(|argument| argument.constant_str().or_else(|| argument.path()))
                .unwrap_or_default(),
        ),
        None => inner.keyword("foreign_key").and_then(NodeRef::constant_str),
    };
    if let Some(target) = target {
        let target = target.rsplit_once('.').map_or(target.clone(), |(table, _)| table.to_owned());
        table.foreign_keys.push(ForeignKey {
            columns: vec![name.clone()],
            target,
            place: place.clone(),
            indexed: false,
        });
    }
    let data_type = inner
        .positional()
        .find(|argument| !argument.is(Kind::String))
        .map(|argument| argument.text().to_ascii_lowercase());
    table.columns.push(Column {
        name,
        property: property.to_owned(),
        place,
        data_type: data_type.unwrap_or_default(),
        not_null: primary || inner.keyword("nullable").is_some_and(|value| value.name() == "false"),
        default: ["default", "server_default", "default_factory", "insert_default"]
            .iter()
            .any(|name| inner.keyword(name).is_some()),
    });
}

fn index(columns: Vec<String>, unique: bool, primary: bool, place: &crate::model::Place) -> Index {
    Index { name: None, columns, unique, primary, partial: false, place: place.clone() }
}

fn table_argument(file: &Visit<'_>, call: NodeRef<'_>, table: &mut Table) {
    let place = file.place(call);
    let skip = usize::from(call.callee_name() == Some("Index"));
    let columns: Vec<String> =
        call.positional().skip(skip).map_while(|argument| column_name(table, argument)).collect();
    match call.callee_name() {
        Some("Index") => {
            let mut made = index(columns, is_true(call, "unique"), false, &place);
            made.partial = call.keyword("postgresql_where").is_some() || call.keyword("sqlite_where").is_some();
            table.indexes.push(made);
        }
        Some("UniqueConstraint") => table.indexes.push(index(columns, true, false, &place)),
        Some("PrimaryKeyConstraint") => table.indexes.push(index(columns, true, true, &place)),
        Some("ForeignKeyConstraint") => {
            let list = call.argument(0).or_else(|| call.keyword("columns"));
            let columns = list.map(|list| list.children_in(NodeRole::Item).filter_map(NodeRef::constant_str).collect());
            let target = call.argument(1).and_then(|list| list.children_in(NodeRole::Item).next()?.constant_str());
            let target = target.and_then(|target| Some(target.rsplit_once('.')?.0.to_owned())).unwrap_or_default();
            table.foreign_keys.push(ForeignKey { columns: columns.unwrap_or_default(), target, place, indexed: false });
        }
        _ => {}
    }
}

/// `"user_id"`, `user_id`, `Order.user_id`, `user_id.desc()`.
fn column_name(table: &Table, argument: NodeRef<'_>) -> Option<String> {
    let name = match argument.kind() {
        Kind::String | Kind::Identifier | Kind::Member => argument.name(),
        Kind::Call => {
            argument.receiver().filter(|receiver| matches!(receiver.kind(), Kind::Identifier | Kind::Member))?.name()
        }
        _ => return None,
    };
    Some(table.column(name).map_or(name.to_owned(), |column| column.name.clone()))
}

/// `Index("ix", Order.user_id)` below the class.
fn outside(file: &Visit<'_>, class: NodeRef<'_>, table: &mut Table) {
    for statement in class.tree().root().children() {
        let call = if statement.is(Kind::Assignment) { statement.child(NodeRole::Value) } else { Some(statement) };
        let Some(call) = call.filter(|call| call.is(Kind::Call) && call.callee_name() == Some("Index")) else {
            continue;
        };
        let mine = call.positional().skip(1).any(|argument| {
            argument
                .child(NodeRole::Object)
                .is_some_and(|object| argument.is(Kind::Member) && object.name() == class.name())
        });
        if mine {
            table_argument(file, call, table);
        }
    }
}

fn django(file: &Visit<'_>, class: NodeRef<'_>) -> Table {
    let meta = class.children_in(NodeRole::Item).find(|item| item.is(Kind::Class) && item.name() == "Meta");
    let named = meta.and_then(|meta| field(meta, "db_table")).and_then(NodeRef::constant_str);
    let app = file
        .file
        .path
        .parent()
        .and_then(|folder| if folder.file_name() == Some("models") { folder.parent() } else { Some(folder) });
    let app = app.and_then(|folder| folder.file_name()).unwrap_or_default();
    let name = named.unwrap_or_else(|| format!("{app}_{}", class.name().to_ascii_lowercase()));
    let mut table = new(file, class, name, Origin::Django);
    for (item, value) in fields(class) {
        let (Some(property), Some(kind)) = (target(item), value.is(Kind::Call).then(|| value.callee_name()).flatten())
        else {
            continue;
        };
        if !kind.ends_with("Field") && !matches!(kind, "ForeignKey" | "OneToOneField") || kind == "ManyToManyField" {
            continue;
        }
        let place = file.place(item);
        let related = matches!(kind, "ForeignKey" | "OneToOneField");
        let given = value.keyword("db_column").and_then(NodeRef::constant_str);
        let name = given.unwrap_or_else(|| if related { format!("{property}_id") } else { property.to_owned() });
        if related {
            let target = value.argument(0).or_else(|| value.keyword("to"));
            let target = target.and_then(|target| target.constant_str().or_else(|| target.path())).unwrap_or_default();
            let indexed = value.keyword("db_index").is_none_or(|value| value.name() != "false");
            table.foreign_keys.push(ForeignKey { columns: vec![name.clone()], target, place: place.clone(), indexed });
        }
        let (primary, unique) = (is_true(value, "primary_key"), is_true(value, "unique") || kind == "OneToOneField");
        if primary || unique || is_true(value, "db_index") || kind == "SlugField" {
            table.indexes.push(index(vec![name.clone()], primary || unique, primary, &place));
        }
        table.columns.push(Column {
            name,
            property: property.to_owned(),
            place,
            data_type: kind.to_ascii_lowercase(),
            not_null: !is_true(value, "null"),
            default: value.keyword("default").is_some(),
        });
    }
    table
}

/// `OrderItem` is the table `order_item`.
pub(super) fn snake(name: &str) -> String {
    let mut text = String::new();
    for (index, char) in name.char_indices() {
        if char.is_ascii_uppercase() && index > 0 && !text.ends_with('_') {
            text.push('_');
        }
        text.push(char.to_ascii_lowercase());
    }
    text
}
