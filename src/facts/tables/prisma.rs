//! Prisma schema files: models with their fields, relations and indexes, and the provider.

use super::{
    history::{Dialect, named},
    model::{Column, ForeignKey, Index, Origin, RowSecurity, Table},
};
use crate::model::{FileId, Place, Span};

/// What one schema file says.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct PrismaSchema {
    pub tables: Vec<Table>,
    /// Of its `datasource`.
    pub dialect: Option<Dialect>,
    /// The value of `provider`, with its place.
    pub provider: Option<(String, Span)>,
    /// The `url` of the datasource as written, with its place.
    pub url: Option<(String, Span)>,
    /// Prisma, not the database, keeps relations; then nothing indexes them.
    pub emulated: bool,
}

/// Reads a schema. Never fails; what is not understood is left out.
pub(super) fn read(file: FileId, text: &str) -> PrismaSchema {
    let mut schema = PrismaSchema::default();
    let mut block: Option<Block<'_>> = None;
    let mut at = 0;
    for raw in text.split_inclusive('\n') {
        let start = at + (raw.len() - raw.trim_start().len());
        at += raw.len();
        let line = without_comment(raw.trim());
        if line == "}" {
            if let Some(done) = block.take() {
                done.finish(file, &mut schema);
            }
        } else if let Some(open) = &mut block {
            open.lines.push((line, start));
        } else if let Some(header) = line.strip_suffix('{') {
            let mut words = header.split_whitespace();
            if let (Some(kind), Some(name)) = (words.next(), words.next()) {
                block = Some(Block { kind, name, start, lines: Vec::new() });
            }
        }
    }
    schema
}

fn without_comment(line: &str) -> &str {
    let mut quoted = false;
    for (index, char) in line.char_indices() {
        match char {
            '"' => quoted = !quoted,
            '/' if !quoted && line[index..].starts_with("//") => return line[..index].trim_end(),
            _ => {}
        }
    }
    line
}

struct Block<'t> {
    kind: &'t str,
    name: &'t str,
    start: usize,
    lines: Vec<(&'t str, usize)>,
}

impl Block<'_> {
    fn finish(self, file: FileId, schema: &mut PrismaSchema) {
        match self.kind {
            "datasource" => {
                for (line, start) in &self.lines {
                    let Some((key, value)) = line.split_once('=') else { continue };
                    let value = value.trim();
                    let span = Span::new(*start, start + line.len());
                    match key.trim() {
                        "provider" => {
                            let name = value.trim_matches('"').to_owned();
                            schema.dialect = named(&name);
                            schema.provider = Some((name, span));
                        }
                        "url" => schema.url = Some((value.to_owned(), span)),
                        "relationMode" => schema.emulated = value.contains("prisma"),
                        _ => {}
                    }
                }
            }
            "model" => schema.tables.extend(self.table(file)),
            _ => {}
        }
    }

    fn table(&self, file: FileId) -> Option<Table> {
        let mut table = Table {
            name: self.name.to_owned(),
            schema: None,
            place: Place::At(file, Span::new(self.start, self.start + "model ".len() + self.name.len())),
            origin: Origin::Prisma,
            symbol: Some(self.name.to_owned()),
            columns: Vec::new(),
            foreign_keys: Vec::new(),
            indexes: Vec::new(),
            row_security: RowSecurity::default(),
            complete: true,
            partition: false,
        };
        for (line, start) in &self.lines {
            let place = Place::At(file, Span::new(*start, start + line.len()));
            if line.starts_with("@@ignore") {
                return None;
            } else if let Some(attribute) = line.strip_prefix("@@") {
                model_attribute(&mut table, attribute, place);
            } else {
                field(&mut table, line, place);
            }
        }
        resolve(&mut table);
        Some(table)
    }
}

fn model_attribute(table: &mut Table, attribute: &str, place: Place) {
    let name = attribute.split(['(', ' ']).next().unwrap_or_default();
    let (unique, primary) = match name {
        "id" => (true, true),
        "unique" => (true, false),
        "index" => (false, false),
        "map" => {
            if let Some(name) = quoted(attribute) {
                name.clone_into(&mut table.name);
            }
            return;
        }
        "schema" => {
            table.schema = quoted(attribute).map(str::to_owned);
            return;
        }
        _ => return,
    };
    table.indexes.push(Index { name: None, columns: list(attribute), unique, primary, partial: false, place });
}

fn field(table: &mut Table, line: &str, place: Place) {
    let mut words = line.split_whitespace();
    let (Some(property), Some(data_type)) = (words.next(), words.next()) else { return };
    if let Some(at) = line.find("@relation") {
        let relation = &line[at..];
        if let Some(fields) = relation.find("fields:") {
            table.foreign_keys.push(ForeignKey {
                columns: list(&relation[fields..]),
                target: data_type.trim_end_matches(['?', '[', ']']).to_owned(),
                place,
                indexed: false,
            });
        }
        return;
    }
    let attributes = line[line.find('@').unwrap_or(line.len())..].to_owned();
    let has =
        |name: &str| attributes.split_whitespace().any(|word| word == name || word.starts_with(&format!("{name}(")));
    if has("@id") || has("@unique") {
        table.indexes.push(Index {
            name: None,
            columns: vec![property.to_owned()],
            unique: true,
            primary: has("@id"),
            partial: false,
            place: place.clone(),
        });
    }
    let name = attributes.find("@map(").and_then(|at| quoted(&attributes[at..])).unwrap_or(property);
    table.columns.push(Column {
        name: name.to_owned(),
        property: property.to_owned(),
        place,
        data_type: data_type.trim_end_matches('?').to_ascii_lowercase(),
        not_null: !data_type.ends_with('?'),
        default: has("@default") || has("@updatedAt"),
    });
}

/// Keys and indexes name fields; the database knows columns. A key is shown at its column.
fn resolve(table: &mut Table) {
    let columns = table.columns.clone();
    let column = |name: &str| columns.iter().find(|column| column.property == name);
    for index in &mut table.indexes {
        for name in &mut index.columns {
            if let Some(column) = column(name) {
                name.clone_from(&column.name);
            }
        }
    }
    for key in &mut table.foreign_keys {
        if let Some(first) = key.columns.first().and_then(|name| column(name)) {
            key.place = first.place.clone();
        }
        for name in &mut key.columns {
            if let Some(column) = column(name) {
                name.clone_from(&column.name);
            }
        }
    }
}

fn quoted(text: &str) -> Option<&str> {
    text.split('"').nth(1)
}

/// The names in the first brackets; `createdAt(sort: Desc)` is `createdAt`. One name may stand without them:
/// `@@index(userId)`.
fn list(text: &str) -> Vec<String> {
    let Some(open) = text.find('[') else {
        let first = text.split_once('(').and_then(|(_, rest)| rest.split([',', ')', '(']).next()).unwrap_or_default();
        let name = first.trim().trim_start_matches("fields:").trim();
        let is_name = !name.is_empty() && name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_');
        return if is_name { vec![name.to_owned()] } else { Vec::new() };
    };
    let inner = text[open + 1..].split(']').next().unwrap_or_default();
    let mut depth = 0_usize;
    let plain: String = inner
        .chars()
        .filter(|char| {
            match char {
                '(' => depth += 1,
                ')' => {
                    depth = depth.saturating_sub(1);
                    return false;
                }
                _ => {}
            }
            depth == 0
        })
        .collect();
    plain.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}
