//! `cookie-secure-missing`: session cookies travel over HTTPS only.

use crate::{
    code::NodeRef,
    facts::{Fact, Visit, Watch, cookies::Attribute},
    model::Verdict,
    rule::{Context, Out, Rule},
    rules::cookies,
};

pub(in crate::rules) static RULE: CookieSecureMissing = CookieSecureMissing;

pub(in crate::rules) struct CookieSecureMissing;

impl Rule for CookieSecureMissing {
    fn id(&self) -> &'static str {
        "cookie-secure-missing"
    }

    fn watch(&self) -> Watch {
        cookies::watch()
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Side, Fact::Switches]
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        cookies::observe(Attribute::Secure, "SESSION_COOKIE_SECURE", file, node, out);
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        cookies::conclude(Attribute::Secure, cx)
    }
}
