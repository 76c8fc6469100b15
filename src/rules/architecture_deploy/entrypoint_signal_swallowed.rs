//! `entrypoint-signal-swallowed`: a stop signal reaches the program and not only the shell that started it.

use crate::{
    facts::{
        Fact,
        images::{
            images,
            start::{Handover, Launch},
        },
    },
    model::{Evidence, Message, Severity, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: EntrypointSignalSwallowed = EntrypointSignalSwallowed;

pub(in crate::rules) struct EntrypointSignalSwallowed;

impl Rule for EntrypointSignalSwallowed {
    fn id(&self) -> &'static str {
        "entrypoint-signal-swallowed"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let images = images(cx.repo, cx.facts.commands(cx.repo));
        let (mut sites, mut fine, mut unclear) = (Vec::new(), Vec::new(), false);
        for launch in images.iter().filter_map(|image| image.launch(cx.repo)) {
            match judge(&launch) {
                Judged::Bad(site) => sites.push(site),
                Judged::Good(evidence) => fine.push(evidence),
                Judged::Unclear => unclear = true,
            }
        }
        // Several images may start with one script.
        sites.sort_by(|one: &Site, two| one.place.cmp(&two.place));
        sites.dedup_by(|one, two| one.place == two.place);
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if !sites.is_empty() {
            return Verdict::fail_or(sites, || Verdict::unknown("unclear")).also_fine(fine).sites(total, ok);
        }
        if unclear {
            return Verdict::unknown("unclear");
        }
        Verdict::pass_or(fine, || Verdict::not_applicable("no-images")).sites(total, ok)
    }
}

enum Judged {
    Bad(Site),
    Good(Evidence),
    Unclear,
}

fn judge(launch: &Launch) -> Judged {
    let command = launch.words.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(" ");
    let about = |key: &'static str| Message::new(key).with("command", command.as_str());
    let good = |note: Message| Judged::Good(Evidence::At { place: launch.place.clone(), note });
    let mild = |message: Message| Judged::Bad(Site::new(launch.place.clone(), message).severity(Severity::Low));
    if let Some((init, true)) = &launch.init {
        return good(Message::new("init").with("init", init.as_str()));
    }
    match &launch.handover {
        Handover::Direct => good(about("direct")),
        Handover::OneCommand => good(about("one")),
        Handover::Commands => mild(about("commands")),
        Handover::Manager(manager) => mild(Message::new("manager").with("manager", manager.as_str())),
        Handover::Script => Judged::Bad(Site::new(launch.place.clone(), about("script"))),
        Handover::Unknown => Judged::Unclear,
    }
}
