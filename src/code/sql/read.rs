//! Which statement it is, by its first words.

use super::{
    CreateIndex, Kind, Name, Script, Statement, body,
    cursor::Cursor,
    rights, split, table,
    token::{self, Token, TokenKind},
};
use crate::model::Span;

/// Blocks in blocks are read this deep.
const MAX_DEPTH: usize = 3;

pub(super) fn script(text: &str, base: usize, depth: usize) -> Script {
    let tokens = token::tokens(text, base);
    let mut script = Script::default();
    for range in split::statements(text, base, &tokens) {
        one(text, base, &tokens[range], depth, &mut script);
    }
    script
}

fn one(text: &str, base: usize, tokens: &[Token], depth: usize, script: &mut Script) {
    // Inside a block, control words precede the statement: `IF … THEN ALTER TABLE …`.
    let skip = if depth > 0 { body::leading(Cursor::new(text, base, tokens)) } else { 0 };
    let Some(tokens) = tokens.get(skip..).filter(|tokens| !tokens.is_empty()) else { return };
    let mut cursor = Cursor::new(text, base, tokens);
    let span = cursor.span();
    if depth > 0 && cursor.at_word("execute") {
        executed(cursor, depth, script);
        return;
    }
    let kind = kind(&mut cursor);
    let block = (kind == Kind::Do)
        .then(|| tokens.iter().find(|token| matches!(token.kind, TokenKind::Dollar | TokenKind::String)))
        .flatten();
    script.statements.push(Statement { span, kind, nested: depth > 0 });
    if let Some(block) = block.filter(|_| depth < MAX_DEPTH) {
        let (inner, at) = body::inner(Cursor::new(text, base, tokens).raw(*block), block.span);
        nested(inner, at, depth, script);
    }
}

/// `EXECUTE 'literal'` is read, anything else is dynamic.
fn executed(mut cursor: Cursor<'_>, depth: usize, script: &mut Script) {
    let span = cursor.span();
    cursor.advance();
    match (cursor.peek(), cursor.ahead(1)) {
        (Some(token), None) if matches!(token.kind, TokenKind::String | TokenKind::Dollar) && depth < MAX_DEPTH => {
            let (inner, at) = body::inner(cursor.raw(token), token.span);
            nested(inner, at, depth, script);
        }
        _ => script.dynamic.push(span),
    }
}

fn nested(text: &str, at: usize, depth: usize, script: &mut Script) {
    let inner = self::script(text, at, depth + 1);
    script.statements.extend(inner.statements);
    script.dynamic.extend(inner.dynamic);
}

fn kind(cursor: &mut Cursor<'_>) -> Kind {
    statement(cursor).unwrap_or(Kind::Other)
}

fn statement(cursor: &mut Cursor<'_>) -> Option<Kind> {
    let (first, _) = cursor.identifier()?;
    Some(match first.as_str() {
        "create" => return create(cursor),
        "alter" => return alter(cursor),
        "drop" => return drop(cursor),
        "rename" if cursor.eat(&["table"]) => {
            let name = cursor.name()?;
            let span = cursor.span();
            cursor.eat(&["to"]);
            let kind = super::ActionKind::RenameTable(cursor.name()?);
            Kind::AlterTable { name, if_exists: false, actions: vec![super::Action { span, kind }] }
        }
        "comment" => return comment(cursor),
        "grant" => Kind::Grant(rights::grant(cursor, false)),
        "revoke" => Kind::Grant(rights::grant(cursor, true)),
        "truncate" => {
            cursor.eat(&["table"]);
            cursor.eat(&["only"]);
            Kind::Truncate(cursor.names())
        }
        "delete" => {
            cursor.eat(&["from"]);
            cursor.eat(&["only"]);
            Kind::Delete { table: cursor.name()?, filtered: has_word(cursor, "where") }
        }
        "update" => {
            cursor.eat(&["only"]);
            Kind::Update { table: cursor.name()?, filtered: has_word(cursor, "where") }
        }
        "insert" | "replace" => {
            while cursor.at_any(&["or", "ignore", "replace", "into"]) {
                cursor.advance();
            }
            let table = cursor.name()?;
            let columns = cursor.group().map(|group| group.columns().0).unwrap_or_default();
            Kind::Insert { table, columns }
        }
        "begin" => Kind::Begin,
        "start" if cursor.at_word("transaction") => Kind::Begin,
        "commit" | "end" => Kind::Commit,
        "rollback" => Kind::Rollback,
        "do" => Kind::Do,
        _ => Kind::Other,
    })
}

fn has_word(cursor: &Cursor<'_>, word: &str) -> bool {
    cursor.rest().iter().any(|token| cursor.is_word(*token, word))
}

fn create(cursor: &mut Cursor<'_>) -> Option<Kind> {
    cursor.eat(&["or", "replace"]);
    if cursor.eat(&["definer"]) {
        // MySQL: `DEFINER = user@host`.
        while !cursor.is_done() && !cursor.at_any(&["function", "procedure", "trigger", "view", "event"]) {
            cursor.advance();
        }
    }
    let mut temporary = false;
    let (mut unique, mut skipped) = (false, 0);
    while skipped < 4
        && cursor.at_any(&[
            "temp",
            "temporary",
            "global",
            "local",
            "unlogged",
            "unique",
            "fulltext",
            "spatial",
            "constraint",
            "virtual",
            "materialized",
            "foreign",
            "recursive",
        ])
    {
        temporary |= cursor.at_any(&["temp", "temporary"]);
        unique |= cursor.at_word("unique");
        cursor.advance();
        skipped += 1;
    }
    let (what, _) = cursor.identifier()?;
    Some(match what.as_str() {
        "table" => Kind::CreateTable(table::create(cursor, temporary)?),
        "index" => Kind::CreateIndex(index(cursor, unique)?),
        "view" => {
            cursor.eat(&["if", "not", "exists"]);
            Kind::CreateView(cursor.name()?)
        }
        "policy" => Kind::CreatePolicy(rights::policy(cursor)?),
        "function" | "procedure" => Kind::CreateFunction(body::function(cursor)?),
        "schema" => {
            cursor.eat(&["if", "not", "exists"]);
            Kind::CreateSchema(cursor.identifier()?.0)
        }
        "type" | "domain" => Kind::CreateType(cursor.name()?),
        "trigger" => trigger(cursor),
        _ => Kind::Other,
    })
}

fn trigger(cursor: &mut Cursor<'_>) -> Kind {
    let (mut table, mut function) = (None, None);
    while !cursor.is_done() {
        if cursor.eat(&["on"]) && table.is_none() {
            table = cursor.name();
        } else if cursor.eat(&["execute"]) {
            cursor.advance();
            function = cursor.name();
        } else if !cursor.is_done() {
            cursor.advance();
        }
    }
    Kind::CreateTrigger { table, function }
}

fn index(cursor: &mut Cursor<'_>, unique: bool) -> Option<CreateIndex> {
    let mut index = CreateIndex { unique, ..CreateIndex::default() };
    index.concurrently = cursor.eat(&["concurrently"]);
    index.if_not_exists = cursor.eat(&["if", "not", "exists"]);
    if !cursor.at_word("on") {
        index.name = cursor.name();
    }
    if cursor.eat(&["using"]) {
        cursor.advance();
    }
    if !cursor.eat(&["on"]) {
        return None;
    }
    index.only = cursor.eat(&["only"]);
    index.table = cursor.name()?;
    if cursor.eat(&["using"]) {
        cursor.advance();
    }
    (index.columns, index.plain) = cursor.group()?.columns();
    index.partial = has_word(cursor, "where");
    Some(index)
}

fn alter(cursor: &mut Cursor<'_>) -> Option<Kind> {
    cursor.eat(&["foreign"]);
    let (what, _) = cursor.identifier()?;
    Some(match what.as_str() {
        "table" => return table::alter(cursor),
        "policy" => Kind::AlterPolicy(rights::policy(cursor)?),
        "function" | "procedure" => body::alter(cursor)?,
        "default" if cursor.eat(&["privileges"]) => rights::default_privileges(cursor),
        _ => Kind::Other,
    })
}

fn drop(cursor: &mut Cursor<'_>) -> Option<Kind> {
    cursor.eat(&["materialized"]);
    cursor.eat(&["foreign"]);
    cursor.eat(&["temporary"]);
    let (what, _) = cursor.identifier()?;
    let concurrently = cursor.eat(&["concurrently"]);
    let if_exists = cursor.eat(&["if", "exists"]);
    Some(match what.as_str() {
        "table" => Kind::DropTable { names: cursor.names(), if_exists },
        "view" => Kind::DropView(cursor.names()),
        "index" => Kind::DropIndex { names: cursor.names(), concurrently },
        "policy" => {
            let (name, _) = cursor.identifier()?;
            cursor.eat(&["on"]);
            Kind::DropPolicy { name, table: cursor.name()? }
        }
        "function" | "procedure" | "routine" => Kind::DropFunction(cursor.names()),
        _ => Kind::Other,
    })
}

fn comment(cursor: &mut Cursor<'_>) -> Option<Kind> {
    if cursor.eat(&["on", "table"]) {
        return Some(Kind::Comment { table: cursor.name()?, column: None });
    }
    if !cursor.eat(&["on", "column"]) {
        return None;
    }
    let mut parts: Vec<(String, Span)> = vec![cursor.identifier()?];
    while cursor.eat_mark(b'.') && parts.len() < 4 {
        parts.push(cursor.identifier()?);
    }
    let (column, _) = parts.pop()?;
    let (name, end) = parts.pop()?;
    let schema = parts.pop();
    let start = schema.as_ref().map_or(end.start, |(_, span)| span.start);
    let span = Span::new(start as usize, end.end as usize);
    Some(Kind::Comment { table: Name { schema: schema.map(|(schema, _)| schema), name, span }, column: Some(column) })
}
