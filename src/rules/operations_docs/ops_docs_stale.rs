//! `ops-docs-stale`: what the documents for operations tell people to run is there.

use std::collections::BTreeSet;

use camino::Utf8Path;

use crate::{
    code::shell::{Command, Program},
    facts::documents::{self, Recipe, Topic},
    model::{Confidence, FileId, Message, Place, Site, Verdict},
    repo::FileKind,
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: OpsDocsStale = OpsDocsStale;

pub(in crate::rules) struct OpsDocsStale;

impl Rule for OpsDocsStale {
    fn id(&self) -> &'static str {
        "ops-docs-stale"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let files = asked(cx);
        if files.is_empty() {
            return Verdict::not_applicable("no-docs");
        }
        let known = Known::of(cx);
        let (mut sites, mut named) = (Vec::new(), 0);
        for file in files {
            let mut said = BTreeSet::new();
            let recipes = documents::recipes(cx.repo, file);
            // After a copy of another repository was taken, a reader is in its folder.
            let own = recipes.iter().take_while(|recipe| !recipe.commands.iter().any(|it| is_copy_of_another(cx, it)));
            for recipe in own.filter(|recipe| is_here(cx, recipe)) {
                for command in &recipe.commands {
                    match known.judge(cx, file, command) {
                        Judged::Missing(message, key) if said.insert(key.clone()) => {
                            let site = Site::new(Place::At(file, command.span), message);
                            sites.push(site.confidence(Confidence::Likely).key(key));
                        }
                        Judged::There => named += 1,
                        Judged::Missing(..) | Judged::Other => {}
                    }
                }
            }
        }
        let total = named + sites.len();
        if total == 0 {
            return Verdict::not_applicable("no-names");
        }
        Verdict::fail_or(sites, || Verdict::pass(cx.searched(Message::new("searched").count("n", named), named), []))
            .sites(total, named)
    }
}

/// The Markdown documents for operations.
fn asked(cx: &Context<'_>) -> Vec<FileId> {
    const TOPICS: [Topic; 5] =
        [Topic::Runbook, Topic::Deployment, Topic::DisasterRecovery, Topic::Rollback, Topic::Incidents];
    let documents = documents::documents(cx.repo);
    let covered = TOPICS.into_iter().flat_map(|topic| documents::about(&documents, topic));
    let mut files: Vec<FileId> = covered.filter_map(|one| one.place.file()).collect();
    files.sort_unstable();
    files.dedup();
    let kept = |path: &Utf8Path| {
        path.components().any(|part| matches!(part.as_str(), "archive" | "archived" | "old" | "legacy"))
    };
    files.retain(|file| cx.repo.file(*file).kind == FileKind::Markdown && !kept(&cx.repo.file(*file).path));
    files
}

/// `git clone` of a repository that is called neither like this one nor like what it holds.
fn is_copy_of_another(cx: &Context<'_>, command: &Command) -> bool {
    let words: Vec<&str> = command.words.iter().map(|word| word.text.as_str()).collect();
    let ["git", "clone", rest @ ..] = words.as_slice() else { return false };
    let Some(from) = rest.iter().find(|word| word.contains(['/', ':'])) else { return false };
    let is_named = |text: &str| !text.contains(['<', '$', '{']) && !text.contains("your") && !text.contains("YOUR");
    let last = from.trim_end_matches('/').rsplit(['/', ':']).next().unwrap_or_default();
    let last = last.strip_suffix(".git").unwrap_or(last).to_lowercase();
    let mut names: Vec<String> =
        cx.repo.manifests().iter().filter_map(|it| Some(it.name.as_ref()?.text.to_lowercase())).collect();
    names.push(cx.repo.name().to_lowercase());
    let own = |name: &String| name == &last || name.rsplit(['/', '+', '@']).next() == Some(last.as_str());
    is_named(from) && !names.iter().any(own)
}

/// Whether a block works in this repository: not in another one, not on a machine where things lie elsewhere.
fn is_here(cx: &Context<'_>, recipe: &Recipe) -> bool {
    let own = cx.repo.name();
    let away = |command: &Command| {
        let words: Vec<&str> = command.words.iter().map(|word| word.text.as_str()).collect();
        match words.first().copied() {
            Some(
                "curl" | "wget" | "ssh" | "scp" | "tee" | "cat" | "touch" | "mkdir" | "nano" | "vim" | "unzip" | "tar",
            ) => true,
            Some("git") => words.get(1) == Some(&"clone") && !words.iter().any(|word| word.contains(own)),
            Some("npx" | "npm" | "pnpm" | "yarn" | "bun") => {
                words.iter().any(|word| matches!(*word, "create" | "init" | "dlx"))
            }
            Some("cd") => words.get(1).is_some_and(|folder| {
                let folder = folder.trim_start_matches("./").trim_end_matches('/');
                let there = cx.repo.files().iter().any(|file| file.path.as_str().contains(&format!("{folder}/")));
                !there && folder != own && !folder.starts_with("..")
            }),
            _ => false,
        }
    };
    !recipe.commands.iter().any(away)
}

enum Judged {
    There,
    Missing(Message, String),
    /// Names nothing of the repository.
    Other,
}

/// What there is to name.
struct Known<'a> {
    scripts: BTreeSet<&'a str>,
}

impl<'a> Known<'a> {
    fn of(cx: &Context<'a>) -> Self {
        let scripts = cx.repo.manifests().iter().flat_map(|it| &it.scripts).map(|script| script.name.as_str());
        Self { scripts: scripts.collect() }
    }

    fn judge(&self, cx: &Context<'_>, from: FileId, command: &Command) -> Judged {
        if command.words.iter().any(|word| word.dynamic || word.text.contains(['<', '>', '*', '{'])) {
            return Judged::Other;
        }
        if let Some(name) = run_script(command) {
            if self.scripts.is_empty() {
                return Judged::Other;
            }
            if self.scripts.contains(name) {
                return Judged::There;
            }
            return Judged::Missing(Message::new("script").with("name", name), format!("script {name}"));
        }
        let Some(program) = command.program() else { return Judged::Other };
        match path_of(&program) {
            Some(path) if exists(cx, from, path) => Judged::There,
            Some(path) => Judged::Missing(Message::new("path").with("path", path), format!("path {path}")),
            None => Judged::Other,
        }
    }
}

/// The script of `npm run x`; the short forms may mean a program that is installed.
fn run_script(command: &Command) -> Option<&str> {
    let words: Vec<&str> = command.words.iter().map(|word| word.text.as_str()).collect();
    let runs = matches!(words.first(), Some(&("npm" | "pnpm" | "yarn" | "bun")))
        && words.get(1).is_some_and(|word| matches!(*word, "run" | "run-script"));
    // A folder or a workspace may be named before.
    (runs && words.len() >= 3 && !words[2].starts_with('-') && !words.iter().any(|word| word.starts_with("--prefix")))
        .then(|| words[2])
}

/// The file of the repository that a command runs or reads.
fn path_of<'c>(program: &'c Program<'c>) -> Option<&'c str> {
    let word = program.word.text.as_str();
    let first = || program.arguments.iter().map(|word| word.text.as_str()).find(|word| !word.starts_with('-'));
    let path = match program.name {
        "bash" | "sh" | "node" | "python" | "python3" | "tsx" | "ts-node" | "psql" => first()?,
        "docker" | "docker-compose" => program.option_value("-f").or_else(|| program.option_value("--file"))?,
        "kubectl" => program.option_value("-f")?,
        _ => word,
    };
    let extension = Utf8Path::new(path).extension()?;
    let code = matches!(extension, "sh" | "py" | "ts" | "js" | "mjs" | "yml" | "yaml" | "sql");
    let local = !path.starts_with(['/', '~', '$']) && !path.contains("://") && !path.starts_with("..");
    let placed = path.contains('/') || program.name.starts_with("docker");
    (code && local && placed).then_some(path)
}

/// Whether the path leads to a file from the root, from the document, or from any folder; or git ignores it, so that
/// it may be made.
fn exists(cx: &Context<'_>, from: FileId, path: &str) -> bool {
    let path = path.trim_start_matches("./");
    let beside = cx.repo.file(from).folder().join(path);
    let made = ["dist/", "build/", "node_modules/", "target/", "venv/", ".next/", "out/"];
    cx.repo.by_path(Utf8Path::new(path)).is_some()
        || cx.repo.by_path(&beside).is_some()
        || cx.repo.files().iter().any(|file| file.path.as_str().ends_with(&format!("/{path}")))
        || cx
            .repo
            .skipped()
            .iter()
            .any(|skipped| path.starts_with(skipped.path.as_str()) || skipped.path.ends_with(path))
        || cx.repo.ignores(Utf8Path::new(path))
        || made.iter().any(|folder| path.contains(folder))
}
