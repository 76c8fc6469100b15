//! `ddl-outside-migrations`: the schema changes in migrations only.

use crate::{
    code::{Kind, NodeRef, sql},
    facts::Visit,
    model::{Confidence, Message, Place, Severity, Verdict},
    repo::Role,
    rule::{Context, Out, Rule, Watch},
};

pub(in crate::rules) static RULE: DdlOutsideMigrations = DdlOutsideMigrations;

pub(in crate::rules) struct DdlOutsideMigrations;

/// Methods that hand SQL to a database.
const EXECUTES: [&str; 12] = [
    "execute",
    "executescript",
    "exec",
    "query",
    "raw",
    "run",
    "unsafe",
    "batch",
    "$executeRawUnsafe",
    "$queryRawUnsafe",
    "exec_driver_sql",
    "executeSql",
];

impl Rule for DdlOutsideMigrations {
    fn id(&self) -> &'static str {
        "ddl-outside-migrations"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call]).keywords(&[
            "ALTER TABLE",
            "DROP TABLE",
            "CREATE TABLE",
            "alter table",
            "drop table",
            "create table",
        ])
    }

    fn node(&self, file: &Visit<'_>, call: NodeRef<'_>, out: &mut Out<'_>) {
        if !call.callee_name().is_some_and(|name| EXECUTES.contains(&name)) || is_migrator(file) {
            return;
        }
        let Some(text) = call.positional().next().and_then(statement) else { return };
        let Some((key, table)) = change(&text) else { return };
        let seen = out.bad(Place::At(file.file.id, call.span()), Message::new(key).with("table", table.as_str()));
        seen.key = table;
        seen.confidence = Confidence::Likely;
        if key == "creates" {
            seen.severity = Some(Severity::Low);
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let sets = crate::facts::migrations::sets(cx.repo);
        if sets.is_empty() && cx.seen.is_empty() {
            return Verdict::not_applicable("no-schema");
        }
        cx.judged(|| Verdict::pass(cx.searched("searched", cx.files(Role::Source).count()), []))
    }
}

/// The text of a literal, or of one inside a call such as `text("…")`.
fn statement(argument: NodeRef<'_>) -> Option<String> {
    if argument.is(Kind::Call) {
        return argument.positional().next()?.constant_str();
    }
    argument.constant_str()
}

/// A migration runner of its own, by the file's path or by the table of versions that it keeps.
fn is_migrator(file: &Visit<'_>) -> bool {
    let path = file.file.path.as_str().to_ascii_lowercase();
    let text = file.text.to_ascii_lowercase();
    ["migrat", "schema", "upgrade", "/patch"].iter().any(|part| path.contains(part))
        || ["schema_version", "schema_migrations", "user_version", "_migrations"].iter().any(|part| text.contains(part))
}

/// What the statement does to which table; temporary tables belong to nobody.
fn change(text: &str) -> Option<(&'static str, String)> {
    sql::parse(text).statements.into_iter().find_map(|statement| match statement.kind {
        sql::Kind::CreateTable(table) if !table.temporary => Some(("creates", table.name.name)),
        sql::Kind::AlterTable { name, .. } => Some(("alters", name.name)),
        sql::Kind::DropTable { names, .. } => Some(("drops", names.into_iter().next()?.name)),
        _ => None,
    })
}
