//! `sqlite-in-production`: an SQLite file does not hold the data of a service whose disk goes with its container.
//!
//! Asked only where the repository fixes SQLite for production: a choice of several databases, or a variable that the
//! deployment sets, is not ours to judge.

use camino::Utf8Path;

use crate::{
    doc::Node,
    facts::{
        Fact,
        compose::{MountKind, Project, Service, projects},
        images::{Image, images, is_development},
        kubernetes::cluster::{Cluster, cluster},
        tier::{self, Tier},
    },
    model::{ComponentId, Confidence, Evidence, Message, Place, Site, Span, Verdict},
    repo::{File, FileKind, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: SqliteInProduction = SqliteInProduction;

pub(in crate::rules) struct SqliteInProduction;

impl Rule for SqliteInProduction {
    fn id(&self) -> &'static str {
        "sqlite-in-production"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands, Fact::Tables]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let images = images(cx.repo, cx.facts.commands(cx.repo));
        let projects = projects(cx.repo, cx.facts);
        let cluster = cluster(cx.repo);
        let all = Deployed { images: &images, projects: &projects, cluster: &cluster };
        let mut found = Found::default();
        for project in projects.iter().filter(|project| project.stage.is_served()) {
            for service in project.services.iter().filter(|service| project.stage_of(service).is_served()) {
                of_service(service, &mut found);
            }
        }
        for image in images.iter().filter(|image| !is_development(image.file)) {
            of_image(cx, image, &all, &mut found);
        }
        of_cluster(&cluster, &mut found);
        for fixed in fixed(cx) {
            of_fixed(cx, fixed, &all, &mut found);
        }
        let (total, ok) = (found.sites.len() + found.fine.len(), found.fine.len());
        if found.sites.is_empty() {
            let open = found.open;
            let otherwise = || if open { Verdict::unknown("open") } else { Verdict::not_applicable("none") };
            return Verdict::pass_or(found.fine, otherwise).sites(total, ok);
        }
        Verdict::fail_or(found.sites, || Verdict::not_applicable("none")).also_fine(found.fine).sites(total, ok)
    }
}

#[derive(Default)]
struct Found {
    sites: Vec<Site>,
    fine: Vec<Evidence>,
    open: bool,
}

/// Everything that runs the repository's programs.
struct Deployed<'a> {
    images: &'a [Image<'a>],
    projects: &'a [Project<'a>],
    cluster: &'a Cluster<'a>,
}

/// The path of the file when a variable's value is an SQLite database.
fn file_of<'v>(name: &str, value: &'v str) -> Option<&'v str> {
    let upper = name.to_ascii_uppercase();
    let kind = upper.ends_with("DB_CONNECTION")
        || upper.ends_with("DB_ENGINE")
        || upper.ends_with("DATABASE_ENGINE")
        || upper.ends_with("DB_TYPE")
        || upper.ends_with("DATABASE_TYPE");
    if kind && matches!(value, "sqlite" | "sqlite3" | "django.db.backends.sqlite3") {
        return Some("");
    }
    let scheme = value.split(':').next().unwrap_or_default();
    if scheme == "sqlite" || scheme.starts_with("sqlite+") || scheme == "sqlite3" {
        let path = value.split_once("://").map_or("", |(_, path)| path);
        // Three slashes lead to a relative path, four to an absolute one.
        return (!value.contains(":memory:")).then(|| path.strip_prefix('/').unwrap_or(path));
    }
    let file = value.strip_prefix("file:").filter(|_| upper.contains("DATABASE_URL"))?;
    Some(file)
}

fn lost(place: Place, what: &str) -> Site {
    Site::new(place, Message::new("lost").with("what", what)).confidence(Confidence::Likely).key(what)
}

fn of_service(service: &Service<'_>, found: &mut Found) {
    for variable in service.environment() {
        let Some(value) = variable.value.as_ref().filter(|value| value.is_known()) else { continue };
        let Some(path) = file_of(variable.name, &value.text) else { continue };
        let replicas = service.text_at(&["deploy", "replicas"]).and_then(|(text, _)| text.parse::<u32>().ok());
        if replicas.is_some_and(|replicas| replicas > 1) {
            let message = Message::new("replicas").with("what", variable.name);
            found.sites.push(Site::new(variable.place, message).key(variable.name));
        } else if keeps(service, path) {
            let note = Message::new("kept").with("what", variable.name);
            found.fine.push(Evidence::At { place: variable.place, note });
        } else {
            found.sites.push(lost(variable.place, variable.name));
        }
    }
}

/// Whether a volume of the service holds the file; of a relative path, any volume that is no single file may.
fn keeps(service: &Service<'_>, path: &str) -> bool {
    service.mounts().iter().any(|mount| {
        let folder = Utf8Path::new(&mount.target);
        let kept = matches!(mount.kind, MountKind::Volume | MountKind::Bind) && !mount.read_only;
        kept && if path.starts_with('/') {
            Utf8Path::new(path).starts_with(folder)
        } else {
            folder.extension().is_none()
        }
    })
}

fn of_image(cx: &Context<'_>, image: &Image<'_>, all: &Deployed<'_>, found: &mut Found) {
    let chain = image.dockerfile.stage_chain(image.stage);
    let pairs = chain.iter().flat_map(|stage| stage.all("ENV")).flat_map(|one| &one.pairs);
    for pair in pairs {
        let Some(value) = &pair.value else { continue };
        let Some(path) = file_of(&pair.name, &value.text) else { continue };
        if is_set_elsewhere(cx, &pair.name) {
            continue;
        }
        let place = image.place(pair.span);
        if has_volume(image, all, path) {
            let note = Message::new("kept").with("what", pair.name.as_str());
            found.fine.push(Evidence::At { place, note });
        } else {
            found.sites.push(lost(place, &pair.name));
        }
    }
}

/// Somebody else gives the variable another value: Compose, the cluster, a template for the environment.
fn is_set_elsewhere(cx: &Context<'_>, name: &str) -> bool {
    let files = cx.repo.files().iter().filter(|file| {
        matches!(
            file.kind,
            FileKind::Compose | FileKind::Kubernetes | FileKind::Env | FileKind::EnvExample | FileKind::HelmValues
        ) && file.role != Role::Test
    });
    files.filter_map(|file| cx.repo.read(file.id).ok()).any(|text| {
        text.lines().any(|line| {
            line.contains(name)
                && !line.contains("sqlite")
                && !line.contains("file:")
                && !line.trim_start().starts_with('#')
        })
    })
}

fn has_volume(image: &Image<'_>, all: &Deployed<'_>, path: &str) -> bool {
    let chain = image.dockerfile.stage_chain(image.stage);
    let declared = chain.iter().flat_map(|stage| stage.all("VOLUME")).flat_map(|one| &one.arguments).any(|word| {
        !path.starts_with('/') || Utf8Path::new(path).starts_with(word.text.trim_matches(['[', ']', '"', ',']))
    });
    declared || in_projects(image, all, path) || in_cluster(image, all)
}

fn in_projects(image: &Image<'_>, all: &Deployed<'_>, path: &str) -> bool {
    let services = all.projects.iter().flat_map(|project| &project.services);
    let names: Vec<&str> = image.built_by.iter().chain(&image.run_by).map(|service| service.name).collect();
    services.filter(|service| names.contains(&service.name)).any(|service| keeps(service, path))
}

fn in_cluster(image: &Image<'_>, all: &Deployed<'_>) -> bool {
    let workloads = all.cluster.workloads();
    workloads.iter().any(|workload| {
        let ours = image.containers.iter().any(|container| container.file.id == workload.object.file.id);
        let claims = workload.pod.get("volumes").map(Node::items).unwrap_or_default();
        let templates = workload.object.root.at(&["spec", "volumeClaimTemplates"]).is_some();
        ours && (templates || claims.iter().any(|volume| volume.get("persistentVolumeClaim").is_some()))
    })
}

fn of_cluster(cluster: &Cluster<'_>, found: &mut Found) {
    for part in cluster.containers() {
        for one in part.node.get("env").map(Node::items).unwrap_or_default() {
            let (Some(name), Some(value)) = (one.get("name").and_then(Node::text), one.get("value")) else { continue };
            if value.text().and_then(|text| file_of(name, text)).is_none() {
                continue;
            }
            let place = part.workload.object.place(value.span);
            let volumes = part.workload.pod.get("volumes").map(Node::items).unwrap_or_default();
            let claimed = volumes.iter().any(|volume| volume.get("persistentVolumeClaim").is_some())
                || part.workload.object.root.at(&["spec", "volumeClaimTemplates"]).is_some();
            if part.workload.replicas().is_some_and(|replicas| replicas > 1) {
                found.sites.push(Site::new(place, Message::new("replicas").with("what", name)).key(name));
            } else if claimed {
                found.fine.push(Evidence::At { place, note: Message::new("kept").with("what", name) });
            } else {
                found.sites.push(lost(place, name));
            }
        }
    }
}

/// A place that leaves no other database than SQLite.
struct Fixed {
    place: Place,
    what: &'static str,
    component: ComponentId,
}

fn fixed(cx: &Context<'_>) -> Vec<Fixed> {
    let mut found = Vec::new();
    let remote = ["@prisma/adapter-libsql", "@prisma/adapter-d1", "@libsql/client", "@prisma/adapter-better-sqlite3"];
    let prisma: Vec<_> =
        cx.facts.tables(cx.repo).prisma.iter().filter(|(file, _)| is_ours(cx.repo.file(*file))).collect();
    for (file, schema) in &prisma {
        let Some((provider, span)) = &schema.provider else { continue };
        let choice = prisma.iter().any(|(_, other)| other.provider.as_ref().is_some_and(|(name, _)| name != provider));
        if provider == "sqlite" && !choice && cx.repo.declared(&remote).is_none() {
            let component = cx.repo.file(*file).component;
            found.push(Fixed { place: Place::At(*file, *span), what: "Prisma", component });
        }
    }
    let settings: Vec<&File> = cx
        .repo
        .files()
        .iter()
        .filter(|file| file.path.extension() == Some("py") && file.role == Role::Source)
        .collect();
    let engine = "django.db.backends.";
    let texts: Vec<_> = settings
        .iter()
        .filter_map(|file| Some((*file, cx.repo.read(file.id).ok()?)))
        .filter(|(_, text)| text.contains(engine) || text.contains("dj_database_url") || text.contains("env.db("))
        .collect();
    let plain = |text: &str| {
        let others =
            ["postgresql", "mysql", "oracle", "mssql", "dj_database_url", "env.db(", "DATABASE_URL", "environ"];
        text.contains("django.db.backends.sqlite3") && !others.iter().any(|other| text.contains(other))
    };
    if texts.iter().all(|(file, text)| plain(text) || !is_ours(file)) {
        for (file, text) in texts.iter().filter(|(file, text)| is_ours(file) && plain(text)) {
            let Some(at) = text.find("django.db.backends.sqlite3") else { continue };
            let span = Span::new(at, at + "django.db.backends.sqlite3".len());
            found.push(Fixed { place: Place::At(file.id, span), what: "Django", component: file.component });
        }
    }
    found.extend(cx.repo.files().iter().filter(|file| is_ours(file)).filter_map(|file| rails(cx, file)));
    found
}

/// Whether a file speaks for production, as far as its path tells.
fn is_ours(file: &File) -> bool {
    !matches!(file.role, Role::Test | Role::Example | Role::Docs | Role::Vendored | Role::Story)
        && tier::of_path(&file.path) != Tier::Development
}

/// The block `production:` of `config/database.yml` with its adapter, which may come from a default.
fn rails(cx: &Context<'_>, file: &File) -> Option<Fixed> {
    if !file.path.as_str().ends_with("config/database.yml") {
        return None;
    }
    let text = cx.repo.read(file.id).ok()?;
    let start = text.find("\nproduction:").map(|at| at + 1)?;
    let block = text[start..].split("\n\n").next().unwrap_or_default();
    if block.contains("DATABASE_URL") || block.contains("url:") {
        return None;
    }
    let own = block.lines().find(|line| line.trim_start().starts_with("adapter:"));
    let inherited = || text.lines().find(|line| line.trim_start().starts_with("adapter:"));
    let adapter = own.or_else(|| block.contains("<<: *default").then(inherited).flatten())?;
    let place = Place::At(file.id, Span::new(start, start + "production:".len()));
    adapter.contains("sqlite").then_some(Fixed { place, what: "Rails", component: file.component })
}

fn of_fixed(cx: &Context<'_>, fixed: Fixed, all: &Deployed<'_>, found: &mut Found) {
    let images: Vec<&Image<'_>> = all.images.iter().filter(|image| image.component.id == fixed.component).collect();
    let platform = cx.repo.files().iter().find(|file| {
        let lost = matches!(file.name(), "Procfile" | "vercel.json" | "netlify.toml");
        lost && file.role.is_operational() && (file.component == fixed.component || file.folder().as_str().is_empty())
    });
    let mounted = cx.repo.files().iter().any(|file| {
        file.name() == "fly.toml" && cx.repo.doc(file.id).and_then(|doc| doc.root()?.get("mounts")).is_some()
    });
    let note = Message::new("kept").with("what", fixed.what);
    if mounted || images.iter().any(|image| has_volume(image, all, "")) {
        found.fine.push(Evidence::At { place: fixed.place, note });
    } else if let Some(image) = images.first() {
        found.sites.push(lost(fixed.place, fixed.what).related(image.anchor(), "image"));
    } else if let Some(platform) = platform {
        found.sites.push(lost(fixed.place, fixed.what).related(Place::File(platform.id), "platform"));
    } else {
        found.open = true;
    }
}
