//! Which findings were there before: named by the baseline, or on nothing that changed since a commit.
//!
//! They stay findings, they count in the score, and they do not fail the gate.

use std::collections::BTreeMap;

use camino::Utf8Path;

use crate::{
    config::Config,
    engine::Audit,
    model::{Baseline, Confidence, KnownFinding, Lang, Severity},
    repo::{Change, Past, Repo},
    report::{self, Diagnostic, Finding, Known, Suppressed, SuppressedBy, SuppressionState, text::visible},
    suppress::{
        baseline::{Found, Recognised, recognise},
        content_fingerprint,
    },
};

/// Columns of a hint.
const HINT: usize = 80;

/// What a baseline would be written from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ledger {
    /// The findings that a baseline may name: nobody accepted them, and they are no guesses.
    pub found: Vec<KnownFinding>,
    /// For each of them the entry of the baseline that knows it.
    pub by: Vec<Option<usize>>,
    /// Entries that match nothing any more, in the order of the file.
    pub stale: Vec<usize>,
}

/// A finding in the form of the baseline; `content` is what identifies it besides its path.
fn entry(finding: &Finding, content: &str) -> KnownFinding {
    let first = finding.snippet_start_line.zip(finding.start).map_or(0, |(first, at)| at.line.saturating_sub(first));
    let line = finding.snippet.as_deref().and_then(|snippet| snippet.lines().nth(first as usize));
    let hint = line.unwrap_or(if finding.missing { "(missing)" } else { "" });
    let hint = visible(&hint.split_whitespace().collect::<Vec<_>>().join(" "));
    KnownFinding {
        rule: finding.rule.clone(),
        path: finding.path.clone(),
        content: content_fingerprint(&finding.rule, content),
        ordinal: 1,
        hint: hint.chars().take(HINT).collect(),
        line: 0,
    }
}

/// Marks what the baseline knows; `contents` goes with the findings. `known` are all rules that exist, `ran` those
/// that ran.
pub(crate) fn apply_baseline(
    audit: &mut Audit,
    contents: &[String],
    (known, ran): (&[&str], &[&str]),
    config: &Config,
) -> Ledger {
    let Audit { findings, diagnostics, .. } = audit;
    let candidates: Vec<usize> =
        (0..findings.len()).filter(|&index| findings[index].confidence != Confidence::Guess).collect();
    let found: Vec<KnownFinding> = candidates.iter().map(|&index| entry(&findings[index], &contents[index])).collect();
    let empty = Baseline::default();
    let baseline = config.baseline.as_ref().unwrap_or(&empty);
    let subjects: Vec<Found<'_>> = candidates
        .iter()
        .zip(&found)
        .map(|(&index, one)| Found {
            rule: &one.rule,
            path: &one.path,
            content: &one.content,
            telling: !findings[index].missing && !contents[index].is_empty(),
            strict: findings[index].severity == Severity::Critical,
        })
        .collect();
    let Recognised { by, mut idle } = recognise(&baseline.entries, &subjects);
    // An entry of a rule that was left out says nothing; one of a rule that is gone matches nothing any more.
    idle.retain(|&index| {
        let rule = baseline.entries[index].rule.as_str();
        ran.contains(&rule) || !known.contains(&rule)
    });
    let mut ledger = Ledger { found: Vec::new(), by: Vec::new(), stale: idle };
    for ((&index, one), by) in candidates.iter().zip(found).zip(by) {
        if findings[index].suppressed.is_some() {
            // What somebody accepted needs no entry.
            ledger.stale.extend(by);
            continue;
        }
        if by.is_some() {
            findings[index].suppressed =
                Some(Suppressed { by: SuppressedBy::Baseline, reason: in_baseline(&baseline.path, config.lang) });
        }
        ledger.found.push(one);
        ledger.by.push(by);
    }
    ledger.stale.sort_unstable();
    diagnostics.extend(stale_diagnostic(baseline, ledger.stale.len(), config.lang));
    ledger
}

fn in_baseline(path: &str, lang: Lang) -> String {
    match lang {
        Lang::En => format!("named in `{path}`"),
        Lang::Ru => format!("указано в `{path}`"),
    }
}

fn stale_diagnostic(baseline: &Baseline, count: usize, lang: Lang) -> Option<Diagnostic> {
    (count > 0).then(|| Diagnostic {
        kind: "baseline-stale".to_owned(),
        path: Some(baseline.path.clone()),
        rule: None,
        message: match lang {
            Lang::En => {
                format!("entries that match nothing any more: {count}; `readiness baseline --update` removes them")
            }
            Lang::Ru => format!(
                "записей, которым больше ничего не соответствует: {count}; `readiness baseline --update` убирает их"
            ),
        },
    })
}

/// Marks what lies on nothing that changed since the commit of the configuration.
pub(crate) fn apply_since(
    findings: &mut [Finding],
    root: &Utf8Path,
    repo: &Repo,
    config: &Config,
) -> Result<(), String> {
    let Some(since) = &config.since else { return Ok(()) };
    let files = repo.files().iter().map(|file| file.path.to_string()).collect();
    let mut past = Past::open(root, &since.commit, files)?;
    let reason = match config.lang {
        Lang::En => format!("on nothing that changed since `{}`", since.revision),
        Lang::Ru => format!("не затронуто изменениями с `{}`", since.revision),
    };
    for finding in findings.iter_mut().filter(|finding| finding.suppressed.is_none()) {
        if !has_changed(&mut past, finding) {
            finding.suppressed = Some(Suppressed { by: SuppressedBy::Since, reason: reason.clone() });
        }
    }
    Ok(())
}

/// Whether a finding lies on a change, or one of the places that belong to it does.
fn has_changed(past: &mut Past, finding: &Finding) -> bool {
    let places = finding.related.iter().map(|place| (place.path.as_str(), place.start, place.end));
    let mut places = places.chain([(finding.path.as_str(), finding.start, finding.end)]);
    places.any(|(path, start, end)| match (past.change(path), start) {
        (Change::None, _) => false,
        (Change::Whole, _) => true,
        (Change::Lines(changes), None) => !changes.is_empty(),
        (Change::Lines(changes), Some(start)) => {
            let last = end.map_or(start.line, |end| end.line).max(start.line);
            changes.iter().any(|change| change.touches(start.line, last))
        }
    })
}

/// The entries that match nothing any more, for the report.
pub(crate) fn stale_entries(config: &Config, ledger: &Ledger) -> Vec<report::Suppression> {
    let Some(baseline) = &config.baseline else { return Vec::new() };
    ledger
        .stale
        .iter()
        .map(|&index| {
            let entry = &baseline.entries[index];
            let place =
                if entry.hint.is_empty() { entry.path.clone() } else { format!("{}: {}", entry.path, entry.hint) };
            report::Suppression {
                by: SuppressedBy::Baseline,
                rules: vec![entry.rule.clone()],
                path: baseline.path.clone(),
                line: Some(entry.line),
                reason: Some(place),
                expires: None,
                matched: 0,
                state: SuppressionState::Unused,
            }
        })
        .collect()
}

/// What the report says about the comparison; nothing when there is none.
pub(crate) fn known(config: &Config, ledger: &Ledger) -> Option<Known> {
    (config.baseline.is_some() || config.since.is_some()).then(|| Known {
        baseline: config.baseline.as_ref().map(|baseline| baseline.path.clone()),
        since: config.since.as_ref().map(|since| since.revision.clone()),
        commit: config.since.as_ref().map(|since| since.commit.clone()),
        findings: 0,
        stale: ledger.stale.len(),
    })
}

impl Ledger {
    /// What the file should hold next: the entries that still match, as their findings look today, and those of rules
    /// that did not run. With `accept_new` also the findings that no entry knows.
    pub fn next(&self, baseline: &Baseline, accept_new: bool) -> Vec<KnownFinding> {
        let today: BTreeMap<usize, &KnownFinding> =
            self.by.iter().zip(&self.found).filter_map(|(by, one)| Some(((*by)?, one))).collect();
        let kept = baseline.entries.iter().enumerate().filter(|(index, _)| self.stale.binary_search(index).is_err());
        let mut next: Vec<KnownFinding> = kept
            .map(|(index, entry)| match today.get(&index) {
                // A hint that only looks different is no change.
                Some(one) if one.path == entry.path && one.content == entry.content => entry.clone(),
                Some(one) => (*one).clone(),
                None => entry.clone(),
            })
            .collect();
        if accept_new {
            next.extend(self.unknown().cloned());
        }
        next
    }

    /// The findings that no entry knows.
    pub fn unknown(&self) -> impl Iterator<Item = &KnownFinding> {
        self.found.iter().zip(&self.by).filter(|(_, by)| by.is_none()).map(|(one, _)| one)
    }
}
