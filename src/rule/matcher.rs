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
//!
//! Texts can name what a place shows: `{path}` is its file, `{key}` the key path, instruction, callee or package,
//! `{value}` the value, arguments, matched text or version.

use std::sync::OnceLock;

use regex::Regex;
use serde::{Deserialize, Deserializer, de::Error};

use crate::{
    doc::{self, Format, Step},
    model::PathGlobs,
    repo::Role,
};

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
    /// Only a person can answer: the message `question` says what is asked.
    #[serde(default)]
    pub ask: bool,
}

/// Reads a `[match]` and refuses one that cannot decide.
pub(super) fn decisive<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Match>, D::Error> {
    let read = Match::deserialize(from)?;
    let wrong = match (&read.bad, &read.good, &read.missing) {
        (None, None, None) if read.ask => return Ok(Some(read)),
        _ if read.ask => "[match] has `ask`, so a person decides; remove `bad`, `good` and `missing`",
        (None, None, _) => "[match] needs `bad`, `good` or both: what fails, what passes",
        (None, Some(_), None) => "[match] has only `good`; add `[match.missing]` with the path where it should be",
        (Some(_), None, Some(_)) => {
            "[match.missing] is the path of what `good` looks for; add `[match.good]` or remove it"
        }
        _ => return Ok(Some(read)),
    };
    Err(D::Error::custom(wrong))
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
#[serde(try_from = "Keys")]
pub enum Condition {
    /// Files by glob, relative to what is asked.
    File(Globs),
    Doc(DocMatch),
    Docker(DockerMatch),
    Text(TextMatch),
    Call(CallMatch),
    Dependency(DependencyMatch),
    /// Components of these kinds, by the names that reports use; `deployable` is every kind that runs on servers.
    Component(OneOrMore),
    /// Holds when one of them does; finds what they find.
    Any(Vec<Condition>),
    /// Holds when all of them do; finds what they find.
    All(Vec<Condition>),
    /// Holds when none of them does; finds no place.
    None(Vec<Condition>),
}

/// A condition as it is written, before its keys are counted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    file: Option<Globs>,
    doc: Option<DocMatch>,
    docker: Option<DockerMatch>,
    text: Option<TextMatch>,
    call: Option<CallMatch>,
    dependency: Option<DependencyMatch>,
    component: Option<OneOrMore>,
    any: Option<Vec<Condition>>,
    all: Option<Vec<Condition>>,
    none: Option<Vec<Condition>>,
}

impl TryFrom<Keys> for Condition {
    type Error = &'static str;

    fn try_from(keys: Keys) -> Result<Self, Self::Error> {
        let mut written = [
            keys.file.map(Self::File),
            keys.doc.map(Self::Doc),
            keys.docker.map(Self::Docker),
            keys.text.map(Self::Text),
            keys.call.map(Self::Call),
            keys.dependency.map(Self::Dependency),
            keys.component.map(Self::Component),
            keys.any.map(Self::Any),
            keys.all.map(Self::All),
            keys.none.map(Self::None),
        ]
        .into_iter()
        .flatten();
        match (written.next(), written.next()) {
            (Some(Self::Any(inner) | Self::All(inner) | Self::None(inner)), None) if inner.is_empty() => {
                Err("an empty list combines nothing; name at least one matcher in it")
            }
            (Some(condition), None) => Ok(condition),
            (None, _) => Err(
                "a condition needs one of `file`, `doc`, `docker`, `text`, `call`, `dependency`, `component`, `any`, `all`, `none`",
            ),
            (Some(_), Some(_)) => Err("a condition has exactly one key; combine several with `any`, `all` or `none`"),
        }
    }
}

/// A string or a list of strings.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "expected a string or a list of strings")]
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

/// Path patterns, built when they are first needed.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "OneOrMore")]
pub struct Globs {
    patterns: OneOrMore,
    built: OnceLock<PathGlobs>,
}

impl From<OneOrMore> for Globs {
    fn from(patterns: OneOrMore) -> Self {
        Self { patterns, built: OnceLock::new() }
    }
}

impl Globs {
    /// Whether `path`, relative to what is asked, matches.
    pub fn matches(&self, path: &str) -> bool {
        let build = || {
            let patterns: Vec<&str> = self.patterns.iter().collect();
            PathGlobs::new(&patterns).expect("the patterns of every rule file are checked, see `mistakes`")
        };
        self.built.get_or_init(build).matches(path)
    }
}

/// Values at a path of configuration documents.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DocMatch {
    /// Globs of the documents.
    pub files: Globs,
    /// Keys from the root, joined by dots; `*` stands for every key or element.
    pub path: String,
    #[serde(flatten)]
    pub value: ValueTest,
}

/// Instructions of Dockerfiles; the value is their arguments, joined by spaces.
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
    #[serde(deserialize_with = "keywords")]
    pub keywords: Vec<String>,
    pub pattern: Pattern,
    /// A match whose line also matches this one is left alone.
    #[serde(default)]
    pub unless: Option<Pattern>,
    /// Roles of the files. When empty: source files, or whatever `files` names.
    #[serde(default)]
    pub roles: Vec<Role>,
    /// Globs of the files; all of these roles without it.
    #[serde(default)]
    pub files: Option<Globs>,
}

fn keywords<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let keywords = Vec::<String>::deserialize(from)?;
    if keywords.is_empty() || keywords.iter().any(String::is_empty) {
        return Err(D::Error::custom("name words of which a file must hold one before the pattern is tried"));
    }
    Ok(keywords)
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
    /// Argument or option names that must not be given. A call that may give them out of sight is left alone.
    #[serde(default)]
    pub without: Vec<String>,
    /// A test of one argument's constant value.
    #[serde(default, deserialize_with = "argument")]
    pub argument: Option<ArgumentTest>,
    /// Roles of the files; source files when empty.
    #[serde(default)]
    pub roles: Vec<Role>,
}

fn argument<'de, D: Deserializer<'de>>(from: D) -> Result<Option<ArgumentTest>, D::Error> {
    let test = ArgumentTest::deserialize(from)?;
    if test.index.is_none() && test.name.is_none() {
        return Err(D::Error::custom("add an `index` or a `name`: which argument of the call is meant"));
    }
    Ok(Some(test))
}

/// The constant value of an argument: by position, by name, or by whichever of the two it is given.
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
    /// Whether every value will do.
    pub fn is_free(&self) -> bool {
        self.equals.is_none() && self.one_of.is_none() && self.not_in.is_none() && self.matches.is_none()
    }

    pub fn holds(&self, value: &str) -> bool {
        self.equals.as_deref().is_none_or(|equals| equals == value)
            && self.one_of.as_ref().is_none_or(|list| list.iter().any(|one| one == value))
            && self.not_in.as_ref().is_none_or(|list| list.iter().all(|one| one != value))
            && self.matches.as_ref().is_none_or(|pattern| pattern.regex().is_match(value))
    }
}

/// A regular expression, compiled when it is first needed.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "String")]
pub struct Pattern {
    text: String,
    compiled: OnceLock<Regex>,
}

impl From<String> for Pattern {
    fn from(text: String) -> Self {
        Self { text, compiled: OnceLock::new() }
    }
}

impl Pattern {
    pub fn regex(&self) -> &Regex {
        let compile =
            || Regex::new(&self.text).expect("the expressions of every rule file are checked, see `mistakes`");
        self.compiled.get_or_init(compile)
    }
}

/// What is wrong with a value in a rule file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct Mistake {
    pub line: usize,
    pub message: String,
}

/// The expressions and path patterns in the text of a rule file that cannot be read.
///
/// Compiling them costs more than everything else in loading a rule file, so it is not done for the rules that are
/// built in: a test does.
pub fn mistakes(text: &str) -> Vec<Mistake> {
    let doc = doc::parse(Format::Toml, text);
    let Some(root) = doc.root() else { return Vec::new() };
    root.walk()
        .filter(|(path, _)| matches!(path.steps.first(), Some(Step::Key("applies" | "match"))))
        .filter_map(|(path, node)| {
            let wrong = wrong_value(path.last_key()?, node.as_str()?)?;
            let line = text.get(..node.span.start as usize)?.matches('\n').count() + 1;
            Some(Mistake { line, message: wrong })
        })
        .collect()
}

fn wrong_value(key: &str, value: &str) -> Option<String> {
    match key {
        "pattern" | "unless" | "matches" => {
            let error = Regex::new(value).err()?.to_string();
            // The last line of a regex error says what is wrong, those before draw where.
            let reason = error.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            Some(format!("`{value}` is not a regular expression: {reason}"))
        }
        "file" | "files" => PathGlobs::new(&[value]).err().map(|error| error.to_string()),
        _ => None,
    }
}

/// Whether `text` matches `pattern`, in which `*` stands for any run of characters.
pub(super) fn wildcard(pattern: &str, text: &str) -> bool {
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
        assert!(read("[bad]\nany = []").is_err());
        assert!(read("[bad]\ndocker = { instruction = \"USER\", equal = \"root\" }").is_err());
        let nested = "[bad]\nany = [{ file = \"a\" }, { none = [{ dependency = { name = \"b\" } }] }]";
        assert!(read(nested).is_ok());
    }

    #[test]
    fn wrong_expressions_and_patterns_are_named_with_their_line() {
        let text = "id = \"x\"\n[match.bad]\nany = [\n  { file = \"a[\" },\n  { text = { keywords = [\"a\"], pattern = \"(\" } },\n]\n";
        let lines: Vec<usize> = mistakes(text).iter().map(|mistake| mistake.line).collect();
        assert_eq!(lines, [4, 5]);
        assert!(mistakes("[text.en]\nfile = \"a[\"\npattern = \"(\"\n").is_empty());
    }
}
