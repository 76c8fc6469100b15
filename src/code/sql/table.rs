//! Tables: their columns and constraints, and how they change.

use super::{
    Action, ActionKind, Column, Constraint, ConstraintKind, CreateTable, Kind, Reference, cursor::Cursor,
    token::TokenKind,
};

/// Behind `CREATE TABLE`.
pub(super) fn create(cursor: &mut Cursor<'_>, temporary: bool) -> Option<CreateTable> {
    let if_not_exists = cursor.eat(&["if", "not", "exists"]);
    let mut table = CreateTable { name: cursor.name()?, if_not_exists, temporary, ..CreateTable::default() };
    if cursor.eat(&["partition", "of"]) {
        table.partition_of = cursor.name();
        table.derived = true;
        return Some(table);
    }
    let Some(group) = cursor.group() else {
        table.derived = true;
        return Some(table);
    };
    for mut part in group.parts() {
        if part.at_word("like") {
            table.derived = true;
        } else if let Some(constraint) = constraint(part) {
            table.constraints.push(constraint);
        } else if let Some(column) = column(&mut part) {
            table.columns.push(column);
        }
    }
    table.derived |=
        cursor.rest().iter().any(|token| cursor.is_word(*token, "inherits") || cursor.is_word(*token, "select"));
    Some(table)
}

/// A table constraint; `None` when the part is a column.
fn constraint(mut part: Cursor<'_>) -> Option<Constraint> {
    let span = part.span();
    let name = if part.eat(&["constraint"]) {
        if part.at_any(&["primary", "unique", "foreign", "check"]) {
            None
        } else {
            part.identifier().map(|(name, _)| name)
        }
    } else {
        None
    };
    let list = |part: &mut Cursor<'_>| {
        while !part.is_done() && !part.at_mark(b'(') {
            part.advance();
        }
        part.group().map(|group| group.columns().0).unwrap_or_default()
    };
    let next_is_type = |part: &Cursor<'_>| {
        part.ahead(1).is_some_and(|token| token.kind == TokenKind::Word)
            && !part.ahead(2).is_some_and(|token| token.kind == TokenKind::Punctuation(b'('))
    };
    let kind = if part.eat(&["primary", "key"]) {
        ConstraintKind::PrimaryKey(list(&mut part))
    } else if part.at_word("unique") {
        ConstraintKind::Unique(list(&mut part))
    } else if part.eat(&["foreign", "key"]) {
        let columns = list(&mut part);
        let reference = reference(&mut part)?;
        ConstraintKind::ForeignKey { columns, reference }
    } else if part.at_any(&["key", "index"]) && !next_is_type(&part) {
        ConstraintKind::Index(list(&mut part))
    } else if part.at_any(&["check", "exclude", "fulltext", "spatial", "period"]) {
        ConstraintKind::Other
    } else {
        name.as_ref()?;
        ConstraintKind::Other
    };
    Some(Constraint { span, name, kind })
}

/// At or before `REFERENCES`.
fn reference(part: &mut Cursor<'_>) -> Option<Reference> {
    while !part.is_done() && !part.at_word("references") {
        part.advance();
    }
    part.advance();
    let table = part.name()?;
    let columns = part.group().map(|group| group.columns().0).unwrap_or_default();
    Some(Reference { table, columns })
}

/// Words that end the type of a column.
const CLAUSES: [&str; 18] = [
    "not",
    "null",
    "default",
    "primary",
    "unique",
    "references",
    "check",
    "constraint",
    "generated",
    "collate",
    "auto_increment",
    "autoincrement",
    "comment",
    "on",
    "as",
    "using",
    "first",
    "after",
];

/// A column's definition.
fn column(part: &mut Cursor<'_>) -> Option<Column> {
    let (name, span) = part.identifier()?;
    let mut column = Column { name, span, ..Column::default() };
    column.data_type = data_type(part);
    let serial = ["serial", "bigserial", "smallserial"].iter().any(|word| column.data_type.starts_with(word));
    column.default = serial;
    column.not_null = serial;
    while !part.is_done() {
        if part.eat(&["not", "null"]) {
            column.not_null = true;
        } else if part.eat(&["primary", "key"]) {
            column.primary_key = true;
            column.not_null = true;
        } else if part.eat(&["unique"]) {
            column.unique = true;
        } else if part.eat(&["default"]) {
            column.default = !part.at_word("null");
            if part.group().is_none() {
                part.advance();
            }
        } else if part.at_any(&["generated", "auto_increment", "autoincrement", "as"]) {
            column.default = true;
            part.advance();
        } else if part.at_word("references") {
            column.references = reference(part);
        } else if part.eat(&["check"]) || part.eat(&["using"]) {
            part.group();
        } else if part.group().is_none() {
            part.advance();
        }
    }
    Some(column)
}

fn data_type(part: &mut Cursor<'_>) -> String {
    let mut text = String::new();
    while let Some(token) = part.peek() {
        if part.at_any(&CLAUSES) && !text.is_empty() || text.is_empty() && part.at_any(&CLAUSES[..8]) {
            break;
        }
        if part.at_mark(b'(') {
            let from = token.span.start as usize;
            let group = part.group();
            let end = group.map_or(from, |group| group.span().end as usize);
            text.push('(');
            if end > from {
                let inner =
                    group.map(|group| group.rest().iter().map(|token| group.raw(*token)).collect::<Vec<_>>().join(" "));
                text.push_str(&inner.unwrap_or_default());
            }
            text.push(')');
            continue;
        }
        let is_word = matches!(token.kind, TokenKind::Word | TokenKind::Quoted);
        if is_word && text.ends_with(|char: char| char.is_alphanumeric() || char == ')') {
            text.push(' ');
        }
        text.push_str(&part.raw(token).to_ascii_lowercase());
        part.advance();
    }
    text
}

/// Behind `ALTER TABLE`.
pub(super) fn alter(cursor: &mut Cursor<'_>) -> Option<Kind> {
    let if_exists = cursor.eat(&["if", "exists"]);
    cursor.eat(&["only"]);
    let name = cursor.name()?;
    cursor.eat_mark(b'*');
    let mut actions: Vec<Action> = Vec::new();
    for part in cursor.parts() {
        let span = part.span();
        // MySQL and Oracle: `ADD (a int, b int)` and `ADD a int, b int` are left to what they look like.
        actions.push(Action { span, kind: action(part).unwrap_or(ActionKind::Other) });
    }
    Some(Kind::AlterTable { name, if_exists, actions })
}

fn action(mut part: Cursor<'_>) -> Option<ActionKind> {
    let (first, _) = part.identifier()?;
    Some(match first.as_str() {
        "add" => return add(part),
        "drop" => return drop(part),
        "alter" => return alter_column(part),
        "modify" => {
            part.eat(&["column"]);
            let column = column(&mut part)?;
            ActionKind::SetType { column: column.name, data_type: column.data_type }
        }
        "change" => {
            part.eat(&["column"]);
            let (from, _) = part.identifier()?;
            let (to, _) = part.identifier()?;
            if from == to {
                ActionKind::SetType { column: from, data_type: data_type(&mut part) }
            } else {
                ActionKind::RenameColumn { from, to }
            }
        }
        "rename" => {
            if part.eat(&["to"]) || part.eat(&["as"]) {
                return Some(ActionKind::RenameTable(part.name()?));
            }
            if part.at_any(&["constraint", "index", "key"])
                && !part.ahead(1).is_some_and(|token| part.is_word(token, "to"))
            {
                return Some(ActionKind::Other);
            }
            part.eat(&["column"]);
            let (from, _) = part.identifier()?;
            part.eat(&["to"]);
            ActionKind::RenameColumn { from, to: part.identifier()?.0 }
        }
        "set" if part.eat(&["schema"]) => ActionKind::SetSchema(part.identifier()?.0),
        "enable" if part.at_word("row") => ActionKind::EnableRowSecurity,
        "disable" if part.at_word("row") => ActionKind::DisableRowSecurity,
        "force" if part.at_word("row") => ActionKind::ForceRowSecurity,
        _ => ActionKind::Other,
    })
}

fn add(mut part: Cursor<'_>) -> Option<ActionKind> {
    if part.eat(&["column"]) {
        let if_not_exists = part.eat(&["if", "not", "exists"]);
        return Some(ActionKind::AddColumn { column: column(&mut part)?, if_not_exists });
    }
    if part.at_mark(b'(') {
        return None;
    }
    if let Some(constraint) = constraint(part) {
        return Some(ActionKind::AddConstraint(constraint));
    }
    if part.at_any(&["partition", "fulltext", "generated", "projection"]) {
        return None;
    }
    let if_not_exists = part.eat(&["if", "not", "exists"]);
    Some(ActionKind::AddColumn { column: column(&mut part)?, if_not_exists })
}

fn drop(mut part: Cursor<'_>) -> Option<ActionKind> {
    if part.eat(&["constraint"]) || part.eat(&["foreign", "key"]) || part.eat(&["index"]) || part.eat(&["key"]) {
        part.eat(&["if", "exists"]);
        return Some(ActionKind::DropConstraint(part.identifier()?.0));
    }
    if part.eat(&["primary", "key"]) || part.at_any(&["partition", "check", "projection"]) {
        return Some(ActionKind::Other);
    }
    part.eat(&["column"]);
    let if_exists = part.eat(&["if", "exists"]);
    Some(ActionKind::DropColumn { name: part.identifier()?.0, if_exists })
}

fn alter_column(mut part: Cursor<'_>) -> Option<ActionKind> {
    if part.at_any(&["constraint", "index"]) {
        return Some(ActionKind::Other);
    }
    part.eat(&["column"]);
    let (column, _) = part.identifier()?;
    Some(if part.eat(&["set", "not", "null"]) {
        ActionKind::SetNotNull(column)
    } else if part.eat(&["drop", "not", "null"]) {
        ActionKind::DropNotNull(column)
    } else if part.eat(&["set", "data", "type"]) || part.eat(&["type"]) {
        ActionKind::SetType { column, data_type: data_type(&mut part) }
    } else if part.eat(&["set", "default"]) {
        ActionKind::SetDefault(column)
    } else {
        ActionKind::Other
    })
}
