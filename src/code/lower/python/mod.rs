//! Python: which handler lowers which node kind.

mod comprehensions;
mod expressions;
mod functions;
mod imports;
mod matching;
mod statements;
pub(super) mod strings;

use super::walk::{self, Table};

pub(super) const TABLES: &[Table] = &[SHARED, STATEMENTS, DECLARATIONS, EXPRESSIONS, MATCHING];

const SHARED: Table = &[
    (&["module"], walk::spliced),
    (&["comment"], walk::comment),
    (&["parenthesized_expression", "else_clause", "finally_clause", "type", "if_clause"], walk::transparent),
    (&["as_pattern_target", "parenthesized_list_splat", "format_expression", "chevron"], walk::transparent),
    (&["pass_statement", "line_continuation", "type_conversion", "positional_separator"], walk::left_out),
    (&["keyword_separator", "import_prefix", "wildcard_import", "string_start", "string_end"], walk::left_out),
    (&["string_content", "escape_sequence", "escape_interpolation"], walk::left_out),
    (&["block"], walk::block),
    (&["decorator"], walk::decorator),
    (&["break_statement", "continue_statement"], walk::jump),
    (&["assert_statement", "global_statement", "nonlocal_statement", "ellipsis"], walk::other),
    (&["constrained_type"], walk::other),
];

const STATEMENTS: Table = &[
    (&["expression_statement"], statements::expression_statement),
    (&["assignment", "augmented_assignment", "type_alias_statement"], statements::assignment),
    (&["if_statement"], statements::if_statement),
    (&["for_statement"], statements::for_loop),
    (&["while_statement"], statements::while_loop),
    (&["try_statement"], statements::try_statement),
    (&["except_clause"], statements::except),
    (&["with_statement"], statements::with),
    (&["with_clause", "with_item"], walk::spliced),
    (&["return_statement"], statements::return_statement),
    (&["raise_statement"], statements::raise),
    (&["delete_statement"], statements::delete),
    (&["print_statement", "exec_statement"], statements::old_call),
    (&["import_statement"], imports::import),
    (&["import_from_statement", "future_import_statement"], imports::import_from),
];

const DECLARATIONS: Table = &[
    (&["decorated_definition"], functions::decorated),
    (&["function_definition", "lambda"], functions::function),
    (&["parameters", "lambda_parameters"], functions::parameters),
    (&["class_definition"], functions::class),
];

const EXPRESSIONS: Table = &[
    (&["identifier", "dotted_name"], expressions::name),
    (&["integer", "float"], walk::number),
    (&["none"], walk::null),
    (&["true", "false"], walk::boolean),
    (&["string"], strings::string),
    (&["concatenated_string"], strings::concatenated),
    (&["interpolation", "format_specifier"], walk::spliced),
    (&["attribute"], expressions::attribute),
    (&["subscript"], expressions::subscript),
    (&["slice"], expressions::slice),
    (&["generic_type"], expressions::generic_type),
    (&["type_parameter"], expressions::type_parameter),
    (&["member_type"], expressions::member_type),
    (&["union_type"], expressions::union_type),
    (&["call"], expressions::call),
    (&["argument_list"], walk::arguments),
    (&["keyword_argument"], expressions::keyword_argument),
    (&["await"], expressions::await_expression),
    (&["yield"], expressions::yield_expression),
    (&["named_expression"], expressions::walrus),
    (&["binary_operator"], expressions::binary),
    (&["boolean_operator"], expressions::logical),
    (&["comparison_operator"], expressions::comparison),
    (&["unary_operator", "not_operator"], expressions::unary),
    (&["conditional_expression"], expressions::conditional),
    (&["dictionary"], expressions::dictionary),
    (&["pair"], expressions::pair),
    (&["list", "tuple", "set", "expression_list"], expressions::sequence),
    (&["pattern_list", "tuple_pattern", "list_pattern"], expressions::pattern),
    (&["list_splat", "list_splat_pattern", "dictionary_splat"], expressions::splat),
    (&["dictionary_splat_pattern", "splat_pattern", "splat_type"], expressions::splat),
    (&["list_comprehension", "set_comprehension", "generator_expression"], comprehensions::comprehension),
    (&["dictionary_comprehension"], comprehensions::comprehension),
];

const MATCHING: Table = &[
    (&["match_statement"], matching::match_statement),
    (&["case_clause"], matching::case),
    (&["case_pattern"], matching::pattern),
    (&["as_pattern"], matching::as_pattern),
    (&["dict_pattern"], matching::dict_pattern),
    (&["keyword_pattern"], matching::keyword_pattern),
    (&["union_pattern"], matching::union),
    (&["class_pattern", "complex_pattern"], walk::other),
];

/// Kinds that only occur inside a node whose handler reads them itself, or that the grammar never shows.
#[cfg(test)]
pub(super) const INSIDE_OTHERS: &[&str] = &[
    "aliased_import",
    "default_parameter",
    "elif_clause",
    "for_in_clause",
    "relative_import",
    "typed_default_parameter",
    "typed_parameter",
];
