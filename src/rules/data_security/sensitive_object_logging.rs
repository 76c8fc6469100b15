//! `sensitive-object-logging`: no log line holds a whole request, user or session.

use crate::{
    facts::{Fact, logging::Exposed},
    model::{Severity, Verdict},
    rule::{Context, Rule},
    rules::log_exposure::judged,
};

pub(in crate::rules) static RULE: SensitiveObjectLogging = SensitiveObjectLogging;

pub(in crate::rules) struct SensitiveObjectLogging;

impl Rule for SensitiveObjectLogging {
    fn id(&self) -> &'static str {
        "sensitive-object-logging"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Logging, Fact::Side]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        judged(cx, Exposed::Object, Severity::Medium)
    }
}
