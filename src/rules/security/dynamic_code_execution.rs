//! `dynamic-code-execution`: text does not become code while the server runs.

use crate::{
    code::{Flags, Kind, NodeRef, Role},
    facts::{Fact, Visit, Watch},
    model::{Confidence, Message, Severity, Verdict},
    repo::{ComponentKind, File, Role as FileRole},
    rule::{Context, Out, Rule},
    rules::observed,
};

pub(in crate::rules) static RULE: DynamicCodeExecution = DynamicCodeExecution;

pub(in crate::rules) struct DynamicCodeExecution;

impl Rule for DynamicCodeExecution {
    fn id(&self) -> &'static str {
        "dynamic-code-execution"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call]).keywords(&["eval", "exec", "Function", "vm", "yaml"])
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Side]
    }

    fn node(&self, file: &Visit<'_>, call: NodeRef<'_>, out: &mut Out<'_>) {
        let tool = matches!(file.repo.component_of(file.file.id).kind, ComponentKind::Cli | ComponentKind::Library);
        let Some(runs) = runs(file.file, call).filter(|_| !tool) else { return };
        let name = call.child(Role::Callee).map_or("", NodeRef::text);
        let place = file.place(call);
        match runs {
            // RestrictedPython rewrites the text before it runs: https://restrictedpython.readthedocs.io
            Runs::Code if file.text.contains("RestrictedPython") => {
                let found = out.bad(place, Message::new("restricted").with("call", name));
                found.severity = Some(Severity::Medium);
                found.confidence = Confidence::Likely;
            }
            Runs::Code => {
                out.bad(place, Message::new("code").with("call", name));
            }
            Runs::Context => {
                let found = out.bad(place, Message::new("context").with("call", name));
                found.severity = Some(Severity::High);
                found.confidence = Confidence::Likely;
            }
            Runs::Objects => out.bad(place, Message::new("objects").with("call", name)).severity = Some(Severity::High),
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let files = cx.files(FileRole::Source).filter(|file| file.language.is_some()).count();
        if files == 0 {
            return Verdict::not_applicable("no-code");
        }
        observed::judged(&observed::on_server(cx), || Verdict::pass(cx.searched("searched", files), []))
    }
}

enum Runs {
    Code,
    /// In another context of the same process, which holds nothing back.
    Context,
    /// A document that makes any object it names.
    Objects,
}

fn runs(file: &File, call: NodeRef<'_>) -> Option<Runs> {
    let script = file.language?.is_script();
    let callee = call.child(Role::Callee)?;
    let global = callee.is(Kind::Identifier) && callee.binding().is_none();
    let varies = || call.argument(0).is_some_and(|argument| argument.constant().is_none() && !is_own_file(argument));
    match (script, callee.name()) {
        (_, "eval") | (false, "exec") if global && varies() => Some(Runs::Code),
        (true, "Function") if global => {
            // The last argument is the body.
            let body = call.positional().last()?;
            let spread = body.is(Kind::Spread);
            (!spread && body.constant().is_none() && !body.text().contains("import(")).then_some(Runs::Code)
        }
        (true, _) => context(call).filter(|_| varies()),
        (false, _) => objects(call),
    }
}

/// `vm.runInNewContext(code)`, `new vm.Script(code)`
fn context(call: NodeRef<'_>) -> Option<Runs> {
    let api = call.callee_api()?;
    let runs =
        matches!(api.as_str(), "vm.runInNewContext" | "vm.runInThisContext" | "vm.runInContext" | "vm.compileFunction")
            || api == "vm.Script" && call.has(Flags::NEW);
    runs.then_some(Runs::Context)
}

/// `yaml.load(text, Loader=yaml.Loader)`, `yaml.unsafe_load(text)`
fn objects(call: NodeRef<'_>) -> Option<Runs> {
    let api = call.callee_api()?;
    let unsafe_loader = || {
        let loader = call.keyword("Loader").or_else(|| call.argument(1)).and_then(NodeRef::api_path);
        loader.is_some_and(|path| matches!(path.as_str(), "yaml.Loader" | "yaml.UnsafeLoader" | "yaml.CLoader"))
    };
    (api == "yaml.unsafe_load" || (api == "yaml.load" && unsafe_loader())).then_some(Runs::Objects)
}

/// What is read from a file beside the program is as much the program's as the program.
fn is_own_file(argument: NodeRef<'_>) -> bool {
    let argument = argument.resolved();
    std::iter::once(argument).chain(argument.descendants()).any(|node| {
        node.is(Kind::Call)
            && matches!(node.callee_name(), Some("open" | "read" | "read_text" | "readFileSync" | "compile"))
    })
}
