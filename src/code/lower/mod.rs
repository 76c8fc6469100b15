//! From a parser's tree to the lowered tree; one file per language. Parser types end here.

mod census;
mod escapes;
#[cfg(feature = "exact")]
mod exact;
mod python;
mod script;
mod walk;

use std::{cell::RefCell, ops::ControlFlow, sync::LazyLock};

use tree_sitter::{ParseOptions, ParseState, Parser};

use crate::{
    code::tree::{Kind, Role, Tree, TreeBuilder},
    model::Span,
};
pub use census::{Census, census};
use walk::{CommentEnds, Grammar, Walk};

/// A language with a lowering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    TypeScript,
    Tsx,
    JavaScript,
    Jsx,
    Python,
}

impl Language {
    /// The language of a file by its extension.
    pub fn of_extension(extension: &str) -> Option<Self> {
        Some(match extension {
            "ts" | "mts" | "cts" => Self::TypeScript,
            "tsx" => Self::Tsx,
            "js" | "mjs" | "cjs" => Self::JavaScript,
            "jsx" => Self::Jsx,
            "py" | "pyi" => Self::Python,
            _ => return None,
        })
    }

    /// TypeScript or JavaScript, with or without JSX.
    pub fn is_script(self) -> bool {
        self != Self::Python
    }

    /// TypeScript, with or without JSX.
    #[cfg(feature = "exact")]
    fn is_typed(self) -> bool {
        matches!(self, Self::TypeScript | Self::Tsx)
    }
}

/// A lowered file, and whether anything was left out of it.
#[derive(Debug)]
pub struct Lowered<'s> {
    pub tree: Tree<'s>,
    /// Ranges with syntax errors; what lies outside them is in the tree.
    pub errors: Vec<Span>,
    /// Nesting beyond the depth limit was cut.
    pub cut: bool,
}

/// Parses and lowers one file. Never fails: what cannot be read is an error node.
///
/// With the feature `exact`, parsers that are exact and fast read a file without errors; any other is read by one that
/// is slow and tolerant.
pub fn lower(language: Language, source: &str) -> Lowered<'_> {
    #[cfg(feature = "exact")]
    if let Some(lowered) = lower_exactly(language, source) {
        return lowered;
    }
    lower_tolerantly(language, source)
}

/// Lowers a file with the exact parser of its language; `None` when that does not read the whole of it, or when it is
/// nested deeper than that parser is trusted with.
#[cfg(feature = "exact")]
#[doc(hidden)]
pub fn lower_exactly(language: Language, source: &str) -> Option<Lowered<'_>> {
    let builder = exact::lower(language, source)?;
    Some(finished(builder, language, false))
}

/// Lowers a file with the tolerant parser.
#[doc(hidden)]
pub fn lower_tolerantly(language: Language, source: &str) -> Lowered<'_> {
    let mut builder = TreeBuilder::new(source);
    builder.open(Kind::Module, Role::Item, Span::new(0, source.len()));
    let mut cut = true;
    if let Some((parsed, syntax)) = parse_best(language, source) {
        let root = parsed.root_node();
        let comments =
            if language.is_script() { CommentEnds::of_scripts(root, source) } else { CommentEnds::default() };
        let mut walk = Walk::new(builder, syntax.table(), root, comments);
        walk.visit(root, Role::Item);
        (builder, cut) = walk.finish();
    } else {
        builder.leaf(Kind::Error, Role::Item, Span::new(0, source.len()));
    }
    builder.close();
    finished(builder, language, cut)
}

fn finished(builder: TreeBuilder<'_>, language: Language, cut: bool) -> Lowered<'_> {
    let mut tree = builder.finish();
    super::binding::resolve(&mut tree, language);
    let errors = tree.errors().collect();
    Lowered { tree, errors, cut }
}

/// The grammars that the languages are parsed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Syntax {
    TypeScript,
    Tsx,
    JavaScript,
    Python,
}

impl Syntax {
    fn of(language: Language) -> Self {
        match language {
            Language::TypeScript => Self::TypeScript,
            Language::Tsx => Self::Tsx,
            Language::JavaScript | Language::Jsx => Self::JavaScript,
            Language::Python => Self::Python,
        }
    }

    fn parser_language(self) -> tree_sitter::Language {
        match self {
            Self::TypeScript => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
            Self::Tsx => tree_sitter_typescript::LANGUAGE_TSX.into(),
            Self::JavaScript => tree_sitter_javascript::LANGUAGE.into(),
            Self::Python => tree_sitter_python::LANGUAGE.into(),
        }
    }

    fn table(self) -> &'static Grammar {
        static TYPESCRIPT: LazyLock<Grammar> =
            LazyLock::new(|| Grammar::new(&Syntax::TypeScript.parser_language(), script::TABLES));
        static TSX: LazyLock<Grammar> = LazyLock::new(|| Grammar::new(&Syntax::Tsx.parser_language(), script::TABLES));
        static JAVASCRIPT: LazyLock<Grammar> =
            LazyLock::new(|| Grammar::new(&Syntax::JavaScript.parser_language(), script::TABLES));
        static PYTHON: LazyLock<Grammar> =
            LazyLock::new(|| Grammar::new(&Syntax::Python.parser_language(), python::TABLES));
        match self {
            Self::TypeScript => &TYPESCRIPT,
            Self::Tsx => &TSX,
            Self::JavaScript => &JAVASCRIPT,
            Self::Python => &PYTHON,
        }
    }
}

/// How often the parser may report progress in a file, and how often more for each kilobyte. Real files take up to
/// 21 for each kilobyte, minified ones included, and the densest text that makes sense about 60. Steps and not time
/// are counted, so that the verdict on a file does not depend on how busy the machine is.
const STEPS: usize = 500;
const STEPS_PER_KB: usize = 150;

thread_local! {
    static PARSER: RefCell<Parser> = RefCell::new(Parser::new());
}

/// The parser's tree by the grammar that reads the file best. JavaScript with types in it, as Flow has them, is
/// read by the grammar of TSX when that leaves less unread. `None` when parsing took too many steps.
fn parse_best(language: Language, source: &str) -> Option<(tree_sitter::Tree, Syntax)> {
    let syntax = Syntax::of(language);
    let tree = parse(syntax, source)?;
    if syntax == Syntax::JavaScript
        && tree.root_node().has_error()
        && let Some(typed) = parse(Syntax::Tsx, source)
        && unread(&typed) < unread(&tree)
    {
        return Some((typed, Syntax::Tsx));
    }
    Some((tree, syntax))
}

/// How much the parser could not read: bytes in errors, and one for each of them.
fn unread(tree: &tree_sitter::Tree) -> usize {
    let mut total = 0;
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        if node.is_error() || node.is_missing() {
            total += 1 + node.byte_range().len();
        } else if node.has_error() && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return total;
            }
        }
    }
}

/// The parser's tree; `None` when parsing took more steps than a file of this size may take.
fn parse(syntax: Syntax, source: &str) -> Option<tree_sitter::Tree> {
    let mut left = STEPS + source.len() / 1000 * STEPS_PER_KB;
    let mut count = |_: &ParseState| {
        left = left.saturating_sub(1);
        if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    PARSER.with_borrow_mut(|parser| {
        parser.set_language(&syntax.parser_language()).ok()?;
        let options = ParseOptions::new().progress_callback(&mut count);
        let bytes = source.as_bytes();
        let tree =
            parser.parse_with_options(&mut |offset, _| bytes.get(offset..).unwrap_or_default(), None, Some(options));
        parser.reset();
        tree
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Syntax, python, script, walk::Table};

    fn named_kinds(syntax: Syntax) -> BTreeSet<&'static str> {
        let language = syntax.parser_language();
        (0..language.node_kind_count())
            .filter_map(|index| u16::try_from(index).ok())
            .filter(|id| language.node_kind_is_named(*id) && language.node_kind_is_visible(*id))
            .filter_map(|id| language.node_kind_for_id(id).map(|kind| &*kind.to_owned().leak()))
            .filter(|kind| !kind.starts_with('_') && *kind != "ERROR")
            .collect()
    }

    fn rows(tables: &[Table]) -> Vec<&'static str> {
        tables.iter().flat_map(|table| table.iter()).flat_map(|(kinds, _)| kinds.iter().copied()).collect()
    }

    /// A misspelt row would silently be dead, and a kind that a new grammar brings silently be `Other`.
    fn assert_matches(tables: &[Table], grammars: &[Syntax], inside_others: &[&str]) {
        let known: BTreeSet<&str> = grammars.iter().flat_map(|syntax| named_kinds(*syntax)).collect();
        let rows = rows(tables);
        let unique: BTreeSet<&str> = rows.iter().copied().collect();
        assert_eq!(rows.len(), unique.len(), "a kind has two rows");
        let dead: Vec<&&str> = unique.difference(&known).collect();
        assert!(dead.is_empty(), "no grammar has {dead:?}");
        let handled: BTreeSet<&str> = unique.into_iter().chain(inside_others.iter().copied()).collect();
        let missing: Vec<&&str> = known.difference(&handled).collect();
        assert!(missing.is_empty(), "no row for {missing:?}");
    }

    #[test]
    fn every_kind_of_the_script_grammars_has_a_handler() {
        assert_matches(script::TABLES, &[Syntax::TypeScript, Syntax::Tsx, Syntax::JavaScript], script::INSIDE_OTHERS);
    }

    #[test]
    fn every_kind_of_the_python_grammar_has_a_handler() {
        assert_matches(python::TABLES, &[Syntax::Python], python::INSIDE_OTHERS);
    }
}
