//! `grafana-dashboard-missing`: the Grafana that the repository starts comes with dashboards.

use crate::{
    doc::Node,
    facts::monitoring,
    model::{Confidence, Evidence, Message, Place, Site, Verdict},
    repo::{File, FileKind},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: GrafanaDashboardMissing = GrafanaDashboardMissing;

pub(in crate::rules) struct GrafanaDashboardMissing;

impl Rule for GrafanaDashboardMissing {
    fn id(&self) -> &'static str {
        "grafana-dashboard-missing"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let Some(grafana) = monitoring::runs(cx.repo, "grafana/grafana") else {
            return Verdict::not_applicable("no-grafana");
        };
        let files = || cx.repo.files().iter().filter(|file| file.role.is_operational());
        if files().any(|file| is_code_of_dashboards(cx, file)) {
            return Verdict::unknown("elsewhere");
        }
        let dashboards: Vec<&File> = files().filter(|file| is_dashboard(cx, file)).collect();
        if dashboards.is_empty() {
            return Verdict::fail(Site::new(grafana, "none"), []);
        }
        if !files().any(|file| is_provider(cx, file)) {
            let message = Message::new("not-provided").count("n", dashboards.len());
            let site = Site::new(grafana, message).confidence(Confidence::Likely);
            return Verdict::fail(site.related(Place::File(dashboards[0].id), "dashboard"), []);
        }
        let found = dashboards
            .into_iter()
            .map(|file| Evidence::At { place: Place::File(file.id), note: Message::new("dashboard") });
        Verdict::pass_or(found.collect(), || Verdict::not_applicable("no-grafana"))
    }
}

fn is_dashboard(cx: &Context<'_>, file: &File) -> bool {
    let path = file.path.as_str().to_ascii_lowercase();
    let near = file.path.extension() == Some("json") && (path.contains("grafana") || path.contains("dashboard"));
    near && cx.repo.doc(file.id).and_then(|doc| doc.root()).is_some_and(|root| {
        let panels = |root: &Node| root.get("panels").is_some_and(Node::is_list) || root.get("rows").is_some();
        panels(root) || root.get("dashboard").is_some_and(panels)
    })
}

/// A file of `provisioning/dashboards` that tells Grafana where its dashboards lie.
fn is_provider(cx: &Context<'_>, file: &File) -> bool {
    matches!(file.path.extension(), Some("yml" | "yaml"))
        && cx.repo.doc(file.id).and_then(|doc| doc.root()).is_some_and(|root| {
            let providers = root.get("providers").map(Node::items).unwrap_or_default();
            providers.iter().any(|provider| provider.at(&["options", "path"]).is_some())
        })
}

/// Dashboards that are made by infrastructure code or loaded by a chart.
fn is_code_of_dashboards(cx: &Context<'_>, file: &File) -> bool {
    let kinds = matches!(file.kind, FileKind::Terraform | FileKind::HelmValues | FileKind::Kubernetes);
    let jsonnet = matches!(file.path.extension(), Some("jsonnet" | "libsonnet"));
    jsonnet
        || kinds
            && cx.repo.read(file.id).is_ok_and(|text| {
                ["grafana_dashboard", "GrafanaDashboard", "dashboardProviders", "dashboardsConfigMaps"]
                    .iter()
                    .any(|sign| text.contains(sign))
            })
}
