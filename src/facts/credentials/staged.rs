//! Values that files give to variables, where the files say for which environment: `.env.production`, a Compose
//! project for staging.

use crate::{
    doc::Node,
    facts::{
        Facts,
        compose::{self, Project, Stage},
        tier::{self, Tier},
    },
    model::{Place, Span},
    repo::{File, FileKind, Repo},
};

/// A value that is written down for one environment.
#[derive(Debug, Clone, PartialEq)]
pub struct Staged<'r> {
    /// Never [`Tier::Unnamed`].
    pub tier: Tier,
    pub file: &'r File,
    pub name: String,
    /// Without variables in it.
    pub text: String,
    pub place: Place,
}

/// Every such value, in order of environment, path and position. Templates and files of tests are left out.
pub fn values<'r>(repo: &'r Repo, facts: &Facts) -> Vec<Staged<'r>> {
    let mut found: Vec<Staged<'r>> =
        repo.files().iter().filter(|file| file.kind == FileKind::Env).flat_map(|file| of_env(repo, file)).collect();
    for project in compose::projects(repo, facts) {
        found.extend(of_project(&project));
    }
    found.retain(|value| !value.text.is_empty());
    found.sort_by(|a, b| (a.tier, &a.file.path, &a.place, &a.name).cmp(&(b.tier, &b.file.path, &b.place, &b.name)));
    found.dedup();
    found
}

fn of_env<'r>(repo: &'r Repo, file: &'r File) -> Vec<Staged<'r>> {
    let tier = tier::of_path(&file.path);
    if tier == Tier::Unnamed || !file.role.is_operational() {
        return Vec::new();
    }
    let root = repo.doc(file.id).and_then(|doc| doc.root());
    let entries = root.map(Node::entries).unwrap_or_default().iter();
    entries
        .filter_map(|entry| {
            let text = entry.value.text().filter(|text| !text.contains('$'))?;
            let span = Span { start: entry.key_span.start, end: entry.value.span.end };
            let place = Place::At(file.id, span);
            Some(Staged { tier, file, name: entry.key.clone(), text: text.to_owned(), place })
        })
        .collect()
}

fn of_project<'r>(project: &Project<'r>) -> Vec<Staged<'r>> {
    let services = project.services.iter().filter_map(|service| {
        let tier = match project.stage_of(service) {
            Stage::Production => Tier::Production,
            Stage::Staging => Tier::Staging,
            Stage::Development | Stage::Test => Tier::Development,
            Stage::Unclear => return None,
        };
        Some((tier, service))
    });
    services
        .flat_map(|(tier, service)| service.environment().into_iter().map(move |variable| (tier, variable)))
        .filter_map(|(tier, variable)| {
            let value = variable.value.filter(|value| value.uses.is_empty())?;
            let (name, place) = (variable.name.to_owned(), variable.place);
            Some(Staged { tier, file: variable.file, name, text: value.text, place })
        })
        .collect()
}

/// The first value of another environment that `same` takes for the same, where one of the two is for production or
/// staging. A place that serves both environments is not two.
pub fn shared<'v, 'r>(
    value: &Staged<'r>,
    all: &'v [Staged<'r>],
    same: impl Fn(&Staged<'r>) -> bool,
) -> Option<&'v Staged<'r>> {
    let served = |tier: Tier| matches!(tier, Tier::Production | Tier::Staging);
    all.iter().find(|other| other.tier > value.tier && served(value.tier) && other.place != value.place && same(other))
}
