//! Accounts that products come with, as their documentation states them.

use std::collections::BTreeSet;

use super::{
    Given, Setting,
    services::{self, Exposure},
    stage::{self, Stage},
};
use crate::{
    doc::Node,
    facts::{
        compose::{self, ComposeService},
        images::image_name,
    },
    model::Place,
    repo::Repo,
};

/// A product with a well-known account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vendor {
    pub product: &'static str,
    images: &'static [&'static str],
    /// Any of these variables sets the password.
    variables: &'static [&'static str],
    /// Passwords that everybody tries, in small letters.
    known: &'static [&'static str],
    /// The account that holds while no variable is set, as `user/password`; empty when there is none.
    pub unset: &'static str,
    /// A variable that switches the account off, with the value that does.
    off: Option<(&'static str, &'static str)>,
    /// Names of mounted files that may set the account.
    files: &'static [&'static str],
}

/// Sources: the image descriptions and manuals of the products.
const VENDORS: &[Vendor] = &[
    Vendor {
        product: "RabbitMQ",
        images: &["rabbitmq"],
        variables: &["RABBITMQ_DEFAULT_PASS", "RABBITMQ_PASSWORD", "RABBITMQ_DEFAULT_PASS_FILE"],
        known: &["guest"],
        unset: "guest/guest",
        off: Some(("RABBITMQ_LOAD_DEFINITIONS", "yes")),
        files: &["rabbitmq", "definitions", "conf.d"],
    },
    Vendor {
        product: "MinIO",
        images: &["minio"],
        variables: &[
            "MINIO_ROOT_PASSWORD",
            "MINIO_SECRET_KEY",
            "MINIO_ROOT_PASSWORD_FILE",
            "MINIO_SECRET_KEY_FILE",
            "MINIO_CONFIG_ENV_FILE",
        ],
        known: &["minioadmin", "minio123", "miniosecret", "miniopassword"],
        unset: "minioadmin/minioadmin",
        off: None,
        files: &["config.env", "/etc/default/minio"],
    },
    Vendor {
        product: "RustFS",
        images: &["rustfs"],
        variables: &["RUSTFS_SECRET_KEY", "RUSTFS_SECRET_KEY_FILE"],
        known: &["rustfsadmin"],
        unset: "rustfsadmin/rustfsadmin",
        off: None,
        files: &[],
    },
    Vendor {
        product: "Keycloak",
        images: &["keycloak"],
        variables: &["KC_BOOTSTRAP_ADMIN_PASSWORD", "KEYCLOAK_ADMIN_PASSWORD", "KEYCLOAK_PASSWORD"],
        known: &["admin", "keycloak", "password", "change_me", "changeme"],
        unset: "",
        off: None,
        files: &[],
    },
    Vendor {
        product: "pgAdmin",
        images: &["pgadmin4"],
        variables: &["PGADMIN_DEFAULT_PASSWORD"],
        known: &["admin", "root", "supersecret", "pgadmin", "pgadmin4", "password"],
        unset: "",
        off: None,
        files: &[],
    },
    Vendor {
        product: "mongo-express",
        images: &["mongo-express"],
        variables: &["ME_CONFIG_BASICAUTH_PASSWORD", "ME_CONFIG_BASICAUTH_PASSWORD_FILE"],
        known: &["pass", "admin"],
        unset: "admin/pass",
        off: None,
        files: &[],
    },
    Vendor {
        product: "Elasticsearch",
        images: &["elasticsearch"],
        variables: &["ELASTIC_PASSWORD"],
        known: &["changeme", "elastic"],
        unset: "",
        off: None,
        files: &[],
    },
    Vendor {
        product: "Kibana",
        images: &["kibana"],
        variables: &["ELASTICSEARCH_PASSWORD"],
        known: &["changeme", "kibana"],
        unset: "",
        off: None,
        files: &[],
    },
    Vendor {
        product: "OpenSearch",
        images: &["opensearch"],
        variables: &["OPENSEARCH_INITIAL_ADMIN_PASSWORD"],
        known: &["admin"],
        unset: "",
        off: None,
        files: &[],
    },
    Vendor {
        product: "Neo4j",
        images: &["neo4j"],
        variables: &["NEO4J_AUTH"],
        known: &["neo4j/neo4j", "neo4j/password"],
        unset: "",
        off: None,
        files: &[],
    },
    Vendor {
        product: "ActiveMQ",
        images: &["activemq-classic", "activemq"],
        variables: &["ACTIVEMQ_CONNECTION_PASSWORD", "ACTIVEMQ_WEB_PASSWORD", "ACTIVEMQ_ADMIN_PASSWORD"],
        known: &["admin", "activemq"],
        unset: "admin/admin",
        off: None,
        files: &["jetty-realm", "users.properties", "activemq.xml"],
    },
    Vendor {
        product: "ActiveMQ Artemis",
        images: &["activemq-artemis"],
        variables: &["ARTEMIS_PASSWORD"],
        known: &["artemis"],
        unset: "artemis/artemis",
        off: None,
        files: &["artemis-users", "broker.xml"],
    },
    Vendor {
        product: "Airflow",
        images: &["airflow"],
        variables: &["_AIRFLOW_WWW_USER_PASSWORD"],
        known: &["airflow", "admin"],
        unset: "",
        off: None,
        files: &[],
    },
    Vendor {
        product: "Superset",
        images: &["superset"],
        variables: &["ADMIN_PASSWORD", "SUPERSET_ADMIN_PASSWORD"],
        known: &["admin", "superset"],
        unset: "",
        off: None,
        files: &[],
    },
    Vendor {
        product: "EMQX",
        images: &["emqx"],
        variables: &["EMQX_DASHBOARD__DEFAULT_PASSWORD"],
        known: &["public"],
        unset: "admin/public",
        off: None,
        files: &["emqx"],
    },
    Vendor {
        product: "Graylog",
        images: &["graylog"],
        variables: &["GRAYLOG_ROOT_PASSWORD_SHA2"],
        // The hash of `admin` that the manual shows.
        known: &["8c6976e5b5410415bde908bd4dee15dfb167a9c873fc4bb8a81f6f2ab448a918"],
        unset: "",
        off: None,
        files: &[],
    },
    Vendor {
        product: "n8n",
        images: &["n8n"],
        variables: &["N8N_BASIC_AUTH_PASSWORD"],
        known: &["admin", "n8n", "password"],
        unset: "",
        off: None,
        files: &[],
    },
];

/// A service of such a product.
#[derive(Debug, Clone)]
pub struct Account<'r> {
    pub vendor: &'static Vendor,
    pub service: ComposeService<'r>,
    pub stage: Stage,
    pub exposure: Exposure,
    pub state: State<'r>,
}

/// Which password the account has.
#[derive(Debug, Clone, PartialEq)]
pub enum State<'r> {
    /// The product's own, because nothing sets another.
    Unset,
    /// A well-known one.
    Known(Setting<'r>),
    /// One that the file does not show.
    Own(Setting<'r>),
    /// Another literal.
    Literal(Setting<'r>),
    /// Set in a file that is given from outside, or not at all.
    Unknown,
}

/// Every service of a product with a well-known account, in order of place.
pub fn accounts(repo: &Repo) -> Vec<Account<'_>> {
    let all = compose::services(repo);
    let stages = stage::of_each(repo, &all);
    all.iter()
        .filter_map(|service| {
            let image = service.image.and_then(Node::as_str)?;
            let vendor = of_image(image)?;
            let stage = stages[&service.file.id];
            let exposure = services::exposure(service);
            Some(Account { vendor, service: service.clone(), stage, exposure, state: state(vendor, service) })
        })
        .collect()
}

fn of_image(image: &str) -> Option<&'static Vendor> {
    let name = image_name(image).to_ascii_lowercase();
    VENDORS.iter().find(|vendor| vendor.images.contains(&name.as_str()))
}

fn state<'r>(vendor: &Vendor, service: &ComposeService<'r>) -> State<'r> {
    let variables = services::variables(service);
    let set = variables.iter().find(|setting| vendor.variables.contains(&setting.name.as_str()));
    if let Some(setting) = set {
        return match setting.given() {
            Given::Literal(text) if vendor.known.contains(&text.to_ascii_lowercase().as_str()) => {
                State::Known(setting.clone())
            }
            Given::Literal(_) => State::Literal(setting.clone()),
            Given::Default { variable, text } if vendor.known.contains(&text.to_ascii_lowercase().as_str()) => {
                // `fallback-secret` speaks of the defaults of variables that are named as secrets.
                if super::names_credential(variable) { State::Unknown } else { State::Known(setting.clone()) }
            }
            Given::Reference => State::Own(setting.clone()),
            Given::Empty | Given::Mixed | Given::Default { .. } => State::Unknown,
        };
    }
    let passed_on = service.node.get("environment").is_some_and(|node| {
        let names =
            node.items().iter().filter_map(Node::text).chain(node.entries().iter().map(|entry| entry.key.as_str()));
        names.into_iter().any(|name| vendor.variables.contains(&name))
    });
    let by_file = service.node.get("env_file").is_some()
        || mounts(service, vendor.files)
        || service.node.get("extends").is_some();
    let off = vendor.off.is_some_and(|(name, value)| variables.iter().any(|one| one.name == name && one.text == value));
    if vendor.unset.is_empty() || passed_on || by_file || off { State::Unknown } else { State::Unset }
}

/// Whether a file or configuration with one of `names` in its target is mounted.
pub fn mounts(service: &ComposeService<'_>, names: &[&str]) -> bool {
    let entries = ["volumes", "configs", "secrets"].into_iter().filter_map(|key| service.node.get(key));
    entries.flat_map(Node::items).any(|item| {
        let text = item.text().map(str::to_owned).or_else(|| {
            let part = |key| item.get(key).and_then(Node::text).unwrap_or_default();
            Some(format!("{}:{}", part("source"), part("target")))
        });
        text.is_some_and(|text| {
            // A data volume is no configuration.
            let data = text.contains("/var/lib/") || text.ends_with("/data");
            !data && text.contains(':') && names.iter().any(|name| text.contains(name))
        })
    })
}

/// The places of which `vendor-default-credentials` or `grafana-default-password` speak.
pub fn places(repo: &Repo) -> BTreeSet<Place> {
    let known = accounts(repo).into_iter().filter_map(|account| match account.state {
        State::Known(setting) => Some(setting.place()),
        _ => None,
    });
    let grafana = grafana(repo).into_iter().filter_map(|one| one.password).map(|setting| setting.place());
    known.chain(grafana).collect()
}

/// A Grafana server.
#[derive(Debug, Clone)]
pub struct Grafana<'r> {
    pub service: ComposeService<'r>,
    pub stage: Stage,
    pub exposure: Exposure,
    /// The variable that sets the password of `admin`.
    pub password: Option<Setting<'r>>,
    /// Something outside of the file may set it, or nobody can log in with it.
    pub elsewhere: bool,
}

/// Every Grafana server of a Compose file, in order of place.
pub fn grafana(repo: &Repo) -> Vec<Grafana<'_>> {
    let all = compose::services(repo);
    let stages = stage::of_each(repo, &all);
    all.iter()
        .filter(|service| {
            let image = service.image.and_then(Node::as_str).unwrap_or_default();
            matches!(image_name(image), "grafana" | "grafana-oss" | "grafana-enterprise" | "otel-lgtm")
        })
        .map(|service| {
            let variables = services::variables(service);
            let is_on =
                |name: &str| variables.iter().any(|one| one.name == name && one.text.eq_ignore_ascii_case("true"));
            let password = variables.iter().find(|one| one.name == "GF_SECURITY_ADMIN_PASSWORD").cloned();
            let file = variables.iter().any(|one| one.name == "GF_SECURITY_ADMIN_PASSWORD__FILE");
            let passed = service.node.get("environment").is_some_and(|node| {
                node.items().iter().filter_map(Node::text).any(|text| text == "GF_SECURITY_ADMIN_PASSWORD")
                    || node.entry("GF_SECURITY_ADMIN_PASSWORD").is_some_and(|entry| entry.value.is_null())
            });
            Grafana {
                service: service.clone(),
                stage: stages[&service.file.id],
                exposure: services::exposure(service),
                elsewhere: file
                    || passed
                    || is_on("GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION")
                    || is_on("GF_AUTH_DISABLE_LOGIN_FORM") && !is_on("GF_AUTH_BASIC_ENABLED")
                    || service.node.get("env_file").is_some()
                    || mounts(service, &["grafana.ini", "/etc/grafana:", "custom.ini"])
                    || service.node.get("extends").is_some(),
                password,
            }
        })
        .collect()
}
