//! How the repository is deployed: every definition, script and job that ships something.

use std::collections::BTreeSet;

use crate::{
    doc::Node,
    facts::{
        commands::{CommandUse, Stage, steps},
        documents, images,
        pipelines::{self, Does, Pipeline, Target},
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

fn by_command(used: &CommandUse) -> Option<DeployWay> {
    let program = used.command.program()?;
    let words: Vec<&str> = program.arguments.iter().map(|word| word.text.as_str()).collect();
    let named = used.stage == Stage::PackageScript && is_deploy_name(&used.name)
        || matches!(used.stage, Stage::Make | Stage::ShellScript) && is_deploy_name(&used.name);
    let target = pipelines::deploys_to(program.name, &words);
    // Copies go to many hosts; only a pipeline, or a script that is called so, deploys by them.
    let copies = matches!(program.name, "rsync" | "scp" | "ssh" | "sshpass") && used.stage != Stage::Workflow;
    let deploys = target.is_some_and(|target| target != Target::Docs) && !copies;
    let pages = target == Some(Target::Docs) && is_pages(program.name);
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

/// Whether a program puts pages for readers on the web, wherever to.
fn is_pages(program: &str) -> bool {
    matches!(program, "docusaurus" | "mkdocs" | "mike" | "gh-pages" | "chromatic" | "surge")
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
        let uses = steps(&job.value)
            .into_iter()
            .filter_map(|step| step.get("uses"))
            .find(|uses| uses.as_str().is_some_and(|name| DEPLOY_ACTIONS.iter().any(|action| name.contains(action))))?;
        // Pages of the documentation are not what is deployed.
        let of_docs = [file.path.file_stem().unwrap_or_default(), job.key.as_str()]
            .iter()
            .any(|name| name.split(['-', '_', '.', ' ']).any(|part| matches!(part, "docs" | "doc" | "documentation")));
        if of_docs && uses.as_str().is_some_and(|name| name.contains("deploy-pages")) {
            return None;
        }
        if pipelines::is_throwaway(&job.value) {
            return None;
        }
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

/// Where the repository offers itself to a platform that builds from source: a button of the README, a script that only
/// the platform runs.
pub fn offered(repo: &Repo, commands: &[CommandUse]) -> Option<(&'static str, Place)> {
    const BUTTONS: [(&str, &str); 14] = [
        ("heroku.com/deploy", "Heroku"),
        ("dashboard.heroku.com/new", "Heroku"),
        ("render.com/deploy", "Render"),
        ("vercel.com/new", "Vercel"),
        ("vercel.com/import", "Vercel"),
        ("app.netlify.com/start/deploy", "Netlify"),
        ("railway.app/new", "Railway"),
        ("railway.com/new", "Railway"),
        ("railway.com/deploy", "Railway"),
        ("railway.app/template", "Railway"),
        ("deploy.cloud.run", "Cloud Run"),
        ("cloud.digitalocean.com/apps/new", "DigitalOcean"),
        ("deploy.workers.cloudflare.com", "Cloudflare Workers"),
        ("app.koyeb.com/deploy", "Koyeb"),
    ];
    let scripts = commands.iter().filter(|used| used.stage == Stage::PackageScript);
    let script = scripts.filter(|used| repo.file(used.file).folder().as_str().is_empty()).find_map(|used| {
        let platform = match used.name.as_str() {
            "heroku-postbuild" | "heroku-prebuild" | "heroku-cleanup" => "Heroku",
            "gcp-build" => "App Engine",
            "vercel-build" | "now-build" => "Vercel",
            _ => return None,
        };
        Some((platform, used.place()))
    });
    script.or_else(|| {
        let documents = documents::documents(repo);
        let root = documents.iter().filter(|document| !document.path.as_str().contains('/'));
        root.filter(|document| documents::is_readme(&document.path)).find_map(|document| {
            document.links.iter().find_map(|link| {
                let (_, platform) = BUTTONS.iter().find(|(part, _)| link.target.contains(part))?;
                Some((*platform, Place::At(document.file, link.span)))
            })
        })
    })
}

/// A pipeline that publishes an archive, a package or an image for others to run: what with, and its path.
pub fn released(repo: &Repo, pipelines: &[Pipeline]) -> Option<(String, String)> {
    const RELEASES: [&str; 4] = ["action-gh-release", "/upload-release-asset", "/release-action", "/create-release"];
    pipelines.iter().find_map(|pipeline| {
        let tool = pipeline.jobs.iter().filter(|job| job.off.is_none()).find_map(|job| {
            let mut uses = job.steps.iter().filter_map(|step| step.uses.as_ref());
            uses.find(|uses| RELEASES.iter().any(|name| uses.text.contains(name)))
                .map(|uses| uses.text.split('@').next().unwrap_or_default().to_owned())
                .or_else(|| Some(job.does(|act| act.does == Does::Publish)?.tool))
        })?;
        Some((tool, repo.file(pipeline.file).path.to_string()))
    })
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
