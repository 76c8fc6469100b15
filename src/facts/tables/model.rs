//! What a table is to a rule: columns, keys, indexes, and who may see its rows.

use crate::{code::sql::Policy, model::Place};

/// A table as one place defines it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name in the database.
    pub name: String,
    /// The schema of the database; `None` for the default one.
    pub schema: Option<String>,
    /// Where it is defined.
    pub place: Place,
    pub origin: Origin,
    /// What the code calls it: the class of a model, the variable of a table.
    pub symbol: Option<String>,
    pub columns: Vec<Column>,
    pub foreign_keys: Vec<ForeignKey>,
    /// Primary key, unique constraints and indexes.
    pub indexes: Vec<Index>,
    pub row_security: RowSecurity,
    /// Every column is known: nothing is inherited, spread or copied from elsewhere.
    pub complete: bool,
    /// The table that this one is a part of.
    pub partition: bool,
}

/// Who defines a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    Prisma,
    Drizzle,
    TypeOrm,
    Sequelize,
    Mongoose,
    SqlAlchemy,
    Django,
    Sql,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name in the database.
    pub name: String,
    /// What the code calls it; the same as the name in SQL.
    pub property: String,
    pub place: Place,
    /// As written, in lower case; empty when the place does not say.
    pub data_type: String,
    pub not_null: bool,
    pub default: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKey {
    pub columns: Vec<String>,
    /// The name of the table that it points at, or of the code's symbol for it.
    pub target: String,
    pub place: Place,
    /// The library makes an index for it without being asked.
    pub indexed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    pub name: Option<String>,
    /// The leading columns, up to the first expression.
    pub columns: Vec<String>,
    pub unique: bool,
    pub primary: bool,
    /// Covers a part of the rows only.
    pub partial: bool,
    pub place: Place,
}

/// Row-level security after the last change.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RowSecurity {
    pub enabled: Option<Place>,
    /// Where it was switched off, when that was the last word.
    pub disabled: Option<Place>,
    pub policies: Vec<(Policy, Place)>,
    /// Where the roles of the public API lost their rights on the table.
    pub revoked: Option<Place>,
}

/// Names of columns that say whose row it is.
const OWNERS: [&str; 24] = [
    "user_id",
    "userid",
    "owner_id",
    "ownerid",
    "owner",
    "user",
    "author_id",
    "authorid",
    "created_by",
    "createdby",
    "created_by_id",
    "org_id",
    "orgid",
    "organization_id",
    "organizationid",
    "organisation_id",
    "tenant_id",
    "tenantid",
    "team_id",
    "teamid",
    "workspace_id",
    "workspaceid",
    "account_id",
    "accountid",
];

/// Names of columns that hold what nobody else should read.
const PRIVATE: [&str; 20] = [
    "email",
    "phone",
    "password",
    "password_hash",
    "token",
    "access_token",
    "refresh_token",
    "secret",
    "api_key",
    "apikey",
    "address",
    "birth",
    "ssn",
    "passport",
    "iban",
    "card",
    "salary",
    "payment_method",
    "billing_address",
    "token_hash",
];

impl Column {
    /// Whether the column says whose row it is: a user, an organisation, a tenant.
    pub fn names_owner(&self) -> bool {
        let name = self.name.to_ascii_lowercase();
        OWNERS.contains(&name.as_str())
    }

    /// Whether the column holds personal data or a secret, by its name.
    pub fn is_private(&self) -> bool {
        let name = self.name.to_ascii_lowercase();
        PRIVATE.iter().any(|word| name == *word || name.ends_with(&format!("_{word}")))
    }
}

impl Table {
    /// The column of that name, in the database or in code.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name) || column.property == name)
    }

    /// The columns that say whose row it is.
    pub fn owner_columns(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| column.names_owner())
    }

    /// The index that finds rows by `columns`: they are its leading columns, in any order.
    pub fn index_for(&self, columns: &[String]) -> Option<&Index> {
        self.indexes.iter().find(|index| !index.partial && index.leads_with(columns))
    }

    pub fn is(&self, schema: Option<&str>, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name) && self.schema.as_deref().unwrap_or("public") == schema.unwrap_or("public")
    }
}

impl Index {
    /// Whether `columns` are the first ones of this index, in any order.
    pub fn leads_with(&self, columns: &[String]) -> bool {
        let Some(leading) = self.columns.get(..columns.len()) else { return false };
        columns.iter().all(|column| leading.iter().any(|known| known.eq_ignore_ascii_case(column)))
    }
}
