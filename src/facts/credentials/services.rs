//! What a Compose service is given: its variables, the words of its command, and who can reach it.

use super::Setting;
use crate::{
    doc::Node,
    facts::compose::ComposeService,
    model::{Place, Span},
};

/// The variables that `environment` sets, in order; `NAME` alone is passed on from the outside and left out.
pub fn variables<'r>(service: &ComposeService<'r>) -> Vec<Setting<'r>> {
    service.node.get("environment").map(|node| pairs(service, node)).unwrap_or_default()
}

/// The build arguments, in order.
pub fn build_arguments<'r>(service: &ComposeService<'r>) -> Vec<Setting<'r>> {
    service.node.at(&["build", "args"]).map(|node| pairs(service, node)).unwrap_or_default()
}

/// The variable `name` of a service.
pub fn variable<'r>(service: &ComposeService<'r>, name: &str) -> Option<Setting<'r>> {
    variables(service).into_iter().rev().find(|setting| setting.name == name)
}

fn pairs<'r>(service: &ComposeService<'r>, node: &'r Node) -> Vec<Setting<'r>> {
    let file = service.file;
    let of_map = node.entries().iter().filter(|entry| !entry.value.is_null()).map(|entry| Setting {
        file,
        name: entry.key.clone(),
        text: entry.value.text().unwrap_or_default().to_owned(),
        span: entry.span(),
    });
    let of_list = node.items().iter().filter_map(|item| {
        let (name, text) = item.text()?.split_once('=')?;
        let text = unquoted(text.trim());
        Some(Setting { file, name: name.trim().to_owned(), text: text.to_owned(), span: item.span })
    });
    of_map.chain(of_list).collect()
}

fn unquoted(text: &str) -> &str {
    ['"', '\''].into_iter().find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote)).unwrap_or(text)
}

/// The words of `command` and `entrypoint`, each with its place in the file.
pub fn command_words<'r>(service: &ComposeService<'r>) -> Vec<(&'r str, Span)> {
    let nodes = ["entrypoint", "command"].into_iter().filter_map(|key| service.node.get(key));
    nodes
        .flat_map(|node| if node.is_list() { node.items().iter().collect::<Vec<_>>() } else { vec![node] })
        .filter_map(|node| Some((node, node.text()?)))
        .flat_map(|(node, text)| {
            let starts = text.split_ascii_whitespace().map(move |word| {
                let at = word.as_ptr() as usize - text.as_ptr() as usize;
                (word, node.span_of(Span::new(at, at + word.len())))
            });
            starts.collect::<Vec<_>>()
        })
        .collect()
}

/// The value of an option in the command: `--requirepass VALUE`, `--requirepass=VALUE`.
pub fn option<'r>(service: &ComposeService<'r>, name: &str) -> Option<(&'r str, Span)> {
    let words = command_words(service);
    let trim = |word: &'r str| word.trim_matches(['"', '\'']);
    words.iter().enumerate().find_map(|(at, &(word, span))| {
        let word = trim(word);
        if word == name {
            return Some(words.get(at + 1).map_or(("", span), |&(value, end)| {
                (trim(value), Span { start: span.start, end: end.end.max(span.end) })
            }));
        }
        word.strip_prefix(name)?.strip_prefix('=').map(|value| (trim(value), span))
    })
}

/// Who can connect to a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exposure {
    /// Only services of the same networks.
    Internal,
    /// The machine itself.
    Loopback(Place),
    /// Whoever reaches the machine.
    Everywhere(Place),
}

/// Who can connect to a service, by its published ports.
pub fn exposure(service: &ComposeService<'_>) -> Exposure {
    let place = |node: &Node| Place::At(service.file.id, node.span);
    let mut found = Exposure::Internal;
    for port in service.node.get("ports").map(Node::items).unwrap_or_default() {
        if is_loopback(port) {
            if found == Exposure::Internal {
                found = Exposure::Loopback(place(port));
            }
        } else {
            return Exposure::Everywhere(place(port));
        }
    }
    if service.node.get("network_mode").and_then(Node::as_str) == Some("host")
        && let Some(entry) = service.node.entry("network_mode")
    {
        return Exposure::Everywhere(Place::At(service.file.id, entry.span()));
    }
    found
}

fn is_loopback(port: &Node) -> bool {
    let host = match port.text() {
        Some(text) => text.to_owned(),
        None => port.get("host_ip").and_then(Node::text).unwrap_or_default().to_owned(),
    };
    // `${BIND:-127.0.0.1}:5432:5432` binds to the machine unless somebody says otherwise.
    let host = host.strip_prefix("${").and_then(|rest| rest.split_once(":-")).map_or(host.as_str(), |(_, rest)| rest);
    ["127.", "localhost", "[::1]", "::1"].iter().any(|start| host.starts_with(start))
}
