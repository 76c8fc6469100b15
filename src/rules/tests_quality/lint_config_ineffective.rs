//! `lint-config-ineffective`: the linter's configuration is applied.

use crate::{
    code::{Flags, Kind, NodeRef, Role as NodeRole},
    facts::Fact,
    model::{Message, Place, Site, Verdict},
    repo::{File, Manifest, Role},
    rule::{Context, Out, Rule, Visit, Watch},
};

pub(in crate::rules) static RULE: LintConfigIneffective = LintConfigIneffective;

pub(in crate::rules) struct LintConfigIneffective;

impl Rule for LintConfigIneffective {
    fn id(&self) -> &'static str {
        "lint-config-ineffective"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Assignment, Kind::Export]).roles(&[Role::Config, Role::Source])
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        if !is_flat(file.file) {
            return;
        }
        let Some(value) = exported(node) else { return };
        if has_no_rule(value) {
            out.bad(file.place(node), "empty").key.push_str("empty");
        } else {
            out.good(file.place(node), "applied");
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if cx.repo.files().iter().any(|file| is_flat(file) && in_use(file)) {
            return cx.judged(|| Verdict::not_applicable("none"));
        }
        let old = cx.repo.files().iter().find(|file| file.name().starts_with(".eslintrc") && in_use(file));
        let Some(old) = old else { return Verdict::not_applicable("none") };
        let Some((manifest, version, span)) = flat_only(cx) else {
            return Verdict::pass_at(Place::File(old.id), "applied");
        };
        let message = Message::new("not-read").with("version", version);
        let site = Site::new(Place::File(old.id), message).key("not-read").related(manifest.place(span), "declared");
        Verdict::fail(site, [])
    }
}

fn is_flat(file: &File) -> bool {
    file.name().starts_with("eslint.config.")
}

fn in_use(file: &File) -> bool {
    !matches!(file.role, Role::Example | Role::Vendored | Role::Generated | Role::Test)
}

/// What the file gives to `ESLint`.
fn exported(node: NodeRef<'_>) -> Option<NodeRef<'_>> {
    if node.is(Kind::Export) {
        return node.has(Flags::DEFAULT).then(|| node.children().find(|it| !it.is(Kind::Comment))).flatten();
    }
    let target = node.child(NodeRole::Target)?;
    (target.is(Kind::Member) && target.text() == "module.exports").then(|| node.child(NodeRole::Value)).flatten()
}

/// A list in which every entry is an object that only ignores files.
fn has_no_rule(value: NodeRef<'_>) -> bool {
    let value = value.resolved();
    let entry = |item: NodeRef<'_>| {
        let item = item.resolved();
        item.is(Kind::Object)
            && item
                .children()
                .filter(|it| !it.is(Kind::Comment))
                .all(|property| property.is(Kind::Property) && matches!(property.name(), "ignores" | "name"))
    };
    value.is(Kind::Array) && value.children().filter(|it| !it.is(Kind::Comment)).all(entry)
}

/// `ESLint` from version 9 on, where nothing asks it for the old format.
fn flat_only<'a>(cx: &Context<'a>) -> Option<(&'a Manifest, String, crate::model::Span)> {
    let mut newest = None;
    for manifest in cx.repo.manifests() {
        let Some(found) = manifest.dependency("eslint") else { continue };
        let version = found.version.clone().unwrap_or_default();
        let digits = version.trim_start_matches(['^', '~', '=', 'v']);
        let major = digits.split('.').next().and_then(|it| it.parse::<u32>().ok());
        // Another version elsewhere in the repository may be the one that reads the file.
        if major.is_none_or(|major| major < 9) {
            return None;
        }
        newest.get_or_insert((manifest, version, found.span));
    }
    let old_format = |text: &str| text.contains("ESLINT_USE_FLAT_CONFIG");
    let asked = cx.facts.commands(cx.repo).iter().any(|used| {
        let text = used.text();
        let next = used.command.program().is_some_and(|program| program.name == "next") && text.contains("lint");
        next || old_format(&text)
    });
    let written = cx
        .repo
        .files()
        .iter()
        .filter(|file| matches!(file.name(), "package.json" | ".env") || file.path.starts_with(".github"))
        .any(|file| cx.repo.read(file.id).is_ok_and(|text| old_format(&text)));
    newest.filter(|_| !asked && !written)
}
