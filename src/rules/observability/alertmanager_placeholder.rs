//! `alertmanager-placeholder`: Alertmanager's receivers have real addresses.

use std::collections::BTreeSet;

use crate::{
    doc::Node,
    facts::{
        Fact,
        monitoring::{self, Settings},
    },
    model::{Confidence, Evidence, Message, Severity, Site, Verdict},
    repo::FileKind,
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: AlertmanagerPlaceholder = AlertmanagerPlaceholder;

pub(in crate::rules) struct AlertmanagerPlaceholder;

impl Rule for AlertmanagerPlaceholder {
    fn id(&self) -> &'static str {
        "alertmanager-placeholder"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let configured = monitoring::alertmanager(cx.repo);
        if configured.is_empty() {
            return Verdict::not_applicable("no-alertmanager");
        }
        let container = monitoring::runs(cx.repo, "alertmanager").is_some();
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        for settings in configured {
            let rendered = is_rendered(cx, &settings);
            let found = judge(&settings, rendered, container);
            if found.is_empty() {
                fine.extend(
                    settings.place_of("receivers").map(|place| Evidence::At { place, note: Message::new("real") }),
                );
            }
            sites.extend(found);
        }
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("no-alertmanager"));
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-alertmanager"))
    }
}

/// Whether something fills the file in before Alertmanager reads it.
fn is_rendered(cx: &Context<'_>, settings: &Settings<'_>) -> bool {
    let tools = ["envsubst", "gomplate", "confd", "j2", "sed"];
    let by_command = cx.facts.commands(cx.repo).iter().any(|used| {
        let tool = used.command.program().is_some_and(|program| tools.contains(&program.name));
        tool && cx.repo.read(used.file).is_ok_and(|text| text.contains("alertmanager"))
    });
    let by_text =
        cx.repo.files().iter().filter(|file| file.kind == FileKind::Compose).any(|file| {
            cx.repo.read(file.id).is_ok_and(|text| text.contains("envsubst") && text.contains("alertmanager"))
        });
    let name = settings.file.name();
    by_command || by_text || [".tmpl", ".tpl", ".template", ".j2", "template"].iter().any(|part| name.contains(part))
}

/// Keys whose values are written for people.
const PROSE: [&str; 12] = [
    "html",
    "text",
    "title",
    "body",
    "subject",
    "message",
    "headers",
    "description",
    "fallback",
    "footer",
    "pretext",
    "title_link",
];

fn judge(settings: &Settings<'_>, rendered: bool, container: bool) -> Vec<Site> {
    let mut sites = Vec::new();
    for key in ["global", "receivers"] {
        let Some(part) = settings.root.get(key) else { continue };
        for (path, node) in part.walk() {
            let Some(text) = node.as_str() else { continue };
            let last = path.last_key().unwrap_or_default();
            let prose = PROSE.contains(&last.to_ascii_lowercase().as_str()) || last == "Subject" || last == "name";
            if !prose && !text.contains("{{") {
                sites.extend(value(settings, node, text, rendered, container));
            }
        }
    }
    sites.extend(routes(settings));
    sites
}

fn value(settings: &Settings<'_>, node: &Node, text: &str, rendered: bool, container: bool) -> Option<Site> {
    let place = settings.at(node);
    if let Some(name) = variable(text) {
        let message = Message::new("variable").with("name", name);
        return (!rendered).then(|| Site::new(place, message).key(name));
    }
    let lower = text.to_ascii_lowercase();
    let marks = [
        "your_",
        "your-",
        "yourdomain",
        "yourcompany",
        "your.",
        "changeme",
        "change-me",
        "change_me",
        "placeholder",
        "replace_",
        "replace-",
        "xxxx",
        "t00000000",
        "/services/xxx",
        "/services/your",
        "todo",
        "insert_",
        "my-domain",
    ];
    let host = ["example.com", "example.org", "example.net", "domain.com", "company.com"];
    let angle = text.starts_with('<') && text.ends_with('>');
    let mark = marks.iter().chain(&host).find(|mark| lower.contains(**mark));
    if mark.is_some() || angle {
        return Some(Site::new(place, Message::new("placeholder").with("value", mark.map_or(text, |mark| *mark))));
    }
    let local = ["://localhost", "://127.0.0.1"].iter().any(|address| lower.contains(address));
    (local && container)
        .then(|| Site::new(place, Message::new("localhost")).severity(Severity::Medium).confidence(Confidence::Likely))
}

/// The name of the first `${NAME}` in a value.
fn variable(text: &str) -> Option<&str> {
    let at = text.find("${")?;
    let name = text[at + 2..].split(['}', ':']).next()?;
    let valid = !name.is_empty() && name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_');
    valid.then_some(name)
}

/// Routes to receivers that do not exist.
fn routes(settings: &Settings<'_>) -> Vec<Site> {
    let receivers = settings.root.get("receivers").map(Node::items).unwrap_or_default();
    let names: BTreeSet<&str> =
        receivers.iter().filter_map(|receiver| receiver.get("name").and_then(Node::text)).collect();
    let Some(route) = settings.root.get("route") else { return Vec::new() };
    route
        .walk()
        .filter(|(path, _)| path.last_key() == Some("receiver"))
        .filter_map(|(_, node)| Some((node, node.text()?)))
        .filter(|(_, name)| !names.contains(name) && !name.contains("${"))
        .map(|(node, name)| Site::new(settings.at(node), Message::new("unknown-receiver").with("name", name)))
        .collect()
}
