//! `cache-control-missing`: browsers keep what never changes.

use crate::{
    code::{Kind, NodeRef, Role as NodeRole},
    facts::{Visit, Watch},
    model::{Confidence, Message, Place, Span, Verdict},
    repo::FileKind,
    rule::{Context, Out, Rule},
};

pub(in crate::rules) static RULE: CacheControlMissing = CacheControlMissing;

pub(in crate::rules) struct CacheControlMissing;

/// Options that say how long a file may be kept.
const OPTIONS: &[&str] = &["maxAge", "maxage", "immutable", "setHeaders", "cacheControl", "headers", "maxAgeSeconds"];
/// Words of a folder's path that hold what a front end was built to.
const BUILT: &[&str] = &["build", "dist", "client", "frontend"];
/// Words of a folder's path that hold what people sent, which may change.
const SENT: &[&str] = &["upload", "media", "storage", "tmp", "docs", "swagger", "coverage"];

impl Rule for CacheControlMissing {
    fn id(&self) -> &'static str {
        "cache-control-missing"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call]).keywords(&["express", "serve-static", "astify", "koa-static"])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        let Some((folder, options)) = served(node).filter(|_| !node.is_dev_only()) else { return };
        let path = folder.text().to_ascii_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| path.contains(word));
        let options = options.map(NodeRef::resolved);
        let told = options.is_some_and(|options| {
            !options.is(Kind::Object)
                || options.has_spread()
                || options.children_in(NodeRole::Item).any(|item| OPTIONS.contains(&item.name()))
        });
        if told {
            out.good(file.place(node), Message::new("told"));
        } else if has(BUILT) && !has(SENT) {
            out.bad(file.place(node), Message::new("forgotten")).confidence = Confidence::Likely;
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if cx.seen.is_empty() {
            return Verdict::not_applicable("no-files");
        }
        // A proxy that says it for the same files decides.
        if let Some(place) = at_proxy(cx) {
            return Verdict::pass_at(place, "at-proxy");
        }
        cx.judged(|| Verdict::not_applicable("no-files"))
    }
}

/// The folder that a call serves, and the options that it is given.
fn served(call: NodeRef<'_>) -> Option<(NodeRef<'_>, Option<NodeRef<'_>>)> {
    let path = call.callee_api()?;
    match path.as_str() {
        "express.static" | "serve-static" | "koa-static" => Some((call.argument(0)?, call.argument(1))),
        _ if call.callee_name() == Some("register") => {
            let plugin = call.argument(0)?.api_path()?;
            let options =
                call.argument(1).filter(|_| matches!(plugin.as_str(), "@fastify/static" | "fastify-static"))?;
            let root = options.resolved().property("root")?;
            Some((root, Some(options)))
        }
        _ => None,
    }
}

/// Where a proxy in the repository says how long files may be kept.
fn at_proxy(cx: &Context<'_>) -> Option<Place> {
    let mut files = cx.repo.files().iter().filter(|file| {
        let path = file.path.as_str();
        file.language.is_none()
            && file.role.is_operational()
            && !matches!(file.kind, FileKind::Lockfile)
            && (["nginx", "Caddyfile", "vercel.json", "netlify.toml", "_headers", "firebase.json"]
                .iter()
                .any(|name| path.contains(name))
                || file.path.extension() == Some("conf"))
    });
    files.find_map(|file| {
        let text = cx.repo.read(file.id).ok()?;
        let at = ["expires ", "Cache-Control", "cache-control"].iter().find_map(|word| {
            let at = text.find(word)?;
            Some(Span::new(at, at + word.trim_end().len()))
        })?;
        Some(Place::At(file.id, at))
    })
}
