//! How control reaches a node, and what that says about when a way is open.

use super::{
    condition::{Atom, Atoms, Test, both, one, ways},
    grant::{Stage, When},
    reader::Reader,
};
use crate::code::{Kind, NodeRef, Role};

/// Conditions before a node, in one block, that are asked.
const MAX_EARLIER: usize = 40;

/// How control reaches `node` within `stop`, a function or the module.
pub(super) fn path_to(reader: &Reader<'_>, node: NodeRef<'_>, stop: NodeRef<'_>, depth: u8) -> Vec<Atoms> {
    let mut result = vec![Vec::new()];
    let mut current = node;
    let mut steps = 0;
    while current != stop && steps < 64 && !reader.is_spent() {
        steps += 1;
        let Some(parent) = current.parent() else { break };
        if let Some(ways_here) = step(reader, parent, current, depth) {
            result = both(&result, &ways_here);
        }
        let earlier: Vec<_> =
            parent.children().take_while(|child| *child != current).filter(|child| child.is(Kind::If)).collect();
        for earlier in earlier.into_iter().rev().take(MAX_EARLIER).take_while(|_| !reader.is_spent()) {
            let sequence = matches!(parent.kind(), Kind::Block | Kind::Module | Kind::Case | Kind::Function);
            let condition = earlier.child(Role::Condition);
            let leaves = earlier.child(Role::Consequent).is_some_and(exits);
            if let (true, true, Some(condition)) = (sequence, leaves, condition) {
                result = both(&result, &passing(reader, condition, depth + 1));
            }
        }
        current = parent;
    }
    result
}

/// How control passes an earlier condition that would have left. Most such conditions are about something else; what
/// is not understood matters only when it speaks of who is asking.
fn passing(reader: &Reader<'_>, condition: NodeRef<'_>, depth: u8) -> Vec<Atoms> {
    let mut result = ways(reader, condition, false, depth);
    let text = condition.text().to_ascii_lowercase();
    if !["origin", "cors", "allow", "trust", "host", "domain"].iter().any(|word| text.contains(word)) {
        for atoms in &mut result {
            atoms.retain(|atom| !matches!(atom.test, Test::Other | Test::Filled(_)));
        }
        result.dedup();
    }
    result
}

fn step(reader: &Reader<'_>, parent: NodeRef<'_>, child: NodeRef<'_>, depth: u8) -> Option<Vec<Atoms>> {
    let condition = || parent.child(Role::Condition);
    let left = || parent.child(Role::Left);
    Some(match (parent.kind(), child.role()) {
        (Kind::If | Kind::Conditional, Role::Consequent) => ways(reader, condition()?, true, depth + 1),
        (Kind::If | Kind::Conditional, Role::Alternate) => ways(reader, condition()?, false, depth + 1),
        (Kind::Logical, Role::Right) => ways(reader, left()?, parent.name() == "&&", depth + 1),
        (Kind::Loop, Role::Body) | (Kind::Catch | Kind::Case, _) => one(Test::Other, true),
        _ => return None,
    })
}

/// Whether a branch always leaves the function.
fn exits(branch: NodeRef<'_>) -> bool {
    let last =
        if branch.is(Kind::Block) { branch.children().filter(|it| !it.is(Kind::Comment)).last() } else { Some(branch) };
    last.is_some_and(|last| match last.kind() {
        Kind::Return | Kind::Throw => true,
        Kind::If => last.child(Role::Consequent).is_some_and(exits) && last.child(Role::Alternate).is_some_and(exits),
        _ => false,
    })
}

/// The circumstances that `atoms` describe.
pub(super) fn circumstances(atoms: &[Atom]) -> When {
    let mut when = When::default();
    for atom in atoms {
        match (&atom.test, atom.holds) {
            (Test::Exact | Test::Lax(_), false) => when.after_check = true,
            (Test::Filled(name), false) if names_list(name.as_deref()) => {
                when.unset = true;
                when.variable = when.variable.or_else(|| name.clone());
            }
            (Test::Star(name), true) => {
                when.star_configured = true;
                when.variable = when.variable.or_else(|| name.clone());
            }
            (Test::Filled(Some(name)), true) if is_open_switch(name) => {
                when.star_configured = true;
                when.variable = when.variable.or_else(|| Some(name.clone()));
            }
            (Test::Production, true) => when = when.and(&stage(Stage::Production)),
            (Test::Production, false) => when = when.and(&stage(Stage::NotProduction)),
            (Test::Development, true) => when = when.and(&stage(Stage::Development)),
            (Test::Development, false) => when = when.and(&stage(Stage::NotDevelopment)),
            // Something is asked that is not understood, or something else is missing: a body, a session.
            (Test::Other, _) | (Test::Filled(_), false) => when.unclear = true,
            _ => {}
        }
    }
    when
}

/// Whether a name is that of a list of origins, or of a variable that may hold one.
fn names_list(name: Option<&str>) -> bool {
    let Some(name) = name else { return false };
    let lower = name.to_ascii_lowercase();
    let variable = name.len() > 1 && !name.contains(|char: char| char.is_ascii_lowercase());
    let words = [
        "cors", "origin", "allow", "white", "trust", "permit", "domain", "host", "site", "front", "client", "url",
        "list",
    ];
    variable || words.iter().any(|word| lower.contains(word))
}

/// A switch by which an operator opens everything knowingly.
fn is_open_switch(name: &str) -> bool {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    ["allowall", "allowany", "allorigins", "anyorigin", "wildcard", "permissive"]
        .iter()
        .any(|part| plain.contains(part))
}

fn stage(stage: Stage) -> When {
    When { stage: Some(stage), ..When::default() }
}
