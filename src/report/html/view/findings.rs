//! Findings, criteria with their evidence, questions and tasks as the page shows them.

use super::{
    super::code::{Prose, Source, excerpt, prose},
    Maker, class, health_class, name,
    shapes::{ActionView, CategoryCriteria, CriterionView, EvidenceView, FindingView, Question},
};
use crate::{
    model::{Confidence, Lang},
    report::{
        Action, Category, Criterion, Evidence, Finding, Position, Related, Status, SuppressedBy, SuppressionState,
        text::{one_decimal, visible},
    },
};

impl Maker<'_> {
    pub(super) fn finding(&self, finding: &Finding) -> FindingView {
        let report = self.report;
        let rule = report.rule(&finding.rule);
        let meant = finding.start.zip(finding.end);
        let source = finding.snippet.as_deref().zip(finding.snippet_start_line).map(|(text, first_line)| Source {
            path: &finding.path,
            text,
            first_line,
            first_column: finding.snippet_start_column,
            meant,
        });
        FindingView {
            id: finding.fingerprint.clone(),
            rule: finding.rule.clone(),
            title: self.title(&finding.rule),
            severity: name(finding.severity),
            class: class(finding.severity),
            guess: finding.confidence == Confidence::Guess,
            category: finding.category.clone(),
            category_name: report.category(&finding.category).map(|c| c.name.clone()).unwrap_or_default(),
            component: other_than_root(&finding.component),
            place: place(&finding.path, finding.start),
            missing: finding.missing,
            message: prose(&finding.message),
            excerpt: source.map(|source| excerpt(&source)),
            related: finding.related.iter().map(related).collect(),
            fix: rule.map(|rule| prose(&rule.fix)).unwrap_or_default(),
            why: rule.map(|rule| prose(&rule.why)).unwrap_or_default(),
            accepted: finding.suppressed.as_ref().map(|by| format!("{}: {}", self.by(by.by), visible(&by.reason))),
        }
    }

    fn by(&self, by: SuppressedBy) -> &'static str {
        match by {
            SuppressedBy::Inline => self.strings.suppressed_inline,
            SuppressedBy::Config => self.strings.suppressed_config,
            SuppressedBy::Baseline => self.strings.suppressed_baseline,
            SuppressedBy::Since => self.strings.suppressed_since,
        }
    }

    /// Comments and configuration entries that take nothing out.
    pub(super) fn exceptions(&self) -> Vec<(String, String)> {
        let strings = self.strings;
        let idle = self.report.suppressions.iter().filter_map(|suppression| {
            let state = match suppression.state {
                SuppressionState::Used => return None,
                SuppressionState::Unused => strings.suppression_unused,
                SuppressionState::Expired => strings.suppression_expired,
                SuppressionState::Refused => strings.suppression_refused,
            };
            let line = suppression.line.map(|line| format!(":{line}")).unwrap_or_default();
            let rules = visible(&suppression.rules.join(", "));
            Some((visible(&format!("{}{line}", suppression.path)), format!("{rules}: {state}")))
        });
        idle.collect()
    }

    pub(super) fn criteria(&self, category: &Category) -> CategoryCriteria {
        let counts = &category.criteria;
        let strings = self.strings;
        let counts = [
            (counts.fail, self.words_failed()),
            (counts.pass, strings.count_passed),
            (counts.unknown, strings.count_unknown),
            (counts.manual, strings.count_manual),
            (counts.not_applicable, strings.count_not_applicable),
        ];
        let counts = counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}"));
        let own = self.report.criteria.iter().filter(|criterion| criterion.category == category.id);
        CategoryCriteria {
            id: category.id.clone(),
            name: visible(&category.name),
            class: health_class(category.status),
            score: category.score.map(one_decimal),
            counts: counts.collect::<Vec<_>>().join(" · "),
            criteria: own.map(|criterion| self.criterion(criterion)).collect(),
        }
    }

    fn words_failed(&self) -> &'static str {
        match self.report.language {
            Lang::En => "failed",
            Lang::Ru => "не выполнено",
        }
    }

    pub(super) fn criterion(&self, criterion: &Criterion) -> CriterionView {
        let strings = self.strings;
        let (class, status) = match criterion.status {
            Status::Pass => ("ok", strings.ok_short.to_owned()),
            Status::Fail if criterion.suppressed => ("accepted", strings.suppressed_short.to_owned()),
            Status::Fail => (class(criterion.severity), name(criterion.severity).to_owned()),
            Status::NotApplicable => ("none", strings.not_applicable.to_owned()),
            Status::Unknown => ("unknown", strings.unknown_short.to_owned()),
            Status::Manual => match &criterion.attestation {
                Some(said) if said.holds => ("ok", strings.confirmed.to_owned()),
                Some(_) => ("fail", strings.denied.to_owned()),
                None => ("manual", strings.manual_short.to_owned()),
            },
        };
        CriterionView {
            rule: criterion.rule.clone(),
            title: self.title(&criterion.rule),
            class,
            status,
            component: other_than_root(&criterion.component),
            detail: prose(&self.detail(criterion)),
            evidence: criterion.evidence.iter().map(|evidence| self.evidence(evidence)).collect(),
        }
    }

    /// The criterion's own line, else what was said of its first place.
    fn detail(&self, criterion: &Criterion) -> String {
        if let Some(detail) = &criterion.detail {
            return detail.clone();
        }
        let of_criterion = |f: &&Finding| f.rule == criterion.rule && f.component == criterion.component;
        let first = self.report.findings.iter().find(of_criterion).filter(|_| criterion.status == Status::Fail);
        first.map(|finding| finding.message.clone()).unwrap_or_default()
    }

    fn evidence(&self, evidence: &Evidence) -> EvidenceView {
        let strings = self.strings;
        match evidence {
            Evidence::At { path, start, end, note, snippet, snippet_start_line } => {
                let source = snippet.as_deref().zip(*snippet_start_line).map(|(text, first_line)| Source {
                    path,
                    text,
                    first_line,
                    first_column: 1,
                    meant: start.zip(*end),
                });
                EvidenceView {
                    text: prose(note),
                    place: Some(place(path, *start)),
                    excerpt: source.map(|source| excerpt(&source)),
                }
            }
            Evidence::Searched { what, files, unread } => {
                let searched = format!("{} {}: {what}", strings.searched, strings.count(*files, strings.files));
                let text = match unread.join(", ") {
                    unread if unread.is_empty() => searched,
                    unread => format!("{searched}; {}: {unread}", self.words.not_read),
                };
                EvidenceView { text: prose(&text), place: None, excerpt: None }
            }
            Evidence::Absent { what, looked } => {
                let text = format!("{} {what}: {}", strings.looked_at, looked.join(", "));
                EvidenceView { text: prose(&text), place: None, excerpt: None }
            }
        }
    }

    pub(super) fn questions(&self) -> Vec<Question> {
        let manual = self.report.criteria.iter().filter(|criterion| criterion.status == Status::Manual);
        manual
            .map(|criterion| {
                let said = criterion.attestation.as_ref();
                let said_by = said.map(|said| [&said.by, &said.date, &said.note].into_iter().flatten().cloned());
                Question {
                    rule: criterion.rule.clone(),
                    text: match &criterion.detail {
                        Some(question) => prose(question),
                        None => self.title(&criterion.rule),
                    },
                    status: self.criterion(criterion).status,
                    answered: said.is_some_and(|said| said.holds),
                    said: said_by.map(|said| visible(&said.collect::<Vec<_>>().join(", "))).unwrap_or_default(),
                }
            })
            .collect()
    }

    pub(super) fn action(&self, action: &Action) -> ActionView {
        let strings = self.strings;
        let done = action.sites.filter(|sites| sites.ok > 0).map(|sites| {
            strings.done_of.replace("{ok}", &sites.ok.to_string()).replace("{total}", &sites.total.to_string())
        });
        let open = |finding: &&Finding| finding.rule == action.rule && finding.suppressed.is_none();
        ActionView {
            rule: action.rule.clone(),
            title: self.title(&action.rule),
            severity: name(action.severity),
            class: class(action.severity),
            findings: action.findings,
            effort: (action.effort_minutes > 0).then(|| strings.duration(action.effort_minutes)),
            done,
            components: action.components.iter().filter_map(|path| other_than_root(path)).collect(),
            fix: self.report.rule(&action.rule).map(|rule| prose(&rule.fix)).unwrap_or_default(),
            first: self.report.findings.iter().find(open).map(|finding| finding.fingerprint.clone()),
        }
    }
}

fn related(related: &Related) -> (String, Vec<Prose>) {
    (place(&related.path, related.start), prose(&related.label))
}

fn place(path: &str, start: Option<Position>) -> String {
    visible(&start.map_or_else(|| path.to_owned(), |start| format!("{path}:{}:{}", start.line, start.column)))
}

pub(super) fn other_than_root(component: &str) -> Option<String> {
    (component != ".").then(|| visible(component))
}
