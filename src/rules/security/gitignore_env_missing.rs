//! `gitignore-env-missing`: git and the image build ignore environment files.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::{
    code::docker::{Base, Instruction, Stage},
    facts::images,
    model::{Evidence, FileId, Message, Place, Severity, Site, Span, Verdict},
    repo::{ComponentKind, FileKind, Repo, Role},
    rule::{Context, Out, Rule, Visit, Watch},
};

pub(in crate::rules) static RULE: GitignoreEnvMissing = GitignoreEnvMissing;

pub(in crate::rules) struct GitignoreEnvMissing;

/// Literals that show that settings come from environment files.
const LOADERS: [&str; 9] = [
    "dotenv",
    "env_file",
    "load_dotenv",
    "BaseSettings",
    "environs",
    "import.meta.env",
    "godotenv",
    "--env-file",
    READ_BY_FRAMEWORK,
];

/// Reads the environment; where a framework loads files into it, those of the developer.
const READ_BY_FRAMEWORK: &str = "process.env";
const LOADING_FRAMEWORKS: [&str; 5] = ["next", "react-scripts", "gatsby", "nuxt", "dotenv-flow"];

impl Rule for GitignoreEnvMissing {
    fn id(&self) -> &'static str {
        "gitignore-env-missing"
    }

    fn watch(&self) -> Watch {
        Watch::texts().keywords(&LOADERS).roles(&[Role::Source, Role::Config, Role::Script])
    }

    fn text(&self, file: &Visit<'_>, out: &mut Out<'_>) {
        let kinds = [FileKind::Compose, FileKind::GoMod, FileKind::PackageJson];
        let reads = file.file.language.is_some() || kinds.contains(&file.file.kind);
        let loads = |loader: &str| {
            file.text.contains(loader)
                && (loader != READ_BY_FRAMEWORK || file.repo.declared(&LOADING_FRAMEWORKS).is_some())
        };
        if reads && LOADERS.iter().any(|loader| loads(loader)) {
            out.note(Place::File(file.file.id), "no-env");
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let files = cx.repo.files();
        let is_env = |kind| matches!(kind, FileKind::Env | FileKind::EnvExample);
        let has_env = files.iter().any(|file| is_env(file.kind) && file.role.is_operational());
        let published = |kind| matches!(kind, ComponentKind::Library | ComponentKind::Cli | ComponentKind::Package);
        let only_published = cx.repo.components().iter().all(|component| published(component.kind));
        if !has_env && (cx.seen.is_empty() || only_published) {
            return Verdict::not_applicable("no-env");
        }
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        match ignored(cx) {
            Ok(evidence) => fine.push(evidence),
            Err(site) => sites.push(*site),
        }
        for copied in copies_all(cx.repo) {
            match copied {
                Ok(evidence) => fine.push(evidence),
                Err(site) => sites.push(*site),
            }
        }
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("no-env"));
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-env")).also_fine(fine)
    }
}

/// Names that hold secrets: `.env`; where a framework keeps shared defaults in a committed `.env`, the local one.
fn names(cx: &Context<'_>) -> &'static [&'static str] {
    match cx.repo.declared(&FRONT_ENDS) {
        Some(_) if ignoring(cx.repo, ".env").is_none() && ignoring(cx.repo, ".env.local").is_some() => &[".env.local"],
        Some(_) => &[".env", ".env.local"],
        None => &[".env"],
    }
}

/// The frameworks that read `.env.local`.
const FRONT_ENDS: [&str; 8] =
    ["next", "vite", "react-scripts", "nuxt", "@sveltejs/kit", "astro", "gatsby", "dotenv-flow"];

/// Whether the local file is kept out of git by the folder of every front end that reads it, and none lies at the root.
fn ignored_below(cx: &Context<'_>, name: &str) -> bool {
    let mut folders = cx
        .repo
        .manifests()
        .iter()
        .filter(|manifest| FRONT_ENDS.iter().any(|framework| manifest.dependency(framework).is_some()));
    let below = |folder: &Utf8Path| !folder.as_str().is_empty() && cx.repo.ignores(&folder.join(name));
    name == ".env.local" && folders.all(|manifest| below(&manifest.folder))
}

fn ignored(cx: &Context<'_>) -> Result<Evidence, Box<Site>> {
    let gitignore = cx.repo.by_path(Utf8Path::new(".gitignore"));
    let Some(file) = gitignore else {
        return Err(Box::new(Site::new(Place::Missing(".gitignore".into()), "no-gitignore")));
    };
    for (index, name) in names(cx).iter().enumerate() {
        if ignoring(cx.repo, name).is_some() || ignored_below(cx, name) {
            continue;
        }
        let message = |key| Message::new(key).with("file", *name);
        if let Some(span) = negation(cx.repo, file.id, name) {
            return Err(Box::new(Site::new(Place::At(file.id, span), message("negated")).key(*name)));
        }
        let first = first_pattern(cx.repo, file.id);
        let site = Site::new(Place::At(file.id, first), message("missing")).key(*name);
        // Whoever is told of one file only makes that one.
        let severity = if is_told_of(cx.repo, name) { Severity::Medium } else { Severity::Low };
        return Err(Box::new(if index == 0 { site } else { site.severity(severity) }));
    }
    let first = names(cx)[0];
    let evidence = ignoring(cx.repo, first)
        .map(|(place, _)| Evidence::At { place, note: Message::new("ignores").with("file", first) });
    evidence.ok_or_else(|| Box::new(Site::new(Place::File(file.id), "no-gitignore")))
}

/// Whether a document or a script of the repository names the file.
fn is_told_of(repo: &Repo, name: &str) -> bool {
    let tells = |file: &&crate::repo::File| {
        (file.role.is_operational() || file.role == Role::Docs)
            && matches!(file.kind, FileKind::Markdown | FileKind::PackageJson | FileKind::Code)
    };
    repo.files().iter().filter(tells).any(|file| repo.read(file.id).is_ok_and(|text| text.contains(name)))
}

/// The line of the root's `.gitignore` that keeps `name` out of git, and its pattern.
pub(in crate::rules) fn ignoring(repo: &Repo, name: &str) -> Option<(Place, String)> {
    let file = repo.by_path(Utf8Path::new(".gitignore"))?;
    let text = repo.read(file.id).ok()?;
    let rules = rules_of(&text);
    let matched = rules.matched(name, false);
    let glob = matched.inner().filter(|_| matched.is_ignore())?;
    let span = line_with(&text, glob.original())?;
    Some((Place::At(file.id, span), glob.original().to_owned()))
}

fn negation(repo: &Repo, file: FileId, name: &str) -> Option<Span> {
    let text = repo.read(file).ok()?;
    let rules = rules_of(&text);
    let matched = rules.matched(name, false);
    let glob = matched.inner().filter(|_| matched.is_whitelist())?;
    line_with(&text, glob.original())
}

fn rules_of(text: &str) -> Gitignore {
    let mut builder = GitignoreBuilder::new("");
    for line in text.lines() {
        // A pattern that git would not understand either excludes nothing.
        let _ = builder.add_line(None, line);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

/// The last line that holds `pattern` alone.
fn line_with(text: &str, pattern: &str) -> Option<Span> {
    let mut offset = 0;
    let mut found = None;
    for line in text.split_inclusive('\n') {
        if line.trim() == pattern.trim() {
            found = Some(Span::new(offset, offset + line.trim_end().len()));
        }
        offset += line.len();
    }
    found
}

fn first_pattern(repo: &Repo, file: FileId) -> Span {
    let text = repo.read(file).unwrap_or_else(|_| "".into());
    let end = text.find('\n').unwrap_or(text.len());
    Span::new(0, end)
}

/// For each image that copies a whole folder: whether environment files stay out of it.
fn copies_all(repo: &Repo) -> Vec<Result<Evidence, Box<Site>>> {
    let mut seen = BTreeSet::new();
    images::dockerfiles(repo)
        .filter(|file| !images::is_helper(file))
        .filter(|file| seen.insert(images::context_of(repo, file)))
        .filter_map(|file| copied(repo, file))
        .collect()
}

fn copied(repo: &Repo, file: &crate::repo::File) -> Option<Result<Evidence, Box<Site>>> {
    let dockerfile = repo.dockerfile(file.id)?;
    let kept = |stage: &&Stage| stays(&dockerfile.stages, stage.index);
    let copy = dockerfile
        .stages
        .iter()
        .filter(kept)
        .flat_map(|stage| &stage.instructions)
        .find(|one| takes_everything(one))?;
    let context = images::context_of(repo, file);
    // Only a context that can hold an environment file matters.
    let place = Place::At(file.id, copy.span);
    let beside = Utf8PathBuf::from(format!("{}.dockerignore", file.path));
    let candidates = [beside, context.join(".dockerignore"), Utf8PathBuf::from(".dockerignore")];
    let ignore = candidates.iter().find_map(|path| repo.by_path(path));
    let Some(ignore) = ignore else {
        return Some(Err(Box::new(Site::new(place, "docker-none").severity(Severity::Medium))));
    };
    let text = repo.read(ignore.id).ok()?;
    let rules = rules_of(&text);
    let matched = rules.matched(".env", false);
    if matched.is_ignore() {
        let span = matched.inner().and_then(|glob| line_with(&text, glob.original())).unwrap_or_default();
        return Some(Ok(Evidence::At { place: Place::At(ignore.id, span), note: Message::new("docker-ignores") }));
    }
    let message = Message::new("docker").with("file", ".env");
    let site = Site::new(place, message.clone()).severity(Severity::Medium).related(Place::File(ignore.id), message);
    Some(Err(Box::new(site)))
}

/// Whether what a stage copies into a folder gets into the last image: it is that image, something begins with it, or
/// the folder is copied on. A stage that hands on only what it built is thrown away.
fn stays(stages: &[Stage], index: usize) -> bool {
    let stage = &stages[index];
    if index + 1 == stages.len() {
        return true;
    }
    let folders: Vec<String> =
        stage.all("WORKDIR").filter_map(|workdir| workdir.arguments.first()).map(|word| plain(&word.text)).collect();
    let targets: Vec<String> = stage
        .instructions
        .iter()
        .filter(|one| takes_everything(one))
        .filter_map(|one| one.arguments.last())
        .map(|word| plain(&word.text))
        .collect();
    // Where a relative folder is, only the last `WORKDIR` tells.
    let known = targets.iter().all(|target| target.starts_with('/'));
    let holders: Vec<&String> = if known { targets.iter().collect() } else { folders.iter().chain(&targets).collect() };
    if !known && folders.is_empty() {
        return true;
    }
    let whole = |source: &str| {
        let source = plain(source);
        source.is_empty()
            || source == "."
            || holders.iter().any(|folder| **folder == source || folder.starts_with(&format!("{source}/")))
    };
    stages.iter().filter(|other| other.index > index).any(|other| {
        let begins = other.resolved == Base::Stage(index);
        let from = |one: &&Instruction| {
            one.flags.iter().any(|flag| {
                let value = flag.value.as_str();
                flag.name == "from"
                    && (value == index.to_string()
                        || stage.name.as_ref().is_some_and(|name| name.text.eq_ignore_ascii_case(value)))
            })
        };
        let copies = other.instructions.iter().filter(from).any(|one| {
            one.arguments.split_last().is_some_and(|(_, sources)| sources.iter().any(|source| whole(&source.text)))
        });
        (begins || copies) && stays(stages, other.index)
    })
}

/// A path without the slashes and dots around it that say nothing.
fn plain(path: &str) -> String {
    path.trim_end_matches("/.").trim_end_matches('/').trim_start_matches("./").to_owned()
}

/// `COPY . .` and `ADD . /app` from the build context.
fn takes_everything(instruction: &Instruction) -> bool {
    matches!(instruction.keyword.as_str(), "COPY" | "ADD")
        && !instruction.flags.iter().any(|flag| flag.name == "from")
        && instruction.arguments.len() > 1
        && instruction.arguments[..instruction.arguments.len() - 1]
            .iter()
            .any(|word| matches!(word.text.as_str(), "." | "./" | "*"))
}
