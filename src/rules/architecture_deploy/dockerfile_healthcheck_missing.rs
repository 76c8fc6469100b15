//! `dockerfile-healthcheck-missing`: every image of a service says how its health is checked.
//!
//! The image itself, the Compose service that builds it, the cluster or the platform may say so; an image that
//! somebody else runs has to bring its own check.

use crate::{
    facts::{
        Fact, deployment,
        images::{Image, images},
    },
    model::{Evidence, Message, Place, Severity, Site, Verdict},
    repo::Repo,
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
        for image in &images {
            match checked(cx.repo, image) {
                Judged::Fine(evidence) => fine.push(evidence),
                Judged::Bad(site) => sites.push(*site),
            }
        }
        let (total, ok) = (images.len(), fine.len());
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("no-images")).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-images")).also_fine(fine).sites(total, ok)
    }
}

enum Judged {
    Fine(Evidence),
    Bad(Box<Site>),
}

fn checked(repo: &Repo, image: &Image<'_>) -> Judged {
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

/// An absence has no line of its own; where the process starts is where a reader would look.
fn absent(image: &Image<'_>, message: Message) -> Site {
    Site::new(Place::File(image.file.id), message).related(image.anchor(), "starts")
}
