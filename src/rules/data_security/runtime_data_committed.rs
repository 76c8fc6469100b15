//! `runtime-data-committed`: what the program writes while it runs is not in the repository.

use crate::{
    facts::Fact,
    model::{Confidence, Message, Place, Severity, Site, Verdict},
    repo::{File, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: RuntimeDataCommitted = RuntimeDataCommitted;

pub(in crate::rules) struct RuntimeDataCommitted;

impl Rule for RuntimeDataCommitted {
    fn id(&self) -> &'static str {
        "runtime-data-committed"
    }

    fn needs(&self) -> &'static [Fact] {
        &[]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if !cx.repo.files().iter().any(|file| is_program(file.role)) {
            return Verdict::not_applicable("no-program");
        }
        let mut sites: Vec<Site> = Vec::new();
        let mut searched = 0;
        for file in cx.repo.files().iter().filter(|file| file.tracked != Some(false)) {
            searched += 1;
            if !(is_program(file.role) || is_prose(file)) || is_sample(file) {
                continue;
            }
            if let Some(what) = written(cx, file) {
                sites.push(site(file, what));
            }
        }
        if cx.repo.files().iter().all(|file| file.tracked.is_none()) {
            // Without an index, files of the working copy may be untracked.
            for site in sites.iter_mut().filter(|site| site.confidence == Confidence::Certain) {
                site.confidence = Confidence::Likely;
            }
        }
        Verdict::fail_or(sites, || Verdict::pass(cx.searched("none", searched), []))
    }
}

/// Logs and process files are taken for text, and text for documentation.
fn is_prose(file: &File) -> bool {
    file.role == Role::Docs && matches!(file.path.extension(), Some("log" | "pid"))
}

fn is_program(role: Role) -> bool {
    matches!(role, Role::Source | Role::Script | Role::Config | Role::Generated)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Database,
    Dump,
    Log,
    Process,
    Session,
    Upload,
}

fn site(file: &File, what: What) -> Site {
    let place = Place::File(file.id);
    let (key, severity) = match what {
        What::Database => ("database", None),
        What::Dump => ("dump", None),
        What::Session => ("session", Some(Severity::Critical)),
        What::Upload => ("upload", None),
        What::Log => ("log", Some(Severity::Medium)),
        What::Process => ("process", Some(Severity::Low)),
    };
    let empty = file.size == 0;
    let shipped = what == What::Database && !is_live(file);
    let mut site = Site::new(place, Message::new(if empty { "empty" } else { key }));
    site.severity = if empty { Some(Severity::Low) } else { severity };
    if shipped {
        // A template or an index may be part of the product; nothing tells it from data of users.
        site.confidence = Confidence::Guess;
    }
    site
}

/// Named or placed as the database that a program works on.
fn is_live(file: &File) -> bool {
    let stem = file.name().split('.').next().unwrap_or_default().to_ascii_lowercase();
    let folder = file.folder().file_name().unwrap_or_default();
    let named = [
        "app",
        "db",
        "database",
        "data",
        "dev",
        "development",
        "local",
        "prod",
        "production",
        "main",
        "users",
        "store",
        "sqlite",
        "dump",
        "appendonly",
        "",
    ];
    named.contains(&stem.as_str())
        || stem.contains("backup")
        || matches!(folder, "instance" | "data" | "storage" | "var" | "prisma")
}

/// Named as an example, or data that the product ships.
fn is_sample(file: &File) -> bool {
    let path = file.path.as_str().to_ascii_lowercase();
    [
        "sample",
        "fixture",
        "example",
        "demo",
        "mock",
        "test",
        "template",
        "geo",
        "dictionar",
        "seed",
        "spec",
        "benchmark",
    ]
    .iter()
    .any(|word| path.contains(word))
}

fn written(cx: &Context<'_>, file: &File) -> Option<What> {
    let name = file.name().to_ascii_lowercase();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    match extension {
        "sqlite" | "sqlite3" | "db" | "db3" | "rdb" | "ldb" | "mdb" if !matches!(name.as_str(), "thumbs.db") => {
            Some(What::Database)
        }
        "db-journal" | "db-wal" | "db-shm" | "sqlite-journal" | "sqlite-wal" | "sqlite-shm" => Some(What::Database),
        "dump" | "bak" if name.contains("db") || name.contains("sql") || name.contains("dump") => Some(What::Dump),
        "sql" if is_dump(cx, file, &name) => Some(What::Dump),
        "log" => Some(What::Log),
        "pid" => Some(What::Process),
        "json" if is_session(cx, file, &name) => Some(What::Session),
        _ if is_upload(file, extension) => Some(What::Upload),
        _ => None,
    }
}

/// A dump says so in its first lines, and holds rows.
fn is_dump(cx: &Context<'_>, file: &File, name: &str) -> bool {
    let named = name.contains("dump") || name.contains("backup");
    let Ok(text) = cx.repo.read(file.id) else { return false };
    let head: String = text.chars().take(400).collect();
    let made = ["PostgreSQL database dump", "MySQL dump", "MariaDB dump", "phpMyAdmin SQL Dump"]
        .iter()
        .any(|mark| head.contains(mark));
    (named || made) && ["INSERT INTO", "\nCOPY "].iter().any(|mark| text.contains(mark))
}

/// The state of a browser that was signed in: cookies or tokens with values.
fn is_session(cx: &Context<'_>, file: &File, name: &str) -> bool {
    let folder = file.folder().file_name().unwrap_or_default();
    if !(folder == ".auth"
        || name.contains("storagestate")
        || name.contains("storage-state")
        || name.contains("cookies"))
    {
        return false;
    }
    let Some(root) = cx.repo.doc(file.id).and_then(|doc| doc.root()) else { return false };
    let cookies = root.get("cookies").is_some_and(|cookies| !cookies.items().is_empty());
    let storage = root.get("origins").is_some_and(|origins| !origins.items().is_empty());
    cookies || storage
}

/// Media in a folder of uploads, with the names that a server gives them: long numbers or identifiers.
fn is_upload(file: &File, extension: &str) -> bool {
    let media = matches!(
        extension,
        "jpg" | "jpeg" | "png" | "gif" | "webp" | "pdf" | "mp3" | "mp4" | "ogg" | "doc" | "docx" | "xlsx"
    );
    let folder = file.folder().components().any(|part| matches!(part.as_str(), "uploads" | "upload" | "media_root"));
    let stem = file.path.file_stem().unwrap_or_default();
    let given = stem.bytes().filter(u8::is_ascii_digit).count() >= 10
        || stem.len() >= 20 && stem.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    media && folder && given
}
