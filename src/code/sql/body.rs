//! Functions and blocks: what their headers promise, and what their bodies run.

use super::{
    Function, Kind,
    cursor::Cursor,
    token::{self, Token, TokenKind},
};
use crate::model::Span;

/// Behind `CREATE FUNCTION` and `CREATE PROCEDURE`.
pub(super) fn function(cursor: &mut Cursor<'_>) -> Option<Function> {
    cursor.eat(&["if", "not", "exists"]);
    let mut function = Function { name: cursor.name()?, ..Function::default() };
    let mut names = Vec::new();
    for part in cursor.group().map(|group| group.parts()).unwrap_or_default() {
        let (name, text) = argument(part);
        names.extend(name);
        function.arguments.push(text);
    }
    while let Some(token) = cursor.peek() {
        if cursor.eat(&["returns"]) {
            function.returns_trigger = cursor.at_any(&["trigger", "event_trigger"]);
        } else if cursor.eat(&["security", "definer"]) {
            let end = cursor.behind().map_or(token.span.end, |last| last.span.end);
            function.definer = Some(Span::new(token.span.start as usize, end as usize));
        } else if cursor.eat(&["set", "search_path"]) {
            function.search_path = true;
        } else if token.kind == TokenKind::Dollar
            || token.kind == TokenKind::String && function.body.is_none() && cursor.raw(token).len() > 12
        {
            let (text, at) = inner(cursor.raw(token), token.span);
            function.body = Some(Span::new(at, at + text.len()));
            let tokens = token::tokens(text, at);
            let body = Cursor::new(text, at, &tokens);
            function.executes_argument = executes(body, &names);
            function.asks_caller = asks_caller(body);
            function.writes = body.rest().iter().any(|token| {
                ["insert", "update", "delete", "truncate", "execute"].iter().any(|word| body.is_word(*token, word))
            });
            cursor.advance();
        } else {
            cursor.advance();
        }
    }
    Some(function)
}

/// The name of a parameter when it has one, and the whole as written.
fn argument(mut part: Cursor<'_>) -> (Option<String>, String) {
    let text: Vec<String> = part.rest().iter().map(|token| part.raw(*token).to_ascii_lowercase()).collect();
    while part.at_any(&["in", "out", "inout", "variadic"]) {
        part.advance();
    }
    let named = part.ahead(1).is_some_and(|token| matches!(token.kind, TokenKind::Word | TokenKind::Quoted));
    let name = if named { part.identifier().map(|(name, _)| name) } else { None };
    (name, text.join(" "))
}

/// `EXECUTE sql` or `EXECUTE '…' || sql` where `sql` is a parameter that nothing quotes.
fn executes(body: Cursor<'_>, names: &[String]) -> Option<Span> {
    let tokens = body.rest();
    for (index, token) in tokens.iter().enumerate() {
        if !body.is_word(*token, "execute") {
            continue;
        }
        let end = tokens[index..]
            .iter()
            .position(|token| token.kind == TokenKind::Punctuation(b';'))
            .map_or(tokens.len(), |length| index + length);
        let statement = &tokens[index + 1..end];
        // `EXECUTE … USING a, b` binds values, which is safe.
        let bound = statement.iter().position(|token| body.is_word(*token, "using")).unwrap_or(statement.len());
        let statement = &statement[..bound];
        if is_raw(body, statement, names) {
            return Some(Span::new(token.span.start as usize, tokens[end - 1].span.end as usize));
        }
    }
    None
}

fn is_raw(body: Cursor<'_>, statement: &[Token], names: &[String]) -> bool {
    let is_argument = |token: &Token| {
        body.folded(*token).is_some_and(|name| names.iter().any(|known| known.eq_ignore_ascii_case(&name)))
            || token.kind == TokenKind::Number && body.raw(*token) == "1" && names.is_empty()
    };
    let quotes = statement.iter().any(|token| {
        ["quote_ident", "quote_literal", "quote_nullable", "format", "regclass"]
            .iter()
            .any(|word| body.is_word(*token, word))
    });
    !quotes && statement.iter().any(is_argument)
}

fn asks_caller(body: Cursor<'_>) -> bool {
    let expression = body.expression();
    let caller = |word: &String| {
        word.starts_with("auth.") && !word.starts_with("auth.users")
            || ["session_user", "current_user", "current_role"].contains(&word.as_str())
    };
    expression.words.iter().any(caller) || expression.strings.iter().any(|text| text.starts_with("request."))
}

/// Behind `ALTER FUNCTION`.
pub(super) fn alter(cursor: &mut Cursor<'_>) -> Option<Kind> {
    cursor.eat(&["if", "exists"]);
    let name = cursor.name()?;
    let (mut definer, mut search_path) = (None, false);
    while !cursor.is_done() {
        if cursor.eat(&["security", "definer"]) {
            definer = Some(true);
        } else if cursor.eat(&["security", "invoker"]) {
            definer = Some(false);
        } else if cursor.eat(&["set", "search_path"]) {
            search_path = true;
        } else {
            cursor.advance();
        }
    }
    Some(Kind::AlterFunction { name, definer, search_path })
}

/// The text between the quotes of a string token, and where it begins.
pub(super) fn inner(raw: &str, span: Span) -> (&str, usize) {
    let (open, quote) = match raw.strip_prefix('$') {
        Some(tag) => {
            let open = tag.find('$').map_or(1, |length| length + 2);
            (open, &raw[..open])
        }
        None => (raw.find('\'').map_or(0, |at| at + 1), "'"),
    };
    let text = raw.get(open..).unwrap_or_default();
    (text.strip_suffix(quote).unwrap_or(text), span.start as usize + open)
}

/// Words that a statement of a schema begins with.
const STATEMENTS: [&str; 12] = [
    "create", "alter", "drop", "execute", "grant", "revoke", "truncate", "delete", "update", "insert", "comment", "do",
];

/// How many tokens of a block's statement precede what it does: `DECLARE …`, `IF … THEN`.
pub(super) fn leading(cursor: Cursor<'_>) -> usize {
    let tokens = cursor.rest();
    let begins = |index: usize| STATEMENTS.iter().any(|word| cursor.is_word(tokens[index], word));
    if tokens.is_empty() || begins(0) {
        return 0;
    }
    let opens = |index: usize| ["then", "loop", "begin", "else"].iter().any(|word| cursor.is_word(tokens[index], word));
    (1..tokens.len()).find(|index| opens(index - 1) && begins(*index)).unwrap_or(tokens.len())
}
