//! `runbook-missing`: a runbook says what to do when the service is in trouble.

use crate::{
    facts::documents::Topic,
    rules::documents::{Concerns, DocumentRule},
};

pub(in crate::rules) static RULE: DocumentRule = DocumentRule {
    id: "runbook-missing",
    topic: Topic::Runbook,
    path: "docs/RUNBOOK.md",
    concerns: Concerns::Services,
};
