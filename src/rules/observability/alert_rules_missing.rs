//! `alert-rules-missing`: what is measured is also watched.

use crate::{
    doc::Node,
    facts::{
        compose,
        monitoring::{self, Alert, EXPORTERS, Settings},
    },
    model::{Confidence, Evidence, Message, Place, Severity, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: AlertRulesMissing = AlertRulesMissing;

pub(in crate::rules) struct AlertRulesMissing;

impl Rule for AlertRulesMissing {
    fn id(&self) -> &'static str {
        "alert-rules-missing"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let scraped = monitoring::prometheus(cx.repo);
        let alerts = monitoring::alerts(cx.repo);
        let cloud = monitoring::cloud_alert(cx.repo);
        if scraped.is_empty() && alerts.is_empty() && cloud.is_none() {
            return Verdict::not_applicable("no-monitoring");
        }
        let mut fine: Vec<Evidence> =
            cloud.map(|place| Evidence::At { place, note: Message::new("cloud") }).into_iter().collect();
        fine.extend(alerts.iter().take(20).map(|alert| Evidence::At {
            place: alert.place.clone(),
            note: Message::new("alert").with("name", alert.name),
        }));
        let deployed = monitoring::runs(cx.repo, "prometheus").is_some();
        let mut sites = Vec::new();
        for settings in &scraped {
            if alerts.is_empty() && fine.is_empty() && deployed {
                let place = settings.place_of("scrape_configs");
                sites.extend(place.map(|place| Site::new(place, "none")));
            }
            if !alerts.is_empty() && deployed {
                sites.extend(not_loaded(settings, &alerts));
            }
        }
        if let [only] = scraped.as_slice() {
            sites.extend(without_metric(cx, only, &alerts));
        }
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::unknown("not-deployed"));
        }
        Verdict::fail_or(sites, || Verdict::unknown("not-deployed")).also_fine(fine)
    }
}

/// Alert files that this Prometheus does not load.
fn not_loaded(settings: &Settings<'_>, alerts: &[Alert<'_>]) -> Option<Site> {
    let Some(files) = settings.root.get("rule_files") else {
        let place = settings.place_of("scrape_configs")?;
        let beside = alerts.iter().find(|alert| alert.file.folder().starts_with(settings.file.folder()))?;
        let message = Message::new("unloaded").with("file", beside.file.name());
        return Some(Site::new(place, message).confidence(Confidence::Likely));
    };
    let loads = files.items().iter().filter_map(Node::text).any(|pattern| {
        let last = pattern.rsplit('/').next().unwrap_or(pattern);
        alerts.iter().any(|alert| fits(last, alert.file.name()))
    });
    let message = Message::new("no-file");
    (!loads).then(|| Site::new(settings.at(files), message).confidence(Confidence::Likely))
}

/// Whether a file name fits a pattern with one `*`.
fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        Some((start, end)) => name.starts_with(start) && name.ends_with(end.trim_start_matches('*')),
        None => pattern == name,
    }
}

/// Alerts on metrics of an exporter that nothing scrapes or nothing runs.
fn without_metric(cx: &Context<'_>, settings: &Settings<'_>, alerts: &[Alert<'_>]) -> Vec<Site> {
    let targets: Vec<&str> = settings.root.walk().filter_map(|(_, node)| node.as_str()).collect();
    let services = compose::services(cx.repo);
    let beside = services
        .iter()
        .any(|service| service.image.and_then(Node::as_str).is_some_and(|image| image.contains("prometheus")));
    let runs = |target: &str| {
        let host = target.split(':').next().unwrap_or(target);
        let named = host.contains("exporter") || host == "cadvisor";
        !named
            || !beside
            || services.iter().any(|service| {
                service.name == host || service.node.get("container_name").and_then(Node::as_str) == Some(host)
            })
    };
    alerts
        .iter()
        .filter_map(|alert| {
            let expression = alert.expression?;
            let text = expression.as_str()?;
            let (prefix, signs, exporter) = EXPORTERS.iter().find(|(prefix, _, _)| names_metric(text, prefix))?;
            let provided = targets.iter().any(|target| signs.iter().any(|sign| target.contains(sign)) && runs(target));
            let discovered =
                settings.root.walk().any(|(path, _)| path.last_key().is_some_and(|key| key.ends_with("_sd_configs")));
            (!provided && !discovered).then(|| {
                let message = Message::new("no-metric")
                    .with("name", alert.name)
                    .with("prefix", *prefix)
                    .with("exporter", *exporter);
                Site::new(Place::At(alert.file.id, expression.span), message)
                    .severity(Severity::Medium)
                    .confidence(Confidence::Likely)
                    .key(alert.name)
            })
        })
        .collect()
}

/// Whether an expression reads a metric that starts with `prefix`.
fn names_metric(expression: &str, prefix: &str) -> bool {
    expression.match_indices(prefix).any(|(at, _)| {
        let before = expression[..at].chars().next_back();
        before.is_none_or(|char| !char.is_alphanumeric() && !matches!(char, '_' | ':' | '"' | '.' | '-' | '/'))
            && !expression[..at].trim_end().ends_with("by (")
    })
}
