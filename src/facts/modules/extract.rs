//! Collects [`super::ModuleFacts`] from one file.

use super::{CallSite, Class, Export, ExportSource, Function, Import, ImportWay, Name, Parameter, Shape, Value};
use crate::{
    code::{BindingKind, Flags, Kind, Language, NodeRef, Role},
    facts::{Extractor, Fact, FileFacts, Visit, Watch},
    repo::Role as FileRole,
};

pub(in crate::facts) struct ModuleExtractor;

impl Extractor for ModuleExtractor {
    fn fact(&self) -> Fact {
        Fact::Modules
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Import, Kind::Export, Kind::Function, Kind::Class, Kind::Assignment, Kind::Call]).roles(&[
            FileRole::Source,
            FileRole::Config,
            FileRole::Script,
            FileRole::Test,
        ])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, facts: &mut FileFacts) {
        let modules = &mut facts.modules;
        // Nothing but imports is asked of tests, and of what they share what it exports.
        if file.file.role == FileRole::Test && !matches!(node.kind(), Kind::Import | Kind::Export) {
            if node.is(Kind::Call) {
                modules.imports.extend(loaded(node));
            }
            return;
        }
        match node.kind() {
            Kind::Import => {
                let typed =
                    file.file.language.is_some_and(|language| matches!(language, Language::TypeScript | Language::Tsx));
                modules.imports.extend(imports(node, typed));
            }
            Kind::Export => modules.exports.extend(exports(node)),
            Kind::Function => modules.functions.push(function(node)),
            Kind::Class => modules.classes.push(class(node)),
            Kind::Assignment => {
                modules.exports.extend(commonjs(node));
                modules.values.extend(value(node));
            }
            Kind::Call => {
                modules.imports.extend(loaded(node));
                if let Some(callee) = node.child(Role::Callee).and_then(Name::of) {
                    modules.calls.push(CallSite { span: node.span(), callee });
                }
            }
            _ => {}
        }
    }
}

fn imports(import: NodeRef<'_>, typed: bool) -> Vec<Import> {
    // `if TYPE_CHECKING:` and its kin.
    let way = if import.has(Flags::TYPE_ONLY) {
        ImportWay::Types
    } else if is_caught(import) || import.enclosing_in_function(Kind::If).is_some() {
        ImportWay::Optional
    } else {
        ImportWay::Static
    };
    let one = |imported: &str, local: &str, way| Import {
        span: import.span(),
        module: import.name().to_owned(),
        imported: imported.to_owned(),
        local: local.to_owned(),
        way,
    };
    let names: Vec<Import> = import
        .children_in(Role::Item)
        .filter(|item| item.is(Kind::ImportName))
        .map(|item| {
            let way = if item.has(Flags::TYPE_ONLY) || (typed && is_elided(item)) { ImportWay::Types } else { way };
            one(item.name(), item.child(Role::Target).map_or("", NodeRef::name), way)
        })
        .collect();
    if names.is_empty() { vec![one("", "", way)] } else { names }
}

/// TypeScript drops an imported name that stands for types alone:
/// <https://www.typescriptlang.org/docs/handbook/modules/reference.html#type-only-imports-and-exports>.
fn is_elided(item: NodeRef<'_>) -> bool {
    let Some(local) = item.child(Role::Target) else { return false };
    let Some(binding) = local.binding_id() else { return false };
    // JSX needs React whether or not it is named.
    local.name() != "React"
        && item
            .tree()
            .references(binding)
            .filter(|reference| *reference != local && *reference != item)
            .all(|reference| reference.is(Kind::Type))
}

/// Inside `try` or `catch`, and what catches it goes on without the module.
fn is_caught(node: NodeRef<'_>) -> bool {
    let goes_on = |caught: NodeRef<'_>| {
        caught
            .children()
            .filter(|part| part.is(Kind::Catch))
            .any(|part| !part.descendants().any(|node| node.is(Kind::Throw)))
    };
    node.enclosing_try().is_some_and(goes_on) || node.enclosing_catch().is_some()
}

/// `require('x')` and `import('x')`, and Python's `importlib.import_module("x")`.
fn loaded(call: NodeRef<'_>) -> Option<Import> {
    let path = call.child(Role::Callee).filter(|callee| matches!(callee.kind(), Kind::Identifier | Kind::Member))?;
    let foreign = path.is(Kind::Identifier) && path.binding().is_none();
    let way = match path.name() {
        "require" if foreign && !call.has(Flags::NEW) => ImportWay::Required,
        "import" if foreign => ImportWay::Dynamic,
        "import_module" => ImportWay::Dynamic,
        _ => return None,
    };
    let module = call.argument(0).filter(|argument| argument.is(Kind::String))?.name().to_owned();
    let optional = is_caught(call) || catches(call);
    let (imported, local) = bound(call);
    Some(Import { span: call.span(), module, imported, local, way: if optional { ImportWay::Optional } else { way } })
}

/// `import('x').catch(…)`.
fn catches(call: NodeRef<'_>) -> bool {
    call.ancestors().take(4).any(|above| above.is(Kind::Call) && above.callee_name() == Some("catch"))
}

/// What a loaded module is bound to, for `const x = require('x')`.
fn bound(call: NodeRef<'_>) -> (String, String) {
    let target = call
        .parent()
        .filter(|parent| parent.is(Kind::Assignment))
        .and_then(|parent| parent.child(Role::Target))
        .filter(|target| target.is(Kind::Identifier));
    match target {
        Some(target) => ("*".to_owned(), target.name().to_owned()),
        None => (String::new(), String::new()),
    }
}

fn exports(export: NodeRef<'_>) -> Vec<Export> {
    let module = export.name();
    let one = |name: &str, source| Export { span: export.span(), name: name.to_owned(), source };
    let default = export.has(Flags::DEFAULT);
    export
        .children_in(Role::Item)
        .flat_map(|item| match item.kind() {
            Kind::ImportName => {
                // `export { a as b } from`: the target is the name given on; `export * from` has none.
                let given = item.child(Role::Target).map_or(item.name(), NodeRef::name);
                vec![one(given, ExportSource::Other { module: module.to_owned(), imported: item.name().to_owned() })]
            }
            Kind::Property => {
                let value = item.child(Role::Value).map_or(Shape::Other, Shape::of);
                vec![one(item.name(), ExportSource::Own(value))]
            }
            _ if default => vec![one("default", ExportSource::Own(declared(item)))],
            Kind::Function | Kind::Class if !item.name().is_empty() => {
                vec![one(item.name(), ExportSource::Own(declared(item)))]
            }
            // Types, enums and namespaces: a name that can be imported, and nothing to follow.
            Kind::Type | Kind::Block if !item.name().is_empty() => {
                vec![one(item.name(), ExportSource::Own(Shape::Other))]
            }
            Kind::Assignment | Kind::Block => declarations(item)
                .into_iter()
                .map(|(name, shape)| Export { span: export.span(), name, source: ExportSource::Own(shape) })
                .collect(),
            _ => Vec::new(),
        })
        .collect()
}

/// What a default export or an exported declaration is.
fn declared(item: NodeRef<'_>) -> Shape {
    match item.kind() {
        Kind::Function => Shape::Function(item.span()),
        Kind::Class => Shape::Class(item.span()),
        _ => Shape::of(item),
    }
}

/// The names of `export const a = 1, b = 2` and of `export const { a, b } = made()`.
fn declarations(item: NodeRef<'_>) -> Vec<(String, Shape)> {
    let assignments: Vec<NodeRef<'_>> =
        if item.is(Kind::Assignment) { vec![item] } else { item.children_in(Role::Item).collect() };
    assignments
        .into_iter()
        .filter_map(|assignment| {
            let target = assignment.child(Role::Target)?;
            let own = |name: &str| {
                let root = super::Root::Own(name.to_owned());
                Shape::Name(Name { span: target.span(), root, members: Vec::new() })
            };
            Some(match target.kind() {
                Kind::Identifier => vec![(target.name().to_owned(), own(target.name()))],
                Kind::Object | Kind::Array => target
                    .descendants()
                    .filter(|part| part.is(Kind::Identifier) && part.binding().is_some())
                    .map(|part| (part.name().to_owned(), own(part.name())))
                    .collect(),
                _ => Vec::new(),
            })
        })
        .flatten()
        .collect()
}

/// `module.exports = x`, `module.exports = { a, b }`, `exports.a = x`.
fn commonjs(assignment: NodeRef<'_>) -> Vec<Export> {
    let (Some(target), Some(value)) = (assignment.child(Role::Target), assignment.child(Role::Value)) else {
        return Vec::new();
    };
    if !target.is(Kind::Member) {
        return Vec::new();
    }
    let Some(path) = target.path() else { return Vec::new() };
    let one =
        |name: &str, shape| Export { span: assignment.span(), name: name.to_owned(), source: ExportSource::Own(shape) };
    match path.as_str() {
        "module.exports" => {
            let whole = Shape::of(value);
            let mut found = Vec::new();
            if let Shape::Object(entries) = &whole {
                found.extend(
                    entries.iter().filter(|entry| !entry.0.is_empty()).map(|(name, shape)| one(name, shape.clone())),
                );
            }
            found.push(one("default", whole));
            found
        }
        _ => match path.strip_prefix("module.exports.").or_else(|| path.strip_prefix("exports.")) {
            Some(name) if !name.contains('.') => vec![one(name, Shape::of(value))],
            _ => Vec::new(),
        },
    }
}

fn function(node: NodeRef<'_>) -> Function {
    let class = method_of(node);
    let holder = node.parent();
    let top_level = match class {
        Some(class) => is_top_level(class),
        None => is_top_level(node) || holder.is_some_and(|holder| holder.is(Kind::Assignment) && is_top_level(holder)),
    };
    Function {
        span: node.span(),
        name: node.function_name().unwrap_or_default().to_owned(),
        class: class.map_or("", NodeRef::name).to_owned(),
        parameters: node.children_in(Role::Parameter).map(parameter).collect(),
        decorators: decorators(node),
        top_level,
        given_back: holder
            .is_some_and(|holder| holder.is(Kind::Return) || (holder.is(Kind::Function) && node.role() == Role::Body)),
    }
}

/// The class whose method or function field this is.
fn method_of(node: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let parent = node.parent()?;
    match parent.kind() {
        Kind::Class => Some(parent),
        Kind::Assignment if parent.has(Flags::FIELD) => parent.parent().filter(|class| class.is(Kind::Class)),
        _ => None,
    }
}

fn is_top_level(node: NodeRef<'_>) -> bool {
    node.ancestors()
        .all(|above| matches!(above.kind(), Kind::Module | Kind::Export | Kind::If | Kind::Try | Kind::Block))
}

fn decorators(node: NodeRef<'_>) -> Vec<Shape> {
    node.children_in(Role::Decorator).filter_map(|decorator| decorator.child(Role::Value)).map(Shape::of).collect()
}

fn parameter(node: NodeRef<'_>) -> Parameter {
    Parameter {
        name: node.name().to_owned(),
        annotation: node.child(Role::Annotation).map(annotation),
        default: node.child(Role::Default).map(Shape::of),
        decorators: decorators(node),
    }
}

/// A type's name as a name of this file, so that it can be followed; Python's annotations are expressions.
fn annotation(node: NodeRef<'_>) -> Shape {
    if !node.is(Kind::Type) {
        if node.is(Kind::Index) {
            // `Annotated[User, Depends(get_user)]`: what it indexes, then what is inside, as a call.
            let callee = node.child(Role::Object).map_or(Shape::Other, Shape::of);
            let inside = node.child(Role::Index).map(Shape::of);
            let arguments = match inside {
                Some(Shape::Array(items)) => items,
                Some(item) => vec![item],
                None => Vec::new(),
            };
            return Shape::Call(super::CallShape {
                span: node.span(),
                callee: Box::new(callee),
                arguments,
                constructs: false,
            });
        }
        return Shape::of(node);
    }
    let name = node.name();
    if name.is_empty() {
        return Shape::Other;
    }
    let binding = node.tree().bindings().find(|(_, binding)| binding.name == name && binding.top_level);
    let root = match binding.map(|(_, binding)| &binding.kind) {
        Some(BindingKind::Import { module, imported }) => {
            super::Root::Import { module: module.clone(), imported: imported.clone() }
        }
        Some(_) => super::Root::Own(name.to_owned()),
        None => super::Root::Global(name.to_owned()),
    };
    Shape::Name(Name { span: node.span(), root, members: Vec::new() })
}

fn class(node: NodeRef<'_>) -> Class {
    let mut fields = Vec::new();
    for member in node.children_in(Role::Item) {
        match member.kind() {
            Kind::Assignment => fields.extend(field(member)),
            Kind::Function if matches!(member.name(), "constructor" | "__init__") => {
                fields.extend(injected(member));
                fields.extend(assigned(member));
            }
            _ => {}
        }
    }
    Class {
        span: node.span(),
        name: node.function_name().unwrap_or_default().to_owned(),
        bases: node.children_in(Role::Base).filter(|base| !base.has(Flags::KEYWORD)).map(base).collect(),
        decorators: decorators(node),
        fields,
    }
}

/// A base class; of a generic one, `ModelViewSet[Document]`, the class itself.
fn base(node: NodeRef<'_>) -> Shape {
    match node.child(Role::Object).filter(|_| node.is(Kind::Index)) {
        Some(generic) => Shape::of(generic),
        None => Shape::of(node),
    }
}

fn field(member: NodeRef<'_>) -> Option<(String, Shape)> {
    let name = member.child(Role::Target)?.name().to_owned();
    let made = member.child(Role::Value).map(Shape::of).filter(|shape| *shape != Shape::Other);
    Some((name, made.or_else(|| member.child(Role::Annotation).map(annotation))?))
}

/// `constructor(private readonly users: UserService)`.
fn injected(constructor: NodeRef<'_>) -> Vec<(String, Shape)> {
    constructor
        .children_in(Role::Parameter)
        .filter(|parameter| parameter.has(Flags::FIELD))
        .filter_map(|parameter| Some((parameter.name().to_owned(), annotation(parameter.child(Role::Annotation)?))))
        .collect()
}

/// `this.users = users` and `self.users = UserService(db)`; a parameter is its type.
fn assigned(constructor: NodeRef<'_>) -> Vec<(String, Shape)> {
    let Some(body) = constructor.child(Role::Body) else { return Vec::new() };
    body.children_in(Role::Item)
        .filter(|statement| statement.is(Kind::Assignment))
        .filter_map(|statement| {
            let target = statement.child(Role::Target).filter(|target| target.is(Kind::Member))?;
            let object = target.child(Role::Object).filter(|object| matches!(object.name(), "this" | "self"))?;
            let value = statement.child(Role::Value).filter(|_| object.is(Kind::Identifier))?;
            let parameter = constructor.children_in(Role::Parameter).find(|parameter| {
                value.is(Kind::Identifier) && !parameter.name().is_empty() && parameter.name() == value.name()
            });
            let shape = match parameter {
                Some(parameter) => annotation(parameter.child(Role::Annotation)?),
                None => Shape::of(value),
            };
            Some((target.name().to_owned(), shape))
        })
        .collect()
}

/// A top-level `name = expression` that is no function or class.
fn value(assignment: NodeRef<'_>) -> Vec<Value> {
    let (Some(target), Some(made)) = (assignment.child(Role::Target), assignment.child(Role::Value)) else {
        return Vec::new();
    };
    if !is_top_level(assignment) || assignment.has(Flags::FIELD) {
        return Vec::new();
    }
    match target.kind() {
        Kind::Identifier if !matches!(made.kind(), Kind::Function | Kind::Class) => {
            // `CurrentUser = Annotated[User, Depends(get_user)]` is a type with a meaning of its own.
            let shape = match Shape::of(made) {
                Shape::Other if made.is(Kind::Index) => annotation(made),
                shape => shape,
            };
            vec![Value { span: assignment.span(), name: target.name().to_owned(), shape }]
        }
        // `const { auth, handlers } = NextAuth(…)`: each is what the call makes.
        Kind::Object => target
            .children_in(Role::Item)
            .filter_map(|item| item.child(Role::Value))
            .filter(|part| part.is(Kind::Identifier))
            .map(|part| Value { span: assignment.span(), name: part.name().to_owned(), shape: Shape::of(made) })
            .collect(),
        _ => Vec::new(),
    }
}
