//! `native-dialog`: questions and notices are shown by the interface, not by the browser's own dialogs.

use crate::{
    code::{Kind, NodeRef},
    facts::{
        Fact,
        side::{Side, Sign, side_of},
    },
    model::{Message, Place, Severity, Verdict},
    repo::{ComponentKind, File, Role},
    rule::{Context, Out, Rule, Visit, Watch, site_of},
};

pub(in crate::rules) static RULE: NativeDialog = NativeDialog;

pub(in crate::rules) struct NativeDialog;

impl Rule for NativeDialog {
    fn id(&self) -> &'static str {
        "native-dialog"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call]).keywords(&["alert", "confirm", "prompt"])
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Side]
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        let Some(path) = node.callee_path() else { return };
        let (global, name) = match path.split_once('.') {
            Some(("window" | "globalThis" | "self", name)) => (true, name),
            Some(_) => return,
            None => (false, path.as_str()),
        };
        let text = file.file.language.is_some_and(|language| language != crate::code::Language::Python);
        if !text || !matches!(name, "alert" | "confirm" | "prompt") || node.is_dev_only() || is_showcase(file.file) {
            return;
        }
        // A bare `prompt()` also exists in other runtimes; what is looked up on the window is the browser's.
        let observation = out.bad(file.place(node), Message::new("bad").with("call", path.as_str()));
        // The pages of those who run the service are no product.
        if file.file.path.components().any(|part| is_for_staff(part.as_str())) {
            observation.severity = Some(Severity::Info);
        }
        observation.key = if global { "window".to_owned() } else { name.to_owned() };
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let profile = &cx.component.profile;
        // React Native has an `alert` of its own, and it is the platform's dialog.
        let elsewhere = cx.component.kind == ComponentKind::Cli
            || profile.has_framework("React Native")
            || profile.has_framework("Expo");
        let client = |file: &&File| {
            !elsewhere && file.language.is_some() && side_of(cx.repo, cx.facts, file).side != Side::Server
        };
        let files = cx.files(Role::Source).filter(client).count();
        let sites: Vec<_> =
            cx.seen.iter().filter(|seen| !elsewhere && in_browser(cx, &seen.place, &seen.key)).map(site_of).collect();
        Verdict::fail_or(sites, || {
            let browser =
                cx.files(Role::Source).filter(client).any(|file| side_of(cx.repo, cx.facts, file).side == Side::Client);
            if !browser {
                return Verdict::not_applicable("no-client");
            }
            Verdict::pass(cx.searched("searched", files), [])
        })
    }
}

/// A folder for administration: `admin`, `(admin)`, `admin.shop.example`.
fn is_for_staff(folder: &str) -> bool {
    let plain = folder.trim_matches(['(', ')']);
    !plain.contains(".ts") && plain.split('.').next().is_some_and(|word| matches!(word, "admin" | "backoffice"))
}

/// Stories in a file that is called nothing else.
fn is_showcase(file: &File) -> bool {
    file.path.file_stem().is_some_and(|stem| matches!(stem, "stories" | "story"))
}

/// Whether the call at `place` is made in a browser; what the name alone suggests needs a sign of one.
fn in_browser(cx: &Context<'_>, place: &Place, key: &str) -> bool {
    let Some(file) = place.file() else { return false };
    let file = cx.repo.file(file);
    let sided = side_of(cx.repo, cx.facts, file);
    match sided.side {
        Side::Client => true,
        Side::Shared => {
            key == "window" || sided.sign != Sign::None || file.path.extension().is_some_and(|it| it.ends_with('x'))
        }
        Side::Server => false,
    }
}
