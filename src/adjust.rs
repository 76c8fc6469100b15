//! What a team's configuration makes of answers: criteria that its tier does not ask, and what holds in a part of
//! the repository alone.

use std::collections::BTreeMap;

use crate::{
    config::{Config, Disabled, Part, Source},
    engine::Audit,
    model::{Lang, RuleMeta, Scope, Tiers},
    repo::Repo,
    report::{Basis, Criterion, Diagnostic, Finding, Status, Suppressed, SuppressedBy, Suppression, SuppressionState},
    rule::Entry,
    text::mask::mask,
};

/// The component that stands for the repository as a whole.
const ROOT: &str = ".";

/// What `[score]` changes about the numbers.
pub(crate) fn basis(config: &Config) -> Option<Basis> {
    let basis = Basis { tier: config.tier, weights: config.weights.clone() };
    (basis != Basis::default()).then_some(basis)
}

/// Gives findings and criteria the severities of their part of the repository, and takes out the criteria of
/// components that are not asked.
pub(crate) fn parts(audit: &mut Audit, repo: &Repo, entries: &[&Entry], config: &Config) {
    if config.overrides.is_empty() {
        return;
    }
    let metas: BTreeMap<&str, &RuleMeta> = entries.iter().map(|entry| (entry.meta.id.as_str(), &entry.meta)).collect();
    let parts = Parts::of(repo);
    let mut diagnostics = Vec::new();
    let mut left_out = Vec::new();
    for criterion in &mut audit.criteria {
        let Some(meta) = metas.get(criterion.rule.as_str()).filter(|meta| meta.scope == Scope::Component) else {
            continue;
        };
        let effect = config.effect(meta, parts.named(&criterion.component), None);
        criterion.default_severity = effect.severity.filter(|severity| *severity != config.severity(meta));
        // Where an entry asks for a path again, every finding is judged by its own.
        let again = config.overrides.iter().any(|entry| !entry.paths.is_empty() && entry.asks(&criterion.rule));
        if let Some(disabled) = effect.disabled.filter(|_| !again) {
            diagnostics.push(not_asked(criterion, disabled, config.lang));
            left_out.push((criterion.rule.clone(), criterion.component.clone()));
            silence(criterion, disabled, config.lang);
        }
    }
    audit.findings.retain(|finding| {
        !left_out.iter().any(|(rule, component)| *rule == finding.rule && *component == finding.component)
    });
    for finding in &mut audit.findings {
        let Some(meta) = metas.get(finding.rule.as_str()) else { continue };
        let effect = config.effect(meta, parts.of_finding(finding, meta), Some(&finding.path));
        finding.severity = effect.severity.unwrap_or(finding.severity);
    }
    audit.diagnostics.extend(diagnostics);
    audit.diagnostics.extend(unmatched(repo, config));
}

/// Sets findings aside whose rule is disabled where they lie, unless somebody else did; each entry that does so is
/// listed like a suppression.
pub(crate) fn set_aside(
    findings: &mut [Finding],
    repo: &Repo,
    entries: &[&Entry],
    config: &Config,
) -> Vec<Suppression> {
    if config.overrides.is_empty() {
        return Vec::new();
    }
    let metas: BTreeMap<&str, &RuleMeta> = entries.iter().map(|entry| (entry.meta.id.as_str(), &entry.meta)).collect();
    let parts = Parts::of(repo);
    let mut used: BTreeMap<(String, u32, String), (String, usize)> = BTreeMap::new();
    for finding in findings.iter_mut().filter(|finding| finding.suppressed.is_none()) {
        let Some(meta) = metas.get(finding.rule.as_str()) else { continue };
        let effect = config.effect(meta, parts.of_finding(finding, meta), Some(&finding.path));
        let Some(disabled) = effect.disabled else { continue };
        let reason = mask(disabled.reason).into_owned();
        let key = (disabled.path.to_owned(), disabled.line, finding.rule.clone());
        used.entry(key).or_insert_with(|| (reason.clone(), 0)).1 += 1;
        finding.suppressed = Some(Suppressed { by: SuppressedBy::Config, reason });
    }
    let shown = used.into_iter().map(|((path, line, rule), (reason, matched))| Suppression {
        by: SuppressedBy::Config,
        rules: vec![rule],
        path,
        line: Some(line),
        reason: Some(reason),
        expires: None,
        matched,
        state: SuppressionState::Used,
    });
    shown.collect()
}

/// The criteria that the tier does not ask, as answers.
pub(crate) fn outside<'e>(entries: impl Iterator<Item = &'e Entry>, config: &Config) -> Vec<Criterion> {
    let Some(tier) = config.tier else { return Vec::new() };
    let reason = match config.lang {
        Lang::En => format!("a repository of the tier `{}` need not answer it", tier.as_str()),
        Lang::Ru => format!("для уровня `{}` не спрашивается", tier.as_str()),
    };
    entries
        .map(|entry| Criterion {
            rule: entry.meta.id.clone(),
            category: entry.meta.category.clone(),
            component: ROOT.to_owned(),
            status: Status::NotApplicable,
            severity: config.severity(&entry.meta),
            default_severity: None,
            confidence: entry.meta.confidence,
            detail: Some(reason.clone()),
            sites: None,
            evidence: Vec::new(),
            parent: None,
            cause: None,
            attestation: None,
            suppressed: false,
            findings: 0,
        })
        .collect()
}

/// Says that the numbers are not the standard ones, and who decided it.
pub(crate) fn decisions(left_out: usize, config: &Config) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    if let Some(tier) = config.tier {
        let text = Tiers::embedded().get(tier).map(|meta| meta.text(config.lang)).unwrap_or_default();
        let message = match config.lang {
            Lang::En => {
                format!("the tier is `{}` ({text}); rules that it does not ask: {left_out}", tier.as_str())
            }
            Lang::Ru => format!("уровень `{}` ({text}); правил, которые не спрашиваются: {left_out}", tier.as_str()),
        };
        told.push(decision("score-tier", "score.tier", &message, config));
    }
    let others: Vec<String> = config.weights.iter().map(|(category, weight)| format!("{category} {weight}")).collect();
    if let Some(first) = config.weights.keys().next() {
        let list = others.join(", ");
        let message = match config.lang {
            Lang::En => format!("the categories do not weigh what is standard (1 each): {list}"),
            Lang::Ru => format!("веса категорий не стандартные (по 1): {list}"),
        };
        told.push(decision("score-weights", &format!("score.weights.{first}"), &message, config));
    }
    told
}

fn decision(kind: &str, key: &str, message: &str, config: &Config) -> Diagnostic {
    let (path, line) = match config.said.get(key) {
        Some(Source::File { path, line }) => (Some(path.clone()), Some(*line)),
        _ => (None, None),
    };
    Diagnostic { kind: kind.to_owned(), path, rule: None, message: at(line, message, config.lang) }
}

fn at(line: Option<u32>, message: &str, lang: Lang) -> String {
    match (line, lang) {
        (Some(line), Lang::En) => format!("line {line}: {message}"),
        (Some(line), Lang::Ru) => format!("строка {line}: {message}"),
        (None, _) => message.to_owned(),
    }
}

fn silence(criterion: &mut Criterion, disabled: Disabled<'_>, lang: Lang) {
    let reason = mask(disabled.reason);
    criterion.status = Status::NotApplicable;
    criterion.detail = Some(match lang {
        Lang::En => format!("disabled for this component: {reason}"),
        Lang::Ru => format!("отключено для этого компонента: {reason}"),
    });
    criterion.evidence = Vec::new();
    (criterion.sites, criterion.parent, criterion.cause) = (None, None, None);
}

fn not_asked(criterion: &Criterion, disabled: Disabled<'_>, lang: Lang) -> Diagnostic {
    let (rule, component, reason) = (&criterion.rule, &criterion.component, mask(disabled.reason));
    let message = match lang {
        Lang::En => format!("`{rule}` is disabled for `{component}`: {reason}"),
        Lang::Ru => format!("правило `{rule}` отключено для `{component}`: {reason}"),
    };
    Diagnostic {
        kind: "rule-disabled".to_owned(),
        path: Some(disabled.path.to_owned()),
        rule: Some(rule.clone()),
        message: at(Some(disabled.line), &message, lang),
    }
}

/// Entries whose patterns match no file: they hold nowhere, and nobody would notice.
fn unmatched(repo: &Repo, config: &Config) -> Vec<Diagnostic> {
    let idle = config.overrides.iter().filter(|entry| {
        // Written for a folder above, an entry may speak of what lies beside the scanned one.
        let whole = entry.below.is_empty() && !entry.paths.is_empty();
        whole && !repo.files().iter().any(|file| entry.paths.matches(file.path.as_str()))
    });
    idle.map(|entry| {
        let message = match config.lang {
            Lang::En => "no file matches the paths of this `[[overrides]]`",
            Lang::Ru => "ни один файл не соответствует `paths` этого `[[overrides]]`",
        };
        Diagnostic {
            kind: "override-unused".to_owned(),
            path: Some(entry.path.clone()),
            rule: None,
            message: at(Some(entry.line), message, config.lang),
        }
    })
    .collect()
}

/// The components by path.
struct Parts<'r> {
    all: Vec<Part<'r>>,
}

impl<'r> Parts<'r> {
    fn of(repo: &'r Repo) -> Self {
        let part =
            |component: &'r crate::repo::Component| Part { path: component.path.as_str(), name: &component.name };
        Self { all: repo.components().iter().map(part).collect() }
    }

    fn named<'s>(&'s self, path: &'s str) -> Part<'s> {
        self.all.iter().copied().find(|part| part.path == path).unwrap_or(Part { path, name: path })
    }

    /// The component that a finding belongs to: of a rule about the whole repository the one that holds its file.
    fn of_finding<'s>(&'s self, finding: &'s Finding, meta: &RuleMeta) -> Part<'s> {
        if meta.scope == Scope::Component {
            return self.named(&finding.component);
        }
        let holds = |part: &&Part<'_>| {
            let rest = finding.path.strip_prefix(part.path);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let deepest = self.all.iter().filter(holds).max_by_key(|part| part.path.len());
        deepest.copied().unwrap_or_else(|| self.named(ROOT))
    }
}
