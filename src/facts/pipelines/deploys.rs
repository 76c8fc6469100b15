//! Commands that deploy, and where to.

use super::{Does, Target};

/// Programs that deploy, with the words one of which makes them do it.
const DEPLOYERS: &[(&str, &[&str])] = &[
    ("flyctl", &["deploy"]),
    ("fly", &["deploy"]),
    ("netlify", &["deploy"]),
    ("railway", &["up", "deploy", "redeploy"]),
    ("heroku", &["container:release"]),
    ("wrangler", &["deploy", "publish"]),
    ("serverless", &["deploy"]),
    ("sls", &["deploy"]),
    ("sam", &["deploy"]),
    ("cdk", &["deploy"]),
    ("sst", &["deploy"]),
    ("eb", &["deploy"]),
    ("firebase", &["deploy"]),
    ("terraform", &["apply"]),
    ("tofu", &["apply"]),
    ("terragrunt", &["apply"]),
    ("pulumi", &["up"]),
    ("kamal", &["deploy"]),
    ("cap", &["deploy"]),
    ("render", &["deploys", "deploy"]),
    ("convex", &["deploy"]),
    ("doctl", &["create-deployment"]),
    ("koyeb", &["redeploy", "deploy"]),
    ("copilot", &["deploy"]),
    ("zappa", &["deploy", "update"]),
    ("dokku", &["deploy"]),
    ("caprover", &["deploy"]),
    ("oc", &["apply", "rollout"]),
    ("gcloud", &["deploy", "update-traffic"]),
    ("helm", &["upgrade", "install"]),
    ("helmfile", &["apply", "sync"]),
    ("skaffold", &["run", "deploy"]),
    ("argocd", &["sync"]),
    ("nomad", &["run"]),
];

/// Programs that put pages on the web for readers rather than a service for users.
const PAGES: &[(&str, &[&str])] = &[
    ("gh-pages", &[]),
    ("mkdocs", &["gh-deploy"]),
    ("mike", &["deploy"]),
    ("docusaurus", &["deploy"]),
    ("chromatic", &[]),
    ("surge", &[]),
];

/// Where this call deploys to; `None` when it does not deploy.
pub(super) fn by_program(name: &str, words: &[&str]) -> Option<Target> {
    let has = |word: &&str| words.contains(word);
    if PAGES.iter().any(|(program, verbs)| *program == name && (verbs.is_empty() || verbs.iter().any(has))) {
        return Some(Target::Docs);
    }
    let deploys = match name {
        "vercel" => {
            let verb = words.iter().find(|word| !word.starts_with('-') && !word.contains(['$', '=', '{']));
            let others = [
                "build", "pull", "env", "ls", "list", "link", "rollback", "inspect", "logs", "login", "whoami",
                "alias", "promote", "domains", "certs", "project", "dev", "remove", "rm",
            ];
            !verb.is_some_and(|verb| others.contains(verb)) && !words.is_empty()
        }
        "kubectl" => {
            let verb = words.iter().find(|word| !word.starts_with('-')).copied();
            let dry = words.iter().any(|word| word.starts_with("--dry-run"));
            !dry && (verb == Some("apply")
                || verb == Some("set") && has(&"image")
                || verb == Some("rollout") && has(&"restart"))
        }
        "aws" => aws(words),
        "az" => {
            words.first().is_some_and(|group| matches!(*group, "webapp" | "containerapp" | "functionapp" | "aks"))
                && words.iter().any(|word| matches!(*word, "deploy" | "up" | "update" | "config-zip" | "restart"))
        }
        "ansible-playbook" => !has(&"--syntax-check") && !has(&"--check"),
        "git" => {
            words.first() == Some(&"push") && words.iter().any(|word| matches!(*word, "heroku" | "dokku" | "piku"))
        }
        "docker" => words.starts_with(&["stack", "deploy"]) || words.starts_with(&["service", "update"]),
        "supabase" => words.starts_with(&["functions", "deploy"]),
        "ssh" | "sshpass" => {
            let script = words.join(" ").to_ascii_lowercase();
            [
                "deploy",
                "docker compose",
                "docker-compose",
                "docker pull",
                "docker run",
                "git pull",
                "systemctl restart",
                "pm2 ",
            ]
            .iter()
            .any(|part| script.contains(part))
        }
        "rsync" | "scp" => words.last().is_some_and(|target| target.contains(':') && !target.contains("://")),
        _ => DEPLOYERS.iter().any(|(program, verbs)| *program == name && has_verb(name, words, verbs)),
    };
    let dry = words.iter().any(|word| word.starts_with("--dry-run") || matches!(*word, "--noop" | "-dry-run"));
    (deploys && !dry).then(|| by_words(name, words))
}

/// Whether the subcommand is one of `verbs`: the first word, where options may stand before it. `helm plugin install`
/// installs no release.
fn has_verb(name: &str, words: &[&str], verbs: &[&str]) -> bool {
    // These have the verb behind the word for what it is done to.
    if matches!(name, "gcloud" | "doctl" | "render" | "copilot" | "argocd" | "nomad" | "koyeb" | "dokku") {
        return words.iter().take(5).any(|word| verbs.contains(word));
    }
    let mut words = words.iter().enumerate().filter(|(_, word)| !word.starts_with('-'));
    let Some((at, first)) = words.next() else { return false };
    // An option's value, unless it is the verb: `helm -n shop upgrade`.
    verbs.contains(first) || at > 0 && words.next().is_some_and(|(_, second)| verbs.contains(second))
}

fn aws(words: &[&str]) -> bool {
    let verb = |group: &str, verbs: &[&str]| {
        words.first() == Some(&group) && words.get(1).is_some_and(|word| verbs.contains(word))
    };
    verb("ecs", &["update-service", "deploy"])
        || verb("lambda", &["update-function-code", "publish-version"])
        || verb("cloudformation", &["deploy", "update-stack"])
        || verb("deploy", &["create-deployment"])
        || verb("amplify", &["start-job", "start-deployment"])
        || verb("elasticbeanstalk", &["update-environment"])
        || verb("apprunner", &["start-deployment", "update-service"])
        || verb("s3", &["sync"]) && words.last().is_some_and(|word| word.starts_with("s3://") || word.starts_with('-'))
}

/// A request to a platform's deployment hook or API.
pub(super) fn hook_call(words: &[&str]) -> bool {
    words.iter().any(|word| {
        let lower = word.to_ascii_lowercase();
        lower.contains("deploy_hook")
            || lower.contains("deploy-hook")
            || lower.contains("deployhook")
            || lower.contains("deploy_webhook")
            || lower.contains("api.render.com/deploy")
            || lower.contains("deploymentcreate")
            || lower.contains("serviceinstanceredeploy")
            || lower.contains("api.vercel.com/v1/integrations/deploy")
            || lower.contains("/api/v1/deploy?")
    })
}

fn by_words(name: &str, words: &[&str]) -> Target {
    if name == "vercel" && !words.iter().any(|word| word.starts_with("--prod") || word.starts_with("--target=prod")) {
        return Target::Preview;
    }
    if name == "netlify" && !words.iter().any(|word| word.starts_with("--prod") || *word == "-p") {
        return Target::Preview;
    }
    named(&words.join(" ")).unwrap_or(Target::Unknown)
}

/// The target that a name, a path or an option speaks of.
pub(super) fn named(text: &str) -> Option<Target> {
    let lower = text.to_ascii_lowercase();
    let words: Vec<&str> = lower.split(|char: char| !char.is_ascii_alphanumeric()).collect();
    let has = |names: &[&str]| words.iter().any(|word| names.contains(word));
    if has(&[
        "staging",
        "stage",
        "stg",
        "uat",
        "qa",
        "sandbox",
        "preprod",
        "beta",
        "canary",
        "nightly",
        "dev",
        "develop",
        "development",
    ]) || (2..5).contains(&words.len()) && words.last() == Some(&"test")
    {
        // `deploy-staging-and-production` ships to users as well.
        return Some(if has(&["production", "prod"]) { Target::Production } else { Target::Staging });
    }
    if has(&["preview", "previews", "pr", "review", "ephemeral"]) {
        return Some(Target::Preview);
    }
    if has(&[
        "docs",
        "doc",
        "documentation",
        "storybook",
        "pages",
        "chromatic",
        "playground",
        "demo",
        "example",
        "examples",
    ]) {
        return Some(Target::Docs);
    }
    has(&["production", "prod", "live", "prd"]).then_some(Target::Production)
}

/// What a host is for by the files and folders that are put there: `shop_ci`, `docker-compose.test.yml`.
pub(super) fn of_host(said: &str) -> Target {
    let said = said.to_ascii_lowercase();
    let mut words = said.split(|char: char| char.is_whitespace() || matches!(char, ',' | '/' | '"' | '\''));
    let tests = words.any(|word| {
        let parts: Vec<&str> = word.split(['.', '-', '_']).collect();
        let compose = word.contains("compose") && parts.iter().any(|part| matches!(*part, "test" | "ci" | "e2e"));
        compose || parts.len() > 1 && matches!(parts.last(), Some(&"ci" | &"e2e"))
    });
    if tests { Target::Throwaway } else { Target::Unknown }
}

/// Fills in the target of a deployment from what is around it, the nearest first.
pub(super) fn settle(does: Does, around: &[&str]) -> Does {
    match does {
        Does::Deploy(Target::Unknown) => {
            Does::Deploy(around.iter().find_map(|text| named(text)).unwrap_or(Target::Unknown))
        }
        other => other,
    }
}
