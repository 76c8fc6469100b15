//! `example-env-file-used`: services do not run with a template of their environment file.

use camino::Utf8Path;

use crate::{
    code::docker::Instruction,
    doc::Node,
    facts::{
        compose::{self, ComposeService, file_at, normalised},
        credentials::{
            self,
            stage::{self, Stage},
        },
        images,
    },
    model::{Evidence, Message, Place, Severity, Site, Verdict},
    repo::File,
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: ExampleEnvFileUsed = ExampleEnvFileUsed;

pub(in crate::rules) struct ExampleEnvFileUsed;

impl Rule for ExampleEnvFileUsed {
    fn id(&self) -> &'static str {
        "example-env-file-used"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        let all = compose::services(cx.repo);
        let stages = stage::of_each(cx.repo, &all);
        for service in &all {
            let stage = stages[&service.file.id];
            for (path, node) in env_files(service) {
                let place = Place::At(service.file.id, node.span);
                if !is_template(path) {
                    if stage.is_deployed() {
                        fine.push(Evidence::At { place, note: Message::new("own").with("path", path) });
                    }
                    continue;
                }
                let at = normalised(&service.file.folder().join(path));
                let template = file_at(cx.repo, &at).map(|id| cx.repo.file(id));
                sites.extend(template.and_then(|template| compose_site(cx, service, stage, place, template)));
            }
        }
        sites.extend(in_images(cx));
        Verdict::fail_or(sites, || Verdict::pass_or(fine, || Verdict::not_applicable("none")))
    }
}

/// The `env_file` entries of a service.
fn env_files<'r>(service: &ComposeService<'r>) -> Vec<(&'r str, &'r Node)> {
    let Some(node) = service.node.get("env_file") else { return Vec::new() };
    let items: Vec<&Node> = if node.is_list() { node.items().iter().collect() } else { vec![node] };
    items.into_iter().filter_map(|item| Some((item.text().or_else(|| item.get("path")?.text())?, item))).collect()
}

fn is_template(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    name.contains("env")
        && name.split(['.', '-', '_']).any(|word| matches!(word, "example" | "sample" | "template" | "dist" | "tmpl"))
}

fn compose_site(
    cx: &Context<'_>,
    service: &ComposeService<'_>,
    stage: Stage,
    place: Place,
    file: &File,
) -> Option<Site> {
    let severity = match stage {
        Stage::Production | Stage::Unsaid => weight(cx, file),
        Stage::Development | Stage::Test | Stage::Example => return None,
    };
    let message = Message::new("compose").with("service", service.name).with("path", file.path.as_str());
    Some(Site::new(place, message).severity(severity).key(service.name))
}

/// A template without secrets sets nothing that would have to be secret.
fn weight(cx: &Context<'_>, file: &File) -> Severity {
    let text = cx.repo.read(file.id).unwrap_or_else(|_| "".into());
    let secret = text.lines().filter_map(|line| line.trim_start().split_once('=')).any(|(name, value)| {
        let value = value.trim().trim_matches(['"', '\'']);
        !value.is_empty() && (credentials::names_credential(name.trim()) || credentials::has_userinfo(value))
    });
    if secret { Severity::High } else { Severity::Low }
}

/// Images that copy a template to where their program reads its environment.
fn in_images(cx: &Context<'_>) -> Vec<Site> {
    let mut sites = Vec::new();
    for file in images::dockerfiles(cx.repo).filter(|file| !images::is_helper(file)) {
        let Some(dockerfile) = cx.repo.dockerfile(file.id) else { continue };
        let Some(stage) = dockerfile.final_stage() else { continue };
        for stage in dockerfile.stage_chain(stage) {
            for one in &stage.instructions {
                if let Some(source) = copied_template(one) {
                    let context = images::context_of(cx.repo, file);
                    let severity = file_at(cx.repo, &normalised(&context.join(source)))
                        .map_or(Severity::High, |id| weight(cx, cx.repo.file(id)));
                    let message = Message::new("image").with("path", source);
                    sites.push(Site::new(Place::At(file.id, one.span), message).severity(severity).key(source));
                }
            }
        }
    }
    sites
}

/// `COPY .env.example .env`, `RUN cp .env.example .env`.
fn copied_template(one: &Instruction) -> Option<&str> {
    let becomes_real = |target: &str| {
        let name = Utf8Path::new(target).file_name().unwrap_or_default();
        name.starts_with(".env") && !is_template(name)
    };
    match one.keyword.as_str() {
        "COPY" | "ADD" => {
            let [source, target] = one.arguments.as_slice() else { return None };
            (is_template(&source.text) && becomes_real(&target.text)).then_some(source.text.as_str())
        }
        "RUN" => one.arguments.windows(3).find_map(|words| {
            let [program, source, target] = words else { return None };
            let copies = matches!(program.text.as_str(), "cp" | "mv");
            (copies && is_template(&source.text) && becomes_real(&target.text)).then_some(source.text.as_str())
        }),
        _ => None,
    }
}
