//! One way through a CORS configuration: who is let in, and when.

use crate::model::{Message, Span};

/// Who is let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// The header is `*`: every site may read answers to requests without credentials.
    Everyone,
    /// The text `*` as an element of a list: everyone or nobody, as the library takes it.
    ListedStar,
    /// The request's origin is sent back unchecked.
    Reflected,
    /// The origin is compared in a way that other origins can satisfy too.
    Lax(Laxness),
    /// The origin is looked up in a list or compared exactly.
    Checked,
    /// Origins that the code names.
    Fixed(Fixed),
    /// Origins that a setting names.
    Setting(Setting),
    /// Nobody: no header is sent.
    Nobody,
    /// Decided by code that is not understood.
    Unclear,
}

/// What kind of origin the code names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fixed {
    Real,
    /// `localhost` and its kin: of no use in production.
    Local,
    /// A stand-in such as `https://your-domain.com`.
    Placeholder,
}

impl Fixed {
    pub(super) fn of(origin: &str) -> Self {
        let host = origin.split_once("://").map_or(origin, |(_, host)| host).to_ascii_lowercase();
        let name = host.split(['/', ':', ',']).next().unwrap_or_default();
        let local = ["localhost", "127.0.0.1", "0.0.0.0", "[", "host.docker.internal"];
        let stand_in =
            ["your-domain", "yourdomain", "your-app", "yourapp", "your-site", "yoursite", "changeme", "mydomain."];
        if local.iter().any(|prefix| name.starts_with(prefix)) || name.ends_with(".localhost") {
            Self::Local
        } else if stand_in.iter().any(|part| name.contains(part))
            || ["example.com", "example.org", "example.net", "domain.com"].contains(&name)
            || [".example.com", ".example.org", ".example.net"].iter().any(|end| name.ends_with(end))
        {
            Self::Placeholder
        } else {
            Self::Real
        }
    }
}

/// A variable or setting that names origins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// As written where it is read: `CORS_ORIGIN`, `cors.origin`, `corsOrigin`.
    pub name: String,
    /// Read from the process environment here, rather than through an object that was filled elsewhere.
    pub environment: bool,
    /// The read itself fails when it is unset: `os.environ["X"]`, `getOrThrow("X")`.
    pub required: bool,
    /// Split into a list, so that the value `*` is an element of it.
    pub listed: bool,
    pub span: Span,
}

/// Why a comparison lets other origins in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Laxness {
    /// `origin.includes('example.com')`.
    Substring,
    /// `origin.startsWith('https://example.com')`: `https://example.com.evil.net` begins so too.
    Prefix,
    /// `origin.endsWith('example.com')`: `https://evilexample.com` ends so too.
    Suffix,
    /// A regular expression without `$`.
    OpenEnd,
    /// A regular expression that may begin in the middle of a name.
    OpenStart,
    /// A list kept as one text: every part of it is accepted.
    ListAsText,
    /// Everybody can have a name below this domain.
    SharedHost,
}

impl Laxness {
    /// The text that explains it.
    pub fn message(self) -> Message {
        match self {
            Self::Substring => Message::new("lax-substring"),
            Self::Prefix => Message::new("lax-prefix"),
            Self::Suffix => Message::new("lax-suffix"),
            Self::OpenEnd => Message::new("lax-open-end"),
            Self::OpenStart => Message::new("lax-open-start"),
            Self::ListAsText => Message::new("lax-list-as-text"),
            Self::SharedHost => Message::new("lax-shared-host"),
        }
    }
}

/// In which stage of deployment a branch is taken, as far as the code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Production,
    /// Everywhere but in production: also where the stage is not set at all.
    NotProduction,
    /// Only where the stage says development, test or debugging.
    Development,
    NotDevelopment,
}

/// Under which circumstances a way is open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "circumstances are independent of each other")]
pub struct When {
    pub stage: Option<Stage>,
    /// When an allow-list or a variable is empty or unset.
    pub unset: bool,
    /// The variable that is unset, or that holds `*`.
    pub variable: Option<String>,
    /// When the operator configured `*`.
    pub star_configured: bool,
    /// Although a check of the origin came before and failed.
    pub after_check: bool,
    /// Under a condition that is not understood.
    pub unclear: bool,
}

impl When {
    /// Whether production can take this way.
    pub fn in_production(&self) -> bool {
        !matches!(self.stage, Some(Stage::NotProduction | Stage::Development))
    }

    /// Both this and `other` hold.
    pub(super) fn and(&self, other: &Self) -> Self {
        Self {
            stage: stricter(self.stage, other.stage),
            unset: self.unset || other.unset,
            variable: self.variable.clone().or_else(|| other.variable.clone()),
            star_configured: self.star_configured || other.star_configured,
            after_check: self.after_check || other.after_check,
            unclear: self.unclear || other.unclear,
        }
    }
}

/// Development says more than "not production"; either says more than the rest.
fn stricter(one: Option<Stage>, other: Option<Stage>) -> Option<Stage> {
    let rank = |stage: &Stage| match stage {
        Stage::Development => 0,
        Stage::NotProduction => 1,
        Stage::Production => 2,
        Stage::NotDevelopment => 3,
    };
    [one, other].into_iter().flatten().min_by_key(rank)
}

/// One way through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub span: Span,
    pub audience: Audience,
    pub when: When,
    /// What the list is made of that a checked origin was found on.
    pub list: Vec<Grant>,
}

impl Grant {
    pub(super) fn new(span: Span, audience: Audience, when: When) -> Self {
        Self { span, audience, when, list: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_of_no_use_in_production_are_told_apart() {
        for (origin, kind) in [
            ("http://localhost:3000", Fixed::Local),
            ("http://127.0.0.1", Fixed::Local),
            ("https://your-domain.com", Fixed::Placeholder),
            ("https://app.example.com", Fixed::Placeholder),
            ("https://shop.acme.io", Fixed::Real),
            ("http://localhost:3000,http://localhost:8000", Fixed::Local),
        ] {
            assert_eq!(Fixed::of(origin), kind, "{origin}");
        }
    }
}
