//! `rate-limit-memory-fallback`: a limiter limits also when its store is away, and counts in one place.

use crate::{
    facts::{
        Fact,
        limits::{self, LimitKind},
    },
    model::{Confidence, FileId, Message, Place, Severity, Site, Verdict},
    repo::Role,
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: RateLimitMemoryFallback = RateLimitMemoryFallback;

pub(in crate::rules) struct RateLimitMemoryFallback;

impl Rule for RateLimitMemoryFallback {
    fn id(&self) -> &'static str {
        "rate-limit-memory-fallback"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Limits, Fact::Modules, Fact::Access]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let many = |file: FileId| {
            let listens = cx.repo.read(file).is_ok_and(|text| text.contains(".listen("));
            if listens { limits::listens_in_many(cx.repo) } else { limits::runs_in_many(cx.repo) }
        };
        let sites: Vec<Site> = cx
            .facts
            .files()
            .filter(|(file, _)| cx.covers(*file) && cx.repo.file(*file).role == Role::Source)
            .flat_map(|(file, facts)| facts.limits.signs.iter().map(move |sign| (file, sign)))
            .filter_map(|(file, sign)| site(&Place::At(file, sign.span), sign.kind, many(file)))
            .collect();
        let limiters = limits::mentions(cx.repo, cx.facts).into_iter().filter(|mention| cx.covers(mention.file));
        let files = limiters.map(|mention| mention.file).collect::<std::collections::BTreeSet<_>>().len();
        Verdict::fail_or(sites, || {
            if files == 0 {
                Verdict::not_applicable("no-limiter")
            } else {
                Verdict::pass(cx.searched(Message::new("searched"), files), [])
            }
        })
    }
}

fn site(place: &Place, kind: LimitKind, many: bool) -> Option<Site> {
    let likely = |key| Site::new(place.clone(), Message::new(key)).confidence(Confidence::Likely);
    match kind {
        LimitKind::OffWithoutStore => Some(likely("off")),
        LimitKind::AllowsOnError => Some(likely("allows").severity(Severity::Medium)),
        LimitKind::MemoryWithoutStore => Some(likely("fallback").severity(Severity::Medium)),
        LimitKind::MemoryOnly | LimitKind::LibraryMemory if many => {
            Some(likely("memory-many").severity(Severity::Medium))
        }
        LimitKind::MemoryOnly => Some(likely("memory").severity(Severity::Low)),
        // In one process nothing is lost, and the library's documents say when a store is needed.
        LimitKind::LibraryMemory => Some(likely("memory").severity(Severity::Low).confidence(Confidence::Guess)),
        LimitKind::PasswordLogIn => None,
    }
}
