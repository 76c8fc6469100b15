//! `console-usage`: production code logs through a logger, not through the console or `print`.
//!
//! What a call is and on what occasion it is made are facts; here is decided which of them count and how much.

use std::collections::BTreeMap;

use crate::{
    facts::{
        Fact,
        logging::{ConsoleRemoval, Guard, LogCall, Occasion, Sink, Waiver},
        outbound::Runs,
        side::{Side, side_of},
    },
    model::{Confidence, Evidence, FileId, Message, Place, Severity, Site, Verdict},
    repo::{Component, ComponentKind, File, Repo, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: ConsoleUsage = ConsoleUsage;

pub(in crate::rules) struct ConsoleUsage;

/// Up to so many calls in a file are a small matter.
const FEW: usize = 3;

/// Up to so many complaints of code for the browser may be meant for its console.
const COMPLAINTS: usize = 2;

/// Places besides the first that a finding names.
const NAMED: usize = 5;
/// As many calls make the file as a whole the finding.
const WHOLE_FILE: usize = 10;

/// Files that a pass names.
const SHOWN: usize = 5;

impl Rule for ConsoleUsage {
    fn id(&self) -> &'static str {
        "console-usage"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Logging, Fact::Side, Fact::Modules]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if cx.component.kind == ComponentKind::Cli {
            return Verdict::not_applicable(Message::new("tool").with("name", cx.component.name.as_str()));
        }
        let files: Vec<&File> = cx.files(Role::Source).filter(|file| file.language.is_some()).collect();
        if files.is_empty() {
            return Verdict::not_applicable("no-code");
        }
        let linters = Linters::of(cx.repo);
        let runs = Runs::new(cx.repo, cx.facts);
        let tallies: Vec<Tally<'_>> = files.iter().filter_map(|file| tally(cx, file, linters, &runs)).collect();
        let removals = removals(cx);
        let sites: Vec<Site> = tallies.iter().filter_map(|tally| site(cx, tally, &removals)).collect();
        let total: usize = tallies.iter().map(|tally| tally.counted.len()).sum();
        let logged: usize = tallies.iter().map(|tally| tally.logged).sum();
        let fine: Vec<Evidence> = tallies.iter().filter_map(logs_well).take(SHOWN).collect();
        // A place that logs well says nothing about a file that could not be read.
        let shown = if cx.unexamined.is_empty() { fine.clone() } else { Vec::new() };
        let verdict = Verdict::fail_or(sites, || Verdict::pass(cx.searched("searched", files.len()), shown));
        let verdict = verdict.also_fine(fine).sites(total + logged, logged);
        match detail(&tallies, total, logged) {
            Some(detail) => verdict.detail(detail),
            None => verdict,
        }
    }
}

/// What one file writes.
struct Tally<'a> {
    file: &'a File,
    side: Side,
    /// What makes this security-critical code of the server.
    critical: Option<String>,
    /// The linter that permits the calls, when it does.
    heeded: Option<Waiver>,
    counted: Vec<&'a LogCall>,
    /// Calls of a logger.
    logged: usize,
    first_logged: Option<&'a LogCall>,
}

/// Linters that are set up in the repository, whose comments therefore mean something.
#[derive(Debug, Clone, Copy)]
struct Linters {
    eslint: bool,
    biome: bool,
}

impl Linters {
    fn of(repo: &Repo) -> Self {
        let named =
            |test: &dyn Fn(&str) -> bool| repo.files().iter().any(|file| file.path.file_name().is_some_and(test));
        let declared = |package: &str| repo.manifests().iter().any(|manifest| manifest.dependency(package).is_some());
        Self {
            eslint: named(&|name| {
                name.starts_with(".eslintrc") || name.starts_with("eslint.config.") || name.starts_with(".oxlintrc")
            }) || ["eslint", "oxlint", "xo"].into_iter().any(declared),
            biome: named(&|name| matches!(name, "biome.json" | "biome.jsonc")) || declared("@biomejs/biome"),
        }
    }

    fn heeds(self, waiver: Waiver) -> bool {
        match waiver {
            Waiver::Eslint => self.eslint,
            Waiver::Biome => self.biome,
            Waiver::Noqa => true,
        }
    }
}

fn tally<'a>(cx: &Context<'a>, file: &'a File, linters: Linters, runs: &Runs<'_>) -> Option<Tally<'a>> {
    let calls = &cx.facts.of(file.id)?.logging.calls;
    let side = match side_of(cx.repo, cx.facts, file).side {
        // What only the browser's code imports runs there.
        Side::Shared if !calls.is_empty() && runs.on_server(file.id) == Some(false) => Side::Client,
        side => side,
    };
    // A linter's comment permits a console call; it gives a line about identities or keys neither level nor redaction.
    let critical = if side == Side::Client { None } else { critical_word(below(file, cx.component)) };
    let permitted = |call: &LogCall| critical.is_none() && call.waiver.is_some_and(|waiver| linters.heeds(waiver));
    let counted: Vec<&LogCall> = if is_static_asset(file, cx.component) {
        Vec::new()
    } else {
        // What the user is shown as well needs no reader of the console.
        let shown =
            |call: &LogCall| side == Side::Client && call.told && matches!(call.method.as_str(), "error" | "warn");
        calls.iter().filter(|call| counts(call) && !permitted(call) && !shown(call)).collect()
    };
    let logged: Vec<&LogCall> = calls.iter().filter(|call| matches!(call.sink, Sink::Logger { .. })).collect();
    Some(Tally {
        file,
        side,
        critical,
        heeded: counted.first().and_then(|call| call.waiver).filter(|waiver| linters.heeds(*waiver)),
        counted,
        logged: logged.len(),
        first_logged: logged.first().copied(),
    })
}

fn counts(call: &LogCall) -> bool {
    matches!(call.sink, Sink::Console | Sink::Print) && call.occasion == Occasion::Ordinary && call.guard == Guard::None
}

/// The path of a file below its component.
fn below<'a>(file: &'a File, component: &Component) -> &'a str {
    file.path.strip_prefix(&component.path).unwrap_or(&file.path).as_str()
}

/// Scripts that are served as they lie (service workers and the like) are neither server nor client modules.
fn is_static_asset(file: &File, component: &Component) -> bool {
    matches!(below(file, component).split('/').next(), Some("public" | "static"))
}

/// Build settings of this component that strip console calls.
fn removals<'a>(cx: &Context<'a>) -> Vec<Removal<'a>> {
    cx.facts
        .files()
        .filter(|(file, _)| cx.covers(*file))
        .flat_map(|(file, facts)| facts.logging.removals.iter().map(move |removal| (file, removal)))
        .collect()
}

/// A build setting with the file that it stands in.
type Removal<'a> = (FileId, &'a ConsoleRemoval);

fn site(cx: &Context<'_>, tally: &Tally<'_>, removals: &[Removal<'_>]) -> Option<Site> {
    let (first, rest) = tally.counted.split_first()?;
    let whole = tally.counted.len() >= WHOLE_FILE;
    let n = tally.counted.len();
    let (key, severity, why) = judge(cx, tally, removals);
    let mut message = Message::new(key).count("n", n).with("methods", methods(&tally.counted));
    if let Some((name, value)) = why {
        message = message.with(name, value);
    }
    // From here on it is the file that has to be gone through, and no line of it stands for the others.
    let place = if whole { Place::File(tally.file.id) } else { Place::At(tally.file.id, first.span) };
    let named = if whole { tally.counted.as_slice() } else { rest };
    let mut site = Site::new(place, message).key("console");
    if let Some(severity) = severity {
        site = site.severity(severity);
    }
    // A failure or two told to the console of the person they happened to are often all that is wanted.
    let complains =
        n <= COMPLAINTS && tally.counted.iter().all(|call| matches!(call.method.as_str(), "error" | "warn"));
    if tally.side == Side::Client && complains {
        site = site.confidence(Confidence::Guess);
    }
    if tally.side != Side::Client
        && let Some((config, removal)) =
            removals.iter().find(|(_, it)| it.server_too && removes_all(it, &tally.counted))
    {
        let label = Message::new("vanish").with("setting", removal.setting.as_str());
        site = site.related(Place::At(*config, removal.span), label);
    }
    for call in named.iter().take(NAMED) {
        site = site
            .related(Place::At(tally.file.id, call.span), Message::new("next").with("method", call.method.as_str()));
    }
    Some(site)
}

type Reason = Option<(&'static str, String)>;

/// The message, the severity when it is not the default, and what the message names as the reason.
fn judge(cx: &Context<'_>, tally: &Tally<'_>, removals: &[Removal<'_>]) -> (&'static str, Option<Severity>, Reason) {
    let few = tally.counted.len() <= FEW;
    if tally.side == Side::Client {
        return match removals.iter().find(|(_, removal)| removes_all(removal, &tally.counted)) {
            Some((_, removal)) => ("stripped", Some(Severity::Info), Some(("setting", removal.setting.clone()))),
            None => ("client", Some(Severity::Low), None),
        };
    }
    if cx.component.kind == ComponentKind::Library {
        return ("library", Some(Severity::Low), None);
    }
    match tally.critical.clone() {
        Some(word) if tally.heeded.is_some() => ("waived", few.then_some(Severity::Low), Some(("why", word))),
        Some(word) if few => ("critical-few", None, Some(("why", word))),
        Some(word) => ("critical", None, Some(("why", word))),
        None if few => match tally.counted.iter().find_map(|call| call.waiver) {
            Some(waiver) => ("unheeded", Some(Severity::Low), Some(("tool", tool_of(waiver).to_owned()))),
            None => ("few", Some(Severity::Low), None),
        },
        None => ("server", None, None),
    }
}

fn tool_of(waiver: Waiver) -> &'static str {
    match waiver {
        Waiver::Eslint => "ESLint",
        Waiver::Biome => "Biome",
        Waiver::Noqa => "Ruff",
    }
}

fn removes_all(removal: &ConsoleRemoval, calls: &[&LogCall]) -> bool {
    calls.iter().all(|call| !removal.keeps.contains(&call.method))
}

/// `15 log, 5 warn, 4 error`: most frequent first.
fn methods(calls: &[&LogCall]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for call in calls {
        *counts.entry(call.method.as_str()).or_default() += 1;
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(method, n)| (std::cmp::Reverse(*n), *method));
    counts.into_iter().map(|(method, n)| format!("{n} {method}")).collect::<Vec<_>>().join(", ")
}

/// The part of a path that makes the code security-critical: it handles identities, keys or foreign calls.
fn critical_word(path: &str) -> Option<String> {
    const WORDS: [&str; 24] = [
        "auth",
        "authentication",
        "authorization",
        "authn",
        "authz",
        "nextauth",
        "login",
        "signin",
        "signup",
        "oauth",
        "sso",
        "jwt",
        "password",
        "passwords",
        "credential",
        "credentials",
        "secrets",
        "apikey",
        "apikeys",
        "webhook",
        "webhooks",
        "middleware",
        "middlewares",
        "security",
    ];
    let words = words_of(path);
    if let Some(word) = words.iter().find(|word| WORDS.contains(&word.as_str())) {
        return Some(word.clone());
    }
    let pairs =
        [("api", "key"), ("api", "keys"), ("error", "handler"), ("error", "handling"), ("exception", "handler")];
    words.windows(2).find(|pair| pairs.iter().any(|(a, b)| pair[0] == *a && pair[1] == *b)).map(|pair| pair.join(" "))
}

/// The words of a path in lower case: cut at separators and before capitals.
fn words_of(path: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut after_lower = false;
    for char in path.chars() {
        let cuts = !char.is_alphanumeric() || (char.is_uppercase() && after_lower);
        if cuts && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if char.is_alphanumeric() {
            word.extend(char.to_lowercase());
        }
        after_lower = char.is_lowercase();
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// The numbers in one line; nothing to say of code that writes no log.
fn detail(tallies: &[Tally<'_>], total: usize, logged: usize) -> Option<Message> {
    if total == 0 {
        return (logged > 0).then(|| Message::new("detail-clean").count("n", logged));
    }
    let client: usize =
        tallies.iter().filter(|tally| tally.side == Side::Client).map(|tally| tally.counted.len()).sum();
    let files = tallies.iter().filter(|tally| !tally.counted.is_empty()).count();
    let detail = Message::new("detail")
        .count("server", total - client)
        .count("client", client)
        .count("files", files)
        .count("share", logged * 100 / (total + logged));
    Some(detail)
}

/// Evidence of a file that logs through a logger only.
fn logs_well(tally: &Tally<'_>) -> Option<Evidence> {
    let first = tally.first_logged.filter(|_| tally.counted.is_empty())?;
    Some(Evidence::At {
        place: Place::At(tally.file.id, first.span),
        note: Message::new("logger").count("n", tally.logged),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_security_critical_code() {
        for path in [
            "auth.ts",
            "src/routes/webhooks/payment.ts",
            "src/middleware.ts",
            "app/api/settings/api-keys/route.ts",
            "src/errorHandler.ts",
            "lib/NextAuth.ts",
            "app/(auth)/reset/route.ts",
        ] {
            assert!(critical_word(path).is_some(), "{path}");
        }
        for path in ["src/author.ts", "src/keys.ts", "lib/tokens/count.ts", "src/errors.ts", "src/authors/list.ts"] {
            assert_eq!(critical_word(path), None, "{path}");
        }
    }
}
