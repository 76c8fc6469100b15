//! What code does to a relational schema: defines tables, synchronises them, applies migrations.

use super::{Extractor, Fact, FileFacts, Visit, Watch};
use crate::{
    code::{Constant, Flags, Guard, Kind, NodeRef, Role as NodeRole},
    model::Span,
    repo::Role,
};

/// One place that touches the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaUse {
    pub span: Span,
    /// The library, for people.
    pub tool: &'static str,
    pub does: SchemaDoes,
    /// Runs outside production only.
    pub development_only: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SchemaDoes {
    /// Defines a table.
    DefinesTable,
    /// Creates what is missing at start-up.
    Creates,
    /// Alters the schema to fit the code at start-up.
    Synchronises,
    /// Drops and creates again.
    Drops,
    /// Synchronisation is switched off.
    SynchroniseOff,
    /// Applies migrations.
    Migrates,
}

pub(super) struct Schema;

impl Extractor for Schema {
    fn fact(&self) -> Fact {
        Fact::Schema
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call, Kind::Member, Kind::Property, Kind::Decorator, Kind::Class])
            .keywords(&[
                "Table(",
                "@Entity",
                "sequelize",
                "synchronize",
                "create_all",
                "DeclarativeBase",
                "declarative_base",
                "SQLModel",
                "SQLAlchemy(",
                "models.Model",
                "migrator",
                "runMigrations",
                "migrate.latest",
                "Umzug",
                "command.upgrade",
                "flask_migrate",
                "db-migrate",
            ])
            .roles(&[Role::Source, Role::Script, Role::Config])
    }

    fn node(&self, _file: &Visit<'_>, node: NodeRef<'_>, facts: &mut FileFacts) {
        let found = match node.kind() {
            Kind::Call => of_call(node),
            Kind::Member => create_all(node),
            Kind::Property => synchronize(node),
            Kind::Decorator => entity(node),
            Kind::Class => of_class(node),
            _ => None,
        };
        let Some((tool, does)) = found else { return };
        facts.schema.push(SchemaUse {
            span: node.span(),
            tool,
            does,
            development_only: node.environment_guard() == Guard::DevelopmentOnly,
        });
    }
}

type Found = Option<(&'static str, SchemaDoes)>;

fn of_call(call: NodeRef<'_>) -> Found {
    let path = call.callee_path().unwrap_or_default();
    if path.starts_with("drizzle-orm/") {
        let name = path.rsplit('.').next().unwrap_or_default();
        return match name {
            "pgTable" | "mysqlTable" | "sqliteTable" => Some(("Drizzle", SchemaDoes::DefinesTable)),
            "migrate" => Some(("Drizzle", SchemaDoes::Migrates)),
            _ => None,
        };
    }
    match path.as_str() {
        "alembic.command.upgrade" => return Some(("Alembic", SchemaDoes::Migrates)),
        "flask_migrate.upgrade" => return Some(("Flask-Migrate", SchemaDoes::Migrates)),
        "sqlalchemy.orm.declarative_base" | "sqlalchemy.ext.declarative.declarative_base" => {
            return Some(("SQLAlchemy", SchemaDoes::DefinesTable));
        }
        _ => {}
    }
    match call.callee_name()? {
        "runMigrations" => Some(("TypeORM", SchemaDoes::Migrates)),
        "latest" if path.ends_with("migrate.latest") => Some(("Knex", SchemaDoes::Migrates)),
        "up" if made_by_db_migrate(call) => Some(("db-migrate", SchemaDoes::Migrates)),
        "up" if path.to_ascii_lowercase().contains("umzug") => Some(("Umzug", SchemaDoes::Migrates)),
        "define" if is_sequelize(call) => Some(("Sequelize", SchemaDoes::DefinesTable)),
        "sync" if is_sequelize(call) => Some(("Sequelize", sync_mode(call))),
        _ => None,
    }
}

/// `getInstance(true, { … }).up()` of db-migrate.
fn made_by_db_migrate(call: NodeRef<'_>) -> bool {
    let made = call.receiver().map(NodeRef::resolved).filter(|made| made.callee_name() == Some("getInstance"));
    made.is_some_and(|made| {
        let loads = |node: NodeRef<'_>| node.is(Kind::Import) && node.name() == "db-migrate";
        made.callee_api().is_some_and(|api| api.starts_with("db-migrate")) || made.tree().nodes().any(loads)
    })
}

/// Whether the receiver of a call is a Sequelize instance: made here, imported under that name, or a member of it.
fn is_sequelize(call: NodeRef<'_>) -> bool {
    let Some(receiver) = call.child(NodeRole::Callee).and_then(|callee| callee.child(NodeRole::Object)) else {
        return false;
    };
    if receiver.name().eq_ignore_ascii_case("sequelize") {
        return true;
    }
    receiver.binding().is_some_and(|binding| {
        let declaration = receiver.tree().at(binding.declaration);
        declaration
            .child(NodeRole::Value)
            .filter(|value| value.is(Kind::Call) && value.has(Flags::NEW))
            .and_then(NodeRef::callee_path)
            .is_some_and(|path| path.starts_with("sequelize"))
    })
}

fn sync_mode(call: NodeRef<'_>) -> SchemaDoes {
    let set = |name: &str| {
        let value = call.argument(0).and_then(|options| options.property(name));
        value.is_some_and(|value| value.constant() == Some(Constant::Boolean(true)))
    };
    if set("force") {
        SchemaDoes::Drops
    } else if set("alter") {
        SchemaDoes::Synchronises
    } else {
        SchemaDoes::Creates
    }
}

/// `Base.metadata.create_all`, called or handed to `run_sync`; `db.create_all` of `Flask-SQLAlchemy`.
fn create_all(member: NodeRef<'_>) -> Found {
    if member.name() != "create_all" {
        return None;
    }
    let object = member.child(NodeRole::Object)?;
    // `if is_db_empty(): create_all(); stamp()` is how an empty database gets its first revision.
    let guarded = member.ancestors().take_while(|above| !above.is(Kind::Function)).any(|above| {
        let condition = above.child(NodeRole::Condition).filter(|_| above.is(Kind::If));
        condition.is_some_and(|condition| condition.text().to_ascii_lowercase().contains("empty"))
    });
    let stamps = || {
        let calls = member.enclosing_function().map(|function| function.descendants().take(400).collect::<Vec<_>>());
        calls.into_iter().flatten().any(|call| call.is(Kind::Call) && call.callee_name() == Some("stamp"))
    };
    if guarded && stamps() {
        return None;
    }
    matches!(object.name(), "metadata" | "db" | "database").then_some(("SQLAlchemy", SchemaDoes::Creates))
}

/// The `synchronize` option of `TypeORM`'s data sources and modules.
fn synchronize(property: NodeRef<'_>) -> Found {
    if property.name() != "synchronize" {
        return None;
    }
    let options = property.parent().filter(|parent| parent.is(Kind::Object))?;
    let known = ["type", "entities", "database", "migrations", "autoLoadEntities", "url", "host"];
    if !known.iter().any(|name| options.property(name).is_some()) {
        return None;
    }
    let value = property.child(NodeRole::Value)?;
    match value.constant() {
        Some(Constant::Boolean(true)) => Some(("TypeORM", SchemaDoes::Synchronises)),
        Some(Constant::Boolean(false)) => Some(("TypeORM", SchemaDoes::SynchroniseOff)),
        _ => None,
    }
}

fn entity(decorator: NodeRef<'_>) -> Found {
    let value = decorator.child(NodeRole::Value)?;
    let path = if value.is(Kind::Call) { value.callee_path() } else { value.path() }?;
    match path.as_str() {
        "typeorm.Entity" => Some(("TypeORM", SchemaDoes::DefinesTable)),
        "@mikro-orm/core.Entity" => Some(("MikroORM", SchemaDoes::DefinesTable)),
        "sequelize-typescript.Table" => Some(("Sequelize", SchemaDoes::DefinesTable)),
        _ => None,
    }
}

fn of_class(class: NodeRef<'_>) -> Found {
    let bases: Vec<String> = class.children_in(NodeRole::Base).filter_map(NodeRef::path).collect();
    let is = |names: &[&str]| bases.iter().any(|base| names.contains(&base.as_str()));
    if is(&["sqlalchemy.orm.DeclarativeBase"]) {
        return Some(("SQLAlchemy", SchemaDoes::DefinesTable));
    }
    if is(&["django.db.models.Model"]) {
        return Some(("Django", SchemaDoes::DefinesTable));
    }
    if is(&["sequelize.Model"]) {
        return Some(("Sequelize", SchemaDoes::DefinesTable));
    }
    let table = class.children().any(|child| child.has(Flags::KEYWORD) && child.name() == "table");
    (table && is(&["sqlmodel.SQLModel"])).then_some(("SQLModel", SchemaDoes::DefinesTable))
}
