//! `dockerfile-secret-baked`: no layer of an image holds a secret.
//!
//! Random-looking literals are `hardcoded-secret`'s wherever they stand.

use camino::Utf8Path;

use crate::{
    code::docker::{Dockerfile, Instruction, Pair, Stage},
    facts::{credentials, images},
    model::{Confidence, Message, Place, Severity, Site, Verdict},
    repo::File,
    rule::{Context, Rule},
    text::secrets::Kind,
};

pub(in crate::rules) static RULE: DockerfileSecretBaked = DockerfileSecretBaked;

pub(in crate::rules) struct DockerfileSecretBaked;

impl Rule for DockerfileSecretBaked {
    fn id(&self) -> &'static str {
        "dockerfile-secret-baked"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let (mut sites, mut examined) = (Vec::new(), 0_usize);
        for file in images::dockerfiles(cx.repo).filter(|file| !images::is_helper(file)) {
            let Some(dockerfile) = cx.repo.dockerfile(file.id) else { continue };
            examined += 1;
            let Some(last) = dockerfile.final_stage() else { continue };
            for stage in dockerfile.stage_chain(last) {
                sites.extend(in_stage(file, dockerfile, stage));
            }
        }
        sites.sort_by(|a: &Site, b: &Site| a.place.cmp(&b.place));
        Verdict::fail_or(sites, || {
            if examined == 0 {
                return Verdict::not_applicable("none");
            }
            Verdict::pass(cx.searched("searched", examined), [])
        })
    }
}

fn in_stage(file: &File, dockerfile: &Dockerfile, stage: &Stage) -> Vec<Site> {
    stage
        .instructions
        .iter()
        .flat_map(|one| match one.keyword.as_str() {
            "COPY" | "ADD" => copied(file, one),
            "ENV" => one.pairs.iter().filter_map(|pair| environment(file, dockerfile, stage, pair)).collect(),
            _ => Vec::new(),
        })
        .collect()
}

/// Files that hold secrets by their name, copied from the build context.
fn copied(file: &File, one: &Instruction) -> Vec<Site> {
    if one.flag("from").is_some() {
        return Vec::new();
    }
    let sources = &one.arguments[..one.arguments.len().saturating_sub(1)];
    sources
        .iter()
        .filter(|source| !source.dynamic && holds_secrets(&source.text))
        .map(|source| {
            let message = Message::new("copied").with("path", source.text.as_str());
            Site::new(Place::At(file.id, source.span), message)
                .severity(Severity::High)
                .confidence(Confidence::Likely)
                .key(&source.text)
        })
        .collect()
}

fn holds_secrets(path: &str) -> bool {
    let name = Utf8Path::new(path).file_name().unwrap_or_default().to_ascii_lowercase();
    let template = name.split(['.', '-', '_']).any(|word| {
        matches!(word, "example" | "sample" | "template" | "dist" | "test" | "public" | "pub" | "defaults")
    });
    let environment =
        name == ".env" || name == ".env*" || name.strip_prefix(".env.").is_some_and(|rest| !rest.is_empty());
    let key = matches!(
        name.as_str(),
        "id_rsa"
            | "id_ed25519"
            | "id_ecdsa"
            | "credentials.json"
            | "serviceaccount.json"
            | "service-account.json"
            | ".netrc"
            | ".pgpass"
            | ".htpasswd"
    ) || matches!(Utf8Path::new(&name).extension(), Some("p12" | "pfx" | "jks"));
    !template && (environment || key)
}

/// A variable of the running image that has a guessable secret, or one that was given to the build.
fn environment(file: &File, dockerfile: &Dockerfile, stage: &Stage, pair: &Pair) -> Option<Site> {
    let value = pair.value.as_ref()?;
    if !credentials::names_credential(&pair.name) {
        return None;
    }
    let site = |key, severity| {
        let message = Message::new(key).with("name", pair.name.as_str());
        Some(Site::new(Place::At(file.id, pair.span), message).severity(severity).key(&pair.name))
    };
    if let Some(argument) = argument_of(&value.text) {
        let given = dockerfile
            .stage_chain(stage)
            .into_iter()
            .flat_map(|stage| stage.all("ARG"))
            .flat_map(|one| &one.pairs)
            .find(|one| one.name == argument)?;
        let empty = given.value.as_ref().is_none_or(|value| value.text.is_empty());
        let dummy = given.value.as_ref().and_then(|value| credentials::worth(&pair.name, &value.text));
        return match dummy {
            None if empty => site("argument", Severity::High),
            Some((Kind::Weak, _)) => site("literal", Severity::High),
            _ => None,
        };
    }
    match credentials::worth(&pair.name, &value.text)? {
        (Kind::Weak, _) => site("literal", Severity::High),
        _ => None,
    }
}

/// The name of `$NAME` or `${NAME}`.
fn argument_of(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('$')?;
    let name = rest.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(rest);
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_').then_some(name)
}
