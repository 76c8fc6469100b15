//! `next-route-invalid`: Next.js accepts the tree of routes.

use std::collections::BTreeMap;

use crate::{
    code::{Flags, Kind, Language, NodeRef, Role as NodeRole},
    facts::next::{self, AppFile},
    model::{FileId, Message, Place, Severity, Site, Verdict},
    repo::Component,
    rule::{Context, Out, Rule, Visit, Watch},
};

pub(in crate::rules) static RULE: NextRouteInvalid = NextRouteInvalid;

pub(in crate::rules) struct NextRouteInvalid;

/// What a route file may export: handlers and settings of the segment.
const EXPORTS: [&str; 18] = [
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "DELETE",
    "PATCH",
    "OPTIONS",
    "config",
    "dynamic",
    "dynamicParams",
    "revalidate",
    "fetchCache",
    "runtime",
    "preferredRegion",
    "maxDuration",
    "generateStaticParams",
    "experimental_ppr",
    "unstable_prefetch",
];

impl Rule for NextRouteInvalid {
    fn id(&self) -> &'static str {
        "next-route-invalid"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Export])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        if file.file.name() != "route.ts" || file.file.language != Some(Language::TypeScript) {
            return;
        }
        for name in exported(node) {
            if !EXPORTS.contains(&name) {
                out.bad(file.place(node), Message::new("export").with("name", name)).key.push_str(name);
            }
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let files = next::app_files(cx.repo, cx.component);
        if files.is_empty() {
            return Verdict::not_applicable("no-routes");
        }
        let mut sites = slugs(&files);
        sites.extend(repeated(&files));
        sites.extend(shared_paths(&files));
        if exports_are_checked(cx, cx.component) {
            let routes: Vec<FileId> = files.iter().filter(|file| file.is_route()).map(|file| file.file).collect();
            let of_route = |place: &Place| place.file().is_some_and(|file| routes.contains(&file));
            let found = cx.seen.iter().filter(|seen| of_route(&seen.place));
            sites.extend(found.map(|seen| {
                Site::new(seen.place.clone(), seen.message.clone()).severity(Severity::High).key(seen.key.clone())
            }));
        }
        Verdict::fail_or(sites, || {
            Verdict::pass_at(Place::File(files[0].file), Message::new("fine").count("n", files.len()))
        })
    }
}

/// The type check of the build looks at exports until Next.js 15.4; a build that ignores types does not.
fn exports_are_checked(cx: &Context<'_>, component: &Component) -> bool {
    let Some((_, dependency)) = cx.repo.dependency(component.id, "next") else { return false };
    let version = dependency.version.as_deref().unwrap_or_default().trim_start_matches(['^', '~', '=', 'v', '>', ' ']);
    let mut numbers = version.split('.').map(|part| part.parse::<u32>().ok());
    let (major, minor) = (numbers.next().flatten(), numbers.next().flatten());
    let checked = match (major, minor) {
        (Some(13 | 14), _) => true,
        (Some(15), Some(minor)) => minor < 5 && dependency.version.as_deref().is_some_and(|it| !it.starts_with('^')),
        _ => false,
    };
    checked && next::ignores_type_errors(cx.repo, component).is_none()
}

/// The names of values that an export gives away.
fn exported(export: NodeRef<'_>) -> Vec<&str> {
    if export.has(Flags::TYPE_ONLY) {
        return Vec::new();
    }
    if export.has(Flags::DEFAULT) {
        return vec!["default"];
    }
    let mut names = Vec::new();
    for child in export.children().filter(|child| !child.has(Flags::TYPE_ONLY)) {
        match child.kind() {
            Kind::Function | Kind::Class | Kind::Property => names.push(child.name()),
            Kind::ImportName => names.push(child.child(NodeRole::Target).map_or(child.name(), NodeRef::name)),
            Kind::Assignment => {
                for target in child.children_in(NodeRole::Target) {
                    if target.is(Kind::Identifier) {
                        names.push(target.name());
                    }
                }
            }
            _ => {}
        }
    }
    // `export *` and a bare `export {}` tell nothing; neither does a type that is passed on by its name.
    names.retain(|name| !name.is_empty() && *name != "*" && !is_type_of(export, name));
    names
}

/// `export { Body }` of an interface declared in the same file.
fn is_type_of(export: NodeRef<'_>, name: &str) -> bool {
    export.children().any(|child| {
        child.name() == name
            && child.child(NodeRole::Value).is_some_and(|value| {
                value.binding().is_none_or(|binding| matches!(binding.kind, crate::code::BindingKind::Type))
            })
    })
}

/// Dynamic segments that have two names at one place of the tree.
fn slugs(files: &[AppFile]) -> Vec<Site> {
    // What is before the segment, and whether it takes the rest of the path; then the names with their files.
    let mut seen: BTreeMap<(String, &str), BTreeMap<&str, Vec<FileId>>> = BTreeMap::new();
    for file in files {
        let mut before = String::new();
        for segment in &file.segments {
            if let Some((kind, slug)) = next::dynamic(segment) {
                seen.entry((before.clone(), kind)).or_default().entry(slug).or_default().push(file.file);
                before.push_str("/[]");
            } else {
                before.push('/');
                before.push_str(segment);
            }
        }
    }
    let mut sites = Vec::new();
    for ((before, _), names) in seen {
        let Some((usual, others)) = names.iter().max_by_key(|(_, files)| files.len()).filter(|_| names.len() > 1)
        else {
            continue;
        };
        for (slug, files) in names.iter().filter(|(slug, _)| slug != &usual) {
            let path = if before.is_empty() { "/" } else { &before };
            let message = Message::new("slug").with("slug", *slug).with("other", *usual).with("path", path.to_owned());
            sites.push(Site::new(Place::File(files[0]), message).key(*slug).related(Place::File(others[0]), "other"));
        }
    }
    sites
}

fn repeated(files: &[AppFile]) -> Vec<Site> {
    let mut sites = Vec::new();
    for file in files {
        let slugs: Vec<&str> = file.segments.iter().filter_map(|it| Some(next::dynamic(it)?.1)).collect();
        let twice = slugs.iter().enumerate().find(|(index, slug)| slugs[..*index].contains(slug));
        if let Some((_, slug)) = twice {
            sites.push(Site::new(Place::File(file.file), Message::new("repeated").with("slug", *slug)).key(*slug));
        }
    }
    sites
}

/// Paths for which two files answer: pages of two route groups, or a page and a route.
fn shared_paths(files: &[AppFile]) -> Vec<Site> {
    let mut paths: BTreeMap<&[String], Vec<FileId>> = BTreeMap::new();
    for file in files {
        paths.entry(&file.segments).or_default().push(file.file);
    }
    let shared = paths.into_iter().filter(|(_, files)| files.len() > 1);
    shared
        .map(|(segments, files)| {
            let path = format!("/{}", segments.join("/"));
            let message = Message::new("same-path").with("path", path.clone());
            Site::new(Place::File(files[1]), message).key(path).related(Place::File(files[0]), "also")
        })
        .collect()
}
