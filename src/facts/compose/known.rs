//! What well-known images are.

use crate::facts::images::image_name;

/// What a service is for, as its image tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceKind {
    /// Keeps data: a database, a cache, a queue, a search engine, an object store.
    Datastore(&'static str),
    /// Watches the others: Prometheus, Grafana, exporters.
    Monitoring(&'static str),
    /// Shows or changes data or containers by hand: `pgAdmin`, Adminer, Portainer.
    Admin(&'static str),
    /// Passes requests on: nginx, Traefik, Caddy.
    Proxy(&'static str),
    /// Stands in for a service of production while people develop: Mailpit, `LocalStack`.
    DevelopmentHelper(&'static str),
    /// Anything else, the repository's own services among them.
    Application,
}

impl ServiceKind {
    /// What people call it; `None` for an application.
    pub fn product(self) -> Option<&'static str> {
        match self {
            Self::Datastore(name)
            | Self::Monitoring(name)
            | Self::Admin(name)
            | Self::Proxy(name)
            | Self::DevelopmentHelper(name) => Some(name),
            Self::Application => None,
        }
    }

    pub fn is_datastore(self) -> bool {
        matches!(self, Self::Datastore(_))
    }
}

struct Known {
    /// Names of images; a trailing `*` stands for any ending.
    names: &'static [&'static str],
    kind: ServiceKind,
    /// Where it listens unless it is told otherwise.
    ports: &'static [u16],
}

const fn store(names: &'static [&'static str], product: &'static str, ports: &'static [u16]) -> Known {
    Known { names, kind: ServiceKind::Datastore(product), ports }
}

const fn watch(names: &'static [&'static str], product: &'static str, ports: &'static [u16]) -> Known {
    Known { names, kind: ServiceKind::Monitoring(product), ports }
}

const fn admin(names: &'static [&'static str], product: &'static str, ports: &'static [u16]) -> Known {
    Known { names, kind: ServiceKind::Admin(product), ports }
}

const fn proxy(names: &'static [&'static str], product: &'static str, ports: &'static [u16]) -> Known {
    Known { names, kind: ServiceKind::Proxy(product), ports }
}

const fn helper(names: &'static [&'static str], product: &'static str, ports: &'static [u16]) -> Known {
    Known { names, kind: ServiceKind::DevelopmentHelper(product), ports }
}

/// Asked in this order, so an exporter or an admin tool stands before the store that it is named after.
const KNOWN: &[Known] = &[
    watch(&["node-exporter", "node_exporter"], "node exporter", &[9100]),
    watch(&["redis_exporter", "redis-exporter"], "Redis exporter", &[9121]),
    watch(&["postgres-exporter", "postgres_exporter"], "PostgreSQL exporter", &[9187]),
    watch(&["blackbox-exporter"], "blackbox exporter", &[9115]),
    watch(
        &[
            "mysqld-exporter",
            "mongodb-exporter",
            "mongodb_exporter",
            "kafka-exporter",
            "nginx-prometheus-exporter",
            "elasticsearch-exporter",
            "elasticsearch_exporter",
            "statsd-exporter",
        ],
        "exporter",
        &[],
    ),
    watch(&["prometheus"], "Prometheus", &[9090]),
    watch(&["alertmanager"], "Alertmanager", &[9093]),
    watch(&["pushgateway"], "Pushgateway", &[9091]),
    watch(&["cadvisor"], "cAdvisor", &[8080]),
    watch(&["grafana", "grafana-oss", "grafana-enterprise"], "Grafana", &[3000]),
    watch(&["otel-lgtm"], "Grafana", &[3000, 4317, 4318]),
    watch(&["loki"], "Loki", &[3100]),
    watch(&["promtail"], "Promtail", &[9080]),
    watch(&["tempo"], "Tempo", &[3200]),
    watch(&["jaeger", "all-in-one"], "Jaeger", &[16686, 4317, 4318]),
    watch(&["zipkin"], "Zipkin", &[9411]),
    watch(&["opentelemetry-collector*", "otel-collector*"], "OpenTelemetry Collector", &[4317, 4318]),
    watch(&["kibana"], "Kibana", &[5601]),
    watch(&["opensearch-dashboards"], "OpenSearch Dashboards", &[5601]),
    admin(&["pgadmin4"], "pgAdmin", &[80]),
    admin(&["adminer"], "Adminer", &[8080]),
    admin(&["phpmyadmin"], "phpMyAdmin", &[80]),
    admin(&["mongo-express"], "mongo-express", &[8081]),
    admin(&["redis-commander"], "Redis Commander", &[8081]),
    admin(&["redisinsight"], "Redis Insight", &[5540, 8001]),
    admin(&["kafka-ui", "kafdrop", "akhq"], "Kafka UI", &[8080, 9000]),
    admin(&["portainer", "portainer-ce", "portainer-ee"], "Portainer", &[9000, 9443, 8000]),
    admin(&["dozzle"], "Dozzle", &[8080]),
    admin(&["flower"], "Flower", &[5555]),
    admin(&["bull-board", "bullboard"], "Bull Board", &[3000]),
    admin(&["cloudbeaver"], "CloudBeaver", &[8978]),
    admin(&["temporal-ui", "ui"], "Temporal UI", &[8080]),
    helper(
        &["mailpit", "mailhog", "maildev", "mailcatcher", "inbucket", "smtp4dev", "docker-mailhog"],
        "mail catcher",
        &[1025, 8025, 1080],
    ),
    helper(&["localstack", "localstack-pro"], "LocalStack", &[4566]),
    helper(&["azurite", "storage-emulator"], "Azurite", &[10000, 10001, 10002]),
    helper(
        &[
            "fake-gcs-server",
            "dynamodb-local",
            "stripe-mock",
            "wiremock",
            "mockserver",
            "elasticmq",
            "elasticmq-native",
            "k6",
        ],
        "emulator",
        &[],
    ),
    store(
        &[
            "postgres",
            "postgresql",
            "postgis",
            "pgvector",
            "timescaledb*",
            "postgres-pgvector*",
            "pg",
            "paradedb",
            "pgvecto-rs",
            "spilo*",
            "postgresql-repmgr",
        ],
        "PostgreSQL",
        &[5432],
    ),
    store(&["pgbouncer"], "PgBouncer", &[5432, 6432]),
    store(&["mysql", "mysql-server", "percona", "percona-server"], "MySQL", &[3306]),
    store(&["mariadb", "mariadb-galera"], "MariaDB", &[3306]),
    store(
        &["redis", "redis-stack", "redis-stack-server", "redis-cluster", "redis-sentinel", "redismod"],
        "Redis",
        &[6379],
    ),
    store(&["valkey", "keydb", "dragonfly", "valkey-bundle"], "Valkey", &[6379]),
    store(
        &["mongo", "mongodb", "mongodb-community-server", "percona-server-mongodb", "mongodb-atlas-local"],
        "MongoDB",
        &[27017],
    ),
    store(&["rabbitmq"], "RabbitMQ", &[5672, 15672]),
    store(&["elasticsearch", "elasticsearch-oss"], "Elasticsearch", &[9200, 9300]),
    store(&["opensearch"], "OpenSearch", &[9200, 9300]),
    store(&["minio"], "MinIO", &[9000, 9001]),
    store(&["clickhouse-server", "clickhouse"], "ClickHouse", &[8123, 9000]),
    store(&["memcached"], "Memcached", &[11211]),
    store(&["kafka", "cp-kafka", "kafka-native", "redpanda"], "Kafka", &[9092]),
    store(&["zookeeper", "cp-zookeeper"], "ZooKeeper", &[2181]),
    store(&["nats", "nats-streaming"], "NATS", &[4222, 8222]),
    store(&["qdrant"], "Qdrant", &[6333, 6334]),
    store(&["weaviate"], "Weaviate", &[8080, 50051]),
    store(&["milvus"], "Milvus", &[19530]),
    store(&["chroma"], "Chroma", &[8000]),
    store(&["meilisearch"], "Meilisearch", &[7700]),
    store(&["typesense"], "Typesense", &[8108]),
    store(&["neo4j"], "Neo4j", &[7474, 7687]),
    store(&["cassandra", "scylla"], "Cassandra", &[9042]),
    store(&["influxdb"], "InfluxDB", &[8086]),
    store(&["couchdb"], "CouchDB", &[5984]),
    store(&["cockroach"], "CockroachDB", &[26257, 8080]),
    store(&["etcd"], "etcd", &[2379, 2380]),
    store(&["mssql-server", "azure-sql-edge"], "SQL Server", &[1433]),
    store(&["oracle-free", "oracle-xe"], "Oracle", &[1521]),
    store(&["surrealdb"], "SurrealDB", &[8000]),
    store(&["arangodb"], "ArangoDB", &[8529]),
    store(&["libsql-server", "sqld"], "libSQL", &[8080, 5001]),
    store(&["solr"], "Solr", &[8983]),
    store(&["beanstalkd"], "beanstalkd", &[11300]),
    proxy(
        &["nginx", "nginx-unprivileged", "openresty", "docker-nginx-certbot", "nginx-proxy"],
        "nginx",
        &[80, 443, 8080],
    ),
    proxy(&["traefik"], "Traefik", &[80, 443, 8080]),
    proxy(&["caddy"], "Caddy", &[80, 443]),
    proxy(&["haproxy"], "HAProxy", &[]),
    proxy(&["envoy"], "Envoy", &[]),
    proxy(&["httpd"], "Apache", &[80]),
    proxy(&["nginx-proxy-manager"], "Nginx Proxy Manager", &[80, 443, 81]),
    proxy(&["cloudflared"], "cloudflared", &[]),
    proxy(&["kong", "kong-gateway"], "Kong", &[8000, 8443]),
];

fn known(image: &str) -> Option<&'static Known> {
    let name = image_name(image).to_ascii_lowercase();
    let owner = image.rsplit('/').nth(1).unwrap_or_default();
    let is = |wanted: &str| match wanted.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => name == wanted,
    };
    // Names that many images have say nothing without their owner.
    let fits = |entry: &Known| match name.as_str() {
        "ui" => owner == "temporalio" && entry.names.contains(&"ui"),
        "all-in-one" => owner == "jaegertracing" && entry.names.contains(&"all-in-one"),
        "pg" => owner == "ankane" && entry.names.contains(&"pg"),
        _ => entry.names.iter().any(|wanted| is(wanted)),
    };
    KNOWN.iter().find(|entry| fits(entry))
}

/// What an image is, by its name without registry, owner and tag.
pub fn kind_of_image(image: &str) -> ServiceKind {
    known(image).map_or(ServiceKind::Application, |entry| entry.kind)
}

/// The datastore that an image is.
pub fn datastore_of(image: &str) -> Option<&'static str> {
    match kind_of_image(image) {
        ServiceKind::Datastore(product) => Some(product),
        _ => None,
    }
}

/// Where a well-known image listens unless it is told otherwise; empty when that is not known.
pub fn default_ports(image: &str) -> &'static [u16] {
    known(image).map_or(&[], |entry| entry.ports)
}

/// Whether a public image is known to bring a `HEALTHCHECK` of its own.
pub fn has_own_healthcheck(image: &str) -> bool {
    matches!(image_name(image), "cadvisor" | "mailpit" | "uptime-kuma" | "pihole")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_known_by_their_last_name() {
        for (image, expected) in [
            ("postgres:16-alpine", Some("PostgreSQL")),
            ("pgvector/pgvector:pg16", Some("PostgreSQL")),
            ("supabase/postgres:15.1.1.61", Some("PostgreSQL")),
            ("bitnami/redis:7.2", Some("Redis")),
            ("oliver006/redis_exporter:latest", None),
            ("docker.elastic.co/elasticsearch/elasticsearch:8.15.0", Some("Elasticsearch")),
            ("dpage/pgadmin4", None),
            ("corner/postgres-backup", None),
            ("confluentinc/cp-kafka:7.6.0", Some("Kafka")),
        ] {
            assert_eq!(datastore_of(image), expected, "{image}");
        }
        assert_eq!(kind_of_image("dpage/pgadmin4"), ServiceKind::Admin("pgAdmin"));
        assert_eq!(kind_of_image("corner/ui"), ServiceKind::Application);
        assert_eq!(default_ports("redis:7"), [6379]);
    }
}
