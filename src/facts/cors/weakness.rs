//! The strongest weakness of a site: one defect, one finding.

use super::{Credentials, JoinedSite, Laxness, Placed, Stage, grant::Audience};

/// What is wrong with a site, the strongest first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weakness {
    /// Every origin is sent back, with credentials.
    ReflectsWithCredentials,
    /// Everybody is let in when a list or a variable is empty.
    FallsOpen { variable: Option<String> },
    /// Everybody is let in although a check failed.
    IgnoresItsCheck,
    /// Other origins satisfy the check.
    Lax(Laxness),
    /// `*` with credentials, which browsers refuse.
    StarWithCredentials,
    /// Everybody is let in.
    Open,
    /// Every origin with credentials wherever the stage is not production.
    OpenOutsideProduction,
    /// A variable is `*` by default wherever the stage is not production.
    OpenDefaultOutsideProduction { variable: Option<String> },
}

/// A weakness, and the way that shows it.
#[derive(Debug, Clone)]
pub struct Weak<'s> {
    pub weakness: Weakness,
    pub way: &'s Placed,
}

impl JoinedSite<'_> {
    /// The strongest weakness of this site.
    pub fn weakness(&self) -> Option<Weak<'_>> {
        let mut found: Vec<Weak<'_>> =
            self.grants.iter().filter_map(|way| Some(Weak { weakness: self.weakness_of(way)?, way })).collect();
        found.sort_by(|a, b| a.weakness.cmp(&b.weakness));
        found.into_iter().next()
    }

    /// Whether browsers let any site act with a visitor's cookies through `way`: the origin is sent back, and
    /// credentials are allowed.
    pub fn carries_credentials(&self, way: &Placed) -> bool {
        let sent_back = match way.grant.audience {
            Audience::Reflected | Audience::Lax(_) => true,
            Audience::Everyone => self.library.reflects_star_with_credentials(),
            _ => false,
        };
        sent_back && self.site.credentials != Credentials::No
    }

    /// Whether origins come from the code, a setting or a check, so that there is something to approve of.
    pub fn is_understood(&self) -> bool {
        self.grants.iter().all(|way| way.grant.audience != Audience::Unclear)
    }

    fn weakness_of(&self, way: &Placed) -> Option<Weakness> {
        let when = &way.grant.when;
        let credentials = self.site.credentials != Credentials::No;
        let audience = match &way.grant.audience {
            Audience::Everyone if credentials && self.library.reflects_star_with_credentials() => &Audience::Reflected,
            audience => audience,
        };
        if let Audience::Lax(laxness) = audience {
            return when.in_production().then_some(Weakness::Lax(*laxness));
        }
        if !matches!(audience, Audience::Everyone | Audience::Reflected) || when.unclear || when.star_configured {
            // What an operator configures knowingly is no defect of the code.
            return None;
        }
        let reflected = *audience == Audience::Reflected;
        let said = self.site.credentials == Credentials::Yes;
        match when.stage {
            // Only where somebody says that this is development.
            Some(Stage::Development) => return None,
            // Also where nobody says anything: a staging system, a forgotten variable.
            Some(Stage::NotProduction) if when.unset && credentials => {
                return Some(Weakness::OpenDefaultOutsideProduction { variable: when.variable.clone() });
            }
            Some(Stage::NotProduction) => {
                return (reflected && credentials).then_some(Weakness::OpenOutsideProduction);
            }
            _ => {}
        }
        Some(if when.unset {
            Weakness::FallsOpen { variable: when.variable.clone() }
        } else if when.after_check {
            Weakness::IgnoresItsCheck
        } else if reflected && credentials {
            Weakness::ReflectsWithCredentials
        } else if said {
            Weakness::StarWithCredentials
        } else {
            Weakness::Open
        })
    }
}
