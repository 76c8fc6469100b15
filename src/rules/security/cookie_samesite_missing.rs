//! `cookie-samesite-missing`: session cookies are kept back from requests of other sites.

use crate::{
    code::NodeRef,
    facts::{Fact, Visit, Watch, cookies::Attribute},
    model::Verdict,
    rule::{Context, Out, Rule},
    rules::cookies,
};

pub(in crate::rules) static RULE: CookieSamesiteMissing = CookieSamesiteMissing;

pub(in crate::rules) struct CookieSamesiteMissing;

impl Rule for CookieSamesiteMissing {
    fn id(&self) -> &'static str {
        "cookie-samesite-missing"
    }

    fn watch(&self) -> Watch {
        cookies::watch()
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Side]
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        cookies::observe(Attribute::SameSite, "SESSION_COOKIE_SAMESITE", file, node, out);
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        cookies::conclude(Attribute::SameSite, cx)
    }
}
