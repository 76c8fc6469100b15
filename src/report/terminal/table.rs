//! The tables of categories and components: `comfy-table` lays them out, and the colours are added afterwards, so that
//! no escape sequence is ever measured.

use anstyle::Style;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::palette::paint;
use super::{Page, bar, sign};
use crate::model::{Health, Severity};
use crate::report::text::{cut, glyphs, one_decimal, shortened, width, wrap};
use crate::report::{Category, Reason};

const GAP: u16 = 2;

/// The columns before the last: sign, score, coverage and bar with their gaps.
const FIXED: usize = 3 + 6 + 12;
const COVERAGE: usize = 6;

const MOST_NAME: usize = 34;
const LEAST_WHY: usize = 16;

/// The width from which the share of answered criteria is shown.
const WITH_COVERAGE: usize = 76;

/// One row: what a category or a component is worth and why not more.
struct Row {
    health: Health,
    name: String,
    score: Option<f64>,
    coverage: Option<f64>,
    why: String,
    severity: Option<Severity>,
}

impl Page<'_> {
    pub(super) fn tables(&mut self) {
        let rows: Vec<Row> = self.report.categories.iter().map(|category| self.category_row(category)).collect();
        self.table(self.words.category, &rows);
        let incomplete = self.report.categories.iter().any(|category| is_incomplete(category.coverage));
        if self.width >= WITH_COVERAGE && incomplete {
            self.line(paint(self.palette.faint, &format!("   {}", self.words.coverage_legend)));
        }
        if self.report.components.len() > 1 {
            let rows: Vec<Row> = self
                .report
                .components
                .iter()
                .map(|component| Row {
                    health: component.status,
                    name: if component.path == "." { component.name.clone() } else { component.path.clone() },
                    score: component.score,
                    coverage: None,
                    why: self.why(component.reason.as_ref(), component.score, component.criteria.pass, false),
                    severity: component.reason.as_ref().map(|reason| reason.severity),
                })
                .collect();
            self.blank();
            self.table(self.words.component, &rows);
        }
    }

    fn category_row(&self, category: &Category) -> Row {
        let mut why = self.why(category.reason.as_ref(), category.score, category.criteria.pass, true);
        let named = category.reason.as_ref().map(|reason| reason.component.as_str());
        if let Some(worst) = &category.worst_component
            && named.is_some_and(|named| named != worst.component)
            && category.score.is_some_and(|score| worst.score < score)
        {
            why = format!("{why} · {} {} {}", self.words.worst, worst.component, one_decimal(worst.score));
        }
        Row {
            health: category.status,
            name: category.name.clone(),
            score: category.score,
            coverage: category.coverage,
            why,
            severity: category.reason.as_ref().map(|reason| reason.severity),
        }
    }

    fn why(&self, reason: Option<&Reason>, score: Option<f64>, passed: usize, with_component: bool) -> String {
        match reason {
            Some(reason) if with_component && reason.component != "." => {
                format!("{}: {} ({})", reason.severity.as_str(), reason.text, reason.component)
            }
            Some(reason) => format!("{}: {}", reason.severity.as_str(), reason.text),
            None if score.is_none() => self.words.no_score.to_owned(),
            None => format!("{passed} {}", self.words.count_passed),
        }
    }

    fn table(&mut self, title: &str, rows: &[Row]) {
        // A narrow terminal has no room for every column.
        let with_coverage = self.width >= WITH_COVERAGE && rows.iter().any(|row| is_incomplete(row.coverage));
        let longest = rows.iter().map(|row| width(&row.name)).max().unwrap_or(0).max(width(title));
        let fixed = FIXED + usize::from(GAP) + if with_coverage { COVERAGE } else { 0 };
        let name_width = longest.min(MOST_NAME).min(self.width - fixed - LEAST_WHY);
        let why_width = self.width - fixed - name_width;

        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        // The score's own column is too narrow for its name; the bar beside it says the same.
        let mut header_row = vec![String::new(), title.to_owned(), String::new(), self.words.score.to_owned()];
        if with_coverage {
            header_row.push(self.words.coverage_short.to_owned());
        }
        header_row.push(cut(self.words.matters_most, why_width));
        table.set_header(header_row);
        let mut heights = vec![1];
        for row in rows {
            let why = shortened(wrap(&row.why, why_width), 2, why_width);
            heights.push(why.len().max(1));
            let mut cells = vec![
                sign(row.health).to_owned(),
                cut(&row.name, name_width),
                row.score.map_or_else(|| "–".to_owned(), one_decimal),
                bar(row.score),
            ];
            if with_coverage {
                cells.push(row.coverage.map(|share| format!("{:.0}%", (share * 100.0).floor())).unwrap_or_default());
            }
            cells.push(why.join("\n"));
            table.add_row(cells);
        }
        let last = table.column_count().saturating_sub(1);
        for (index, column) in table.column_iter_mut().enumerate() {
            column.set_padding((0, if index == last { 0 } else { GAP }));
            if index == 2 || (with_coverage && index == 4) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }

        let widths: Vec<usize> = table.column_max_content_widths().into_iter().map(usize::from).collect();
        let mut lines = table.lines();
        if let Some(header) = lines.next() {
            self.lines.push(paint(self.palette.faint, header.trim_end()));
        }
        for (row, height) in rows.iter().zip(&heights[1..]) {
            for first in (0..*height).map(|line| line == 0) {
                let Some(line) = lines.next() else { break };
                self.lines.push(self.paint_row(row, &line, &widths, first));
            }
        }
    }

    /// Colours the cells of a line by their columns.
    fn paint_row(&self, row: &Row, line: &str, widths: &[usize], first: bool) -> String {
        let health = self.palette.health(row.health);
        let severity = row.severity.map_or(self.palette.faint, |severity| self.palette.severity(severity));
        let mut out = String::new();
        let mut rest = line.trim_end().to_owned();
        for (index, width) in widths.iter().enumerate() {
            let is_last = index + 1 == widths.len();
            let (cell, after) =
                if is_last { (rest.clone(), String::new()) } else { split(&rest, width + usize::from(GAP)) };
            rest = after;
            out.push_str(&match index {
                0 | 2 => paint_trimmed(health, &cell),
                1 => cell,
                3 => self.paint_bar(health, &cell),
                _ if is_last => paint_reason(severity, &cell, first && row.severity.is_some()),
                _ => paint_trimmed(self.palette.faint, &cell),
            });
        }
        out.trim_end().to_owned()
    }

    fn paint_bar(&self, style: Style, cell: &str) -> String {
        let filled: String = cell.chars().take_while(|c| matches!(c, '━' | '╸')).collect();
        let rest = &cell[filled.len()..];
        format!("{}{}", paint(style, &filled), paint_trimmed(self.palette.faint, rest))
    }
}

/// Below what rounds to 100 %.
fn is_incomplete(coverage: Option<f64>) -> bool {
    coverage.is_some_and(|share| share < 0.995)
}

/// The severity in its colour, the rest as it is; a text without severity is faint as a whole.
fn paint_reason(style: Style, cell: &str, has_severity: bool) -> String {
    match cell.split_once(':') {
        Some((severity, text)) if has_severity => format!("{}:{text}", paint(style, severity)),
        _ => cell.to_owned(),
    }
}

/// Paints the text and not the spaces around it.
fn paint_trimmed(style: Style, cell: &str) -> String {
    let text = cell.trim();
    match cell.find(text) {
        Some(at) if !text.is_empty() => {
            format!("{}{}{}", &cell[..at], paint(style, text), &cell[at + text.len()..])
        }
        _ => cell.to_owned(),
    }
}

/// Splits after `columns` columns.
fn split(line: &str, columns: usize) -> (String, String) {
    let (mut left, mut right, mut used) = (String::new(), String::new(), 0);
    for glyph in glyphs(line) {
        if used < columns {
            left.push_str(&glyph.text);
        } else {
            right.push_str(&glyph.text);
        }
        used += glyph.width;
    }
    (left, right)
}
