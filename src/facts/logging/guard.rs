//! Under which switch a log line is written: always, in development only, or when somebody asked for detail.

use crate::code::{Kind, NodeRef, Role};

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

/// The switch around `node`.
pub(super) fn guard(node: NodeRef<'_>) -> Guard {
    if node.is_dev_only() {
        Guard::Development
    } else if is_verbose(node) {
        Guard::Verbose
    } else {
        Guard::None
    }
}

fn is_verbose(node: NodeRef<'_>) -> bool {
    let mut child = node;
    for parent in node.ancestors() {
        let condition = match (parent.kind(), child.role()) {
            (Kind::If | Kind::Conditional, Role::Consequent) => parent.child(Role::Condition),
            (Kind::Logical, Role::Right) if parent.name() == "&&" => parent.child(Role::Left),
            _ => None,
        };
        if condition.is_some_and(asks_for_detail) {
            return true;
        }
        child = parent;
    }
    false
}

/// `if (verbose)`, `if options.debug:`, `if (DEBUG && …)`.
fn asks_for_detail(condition: NodeRef<'_>) -> bool {
    let name = match condition.kind() {
        Kind::Identifier | Kind::Member => condition.name(),
        Kind::Call => condition.callee_name().unwrap_or_default(),
        Kind::Logical if condition.name() == "&&" => {
            return condition.child(Role::Left).is_some_and(asks_for_detail)
                || condition.child(Role::Right).is_some_and(asks_for_detail);
        }
        _ => return false,
    };
    let plain: String = name.chars().filter(|&char| char != '_').collect::<String>().to_ascii_lowercase();
    matches!(
        plain.as_str(),
        "debug" | "isdebug" | "debugmode" | "debugenabled" | "isdebugenabled" | "verbose" | "isverbose" | "enabledebug"
    )
}
