//! `migration-unknown-column`: the migrations build an empty database from the first to the last.

use std::collections::BTreeSet;

use crate::{
    facts::{
        Fact,
        tables::{Dialect, History, Problem, ProblemKind, Tables},
    },
    model::{Evidence, Message, Place, Site, Verdict},
    repo::Role,
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: MigrationUnknownColumn = MigrationUnknownColumn;

pub(in crate::rules) struct MigrationUnknownColumn;

impl Rule for MigrationUnknownColumn {
    fn id(&self) -> &'static str {
        "migration-unknown-column"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Tables]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let all = cx.facts.tables(cx.repo);
        let elsewhere = made_elsewhere(cx, all);
        let (mut sites, mut fine, mut partly) = (Vec::new(), Vec::new(), false);
        for history in all.histories.iter().filter(|history| history.dialect != Dialect::Other) {
            if !is_whole(history) {
                partly = true;
                continue;
            }
            let found: Vec<Site> =
                history.schema.problems.iter().filter_map(|problem| site(all, history, problem, &elsewhere)).collect();
            if found.is_empty() {
                let n: usize = history.steps.iter().map(|step| step.script.statements.len()).sum();
                let note = Message::new("replayed").count("n", n).count("files", history.steps.len());
                fine.push(Evidence::At { place: Place::File(history.steps[0].file), note });
            }
            sites.extend(found);
        }
        if sites.is_empty() {
            return Verdict::pass_or(fine, || {
                if partly { Verdict::unknown("not-whole") } else { Verdict::not_applicable("no-migrations") }
            });
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-migrations")).also_fine(fine)
    }
}

/// Whether the history starts from nothing and every statement of it can be read.
fn is_whole(history: &History) -> bool {
    let Some(first) = history.schema.made.values().min() else { return false };
    let before = |problem: &Problem| problem.step < *first && matches!(problem.kind, ProblemKind::UnknownTable { .. });
    // When a file that the tool passes over runs, nobody knows.
    let in_order = !history.steps.iter().any(|step| step.passed_over);
    in_order && history.schema.dynamic.is_none() && !history.schema.problems.iter().any(before)
}

/// Names of tables that something else may make: models in code, SQL files outside the histories.
fn made_elsewhere(cx: &Context<'_>, all: &Tables) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = BTreeSet::new();
    for file in cx.repo.files().iter().filter(|file| file.path.extension() == Some("sql") && file.role != Role::Test) {
        if all.histories.iter().any(|history| history.steps.iter().any(|step| step.file == file.id)) {
            continue;
        }
        let Ok(text) = cx.repo.read(file.id) else { continue };
        for statement in crate::code::sql::parse(&text).statements {
            if let crate::code::sql::Kind::CreateTable(table) = statement.kind {
                found.insert(table.name.name.to_ascii_lowercase());
            }
        }
    }
    found
}

fn site(all: &Tables, history: &History, problem: &Problem, elsewhere: &BTreeSet<String>) -> Option<Site> {
    Some(match &problem.kind {
        ProblemKind::UnknownTable { table } => {
            let name = table.rsplit('.').next().unwrap_or(table).to_ascii_lowercase();
            let foreign = table.split_once('.').is_some_and(|(schema, _)| schema != "public");
            let ever = history.schema.made.keys().any(|(_, known)| *known == name);
            let other = all.histories.iter().filter(|other| other.folder != history.folder);
            let shared = other.into_iter().any(|other| other.schema.made.keys().any(|(_, known)| *known == name));
            if foreign || shared || elsewhere.contains(&name) {
                return None;
            }
            let key = if ever { "table-gone" } else { "table" };
            Site::new(problem.place.clone(), Message::new(key).with("table", table.as_str())).key(table.clone())
        }
        ProblemKind::UnknownColumn { table, column } => {
            let message = Message::new("column").with("table", table.as_str()).with("column", column.as_str());
            Site::new(problem.place.clone(), message).key(format!("{table}.{column}"))
        }
    })
}
