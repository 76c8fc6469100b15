//! `contributing-guide-missing`: it is written down how to work on the project.

use crate::{
    facts::documents::Topic,
    rules::documents::{Concerns, DocumentRule},
};

pub(in crate::rules) static RULE: DocumentRule = DocumentRule {
    id: "contributing-guide-missing",
    topic: Topic::Contributing,
    path: "CONTRIBUTING.md",
    concerns: Concerns::Everybody,
};
