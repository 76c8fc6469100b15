//! `dockerfile-stage-input-missing`: the commands of a stage find the programs and packages that they need.

use crate::{
    code::{
        Flags, Kind, NodeRef,
        docker::{Instruction, Stage},
        shell::{self, Command},
    },
    facts::{
        Fact, Visit, Watch,
        images::{Image, images},
    },
    model::{Evidence, Message, Observation, Place, Site, Tone, Verdict},
    repo::{DependencyGroup, Ecosystem, FileKind, Manifest, Repo},
    rule::{Context, Out, Rule},
};

pub(in crate::rules) static RULE: DockerfileStageInputMissing = DockerfileStageInputMissing;

pub(in crate::rules) struct DockerfileStageInputMissing;

impl Rule for DockerfileStageInputMissing {
    fn id(&self) -> &'static str {
        "dockerfile-stage-input-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Import])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        let module = node.name();
        let names: Vec<NodeRef<'_>> = node.children().filter(|child| child.is(Kind::ImportName)).collect();
        let types = node.has(Flags::TYPE_ONLY)
            || node.text().trim_start().starts_with("import type")
            || !names.is_empty()
                && names.iter().all(|name| name.has(Flags::TYPE_ONLY) || name.text().starts_with("type "));
        let tooling = file.file.name().contains(".config.") || file.file.name().contains(".setup.");
        let package = !module.starts_with(['.', '/']) && (!module.starts_with('@') || module.contains('/'));
        if package && !types && !tooling {
            out.note(file.place(node), "used").key = package_of(module);
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let (mut sites, mut fine) = (Vec::<Site>::new(), Vec::<Evidence>::new());
        for image in images(cx.repo, cx.facts.commands(cx.repo)) {
            for stage in image.dockerfile.contributing(image.stage) {
                of_stage(cx, &image, stage, &mut sites, &mut fine);
            }
        }
        sites.sort_by(|one, two| one.place.cmp(&two.place));
        sites.dedup_by(|one, two| one.place == two.place);
        fine.dedup();
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("none")).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("none")).also_fine(fine).sites(total, ok)
    }
}

/// `@scope/name` of `@scope/name/part`, `name` of `name/part`.
fn package_of(module: &str) -> String {
    let parts = if module.starts_with('@') { 2 } else { 1 };
    module.split('/').take(parts).collect::<Vec<_>>().join("/")
}

/// What a stage has installed at some line.
#[derive(Clone)]
enum Installed {
    Nothing,
    /// Development dependencies are left out; the place that does so.
    Production(Place),
    Everything,
}

fn of_stage(cx: &Context<'_>, image: &Image<'_>, stage: &Stage, sites: &mut Vec<Site>, fine: &mut Vec<Evidence>) {
    let mut installed = Installed::Nothing;
    let mut production = false;
    let runs = image.stage.index == stage.index;
    for part in image.dockerfile.stage_chain(stage).into_iter().rev() {
        for one in &part.instructions {
            match one.keyword.as_str() {
                "ENV" => production = environment(one).unwrap_or(production),
                // Files of another stage may bring every dependency along.
                "COPY" if brings_modules(one) => installed = Installed::Everything,
                "RUN" | "CMD" | "ENTRYPOINT" => {
                    let start = one.keyword != "RUN";
                    if start && !runs {
                        continue;
                    }
                    for command in one.commands() {
                        installed = after(&command, installed, production, image.place(one.span));
                        judge(cx, image, one, &command, &installed, sites, fine);
                    }
                }
                _ => {}
            }
        }
    }
}

fn environment(one: &Instruction) -> Option<bool> {
    let pair = one.pairs.iter().find(|pair| pair.name == "NODE_ENV")?;
    Some(pair.value.as_ref().is_some_and(|value| value.text == "production"))
}

fn brings_modules(copy: &Instruction) -> bool {
    let from = copy.flag("from").is_some();
    from && copy.arguments.iter().any(|word| {
        let text = word.text.trim_end_matches('/');
        text.ends_with("node_modules") || matches!(text, "." | "/app" | "/usr/src/app" | "/usr/src" | "/workspace")
    })
}

/// What is installed behind `command`.
fn after(command: &Command, before: Installed, production: bool, place: Place) -> Installed {
    let Some(program) = command.program() else { return before };
    let words: Vec<&str> = program.arguments.iter().map(|word| word.text.as_str()).collect();
    let installs = match program.name {
        "npm" => matches!(words.first(), Some(&("ci" | "install" | "i"))),
        "pnpm" | "bun" => matches!(words.first(), Some(&("install" | "i"))),
        "yarn" => words.first().is_none_or(|word| *word == "install" || word.starts_with("--")),
        _ => false,
    };
    if matches!(program.name, "npm" | "pnpm" | "yarn") && words.first() == Some(&"prune") {
        // Whatever runs behind it was built before; what starts then is judged with what is left.
        return if matches!(before, Installed::Nothing) { before } else { Installed::Production(place) };
    }
    let named = words.iter().skip(1).any(|word| !word.starts_with('-'));
    if !installs || named || words.iter().any(|word| matches!(*word, "-g" | "--global")) {
        return before;
    }
    let include = words.iter().any(|word| {
        matches!(*word, "--include=dev" | "--production=false" | "--prod=false" | "--dev" | "-D" | "--also=dev")
            || word.starts_with("--only=dev")
    });
    let omits = words.iter().any(|word| {
        matches!(
            *word,
            "--omit=dev" | "--only=production" | "--only=prod" | "--production" | "--prod" | "-P" | "--production=true"
        )
    });
    let split = words.windows(2).any(|pair| matches!(pair, ["--omit", "dev"] | ["--only", "production" | "prod"]));
    let by_variable = production && program.name != "bun"
        || command.assignments.iter().any(|it| it.name == "NODE_ENV" && it.value.text == "production");
    if !include && (omits || split || by_variable) { Installed::Production(place) } else { Installed::Everything }
}

fn judge(
    cx: &Context<'_>,
    image: &Image<'_>,
    one: &Instruction,
    command: &Command,
    installed: &Installed,
    sites: &mut Vec<Site>,
    fine: &mut Vec<Evidence>,
) {
    let text = command.words.iter().take(4).map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
    let place = image.place(one.span);
    let about = |key: &'static str| Message::new(key).with("command", text.as_str());
    let Some(manifest) = manifest_of(cx.repo, image) else { return };
    let Some((steps, is_script)) = steps(cx, command, manifest) else {
        let Some(script) = unknown_script(cx.repo, command) else { return };
        sites.push(Site::new(place, about("script").with("script", script)));
        return;
    };
    let Installed::Production(install) = installed else {
        if is_script && matches!(installed, Installed::Everything) {
            fine.push(Evidence::At { place, note: about("complete") });
        }
        return;
    };
    for step in &steps {
        let Some((tool, package, declared)) = dev_tool(manifest, step) else { continue };
        let message = about("tool").with("tool", tool).with("package", package);
        // What builds needs another installation; what starts is declared in the wrong place.
        let site = if one.keyword == "RUN" {
            Site::new(install.clone(), message).related(place, "build")
        } else {
            Site::new(place, message).related(install.clone(), "install")
        };
        sites.push(site.related(declared, "declared"));
        return;
    }
    let building = one.keyword == "RUN";
    if let Some((package, used)) =
        steps.iter().filter(|_| building).find(|step| bundles(step)).and_then(|_| dev_import(cx, image, manifest))
    {
        let message = about("import").with("package", package);
        sites.push(Site::new(install.clone(), message).related(place, "build").related(used.place.clone(), "used"));
        return;
    }
    if is_script {
        fine.push(Evidence::At { place, note: about("complete") });
    }
}

/// The manifest of what the image packs.
fn manifest_of<'r>(repo: &'r Repo, image: &Image<'r>) -> Option<&'r Manifest> {
    let npm = |manifest: &&Manifest| {
        manifest.ecosystem == Ecosystem::Npm && repo.file(manifest.file).kind == FileKind::PackageJson
    };
    image.component.manifests(repo).find(npm)
}

/// The commands that run in the end, and whether a script named them; `None` for a script that is not there.
fn steps(cx: &Context<'_>, command: &Command, manifest: &Manifest) -> Option<(Vec<Command>, bool)> {
    let Some(script) = command.package_script() else { return Some((vec![command.clone()], false)) };
    if let Some(found) = manifest.script(script) {
        let mut steps = shell::commands(&found.command);
        // One script more: `build` that calls `build:server`.
        let inner: Vec<Command> = steps
            .iter()
            .filter_map(|step| manifest.script(step.package_script()?))
            .flat_map(|inner| shell::commands(&inner.command))
            .collect();
        steps.extend(inner);
        return Some((steps, true));
    }
    let somewhere = cx.repo.manifests().iter().any(|manifest| manifest.script(script).is_some());
    let program = command.words.get(1).is_some_and(|word| !matches!(word.text.as_str(), "run" | "run-script"));
    (somewhere || program).then(|| (vec![command.clone()], false))
}

/// The script of `npm run NAME` that no manifest has.
fn unknown_script(repo: &Repo, command: &Command) -> Option<String> {
    let script = command.package_script()?;
    let dynamic = command.words.iter().any(|word| word.dynamic);
    let optional = command.words.iter().any(|word| word.text == "--if-present") || command.caught;
    let damaged = repo.manifests().iter().any(|manifest| manifest.damaged);
    (!dynamic && !optional && !damaged && !command.context.branch).then(|| script.to_owned())
}

/// Programs that come with a package of another name.
const TOOLS: [(&str, &str); 12] = [
    ("tsc", "typescript"),
    ("nest", "@nestjs/cli"),
    ("ng", "@angular/cli"),
    ("vue-cli-service", "@vue/cli-service"),
    ("react-scripts", "react-scripts"),
    ("remix", "@remix-run/dev"),
    ("react-router", "@react-router/dev"),
    ("babel", "@babel/cli"),
    ("nuxt", "nuxt"),
    ("svelte-kit", "@sveltejs/kit"),
    ("drizzle-kit", "drizzle-kit"),
    ("swc", "@swc/cli"),
];

/// The program of `step` when only a development dependency brings it: the program, the package and its place.
fn dev_tool(manifest: &Manifest, step: &Command) -> Option<(String, String, Place)> {
    if step.caught || step.context.branch {
        return None;
    }
    let program = step.program()?;
    // `npx x` and `pnpm dlx x` fetch what is not installed.
    let fetched = step.words.iter().any(|word| matches!(word.text.as_str(), "dlx" | "--yes" | "-y"));
    let by_path =
        program.arguments.iter().find_map(|word| word.text.split_once("node_modules/.bin/").map(|(_, name)| name));
    let tool = if program.name == "node" { by_path? } else { program.name };
    let package = TOOLS.iter().find(|(name, _)| *name == tool).map_or(tool, |(_, package)| *package);
    let found = manifest.dependency(package).filter(|found| found.is_dev() && !fetched)?;
    Some((tool.to_owned(), package.to_owned(), manifest.place(found.span)))
}

/// Whether a step reads every source of the application and fails at an import that it cannot find.
fn bundles(step: &Command) -> bool {
    [["next", "build"], ["vite", "build"], ["nuxt", "build"], ["remix", "build"], ["react-scripts", "build"]]
        .iter()
        .any(|words| step.runs(words))
        || step.program().is_some_and(|program| matches!(program.name, "tsc" | "webpack"))
}

/// An import of the component's sources that only a development dependency satisfies.
fn dev_import<'c>(cx: &'c Context<'_>, image: &Image<'_>, manifest: &Manifest) -> Option<(String, &'c Observation)> {
    let notes = cx.seen.iter().filter(|seen| seen.tone == Tone::Note);
    notes
        .filter(|seen| seen.place.file().is_some_and(|file| cx.repo.component_of(file).id == image.component.id))
        .find(|seen| manifest.dependency(&seen.key).is_some_and(|found| found.group == DependencyGroup::Dev))
        .map(|seen| (seen.key.clone(), seen))
}
