//! `terraform-secrets-committed`: Terraform's state and secret variables stay out of git.
//!
//! Git's own list is asked, because the walk may leave out what is large or hidden.

use camino::Utf8Path;

use crate::{
    model::{Message, Place, Severity, Site, Span, Verdict},
    repo::{FileKind, GitState, Repo, Role},
    rule::{Context, Rule},
    text::secrets::{self, Kind, names_secret},
};

pub(in crate::rules) static RULE: TerraformSecretsCommitted = TerraformSecretsCommitted;

pub(in crate::rules) struct TerraformSecretsCommitted;

impl Rule for TerraformSecretsCommitted {
    fn id(&self) -> &'static str {
        "terraform-secrets-committed"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let git = cx.repo.git();
        let here = cx.repo.files().iter().any(|file| file.kind == FileKind::Terraform || kind_of(&file.path).is_some());
        let tracked: Vec<(&Utf8Path, What)> =
            git.tracked_files().iter().filter_map(|path| Some((path.as_path(), kind_of(path)?))).collect();
        if !here && tracked.is_empty() {
            return Verdict::not_applicable("none");
        }
        if *git.state() != GitState::Available {
            return Verdict::unknown("untracked");
        }
        let own = tracked.iter().filter(|(path, _)| !is_aside(cx.repo, path));
        let sites: Vec<Site> = own.flat_map(|(path, what)| sites(cx.repo, path, *what)).collect();
        Verdict::fail_or(sites, || {
            let files = cx.repo.of_kind(FileKind::Terraform).count().max(1);
            let searched = Message::new("fine").count("n", files);
            Verdict::pass(cx.searched(searched, files), [])
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    State,
    Plan,
    Variables,
    /// The command line's own settings, which hold tokens.
    Account,
}

fn kind_of(path: &Utf8Path) -> Option<What> {
    let name = path.file_name()?.to_ascii_lowercase();
    if ["example", "sample", "template", ".dist", ".tpl", ".tmpl"].iter().any(|part| name.contains(part)) {
        return None;
    }
    let ends = |ending: &str| name.ends_with(ending);
    if ends(".tfstate") || ends(".tfstate.backup") || name.contains(".tfstate.") && !ends(".md") && !ends(".tf") {
        return Some(What::State);
    }
    if ends(".tfplan") || name == "tfplan" {
        return Some(What::Plan);
    }
    if ends(".tfvars") || ends(".tfvars.json") {
        return Some(What::Variables);
    }
    matches!(name.as_str(), ".terraformrc" | "terraform.rc" | "credentials.tfrc.json").then_some(What::Account)
}

/// Data of tests and what is shown to learn from. A state file is written by a program, and for that very reason
/// nobody may commit it.
fn is_aside(repo: &Repo, path: &Utf8Path) -> bool {
    const FOLDERS: [&str; 12] = [
        "test",
        "tests",
        "testdata",
        "test-data",
        "fixtures",
        "fixture",
        "__fixtures__",
        "examples",
        "example",
        "vendor",
        "docs",
        "doc",
    ];
    // A file of an unknown ending counts as a text for people, so that role says nothing.
    let role = repo.by_path(path).map(|file| file.role);
    matches!(role, Some(Role::Test | Role::Example | Role::Vendored))
        || path.parent().is_some_and(|folder| folder.as_str().split('/').any(|part| FOLDERS.contains(&part)))
}

fn sites(repo: &Repo, path: &Utf8Path, what: What) -> Vec<Site> {
    let file = repo.by_path(path);
    let text = file.and_then(|file| repo.read(file.id).ok());
    let whole = || match file {
        // Too large to read, or hidden: git has it nevertheless.
        Some(file) if text.is_some() => Place::At(file.id, Span::new(0, 1)),
        Some(file) => Place::File(file.id),
        None => Place::Missing(path.to_owned()),
    };
    let text_of = || text.as_deref().unwrap_or_default();
    match what {
        What::State => {
            let opens = lines(text_of()).iter().any(|line| worth(line) == Some(Worth::Secret));
            let message = Message::new(if opens { "state-secret" } else { "state" });
            let site = Site::new(whole(), message).key("state");
            vec![if opens { site.severity(Severity::Critical) } else { site }]
        }
        What::Plan => vec![Site::new(whole(), "plan").key("plan")],
        What::Account => {
            let holds = lines(text_of()).iter().any(|line| line.name == "token" && is_written_out(line.value));
            if holds {
                vec![Site::new(whole(), "account").key("token").severity(Severity::Critical)]
            } else {
                Vec::new()
            }
        }
        What::Variables => {
            let Some(file) = file else { return Vec::new() };
            lines(text_of())
                .iter()
                .filter_map(|line| {
                    let (key, severity) = match worth(line)? {
                        Worth::Secret => ("variables", Severity::Critical),
                        Worth::Weak => ("variables", Severity::High),
                        Worth::Account => ("personal", Severity::Low),
                    };
                    let message = Message::new(key).with("name", line.name);
                    Some(Site::new(Place::At(file.id, line.span), message).key(line.name).severity(severity))
                })
                .collect()
        }
    }
}

/// `name = "value"` of HCL, or `"name": "value"` of JSON.
struct Line<'t> {
    name: &'t str,
    value: &'t str,
    span: Span,
}

const MAX_LINES: usize = 200_000;

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut offset = 0;
    let mut found = Vec::new();
    for raw in text.split_inclusive('\n').take(MAX_LINES) {
        let span = Span::new(offset, offset + raw.trim_end().len());
        offset += raw.len();
        let plain = raw.trim();
        if plain.starts_with(['#', '/']) {
            continue;
        }
        let parts = if plain.starts_with('"') { plain.split_once("\": ") } else { plain.split_once('=') };
        let Some((name, value)) = parts else { continue };
        let name = name.trim().trim_matches('"');
        let Some(rest) = value.trim().strip_prefix('"') else { continue };
        let Some(value) = rest.split('"').next() else { continue };
        found.push(Line { name, value, span });
    }
    found
}

#[derive(PartialEq, Eq)]
enum Worth {
    Secret,
    /// A password that is written out, though anybody could guess it.
    Weak,
    /// Says whose account or whose person it is.
    Account,
}

fn worth(line: &Line<'_>) -> Option<Worth> {
    if !is_written_out(line.value) {
        return None;
    }
    if names_secret(line.name) {
        return match secrets::assess(line.name, line.value) {
            Some((Kind::Live, _)) => Some(Worth::Secret),
            Some((Kind::Weak, _)) => Some(Worth::Weak),
            Some(_) => None,
            // Too plain for a generated secret; a password may be that all the same.
            None => {
                let password = line.name.to_ascii_lowercase().contains("password") && !line.value.contains(' ');
                password.then_some(Worth::Weak)
            }
        };
    }
    let name = line.name.to_ascii_lowercase();
    let account =
        ["account_id", "subscription_id", "tenant_id", "billing_account"].iter().any(|part| name.ends_with(part));
    let shaped = line.value.len() >= 12 && line.value.chars().filter(char::is_ascii_digit).count() >= 6;
    let mail = name.contains("email") && line.value.contains('@') && !line.value.contains("example");
    (account && shaped || mail).then_some(Worth::Account)
}

/// A value that stands there itself and is no path, reference or blank to fill in.
fn is_written_out(value: &str) -> bool {
    let blank = ["change", "your", "xxx", "todo", "replace", "placeholder", "example", "dummy", "redacted", "***"];
    let lower = value.to_ascii_lowercase();
    value.len() >= 6
        && !value.starts_with(['/', '<', '$'])
        && !value.starts_with("arn:")
        && !value.contains("://")
        && !value.contains("${")
        && !blank.iter().any(|word| lower.contains(word))
}
