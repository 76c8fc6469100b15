//! `proxy-trust-misconfigured`: limits count the caller's address, and not the proxy's or one that the caller made up.

mod code;
mod front;

use crate::{
    code::{Kind, NodeRef},
    facts::{
        Fact,
        access::is_about_rate,
        modules::{FunctionId, Modules},
    },
    model::{Confidence, Evidence, Message, Observation, Place, Severity, Site, Verdict},
    rule::{Context, Out, Rule, Visit, Watch},
    rules::observed,
};

pub(in crate::rules) static RULE: ProxyTrustMisconfigured = ProxyTrustMisconfigured;

pub(in crate::rules) struct ProxyTrustMisconfigured;

/// Places that a pass names.
const SHOWN: usize = 5;

impl Rule for ProxyTrustMisconfigured {
    fn id(&self) -> &'static str {
        "proxy-trust-misconfigured"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Modules, Fact::Access, Fact::Side, Fact::Commands]
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call, Kind::Property, Kind::String, Kind::Assignment]).keywords(&[
            "trust proxy",
            "trustProxy",
            "orwarded-",
            "ORWARDED_FOR",
            "get_remote_address",
            "ProxyFix",
            "ProxyHeadersMiddleware",
            "express-rate-limit",
            "express-slow-down",
            "@fastify/rate-limit",
            "@nestjs/throttler",
            ".proxy = ",
        ])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        code::observe(file, node, out);
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let seen = observed::on_server(cx);
        let of =
            |key: &str| -> Vec<&Observation> { seen.iter().filter(|one| one.message.key == key).copied().collect() };
        let (limiters, everybody, read) = (of("limiter"), of("everybody"), counted(cx, &of("first")));
        let trusts = trusted(cx, &of("trusts"), &limiters);
        if limiters.is_empty() && read.is_empty() {
            return Verdict::not_applicable("no-address");
        }
        let mut sites: Vec<Site> = Vec::new();
        if !front::overwrites(cx) {
            sites.extend(read.iter().map(|one| site(one, "first")));
            if !limiters.is_empty() {
                sites.extend(everybody.iter().map(|one| site(one, "everybody")));
            }
        }
        let custom = cx.facts.modules(cx.repo).files().any(|(file, module)| {
            cx.covers(file) && module.functions.iter().any(|function| function.name == "getTracker")
        });
        let silent = trusts.is_empty() && everybody.is_empty() && !custom;
        let front = front::proxy(cx);
        if let Some((proxy, name)) = front.as_ref().filter(|_| silent) {
            let counted = limiters.iter().map(|one| {
                let message = Message::new("limiter").with("proxy", name.as_str());
                Site::new(one.place.clone(), message).confidence(Confidence::Likely).related(proxy.clone(), "proxy")
            });
            sites.extend(counted);
        }
        let shown: Vec<Evidence> = trusts.into_iter().take(SHOWN).collect();
        if !sites.is_empty() {
            let (total, ok) = (sites.len() + shown.len(), shown.len());
            return Verdict::fail_or(sites, || Verdict::unknown("unclear")).also_fine(shown).sites(total, ok);
        }
        Verdict::pass_or(shown, || Verdict::unknown("unclear"))
    }
}

fn site(seen: &Observation, key: &'static str) -> Site {
    let message = if key == "first" { Message::new("first") } else { Message::new("everybody") };
    let site = Site::new(seen.place.clone(), message).confidence(Confidence::Likely);
    if key == "first" { site } else { site.severity(Severity::Medium) }
}

/// Where it is said how many proxies, or which, are believed: in code, in commands, and in variables.
///
/// What a server of ASGI is told reaches the application; gunicorn gives a WSGI application the proxy all the same.
fn trusted(cx: &Context<'_>, said: &[&Observation], limiters: &[&Observation]) -> Vec<Evidence> {
    let note = || Message::new("trusts");
    let mut found: Vec<Evidence> =
        said.iter().map(|one| Evidence::At { place: one.place.clone(), note: note() }).collect();
    if limiters.iter().any(|one| one.key == "uvicorn") {
        found.extend(front::told(cx).into_iter().map(|place| Evidence::At { place, note: note() }));
    }
    found
}

/// The reads of `X-Forwarded-For` that a limiter counts by.
fn counted<'o>(cx: &Context<'_>, reads: &[&'o Observation]) -> Vec<&'o Observation> {
    if reads.is_empty() {
        return Vec::new();
    }
    let modules = cx.facts.modules(cx.repo);
    let limiting = limiting(cx, modules);
    let counts = |seen: &&&Observation| {
        let Place::At(file, span) = seen.place else { return false };
        let Some(reader) = modules.function_around(file, span) else { return false };
        let around = |id: FunctionId| {
            let (outer, inner) = (modules.function(id).span, modules.function(reader).span);
            id.file == reader.file && outer.start <= inner.start && inner.end <= outer.end
        };
        limiting.iter().any(|id| around(*id) || modules.reach(*id, 1, |at| (at == reader).then_some(())).is_some())
    };
    reads.iter().filter(counts).copied().collect()
}

/// The functions that limit, choose what is counted, or call what limits.
fn limiting(cx: &Context<'_>, modules: Modules<'_>) -> Vec<FunctionId> {
    let mut found = Vec::new();
    for (file, module) in modules.files().filter(|(file, _)| cx.covers(*file)) {
        for (index, function) in module.functions.iter().enumerate() {
            let chooses = matches!(function.name.as_str(), "keyGenerator" | "key_func" | "getTracker");
            let calls = || {
                module.calls_in(function.span).any(|call| {
                    let name = call.callee.last();
                    is_about_rate(name) || matches!(name, "limit" | "consume") && is_limiter(&call.callee)
                })
            };
            if chooses || is_about_rate(&function.name) || calls() {
                found.push(FunctionId { file, index });
            }
        }
    }
    found
}

fn is_limiter(callee: &crate::facts::modules::Name) -> bool {
    let whole = format!("{}.{}", callee.root.name(), callee.members.join("."));
    whole.to_ascii_lowercase().contains("limit")
}
