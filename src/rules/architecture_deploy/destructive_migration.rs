//! `destructive-migration`: no migration throws data away, or breaks the version that still runs.

use crate::{
    code::sql::{Action, ActionKind, Kind, Name},
    facts::{
        Fact,
        tables::{Dialect, History, Step},
    },
    model::{Confidence, Evidence, Message, Place, Severity, Site, Span, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: DestructiveMigration = DestructiveMigration;

pub(in crate::rules) struct DestructiveMigration;

impl Rule for DestructiveMigration {
    fn id(&self) -> &'static str {
        "destructive-migration"
    }

    fn needs(&self) -> &'static [Fact] {
        &[]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let all = cx.facts.tables(cx.repo);
        // What was applied long ago cannot be mended; the newest steps show how the next one will be written.
        let newest = cx.whole("newest");
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        let mut judged = 0;
        for history in all.histories.iter().filter(|history| history.dialect != Dialect::Other) {
            let from = history.steps.len().saturating_sub(newest);
            for (number, step) in history.steps.iter().enumerate().skip(from).filter(|(_, step)| !step.base) {
                judged += 1;
                let found = judge(cx, history, number, step);
                if found.is_empty() {
                    fine.push(Evidence::At {
                        place: Place::At(step.file, Span::new(0, 1)),
                        note: Message::new("keeps"),
                    });
                }
                sites.extend(found);
            }
        }
        let ok = fine.len();
        let fine: Vec<Evidence> = fine.into_iter().rev().take(10).collect();
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("no-migrations"));
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-migrations")).also_fine(fine).sites(judged, ok)
    }
}

fn judge(cx: &Context<'_>, history: &History, number: usize, step: &Step) -> Vec<Site> {
    let text = cx.repo.read(step.file).unwrap_or_else(|_| "".into());
    let mut sites = Vec::new();
    for (at, statement) in step.script.statements.iter().enumerate() {
        let older = |name: &Name| history.schema.is_older(name, number);
        let found: Vec<(Span, Message, Option<Severity>)> = match &statement.kind {
            Kind::DropTable { names, .. } => names
                .iter()
                .filter(|name| older(name) && !is_rebuilt(step, name) && !is_copied(step, at, name))
                .map(|name| (statement.span, Message::new("drop-table").with("table", name.name.as_str()), None))
                .collect(),
            Kind::Truncate(names) => names
                .iter()
                .filter(|name| older(name))
                .map(|name| (statement.span, Message::new("truncate").with("table", name.name.as_str()), None))
                .collect(),
            Kind::Delete { table, filtered: false }
                if older(table) && !is_rebuilt(step, table) && !is_put_back(cx, step, at, table) =>
            {
                vec![(statement.span, Message::new("truncate").with("table", table.name.as_str()), None)]
            }
            Kind::AlterTable { name, actions, .. } if older(name) => {
                let kept = |action: &&Action| match &action.kind {
                    ActionKind::DropColumn { name: column, .. } => is_moved_earlier(cx, history, number, name, column),
                    ActionKind::AddColumn { .. } | ActionKind::SetNotNull(_) => {
                        matches!(history.days_since_made(cx.repo, name, number), Some(..=NEW))
                    }
                    _ => false,
                };
                actions
                    .iter()
                    .filter(|action| !kept(action))
                    .filter_map(|action| change(step, at, name, action))
                    .collect()
            }
            _ => Vec::new(),
        };
        for (span, message, severity) in found {
            if is_reviewed(&text, span) {
                continue;
            }
            let mut site = Site::new(Place::At(step.file, span), message).confidence(Confidence::Likely);
            site.severity = severity;
            sites.push(site);
        }
    }
    sites
}

fn change(step: &Step, at: usize, table: &Name, action: &Action) -> Option<(Span, Message, Option<Severity>)> {
    let say =
        |key: &'static str, column: &str| Message::new(key).with("table", table.name.as_str()).with("column", column);
    match &action.kind {
        ActionKind::DropColumn { name, .. } if !is_copied(step, at, table) => {
            Some((action.span, say("drop-column", name), None))
        }
        ActionKind::AddColumn { column, .. } if column.not_null && !column.default => {
            Some((action.span, say("not-null", &column.name), None))
        }
        ActionKind::SetNotNull(column) if !is_copied(step, at, table) && !is_added(step, table, column) => {
            Some((action.span, say("set-not-null", column), Some(Severity::Low)))
        }
        _ => None,
    }
}

/// Rows are moved or filled before this statement.
fn is_copied(step: &Step, at: usize, table: &Name) -> bool {
    step.script.statements[..at].iter().any(|statement| match &statement.kind {
        Kind::Update { table: changed, .. } => changed.same(table),
        Kind::Insert { .. } => true,
        _ => false,
    })
}

/// Whether all rows were copied to another table before the statement and are put back behind it.
fn is_put_back(cx: &Context<'_>, step: &Step, at: usize, table: &Name) -> bool {
    let Ok(text) = cx.repo.read(step.file) else { return false };
    let said = |span: Span| text.get(span.range()).unwrap_or_default().to_ascii_lowercase();
    let own = table.name.to_ascii_lowercase();
    let (before, behind) = step.script.statements.split_at(at);
    let copied = before.iter().any(|statement| {
        let text = said(statement.span);
        let (Some(from), Some(select)) = (text.rfind(" from "), text.find("select")) else { return false };
        select < from && !text[from..].contains(" where ") && !words(&text[from..], &own).is_empty()
    });
    copied
        && behind.iter().skip(1).any(|statement| {
            let text = said(statement.span);
            let into = text.find("insert into").map(|start| text[start..].split("select").next().unwrap_or_default());
            text.contains("select") && into.is_some_and(|into| !words(into, &own).is_empty())
        })
}

/// A table of the same release has no rows yet.
const NEW: i64 = 7;

/// Whether an earlier migration copied what the column holds, so that this one is the last step of a change in two: an
/// `UPDATE` of the table that reads the column into others, or an `INSERT` from the table that selects by it.
fn is_moved_earlier(cx: &Context<'_>, history: &History, number: usize, table: &Name, column: &str) -> bool {
    history.steps[..number].iter().rev().take(MOVED_WITHIN).any(|step| {
        let Ok(text) = cx.repo.read(step.file) else { return false };
        step.script.statements.iter().any(|statement| {
            let text = text.get(statement.span.range()).unwrap_or_default();
            let named = || !words(text, &table.name).is_empty();
            match &statement.kind {
                Kind::Update { table: changed, .. } => (changed.same(table) || named()) && reads(text, column),
                Kind::Insert { .. } => {
                    let select = text.to_ascii_lowercase().find("select");
                    named() && select.is_some_and(|at| words(text, column).iter().any(|found| *found > at))
                }
                _ => false,
            }
        })
    })
}

/// Where a name stands in a statement, as a whole word.
fn words(text: &str, word: &str) -> Vec<usize> {
    let in_word = |char: Option<char>| char.is_some_and(|char| char.is_alphanumeric() || char == '_');
    let whole =
        |at: &usize| !in_word(text[..*at].chars().next_back()) && !in_word(text[at + word.len()..].chars().next());
    text.match_indices(word).map(|(at, _)| at).filter(whole).collect()
}

/// Whether an `UPDATE` names a column other than to set it: `SET a = …, column = …`.
fn reads(text: &str, column: &str) -> bool {
    let found = words(text, column);
    let is_set = |at: &usize| {
        let before = text[..*at].trim_end_matches(['"', '`', ' ', '\n', '\t', '\r']);
        let before = before.to_ascii_lowercase();
        let after = text[at + column.len()..].trim_start_matches(['"', '`', ' ', '\n', '\t', '\r']);
        (before.ends_with("set") || before.ends_with(',')) && after.starts_with('=')
    };
    !found.is_empty() && !found.iter().any(is_set)
}

/// Migrations before one that are searched for the first step of its change.
const MOVED_WITHIN: usize = 40;

/// SQLite changes a table by making another and giving it the old name.
fn is_rebuilt(step: &Step, table: &Name) -> bool {
    step.script.statements.iter().any(|statement| match &statement.kind {
        Kind::AlterTable { actions, .. } => actions.iter().any(
            |action| matches!(&action.kind, ActionKind::RenameTable(to) if to.name.eq_ignore_ascii_case(&table.name)),
        ),
        Kind::CreateTable(made) => made.name.same(table),
        Kind::CreateView(name) => name.same(table),
        _ => false,
    })
}

/// The column is new in this step, and filled before it must not be empty.
fn is_added(step: &Step, table: &Name, column: &str) -> bool {
    step.script.statements.iter().any(|statement| match &statement.kind {
        Kind::AlterTable { name, actions, .. } if name.same(table) => {
            actions.iter().any(|action| matches!(&action.kind, ActionKind::SetDefault(known) if known == column))
        }
        _ => false,
    })
}

/// How far above a statement its comment may begin.
const COMMENT_LINES: usize = 12;

fn is_drop(line: &str) -> bool {
    line.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("drop "))
}

/// A comment on the line before, or on the line itself, says that somebody thought about it.
fn is_reviewed(text: &str, span: Span) -> bool {
    let start = span.start as usize;
    let Some(before) = text.get(..start) else { return false };
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let mut from = before[..line].trim_end().rfind('\n').map_or(0, |at| at + 1);
    // A comment of several lines, above one statement or a few that belong together.
    for _ in 0..COMMENT_LINES {
        let above = before[..from].trim_end_matches('\n').rfind('\n').map_or(0, |at| at + 1);
        let own = before[above..from].trim();
        let here = before[from..].lines().next().unwrap_or_default().trim_start();
        let together = here.starts_with("--") && own.starts_with("--") || is_drop(here) && !own.is_empty();
        if !together || above == from {
            break;
        }
        from = above;
    }
    let end = text[start..].find('\n').map_or(text.len(), |length| start + length);
    let around = text[from..end].to_ascii_lowercase();
    around.contains("--")
        && [
            "reviewed",
            "safe to",
            "intentional",
            "deliberate",
            "no longer used",
            "unused",
            "copied over",
            "were copied",
            "been copied",
            "migrated to",
            "moved to",
            "backfilled",
        ]
        .iter()
        .any(|word| around.contains(word))
}
