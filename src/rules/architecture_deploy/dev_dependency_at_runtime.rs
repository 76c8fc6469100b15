//! `dev-dependency-at-runtime`: what production loads is not declared for development only.
//!
//! Packages that nobody declares are `undeclared-dependency`'s.

use std::collections::BTreeSet;

use crate::{
    facts::{
        Fact,
        commands::Stage,
        images,
        modules::ImportWay,
        packages::{self, Declared, PackageUse},
    },
    model::{Confidence, Message, Place, Severity, Site, Verdict},
    repo::{Dependency, Ecosystem, Manifest},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: DevDependencyAtRuntime = DevDependencyAtRuntime;

pub(in crate::rules) struct DevDependencyAtRuntime;

impl Rule for DevDependencyAtRuntime {
    fn id(&self) -> &'static str {
        "dev-dependency-at-runtime"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Modules, Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if !cx.component.kind.is_deployable() {
            return Verdict::not_applicable("not-deployed");
        }
        if let Some(bundler) = bundler(cx) {
            return Verdict::not_applicable(Message::new("bundled").with("bundler", bundler));
        }
        let uses = packages::uses(cx.repo, cx.facts, cx.component);
        let judged: Vec<(&PackageUse<'_>, &Manifest, &Dependency)> = uses
            .iter()
            .filter_map(|used| match used.declared {
                Declared::Here(manifest, dependency) if is_npm(manifest) => Some((used, manifest, dependency)),
                _ => None,
            })
            .collect();
        if judged.is_empty() {
            return Verdict::not_applicable("none");
        }
        let pruned = pruned(cx);
        let next = cx.repo.dependency(cx.component.id, "next").is_some();
        let (mut sites, mut seen) = (Vec::new(), BTreeSet::new());
        for (used, manifest, dependency) in &judged {
            if !dependency.is_dev() || !is_loaded(cx, used) || !seen.insert(&used.package) {
                continue;
            }
            let message = Message::new(if pruned.is_some() { "pruned" } else { "dev" }).with("package", &used.package);
            // What Next.js puts into its bundle was there when it was built.
            let severity = match (&pruned, next) {
                (Some(_), false) => Severity::High,
                (Some(_), true) | (None, _) => Severity::Low,
            };
            let site = Site::new(Place::At(used.file, used.import.span), message).severity(severity);
            let site = site.confidence(Confidence::Likely).key(&used.package);
            let site = site.related(manifest.place(dependency.span), "declared");
            sites.push(match &pruned {
                Some(place) => site.related(place.clone(), "install"),
                None => site,
            });
        }
        let packages: BTreeSet<&str> = judged.iter().map(|(used, ..)| used.package.as_str()).collect();
        let (total, ok) = (packages.len(), packages.len() - sites.len().min(packages.len()));
        Verdict::fail_or(sites, || Verdict::pass(cx.searched(Message::new("fine").count("n", total), judged.len()), []))
            .sites(total, ok)
    }
}

fn is_npm(manifest: &Manifest) -> bool {
    manifest.ecosystem == Ecosystem::Npm
}

/// A tool that puts everything the component imports into its own files when it is built.
fn bundler(cx: &Context<'_>) -> Option<&'static str> {
    const PACKAGES: [&str; 8] =
        ["@sveltejs/kit", "@angular/core", "react-scripts", "astro", "nuxt", "gatsby", "vite", "@vercel/ncc"];
    const COMMANDS: [&str; 7] = ["esbuild ", "tsup", "ncc build", "webpack", "rollup", "bun build", "vite build"];
    // In a workspace with one manifest, what the root declares is the front end's.
    let front = images::is_static_site(cx.repo, cx.component);
    let declared = PACKAGES.into_iter().find(|name| {
        let own = cx.component.manifests(cx.repo).find_map(|manifest| manifest.dependency(name));
        own.is_some() || front && cx.repo.dependency(cx.component.id, name).is_some()
    });
    declared.or_else(|| {
        let scripts: Vec<&str> = cx
            .component
            .manifests(cx.repo)
            .flat_map(|manifest| &manifest.scripts)
            .filter(|script| script.name.contains("build"))
            .map(|script| script.command.as_str())
            .collect();
        COMMANDS
            .into_iter()
            .find(|tool| scripts.iter().any(|script| script.contains(tool) && !script.contains("--packages=external")))
    })
}

/// The installation without packages for development.
fn pruned(cx: &Context<'_>) -> Option<Place> {
    let component = cx.component.folder();
    cx.facts
        .commands(cx.repo)
        .iter()
        .filter(|used| matches!(used.stage, Stage::ImageBuild | Stage::PlatformStart))
        .filter(|used| {
            let file = cx.repo.file(used.file);
            file.role.is_operational() && (file.component == cx.component.id || component.as_str().is_empty())
        })
        .find(|used| {
            let text = used.text();
            let manager = ["npm ", "pnpm ", "yarn "].iter().any(|manager| text.starts_with(manager));
            let without = ["--omit=dev", "--omit dev", "--production", "--prod", "--only=production", "--only=prod"];
            manager && without.iter().any(|option| text.contains(option))
        })
        .map(crate::facts::commands::CommandUse::place)
}

/// Whether the import is there when the program runs: TypeScript drops those that only types need.
fn is_loaded(cx: &Context<'_>, used: &PackageUse<'_>) -> bool {
    let file = cx.repo.file(used.file);
    if file.name().contains(".config.") || file.name().starts_with('.') || file.name().contains(".d.ts") {
        return false;
    }
    let import = used.import;
    match import.way {
        ImportWay::Required => return true,
        ImportWay::Static => {}
        _ => return false,
    }
    if import.local.is_empty() {
        return true;
    }
    let called = cx
        .facts
        .modules(cx.repo)
        .file(used.file)
        .is_some_and(|facts| facts.calls.iter().any(|call| call.callee.module() == Some(import.module.as_str())));
    let rendered = || {
        let tag = format!("<{}", import.local);
        cx.repo.read(used.file).is_ok_and(|text| {
            text.match_indices(&tag).any(|(at, _)| {
                let before = text[..at].chars().next_back();
                let after = text[at + tag.len()..].chars().next();
                // A type argument follows a name without a space.
                before.is_none_or(|char| !char.is_alphanumeric()) && matches!(after, Some(' ' | '/' | '>' | '\n' | '.'))
            })
        })
    };
    called || (matches!(file.path.extension(), Some("tsx" | "jsx")) && rendered())
}
