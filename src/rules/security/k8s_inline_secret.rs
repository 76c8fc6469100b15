//! `k8s-inline-secret`: manifests refer to secrets instead of holding them.

use crate::{
    facts::credentials::{
        kubernetes::{self, Held, Holder},
        stage::Stage,
    },
    model::{Evidence, Message, Severity, Site, Verdict},
    rule::{Context, Rule},
    text::secrets::Kind,
};

pub(in crate::rules) static RULE: K8sInlineSecret = K8sInlineSecret;

pub(in crate::rules) struct K8sInlineSecret;

impl Rule for K8sInlineSecret {
    fn id(&self) -> &'static str {
        "k8s-inline-secret"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let secrets = kubernetes::secrets(cx.repo);
        let sites: Vec<Site> = secrets.held.iter().filter_map(judge).collect();
        let fine: Vec<Evidence> = secrets
            .taken
            .iter()
            .map(|taken| Evidence::At {
                place: taken.place.clone(),
                note: Message::new("taken").with("by", taken.by.as_str()),
            })
            .collect();
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("none"));
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("none")).also_fine(fine).sites(total, ok)
    }
}

fn judge(held: &Held<'_>) -> Option<Site> {
    if matches!(held.stage, Stage::Test | Stage::Example) {
        return None;
    }
    let development = held.stage == Stage::Development;
    let key = match (held.kind, held.holder) {
        // What a chart shows in its values is meant to be replaced; whoever forgets it is told by another rule.
        (Kind::Placeholder, Holder::Values) | (Kind::TestKey | Kind::PublicKey | Kind::Example, _) => return None,
        (Kind::Placeholder, _) => "placeholder",
        (Kind::Live | Kind::Weak, Holder::Env) => "env",
        (Kind::Live | Kind::Weak, Holder::Secret) => "secret",
        (Kind::Live | Kind::Weak, Holder::ConfigMap) => "config-map",
        (Kind::Live | Kind::Weak, Holder::Generator) => "generator",
        (Kind::Live | Kind::Weak, Holder::Values) => "values",
    };
    let severity = match (held.kind, held.holder) {
        (Kind::Live, _) => Severity::High,
        _ if development => Severity::Low,
        (Kind::Placeholder, _) | (_, Holder::Values) => Severity::Medium,
        _ => Severity::High,
    };
    let name = held.setting.name.as_str();
    let site = Site::new(held.setting.place(), Message::new(key).with("name", name));
    Some(site.severity(severity).confidence(held.confidence).key(name))
}
