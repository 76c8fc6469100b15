//! `api-key-logging`: no log line holds a key of an interface or a private key.

use crate::{
    facts::{Fact, logging::Exposed},
    model::{Severity, Verdict},
    rule::{Context, Rule},
    rules::log_exposure::judged,
};

pub(in crate::rules) static RULE: ApiKeyLogging = ApiKeyLogging;

pub(in crate::rules) struct ApiKeyLogging;

impl Rule for ApiKeyLogging {
    fn id(&self) -> &'static str {
        "api-key-logging"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Logging, Fact::Side]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        judged(cx, Exposed::ApiKey, Severity::Medium)
    }
}
