//! CORS libraries of Python: Starlette and `FastAPI`, Litestar, Flask-CORS, django-cors-headers, `aiohttp_cors`.

use camino::Utf8Path;

use super::{
    CorsSite, Credentials, Reach,
    check::pattern_of,
    condition::{Atom, Atoms, Test, both, ways},
    grant::{Audience, Grant, Stage},
    library::Library,
    options::{Options, keywords, reads_only, truth_of},
    origin::{fixed_grants, grants, pattern_grants},
    path::circumstances,
    reader::{Reader, constant, setting, text_of},
    script::{build, guards, library_of},
};
use crate::{
    code::{Kind, NodeRef, Role},
    facts::Visit,
};

/// The site that a call is, if it is one.
pub(super) fn site(reader: &Reader<'_>, call: NodeRef<'_>) -> Option<CorsSite> {
    let name = call.callee_name()?;
    if matches!(name, "add_middleware" | "Middleware") {
        let library = library_of(call.argument(0)?).filter(|library| *library == Library::Starlette)?;
        return Some(build(reader, call, library, keywords(call), Reach::Whole));
    }
    if name == "setup" && call.callee_path().is_some_and(|path| path == "aiohttp_cors.setup") {
        return aiohttp(call);
    }
    if name == "init_app" {
        let extension = call.child(Role::Callee)?.child(Role::Object)?;
        let built = constant(extension);
        let ours = built.is(Kind::Call) && built.child(Role::Callee).and_then(library_of) == Some(Library::FlaskCors);
        let named = extension.is(Kind::Identifier) && extension.name().to_ascii_lowercase().contains("cors");
        return (ours || named).then(|| flask(reader, call, name));
    }
    let library = library_of(call.child(Role::Callee)?)?;
    match library {
        // The extension is built here and configured by `init_app`.
        Library::FlaskCors if call.children_in(Role::Argument).next().is_none() && name == "CORS" => None,
        Library::Starlette | Library::Litestar => Some(build(reader, call, library, keywords(call), Reach::Whole)),
        Library::FlaskCors => Some(flask(reader, call, name)),
        _ => None,
    }
}

/// `@cross_origin` without parentheses.
pub(super) fn bare_decorator(decorator: NodeRef<'_>) -> Option<CorsSite> {
    let value = decorator.child(Role::Value).filter(|value| value.is(Kind::Identifier))?;
    let library = library_of(value).filter(|library| *library == Library::FlaskCors)?;
    Some(CorsSite {
        span: decorator.span(),
        library,
        grants: fixed_grants(decorator.span(), &Audience::Everyone, &[Vec::new()]),
        credentials: Credentials::No,
        reach: Reach::Route,
        reads_only: false,
        options: None,
        class: None,
    })
}

/// `CORS(app, …)` and `@cross_origin(…)`; options may stand in `resources`, one set for each path.
fn flask(reader: &Reader<'_>, call: NodeRef<'_>, name: &str) -> CorsSite {
    let options = keywords(call);
    let reach = if name == "cross_origin" { Reach::Route } else { Reach::Whole };
    let mut site = build(reader, call, Library::FlaskCors, options, reach);
    let resources = call.keyword("resources").map(constant);
    if let Some(text) = resources.and_then(text_of) {
        site.reach = Reach::Path(text.to_owned());
    }
    let Some(resources) = resources.filter(|resources| resources.is(Kind::Object)) else { return site };
    let conditions = guards(reader, call);
    let mut found = Vec::new();
    let mut paths = Vec::new();
    for resource in resources.children().filter(|child| child.is(Kind::Property)) {
        let inner = resource.child(Role::Value).map(constant).filter(|value| value.is(Kind::Object));
        let Some(inner) = inner else { continue };
        paths.push(path_of(resource));
        if let Some(origins) = inner.property("origins") {
            found.extend(grants(reader, origins, Library::FlaskCors, &conditions));
        }
        if let Some(allowed) = inner.property("supports_credentials") {
            site.credentials = truth_of(allowed);
        }
        site.reads_only |= reads_only(Library::FlaskCors, Options::Object(inner));
    }
    if !found.is_empty() {
        site.grants = found;
    }
    if let [path] = paths.as_slice()
        && !matches!(path.as_str(), "" | "*" | "/*" | "/.*")
    {
        site.reach = Reach::Path(path.clone());
    }
    site
}

fn path_of(resource: NodeRef<'_>) -> String {
    match resource.child(Role::Key).and_then(text_of) {
        Some(key) => key.to_owned(),
        None => resource.name().to_owned(),
    }
}

/// `aiohttp_cors.setup(app, defaults={"*": ResourceOptions(…)})` sends the origin back.
fn aiohttp(call: NodeRef<'_>) -> Option<CorsSite> {
    let defaults = call.keyword("defaults").or_else(|| call.argument(1)).map(constant)?;
    let everyone = defaults.property("*").map(constant);
    let audience = if everyone.is_some() { Audience::Reflected } else { Audience::Checked };
    let options = everyone.filter(|value| value.is(Kind::Call)).map(keywords);
    let credentials = options.and_then(|options| options.get("allow_credentials")).map_or(Credentials::No, truth_of);
    Some(CorsSite {
        span: call.span(),
        library: Library::AiohttpCors,
        grants: fixed_grants(call.span(), &audience, &[Vec::new()]),
        credentials,
        reach: Reach::Whole,
        reads_only: false,
        options: None,
        class: None,
    })
}

const OPEN: &[&str] = &["CORS_ALLOW_ALL_ORIGINS", "CORS_ORIGIN_ALLOW_ALL"];
const LISTS: &[&str] = &["CORS_ALLOWED_ORIGINS", "CORS_ORIGIN_WHITELIST"];
const PATTERNS: &[&str] = &["CORS_ALLOWED_ORIGIN_REGEXES", "CORS_ORIGIN_REGEX_WHITELIST"];

/// A setting of django-cors-headers.
pub(super) fn django(reader: &Reader<'_>, file: &Visit<'_>, assignment: NodeRef<'_>) -> Option<CorsSite> {
    let target = assignment.child(Role::Target).filter(|target| target.is(Kind::Identifier))?;
    let value = assignment.child(Role::Value)?;
    let name = target.name();
    let ours = [OPEN, LISTS, PATTERNS].iter().any(|names| names.contains(&name));
    if !ours || assignment.enclosing_function().is_some() || !is_django(file) {
        return None;
    }
    let conditions = guards(reader, assignment);
    let mut grants = if OPEN.contains(&name) {
        switch(reader, value, &conditions)
    } else if LISTS.contains(&name) {
        grants(reader, value, Library::Django, &conditions)
    } else {
        let texts = constant(value);
        let patterns = texts.children().filter(|_| texts.is(Kind::Array)).filter_map(pattern_of);
        patterns.flat_map(|pattern| pattern_grants(value, &pattern, Library::Django, &conditions)).collect()
    };
    if is_development_settings(&file.file.path) {
        for grant in &mut grants {
            grant.when.stage = Some(Stage::Development);
        }
    }
    let credentials = top_level(assignment, "CORS_ALLOW_CREDENTIALS").map_or(Credentials::No, truth_of);
    // What is put together names paths as well, though not here.
    let given = top_level(assignment, "CORS_URLS_REGEX");
    let paths = given.map(|given| pattern_of(given).unwrap_or_else(|| "CORS_URLS_REGEX".to_owned()));
    let reach = match paths {
        Some(paths) if !matches!(paths.as_str(), "^.*$" | ".*" | "^/.*$") => Reach::Path(paths),
        _ => Reach::Whole,
    };
    (!grants.is_empty()).then(|| CorsSite {
        span: assignment.span(),
        library: Library::Django,
        grants,
        credentials,
        reach,
        reads_only: false,
        options: None,
        class: None,
    })
}

/// The value of another setting of the same file.
fn top_level<'t>(assignment: NodeRef<'t>, name: &str) -> Option<NodeRef<'t>> {
    assignment
        .tree()
        .root()
        .descendants()
        .filter(|node| node.is(Kind::Assignment))
        .filter(|node| node.child(Role::Target).is_some_and(|target| target.name() == name))
        .filter_map(|node| node.child(Role::Value))
        .last()
}

/// `CORS_ALLOW_ALL_ORIGINS = …`: the ways in which it is true, and nobody else otherwise.
fn switch(reader: &Reader<'_>, value: NodeRef<'_>, conditions: &[Atoms]) -> Vec<Grant> {
    if let Some((setting, default)) = setting(constant(value)) {
        if setting.name.to_ascii_lowercase().contains("debug") {
            let development = vec![vec![Atom::new(Test::Development, true)]];
            return fixed_grants(value.span(), &Audience::Everyone, &both(conditions, &development));
        }
        let open = default.map(constant).is_some_and(|default| {
            truth_of(default) == Credentials::Yes
                || ["true", "1"].contains(&default.name().to_ascii_lowercase().as_str())
        });
        let audience = if open { Audience::Everyone } else { Audience::Nobody };
        let mut result = fixed_grants(value.span(), &audience, conditions);
        for grant in &mut result {
            grant.when.unset = true;
            grant.when.variable = Some(setting.name.clone());
        }
        return result;
    }
    let mut result = Vec::new();
    for atoms in both(conditions, &ways(reader, value, true, 0)) {
        let mut when = circumstances(&atoms);
        // A setting that is on says so itself.
        let configured = atoms.iter().find_map(|atom| match &atom.test {
            Test::Filled(name) if atom.holds => Some(name.clone()),
            _ => None,
        });
        if let Some(variable) = configured {
            when.star_configured = true;
            when.variable = variable;
        }
        result.push(Grant::new(value.span(), Audience::Everyone, when));
    }
    if result.is_empty() {
        result = fixed_grants(value.span(), &Audience::Nobody, conditions);
    }
    result
}

fn is_django(file: &Visit<'_>) -> bool {
    let path = file.file.path.as_str();
    file.text.contains("corsheaders")
        || file.text.contains("INSTALLED_APPS")
        || (path.contains("settings/") && file.text.contains("import *"))
}

/// `settings/dev.py` and its kin are not what production runs with.
pub(super) fn is_development_settings(path: &Utf8Path) -> bool {
    let stem = path.file_stem().unwrap_or_default();
    ["dev", "development", "local", "test", "testing", "ci", "settings_dev", "settings_local", "local_settings"]
        .contains(&stem)
}
