//! `env-example-missing`: a template lists the variables that the product reads.

use crate::{
    facts::{
        Fact,
        variables::{self, By, Variable},
    },
    model::{Evidence, Message, Place, Severity, Site, Verdict},
    repo::{FileKind, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: EnvExampleMissing = EnvExampleMissing;

pub(in crate::rules) struct EnvExampleMissing;

impl Rule for EnvExampleMissing {
    fn id(&self) -> &'static str {
        "env-example-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Environment]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let all = variables::read(cx.repo, cx.facts);
        let own: Vec<&Variable<'_>> =
            all.iter().filter(|one| !variables::is_given(&one.name) && one.is_read_by_product(cx.repo)).collect();
        let templates = templates(cx);
        if !templates.is_empty() {
            return Verdict::pass_or(templates, || Verdict::unknown("few"));
        }
        if own.len() < cx.whole("variables") {
            return Verdict::not_applicable("few");
        }
        if !cx.repo.components().iter().any(|component| component.kind.is_deployable()) {
            return Verdict::not_applicable("nothing-deployed");
        }
        let told =
            |by: &[By]| own.iter().filter(|one| one.declared.iter().any(|declared| by.contains(&declared.by))).count();
        let documented = told(&[By::Document, By::EnvFile, By::Platform, By::Script]);
        if documented * 3 >= own.len() * 2 {
            let places = own.iter().filter_map(|one| {
                one.declared.iter().find(|one| matches!(one.by, By::Document | By::EnvFile | By::Platform | By::Script))
            });
            let evidence = places.take(1).map(|one| Evidence::At {
                place: one.place.clone(),
                note: Message::new("documented").count("n", documented).count("all", own.len()),
            });
            return Verdict::pass_or(evidence.collect(), || Verdict::unknown("few"));
        }
        let named = own.iter().take(8).map(|one| one.name.as_str()).collect::<Vec<_>>().join(", ");
        let message = Message::new("missing").count("n", own.len()).with("names", named);
        let site = Site::new(Place::Missing(".env.example".into()), message).severity(if own.len() <= FEW {
            Severity::Low
        } else {
            Severity::Medium
        });
        Verdict::fail(site, [])
    }
}

/// As many variables are found by reading the one file that asks for them.
const FEW: usize = 10;

/// Templates of the product, each with the number of its variables.
fn templates(cx: &Context<'_>) -> Vec<Evidence> {
    cx.repo
        .of_kind(FileKind::EnvExample)
        .filter(|file| !matches!(file.role, Role::Vendored | Role::Test))
        .filter_map(|file| {
            let text = cx.repo.read(file.id).ok()?;
            let keys = text.lines().filter(|line| line.contains('=') && !line.trim_start().starts_with('#')).count();
            let note = Message::new("template").count("n", keys);
            (keys > 0).then_some(Evidence::At { place: Place::File(file.id), note })
        })
        .collect()
}
