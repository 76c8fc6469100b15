//! Token formats as data: a literal prefix, then runs of characters from known alphabets.
//!
//! Matching reads forward once without backtracking, so its cost is bounded by the longest token.

use super::{Kind, checks};

/// An alphabet that a vendor draws characters from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Set {
    Digits,
    LowerHex,
    Hex,
    /// Capital letters and digits.
    Capitals,
    /// Small letters and digits.
    Smalls,
    Letters,
    Base62,
    /// Base64 for URLs: letters, digits, `_` and `-`.
    Url,
    /// Standard base64 with padding.
    Base64,
    /// Base64 for URLs, with dots between the parts.
    Dotted,
}

impl Set {
    pub(super) fn contains(self, byte: u8) -> bool {
        match self {
            Self::Digits => byte.is_ascii_digit(),
            Self::LowerHex => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
            Self::Hex => byte.is_ascii_hexdigit(),
            Self::Capitals => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Self::Smalls => byte.is_ascii_lowercase() || byte.is_ascii_digit(),
            Self::Letters => byte.is_ascii_alphabetic(),
            Self::Base62 => byte.is_ascii_alphanumeric(),
            Self::Url => byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-',
            Self::Base64 => byte.is_ascii_alphanumeric() || b"+/=".contains(&byte),
            Self::Dotted => byte.is_ascii_alphanumeric() || b"_-.".contains(&byte),
        }
    }
}

/// One piece of a token behind its prefix.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    Run(Set, usize, usize),
    Literal(&'static str),
}

/// Exactly `length` characters.
pub(super) const fn exactly(set: Set, length: usize) -> Part {
    Part::Run(set, length, length)
}

/// Between `least` and `most` characters.
pub(super) const fn between(set: Set, least: usize, most: usize) -> Part {
    Part::Run(set, least, most)
}

/// What beyond its form a token must hold to be certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// The form is long and peculiar enough.
    Form,
    /// Characters 31 to 36 are a checksum.
    Crc,
    /// The text within the token that its vendor puts into every one.
    Holds(&'static str),
    /// The form is shared with other things; the file must name the vendor somewhere.
    Named(&'static str),
}

/// The format of one kind of token.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub provider: &'static str,
    pub prefix: &'static str,
    pub tail: &'static [Part],
    pub kind: Kind,
    pub proof: Proof,
}

impl Shape {
    pub(super) const fn new(provider: &'static str, prefix: &'static str, tail: &'static [Part]) -> Self {
        Self { provider, prefix, tail, kind: Kind::Live, proof: Proof::Form }
    }

    pub(super) const fn kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    pub(super) const fn proof(mut self, proof: Proof) -> Self {
        self.proof = proof;
        self
    }

    /// End of the token whose prefix starts at `start`, when all its parts are there and nothing more.
    pub(super) fn end(&self, text: &str, start: usize) -> Option<usize> {
        let bytes = text.as_bytes();
        let mut at = start + self.prefix.len();
        for part in self.tail {
            match *part {
                Part::Literal(literal) => {
                    bytes[at..].starts_with(literal.as_bytes()).then_some(())?;
                    at += literal.len();
                }
                Part::Run(set, least, most) => {
                    let length = bytes[at..].iter().take(most + 1).take_while(|byte| set.contains(**byte)).count();
                    (least..=most).contains(&length).then_some(())?;
                    at += length;
                }
            }
        }
        let glued = bytes.get(at).is_some_and(|next| next.is_ascii_alphanumeric() || *next == b'_');
        (!glued).then_some(at)
    }

    /// Whether the token itself holds its proof.
    pub(super) fn proven(&self, token: &str) -> bool {
        match self.proof {
            Proof::Form => true,
            Proof::Crc => checks::ends_in_base62_crc(&token[self.prefix.len()..]),
            Proof::Holds(part) => token.contains(part),
            Proof::Named(_) => false,
        }
    }
}

/// `needle` is in lower case.
pub(super) fn contains_ignoring_case(text: &str, needle: &str) -> bool {
    let needle = needle.as_bytes();
    let (Some(first), Some(rest)) = (needle.first(), needle.get(1..)) else { return true };
    memchr::memchr2_iter(*first, first.to_ascii_uppercase(), text.as_bytes())
        .any(|at| text.as_bytes().get(at + 1..=at + rest.len()).is_some_and(|found| found.eq_ignore_ascii_case(rest)))
}
