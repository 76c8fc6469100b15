//! The whole pipeline in one call: index, observe, conclude, suppress, score.

use std::{collections::BTreeMap, sync::LazyLock};

use camino::Utf8Path;

use crate::{
    adjust,
    assemble::{Draft, Part, assemble},
    attest::attest,
    config::Config,
    engine::{self, Audit, EngineError, Stopwatch},
    facts::{Fact, Facts},
    known::{self, Ledger},
    model::Lang,
    repo::{GitState, OpenError, Profile, Repo, WalkOptions},
    report::{self, Coverage, Diagnostic, Finding, Report, Repository, Suppressed, SuppressedBy, SuppressionState},
    rule::{Catalogue, Entry, TeamError, TeamRules},
    rules,
    suppress::{self, Comment, Identity, Input, Origin, State, Subject},
    suppression_problems,
    text::mask::mask,
};

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The user's fault as a rule: the path is wrong.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The fault of whoever wrote the team's rules.
    #[error(transparent)]
    Rules(#[from] TeamError),
    /// The environment's fault.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The commit to compare with cannot be read.
    #[error("cannot compare with an earlier commit: {0}")]
    Since(String),
}

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    Catalogue::load(rules::coded())
        .unwrap_or_else(|error| panic!("the embedded catalogue does not fit together: {error}"))
});

/// Every rule that is built in.
pub fn catalogue() -> &'static Catalogue {
    &CATALOGUE
}

/// The rules in the folders that the configuration names.
///
/// # Errors
///
/// When a folder cannot be read or a rule file is wrong.
pub fn team_rules(config: &Config) -> Result<TeamRules, TeamError> {
    if config.rule_folders.is_empty() {
        Ok(TeamRules::default())
    } else {
        TeamRules::load(&config.rule_folders, catalogue())
    }
}

/// Audits the repository at `root`.
///
/// Nothing of the repository is executed, nothing is written, and no network is used. The same input gives the same
/// report, on one thread or many.
///
/// # Errors
///
/// When the folder cannot be opened or no worker thread can be started. A file that cannot be read or parsed is no
/// error: it is a diagnostic in the report.
pub fn scan(root: &Utf8Path, config: &Config) -> Result<Report, ScanError> {
    scan_with(root, config, &team_rules(config)?)
}

/// [`scan`] with rules of a team that have been read already; the folders in the configuration are not read.
///
/// # Errors
///
/// As [`scan`].
pub fn scan_with(root: &Utf8Path, config: &Config, team: &TeamRules) -> Result<Report, ScanError> {
    scan_with_ledger(root, config, team).map(|(report, _)| report)
}

/// Audits as [`scan_with`] does, and says what a baseline would be written from.
///
/// # Errors
///
/// As [`scan`].
pub fn scan_with_ledger(root: &Utf8Path, config: &Config, team: &TeamRules) -> Result<(Report, Ledger), ScanError> {
    let total = Stopwatch::start(config.timing);
    let built_in = catalogue();
    let loaded = total.phase("catalogue");
    let stage = Stopwatch::start(config.timing);
    let repo = Repo::open(root, &walk_options(root, config))?;
    let indexed = stage.phase("index");
    let all = built_in.entries().iter().chain(team.entries());
    let entries: Vec<&Entry> = all.filter(|entry| config.runs(&entry.meta)).collect();
    let ran: Vec<&str> = entries.iter().map(|entry| entry.meta.id.as_str()).collect();
    let all = built_in.entries().iter().chain(team.entries());
    let unasked: Vec<&Entry> = all.filter(|entry| config.leaves_out(&entry.meta)).collect();
    let asked = entries.iter().chain(&unasked);
    let mut texts: Vec<report::Rule> = asked.map(|entry| rule_texts(entry, config)).collect();
    texts.extend(suppression_problems::rules(config.lang));
    let mut audit = engine::run(&repo, entries.clone(), config)?;
    let stage = Stopwatch::start(config.timing);
    adjust::parts(&mut audit, &repo, &entries, config);
    let contents = name_findings(&mut audit.findings);
    let all: Vec<&str> = built_in.ids().chain(team.ids()).collect();
    let (mut suppressions, problems) = suppress_findings(&mut audit, &ran, &all, config);
    suppressions.extend(adjust::set_aside(&mut audit.findings, &repo, &entries, config));
    let ledger = known::apply_baseline(&mut audit, &contents, (&all, &ran), config);
    suppressions.extend(known::stale_entries(config, &ledger));
    audit.findings.extend(problems);
    known::apply_since(&mut audit.findings, root, &repo, config).map_err(ScanError::Since)?;
    audit.diagnostics.extend(disabled(&ran, &unasked, config));
    audit.criteria.extend(adjust::outside(unasked.iter().copied(), config));
    audit.diagnostics.extend(adjust::decisions(unasked.len(), config));
    let answers = attest(&mut audit.criteria, &ran, config);
    audit.diagnostics.extend(answers);
    let draft = Draft {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        language: config.lang,
        partial: config.is_partial(),
        guesses: config.all,
        repository: repository(&repo),
        known: known::known(config, &ledger),
        coverage: coverage(&repo, &audit),
        components: repo.components().iter().map(|component| part(&repo, component)).collect(),
        criteria: audit.criteria,
        findings: audit.findings,
        endpoints: audit.endpoints,
        suppressions,
        diagnostics: diagnostics(&repo, audit.diagnostics, config.lang),
        rules: texts,
        timing: audit.timing,
        basis: adjust::basis(config),
        notes: config.notes.as_deref().map(|notes| mask(notes).into_owned()),
    };
    let mut report = assemble(draft, &|path| repo.by_path(Utf8Path::new(path.trim_end_matches('/'))).is_some());
    report.reviewer = config.reviewer.as_deref().map(|name| mask(name).into_owned());
    report.next_review = config.next_review.map(|day| day.to_string());
    if let Some(timing) = &mut report.timing {
        let before = [loaded, indexed].into_iter().flatten();
        timing.phases = before.chain(timing.phases.drain(..)).chain(stage.phase("assemble")).collect();
        timing.total_us = total.phase("total").map_or(timing.total_us, |total| total.us);
    }
    Ok((report, ledger))
}

/// Indexes the repository at `root` and collects `needed` facts of it, without any rule.
///
/// # Errors
///
/// As [`scan`].
pub fn facts_of(root: &Utf8Path, config: &Config, needed: &[Fact]) -> Result<(Repo, Facts), ScanError> {
    let repo = Repo::open(root, &walk_options(root, config))?;
    let facts = engine::collect(&repo, needed, config)?;
    Ok((repo, facts))
}

/// The rules that the configuration disables for good, so that every report shows the reasons.
fn disabled(ran: &[&str], unasked: &[&Entry], config: &Config) -> Vec<Diagnostic> {
    let outside = |rule: &str| unasked.iter().any(|entry| entry.meta.id == rule);
    let left_out = config.disabled().filter(|(rule, _)| !ran.contains(rule) && !outside(rule));
    left_out
        .map(|(rule, settings)| {
            let reason = settings.reason.as_deref().unwrap_or_default();
            Diagnostic {
                kind: "rule-disabled".to_owned(),
                path: Some(settings.path.clone()),
                rule: Some(rule.to_owned()),
                message: match config.lang {
                    Lang::En => format!("`{rule}` is disabled: {reason}"),
                    Lang::Ru => format!("правило `{rule}` отключено: {reason}"),
                },
            }
        })
        .collect()
}

fn walk_options(root: &Utf8Path, config: &Config) -> WalkOptions {
    let defaults = WalkOptions::default();
    WalkOptions {
        max_file_bytes: config.max_file_size.unwrap_or(defaults.max_file_bytes),
        exclude: config.exclude.clone(),
        baseline: match (&config.baseline, &config.baseline_file) {
            (Some(baseline), _) => Some(baseline.path.clone()),
            (None, Some(file)) => file.strip_prefix(root).ok().map(Utf8Path::to_string),
            (None, None) => None,
        },
        ..defaults
    }
}

fn rule_texts(entry: &Entry, config: &Config) -> report::Rule {
    let meta = &entry.meta;
    let texts = meta.texts(config.lang);
    report::Rule {
        id: meta.id.clone(),
        category: meta.category.clone(),
        title: texts.title.clone(),
        why: texts.why.clone(),
        fix: texts.fix.clone(),
        severity: config.severity(meta),
        effort_minutes: meta.effort,
        phase: meta.phase,
        mandatory: meta.mandatory,
        creates: meta.creates.clone(),
        cwe: meta.cwe.clone(),
        references: meta.references.clone(),
        team: entry.origin.is_some(),
    }
}

/// Gives every finding its fingerprint: by the key that its rule gave, else by its excerpt. Returns key and excerpt of
/// each, because one key may stand for several places.
fn name_findings(findings: &mut [Finding]) -> Vec<String> {
    findings.sort_by(|a, b| (&a.rule, &a.path, a.start, &a.message).cmp(&(&b.rule, &b.path, b.start, &b.message)));
    let whole = |finding: &Finding| {
        let excerpt = finding.snippet.as_deref().unwrap_or_default();
        format!("{}\n{excerpt}", finding.fingerprint).trim().to_owned()
    };
    let wholes = findings.iter().map(whole).collect();
    let contents: Vec<String> = findings
        .iter()
        .map(|finding| {
            let key = Some(&finding.fingerprint).filter(|key| !key.is_empty());
            key.or(finding.snippet.as_ref()).cloned().unwrap_or_default()
        })
        .collect();
    let identities: Vec<Identity<'_>> = findings
        .iter()
        .zip(&contents)
        .map(|(finding, content)| Identity { rule: &finding.rule, path: &finding.path, content })
        .collect();
    let fingerprints = suppress::fingerprints(&identities);
    for (finding, fingerprint) in findings.iter_mut().zip(fingerprints) {
        finding.fingerprint = fingerprint;
    }
    wholes
}

/// Marks what is suppressed. Returns all suppressions, and findings about those that do not work.
fn suppress_findings(
    audit: &mut Audit,
    ran: &[&str],
    known: &[&str],
    config: &Config,
) -> (Vec<report::Suppression>, Vec<Finding>) {
    let subjects: Vec<Subject> = audit.findings.iter().map(subject).collect();
    let comments: Vec<Comment> = if config.inline_ignores { std::mem::take(&mut audit.comments) } else { Vec::new() };
    let outcome = suppress::suppress(&Input {
        subjects: &subjects,
        comments: &comments,
        waivers: &config.waivers,
        policy: &config.suppressions,
        known,
        ran,
        today: config.today,
    });
    for (finding, by) in audit.findings.iter_mut().zip(&outcome.by) {
        finding.suppressed = by.map(|index| {
            let suppression = &outcome.suppressions[index];
            Suppressed {
                by: origin(suppression.origin),
                reason: mask(suppression.reason.as_deref().unwrap_or_default()).into_owned(),
            }
        });
    }
    audit.diagnostics.extend(outcome.suppressions.iter().filter_map(|one| undated(one, config.lang)));
    let problems = outcome.suppressions.iter().filter_map(|one| suppression_problems::finding(one, config.lang));
    let shown = outcome.suppressions.iter().filter(|suppression| suppression.state != State::Idle).map(shown);
    (shown.collect(), problems.collect())
}

fn subject(finding: &Finding) -> Subject {
    let lines = finding.start.map(|start| {
        // The end is exclusive: one that stands at the beginning of a line does not touch it.
        let last = finding.end.map_or(start.line, |end| end.line - u32::from(end.column == 1 && end.line > start.line));
        (start.line, last)
    });
    Subject { rule: finding.rule.clone(), path: finding.path.clone(), severity: finding.severity, lines }
}

fn origin(origin: Origin) -> SuppressedBy {
    match origin {
        Origin::Comment => SuppressedBy::Inline,
        Origin::Config => SuppressedBy::Config,
    }
}

fn shown(suppression: &suppress::Suppression) -> report::Suppression {
    report::Suppression {
        by: origin(suppression.origin),
        rules: vec![suppression.rule.clone()],
        path: suppression.path.clone(),
        line: Some(suppression.line),
        reason: suppression.reason.as_deref().map(|reason| mask(reason).into_owned()),
        expires: suppression.until.map(|date| date.to_string()),
        matched: suppression.matched,
        state: match suppression.state {
            State::Used => SuppressionState::Used,
            State::Unused | State::Idle => SuppressionState::Unused,
            State::Expired => SuppressionState::Expired,
            State::Refused => SuppressionState::Refused,
        },
    }
}

/// A suppression that holds although nobody knows whether it has expired.
fn undated(suppression: &suppress::Suppression, lang: Lang) -> Option<Diagnostic> {
    let trouble = suppression.trouble.as_ref().filter(|_| suppression.state == State::Used)?;
    let text = trouble.text(lang);
    Some(Diagnostic {
        kind: "suppression-undated".to_owned(),
        path: Some(suppression.path.clone()),
        rule: Some(suppression.rule.clone()),
        message: match lang {
            Lang::En => format!("line {}: {text}", suppression.line),
            Lang::Ru => format!("строка {}: {text}", suppression.line),
        },
    })
}

fn repository(repo: &Repo) -> Repository {
    let version = repo.components()[0].manifests(repo).find_map(|manifest| manifest.version.as_ref());
    Repository {
        name: repo.name().to_owned(),
        version: version.map(|version| version.text.clone()),
        commit: repo.git().head().map(str::to_owned),
        profile: profile(repo, repo.profile()),
    }
}

fn profile(repo: &Repo, profile: &Profile) -> report::Profile {
    let technologies = |list: &[crate::repo::Technology]| -> Vec<report::Technology> {
        list.iter()
            .map(|technology| report::Technology {
                name: technology.name.to_owned(),
                version: None,
                path: technology
                    .evidence
                    .first()
                    .and_then(crate::model::Place::file)
                    .map(|file| repo.file(file).path.to_string()),
            })
            .collect()
    };
    report::Profile {
        languages: profile.languages.iter().map(|(name, share)| ((*name).to_owned(), share.files)).collect(),
        main_languages: Vec::new(),
        frameworks: technologies(&profile.frameworks),
        orms: technologies(&profile.orms),
        deploy_targets: technologies(&profile.deploy_targets),
    }
}

fn part(repo: &Repo, component: &crate::repo::Component) -> Part {
    let manifest = component.manifests(repo).next().map(|manifest| repo.file(manifest.file).path.to_string());
    Part {
        path: component.path.to_string(),
        name: component.name.clone(),
        kind: component.kind.name().to_owned(),
        manifest,
    }
}

fn coverage(repo: &Repo, audit: &Audit) -> Coverage {
    let mut skipped: BTreeMap<String, usize> = BTreeMap::new();
    for one in repo.skipped() {
        *skipped.entry(one.reason.name().to_owned()).or_default() += 1;
    }
    Coverage { files: repo.files().len(), parsed: audit.parsed, with_errors: audit.with_errors, skipped }
}

/// What kept something from being examined: the engine's, the walk's and git's.
fn diagnostics(repo: &Repo, mut all: Vec<Diagnostic>, lang: Lang) -> Vec<Diagnostic> {
    all.extend(repo.skipped().iter().filter(|one| one.reason.matters()).map(|one| Diagnostic {
        kind: one.reason.name().to_owned(),
        path: Some(one.path.to_string()),
        rule: None,
        message: one.reason.text(lang).to_owned(),
    }));
    if let GitState::Unreadable(reason) = repo.git().state() {
        all.push(Diagnostic {
            kind: "git-unreadable".to_owned(),
            path: Some(".git".to_owned()),
            rule: None,
            message: match lang {
                Lang::En => format!("what git tracks is unknown: {reason}"),
                Lang::Ru => format!("что хранится в git, неизвестно: {reason}"),
            },
        });
    }
    all.sort();
    all.dedup();
    all
}
