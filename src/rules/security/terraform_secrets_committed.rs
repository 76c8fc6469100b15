//! `terraform-secrets-committed`: Terraform's state and secret variables stay out of git.

use crate::{
    model::{Message, Place, Site, Span, Verdict},
    repo::{File, FileKind, GitState, Role},
    rule::{Context, Rule},
    text::secrets::names_secret,
};

pub(in crate::rules) static RULE: TerraformSecretsCommitted = TerraformSecretsCommitted;

pub(in crate::rules) struct TerraformSecretsCommitted;

impl Rule for TerraformSecretsCommitted {
    fn id(&self) -> &'static str {
        "terraform-secrets-committed"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        // A state file is written by a program, and for that very reason nobody may commit it.
        let aside = [Role::Test, Role::Example, Role::Docs, Role::Vendored];
        let files = cx.repo.files().iter().filter(|file| !aside.contains(&file.role));
        let of_terraform: Vec<&File> =
            files.filter(|file| file.kind == FileKind::Terraform || is_state(file) || is_plan(file)).collect();
        if of_terraform.is_empty() {
            return Verdict::not_applicable("none");
        }
        if *cx.repo.git().state() != GitState::Available {
            return Verdict::unknown("untracked");
        }
        let tracked = |file: &&&File| cx.repo.git().tracked(&file.path) == Some(true);
        let sites: Vec<Site> = of_terraform.iter().filter(tracked).flat_map(|file| sites(cx, file)).collect();
        Verdict::fail_or(sites, || {
            let searched = Message::new("fine").count("n", of_terraform.len());
            Verdict::pass(cx.searched(searched, of_terraform.len()), [])
        })
    }
}

fn is_state(file: &File) -> bool {
    file.name().contains(".tfstate") && !file.name().contains("example")
}

fn is_plan(file: &File) -> bool {
    file.name().ends_with(".tfplan")
}

fn sites(cx: &Context<'_>, file: &File) -> Vec<Site> {
    let whole = Place::File(file.id);
    if is_state(file) {
        return vec![Site::new(whole, "state")];
    }
    if is_plan(file) {
        return vec![Site::new(whole, "plan")];
    }
    let variables = file.path.extension() == Some("tfvars") && !["example", "sample", "template"].iter().any(|part| file.name().contains(part));
    let text = if variables { cx.repo.read(file.id).ok() } else { None };
    let Some(text) = text else { return Vec::new() };
    let mut offset = 0;
    let mut found = Vec::new();
    for line in text.split_inclusive('\n') {
        let span = Span::new(offset, offset + line.trim_end().len());
        offset += line.len();
        let Some((name, value)) = line.split_once('=') else { continue };
        let (name, value) = (name.trim(), value.split('#').next().unwrap_or(value).trim());
        let literal = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or_default();
        let real = literal.len() >= 6 && !literal.starts_with(['/', '<', '$']) && !literal.starts_with("arn:") && !literal.contains("CHANGE");
        if real && !name.starts_with('#') && names_secret(name) {
            found.push(Site::new(Place::At(file.id, span), Message::new("variables").with("name", name)).key(name));
        }
    }
    found
}
