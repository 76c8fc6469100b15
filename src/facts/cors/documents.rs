//! Header rules in the configuration of hosting platforms: `vercel.json`, `netlify.toml`, `firebase.json`.

use super::{
    CorsSite, Credentials, Reach,
    grant::{Audience, Fixed, Grant, When},
    headers::{ALLOW_CREDENTIALS, ALLOW_METHODS, ALLOW_ORIGIN, reach_of_path},
    library::Library,
};
use crate::{doc::Node, facts::Visit, model::Span};

const FILES: &[&str] =
    &["vercel.json", "now.json", "netlify.toml", "firebase.json", "staticwebapp.config.json", "static.json"];

/// Every rule of a platform's configuration that sets the header.
pub(super) fn sites(file: &Visit<'_>) -> Vec<CorsSite> {
    if !FILES.contains(&file.file.path.file_name().unwrap_or_default()) {
        return Vec::new();
    }
    let doc = file.repo.doc(file.file.id);
    let Some(root) = doc.as_ref().and_then(|doc| doc.root()) else { return Vec::new() };
    let mut found = Vec::new();
    collect(root, None, 0, &mut found);
    found
}

fn collect(node: &Node, path: Option<&str>, depth: u8, found: &mut Vec<CorsSite>) {
    if depth > 12 {
        return;
    }
    let own = ["source", "for", "src", "route"].iter().find_map(|key| node.get(key).and_then(Node::as_str));
    let path = own.or(path);
    if let Some((span, value)) = header(node, ALLOW_ORIGIN) {
        found.push(site(span, value, node, path));
    }
    for entry in node.entries() {
        collect(&entry.value, path, depth + 1, found);
    }
    for item in node.items() {
        collect(item, path, depth + 1, found);
    }
}

/// A header in a map of headers, or in a list of `{ "key": …, "value": … }`.
fn header<'n>(node: &'n Node, name: &str) -> Option<(Span, &'n str)> {
    let entry = node.entries().iter().find(|entry| entry.key.eq_ignore_ascii_case(name));
    if let Some(entry) = entry {
        return entry.value.text().map(|value| (entry.span(), value));
    }
    node.items().iter().find_map(|item| {
        let key = item.get("key")?.as_str()?;
        key.eq_ignore_ascii_case(name).then(|| item.get("value")?.text().map(|value| (item.span, value)))?
    })
}

fn site(span: Span, value: &str, near: &Node, path: Option<&str>) -> CorsSite {
    let audience = match value.trim() {
        "*" => Audience::Everyone,
        "" | "null" => Audience::Nobody,
        origin => Audience::Fixed(Fixed::of(origin)),
    };
    let credentials = match header(near, ALLOW_CREDENTIALS) {
        Some((_, "true")) => Credentials::Yes,
        _ => Credentials::No,
    };
    let public = header(near, "cache-control").is_some_and(|(_, value)| value.contains("public"));
    let reads_only = header(near, ALLOW_METHODS).is_some_and(|(_, methods)| {
        methods.split(',').all(|method| ["GET", "HEAD", "OPTIONS"].contains(&method.trim()))
    });
    CorsSite {
        span,
        library: Library::HeaderRule,
        grants: vec![Grant::new(span, audience, When::default())],
        credentials,
        reach: if public { Reach::Static } else { path.map_or(Reach::Whole, reach_of_path) },
        reads_only,
        options: None,
        class: None,
    }
}
