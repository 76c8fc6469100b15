//! `env-validation-missing`: a service checks its environment when it starts.

use crate::{
    facts::{
        Fact, FileFacts,
        environment::{Demand, EnvRead, Fallback, Via},
        variables::{self, Variable},
    },
    model::{Confidence, Evidence, FileId, Message, Place, Severity, Site, Verdict},
    repo::{ComponentKind, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: EnvValidationMissing = EnvValidationMissing;

pub(in crate::rules) struct EnvValidationMissing;

/// Places that a finding names besides the first.
const RELATED: usize = 8;

impl Rule for EnvValidationMissing {
    fn id(&self) -> &'static str {
        "env-validation-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Environment]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if !cx.component.kind.is_deployable() {
            return Verdict::not_applicable("not-deployed");
        }
        let all = variables::read(cx.repo, cx.facts);
        let own: Vec<&Variable<'_>> =
            all.iter().filter(|one| !variables::is_given(&one.name) && first(cx, one).is_some()).collect();
        let few = cx.whole("variables");
        if own.len() < few {
            return Verdict::not_applicable("few");
        }
        // A browser has no environment: the build fills these in.
        if own.iter().all(|one| variables::public_prefix(&one.name).is_some()) {
            return Verdict::not_applicable("browser");
        }
        let needed: Vec<&Variable<'_>> = own
            .iter()
            .copied()
            .filter(|one| {
                !one.has_default() && !one.is_set_by_program() && variables::public_prefix(&one.name).is_none()
            })
            .filter(|one| is_bare(cx, one))
            .collect();
        let checked = checks(cx, &all);
        let covered = needed.iter().filter(|one| one.demanded().is_some() || one.checked().is_some()).count();
        let detail = Message::new("detail").count("checked", covered).count("n", needed.len());
        if let Some((place, key)) = checked.first() {
            // A schema that is read here lists what it checks; it may be that of one feature.
            let listed = own.iter().any(|one| one.reads.iter().any(|(_, read)| read.via == Via::Schema));
            let whole = checked.iter().any(|(_, key)| *key == "listed" || *key == "whole" && !listed);
            if !whole && covered * 2 < needed.len() {
                return Verdict::unknown("partly").detail(detail);
            }
            let evidence = checked
                .iter()
                .take(RELATED)
                .map(|(place, key)| Evidence::At { place: place.clone(), note: Message::new(*key) });
            return Verdict::pass_or(evidence.collect(), || Verdict::pass_at(place.clone(), *key)).detail(detail);
        }
        let looked = |(file, facts): (FileId, &FileFacts)| !facts.environment_looks.is_empty() && is_near(cx, file);
        if cx.facts.files().any(looked) {
            return Verdict::unknown("partly").detail(detail);
        }
        if covered > 0 && needed.len() < covered * 8 {
            return Verdict::unknown("partly").detail(detail);
        }
        let open: Vec<&Variable<'_>> =
            needed.into_iter().filter(|one| one.demanded().is_none() && one.checked().is_none()).collect();
        if open.len() < few {
            return Verdict::not_applicable("defaults");
        }
        // The one whose absence hurts most comes first.
        let Some(worst) = open.iter().copied().find(|one| one.is_secret()).or_else(|| open.first().copied()) else {
            return Verdict::not_applicable("defaults");
        };
        let Some(place) = first(cx, worst) else { return Verdict::not_applicable("defaults") };
        let names: Vec<&str> = open.iter().take(RELATED).map(|one| one.name.as_str()).collect();
        let message = Message::new("unchecked").count("n", open.len()).with("names", names.join(", "));
        let severity = if open.iter().any(|one| one.is_secret()) { Severity::High } else { Severity::Medium };
        let mut site = Site::new(place, message).severity(severity).confidence(Confidence::Likely).key("environment");
        for other in open.iter().filter(|one| one.name != worst.name).take(RELATED) {
            if let Some(place) = first(cx, other) {
                site = site.related(place, Message::new("also").with("name", other.name.as_str()));
            }
        }
        Verdict::fail(site, []).detail(detail)
    }
}

/// The first read by the product of this component.
fn first(cx: &Context<'_>, one: &Variable<'_>) -> Option<Place> {
    one.reads
        .iter()
        .find(|(file, read)| is_of_product(cx, *file) && !read.development_only)
        .map(|(file, read)| Place::At(*file, read.span))
}

fn is_of_product(cx: &Context<'_>, file: FileId) -> bool {
    cx.repo.file(file).role == Role::Source && cx.covers(file)
}

/// Whether some read of the component takes the value as it comes, without a default and without asking for it.
fn is_bare(cx: &Context<'_>, one: &Variable<'_>) -> bool {
    one.reads.iter().any(|(file, read)| {
        is_of_product(cx, *file)
            && read.fallback == Fallback::None
            && !read.development_only
            && !gives_none(cx, *file, read)
    })
}

/// Python's `os.getenv` rather than `os.environ[…]`: whoever writes that reckons with `None`.
fn gives_none(cx: &Context<'_>, file: FileId, read: &EnvRead) -> bool {
    let text = cx.repo.read(file).ok();
    text.as_deref()
        .and_then(|text| text.get(read.span.range()))
        .is_some_and(|text| text.contains("getenv(") || text.contains("environ.get("))
}

/// Whether a file is of this component, of a package that it shares, or of what surrounds it.
fn is_near(cx: &Context<'_>, file: FileId) -> bool {
    let file = cx.repo.file(file);
    let kind = cx.repo.component(file.component).kind;
    let shared = matches!(kind, ComponentKind::Package | ComponentKind::Library | ComponentKind::Root);
    cx.covers(file.id) || shared || cx.component.folder().starts_with(cx.repo.component(file.component).folder())
}

/// What checks the environment: in this component, in a package that it shares, or in a script that runs before it.
fn checks(cx: &Context<'_>, all: &[Variable<'_>]) -> Vec<(Place, &'static str)> {
    let near = |file: FileId| is_near(cx, file);
    let mut found: Vec<(Place, &'static str)> = Vec::new();
    for (file, facts) in cx.facts.files().filter(|(file, _)| near(*file)) {
        found.extend(facts.environment_checks.iter().take(1).map(|span| (Place::At(file, *span), "whole")));
    }
    let settings = all.iter().filter(|one| !variables::is_given(&one.name));
    for (file, read) in settings.flat_map(|one| &one.reads).filter(|(file, _)| near(*file)) {
        let is_source = cx.repo.file(*file).role == Role::Source;
        let key = match (read.via, read.demand) {
            (Via::Schema, _) => "schema",
            (Via::Settings, _) => "settings",
            (_, Demand::Required) if is_listed(cx, *file, read) => "listed",
            (_, Demand::Required) if is_source && read.at_start => "demanded",
            _ => continue,
        };
        // One place of a file speaks for it.
        if !found.iter().any(|(place, _)| place.file() == Some(*file)) {
            found.push((Place::At(*file, read.span), key));
        }
    }
    let rank = |key: &str| usize::from(key == "demanded");
    found.sort_by(|(one, one_key), (other, other_key)| {
        (rank(one_key), one.file()).cmp(&(rank(other_key), other.file()))
    });
    found
}

/// Whether the name stands in a list of names that are asked for.
fn is_listed(cx: &Context<'_>, file: FileId, read: &EnvRead) -> bool {
    let text = cx.repo.read(file).ok();
    text.as_deref().and_then(|text| text.get(read.span.range())).is_some_and(|text| text.starts_with(['"', '\'', '`']))
}
