//! The report as people read it in a terminal: the verdict, the table of categories, the findings with their code,
//! what holds, what nobody knows, and what to do first.

mod excerpt;
mod findings;
mod palette;
mod sections;
mod table;

use std::io;

pub use palette::Palette;

use super::Report;
use super::basis::basis;
use super::text::{cut, one_decimal, pad, visible, width};
use crate::i18n::{Strings, machine_strings, strings};
use crate::model::{Health, Readiness, Severity};
use palette::paint;

/// How wide the report is when nobody knows the terminal.
pub const DEFAULT_WIDTH: usize = 80;

const NARROWEST: usize = 60;
const WIDEST: usize = 120;

/// Decisions that belong to the caller: nothing here looks at the environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Columns of the terminal; lines stay within 60 to 120.
    pub width: usize,
    pub palette: Palette,
    /// Every passing criterion, every place of a finding, every reason for "not applicable".
    pub all: bool,
    /// The verdict and the tables alone.
    pub quiet: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { width: DEFAULT_WIDTH, palette: Palette::plain(), all: false, quiet: false }
    }
}

/// Writes the report with `options`.
pub fn write(report: &Report, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let mut page = Page {
        report,
        words: strings(report.language),
        palette: options.palette,
        width: options.width.clamp(NARROWEST, WIDEST),
        all: options.all,
        lines: Vec::new(),
    };
    page.header();
    page.tables();
    if !options.quiet {
        page.findings();
        page.passed();
        page.not_assessed();
        page.suppressed();
        page.known();
        page.reading();
    }
    page.timing();
    page.fix_first();
    for line in &page.lines {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// The lines written so far, and what every section needs to write its own.
struct Page<'a> {
    report: &'a Report,
    words: &'static Strings,
    palette: Palette,
    width: usize,
    all: bool,
    lines: Vec<String>,
}

impl Page<'_> {
    fn header(&mut self) {
        let repository = &self.report.repository;
        let tool = format!("{} {}", self.report.tool.name, self.report.tool.version);
        let about: Vec<&str> =
            [repository.version.as_deref(), repository.commit.as_deref()].into_iter().flatten().collect();
        let about: Vec<String> = about.iter().map(|text| cut(text, 12)).collect();
        let name = cut(&repository.name, self.width / 2);
        let left = if about.is_empty() { name.clone() } else { format!("{name} {}", about.join(" ")) };
        let gap = self.width.saturating_sub(width(&left) + width(&tool)).max(2);
        let rest = left[name.len()..].to_owned();
        self.line(format!(
            "{}{}{}{}",
            paint(self.palette.strong, &name),
            paint(self.palette.faint, &rest),
            " ".repeat(gap),
            paint(self.palette.faint, &tool)
        ));
        let stack = self.stack();
        if !stack.is_empty() {
            let stack = cut(&stack, self.width);
            self.line(paint(self.palette.faint, &stack));
        }
        self.blank();
        self.verdict();
        self.blank();
    }

    fn stack(&self) -> String {
        let profile = &self.report.repository.profile;
        let named = |technologies: &[super::Technology]| {
            technologies.iter().take(4).map(|t| t.name.clone()).collect::<Vec<_>>().join(", ")
        };
        let languages = profile.main_languages.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
        let parts = [languages, named(&profile.frameworks), named(&profile.orms), named(&profile.deploy_targets)];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    fn verdict(&mut self) {
        let summary = &self.report.summary;
        let style = match summary.verdict {
            Readiness::NotReady => self.palette.critical,
            Readiness::NotAssessed => self.palette.faint,
            Readiness::Staging => self.palette.medium,
            Readiness::Production | Readiness::Hardened => self.palette.ready,
        };
        let score = summary.score.map_or_else(|| "–".to_owned(), one_decimal);
        let mut verdict = self.words.verdict(summary.verdict).to_owned();
        if self.report.partial && summary.verdict != Readiness::NotAssessed {
            verdict.push_str(" *");
        }
        self.line(format!(
            "  {}{}  {}",
            paint(style, &score),
            paint(self.palette.faint, " / 10"),
            paint(style, &verdict)
        ));
        if !summary.obstacles.is_empty() {
            let why: Vec<&str> = summary.obstacles.iter().map(|o| self.words.obstacle(*o)).collect();
            self.wrapped(&why.join("; "), 2, self.palette.faint);
        }
        if let Some(basis) = basis(self.report) {
            self.wrapped(&basis, 2, self.palette.medium);
        }
        let counts: Vec<String> = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low]
            .into_iter()
            .map(|severity| {
                let n = summary.counts.get(severity);
                let style = if n == 0 { self.palette.faint } else { self.palette.severity(severity) };
                paint(style, &format!("{n} {}", severity.as_str()))
            })
            .collect();
        self.line(format!("  {}", counts.join(&paint(self.palette.faint, " · "))));
        let words = self.words;
        let criteria = &summary.criteria;
        let others: Vec<String> = [
            (criteria.pass, words.count_passed),
            (criteria.unknown, words.count_unknown),
            (criteria.manual, words.count_manual),
            (criteria.not_applicable, words.count_not_applicable),
            (criteria.suppressed, words.count_suppressed),
            (summary.team_criteria, words.count_team),
        ]
        .into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, what)| format!("{n} {what}"))
        .collect();
        if !others.is_empty() {
            let line = format!("  {}", others.join(" · "));
            self.line(paint(self.palette.faint, &line));
        }
        if let Some(known) = &self.report.known {
            let machine = machine_strings(self.report.language);
            let new = machine.count(summary.findings, machine.new_findings);
            let mut line = format!("  {new}, {} {}", known.findings, machine.known_findings);
            if let (Some(revision), Some(commit)) = (&known.since, &known.commit) {
                line = format!("{line}, {} {} ({})", words.since, visible(revision), cut(commit, 12));
            }
            self.line(paint(self.palette.strong, &line));
        }
    }

    fn line(&mut self, line: String) {
        self.lines.push(line);
    }

    fn blank(&mut self) {
        if self.lines.last().is_some_and(|line| !line.is_empty()) {
            self.lines.push(String::new());
        }
    }

    /// A section's name, with a rule up to the right edge.
    fn heading(&mut self, title: &str, count: Option<usize>) {
        self.blank();
        let mut title = visible(title);
        if let Some(count) = count {
            title = format!("{title} ({count})");
        }
        let rule = "─".repeat(self.width.saturating_sub(width(&title) + 1));
        self.line(format!("{} {}", paint(self.palette.strong, &title), paint(self.palette.frame, &rule)));
    }

    /// A paragraph in one style, indented.
    fn wrapped(&mut self, text: &str, indent: usize, style: anstyle::Style) {
        for line in super::text::wrap(text, self.width.saturating_sub(indent)) {
            self.lines.push(format!("{}{}", " ".repeat(indent), paint(style, &line)));
        }
    }

    /// `lead` and then a paragraph that hangs below itself. The lead is plain and visible already.
    fn hanging(&mut self, lead: &str, lead_style: anstyle::Style, text: &str, style: anstyle::Style) {
        let indent = width(lead);
        let lines = super::text::wrap(text, self.width.saturating_sub(indent));
        let first = lines.first().cloned().unwrap_or_default();
        self.lines.push(format!("{}{}", paint(lead_style, lead), paint(style, &first)));
        for line in lines.iter().skip(1) {
            self.lines.push(format!("{}{}", " ".repeat(indent), paint(style, line)));
        }
    }

    fn rule_title<'b>(&'b self, id: &'b str) -> &'b str {
        self.report.rule(id).map_or(id, |rule| rule.title.as_str())
    }

    fn more(&self, n: usize) -> String {
        let more = self.words.and_more.replace("{n}", &n.to_string());
        if self.all { more } else { format!("{more} ({})", self.words.all_shows) }
    }
}

/// The sign of a health, readable without colour.
fn sign(health: Health) -> &'static str {
    match health {
        Health::Ok => "✓",
        Health::Warning => "!",
        Health::Fail => "✗",
        Health::None => "·",
    }
}

/// Ten cells, one for each point; half a point is half a cell.
fn bar(score: Option<f64>) -> String {
    let Some(score) = score else { return " ".repeat(10) };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a score lies between 0 and 10")]
    let halves = (score.clamp(0.0, 10.0) * 2.0).round() as usize;
    let mut bar = "━".repeat(halves / 2);
    if halves % 2 == 1 {
        bar.push('╸');
    }
    pad(&bar, 10).replace(' ', "╌")
}
