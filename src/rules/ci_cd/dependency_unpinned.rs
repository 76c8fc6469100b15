//! `dependency-unpinned`: an install gives the same versions today and tomorrow.

use crate::{
    code::shell::Command,
    facts::{
        Fact,
        commands::{CommandUse, Stage},
        images::is_helper,
    },
    model::{Evidence, Message, Place, Severity, Site, Verdict},
    repo::{Dependency, Ecosystem, FileKind, Manifest, Repo},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: DependencyUnpinned = DependencyUnpinned;

pub(in crate::rules) struct DependencyUnpinned;

/// Files that fix every version of a Python environment.
const LOCKS: &[&str] =
    &["uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml", "requirements.lock", "constraints.txt"];

impl Rule for DependencyUnpinned {
    fn id(&self) -> &'static str {
        "dependency-unpinned"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let (mut sites, mut fine, mut total) = (Vec::new(), Vec::new(), 0);
        for manifest in cx.repo.manifests().iter().filter(|manifest| is_deployed(cx.repo, manifest)) {
            let open: Vec<&Dependency> =
                manifest.dependencies.iter().filter(|dependency| is_open(dependency)).collect();
            total += manifest.dependencies.len();
            if open.is_empty() {
                if let Some(first) = manifest.dependencies.first() {
                    let note = Message::new("pinned").count("n", manifest.dependencies.len());
                    fine.push(Evidence::At { place: Place::At(manifest.file, first.span), note });
                }
                continue;
            }
            for dependency in open {
                let place = Place::At(manifest.file, dependency.span);
                let version = dependency.version.as_deref().unwrap_or_default();
                let message = if version.is_empty() {
                    Message::new("any")
                } else {
                    Message::new("lower").with("version", version)
                };
                let message = message.with("name", dependency.name.as_str());
                sites.push(Site::new(place, message).key(dependency.name.as_str()));
            }
        }
        for used in cx.facts.commands(cx.repo).iter().filter(|used| {
            let left = crate::facts::images::left_over::is(cx.repo, cx.repo.file(used.file));
            used.role.is_operational() && !in_helper(cx.repo, used) && !left
        }) {
            for (name, place) in tools(used) {
                total += 1;
                let message = Message::new("tool").with("name", name.as_str());
                let site = Site::new(place, message).key(name);
                sites.push(if used.stage == Stage::Workflow { site.severity(Severity::Low) } else { site });
            }
        }
        let ok = total - sites.len().min(total);
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("none")).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("none")).also_fine(fine).sites(total, ok)
    }
}

/// The requirement file of something that is installed to run, with no lock beside it.
fn is_deployed(repo: &Repo, manifest: &Manifest) -> bool {
    let file = repo.file(manifest.file);
    let name = file.path.as_str().to_ascii_lowercase();
    let development = ["dev", "test", "doc", "lint", "ci", "local", "example", "build", "tool"].iter().any(|word| {
        name.split(|char: char| !char.is_ascii_alphanumeric()).any(|part| part.trim_end_matches('s') == *word)
    });
    let locked =
        manifest.folder.ancestors().any(|folder| LOCKS.iter().any(|name| repo.by_path(&folder.join(name)).is_some()));
    let component = repo.component(file.component);
    // What a person writes and a tool then fixes in a file beside it.
    let compiled = repo.manifests().iter().any(|other| {
        other.file != manifest.file
            && other.folder == manifest.folder
            && repo.file(other.file).kind == FileKind::Requirements
            && other.dependencies.len() >= manifest.dependencies.len()
            && !other.dependencies.iter().any(is_open)
    });
    manifest.ecosystem == Ecosystem::Python
        && file.kind == FileKind::Requirements
        && file.role.is_operational()
        && component.kind.is_deployable()
        && !development
        && !locked
        && !compiled
        && file.path.extension() != Some("in")
}

/// No version, or one that only grows.
fn is_open(dependency: &Dependency) -> bool {
    let Some(version) = dependency.version.as_deref().map(str::trim).filter(|version| !version.is_empty()) else {
        return true;
    };
    let bounded = version.contains("==")
        || version.contains('<')
        || version.contains("~=")
        || version.contains('@')
        || version.contains("://");
    !bounded && (version.starts_with('>') || version == "*")
}

/// Tools that an image or a workflow installs without a version.
fn tools(used: &CommandUse) -> Vec<(String, Place)> {
    if !matches!(used.stage, Stage::ImageBuild | Stage::Workflow) || used.command.context.function {
        return Vec::new();
    }
    let Some(program) = used.command.program() else { return Vec::new() };
    let words = program.arguments;
    let first = words.first().map(|word| word.text.as_str()).unwrap_or_default();
    let python = matches!(program.name, "pip" | "pip3") && first == "install" && fixes_nothing(&used.command);
    let node = program.name == "npm"
        && matches!(first, "install" | "i" | "add")
        && words.iter().any(|word| matches!(word.text.as_str(), "-g" | "--global"));
    if !python && !node {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut skip = false;
    for word in &words[1..] {
        let text = word.text.as_str();
        if std::mem::take(&mut skip) {
            continue;
        }
        skip = matches!(
            text,
            "-i" | "--index-url"
                | "--extra-index-url"
                | "-f"
                | "--find-links"
                | "--target"
                | "-t"
                | "--prefix"
                | "--registry"
                | "--cache-dir"
                | "--root-user-action"
                | "--python-version"
                | "--platform"
                | "--timeout"
        );
        let plain = !text.starts_with(['-', '.', '/', '$'])
            && !word.dynamic
            && !text.contains(['/', ':', '=', '<', '>', '~', '*'])
            || node && text.starts_with('@');
        let own = ["pip", "setuptools", "wheel", "npm"].contains(&text);
        let tag = text.get(1..).and_then(|rest| rest.rsplit_once('@')).map(|(_, tag)| tag);
        let open = match tag {
            Some(tag) if node => matches!(tag, "latest" | "next"),
            Some(_) => false,
            None => true,
        };
        if plain && !own && open && !skip && !matches!(text.rsplit('.').next(), Some("whl" | "txt")) {
            found.push((text.to_owned(), Place::At(used.file, word.span)));
        }
    }
    found
}

/// An image that only builds, tests or develops.
fn in_helper(repo: &Repo, used: &CommandUse) -> bool {
    let file = repo.file(used.file);
    used.stage == Stage::ImageBuild && (is_helper(file) || file.path.starts_with(".github"))
}

/// No requirement or constraint file decides the versions.
fn fixes_nothing(command: &Command) -> bool {
    !command.words.iter().any(|word| {
        matches!(
            word.text.as_str(),
            "-r" | "--requirement" | "-c" | "--constraint" | "-e" | "--editable" | "--no-index" | "-f" | "--find-links"
        )
    })
}
