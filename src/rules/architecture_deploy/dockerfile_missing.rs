//! `dockerfile-missing`: every deployable service has a container image definition, unless it is shipped another way.

use camino::Utf8Path;

use crate::{
    code::docker::Dockerfile,
    facts::{Fact, deployment, images},
    model::{Evidence, Message, Place, Site, Span, Verdict},
    repo::{ComponentKind, File, FileKind, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: DockerfileMissing = DockerfileMissing;

pub(in crate::rules) struct DockerfileMissing;

impl Rule for DockerfileMissing {
    fn id(&self) -> &'static str {
        "dockerfile-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands, Fact::Pipelines]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let broken = missing_in_pipeline(cx);
        if !broken.is_empty() {
            return Verdict::fail_or(broken, || Verdict::not_applicable("not-deployed"));
        }
        if !cx.component.kind.is_deployable() {
            return Verdict::not_applicable(about("not-deployed", cx));
        }
        if let Some(evidence) = packed(cx) {
            return evidence;
        }
        match shipped_otherwise(cx) {
            Some(reason) => reason,
            None => absent(cx),
        }
    }
}

fn about(key: &'static str, cx: &Context<'_>) -> Message {
    Message::new(key).with("kind", cx.component.kind.name()).with("name", cx.component.name.as_str())
}

/// A pass when an image packs this component.
fn packed(cx: &Context<'_>) -> Option<Verdict> {
    let dockerfiles: Vec<_> = images::dockerfiles(cx.repo).filter(|file| !images::is_helper(file)).collect();
    let mut evidence = Vec::new();
    for file in &dockerfiles {
        let Some(dockerfile) = cx.repo.dockerfile(file.id) else { continue };
        if images::packed(cx.repo, file).id == cx.component.id {
            let span = dockerfile.final_stage().map(images::from_span);
            let place = span.map_or(Place::File(file.id), |span| Place::At(file.id, span));
            evidence.push(Evidence::At { place, note: Message::new("has").with("name", cx.component.name.as_str()) });
            continue;
        }
        if let Some(span) = own_sources(cx, file, dockerfile) {
            let note = Message::new("has").with("name", cx.component.name.as_str());
            evidence.push(Evidence::At { place: Place::At(file.id, span), note });
            continue;
        }
        if let Some(span) = images::copies(dockerfile, &cx.component.path) {
            let note = Message::new("shared").with("path", cx.component.path.as_str());
            evidence.push(Evidence::At { place: Place::At(file.id, span), note });
            continue;
        }
        if let Some(span) = images::names_in_commands(cx.repo, cx.facts.commands(cx.repo), file, cx.component) {
            let note = Message::new("has").with("name", cx.component.name.as_str());
            evidence.push(Evidence::At { place: Place::At(file.id, span), note });
        }
    }
    if evidence.is_empty() {
        evidence.extend(packed_as_part(cx, &dockerfiles));
    }
    (!evidence.is_empty()).then(|| Verdict::pass_or(evidence, || absent(cx)))
}

/// Where a Dockerfile beside this component's manifest copies a folder of its sources, whatever else it packs.
fn own_sources(cx: &Context<'_>, file: &File, dockerfile: &Dockerfile) -> Option<Span> {
    let folder = cx.component.folder();
    let context = images::context_of(cx.repo, file);
    let mut copies = dockerfile
        .stages
        .iter()
        .flat_map(|stage| stage.all("COPY"))
        .filter(|copy| file.folder() == folder && copy.flag("from").is_none());
    let copy = copies.find(|copy| {
        let sources = &copy.arguments[..copy.arguments.len().saturating_sub(1)];
        sources.iter().any(|word| {
            let path = crate::facts::compose::normalised(&context.join(&word.text));
            let below = cx.repo.files_below(&path).iter();
            let mut code = below.filter(|one| one.kind == FileKind::Code && one.role == Role::Source);
            code.any(|one| one.component == cx.component.id)
        })
    })?;
    Some(copy.span)
}

/// The image of another component of the workspace that has this one among its dependencies.
fn packed_as_part(cx: &Context<'_>, dockerfiles: &[&File]) -> Option<Evidence> {
    dockerfiles.iter().find_map(|file| {
        let owner = images::packed(cx.repo, file);
        let (manifest, dependency) = cx.repo.dependency(owner.id, &cx.component.name)?;
        let note = Message::new("has").with("name", cx.component.name.as_str());
        (owner.id != cx.component.id && owner.kind.is_deployable())
            .then_some(Evidence::At { place: Place::At(manifest.file, dependency.span), note })
    })
}

/// Why this component needs no image, or why nobody can tell.
fn shipped_otherwise(cx: &Context<'_>) -> Option<Verdict> {
    if let Some(method) = &cx.config.deploy_method {
        return Some(Verdict::not_applicable(Message::new("declared").with("method", method.as_str())));
    }
    let ways = deployment::ways(cx.repo, cx.facts.commands(cx.repo));
    if let Some((platform, _)) = deployment::source_platform(&ways, cx.repo, cx.component) {
        return Some(Verdict::not_applicable(Message::new("platform").with("platform", platform)));
    }
    let root = cx.component.path == "." || cx.component.path.as_str().is_empty();
    if let Some((platform, _)) = deployment::offered(cx.repo, cx.facts.commands(cx.repo)).filter(|_| root) {
        return Some(Verdict::not_applicable(Message::new("platform").with("platform", platform)));
    }
    if images::is_static_site(cx.repo, cx.component) {
        return Some(Verdict::not_applicable("static"));
    }
    if cx.repo.files().iter().any(|file| file.kind == FileKind::Terraform && file.role.is_operational()) {
        return Some(Verdict::unknown("infrastructure"));
    }
    // Whoever runs it takes the archive, and packs it or not.
    let packed = images::dockerfiles(cx.repo).next().is_some();
    if let Some((tool, path)) = deployment::released(cx.repo, cx.facts.pipelines(cx.repo)).filter(|_| root && !packed) {
        return Some(Verdict::unknown(Message::new("released").with("tool", tool).with("path", path)));
    }
    let zero_config = cx.component.kind == ComponentKind::WebApp;
    zero_config.then(|| {
        let framework = cx.component.profile.frameworks.first().map_or("a web framework", |framework| framework.name);
        Verdict::unknown(Message::new("zero-config").with("framework", framework))
    })
}

fn absent(cx: &Context<'_>) -> Verdict {
    let path = if cx.component.path == "." { "Dockerfile".into() } else { cx.component.path.join("Dockerfile") };
    let mut site = Site::new(Place::Missing(path), about("missing", cx)).key(cx.component.path.as_str());
    if let Some(reason) = cx.component.reasons.first() {
        site = site.related(reason.place.clone(), "server");
    }
    Verdict::fail(site, [])
}

/// Commands of this component's pipelines that build a Dockerfile which is not there.
fn missing_in_pipeline(cx: &Context<'_>) -> Vec<Site> {
    if cx.component.path != "." {
        return Vec::new();
    }
    cx.facts
        .commands(cx.repo)
        .iter()
        .filter_map(|used| {
            let program = used.command.program()?;
            let builds = program.name == "docker" && program.arguments.iter().any(|word| word.text == "build");
            let at = program.arguments.iter().position(|word| matches!(word.text.as_str(), "-f" | "--file"))?;
            let file = program.arguments.get(at + 1)?;
            let path = crate::facts::compose::normalised(Utf8Path::new(&file.text));
            let known = !file.dynamic && !file.text.contains(['$', '*']);
            let absent = cx.repo.by_path(&path).is_none() && !path.as_str().is_empty();
            (builds && known && absent && used.stage == crate::facts::commands::Stage::Workflow)
                .then(|| Site::new(used.place(), Message::new("pipeline").with("path", path.as_str())))
        })
        .collect()
}
