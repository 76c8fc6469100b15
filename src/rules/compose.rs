//! What the rules about Compose projects share: which projects they judge, and findings of a place that several
//! projects share.

use std::collections::BTreeMap;

use crate::{
    facts::compose::{Project, Service, Stage},
    model::{Evidence, Message, Place, Severity, Site, Verdict},
    repo::{ComponentKind, Repo},
};

/// How much a project counts for rules about what runs in production.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// Production, staging, or nobody can tell.
    Full,
    /// Made for development, and yet the only description of how the application runs.
    Low,
    /// Made for development or tests.
    None,
}

/// How much `project` counts among `all`.
pub(super) fn weight(repo: &Repo, all: &[Project<'_>], project: &Project<'_>) -> Weight {
    let served = repo.components().iter().any(|component| component.kind.is_deployable());
    let tool =
        !served && repo.components().iter().any(|it| matches!(it.kind, ComponentKind::Library | ComponentKind::Cli));
    if tool || !project.complete || project.is_part() {
        return Weight::None;
    }
    if project.stage.is_served() {
        return Weight::Full;
    }
    let by_content = matches!(project.sign.what, "environment" | "mounted sources" | "command" | "header");
    let builds = project.applications().any(Service::is_built);
    let alone = !all.iter().any(|other| other.stage.is_served());
    if project.stage == Stage::Development && by_content && builds && alone { Weight::Low } else { Weight::None }
}

/// Whether a service runs where its project does, rather than for development or tests only.
pub(super) fn runs(project: &Project<'_>, service: &Service<'_>) -> bool {
    project.stage_of(service) == project.stage
}

/// Findings and evidence by place: a service of a base file belongs to several projects and is reported once, with
/// the highest severity.
#[derive(Default)]
pub(super) struct Places {
    sites: BTreeMap<Place, Site>,
    fine: BTreeMap<Place, Message>,
}

impl Places {
    pub(super) fn bad(&mut self, site: Site, severity: Severity) {
        let worse = self.sites.get(&site.place).is_none_or(|known| known.severity.is_none_or(|known| severity < known));
        if worse {
            self.sites.insert(site.place.clone(), site.severity(severity));
        }
    }

    pub(super) fn fine(&mut self, place: Place, note: impl Into<Message>) {
        self.fine.entry(place).or_insert_with(|| note.into());
    }

    /// Fails at what is bad, else passes by what is fine, else asks `otherwise`.
    pub(super) fn verdict(mut self, otherwise: impl FnOnce() -> Verdict) -> Verdict {
        self.fine.retain(|place, _| !self.sites.contains_key(place));
        let (total, ok) = (self.sites.len() + self.fine.len(), self.fine.len());
        let fine: Vec<Evidence> = self.fine.into_iter().map(|(place, note)| Evidence::At { place, note }).collect();
        if self.sites.is_empty() {
            return if fine.is_empty() { otherwise() } else { Verdict::pass_or(fine, otherwise).sites(total, ok) };
        }
        Verdict::fail_or(self.sites.into_values().collect(), otherwise).also_fine(fine).sites(total, ok)
    }
}
