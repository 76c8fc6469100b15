//! Every environment variable of a repository: where it is read, and where it is declared.

mod declared;

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Facts,
    credentials::names_credential,
    environment::{Demand, EnvRead, Fallback, Via},
};
use crate::{
    model::{FileId, Place},
    repo::{Repo, Role},
};

pub use declared::{By, Declared, declarations};

/// One variable.
#[derive(Debug, Clone)]
pub struct Variable<'a> {
    pub name: String,
    /// In order of path and position.
    pub reads: Vec<(FileId, &'a EnvRead)>,
    /// In order of path and position.
    pub declared: Vec<Declared>,
}

/// Prefixes of variables that a build writes into what browsers and devices get.
const PUBLIC: [&str; 9] = [
    "NEXT_PUBLIC_",
    "VITE_",
    "REACT_APP_",
    "EXPO_PUBLIC_",
    "NUXT_PUBLIC_",
    "PUBLIC_",
    "GATSBY_",
    "VUE_APP_",
    "NX_PUBLIC_",
];

/// Variables that a runtime, a shell or a platform sets by itself.
const GIVEN: [&str; 47] = [
    "NODE_ENV",
    "PORT",
    "HOST",
    "HOSTNAME",
    "HOME",
    "PATH",
    "PWD",
    "USER",
    "USERNAME",
    "SHELL",
    "LANG",
    "TZ",
    "TERM",
    "TMPDIR",
    "TEMP",
    "TMP",
    "CI",
    "DEBUG",
    "VERBOSE",
    "NODE_OPTIONS",
    "NO_COLOR",
    "FORCE_COLOR",
    "COLUMNS",
    "EDITOR",
    "BROWSER",
    "DISPLAY",
    "APPDATA",
    "LOCALAPPDATA",
    "PYTHONPATH",
    "VIRTUAL_ENV",
    "DJANGO_SETTINGS_MODULE",
    "BASE_URL",
    "MODE",
    "DEV",
    "PROD",
    "SSR",
    "ANALYZE",
    "NEXT_RUNTIME",
    "NEXT_PHASE",
    "USERPROFILE",
    "DYNO",
    "PYTEST_CURRENT_TEST",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
];

const GIVEN_PREFIXES: [&str; 32] = [
    "VERCEL",
    "NEXT_PUBLIC_VERCEL_",
    "RAILWAY_",
    "RENDER_",
    "FLY_",
    "HEROKU_",
    "NETLIFY",
    "CF_",
    "GITHUB_",
    "GITLAB_",
    "CI_",
    "npm_",
    "AWS_LAMBDA_",
    "AWS_EXECUTION_",
    "ECS_",
    "K_",
    "KUBERNETES_",
    "GAE_",
    "GOOGLE_CLOUD_PROJECT",
    "WEBSITE_",
    "XDG_",
    "JEST_",
    "VITEST",
    "PLAYWRIGHT_",
    "CYPRESS_",
    "BACKSTOP_",
    "STORYBOOK",
    "TEST_",
    "E2E_",
    "__NEXT",
    "OTEL_",
    "PYTEST",
];

/// Whether a runtime, a shell, a test runner or a platform sets the variable, so that nobody has to.
pub fn is_given(name: &str) -> bool {
    GIVEN.contains(&name) || GIVEN_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// The prefix by which a build writes the variable into what browsers get.
pub fn public_prefix(name: &str) -> Option<&'static str> {
    PUBLIC.into_iter().find(|prefix| name.starts_with(prefix) && name.len() > prefix.len())
}

impl Variable<'_> {
    /// Whether it holds a secret, by its name.
    pub fn is_secret(&self) -> bool {
        names_credential(&self.name)
    }

    /// The read that insists on the variable.
    pub fn demanded(&self) -> Option<Place> {
        self.reads
            .iter()
            .find(|(_, read)| read.demand == Demand::Required)
            .map(|(file, read)| Place::At(*file, read.span))
    }

    /// The schema or settings class that checks it.
    pub fn checked(&self) -> Option<Place> {
        self.reads
            .iter()
            .find(|(_, read)| matches!(read.via, Via::Schema | Via::Settings))
            .map(|(file, read)| Place::At(*file, read.span))
    }

    /// Whether the program goes on when it is missing, as far as its reads tell.
    pub fn has_default(&self) -> bool {
        self.reads.iter().any(|(_, read)| read.fallback != Fallback::None || read.demand == Demand::Optional)
    }

    /// Whether the program sets it itself where it reads it.
    pub fn is_set_by_program(&self) -> bool {
        self.reads.iter().any(|(_, read)| read.set_here)
    }

    /// Whether the product reads it, rather than a script or a branch for development.
    pub fn is_read_by_product(&self, repo: &Repo) -> bool {
        self.reads.iter().any(|(file, read)| repo.file(*file).role == Role::Source && !read.development_only)
    }
}

/// Every variable that code reads, by name; those that are declared and never read are left out.
pub fn read<'a>(repo: &'a Repo, facts: &'a Facts) -> Vec<Variable<'a>> {
    let mut reads: BTreeMap<&str, Vec<(FileId, &EnvRead)>> = BTreeMap::new();
    for (file, found) in facts.files() {
        for read in found.environment.iter().filter(|read| !read.variable.is_empty()) {
            reads.entry(read.variable.as_str()).or_default().push((file, read));
        }
    }
    let names: BTreeSet<&str> = reads.keys().copied().collect();
    // Every component asks, and the documents are long.
    let declared = facts.once(|| DeclaredForReads(declarations(repo, &names)));
    reads
        .into_iter()
        .map(|(name, reads)| Variable {
            name: name.to_owned(),
            reads,
            declared: declared.0.get(name).cloned().unwrap_or_default(),
        })
        .collect()
}

/// The declarations of every variable that code reads.
struct DeclaredForReads(BTreeMap<String, Vec<Declared>>);

/// Every variable that is read or declared, by name.
pub fn all<'a>(repo: &'a Repo, facts: &'a Facts) -> Vec<Variable<'a>> {
    let mut found = read(repo, facts);
    let known: BTreeSet<String> = found.iter().map(|variable| variable.name.clone()).collect();
    let others = declarations(repo, &BTreeSet::new());
    found.extend(others.into_iter().filter(|(name, _)| !known.contains(name)).map(|(name, declared)| Variable {
        name,
        reads: Vec::new(),
        declared,
    }));
    found.sort_by(|one, other| one.name.cmp(&other.name));
    found
}
