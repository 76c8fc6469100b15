//! `env-undocumented-variable`: every variable that the product reads is declared where people look for it.

use crate::{
    facts::{
        Fact,
        environment::{Demand, Fallback, Via},
        variables::{self, Variable},
    },
    model::{Evidence, Message, Place, Severity, Site, Verdict},
    repo::{ComponentKind, FileKind, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: EnvUndocumentedVariable = EnvUndocumentedVariable;

pub(in crate::rules) struct EnvUndocumentedVariable;

impl Rule for EnvUndocumentedVariable {
    fn id(&self) -> &'static str {
        "env-undocumented-variable"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Environment]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let has_template =
            cx.repo.of_kind(FileKind::EnvExample).any(|file| !matches!(file.role, Role::Vendored | Role::Test));
        if !has_template {
            return Verdict::not_applicable("no-template");
        }
        let all = variables::read(cx.repo, cx.facts);
        let own: Vec<(&Variable<'_>, Place)> = all
            .iter()
            .filter(|one| !variables::is_given(&one.name) && !is_about_development(&one.name))
            .filter(|one| !one.is_set_by_program())
            .filter_map(|one| Some((one, first(cx, one)?)))
            .collect();
        if own.is_empty() {
            return Verdict::not_applicable("none");
        }
        let (told, untold): (Vec<_>, Vec<_>) = own.into_iter().partition(|(one, _)| !one.declared.is_empty());
        let total = told.len() + untold.len();
        let sites: Vec<Site> = untold
            .into_iter()
            .map(|(one, place)| {
                let message = |key| Message::new(key).with("name", one.name.as_str());
                let site = if one.has_default() {
                    Site::new(place, message("with-default")).severity(Severity::Low)
                } else {
                    Site::new(place, message("undocumented"))
                };
                site.key(&one.name)
            })
            .collect();
        let detail = Message::new("detail").count("ok", told.len()).count("n", total);
        let evidence: Vec<Evidence> = told
            .iter()
            .filter_map(|(one, _)| {
                let declared = one.declared.first()?;
                Some(Evidence::At {
                    place: declared.place.clone(),
                    note: Message::new("declared").with("name", one.name.as_str()),
                })
            })
            .collect();
        let ok = told.len();
        if sites.is_empty() {
            return Verdict::pass_or(evidence, || Verdict::not_applicable("none")).detail(detail).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("none")).detail(detail).sites(total, ok)
    }
}

fn is_about_development(name: &str) -> bool {
    ["DEV", "TEST", "LOCAL", "DEBUG", "MOCK", "STORYBOOK"].iter().any(|word| name.split('_').any(|part| part == *word))
}

/// The first read by the product. A schema that gives the default says itself what can be set.
fn first(cx: &Context<'_>, one: &Variable<'_>) -> Option<Place> {
    let by_schema = one.reads.iter().any(|(_, read)| {
        matches!(read.via, Via::Schema | Via::Settings)
            && (read.fallback != Fallback::None || read.demand == Demand::Optional)
    });
    if by_schema {
        return None;
    }
    let runs = |file| {
        let file = cx.repo.file(file);
        let kind = cx.repo.component(file.component).kind;
        file.role == Role::Source
            && !matches!(
                kind,
                ComponentKind::Cli | ComponentKind::Library | ComponentKind::ClientApp | ComponentKind::Infrastructure
            )
    };
    one.reads
        .iter()
        .find(|(file, read)| {
            runs(*file) && !read.development_only && !matches!(read.via, Via::ConfigService | Via::Settings)
        })
        .map(|(file, read)| Place::At(*file, read.span))
}
