//! Collects [`super::QueryFacts`] from one file.

use super::{
    Comparison, Filter, Iteration, Library, Operation, Pass, Query, Source,
    flow::Flow,
    identity, kept, limit, raw,
    read::{self, Read},
    source::{reads_identity, source},
    told, written,
};
use crate::{
    code::{BindingKind, Flags, Kind, Language, NodeRef, Role},
    facts::{Extractor, Fact, FileFacts, Visit, Watch, modules::Name},
    model::Span,
};

/// Arguments of one call; more are data.
const ARGUMENTS: usize = 20;

pub(in crate::facts) struct QueryExtractor;

impl Extractor for QueryExtractor {
    fn fact(&self) -> Fact {
        Fact::Queries
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call, Kind::Identifier, Kind::Return, Kind::Function, Kind::Assignment])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, facts: &mut FileFacts) {
        let facts = &mut facts.queries;
        if node.is(Kind::Identifier) {
            if identity::is_used(node) {
                facts.identity.push(node.span());
            }
            return;
        }
        facts.told.extend(told::told(node));
        if !node.is(Kind::Call) {
            return;
        }
        facts.statements.extend(raw::statement(node));
        facts.written.extend(written::written(node));
        facts.poured.extend(written::poured(node));
        facts.kept.extend(kept::kept(node));
        if node.callee_name().is_some_and(reads_identity) {
            facts.asks_caller.push(node.span());
        }
        if identity::is_used_call(node) {
            facts.identity.push(node.span());
        }
        let python = file.file.language == Some(Language::Python);
        match read::query(node, python) {
            Some(read) => facts.queries.push(of(node, read)),
            None => facts.passes.extend(pass(node)),
        }
    }
}

fn of(call: NodeRef<'_>, read: Read<'_>) -> Query {
    let privileged = (read.library == Library::Supabase).then(|| call.receiver().and_then(privileged)).flatten();
    let (library, takes_all) = (read.library, told::takes_all(call, read.library));
    let own_values = read.operation == Operation::Update && sets_element(call);
    Query {
        span: call.span(),
        library: read.library,
        table: read.table,
        subject: read.subject.and_then(Name::of),
        operation: read.operation,
        filters: if read.operation == Operation::Insert { belongs(call) } else { read.conditions.filters },
        open: read.conditions.open || read.leaves,
        bounded: read.bounded,
        iteration: iteration(call)
            .filter(|_| library != Library::Prisma || !is_collected(call))
            .map(|found| Iteration { own_values, ..found }),
        privileged,
        limit: limit::limit(call, library),
        takes_all,
    }
}

/// The columns of a new row that say to which other rows it belongs.
fn belongs(call: NodeRef<'_>) -> Vec<Filter> {
    let links: Vec<NodeRef<'_>> = Flow::of(call).links.iter().map(|link| link.call).collect();
    let row = std::iter::once(call).chain(links).find_map(written::row);
    let Some(object) = row.map(|(_, row)| row.resolved()).filter(|row| row.is(Kind::Object)) else {
        return Vec::new();
    };
    let ids = object.children_in(Role::Item).filter(|item| super::plain(item.name()).ends_with("id"));
    ids.take(ARGUMENTS)
        .filter_map(|item| {
            let source = source(item.child(Role::Value)?);
            Some(Filter { column: item.name().to_owned(), comparison: Comparison::Equal, source })
        })
        .collect()
}

fn pass(call: NodeRef<'_>) -> Option<Pass> {
    let callee = Name::of(call.child(Role::Callee)?)?;
    let arguments: Vec<(Option<String>, Source)> = call
        .children_in(Role::Argument)
        .take(ARGUMENTS)
        .map(|argument| match argument.kind() {
            Kind::Property => {
                let value = argument.child(Role::Value).map_or(Source::Other, handed);
                (Some(argument.name().to_owned()), value)
            }
            Kind::Function => (None, Source::Other),
            _ => (None, handed(argument)),
        })
        .collect();
    let iteration = iteration(call);
    let tells = arguments.iter().any(|(_, source)| !matches!(source, Source::Constant | Source::Other));
    let listed = call
        .positional()
        .enumerate()
        .filter(|(_, argument)| {
            let object = argument.resolved();
            object.is(Kind::Object) && !object.has_spread()
        })
        .map(|(index, _)| index)
        .collect();
    let privileged = call.positional().find_map(privileged);
    (tells || iteration.is_some()).then(|| Pass { span: call.span(), callee, arguments, listed, iteration, privileged })
}

/// Where an argument comes from. A number of rows that was made smaller here is the function's own.
fn handed(argument: NodeRef<'_>) -> Source {
    let found = source(argument);
    if limit::is_capped_limit(argument, &found) { Source::Other } else { found }
}

/// Whether a Supabase client passes by row-level security, by what it is made with.
fn privileged(client: NodeRef<'_>) -> Option<bool> {
    let client =
        if client.is(Kind::Call) && client.callee_name() == Some("schema") { client.receiver()? } else { client };
    if !matches!(client.kind(), Kind::Identifier | Kind::Call | Kind::Member) {
        return None;
    }
    let letters = client.text().chars().chain([' ']).chain(client.resolved().text().chars());
    let text: String = letters.take(400).map(|letter| letter.to_ascii_lowercase()).collect();
    if !text.contains("supabase") && !text.contains("createclient") && !text.contains("service_role") {
        return None;
    }
    if ["service", "admin"].iter().any(|word| text.contains(word)) {
        return Some(true);
    }
    ["anon", "cookies", "serverclient", "routehandler", "browser", "publishable"]
        .iter()
        .any(|word| text.contains(word))
        .then_some(false)
}

/// The iteration that makes this call once per element, when the element flows into the call.
fn iteration(call: NodeRef<'_>) -> Option<Iteration> {
    let around = call.enclosing_iteration()?;
    let over = if around.is(Kind::Loop) {
        if around.name() != "for-of" || around.has(Flags::AWAIT) {
            return None;
        }
        around.child(Role::Iterated)?
    } else {
        if !matches!(around.callee_name(), Some("map" | "forEach" | "flatMap")) {
            return None;
        }
        around.receiver()?
    };
    let target: String =
        around.child(Role::Target).map(|target| target.text().to_ascii_lowercase()).unwrap_or_default();
    let whole = over.text().to_ascii_lowercase();
    let batched = ["chunk", "batch", "page"].iter().any(|word| target.contains(word) || whole.contains(word));
    // `return` leaves the loop with the first answer.
    let leaves = around.is(Kind::Loop)
        && call
            .ancestors()
            .take_while(|above| *above != around && !above.is(Kind::Function))
            .any(|above| above.is(Kind::Return));
    if leaves || batched || is_fixed(over) || !takes_element(call, around.span()) {
        return None;
    }
    let above = || around.ancestors().take(4).filter(|above| above.is(Kind::Call)).filter_map(NodeRef::callee_name);
    // One transaction takes the statements together.
    if above().any(|name| matches!(name, "$transaction" | "batch" | "pipeline" | "transaction")) {
        return None;
    }
    let parallel = above().any(|name| matches!(name, "all" | "allSettled" | "gather"));
    Some(Iteration { span: around.span(), parallel, own_values: false })
}

/// A collection that the program's text holds: a list of constants, a range, the keys of such an object.
fn is_fixed(over: NodeRef<'_>) -> bool {
    let value = over.resolved();
    match value.kind() {
        Kind::Array => !value.has(Flags::COMPREHENSION) && !value.has_spread(),
        Kind::Object | Kind::String => true,
        Kind::Call => {
            matches!(value.callee_name(), Some("range"))
                || (matches!(value.callee_name(), Some("entries" | "keys" | "values" | "enumerate" | "items"))
                    && value.argument(0).or_else(|| value.receiver()).is_some_and(|inner| {
                        matches!(inner.resolved().kind(), Kind::Object | Kind::Array) || is_enumeration(inner)
                    }))
        }
        // `SUPPORTED_LANGUAGES`.
        Kind::Identifier | Kind::Member => {
            let name = value.name();
            name.len() > 2 && name.chars().all(|char| char.is_ascii_uppercase() || matches!(char, '_' | '0'..='9'))
        }
        _ => false,
    }
}

/// `Object.values(DataSource)`: what is written with a capital letter and comes from elsewhere is an enumeration.
fn is_enumeration(node: NodeRef<'_>) -> bool {
    let name = node.name();
    node.is(Kind::Identifier)
        && name.starts_with(|first: char| first.is_ascii_uppercase())
        && node.binding().is_some_and(|binding| match binding.kind {
            BindingKind::Import { .. } => true,
            BindingKind::Variable => binding.top_level,
            _ => false,
        })
}

/// Whether a query of Prisma is put into a list without being waited for, as for `$transaction(operations)`: until
/// then it is not sent.
fn is_collected(call: NodeRef<'_>) -> bool {
    if call.has(Flags::AWAIT) {
        return false;
    }
    let pushed = call.parent().filter(|parent| parent.is(Kind::Call) && parent.callee_name() == Some("push"));
    pushed.is_some_and(|push| {
        let source = push.tree().source();
        let list = push.receiver().map(NodeRef::name).unwrap_or_default();
        !list.is_empty() && (source.contains("$transaction") || source.contains("PrismaPromise"))
    })
}

/// Whether an update in an iteration sets a value that belongs to its turn: no one statement does that for all rows.
/// `update({ where: { id: row.id }, data: { url: row.url } })`
fn sets_element(call: NodeRef<'_>) -> bool {
    let Some(around) = call.enclosing_iteration() else { return false };
    let data = call.argument(0).filter(|given| given.is(Kind::Object)).and_then(|given| given.property("data"));
    // `db.update(orders).set({ … })`, `db("orders").update({ … })`.
    let of_builder = || {
        let mut links = Flow::of(call).links.into_iter();
        links.find(|link| matches!(link.name, "set" | "update" | "values")).and_then(|link| link.call.argument(0))
    };
    let Some(data) = data.or_else(of_builder) else { return false };
    let value = data.child(Role::Value).unwrap_or(data);
    std::iter::once(value).chain(value.descendants()).filter(|node| node.is(Kind::Identifier)).any(|name| {
        name.binding().is_some_and(|binding| {
            let declared = name.tree().at(binding.declaration).span();
            around.span().contains(declared)
        })
    })
}

/// Whether something that belongs to one turn of the iteration is among what the chain of calls is given.
fn takes_element(call: NodeRef<'_>, around: Span) -> bool {
    let mut top = call;
    while let Some(parent) =
        top.parent().filter(|parent| parent.is(Kind::Member) || (parent.is(Kind::Call) && top.role() == Role::Callee))
    {
        top = parent;
    }
    top.descendants().filter(|node| node.is(Kind::Identifier)).any(|name| {
        name.binding().is_some_and(|binding| {
            let declared = name.tree().at(binding.declaration).span();
            let inside_call = declared.start >= top.span().start && declared.end <= top.span().end;
            declared.start >= around.start && declared.end <= around.end && !inside_call
        })
    })
}
