//! The files joined: from a name to its definition, from a function to the functions it calls.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    CallSite, Class, ExportSource, Function, ImportWay, ModuleFacts, Name, Resolver, Root, Shape, Target, Value,
};
use crate::{
    code::Language,
    facts::{Facts, access::AccessFacts},
    model::{FileId, Place, Span, Table},
    repo::{Repo, Role},
};

/// Steps from a name to its definition: re-exports, aliases, fields. Real chains have a handful.
const HOPS: usize = 24;
/// Functions looked at in one search for what a function reaches.
const REACH: usize = 400;

/// By function: the functions that it calls, each with the index of the call.
#[derive(Default)]
struct Callees(Table<FunctionId, Arc<Vec<(usize, FunctionId)>>>);

/// A function of the repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionId {
    pub file: FileId,
    /// Index into [`ModuleFacts::functions`].
    pub index: usize,
}

/// What a name leads to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Definition<'a> {
    Function(FunctionId),
    Class {
        file: FileId,
        class: &'a Class,
    },
    /// A constant that is neither; its names are those of `file`.
    Value {
        file: FileId,
        value: &'a Value,
    },
    /// Something written where it is exported: an object, a call.
    Shape {
        file: FileId,
        shape: &'a Shape,
    },
    /// The whole of a file.
    File(FileId),
    /// Outside the repository: the package or standard module that was imported.
    Package,
    /// Not found: a parameter, a global, or something computed.
    Unknown,
}

/// Every file's imports, exports and definitions, joined. A view: cheap to make and to copy.
#[derive(Debug, Clone, Copy)]
pub struct Modules<'a> {
    repo: &'a Repo,
    facts: &'a Facts,
    resolver: &'a Resolver,
}

impl<'a> Modules<'a> {
    pub(in crate::facts) fn new(repo: &'a Repo, facts: &'a Facts, resolver: &'a Resolver) -> Self {
        Self { repo, facts, resolver }
    }

    pub fn file(&self, file: FileId) -> Option<&'a ModuleFacts> {
        self.facts.of(file).map(|facts| &facts.modules)
    }

    /// What a file says about access. Needs [`crate::facts::Fact::Access`].
    pub fn access(&self, file: FileId) -> Option<&'a AccessFacts> {
        self.facts.of(file).map(|facts| &facts.access)
    }

    /// An answer that rests on facts, worked out once per scan.
    pub(in crate::facts) fn once<T: Send + Sync + 'static>(&self, tell: impl FnOnce() -> T) -> Arc<T> {
        self.facts.once(tell)
    }

    /// As [`Modules::access`], of every file.
    pub fn access_files(&self) -> impl Iterator<Item = (FileId, &'a AccessFacts)> {
        self.facts.files().map(|(file, facts)| (file, &facts.access))
    }

    /// Every file that was read, in order of path.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &'a ModuleFacts)> {
        self.facts.files().map(|(file, facts)| (file, &facts.modules))
    }

    /// The function that `id` was made for.
    ///
    /// # Panics
    ///
    /// When `id` comes from another scan.
    pub fn function(&self, id: FunctionId) -> &'a Function {
        &self.file(id.file).expect("ids are made from files with facts").functions[id.index]
    }

    pub fn place(&self, id: FunctionId) -> Place {
        Place::At(id.file, self.function(id).span)
    }

    /// The innermost function around a place.
    pub fn function_around(&self, file: FileId, span: Span) -> Option<FunctionId> {
        let index = self.file(file)?.function_around(span)?;
        Some(FunctionId { file, index })
    }

    /// The function that is exactly at `span`.
    pub fn function_at(&self, file: FileId, span: Span) -> Option<FunctionId> {
        let index = self.file(file)?.function_at(span)?;
        Some(FunctionId { file, index })
    }

    /// The file that `from module import name` means when `name` is a module itself.
    pub fn submodule(self, from: FileId, module: &str, name: &str) -> Option<FileId> {
        self.resolver.submodule(self.repo, from, module, name)
    }

    /// Where a module that `from` imports lies.
    pub fn target(&self, from: FileId, module: &str) -> Target {
        self.resolver.resolve(self.repo, from, module)
    }

    /// What `name`, as written in `file`, leads to. `at` is the function around it, for `this` and `self`.
    pub fn definition(&self, file: FileId, name: &Name) -> Definition<'a> {
        self.follow(file, name, HOPS)
    }

    /// What `shape`, as written in `file`, leads to: a function in place, the definition of a name, and for a call the
    /// definition of what it calls.
    pub fn definition_of(&self, file: FileId, shape: &'a Shape) -> Definition<'a> {
        self.shape(file, shape, HOPS)
    }

    /// The calls inside a function, those of functions written inside it included.
    pub fn calls(&self, id: FunctionId) -> impl Iterator<Item = &'a CallSite> {
        let span = self.function(id).span;
        self.file(id.file).into_iter().flat_map(move |module| module.calls_in(span))
    }

    /// The functions of the repository that `id` calls itself, each with the call.
    pub fn callees(&self, id: FunctionId) -> Vec<(&'a CallSite, FunctionId)> {
        let known = self.facts.once(Callees::default).0.get(id, |&id| Arc::new(self.find_callees(id)));
        let Some(module) = self.file(id.file) else { return Vec::new() };
        known.iter().map(|&(call, callee)| (&module.calls[call], callee)).collect()
    }

    fn find_callees(&self, id: FunctionId) -> Vec<(usize, FunctionId)> {
        let Some(module) = self.file(id.file) else { return Vec::new() };
        let span = self.function(id).span;
        module
            .call_range(span)
            .filter_map(|call| match self.definition(id.file, &module.calls[call].callee) {
                Definition::Function(callee) if callee != id => Some((call, callee)),
                Definition::Class { file, class } => {
                    let made = self
                        .method(file, class, "constructor", HOPS)
                        .or_else(|| self.method(file, class, "__init__", HOPS))?;
                    (made != id).then_some((call, made))
                }
                _ => None,
            })
            .collect()
    }

    /// Who calls a function of Python declared at the top level of its module; `None` when others may call it
    /// that cannot be told: a call of its name that leads nowhere, or a use of its name that is no call. Tests do not
    /// count.
    ///
    /// Every file's calls are looked through, so this is for the few functions in question.
    pub fn callers(&self, id: FunctionId) -> Option<Vec<(FileId, Span)>> {
        let function = self.function(id);
        let plain = function.top_level && function.class.is_empty() && function.decorators.is_empty();
        if !plain || function.name.is_empty() || self.repo.file(id.file).path.extension() != Some("py") {
            return None;
        }
        let name = function.name.as_str();
        let mut found = Vec::new();
        for (file, module) in self.files().filter(|(file, _)| self.repo.file(*file).role != Role::Test) {
            let mut here = 0;
            for call in module.calls.iter().filter(|call| call.callee.last() == name) {
                here += 1;
                match self.definition(file, &call.callee) {
                    Definition::Function(callee) if callee == id => found.push((file, call.span)),
                    Definition::Function(_) | Definition::Class { .. } => {}
                    _ => return None,
                }
            }
            if file != id.file && here == 0 && module.imports.iter().any(|import| import.imported == name) {
                let mut named = module.imports.iter().filter(|import| import.imported == name);
                if named.any(|import| self.target(file, &import.module) == Target::File(id.file)) {
                    return None;
                }
            }
        }
        Some(found)
    }

    /// Whether scripts call the function and nobody else does, as far as can be told; see [`Self::callers`].
    pub fn is_run_by_hand(&self, id: FunctionId) -> bool {
        self.callers(id).is_some_and(|callers| {
            !callers.is_empty() && callers.iter().all(|(file, _)| self.repo.file(*file).role == Role::Script)
        })
    }

    /// Searches `start` and what it calls, at most `depth` calls deep and nearest first, for a function of which
    /// `found` tells something.
    pub fn reach<T>(
        &self,
        start: FunctionId,
        depth: usize,
        mut found: impl FnMut(FunctionId) -> Option<T>,
    ) -> Option<T> {
        let mut seen = BTreeSet::from([start]);
        let mut level = vec![start];
        for remaining in (0..=depth).rev() {
            let mut next = Vec::new();
            for id in level {
                if let Some(answer) = found(id) {
                    return Some(answer);
                }
                if remaining > 0 && seen.len() < REACH {
                    next.extend(
                        self.callees(id).into_iter().map(|(_, callee)| callee).filter(|callee| seen.insert(*callee)),
                    );
                }
            }
            level = next;
        }
        None
    }

    /// The method of a class, or of the classes it extends.
    pub fn method_of(&self, file: FileId, class: &'a Class, name: &str) -> Option<FunctionId> {
        self.method(file, class, name, HOPS)
    }

    /// Whether a file gives `name` to those who import it; nothing when the file alone does not decide that.
    pub fn gives(&self, file: FileId, name: &str) -> Option<bool> {
        self.gives_within(file, name, HOPS)
    }

    fn gives_within(&self, file: FileId, name: &str, hops: usize) -> Option<bool> {
        let module = self.file(file).filter(|_| hops > 0)?;
        if self.repo.file(file).language == Some(Language::Python) {
            return None;
        }
        // A file without exports is a script or CommonJS that assigns in a way of its own.
        let plain = module.exports.iter().any(|export| !export.name.is_empty());
        let dynamic = module.exports.iter().any(|export| export.name.is_empty())
            || module.calls.iter().any(|call| {
                matches!(call.callee.last(), "assign" | "defineProperty" | "__exportStar")
                    && matches!(
                        call.callee.api_path().as_str(),
                        "Object.assign" | "Object.defineProperty" | "__exportStar"
                    )
            });
        let commonjs = module.imports.iter().any(|import| import.way == ImportWay::Required);
        if !plain || dynamic || commonjs {
            return None;
        }
        if module.exports.iter().any(|export| export.name == name) {
            return Some(true);
        }
        for export in module.exports.iter().filter(|export| export.name == "*") {
            let ExportSource::Other { module, .. } = &export.source else { return None };
            match self.target(file, module) {
                Target::File(next) if next != file => {
                    if self.gives_within(next, name, hops - 1)? {
                        return Some(true);
                    }
                }
                _ => return None,
            }
        }
        Some(false)
    }

    fn follow(&self, file: FileId, name: &Name, hops: usize) -> Definition<'a> {
        if hops == 0 {
            return Definition::Unknown;
        }
        let start = match &name.root {
            Root::Own(own) => self.own(file, own, hops - 1),
            Root::Import { module, imported } => self.imported(file, module, imported, hops - 1),
            Root::Instance(class) => self.follow(file, class, hops - 1),
            Root::This => self.class_around(file, name.span),
            Root::Inner(_) => self.injected(file, name, hops - 1),
            Root::Global(_) => Definition::Unknown,
        };
        name.members.iter().fold(start, |at, member| self.member(at, member, hops - 1))
    }

    /// A top-level name of a file.
    fn own(&self, file: FileId, name: &str, hops: usize) -> Definition<'a> {
        let Some(module) = self.file(file) else { return Definition::Unknown };
        let function = module
            .functions
            .iter()
            .position(|function| function.top_level && function.class.is_empty() && function.name == name);
        if let Some(index) = function {
            return Definition::Function(FunctionId { file, index });
        }
        if let Some(class) = module.classes.iter().find(|class| class.name == name) {
            return Definition::Class { file, class };
        }
        let Some(value) = module.values.iter().find(|value| value.name == name) else { return Definition::Unknown };
        match &value.shape {
            Shape::Name(alias) if hops > 0 && alias.root != Root::Own(name.to_owned()) => {
                self.follow(file, alias, hops - 1)
            }
            _ => Definition::Value { file, value },
        }
    }

    fn imported(&self, from: FileId, module: &str, imported: &str, hops: usize) -> Definition<'a> {
        match self.resolver.resolve(self.repo, from, module) {
            Target::File(file) => {
                if imported == "*" {
                    return Definition::File(file);
                }
                match self.exported(file, imported, hops) {
                    // `from package import module`.
                    Definition::Unknown => match self.resolver.submodule(self.repo, from, module, imported) {
                        Some(file) => Definition::File(file),
                        None => Definition::Unknown,
                    },
                    found => found,
                }
            }
            Target::Folder(_) => match self.resolver.submodule(self.repo, from, module, imported) {
                Some(file) => Definition::File(file),
                None => Definition::Unknown,
            },
            Target::Package(_) | Target::Builtin => Definition::Package,
            Target::Missing(_) | Target::Unknown => Definition::Unknown,
        }
    }

    /// What a file gives to others under `name`.
    pub fn exported(&self, file: FileId, name: &str, hops: usize) -> Definition<'a> {
        let (Some(module), true) = (self.file(file), hops > 0) else { return Definition::Unknown };
        if self.repo.file(file).language == Some(Language::Python) {
            return match self.own(file, name, hops - 1) {
                Definition::Unknown => {
                    let import = module.imports.iter().find(|import| import.local == name);
                    let import = import.or_else(|| {
                        module.imports.iter().find(|import| import.imported == "*" && import.local.is_empty())
                    });
                    match import {
                        Some(import) if import.imported == "*" && import.local.is_empty() => {
                            self.imported(file, &import.module, name, hops - 1)
                        }
                        Some(import) => self.imported(file, &import.module, &import.imported, hops - 1),
                        None => Definition::Unknown,
                    }
                }
                found => found,
            };
        }
        if let Some(export) = module.exports.iter().find(|export| export.name == name) {
            return match &export.source {
                ExportSource::Own(shape) => self.written(file, shape, hops - 1),
                ExportSource::Other { module, imported } => self.imported(file, module, imported, hops - 1),
            };
        }
        for export in module.exports.iter().filter(|export| export.name == "*") {
            if let ExportSource::Other { module, .. } = &export.source {
                let found = self.imported(file, module, name, hops - 1);
                if !matches!(found, Definition::Unknown | Definition::Package) {
                    return found;
                }
            }
        }
        Definition::Unknown
    }

    /// What an exported expression is: a function, a class, a name, or itself.
    fn written(&self, file: FileId, shape: &'a Shape, hops: usize) -> Definition<'a> {
        match shape {
            Shape::Name(name) => self.follow(file, name, hops),
            Shape::Function(span) => self.function_at(file, *span).map_or(Definition::Unknown, Definition::Function),
            Shape::Class(span) => {
                let class = self.file(file).and_then(|module| module.classes.iter().find(|class| class.span == *span));
                class.map_or(Definition::Unknown, |class| Definition::Class { file, class })
            }
            shape => Definition::Shape { file, shape },
        }
    }

    fn shape(&self, file: FileId, shape: &'a Shape, hops: usize) -> Definition<'a> {
        match shape {
            Shape::Call(call) if hops > 0 => self.shape(file, &call.callee, hops - 1),
            shape => self.written(file, shape, hops),
        }
    }

    /// What a member of something is.
    fn member(&self, of: Definition<'a>, name: &str, hops: usize) -> Definition<'a> {
        if hops == 0 {
            return Definition::Unknown;
        }
        match of {
            Definition::File(file) => match self.exported(file, name, hops - 1) {
                // `require('./x').default` and the default export of a CommonJS file.
                Definition::Unknown => self.own(file, name, hops - 1),
                found => found,
            },
            Definition::Class { file, class } => {
                if let Some(method) = self.method(file, class, name, hops - 1) {
                    return Definition::Function(method);
                }
                match class.fields.iter().find(|(field, _)| field == name) {
                    Some((_, shape)) => self.shape(file, shape, hops - 1),
                    None => Definition::Unknown,
                }
            }
            Definition::Value { file, value } => self.part(file, &value.shape, name, hops - 1),
            Definition::Shape { file, shape } => self.part(file, shape, name, hops - 1),
            Definition::Package => Definition::Package,
            Definition::Function(_) | Definition::Unknown => Definition::Unknown,
        }
    }

    /// A key of an object, or a method of what a constructor makes.
    fn part(&self, file: FileId, shape: &'a Shape, name: &str, hops: usize) -> Definition<'a> {
        match shape {
            Shape::Object(entries) => match entries.iter().find(|(key, _)| key == name) {
                Some((_, value)) => self.written(file, value, hops),
                None => Definition::Unknown,
            },
            Shape::Call(call) if call.constructs => self.member(self.shape(file, &call.callee, hops), name, hops),
            Shape::Call(call) => match self.shape(file, &call.callee, hops) {
                Definition::Package => Definition::Package,
                _ => Definition::Unknown,
            },
            _ => Definition::Unknown,
        }
    }

    fn method(&self, file: FileId, class: &'a Class, name: &str, hops: usize) -> Option<FunctionId> {
        let module = self.file(file)?;
        let index = module.functions.iter().position(|function| {
            function.class == class.name
                && function.name == name
                && class.span.start <= function.span.start
                && function.span.end <= class.span.end
        });
        if let Some(index) = index {
            return Some(FunctionId { file, index });
        }
        if hops == 0 {
            return None;
        }
        class.bases.iter().find_map(|base| match self.shape(file, base, hops - 1) {
            Definition::Class { file, class } => self.method(file, class, name, hops - 1),
            _ => None,
        })
    }

    fn class_around(&self, file: FileId, span: Span) -> Definition<'a> {
        let classes = self.file(file).map(|module| module.classes.as_slice()).unwrap_or_default();
        let around = classes.iter().rev().find(|class| class.span.start <= span.start && span.end <= class.span.end);
        around.map_or(Definition::Unknown, |class| Definition::Class { file, class })
    }

    /// A parameter whose type or default names a class or a provider of this repository.
    fn injected(&self, file: FileId, name: &Name, hops: usize) -> Definition<'a> {
        let Root::Inner(parameter) = &name.root else { return Definition::Unknown };
        let Some(module) = self.file(file) else { return Definition::Unknown };
        let around = module
            .functions
            .iter()
            .rev()
            .filter(|function| function.span.start <= name.span.start && name.span.end <= function.span.end);
        for function in around {
            if let Some(found) = function.parameters.iter().find(|candidate| candidate.name == *parameter) {
                return match &found.annotation {
                    Some(annotation @ Shape::Name(_)) => match self.shape(file, annotation, hops) {
                        found @ Definition::Class { .. } => found,
                        _ => Definition::Unknown,
                    },
                    _ => Definition::Unknown,
                };
            }
        }
        Definition::Unknown
    }
}
