//! Statements in SQL that are put together from text and values.

use super::{Source, Statement, source::source};
use crate::code::{BindingKind, Flags, Kind, NodeRef, Role};

/// Steps from a statement to the text that it is made of.
const HOPS: usize = 5;
/// Values of one statement; real ones have a handful.
const MOST: usize = 20;

/// What sends text to a database.
const SENDS: [&str; 25] = [
    "query",
    "execute",
    "raw",
    "$queryRawUnsafe",
    "$executeRawUnsafe",
    "unsafe",
    "exec",
    "all",
    "get",
    "run",
    "prepare",
    "whereRaw",
    "orderByRaw",
    "havingRaw",
    "selectRaw",
    "joinRaw",
    "executemany",
    "executescript",
    "text",
    "exec_driver_sql",
    "read_sql",
    "fetch",
    "fetchrow",
    "fetchval",
    "literal",
];

/// The statement that this call sends, when values are put into its text.
pub(super) fn statement(call: NodeRef<'_>) -> Option<Statement> {
    let name = call.callee_name().filter(|name| SENDS.contains(name))?;
    if call.has(Flags::TAGGED) {
        return None;
    }
    let given = call.argument(0)?;
    let mut built = Built::default();
    built.add(given, HOPS);
    let fragment = name.ends_with("Raw") || name == "raw" && call.receiver().is_some_and(|on| on.name() == "sql");
    if built.values.is_empty() || !(fragment || is_sql(&built.text)) {
        return None;
    }
    let values = built.values.iter().map(|value| (value.span(), source(*value)));
    let told = values.filter(|(_, source)| matches!(source, Source::Request(_) | Source::Parameter { .. }));
    let values: Vec<_> = told.take(MOST).collect();
    (!values.is_empty()).then(|| Statement { span: call.span(), values })
}

/// A text with the values that are put into it.
#[derive(Default)]
struct Built<'t> {
    text: String,
    values: Vec<NodeRef<'t>>,
}

impl<'t> Built<'t> {
    fn add(&mut self, node: NodeRef<'t>, hops: usize) {
        if hops == 0 || self.values.len() > MOST {
            return;
        }
        match node.kind() {
            Kind::String => {
                self.text.push_str(node.name());
                self.text.push(' ');
            }
            Kind::Template => {
                for part in node.children_in(Role::Item) {
                    self.part(part, hops);
                }
            }
            Kind::Binary if node.name() == "+" => {
                for part in [node.child(Role::Left), node.child(Role::Right)].into_iter().flatten() {
                    self.part(part, hops);
                }
            }
            // `"… %s" % value`, `"… {}".format(value)`.
            Kind::Binary if node.name() == "%" && node.child(Role::Left).is_some_and(|left| left.is(Kind::String)) => {
                self.part(node, hops);
            }
            Kind::Call if node.callee_name() == Some("format") && node.receiver().is_some_and(is_text) => {
                self.part(node, hops);
            }
            Kind::Identifier => {
                let Some(binding) = node.binding().filter(|binding| binding.kind == BindingKind::Variable) else {
                    return;
                };
                let declaration = node.tree().at(binding.declaration);
                if let Some(value) = declaration.child(Role::Value).filter(|_| declaration.is(Kind::Assignment)) {
                    self.add(value, hops - 1);
                }
                self.added_later(node, hops);
            }
            _ => {}
        }
    }

    /// `sql += …`.
    fn added_later(&mut self, name: NodeRef<'t>, hops: usize) {
        let Some(id) = name.binding_id() else { return };
        let later: Vec<NodeRef<'t>> = name
            .tree()
            .references(id)
            .filter(|reference| reference.role() == Role::Target)
            .filter_map(NodeRef::parent)
            .filter(|parent| parent.is(Kind::Assignment) && parent.name() == "+=")
            .filter_map(|assignment| assignment.child(Role::Value))
            .take(MOST)
            .collect();
        for value in later {
            self.add(value, hops - 1);
        }
    }

    fn part(&mut self, part: NodeRef<'t>, hops: usize) {
        match part.kind() {
            Kind::String | Kind::Template => self.add(part, hops - 1),
            Kind::Binary if part.name() == "+" => self.add(part, hops - 1),
            Kind::Binary if part.name() == "%" => {
                if let Some(left) = part.child(Role::Left) {
                    self.add(left, hops - 1);
                }
                let right = part.child(Role::Right);
                for value in right.into_iter().flat_map(parts_of) {
                    self.value(value);
                }
            }
            Kind::Call if part.callee_name() == Some("format") => {
                if let Some(text) = part.receiver() {
                    self.add(text, hops - 1);
                }
                for argument in part.children_in(Role::Argument) {
                    self.value(argument.child(Role::Value).filter(|_| argument.is(Kind::Property)).unwrap_or(argument));
                }
            }
            _ => self.value(part),
        }
    }

    fn value(&mut self, value: NodeRef<'t>) {
        if !is_harmless(value, HOPS) {
            self.values.push(value);
        }
    }
}

fn parts_of(value: NodeRef<'_>) -> Vec<NodeRef<'_>> {
    if value.is(Kind::Array) { value.children_in(Role::Item).collect() } else { vec![value] }
}

fn is_text(node: NodeRef<'_>) -> bool {
    matches!(node.kind(), Kind::String | Kind::Template)
}

/// Whether the text begins as a statement does.
fn is_sql(text: &str) -> bool {
    let mut words =
        text.split(|char: char| !char.is_ascii_alphanumeric() && char != '_').filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default().to_ascii_uppercase();
    let rest: Vec<String> = words.take(60).map(str::to_ascii_uppercase).collect();
    let has = |word: &str| rest.iter().any(|other| other == word);
    match first.as_str() {
        "SELECT" | "DELETE" => has("FROM"),
        "INSERT" | "REPLACE" => has("INTO"),
        "UPDATE" => has("SET"),
        "WITH" => has("AS") && has("SELECT"),
        "CREATE" | "ALTER" | "DROP" | "TRUNCATE" => has("TABLE") || has("DATABASE") || has("SCHEMA") || has("INDEX"),
        _ => false,
    }
}

/// Numbers, values from a list of constants, and names that are compared with a list or a pattern first.
fn is_harmless(value: NodeRef<'_>, hops: usize) -> bool {
    if hops == 0 {
        return true;
    }
    match value.kind() {
        Kind::Number | Kind::String | Kind::Boolean | Kind::Null => true,
        Kind::Call => {
            let name = value.callee_name().unwrap_or_default();
            let number = matches!(name, "Number" | "parseInt" | "parseFloat" | "int" | "float" | "BigInt" | "UUID");
            let checked = matches!(name, "parse" | "safeParse" | "validate" | "valid" | "enum" | "model_dump" | "cast");
            number || checked
        }
        Kind::Unary => value.name() == "+",
        Kind::Binary => !matches!(value.name(), "+" | "%"),
        Kind::Conditional => [Role::Consequent, Role::Alternate]
            .into_iter()
            .filter_map(|role| value.child(role))
            .all(|part| is_harmless(part, hops - 1)),
        Kind::Logical => {
            value.child(Role::Left).into_iter().chain(value.child(Role::Right)).all(|part| is_harmless(part, hops - 1))
        }
        Kind::Member => value.child(Role::Object).is_some_and(|object| comes_checked(object, hops)),
        Kind::Identifier => is_name_harmless(value, hops),
        _ => false,
    }
}

/// Whether a schema has looked at the object that the value is taken from.
fn comes_checked(object: NodeRef<'_>, hops: usize) -> bool {
    match object.kind() {
        Kind::Call => is_harmless(object, hops),
        Kind::Member => object.child(Role::Object).is_some_and(|object| comes_checked(object, hops)),
        Kind::Identifier => object.definition().is_some_and(|made| made.is(Kind::Call) && is_harmless(made, hops - 1)),
        _ => false,
    }
}

fn is_name_harmless(name: NodeRef<'_>, hops: usize) -> bool {
    let Some((id, binding)) = name.binding_id().zip(name.binding()) else { return false };
    if name.tree().references(id).any(is_checked) {
        return true;
    }
    let declaration = name.tree().at(binding.declaration);
    match binding.kind {
        BindingKind::Parameter => {
            let parameter = if declaration.is(Kind::Parameter) {
                Some(declaration)
            } else {
                declaration.ancestors().find(|above| above.is(Kind::Parameter))
            };
            let typed = parameter.and_then(|parameter| parameter.child(Role::Annotation));
            typed.is_some_and(|typed| {
                let text = typed.text().trim_start_matches([':', ' ']);
                ["int", "float", "number", "bool", "UUID", "uuid", "Enum", "date"]
                    .iter()
                    .any(|word| text.starts_with(word) || text.contains("keyof") || text.contains("Literal"))
                    // `'asc' | 'desc'`.
                    || text.starts_with(['"', '\''])
            })
        }
        BindingKind::Variable if declaration.is(Kind::Assignment) => {
            declaration.child(Role::Value).is_some_and(|value| is_harmless(value, hops - 1))
        }
        _ => false,
    }
}

/// Whether this use of a name compares it with a list or a pattern: `ALLOWED.includes(x)`, `/^\w+$/.test(x)`,
/// `x in COLUMNS`.
fn is_checked(reference: NodeRef<'_>) -> bool {
    let Some(parent) = reference.parent() else { return false };
    match parent.kind() {
        Kind::Call if reference.role() == Role::Argument => matches!(
            parent.callee_name(),
            Some("includes" | "has" | "test" | "match" | "fullmatch" | "indexOf" | "isUUID" | "isValid" | "get")
        ),
        Kind::Binary => {
            matches!(parent.name(), "in" | "not in" | "==" | "===" | "!=" | "!==") && {
                let other = if reference.role() == Role::Left { Role::Right } else { Role::Left };
                parent
                    .child(other)
                    .is_some_and(|other| !matches!(other.kind(), Kind::Null) && other.name() != "undefined")
            }
        }
        Kind::Switch => true,
        _ => false,
    }
}
