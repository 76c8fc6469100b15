//! `db-index-missing`: rows can be found by each foreign key without reading the whole table.

use std::collections::BTreeSet;

use crate::{
    facts::{
        Fact,
        queries::plain,
        tables::{Dialect, ForeignKey, Index, Origin, Table, Tables},
    },
    model::{Confidence, Evidence, Message, Place, Severity, Site, Verdict},
    repo::Role,
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: DbIndexMissing = DbIndexMissing;

pub(in crate::rules) struct DbIndexMissing;

impl Rule for DbIndexMissing {
    fn id(&self) -> &'static str {
        "db-index-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Tables, Fact::Queries]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let all = cx.facts.tables(cx.repo);
        let asked = Asked::of(cx, all);
        let (mut sites, mut fine, mut automatic): (Vec<Site>, _, _) = (Vec::new(), Vec::new(), 0_usize);
        for table in judged(cx, all) {
            let indexes = indexes_of(all, table);
            for key in &table.foreign_keys {
                if key.indexed || indexes_itself(all, table) {
                    automatic += 1;
                } else if let Some(index) = covering(&indexes, key) {
                    fine.push(evidence(table, key, &index.place));
                } else if !made_in_code(all, table, key) {
                    let site = site(table, key, &asked);
                    // A schema kept once for each kind of database is one schema.
                    // A reference may stand at its column and below the table.
                    let known = sites.iter().any(|known| {
                        let same_file = known.place.file() == site.place.file();
                        known.key == site.key && (table.origin == Origin::Prisma || same_file)
                    });
                    if !known {
                        sites.push(site);
                    }
                }
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        let detail = Message::new("detail").count("bad", sites.len()).count("n", total);
        let fine: Vec<Evidence> = fine.into_iter().take(20).collect();
        if sites.is_empty() {
            let key = if automatic > 0 { "automatic" } else { "no-keys" };
            return Verdict::pass_or(fine, || Verdict::not_applicable(key)).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-keys")).also_fine(fine).sites(total, ok).detail(detail)
    }
}

/// Tables whose indexes the repository tells in full: those of Prisma, Drizzle, SQLAlchemy and TypeORM, and what SQL
/// alone defines.
fn judged<'t>(cx: &'t Context<'_>, all: &'t Tables) -> impl Iterator<Item = &'t Table> {
    all.tables.iter().filter(move |table| {
        let file = table.place.file().map(|file| cx.repo.file(file));
        if !file.is_some_and(|file| matches!(file.role, Role::Source | Role::Config | Role::Migration)) {
            return false;
        }
        match table.origin {
            Origin::Prisma | Origin::Drizzle | Origin::SqlAlchemy | Origin::TypeOrm | Origin::Django => true,
            // Where code defines the tables, the code's place is the one to mend, and what it lacks is left over.
            Origin::Sql => !is_modelled(all, table),
            Origin::Sequelize | Origin::Mongoose => false,
        }
    })
}

/// Whether code defines tables of the history that made `table`.
fn is_modelled(all: &Tables, table: &Table) -> bool {
    let own =
        all.histories.iter().find(|history| history.steps.iter().any(|step| Some(step.file) == table.place.file()));
    own.is_some_and(|history| {
        let mut names = history.schema.tables.values().map(|known| known.name.as_str());
        names.any(|name| all.find(name).any(|other| other.origin != Origin::Sql))
    })
}

/// Whether the database makes an index for each foreign key: MySQL does, and MongoDB has none.
fn indexes_itself(all: &Tables, table: &Table) -> bool {
    match table.origin {
        Origin::Prisma => {
            let own = all.prisma.iter().find(|(file, _)| Some(*file) == table.place.file());
            let schema = own
                .filter(|(_, schema)| schema.dialect.is_some())
                .or_else(|| all.prisma.iter().find(|(_, schema)| schema.dialect.is_some()));
            schema.is_some_and(|(_, schema)| match schema.dialect {
                Some(Dialect::MySql) => !schema.emulated,
                Some(Dialect::Other) => true,
                _ => false,
            })
        }
        Origin::Drizzle | Origin::SqlAlchemy | Origin::TypeOrm => {
            !all.histories.is_empty() && all.histories.iter().all(|history| history.dialect == Dialect::MySql)
        }
        _ => false,
    }
}

/// The table's own indexes, and those that migrations give a table of its name.
fn indexes_of<'t>(all: &'t Tables, table: &'t Table) -> Vec<&'t Index> {
    let same = all.find(&table.name).filter(|other| other.origin == Origin::Sql && !std::ptr::eq(*other, table));
    table.indexes.iter().chain(same.flat_map(|other| &other.indexes)).collect()
}

/// One of the key's columns is enough to find few rows; a partial index finds those that it holds.
fn covering<'i>(indexes: &[&'i Index], key: &ForeignKey) -> Option<&'i Index> {
    indexes.iter().copied().find(|index| {
        index.columns.first().is_some_and(|first| key.columns.iter().any(|column| column.eq_ignore_ascii_case(first)))
    })
}

/// Whether a migration in code makes an index that begins with the key.
fn made_in_code(all: &Tables, table: &Table, key: &ForeignKey) -> bool {
    all.made_indexes.iter().any(|made| {
        let same = made
            .table
            .as_ref()
            .is_none_or(|name| name.eq_ignore_ascii_case(&table.name) || Some(name) == table.symbol.as_ref());
        same && made
            .columns
            .first()
            .is_some_and(|first| key.columns.iter().any(|column| column.eq_ignore_ascii_case(first)))
    })
}

fn evidence(table: &Table, key: &ForeignKey, place: &Place) -> Evidence {
    let note = Message::new("covered").with("table", table.name.as_str()).with("column", key.columns.join(", "));
    Evidence::At { place: place.clone(), note }
}

/// Who made or changed a row is seldom searched for; the key still slows down deleting that person.
fn is_audit(key: &ForeignKey) -> bool {
    let name = key.columns.first().map(|column| column.to_ascii_lowercase()).unwrap_or_default();
    let done =
        ["request", "creat", "updat", "approv", "delet", "archiv", "upload", "trigger", "submit", "review", "publish"];
    // `requesting_user_id`, `createdUserId`: what somebody did, not whose it is.
    let actor = ["user_id", "userid"].iter().find_map(|end| name.strip_suffix(end));
    ["_by", "_by_id", "byid", "by_user_id", "createdby", "updatedby"].iter().any(|end| name.ends_with(end))
        || actor.is_some_and(|deed| {
            let deed = deed.trim_end_matches('_');
            (deed.ends_with("ed") || deed.ends_with("ing")) && done.iter().any(|word| deed.starts_with(word))
        })
}

/// What the queries of the repository ask by.
struct Asked<'t> {
    /// Tables with at least one query.
    tables: BTreeSet<&'t str>,
    /// Columns in conditions, however their words are joined.
    columns: BTreeSet<String>,
}

impl<'t> Asked<'t> {
    fn of(cx: &Context<'_>, all: &'t Tables) -> Self {
        let mut asked = Self { tables: BTreeSet::new(), columns: BTreeSet::new() };
        for query in cx.facts.files().flat_map(|(_, facts)| &facts.queries.queries) {
            asked.tables.extend(query.table_of(all).map(|table| table.name.as_str()));
            asked.columns.extend(query.filters.iter().map(|filter| plain(&filter.column)));
        }
        asked
    }

    /// Whether rows of the table are asked for, and by this key nowhere: neither by the column nor by what it names.
    fn never_by(&self, table: &Table, key: &ForeignKey) -> bool {
        let Some(column) = key.columns.first().map(|column| plain(column)) else { return false };
        let named = column.strip_suffix("id").unwrap_or(&column);
        self.tables.contains(table.name.as_str())
            && !self.columns.iter().any(|asked| asked.strip_suffix("id").unwrap_or(asked) == named)
    }
}

fn site(table: &Table, key: &ForeignKey, asked: &Asked<'_>) -> Site {
    let columns = key.columns.join(", ");
    let say = |key: &'static str| Message::new(key).with("table", table.name.as_str()).with("column", columns.as_str());
    let site = if is_audit(key) {
        Site::new(key.place.clone(), say("audit")).severity(Severity::Low)
    } else if asked.never_by(table, key) {
        Site::new(key.place.clone(), say("unasked")).severity(Severity::Low)
    } else {
        Site::new(key.place.clone(), say("missing"))
    };
    site.key(format!("{}.{columns}", table.name)).confidence(Confidence::Likely)
}
