//! `session-store-memory`: sessions outlive the process that made them.

use crate::{
    code::{Kind, NodeRef},
    model::Verdict,
    rule::{Context, Out, Rule, Visit, Watch},
};

pub(in crate::rules) static RULE: SessionStoreMemory = SessionStoreMemory;

pub(in crate::rules) struct SessionStoreMemory;

impl Rule for SessionStoreMemory {
    fn id(&self) -> &'static str {
        "session-store-memory"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call]).keywords(&["express-session", "@fastify/session"])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        if !matches!(node.callee_api().as_deref(), Some("express-session")) || node.is_dev_only() {
            return;
        }
        let Some(options) = node.argument(0).map(NodeRef::resolved) else {
            out.bad(file.place(node), "memory");
            return;
        };
        // Options from elsewhere, or put together, may name a store.
        if !options.is(Kind::Object) || options.has_spread() {
            return;
        }
        match options.property("store") {
            None if !assigned_later(options) => {
                out.bad(file.place(node), "memory");
            }
            None => {}
            Some(store) if store.text().contains("MemoryStore") && !file.text.contains("memorystore") => {
                out.bad(file.place(store), "memory");
            }
            Some(store) => {
                out.good(file.place(store), "store");
            }
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        cx.judged(|| Verdict::not_applicable("no-sessions"))
    }
}

/// Whether a store is given to the options after they were written: `options.store = …`.
fn assigned_later(options: NodeRef<'_>) -> bool {
    let source = options.tree().source();
    source.contains(".store =") || source.contains("['store']")
}
