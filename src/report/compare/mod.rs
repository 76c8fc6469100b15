//! Two reports of one repository beside each other: what is new, what is resolved, and how the scores moved.

mod document;
mod table;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io;

use serde::Serialize;

pub use document::write as markdown;
pub use table::write as table;

use super::{Finding, Readiness, Report, Status};
use crate::i18n::machine_strings;
use crate::model::{Categories, Confidence, Lang, Severity};

/// What lies between two reports.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The version of this shape.
    pub schema_version: u32,
    #[serde(skip)]
    pub language: Lang,
    pub old: Side,
    pub new: Side,
    /// Why the reports cannot simply be compared; empty when they can.
    pub cautions: Vec<Caution>,
    /// What the overall score gained; none when either has none.
    pub change: Option<f64>,
    /// Categories of the newer report, then those that only the older one has.
    pub categories: Vec<CategoryChange>,
    pub counts: BTreeMap<State, usize>,
    /// By state, then in the order of the reports. Guesses are left out.
    pub findings: Vec<Change>,
}

/// One of the two reports.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Side {
    pub repository: String,
    pub commit: Option<String>,
    pub tool_version: String,
    pub rubric: u32,
    pub report_version: u32,
    pub partial: bool,
    pub score: Option<f64>,
    pub verdict: Readiness,
}

/// Why a comparison is to be read with care.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Caution {
    pub kind: &'static str,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CategoryChange {
    pub id: String,
    pub name: String,
    pub old: Option<f64>,
    pub new: Option<f64>,
    pub change: Option<f64>,
}

/// What became of a finding. In the order in which they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    New,
    /// Was suppressed and is open now.
    Reopened,
    Resolved,
    /// Was open and is suppressed now.
    SuppressedSince,
    /// Was open, and the newer report does not answer its rule.
    NoLongerAssessed,
    Unchanged,
    /// Is suppressed, and was not open before.
    Suppressed,
}

impl State {
    pub const ALL: [Self; 7] = [
        Self::New,
        Self::Reopened,
        Self::Resolved,
        Self::SuppressedSince,
        Self::NoLongerAssessed,
        Self::Unchanged,
        Self::Suppressed,
    ];
}

/// A finding with what became of it, as the newer report describes it where it does.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    pub state: State,
    pub severity: Severity,
    /// The severity in the older report when it differs.
    pub severity_before: Option<Severity>,
    /// The older report did not ask this rule.
    pub rule_is_new: bool,
    #[serde(flatten)]
    pub finding: Place,
    /// Why it is suppressed now.
    pub reason: Option<String>,
}

/// What identifies a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    pub rule: String,
    pub category: String,
    pub component: String,
    pub path: String,
    pub line: Option<u32>,
    pub column: Option<u32>,
    pub missing: bool,
    pub message: String,
    pub fingerprint: String,
}

/// Compares two reports.
pub fn compare(old: &Report, new: &Report, language: Lang) -> Comparison {
    let findings = changes(old, new);
    let mut counts: BTreeMap<State, usize> = State::ALL.into_iter().map(|state| (state, 0)).collect();
    for change in &findings {
        *counts.entry(change.state).or_default() += 1;
    }
    Comparison {
        schema_version: 1,
        language,
        change: difference(old.summary.score, new.summary.score),
        cautions: cautions(old, new, language),
        categories: categories(old, new, language),
        old: side(old),
        new: side(new),
        counts,
        findings,
    }
}

impl Comparison {
    /// The findings of one state.
    pub fn of(&self, state: State) -> impl Iterator<Item = &Change> {
        self.findings.iter().filter(move |change| change.state == state)
    }

    /// No finding came, went or weighs otherwise.
    fn is_still(&self) -> bool {
        let same = |change: &Change| matches!(change.state, State::Unchanged | State::Suppressed);
        self.findings.iter().all(|change| same(change) && change.severity_before.is_none())
    }
}

/// Writes the comparison as indented JSON with a final line break.
pub fn json(comparison: &Comparison, out: &mut dyn io::Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, comparison)?;
    out.write_all(b"\n")
}

fn side(report: &Report) -> Side {
    Side {
        repository: report.repository.name.clone(),
        commit: report.repository.commit.clone(),
        tool_version: report.tool.version.clone(),
        rubric: report.tool.rubric,
        report_version: report.schema_version,
        partial: report.partial,
        score: report.summary.score.map(rounded),
        verdict: report.summary.verdict,
    }
}

fn cautions(old: &Report, new: &Report, language: Lang) -> Vec<Caution> {
    let words = machine_strings(language);
    let differing = |kind: &'static str, text: &str, old: &str, new: &str| {
        (old != new).then(|| Caution { kind, text: text.replace("{old}", old).replace("{new}", new) })
    };
    let numbers =
        |kind: &'static str, text: &str, old: u32, new: u32| differing(kind, text, &old.to_string(), &new.to_string());
    let said = |kind: &'static str, text: &str, holds: bool| holds.then(|| Caution { kind, text: text.to_owned() });
    [
        differing("other-repository", words.other_repository, &old.repository.name, &new.repository.name),
        numbers("other-rubric", words.other_rubric, old.tool.rubric, new.tool.rubric),
        differing("other-basis", words.other_basis, &basis(old, language), &basis(new, language)),
        numbers("other-report-version", words.other_schema, old.schema_version, new.schema_version),
        differing("other-tool-version", words.other_tool, &old.tool.version, &new.tool.version),
        said("old-is-partial", words.partial_before, old.partial),
        said("new-is-partial", words.partial_after, new.partial),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What the team has decided about the numbers, in words.
fn basis(report: &Report, language: Lang) -> String {
    let words = machine_strings(language);
    let Some(basis) = &report.basis else { return words.standard_basis.to_owned() };
    let tier = basis.tier.map(|tier| tier.as_str().to_owned());
    let weights = basis.weights.iter().map(|(category, weight)| format!("{category} {weight}"));
    tier.into_iter().chain(weights).collect::<Vec<_>>().join(", ")
}

fn categories(old: &Report, new: &Report, language: Lang) -> Vec<CategoryChange> {
    let gone = old.categories.iter().filter(|category| new.category(&category.id).is_none());
    let line = |id: &str, name: &str| {
        let score = |report: &Report| report.category(id).and_then(|category| category.score);
        let (before, after) = (score(old), score(new));
        // The reports may be written in another language than the comparison.
        let known = Categories::embedded().get(id).map(|meta| meta.name(language));
        CategoryChange {
            id: id.to_owned(),
            name: known.unwrap_or(name).to_owned(),
            old: before.map(rounded),
            new: after.map(rounded),
            change: difference(before, after),
        }
    };
    new.categories.iter().chain(gone).map(|category| line(&category.id, &category.name)).collect()
}

fn changes(old: &Report, new: &Report) -> Vec<Change> {
    let mut before: BTreeMap<&str, VecDeque<&Finding>> = BTreeMap::new();
    for finding in counted(old) {
        before.entry(&finding.fingerprint).or_default().push_back(finding);
    }
    let asked: BTreeSet<&str> = old.criteria.iter().map(|criterion| criterion.rule.as_str()).collect();
    let mut changes: Vec<Change> = Vec::new();
    for finding in counted(new) {
        let was = before.get_mut(finding.fingerprint.as_str()).and_then(VecDeque::pop_front);
        changes.push(Change {
            state: state(was, finding),
            severity: finding.severity,
            severity_before: was.map(|was| was.severity).filter(|severity| *severity != finding.severity),
            rule_is_new: !asked.contains(finding.rule.as_str()),
            finding: place(finding),
            reason: finding
                .suppressed
                .as_ref()
                .filter(|by| !by.by.is_known())
                .map(|suppressed| suppressed.reason.clone()),
        });
    }
    // What nothing of the newer report took, in the older report's order.
    let mut left: BTreeMap<&str, usize> = before.iter().map(|(print, rest)| (*print, rest.len())).collect();
    let mut gone: Vec<Change> = Vec::new();
    for finding in counted(old).collect::<Vec<_>>().into_iter().rev() {
        let Some(rest) = left.get_mut(finding.fingerprint.as_str()).filter(|rest| **rest > 0) else { continue };
        *rest -= 1;
        if !finding.is_accepted() {
            let state = if answers(new, finding) { State::Resolved } else { State::NoLongerAssessed };
            gone.push(Change {
                state,
                severity: finding.severity,
                severity_before: None,
                rule_is_new: false,
                finding: place(finding),
                reason: None,
            });
        }
    }
    gone.reverse();
    changes.extend(gone);
    changes.sort_by_key(|change| change.state);
    changes
}

fn counted(report: &Report) -> impl Iterator<Item = &Finding> {
    report.findings.iter().filter(|finding| finding.confidence != Confidence::Guess)
}

fn state(was: Option<&Finding>, is: &Finding) -> State {
    match (was.map(Finding::is_accepted), is.is_accepted()) {
        (None, false) => State::New,
        (Some(true), false) => State::Reopened,
        (Some(false), false) => State::Unchanged,
        (Some(false), true) => State::SuppressedSince,
        (None | Some(true), true) => State::Suppressed,
    }
}

/// The report says whether the rule of an older finding holds. A component that is gone has taken its findings along.
fn answers(report: &Report, finding: &Finding) -> bool {
    let mut of_rule = report.criteria.iter().filter(|criterion| criterion.rule == finding.rule).peekable();
    let asked = of_rule.peek().is_some() || finding.is_about_suppressions();
    let here = of_rule.find(|criterion| criterion.component == finding.component);
    asked && here.is_none_or(|criterion| !matches!(criterion.status, Status::Unknown | Status::Manual))
}

fn place(finding: &Finding) -> Place {
    Place {
        rule: finding.rule.clone(),
        category: finding.category.clone(),
        component: finding.component.clone(),
        path: finding.path.clone(),
        line: finding.start.map(|start| start.line),
        column: finding.start.map(|start| start.column),
        missing: finding.missing,
        message: finding.message.clone(),
        fingerprint: finding.fingerprint.clone(),
    }
}

fn difference(old: Option<f64>, new: Option<f64>) -> Option<f64> {
    Some(rounded(new? - old?))
}

/// Three decimals, as in reports.
fn rounded(score: f64) -> f64 {
    let thousandths = (score * 1000.0).round() / 1000.0;
    if thousandths == 0.0 { 0.0 } else { thousandths }
}
