//! `tests-missing`: there are automated tests, and a command that runs them.

use std::collections::BTreeMap;

use crate::{
    facts::{
        Fact,
        commands::{CommandUse, Stage},
    },
    model::{Evidence, Message, Place, Severity, Site, Span, Verdict},
    repo::{File, FileKind, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: TestsMissing = TestsMissing;

pub(in crate::rules) struct TestsMissing;

impl Rule for TestsMissing {
    fn id(&self) -> &'static str {
        "tests-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let is_code = |file: &&File| matches!(file.kind, FileKind::Code | FileKind::OtherCode);
        let sources = cx.repo.files().iter().filter(is_code).filter(|file| file.role == Role::Source).count();
        let tests: Vec<&File> = cx.repo.files().iter().filter(is_code).filter(|file| is_test(file)).collect();
        if sources == 0 && tests.is_empty() {
            return Verdict::not_applicable("no-code");
        }
        if tests.is_empty() {
            return absent(cx, sources);
        }
        match runner(cx, &tests) {
            Some(evidence) => present(&tests, evidence),
            None => unrun(&tests),
        }
    }
}

/// A file that holds tests, not one that merely helps them.
fn is_test(file: &File) -> bool {
    const HELPERS: [&str; 10] =
        ["conftest", "setup", "helper", "util", "fixture", "mock", "factory", "factories", "config", "schema"];
    let name = file.name().to_ascii_lowercase();
    let stem = name.split('.').next().unwrap_or_default();
    let named = is_named(file) && !name.ends_with(".d.ts");
    // Declarations of types, mocks of other services and schemas of answers stand beside tests.
    let beside = name.ends_with(".d.ts") || file.path.as_str().to_ascii_lowercase().contains("mock");
    let helps = HELPERS.iter().any(|part| stem.contains(part)) || beside || name == "__init__.py";
    file.role == Role::Test && (named || !helps)
}

/// Whether a file's name says that it holds tests.
fn is_named(file: &File) -> bool {
    let name = file.name().to_ascii_lowercase();
    let stem = name.split('.').next().unwrap_or_default();
    [".test.", ".spec.", ".cy.", "_test.", "_spec.", ".e2e-spec.", ".e2e."].iter().any(|part| name.contains(part))
        || name.starts_with("test_")
        || stem.ends_with("test")
        || stem.ends_with("tests")
}

fn kind(file: &File) -> &'static str {
    let path = file.path.as_str().to_ascii_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| path.contains(part));
    if has(&["e2e", "cypress", "playwright", ".cy."]) {
        "end-to-end"
    } else if has(&["integration", ".int."]) {
        "integration"
    } else if path
        .split(['/', '.', '-', '_'])
        .any(|part| matches!(part, "perf" | "performance" | "load" | "loadtest" | "k6"))
    {
        "load"
    } else {
        "unit"
    }
}

fn first_line(file: &File) -> Place {
    Place::At(file.id, Span::new(0, 1))
}

fn present(tests: &[&File], runner: Evidence) -> Verdict {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for file in tests {
        *kinds.entry(kind(file)).or_default() += 1;
    }
    let kinds: Vec<String> = kinds.into_iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    let detail = Message::new("files").count("n", tests.len()).with("kinds", kinds.join(", "));
    let shown = tests.iter().find(|file| is_named(file)).unwrap_or(&tests[0]);
    let first = Evidence::At { place: first_line(shown), note: Message::new("first") };
    Verdict::pass(runner, [first]).detail(detail)
}

/// What runs the tests: a command, or a language whose own tool finds them.
fn runner(cx: &Context<'_>, tests: &[&File]) -> Option<Evidence> {
    let commands = cx.facts.commands(cx.repo);
    let running = commands.iter().find(|used| runs_tests(used));
    if let Some(used) = running {
        let command = used.text();
        return Some(Evidence::At { place: used.place(), note: Message::new("runner").with("command", command) });
    }
    let built_in = tests.iter().find_map(|file| {
        let command = match file.path.extension()? {
            "go" => "go test",
            "rs" => "cargo test",
            "java" | "kt" | "scala" => "mvn test",
            "rb" => "rake test",
            "php" => "phpunit",
            "py" => "pytest",
            "cs" | "fs" => "dotnet test",
            "ex" | "exs" => "mix test",
            "swift" => "swift test",
            "dart" => "dart test",
            _ => return None,
        };
        Some(Evidence::At { place: first_line(file), note: Message::new("runner").with("command", command) })
    });
    built_in.or_else(|| {
        let runners = ["vitest", "jest", "mocha", "@playwright/test", "cypress", "ava", "tap"];
        let (name, place) = cx.repo.declared(&runners)?;
        Some(Evidence::At { place, note: Message::new("runner").with("command", name) })
    })
}

/// Programs that run tests.
const RUNNERS: [&str; 24] = [
    "vitest",
    "jest",
    "mocha",
    "ava",
    "tap",
    "playwright",
    "cypress",
    "pytest",
    "tox",
    "nox",
    "karma",
    "jasmine",
    "react-scripts",
    "c8",
    "nyc",
    "newman",
    "k6",
    "phpunit",
    "rspec",
    "ctest",
    "behave",
    "uvu",
    "wtr",
    "lerna",
];

fn runs_tests(used: &CommandUse) -> bool {
    let Some(program) = used.command.program() else { return false };
    let words: Vec<&str> = program.arguments.iter().map(|word| word.text.as_str()).collect();
    let asks = words
        .iter()
        .any(|word| *word == "test" || *word == "--test" || word.starts_with("test:") || *word == "unittest");
    let tool = matches!(
        program.name,
        "npm"
            | "pnpm"
            | "yarn"
            | "bun"
            | "node"
            | "turbo"
            | "nx"
            | "go"
            | "cargo"
            | "mvn"
            | "./mvnw"
            | "mvnw"
            | "gradle"
            | "./gradlew"
            | "gradlew"
            | "make"
            | "python"
            | "python3"
            | "deno"
            | "dotnet"
            | "mix"
            | "rake"
            | "ng"
            | "coverage"
            | "tsx"
    );
    // `cypress verify` and `playwright install` prepare a runner.
    let prepares = words.first().is_some_and(|word| matches!(*word, "verify" | "install" | "install-deps" | "open"));
    RUNNERS.contains(&program.name) && !prepares
        || tool && (asks || words.iter().any(|word| word.contains("manage.py")) && words.contains(&"test"))
}

fn absent(cx: &Context<'_>, sources: usize) -> Verdict {
    let stub = cx
        .facts
        .commands(cx.repo)
        .iter()
        .find(|used| used.stage == Stage::PackageScript && used.name == "test" && used.only_prints());
    let site = match stub {
        Some(used) => Site::new(Place::At(used.file, used.whole), "stub"),
        None => Site::new(Place::Missing("tests".into()), Message::new("missing").count("files", sources)),
    };
    Verdict::fail(site, [])
}

fn unrun(tests: &[&File]) -> Verdict {
    let message = Message::new("no-runner").count("n", tests.len());
    Verdict::fail(Site::new(first_line(tests[0]), message).severity(Severity::Medium), [])
}
