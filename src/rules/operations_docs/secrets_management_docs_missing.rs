//! `secrets-management-docs-missing`: it is written down where secrets live and how they are replaced.

use crate::{
    facts::documents::Topic,
    rules::documents::{Concerns, DocumentRule},
};

pub(in crate::rules) static RULE: DocumentRule = DocumentRule {
    id: "secrets-management-docs-missing",
    topic: Topic::Secrets,
    path: "docs/SECRETS.md",
    concerns: Concerns::Services,
};
