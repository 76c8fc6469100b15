//! Whether a handler changes anything, as far as the names of what it calls tell.

use super::{DEPTH, handler_of, has_table, makes_answer, words};
use crate::{
    facts::{
        modules::{FunctionId, Modules},
        routes::Route,
    },
    repo::Repo,
};

/// Whether something that the handler calls is named like a change, or the handler is not known. A calculation that is
/// asked for by POST, and a cookie of the caller's own browser, have no such name.
pub fn may_change(repo: &Repo, modules: Modules<'_>, route: &Route) -> bool {
    let handler = handler_of(route).and_then(|(file, span)| modules.function_at(file, span));
    // Where nothing but the answer is called, what happens is decided in a way that calls do not show.
    let works = |id| modules.calls(id).any(|call| !makes_answer(call));
    handler.is_none_or(|id| !works(id) || changes(repo, modules, id, DEPTH))
}

fn changes(repo: &Repo, modules: Modules<'_>, id: FunctionId, depth: usize) -> bool {
    let callees = modules.callees(id);
    has_table(modules, id.file)
        || has_changing_link(repo, modules, id)
        || modules.calls(id).filter(|call| !makes_answer(call)).any(|call| {
            match callees.iter().find(|(at, _)| at.span == call.span) {
                // A function that calls nothing is known by its name alone.
                Some((_, callee)) if depth > 0 && modules.calls(*callee).next().is_some() => {
                    changes(repo, modules, *callee, depth - 1)
                }
                // Or by the table in which what it calls is looked up.
                behind => {
                    is_change(call.callee.last()) || behind.is_some_and(|(_, callee)| has_table(modules, callee.file))
                }
            }
        })
}

/// Whether a chain of calls has a link that changes something: `client.from("orders").upsert(row)`. Only calls of
/// plain names are known one by one.
fn has_changing_link(repo: &Repo, modules: Modules<'_>, id: FunctionId) -> bool {
    const LINKS: &[&str] = &[
        ".insert(",
        ".update(",
        ".upsert(",
        ".delete(",
        ".del(",
        ".create(",
        ".save(",
        ".remove(",
        ".put(",
        ".patch(",
        ".post(",
        ".add(",
        ".execute(",
        ".query(",
        ".run(",
        ".exec(",
        ".commit(",
        ".publish(",
        ".enqueue(",
        ".write(",
        ".rpc(",
        ".mutate(",
    ];
    let span = modules.function(id).span;
    repo.read(id.file).is_ok_and(|text| {
        let body = text.get(span.start as usize..span.end as usize).unwrap_or_default();
        LINKS.iter().any(|link| body.contains(link))
    })
}

/// Words of names that change something, or that order somebody else to.
const CHANGES: &str = "accept activate add append apply approve archive assign attach ban begin book bulk buy cancel change \
    charge clear close commit complete confirm connect copy create deactivate decrement del delete deploy \
    destroy detach disable disconnect dispatch drop edit emit enable enqueue exec execute fill finish flush \
    generate hset import incr increment insert install invite invoke join kick kill launch leave link lock \
    mail mark merge mkdir modify move mutate mutation notify open order patch pause pay persist ping place \
    post process produce publish purchase purge push put query queue raw record refund register reject \
    release remove rename replace request reset restart restore resume revoke rpc run save schedule send set \
    setex share sign spawn start stop store submit subscribe swap sync toggle track transfer transition \
    trigger trim unlink unlock unset unsubscribe update upload upsert use vote withdraw write xadd";

/// Whether something is named like a change of what is stored, or like an order to somebody else. A bare `fetch` sends.
fn is_change(name: &str) -> bool {
    name == "fetch" || words(name).iter().any(|word| CHANGES.split_ascii_whitespace().any(|known| known == word))
}
