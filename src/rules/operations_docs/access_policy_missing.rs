//! `access-policy-missing`: it is written down who may reach production data.

use crate::{
    facts::documents::Topic,
    rules::documents::{Concerns, DocumentRule},
};

pub(in crate::rules) static RULE: DocumentRule = DocumentRule {
    id: "access-policy-missing",
    topic: Topic::Access,
    path: "docs/ACCESS.md",
    concerns: Concerns::Data,
};
