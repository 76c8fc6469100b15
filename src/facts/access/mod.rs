//! What stands between a request and what it asks for: who is refused, on what ground, and where that may fail open.
//!
//! Per file the extractor collects [`Sign`]s by span: refusals, reads of identity, checks of roles, signatures.
//! [`guards_of`] and [`inside`] decide what a function of the repository does as a guard, following its calls.

mod decide;
mod library;
mod signs;
mod weakness;
mod words;

pub use decide::{guards_of, guards_of_class, guards_of_function, inside, origin, span_of};
pub use library::{Known, known};
pub(super) use signs::AccessExtractor;
pub use words::{About, could_guard, is_about_rate, words};

use super::modules::Shape;
use crate::model::{Place, Span};

/// What one file says about access.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AccessFacts {
    /// In source order.
    pub signs: Vec<Sign>,
    /// What is added to a framework's objects under a name: `app.decorate('authenticate', fn)`.
    pub provided: Vec<(String, Shape)>,
}

/// Something in a function that says what it does as a guard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sign {
    pub span: Span,
    pub kind: SignKind,
    /// What the condition around it speaks of.
    pub about: Option<About>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignKind {
    /// Answers with this status, or stops with an error that means it. A redirect to a log-in page is 401.
    Refuses(u16),
    /// Reads who the caller is, or what the caller says to be: `req.user`, a session, the header `authorization`.
    ReadsIdentity,
    /// Checks a token and stops when it is not valid: `jwt.verify`.
    VerifiesToken,
    ChecksRole,
    /// Compares a signature or a secret in constant time, or has a library do it.
    VerifiesSignature,
    LimitsRate,
    Validates,
    ChecksCsrf,
    /// Calls something that is named like a guard.
    Asserts,
    Weak(WeaknessKind),
}

/// A way in which a guard lets through what it should stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WeaknessKind {
    /// `catch { next() }`, `except: return True`.
    AllowsOnException,
    /// `if (!secret) return next()`.
    SkippedWhenUnset,
    /// Every way through it allows.
    AlwaysAllows,
    /// Notices what it should stop, and only writes it down.
    OnlyWarns,
    /// `if (!allowed.length) return next()`.
    EmptyListAllows,
}

/// A weakness with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weakness {
    pub kind: WeaknessKind,
    pub place: Place,
}
