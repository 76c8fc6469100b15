//! `env-not-passed`: every variable of a schema reaches the schema.

use crate::{
    code::{Kind, NodeRef, Role as NodeRole},
    model::{Message, Severity, Verdict},
    rule::{Context, Out, Rule, Visit, Watch},
};

pub(in crate::rules) static RULE: EnvNotPassed = EnvNotPassed;

pub(in crate::rules) struct EnvNotPassed;

/// Names that a finding lists.
const NAMED: usize = 6;

impl Rule for EnvNotPassed {
    fn id(&self) -> &'static str {
        "env-not-passed"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call]).keywords(&["arse("])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        let Some(schema) = schema_of(node) else { return };
        let Some(given) = node.argument(0) else { return };
        if given.path().as_deref() == Some("process.env") {
            out.good(file.place(node), "whole");
            return;
        }
        let given = given.resolved();
        if !given.is(Kind::Object) || given.has_spread() || schema.has_spread() || !is_environment(given) {
            return;
        }
        let passed: Vec<&str> = given.children().filter(|child| child.is(Kind::Property)).map(NodeRef::name).collect();
        let missing: Vec<NodeRef<'_>> = schema
            .children()
            .filter(|child| child.is(Kind::Property) && !child.name().is_empty() && !passed.contains(&child.name()))
            .collect();
        if missing.is_empty() {
            out.good(file.place(node), "all");
            return;
        }
        let required = missing.iter().any(|key| key.child(NodeRole::Value).is_some_and(is_required));
        let names: Vec<&str> = missing.iter().take(NAMED).map(|key| key.name()).collect();
        let message = Message::new(if required { "required" } else { "optional" })
            .with("names", names.join(", "))
            .count("n", missing.len());
        let observation = out.bad(file.place(given), message);
        observation.severity = Some(if required { Severity::High } else { Severity::Medium });
        observation.key = names.join(",");
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        cx.judged(|| Verdict::not_applicable("none"))
    }
}

/// The keys of the schema that a call of `parse` or `safeParse` checks with, when the file declares it.
fn schema_of(node: NodeRef<'_>) -> Option<NodeRef<'_>> {
    if !matches!(node.callee_name()?, "parse" | "safeParse" | "parseAsync") {
        return None;
    }
    let mut schema = node.receiver()?.resolved();
    // `z.object({…}).strict()`, `.refine(…)` and their kin keep the keys.
    for _ in 0..6 {
        if matches!(schema.callee_name(), Some("object" | "strictObject" | "looseObject")) {
            let keys = schema.argument(0)?.resolved();
            return keys.is(Kind::Object).then_some(keys);
        }
        if !matches!(
            schema.callee_name(),
            Some("strict" | "passthrough" | "refine" | "superRefine" | "strip" | "readonly")
        ) {
            return None;
        }
        schema = schema.receiver()?;
    }
    None
}

/// Whether most properties read a variable of the same name.
fn is_environment(given: NodeRef<'_>) -> bool {
    let properties: Vec<NodeRef<'_>> = given.children().filter(|child| child.is(Kind::Property)).collect();
    let read = |property: &&NodeRef<'_>| property.child(NodeRole::Value).and_then(NodeRef::env_read).is_some();
    let reads = properties.iter().filter(read).count();
    reads >= 2 && reads * 2 > properties.len()
}

/// No `.optional()`, `.default(…)` or their kin in the chain of calls.
fn is_required(value: NodeRef<'_>) -> bool {
    let mut node = value;
    for _ in 0..24 {
        if matches!(node.callee_name(), Some("optional" | "default" | "nullish" | "catch" | "prefault")) {
            return false;
        }
        match node.receiver() {
            Some(receiver) => node = receiver,
            None => break,
        }
    }
    true
}
