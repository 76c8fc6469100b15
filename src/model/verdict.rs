//! The answer to one rule for one component.

use super::{Confidence, Evidence, Message, Place, Severity};

/// One failing place of a failing criterion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    pub place: Place,
    pub message: Message,
    /// A severity other than the rule's default; the message says why.
    pub severity: Option<Severity>,
    pub confidence: Confidence,
    /// Further places that belong to the same finding, each with a short label.
    pub related: Vec<(Place, Message)>,
    /// What identifies this finding besides rule and path when its text moves: a variable's name, a provider.
    /// Empty means that the content of the place identifies it. Never a secret.
    pub key: String,
}

impl Site {
    pub fn new(place: Place, message: impl Into<Message>) -> Self {
        Self {
            place,
            message: message.into(),
            severity: None,
            confidence: Confidence::Certain,
            related: Vec::new(),
            key: String::new(),
        }
    }

    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    #[must_use]
    pub fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }

    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = key.into();
        self
    }

    #[must_use]
    pub fn related(mut self, place: Place, label: impl Into<Message>) -> Self {
        self.related.push((place, label.into()));
        self
    }
}

/// How many countable sites there were and how many were fine; gives partial credit to MEDIUM and LOW rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SiteCount {
    pub total: usize,
    pub ok: usize,
}

/// Whose fault an `unknown` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownCause {
    /// The engine could not look: a panic, a cut, a file that did not parse. Stays in the score with no credit.
    Engine,
    /// The repository does not tell. Leaves the score and lowers the coverage.
    Undecided,
}

#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The criterion holds, and the evidence shows it. Never empty.
    Pass(Vec<Evidence>),
    /// The criterion fails at these sites (never empty); the evidence shows what is fine nevertheless.
    Fail(Vec<Site>, Vec<Evidence>),
    NotApplicable(Message),
    Unknown(UnknownCause, Message),
    /// Only a person can answer; the message is the question.
    Manual(Message),
}

/// An outcome with its one-line summary and its count of sites. Built by constructors only, so that no pass and
/// no fail exists without evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    outcome: Outcome,
    detail: Option<Message>,
    sites: Option<SiteCount>,
}

impl Verdict {
    /// The criterion holds, shown by at least `first`.
    pub fn pass(first: Evidence, rest: impl IntoIterator<Item = Evidence>) -> Self {
        Self::of(Outcome::Pass(std::iter::once(first).chain(rest).collect()))
    }

    /// The criterion holds at one place.
    pub fn pass_at(place: Place, note: impl Into<Message>) -> Self {
        Self::pass(Evidence::At { place, note: note.into() }, [])
    }

    /// The criterion fails at `first` and at the further sites.
    pub fn fail(first: Site, rest: impl IntoIterator<Item = Site>) -> Self {
        Self::of(Outcome::Fail(std::iter::once(first).chain(rest).collect(), Vec::new()))
    }

    /// Fails when there are sites, else asks `otherwise`: the usual end of a conclusion.
    pub fn fail_or(sites: Vec<Site>, otherwise: impl FnOnce() -> Self) -> Self {
        if sites.is_empty() { otherwise() } else { Self::of(Outcome::Fail(sites, Vec::new())) }
    }

    /// Passes when there is evidence, else asks `otherwise`.
    pub fn pass_or(evidence: Vec<Evidence>, otherwise: impl FnOnce() -> Self) -> Self {
        if evidence.is_empty() { otherwise() } else { Self::of(Outcome::Pass(evidence)) }
    }

    pub fn not_applicable(reason: impl Into<Message>) -> Self {
        Self::of(Outcome::NotApplicable(reason.into()))
    }

    /// The repository does not tell.
    pub fn unknown(reason: impl Into<Message>) -> Self {
        Self::of(Outcome::Unknown(UnknownCause::Undecided, reason.into()))
    }

    /// The engine could not look.
    pub fn not_examined(reason: impl Into<Message>) -> Self {
        Self::of(Outcome::Unknown(UnknownCause::Engine, reason.into()))
    }

    pub fn manual(question: impl Into<Message>) -> Self {
        Self::of(Outcome::Manual(question.into()))
    }

    /// One line with the numbers that matter, shown in criteria tables.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Message>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    #[must_use]
    pub fn sites(mut self, total: usize, ok: usize) -> Self {
        self.sites = Some(SiteCount { total, ok: ok.min(total) });
        self
    }

    /// What is fine although the criterion fails ("19 of 20 routes are guarded").
    #[must_use]
    pub fn also_fine(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        if let Outcome::Fail(_, fine) = &mut self.outcome {
            fine.extend(evidence);
        }
        self
    }

    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    pub fn detail_message(&self) -> Option<&Message> {
        self.detail.as_ref()
    }

    pub fn site_count(&self) -> Option<SiteCount> {
        self.sites
    }

    fn of(outcome: Outcome) -> Self {
        Self { outcome, detail: None, sites: None }
    }
}
