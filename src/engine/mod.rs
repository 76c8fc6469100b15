//! Plans which rules run, observes every file once, concludes per rule and component, resolves places and texts.

mod conclude;
mod endpoints;
mod guard;
mod literals;
mod observe;
mod plan;
mod resolve;
mod timing;

use std::{collections::BTreeMap, time::Duration};

use camino::Utf8Path;
pub use guard::is_guarded;
use observe::{Joined, Trouble};
use plan::{Plan, Visitor};
use rayon::prelude::*;
use resolve::Resolver;
pub(crate) use timing::Stopwatch;
use timing::{Ledger, micros, phase};

use crate::{
    config::{Config, Progress},
    doc::{Doc, ErrorKind},
    facts::{Fact, Facts, FileFacts},
    model::{FileId, Observation, Span},
    repo::{File, Repo},
    report::{Criterion, Diagnostic, Endpoint, Finding, PhaseTiming, Stage, Timing},
    rule::Entry,
    suppress::Comment,
};

/// Recursive parsers and deep trees run on threads with this much reserved stack.
const STACK: usize = 64 << 20;

/// What running the rules gave, before suppression and scoring.
pub struct Audit {
    pub criteria: Vec<Criterion>,
    pub findings: Vec<Finding>,
    pub endpoints: Vec<Endpoint>,
    /// Comments that speak to this tool.
    pub comments: Vec<Comment>,
    pub diagnostics: Vec<Diagnostic>,
    /// Files that were parsed, and those of them with errors.
    pub parsed: usize,
    pub with_errors: usize,
    pub timing: Option<Timing>,
}

/// Why no rule could run.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The environment's fault: no threads.
    #[error("the worker threads could not be started: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

/// Runs `rules` over the repository.
pub fn run(repo: &Repo, rules: Vec<&Entry>, config: &Config) -> Result<Audit, EngineError> {
    let total = Stopwatch::start(config.timing);
    let stage = Stopwatch::start(config.timing);
    let plan = Plan::new(rules);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(config.jobs.unwrap_or(0)).stack_size(STACK).build()?;
    let planned = stage.phase("plan");
    let stage = Stopwatch::start(config.timing);
    config.progress.start(repo.files().len());
    let seen: Vec<(FileId, observe::Seen)> =
        pool.install(|| repo.files().par_iter().map(|file| visit(&plan, repo, file, config)).collect());
    config.progress.finish();
    let mut joined = Joined::default();
    for (file, seen) in seen {
        joined.add(file, seen);
    }
    let observed = stage.phase("observe");
    let stage = Stopwatch::start(config.timing);
    let facts = Facts::new(std::mem::take(&mut joined.facts));
    let mut ledger = Ledger::default();
    pool.install(|| join_facts(&plan, repo, &facts, config.timing, &mut ledger));
    let joined_facts = stage.phase("join");
    let stage = Stopwatch::start(config.timing);
    let concluded =
        pool.install(|| conclude::conclude(&plan, &conclude::Seen { repo, facts: &facts, config, joined: &joined }));
    let judged = stage.phase("conclude");
    let stage = Stopwatch::start(config.timing);
    let resolver = Resolver::new(repo, config.lang, config.all);
    let mut audit = Audit {
        criteria: Vec::new(),
        findings: Vec::new(),
        endpoints: endpoints::endpoints(&plan, repo, &facts, &resolver),
        comments: comments(&resolver, repo, &facts),
        diagnostics: troubles(&resolver, repo, &joined, &facts),
        parsed: joined.parsed,
        with_errors: joined.with_errors,
        timing: None,
    };
    for answer in &concluded {
        let meta = &plan.rules[answer.rule].meta;
        let told = resolver.resolve(answer, meta, config.severity(meta));
        audit.criteria.push(told.criterion);
        audit.findings.extend(told.findings);
        if let Some(message) = &answer.panic {
            audit.diagnostics.push(panicked(&meta.id, None, message));
        }
    }
    let phases = [planned, observed].into_iter().flatten().chain(steps(&joined, config.timing));
    let phases = phases.chain([joined_facts, judged, stage.phase("resolve")].into_iter().flatten()).collect();
    audit.timing = total.stop().map(|total| {
        visits(&plan, &joined, &mut ledger);
        for answer in &concluded {
            ledger.add(Stage::Conclude, &plan.rules[answer.rule].meta.id, answer.spent, 1);
        }
        Timing { total_us: micros(total), phases, rules: ledger.rows() }
    });
    Ok(audit)
}

/// Collects facts alone.
pub fn collect(repo: &Repo, needed: &[Fact], config: &Config) -> Result<Facts, EngineError> {
    let plan = Plan::of_facts(needed);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(config.jobs.unwrap_or(0)).stack_size(STACK).build()?;
    let seen: Vec<(FileId, observe::Seen)> =
        pool.install(|| repo.files().par_iter().map(|file| visit(&plan, repo, file, config)).collect());
    let mut joined = Joined::default();
    for (file, seen) in seen {
        joined.add(file, seen);
    }
    Ok(Facts::new(joined.facts))
}

/// What `rules` observe by rule, and the facts of each file.
#[doc(hidden)]
pub type Observed = (BTreeMap<String, Vec<Observation>>, BTreeMap<FileId, FileFacts>);

/// The first half of [`run`] by itself; without `gated`, keywords keep nobody from a file. For tests of the gate.
#[doc(hidden)]
pub fn observe_only(repo: &Repo, rules: Vec<&Entry>, gated: bool) -> Observed {
    let mut plan = Plan::new(rules);
    plan.gated = gated;
    let mut joined = Joined::default();
    for file in repo.files() {
        joined.add(file.id, observe::observe(&plan, repo, file, false));
    }
    let named = |(rule, seen): (usize, Vec<Observation>)| (plan.rules[rule].meta.id.clone(), seen);
    (joined.observations.into_iter().map(named).collect(), joined.facts)
}

fn visit(plan: &Plan<'_>, repo: &Repo, file: &File, config: &Config) -> (FileId, observe::Seen) {
    let seen = observe::observe(plan, repo, file, config.timing);
    config.progress.advance();
    (file.id, seen)
}

fn comments(resolver: &Resolver<'_>, repo: &Repo, facts: &Facts) -> Vec<Comment> {
    let line = |file, offset| resolver.position(file, offset).map_or(1, |position| position.line);
    facts
        .files()
        .flat_map(|(file, facts)| facts.directives.iter().map(move |directive| (file, directive)))
        .map(|(file, directive)| Comment {
            path: repo.file(file).path.to_string(),
            lines: (line(file, directive.span.start), line(file, directive.span.end)),
            alone: directive.alone,
            text: directive.text.clone(),
        })
        .collect()
}

fn troubles(resolver: &Resolver<'_>, repo: &Repo, joined: &Joined, facts: &Facts) -> Vec<Diagnostic> {
    let mut told: Vec<Diagnostic> =
        joined.troubles.iter().map(|(file, trouble)| told(resolver, repo, *file, trouble)).collect();
    told.extend(repo.files().iter().filter(|file| file.role.is_operational()).flat_map(|file| {
        let doc = repo.parsed_doc(file.id).filter(|doc| doc.format.has_grammar());
        doc.map(|doc| damage(resolver, file, doc)).unwrap_or_default()
    }));
    told.extend(facts.truncated(repo).into_iter().map(|one| {
        let message = format!("more than {} {}; the rest was not examined", one.most, one.what);
        diagnostic("limit-hit", &repo.file(one.file).path, message)
    }));
    told
}

fn told(resolver: &Resolver<'_>, repo: &Repo, file: FileId, trouble: &Trouble) -> Diagnostic {
    let path = &repo.file(file).path;
    match trouble {
        Trouble::Unreadable(error) => diagnostic("unreadable", path, error.clone()),
        Trouble::SyntaxErrors { first, count } => syntax_error(resolver, repo.file(file), *first, *count),
        Trouble::Cut => diagnostic("limit-hit", path, CUT.to_owned()),
        Trouble::Panic { rule, message } => panicked(rule, Some(path.to_string()), message),
    }
}

/// What kept a configuration file from being read as a whole.
fn damage(resolver: &Resolver<'_>, file: &File, doc: &Doc) -> Vec<Diagnostic> {
    let of_kind = |kind: ErrorKind| doc.errors.iter().filter(move |error| error.kind == kind);
    let mut told = Vec::new();
    if let Some(first) = of_kind(ErrorKind::Syntax).next() {
        told.push(syntax_error(resolver, file, first.span, of_kind(ErrorKind::Syntax).count()));
    }
    if of_kind(ErrorKind::Cut).next().is_some() {
        told.push(diagnostic("limit-hit", &file.path, CUT.to_owned()));
    }
    told
}

const CUT: &str = "nested too deeply or too large; the rest of it was not examined";

fn syntax_error(resolver: &Resolver<'_>, file: &File, first: Span, count: usize) -> Diagnostic {
    let line = resolver.position(file.id, first.start).map_or(0, |position| position.line);
    let rest = match count - 1 {
        0 => String::new(),
        more => format!(", and in {more} further places"),
    };
    let message = format!("syntax error at line {line}{rest}; the rest of the file was examined");
    diagnostic("parse-error", &file.path, message)
}

fn diagnostic(kind: &str, path: &Utf8Path, message: String) -> Diagnostic {
    Diagnostic { kind: kind.to_owned(), path: Some(path.to_string()), rule: None, message }
}

fn panicked(rule: &str, path: Option<String>, message: &str) -> Diagnostic {
    Diagnostic {
        kind: "rule-panicked".to_owned(),
        path,
        rule: Some(rule.to_owned()),
        message: format!("internal error, please report it: {message}"),
    }
}

/// Joins what the rules that run need, before anybody asks: so each fact is measured by itself.
fn join_facts(plan: &Plan<'_>, repo: &Repo, facts: &Facts, timed: bool, ledger: &mut Ledger) {
    let needed: Vec<Fact> = plan.needed().into_iter().collect();
    let join = |&fact: &Fact| {
        let watch = Stopwatch::start(timed);
        // A panic comes again, and to light, where a rule asks.
        let joined = guard::guarded(|| facts.join(repo, fact)).unwrap_or(false);
        watch.stop().filter(|_| joined).map(|spent| (fact, spent))
    };
    let spent: Vec<(Fact, Duration)> = needed.par_iter().filter_map(join).collect();
    for (fact, spent) in spent {
        ledger.add(Stage::Join, &fact_name(fact), spent, 1);
    }
}

fn fact_name(fact: Fact) -> String {
    format!("facts: {fact:?}").to_lowercase()
}

/// The steps of a visit, summed over threads.
fn steps(joined: &Joined, timed: bool) -> Vec<PhaseTiming> {
    let steps = joined.steps;
    let named = [("read", steps.read), ("gate", steps.gate), ("parse", steps.parse), ("visit", steps.visit)];
    let named = named.into_iter().filter(|_| timed);
    named.map(|(name, time)| phase(&format!("observe: {name}, over threads"), time)).collect()
}

fn visits(plan: &Plan<'_>, joined: &Joined, ledger: &mut Ledger) {
    for (index, (time, visits)) in &joined.spent {
        let name = match plan.visiting[*index].visitor {
            Visitor::Rule(_, rule) => rule.id().to_owned(),
            Visitor::Extractor(extractor) => fact_name(extractor.fact()),
        };
        ledger.add(Stage::Observe, &name, *time, *visits);
    }
}
