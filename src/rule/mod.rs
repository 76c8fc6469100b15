//! What a rule needs: the trait, what it sees while a file is visited, and what it sees when it concludes.
//!
//! A rule never opens a file by itself, never keeps state, and speaks only through [`Out`] and its [`Verdict`].

pub mod cases;
mod catalogue;
mod check;
mod declarative;
mod declared;
mod matcher;
pub mod notice;
mod precision;
mod search;
mod team;

use std::collections::BTreeMap;

pub use catalogue::{Catalogue, CatalogueError, Entry, declared_rule};
pub use declared::RuleFile;
pub use matcher::{Mistake, mistakes};
pub use notice::{Notice, notices};
pub use precision::{Precision, all_measured, measured, parse as parse_precision};
pub use team::{TeamError, TeamRules};

pub use crate::facts::{Visit, Watch};
use crate::{
    code::NodeRef,
    config::Config,
    facts::{Fact, Facts},
    model::{
        ComponentId, Confidence, Evidence, FileId, Message, Observation, OptionValue, Place, RuleMeta, Severity, Tone,
        Verdict,
    },
    repo::{Component, File, Repo, Role},
};

/// One yes/no question about a repository. Stateless: what it saw comes back to it in [`Context`].
pub trait Rule: Sync {
    fn id(&self) -> &str;

    /// Which files and nodes it wants to visit itself. Rules that stand on facts alone watch nothing.
    fn watch(&self) -> Watch {
        Watch::nothing()
    }

    /// Which facts its conclusion reads; only facts that somebody needs are extracted.
    fn needs(&self) -> &'static [Fact] {
        &[]
    }

    /// Visits the text of a watched file, before its nodes.
    fn text(&self, _file: &Visit<'_>, _out: &mut Out<'_>) {}

    /// Visits one node of a watched kind.
    fn node(&self, _file: &Visit<'_>, _node: NodeRef<'_>, _out: &mut Out<'_>) {}

    /// Answers for the repository or for one component, as the rule's scope says.
    fn conclude(&self, cx: &Context<'_>) -> Verdict;
}

/// The only way for a rule to speak during a visit.
pub struct Out<'a> {
    observations: &'a mut Vec<Observation>,
}

impl<'a> Out<'a> {
    pub fn new(observations: &'a mut Vec<Observation>) -> Self {
        Self { observations }
    }

    /// Something that speaks for the criterion.
    pub fn good(&mut self, place: Place, message: impl Into<Message>) -> &mut Observation {
        self.push(Tone::Good, place, message.into())
    }

    /// Something that speaks against it.
    pub fn bad(&mut self, place: Place, message: impl Into<Message>) -> &mut Observation {
        self.push(Tone::Bad, place, message.into())
    }

    /// Context for the conclusion.
    pub fn note(&mut self, place: Place, message: impl Into<Message>) -> &mut Observation {
        self.push(Tone::Note, place, message.into())
    }

    fn push(&mut self, tone: Tone, place: Place, message: Message) -> &mut Observation {
        self.observations.push(Observation {
            tone,
            place,
            message,
            severity: None,
            confidence: Confidence::Certain,
            key: String::new(),
        });
        let last = self.observations.len() - 1;
        &mut self.observations[last]
    }
}

/// What a conclusion sees: the whole repository, and what the rule observed.
pub struct Context<'a> {
    pub repo: &'a Repo,
    pub facts: &'a Facts,
    pub config: &'a Config,
    pub meta: &'a RuleMeta,
    /// The component that is asked; the root for rules about the whole repository.
    pub component: &'a Component,
    /// What this rule observed, in order of file and place: of this component, or of all for a rule about the
    /// whole repository.
    pub seen: &'a [Observation],
    /// Files that this rule or its facts wanted to visit and could not, wholly or where it matters.
    pub unexamined: &'a [FileId],
}

impl Context<'_> {
    /// Whether the rule is asked for the repository as a whole.
    pub fn asks_repository(&self) -> bool {
        self.meta.scope == crate::model::Scope::Repository
    }

    /// Whether `file` belongs to what is asked.
    pub fn covers(&self, file: FileId) -> bool {
        self.asks_repository() || self.repo.file(file).component == self.component.id
    }

    /// The files that belong to what is asked, in order of path.
    pub fn all_files(&self) -> impl Iterator<Item = &File> {
        let whole = self.asks_repository();
        let all = whole.then(|| self.repo.files().iter()).into_iter().flatten();
        all.chain((!whole).then(|| self.repo.files_of(self.component.id)).into_iter().flatten())
    }

    /// The files of `role` that belong to what is asked.
    pub fn files(&self, role: Role) -> impl Iterator<Item = &File> {
        self.all_files().filter(move |file| file.role == role)
    }

    /// A whole number that the team may tune, as `[option.NAME]` of the rule file declares it.
    ///
    /// # Panics
    /// When the rule file declares no such option.
    pub fn whole(&self, option: &str) -> usize {
        match self.config.option(self.meta, option) {
            Some(OptionValue::Whole(number)) => usize::try_from(*number).unwrap_or(usize::MAX),
            _ => panic!("`{option}` is a whole number in the rule file"),
        }
    }

    /// A number that the team may tune.
    ///
    /// # Panics
    /// When the rule file declares no such option.
    pub fn number(&self, option: &str) -> f64 {
        match self.config.option(self.meta, option) {
            Some(OptionValue::Number(number)) => *number,
            _ => panic!("`{option}` is a number in the rule file"),
        }
    }

    /// Evidence that a search covered `files` files. Files that could not be examined are added by the engine.
    pub fn searched(&self, what: impl Into<Message>, files: usize) -> Evidence {
        Evidence::Searched { what: what.into(), files, unread: self.unexamined.to_vec() }
    }

    /// The verdict that its observations suggest: fail when something speaks against, else pass when something
    /// speaks for it, else `otherwise`.
    pub fn judged(&self, otherwise: impl FnOnce() -> Verdict) -> Verdict {
        let sites: Vec<_> = self.seen.iter().filter(|seen| seen.tone == Tone::Bad).map(site_of).collect();
        let fine: Vec<_> = self
            .seen
            .iter()
            .filter(|seen| seen.tone == Tone::Good)
            .map(|seen| Evidence::At { place: seen.place.clone(), note: seen.message.clone() })
            .collect();
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if sites.is_empty() {
            return Verdict::pass_or(fine, otherwise);
        }
        Verdict::fail_or(sites, otherwise).also_fine(fine).sites(total, ok)
    }
}

/// The failing site that an observation describes.
pub fn site_of(seen: &Observation) -> crate::model::Site {
    let mut site = crate::model::Site::new(seen.place.clone(), seen.message.clone());
    site.severity = seen.severity;
    site.confidence = seen.confidence;
    site.key.clone_from(&seen.key);
    site
}

/// Groups observations by the component of their file.
pub fn by_component(repo: &Repo, seen: &[Observation]) -> BTreeMap<ComponentId, Vec<Observation>> {
    let mut groups: BTreeMap<ComponentId, Vec<Observation>> = BTreeMap::new();
    for observation in seen {
        let component = observation.place.file().map_or(ComponentId::ROOT, |file| repo.file(file).component);
        groups.entry(component).or_default().push(observation.clone());
    }
    groups
}

/// The mildest severity that still says enough: `found` but never milder than `floor`.
pub fn at_least(found: Severity, floor: Severity) -> Severity {
    found.min(floor)
}
