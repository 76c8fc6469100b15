//! `incident-response-plan-missing`: it is written down how an incident is handled.

use crate::{
    facts::documents::Topic,
    rules::documents::{Concerns, DocumentRule},
};

pub(in crate::rules) static RULE: DocumentRule = DocumentRule {
    id: "incident-response-plan-missing",
    topic: Topic::Incidents,
    path: "docs/INCIDENT_RESPONSE.md",
    concerns: Concerns::Services,
};
