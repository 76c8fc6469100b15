//! Where files are taken from requests, and what is asked of them.

use super::body::is_request;
use crate::{
    code::{Kind, NodeRef, Role},
    model::Span,
};

/// Nodes of a function that are looked through.
const NODES: usize = 3_000;

/// A file that a handler takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    pub span: Span,
    pub way: UploadWay,
}

/// Through what a file comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UploadWay {
    /// What multer or its kin put on the request.
    Multer,
    FastifyMultipart,
    FormData,
    FastApi,
    Django,
    Flask,
    Nest,
}

/// Something that takes uploads apart, with its own limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadSetup {
    pub span: Span,
    pub name: &'static str,
    pub limits_size: Setting,
    pub limits_kind: Setting,
}

/// Whether an option is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    Given,
    Missing,
    /// The options come from elsewhere.
    Open,
}

/// The file that `node` takes.
pub(super) fn upload(node: NodeRef<'_>, script: bool) -> Option<Upload> {
    let way = match node.kind() {
        Kind::Member if script => script_member(node)?,
        Kind::Call if script => script_call(node)?,
        Kind::Parameter if script => nest(node)?,
        Kind::Parameter => fastapi(node)?,
        Kind::Member => python_member(node)?,
        _ => return None,
    };
    Some(Upload { span: node.span(), way })
}

/// `req.file`, `req.files`.
fn script_member(node: NodeRef<'_>) -> Option<UploadWay> {
    let read = matches!(node.name(), "file" | "files")
        && !matches!(node.role(), Role::Callee | Role::Target)
        && node.child(Role::Object).is_some_and(|object| object.is(Kind::Identifier) && is_request(object));
    read.then_some(UploadWay::Multer)
}

fn script_call(call: NodeRef<'_>) -> Option<UploadWay> {
    let of_request = call.receiver().is_some_and(is_request);
    match call.callee_name()? {
        "file" | "files" | "parts" | "saveRequestFiles" if of_request => {
            let source = call.tree().source();
            source.contains("astify").then_some(UploadWay::FastifyMultipart)
        }
        "formData" if of_request && call.argument(0).is_none() => {
            let text = call.enclosing_function()?.text();
            let files = ["as File", "instanceof File", "instanceof Blob", ".arrayBuffer(", "as Blob", ": File"];
            files.iter().any(|sign| text.contains(sign)).then_some(UploadWay::FormData)
        }
        _ => None,
    }
}

/// `@UploadedFile() file`.
fn nest(parameter: NodeRef<'_>) -> Option<UploadWay> {
    let uploaded = parameter
        .children_in(Role::Decorator)
        .filter_map(|decorator| decorator.child(Role::Value))
        .any(|value| value.is(Kind::Call) && matches!(value.callee_name(), Some("UploadedFile" | "UploadedFiles")));
    uploaded.then_some(UploadWay::Nest)
}

/// `file: UploadFile`, `files: list[UploadFile] = File(...)`.
fn fastapi(parameter: NodeRef<'_>) -> Option<UploadWay> {
    let annotation = parameter.child(Role::Annotation)?;
    let function = parameter.parent().filter(|function| function.is(Kind::Function))?;
    let routed =
        function.children_in(Role::Decorator).filter_map(|decorator| decorator.child(Role::Value)).any(|value| {
            value.is(Kind::Call) && matches!(value.callee_name(), Some("post" | "put" | "patch" | "api_route"))
        });
    let file = std::iter::once(annotation)
        .chain(annotation.descendants().take(12))
        .any(|node| node.is(Kind::Identifier) && node.name() == "UploadFile");
    (routed && file).then_some(UploadWay::FastApi)
}

/// `request.FILES`, `request.files`.
fn python_member(node: NodeRef<'_>) -> Option<UploadWay> {
    let object = node.child(Role::Object)?;
    let request = object.name() == "request";
    match node.name() {
        "FILES" if request => Some(UploadWay::Django),
        "files" if request && object.is(Kind::Identifier) && object.binding().is_some_and(is_flask) => {
            Some(UploadWay::Flask)
        }
        _ => None,
    }
}

fn is_flask(binding: &crate::code::Binding) -> bool {
    matches!(&binding.kind, crate::code::BindingKind::Import { module, .. } if module == "flask")
}

/// A whole file that is read before its size is looked at: `content = await file.read()`, `if len(content) > LIMIT`.
pub(super) fn late(node: NodeRef<'_>) -> Option<Span> {
    let value = node.child(Role::Value).filter(|_| node.is(Kind::Assignment))?;
    let read =
        value.is(Kind::Call) && value.callee_name() == Some("read") && value.children_in(Role::Argument).count() == 0;
    let file = value.receiver().filter(|file| read && file.is(Kind::Identifier))?;
    let parameter =
        file.binding().map(|binding| node.tree().at(binding.declaration)).filter(|at| at.is(Kind::Parameter))?;
    let uploaded = parameter.child(Role::Annotation).is_some_and(|annotation| {
        std::iter::once(annotation)
            .chain(annotation.descendants().take(12))
            .any(|part| part.is(Kind::Identifier) && part.name() == "UploadFile")
    });
    // Where the size was asked before, this is a second look.
    let function = node.enclosing_function()?;
    let before = function
        .descendants()
        .take(NODES)
        .take_while(|inner| inner.span().start < node.span().start)
        .any(|inner| inner.is(Kind::Member) && inner.name() == "size");
    let content = node.child(Role::Target).and_then(NodeRef::binding_id).filter(|_| uploaded && !before)?;
    let measured = node.tree().references(content).any(|reference| {
        let call = reference.parent().filter(|call| call.is(Kind::Call) && call.callee_name() == Some("len"));
        call.is_some_and(|call| call.ancestors().take(4).any(|above| above.is(Kind::If)))
    });
    measured.then(|| node.span())
}

/// The setup of something that takes uploads apart.
pub(super) fn setup(node: NodeRef<'_>) -> Option<UploadSetup> {
    if !node.is(Kind::Call) {
        return None;
    }
    let path = node.callee_api()?;
    let setup =
        |name, limits_size, limits_kind| Some(UploadSetup { span: node.span(), name, limits_size, limits_kind });
    match path.as_str() {
        "multer" => {
            let options = node.argument(0).map(NodeRef::resolved);
            let size = option(options, &["limits"], Some("fileSize"));
            setup("multer", size, option(options, &["fileFilter"], None))
        }
        "express-fileupload" => {
            let options = node.argument(0).map(NodeRef::resolved);
            setup("express-fileupload", option(options, &["limits"], Some("fileSize")), Setting::Open)
        }
        _ => None,
    }
}

fn option(options: Option<NodeRef<'_>>, keys: &[&str], inner: Option<&str>) -> Setting {
    let Some(options) = options else { return Setting::Missing };
    if !options.is(Kind::Object) {
        return Setting::Open;
    }
    let Some(value) = keys.iter().find_map(|key| options.property(key)) else {
        return if options.has_spread() || has_method(options, keys) { Setting::Open } else { Setting::Missing };
    };
    let Some(inner) = inner else { return Setting::Given };
    let value = value.resolved();
    match value.kind() {
        Kind::Object if value.property(inner).is_some() => Setting::Given,
        Kind::Object if !value.has_spread() => Setting::Missing,
        _ => Setting::Open,
    }
}

fn has_method(options: NodeRef<'_>, keys: &[&str]) -> bool {
    options.children_in(Role::Item).any(|item| item.is(Kind::Function) && keys.contains(&item.name()))
}
