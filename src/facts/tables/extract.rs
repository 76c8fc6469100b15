//! Collects tables from models in code, and indexes from migrations in code.

use super::{drizzle, prisma, python, typeorm};
use crate::{
    code::{self, Kind, NodeRef, Role as NodeRole},
    facts::{Extractor, Fact, FileFacts, Visit, Watch},
    repo::Role,
};

/// An index that a migration in code makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeIndex {
    /// Unknown where a batch names the table elsewhere.
    pub table: Option<String>,
    pub columns: Vec<String>,
}

pub(in crate::facts) struct Models;

impl Extractor for Models {
    fn fact(&self) -> Fact {
        Fact::Tables
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call, Kind::Class])
            .keywords(&[
                "Table(",
                "TableCreator",
                ".table(",
                "__tablename__",
                "db.Model",
                "table=True",
                "models.Model",
                "@Entity(",
                "create_index",
                "createIndex",
                "addIndex",
                "CREATE INDEX",
                "CREATE UNIQUE INDEX",
                "index=True",
            ])
            .roles(&[Role::Source, Role::Config, Role::Migration])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, facts: &mut FileFacts) {
        let python = file.file.language == Some(code::Language::Python);
        if file.file.role == Role::Migration {
            if node.is(Kind::Call) {
                facts.made_indexes.extend(made(node));
            }
            return;
        }
        let table = match node.kind() {
            Kind::Class if python => python::table(file, node),
            Kind::Class => typeorm::table(file, node),
            Kind::Call if !python => drizzle::table(file, node),
            _ => None,
        };
        facts.tables.extend(table);
    }
}

fn made(call: NodeRef<'_>) -> Vec<MadeIndex> {
    match call.callee_name() {
        Some("create_index" | "createIndex" | "addIndex" | "create_unique_constraint") => {
            let strings: Vec<String> = call.positional().filter_map(NodeRef::constant_str).collect();
            let list = call
                .positional()
                .chain(call.keyword("columns"))
                .chain(call.keyword("fields"))
                .find(|argument| argument.is(Kind::Array));
            let fields = call
                .positional()
                .filter(|argument| argument.is(Kind::Object) || argument.is(Kind::Call))
                .find_map(|options| {
                    let options = if options.is(Kind::Call) { options.argument(0)? } else { options };
                    options.property("fields").or_else(|| options.property("columnNames"))
                });
            let Some(list) = list.or(fields) else { return Vec::new() };
            let columns: Vec<String> = list.children_in(NodeRole::Item).map_while(NodeRef::constant_str).collect();
            // Alembic names the index first, the others the table.
            let alembic =
                call.callee_name() == Some("create_index") || call.callee_name() == Some("create_unique_constraint");
            let table = if alembic { strings.get(1) } else { strings.first() };
            vec![MadeIndex { table: table.cloned(), columns }]
        }
        Some("query" | "execute" | "raw" | "sql" | "addSql") => {
            let Some(text) = call
                .argument(0)
                .and_then(NodeRef::constant_str)
                .filter(|text| text.to_ascii_uppercase().contains(" INDEX "))
            else {
                return Vec::new();
            };
            let statements = code::sql::parse(&text).statements.into_iter();
            statements
                .filter_map(|statement| match statement.kind {
                    code::sql::Kind::CreateIndex(index) => {
                        Some(MadeIndex { table: Some(index.table.name), columns: index.columns })
                    }
                    _ => None,
                })
                .collect()
        }
        _ => Vec::new(),
    }
}

/// The schema files of Prisma, in order of path.
pub(super) fn prisma_schemas(repo: &crate::repo::Repo) -> Vec<(crate::model::FileId, prisma::PrismaSchema)> {
    let files =
        repo.files().iter().filter(|file| file.path.extension() == Some("prisma") && file.role.is_operational());
    files.filter_map(|file| Some((file.id, prisma::read(file.id, &repo.read(file.id).ok()?)))).collect()
}
