//! `security-md-missing`: it is written down how to report a vulnerability.

use crate::{
    facts::documents::Topic,
    rules::documents::{Concerns, DocumentRule},
};

pub(in crate::rules) static RULE: DocumentRule = DocumentRule {
    id: "security-md-missing",
    topic: Topic::Security,
    path: "SECURITY.md",
    concerns: Concerns::Everybody,
};
