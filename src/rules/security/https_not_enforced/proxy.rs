//! Proxies that the repository configures: nginx and Traefik.

use super::Found;
use crate::{
    facts::{
        compose, images,
        tier::{self, Tier},
    },
    model::{Confidence, Place, Site, Span},
    repo::{File, FileKind, Repo},
    rule::Context,
};

pub(super) fn judge(cx: &Context<'_>, found: &mut Found) {
    for file in cx.repo.files().iter().filter(|file| is_nginx(file)) {
        if let Ok(text) = cx.repo.read(file.id) {
            nginx(file, &text, found);
        }
    }
    traefik(cx, found);
}

/// Whether a file configures nginx for others than developers, by its name.
fn is_nginx(file: &File) -> bool {
    let path = file.path.as_str();
    let configures = matches!(file.path.extension(), Some("conf" | "template" | "tmpl" | "nginx"));
    file.role.is_operational()
        && configures
        && file.language.is_none()
        && !matches!(file.kind, FileKind::Env | FileKind::EnvExample)
        && !matches!(tier::of_path(&file.path), Tier::Development)
        && !images::is_development(file)
        && !path.contains("apache")
}

/// One `server { … }`.
struct Server<'t> {
    span: Span,
    text: &'t str,
}

impl Server<'_> {
    /// The words of each directive `name`, comments left out.
    fn all(&self, name: &str) -> Vec<Vec<&str>> {
        let lines = self.text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
        lines
            .filter_map(|line| {
                let mut words = line.trim_end_matches(';').split_whitespace();
                (words.next() == Some(name)).then(|| words.collect())
            })
            .collect()
    }

    fn listens(&self, test: impl Fn(&str) -> bool) -> bool {
        self.all("listen").iter().any(|words| words.iter().any(|word| test(word)))
    }

    fn ends_tls(&self) -> bool {
        self.listens(|word| word == "ssl" || word == "443" || word.ends_with(":443"))
    }

    fn is_plain(&self) -> bool {
        self.all("listen").iter().any(|words| {
            !words.contains(&"ssl") && words.first().is_some_and(|address| *address == "80" || address.ends_with(":80"))
        })
    }

    /// Whether the text sends callers to HTTPS, or asks how they came.
    fn redirects(&self) -> bool {
        ["https://", "$scheme", "forwarded_proto", "error_page 497"].iter().any(|word| {
            self.text.lines().any(|line| {
                let code = line.split('#').next().unwrap_or_default().trim();
                let decides = code.starts_with("return")
                    || code.starts_with("rewrite")
                    || code.starts_with("if")
                    || code.starts_with("error_page")
                    || code.contains("{ return");
                decides && code.contains(word)
            })
        })
    }

    /// Whether it answers the public with something: what only counts or answers challenges needs no redirect.
    fn serves(&self) -> bool {
        let hands_out = ["proxy_pass", "root", "try_files", "fastcgi_pass", "uwsgi_pass", "alias"];
        let names = self.all("server_name");
        let local = names.iter().flatten().any(|name| matches!(*name, "localhost" | "127.0.0.1"));
        let private = ["stub_status", "allow 127.", "allow 10.", "deny all", "listen 127."];
        hands_out.iter().any(|name| !self.all(name).is_empty())
            && !local
            && !private.iter().any(|word| self.text.contains(word))
    }
}

fn servers(text: &str) -> Vec<Server<'_>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find("server").map(|at| from + at) {
        from = at + "server".len();
        let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
        let alone = text[line..at].trim().is_empty() || text[line..at].trim_end().ends_with('{');
        let Some(open) = text[from..].find(|char: char| !char.is_whitespace()).map(|skip| from + skip) else { break };
        if !alone || !text[open..].starts_with('{') {
            continue;
        }
        let mut depth = 0_usize;
        let end = text[open..].char_indices().find_map(|(offset, char)| {
            match char {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => return None,
            }
            (depth == 0).then_some(open + offset + 1)
        });
        let Some(end) = end else { break };
        found.push(Server { span: Span::new(at, open + 1), text: &text[open..end] });
        from = end;
    }
    found
}

fn nginx(file: &File, text: &str, found: &mut Found) {
    if !text.contains("listen") {
        return;
    }
    let servers = servers(text);
    let ends_tls = servers.iter().any(Server::ends_tls);
    for server in servers.iter().filter(|server| server.is_plain()) {
        let place = Place::At(file.id, server.span);
        if server.redirects() {
            found.fine(place, "nginx");
        } else if ends_tls && server.serves() {
            let key = if server.ends_tls() { "both" } else { "plain" };
            found.sites.push(Site::new(place, key).confidence(Confidence::Likely));
        }
    }
}

/// Traefik in Compose, with an entry point for each of the two.
fn traefik(cx: &Context<'_>, found: &mut Found) {
    let elsewhere = traefik_redirects(cx.repo);
    for project in compose::projects(cx.repo, cx.facts) {
        for service in &project.services {
            if service.kind.product() != Some("Traefik") || !project.stage_of(service).is_served() {
                continue;
            }
            let command = service.command().to_ascii_lowercase();
            let labels: String = service.text_at(&["labels"]).map_or_else(String::new, |(text, _)| text);
            if command.contains("redirections") || labels.contains("redirectscheme") || elsewhere {
                found.fine(service.place(), "Traefik");
            } else if command.contains("address=:80") && command.contains("address=:443") {
                found.sites.push(Site::new(service.place(), "traefik").confidence(Confidence::Likely));
            }
        }
    }
}

/// Whether any file that configures Traefik redirects.
fn traefik_redirects(repo: &Repo) -> bool {
    let files = repo
        .files()
        .iter()
        .filter(|file| file.role.is_operational() && matches!(file.path.extension(), Some("yml" | "yaml" | "toml")));
    files.filter_map(|file| repo.read(file.id).ok()).any(|text| {
        let lower = text.to_ascii_lowercase();
        lower.contains("redirectscheme") || lower.contains("redirections")
    })
}
