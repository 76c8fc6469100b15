//! `package-script-missing`: every script that a pipeline, a hook, an image or another script starts is defined.

use camino::{Utf8Path, Utf8PathBuf};

use crate::{
    code::shell::{self, Command},
    facts::{
        Fact,
        commands::{CommandUse, Stage},
        pipelines::{Follower, ScriptTarget, ScriptUse, System},
    },
    model::{FileId, Message, Place, Severity, Site, Verdict},
    repo::{FileKind, Repo},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: PackageScriptMissing = PackageScriptMissing;

pub(in crate::rules) struct PackageScriptMissing;

impl Rule for PackageScriptMissing {
    fn id(&self) -> &'static str {
        "package-script-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands, Fact::Pipelines]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if cx.repo.of_kind(FileKind::PackageJson).next().is_none() {
            return Verdict::not_applicable("no-manifest");
        }
        let commands = cx.facts.commands(cx.repo);
        let mut search = Search {
            repo: cx.repo,
            follower: Follower::new(cx.repo, commands),
            sites: Vec::new(),
            fine: 0,
            first: None,
        };
        search.pipelines(cx);
        // Commands of one script stand together, so that a `cd` among them is followed.
        for script in
            commands.chunk_by(|one, next| one.file == next.file && one.name == next.name && one.whole == next.whole)
        {
            search.elsewhere(script);
        }
        search.hooks();
        let (total, ok) = (search.sites.len() + search.fine, search.fine);
        let Search { sites, first, .. } = search;
        Verdict::fail_or(sites, || match first {
            Some(place) => Verdict::pass_at(place, Message::new("defined").count("n", ok)),
            None => Verdict::not_applicable("no-uses"),
        })
        .sites(total, ok)
    }
}

struct Search<'r> {
    repo: &'r Repo,
    follower: Follower<'r>,
    sites: Vec<Site>,
    fine: usize,
    first: Option<Place>,
}

impl Search<'_> {
    fn pipelines(&mut self, cx: &Context<'_>) {
        for pipeline in
            cx.facts.pipelines(cx.repo).iter().filter(|pipeline| !matches!(pipeline.system, System::Other(_)))
        {
            for job in pipeline.jobs.iter().filter(|job| job.off.is_none()) {
                // Files of another repository lie in the folder, or this one in a folder of its own.
                let foreign = job.steps.iter().any(|step| {
                    let text = self.repo.read(pipeline.file).ok();
                    let step_text = text.as_deref().and_then(|text| text.get(step.span.range())).unwrap_or_default();
                    let checkout = step.uses.as_ref().is_some_and(|uses| uses.text.starts_with("actions/checkout@"));
                    checkout && ["repository:", "path:"].iter().any(|key| step_text.contains(key))
                        || ["git clone", "npm create", "npx create-", "npm init", "git checkout", "npm pkg set"]
                            .iter()
                            .any(|word| step_text.contains(word))
                });
                if foreign {
                    continue;
                }
                for step in job.steps.iter().filter(|step| step.off.is_none()) {
                    let folders = Follower::folders(&step.commands, step.folder.as_deref());
                    for (command, folder) in step.commands.iter().zip(&folders) {
                        self.ask(command, folder.as_deref(), pipeline.file, Severity::High);
                    }
                }
            }
        }
    }

    /// Hooks of husky, which need no first line that names a shell.
    fn hooks(&mut self) {
        let hooks = self.repo.files().iter().filter(|file| file.path.parent() == Some(Utf8Path::new(".husky")));
        for file in hooks.filter(|file| file.kind != FileKind::Shell) {
            let Ok(text) = self.repo.read(file.id) else { continue };
            for command in shell::commands(&text) {
                self.ask(&command, Some(Utf8Path::new("")), file.id, Severity::High);
            }
        }
    }

    /// Commands outside pipelines; where their folder is not certain, only a script that nobody defines counts.
    fn elsewhere(&mut self, script: &[CommandUse]) {
        let Some(first) = script.first() else { return };
        let file = self.repo.file(first.file);
        let (folder, severity) = match first.stage {
            Stage::PackageScript | Stage::Make => (file.folder(), Severity::Medium),
            Stage::ShellScript if file.path.as_str().starts_with(".husky/") => (Utf8Path::new(""), Severity::High),
            Stage::ImageBuild | Stage::ContainerStart if file.kind == FileKind::Dockerfile => {
                return script.iter().for_each(|used| self.ask_anywhere(used));
            }
            _ => return,
        };
        let commands: Vec<Command> = script.iter().map(|used| used.command.clone()).collect();
        let folders = Follower::folders(&commands, Some(folder));
        for (command, folder) in commands.iter().zip(&folders) {
            self.ask(command, folder.as_deref(), file.id, severity);
        }
    }

    fn ask(&mut self, command: &Command, folder: Option<&Utf8Path>, file: FileId, severity: Severity) {
        let Some(used) = self.usable(command, folder) else { return };
        let ScriptTarget::Manifests(manifests) = &used.target else { return };
        let there =
            folder.is_some_and(|folder| folder.as_str().is_empty() || !self.repo.files_below(folder).is_empty());
        if manifests.iter().any(|manifest| self.follower.defines(*manifest, used.name)) {
            return self.found(Place::At(file, used.span));
        }
        let [manifest] = manifests.as_slice() else {
            return if there {
                self.miss(&used, file, None, severity);
            };
        };
        if there && !self.defaults(&used, *manifest) {
            self.miss(&used, file, Some(*manifest), severity);
        }
    }

    fn ask_anywhere(&mut self, used: &CommandUse) {
        let Some(script) = self.usable(&used.command, Some(Utf8Path::new(""))) else { return };
        let all: Vec<FileId> = self.repo.of_kind(FileKind::PackageJson).map(|file| file.id).collect();
        if all.iter().any(|manifest| self.follower.defines(*manifest, script.name)) {
            return self.found(Place::At(used.file, script.span));
        }
        if !all.iter().any(|manifest| self.defaults(&script, *manifest)) {
            self.miss(&script, used.file, None, Severity::High);
        }
    }

    /// A use whose name must be a script's.
    fn usable<'c>(&self, command: &'c Command, folder: Option<&Utf8Path>) -> Option<ScriptUse<'c>> {
        let used = self.follower.script_use(command, folder)?;
        let odd = used.name.starts_with('-')
            || used.name.contains(['$', '*', '{', '<', '/'])
            || used.name.is_empty()
            || matches!(used.name.rsplit('.').next(), Some("js" | "ts"));
        let skipped = used.optional
            || used.may_be_program
            || command.caught
            || command.context.condition
            || matches!(used.name, "restart" | "stop");
        (!odd && !skipped).then_some(used)
    }

    /// `npm start` has a default.
    fn defaults(&self, used: &ScriptUse<'_>, manifest: FileId) -> bool {
        let folder: Utf8PathBuf = self.repo.file(manifest).folder().to_owned();
        used.name == "start" && self.repo.by_path(&folder.join("server.js")).is_some()
    }

    fn found(&mut self, place: Place) {
        self.fine += 1;
        self.first.get_or_insert(place);
    }

    fn miss(&mut self, used: &ScriptUse<'_>, file: FileId, manifest: Option<FileId>, severity: Severity) {
        let message = match manifest {
            Some(manifest) => {
                let path = self.repo.file(manifest).path.as_str();
                Message::new("undefined").with("script", used.name).with("manifest", path)
            }
            None => Message::new("undefined-anywhere").with("script", used.name),
        };
        let mut site = Site::new(Place::At(file, used.span), message).key(used.name);
        if severity != Severity::High {
            site = site.severity(severity);
        }
        self.sites.push(site);
    }
}
