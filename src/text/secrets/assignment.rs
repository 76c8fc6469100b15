//! Literal values and the names they are given to, read from text around a name without knowing the language.
//!
//! Reads forward from one name within fixed bounds, so the cost of a hostile line stays linear.

use std::ops::Range;

use super::setting::Syntax;

/// How a value is tied to its name; looser forms need a stronger value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `name = "value"` and its kin in every format.
    Quoted,
    /// `NAME=value` up to white space or the end of the line.
    Bare,
    /// `("NAME", "value")`.
    Argument,
    /// `password.fill("value")`: a script types it into a form.
    Typed,
}

/// A name and the literal next to it.
#[derive(Debug, Clone)]
pub(super) struct Assignment {
    pub name: Range<usize>,
    pub value: Range<usize>,
    pub form: Form,
}

/// Methods of browser and terminal drivers that type their argument.
const TYPING_CALLS: &[&str] =
    &[".fill(", ".type(", ".sendKeys(", ".send_keys(", ".setValue(", ".typeText(", ".pressSequentially("];

const LONGEST_NAME: usize = 64;
const LONGEST_QUOTED: usize = 4096;
const LONGEST_BARE: usize = 512;

/// The whole identifier around a keyword; `None` when it is longer than any name.
pub(super) fn name_around(text: &str, keyword: Range<usize>) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_-.".contains(byte);
    let left = bytes[..keyword.start].iter().rev().take(LONGEST_NAME + 1).take_while(part).count();
    // A keyword such as `pass:` reaches past the name.
    let inner = bytes[keyword.clone()].iter().take_while(part).count();
    let right_start = keyword.start + inner;
    let right = if inner == keyword.len() {
        bytes[right_start..].iter().take(LONGEST_NAME + 1).take_while(part).count()
    } else {
        0
    };
    let range = keyword.start - left..right_start + right;
    let word = bytes[range.clone()].iter().position(u8::is_ascii_alphanumeric)?;
    (left <= LONGEST_NAME && right <= LONGEST_NAME).then(|| range.start + word..range.end)
}

/// The literal that the text ties to `name`.
pub(super) fn read(text: &str, name: Range<usize>, syntax: Syntax) -> Option<Assignment> {
    let reader = Reader { text, syntax };
    let found =
        reader.paired_value(&name).or_else(|| reader.direct_value(&name)).or_else(|| reader.typed_value(name.end));
    found.filter(|(value, _)| !value.is_empty()).map(|(value, form)| Assignment { name, value, form })
}

/// What a script types into the field whose label holds the keyword, on the same line.
pub(super) fn typed(text: &str, label: Range<usize>) -> Option<Assignment> {
    let (value, form) = Reader { text, syntax: Syntax::Code }.typed_value(label.end)?;
    (!value.is_empty()).then_some(Assignment { name: label, value, form })
}

struct Reader<'t> {
    text: &'t str,
    syntax: Syntax,
}

/// What stands between a name and its value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    Assign,
    Colon,
    /// `||`, `??`, `or`, `:-`: the value is used when the name has none.
    Default,
    Comma,
    /// The end of an opening XML tag.
    Tag,
    Space,
}

impl Reader<'_> {
    fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or_default()
    }

    fn before(&self, at: usize) -> u8 {
        at.checked_sub(1).map_or(0, |at| self.byte(at))
    }

    fn starts(&self, at: usize, prefix: &str) -> bool {
        self.text.as_bytes().get(at..).is_some_and(|rest| rest.starts_with(prefix.as_bytes()))
    }

    fn blanks(&self, at: usize, most: usize) -> usize {
        at + self.text.as_bytes()[at..].iter().take(most).take_while(|byte| **byte == b' ' || **byte == b'\t').count()
    }

    /// `NAME = value`, `"NAME": value`, `env("NAME") || value`, `<NAME>value`, `--name value`.
    fn direct_value(&self, name: &Range<usize>) -> Option<(Range<usize>, Form)> {
        let mut at = name.end;
        if self.byte(at) == b'\\' && self.byte(at + 1) == b'"' {
            at += 1;
        }
        let quoted_name = matches!(self.byte(at), b'"' | b'\'' | b'`');
        at += usize::from(quoted_name);
        let closed = at;
        while matches!(self.byte(at), b']' | b')' | b'?' | b'!') && !self.starts(at, "??") && !self.starts(at, "?:") {
            at += 1;
        }
        let call = self.text.as_bytes()[closed..at].contains(&b')');
        if quoted_name && at > closed && matches!(self.byte(at), b'"' | b'\'') {
            // `'[name="password"]'`: the name ends inside a longer string.
            at += 1;
        }
        let (operator, after) = self.operator(name, at, quoted_name)?;
        if call && operator != Operator::Default {
            // What follows a call is tied to its result: `sign('secret') => …`.
            return None;
        }
        let typed = operator == Operator::Comma && self.types_text(name.start);
        let at = self.skip_type(operator, after);
        let (value, form) = self.value(at, operator)?;
        Some((value, if typed { Form::Typed } else { form }))
    }

    /// Whether the quoted name is the first argument of a call that types text into a field.
    fn types_text(&self, name: usize) -> bool {
        let before = &self.text.as_bytes()[name.saturating_sub(40)..name];
        let before = &before[memchr::memrchr(b'\n', before).map_or(0, |line| line + 1)..];
        TYPING_CALLS.iter().any(|call| memchr::memmem::find(before, call.as_bytes()).is_some())
    }

    fn operator(&self, name: &Range<usize>, at: usize, quoted_name: bool) -> Option<(Operator, usize)> {
        if self.byte(at) == b'>' && matches!(self.before(name.start), b'<' | b':') {
            return Some((Operator::Tag, at + 1));
        }
        let flag = self.starts(name.start.saturating_sub(2), "--") || self.starts(name.start.saturating_sub(1), "-");
        let next = self.blanks(at, 48);
        let found = [
            ("||=", Operator::Default),
            ("??=", Operator::Default),
            ("||", Operator::Default),
            ("??", Operator::Default),
            ("?:", Operator::Default),
            ("or ", Operator::Default),
            (":-", Operator::Default),
            (":=", Operator::Assign),
            ("::", Operator::Space),
            ("==", Operator::Space),
            ("=~", Operator::Space),
            ("=>", Operator::Colon),
            ("=", Operator::Assign),
            (":", Operator::Colon),
        ]
        .into_iter()
        .find(|(text, _)| self.starts(next, text));
        match found {
            // Comparisons, paths and lambdas tie nothing to the name.
            Some((_, Operator::Space)) => None,
            Some((text, operator)) => Some((operator, next + text.len())),
            None if quoted_name && self.byte(next) == b',' => Some((Operator::Comma, next + 1)),
            None if next > at && (flag || self.is_instruction(name.start)) => Some((Operator::Space, next)),
            None => None,
        }
    }

    /// `ENV NAME value` and `.netrc`'s `password value`.
    fn is_instruction(&self, name: usize) -> bool {
        let line = &self.text.as_bytes()[..name];
        let line = &line[memchr::memrchr(b'\n', &line[line.len().saturating_sub(256)..])
            .map_or(0, |at| line.len() - line.len().min(256) + at + 1)..];
        line.trim_ascii().eq_ignore_ascii_case(b"env")
            || (line.trim_ascii_start().starts_with(b"machine ") && self.syntax == Syntax::Lines)
    }

    /// Behind a colon, skips a type: `password: string = "…"`.
    fn skip_type(&self, operator: Operator, at: usize) -> usize {
        let start = self.blanks(at, 48);
        if operator != Operator::Colon
            || self.syntax == Syntax::Lines
            || !(self.byte(start).is_ascii_alphabetic() || self.byte(start) == b'&')
        {
            return at;
        }
        let bytes = &self.text.as_bytes()[start..];
        let part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_<>|[]. &'?".contains(byte);
        let length = bytes.iter().take(48).take_while(part).count();
        let assigns = self.byte(start + length) == b'='
            && !matches!(self.byte(start + length + 1), b'=' | b'>' | b'"' | b'\n' | 0);
        if assigns { start + length + 1 } else { at }
    }

    fn value(&self, at: usize, operator: Operator) -> Option<(Range<usize>, Form)> {
        if operator == Operator::Tag {
            let length =
                memchr::memchr2(b'<', b'\n', &self.text.as_bytes()[at..(at + LONGEST_BARE).min(self.text.len())])?;
            return Some((self.trimmed(at..at + length), Form::Quoted));
        }
        let mut start = self.blanks(at, 64);
        if matches!(operator, Operator::Assign | Operator::Colon | Operator::Comma) && self.syntax != Syntax::Lines {
            start = self.next_line(start);
        }
        start = self.skip_wrappers(start);
        let form = if operator == Operator::Comma { Form::Argument } else { Form::Quoted };
        if let Some(value) = self.quoted(start) {
            return Some((value, form));
        }
        if let Some(value) = self.environment_default(start) {
            return Some((value, Form::Quoted));
        }
        (operator != Operator::Comma).then(|| self.bare(at, operator)).flatten().map(|value| (value, Form::Bare))
    }

    /// A long string is put on the line below its name.
    fn next_line(&self, at: usize) -> usize {
        let at_break = if self.byte(at) == b'\r' { at + 1 } else { at };
        if self.byte(at_break) != b'\n' {
            return at;
        }
        let next = self.blanks(at_break + 1, 64);
        if matches!(self.byte(next), b'"' | b'\'' | b'`') { next } else { at }
    }

    /// Skips string prefixes and the calls that only wrap a literal.
    fn skip_wrappers(&self, mut at: usize) -> usize {
        const WRAPPERS: &[&str] = &[
            "Buffer.from(",
            "[]byte(",
            "SecretStr(",
            "pydantic.SecretStr(",
            "Secret(",
            "Field(",
            "default=",
            "String(",
            "new ",
            "Bearer ",
            "z.string().default(",
            "(",
        ];
        for _ in 0..4 {
            if let Some(wrapper) = WRAPPERS.iter().find(|wrapper| self.starts(at, wrapper)) {
                at = self.blanks(at + wrapper.len(), 16);
            }
        }
        let prefix = self.text.as_bytes()[at..].iter().take(2).take_while(|byte| b"bBrRuU@".contains(byte)).count();
        if matches!(self.byte(at + prefix), b'"' | b'\'') { at + prefix } else { at }
    }

    /// The text between the quote at `at` and its partner on the same line.
    fn quoted(&self, at: usize) -> Option<Range<usize>> {
        let bytes = self.text.as_bytes();
        let escaped = self.byte(at) == b'\\' && matches!(self.byte(at + 1), b'"' | b'\'');
        let open = at + usize::from(escaped);
        let quote = self.byte(open);
        if !matches!(quote, b'"' | b'\'' | b'`') {
            return None;
        }
        let triple = !escaped && self.byte(open + 1) == quote && self.byte(open + 2) == quote;
        let start = open + if triple { 3 } else { 1 };
        let mut end = start;
        while end < bytes.len() && end - start <= LONGEST_QUOTED {
            match bytes[end] {
                byte if byte == quote => {
                    let close = if escaped && bytes[end - 1] == b'\\' { end - 1 } else { end };
                    return Some(self.without_scheme(start..close.max(start)));
                }
                b'\n' => return None,
                b'\\' if !(escaped && self.byte(end + 1) == quote) => end += 2,
                _ => end += 1,
            }
        }
        None
    }

    /// Drops `Bearer ` and its kin from the front of a header's value, and an escaped line break from its end.
    fn without_scheme(&self, range: Range<usize>) -> Range<usize> {
        let Some(value) = self.text.get(range.clone()) else { return range.start..range.start };
        let inner = ["Bearer ", "bearer ", "Token ", "token ", "Basic "]
            .iter()
            .find_map(|scheme| value.strip_prefix(scheme))
            .unwrap_or(value);
        let start = range.end - inner.len();
        let inner = inner.strip_suffix("\\n").unwrap_or(inner);
        self.trimmed(start..start + inner.len())
    }

    fn trimmed(&self, range: Range<usize>) -> Range<usize> {
        let Some(value) = self.text.get(range.clone()) else { return range.start..range.start };
        let start = range.start + (value.len() - value.trim_start().len());
        start..start + value.trim().len()
    }

    /// `process.env.X || "value"`, `os.getenv("X", "value")` on the right-hand side.
    fn environment_default(&self, at: usize) -> Option<Range<usize>> {
        const READS: &[&str] = &[
            "process.env",
            "import.meta.env",
            "os.environ",
            "os.getenv(",
            "getenv(",
            "env(",
            "Deno.env",
            "Bun.env",
            "ENV",
        ];
        READS.iter().any(|read| self.starts(at, read)).then_some(())?;
        let window = &self.text.as_bytes()[at..(at + 128).min(self.text.len())];
        let window = &window[..memchr::memchr2(b'\n', b';', window).unwrap_or(window.len())];
        let mark = (0..window.len()).find_map(|offset| {
            ["||", "??", ", ", " or "]
                .iter()
                .find(|mark| window[offset..].starts_with(mark.as_bytes()))
                .map(|mark| offset + mark.len())
        })?;
        self.quoted(self.blanks(at + mark, 8))
    }

    /// A value without quotes, where the format has such values.
    fn bare(&self, at: usize, operator: Operator) -> Option<Range<usize>> {
        let bytes = self.text.as_bytes();
        let start = self.blanks(at, 64);
        let in_braces = operator == Operator::Default || (start > 0 && self.is_interpolated(at));
        let stops = |byte: u8| {
            byte.is_ascii_whitespace()
                || b"\"'`<>".contains(&byte)
                || (in_braces && byte == b'}')
                || (self.syntax != Syntax::Lines && b";&|,(){}[]".contains(&byte))
        };
        if operator == Operator::Default && !in_braces {
            return None;
        }
        // A shell assigns without blanks; with them, PowerShell and batch files have an expression.
        if self.syntax == Syntax::Shell
            && operator != Operator::Space
            && (start > at || self.before(at.saturating_sub(1)) == b' ')
        {
            return None;
        }
        let length = bytes[start..].iter().take(LONGEST_BARE + 1).take_while(|byte| !stops(**byte)).count();
        let end = start + length;
        if length == 0
            || length > LONGEST_BARE
            || !self.text.is_char_boundary(start)
            || !self.text.is_char_boundary(end)
        {
            return None;
        }
        // `image:tag` and `host:port` have no blank behind the colon, `key: value` has one.
        if operator == Operator::Colon && !in_braces && start == at {
            return None;
        }
        let calls = matches!(self.byte(end), b'(' | b'[' | b'{') && self.syntax != Syntax::Lines;
        let prose = (self.syntax == Syntax::Lines || operator == Operator::Colon) && !in_braces && {
            let rest = self.blanks(end, 64);
            !matches!(self.byte(rest), b'\n' | b'\r' | b'#' | b';' | 0 | b'}' | b',' | b')' | b']')
                && rest < bytes.len()
                && !matches!(bytes[end], b'"' | b'\'' | b'<')
        };
        (!calls && !prose).then(|| self.trimmed(start..end - self.flow_end(start..end)))
    }

    /// `{a: b, c: d}` in YAML: the comma or brace behind the value is not part of it.
    fn flow_end(&self, range: Range<usize>) -> usize {
        self.text.as_bytes()[range].iter().rev().take_while(|byte| **byte == b',').count()
    }

    /// Whether the name before `at` stands in `${NAME:value}`.
    fn is_interpolated(&self, at: usize) -> bool {
        let before = &self.text.as_bytes()[at.saturating_sub(LONGEST_NAME)..at];
        let before = &before[memchr::memrchr(b'\n', before).map_or(0, |line| line + 1)..];
        before.windows(2).rposition(|pair| pair == b"${").is_some_and(|open| !before[open..].contains(&b'}'))
    }

    /// `name: X` followed by `value: y`, in JSON, YAML and XML.
    fn paired_value(&self, name: &Range<usize>) -> Option<(Range<usize>, Form)> {
        let before = &self.text.as_bytes()[name.start.saturating_sub(16)..name.start];
        let before = before.trim_ascii_end();
        let before =
            before.strip_suffix(b"\"").or_else(|| before.strip_suffix(b"'")).unwrap_or(before).trim_ascii_end();
        let before = before.strip_suffix(b":").or_else(|| before.strip_suffix(b"="))?.trim_ascii_end();
        let before = before.strip_suffix(b"\"").or_else(|| before.strip_suffix(b"'")).unwrap_or(before);
        [&b"name"[..], b"key", b"Name", b"Key", b"variable"].iter().any(|word| before.ends_with(word)).then_some(())?;
        let mut at = name.end;
        let mut breaks = 0;
        while matches!(self.byte(at), b'"' | b'\'' | b',' | b' ' | b'\t' | b'\r' | b'\n')
            && at - name.end < 96
            && breaks < 2
        {
            breaks += usize::from(self.byte(at) == b'\n');
            at += 1;
        }
        at = self.blanks(at, 64) + usize::from(matches!(self.byte(self.blanks(at, 64)), b'"' | b'\''));
        if !(self.starts(at, "value") || self.starts(at, "Value")) {
            return None;
        }
        at += 5;
        at += usize::from(matches!(self.byte(at), b'"' | b'\''));
        at = self.blanks(at, 16);
        matches!(self.byte(at), b':' | b'=').then_some(())?;
        self.value(at + 1, Operator::Colon)
    }

    /// The literal that a browser or terminal script types into the field of that name, on the same line.
    fn typed_value(&self, at: usize) -> Option<(Range<usize>, Form)> {
        let window = &self.text.as_bytes()[at..(at + 96).min(self.text.len())];
        let window = &window[..memchr::memchr2(b'\n', b';', window).unwrap_or(window.len())];
        let (offset, call) = memchr::memchr_iter(b'.', window).find_map(|offset| {
            TYPING_CALLS.iter().find(|call| window[offset..].starts_with(call.as_bytes())).map(|call| (offset, call))
        })?;
        self.quoted(self.blanks(at + offset + call.len(), 8)).map(|value| (value, Form::Typed))
    }
}
