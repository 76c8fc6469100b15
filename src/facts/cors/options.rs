//! The options of a CORS library, however they are passed: an object, keyword arguments, a function of the request.

use super::{
    Credentials,
    check::pattern_of,
    condition::{Atoms, both, local_function, results},
    grant::{Audience, Grant},
    library::{Library, Unset},
    origin::{callback, grants},
    path::path_to,
    reader::{MAX_NODES, Meaning, Reader, bare, calls_parameter, constant, is_keyword, meaning},
};
use crate::code::{Kind, NodeRef, Role};

/// Where a library finds its options.
#[derive(Debug, Clone, Copy)]
pub(super) enum Options<'t> {
    /// None are passed.
    None,
    Object(NodeRef<'t>),
    /// The keyword arguments of this call.
    Keywords(NodeRef<'t>),
    /// A function that is asked for each request.
    Delegate(NodeRef<'t>),
    /// They come from elsewhere, under this name if it has one.
    Elsewhere(NodeRef<'t>),
}

impl<'t> Options<'t> {
    pub(super) fn of(argument: Option<NodeRef<'t>>) -> Self {
        let Some(argument) = argument else { return Self::None };
        let node = constant(argument);
        match node.kind() {
            Kind::Object => Self::Object(node),
            Kind::Function => Self::Delegate(node),
            // `cors: true` of Socket.IO and Nest.
            Kind::Boolean | Kind::Null => Self::None,
            Kind::Identifier if matches!(meaning(node), Meaning::Function(_)) => match meaning(node) {
                Meaning::Function(function) => Self::Delegate(function),
                _ => Self::Elsewhere(node),
            },
            Kind::Call => match local_function(node).map(results).unwrap_or_default().first().map(|it| constant(*it)) {
                Some(object) if object.is(Kind::Object) => Self::Object(object),
                _ => Self::Elsewhere(node),
            },
            _ => Self::Elsewhere(node),
        }
    }

    /// The value of one option.
    pub(super) fn get(self, name: &str) -> Option<NodeRef<'t>> {
        match self {
            Self::Object(object) => property(object, name, 0),
            Self::Keywords(call) => call.keyword(name).or_else(|| {
                let spread = call.children_in(Role::Argument).filter(|argument| argument.is(Kind::Spread));
                spread
                    .filter_map(|spread| spread.child(Role::Value).map(constant))
                    .find_map(|object| property(object, name, 0))
            }),
            _ => None,
        }
    }

    /// The name under which another file defines them.
    pub(super) fn name(self) -> Option<String> {
        let Self::Elsewhere(node) = self else { return None };
        let node = if node.is(Kind::Call) { node.child(Role::Callee)? } else { node };
        matches!(node.kind(), Kind::Identifier | Kind::Member).then(|| match meaning(node) {
            Meaning::Import(name) => name,
            _ => node.name().to_owned(),
        })
    }

    fn is_known(self) -> bool {
        match self {
            Self::Elsewhere(_) => false,
            // Something spread into the call may name the origin.
            Self::Keywords(call) => call.children_in(Role::Argument).all(|argument| {
                !argument.is(Kind::Spread)
                    || argument.child(Role::Value).map(constant).is_some_and(|it| it.is(Kind::Object))
            }),
            Self::Object(object) => object
                .children()
                .filter(|child| child.is(Kind::Spread))
                .all(|spread| spread.child(Role::Value).map(constant).is_some_and(|value| value.is(Kind::Object))),
            _ => true,
        }
    }
}

/// A property of an object, of what is spread into it, or a method by that name.
fn property<'t>(object: NodeRef<'t>, name: &str, depth: u8) -> Option<NodeRef<'t>> {
    if !object.is(Kind::Object) || depth > 4 {
        return None;
    }
    object
        .property(name)
        .or_else(|| object.children().find(|child| child.is(Kind::Function) && child.name() == name))
        .or_else(|| {
            let spread = object.children().filter(|child| child.is(Kind::Spread));
            spread
                .filter_map(|spread| spread.child(Role::Value).map(constant))
                .find_map(|inner| property(inner, name, depth + 1))
        })
}

/// The names of a library's options.
pub(super) struct Names {
    pub(super) origins: &'static [&'static str],
    pub(super) credentials: &'static str,
    pub(super) methods: &'static str,
}

impl Names {
    pub(super) fn of(library: Library) -> Self {
        match library {
            Library::Starlette | Library::Litestar => Self {
                origins: &["allow_origins", "allow_origin_regex"],
                credentials: "allow_credentials",
                methods: "allow_methods",
            },
            Library::FlaskCors => {
                Self { origins: &["origins"], credentials: "supports_credentials", methods: "methods" }
            }
            Library::Hono | Library::Koa => {
                Self { origins: &["origin"], credentials: "credentials", methods: "allowMethods" }
            }
            _ => Self { origins: &["origin"], credentials: "credentials", methods: "methods" },
        }
    }
}

/// Every way through a library's options that is reached under `conditions`.
pub(super) fn ways_through(
    reader: &Reader<'_>,
    site: NodeRef<'_>,
    library: Library,
    options: Options<'_>,
    conditions: &[Atoms],
) -> Vec<Grant> {
    if let Options::Delegate(function) = options {
        return delegated(reader, function, library, conditions);
    }
    if let Options::Elsewhere(node) = options
        && let Meaning::Values(values) = meaning(node)
    {
        return chosen(reader, site, library, &values, conditions);
    }
    let names = Names::of(library);
    let mut result = Vec::new();
    for name in names.origins {
        if let Some(value) = options.get(name) {
            let pattern = name.ends_with("regex").then(|| pattern_of(value)).flatten();
            match pattern {
                Some(pattern) => result.extend(super::origin::pattern_grants(value, &pattern, library, conditions)),
                None => result.extend(grants(reader, value, library, conditions)),
            }
        }
    }
    if let Options::Object(object) = options {
        for (value, here) in assigned(reader, object, &names) {
            result.extend(grants(reader, value, library, &both(conditions, &here)));
        }
    }
    if result.is_empty() {
        let audience = match library.without_option() {
            _ if !options.is_known() => Audience::Unclear,
            Unset::Everyone => Audience::Everyone,
            Unset::Reflected => Audience::Reflected,
            Unset::Nobody => Audience::Nobody,
        };
        result.extend(super::origin::fixed_grants(site.span(), &audience, conditions));
    }
    result
}

/// The ways through options that are assigned in several places.
fn chosen(
    reader: &Reader<'_>,
    site: NodeRef<'_>,
    library: Library,
    values: &[NodeRef<'_>],
    conditions: &[Atoms],
) -> Vec<Grant> {
    let mut result = Vec::new();
    for value in values.iter().take(8) {
        let stop = value.enclosing_function().unwrap_or(value.tree().root());
        let here = both(conditions, &path_to(reader, *value, stop, 0));
        let options = Options::of(Some(*value));
        let absent = matches!(options, Options::None) || value.name() == "undefined";
        if absent && library == Library::SocketIo {
            result.extend(super::origin::fixed_grants(value.span(), &Audience::Nobody, &here));
        } else if !matches!(options, Options::Elsewhere(_)) {
            result.extend(ways_through(reader, site, library, options, &here));
        }
    }
    if result.is_empty() {
        return super::origin::fixed_grants(site.span(), &Audience::Unclear, conditions);
    }
    result
}

/// What is assigned to the origin option of an object after it was built: `options.origin = …`.
fn assigned<'t>(reader: &Reader<'_>, object: NodeRef<'t>, names: &Names) -> Vec<(NodeRef<'t>, Vec<Atoms>)> {
    let held = object.parent().filter(|parent| parent.is(Kind::Assignment)).and_then(|it| it.child(Role::Target));
    let Some(id) = held.and_then(NodeRef::binding_id) else { return Vec::new() };
    let options = object.tree().references(id).filter_map(|reference| {
        let option = reference.parent().filter(|parent| parent.is(Kind::Member) && reference.role() == Role::Object)?;
        let assignment =
            option.parent().filter(|parent| parent.is(Kind::Assignment) && option.role() == Role::Target)?;
        let value = assignment.child(Role::Value).filter(|_| names.origins.contains(&option.name()))?;
        let stop = assignment.enclosing_function().unwrap_or(assignment.tree().root());
        Some((value, path_to(reader, assignment, stop, 0)))
    });
    options.collect()
}

/// The ways through a function `(request, answer)` that answers with options.
fn delegated(reader: &Reader<'_>, function: NodeRef<'_>, library: Library, conditions: &[Atoms]) -> Vec<Grant> {
    let parameters: Vec<_> = function.children_in(Role::Parameter).collect();
    let answers: Vec<NodeRef<'_>> = match parameters.get(1) {
        Some(answer) => function
            .descendants()
            .take(MAX_NODES)
            .filter(|node| node.is(Kind::Call) && calls_parameter(*node, *answer))
            .filter_map(|call| call.argument(1))
            .take(16)
            .collect(),
        None => results(function),
    };
    let mut result = Vec::new();
    for answer in answers {
        let here = both(conditions, &path_to(reader, answer, function, 0));
        for (object, ways) in objects(reader, answer, &here) {
            match object.is(Kind::Object).then_some(object) {
                Some(object) => result.extend(ways_through(reader, object, library, Options::Object(object), &ways)),
                // The function may answer with the origin itself.
                None => result.extend(grants(reader, object, library, &ways)),
            }
        }
    }
    if result.is_empty() { callback(reader, function, library) } else { result }
}

/// The objects that `answer` can be, each with the conditions under which it is.
fn objects<'t>(reader: &Reader<'_>, answer: NodeRef<'t>, here: &[Atoms]) -> Vec<(NodeRef<'t>, Vec<Atoms>)> {
    let node = bare(answer);
    if let (Kind::Identifier, Meaning::Values(values)) = (node.kind(), meaning(node)) {
        let assigned = values.into_iter().map(|value| {
            let stop = value.enclosing_function().unwrap_or(value.tree().root());
            (constant(value), both(here, &path_to(reader, value, stop, 0)))
        });
        return assigned.collect();
    }
    vec![(constant(node), here.to_vec())]
}

/// Whether credentials are allowed.
pub(super) fn credentials(library: Library, options: Options<'_>) -> Credentials {
    let by_default = if library.credentials_by_default() { Credentials::Yes } else { Credentials::No };
    let named = match options {
        Options::Delegate(function) => {
            let name = Names::of(library).credentials;
            let properties =
                function.descendants().take(MAX_NODES).filter(|node| node.is(Kind::Property) && node.name() == name);
            properties.filter_map(|property| property.child(Role::Value)).last()
        }
        Options::Elsewhere(node) => {
            return match meaning(node) {
                Meaning::Values(values) => values
                    .into_iter()
                    .map(|value| Options::of(Some(value)))
                    .filter(|options| !matches!(options, Options::Elsewhere(_)))
                    .map(|options| credentials(library, options))
                    .find(|one| *one != Credentials::No)
                    .unwrap_or(Credentials::No),
                _ => Credentials::Perhaps,
            };
        }
        _ => options.get(Names::of(library).credentials),
    };
    named.map_or(by_default, truth_of)
}

pub(super) fn truth_of(value: NodeRef<'_>) -> Credentials {
    let value = constant(value);
    match (value.kind(), value.name()) {
        (Kind::Boolean | Kind::String, "true") => Credentials::Yes,
        (Kind::Boolean | Kind::Null | Kind::String, _) => Credentials::No,
        _ => Credentials::Perhaps,
    }
}

/// Whether only reading methods are named.
pub(super) fn reads_only(library: Library, options: Options<'_>) -> bool {
    options.get(Names::of(library).methods).is_some_and(|value| names_reads_only(constant(value)))
}

/// Whether a text or a list names nothing but methods that read.
pub(super) fn names_reads_only(value: NodeRef<'_>) -> bool {
    let reads = |text: &str| {
        let mut methods = text.split(',').map(str::trim).filter(|method| !method.is_empty()).peekable();
        methods.peek().is_some()
            && methods.all(|method| ["GET", "HEAD", "OPTIONS"].contains(&method.to_ascii_uppercase().as_str()))
    };
    match value.kind() {
        Kind::String => reads(value.name()),
        Kind::Array => {
            let mut items = value.children().peekable();
            items.peek().is_some() && items.all(|item| item.is(Kind::String) && reads(item.name()))
        }
        _ => false,
    }
}

/// The keyword arguments of a call as options.
pub(super) fn keywords(call: NodeRef<'_>) -> Options<'_> {
    let any = call.children_in(Role::Argument).any(|argument| is_keyword(argument) || argument.is(Kind::Spread));
    if any { Options::Keywords(call) } else { Options::None }
}
