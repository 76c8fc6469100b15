//! What Rust sources say in string literals, for tests that compare code with the catalogue.

use std::collections::BTreeSet;

/// Every plain string literal of a source.
pub(crate) fn literals(source: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut rest = source;
    while let Some(at) = rest.find('"') {
        // A character literal `'"'` opens no string.
        if rest[..at].ends_with('\'') && rest[at..].starts_with("\"'") {
            rest = &rest[at + 2..];
            continue;
        }
        let inside = &rest[at + 1..];
        let end = closing_quote(inside);
        found.insert(inside[..end].to_owned());
        rest = inside.get(end + 1..).unwrap_or_default();
    }
    found
}

fn closing_quote(inside: &str) -> usize {
    let mut escaped = false;
    for (at, char) in inside.char_indices() {
        match char {
            '"' if !escaped => return at,
            _ => escaped = char == '\\' && !escaped,
        }
    }
    inside.len()
}

/// The string literals that stand alone as argument number `index` of calls of `function` (its name with the `(`).
pub(crate) fn called_with(source: &str, function: &str, index: usize) -> BTreeSet<String> {
    let calls = source.match_indices(function).filter(|(at, _)| {
        let before = source[..*at].chars().next_back();
        function.starts_with('.')
            || !before.is_some_and(|char| char.is_alphanumeric() || matches!(char, '_' | ':' | '.'))
    });
    calls
        .filter_map(|(at, _)| {
            let arguments = arguments(&source[at + function.len()..]);
            let literal = arguments.get(index)?.trim();
            Some(literal.strip_prefix('"')?.strip_suffix('"')?.to_owned())
        })
        .collect()
}

/// The arguments of a call, from behind its opening parenthesis.
fn arguments(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut depth, mut start, mut at) = (0_usize, 0, 0);
    while let Some(char) = text[at..].chars().next() {
        match char {
            '"' => at += closing_quote(&text[at + 1..]) + 1,
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => {
                found.push(&text[start..at]);
                return found;
            }
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                found.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        at += char.len_utf8();
    }
    found
}
