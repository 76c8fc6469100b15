//! `source-syntax-error`: every source file can be parsed.
//!
//! Grammars lag behind languages, so an error of the parser alone says nothing: it counts when the brackets of the file
//! do not match either, which no new syntax explains, or when a merge conflict stands in it.

use crate::{
    code::{Kind, Language, NodeRef, Tree},
    model::{Message, Place, Severity, Span, Verdict},
    repo::{File, Role},
    rule::{Context, Out, Rule, Visit, Watch},
};

pub(in crate::rules) static RULE: SourceSyntaxError = SourceSyntaxError;

pub(in crate::rules) struct SourceSyntaxError;

const ROLES: [Role; 5] = [Role::Source, Role::Test, Role::Script, Role::Config, Role::Migration];

impl Rule for SourceSyntaxError {
    fn id(&self) -> &'static str {
        "source-syntax-error"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Module]).roles(&ROLES)
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        let tree = node.tree();
        let Some(first) = tree.errors().next() else { return };
        if is_sample(file.file) {
            return;
        }
        let test = file.file.role == Role::Test;
        let (key, span) = if let Some(span) = conflict(file.text) {
            (if test { "conflict-test" } else { "conflict" }, span)
        } else if mismatch(file.file, tree) {
            (if test { "test" } else { "bad" }, first)
        } else {
            return;
        };
        let observation = out.bad(Place::At(file.file.id, span), Message::new(key));
        if test {
            observation.severity = Some(Severity::Medium);
        }
        key.clone_into(&mut observation.key);
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let parsed = |file: &&File| file.language.is_some() && ROLES.contains(&file.role);
        let files = cx.repo.files().iter().filter(parsed).count();
        if files == 0 {
            return Verdict::not_applicable("no-code");
        }
        cx.judged(|| Verdict::pass(cx.searched("searched", files), []))
    }
}

/// Broken on purpose: what linters, parsers and formatters are tried on.
fn is_sample(file: &File) -> bool {
    let path = file.path.as_str().to_ascii_lowercase();
    // Declarations are read by editors only, and the grammar knows them least.
    if path.ends_with(".d.ts") {
        return true;
    }
    ["fixture", "testdata", "test_data", "test-data", "invalid", "broken", "malformed", "syntax", "template", "snippet"]
        .iter()
        .any(|part| path.contains(part))
}

/// The first line of a merge conflict, when all three of its markers are there in order.
fn conflict(text: &str) -> Option<Span> {
    let (mut at, mut begun, mut halfway) = (0, None, false);
    for line in text.split_inclusive('\n') {
        if line.starts_with("<<<<<<< ") {
            (begun, halfway) = (Some(Span::new(at, at + line.trim_end().len())), false);
        } else if line.trim_end() == "=======" {
            halfway = begun.is_some();
        } else if line.starts_with(">>>>>>> ") && halfway {
            return begun;
        }
        at += line.len();
    }
    None
}

/// Whether brackets do not match. Only where strings and comments can be told without a grammar: not in markup.
fn mismatch(file: &File, tree: &Tree<'_>) -> bool {
    let source = tree.source();
    match file.language {
        Some(Language::Python) => Brackets::default().python(source) == Some(false),
        Some(Language::TypeScript) => Brackets::default().script(source) == Some(false),
        Some(Language::JavaScript) if !source.contains("</") && !source.contains("/>") => {
            Brackets::default().script(source) == Some(false)
        }
        _ => false,
    }
}

/// Reads a file bracket by bracket. The answer is `None` where a string or comment does not end: then what is a
/// bracket and what is text cannot be told.
#[derive(Default)]
struct Brackets {
    open: Vec<u8>,
}

impl Brackets {
    /// Whether `byte` fits what is open.
    fn take(&mut self, byte: u8) -> bool {
        let opening = match byte {
            b'(' | b'[' | b'{' => {
                self.open.push(byte);
                return true;
            }
            b')' => b'(',
            b']' => b'[',
            b'}' => b'{',
            _ => return true,
        };
        self.open.pop() == Some(opening)
    }

    fn python(mut self, source: &str) -> Option<bool> {
        let bytes = source.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            match bytes[at] {
                b'#' => at = line_end(bytes, at),
                quote @ (b'"' | b'\'') => {
                    let triple = [quote; 3];
                    let end: &[u8] = if bytes[at..].starts_with(&triple) { &triple } else { &triple[..1] };
                    at = string_end(bytes, at + end.len(), end)?;
                    continue;
                }
                byte if !self.take(byte) => return Some(false),
                _ => {}
            }
            at += 1;
        }
        Some(self.open.is_empty())
    }

    fn script(mut self, source: &str) -> Option<bool> {
        let bytes = source.as_bytes();
        // The depths at which a hole of a template began.
        let mut holes: Vec<usize> = Vec::new();
        let (mut at, mut last) = (0, b';');
        while at < bytes.len() {
            let byte = bytes[at];
            if bytes[at..].starts_with(b"//") {
                at = line_end(bytes, at);
                continue;
            }
            if bytes[at..].starts_with(b"/*") {
                at += 4 + source[at + 2..].find("*/")?;
                continue;
            }
            match byte {
                b'"' | b'\'' => {
                    at = string_end(bytes, at + 1, &[byte])?;
                    last = b'"';
                    continue;
                }
                b'`' => {
                    at = self.template(bytes, at + 1, &mut holes)?;
                    last = b'"';
                    continue;
                }
                b'}' if holes.last() == Some(&self.open.len()) => {
                    holes.pop();
                    at = self.template(bytes, at + 1, &mut holes)?;
                    last = b'"';
                    continue;
                }
                // A division needs a value before it; behind a bracket or a word it could be either.
                b'/' if b"=(,:[!&|?{};+-*%<>~^".contains(&last) => {
                    at = regex_end(bytes, at + 1)?;
                    last = b'"';
                    continue;
                }
                b'/' if matches!(last, b')' | b'n' | b'f') => {
                    // `return /x/`, `typeof /x/`, `if (x) /y/`: brackets of a regular expression prove nothing.
                    let line = &bytes[at..line_end(bytes, at)];
                    if line[1..].contains(&b'/') {
                        return None;
                    }
                }
                _ if !self.take(byte) => return Some(false),
                _ => {}
            }
            if !byte.is_ascii_whitespace() {
                last = byte;
            }
            at += 1;
        }
        Some(self.open.is_empty())
    }

    /// Behind the template's end, or behind the `${` of its next hole.
    fn template(&self, bytes: &[u8], mut at: usize, holes: &mut Vec<usize>) -> Option<usize> {
        while at < bytes.len() {
            match bytes[at] {
                b'\\' => at += 1,
                b'`' => return Some(at + 1),
                b'$' if bytes.get(at + 1) == Some(&b'{') => {
                    holes.push(self.open.len());
                    return Some(at + 2);
                }
                _ => {}
            }
            at += 1;
        }
        None
    }
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |length| at + length)
}

/// Behind the end of a string; none when its line ends before.
fn string_end(bytes: &[u8], mut at: usize, end: &[u8]) -> Option<usize> {
    while at < bytes.len() {
        if bytes[at] == b'\\' {
            at += 2;
        } else if bytes[at..].starts_with(end) {
            return Some(at + end.len());
        } else if bytes[at] == b'\n' && end.len() == 1 {
            return None;
        } else {
            at += 1;
        }
    }
    None
}

fn regex_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    let mut class = false;
    while at < bytes.len() {
        match bytes[at] {
            b'\n' => return None,
            b'\\' => at += 1,
            b'[' => class = true,
            b']' => class = false,
            b'/' if !class => return Some(at + 1),
            _ => {}
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::Brackets;

    #[test]
    fn brackets_of_scripts() {
        let script = |text: &str| Brackets::default().script(text);
        assert_eq!(script("f(`a ${g({ x: `)` })} }`, /[)(]/, ')') // )"), Some(true));
        assert_eq!(script("f(() => { a: 1, }, })"), Some(false));
        assert_eq!(script("const a = b / c / (d)"), Some(true));
        assert_eq!(script("`unfinished"), None);
        assert_eq!(script("return /[(]/"), None);
    }

    #[test]
    fn brackets_of_python() {
        let python = |text: &str| Brackets::default().python(text);
        assert_eq!(python("f(\"\"\" ( \"\"\", '(') # ("), Some(true));
        assert_eq!(python("f((1)"), Some(false));
    }
}
