//! TypeScript and JavaScript, with and without JSX: which handler lowers which node kind.

mod classes;
mod expressions;
mod functions;
pub(super) mod jsx;
pub(super) mod literals;
mod modules;
mod patterns;
mod statements;
pub(super) mod tagged;
mod types;

use super::walk::{self, Table};

/// The rows of every script grammar; a grammar that lacks a kind ignores its row.
pub(super) const TABLES: &[Table] = &[SHARED, STATEMENTS, DECLARATIONS, EXPRESSIONS, LITERALS, PATTERNS, JSX, TYPES];

const SHARED: Table = &[
    (&["program"], walk::spliced),
    (&["comment", "html_comment", "hash_bang_line"], walk::comment),
    (&["expression_statement", "parenthesized_expression", "else_clause", "finally_clause"], walk::transparent),
    (&["as_expression", "satisfies_expression", "non_null_expression", "instantiation_expression"], walk::transparent),
    (&["extends_clause", "computed_property_name", "jsx_expression", "import_attribute"], walk::transparent),
    (&["empty_statement", "statement_identifier", "jsx_closing_element", "optional_chain"], walk::left_out),
    (&["accessibility_modifier", "override_modifier", "regex_flags", "import", "escape_sequence"], walk::left_out),
    (&["regex_pattern", "string_fragment", "jsx_namespace_name"], walk::left_out),
    (&["statement_block"], walk::block),
    (&["decorator"], walk::decorator),
    (&["break_statement", "continue_statement"], walk::jump),
    (&["debugger_statement", "labeled_statement", "sequence_expression", "with_statement"], walk::other),
];

const STATEMENTS: Table = &[
    (&["if_statement"], statements::if_statement),
    (&["for_statement"], statements::for_statement),
    (&["for_in_statement"], statements::for_in),
    (&["while_statement"], statements::while_loop),
    (&["do_statement"], statements::do_loop),
    (&["switch_statement"], statements::switch),
    (&["switch_body"], walk::spliced),
    (&["switch_case", "switch_default"], statements::case),
    (&["try_statement"], statements::try_statement),
    (&["catch_clause"], statements::catch),
    (&["return_statement"], statements::return_statement),
    (&["throw_statement"], statements::throw),
    (&["lexical_declaration", "variable_declaration", "using_declaration"], statements::declaration),
    (&["variable_declarator"], statements::stray_declarator),
];

const DECLARATIONS: Table = &[
    (&["import_statement"], modules::import),
    (&["import_alias"], modules::import_alias),
    (&["export_statement"], modules::export),
    (&["internal_module", "module"], modules::namespace),
    (&["function_declaration", "generator_function_declaration"], functions::function),
    (&["function_expression", "generator_function", "arrow_function"], functions::function),
    (&["method_definition"], functions::method),
    (&["formal_parameters"], functions::parameters),
    (&["required_parameter", "optional_parameter"], functions::typed_parameter),
    (&["class_declaration", "class", "abstract_class_declaration"], classes::class),
    (&["class_heritage"], classes::heritage),
    (&["implements_clause"], classes::implements),
    (&["class_body"], classes::body),
    (&["public_field_definition", "field_definition"], classes::field),
    (&["class_static_block"], classes::static_block),
    (&["enum_declaration"], classes::enumeration),
    (&["enum_body"], classes::enum_body),
    (&["enum_assignment"], classes::enum_member),
];

const EXPRESSIONS: Table = &[
    (&["identifier", "this", "super", "undefined", "private_property_identifier"], walk::identifier),
    (&["property_identifier", "type_identifier"], walk::identifier),
    (&["meta_property"], expressions::meta_property),
    (&["nested_identifier", "member_expression"], expressions::member),
    (&["subscript_expression"], expressions::index),
    (&["call_expression", "new_expression"], expressions::call),
    (&["arguments"], walk::arguments),
    (&["await_expression"], expressions::await_expression),
    (&["yield_expression"], expressions::yield_expression),
    (&["assignment_expression", "augmented_assignment_expression"], expressions::assignment),
    (&["binary_expression"], expressions::binary),
    (&["unary_expression", "update_expression"], expressions::unary),
    (&["ternary_expression"], expressions::ternary),
    (&["type_assertion"], expressions::type_assertion),
    (&["spread_element"], walk::spread),
];

const LITERALS: Table = &[
    (&["number"], walk::number),
    (&["null"], walk::null),
    (&["true", "false"], walk::boolean),
    (&["string"], literals::string),
    (&["template_string"], literals::template),
    (&["template_substitution"], walk::spliced),
    (&["regex"], literals::regex),
    (&["array"], literals::array),
    (&["object"], literals::object),
    (&["pair"], literals::pair),
    (&["shorthand_property_identifier"], literals::shorthand),
];

const PATTERNS: Table = &[
    (&["object_pattern"], patterns::object),
    (&["array_pattern"], patterns::array),
    (&["rest_pattern"], walk::spread),
    (&["pair_pattern"], patterns::pair),
    (&["assignment_pattern"], patterns::with_default),
    (&["object_assignment_pattern"], patterns::shorthand_with_default),
    (&["shorthand_property_identifier_pattern"], literals::shorthand),
];

const JSX: Table = &[
    (&["jsx_element", "jsx_self_closing_element"], jsx::element),
    (&["jsx_opening_element"], jsx::tag),
    (&["jsx_attribute"], jsx::attribute),
    (&["jsx_text", "html_character_reference"], jsx::text),
];

const TYPES: Table = &[
    (&["type_annotation", "type_predicate_annotation", "asserts_annotation"], types::annotation),
    (&["opting_type_annotation", "omitting_type_annotation", "adding_type_annotation"], types::annotation),
    (&["type_arguments"], types::arguments),
    (&["type_parameters", "type_parameter", "constraint", "default_type", "extends_type_clause"], walk::left_out),
    (&["interface_body", "mapped_type_clause", "template_type"], walk::left_out),
    (&["interface_declaration", "type_alias_declaration", "function_signature"], types::declaration),
    (&["ambient_declaration"], types::ambient),
    (&["method_signature", "abstract_method_signature", "property_signature"], types::declaration),
    (&["call_signature", "construct_signature", "index_signature"], types::leaf),
    (&["predefined_type", "generic_type", "nested_type_identifier", "union_type", "intersection_type"], types::leaf),
    (&["array_type", "tuple_type", "object_type", "literal_type", "function_type", "constructor_type"], types::leaf),
    (&["conditional_type", "lookup_type", "type_query", "index_type_query", "readonly_type"], types::leaf),
    (
        &["template_literal_type", "infer_type", "parenthesized_type", "existential_type", "flow_maybe_type"],
        types::leaf,
    ),
    (&["type_predicate", "asserts", "this_type", "optional_type", "rest_type"], types::leaf),
];

/// Kinds that only occur inside a node whose handler reads them itself, or that the grammar never shows.
#[cfg(test)]
pub(super) const INSIDE_OTHERS: &[&str] = &[
    "export_clause",
    "export_specifier",
    "import_clause",
    "import_require_clause",
    "import_specifier",
    "named_imports",
    "namespace_export",
    "namespace_import",
];
