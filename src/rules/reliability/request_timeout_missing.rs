//! `request-timeout-missing`: a request that takes too long is ended.

use crate::{
    facts::{
        Fact, Visit, Watch, body_limits,
        images::{Image, images, start::Launch},
    },
    model::{Confidence, Evidence, Message, Place, Site, Span, Verdict},
    repo::FileKind,
    rule::{Context, Out, Rule},
};

pub(in crate::rules) static RULE: RequestTimeoutMissing = RequestTimeoutMissing;

pub(in crate::rules) struct RequestTimeoutMissing;

/// Servers that wait for a handler for as long as it takes.
const PATIENT: &[&str] = &["uvicorn", "hypercorn", "granian", "daphne", "fastapi"];

/// Words of code that ends what takes too long.
const ENDS: &[&str] = &["TimeoutMiddleware", "asyncio.timeout", "asyncio.wait_for", "fail_after(", "move_on_after("];

impl Rule for RequestTimeoutMissing {
    fn id(&self) -> &'static str {
        "request-timeout-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn watch(&self) -> Watch {
        Watch::texts().keywords(ENDS)
    }

    fn text(&self, file: &Visit<'_>, out: &mut Out<'_>) {
        let python = file.file.language == Some(crate::code::Language::Python);
        let first = ENDS.iter().filter_map(|word| file.text.find(word).map(|at| (at, word.len()))).min();
        if let Some((at, length)) = first.filter(|_| python) {
            out.good(Place::At(file.file.id, Span::new(at, at + length)), Message::new("in-code"));
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        for image in images(cx.repo, cx.facts.commands(cx.repo)) {
            let Some(launch) = image.launch(cx.repo) else { continue };
            let server = server(&launch);
            let place = launch.place.clone();
            if server == "gunicorn" {
                match gunicorn(&launch) {
                    Some(0) => sites.push(Site::new(place, "never").confidence(Confidence::Likely)),
                    // A worker of another kind keeps its own time.
                    _ if launch.words.iter().any(|word| word.contains("Uvicorn")) => {}
                    _ => fine.push(Evidence::At { place, note: Message::new("gunicorn") }),
                }
            } else if PATIENT.contains(&server) {
                if let Some(evidence) = ended(cx, &image) {
                    fine.push(evidence);
                } else {
                    let message = Message::new("patient").with("server", server);
                    sites.push(Site::new(place, message).confidence(Confidence::Likely).key(server));
                }
            }
        }
        sites.sort_by(|a, b| a.place.cmp(&b.place));
        sites.dedup_by(|a, b| a.place == b.place);
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("no-server")).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-server")).also_fine(fine).sites(total, ok)
    }
}

/// The program that is started: `python -m uvicorn` and `uv run uvicorn` start uvicorn.
fn server(launch: &Launch) -> &str {
    let known = launch.words.iter().take(6).map(|word| word.rsplit('/').next().unwrap_or(word));
    known.into_iter().find(|word| *word == "gunicorn" || PATIENT.contains(word)).unwrap_or_default()
}

/// The seconds that gunicorn is told to wait.
fn gunicorn(launch: &Launch) -> Option<u32> {
    let mut words = launch.words.iter();
    while let Some(word) = words.next() {
        if let Some(value) = word.strip_prefix("--timeout=") {
            return value.parse().ok();
        }
        if matches!(word.as_str(), "--timeout" | "-t") {
            return words.next()?.parse().ok();
        }
    }
    None
}

/// What ends a request that the server waits for: the code, or what stands before it.
fn ended(cx: &Context<'_>, image: &Image<'_>) -> Option<Evidence> {
    if let Some(seen) = cx
        .seen
        .iter()
        .find(|seen| seen.place.file().is_some_and(|file| cx.repo.file(file).component == image.component.id))
    {
        return Some(Evidence::At { place: seen.place.clone(), note: Message::new("in-code") });
    }
    if let Some((file, _)) = body_limits::nginx(cx.repo).first() {
        return Some(Evidence::At { place: Place::File(*file), note: Message::new("nginx") });
    }
    let platform = cx.repo.files().iter().find(|file| {
        let ingress = file.kind == FileKind::Kubernetes
            && cx.repo.read(file.id).is_ok_and(|text| text.contains("kind: Ingress") || text.contains("HTTPRoute"));
        file.role.is_operational()
            && (file.kind == FileKind::Platform || file.kind == FileKind::HelmTemplate || ingress)
    })?;
    Some(Evidence::At { place: Place::File(platform.id), note: Message::new("platform") })
}
