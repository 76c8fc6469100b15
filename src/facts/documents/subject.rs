//! Whether a section that is headed like a topic is about the project at all: about its deployment and not about a cache,
//! its own secrets and not those that others report, and where vulnerabilities go.

use super::{Covered, Document, Topic, about, is_report};
use crate::{
    model::{Place, Span},
    repo::Repo,
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
        _ => true,
    }
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
                let target = link.target.trim_end_matches('/');
                target.ends_with("/security/policy")
                    || target.ends_with("/security/advisories/new")
                    || target.ends_with("/security.txt")
            })?;
            (Place::At(document.file, link.span), link.text.clone())
        }
        _ => return None,
    };
    Some(Covered { place, name, words: 0, steps: 0 })
}

/// A page for those who operate the service that tells how to install it: `docs/admin/installation.rst`.
fn installs(document: &Document) -> bool {
    let operates =
        |part: &str| matches!(part, "admin" | "administration" | "operations" | "operator" | "ops" | "hosting");
    document.path.components().any(|part| operates(part.as_str()))
        && document.path.file_stem().is_some_and(|stem| stem.to_lowercase().contains("install"))
        && document.words >= Topic::Deployment.least_words()
}
