//! `dockerfile-healthcheck-missing`: every image of a service says how its health is checked.
//!
//! The image itself, the Compose service that builds it, the cluster or the platform may say so; an image that
//! somebody else runs has to bring its own check.

use crate::{
    facts::{
        Fact, deployment,
        images::{self, Image, image_name, images},
        kubernetes::cluster::{Part, cluster},
    },
    model::{Evidence, Message, Place, Severity, Site, Span, Verdict},
    repo::{File, FileKind, Repo},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: DockerfileHealthcheckMissing = DockerfileHealthcheckMissing;

pub(in crate::rules) struct DockerfileHealthcheckMissing;

impl Rule for DockerfileHealthcheckMissing {
    fn id(&self) -> &'static str {
        "dockerfile-healthcheck-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let images = images(cx.repo, cx.facts.commands(cx.repo));
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        let mut open = None;
        for image in &images {
            let one = images.len() == 1;
            match checked(cx.repo, image, one) {
                Judged::Open(message) => open = Some(message),
                Judged::Fine(evidence) => fine.push(evidence),
                Judged::Bad(site) => sites.push(*site),
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if sites.is_empty()
            && fine.is_empty()
            && let Some(message) = open
        {
            return Verdict::unknown(message);
        }
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("no-images")).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-images")).also_fine(fine).sites(total, ok)
    }
}

enum Judged {
    Fine(Evidence),
    Bad(Box<Site>),
    Open(Message),
}

fn checked(repo: &Repo, image: &Image<'_>, only: bool) -> Judged {
    let at = |place, note| Judged::Fine(Evidence::At { place, note });
    let bad = |site| Judged::Bad(Box::new(site));
    if let Some(instruction) = image.last("HEALTHCHECK") {
        let off = instruction.arguments.first().is_some_and(|word| word.text.eq_ignore_ascii_case("none"));
        if !off {
            return at(image.place(instruction.span), Message::new("instruction"));
        }
        return bad(Site::new(image.place(instruction.span), "disabled"));
    }
    let unchecked = image.built_by.iter().find(|service| service.healthcheck().is_none());
    if let Some((service, place)) = image.built_by.iter().find_map(|service| Some((service, service.healthcheck()?)))
        && unchecked.is_none_or(|other| other.name == service.name)
    {
        return at(place, Message::new("compose").with("service", service.name));
    }
    let probed = image.containers.iter().find_map(|container| Some((container, container.probe()?)));
    if let Some((container, place)) = probed {
        return match unchecked {
            None => at(place, Message::new("probe").with("name", container.name)),
            Some(service) => {
                let message = Message::new("compose-unchecked").with("service", service.name);
                let probe = Message::new("probe").with("name", container.name);
                bad(absent(image, message).severity(Severity::Low).related(place, probe))
            }
        };
    }
    if let Some(judged) = by_chart(repo, image, only).filter(|_| image.containers.is_empty()) {
        return judged;
    }
    if let Some((platform, place)) = deployment::platform_health(repo, image.component) {
        return at(place, Message::new("platform").with("platform", platform));
    }
    if let Some((service, place)) = image.run_by.iter().find_map(|service| Some((service, service.healthcheck()?))) {
        let message = Message::new("published").with("service", service.name);
        let related = Message::new("compose").with("service", service.name);
        return bad(absent(image, message).severity(Severity::Low).related(place, related));
    }
    bad(absent(image, "missing".into()))
}

/// What a Helm chart of the repository that runs the image says; `only`: there is no other image to run.
fn by_chart(repo: &Repo, image: &Image<'_>, only: bool) -> Option<Judged> {
    let charts: Vec<&File> = repo
        .of_kind(FileKind::HelmChart)
        .filter(|file| file.role.is_operational() && file.name() == "Chart.yaml")
        .collect();
    if charts.is_empty() {
        return None;
    }
    let cluster = cluster(repo);
    let parts = cluster.containers();
    let names = images::names(repo, image.component);
    let named = |part: &&Part<'_>| {
        let own = image_name(part.image).to_ascii_lowercase();
        names.iter().any(|name| *name == own || part.name.eq_ignore_ascii_case(name))
    };
    let alone = || parts.first().filter(|_| only && parts.len() == 1);
    // Which of the chart's containers is this image cannot be told where none is called like it.
    let unnamed = || parts.iter().find(|part| !part.workload.is_product() && probes_of(part).is_some());
    let found = parts.iter().find(named).or_else(alone);
    let Some(part) = found.or_else(unnamed) else {
        return borrowed(repo, &charts).filter(|_| only && parts.is_empty());
    };
    let object = part.workload.object;
    let chart = Message::new("chart").with("path", object.file.path.as_str());
    match probes_of(part)? {
        Probed::Here(span) if found.is_some() => {
            let note = Message::new("probe").with("name", part.name);
            Some(Judged::Fine(Evidence::At { place: object.place(span), note }))
        }
        _ => Some(Judged::Open(chart)),
    }
}

/// Where a container of a chart says how its health is checked.
enum Probed {
    Here(Span),
    /// The values may.
    ByValues,
}

fn probes_of(part: &Part<'_>) -> Option<Probed> {
    const PROBES: [&str; 3] = ["livenessProbe", "readinessProbe", "startupProbe"];
    if let Some(entry) = PROBES.iter().find_map(|probe| part.node.entry(probe)) {
        return Some(Probed::Here(entry.key_span));
    }
    part.workload.object.says(&["Probe", "probe"]).then_some(Probed::ByValues)
}

/// A chart that takes its workload, and with it the probes, from one that lies elsewhere.
fn borrowed(repo: &Repo, charts: &[&File]) -> Option<Judged> {
    let chart = charts.iter().find(|file| {
        let dependencies = repo.doc(file.id).and_then(|doc| doc.root()?.get("dependencies"));
        dependencies.is_some_and(|list| !list.items().is_empty())
    })?;
    Some(Judged::Open(Message::new("chart").with("path", chart.path.as_str())))
}

/// An absence has no line of its own; where the process starts is where a reader would look.
fn absent(image: &Image<'_>, message: Message) -> Site {
    Site::new(Place::File(image.file.id), message).related(image.anchor(), "starts")
}
