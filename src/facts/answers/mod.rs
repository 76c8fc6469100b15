//! What requests that failed are answered with: a fixed text, or what the program learnt of the error.
//!
//! Per file the extractor judges each response by itself; [`errors`] joins what goes through a function of another
//! file.

mod leak;
mod respond;

use std::collections::BTreeSet;

pub(in crate::facts) use respond::response;

use super::{
    Extractor, Fact, Facts, FileFacts, Visit, Watch,
    modules::{Definition, Modules, Name},
};
use crate::{
    code::{Kind, NodeRef},
    model::{FileId, Place, Span},
    repo::Repo,
};

/// What an answer tells of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tells {
    /// A text of this program's own.
    Nothing,
    /// The error's message.
    Message,
    /// The error as an object.
    Whole,
    Stack,
}

/// What one file answers when something failed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AnswerFacts {
    pub(in crate::facts) answers: Vec<Answer>,
    pub(in crate::facts) handed: Vec<Handed>,
    pub(in crate::facts) relays: Vec<Relay>,
    /// Functions that return what the error tells that they are given.
    pub(in crate::facts) tellers: Vec<(Span, usize, Tells)>,
    /// Responses of any kind.
    pub(in crate::facts) responses: usize,
}

/// A response on behalf of an error.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::facts) struct Answer {
    span: Span,
    tells: Tells,
    status: Option<u16>,
    /// The function that makes a text of the error, and which argument the error is.
    through: Option<(Name, usize)>,
}

/// A function that answers with what it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::facts) struct Relay {
    function: Span,
    parameter: usize,
    /// Only the fields of the parameter go out; those of an error as such tell little.
    spread: bool,
    status: Option<u16>,
}

/// An error that is handed to a function.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::facts) struct Handed {
    callee: Name,
    argument: usize,
    span: Span,
    tells: Tells,
    /// The error as it was caught.
    bare: bool,
}

/// An answer to a request that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorAnswer {
    pub file: FileId,
    /// The expression that tells of the error, else the response.
    pub place: Place,
    pub tells: Tells,
    /// The status, when it is written out.
    pub status: Option<u16>,
}

/// Collects the answers of each file.
pub(super) struct AnswerExtractor;

impl Extractor for AnswerExtractor {
    fn fact(&self) -> Fact {
        Fact::Answers
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call, Kind::Return, Kind::Assignment, Kind::Object])
    }

    fn node(&self, _file: &Visit<'_>, node: NodeRef<'_>, facts: &mut FileFacts) {
        let facts = &mut facts.answers;
        if let Some(response) = respond::response(node) {
            facts.responses += 1;
            read_response(&response, facts);
            return;
        }
        match node.kind() {
            Kind::Return => facts.tellers.extend(leak::teller(node)),
            Kind::Object => facts.answers.extend(respond::described(node)),
            Kind::Call => facts.handed.extend(leak::handed(node)),
            _ => {}
        }
    }
}

/// What the response that `node` sends holds; nothing when it sends none.
pub(in crate::facts) fn bodies(node: NodeRef<'_>) -> Option<Vec<NodeRef<'_>>> {
    respond::response(node).map(|response| response.bodies)
}

fn read_response(response: &respond::Response<'_>, facts: &mut AnswerFacts) {
    for body in &response.bodies {
        facts.relays.extend(leak::relayed(*body, response.status));
        let found = leak::leak(*body).filter(|leak| !leak::is_safe(leak.node));
        if let Some(leak) = found {
            let parameter_only = leak.helper && leak.tells == Tells::Whole;
            if !parameter_only {
                facts.answers.push(Answer {
                    span: leak.node.span(),
                    tells: leak.tells,
                    status: response.status,
                    through: leak.through,
                });
            }
        } else if response.node.enclosing_catch().is_some() {
            facts.answers.push(Answer {
                span: response.node.span(),
                tells: Tells::Nothing,
                status: response.status,
                through: None,
            });
        }
    }
}

/// Every answer to a failed request, in order of file and position.
pub fn errors(repo: &Repo, facts: &Facts) -> Vec<ErrorAnswer> {
    let modules = facts.modules(repo);
    let mut found = Vec::new();
    for (file, of_file) in facts.files() {
        for answer in &of_file.answers.answers {
            let tells = match &answer.through {
                Some((name, argument)) => told_by(modules, facts, file, name, *argument),
                None => answer.tells,
            };
            found.push(ErrorAnswer { file, place: Place::At(file, answer.span), tells, status: answer.status });
        }
        for handed in &of_file.answers.handed {
            let Definition::Function(id) = modules.definition(file, &handed.callee) else { continue };
            let Some(theirs) = facts.of(id.file) else { continue };
            let function = modules.function(id).span;
            let relay = theirs.answers.relays.iter().find(|relay| {
                relay.function == function && relay.parameter == handed.argument && !(relay.spread && handed.bare)
            });
            if let Some(relay) = relay {
                let place = Place::At(file, handed.span);
                found.push(ErrorAnswer { file, place, tells: handed.tells, status: relay.status });
            }
        }
    }
    found.sort_by(|a, b| (a.file, &a.place).cmp(&(b.file, &b.place)));
    let mut seen = BTreeSet::new();
    found.retain(|answer| seen.insert((answer.file, answer.place.clone())));
    found
}

/// Whether `file` answers requests at all.
pub fn responses(facts: &Facts, file: FileId) -> usize {
    facts.of(file).map_or(0, |facts| facts.answers.responses)
}

/// What a function of the repository returns of the error that it is given.
fn told_by(modules: Modules<'_>, facts: &Facts, file: FileId, name: &Name, argument: usize) -> Tells {
    let Definition::Function(id) = modules.definition(file, name) else { return Tells::Nothing };
    let span = modules.function(id).span;
    facts
        .of(id.file)
        .into_iter()
        .flat_map(|facts| &facts.answers.tellers)
        .filter(|(function, parameter, _)| *function == span && *parameter == argument)
        .map(|(_, _, tells)| *tells)
        .max()
        .unwrap_or(Tells::Nothing)
}
