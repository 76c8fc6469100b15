//! `index-not-concurrent`: an index on a table with rows is built without stopping its writers.

use crate::{
    code::sql::{ActionKind, Kind, Name},
    facts::{
        Fact,
        migrations::Tool,
        tables::{Dialect, History, Step},
    },
    model::{Confidence, Evidence, Message, Place, Severity, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: IndexNotConcurrent = IndexNotConcurrent;

pub(in crate::rules) struct IndexNotConcurrent;

impl Rule for IndexNotConcurrent {
    fn id(&self) -> &'static str {
        "index-not-concurrent"
    }

    fn needs(&self) -> &'static [Fact] {
        &[]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let all = cx.facts.tables(cx.repo);
        // What was applied long ago cannot be mended; the newest steps show how the next one will be written.
        let newest = cx.whole("newest");
        let (mut sites, mut fine, mut unknown) = (Vec::new(), Vec::new(), false);
        for history in &all.histories {
            match history.dialect {
                Dialect::Postgres => judge(cx, history, newest, &mut sites, &mut fine),
                Dialect::Unknown => {
                    let mut found = Vec::new();
                    judge(cx, history, newest, &mut found, &mut Vec::new());
                    unknown |= !found.is_empty();
                }
                _ => {}
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if sites.is_empty() {
            return Verdict::pass_or(fine, || {
                if unknown { Verdict::unknown("unknown-database") } else { Verdict::not_applicable("none") }
            });
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("none")).also_fine(fine).sites(total, ok)
    }
}

/// A table of a feature that is about to be released has no rows; one of the last release has few.
const NEW: i64 = 7;
const YOUNG: i64 = 45;

fn judge(cx: &Context<'_>, history: &History, newest: usize, sites: &mut Vec<Site>, fine: &mut Vec<Evidence>) {
    let from = history.steps.len().saturating_sub(newest);
    for (number, step) in history.steps.iter().enumerate().skip(from).filter(|(_, step)| !step.base) {
        let mut blocking: Vec<Site> = Vec::new();
        for statement in &step.script.statements {
            let Kind::CreateIndex(index) = &statement.kind else { continue };
            let place = Place::At(step.file, statement.span);
            let say = |key: &'static str| Message::new(key).with("table", index.table.name.as_str());
            if index.only {
                continue;
            }
            if index.concurrently {
                if in_transaction(history, step) {
                    sites.push(
                        Site::new(place, say("transaction").with("tool", history.tool.name()))
                            .key(index_key(step, index)),
                    );
                } else {
                    fine.push(Evidence::At { place, note: say("concurrent") });
                }
            } else if history.schema.is_older(&index.table, number) {
                let site = Site::new(place, say("blocking")).key(index_key(step, index)).confidence(Confidence::Likely);
                match history.days_since_made(cx.repo, &index.table, number) {
                    Some(..=NEW) => {}
                    // The same step stops the table's writers anyway, and the new column holds nothing yet.
                    _ if adds_column(step, &index.table) => blocking.push(site.severity(Severity::Low)),
                    Some(..=YOUNG) => blocking.push(site.severity(Severity::Low)),
                    _ => blocking.push(site),
                }
            }
        }
        sites.extend(together(blocking));
    }
}

fn adds_column(step: &Step, table: &Name) -> bool {
    step.script.statements.iter().any(|statement| match &statement.kind {
        Kind::AlterTable { name, actions, .. } if name.same(table) => {
            actions.iter().any(|action| matches!(action.kind, ActionKind::AddColumn { .. }))
        }
        _ => false,
    })
}

fn index_key(step: &Step, index: &crate::code::sql::CreateIndex) -> String {
    let name = index.name.as_ref().map(|name| name.name.clone()).unwrap_or_default();
    format!("{}/{}/{name}", step.file.0, index.table.name)
}

/// One finding for each file: they are mended together.
fn together(mut sites: Vec<Site>) -> Option<Site> {
    // The weightiest speaks for all.
    sites.sort_by_key(|site| site.severity == Some(Severity::Low));
    let mut sites = sites.into_iter();
    let mut first = sites.next()?;
    first.key = String::new();
    for other in sites {
        first = first.related(other.place, Message::new("as-well"));
    }
    Some(first)
}

/// Whether the step runs inside a transaction, in which the database refuses `CONCURRENTLY`.
fn in_transaction(history: &History, step: &Step) -> bool {
    let statements = &step.script.statements;
    match history.tool {
        Tool::Drizzle => true,
        Tool::Prisma => statements.len() > 1,
        _ => statements.iter().any(|statement| statement.kind == Kind::Begin),
    }
}
