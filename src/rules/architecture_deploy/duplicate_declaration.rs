//! `duplicate-declaration`: a module binds each name once.

use std::collections::BTreeMap;

use crate::{
    code::{Flags, Kind, NodeRef, Role as NodeRole},
    facts::Visit,
    model::{Message, Span, Verdict},
    repo::Role,
    rule::{Context, Out, Rule, Watch},
};

pub(in crate::rules) static RULE: DuplicateDeclaration = DuplicateDeclaration;

pub(in crate::rules) struct DuplicateDeclaration;

impl Rule for DuplicateDeclaration {
    fn id(&self) -> &'static str {
        "duplicate-declaration"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Module])
    }

    fn node(&self, file: &Visit<'_>, module: NodeRef<'_>, out: &mut Out<'_>) {
        if !is_module(file, module) {
            return;
        }
        let mut known: BTreeMap<&str, Vec<Declared<'_>>> = BTreeMap::new();
        for declared in module.children().flat_map(statement) {
            let earlier = known.entry(declared.name).or_default();
            if let Some(first) = earlier.iter().find(|first| first.clashes(&declared)) {
                let line = file.text[..first.node.span().start as usize].matches('\n').count() + 1;
                let message = Message::new("twice").with("name", declared.name).with("line", line.to_string());
                let seen = out.bad(crate::model::Place::At(file.file.id, head(declared.node)), message);
                declared.name.clone_into(&mut seen.key);
            }
            earlier.push(declared);
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        cx.judged(|| {
            let files =
                cx.files(Role::Source).filter(|file| file.language.is_some_and(crate::code::Language::is_script));
            match files.count() {
                0 => Verdict::not_applicable("no-modules"),
                n => Verdict::pass(cx.searched("searched", n), []),
            }
        })
    }
}

/// A script without imports and exports shares its names with others, and a file that was read badly may only seem
/// to repeat one.
fn is_module(file: &Visit<'_>, module: NodeRef<'_>) -> bool {
    let script = file.file.language.is_some_and(crate::code::Language::is_script);
    let declarations = [".d.ts", ".d.mts", ".d.cts"].iter().any(|end| file.file.name().ends_with(end));
    script
        && !declarations
        && module.children().any(|child| matches!(child.kind(), Kind::Import | Kind::Export))
        && file.tree.is_none_or(|tree| tree.errors().next().is_none())
}

/// What a name stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Import,
    /// `const`, `let`.
    Variable,
    Class,
    /// With a body: no overload.
    Function,
    /// `type X = …`, which nothing merges with.
    Alias,
}

struct Declared<'t> {
    name: &'t str,
    what: What,
    node: NodeRef<'t>,
}

impl Declared<'_> {
    /// Whether two declarations of one name stop the compiler. What is imported may be a type only, which a value
    /// may stand beside, or a value only, which a type may stand beside; by custom a type begins with a capital.
    fn clashes(&self, other: &Self) -> bool {
        let maybe_type = self.name.starts_with(|char: char| char.is_uppercase());
        match (self.what, other.what) {
            (What::Alias, other) | (other, What::Alias) => matches!(other, What::Alias | What::Class),
            (What::Import, What::Variable | What::Function) | (What::Variable | What::Function, What::Import) => {
                !maybe_type
            }
            _ => true,
        }
    }
}

/// What a statement of a module declares.
fn statement(node: NodeRef<'_>) -> Vec<Declared<'_>> {
    if node.has(Flags::TYPE_ONLY) && !node.is(Kind::Type) {
        return Vec::new();
    }
    match node.kind() {
        Kind::Export if node.name().is_empty() => node
            .children_in(NodeRole::Item)
            .filter(|item| !matches!(item.kind(), Kind::Export | Kind::Property | Kind::Identifier))
            .flat_map(declared)
            .collect(),
        Kind::Import => node
            .children_in(NodeRole::Item)
            .filter(|name| name.is(Kind::ImportName) && !name.has(Flags::TYPE_ONLY))
            .filter_map(|name| {
                Some(Declared { name: name.child(NodeRole::Target)?.name(), what: What::Import, node: name })
            })
            .collect(),
        _ => declared(node),
    }
}

fn declared(node: NodeRef<'_>) -> Vec<Declared<'_>> {
    let named = |what| {
        let name = node.name();
        if name.is_empty() { Vec::new() } else { vec![Declared { name, what, node }] }
    };
    match node.kind() {
        Kind::Assignment if node.has(Flags::CONST) || node.has(Flags::LET) => node
            .child(NodeRole::Target)
            .filter(|target| target.is(Kind::Identifier))
            .map(|target| Declared { name: target.name(), what: What::Variable, node })
            .into_iter()
            .collect(),
        Kind::Class if !node.has(Flags::TYPE_ONLY) => named(What::Class),
        Kind::Function if node.child(NodeRole::Body).is_some() => named(What::Function),
        Kind::Type if node.text().trim_start().starts_with("type ") => named(What::Alias),
        _ => Vec::new(),
    }
}

/// The first line of a declaration.
fn head(node: NodeRef<'_>) -> Span {
    let start = node.span().start as usize;
    Span::new(start, start + node.text().find('\n').unwrap_or(node.text().len()))
}
