//! `client-controlled-tenant-id`: whose rows are meant is told by the session, not by the client.

use crate::{
    facts::Fact,
    model::Verdict,
    rule::{Context, Rule},
    rules::record_access::{NEEDS, Question, judged},
};

pub(in crate::rules) static RULE: ClientControlledTenantId = ClientControlledTenantId;

pub(in crate::rules) struct ClientControlledTenantId;

impl Rule for ClientControlledTenantId {
    fn id(&self) -> &'static str {
        "client-controlled-tenant-id"
    }

    fn needs(&self) -> &'static [Fact] {
        NEEDS
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        judged(cx, Question::NamedOwner)
    }
}
