//! `cors-credentials-wildcard`: credentials are allowed for named origins only.

use crate::{
    facts::{
        Fact,
        cors::{Credentials, JoinedSite, Reach, Weak, Weakness},
    },
    model::{Confidence, Message, Severity, Site, Verdict},
    rule::{Context, Rule},
    rules::cors::{Say, conclude, reason},
};

pub(in crate::rules) static RULE: CorsCredentialsWildcard = CorsCredentialsWildcard;

pub(in crate::rules) struct CorsCredentialsWildcard;

impl Rule for CorsCredentialsWildcard {
    fn id(&self) -> &'static str {
        "cors-credentials-wildcard"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Cors]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        conclude(cx, say)
    }
}

fn say(site: &JoinedSite<'_>, weak: Option<&Weak<'_>>) -> Say {
    match weak.map(|weak| &weak.weakness) {
        Some(Weakness::ReflectsWithCredentials) => {
            let library = site.library.name();
            let found = |key| Site::new(site.place(), Message::new(key).with("library", library));
            // A setting may switch credentials off, so this is as bad only where it does not.
            Say::Bad(match site.site.credentials {
                Credentials::Perhaps => {
                    found("reflects-perhaps").severity(Severity::High).confidence(Confidence::Likely)
                }
                _ => found("reflects"),
            })
        }
        Some(Weakness::StarWithCredentials) => {
            // Browsers show nobody's session to others; what is wrong is that it does not do what it says.
            Say::Bad(match site.reach {
                Reach::Whole => Site::new(site.place(), "star").severity(Severity::Medium),
                _ => Site::new(site.place(), "star-narrow").severity(Severity::Low),
            })
        }
        _ if site.site.credentials == Credentials::No => Say::Good(Message::new("fine-no-credentials")),
        Some(_) => Say::Other,
        None => reason(site).map_or(Say::Unclear, Say::Good),
    }
}
