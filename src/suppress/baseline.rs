//! The baseline file: reading, writing, and recognising what it names.
//!
//! One line for each finding, sorted as bytes, without line numbers, dates or commits, so that two branches change the
//! same line only when they mean the same finding, and a merge tool can put their files together line by line.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Baseline, KnownFinding};

/// The name that is looked for in the scanned folder.
pub const FILE_NAME: &str = "readiness.baseline";

/// What every file begins with.
const HEADER: &str = "\
# Findings that were known when readiness came; they count in the score and do not fail the gate.
# One line each: rule, path, fingerprint of the content, what it looks like. Order does not matter.
# `readiness baseline --update` removes what is gone, and adds nothing without `--accept-new`.
";

/// How a line looks.
const FORM: &str =
    "a line holds rule, path and sixteen hexadecimal digits, with spaces between them, and perhaps a hint behind ` # `";

/// A line that cannot be read. The fault of a merge or of whoever edited it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct BaselineError {
    pub line: u32,
    pub what: String,
    /// What is expected, or what to do.
    pub help: &'static str,
}

/// Reads a file; `path` is its name for reports. Comments, empty lines, any order and repeated lines are fine.
pub fn parse(text: &str, path: &str) -> Result<Baseline, BaselineError> {
    let mut entries = Vec::new();
    let mut seen = BTreeSet::new();
    for (raw, line) in text.trim_start_matches('\u{feff}').lines().zip(1..) {
        let raw = raw.trim();
        if is_conflict(raw) {
            let what = format!("this is what git leaves of a conflict: `{}`", shortened(raw));
            let help = "keep the lines of both sides, delete the marks, and run `readiness baseline --update`";
            return Err(BaselineError { line, what, help });
        }
        if raw.is_empty() || raw.starts_with('#') {
            continue;
        }
        let entry = entry(raw, line).map_err(|what| BaselineError { line, what, help: FORM })?;
        if seen.insert((entry.rule.clone(), entry.path.clone(), entry.content.clone(), entry.ordinal)) {
            entries.push(entry);
        }
    }
    Ok(Baseline { path: path.to_owned(), entries })
}

fn is_conflict(line: &str) -> bool {
    let marked = ["<<<<<<<", "|||||||", ">>>>>>>"].iter().any(|mark| line.starts_with(mark));
    marked || line == "======="
}

fn entry(text: &str, line: u32) -> Result<KnownFinding, String> {
    let (rule, rest) = text.split_once(' ').ok_or_else(|| format!("`{}` is no finding", shortened(text)))?;
    let is_id = |id: &str| id.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '/' | '.'));
    if !is_id(rule) {
        return Err(format!("`{}` is no rule", shortened(rule)));
    }
    let (path, rest) = path(rest.trim_start())?;
    let rest = rest.trim_start();
    let (print, hint) = rest.split_once(" # ").unwrap_or((rest.trim_end_matches(" #"), ""));
    let (content, ordinal) = print.trim().split_once('.').unwrap_or((print.trim(), "1"));
    if content.len() != 16 || !content.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(format!("`{}` is no fingerprint", shortened(print.trim())));
    }
    let ordinal = ordinal.parse().ok().filter(|&ordinal: &u32| ordinal > 0);
    let ordinal = ordinal.ok_or_else(|| format!("the number behind `{content}.` is none"))?;
    Ok(KnownFinding { rule: rule.to_owned(), path, content: content.to_owned(), ordinal, hint: hint.to_owned(), line })
}

/// A path, in quotation marks when it holds what would end it, and what follows.
fn path(text: &str) -> Result<(String, &str), String> {
    if !text.starts_with('"') {
        let (path, rest) = text.split_once(' ').ok_or("the fingerprint is missing")?;
        return Ok((path.to_owned(), rest));
    }
    let mut strings = serde_json::Deserializer::from_str(text).into_iter::<String>();
    match strings.next() {
        Some(Ok(path)) => Ok((path, &text[strings.byte_offset()..])),
        _ => Err("the path in quotation marks does not end".to_owned()),
    }
}

fn shortened(text: &str) -> String {
    let plain: String = text.chars().filter(|char| !char.is_control()).take(40).collect();
    if plain.len() < text.len() { format!("{plain}…") } else { plain }
}

/// The text of a file that names `found`; ordinals are given anew.
pub fn write(found: &[KnownFinding]) -> String {
    let mut alike: BTreeMap<(&str, &str, &str), u32> = BTreeMap::new();
    let mut lines: Vec<String> = found
        .iter()
        .map(|one| {
            let ordinal = alike.entry((&one.rule, &one.path, &one.content)).or_default();
            *ordinal += 1;
            let number = if *ordinal == 1 { String::new() } else { format!(".{ordinal}") };
            let hint = if one.hint.is_empty() { String::new() } else { format!(" # {}", one.hint) };
            format!("{} {} {}{number}{hint}\n", one.rule, quoted(&one.path), one.content)
        })
        .collect();
    lines.sort();
    format!("{HEADER}{}", lines.concat())
}

fn quoted(path: &str) -> String {
    let plain = |char: char| !char.is_whitespace() && !char.is_control() && char != '"' && char != '\\';
    if !path.is_empty() && path.chars().all(plain) { path.to_owned() } else { serde_json::json!(path).to_string() }
}

/// A finding of today, as far as a baseline is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found<'a> {
    pub rule: &'a str,
    pub path: &'a str,
    pub content: &'a str,
    /// Has content of its own. What is missing has none, so that nothing tells two of a rule apart but their paths.
    pub telling: bool,
    /// Only the same content makes it known: something else in its place would be let through unseen.
    pub strict: bool,
}

/// What a baseline says of the findings of today.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recognised {
    /// For each finding, in the same order, the entry that knows it.
    pub by: Vec<Option<usize>>,
    /// Entries that know none, in the order of the file.
    pub idle: Vec<usize>,
}

/// Finds out which findings are known. Each entry knows one: first the one with the same rule, path and content, then
/// one with the same content elsewhere (a renamed file before others), then one of the same rule in the same file.
pub fn recognise(entries: &[KnownFinding], found: &[Found<'_>]) -> Recognised {
    let mut pairing = Pairing { entries, found, by: vec![None; found.len()], free: vec![true; entries.len()] };
    pairing
        .pair(|entry| Some((&entry.rule, &entry.path, &entry.content)), |one| Some((one.rule, one.path, one.content)));
    pairing.pair(
        |entry| Some((&entry.rule, &entry.content, name(&entry.path))),
        |one| one.telling.then_some((one.rule, one.content, name(one.path))),
    );
    pairing.pair(
        |entry| Some((&entry.rule, &entry.content, "")),
        |one| one.telling.then_some((one.rule, one.content, "")),
    );
    pairing.pair(
        |entry| Some((&entry.rule, &entry.path, "")),
        |one| (one.telling && !one.strict).then_some((one.rule, one.path, "")),
    );
    let idle = (0..entries.len()).filter(|&index| pairing.free[index]).collect();
    Recognised { by: pairing.by, idle }
}

type Key<'a> = (&'a str, &'a str, &'a str);

struct Pairing<'a> {
    entries: &'a [KnownFinding],
    found: &'a [Found<'a>],
    by: Vec<Option<usize>>,
    free: Vec<bool>,
}

impl<'a> Pairing<'a> {
    /// Pairs what is left and has the same key, in order.
    fn pair(
        &mut self,
        entry_key: impl Fn(&'a KnownFinding) -> Option<Key<'a>>,
        found_key: impl Fn(&Found<'a>) -> Option<Key<'a>>,
    ) {
        let mut free: BTreeMap<Key<'_>, Vec<usize>> = BTreeMap::new();
        for (index, entry) in self.entries.iter().enumerate().rev().filter(|(index, _)| self.free[*index]) {
            if let Some(key) = entry_key(entry) {
                free.entry(key).or_default().push(index);
            }
        }
        for (one, by) in self.found.iter().zip(&mut self.by).filter(|(_, by)| by.is_none()) {
            let Some(entry) = found_key(one).and_then(|key| free.get_mut(&key)).and_then(Vec::pop) else { continue };
            *by = Some(entry);
            self.free[entry] = false;
        }
    }
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(rule: &str, path: &str, content: char) -> KnownFinding {
        let content = content.to_string().repeat(16);
        KnownFinding { rule: rule.into(), path: path.into(), content, ordinal: 1, hint: String::new(), line: 0 }
    }

    fn found(entry: &KnownFinding) -> Found<'_> {
        Found { rule: &entry.rule, path: &entry.path, content: &entry.content, telling: true, strict: false }
    }

    fn paired(entries: &[KnownFinding], today: &[KnownFinding]) -> Recognised {
        recognise(entries, &today.iter().map(found).collect::<Vec<_>>())
    }

    #[test]
    fn what_is_written_is_read() {
        let odd = KnownFinding { hint: "cors({ origin: true }) # all".into(), ..known("b-rule", "src/a b\"#.ts", 'f') };
        let all = [known("c", "z.ts", 'a'), known("c", "z.ts", 'a'), odd, known("a", "ы.py", '0')];
        let text = write(&all);
        assert_eq!(
            text.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>(),
            [
                "a ы.py 0000000000000000",
                "b-rule \"src/a b\\\"#.ts\" ffffffffffffffff # cors({ origin: true }) # all",
                "c z.ts aaaaaaaaaaaaaaaa",
                "c z.ts aaaaaaaaaaaaaaaa.2",
            ]
        );
        let read = parse(&text.replace('\n', "\r\n"), "x").unwrap();
        assert_eq!(write(&read.entries), text);
        assert_eq!(parse(&format!("{text}{text}"), "x").unwrap().entries.len(), 4);
    }

    #[test]
    fn a_wrong_line_is_named() {
        let said = |line: &str| parse(&format!("# one\n\n{line}\n"), "x").unwrap_err().to_string();
        assert_eq!(said("rule"), "line 3: `rule` is no finding");
        assert_eq!(said("r:x a.ts 0"), "line 3: `r:x` is no rule");
        assert_eq!(said("rule a.ts"), "line 3: the fingerprint is missing");
        assert_eq!(said("rule a b.ts 0000000000000000"), "line 3: `b.ts 0000000000000000` is no fingerprint");
        assert_eq!(said("rule \"a.ts 0000000000000000"), "line 3: the path in quotation marks does not end");
        assert_eq!(said("rule a.ts 0000000000000000.x"), "line 3: the number behind `0000000000000000.` is none");
        assert_eq!(said("<<<<<<< HEAD"), "line 3: this is what git leaves of a conflict: `<<<<<<< HEAD`");
        assert_eq!(said("======="), "line 3: this is what git leaves of a conflict: `=======`");
    }

    #[test]
    fn content_goes_before_place() {
        let entries = [known("r", "a.ts", 'a'), known("r", "a.ts", 'b'), known("r", "gone/c.ts", 'c')];
        let today = [known("r", "a.ts", 'd'), known("r", "new/c.ts", 'c'), known("r", "a.ts", 'b')];
        assert_eq!(paired(&entries, &today), Recognised { by: vec![Some(0), Some(2), Some(1)], idle: vec![] });
        let copied = [known("r", "a.ts", 'a'), known("r", "b.ts", 'a')];
        assert_eq!(paired(&entries[..1], &copied).by, [Some(0), None]);
        assert_eq!(paired(&entries, &[known("other", "a.ts", 'a')]).idle, [0, 1, 2]);
    }

    #[test]
    fn a_strict_finding_is_known_by_its_content_alone() {
        let entries = [known("r", "a.ts", 'a')];
        let (changed, moved) = (known("r", "a.ts", 'b'), known("r", "b.ts", 'a'));
        let strict = |one| recognise(&entries, &[Found { strict: true, ..found(one) }]).by[0];
        assert_eq!((strict(&changed), strict(&moved)), (None, Some(0)));
        let blank = recognise(&entries, &[Found { telling: false, ..found(&moved) }]).by[0];
        assert_eq!(blank, None, "something else is missing");
    }
}
