//! SQL as rules see it: the statements of a script with their places, as far as a schema and its rights need them.
//!
//! PostgreSQL first; MySQL and SQLite where they write the same things differently. What is not understood is
//! [`Kind::Other`] and stays in its place, so that nothing after it is lost.

mod body;
mod cursor;
mod read;
mod rights;
mod split;
mod table;
#[cfg(test)]
mod tests;
mod token;

use crate::model::Span;

/// The statements of a script in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Script {
    pub statements: Vec<Statement>,
    /// Statements that are put together while the script runs: `EXECUTE format('ALTER TABLE %I …')`. The text that
    /// they are made of can be read at the place.
    pub dynamic: Vec<Span>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Without the final semicolon.
    pub span: Span,
    pub kind: Kind,
    /// Stands in a `DO` block, mostly behind a condition.
    pub nested: bool,
}

/// A name as the database keeps it: without quotes, lower case unless it was quoted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Name {
    pub schema: Option<String>,
    pub name: String,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    CreateTable(CreateTable),
    AlterTable {
        name: Name,
        if_exists: bool,
        actions: Vec<Action>,
    },
    DropTable {
        names: Vec<Name>,
        if_exists: bool,
    },
    /// A view, materialised or not.
    CreateView(Name),
    DropView(Vec<Name>),
    CreateIndex(CreateIndex),
    DropIndex {
        names: Vec<Name>,
        concurrently: bool,
    },
    CreatePolicy(Policy),
    /// What the statement does not name stays as it was.
    AlterPolicy(Policy),
    DropPolicy {
        name: String,
        table: Name,
    },
    CreateFunction(Function),
    AlterFunction {
        name: Name,
        definer: Option<bool>,
        search_path: bool,
    },
    DropFunction(Vec<Name>),
    CreateSchema(String),
    CreateType(Name),
    CreateTrigger {
        table: Option<Name>,
        function: Option<Name>,
    },
    Comment {
        table: Name,
        column: Option<String>,
    },
    Grant(Grant),
    Truncate(Vec<Name>),
    Delete {
        table: Name,
        filtered: bool,
    },
    Update {
        table: Name,
        filtered: bool,
    },
    Insert {
        table: Name,
        columns: Vec<String>,
    },
    Begin,
    Commit,
    Rollback,
    Do,
    Other,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CreateTable {
    pub name: Name,
    pub if_not_exists: bool,
    pub temporary: bool,
    pub columns: Vec<Column>,
    pub constraints: Vec<Constraint>,
    /// Its columns come from elsewhere: `AS SELECT`, `LIKE`, `INHERITS`, `PARTITION OF`, `USING`.
    pub derived: bool,
    /// The table that this one is a part of.
    pub partition_of: Option<Name>,
}

#[expect(clippy::struct_excessive_bools, reason = "each is a clause of its own")]
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Column {
    pub name: String,
    pub span: Span,
    /// As written, in lower case; may be empty in SQLite.
    pub data_type: String,
    pub not_null: bool,
    /// Filled by the database when a row names no value: a default, a sequence, an identity, an expression.
    pub default: bool,
    pub primary_key: bool,
    pub unique: bool,
    pub references: Option<Reference>,
}

/// What a foreign key points at; no columns mean the primary key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reference {
    pub table: Name,
    pub columns: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint {
    pub span: Span,
    pub name: Option<String>,
    pub kind: ConstraintKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConstraintKind {
    PrimaryKey(Vec<String>),
    Unique(Vec<String>),
    ForeignKey {
        columns: Vec<String>,
        reference: Reference,
    },
    /// `KEY` and `INDEX` of MySQL.
    Index(Vec<String>),
    Other,
}

/// One change of `ALTER TABLE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    pub span: Span,
    pub kind: ActionKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionKind {
    AddColumn { column: Column, if_not_exists: bool },
    DropColumn { name: String, if_exists: bool },
    SetType { column: String, data_type: String },
    SetNotNull(String),
    DropNotNull(String),
    SetDefault(String),
    AddConstraint(Constraint),
    DropConstraint(String),
    RenameTable(Name),
    RenameColumn { from: String, to: String },
    SetSchema(String),
    EnableRowSecurity,
    DisableRowSecurity,
    ForceRowSecurity,
    Other,
}

#[expect(clippy::struct_excessive_bools, reason = "each is a clause of its own")]
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CreateIndex {
    pub name: Option<Name>,
    pub table: Name,
    /// The leading columns up to the first expression.
    pub columns: Vec<String>,
    /// Holds every column it names; `false` when an expression stands among them.
    pub plain: bool,
    pub unique: bool,
    pub concurrently: bool,
    pub if_not_exists: bool,
    /// Of a partitioned table without its partitions, so that no row is read: `ON ONLY`.
    pub only: bool,
    /// Covers a part of the rows: has a `WHERE`.
    pub partial: bool,
}

/// A policy of row-level security.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    pub name: String,
    pub table: Name,
    /// `all`, `select`, `insert`, `update` or `delete`.
    pub command: String,
    /// Empty means everybody (`public`).
    pub roles: Vec<String>,
    pub restrictive: bool,
    pub using: Option<Expression>,
    pub check: Option<Expression>,
}

/// A condition, as far as rules ask about it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expression {
    pub span: Span,
    /// Every name and keyword in it in lower case, qualified ones with dots: `auth.uid`.
    pub words: Vec<String>,
    /// Text literals in it.
    pub strings: Vec<String>,
    /// It holds for every row: `true`, `1 = 1`.
    pub always: bool,
}

#[expect(clippy::struct_excessive_bools, reason = "each is a clause of its own")]
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Function {
    pub name: Name,
    /// Types or names of its parameters as written, in lower case.
    pub arguments: Vec<String>,
    /// `SECURITY DEFINER`: runs with the rights of its owner.
    pub definer: Option<Span>,
    /// Sets its own `search_path`.
    pub search_path: bool,
    pub returns_trigger: bool,
    pub body: Option<Span>,
    /// Where the body runs SQL that is made of one of its arguments, unquoted.
    pub executes_argument: Option<Span>,
    /// The body asks who is calling: `auth.uid()`, `auth.role()`, `current_setting('request.jwt…')`.
    pub asks_caller: bool,
    /// The body changes rows or runs dynamic SQL.
    pub writes: bool,
}

/// `GRANT` and `REVOKE`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Grant {
    pub revoke: bool,
    pub privileges: Vec<String>,
    pub on: GrantOn,
    pub roles: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum GrantOn {
    Tables(Vec<Name>),
    Functions(Vec<Name>),
    AllFunctions(Vec<String>),
    /// `ALTER DEFAULT PRIVILEGES … ON FUNCTIONS`.
    DefaultFunctions,
    #[default]
    Other,
}

/// Reads a script. Never fails and never panics.
pub fn parse(text: &str) -> Script {
    parse_at(text, 0)
}

/// Reads a script that stands at `base` in its file; spans are the file's.
pub fn parse_at(text: &str, base: u32) -> Script {
    read::script(text, base as usize, 0)
}

impl Name {
    /// Whether the name lies in the schema that `PostgREST` and the like expose: `public`, also by default.
    pub fn is_public(&self) -> bool {
        self.schema.as_deref().is_none_or(|schema| schema == "public")
    }

    /// Whether both name the same thing, `public` being the default schema.
    pub fn same(&self, other: &Self) -> bool {
        let schema = |name: &Self| name.schema.clone().unwrap_or_else(|| "public".to_owned());
        self.name.eq_ignore_ascii_case(&other.name) && schema(self).eq_ignore_ascii_case(&schema(other))
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.schema {
            Some(schema) => write!(f, "{schema}.{}", self.name),
            None => f.write_str(&self.name),
        }
    }
}
