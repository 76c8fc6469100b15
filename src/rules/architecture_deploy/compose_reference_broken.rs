//! `compose-reference-broken`: everything that a Compose project names is there.

use camino::Utf8Path;

use crate::{
    facts::{
        Fact,
        compose::{Condition, Missing, MountKind, Project, Service, inside, is_ignored, projects},
    },
    model::{Message, Place, Severity, Site, Verdict},
    repo::{FileKind, Repo},
    rule::{Context, Rule},
    rules::compose::Places,
};

pub(in crate::rules) static RULE: ComposeReferenceBroken = ComposeReferenceBroken;

pub(in crate::rules) struct ComposeReferenceBroken;

impl Rule for ComposeReferenceBroken {
    fn id(&self) -> &'static str {
        "compose-reference-broken"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let projects = projects(cx.repo, cx.facts);
        let mut places = Places::default();
        for project in projects.iter().filter(|project| !is_fragment(project)) {
            let mut check = Check { repo: cx.repo, project, sites: Vec::new() };
            check.unresolved();
            check.declared();
            check.volumes();
            for service in &project.services {
                check.named(service);
                check.dependencies(service);
                check.networks(service);
                check.build(service);
                check.mounts(service);
            }
            if check.sites.is_empty()
                && let Some(first) = project.services.first()
            {
                let note = Message::new("resolved").with("files", project.title()).count("n", project.services.len());
                places.fine(first.place(), note);
            }
            for site in check.sites {
                places.bad(site, Severity::High);
            }
        }
        places.verdict(|| Verdict::not_applicable("no-compose"))
    }
}

/// Files that only complete others which the repository does not name together with them.
fn is_fragment(project: &Project<'_>) -> bool {
    !project.complete
        || project.is_part()
        || project.services.iter().any(|service| service.image().is_none() && !service.is_built())
            && project.unresolved.is_empty()
}

struct Check<'a, 'r> {
    repo: &'r Repo,
    project: &'a Project<'r>,
    sites: Vec<Site>,
}

impl<'r> Check<'_, 'r> {
    fn push(&mut self, place: Place, message: Message, key: &str) {
        self.sites.push(Site::new(place, message).key(key));
    }

    /// What `include` and `extends` name.
    fn unresolved(&mut self) {
        for missing in &self.project.unresolved {
            let key = match missing.missing {
                Missing::Include => "include",
                Missing::ExtendsFile => "extends-file",
                Missing::ExtendsService => "extends-service",
            };
            self.push(missing.place.clone(), Message::new(key).with("name", missing.name.as_str()), &missing.name);
        }
    }

    /// The files of secrets and configs.
    fn declared(&mut self) {
        for config in &self.project.configs {
            let Some(file) = config.node.entry("file") else { continue };
            let Some(written) = file.value.as_str().filter(|path| !path.contains('$')) else { continue };
            let Some(path) = inside(&config.folder, written) else { continue };
            if self.is_absent(&path) {
                let place = Place::At(config.file.id, file.value.span);
                self.push(place, Message::new("file").with("path", written), written);
            }
        }
    }

    /// A volume that is bound to a folder needs the folder's full path: the engine does not know the project's.
    fn volumes(&mut self) {
        for volume in &self.project.volumes {
            let Some(device) = volume.node.at(&["driver_opts", "device"]) else { continue };
            let Some(path) = device.as_str().filter(|path| path.starts_with("./") || path.starts_with("../")) else {
                continue;
            };
            let place = Place::At(volume.file.id, device.span);
            self.push(place, Message::new("device").with("path", path), volume.name);
        }
    }

    /// Networks, volumes, secrets and configs that a service names.
    fn named(&mut self, service: &Service<'r>) {
        let volumes: Vec<(String, Place)> = service
            .mounts()
            .into_iter()
            .filter(|mount| mount.kind == MountKind::Volume)
            .map(|mount| (mount.source, mount.place))
            .collect();
        let of = |key: &'static str| service.named(key).into_iter().map(|(name, place)| (name.to_owned(), place));
        let project = self.project;
        for (kind, declared, names) in [
            ("network", &project.networks, of("networks").collect::<Vec<_>>()),
            ("volume", &project.volumes, volumes),
            ("secret", &project.secrets, of("secrets").collect()),
            ("config", &project.configs, of("configs").collect()),
        ] {
            for (name, place) in names {
                let known = declared.iter().any(|one| one.name == name) || (kind == "network" && name == "default");
                if known || name.contains('$') || self.elsewhere(kind, &name) {
                    continue;
                }
                let message = Message::new("undeclared").with("kind", kind).with("name", name.as_str());
                self.push(place, message.with("service", service.name), &format!("{} {name}", service.name));
            }
        }
    }

    /// Whether a Compose file of the same folder, or one that is meant to be combined with this, declares `name`.
    fn elsewhere(&self, kind: &str, name: &str) -> bool {
        self.beside().any(|root| root.get(&format!("{kind}s")).is_some_and(|declared| declared.entry(name).is_some()))
    }

    /// The other Compose files of the project's folder, unless the project is what Compose starts by itself.
    fn beside(&self) -> impl Iterator<Item = &'r crate::doc::Node> {
        let first = self.project.files.first().copied();
        let plain = first.is_some_and(|file| {
            matches!(file.name(), "docker-compose.yml" | "docker-compose.yaml" | "compose.yml" | "compose.yaml")
        });
        let own: Vec<_> = self.project.files.iter().map(|file| file.id).collect();
        let repo = self.repo;
        repo.files()
            .iter()
            .filter(move |file| {
                !plain
                    && file.kind == FileKind::Compose
                    && !own.contains(&file.id)
                    && first.is_some_and(|first| first.folder() == file.folder())
            })
            .filter_map(move |file| repo.doc(file.id)?.root())
    }

    /// Services that another one waits for.
    fn dependencies(&mut self, service: &Service<'r>) {
        for dependency in service.dependencies() {
            let there = self.project.service(dependency.name).is_some()
                || self
                    .beside()
                    .any(|root| root.get("services").is_some_and(|all| all.entry(dependency.name).is_some()));
            if there || !dependency.required || dependency.name.contains('$') {
                continue;
            }
            let message = Message::new("no-service").with("name", dependency.name).with("service", service.name);
            self.push(dependency.place, message, &format!("{} {}", service.name, dependency.name));
        }
    }

    /// Services that are named as hosts, or are stores that are waited for, and share no network.
    fn networks(&mut self, service: &Service<'r>) {
        let project = self.project;
        let environment = service.environment();
        let waits = service.dependencies();
        for other in project.services.iter().filter(|other| other.name != service.name) {
            if project.reaches(service, other) {
                continue;
            }
            // A store reads its own variables only.
            let named = environment
                .iter()
                .filter(|_| !service.kind.is_datastore())
                .find(|variable| variable.value.as_ref().is_some_and(|value| names_host(&value.text, other.name)));
            let waited = waits.iter().find(|wait| {
                wait.name == other.name && other.kind.is_datastore() && wait.condition != Condition::Completed
            });
            let Some(evidence) =
                named.map(|variable| &variable.place).or_else(|| waited.map(|wait| &wait.place)).cloned()
            else {
                continue;
            };
            let place = service.networks().into_iter().next().map_or_else(|| service.place(), |(_, place)| place);
            let message = Message::new("apart").with("service", service.name).with("other", other.name);
            let site = Site::new(place, message).key(format!("{} {}", service.name, other.name));
            self.sites.push(site.related(evidence, Message::new("named-here").with("other", other.name)));
        }
    }

    /// The folder and the Dockerfile that a service is built from.
    fn build(&mut self, service: &Service<'r>) {
        let Some(setting) = service.last("build") else { return };
        let context = setting.node.get("context").unwrap_or(setting.node);
        let written =
            if setting.node.is_map() && setting.node.get("context").is_none() { Some(".") } else { context.as_str() };
        let Some(written) =
            written.filter(|path| !path.contains('$') && !path.starts_with("git@") && !path.contains(".git#"))
        else {
            return;
        };
        let Some(folder) = inside(&setting.folder, written) else { return };
        if setting.node.get("dockerfile_inline").is_some() || self.is_foreign(&folder) {
            return;
        }
        let inherited = setting.inherited;
        if self.repo.files_below(&folder).is_empty() && !inherited {
            let message = Message::new("context").with("path", written).with("service", service.name);
            return self.push(setting.place_of(context), message, written);
        }
        let named = setting.node.get("dockerfile");
        let name = named.map_or(Some("Dockerfile"), crate::doc::Node::as_str).filter(|name| !name.contains('$'));
        let Some(path) = name.and_then(|name| inside(&folder, name)) else { return };
        let alternative = named.is_none() && self.repo.by_path(&folder.join("Containerfile")).is_some();
        if self.is_absent(&path) && !alternative {
            let place = named.map_or_else(|| setting.place_of(context), |node| setting.place_of(node));
            let message = Message::new("dockerfile").with("path", path.as_str()).with("service", service.name);
            self.push(place, message, path.as_str());
        }
    }

    /// Files that are mounted. A folder may well appear when the project runs; for a file Compose makes a folder of
    /// its name, and the program that reads it fails.
    fn mounts(&mut self, service: &Service<'r>) {
        for mount in service.mounts() {
            let Some(path) = mount.path.filter(|_| mount.kind == MountKind::Bind && !mount.source.contains('$')) else {
                continue;
            };
            if is_configuration(&path) && is_configuration(Utf8Path::new(&mount.target)) && self.is_absent(&path) {
                let message = Message::new("mount").with("path", path.as_str()).with("service", service.name);
                self.push(mount.place, message, path.as_str());
            }
        }
    }

    /// Neither in the repository nor ignored by git, and not somebody else's folder.
    fn is_absent(&self, path: &Utf8Path) -> bool {
        self.repo.by_path(path).is_none()
            && self.repo.files_below(path).is_empty()
            && !is_ignored(self.repo, path)
            && !self.is_foreign(path)
            && !self.repo.skipped().iter().any(|skipped| path.starts_with(&skipped.path))
    }

    fn is_foreign(&self, path: &Utf8Path) -> bool {
        self.repo.git().submodules().iter().any(|module| path.starts_with(module)) || is_ignored(self.repo, path)
    }
}

/// Endings of files that people write and commit; keys, certificates and variables come from elsewhere.
const WRITTEN: [&str; 18] = [
    "conf", "yml", "yaml", "json", "sql", "sh", "toml", "ini", "cnf", "xml", "lua", "vcl", "template", "acl", "html",
    "py", "js", "ts",
];

fn is_configuration(path: &Utf8Path) -> bool {
    path.extension().is_some_and(|extension| WRITTEN.contains(&extension))
        && !path.file_name().is_some_and(|name| {
            ["secret", "credential", "password", "local", "acme", "key", "token"].iter().any(|word| name.contains(word))
        })
}

/// Whether a value has `host` where a URL or an address has its host: `redis://:x@cache:6379`, `cache:6379`, `cache`.
fn names_host(value: &str, host: &str) -> bool {
    value.split(',').any(|part| {
        let authority = part.split_once("://").map(|(_, rest)| rest.split(['/', '?']).next().unwrap_or(rest));
        let authority = authority.map(|rest| rest.rsplit_once('@').map_or(rest, |(_, host)| host));
        let address = authority.unwrap_or(part).trim();
        match address.rsplit_once(':') {
            Some((name, port)) => name == host && !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()),
            // A bare word may be anything: a mode, a driver, a name of a database.
            None => authority.is_some() && address == host,
        }
    })
}
