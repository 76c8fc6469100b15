//! A schema while its migrations are replayed, and what does not fit on the way.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    history::{Dialect, Step},
    model::{Column, ForeignKey, Index, Origin, RowSecurity, Table},
};
use crate::{
    code::sql::{
        self, Action, ActionKind, Constraint, ConstraintKind, CreateTable, Function, Grant, GrantOn, Kind, Name,
    },
    model::{FileId, Place, Span},
};

/// Schema and name in lower case.
type Key = (String, String);

/// A database after some of its migrations.
#[derive(Debug, Default)]
pub struct Schema {
    pub tables: BTreeMap<Key, Table>,
    /// In which step each table was made.
    pub made: BTreeMap<Key, usize>,
    pub views: BTreeSet<Key>,
    pub functions: BTreeMap<Key, RoutineState>,
    /// Where statements that switch on row-level security are put together at run time.
    pub dynamic_row_security: Option<Place>,
    /// Where any statement is put together at run time, or a step runs something that is not SQL.
    pub dynamic: Option<Place>,
    /// Functions made from here on are not for everybody: `ALTER DEFAULT PRIVILEGES … REVOKE`.
    pub functions_revoked: bool,
    pub problems: Vec<Problem>,
}

/// A function after the last change.
#[derive(Debug, Clone)]
pub struct RoutineState {
    pub function: Function,
    pub file: FileId,
    /// Nobody but those named may call it.
    pub revoked: bool,
}

/// A statement that names what no earlier statement makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub step: usize,
    pub place: Place,
    pub kind: ProblemKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProblemKind {
    UnknownTable { table: String },
    UnknownColumn { table: String, column: String },
}

pub(super) fn key(name: &Name) -> Key {
    let schema = name.schema.as_deref().unwrap_or("public");
    (schema.to_ascii_lowercase(), name.name.to_ascii_lowercase())
}

impl Schema {
    /// Replays `steps`; `text_of` gives a piece of a file.
    pub(super) fn replay(steps: &[Step], dialect: Dialect, text_of: impl Fn(FileId, Span) -> String) -> Self {
        let mut schema = Self::default();
        for (index, step) in steps.iter().enumerate() {
            let mut at = Replay {
                schema: &mut schema,
                step: index,
                file: step.file,
                passed_over: step.passed_over,
                dialect,
                temporary: BTreeSet::new(),
            };
            for statement in &step.script.statements {
                at.apply(statement);
            }
            for span in &step.script.dynamic {
                let place = Place::At(step.file, *span);
                let text = text_of(step.file, *span).to_ascii_lowercase();
                if text.contains("row level security") {
                    schema.dynamic_row_security = Some(place.clone());
                }
                schema.dynamic = Some(place);
            }
        }
        schema
    }

    pub fn table(&self, name: &Name) -> Option<&Table> {
        self.tables.get(&key(name))
    }

    /// The step that made the table.
    pub fn step_of(&self, name: &Name) -> Option<usize> {
        self.made.get(&key(name)).copied()
    }

    /// Whether the table was made before the step `step`, so that it may hold rows by then.
    pub fn is_older(&self, name: &Name, step: usize) -> bool {
        self.made.get(&key(name)).is_some_and(|made| *made < step)
    }
}

struct Replay<'s> {
    schema: &'s mut Schema,
    step: usize,
    file: FileId,
    passed_over: bool,
    dialect: Dialect,
    /// Tables that the step makes for itself.
    temporary: BTreeSet<String>,
}

impl Replay<'_> {
    fn place(&self, span: Span) -> Place {
        Place::At(self.file, span)
    }

    fn apply(&mut self, statement: &sql::Statement) {
        let span = statement.span;
        match &statement.kind {
            Kind::CreateTable(table) => self.create(table, span),
            Kind::AlterTable { name, if_exists, actions } => self.alter(name, *if_exists, actions, statement.nested),
            Kind::DropTable { names, if_exists } => {
                for name in names {
                    let known = self.schema.tables.remove(&key(name)).is_some();
                    if !known && !if_exists && !statement.nested {
                        self.unknown_table(name);
                    }
                }
            }
            Kind::CreateView(name) => {
                self.schema.views.insert(key(name));
            }
            Kind::CreateIndex(index) => self.index(index, span, statement.nested),
            Kind::DropIndex { names, .. } => {
                for table in self.schema.tables.values_mut() {
                    table.indexes.retain(|index| {
                        !index
                            .name
                            .as_ref()
                            .is_some_and(|known| names.iter().any(|name| name.name.eq_ignore_ascii_case(known)))
                    });
                }
            }
            Kind::CreatePolicy(policy) => {
                let place = self.place(span);
                if let Some(table) = self.schema.tables.get_mut(&key(&policy.table)) {
                    table.row_security.policies.retain(|(known, _)| known.name != policy.name);
                    table.row_security.policies.push((policy.clone(), place));
                }
            }
            Kind::AlterPolicy(policy) => self.alter_policy(policy, span),
            Kind::DropPolicy { name, table } => {
                if let Some(table) = self.schema.tables.get_mut(&key(table)) {
                    table.row_security.policies.retain(|(known, _)| known.name != *name);
                }
            }
            Kind::CreateFunction(function) => self.function(function),
            Kind::AlterFunction { name, definer, search_path } => {
                if let Some(known) = self.schema.functions.get_mut(&key(name)) {
                    known.function.search_path |= search_path;
                    if *definer == Some(false) {
                        known.function.definer = None;
                    }
                }
            }
            Kind::DropFunction(names) => {
                for name in names {
                    self.schema.functions.remove(&key(name));
                }
            }
            Kind::Comment { table, column } => self.comment(table, column.as_deref()),
            Kind::Grant(grant) => self.grant(grant, span),
            _ => {}
        }
    }

    fn create(&mut self, table: &CreateTable, span: Span) {
        if table.temporary {
            self.temporary.insert(table.name.name.to_ascii_lowercase());
        }
        if table.temporary || self.schema.tables.contains_key(&key(&table.name)) && table.if_not_exists {
            return;
        }
        let mut made = Table {
            name: table.name.name.clone(),
            schema: table.name.schema.clone(),
            place: self.place(Span::new(span.start as usize, table.name.span.end as usize)),
            origin: Origin::Sql,
            symbol: None,
            columns: Vec::new(),
            foreign_keys: Vec::new(),
            indexes: Vec::new(),
            row_security: RowSecurity::default(),
            complete: !table.derived,
            partition: table.partition_of.is_some(),
        };
        for column in &table.columns {
            self.add_column(&mut made, column);
        }
        for constraint in &table.constraints {
            self.add_constraint(&mut made, constraint);
        }
        let key = key(&table.name);
        self.schema.made.insert(key.clone(), self.step);
        self.schema.tables.insert(key, made);
    }

    fn add_column(&self, table: &mut Table, column: &sql::Column) {
        let place = self.place(column.span);
        if let Some(reference) = &column.references {
            table.foreign_keys.push(ForeignKey {
                columns: vec![column.name.clone()],
                target: reference.table.to_string(),
                place: place.clone(),
                indexed: self.dialect == Dialect::MySql,
            });
        }
        if column.primary_key || column.unique {
            table.indexes.push(Index {
                name: None,
                columns: vec![column.name.clone()],
                unique: true,
                primary: column.primary_key,
                partial: false,
                place: place.clone(),
            });
        }
        table.columns.push(Column {
            name: column.name.clone(),
            property: column.name.clone(),
            place,
            data_type: column.data_type.clone(),
            not_null: column.not_null,
            default: column.default,
        });
    }

    fn add_constraint(&self, table: &mut Table, constraint: &Constraint) {
        let place = self.place(constraint.span);
        let mut index = |columns: &Vec<String>, unique, primary| {
            table.indexes.push(Index {
                name: constraint.name.clone(),
                columns: columns.clone(),
                unique,
                primary,
                partial: false,
                place: place.clone(),
            });
        };
        match &constraint.kind {
            ConstraintKind::PrimaryKey(columns) => index(columns, true, true),
            ConstraintKind::Unique(columns) => index(columns, true, false),
            ConstraintKind::Index(columns) => index(columns, false, false),
            ConstraintKind::ForeignKey { columns, reference } => table.foreign_keys.push(ForeignKey {
                columns: columns.clone(),
                target: reference.table.to_string(),
                place,
                indexed: self.dialect == Dialect::MySql,
            }),
            ConstraintKind::Other => {}
        }
    }

    fn alter(&mut self, name: &Name, if_exists: bool, actions: &[Action], nested: bool) {
        let Some(mut table) = self.schema.tables.remove(&key(name)) else {
            if !if_exists && !nested && !self.schema.views.contains(&key(name)) {
                self.unknown_table(name);
            }
            return;
        };
        let mut new_key = key(name);
        for action in actions {
            if let Some(column) = self.change(&mut table, action).filter(|_| !nested) {
                self.unknown_column(&table, &column, action.span);
            }
            match &action.kind {
                ActionKind::RenameTable(to) => {
                    table.name.clone_from(&to.name);
                    new_key.1 = to.name.to_ascii_lowercase();
                }
                ActionKind::SetSchema(schema) => {
                    table.schema = Some(schema.clone());
                    new_key.0 = schema.to_ascii_lowercase();
                }
                _ => {}
            }
        }
        if new_key != key(name) {
            let made = self.schema.made.get(&key(name)).copied().unwrap_or(self.step);
            self.schema.made.insert(new_key.clone(), made);
        }
        self.schema.tables.insert(new_key, table);
    }

    /// Makes one change; gives the column that it names and the table does not have.
    fn change(&self, table: &mut Table, action: &Action) -> Option<String> {
        match &action.kind {
            ActionKind::AddColumn { column, if_not_exists } => {
                if !(*if_not_exists && table.column(&column.name).is_some()) {
                    self.add_column(table, column);
                }
            }
            ActionKind::DropColumn { name, if_exists } => {
                let known = table.column(name).is_some();
                table.columns.retain(|column| !column.name.eq_ignore_ascii_case(name));
                table.foreign_keys.retain(|one| !one.columns.iter().any(|column| column.eq_ignore_ascii_case(name)));
                table.indexes.retain(|one| !one.columns.iter().any(|column| column.eq_ignore_ascii_case(name)));
                return (!known && !if_exists).then(|| name.clone());
            }
            ActionKind::SetType { column, data_type } => {
                let data_type = data_type.clone();
                return on_column(table, column, |column| column.data_type = data_type);
            }
            ActionKind::SetNotNull(column) => return on_column(table, column, |column| column.not_null = true),
            ActionKind::DropNotNull(column) => return on_column(table, column, |column| column.not_null = false),
            ActionKind::SetDefault(column) => return on_column(table, column, |column| column.default = true),
            ActionKind::AddConstraint(constraint) => {
                self.add_constraint(table, constraint);
                let columns = match &constraint.kind {
                    ConstraintKind::PrimaryKey(columns)
                    | ConstraintKind::Unique(columns)
                    | ConstraintKind::ForeignKey { columns, .. } => columns.as_slice(),
                    _ => &[],
                };
                return columns.iter().find(|column| table.column(column).is_none()).cloned();
            }
            ActionKind::DropConstraint(name) => {
                table
                    .indexes
                    .retain(|index| !index.name.as_ref().is_some_and(|known| known.eq_ignore_ascii_case(name)));
            }
            ActionKind::RenameColumn { from, to } => return rename_column(table, from, to),
            ActionKind::EnableRowSecurity => {
                table.row_security.enabled = Some(self.place(action.span));
                table.row_security.disabled = None;
            }
            ActionKind::DisableRowSecurity => {
                table.row_security.enabled = None;
                table.row_security.disabled = Some(self.place(action.span));
            }
            ActionKind::RenameTable(_)
            | ActionKind::SetSchema(_)
            | ActionKind::ForceRowSecurity
            | ActionKind::Other => {}
        }
        None
    }

    fn index(&mut self, index: &sql::CreateIndex, span: Span, nested: bool) {
        let place = self.place(span);
        let Some(table) = self.schema.tables.get_mut(&key(&index.table)) else {
            if !nested && !self.schema.views.contains(&key(&index.table)) {
                self.unknown_table(&index.table);
            }
            return;
        };
        table.indexes.push(Index {
            name: index.name.as_ref().map(|name| name.name.clone()),
            columns: index.columns.clone(),
            unique: index.unique,
            primary: false,
            partial: index.partial,
            place,
        });
        let missing = index.columns.iter().find(|column| table.column(column).is_none()).cloned();
        let table = table.clone();
        if let Some(column) = missing.filter(|_| !nested) {
            self.unknown_column(&table, &column, span);
        }
    }

    fn alter_policy(&mut self, policy: &sql::Policy, span: Span) {
        let place = self.place(span);
        let Some(table) = self.schema.tables.get_mut(&key(&policy.table)) else { return };
        let Some((known, at)) = table.row_security.policies.iter_mut().find(|(known, _)| known.name == policy.name)
        else {
            return;
        };
        if !policy.roles.is_empty() {
            known.roles.clone_from(&policy.roles);
        }
        if policy.using.is_some() {
            known.using.clone_from(&policy.using);
        }
        if policy.check.is_some() {
            known.check.clone_from(&policy.check);
        }
        *at = place;
    }

    fn function(&mut self, function: &Function) {
        let key = key(&function.name);
        // A file that the tool passes over changes nothing for sure.
        if self.passed_over && self.schema.functions.contains_key(&key) {
            return;
        }
        // `CREATE OR REPLACE` keeps the rights.
        let revoked =
            self.schema.functions_revoked || self.schema.functions.get(&key).is_some_and(|known| known.revoked);
        let state = RoutineState { function: function.clone(), file: self.file, revoked };
        self.schema.functions.insert(key, state);
    }

    fn comment(&mut self, name: &Name, column: Option<&str>) {
        let Some(table) = self.schema.tables.get(&key(name)) else {
            if !self.schema.views.contains(&key(name)) {
                self.unknown_table(name);
            }
            return;
        };
        if let Some(column) = column.filter(|column| table.column(column).is_none()) {
            let table = table.clone();
            self.unknown_column(&table, column, name.span);
        }
    }

    fn grant(&mut self, grant: &Grant, span: Span) {
        let open = grant.roles.iter().any(|role| role == "public" || role == "anon");
        if !open {
            return;
        }
        let place = self.place(span);
        match &grant.on {
            GrantOn::Functions(names) => {
                for name in names {
                    if let Some(known) = self.schema.functions.get_mut(&key(name)) {
                        known.revoked = grant.revoke;
                    }
                }
            }
            GrantOn::AllFunctions(schemas) => {
                for (key, known) in &mut self.schema.functions {
                    if schemas.contains(&key.0) {
                        known.revoked = grant.revoke;
                    }
                }
            }
            GrantOn::DefaultFunctions => self.schema.functions_revoked = grant.revoke,
            GrantOn::Tables(names) if grant.privileges.iter().any(|one| one == "all") => {
                for name in names {
                    if let Some(table) = self.schema.tables.get_mut(&key(name)) {
                        table.row_security.revoked = grant.revoke.then(|| place.clone());
                    }
                }
            }
            GrantOn::Tables(_) | GrantOn::Other => {}
        }
    }

    fn unknown_table(&mut self, name: &Name) {
        if self.temporary.contains(&name.name.to_ascii_lowercase()) {
            return;
        }
        let kind = ProblemKind::UnknownTable { table: name.to_string() };
        let place = self.place(name.span);
        self.schema.problems.push(Problem { step: self.step, place, kind });
    }

    fn unknown_column(&mut self, table: &Table, column: &str, span: Span) {
        if !table.complete {
            return;
        }
        let kind = ProblemKind::UnknownColumn { table: table.name.clone(), column: column.to_owned() };
        let place = self.place(span);
        self.schema.problems.push(Problem { step: self.step, place, kind });
    }
}

fn on_column(table: &mut Table, name: &str, change: impl FnOnce(&mut Column)) -> Option<String> {
    match table.columns.iter_mut().find(|column| column.name.eq_ignore_ascii_case(name)) {
        Some(column) => {
            change(column);
            None
        }
        None => Some(name.to_owned()),
    }
}

fn rename_column(table: &mut Table, from: &str, to: &str) -> Option<String> {
    let Some(column) = table.columns.iter_mut().find(|column| column.name.eq_ignore_ascii_case(from)) else {
        return Some(from.to_owned());
    };
    to.clone_into(&mut column.name);
    to.clone_into(&mut column.property);
    let lists = table
        .indexes
        .iter_mut()
        .map(|one| &mut one.columns)
        .chain(table.foreign_keys.iter_mut().map(|one| &mut one.columns));
    for column in lists.flatten().filter(|column| column.eq_ignore_ascii_case(from)) {
        to.clone_into(column);
    }
    None
}
