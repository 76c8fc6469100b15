//! `smoke-tests-missing`: after a deployment the main paths are tried on what was deployed.

use crate::{
    facts::{
        Fact,
        commands::Stage,
        deployment,
        pipelines::{Does, shipments},
        rollout,
        tooling::{self, Signs},
    },
    model::{Evidence, Message, Place, Site, Span, Verdict},
    repo::{File, FileKind, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: SmokeTestsMissing = SmokeTestsMissing;

pub(in crate::rules) struct SmokeTestsMissing;

/// Programs and settings that ask a running product from outside, also on a schedule.
const OUTSIDE: Signs = Signs {
    files: &["checkly.config.*", "*.postman_collection.json"],
    tables: &[],
    packages: &["checkly", "newman", "@datadog/datadog-ci"],
    programs: &["newman", "checkly", "hurl", "datadog-ci", "bru", "stepci"],
};

impl Rule for SmokeTestsMissing {
    fn id(&self) -> &'static str {
        "smoke-tests-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands, Fact::Pipelines]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if !cx.repo.components().iter().any(|part| part.kind.is_deployable()) {
            return Verdict::not_applicable("no-service");
        }
        let Some(action) = deploys(cx) else { return Verdict::not_applicable("no-deployment") };
        let found = named(cx)
            .or_else(|| said(cx))
            .or_else(|| tooling::shown(cx.repo, cx.facts, &OUTSIDE))
            .map(|place| (place, "there"))
            .or_else(|| Some((aimed(cx)?, "aimed")));
        match found {
            Some((place, note)) => Verdict::pass(Evidence::At { place, note: Message::new(note) }, []),
            None => Verdict::fail(Site::new(action, "missing"), []),
        }
    }
}

/// A job that deploys the service itself, or a shell script that does.
fn deploys(cx: &Context<'_>) -> Option<Place> {
    let all = shipments(cx.facts.pipelines(cx.repo));
    let job = all.iter().find(|shipment| matches!(shipment.act.does, Does::Deploy(_)));
    if let Some(shipment) = job {
        return Some(shipment.pipeline.place(shipment.act.span));
    }
    let commands = cx.facts.commands(cx.repo);
    let ways = deployment::ways(cx.repo, commands);
    let script = |place: &Place| place.file().is_some_and(|file| cx.repo.file(file).kind == FileKind::Shell);
    rollout::own_actions(cx.repo, commands, &ways).into_iter().find(script)
}

/// A file, a folder or a script of that name.
fn named(cx: &Context<'_>) -> Option<Place> {
    let in_use = |file: &&File| !matches!(file.role, Role::Vendored | Role::Generated | Role::Docs | Role::Example);
    let file = cx.repo.files().iter().filter(in_use).find(|file| {
        let path = file.path.as_str().to_ascii_lowercase();
        file.is_text()
            && path.split(['/', '.', '-', '_']).any(|word| matches!(word, "smoke" | "smoketest" | "smoketests"))
    });
    let script = || {
        let mut commands = cx.facts.commands(cx.repo).iter();
        commands
            .find(|used| used.stage == Stage::PackageScript && used.name.contains("smoke"))
            .map(crate::facts::commands::CommandUse::place)
    };
    file.map(|file| Place::File(file.id)).or_else(script)
}

/// A job, a step, a test or a tag that calls itself so.
fn said(cx: &Context<'_>) -> Option<Place> {
    let asked = |file: &&File| {
        matches!(
            file.kind,
            FileKind::Workflow | FileKind::GitlabCi | FileKind::OtherCi | FileKind::Shell | FileKind::TaskRunner
        ) || file.role == Role::Test && file.kind == FileKind::Code
    };
    cx.repo.files().iter().filter(asked).find_map(|file| {
        let text = cx.repo.read(file.id).ok()?;
        let at = text.to_ascii_lowercase().find("smoke")?;
        // `smokey` and the like are somebody's data.
        let after = text[at + 5..].chars().next().is_none_or(|next| !next.is_alphabetic() || next == 'T');
        after.then(|| Place::At(file.id, Span::new(at, at + 5)))
    })
}

/// Tests in the browser that take the address from outside, so that they can be pointed at what was deployed.
fn aimed(cx: &Context<'_>) -> Option<Place> {
    let config = |name: &str| name.starts_with("playwright") || name.starts_with("cypress.config");
    cx.repo.files().iter().filter(|file| config(file.name())).find_map(|file| {
        let text = cx.repo.read(file.id).ok()?;
        let mut offset = 0;
        for line in text.split_inclusive('\n') {
            let takes = line.contains("process.env") && (line.contains("URL") || line.contains("baseUrl"));
            let local = line.contains("webServer");
            if takes && !local {
                return Some(Place::At(file.id, Span::new(offset, offset + line.trim_end().len())));
            }
            offset += line.len();
        }
        None
    })
}
