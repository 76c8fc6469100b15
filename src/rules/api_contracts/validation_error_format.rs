//! `validation-error-format`: a client that sent something wrong is told so.

use crate::{
    facts::Fact,
    model::{Confidence, Message, Place, Site, Verdict},
    repo::Role,
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: ValidationErrorFormat = ValidationErrorFormat;

pub(in crate::rules) struct ValidationErrorFormat;

impl Rule for ValidationErrorFormat {
    fn id(&self) -> &'static str {
        "validation-error-format"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Intake]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let (mut sites, mut schemas, mut files) = (Vec::new(), 0, 0);
        for file in cx.files(Role::Source) {
            let Some(facts) = cx.facts.of(file.id).filter(|facts| facts.intake.schemas > 0) else { continue };
            files += 1;
            schemas += facts.intake.schemas;
            let swallowed = facts.intake.swallowed.iter();
            sites.extend(
                swallowed
                    .map(|span| Site::new(Place::At(file.id, *span), "server-error").confidence(Confidence::Likely)),
            );
        }
        sites.sort_by(|a, b| a.place.cmp(&b.place));
        sites.dedup_by(|a, b| a.place == b.place);
        let (total, bad) = (schemas.max(sites.len()), sites.len());
        Verdict::fail_or(sites, || {
            if schemas == 0 {
                Verdict::not_applicable("no-schemas")
            } else {
                Verdict::pass(cx.searched(Message::new("searched").count("n", schemas), files), [])
            }
        })
        .sites(total, total - bad)
    }
}
