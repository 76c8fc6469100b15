//! What becomes of a value that the client sent: whether something looks at it before it is used.

use std::collections::BTreeSet;

use crate::{
    code::{BindingId, BindingKind, Flags, Kind, NodeRef, Role},
    facts::{modules::Name, outbound},
    model::Span,
};

/// Uses of one value that are followed; real handlers have a few dozen.
const USES: usize = 200;
/// Variables between a parameter and a condition on it.
const HOPS: usize = 2;

/// What is done with a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Care {
    /// A schema or a condition looks at it.
    Checked(Span),
    /// It goes to these functions, and nothing else looks at it.
    Handed(Vec<Name>),
    /// It goes to another service as it came.
    Forwarded,
    /// It is used as it came.
    Used,
    /// The function gives it back as it came, and does nothing else with it.
    Returned,
    Unused,
}

#[derive(Default)]
struct Seen<'t> {
    uses: Vec<NodeRef<'t>>,
    bindings: BTreeSet<BindingId>,
    checked: Option<Span>,
    handed: Vec<Name>,
    forwarded: bool,
    used: bool,
    returned: bool,
}

/// What the function around `read` does with what it read.
pub(super) fn care(read: NodeRef<'_>, script: bool) -> Care {
    let mut seen = Seen::default();
    if matches!(read.kind(), Kind::Parameter | Kind::Property) {
        bind(read, read, &mut seen);
    } else {
        seen.uses.push(read);
    }
    let mut steps = 0;
    while let Some(at) = seen.uses.pop() {
        steps += 1;
        if steps > USES || seen.checked.is_some() {
            break;
        }
        follow(at, script, &mut seen);
    }
    match seen {
        Seen { checked: Some(at), .. } => Care::Checked(at),
        Seen { handed, .. } if !handed.is_empty() => Care::Handed(handed),
        Seen { used: true, .. } => Care::Used,
        Seen { returned: true, .. } => Care::Returned,
        Seen { forwarded: true, .. } => Care::Forwarded,
        _ => Care::Unused,
    }
}

/// Adds every use of the names that `target` binds.
fn bind<'t>(target: NodeRef<'t>, from: NodeRef<'t>, seen: &mut Seen<'t>) {
    let names = std::iter::once(target).chain(target.descendants().take(60)).filter(|node| node.is(Kind::Identifier));
    for binding in names.filter_map(NodeRef::binding_id).collect::<Vec<_>>() {
        if seen.bindings.insert(binding) {
            seen.uses.extend(
                target
                    .tree()
                    .references(binding)
                    .filter(|reference| reference.span().start >= from.span().end && reference.role() != Role::Target),
            );
        }
    }
}

/// Follows the variable whose method `call` calls, if it is one.
fn bind_receiver<'t>(call: NodeRef<'t>, seen: &mut Seen<'t>) -> bool {
    let receiver = call.receiver().filter(|receiver| receiver.is(Kind::Identifier) && receiver.binding_id().is_some());
    if let Some(receiver) = receiver {
        bind(receiver, call, seen);
        seen.used = true;
    }
    receiver.is_some()
}

/// Climbs from a use to the statement that it stands in.
fn follow<'t>(at: NodeRef<'t>, script: bool, seen: &mut Seen<'t>) {
    let mut child = at;
    let mut compared = false;
    for parent in at.ancestors().take(40) {
        match (parent.kind(), child.role()) {
            (Kind::Call, Role::Argument) => match argument(parent, child, script) {
                Given::Checks => {
                    seen.checked = Some(parent.span());
                    return;
                }
                Given::Sends => {
                    seen.forwarded = true;
                    return;
                }
                Given::Through => {}
                Given::Logs => return,
                // `merged.update(body)`: from here on `merged` is what the client sent.
                Given::To(_) if parent.callee_name() == Some("update") && bind_receiver(parent, seen) => return,
                Given::To(name) => {
                    seen.handed.extend(name);
                    seen.used = true;
                    return;
                }
            },
            (Kind::Call, Role::Callee) => {
                // `body.items.map((item) => …)`: what it is given for each of them.
                for callback in parent.positional().filter(|argument| argument.is(Kind::Function)) {
                    for parameter in callback.children_in(Role::Parameter).take(1) {
                        bind(parameter, parameter, seen);
                    }
                }
            }
            (Kind::Conditional | Kind::Switch, Role::Condition) => {
                seen.checked = Some(parent.span());
                return;
            }
            (Kind::If, Role::Condition) => {
                // `if (theme in ("dark", "light")) { … }` lets only what it names go on.
                if compared || stops(parent) {
                    seen.checked = Some(parent.span());
                }
                return;
            }
            (Kind::Loop, Role::Iterated) => {
                if let Some(target) = parent.child(Role::Target) {
                    bind(target, target, seen);
                }
                return;
            }
            (Kind::Assignment, Role::Value) => {
                match parent.child(Role::Target) {
                    Some(target) if !matches!(target.kind(), Kind::Member | Kind::Index) => bind(target, parent, seen),
                    _ => seen.used = true,
                }
                return;
            }
            // The body of an arrow is what it returns.
            (Kind::Return, _) | (Kind::Function, Role::Body) => {
                seen.returned = true;
                return;
            }
            (Kind::Throw | Kind::Yield, _) => {
                seen.used = true;
                return;
            }
            (Kind::Block | Kind::Module | Kind::Function | Kind::Class | Kind::Case | Kind::Catch, _) => return,
            (Kind::Binary, _) if is_comparison(parent) => compared = true,
            _ => {}
        }
        child = parent;
    }
}

fn is_comparison(node: NodeRef<'_>) -> bool {
    matches!(node.name(), "==" | "===" | "!=" | "!==" | "<" | ">" | "<=" | ">=" | "in" | "not in" | "instanceof")
}

/// Whether one side of an `if` ends the function, or throws somewhere.
fn stops(condition: NodeRef<'_>) -> bool {
    [Role::Consequent, Role::Alternate].into_iter().filter_map(|role| condition.child(role)).any(|branch| {
        branch.always_leaves()
            || std::iter::once(branch)
                .chain(branch.descendants().take(80))
                .any(|node| matches!(node.kind(), Kind::Return | Kind::Throw))
            || std::iter::once(branch).chain(branch.descendants().take(80)).any(|node| {
                node.is(Kind::Call)
                    && matches!(node.callee_name(), Some("abort" | "push" | "append" | "add_error" | "next"))
            })
            || std::iter::once(branch).chain(branch.descendants().take(80)).any(records_error)
    })
}

/// `errors["body"] = "…"`: what is wrong is collected, and answered later.
fn records_error(node: NodeRef<'_>) -> bool {
    let target = node.child(Role::Target).filter(|_| node.is(Kind::Assignment));
    let list = target.filter(|target| matches!(target.kind(), Kind::Index | Kind::Member));
    list.and_then(|target| target.child(Role::Object)).is_some_and(|object| {
        let name = object.name().to_ascii_lowercase();
        ["error", "problem", "invalid", "issue"].iter().any(|word| name.contains(word))
    })
}

enum Given {
    Checks,
    Sends,
    /// It is written down, which other rules ask about.
    Logs,
    /// What it gives back is the value in another form.
    Through,
    To(Option<Name>),
}

/// What a call does with an argument.
fn argument(call: NodeRef<'_>, child: NodeRef<'_>, script: bool) -> Given {
    let name = call.callee_name().unwrap_or_default();
    let path = call.callee_api().unwrap_or_default();
    if is_transparent(name, &path) {
        return Given::Through;
    }
    if validates(name, call) {
        return Given::Checks;
    }
    if outbound::request(call, script).is_some() || matches!(name, "fetch" | "fetcher" | "proxyRequest") {
        return Given::Sends;
    }
    let root = path.split(['.', '(']).next().unwrap_or_default().to_ascii_lowercase();
    let holder = root.strip_prefix("self:").unwrap_or(&root);
    if ["stripe", "openai", "anthropic", "twilio", "sendgrid", "resend", "paypal", "razorpay"]
        .iter()
        .any(|name| holder.contains(name))
    {
        return Given::Sends;
    }
    if matches!(holder, "console" | "logger" | "log" | "logging")
        || matches!(name, "log" | "debug" | "info" | "warn")
            && call.receiver().is_some_and(|of| of.name().to_ascii_lowercase().contains("log"))
        || name == "print"
    {
        return Given::Logs;
    }
    // A callback's own parameters are other values; a function that is handed on runs for whoever takes it.
    if child.is(Kind::Function) {
        return Given::Through;
    }
    Given::To(call.child(Role::Callee).and_then(Name::of))
}

fn is_transparent(name: &str, path: &str) -> bool {
    matches!(
        path,
        "JSON.stringify"
            | "JSON.parse"
            | "Object.assign"
            | "Object.entries"
            | "Object.keys"
            | "Object.values"
            | "Object.fromEntries"
            | "Promise.all"
            | "Array.from"
            | "json.loads"
            | "json.dumps"
            | "dict"
            | "list"
    ) || matches!(name, "structuredClone" | "omit" | "pick" | "jsonable_encoder" | "sorted" | "enumerate" | "zip")
}

/// Whether something named like this looks at what it is given.
fn validates(name: &str, call: NodeRef<'_>) -> bool {
    let exact = matches!(
        name,
        "parse"
            | "safeParse"
            | "parseAsync"
            | "safeParseAsync"
            | "model_validate"
            | "parse_obj"
            | "cast"
            | "decode"
            | "assert"
            | "load"
            | "check"
            | "is_valid"
            | "isinstance"
            | "plainToInstance"
            | "plainToClass"
            | "Number"
            | "parseInt"
            | "parseFloat"
            | "String"
            | "Boolean"
            | "BigInt"
            | "int"
            | "float"
            | "str"
            | "bool"
            | "UUID"
            | "isNaN"
            | "isArray"
            | "test"
            | "ObjectId"
            | "__init__"
            | "TypeAdapter"
            | "convert"
            | "structure"
            | "all"
            | "any"
            | "len"
    );
    if exact {
        return true;
    }
    let plain = name.to_ascii_lowercase();
    let first = ["validate", "assert", "check", "ensure", "sanit", "verify", "parse", "normali", "coerce", "require"];
    let inside = ["schema", "valid", "serializer", "sanitiz"];
    let last = ["form", "dto", "input"];
    let of_schema = call.receiver().is_some_and(|receiver| {
        let holder = receiver.path().unwrap_or_else(|| receiver.name().to_owned()).to_ascii_lowercase();
        ["schema", "validator", "serializer", "ajv"].iter().any(|word| holder.contains(word))
    });
    let predicate = name
        .strip_prefix("is")
        .is_some_and(|rest| rest.starts_with(|letter: char| letter == '_' || letter.is_uppercase()));
    let made = name.starts_with(char::is_uppercase)
        && !call.has(Flags::NEW)
        && ["Model", "Request", "Create", "Update", "Params", "Payload"].iter().any(|word| name.contains(word));
    of_schema
        || predicate
        || made
        || first.iter().any(|word| plain.starts_with(word))
        || inside.iter().any(|word| plain.contains(word))
        || last.iter().any(|word| plain.ends_with(word))
}

/// Whether something outside the repository that is named like this takes any value: a database, a queue, a log.
pub(super) fn takes_anything(name: &Name) -> bool {
    matches!(
        name.last(),
        "create"
            | "createMany"
            | "insert"
            | "insertOne"
            | "insertMany"
            | "insert_one"
            | "insert_many"
            | "update"
            | "updateOne"
            | "updateMany"
            | "update_one"
            | "update_many"
            | "updateUser"
            | "findOneAndUpdate"
            | "findByIdAndUpdate"
            | "findByIdAndDelete"
            | "upsert"
            | "save"
            | "values"
            | "where"
            | "eq"
            | "neq"
            | "execute"
            | "findOne"
            | "findFirst"
            | "findUnique"
            | "findMany"
            | "findById"
            | "findByPk"
            | "deleteOne"
            | "deleteMany"
            | "destroy"
            | "insertInto"
            | "filter_by"
            | "find_one"
            | "delete_one"
            | "query"
            | "json"
            | "send"
            | "log"
            | "info"
            | "warn"
            | "error"
            | "debug"
            | "push"
            | "append"
            | "add"
            | "set"
            | "jsonify"
            | "setattr"
            | "print"
            | "write"
            | "writeFile"
            | "sendMail"
            | "emit"
            | "hash"
            | "compare"
            | "hashSync"
            | "compareSync"
    )
}

/// A condition on what the function around it was given, under which it stops.
pub(super) fn check(node: NodeRef<'_>) -> Option<Span> {
    let condition = node.child(Role::Condition)?;
    let given = std::iter::once(condition).chain(condition.descendants().take(60)).any(|inner| is_given(inner, HOPS));
    (given && stops(node)).then(|| node.span())
}

/// A parameter of the function, or a variable that is made of one.
fn is_given(node: NodeRef<'_>, hops: usize) -> bool {
    let Some(binding) = node.binding().filter(|_| node.is(Kind::Identifier)) else { return false };
    match binding.kind {
        BindingKind::Parameter => !matches!(binding.name.as_str(), "self" | "cls" | "next" | "res"),
        BindingKind::Variable if hops > 0 && !binding.top_level => {
            let declared = node.tree().at(binding.declaration);
            let value = declared.child(Role::Value).filter(|_| declared.is(Kind::Assignment));
            value.is_some_and(|value| {
                std::iter::once(value).chain(value.descendants().take(30)).any(|inner| is_given(inner, hops - 1))
            })
        }
        _ => false,
    }
}
