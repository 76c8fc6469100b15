//! `hardcoded-secret`: no credential is written in the repository. Environment files are another rule's.

use crate::{
    facts::tier::{self, Tier},
    model::{Confidence, Message, Place, Severity, Span, Tone, Verdict},
    repo::{FileKind, Role},
    rule::{Context, Out, Rule, Visit, Watch},
    text::secrets::{self, Kind, SecretMatch},
};

pub(in crate::rules) static RULE: HardcodedSecret = HardcodedSecret;

pub(in crate::rules) struct HardcodedSecret;

impl Rule for HardcodedSecret {
    fn id(&self) -> &'static str {
        "hardcoded-secret"
    }

    fn watch(&self) -> Watch {
        Watch::texts().keywords(secrets::KEYWORDS).roles(&[
            Role::Source,
            Role::Test,
            Role::Script,
            Role::Config,
            Role::Docs,
            Role::Example,
            Role::Generated,
            Role::Migration,
            Role::Story,
        ])
    }

    fn text(&self, file: &Visit<'_>, out: &mut Out<'_>) {
        // A tracked environment file is one defect, and `env-file-committed` speaks of it.
        if matches!(file.file.kind, FileKind::Env | FileKind::Lockfile) || file.file.tracked == Some(false) {
            return;
        }
        // What Terraform's state and variables hold is one defect, too, and `terraform-secrets-committed` speaks of it.
        let terraform = [".tfstate", ".tfstate.backup", ".tfvars"].iter().any(|end| file.file.name().ends_with(end));
        let shown = matches!(file.file.role, Role::Test | Role::Docs | Role::Example | Role::Story);
        if terraform && !shown && file.file.tracked == Some(true) {
            return;
        }
        for found in secrets::find(file.text, &file.file.path) {
            let place = Place::At(file.file.id, found.span);
            if is_shown_as_example(file.text, found.span)
                || is_below_example(file, found.span)
                || is_others(&found, file)
                || is_denied(file.text, &found, file.file.role)
            {
                continue;
            }
            // An example is filled in for production, too, and a test may log in where it matters.
            let filled = file.file.kind == FileKind::EnvExample || file.file.role == Role::Test;
            let named = !filled && tier::of_path(&file.file.path) == Tier::Development;
            let local = named || in_local_settings(file, found.span);
            let Some((severity, confidence)) = weigh(&found, file.file.name(), file.file.role, local) else { continue };
            let observation = out.bad(place, message(&found, file));
            observation.severity = Some(severity);
            observation.confidence = confidence;
            found.provider.clone_into(&mut observation.key);
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let texts = cx.repo.files().iter().filter(|file| file.is_text() && file.role != Role::Vendored).count();
        if texts == 0 {
            return Verdict::not_applicable("no-text");
        }
        let sites = cx.seen.iter().filter(|seen| seen.tone == Tone::Bad).map(crate::rule::site_of).collect();
        Verdict::fail_or(sites, || {
            Verdict::pass(cx.searched("searched", texts), []).detail(Message::new("files").count("n", texts))
        })
    }
}

/// How bad and how sure, by what the match is and where it stands; `None` when it should not be mentioned. `local`:
/// the file or the class around it serves development only.
fn weigh(found: &SecretMatch, name: &str, role: Role, local: bool) -> Option<(Severity, Confidence)> {
    let generic = found.provider == "generic";
    // The key of the certificate that a development server shows for its own machine.
    if local && found.provider == "private-key" && name.contains("localhost") {
        return Some((Severity::Low, found.confidence.max(Confidence::Likely)));
    }
    match (found.kind, role) {
        // Made up to be looked at, or to start the program on its author's machine.
        (Kind::Live, Role::Story) if generic => None,
        (Kind::Live, _) if generic && local => None,
        (Kind::Live, _) if local => Some((Severity::Medium, found.confidence.max(Confidence::Likely))),
        // The detector takes little for live there; what it does take still opens something.
        (Kind::Live, Role::Test | Role::Docs | Role::Example | Role::Story | Role::Generated) => {
            Some((Severity::High, found.confidence.max(Confidence::Likely)))
        }
        (Kind::Live, _) if generic => Some((Severity::High, found.confidence.max(Confidence::Likely))),
        (Kind::Live, _) => Some((Severity::Critical, found.confidence)),
        _ => None,
    }
}

/// Whether a Python class of settings for development or tests holds the place: `class Development(Config)`.
fn in_local_settings(file: &Visit<'_>, span: Span) -> bool {
    let python = file.file.language.is_some_and(|language| !language.is_script());
    let before = file.text.get(..span.start as usize).unwrap_or_default();
    let nearest = before.lines().rev().find(|line| line.starts_with(|char: char| !char.is_whitespace() && char != '#'));
    let name = nearest.and_then(|line| line.strip_prefix("class ")).unwrap_or_default().to_ascii_lowercase();
    python && ["dev", "test", "local"].iter().any(|word| name.starts_with(word))
}

/// A form's placeholder or an example in a description shows what a value looks like; the account of the storage
/// emulator has a key that its documentation publishes.
fn is_shown_as_example(text: &str, span: Span) -> bool {
    let start = text[..span.start as usize].rfind('\n').map_or(0, |newline| newline + 1);
    let before = text[start..span.start as usize].to_ascii_lowercase();
    ["placeholder", "example", "e.g.", "helptext", "description", "devstoreaccount1"]
        .iter()
        .any(|word| before.contains(word))
}

/// Whether the value stands below the key of an example in the description of an interface: `x-examples`, `example`.
fn is_below_example(file: &Visit<'_>, span: Span) -> bool {
    /// Lines that are looked back over; examples are short.
    const LINES: usize = 120;
    let described = matches!(file.file.path.extension(), Some("yaml" | "yml" | "json"))
        && ["openapi", "swagger", "\"paths\"", "paths:"].iter().any(|word| file.text.contains(word));
    let before = file.text.get(..span.start as usize).unwrap_or_default();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut lines = before.lines().rev();
    let Some(own) = lines.next().filter(|_| described) else { return false };
    let mut depth = indent(own);
    for line in lines.take(LINES).filter(|line| !line.trim().is_empty()) {
        if indent(line) < depth {
            depth = indent(line);
            let key = line.trim_start_matches([' ', '\t', '-', '"', '\'']).to_ascii_lowercase();
            if ["example", "x-example"].iter().any(|start| key.starts_with(start)) {
                return true;
            }
        }
    }
    false
}

/// Whether a comment at the end of the line, or right above it, says that the value is none: `// not a secret, only …`.
/// In tests it is enough to call it a dummy. What a provider's own form gives away is not talked away.
fn is_denied(text: &str, found: &SecretMatch, role: Role) -> bool {
    let start = text[..found.span.start as usize].rfind('\n').map_or(0, |newline| newline + 1);
    let rest = text[found.span.end as usize..].lines().next().unwrap_or_default();
    let above: Vec<&str> = text[..start]
        .lines()
        .rev()
        .map(str::trim)
        .take_while(|line| {
            line.starts_with("//") || line.starts_with('#') || line.starts_with('*') || line.starts_with("/*")
        })
        .take(4)
        .collect();
    let mut said = rest.split_once("//").or_else(|| rest.split_once(" #")).map_or("", |(_, said)| said).to_owned();
    for line in above.iter().rev() {
        said.push(' ');
        said.push_str(line);
    }
    let said = said.to_ascii_lowercase().replace('\'', "");
    let denies =
        ["not a secret", "not actually a secret", "not really a secret", "isnt a secret", "not secret", "isnt secret"];
    let made_up = matches!(role, Role::Test | Role::Docs | Role::Example | Role::Story)
        && ["dummy", "not a real", "made up", "made-up"].iter().any(|word| said.contains(word));
    found.provider == "generic" && denies.iter().any(|word| said.contains(word)) || made_up
}

/// Values that another rule speaks of, or that a pipeline makes up for its own run: the default of a Compose variable
/// is `fallback-secret`'s, and a literal in a pipeline opens what that pipeline starts.
fn is_others(found: &SecretMatch, file: &Visit<'_>) -> bool {
    let before = &file.text[..found.span.start as usize];
    let fallback = file.file.kind == FileKind::Compose && before.ends_with('-');
    let pipeline = matches!(file.file.kind, FileKind::Workflow | FileKind::GitlabCi | FileKind::OtherCi);
    let value = file.text.get(found.span.range()).unwrap_or_default();
    let generic = found.provider == "generic";
    // Handed to every visitor by design: PostHog's project key and Algolia's search key, also as Docusaurus has it.
    let name = found.key_name.and_then(|name| file.text.get(name.range())).unwrap_or_default().to_ascii_lowercase();
    let published = file.file.name().starts_with("docusaurus.config.")
        || value.starts_with("phc_")
        || name.contains("algolia") && name.contains("search");
    // The password of a service or of the cluster's configuration is reported with what it opens.
    let configuration =
        matches!(file.file.kind, FileKind::Compose | FileKind::Kubernetes) && file.file.role.is_operational();
    let password = generic || matches!(found.provider, "connection-string" | "url-password");
    fallback || configuration && password || generic && (pipeline || published || is_uuid(value))
}

/// An identifier by its form; a name that contains the word `password` does not make it one.
fn is_uuid(value: &str) -> bool {
    let groups: Vec<usize> = value.split('-').map(str::len).collect();
    groups == [8, 4, 4, 4, 12] && value.chars().all(|char| char == '-' || char.is_ascii_hexdigit())
}

/// A provider's id as words: `stripe-secret-key` reads "stripe secret key".
fn readable(provider: &str) -> String {
    provider.replace('-', " ")
}

fn message(found: &SecretMatch, file: &Visit<'_>) -> Message {
    if file.file.kind == FileKind::EnvExample {
        return Message::new("example-file").with("provider", readable(found.provider));
    }
    match (found.provider, found.key_name) {
        ("generic", Some(name)) => {
            Message::new("generic").with("name", file.text.get(name.range()).unwrap_or_default())
        }
        (provider, _) => Message::new("live").with("provider", readable(provider)),
    }
}
