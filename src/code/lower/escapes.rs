//! The value of a string literal from its text: escape sequences resolved as the language does.

use std::{iter::Peekable, str::Chars};

/// Resolves the escapes of JavaScript.
pub(super) fn script(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut value = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        if char != '\\' {
            value.push(char);
            continue;
        }
        let Some(escape) = chars.next() else { break };
        match escape {
            'n' => value.push('\n'),
            'r' => value.push('\r'),
            't' => value.push('\t'),
            'b' => value.push('\u{8}'),
            'v' => value.push('\u{b}'),
            'f' => value.push('\u{c}'),
            '0' if !chars.peek().is_some_and(char::is_ascii_digit) => value.push('\0'),
            'x' => value.push(code_point(hex(&mut chars, 2))),
            'u' => value.push(script_unicode(&mut chars)),
            '\r' => _ = chars.next_if_eq(&'\n'),
            '\n' | '\u{2028}' | '\u{2029}' => {}
            plain => value.push(plain),
        }
    }
    value
}

/// `XXXX`, `{X…}`, or a surrogate pair, after `\u`.
fn script_unicode(chars: &mut Peekable<Chars<'_>>) -> char {
    if chars.next_if_eq(&'{').is_some() {
        let value = hex(chars, 8);
        chars.next_if_eq(&'}');
        return code_point(value);
    }
    let first = hex(chars, 4);
    if !(0xD800..0xDC00).contains(&first) {
        return code_point(first);
    }
    let mut ahead = chars.clone();
    if ahead.next() == Some('\\') && ahead.next() == Some('u') {
        let second = hex(&mut ahead, 4);
        if (0xDC00..0xE000).contains(&second) {
            *chars = ahead;
            return code_point(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
        }
    }
    char::REPLACEMENT_CHARACTER
}

/// Resolves the escapes of Python; `\N{…}` becomes a replacement character, since names of characters are not known.
pub(super) fn python(text: &str, bytes: bool) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut value = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        if char != '\\' {
            value.push(char);
            continue;
        }
        let Some(escape) = chars.next() else { break };
        match escape {
            '\r' => _ = chars.next_if_eq(&'\n'),
            '\n' => {}
            '\\' | '\'' | '"' => value.push(escape),
            'a' => value.push('\u{7}'),
            'b' => value.push('\u{8}'),
            'f' => value.push('\u{c}'),
            'n' => value.push('\n'),
            'r' => value.push('\r'),
            't' => value.push('\t'),
            'v' => value.push('\u{b}'),
            'x' => value.push(code_point(hex(&mut chars, 2))),
            '0'..='7' => value.push(octal(escape, &mut chars)),
            'u' if !bytes => value.push(code_point(hex(&mut chars, 4))),
            'U' if !bytes => value.push(code_point(hex(&mut chars, 8))),
            'N' if !bytes && chars.peek() == Some(&'{') => {
                chars.by_ref().take_while(|char| *char != '}').for_each(drop);
                value.push(char::REPLACEMENT_CHARACTER);
            }
            plain => value.extend(['\\', plain]),
        }
    }
    value
}

fn octal(first: char, chars: &mut Peekable<Chars<'_>>) -> char {
    let mut value = first.to_digit(8).unwrap_or_default();
    for _ in 0..2 {
        let Some(digit) = chars.peek().and_then(|char| char.to_digit(8)) else { break };
        chars.next();
        value = value * 8 + digit;
    }
    code_point(value)
}

fn hex(chars: &mut Peekable<Chars<'_>>, digits: usize) -> u32 {
    let mut value = 0u32;
    for _ in 0..digits {
        let Some(digit) = chars.peek().and_then(|char| char.to_digit(16)) else { break };
        chars.next();
        value = value.wrapping_mul(16).wrapping_add(digit);
    }
    value
}

fn code_point(value: u32) -> char {
    char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Resolves the character references of HTML that occur in JSX text; an unknown one stays as written.
pub(super) fn html(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        value.push_str(&rest[..start]);
        rest = &rest[start..];
        let reference = rest[1..].find(';').map(|end| (&rest[1..=end], end + 2));
        if let Some((char, length)) = reference.and_then(|(name, length)| Some((html_character(name)?, length))) {
            value.push(char);
            rest = &rest[length..];
        } else {
            value.push('&');
            rest = &rest[1..];
        }
    }
    value.push_str(rest);
    value
}

fn html_character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let value = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(value);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "copy" => '©',
        "reg" => '®',
        "trade" => '™',
        "hellip" => '…',
        "mdash" => '—',
        "ndash" => '–',
        "laquo" => '«',
        "raquo" => '»',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        "times" => '×',
        "middot" => '·',
        "bull" => '•',
        "larr" => '←',
        "rarr" => '→',
        "euro" => '€',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{html, python, script};

    #[test]
    fn script_escapes_are_resolved() {
        assert_eq!(script(r"a\n\t\x41\u0042\u{43}\\\'\q\0"), "a\n\tABC\\'q\0");
        assert_eq!(script(r"\ud83d\ude00 \ud83d x"), "\u{1F600} \u{FFFD} x");
        assert_eq!(script("a\\\nb\\\r\nc"), "abc");
        assert_eq!(script("tail\\"), "tail");
    }

    #[test]
    fn python_escapes_are_resolved() {
        assert_eq!(python(r"a\n\x41\101\u0042\U00000043\d", false), "a\nAABC\\d");
        assert_eq!(python(r"\u0041", true), r"\u0041");
        assert_eq!(python(r"\N{DIGIT ONE}!", false), "\u{FFFD}!");
        assert_eq!(python("a\\\nb", false), "ab");
    }

    #[test]
    fn html_references_are_resolved() {
        assert_eq!(html("a &amp; b &#65;&#x42; &unknown; & c"), "a & b AB &unknown; & c");
    }
}
