//! Sites joined over files: options that another file defines, settings that another file fills.

use std::collections::BTreeSet;

use super::{
    CorsSite, Identity, Reach,
    grant::{Audience, Grant, Stage, When},
    library::Library,
    python::is_development_settings,
    settings::{Demand, OriginSetting, Refusal, normalised},
};
use crate::{
    facts::Facts,
    model::{ComponentId, FileId, Place, Span},
    repo::Repo,
};

/// A site with everything that decides there, in whichever file.
#[derive(Debug, Clone)]
pub struct JoinedSite<'a> {
    pub file: FileId,
    /// The site; where it uses options that are defined by name, the definition.
    pub site: &'a CorsSite,
    pub library: Library,
    pub reach: &'a Reach,
    pub grants: Vec<Placed>,
    /// What the lists are made of that origins are looked up in.
    pub listed: Vec<Placed>,
    /// The settings that feed it, each once, in order of place.
    pub sources: Vec<Source<'a>>,
    /// How callers of this component prove who they are.
    pub identity: Identity,
}

/// One way through, and where it stands.
#[derive(Debug, Clone)]
pub struct Placed {
    pub file: FileId,
    pub grant: Grant,
    /// It is reached only because of the value that another file gives to a setting.
    pub by_setting: bool,
}

/// A variable that names origins, followed to where it gets its value.
#[derive(Debug, Clone)]
pub struct Source<'a> {
    pub name: String,
    /// Where it is read for CORS.
    pub read: (FileId, Span),
    /// Read from the process environment.
    pub environment: bool,
    /// The read itself fails without it.
    pub required_by_read: bool,
    pub declared: Option<(FileId, &'a OriginSetting)>,
    pub demanded: Option<(FileId, &'a Demand)>,
}

impl JoinedSite<'_> {
    pub fn place(&self) -> Place {
        Place::At(self.file, self.site.span)
    }
}

impl Placed {
    pub fn place(&self) -> Place {
        Place::At(self.file, self.grant.span)
    }
}

/// Settings modules of one component; Django's projects have a handful.
const MAX_SETTINGS: usize = 40;
/// Settings are followed through this many names.
const MAX_HOPS: u8 = 4;

/// Every site of the files that `covers` accepts, in order of place.
pub fn joined<'a>(repo: &'a Repo, facts: &'a Facts, covers: impl Fn(FileId) -> bool) -> Vec<JoinedSite<'a>> {
    let mut result: Vec<JoinedSite<'a>> = Vec::new();
    for (user, file_facts) in facts.files().filter(|(file, _)| covers(*file)) {
        let component = repo.file(user).component;
        for used in &file_facts.cors.sites {
            if used.class.as_deref().is_some_and(|class| is_only_developed_with(repo, user, class)) {
                continue;
            }
            let (file, site) = definition(repo, facts, component, user, used);
            if result.iter().any(|known| known.file == file && known.site.span == site.span) {
                continue;
            }
            let all = Settings { repo, facts, component };
            let mut join =
                Join { all, library: used.library, grants: Vec::new(), sources: Vec::new(), seen: BTreeSet::new() };
            for grant in &site.grants {
                join.add(file, grant, &When::default(), false, 0);
            }
            let grants = std::mem::take(&mut join.grants);
            for grant in &site.grants {
                for listed in &grant.list {
                    join.add(file, listed, &grant.when, false, 0);
                }
            }
            let (listed, sources) = (join.grants, join.sources);
            let identity = identity(repo, facts, component);
            result.push(JoinedSite {
                file,
                site,
                library: used.library,
                reach: &used.reach,
                grants,
                listed,
                sources,
                identity,
            });
        }
    }
    result
}

/// Whether Django's middleware `class` of the file `user` is named by settings of development and by no others.
fn is_only_developed_with(repo: &Repo, user: FileId, class: &str) -> bool {
    let file = repo.file(user);
    if file.path.extension() != Some("py") {
        return false;
    }
    let name = format!("{}.{class}", file.path.file_stem().unwrap_or_default());
    let names = |path: &camino::Utf8Path| {
        path.extension() == Some("py")
            && (path.as_str().contains("settings") || path.as_str().contains("config/"))
            && !path.as_str().contains("/tests/")
    };
    let mut development = false;
    for settings in repo.files_of(file.component).filter(|other| names(&other.path)).take(MAX_SETTINGS) {
        if repo.read(settings.id).is_ok_and(|text| text.contains(&name)) {
            if !is_development_settings(&settings.path) {
                return false;
            }
            development = true;
        }
    }
    development
}

/// The site that says what a use of named options means.
fn definition<'a>(
    repo: &Repo,
    facts: &'a Facts,
    component: ComponentId,
    file: FileId,
    site: &'a CorsSite,
) -> (FileId, &'a CorsSite) {
    let Some(name) = &site.options else { return (file, site) };
    let named = |inside: bool| {
        facts.files().filter(move |(other, _)| !inside || repo.file(*other).component == component).find_map(
            |(other, it)| {
                let found = it.cors.definitions.iter().find(|(defined, _)| defined == name)?;
                Some((other, &found.1))
            },
        )
    };
    named(true).or_else(|| named(false)).unwrap_or((file, site))
}

fn identity(repo: &Repo, facts: &Facts, component: ComponentId) -> Identity {
    facts
        .files()
        .filter(|(file, _)| repo.file(*file).component == component)
        .fold(Identity::default(), |sum, (_, facts)| sum.and(facts.cors.identity))
}

/// Where settings are looked up: in the component first, then in the repository.
#[derive(Clone, Copy)]
struct Settings<'a> {
    repo: &'a Repo,
    facts: &'a Facts,
    component: ComponentId,
}

impl<'a> Settings<'a> {
    fn find<T: 'a>(
        self,
        anywhere: bool,
        list: impl Fn(&'a super::CorsFacts) -> &'a [T],
        wanted: impl Fn(&T) -> bool,
    ) -> Option<(FileId, &'a T)> {
        let search = |inside: bool| {
            self.facts
                .files()
                .filter(|(file, _)| !inside || self.repo.file(*file).component == self.component)
                .find_map(|(file, facts)| Some((file, list(&facts.cors).iter().find(|one| wanted(one))?)))
        };
        search(true).or_else(|| if anywhere { search(false) } else { None })
    }

    /// Where a setting gets its value. A schema that says whether it is required tells more than an object that
    /// passes the value on under the same name. What is read from the environment is declared in the same component;
    /// `anywhere` is for names that are imported.
    fn declared(self, name: &str, anywhere: bool) -> Option<(FileId, &'a OriginSetting)> {
        let last = name.rsplit('.').next().unwrap_or(name);
        self.declared_as(name, anywhere).or_else(|| self.declared_as(last, anywhere))
    }

    fn declared_as(self, name: &str, anywhere: bool) -> Option<(FileId, &'a OriginSetting)> {
        let plain = normalised(name);
        // Too many things have an origin for the bare word to name one of them.
        let vague = matches!(plain.as_str(), "origin" | "origins" | "cors" | "url");
        let spelt = !name.contains(|char: char| char.is_ascii_lowercase());
        let named = |setting: &OriginSetting| {
            if vague { spelt && setting.name == name } else { normalised(&setting.name) == plain }
        };
        self.find(anywhere, |cors| &cors.settings, |setting| named(setting) && setting.required.is_some())
            .or_else(|| self.find(anywhere, |cors| &cors.settings, named))
    }

    /// Whether a setting always has a value because the program itself gives it one.
    fn is_constant(self, name: &str) -> bool {
        self.declared(name, true).is_some_and(|(_, setting)| {
            setting.required.is_none()
                && setting.grants.iter().all(|grant| matches!(grant.audience, Audience::Fixed(_)) && !grant.when.unset)
        })
    }

    fn demanded(self, name: &str) -> Option<(FileId, &'a Demand)> {
        let name = normalised(name);
        self.find(false, |cors| &cors.demands, |demand| normalised(&demand.name) == name)
    }
}

/// Collects what decides at one site.
struct Join<'a> {
    all: Settings<'a>,
    library: Library,
    grants: Vec<Placed>,
    sources: Vec<Source<'a>>,
    seen: BTreeSet<String>,
}

impl Join<'_> {
    /// Adds one way, following the setting that it names or depends on.
    fn add(&mut self, file: FileId, grant: &Grant, outer: &When, by_setting: bool, hops: u8) {
        let when = grant.when.and(outer);
        if when.unset && when.variable.as_deref().is_some_and(|name| self.all.is_constant(name)) {
            return;
        }
        if let Audience::Setting(setting) = &grant.audience {
            let declared =
                self.all.declared(&setting.name, !setting.environment).filter(|(_, it)| it.span != setting.span);
            self.source(file, grant, declared);
            if let (Some((place, declared)), true) = (declared, hops < MAX_HOPS)
                && self.seen.insert(normalised(&setting.name))
            {
                self.follow(place, declared, &when, setting.listed, hops);
            }
        }
        // `setting === '*' ? … : …`: what the setting is by default decides.
        if let (true, Some(name)) = (when.star_configured, &when.variable) {
            let inner = When { star_configured: false, ..when.clone() };
            self.follow_star(name, &grant.audience, &inner, hops);
        }
        let mut grant = Grant { when, ..grant.clone() };
        if grant.audience == Audience::ListedStar {
            grant.audience = if self.library.star_in_list() { Audience::Everyone } else { Audience::Nobody };
        }
        self.grants.push(Placed { file, grant, by_setting });
    }

    /// Adds the ways that open because the setting `name` is `*` unless somebody sets it.
    fn follow_star(&mut self, name: &str, audience: &Audience, when: &When, hops: u8) {
        let Some((place, declared)) = self.all.declared(name, true).filter(|_| hops < MAX_HOPS) else { return };
        for grant in opened(declared) {
            match &grant.audience {
                Audience::Setting(alias) if normalised(&alias.name) != normalised(name) => {
                    self.follow_star(&alias.name, audience, when, hops + 1);
                }
                Audience::Everyone | Audience::ListedStar => {
                    let variable = grant.when.variable.clone().or_else(|| Some(declared.name.clone()));
                    let when = When { variable, ..grant.when.and(when) };
                    let grant = Grant::new(grant.span, audience.clone(), when);
                    self.grants.push(Placed { file: place, grant, by_setting: true });
                }
                _ => {}
            }
        }
    }

    fn follow(&mut self, place: FileId, declared: &OriginSetting, when: &When, listed: bool, hops: u8) {
        for mut grant in opened(declared) {
            if grant.audience == Audience::Everyone && listed {
                grant.audience = Audience::ListedStar;
            }
            self.add(place, &grant, when, true, hops + 1);
        }
    }

    fn source(&mut self, file: FileId, grant: &Grant, declared: Option<(FileId, &OriginSetting)>) {
        let Audience::Setting(setting) = &grant.audience else { return };
        let wanted = normalised(&setting.name);
        if self.sources.iter().any(|source| normalised(&source.name) == wanted) {
            return;
        }
        let declared = declared.and_then(|(_, one)| self.all.declared(&one.name, !setting.environment));
        self.sources.push(Source {
            name: setting.name.clone(),
            read: (file, setting.span),
            environment: setting.environment,
            required_by_read: setting.required,
            declared,
            demanded: self.all.demanded(&setting.name),
        });
    }
}

/// The ways of a setting that its validation leaves.
fn opened(declared: &OriginSetting) -> Vec<Grant> {
    let mut result = declared.grants.clone();
    let open = |grant: &Grant| matches!(grant.audience, Audience::Everyone | Audience::ListedStar);
    match declared.refuses_star {
        Refusal::Never => {}
        Refusal::InProduction => {
            for grant in result.iter_mut().filter(|grant| open(grant) && grant.when.stage.is_none()) {
                grant.when.stage = Some(Stage::NotProduction);
            }
        }
        Refusal::Always => result.retain(|grant| !open(grant)),
    }
    result
}
