//! `dockerfile-user-missing`: containers do not run as root.
//!
//! What runs is the final stage with what it inherits; who runs it may set another user, and so may the entry point.

use crate::{
    code::docker::{Base, Instruction},
    facts::{
        Fact,
        images::{Image, from_span, image_name, images},
    },
    model::{Evidence, FileId, Message, Place, Site, Verdict},
    repo::{FileKind, Repo},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: DockerfileUserMissing = DockerfileUserMissing;

pub(in crate::rules) struct DockerfileUserMissing;

impl Rule for DockerfileUserMissing {
    fn id(&self) -> &'static str {
        "dockerfile-user-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let images = images(cx.repo, cx.facts.commands(cx.repo));
        if images.is_empty() {
            return Verdict::not_applicable("no-images");
        }
        let (mut sites, mut fine, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
        for image in &images {
            match user_of(cx.repo, image) {
                User::Root(site) => sites.push(site),
                User::Other(evidence) => fine.push(evidence),
                User::Unknown(reason) => unknown.push(reason),
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if sites.is_empty()
            && let Some(reason) = unknown.into_iter().next()
        {
            return Verdict::unknown(reason);
        }
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("no-images")).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-images")).also_fine(fine).sites(total, ok)
    }
}

enum User {
    Root(Site),
    Other(Evidence),
    Unknown(Message),
}

fn user_of(repo: &Repo, image: &Image<'_>) -> User {
    if let Some(evidence) = set_from_outside(image).or_else(|| dropped(repo, image)) {
        return User::Other(evidence);
    }
    if let Some(instruction) = image.last("USER") {
        return by_instruction(image, instruction);
    }
    let base = match image.dockerfile.root_base(image.stage) {
        Base::Image(name) => name.clone(),
        Base::Unknown => "$".to_owned(),
        Base::Scratch | Base::Stage(_) => String::new(),
    };
    let anchor = image.place(from_span(image.stage));
    // Their entry points begin as root to own the data, and go on as a user of their own.
    if DROPPING.contains(&image_name(&base)) && is_library(&base) && image.last("ENTRYPOINT").is_none() {
        return User::Other(Evidence::At { place: anchor, note: Message::new("base").with("image", base) });
    }
    match base_user(&base) {
        BaseUser::Unprivileged => {
            User::Other(Evidence::At { place: anchor, note: Message::new("base").with("image", base) })
        }
        BaseUser::Root => User::Root(Site::new(anchor, "missing")),
        BaseUser::Unknown => User::Unknown(Message::new("unknown-base").with("image", base)),
    }
}

fn by_instruction(image: &Image<'_>, instruction: &Instruction) -> User {
    let user = instruction.arguments.first().map(|word| word.text.clone()).unwrap_or_default();
    let name = user.split(':').next().unwrap_or_default();
    let place = image.place(instruction.span);
    if matches!(name, "root" | "0") {
        return User::Root(Site::new(place, Message::new("root").with("user", user)));
    }
    User::Other(Evidence::At { place, note: Message::new("user").with("user", user) })
}

/// A Compose service that builds it, or the cluster, runs it as somebody else.
fn set_from_outside(image: &Image<'_>) -> Option<Evidence> {
    let compose = image.built_by.iter().find_map(|service| {
        let user = service.node.get("user")?.text()?;
        let name = user.split(':').next().unwrap_or_default();
        let note = || Message::new("compose").with("service", service.name).with("user", user);
        (!matches!(name, "root" | "0"))
            .then(|| service.place_of("user").map(|place| Evidence::At { place, note: note() }))?
    });
    compose.or_else(|| {
        image.containers.iter().find_map(|container| {
            let place = container.unprivileged()?;
            Some(Evidence::At { place, note: Message::new("kubernetes").with("name", container.name) })
        })
    })
}

/// Tools with which an entry point that starts as root hands over to another user.
const DROPPERS: [&str; 5] = ["su-exec", "gosu", "setpriv", "runuser", "s6-setuidgid"];

/// The entry point drops its privileges: in the image's own commands, or in a script that the image names.
fn dropped(repo: &Repo, image: &Image<'_>) -> Option<Evidence> {
    let start = ["ENTRYPOINT", "CMD"].into_iter().filter_map(|keyword| image.last(keyword));
    let commands: Vec<_> = start.flat_map(Instruction::commands).collect();
    let words: Vec<&str> = commands.iter().flat_map(|command| &command.words).map(|word| word.text.as_str()).collect();
    if let Some(tool) = DROPPERS.iter().find(|tool| words.iter().any(|word| word.rsplit('/').next() == Some(tool))) {
        return Some(Evidence::At { place: image.anchor(), note: Message::new("dropped").with("tool", *tool) });
    }
    let scripts: Vec<&str> =
        words.iter().filter_map(|word| word.rsplit('/').next()).filter(|name| !name.is_empty()).collect();
    let renamed = scripts.iter().filter_map(|name| copied_as(image, name));
    let scripts: Vec<&str> = renamed.chain(scripts.iter().copied()).collect();
    scripts.into_iter().filter_map(|name| script_named(repo, name)).find_map(|(file, text)| {
        let (at, tool) = DROPPERS.iter().find_map(|tool| Some((word_at(&text, tool)?, *tool)))?;
        let span = crate::model::Span::new(at, at + tool.len());
        Some(Evidence::At { place: Place::At(file, span), note: Message::new("dropped").with("tool", tool) })
    })
}

/// The name under which the repository keeps what the image starts as `name`: `COPY entry.sh $HOME/run.sh`.
fn copied_as<'i>(image: &Image<'i>, name: &str) -> Option<&'i str> {
    let chain = image.dockerfile.stage_chain(image.stage);
    chain.into_iter().flat_map(|stage| stage.all("COPY")).filter(|copy| copy.flag("from").is_none()).find_map(|copy| {
        let [source, target] = copy.arguments.as_slice() else { return None };
        let own = source.text.rsplit('/').next()?;
        (own != name && target.text.rsplit('/').next() == Some(name)).then_some(own)
    })
}

fn script_named(repo: &Repo, name: &str) -> Option<(FileId, std::sync::Arc<str>)> {
    let file = repo
        .files()
        .iter()
        .filter(|file| file.kind == FileKind::Shell || file.path.extension() == Some("sh"))
        .find(|file| file.path.file_name() == Some(name))?;
    Some((file.id, repo.read(file.id).ok()?))
}

/// Where `word` stands as a command of its own, outside comments.
fn word_at(text: &str, word: &str) -> Option<usize> {
    text.match_indices(word).map(|(at, _)| at).find(|&at| {
        let line = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let before = text[line..at].trim_start();
        let bounded = |char: Option<char>| char.is_none_or(|char| !char.is_alphanumeric() && char != '-');
        !before.starts_with('#')
            && bounded(text[..at].chars().next_back())
            && bounded(text[at + word.len()..].chars().next())
    })
}

/// Images of datastores whose entry points drop their privileges.
const DROPPING: [&str; 9] =
    ["postgres", "mysql", "mariadb", "mongo", "redis", "valkey", "rabbitmq", "cassandra", "memcached"];

enum BaseUser {
    Unprivileged,
    Root,
    Unknown,
}

/// Images whose documentation says that they run unprivileged, by a part of their name.
const UNPRIVILEGED: [&str; 8] = [
    "nonroot",
    "rootless",
    "unprivileged",
    "cgr.dev/chainguard/",
    "bitnami/",
    "registry.access.redhat.com/ubi8/nodejs",
    "registry.access.redhat.com/ubi9/nodejs",
    "selenium/",
];

/// Registries whose library images run as root unless their name says otherwise.
const PUBLIC: [&str; 6] =
    ["docker.io/", "ghcr.io/astral-sh/", "mcr.microsoft.com/", "gcr.io/distroless/", "public.ecr.aws/", "quay.io/"];

fn base_user(base: &str) -> BaseUser {
    if UNPRIVILEGED.iter().any(|part| base.contains(part)) {
        return BaseUser::Unprivileged;
    }
    let host = base.split('/').next().unwrap_or_default();
    let has_host = base.contains('/') && (host.contains('.') || host.contains(':'));
    let known = if has_host { PUBLIC.iter().any(|prefix| base.starts_with(prefix)) } else { is_library(base) };
    if known && !base.contains('$') { BaseUser::Root } else { BaseUser::Unknown }
}

/// An image of the registry's own library (`node:22`) or of a well-known builder of language runtimes.
fn is_library(base: &str) -> bool {
    !base.is_empty()
        && (!base.contains('/')
            || ["library/", "oven/", "denoland/", "tiangolo/", "amazoncorretto"]
                .iter()
                .any(|owner| base.starts_with(owner)))
}
