//! Written plans for backups: sections that say what is copied and how it is brought back.

use super::{heading, restore_heading};
use crate::{
    facts::{
        documents::{Document, Section, documents},
        stores::Store,
    },
    model::{Place, Span},
    repo::Repo,
};

/// Engines, the tools that copy them, and providers that run them: names by which a plan says what it is about.
const STORES: &[&str] = &[
    "postgres",
    "pg_dump",
    "pg_basebackup",
    "pgbackrest",
    "wal-g",
    "mysql",
    "mariadb",
    "mongo",
    "sqlite",
    "db.sqlite3",
    "clickhouse",
    "cockroach",
    "elasticsearch",
    "sql server",
    "neo4j",
    "rds",
    "aurora",
    "supabase",
    "neon",
    "planetscale",
    "cloud sql",
    "dynamodb",
    "firestore",
    "couchdb",
    "cassandra",
    "redis",
    "minio",
    "qdrant",
];

/// Words with which a plan says how data comes back.
const WAYS_BACK: &[&str] =
    &["restor", "pg_restore", "mongorestore", "восстанов", "psql ", "mysql <", "point-in-time", "pitr"];

/// The first section about backups that names a datastore and a step that brings data back, with its heading.
pub fn written(repo: &Repo, stores: &[Store]) -> Option<(Place, String)> {
    let names: Vec<String> =
        stores.iter().map(|store| store.name.to_lowercase()).filter(|name| name.len() > 2).collect();
    documents(repo).iter().filter(|document| !is_report(document)).find_map(|document| {
        let text = repo.read(document.file).ok()?;
        let lower = |span: Span| text.get(span.range()).unwrap_or_default().to_lowercase();
        let back = document.sections.iter().filter(|section| restore_heading(&section.title) && section.steps > 0);
        let back_elsewhere = back.count() > 0;
        document.sections.iter().enumerate().filter(|(_, section)| heading(&section.title)).find_map(|(at, section)| {
            let body = lower(body(document, at, text.len()));
            let told = STORES.iter().any(|name| body.contains(name)) || names.iter().any(|name| has_word(&body, name));
            let returns = back_elsewhere || WAYS_BACK.iter().any(|word| body.contains(word));
            (told && returns).then(|| (Place::At(document.file, section.heading), section.title.clone()))
        })
    })
}

/// What stands below a heading, the heading itself included, up to the next one of its level or above.
fn body(document: &Document, at: usize, end: usize) -> Span {
    let section: &Section = &document.sections[at];
    let next = document.sections[at + 1..].iter().find(|other| other.level <= section.level);
    Span::new(section.heading.range().start, next.map_or(end, |next| next.heading.range().start))
}

fn has_word(text: &str, name: &str) -> bool {
    text.split(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '-' | '_')).any(|word| word == name)
}

/// What somebody found on one day is no plan.
fn is_report(document: &Document) -> bool {
    const WORDS: [&str; 12] = [
        "summary",
        "audit",
        "report",
        "assessment",
        "analysis",
        "readiness",
        "review",
        "roadmap",
        "status",
        "changelog",
        "changes",
        "todo",
    ];
    let name = document.path.file_name().unwrap_or_default().to_ascii_lowercase();
    WORDS.iter().any(|word| name.contains(word))
}
