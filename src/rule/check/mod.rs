//! Every mistake of a team's rule file at once, each at its place with a way out.
//!
//! The rules that are built in are read by their types alone, which is faster and stops at the first mistake: tests
//! read them. A file of a team is somebody's first one, so it is read against the grammar, key by key, before the
//! types see it.

mod grammar;

use std::{collections::BTreeMap, ops::Range};

use grammar::{COMBINED, CONDITION, Key, LANGUAGE, MATCH, RULE, Shape};
use regex::RegexBuilder;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{declarative::Said, notices};
use crate::{
    config::Problem,
    model::{Categories, Lang, PathGlobs, nearest},
};

/// Longer texts are no texts.
const MAX_TEXT: usize = 4_000;
/// Longer expressions are programs.
const MAX_PATTERN: usize = 1_000;
/// What a compiled expression may take, so that no rule slows the others down.
const MAX_COMPILED: usize = 256 * 1024;
const MAX_LIST: usize = 200;
const MAX_DEPTH: usize = 8;
const MAX_MATCHERS: usize = 100;

/// What a rule file may name.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    /// The name of the file, without its extension.
    pub(super) stem: &'a str,
    /// Ids of the rules that are built in.
    pub(super) built_in: &'a [&'a str],
    /// Ids of the team's rules, those of other files and of this one.
    pub(super) team: &'a [String],
    /// The category that the file's folder names.
    pub(super) folder: Option<&'a str>,
}

type Value<'v> = Spanned<DeValue<'v>>;

/// The mistakes in the text of a rule file, in order.
pub(super) fn problems(text: &str, known: Known<'_>) -> Vec<Problem> {
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return errors.iter().map(|error| syntax(error, text)).collect();
    }
    let mut reader = Reader { known, matchers: 0, problems: Vec::new() };
    let document = document.get_ref();
    reader.section(document, 0..0, "", RULE, 0);
    reader.identity(document);
    reader.decision(document);
    reader.texts(document);
    reader.problems.sort_by_key(|problem| (problem.span.start, problem.span.end));
    reader.problems
}

/// The id that a file gives its rule, and its place, also when nothing else in the file is right.
pub(super) fn id_of(text: &str) -> Option<String> {
    let (document, _) = DeTable::parse_recoverable(text);
    get(document.get_ref(), "id")?.get_ref().as_str().map(str::to_owned)
}

/// Where the value of a key at the top of a file stands.
pub(super) fn span_of(text: &str, key: &str) -> Range<usize> {
    let (document, _) = DeTable::parse_recoverable(text);
    get(document.get_ref(), key).map_or(0..0, Spanned::span)
}

fn get<'t, 'i>(table: &'t DeTable<'i>, key: &str) -> Option<&'t Value<'i>> {
    table.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
}

fn inner<'t, 'i>(table: &'t DeTable<'i>, key: &str) -> Option<&'t DeTable<'i>> {
    get(table, key)?.get_ref().as_table()
}

fn syntax(error: &toml::de::Error, text: &str) -> Problem {
    let span = error.span().unwrap_or(text.len()..text.len());
    problem(format!("this is not TOML: {}", error.message().replace('\n', ", ")), span)
}

pub(super) fn problem(message: impl Into<String>, span: Range<usize>) -> Problem {
    Problem { message: message.into(), span, label: None, help: None }
}

fn helped(message: impl Into<String>, span: Range<usize>, help: impl Into<String>) -> Problem {
    Problem { help: Some(help.into()), ..problem(message, span) }
}

struct Reader<'a> {
    known: Known<'a>,
    matchers: usize,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn say(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// A section: every key is known and right, and every key that is needed is there, if only misspelt.
    fn section(&mut self, table: &DeTable<'_>, span: Range<usize>, name: &str, keys: &'static [Key], depth: usize) {
        for (key, value) in table {
            let written = key.get_ref().as_ref();
            match keys.iter().find(|known| known.name == written) {
                Some(known) => self.value(value, &path(name, written), known.shape, depth),
                None => self.unknown(written, key.span(), name, keys),
            }
        }
        let names = || keys.iter().map(|key| key.name);
        let unknown =
            table.iter().map(|(key, _)| key.get_ref().as_ref()).filter(|key| !names().any(|name| name == *key));
        let meant: Vec<&str> = unknown.filter_map(|key| nearest(key, names())).collect();
        for (key, why) in keys.iter().filter_map(|key| Some((key.name, key.needed?))) {
            if get(table, key).is_none() && !meant.contains(&key) {
                let place = if name.is_empty() { "this rule".to_owned() } else { format!("`{name}`") };
                self.say(helped(format!("`{key}` is missing in {place}"), span.clone(), format!("`{key}` {why}")));
            }
        }
    }

    fn unknown(&mut self, key: &str, span: Range<usize>, section: &str, keys: &'static [Key]) {
        let place = if section.is_empty() { String::new() } else { format!(" in `{section}`") };
        let what = format!("unknown key `{key}`{place}");
        let is_condition = CONDITION.iter().any(|known| known.name == key) || COMBINED.contains(&key);
        let help = if let Some(meant) = nearest(key, keys.iter().map(|key| key.name)) {
            format!("did you mean `{meant}`?")
        } else if section == "match" && is_condition {
            format!("`{key}` says what to look for: put it below `[match.bad]` or `[match.good]`")
        } else if section.is_empty() && LANGUAGE.iter().any(|known| known.name == key) {
            format!("`{key}` is a text: put it below `[text.en]`")
        } else if section.is_empty() && MATCH.iter().any(|known| known.name == key) {
            format!("`{key}` is a part of the match: write `[match.{key}]`")
        } else {
            format!("known keys: {}", listed(keys.iter().map(|key| key.name)))
        };
        self.say(helped(what, span, help));
    }

    fn value(&mut self, value: &Value<'_>, name: &str, shape: Shape, depth: usize) {
        let span = value.span();
        match shape {
            Shape::Text => {
                self.text(value, name);
            }
            Shape::Value => match value.get_ref() {
                DeValue::String(_) => {}
                other => {
                    let help = "values of documents and arguments are compared as texts: put it in quotes";
                    self.wrong(span, name, "a text", other, Some(help));
                }
            },
            Shape::Choice(words) => self.choice(value, name, words),
            Shape::Category => {
                let words: Vec<&str> = Categories::embedded().all.iter().map(|one| one.id.as_str()).collect();
                self.choice(value, name, &words);
            }
            Shape::Whole(least, most) => self.whole(value, name, least, most),
            Shape::Flag if value.get_ref().as_bool().is_none() => {
                self.wrong(span, name, "`true` or `false`", value.get_ref(), None);
            }
            Shape::Flag => {}
            Shape::Texts => {
                for one in self.list(value, name) {
                    self.text(one, name);
                }
            }
            Shape::Choices(words) => {
                for one in self.list(value, name) {
                    self.choice(one, name, words);
                }
            }
            Shape::Numbers => match value.get_ref().as_array() {
                Some(array) => {
                    for one in array {
                        self.whole(one, name, 1, i64::from(u32::MAX));
                    }
                }
                None => self.wrong(span, name, "a list of numbers", value.get_ref(), None),
            },
            Shape::Regex => self.regex(value, name),
            Shape::Globs => {
                for one in self.list(value, name) {
                    self.glob(one, name);
                }
            }
            Shape::Rules => {
                for one in self.list(value, name) {
                    self.rule(one, name);
                }
            }
            Shape::Section(keys) => match value.get_ref().as_table() {
                Some(table) => self.part(table, span, name, keys, depth),
                None => self.wrong(span, name, "a section", value.get_ref(), None),
            },
            Shape::Sections(keys) => self.sections(value, name, keys, depth),
            Shape::Condition => self.condition(value, name, depth),
            Shape::Messages => self.messages(value, name),
        }
    }

    /// A section, with what its keys must be together.
    fn part(&mut self, table: &DeTable<'_>, span: Range<usize>, name: &str, keys: &'static [Key], depth: usize) {
        self.section(table, span.clone(), name, keys, depth);
        let has = |key: &str| get(table, key).is_some();
        if name.ends_with("call.argument") && !has("index") && !has("name") {
            let what = format!("`{name}` does not say which argument is meant");
            self.say(helped(what, span.clone(), "add `index = 0` for the first one, or `name = \"...\"`"));
        }
        let empty =
            |key: &str| get(table, key).and_then(|list| list.get_ref().as_array()).is_some_and(|it| it.is_empty());
        if empty("keywords") || empty("callee") {
            self.say(helped(format!("`{name}` looks for nothing"), span, "name at least one word in the list"));
        }
    }

    fn sections(&mut self, value: &Value<'_>, name: &str, keys: &'static [Key], depth: usize) {
        let Some(array) = value.get_ref().as_array() else {
            let help = format!("write `[[{name}]]`, with two brackets on each side");
            return self.wrong(value.span(), name, "a list of sections", value.get_ref(), Some(&help));
        };
        for one in array {
            match one.get_ref().as_table() {
                Some(table) => self.part(table, one.span(), name, keys, depth),
                None => self.wrong(one.span(), name, "a section", one.get_ref(), None),
            }
        }
    }

    fn condition(&mut self, value: &Value<'_>, name: &str, depth: usize) {
        let Some(table) = value.get_ref().as_table() else {
            return self.wrong(value.span(), name, "a section with one matcher", value.get_ref(), None);
        };
        if depth > MAX_DEPTH {
            return self.say(problem(format!("conditions are nested more than {MAX_DEPTH} deep"), value.span()));
        }
        let names = || CONDITION.iter().map(|key| key.name).chain(COMBINED);
        let mut known = Vec::new();
        for (key, inside) in table {
            let written = key.get_ref().as_ref();
            if COMBINED.contains(&written) {
                known.push(key.span());
                self.combined(inside, &path(name, written), depth);
            } else if let Some(matcher) = CONDITION.iter().find(|one| one.name == written) {
                known.push(key.span());
                self.count_matcher(key.span());
                self.value(inside, &path(name, written), matcher.shape, depth);
            } else {
                let what = format!("there is no matcher `{written}`");
                self.say(match nearest(written, names()) {
                    Some(meant) => helped(what, key.span(), format!("did you mean `{meant}`?")),
                    None => helped(what, key.span(), format!("matchers: {}", listed(names()))),
                });
                known.push(key.span());
            }
        }
        match known.as_slice() {
            [] => {
                let help = format!("add one of {}", listed(names()));
                self.say(helped(format!("`{name}` looks for nothing"), value.span(), help));
            }
            [_] => {}
            [_, second, ..] => {
                let what = format!("`{name}` has several matchers, and a condition has exactly one");
                self.say(helped(what, second.clone(), "combine them: `any = [{ ... }, { ... }]`, `all` or `none`"));
            }
        }
    }

    fn combined(&mut self, value: &Value<'_>, name: &str, depth: usize) {
        match value.get_ref().as_array() {
            Some(array) if array.is_empty() => {
                self.say(helped(format!("`{name}` combines nothing"), value.span(), "name at least one matcher in it"));
            }
            Some(array) => {
                for one in array {
                    self.condition(one, name, depth + 1);
                }
            }
            None => {
                let help = "write `[{ file = \"a\" }, { file = \"b\" }]`";
                self.wrong(value.span(), name, "a list of matchers", value.get_ref(), Some(help));
            }
        }
    }

    fn count_matcher(&mut self, span: Range<usize>) {
        self.matchers += 1;
        if self.matchers == MAX_MATCHERS + 1 {
            let help = "write several rules, each with a criterion of its own";
            self.say(helped(format!("a rule has at most {MAX_MATCHERS} matchers"), span, help));
        }
    }

    /// The elements of a list, or the one text that stands for a list.
    fn list<'v, 'i>(&mut self, value: &'v Value<'i>, name: &str) -> Vec<&'v Value<'i>> {
        match value.get_ref() {
            DeValue::String(_) => vec![value],
            DeValue::Array(array) if array.len() > MAX_LIST => {
                self.say(problem(format!("`{name}` has more than {MAX_LIST} elements"), value.span()));
                Vec::new()
            }
            DeValue::Array(array) => array.iter().collect(),
            other => {
                self.wrong(value.span(), name, "a text or a list of texts", other, None);
                Vec::new()
            }
        }
    }

    /// A text that says something, and not too much.
    fn text<'v>(&mut self, value: &'v Value<'_>, name: &str) -> Option<&'v str> {
        let Some(text) = value.get_ref().as_str() else {
            self.wrong(value.span(), name, "a text", value.get_ref(), None);
            return None;
        };
        if text.trim().is_empty() {
            self.say(problem(format!("`{name}` is empty"), value.span()));
            return None;
        }
        if text.len() > MAX_TEXT {
            self.say(problem(format!("`{name}` is longer than {MAX_TEXT} bytes"), value.span()));
            return None;
        }
        Some(text)
    }

    fn choice(&mut self, value: &Value<'_>, name: &str, words: &[&str]) {
        let Some(text) = self.text(value, name) else { return };
        if words.contains(&text) {
            return;
        }
        let help = match nearest(text, words.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("one of {}", listed(words.iter().copied())),
        };
        self.say(helped(format!("`{text}` is no value of `{name}`"), value.span(), help));
    }

    fn whole(&mut self, value: &Value<'_>, name: &str, least: i64, most: i64) {
        let number = value.get_ref().as_integer().map(|it| i64::from_str_radix(it.as_str(), it.radix()));
        match number {
            Some(Ok(number)) if (least..=most).contains(&number) => {}
            Some(_) => self.say(problem(format!("`{name}` must be from {least} to {most}"), value.span())),
            None => self.wrong(value.span(), name, "a whole number", value.get_ref(), None),
        }
    }

    fn regex(&mut self, value: &Value<'_>, name: &str) {
        let Some(text) = self.text(value, name) else { return };
        if text.len() > MAX_PATTERN {
            return self.say(problem(format!("`{name}` is longer than {MAX_PATTERN} bytes"), value.span()));
        }
        let Err(error) = RegexBuilder::new(text).size_limit(MAX_COMPILED).build() else { return };
        let what = format!("`{name}` is not a regular expression");
        self.say(match error {
            regex::Error::CompiledTooBig(_) => {
                let help = "repeat less: `{1,1000}` and large classes take the room";
                helped(format!("`{name}` takes too much room when it is compiled"), value.span(), help)
            }
            other => {
                // The last line says what is wrong, those before draw where.
                let shown = other.to_string();
                let reason = shown.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
                let help = "write it in single quotes, where a backslash stands for itself";
                let help = if reason.contains("look-around") || reason.contains("backreference") {
                    "use `unless = '...'` for what must not stand on the line".to_owned()
                } else if text.contains('\\') {
                    help.to_owned()
                } else {
                    "a character with a meaning of its own is written behind a backslash: `\\(`".to_owned()
                };
                Problem { label: Some(reason), ..helped(what, value.span(), help) }
            }
        });
    }

    fn glob(&mut self, value: &Value<'_>, name: &str) {
        let Some(pattern) = self.text(value, name) else { return };
        if let Err(error) = PathGlobs::new(&[pattern]) {
            let help = "`*` stays within a folder, `**` crosses folders, as in \"services/**/*.ts\"";
            self.say(helped(error.to_string(), value.span(), help));
        }
    }

    fn rule(&mut self, value: &Value<'_>, name: &str) {
        let Some(id) = self.text(value, name) else { return };
        let own = self.known.team.iter().map(String::as_str);
        let mut all = self.known.built_in.iter().copied().chain(own);
        if all.any(|one| one == id) {
            return;
        }
        let own = self.known.team.iter().map(String::as_str);
        let help = match nearest(id, self.known.built_in.iter().copied().chain(own)) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "`readiness rules` lists them all".to_owned(),
        };
        self.say(helped(format!("there is no rule `{id}`"), value.span(), help));
    }

    fn messages(&mut self, value: &Value<'_>, name: &str) {
        match value.get_ref().as_table() {
            Some(table) => {
                for (key, value) in table {
                    self.text(value, &path(name, key.get_ref()));
                }
            }
            None => self.wrong(value.span(), name, "a section of texts", value.get_ref(), None),
        }
    }

    fn wrong(&mut self, span: Range<usize>, name: &str, expected: &str, found: &DeValue<'_>, help: Option<&str>) {
        let found = match found {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "`true` or `false`",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a section",
        };
        let problem = problem(format!("`{name}` must be {expected}"), span);
        self.say(Problem { label: Some(format!("this is {found}")), help: help.map(str::to_owned), ..problem });
    }

    /// The id is well-formed, the file's name, and nobody else's; the category is known.
    fn identity(&mut self, document: &DeTable<'_>) {
        if get(document, "category").is_none() && self.known.folder.is_none() {
            let names = listed(Categories::embedded().all.iter().map(|one| one.id.as_str()));
            let help = format!("add `category = \"...\"`, or put the file into a folder of that name: {names}");
            self.say(helped("the category of this rule is missing", 0..0, help));
        }
        let Some(value) = get(document, "id") else { return };
        let Some(id) = value.get_ref().as_str() else { return };
        let span = value.span();
        if !is_kebab(id) {
            let help = "lower-case words joined by hyphens that name the defect, like `legacy-client-used`";
            self.say(helped(format!("`{id}` is no id for a rule"), span, help));
        } else if id != self.known.stem {
            let help = format!("rename the file to `{id}.toml`, and its case file to `{id}.md`");
            self.say(helped(format!("the id is `{id}`, and the file is named `{}`", self.known.stem), span, help));
        } else if self.known.built_in.contains(&id) {
            let help =
                format!("choose another id; to change the built-in rule, write `[rules.{id}]` into readiness.toml");
            self.say(helped(format!("`{id}` is a rule that is built in"), span, help));
        } else if notices().iter().any(|notice| notice.meta.id == id) {
            let help = "choose another id";
            self.say(helped(format!("`{id}` is what is said about suppressions"), span, help));
        }
    }

    /// The parts of the match fit together.
    fn decision(&mut self, document: &DeTable<'_>) {
        let Some(decides) = inner(document, "match") else { return };
        let span = get(document, "match").map_or(0..0, Spanned::span);
        let has = |key: &str| get(decides, key).is_some();
        let asks = get(decides, "ask").and_then(|ask| ask.get_ref().as_bool()) == Some(true);
        let (what, help) = match (has("bad"), has("good"), has("missing")) {
            (false, false, false) if asks => return,
            _ if asks => {
                ("`ask` lets a person decide, and so nothing is matched", "remove `bad`, `good` and `missing`")
            }
            (false, false, _) => {
                ("`match` does not decide", "add `[match.bad]` for what fails, `[match.good]` for what passes, or both")
            }
            (false, true, false) => {
                ("`match.good` alone never fails", "add `[match.missing]` with the `path` where the thing should be")
            }
            (true, false, true) => {
                ("`match.missing` is the path of what `match.good` looks for", "add `[match.good]`, or remove it")
            }
            _ => return,
        };
        // A misspelt part has been named already.
        if decides.iter().all(|(key, _)| MATCH.iter().any(|known| known.name == key.get_ref())) {
            self.say(helped(what, span, help));
        }
    }

    /// Every message that the rule can say is there in each language, and names only what a match gives.
    fn texts(&mut self, document: &DeTable<'_>) {
        let Some(text) = inner(document, "text") else { return };
        let decides = inner(document, "match");
        let has = |key: &str| decides.is_some_and(|decides| get(decides, key).is_some());
        let said = Said {
            asks: decides.and_then(|it| get(it, "ask")).and_then(|ask| ask.get_ref().as_bool()) == Some(true),
            applies: get(document, "applies").is_some(),
            bad: has("bad"),
            good: has("good"),
            missing: has("missing"),
        };
        let mut written = 0;
        for (name, lang) in [("en", Lang::En), ("ru", Lang::Ru)] {
            let Some(value) = get(text, name) else { continue };
            written += 1;
            let Some(texts) = value.get_ref().as_table() else { continue };
            let messages = inner(texts, "message");
            let read: BTreeMap<String, String> = messages
                .into_iter()
                .flatten()
                .filter_map(|(key, text)| Some((key.get_ref().to_string(), text.get_ref().as_str()?.to_owned())))
                .collect();
            let place = get(texts, "message").map_or_else(|| value.span(), Spanned::span);
            for mistake in said.mistakes(lang, &read) {
                let key = mistake.key.as_deref();
                let at = messages.into_iter().flatten().find(|(one, _)| key == Some(one.get_ref().as_ref()));
                let span = at.map_or_else(|| place.clone(), |(key, text)| key.span().start..text.span().end);
                self.say(problem(mistake.what, span));
            }
        }
        if written == 0 {
            let span = get(document, "text").map_or(0..0, Spanned::span);
            self.say(helped("a rule needs texts in one language at least", span, "write `[text.en]` or `[text.ru]`"));
        }
    }
}

/// Lower-case words joined by hyphens.
pub(super) fn is_kebab(id: &str) -> bool {
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    id.len() <= 80
        && id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.split('-').all(|word| !word.is_empty() && word.chars().all(letters))
}

fn path(section: &str, key: &str) -> String {
    if section.is_empty() { key.to_owned() } else { format!("{section}.{key}") }
}

fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
