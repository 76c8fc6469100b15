//! Which library sends a request, and where it takes its address and its options from.

use crate::code::{Kind, NodeRef, Role};

/// A library that sends requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Client {
    Fetch,
    /// `fetch` of the package of that name, which takes a `timeout`.
    NodeFetch,
    Axios,
    Got,
    Ky,
    Superagent,
    /// Node's own `http` and `https`.
    Node,
    Requests,
    Httpx,
    Aiohttp,
    Urllib,
}

/// A call that sends a request or makes a client.
pub(super) struct Sender<'t> {
    pub client: Client,
    pub name: String,
    pub makes_client: bool,
    pub address: Option<NodeRef<'t>>,
    /// The options object of a script's client.
    pub options: Option<NodeRef<'t>>,
}

const VERBS: [&str; 8] = ["get", "post", "put", "patch", "delete", "head", "options", "request"];

pub(super) fn sender(call: NodeRef<'_>, script: bool) -> Option<Sender<'_>> {
    if script { script_sender(call) } else { python_sender(call) }
}

fn script_sender(call: NodeRef<'_>) -> Option<Sender<'_>> {
    let callee = call.child(Role::Callee)?;
    let path = callee.api_path()?;
    let sender = |client, makes_client, address, options| {
        Some(Sender { client, name: shown(&path), makes_client, address, options })
    };
    match path.as_str() {
        "fetch" | "globalThis.fetch" | "window.fetch" | "self.fetch" | "global.fetch" | "undici.fetch" => {
            sender(Client::Fetch, false, call.argument(0), call.argument(1))
        }
        "node-fetch" | "cross-fetch" | "isomorphic-fetch" | "cross-fetch.fetch" | "node-fetch.fetch"
        | "isomorphic-unfetch" => sender(Client::NodeFetch, false, call.argument(0), call.argument(1)),
        "axios.create" => sender(Client::Axios, true, None, call.argument(0)),
        "axios" | "axios.request" | "axios.axios" => {
            let first = call.argument(0)?;
            let config = first.resolved();
            match config.kind() {
                Kind::Object => sender(Client::Axios, false, config.property("url"), Some(first)),
                _ => sender(Client::Axios, false, Some(first), call.argument(1)),
            }
        }
        "got" | "got.got" | "got.stream" => sender(Client::Got, false, call.argument(0), call.argument(1)),
        "got.extend" => sender(Client::Got, true, None, call.argument(0)),
        "ky" => sender(Client::Ky, false, call.argument(0), call.argument(1)),
        "ky.create" => sender(Client::Ky, true, None, call.argument(0)),
        "http.request" | "https.request" | "http.get" | "https.get" => {
            sender(Client::Node, false, call.argument(0), call.argument(0))
        }
        _ => {
            let (library, verb) = path.rsplit_once('.')?;
            let sends = VERBS.contains(&verb) || (library == "superagent" && verb == "del");
            if !sends {
                return None;
            }
            let body = matches!(verb, "post" | "put" | "patch");
            match library {
                "axios" | "axios.axios" => {
                    sender(Client::Axios, false, call.argument(0), call.argument(if body { 2 } else { 1 }))
                }
                "got" | "got.got" => sender(Client::Got, false, call.argument(0), call.argument(1)),
                "ky" => sender(Client::Ky, false, call.argument(0), call.argument(1)),
                "superagent" => sender(Client::Superagent, false, call.argument(0), None),
                _ => None,
            }
        }
    }
}

/// The path of a callee without a library's second name.
fn shown(path: &str) -> String {
    path.replace("axios.axios", "axios").replace("got.got", "got").replace("fetch.fetch", "fetch")
}

fn python_sender(call: NodeRef<'_>) -> Option<Sender<'_>> {
    let callee = call.child(Role::Callee)?;
    let address = call.argument(0).or_else(|| call.keyword("url"));
    let sender = |client, name: &str, makes_client, address| {
        Some(Sender { client, name: name.to_owned(), makes_client, address, options: None })
    };
    if let Some(path) = callee.api_path() {
        match path.as_str() {
            "httpx.Client" | "httpx.AsyncClient" => return sender(Client::Httpx, &path, true, None),
            "aiohttp.ClientSession" => return sender(Client::Aiohttp, &path, true, None),
            "urllib.request.urlopen" => return sender(Client::Urllib, &path, false, address),
            _ => {}
        }
        if let Some((library, verb)) = path.rsplit_once('.').filter(|(_, verb)| VERBS.contains(verb)) {
            let address = if verb == "request" { call.argument(1).or_else(|| call.keyword("url")) } else { address };
            match library {
                "requests" | "requests.api" => return sender(Client::Requests, &path, false, address),
                "httpx" => return sender(Client::Httpx, &path, false, address),
                _ => {}
            }
        }
    }
    let receiver = call.receiver().filter(|_| VERBS.contains(&callee.name()))?;
    if !is_session(receiver) {
        return None;
    }
    let address = if callee.name() == "request" { call.argument(1).or_else(|| call.keyword("url")) } else { address };
    sender(Client::Requests, callee.text(), false, address)
}

/// Whether `receiver` is a session of `requests` that this file makes.
fn is_session(receiver: NodeRef<'_>) -> bool {
    match receiver.kind() {
        Kind::Identifier => {
            receiver.definition().is_some_and(makes_session) || managed(receiver).is_some_and(makes_session)
        }
        // `self.session = requests.Session()` somewhere in the class
        Kind::Member if receiver.child(Role::Object).is_some_and(|object| object.name() == "self") => {
            let Some(class) = receiver.enclosing_class() else { return false };
            class.descendants().take(4000).any(|node| {
                node.is(Kind::Assignment)
                    && node
                        .child(Role::Target)
                        .is_some_and(|target| target.is(Kind::Member) && target.name() == receiver.name())
                    && node.child(Role::Value).is_some_and(makes_session)
            })
        }
        _ => false,
    }
}

fn makes_session(call: NodeRef<'_>) -> bool {
    call.is(Kind::Call)
        && call.callee_api().is_some_and(|path| {
            matches!(path.as_str(), "requests.Session" | "requests.session" | "requests.sessions.Session")
        })
}

/// What `with … as name` opens.
fn managed(name: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let binding = name.binding()?;
    let block = name.tree().at(binding.declaration);
    let children: Vec<NodeRef<'_>> = block.children().take(16).collect();
    let at = children.iter().position(|child| child.role() == Role::Target && child.name() == name.name())?;
    at.checked_sub(1).map(|before| children[before]).filter(|manager| manager.role() == Role::Value)
}
