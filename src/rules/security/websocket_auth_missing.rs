//! `websocket-auth-missing`: a socket is opened only to those who say who they are.

use crate::{
    code::{Kind, NodeRef, Role},
    facts::{
        Fact,
        routes::{GuardDoes, RouteKind, standing},
    },
    model::{Confidence, Evidence, Message, Observation, Place, Site, Tone, Verdict},
    repo::Role as FileRole,
    rule::{Context, Out, Rule, Visit, Watch, by_component, site_of},
};

pub(in crate::rules) static RULE: WebsocketAuthMissing = WebsocketAuthMissing;

pub(in crate::rules) struct WebsocketAuthMissing;

impl Rule for WebsocketAuthMissing {
    fn id(&self) -> &'static str {
        "websocket-auth-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Routes, Fact::Modules, Fact::Access]
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call]).keywords(&["socket.io", "WebSocketServer", "WebSocket.Server"])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        match node.callee_name() {
            Some("on") if is_connection(node) => connection(file, node, out),
            Some("use") => used(file, node, out),
            _ => {}
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let (mut sites, mut fine, mut unclear) = (Vec::new(), Vec::new(), 0_usize);
        for seen in by_component(cx.repo, cx.seen).values() {
            let of = |key: &str| seen.iter().filter(|one| one.message.key == key).collect::<Vec<&Observation>>();
            let (refusing, letting, elsewhere) = (of("refuses"), of("lets-in"), of("elsewhere"));
            fine.extend(
                refusing.iter().map(|one| Evidence::At { place: one.place.clone(), note: one.message.clone() }),
            );
            if !refusing.is_empty() {
                continue;
            }
            sites.extend(letting.iter().map(|one| site_of(one)));
            let open: Vec<&Observation> =
                seen.iter().filter(|one| one.tone == Tone::Bad && one.message.key == "open").collect();
            if letting.is_empty() && elsewhere.is_empty() {
                sites.extend(open.iter().map(|one| site_of(one).confidence(Confidence::Likely)));
            } else if letting.is_empty() {
                unclear += 1;
            }
        }
        in_routes(cx, &mut sites, &mut fine, &mut unclear);
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if !sites.is_empty() {
            return Verdict::fail_or(sites, || Verdict::not_applicable("none")).also_fine(fine).sites(total, ok);
        }
        if unclear > 0 && fine.is_empty() {
            return Verdict::unknown("unclear");
        }
        Verdict::pass_or(fine, || Verdict::not_applicable("none")).sites(total, ok)
    }
}

/// Sockets that are routes. Those of servers of their own are seen while their files are visited.
fn in_routes(cx: &Context<'_>, sites: &mut Vec<Site>, fine: &mut Vec<Evidence>, unclear: &mut usize) {
    let modules = cx.facts.modules(cx.repo);
    for route in cx.facts.routes(cx.repo) {
        let counts = route.kind == RouteKind::WebSocket
            && cx.repo.file(route.file).role == FileRole::Source
            && matches!(route.framework, "fastapi" | "fastify" | "nest")
            && !cx.seen.iter().any(|seen| seen.place.file() == Some(route.file));
        if !counts {
            continue;
        }
        if let Some(guard) = route.authenticates() {
            let place = guard.decides.as_ref().unwrap_or(&guard.place).clone();
            fine.push(Evidence::At { place, note: Message::new("route-guarded").with("path", &route.path) });
            continue;
        }
        let hesitant = !route.resolved
            || route.guard(GuardDoes::Unknown).is_some()
            || route.guard(GuardDoes::Identifies).is_some()
            || standing::refuses(modules, route)
            || standing::reads_identity(modules, route)
            || route.is_told()
            || may_check(cx, route.handler.as_ref());
        if hesitant {
            *unclear += 1;
        } else {
            let message = Message::new("route").with("path", &route.path);
            sites.push(Site::new(route.place.clone(), message).confidence(Confidence::Likely).key(&route.path));
        }
    }
}

/// Whether the text of a handler speaks of tokens and the like.
fn may_check(cx: &Context<'_>, handler: Option<&Place>) -> bool {
    let Some(Place::At(file, span)) = handler else { return true };
    let Ok(text) = cx.repo.read(*file) else { return true };
    let inside = text.get(span.start as usize..span.end as usize).unwrap_or_default();
    speaks_of_callers(inside)
}

fn speaks_of_callers(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    [
        "token",
        "auth",
        "jwt",
        "session",
        "current_user",
        "permission",
        "verify",
        "disconnect(",
        "1008",
        "4001",
        "4401",
        "secret",
        "credential",
    ]
    .iter()
    .any(|word| text.contains(word))
}

/// `io.on('connection', (socket) => …)`, `wss.on('connection', …)`.
fn is_connection(node: NodeRef<'_>) -> bool {
    node.argument(0).is_some_and(|event| event.is(Kind::String) && event.name() == "connection")
        && node.argument(1).is_some()
}

fn connection(file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
    let handler = node.argument(1).map(NodeRef::resolved);
    let Some(handler) = handler.filter(|handler| handler.is(Kind::Function)) else {
        out.note(file.place(node), "elsewhere");
        return;
    };
    let refuses = handler.descendants().any(|inner| {
        inner.is(Kind::Call)
            && matches!(inner.callee_name(), Some("disconnect" | "close" | "terminate" | "verify" | "verifyToken"))
            && inner.enclosing_function().is_some_and(|owner| owner.id() == handler.id())
    });
    let server = file.text.contains("verifyClient")
        || file.text.contains("'upgrade'")
        || file.text.contains("\"upgrade\"")
        || file.text.contains("allowRequest");
    if refuses {
        out.good(file.place(node), "refuses");
        return;
    }
    if server {
        out.note(file.place(node), "elsewhere");
        return;
    }
    // Who only listens to what is for everybody takes nothing.
    let takes = handler.descendants().any(|inner| {
        inner.is(Kind::Call)
            && inner.callee_name() == Some("on")
            && inner.argument(0).is_some_and(|event| {
                event.is(Kind::String)
                    && !matches!(event.name(), "disconnect" | "disconnecting" | "error" | "close" | "pong" | "ping")
            })
    });
    if takes {
        out.bad(file.place(node), "open");
    }
}

/// `io.use((socket, next) => …)`.
fn used(file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
    if !file.text.contains("socket.io") {
        return;
    }
    let Some(given) = node.argument(0) else { return };
    let function = given.resolved();
    if !function.is(Kind::Function) {
        // Express and its kin are used with paths, calls and routers.
        if matches!(given.kind(), Kind::Identifier | Kind::Member | Kind::Call)
            && node.receiver().is_some_and(is_sockets)
        {
            out.note(file.place(node), "elsewhere");
        }
        return;
    }
    let named: Vec<&str> = function.children_in(Role::Parameter).map(NodeRef::name).collect();
    if named.len() != 2 || !matches!(named.first(), Some(&("socket" | "client" | "s" | "_socket"))) {
        return;
    }
    let refuses = function.descendants().any(|inner| {
        let passes = inner.is(Kind::Call) && inner.callee_name() == Some(named[1]) && inner.positional().count() > 0;
        let ends = inner.is(Kind::Call) && inner.callee_name() == Some("disconnect");
        // An error that is passed on refuses somebody only where something is asked that can fail.
        let asked = inner.enclosing_catch().is_none() || asks(function);
        (passes && inner.argument(0).is_some_and(|error| !error.is(Kind::Null)) || ends) && asked
    });
    let reads = function.text().contains("handshake") || function.text().contains("auth");
    if refuses {
        out.good(file.place(node), "refuses");
    } else if reads {
        if asks(function) {
            out.note(file.place(node), "elsewhere");
        } else {
            out.bad(file.place(node), "lets-in");
        }
    }
}

/// Whether a function calls something that can say who the caller is.
fn asks(function: NodeRef<'_>) -> bool {
    function.descendants().filter(|inner| inner.is(Kind::Call)).filter_map(NodeRef::callee_name).any(|name| {
        let name = name.to_ascii_lowercase();
        ["verif", "auth", "decode", "session", "getuser", "finduser", "findunique", "findone", "token", "parse", "jwt"]
            .iter()
            .any(|word| name.contains(word))
    })
}

fn is_sockets(receiver: NodeRef<'_>) -> bool {
    let name = receiver.name().to_ascii_lowercase();
    name.contains("io")
        || name.contains("socket")
        || name.contains("nsp")
        || name.contains("namespace")
        || receiver.callee_name() == Some("of")
}
