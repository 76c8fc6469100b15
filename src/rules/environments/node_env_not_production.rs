//! `node-env-not-production`: images of Node.js run with `NODE_ENV=production`.

use crate::{
    code::docker::Base,
    doc::Node,
    facts::{
        Fact,
        images::{self, Image, images},
        tier,
    },
    model::{Confidence, Evidence, Message, Place, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: NodeEnvNotProduction = NodeEnvNotProduction;

pub(in crate::rules) struct NodeEnvNotProduction;

impl Rule for NodeEnvNotProduction {
    fn id(&self) -> &'static str {
        "node-env-not-production"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let images = images(cx.repo, cx.facts.commands(cx.repo));
        let (mut sites, mut fine, mut open) = (Vec::new(), Vec::new(), false);
        for image in images.iter().filter(|image| is_node(image) && !images::is_development(image.file)) {
            match judge(cx, image) {
                Set::Fine(evidence) => fine.push(evidence),
                Set::Other(site) => sites.push(*site),
                Set::Unknown => open = true,
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if sites.is_empty() {
            let otherwise = || if open { Verdict::unknown("open") } else { Verdict::not_applicable("no-node") };
            return Verdict::pass_or(fine, otherwise).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-node")).also_fine(fine).sites(total, ok)
    }
}

enum Set {
    Fine(Evidence),
    Other(Box<Site>),
    Unknown,
}

/// Whether Node.js itself runs in the stage that is started.
fn is_node(image: &Image<'_>) -> bool {
    let Base::Image(name) = image.dockerfile.root_base(image.stage) else { return false };
    let last = images::image_name(name);
    last == "node" || last.starts_with("nodejs")
}

fn judge(cx: &Context<'_>, image: &Image<'_>) -> Set {
    let production = |text: &str| matches!(text, "production" | "prod" | "staging");
    let note = |by: &str| Message::new("fine").with("by", by);
    // Whoever starts it has the last word.
    for service in image.built_by.iter().chain(&image.run_by).filter(|service| !images::is_development(service.file)) {
        match tier::environment(service.node, "NODE_ENV") {
            Some(text) if production(text) || text.contains("production") => {
                return Set::Fine(Evidence::At { place: service.place(), note: note("Compose") });
            }
            None if service.node.get("env_file").is_some() => return Set::Unknown,
            _ => {}
        }
    }
    let listed = image.containers.iter().find_map(|container| {
        let variables = container.node.get("env").map(Node::items).unwrap_or_default();
        let one = variables.iter().find(|one| one.get("name").and_then(Node::text) == Some("NODE_ENV"))?;
        Some(Place::At(container.file.id, one.span))
    });
    if let Some(place) = listed {
        return Set::Fine(Evidence::At { place, note: note("Kubernetes") });
    }
    if image.containers.iter().any(|container| container.node.get("envFrom").is_some()) {
        return Set::Unknown;
    }
    if let Some(pair) = image.dockerfile.env(image.stage, "NODE_ENV") {
        let text = pair.value.as_ref().map_or("", |value| value.text.as_str());
        let place = image.place(pair.span);
        return match text {
            text if production(text) => Set::Fine(Evidence::At { place, note: note("ENV") }),
            text if text.contains('$') => Set::Unknown,
            text => Set::Other(Box::new(
                Site::new(place, Message::new("other").with("value", text))
                    .key("NODE_ENV")
                    .confidence(Confidence::Likely),
            )),
        };
    }
    by_start(cx, image)
}

/// Frameworks whose start command sets it, and commands that set it themselves.
fn by_start(cx: &Context<'_>, image: &Image<'_>) -> Set {
    let Some(launch) = image.launch(cx.repo) else { return Set::Unknown };
    let words = launch.words.join(" ");
    let script = crate::code::shell::commands(&words)
        .iter()
        .find_map(|command| command.package_script().map(str::to_owned))
        .and_then(|name| {
            let mut manifests = image.component.manifests(cx.repo);
            manifests.find_map(|manifest| manifest.script(&name).map(|script| script.command.clone()))
        });
    let text = script.as_deref().unwrap_or(&words);
    // An image that starts with a reloading command or a script for development is a developer's.
    let (entry, command) = image.start();
    let started = entry.into_iter().chain(command).flat_map(|one| &one.arguments).map(|word| word.text.as_str());
    let mut parts = started.chain([text]).flat_map(|text| text.split(['.', '-', '_', ':', '/', ' ']));
    if parts.any(|part| matches!(part, "dev" | "develop" | "development" | "watch" | "nodemon")) {
        return Set::Unknown;
    }
    let sets = [
        "NODE_ENV=production",
        "next start",
        "nuxt start",
        "nest start --prod",
        ".output/server",
        "remix-serve",
        "react-router-serve",
        "medusa start",
        "strapi start",
        "vite preview",
    ]
    .iter()
    .any(|sign| text.contains(sign));
    // The server that Next.js puts into its standalone output sets it in its first lines.
    let standalone = cx.repo.dependency(image.component.id, "next").is_some() && text.contains("server.js");
    if sets || standalone {
        return Set::Fine(Evidence::At {
            place: launch.place,
            note: Message::new("fine").with("by", "the start command"),
        });
    }
    // Another program than Node.js may set it, and so may a script that starts a further one.
    let commands = crate::code::shell::commands(text);
    let last = commands.iter().rfind(|command| !command.words.is_empty());
    let name = last.and_then(|command| command.words.first()).map_or("", |word| word.text.as_str());
    let plain = matches!(name.rsplit('/').next(), Some("node" | "ts-node" | "tsx"));
    if !plain || launch.handover == images::start::Handover::Unknown {
        return Set::Unknown;
    }
    Set::Other(Box::new(Site::new(image.anchor(), "missing").key("NODE_ENV").confidence(Confidence::Likely)))
}
