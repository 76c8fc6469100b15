//! `hardcoded-localhost-url`: in production the program does not look for others, or for itself, on `localhost`.

use std::collections::BTreeSet;

use camino::Utf8PathBuf;

use crate::{
    code::{Kind, NodeRef},
    facts::{
        Fact, Watch,
        cors::{Audience, Fixed},
        environment::{Demand, Via},
        loopback::{self, How},
        modules::{ImportWay, Target},
        tier::{self, Tier},
    },
    model::{ComponentId, FileId, Message, Place, Severity, Site, Span, Tone, Verdict},
    repo::{ComponentKind, File, Role},
    rule::{Context, Out, Rule, Visit, site_of},
    rules::cors::sites,
};

pub(in crate::rules) static RULE: HardcodedLocalhostUrl = HardcodedLocalhostUrl;

pub(in crate::rules) struct HardcodedLocalhostUrl;

impl Rule for HardcodedLocalhostUrl {
    fn id(&self) -> &'static str {
        "hardcoded-localhost-url"
    }

    fn watch(&self) -> Watch {
        let nodes = Watch { text: true, ..Watch::nodes(&[Kind::String]) };
        nodes
            .keywords(&[
                "localhost",
                "127.0.0.1",
                "host.docker.internal",
                ".vercel.app",
                ".netlify.app",
                ".onrender.com",
                ".railway.app",
                ".fly.dev",
                ".herokuapp.com",
                ".run.app",
            ])
            .roles(&[Role::Source, Role::Config])
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Environment, Fact::Cors, Fact::Modules]
    }

    fn text(&self, file: &Visit<'_>, out: &mut Out<'_>) {
        if file.file.path.extension() == Some("java") && is_for_production(file.file) {
            in_java(file, out);
        }
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        if !is_for_production(file.file) {
            return;
        }
        let Some(found) = loopback::loopback(node) else { return };
        // What a tool for tests is told with, no deployed program reads.
        let of_tests = ["BACKSTOP_", "CYPRESS_", "PLAYWRIGHT_", "E2E_", "SMOKE_", "STORYBOOK_", "LIGHTHOUSE_", "K6_"];
        if of_tests.iter().any(|start| found.name.starts_with(start)) {
            return;
        }
        let (key, severity) = match found.how {
            How::Fallback => ("fallback", Severity::Medium),
            How::Setting => ("setting", Severity::Low),
            How::Otherwise => ("otherwise", Severity::Medium),
            How::Header => ("header", Severity::Medium),
            How::Fixed => ("fixed", Severity::High),
            How::Module => ("module", Severity::High),
            How::Described => ("described", Severity::Low),
            How::Deployment => ("deployment", Severity::Medium),
        };
        let message = Message::new(key).with("name", found.name.as_str());
        let observation = out.bad(file.place(node), message);
        observation.severity = Some(severity);
        observation.key = found.name;
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let components = cx.repo.components();
        if !components.iter().any(|component| component.kind.is_deployable()) {
            return Verdict::not_applicable("nothing-deployed");
        }
        let demanded = demanded(cx);
        let origins = origins_of_others(cx);
        let loaders = loaders(cx);
        let runs = |file: &File| {
            let kind = cx.repo.component(file.component).kind;
            !matches!(
                kind,
                ComponentKind::Cli | ComponentKind::Library | ComponentKind::ClientApp | ComponentKind::Infrastructure
            )
        };
        let sites: Vec<Site> = cx
            .seen
            .iter()
            .filter(|seen| seen.tone == Tone::Bad)
            .filter(|seen| {
                seen.place.file().is_some_and(|file| {
                    let component = cx.repo.file(file).component;
                    runs(cx.repo.file(file))
                        && !demanded.contains(&(component, seen.key.clone()))
                        && !demanded_here(cx, file, &seen.key)
                })
            })
            .filter(|seen| !origins.iter().any(|other| overlap(other, &seen.place)))
            .filter(|seen| {
                let file = seen.place.file().map(|file| cx.repo.file(file));
                seen.message.key != "module"
                    || !file.is_some_and(|file| loaders.iter().any(|folder| file.path.starts_with(folder)))
            })
            .map(site_of)
            .collect();
        let files = cx.files(Role::Source).filter(|file| runs(file)).count();
        Verdict::fail_or(sites, || Verdict::pass(cx.searched("searched", files), []))
    }
}

/// The folders whose modules somebody loads and gives new values from settings: `setattr(engine, name, value)` beside
/// `importlib.import_module` or a function that loads modules.
fn loaders(cx: &Context<'_>) -> Vec<Utf8PathBuf> {
    let python = cx.files(Role::Source).filter(|file| file.path.extension() == Some("py"));
    python
        .filter(|file| {
            cx.repo.read(file.id).is_ok_and(|text| {
                text.contains("setattr(")
                    && ["import_module(", "load_module(", "exec_module("].iter().any(|call| text.contains(call))
            })
        })
        .map(|file| file.folder().to_owned())
        .filter(|folder| !folder.as_str().is_empty())
        .collect()
}

/// Files that are about development, tests or health checks by their name, and those of a build for development.
fn is_for_production(file: &File) -> bool {
    let name = file.name().to_ascii_lowercase();
    let words = [
        "test",
        "spec",
        "mock",
        "health",
        "setupproxy",
        "swagger",
        "openapi",
        "seed",
        "stories",
        "emulator",
        "fixture",
        "ollama",
        "webpack",
        "vite",
        "rollup",
        "gulp",
        "playwright",
        "cypress",
        "karma",
        "jest",
    ];
    let environment = name.starts_with("environment.") || name.starts_with("environments.");
    let folders = [
        "mocks",
        "__mocks__",
        "fixtures",
        "openapi",
        "swagger",
        "dev",
        "local",
        "development",
        "__tests__",
        "testing",
        "docker",
    ];
    let folder = file.folder().components().any(|part| folders.contains(&part.as_str()));
    let configuration = [".config.ts", ".config.js", ".config.mjs", ".config.cjs", ".config.mts"]
        .iter()
        .any(|ending| name.ends_with(ending));
    !words.iter().any(|word| name.contains(word))
        && !environment
        && !folder
        && !configuration
        && !matches!(tier::of_name(&name), Tier::Development)
}

/// Variables without which a component does not start, so that nothing ever stands in for them: checked where a
/// module is loaded that others import.
fn demanded(cx: &Context<'_>) -> BTreeSet<(ComponentId, String)> {
    let modules = cx.facts.modules(cx.repo);
    let mut imported = BTreeSet::new();
    for (file, facts) in modules.files().filter(|(file, _)| cx.repo.file(*file).role == Role::Source) {
        for import in facts.imports.iter().filter(|import| import.way != ImportWay::Types) {
            if let Target::File(target) = modules.target(file, &import.module) {
                imported.insert(target);
            }
        }
    }
    let mut names = BTreeSet::new();
    for (file, facts) in cx.facts.files() {
        let of = cx.repo.file(file);
        let entry = ["index.", "main.", "server.", "app.", "instrumentation.", "settings.", "config."]
            .iter()
            .any(|start| of.name().starts_with(start));
        if !matches!(of.role, Role::Source | Role::Config) || !(entry || imported.contains(&file)) {
            continue;
        }
        for read in &facts.environment {
            let stops =
                read.required_in_production || (read.demand == Demand::Required && read.via != Via::ConfigService);
            if stops && read.at_start && !read.variable.is_empty() {
                names.insert((of.component, read.variable.clone()));
            }
        }
    }
    names
}

/// Names that the same file insists on when it is loaded.
fn demanded_here(cx: &Context<'_>, file: FileId, name: &str) -> bool {
    cx.facts
        .of(file)
        .is_some_and(|facts| facts.environment.iter().any(|read| read.variable == name && read.required_in_production))
}

/// Origins that stand in for a missing variable: `allowed-origins-not-required` speaks of them.
fn origins_of_others(cx: &Context<'_>) -> Vec<Place> {
    let mut places = Vec::new();
    for site in sites(cx) {
        for way in site.grants.iter().chain(&site.listed) {
            if way.grant.audience == Audience::Fixed(Fixed::Local) && way.grant.when.unset {
                places.push(way.place());
            }
        }
    }
    places
}

fn overlap(one: &Place, other: &Place) -> bool {
    match (one, other) {
        (Place::At(file, span), Place::At(other_file, other_span)) => {
            file == other_file && (span.contains(*other_span) || other_span.contains(*span))
        }
        _ => false,
    }
}

/// Literals of a language that is not lowered: the argument of a call or a constant on a line of code.
fn in_java(file: &Visit<'_>, out: &mut Out<'_>) {
    let mut start = 0;
    for line in file.text.split_inclusive('\n') {
        let code = line.trim_start();
        let comment =
            ["//", "*", "/*", "@", "log", "LOG", "System.out", "throw"].iter().any(|sign| code.starts_with(sign));
        let used =
            ["Origin", "Url", "URL", "Uri", "URI", "baseUrl", "ndpoint", "HOST"].iter().any(|word| line.contains(word));
        if !comment
            && used
            && let Some(at) = literal(line)
        {
            let rest = &line[at..];
            let end = rest.find('"').unwrap_or(rest.len());
            let others =
                line.matches("\"http").count() > line.matches("localhost").count() + line.matches("127.0.0.1").count();
            if loopback::is_loopback_url(&rest[..end]) && !others && !line.contains("@Value") {
                let place = Place::At(file.file.id, Span::new(start + at, start + at + end));
                let observation = out.bad(place, Message::new("fixed-literal"));
                observation.severity = Some(Severity::High);
            }
        }
        start += line.len();
    }
}

/// Where the text of the first literal on this machine begins.
fn literal(line: &str) -> Option<usize> {
    ["\"http://localhost", "\"http://127.0.0.1", "\"https://localhost"]
        .iter()
        .filter_map(|start| line.find(start))
        .min()
        .map(|at| at + 1)
}
