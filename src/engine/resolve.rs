//! From places and messages to lines, excerpts and texts: the last step that sees the repository's sources.
//!
//! Everything that leaves here is masked, so no renderer can leak a secret.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use super::conclude::Concluded;
use crate::{
    i18n,
    model::{
        Confidence, Evidence, FileId, Lang, Message, Outcome, Place, RuleMeta, Severity, Site, Span, UnknownCause,
    },
    repo::Repo,
    report::{self, Cause, Criterion, Finding, Position, Related, Sites, Status},
    text::{
        excerpt::{Excerpt, Source},
        mask::mask,
    },
};

/// Turns verdicts into the report's criteria and findings.
pub(super) struct Resolver<'a> {
    repo: &'a Repo,
    lang: Lang,
    /// Whether sites that are mere guesses are shown.
    guesses: bool,
    sources: RefCell<BTreeMap<FileId, Option<Rc<Source>>>>,
}

/// A criterion with its findings.
pub(super) struct Resolved {
    pub(super) criterion: Criterion,
    pub(super) findings: Vec<Finding>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(repo: &'a Repo, lang: Lang, guesses: bool) -> Self {
        Self { repo, lang, guesses, sources: RefCell::default() }
    }

    /// One rule's answer for one component. `default` is the rule's severity after configuration.
    pub(super) fn resolve(&self, answer: &Concluded, meta: &RuleMeta, default: Severity) -> Resolved {
        let component = self.repo.component(answer.component).path.to_string();
        let verdict = &answer.verdict;
        let say = |message: &Message| self.say(meta, message);
        let mut criterion = Criterion {
            rule: meta.id.clone(),
            category: meta.category.clone(),
            component: component.clone(),
            status: Status::Pass,
            severity: default,
            default_severity: None,
            confidence: meta.confidence,
            detail: verdict.detail_message().map(say),
            sites: verdict.site_count().map(|count| Sites { total: count.total, ok: count.ok }),
            evidence: Vec::new(),
            parent: answer.parent.clone(),
            cause: None,
            attestation: None,
            suppressed: false,
            findings: 0,
        };
        let mut findings = Vec::new();
        match verdict.outcome() {
            Outcome::Pass(evidence) => criterion.evidence = self.evidence_list(meta, evidence),
            Outcome::Fail(sites, fine) => {
                criterion.status = Status::Fail;
                criterion.evidence = self.evidence_list(meta, fine);
                findings = self.findings(sites, meta, default, &component);
                criterion.findings = findings.len();
                self.settle_failure(&mut criterion, sites, meta, default);
            }
            Outcome::NotApplicable(reason) => {
                criterion.status = Status::NotApplicable;
                criterion.detail = Some(say(reason));
            }
            Outcome::Unknown(cause, reason) => {
                criterion.status = Status::Unknown;
                criterion.cause = Some(match cause {
                    UnknownCause::Engine => Cause::Engine,
                    UnknownCause::Undecided => Cause::Undecided,
                });
                criterion.detail = Some(say(reason));
            }
            Outcome::Manual(question) => {
                criterion.status = Status::Manual;
                criterion.detail = Some(say(question));
            }
        }
        Resolved { criterion, findings }
    }

    /// The criterion's severity and confidence follow from its worst and its surest site; without a summary of its
    /// own the first site speaks for it, also when it is a guess that is not shown.
    fn settle_failure(&self, criterion: &mut Criterion, sites: &[Site], meta: &RuleMeta, default: Severity) {
        let counted = sites.iter().filter(|site| site.confidence != Confidence::Guess);
        criterion.severity = counted.map(|site| site.severity.unwrap_or(default)).min().unwrap_or(default);
        criterion.confidence = sites.iter().map(|site| site.confidence).min().unwrap_or(criterion.confidence);
        if criterion.detail.is_none() {
            criterion.detail = sites.first().map(|site| self.say(meta, &site.message));
        }
    }

    fn findings(&self, sites: &[Site], meta: &RuleMeta, default: Severity, component: &str) -> Vec<Finding> {
        let mut seen = BTreeSet::new();
        sites
            .iter()
            .filter(|site| self.guesses || site.confidence != Confidence::Guess)
            .filter(|site| seen.insert((site.place.clone(), site.message.clone())))
            .map(|site| self.finding(site, meta, default, component))
            .collect()
    }

    fn finding(&self, site: &Site, meta: &RuleMeta, default: Severity, component: &str) -> Finding {
        let located = self.locate(&site.place);
        let related = site
            .related
            .iter()
            .map(|(place, label)| {
                let Located { path, start, end, .. } = self.locate(place);
                Related { path, start, end, label: self.say(meta, label) }
            })
            .collect();
        Finding {
            rule: meta.id.clone(),
            category: meta.category.clone(),
            severity: site.severity.unwrap_or(default),
            confidence: site.confidence,
            component: component.to_owned(),
            path: located.path,
            missing: matches!(site.place, Place::Missing(_)),
            start: located.start,
            end: located.end,
            message: self.say(meta, &site.message),
            snippet: located.excerpt.as_ref().map(|excerpt| excerpt.text.clone()),
            snippet_start_line: located.excerpt.as_ref().map(|excerpt| excerpt.first_line),
            snippet_start_column: located.excerpt.as_ref().map_or(1, |excerpt| excerpt.first_column),
            related,
            // Filled when the findings of the whole report are known: identical ones are numbered.
            fingerprint: site.key.clone(),
            suppressed: None,
        }
    }

    fn evidence_list(&self, meta: &RuleMeta, evidence: &[Evidence]) -> Vec<report::Evidence> {
        evidence.iter().map(|one| self.evidence(meta, one)).collect()
    }

    fn evidence(&self, meta: &RuleMeta, evidence: &Evidence) -> report::Evidence {
        match evidence {
            Evidence::At { place, note } => {
                let located = self.locate(place);
                report::Evidence::At {
                    path: located.path,
                    start: located.start,
                    end: located.end,
                    note: self.say(meta, note),
                    snippet: located.excerpt.as_ref().map(|excerpt| excerpt.text.clone()),
                    snippet_start_line: located.excerpt.map(|excerpt| excerpt.first_line),
                }
            }
            Evidence::Searched { what, files, unread } => report::Evidence::Searched {
                what: self.say(meta, what),
                files: *files,
                unread: unread.iter().map(|file| self.repo.file(*file).path.to_string()).collect(),
            },
            Evidence::Absent { what, looked } => {
                report::Evidence::Absent { what: self.say(meta, what), looked: looked.clone() }
            }
        }
    }

    /// The text of a message in the report's language, masked. A missing text shows its key: the catalogue's test
    /// finds it before a user does.
    fn say(&self, meta: &RuleMeta, message: &Message) -> String {
        let template = meta.texts(self.lang).message.get(message.key.as_ref()).map(String::as_str);
        let template = template.or_else(|| i18n::engine_text(self.lang, &message.key));
        let text = match template.map(|template| i18n::render(template, message, self.lang)) {
            Some(Ok(text)) => text,
            Some(Err(error)) => format!("{} ({error})", message.key),
            None => message.key.to_string(),
        };
        mask(&text).into_owned()
    }

    /// The line of a place, for comments and diagnostics.
    pub(super) fn position(&self, file: FileId, offset: u32) -> Option<Position> {
        let source = self.source(file)?;
        let (line, column) = source.position(offset as usize);
        Some(Position { line, column })
    }

    fn locate(&self, place: &Place) -> Located {
        match place {
            Place::Missing(path) => Located::whole(path.to_string()),
            Place::File(file) => Located::whole(self.repo.file(*file).path.to_string()),
            Place::At(file, span) => {
                let path = self.repo.file(*file).path.to_string();
                match self.source(*file) {
                    Some(source) => Located::at(path, &source, *span),
                    None => Located::whole(path),
                }
            }
        }
    }

    fn source(&self, file: FileId) -> Option<Rc<Source>> {
        let read = || {
            let text = self.repo.read(file).ok()?;
            Some(Rc::new(Source::new(text, &self.repo.file(file).path)))
        };
        self.sources.borrow_mut().entry(file).or_insert_with(read).clone()
    }
}

struct Located {
    path: String,
    start: Option<Position>,
    end: Option<Position>,
    excerpt: Option<Excerpt>,
}

impl Located {
    fn whole(path: String) -> Self {
        Self { path, start: None, end: None, excerpt: None }
    }

    fn at(path: String, source: &Source, span: Span) -> Self {
        let position = |offset: u32| {
            let (line, column) = source.position(offset as usize);
            Some(Position { line, column })
        };
        Self { path, start: position(span.start), end: position(span.end), excerpt: Some(source.excerpt(span)) }
    }
}
