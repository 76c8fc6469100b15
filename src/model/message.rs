//! What a rule wants to say, without saying it in a language.
//!
//! A rule names a text of its own catalogue entry and fills in values; the report picks the language. So one
//! verdict reads well in English and Russian, and a rule's code holds no prose.

use std::borrow::Cow;

/// A value for a placeholder of a message text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Arg {
    Text(String),
    /// A number that may choose a plural form.
    Count(u64),
}

/// The key of a text under `[message.<key>]` in the rule's file, with the values for its placeholders.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Message {
    pub key: Cow<'static, str>,
    pub args: Vec<(Cow<'static, str>, Arg)>,
}

impl Message {
    pub fn new(key: impl Into<Cow<'static, str>>) -> Self {
        Self { key: key.into(), args: Vec::new() }
    }

    /// Fills the placeholder `{name}` with text.
    #[must_use]
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        self.args.push((name.into(), Arg::Text(value.into())));
        self
    }

    /// Fills the placeholder `{name}` with a number.
    #[must_use]
    pub fn count(mut self, name: impl Into<Cow<'static, str>>, value: usize) -> Self {
        self.args.push((name.into(), Arg::Count(value as u64)));
        self
    }
}

impl From<&'static str> for Message {
    fn from(key: &'static str) -> Self {
        Self::new(key)
    }
}
