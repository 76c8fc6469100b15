//! Reads of environment variables, with the value that stands in when a variable is not set.

use crate::code::{
    BindingKind,
    tree::{Flags, Kind, NodeRef, Role, Tree},
};

/// One read of an environment variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvRead<'t> {
    pub name: String,
    /// What is used when the variable is not set.
    pub default: Option<NodeRef<'t>>,
}

/// Objects whose members are environment variables.
const OBJECTS: &[&str] =
    &["process.env", "import.meta.env", "Bun.env", "os.environ", "$env/dynamic/private.env", "$env/dynamic/public.env"];

/// Functions that take a variable's name and, in Python, a default.
const FUNCTIONS: &[&str] = &["os.getenv", "os.environ.get", "os.environb.get", "Deno.env.get"];

/// Functions that only change the form of what they are given.
const CONVERSIONS: &[&str] =
    &["Number", "String", "Boolean", "parseInt", "parseFloat", "int", "str", "float", "bool", "Number.parseInt"];

/// Methods without arguments that only change the form of a string.
const NORMALISERS: &[&str] = &["toLowerCase", "toUpperCase", "trim", "toString", "lower", "upper", "strip", "casefold"];

/// Every environment variable that a file reads, each read once, with the outermost expression that still is the
/// value: for `Number(process.env.PORT ?? 3000)` the whole call. In source order.
pub fn env_reads<'t>(tree: &'t Tree<'t>) -> Vec<(NodeRef<'t>, EnvRead<'t>)> {
    let mut reads = Vec::new();
    for node in tree.nodes() {
        match node.kind() {
            Kind::Member | Kind::Index | Kind::Call if direct(node).is_some() && !is_presence_test(node) => {
                let outermost = node.env_expression();
                reads.extend(outermost.env_read().map(|read| (outermost, read)));
            }
            Kind::Assignment => reads.extend(node.env_destructured()),
            _ => {}
        }
    }
    reads
}

impl<'t> NodeRef<'t> {
    /// The environment variable that this expression is the value of: `process.env.X`, `process.env['X']`,
    /// `import.meta.env.X`, `Bun.env.X`, `Deno.env.get('X')`, `os.environ['X']`, `os.environ.get('X', d)`,
    /// `os.getenv('X', d)`; also with a fallback around it (`|| d`, `?? d`, `x ? x : d`), inside a conversion such as
    /// `Number(…)`, or behind `.toLowerCase()` and its kin. Of several fallbacks the last is the default.
    pub fn env_read(self) -> Option<EnvRead<'t>> {
        let (inner, default) = peel(self)?;
        let mut read = direct(inner)?;
        read.default = default.or(read.default);
        Some(read)
    }

    /// Whether this reads an environment variable whose name the file does not tell: `process.env[name]`. A list of
    /// the variables that a file reads is then not complete.
    pub fn is_dynamic_env_read(self) -> bool {
        match self.kind() {
            Kind::Index => {
                !is_changed(self)
                    && self.child(Role::Object).is_some_and(is_environment)
                    && self.child(Role::Index).is_some_and(|key| key.constant_str().is_none())
            }
            Kind::Call => {
                self.child(Role::Callee).is_some_and(is_env_function)
                    && self.argument(0).is_some_and(|name| name.constant_str().is_none())
            }
            _ => false,
        }
    }

    /// The outermost expression around a read that is still the value of the same variable.
    #[must_use]
    pub fn env_expression(self) -> Self {
        let mut outermost = self;
        let mut node = self;
        while let Some(parent) = node.parent() {
            if !is_layer(parent, node) {
                break;
            }
            if peel(parent).is_some_and(|(inner, _)| inner == self) {
                outermost = parent;
            }
            node = parent;
        }
        outermost
    }

    /// The variables that `const { A, B = 'x' } = process.env` reads, each with its property in the pattern.
    pub fn env_destructured(self) -> Vec<(Self, EnvRead<'t>)> {
        let from_environment = self.is(Kind::Assignment) && self.child(Role::Value).is_some_and(is_environment);
        let pattern = self.child(Role::Target).filter(|target| from_environment && target.is(Kind::Object));
        pattern
            .into_iter()
            .flat_map(NodeRef::children)
            .filter(|property| property.is(Kind::Property) && !property.has(Flags::COMPUTED))
            .map(|property| {
                let default = property.child(Role::Default);
                (property, EnvRead { name: property.name().to_owned(), default })
            })
            .collect()
    }
}

/// Whether an expression is the object that holds the environment, under its own name or another one.
pub(super) fn is_environment(node: NodeRef<'_>) -> bool {
    let node = node.resolved();
    if node.is(Kind::Member) && !matches!(node.name(), "env" | "environ") {
        return false;
    }
    if node.api_path().is_some_and(|path| OBJECTS.contains(&path.as_str())) {
        return true;
    }
    // `const { env } = process`
    destructured_from(node).is_some_and(|(object, name)| {
        name == "env" && object.api_path().is_some_and(|path| path == "process" || path == "import.meta")
    })
}

/// For a name bound by a flat pattern and never written: what is taken apart, and the property it is.
pub(super) fn destructured_from(node: NodeRef<'_>) -> Option<(NodeRef<'_>, &str)> {
    let id = node.binding_id()?;
    let binding = node.tree().binding(id);
    if binding.kind != BindingKind::Variable || binding.writes > 0 {
        return None;
    }
    let declaration = node.tree().at(binding.declaration);
    let pattern = declaration.child(Role::Target).filter(|target| target.is(Kind::Object))?;
    // Real patterns have a few properties; the limit keeps a question asked of every name of a file cheap.
    let property = pattern.children().take(500).find(|property| {
        property.is(Kind::Property)
            && property
                .child(Role::Value)
                .is_some_and(|value| value.is(Kind::Identifier) && value.name() == node.name())
    })?;
    Some((declaration.child(Role::Value)?, property.name()))
}

/// A read without anything around it.
fn direct(node: NodeRef<'_>) -> Option<EnvRead<'_>> {
    let (name, default) = match node.kind() {
        Kind::Member | Kind::Index => {
            if is_changed(node) || !is_environment(node.child(Role::Object)?) {
                return None;
            }
            match node.kind() {
                // `process.env.hasOwnProperty(…)`, `os.environ.get(…)`: methods of the object.
                Kind::Member if node.role() == Role::Callee => return None,
                Kind::Member => (node.name().to_owned(), None),
                _ => (node.child(Role::Index)?.constant_str()?, None),
            }
        }
        Kind::Call => {
            node.child(Role::Callee).filter(|callee| is_env_function(*callee))?;
            let default = node.argument(1).or_else(|| node.keyword("default"));
            (node.argument(0).or_else(|| node.keyword("key"))?.constant_str()?, default)
        }
        _ => return None,
    };
    Some(EnvRead { name, default })
}

/// Whether a function reads the variable that its first argument names.
fn is_env_function(callee: NodeRef<'_>) -> bool {
    let on_object =
        callee.is(Kind::Member) && callee.name() == "get" && callee.child(Role::Object).is_some_and(is_environment);
    on_object || callee.api_path().is_some_and(|path| FUNCTIONS.contains(&path.as_str()))
}

/// Whether the place is written or deleted, not read.
fn is_changed(node: NodeRef<'_>) -> bool {
    node.parent().is_some_and(|parent| {
        (parent.is(Kind::Assignment) && node.role() == Role::Target)
            || (parent.is(Kind::Unary) && parent.name() == "delete")
    })
}

/// Whether `child` can be a read that `parent` passes on.
fn is_layer(parent: NodeRef<'_>, child: NodeRef<'_>) -> bool {
    match parent.kind() {
        Kind::Logical => child.role() == Role::Left,
        Kind::Conditional => child.role() == Role::Consequent,
        Kind::Call => matches!(child.role(), Role::Argument | Role::Callee),
        Kind::Member => NORMALISERS.contains(&parent.name()),
        _ => false,
    }
}

/// The expression inside fallbacks and conversions, and the outermost fallback. `None` when there are too many layers.
fn peel(node: NodeRef<'_>) -> Option<(NodeRef<'_>, Option<NodeRef<'_>>)> {
    let mut node = node;
    let mut default = None;
    for _ in 0..16 {
        let (inner, fallback) = match node.kind() {
            Kind::Logical if matches!(node.name(), "||" | "??") => (node.child(Role::Left)?, node.child(Role::Right)),
            Kind::Conditional if tests_presence(node) => (node.child(Role::Consequent)?, node.child(Role::Alternate)),
            Kind::Call => match converted(node) {
                Some(inner) => (inner, None),
                None => return Some((node, default)),
            },
            _ => return Some((node, default)),
        };
        default = default.or(fallback);
        node = inner;
    }
    None
}

/// What a conversion or a normalising method is applied to.
fn converted(call: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let callee = call.child(Role::Callee)?;
    if callee.is(Kind::Member) && NORMALISERS.contains(&callee.name()) && call.positional().next().is_none() {
        return callee.child(Role::Object);
    }
    call.argument(0).filter(|_| callee.path().is_some_and(|path| CONVERSIONS.contains(&path.as_str())))
}

/// `x ? x : d`, `x !== undefined ? x : d`, `x if 'X' in os.environ else d`: the condition asks whether the variable
/// that the consequent reads is set.
fn tests_presence(node: NodeRef<'_>) -> bool {
    let (Some(condition), Some(consequent)) = (node.child(Role::Condition), node.child(Role::Consequent)) else {
        return false;
    };
    let Some(read) = peel(consequent).and_then(|(inner, _)| direct(inner)) else { return false };
    let asks_for = |tested: NodeRef<'_>| direct(tested).is_some_and(|tested| tested.name == read.name);
    if asks_for(condition) {
        return true;
    }
    let (Some(left), Some(right)) = (condition.child(Role::Left), condition.child(Role::Right)) else { return false };
    match condition.name() {
        "!==" | "!=" | "is not" => asks_for(left) && is_empty_value(right),
        "in" => left.constant_str().is_some_and(|name| name == read.name) && is_environment(right),
        _ => false,
    }
}

/// Whether a read only asks if the variable is set, for a conditional that then reads it.
fn is_presence_test(read: NodeRef<'_>) -> bool {
    let mut node = read;
    // The read itself is the condition, or one side of a comparison that is.
    for _ in 0..2 {
        let Some(parent) = node.parent() else { return false };
        if parent.is(Kind::Conditional) {
            return node.role() == Role::Condition && tests_presence(parent);
        }
        node = parent;
    }
    false
}

fn is_empty_value(node: NodeRef<'_>) -> bool {
    node.constant().is_some_and(|value| !value.is_truthy())
}
