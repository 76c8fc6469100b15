//! What the first repairs are worth, in words. A gain that a cap hides is not written as `+0.0`: what it takes to
//! lift the cap is said instead.

use super::{Repair, Report, text::one_decimal};
use crate::i18n::{review as words, strings};

/// The repairs to make first.
pub(super) struct First {
    pub(super) title: String,
    /// As many as the report has.
    pub(super) worth: Vec<Worth>,
}

/// What one repair is worth.
pub(super) struct Worth {
    /// `+0.4`, or a dash.
    pub(super) gain: String,
    /// What it takes besides, where it gains nothing alone.
    pub(super) note: Option<String>,
}

impl Worth {
    /// The gain, or what it takes besides.
    pub(super) fn text(&self) -> &str {
        self.note.as_deref().unwrap_or(&self.gain)
    }
}

/// Nothing where nothing is scored or nothing fails.
pub(super) fn first(report: &Report) -> Option<First> {
    let summary = &report.summary;
    let score = summary.score.filter(|_| !summary.fix_first.is_empty())?;
    Some(First {
        title: title(report, score),
        worth: summary.fix_first.iter().map(|repair| worth(report, repair)).collect(),
    })
}

fn title(report: &Report, score: f64) -> String {
    let (lang, summary) = (report.language, &report.summary);
    let strings = strings(lang);
    let title = match summary.fix_first.len() {
        1 => strings.fix_first_one,
        2 => strings.fix_first_two,
        _ => strings.fix_first_three,
    };
    let moves = |gain: f64| one_decimal(score) != one_decimal(score + gain);
    let all = summary.score_without_critical.map(|after| after - score).filter(|gain| moves(*gain));
    let (phrase, gain) = match all {
        _ if moves(summary.fix_first_gain) => (words::FIRST_GAIN, summary.fix_first_gain),
        Some(gain) => (words::FIRST_WITH_ALL, gain),
        None => (words::FIRST_SMALL, 0.0),
    };
    let (from, to) = (one_decimal(score), one_decimal(score + gain));
    // The difference of what is shown: `+0.6 (6.0 → 6.5)` would look wrong.
    let shown = tenths(&to) - tenths(&from);
    phrase.with(
        lang,
        &[
            ("title", title),
            ("n", &summary.counts.critical.to_string()),
            ("gain", &one_decimal(shown)),
            ("from", &from),
            ("to", &to),
        ],
    )
}

fn worth(report: &Report, repair: &Repair) -> Worth {
    if is_visible(repair.gain) {
        return Worth { gain: format!("+{}", one_decimal(repair.gain)), note: None };
    }
    if repair.held_by == 0 {
        return Worth { gain: "< +0.1".to_owned(), note: None };
    }
    let category = report.category(&repair.category).map_or(repair.category.as_str(), |category| &category.name);
    let values = [("n", &*repair.held_by.to_string()), ("category", category)];
    Worth { gain: "–".to_owned(), note: Some(words::HELD.with(report.language, &values)) }
}

fn tenths(shown: &str) -> f64 {
    shown.parse().unwrap_or_default()
}

fn is_visible(gain: f64) -> bool {
    one_decimal(gain) != "0.0"
}
