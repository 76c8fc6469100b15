//! Build contexts: the folder that an image is built from, and what its ignore file keeps out.

use camino::{Utf8Path, Utf8PathBuf};
use globset::{GlobBuilder, GlobMatcher};

use super::is_at;
use crate::{
    code::shell::{Program, Word},
    doc::Node,
    facts::{
        commands::{CommandUse, steps},
        compose::{self, normalised},
    },
    model::{FileId, Place, Span},
    repo::{File, FileKind, Repo},
};

/// A folder that somebody builds a Dockerfile from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildContext {
    pub folder: Utf8PathBuf,
    /// Where it is said.
    pub place: Place,
}

/// The contexts that Compose files, workflows and scripts build `file` from, in order of path.
pub fn contexts(repo: &Repo, commands: &[CommandUse], file: &File) -> Vec<BuildContext> {
    let mut found = Vec::new();
    for service in compose::services(repo) {
        let Some(build) = service.build.as_ref().filter(|build| is_at(repo, file, &build.dockerfile)) else { continue };
        let node = service.node.entry("build");
        let key = node.and_then(|node| node.value.entry("context")).or(node).map_or(service.key, |it| it.key_span);
        found.push(BuildContext { folder: build.context.clone(), place: Place::At(service.file.id, key) });
    }
    for workflow in repo.files().iter().filter(|file| file.kind == FileKind::Workflow) {
        found.extend(by_action(repo, workflow, file));
    }
    found.extend(commands.iter().filter_map(|used| by_command(repo, used, file)));
    found
}

/// The steps of a workflow that build `file` with the image builder's own action.
fn by_action(repo: &Repo, workflow: &File, file: &File) -> Vec<BuildContext> {
    let Some(jobs) = repo.doc(workflow.id).and_then(|doc| doc.root()).and_then(|root| root.get("jobs")) else {
        return Vec::new();
    };
    let steps = jobs.entries().iter().flat_map(|job| steps(&job.value));
    steps
        .filter(|step| step.get("uses").and_then(Node::as_str).is_some_and(|uses| uses.contains("build-push-action")))
        .filter_map(|step| {
            let with = step.get("with")?;
            let context = with.entry("context")?;
            let folder = context.value.as_str().filter(|text| !text.contains("${") && !text.contains("://"))?;
            let folder = normalised(Utf8Path::new(folder));
            let named = with.get("file").and_then(Node::as_str);
            let dockerfile = named.map_or_else(|| folder.join("Dockerfile"), |name| normalised(Utf8Path::new(name)));
            let place = Place::At(workflow.id, context.key_span);
            is_at(repo, file, &normalised(&dockerfile)).then_some(BuildContext { folder, place })
        })
        .collect()
}

/// `docker build [-f FILE] FOLDER`, run from the root or, in a script of a package, from its folder.
fn by_command(repo: &Repo, used: &CommandUse, file: &File) -> Option<BuildContext> {
    let program = used.command.program()?;
    let builds =
        matches!(program.name, "docker" | "podman") && !program.arguments.iter().any(|it| it.text == "compose");
    let context = context_argument(&program).filter(|word| builds && !word.dynamic)?;
    let base = match used.stage {
        crate::facts::commands::Stage::PackageScript | crate::facts::commands::Stage::Make => {
            repo.file(used.file).folder().to_owned()
        }
        _ => Utf8PathBuf::new(),
    };
    let folder = normalised(&base.join(&context.text));
    let named = program.option_value("-f").or_else(|| program.option_value("--file"));
    let dockerfile = named.map_or_else(|| folder.join("Dockerfile"), |name| normalised(&base.join(name)));
    is_at(repo, file, &normalised(&dockerfile)).then(|| BuildContext { folder, place: used.place() })
}

/// The folder that `docker build` is given: the last word that is neither an option nor the value of one.
fn context_argument<'c>(program: &Program<'c>) -> Option<&'c Word> {
    const FLAGS: [&str; 8] = ["--no-cache", "--pull", "--push", "--load", "--rm", "--force-rm", "--quiet", "--squash"];
    let takes_value = |word: &str| {
        word.starts_with('-') && !word.contains('=') && !FLAGS.contains(&word) && !matches!(word, "-q" | "-D")
    };
    let after = program.arguments.iter().skip_while(|word| word.text != "build").skip(1);
    let mut before = "";
    after.fold(None, |found, word| {
        let value = takes_value(std::mem::replace(&mut before, &word.text));
        if value || word.text.starts_with('-') { found } else { Some(word) }
    })
}

/// The patterns that keep files out of a build context.
#[derive(Debug, Default)]
pub struct Ignore {
    /// The ignore file; `None` when there is none.
    pub file: Option<FileId>,
    patterns: Vec<Pattern>,
}

#[derive(Debug)]
struct Pattern {
    negated: bool,
    glob: GlobMatcher,
    span: Span,
}

/// The ignore file that holds for `dockerfile` built from `context`: its own, else the context's.
pub fn ignore(repo: &Repo, dockerfile: &File, context: &Utf8Path) -> Ignore {
    let own = Utf8PathBuf::from(format!("{}.dockerignore", dockerfile.path));
    let shared = context.join(".dockerignore");
    let Some(file) = repo.by_path(&own).or_else(|| repo.by_path(&shared)) else { return Ignore::default() };
    let Ok(text) = repo.read(file.id) else { return Ignore { file: Some(file.id), patterns: Vec::new() } };
    let mut patterns = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let span = Span::new(offset, offset + line.trim_end().len());
        offset += line.len();
        patterns.extend(pattern(line.trim(), span));
    }
    Ignore { file: Some(file.id), patterns }
}

fn pattern(line: &str, span: Span) -> Option<Pattern> {
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let (negated, text) = line.strip_prefix('!').map_or((false, line), |rest| (true, rest.trim()));
    let text = text.trim_start_matches("./").trim_matches('/');
    let text = if text == "." { "**" } else { text };
    let glob = GlobBuilder::new(text).literal_separator(true).backslash_escape(true).build().ok()?;
    Some(Pattern { negated, glob: glob.compile_matcher(), span })
}

impl Ignore {
    /// The pattern that keeps `path`, relative to the context, out; the last one that matches it or a folder around
    /// it decides.
    pub fn excludes(&self, path: &Utf8Path) -> Option<Span> {
        let matches = |pattern: &&Pattern| {
            path.ancestors().filter(|at| !at.as_str().is_empty()).any(|at| pattern.glob.is_match(at))
        };
        self.patterns.iter().rfind(matches).filter(|pattern| !pattern.negated).map(|pattern| pattern.span)
    }

    /// Whether something below `folder` is let in again.
    pub fn readmits_below(&self, folder: &Utf8Path) -> bool {
        let inside = |pattern: &Pattern| {
            let glob = pattern.glob.glob().glob();
            glob.starts_with(folder.as_str()) || glob.starts_with("**")
        };
        self.patterns.iter().any(|pattern| pattern.negated && inside(pattern))
    }
}
