//! Django: URL patterns included in each other, views of functions and classes, REST framework's view sets and
//! routers, and what settings put in front of all of them.

use std::collections::BTreeMap;

use super::{
    GuardDoes, RouteKind, Unresolved,
    django_views::{self, Found},
    draft::{Attached, Draft},
    fastapi::{dotted, texts},
    flask::{as_view, one},
    mounts::{Key, Mounts, Sources},
    registrations::{Holder, Pattern, Variable},
};
use crate::{
    facts::modules::{Definition, Shape, Target},
    model::{FileId, Place, Span},
};

/// Lists included in lists; real projects have six.
const DEPTH: usize = 12;
/// Routes of one project; more than this is a loop in hostile input.
const ROUTES: usize = 20_000;

/// What the settings of a project put in front of its views.
#[derive(Default)]
pub(super) struct Settings {
    pub permissions: Option<(FileId, Shape)>,
    pub throttled: Option<Place>,
    middleware: Vec<Attached>,
}

/// One project's patterns being walked.
pub(super) struct Project<'a, 'm> {
    pub sources: Sources<'a>,
    mounts: &'m Mounts<'a>,
    pub settings: Settings,
    pub drafts: Vec<Draft>,
    /// Where the APIs of django-ninja are included.
    apis: BTreeMap<Key, Vec<String>>,
}

/// The part of a path above a list, and what is wrapped around it.
#[derive(Clone, Default)]
struct Above {
    prefix: String,
    computed: bool,
    attached: Vec<Attached>,
}

/// Routes of Django itself, and where each of django-ninja's APIs begins.
pub(super) fn routes(sources: Sources<'_>, mounts: &Mounts<'_>) -> (Vec<Draft>, BTreeMap<Key, Vec<String>>) {
    let settings = settings(sources);
    let mut project = Project { sources, mounts, settings, drafts: Vec::new(), apis: BTreeMap::new() };
    for file in roots(sources) {
        project.list(file, "urlpatterns", &Above::default(), DEPTH);
    }
    (project.drafts, project.apis)
}

/// The files whose patterns nobody includes: those that settings name, else those that stand alone.
fn roots(sources: Sources<'_>) -> Vec<FileId> {
    let modules = sources.modules;
    let mut named = Vec::new();
    for (file, module) in modules.files() {
        let urls =
            module.values.iter().filter(|value| value.name == "ROOT_URLCONF").filter_map(|value| value.shape.as_text());
        for text in urls {
            if let Target::File(urls) = modules.target(file, text) {
                named.push(urls);
            }
        }
    }
    named.sort_unstable();
    named.dedup();
    if !named.is_empty() {
        return named;
    }
    let mut included = Vec::new();
    let all = sources.facts.files().map(|(file, facts)| (file, facts.routes.patterns.as_slice()));
    let holding: Vec<_> = all.filter(|(_, patterns)| patterns.iter().any(|(name, _)| name == "urlpatterns")).collect();
    for (file, lists) in &holding {
        for pattern in lists.iter().flat_map(|(_, list)| list) {
            if let Some(Shape::Text(text)) = &pattern.view
                && let Target::File(other) = modules.target(*file, text)
            {
                included.push(other);
            }
            if let Some(Holder::Named(name)) = &pattern.included
                && let Definition::File(other) = modules.definition(*file, name)
            {
                included.push(other);
            }
        }
    }
    holding.into_iter().map(|(file, _)| file).filter(|file| !included.contains(file)).collect()
}

fn settings(sources: Sources<'_>) -> Settings {
    let modules = sources.modules;
    let mut found = Settings::default();
    for (file, module) in modules.files() {
        let path = sources.repo.file(file).path.as_str();
        for value in &module.values {
            match (value.name.as_str(), &value.shape) {
                ("MIDDLEWARE" | "MIDDLEWARE_CLASSES", list @ Shape::Array(_)) => {
                    for text in texts(list) {
                        found.middleware.extend(middleware(sources, file, value.span, &text));
                    }
                }
                ("REST_FRAMEWORK", options @ Shape::Object(_)) if !path.contains("test") => {
                    if let Some(listed) = options.get("DEFAULT_PERMISSION_CLASSES") {
                        found.permissions.get_or_insert((file, listed.clone()));
                    }
                    if options.get("DEFAULT_THROTTLE_CLASSES").is_some() {
                        found.throttled.get_or_insert(Place::At(file, value.span));
                    }
                }
                _ => {}
            }
        }
    }
    found
}

/// Middleware that refuses requests; what Django ships does not, but for one class.
fn middleware(sources: Sources<'_>, file: FileId, span: Span, text: &str) -> Option<Attached> {
    let place = Place::At(file, span);
    let last = text.rsplit('.').next().unwrap_or(text);
    if last.contains("LoginRequired") {
        return Some(Attached::known(GuardDoes::Authenticates, last, place));
    }
    if last == "CsrfViewMiddleware" {
        return Some(Attached::known(GuardDoes::Csrf, last, place));
    }
    let _ = sources;
    None
}

impl<'a> Project<'a, '_> {
    fn list(&mut self, file: FileId, name: &str, above: &Above, depth: usize) {
        if depth == 0 {
            return;
        }
        let Some(facts) = self.sources.facts.of(file) else { return };
        for (_, patterns) in facts.routes.patterns.iter().filter(|(own, _)| own == name) {
            self.patterns(file, patterns, above, depth);
        }
    }

    fn patterns(&mut self, file: FileId, patterns: &'a [Pattern], above: &Above, depth: usize) {
        for pattern in patterns {
            if self.drafts.len() >= ROUTES {
                return;
            }
            let mut below = above.clone();
            if let Some(text) = &pattern.text {
                below.prefix = extended(&above.prefix, text, pattern.how != "path" && pattern.how != "include");
            } else {
                below.prefix.push_str("{}");
                below.computed = true;
            }
            below.attached.extend(pattern.wrapped.iter().filter_map(|shape| one(file, shape)));
            self.patterns(file, &pattern.nested, &below, depth - usize::from(depth > 0));
            if let Some(included) = &pattern.included {
                self.include(file, included, &below, depth);
            }
            match &pattern.view {
                Some(Shape::Text(text)) => self.textual(file, pattern, text, &below, depth),
                Some(view) => self.view(file, pattern, view, &below),
                None => {}
            }
        }
    }

    /// A list, the patterns of a file, a router or an API.
    fn include(&mut self, file: FileId, included: &Holder, above: &Above, depth: usize) {
        if depth == 0 {
            return;
        }
        if let Some(key) = self.mounts.key(file, included) {
            let hub = &self.mounts.hubs[&key];
            if hub.framework == "drf" {
                self.router(&key, above);
            } else {
                self.apis.entry(key).or_default().push(above.prefix.clone());
            }
            return;
        }
        match included {
            Holder::Variable(Variable::Own(name, None)) => self.list(file, name, above, depth - 1),
            Holder::Named(name) => match self.sources.modules.definition(file, name) {
                Definition::File(other) => self.list(other, "urlpatterns", above, depth - 1),
                Definition::Value { file: other, value } => self.list(other, &value.name, above, depth - 1),
                _ => {}
            },
            _ => {}
        }
    }

    /// `include("app.urls")`, or a view by its dotted name.
    fn textual(&mut self, file: FileId, pattern: &'a Pattern, text: &str, above: &Above, depth: usize) {
        if let Target::File(other) = self.sources.modules.target(file, text) {
            self.list(other, "urlpatterns", above, depth - 1);
        } else {
            let Some(name) = dotted(text, pattern.span) else { return };
            match self.sources.modules.definition(file, &name) {
                Definition::Value { file: other, value } => self.list(other, &value.name, above, depth - 1),
                Definition::Function(_) | Definition::Class { .. } => {
                    self.view(file, pattern, &Shape::Name(name), above);
                }
                _ => {}
            }
        }
    }

    fn view(&mut self, file: FileId, pattern: &Pattern, view: &Shape, above: &Above) {
        for found in self.views(file, view, DEPTH) {
            self.push(file, pattern.span, above, &above.prefix, found);
        }
    }

    fn push(&mut self, file: FileId, span: Span, above: &Above, path: &str, found: Found) {
        let mut attached = self.settings.middleware.clone();
        attached.extend(above.attached.iter().cloned());
        attached.extend(found.attached);
        let unresolved = match () {
            () if above.computed => Some(Unresolved::Path),
            () if !found.known => Some(Unresolved::Handler),
            () => None,
        };
        let path = if path.is_empty() || path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        self.drafts.push(Draft {
            kind: RouteKind::Http,
            method: found.method,
            path: if path.is_empty() { "/".to_owned() } else { path },
            framework: "django",
            file,
            span,
            handler: found.handler,
            attached,
            unresolved,
            public: found.public,
        });
    }

    /// The operations behind a view: functions, classes, and what is wrapped around them.
    fn views(&self, file: FileId, view: &Shape, depth: usize) -> Vec<Found> {
        let modules = self.sources.modules;
        if depth == 0 {
            return vec![Found::unknown()];
        }
        if let (Some(class), Shape::Call(call)) = (as_view(view), view) {
            return django_views::of_class(self, file, &class, Some(call));
        }
        match view {
            // `login_required(View.as_view())`, `ratelimit(…)(view)`.
            Shape::Call(call) => {
                let Some(inner) = call.arguments.first() else { return vec![Found::unknown()] };
                let wrapper = one(file, &call.callee);
                let mut found = self.views(file, inner, depth - 1);
                for one in &mut found {
                    one.attached.splice(0..0, wrapper.iter().cloned());
                }
                found
            }
            Shape::Name(name) => match modules.definition(file, name) {
                Definition::Function(function) => django_views::of_function(self, function),
                Definition::Class { .. } => django_views::of_class(self, file, name, None),
                Definition::Value { file, value } => self.views(file, &value.shape, depth - 1),
                _ => vec![Found::unknown()],
            },
            _ => vec![Found::unknown()],
        }
    }

    /// What `router.register(…)` adds.
    fn router(&mut self, key: &Key, above: &Above) {
        let sources = self.sources;
        let registrations = sources.registrations().filter(|(_, made)| made.method == "register");
        for (file, made) in registrations {
            if made.on.as_ref().and_then(|on| self.mounts.key(file, on)).as_ref() != Some(key) {
                continue;
            }
            let call = &made.call;
            let given = call
                .arguments
                .first()
                .filter(|first| !matches!(first, Shape::Object(_)))
                .or_else(|| call.option("prefix"));
            let text = sources.text(file, given, &made.pieces);
            let viewset = call
                .arguments
                .get(1)
                .filter(|second| !matches!(second, Shape::Object(_)))
                .or_else(|| call.option("viewset"));
            let mut below = above.clone();
            below.computed |= text.is_none();
            let prefix = extended(&above.prefix, text.as_deref().unwrap_or("{}"), true);
            let Some(name) = viewset.and_then(Shape::named) else { continue };
            // A router made with `trailing_slash=False` ends its paths without one.
            let hub = &self.mounts.hubs[key];
            let slash = match hub.made.call.option("trailing_slash") {
                Some(Shape::Boolean(false)) => "",
                _ => "/",
            };
            for (suffix, found) in django_views::of_viewset(self, file, name) {
                let path = match suffix.as_str() {
                    "" => format!("{}{slash}", prefix.trim_end_matches('/')),
                    suffix => format!("{}/{suffix}{slash}", prefix.trim_end_matches('/')),
                };
                self.push(file, made.span, &below, &path, found);
            }
        }
    }
}

/// A pattern below a prefix; a regular expression loses its anchors.
fn extended(prefix: &str, text: &str, regular: bool) -> String {
    if !regular {
        return format!("{prefix}{text}");
    }
    let text = text.strip_prefix('^').unwrap_or(text);
    let text = text.strip_suffix('$').unwrap_or(text);
    let text = text.strip_suffix("\\Z").unwrap_or(text);
    // A slash that may be there is there.
    let text = text.strip_suffix("/?").map_or_else(|| text.to_owned(), |text| format!("{text}/"));
    format!("{prefix}{text}")
}
