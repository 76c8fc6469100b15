//! `disaster-recovery-plan-missing`: there is a plan for losing the database or the whole environment.

use crate::{
    facts::documents::Topic,
    rules::documents::{Concerns, DocumentRule},
};

pub(in crate::rules) static RULE: DocumentRule = DocumentRule {
    id: "disaster-recovery-plan-missing",
    topic: Topic::DisasterRecovery,
    path: "docs/DISASTER_RECOVERY.md",
    concerns: Concerns::Records,
};
