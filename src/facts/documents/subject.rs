//! Whether a section that is headed like a topic is about the project at all: about its deployment and not about a cache,
//! its own secrets and not those that others report, and where vulnerabilities go.

use super::{Covered, Document, Section, Topic, about, is_report};
use crate::{
    model::{Place, Span},
    repo::{Repo, Role},
};

/// What a section on deployment speaks of: where to, by which means, or of what.
const DEPLOYS: &[&str] = &[
    "docker",
    "compose",
    "container",
    "image",
    "kubernetes",
    "kubectl",
    "k8s",
    "helm",
    "terraform",
    "pulumi",
    "ansible",
    "server",
    "servers",
    "production",
    "prod",
    "staging",
    "release",
    "releases",
    "vercel",
    "heroku",
    "netlify",
    "fly",
    "railway",
    "render",
    "aws",
    "ecs",
    "ec2",
    "lambda",
    "s3",
    "azure",
    "gcp",
    "cloud",
    "cloudflare",
    "digitalocean",
    "dokku",
    "coolify",
    "kamal",
    "systemd",
    "nginx",
    "caddy",
    "apache",
    "traefik",
    "pm2",
    "ssh",
    "vps",
    "gunicorn",
    "uwsgi",
    "pipeline",
    "pipelines",
    "ci",
    "cd",
    "workflow",
    "workflows",
    "jenkins",
    "argo",
    "argocd",
    "concourse",
    "instance",
    "instances",
    "host",
    "hosts",
    "install",
    "installation",
    "environment",
    "environments",
    "migrate",
    "migrations",
    "build",
    "serverless",
    "wrangler",
    "cdk",
    "сервер",
    "сервере",
    "сервера",
    "образ",
    "контейнер",
    "продакшен",
    "прод",
    "стенд",
    "окружение",
    "сборка",
    "установка",
];

/// Texts that generators of projects leave behind.
const BOILERPLATE: &[&str] =
    &["create-next-app", "the easiest way to deploy your next.js app", "create-react-app/docs/deployment"];

/// Links behind the buttons that deploy a repository.
const BUTTONS: &[&str] = &[
    "vercel.com/new",
    "vercel.com/import",
    "heroku.com/deploy",
    "cloud.digitalocean.com/apps/new",
    "render.com/deploy",
    "app.netlify.com/start/deploy",
    "railway.app/new",
    "railway.app/template",
    "railway.com/new",
    "railway.com/template",
    "railway.com/deploy",
    "portal.azure.com/#create",
    "deploy.cloud.run",
    "zeabur.com/templates",
];

/// Where secrets live, how they are made, and how they change.
const KEEPS: &[&str] = &[
    "vault",
    "secret manager",
    "secrets manager",
    "environment variable",
    ".env",
    "rotat",
    "stored in",
    "live in",
    "replaced every",
    "replace it",
    "store the",
    "kubernetes",
    "secret in git",
    "expire",
    "1password",
    "bitwarden",
    "sops",
    "doppler",
    "infisical",
    "parameter store",
    "kms",
    "openssl",
    "generate",
    "github secret",
    "repository secret",
    "actions secret",
    "credentials",
    "keychain",
    "encrypt",
    "helm",
    "переменн",
    "хран",
    "генер",
    "ротац",
    "шифр",
];

/// What puts data back.
const RESTORES: &[&str] = &[
    "pg_restore",
    "mongorestore",
    "psql",
    "mysql",
    "sqlite",
    "backup",
    "dump",
    "snapshot",
    "point-in-time",
    "pitr",
    "restic",
    "barman",
    "wal-g",
    "velero",
    "копи",
    "дамп",
];

/// What those do who work on a project, one row for each kind of work.
const WORK: &[&[&str]] = &[
    &["test", "tests", "pytest", "jest", "vitest", "cypress", "playwright", "тест", "тесты", "тестов"],
    &[
        "lint",
        "linter",
        "linting",
        "format",
        "formatting",
        "style",
        "prettier",
        "eslint",
        "ruff",
        "pre-commit",
        "стиль",
    ],
    &["clone", "install", "dependencies", "prerequisites", "установка", "зависимости"],
    &[
        "branch",
        "commit",
        "commits",
        "pull request",
        "pull requests",
        "merge request",
        "fork",
        "review",
        "ветка",
        "коммит",
    ],
    &["migration", "migrations", "migrate", "миграции"],
    &["debug", "debugging", "debugger", "отладка"],
];

/// How somebody tells of a vulnerability.
const REPORTS: &[&str] = &[
    "report",
    "disclos",
    "security@",
    "bounty",
    "hackerone",
    "bugcrowd",
    "advisor",
    "vulnerability to",
    "contact",
    "email",
    "e-mail",
    "mailto:",
    "сообщ",
    "писать",
    "напишите",
    "почт",
];

/// What `documents` say about `topic`, as [`about`] finds it, without sections of that name on another subject.
pub fn covers(repo: &Repo, documents: &[Document], topic: Topic) -> Vec<Covered> {
    let mut found: Vec<Covered> = about(documents, topic)
        .into_iter()
        .filter(|covered| {
            let Some(file) = covered.place.file() else { return true };
            let document = documents.iter().find(|document| document.file == file);
            let (Some(document), Ok(text)) = (document, repo.read(file)) else { return true };
            let body = match &covered.place {
                Place::At(_, heading) => body(document, *heading, &text),
                _ => &text,
            };
            let title = covered.name.to_lowercase();
            is_on_subject(topic, document, &title, &format!("{title}\n{}", body.to_lowercase()))
        })
        .collect();
    if found.is_empty() && topic == Topic::Contributing {
        found.extend(documents.iter().filter(|document| !is_report(&document.path)).find_map(set_up_and_tested));
    }
    if found.is_empty() && topic == Topic::Security {
        found.extend(security_txt(repo));
    }
    if found.is_empty() {
        found.extend(
            documents.iter().filter(|document| !is_report(&document.path)).find_map(|one| pointer(repo, one, topic)),
        );
    }
    found
}

fn body<'t>(document: &Document, heading: Span, text: &'t str) -> &'t str {
    let end = document.end_of(heading).map_or(text.len(), |end| end as usize);
    text.get(heading.range().end..end).unwrap_or_default()
}

fn is_on_subject(topic: Topic, document: &Document, title: &str, body: &str) -> bool {
    let any = |words: &[&str]| words.iter().any(|word| body.contains(word));
    let whole = |words: &[&str]| body.split(|letter: char| !letter.is_alphanumeric()).any(|word| words.contains(&word));
    match topic {
        Topic::Deployment => {
            let of_documents =
                ["github.io", "github pages", "gh-pages", "documentation", "storybook", "the docs", "hosting platform"];
            !of_documents.iter().any(|word| title.contains(word)) && !any(BOILERPLATE) && whole(DEPLOYS)
        }
        // What an API offers to others is a feature.
        Topic::Secrets => !document.path.components().any(|part| part.as_str() == "api") && any(KEEPS),
        Topic::Security => any(REPORTS),
        // A copy that nobody has tried to put back is no plan; the commands that do it are the heart of one.
        Topic::DisasterRecovery
            if (title.contains("restor") || title.contains("восстановлен"))
                && !["disaster", "plan", "аварийн", "план"].iter().any(|word| title.contains(word)) =>
        {
            any(RESTORES) && !any(&["restore the default", "restore a deleted", "restore purchase"])
        }
        Topic::Contributing if is_development(title) => {
            WORK.iter().filter(|words| whole_or_phrase(body, words)).count() >= 2
        }
        _ => true,
    }
}

/// "Development" may be one command for a look at the product; "Contributing" is always for those who work on it.
fn is_development(title: &str) -> bool {
    (title.contains("develop") || title.contains("разработ"))
        && !["contribut", "участ", "guide", "hacking"].iter().any(|word| title.contains(word))
}

fn whole_or_phrase(body: &str, words: &[&str]) -> bool {
    words.iter().any(|word| {
        body.match_indices(word).any(|(at, _)| {
            let (before, after) = (body[..at].chars().next_back(), body[at + word.len()..].chars().next());
            !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
        })
    })
}

/// A pointer that is enough without words of its own: buttons that deploy, a link to the policy that the forge shows.
fn pointer(repo: &Repo, document: &Document, topic: Topic) -> Option<Covered> {
    let (place, name) = match topic {
        Topic::Deployment if installs(document) => (Place::File(document.file), document.path.to_string()),
        Topic::Deployment => {
            let text = repo.read(document.file).ok()?;
            let section =
                document.sections.iter().filter(|section| topic.names_heading(&section.title)).find(|section| {
                    let body = body(document, section.heading, &text);
                    BUTTONS.iter().any(|button| body.contains(button))
                        && !BOILERPLATE.iter().any(|word| body.contains(word))
                })?;
            (Place::At(document.file, section.heading), section.title.clone())
        }
        Topic::Security => {
            let link = document.links.iter().find(|link| {
                let target = link.target.trim_end_matches('/').to_ascii_lowercase();
                let said = link.text.to_lowercase();
                let policy = ["disclosure policy", "vulnerability disclosure", "responsible disclosure", "bug bounty"];
                policy.iter().any(|words| said.contains(words))
                    || target.contains("vulnerability-disclosure")
                    || target.contains("responsible-disclosure")
                    || target.ends_with("/security/policy")
                    || target.ends_with("/security/advisories/new")
                    || target.ends_with("/security.txt")
            })?;
            (Place::At(document.file, link.span), link.text.clone())
        }
        _ => return None,
    };
    Some(Covered { place, name, words: 0, steps: 0 })
}

/// Whether a document or section on incidents is about those of this project: where the program itself keeps
/// incidents, its manual is full of them.
pub fn is_own_plan(repo: &Repo, covered: &Covered) -> bool {
    const PLANS: [&str; 5] = ["respon", "plan", "procedure", "runbook", "postmortem"];
    let subject = || {
        repo.files().iter().any(|file| {
            file.role == Role::Source
                && file.language.is_some()
                && file.folder().components().any(|part| matches!(part.as_str(), "incident" | "incidents"))
        })
    };
    let name = covered.name.to_lowercase();
    let name = name.rsplit('/').next().unwrap_or_default();
    PLANS.iter().any(|word| name.contains(word)) || !subject()
}

/// A document that says under one heading how to set the project up and under another how to test it: what a guide
/// for those who work on it says first.
fn set_up_and_tested(document: &Document) -> Option<Covered> {
    let has_steps = |section: &&Section| section.steps > 0 && section.words >= Topic::Contributing.least_words();
    let titled = |section: &Section, words: &[&str]| {
        section.title.split(|letter: char| !letter.is_alphanumeric()).any(|word| words.contains(&word))
    };
    document.sections.iter().filter(has_steps).find(|section| {
        ["set up", "setting up", "setup", "getting started", "local", "development", "установка", "настройка"]
            .iter()
            .any(|words| section.title.contains(words))
    })?;
    // Of a test, the command says it all.
    let tests = document.sections.iter().filter(|section| section.steps > 0).find(|section| {
        titled(section, &["test", "tests", "testing", "тесты", "тестирование", "linting", "linters"])
            && !["a/b", "data", "payment", "account"].iter().any(|word| section.title.contains(word))
    })?;
    Some(Covered {
        place: Place::At(document.file, tests.heading),
        name: tests.title.clone(),
        words: tests.words,
        steps: tests.steps,
    })
}

/// The file that programs read to learn where vulnerabilities are reported.
fn security_txt(repo: &Repo) -> Option<Covered> {
    let file = repo.files().iter().find(|file| {
        let named =
            file.name().eq_ignore_ascii_case("security.txt") && !matches!(file.role, Role::Vendored | Role::Test);
        named && repo.read(file.id).is_ok_and(|text| text.to_lowercase().contains("contact:"))
    })?;
    Some(Covered { place: Place::File(file.id), name: file.path.to_string(), words: 0, steps: 0 })
}

/// A page for those who operate the service that tells how to install it: `docs/admin/installation.rst`.
fn installs(document: &Document) -> bool {
    let operates =
        |part: &str| matches!(part, "admin" | "administration" | "operations" | "operator" | "ops" | "hosting");
    document.path.components().any(|part| operates(part.as_str()))
        && document.path.file_stem().is_some_and(|stem| stem.to_lowercase().contains("install"))
        && document.words >= Topic::Deployment.least_words()
}
