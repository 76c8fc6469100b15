//! Manifests of ecosystems that are read at presence level: names and dependencies.

use super::{Dependency, DependencyGroup as Group, Manifest, Script, Stated, npm::stated};
use crate::{
    doc::{Doc, Node},
    model::Span,
};

/// `None` for a module that only pins the version of tools: what is written in Go is elsewhere.
pub(super) fn go_mod(mut manifest: Manifest, text: &str) -> Option<Manifest> {
    let mut in_block = false;
    let (mut tools, mut direct) = (false, false);
    for (start, line) in lines(text) {
        let code = line.split("//").next().unwrap_or(line).trim();
        let words: Vec<&str> = code.split_ascii_whitespace().collect();
        let span = Span::new(start, start + code.len());
        match words[..] {
            ["module", name] => manifest.name = Some(Stated { text: name.to_owned(), span }),
            ["tool", ..] => tools = true,
            ["go", version] => manifest.engines.push(("go".to_owned(), Stated { text: version.to_owned(), span })),
            ["require", "("] => in_block = true,
            [")"] => in_block = false,
            ["require", name, version] | [name, version] if in_block || words.len() == 3 => {
                direct |= !line.contains("// indirect");
                manifest.dependencies.push(go_dependency(name, version, span));
            }
            _ => {}
        }
    }
    (direct || !tools).then_some(manifest)
}

fn go_dependency(name: &str, version: &str, span: Span) -> Dependency {
    Dependency { name: name.to_owned(), version: Some(version.to_owned()), group: Group::Runtime, span }
}

pub(super) fn cargo(mut manifest: Manifest, doc: &Doc) -> Manifest {
    manifest.damaged = !doc.is_complete();
    let Some(root) = doc.root() else { return manifest };
    if let Some(package) = root.get("package") {
        manifest.name = stated(package.get("name"));
        manifest.version = stated(package.get("version"));
        manifest.private = package.get("publish").and_then(Node::as_bool) == Some(false);
        if let Some(version) = stated(package.get("rust-version")) {
            manifest.engines.push(("rust".to_owned(), version));
        }
    }
    for (key, group) in
        [("dependencies", Group::Runtime), ("dev-dependencies", Group::Dev), ("build-dependencies", Group::Dev)]
    {
        for entry in root.get(key).map(Node::entries).unwrap_or_default() {
            let version = entry.value.as_str().or_else(|| entry.value.get("version").and_then(Node::as_str));
            manifest.dependencies.push(Dependency {
                name: entry.value.get("package").and_then(Node::as_str).unwrap_or(&entry.key).to_owned(),
                version: version.map(str::to_owned),
                group,
                span: entry.span(),
            });
        }
    }
    if let Some(members) = root.at(&["workspace", "members"]) {
        manifest.workspaces = super::npm::strings(members);
    }
    if let Some(entry) = root.entry("lib") {
        manifest.entries.push(Stated { text: "lib".to_owned(), span: entry.key_span });
    }
    for bin in root.get("bin").map(Node::items).unwrap_or_default() {
        manifest.bins.extend(stated(bin.get("name")));
    }
    manifest
}

pub(super) fn pom(mut manifest: Manifest, doc: &Doc) -> Manifest {
    manifest.damaged = !doc.is_complete();
    let Some(project) = doc.root().map(|root| root.get("project").unwrap_or(root)) else { return manifest };
    manifest.name = stated(project.get("artifactId"));
    manifest.version = stated(project.get("version"));
    if let Some(version) = stated(project.at(&["properties", "java.version"])) {
        manifest.engines.push(("java".to_owned(), version));
    }
    for list in project.all("dependencies") {
        for node in list.all("dependency") {
            manifest.dependencies.extend(maven_dependency(node));
        }
    }
    if let Some(parent) = project.get("parent") {
        // Spring Boot's parent is how most of its applications say what they are.
        manifest.dependencies.extend(maven_dependency(parent));
    }
    if let Some(modules) = project.get("modules") {
        manifest.workspaces = modules.all("module").filter_map(|module| stated(Some(module))).collect();
    }
    manifest
}

fn maven_dependency(node: &Node) -> Option<Dependency> {
    let group = node.get("groupId").and_then(Node::text)?;
    let artifact = node.get("artifactId").and_then(Node::text)?;
    let test = node.get("scope").and_then(Node::text) == Some("test");
    Some(Dependency {
        name: format!("{group}:{artifact}"),
        version: node.get("version").and_then(Node::text).map(str::to_owned),
        group: if test { Group::Dev } else { Group::Runtime },
        span: node.span,
    })
}

/// `implementation("group:artifact:version")`, with or without parentheses, and `id 'plugin'`.
pub(super) fn gradle(mut manifest: Manifest, text: &str) -> Manifest {
    for (start, line) in lines(text) {
        let configuration = line.split(|char: char| !char.is_ascii_alphanumeric()).next().unwrap_or_default();
        let Some(literal) = quoted(line) else { continue };
        let lower = configuration.to_ascii_lowercase();
        let group =
            if lower.starts_with("test") || lower.starts_with("androidtest") { Group::Dev } else { Group::Runtime };
        let known = ["implementation", "api", "compile", "runtimeonly", "compileonly", "kapt", "ksp"];
        let span = Span::new(start, start + line.len());
        if lower == "id" {
            manifest.tools.push(Stated { text: literal.to_owned(), span });
        } else if known.iter().any(|name| lower.ends_with(name)) {
            let parts: Vec<&str> = literal.split(':').collect();
            if let [owner, artifact, rest @ ..] = parts.as_slice() {
                let version = rest.first().map(|version| (*version).to_owned());
                manifest.dependencies.push(Dependency { name: format!("{owner}:{artifact}"), version, group, span });
            }
        }
    }
    manifest
}

pub(super) fn composer(mut manifest: Manifest, doc: &Doc) -> Manifest {
    manifest.damaged = !doc.is_complete();
    let Some(root) = doc.root() else { return manifest };
    manifest.name = stated(root.get("name"));
    manifest.version = stated(root.get("version"));
    if let Some(kind) = stated(root.get("type")).filter(|kind| kind.text == "library") {
        manifest.entries.push(kind);
    }
    for (key, group) in [("require", Group::Runtime), ("require-dev", Group::Dev)] {
        for entry in root.get(key).map(Node::entries).unwrap_or_default() {
            if entry.key == "php" {
                manifest.engines.extend(stated(Some(&entry.value)).map(|version| ("php".to_owned(), version)));
            } else {
                let version = entry.value.as_str().map(str::to_owned);
                manifest.dependencies.push(Dependency { name: entry.key.clone(), version, group, span: entry.span() });
            }
        }
    }
    for entry in root.get("scripts").map(Node::entries).unwrap_or_default() {
        if let Some(command) = entry.value.as_str() {
            let (name, command) = (entry.key.clone(), command.to_owned());
            manifest.scripts.push(Script { name, command, span: entry.value.span });
        }
    }
    manifest
}

pub(super) fn gemfile(mut manifest: Manifest, text: &str) -> Manifest {
    let mut group = Group::Runtime;
    for (start, line) in lines(text) {
        if line.starts_with("group ") {
            let production = line.contains(":production") || line.contains(":default");
            group = if production { Group::Runtime } else { Group::Dev };
        } else if line == "end" {
            group = Group::Runtime;
        } else if let Some(rest) = line.strip_prefix("gem ").or_else(|| line.strip_prefix("gem("))
            && let Some(name) = quoted(rest)
        {
            let after = rest.split_once(name).map(|(_, after)| after.trim_start_matches(['"', '\'', ',', ' ']));
            let version =
                after.filter(|after| after.starts_with(|char: char| char.is_ascii_digit() || "~><=".contains(char)));
            manifest.dependencies.push(Dependency {
                name: name.to_owned(),
                version: version.map(|version| version.trim_matches(['"', '\'']).to_owned()),
                group,
                span: Span::new(start, start + line.len()),
            });
        }
    }
    manifest
}

/// The first quoted string of a line.
fn quoted(line: &str) -> Option<&str> {
    let start = line.find(['"', '\''])?;
    let quote = char::from(line.as_bytes()[start]);
    let rest = &line[start + 1..];
    rest.find(quote).map(|end| &rest[..end])
}

/// Lines without surrounding spaces, with their offsets; comment lines and empty ones left out.
fn lines(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut offset = 0;
    for raw in text.split_inclusive('\n') {
        let line = raw.trim();
        if !line.is_empty() && !line.starts_with('#') && !line.starts_with("//") {
            found.push((offset + (raw.len() - raw.trim_start().len()), line));
        }
        offset += raw.len();
    }
    found
}
