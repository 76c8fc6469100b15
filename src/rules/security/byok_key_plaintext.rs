//! `byok-key-plaintext`: keys and tokens of other services are encrypted before they are stored.

use crate::{
    facts::{
        Fact,
        modules::{Definition, FunctionId},
        queries::{Kept, Source, plain, speaks_of_sealing},
    },
    model::{Confidence, Evidence, FileId, Message, Place, Severity, Site, Span, Verdict},
    repo::Role,
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: ByokKeyPlaintext = ByokKeyPlaintext;

pub(in crate::rules) struct ByokKeyPlaintext;

impl Rule for ByokKeyPlaintext {
    fn id(&self) -> &'static str {
        "byok-key-plaintext"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Queries, Fact::Modules, Fact::Tables]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let (mut sites, mut fine, mut open) = (Vec::new(), Vec::new(), 0_usize);
        for (file, facts) in cx.facts.files().filter(|(file, _)| cx.covers(*file)) {
            if cx.repo.file(file).role != Role::Source {
                continue;
            }
            for kept in facts.queries.kept.iter().filter(|kept| is_of_others(kept)) {
                let place = Place::At(file, kept.span);
                let say = |key: &'static str| {
                    Message::new(key).with("table", kept.table.as_str()).with("column", kept.column.as_str())
                };
                match stored(cx, file, kept) {
                    Stored::Sealed => fine.push(Evidence::At { place, note: say("sealed") }),
                    Stored::Plain => {
                        let site = Site::new(place, say("plain")).confidence(Confidence::Likely);
                        let sign_in = is_sign_in(cx, file, kept);
                        sites.push(if sign_in { site.severity(Severity::Medium) } else { site });
                    }
                    Stored::Unread => open += 1,
                }
            }
        }
        let detail = Message::new("detail").count("n", sites.len());
        let otherwise = || {
            if open > 0 {
                return Verdict::unknown(Message::new("open").count("n", open));
            }
            Verdict::not_applicable("no-keys")
        };
        // What the database or the client encrypts by itself does not show where the row is written.
        if encrypts_below(cx) && !sites.is_empty() {
            return Verdict::unknown("below");
        }
        if sites.is_empty() {
            return Verdict::pass_or(fine, otherwise);
        }
        Verdict::fail_or(sites, otherwise).also_fine(fine).detail(detail)
    }
}

/// Whether the row is that of an account at a provider of log-ins, in the shape that adapters of Auth.js write: its
/// tokens belong to who signed in, and open what the sign-in asked for.
fn is_sign_in(cx: &Context<'_>, file: FileId, kept: &Kept) -> bool {
    /// How far around the column its row is written.
    const AROUND: usize = 600;
    let Ok(text) = cx.repo.read(file) else { return false };
    let start = (kept.span.start as usize).saturating_sub(AROUND);
    let end = (kept.span.end as usize + AROUND).min(text.len());
    let around = text.get(floor(&text, start)..floor(&text, end)).unwrap_or_default();
    plain(&kept.table).starts_with("account")
        && ["providerAccountId", "provider_account_id"].iter().any(|column| around.contains(column))
}

/// The boundary of a character at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// How a credential gets into its row.
enum Stored {
    Sealed,
    Plain,
    Unread,
}

/// Tokens that the program itself issues to its users are hashed, and are another question.
fn is_of_others(kept: &Kept) -> bool {
    let table = plain(&kept.table);
    let own = ["session", "user", "users", "token", "tokens", "refreshtoken", "accesstoken", "device"]
        .iter()
        .any(|word| table == *word || table.ends_with("session") || table.ends_with("sessions"));
    let holds = [
        "integration",
        "connection",
        "credential",
        "provider",
        "account",
        "setting",
        "config",
        "channel",
        "bot",
        "llm",
        "oauth",
        "crm",
        "workspace",
        "organization",
        "installation",
        "app",
        "service",
        "secret",
        "vendor",
    ];
    let key = plain(&kept.column) == "apikey";
    let issued = table.ends_with("token") || table.ends_with("tokens");
    !own && (!key && !issued || holds.iter().any(|word| table.contains(word)))
}

fn stored(cx: &Context<'_>, file: FileId, kept: &Kept) -> Stored {
    if kept.sealed {
        return Stored::Sealed;
    }
    if !matches!(kept.source, Source::Parameter { .. }) {
        return Stored::Plain;
    }
    // What the callers hand over decides.
    let modules = cx.facts.modules(cx.repo);
    let Some(function) = modules.function_around(file, kept.span) else { return Stored::Unread };
    let mut found = Stored::Unread;
    for (caller, seals) in callers(cx, function) {
        if seals {
            return Stored::Unread;
        }
        if cx.repo.file(caller).role == Role::Source {
            found = Stored::Plain;
        }
    }
    found
}

/// The files that call a function, and whether the call or the function around it speaks of encryption.
fn callers(cx: &Context<'_>, function: FunctionId) -> Vec<(FileId, bool)> {
    let modules = cx.facts.modules(cx.repo);
    let name = modules.function(function).name.as_str();
    let mut found = Vec::new();
    for (file, facts) in modules.files() {
        for call in facts.calls.iter().filter(|call| !name.is_empty() && call.callee.last() == name) {
            if !matches!(modules.definition(file, &call.callee), Definition::Function(id) if id == function) {
                continue;
            }
            let text = cx.repo.read(file).ok();
            let of = |span: Span| text.as_deref().and_then(|text| text.get(span.start as usize..span.end as usize));
            // Where the call lists what it hands over, its text is all that matters.
            let listed = of(call.span).is_some_and(|text| text.contains('{'));
            let around = modules.function_around(file, call.span).map(|id| modules.function(id).span);
            let told = if listed { of(call.span) } else { of(around.unwrap_or(call.span)) };
            found.push((file, told.is_none_or(speaks_of_sealing)));
        }
    }
    found
}

/// Whether something below the code encrypts columns.
fn encrypts_below(cx: &Context<'_>) -> bool {
    let modules = cx.facts.modules(cx.repo);
    let packages = ["prisma-field-encryption", "typeorm-encrypted", "mongoose-field-encryption", "mongoose-encryption"];
    let mut typed = cx.facts.tables(cx.repo).tables.iter().flat_map(|table| &table.columns);
    modules.files().any(|(_, file)| file.imports.iter().any(|import| packages.contains(&import.module.as_str())))
        || typed.any(|column| column.data_type.contains("encrypted"))
}
