//! What code asks of its database: each call of an object-relational mapper or a query builder with its table, its
//! conditions, where their values come from, its bound, and the iteration around it.
//!
//! Raw SQL, and the lazy query sets of Django beyond a single record, are not read.

mod extract;
mod filters;
mod flow;
mod identity;
mod kept;
mod limit;
mod raw;
mod read;
mod source;
mod told;
mod trail;
mod written;

pub(super) use extract::QueryExtractor;
pub use kept::speaks_of_sealing;
pub use source::source;
pub use trail::{Asked, Reached, asked_by, reached_by};

use super::modules::Name;
use crate::{
    facts::tables::{Table, Tables},
    model::Span,
};

/// What one file asks of databases, in source order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct QueryFacts {
    pub queries: Vec<Query>,
    /// Calls that hand on a value of the request, of the caller, or of a function's parameter, or that are made again
    /// and again.
    pub passes: Vec<Pass>,
    /// Text in SQL with values of the request or of a parameter put into it.
    pub statements: Vec<Statement>,
    /// Rows that are written as they came.
    pub written: Vec<Written>,
    /// Loops that set every key of a parameter on a record: `for k, v in updates.items(): setattr(model, k, v)`.
    pub poured: Vec<Span>,
    /// Credentials of other services that are written.
    pub kept: Vec<Kept>,
    /// Values that are sent or given back as they came.
    pub told: Vec<Told>,
    /// Calls that ask who calls: `auth()`, `getServerSession(…)`.
    pub asks_caller: Vec<Span>,
    /// Where the identity of the caller is used for anything but asking whether there is one.
    pub identity: Vec<Span>,
}

/// One query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// From the beginning of the chain to the end of the call that tells the table.
    pub span: Span,
    pub library: Library,
    /// The table, model or entity as the code calls it; empty when it does not tell.
    pub table: String,
    /// What the table's name refers to, where it is one.
    pub subject: Option<Name>,
    pub operation: Operation,
    /// Conditions; of a new row the columns that name other rows.
    pub filters: Vec<Filter>,
    /// Conditions or options that could not be read, or a builder that leaves the function.
    pub open: bool,
    /// A limit, a page, or a way that gives one row.
    pub bounded: bool,
    pub iteration: Option<Iteration>,
    /// The client passes by row-level security: Supabase's service role. `None` when it cannot be told.
    pub privileged: Option<bool>,
    /// Where the number of rows comes from, when the client or the function's caller chooses it without a cap here.
    pub limit: Option<Source>,
    /// No list of columns: the row holds all of them.
    pub takes_all: bool,
}

/// A statement in SQL that is put together from text and values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The call that sends it.
    pub span: Span,
    /// The values that come from the request or from a parameter, and that nothing checks in this function.
    pub values: Vec<(Span, Source)>,
}

/// A write that is given an object which the code does not list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub span: Span,
    /// The object.
    pub given: Span,
    /// The table, model or record as the code calls it.
    pub table: String,
    pub source: Source,
    /// Keys are set, taken out or looked at before, so that what is left is not known.
    pub looked_at: bool,
}

/// A key or token of another service that is put into a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The column with its value.
    pub span: Span,
    /// The table, model or record as the code calls it.
    pub table: String,
    pub column: String,
    pub source: Source,
    /// Encrypted or hashed in this function.
    pub sealed: bool,
}

/// A value that leaves a function as a call gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub span: Span,
    /// The call that gave it, with its whole chain.
    pub origin: Span,
    pub to: TellsTo,
}

/// Who gets a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TellsTo {
    /// It is sent as a response.
    Client,
    /// It is returned.
    Caller,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Library {
    Supabase,
    Drizzle,
    Prisma,
    TypeOrm,
    Mongoose,
    Sequelize,
    Knex,
    SqlAlchemy,
    Django,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    FindMany,
    FindOne,
    /// Counts, sums and groups: the database sends few rows however many it reads.
    Aggregate,
    Insert,
    Update,
    Delete,
}

/// A condition on a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// As the code calls it; empty when the condition could not be read.
    pub column: String,
    pub comparison: Comparison,
    pub source: Source,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Comparison {
    Equal,
    /// One of a list.
    OneOf,
    Other,
}

/// Where a value comes from, as far as its own function tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    Constant,
    /// Who the caller is, as a session or a token says.
    Session,
    /// The client chose it: path, query string, body, header. The last name of the expression.
    Request(String),
    /// A parameter of the function that begins at `function`.
    Parameter {
        function: u32,
        index: usize,
        name: String,
        /// The names from the parameter to the value, both included: `ctx`, `params`, `id`.
        path: Vec<String>,
    },
    Other,
}

/// A call with what it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    pub span: Span,
    pub callee: Name,
    /// Positional arguments, and keyword arguments with their name.
    pub arguments: Vec<(Option<String>, Source)>,
    /// The positions of objects that list what they hold.
    pub listed: Vec<usize>,
    pub iteration: Option<Iteration>,
    /// As [`Query::privileged`], of a client that is handed on.
    pub privileged: Option<bool>,
}

/// How a call is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Iteration {
    /// The loop, or the call such as `items.map(…)`.
    pub span: Span,
    /// All at once: `Promise.all(items.map(…))`.
    pub parallel: bool,
    /// An update that sets another value each time.
    pub own_values: bool,
}

impl Library {
    pub fn name(self) -> &'static str {
        match self {
            Self::Supabase => "Supabase",
            Self::Drizzle => "Drizzle",
            Self::Prisma => "Prisma",
            Self::TypeOrm => "TypeORM",
            Self::Mongoose => "Mongoose",
            Self::Sequelize => "Sequelize",
            Self::Knex => "Knex",
            Self::SqlAlchemy => "SQLAlchemy",
            Self::Django => "Django",
        }
    }
}

impl Query {
    /// The table that is meant, when the repository defines it.
    pub fn table_of<'t>(&self, tables: &'t Tables) -> Option<&'t Table> {
        let same = |name: &str| plain(name) == plain(&self.table);
        let symbol = |table: &&Table| table.symbol.as_deref().is_some_and(same);
        match self.library {
            Library::Supabase | Library::Knex => {
                tables.tables.iter().find(|table| table.name.eq_ignore_ascii_case(&self.table))
            }
            _ => tables.tables.iter().find(symbol).or_else(|| tables.tables.iter().find(|table| same(&table.name))),
        }
    }
}

/// A name however its words are joined.
pub fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|char| char.to_ascii_lowercase()).collect()
}

/// Columns that say whose row it is, however their words are joined.
pub fn names_owner(column: &str) -> bool {
    matches!(
        plain(column).as_str(),
        "userid"
            | "user"
            | "ownerid"
            | "owner"
            | "orgid"
            | "organizationid"
            | "organisationid"
            | "organization"
            | "tenantid"
            | "tenant"
            | "teamid"
            | "team"
            | "workspaceid"
            | "workspace"
            | "accountid"
            | "account"
            | "authorid"
            | "author"
            | "createdby"
            | "createdbyid"
            | "profileid"
            | "customerid"
            | "memberid"
            | "projectid"
            | "companyid"
            | "company"
            | "creatorid"
            | "useruuid"
            | "orguuid"
            | "uid"
            | "environmentid"
    )
}
