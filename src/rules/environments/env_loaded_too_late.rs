//! `env-loaded-too-late`: a file of variables is loaded before anything reads them.
//!
//! Modules are walked in the order in which the runtime runs them: imports first, then what stands in the module.

use std::collections::BTreeSet;

use crate::{
    facts::{
        Fact,
        environment::Via,
        modules::{ImportWay, Modules, Target},
        variables,
    },
    model::{Confidence, Evidence, FileId, Message, Place, Site, Span, Verdict},
    repo::{File, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: EnvLoadedTooLate = EnvLoadedTooLate;

pub(in crate::rules) struct EnvLoadedTooLate;

impl Rule for EnvLoadedTooLate {
    fn id(&self) -> &'static str {
        "env-loaded-too-late"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Environment, Fact::Modules, Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let modules = cx.facts.modules(cx.repo);
        let loaders: Vec<(FileId, Span)> = modules
            .files()
            .filter(|(file, _)| is_ours(cx, cx.repo.file(*file)))
            .filter_map(|(file, _)| Some((file, load_in(modules, file)?)))
            .collect();
        if loaders.is_empty() {
            return Verdict::not_applicable("no-loader");
        }
        if let Some(place) = loaded_before(cx) {
            return Verdict::pass_at(place, "before");
        }
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        for (file, span) in &loaders {
            // Somebody who loads the file earlier may have brought this module in.
            let entered = loaders.iter().any(|(other, _)| other != file && imports(modules, *other, *file));
            let mut walk = Walk { cx, modules, seen: BTreeSet::from([*file]) };
            match walk.before(*file, *span, 0) {
                Some(Event::Read(name, place)) if !entered => {
                    let message = Message::new("late").with("name", name);
                    let site = Site::new(Place::At(*file, *span), message).confidence(Confidence::Likely);
                    sites.push(site.related(place, "read"));
                }
                _ => fine.push(Evidence::At { place: Place::At(*file, *span), note: Message::new("first") }),
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("no-loader")).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-loader")).also_fine(fine).sites(total, ok)
    }
}

fn is_ours(cx: &Context<'_>, file: &File) -> bool {
    file.role == Role::Source && cx.repo.component(file.component).kind.is_deployable()
}

/// Where a module loads a file of variables when it is run itself.
fn load_in(modules: Modules<'_>, file: FileId) -> Option<Span> {
    let facts = modules.file(file)?;
    let call = facts.calls.iter().find(|call| {
        let path = call.callee.api_path();
        let loads = matches!(path.as_str(), "dotenv.config" | "dotenv.load_dotenv" | "dotenv.main.load_dotenv")
            || path.ends_with("dotenv.config") && !path.starts_with("self:");
        loads && facts.function_around(call.span).is_none()
    });
    let import = facts.imports.iter().find(|import| is_loading(&import.module));
    match (call, import) {
        (Some(call), Some(import)) => Some(if import.span.start < call.span.start { import.span } else { call.span }),
        (call, import) => call.map(|call| call.span).or_else(|| import.map(|import| import.span)),
    }
}

fn is_loading(module: &str) -> bool {
    matches!(module, "dotenv/config" | "dotenv/config.js" | "dotenv-flow/config" | "dotenv-safe/config")
}

/// A start command that loads the variables before the program.
fn loaded_before(cx: &Context<'_>) -> Option<Place> {
    cx.facts
        .commands(cx.repo)
        .iter()
        .find(|used| {
            let text = used.text();
            let words: Vec<&str> = text.split_ascii_whitespace().collect();
            // `dotenv -e .env -- node dist/index.js`, `dotenvx run -- …`.
            let around = words.iter().any(|word| matches!(*word, "dotenv" | "dotenvx" | "env-cmd"))
                && words.iter().any(|word| matches!(*word, "node" | "tsx" | "bun" | "nodemon" | "ts-node"));
            around || text.contains("dotenv/config") || text.contains("--env-file") && text.contains("node")
        })
        .map(crate::facts::commands::CommandUse::place)
}

fn imports(modules: Modules<'_>, from: FileId, wanted: FileId) -> bool {
    let (mut seen, mut open) = (BTreeSet::from([from]), vec![from]);
    while let Some(file) = open.pop() {
        for import in modules.file(file).into_iter().flat_map(|facts| &facts.imports) {
            if let Target::File(next) = modules.target(file, &import.module)
                && seen.insert(next)
            {
                open.push(next);
            }
        }
    }
    seen.contains(&wanted)
}

/// What happens first when modules are run.
enum Event {
    Loaded,
    /// A variable is read, and where.
    Read(String, Place),
}

/// How deep imports are followed.
const DEPTH: usize = 24;

struct Walk<'c> {
    cx: &'c Context<'c>,
    modules: Modules<'c>,
    seen: BTreeSet<FileId>,
}

impl Walk<'_> {
    /// The first event in `file` before `end`: in what it imports, then in itself.
    fn before(&mut self, file: FileId, end: Span, depth: usize) -> Option<Event> {
        let facts = self.modules.file(file)?;
        let script = !matches!(self.cx.repo.file(file).path.extension(), Some("py"));
        let mut imports: Vec<_> = facts.imports.iter().filter(|import| is_run(import.way)).collect();
        imports.retain(|import| facts.function_around(import.span).is_none());
        // Statements of scripts are hoisted: every import runs before the first line of the module.
        imports.retain(|import| import.span.start < end.start || script && import.way == ImportWay::Static);
        imports.sort_by_key(|import| import.span.start);
        for import in imports {
            // The loading import is the place itself, or one before it.
            if is_loading(&import.module) {
                return Some(Event::Loaded);
            }
            // Lines of Python between two imports run between them.
            if !script && let Some(found) = self.read_in(file, import.span) {
                return Some(found);
            }
            let Target::File(next) = self.modules.target(file, &import.module) else { continue };
            if depth < DEPTH && self.seen.insert(next) {
                let whole = Span { start: u32::MAX, end: u32::MAX };
                let loads = load_in(self.modules, next);
                let event = self.before(next, loads.unwrap_or(whole), depth + 1);
                if event.is_some() {
                    return event;
                }
                if loads.is_some() {
                    return Some(Event::Loaded);
                }
            }
        }
        self.read_in(file, end)
    }

    /// The first variable that the module itself reads before `end` while it is loaded.
    fn read_in(&self, file: FileId, end: Span) -> Option<Event> {
        let facts = self.modules.file(file)?;
        let reads = &self.cx.facts.of(file)?.environment;
        let read = reads.iter().find(|read| {
            read.span.start < end.start
                && read.via == Via::Code
                && !read.variable.is_empty()
                && !read.development_only
                // What a platform sets is there without any file.
                && !variables::is_given(&read.variable)
                && facts.function_around(read.span).is_none()
        })?;
        Some(Event::Read(read.variable.clone(), Place::At(file, read.span)))
    }
}

fn is_run(way: ImportWay) -> bool {
    matches!(way, ImportWay::Static | ImportWay::Required | ImportWay::Optional)
}
