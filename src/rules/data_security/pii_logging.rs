//! `pii-logging`: log lines name people by an identifier.

use crate::{
    facts::{Fact, logging::Exposed},
    model::{Severity, Verdict},
    rule::{Context, Rule},
    rules::log_exposure::judged,
};

pub(in crate::rules) static RULE: PiiLogging = PiiLogging;

pub(in crate::rules) struct PiiLogging;

impl Rule for PiiLogging {
    fn id(&self) -> &'static str {
        "pii-logging"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Logging, Fact::Side]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        judged(cx, Exposed::Person, Severity::Low)
    }
}
