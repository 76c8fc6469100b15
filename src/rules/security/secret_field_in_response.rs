//! `secret-field-in-response`: answers hold the fields that a client needs, and no password or key.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    facts::{
        Fact,
        queries::{Library, Operation, Query, TellsTo, Told, plain},
        tables::Table,
    },
    model::{Confidence, Evidence, FileId, Message, Place, Severity, Site, Span, Verdict},
    repo::Role,
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: SecretFieldInResponse = SecretFieldInResponse;

pub(in crate::rules) struct SecretFieldInResponse;

/// Functions between the answer and the query.
const DEPTH: usize = 2;

impl Rule for SecretFieldInResponse {
    fn id(&self) -> &'static str {
        "secret-field-in-response"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Queries, Fact::Modules, Fact::Tables]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let tables = cx.facts.tables(cx.repo);
        let mut hidden = Hidden { cx, omits: omits(cx), known: BTreeMap::new() };
        if !tables.tables.iter().any(|table| !secrets(table).is_empty()) {
            return Verdict::not_applicable("no-secrets");
        }
        let (mut sites, mut fine, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
        for (file, told) in answers(cx) {
            let Some((query_file, query)) = asked(cx, file, told.origin, DEPTH) else { continue };
            let Some(table) = query.table_of(tables).filter(|table| !secrets(table).is_empty()) else { continue };
            let place = Place::At(file, told.span);
            if !seen.insert(place.clone()) {
                continue;
            }
            let message = |key: &'static str| Message::new(key).with("table", query.table.as_str());
            if !query.takes_all {
                fine.push(Evidence::At { place, note: message("listed") });
            } else if gives_rows(cx, query_file, query) && !hidden.hides(table) {
                let columns = secrets(table).join("`, `");
                let key = if guards_no_account(table) { "shared" } else { "whole" };
                let site = Site::new(place, message(key).with("columns", columns)).confidence(Confidence::Likely);
                let site = site.related(Place::At(query_file, query.span), "query");
                sites.push(if guards_no_account(table) { site.severity(Severity::Medium) } else { site });
            }
        }
        let detail = Message::new("detail").count("n", sites.len());
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::unknown("unclear"));
        }
        Verdict::fail_or(sites, || Verdict::unknown("unclear")).also_fine(fine).detail(detail)
    }
}

fn answers<'a>(cx: &'a Context<'_>) -> impl Iterator<Item = (FileId, &'a Told)> {
    cx.facts
        .files()
        .filter(|(file, _)| cx.covers(*file) && cx.repo.file(*file).role == Role::Source)
        .flat_map(|(file, facts)| facts.queries.told.iter().map(move |told| (file, told)))
        .filter(|(_, told)| told.to == TellsTo::Client)
}

/// The query whose rows the call at `origin` gives, in place or through functions of the repository.
fn asked<'a>(cx: &'a Context<'_>, file: FileId, origin: Span, depth: usize) -> Option<(FileId, &'a Query)> {
    let facts = &cx.facts.of(file)?.queries;
    let begins = |query: &&Query| query.span.start == origin.start && query.span.end <= origin.end;
    if let Some(query) = facts.queries.iter().find(begins) {
        return Some((file, query));
    }
    if depth == 0 {
        return None;
    }
    let modules = cx.facts.modules(cx.repo);
    let around = modules.function_around(file, origin)?;
    let (_, callee) = modules.callees(around).into_iter().find(|(call, _)| call.span == origin)?;
    let span = modules.function(callee).span;
    let inside =
        |told: &&Told| told.to == TellsTo::Caller && told.span.start >= span.start && told.span.end <= span.end;
    let mut given = cx.facts.of(callee.file)?.queries.told.iter().filter(inside);
    // A function that gives back several things gives back something else, too.
    let only = given.next().filter(|_| given.next().is_none())?;
    asked(cx, callee.file, only.origin, depth - 1)
}

/// Whether the query gives rows: `createMany` counts them, and only Prisma gives back what it has written.
fn gives_rows(cx: &Context<'_>, file: FileId, query: &Query) -> bool {
    match query.operation {
        Operation::FindMany | Operation::FindOne => true,
        Operation::Insert | Operation::Update => {
            let many = cx.repo.read(file).is_ok_and(|text| {
                let (start, end) = (query.span.start as usize, query.span.end as usize);
                text.get(start..end).is_none_or(|text| text.contains("Many("))
            });
            query.library == Library::Prisma && !many
        }
        Operation::Delete | Operation::Aggregate => false,
    }
}

/// Whether the only secret of a table is the password of a thing that is shared, such as a link, and not of an account.
fn guards_no_account(table: &Table) -> bool {
    const ACCOUNTS: &[&str] = &[
        "user",
        "account",
        "admin",
        "member",
        "customer",
        "credential",
        "login",
        "employee",
        "staff",
        "person",
        "patient",
        "student",
        "client",
        "agent",
        "author",
        "operator",
        "owner",
        "connection",
        "server",
        "mailbox",
        "database",
        "integration",
    ];
    let name = plain(&table.name);
    let named = |column: &str, names: &[&str]| names.contains(&plain(column).as_str());
    let only =
        table.columns.iter().filter(|column| is_secret(&column.name)).all(|column| named(&column.name, &["password"]));
    let somebody = table.columns.iter().any(|column| named(&column.name, &["email", "username", "login", "host"]));
    only && !somebody && !ACCOUNTS.iter().any(|word| name.contains(word))
}

/// The columns of a table that no client may see.
fn secrets(table: &Table) -> Vec<&str> {
    table
        .columns
        .iter()
        .filter(|column| is_secret(&column.name))
        .map(|column| column.property.as_str())
        .take(4)
        .collect()
}

fn is_secret(column: &str) -> bool {
    let column = plain(column);
    let told =
        ["hasset", "expires", "expiry", "updated", "changed", "created", "lastused", "id", "hint", "enabled", "at"];
    if told.iter().any(|word| column.ends_with(word)) || column.starts_with("has") || column.starts_with("is") {
        return false;
    }
    matches!(
        column.as_str(),
        "password"
            | "passwordhash"
            | "hashedpassword"
            | "encryptedpassword"
            | "passwd"
            | "pwhash"
            | "passworddigest"
            | "passwordsalt"
            | "salt"
            | "secretkey"
            | "clientsecret"
            | "privatekey"
            | "accesstoken"
            | "refreshtoken"
            | "resettoken"
            | "passwordresettoken"
            | "resetpasswordtoken"
            | "verificationtoken"
            | "twofactorsecret"
            | "totpsecret"
            | "mfasecret"
            | "otpsecret"
            | "encryptedkey"
            | "apisecret"
            | "webhooksecret"
            | "hashedkey"
            | "keyhash"
            | "signingsecret"
    )
}

/// Whether a client of Prisma leaves fields out of every answer.
fn omits(cx: &Context<'_>) -> bool {
    cx.files(Role::Source).any(|file| {
        let script = matches!(file.path.extension(), Some("ts" | "js" | "mts" | "mjs"));
        script && cx.repo.read(file.id).is_ok_and(|text| text.contains("PrismaClient(") && text.contains("omit:"))
    })
}

/// What a model itself leaves out when it becomes JSON.
struct Hidden<'a> {
    cx: &'a Context<'a>,
    omits: bool,
    known: BTreeMap<Place, bool>,
}

impl Hidden<'_> {
    fn hides(&mut self, table: &Table) -> bool {
        if self.omits {
            return true;
        }
        let (Place::At(file, _) | Place::File(file)) = table.place else { return false };
        let cx = self.cx;
        *self.known.entry(table.place.clone()).or_insert_with(|| {
            cx.repo.read(file).is_ok_and(|text| {
                ["toJSON", "@Exclude", "select: false", "select:false", "defaultScope", "toObject"]
                    .iter()
                    .any(|word| text.contains(word))
            })
        })
    }
}
