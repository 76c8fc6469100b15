//! What the template is handed: texts ready to be shown, and numbers as they are printed.

use serde::Serialize;

use super::super::{
    code::{Excerpt, Prose},
    words::Words,
};
use crate::model::Lang;

#[derive(Serialize)]
pub(in crate::report::html) struct View {
    pub(super) lang: Lang,
    pub(super) words: &'static Words,
    pub(super) labels: Labels,
    pub(super) title: String,
    pub(super) name: String,
    pub(super) about: Vec<(String, String)>,
    pub(super) verdict: Verdict,
    pub(super) severities: Vec<SeverityCount>,
    pub(super) statuses: Vec<(&'static str, String, usize)>,
    pub(super) fix_first: Option<FixFirst>,
    pub(super) categories: Vec<Row>,
    pub(super) nine: Vec<Row>,
    pub(super) components: Vec<Row>,
    pub(super) derivation: Option<String>,
    pub(super) findings: Vec<FindingView>,
    pub(super) accepted: Vec<FindingView>,
    pub(super) exceptions: Vec<(String, String)>,
    pub(super) criteria: Vec<CategoryCriteria>,
    pub(super) endpoints: Option<Endpoints>,
    pub(super) scenarios: Option<Scenarios>,
    pub(super) questions: Vec<Question>,
    pub(super) actions: Vec<ActionView>,
    pub(super) effort: Option<String>,
    pub(super) files_to_create: Vec<(String, Vec<Prose>)>,
    pub(super) read: Vec<String>,
    pub(super) not_read: Vec<(String, String)>,
    /// What the team adds, line by line.
    pub(super) notes: Vec<String>,
}

/// Words that other reports use as well.
#[derive(Serialize)]
pub(super) struct Labels {
    pub(super) review: &'static str,
    pub(super) summary: &'static str,
    pub(super) category: &'static str,
    pub(super) component: &'static str,
    pub(super) score: &'static str,
    pub(super) status: &'static str,
    pub(super) matters_most: &'static str,
    pub(super) answered: &'static str,
    pub(super) findings: &'static str,
    pub(super) no_findings: &'static str,
    pub(super) fix: &'static str,
    pub(super) criterion: &'static str,
    pub(super) details: &'static str,
    pub(super) action_items: &'static str,
    pub(super) nothing_to_do: &'static str,
    pub(super) files_to_create: &'static str,
    pub(super) limits: &'static str,
    pub(super) notes: &'static str,
    pub(super) derivation: &'static str,
    pub(super) guess: &'static str,
    pub(super) explain: &'static str,
}

#[derive(Serialize)]
pub(super) struct Verdict {
    pub(super) class: &'static str,
    pub(super) text: &'static str,
    pub(super) score: Option<String>,
    /// Hundredths of the ring.
    pub(super) share: u32,
    pub(super) obstacles: Vec<&'static str>,
    /// That the numbers are not the standard ones.
    pub(super) basis: Option<String>,
}

#[derive(Serialize)]
pub(super) struct SeverityCount {
    pub(super) class: &'static str,
    pub(super) name: &'static str,
    pub(super) criteria: usize,
    pub(super) findings: usize,
    /// Where its bar begins and how long it is, in hundredths.
    pub(super) from: f64,
    pub(super) length: f64,
}

#[derive(Serialize)]
pub(super) struct FixFirst {
    pub(super) title: String,
    pub(super) repairs: Vec<(String, Vec<Prose>, String)>,
}

/// A row with a score.
#[derive(Serialize)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) class: &'static str,
    pub(super) health: &'static str,
    pub(super) score: Option<String>,
    pub(super) share: u32,
    pub(super) coverage: Option<String>,
    pub(super) reason: Vec<Prose>,
    pub(super) remark: String,
}

#[derive(Serialize)]
pub(super) struct FindingView {
    pub(super) id: String,
    pub(super) rule: String,
    pub(super) title: Vec<Prose>,
    pub(super) severity: &'static str,
    pub(super) class: &'static str,
    pub(super) guess: bool,
    pub(super) category: String,
    pub(super) category_name: String,
    pub(super) component: Option<String>,
    pub(super) place: String,
    pub(super) missing: bool,
    pub(super) message: Vec<Prose>,
    pub(super) excerpt: Option<Excerpt>,
    pub(super) related: Vec<(String, Vec<Prose>)>,
    pub(super) fix: Vec<Prose>,
    pub(super) why: Vec<Prose>,
    pub(super) accepted: Option<String>,
}

#[derive(Serialize)]
pub(super) struct CategoryCriteria {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) class: &'static str,
    pub(super) score: Option<String>,
    pub(super) counts: String,
    pub(super) criteria: Vec<CriterionView>,
}

#[derive(Serialize)]
pub(super) struct CriterionView {
    pub(super) rule: String,
    pub(super) title: Vec<Prose>,
    pub(super) class: &'static str,
    pub(super) status: String,
    pub(super) component: Option<String>,
    pub(super) detail: Vec<Prose>,
    pub(super) evidence: Vec<EvidenceView>,
}

#[derive(Serialize)]
pub(super) struct EvidenceView {
    pub(super) text: Vec<Prose>,
    pub(super) place: Option<String>,
    pub(super) excerpt: Option<Excerpt>,
}

#[derive(Serialize)]
pub(super) struct Question {
    pub(super) rule: String,
    pub(super) text: Vec<Prose>,
    pub(super) status: String,
    pub(super) answered: bool,
    pub(super) said: String,
}

#[derive(Serialize)]
pub(super) struct ActionView {
    pub(super) rule: String,
    pub(super) title: Vec<Prose>,
    pub(super) severity: &'static str,
    pub(super) class: &'static str,
    pub(super) findings: usize,
    pub(super) effort: Option<String>,
    pub(super) done: Option<String>,
    pub(super) components: Vec<String>,
    pub(super) fix: Vec<Prose>,
    pub(super) first: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Endpoints {
    pub(super) title: &'static str,
    pub(super) count: usize,
    pub(super) columns: [&'static str; 4],
    pub(super) rows: Vec<EndpointRow>,
    /// How many are not shown.
    pub(super) more: Option<String>,
    pub(super) note: Vec<Prose>,
}

#[derive(Serialize)]
pub(super) struct Scenarios {
    pub(super) title: &'static str,
    pub(super) count: usize,
    pub(super) columns: [&'static str; 3],
    pub(super) rows: Vec<ScenarioRow>,
    /// How many are not shown.
    pub(super) more: Option<String>,
    pub(super) note: Vec<Prose>,
}

#[derive(Serialize)]
pub(super) struct ScenarioRow {
    pub(super) title: Vec<Prose>,
    pub(super) component: Option<String>,
    pub(super) class: &'static str,
    pub(super) status: String,
    pub(super) check: Vec<Prose>,
    /// The rule that answers, or the place that raises the question.
    pub(super) source: String,
}

#[derive(Serialize)]
pub(super) struct EndpointRow {
    pub(super) title: String,
    pub(super) access: String,
    pub(super) guard: Option<String>,
    pub(super) checks: String,
    pub(super) worst: Option<&'static str>,
    pub(super) class: &'static str,
    /// The anchor of a finding, and its rule with the number of places.
    pub(super) problems: Vec<(String, String)>,
    pub(super) more: Option<String>,
}
