//! `troubleshooting-guide-missing`: known problems and their solutions are written down.

use crate::{
    facts::documents::Topic,
    rules::documents::{Concerns, DocumentRule},
};

pub(in crate::rules) static RULE: DocumentRule = DocumentRule {
    id: "troubleshooting-guide-missing",
    topic: Topic::Troubleshooting,
    path: "docs/TROUBLESHOOTING.md",
    concerns: Concerns::Services,
};
