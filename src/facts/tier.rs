//! Which environment a file is for, as its name and its folders say.

use camino::Utf8Path;

use crate::doc::Node;

/// The environment that a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    Production,
    Staging,
    Development,
    /// The path names none.
    Unnamed,
}

const PRODUCTION: [&str; 4] = ["prod", "production", "prd", "live"];
const STAGING: [&str; 9] = ["staging", "stage", "stg", "preprod", "preproduction", "uat", "preview", "qa", "sandbox"];
const DEVELOPMENT: [&str; 22] = [
    "dev",
    "development",
    "develop",
    "devcontainer",
    "local",
    "localhost",
    "test",
    "tests",
    "testing",
    "e2e",
    "ci",
    "override",
    "debug",
    "integration",
    "example",
    "examples",
    "sample",
    "demo",
    "benchmark",
    "perf",
    "devenv",
    "contrib",
];

/// The environment that a file name or its folders name; the name decides over the folders.
pub fn of_path(path: &Utf8Path) -> Tier {
    path.as_str().rsplit('/').map(of_name).find(|tier| *tier != Tier::Unnamed).unwrap_or(Tier::Unnamed)
}

/// The environment that one name (of a file, a folder, a job, a script) names.
pub fn of_name(name: &str) -> Tier {
    let name = name.to_ascii_lowercase();
    let parts = || name.split(|char: char| !char.is_ascii_alphanumeric());
    if parts().any(|part| STAGING.contains(&part)) || name.contains("pre-prod") {
        Tier::Staging
    } else if parts().any(|part| PRODUCTION.contains(&part)) {
        Tier::Production
    } else if parts().any(|part| DEVELOPMENT.contains(&part)) {
        Tier::Development
    } else {
        Tier::Unnamed
    }
}

/// Whether the comment at the head of a file says that it is not for production: "please do not use this configuration
/// for production", "for demo, development and learning purposes only".
pub fn disclaims_production(text: &str) -> bool {
    let head: String = text
        .lines()
        .take(40)
        .take_while(|line| line.is_empty() || line.starts_with('#'))
        .map(|line| line.trim_start_matches('#').to_ascii_lowercase() + " ")
        .collect();
    let words = head.split_whitespace().collect::<Vec<_>>().join(" ");
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| words.contains(phrase));
    let refuses =
        says(&["do not use", "don't use", "not for", "not intended", "not meant", "not suitable", "never use"])
            && words.contains("production");
    let limits =
        says(&["development", "demo", "local", "testing"]) && says(&["purposes only", "use only", " only for "]);
    refuses || limits
}

/// Whether a Compose service runs the sources of its developer: a reloading command, or the folder mounted over the
/// image's code.
pub fn is_development_service(service: &Node) -> bool {
    let command: String = ["command", "entrypoint"].into_iter().filter_map(|key| service.get(key)).map(words).collect();
    let reloads =
        ["--reload", "run dev", "yarn dev", "pnpm dev", "nodemon", "runserver", "start:dev", "--watch", "air"]
            .iter()
            .any(|sign| command.split(';').any(|part| part.contains(sign) && (*sign != "air" || part.trim() == "air")));
    let mounts = service.get("volumes").map(Node::items).unwrap_or_default().iter().any(|volume| {
        volume.as_str().is_some_and(|text| {
            let source = text.split(':').next().unwrap_or_default();
            matches!(source, "." | "./" | "./src" | "./app" | "..") && text.contains(':')
        })
    });
    let mode = environment(service, "NODE_ENV").is_some_and(|mode| mode == "development");
    reloads || mounts || mode
}

fn words(node: &Node) -> String {
    match node.text() {
        Some(text) => format!("{text};"),
        None => node.items().iter().filter_map(Node::text).collect::<Vec<_>>().join(" ") + ";",
    }
}

/// The value of a variable that a Compose service sets, in either form of `environment`.
pub fn environment<'n>(service: &'n Node, name: &str) -> Option<&'n str> {
    let environment = service.get("environment")?;
    match environment.get(name) {
        Some(value) => value.text(),
        None => environment
            .items()
            .iter()
            .filter_map(Node::text)
            .find_map(|item| item.split_once('=').filter(|(key, _)| *key == name).map(|(_, value)| value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_environments() {
        for (path, expected) in [
            ("docker-compose.prod.yml", Tier::Production),
            ("docker-compose.yml", Tier::Unnamed),
            ("deploy/production/values.yaml", Tier::Production),
            ("docker-compose.staging.yml", Tier::Staging),
            ("local/docker-compose.yml", Tier::Development),
            (".devcontainer/compose.yml", Tier::Development),
            ("products/app.yml", Tier::Unnamed),
            ("production/compose.dev.yml", Tier::Development),
        ] {
            assert_eq!(of_path(Utf8Path::new(path)), expected, "{path}");
        }
    }
}
