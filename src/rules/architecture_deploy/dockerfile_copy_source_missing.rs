//! `dockerfile-copy-source-missing`: every path that a Dockerfile copies exists in its build context.

use camino::{Utf8Path, Utf8PathBuf};

use crate::{
    code::docker::{Dockerfile, Instruction},
    facts::{
        Fact,
        compose::normalised,
        images::{
            context::{BuildContext, Ignore, contexts, ignore},
            dockerfiles, is_development, left_over,
        },
    },
    model::{Evidence, Message, Place, Severity, Site, Span, Verdict},
    repo::{File, FileKind, Repo},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: DockerfileCopySourceMissing = DockerfileCopySourceMissing;

pub(in crate::rules) struct DockerfileCopySourceMissing;

impl Rule for DockerfileCopySourceMissing {
    fn id(&self) -> &'static str {
        "dockerfile-copy-source-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let mut answer = Answer::default();
        for file in dockerfiles(cx.repo).filter(|file| !is_development(file)) {
            let Some(dockerfile) = cx.repo.dockerfile(file.id) else { continue };
            judge(cx, file, dockerfile, &mut answer);
        }
        for file in cx.repo.of_kind(FileKind::Dockerfile).filter(|file| left_over::is(cx.repo, file)) {
            let Some(dockerfile) = cx.repo.dockerfile(file.id).filter(|_| file.role.is_operational()) else { continue };
            let mut found = Answer::default();
            judge(cx, file, dockerfile, &mut found);
            // One file to take away, however many of its lines are wrong.
            answer.sites.extend(found.sites.into_iter().next().map(|site| site.severity(Severity::Low)));
        }
        answer.sites.sort_by_key(|site| (site.place.clone(), site.severity.is_none(), site.severity));
        answer.sites.dedup_by(|one, two| one.place == two.place);
        let (total, ok) = (answer.sites.len() + answer.fine.len(), answer.fine.len());
        if !answer.sites.is_empty() {
            return Verdict::fail_or(answer.sites, || Verdict::not_applicable("no-copies"))
                .also_fine(answer.fine)
                .sites(total, ok);
        }
        Verdict::pass_or(answer.fine, || match answer.artefact {
            Some(path) => Verdict::unknown(Message::new("artefact").with("path", path.as_str())),
            None => Verdict::not_applicable("no-copies"),
        })
    }
}

#[derive(Default)]
struct Answer {
    sites: Vec<Site>,
    fine: Vec<Evidence>,
    artefact: Option<Utf8PathBuf>,
}

/// A path that is copied from the context.
struct Source {
    path: Utf8PathBuf,
    span: Span,
}

/// The paths that are copied from the context and are known without running anything.
fn sources(dockerfile: &Dockerfile) -> Vec<Source> {
    let copies = dockerfile.stages.iter().flat_map(|stage| &stage.instructions).filter(|one| copies_context(one));
    copies
        .flat_map(|copy| {
            let words = &copy.arguments[..copy.arguments.len().saturating_sub(1)];
            let known = words.iter().filter(|word| {
                let text = word.text.as_str();
                !word.dynamic
                    && !text.contains(['$', '*', '?', '[', '<'])
                    && !text.contains("://")
                    && !text.starts_with("git@")
            });
            known.map(|word| Source { path: normalised(Utf8Path::new(&word.text)), span: copy.span })
        })
        .collect()
}

fn copies_context(one: &Instruction) -> bool {
    matches!(one.keyword.as_str(), "COPY" | "ADD") && one.flag("from").is_none() && one.heredocs.is_empty()
}

fn judge(cx: &Context<'_>, file: &File, dockerfile: &Dockerfile, answer: &mut Answer) {
    let sources = sources(dockerfile);
    if sources.is_empty() {
        return;
    }
    let told = contexts(cx.repo, cx.facts.commands(cx.repo), file);
    let absent = |folder: &Utf8Path| -> Vec<&Source> {
        sources.iter().filter(|source| !exists(cx.repo, &folder.join(&source.path))).collect()
    };
    let certain = |missing: &[&Source]| missing.iter().any(|source| !is_artefact(cx.repo, &source.path));
    // Without a word on the context it is whichever folder fits best: the Dockerfile's own or one around it.
    let around = file.path.ancestors().skip(1).map(Utf8Path::to_owned);
    let best = around.min_by_key(|folder| absent(folder).len()).unwrap_or_default();
    let fits = absent(&best);
    let wrong: Vec<&BuildContext> = told.iter().filter(|context| certain(&absent(&context.folder))).collect();
    if !wrong.is_empty() && fits.len() < absent(&wrong[0].folder).len() && !certain(&fits) {
        answer.sites.extend(
            wrong.iter().filter_map(|context| misplaced(context, &absent(&context.folder), &best, file, cx.repo)),
        );
        if wrong.len() == told.len() {
            return;
        }
    }
    let right = told.iter().find(|context| !certain(&absent(&context.folder)));
    let folder = right.map_or(best, |context| context.folder.clone());
    let missing = absent(&folder);
    if told.is_empty() && missing.len() == sources.len() {
        // A Dockerfile for some other folder, to be copied there, or built from one that nothing here names.
        answer.artefact.get_or_insert_with(|| missing[0].path.clone());
        return;
    }
    for source in missing.iter().filter(|source| !is_artefact(cx.repo, &source.path)) {
        let message = Message::new("missing").with("path", source.path.as_str());
        answer.sites.push(Site::new(Place::At(file.id, source.span), message).key(source.path.as_str()));
    }
    if let Some(source) = missing.iter().find(|source| is_artefact(cx.repo, &source.path)) {
        answer.artefact.get_or_insert_with(|| source.path.clone());
    }
    let kept_out = ignored(cx, file, dockerfile, &sources, &folder);
    if missing.is_empty() && kept_out.is_empty() {
        let shown = if folder.as_str().is_empty() { "." } else { folder.as_str() };
        let note = Message::new("complete").count("n", sources.len()).with("folder", shown);
        answer.fine.push(Evidence::At { place: Place::At(file.id, sources[0].span), note });
    }
    answer.sites.extend(kept_out);
}

/// The place that names a context in which the paths do not exist.
fn misplaced(context: &BuildContext, absent: &[&Source], best: &Utf8Path, file: &File, repo: &Repo) -> Option<Site> {
    let source = absent.iter().find(|source| !is_artefact(repo, &source.path))?;
    let shown = |folder: &Utf8Path| if folder.as_str().is_empty() { ".".to_owned() } else { folder.to_string() };
    let message = Message::new("context")
        .with("folder", shown(&context.folder))
        .with("path", source.path.as_str())
        .with("other", shown(best));
    Some(Site::new(context.place.clone(), message).related(Place::At(file.id, source.span), "copy"))
}

/// Whether the repository holds `path`, examined or not.
fn exists(repo: &Repo, path: &Utf8Path) -> bool {
    let path = normalised(path);
    let git = repo.git();
    path.as_str().is_empty()
        || repo.by_path(&path).is_some()
        || !repo.files_below(&path).is_empty()
        || git.tracked(&path) == Some(true)
        || git.tracks_below(&path) == Some(true)
        || git.submodules().iter().any(|module| path.starts_with(module) || module.starts_with(&path))
        || repo.skipped().iter().any(|skipped| path.starts_with(&skipped.path) || skipped.path.starts_with(&path))
}

/// Folders and endings of what a build, an installation or whoever deploys makes.
const ARTEFACTS: [&str; 24] = [
    "dist",
    "build",
    "target",
    "out",
    "output",
    "bin",
    "node_modules",
    "vendor",
    "publish",
    "release",
    "artifacts",
    "artifact",
    ".next",
    ".nuxt",
    ".output",
    ".venv",
    "venv",
    "static",
    "public",
    "coverage",
    "generated",
    "wheels",
    "tmp",
    "certs",
];

/// Whether something other than git puts `path` there: a build, a pipeline, or a person with secrets.
fn is_artefact(repo: &Repo, path: &Utf8Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_ascii_lowercase();
    let ending =
        ["jar", "war", "whl", "tgz", "gz", "zip", "exe", "pem", "key", "crt", "so", "deb", "rpm", "tar", "node"];
    let made = path.components().any(|part| ARTEFACTS.contains(&part.as_str()))
        || path.extension().is_some_and(|it| ending.contains(&it))
        || name.starts_with(".env")
        || path.extension() == Some("env")
        || name.starts_with(".npmrc")
        || name == ".git"
        || name.contains("commit");
    made || is_git_ignored(repo, path) || is_binary(path)
}

/// A plain name without an ending is most often a program that a pipeline compiled.
fn is_binary(path: &Utf8Path) -> bool {
    let name = path.as_str();
    let known = ["Gemfile", "Makefile", "Pipfile", "Procfile", "Rakefile", "gradlew", "mvnw"];
    path.extension().is_none() && !name.contains('/') && !name.starts_with('.') && !known.contains(&name)
}

fn is_git_ignored(repo: &Repo, path: &Utf8Path) -> bool {
    let mut files = repo.of_kind(FileKind::Gitignore);
    let names: Vec<&str> = path.components().map(|part| part.as_str()).collect();
    files.any(|file| {
        repo.read(file.id).is_ok_and(|text| {
            text.lines()
                .map(|line| line.trim().trim_matches('/'))
                .filter(|line| !line.is_empty() && !line.starts_with(['#', '!']))
                .any(|line| {
                    let last = line.rsplit('/').next().unwrap_or(line);
                    names.contains(&line)
                        || names.contains(&last)
                        || path.as_str() == line
                        || line
                            .strip_prefix('*')
                            .is_some_and(|end| end.starts_with('.') && path.as_str().ends_with(end))
                })
        })
    })
}

/// Installations that stop without their lock file, with that file.
const FROZEN: [(&str, &str, &[&str]); 6] = [
    ("npm", "ci", &["package-lock.json", "npm-shrinkwrap.json"]),
    ("pnpm", "--frozen-lockfile", &["pnpm-lock.yaml"]),
    ("yarn", "--frozen-lockfile", &["yarn.lock"]),
    ("yarn", "--immutable", &["yarn.lock"]),
    ("uv", "--frozen", &["uv.lock"]),
    ("uv", "--locked", &["uv.lock"]),
];

/// What the ignore file removes although it is copied or needed.
fn ignored(cx: &Context<'_>, file: &File, dockerfile: &Dockerfile, sources: &[Source], folder: &Utf8Path) -> Vec<Site> {
    let ignore = ignore(cx.repo, file, folder);
    let Some(list) = ignore.file else { return Vec::new() };
    let text = cx.repo.read(list).ok();
    let pattern = |span: Span| text.as_ref().and_then(|text| text.get(span.range())).unwrap_or_default().to_owned();
    let mut sites: Vec<Site> = Vec::new();
    for source in sources.iter().filter(|source| exists(cx.repo, &folder.join(&source.path))) {
        let Some(span) = removed(cx.repo, &ignore, folder, &source.path) else { continue };
        let message = Message::new("ignored").with("pattern", pattern(span)).with("path", source.path.as_str());
        sites.push(Site::new(Place::At(list, span), message).related(Place::At(file.id, source.span), "copy"));
    }
    let copied = |lock: &Utf8Path| {
        sources.iter().find(|source| lock.starts_with(&source.path) || source.path.as_str().is_empty())
    };
    let commands = dockerfile.stages.iter().flat_map(|stage| stage.all("RUN")).flat_map(Instruction::commands);
    for command in commands.filter(|command| !command.caught && !command.context.branch) {
        let Some(program) = command.program() else { continue };
        let frozen = FROZEN.iter().find(|(name, word, _)| {
            *name == program.name && program.arguments.iter().any(|argument| argument.text == *word)
        });
        let Some((name, word, locks)) = frozen else { continue };
        // One of the possible lock files is enough.
        if locks
            .iter()
            .any(|lock| exists(cx.repo, &folder.join(lock)) && ignore.excludes(Utf8Path::new(*lock)).is_none())
        {
            continue;
        }
        for lock in locks.iter().map(Utf8Path::new) {
            let (Some(span), Some(source)) = (ignore.excludes(lock), copied(lock)) else { continue };
            if !exists(cx.repo, &folder.join(lock)) {
                continue;
            }
            let message = Message::new("lockfile")
                .with("pattern", pattern(span))
                .with("path", lock.as_str())
                .with("command", format!("{name} {word}"));
            let site = Site::new(Place::At(list, span), message).severity(Severity::Critical);
            sites.push(site.related(Place::At(file.id, source.span), "copy"));
        }
    }
    sites
}

/// The pattern that removes a copied file, or a copied folder with all that is in it.
fn removed(repo: &Repo, ignore: &Ignore, folder: &Utf8Path, path: &Utf8Path) -> Option<Span> {
    if path.as_str().is_empty() {
        return None;
    }
    let span = ignore.excludes(path)?;
    let below = repo.files_below(&folder.join(path));
    let all =
        below.iter().all(|file| file.path.strip_prefix(folder).is_ok_and(|inner| ignore.excludes(inner).is_some()));
    (all && !ignore.readmits_below(path)).then_some(span)
}
