//! What manifests and configuration files tell about logging in languages whose code is not read.

use crate::{
    model::{Place, Span},
    repo::{Component, File, Repo},
};

/// What the files of a component tell.
pub enum Presence {
    /// Records are written; `name` is what writes them.
    Structured { name: &'static str, place: Place },
    /// Spring Boot writes plain text.
    Spring(PlainSpring),
    /// The manifest declares nothing that writes records.
    Absent { manifest: Place },
}

/// Where Spring Boot's plain text comes from.
pub enum PlainSpring {
    /// The production profile configures logging at `profile`; the pattern may be set elsewhere.
    Profile {
        profile: Place,
        pattern: Option<Place>,
    },
    Pattern(Place),
    /// Nothing is configured.
    Default(Place),
}

/// Dependencies that write records, by the name of the manifest.
const DEPENDENCIES: &[(&str, &[&str])] = &[
    (
        "pom.xml",
        &[
            "logstash-logback-encoder",
            "logback-ecs-encoder",
            "log4j2-ecs-layout",
            "log4j-layout-template-json",
            "logback-json-classic",
            "spring-cloud-gcp-starter-logging",
            "quarkus-logging-json",
        ],
    ),
    (
        "go.mod",
        &["go.uber.org/zap", "github.com/rs/zerolog", "github.com/sirupsen/logrus", "github.com/hashicorp/go-hclog"],
    ),
    ("Gemfile", &["lograge", "semantic_logger", "rails_semantic_logger", "ougai"]),
    ("composer.json", &["monolog/monolog", "symfony/monolog-bundle"]),
    ("Cargo.toml", &["tracing-bunyan-formatter", "tracing-stackdriver", "json-subscriber", "slog-json"]),
    (".csproj", &["Serilog", "NLog"]),
];

/// Reads the manifests and the configuration of `component`; `None` when it has no manifest of such a language.
pub fn presence(repo: &Repo, component: &Component) -> Option<Presence> {
    let files: Vec<&File> =
        repo.files().iter().filter(|file| file.component == component.id && file.role.is_operational()).collect();
    let manifest = files.iter().find_map(|file| Some((*file, known_dependencies(file)?)))?;
    let (file, names) = manifest;
    if let Some((name, place)) = names.iter().find_map(|name| Some((*name, find(repo, file, name)?))) {
        return Some(Presence::Structured { name, place });
    }
    if let Some((name, place)) = files.iter().find_map(|file| configured(repo, file)) {
        return Some(Presence::Structured { name, place });
    }
    if let Some((name, place)) = files.iter().find_map(|file| in_code(repo, file)) {
        return Some(Presence::Structured { name, place });
    }
    if is_spring(repo, file) {
        return Some(Presence::Spring(plain_spring(repo, &files, file)));
    }
    Some(Presence::Absent { manifest: Place::File(file.id) })
}

fn known_dependencies(file: &File) -> Option<&'static [&'static str]> {
    let name = file.path.file_name()?;
    let key = match name {
        "build.gradle" | "build.gradle.kts" => "pom.xml",
        name if name.ends_with(".csproj") => ".csproj",
        name => name,
    };
    DEPENDENCIES.iter().find(|(manifest, _)| *manifest == key).map(|(_, names)| *names)
}

/// The first place of `needle` in `file`.
fn find(repo: &Repo, file: &File, needle: &str) -> Option<Place> {
    let text = repo.read(file.id).ok()?;
    let at = text.find(needle)?;
    Some(Place::At(file.id, Span::new(at, at + needle.len())))
}

/// Settings that make a framework write records.
fn configured(repo: &Repo, file: &File) -> Option<(&'static str, Place)> {
    let name = file.path.file_name()?;
    if is_spring_config(name) {
        return ["logging.structured.format.console", "logging.structured.format.file", "quarkus.log.console.json"]
            .into_iter()
            .find_map(|key| Some((key, setting(repo, file, key)?)));
    }
    let log_config = (name.starts_with("logback") || name.starts_with("log4j2"))
        && matches!(file.path.extension(), Some("xml" | "yml" | "yaml" | "properties" | "json"));
    if !log_config {
        return None;
    }
    [
        "LogstashEncoder",
        "LoggingEventCompositeJsonEncoder",
        "EcsEncoder",
        "JsonEncoder",
        "JsonTemplateLayout",
        "EcsLayout",
        "JsonLayout",
        "StructuredLogEncoder",
    ]
    .into_iter()
    .find_map(|class| Some((class, find(repo, file, class)?)))
}

/// What the code itself shows where the standard library can write records.
fn in_code(repo: &Repo, file: &File) -> Option<(&'static str, Place)> {
    match file.path.extension()? {
        "go" => ["slog.NewJSONHandler", "slog.NewTextHandler"]
            .into_iter()
            .find_map(|call| Some(("log/slog", find(repo, file, call)?))),
        "rs" => Some(("tracing-subscriber", find(repo, file, ".json()").filter(|_| uses_tracing(repo, file))?)),
        "cs" => Some(("AddJsonConsole", find(repo, file, "AddJsonConsole")?)),
        _ => None,
    }
}

fn uses_tracing(repo: &Repo, file: &File) -> bool {
    find(repo, file, "tracing_subscriber").is_some()
}

fn is_spring(repo: &Repo, manifest: &File) -> bool {
    find(repo, manifest, "org.springframework.boot").is_some()
}

/// `application.properties`, `application-prod.yml`, `bootstrap.yml`.
fn is_spring_config(name: &str) -> bool {
    let stem = name.strip_suffix(".properties").or_else(|| name.strip_suffix(".yml"));
    stem.or_else(|| name.strip_suffix(".yaml"))
        .is_some_and(|stem| stem == "application" || stem.starts_with("application-") || stem == "bootstrap")
}

fn is_production_profile(name: &str) -> bool {
    name.split(['-', '.']).any(|part| matches!(part, "prod" | "production"))
}

/// The place of a setting such as `logging.pattern.console`, in properties or YAML.
fn setting(repo: &Repo, file: &File, key: &str) -> Option<Place> {
    let root = repo.doc(file.id)?.root()?;
    let span = match root.entry_at(&[key]) {
        Some(flat) => flat.key_span,
        None => root.entry_at(&key.split('.').collect::<Vec<_>>())?.key_span,
    };
    Some(Place::At(file.id, span))
}

/// The place of the first setting that begins with `logging.`.
fn first_logging_setting(repo: &Repo, file: &File) -> Option<Place> {
    let root = repo.doc(file.id)?.root()?;
    let entry = root.entries().iter().find(|entry| entry.key == "logging" || entry.key.starts_with("logging."))?;
    Some(Place::At(file.id, entry.key_span))
}

fn plain_spring(repo: &Repo, files: &[&File], manifest: &File) -> PlainSpring {
    let configs: Vec<&&File> =
        files.iter().filter(|file| file.path.file_name().is_some_and(is_spring_config)).collect();
    let pattern = configs.iter().find_map(|file| setting(repo, file, "logging.pattern.console"));
    let profile = configs
        .iter()
        .filter(|file| file.path.file_name().is_some_and(is_production_profile))
        .find_map(|file| first_logging_setting(repo, file));
    match (profile, pattern) {
        (Some(profile), pattern) => PlainSpring::Profile { profile, pattern },
        (None, Some(pattern)) => PlainSpring::Pattern(pattern),
        (None, None) => {
            let main = configs.iter().find(|file| file.path.file_stem() == Some("application")).or(configs.first());
            PlainSpring::Default(Place::File(main.map_or(manifest.id, |file| file.id)))
        }
    }
}
