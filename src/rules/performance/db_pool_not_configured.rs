//! `db-pool-not-configured`: the size of each database connection pool is chosen.

use crate::{
    code::{Kind, NodeRef},
    facts::{
        Visit,
        pools::{self, Library},
    },
    model::{Confidence, Message, Severity, Verdict},
    repo::{FileKind, Repo},
    rule::{Context, Out, Rule, Watch},
};

pub(in crate::rules) static RULE: DbPoolNotConfigured = DbPoolNotConfigured;

pub(in crate::rules) struct DbPoolNotConfigured;

impl Rule for DbPoolNotConfigured {
    fn id(&self) -> &'static str {
        "db-pool-not-configured"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call]).keywords(&pools::KEYWORDS)
    }

    fn node(&self, file: &Visit<'_>, call: NodeRef<'_>, out: &mut Out<'_>) {
        let Some(pool) = pools::pool(call) else { return };
        if pool.embedded || call.is_dev_only() || is_tool(file) || pools::is_brief(call) {
            return;
        }
        let place = crate::model::Place::At(file.file.id, call.span());
        let say = |key: &'static str| Message::new(key).with("library", pool.library.name());
        if pool.limited {
            out.good(place, say("limited"));
        } else if pool.delegated {
            out.good(place, say("delegated"));
        } else if pool.open {
            out.note(place, "open");
        } else if pool.library == Library::Prisma {
            if prisma_url_limits(file.repo) {
                out.good(place, say("limited"));
            } else {
                let seen = out.bad(place, say("prisma"));
                seen.severity = Some(Severity::Low);
                seen.confidence = Confidence::Likely;
            }
        } else {
            let key = if pool.library == Library::SqlAlchemy { "engine" } else { "defaults" };
            out.bad(place, say(key)).confidence = Confidence::Likely;
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        cx.judged(|| if cx.seen.is_empty() { Verdict::not_applicable("no-pool") } else { Verdict::unknown("unclear") })
    }
}

/// Migrations and seeds connect once and end.
fn is_tool(file: &Visit<'_>) -> bool {
    is_environment_of_alembic(file)
        || file.file.path.components().any(|part| {
            let part = part.as_str().to_ascii_lowercase();
            let stem = part.split('.').next().unwrap_or_default();
            ["alembic", "migrations", "seed", "seeds", "seeder", "migrate", "scripts"].contains(&stem)
        })
}

/// The `env.py` of a folder of Alembic, whatever that is called: it connects for one run of migrations.
pub(super) fn is_environment_of_alembic(file: &Visit<'_>) -> bool {
    file.file.name() == "env.py" && file.text.contains("run_migrations")
}

/// Prisma reads limits from the URL, which the repository shows in examples, in Compose and in the schema; a SQLite
/// file has no pool.
fn prisma_url_limits(repo: &Repo) -> bool {
    repo.files()
        .iter()
        .filter(|file| {
            let set = matches!(file.kind, FileKind::Env | FileKind::EnvExample | FileKind::Compose | FileKind::Prisma)
                && file.role.is_operational();
            // Whoever runs the program is told by its documents.
            set || matches!(file.path.extension(), Some("md" | "mdx"))
        })
        .filter_map(|file| repo.read(file.id).ok())
        .any(|text| {
            ["connection_limit=", "pgbouncer=true", ":6543/", "prisma://", "prisma+postgres://", "-pooler."]
                .iter()
                .any(|part| text.contains(part))
                || text.contains("provider = \"sqlite\"")
                || text.contains("provider = \"mongodb\"")
        })
}
