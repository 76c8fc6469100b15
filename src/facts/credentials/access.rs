//! Whether datastores ask for a password, by how they are started.

use camino::Utf8Path;

use super::{
    Given,
    datastores::{self, Datastore},
    services::{self, Exposure},
    stage::{self, Stage},
    vendors,
};
use crate::{
    doc::Node,
    facts::{
        compose::{self, ComposeService, normalised},
        kubernetes::{self, Container},
    },
    model::{Message, Place},
    repo::{FileKind, Repo},
};

/// A datastore as a Compose file or a manifest starts it.
#[derive(Debug, Clone)]
pub struct Store {
    pub datastore: Datastore,
    /// The service or container.
    pub name: String,
    pub stage: Stage,
    pub exposure: Exposure,
    pub access: Access,
}

/// Who is let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Everyone; where that is said or should have been prevented, and why.
    Open(Place, Message),
    /// Whoever has the credentials; where that is said.
    Guarded(Place),
    /// Decided in a file that is not there, or by an image that is not known that well.
    Unknown,
}

/// Every datastore, in order of path and position: Compose services first, then containers.
pub fn stores(repo: &Repo) -> Vec<Store> {
    let all = compose::services(repo);
    let stages = stage::of_each(repo, &all);
    let by_compose = all.iter().filter_map(|service| {
        let image = service.image.and_then(Node::as_str)?;
        let datastore = datastores::of_image(image)?;
        Some(Store {
            datastore,
            name: service.name.to_owned(),
            stage: stages[&service.file.id],
            exposure: services::exposure(service),
            access: access(repo, service, datastore, image),
        })
    });
    let by_cluster = kubernetes::containers(repo).into_iter().filter_map(|container| in_cluster(repo, &container));
    by_compose.chain(by_cluster.collect::<Vec<_>>()).collect()
}

fn access(repo: &Repo, service: &ComposeService<'_>, datastore: Datastore, image: &str) -> Access {
    let variables = Variables::of(service);
    match datastore {
        Datastore::Redis => redis(repo, service, image, &variables),
        Datastore::MongoDb => mongo(service, image, &variables),
        Datastore::Elasticsearch => elasticsearch(service, image, &variables),
        Datastore::OpenSearch => {
            let off = variables
                .find("DISABLE_SECURITY_PLUGIN", is_true)
                .or_else(|| variables.find("plugins.security.disabled", is_true));
            open_or_unknown(off, Message::new("security-plugin-off"))
        }
        Datastore::Postgres => {
            let trust = variables.find("POSTGRES_HOST_AUTH_METHOD", |text| text == "trust");
            let bitnami = variables.find("ALLOW_EMPTY_PASSWORD", is_true);
            open_or(
                trust.or(bitnami),
                Message::new("trust"),
                &variables,
                &["POSTGRES_PASSWORD", "POSTGRES_PASSWORD_FILE", "POSTGRESQL_PASSWORD"],
            )
        }
        Datastore::MySql => {
            let names = [
                "MYSQL_ALLOW_EMPTY_PASSWORD",
                "MARIADB_ALLOW_EMPTY_PASSWORD",
                "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD",
                "ALLOW_EMPTY_PASSWORD",
            ];
            // The image takes any text for yes.
            let empty = names.iter().find_map(|name| {
                variables.find(name, |text| !text.is_empty() && !matches!(text, "no" | "false" | "0"))
            });
            open_or(
                empty,
                Message::new("empty-password"),
                &variables,
                &[
                    "MYSQL_ROOT_PASSWORD",
                    "MARIADB_ROOT_PASSWORD",
                    "MYSQL_ROOT_PASSWORD_FILE",
                    "MYSQL_PASSWORD",
                    "MARIADB_PASSWORD",
                    "MARIADB_ROOT_PASSWORD_FILE",
                ],
            )
        }
        Datastore::Neo4j => {
            let none = variables.find("NEO4J_AUTH", |text| text == "none");
            open_or(none, Message::new("auth-none"), &variables, &["NEO4J_AUTH", "NEO4J_AUTH_FILE"])
        }
        Datastore::Vector => {
            let anonymous = variables.find("AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED", is_true);
            open_or(
                anonymous,
                Message::new("anonymous"),
                &variables,
                &["AUTHENTICATION_APIKEY_ALLOWED_KEYS", "QDRANT__SERVICE__API_KEY"],
            )
        }
        _ => Access::Unknown,
    }
}

/// The variables of a service, with what may add to them.
struct Variables<'r> {
    settings: Vec<super::Setting<'r>>,
    from_file: bool,
}

impl<'r> Variables<'r> {
    fn of(service: &ComposeService<'r>) -> Self {
        let from_file = service.node.get("env_file").is_some() || service.node.get("extends").is_some();
        Self { settings: services::variables(service), from_file }
    }

    fn find(&self, name: &str, accepts: impl Fn(&str) -> bool) -> Option<Place> {
        self.settings
            .iter()
            .find(|setting| {
                let (Given::Literal(text) | Given::Default { text, .. }) = setting.given() else { return false };
                setting.name.eq_ignore_ascii_case(name) && accepts(text)
            })
            .map(super::Setting::place)
    }

    /// A variable of one of these names that is not set to nothing.
    fn given(&self, names: &[&str]) -> Option<Place> {
        self.settings
            .iter()
            .find(|setting| names.contains(&setting.name.as_str()) && setting.given() != Given::Empty)
            .map(super::Setting::place)
    }
}

fn is_true(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "true" | "yes" | "1" | "on")
}

fn open_or_unknown(place: Option<Place>, reason: Message) -> Access {
    place.map_or(Access::Unknown, |place| Access::Open(place, reason))
}

fn open_or(place: Option<Place>, reason: Message, variables: &Variables<'_>, passwords: &[&str]) -> Access {
    match (place, variables.given(passwords)) {
        (Some(place), _) => Access::Open(place, reason),
        (None, Some(place)) => Access::Guarded(place),
        (None, None) => Access::Unknown,
    }
}

/// Where a reader looks for what is missing: the command, else the image.
fn anchor(service: &ComposeService<'_>) -> Place {
    let key = ["command", "image"].into_iter().find_map(|key| service.node.entry(key));
    key.map_or_else(|| service.place(), |entry| Place::At(service.file.id, entry.span()))
}

fn redis(repo: &Repo, service: &ComposeService<'_>, image: &str, variables: &Variables<'_>) -> Access {
    let place = |span| Place::At(service.file.id, span);
    for name in ["--requirepass", "--aclfile", "--user"] {
        match services::option(service, name) {
            Some(("", span)) if name == "--requirepass" => return Access::Open(place(span), Message::new("empty")),
            Some((_, span)) => return Access::Guarded(place(span)),
            None => {}
        }
    }
    let words = services::command_words(service);
    if let Some((_, span)) = words.iter().find(|(word, _)| word.contains("requirepass") || word.contains("aclfile")) {
        return Access::Guarded(place(*span));
    }
    let names = ["REDIS_PASSWORD", "REDIS_PASSWORD_FILE", "VALKEY_PASSWORD", "VALKEY_PASSWORD_FILE", "KEYDB_PASSWORD"];
    // The official image reads no variable; others do, and an own command may.
    let reads_variables =
        image.contains('/') || service.node.get("command").is_some() || service.node.get("entrypoint").is_some();
    let arguments =
        variables.settings.iter().find(|one| one.name.ends_with("_ARGS") && one.text.contains("requirepass"));
    if let Some(arguments) = arguments {
        return Access::Guarded(arguments.place());
    }
    if let Some(guarded) = variables.given(&names).filter(|_| reads_variables) {
        return Access::Guarded(guarded);
    }
    if let Some(open) = variables.find("ALLOW_EMPTY_PASSWORD", is_true) {
        return Access::Open(open, Message::new("empty-allowed"));
    }
    if let Some(by_file) = by_redis_file(repo, service, &words) {
        return by_file;
    }
    let own_variables = variables.from_file && reads_variables;
    if own_variables || service.node.get("build").is_some() {
        return Access::Unknown;
    }
    Access::Open(anchor(service), Message::new("missing"))
}

/// What the configuration file that the server is started with says.
fn by_redis_file(repo: &Repo, service: &ComposeService<'_>, words: &[(&str, crate::model::Span)]) -> Option<Access> {
    let started_with = words.iter().map(|(word, _)| word.trim_matches(['"', '\''])).find(|word| {
        let name = word.rsplit('/').next().unwrap_or(word);
        Utf8Path::new(name).extension().is_some_and(|extension| matches!(extension, "conf" | "sh"))
    });
    let mounted = || vendors::mounts(service, &["redis.conf", "valkey.conf", "redis/etc", "/etc/redis"]);
    if started_with.is_none() && !mounted() {
        return None;
    }
    let name = started_with.and_then(|path| path.rsplit('/').next()).unwrap_or("redis.conf");
    let volumes = service.node.get("volumes").map(Node::items).unwrap_or_default();
    let source = volumes.iter().find_map(|volume| {
        let text = volume.text()?;
        let mut parts = text.split(':');
        let (source, target) = (parts.next()?, parts.next()?);
        (source.ends_with(name) || target.ends_with(name)).then_some(source)
    });
    let Some(file) = source.and_then(|source| repo.by_path(&normalised(&service.file.folder().join(source)))) else {
        return Some(Access::Unknown);
    };
    let Ok(text) = repo.read(file.id) else { return Some(Access::Unknown) };
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        let guards = match words.first() {
            Some(&("requirepass" | "aclfile" | "user")) => words.len() > 1 && !matches!(words[1], "\"\"" | "''"),
            _ => line.contains("--requirepass"),
        };
        if guards {
            return Some(Access::Guarded(Place::At(file.id, crate::model::Span::new(at, at + line.trim_end().len()))));
        }
        at += line.len();
    }
    Some(Access::Open(anchor(service), Message::new("missing")))
}

fn mongo(service: &ComposeService<'_>, image: &str, variables: &Variables<'_>) -> Access {
    let names = [
        "MONGO_INITDB_ROOT_USERNAME",
        "MONGO_INITDB_ROOT_USERNAME_FILE",
        "MONGO_INITDB_ROOT_PASSWORD",
        "MONGODB_INITDB_ROOT_USERNAME",
        "MONGODB_ROOT_PASSWORD",
        "MONGODB_ROOT_PASSWORD_FILE",
    ];
    if let Some(place) = variables.given(&names) {
        return Access::Guarded(place);
    }
    let words = services::command_words(service);
    let guards = |word: &str| {
        word.contains("--auth")
            || word.contains("--keyFile")
            || word.contains("--tlsMode")
            || word == "--clusterAuthMode"
    };
    if let Some((_, span)) = words.iter().find(|(word, _)| guards(word)) {
        return Access::Guarded(Place::At(service.file.id, *span));
    }
    let passed_on = service.node.get("environment").is_some_and(|node| {
        node.items().iter().filter_map(Node::text).any(|text| names.contains(&text))
            || node.entries().iter().any(|entry| names.contains(&entry.key.as_str()) && entry.value.is_null())
    });
    let configured = words
        .iter()
        .any(|(word, _)| matches!(*word, "--config" | "-f") || Utf8Path::new(word).extension() == Some("sh"))
        || vendors::mounts(service, &["mongod.conf", "docker-entrypoint-initdb.d"]);
    let known = matches!(
        image.split(':').next(),
        Some(
            "mongo"
                | "docker.io/mongo"
                | "library/mongo"
                | "docker.io/library/mongo"
                | "mongodb/mongodb-community-server"
        )
    ) || image.contains("bitnami/mongodb");
    if variables.from_file || passed_on || configured || !known {
        return Access::Unknown;
    }
    Access::Open(anchor(service), Message::new("mongo"))
}

fn elasticsearch(service: &ComposeService<'_>, image: &str, variables: &Variables<'_>) -> Access {
    let off = |text: &str| matches!(text, "false" | "no");
    if let Some(place) = variables.find("xpack.security.enabled", off) {
        return Access::Open(place, Message::new("xpack-off"));
    }
    if let Some(place) = variables.find("xpack.security.enabled", is_true) {
        return Access::Guarded(place);
    }
    // Versions before 8 start without security unless told otherwise.
    let old = image
        .rsplit(':')
        .next()
        .is_some_and(|tag| tag.starts_with("7.") || tag.starts_with("6.") || tag.starts_with("5."));
    let configured = variables.from_file || vendors::mounts(service, &["elasticsearch.yml", "config"]);
    if old && !configured && variables.given(&["ELASTIC_PASSWORD"]).is_none() {
        return Access::Open(anchor(service), Message::new("old-elasticsearch"));
    }
    Access::Unknown
}

/// Redis and `MongoDB` in a cluster, where the manifest shows how they are started.
fn in_cluster(repo: &Repo, container: &Container<'_>) -> Option<Store> {
    let datastore = datastores::of_image(container.image)?;
    let place = |node: &Node| Place::At(container.file.id, node.span);
    let words = ["command", "args"].into_iter().filter_map(|key| container.node.get(key)).flat_map(Node::items);
    let words: Vec<(&str, &Node)> = words.filter_map(|node| Some((node.text()?, node))).collect();
    let names: &[&str] = match datastore {
        Datastore::Redis => &["REDIS_PASSWORD", "VALKEY_PASSWORD", "REDIS_ARGS"],
        Datastore::MongoDb => &["MONGO_INITDB_ROOT_USERNAME", "MONGO_INITDB_ROOT_PASSWORD", "MONGODB_ROOT_PASSWORD"],
        _ => return None,
    };
    let environment = container.node.get("env").map(Node::items).unwrap_or_default();
    let by_variable =
        environment.iter().find(|one| one.get("name").and_then(Node::as_str).is_some_and(|name| names.contains(&name)));
    let by_word = words
        .iter()
        .find(|(word, _)| word.contains("requirepass") || word.contains("--aclfile") || word.contains("--auth"));
    let files = words.iter().any(|(word, _)| word.contains(".conf") || word.contains(".sh") || *word == "--config");
    let unknown = files
        || container.node.get("envFrom").is_some()
        || container.node.get("volumeMounts").is_some_and(|mounts| {
            mounts
                .items()
                .iter()
                .filter_map(|one| one.get("mountPath")?.text())
                .any(|path| path.contains("etc") || path.contains("conf"))
        });
    let access = match (by_word, by_variable) {
        (Some((_, node)), _) => Access::Guarded(place(node)),
        (None, Some(node)) => Access::Guarded(place(node)),
        (None, None) if unknown => Access::Unknown,
        (None, None) => {
            let entry = container.node.entry("image")?;
            let reason = if datastore == Datastore::Redis { Message::new("missing") } else { Message::new("mongo") };
            Access::Open(Place::At(container.file.id, entry.span()), reason)
        }
    };
    let exposure = exposed_by_service(repo, container);
    Some(Store {
        datastore,
        name: container.name.to_owned(),
        stage: stage::of_path(&container.file.path),
        exposure,
        access,
    })
}

/// A `LoadBalancer` or `NodePort` whose selector names the container's pod, in the same file or folder.
fn exposed_by_service(repo: &Repo, container: &Container<'_>) -> Exposure {
    let manifests = repo.of_kind(FileKind::Kubernetes).filter(|file| file.folder() == container.file.folder());
    for file in manifests {
        for root in repo.doc(file.id).map(|doc| doc.documents.as_slice()).unwrap_or_default() {
            let outside =
                matches!(root.at(&["spec", "type"]).and_then(Node::as_str), Some("LoadBalancer" | "NodePort"));
            let selects = root
                .at(&["spec", "selector"])
                .map(Node::entries)
                .unwrap_or_default()
                .iter()
                .any(|entry| entry.value.text().is_some_and(|text| text == container.name));
            if root.get("kind").and_then(Node::as_str) == Some("Service") && outside && selects {
                let entry = root.entry_at(&["spec", "type"]);
                return entry
                    .map_or(Exposure::Internal, |entry| Exposure::Everywhere(Place::At(file.id, entry.span())));
            }
        }
    }
    Exposure::Internal
}
