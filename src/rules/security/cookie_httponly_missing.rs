//! `cookie-httponly-missing`: session cookies are out of reach of scripts.

use crate::{
    code::NodeRef,
    facts::{Fact, Visit, Watch, cookies::Attribute},
    model::Verdict,
    rule::{Context, Out, Rule},
    rules::cookies,
};

pub(in crate::rules) static RULE: CookieHttponlyMissing = CookieHttponlyMissing;

pub(in crate::rules) struct CookieHttponlyMissing;

impl Rule for CookieHttponlyMissing {
    fn id(&self) -> &'static str {
        "cookie-httponly-missing"
    }

    fn watch(&self) -> Watch {
        cookies::watch()
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Side]
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        cookies::observe(Attribute::HttpOnly, "SESSION_COOKIE_HTTPONLY", file, node, out);
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        cookies::conclude(Attribute::HttpOnly, cx)
    }
}
