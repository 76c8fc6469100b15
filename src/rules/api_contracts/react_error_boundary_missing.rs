//! `react-error-boundary-missing`: a React application catches what fails while it renders.

use crate::{
    facts::next,
    model::{Message, Place, Site, Span, Tone, Verdict},
    repo::{ComponentKind, File, Role},
    rule::{Context, Out, Rule, Visit, Watch},
};

pub(in crate::rules) static RULE: ReactErrorBoundaryMissing = ReactErrorBoundaryMissing;

pub(in crate::rules) struct ReactErrorBoundaryMissing;

/// Names that only an error boundary has, in React itself, in its usual packages and in the routers.
const SIGNS: [&str; 9] = [
    "componentDidCatch",
    "getDerivedStateFromError",
    "react-error-boundary",
    "ErrorBoundary",
    "errorElement",
    "errorComponent",
    "defaultErrorComponent",
    "withErrorBoundary",
    "CatchBoundary",
];

/// Smaller ones are widgets and experiments.
const ENOUGH: usize = 5;

impl Rule for ReactErrorBoundaryMissing {
    fn id(&self) -> &'static str {
        "react-error-boundary-missing"
    }

    fn watch(&self) -> Watch {
        Watch::texts().keywords(&SIGNS)
    }

    fn text(&self, file: &Visit<'_>, out: &mut Out<'_>) {
        let first = SIGNS.iter().filter_map(|sign| Some((file.text.find(sign)?, sign.len()))).min();
        if let Some((start, length)) = first.filter(|_| file.file.language.is_some()) {
            out.good(Place::At(file.file.id, Span::new(start, start + length)), "there");
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let profile = &cx.component.profile;
        if next::folder(cx.repo, cx.component, next::Router::App).is_some() {
            return Verdict::not_applicable("next");
        }
        let draws = |file: &&File| matches!(file.path.extension(), Some("tsx" | "jsx"));
        let components = cx.files(Role::Source).filter(draws).count();
        let application = matches!(cx.component.kind, ComponentKind::WebApp | ComponentKind::HttpService);
        if !application || !profile.has_framework("React") || components < ENOUGH {
            return Verdict::not_applicable("no-react");
        }
        let there = cx.seen.iter().find(|seen| seen.tone == Tone::Good);
        if let Some(seen) = there {
            return Verdict::pass_at(seen.place.clone(), seen.message.clone());
        }
        if next_pages(cx) {
            return Verdict::not_applicable("next");
        }
        if shared(cx) {
            return Verdict::not_applicable("no-react");
        }
        let place =
            main(cx).map_or_else(|| Place::Missing(cx.component.folder().join("src")), |file| Place::File(file.id));
        Verdict::fail(Site::new(place, Message::new("missing").count("n", components)), [])
    }
}

/// Error pages of Next.js, which only its application folder has, whoever declares the framework.
fn next_pages(cx: &Context<'_>) -> bool {
    // Without a place where it is rendered, the application is drawn by another part of the repository.
    let whole = main(cx).is_none();
    let concerned = |file: &&File| file.role == Role::Source && (whole || cx.covers(file.id));
    cx.repo.files().iter().filter(concerned).any(|file| {
        let stem = file.name().split('.').next().unwrap_or_default();
        stem == "global-error" && file.path.extension().is_some_and(|it| it.ends_with('x') || it == "js")
    })
}

/// Another package of the repository draws the frame: what catches its errors may be there.
fn shared(cx: &Context<'_>) -> bool {
    let names: Vec<&str> =
        cx.repo.manifests().iter().filter_map(|manifest| Some(manifest.name.as_ref()?.text.as_str())).collect();
    cx.component.manifests(cx.repo).any(|manifest| {
        manifest.dependencies.iter().any(|dependency| {
            names.contains(&dependency.name.as_str())
                && dependency.version.as_deref().is_some_and(|it| it.starts_with("workspace:") || it == "*")
        })
    })
}

/// Where the application is rendered.
fn main<'a>(cx: &Context<'a>) -> Option<&'a File> {
    let stems = ["main", "index", "App", "app", "root", "_app"];
    cx.repo
        .files_of(cx.component.id)
        .filter(|file| file.role == Role::Source)
        .filter(|file| matches!(file.path.extension(), Some("tsx" | "jsx" | "ts" | "js")))
        .filter(|file| stems.contains(&file.name().split('.').next().unwrap_or_default()))
        .min_by_key(move |file| {
            let stem = file.name().split('.').next().unwrap_or_default();
            (file.path.components().count(), stems.iter().position(|it| *it == stem))
        })
}
