//! `readiness routes`: every route with what stands in front of it, as a table or as JSON.

use readiness::{
    facts::{
        Fact,
        routes::{Guard, GuardDoes, Public, Route, Unresolved},
    },
    model::Place,
    repo::Repo,
    text::excerpt::Source,
};
use serde::Serialize;
use std::collections::BTreeMap;

use super::{
    Outcome,
    args::{FactArgs, FactFormat},
    exit::{Exit, Failure},
    library,
    output::print,
};

/// A route as it is printed.
#[derive(Serialize)]
struct Row {
    method: String,
    path: String,
    kind: &'static str,
    framework: &'static str,
    component: String,
    place: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    handler: Option<String>,
    guards: Vec<GuardRow>,
    rate_limited: bool,
    validated: bool,
    /// `guarded`, `public`, `open` or `unresolved`.
    access: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    public: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unresolved: Option<&'static str>,
}

#[derive(Serialize)]
struct GuardRow {
    does: &'static str,
    name: String,
    place: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    decides: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    weak: Vec<String>,
}

pub(super) fn run(args: &FactArgs) -> Outcome {
    let (repo, facts) = library::facts(&args.path, &[Fact::Modules, Fact::Access, Fact::Routes])?;
    let mut places = Places { repo: &repo, sources: BTreeMap::new() };
    let rows: Vec<Row> = facts.routes(&repo).iter().map(|route| row(route, &mut places)).collect();
    let text = match args.format {
        FactFormat::Json => {
            let mut text = serde_json::to_string_pretty(&rows)
                .map_err(|error| Failure::unusable(format!("cannot write the routes: {error}")))?;
            text.push('\n');
            text
        }
        FactFormat::Table => table(&rows),
    };
    print(text.as_bytes())?;
    Ok(Exit::Holds)
}

/// Lines of places; every file is read once.
struct Places<'a> {
    repo: &'a Repo,
    sources: BTreeMap<readiness::model::FileId, Option<Source>>,
}

impl Places<'_> {
    fn of(&mut self, place: &Place) -> String {
        match place {
            Place::At(file, span) => {
                let path = &self.repo.file(*file).path;
                let repo = self.repo;
                let source = self
                    .sources
                    .entry(*file)
                    .or_insert_with(|| repo.read(*file).ok().map(|text| Source::new(text, path)));
                let line = source.as_ref().map_or(1, |source| source.position(span.start as usize).0);
                format!("{path}:{line}")
            }
            Place::File(file) => self.repo.file(*file).path.to_string(),
            Place::Missing(path) => path.to_string(),
        }
    }
}

fn row(route: &Route, places: &mut Places<'_>) -> Row {
    Row {
        method: route.method.clone(),
        // A webhook's path can hold the key that opens it.
        path: readiness::text::mask::mask(&route.path).into_owned(),
        kind: route.kind.name(),
        framework: route.framework,
        component: places.repo.component(route.component).path.to_string(),
        place: places.of(&route.place),
        handler: route.handler.as_ref().map(|handler| places.of(handler)),
        guards: route.guards.iter().map(|guard| guard_row(guard, places)).collect(),
        rate_limited: route.guard(GuardDoes::RateLimits).is_some(),
        validated: route.guard(GuardDoes::Validates).is_some(),
        access: route.access().name(),
        public: route.public.map(Public::name),
        unresolved: route.unresolved.map(Unresolved::name),
    }
}

fn guard_row(guard: &Guard, places: &mut Places<'_>) -> GuardRow {
    GuardRow {
        does: guard.does.name(),
        name: guard.name.clone(),
        place: places.of(&guard.place),
        decides: guard.decides.as_ref().map(|place| places.of(place)),
        weak: guard.weak.iter().map(|weak| format!("{:?} {}", weak.kind, places.of(&weak.place))).collect(),
    }
}

fn table(rows: &[Row]) -> String {
    let head = ["METHOD", "PATH", "ACCESS", "GUARDS", "PLACE"].map(str::to_owned);
    let lines: Vec<[String; 5]> = std::iter::once(head)
        .chain(rows.iter().map(|row| {
            let why = row.public.or(row.unresolved).map(|why| format!(" ({why})")).unwrap_or_default();
            let guards: Vec<String> =
                row.guards.iter().map(|guard| format!("{} {}", guard.does, guard.name).trim().to_owned()).collect();
            let method = if row.kind == "http" { row.method.clone() } else { row.kind.to_owned() };
            let guards = if guards.is_empty() { "-".to_owned() } else { guards.join(", ") };
            [method, row.path.clone(), format!("{}{why}", row.access), guards, row.place.clone()]
        }))
        .collect();
    let widths: Vec<usize> =
        (0..5).map(|column| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0)).collect();
    let mut text = String::new();
    for line in &lines {
        let cells: Vec<String> = line.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}")).collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}
