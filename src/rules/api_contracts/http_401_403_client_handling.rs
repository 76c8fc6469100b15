//! `http-401-403-client-handling`: the browser's part knows what to do when the server no longer lets it in.

use crate::{
    code::{Kind, Language, NodeRef, Role as NodeRole},
    facts::{
        Fact,
        side::{Side, side_of},
    },
    model::{Confidence, Evidence, FileId, Message, Observation, Site, Tone, Verdict},
    repo::{ComponentKind, File},
    rule::{Context, Out, Rule, Visit, Watch},
};

pub(in crate::rules) static RULE: Http401403ClientHandling = Http401403ClientHandling;

pub(in crate::rules) struct Http401403ClientHandling;

/// Places that a pass names.
const SHOWN: usize = 5;

impl Rule for Http401403ClientHandling {
    fn id(&self) -> &'static str {
        "http-401-403-client-handling"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Side]
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call, Kind::Number, Kind::Member, Kind::String]).keywords(&[
            "axios",
            "401",
            "403",
            "nauthorized",
            "NAUTHORIZED",
            "FORBIDDEN",
            "orbidden",
        ])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        if !file.file.language.is_some_and(Language::is_script) {
            return;
        }
        match node.kind() {
            Kind::Call if is_client(node) && sends_identity(file, node) => {
                let key = if waits_for_refusals(node) { "listens" } else { "client" };
                key.clone_into(&mut out.bad(file.place(node), "missing").key);
            }
            Kind::Number if matches!(node.name(), "401" | "403") => {
                out.good(file.place(node), "handled");
            }
            Kind::Member if matches!(node.name(), "UNAUTHORIZED" | "Unauthorized" | "FORBIDDEN" | "Forbidden") => {
                out.good(file.place(node), "handled");
            }
            Kind::String if says_refused(node.name()) => {
                out.good(file.place(node), "handled");
            }
            _ => {}
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let in_browser =
            |seen: &&Observation| seen.place.file().is_some_and(|id| runs_in_browser(cx, cx.repo.file(id)));
        let seen: Vec<&Observation> = cx.seen.iter().filter(in_browser).collect();
        let clients: Vec<&Observation> = seen.iter().filter(|one| one.tone == Tone::Bad).copied().collect();
        if clients.is_empty() {
            return Verdict::not_applicable("no-client");
        }
        let handled: Vec<&Observation> = seen.iter().filter(|one| one.tone == Tone::Good).copied().collect();
        let beside = |one: &&&Observation| clients.iter().any(|client| client.place.file() == one.place.file());
        let fine: Vec<Evidence> = handled
            .iter()
            .filter(beside)
            .take(SHOWN)
            .map(|one| Evidence::At { place: one.place.clone(), note: one.message.clone() })
            .collect();
        if !fine.is_empty() {
            return Verdict::pass_or(fine, || Verdict::unknown("elsewhere"));
        }
        if !handled.is_empty() || clients.iter().any(|client| client.key == "listens") || leads_in_front(cx) {
            return Verdict::unknown("elsewhere");
        }
        let sites: Vec<Site> = clients
            .iter()
            .map(|client| Site::new(client.place.clone(), Message::new("missing")).confidence(Confidence::Likely))
            .collect();
        Verdict::fail_or(sites, || Verdict::not_applicable("no-client"))
    }
}

/// Code that browsers and devices run, or may: not a script of the build, not a server that calls another.
fn runs_in_browser(cx: &Context<'_>, file: &File) -> bool {
    let component = cx.repo.component(file.component);
    let serves = matches!(component.kind, ComponentKind::HttpService | ComponentKind::Worker | ComponentKind::Cli);
    match side_of(cx.repo, cx.facts, file).side {
        Side::Client => true,
        Side::Server => false,
        Side::Shared => !serves && is_front_end(cx, file),
    }
}

/// Whether the component of a file shows something to people.
fn is_front_end(cx: &Context<'_>, file: &File) -> bool {
    let profile = &cx.repo.component(file.component).profile;
    ["React", "Vue", "Next.js", "Nuxt", "Svelte", "SvelteKit", "Angular", "React Native", "Expo", "Solid", "Preact"]
        .iter()
        .any(|name| profile.has_framework(name))
}

/// `axios.create({ … })`.
fn is_client(call: NodeRef<'_>) -> bool {
    matches!(call.callee_api().as_deref(), Some("axios.create" | "axios.axios.create"))
}

/// Whether the client of a file says who is calling: with a token, or with a cookie.
fn sends_identity(file: &Visit<'_>, call: NodeRef<'_>) -> bool {
    let cookie = call
        .argument(0)
        .map(NodeRef::resolved)
        .is_some_and(|options| options.property("withCredentials").is_some_and(|value| value.name() == "true"));
    cookie || file.text.contains("interceptors.request") && file.text.contains("uthorization")
}

/// Whether the file looks at every answer that failed, whatever it does with it: `interceptors.response.use(…)`.
fn waits_for_refusals(call: NodeRef<'_>) -> bool {
    call.tree().nodes().any(|node| {
        node.is(Kind::Member)
            && node.name() == "response"
            && node.child(NodeRole::Object).is_some_and(|object| object.name() == "interceptors")
    })
}

fn says_refused(text: &str) -> bool {
    let text = text.trim().to_ascii_lowercase();
    matches!(text.as_str(), "401" | "403" | "unauthorized" | "forbidden" | "unauthenticated" | "token_expired")
}

/// Whether the server looks at each page before it is shown, as the middleware of Next.js does.
fn leads_in_front(cx: &Context<'_>) -> bool {
    let in_front = |file: &File| {
        let stem = file.name().split('.').next().unwrap_or_default();
        matches!(stem, "middleware" | "proxy") && file.language.is_some_and(Language::is_script)
    };
    let held = |id: FileId| cx.repo.read(id).is_ok_and(|text| text.contains("redirect"));
    cx.repo.files().iter().any(|file| in_front(file) && held(file.id))
}
