//! `workflow-action-unpinned`: other people's actions are named by commit, so that they cannot change unseen.

use camino::Utf8Path;

use crate::{
    doc::Entry,
    facts::{
        Fact,
        commands::steps,
        documents::documents,
        pipelines::{Does, Job, Pin, Pipeline, System, read_uses},
    },
    model::{Evidence, FileId, Message, Place, Severity, Site, Span, Verdict},
    repo::{FileKind, Repo},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: WorkflowActionUnpinned = WorkflowActionUnpinned;

pub(in crate::rules) struct WorkflowActionUnpinned;

/// How many places a pass quotes.
const QUOTED: usize = 5;

impl Rule for WorkflowActionUnpinned {
    fn id(&self) -> &'static str {
        "workflow-action-unpinned"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands, Fact::Pipelines]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let own = own_organisation(cx.repo);
        let mut seen = Seen { own, sites: Vec::new(), fine: Vec::new(), ok: 0 };
        for pipeline in cx.facts.pipelines(cx.repo).iter().filter(|pipeline| pipeline.system == System::Github) {
            let text = cx.repo.read(pipeline.file).unwrap_or_else(|_| "".into());
            for job in &pipeline.jobs {
                let trusted = is_trusted(pipeline, job, &text);
                let calls = job.calls.iter().map(|call| &call.workflow);
                for uses in job.steps.iter().filter_map(|step| step.uses.as_ref()).chain(calls) {
                    seen.judge(&uses.text, pipeline.file, uses.span, trusted);
                }
            }
        }
        for file in cx.repo.of_kind(FileKind::Action).filter(|file| file.role.is_operational()) {
            let runs = cx.repo.doc(file.id).and_then(|doc| doc.root()?.get("runs"));
            for uses in runs.map(steps).unwrap_or_default().into_iter().filter_map(|step| step.get("uses")) {
                seen.judge(uses.as_str().unwrap_or_default(), file.id, uses.span, false);
            }
        }
        let (total, ok) = (seen.sites.len() + seen.ok, seen.ok);
        if seen.sites.is_empty() {
            return Verdict::pass_or(seen.fine, || Verdict::not_applicable("none")).sites(total, ok);
        }
        Verdict::fail_or(seen.sites, || Verdict::not_applicable("none")).also_fine(seen.fine).sites(total, ok)
    }
}

struct Seen {
    own: Option<String>,
    sites: Vec<Site>,
    fine: Vec<Evidence>,
    ok: usize,
}

impl Seen {
    fn judge(&mut self, text: &str, file: FileId, span: Span, trusted: bool) {
        let uses = read_uses(text);
        let owner = uses.action.split('/').next().unwrap_or_default();
        let first_party = matches!(owner, "actions" | "github" | "")
            || self.own.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(owner));
        if first_party {
            return;
        }
        let place = Place::At(file, span);
        let message = |key: &'static str| Message::new(key).with("action", uses.action).with("version", uses.version);
        let (message, severity) = match uses.pin {
            Pin::Fixed => {
                self.ok += 1;
                if self.fine.len() < QUOTED {
                    self.fine.push(Evidence::At { place, note: message("pinned") });
                }
                return;
            }
            Pin::Branch => (message("branch"), Severity::High),
            Pin::Tag if trusted => (message("tag-trusted"), Severity::Medium),
            Pin::Tag => (message("tag"), Severity::Low),
            Pin::Local | Pin::Image | Pin::Unknown => return,
        };
        let site = Site::new(place, message).key(uses.action);
        self.sites.push(if severity == Severity::Medium { site } else { site.severity(severity) });
    }
}

/// The job holds secrets or a token that writes, or ships something.
fn is_trusted(pipeline: &Pipeline, job: &Job, text: &str) -> bool {
    let body = text.get(job.span.range()).unwrap_or_default();
    let lines: Vec<&str> = body.lines().map(without_comment).collect();
    let named = |line: &str, word: &str| {
        line.match_indices(word).any(|(at, _)| !line[at..].starts_with("secrets.GITHUB_TOKEN"))
    };
    let secrets = lines.iter().any(|line| named(line, "secrets."));
    // Where nothing restricts it, the token of a run may write.
    let token = lines.iter().any(|line| line.contains("github.token") || line.contains("secrets.GITHUB_TOKEN"));
    let permissions = job.permissions.as_ref().or(pipeline.permissions.as_ref());
    secrets
        || token && permissions.is_none()
        || permissions.is_some_and(|permissions| permissions.writes)
        || job.does(|act| matches!(act.does, Does::Deploy(_) | Does::Publish)).is_some()
}

/// A line of YAML without its comment.
fn without_comment(line: &str) -> &str {
    if line.trim_start().starts_with('#') {
        return "";
    }
    line.split_once(" #").map_or(line, |(code, _)| code)
}

/// The owner of the repository, when a manifest of the root, its entry in a catalogue or a badge of its workflows
/// names it.
fn own_organisation(repo: &Repo) -> Option<String> {
    let root = |name: &str| repo.doc(repo.by_path(Utf8Path::new(name))?.id)?.root();
    let package = root("package.json").and_then(|root| {
        let url = root.get("repository")?;
        let url = url.as_str().or_else(|| url.get("url")?.as_str())?;
        owner_in(url).or_else(|| {
            let short = url.strip_prefix("github:").or(Some(url).filter(|url| !url.contains(':')))?;
            first_part(short)
        })
    });
    let python = || {
        let urls = root("pyproject.toml")?.at(&["project", "urls"])?;
        let source = |entry: &&Entry| matches!(entry.key.to_ascii_lowercase().as_str(), "repository" | "source");
        owner_in(urls.entries().iter().find(source)?.value.as_str()?)
    };
    let catalogue = || {
        let annotations = root("catalog-info.yaml")?.at(&["metadata", "annotations"])?;
        first_part(annotations.get("github.com/project-slug")?.as_str()?)
    };
    package.or_else(python).or_else(catalogue).or_else(|| by_badge(repo))
}

/// `https://github.com/acme/shop/actions/workflows/ci.yml/badge.svg` for a workflow that is here.
fn by_badge(repo: &Repo) -> Option<String> {
    let document = documents(repo).iter().find(|document| document.path.parent().is_none_or(|at| at == ""))?.clone();
    document.links.iter().find_map(|link| {
        let (before, behind) = link.target.split_once("/actions/workflows/")?;
        let name = behind.split(['/', '?']).next()?;
        let own = repo.by_path(&Utf8Path::new(".github/workflows").join(name)).is_some();
        own.then(|| owner_in(before)).flatten()
    })
}

fn owner_in(url: &str) -> Option<String> {
    first_part(url.split("github.com").nth(1)?)
}

fn first_part(path: &str) -> Option<String> {
    let owner = path.trim_start_matches(['/', ':']).split('/').next()?;
    (!owner.is_empty()).then(|| owner.to_owned())
}
