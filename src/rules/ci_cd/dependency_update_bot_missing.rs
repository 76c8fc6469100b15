//! `dependency-update-bot-missing`: somebody proposes updates of the dependencies.

use camino::Utf8Path;

use crate::{
    facts::{Fact, pipelines::System},
    model::{Evidence, Message, Place, Site, Span, Verdict},
    repo::{FileKind, Repo},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: DependencyUpdateBotMissing = DependencyUpdateBotMissing;

pub(in crate::rules) struct DependencyUpdateBotMissing;

/// Files with which a bot is set up.
const FILES: [(&str, &str); 15] = [
    (".github/dependabot.yml", "Dependabot"),
    (".github/dependabot.yaml", "Dependabot"),
    (".dependabot/config.yml", "Dependabot"),
    ("renovate.json", "Renovate"),
    ("renovate.json5", "Renovate"),
    (".renovaterc", "Renovate"),
    (".renovaterc.json", "Renovate"),
    (".renovaterc.json5", "Renovate"),
    (".github/renovate.json", "Renovate"),
    (".github/renovate.json5", "Renovate"),
    (".gitlab/renovate.json", "Renovate"),
    (".gitlab/renovate.json5", "Renovate"),
    (".pyup.yml", "PyUp"),
    (".depfu.yml", "Depfu"),
    (".scala-steward.conf", "Scala Steward"),
];

impl Rule for DependencyUpdateBotMissing {
    fn id(&self) -> &'static str {
        "dependency-update-bot-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands, Fact::Pipelines]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if cx.repo.manifests().iter().all(|manifest| manifest.dependencies.is_empty()) {
            return Verdict::not_applicable("no-dependencies");
        }
        let by_file = FILES.iter().find_map(|(path, bot)| {
            let file = cx.repo.by_path(Utf8Path::new(path))?;
            Some((Place::At(file.id, Span::new(0, 1)), *bot))
        });
        match by_file.or_else(|| in_manifest(cx.repo)).or_else(|| in_pipeline(cx)) {
            Some((place, bot)) => Verdict::pass(Evidence::At { place, note: Message::new("bot").with("bot", bot) }, []),
            None if answers(cx.repo) => Verdict::unknown("elsewhere"),
            None => Verdict::fail(Site::new(Place::Missing(FILES[0].0.into()), "missing"), []),
        }
    }
}

/// Whether a workflow reckons with a bot that is switched on at the forge.
fn answers(repo: &Repo) -> bool {
    repo.of_kind(FileKind::Workflow).any(|file| {
        repo.read(file.id).is_ok_and(|text| {
            let text = text.to_ascii_lowercase();
            text.contains("dependabot") || text.contains("renovate")
        })
    })
}

fn in_manifest(repo: &Repo) -> Option<(Place, &'static str)> {
    let file = repo.of_kind(FileKind::PackageJson).find(|file| file.folder().as_str().is_empty())?;
    let entry = repo.doc(file.id)?.root()?.entry("renovate")?;
    Some((Place::At(file.id, entry.key_span), "Renovate"))
}

fn in_pipeline(cx: &Context<'_>) -> Option<(Place, &'static str)> {
    let pipelines = cx.facts.pipelines(cx.repo).iter();
    pipelines.filter(|pipeline| pipeline.system == System::Github).find_map(|pipeline| {
        let steps = pipeline.jobs.iter().flat_map(|job| &job.steps);
        let uses = steps.filter_map(|step| step.uses.as_ref()).find(|uses| uses.text.contains("renovatebot/"))?;
        Some((pipeline.place(uses.span), "Renovate"))
    })
}
