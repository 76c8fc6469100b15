//! `allowlist-substring-match`: an address on a list of allowed ones is that address, and not one that looks like it.

use crate::{
    code::{BindingKind, Kind, NodeRef, Role},
    facts::{Fact, Visit, Watch, access::words},
    model::{Confidence, Message, Observation, Place, Verdict},
    repo::ComponentKind,
    rule::{Context, Out, Rule},
    rules::observed,
};

pub(in crate::rules) static RULE: AllowlistSubstringMatch = AllowlistSubstringMatch;

pub(in crate::rules) struct AllowlistSubstringMatch;

/// Words of names that hold an address or a part of one.
const ADDRESSES: &[&str] =
    &["url", "uri", "href", "origin", "host", "hostname", "referer", "referrer", "redirect", "domain", "netloc"];

/// Words with which names say that something is let in.
const ALLOWS: &[&str] = &[
    "allow",
    "allowed",
    "allowlist",
    "whitelist",
    "whitelisted",
    "trusted",
    "trust",
    "safe",
    "valid",
    "validate",
    "permitted",
    "verify",
    "check",
    "authorized",
    "approved",
];

/// Words of checks that only tell kinds of links apart.
const KINDS_OF_LINKS: &[&str] = &[
    "youtube",
    "vimeo",
    "video",
    "image",
    "avatar",
    "embed",
    "icon",
    "linkedin",
    "github",
    "twitter",
    "instagram",
    "facebook",
    "tiktok",
    "loom",
    "figma",
    "spotify",
    "notion",
    "email",
];

/// Words of names that hold what only tunes or describes a request.
const TUNES: &[&str] = &[
    "timeout",
    "timeouts",
    "delay",
    "retry",
    "retries",
    "ttl",
    "label",
    "labels",
    "level",
    "color",
    "colour",
    "icon",
    "title",
    "priority",
    "verbose",
    "verbosity",
    "log",
    "logs",
    "logging",
];

impl Rule for AllowlistSubstringMatch {
    fn id(&self) -> &'static str {
        "allowlist-substring-match"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call, Kind::Binary]).keywords(&[
            "llow",
            "rust",
            "hite",
            "alid",
            "heck",
            "afe",
            "ermitted",
            "erify",
            "pproved",
            "uthorized",
        ])
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Side, Fact::Cors]
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        let tool = matches!(file.repo.component_of(file.file.id).kind, ComponentKind::Cli | ComponentKind::Library);
        let Some(question) = asked(node).filter(|question| !tool && decides(question) && !node.is_dev_only()) else {
            return;
        };
        let place = file.place(node);
        let subject = question.subject.text();
        match looseness(&question) {
            Some(key) => {
                let message =
                    Message::new(key).with("subject", short(subject)).with("part", short(question.part.text()));
                let found = out.bad(place, message);
                found.confidence = Confidence::Likely;
                subject.clone_into(&mut found.key);
            }
            None if question.how == How::Listed => {
                out.good(place, Message::new("exact").with("subject", short(subject)));
            }
            None => {}
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let seen: Vec<&Observation> =
            observed::on_server(cx).into_iter().filter(|seen| !is_about_cors(cx, seen)).collect();
        observed::judged(&seen, || Verdict::not_applicable("no-lists"))
    }
}

/// Who may call from another site is the question of the rules about CORS.
fn is_about_cors(cx: &Context<'_>, seen: &Observation) -> bool {
    let Place::At(file, span) = seen.place else { return false };
    let Some(facts) = cx.facts.of(file) else { return false };
    let sites = facts.cors.sites.iter().chain(facts.cors.definitions.iter().map(|(_, site)| site));
    let origin = seen.key.to_ascii_lowercase().contains("origin");
    sites
        .into_iter()
        .any(|site| origin || site.span.contains(span) || site.grants.iter().any(|grant| grant.span.contains(span)))
}

fn short(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= 50 { line } else { line.chars().take(49).chain(['…']).collect() }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Within,
    Begins,
    Ends,
    /// An element of a list.
    Listed,
}

/// A question whether an address is, begins, ends with or holds something.
struct Question<'t> {
    node: NodeRef<'t>,
    how: How,
    subject: NodeRef<'t>,
    part: NodeRef<'t>,
}

fn asked(node: NodeRef<'_>) -> Option<Question<'_>> {
    if node.is(Kind::Binary) {
        if !matches!(node.name(), "in" | "not in") {
            return None;
        }
        let (left, right) = (node.child(Role::Left)?, node.child(Role::Right)?);
        return if is_address(right) && !is_list(right) {
            Some(Question { node, how: How::Within, subject: right, part: left })
        } else {
            (is_address(left) && is_list(right)).then_some(Question {
                node,
                how: How::Listed,
                subject: left,
                part: right,
            })
        };
    }
    let (receiver, argument) = (node.receiver()?, node.argument(0)?);
    let how = match node.callee_name()? {
        "includes" | "indexOf" if is_list(receiver) => {
            return is_address(argument).then_some(Question {
                node,
                how: How::Listed,
                subject: argument,
                part: receiver,
            });
        }
        "has" if is_address(argument) => {
            return Some(Question { node, how: How::Listed, subject: argument, part: receiver });
        }
        "includes" | "indexOf" => How::Within,
        "startsWith" | "startswith" => How::Begins,
        "endsWith" | "endswith" => How::Ends,
        _ => return None,
    };
    (is_address(receiver) && !is_list(receiver)).then_some(Question { node, how, subject: receiver, part: argument })
}

/// Whether a value is an address or a host, by its name.
fn is_address(node: NodeRef<'_>) -> bool {
    let name = match node.kind() {
        Kind::Identifier | Kind::Member => node.name(),
        Kind::Call if matches!(node.callee_name(), Some("toLowerCase" | "lower" | "toString" | "trim" | "strip")) => {
            return node.receiver().is_some_and(is_address);
        }
        _ => return false,
    };
    let parts = words(name);
    parts.iter().any(|part| ADDRESSES.contains(&part.as_str()))
        && !parts.iter().any(|part| matches!(part.as_str(), "path" | "pathname" | "name" | "type" | "id" | "key"))
}

/// Whether a value holds many: by what it is made of, or by its name.
fn is_list(node: NodeRef<'_>) -> bool {
    let made = node.resolved();
    let many = matches!(made.kind(), Kind::Array | Kind::Object)
        || made.is(Kind::Call)
            && matches!(made.callee_name(), Some("Set" | "split" | "map" | "filter" | "set" | "frozenset"));
    many || words(node.name()).last().is_some_and(|last| {
        last.ends_with('s') && !last.ends_with("ss")
            || matches!(last.as_str(), "list" | "allowlist" | "whitelist" | "set")
    })
}

/// Whether the answer lets somebody or something in, as the names around it say.
fn decides(question: &Question<'_>) -> bool {
    if only_tunes(question) {
        return false;
    }
    let list = list_of(question).is_some_and(|list| {
        let parts = words(list.name());
        parts.iter().any(|part| ALLOWS.contains(&part.as_str()))
    });
    let mut function = question.node.enclosing_function();
    for _ in 0..3 {
        let Some(inner) = function else { break };
        let name = inner.function_name().unwrap_or_default();
        let parts = words(name);
        let about = |list: &[&str]| parts.iter().any(|part| list.contains(&part.as_str()));
        if about(KINDS_OF_LINKS) {
            return false;
        }
        if about(ALLOWS) && about(ADDRESSES) {
            return true;
        }
        function = inner.enclosing_function();
    }
    list
}

/// Whether the answer only chooses how long to wait, what to call something or how much to log, as the name of the list
/// or of what takes the answer says.
fn only_tunes(question: &Question<'_>) -> bool {
    let tunes = |name: &str| words(name).iter().any(|part| TUNES.contains(&part.as_str()));
    if list_of(question).is_some_and(|list| tunes(list.name())) {
        return true;
    }
    let mut asked = question.node;
    for above in question.node.ancestors().take(12) {
        let (taken, name) = match above.kind() {
            Kind::Assignment => (asked.role() == Role::Value, above.child(Role::Target).map_or("", NodeRef::name)),
            Kind::Property => (asked.role() == Role::Value, above.name()),
            Kind::Block | Kind::If | Kind::Loop | Kind::Class => return false,
            _ => (false, ""),
        };
        if taken {
            return tunes(name);
        }
        asked = above;
    }
    false
}

/// The list that is asked, or whose elements are asked one by one.
fn list_of<'t>(question: &Question<'t>) -> Option<NodeRef<'t>> {
    if question.how == How::Listed {
        return Some(question.part);
    }
    element_of(question.part)
}

/// The list whose element `node` is: `allowed.some((host) => url.includes(host))`, `for host in ALLOWED`.
fn element_of(node: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let binding = node.binding()?;
    let declaration = node.tree().at(binding.declaration);
    match binding.kind {
        BindingKind::Parameter => {
            let function = declaration.ancestors().find(|above| above.is(Kind::Function))?;
            let call = function.parent().filter(|parent| parent.is(Kind::Call) && function.role() == Role::Argument)?;
            matches!(call.callee_name(), Some("some" | "any" | "find" | "every" | "filter" | "findIndex"))
                .then(|| call.receiver())?
        }
        _ => {
            let around = if declaration.is(Kind::Loop) {
                Some(declaration)
            } else {
                declaration.ancestors().find(|above| above.is(Kind::Loop))
            };
            around?.child(Role::Iterated)
        }
    }
}

/// How a comparison lets others in, as the key of a message.
fn looseness(question: &Question<'_>) -> Option<&'static str> {
    let parts = parts_of(question)?;
    match question.how {
        How::Listed => None,
        How::Within => parts.iter().all(|part| is_host(part)).then_some("within"),
        How::Begins => parts
            .iter()
            .any(|part| {
                part.split_once("://")
                    .is_some_and(|(_, rest)| is_host(rest) && rest != "localhost" && !rest.contains(['/', ':']))
            })
            .then_some("begins"),
        How::Ends => {
            let host = words(question.subject.name())
                .iter()
                .any(|word| matches!(word.as_str(), "host" | "hostname" | "origin" | "domain" | "netloc"));
            let bare = |part: &String| is_host(part) && !part.starts_with(['.', '@']) && !part.contains("://");
            (host && parts.iter().any(bare)).then_some("ends")
        }
    }
}

/// The texts that are compared with: a constant, or the elements of a list that the file holds.
fn parts_of(question: &Question<'_>) -> Option<Vec<String>> {
    if let Some(text) = question.part.constant_str() {
        return Some(vec![text]);
    }
    let list = element_of(question.part)?;
    let made = list.resolved();
    let texts: Vec<String> = if made.is(Kind::Array) {
        made.children_in(Role::Item).filter_map(NodeRef::constant_str).collect()
    } else {
        Vec::new()
    };
    // What the list holds is not known, and no part of an address is safe to look for anywhere in it.
    if texts.is_empty() && question.how == How::Within { Some(vec!["list.example".to_owned()]) } else { Some(texts) }
        .filter(|texts| !texts.is_empty())
}

/// Whether a text is a host, with or without a scheme.
fn is_host(text: &str) -> bool {
    let host = text.split_once("://").map_or(text, |(_, rest)| rest);
    let host = host.trim_end_matches('/');
    let endings = [".pdf", ".png", ".jpg", ".svg", ".js", ".css", ".html", ".xml", ".json"];
    !host.is_empty()
        && !host.contains(['/', ' ', '?', '#', '='])
        && (host == "localhost" || host.trim_start_matches('.').contains('.'))
        && host.chars().any(char::is_alphabetic)
        && !host.contains("..")
        && !endings.iter().any(|ending| host.ends_with(ending))
}
