//! What stands in front of a service, as the repository describes it, and what its server is told about it.

use crate::{
    facts::{
        compose::{self, ServiceKind},
        images,
        kubernetes::cluster::cluster,
        tier::{self, Tier},
    },
    model::{Place, Span},
    repo::{File, FileKind},
    rule::Context,
};

/// Platforms that put a proxy in front of whatever they run.
const PLATFORMS: [&str; 9] = [
    "Heroku",
    "Render",
    "Railway",
    "Fly.io",
    "DigitalOcean",
    "Google App Engine",
    "Google Cloud Run",
    "AWS App Runner",
    "Azure App Service",
];

/// Platforms that replace the header with the address they see.
const REPLACING: [&str; 3] = ["Vercel", "Netlify", "Cloudflare Workers"];

/// The proxy in front of the component, with its name.
pub(super) fn proxy(cx: &Context<'_>) -> Option<(Place, String)> {
    let targets = &cx.repo.profile().deploy_targets;
    let platform = targets.iter().find(|target| PLATFORMS.contains(&target.name)).and_then(|target| {
        let file = target.evidence.first()?.clone();
        Some((file, target.name.to_owned()))
    });
    platform.or_else(|| in_compose(cx)).or_else(|| in_cluster(cx))
}

fn in_compose(cx: &Context<'_>) -> Option<(Place, String)> {
    for project in compose::projects(cx.repo, cx.facts) {
        let applies = project.applications().next().is_some();
        let proxy = project
            .services
            .iter()
            .find(|service| matches!(service.kind, ServiceKind::Proxy(_)) && project.stage_of(service).is_served());
        if let Some(service) = proxy.filter(|_| applies) {
            return Some((service.place(), service.name.to_owned()));
        }
    }
    None
}

fn in_cluster(cx: &Context<'_>) -> Option<(Place, String)> {
    let cluster = cluster(cx.repo);
    let ingress = cluster.of_kind(&["Ingress"]).into_iter().next()?;
    Some((ingress.head(), "Ingress".to_owned()))
}

/// Whether what stands in front replaces `X-Forwarded-For` instead of adding to it.
pub(super) fn overwrites(cx: &Context<'_>) -> bool {
    let targets = &cx.repo.profile().deploy_targets;
    // Where a repository is deployed to several platforms, the part that answers browsers is mostly on this one.
    let platform = targets.iter().any(|target| REPLACING.contains(&target.name));
    platform
        || cx.repo.files().iter().filter(|file| is_proxy_file(file)).any(|file| {
            cx.repo.read(file.id).is_ok_and(|text| {
                text.lines().any(|line| {
                    let line = line.trim();
                    line.starts_with("proxy_set_header")
                        && line.contains("X-Forwarded-For")
                        && line.contains("$remote_addr")
                })
            })
        })
}

fn is_proxy_file(file: &File) -> bool {
    file.role.is_operational()
        && matches!(file.path.extension(), Some("conf" | "template" | "tmpl" | "nginx"))
        && tier::of_path(&file.path) != Tier::Development
        && !images::is_development(file)
}

/// Where commands, settings of gunicorn, or variables name the proxies to believe.
pub(super) fn told(cx: &Context<'_>) -> Vec<Place> {
    let holds = |file: &&File| {
        file.role.is_operational()
            && (matches!(
                file.kind,
                FileKind::Dockerfile
                    | FileKind::Compose
                    | FileKind::Kubernetes
                    | FileKind::HelmTemplate
                    | FileKind::HelmValues
                    | FileKind::Platform
                    | FileKind::Terraform
            ) || matches!(file.path.extension(), Some("sh"))
                || file.name().contains("gunicorn"))
    };
    let words = ["forwarded-allow-ips", "FORWARDED_ALLOW_IPS", "forwarded_allow_ips"];
    let mut found = Vec::new();
    for file in cx.repo.files().iter().filter(holds) {
        let Ok(text) = cx.repo.read(file.id) else { continue };
        if let Some((at, word)) = words.iter().find_map(|word| Some((text.find(word)?, word))) {
            found.push(Place::At(file.id, Span::new(at, at + word.len())));
        }
    }
    found
}
