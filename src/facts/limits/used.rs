//! Which functions that limit are used by code that may run. All of them are followed together, so that the texts of
//! the repository are searched once for each step and not once for each function.

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::AhoCorasick;

use super::mentions;
use crate::{
    facts::{
        Facts,
        modules::{FunctionId, ModuleFacts, Modules},
    },
    model::{FileId, Span},
    repo::{Repo, Role},
};

/// Steps from a function to those that use it.
const STEPS: usize = 4;
/// Uses of one name that are looked at in a file.
const USES: usize = 50;

/// The functions of mentions that are used.
pub(super) struct Used(BTreeSet<FunctionId>);

impl Used {
    pub(super) fn holds(&self, function: FunctionId) -> bool {
        self.0.contains(&function)
    }
}

/// Something that uses a function by its name. A use outside a function, or by handing it on, counts as running it.
#[derive(Clone, Copy)]
enum Caller {
    Function(FunctionId),
    Other,
}

/// Follows every mention.
pub(super) fn find(repo: &Repo, facts: &Facts) -> Used {
    let modules = facts.modules(repo);
    let mut used = BTreeSet::new();
    // From each function to the one that it was followed to.
    let mut open: BTreeMap<FunctionId, FunctionId> =
        mentions(repo, facts).iter().filter_map(|mention| mention.function).map(|id| (id, id)).collect();
    for _ in 0..STEPS {
        open.retain(|start, at| {
            let runs = is_run_by_others(modules, *at);
            if runs {
                used.insert(*start);
            }
            !runs
        });
        let callers = callers(repo, modules, &open.values().copied().collect());
        open.retain(|start, at| match callers.get(at) {
            None => false,
            Some(Caller::Function(id)) if id != at => {
                *at = *id;
                true
            }
            Some(_) => {
                used.insert(*start);
                false
            }
        });
    }
    used.extend(open.into_keys());
    Used(used)
}

/// Whether a function may be run by somebody who does not name it: a framework, an instance, a table of handlers.
fn is_run_by_others(modules: Modules<'_>, id: FunctionId) -> bool {
    let function = modules.function(id);
    let name = function.name.as_str();
    matches!(name, "" | "default" | "middleware" | "proxy" | "handler" | "dispatch" | "constructor")
        || !function.class.is_empty()
        || !function.decorators.is_empty()
        || name.chars().all(|letter| letter.is_ascii_uppercase())
        || !function.top_level
}

/// What uses each of `functions`, as far as something does.
fn callers(repo: &Repo, modules: Modules<'_>, functions: &BTreeSet<FunctionId>) -> BTreeMap<FunctionId, Caller> {
    let mut found: BTreeMap<FunctionId, Caller> = BTreeMap::new();
    let functions: Vec<FunctionId> = functions.iter().copied().collect();
    let names: Vec<&str> = functions.iter().map(|id| modules.function(*id).name.as_str()).collect();
    let Some(automaton) = AhoCorasick::new(&names).ok().filter(|_| !names.is_empty()) else { return found };
    for (file, module) in modules.files().filter(|(file, _)| repo.file(*file).role == Role::Source) {
        let Ok(text) = repo.read(file) else { continue };
        let held: BTreeSet<usize> =
            automaton.find_overlapping_iter(&*text).map(|held| held.pattern().as_usize()).collect();
        for index in held {
            let function = functions[index];
            if matches!(found.get(&function), Some(Caller::Other)) {
                continue;
            }
            let own = (file == function.file).then(|| modules.function(function).span);
            match caller_in(modules, (file, module), &text, names[index], own) {
                Some(Caller::Other) => {
                    found.insert(function, Caller::Other);
                }
                Some(first) => {
                    found.entry(function).or_insert(first);
                }
                None => {}
            }
        }
    }
    found
}

/// What uses the function `name`, which is defined at `own`, in one file.
fn caller_in(
    modules: Modules<'_>,
    (file, module): (FileId, &ModuleFacts),
    text: &str,
    name: &str,
    own: Option<Span>,
) -> Option<Caller> {
    let imports: Vec<Span> = module.imports.iter().map(|import| import.span).collect();
    let mut by_function = None;
    for (at, _) in text.match_indices(name).take(USES) {
        let span = Span::new(at, at + name.len());
        let inside = |outer: &Span| outer.start <= span.start && span.end <= outer.end;
        if !is_use(text, at, name) || own.as_ref().is_some_and(inside) || imports.iter().any(inside) {
            continue;
        }
        match modules.function_around(file, span) {
            Some(id) => by_function = by_function.or(Some(Caller::Function(id))),
            None => return Some(Caller::Other),
        }
    }
    by_function
}

/// Whether `name` at `at` is a name by itself, and neither in a comment nor where it is declared.
fn is_use(text: &str, at: usize, name: &str) -> bool {
    let whole = |letter: Option<char>| letter.is_none_or(|letter| !letter.is_alphanumeric() && letter != '_');
    let alone = whole(text[..at].chars().next_back()) && whole(text[at + name.len()..].chars().next());
    let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let start = text[line..].trim_start();
    let says_nothing =
        start.starts_with("//") || start.starts_with('*') || start.starts_with('#') || start.starts_with("export {");
    let declares = start.starts_with("export const ") && text[line..at].ends_with("const ");
    alone && !says_nothing && !declares
}
