//! What code does with the environment as a whole, and which values it refuses when it starts.

use super::stops;
use crate::code::{Kind, NodeRef, Role as NodeRole};

/// Names whose value an `if` compares with a literal and then throws: `if (!debug && settings.secretKey === "…")`.
pub(super) fn refused(branch: NodeRef<'_>) -> Vec<String> {
    let (Some(condition), Some(consequent)) = (branch.child(NodeRole::Condition), branch.child(NodeRole::Consequent))
    else {
        return Vec::new();
    };
    let compared = |node: &NodeRef<'_>| node.is(Kind::Binary) && matches!(node.name(), "==" | "===" | "in");
    let comparisons: Vec<NodeRef<'_>> =
        std::iter::once(condition).chain(condition.descendants().take(100)).filter(compared).collect();
    if comparisons.is_empty() || !stops(consequent) {
        return Vec::new();
    }
    let sides =
        comparisons.into_iter().flat_map(|binary| [binary.child(NodeRole::Left), binary.child(NodeRole::Right)]);
    sides
        .flatten()
        .filter(|side| matches!(side.kind(), Kind::Identifier | Kind::Member))
        .map(|side| side.name().to_owned())
        // How many there are is no setting.
        .filter(|name| !matches!(name.as_str(), "length" | "size"))
        .collect()
}

/// Whether the environment as a whole is given to something that checks it: `validate(process.env)`,
/// `forRoot({ validationSchema })`.
pub(super) fn checks_whole(node: NodeRef<'_>) -> bool {
    match node.kind() {
        Kind::Member if node.role() == NodeRole::Argument && node.name() == "env" => {
            let checks = node.parent().and_then(NodeRef::callee_name).is_some_and(|name| {
                let name = name.to_ascii_lowercase();
                ["valid", "parse", "clean", "plainto", "check", "assert", "decode"]
                    .iter()
                    .any(|word| name.contains(word))
            });
            checks
                && node
                    .api_path()
                    .is_some_and(|path| matches!(path.as_str(), "process.env" | "import.meta.env" | "Bun.env"))
        }
        Kind::Property if matches!(node.name(), "validationSchema" | "validate") => node
            .ancestors()
            .take(3)
            .any(|above| above.callee_path().is_some_and(|path| path.ends_with("ConfigModule.forRoot"))),
        _ => false,
    }
}

/// `this.cfg = process.env` in a class that is named after checking: what it asks for is not listed here.
pub(super) fn takes_whole(node: NodeRef<'_>) -> bool {
    let whole = || {
        let path = node.child(NodeRole::Value).and_then(NodeRef::api_path);
        path.is_some_and(|path| matches!(path.as_str(), "process.env" | "os.environ"))
    };
    node.is(Kind::Assignment)
        && node.enclosing_class().is_some_and(|class| {
            let name = class.name().to_ascii_lowercase();
            name.contains("check") || name.contains("valid")
        })
        && whole()
}
