//! What switches a mode for development on in images, Compose files, manifests and files of variables.

use crate::{
    doc::Node,
    facts::{
        compose::{self, Stage},
        images::{self, Image, images},
        tier::{self, Tier},
    },
    model::{Confidence, Message, Place, Site, Span},
    repo::{File, FileKind, Repo},
    rule::Context,
};

/// Variables that switch such a mode on.
const SWITCHES: [&str; 4] = ["DEBUG", "APP_DEBUG", "FLASK_DEBUG", "DJANGO_DEBUG"];

/// Variables that say how much is logged.
const LEVELS: [&str; 3] = ["LOG_LEVEL", "LOGLEVEL", "LOGGING_LEVEL"];

/// Programs that look for changed sources when they are given `--reload`.
const RELOADERS: [&str; 5] = ["uvicorn", "gunicorn", "hypercorn", "granian", "fastapi"];

pub(super) fn sites(cx: &Context<'_>) -> Vec<Site> {
    let mut sites = in_images(cx);
    sites.extend(in_compose(cx));
    let files = cx.repo.files().iter().filter(|file| file.role.is_operational());
    sites.extend(files.flat_map(|file| in_document(cx.repo, file)));
    sites
}

fn is_on(text: &str) -> bool {
    matches!(text.trim_matches(['"', '\'']).to_ascii_lowercase().as_str(), "true" | "1" | "yes" | "on" | "*")
}

fn is_off(text: &str) -> bool {
    matches!(text.trim_matches(['"', '\'']).to_ascii_lowercase().as_str(), "false" | "0" | "no" | "off")
}

/// Whether a variable of this name and value switches a mode for development on.
fn switches_on(name: &str, value: &str) -> bool {
    SWITCHES.contains(&name) && is_on(value) || name == "FLASK_ENV" && value == "development"
}

fn logs_all(name: &str, value: &str) -> bool {
    LEVELS.contains(&name) && matches!(value.to_ascii_lowercase().as_str(), "debug" | "trace" | "silly")
}

fn variable(place: Place, name: &str, value: &str) -> Site {
    Site::new(place, Message::new("variable").with("name", name).with("value", value)).key(name)
}

fn in_images(cx: &Context<'_>) -> Vec<Site> {
    let all = images(cx.repo, cx.facts.commands(cx.repo));
    let mut sites = Vec::new();
    for image in all.iter().filter(|image| !images::is_development(image.file)) {
        for name in SWITCHES.iter().chain(&["FLASK_ENV"]) {
            let Some(pair) = image.dockerfile.env(image.stage, name) else { continue };
            let Some(value) = pair.value.as_ref().map(|value| value.text.as_str()) else { continue };
            if switches_on(name, value) && !is_reset(image, name) {
                sites.push(variable(image.place(pair.span), name, value).confidence(Confidence::Likely));
            }
        }
        sites.extend(reloads(cx.repo, &all, image));
    }
    sites
}

/// Whether whoever runs the image sets the variable again.
fn is_reset(image: &Image<'_>, name: &str) -> bool {
    let services = image.built_by.iter().chain(&image.run_by);
    services.filter(|service| !images::is_development(service.file)).any(|service| {
        tier::environment(service.node, name).is_some_and(|value| !is_on(value))
            || service.node.get("env_file").is_some()
    }) || image.containers.iter().any(|container| {
        let variables = container.node.get("env").map(Node::items).unwrap_or_default();
        variables.iter().any(|one| one.get("name").and_then(Node::text) == Some(name))
    })
}

/// The start of an image that looks for changed sources, when nothing says that the image is a developer's.
fn reloads(repo: &Repo, all: &[Image<'_>], image: &Image<'_>) -> Option<Site> {
    let launch = image.launch(repo)?;
    let program = |word: &String| {
        let name = word.rsplit('/').next().unwrap_or_default();
        RELOADERS.contains(&name)
    };
    launch.words.iter().find(|word| program(word))?;
    let option = launch.words.iter().find(|word| matches!(word.as_str(), "--reload" | "--reload=true"))?;
    // Another image of the same component is the one that is deployed; a service may start it in its own way.
    let others = all.iter().filter(|other| other.component.id == image.component.id).count() > 1;
    let services: Vec<_> = image.built_by.iter().chain(&image.run_by).collect();
    let own = services.iter().any(|service| {
        service.node.get("command").is_some()
            || service.node.get("entrypoint").is_some()
            || tier::is_development_service(service.node)
    });
    (!others && !own && image.containers.is_empty()).then(|| {
        let message = Message::new("reload").with("option", option.as_str());
        Site::new(launch.place, message).confidence(Confidence::Likely)
    })
}

fn in_compose(cx: &Context<'_>) -> Vec<Site> {
    let mut sites = Vec::new();
    for project in compose::projects(cx.repo, cx.facts) {
        for service in project.applications().filter(|service| project.stage_of(service) == Stage::Production) {
            for one in service.environment() {
                let Some(value) = one.value.as_ref().filter(|value| value.is_known()) else { continue };
                if tier::of_path(&one.file.path) != Tier::Development
                    && (switches_on(one.name, &value.text)
                        || logs_all(one.name, &value.text) && is_production(one.file))
                {
                    sites.push(variable(one.place.clone(), one.name, &value.text));
                }
            }
        }
    }
    sites
}

fn is_production(file: &File) -> bool {
    tier::of_path(&file.path) == Tier::Production
}

/// Manifests, files of platforms, and files of variables for production.
fn in_document(repo: &Repo, file: &File) -> Vec<Site> {
    let tier = tier::of_path(&file.path);
    let looked_at = match file.kind {
        FileKind::Env => tier == Tier::Production,
        FileKind::Kubernetes | FileKind::Kustomize | FileKind::HelmValues | FileKind::Platform => {
            matches!(tier, Tier::Production | Tier::Unnamed) && !images::is_development(file)
        }
        _ => false,
    };
    let Some(doc) = repo.doc(file.id).filter(|_| looked_at) else { return Vec::new() };
    let mut sites = Vec::new();
    let mut judge = |name: &str, value: &str, span: Span| {
        if switches_on(name, value) || logs_all(name, value) && tier == Tier::Production {
            sites.push(variable(Place::At(file.id, span), name, value));
        }
    };
    for (_, node) in doc.documents.iter().flat_map(Node::walk) {
        for entry in node.entries() {
            if let Some(value) = entry.value.text() {
                judge(&entry.key, value, entry.span());
            }
        }
        let name = node.get("name").or_else(|| node.get("key")).and_then(Node::text);
        if let (Some(name), Some(value)) = (name, node.get("value").and_then(Node::text)) {
            judge(name, value, node.span);
        }
    }
    sites
}

/// Whether a file of the deployment or a template of variables switches `name` off.
pub(super) fn is_switched_off(repo: &Repo, name: &str) -> bool {
    let kinds = |file: &&File| {
        file.role.is_operational()
            && matches!(
                file.kind,
                FileKind::Dockerfile
                    | FileKind::Compose
                    | FileKind::Kubernetes
                    | FileKind::HelmValues
                    | FileKind::HelmTemplate
                    | FileKind::Platform
                    | FileKind::Env
                    | FileKind::EnvExample
                    | FileKind::Terraform
            )
    };
    repo.files().iter().filter(kinds).filter_map(|file| repo.read(file.id).ok()).any(|text| {
        text.lines().any(|line| {
            let Some((_, rest)) = line.split_once(name) else { return false };
            let rest = rest.trim_start_matches(['"', '\'', ' ', '=', ':']);
            let value = rest.split([' ', '"', '\'', '}', ',']).next().unwrap_or_default();
            is_off(value) || rest.starts_with('-') && is_off(rest.trim_start_matches('-').trim_end_matches('}'))
        })
    })
}
