//! The colours of the terminal report. They repeat what the words and signs say already.

use anstyle::{AnsiColor, Style};

use crate::model::{Health, Severity};

/// A style for every role that text plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    pub critical: Style,
    pub high: Style,
    pub medium: Style,
    pub low: Style,
    pub info: Style,
    pub ok: Style,
    /// A verdict that lets the repository go on.
    pub ready: Style,
    /// Headings and messages.
    pub strong: Style,
    /// Line numbers, arrows and frames.
    pub frame: Style,
    /// What a reader may skip.
    pub faint: Style,
    /// A second place that belongs to a finding.
    pub related: Style,
    /// What to do.
    pub fix: Style,
}

impl Palette {
    /// For terminals: the sixteen colours that every theme defines.
    pub const fn coloured() -> Self {
        Self {
            critical: AnsiColor::Red.on_default().bold(),
            high: AnsiColor::Red.on_default(),
            medium: AnsiColor::Yellow.on_default(),
            low: AnsiColor::Cyan.on_default(),
            info: AnsiColor::Blue.on_default(),
            ok: AnsiColor::Green.on_default(),
            ready: AnsiColor::Green.on_default().bold(),
            strong: Style::new().bold(),
            frame: AnsiColor::BrightBlue.on_default(),
            faint: Style::new().dimmed(),
            related: AnsiColor::BrightBlue.on_default(),
            fix: AnsiColor::Green.on_default(),
        }
    }

    /// For pipes and files: no escape sequence at all.
    pub const fn plain() -> Self {
        let none = Style::new();
        Self {
            critical: none,
            high: none,
            medium: none,
            low: none,
            info: none,
            ok: none,
            ready: none,
            strong: none,
            frame: none,
            faint: none,
            related: none,
            fix: none,
        }
    }

    pub(super) fn severity(&self, severity: Severity) -> Style {
        match severity {
            Severity::Critical => self.critical,
            Severity::High => self.high,
            Severity::Medium => self.medium,
            Severity::Low => self.low,
            Severity::Info => self.info,
        }
    }

    pub(super) fn health(&self, health: Health) -> Style {
        match health {
            Health::Ok => self.ok,
            Health::Warning => self.medium,
            Health::Fail => self.critical,
            Health::None => self.faint,
        }
    }
}

/// `text` in a style; nothing around it when the style is empty.
pub(super) fn paint(style: Style, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{style}{text}{style:#}") }
}
