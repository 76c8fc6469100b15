//! `compose-healthcheck-missing`: Compose can tell whether stores and bare programs are healthy, by a check that can
//! run in their images.
//!
//! An image that is built here is judged by `dockerfile-healthcheck-missing`; whether a pulled one brings its own
//! check, the repository does not tell.

use crate::{
    code::docker::{Base, Dockerfile},
    facts::{
        Fact,
        compose::{Service, ServiceKind, has_own_healthcheck, projects},
        images::image_name,
    },
    model::{Confidence, Message, Severity, Site, Verdict},
    repo::Repo,
    rule::{Context, Rule},
    rules::compose::{Places, Weight, runs, weight},
};

pub(in crate::rules) static RULE: ComposeHealthcheckMissing = ComposeHealthcheckMissing;

pub(in crate::rules) struct ComposeHealthcheckMissing;

impl Rule for ComposeHealthcheckMissing {
    fn id(&self) -> &'static str {
        "compose-healthcheck-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let projects = projects(cx.repo, cx.facts);
        let mut places = Places::default();
        for project in &projects {
            let (key, severity) = match weight(cx.repo, &projects, project) {
                Weight::Full => ("missing", Severity::Medium),
                Weight::Low => ("missing-development", Severity::Low),
                Weight::None => continue,
            };
            let long_running = project
                .services
                .iter()
                .filter(|service| runs(project, service) && !service.is_one_shot() && !service.stands_for_another());
            for service in long_running {
                if let Some(place) = service.healthcheck() {
                    match absent_tool(cx.repo, service) {
                        Some(tool) => {
                            let message = Message::new("no-tool").with("service", service.name).with("tool", tool);
                            let site = Site::new(place, message).confidence(Confidence::Likely).key(service.name);
                            places.bad(site, severity);
                        }
                        None => places.fine(place, Message::new("checked").with("service", service.name)),
                    }
                    continue;
                }
                if let Some(place) = service.healthcheck_disabled() {
                    places.bad(Site::new(place, Message::new("disabled").with("service", service.name)), severity);
                } else if is_asked(service) {
                    let message = Message::new(key).with("service", service.name);
                    places.bad(Site::new(service.place(), message).key(service.name), severity);
                }
            }
        }
        places.verdict(|| Verdict::not_applicable("nothing-asked"))
    }
}

/// Images of languages, which bring no check, whatever program they run.
const LANGUAGES: [&str; 9] = ["node", "python", "ruby", "php", "golang", "openjdk", "eclipse-temurin", "bun", "deno"];

/// Whether nothing but Compose could check this service.
fn is_asked(service: &Service<'_>) -> bool {
    let image = service.image().unwrap_or_default();
    if service.is_built() || image.is_empty() || has_own_healthcheck(&image) {
        return false;
    }
    match service.kind {
        ServiceKind::Datastore(_) => true,
        ServiceKind::Application => LANGUAGES.contains(&image_name(&image)) && !service.ports().is_empty(),
        _ => false,
    }
}

/// The tool that a check calls and that the image's base is known not to bring.
fn absent_tool(repo: &Repo, service: &Service<'_>) -> Option<&'static str> {
    let (check, _) = service.at(&["healthcheck", "test"])?;
    let words: Vec<&str> = match check.as_str() {
        Some(text) => text.split_whitespace().collect(),
        None => check.items().iter().filter_map(crate::doc::Node::as_str).flat_map(str::split_whitespace).collect(),
    };
    let tool = ["curl", "wget"].into_iter().find(|tool| words.contains(tool))?;
    // A check with a second way of asking may find that one.
    if words.contains(&"||")
        && words.iter().filter(|word| matches!(**word, "curl" | "wget" | "node" | "python")).count() > 1
    {
        return None;
    }
    let Some(build) = &service.build else {
        return service.image().is_some_and(|image| lacks(&image, tool)).then_some(tool);
    };
    let dockerfile = repo.dockerfile(repo.by_path(&build.dockerfile)?.id)?;
    let stage = match &build.target {
        Some(target) => dockerfile.stage_by_name(target)?,
        None => dockerfile.final_stage()?,
    };
    let Base::Image(base) = dockerfile.root_base(stage) else { return None };
    (lacks(base, tool) && !installs(dockerfile, stage, tool)).then_some(tool)
}

/// Whether an official image of a language leaves the tool out: the slim ones both, the ones from Alpine `curl`.
fn lacks(image: &str, tool: &str) -> bool {
    let tag = image.rsplit_once(':').map_or("", |(_, tag)| tag);
    let official = matches!(image_name(image), "node" | "python" | "ruby") && !image.contains('/');
    official && (tag.contains("slim") || (tag.contains("alpine") && tool == "curl"))
}

/// Whether an instruction of the stage, or of one that it stands on, names the tool: it is installed or copied.
fn installs(dockerfile: &Dockerfile, stage: &crate::code::docker::Stage, tool: &str) -> bool {
    dockerfile.stage_chain(stage).into_iter().flat_map(|stage| &stage.instructions).any(|one| {
        matches!(one.keyword.as_str(), "RUN" | "COPY" | "ADD")
            && (one.arguments.iter().any(|word| word.text.contains(tool))
                || one.commands().iter().any(|command| command.words.iter().any(|word| word.text.contains(tool)))
                || !one.heredocs.is_empty())
    })
}
