//! One service of a project, and what its keys say once every file has spoken.

use std::sync::Arc;

use camino::Utf8PathBuf;

use super::{
    Build, Interpolated, Mount, MountKind, Port, ServiceKind, Variables,
    file::{build_of, inside},
    interpolate,
    merge::MergedService,
    mount, port,
};
use crate::{
    doc::Node,
    model::{Place, Span},
    repo::File,
};

/// A service as the files of its project describe it together.
#[derive(Debug, Clone, PartialEq)]
pub struct Service<'r> {
    pub name: &'r str,
    pub kind: ServiceKind,
    /// The service's key in each file that names it.
    pub keys: Vec<(&'r File, Span)>,
    /// Every key of every file, the weakest first.
    pub settings: Vec<Setting<'r>>,
    pub build: Option<Build>,
    variables: Arc<Variables>,
}

/// What one file says about one key of a service.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting<'r> {
    pub name: &'r str,
    pub file: &'r File,
    pub key: Span,
    pub node: &'r Node,
    /// Where relative paths in it are seen from.
    pub folder: Utf8PathBuf,
    /// It comes by `extends`.
    pub inherited: bool,
}

impl Service<'_> {
    /// Whether the service is one of another file under its own name: what it runs comes by `extends`, so
    /// what is said of it belongs there.
    pub fn stands_for_another(&self) -> bool {
        let own: Vec<_> = self.keys.iter().map(|(file, _)| file.id).collect();
        let runs = |one: &&Setting<'_>| matches!(one.name, "image" | "build") && one.inherited;
        self.settings.iter().filter(runs).any(|one| !own.contains(&one.file.id))
    }
}

impl<'r> Setting<'r> {
    /// The place of its key.
    pub fn place(&self) -> Place {
        Place::At(self.file.id, self.key)
    }

    /// The place of a node in it.
    pub fn place_of(&self, node: &Node) -> Place {
        Place::At(self.file.id, node.via.unwrap_or(node.span))
    }

    /// The entries of a map, and the strings of a list, each with its node.
    fn members(&self) -> Vec<(&'r str, &'r Node, Span)> {
        let entries = self.node.entries().iter().map(|entry| (entry.key.as_str(), &entry.value, entry.key_span));
        let items = self.node.items().iter().filter_map(|item| Some((item.as_str()?, item, item.span)));
        entries.chain(items).collect()
    }
}

/// A variable that `environment` sets.
#[derive(Debug, Clone, PartialEq)]
pub struct EnvVariable<'r> {
    pub name: &'r str,
    /// The value with its variables filled in; `None` for a name alone, whose value the shell passes on.
    pub value: Option<Interpolated>,
    pub place: Place,
    pub file: &'r File,
}

/// A file of `env_file`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvFile {
    pub place: Place,
    pub written: String,
    /// From the root; `None` when it lies outside or a variable decides.
    pub path: Option<Utf8PathBuf>,
    pub required: bool,
}

/// What a service waits for before it starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency<'r> {
    pub name: &'r str,
    pub condition: Condition,
    pub place: Place,
    /// The service starts without it, too.
    pub required: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// Its container runs.
    Started,
    /// Its health check holds.
    Healthy,
    /// It ended without an error.
    Completed,
}

/// How much a service may take of one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    pub value: String,
    pub place: Place,
}

impl<'r> Service<'r> {
    pub(super) fn new(merged: MergedService<'r>, variables: Arc<Variables>) -> Self {
        let mut service = Self {
            name: merged.name,
            kind: ServiceKind::Application,
            keys: merged.keys,
            settings: merged.settings,
            build: None,
            variables,
        };
        service.build = service.last("build").and_then(|build| build_of(build.node, &build.folder));
        service
    }

    /// The service's key in the first file that names it.
    pub fn place(&self) -> Place {
        self.keys.first().map_or_else(|| Place::Missing(".".into()), |(file, key)| Place::At(file.id, *key))
    }

    /// The first file that names it.
    pub fn file(&self) -> Option<&'r File> {
        self.keys.first().map(|(file, _)| *file)
    }

    /// What the files say about `key`, the weakest first.
    pub fn all<'s>(&'s self, key: &'s str) -> impl DoubleEndedIterator<Item = &'s Setting<'r>> {
        self.settings.iter().filter(move |setting| setting.name == key)
    }

    /// What the strongest file says about `key`.
    pub fn last(&self, key: &str) -> Option<&Setting<'r>> {
        self.settings.iter().rfind(|setting| setting.name == key)
    }

    /// The strongest value at a path of keys, with the place of its last key: `["deploy", "replicas"]`.
    pub fn at(&self, path: &[&str]) -> Option<(&'r Node, Place)> {
        let (first, rest) = path.split_first()?;
        self.all(first).rev().find_map(|setting| match rest {
            [] => Some((setting.node, setting.place())),
            rest => setting.node.entry_at(rest).map(|entry| (&entry.value, Place::At(setting.file.id, entry.key_span))),
        })
    }

    /// The text of a scalar with its variables filled in.
    pub fn fill(&self, text: &str) -> Interpolated {
        interpolate(text, &self.variables)
    }

    fn text(&self, node: &Node) -> Option<String> {
        node.text().map(|text| self.fill(text).text)
    }

    /// The strongest scalar at a path, its variables filled in.
    pub fn text_at(&self, path: &[&str]) -> Option<(String, Place)> {
        let (node, place) = self.at(path)?;
        Some((self.text(node)?, place))
    }

    /// The image's name with its variables filled in.
    pub fn image(&self) -> Option<String> {
        self.text_at(&["image"]).map(|(text, _)| text)
    }

    /// Whether it is built here rather than pulled.
    pub fn is_built(&self) -> bool {
        self.last("build").is_some()
    }

    /// The ports it publishes.
    pub fn ports(&self) -> Vec<Port> {
        let mut published: Vec<Port> = Vec::new();
        for setting in self.all("ports") {
            for item in setting.node.items() {
                let place = setting.place_of(item);
                let found = if let Some(written) = item.text() {
                    port::short(&self.fill(written).text, place, written)
                } else {
                    let part = |key: &str| item.get(key).and_then(|node| self.text(node));
                    let keys = [part("target"), part("published"), part("host_ip"), part("protocol")];
                    let [inside, outside, host, protocol] = keys.each_ref().map(Option::as_deref);
                    Some(port::long(inside, outside, host, protocol, place))
                };
                // Compose takes the same port of two files once.
                let new = found.filter(|port| {
                    !published.iter().any(|known| {
                        (known.published, known.target, &known.exposure, known.udp)
                            == (port.published, port.target, &port.exposure, port.udp)
                            && port.target.is_some()
                    })
                });
                published.extend(new);
            }
        }
        published
    }

    /// What it mounts; a later file's entry for the same target replaces an earlier one's.
    pub fn mounts(&self) -> Vec<Mount> {
        let mut mounts: Vec<Mount> = Vec::new();
        for setting in self.all("volumes") {
            for item in setting.node.items() {
                let mount = self.mount(setting, item);
                mounts.retain(|known| known.target != mount.target);
                mounts.push(mount);
            }
        }
        mounts
    }

    fn mount(&self, setting: &Setting<'r>, item: &Node) -> Mount {
        let place = setting.place_of(item);
        let bound = |kind: MountKind, source: &str| {
            (kind == MountKind::Bind).then(|| inside(&setting.folder, source)).flatten()
        };
        if let Some(written) = item.as_str() {
            let text = self.fill(written).text;
            let (kind, source, target, read_only) = mount::short(&text);
            let path = bound(kind, source);
            return Mount { place, kind, source: source.into(), target: target.into(), read_only, path, creates: true };
        }
        let part = |key: &str| item.get(key).and_then(|node| self.text(node)).unwrap_or_default();
        let source = part("source");
        let kind = match part("type").as_str() {
            "bind" => MountKind::Bind,
            "volume" if source.is_empty() => MountKind::Anonymous,
            "volume" => MountKind::Volume,
            _ => MountKind::Other,
        };
        let creates = item.at(&["bind", "create_host_path"]).and_then(Node::as_bool) != Some(false);
        let read_only = item.get("read_only").and_then(Node::as_bool) == Some(true);
        let path = bound(kind, &source);
        Mount { place, kind, target: part("target"), read_only, path, source, creates }
    }

    /// The networks it names, with the place of each.
    pub fn networks(&self) -> Vec<(&'r str, Place)> {
        self.named("networks")
    }

    /// The secrets or configs it names: `secrets`, `configs`.
    pub fn named(&self, key: &'static str) -> Vec<(&'r str, Place)> {
        let mut found: Vec<(&'r str, Place)> = Vec::new();
        for setting in self.all(key) {
            let sources = setting.node.items().iter().filter_map(|item| {
                let source = item.get("source")?;
                Some((source.as_str()?, source, source.span))
            });
            for (name, _, span) in setting.members().into_iter().chain(sources) {
                if !found.iter().any(|(known, _)| *known == name) {
                    found.push((name, Place::At(setting.file.id, span)));
                }
            }
        }
        found
    }

    /// `network_mode`, when it shares somebody else's network.
    pub fn network_mode(&self) -> Option<(String, Place)> {
        self.text_at(&["network_mode"]).filter(|(mode, _)| mode != "bridge")
    }

    /// What it waits for; a later file's condition replaces an earlier one's.
    pub fn dependencies(&self) -> Vec<Dependency<'r>> {
        let mut found: Vec<Dependency<'r>> = Vec::new();
        for setting in self.all("depends_on") {
            for (name, node, span) in setting.members() {
                let condition = match node.get("condition").and_then(Node::as_str) {
                    Some("service_healthy") => Condition::Healthy,
                    Some("service_completed_successfully") => Condition::Completed,
                    _ => Condition::Started,
                };
                let required = node.get("required").and_then(Node::as_bool) != Some(false);
                let place = Place::At(setting.file.id, span);
                found.retain(|known| known.name != name);
                found.push(Dependency { name, condition, place, required });
            }
        }
        found
    }

    /// The variables that `environment` sets; a later file's value replaces an earlier one's.
    pub fn environment(&self) -> Vec<EnvVariable<'r>> {
        let mut found: Vec<EnvVariable<'r>> = Vec::new();
        for setting in self.all("environment") {
            for (key, node, span) in setting.members() {
                let (name, value) = if setting.node.is_map() {
                    (key, node.text())
                } else {
                    key.split_once('=').map_or((key, None), |(name, value)| (name, Some(value)))
                };
                let value = value.map(|value| self.fill(value));
                found.retain(|known| known.name != name);
                found.push(EnvVariable { name, value, place: Place::At(setting.file.id, span), file: setting.file });
            }
        }
        found
    }

    /// The value of one variable, where `environment` tells it.
    pub fn variable(&self, name: &str) -> Option<EnvVariable<'r>> {
        self.environment().into_iter().find(|variable| variable.name == name)
    }

    /// The files that its environment is read from.
    pub fn env_files(&self) -> Vec<EnvFile> {
        let mut found = Vec::new();
        for setting in self.all("env_file") {
            let items = if setting.node.is_list() { setting.node.items() } else { std::slice::from_ref(setting.node) };
            for item in items {
                let node = item.get("path").unwrap_or(item);
                let Some(written) = node.as_str() else { continue };
                let filled = self.fill(written);
                found.push(EnvFile {
                    place: setting.place_of(node),
                    written: written.to_owned(),
                    path: filled.is_known().then(|| inside(&setting.folder, &filled.text)).flatten(),
                    required: item.get("required").and_then(Node::as_bool) != Some(false),
                });
            }
        }
        found
    }

    /// Where a health check is configured and not switched off.
    pub fn healthcheck(&self) -> Option<Place> {
        if self.healthcheck_disabled().is_some() {
            return None;
        }
        self.at(&["healthcheck", "test"]).map(|(_, place)| place).or_else(|| Some(self.last("healthcheck")?.place()))
    }

    /// Where a health check that the image brings is switched off.
    pub fn healthcheck_disabled(&self) -> Option<Place> {
        let disabled = self.at(&["healthcheck", "disable"]).filter(|(node, _)| node.as_bool() == Some(true));
        let none = self.at(&["healthcheck", "test"]).filter(|(test, _)| {
            let first = test.items().first().unwrap_or(test);
            first.as_str().is_some_and(|word| word.eq_ignore_ascii_case("none"))
        });
        disabled.or(none).map(|(_, place)| place)
    }

    /// `restart`, or the condition of `deploy.restart_policy`.
    pub fn restart(&self) -> Option<(String, Place)> {
        self.text_at(&["restart"]).or_else(|| self.text_at(&["deploy", "restart_policy", "condition"])).or_else(|| {
            // Without a condition the policy is `any`.
            self.at(&["deploy", "restart_policy"]).map(|(_, place)| ("any".to_owned(), place))
        })
    }

    /// How much memory it may take.
    pub fn memory_limit(&self) -> Option<Limit> {
        self.limit(&[&["deploy", "resources", "limits", "memory"], &["mem_limit"]])
    }

    /// How many processors it may take.
    pub fn cpu_limit(&self) -> Option<Limit> {
        self.limit(&[&["deploy", "resources", "limits", "cpus"], &["cpus"], &["cpu_quota"], &["cpu_count"]])
    }

    fn limit(&self, paths: &[&[&str]]) -> Option<Limit> {
        paths.iter().find_map(|path| self.text_at(path)).map(|(value, place)| Limit { value, place })
    }

    /// The profiles that start it; none means that it always starts.
    pub fn profiles(&self) -> Vec<&'r str> {
        self.named("profiles").into_iter().map(|(name, _)| name).collect()
    }

    /// The words of `entrypoint` and `command`, variables filled in.
    pub fn command(&self) -> String {
        let mut words: Vec<String> = Vec::new();
        for key in ["entrypoint", "command"] {
            let Some(setting) = self.last(key) else { continue };
            words.extend(self.text(setting.node));
            words.extend(setting.node.items().iter().filter_map(|item| self.text(item)));
        }
        words.join(" ")
    }

    /// Whether it does one thing and ends: a migration, a seed, a set-up of buckets or topics.
    pub fn is_one_shot(&self) -> bool {
        const WORDS: [&str; 16] = [
            "migrate",
            "migration",
            "migrations",
            "migrator",
            "init",
            "seed",
            "seeder",
            "setup",
            "prestart",
            "bootstrap",
            "createbuckets",
            "createbucket",
            "createbackup",
            "provision",
            "certs",
            "install",
        ];
        let named = self.name.split(['-', '_', '.']).any(|part| WORDS.contains(&part.to_ascii_lowercase().as_str()));
        let replicas = self.text_at(&["deploy", "replicas"]).is_some_and(|(replicas, _)| replicas == "0");
        let job = self.text_at(&["deploy", "mode"]).is_some_and(|(mode, _)| mode.ends_with("-job"));
        named
            || replicas
            || job
            || self.restart().is_some_and(|(policy, _)| policy == "no" || policy == "none" || policy == "false")
    }
}
