//! What a function, a class or an expression does as a guard.

mod origin;
pub use origin::origin;

use std::{collections::BTreeSet, sync::Arc};

use super::{
    About, AccessFacts, Known, Sign, SignKind, Weakness, WeaknessKind, could_guard, known, library::package_could_guard,
};

use crate::{
    facts::{
        modules::{Class, Definition, FunctionId, Modules, Name, Root, Shape},
        routes::{Guard, GuardDoes},
    },
    model::{FileId, Place, Span, Table},
};

/// Calls followed from a guard.
const DEPTH: usize = 3;

/// Wrappers, aliases and arrays looked through from an expression.
const HOPS: usize = 8;

/// Functions looked at for one guard.
const REACH: usize = 120;

/// How a function is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Mode {
    /// It stands before a handler: whatever it refuses, it refuses for the handler.
    Before,
    /// It is the handler.
    Inside,
    /// Its answer decides: `canActivate`, `has_permission`.
    Predicate,
}

/// One thing that a guard does.
#[derive(Debug, Clone, PartialEq)]
struct Deed {
    does: GuardDoes,
    decides: Option<Place>,
    weak: Vec<Weakness>,
}

/// What `shape`, used as middleware, decorator, wrapper or dependency in `file`, does as a guard. Empty when it does
/// nothing of the kind; [`GuardDoes::Unknown`] when it cannot be told.
pub fn guards_of<'a>(modules: Modules<'a>, file: FileId, shape: &'a Shape) -> Vec<Guard> {
    if let Shape::Array(items) = shape {
        return items.iter().flat_map(|item| guards_of(modules, file, item)).collect();
    }
    let place = span_of(shape).map_or(Place::File(file), |span| Place::At(file, span));
    guards(of_shape(modules, file, shape, HOPS), &name_of(shape), &place)
}

/// What a function does when it stands before a handler.
pub fn guards_of_function(modules: Modules<'_>, id: FunctionId) -> Vec<Guard> {
    guards(of_function(modules, id, Mode::Before), &modules.function(id).name, &modules.place(id))
}

/// What a class does as a guard: a Nest guard, a permission class, a middleware class.
pub fn guards_of_class<'a>(modules: Modules<'a>, file: FileId, class: &'a Class) -> Vec<Guard> {
    guards(of_class(modules, file, class, HOPS), &class.name, &Place::At(file, class.span))
}

/// What a handler decides by itself, or by what it calls.
pub fn inside(modules: Modules<'_>, id: FunctionId) -> Vec<Guard> {
    guards(of_function(modules, id, Mode::Inside), &modules.function(id).name, &modules.place(id))
}

fn guards(deeds: Vec<Deed>, name: &str, place: &Place) -> Vec<Guard> {
    let mut found: Vec<Guard> = Vec::new();
    // What answers to errors names refusals, and refuses nobody.
    let plain = name.to_ascii_lowercase().replace('_', "");
    let answers = plain.ends_with("errorhandler") || plain.ends_with("handleerror") || plain.ends_with("handleerrors");
    for deed in deeds {
        if answers && matches!(deed.does, GuardDoes::Authenticates | GuardDoes::Authorizes | GuardDoes::Verifies) {
            continue;
        }
        if found.iter().all(|guard| guard.does != deed.does) {
            let (name, place) = (name.to_owned(), place.clone());
            found.push(Guard { does: deed.does, name, place, decides: deed.decides, weak: deed.weak });
        }
    }
    found
}

fn plain(does: &[GuardDoes], decides: Option<&Place>) -> Vec<Deed> {
    does.iter().map(|&does| Deed { does, decides: decides.cloned(), weak: Vec::new() }).collect()
}

fn of_shape<'a>(modules: Modules<'a>, file: FileId, shape: &'a Shape, hops: usize) -> Vec<Deed> {
    if hops == 0 {
        return plain(&[GuardDoes::Unknown], None);
    }
    match shape {
        Shape::Array(items) => items.iter().flat_map(|item| of_shape(modules, file, item, hops - 1)).collect(),
        Shape::Function(span) => {
            modules.function_at(file, *span).map(|id| of_function(modules, id, Mode::Before)).unwrap_or_default()
        }
        Shape::Class(span) => {
            let classes = modules.file(file).map(|module| module.classes.as_slice()).unwrap_or_default();
            let class = classes.iter().find(|class| class.span == *span);
            class.map(|class| of_class(modules, file, class, hops - 1)).unwrap_or_default()
        }
        Shape::Name(_) | Shape::Call(_) => of_named(modules, file, shape, hops),
        _ => Vec::new(),
    }
}

fn of_named<'a>(modules: Modules<'a>, file: FileId, shape: &'a Shape, hops: usize) -> Vec<Deed> {
    let call = match shape {
        Shape::Call(call) => Some(call),
        _ => None,
    };
    let Some(name) = shape.named() else {
        // `wrap(a)(b)` and calls of calls: what they are given may tell.
        return call.map_or_else(Vec::new, |call| of_arguments(modules, file, &call.arguments, hops));
    };
    let path = origin(modules, file, name);
    if let Some(known) = path.as_deref().and_then(|path| known(path, call)) {
        let deeds = match known {
            Known::Guards(does) => plain(does, None),
            Known::Inert => Vec::new(),
        };
        // `asyncHandler(requireAuth)` is as good as `requireAuth`.
        return match call {
            Some(call) if deeds.is_empty() => of_functions(modules, file, &call.arguments, hops),
            _ => deeds,
        };
    }
    let deeds = match called(modules, modules.definition_of(file, shape)) {
        Definition::Function(id) => of_function(modules, id, Mode::Before),
        Definition::Class { file, class } => of_class(modules, file, class, hops - 1),
        Definition::Value { file: other, value } => of_shape(modules, other, &value.shape, hops - 1),
        Definition::Shape { file: other, shape } => of_shape(modules, other, shape, hops - 1),
        Definition::File(_) => plain(&[GuardDoes::Unknown], None),
        Definition::Package => {
            let unknown = path.as_deref().is_some_and(package_could_guard) || could_guard(name.last());
            if unknown { plain(&[GuardDoes::Unknown], None) } else { Vec::new() }
        }
        Definition::Unknown => match provided(modules, name.last()) {
            Some((other, shape)) => of_shape(modules, other, shape, hops - 1),
            None if is_inert_name(name) => Vec::new(),
            None if is_session_name(name.last()) => plain(&[GuardDoes::Identifies], None),
            None => plain(&[GuardDoes::Unknown], None),
        },
    };
    match call {
        Some(call) if deeds.iter().all(|deed| deed.does == GuardDoes::Unknown) => {
            let given = of_functions(modules, file, &call.arguments, hops);
            if given.is_empty() { deeds } else { given }
        }
        _ => deeds,
    }
}

/// A whole file that is called or used is what it exports by default: `const auth = require('./auth')`.
fn called<'a>(modules: Modules<'a>, definition: Definition<'a>) -> Definition<'a> {
    match definition {
        Definition::File(file) => match modules.exported(file, "default", HOPS) {
            Definition::Unknown => definition,
            found => found,
        },
        other => other,
    }
}

fn of_arguments<'a>(modules: Modules<'a>, file: FileId, arguments: &'a [Shape], hops: usize) -> Vec<Deed> {
    arguments.iter().flat_map(|argument| of_shape(modules, file, argument, hops - 1)).collect()
}

/// As [`of_arguments`], for those that are functions of the repository.
fn of_functions<'a>(modules: Modules<'a>, file: FileId, arguments: &'a [Shape], hops: usize) -> Vec<Deed> {
    let mut deeds = of_arguments(modules, file, arguments, hops);
    deeds.retain(|deed| deed.does != GuardDoes::Unknown);
    deeds
}

/// What a framework's object was given under `name`.
fn provided<'a>(modules: Modules<'a>, name: &str) -> Option<(FileId, &'a Shape)> {
    modules.access_files().find_map(|(file, access)| {
        let (_, shape) = access.provided.iter().find(|(key, _)| key == name)?;
        Some((file, shape))
    })
}

/// `sessionMiddleware` loads who the caller is and refuses nobody; `requireSession` does.
fn is_session_name(name: &str) -> bool {
    let words = super::words::words(name);
    words.iter().any(|word| matches!(word.as_str(), "session" | "sessions"))
        && words.iter().all(|word| {
            matches!(word.as_str(), "session" | "sessions" | "middleware" | "handler" | "store" | "load" | "express")
        })
}

/// Names of middleware that says nothing about access wherever it comes from.
fn is_inert_name(name: &Name) -> bool {
    if could_guard(name.last()) {
        return false;
    }
    let all = std::iter::once(name.root.name()).chain(name.members.iter().map(String::as_str));
    all.flat_map(super::words::words).any(|word| {
        matches!(
            word.as_str(),
            "upload"
                | "uploader"
                | "cors"
                | "logger"
                | "log"
                | "morgan"
                | "json"
                | "urlencoded"
                | "static"
                | "helmet"
                | "compression"
                | "cache"
                | "body"
                | "parser"
                | "multer"
                | "handler"
                | "error"
                | "errors"
                | "notfound"
                | "metrics"
                | "trace"
                | "serve"
                | "sentry"
                | "swagger"
                | "console"
                | "file"
                | "files"
                | "timeout"
                | "proxy"
                | "i18n"
                | "locale"
                | "express"
        )
    })
}

fn of_class<'a>(modules: Modules<'a>, file: FileId, class: &'a Class, hops: usize) -> Vec<Deed> {
    if hops == 0 {
        return Vec::new();
    }
    let inherited: Vec<Deed> = class.bases.iter().flat_map(|base| of_base(modules, file, base, hops - 1)).collect();
    // A limiter stays one whatever it reads of the caller; one that decides by itself limits only what it names.
    if !inherited.is_empty() && inherited.iter().all(|deed| deed.does == GuardDoes::RateLimits) {
        let decides = own_method(modules, file, class, "canActivate").is_some();
        return if decides { Vec::new() } else { inherited };
    }
    let mut deeds = Vec::new();
    for method in ["canActivate", "has_permission", "has_object_permission", "test_func"] {
        if let Some(id) = own_method(modules, file, class, method) {
            deeds.extend(of_function(modules, id, Mode::Predicate));
        }
    }
    for method in [
        "use",
        "handle",
        "resolve",
        "dispatch",
        "__call__",
        "authenticate",
        "process_request",
        "process_view",
        "before",
        "execute",
    ] {
        if let Some(id) = own_method(modules, file, class, method) {
            deeds.extend(of_function(modules, id, Mode::Before));
        }
    }
    if let Some(id) = own_method(modules, file, class, "handleRequest") {
        let own = signs_in(modules, id);
        let refuses = own.iter().any(|(sign, _)| matches!(sign.kind, SignKind::Refuses(_)))
            || modules.calls(id).any(|call| call.callee.last() == "handleRequest")
            || throws(modules, id);
        if !refuses {
            // Who is not known is let through as nobody.
            deeds.extend(plain(&[GuardDoes::Identifies], Some(&modules.place(id))));
            return deeds;
        }
    }
    deeds.extend(inherited);
    deeds
}

/// Whether a function refuses with whatever error it has.
fn throws(modules: Modules<'_>, id: FunctionId) -> bool {
    modules.calls(id).any(|call| call.callee.last().ends_with("Exception") || call.callee.last().ends_with("Error"))
}

fn of_base<'a>(modules: Modules<'a>, file: FileId, base: &'a Shape, hops: usize) -> Vec<Deed> {
    let Some(name) = base.named() else { return Vec::new() };
    let call = match base {
        Shape::Call(call) => Some(call),
        _ => None,
    };
    if let Some(known) = origin(modules, file, name).and_then(|path| known(&path, call)) {
        return match known {
            Known::Guards(does) => plain(does, None),
            Known::Inert => Vec::new(),
        };
    }
    match called(modules, modules.definition_of(file, base)) {
        Definition::Class { file, class } => of_class(modules, file, class, hops),
        _ => Vec::new(),
    }
}

/// A method that the class itself has.
fn own_method(modules: Modules<'_>, file: FileId, class: &Class, name: &str) -> Option<FunctionId> {
    let functions = &modules.file(file)?.functions;
    let index = functions.iter().position(|function| {
        function.name == name && function.class == class.name && class.span.contains(function.span)
    })?;
    Some(FunctionId { file, index })
}

/// The signs inside a function, functions written in it included.
fn signs_in(modules: Modules<'_>, id: FunctionId) -> Vec<(&Sign, Place)> {
    let span = modules.function(id).span;
    let Some(access) = modules.access(id.file) else { return Vec::new() };
    signs_within(access, span).map(|sign| (sign, Place::At(id.file, sign.span))).collect()
}

fn signs_within(access: &AccessFacts, span: Span) -> impl Iterator<Item = &Sign> {
    let from = access.signs.partition_point(|sign| sign.span.start < span.start);
    access.signs[from..].iter().take_while(move |sign| sign.span.start < span.end)
}

/// Everything that a function and its callees say.
#[derive(Default)]
struct Evidence<'a> {
    /// Signs with their places, nearest first.
    signs: Vec<(&'a Sign, Place, usize)>,
    /// What packages do that are called on the way.
    packages: Vec<(GuardDoes, Place)>,
    /// Calls that are named like guards and could not be followed.
    unknown: Vec<Place>,
}

fn evidence(modules: Modules<'_>, start: FunctionId) -> Evidence<'_> {
    let known = modules.once(Callings::default);
    let mut found = Evidence::default();
    let mut seen = BTreeSet::from([start]);
    let mut level = vec![start];
    for depth in 0..=DEPTH {
        let mut next = Vec::new();
        for id in level {
            found.signs.extend(signs_in(modules, id).into_iter().map(|(sign, place)| (sign, place, depth)));
            let calls = known.0.get(id, |&id| Arc::new(calling(modules, id)));
            found.packages.extend(calls.packages.iter().cloned());
            found.unknown.extend(calls.unknown.iter().cloned());
            if depth < DEPTH {
                next.extend(calls.callees.iter().copied().filter(|callee| seen.len() < REACH && seen.insert(*callee)));
            }
        }
        level = next;
    }
    found
}

/// What the calls of one function lead to.
#[derive(Debug, Default)]
struct Calling {
    packages: Vec<(GuardDoes, Place)>,
    callees: Vec<FunctionId>,
    unknown: Vec<Place>,
}

/// [`Calling`] by function.
#[derive(Default)]
struct Callings(Table<FunctionId, Arc<Calling>>);

/// What a function does, by the way in which it is asked.
#[derive(Default)]
struct Decided(Table<(FunctionId, Mode), Arc<Vec<Deed>>>);

fn calling(modules: Modules<'_>, id: FunctionId) -> Calling {
    let mut found = Calling::default();
    let signs = signs_in(modules, id);
    for call in modules.calls(id) {
        let place = Place::At(id.file, call.span);
        if let Some(Known::Guards(does)) = origin(modules, id.file, &call.callee).and_then(|path| known(&path, None)) {
            found.packages.extend(does.iter().map(|&does| (does, place.clone())));
            continue;
        }
        let followed = match called(modules, modules.definition(id.file, &call.callee)) {
            Definition::Function(callee) => Some(callee),
            Definition::Class { file, class } => {
                modules.method_of(file, class, "constructor").or_else(|| modules.method_of(file, class, "__init__"))
            }
            _ => None,
        };
        let asserts = || signs.iter().any(|(sign, _)| sign.kind == SignKind::Asserts && sign.span == call.span);
        if let Some(callee) = followed {
            found.callees.push(callee);
        } else if asserts() {
            found.unknown.push(place);
        }
    }
    found
}

fn of_function(modules: Modules<'_>, id: FunctionId, mode: Mode) -> Vec<Deed> {
    let known = modules.once(Decided::default).0.get((id, mode), |_| Arc::new(decide(modules, id, mode)));
    known.as_ref().clone()
}

fn decide(modules: Modules<'_>, id: FunctionId, mode: Mode) -> Vec<Deed> {
    let evidence = evidence(modules, id);
    let named = could_guard(&modules.function(id).name);
    let mut deeds = judge(&evidence, mode, named);
    let weak: Vec<Weakness> = evidence
        .signs
        .iter()
        .filter(|(_, _, depth)| *depth <= 1)
        .filter_map(|(sign, place, _)| match sign.kind {
            SignKind::Weak(kind) if is_weak_here(kind, sign) => Some(Weakness { kind, place: place.clone() }),
            _ => None,
        })
        .collect();
    for deed in &mut deeds {
        let counts = !matches!(deed.does, GuardDoes::Identifies | GuardDoes::Validates | GuardDoes::Unknown);
        if mode != Mode::Inside && (counts || weak.iter().any(|weak| weak.kind == WeaknessKind::AlwaysAllows)) {
            deed.weak.clone_from(&weak);
        }
    }
    deeds
}

fn is_weak_here(kind: WeaknessKind, sign: &Sign) -> bool {
    kind != WeaknessKind::AllowsOnException
        || matches!(sign.about, Some(About::Identity | About::Role | About::Signature | About::Csrf | About::Rate))
}

fn judge(evidence: &Evidence<'_>, mode: Mode, named: bool) -> Vec<Deed> {
    let first = |wanted: &dyn Fn(&Sign) -> bool| {
        evidence.signs.iter().find(|(sign, _, _)| wanted(sign)).map(|(_, place, _)| place.clone())
    };
    let refuses = |statuses: &[u16], about: &[Option<About>]| {
        first(&|sign: &Sign| {
            matches!(sign.kind, SignKind::Refuses(status) if statuses.contains(&status)) && about.contains(&sign.about)
        })
    };
    let package =
        |does: GuardDoes| evidence.packages.iter().find(|(found, _)| *found == does).map(|(_, place)| place.clone());
    let reads = first(&|sign| sign.kind == SignKind::ReadsIdentity).or_else(|| package(GuardDoes::Identifies));
    let verifies_token = first(&|sign| sign.kind == SignKind::VerifiesToken);
    let role = first(&|sign| sign.kind == SignKind::ChecksRole);
    let identity = reads.is_some() || verifies_token.is_some();
    let signature = first(&|sign| sign.kind == SignKind::VerifiesSignature && sign.about == Some(About::Signature));
    let weak_exception =
        first(&|sign| sign.kind == SignKind::Weak(WeaknessKind::AllowsOnException) && sign.about.is_some());

    let known_caller = [Some(About::Identity)];
    let mut authenticates = package(GuardDoes::Authenticates);
    let mut authorizes = package(GuardDoes::Authorizes);
    let mut verifies = package(GuardDoes::Verifies).or(signature);
    verifies = verifies.or_else(|| refuses(&[400, 401, 403], &[Some(About::Signature)]));
    authorizes = authorizes.or_else(|| refuses(&[401, 403], &[Some(About::Role)]));
    match mode {
        Mode::Before => {
            authenticates = authenticates
                .or_else(|| refuses(&[401], &[Some(About::Identity), Some(About::Role)]))
                .or_else(|| refuses(&[403], &known_caller))
                .or_else(|| if verifies.is_none() { refuses(&[401], &[None, Some(About::Credentials)]) } else { None })
                .or_else(|| if named || identity { refuses(&[403], &[None]) } else { None });
            if authenticates.is_none() && weak_exception.is_none() {
                authenticates =
                    first(&|sign| sign.kind == SignKind::VerifiesToken && sign.about == Some(About::Identity));
            }
        }
        Mode::Inside => {
            if identity {
                authenticates =
                    authenticates.or_else(|| refuses(&[401, 403], &known_caller)).or_else(|| refuses(&[401], &[None]));
                authorizes = authorizes.or_else(|| refuses(&[403], &[None]));
            } else {
                // Without a look at the caller it is the subject that is refused: a log-in, a link that has expired.
                authorizes = package(GuardDoes::Authorizes);
            }
        }
        Mode::Predicate => {
            authenticates = authenticates
                .or_else(|| refuses(&[401, 403], &known_caller))
                .or_else(|| verifies_token.clone())
                .or_else(|| reads.clone());
            authorizes = authorizes.or_else(|| role.clone());
        }
    }
    let rate = package(GuardDoes::RateLimits)
        .or_else(|| refuses(&[401, 403, 429], &[Some(About::Rate)]))
        .or_else(|| refuses(&[429], &[None, Some(About::Identity), Some(About::Role), Some(About::Credentials)]))
        .or_else(|| if mode == Mode::Inside { first(&|sign| sign.kind == SignKind::LimitsRate) } else { None });
    let csrf = package(GuardDoes::Csrf)
        .or_else(|| refuses(&[400, 401, 403], &[Some(About::Csrf)]))
        .or_else(|| if mode == Mode::Before { first(&|sign| sign.kind == SignKind::ChecksCsrf) } else { None });
    let validates = package(GuardDoes::Validates).or_else(|| first(&|sign| sign.kind == SignKind::Validates));

    let mut deeds = Vec::new();
    let mut add = |does, place: Option<Place>| {
        if place.is_some() {
            deeds.push(Deed { does, decides: place, weak: Vec::new() });
        }
    };
    let stops = authenticates.is_some() || authorizes.is_some() || verifies.is_some();
    add(GuardDoes::Authenticates, authenticates);
    add(GuardDoes::Authorizes, authorizes);
    add(GuardDoes::Verifies, verifies);
    if !stops {
        add(GuardDoes::Unknown, evidence.unknown.first().cloned());
        let always = first(&|sign| sign.kind == SignKind::Weak(WeaknessKind::AlwaysAllows));
        add(GuardDoes::Identifies, reads.or(verifies_token).or(always));
    }
    add(GuardDoes::RateLimits, rate);
    add(GuardDoes::Csrf, csrf);
    add(GuardDoes::Validates, validates);
    deeds
}

/// The place of an expression, when it has one.
pub fn span_of(shape: &Shape) -> Option<Span> {
    match shape {
        Shape::Name(name) => Some(name.span),
        Shape::Call(call) => Some(call.span),
        Shape::Function(span) | Shape::Class(span) => Some(*span),
        Shape::Array(items) => items.iter().find_map(span_of),
        _ => None,
    }
}

/// As a reader names it.
fn name_of(shape: &Shape) -> String {
    let Some(name) = shape.named() else { return String::new() };
    let mut parts: Vec<&str> = Vec::new();
    match &name.root {
        Root::Import { imported, module } if matches!(imported.as_str(), "default" | "*") => {
            parts.push(module.rsplit('/').next().unwrap_or(module));
        }
        root => parts.push(root.name()),
    }
    parts.extend(name.members.iter().map(String::as_str));
    parts.join(".")
}
