//! `https-not-enforced`: whoever comes over plain HTTP is sent to HTTPS.

mod files;
mod proxy;

use crate::{
    code::{Constant, Kind, NodeRef, Role as NodeRole},
    model::{Evidence, Message, Tone, Verdict},
    rule::{Context, Out, Rule, Visit, Watch},
    rules::headers,
};

pub(in crate::rules) static RULE: HttpsNotEnforced = HttpsNotEnforced;

pub(in crate::rules) struct HttpsNotEnforced;

/// Places that a pass names.
const SHOWN: usize = 5;

/// Platforms that answer plain HTTP with a redirect by themselves.
const REDIRECTING: [&str; 4] = ["Vercel", "Netlify", "Render", "Railway"];

/// What a search found.
#[derive(Default)]
struct Found {
    sites: Vec<crate::model::Site>,
    fine: Vec<Evidence>,
}

impl Found {
    fn fine(&mut self, place: crate::model::Place, by: &'static str) {
        self.fine.push(Evidence::At { place, note: Message::new("fine").with("by", by) });
    }
}

impl Rule for HttpsNotEnforced {
    fn id(&self) -> &'static str {
        "https-not-enforced"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call, Kind::Assignment]).keywords(&[
            "SECURE_SSL_REDIRECT",
            "HTTPSRedirectMiddleware",
            "Talisman",
            "sslify",
            "enforces-ssl",
            "x-forwarded-proto",
            "X-Forwarded-Proto",
        ])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        if let Some(by) = redirects(file, node) {
            out.good(file.place(node), Message::new("fine").with("by", by));
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let mut found = Found::default();
        proxy::judge(cx, &mut found);
        files::judge(cx, &mut found);
        let good = cx.seen.iter().filter(|seen| seen.tone == Tone::Good);
        found.fine.extend(good.map(|seen| Evidence::At { place: seen.place.clone(), note: seen.message.clone() }));
        let Found { mut sites, mut fine } = found;
        sites.sort_by(|a, b| a.place.cmp(&b.place));
        sites.dedup_by(|a, b| a.place == b.place);
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        fine.truncate(SHOWN);
        if !sites.is_empty() {
            return Verdict::fail_or(sites, || Verdict::unknown("elsewhere")).also_fine(fine).sites(total, ok);
        }
        Verdict::pass_or(fine, || by_platform(cx)).sites(total, ok)
    }
}

/// What in code sends a caller on to HTTPS.
fn redirects(file: &Visit<'_>, node: NodeRef<'_>) -> Option<&'static str> {
    if node.is(Kind::Assignment) {
        let target = node.child(NodeRole::Target)?;
        let on = node.child(NodeRole::Value)?.constant() == Some(Constant::Boolean(true));
        return (on && target.name() == "SECURE_SSL_REDIRECT").then_some("SECURE_SSL_REDIRECT");
    }
    let mentions = |word: &str| {
        node.callee_api().is_some_and(|api| api.ends_with(word))
            || node.positional().any(|argument| argument.api_path().is_some_and(|api| api.ends_with(word)))
    };
    if mentions(".HTTPSRedirectMiddleware") {
        return Some("HTTPSRedirectMiddleware");
    }
    let api = node.callee_api()?;
    match api.as_str() {
        "flask_talisman.Talisman" => {
            let off = node.keyword("force_https").is_some_and(|value| value.name() == "false");
            (!off).then_some("Talisman")
        }
        "express-sslify.HTTPS" | "express-enforces-ssl" | "koa-sslify" => Some("the application"),
        _ if node.callee_name() == Some("redirect") => {
            let asks = file.text.to_ascii_lowercase().contains("x-forwarded-proto");
            let to = node
                .positional()
                .any(|argument| argument.text().trim_start_matches(['`', '\'', '"', 'f']).starts_with("https://"));
            (asks && to).then_some("the application")
        }
        _ => None,
    }
}

fn by_platform(cx: &Context<'_>) -> Verdict {
    if headers::servers(cx.repo).is_empty() {
        return Verdict::not_applicable("no-server");
    }
    let targets = &cx.repo.profile().deploy_targets;
    let all = !targets.is_empty() && targets.iter().all(|target| REDIRECTING.contains(&target.name));
    let shown = targets.iter().filter(|_| all).filter_map(|target| {
        let place = target.evidence.first()?.clone();
        Some(Evidence::At { place, note: Message::new("fine").with("by", target.name) })
    });
    Verdict::pass_or(shown.collect(), || Verdict::unknown("elsewhere"))
}
