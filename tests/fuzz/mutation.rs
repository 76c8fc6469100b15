//! Changes of a text as hostile or careless people make them.

use std::{fs, path::Path};

use proptest::{collection::vec, prelude::*};

/// The repositories that are changed.
pub(crate) const FIXTURES: [&str; 5] = ["express-bad", "express-good", "fastapi-service", "library", "pnpm-monorepo"];

/// What is put in: the pieces of which the formats are made.
const TOKENS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "<",
    ">",
    "\"",
    "'",
    "`",
    "\"\"\"",
    "'''",
    "\\",
    "\n",
    "\r\n",
    "\r",
    "\t",
    " ",
    "    ",
    "\0",
    "\u{feff}",
    "\u{202e}",
    "é",
    "🦀",
    "${",
    "$(",
    "$((",
    "<<EOF\n",
    "<<-'EOF'\n",
    "<<",
    "&a ",
    "*a",
    "<<: *a\n",
    "!!binary ",
    "---\n",
    "...\n",
    "- ",
    ": ",
    "? ",
    "|",
    "|-\n",
    ">+\n",
    "&&",
    "||",
    ";",
    "#",
    "//",
    "/*",
    "*/",
    "--",
    "<!--",
    "-->",
    "<![CDATA[",
    "=>",
    "=",
    "==",
    "async ",
    "await ",
    "new ",
    "function ",
    "class ",
    "def ",
    "if ",
    "else ",
    "return ",
    "export ",
    "import ",
    "from ",
    "lambda ",
    "yield ",
    "@",
    "...",
    "?.",
    "??",
    "0x",
    "1e999",
    "-1",
    "99999999999999999999",
    "null",
    "true",
    "NaN",
    "@@",
    "::",
    "FROM ",
    "RUN ",
    "COPY --from=",
    "CMD [",
    "services:\n",
    "extends: ",
    "on: push\n",
    "%{",
    "{{ .Values.a }}",
    "{% if %}",
    "${{ secrets.A }}",
    "process.env.A || ",
    "SELECT ",
    "BEGIN;",
    "CASE WHEN ",
    "$$",
    "http://a:b@c/",
    "=\"",
    "\\u{110000}",
    "\\x",
    "/(?=",
    "# readiness: ignore[",
    "## ",
    "```\n",
    "| a |\n|--|\n",
    "[a](b)",
    "*",
    "**",
    "[[",
    "]]",
    "a.b.c = ",
    "[a.b]\n",
    "esac",
    "fi",
    "done",
    "case a in\n",
];

/// One change. Places are parts of the length, so that they fit every text.
#[derive(Debug, Clone)]
pub(crate) enum Mutation {
    Insert(u16, usize),
    Repeat(u16, usize, u8),
    Delete(u16, u8),
    Duplicate(u16, u8),
    Move(u16, u16, u8),
    Truncate(u16),
    Behead(u16),
    Byte(u16, u8),
}

pub(crate) fn mutations() -> impl Strategy<Value = Vec<Mutation>> {
    let token = 0..TOKENS.len();
    let one = prop_oneof![
        4 => (any::<u16>(), token.clone()).prop_map(|(at, token)| Mutation::Insert(at, token)),
        1 => (any::<u16>(), token, 1_u8..).prop_map(|(at, token, times)| Mutation::Repeat(at, token, times)),
        3 => (any::<u16>(), 1_u8..).prop_map(|(at, length)| Mutation::Delete(at, length)),
        2 => (any::<u16>(), 1_u8..).prop_map(|(at, length)| Mutation::Duplicate(at, length)),
        1 => (any::<u16>(), any::<u16>(), 1_u8..).prop_map(|(from, to, length)| Mutation::Move(from, to, length)),
        1 => any::<u16>().prop_map(Mutation::Truncate),
        1 => any::<u16>().prop_map(Mutation::Behead),
        1 => (any::<u16>(), any::<u8>()).prop_map(|(at, byte)| Mutation::Byte(at, byte)),
    ];
    vec(one, 0..8)
}

pub(crate) fn mutate(bytes: &[u8], mutations: &[Mutation]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for mutation in mutations {
        let place = |at: u16| bytes.len() * usize::from(at) / (usize::from(u16::MAX) + 1);
        let end = |from: usize, length: u8| (from + usize::from(length)).min(bytes.len());
        match *mutation {
            Mutation::Insert(at, token) => {
                let at = place(at);
                bytes.splice(at..at, TOKENS[token].bytes());
            }
            Mutation::Repeat(at, token, times) => {
                let at = place(at);
                bytes.splice(at..at, TOKENS[token].repeat(usize::from(times) * 8).bytes());
            }
            Mutation::Delete(at, length) => {
                let at = place(at);
                bytes.drain(at..end(at, length));
            }
            Mutation::Duplicate(at, length) => {
                let at = place(at);
                let copy = bytes[at..end(at, length)].to_vec();
                bytes.splice(at..at, copy);
            }
            Mutation::Move(from, to, length) => {
                let from = place(from);
                let moved: Vec<u8> = bytes.drain(from..end(from, length)).collect();
                let to = bytes.len() * usize::from(to) / (usize::from(u16::MAX) + 1);
                bytes.splice(to..to, moved);
            }
            Mutation::Truncate(at) => {
                let at = place(at);
                bytes.truncate(at);
            }
            Mutation::Behead(at) => {
                let at = place(at);
                bytes.drain(..at);
            }
            Mutation::Byte(at, byte) => {
                let at = place(at);
                if let Some(changed) = bytes.get_mut(at) {
                    *changed = byte;
                }
            }
        }
    }
    bytes
}

/// Files below a folder of this repository, in order, secrets planted.
pub(crate) fn files(folder: &str) -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = walkdir::WalkDir::new(&root).sort_by_file_name().into_iter().map(|entry| entry.expect("readable"));
    entries
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let path = entry.path().strip_prefix(&root).expect("it lies there").to_string_lossy().into_owned();
            let bytes = fs::read(entry.path()).expect("it can be read");
            match String::from_utf8(bytes) {
                Ok(text) => (path, super::planted::plant(&text).into_bytes()),
                Err(error) => (path, error.into_bytes()),
            }
        })
        .collect()
}

/// As many cases as the environment says, else a few.
pub(crate) fn cases(few: u32) -> ProptestConfig {
    let wanted = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { cases: wanted.unwrap_or(few), failure_persistence: None, ..ProptestConfig::default() }
}
