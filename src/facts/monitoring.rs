//! Monitoring that the repository configures: what Prometheus scrapes, which alerts it evaluates, and whom
//! Alertmanager tells.

use super::{
    compose, kubernetes,
    tier::{self, Tier},
};
use crate::{
    doc::{Entry, Node},
    model::{Place, Span},
    repo::{File, FileKind, Repo},
};

/// A configuration file of a monitoring program.
#[derive(Debug, Clone, Copy)]
pub struct Settings<'r> {
    pub file: &'r File,
    pub root: &'r Node,
}

impl Settings<'_> {
    /// The place of one of its top keys.
    pub fn place_of(&self, key: &str) -> Option<Place> {
        Some(Place::At(self.file.id, self.root.entry(key)?.key_span))
    }

    pub fn at(&self, node: &Node) -> Place {
        Place::At(self.file.id, node.span)
    }
}

fn settings(repo: &Repo, is: impl Fn(&Node) -> bool) -> Vec<Settings<'_>> {
    let files = repo.files().iter().filter(|file| {
        let yaml = matches!(file.path.extension(), Some("yml" | "yaml"));
        yaml && file.role.is_operational()
            && matches!(file.kind, FileKind::Data)
            && tier::of_path(&file.path) != Tier::Development
    });
    files
        .filter_map(|file| {
            let root = repo.doc(file.id)?.root()?;
            is(root).then_some(Settings { file, root })
        })
        .collect()
}

/// Every configuration of Prometheus that scrapes something; not those of collectors, which keep the same key deeper.
pub fn prometheus(repo: &Repo) -> Vec<Settings<'_>> {
    settings(repo, |root| root.get("scrape_configs").is_some_and(Node::is_list) && root.get("clients").is_none())
}

/// Every configuration of Alertmanager.
pub fn alertmanager(repo: &Repo) -> Vec<Settings<'_>> {
    settings(repo, |root| {
        let named = |node: &Node| node.items().iter().all(|receiver| receiver.get("name").is_some());
        root.get("route").is_some_and(Node::is_map) && root.get("receivers").is_some_and(named)
    })
}

/// One alert of a rule file.
#[derive(Debug, Clone)]
pub struct Alert<'r> {
    pub file: &'r File,
    pub name: &'r str,
    pub place: Place,
    pub expression: Option<&'r Node>,
}

/// Every alert that rule files of Prometheus, `PrometheusRule` resources and Grafana's provisioning define.
pub fn alerts(repo: &Repo) -> Vec<Alert<'_>> {
    let files = repo.files().iter().filter(|file| {
        file.role.is_operational()
            && matches!(file.kind, FileKind::Data | FileKind::Kubernetes)
            && matches!(file.path.extension(), Some("yml" | "yaml" | "rules"))
    });
    files
        .filter_map(|file| Some((file, repo.doc(file.id)?)))
        .flat_map(|(file, doc)| doc.documents.iter().flat_map(move |root| alerts_of(file, root)))
        .collect()
}

fn alerts_of<'r>(file: &'r File, root: &'r Node) -> Vec<Alert<'r>> {
    let groups = root.get("groups").or_else(|| root.at(&["spec", "groups"]));
    let rules = groups.map(Node::items).unwrap_or_default().iter().filter_map(|group| group.get("rules"));
    rules
        .flat_map(Node::items)
        .filter_map(|rule| {
            let name =
                rule.entry("alert").or_else(|| rule.entry("title").filter(|_| rule.get("condition").is_some()))?;
            Some(Alert {
                file,
                name: name.value.as_str()?,
                place: Place::At(file.id, name.key_span),
                expression: rule.get("expr"),
            })
        })
        .collect()
}

/// Resources of infrastructure code that watch and tell somebody.
const CLOUD_ALERTS: [&str; 9] = [
    "aws_cloudwatch_metric_alarm",
    "datadog_monitor",
    "google_monitoring_alert_policy",
    "azurerm_monitor_metric_alert",
    "newrelic_nrql_alert_condition",
    "grafana_rule_group",
    "AWS::CloudWatch::Alarm",
    "pagerduty_service",
    "betteruptime_monitor",
];

/// The first alert that infrastructure code defines.
pub fn cloud_alert(repo: &Repo) -> Option<Place> {
    let mut files = repo.files().iter().filter(|file| {
        file.role.is_operational()
            && (file.kind == FileKind::Terraform || matches!(file.path.extension(), Some("yml" | "yaml")))
    });
    files.find_map(|file| {
        let text = repo.read(file.id).ok()?;
        let (at, sign) = CLOUD_ALERTS.iter().find_map(|sign| Some((text.find(sign)?, *sign)))?;
        Some(Place::At(file.id, Span::new(at, at + sign.len())))
    })
}

/// Where Compose or the cluster runs an image whose name contains `part`, outside development.
pub fn runs(repo: &Repo, part: &str) -> Option<Place> {
    let services = compose::services(repo);
    let service = services.iter().find(|service| {
        service.image.and_then(Node::as_str).is_some_and(|image| image.contains(part))
            && tier::of_path(&service.file.path) != Tier::Development
    });
    service.map(compose::ComposeService::place).or_else(|| {
        let containers = kubernetes::containers(repo);
        let container = containers.iter().find(|container| container.image.contains(part))?;
        Some(Place::At(container.file.id, container.node.span))
    })
}

/// The integrations of a receiver: its `email_configs`, `slack_configs` and their kind that are not empty.
pub fn integrations(receiver: &Node) -> Vec<&Entry> {
    receiver
        .entries()
        .iter()
        .filter(|entry| entry.key.ends_with("_configs") && !entry.value.items().is_empty())
        .collect()
}

/// Prefixes of metrics that only an exporter provides, and parts of the targets that are this exporter.
pub const EXPORTERS: &[(&str, &[&str], &str)] = &[
    ("node_", &["node-exporter", "node_exporter", "nodeexporter", ":9100"], "node_exporter"),
    ("redis_", &["redis-exporter", "redis_exporter", ":9121"], "redis_exporter"),
    ("pg_", &["postgres-exporter", "postgres_exporter", "pg_exporter", ":9187"], "postgres_exporter"),
    ("mysql_", &["mysqld-exporter", "mysqld_exporter", "mysql-exporter", ":9104"], "mysqld_exporter"),
    ("mongodb_", &["mongodb-exporter", "mongodb_exporter", ":9216"], "mongodb_exporter"),
    ("container_", &["cadvisor", "kubelet", "kubernetes"], "cAdvisor"),
    ("kube_", &["kube-state-metrics", "kubernetes"], "kube-state-metrics"),
    ("probe_", &["blackbox", ":9115"], "blackbox_exporter"),
];
