//! Which code runs only in production, and which only outside it, as conditions around it say.

use super::{
    constant::Constant,
    environment::{destructured_from, is_environment},
};
use crate::code::{
    BindingKind,
    tree::{Kind, NodeRef, Role},
};

/// Where a piece of code can run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Guard {
    /// Never in production.
    DevelopmentOnly,
    /// Never in development.
    ProductionOnly,
    None,
}

/// Conditions looked at for one question; a cycle of constants ends at it.
const STEPS: u32 = 100;

/// Statements of a block looked at for an early exit, from its beginning; a question asked of every statement of a
/// very long file must not take the square of its length.
const SIBLINGS: usize = 2000;

const PRODUCTION: &[&str] = &["production", "prod", "live"];
const DEVELOPMENT: &[&str] = &["development", "develop", "dev", "local", "localhost", "debug"];
const TEST: &[&str] = &["test", "testing", "tests", "ci", "e2e"];

/// Names of settings that hold the environment's name, in lower case without underscores.
const ENVIRONMENT_NAMES: &[&str] =
    &["nodeenv", "appenv", "env", "environment", "appenvironment", "deployenv", "vercelenv", "stage", "runtimeenv"];
const PRODUCTION_FLAGS: &[&str] = &["isprod", "isproduction", "inproduction", "productionmode", "isproductionmode"];
const DEVELOPMENT_FLAGS: &[&str] =
    &["isdev", "isdevelopment", "indevelopment", "devmode", "developmentmode", "isdevmode", "isdebug"];
/// What this means depends on where it is: a local `isLocal` may be about a path or a host.
const LOCAL_FLAG: &str = "islocal";

impl NodeRef<'_> {
    /// Where this node can run, as the conditions around it tell: `if`, `? :`, `&&`, `switch`, and an early return or
    /// throw before it. The innermost condition that says something wins.
    pub fn environment_guard(self) -> Guard {
        let mut child = self;
        for parent in self.ancestors() {
            let guard = from_condition(child, parent).or_else(|| from_early_exit(child, parent));
            if let Some(guard) = guard {
                return guard;
            }
            child = parent;
        }
        Guard::None
    }

    /// Whether this node never runs in production; see [`NodeRef::environment_guard`].
    pub fn is_dev_only(self) -> bool {
        self.environment_guard() == Guard::DevelopmentOnly
    }

    /// What this condition tells about the environment when it holds.
    pub fn environment_condition(self) -> Guard {
        implied(self, true, &mut { STEPS }).unwrap_or(Guard::None)
    }
}

fn from_condition(child: NodeRef<'_>, parent: NodeRef<'_>) -> Option<Guard> {
    let mut steps = STEPS;
    match (parent.kind(), child.role()) {
        (Kind::If | Kind::Conditional, Role::Consequent) => implied(parent.child(Role::Condition)?, true, &mut steps),
        (Kind::If | Kind::Conditional, Role::Alternate) => implied(parent.child(Role::Condition)?, false, &mut steps),
        (Kind::Logical, Role::Right) => implied(parent.child(Role::Left)?, parent.name() == "&&", &mut steps)
            .filter(|_| matches!(parent.name(), "&&" | "||")),
        (Kind::Case, Role::Item) => {
            let subject = parent.parent()?.child(Role::Condition)?;
            let value = parent.child(Role::Condition)?.constant_str()?;
            named(&value, true).filter(|_| is_environment_name(subject, &mut steps))
        }
        _ => None,
    }
}

/// `if (production) return;` in a block: what follows runs only elsewhere.
fn from_early_exit(child: NodeRef<'_>, parent: NodeRef<'_>) -> Option<Guard> {
    if !matches!(parent.kind(), Kind::Block | Kind::Module | Kind::Case) {
        return None;
    }
    parent
        .children()
        .take_while(|sibling| *sibling != child)
        .take(SIBLINGS)
        .filter(|sibling| sibling.is(Kind::If) && sibling.child(Role::Alternate).is_none())
        .filter(|sibling| sibling.child(Role::Consequent).is_some_and(NodeRef::always_leaves))
        .filter_map(|sibling| implied(sibling.child(Role::Condition)?, false, &mut { STEPS }))
        .last()
}

/// What follows for the environment when `condition` turns out as `truth`.
fn implied(condition: NodeRef<'_>, truth: bool, steps: &mut u32) -> Option<Guard> {
    *steps = steps.checked_sub(1)?;
    match condition.kind() {
        Kind::Unary if condition.name() == "!" => implied(condition.child(Role::Value)?, !truth, steps),
        Kind::Logical => {
            let left = implied(condition.child(Role::Left)?, truth, steps);
            let right = implied(condition.child(Role::Right)?, truth, steps);
            // A conjunction that holds, like a disjunction that does not, tells what either side tells.
            if (condition.name() == "&&") == truth { left.or(right) } else { left.filter(|_| left == right) }
        }
        Kind::Binary => comparison(condition, truth, steps),
        Kind::Identifier if condition.definition().is_some() => implied(condition.definition()?, truth, steps)
            .or_else(|| flag_named(condition.name()).map(|guard| turned(guard, truth))),
        Kind::Call => membership_call(condition, truth, steps)
            .or_else(|| flag(condition, steps).map(|guard| turned(guard, truth))),
        _ => flag(condition, steps).map(|guard| turned(guard, truth)),
    }
}

fn turned(guard: Guard, truth: bool) -> Guard {
    match (guard, truth) {
        (Guard::DevelopmentOnly, false) => Guard::ProductionOnly,
        (Guard::ProductionOnly, false) => Guard::DevelopmentOnly,
        _ => guard,
    }
}

/// What it means that the environment is called `value`, or is not.
fn named(value: &str, is: bool) -> Option<Guard> {
    let value = value.to_ascii_lowercase();
    let value = value.as_str();
    if PRODUCTION.contains(&value) {
        Some(turned(Guard::ProductionOnly, is))
    } else if DEVELOPMENT.contains(&value) {
        Some(turned(Guard::DevelopmentOnly, is))
    } else {
        // Outside the tests is everywhere else.
        (is && TEST.contains(&value)).then_some(Guard::DevelopmentOnly)
    }
}

fn comparison(node: NodeRef<'_>, truth: bool, steps: &mut u32) -> Option<Guard> {
    let (left, right) = (node.child(Role::Left)?, node.child(Role::Right)?);
    let is = match node.name() {
        "==" | "===" | "is" | "in" => truth,
        "!=" | "!==" | "is not" | "not in" => !truth,
        _ => return None,
    };
    if matches!(node.name(), "in" | "not in") {
        if is_environment_name(left, steps) {
            return one_of(right, is);
        }
        let mut values = right.resolved().children_in(Role::Item).map(NodeRef::constant);
        let switches_on = values.all(|value| value.is_some_and(|value| means_true(&value)));
        return flag(left, steps).filter(|_| switches_on).map(|guard| turned(guard, is));
    }
    for (side, other) in [(left, right), (right, left)] {
        let Some(value) = other.constant() else { continue };
        if let Some(name) = value.as_str()
            && is_environment_name(side, steps)
        {
            return named(name, is);
        }
        if let Some(guard) = flag(side, steps) {
            return Some(turned(guard, is == means_true(&value)));
        }
    }
    None
}

/// Whether a flag compared with `value` is compared with something that switches it on.
fn means_true(value: &Constant) -> bool {
    match value {
        Constant::String(text) => matches!(text.to_ascii_lowercase().as_str(), "true" | "1" | "yes" | "on"),
        other => other.is_truthy(),
    }
}

/// The environment is, or is not, one of the names listed.
fn one_of(list: NodeRef<'_>, is: bool) -> Option<Guard> {
    let list = list.resolved();
    if !list.is(Kind::Array) {
        return None;
    }
    let mut guards = Vec::new();
    for item in list.children_in(Role::Item) {
        guards.push(item.constant_str()?);
    }
    if is {
        // It may be any of them, so all must say the same.
        let mut told = guards.iter().map(|name| named(name, true));
        let first = told.next()??;
        told.all(|guard| guard == Some(first)).then_some(first)
    } else {
        // It is none of them, so each says what it says.
        guards.iter().find_map(|name| named(name, false))
    }
}

/// `['development', 'test'].includes(process.env.NODE_ENV)`
fn membership_call(call: NodeRef<'_>, truth: bool, steps: &mut u32) -> Option<Guard> {
    let list = call.receiver().filter(|_| call.callee_name() == Some("includes"))?;
    is_environment_name(call.argument(0)?, steps).then(|| one_of(list, truth)).flatten()
}

/// Whether an expression is the name of the environment.
fn is_environment_name(node: NodeRef<'_>, steps: &mut u32) -> bool {
    let Some(left) = steps.checked_sub(1) else { return false };
    *steps = left;
    if let Some(read) = node.env_read() {
        return names_environment(&read.name);
    }
    match node.kind() {
        Kind::Identifier => match node.definition() {
            Some(definition) => is_environment_name(definition, steps),
            None => match destructured_from(node) {
                Some((_, name)) => names_environment(name),
                None => is_outside(node) && names_environment(node.name()),
            },
        },
        Kind::Member => names_environment(node.name()),
        // `(settings.ENV || 'dev').toLowerCase()`
        Kind::Logical if node.name() != "&&" => {
            node.child(Role::Left).is_some_and(|inner| is_environment_name(inner, steps))
        }
        Kind::Call if node.positional().next().is_none() => {
            matches!(node.callee_name(), Some("lower" | "toLowerCase" | "trim" | "strip"))
                && node.receiver().is_some_and(|inner| is_environment_name(inner, steps))
        }
        _ => false,
    }
}

fn names_environment(name: &str) -> bool {
    let plain = plain(name);
    ENVIRONMENT_NAMES.contains(&plain.as_str()) || (name.ends_with("_ENV") || name.ends_with("_ENVIRONMENT"))
}

/// A name in lower case without underscores, so that one list serves every style.
fn plain(name: &str) -> String {
    name.chars().filter(|char| *char != '_').collect::<String>().to_ascii_lowercase()
}

/// What it means that a flag is on.
fn flag(node: NodeRef<'_>, steps: &mut u32) -> Option<Guard> {
    *steps = steps.checked_sub(1)?;
    if let Some(read) = node.env_read() {
        let vite = node.child(Role::Object).is_some_and(is_environment);
        return match read.name.as_str() {
            "DEBUG" | "DEV_MODE" | "FLASK_DEBUG" | "DJANGO_DEBUG" => Some(Guard::DevelopmentOnly),
            "DEV" if vite => Some(Guard::DevelopmentOnly),
            "PROD" if vite => Some(Guard::ProductionOnly),
            _ => None,
        };
    }
    match node.kind() {
        Kind::Identifier if node.name() == "__DEV__" && node.binding().is_none() => Some(Guard::DevelopmentOnly),
        Kind::Identifier => match node.definition() {
            // Only a flag that tells something both ways can be compared with true and false.
            Some(definition) => implied(definition, true, steps)
                .filter(|guard| implied(definition, false, steps) == Some(turned(*guard, false)))
                .or_else(|| flag_named(node.name())),
            None if is_outside(node) && plain(node.name()) == LOCAL_FLAG => Some(Guard::DevelopmentOnly),
            None => flag_named(node.name()).filter(|_| is_outside(node)),
        },
        Kind::Member => match node.name() {
            "DEBUG" => Some(Guard::DevelopmentOnly),
            "PRODUCTION" => Some(Guard::ProductionOnly),
            name => flag_named(name),
        },
        Kind::Call if node.positional().next().is_none() => flag_named(node.callee_name()?),
        Kind::Unary if node.name() == "!" => implied(node, true, steps),
        _ => None,
    }
}

fn flag_named(name: &str) -> Option<Guard> {
    let plain = plain(name);
    if PRODUCTION_FLAGS.contains(&plain.as_str()) {
        Some(Guard::ProductionOnly)
    } else {
        DEVELOPMENT_FLAGS.contains(&plain.as_str()).then_some(Guard::DevelopmentOnly)
    }
}

/// A name that comes from another file, so that it can only be taken at its word.
fn is_outside(node: NodeRef<'_>) -> bool {
    node.binding().is_none_or(|binding| {
        matches!(binding.kind, BindingKind::Import { .. } | BindingKind::Parameter)
            || binding.kind == BindingKind::Variable && destructured_from(node).is_some()
    })
}
