//! How much of a script its parser reads more than once.
//!
//! In two places the grammar asks for more than a look ahead: whether a `(` opens the parameters of an arrow function or
//! of a function type, and whether a `<` opens type arguments. There the parser tries one reading and, when it was the
//! wrong one, goes back and tries the other. It remembers which arrow functions failed, so that each costs one more
//! reading of what it holds; of types it remembers nothing, so that what lies in an attempt in an attempt is read four
//! times or more, and in thirty of them a thousand million times.
//!
//! An attempt lies in an attempt only where a type holds an expression: in the initial value of a parameter, in a
//! computed name, in the options of an import. So every place that may begin an attempt is followed as far as the
//! attempt can come, and the few that meet an expression are counted. Nothing is assumed about what lies around such
//! a place: one in a string or in a comment counts as well, and no closing bracket elsewhere can hide one.

#[cfg(test)]
mod tests;

/// Bytes that may be read again in one file. The parser takes twenty to ninety bytes of memory for each.
const BUDGET: usize = 2 << 20;

/// An attempt with more brackets open than this is not followed any further.
const DEEPEST: usize = 40;

/// Words behind which `(` opens a value or a type. Behind any other word it opens arguments or belongs to a statement.
const BEFORE_VALUES: &[&str] = &[
    "abstract",
    "as",
    "asserts",
    "async",
    "await",
    "case",
    "default",
    "delete",
    "do",
    "else",
    "extends",
    "in",
    "infer",
    "instanceof",
    "is",
    "keyof",
    "new",
    "of",
    "out",
    "readonly",
    "return",
    "satisfies",
    "throw",
    "typeof",
    "unique",
    "void",
    "yield",
];

/// Words behind which a name may follow in a type or in a parameter.
const BEFORE_NAMES: &[&str] = &[
    "abstract",
    "accessor",
    "as",
    "asserts",
    "async",
    "const",
    "declare",
    "export",
    "extends",
    "get",
    "in",
    "infer",
    "is",
    "keyof",
    "new",
    "out",
    "override",
    "private",
    "protected",
    "public",
    "readonly",
    "set",
    "static",
    "typeof",
    "unique",
];

/// Whether no nesting in the script makes its parser read much more than there is. In `typed` ones `<` may
/// open type arguments; other types are read in all of them, and only then refused.
pub(super) fn is_linear(source: &str, typed: bool) -> bool {
    work(source, typed) <= BUDGET
}

/// How many bytes the parser may read, counted too high rather than too low, and no further than beyond the budget.
fn work(source: &str, typed: bool) -> usize {
    let bytes = source.as_bytes();
    let mut work = Work { read: bytes.len(), ..Work::default() };
    for at in memchr::memchr2_iter(b'(', b'<', bytes) {
        let follow = if bytes[at] == b'(' { may_open_value(&bytes[..at]) } else { typed && may_open_types(bytes, at) };
        if follow {
            work.add(bytes, at);
        }
        if work.total() > BUDGET {
            break;
        }
    }
    let inferred = memchr::memmem::find_iter(bytes, b"infer ").filter(|at| is_constrained(bytes, *at)).count();
    work.forgotten = work.forgotten.saturating_add(u32::try_from(inferred).unwrap_or(u32::MAX));
    work.total()
}

#[derive(Default)]
struct Work {
    /// The length of the file and of all attempts.
    read: usize,
    /// Attempts that hold an expression and whose failure the parser remembers.
    remembered: usize,
    /// Attempts that hold an expression and may be made again.
    forgotten: u32,
}

impl Work {
    fn add(&mut self, bytes: &[u8], at: usize) {
        let mut attempt = Attempt::new(bytes, at);
        let end = attempt.follow();
        self.read += attempt.at - at;
        let is_head = bytes[at] == b'(';
        match end {
            // Of a type the parser also looks whether a pattern follows, and forgets what it saw.
            End::Expression if !is_head || may_open_pattern(&bytes[at + 1..]) => self.forgotten += 1,
            End::Expression => self.remembered += 1,
            // With a result type, what looks like the body may turn out to be the rest of `a ? (b) : c => d`.
            End::Result if may_be_chosen(&bytes[..at]) => self.remembered += 1,
            _ => {}
        }
        // Behind type parameters the attempt has begun with these, and with `async` before them.
        if is_head && without_blanks(&bytes[..at]).last() == Some(&b'>') {
            self.remembered += 2 * usize::from(matches!(end, End::Expression));
        }
    }

    fn total(&self) -> usize {
        // Behind `new` the same types are tried in two places, before they are read as something else.
        let factor = 3_usize.saturating_pow(self.forgotten);
        factor.saturating_add(self.remembered).saturating_mul(self.read)
    }
}

/// How an attempt ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// At its closing bracket, or where the parser gives up.
    Here,
    /// At the `:` of a result type.
    Result,
    /// At an expression, in which anything may follow.
    Expression,
}

/// Type parameters, as opposed to the type arguments behind a name.
const PARAMETERS: u8 = b'T';

/// One attempt, followed token by token. It begins at a token, and goes on as long as what follows is plain enough to
/// be told apart without knowing more.
struct Attempt<'b> {
    bytes: &'b [u8],
    at: usize,
    /// The brackets that are open, `PARAMETERS` among them.
    frames: Vec<u8>,
    /// The last byte of the last token.
    last: u8,
    /// Whether the last token ends a type or a name.
    operand: bool,
    /// Whether a line ended before this token.
    on_new_line: bool,
    /// How many brackets were open where the initial value began that this is in.
    value: Option<usize>,
}

impl<'b> Attempt<'b> {
    fn new(bytes: &'b [u8], at: usize) -> Self {
        let last = bytes[at];
        let frames = vec![if last == b'<' { PARAMETERS } else { last }];
        Self { bytes, at: at + 1, frames, last, operand: false, on_new_line: false, value: None }
    }

    fn follow(&mut self) -> End {
        loop {
            self.blank();
            let Some(&byte) = self.bytes.get(self.at) else { return End::Here };
            let step = if self.value.is_some() { self.in_value(byte) } else { self.in_type(byte) };
            if let Some(end) = step {
                return end;
            }
            if self.frames.is_empty() {
                self.blank();
                let has_result = self.last == b')' && self.peek(0) == Some(b':');
                return if has_result { End::Result } else { End::Here };
            }
            if self.frames.len() > DEEPEST {
                return End::Expression;
            }
        }
    }

    /// One token of a type or of a pattern.
    fn in_type(&mut self, byte: u8) -> Option<End> {
        let top = *self.frames.last()?;
        let in_angles = matches!(top, b'<' | PARAMETERS);
        let at_parameter = self.frames == [b'('] && matches!(self.last, b'(' | b',');
        match byte {
            _ if self.is_at_word() => {
                if at_parameter && byte.is_ascii_digit() {
                    return Some(End::Here);
                }
                return self.word(in_angles);
            }
            b'\'' | b'"' | b'`' | b'(' if at_parameter => return Some(End::Here),
            b'\'' | b'"' => return self.string(byte),
            b'(' if self.operand && top != b'{' => return Some(End::Here),
            b'[' if top == b'{' && self.at_name() && !self.is_plain_name() => return Some(End::Expression),
            b'{' | b'@' if self.operand && in_angles => return Some(End::Here),
            b'<' if !self.operand => self.open(PARAMETERS),
            b'(' | b'[' | b'{' | b'<' => self.open(byte),
            b')' | b']' | b'}' | b'>' => return self.close(byte),
            b'=' => match self.peek(1) {
                Some(b'>') => self.operator(2),
                Some(b'=') => return Some(End::Here),
                _ if top == b'<' => return Some(End::Here),
                _ => {
                    self.operator(1);
                    // Behind a type parameter it is a type.
                    self.value = (!in_angles).then_some(self.frames.len());
                }
            },
            b'&' | b'|' | b'?' if self.peek(1) == Some(byte) => return Some(End::Here),
            b'?' if self.peek(1) == Some(b'.') => return Some(End::Here),
            b';' if top != b'{' => return Some(End::Here),
            b',' | b':' | b'?' | b'|' | b'&' | b'.' | b'-' | b'+' | b';' => self.operator(1),
            b'`' | b'@' | b'\\' | 0x80.. => return Some(End::Expression),
            _ => return Some(End::Here),
        }
        None
    }

    /// One token of an initial value: a plain one, in which no attempt begins.
    fn in_value(&mut self, byte: u8) -> Option<End> {
        match byte {
            b'\'' | b'"' => return self.string(byte),
            b'(' if self.peek(1) == Some(b')') => self.operator(2),
            b'(' | b'<' | b'`' | b'/' | b'\\' | b'@' | 0x80.. => return Some(End::Expression),
            b'[' | b'{' => self.open(byte),
            b')' | b']' | b'}' => return self.close(byte),
            b',' => {
                if self.value == Some(self.frames.len()) {
                    self.value = None;
                }
                self.operator(1);
            }
            _ => self.operator(1),
        }
        None
    }

    fn word(&mut self, in_angles: bool) -> Option<End> {
        let start = self.at;
        while self.is_at_word() {
            self.at += 1;
        }
        let word = &self.bytes[start..self.at];
        // `<a b` is a tag, and `a < b c` is nothing.
        if self.operand && in_angles && !is_among(BEFORE_NAMES, word) {
            return Some(End::Here);
        }
        if word == b"import" && !self.is_plain_import() {
            return Some(End::Expression);
        }
        self.last = word[word.len() - 1];
        self.operand = !is_among(BEFORE_NAMES, word) && word != b"import";
        None
    }

    fn is_at_word(&self) -> bool {
        match (self.peek(0), self.peek(1)) {
            // These begin characters of which some are blanks, or the end of a line.
            (Some(0xc2), Some(0x85 | 0xa0))
            | (Some(0xe1), Some(0x9a | 0xa0))
            | (Some(0xe2), Some(0x80 | 0x81))
            | (Some(0xe3), Some(0x80))
            | (Some(0xef), Some(0xbb))
            | (None, _) => false,
            (Some(byte), _) => is_word(byte) || byte >= 0x80,
        }
    }

    fn string(&mut self, quote: u8) -> Option<End> {
        // The parser gives up at a string without an end.
        let Some(end) = string_end(self.bytes, self.at) else { return Some(End::Here) };
        self.at = end + 1;
        self.last = quote;
        self.operand = true;
        None
    }

    fn open(&mut self, byte: u8) {
        self.frames.push(byte);
        self.operator(1);
    }

    fn close(&mut self, byte: u8) -> Option<End> {
        let opening = match byte {
            b')' => b'(',
            b']' => b'[',
            b'}' => b'{',
            _ => b'<',
        };
        let frame = self.frames.pop();
        if frame != Some(opening) && (frame, opening) != (Some(PARAMETERS), b'<') {
            return Some(End::Here);
        }
        if self.value.is_some_and(|depth| self.frames.len() < depth) {
            self.value = None;
        }
        self.operator(1);
        self.operand = frame != Some(PARAMETERS);
        None
    }

    fn operator(&mut self, length: usize) {
        self.last = self.bytes[self.at + length - 1];
        self.at += length;
        self.operand = false;
    }

    /// Whether a `[` in braces opens a computed name, and not a tuple or the index of a type.
    fn at_name(&self) -> bool {
        let in_type = matches!(self.last, b':' | b'|' | b'&' | b'>' | b'?');
        !in_type && (!self.operand || self.on_new_line)
    }

    /// Whether nothing but names stands in the brackets here, or a name before `:` or `in`.
    fn is_plain_name(&self) -> bool {
        let rest = &self.bytes[self.at + 1..];
        let length = rest.iter().take_while(|byte| is_word(**byte) || **byte == b'.').count();
        let rest = rest[length..].trim_ascii_start();
        length > 0 && (rest.starts_with(b"]") || rest.starts_with(b":") || rest.starts_with(b"in "))
    }

    /// Whether `("...")` or nothing of the kind follows `import`.
    fn is_plain_import(&self) -> bool {
        let rest = &self.bytes[self.at..];
        let Some(argument) = rest.strip_prefix(b"(") else { return false };
        let quoted = matches!(argument.first(), Some(b'\'' | b'"'));
        quoted && string_end(argument, 0).is_some_and(|end| argument.get(end + 1) == Some(&b')'))
    }

    fn peek(&self, offset: usize) -> Option<u8> {
        self.bytes.get(self.at + offset).copied()
    }

    /// Goes on to the next token.
    fn blank(&mut self) {
        self.on_new_line = false;
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some(b'\n' | b'\r'), _) => self.on_new_line = true,
                (Some(b' ' | b'\t' | b'\x0b' | b'\x0c'), _) => {}
                (Some(b'/'), Some(b'/')) => {
                    // A line ends at two more characters; both begin with this byte.
                    let rest = &self.bytes[self.at..];
                    self.at += memchr::memchr3(b'\n', b'\r', 0xe2, rest).unwrap_or(rest.len());
                    continue;
                }
                (Some(b'/'), Some(b'*')) => {
                    let rest = &self.bytes[self.at + 2..];
                    let length = memchr::memmem::find(rest, b"*/").map_or(rest.len(), |end| end + 2);
                    self.on_new_line |= memchr::memchr2(b'\n', b'\r', &rest[..length]).is_some();
                    self.at += 2 + length;
                    continue;
                }
                _ => return,
            }
            self.at += 1;
        }
    }
}

/// The place of the quote that ends the string at `start`; `None` when it ends nowhere on its line.
fn string_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\n' | b'\r' => return None,
            b'\\' => at += 1 + usize::from(bytes[at..].starts_with(b"\\\r\n")),
            byte if *byte == bytes[start] => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

fn is_among(words: &[&str], word: &[u8]) -> bool {
    words.iter().any(|one| one.as_bytes() == word)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')
}

/// `text` without the blanks at its end; the end of a line is none of them.
fn without_blanks(text: &[u8]) -> &[u8] {
    let end = text.iter().rposition(|byte| !matches!(byte, b' ' | b'\t')).map_or(0, |at| at + 1);
    &text[..end]
}

/// Whether a `(` behind `text` may open a value or a type: not behind a name. Behind the end of a line the name may be
/// the end of a comment.
fn may_open_value(text: &[u8]) -> bool {
    let text = without_blanks(text);
    match text.last() {
        Some(b']') => false,
        Some(byte) if is_word(*byte) => {
            let start = text.iter().rposition(|byte| !is_word(*byte)).map_or(0, |at| at + 1);
            // The rest of an escape.
            let escaped = start > 0 && matches!(text[start - 1], b'\\' | b'}' | 0x80..);
            escaped || is_among(BEFORE_VALUES, &text[start..])
        }
        _ => true,
    }
}

fn may_open_pattern(rest: &[u8]) -> bool {
    matches!(rest.first(), Some(b'[' | b'{' | b'/' | b' ' | b'\t' | b'\n' | b'\r' | b'\x0b' | b'\x0c' | 0x80..))
}

fn may_open_types(bytes: &[u8], at: usize) -> bool {
    !matches!(bytes.get(at + 1), Some(b'/' | b'=' | b'!'))
}

/// Whether an arrow function behind `text` may lie between the `?` and the `:` of a condition.
fn may_be_chosen(text: &[u8]) -> bool {
    let text = without_blanks(text);
    match text.last() {
        Some(b'=') => !ends_in_declaration(&text[..text.len() - 1]),
        None | Some(b'?' | b'>' | b':' | b'\n' | b'\r' | b'/') => true,
        _ => text.ends_with(b"async"),
    }
}

/// Whether `text` ends in `const a`, whose value is in no condition.
fn ends_in_declaration(text: &[u8]) -> bool {
    let text = without_blanks(text);
    let name = text.iter().rev().take_while(|byte| is_word(**byte)).count();
    let text = without_blanks(&text[..text.len() - name]);
    name > 0 && (text.ends_with(b" const") || text.ends_with(b"\nconst"))
}

/// Whether `infer A` at `at` is followed by a constraint, of which the parser learns at its end whether it is one.
fn is_constrained(bytes: &[u8], at: usize) -> bool {
    let rest = bytes[at + 6..].trim_ascii_start();
    let name = rest.iter().take_while(|byte| is_word(**byte)).count();
    rest[name..].trim_ascii_start().starts_with(b"extends")
}
