//! What handlers take from a request, and what they do with it before they use it: bodies, uploaded files, checks, and
//! answers that only pretend.
//!
//! Per file everything is by span; rules join it with routes through [`crate::facts::modules::Modules`].

mod body;
mod branch;
mod care;
mod pretence;
mod refusal;
mod upload;

pub use care::Care;
pub use pretence::{Claim, Mark};
pub use upload::{Setting, Upload, UploadSetup, UploadWay};

use super::{
    Extractor, Fact, Facts, FileFacts, Visit, Watch,
    access::SignKind,
    modules::{Definition, FunctionId, Modules, Name},
};
use crate::{
    code::{Kind, NodeRef},
    model::{FileId, Span},
};

/// What one file takes from requests, in source order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IntakeFacts {
    pub bodies: Vec<Body>,
    pub uploads: Vec<Upload>,
    pub setups: Vec<UploadSetup>,
    /// Uploaded files that are read as a whole before their size is looked at.
    pub late: Vec<Span>,
    /// Bodies that a schema parses, and whose refusal is answered as a failure of the server.
    pub swallowed: Vec<Span>,
    /// Bodies that a schema parses.
    pub schemas: usize,
    /// Conditions on what a function is given, under which it stops.
    pub checks: Vec<Span>,
    /// Parts of the code that run for some methods of a request only.
    pub branches: Vec<Branch>,
    /// Words of the code that say that it does not do its work.
    pub marks: Vec<Mark>,
    /// Answers that say that something was done.
    pub claims: Vec<Claim>,
}

/// What runs for these methods of a request only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    pub span: Span,
    pub methods: Vec<String>,
}

/// A body that a handler reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    pub span: Span,
    pub care: Care,
}

pub(super) struct IntakeExtractor;

impl Extractor for IntakeExtractor {
    fn fact(&self) -> Fact {
        Fact::Intake
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[
            Kind::Member,
            Kind::Call,
            Kind::Property,
            Kind::Parameter,
            Kind::If,
            Kind::Case,
            Kind::Comment,
            Kind::String,
            Kind::Template,
            Kind::Return,
            Kind::Assignment,
        ])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, facts: &mut FileFacts) {
        let intake = &mut facts.intake;
        match node.kind() {
            Kind::If => {
                intake.checks.extend(care::check(node));
                intake.branches.extend(branch::branch(node));
            }
            Kind::Case => intake.branches.extend(branch::branch(node)),
            Kind::Comment | Kind::String | Kind::Template => intake.marks.extend(pretence::mark(node)),
            _ => {}
        }
        let script = file.file.language.is_some_and(crate::code::Language::is_script);
        if let Some(read) = body::body(node, script) {
            intake.bodies.push(Body { span: node.span(), care: care::care(read, script) });
        }
        intake.uploads.extend(upload::upload(node, script));
        intake.setups.extend(upload::setup(node));
        intake.late.extend(upload::late(node));
        intake.swallowed.extend(refusal::swallowed(node));
        intake.schemas += usize::from(refusal::is_schema(node));
        intake.claims.extend(pretence::claim(node));
    }
}

/// Whether a handler checks the bodies that it reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// Something checks them, here.
    Yes(FileId, Span),
    /// Nothing does.
    No(FileId, Span),
    /// They go to something that could not be followed.
    Open(FileId, Span),
}

/// Calls followed from a handler.
const DEPTH: usize = 2;

/// Whether what `handler` reads of the body of a request by `method` is checked; nothing when it reads none, or uses
/// it nowhere.
pub fn checked(facts: &Facts, modules: Modules<'_>, handler: FunctionId, method: &str) -> Option<Checked> {
    let mut found: Option<Checked> = None;
    let mut consider = |next: Checked| {
        found = Some(match (found, next) {
            // One body that is checked shows a handler that checks.
            (Some(yes @ Checked::Yes(..)), _) | (_, yes @ Checked::Yes(..)) => yes,
            (Some(open @ Checked::Open(..)), _) | (_, open @ Checked::Open(..)) => open,
            (Some(no), _) | (None, no) => no,
        });
    };
    for (id, body) in bodies(facts, modules, handler, method) {
        let (file, span) = (id.file, body.span);
        match &body.care {
            Care::Checked(at) => consider(Checked::Yes(file, *at)),
            // What a function gives back is its caller's to check.
            Care::Returned if id != handler => consider(match checks_in(facts, modules, handler) {
                Some(at) => Checked::Yes(handler.file, at),
                None => Checked::Open(file, span),
            }),
            Care::Used | Care::Returned => consider(Checked::No(file, span)),
            Care::Handed(names) => {
                let answers: Vec<Handed> = names.iter().map(|name| handed(facts, modules, file, name)).collect();
                if let Some(Handed::Checks(other, at)) =
                    answers.iter().find(|answer| matches!(answer, Handed::Checks(..)))
                {
                    consider(Checked::Yes(*other, *at));
                } else if answers.contains(&Handed::Open) {
                    consider(Checked::Open(file, span));
                } else {
                    consider(Checked::No(file, span));
                }
            }
            Care::Forwarded | Care::Unused => {}
        }
    }
    found
}

/// Whether code runs for requests by `method`, as the conditions around it say.
pub fn runs_for(facts: &Facts, file: FileId, span: Span, method: &str) -> bool {
    let branches = facts.of(file).into_iter().flat_map(|facts| &facts.intake.branches);
    method == "ALL"
        || branches
            .filter(|branch| branch.span.contains(span))
            .all(|branch| branch.methods.iter().any(|known| known == method))
}

/// The bodies that a handler reads itself or through functions that it gives the request to, where `method` gets.
fn bodies<'f>(
    facts: &'f Facts,
    modules: Modules<'_>,
    handler: FunctionId,
    method: &str,
) -> Vec<(FunctionId, &'f Body)> {
    let gets_to = |file: FileId, span: Span| runs_for(facts, file, span, method);
    let of = |id: FunctionId| {
        let span = modules.function(id).span;
        facts
            .of(id.file)
            .into_iter()
            .flat_map(|facts| &facts.intake.bodies)
            .filter(move |body| span.start <= body.span.start && body.span.end <= span.end)
            .map(move |body| (id, body))
    };
    let own: Vec<_> = of(handler).collect();
    if !own.is_empty() {
        return own.into_iter().filter(|(id, body)| gets_to(id.file, body.span)).collect();
    }
    let callees = modules.callees(handler).into_iter().filter(|(call, _)| gets_to(handler.file, call.span));
    let theirs = callees.take(30).flat_map(|(_, callee)| of(callee));
    theirs.filter(|(id, body)| gets_to(id.file, body.span)).collect()
}

/// The first check in a function itself.
fn checks_in(facts: &Facts, modules: Modules<'_>, id: FunctionId) -> Option<Span> {
    let span = modules.function(id).span;
    let own = facts.of(id.file)?;
    let check = own.intake.checks.iter().copied().find(|check| span.contains(*check));
    let signs = own.access.signs.iter();
    let sign = signs.filter(|sign| sign.kind == SignKind::Validates).find(|sign| span.contains(sign.span));
    check.or(sign.map(|sign| sign.span))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Handed {
    Checks(FileId, Span),
    Uses,
    Open,
}

/// What a function does with a body that it is given.
fn handed(facts: &Facts, modules: Modules<'_>, file: FileId, name: &Name) -> Handed {
    match modules.definition(file, name) {
        Definition::Function(id) => follow(facts, modules, id),
        Definition::Class { file, class } => {
            let validated = class.bases.iter().filter_map(|base| base.named()).any(|base| {
                let name = base.last();
                ["Model", "Schema", "Serializer", "Form", "Dto", "DTO", "Input"].iter().any(|end| name.ends_with(end))
                    && name != "Model"
            });
            if validated {
                return Handed::Checks(file, class.span);
            }
            match modules.method_of(file, class, "constructor").or_else(|| modules.method_of(file, class, "__init__")) {
                Some(made) => follow(facts, modules, made),
                None => Handed::Uses,
            }
        }
        // A database, a queue or a log takes what it gets; of anything else in a package nothing is known.
        _ if care::takes_anything(name) => Handed::Uses,
        _ => Handed::Open,
    }
}

fn follow(facts: &Facts, modules: Modules<'_>, start: FunctionId) -> Handed {
    let found = modules.reach(start, DEPTH, |id| checks_in(facts, modules, id).map(|at| Handed::Checks(id.file, at)));
    let Some(found) = found else {
        // A method that only stands for others says nothing.
        return if modules.calls(start).next().is_some() { Handed::Uses } else { Handed::Open };
    };
    found
}
