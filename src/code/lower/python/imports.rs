//! Imports.

use tree_sitter::Node;

use super::super::walk::{Part, Walk, first_code, span};
use crate::code::tree::{Kind, Role};

/// `import a.b, c as d`: one import for each module. Without an alias the local name is the first of the path.
pub(super) fn import<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    for part in walk.parts(node) {
        if part.field != "name" {
            walk.rest(part);
            continue;
        }
        let id = walk.open(Kind::Import, part.node, role);
        let (path, alias) = path_and_alias(part.node);
        let module = dotted(walk, path);
        walk.name(id, &module);
        import_name(walk, part.node, "*", alias.or_else(|| first_code(path)));
        walk.close();
    }
}

/// `from a import b as c`; the dots of a relative import belong to the name.
pub(super) fn import_from<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::Import, node, role);
    walk.name(id, "__future__");
    for part in walk.parts(node) {
        match (part.field, part.kind()) {
            ("module_name", _) => {
                let module = dotted(walk, part.node);
                walk.name(id, &module);
            }
            ("name", _) => imported(walk, part),
            (_, "wildcard_import") => import_name(walk, part.node, "*", None),
            _ => walk.rest(part),
        }
    }
    walk.close();
}

fn imported<'t>(walk: &mut Walk<'_, 't>, part: Part<'t>) {
    let (path, alias) = path_and_alias(part.node);
    let name = dotted(walk, path);
    import_name(walk, part.node, &name, alias.or(Some(path)));
}

fn import_name<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, name: &str, local: Option<Node<'t>>) {
    let id = walk.open(Kind::ImportName, node, Role::Item);
    walk.name(id, name);
    if let Some(local) = local {
        let text = walk.text(local);
        walk.leaf_at(Kind::Identifier, span(local), Role::Target, text);
    }
    walk.close();
}

fn path_and_alias(node: Node<'_>) -> (Node<'_>, Option<Node<'_>>) {
    (node.child_by_field_name("name").unwrap_or(node), node.child_by_field_name("alias"))
}

/// The path as written, without blanks.
fn dotted(walk: &Walk<'_, '_>, node: Node<'_>) -> String {
    walk.text(node).split_whitespace().collect()
}
