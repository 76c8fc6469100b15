//! `drizzle-config-incomplete`: Drizzle's configuration finds the schema and holds no credentials.

use camino::Utf8Path;

use crate::{
    code::{Kind, NodeRef},
    facts::Visit,
    model::{Message, Place, Severity, Verdict},
    repo::Role,
    rule::{Context, Out, Rule, Watch},
};

pub(in crate::rules) static RULE: DrizzleConfigIncomplete = DrizzleConfigIncomplete;

pub(in crate::rules) struct DrizzleConfigIncomplete;

impl Rule for DrizzleConfigIncomplete {
    fn id(&self) -> &'static str {
        "drizzle-config-incomplete"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Object]).keywords(&["drizzle"]).roles(&[Role::Config, Role::Source, Role::Script])
    }

    fn node(&self, file: &Visit<'_>, object: NodeRef<'_>, out: &mut Out<'_>) {
        let name = file.file.name();
        let tested = name.contains(".test.");
        let config = name.starts_with("drizzle") && name.contains("config.") && !tested && is_config(object);
        if !config {
            return;
        }
        let place = |node: NodeRef<'_>| Place::At(file.file.id, node.span());
        let mut complete = true;
        if let Some(schema) = object.property("schema") {
            for glob in globs(schema) {
                if !finds(file, &glob) {
                    out.bad(place(schema), Message::new("schema").with("path", glob.as_str())).severity =
                        Some(Severity::Medium);
                    complete = false;
                }
            }
        }
        if object.property("out").is_none() && !object.has_spread() {
            out.bad(place(object), "out");
            complete = false;
        }
        if complete {
            out.good(place(object), "complete");
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        cx.judged(|| Verdict::not_applicable("no-config"))
    }
}

/// The configuration itself, and no object in it: it says which dialect or driver, or where the schema is.
fn is_config(object: NodeRef<'_>) -> bool {
    let outer = !object.ancestors().any(|node| node.is(Kind::Object));
    outer && ["dialect", "schema", "driver"].iter().any(|name| object.property(name).is_some())
}

/// The paths that the file gives as literals.
fn globs(schema: NodeRef<'_>) -> Vec<String> {
    if schema.is(Kind::Array) {
        return schema.children().filter_map(NodeRef::constant_str).collect();
    }
    schema.constant_str().into_iter().collect()
}

/// Whether a path or glob, from the configuration's folder, names something of the repository. What is written by a
/// build, or lies outside, is not in it.
fn finds(file: &Visit<'_>, glob: &str) -> bool {
    if glob.contains("..")
        || glob.contains("dist/")
        || glob.contains("node_modules")
        || glob.starts_with('/')
        || glob.contains("build/")
    {
        return true;
    }
    let relative = glob.trim_start_matches("./").trim_end_matches('/');
    let from_root = |base: &Utf8Path| {
        let path = base.join(relative);
        file.repo.by_path(&path).is_some()
            || !file.repo.files_below(&path).is_empty()
            || !file.repo.find(path.as_str()).is_empty()
    };
    from_root(file.file.folder()) || from_root(Utf8Path::new(""))
}
