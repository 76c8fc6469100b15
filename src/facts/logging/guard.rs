//! Under which switch a log line is written: always, in development only, or when somebody asked for detail.

use crate::code::{Binding, BindingKind, Kind, NodeRef, Role};

/// The switch that a log call stands behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Guard {
    /// None that matters.
    None,
    /// Never runs in production.
    Development,
    /// Runs when a debug or verbose switch is on.
    Verbose,
}

/// How far conditions and aliases are followed.
const DEPTH: usize = 6;

/// The switch around `node`: a branch, a short circuit, or an earlier return.
pub(super) fn guard(node: NodeRef<'_>) -> Guard {
    let mut child = node;
    for parent in node.ancestors() {
        let found = match (parent.kind(), child.role()) {
            (Kind::If | Kind::Conditional, Role::Consequent) => condition(parent).and_then(|it| says(it, DEPTH)),
            (Kind::If | Kind::Conditional, Role::Alternate) => {
                condition(parent).and_then(|it| says(it, DEPTH)).and_then(Says::inverted)
            }
            (Kind::Logical, Role::Right) => {
                let left = parent.child(Role::Left).and_then(|it| says(it, DEPTH));
                if parent.name() == "||" { left.and_then(Says::inverted) } else { left }
            }
            (Kind::Block | Kind::Function, Role::Item | Role::Body) => left_early(parent, child),
            _ => None,
        };
        match found {
            Some(Says::Development) => return Guard::Development,
            Some(Says::Verbose) => return Guard::Verbose,
            Some(Says::Production | Says::Quiet) | None => {}
        }
        child = parent;
    }
    Guard::None
}

/// What it means that a condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    Development,
    Production,
    Verbose,
    Quiet,
}

impl Says {
    /// What it means that the condition does not hold.
    fn inverted(self) -> Option<Self> {
        Some(match self {
            Self::Development => Self::Production,
            Self::Production => Self::Development,
            Self::Verbose => Self::Quiet,
            Self::Quiet => Self::Verbose,
        })
    }
}

fn condition(branch: NodeRef<'_>) -> Option<NodeRef<'_>> {
    branch.child(Role::Condition)
}

/// `if (production) return;` before `child` in the same block.
fn left_early(block: NodeRef<'_>, child: NodeRef<'_>) -> Option<Says> {
    block
        .children()
        .take_while(|statement| statement.span().start < child.span().start)
        .filter(|statement| statement.is(Kind::If) && statement.child(Role::Alternate).is_none() && leaves(*statement))
        .find_map(|statement| condition(statement).and_then(|it| says(it, DEPTH)).and_then(Says::inverted))
}

/// Whether the branch of `statement` ends the function at once.
fn leaves(statement: NodeRef<'_>) -> bool {
    let Some(branch) = statement.child(Role::Consequent) else { return false };
    let last = if branch.is(Kind::Block) { branch.children().last() } else { Some(branch) };
    last.is_some_and(|last| matches!(last.kind(), Kind::Return | Kind::Throw))
}

fn says(node: NodeRef<'_>, depth: usize) -> Option<Says> {
    let depth = depth.checked_sub(1)?;
    match node.kind() {
        Kind::Unary if node.name() == "!" => says(node.child(Role::Value)?, depth).and_then(Says::inverted),
        Kind::Logical => {
            let left = node.child(Role::Left).and_then(|it| says(it, depth));
            let right = node.child(Role::Right).and_then(|it| says(it, depth));
            match node.name() {
                "&&" => left.or(right),
                "||" if left == right => left,
                _ => None,
            }
        }
        Kind::Binary => comparison(node),
        Kind::Identifier => named(node.name()).or_else(|| says(constant(node)?, depth)),
        Kind::Member => member(node),
        Kind::Call => named(node.callee_name()?),
        _ => None,
    }
}

/// The value of the constant that this identifier names.
fn constant(node: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let binding: &Binding = node.binding()?;
    if binding.kind != BindingKind::Variable || binding.writes > 0 {
        return None;
    }
    node.tree().at(binding.declaration).child(Role::Value)
}

/// `process.env.NODE_ENV !== 'production'` and its kin.
fn comparison(node: NodeRef<'_>) -> Option<Says> {
    let left = node.child(Role::Left)?;
    let right = node.child(Role::Right)?;
    let (subject, literal) = if right.is(Kind::String) { (left, right) } else { (right, left) };
    if !literal.is(Kind::String) || !names_environment(subject) {
        return None;
    }
    let meaning = match literal.name().to_ascii_lowercase().as_str() {
        "production" | "prod" => Says::Production,
        "development" | "dev" | "local" | "test" | "testing" => Says::Development,
        _ => return None,
    };
    match node.name() {
        "===" | "==" | "is" => Some(meaning),
        "!==" | "!=" | "is not" => meaning.inverted(),
        _ => None,
    }
}

/// Whether an expression reads the name of the environment: `process.env.NODE_ENV`, `settings.ENVIRONMENT`,
/// `os.getenv("APP_ENV")`.
fn names_environment(node: NodeRef<'_>) -> bool {
    let name = match node.kind() {
        Kind::Identifier | Kind::Member => node.name(),
        Kind::Index => node.child(Role::Index).map(NodeRef::name).unwrap_or_default(),
        Kind::Call => node.argument(0).filter(|it| it.is(Kind::String)).map(NodeRef::name).unwrap_or_default(),
        _ => "",
    };
    let lower = name.to_ascii_lowercase();
    lower.ends_with("env") || lower.ends_with("environment") || lower == "mode" || lower == "stage"
}

/// `import.meta.env.DEV`, `config.isDevelopment`, `settings.DEBUG`, `process.env.DEBUG`.
fn member(node: NodeRef<'_>) -> Option<Says> {
    if node.name() == "PROD" {
        return Some(Says::Production);
    }
    named(node.name())
}

/// What a switch is called.
fn named(name: &str) -> Option<Says> {
    let lower: String = name.chars().filter(|&char| char != '_').collect::<String>().to_ascii_lowercase();
    Some(match lower.as_str() {
        "dev" | "isdev" | "development" | "isdevelopment" | "isdevmode" | "devmode" | "isdevenv" | "islocal"
        | "islocaldev" | "isdevelopmentmode" | "isnotproduction" | "istest" => Says::Development,
        "isprod" | "isproduction" | "production" | "isprodenv" | "isproductionenv" => Says::Production,
        "debug" | "isdebug" | "debugmode" | "debugging" | "debugenabled" | "isdebugenabled" | "verbose"
        | "isverbose" | "enabledebug" | "debuglogs" => Says::Verbose,
        _ => return None,
    })
}
