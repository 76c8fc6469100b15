//! `file-upload-unrestricted`: files are asked for their size and their kind before they are kept.

use crate::{
    facts::{
        Fact, body_limits,
        intake::{Setting, Upload, UploadWay},
        modules::{FunctionId, Modules},
        routes::{Route, RouteKind, standing::Area},
    },
    model::{Confidence, Evidence, Message, Place, Severity, Site, Verdict},
    repo::Role,
    rule::{Context, Rule},
    rules::limited::handler_of,
};

pub(in crate::rules) static RULE: FileUploadUnrestricted = FileUploadUnrestricted;

pub(in crate::rules) struct FileUploadUnrestricted;

/// Places that a pass names.
const SHOWN: usize = 5;
/// Words of code that asks how large a file is.
const SIZE: &[&str] = &["size", "length", "limit", "too large", "too_large", "bytes", "413"];
/// Words of code that asks what kind of file it is.
const KIND: &[&str] = &[
    "mimetype",
    "mime_type",
    "content_type",
    "contenttype",
    "extension",
    "suffix",
    "splitext",
    "extname",
    "allowed",
    "endswith",
    "magic",
    "filename.split",
    "filetype",
    "file_type",
    "file.type",
    "validat",
    "image/",
    "accept",
    "sharp(",
    "pil",
    "parse",
];

impl Rule for FileUploadUnrestricted {
    fn id(&self) -> &'static str {
        "file-upload-unrestricted"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Routes, Fact::Modules, Fact::Access, Fact::Intake]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let modules = cx.facts.modules(cx.repo);
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        let before = bounded_before(cx);
        let options = mentions(cx, &["fileSize", "ParseFilePipe", "MaxFileSizeValidator"]);
        for file in cx.files(Role::Source) {
            let Some(facts) = cx.facts.of(file.id) else { continue };
            for setup in &facts.intake.setups {
                let place = Place::At(file.id, setup.span);
                match setup.limits_size {
                    Setting::Missing => {
                        let message = Message::new("no-size").with("name", setup.name);
                        let site = Site::new(place, message).confidence(Confidence::Likely);
                        sites.push(if before { site.severity(Severity::Low) } else { site });
                    }
                    Setting::Given => fine.push(Evidence::At { place, note: Message::new("limited") }),
                    Setting::Open => {}
                }
            }
            for late in &facts.intake.late {
                let site = Site::new(Place::At(file.id, *late), Message::new("late")).severity(Severity::Low);
                sites.push(site.confidence(Confidence::Likely));
            }
        }
        let routes = cx.facts.routes(cx.repo).iter().filter(|route| {
            route.component == cx.component.id && matches!(route.kind, RouteKind::Http | RouteKind::ServerAction)
        });
        for (route, id, upload) in routes.filter_map(|route| taken(cx, modules, route)) {
            let place = Place::At(id.file, upload.span);
            let mut asked = asked(cx, modules, id);
            // Nest limits in the options of a module or in a pipe.
            asked.0 |= upload.way == UploadWay::Nest && options;
            asked.1 |= upload.way == UploadWay::Nest && options;
            if let Some(message) = missing(upload.way, asked, before) {
                let site = Site::new(place, message.with("path", route.path.as_str())).confidence(Confidence::Likely);
                let trusted = route.area() == Area::Administration && route.authenticates().is_some();
                let grave = !asked.0 && !before && !trusted;
                sites.push(if grave { site } else { site.severity(Severity::Low) }.key(&route.path));
            } else if asked.0 && asked.1 {
                fine.push(Evidence::At { place, note: Message::new("asked").with("path", route.path.as_str()) });
            }
        }
        sites.sort_by(|a, b| a.place.cmp(&b.place));
        sites.dedup_by(|a, b| a.place == b.place);
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        let shown: Vec<Evidence> = fine.into_iter().take(SHOWN).collect();
        if sites.is_empty() {
            return Verdict::pass_or(shown, || Verdict::not_applicable("no-uploads")).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-uploads")).also_fine(shown).sites(total, ok)
    }
}

/// What the handler of an upload forgets to ask.
fn missing(way: UploadWay, (size, kind): (bool, bool), before: bool) -> Option<Message> {
    // multer has options for it, Fastify has a limit, and a form of Django asks in its fields.
    if matches!(way, UploadWay::Multer | UploadWay::FastifyMultipart | UploadWay::Django) {
        return None;
    }
    match (size || before, kind) {
        (false, false) => Some(Message::new("unasked")),
        (false, true) => Some(Message::new("unasked-size")),
        (true, false) => Some(Message::new("unasked-kind")),
        (true, true) => None,
    }
}

fn taken<'f>(cx: &Context<'f>, modules: Modules<'_>, route: &'f Route) -> Option<(&'f Route, FunctionId, &'f Upload)> {
    let id = handler_of(modules, route)?;
    let span = modules.function(id).span;
    let uploads = &cx.facts.of(id.file)?.intake.uploads;
    let upload = uploads.iter().find(|upload| span.start <= upload.span.start && upload.span.end <= span.end)?;
    Some((route, id, upload))
}

/// Whether the handler, or what it calls, asks for size and kind.
fn asked(cx: &Context<'_>, modules: Modules<'_>, handler: FunctionId) -> (bool, bool) {
    let (mut size, mut kind) = (false, false);
    modules.reach(handler, 2, |id| {
        let text = cx.repo.read(id.file).ok()?;
        let inside = text.get(modules.function(id).span.range())?.to_lowercase();
        size |= SIZE.iter().any(|word| inside.contains(word));
        kind |= KIND.iter().any(|word| inside.contains(word));
        (size && kind).then_some(())
    });
    (size, kind)
}

/// Whether something before the handlers bounds what is sent.
fn bounded_before(cx: &Context<'_>) -> bool {
    cx.repo.profile().has_deploy_target("vercel")
        || !body_limits::nginx(cx.repo).is_empty()
        || mentions(cx, &["MAX_CONTENT_LENGTH"])
}

/// Whether the code of the component speaks of one of these.
fn mentions(cx: &Context<'_>, words: &[&str]) -> bool {
    let speaks = |text: &str| words.iter().any(|word| text.contains(word));
    cx.files(Role::Source).any(|file| cx.repo.read(file.id).is_ok_and(|text| speaks(&text)))
}
