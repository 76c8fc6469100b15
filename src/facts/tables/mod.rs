//! The tables of the repository: what migrations, schema files and models in code say, joined.
//!
//! [`Tables::find`] gives a table by its name in the database, [`Tables::by_symbol`] by what the code calls it.

mod age;
mod drizzle;
mod extract;
mod history;
mod model;
mod prisma;
mod python;
mod replay;
mod typeorm;

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

pub use extract::MadeIndex;
pub(super) use extract::Models;
pub use history::{Dialect, History, Step, is_timestamped, is_way_back};
pub use model::{Column, ForeignKey, Index, Origin, RowSecurity, Table};
pub use prisma::PrismaSchema;
pub use replay::{Problem, ProblemKind, RoutineState, Schema};

use crate::{
    code::sql::{ActionKind, Kind},
    facts::Facts,
    model::{FileId, Place},
    repo::{Repo, Role},
};

/// All tables, and the histories that they come from.
#[derive(Debug, Default)]
pub struct Tables {
    /// In order of origin and name.
    pub tables: Vec<Table>,
    /// Migrations in SQL, replayed, in order of folder.
    pub histories: Vec<History>,
    /// Schema files of Prisma, in order of path.
    pub prisma: Vec<(FileId, PrismaSchema)>,
    /// Indexes that migrations in code make.
    pub made_indexes: Vec<MadeIndex>,
}

impl Tables {
    /// The tables of that name in the database, whichever case; several when several places define it.
    pub fn find<'t>(&'t self, name: &'t str) -> impl Iterator<Item = &'t Table> {
        self.tables.iter().filter(move |table| table.name.eq_ignore_ascii_case(name))
    }

    /// The tables that code calls `symbol`: a model's class, the variable of a table.
    pub fn by_symbol<'t>(&'t self, symbol: &'t str) -> impl Iterator<Item = &'t Table> {
        self.tables.iter().filter(move |table| table.symbol.as_deref() == Some(symbol))
    }
}

/// Joins what the files say.
pub(super) fn tables(repo: &Repo, facts: &Facts) -> Tables {
    let histories = history::histories(repo);
    let prisma = extract::prisma_schemas(repo);
    let mut tables: Vec<Table> = prisma.iter().flat_map(|(_, schema)| schema.tables.iter().cloned()).collect();
    tables.extend(facts.files().flat_map(|(_, file)| file.tables.iter().cloned()));
    tables.extend(histories.iter().flat_map(|history| history.schema.tables.values().cloned()));
    let made_indexes = facts.files().flat_map(|(_, file)| file.made_indexes.iter().cloned()).collect();
    Tables { tables, histories, prisma, made_indexes }
}

/// A Supabase project: which schemas its HTTP API shows to everybody who has the public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposure {
    /// The folder `supabase`.
    pub folder: Utf8PathBuf,
    pub schemas: Vec<String>,
}

impl Exposure {
    pub fn covers(&self, schema: Option<&str>) -> bool {
        self.schemas.iter().any(|known| known == schema.unwrap_or("public"))
    }

    /// The histories that make this project's database.
    pub fn histories<'t>(&'t self, tables: &'t Tables) -> impl Iterator<Item = &'t History> {
        tables.histories.iter().filter(|history| history.folder.starts_with(&self.folder))
    }
}

/// The Supabase projects of the repository, in order of folder.
pub fn exposures(repo: &Repo) -> Vec<Exposure> {
    let mut found: BTreeMap<Utf8PathBuf, Vec<String>> = BTreeMap::new();
    for file in repo.files().iter().filter(|file| file.role.is_operational()) {
        let folder = file.path.ancestors().skip(1).find(|folder| folder.file_name() == Some("supabase"));
        let Some(folder) = folder else { continue };
        let config = file.path == folder.join("config.toml");
        // `lib/supabase` holds a client and no database.
        if !config && file.path.extension() != Some("sql") {
            continue;
        }
        let schemas =
            found.entry(folder.to_owned()).or_insert_with(|| vec!["public".to_owned(), "graphql_public".to_owned()]);
        if let Some(listed) = config.then(|| exposed(repo, &file.path)).flatten() {
            *schemas = listed;
        }
    }
    found.into_iter().map(|(folder, schemas)| Exposure { folder, schemas }).collect()
}

fn exposed(repo: &Repo, path: &Utf8Path) -> Option<Vec<String>> {
    let doc = repo.doc(repo.by_path(path)?.id)?;
    let list = doc.root()?.at(&["api", "schemas"])?;
    Some(list.items().iter().filter_map(|item| item.as_str()).map(str::to_owned).collect())
}

/// Where SQL files outside every history switch on row-level security, by the table's name in lower case: scripts
/// that somebody runs by hand.
pub fn row_security_elsewhere(repo: &Repo, tables: &Tables) -> BTreeMap<String, Place> {
    let mut found = BTreeMap::new();
    let files = repo.files().iter().filter(|file| file.path.extension() == Some("sql") && file.role != Role::Test);
    for file in files {
        if tables.histories.iter().any(|history| history.steps.iter().any(|step| step.file == file.id)) {
            continue;
        }
        let Ok(text) = repo.read(file.id) else { continue };
        if !text.to_ascii_lowercase().contains("row level security") {
            continue;
        }
        for statement in crate::code::sql::parse(&text).statements {
            let Kind::AlterTable { name, actions, .. } = statement.kind else { continue };
            if actions.iter().any(|action| action.kind == ActionKind::EnableRowSecurity) {
                found.insert(name.name.to_ascii_lowercase(), Place::At(file.id, statement.span));
            }
        }
    }
    found
}
