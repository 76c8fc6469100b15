//! What the rules about documents share: a topic is covered by a document or a section, or it is missing.

use crate::{
    facts::{
        Fact, deployment,
        documents::{self, Covered, Document, Topic},
        rollout, stores,
    },
    model::{Evidence, Message, Place, Severity, Site, Verdict},
    repo::FileKind,
    rule::{Context, Rule},
};

/// A rule that asks whether a topic is written about.
pub(super) struct DocumentRule {
    pub(super) id: &'static str,
    pub(super) topic: Topic,
    /// Where the document should be.
    pub(super) path: &'static str,
    pub(super) concerns: Concerns,
}

/// Which repositories a topic concerns.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Concerns {
    Everybody,
    /// Something here runs on servers.
    Services,
    /// As before, and it keeps data.
    Data,
    /// As before, and it is a database that keeps them: what a cache loses is made again.
    Records,
}

/// Places shown for one topic; more say nothing new.
const SHOWN: usize = 6;

impl Rule for DocumentRule {
    fn id(&self) -> &str {
        self.id
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if let Some(verdict) = unconcerned(cx, self.concerns) {
            return verdict;
        }
        let documents = documents::documents(cx.repo);
        let mut covered = documents::covers(cx.repo, &documents, self.topic);
        if self.topic == Topic::Incidents && !covered.is_empty() {
            covered.retain(|one| documents::is_own_plan(cx.repo, one));
            if covered.is_empty() {
                return Verdict::unknown("subject");
            }
        }
        if !covered.is_empty() {
            return passed(covered);
        }
        if self.topic == Topic::Access
            && let Some(heading) = documents::heading(cx.repo, is_for_hosts)
        {
            return Verdict::unknown(Message::new("by-hosts").with("heading", heading.text));
        }
        if self.concerns != Concerns::Everybody
            && let Some((_, target)) = documents::elsewhere(&documents)
        {
            return Verdict::unknown(Message::new("elsewhere").with("target", target));
        }
        missing(cx, &documents, self)
    }
}

/// A heading that tells others how to run the product on servers of their own.
fn is_for_hosts(title: &str) -> bool {
    ["self-host", "self host", "selfhost"].iter().any(|words| title.contains(words))
}

/// Not applicable where nobody runs what this repository holds.
pub(super) fn unconcerned(cx: &Context<'_>, concerns: Concerns) -> Option<Verdict> {
    let deployable = cx.repo.components().iter().any(|component| component.kind.is_deployable());
    match concerns {
        Concerns::Everybody => {
            let code = cx.repo.files().iter().any(|file| file.language.is_some() || file.kind == FileKind::OtherCode);
            (!code).then(|| Verdict::not_applicable("no-code"))
        }
        Concerns::Services | Concerns::Data | Concerns::Records if !deployable => {
            Some(Verdict::not_applicable("no-service"))
        }
        Concerns::Services | Concerns::Data | Concerns::Records if documents::is_showcase(cx.repo) => {
            Some(Verdict::not_applicable("showcase"))
        }
        Concerns::Records if stores::client(cx.repo).is_none() => Some(Verdict::not_applicable("no-data")),
        Concerns::Data if cx.repo.profile().datastores.is_empty() => Some(Verdict::not_applicable("no-data")),
        Concerns::Services | Concerns::Data | Concerns::Records => None,
    }
}

pub(super) fn passed(covered: Vec<Covered>) -> Verdict {
    let n = covered.len();
    let evidence = covered.into_iter().take(SHOWN).map(|one| Evidence::At {
        place: one.place,
        note: Message::new("covered").with("name", one.name).count("words", one.words),
    });
    Verdict::pass_or(evidence.collect(), || Verdict::not_applicable("no-service"))
        .detail(Message::new("places").count("n", n))
}

fn missing(cx: &Context<'_>, documents: &[Document], rule: &DocumentRule) -> Verdict {
    let message = Message::new("missing").count("n", documents.len());
    let place = Place::Missing(rule.path.into());
    if rule.topic == Topic::Rollback && cx.meta.severity < Severity::Medium && !deploys(cx) {
        let message = Message::new("missing-by-others").count("n", documents.len());
        return Verdict::fail(Site::new(place, message).severity(Severity::Medium), []);
    }
    Verdict::fail(Site::new(place, message), [])
}

/// Words in the name of a repository that others copy.
const COPIED: [&str; 6] = ["starter", "template", "boilerplate", "example", "sample", "demo"];

/// Whether this repository itself brings a release to production; an image or a template is deployed by others.
fn deploys(cx: &Context<'_>) -> bool {
    let name = cx.repo.name().to_ascii_lowercase();
    if COPIED.iter().any(|word| name.split(['-', '_', '/', '.']).any(|part| part == *word)) {
        return false;
    }
    let commands = cx.facts.commands(cx.repo);
    let ways = deployment::ways(cx.repo, commands);
    !rollout::own_actions(cx.repo, commands, &ways).is_empty()
        || ways.iter().any(|way| way.from_source || way.kind == "Kubernetes")
}
