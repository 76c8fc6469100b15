//! Images of datastores, brokers and of the tools beside them, by name.

use super::host_of;
use crate::facts::images::image_name;

/// What holds data for an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Datastore {
    Postgres,
    MySql,
    MongoDb,
    Redis,
    RabbitMq,
    Elasticsearch,
    OpenSearch,
    ClickHouse,
    CouchDb,
    Memcached,
    Etcd,
    Cassandra,
    SqlServer,
    Neo4j,
    InfluxDb,
    ObjectStore,
    Kafka,
    SearchEngine,
    Vector,
}

impl Datastore {
    pub fn name(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::MySql => "MySQL",
            Self::MongoDb => "MongoDB",
            Self::Redis => "Redis",
            Self::RabbitMq => "RabbitMQ",
            Self::Elasticsearch => "Elasticsearch",
            Self::OpenSearch => "OpenSearch",
            Self::ClickHouse => "ClickHouse",
            Self::CouchDb => "CouchDB",
            Self::Memcached => "Memcached",
            Self::Etcd => "etcd",
            Self::Cassandra => "Cassandra",
            Self::SqlServer => "SQL Server",
            Self::Neo4j => "Neo4j",
            Self::InfluxDb => "InfluxDB",
            Self::ObjectStore => "the object store",
            Self::Kafka => "Kafka",
            Self::SearchEngine => "the search engine",
            Self::Vector => "the vector database",
        }
    }
}

/// The host and the datastore that a variable names: by the scheme of its URL, or by a name such as `REDIS_HOST`.
pub fn address<'t>(name: &str, text: &'t str) -> Option<(&'t str, Datastore)> {
    let scheme = text.split("://").next().filter(|_| text.contains("://"));
    if let Some(scheme) = scheme {
        return Some((host_of(text)?, of_word(&scheme.to_ascii_lowercase())?));
    }
    let upper = name.to_ascii_uppercase();
    let subject = upper
        .strip_suffix("_HOST")
        .or_else(|| upper.strip_suffix("_HOSTNAME"))
        .or_else(|| upper.strip_suffix("_SERVER"))?;
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte)) && !text.is_empty();
    plain.then_some(())?;
    Some((text, of_word(&subject.to_ascii_lowercase())?))
}

fn of_word(word: &str) -> Option<Datastore> {
    let known = [
        ("postgres", Datastore::Postgres),
        ("redis", Datastore::Redis),
        ("valkey", Datastore::Redis),
        ("mysql", Datastore::MySql),
        ("mariadb", Datastore::MySql),
        ("mongo", Datastore::MongoDb),
        ("amqp", Datastore::RabbitMq),
        ("rabbit", Datastore::RabbitMq),
        ("clickhouse", Datastore::ClickHouse),
        ("elastic", Datastore::Elasticsearch),
    ];
    known.into_iter().find_map(|(start, datastore)| word.contains(start).then_some(datastore))
}

/// The datastore that an image holds.
pub fn of_image(image: &str) -> Option<Datastore> {
    let name = image_name(image).to_ascii_lowercase();
    let helper =
        ["exporter", "admin", "commander", "insight", "backup", "sentinel", "express", "cli", "ui", "operator"];
    if name.split(['-', '_']).any(|word| helper.contains(&word)) {
        return None;
    }
    Some(match name.as_str() {
        "postgres"
        | "postgresql"
        | "postgis"
        | "pgvector"
        | "timescaledb"
        | "timescaledb-ha"
        | "pgvecto-rs"
        | "alloydb"
        | "pgbouncer"
        | "vectorchord-postgres" => Datastore::Postgres,
        "mysql" | "mariadb" | "mysql-server" | "percona" | "percona-server" | "vitess" => Datastore::MySql,
        "mongo" | "mongodb" | "mongodb-community-server" | "percona-server-mongodb" => Datastore::MongoDb,
        "redis" | "valkey" | "keydb" | "redis-stack" | "redis-stack-server" | "dragonfly" => Datastore::Redis,
        "rabbitmq" => Datastore::RabbitMq,
        "elasticsearch" => Datastore::Elasticsearch,
        "opensearch" => Datastore::OpenSearch,
        "clickhouse" | "clickhouse-server" => Datastore::ClickHouse,
        "couchdb" => Datastore::CouchDb,
        "memcached" => Datastore::Memcached,
        "etcd" => Datastore::Etcd,
        "cassandra" | "scylla" => Datastore::Cassandra,
        "mssql" | "server" if image.contains("mssql") => Datastore::SqlServer,
        "azure-sql-edge" => Datastore::SqlServer,
        "neo4j" => Datastore::Neo4j,
        "influxdb" => Datastore::InfluxDb,
        "minio" | "rustfs" | "seaweedfs" | "fake-s3" => Datastore::ObjectStore,
        "kafka" | "cp-kafka" | "redpanda" | "zookeeper" | "cp-zookeeper" | "nats" => Datastore::Kafka,
        "meilisearch" | "typesense" | "solr" => Datastore::SearchEngine,
        "qdrant" | "weaviate" | "milvus" | "chroma" => Datastore::Vector,
        _ => return None,
    })
}

/// Whether an image only serves an application that is something else: a datastore, its console, a mail catcher.
pub fn is_support_image(image: &str) -> bool {
    const TOOLS: &[&str] = &[
        "adminer",
        "pgadmin4",
        "phpmyadmin",
        "mongo-express",
        "redis-commander",
        "redisinsight",
        "mailhog",
        "mailpit",
        "maildev",
        "mailcatcher",
        "inbucket",
        "fakes3",
        "localstack",
        "azurite",
        "kibana",
        "opensearch-dashboards",
        "mc",
        "redpanda-console",
        "console",
        "kafka-ui",
        "jaeger",
        "all-in-one",
        "zipkin",
        "stripe-mock",
        "otel-collector",
    ];
    let name = image_name(image).to_ascii_lowercase();
    of_image(image).is_some() || TOOLS.contains(&name.as_str()) || name.contains("exporter")
}
