//! What happens when the repository is deployed: which scripts and jobs do it, whether they apply migrations, and
//! whether an earlier version can be brought back.

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use super::{
    commands::{CommandUse, Stage, steps},
    compose,
    deployment::DeployWay,
    migrations::{self, SchemaCommand},
    stores,
    tier::{self, Tier},
};
use crate::{
    doc::Node,
    model::{FileId, Place, Span},
    repo::{File, FileKind, Repo},
};

/// Whether a way to deploy is a script or a job of this repository rather than a description of what runs.
pub fn is_action(way: &DeployWay) -> bool {
    matches!(way.kind, "a workflow" | "a script")
}

/// How deep a script may start a script.
const MAX_STARTED: u8 = 3;

/// The commands of the repository by the script that holds them.
pub struct Starts<'c> {
    scripts: FxHashMap<Stage, FxHashMap<&'c str, Vec<&'c CommandUse>>>,
    /// Which scripts apply migrations: scripts that start each other are looked into once.
    known: RefCell<FxHashMap<(Started<'c>, u8), bool>>,
}

/// The scripts of one name that a command starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Started<'c> {
    stage: Stage,
    name: &'c str,
    /// A script of this file is the one that holds the command.
    except: Option<FileId>,
}

impl<'c> Starts<'c> {
    pub fn of(commands: &'c [CommandUse]) -> Self {
        let mut scripts: FxHashMap<Stage, FxHashMap<&str, Vec<&CommandUse>>> = FxHashMap::default();
        for used in commands {
            if matches!(used.stage, Stage::PackageScript | Stage::ShellScript | Stage::Make) {
                scripts.entry(used.stage).or_default().entry(used.name.as_str()).or_default().push(used);
            }
        }
        Self { scripts, known: RefCell::default() }
    }

    /// Whether a command applies migrations, itself or through the script that it starts.
    pub fn applies_migrations(&self, used: &CommandUse) -> bool {
        self.applies(used, MAX_STARTED)
    }

    fn applies(&self, used: &CommandUse, depth: u8) -> bool {
        if let Some(SchemaCommand::Migrate(_) | SchemaCommand::Push(_)) = migrations::schema_command(used) {
            return true;
        }
        depth > 0
            && !used.only_prints()
            && self.started(used).into_iter().any(|script| self.script_applies(script, depth))
    }

    /// Whether a command of the scripts does, `depth` scripts deep at most.
    fn script_applies(&self, script: Started<'c>, depth: u8) -> bool {
        if let Some(known) = self.known.borrow().get(&(script, depth)) {
            return *known;
        }
        let inner = self.scripts[&script.stage][script.name].iter().filter(|inner| Some(inner.file) != script.except);
        let applies = inner.into_iter().any(|inner| self.applies(inner, depth - 1));
        self.known.borrow_mut().insert((script, depth), applies);
        applies
    }

    /// The scripts, tasks or targets that a command starts.
    fn started(&self, used: &CommandUse) -> Vec<Started<'c>> {
        let named = |stage: Stage, name: &str, except: Option<FileId>| {
            let (name, _) = self.scripts.get(&stage)?.get_key_value(name)?;
            Some(Started { stage, name, except })
        };
        let script = used.command.package_script();
        let own = |script: &str| (script == used.name).then_some(used.file);
        let mut found: Vec<Started<'c>> =
            script.into_iter().filter_map(|script| named(Stage::PackageScript, script, own(script))).collect();
        let words = used.command.words.iter().filter_map(|word| word.text.rsplit('/').next());
        found.extend(words.filter_map(|word| named(Stage::ShellScript, word, Some(used.file))));
        let make = used.command.program().filter(|program| program.name == "make");
        let targets = make.iter().flat_map(|make| make.arguments);
        found.extend(targets.filter_map(|word| named(Stage::Make, &word.text, None)));
        found
    }
}

/// Where the repository deploys by its own means: scripts and jobs that deploy, and Compose started by a workflow or a
/// script that is named after the deployment.
pub fn own_actions(repo: &Repo, commands: &[CommandUse], ways: &[DeployWay]) -> Vec<Place> {
    let mut found: Vec<Place> = ways.iter().filter(|way| is_action(way)).map(|way| way.place.clone()).collect();
    found.extend(commands.iter().filter(|used| starts_services(repo, used)).map(CommandUse::place));
    found.sort();
    found.dedup();
    found
}

/// The first of `places` in a file of which `says` holds; it is asked once per file, with the text in lower case.
pub fn first_in_file(repo: &Repo, places: Vec<Place>, says: impl Fn(&File, &str) -> bool) -> Option<Place> {
    let mut answers: FxHashMap<FileId, bool> = FxHashMap::default();
    places.into_iter().find(|place| {
        let Some(file) = place.file() else { return false };
        *answers.entry(file).or_insert_with(|| {
            let text = repo.read(file).unwrap_or_else(|_| "".into()).to_ascii_lowercase();
            says(repo.file(file), &text)
        })
    })
}

fn starts_services(repo: &Repo, used: &CommandUse) -> bool {
    let Some(program) = used.command.program().filter(|_| used.role.is_operational()) else { return false };
    let words: Vec<&str> = program.arguments.iter().map(|word| word.text.as_str()).collect();
    let has = |word: &str| words.contains(&word);
    let starts = match program.name {
        "docker-compose" => has("up"),
        "docker" => (has("compose") && has("up")) || (has("stack") && has("deploy")),
        _ => return false,
    };
    let named = repo.file(used.file).name().to_ascii_lowercase().contains("deploy")
        || used.name.to_ascii_lowercase().contains("deploy");
    starts && named && matches!(used.stage, Stage::Workflow | Stage::ShellScript | Stage::Make | Stage::PackageScript)
}

/// Words of names that bring an earlier version back.
const BACK: [&str; 4] = ["rollback", "rollbacks", "revert", "откат"];

/// Whether a name speaks of going back to an earlier version of the program, not of the schema.
pub fn says_rollback(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace("roll-back", "rollback").replace("roll_back", "rollback");
    let parts: Vec<&str> = name.split(|char: char| !char.is_alphanumeric()).collect();
    let schema = ["db", "database", "migration", "migrations", "migrate", "schema", "typeorm", "knex", "sequelize"];
    parts.iter().any(|part| BACK.contains(part)) && !parts.iter().any(|part| schema.contains(part))
}

/// Commands that bring an earlier version back.
fn goes_back(used: &CommandUse) -> bool {
    let Some(program) = used.command.program() else { return false };
    let words: Vec<&str> = program.arguments.iter().map(|word| word.text.as_str()).collect();
    let has = |word: &str| words.contains(&word);
    match program.name.rsplit('/').next().unwrap_or_default() {
        "kubectl" | "oc" => has("rollout") && has("undo"),
        "helm" => has("rollback") || has("--atomic") || has("--rollback-on-failure"),
        "vercel" | "kamal" | "railway" | "wrangler" | "netlify" => has("rollback"),
        "heroku" => has("rollback") || has("releases:rollback"),
        "cap" | "dep" => words.iter().any(|word| word.ends_with("rollback")),
        "gcloud" => has("update-traffic"),
        "docker" => has("service") && (has("rollback") || has("--rollback")),
        _ => false,
    }
}

/// Everything with which an earlier version is brought back, in order of place.
pub fn ways_back(repo: &Repo, commands: &[CommandUse]) -> Vec<Place> {
    let mut found: Vec<Place> = commands
        .iter()
        .filter(|used| used.role.is_operational() && !used.only_prints())
        .filter(|used| !matches!(migrations::schema_command(used), Some(SchemaCommand::Rollback(_))))
        .filter(|used| goes_back(used) || (used.stage != Stage::ShellScript && says_rollback(&used.name)))
        .map(CommandUse::place)
        .collect();
    let files = || repo.files().iter().filter(|file| file.role.is_operational());
    found.extend(
        files()
            .filter(|file| matches!(file.kind, FileKind::Shell | FileKind::Workflow) && says_rollback(file.name()))
            .map(|file| Place::File(file.id)),
    );
    found.extend(files().filter_map(|file| orchestrated(repo, file)));
    found.extend(files().filter_map(|file| asks_version(repo, file)));
    found.sort();
    found.dedup();
    found
}

/// An orchestrator that goes back by itself.
fn orchestrated(repo: &Repo, file: &File) -> Option<Place> {
    match file.kind {
        FileKind::Compose => {
            let (_, node) =
                repo.doc(file.id)?.root()?.walk().find(|(path, node)| {
                    path.last_key() == Some("failure_action") && node.as_str() == Some("rollback")
                })?;
            Some(Place::At(file.id, node.span))
        }
        FileKind::Terraform | FileKind::Platform => {
            let text = repo.read(file.id).ok()?;
            let signs = ["deployment_circuit_breaker", "auto_rollback", "circuit_breaker"];
            let (at, sign) = signs.iter().find_map(|sign| Some((text.find(sign)?, *sign)))?;
            Some(Place::At(file.id, Span::new(at, at + sign.len())))
        }
        _ => None,
    }
}

/// A workflow that is started by hand with the version to deploy.
fn asks_version(repo: &Repo, file: &File) -> Option<Place> {
    if file.kind != FileKind::Workflow {
        return None;
    }
    let root = repo.doc(file.id)?.root()?;
    let on = root.get("on").or_else(|| root.get("true"))?;
    let inputs = on.at(&["workflow_dispatch", "inputs"])?;
    let about = ["deploy", "promote", "rollout", "production", "staging"];
    if !about.iter().any(|word| file.path.as_str().to_ascii_lowercase().contains(word)) {
        return None;
    }
    let version = ["version", "tag", "image", "image_tag", "sha", "ref", "commit", "image-tag", "git_ref", "release"];
    let entry = inputs.entries().iter().find(|entry| version.contains(&entry.key.to_ascii_lowercase().as_str()))?;
    Some(Place::At(file.id, entry.key_span))
}

/// How the images of this repository are named when they are published.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Names {
    /// Names with a version, a commit or a variable in them.
    pub versioned: Vec<Place>,
    /// Names that the next build takes over.
    pub moving: Vec<Place>,
}

/// The names under which workflows, scripts and Compose files build, publish and run the repository's own images.
pub fn image_names(repo: &Repo, commands: &[CommandUse]) -> Names {
    let mut names = Names::default();
    for file in repo.files().iter().filter(|file| file.kind == FileKind::Workflow) {
        of_workflow(repo, file, &mut names);
    }
    for used in commands.iter().filter(|used| used.role.is_operational()) {
        let Some(program) = used.command.program() else { continue };
        let words: Vec<&str> = program.arguments.iter().map(|word| word.text.as_str()).collect();
        let docker = matches!(program.name, "docker" | "podman" | "buildah" | "nerdctl");
        if !docker || !words.iter().any(|word| matches!(*word, "push" | "tag" | "build" | "buildx")) {
            continue;
        }
        for word in words.iter().filter(|word| word.contains(':') && !word.contains("://") && !word.contains('=')) {
            names.add(word, used.place());
        }
    }
    for service in compose::services(repo).iter().filter(|service| stores::is_application(service)) {
        let image = service.image.filter(|_| tier::of_path(&service.file.path) != Tier::Development);
        if let Some((node, image)) = image.and_then(|node| Some((node, node.as_str()?))) {
            names.add(image, Place::At(service.file.id, node.span));
        }
    }
    names
}

impl Names {
    fn add(&mut self, image: &str, place: Place) {
        let tag = image.rsplit('/').next().unwrap_or(image).split_once(':').map_or("latest", |(_, tag)| tag);
        let moving = ["latest", "main", "master", "stable", "edge", "dev", "staging", "production", "prod", "nightly"];
        let default = tag.rsplit_once(":-").map(|(_, value)| value.trim_end_matches('}'));
        if default.is_none() && moving.contains(&tag) {
            self.moving.push(place);
        } else {
            self.versioned.push(place);
        }
    }
}

fn of_workflow(repo: &Repo, file: &File, names: &mut Names) {
    let Some(jobs) = repo.doc(file.id).and_then(|doc| doc.root()).and_then(|root| root.get("jobs")) else { return };
    for step in jobs.entries().iter().flat_map(|job| steps(&job.value)) {
        let uses = step.get("uses").and_then(Node::as_str).unwrap_or_default();
        if uses.contains("docker/metadata-action") {
            names.versioned.push(Place::At(file.id, step.span));
        }
        let push = uses.contains("docker/build-push-action") || uses.contains("docker/bake-action");
        let Some(tags) = step.at(&["with", "tags"]).filter(|_| push) else { continue };
        for tag in tags.text().unwrap_or_default().split(['\n', ',']).map(str::trim).filter(|tag| !tag.is_empty()) {
            names.add(tag, Place::At(file.id, tags.span));
        }
    }
}

/// Whether a way to deploy belongs to a platform that keeps earlier deployments and can go back to one.
pub fn keeps_versions(way: &DeployWay) -> bool {
    matches!(
        way.kind,
        "Vercel"
            | "Netlify"
            | "Railway"
            | "Render"
            | "Fly.io"
            | "Heroku"
            | "Cloudflare Workers"
            | "App Engine"
            | "Firebase"
            | "AWS Amplify"
            | "DigitalOcean"
            | "Kamal"
            | "Elastic Beanstalk"
            | "App Runner"
            | "Kubernetes"
            | "AWS CodeDeploy"
            | "CapRover"
            | "Koyeb"
    )
}

/// Programs that deploy to a platform which keeps earlier deployments.
pub fn deploys_to_platform(file: &File, text: &str) -> bool {
    let signs = [
        "vercel",
        "netlify",
        "railway",
        "render.com",
        "flyctl",
        "heroku",
        "wrangler",
        "kubectl",
        "helm ",
        "firebase",
        "amplify",
        "cloudrun",
        "gcloud run",
        "gcloud app",
        "ecs",
        "eb deploy",
        "kamal",
        "argocd",
        "deploy-pages",
        "gh-pages",
        "cloudflare",
        "azure",
        "webapps-deploy",
        "coolify",
        "dokku",
        "lambda",
        "serverless",
        "sst ",
    ];
    signs.iter().any(|sign| text.contains(sign)) || file.name().contains("pages")
}

/// The first sign of an environment between development and production.
pub fn staging(repo: &Repo) -> Option<Place> {
    let files = repo.files().iter().filter(|file| file.role.is_operational() || file.kind == FileKind::EnvExample);
    let configures = |file: &&File| {
        !matches!(
            file.kind,
            FileKind::Code
                | FileKind::OtherCode
                | FileKind::Markdown
                | FileKind::Html
                | FileKind::Css
                | FileKind::Image
                | FileKind::Migration
                | FileKind::Sql
                | FileKind::Text
                | FileKind::Binary
        )
    };
    let named = files.filter(configures).find(|file| {
        // What a page previews is no environment, and neither is a stage of a pipeline.
        let parts = file.path.as_str().to_ascii_lowercase();
        let mut words = parts.split(|char: char| !char.is_ascii_alphanumeric());
        words.any(|word| matches!(word, "staging" | "stg" | "preprod" | "uat" | "preproduction"))
    });
    named.map(|file| Place::File(file.id)).or_else(|| {
        let mut workflows = repo.files().iter().filter(|file| {
            matches!(file.kind, FileKind::Workflow | FileKind::GitlabCi | FileKind::Platform | FileKind::Terraform)
        });
        workflows.find_map(|file| staged(repo, file))
    })
}

/// A line of a pipeline or platform file that names such an environment.
fn staged(repo: &Repo, file: &File) -> Option<Place> {
    let text = repo.read(file.id).ok()?;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let plain = line.trim().to_ascii_lowercase();
        let names = ["staging", "preview", "preprod", "pre-prod", "uat"].iter().any(|word| plain.contains(word));
        let about = ["environment", "branch", "env", "stage", "deploy", "url", "host", "app", "namespace", "- "]
            .iter()
            .any(|word| plain.contains(word));
        if names && about && !plain.starts_with('#') && !plain.starts_with("//") {
            return Some(Place::At(file.id, Span::new(offset, offset + line.trim_end().len())));
        }
        offset += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn going_back_is_told_from_taking_a_migration_back() {
        for (name, expected) in [
            ("rollback.sh", true),
            ("deploy:rollback", true),
            ("roll-back-api", true),
            ("db:rollback", false),
            ("migration_revert", false),
            ("deploy", false),
        ] {
            assert_eq!(says_rollback(name), expected, "{name}");
        }
    }
}
