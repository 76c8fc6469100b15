//! What decides the origin: every value that an expression can take, with the conditions under which it does.

use super::{
    check::pattern_of,
    condition::{Atom, Atoms, Test, both, entering, is_test, local_function, results, ways},
    grant::{Audience, Fixed, Grant, Setting, When},
    library::{Library, Unset},
    path::{circumstances, path_to},
    pattern::{Matches, judge},
    reader::{MAX_NODES, MAX_WAYS, Meaning, Reader, bare, calls_parameter, meaning, only_child, setting},
};
use crate::{
    code::{Flags, Kind, NodeRef, Role},
    model::Span,
};

/// A value that an expression can take.
#[derive(Debug, Clone, PartialEq)]
enum Value<'t> {
    /// `*`, alone or as an element of a list.
    Star {
        listed: bool,
    },
    /// `true`: a library reflects the origin.
    True,
    /// The origin of the request.
    Echo,
    Text(String),
    Pattern(String),
    Setting(Setting),
    Code(NodeRef<'t>),
    /// `false`, an empty text or list.
    Nothing,
    /// `undefined`, `None`.
    Undefined,
    Unclear,
}

struct Way<'t> {
    value: Value<'t>,
    atoms: Atoms,
    span: Span,
}

/// Every way through an origin option, or through the value of a header, that is reached under `conditions`.
pub(super) fn grants(reader: &Reader<'_>, node: NodeRef<'_>, library: Library, conditions: &[Atoms]) -> Vec<Grant> {
    let mut result = Vec::new();
    for way in under(conditions, values(reader, node, 0)) {
        match way.value {
            Value::Code(function) => {
                let outer = circumstances(&way.atoms);
                result.extend(callback(reader, function, library).into_iter().map(|mut grant| {
                    grant.when = grant.when.and(&outer);
                    grant
                }));
            }
            _ => result.extend(grant(reader, node, way, library)),
        }
    }
    tidy(result)
}

/// Every way through a function that decides about an origin.
pub(super) fn callback(reader: &Reader<'_>, function: NodeRef<'_>, library: Library) -> Vec<Grant> {
    let parameters: Vec<_> = function.children_in(Role::Parameter).collect();
    let named = matches!(library, Library::Koa | Library::Elysia);
    let inner = match parameters.first() {
        Some(first) if !named => reader.with_origin(*first),
        _ => reader.clone(),
    };
    let answers = parameters.get(1).map(|answer| accepting_calls(function, *answer)).unwrap_or_default();
    let mut result = Vec::new();
    let nodes = if answers.is_empty() { results(function) } else { answers };
    for node in nodes {
        let here = path_to(&inner, node, function, 0);
        for way in values(&inner, node, 0) {
            for atoms in both(&here, &[way.atoms]) {
                let way = Way { value: way.value.clone(), atoms, span: node_span(node, way.span) };
                result.extend(grant(&inner, node, way, library));
            }
        }
    }
    tidy(result)
}

/// A callback's answer is quoted as the whole call: `cb(null, true)` says more than `true`.
fn node_span(node: NodeRef<'_>, span: Span) -> Span {
    match node.parent() {
        Some(call) if call.is(Kind::Call) && call.span().contains(span) => call.span(),
        _ => span,
    }
}

/// What `(error, answer)` callbacks are called with where there is no error.
fn accepting_calls<'t>(function: NodeRef<'t>, answer: NodeRef<'t>) -> Vec<NodeRef<'t>> {
    function
        .descendants()
        .take(MAX_NODES)
        .filter(|node| node.is(Kind::Call) && calls_parameter(*node, answer))
        .filter(|call| !call.argument(0).is_some_and(is_error))
        .filter_map(|call| call.argument(1))
        .take(MAX_WAYS)
        .collect()
}

fn is_error(node: NodeRef<'_>) -> bool {
    let node = bare(node);
    matches!(node.kind(), Kind::String | Kind::Template) || (node.is(Kind::Call) && node.has(Flags::NEW))
}

/// `None` when nobody is let in because the request names no origin.
fn grant(reader: &Reader<'_>, node: NodeRef<'_>, mut way: Way<'_>, library: Library) -> Option<Grant> {
    if let Value::Setting(setting) = &mut way.value {
        let asked = Test::Filled(Some(setting.name.clone()));
        // A read that is only reached with a value cannot fail for want of one.
        setting.required &= !way.atoms.iter().any(|atom| atom.test == asked && atom.holds);
    }
    let lax = way.atoms.iter().find_map(|atom| match atom.test {
        Test::Lax(laxness) if atom.holds => Some(laxness),
        _ => None,
    });
    let holds = |test: &Test, holds: bool| way.atoms.iter().any(|atom| atom.test == *test && atom.holds == holds);
    if holds(&Test::Present, false) {
        return None;
    }
    let mut when = circumstances(&way.atoms);
    let open = matches!(way.value, Value::Star { .. } | Value::True | Value::Echo | Value::Unclear | Value::Undefined);
    let mut list = Vec::new();
    let audience = if open && holds(&Test::Exact, true) {
        when.after_check = false;
        list = listed(reader, node, &way.atoms, library);
        Audience::Checked
    } else if let Some(laxness) = lax.filter(|_| open) {
        when.after_check = false;
        Audience::Lax(laxness)
    } else {
        audience(way.value, library, &mut when)
    };
    Some(Grant { span: way.span, audience, when, list })
}

/// What the lists are made of that an origin is compared with.
fn listed(reader: &Reader<'_>, node: NodeRef<'_>, atoms: &[Atom], library: Library) -> Vec<Grant> {
    let lists = atoms.iter().filter(|atom| atom.test == Test::Exact && atom.holds).filter_map(|atom| atom.list);
    let mut result = Vec::new();
    for list in lists {
        for way in values(reader, node.tree().at(list), 8) {
            // A list of lists is followed no further.
            let mut when = circumstances(&way.atoms);
            let audience = audience(way.value, library, &mut when);
            result.push(Grant::new(way.span, audience, when));
        }
    }
    tidy(result)
}

fn audience(value: Value<'_>, library: Library, when: &mut When) -> Audience {
    match value {
        Value::Star { listed: false } => Audience::Everyone,
        Value::Star { listed: true } => Audience::ListedStar,
        Value::True | Value::Echo if library == Library::HeaderRule => Audience::Unclear,
        Value::True if library == Library::Header => Audience::Unclear,
        Value::True | Value::Echo => Audience::Reflected,
        Value::Text(text) if library.text_is_pattern() && text.contains(['*', '\\', '^', '$', '[', '(']) => {
            of_pattern(&text, library)
        }
        Value::Text(text) => Audience::Fixed(Fixed::of(&text)),
        Value::Pattern(pattern) => of_pattern(&pattern, library),
        Value::Setting(setting) => {
            when.variable = when.variable.take().or_else(|| Some(setting.name.clone()));
            Audience::Setting(setting)
        }
        Value::Undefined => match library.with_empty_option() {
            Unset::Everyone => Audience::Everyone,
            Unset::Reflected => Audience::Reflected,
            Unset::Nobody => Audience::Nobody,
        },
        Value::Nothing => Audience::Nobody,
        Value::Code(_) | Value::Unclear => Audience::Unclear,
    }
}

fn of_pattern(pattern: &str, library: Library) -> Audience {
    match judge(pattern, library.anchoring()) {
        Matches::Everything => Audience::Reflected,
        Matches::Too(laxness) => Audience::Lax(laxness),
        Matches::Meant => Audience::Checked,
    }
}

/// Without repetitions, in order of place.
fn tidy(mut grants: Vec<Grant>) -> Vec<Grant> {
    let mut kept: Vec<Grant> = Vec::new();
    grants.sort_by_key(|grant| grant.span);
    for grant in grants {
        if !kept.contains(&grant) && kept.len() < MAX_WAYS {
            kept.push(grant);
        }
    }
    kept
}

fn alone<'t>(node: NodeRef<'_>, value: Value<'t>) -> Vec<Way<'t>> {
    vec![Way { value, atoms: Vec::new(), span: node.span() }]
}

/// The ways of `inner` where `conditions` hold as well.
fn under<'t>(conditions: &[Atoms], inner: Vec<Way<'t>>) -> Vec<Way<'t>> {
    let mut result = Vec::new();
    for way in inner {
        for atoms in both(conditions, std::slice::from_ref(&way.atoms)) {
            result.push(Way { value: way.value.clone(), atoms, span: way.span });
        }
    }
    result.truncate(MAX_WAYS);
    result
}

fn values<'t>(reader: &Reader<'_>, node: NodeRef<'t>, depth: u8) -> Vec<Way<'t>> {
    if !reader.spend(depth) {
        return alone(node, Value::Unclear);
    }
    let next = depth + 1;
    if reader.is_origin(node, next) && !node.is(Kind::Logical) {
        return alone(node, Value::Echo);
    }
    match node.kind() {
        Kind::String => alone(node, text(node.name())),
        Kind::Template => alone(node, template(node)),
        Kind::Boolean if node.name() == "true" => alone(node, Value::True),
        Kind::Boolean => alone(node, Value::Nothing),
        Kind::Null => alone(node, Value::Undefined),
        Kind::Regex => alone(node, Value::Pattern(node.name().to_owned())),
        Kind::Function => alone(node, Value::Code(node)),
        Kind::Array => elements(reader, node, next),
        Kind::Spread | Kind::Loop => {
            let inner = node.child(Role::Value).or_else(|| node.child(Role::Iterated));
            inner.map_or_else(|| alone(node, Value::Unclear), |inner| values(reader, inner, next))
        }
        Kind::Logical => logical(reader, node, next),
        Kind::Conditional => conditional(reader, node, next),
        Kind::Binary | Kind::Unary => truth(reader, node, next),
        Kind::Identifier => identifier(reader, node, next),
        Kind::Member | Kind::Index => member(reader, node, next),
        Kind::Call => call(reader, node, next),
        Kind::Await | Kind::Other | Kind::Assignment => {
            let inner = only_child(node).or_else(|| node.child(Role::Value));
            inner.map_or_else(|| alone(node, Value::Unclear), |inner| values(reader, inner, next))
        }
        _ => alone(node, Value::Unclear),
    }
}

fn text<'t>(text: &str) -> Value<'t> {
    match text.trim() {
        "*" => Value::Star { listed: false },
        // `null` names the origin of sandboxed frames; whoever writes it means "nobody".
        "" | "null" => Value::Nothing,
        // A list in one text; a header names one origin only, so it is split somewhere.
        text => Value::Text(text.to_owned()),
    }
}

fn template<'t>(node: NodeRef<'_>) -> Value<'t> {
    let first = node.children().next().filter(|piece| piece.is(Kind::String)).map(NodeRef::name);
    match first {
        Some(start) if start.starts_with("http") => Value::Text(node.text().trim_matches('`').to_owned()),
        _ => Value::Unclear,
    }
}

/// Truth as an answer: `true` under the conditions that make it so.
fn truth<'t>(reader: &Reader<'_>, node: NodeRef<'t>, depth: u8) -> Vec<Way<'t>> {
    let mut result: Vec<Way<'t>> = ways(reader, node, true, depth)
        .into_iter()
        .map(|atoms| Way { value: Value::True, atoms, span: node.span() })
        .collect();
    result.push(Way { value: Value::Nothing, atoms: Vec::new(), span: node.span() });
    result
}

/// All elements at once: each is a way of its own.
fn elements<'t>(reader: &Reader<'_>, node: NodeRef<'t>, depth: u8) -> Vec<Way<'t>> {
    let mut result = Vec::new();
    for item in node.children().filter(|item| !item.is(Kind::Comment)) {
        result.extend(values(reader, item, depth).into_iter().map(into_list));
    }
    if result.is_empty() {
        return alone(node, Value::Nothing);
    }
    result.truncate(MAX_WAYS);
    result
}

fn into_list(mut way: Way<'_>) -> Way<'_> {
    match &mut way.value {
        Value::Star { listed } => *listed = true,
        Value::Setting(setting) => setting.listed = true,
        // An undefined element matches nothing, whatever an undefined option would do.
        Value::Undefined => way.value = Value::Nothing,
        _ => {}
    }
    way
}

fn out_of_list(mut way: Way<'_>) -> Way<'_> {
    match &mut way.value {
        Value::Star { listed } => *listed = false,
        Value::Setting(setting) => setting.listed = false,
        _ => {}
    }
    way
}

fn logical<'t>(reader: &Reader<'_>, node: NodeRef<'t>, depth: u8) -> Vec<Way<'t>> {
    let (Some(left), Some(right)) = (node.child(Role::Left), node.child(Role::Right)) else {
        return alone(node, Value::Unclear);
    };
    if node.name() == "&&" {
        let mut result = under(&ways(reader, left, true, depth), values(reader, right, depth));
        result.push(Way {
            value: Value::Nothing,
            atoms: ways(reader, left, false, depth).pop().unwrap_or_default(),
            span: node.span(),
        });
        return result;
    }
    let mut result: Vec<Way<'t>> = values(reader, left, depth)
        .into_iter()
        .filter(|way| !matches!(way.value, Value::Nothing | Value::Undefined))
        .collect();
    // A value that is always there leaves no room for the right side.
    let decided = !result.is_empty()
        && result.iter().all(|way| {
            matches!(way.value, Value::Text(_) | Value::Star { .. } | Value::True | Value::Code(_))
                && way.atoms.is_empty()
        });
    if !decided {
        let missing =
            if is_test(left) { ways(reader, left, false, depth) } else { emptiness(&result, reader, left, depth) };
        result.extend(under(&missing, values(reader, right, depth)));
    }
    result.truncate(MAX_WAYS);
    result
}

/// The circumstances under which the left side of `a || b` has no value.
fn emptiness(left: &[Way<'_>], reader: &Reader<'_>, node: NodeRef<'_>, depth: u8) -> Vec<Atoms> {
    let setting = left.iter().find_map(|way| match &way.value {
        Value::Setting(setting) => Some(setting.name.clone()),
        _ => None,
    });
    match setting {
        Some(name) => vec![vec![Atom::new(Test::Filled(Some(name)), false)]],
        None => ways(reader, node, false, depth),
    }
}

fn conditional<'t>(reader: &Reader<'_>, node: NodeRef<'t>, depth: u8) -> Vec<Way<'t>> {
    let (Some(condition), Some(yes), Some(no)) =
        (node.child(Role::Condition), node.child(Role::Consequent), node.child(Role::Alternate))
    else {
        return alone(node, Value::Unclear);
    };
    let mut result = under(&ways(reader, condition, true, depth), values(reader, yes, depth));
    result.extend(under(&ways(reader, condition, false, depth), values(reader, no, depth)));
    result.truncate(MAX_WAYS);
    result
}

fn identifier<'t>(reader: &Reader<'_>, node: NodeRef<'t>, depth: u8) -> Vec<Way<'t>> {
    match meaning(node) {
        Meaning::Value(value) => {
            let mut result = values(reader, value, depth);
            let pushed = pushed(reader, node, depth);
            if !pushed.is_empty() {
                result.retain(|way| way.value != Value::Nothing);
                result.extend(pushed);
                result.truncate(MAX_WAYS);
            }
            result
        }
        Meaning::Values(all) => {
            let mut result = Vec::new();
            for value in all.into_iter().take(8) {
                let stop = value.enclosing_function().unwrap_or(value.tree().root());
                result.extend(under(&path_to(reader, value, stop, depth), values(reader, value, depth)));
            }
            result.truncate(MAX_WAYS);
            result
        }
        Meaning::Function(function) => alone(node, Value::Code(function)),
        Meaning::Parameter(Some(default)) => values(reader, default, depth),
        Meaning::Parameter(None) => alone(node, Value::Unclear),
        Meaning::Part(object, name) => {
            let environment = matches!(object.name(), "env" | "environ");
            alone(node, Value::Setting(Setting { environment, ..by_name(&name, node) }))
        }
        Meaning::Import(name) => alone(node, named(&name, node)),
        Meaning::Unknown if node.name() == "undefined" => alone(node, Value::Undefined),
        Meaning::Unknown => alone(node, named(node.name(), node)),
    }
}

/// What is added to a list after it was built: `list.push(…)`, `list.append(…)`.
fn pushed<'t>(reader: &Reader<'_>, list: NodeRef<'t>, depth: u8) -> Vec<Way<'t>> {
    let Some(id) = list.binding_id() else { return Vec::new() };
    let mut result = Vec::new();
    for reference in list.tree().references(id).take(64).take_while(|_| !reader.is_spent()) {
        let method = reference.parent().filter(|parent| parent.is(Kind::Member) && reference.role() == Role::Object);
        let adds =
            method.is_some_and(|method| matches!(method.name(), "push" | "append" | "extend" | "add" | "unshift"));
        let call = method.and_then(NodeRef::parent).filter(|call| adds && call.is(Kind::Call));
        let Some(call) = call else { continue };
        let stop = call.enclosing_function().unwrap_or(call.tree().root());
        let here = path_to(reader, call, stop, depth);
        for argument in call.positional() {
            result.extend(under(&here, values(reader, argument, depth)).into_iter().map(into_list));
        }
    }
    result
}

/// A setting that another file fills, known by its name alone.
fn named<'t>(name: &str, node: NodeRef<'_>) -> Value<'t> {
    Value::Setting(by_name(name, node))
}

fn by_name(name: &str, node: NodeRef<'_>) -> Setting {
    Setting { name: name.to_owned(), environment: false, required: false, listed: false, span: node.span() }
}

fn member<'t>(reader: &Reader<'_>, node: NodeRef<'t>, depth: u8) -> Vec<Way<'t>> {
    let known = super::reader::constant(node);
    if known != node {
        return values(reader, known, depth);
    }
    if let (Kind::Index, Some(object)) = (node.kind(), node.child(Role::Object)) {
        // One element of a list that is known.
        if node.child(Role::Index).is_some_and(|index| index.is(Kind::Number)) {
            return values(reader, object, depth).into_iter().map(out_of_list).collect();
        }
    }
    match setting(node) {
        Some((setting, _)) => alone(node, Value::Setting(setting)),
        None => alone(node, Value::Unclear),
    }
}

/// Methods and functions whose result holds the same origins as what they are called on or with.
const SAME: &[&str] = &[
    "map",
    "filter",
    "flatMap",
    "flat",
    "trim",
    "slice",
    "concat",
    "sort",
    "reverse",
    "toLowerCase",
    "replace",
    "strip",
    "rstrip",
    "lstrip",
    "lower",
    "splitlines",
    "toString",
    "values",
    "copy",
    "replaceAll",
    "trimEnd",
];
const CONVERSIONS: &[&str] = &[
    "from", "Set", "list", "tuple", "set", "parse", "loads", "String", "str", "sorted", "compact", "filter", "map",
    "Array", "cast", "bool", "Boolean", "uniq", "unique",
];

fn call<'t>(reader: &Reader<'_>, node: NodeRef<'t>, depth: u8) -> Vec<Way<'t>> {
    if let Some((setting, default)) = setting(node) {
        let name = setting.name.clone();
        let mut result = alone(node, Value::Setting(setting));
        if let Some(default) = default {
            let unset = vec![vec![Atom::new(Test::Filled(Some(name)), false)]];
            result.extend(under(&unset, values(reader, default, depth)));
        }
        return result;
    }
    let name = node.callee_name().unwrap_or_default();
    let receiver =
        node.child(Role::Callee).filter(|callee| callee.is(Kind::Member)).and_then(|it| it.child(Role::Object));
    if let (Some(receiver), "split") = (receiver, name) {
        // Without a value there is nothing to split, and the program stops there.
        let optional = node.has(Flags::OPTIONAL) || node.child(Role::Callee).is_some_and(|it| it.has(Flags::OPTIONAL));
        let mut ways = values(reader, receiver, depth);
        if let ([Way { value: Value::Setting(setting), .. }], false) = (ways.as_mut_slice(), optional) {
            setting.required = true;
        }
        return ways.into_iter().map(into_list).collect();
    }
    if name == "find" && node.descendants().take(64).any(|inner| reader.is_origin(inner, depth)) {
        return vec![Way { value: Value::Echo, atoms: vec![Atom::new(Test::Exact, true)], span: node.span() }];
    }
    if is_test(node) {
        return truth(reader, node, depth);
    }
    let module = receiver
        .is_some_and(|receiver| matches!(receiver.name(), "Array" | "JSON" | "json" | "_" | "Object" | "String"));
    if let Some(receiver) = receiver.filter(|_| SAME.contains(&name) && !module) {
        let mut result = values(reader, receiver, depth);
        if name == "concat" {
            result.extend(node.positional().flat_map(|argument| values(reader, argument, depth)));
        }
        return result;
    }
    if matches!(name, "compile" | "RegExp") {
        return match pattern_of(node) {
            Some(pattern) => alone(node, Value::Pattern(pattern)),
            None => alone(node, Value::Unclear),
        };
    }
    if CONVERSIONS.contains(&name) {
        let list = node.positional().last().filter(|last| !last.is(Kind::Function)).or_else(|| node.argument(0));
        return list.map_or_else(|| alone(node, Value::Nothing), |list| values(reader, list, depth));
    }
    if let Some(function) = local_function(node) {
        return returned(reader, node, function, depth);
    }
    if node.positional().any(|argument| reader.is_origin(argument, depth)) {
        // Another file decides about this origin; that it asks is what counts.
        return vec![Way { value: Value::Echo, atoms: vec![Atom::new(Test::Exact, true)], span: node.span() }];
    }
    alone(node, Value::Unclear)
}

/// What a function of this file returns.
fn returned<'t>(reader: &Reader<'_>, call: NodeRef<'t>, function: NodeRef<'t>, depth: u8) -> Vec<Way<'t>> {
    reader.charge();
    let inner = entering(reader, call, function, depth);
    let mut result = Vec::new();
    for value in results(function) {
        result.extend(under(&path_to(&inner, value, function, depth), values(&inner, value, depth)));
    }
    result.truncate(MAX_WAYS);
    if result.is_empty() { alone(call, Value::Unclear) } else { result }
}

/// The ways that a text which the library takes for a regular expression opens.
pub(super) fn pattern_grants(node: NodeRef<'_>, pattern: &str, library: Library, conditions: &[Atoms]) -> Vec<Grant> {
    fixed_grants(node.span(), &of_pattern(pattern, library), conditions)
}

/// One way for each condition, all of them for `audience`.
pub(super) fn fixed_grants(span: Span, audience: &Audience, conditions: &[Atoms]) -> Vec<Grant> {
    let open = matches!(audience, Audience::Everyone | Audience::Reflected | Audience::Unclear);
    let grants = conditions.iter().map(|atoms| {
        let checked = open && atoms.iter().any(|atom| atom.test == Test::Exact && atom.holds);
        let audience = if checked { Audience::Checked } else { audience.clone() };
        Grant::new(span, audience, circumstances(atoms))
    });
    tidy(grants.collect())
}
