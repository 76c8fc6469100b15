//! Probes over HTTP: who asks which path and port of the repository's own programs whether they are well.

use super::{
    commands::CommandUse,
    compose::ComposeService,
    images::{self, Image},
    kubernetes::cluster::{Cluster, Part},
};
use crate::{
    doc::Node,
    model::{ComponentId, Place, Span},
    repo::{Component, File, FileKind, Repo},
};

/// A probe over HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    pub place: Place,
    /// Who asks: `HEALTHCHECK`, `Compose`, `Kubernetes`, or a platform.
    pub by: &'static str,
    /// The component that is asked; `None` when the files do not tell.
    pub component: Option<ComponentId>,
    /// `None` when a variable decides or the platform knows it.
    pub port: Option<u16>,
    /// From the first `/`, without a query; `None` when a variable is a part of it.
    pub path: Option<String>,
    /// It asks another program than the image's own: a service with a command of its own, a proxy.
    pub aside: bool,
}

/// Where an address in a command leads on the machine itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    pub span: Span,
    pub port: Option<u16>,
    pub path: Option<String>,
}

const LOCAL: [&str; 5] = ["localhost", "127.0.0.1", "0.0.0.0", "[::1]", "::1"];

/// The first address of this machine in `text`: `http://localhost:3000/health`, `127.0.0.1:8000/ping`.
pub fn local_address(text: &str) -> Option<Address> {
    let (start, host) =
        LOCAL.iter().filter_map(|host| Some((text.find(host)?, *host))).min_by_key(|(start, _)| *start)?;
    let scheme = &text[..start];
    let secure = scheme.ends_with("https://");
    let named = scheme.ends_with("http://") || secure;
    let rest = &text[start + host.len()..];
    let end = rest.find([' ', '\'', '"', '`', ')', ';', '|', '>', ',', '\n', '\\', '&']).unwrap_or(rest.len());
    let address = &rest[..end];
    let (port, path) = match address.strip_prefix(':') {
        Some(after) => {
            let cut = path_start(after);
            (port_of(&after[..cut]), &after[cut..])
        }
        // Nothing but a name: not an address that is asked.
        None if !named => return None,
        None => (Some(if secure { 443 } else { 80 }), address),
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    // `'http://localhost:' + port + path`: the rest is computed.
    let computed = address == ":";
    let path = if path.is_empty() && !computed { "/" } else { path };
    let known = path.starts_with('/') && !path.contains(['$', '{']);
    let span = Span::new(start, start + host.len() + end);
    Some(Address { span, port, path: known.then(|| path.to_owned()) })
}

/// Where the path begins behind a port, which may be a variable with slashes of its own in no shell.
fn path_start(after: &str) -> usize {
    let inside = after.strip_prefix("${").and_then(|rest| rest.find('}')).map_or(0, |end| end + 3);
    after[inside..].find(['/', '?']).map_or(after.len(), |at| inside + at)
}

/// A port as a number or as the default of a variable: `3000`, `${PORT:-3000}`.
fn port_of(text: &str) -> Option<u16> {
    let inner = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    let default = inner.and_then(|inner| inner.split_once(":-").or_else(|| inner.split_once('-')));
    default.map_or(text, |(_, default)| default).parse().ok()
}

/// Every probe of the repository's own services outside development, in order of place.
pub fn probes(repo: &Repo, commands: &[CommandUse], cluster: &Cluster<'_>) -> Vec<Probe> {
    let images = images::images(repo, commands);
    let mut found = Vec::new();
    for image in &images {
        found.extend(of_image(image));
        for service in image.built_by.iter().chain(&image.run_by) {
            found.extend(of_compose(image, service));
        }
    }
    for part in cluster.containers() {
        of_part(repo, &images, &part, &mut found);
    }
    for component in repo.components() {
        found.extend(of_platform(repo, component));
    }
    found.sort_by(|a, b| (&a.place, &a.path).cmp(&(&b.place, &b.path)));
    found.dedup_by(|a, b| a.place == b.place && a.path == b.path);
    found
}

/// Whether what the image starts is a proxy or a server of files, whose paths are its own.
fn is_front(image: &Image<'_>) -> bool {
    let base = match image.dockerfile.root_base(image.stage) {
        crate::code::docker::Base::Image(name) => images::image_name(name).to_ascii_lowercase(),
        _ => String::new(),
    };
    ["nginx", "caddy", "httpd", "traefik", "haproxy", "openresty"].iter().any(|part| base.contains(part))
        || image.component.kind.is_deployable() && image_copies_files_only(image)
}

/// A start command that serves files or puts a proxy before the program.
fn image_copies_files_only(image: &Image<'_>) -> bool {
    let (entry, command) = image.start();
    let mut words = entry.into_iter().chain(command).flat_map(|one| &one.arguments);
    words.any(|word| {
        let text = word.text.rsplit('/').next().unwrap_or_default();
        ["nginx", "caddy", "serve", "http-server", "supervisord", "pm2-runtime"].contains(&text)
    })
}

fn of_image(image: &Image<'_>) -> Option<Probe> {
    let check = image.last("HEALTHCHECK")?;
    let texts: Vec<&str> = check.arguments.iter().map(|word| word.text.as_str()).collect();
    let address = local_address(&texts.join(" "))?;
    Some(Probe {
        place: image.place(check.span),
        by: "HEALTHCHECK",
        component: Some(image.component.id),
        port: address.port,
        path: address.path,
        aside: is_front(image),
    })
}

fn of_compose(image: &Image<'_>, service: &ComposeService<'_>) -> Option<Probe> {
    if images::is_development(service.file) {
        return None;
    }
    let test = service.node.get("healthcheck")?.entry("test")?;
    let text = match test.value.text() {
        Some(text) => text.to_owned(),
        None => test.value.items().iter().filter_map(Node::text).collect::<Vec<_>>().join(" "),
    };
    let address = local_address(&text)?;
    let own = service.node.get("command").is_some() || service.node.get("entrypoint").is_some();
    let worker = ["worker", "celery", "cron", "scheduler", "beat", "queue"]
        .iter()
        .any(|word| service.name.to_ascii_lowercase().contains(word));
    Some(Probe {
        place: Place::At(service.file.id, test.value.span),
        by: "Compose",
        component: Some(image.component.id),
        port: address.port,
        path: address.path,
        aside: is_front(image) || (own && worker),
    })
}

fn of_part(repo: &Repo, images: &[Image<'_>], part: &Part<'_>, found: &mut Vec<Probe>) {
    let object = part.workload.object;
    let component = asked_by(repo, images, part);
    for key in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let Some(get) = part.node.get(key).and_then(|probe| probe.entry("httpGet")) else { continue };
        let path = get.value.entry("path");
        let text = path.and_then(|path| path.value.text()).unwrap_or("/");
        let port = get.value.get("port").and_then(Node::text).and_then(|port| resolve_port(part, port));
        let plain = text.split(['?', '#']).next().unwrap_or_default();
        found.push(Probe {
            place: object.place(path.map_or(get.key_span, |path| path.value.span)),
            by: "Kubernetes",
            component,
            port,
            path: (plain.starts_with('/') && !plain.contains(['{', '$'])).then(|| plain.to_owned()),
            aside: images.iter().any(|image| Some(image.component.id) == component && is_front(image)),
        });
    }
}

/// A port by its number or by the name that the container gives it.
fn resolve_port(part: &Part<'_>, port: &str) -> Option<u16> {
    port.parse().ok().or_else(|| {
        let ports = part.node.get("ports").map(Node::items).unwrap_or_default();
        let named = ports.iter().find(|one| one.get("name").and_then(Node::text) == Some(port))?;
        named.get("containerPort")?.text()?.parse().ok()
    })
}

/// The component that a container of the cluster runs: by the name of its image, else the only one that is served.
fn asked_by(repo: &Repo, images: &[Image<'_>], part: &Part<'_>) -> Option<ComponentId> {
    let named = images.iter().find(|image| {
        image
            .containers
            .iter()
            .any(|container| container.file.id == part.workload.object.file.id && container.name == part.name)
    });
    if let Some(image) = named {
        return Some(image.component.id);
    }
    if !images.is_empty() {
        return None;
    }
    let mut served = repo.components().iter().filter(|component| component.kind.is_deployable());
    let only = served.next()?;
    served.next().is_none().then_some(only.id)
}

/// The path that a hosting platform asks, by the keys of its file.
fn of_platform(repo: &Repo, component: &Component) -> Vec<Probe> {
    let files = repo
        .files()
        .iter()
        .filter(|file| file.kind == FileKind::Platform && file.component == component.id && file.role.is_operational());
    files.flat_map(|file| in_platform_file(repo, file, component)).collect()
}

fn in_platform_file(repo: &Repo, file: &File, component: &Component) -> Vec<Probe> {
    let Some(doc) = repo.doc(file.id) else { return Vec::new() };
    let fly = file.name().starts_with("fly.") && file.path.extension() == Some("toml");
    let nodes = doc.documents.iter().flat_map(Node::walk);
    let paths: Vec<_> = nodes
        .filter(|(path, _)| match path.last_key() {
            Some("healthcheckPath" | "healthCheckPath") => true,
            Some("path") => fly && path.to_string().contains("check"),
            _ => false,
        })
        .collect();
    // Render describes several services of several folders in one file.
    let many = paths.len() > 1;
    paths
        .iter()
        .filter_map(|(_, node)| {
            let text = node.text()?.split(['?', '#']).next()?;
            Some(Probe {
                place: Place::At(file.id, node.span),
                by: "the platform",
                component: (!many).then_some(component.id),
                port: None,
                path: text.starts_with('/').then(|| text.to_owned()),
                aside: false,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Option<(Option<u16>, Option<String>)> {
        local_address(text).map(|found| (found.port, found.path))
    }

    #[test]
    fn addresses_are_read_from_commands() {
        let path = |path: &str| Some(path.to_owned());
        assert_eq!(address("curl -f http://localhost:3000/health || exit 1"), Some((Some(3000), path("/health"))));
        assert_eq!(address("wget -qO- http://127.0.0.1:${PORT:-3000}/up?x=1"), Some((Some(3000), path("/up"))));
        assert_eq!(address("curl http://localhost"), Some((Some(80), path("/"))));
        assert_eq!(address("fetch('http://localhost:'+p+'/x')"), Some((None, None)));
        assert_eq!(address("pg_isready -h localhost"), None);
        assert_eq!(address("curl localhost:8080/a${B}"), Some((Some(8080), None)));
    }
}
