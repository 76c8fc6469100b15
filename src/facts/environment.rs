//! Variables that code reads from the environment, with the default that each read falls back to.

use super::{Extractor, Fact, FileFacts, Visit, Watch};
use crate::{
    code::{Constant, Flags, Guard, Kind, NodeRef, Role as NodeRole},
    model::Span,
    repo::Role,
};

/// One read of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvRead {
    /// The variable, or the setting that a framework fills from a variable of that name.
    pub name: String,
    pub span: Span,
    pub fallback: Fallback,
    pub via: Via,
    /// Runs outside production only.
    pub development_only: bool,
    /// The read stands in the condition of a branch that throws or exits when the variable is missing.
    pub required_in_production: bool,
}

/// What a read gives when the variable is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fallback {
    /// Nothing: `undefined`, `None` or an error.
    None,
    Empty,
    /// A literal, with its place. The value itself stays in the file.
    Literal {
        span: Span,
        words: LiteralShape,
    },
    /// A fresh random value.
    Random,
    /// Something computed.
    Other,
}

/// What a literal looks like, so that rules need not see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LiteralShape {
    /// Could serve as a secret.
    Opaque,
    /// A number, a duration, a boolean.
    Plain,
    /// Says of itself that somebody must fill it in.
    Placeholder,
    /// A header, cookie, variable or field name, a file path, a URL without credentials.
    Name,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Via {
    /// `process.env.X`, `os.environ`.
    Code,
    /// A validating schema such as zod's.
    Schema,
    /// A settings class such as pydantic's.
    Settings,
    /// `config.get('X', default)`.
    ConfigService,
    /// A parameter's default.
    Parameter,
}

pub(super) struct Environment;

impl Extractor for Environment {
    fn fact(&self) -> Fact {
        Fact::Environment
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[
            Kind::Logical,
            Kind::Conditional,
            Kind::Member,
            Kind::Index,
            Kind::Call,
            Kind::Property,
            Kind::Assignment,
            Kind::Parameter,
            Kind::If,
        ])
        .keywords(&["env", "Env", "config", "Config", "Settings", "secret", "Secret"])
        .roles(&[Role::Source, Role::Config])
    }

    fn node(&self, _file: &Visit<'_>, node: NodeRef<'_>, facts: &mut FileFacts) {
        if node.is(Kind::If) {
            facts.refused.extend(refused(node));
            return;
        }
        let found = match node.kind() {
            Kind::Parameter => parameter(node),
            Kind::Assignment => settings_field(node),
            Kind::Property => schema_key(node).or_else(|| destructured(node)),
            Kind::Call => config_service(node).or_else(|| by_helper(node)).or_else(|| read(node)),
            _ => read(node),
        };
        facts.environment.extend(found);
    }
}

/// Names whose value an `if` compares with a literal and then throws: `if (!debug && settings.secretKey === "…")`.
fn refused(branch: NodeRef<'_>) -> Vec<String> {
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
        .collect()
}

/// Whether a branch runs only where the program shows made-up data: `if (isDemoMode) …`.
fn is_demonstration(node: NodeRef<'_>) -> bool {
    let mut below = node;
    for above in node.ancestors() {
        if above.is(Kind::If) && below.role() == NodeRole::Consequent {
            let condition =
                above.child(NodeRole::Condition).map(NodeRef::text).unwrap_or_default().to_ascii_lowercase();
            if !condition.contains('!') && ["demo", "mock"].iter().any(|word| condition.contains(word)) {
                return true;
            }
        }
        below = above;
    }
    false
}

fn made(node: NodeRef<'_>, name: String, fallback: Fallback, via: Via) -> EnvRead {
    let fallback = if is_demonstration(node) { Fallback::Other } else { fallback };
    let development_only = node.environment_guard() == Guard::DevelopmentOnly;
    EnvRead { name, span: node.span(), fallback, via, development_only, required_in_production: stops_without(node) }
}

/// Whether a read is tested by an `if` whose branch throws or ends the process: `if (isProduction && !process.env.X)`.
fn stops_without(node: NodeRef<'_>) -> bool {
    let mut below = node;
    for above in node.ancestors().take(6) {
        match above.kind() {
            Kind::Unary | Kind::Logical | Kind::Binary => below = above,
            Kind::If if below.role() == NodeRole::Condition => {
                return above.child(NodeRole::Consequent).is_some_and(stops);
            }
            _ => return false,
        }
    }
    false
}

/// Whether a branch throws or exits.
fn stops(branch: NodeRef<'_>) -> bool {
    std::iter::once(branch).chain(branch.descendants().take(200)).any(|node| match node.kind() {
        Kind::Throw => true,
        Kind::Call => matches!(node.callee_path().as_deref(), Some("process.exit" | "sys.exit" | "exit")),
        _ => false,
    })
}

/// `process.env.X`, `process.env.X || d`, `os.getenv('X', d)` and their kin; the outermost form speaks.
fn read(node: NodeRef<'_>) -> Option<EnvRead> {
    let found = node.env_read()?;
    let outer = node.parent().is_some_and(|parent| {
        matches!(parent.kind(), Kind::Logical | Kind::Conditional | Kind::Call | Kind::Member | Kind::Index)
            && parent.env_read().is_some_and(|outer| outer.name == found.name)
    });
    if outer {
        return None;
    }
    let fallback = found.default.map_or(Fallback::None, fallback_of);
    Some(made(node, found.name, fallback, Via::Code))
}

/// `const { X = d } = process.env`.
fn destructured(property: NodeRef<'_>) -> Option<EnvRead> {
    let pattern = property.parent().filter(|parent| parent.has(Flags::PATTERN))?;
    let source = pattern.parent().filter(|parent| parent.is(Kind::Assignment))?.child(NodeRole::Value)?;
    let from = source.path()?;
    if !matches!(from.as_str(), "process.env" | "import.meta.env" | "Bun.env") {
        return None;
    }
    let fallback = property.child(NodeRole::Default).map_or(Fallback::None, fallback_of);
    Some(made(property, property.name().to_owned(), fallback, Via::Code))
}

/// `config.get('X', d)` of Nest's and convict's kind: the receiver is named like a configuration.
fn config_service(call: NodeRef<'_>) -> Option<EnvRead> {
    let callee = call.child(NodeRole::Callee)?;
    let receiver = callee.child(NodeRole::Object)?;
    let is_config = receiver.name().to_ascii_lowercase().contains("config");
    if !is_config || !matches!(callee.name(), "get" | "getOrThrow") {
        return None;
    }
    let Constant::String(name) = call.argument(0)?.constant()? else { return None };
    let fallback = match call.argument(1) {
        Some(default) if !default.is(Kind::Object) => fallback_of(default),
        _ => Fallback::None,
    };
    Some(made(call, name, fallback, Via::ConfigService))
}

/// `required("X")`, where this file defines `required` as a function that reads `process.env[name]`.
fn by_helper(call: NodeRef<'_>) -> Option<EnvRead> {
    let callee = call.child(NodeRole::Callee).filter(|callee| callee.is(Kind::Identifier))?;
    let Constant::String(name) = call.argument(0)?.constant()? else { return None };
    let upper = name.chars().all(|char| char.is_ascii_uppercase() || char.is_ascii_digit() || char == '_');
    let declaration = callee.tree().at(callee.binding()?.declaration);
    let function = if declaration.is(Kind::Function) { declaration } else { callee.definition()? };
    if !function.is(Kind::Function) || !upper {
        return None;
    }
    let parameter = function.children_in(NodeRole::Parameter).next()?.name();
    let reads = function.descendants().take(400).any(|node| {
        node.is(Kind::Index)
            && node.child(NodeRole::Index).is_some_and(|index| index.is(Kind::Identifier) && index.name() == parameter)
            && node
                .child(NodeRole::Object)
                .and_then(NodeRef::api_path)
                .is_some_and(|path| matches!(path.as_str(), "process.env" | "os.environ"))
    });
    let fallback = call.argument(1).map_or(Fallback::None, fallback_of);
    reads.then(|| made(call, name, fallback, Via::Code))
}

/// A key of a validating schema whose chain ends in `.default(d)`: `JWT_SECRET: z.string().default('…')`.
fn schema_key(property: NodeRef<'_>) -> Option<EnvRead> {
    let name = property.name();
    let upper =
        !name.is_empty() && name.chars().all(|char| char.is_ascii_uppercase() || char.is_ascii_digit() || char == '_');
    let value = property.child(NodeRole::Value).filter(|value| value.is(Kind::Call))?;
    if !upper || property.parent()?.has(Flags::PATTERN) {
        return None;
    }
    let mut link = Some(value);
    let mut default = None;
    let mut steps = 0;
    let mut root = None;
    while let Some(call) = link.filter(|_| steps < 16) {
        steps += 1;
        let callee = call.child(NodeRole::Callee)?;
        if callee.name() == "default" && callee.is(Kind::Member) {
            default = call.argument(0);
        }
        root = Some(callee);
        link = callee.child(NodeRole::Object).filter(|object| object.is(Kind::Call));
    }
    let path = root?.path()?;
    let schema = ["zod.", "z.", "joi.", "Joi.", "yup.", "valibot.", "envalid.", "arktype."];
    if !schema.iter().any(|prefix| path.starts_with(prefix)) {
        return None;
    }
    let devdefault = value.argument(0).and_then(|options| options.property("default"));
    let fallback = default.or(devdefault).map_or(Fallback::None, fallback_of);
    Some(made(property, name.to_owned(), fallback, Via::Schema))
}

/// A field of a pydantic settings class: `secret_key: str = "…"`, `Field(default="…")`.
fn settings_field(assignment: NodeRef<'_>) -> Option<EnvRead> {
    if !assignment.has(Flags::FIELD) {
        return None;
    }
    let target = assignment.child(NodeRole::Target).filter(|target| target.is(Kind::Identifier))?;
    let class = assignment.ancestors().find(|node| node.is(Kind::Class))?;
    let is_settings = class.children_in(NodeRole::Base).any(|base| {
        let name = base.path().unwrap_or_default();
        name.ends_with("BaseSettings") || name.ends_with("Settings")
    });
    // Pydantic fills no name with a leading underscore.
    if !is_settings || target.name() == "model_config" || target.name().starts_with('_') {
        return None;
    }
    let value = assignment.child(NodeRole::Value);
    let fallback = match value {
        None => Fallback::None,
        Some(call) if call.is(Kind::Call) && call.callee_name() == Some("Field") => {
            let default = call.keyword("default").or_else(|| call.argument(0));
            match default {
                Some(default) if default.text() != "..." => fallback_of(default),
                _ => Fallback::None,
            }
        }
        // `SecretStr("…")` wraps a literal; `os.getenv` is a read of its own.
        Some(call) if call.is(Kind::Call) && call.env_read().is_some() => return None,
        Some(call) if call.is(Kind::Call) && call.callee_name() == Some("SecretStr") => {
            call.argument(0).map_or(Fallback::None, fallback_of)
        }
        Some(value) if value.env_read().is_some() => return None,
        Some(value) => fallback_of(value),
    };
    Some(made(assignment, target.name().to_owned(), fallback, Via::Settings))
}

/// A parameter named like a secret that has a literal default.
fn parameter(parameter: NodeRef<'_>) -> Option<EnvRead> {
    let default = parameter.child(NodeRole::Default)?;
    let name = parameter.name();
    let secret = ["secret", "jwtSecret", "jwt_secret", "secretKey", "secret_key", "signingKey", "signing_key"];
    if !secret.contains(&name) || !default.is(Kind::String) {
        return None;
    }
    Some(made(parameter, name.to_owned(), fallback_of(default), Via::Parameter))
}

fn fallback_of(default: NodeRef<'_>) -> Fallback {
    if default.is(Kind::Call) {
        let name = default.callee_name().unwrap_or_default().to_ascii_lowercase();
        let receiver = default.callee_path().unwrap_or_default().to_ascii_lowercase();
        let random = ["random", "uuid", "token_hex", "token_urlsafe", "urandom", "nanoid", "generate_key"];
        if random.iter().any(|part| name.contains(part) || receiver.contains(part)) {
            return Fallback::Random;
        }
    }
    match default.constant() {
        Some(Constant::String(value)) if value.is_empty() => Fallback::Empty,
        Some(Constant::String(value)) => Fallback::Literal { span: default.span(), words: shape(&value) },
        Some(Constant::Null) => Fallback::None,
        Some(_) => Fallback::Literal { span: default.span(), words: LiteralShape::Plain },
        None if default.is(Kind::Identifier) && default.name() == "undefined" => Fallback::None,
        None => Fallback::Other,
    }
}

fn shape(value: &str) -> LiteralShape {
    let digits = value.chars().all(|char| char.is_ascii_digit() || char == '.');
    let duration =
        value.len() <= 6 && value.trim_end_matches(|char: char| char.is_ascii_alphabetic()).parse::<f64>().is_ok();
    if digits || duration || matches!(value, "true" | "false" | "none" | "null" | "default") {
        return LiteralShape::Plain;
    }
    let url = value.contains("://") && !value.contains('@');
    let path = value.starts_with(['/', '.']) || [".pem", ".key"].iter().any(|ending| value.ends_with(ending));
    let header = value.to_ascii_lowercase().starts_with("x-") || value.eq_ignore_ascii_case("authorization");
    let variable = value.contains('_')
        && value.chars().all(|char| char.is_ascii_uppercase() || char.is_ascii_digit() || char == '_');
    if url || path || header || variable {
        return LiteralShape::Name;
    }
    let lower = value.to_ascii_lowercase();
    let placeholder = ["dummy", "your", "placeholder", "xxxx", "fake"].iter().any(|word| lower.contains(word));
    if placeholder { LiteralShape::Placeholder } else { LiteralShape::Opaque }
}
