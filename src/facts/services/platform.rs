//! The services that the files of hosting platforms and process managers describe.

use super::{Described, at};
use crate::{
    doc::Node,
    model::{Place, Span},
    repo::{File, FileKind, Repo},
};

pub(super) fn described(repo: &Repo) -> Vec<Described> {
    let files = repo.files().iter().filter(|file| file.kind == FileKind::Platform && file.role.is_operational());
    files.flat_map(|file| of_file(repo, file)).collect()
}

fn of_file(repo: &Repo, file: &File) -> Vec<Described> {
    let name = file.name().to_ascii_lowercase();
    if name == "procfile" {
        return procfile(repo, file);
    }
    if name.starts_with("ecosystem.config.") && file.path.extension() != Some("json") {
        return process_manager(repo, file);
    }
    let Some(root) = repo.doc(file.id).and_then(|doc| doc.root()) else { return Vec::new() };
    match name.as_str() {
        "render.yaml" | "render.yml" => render(file, root),
        "fly.toml" => vec![fly(repo, file, root)],
        "railway.json" | "railway.toml" => vec![railway(repo, file, root)],
        "vercel.json" => vec![public(repo, file, "Vercel")],
        name if name.starts_with("fly.") => vec![fly(repo, file, root)],
        name if name.starts_with("serverless.") => serverless(repo, file, root),
        _ => Vec::new(),
    }
}

/// A service that has the name of its component, and whose platform puts it on the network.
fn public(repo: &Repo, file: &File, by: &'static str) -> Described {
    let component = repo.component(file.component);
    let name = if component.is_root() { repo.name() } else { &component.name };
    let mut found = Described::new(name, by, Place::At(file.id, Span::new(0, 1)));
    found.port("443", true);
    found.environment = "production";
    found
}

fn text(node: &Node, path: &[&str]) -> Option<String> {
    node.at(path).and_then(Node::text).map(str::to_owned)
}

fn render(file: &File, root: &Node) -> Vec<Described> {
    let mut found = Vec::new();
    for service in root.get("services").map(Node::items).unwrap_or_default() {
        let kind = service.get("type").and_then(Node::as_str).unwrap_or_default();
        let mut one = Described::new(text(service, &["name"]).unwrap_or_default(), "Render", at(file.id, service));
        one.image = text(service, &["image", "url"]);
        one.build = text(service, &["dockerfilePath"]).or_else(|| text(service, &["startCommand"]));
        one.health = service.entry("healthCheckPath").map(|entry| Place::At(file.id, entry.key_span));
        one.datastore = matches!(kind, "redis" | "keyvalue").then_some("Redis");
        one.environment = "production";
        if kind == "web" {
            one.port("443", true);
        }
        found.push(one);
    }
    for database in root.get("databases").map(Node::items).unwrap_or_default() {
        let mut one = Described::new(text(database, &["name"]).unwrap_or_default(), "Render", at(file.id, database));
        one.datastore = Some("PostgreSQL");
        one.environment = "production";
        found.push(one);
    }
    found
}

fn fly(repo: &Repo, file: &File, root: &Node) -> Described {
    let mut found = public(repo, file, "Fly.io");
    found.ports.clear();
    if let Some(app) = root.entry("app") {
        app.value.text().unwrap_or_default().clone_into(&mut found.name);
        found.place = Place::At(file.id, app.span());
    }
    found.image = text(root, &["build", "image"]);
    found.build = text(root, &["build", "dockerfile"]);
    let services = root.get("services").map(Node::items).unwrap_or_default();
    for service in root.get("http_service").into_iter().chain(services) {
        if let Some(port) = text(service, &["internal_port"]) {
            found.port(port, true);
        }
        let check = ["checks", "http_checks", "tcp_checks"].iter().find_map(|key| service.get(key));
        found.health = found.health.or_else(|| check.map(|check| at(file.id, check)));
    }
    found.health = found.health.or_else(|| root.get("checks").map(|checks| at(file.id, checks)));
    found
}

fn railway(repo: &Repo, file: &File, root: &Node) -> Described {
    let mut found = public(repo, file, "Railway");
    // A service has an address only once somebody gives it one.
    found.ports.clear();
    found.build = text(root, &["build", "dockerfilePath"]).or_else(|| text(root, &["deploy", "startCommand"]));
    let check = root.entry_at(&["deploy", "healthcheckPath"]);
    found.health = check.map(|entry| Place::At(file.id, entry.key_span));
    found
}

fn serverless(repo: &Repo, file: &File, root: &Node) -> Vec<Described> {
    let functions = root.get("functions").map(Node::entries).unwrap_or_default();
    let of = |entry: &crate::doc::Entry| {
        let mut one = Described::new(entry.key.as_str(), "Serverless Framework", Place::At(file.id, entry.key_span));
        one.build = text(&entry.value, &["handler"]);
        one.image = text(&entry.value, &["image"]);
        one.environment = "production";
        let events = entry.value.get("events").map(Node::items).unwrap_or_default();
        if events.iter().any(|event| ["http", "httpApi"].iter().any(|key| event.get(key).is_some())) {
            one.port("443", true);
        }
        one
    };
    let found: Vec<Described> = functions.iter().map(of).collect();
    if found.is_empty() { vec![public(repo, file, "Serverless Framework")] } else { found }
}

fn procfile(repo: &Repo, file: &File) -> Vec<Described> {
    let Ok(text) = repo.read(file.id) else { return Vec::new() };
    let mut found = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if let Some((process, command)) = line.trim_end().split_once(':')
            && !line.starts_with('#')
        {
            let span = Span::new(offset, offset + line.trim_end().len());
            let mut one = Described::new(process.trim(), "Procfile", Place::At(file.id, span));
            one.build = Some(command.trim().to_owned());
            if process == "web" {
                one.port("$PORT", true);
            }
            found.push(one);
        }
        offset += line.len();
    }
    found
}

/// The applications of a PM2 file: the `name`s in its text.
fn process_manager(repo: &Repo, file: &File) -> Vec<Described> {
    let Ok(text) = repo.read(file.id) else { return Vec::new() };
    let mut found = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let field = |key: &str| {
            let after = line.split_once(key)?.1.trim_start().strip_prefix(':')?.trim_start();
            let quote = after.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
            after[1..].split(quote).next().map(str::to_owned)
        };
        if let Some(name) = field("name") {
            let span = Span::new(offset, offset + line.trim_end().len());
            found.push(Described::new(name, "PM2", Place::At(file.id, span)));
        } else if let (Some(script), Some(last)) = (field("script"), found.last_mut()) {
            last.build = Some(script);
        }
        offset += line.len();
    }
    found
}
