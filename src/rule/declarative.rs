//! A rule without code: what its file says in `[applies]` and `[match]`, decided in one fixed way.
//!
//! | found | verdict | message |
//! |---|---|---|
//! | `applies` does not hold | not applicable | `not-applicable` |
//! | `ask` is set | a person is asked | `question` |
//! | `bad` holds | fail at its places | `bad` |
//! | `good` holds | pass at its places | `good` |
//! | `missing` is given | fail at its path | `missing` |
//! | only `bad` is given, and files were searched | pass by search | `searched` |
//! | nothing | not applicable | `not-applicable` |
//!
//! Where a file that matters could not be read, nothing is concluded from not having found something.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Context, Out, Rule, RuleFile, Visit, Watch,
    matcher::{CallMatch, Condition, DependencyMatch, DocMatch, DockerMatch, Globs, OneOrMore, TextMatch},
    search::{self, Found, Hit, MAX_MATCHES},
};
use crate::{
    code::{Kind, NodeRef},
    i18n,
    model::{Evidence, FileId, Lang, Message, Place, Scope, Site, Verdict},
    repo::Role,
};

/// A rule that its file decides.
pub(super) struct DeclaredRule {
    id: String,
    scope: Scope,
    applies: Option<Tree>,
    bad: Option<Tree>,
    good: Option<Tree>,
    /// Where `good` should be, relative to what is asked.
    missing: Option<String>,
    /// A person answers.
    asks: bool,
    /// How many places of one file, and of all files together, a matcher may find.
    most: (usize, usize),
    /// Every matcher of the rule; its index is the key of its observations.
    matchers: Vec<Matcher>,
}

/// How matchers are combined.
enum Tree {
    One(usize),
    Any(Vec<Self>),
    All(Vec<Self>),
    None(Vec<Self>),
}

enum Matcher {
    File(Globs),
    Doc(DocMatch),
    Docker(DockerMatch),
    Text(TextMatch),
    Call(CallMatch),
    Dependency(DependencyMatch),
    Component(OneOrMore),
}

impl Tree {
    fn grow(condition: Condition, matchers: &mut Vec<Matcher>) -> Self {
        let mut all = |inner: Vec<Condition>| inner.into_iter().map(|one| Self::grow(one, matchers)).collect();
        let matcher = match condition {
            Condition::Any(inner) => return Self::Any(all(inner)),
            Condition::All(inner) => return Self::All(all(inner)),
            Condition::None(inner) => return Self::None(all(inner)),
            Condition::File(globs) => Matcher::File(globs),
            Condition::Doc(wanted) => Matcher::Doc(wanted),
            Condition::Docker(wanted) => Matcher::Docker(wanted),
            Condition::Text(wanted) => Matcher::Text(wanted),
            Condition::Call(wanted) => Matcher::Call(wanted),
            Condition::Dependency(wanted) => Matcher::Dependency(wanted),
            Condition::Component(kinds) => Matcher::Component(kinds),
        };
        matchers.push(matcher);
        Self::One(matchers.len() - 1)
    }

    /// The matchers in it.
    fn matchers(&self) -> Vec<usize> {
        match self {
            Self::One(index) => vec![*index],
            Self::Any(inner) | Self::All(inner) | Self::None(inner) => inner.iter().flat_map(Self::matchers).collect(),
        }
    }

    /// What was found when it holds. `None` holds with no place.
    fn hits(&self, found: &[Found]) -> Option<Vec<Hit>> {
        match self {
            Self::One(index) => Some(found[*index].hits.clone()).filter(|hits| !hits.is_empty()),
            Self::Any(inner) => inner.iter().filter_map(|one| one.hits(found)).reduce(|all, more| [all, more].concat()),
            Self::All(inner) => {
                inner.iter().map(|one| one.hits(found)).collect::<Option<Vec<_>>>().map(|all| all.concat())
            }
            Self::None(inner) => inner.iter().all(|one| one.hits(found).is_none()).then(Vec::new),
        }
    }
}

impl DeclaredRule {
    /// Takes the match of a rule file; what does not fit together is said in a sentence.
    pub(super) fn new(file: &RuleFile) -> Result<Self, String> {
        let Some(decides) = file.matcher.clone() else {
            return Err("a rule without code needs a [match]; see the other rule files".to_owned());
        };
        let mut matchers = Vec::new();
        let mut grow = |condition: Option<Condition>| condition.map(|one| Tree::grow(one, &mut matchers));
        let rule = Self {
            id: file.id.clone(),
            scope: file.scope,
            applies: grow(file.applies.clone()),
            bad: grow(decides.bad),
            good: grow(decides.good),
            missing: decides.missing.map(|missing| missing.path),
            asks: decides.ask,
            most: (MAX_MATCHES, usize::MAX),
            matchers,
        };
        rule.check_texts(file)?;
        Ok(rule)
    }

    /// A rule of somebody else: what it finds is bounded, so that it cannot take the room of the others.
    pub(super) fn bounded(mut self) -> Self {
        self.most = (100, 2_000);
        self
    }

    /// Every message that it can say must be there in each language that the file has, and name only what a match
    /// gives.
    fn check_texts(&self, file: &RuleFile) -> Result<(), String> {
        let said = Said {
            asks: self.asks,
            applies: self.applies.is_some(),
            bad: self.bad.is_some(),
            good: self.good.is_some(),
            missing: self.missing.is_some(),
        };
        for lang in &file.text.written {
            if let Some(wrong) = said.mistakes(*lang, &file.text.of(*lang).message).into_iter().next() {
                return Err(wrong.what);
            }
        }
        Ok(())
    }

    /// What each matcher found: those that visit files from their observations, the others from the index.
    fn look(&self, cx: &Context<'_>) -> Vec<Found> {
        self.matchers
            .iter()
            .enumerate()
            .map(|(index, matcher)| {
                let mut found = match matcher {
                    Matcher::File(globs) => search::files(globs, cx),
                    Matcher::Doc(wanted) => search::documents(wanted, cx),
                    Matcher::Docker(wanted) => search::instructions(wanted, cx),
                    Matcher::Dependency(wanted) => search::dependencies(wanted, cx),
                    Matcher::Component(kinds) => search::components(kinds, cx),
                    Matcher::Text(wanted) => seen(index, cx, |file| wanted.looks_at(self.scope, cx.repo, file)),
                    Matcher::Call(wanted) => seen(index, cx, |file| wanted.looks_at(file)),
                };
                found.hits.sort();
                found.hits.dedup();
                found.hits.truncate(self.most.1);
                found
            })
            .collect()
    }

    fn failed(&self, bad: Vec<Hit>, good: Vec<Hit>, cx: &Context<'_>) -> Verdict {
        let (total, ok) = (bad.len() + good.len(), good.len());
        let nowhere = || {
            let path = self
                .missing
                .as_deref()
                .map_or_else(|| cx.component.path.clone(), |path| cx.component.folder().join(path));
            Verdict::fail(Site::new(Place::Missing(path.clone()), placeless("bad", path.as_str())), [])
        };
        let sites = bad.into_iter().map(|hit| Site::new(hit.place.clone(), hit.says("bad"))).collect();
        let counted = total > ok;
        let verdict = Verdict::fail_or(sites, nowhere).also_fine(good.into_iter().map(|hit| hit.evidence("good")));
        if counted { verdict.sites(total, ok) } else { verdict }
    }

    /// The verdict when neither `bad` nor `good` holds.
    fn otherwise(&self, found: &[Found], cx: &Context<'_>) -> Verdict {
        if let Some(path) = &self.missing {
            let path = cx.component.folder().join(path);
            let message = placeless("missing", path.as_str());
            return Verdict::fail(Site::new(Place::Missing(path), message), []);
        }
        let looked: BTreeSet<FileId> =
            found_in(self.bad.as_ref(), found).flat_map(|found| &found.looked).copied().collect();
        if self.good.is_some() || looked.is_empty() {
            return Verdict::not_applicable("not-applicable");
        }
        Verdict::pass(cx.searched("searched", looked.len()), [])
    }

    /// Files that could not be read and in which `tree` might have found something.
    fn unread(&self, tree: Option<&Tree>, found: &[Found], cx: &Context<'_>) -> usize {
        let Some(tree) = tree else { return 0 };
        let mut unread: BTreeSet<FileId> =
            found_in(Some(tree), found).flat_map(|found| &found.unread).copied().collect();
        for index in tree.matchers() {
            if matches!(self.matchers[index], Matcher::Text(_) | Matcher::Call(_)) {
                unread.extend(cx.unexamined.iter().filter(|file| found[index].looked.contains(file)));
            }
        }
        unread.len()
    }
}

impl Rule for DeclaredRule {
    fn id(&self) -> &str {
        &self.id
    }

    fn watch(&self) -> Watch {
        let mut watch = Watch::nothing();
        let mut roles: BTreeSet<Role> = BTreeSet::new();
        let mut keywords: Option<BTreeSet<&str>> = Some(BTreeSet::new());
        for matcher in &self.matchers {
            let wanted = match matcher {
                Matcher::Text(text) => {
                    watch.text = true;
                    roles.extend(text.roles());
                    Some(text.keywords.iter().map(String::as_str).collect())
                }
                Matcher::Call(call) => {
                    watch.kinds = vec![Kind::Call];
                    roles.extend(call.roles());
                    call.keywords()
                }
                _ => continue,
            };
            keywords = keywords.zip(wanted).map(|(all, more): (_, Vec<&str>)| all.into_iter().chain(more).collect());
        }
        watch.keywords = keywords.unwrap_or_default().into_iter().map(str::to_owned).collect();
        watch.roles = roles.into_iter().collect();
        watch
    }

    fn text(&self, file: &Visit<'_>, out: &mut Out<'_>) {
        for (index, matcher) in self.matchers.iter().enumerate() {
            if let Matcher::Text(wanted) = matcher {
                wanted.visit(self.scope, file, self.most.0, |hit| note(index, hit, out));
            }
        }
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        for (index, matcher) in self.matchers.iter().enumerate() {
            if let Matcher::Call(wanted) = matcher {
                wanted.visit(file, node, |hit| note(index, hit, out));
            }
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let found = self.look(cx);
        let holds = |tree: &Option<Tree>| tree.as_ref().and_then(|tree| tree.hits(&found));
        let unknown = |files: usize| Verdict::not_examined(Message::new("engine.not-examined").count("files", files));
        if self.applies.is_some() && holds(&self.applies).is_none() {
            return match self.unread(self.applies.as_ref(), &found, cx) {
                0 => Verdict::not_applicable("not-applicable"),
                files => unknown(files),
            };
        }
        if self.asks {
            return Verdict::manual("question");
        }
        let (bad, good) = (holds(&self.bad), holds(&self.good));
        let shown = [&bad, &good].into_iter().flatten().any(|hits| !hits.is_empty());
        let unread = self.unread(self.bad.as_ref(), &found, cx) + self.unread(self.good.as_ref(), &found, cx);
        match (bad, good) {
            _ if !shown && unread > 0 => unknown(unread),
            (Some(bad), good) => self.failed(bad, good.unwrap_or_default(), cx),
            (None, Some(good)) => {
                let looked =
                    found_in(self.good.as_ref(), &found).flat_map(|found| &found.looked).collect::<BTreeSet<_>>();
                let evidence = good.into_iter().map(|hit| hit.evidence("good")).collect();
                let whole = cx.component.path.as_str();
                Verdict::pass_or(evidence, || Verdict::pass(cx.searched(placeless("good", whole), looked.len()), []))
            }
            (None, None) => self.otherwise(&found, cx),
        }
    }
}

impl Hit {
    fn says(self, key: &'static str) -> Message {
        Message { key: key.into(), ..self.message }
    }

    fn evidence(self, key: &'static str) -> Evidence {
        Evidence::At { place: self.place.clone(), note: self.says(key) }
    }
}

fn note(index: usize, hit: Hit, out: &mut Out<'_>) {
    out.note(hit.place, hit.message).key = index.to_string();
}

/// What a matcher that visits files saw.
fn seen(index: usize, cx: &Context<'_>, looks_at: impl Fn(&crate::repo::File) -> bool) -> Found {
    let key = index.to_string();
    let mine = cx.seen.iter().filter(|seen| seen.key == key);
    Found {
        hits: mine.map(|seen| Hit { place: seen.place.clone(), message: seen.message.clone() }).collect(),
        looked: cx.all_files().filter(|file| looks_at(file)).map(|file| file.id).collect(),
        unread: Vec::new(),
    }
}

fn found_in<'f>(tree: Option<&Tree>, found: &'f [Found]) -> impl Iterator<Item = &'f Found> {
    tree.map(Tree::matchers).unwrap_or_default().into_iter().map(|index| &found[index])
}

/// Which parts a rule file has: they decide what the rule can say.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "the parts of a file are independent of each other")]
pub(super) struct Said {
    pub(super) asks: bool,
    pub(super) applies: bool,
    pub(super) bad: bool,
    pub(super) good: bool,
    pub(super) missing: bool,
}

/// A text that is missing, useless or wrong.
pub(super) struct TextMistake {
    /// The key of the message, when the file has it.
    pub(super) key: Option<String>,
    pub(super) what: String,
}

impl Said {
    pub(super) fn messages(self) -> Vec<&'static str> {
        let decides = !self.asks && !self.missing;
        [
            (self.asks, "question"),
            (self.applies || decides, "not-applicable"),
            (self.bad, "bad"),
            (self.good, "good"),
            (self.missing, "missing"),
            (decides && !self.good, "searched"),
        ]
        .into_iter()
        .filter_map(|(said, key)| said.then_some(key))
        .collect()
    }

    /// What is wrong with the messages in one language.
    pub(super) fn mistakes(self, lang: Lang, messages: &BTreeMap<String, String>) -> Vec<TextMistake> {
        let name = match lang {
            Lang::En => "en",
            Lang::Ru => "ru",
        };
        let mut mistakes = Vec::new();
        for key in self.messages() {
            let Some(text) = messages.get(key) else {
                let what = format!("[text.{name}.message] needs `{key}`, because the [match] can say it");
                mistakes.push(TextMistake { key: None, what });
                continue;
            };
            if let Err(error) = i18n::render(text, &sample(key), lang) {
                let what = format!("[text.{name}.message] `{key}`: {error}; a match gives {}", given(key));
                mistakes.push(TextMistake { key: Some(key.to_owned()), what });
            }
        }
        for unused in messages.keys().filter(|key| !self.messages().contains(&key.as_str())) {
            let what = format!("[text.{name}.message] has `{unused}`, which the [match] never says; remove it");
            mistakes.push(TextMistake { key: Some(unused.clone()), what });
        }
        mistakes
    }
}

/// A message about what is nowhere, at `path`.
fn placeless(key: &'static str, path: &str) -> Message {
    Message::new(key).with("path", path).with("key", "").with("value", "")
}

/// A message with everything that a text under `key` can name.
fn sample(key: &'static str) -> Message {
    match key {
        "not-applicable" | "searched" | "question" => Message::new(key),
        "missing" => Message::new(key).with("path", "p"),
        _ => placeless(key, "p"),
    }
}

fn given(key: &str) -> &'static str {
    match key {
        "not-applicable" | "searched" | "question" => "no values here",
        "missing" => "only `path` here",
        _ => "`path`, `key` and `value`",
    }
}
