//! `lockfile-missing`: what is installed is what was tested, because a lock file says so and is obeyed.

use camino::Utf8Path;

use crate::{
    facts::{
        Fact,
        commands::{CommandUse, Stage},
        images::is_helper,
    },
    model::{ComponentId, Evidence, Message, Place, Severity, Site, Span, Verdict},
    repo::{ComponentKind, DependencyGroup, Ecosystem, File, FileKind, Manifest, Repo, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: LockfileMissing = LockfileMissing;

pub(in crate::rules) struct LockfileMissing;

const NPM: &[&str] =
    &["package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb"];
const PYTHON: &[&str] = &["uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml", "requirements.lock"];

impl Rule for LockfileMissing {
    fn id(&self) -> &'static str {
        "lockfile-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        for manifest in cx.repo.manifests().iter().filter(|manifest| counts(cx.repo, manifest)) {
            let names = if manifest.ecosystem == Ecosystem::Npm { NPM } else { PYTHON };
            match lock(cx.repo, &manifest.folder, names) {
                Some(lock) => {
                    let note = Message::new("locked").with("file", lock.path.as_str());
                    let evidence = Evidence::At { place: Place::At(lock.id, Span::new(0, 1)), note };
                    if !fine.contains(&evidence) {
                        fine.push(evidence);
                    }
                }
                None => sites.push(Site::new(Place::At(manifest.file, Span::new(0, 1)), Message::new("missing"))),
            }
        }
        sites.extend(competing(cx.repo));
        sites.extend(cx.facts.commands(cx.repo).iter().filter_map(|used| ignores(cx.repo, used)));
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("no-applications"));
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-applications")).also_fine(fine)
    }
}

/// The manifest of something that is installed to run: no library, and no test's or example's.
fn counts(repo: &Repo, manifest: &Manifest) -> bool {
    let file = repo.file(manifest.file);
    let component = repo.component(file.component);
    let operational = matches!(file.role, Role::Source | Role::Config | Role::Script);
    let runtime = manifest.dependencies.iter().any(|dependency| dependency.group == DependencyGroup::Runtime);
    let kind = match manifest.ecosystem {
        Ecosystem::Npm => file.kind == FileKind::PackageJson,
        // Requirement files are judged by their versions.
        Ecosystem::Python => {
            let text = repo.read(manifest.file).unwrap_or_else(|_| "".into());
            file.name() == "Pipfile"
                || file.kind == FileKind::Pyproject
                    && (text.contains("[tool.poetry") || text.contains("[tool.uv") || text.contains("[tool.pdm"))
        }
        _ => false,
    };
    // A package for others carries templates rather than applications of its own.
    let root = repo.component(ComponentId::ROOT).kind;
    let template = !manifest.folder.as_str().is_empty() && matches!(root, ComponentKind::Cli | ComponentKind::Library);
    operational
        && runtime
        && kind
        && !template
        && component.kind.is_deployable()
        && component.folder() == manifest.folder
}

/// The lock file beside a manifest or above it, where workspaces keep theirs.
fn lock<'r>(repo: &'r Repo, folder: &Utf8Path, names: &[&str]) -> Option<&'r File> {
    folder.ancestors().find_map(|at| names.iter().find_map(|name| repo.by_path(&at.join(name))))
}

/// Lock files of two package managers in one folder: one of them is wrong.
fn competing(repo: &Repo) -> Vec<Site> {
    let mut found = Vec::new();
    for file in repo.files().iter().filter(|file| file.kind == FileKind::PackageJson && file.role.is_operational()) {
        let locks: Vec<&File> = ["package-lock.json", "pnpm-lock.yaml", "yarn.lock"]
            .iter()
            .filter_map(|name| repo.by_path(&file.folder().join(name)))
            .collect();
        if let [first, second, ..] = locks.as_slice() {
            let message = Message::new("competing").with("one", first.name()).with("other", second.name());
            found.push(Site::new(Place::At(second.id, Span::new(0, 1)), message).severity(Severity::Low));
        }
    }
    found
}

/// Whether an image installs in the folder that its build has just written: the manifest there was made by the build,
/// and the lock file beside it is that of the whole repository, so that `npm ci` would refuse them.
fn is_in_built_folder(repo: &Repo, used: &CommandUse) -> bool {
    let Some(dockerfile) = repo.dockerfile(used.file) else { return false };
    let place = used.command.span;
    dockerfile.stages.iter().filter(|stage| stage.span.contains(place)).any(|stage| {
        let before = stage.instructions.iter().take_while(|one| one.span.start <= place.start);
        let folder = before.filter(|one| one.keyword == "WORKDIR").last().and_then(|one| one.arguments.first());
        folder.is_some_and(|folder| {
            folder.text.split('/').any(|part| matches!(part, "dist" | "build" | ".output" | "out"))
        })
    })
}

/// `npm install` where `npm ci` would obey the lock file.
fn ignores(repo: &Repo, used: &CommandUse) -> Option<Site> {
    if !matches!(used.stage, Stage::ImageBuild | Stage::Workflow)
        || used.role == Role::Example
        || used.stage == Stage::ImageBuild && is_helper(repo.file(used.file))
    {
        return None;
    }
    let file = repo.file(used.file);
    repo.by_path(Utf8Path::new("package-lock.json"))
        .or_else(|| repo.by_path(&file.folder().join("package-lock.json")))?;
    let program = used.command.program().filter(|program| program.name == "npm")?;
    let words: Vec<&str> = program.arguments.iter().map(|word| word.text.as_str()).collect();
    let installs = matches!(words.first(), Some(&("install" | "i")));
    let whole = words[1.min(words.len())..].iter().all(|word| {
        word.starts_with("--")
            && !matches!(*word, "--global" | "--prefix" | "--no-save" | "--package-lock-only")
            && !word.starts_with("--prefix")
    });
    if !installs || !whole || used.command.before == Some(crate::code::shell::Operator::Or) {
        return None;
    }
    if used.stage == Stage::ImageBuild && is_in_built_folder(repo, used) {
        return None;
    }
    let site = Site::new(used.place(), "install");
    Some(if used.stage == Stage::Workflow { site.severity(Severity::Low) } else { site })
}
