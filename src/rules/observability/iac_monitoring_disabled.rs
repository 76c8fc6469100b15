//! `iac-monitoring-disabled`: managed resources report what they do.

use crate::{
    facts::infrastructure::{Resource, Setting, resources},
    model::{Evidence, Message, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: IacMonitoringDisabled = IacMonitoringDisabled;

pub(in crate::rules) struct IacMonitoringDisabled;

impl Rule for IacMonitoringDisabled {
    fn id(&self) -> &'static str {
        "iac-monitoring-disabled"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        for resource in resources(cx.repo) {
            let Some(lacking) = lacking(&resource) else { continue };
            let about = |key: &'static str, what: &[&str]| {
                Message::new(key).with("resource", resource.name.as_str()).with("what", what.join(", "))
            };
            let place = resource.place(resource.head);
            if lacking.is_empty() {
                fine.push(Evidence::At { place, note: about("fine", telemetry(&resource.kind)) });
            } else {
                sites.push(Site::new(place, about("off", &lacking)));
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if !sites.is_empty() {
            return Verdict::fail_or(sites, || Verdict::not_applicable("none")).also_fine(fine).sites(total, ok);
        }
        Verdict::pass_or(fine, || Verdict::not_applicable("none")).sites(total, ok)
    }
}

/// What a kind of resource can report.
fn telemetry(kind: &str) -> &'static [&'static str] {
    match kind {
        "aws_ecs_cluster" => &["Container Insights"],
        "aws_db_instance" => &["log exports", "Performance Insights"],
        "aws_lb" | "aws_alb" => &["access logs"],
        _ => &[],
    }
}

/// What of it is not switched on; a variable may do so.
fn lacking(resource: &Resource<'_>) -> Option<Vec<&'static str>> {
    let off = |path: &str| matches!(resource.setting(path), Setting::Unset | Setting::Is("false", _));
    Some(match resource.kind.as_str() {
        "aws_ecs_cluster" => {
            let on = resource.attributes.iter().any(|one| one.path == "setting.value" && one.value != "disabled");
            if on { Vec::new() } else { vec!["Container Insights"] }
        }
        "aws_db_instance" if resource.has("replicate_source_db") => return None,
        "aws_db_instance" => {
            let logs = off("enabled_cloudwatch_logs_exports").then_some("log exports");
            let insights = off("performance_insights_enabled").then_some("Performance Insights");
            logs.into_iter().chain(insights).collect()
        }
        "aws_lb" | "aws_alb" => {
            if resource.has("access_logs") {
                Vec::new()
            } else {
                vec!["access logs"]
            }
        }
        _ => return None,
    })
}
