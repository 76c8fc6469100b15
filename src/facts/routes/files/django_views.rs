//! Which methods a Django view answers and what stands before it: decorators, mixins, permission classes.

mod permissions;
use permissions::{Permissions, chosen, default_permissions, permission_source, permissions_of};

use super::{
    GuardDoes, Public,
    django::Project,
    draft::{Attached, What},
    fastapi::{class_of, span_of, texts},
    flask::{method_in, one},
};

use crate::{
    facts::modules::{CallShape, Class, Definition, FunctionId, Modules, Name, Shape},
    model::{FileId, Place},
};

/// Classes that a view extends, one above the other.
const DEPTH: usize = 10;

const VERBS: &[&str] = &["get", "post", "put", "patch", "delete", "head", "options"];

/// One operation of a view.
pub(super) struct Found {
    pub method: String,
    pub handler: Option<FunctionId>,
    pub attached: Vec<Attached>,
    pub public: Option<Public>,
    /// The view itself was found.
    pub known: bool,
}

impl Found {
    pub(super) fn unknown() -> Self {
        Self { method: "ALL".to_owned(), handler: None, attached: Vec::new(), public: None, known: false }
    }
}

/// A view that is a function.
pub(super) fn of_function(project: &Project<'_, '_>, id: FunctionId) -> Vec<Found> {
    let modules = project.sources.modules;
    let function = modules.function(id);
    let mut attached = Vec::new();
    let mut methods: Vec<String> = Vec::new();
    let mut permissions = None;
    let mut rest = false;
    for decorator in &function.decorators {
        let Some(name) = decorator.named() else { continue };
        let first = match decorator {
            Shape::Call(call) => call.arguments.first(),
            _ => None,
        };
        match name.last() {
            "require_http_methods" | "require_methods" => methods = first.map(texts).unwrap_or_default(),
            "require_GET" => methods = vec!["GET".to_owned()],
            "require_POST" => methods = vec!["POST".to_owned()],
            "require_safe" => methods = vec!["GET".to_owned(), "HEAD".to_owned()],
            "api_view" => {
                rest = true;
                methods =
                    first.map(texts).filter(|listed| !listed.is_empty()).unwrap_or_else(|| vec!["GET".to_owned()]);
            }
            "permission_classes" => permissions = first,
            "throttle_classes" => {
                let place = span_of(decorator).map_or(modules.place(id), |span| Place::At(id.file, span));
                attached.push(Attached::known(GuardDoes::RateLimits, "throttle_classes", place));
            }
            _ => attached.extend(one(id.file, decorator)),
        }
    }
    if methods.is_empty() {
        methods.push("ALL".to_owned());
    }
    methods
        .into_iter()
        .map(|method| {
            let mut found = Found { method, handler: Some(id), attached: attached.clone(), public: None, known: true };
            if rest {
                let permission = match permissions {
                    Some(listed) => permissions_of(modules, id.file, listed, &found.method, DEPTH),
                    None => default_permissions(project, &found.method),
                };
                found.public = permission.public();
                found.attached.extend(permission.attached);
                throttle(project, &mut found.attached);
            }
            found
        })
        .collect()
}

/// A view that is a class; `call` is its `as_view(…)`.
pub(super) fn of_class(project: &Project<'_, '_>, file: FileId, name: &Name, call: Option<&CallShape>) -> Vec<Found> {
    let modules = project.sources.modules;
    let Definition::Class { file: at, class } = modules.definition(file, name) else {
        // A view of a package: Django's own log-in, password reset and the like.
        return vec![packaged(file, name)];
    };
    if let Some(Shape::Object(entries)) = call.and_then(|call| call.arguments.first()) {
        // `as_view({"get": "list"})` of a view set.
        let bound: Vec<(String, String)> = entries
            .iter()
            .filter(|(verb, _)| VERBS.contains(&verb.as_str()))
            .filter_map(|(verb, action)| Some((verb.clone(), action.as_text()?.to_owned())))
            .collect();
        if !bound.is_empty() {
            return bound
                .into_iter()
                .map(|(verb, action)| {
                    let handler = method_in(modules, at, class, &action, DEPTH);
                    operation(project, at, class, verb.to_uppercase(), handler)
                })
                .collect();
        }
    }
    let mut methods: Vec<(String, Option<FunctionId>)> = Vec::new();
    for verb in VERBS {
        if let Some(handler) = method_in(modules, at, class, verb, DEPTH) {
            methods.push((verb.to_uppercase(), Some(handler)));
        }
    }
    for verb in generic_methods(modules, at, class, DEPTH) {
        if !methods.iter().any(|(method, _)| *method == verb) {
            methods.push((verb.to_owned(), None));
        }
    }
    if let Some(listed) = class.fields.iter().find(|(name, _)| name == "http_method_names") {
        let listed = texts(&listed.1);
        if !listed.is_empty() {
            methods.retain(|(method, _)| listed.iter().any(|one| one.eq_ignore_ascii_case(method)));
        }
    }
    if methods.is_empty() {
        let handler = method_in(modules, at, class, "dispatch", DEPTH);
        methods.push(("ALL".to_owned(), handler));
    }
    // `View.as_view(login_required=True)`, an option of the project's own base class.
    let required = call.and_then(|call| call.option("login_required")) == Some(&Shape::Boolean(true));
    let redirects = only_redirects(modules, at, class);
    methods
        .into_iter()
        .map(|(method, handler)| {
            let mut found = operation(project, at, class, method, handler);
            if redirects {
                found.public = Some(Public::Static);
            }
            if required {
                let place = Place::At(file, name.span);
                found.attached.push(Attached::known(GuardDoes::Authenticates, "login_required", place));
            }
            found
        })
        .collect()
}

fn is_of_django(name: &Name) -> bool {
    name.module().is_some_and(|module| module.starts_with("django."))
}

/// Whether a class adds nothing to Django's own `RedirectView` but where it leads.
fn only_redirects(modules: Modules<'_>, file: FileId, class: &Class) -> bool {
    let django = |base: &Shape| base.named().is_some_and(|name| name.last() == "RedirectView" && is_of_django(name));
    class.bases.iter().any(django)
        && modules
            .file(file)
            .is_some_and(|module| !module.functions.iter().any(|function| function.class == class.name))
}

fn packaged(file: FileId, name: &Name) -> Found {
    let last = name.last();
    let method = match generic(last) {
        [one] => one,
        _ => "ALL",
    };
    let mut found = Found { method: method.to_owned(), attached: Vec::new(), known: true, ..Found::unknown() };
    match last {
        "PasswordChangeView" | "PasswordChangeDoneView" => {
            found.attached.push(Attached::known(GuardDoes::Authenticates, last, Place::At(file, name.span)));
        }
        "LoginView" | "LogoutView" => found.public = Some(Public::Authentication),
        // The address that it leads to is another route.
        "RedirectView" if is_of_django(name) => found.public = Some(Public::Static),
        last if last.starts_with("PasswordReset") || last.starts_with("Token") => {
            found.public = Some(Public::Authentication);
        }
        // What other packages' views ask for is not known here.
        _ if !is_of_django(name) => found.known = false,
        _ => {}
    }
    found
}

/// The operations that a router adds for a view set, each with the path behind its prefix.
pub(super) fn of_viewset(project: &Project<'_, '_>, file: FileId, name: &Name) -> Vec<(String, Found)> {
    let modules = project.sources.modules;
    let Definition::Class { file: at, class } = modules.definition(file, name) else {
        return vec![(String::new(), Found::unknown())];
    };
    let lookup = field_text(modules, at, class, "lookup_url_kwarg", DEPTH)
        .or_else(|| field_text(modules, at, class, "lookup_field", DEPTH))
        .unwrap_or_else(|| "pk".to_owned());
    let detail = format!("{{{lookup}}}");
    let given = actions(modules, at, class, DEPTH);
    let limited: Option<Vec<String>> =
        class.fields.iter().find(|(name, _)| name == "http_method_names").map(|(_, shape)| texts(shape));
    let mut found = Vec::new();
    let standard = [
        ("list", "GET", ""),
        ("create", "POST", ""),
        ("retrieve", "GET", detail.as_str()),
        ("update", "PUT", detail.as_str()),
        ("partial_update", "PATCH", detail.as_str()),
        ("destroy", "DELETE", detail.as_str()),
    ];
    for (action, method, suffix) in standard {
        let handler = method_in(modules, at, class, action, DEPTH);
        let allowed = limited.as_ref().is_none_or(|listed| listed.iter().any(|one| one.eq_ignore_ascii_case(method)));
        if (handler.is_some() || given.contains(&action)) && allowed {
            found.push((suffix.to_owned(), operation(project, at, class, method.to_owned(), handler)));
        }
    }
    extra_actions(project, at, class, &detail, DEPTH, &mut found);
    if found.is_empty() {
        found.push((String::new(), Found { known: false, ..operation(project, at, class, "ALL".to_owned(), None) }));
    }
    found
}

/// `@action(detail=True, methods=["post"])`.
fn extra_actions(
    project: &Project<'_, '_>,
    file: FileId,
    class: &Class,
    detail: &str,
    depth: usize,
    found: &mut Vec<(String, Found)>,
) {
    let modules = project.sources.modules;
    collect_actions(modules, file, class, depth, &mut |id, call| {
        let function = modules.function(id);
        let path = call.option("url_path").and_then(Shape::as_text).unwrap_or(&function.name).to_owned();
        let path = path.strip_prefix('^').unwrap_or(&path).trim_end_matches('$').to_owned();
        let on_one = match call.option("detail") {
            Some(Shape::Boolean(one)) => *one,
            _ => call.callee.named().is_some_and(|name| name.last() == "detail_route"),
        };
        let suffix = if on_one { format!("{detail}/{path}") } else { path };
        let mut methods: Vec<String> = call.option("methods").map(texts).unwrap_or_default();
        if methods.is_empty() {
            methods.push("get".to_owned());
        }
        // The other methods of an action: `@name.mapping.delete`.
        for method in methods {
            let mut operation = operation(project, file, class, method.to_uppercase(), Some(id));
            if let Some(listed) = call.option("permission_classes") {
                let permission = permissions_of(modules, id.file, listed, &operation.method, DEPTH);
                operation.attached.retain(|attached| !attached.name.starts_with(PERMISSION));
                operation.public = permission.public();
                operation.attached.extend(permission.attached);
            }
            found.push((suffix.clone(), operation));
        }
    });
}

fn collect_actions(
    modules: Modules<'_>,
    file: FileId,
    class: &Class,
    depth: usize,
    found: &mut dyn FnMut(FunctionId, &CallShape),
) {
    let Some(module) = modules.file(file).filter(|_| depth > 0) else { return };
    for (index, function) in module.functions.iter().enumerate() {
        let inside = class.span.start <= function.span.start && function.span.end <= class.span.end;
        if !inside || function.class != class.name {
            continue;
        }
        for decorator in &function.decorators {
            if let Shape::Call(call) = decorator {
                let name = call.callee.named().map_or("", Name::last);
                if matches!(name, "action" | "list_route" | "detail_route") {
                    found(FunctionId { file, index }, call);
                }
            }
        }
    }
    for base in &class.bases {
        if let Some((file, class)) = class_of(modules, file, base) {
            collect_actions(modules, file, class, depth - 1, found);
        }
    }
}

/// What one method of a class has in front of it.
fn operation(
    project: &Project<'_, '_>,
    file: FileId,
    class: &Class,
    method: String,
    handler: Option<FunctionId>,
) -> Found {
    let modules = project.sources.modules;
    let mut attached = Vec::new();
    class_guards(modules, file, class, DEPTH, &mut attached);
    if let Some(handler) = handler {
        for decorator in &modules.function(handler).decorators {
            attached.extend(decorated(handler.file, decorator));
        }
    }
    let mut public = None;
    if is_rest(modules, file, class, DEPTH) {
        let permission = match permission_source(modules, file, class, DEPTH) {
            Some(Permissions::Listed(at, listed)) => permissions_of(modules, at, listed, &method, DEPTH),
            Some(Permissions::Chosen(function)) => chosen(modules, function, &method),
            None => default_permissions(project, &method),
        };
        public = permission.public();
        attached.extend(permission.attached);
        match field(modules, file, class, "throttle_classes", DEPTH) {
            Some((at, Shape::Array(items))) if !items.is_empty() => {
                let place =
                    items.iter().find_map(span_of).map_or(Place::At(file, class.span), |span| Place::At(at, span));
                attached.push(Attached::known(GuardDoes::RateLimits, "throttle_classes", place));
            }
            Some(_) => {}
            None => throttle(project, &mut attached),
        }
    }
    if !attached.iter().any(|one| matches!(one.what, What::Known(_)))
        && let Some(span) = foreign(modules, file, class, DEPTH)
    {
        attached.push(Attached::known(GuardDoes::Unknown, class.name.as_str(), span));
    }
    Found { method, handler, attached, public, known: true }
}

/// A class that a view extends and that nobody can look into.
fn foreign(modules: Modules<'_>, file: FileId, class: &Class, depth: usize) -> Option<Place> {
    class.bases.iter().find_map(|base| {
        let at = Place::At(file, span_of(base).unwrap_or(class.span));
        let Some(name) = base.named() else { return Some(at) };
        let trusted = name.module().and_then(|module| module.split('.').next());
        if matches!(trusted, Some("django" | "rest_framework" | "typing" | "abc"))
            || matches!(name.last(), "object" | "Generic")
        {
            return None;
        }
        match modules.definition(file, name) {
            Definition::Class { file, class } if depth > 0 => foreign(modules, file, class, depth - 1),
            Definition::Package if !crate::facts::access::could_guard(name.last()) => None,
            _ => Some(at),
        }
    })
}

fn throttle(project: &Project<'_, '_>, attached: &mut Vec<Attached>) {
    if let Some(place) = &project.settings.throttled {
        attached.push(Attached::known(GuardDoes::RateLimits, "DEFAULT_THROTTLE_CLASSES", place.clone()));
    }
}

/// `@method_decorator(login_required)`, and any other decorator.
fn decorated(file: FileId, decorator: &Shape) -> Vec<Attached> {
    let Shape::Call(call) = decorator else { return one(file, decorator).into_iter().collect() };
    match call.callee.named().map_or("", Name::last) {
        "action" | "list_route" | "detail_route" | "property" | "extend_schema" => Vec::new(),
        "method_decorator" => match call.arguments.first() {
            Some(Shape::Array(items)) => items.iter().filter_map(|item| one(file, item)).collect(),
            Some(first) => one(file, first).into_iter().collect(),
            None => Vec::new(),
        },
        _ => one(file, decorator).into_iter().collect(),
    }
}

/// Decorators, mixins and `dispatch` of a class and of those it extends.
fn class_guards(modules: Modules<'_>, file: FileId, class: &Class, depth: usize, found: &mut Vec<Attached>) {
    for decorator in &class.decorators {
        found.extend(decorated(file, decorator));
    }
    for base in &class.bases {
        let Some(name) = base.named() else { continue };
        let place = Place::At(file, name.span);
        match modules.definition(file, name) {
            Definition::Class { file, class } if depth > 0 => class_guards(modules, file, class, depth - 1, found),
            _ => match name.last() {
                "LoginRequiredMixin" | "StaffuserRequiredMixin" => {
                    found.push(Attached::known(GuardDoes::Authenticates, name.last(), place));
                }
                "PermissionRequiredMixin" | "UserPassesTestMixin" | "SuperuserRequiredMixin" | "GroupRequiredMixin" => {
                    found.push(Attached::known(GuardDoes::Authorizes, name.last(), place));
                }
                _ => {}
            },
        }
    }
    for name in ["dispatch", "initial", "check_permissions"] {
        let Some(module) = modules.file(file) else { continue };
        let own = module.functions.iter().position(|function| {
            function.name == name && class.span.start <= function.span.start && function.span.end <= class.span.end
        });
        if let Some(index) = own {
            let id = FunctionId { file, index };
            found.push(Attached {
                name: format!("{}.{name}", class.name),
                place: modules.place(id),
                what: What::Function(id),
            });
            for decorator in &modules.function(id).decorators {
                found.extend(decorated(file, decorator));
            }
        }
    }
}

fn field<'a>(
    modules: Modules<'a>,
    file: FileId,
    class: &'a Class,
    name: &str,
    depth: usize,
) -> Option<(FileId, &'a Shape)> {
    if let Some((_, shape)) = class.fields.iter().find(|(own, _)| own == name) {
        return Some((file, shape));
    }
    class.bases.iter().filter(|_| depth > 0).find_map(|base| {
        let (file, class) = class_of(modules, file, base)?;
        field(modules, file, class, name, depth - 1)
    })
}

fn field_text(modules: Modules<'_>, file: FileId, class: &Class, name: &str, depth: usize) -> Option<String> {
    match class.fields.iter().find(|(own, _)| own == name) {
        Some((_, shape)) => shape.as_text().map(str::to_owned),
        None => class.bases.iter().filter(|_| depth > 0).find_map(|base| {
            let (file, class) = class_of(modules, file, base)?;
            field_text(modules, file, class, name, depth - 1)
        }),
    }
}

/// Begins the name of each guard that is a permission class.
const PERMISSION: &str = "permission ";

/// A view of REST framework.
fn is_rest(modules: Modules<'_>, file: FileId, class: &Class, depth: usize) -> bool {
    class.bases.iter().any(|base| {
        let Some(name) = base.named() else { return false };
        if name.module().is_some_and(|module| module.starts_with("rest_framework") || module.starts_with("drf")) {
            return true;
        }
        match modules.definition(file, name) {
            Definition::Class { file, class } if depth > 0 => is_rest(modules, file, class, depth - 1),
            Definition::Package | Definition::Unknown => {
                name.last().ends_with("APIView") || name.last().ends_with("ViewSet")
            }
            _ => false,
        }
    })
}

/// The actions that a view set inherits from the framework.
fn actions(modules: Modules<'_>, file: FileId, class: &Class, depth: usize) -> Vec<&'static str> {
    let mut found = Vec::new();
    for base in &class.bases {
        let Some(name) = base.named() else { continue };
        match modules.definition(file, name) {
            Definition::Class { file, class } if depth > 0 => found.extend(actions(modules, file, class, depth - 1)),
            _ => {
                let last = name.last();
                let given: &[&str] = match last {
                    "ListModelMixin" => &["list"],
                    "CreateModelMixin" => &["create"],
                    "RetrieveModelMixin" => &["retrieve"],
                    "UpdateModelMixin" => &["update", "partial_update"],
                    "DestroyModelMixin" => &["destroy"],
                    last if last.contains("ReadOnlyModelViewSet") => &["list", "retrieve"],
                    last if last.ends_with("ModelViewSet") => {
                        &["list", "create", "retrieve", "update", "partial_update", "destroy"]
                    }
                    _ => &[],
                };
                found.extend(given);
            }
        }
    }
    found
}

/// The methods that a class inherits from the framework's generic views.
fn generic_methods(modules: Modules<'_>, file: FileId, class: &Class, depth: usize) -> Vec<&'static str> {
    let mut found = Vec::new();
    for base in &class.bases {
        let Some(name) = base.named() else { continue };
        match modules.definition(file, name) {
            Definition::Class { file, class } if depth > 0 => {
                found.extend(generic_methods(modules, file, class, depth - 1));
            }
            _ => found.extend(generic(name.last())),
        }
    }
    found
}

fn generic(last: &str) -> &'static [&'static str] {
    match last {
        "TemplateView" | "DetailView" | "ListView" | "ArchiveIndexView" | "RetrieveAPIView" | "ListAPIView"
        | "Feed" => &["GET"],
        "UpdateView"
        | "DeleteView"
        | "LoginView"
        | "PasswordResetView"
        | "PasswordChangeView"
        | "ListCreateAPIView"
        | "PasswordResetConfirmView" => &["GET", "POST"],
        // Asked by GET the views of forms show one with nothing in it.
        "FormView" | "CreateView" | "CreateAPIView" => &["POST"],
        "UpdateAPIView" => &["PUT", "PATCH"],
        "DestroyAPIView" => &["DELETE"],
        "RetrieveUpdateAPIView" => &["GET", "PUT", "PATCH"],
        "RetrieveDestroyAPIView" => &["GET", "DELETE"],
        "RetrieveUpdateDestroyAPIView" => &["GET", "PUT", "PATCH", "DELETE"],
        _ => &[],
    }
}
