//! Writes the places that a rule finds into its case file. A verdict is never changed: it says what somebody wants.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use readiness::{
    config::RuleFolder,
    rule::cases::{Case, without_marker},
    trial::{Difference, DifferenceKind},
};

use super::{Ran, Tested, is_place};
use crate::cli::{exit::Failure, output};

/// What becomes of a line of a case file, by its number from 1.
enum Edit {
    Replace(String),
    Remove,
    /// Lines that follow it.
    Append(Vec<String>),
}

/// Updates the case file of a rule; whether anything changed.
pub(super) fn update(rule: &Tested<'_>, ran: &[Ran<'_>], folders: &[RuleFolder]) -> Result<bool, Failure> {
    let lines: Vec<&str> = rule.entry.cases.lines().collect();
    let mut edits: BTreeMap<usize, Edit> = BTreeMap::new();
    // Where the verdict is another one, the places are those of another case.
    for one in ran.iter().filter(|one| one.differences.iter().all(is_place)) {
        for difference in &one.differences {
            edit(one.case, difference, &lines, &mut edits);
        }
    }
    if edits.is_empty() {
        return Ok(false);
    }
    let mut text = String::new();
    for (index, line) in lines.iter().enumerate() {
        let after = match edits.remove(&(index + 1)) {
            None => vec![(*line).to_owned()],
            Some(Edit::Replace(line)) => vec![line],
            Some(Edit::Remove) => Vec::new(),
            Some(Edit::Append(more)) => std::iter::once((*line).to_owned()).chain(more).collect(),
        };
        for line in after {
            text.push_str(&line);
            text.push('\n');
        }
    }
    let path = path(&rule.shown, folders);
    output::write_file(&path, text.as_bytes())?;
    Ok(true)
}

/// The file that messages call `shown`.
fn path(shown: &str, folders: &[RuleFolder]) -> Utf8PathBuf {
    let below = |folder: &RuleFolder| {
        Some(folder.path.join(Utf8Path::new(shown).strip_prefix(&folder.shown).ok()?)).filter(|path| path.exists())
    };
    folders.iter().find_map(below).unwrap_or_else(|| shown.into())
}

fn edit(case: &Case, difference: &Difference, lines: &[&str], edits: &mut BTreeMap<usize, Edit>) {
    let file = case.files.iter().find(|file| file.path == difference.path);
    let at = file.map(|file| file.line + difference.line);
    let plain = |at: usize| without_marker(lines.get(at - 1).copied().unwrap_or_default()).to_owned();
    match (&difference.kind, at) {
        (DifferenceKind::NotFound | DifferenceKind::NotCited, Some(at)) => {
            edits.insert(at, Edit::Replace(plain(at)));
        }
        (DifferenceKind::NotExpected, Some(at)) => {
            edits.insert(at, Edit::Replace(marked(&plain(at), &difference.path, "bad")));
        }
        (DifferenceKind::Weight(severity, confidence), Some(at)) => {
            let expected = format!("bad {} {}", severity.as_str(), confidence.as_str());
            edits.insert(at, Edit::Replace(marked(&plain(at), &difference.path, &expected)));
        }
        (DifferenceKind::NotAbsent, _) => {
            let is_it = |line: &&str| {
                line.strip_prefix("- missing:").is_some_and(|path| path.trim().trim_matches('`') == difference.path)
            };
            let found = lines.iter().skip(case.line).position(is_it);
            if let Some(found) = found {
                edits.insert(case.line + found + 1, Edit::Remove);
            }
        }
        (DifferenceKind::NotExpectedAbsent, _) => {
            let line = format!("- missing: {}", difference.path);
            match edits.entry(case.line).or_insert_with(|| Edit::Append(vec![String::new()])) {
                Edit::Append(more) => more.push(line),
                Edit::Replace(_) | Edit::Remove => {}
            }
        }
        _ => {}
    }
}

/// A line of a file with a marker in a comment, as the file's language writes them.
fn marked(line: &str, path: &str, expected: &str) -> String {
    let path = Utf8Path::new(path);
    let (open, close) = match path.extension().unwrap_or_default() {
        "js" | "mjs" | "cjs" | "ts" | "mts" | "cts" | "jsx" | "tsx" | "json" | "json5" | "go" | "java" | "rs"
        | "kt" | "cs" | "php" | "prisma" => ("// ", ""),
        "sql" => ("-- ", ""),
        "html" | "xml" | "md" | "svg" | "vue" | "svelte" => ("<!-- ", " -->"),
        "css" | "scss" => ("/* ", " */"),
        _ => ("# ", ""),
    };
    let space = if line.is_empty() { "" } else { " " };
    format!("{line}{space}{open}expect: {expected}{close}")
}
