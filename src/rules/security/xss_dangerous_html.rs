//! `xss-dangerous-html`: text that somebody wrote does not become markup of the page.

use crate::{
    code::{Kind, NodeRef, Role},
    facts::{Visit, Watch, access::words},
    model::{Confidence, Message, Verdict},
    rule::{Context, Out, Rule},
};

pub(in crate::rules) static RULE: XssDangerousHtml = XssDangerousHtml;

pub(in crate::rules) struct XssDangerousHtml;

/// Names followed from the markup to what it is made of.
const HOPS: usize = 5;

/// Words of calls that make markup harmless, or that write only what they escaped themselves.
const HARMLESS: &[&str] = &[
    "sanitize",
    "sanitizer",
    "purify",
    "dompurify",
    "clean",
    "escape",
    "escaped",
    "xss",
    "encode",
    "stringify",
    "highlight",
    "highlighter",
    "katex",
    "shiki",
    "mermaid",
    "prism",
    "hljs",
    "serialize",
    "translate",
    "safe",
    "strip",
    "icon",
    "svg",
    "qr",
    "qrcode",
];

/// Packages that make markup harmless.
const SANITIZERS: &[&str] = &[
    "dompurify",
    "isomorphic-dompurify",
    "sanitize-html",
    "xss",
    "rehype-sanitize",
    "insane",
    "@braintree/sanitize-url",
];

/// Calls that turn Markdown into markup and leave what was markup already.
const RENDERERS: &[&str] = &["marked", "marked.parse", "marked.marked", "showdown", "snarkdown", "micromark"];

/// Names of fields in which people write.
const WRITTEN: &[&str] = &[
    "content",
    "body",
    "html",
    "description",
    "bio",
    "comment",
    "message",
    "markdown",
    "summary",
    "text",
    "about",
    "review",
    "note",
];

impl Rule for XssDangerousHtml {
    fn id(&self) -> &'static str {
        "xss-dangerous-html"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Property, Kind::Assignment, Kind::Call]).keywords(&[
            "__html",
            "nnerHTML",
            "outerHTML",
            "document.write",
            "insertAdjacentHTML",
        ])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        let Some((value, by)) = markup(node) else { return };
        if node.is_dev_only() {
            return;
        }
        let place = file.place(node);
        match judge(value, HOPS) {
            Judged::Fixed => {
                out.good(place, Message::new("fixed").with("by", by));
            }
            Judged::Harmless => {
                out.good(place, Message::new("harmless").with("by", by));
            }
            Judged::Written(what) => {
                let message = Message::new("written").with("by", by).with("what", what.text());
                out.bad(place, message).confidence = Confidence::Likely;
            }
            Judged::Rendered(what) => {
                let message =
                    Message::new("rendered").with("by", by).with("what", what.callee_name().unwrap_or_default());
                out.bad(place, message).confidence = Confidence::Likely;
            }
            Judged::Open => {
                out.note(place, "open");
            }
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if cx.seen.is_empty() {
            return Verdict::not_applicable("no-markup");
        }
        // What is made harmless may have been so before it was stored or sent.
        let sanitizer = cx.repo.declared(SANITIZERS);
        let bad = cx.seen.iter().any(|seen| seen.message.key == "written" || seen.message.key == "rendered");
        if let Some((name, _)) = sanitizer.filter(|_| bad) {
            return Verdict::unknown(Message::new("sanitizer").with("name", name));
        }
        cx.judged(|| Verdict::unknown("unclear"))
    }
}

/// What becomes markup, and by what.
fn markup(node: NodeRef<'_>) -> Option<(NodeRef<'_>, &'static str)> {
    match node.kind() {
        Kind::Property if node.name() == "__html" => {
            let object = node.parent()?;
            let attribute = object.ancestors().take(3).find(|above| above.is(Kind::JsxAttribute))?;
            let element = attribute.parent()?;
            // Styles and scripts of the page's own are another matter.
            (attribute.name() == "dangerouslySetInnerHTML" && !matches!(element.name(), "style" | "script" | "Script"))
                .then(|| Some((node.child(Role::Value)?, "dangerouslySetInnerHTML")))?
        }
        Kind::Assignment => {
            let target = node.child(Role::Target).filter(|target| target.is(Kind::Member))?;
            let by = match target.name() {
                "innerHTML" => "innerHTML",
                "outerHTML" => "outerHTML",
                _ => return None,
            };
            // A text area never shown is how text is decoded.
            let decodes = target.child(Role::Object).is_some_and(|on| {
                let name = format!("{} {}", on.text(), on.resolved().text()).to_ascii_lowercase();
                ["textarea", "template", "style", "parser", "temp", "tmp", "txt"].iter().any(|word| name.contains(word))
            });
            (!decodes).then(|| Some((node.child(Role::Value)?, by)))?
        }
        Kind::Call => match node.callee_name()? {
            "insertAdjacentHTML" => Some((node.argument(1)?, "insertAdjacentHTML")),
            "write" if node.receiver().is_some_and(|on| on.name() == "document") => {
                Some((node.argument(0)?, "document.write"))
            }
            _ => None,
        },
        _ => None,
    }
}

enum Judged<'t> {
    Fixed,
    Harmless,
    Written(NodeRef<'t>),
    Rendered(NodeRef<'t>),
    Open,
}

fn judge(node: NodeRef<'_>, hops: usize) -> Judged<'_> {
    if hops == 0 {
        return Judged::Open;
    }
    if node.constant().is_some() {
        return Judged::Fixed;
    }
    let worst = |parts: &mut dyn Iterator<Item = NodeRef<'_>>| {
        let mut harmless = false;
        for part in parts {
            match judge_part(part, hops - 1) {
                Some(true) => harmless = true,
                Some(false) => {}
                None => return None,
            }
        }
        Some(harmless)
    };
    match node.kind() {
        Kind::Template => match worst(&mut node.children_in(Role::Item).filter(|item| !item.is(Kind::String))) {
            Some(_) => Judged::Harmless,
            None => Judged::Open,
        },
        Kind::Logical => node.child(Role::Left).map_or(Judged::Open, |left| judge(left, hops - 1)),
        Kind::Conditional => node.child(Role::Consequent).map_or(Judged::Open, |left| judge(left, hops - 1)),
        Kind::Await => node.child(Role::Value).map_or(Judged::Open, |value| judge(value, hops - 1)),
        Kind::Call => {
            let parts = words(node.callee_name().unwrap_or_default());
            let receiver = node.receiver().map(|on| words(on.name())).unwrap_or_default();
            let api = node.callee_api().unwrap_or_default();
            if parts.iter().chain(&receiver).any(|part| HARMLESS.contains(&part.as_str()))
                || node.callee_name() == Some("t")
            {
                Judged::Harmless
            } else if RENDERERS.contains(&api.as_str())
                && node.argument(0).is_some_and(|text| matches!(judge(text, hops - 1), Judged::Written(_)))
            {
                Judged::Rendered(node)
            } else {
                Judged::Open
            }
        }
        Kind::Identifier => match node.definition().filter(|made| *made != node) {
            Some(made) => judge(made, hops - 1),
            None => Judged::Open,
        },
        Kind::Member if is_written(node) => Judged::Written(node),
        _ => Judged::Open,
    }
}

/// Whether one part of a text is harmless; `None` when that is not known.
fn judge_part(node: NodeRef<'_>, hops: usize) -> Option<bool> {
    match judge(node, hops) {
        Judged::Fixed => Some(false),
        Judged::Harmless => Some(true),
        _ => None,
    }
}

/// `post.content`, `comment.body`: a field in which somebody wrote, of something that is no constant of the program.
fn is_written(node: NodeRef<'_>) -> bool {
    let Some(object) = node.child(Role::Object) else { return false };
    let holder = words(object.name());
    let records = [
        "post",
        "comment",
        "article",
        "review",
        "user",
        "profile",
        "ticket",
        "reply",
        "thread",
        "issue",
        "page",
        "entry",
        "announcement",
        "prompt",
        "product",
        "task",
        "note",
    ];
    WRITTEN.contains(&node.name())
        && holder.last().is_some_and(|last| records.contains(&last.as_str()))
        && object.resolved().constant().is_none()
        && !object.resolved().is(Kind::Object)
}
