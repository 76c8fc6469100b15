//! `alert-channel-not-configured`: an alert reaches somebody.

use crate::{
    doc::Node,
    facts::monitoring::{self, Settings},
    model::{Confidence, Evidence, Message, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: AlertChannelNotConfigured = AlertChannelNotConfigured;

pub(in crate::rules) struct AlertChannelNotConfigured;

impl Rule for AlertChannelNotConfigured {
    fn id(&self) -> &'static str {
        "alert-channel-not-configured"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let managers = monitoring::alertmanager(cx.repo);
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        for settings in &managers {
            let found = channels(settings);
            if found.is_empty() {
                sites.extend(settings.place_of("receivers").map(|place| Site::new(place, "silent")));
            }
            fine.extend(found);
        }
        let alerts = monitoring::alerts(cx.repo);
        if !alerts.is_empty() && managers.is_empty() && monitoring::runs(cx.repo, "grafana/grafana").is_none() {
            for settings in monitoring::prometheus(cx.repo) {
                let unsent = settings.root.get("alerting").is_none() && settings.root.get("rule_files").is_some();
                let place = settings.place_of("rule_files").filter(|_| unsent);
                sites.extend(place.map(|place| Site::new(place, "unsent").confidence(Confidence::Likely)));
            }
        }
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("no-alerting"));
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-alerting")).also_fine(fine)
    }
}

fn channels(settings: &Settings<'_>) -> Vec<Evidence> {
    let receivers = settings.root.get("receivers").map(Node::items).unwrap_or_default();
    let entries = receivers.iter().flat_map(monitoring::integrations);
    entries
        .map(|entry| Evidence::At {
            place: crate::model::Place::At(settings.file.id, entry.key_span),
            note: Message::new("channel").with("kind", entry.key.trim_end_matches("_configs")),
        })
        .collect()
}
