//! Databases that keep data: those that this repository deploys itself, and those that a provider runs for it.

use super::{
    compose::{self, ComposeService},
    images::image_name,
    kubernetes,
    tier::{self, Tier},
};
use crate::{
    doc::Node,
    model::{Place, Span},
    repo::{FileKind, Repo, Role},
};

/// A database that a file of this repository starts.
#[derive(Debug, Clone, PartialEq)]
pub struct Store {
    pub engine: &'static str,
    /// The service or container.
    pub name: String,
    pub place: Place,
    pub home: Home,
}

/// What the database is started for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Home {
    /// A file for production starts it, and it keeps its data.
    Production,
    /// It is started together with the application by a file that names no environment.
    WithApplication,
    /// A developer's own, or a test's.
    Development,
}

/// Parts of image names and the engines in them. Caches and queues are not here: they can be filled again.
const ENGINES: &[(&str, &str)] = &[
    ("postgres", "PostgreSQL"),
    ("postgresql", "PostgreSQL"),
    ("postgis", "PostgreSQL"),
    ("pgvector", "PostgreSQL"),
    ("timescaledb", "PostgreSQL"),
    ("timescaledb-ha", "PostgreSQL"),
    ("paradedb", "PostgreSQL"),
    ("mysql", "MySQL"),
    ("mariadb", "MariaDB"),
    ("percona", "MySQL"),
    ("mongo", "MongoDB"),
    ("mongodb", "MongoDB"),
    ("mongodb-community-server", "MongoDB"),
    ("server", "SQL Server"),
    ("cockroach", "CockroachDB"),
    ("clickhouse-server", "ClickHouse"),
    ("clickhouse", "ClickHouse"),
    ("cassandra", "Cassandra"),
    ("couchdb", "CouchDB"),
    ("neo4j", "Neo4j"),
    ("influxdb", "InfluxDB"),
    ("surrealdb", "SurrealDB"),
];

/// The engine of a database image.
pub fn engine_of(image: &str) -> Option<&'static str> {
    let name = image_name(image).to_ascii_lowercase();
    let (_, engine) = ENGINES.iter().find(|(known, _)| *known == name)?;
    (*engine != "SQL Server" || image.contains("mssql")).then_some(*engine)
}

/// Every database that Compose files and Kubernetes manifests start, in order of path.
pub fn stores(repo: &Repo) -> Vec<Store> {
    let services = compose::services(repo);
    let production_file = services.iter().any(|service| tier::of_path(&service.file.path) == Tier::Production);
    let in_compose = services.iter().filter_map(|service| {
        let engine = engine_of(service.image.and_then(Node::as_str)?)?;
        let twin = compose::is_build_twin(repo, service.file);
        let home = if twin { Home::Development } else { home_of(service, &services, production_file) };
        Some(Store { engine, name: service.name.to_owned(), place: service.place(), home })
    });
    let mut found: Vec<Store> = in_compose.collect();
    found.extend(kubernetes::containers(repo).into_iter().filter_map(|container| {
        let engine = engine_of(container.image)?;
        let home = match tier::of_path(&container.file.path) {
            Tier::Development | Tier::Staging => Home::Development,
            Tier::Production => Home::Production,
            Tier::Unnamed => Home::WithApplication,
        };
        let key = container.node.entry("image").map_or(container.node.span, |entry| entry.key_span);
        Some(Store { engine, name: container.name.to_owned(), place: Place::At(container.file.id, key), home })
    }));
    found.sort_by(|one, other| one.place.cmp(&other.place));
    found
}

fn home_of(store: &ComposeService<'_>, services: &[ComposeService<'_>], production_file: bool) -> Home {
    let tier = tier::of_path(&store.file.path);
    if store.file.path.as_str().contains("example") {
        return Home::Development;
    }
    if matches!(tier, Tier::Development | Tier::Staging) || (tier == Tier::Unnamed && production_file) {
        return Home::Development;
    }
    let profiles = store.node.get("profiles").map(Node::items).unwrap_or_default();
    if profiles.iter().filter_map(Node::text).any(|profile| tier::of_name(profile) == Tier::Development) {
        return Home::Development;
    }
    if tier == Tier::Production {
        return Home::Production;
    }
    let beside: Vec<&ComposeService<'_>> =
        services.iter().filter(|other| other.file.id == store.file.id && is_application(other)).collect();
    let developed = beside.iter().any(|service| tier::is_development_service(service.node));
    if beside.is_empty() || developed { Home::Development } else { Home::WithApplication }
}

/// Whether a service runs the repository's own program rather than infrastructure.
pub fn is_application(service: &ComposeService<'_>) -> bool {
    if service.build.is_some() {
        return true;
    }
    let Some(image) = service.image.and_then(Node::as_str) else { return false };
    let host = image.contains('/') || image.contains("${");
    host && engine_of(image).is_none() && !INFRASTRUCTURE.iter().any(|part| image.contains(part))
}

/// Images that others publish and that serve an application.
const INFRASTRUCTURE: [&str; 40] = [
    "redis",
    "valkey",
    "rabbitmq",
    "kafka",
    "zookeeper",
    "elasticsearch",
    "opensearch",
    "meilisearch",
    "typesense",
    "minio",
    "mailhog",
    "mailpit",
    "maildev",
    "adminer",
    "pgadmin",
    "traefik",
    "nginx",
    "caddy",
    "grafana",
    "prom/",
    "prometheus",
    "loki",
    "jaeger",
    "otel",
    "opentelemetry",
    "localstack",
    "k6",
    "portainer",
    "watchtower",
    "nats",
    "memcached",
    "backup",
    "exporter",
    "cadvisor",
    "bitnami",
    "certbot",
    "cloudflare",
    "keycloak",
    "qdrant",
    "vault",
];

/// A provider that runs the database.
#[derive(Debug, Clone, PartialEq)]
pub struct Managed {
    pub provider: &'static str,
    pub place: Place,
}

/// Packages that only a provider's database is reached with.
const PACKAGES: &[(&str, &str)] = &[
    ("@supabase/supabase-js", "Supabase"),
    ("@supabase/ssr", "Supabase"),
    ("supabase", "Supabase"),
    ("@neondatabase/serverless", "Neon"),
    ("@vercel/postgres", "Vercel Postgres"),
    ("@planetscale/database", "PlanetScale"),
    ("@libsql/client", "Turso"),
    ("convex", "Convex"),
    ("firebase-admin", "Firebase"),
    ("@google-cloud/firestore", "Firestore"),
    ("@aws-sdk/client-dynamodb", "DynamoDB"),
    ("@cloudflare/d1", "Cloudflare D1"),
];

/// Parts of a database's address that tell its provider.
const HOSTS: &[(&str, &str)] = &[
    ("supabase.co", "Supabase"),
    ("neon.tech", "Neon"),
    ("mongodb+srv://", "MongoDB Atlas"),
    ("psdb.cloud", "PlanetScale"),
    ("rds.amazonaws.com", "Amazon RDS"),
    ("postgres.database.azure.com", "Azure Database"),
    ("ondigitalocean.com", "DigitalOcean"),
    ("aivencloud.com", "Aiven"),
    ("turso.io", "Turso"),
    ("railway.app", "Railway"),
    ("rlwy.net", "Railway"),
    ("/cloudsql/", "Cloud SQL"),
];

/// Parts of infrastructure code and platform files that order a database.
const ORDERED: &[(&str, &str)] = &[
    ("aws_db_instance", "Amazon RDS"),
    ("aws_rds_cluster", "Amazon RDS"),
    ("terraform-aws-modules/rds", "Amazon RDS"),
    ("google_sql_database_instance", "Cloud SQL"),
    ("azurerm_postgresql", "Azure Database"),
    ("azurerm_mysql", "Azure Database"),
    ("digitalocean_database_cluster", "DigitalOcean"),
    ("AWS::RDS::", "Amazon RDS"),
    ("render_postgres", "Render"),
    ("\ndatabases:", "the platform"),
    ("heroku-postgresql", "Heroku Postgres"),
];

/// The first sign of a provider that runs the database.
pub fn managed(repo: &Repo) -> Option<Managed> {
    ordered(repo).or_else(|| by_address(repo)).or_else(|| {
        PACKAGES.iter().find_map(|(package, provider)| {
            let (_, place) = repo.declared(&[package])?;
            Some(Managed { provider, place })
        })
    })
}

fn ordered(repo: &Repo) -> Option<Managed> {
    let files = repo.files().iter().filter(|file| file.role.is_operational());
    let mut ordering = files.filter(|file| matches!(file.kind, FileKind::Terraform | FileKind::Platform));
    ordering.find_map(|file| found_in(repo, file.id, ORDERED))
}

fn by_address(repo: &Repo) -> Option<Managed> {
    let mut files = repo.files().iter().filter(|file| {
        matches!(file.kind, FileKind::Env | FileKind::EnvExample) && !matches!(file.role, Role::Test | Role::Vendored)
    });
    files.find_map(|file| found_in(repo, file.id, HOSTS))
}

fn found_in(repo: &Repo, file: crate::model::FileId, signs: &[(&str, &'static str)]) -> Option<Managed> {
    let text = repo.read(file).ok()?;
    signs.iter().find_map(|(sign, provider)| {
        let at = text.find(sign)?;
        let start = at + (sign.len() - sign.trim_start().len());
        Some(Managed { provider, place: Place::At(file, Span::new(start, at + sign.len())) })
    })
}

/// Datastore clients whose data can be made again or is nobody's record.
const REPLACEABLE: [&str; 14] = [
    "Redis",
    "BullMQ",
    "Bull",
    "Bee-Queue",
    "RabbitMQ",
    "Kafka",
    "NATS",
    "Memcached",
    "Elasticsearch",
    "OpenSearch",
    "Meilisearch",
    "Typesense",
    "Celery",
    "Algolia",
];

/// The first client of a database that keeps records, or else the first mapper to one, which this repository
/// declares.
pub fn client(repo: &Repo) -> Option<&str> {
    let components = || repo.components().iter().map(|component| &component.profile).chain([repo.profile()]);
    let clients = components().flat_map(|profile| &profile.datastores).map(|client| client.name);
    let mappers = components().flat_map(|profile| &profile.orms).map(|mapper| mapper.name);
    clients.filter(|name| !REPLACEABLE.contains(name)).chain(mappers).next()
}
