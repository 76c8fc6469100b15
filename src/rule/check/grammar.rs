//! What may stand in a rule file: keys, their values, and why a key is needed. Plain data for the reader in
//! [`super`], and for whoever documents it.

/// What a value must be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    /// A text that says something.
    Text,
    /// A text; may be empty.
    Value,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// One of the categories.
    Category,
    /// A whole number in a range.
    Whole(i64, i64),
    /// `true` or `false`.
    Flag,
    /// A list of texts, or one text alone.
    Texts,
    /// A list, or one alone, of these words.
    Choices(&'static [&'static str]),
    /// A list of whole numbers.
    Numbers,
    /// A regular expression.
    Regex,
    /// Path patterns: a list, or one alone.
    Globs,
    /// Ids of other rules.
    Rules,
    /// A section with these keys.
    Section(&'static [Key]),
    /// Any number of sections with these keys.
    Sections(&'static [Key]),
    /// One matcher, or several combined.
    Condition,
    /// Messages by key.
    Messages,
}

/// A key of a section.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    /// Why the key must be there; completes a sentence that begins with the key.
    pub(super) needed: Option<&'static str>,
}

const fn may(name: &'static str, shape: Shape) -> Key {
    Key { name, shape, needed: None }
}

const fn must(name: &'static str, shape: Shape, why: &'static str) -> Key {
    Key { name, shape, needed: Some(why) }
}

pub(super) const SEVERITIES: &[&str] = &["critical", "high", "medium", "low", "info"];
const ROLES: &[&str] =
    &["source", "test", "script", "config", "docs", "example", "generated", "vendored", "migration", "story"];
const COMPONENTS: &[&str] = &[
    "root",
    "http-service",
    "worker",
    "web-app",
    "client-app",
    "cli",
    "library",
    "package",
    "infrastructure",
    "unknown",
    "deployable",
];
/// Minutes of four weeks: the most that a plan can use.
const FOUR_WEEKS: i64 = 4 * 5 * 8 * 60;

/// The whole file.
pub(super) const RULE: &[Key] = &[
    must("id", Shape::Text, "names the defect, like `legacy-client-used`"),
    may("category", Shape::Category),
    must("severity", Shape::Choice(SEVERITIES), "is the weight in the score"),
    may("severity-reason", Shape::Text),
    may("scope", Shape::Choice(&["repository", "component"])),
    may("confidence", Shape::Choice(&["certain", "likely", "guess"])),
    may("parents", Shape::Rules),
    may("effort", Shape::Whole(1, FOUR_WEEKS)),
    may("phase", Shape::Whole(1, 4)),
    may("mandatory", Shape::Flag),
    may("creates", Shape::Texts),
    may("cwe", Shape::Numbers),
    may("reference", Shape::Sections(REFERENCE)),
    may("applies", Shape::Condition),
    must("match", Shape::Section(MATCH), "decides: write `[match.bad]`, `[match.good]` or both"),
    must("text", Shape::Section(TEXT), "says what is wrong and what to do: write `[text.en]`"),
];

const REFERENCE: &[Key] = &[
    must("title", Shape::Text, "names the document"),
    must("url", Shape::Text, "is its address, beginning with `https://`"),
];

pub(super) const MATCH: &[Key] = &[
    may("bad", Shape::Condition),
    may("good", Shape::Condition),
    may("missing", Shape::Section(&[must("path", Shape::Text, "is where the thing should be")])),
    may("ask", Shape::Flag),
];

const TEXT: &[Key] = &[may("en", Shape::Section(LANGUAGE)), may("ru", Shape::Section(LANGUAGE))];

pub(super) const LANGUAGE: &[Key] = &[
    must("title", Shape::Text, "is the criterion that should hold"),
    must("why", Shape::Text, "says what happens when it does not hold"),
    must("fix", Shape::Text, "says what to do"),
    may("message", Shape::Messages),
];

/// The keys of a condition: exactly one of them stands in each.
pub(super) const CONDITION: &[Key] = &[
    may("file", Shape::Globs),
    may("doc", Shape::Section(DOC)),
    may("docker", Shape::Section(DOCKER)),
    may("text", Shape::Section(TEXT_MATCH)),
    may("call", Shape::Section(CALL)),
    may("dependency", Shape::Section(DEPENDENCY)),
    may("component", Shape::Choices(COMPONENTS)),
];

/// The keys of a condition that combine others.
pub(super) const COMBINED: [&str; 3] = ["any", "all", "none"];

const EQUALS: Key = may("equals", Shape::Value);
const IN: Key = may("in", Shape::Texts);
const NOT_IN: Key = may("not-in", Shape::Texts);
const MATCHES: Key = may("matches", Shape::Regex);

const DOC: &[Key] = &[
    must("files", Shape::Globs, "names the documents, like \"**/package.json\""),
    must("path", Shape::Text, "is the path of keys in them, joined by dots, like \"scripts.start\""),
    EQUALS,
    IN,
    NOT_IN,
    MATCHES,
];

const DOCKER: &[Key] = &[
    may("stage", Shape::Choice(&["any", "final"])),
    must("instruction", Shape::Text, "is the Dockerfile's, like \"USER\""),
    EQUALS,
    IN,
    NOT_IN,
    MATCHES,
];

const TEXT_MATCH: &[Key] = &[
    must("keywords", Shape::Texts, "lists words of which a file must hold one before the pattern is tried"),
    must("pattern", Shape::Regex, "is the regular expression"),
    may("unless", Shape::Regex),
    may("roles", Shape::Choices(ROLES)),
    may("files", Shape::Globs),
];

const CALL: &[Key] = &[
    must("callee", Shape::Texts, "names the function, like \"requests.get\" or \"*.listen\""),
    may("with", Shape::Texts),
    may("without", Shape::Texts),
    may("argument", Shape::Section(ARGUMENT)),
    may("roles", Shape::Choices(ROLES)),
];

const ARGUMENT: &[Key] = &[may("index", Shape::Whole(0, 255)), may("name", Shape::Text), EQUALS, IN, NOT_IN, MATCHES];

const DEPENDENCY: &[Key] =
    &[must("name", Shape::Texts, "names the package; `*` stands for any characters"), may("dev", Shape::Flag)];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::Severity,
        repo::{ComponentKind, Role},
    };

    #[test]
    fn the_words_are_those_of_the_program() {
        assert_eq!(Severity::ALL.map(Severity::as_str), SEVERITIES);
        let roles: Vec<String> = Role::ALL.iter().map(|role| format!("{role:?}").to_lowercase()).collect();
        assert_eq!(roles, ROLES);
        for kind in [ComponentKind::Root, ComponentKind::HttpService, ComponentKind::Library, ComponentKind::Unknown] {
            assert!(COMPONENTS.contains(&kind.name()));
        }
    }
}
