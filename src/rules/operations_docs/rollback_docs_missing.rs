//! `rollback-docs-missing`: it is written down how to take a release back.

use crate::{
    facts::documents::Topic,
    rules::documents::{Concerns, DocumentRule},
};

pub(in crate::rules) static RULE: DocumentRule = DocumentRule {
    id: "rollback-docs-missing",
    topic: Topic::Rollback,
    path: "docs/ROLLBACK.md",
    concerns: Concerns::Services,
};
