//! `token-logging`: no log line holds a token, a password or a cookie.

use crate::{
    facts::{Fact, logging::Exposed},
    model::{Severity, Verdict},
    rule::{Context, Rule},
    rules::log_exposure::judged,
};

pub(in crate::rules) static RULE: TokenLogging = TokenLogging;

pub(in crate::rules) struct TokenLogging;

impl Rule for TokenLogging {
    fn id(&self) -> &'static str {
        "token-logging"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Logging, Fact::Side]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        judged(cx, Exposed::Secret, Severity::Medium)
    }
}
