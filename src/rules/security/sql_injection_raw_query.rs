//! `sql-injection-raw-query`: what a client sends reaches SQL as a parameter, never as a part of its text.

use std::collections::BTreeSet;

use crate::{
    facts::{
        Fact,
        queries::{Source, reached_by},
    },
    model::{Confidence, Message, Place, Site, Verdict},
    repo::Role,
    rule::{Context, Rule},
    rules::record_access::handlers,
};

pub(in crate::rules) static RULE: SqlInjectionRawQuery = SqlInjectionRawQuery;

pub(in crate::rules) struct SqlInjectionRawQuery;

/// Packages that send SQL to a database.
const CLIENTS: [&str; 28] = [
    "pg",
    "mysql",
    "mysql2",
    "sqlite3",
    "better-sqlite3",
    "postgres",
    "mssql",
    "oracledb",
    "knex",
    "sequelize",
    "typeorm",
    "@prisma/client",
    "drizzle-orm",
    "kysely",
    "slonik",
    "sqlalchemy",
    "sqlmodel",
    "psycopg",
    "psycopg2",
    "asyncpg",
    "aiomysql",
    "pymysql",
    "MySQLdb",
    "aiosqlite",
    "django",
    "flask_sqlalchemy",
    "databases",
    "peewee",
];

impl Rule for SqlInjectionRawQuery {
    fn id(&self) -> &'static str {
        "sql-injection-raw-query"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Queries, Fact::Modules, Fact::Routes, Fact::Access]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let (mut found, mut open) = (BTreeSet::new(), BTreeSet::new());
        for file in cx.files(Role::Source) {
            let Some(facts) = cx.facts.of(file.id) else { continue };
            for statement in &facts.queries.statements {
                open.insert(Place::At(file.id, statement.span));
                for (at, source) in &statement.values {
                    if let Source::Request(name) = source {
                        found.insert((Place::At(file.id, *at), Place::At(file.id, statement.span), name.clone()));
                    }
                }
            }
        }
        for (route, handler) in handlers(cx) {
            for reached in reached_by(cx.repo, cx.facts, handler, route.kind) {
                let file = reached.function.file;
                let span = cx.facts.modules(cx.repo).function(reached.function).span;
                let Some(facts) = cx.facts.of(file).filter(|_| cx.repo.file(file).role == Role::Source) else {
                    continue;
                };
                let statements = &facts.queries.statements;
                for statement in statements.iter().filter(|it| it.span.start >= span.start && it.span.end <= span.end) {
                    for (at, source) in &statement.values {
                        if let Source::Request(name) = reached.source(source) {
                            found.insert((Place::At(file, *at), Place::At(file, statement.span), name));
                        }
                    }
                }
            }
        }
        let mut seen = BTreeSet::new();
        let sites: Vec<Site> = found
            .into_iter()
            .filter(|(at, _, _)| seen.insert(at.clone()))
            .map(|(at, statement, name)| {
                let site = Site::new(at, Message::new("put-in").with("name", name)).confidence(Confidence::Likely);
                site.related(statement, "statement")
            })
            .collect();
        let detail = Message::new("detail").count("n", sites.len());
        let (open, files) = (open.len(), cx.files(Role::Source).count());
        let otherwise = || {
            if open > 0 {
                return Verdict::unknown(Message::new("open").count("n", open));
            }
            if !uses_sql(cx) {
                return Verdict::not_applicable("no-sql");
            }
            Verdict::pass(cx.searched("searched", files), [])
        };
        if sites.is_empty() { otherwise() } else { Verdict::fail_or(sites, otherwise).detail(detail) }
    }
}

fn uses_sql(cx: &Context<'_>) -> bool {
    let modules = cx.facts.modules(cx.repo);
    modules.files().any(|(_, file)| {
        file.imports.iter().any(|import| {
            CLIENTS.iter().any(|client| {
                import.module == *client
                    || import.module.strip_prefix(client).is_some_and(|rest| rest.starts_with(['.', '/']))
            })
        })
    })
}
