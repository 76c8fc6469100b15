//! `ci-security-scan-missing`: a pipeline looks for known vulnerabilities, dangerous code or leaked secrets.

use crate::{
    facts::{
        Fact,
        pipelines::{Does, Pipeline, opaque},
    },
    model::{Evidence, Message, Place, Site, Span, Verdict},
    repo::{FileKind, Repo},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: CiSecurityScanMissing = CiSecurityScanMissing;

pub(in crate::rules) struct CiSecurityScanMissing;

/// How many places a pass quotes.
const QUOTED: usize = 5;

impl Rule for CiSecurityScanMissing {
    fn id(&self) -> &'static str {
        "ci-security-scan-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands, Fact::Pipelines]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let pipelines = cx.facts.pipelines(cx.repo);
        if pipelines.iter().all(|pipeline| pipeline.jobs.is_empty()) {
            return Verdict::not_applicable("no-pipelines");
        }
        let mut evidence: Vec<Evidence> = pipelines.iter().flat_map(scans).take(QUOTED).collect();
        evidence.extend(templates(cx.repo));
        evidence.extend(hooks(cx.repo));
        Verdict::pass_or(evidence, || match opaque(pipelines) {
            Some((_, name)) => Verdict::unknown(Message::new("opaque").with("name", name)),
            None => Verdict::fail(Site::new(anchor(pipelines), "missing"), []),
        })
    }
}

fn scans(pipeline: &Pipeline) -> Vec<Evidence> {
    let acts = pipeline.jobs.iter().filter(|job| job.off.is_none()).flat_map(crate::facts::pipelines::Job::acts);
    acts.filter(|act| act.does == Does::Scan)
        .map(|act| {
            let note = Message::new("runs").with("tool", act.tool.as_str());
            Evidence::At { place: pipeline.place(act.span), note }
        })
        .collect()
}

/// Scanners that GitLab brings as templates.
fn templates(repo: &Repo) -> Option<Evidence> {
    const NAMES: [&str; 4] = ["SAST.gitlab-ci.yml", "Secret-Detection", "Dependency-Scanning", "Container-Scanning"];
    let file = repo.of_kind(FileKind::GitlabCi).next()?;
    let text = repo.read(file.id).ok()?;
    NAMES.iter().find_map(|name| mention(&text, file.id, name))
}

/// Secret scanners among the hooks, which the pipeline runs with all the others.
fn hooks(repo: &Repo) -> Option<Evidence> {
    let file = repo.by_path(camino::Utf8Path::new(".pre-commit-config.yaml"))?;
    let text = repo.read(file.id).ok()?;
    ["gitleaks", "detect-secrets", "trufflehog", "bandit", "semgrep"]
        .iter()
        .find_map(|name| mention(&text, file.id, name))
}

fn mention(text: &str, file: crate::model::FileId, name: &str) -> Option<Evidence> {
    let at = text.match_indices(name).map(|(at, _)| at).find(|&at| {
        let line = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        !text[line..at].trim_start().starts_with('#')
    })?;
    let note = Message::new("runs").with("tool", name);
    Some(Evidence::At { place: Place::At(file, Span::new(at, at + name.len())), note })
}

fn anchor(pipelines: &[Pipeline]) -> Place {
    let running = pipelines.iter().find(|pipeline| pipeline.runs_on_changes());
    running.or_else(|| pipelines.first()).map_or_else(
        || Place::Missing(".github/workflows".into()),
        |pipeline| pipeline.place(pipeline.triggers_at.unwrap_or_default()),
    )
}
