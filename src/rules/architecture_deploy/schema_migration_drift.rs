//! `schema-migration-drift`: what the schema in code defines is what the migrations make.
//!
//! Only migrations in SQL that were replayed to their end are compared, with the models of the same tool beside them.

use std::collections::BTreeSet;

use crate::{
    facts::{
        Fact,
        migrations::Tool,
        tables::{History, Origin, Table, Tables},
    },
    model::{Confidence, Evidence, Message, Place, Site, Verdict},
    repo::Role,
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: SchemaMigrationDrift = SchemaMigrationDrift;

pub(in crate::rules) struct SchemaMigrationDrift;

/// Sites that one history names; with more, the whole history is out of use.
const MAX_SITES: usize = 30;

impl Rule for SchemaMigrationDrift {
    fn id(&self) -> &'static str {
        "schema-migration-drift"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Tables]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let all = cx.facts.tables(cx.repo);
        let (mut sites, mut fine, mut open): (Vec<Site>, Vec<Evidence>, bool) = (Vec::new(), Vec::new(), false);
        for history in &all.histories {
            let models = models_of(cx, all, history);
            if models.is_empty() {
                continue;
            }
            match compare(history, &models, &relations(all)) {
                Some(found) if found.is_empty() => {
                    let files = history.steps.len();
                    let note = Message::new("same").count("n", models.len()).count("files", files);
                    fine.push(Evidence::At { place: Place::File(history.steps[0].file), note });
                }
                Some(found) => sites.extend(found),
                None => open = true,
            }
        }
        if sites.is_empty() {
            let otherwise = || if open { Verdict::unknown("open") } else { Verdict::not_applicable("nothing") };
            return Verdict::pass_or(fine, otherwise);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("nothing")).also_fine(fine)
    }
}

/// The tables that the history's own tool defines beside it.
fn models_of<'t>(cx: &Context<'_>, all: &'t Tables, history: &History) -> Vec<&'t Table> {
    let Some(first) = history.steps.first() else { return Vec::new() };
    let component = cx.repo.file(first.file).component;
    let parent = history.folder.parent().unwrap_or(&history.folder);
    let rivals = all.histories.iter().filter(|other| {
        other.tool == history.tool
            && other.steps.first().is_some_and(|step| cx.repo.file(step.file).component == component)
    });
    let only = rivals.count() == 1;
    let origin = match history.tool {
        Tool::Prisma => Origin::Prisma,
        Tool::Drizzle => Origin::Drizzle,
        _ => return Vec::new(),
    };
    let near = |table: &&Table| {
        let Some(file) = table.place.file().map(|file| cx.repo.file(file)) else { return false };
        let placed = match origin {
            Origin::Prisma => file.folder() == parent || file.path.starts_with(parent) && !parent.as_str().is_empty(),
            _ => only && file.component == component,
        };
        placed && !matches!(file.role, Role::Test | Role::Example | Role::Generated | Role::Vendored)
    };
    all.tables.iter().filter(|table| table.origin == origin).filter(near).collect()
}

/// Names of models, in lower case: a field of such a type leads to rows of another table and is no column.
fn relations(all: &Tables) -> BTreeSet<String> {
    let models = all.prisma.iter().flat_map(|(_, schema)| &schema.tables);
    models.filter_map(|model| model.symbol.as_deref().map(str::to_ascii_lowercase)).collect()
}

/// Names without case and marks: a tool may write `userId` as `user_id`.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|char| char.to_ascii_lowercase()).collect()
}

/// Whether a table of the database is the one that code calls `name`, with or without a prefix.
fn is_named(known: &str, name: &str) -> bool {
    let prefixed = known.strip_suffix(&name.to_ascii_lowercase()).is_some_and(|prefix| prefix.ends_with('_'));
    prefixed || plain(known) == plain(name)
}

/// What the migrations do not make; nothing when they cannot be compared.
fn compare(history: &History, models: &[&Table], relations: &BTreeSet<String>) -> Option<Vec<Site>> {
    let schema = &history.schema;
    let whole =
        !history.steps.iter().any(|step| step.passed_over) && schema.dynamic.is_none() && schema.problems.is_empty();
    if !whole || schema.tables.is_empty() {
        return None;
    }
    let mut found = Vec::new();
    let mut missing = 0;
    let views: BTreeSet<String> = schema.views.iter().map(|(_, name)| plain(name)).collect();
    for model in models {
        let name = plain(&model.name);
        if views.contains(&name) {
            continue;
        }
        // A prefix may be put before all names of a schema.
        let made: Vec<&Table> = schema
            .tables
            .iter()
            .filter(|((_, known), _)| is_named(known, &model.name))
            .map(|(_, table)| table)
            .collect();
        let Some(table) = made.iter().find(|table| plain(&table.name) == name).or_else(|| made.first()) else {
            missing += 1;
            let message = Message::new("table").with("table", &model.name);
            found.push(Site::new(model.place.clone(), message).confidence(Confidence::Likely).key(&model.name));
            continue;
        };
        if !table.complete {
            continue;
        }
        let columns: BTreeSet<String> = table.columns.iter().map(|column| plain(&column.name)).collect();
        let own = model.columns.iter().filter(|column| !relations.contains(column.data_type.trim_end_matches("[]")));
        for column in own.filter(|column| !columns.contains(&plain(&column.name))) {
            let message = Message::new("column").with("table", &model.name).with("column", &column.name);
            let key = format!("{}.{}", model.name, column.name);
            found.push(Site::new(column.place.clone(), message).confidence(Confidence::Likely).key(key));
        }
    }
    // Migrations that know less than half of the models belong to something else, or are no longer kept.
    if missing * 2 > models.len() || found.len() > MAX_SITES {
        return None;
    }
    Some(found)
}
