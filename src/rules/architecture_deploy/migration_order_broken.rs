//! `migration-order-broken`: a runner applies every migration, each once, in one order.

use std::collections::BTreeMap;

use camino::Utf8Path;

use crate::{
    doc::Node,
    facts::{
        Fact,
        migrations::{self, MigrationSet, Tool},
        tables::{is_timestamped, is_way_back},
    },
    model::{Evidence, FileId, Message, Place, Site, Span, Verdict},
    repo::File,
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: MigrationOrderBroken = MigrationOrderBroken;

pub(in crate::rules) struct MigrationOrderBroken;

impl Rule for MigrationOrderBroken {
    fn id(&self) -> &'static str {
        "migration-order-broken"
    }

    fn needs(&self) -> &'static [Fact] {
        &[]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        for set in migrations::sets(cx.repo) {
            // A revision of Alembic that reverts another is a step forward like any other.
            let counts = |file: &&File| set.tool == Tool::Alembic || !is_way_back(&file.path);
            let files: Vec<&File> = set.files.iter().map(|file| cx.repo.file(*file)).filter(counts).collect();
            let found = match set.tool {
                Tool::Drizzle => drizzle(cx, &set, &files),
                Tool::Supabase => supabase(&files),
                Tool::Prisma => Some(prisma(cx, &set.folder)),
                Tool::Flyway => Some(duplicates(&files, flyway_version)),
                Tool::Sql => golang_migrate(&files),
                Tool::Alembic => alembic(cx, &files),
                _ => None,
            };
            let Some(found) = found else { continue };
            if found.is_empty() {
                let note = Message::new("in-order").count("n", files.len()).with("tool", set.tool.name());
                fine.extend(files.last().map(|file| Evidence::At { place: Place::File(file.id), note }));
            }
            sites.extend(found);
        }
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("no-migrations"));
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-migrations")).also_fine(fine)
    }
}

fn whole(file: FileId, message: Message) -> Site {
    Site::new(Place::At(file, Span::new(0, 1)), message)
}

/// Drizzle applies what the journal lists and whose `when` is later than that of the last one applied.
fn drizzle(cx: &Context<'_>, set: &MigrationSet, files: &[&File]) -> Option<Vec<Site>> {
    let journal = cx.repo.by_path(&set.folder.join("meta/_journal.json"))?;
    let entries = cx.repo.doc(journal.id)?.root()?.get("entries")?.items();
    let tags: Vec<&str> = entries.iter().filter_map(|entry| entry.get("tag")?.as_str()).collect();
    let mut sites: Vec<Site> = files
        .iter()
        .filter(|file| is_numbered(file.name()) && !tags.contains(&file.path.file_stem().unwrap_or_default()))
        .map(|file| whole(file.id, Message::new("not-in-journal")))
        .collect();
    let mut last: Option<i64> = None;
    for entry in entries {
        let Some(when) = entry.get("when") else { continue };
        let Some(time) = when.text().and_then(|text| text.parse::<i64>().ok()) else { continue };
        if last.is_some_and(|last| time <= last) {
            let tag = entry.get("tag").and_then(Node::as_str).unwrap_or_default();
            sites.push(Site::new(Place::At(journal.id, when.span), Message::new("when").with("tag", tag)).key(tag));
        } else {
            last = Some(time);
        }
    }
    Some(sites)
}

fn is_numbered(name: &str) -> bool {
    name.starts_with(|char: char| char.is_ascii_digit())
}

fn supabase(files: &[&File]) -> Option<Vec<Site>> {
    let files: Vec<&File> = files.iter().copied().filter(|file| file.path.extension() == Some("sql")).collect();
    files.first()?;
    let mut sites: Vec<Site> = files
        .iter()
        .filter(|file| !is_timestamped(file.name()) && !file.name().contains("seed"))
        .map(|file| whole(file.id, Message::new("no-timestamp").with("name", file.name())))
        .collect();
    let timestamped: Vec<&File> = files.iter().copied().filter(|file| is_timestamped(file.name())).collect();
    sites.extend(duplicates(&timestamped, |name| name.split('_').next().map(str::to_owned)));
    Some(sites)
}

/// Files whose version an earlier file has already.
fn duplicates(files: &[&File], version: impl Fn(&str) -> Option<String>) -> Vec<Site> {
    let mut known: BTreeMap<String, &File> = BTreeMap::new();
    let mut sites = Vec::new();
    for file in files {
        let Some(version) = version(file.name()) else { continue };
        match known.get(&version) {
            Some(first) => {
                let message = Message::new("duplicate").with("version", version.as_str()).with("other", first.name());
                sites.push(whole(file.id, message).related(Place::File(first.id), Message::new("first")));
            }
            None => {
                known.insert(version, file);
            }
        }
    }
    sites
}

/// `1.2` of `V1_2__name.sql`; repeatable and baseline files have none.
fn flyway_version(name: &str) -> Option<String> {
    let (version, _) = name.strip_prefix('V')?.split_once("__")?;
    let parts: Vec<&str> = version.split(['_', '.']).map(|part| part.trim_start_matches('0')).collect();
    Some(parts.join("."))
}

/// Two different files for one version stop golang-migrate: `0002_a.up.sql`, `0002_b.up.sql`.
fn golang_migrate(files: &[&File]) -> Option<Vec<Site>> {
    let up: Vec<&File> = files.iter().copied().filter(|file| file.name().ends_with(".up.sql")).collect();
    if up.is_empty() {
        return None;
    }
    Some(duplicates(&up, |name| {
        let version = name.split('_').next()?;
        Some(version.trim_start_matches('0').to_owned())
            .filter(|version| version.bytes().all(|byte| byte.is_ascii_digit()))
    }))
}

/// A folder of a migration without its file stops `migrate deploy`.
fn prisma(cx: &Context<'_>, folder: &Utf8Path) -> Vec<Site> {
    let below = cx.repo.files_below(folder);
    // Other runners keep programs in such folders.
    let programs = below.iter().any(|file| file.language.is_some());
    if programs || folder.file_name() != Some("migrations") {
        return Vec::new();
    }
    let mut folders: BTreeMap<&Utf8Path, bool> = BTreeMap::new();
    for file in below {
        let inner = file.folder();
        if inner.parent() == Some(folder) && is_numbered(inner.file_name().unwrap_or_default()) {
            *folders.entry(inner).or_default() |= file.name() == "migration.sql";
        }
    }
    folders
        .into_iter()
        .filter(|(_, whole)| !whole)
        .map(|(inner, _)| Site::new(Place::Missing(inner.join("migration.sql")), Message::new("no-file")))
        .collect()
}

/// A revision of Alembic: its name, what it follows, and where it says so.
struct Revision {
    file: FileId,
    name: String,
    follows: Vec<String>,
    span: Span,
    branches: bool,
}

fn alembic(cx: &Context<'_>, files: &[&File]) -> Option<Vec<Site>> {
    let read: Vec<Option<Revision>> =
        files.iter().map(|file| revision(file.id, &cx.repo.read(file.id).ok()?)).collect();
    // One that cannot be read may be the missing link.
    let revisions: Vec<Revision> = read.into_iter().collect::<Option<_>>()?;
    if revisions.len() < 2 || revisions.iter().any(|revision| revision.branches) {
        return None;
    }
    let known = |name: &str| revisions.iter().any(|revision| revision.name.starts_with(name));
    let mut sites: Vec<Site> = revisions
        .iter()
        .flat_map(|revision| revision.follows.iter().filter(|name| !known(name)).map(move |name| (revision, name)))
        .map(|(revision, name)| {
            Site::new(
                Place::At(revision.file, revision.span),
                Message::new("unknown-parent").with("name", name.as_str()),
            )
            .key(name.clone())
        })
        .collect();
    let heads: Vec<&Revision> = revisions
        .iter()
        .filter(|one| {
            !revisions.iter().any(|other| other.follows.iter().any(|name| one.name.starts_with(name.as_str())))
        })
        .collect();
    if heads.len() > 1 && sites.is_empty() {
        sites.extend(heads.iter().skip(1).map(|head| {
            let message = Message::new("heads").count("n", heads.len()).with("name", head.name.as_str());
            Site::new(Place::At(head.file, head.span), message).key(head.name.clone())
        }));
    }
    Some(sites)
}

fn revision(file: FileId, text: &str) -> Option<Revision> {
    let (mut name, mut follows, mut branches) = (None, None, false);
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let span = Span::new(at, at + line.trim_end().len());
        at += line.len();
        let Some((key, value)) = line.split_once('=') else { continue };
        let key = key.split(':').next().unwrap_or_default();
        match key.trim_end() {
            "revision" => name = quoted(value).into_iter().next(),
            "down_revision" => {
                let names = quoted(value);
                // A list that goes on in the next lines is not read.
                if names.is_empty() && !value.trim_start().starts_with("None") {
                    return None;
                }
                follows = Some((names, span));
            }
            "branch_labels" | "depends_on" => branches |= !value.trim_start().starts_with("None"),
            _ => {}
        }
    }
    let (follows, span) = follows?;
    Some(Revision { file, name: name?, follows, span, branches })
}

/// The string literals of one line.
fn quoted(text: &str) -> Vec<String> {
    let text = text.split('#').next().unwrap_or_default();
    text.split(['"', '\'']).skip(1).step_by(2).map(str::to_owned).collect()
}
