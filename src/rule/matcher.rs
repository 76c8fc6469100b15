//! The six matchers and their combination, as a rule file writes them.
//!
//! ```toml
//! [applies]                       # optional; when it finds nothing the rule is not applicable
//! file = ["**/Dockerfile"]
//!
//! [match.bad]                     # every place found fails
//! any = [
//!   { docker = { instruction = "ADD", matches = "^https?://" } },
//!   { call = { callee = "requests.*", without = ["timeout"] } },
//! ]
//!
//! [match.good]                    # every place found is evidence
//! docker = { instruction = "COPY" }
//!
//! [match.missing]                 # when `good` found nothing, this path is what is missing
//! path = "SECURITY.md"
//! ```
//!
//! No variables, no expressions: a rule that needs an `if` between matches is written in Rust.

use std::sync::OnceLock;

use regex::Regex;
use serde::Deserialize;

use crate::repo::Role;

/// The `[match]` table of a rule file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Match {
    #[serde(default)]
    pub bad: Option<Condition>,
    #[serde(default)]
    pub good: Option<Condition>,
    #[serde(default)]
    pub missing: Option<Missing>,
}

/// Where a thing should be that `good` did not find.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Missing {
    /// Relative to the component.
    pub path: String,
}

/// One matcher, or several combined. Written as a table with exactly one key.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "lowercase")]
pub enum Condition {
    /// Files by glob.
    File(OneOrMore),
    Doc(DocMatch),
    Docker(DockerMatch),
    Text(TextMatch),
    Call(CallMatch),
    Dependency(DependencyMatch),
    /// Holds when one of them does; finds what they find.
    Any(Vec<Condition>),
    /// Holds when all of them do; finds what they find.
    All(Vec<Condition>),
    /// Holds when none of them does; finds no place.
    None(Vec<Condition>),
}

/// A string or a list of strings.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl OneOrMore {
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        match self {
            Self::One(one) => std::slice::from_ref(one).iter(),
            Self::More(more) => more.iter(),
        }
        .map(String::as_str)
    }
}

/// Values at a path of configuration documents.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DocMatch {
    /// Globs of the documents.
    pub files: OneOrMore,
    /// Keys from the root, joined by dots; `*` stands for every key or element.
    pub path: String,
    #[serde(flatten)]
    pub value: ValueTest,
}

/// Instructions of Dockerfiles.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DockerMatch {
    /// In which stages to look.
    #[serde(default)]
    pub stage: Stage,
    pub instruction: String,
    #[serde(flatten)]
    pub value: ValueTest,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    #[default]
    Any,
    /// The stage that runs, with what it inherits from other stages.
    Final,
}

/// A regular expression over the text of files, behind literal keywords.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TextMatch {
    /// Literals of which a file must hold one before the expression is tried.
    pub keywords: Vec<String>,
    pub pattern: Pattern,
    /// A match whose line also matches this one is left alone.
    #[serde(default)]
    pub unless: Option<Pattern>,
    /// Roles of the files; source files when empty.
    #[serde(default)]
    pub roles: Vec<Role>,
    /// Globs of the files; all when empty.
    #[serde(default)]
    pub files: Vec<String>,
}

/// Calls by their resolved callee, in every language at once.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CallMatch {
    /// Callee paths such as `cors.default`, `requests.get`; `*` stands for any run of characters.
    pub callee: OneOrMore,
    /// Argument or option names that must be given.
    #[serde(default)]
    pub with: Vec<String>,
    /// Argument or option names that must not be given.
    #[serde(default)]
    pub without: Vec<String>,
    /// A test of one argument's constant value.
    #[serde(default)]
    pub argument: Option<ArgumentTest>,
    #[serde(default)]
    pub roles: Vec<Role>,
}

/// The constant value of an argument.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ArgumentTest {
    /// Position from 0.
    #[serde(default)]
    pub index: Option<usize>,
    /// Keyword argument, or property of an object literal among the arguments.
    #[serde(default)]
    pub name: Option<String>,
    #[serde(flatten)]
    pub value: ValueTest,
}

/// A package that a manifest declares.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DependencyMatch {
    /// Package names; `*` stands for any run of characters.
    pub name: OneOrMore,
    /// Whether development dependencies count too.
    #[serde(default)]
    pub dev: bool,
}

/// What a value must be. Without any key every value will do.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ValueTest {
    #[serde(default)]
    pub equals: Option<String>,
    #[serde(default, rename = "in")]
    pub one_of: Option<Vec<String>>,
    #[serde(default)]
    pub not_in: Option<Vec<String>>,
    #[serde(default)]
    pub matches: Option<Pattern>,
}

impl ValueTest {
    pub fn holds(&self, value: &str) -> bool {
        self.equals.as_deref().is_none_or(|equals| equals == value)
            && self.one_of.as_ref().is_none_or(|list| list.iter().any(|one| one == value))
            && self.not_in.as_ref().is_none_or(|list| list.iter().all(|one| one != value))
            && self.matches.as_ref().is_none_or(|pattern| pattern.regex().is_match(value))
    }
}

/// A regular expression that is checked when it is read and compiled when it is first needed.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    compiled: OnceLock<Regex>,
}

impl Pattern {
    pub fn regex(&self) -> &Regex {
        self.compiled.get_or_init(|| Regex::new(&self.text).expect("the expression was checked when it was read"))
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        regex_syntax::parse(&text).map_err(serde::de::Error::custom)?;
        Ok(Self { text, compiled: OnceLock::new() })
    }
}

/// Whether `text` matches `pattern`, in which `*` stands for any run of characters.
pub fn wildcard(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else { return rest.is_empty() };
    for piece in pieces {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_stand_for_any_run() {
        for (pattern, text, expected) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("requests.*", "requests.get", true),
            ("*.setHeader", "res.setHeader", true),
            ("a*c*e", "abcde", true),
            ("a*c*e", "abde", false),
            ("*", "", true),
        ] {
            assert_eq!(wildcard(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn a_condition_has_exactly_one_key() {
        let read = |text: &str| toml::from_str::<Match>(text);
        assert!(read("[bad]\nfile = \"a\"").is_ok());
        assert!(read("[bad]\nfile = \"a\"\ndependency = { name = \"b\" }").is_err());
        assert!(read("[bad]\nfiel = \"a\"").is_err());
        let nested = "[bad]\nany = [{ file = \"a\" }, { none = [{ dependency = { name = \"b\" } }] }]";
        assert!(read(nested).is_ok());
        assert!(read("[bad]\ntext = { keywords = [], pattern = \"(\" }").is_err());
    }
}
