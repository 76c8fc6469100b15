//! `fetch-no-timeout`: requests to other services end after a time that this repository sets.

use std::collections::BTreeMap;

use crate::{
    facts::{
        Fact,
        outbound::{Address, Client, Limit, Origin, Request, Runs, Waits},
        routes::standing,
    },
    model::{Confidence, Evidence, FileId, Message, Place, Severity, Site, Span, Verdict},
    repo::{ComponentKind, File, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: FetchNoTimeout = FetchNoTimeout;

pub(in crate::rules) struct FetchNoTimeout;

/// Requests with a limit that a verdict names.
const SHOWN: usize = 5;

impl Rule for FetchNoTimeout {
    fn id(&self) -> &'static str {
        "fetch-no-timeout"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Outbound, Fact::Modules, Fact::Side, Fact::Routes, Fact::Access, Fact::Environment]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let requests = sent_by_servers(cx);
        if requests.is_empty() {
            return Verdict::not_applicable("no-requests");
        }
        let waits = Waits::new(cx.repo, cx.facts);
        let handlers = handlers(cx);
        let (mut sites, mut fine, mut open) = (Vec::new(), Vec::new(), 0);
        for sent in &requests {
            let limit = waits.limit(sent.file.id, sent.request);
            let at = |span: Span, key: &'static str| Evidence::At {
                place: Place::At(sent.file.id, span),
                note: Message::new(key).with("call", sent.request.call.as_str()),
            };
            match limit {
                Limit::None | Limit::Off(_) => sites.push(site(cx, sent, limit, &handlers)),
                Limit::Given(span) => fine.push(at(span, "limited")),
                Limit::Library => fine.push(at(sent.request.span, "library")),
                Limit::Caller | Limit::Open => open += 1,
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        let detail = Message::new("detail").count("bad", sites.len()).count("n", total);
        fine.truncate(SHOWN);
        if sites.is_empty() && (fine.is_empty() || open > ok) {
            return Verdict::unknown(Message::new("open").count("n", open));
        }
        Verdict::fail_or(sites, || Verdict::pass_or(fine.clone(), || Verdict::not_applicable("no-requests")))
            .also_fine(fine)
            .detail(detail)
            .sites(total, ok)
    }
}

/// A request that this repository's servers send.
struct Sent<'a> {
    file: &'a File,
    request: &'a Request,
    /// It is known that the file runs on the server.
    certain: bool,
}

fn sent_by_servers<'a>(cx: &'a Context<'_>) -> Vec<Sent<'a>> {
    let components = cx.repo.components();
    let concerned = components.iter().any(|component| component.kind.is_deployable())
        || !components.iter().any(|component| matches!(component.kind, ComponentKind::Library | ComponentKind::Cli));
    if !concerned {
        return Vec::new();
    }
    let mut runs = None;
    let mut sent = Vec::new();
    for (id, facts) in cx.facts.files() {
        let file = cx.repo.file(id);
        let kind = cx.repo.component(file.component).kind;
        let runs_here = matches!(kind, ComponentKind::Cli | ComponentKind::ClientApp | ComponentKind::Library);
        if facts.outbound.requests.is_empty() || file.role != Role::Source || runs_here || is_tool(file) {
            continue;
        }
        let runs = runs.get_or_insert_with(|| Runs::new(cx.repo, cx.facts));
        let server = runs.on_server(id);
        if server == Some(false) {
            continue;
        }
        for request in &facts.outbound.requests {
            let certain = match (&request.address, server) {
                (Address::Local, _) => continue,
                (_, Some(_)) => true,
                (Address::Host(_), None) => false,
                (Address::Configured(name), None) if !is_public(name) => false,
                (_, None) if request.makes_client && request.client == Client::Got => false,
                (_, None) => continue,
            };
            sent.push(Sent { file, request, certain });
        }
    }
    sent
}

/// Whether a folder holds what people run by hand around the program.
fn is_tool(file: &File) -> bool {
    let mut folders = file.path.as_str().split('/').rev().skip(1);
    folders.any(|folder| matches!(folder, "extra" | "tools" | "docker" | "hack" | "release" | "push-examples"))
}

/// Variables that bundlers put into the browser's code.
fn is_public(name: &str) -> bool {
    ["NEXT_PUBLIC_", "VITE_", "REACT_APP_", "PUBLIC_", "NUXT_PUBLIC_", "EXPO_PUBLIC_", "GATSBY_"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
        || matches!(name, "BASE_URL" | "MODE")
}

/// The functions that answer requests, by file.
fn handlers(cx: &Context<'_>) -> BTreeMap<FileId, Vec<Span>> {
    let mut handlers: BTreeMap<FileId, Vec<Span>> = BTreeMap::new();
    for route in cx.facts.routes(cx.repo) {
        if let Some(Place::At(file, span)) = route.handler {
            handlers.entry(file).or_default().push(span);
        }
    }
    handlers
}

fn site(cx: &Context<'_>, sent: &Sent<'_>, limit: Limit, handlers: &BTreeMap<FileId, Vec<Span>>) -> Site {
    let Sent { file, request, certain } = *sent;
    let modules = cx.facts.modules(cx.repo);
    // Other services of the same owner choose the address, and no user.
    let keyed = || {
        modules
            .function_around(file.id, request.span)
            .is_some_and(|around| standing::asks_for_shared_key(cx.repo, cx.facts, modules, around))
    };
    let say = |key: &'static str| Message::new(key).with("call", request.call.as_str());
    let place = Place::At(file.id, request.span);
    let answers = handlers.get(&file.id).is_some_and(|spans| spans.iter().any(|span| span.contains(request.span)));
    let (message, severity) = if let Limit::Off(span) = limit {
        (say("off"), Some((Place::At(file.id, span), Severity::Medium)))
    } else if let Some(host) = model_host(request).filter(|_| !asks_about_models(cx, file, request)) {
        (say("model").with("host", host), None)
    } else if let Address::Data { origin: Origin::Request | Origin::Field, text, .. } = &request.address {
        if keyed() {
            (say("plain"), Some((place.clone(), Severity::Medium)))
        } else {
            (say("data").with("address", text.as_str()), None)
        }
    } else if answers && is_kept(cx, file.id, request.span) {
        (say("cached"), Some((place.clone(), Severity::Medium)))
    } else if answers {
        (say("handler"), None)
    } else if runs_jobs(file) && is_function(cx, file) {
        (say("plain"), Some((place.clone(), Severity::Medium)))
    } else if runs_jobs(file) {
        (say("job"), None)
    } else if request.makes_client {
        (say("client"), Some((place.clone(), Severity::Medium)))
    } else {
        (say("plain"), Some((place.clone(), Severity::Medium)))
    };
    let mut site = Site::new(place, message);
    if let Some((place, severity)) = severity {
        site.place = place;
        site = site.severity(severity);
    }
    if certain { site } else { site.confidence(Confidence::Likely) }
}

/// Hosts of language models, whose answers take longest.
const MODELS: [&str; 14] = [
    "openai.com",
    "anthropic.com",
    "openrouter.ai",
    "deepseek.com",
    "mistral.ai",
    "cohere.",
    "groq.com",
    "generativelanguage.googleapis.com",
    "replicate.com",
    "huggingface.co",
    "together.",
    "perplexity.ai",
    "x.ai",
    "elevenlabs.io",
];

/// Whether a request to such a host only asks what there is: `GET /v1/models`, `/v2/voices`.
fn asks_about_models(cx: &Context<'_>, file: &File, request: &Request) -> bool {
    let text = cx.repo.read(file.id).unwrap_or_else(|_| "".into());
    let text = text.get(request.span.start as usize..request.span.end as usize).unwrap_or_default();
    ["/models", "/voices", "/usage", "/balance", "/subscription"]
        .iter()
        .any(|end| ["`", "\"", "'", "?"].iter().any(|close| text.contains(&format!("{end}{close}"))))
}

fn model_host(request: &Request) -> Option<&str> {
    match &request.address {
        Address::Host(host) => MODELS.iter().any(|model| host.contains(model)).then_some(host.as_str()),
        _ => None,
    }
}

/// Whether shared caches keep the answer that a handler makes of a request, so that few visitors wait for it.
fn is_kept(cx: &Context<'_>, file: FileId, span: Span) -> bool {
    let modules = cx.facts.modules(cx.repo);
    let Some(around) = modules.function_around(file, span).map(|id| modules.function(id).span) else { return false };
    cx.repo.read(file).is_ok_and(|text| {
        let inside = text.get(around.start as usize..around.end as usize).unwrap_or_default();
        inside.contains("s-maxage") || inside.contains("stale-while-revalidate")
    })
}

/// Whether a schedule calls the file as a function of a platform, which ends it after its time and has no worker.
fn is_function(cx: &Context<'_>, file: &File) -> bool {
    let folder = &cx.repo.component(file.component).path;
    let on_vercel =
        [folder.join("vercel.json"), "vercel.json".into()].iter().any(|path| cx.repo.by_path(path).is_some());
    on_vercel && file.path.as_str().split('/').any(|part| part == "app" || part == "pages")
}

/// Whether a file holds the work of a queue, where a request that hangs holds a slot of the worker.
fn runs_jobs(file: &File) -> bool {
    file.path.as_str().split(['/', '.', '-', '_']).any(|word| {
        matches!(
            word,
            "worker" | "workers" | "job" | "jobs" | "queue" | "queues" | "processor" | "processors" | "tasks" | "cron"
        )
    })
}
