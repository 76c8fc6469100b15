//! `container-image-unpinned`: every reference to an image says which version it means.

use crate::{
    code::docker::{Base, image_name},
    doc::Node,
    facts::{
        compose,
        images::{
            dockerfiles, from_span, is_development, is_helper,
            reference::{Pin, is_helper_image, pin},
        },
        kubernetes,
    },
    model::{Evidence, Message, Place, Severity, Site, Verdict},
    repo::{File, FileKind, Repo},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: ContainerImageUnpinned = ContainerImageUnpinned;

pub(in crate::rules) struct ContainerImageUnpinned;

/// One place that names an image.
struct Reference {
    image: String,
    place: Place,
    /// The file defines nothing that serves users.
    mild: bool,
}

impl Rule for ContainerImageUnpinned {
    fn id(&self) -> &'static str {
        "container-image-unpinned"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let mut references = Vec::new();
        for file in dockerfiles(cx.repo) {
            of_dockerfile(cx.repo, file, &mut references);
        }
        of_compose(cx.repo, &mut references);
        of_kubernetes(cx.repo, &mut references);
        of_workflows(cx.repo, &mut references);
        references.retain(|one| !is_helper_image(&one.image));
        let any = !references.is_empty();
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        for one in &references {
            match judge(one) {
                Judged::Bad(site) => sites.push(site),
                Judged::Good(evidence) => fine.push(evidence),
                Judged::Open => {}
            }
        }
        sites.sort_by(|a, b| a.place.cmp(&b.place));
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        let otherwise = || if any { Verdict::unknown("open") } else { Verdict::not_applicable("no-images") };
        if sites.is_empty() {
            return Verdict::pass_or(fine, otherwise).sites(total, ok);
        }
        Verdict::fail_or(sites, otherwise).also_fine(fine).sites(total, ok)
    }
}

enum Judged {
    Bad(Site),
    Good(Evidence),
    Open,
}

fn judge(one: &Reference) -> Judged {
    let about = |key: &'static str| Message::new(key).with("image", one.image.as_str());
    let bad = |message: Message| {
        let site = Site::new(one.place.clone(), message).key(one.image.as_str());
        Judged::Bad(if one.mild { site.severity(Severity::Low) } else { site })
    };
    match pin(&one.image) {
        Pin::Open => Judged::Open,
        Pin::Digest => Judged::Good(Evidence::At { place: one.place.clone(), note: about("digest") }),
        Pin::Version(_) => Judged::Good(Evidence::At { place: one.place.clone(), note: about("pinned") }),
        Pin::Floating(tag) if one.mild => bad(about("floating-mild").with("tag", tag)),
        Pin::Floating(tag) => bad(about("floating").with("tag", tag)),
        Pin::Untagged if one.mild => bad(about("untagged-mild")),
        Pin::Untagged => bad(about("untagged")),
    }
}

fn of_dockerfile(repo: &Repo, file: &File, references: &mut Vec<Reference>) {
    let Some(dockerfile) = repo.dockerfile(file.id) else { return };
    let mild = is_helper(file) || is_development(file);
    for stage in &dockerfile.stages {
        if let Base::Image(image) = &stage.resolved {
            references.push(Reference { image: image.clone(), place: Place::At(file.id, from_span(stage)), mild });
        }
        for copy in stage.all("COPY") {
            let Some(from) = copy.flag("from") else { continue };
            let stage = dockerfile.stage_by_name(&from.value).is_some();
            // A plain word may be a build context that is given from outside.
            if !stage && from.value.contains(['/', ':']) {
                references.push(Reference { image: from.value.clone(), place: Place::At(file.id, copy.span), mild });
            }
        }
    }
}

fn of_compose(repo: &Repo, references: &mut Vec<Reference>) {
    for service in compose::services(repo) {
        let Some(image) = service.image.filter(|_| service.build.is_none() && service.node.get("build").is_none())
        else {
            continue;
        };
        let Some(text) = image.as_str() else { continue };
        let profiles = service.node.get("profiles").map(Node::items).unwrap_or_default();
        let optional = |profile: &Node| {
            profile.as_str().is_some_and(|name| {
                ["dev", "test", "debug", "tool", "load", "local"].iter().any(|part| name.contains(part))
            })
        };
        if profiles.iter().any(optional) {
            continue;
        }
        let name = service.file.name().to_ascii_lowercase();
        let mild = !["prod", "swarm", "stack", "deploy"].iter().any(|part| name.contains(part))
            || is_development(service.file);
        references.push(Reference { image: text.to_owned(), place: Place::At(service.file.id, image.span), mild });
    }
}

fn of_kubernetes(repo: &Repo, references: &mut Vec<Reference>) {
    for container in kubernetes::every_container(repo) {
        let Some(node) = container.node.get("image") else { continue };
        let image = kubernetes::kustomize::image_of(repo, container.file, container.image);
        references.push(Reference {
            image,
            place: Place::At(container.file.id, node.span),
            mild: is_development(container.file),
        });
    }
}

fn of_workflows(repo: &Repo, references: &mut Vec<Reference>) {
    for file in repo.files().iter().filter(|file| file.kind == FileKind::Workflow) {
        let Some(jobs) = repo.doc(file.id).and_then(|doc| doc.root()).and_then(|root| root.get("jobs")) else {
            continue;
        };
        for job in jobs.entries() {
            let container = job.value.get("container").map(|node| node.get("image").unwrap_or(node));
            let services = job.value.get("services").map(Node::entries).unwrap_or_default();
            let images = services.iter().filter_map(|service| service.value.get("image"));
            for node in container.into_iter().chain(images) {
                let Some(text) = node.as_str().filter(|text| !image_name(text).repository.is_empty()) else { continue };
                references.push(Reference { image: text.to_owned(), place: Place::At(file.id, node.span), mild: true });
            }
        }
    }
}
