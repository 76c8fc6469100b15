//! How the repository is deployed: every definition, script and job that ships something.

use std::collections::BTreeSet;

use crate::{
    doc::Node,
    facts::{
        commands::{CommandUse, Stage},
        images,
    },
    model::{Message, Place},
    repo::{Component, File, FileKind, Repo},
};

/// One way to deploy.
#[derive(Debug, Clone, PartialEq)]
pub struct DeployWay {
    /// What deploys, for people: `Dockerfile`, `Fly.io`, `a workflow`.
    pub kind: &'static str,
    pub place: Place,
    pub note: Message,
    /// The platform takes the sources, so no image is needed.
    pub from_source: bool,
    pub file: crate::model::FileId,
}

/// Every way to deploy, in order of path. What a script or a job repeats is one way.
pub fn ways(repo: &Repo, commands: &[CommandUse]) -> Vec<DeployWay> {
    let mut ways: Vec<DeployWay> =
        repo.files().iter().filter(|file| file.role.is_operational()).filter_map(by_file).collect();
    let mut known = BTreeSet::new();
    ways.extend(
        commands.iter().filter_map(by_command).filter(|way| known.insert((way.file, way.kind, way.note.clone()))),
    );
    ways.extend(
        repo.files().iter().filter(|file| file.kind == FileKind::Workflow).filter_map(|file| by_action(repo, file)),
    );
    ways.sort_by(|a, b| a.place.cmp(&b.place));
    ways
}

fn by_file(file: &File) -> Option<DeployWay> {
    let name = file.path.file_name().unwrap_or_default().to_ascii_lowercase();
    let (kind, from_source) = match file.kind {
        FileKind::Compose if is_of_tools(file) => return None,
        // An image in which somebody develops or tests ships nothing.
        FileKind::Dockerfile if images::is_helper(file) => return None,
        FileKind::Dockerfile => ("Dockerfile", false),
        FileKind::Compose => ("Docker Compose", false),
        FileKind::Kubernetes | FileKind::HelmChart | FileKind::Kustomize => ("Kubernetes", false),
        FileKind::Terraform => ("Terraform", true),
        FileKind::Platform => platform_name(&name, file)?,
        FileKind::OtherCi if name.starts_with("buildspec") => ("AWS CodeBuild", true),
        _ => return None,
    };
    let first = crate::model::Span::new(0, 1);
    Some(DeployWay {
        kind,
        place: Place::At(file.id, first),
        note: Message::new("way").with("kind", kind),
        from_source,
        file: file.id,
    })
}

/// Whether a file lies in a folder of continuous integration or of development.
fn is_of_tools(file: &File) -> bool {
    let folders = [".ci", ".devcontainer", ".circleci", ".buildkite", ".gitpod", ".codesandbox"];
    file.path.components().any(|part| folders.contains(&part.as_str()))
}

/// A platform's display name and whether it builds from source; `None` for tools of development only.
fn platform_name(name: &str, file: &File) -> Option<(&'static str, bool)> {
    Some(match name {
        "vercel.json" | "now.json" => ("Vercel", true),
        "netlify.toml" => ("Netlify", true),
        "railway.toml" | "railway.json" => ("Railway", true),
        "fly.toml" => ("Fly.io", true),
        "render.yaml" | "render.yml" => ("Render", true),
        "procfile" | "heroku.yml" | "app.json" => ("Heroku", true),
        "app.yaml" | "app.yml" | "deploy.template.yaml" | "deploy.template.yml"
            if file.path.as_str().contains(".do/") =>
        {
            ("DigitalOcean", true)
        }
        "app.yaml" | "app.yml" => ("App Engine", true),
        "wrangler.toml" | "wrangler.json" | "wrangler.jsonc" => ("Cloudflare Workers", true),
        ".replit" | "replit.nix" => ("Replit", true),
        "nixpacks.toml" => ("Nixpacks", true),
        "amplify.yml" => ("AWS Amplify", true),
        "firebase.json" | ".firebaserc" => ("Firebase", true),
        "samconfig.toml" => ("AWS SAM", true),
        "dockerrun.aws.json" => ("Elastic Beanstalk", false),
        "captain-definition" => ("CapRover", false),
        "apprunner.yaml" => ("App Runner", true),
        "appspec.yml" | "appspec.yaml" => ("AWS CodeDeploy", true),
        "koyeb.yaml" => ("Koyeb", true),
        "pulumi.yaml" | "pulumi.yml" => ("Pulumi", true),
        "cdk.json" => ("AWS CDK", true),
        "fastly.toml" => ("Fastly", true),
        name if name.starts_with("serverless.") => ("Serverless Framework", true),
        name if name.starts_with("ecosystem.config.") => ("PM2", true),
        // Kamal's `config/deploy.yml` and `config/deploy.staging.yml`.
        name if name.starts_with("deploy.") && file.folder().file_name() == Some("config") => ("Kamal", false),
        name if name.starts_with("manifest.") => ("AWS Copilot", false),
        _ => return None,
    })
}

/// Programs that deploy, with the words that make them do it; no words mean that the program only deploys.
const DEPLOYERS: &[(&str, &[&str])] = &[
    ("flyctl", &["deploy"]),
    ("fly", &["deploy"]),
    ("vercel", &[]),
    ("netlify", &["deploy"]),
    ("railway", &["up", "deploy"]),
    ("heroku", &["container:release"]),
    ("wrangler", &["deploy", "publish"]),
    ("serverless", &["deploy"]),
    ("sls", &["deploy"]),
    ("sam", &["deploy"]),
    ("cdk", &["deploy"]),
    ("eb", &["deploy"]),
    ("firebase", &["deploy"]),
    ("gcloud", &["deploy"]),
    ("kubectl", &["apply", "rollout", "set"]),
    ("helm", &["upgrade", "install"]),
    ("terraform", &["apply"]),
    ("pulumi", &["up"]),
    ("kamal", &["deploy"]),
    ("cap", &["deploy"]),
    ("ansible-playbook", &[]),
];

fn by_command(used: &CommandUse) -> Option<DeployWay> {
    let program = used.command.program()?;
    let words: Vec<&str> = program.arguments.iter().map(|word| word.text.as_str()).collect();
    let named = used.stage == Stage::PackageScript && is_deploy_name(&used.name)
        || matches!(used.stage, Stage::Make | Stage::ShellScript) && is_deploy_name(&used.name);
    let deploys = DEPLOYERS.iter().any(|(name, verbs)| {
        *name == program.name && (verbs.is_empty() || words.iter().any(|word| verbs.contains(word)))
    });
    // Pages for readers are no service.
    let pages = matches!(program.name, "docusaurus" | "mkdocs" | "mike" | "gh-pages" | "chromatic");
    if !deploys && !named || pages || used.only_prints() {
        return None;
    }
    let command = format!("{} {}", program.name, words.first().copied().unwrap_or_default());
    let (kind, note) = match used.stage {
        Stage::Workflow => ("a workflow", Message::new("job").with("job", used.name.as_str())),
        _ => ("a script", Message::new("script").with("command", command.trim_end())),
    };
    Some(DeployWay { kind, place: used.place(), note, from_source: false, file: used.file })
}

/// Whether the name of a script or a job says that it deploys.
pub fn is_deploy_name(name: &str) -> bool {
    let stem = name.trim_end_matches(".sh");
    stem.split([':', '-', '_', '.', '/']).any(|part| matches!(part, "deploy" | "deployment" | "ship"))
}

/// Parts of action names that deploy.
const DEPLOY_ACTIONS: [&str; 12] = [
    "flyio/flyctl-actions",
    "vercel-action",
    "actions-netlify",
    "heroku-deploy",
    "deploy-cloudrun",
    "amazon-ecs-deploy",
    "webapps-deploy",
    "ssh-action",
    "rsync-deploy",
    "wrangler-action",
    "deploy-pages",
    "k8s-deploy",
];

fn by_action(repo: &Repo, file: &File) -> Option<DeployWay> {
    let jobs = repo.doc(file.id)?.root()?.get("jobs")?;
    jobs.entries().iter().find_map(|job| {
        let steps = job.value.get("steps").map(Node::items).unwrap_or_default();
        let uses = steps
            .iter()
            .filter_map(|step| step.get("uses"))
            .find(|uses| uses.as_str().is_some_and(|name| DEPLOY_ACTIONS.iter().any(|action| name.contains(action))))?;
        Some(DeployWay {
            kind: "a workflow",
            place: Place::At(file.id, uses.span),
            note: Message::new("job").with("job", job.key.as_str()),
            from_source: false,
            file: file.id,
        })
    })
}

/// The platform that builds and runs `component` from source, when a file of it lies in the component or, for the
/// repository's own service, in the root.
pub fn source_platform(ways: &[DeployWay], repo: &Repo, component: &Component) -> Option<(&'static str, Place)> {
    ways.iter()
        .filter(|way| way.from_source && repo.file(way.file).component == component.id)
        .map(|way| (way.kind, way.place.clone()))
        .next()
}

/// Where a platform's file says how the health of `component` is checked.
pub fn platform_health(repo: &Repo, component: &Component) -> Option<(&'static str, Place)> {
    let files = repo.files().iter().filter(|file| file.kind == FileKind::Platform && file.component == component.id);
    files.filter(|file| file.role.is_operational()).find_map(|file| {
        let (platform, _) = platform_name(&file.path.file_name()?.to_ascii_lowercase(), file)?;
        let doc = repo.doc(file.id)?;
        let (_, node) = doc.documents.iter().flat_map(Node::walk).find(|(path, _)| {
            matches!(
                path.last_key(),
                Some("healthcheckPath" | "healthCheckPath" | "health_check" | "http_checks" | "checks")
            )
        })?;
        Some((platform, Place::At(file.id, node.span)))
    })
}
