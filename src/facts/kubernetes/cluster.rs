//! Everything that the repository would put into a cluster: plain manifests, Kustomize and charts together.

use camino::Utf8Path;

use super::{
    helm::{self, Rendered},
    kustomize::{self, Patch},
};
use crate::{
    doc::Node,
    facts::images::{image_name, is_development},
    model::{Place, Span},
    repo::{File, FileKind, Repo},
};

/// The objects of every manifest and chart for production.
#[derive(Debug)]
pub struct Cluster<'r> {
    sources: Vec<Source<'r>>,
    patches: Vec<Patch>,
}

#[derive(Debug)]
struct Source<'r> {
    file: &'r File,
    text: Text<'r>,
}

#[derive(Debug)]
enum Text<'r> {
    Plain(&'r crate::doc::Doc),
    Template(Box<Rendered>),
}

/// One object.
#[derive(Debug, Clone, Copy)]
pub struct Object<'c> {
    pub file: &'c File,
    pub kind: &'c str,
    pub name: &'c str,
    pub root: &'c Node,
    template: Option<&'c Rendered>,
}

/// An object that runs pods.
#[derive(Debug, Clone, Copy)]
pub struct Workload<'c> {
    pub object: Object<'c>,
    pub pod: &'c Node,
}

/// A container of a [`Workload`].
#[derive(Debug, Clone, Copy)]
pub struct Part<'c> {
    pub workload: Workload<'c>,
    pub name: &'c str,
    pub image: &'c str,
    pub node: &'c Node,
}

/// Everything for production; manifests in folders for development are left out.
pub fn cluster(repo: &Repo) -> Cluster<'_> {
    let kustomizations = kustomize::kustomizations(repo);
    let changes: Vec<_> = kustomizations.iter().flat_map(|one| &one.patch_files).collect();
    let mut sources = Vec::new();
    for file in repo.files().iter().filter(|file| file.role.is_operational() && !is_development(file)) {
        match file.kind {
            FileKind::Kubernetes if !changes.contains(&&file.path) => {
                let Some(doc) = repo.doc(file.id) else { continue };
                sources.push(Source { file, text: Text::Plain(doc) });
            }
            FileKind::HelmTemplate => {
                let Ok(text) = repo.read(file.id) else { continue };
                let chart =
                    file.path.ancestors().find(|at| at.file_name() == Some("templates")).and_then(Utf8Path::parent);
                let values = chart.and_then(|chart| repo.by_path(&chart.join("values.yaml")));
                let values = values.and_then(|values| repo.doc(values.id)?.root());
                sources.push(Source { file, text: Text::Template(Box::new(helm::render(&text, values))) });
            }
            _ => {}
        }
    }
    let patches =
        kustomizations.iter().filter(|one| !is_development(one.file)).flat_map(|one| one.patches(repo)).collect();
    Cluster { sources, patches }
}

impl Cluster<'_> {
    /// Every object, in order of path.
    pub fn objects(&self) -> Vec<Object<'_>> {
        self.sources
            .iter()
            .flat_map(|source| {
                let (doc, template) = match &source.text {
                    Text::Plain(doc) => (*doc, None),
                    Text::Template(rendered) => (&rendered.doc, Some(rendered.as_ref())),
                };
                doc.documents.iter().filter_map(move |root| {
                    Some(Object {
                        file: source.file,
                        kind: root.get("kind").and_then(Node::as_str)?,
                        name: root.at(&["metadata", "name"]).and_then(Node::text).unwrap_or_default(),
                        root,
                        template,
                    })
                })
            })
            .collect()
    }

    /// The objects of these kinds.
    pub fn of_kind(&self, kinds: &[&str]) -> Vec<Object<'_>> {
        self.objects().into_iter().filter(|object| kinds.contains(&object.kind)).collect()
    }

    /// Deployments, stateful sets and daemon sets.
    pub fn workloads(&self) -> Vec<Workload<'_>> {
        self.of_kind(&["Deployment", "StatefulSet", "DaemonSet", "Rollout"])
            .into_iter()
            .filter_map(|object| Some(Workload { object, pod: object.root.at(&["spec", "template", "spec"])? }))
            .collect()
    }

    /// Their containers. Those of service meshes and log shippers beside them are left out.
    pub fn containers(&self) -> Vec<Part<'_>> {
        self.workloads()
            .into_iter()
            .flat_map(|workload| {
                let containers = workload.pod.get("containers").map(Node::items).unwrap_or_default();
                containers.iter().enumerate().filter_map(move |(at, node)| {
                    let name = node.get("name").and_then(Node::text).unwrap_or_default();
                    let image = node.get("image").and_then(Node::text)?;
                    let sidecar =
                        at > 0 && SIDECARS.iter().any(|part| image_name(image).contains(part) || name.contains(part));
                    (!sidecar).then_some(Part { workload, name, image, node })
                })
            })
            .collect()
    }

    /// A change by Kustomize that gives `key` to this workload.
    pub fn patched(&self, workload: &Workload<'_>, key: &str) -> Option<Place> {
        let here = |patch: &&Patch| {
            patch.kind.as_deref().is_none_or(|kind| kind == workload.object.kind)
                && patch.name.as_deref().is_none_or(|name| name == workload.object.name)
        };
        self.patches.iter().filter(here).find(|patch| gives(patch, key)).map(|patch| patch.place.clone())
    }

    /// Whether a template of any chart can yield an object of this kind with other values.
    pub fn offers(&self, kind: &str) -> bool {
        self.sources.iter().any(|source| match &source.text {
            Text::Template(rendered) => rendered.has_text(&format!("kind: {kind}")),
            Text::Plain(_) => false,
        })
    }
}

/// Containers that a platform puts beside the program.
const SIDECARS: [&str; 8] =
    ["istio-proxy", "envoy", "linkerd", "fluent-bit", "fluentd", "vault-agent", "cloud-sql-proxy", "oauth2-proxy"];

/// Whether a change sets `key`, as a part of an object or as a path of a list of operations.
fn gives(patch: &Patch, key: &str) -> bool {
    patch.doc.documents.iter().flat_map(Node::walk).any(|(path, node)| {
        path.last_key() == Some(key)
            || path.last_key() == Some("path")
                && node.as_str().is_some_and(|text| text.split('/').any(|part| part == key))
    })
}

impl Object<'_> {
    /// A place in this object.
    pub fn place(&self, span: Span) -> Place {
        Place::At(self.file.id, self.template.map_or(span, |template| template.place(span)))
    }

    /// The line that names the object's kind.
    pub fn head(&self) -> Place {
        self.place(self.root.entry("kind").map_or(self.root.span, |entry| entry.key_span))
    }

    /// Whether the object comes from a template that might give `key` with other values.
    /// Whether the template it comes from holds one of `words`, in whichever branch.
    pub fn says(&self, words: &[&str]) -> bool {
        self.template.is_some_and(|template| words.iter().any(|word| template.has_text(word)))
    }

    pub fn may_give(&self, key: &str) -> bool {
        self.template.is_some_and(|template| template.mentions(key))
    }
}

impl<'c> Workload<'c> {
    /// The labels of its pods.
    pub fn labels(&self) -> Vec<(&'c str, &'c str)> {
        let labels = self.object.root.at(&["spec", "template", "metadata", "labels"]);
        pairs(labels)
    }

    /// How many pods it runs, as far as it says.
    pub fn replicas(&self) -> Option<u32> {
        self.object.root.at(&["spec", "replicas"])?.text()?.parse().ok()
    }

    /// Whether `selector`, a map of labels, chooses its pods. An empty one chooses all.
    pub fn is_chosen_by(&self, selector: Option<&Node>) -> bool {
        let labels = self.labels();
        pairs(selector).iter().all(|pair| labels.contains(pair))
    }

    /// Whether it keeps data or must run alone.
    pub fn is_single(&self) -> bool {
        let recreate = self.object.root.at(&["spec", "strategy", "type"]).and_then(Node::as_str) == Some("Recreate");
        let volumes = self.pod.get("volumes").map(Node::items).unwrap_or_default();
        recreate || volumes.iter().any(|volume| volume.get("persistentVolumeClaim").is_some())
    }

    /// Whether it runs a datastore or another well-known product rather than the repository's own program.
    pub fn is_product(&self) -> bool {
        let containers = self.pod.get("containers").map(Node::items).unwrap_or_default();
        let image = containers.first().and_then(|first| first.get("image")?.text()).unwrap_or_default();
        let name = image_name(image).to_ascii_lowercase();
        PRODUCTS.contains(&name.as_str())
    }
}

/// Images of products that people run beside their own programs.
const PRODUCTS: [&str; 18] = [
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "mongo",
    "mongodb",
    "redis",
    "valkey",
    "rabbitmq",
    "kafka",
    "zookeeper",
    "elasticsearch",
    "opensearch",
    "clickhouse-server",
    "minio",
    "prometheus",
    "grafana",
    "nats",
];

fn pairs(map: Option<&Node>) -> Vec<(&str, &str)> {
    let entries = map.map(Node::entries).unwrap_or_default();
    entries.iter().filter_map(|entry| Some((entry.key.as_str(), entry.value.text()?))).collect()
}

impl Part<'_> {
    /// The line that begins the container.
    pub fn place(&self) -> Place {
        let span =
            self.node.entry("name").or_else(|| self.node.entry("image")).map_or(self.node.span, |entry| entry.key_span);
        self.workload.object.place(span)
    }
}
