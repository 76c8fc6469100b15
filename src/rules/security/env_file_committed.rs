//! `env-file-committed`: environment files with real values are not tracked by git.
//!
//! Tracked or not comes from git's index. Without one the rule says what it sees and lowers its voice.

use crate::{
    doc::Entry,
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
    named(file, &["dev", "development", "local"])
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
    Judged::Bad(committed(cx, file, &valued))
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
    let local = is_for_development(file) || valued.iter().any(|entry| says_development(entry));
    let telling = if live.is_empty() { &weak } else { &live };
    if telling.is_empty() {
        let severity = if local { Severity::Low } else { Severity::High };
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
    !value.is_empty() && plain(&entry.key).ends_with(&value)
}

/// `NODE_ENV=development`.
fn says_development(entry: &Entry) -> bool {
    let named = ["NODE_ENV", "APP_ENV", "FLASK_ENV", "RAILS_ENV", "ENVIRONMENT", "APP_ENVIRONMENT"];
    let value = entry.value.text().unwrap_or_default().to_ascii_lowercase();
    named.contains(&entry.key.as_str()) && matches!(value.as_str(), "development" | "dev" | "local" | "test")
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
    PUBLIC.iter().any(|prefix| name.starts_with(prefix)) || name.starts_with("DOTENV_PUBLIC_KEY")
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
