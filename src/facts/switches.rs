//! Settings that are off unless somebody switches them on, and the code that runs only while such a setting is on.
//!
//! A control that is registered under a condition which does not hold by default protects nobody who did not ask for it.

use std::collections::BTreeSet;

use super::{
    Extractor, Fact, Facts, FileFacts, Visit, Watch,
    tier::{self, Tier},
    variables::{By, declarations},
};
use crate::{
    code::{Constant, Guard, Kind, NodeRef, Role as NodeRole},
    model::{FileId, Place, Span},
    repo::{File, Repo, Role},
};

/// Names followed for one value; a cycle of definitions ends at it.
const DEPTH: u8 = 12;

/// What one file says about switches, in source order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SwitchFacts {
    pub defined: Vec<Defined>,
    pub gates: Vec<Gate>,
}

/// A setting with what it is when nobody sets anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defined {
    pub name: String,
    /// `None` when the file does not tell.
    pub on: Option<bool>,
    /// The variables that can switch it on.
    pub variables: Vec<String>,
}

/// Code that runs only when one setting of each group is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    pub span: Span,
    pub groups: Vec<Vec<Demand>>,
}

/// A setting that must be on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Demand {
    /// The file itself says that it is off by default, and which variables switch it on.
    Off(Vec<String>),
    /// A setting of another file: `settings.ENFORCE_CSRF`.
    Named(String),
    /// A setting of a document: `settings["server"]["limiter"]`.
    Path(Vec<String>),
}

pub(super) struct Switches;

impl Extractor for Switches {
    fn fact(&self) -> Fact {
        Fact::Switches
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::If, Kind::Conditional, Kind::Logical, Kind::Assignment, Kind::Property])
            .words(&["env", "Env", "ettings", "onfig", "nable", "NABLE", "NFORCE"])
            .roles(&[Role::Source, Role::Config])
    }

    fn node(&self, _file: &Visit<'_>, node: NodeRef<'_>, facts: &mut FileFacts) {
        match node.kind() {
            Kind::Assignment | Kind::Property => facts.switches.defined.extend(defined(node)),
            _ => facts.switches.gates.extend(gates(node)),
        }
    }
}

/// `ENFORCE_CSRF = parse_boolean(os.environ.get("ENFORCE_CSRF", "false"))`, at the top of a module, in a class or in an
/// object of settings.
fn defined(node: NodeRef<'_>) -> Option<Defined> {
    let name = match node.kind() {
        Kind::Assignment => node.child(NodeRole::Target).filter(|target| target.is(Kind::Identifier))?.name(),
        _ => node.name(),
    };
    let value = node.child(NodeRole::Value).filter(|_| is_telling(name) && node.enclosing_function().is_none())?;
    let mut variables = Vec::new();
    let on = default_of(value, &mut variables, DEPTH);
    let simple = on.is_some() || !variables.is_empty();
    simple.then(|| Defined { name: name.to_owned(), on, variables })
}

/// A name of more than one word; `enabled` and `debug` are names of many things.
fn is_telling(name: &str) -> bool {
    let inner = name.trim_matches('_');
    inner.contains('_') || inner.chars().skip(1).any(char::is_uppercase) && inner.chars().any(char::is_lowercase)
}

/// Whether a value counts as true when nobody sets anything; the variables that could change it are added.
fn default_of(node: NodeRef<'_>, variables: &mut Vec<String>, depth: u8) -> Option<bool> {
    let depth = depth.checked_sub(1)?;
    // Stages of deployment are no switches: production is never switched on by hand.
    if node.environment_condition() != Guard::None {
        return None;
    }
    if let Some(value) = node.constant() {
        return meaning(&value);
    }
    if let Some(read) = node.env_read() {
        let default = match read.default {
            Some(default) => default_of(default, variables, depth),
            None => names_switch(&read.name).then_some(false),
        };
        variables.insert(0, read.name);
        return default;
    }
    match node.kind() {
        Kind::Identifier => default_of(node.definition()?, variables, depth),
        Kind::Unary if node.name() == "!" => {
            default_of(node.child(NodeRole::Value)?, variables, depth).map(|on: bool| !on)
        }
        Kind::Logical => {
            let left = default_of(node.child(NodeRole::Left)?, variables, depth);
            let right = default_of(node.child(NodeRole::Right)?, variables, depth);
            // One side decides alone: false for a conjunction, true for a disjunction.
            let decides = node.name() != "&&";
            if left == Some(decides) || right == Some(decides) { Some(decides) } else { left.and(right) }
        }
        Kind::Binary => compared(node, variables, depth),
        Kind::Call => converted(node, variables, depth),
        _ => None,
    }
}

fn meaning(value: &Constant) -> Option<bool> {
    match value {
        Constant::String(text) => match text.to_ascii_lowercase().as_str() {
            "" | "false" | "0" | "no" | "off" | "disabled" => Some(false),
            "true" | "1" | "yes" | "on" | "enabled" => Some(true),
            _ => None,
        },
        other => Some(other.is_truthy()),
    }
}

/// A variable that nobody sets is a switch only when it is named like one; a key or an address is not.
fn names_switch(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ["enable", "enforce", "use_", "activate"].iter().any(|word| lower.contains(word))
}

/// `os.getenv("X", "false") == "true"`, `process.env.X === "1"`, `os.getenv("X", "") in ("1", "true")`.
fn compared(node: NodeRef<'_>, variables: &mut Vec<String>, depth: u8) -> Option<bool> {
    let (left, right) = (node.child(NodeRole::Left)?, node.child(NodeRole::Right)?);
    let (read, other) = match left.resolved().env_read() {
        Some(read) => (read, right),
        None => (right.resolved().env_read()?, left),
    };
    let wanted = match node.name() {
        "==" | "===" => meaning(&other.constant()?)?,
        "in" => other.resolved().children_in(NodeRole::Item).all(switches_on).then_some(true)?,
        _ => return None,
    };
    let default = match read.default {
        Some(default) => default_of(default, variables, depth)?,
        None => false,
    };
    variables.insert(0, read.name);
    // A missing variable equals neither word.
    if wanted { Some(default) } else { read.default.map(|_| !default) }
}

fn switches_on(item: NodeRef<'_>) -> bool {
    item.constant().and_then(|value| meaning(&value)) == Some(true)
}

/// `parse_boolean(os.environ.get("X", "false"))`, `parseEnvVarBoolean(process.env.X, false)`.
fn converted(call: NodeRef<'_>, variables: &mut Vec<String>, depth: u8) -> Option<bool> {
    let name = call.callee_name()?.to_ascii_lowercase();
    let converts = ["bool", "flag", "true", "str", "parse", "enabled", "lower"].iter().any(|word| name.contains(word));
    let given = call.argument(0).filter(|_| converts)?;
    let plain = given.env_read().filter(|read| read.default.is_none());
    match (plain, call.argument(1)) {
        (Some(read), Some(default)) => {
            let on = default_of(default, variables, depth);
            variables.insert(0, read.name);
            on
        }
        (Some(read), None) => {
            variables.insert(0, read.name);
            // What is not set is no "true" for a function that asks for a boolean.
            (name.contains("bool") || name.contains("true")).then_some(false)
        }
        _ => default_of(given, variables, depth),
    }
}

/// What runs only under the condition of `node`.
fn gates(node: NodeRef<'_>) -> Vec<Gate> {
    let mut gates = Vec::new();
    let mut add = |span: Span, groups: Vec<Vec<Demand>>| {
        if !groups.is_empty() {
            gates.push(Gate { span, groups });
        }
    };
    if node.is(Kind::Logical) {
        if let (Some(left), Some(right), "&&") = (node.child(NodeRole::Left), node.child(NodeRole::Right), node.name())
        {
            add(right.span(), demands(left, true, DEPTH));
        }
        return gates;
    }
    let (Some(condition), Some(consequent)) = (node.child(NodeRole::Condition), node.child(NodeRole::Consequent))
    else {
        return gates;
    };
    add(consequent.span(), demands(condition, true, DEPTH));
    if let Some(otherwise) = node.child(NodeRole::Alternate) {
        add(otherwise.span(), demands(condition, false, DEPTH));
    } else if node.is(Kind::If)
        && consequent.always_leaves()
        && let Some(block) = node.parent()
    {
        // `if not settings.limiter: return` before what registers the limiter.
        let rest = Span { start: node.span().end, end: block.span().end.max(node.span().end) };
        add(rest, demands(condition, false, DEPTH));
    }
    gates
}

/// The settings that are on when `condition` turns out as `truth`: one of each group.
fn demands(condition: NodeRef<'_>, truth: bool, depth: u8) -> Vec<Vec<Demand>> {
    let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
    match condition.kind() {
        Kind::Unary if condition.name() == "!" => {
            condition.child(NodeRole::Value).map(|inner| demands(inner, !truth, depth)).unwrap_or_default()
        }
        Kind::Logical => {
            let side = |role| condition.child(role).map(|side| demands(side, truth, depth)).unwrap_or_default();
            let (mut left, right) = (side(NodeRole::Left), side(NodeRole::Right));
            if (condition.name() == "&&") == truth {
                left.extend(right);
                return left;
            }
            // Either side is enough, so both must be known.
            match (left.into_iter().next(), right.into_iter().next()) {
                (Some(mut one), Some(other)) => {
                    one.extend(other);
                    vec![one]
                }
                _ => Vec::new(),
            }
        }
        _ if truth => demand(condition).map(|demand| vec![vec![demand]]).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// What `node` asks to be on, when it names a setting.
pub fn demand(node: NodeRef<'_>) -> Option<Demand> {
    let mut variables = Vec::new();
    match default_of(node, &mut variables, DEPTH) {
        Some(false) => return Some(Demand::Off(variables)),
        Some(true) => return None,
        None => {}
    }
    if node.environment_condition() != Guard::None {
        return None;
    }
    match node.kind() {
        Kind::Identifier if node.definition().is_none() => named(node),
        Kind::Member => named(node),
        Kind::Index => {
            let path = keys(node, DEPTH)?;
            (path.len() > 1).then_some(Demand::Path(path))
        }
        _ => None,
    }
}

fn named(node: NodeRef<'_>) -> Option<Demand> {
    // What a function was given, or what another value holds, is no setting of the repository.
    let root = root_of(node)?;
    let imported = root.binding().is_none_or(|binding| binding.top_level || root == node);
    (imported && is_telling(node.name())).then(|| Demand::Named(node.name().to_owned()))
}

fn root_of(node: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let mut at = node;
    for _ in 0..DEPTH {
        match at.kind() {
            Kind::Identifier => return Some(at),
            Kind::Member | Kind::Index => at = at.child(NodeRole::Object)?,
            _ => return None,
        }
    }
    None
}

/// `settings["server"]["limiter"]` as its keys.
fn keys(node: NodeRef<'_>, depth: u8) -> Option<Vec<String>> {
    let depth = depth.checked_sub(1)?;
    if node.is(Kind::Identifier) {
        let name = node.name().to_ascii_lowercase();
        return (name.contains("setting") || name.contains("conf")).then(Vec::new);
    }
    let mut path = keys(node.child(NodeRole::Object).filter(|_| node.is(Kind::Index))?, depth)?;
    path.push(node.child(NodeRole::Index)?.constant_str()?);
    Some(path)
}

/// The setting without which the code at `place` does not run, when that setting is off unless somebody switches it on
/// and nothing here does. Needs [`Fact::Switches`].
pub fn gate_of(repo: &Repo, facts: &Facts, place: &Place) -> Option<String> {
    let Place::At(file, span) = place else { return None };
    let gates = &facts.of(*file)?.switches.gates;
    gates.iter().filter(|gate| gate.span.contains(*span)).flat_map(|gate| &gate.groups).find_map(|group| {
        let mut off = group.iter().map(|demand| off(repo, facts, *file, demand));
        let first = off.next()??;
        off.all(|other| other.is_some()).then_some(first)
    })
}

/// As [`gate_of`], for the value of a setting that is called `name`.
pub fn off_by_default(repo: &Repo, facts: &Facts, name: &str) -> Option<String> {
    let mut variables = Vec::new();
    let mut any = false;
    for defined in facts.files().flat_map(|(_, facts)| &facts.switches.defined).filter(|defined| defined.name == name) {
        if defined.on != Some(false) {
            return None;
        }
        any = true;
        variables.extend(defined.variables.iter().cloned());
    }
    if !any || is_given(repo, &variables) {
        return None;
    }
    Some(variables.into_iter().next().unwrap_or_else(|| name.to_owned()))
}

/// The name of what would switch a demand on, when it is off.
fn off(repo: &Repo, facts: &Facts, file: FileId, demand: &Demand) -> Option<String> {
    match demand {
        Demand::Off(variables) => not_given(repo, variables),
        Demand::Named(name) => off_by_default(repo, facts, name),
        Demand::Path(path) => is_off_in_document(repo, repo.file(file), path).then(|| path.join(".")),
    }
}

/// The first of these variables, when nothing here sets any of them.
pub fn not_given(repo: &Repo, variables: &[String]) -> Option<String> {
    variables.first().filter(|_| !is_given(repo, variables)).cloned()
}

/// Whether what deploys the repository sets one of these variables. Documents and templates only offer them.
fn is_given(repo: &Repo, variables: &[String]) -> bool {
    let wanted: BTreeSet<&str> = variables.iter().map(String::as_str).collect();
    let given = declarations(repo, &wanted);
    variables.iter().any(|name| {
        given.get(name).is_some_and(|all| {
            all.iter().any(|one| {
                !matches!(one.by, By::Document | By::Example | By::Script) && !is_for_developers(repo, &one.place)
            })
        })
    })
}

/// Whether what declares a variable is for development or tests, as its path or its first lines say.
fn is_for_developers(repo: &Repo, place: &Place) -> bool {
    let Some(file) = place.file().map(|file| repo.file(file)) else { return false };
    let says = || {
        let text = repo.read(file.id).ok();
        let comments = text.iter().flat_map(|text| text.lines().take(8)).filter(|line| line.starts_with('#'));
        comments.into_iter().any(|line| line.to_ascii_lowercase().contains("development"))
    };
    tier::of_path(&file.path) == Tier::Development || says()
}

/// Whether the settings that lie beside the code, or in a folder above it, say `false`.
fn is_off_in_document(repo: &Repo, code: &File, path: &[String]) -> bool {
    let keys: Vec<&str> = path.iter().map(String::as_str).collect();
    let beside = |file: &&File| {
        let stem = file.path.file_stem().unwrap_or_default();
        matches!(file.path.extension(), Some("yml" | "yaml" | "toml" | "json"))
            && ["settings", "config", "default", "application"].iter().any(|word| stem.starts_with(word))
            && file.path.parent().is_some_and(|folder| code.path.starts_with(folder))
    };
    let mut said = repo.files().iter().filter(beside).take(20).filter_map(|file| {
        let doc = repo.doc(file.id)?;
        doc.documents.first()?.at(&keys)?.as_bool()
    });
    said.next() == Some(false) && said.all(|on| !on)
}
