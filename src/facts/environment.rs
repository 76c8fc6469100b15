//! Variables that code reads from the environment, with the default that each read falls back to.

mod libraries;
use libraries::{by_helper, by_library, config_service, convict_key, parameter, schema_key, settings_field};

mod optional;

mod whole;

use optional::{is_optional, is_set_here};

use whole::{checks_whole, refused, takes_whole};

use super::{Extractor, Fact, FileFacts, Visit, Watch};

use crate::{
    code::{BindingKind, Constant, Flags, Guard, Kind, Language, NodeRef, Role as NodeRole},
    model::Span,
    repo::Role,
};

/// One read of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is an answer of its own")]
pub struct EnvRead {
    /// The variable, or the setting that a framework fills from a variable of that name.
    pub name: String,
    /// The variable of the environment; empty when the setting is filled from somewhere else.
    pub variable: String,
    pub span: Span,
    pub fallback: Fallback,
    pub via: Via,
    /// Runs outside production only.
    pub development_only: bool,
    /// The read stands in the condition of a branch that throws or exits when the variable is missing.
    pub required_in_production: bool,
    pub demand: Demand,
    /// It goes to a client of somebody else's service as the key that this program shows there.
    pub shown_elsewhere: bool,
    /// It runs when the module is loaded, or in a function whose name says that it checks the settings.
    pub at_start: bool,
    /// The file sets the variable as well, so that nobody else has to.
    pub set_here: bool,
}

/// What happens to a program whose variable is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Demand {
    /// It stops with an error.
    Required,
    /// A schema or a settings class says that it goes on.
    Optional,
    /// Nothing is said here.
    Unsaid,
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
        .keywords(&[
            "env", "Env", "config", "Config", "Settings", "secret", "Secret", "oi.", "z.", "zod.", "yup.", "valibot.",
            "arktype.",
        ])
        .roles(&[Role::Source, Role::Config, Role::Script])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, facts: &mut FileFacts) {
        if node.is(Kind::If) {
            facts.refused.extend(refused(node));
            return;
        }
        facts.environment.extend(listed(node));
        if checks_whole(node) {
            facts.environment_checks.push(node.span());
        }
        if takes_whole(node) {
            facts.environment_looks.push(node.span());
        }
        let found = match node.kind() {
            Kind::Parameter => parameter(node),
            Kind::Assignment => settings_field(node),
            Kind::Property => schema_key(node).or_else(|| destructured(node)).or_else(|| convict_key(node)),
            Kind::Call => {
                // Flask's `app.config` holds settings, most of which never were variables.
                let script = file.file.language.is_some_and(Language::is_script);
                let by_service = if script { config_service(node) } else { None };
                by_service.or_else(|| by_helper(node)).or_else(|| by_library(node)).or_else(|| read(node))
            }
            _ => read(node),
        };
        facts.environment.extend(found);
    }
}

/// Whether a value is what a client of another service is made with: `new Mailer(process.env.MAIL_API_KEY)`,
/// `Chat(api_key=os.environ["CHAT_KEY"])`.
fn goes_elsewhere(node: NodeRef<'_>) -> bool {
    const KEYS: &[&str] = &["apikey", "authkey", "authsecret", "clientsecret", "accesstoken", "apitoken", "apisecret"];
    let plain = |name: &str| name.replace(['_', '-'], "").to_ascii_lowercase();
    let mut key = String::new();
    for above in node.ancestors().take(6) {
        match above.kind() {
            Kind::Logical | Kind::Conditional | Kind::Object => {}
            Kind::Property if key.is_empty() => key = plain(above.name()),
            Kind::Call => {
                let made = above.has(Flags::NEW)
                    || above.callee_name().is_some_and(|name| name.starts_with(char::is_uppercase));
                let named = KEYS.contains(&key.as_str()) || key.is_empty() && plain(node.text()).contains("apikey");
                return made && named && above.child(NodeRole::Callee).is_some_and(is_packaged);
            }
            _ => return false,
        }
    }
    false
}

/// Whether a name comes from a package.
fn is_packaged(callee: NodeRef<'_>) -> bool {
    let mut root = callee;
    while let Some(object) = root.child(NodeRole::Object) {
        root = object;
    }
    root.binding().is_some_and(|binding| match &binding.kind {
        BindingKind::Import { module, .. } => !module.starts_with(['.', '/', '~']) && !module.starts_with("@/"),
        _ => false,
    })
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

/// Whether a class of settings around the place is that of one environment other than production:
/// `class Development(Config)`, `class TestConfig`.
fn is_in_class_of_development(node: NodeRef<'_>) -> bool {
    node.enclosing_class().is_some_and(|class| {
        let mut name = class.name().to_ascii_lowercase();
        for word in ["configuration", "config", "settings", "environment", "env", "base", "_"] {
            name = name.replace(word, "");
        }
        matches!(name.as_str(), "dev" | "develop" | "development" | "test" | "testing" | "tests" | "local" | "ci")
    })
}

fn made(node: NodeRef<'_>, name: String, fallback: Fallback, via: Via) -> EnvRead {
    let fallback = if is_demonstration(node) { Fallback::Other } else { fallback };
    let development_only = node.environment_guard() == Guard::DevelopmentOnly || is_in_class_of_development(node);
    let required_in_production = stops_without(node);
    let variable = if is_variable(&name) && via != Via::Parameter { name.clone() } else { String::new() };
    let demand = if required_in_production || (fallback == Fallback::None && stops_later(node)) {
        Demand::Required
    } else {
        Demand::Unsaid
    };
    let demand = if demand == Demand::Unsaid && is_optional(node) { Demand::Optional } else { demand };
    let span = node.span();
    let at_start = runs_at_start(node);
    let set_here = !variable.is_empty() && via == Via::Code && is_set_here(node, &variable);
    let shown_elsewhere = goes_elsewhere(node);
    EnvRead {
        name,
        variable,
        span,
        fallback,
        via,
        development_only,
        required_in_production,
        demand,
        shown_elsewhere,
        at_start,
        set_here,
    }
}

fn runs_at_start(node: NodeRef<'_>) -> bool {
    node.enclosing_function().is_none_or(|function| {
        let name = function.function_name().unwrap_or_default().to_ascii_lowercase();
        ["valid", "check", "assert", "ensure", "verify", "require"].iter().any(|word| name.contains(word))
            && !name.contains("request")
    })
}

/// A name as environments have them, for all that reads them by convention.
fn is_variable(name: &str) -> bool {
    let upper = name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    // What names itself in small letters is mostly what shells know: `npm_package_version`, `http_proxy`.
    upper && name.len() > 1
}

/// Whether the value is given a name, and an `if` that asks for that name throws or exits:
/// `const key = process.env.KEY; if (!key) throw …`. Also `os.environ['KEY']`, which raises by itself.
fn stops_later(node: NodeRef<'_>) -> bool {
    if node.is(Kind::Index)
        && node.child(NodeRole::Object).and_then(NodeRef::api_path).is_some_and(|it| it == "os.environ")
    {
        return true;
    }
    let target = match node.parent() {
        Some(assignment) if assignment.is(Kind::Assignment) && node.role() == NodeRole::Value => {
            assignment.child(NodeRole::Target)
        }
        _ if node.is(Kind::Property) => node.child(NodeRole::Value),
        _ => None,
    };
    let Some(binding) = target.filter(|target| target.is(Kind::Identifier)).and_then(NodeRef::binding_id) else {
        return false;
    };
    node.tree().references(binding).take(40).any(stops_without)
}

/// The names that a loop or a helper asks the environment for, and stops when one is missing:
/// `for (const name of ['A', 'B']) if (!process.env[name]) throw …`.
fn listed(node: NodeRef<'_>) -> Vec<EnvRead> {
    if !node.is_dynamic_env_read() {
        return Vec::new();
    }
    let around =
        node.ancestors().take(12).filter(|above| matches!(above.kind(), Kind::Function | Kind::Loop | Kind::If));
    if !around.into_iter().any(stops) {
        return Vec::new();
    }
    let lists = node.tree().nodes().filter(|list| list.is(Kind::Array) && list.children().next().is_some());
    let named = lists
        .filter(|list| list.children_in(NodeRole::Item).all(|item| item.is(Kind::String) && is_variable(item.name())));
    let items = named.flat_map(|list| list.children_in(NodeRole::Item).collect::<Vec<_>>()).take(200);
    items
        .map(|item| EnvRead {
            demand: Demand::Required,
            ..made(item, item.name().to_owned(), Fallback::None, Via::Code)
        })
        .collect()
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
    let default = found.default.or_else(|| given_to_helper(node));
    let fallback = default.map_or(Fallback::None, fallback_of);
    Some(made(node, found.name, fallback, Via::Code))
}

/// `parseEnvNumber(process.env.X, 5432)`: the default of a helper that reads what it is given.
fn given_to_helper(node: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let call = node.parent().filter(|call| call.is(Kind::Call) && call.argument(0) == Some(node))?;
    let name = call.callee_name()?.to_ascii_lowercase();
    let says = ["env", "default", "fallback", "parsebool", "parsenum", "parseint", "boolean", "number"];
    let demands = ["require", "assert", "invariant", "must", "ensure", "expect"];
    if demands.iter().any(|word| name.contains(word)) || !says.iter().any(|word| name.contains(word)) {
        return None;
    }
    let default = call.argument(1)?;
    let list = matches!(default.kind(), Kind::Array | Kind::Object);
    (list || default.constant().is_some()).then_some(default)
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
    let placeholder = ["dummy", "your", "placeholder", "xxxx", "fake", "empty"].iter().any(|word| lower.contains(word));
    // The beginning of a key without the key, and a key of nothing but zeros.
    let blank = lower.ends_with(['-', '_']) || lower.bytes().all(|byte| matches!(byte, b'0' | b'-' | b'x'));
    if placeholder || blank { LiteralShape::Placeholder } else { LiteralShape::Opaque }
}
