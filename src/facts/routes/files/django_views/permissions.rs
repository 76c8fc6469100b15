//! Who may call a view of Django REST framework: its permission classes, in the class, its bases or the settings.

use super::super::{
    GuardDoes, Public,
    django::Project,
    draft::{Attached, What, spelled},
    fastapi::{class_of, span_of},
    flask::method_in,
};
use super::{DEPTH, PERMISSION};
use crate::{
    facts::modules::{Class, FunctionId, Modules, Name, Shape},
    model::{FileId, Place},
};

/// What permission classes do to one request.
#[derive(Default)]
pub(super) struct Permission {
    pub(super) attached: Vec<Attached>,
    open: bool,
}

impl Permission {
    /// The code says that everybody may call it.
    pub(super) fn public(&self) -> Option<Public> {
        self.open.then_some(Public::Declared)
    }
}

pub(super) enum Permissions<'a> {
    Listed(FileId, &'a Shape),
    Chosen(FunctionId),
}

/// The nearest class that says who may call.
pub(super) fn permission_source<'a>(
    modules: Modules<'a>,
    file: FileId,
    class: &'a Class,
    depth: usize,
) -> Option<Permissions<'a>> {
    let module = modules.file(file)?;
    let chosen = module.functions.iter().position(|function| {
        function.name == "get_permissions"
            && class.span.start <= function.span.start
            && function.span.end <= class.span.end
    });
    if let Some(index) = chosen {
        return Some(Permissions::Chosen(FunctionId { file, index }));
    }
    if let Some((_, listed)) = class.fields.iter().find(|(name, _)| name == "permission_classes") {
        return Some(Permissions::Listed(file, listed));
    }
    class.bases.iter().filter(|_| depth > 0).find_map(|base| {
        let (file, class) = class_of(modules, file, base)?;
        permission_source(modules, file, class, depth - 1)
    })
}

pub(super) fn default_permissions(project: &Project<'_, '_>, method: &str) -> Permission {
    match &project.settings.permissions {
        Some((file, listed)) => permissions_of(project.sources.modules, *file, listed, method, DEPTH),
        // Without a setting REST framework lets everybody in, and nobody has said so.
        None => Permission::default(),
    }
}

/// `permission_classes = [IsAuthenticated, IsOwner]`: all of them must agree.
pub(super) fn permissions_of(
    modules: Modules<'_>,
    file: FileId,
    listed: &Shape,
    method: &str,
    depth: usize,
) -> Permission {
    let mut permission = Permission::default();
    let items: &[Shape] = match listed {
        Shape::Array(items) => items,
        one => std::slice::from_ref(one),
    };
    for item in items {
        let place = span_of(item).map_or(Place::File(file), |span| Place::At(file, span));
        let name = spelled(item);
        let last = match item {
            Shape::Text(text) => text.rsplit('.').next().unwrap_or(text).to_owned(),
            item => item.named().map(|name| name.last().to_owned()).unwrap_or_default(),
        };
        let own = match item {
            Shape::Text(text) => super::super::fastapi::dotted(text, crate::model::Span { start: 0, end: 0 })
                .and_then(|name| class_of(modules, file, &Shape::Name(name))),
            item => class_of(modules, file, item),
        };
        let does = match own {
            Some((file, class)) => own_permission(modules, file, class, method, depth),
            None => known_permission(&last, method),
        };
        match does {
            Does::Open => permission.open = true,
            Does::Nothing => {}
            Does::Guards(does) => {
                permission.attached.push(Attached {
                    name: format!("{PERMISSION}{name}"),
                    place,
                    what: What::Known(does),
                });
            }
        }
    }
    if items.is_empty() && matches!(listed, Shape::Array(_)) {
        permission.open = true;
    }
    permission.open &= permission.attached.is_empty();
    permission
}

/// What one permission class does.
enum Does {
    Open,
    Nothing,
    Guards(GuardDoes),
}

fn known_permission(last: &str, method: &str) -> Does {
    let safe = matches!(method, "GET" | "HEAD" | "OPTIONS");
    match last {
        "AllowAny" => Does::Open,
        "IsAuthenticated" | "IsAuthenticatedOrTokenHasScope" | "TokenHasScope" | "TokenHasReadWriteScope" => {
            Does::Guards(GuardDoes::Authenticates)
        }
        "IsAuthenticatedOrReadOnly" | "DjangoModelPermissionsOrAnonReadOnly" if safe => Does::Open,
        "IsAuthenticatedOrReadOnly" => Does::Guards(GuardDoes::Authenticates),
        "HasAPIKey" => Does::Guards(GuardDoes::Verifies),
        "IsAdminUser"
        | "DjangoModelPermissions"
        | "DjangoObjectPermissions"
        | "DjangoModelPermissionsOrAnonReadOnly" => Does::Guards(GuardDoes::Authorizes),
        "" => Does::Guards(GuardDoes::Unknown),
        last if last.contains("ReadOnly") && safe => Does::Nothing,
        // A permission class is written to refuse.
        _ => Does::Guards(GuardDoes::Authorizes),
    }
}

fn own_permission(modules: Modules<'_>, file: FileId, class: &Class, method: &str, depth: usize) -> Does {
    let refuses = ["has_permission"].iter().any(|name| method_in(modules, file, class, name, 0).is_some());
    let safe = matches!(method, "GET" | "HEAD" | "OPTIONS");
    if refuses {
        return if class.name.contains("ReadOnly") && safe {
            Does::Nothing
        } else {
            Does::Guards(GuardDoes::Authorizes)
        };
    }
    for base in class.bases.iter().filter(|_| depth > 0) {
        let found = match class_of(modules, file, base) {
            Some((file, class)) => own_permission(modules, file, class, method, depth - 1),
            None => match base.named().map_or("", Name::last) {
                "BasePermission" | "object" | "" => Does::Nothing,
                last => known_permission(last, method),
            },
        };
        if !matches!(found, Does::Nothing) {
            return found;
        }
    }
    Does::Nothing
}

/// `get_permissions` chooses by action: what every choice does holds, else nobody knows.
pub(super) fn chosen(modules: Modules<'_>, function: FunctionId, _method: &str) -> Permission {
    let name = "get_permissions".to_owned();
    let place = modules.place(function);
    let names: Vec<&str> = modules.calls(function).map(|call| call.callee.last()).collect();
    let all = names.contains(&"IsAuthenticated") && !names.contains(&"AllowAny") && !names.contains(&"super");
    let does = if all { GuardDoes::Authenticates } else { GuardDoes::Unknown };
    Permission {
        attached: vec![Attached { name: format!("{PERMISSION}{name}"), place, what: What::Known(does) }],
        open: false,
    }
}
