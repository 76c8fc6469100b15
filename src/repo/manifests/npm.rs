//! `package.json`, and the files that join packages to workspaces.

use super::{Dependency, DependencyGroup, Manifest, Script, Stated};
use crate::doc::{Doc, Node, Value};

/// Tools that keep their configuration in `package.json`.
const TOOLS: &[&str] = &[
    "jest",
    "eslintConfig",
    "prettier",
    "babel",
    "lint-staged",
    "husky",
    "nyc",
    "ava",
    "mocha",
    "browserslist",
    "release",
];

pub(super) fn package(mut manifest: Manifest, doc: &Doc) -> Manifest {
    manifest.damaged = !doc.is_complete();
    let Some(root) = doc.root() else { return manifest };
    manifest.name = stated(root.get("name"));
    manifest.version = stated(root.get("version"));
    manifest.private = root.get("private").is_some_and(|value| value.text() == Some("true"));
    for (key, group) in [
        ("dependencies", DependencyGroup::Runtime),
        ("devDependencies", DependencyGroup::Dev),
        ("peerDependencies", DependencyGroup::Peer),
        ("optionalDependencies", DependencyGroup::Optional),
    ] {
        let entries = root.get(key).map(Node::entries).unwrap_or_default();
        manifest.dependencies.extend(entries.iter().map(|entry| Dependency {
            name: entry.key.clone(),
            version: entry.value.as_str().map(str::to_owned),
            group,
            span: entry.span(),
        }));
    }
    for entry in root.get("scripts").map(Node::entries).unwrap_or_default() {
        if let Some(command) = entry.value.as_str() {
            let (name, command) = (entry.key.clone(), command.to_owned());
            manifest.scripts.push(Script { name, command, span: entry.value.span });
        }
    }
    if let Some(workspaces) = root.get("workspaces") {
        manifest.workspaces = strings(workspaces.get("packages").unwrap_or(workspaces));
    }
    if let Some(bin) = root.get("bin") {
        manifest.bins = leaves(bin);
    }
    for key in ["main", "module", "types", "typings", "exports"] {
        if let Some(value) = root.get(key) {
            manifest.entries.extend(leaves(value));
        }
    }
    for entry in root.get("engines").map(Node::entries).unwrap_or_default() {
        if let Some(version) = stated(Some(&entry.value)) {
            manifest.engines.push((entry.key.clone(), version));
        }
    }
    manifest.package_manager = stated(root.get("packageManager"));
    for entry in root.entries().iter().filter(|entry| TOOLS.contains(&entry.key.as_str())) {
        manifest.tools.push(Stated { text: entry.key.clone(), span: entry.key_span });
    }
    manifest
}

/// `pnpm-workspace.yaml` and `lerna.json`; the other workspace files name no packages.
pub(super) fn workspace(mut manifest: Manifest, name: &str, doc: &Doc) -> Option<Manifest> {
    if !matches!(name, "pnpm-workspace.yaml" | "pnpm-workspace.yml" | "lerna.json") {
        return None;
    }
    manifest.damaged = !doc.is_complete();
    manifest.workspaces = strings(doc.root()?.get("packages")?);
    Some(manifest)
}

pub(super) fn stated(node: Option<&Node>) -> Option<Stated> {
    let node = node?;
    Some(Stated { text: node.text()?.to_owned(), span: node.span })
}

pub(super) fn strings(list: &Node) -> Vec<Stated> {
    list.items().iter().filter_map(|item| stated(Some(item))).collect()
}

/// Every string at and below `node`.
fn leaves(node: &Node) -> Vec<Stated> {
    node.walk()
        .filter_map(|(_, node)| match &node.value {
            Value::String(text) => Some(Stated { text: text.clone(), span: node.span }),
            _ => None,
        })
        .collect()
}
