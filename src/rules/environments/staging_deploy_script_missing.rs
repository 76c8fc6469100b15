//! `staging-deploy-script-missing`: the staging environment that a file describes is deployed by a script or a job.

use crate::{
    facts::{
        Fact,
        commands::CommandUse,
        deployment,
        tier::{self, Tier},
    },
    model::{Confidence, Evidence, Message, Place, Site, Verdict},
    repo::{File, FileKind},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: StagingDeployScriptMissing = StagingDeployScriptMissing;

pub(in crate::rules) struct StagingDeployScriptMissing;

impl Rule for StagingDeployScriptMissing {
    fn id(&self) -> &'static str {
        "staging-deploy-script-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let staged = cx.repo.files().iter().find(|file| {
            file.kind == FileKind::Compose && file.role.is_operational() && tier::of_path(&file.path) == Tier::Staging
        });
        let Some(file) = staged else { return Verdict::not_applicable("no-staging") };
        Verdict::pass_or(evidence(cx, file), || {
            let message = Message::new("missing").with("file", file.name());
            Verdict::fail(Site::new(Place::File(file.id), message).confidence(Confidence::Likely), [])
        })
    }
}

fn evidence(cx: &Context<'_>, staged: &File) -> Vec<Evidence> {
    let commands = cx.facts.commands(cx.repo);
    let names = |used: &CommandUse| used.command.words.iter().any(|word| word.text.ends_with(staged.name()));
    let mut places: Vec<Place> = commands.iter().filter(|used| names(used)).map(CommandUse::place).collect();
    let ways = deployment::ways(cx.repo, commands);
    places.extend(ways.iter().filter_map(|way| {
        let file = cx.repo.file(way.file);
        let for_staging = tier::of_name(file.name()) == Tier::Staging && file.id != staged.id;
        let text = cx.repo.read(file.id).ok()?.to_ascii_lowercase();
        let says = matches!(way.kind, "a workflow" | "a script") && text.contains("staging");
        (for_staging || says || way.from_source && way.kind != "PM2").then(|| way.place.clone())
    }));
    places.sort();
    places.into_iter().map(|place| Evidence::At { place, note: Message::new("deploys") }).collect()
}
