//! `migrate-script-missing`: one command of the repository applies the migrations.

use crate::{
    facts::{
        Fact,
        commands::{CommandUse, Stage},
        migrations::{self, MigrationSet, SchemaCommand},
        schema::SchemaDoes,
    },
    model::{Evidence, Message, Place, Site, Verdict},
    repo::FileKind,
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: MigrateScriptMissing = MigrateScriptMissing;

pub(in crate::rules) struct MigrateScriptMissing;

impl Rule for MigrateScriptMissing {
    fn id(&self) -> &'static str {
        "migrate-script-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands, Fact::Schema]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let sets = migrations::sets(cx.repo);
        let Some(set) = sets.first() else { return Verdict::not_applicable("no-tool") };
        let commands = cx.facts.commands(cx.repo).iter().filter_map(applied);
        let mut evidence: Vec<Evidence> = commands.collect();
        evidence.extend(by_other_tool(cx));
        evidence.extend(in_code(cx));
        evidence.extend(by_framework(cx, set));
        if evidence.is_empty() {
            evidence.extend(documented(cx));
        }
        Verdict::pass_or(evidence, || absent(cx, set))
    }
}

fn applied(used: &CommandUse) -> Option<Evidence> {
    let Some(SchemaCommand::Migrate(_)) = migrations::schema_command(used) else { return None };
    let note = match used.stage {
        Stage::ContainerStart | Stage::PlatformStart => Message::new("start"),
        Stage::Workflow => Message::new("workflow"),
        _ => Message::new("script").with("name", used.name.as_str()).with("command", used.text()),
    };
    Some(Evidence::At { place: used.place(), note })
}

/// Runners of migrations that belong to no library of queries: `"db-migrate": "db-migrate up"`.
fn by_other_tool(cx: &Context<'_>) -> Vec<Evidence> {
    const RUNNERS: &[&str] = &["db-migrate", "node-pg-migrate", "dbmate", "umzug", "postgrator", "graphile-migrate"];
    let scripts = cx.repo.manifests().iter().flat_map(|manifest| {
        let runs = manifest
            .scripts
            .iter()
            .filter(|script| script.command.split_whitespace().any(|word| RUNNERS.contains(&word)));
        runs.map(move |script| (manifest, script))
    });
    scripts
        .map(|(manifest, script)| Evidence::At {
            place: manifest.place(script.span),
            note: Message::new("script").with("name", script.name.as_str()).with("command", script.command.as_str()),
        })
        .collect()
}

fn in_code(cx: &Context<'_>) -> Vec<Evidence> {
    cx.facts
        .files()
        .flat_map(|(file, facts)| facts.schema.iter().map(move |used| (file, used)))
        .filter(|(_, used)| used.does == SchemaDoes::Migrates)
        .map(|(file, used)| Evidence::At { place: Place::At(file, used.span), note: Message::new("code") })
        .collect()
}

/// Frameworks that apply their migrations at start-up by themselves, and tools whose own command is the convention.
fn by_framework(cx: &Context<'_>, set: &MigrationSet) -> Option<Evidence> {
    let file = *set.files.first()?;
    let spring = cx.repo.files().iter().any(|file| matches!(file.kind, FileKind::Pom | FileKind::Gradle));
    let automatic = matches!(set.tool, migrations::Tool::Flyway | migrations::Tool::Liquibase) && spring;
    let manage = cx.repo.files().iter().find(|file| file.path.file_name() == Some("manage.py"));
    match (set.tool, manage) {
        (migrations::Tool::Django, Some(manage)) => Some(Evidence::At {
            place: Place::File(manage.id),
            note: Message::new("script").with("name", "manage.py").with("command", "manage.py migrate"),
        }),
        _ => automatic.then(|| Evidence::At { place: Place::File(file), note: Message::new("code") }),
    }
}

/// Commands that documentation names, when nothing runs them.
const DOCUMENTED: [&str; 9] = [
    "drizzle-kit migrate",
    "prisma migrate deploy",
    "prisma migrate dev",
    "alembic upgrade",
    "migration:run",
    "migrate:latest",
    "db:migrate",
    "manage.py migrate",
    "supabase db push",
];

fn documented(cx: &Context<'_>) -> Option<Evidence> {
    cx.repo.files().iter().filter(|file| file.kind == FileKind::Markdown).find_map(|file| {
        let text = cx.repo.read(file.id).ok()?;
        let (at, command) = DOCUMENTED.iter().find_map(|command| Some((text.find(command)?, command)))?;
        let span = crate::model::Span::new(at, at + command.len());
        Some(Evidence::At { place: Place::At(file.id, span), note: Message::new("documented") })
    })
}

/// The finding sits where the tool is declared, else at the newest migration.
fn absent(cx: &Context<'_>, set: &MigrationSet) -> Verdict {
    let packages: &[&str] = match set.tool {
        migrations::Tool::Drizzle => &["drizzle-kit", "drizzle-orm"],
        migrations::Tool::Prisma => &["prisma", "@prisma/client"],
        migrations::Tool::Alembic => &["alembic"],
        migrations::Tool::Knex => &["knex"],
        migrations::Tool::TypeOrm => &["typeorm"],
        migrations::Tool::Sequelize => &["sequelize-cli", "sequelize"],
        _ => &[],
    };
    let declared = cx.repo.declared(packages).map(|(_, place)| place);
    let place = declared.or_else(|| set.files.last().map(|file| Place::File(*file)));
    let message = Message::new("missing").with("tool", set.tool.name());
    match place {
        Some(place) => Verdict::fail(Site::new(place, message), []),
        None => Verdict::not_applicable("no-tool"),
    }
}
