//! Where each matcher of a rule file finds something: in a file while it is visited, or in the repository.

use super::{
    Context, Visit,
    matcher::{
        ArgumentTest, CallMatch, DependencyMatch, DocMatch, DockerMatch, Globs, OneOrMore, Stage, TextMatch, ValueTest,
        wildcard,
    },
};
use crate::{
    code::{
        Constant, Kind, Language, NodeRef,
        docker::{Dockerfile, Instruction},
    },
    doc::{Doc, Node, Path},
    model::{FileId, Message, Place, Scope, Span},
    repo::{ComponentKind, Dependency, File, FileKind, Manifest, Repo, Role},
};

/// A place that a matcher found; its message holds what texts can name, and has no key yet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hit {
    pub(super) place: Place,
    pub(super) message: Message,
}

/// What one matcher saw of the repository.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) hits: Vec<Hit>,
    /// Files that it looked at, and those of them that it could not read wholly.
    pub(super) looked: Vec<FileId>,
    pub(super) unread: Vec<FileId>,
}

/// Bounds what one expression can say of one file.
pub(super) const MAX_MATCHES: usize = 1000;
/// Values are for a reader's eyes.
const MAX_VALUE: usize = 120;

/// Roles of the files that a rule means when it names files and no role.
pub(super) const NAMED: &[Role] =
    &[Role::Source, Role::Script, Role::Config, Role::Docs, Role::Generated, Role::Migration];

fn message(repo: &Repo, file: FileId, key: &str, value: &str) -> Message {
    let line = value.lines().next().unwrap_or_default().trim_end();
    let value = match line.char_indices().nth(MAX_VALUE) {
        Some((cut, _)) => format!("{}…", &line[..cut]),
        None => line.to_owned(),
    };
    Message::new("").with("path", repo.file(file).path.as_str()).with("key", key).with("value", value)
}

/// A file's path relative to what a rule of this scope is asked of.
fn path_within<'r>(scope: Scope, repo: &'r Repo, file: &'r File) -> &'r str {
    let folder = match scope {
        Scope::Repository => return file.path.as_str(),
        Scope::Component => repo.component(file.component).folder(),
    };
    file.path.strip_prefix(folder).unwrap_or(&file.path).as_str()
}

pub(super) fn files(globs: &Globs, cx: &Context<'_>) -> Found {
    let mut found = Found::default();
    for file in cx.all_files().filter(|file| !matches!(file.role, Role::Vendored | Role::Example)) {
        found.looked.push(file.id);
        if globs.matches(path_within(cx.meta.scope, cx.repo, file)) {
            found.hits.push(Hit { place: Place::File(file.id), message: message(cx.repo, file.id, "", file.name()) });
        }
    }
    found
}

pub(super) fn documents(wanted: &DocMatch, cx: &Context<'_>) -> Found {
    let pattern: Vec<&str> = wanted.path.split('.').collect();
    let mut found = Found::default();
    for file in cx.all_files().filter(|file| NAMED.contains(&file.role)) {
        if !wanted.files.matches(path_within(cx.meta.scope, cx.repo, file)) {
            continue;
        }
        found.looked.push(file.id);
        let doc = cx.repo.doc(file.id);
        if doc.is_none_or(|doc| !doc.is_complete()) {
            found.unread.push(file.id);
        }
        let places = doc.into_iter().flat_map(|doc| values(doc, &pattern, &wanted.value));
        found.hits.extend(places.map(|(path, node)| Hit {
            place: Place::At(file.id, node.via.unwrap_or(node.span)),
            message: message(cx.repo, file.id, &path.to_string(), node.text().unwrap_or_default()),
        }));
    }
    found
}

/// Every value at `pattern` that passes the test. Only scalars have a text to test.
fn values<'d>(doc: &'d Doc, pattern: &[&str], test: &ValueTest) -> Vec<(Path<'d>, &'d Node)> {
    doc.documents
        .iter()
        .flat_map(Node::walk)
        .filter(|(path, node)| path.is(pattern) && node.text().map_or(test.is_free(), |text| test.holds(text)))
        .collect()
}

pub(super) fn instructions(wanted: &DockerMatch, cx: &Context<'_>) -> Found {
    let mut found = Found::default();
    let images = cx.repo.of_kind(FileKind::Dockerfile);
    for file in images.filter(|file| cx.covers(file.id) && NAMED.contains(&file.role)) {
        found.looked.push(file.id);
        let Some(image) = cx.repo.dockerfile(file.id) else {
            found.unread.push(file.id);
            continue;
        };
        if !image.errors.is_empty() {
            found.unread.push(file.id);
        }
        for instruction in of_stage(image, wanted.stage) {
            let value = instruction.arguments.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
            if instruction.keyword.eq_ignore_ascii_case(&wanted.instruction) && wanted.value.holds(&value) {
                let message = message(cx.repo, file.id, &instruction.keyword, &value);
                found.hits.push(Hit { place: Place::At(file.id, instruction.span), message });
            }
        }
    }
    found
}

fn of_stage(image: &Dockerfile, stage: Stage) -> Vec<&Instruction> {
    let stages = match stage {
        Stage::Any => image.stages.iter().collect(),
        Stage::Final => image.final_stage().map(|last| image.stage_chain(last)).unwrap_or_default(),
    };
    stages.into_iter().flat_map(|stage| &stage.instructions).collect()
}

/// Components of the wanted kinds, each by the first place that tells its kind.
pub(super) fn components(kinds: &OneOrMore, cx: &Context<'_>) -> Found {
    let wanted = |kind: ComponentKind| {
        kinds.iter().any(|name| name == kind.name() || (name == "deployable" && kind.is_deployable()))
    };
    let asked = cx.repo.components().iter().filter(|component| cx.asks_repository() || component.id == cx.component.id);
    let hits = asked.filter(|component| wanted(component.kind)).filter_map(|component| {
        let reason = component.reasons.first()?;
        let message = Message::new("")
            .with("path", component.path.as_str())
            .with("key", component.kind.name())
            .with("value", reason.what.as_str());
        Some(Hit { place: reason.place.clone(), message })
    });
    Found { hits: hits.collect(), ..Found::default() }
}

pub(super) fn dependencies(wanted: &DependencyMatch, cx: &Context<'_>) -> Found {
    let manifests: Vec<&Manifest> = match cx.meta.scope {
        Scope::Repository => cx.repo.manifests().iter().collect(),
        Scope::Component => cx.repo.manifests_for(cx.component.id).collect(),
    };
    let mut found = Found::default();
    for manifest in manifests.into_iter().filter(|manifest| NAMED.contains(&cx.repo.file(manifest.file).role)) {
        found.looked.push(manifest.file);
        if manifest.damaged {
            found.unread.push(manifest.file);
        }
        let declared = manifest.dependencies.iter().filter(|dependency| is_wanted(wanted, dependency));
        found.hits.extend(declared.map(|dependency| Hit {
            place: manifest.place(dependency.span),
            message: message(
                cx.repo,
                manifest.file,
                &dependency.name,
                dependency.version.as_deref().unwrap_or_default(),
            ),
        }));
    }
    found
}

fn is_wanted(wanted: &DependencyMatch, dependency: &Dependency) -> bool {
    (wanted.dev || !dependency.is_dev()) && wanted.name.iter().any(|name| wildcard(name, &dependency.name))
}

impl TextMatch {
    /// The roles of the files that it looks at.
    pub(super) fn roles(&self) -> &[Role] {
        match (self.roles.is_empty(), &self.files) {
            (false, _) => &self.roles,
            (true, Some(_)) => NAMED,
            (true, None) => &[Role::Source],
        }
    }

    pub(super) fn looks_at(&self, scope: Scope, repo: &Repo, file: &File) -> bool {
        let named = |globs: &Globs| globs.matches(path_within(scope, repo, file));
        self.roles().contains(&file.role) && self.files.as_ref().is_none_or(named)
    }

    pub(super) fn visit(&self, scope: Scope, visit: &Visit<'_>, most: usize, mut say: impl FnMut(Hit)) {
        let held = self.keywords.iter().any(|keyword| visit.text.contains(keyword.as_str()));
        if !held || !self.looks_at(scope, visit.repo, visit.file) {
            return;
        }
        for captures in self.pattern.regex().captures_iter(visit.text).take(most) {
            let Some(whole) = captures.get(0).filter(|whole| !whole.is_empty()) else { continue };
            let lines = whole_lines(visit.text, whole.range());
            if self.unless.as_ref().is_some_and(|unless| unless.regex().is_match(lines)) {
                continue;
            }
            let value = captures.name("value").unwrap_or(whole).as_str();
            let place = Place::At(visit.file.id, Span::new(whole.start(), whole.end()));
            say(Hit { place, message: message(visit.repo, visit.file.id, "", value) });
        }
    }
}

fn whole_lines(text: &str, range: std::ops::Range<usize>) -> &str {
    let start = text[..range.start].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[range.end..].find('\n').map_or(text.len(), |newline| range.end + newline);
    &text[start..end]
}

impl CallMatch {
    pub(super) fn roles(&self) -> &[Role] {
        if self.roles.is_empty() { &[Role::Source] } else { &self.roles }
    }

    pub(super) fn looks_at(&self, file: &File) -> bool {
        file.language.is_some() && self.roles().contains(&file.role)
    }

    /// A literal for each callee without which no file can hold the call; `None` when one of them has none.
    pub(super) fn keywords(&self) -> Option<Vec<&str>> {
        self.callee.iter().map(keyword).collect()
    }

    pub(super) fn visit(&self, visit: &Visit<'_>, call: NodeRef<'_>, mut say: impl FnMut(Hit)) {
        if !self.looks_at(visit.file) {
            return;
        }
        let Some(callee) = self.called(call) else { return };
        let by_keyword = visit.file.language == Some(Language::Python);
        let is = |name: &str, expected: Given| given(call, name, by_keyword) == expected;
        let fits =
            self.with.iter().all(|name| is(name, Given::Yes)) && self.without.iter().all(|name| is(name, Given::No));
        if !fits {
            return;
        }
        let value = match &self.argument {
            Some(test) => match test.value_in(call) {
                Some(value) => value,
                None => return,
            },
            None => String::new(),
        };
        say(Hit { place: visit.place(call), message: message(visit.repo, visit.file.id, &callee, &value) });
    }

    /// The path by which the call's callee matches. A method of a value without a name is `.method`.
    fn called(&self, call: NodeRef<'_>) -> Option<String> {
        let unnamed = || call.receiver().and(call.callee_name()).map(|name| format!(".{name}"));
        let paths = [call.callee_api(), call.callee_path().or_else(unnamed)];
        paths.into_iter().flatten().find(|path| self.callee.iter().any(|pattern| wildcard(pattern, path)))
    }
}

/// The longest piece of a callee pattern that stands in the source of every call it matches. The default import
/// has a name of its own, and `self:` is our mark.
fn keyword(pattern: &str) -> Option<&str> {
    pattern
        .split(['.', '*', ':'])
        .filter(|piece| !matches!(*piece, "" | "default" | "self"))
        .max_by_key(|piece| piece.len())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Given {
    Yes,
    No,
    /// Through `...options`, or in an object that comes from elsewhere.
    Perhaps,
}

/// Whether a call passes the keyword argument `name`, or an object literal with this property.
fn given(call: NodeRef<'_>, name: &str, by_keyword: bool) -> Given {
    if call.keyword(name).is_some() {
        return Given::Yes;
    }
    let mut perhaps = call.has_spread();
    for argument in call.positional().map(NodeRef::resolved) {
        match argument.kind() {
            Kind::Object if argument.property(name).is_some() => return Given::Yes,
            Kind::Object => perhaps |= argument.has_spread(),
            _ => {}
        }
    }
    // A language without keyword arguments takes options last, in an object that may come from elsewhere.
    let last = call.positional().last().filter(|_| !by_keyword);
    perhaps |= last.is_some_and(|last| may_be_an_object(last.resolved()));
    if perhaps { Given::Perhaps } else { Given::No }
}

fn may_be_an_object(argument: NodeRef<'_>) -> bool {
    let plain = matches!(
        argument.kind(),
        Kind::Object | Kind::Array | Kind::Function | Kind::Class | Kind::Template | Kind::Regex | Kind::Binary
    );
    !plain && argument.constant().is_none()
}

impl ArgumentTest {
    /// The value of the argument that the test is about, when it passes. A free test takes any argument, constant
    /// or not.
    fn value_in(&self, call: NodeRef<'_>) -> Option<String> {
        let by_index = self.index.and_then(|index| call.argument(index));
        let by_name = || self.name.as_deref().and_then(|name| named_argument(call, name));
        let argument = by_index.or_else(by_name)?;
        match argument.constant() {
            Some(value) => Some(constant_text(value)).filter(|value| self.value.holds(value)),
            None => self.value.is_free().then(|| argument.text().to_owned()),
        }
    }
}

fn named_argument<'t>(call: NodeRef<'t>, name: &str) -> Option<NodeRef<'t>> {
    let in_objects =
        || call.positional().map(NodeRef::resolved).filter(|at| at.is(Kind::Object)).find_map(|at| at.property(name));
    call.keyword(name).or_else(in_objects)
}

fn constant_text(value: Constant) -> String {
    match value {
        Constant::String(text) => text,
        Constant::Number(number) => number.to_string(),
        Constant::Boolean(value) => value.to_string(),
        Constant::Null => "null".to_owned(),
    }
}
