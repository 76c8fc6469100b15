//! Rows of facts: as a table for people, as JSON for programs.

use comfy_table::{ContentArrangement, Table, presets};
use readiness::repo::Repo;
use serde::Serialize;

use super::{exit::Failure, output::Output};

/// A kind of row that a command lists.
pub(super) trait Row: Serialize {
    /// The headings of its columns.
    const HEADINGS: &'static [&'static str];

    /// Its cells, one for each heading.
    fn cells(&self) -> Vec<String>;
}

/// The rows as a table: drawn within the width of a terminal, and without lines or breaks for a pipe.
pub(super) fn table<R: Row>(rows: &[R], output: &Output) -> String {
    let mut table = Table::new();
    if output.terminal {
        let width = u16::try_from(output.width).unwrap_or(u16::MAX);
        table
            .load_style(presets::UTF8_BORDERS_ONLY)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(width);
    } else {
        table.load_style(presets::NOTHING);
    }
    table.set_header(R::HEADINGS);
    for row in rows {
        table.add_row(row.cells().iter().map(|cell| shown(cell)));
    }
    let mut text = String::new();
    for line in table.lines() {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    if rows.is_empty() {
        text.clear();
    }
    text
}

/// The rows as a list of JSON objects.
pub(super) fn json<R: Row>(rows: &[R]) -> Result<String, Failure> {
    let mut text = serde_json::to_string_pretty(rows)
        .map_err(|error| Failure::unusable(format!("cannot write the rows: {error}")))?;
    text.push('\n');
    Ok(text)
}

/// A cell without anything that acts on the terminal: escapes and line ends show as what they are.
fn shown(cell: &str) -> String {
    cell.chars().map(|c| if c.is_control() { c.escape_default().to_string() } else { c.to_string() }).collect()
}

/// Where a row comes from: the file, and the line from 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct Source {
    pub(super) path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<u32>,
}

impl Source {
    /// The file and line of a place.
    pub(super) fn of(repo: &Repo, place: &readiness::model::Place) -> Self {
        use readiness::model::Place;
        match place {
            Place::At(file, span) => {
                let text = repo.read(*file).ok();
                let before = text.as_deref().and_then(|text| text.get(..span.start as usize));
                let line = before.map(|before| before.matches('\n').count() + 1);
                Self { path: repo.file(*file).path.to_string(), line: line.and_then(|line| u32::try_from(line).ok()) }
            }
            Place::File(file) => Self { path: repo.file(*file).path.to_string(), line: None },
            Place::Missing(path) => Self { path: path.to_string(), line: None },
        }
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(out, "{}:{line}", self.path),
            None => out.write_str(&self.path),
        }
    }
}
