//! `readiness env`: every environment variable with its reads, its checks and its declarations. Never a value.

use readiness::{
    facts::{
        Fact,
        environment::{Demand, Fallback, Via},
        variables::{self, Variable},
    },
    model::Place,
    repo::Repo,
};
use serde::Serialize;

use super::{
    Outcome,
    args::{FactArgs, FactFormat},
    exit::Exit,
    library,
    output::{Output, print},
    rows::{self, Row, Source},
};

pub(super) fn run(args: &FactArgs, output: &Output) -> Outcome {
    let (repo, facts) = library::facts(&args.path, &[Fact::Environment])?;
    let found = variables::all(&repo, &facts);
    let listed: Vec<Listed> = found.iter().map(|one| Listed::new(&repo, one)).collect();
    let text = match args.format {
        FactFormat::Table if listed.is_empty() => "No environment variable is read or declared here.\n".to_owned(),
        FactFormat::Table => rows::table(&listed, output),
        FactFormat::Json => rows::json(&listed)?,
    };
    print(text.as_bytes())?;
    Ok(Exit::Holds)
}

/// A variable in a listing.
#[derive(Serialize)]
struct Listed {
    name: String,
    secret: bool,
    /// The prefix by which a build shows it to browsers.
    public: Option<&'static str>,
    /// `required`, `optional`, or `unchecked` when code reads it and nothing says what happens without it.
    need: Option<&'static str>,
    checked: Option<Source>,
    reads: Vec<ListedRead>,
    declared: Vec<ListedDeclaration>,
}

#[derive(Serialize)]
struct ListedRead {
    source: Source,
    via: &'static str,
    default: &'static str,
    development_only: bool,
}

#[derive(Serialize)]
struct ListedDeclaration {
    by: &'static str,
    source: Source,
}

impl Listed {
    fn new(repo: &Repo, one: &Variable<'_>) -> Self {
        let reads = one.reads.iter().map(|(file, read)| ListedRead {
            source: Source::of(repo, &Place::At(*file, read.span)),
            via: via(read.via),
            default: default(&read.fallback),
            development_only: read.development_only,
        });
        let declared = one
            .declared
            .iter()
            .map(|one| ListedDeclaration { by: one.by.name(), source: Source::of(repo, &one.place) });
        Self {
            name: one.name.clone(),
            secret: one.is_secret(),
            public: variables::public_prefix(&one.name),
            need: need(one),
            checked: one.checked().or_else(|| one.demanded()).map(|place| Source::of(repo, &place)),
            reads: reads.collect(),
            declared: declared.collect(),
        }
    }
}

pub(super) fn need(one: &Variable<'_>) -> Option<&'static str> {
    if one.reads.is_empty() {
        None
    } else if one.reads.iter().any(|(_, read)| read.demand == Demand::Required) {
        Some("required")
    } else if one.has_default() {
        Some("optional")
    } else {
        Some("unchecked")
    }
}

fn via(via: Via) -> &'static str {
    match via {
        Via::Code => "code",
        Via::Schema => "schema",
        Via::Settings => "settings",
        Via::ConfigService => "config-service",
        Via::Parameter => "parameter",
    }
}

fn default(fallback: &Fallback) -> &'static str {
    match fallback {
        Fallback::None => "none",
        Fallback::Empty => "empty",
        Fallback::Literal { .. } => "literal",
        Fallback::Random => "random",
        Fallback::Other => "computed",
    }
}

/// Places that a cell of the table names; the rest is counted.
const NAMED: usize = 2;

impl Row for Listed {
    const HEADINGS: &'static [&'static str] = &["VARIABLE", "KIND", "NEED", "CHECKED", "READ AT", "DECLARED AT"];

    fn cells(&self) -> Vec<String> {
        let kind = match (self.secret, self.public) {
            (true, Some(_)) => "secret, public",
            (true, None) => "secret",
            (false, Some(_)) => "public",
            (false, None) => "",
        };
        vec![
            self.name.clone(),
            kind.to_owned(),
            self.need.unwrap_or_default().to_owned(),
            self.checked.as_ref().map(ToString::to_string).unwrap_or_default(),
            some(self.reads.iter().map(|read| read.source.to_string())),
            some(self.declared.iter().map(|one| one.source.to_string())),
        ]
    }
}

/// The first of many places, and how many more there are.
fn some(places: impl Iterator<Item = String>) -> String {
    let all: Vec<String> = places.collect();
    let text = all.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if all.len() > NAMED { format!("{text} +{}", all.len() - NAMED) } else { text }
}
