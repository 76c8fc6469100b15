//! A plain count over the parser's own tree, to measure that lowering loses nothing. Only tests use it.

use tree_sitter::Node;

use super::{
    Language, parse_best,
    script::{jsx, tagged},
    walk::{CommentEnds, span},
};
use crate::model::Span;

/// Where the parser sees what a lowered tree must contain, each list in order.
///
/// Types of TypeScript do not run and are left out with all that is in them. A string that names a module or a
/// property is that import's or property's name and is not counted. Adjacent strings of Python count once, and so
/// does a template or f-string, whose pieces do not count. JSX text is a string for each run of it between tags and
/// expressions that is not blank. A directive is a string as any other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Census {
    /// Calls, constructions and tagged templates.
    pub calls: Vec<Span>,
    pub strings: Vec<Span>,
    /// Import statements; in Python one for each module of `import a, b`.
    pub imports: Vec<Span>,
    /// Functions, lambdas and methods with a body.
    pub functions: Vec<Span>,
    /// Types that the parser took for expressions.
    types: Vec<Span>,
}

/// Counts over the tree that the parser makes of `source`.
#[doc(hidden)]
pub fn census(language: Language, source: &str) -> Census {
    let mut census = Census::default();
    let Some((tree, _)) = parse_best(language, source) else { return census };
    let root = tree.root_node();
    let comments = if language.is_script() { CommentEnds::of_scripts(root, source) } else { CommentEnds::default() };
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        let field = cursor.field_name().unwrap_or_default();
        let goes_in = census.count(language, node, field, source);
        if goes_in && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                census.finish(&comments, source);
                return census;
            }
        }
    }
}

impl Census {
    /// Counts one node; whether to look below it.
    fn count(&mut self, language: Language, node: Node<'_>, field: &str, source: &str) -> bool {
        if !node.is_named() || node.is_missing() || self.types.last().is_some_and(|types| types.contains(span(node))) {
            return false;
        }
        if language.is_script() { self.count_script(node, field, source) } else { self.count_python(node, field) }
    }

    fn count_script(&mut self, node: Node<'_>, field: &str, source: &str) -> bool {
        match node.kind() {
            kind if is_type(kind) || is_type_of_cast(node) => return false,
            "ERROR" if is_jsx_text(node, source) => return false,
            "binary_expression" | "call_expression" if let Some(tagged) = tagged::misread(node) => {
                self.calls.push(tagged.span(node));
                self.types.push(tagged.types());
            }
            "call_expression" | "new_expression" => self.calls.push(span(node)),
            "string" => {
                if !matches!(field, "source" | "key" | "name" | "property" | "alias") {
                    self.strings.push(span(node));
                }
                return false;
            }
            "template_string" => self.strings.push(span(node)),
            "import_statement" => self.imports.push(span(node)),
            "computed_property_name" => return node.named_child(0).is_none_or(|inner| inner.kind() != "string"),
            "function_declaration"
            | "generator_function_declaration"
            | "function_expression"
            | "generator_function"
            | "arrow_function"
            | "method_definition" => self.functions.push(span(node)),
            "jsx_element" => self.count_jsx_text(node, source),
            _ => {}
        }
        true
    }

    fn count_jsx_text(&mut self, element: Node<'_>, source: &str) {
        let mut cursor = element.walk();
        let mut run: Option<Span> = None;
        let mut before = element.start_byte();
        for child in element.children(&mut cursor) {
            let piece = Span::new(before, child.end_byte());
            if jsx::is_text(child, &source[child.byte_range()]) {
                run = Some(Span { start: run.map_or(piece.start, |run| run.start), end: piece.end });
            } else if let Some(run) = run.take() {
                let run = Span { start: run.start, end: span(child).start };
                self.strings.extend((!source[run.range()].trim().is_empty()).then_some(run));
            }
            before = child.end_byte();
        }
    }

    fn count_python(&mut self, node: Node<'_>, field: &str) -> bool {
        match node.kind() {
            "call" | "print_statement" | "exec_statement" => self.calls.push(span(node)),
            "concatenated_string" => self.strings.push(span(node)),
            "string" if field == "key" && is_plain_key(node) => return false,
            "string" if node.parent().is_none_or(|parent| parent.kind() != "concatenated_string") => {
                self.strings.push(span(node));
            }
            "import_from_statement" | "future_import_statement" => self.imports.push(span(node)),
            "dotted_name" | "aliased_import"
                if node.parent().is_some_and(|parent| parent.kind() == "import_statement") =>
            {
                self.imports.push(span(node));
            }
            "function_definition" | "lambda" => self.functions.push(span(node)),
            "type_parameter" if field == "type_parameters" => return false,
            _ => {}
        }
        true
    }

    fn finish(&mut self, comments: &CommentEnds, source: &str) {
        for spans in [&mut self.calls, &mut self.strings, &mut self.imports, &mut self.functions] {
            for span in &mut *spans {
                *span = comments.trimmed(*span, source);
            }
            spans.sort_unstable();
        }
    }
}

fn is_plain_key(string: Node<'_>) -> bool {
    let mut cursor = string.walk();
    let has_interpolation = string.children(&mut cursor).any(|child| child.kind() == "interpolation");
    !has_interpolation
}

fn is_jsx_text(node: Node<'_>, source: &str) -> bool {
    node.parent().is_some_and(|parent| parent.kind() == "jsx_element") && jsx::is_text(node, &source[node.byte_range()])
}

/// `T` of `value as T`.
fn is_type_of_cast(node: Node<'_>) -> bool {
    node.prev_sibling().is_some_and(|before| matches!(before.kind(), "as" | "satisfies"))
        && node.parent().is_some_and(|parent| matches!(parent.kind(), "as_expression" | "satisfies_expression"))
}

/// Kinds of the script grammars whose content does not run.
fn is_type(kind: &str) -> bool {
    matches!(
        kind,
        "type_annotation"
            | "type_arguments"
            | "type_parameters"
            | "type_predicate_annotation"
            | "asserts_annotation"
            | "opting_type_annotation"
            | "omitting_type_annotation"
            | "adding_type_annotation"
            | "interface_declaration"
            | "type_alias_declaration"
            | "ambient_declaration"
            | "function_signature"
            | "method_signature"
            | "abstract_method_signature"
            | "property_signature"
            | "call_signature"
            | "construct_signature"
            | "index_signature"
            | "implements_clause"
            | "union_type"
            | "intersection_type"
            | "object_type"
            | "array_type"
            | "tuple_type"
            | "literal_type"
            | "function_type"
            | "constructor_type"
            | "conditional_type"
            | "lookup_type"
            | "type_query"
            | "index_type_query"
            | "readonly_type"
            | "template_literal_type"
            | "generic_type"
            | "parenthesized_type"
    )
}
