//! `migrations-dir-missing`: where tables are defined, their changes are committed as migrations.

use camino::Utf8PathBuf;

use crate::{
    facts::{
        Fact,
        migrations::{self, MigrationSet, SchemaCommand, Tool},
        schema::SchemaDoes,
    },
    model::{Evidence, Message, Place, Severity, Site, Verdict},
    repo::{File, FileKind, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: MigrationsDirMissing = MigrationsDirMissing;

pub(in crate::rules) struct MigrationsDirMissing;

impl Rule for MigrationsDirMissing {
    fn id(&self) -> &'static str {
        "migrations-dir-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands, Fact::Schema]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let sets = migrations::sets(cx.repo);
        if !sets.is_empty() {
            let lost = journal_problems(cx);
            return Verdict::fail_or(lost, || present(cx, &sets));
        }
        let Some(schema) = defined(cx) else {
            return mapped(cx).unwrap_or_else(|| Verdict::not_applicable("no-schema"));
        };
        // Its branches hold the schema, and a request there changes it.
        if let Some((package, _)) = cx.repo.declared(&["@prisma/adapter-planetscale", "@planetscale/database"]) {
            return Verdict::unknown(Message::new("provider").with("package", package));
        }
        let looked = expected(cx, &schema);
        let pushed = cx.facts.commands(cx.repo).iter().find(|used| {
            used.role != Role::Test && matches!(migrations::schema_command(used), Some(SchemaCommand::Push(_)))
        });
        let key = if pushed.is_some() { "pushed" } else { "missing" };
        let message = Message::new(key).with("orm", schema.orm).with("looked", looked.as_str());
        // Where the tool is declared and has nothing to do, that line is what is wrong.
        let unused = cx.repo.declared(&["alembic", "flask-migrate"]).filter(|_| schema.orm.starts_with("SQL"));
        let site = match unused {
            Some((tool, place)) => {
                Site::new(place, Message::new("unused").with("tool", tool).with("looked", looked.as_str()))
            }
            None => Site::new(Place::Missing(looked), message),
        };
        let site = site.related(schema.place, "schema");
        Verdict::fail(if pushed.is_some() { site.severity(Severity::Critical) } else { site }, [])
    }
}

/// Where tables are defined.
struct Schema {
    orm: &'static str,
    place: Place,
    /// The folder that the definition lies in.
    folder: Utf8PathBuf,
}

fn defined(cx: &Context<'_>) -> Option<Schema> {
    let ships = |file: &File| matches!(file.role, Role::Source | Role::Config | Role::Migration);
    let prisma = cx.repo.files().iter().filter(|file| file.kind == FileKind::Prisma && ships(file)).find(|file| {
        cx.repo.read(file.id).is_ok_and(|text| text.contains("\nmodel ") && !text.contains("\"mongodb\""))
    });
    if let Some(file) = prisma {
        let folder = file.path.parent().map(Utf8PathBuf::from).unwrap_or_default();
        return Some(Schema { orm: "Prisma", place: Place::File(file.id), folder });
    }
    cx.facts.files().filter(|(file, _)| ships(cx.repo.file(*file))).find_map(|(file, facts)| {
        let used = facts.schema.iter().find(|used| used.does == SchemaDoes::DefinesTable)?;
        let component = cx.repo.component(cx.repo.file(file).component);
        let folder = if component.path == "." { Utf8PathBuf::new() } else { component.path.clone() };
        Some(Schema { orm: used.tool, place: Place::At(file, used.span), folder })
    })
}

/// Classes that Hibernate maps to tables, where nothing that migrates is declared.
fn mapped(cx: &Context<'_>) -> Option<Verdict> {
    const MAPPERS: [&str; 5] = [
        "spring-boot-starter-data-jpa",
        "hibernate-core",
        "quarkus-hibernate-orm",
        "quarkus-hibernate-orm-panache",
        "micronaut-hibernate-jpa",
    ];
    let declares =
        |part: &str| cx.repo.manifests().iter().any(|it| it.dependencies.iter().any(|found| found.name.contains(part)));
    let mapper = cx.repo.manifests().iter().find_map(|manifest| {
        let found = manifest.dependencies.iter().find(|it| {
            let last = it.name.rsplit([':', '/']).next().unwrap_or_default();
            MAPPERS.contains(&last)
        })?;
        Some(manifest.place(found.span))
    })?;
    if declares("flyway") || declares("liquibase") {
        return None;
    }
    let entity = cx.repo.files().iter().find(|file| {
        file.role == Role::Source
            && matches!(file.path.extension(), Some("java" | "kt"))
            && cx.repo.read(file.id).is_ok_and(|text| text.lines().any(|line| line.trim_start().starts_with("@Entity")))
    })?;
    let site = Site::new(mapper, "mapped").related(Place::File(entity.id), "schema");
    Some(Verdict::fail(site, []))
}

/// Where the tool would write its first migration.
fn expected(cx: &Context<'_>, schema: &Schema) -> Utf8PathBuf {
    let below = |path: &str| schema.folder.join(path);
    match schema.orm {
        "Drizzle" => migrations::drizzle_folders(cx.repo).next().unwrap_or_else(|| below("drizzle")),
        "SQLAlchemy" | "SQLModel" => below("alembic/versions"),
        _ => below("migrations"),
    }
}

fn present(cx: &Context<'_>, sets: &[MigrationSet]) -> Verdict {
    let evidence: Vec<Evidence> = sets
        .iter()
        .filter_map(|set| {
            let newest = *set.files.last()?;
            let file = cx.repo.file(newest);
            let name = match set.tool {
                Tool::Prisma => file.path.parent()?.file_name()?,
                _ => file.path.file_name()?,
            };
            let note = Message::new("migrations").count("n", set.files.len()).with("newest", name);
            Some(Evidence::At { place: Place::File(newest), note })
        })
        .collect();
    Verdict::pass_or(evidence, || Verdict::not_applicable("no-schema"))
}

/// Entries of Drizzle's journals without their file.
fn journal_problems(cx: &Context<'_>) -> Vec<Site> {
    let journals =
        cx.repo.files().iter().filter(|file| file.path.ends_with("meta/_journal.json") && file.role.is_operational());
    journals
        .flat_map(|file| {
            let entries = cx.repo.doc(file.id).and_then(|doc| doc.root()).and_then(|root| root.get("entries"));
            let folder = file.path.parent().and_then(|meta| meta.parent()).map(Utf8PathBuf::from).unwrap_or_default();
            entries.map(crate::doc::Node::items).unwrap_or_default().iter().filter_map(move |entry| {
                let tag = entry.get("tag")?;
                let name = tag.as_str()?;
                let absent = cx.repo.by_path(&folder.join(format!("{name}.sql"))).is_none();
                absent.then(|| {
                    Site::new(Place::At(file.id, tag.span), Message::new("journal").with("tag", name)).key(name)
                })
            })
        })
        .collect()
}
