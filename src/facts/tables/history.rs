//! Migrations in SQL: the steps of each folder in the order in which they are applied, read and replayed.

use std::cmp::Ordering;

use camino::{Utf8Path, Utf8PathBuf};

use super::replay::Schema;
use crate::{
    code::sql::{self, Script},
    facts::migrations::{self, MigrationSet, Tool},
    model::FileId,
    repo::{File, Repo},
};

/// The migrations of one folder with the schema that they make.
#[derive(Debug)]
pub struct History {
    pub tool: Tool,
    pub folder: Utf8PathBuf,
    pub dialect: Dialect,
    /// Schema files that stand before the migrations, then the migrations in order.
    pub steps: Vec<Step>,
    /// After the last step.
    pub schema: Schema,
}

/// One file of a history.
#[derive(Debug)]
pub struct Step {
    pub file: FileId,
    pub script: Script,
    /// A schema file beside the migrations and none of them.
    pub base: bool,
    /// The tool passes it over because of its name, though people may run it by hand.
    pub passed_over: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Postgres,
    MySql,
    Sqlite,
    Other,
    Unknown,
}

pub(super) fn histories(repo: &Repo) -> Vec<History> {
    let mut sets = migrations::sets(repo);
    sets.retain(|set| !is_put_aside(&set.folder) && set.files.iter().any(|file| is_sql(repo.file(*file))));
    // A folder without numbers, such as `supabase/schema.sql` alone, has a history too.
    for exposure in super::exposures(repo) {
        let migrations = exposure.folder.join("migrations");
        if !sets.iter().any(|set| set.folder == migrations) {
            sets.push(MigrationSet { tool: Tool::Supabase, folder: migrations, files: Vec::new() });
        }
    }
    let mut found: Vec<History> =
        sets.iter().map(|set| history(repo, set)).filter(|one| !one.steps.is_empty()).collect();
    found.sort_by(|a, b| a.folder.cmp(&b.folder));
    found
}

/// A copy of what once was: `migrations_backup`, `old_migrations`.
fn is_put_aside(folder: &Utf8Path) -> bool {
    folder.components().any(|part| {
        let part = part.as_str().to_ascii_lowercase();
        part.split(['_', '-', '.'])
            .any(|word| matches!(word, "backup" | "backups" | "bak" | "old" | "archive" | "archived"))
    })
}

fn is_sql(file: &File) -> bool {
    file.path.extension() == Some("sql")
}

fn history(repo: &Repo, set: &MigrationSet) -> History {
    let mut files: Vec<(FileId, bool)> = base_files(repo, set).into_iter().map(|file| (file, true)).collect();
    let mut own: Vec<&File> =
        set.files.iter().map(|file| repo.file(*file)).filter(|file| is_sql(file) && !is_way_back(&file.path)).collect();
    own.sort_by(|a, b| natural(a.path.as_str(), b.path.as_str()));
    order_by_journal(repo, set, &mut own);
    files.extend(own.iter().map(|file| (file.id, false)));
    let mut steps = Vec::new();
    let mut sample = String::new();
    for (file, base) in files {
        let Ok(text) = repo.read(file) else { continue };
        let text = forward(&text);
        if sample.len() < 200_000 {
            sample.push_str(&text[..floor(text, 50_000)]);
        }
        let name = repo.file(file).name();
        let passed_over = set.tool == Tool::Supabase && !base && !is_timestamped(name);
        steps.push(Step { file, script: sql::parse(text), base, passed_over });
    }
    let dialect = dialect(repo, set, &sample);
    let schema = Schema::replay(&steps, dialect, |file, span| text_at(repo, file, span));
    History { tool: set.tool, folder: set.folder.clone(), dialect, steps, schema }
}

fn text_at(repo: &Repo, file: FileId, span: crate::model::Span) -> String {
    repo.read(file).ok().and_then(|text| text.get(span.range()).map(str::to_owned)).unwrap_or_default()
}

fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// `20250101000000_name.sql`, and any other number before the first underscore: what Supabase's tool applies.
pub fn is_timestamped(name: &str) -> bool {
    name.split_once('_')
        .is_some_and(|(number, _)| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What lies beside Supabase's migrations and comes before them: `schema.sql`, `schemas/*.sql`.
fn base_files(repo: &Repo, set: &MigrationSet) -> Vec<FileId> {
    if set.tool != Tool::Supabase {
        return Vec::new();
    }
    let folder = set.folder.parent().unwrap_or(Utf8Path::new(""));
    repo.files_below(folder)
        .iter()
        .filter(|file| is_sql(file) && file.role.is_operational() && !is_way_back(&file.path))
        .filter(|file| {
            file.folder() == folder && !file.name().contains("seed")
                || file.folder().starts_with(folder.join("schemas"))
        })
        .map(|file| file.id)
        .collect()
}

/// The part of a file that goes forward: tools that keep both directions in one file mark the way back.
fn forward(text: &str) -> &str {
    let marks = ["-- +goose Down", "-- +migrate Down", "-- migrate:down", "-- +micrate Down", "--//@UNDO"];
    let end = marks.iter().filter_map(|mark| text.find(mark)).min();
    &text[..end.unwrap_or(text.len())]
}

/// Whether a file takes a migration back, by its name.
pub fn is_way_back(path: &Utf8Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_ascii_lowercase();
    let folder = path.parent().and_then(Utf8Path::file_name).unwrap_or_default().to_ascii_lowercase();
    let undo =
        name.starts_with('u') && name[1..].starts_with(|char: char| char.is_ascii_digit()) && name.contains("__");
    undo || name == "down.sql"
        || [".down.", "_down.", "-down.", "rollback", "revert", ".undo."].iter().any(|part| name.contains(part))
        || ["down", "rollback", "rollbacks", "undo", "revert"].contains(&folder.as_str())
}

/// Drizzle applies what its journal lists, in the journal's order.
fn order_by_journal(repo: &Repo, set: &MigrationSet, files: &mut [&File]) {
    let Some(doc) = repo.by_path(&set.folder.join("meta/_journal.json")).and_then(|file| repo.doc(file.id)) else {
        return;
    };
    let tags: Vec<&str> = doc
        .root()
        .map(|root| root.select(&["entries", "*", "tag"]))
        .unwrap_or_default()
        .into_iter()
        .filter_map(|tag| tag.as_str())
        .collect();
    let place = |file: &File| tags.iter().position(|tag| file.path.file_stem() == Some(tag)).unwrap_or(usize::MAX);
    files.sort_by_key(|file| place(file));
}

/// Compares names so that runs of digits count as numbers: `2_b` before `10_a`.
pub(super) fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let (Some(x), Some(y)) = (a.chars().next(), b.chars().next()) else { return a.len().cmp(&b.len()) };
        if x.is_ascii_digit() && y.is_ascii_digit() {
            let (left, rest_a) = number(a);
            let (right, rest_b) = number(b);
            let order = left.len().cmp(&right.len()).then_with(|| left.cmp(right));
            if order != Ordering::Equal {
                return order;
            }
            (a, b) = (rest_a, rest_b);
        } else if x != y {
            return x.cmp(&y);
        } else {
            (a, b) = (&a[x.len_utf8()..], &b[y.len_utf8()..]);
        }
    }
}

fn number(text: &str) -> (&str, &str) {
    let end = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    (text[..end].trim_start_matches('0'), &text[end..])
}

fn dialect(repo: &Repo, set: &MigrationSet, sample: &str) -> Dialect {
    if set.tool == Tool::Supabase {
        return Dialect::Postgres;
    }
    let declared = ["migration_lock.toml", "meta/_journal.json"].iter().find_map(|name| {
        let doc = repo.doc(repo.by_path(&set.folder.join(name))?.id)?;
        let root = doc.root()?;
        root.get("provider").or_else(|| root.get("dialect"))?.as_str().and_then(named)
    });
    declared.or_else(|| folder_dialect(&set.folder)).unwrap_or_else(|| by_text(repo, sample))
}

/// The dialect of a provider's or a driver's name.
pub(super) fn named(name: &str) -> Option<Dialect> {
    Some(match name.to_ascii_lowercase().as_str() {
        "postgresql" | "postgres" | "pg" | "cockroachdb" => Dialect::Postgres,
        "mysql" | "mariadb" | "singlestore" => Dialect::MySql,
        "sqlite" | "turso" => Dialect::Sqlite,
        "sqlserver" | "mssql" | "mongodb" | "clickhouse" => Dialect::Other,
        _ => return None,
    })
}

fn folder_dialect(folder: &Utf8Path) -> Option<Dialect> {
    folder.components().rev().find_map(|part| named(part.as_str().split(['-', '_', '.']).next().unwrap_or_default()))
}

fn by_text(repo: &Repo, sample: &str) -> Dialect {
    let lower = sample.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if has(&["engine = mergetree", "engine=mergetree", "mergetree()", "engine = replacing"]) {
        Dialect::Other
    } else if has(&["auto_increment", "engine=innodb", "engine = innodb", "utf8mb4"]) {
        Dialect::MySql
    } else if has(&["autoincrement", "pragma "]) {
        Dialect::Sqlite
    } else if has(&["serial", "timestamptz", "jsonb", "plpgsql", "uuid", "::text", "with time zone", "bytea"]) {
        Dialect::Postgres
    } else if has(&["nvarchar", "[dbo]"]) {
        Dialect::Other
    } else if repo.declared(&["pg", "postgres", "psycopg2", "psycopg2-binary", "psycopg", "asyncpg"]).is_some() {
        Dialect::Postgres
    } else {
        Dialect::Unknown
    }
}
