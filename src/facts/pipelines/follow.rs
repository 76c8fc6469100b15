//! Follows commands through package scripts, Make targets and shell scripts of the repository.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
};

use camino::{Utf8Path, Utf8PathBuf};

use super::{
    Act, Cut, Does, Swallowed, deploys,
    purpose::{self, Purpose},
    swallow,
};
use crate::{
    code::shell::{self, Command, Word},
    facts::{
        commands::{CommandUse, Stage},
        compose::normalised,
    },
    model::{FileId, Place, Span},
    repo::{FileKind, Repo},
};

/// How deep scripts may call scripts.
const MAX_DEPTH: usize = 6;
/// How many commands one step may lead to.
const MAX_COMMANDS: usize = 4000;

/// Knows the scripts of the repository by where they stand.
pub struct Follower<'r> {
    repo: &'r Repo,
    package: BTreeMap<(FileId, &'r str), Vec<&'r CommandUse>>,
    shell: BTreeMap<FileId, Vec<&'r CommandUse>>,
    make: BTreeMap<FileId, Vec<&'r CommandUse>>,
    manifests: BTreeMap<&'r Utf8Path, FileId>,
    left: Cell<usize>,
    /// Files with a step that leads to more.
    cut: RefCell<BTreeSet<FileId>>,
}

/// Where a script is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The manifests that may define it; one of them must.
    Manifests(Vec<FileId>),
    /// Only the run tells.
    Unknown,
}

/// A command that starts a script by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptUse<'c> {
    pub name: &'c str,
    pub span: Span,
    pub target: Target,
    /// `--if-present`.
    pub optional: bool,
    /// `pnpm x` and `yarn x` also start an installed program.
    pub may_be_program: bool,
}

/// One act, with the command of the outermost script that leads to it.
pub(super) struct Found {
    pub(super) index: usize,
    pub(super) act: Act,
}

/// What one script is run with.
#[derive(Clone)]
struct Run {
    file: FileId,
    folder: Option<Utf8PathBuf>,
    errexit: bool,
    depth: usize,
}

impl<'r> Follower<'r> {
    pub fn new(repo: &'r Repo, commands: &'r [CommandUse]) -> Self {
        let mut follower = Self {
            repo,
            package: BTreeMap::new(),
            shell: BTreeMap::new(),
            make: BTreeMap::new(),
            manifests: BTreeMap::new(),
            left: Cell::new(MAX_COMMANDS),
            cut: RefCell::default(),
        };
        for used in commands {
            match used.stage {
                Stage::PackageScript => follower.package.entry((used.file, used.name.as_str())).or_default().push(used),
                Stage::ShellScript => follower.shell.entry(used.file).or_default().push(used),
                Stage::Make => follower.make.entry(used.file).or_default().push(used),
                _ => {}
            }
        }
        for file in repo.files().iter().filter(|file| file.kind == FileKind::PackageJson) {
            follower.manifests.insert(file.folder(), file.id);
        }
        follower
    }

    /// What the commands of one step do.
    pub(super) fn step(&self, file: FileId, commands: &[Command], folder: Option<&Utf8Path>) -> Vec<Act> {
        self.left.set(MAX_COMMANDS);
        let commands: Vec<&Command> = commands.iter().collect();
        let run = Run { file, folder: folder.map(Utf8Path::to_owned), errexit: true, depth: 0 };
        let found = self.script(&commands, &run);
        if self.left.get() == 0 {
            self.cut.borrow_mut().insert(file);
        }
        found.into_iter().map(|found| Act { span: commands[found.index].span, ..found.act }).collect()
    }

    /// Whether a step of `file` leads to more commands than are followed.
    pub(super) fn cut(&self, file: FileId) -> Option<Cut> {
        self.cut.borrow().contains(&file).then_some(Cut { what: "commands behind one step", most: MAX_COMMANDS })
    }

    /// What a script does, each act with the index of its command.
    fn script(&self, commands: &[&Command], run: &Run) -> Vec<Found> {
        let mut found = Vec::new();
        let folders = folders(commands, run.folder.as_deref());
        for (index, command) in commands.iter().enumerate() {
            if self.left.get() == 0 {
                break;
            }
            self.left.set(self.left.get() - 1);
            if command.context.function && run.depth == 0 && commands.len() > 200 {
                continue;
            }
            let here = Run { folder: folders[index].clone(), ..run.clone() };
            let outer = swallow::within(commands, index, run.errexit)
                .map(|(how, span)| Swallowed { how, place: Place::At(run.file, span) });
            for mut act in self.command(command, &here) {
                act.swallowed = act.swallowed.or_else(|| outer.clone());
                found.push(Found { index, act });
            }
        }
        found
    }

    /// What one command does, through the scripts that it starts.
    fn command(&self, command: &Command, run: &Run) -> Vec<Act> {
        if run.depth < MAX_DEPTH {
            if let Some(acts) = self.through_package(command, run).or_else(|| self.through_list(command, run)) {
                return acts;
            }
            if let Some(acts) = self.through_make(command, run).or_else(|| self.through_shell(command, run)) {
                return acts;
            }
        }
        let place = Place::At(run.file, command.span);
        purpose::of_command(command).into_iter().map(|purpose| act_of(purpose, command.span, place.clone())).collect()
    }

    fn through_package(&self, command: &Command, run: &Run) -> Option<Vec<Act>> {
        let used = self.script_use(command, run.folder.as_deref())?;
        let by_name = || {
            let does = purpose::by_script_name(used.name).or_else(|| deploy_name(used.name))?;
            let around = [used.name];
            Some(Act {
                by_name: true,
                ..act_of(
                    Purpose { does: deploys::settle(does, &around), tool: used.name.to_owned() },
                    command.span,
                    Place::At(run.file, command.span),
                )
            })
        };
        let Target::Manifests(manifests) = &used.target else {
            // A name that may just as well be a program is one.
            let own = if used.may_be_program { purpose::of_command(command) } else { Vec::new() };
            if !own.is_empty() {
                return None;
            }
            return Some(by_name().into_iter().collect());
        };
        let mut acts = Vec::new();
        let mut defined = false;
        for manifest in manifests {
            let Some(inner) = self.package.get(&(*manifest, used.name)) else {
                // Scripts of tests and examples are known by name only.
                if self.defines(*manifest, used.name) {
                    defined = true;
                    acts.extend(by_name());
                }
                continue;
            };
            defined = true;
            acts.extend(self.inner(inner, *manifest, Some(self.repo.file(*manifest).folder()), run, false));
            let prints = inner.iter().all(|used| used.only_prints());
            if acts.is_empty() && !prints {
                acts.extend(by_name());
            }
        }
        if !defined && used.may_be_program {
            return None;
        }
        let extra = purpose::text_of(&command.words);
        for act in &mut acts {
            act.does = deploys::settle(act.does, &[used.name, &extra]);
        }
        Some(acts)
    }

    /// `run-s lint test`, `npm-run-all --parallel lint:*`, `concurrently "npm:lint"`.
    fn through_list(&self, command: &Command, run: &Run) -> Option<Vec<Act>> {
        let program = command.program()?;
        let all = matches!(program.name, "run-s" | "run-p" | "npm-run-all" | "npm-run-all2" | "concurrently");
        let manifest = self.manifest_for(run.folder.as_deref()?).filter(|_| all)?;
        let mut acts = Vec::new();
        for word in program.arguments.iter().filter(|word| !word.text.starts_with('-')) {
            let name = word.text.trim_start_matches("npm:");
            let prefix = name.strip_suffix('*');
            let names: Vec<&str> = self
                .package
                .keys()
                .filter(|(file, key)| {
                    *file == manifest && (*key == name || prefix.is_some_and(|prefix| key.starts_with(prefix)))
                })
                .map(|(_, key)| *key)
                .collect();
            for name in names {
                let inner = &self.package[&(manifest, name)];
                let found = self.inner(inner, manifest, run.folder.as_deref(), run, false);
                if found.is_empty() {
                    acts.extend(purpose::by_script_name(name).map(|does| Act {
                        by_name: true,
                        ..act_of(
                            Purpose { does, tool: name.to_owned() },
                            command.span,
                            Place::At(run.file, command.span),
                        )
                    }));
                }
                acts.extend(found);
            }
        }
        Some(acts)
    }

    fn through_make(&self, command: &Command, run: &Run) -> Option<Vec<Act>> {
        let program = command.program().filter(|program| matches!(program.name, "make" | "gmake"))?;
        let folder = run.folder.as_deref()?;
        let folder =
            program.option_value("-C").map_or_else(|| folder.to_owned(), |inner| normalised(&folder.join(inner)));
        let named = |name: &str| self.repo.by_path(&folder.join(name)).map(|file| file.id);
        let file = ["Makefile", "makefile", "GNUmakefile"].into_iter().find_map(named);
        let mut targets: Vec<&str> = Vec::new();
        let mut skip = false;
        for word in program.arguments {
            let text = word.text.as_str();
            if std::mem::take(&mut skip) || text.contains('=') {
                continue;
            }
            skip = matches!(text, "-C" | "-f" | "-j" | "-o");
            if !text.starts_with('-') && !skip {
                targets.push(text);
            }
        }
        let mut acts = Vec::new();
        for target in targets {
            let before = acts.len();
            let mut seen = Vec::new();
            if let Some(file) = file {
                self.make_target(file, target, &folder, run, &mut seen, &mut acts);
            }
            if acts.len() == before
                && let Some(does) = purpose::by_script_name(target).or_else(|| deploy_name(target))
            {
                let purpose = Purpose { does: deploys::settle(does, &[target]), tool: format!("make {target}") };
                acts.push(Act { by_name: true, ..act_of(purpose, command.span, Place::At(run.file, command.span)) });
            }
        }
        Some(acts)
    }

    fn make_target(
        &self,
        file: FileId,
        target: &str,
        folder: &Utf8Path,
        run: &Run,
        seen: &mut Vec<String>,
        acts: &mut Vec<Act>,
    ) {
        if seen.len() > 20 || seen.iter().any(|known| known == target) {
            return;
        }
        seen.push(target.to_owned());
        let Ok(text) = self.repo.read(file) else { return };
        let prerequisites = prerequisites(&text, target);
        for prerequisite in &prerequisites {
            self.make_target(file, prerequisite, folder, run, seen, acts);
        }
        let all = self.make.get(&file).map(Vec::as_slice).unwrap_or_default();
        let recipe: Vec<&CommandUse> =
            all.iter().copied().filter(|used| used.name.split_whitespace().any(|name| name == target)).collect();
        // A rule for a list of targets that a variable holds makes it: only its name tells what it does.
        if recipe.is_empty() && prerequisites.is_empty() && run.depth < MAX_DEPTH {
            let does = purpose::by_script_name(target).map(|does| deploys::settle(does, &[target]));
            let start = text.find(target).unwrap_or_default();
            let span = Span::new(start, start + target.len());
            let purpose = |does| Purpose { does, tool: format!("make {target}") };
            acts.extend(does.map(|does| Act { by_name: true, ..act_of(purpose(does), span, Place::At(file, span)) }));
        }
        // Each line of a recipe is a script of its own.
        let mut start = 0;
        while start < recipe.len() {
            let whole = recipe[start].whole;
            let end = recipe[start..].iter().position(|used| used.whole != whole).map_or(recipe.len(), |at| start + at);
            let mut found = self.inner(&recipe[start..end], file, Some(folder), run, false);
            let before = text.as_bytes().get((whole.start as usize).saturating_sub(1));
            if before == Some(&b'-') {
                for act in &mut found {
                    act.swallowed.get_or_insert(Swallowed { how: super::How::Option, place: Place::At(file, whole) });
                }
            }
            acts.extend(found);
            start = end;
        }
    }

    fn through_shell(&self, command: &Command, run: &Run) -> Option<Vec<Act>> {
        let folder = run.folder.as_deref()?;
        let program = command.program()?;
        let word = match program.name {
            "bash" | "sh" | "zsh" | "source" | "." => {
                program.arguments.iter().find(|word| !word.text.starts_with('-'))?
            }
            _ => program.word,
        };
        let path = normalised(&folder.join(word.text.as_str()));
        let file = self.repo.by_path(&path).filter(|file| file.kind == FileKind::Shell)?;
        let inner = self.shell.get(&file.id)?;
        let errexit = inner.iter().take(12).any(|used| {
            used.command.program().is_some_and(|program| {
                program.name == "set"
                    && program.arguments.iter().any(|word| word.text.starts_with('-') && word.text.contains('e'))
            })
        });
        let mut acts = self.inner(inner, file.id, Some(folder), run, errexit);
        let extra = purpose::text_of(&command.words);
        for act in &mut acts {
            act.does = deploys::settle(act.does, &[&extra]);
        }
        if acts.is_empty() {
            let does = purpose::of_command(command);
            acts.extend(does.into_iter().map(|purpose| Act {
                by_name: true,
                ..act_of(purpose, command.span, Place::At(run.file, command.span))
            }));
        }
        Some(acts)
    }

    fn inner(
        &self,
        inner: &[&CommandUse],
        file: FileId,
        folder: Option<&Utf8Path>,
        run: &Run,
        errexit: bool,
    ) -> Vec<Act> {
        let commands: Vec<&Command> = inner.iter().map(|used| &used.command).collect();
        let run = Run { file, folder: folder.map(Utf8Path::to_owned), errexit, depth: run.depth + 1 };
        self.script(&commands, &run).into_iter().map(|found| found.act).collect()
    }

    /// The nearest manifest at or above a folder.
    fn manifest_for(&self, folder: &Utf8Path) -> Option<FileId> {
        folder.ancestors().find_map(|at| self.manifests.get(at).copied())
    }

    /// Whether `manifest` defines the script `name`.
    pub fn defines(&self, manifest: FileId, name: &str) -> bool {
        self.package.contains_key(&(manifest, name))
            || self
                .repo
                .manifests()
                .iter()
                .any(|known| known.file == manifest && known.scripts.iter().any(|script| script.name == name))
    }

    /// The package script that `command` starts from `folder`, and where it is looked up.
    pub fn script_use<'c>(&self, command: &'c Command, folder: Option<&Utf8Path>) -> Option<ScriptUse<'c>> {
        let name = command.package_script()?;
        let span = command.words.iter().find(|word| word.text == name).map_or(command.span, |word| word.span);
        let dynamic = command.words.iter().any(|word| word.text == name && word.dynamic);
        let words: Vec<&str> = command.words.iter().map(|word| word.text.as_str()).collect();
        let manager = words.iter().position(|word| matches!(*word, "npm" | "pnpm" | "yarn" | "bun"))?;
        let own = &words[manager + 1..];
        // `pnpm turbo run build` starts turbo.
        let named = own.iter().position(|word| *word == name).unwrap_or(own.len());
        let explicit = own[..named].iter().any(|word| matches!(*word, "run" | "run-script"))
            || matches!(name, "test" | "start" | "stop" | "restart");
        // What stands behind `--` is handed to the script.
        let options = own.iter().position(|word| *word == "--").map_or(own, |end| &own[..end]);
        let target = if dynamic { Target::Unknown } else { self.target(words[manager], options, folder) };
        Some(ScriptUse {
            name,
            span,
            target,
            optional: words.contains(&"--if-present"),
            may_be_program: matches!(words[manager], "pnpm" | "yarn" | "bun")
                && (!explicit || words[manager] == "yarn" || words[manager] == "bun"),
        })
    }

    fn target(&self, manager: &str, words: &[&str], folder: Option<&Utf8Path>) -> Target {
        let value = |names: &[&str]| {
            words.iter().enumerate().find_map(|(index, word)| {
                let (name, value) = word.split_once('=').map_or((*word, None), |(name, value)| (name, Some(value)));
                names.contains(&name).then(|| value.or_else(|| words.get(index + 1).copied()))?
            })
        };
        let all = words
            .iter()
            .any(|word| matches!(*word, "-r" | "--recursive" | "-ws" | "--workspaces" | "workspaces" | "foreach"));
        let packages = match (manager, words.first()) {
            ("yarn", Some(&"workspace")) => words.get(1).copied(),
            _ => value(&["--filter", "-F", "--workspace", "-w"]).filter(|name| {
                !(manager == "pnpm"
                    && words.contains(&"-w")
                    && !name.is_empty()
                    && value(&["--filter", "-F"]).is_none())
            }),
        };
        if all {
            return Target::Manifests(self.manifests.values().copied().collect());
        }
        if manager == "pnpm" && words.iter().any(|word| matches!(*word, "-w" | "--workspace-root")) {
            return self
                .manifests
                .get(Utf8Path::new(""))
                .map_or(Target::Unknown, |root| Target::Manifests(vec![*root]));
        }
        if let Some(package) = packages {
            return self.package_named(package);
        }
        let Some(folder) = folder else { return Target::Unknown };
        let folder = match value(&["--prefix", "-C", "--dir", "--cwd"]) {
            Some(inner) if inner.contains(['$', '~']) || inner.starts_with('/') => return Target::Unknown,
            Some(inner) => normalised(&folder.join(inner)),
            None => folder.to_owned(),
        };
        self.manifest_for(&folder).map_or(Target::Unknown, |manifest| Target::Manifests(vec![manifest]))
    }

    /// A workspace package by name or path; a pattern may be any of them.
    fn package_named(&self, package: &str) -> Target {
        let all = || Target::Manifests(self.manifests.values().copied().collect());
        if package.contains(['$', '{']) && package.contains('$') {
            return Target::Unknown;
        }
        if package.contains(['*', '!', '[', '{']) || package.contains("...") || package.contains('^') {
            return all();
        }
        let path = package.trim_start_matches("./").trim_end_matches('/');
        if let Some(manifest) = self.manifests.get(Utf8Path::new(path)) {
            return Target::Manifests(vec![*manifest]);
        }
        let named =
            self.repo.manifests().iter().filter(|manifest| self.manifests.values().any(|file| *file == manifest.file));
        let same: Vec<FileId> = named
            .filter(|manifest| {
                manifest.name.as_ref().is_some_and(|name| {
                    name.text == package
                        || name.text.rsplit('/').next() == Some(package)
                        || manifest.folder.file_name() == Some(package)
                })
            })
            .map(|manifest| manifest.file)
            .collect();
        if same.is_empty() { Target::Unknown } else { Target::Manifests(same) }
    }

    /// Where each of a step's commands runs.
    pub fn folders(commands: &[Command], start: Option<&Utf8Path>) -> Vec<Option<Utf8PathBuf>> {
        folders(&commands.iter().collect::<Vec<_>>(), start)
    }
}

fn act_of(purpose: Purpose, span: Span, place: Place) -> Act {
    Act { does: purpose.does, tool: purpose.tool, span, at: Some(place), swallowed: None, by_name: false }
}

/// `deploy`, `deploy:prod`, `release-deploy`.
fn deploy_name(name: &str) -> Option<Does> {
    let first = name.split([':', '-', '_', '.']).next()?;
    (first.eq_ignore_ascii_case("deploy")).then_some(Does::Deploy(super::Target::Unknown))
}

/// Where each command runs, as far as `cd` tells.
fn folders(commands: &[&Command], start: Option<&Utf8Path>) -> Vec<Option<Utf8PathBuf>> {
    let mut here: Vec<(u16, Option<Utf8PathBuf>)> = vec![(0, start.map(Utf8Path::to_owned))];
    let mut found = Vec::with_capacity(commands.len());
    for command in commands {
        let depth = command.context.depth;
        // What a subshell changes ends with it; a brace group or a branch keeps its change.
        while here.len() > 1 && here.last().is_some_and(|(at, _)| *at > depth) {
            here.pop();
        }
        let current = here.last().and_then(|(_, folder)| folder.clone());
        found.push(current.clone());
        let Some(program) = command.program() else { continue };
        if !matches!(program.name, "cd" | "pushd" | "popd") {
            continue;
        }
        let target = program.arguments.iter().find(|word| !word.text.starts_with('-'));
        let next = moved(current.as_deref(), target).filter(|_| program.name != "popd");
        let inside = command.context.subshell || command.context.substitution;
        match here.last_mut() {
            Some((at, folder)) if !inside || *at == depth => {
                let _ = at;
                *folder = next;
            }
            _ => here.push((depth, next)),
        }
    }
    found
}

fn moved(current: Option<&Utf8Path>, target: Option<&Word>) -> Option<Utf8PathBuf> {
    let text = target?.text.as_str();
    let rooted = ["$GITHUB_WORKSPACE", "${{ github.workspace }}", "${GITHUB_WORKSPACE}", "$CI_PROJECT_DIR"];
    if let Some(rest) = rooted.iter().find_map(|root| text.strip_prefix(root)) {
        return Some(normalised(Utf8Path::new(rest)));
    }
    if text.contains(['$', '~', '`']) || text.starts_with('/') || text == "-" {
        return None;
    }
    Some(normalised(&current?.join(text)))
}

/// The targets that `target` needs first, as its rule names them.
fn prerequisites(text: &str, target: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with(['\t', '#', ' ', '.'])) {
        let Some((names, rest)) = line.split_once(':') else { continue };
        if rest.starts_with('=') || names.contains('=') || !names.split_whitespace().any(|name| name == target) {
            continue;
        }
        let rest = rest.split(['#', ';']).next().unwrap_or_default();
        found
            .extend(rest.split_whitespace().filter(|name| !name.contains(['$', '=', '|'])).take(20).map(str::to_owned));
    }
    found
}

/// The commands of a word that is a command line of its own.
pub(super) fn commands_of(text: &str, place: impl Fn(Span) -> Span) -> Vec<Command> {
    shell::commands_in(text, place)
}
