//! `deployment-guide-missing`: it is written down how the service is deployed.

use crate::{
    facts::documents::Topic,
    rules::documents::{Concerns, DocumentRule},
};

pub(in crate::rules) static RULE: DocumentRule = DocumentRule {
    id: "deployment-guide-missing",
    topic: Topic::Deployment,
    path: "docs/DEPLOYMENT.md",
    concerns: Concerns::Services,
};
