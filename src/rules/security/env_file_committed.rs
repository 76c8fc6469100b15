//! `env-file-committed`: environment files with real values are not tracked by git.
//!
//! Tracked or not comes from git's index. Without one the rule says what it sees and lowers its voice.

use camino::Utf8Path;

use crate::{
    doc::Entry,
    facts::documents,
    model::{Confidence, Evidence, FileId, Message, Place, Severity, Site, Verdict},
    repo::{File, FileKind, Role},
    rule::{Context, Rule},
    text::secrets::{self, Kind},
};

pub(in crate::rules) static RULE: EnvFileCommitted = EnvFileCommitted;

pub(in crate::rules) struct EnvFileCommitted;

impl Rule for EnvFileCommitted {
    fn id(&self) -> &'static str {
        "env-file-committed"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        for file in cx.repo.files().iter().filter(|file| is_environment(file) && file.tracked != Some(false)) {
            match judge(cx, file) {
                Judged::Bad(site) => sites.push(site),
                Judged::Fine(evidence) => fine.push(evidence),
                Judged::Empty => {}
            }
        }
        Verdict::fail_or(sites, || none_tracked(cx, fine))
    }
}

fn is_environment(file: &File) -> bool {
    let for_tests = named(file, &["test", "testing", "tests", "ci", "e2e"]);
    let theirs = matches!(file.role, Role::Test | Role::Example | Role::Vendored | Role::Docs);
    file.kind == FileKind::Env && !theirs && !for_tests
}

/// Values for a developer's own machine.
fn is_for_development(file: &File) -> bool {
    named(file, &["dev", "development", "local", "devcontainer"])
}

fn named(file: &File, words: &[&str]) -> bool {
    file.name().split(['.', '-', '_']).any(|part| words.contains(&part))
}

enum Judged {
    Bad(Site),
    Fine(Evidence),
    /// No value at all: a template under another name.
    Empty,
}

fn judge(cx: &Context<'_>, file: &File) -> Judged {
    let Some(root) = cx.repo.doc(file.id).and_then(|doc| doc.root()) else { return Judged::Empty };
    let valued: Vec<&Entry> = root
        .entries()
        .iter()
        .filter(|entry| entry.value.text().is_some_and(|value| !value.trim().is_empty()))
        .collect();
    if valued.is_empty() {
        return Judged::Empty;
    }
    if let Some(entry) = valued.iter().find(|entry| is_encrypted(entry)) {
        return Judged::Fine(evidence(file.id, entry, "encrypted"));
    }
    if valued.iter().all(|entry| is_public(&entry.key)) {
        return Judged::Fine(evidence(file.id, valued[0], "public"));
    }
    let site = committed(cx, file, &valued);
    // A key that works is a key that works, whatever the file says of itself.
    if site.severity != Some(Severity::Critical) && (is_filled_in(cx, file) || holds_defaults(file, &site)) {
        return Judged::Empty;
    }
    Judged::Bad(site)
}

/// Whether the file, or a document, tells people to copy or rename it and to write their own values into it.
fn is_filled_in(cx: &Context<'_>, file: &File) -> bool {
    let text = cx.repo.read(file.id).unwrap_or_else(|_| "".into());
    let head = text.lines().take(12).filter(|line| line.trim_start().starts_with('#'));
    let said = head.collect::<Vec<_>>().join(" ").to_lowercase();
    let says = ["rename it to", "rename this file", "copy this file", "copy it to", "your own values", "fill in your"];
    if says.iter().any(|words| said.contains(words)) {
        return true;
    }
    let name = file.name();
    name != ".env"
        && documents::documents(cx.repo)
            .iter()
            .any(|document| cx.repo.read(document.file).is_ok_and(|text| text.lines().any(|line| copies(line, name))))
}

/// `cp .env.dev .env`, "Copy the file `.env.dev` to `.env`", `curl …/.env.domain > .env`.
fn copies(line: &str, name: &str) -> bool {
    let Some((before, after)) = line.split_once(name) else { return false };
    let before = before.to_lowercase();
    let verb = ["cp ", "copy", "mv ", "rename", "curl ", "wget "].iter().any(|verb| before.contains(verb));
    let words = after.split(|letter: char| letter.is_whitespace() || matches!(letter, '`' | '"' | '\'' | '*'));
    verb && words
        .into_iter()
        .any(|word| word.trim_end_matches(['.', ',', ';', ':', ')']) == ".env" || word.ends_with("/.env"))
}

/// The values of a file that others stand upon, none of them a secret.
fn holds_defaults(file: &File, site: &Site) -> bool {
    named(file, &["base", "default", "defaults", "common", "shared"]) && site.related.is_empty()
}

fn committed(cx: &Context<'_>, file: &File, valued: &[&Entry]) -> Site {
    let text = cx.repo.read(file.id).unwrap_or_else(|_| "".into());
    let found = secrets::find(&text, &file.path);
    let holding = |kind: Kind| {
        let holds =
            |entry: &&Entry| found.iter().any(|secret| secret.kind == kind && entry.value.span.contains(secret.span));
        valued.iter().copied().filter(holds).collect::<Vec<&Entry>>()
    };
    let (live, mut weak) = (holding(Kind::Live), holding(Kind::Weak));
    weak.retain(|entry| !repeats_name(entry));
    let sample = || kept_on_purpose(cx, file) && valued.iter().any(|entry| is_own_machine(entry));
    let local = is_for_development(file) || valued.iter().any(|entry| says_development(entry)) || sample();
    let telling = if live.is_empty() { &weak } else { &live };
    if telling.is_empty() {
        // Nothing is given away yet.
        let severity = if local { Severity::Low } else { Severity::Medium };
        let key = if file.tracked.is_some() { "values" } else { "untracked-values" };
        return lowered(Site::new(Place::File(file.id), key).severity(severity), file);
    }
    let names: Vec<&str> = telling.iter().take(5).map(|entry| entry.key.as_str()).collect();
    let key = if file.tracked.is_some() { "secrets" } else { "untracked" };
    let message = Message::new(key).with("names", names.join(", "));
    let mut site = Site::new(Place::File(file.id), message).key(file.path.as_str());
    for entry in telling.iter().take(10) {
        let label = Message::new("secret").with("name", entry.key.as_str());
        site = site.related(Place::At(file.id, entry.key_span), label);
    }
    let severity = match (live.is_empty(), local) {
        (false, _) => Severity::Critical,
        (true, false) => Severity::High,
        (true, true) => Severity::Low,
    };
    lowered(site.severity(severity), file)
}

/// Without an index nobody knows whether the file is tracked.
fn lowered(site: Site, file: &File) -> Site {
    if file.tracked.is_some() {
        return site;
    }
    let severity = site.severity.unwrap_or(Severity::Medium).max(Severity::Medium);
    site.severity(severity).confidence(Confidence::Likely)
}

fn evidence(file: FileId, entry: &Entry, key: &'static str) -> Evidence {
    Evidence::At { place: Place::At(file, entry.span()), note: Message::new(key) }
}

/// `CLIENT_SECRET=clientsecret`: a value that only says what it stands for.
fn repeats_name(entry: &Entry) -> bool {
    let plain = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let value = plain(entry.value.text().unwrap_or_default());
    // `MAIL_APP_PASSWORD=mail_password` says no more.
    let key = entry.key.to_ascii_lowercase();
    let words = entry.value.text().unwrap_or_default().split(['_', '-', ' ']);
    let of_key = || words.into_iter().all(|word| key.split('_').any(|part| part.eq_ignore_ascii_case(word)));
    !value.is_empty() && (plain(&entry.key).ends_with(&value) || of_key())
}

/// `NODE_ENV=development`.
fn says_development(entry: &Entry) -> bool {
    let named = ["NODE_ENV", "APP_ENV", "FLASK_ENV", "RAILS_ENV", "ENVIRONMENT", "APP_ENVIRONMENT"];
    let value = entry.value.text().unwrap_or_default().to_ascii_lowercase();
    named.contains(&entry.key.as_str()) && matches!(value.as_str(), "development" | "dev" | "local" | "test")
}

/// `!data/.env` below a pattern that leaves such files out: somebody wanted this one.
fn kept_on_purpose(cx: &Context<'_>, file: &File) -> bool {
    let Some(ignored) = cx.repo.by_path(Utf8Path::new(".gitignore")) else { return false };
    let text = cx.repo.read(ignored.id).unwrap_or_else(|_| "".into());
    text.lines().filter_map(|line| line.trim().strip_prefix('!')).any(|path| {
        let path = path.trim_start_matches('/');
        path == file.path || !path.contains('/') && path == file.name() && path != ".env"
    })
}

/// `DATABASE_HOSTNAME=localhost`.
fn is_own_machine(entry: &Entry) -> bool {
    let value = entry.value.text().unwrap_or_default();
    ["HOST", "HOSTNAME"].iter().any(|word| entry.key.ends_with(word)) && matches!(value, "localhost" | "127.0.0.1")
}

/// Values that dotenvx, SOPS or Ansible encrypted.
fn is_encrypted(entry: &Entry) -> bool {
    let value = entry.value.text().unwrap_or_default();
    ["encrypted:", "ENC[", "$ANSIBLE_VAULT"].iter().any(|prefix| value.starts_with(prefix))
}

/// Prefixes of variables that a front end publishes.
const PUBLIC: [&str; 8] =
    ["NEXT_PUBLIC_", "VITE_", "REACT_APP_", "NUXT_PUBLIC_", "PUBLIC_", "GATSBY_", "EXPO_PUBLIC_", "NG_APP_"];

fn is_public(name: &str) -> bool {
    PUBLIC.iter().any(|prefix| name.starts_with(prefix))
        || name.starts_with("DOTENV_PUBLIC_KEY")
        || name.starts_with("COMPOSE_")
}

fn none_tracked(cx: &Context<'_>, mut fine: Vec<Evidence>) -> Verdict {
    fine.extend(
        super::gitignore_env_missing::ignoring(cx.repo, ".env")
            .map(|(place, pattern)| Evidence::At { place, note: Message::new("ignored").with("pattern", pattern) }),
    );
    let has_template = cx.repo.files().iter().any(|file| file.kind == FileKind::EnvExample);
    let indexed = cx.repo.git().tracked_files().len();
    Verdict::pass_or(fine, || {
        if indexed > 0 && has_template {
            return Verdict::pass(cx.searched("searched", indexed), []).detail("none");
        }
        Verdict::not_applicable("no-env")
    })
}
