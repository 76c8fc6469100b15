//! `ssrf-user-url`: the server fetches no address that a user chooses without a check of where it leads.

use crate::{
    facts::{
        Fact,
        outbound::{Address, Client, Origin, Request, Runs},
        routes::standing,
    },
    model::{Confidence, FileId, Message, Place, Severity, Site, Verdict},
    repo::{ComponentKind, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: SsrfUserUrl = SsrfUserUrl;

pub(in crate::rules) struct SsrfUserUrl;

/// So many calls of entered addresses may be an oversight each.
const BY_DESIGN: usize = 8;

impl Rule for SsrfUserUrl {
    fn id(&self) -> &'static str {
        "ssrf-user-url"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Outbound, Fact::Modules, Fact::Side, Fact::Access, Fact::Environment]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let guard = guard(cx);
        let (mut sites, mut files, mut handed) = (Vec::new(), 0, false);
        let mut runs = None;
        for (id, facts) in cx.facts.files() {
            let file = cx.repo.file(id);
            let requests: Vec<&Request> =
                facts.outbound.requests.iter().filter(|request| !request.makes_client).collect();
            let device = matches!(
                cx.repo.component(file.component).kind,
                ComponentKind::Cli | ComponentKind::ClientApp | ComponentKind::Library
            );
            if requests.is_empty() || file.role != Role::Source || device {
                continue;
            }
            let runs = runs.get_or_insert_with(|| Runs::new(cx.repo, cx.facts));
            if runs.on_server(id) != Some(true) {
                continue;
            }
            files += 1;
            handed |= requests.iter().any(|request| is_handed(request));
            let checked = facts.outbound.checks_addresses;
            let modules = cx.facts.modules(cx.repo);
            let keyed = |request: &Request| {
                modules
                    .function_around(id, request.span)
                    .is_some_and(|around| standing::asks_for_shared_key(cx.repo, cx.facts, modules, around))
            };
            sites.extend(requests.into_iter().filter_map(|request| {
                let site = site(id, request, checked, guard.is_some())?;
                Some(if keyed(request) { by_service(site, request) } else { site })
            }));
        }
        // Where so many addresses are called, calling what was entered is what the program is for.
        let entered = |site: &Site| site.severity == Some(Severity::High);
        if sites.iter().filter(|site| entered(site)).count() > BY_DESIGN {
            for site in sites.iter_mut().filter(|site| entered(site)) {
                site.confidence = Confidence::Guess;
            }
        }
        if files == 0 {
            return Verdict::not_applicable("no-requests");
        }
        Verdict::fail_or(sites, || match guard {
            None if handed => Verdict::unknown("handed"),
            Some(place) => Verdict::pass_at(place, "guard"),
            None => Verdict::pass(cx.searched("searched", files), []),
        })
    }
}

/// Only other services of the same owner, with the key that they share, choose the address.
fn by_service(site: Site, request: &Request) -> Site {
    let Address::Data { text, .. } = &request.address else { return site };
    let message = Message::new("keyed").with("call", request.call.as_str()).with("address", text.as_str());
    Site::new(site.place, message).confidence(Confidence::Likely).severity(Severity::Low)
}

fn site(file: FileId, request: &Request, checked: bool, guarded: bool) -> Option<Site> {
    let Address::Data { text, origin, .. } = &request.address else { return None };
    let site = |key: &'static str| {
        let message = Message::new(key).with("call", request.call.as_str()).with("address", text.as_str());
        Site::new(Place::At(file, request.span), message).confidence(Confidence::Likely)
    };
    match origin {
        Origin::Request if !checked => Some(site("request")),
        // A check before the address was stored is somewhere else.
        Origin::Field if !checked && !guarded && request.client != Client::Node => {
            Some(site("field").severity(Severity::High))
        }
        Origin::Request | Origin::Field | Origin::Parameter => None,
    }
}

/// Whether the address as a whole is what a function was given under a name that says so; who gives it is not followed.
fn is_handed(request: &Request) -> bool {
    let Address::Data { text, origin: Origin::Parameter, .. } = &request.address else { return false };
    let last = text.rsplit(['.', '?']).next().unwrap_or_default().to_ascii_lowercase();
    let named =
        matches!(last.as_str(), "url" | "uri" | "href" | "webhook" | "targeturl" | "webhookurl" | "callbackurl");
    named && request.client != Client::Node
}

/// A function or class of this repository that decides which addresses may be fetched.
fn guard(cx: &Context<'_>) -> Option<Place> {
    let modules = cx.facts.modules(cx.repo);
    modules.files().filter(|(file, _)| cx.repo.file(*file).role == Role::Source).find_map(|(file, module)| {
        let function = module.functions.iter().find(|function| {
            let name = function.name.to_ascii_lowercase().replace('_', "");
            // Compared with the host of the request, it is where a browser is sent to.
            let redirects = function.parameters.iter().any(|parameter| {
                matches!(parameter.name.as_str(), "host" | "allowed_hosts" | "allowedHosts" | "request" | "req")
            });
            if redirects && name.contains("safeurl") {
                return false;
            }
            [
                "ssrf",
                "isprivateip",
                "isprivatehost",
                "isprivateaddress",
                "ispublicurl",
                "issafeurl",
                "assertpublicurl",
                "validatewebhookurl",
                "isinternalip",
                "isallowedurl",
                "isblockedhost",
                "safefetch",
                "isprivateurl",
            ]
            .iter()
            .any(|word| name.contains(word))
        })?;
        Some(Place::At(file, function.span))
    })
}
