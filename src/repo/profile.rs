//! What the repository is made with: languages, frameworks, datastores, deployment, package managers, with evidence.

use std::collections::BTreeMap;

use camino::Utf8Path;

use super::{
    File, FileKind, Repo, Role, index, purpose,
    technologies::{self, Known, Use},
};
use crate::model::{Place, Span};

/// A technology with the places that show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Technology {
    pub name: &'static str,
    pub evidence: Vec<Place>,
}

/// How much is written in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LanguageShare {
    pub files: usize,
    pub bytes: u64,
}

/// What a component, or the whole repository, is made with. Every list is sorted by name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Profile {
    /// Written code by language; generated and vendored files do not count.
    pub languages: BTreeMap<&'static str, LanguageShare>,
    pub frameworks: Vec<Technology>,
    /// Object mappers and query builders.
    pub orms: Vec<Technology>,
    /// Databases, caches, queues and search engines that the code has a client for.
    pub datastores: Vec<Technology>,
    pub deploy_targets: Vec<Technology>,
    pub package_managers: Vec<Technology>,
}

impl Profile {
    pub fn has_framework(&self, name: &str) -> bool {
        has(&self.frameworks, name)
    }

    pub fn has_orm(&self, name: &str) -> bool {
        has(&self.orms, name)
    }

    pub fn has_datastore(&self, name: &str) -> bool {
        has(&self.datastores, name)
    }

    pub fn has_deploy_target(&self, name: &str) -> bool {
        has(&self.deploy_targets, name)
    }
}

fn has(list: &[Technology], name: &str) -> bool {
    list.iter().any(|technology| technology.name == name)
}

/// Fills the profiles of the components and of the repository.
pub(super) fn fill(repo: &mut Repo) {
    let mut profiles: Vec<Builder> = repo.components.iter().map(|_| Builder::default()).collect();
    let mut whole = Builder::default();
    for file in &repo.files {
        let own = &mut profiles[index(file.component.0)];
        own.add_file(repo, file);
        whole.add_file(repo, file);
    }
    for (component, own) in repo.components.iter().zip(&mut profiles) {
        let manifests: Vec<_> = component.manifests(repo).collect();
        for manifest in &manifests {
            own.add_manifest(manifest);
            whole.add_manifest(manifest);
        }
        for (known, reason) in purpose::imported(repo, component.folder(), &manifests) {
            own.add_technology(known, &reason.place);
        }
    }
    repo.profile = whole.finish();
    for (component, own) in repo.components.iter_mut().zip(profiles) {
        component.profile = own.finish();
    }
}

type Found = BTreeMap<&'static str, Vec<Place>>;

#[derive(Default)]
struct Builder {
    languages: BTreeMap<&'static str, LanguageShare>,
    frameworks: Found,
    orms: Found,
    datastores: Found,
    deploy_targets: Found,
    package_managers: Found,
}

impl Builder {
    fn add_manifest(&mut self, manifest: &super::Manifest) {
        for (dependency, known) in technologies::used(manifest) {
            if dependency.is_dev() && !known.counts_in(dependency.group) {
                continue;
            }
            self.add_technology(known, &manifest.place(dependency.span));
        }
        if let Some(stated) = &manifest.package_manager {
            let name = match stated.text.split('@').next() {
                Some("pnpm") => "pnpm",
                Some("yarn") => "yarn",
                Some("bun") => "bun",
                _ => "npm",
            };
            self.package_managers.entry(name).or_default().push(manifest.place(stated.span));
        }
        for (tool, name) in [("tool.poetry", "poetry"), ("tool.uv", "uv"), ("tool.pdm", "pdm"), ("tool.hatch", "hatch")]
        {
            if let Some(stated) = manifest.tools.iter().find(|stated| stated.text == tool) {
                self.package_managers.entry(name).or_default().push(manifest.place(stated.span));
            }
        }
    }

    fn add_technology(&mut self, known: &'static Known, place: &Place) {
        for (wanted, list) in
            [(Use::Framework, &mut self.frameworks), (Use::Orm, &mut self.orms), (Use::Datastore, &mut self.datastores)]
        {
            if known.uses.contains(&wanted) {
                list.entry(known.name).or_default().push(place.clone());
            }
        }
    }

    fn add_file(&mut self, repo: &Repo, file: &File) {
        if file.link.is_none()
            && !matches!(file.role, Role::Generated | Role::Vendored)
            && let Some(language) = language_name(file)
        {
            let share = self.languages.entry(language).or_default();
            share.files += 1;
            share.bytes += file.size;
        }
        if let Some(name) = package_manager(file).filter(|_| !foreign(file.role)) {
            self.package_managers.entry(name).or_default().push(Place::File(file.id));
        }
        if !file.role.is_operational() {
            return;
        }
        if let Some(name) = deploy_target(file) {
            self.deploy_targets.entry(name).or_default().push(Place::File(file.id));
        }
        if file.kind == FileKind::Prisma
            && let Ok(text) = repo.read(file.id)
            && let Some((name, span)) = prisma_provider(&text)
        {
            self.datastores.entry(name).or_default().push(Place::At(file.id, span));
        }
        if matches!(file.kind, FileKind::Workflow | FileKind::GitlabCi | FileKind::OtherCi)
            && let Ok(text) = repo.read(file.id)
        {
            for (name, span) in deployments(&text) {
                self.deploy_targets.entry(name).or_default().push(Place::At(file.id, span));
            }
        }
    }

    fn finish(self) -> Profile {
        let list =
            |found: Found| found.into_iter().map(|(name, evidence)| Technology { name, evidence }).collect::<Vec<_>>();
        Profile {
            languages: self.languages,
            frameworks: list(self.frameworks),
            orms: list(self.orms),
            datastores: list(self.datastores),
            deploy_targets: list(self.deploy_targets),
            package_managers: list(self.package_managers),
        }
    }
}

/// Files that say nothing about how this repository is built. A lockfile is generated, and says much.
fn foreign(role: Role) -> bool {
    matches!(role, Role::Test | Role::Example | Role::Vendored | Role::Docs | Role::Story)
}

fn package_manager(file: &File) -> Option<&'static str> {
    Some(match file.name() {
        "package-lock.json" | "npm-shrinkwrap.json" => "npm",
        "yarn.lock" => "yarn",
        "pnpm-lock.yaml" | "pnpm-workspace.yaml" => "pnpm",
        "bun.lock" | "bun.lockb" => "bun",
        "deno.lock" => "deno",
        "poetry.lock" => "poetry",
        "uv.lock" => "uv",
        "pdm.lock" => "pdm",
        "Pipfile" | "Pipfile.lock" => "pipenv",
        "go.mod" => "go",
        "Cargo.toml" => "cargo",
        "pom.xml" => "maven",
        "build.gradle" | "build.gradle.kts" => "gradle",
        "composer.json" => "composer",
        "Gemfile" => "bundler",
        _ if file.kind == FileKind::Requirements => "pip",
        _ => return None,
    })
}

fn deploy_target(file: &File) -> Option<&'static str> {
    let name = file.name().to_ascii_lowercase();
    let stem = name.split('.').next().unwrap_or_default();
    Some(match file.kind {
        FileKind::Dockerfile => "Docker",
        FileKind::Compose => "Docker Compose",
        FileKind::Kubernetes | FileKind::Kustomize => "Kubernetes",
        FileKind::HelmChart => "Helm",
        FileKind::Terraform => "Terraform",
        FileKind::Platform => match stem {
            "vercel" | "now" => "Vercel",
            "netlify" => "Netlify",
            "railway" | "nixpacks" => "Railway",
            "fly" => "Fly.io",
            "render" => "Render",
            "procfile" | "heroku" => "Heroku",
            "app" if name == "app.json" => "Heroku",
            "app" if file.folder().file_name() == Some(".do") => "DigitalOcean",
            "app" => "Google App Engine",
            "serverless" => "Serverless Framework",
            "wrangler" => "Cloudflare Workers",
            "amplify" => "AWS Amplify",
            "firebase" => "Firebase",
            "samconfig" | "template" => "AWS SAM",
            "dockerrun" => "AWS Elastic Beanstalk",
            "apprunner" => "AWS App Runner",
            "appspec" => "AWS CodeDeploy",
            "captain-definition" => "CapRover",
            "skaffold" | "tiltfile" => "Kubernetes",
            "ecosystem" => "PM2",
            "pulumi" => "Pulumi",
            "cdk" => "AWS CDK",
            "deploy" if file.folder().file_name() == Some("config") => "Kamal",
            _ if file.folder().file_name() == Some(".do") => "DigitalOcean",
            "koyeb" => "Koyeb",
            _ => return None,
        },
        _ => return None,
    })
}

/// What pipelines say when they deploy, and where to.
const DEPLOYMENTS: &[(&str, &str)] = &[
    ("amazon-ecs-deploy-task-definition", "AWS ECS"),
    ("aws ecs update-service", "AWS ECS"),
    ("aws lambda update-function-code", "AWS Lambda"),
    ("aws s3 sync", "AWS S3"),
    ("azure/webapps-deploy", "Azure App Service"),
    ("google-github-actions/deploy-cloudrun", "Google Cloud Run"),
    ("gcloud run deploy", "Google Cloud Run"),
    ("gcloud app deploy", "Google App Engine"),
    ("superfly/flyctl-actions", "Fly.io"),
    ("flyctl deploy", "Fly.io"),
    ("railway up", "Railway"),
    ("amondnet/vercel-action", "Vercel"),
    ("vercel deploy", "Vercel"),
    ("vercel --prod", "Vercel"),
    ("netlify deploy", "Netlify"),
    ("nwtgck/actions-netlify", "Netlify"),
    ("api.render.com/deploy", "Render"),
    ("akhileshns/heroku-deploy", "Heroku"),
    ("wrangler deploy", "Cloudflare Workers"),
    ("cloudflare/wrangler-action", "Cloudflare Workers"),
    ("actions/deploy-pages", "GitHub Pages"),
    ("peaceiris/actions-gh-pages", "GitHub Pages"),
    ("FirebaseExtended/action-hosting-deploy", "Firebase"),
    ("kubectl apply", "Kubernetes"),
    ("kubectl set image", "Kubernetes"),
    ("kubectl rollout", "Kubernetes"),
    ("helm upgrade", "Kubernetes"),
    ("argocd app sync", "Kubernetes"),
    ("appleboy/ssh-action", "SSH"),
    ("easingthemes/ssh-deploy", "SSH"),
];

fn deployments(text: &str) -> Vec<(&'static str, Span)> {
    DEPLOYMENTS
        .iter()
        .filter_map(|(needle, name)| {
            let at = text.find(needle)?;
            let line = text[..at].rfind('\n').map_or(0, |start| start + 1);
            let commented = text[line..at].trim_start().starts_with('#');
            (!commented).then(|| (*name, Span::new(at, at + needle.len())))
        })
        .collect()
}

/// The database that a Prisma schema is for.
fn prisma_provider(text: &str) -> Option<(&'static str, Span)> {
    let block = text.find("datasource ")?;
    let provider = block + text[block..].find("provider")?;
    let line = text[provider..].lines().next()?;
    let (_, value) = line.split_once('"')?;
    let name = match value.split('"').next()? {
        "postgresql" | "postgres" | "cockroachdb" => "PostgreSQL",
        "mysql" => "MySQL",
        "sqlite" => "SQLite",
        "sqlserver" => "SQL Server",
        "mongodb" => "MongoDB",
        _ => return None,
    };
    Some((name, Span::new(provider, provider + line.trim_end().len())))
}

/// The language of a code file, as people call it.
fn language_name(file: &File) -> Option<&'static str> {
    use crate::code::Language;
    if let Some(language) = file.language {
        return Some(match language {
            Language::TypeScript | Language::Tsx => "TypeScript",
            Language::JavaScript | Language::Jsx => "JavaScript",
            Language::Python => "Python",
        });
    }
    match file.kind {
        FileKind::Shell => return Some("Shell"),
        FileKind::Sql => return Some("SQL"),
        FileKind::Migration if file.path.extension() == Some("sql") => return Some("SQL"),
        FileKind::Html => return Some("HTML"),
        FileKind::Css => return Some("CSS"),
        FileKind::Terraform => return Some("HCL"),
        FileKind::Prisma => return Some("Prisma"),
        FileKind::OtherCode | FileKind::Migration => {}
        _ => return None,
    }
    named_by_extension(&file.path)
}

fn named_by_extension(path: &Utf8Path) -> Option<&'static str> {
    Some(match path.extension()?.to_ascii_lowercase().as_str() {
        "go" => "Go",
        "java" => "Java",
        "rb" => "Ruby",
        "php" => "PHP",
        "rs" => "Rust",
        "kt" | "kts" => "Kotlin",
        "cs" => "C#",
        "fs" => "F#",
        "scala" | "sc" => "Scala",
        "ex" | "exs" => "Elixir",
        "erl" => "Erlang",
        "swift" => "Swift",
        "c" | "h" => "C",
        "cc" | "cpp" | "cxx" | "hpp" | "hh" => "C++",
        "m" | "mm" => "Objective-C",
        "dart" => "Dart",
        "lua" => "Lua",
        "pl" | "pm" => "Perl",
        "r" => "R",
        "jl" => "Julia",
        "clj" | "cljs" | "cljc" => "Clojure",
        "groovy" | "gradle" => "Groovy",
        "hs" => "Haskell",
        "vue" => "Vue",
        "svelte" => "Svelte",
        "astro" => "Astro",
        "sol" => "Solidity",
        "zig" => "Zig",
        "proto" => "Protocol Buffers",
        "graphql" | "gql" => "GraphQL",
        "ps1" | "psm1" => "PowerShell",
        "bat" | "cmd" => "Batchfile",
        "ipynb" => "Jupyter Notebook",
        "bicep" => "Bicep",
        "nix" => "Nix",
        _ => return None,
    })
}
