//! `unscoped-list-query`: a list holds the rows of the caller, not of everybody.

use crate::{
    facts::Fact,
    model::Verdict,
    rule::{Context, Rule},
    rules::record_access::{NEEDS, Question, judged},
};

pub(in crate::rules) static RULE: UnscopedListQuery = UnscopedListQuery;

pub(in crate::rules) struct UnscopedListQuery;

impl Rule for UnscopedListQuery {
    fn id(&self) -> &'static str {
        "unscoped-list-query"
    }

    fn needs(&self) -> &'static [Fact] {
        NEEDS
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        judged(cx, Question::Everything)
    }
}
