//! `ownership-check-missing`: a record that a client names by its id is looked up together with its owner.

use crate::{
    facts::Fact,
    model::Verdict,
    rule::{Context, Rule},
    rules::record_access::{NEEDS, Question, judged},
};

pub(in crate::rules) static RULE: OwnershipCheckMissing = OwnershipCheckMissing;

pub(in crate::rules) struct OwnershipCheckMissing;

impl Rule for OwnershipCheckMissing {
    fn id(&self) -> &'static str {
        "ownership-check-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        NEEDS
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        judged(cx, Question::Record)
    }
}
