//! `test-database-not-isolated`: tests that empty tables do it in a database of their own.

use std::sync::LazyLock;

use regex::Regex;

use crate::{
    facts::testing,
    model::{ComponentId, Confidence, Message, Place, Site, Span, Verdict},
    repo::{File, FileKind, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: TestDatabaseNotIsolated = TestDatabaseNotIsolated;

pub(in crate::rules) struct TestDatabaseNotIsolated;

/// Statements that empty a table or drop a schema, whatever is in it.
static WIPES: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?x)
    \.deleteMany\(\s*(\{\s*\})?\s*\)
  | \bTRUNCATE\s+(TABLE\s+)?[\x22\x60'$\w]
  | \bDROP\s+(SCHEMA|DATABASE)\b
  | \.drop_all\(
  | \.dropDatabase\(
  | \bsync\(\s*\{\s*force:\s*true
  | \.synchronize\(\s*true
  | \bdelete\(\s*[A-Z]\w*\s*\)
  | \.objects\.all\(\)\.delete\(
  | \.query\((\w+\.)*[A-Z]\w*\)\.delete\(
  | \bDELETE\s+FROM\s+[\x22\x60\w.]+[\x22\x60]*\s*;?\s*[\x22'\x60)]
";
    Regex::new(pattern).expect("the pattern does not change")
});

/// What shows a database that is there for tests alone.
static APART: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?ix)
    testcontainers | memory-?server | pg-mem | :memory: | sqlite | pglite | embedded-?postgres
  | pytest_postgresql | postgresql_proc | pytest[_-]django | django\.test | pytest[_-]mongodb | mongomock
  | Test(ing)?(Config|Settings|Database|Db)\b | (create|setup|use|get)_?Test_?(Db|Database|DataSource|Pool|Schema)\b
  | \bTEST_(\w+_)?(DATABASE|DB|POSTGRES|MONGO|MYSQL|PG|SQL)\w* | \b(DATABASE|DB|POSTGRES|MONGO|MONGODB|MYSQL|PG)\w*_TEST(ING)?\b
  | \.env\.(test|ci|e2e|integration)
  | \.rollback\(
  | (database|db_|_db\b|postgres|mysql|mongo|dsn|schema)\S*.{0,120}([_-]tests?\b|\btests?[_-]|/tests?\b|[\x22'\x60]tests?[\x22'\x60])
  | ([_-]tests?\b|\btests?[_-]|/tests?\b).{0,120}(database|postgres|mysql|mongo|_db\b|db_)
  | dependency_overrides\[\s*get_(db|session|async_session|database)
";
    Regex::new(pattern).expect("the pattern does not change")
});

impl Rule for TestDatabaseNotIsolated {
    fn id(&self) -> &'static str {
        "test-database-not-isolated"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if cx.repo.profile().datastores.is_empty() {
            return Verdict::not_applicable("no-database");
        }
        let sites = wiping(cx);
        if sites.is_empty() {
            return Verdict::not_applicable("no-wipe");
        }
        let named = cx.repo.files().iter().find(|file| is_environment_of_tests(file)).map(|file| Place::File(file.id));
        match named.or_else(|| shown(cx, &sites)) {
            Some(place) => Verdict::pass_at(place, "apart"),
            None => Verdict::fail_or(sites, || Verdict::not_applicable("no-wipe")),
        }
    }
}

/// Tests in other databases than the one that the program uses are found by the name of their settings.
fn is_environment_of_tests(file: &File) -> bool {
    let name = file.name();
    let parts: Vec<&str> = name.split(['.', '-', '_']).collect();
    let settings = matches!(file.kind, FileKind::Env | FileKind::EnvExample | FileKind::Compose)
        || name.starts_with("application") && matches!(file.path.extension(), Some("yml" | "yaml" | "properties"));
    settings && parts.iter().any(|part| matches!(*part, "test" | "tests" | "testing" | "e2e" | "ci" | "integration"))
}

/// The first statement of each test file that empties something.
fn wiping(cx: &Context<'_>) -> Vec<Site> {
    let mut sites = Vec::new();
    for file in cx.repo.files().iter().filter(|file| testing::is_test(file)) {
        let Ok(text) = cx.repo.read(file.id) else { continue };
        if replaces_database(&text) {
            continue;
        }
        if let Some((span, statement)) = first(&text) {
            let message = Message::new("bad").with("statement", statement);
            let site = Site::new(Place::At(file.id, span), message).confidence(Confidence::Likely);
            sites.push(site.key(file.path.as_str()));
        }
    }
    sites
}

/// The database is a stand-in in this file, or the tests are switched off.
fn replaces_database(text: &str) -> bool {
    let stand_in = text.lines().any(|line| {
        let line = line.to_lowercase();
        line.contains("mock")
            && ["prisma", "database", "/db", "repository", "mongoose", "model", "knex", "sequelize", "session"]
                .iter()
                .any(|word| line.contains(word))
    });
    stand_in || text.contains("describe.skip(")
}

fn first(text: &str) -> Option<(Span, String)> {
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let code = line.trim_start();
        let quiet = code.starts_with("//")
            || code.starts_with('#')
            || code.starts_with('*')
            || ["expect", "assert", "it(", "test(", "mock", "toThrow"].iter().any(|word| code.contains(word));
        if let Some(found) = WIPES.find(line).filter(|_| !quiet) {
            let span = Span::new(offset + found.start(), offset + found.end());
            return Some((span, found.as_str().trim().to_owned()));
        }
        offset += line.len();
    }
    None
}

/// The first place that speaks of a database for tests: in tests, settings, scripts or the code that reads settings.
fn shown(cx: &Context<'_>, sites: &[Site]) -> Option<Place> {
    let parts: Vec<ComponentId> =
        sites.iter().filter_map(|site| site.place.file()).map(|file| cx.repo.file(file).component).collect();
    let near = |file: &&File| file.component == ComponentId::ROOT || parts.contains(&file.component);
    cx.repo.files().iter().filter(near).filter(|file| may_say(file)).find_map(|file| {
        let text = cx.repo.read(file.id).ok()?;
        line(&text).map(|span| Place::At(file.id, span))
    })
}

fn may_say(file: &File) -> bool {
    const MAX_BYTES: u64 = 200_000;
    let settings = || {
        let path = file.path.as_str().to_ascii_lowercase();
        ["config", "settings", "database", "db", "connection", "env", "data-source", "datasource", "prisma"]
            .iter()
            .any(|word| path.contains(word))
    };
    let role = match file.role {
        Role::Test => !matches!(file.kind, FileKind::Data | FileKind::Markdown | FileKind::Text),
        Role::Config | Role::Script => true,
        Role::Source => settings(),
        _ => false,
    };
    role && file.is_text() && file.size <= MAX_BYTES && !matches!(file.kind, FileKind::Lockfile | FileKind::Gitignore)
}

fn line(text: &str) -> Option<Span> {
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let comment = line.trim_start().starts_with(['#', '*']) || line.trim_start().starts_with("//");
        // A page of the web is no database.
        let page = line.contains("http://") || line.contains("https://");
        if let Some(found) = APART.find(line).filter(|_| !comment && !page) {
            return Some(Span::new(offset + found.start(), offset + found.end()));
        }
        offset += line.len();
    }
    None
}
