//! `container-init-missing`: process 1 of a container stops when it is asked to.

use crate::{
    doc::Node,
    facts::{
        Fact, Visit, Watch,
        images::{
            Image, images,
            start::{Handover, Launch},
        },
    },
    model::{Evidence, Message, Place, Site, Span, Tone, Verdict},
    repo::Role,
    rule::{Context, Out, Rule},
};

pub(in crate::rules) static RULE: ContainerInitMissing = ContainerInitMissing;

pub(in crate::rules) struct ContainerInitMissing;

impl Rule for ContainerInitMissing {
    fn id(&self) -> &'static str {
        "container-init-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn watch(&self) -> Watch {
        Watch::texts().keywords(&["SIGTERM", "enableShutdownHooks", "terminus"]).roles(&[Role::Source, Role::Script])
    }

    fn text(&self, file: &Visit<'_>, out: &mut Out<'_>) {
        for word in ["SIGTERM", "enableShutdownHooks", "terminus"] {
            if let Some(at) = file.text.find(word) {
                out.note(Place::At(file.file.id, Span::new(at, at + word.len())), "handled");
                return;
            }
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        for image in images(cx.repo, cx.facts.commands(cx.repo)) {
            let Some(launch) = image.launch(cx.repo) else { continue };
            match judge(cx, &image, &launch) {
                Some(Judged::Bad(site)) => sites.push(site),
                Some(Judged::Good(evidence)) => fine.push(evidence),
                None => {}
            }
        }
        sites.dedup_by(|one, two| one.place == two.place);
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("no-images")).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-images")).also_fine(fine).sites(total, ok)
    }
}

enum Judged {
    Bad(Site),
    Good(Evidence),
}

/// Application servers for Python, and runtimes for Node, that handle SIGTERM.
const SERVERS: [&str; 12] = [
    "uvicorn",
    "gunicorn",
    "hypercorn",
    "daphne",
    "granian",
    "uwsgi",
    "celery",
    "waitress-serve",
    "fastapi",
    "next",
    "flask",
    "streamlit",
];

fn judge(cx: &Context<'_>, image: &Image<'_>, launch: &Launch) -> Option<Judged> {
    let good = |place: Place, note: Message| Some(Judged::Good(Evidence::At { place, note }));
    let command = launch.words.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(" ");
    if let Some((init, _)) = &launch.init {
        return good(launch.place.clone(), Message::new("init").with("init", init.as_str()));
    }
    let name = launch.words.first()?.as_str();
    let python = name == "python" || name.starts_with("python3");
    let module = launch.words.iter().skip_while(|word| *word != "-m").nth(1);
    let server = module.map_or(name, String::as_str);
    if SERVERS.contains(&server) {
        return good(launch.place.clone(), Message::new("server").with("command", command));
    }
    // Anything but the runtime itself as process 1 is for `entrypoint-signal-swallowed`.
    let direct = matches!(launch.handover, Handover::Direct | Handover::OneCommand);
    if !direct || !(python || matches!(name, "node" | "nodejs")) {
        return None;
    }
    let compose = image.built_by.iter().chain(&image.run_by).find_map(|service| {
        let on = service.node.get("init").and_then(Node::as_bool) == Some(true);
        Some((service, service.place_of("init").filter(|_| on)?))
    });
    if let Some((service, place)) = compose {
        return good(place, Message::new("compose").with("service", service.name));
    }
    let handled = cx
        .seen
        .iter()
        .filter(|seen| seen.tone == Tone::Note)
        .find(|seen| seen.place.file().is_some_and(|file| covers(cx, image, file)));
    if let Some(seen) = handled {
        return good(seen.place.clone(), "handled".into());
    }
    // The server that Next.js generates stops on SIGTERM.
    let next = cx.repo.dependency(image.component.id, "next").is_some();
    if next && launch.words.iter().any(|word| word.ends_with("server.js")) {
        return good(launch.place.clone(), Message::new("server").with("command", command));
    }
    let message = Message::new("missing").with("command", command);
    Some(Judged::Bad(Site::new(launch.place.clone(), message)))
}

/// Whether the image may hold `file`: it is its component's, or of a package that any component may use.
fn covers(cx: &Context<'_>, image: &Image<'_>, file: crate::model::FileId) -> bool {
    let owner = cx.repo.component_of(file);
    owner.id == image.component.id || image.component.is_root() || !owner.kind.is_deployable()
}
