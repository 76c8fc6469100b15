//! Migrations by tool: where they lie, in order, and the commands that apply or push them.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::commands::CommandUse;
use crate::{
    model::FileId,
    repo::{File, Repo, Role},
};

/// The migrations of one tool in one folder, in order of name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationSet {
    pub tool: Tool,
    pub folder: Utf8PathBuf,
    pub files: Vec<FileId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tool {
    Drizzle,
    Prisma,
    Alembic,
    Django,
    Supabase,
    Knex,
    Sequelize,
    TypeOrm,
    MikroOrm,
    Flyway,
    Liquibase,
    Rails,
    Laravel,
    Sql,
}

impl Tool {
    pub fn name(self) -> &'static str {
        match self {
            Self::Drizzle => "Drizzle",
            Self::Prisma => "Prisma",
            Self::Alembic => "Alembic",
            Self::Django => "Django",
            Self::Supabase => "Supabase",
            Self::Knex => "Knex",
            Self::Sequelize => "Sequelize",
            Self::TypeOrm => "TypeORM",
            Self::MikroOrm => "MikroORM",
            Self::Flyway => "Flyway",
            Self::Liquibase => "Liquibase",
            Self::Rails => "Rails",
            Self::Laravel => "Laravel",
            Self::Sql => "SQL files",
        }
    }
}

/// Every set of migrations, in order of folder.
pub fn sets(repo: &Repo) -> Vec<MigrationSet> {
    let mut sets: BTreeMap<(Utf8PathBuf, Tool), Vec<FileId>> = BTreeMap::new();
    for file in repo.files() {
        if let Some((tool, folder)) = migration(repo, file) {
            sets.entry((folder, tool)).or_default().push(file.id);
        }
    }
    sets.into_iter().map(|((folder, tool), files)| MigrationSet { tool, folder, files }).collect()
}

/// The tool and the folder of a file that is one step of a schema's history.
fn migration(repo: &Repo, file: &File) -> Option<(Tool, Utf8PathBuf)> {
    if matches!(file.role, Role::Test | Role::Example | Role::Vendored | Role::Docs) {
        return None;
    }
    let folder = file.path.parent()?;
    let name = file.path.file_name()?;
    let extension = file.path.extension()?;
    let parent = folder.file_name().unwrap_or_default();
    let found = match extension {
        "sql" => sql(repo, folder, name, parent)?,
        "py" => python(repo, file, folder, name, parent)?,
        "js" | "ts" | "cjs" | "mjs" if is_migrations(parent) && is_numbered(name) => {
            (script_tool(repo, file), folder.to_owned())
        }
        "rb" if parent == "migrate" => (Tool::Rails, folder.to_owned()),
        "php" if parent == "migrations" => (Tool::Laravel, folder.to_owned()),
        "xml" | "yaml" | "yml" if folder.as_str().contains("db/changelog") => (Tool::Liquibase, folder.to_owned()),
        _ => return None,
    };
    Some(found)
}

fn is_migrations(folder: &str) -> bool {
    matches!(folder, "migrations" | "migration" | "migrate")
}

fn is_numbered(name: &str) -> bool {
    name.starts_with(|char: char| char.is_ascii_digit()) || name.starts_with("Migration") || name.starts_with('V')
}

fn sql(repo: &Repo, folder: &Utf8Path, name: &str, parent: &str) -> Option<(Tool, Utf8PathBuf)> {
    if name == "migration.sql" {
        return Some((Tool::Prisma, folder.parent()?.to_owned()));
    }
    if folder.as_str().ends_with("supabase/migrations") {
        return Some((Tool::Supabase, folder.to_owned()));
    }
    let journal = folder.join("meta/_journal.json");
    if repo.by_path(&journal).is_some() || drizzle_folders(repo).any(|out| out == folder) {
        return Some((Tool::Drizzle, folder.to_owned()));
    }
    if parent == "migration" && folder.as_str().contains("db/") && name.starts_with(['V', 'R', 'U']) {
        return Some((Tool::Flyway, folder.to_owned()));
    }
    let numbered = name.starts_with(|char: char| char.is_ascii_digit() || char == 'V');
    let drizzle = parent == "drizzle" && numbered;
    if drizzle {
        return Some((Tool::Drizzle, folder.to_owned()));
    }
    (is_migrations(parent) && numbered).then(|| (Tool::Sql, folder.to_owned()))
}

/// The folders that Drizzle's configuration files write migrations to, read from their text: `out: "./drizzle"`.
pub fn drizzle_folders(repo: &Repo) -> impl Iterator<Item = Utf8PathBuf> {
    repo.files()
        .iter()
        .filter(|file| {
            file.path.file_name().is_some_and(|name| name.starts_with("drizzle") && name.contains("config."))
        })
        .filter_map(|file| {
            let text = repo.read(file.id).ok()?;
            let at = text.find("out:")? + "out:".len();
            let value = text[at..].trim_start();
            let quote = value.chars().next().filter(|char| matches!(char, '"' | '\'' | '`'))?;
            let out = value[1..].split(quote).next()?;
            let folder = file.path.parent().unwrap_or(Utf8Path::new(""));
            Some(super::compose::normalised(&folder.join(out)))
        })
}

fn python(repo: &Repo, file: &File, folder: &Utf8Path, name: &str, parent: &str) -> Option<(Tool, Utf8PathBuf)> {
    if parent == "versions" && name != "__init__.py" {
        return Some((Tool::Alembic, folder.to_owned()));
    }
    if parent != "migrations" || !name.starts_with(|char: char| char.is_ascii_digit()) {
        return None;
    }
    let text = repo.read(file.id).ok()?;
    text.contains("django").then(|| (Tool::Django, folder.to_owned()))
}

fn script_tool(repo: &Repo, file: &File) -> Tool {
    let text = repo.read(file.id).unwrap_or_else(|_| "".into());
    if text.contains("MigrationInterface") {
        Tool::TypeOrm
    } else if text.contains("@mikro-orm") {
        Tool::MikroOrm
    } else if text.contains("queryInterface") {
        Tool::Sequelize
    } else {
        Tool::Knex
    }
}

/// What a command does to the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaCommand {
    /// Makes the database look like the code.
    Push(&'static str),
    /// Applies migrations.
    Migrate(&'static str),
    /// Takes a migration back.
    Rollback(&'static str),
}

/// What `used` does to the schema, by its program and its words. A command that only prints does nothing.
pub fn schema_command(used: &CommandUse) -> Option<SchemaCommand> {
    use SchemaCommand::{Migrate, Push, Rollback};
    if used.only_prints() {
        return None;
    }
    let program = used.command.program()?;
    let words: Vec<&str> = program.arguments.iter().map(|word| word.text.as_str()).collect();
    let has = |word: &str| words.contains(&word);
    let first = words.first().copied().unwrap_or_default();
    let second = words.get(1).copied().unwrap_or_default();
    Some(match program.name.rsplit('/').next().unwrap_or_default() {
        "drizzle-kit" if first == "push" || first.starts_with("push:") => Push("drizzle-kit push"),
        "drizzle-kit" if first == "migrate" || first == "up" => Migrate("drizzle-kit migrate"),
        "prisma" if first == "db" && second == "push" => Push("prisma db push"),
        "prisma" if first == "migrate" && matches!(second, "deploy" | "dev") => Migrate("prisma migrate"),
        "typeorm" | "typeorm-ts-node-commonjs" | "typeorm-ts-node-esm" => match first {
            "schema:sync" => Push("typeorm schema:sync"),
            "migration:run" => Migrate("typeorm migration:run"),
            "migration:revert" => Rollback("typeorm migration:revert"),
            _ => return None,
        },
        "sequelize" | "sequelize-cli" if first == "db:migrate" => Migrate("sequelize db:migrate"),
        "sequelize" | "sequelize-cli" if first.starts_with("db:migrate:undo") => Rollback("sequelize db:migrate:undo"),
        "knex" if matches!(first, "migrate:latest" | "migrate:up") => Migrate("knex migrate:latest"),
        "knex" if matches!(first, "migrate:rollback" | "migrate:down") => Rollback("knex migrate:rollback"),
        "mikro-orm" if first == "migration:up" => Migrate("mikro-orm migration:up"),
        "mikro-orm" if first == "migration:down" => Rollback("mikro-orm migration:down"),
        "mikro-orm" if first == "schema:update" => Push("mikro-orm schema:update"),
        // Written out for somebody to read, and not applied.
        "alembic" | "flask" if has("--sql") => return None,
        "alembic" if has("upgrade") => Migrate("alembic upgrade"),
        "alembic" if has("downgrade") => Rollback("alembic downgrade"),
        "flask" if has("db") && has("upgrade") => Migrate("flask db upgrade"),
        "flask" if has("db") && has("downgrade") => Rollback("flask db downgrade"),
        "python" | "python3" | "manage.py" | "django-admin"
            if has("migrate")
                && (program.name.contains("manage")
                    || program.name.contains("django")
                    || words.iter().any(|word| word.ends_with("manage.py"))) =>
        {
            Migrate("manage.py migrate")
        }
        "supabase" if first == "db" && second == "push" => Migrate("supabase db push"),
        "supabase" if first == "migration" && second == "up" => Migrate("supabase migration up"),
        "dbmate" if matches!(first, "up" | "migrate") => Migrate("dbmate up"),
        "dbmate" if matches!(first, "down" | "rollback") => Rollback("dbmate rollback"),
        "goose" if has("up") => Migrate("goose up"),
        "goose" if has("down") => Rollback("goose down"),
        "migrate" if has("up") => Migrate("migrate up"),
        "migrate" if has("down") => Rollback("migrate down"),
        "atlas" if first == "migrate" && second == "apply" => Migrate("atlas migrate apply"),
        "atlas" if first == "schema" && second == "apply" => Push("atlas schema apply"),
        "flyway" if has("migrate") => Migrate("flyway migrate"),
        "liquibase" if has("update") => Migrate("liquibase update"),
        "liquibase" if first.starts_with("rollback") => Rollback("liquibase rollback"),
        "node-pg-migrate" if first == "up" => Migrate("node-pg-migrate up"),
        "node-pg-migrate" if first == "down" => Rollback("node-pg-migrate down"),
        "rails" | "rake" if has("db:migrate") => Migrate("rails db:migrate"),
        "rails" | "rake" if has("db:rollback") => Rollback("rails db:rollback"),
        "php" if has("artisan") && has("migrate") => Migrate("artisan migrate"),
        "php" if has("artisan") && has("migrate:rollback") => Rollback("artisan migrate:rollback"),
        // A program's own command line around Alembic: `python -m shop db upgrade head`.
        _ if first == "db" && second == "upgrade" => Migrate("db upgrade"),
        _ => return None,
    })
}
