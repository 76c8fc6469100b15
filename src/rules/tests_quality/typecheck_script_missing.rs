//! `typecheck-script-missing`: a command checks the types that the code states.

use crate::{
    code::Language,
    facts::{
        Fact,
        commands::{CommandUse, Stage},
        next,
        tooling::{self, Signs},
    },
    model::{Evidence, Message, Place, Severity, Site, Verdict},
    repo::{Component, File, FileKind, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: TypecheckScriptMissing = TypecheckScriptMissing;

pub(in crate::rules) struct TypecheckScriptMissing;

/// Fewer files are glue beside another language.
const ENOUGH: usize = 6;

/// Programs that check types whenever they run.
const CHECKERS: [&str; 13] = [
    "tsc",
    "vue-tsc",
    "tsgo",
    "svelte-check",
    "tsc-files",
    "tspc",
    "ttsc",
    "typedoc",
    "tsd",
    "dts",
    "tsdx",
    "glint",
    "type-coverage",
];

/// Programs that check types when they are given one of the words.
const BUILDERS: [(&str, &[&str]); 16] = [
    ("next", &["build"]),
    ("nest", &["build", "start"]),
    ("ng", &["build", "test", "serve"]),
    ("react-scripts", &["build", "start"]),
    ("astro", &["check"]),
    ("nuxi", &["typecheck"]),
    ("nuxt", &["typecheck"]),
    ("deno", &["check", "test"]),
    ("tsup", &["--dts"]),
    ("tsdown", &["--dts"]),
    ("vitest", &["--typecheck"]),
    ("medusa", &["build"]),
    ("strapi", &["build"]),
    ("quasar", &["build"]),
    ("oxlint", &["--type-check"]),
    ("preconstruct", &["build", "validate"]),
];

/// Packages that check types in the course of something else: a build, a run of the tests, a start.
const PACKAGES: [&str; 11] = [
    "ts-jest",
    "ts-loader",
    "fork-ts-checker-webpack-plugin",
    "vite-plugin-checker",
    "@rollup/plugin-typescript",
    "rollup-plugin-typescript2",
    "gulp-typescript",
    "grunt-ts",
    "ts-patch",
    "ts-node",
    "ts-node-dev",
];

const PYTHON: Signs = Signs {
    files: &["mypy.ini", ".mypy.ini", "pyrightconfig.json", ".pyre_configuration", "ty.toml", "pyrefly.toml"],
    tables: &["tool.mypy*", "tool.pyright*", "tool.basedpyright*", "tool.ty*", "tool.pyrefly*", "tool.pytype*"],
    packages: &["mypy", "pyright", "basedpyright", "pytype", "pyre-check", "ty", "pyrefly", "zuban"],
    programs: &["mypy", "dmypy", "pyright", "basedpyright", "pytype", "pyre", "ty", "pyrefly", "zuban"],
};

impl Rule for TypecheckScriptMissing {
    fn id(&self) -> &'static str {
        "typecheck-script-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands, Fact::Modules]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        if let Some((part, n)) = largest(cx) {
            match script(cx, part) {
                Some((place, what)) => {
                    fine.push(Evidence::At { place, note: Message::new("checked").with("tool", what) });
                }
                None => {
                    let message = Message::new("script").count("n", n);
                    sites.push(Site::new(anchor(cx, part), message).key("script"));
                }
            }
        }
        if let Some(n) = annotated(cx) {
            match tooling::shown(cx.repo, cx.facts, &PYTHON).or_else(|| named(cx, PYTHON.programs)) {
                Some(place) => fine.push(Evidence::At { place, note: Message::new("python-checked") }),
                None => {
                    let place = Place::Missing("mypy.ini".into());
                    let site = Site::new(place, Message::new("python").count("n", n));
                    sites.push(site.severity(Severity::Low).key("python"));
                }
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        Verdict::fail_or(sites, || Verdict::pass_or(fine.clone(), || Verdict::not_applicable("no-types")))
            .also_fine(fine)
            .sites(total, ok)
    }
}

/// The component with the most files in TypeScript, and how many there are in all.
fn largest<'a>(cx: &Context<'a>) -> Option<(&'a Component, usize)> {
    let typed = |file: &&File| {
        file.role == Role::Source
            && matches!(file.language, Some(Language::TypeScript | Language::Tsx))
            && !file.name().contains(".d.")
    };
    let counts = cx.repo.components().iter().map(|part| (part, cx.repo.files_of(part.id).filter(typed).count()));
    let all: usize = counts.clone().map(|(_, n)| n).sum();
    let (part, _) = counts.max_by_key(|(_, n)| *n)?;
    (all >= ENOUGH).then_some((part, all))
}

/// Where a reader adds the script.
fn anchor(cx: &Context<'_>, part: &Component) -> Place {
    let own = part.manifests(cx.repo).chain(cx.repo.component(crate::model::ComponentId::ROOT).manifests(cx.repo));
    let npm = own.into_iter().find(|it| cx.repo.file(it.file).kind == FileKind::PackageJson);
    let Some(manifest) = npm else { return Place::Missing(part.folder().join("package.json")) };
    let scripts = cx.repo.doc(manifest.file).and_then(|doc| doc.root()).and_then(|root| root.entry("scripts"));
    scripts.map_or(Place::File(manifest.file), |entry| manifest.place(entry.key_span))
}

/// What checks the types of TypeScript.
fn script(cx: &Context<'_>, largest: &Component) -> Option<(Place, String)> {
    let runs = |used: &CommandUse| Some((used.place(), checker(cx, used)?));
    let commands = cx.facts.commands(cx.repo);
    // What lies in a script of its own may have been for one day.
    let run = commands
        .iter()
        .filter(|used| used.stage != Stage::ShellScript)
        .find_map(runs)
        .or_else(|| commands.iter().find_map(runs));
    let package = || {
        // A plugin beside a build that ignores errors checks some other part.
        if next::ignores_type_errors(cx.repo, largest).is_some() {
            return None;
        }
        let (name, place) = cx.repo.declared(&PACKAGES)?;
        Some((place, name.to_owned()))
    };
    run.or_else(package).or_else(|| Some((named(cx, &CHECKERS[..6])?, "tsc".to_owned())))
}

fn checker(cx: &Context<'_>, used: &CommandUse) -> Option<String> {
    let program = used.command.program()?;
    let words = || program.arguments.iter().map(|word| word.text.as_str());
    if CHECKERS.contains(&program.name) {
        let asks = !words().any(|word| matches!(word, "--init" | "--version" | "-v" | "--noCheck"));
        return asks.then(|| program.name.to_owned());
    }
    let (name, verbs) = BUILDERS.iter().find(|(name, _)| *name == program.name)?;
    let word = words().find(|word| verbs.contains(word))?;
    let ignores = *name == "next" && next::ignores_type_errors(cx.repo, cx.repo.component_of(used.file)).is_some();
    let swc = *name == "nest" && (words().any(|word| word == "swc") || swc_alone(cx));
    (!ignores && !swc).then(|| format!("{name} {word}"))
}

/// The builder of Nest that strips types, without its own check beside it.
fn swc_alone(cx: &Context<'_>) -> bool {
    cx.repo.files().iter().filter(|file| file.name() == "nest-cli.json").any(|file| {
        let Some(options) = cx.repo.doc(file.id).and_then(|doc| doc.root()?.get("compilerOptions")) else {
            return false;
        };
        let builder = options.get("builder");
        let swc = builder.and_then(|it| it.as_str().or_else(|| it.get("type")?.as_str())) == Some("swc");
        swc && options.get("typeCheck").and_then(crate::doc::Node::as_bool) != Some(true)
    })
}

/// A file of a task runner, a build server, a hook or a bundler that names one of the programs.
fn named(cx: &Context<'_>, programs: &[&str]) -> Option<Place> {
    const MAX_BYTES: u64 = 200_000;
    let mut files = cx.repo.files().iter().filter(|file| {
        matches!(file.role, Role::Config | Role::Script)
            && !matches!(file.kind, FileKind::Lockfile | FileKind::Gitignore)
            && file.size <= MAX_BYTES
    });
    let says = |text: &str| {
        let mut words = text.split(|letter: char| !(letter.is_alphanumeric() || matches!(letter, '-' | '_' | '/')));
        words.any(|word| {
            programs.contains(&word) || word.rsplit('/').next().is_some_and(|last| programs.contains(&last))
        })
    };
    files.find(|file| cx.repo.read(file.id).is_ok_and(|text| says(&text))).map(|file| Place::File(file.id))
}

/// How many files of Python there are, where most functions state the types of what they take.
fn annotated(cx: &Context<'_>) -> Option<usize> {
    const FUNCTIONS: usize = 20;
    let files: Vec<&File> = cx
        .repo
        .files()
        .iter()
        .filter(|file| file.role == Role::Source && file.language == Some(Language::Python))
        .collect();
    if files.len() < ENOUGH {
        return None;
    }
    let modules = cx.facts.modules(cx.repo);
    let (mut asked, mut stated) = (0, 0);
    for function in files.iter().filter_map(|file| modules.file(file.id)).flat_map(|facts| &facts.functions) {
        let taken = || function.parameters.iter().filter(|it| !matches!(it.name.as_str(), "self" | "cls"));
        if taken().next().is_some() && !function.name.is_empty() {
            asked += 1;
            stated += usize::from(taken().all(|it| it.annotation.is_some()));
        }
    }
    (asked >= FUNCTIONS && stated * 2 > asked).then_some(files.len())
}
