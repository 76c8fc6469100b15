//! Stack for parsers that recurse without looking how deep they are.
//!
//! Nesting cannot be known before parsing: a bracket may stand in a string, in a comment or in a regular expression,
//! and which it is only the parser knows. So no estimate of the depth is trusted. Instead every token that can take a
//! parser one level down is counted, wherever it stands: the depth cannot exceed their number, and the file is parsed
//! on a stack that would hold them all. Stacks are mapped as they are used, so that ordinary files pay nothing for
//! it, and most of them fit in the stack that a worker has.

/// Stack for each token that may nest: what the parsers take in the worst case, measured, and half as much again.
const PER_TOKEN: usize = 6 << 10;

/// Stack for everything else.
const BASE: usize = 512 << 10;

/// A file that would need more than this is left to the tolerant parser, which does not recurse.
const LIMIT: usize = 256 << 20;

/// Brackets without a closing one. Behind some of them a parser tries two readings of everything up to the end of the
/// file, so that the time grows with their number times the length. Nobody writes as many.
const OPEN: usize = 250;

/// With fewer brackets than this in the whole file it does not matter how they nest.
const FEW: usize = 1_000;

/// Runs `parse` on a stack that suffices for whatever `source` may be; `None` when none would.
pub(super) fn with_stack<T>(source: &str, parse: impl FnOnce() -> Option<T>) -> Option<T> {
    if nests_deep(source.as_bytes()) {
        return None;
    }
    // Of a short file it does not matter what its bytes are: the stack at hand holds a level for each.
    let most = BASE + source.len() * PER_TOKEN;
    if stacker::remaining_stack().is_some_and(|left| most <= left) {
        return parse();
    }
    let needed = BASE + nesting_tokens(source) * PER_TOKEN;
    if needed > LIMIT { None } else { stacker::maybe_grow(needed, needed, parse) }
}

/// How many tokens of `source` may each take a parser one level down, counted too high rather than too low.
fn nesting_tokens(source: &str) -> usize {
    let bytes = source.as_bytes();
    let mut count = 0;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match CLASSES[byte as usize] {
            Class::Nests => count += 1,
            Class::Word => {
                let start = at;
                while bytes.get(at + 1).is_some_and(|next| matches!(CLASSES[*next as usize], Class::Word)) {
                    at += 1;
                }
                count += usize::from(is_prefix(&bytes[start..=at]));
            }
            Class::Plain => {}
        }
        at += 1;
    }
    count
}

/// Whether too many brackets are open at any place: with everything, without comments, and without strings and
/// comments. A closing bracket in a string must hide nothing, and neither must a quote in a comment.
fn nests_deep(bytes: &[u8]) -> bool {
    let brackets = bytes.iter().filter(|byte| matches!(byte, b'(' | b'[' | b'{' | b'<')).count();
    brackets > FEW
        && [(false, false), (true, false), (true, true)]
            .into_iter()
            .any(|(skip_comments, skip_strings)| most_open(bytes, skip_comments, skip_strings) > OPEN)
}

fn most_open(bytes: &[u8], skip_comments: bool, skip_strings: bool) -> usize {
    let (mut brackets, mut angles, mut most) = (0_usize, 0_usize, 0);
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let next = bytes.get(at + 1);
        match byte {
            b'(' | b'[' | b'{' => brackets += 1,
            b')' | b']' | b'}' => brackets = brackets.saturating_sub(1),
            b'<' if next != Some(&b'=') => angles += 1,
            b'>' if at == 0 || bytes[at - 1] != b'=' => angles = angles.saturating_sub(1),
            b'/' if skip_comments && next == Some(&b'/') => at = end_of(bytes, at, b"\n"),
            b'/' if skip_comments && next == Some(&b'*') => at = end_of(bytes, at + 2, b"*/"),
            b'\'' | b'"' if skip_strings => at = string_end(bytes, at),
            _ => {}
        }
        most = most.max(brackets).max(angles);
        at += 1;
    }
    most
}

/// The last place of the first `mark` from `from` on, or the end.
fn end_of(bytes: &[u8], from: usize, mark: &[u8]) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    memchr::memmem::find(rest, mark).map_or(bytes.len(), |offset| from + offset + mark.len() - 1)
}

/// The place of the quote that ends the string at `start` on the same line; `start` when there is none.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\n' => return start,
            b'\\' => at += 1,
            byte if *byte == bytes[start] => return at,
            _ => {}
        }
        at += 1;
    }
    start
}

/// Words that stand before what they apply to, so that they nest without any punctuation.
fn is_prefix(word: &[u8]) -> bool {
    matches!(
        word,
        b"abstract"
            | b"and"
            | b"assert"
            | b"asserts"
            | b"async"
            | b"await"
            | b"case"
            | b"class"
            | b"const"
            | b"declare"
            | b"default"
            | b"delete"
            | b"do"
            | b"elif"
            | b"else"
            | b"export"
            | b"extends"
            | b"for"
            | b"function"
            | b"if"
            | b"in"
            | b"infer"
            | b"is"
            | b"keyof"
            | b"lambda"
            | b"new"
            | b"not"
            | b"or"
            | b"override"
            | b"readonly"
            | b"return"
            | b"static"
            | b"throw"
            | b"try"
            | b"type"
            | b"typeof"
            | b"unique"
            | b"void"
            | b"while"
            | b"with"
            | b"yield"
    )
}

#[derive(Clone, Copy)]
enum Class {
    Plain,
    /// A letter or digit.
    Word,
    Nests,
}

const CLASSES: [Class; 256] = classes();

const fn classes() -> [Class; 256] {
    let mut table = [Class::Plain; 256];
    let mut at: u8 = 0;
    loop {
        table[at as usize] = match at {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'$' => Class::Word,
            b'(' | b'[' | b'{' | b'<' | b'>' | b'=' | b'!' | b'~' | b'?' | b':' | b'+' | b'-' | b'*' | b'/' | b'%'
            | b'&' | b'|' | b'^' | b'@' | b'.' | b'`' => Class::Nests,
            _ => Class::Plain,
        };
        if at == u8::MAX {
            return table;
        }
        at += 1;
    }
}
