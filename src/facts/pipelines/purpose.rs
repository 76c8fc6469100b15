//! What one command does, by its program and its words, or by the name of the script it stands in.

use super::{
    Does, Target,
    deploys::{self, hook_call},
    tools::TOOLS,
};
use crate::code::shell::{self, Command, Program, Word};

/// What a command does, with the program that does it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Purpose {
    pub(super) does: Does,
    pub(super) tool: String,
}

fn purpose(does: Does, tool: &str) -> Vec<Purpose> {
    vec![Purpose { does, tool: tool.to_owned() }]
}

/// What this command does itself; scripts that it starts are followed elsewhere.
pub(super) fn of_command(command: &Command) -> Vec<Purpose> {
    let Some(program) = command.program() else { return Vec::new() };
    if asks_only(&program) {
        return Vec::new();
    }
    let words: Vec<&str> = program.arguments.iter().map(|word| word.text.as_str()).collect();
    if let Some(target) = deploys::by_program(program.name, &words) {
        return purpose(Does::Deploy(target), program.name);
    }
    if let Some(found) = special(&program, &words) {
        return found;
    }
    by_table(program.name, &words)
}

/// `--version` and `--help` check nothing.
fn asks_only(program: &Program<'_>) -> bool {
    let asks = ["--version", "-V", "--help", "-h", "--init"];
    program.arguments.len() == 1 && asks.contains(&program.arguments[0].text.as_str())
}

fn by_table(name: &str, words: &[&str]) -> Vec<Purpose> {
    let name = match name {
        "mvnw" => "mvn",
        "gradlew" => "gradle",
        "pytest-3" => "pytest",
        "docker-compose" => "docker",
        name => name,
    };
    let own: Vec<&&str> = words.iter().filter(|word| !word.starts_with('-')).collect();
    let jvm = matches!(name, "mvn" | "gradle");
    let mut found: Vec<Purpose> = Vec::new();
    for tool in TOOLS.iter().filter(|tool| tool.name == name) {
        let hit = if tool.verbs.is_empty() {
            // An installer's own subcommand is no run.
            !own.first().is_some_and(|word| matches!(**word, "install" | "init"))
        } else if jvm {
            own.iter().any(|word| tool.verbs.iter().any(|verb| word.rsplit(':').next() == Some(verb) || *word == verb))
        } else {
            own.iter().take(2).any(|word| tool.verbs.contains(word))
        };
        if hit && !(tool.does == Does::Test && jvm && skips_tests(words)) && !is_fixer(tool.does, name, words) {
            found.push(Purpose { does: tool.does, tool: name.to_owned() });
        } else if hit && jvm && tool.does == Does::Test {
            found.push(Purpose { does: Does::Build, tool: name.to_owned() });
        }
    }
    if jvm && found.iter().any(|purpose| purpose.does == Does::Test) {
        found.push(Purpose { does: Does::Build, tool: name.to_owned() });
    }
    found.dedup();
    found
}

fn skips_tests(words: &[&str]) -> bool {
    words.iter().any(|word| {
        matches!(*word, "-DskipTests" | "-DskipTests=true" | "-Dmaven.test.skip=true" | "-Dmaven.test.skip")
    }) || words.windows(2).any(|pair| matches!(pair[0], "-x" | "--exclude-task") && pair[1].contains("test"))
}

/// A formatter that only rewrites checks nothing.
fn is_fixer(does: Does, name: &str, words: &[&str]) -> bool {
    does == Does::Lint
        && match name {
            "black" | "isort" => {
                !words.iter().any(|word| matches!(*word, "--check" | "--check-only" | "-c" | "--diff"))
            }
            "ruff" if words.contains(&"format") => !words.iter().any(|word| matches!(*word, "--check" | "--diff")),
            _ => false,
        }
}

fn special(program: &Program<'_>, words: &[&str]) -> Option<Vec<Purpose>> {
    let name = program.name;
    let has = |word: &str| words.contains(&word);
    Some(match name {
        "node" if has("--test") => purpose(Does::Test, "node --test"),
        "prettier" => {
            let checks = ["--check", "-c", "--list-different", "-l"].iter().any(|word| has(word));
            if checks { purpose(Does::Lint, name) } else { Vec::new() }
        }
        "tsc" if has("--noEmit") || has("-noEmit") => purpose(Does::TypeCheck, name),
        "tsc" => both(Does::TypeCheck, Does::Build, name),
        "cargo" if words.first() == Some(&"fmt") && !has("--check") => Vec::new(),
        "docker" | "docker-compose" | "podman" => container(name, words)?,
        "coverage" if words.first() == Some(&"run") => purpose(Does::Test, "coverage"),
        "nyc" | "c8" | "xvfb-run" | "start-server-and-test" | "concurrently" | "firebase" | "percy" => inner(words)?,
        "python" | "python3" => python(words)?,
        "php" => {
            let script = words.iter().find(|word| !word.starts_with('-'))?;
            by_table(script.rsplit('/').next()?, words.get(1..).unwrap_or_default())
        }
        "yarn" if words.first() == Some(&"workspace") => inner(words.get(2..).unwrap_or_default())?,
        "yarn" if has("audit") => purpose(Does::Scan, "yarn audit"),
        "yarn" if words.first() == Some(&"npm") && has("publish") => purpose(Does::Publish, name),
        "gh" if words.first() == Some(&"release") && (has("create") || has("upload")) => purpose(Does::Publish, name),
        "prisma" if words.starts_with(&["migrate", "deploy"]) || words.starts_with(&["db", "push"]) => {
            purpose(Does::Migrate, name)
        }
        "supabase" if words.starts_with(&["db", "push"]) || words.starts_with(&["migration", "up"]) => {
            purpose(Does::Migrate, name)
        }
        "dotnet" if has("--vulnerable") => purpose(Does::Scan, name),
        "curl" | "wget" | "http" | "xh" => web(name, words),
        "kubectl" if words.first() == Some(&"rollout") && has("status") => purpose(Does::HealthCheck, name),
        "kubectl" if words.first() == Some(&"wait") => purpose(Does::HealthCheck, name),
        "aws" if words.get(1) == Some(&"wait") => purpose(Does::HealthCheck, name),
        "turbo" | "nx" | "lerna" | "moon" | "vp" | "wireit" => tasks(name, words),
        "just" | "task" | "invoke" | "inv" | "poe" | "mise" | "rake" | "grunt" | "gulp" => {
            let found = tasks(name, words);
            return (!found.is_empty()).then_some(found);
        }
        _ if is_test_script(name) => purpose(Does::Test, name),
        _ => return None,
    })
}

fn both(one: Does, other: Does, tool: &str) -> Vec<Purpose> {
    let mut found = purpose(one, tool);
    found.extend(purpose(other, tool));
    found
}

/// `run-tests.sh`, `test.py`.
fn is_test_script(name: &str) -> bool {
    let Some((stem, extension)) = name.rsplit_once('.') else {
        return matches!(name, "runtests" | "run-tests" | "run_tests");
    };
    matches!(extension, "sh" | "bash" | "py" | "js" | "mjs" | "ts" | "ps1")
        && stem != "test"
        && stem.split(['-', '_', '.']).any(|part| matches!(part, "test" | "tests" | "runtests" | "e2e"))
}

fn python(words: &[&str]) -> Option<Vec<Purpose>> {
    let script = words.iter().find(|word| !word.starts_with('-'))?;
    let name = script.rsplit('/').next()?;
    if name == "setup.py" && words.contains(&"test") || is_test_script(name) {
        return Some(purpose(Does::Test, name));
    }
    Some(by_table(name, words.get(1..).unwrap_or_default()))
}

/// What a container is told to run, and building and pushing images.
fn container(name: &str, words: &[&str]) -> Option<Vec<Purpose>> {
    if words.contains(&"--push") {
        return Some(both(Does::Publish, Does::Build, name));
    }
    if words.first() == Some(&"scout") {
        return Some(purpose(Does::Scan, "docker scout"));
    }
    let at = words.iter().position(|word| matches!(*word, "run" | "exec"))?;
    // An image may itself be the tool.
    let behind = &words[at + 1..];
    let known = [
        "aquasec/trivy",
        "semgrep/semgrep",
        "returntocorp/semgrep",
        "zricethezav/gitleaks",
        "zaproxy",
        "anchore/grype",
    ];
    if let Some(image) = known.iter().find(|image| behind.iter().any(|word| word.contains(**image))) {
        return Some(purpose(Does::Scan, image));
    }
    if let Some((_, does)) = IMAGES.iter().find(|(image, _)| behind.iter().any(|word| is_image(word, image))) {
        return Some(purpose(*does, name));
    }
    let scripts = behind.iter().filter(|word| word.contains(' ')).take(4);
    let opened: Vec<Purpose> =
        scripts.flat_map(|script| shell::commands(script)).flat_map(|command| of_command_or_script(&command)).collect();
    if opened.is_empty() { inner(behind) } else { Some(opened) }
}

/// Images that run one tool when they are given no other command.
const IMAGES: &[(&str, Does)] = &[
    ("cypress/included", Does::Test),
    ("postman/newman", Does::Test),
    ("testcafe/testcafe", Does::Test),
    ("hadolint/hadolint", Does::Lint),
    ("koalaman/shellcheck", Does::Lint),
    ("super-linter/super-linter", Does::Lint),
    ("github/super-linter", Does::Lint),
    ("oxsecurity/megalinter", Does::Lint),
    ("golangci/golangci-lint", Does::Lint),
    ("davidanson/markdownlint-cli2", Does::Lint),
];

/// Whether a word is this image at any registry, tag or digest.
fn is_image(word: &str, image: &str) -> bool {
    let path = word.split('@').next().unwrap_or(word);
    let at_tag = path.rfind(':').filter(|at| !path[*at..].contains('/'));
    let path = &path[..at_tag.unwrap_or(path.len())];
    path == image || path.strip_suffix(image).is_some_and(|registry| registry.ends_with('/'))
}

/// What a command of a script inside a container does; a package's script is known by its name alone.
fn of_command_or_script(command: &Command) -> Vec<Purpose> {
    let found = of_command(command);
    if !found.is_empty() {
        return found;
    }
    let script = command.package_script();
    script.and_then(|script| Some(purpose(by_script_name(script)?, script))).unwrap_or_default()
}

/// The first tool among words that are a command inside a command.
fn inner(words: &[&str]) -> Option<Vec<Purpose>> {
    (0..words.len().min(24)).find_map(|start| {
        let name = words[start].rsplit('/').next().unwrap_or(words[start]);
        if name.contains('-') && name.starts_with('-') {
            return None;
        }
        let found = match name {
            "python" | "python3" => python(&words[start + 1..]).unwrap_or_default(),
            "npm" | "pnpm" | "yarn" | "bun" | "composer" | "make" => {
                let script = words[start + 1..].iter().find(|word| !word.starts_with('-') && **word != "run")?;
                by_script_name(script).map(|does| purpose(does, script)).unwrap_or_default()
            }
            name => by_table(name, &words[start + 1..]),
        };
        (!found.is_empty()).then_some(found)
    })
}

/// Task runners of a workspace, by the names of the tasks.
fn tasks(name: &str, words: &[&str]) -> Vec<Purpose> {
    let mut found = Vec::new();
    for word in words.iter().filter(|word| !word.starts_with("--filter") && !word.starts_with('@')) {
        let task = word.trim_start_matches("--target=").trim_start_matches("--targets=").trim_start_matches("-t=");
        for part in task.split(',') {
            let part = part.rsplit_once('#').map_or(part, |(_, task)| task);
            if let Some(does) = by_script_name(part) {
                found.push(Purpose { does, tool: format!("{name} {part}") });
            }
        }
    }
    found
}

/// A request that checks whether something is up.
fn web(name: &str, words: &[&str]) -> Vec<Purpose> {
    if hook_call(words) {
        return purpose(Does::Deploy(Target::Unknown), name);
    }
    let paths = ["health", "/ready", "/readyz", "/livez", "/alive", "/ping", "/status", "heartbeat"];
    let asks = words.iter().any(|word| {
        let lower = word.to_ascii_lowercase();
        paths.iter().any(|path| lower.contains(path))
            && !lower.contains("hc-ping")
            && !lower.contains("healthchecks.io")
    });
    let downloads = words.iter().any(|word| matches!(*word, "-O" | "--remote-name"));
    if asks && !downloads { purpose(Does::HealthCheck, name) } else { Vec::new() }
}

/// What a script of this name is usually for; used where its text does not tell.
pub(super) fn by_script_name(name: &str) -> Option<Does> {
    let lower = name.to_ascii_lowercase();
    let parts: Vec<&str> = lower.split([':', '-', '_', '.', '/']).collect();
    let first = *parts.first()?;
    let whole = |names: &[&str]| names.contains(&lower.as_str());
    if whole(&[
        "typecheck",
        "type-check",
        "check-types",
        "types",
        "tsc",
        "check:types",
        "types:check",
        "lint:types",
        "typecheck:all",
    ]) || first == "typecheck"
    {
        return Some(Does::TypeCheck);
    }
    Some(match first {
        "test" | "tests" | "e2e" | "unit" | "vitest" | "jest" | "spec" | "pytest" | "playwright" | "cypress"
            if !parts.iter().any(|part| {
                matches!(
                    *part,
                    "build"
                        | "install"
                        | "watch"
                        | "setup"
                        | "data"
                        | "server"
                        | "report"
                        | "codegen"
                        | "up"
                        | "down"
                        | "start"
                        | "db"
                        | "black"
                        | "mypy"
                        | "pyright"
                ) || part.ends_with("lint")
            }) =>
        {
            Does::Test
        }
        // `format` alone rewrites.
        "lint" | "eslint" | "format" | "prettier" | "stylelint" if !parts.contains(&"fix") && lower != "format" => {
            Does::Lint
        }
        "check" if parts.len() > 1 && matches!(parts[1], "lint" | "format" | "style") => Does::Lint,
        "build" => Does::Build,
        "audit" => Does::Scan,
        _ => return None,
    })
}

/// Words of a command as one text, lower case.
pub(super) fn text_of(words: &[Word]) -> String {
    words.iter().map(|word| word.text.to_ascii_lowercase()).collect::<Vec<_>>().join(" ")
}
