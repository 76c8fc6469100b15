//! `env-boolean-coercion`: a flag that is set to `false` is off.

use crate::{
    code::{Kind, NodeRef, Role as NodeRole},
    model::{Message, Verdict},
    rule::{Context, Out, Rule, Visit, Watch},
};

pub(in crate::rules) static RULE: EnvBooleanCoercion = EnvBooleanCoercion;

pub(in crate::rules) struct EnvBooleanCoercion;

impl Rule for EnvBooleanCoercion {
    fn id(&self) -> &'static str {
        "env-boolean-coercion"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call]).keywords(&["oolean", "bool(", "stringbool"])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        if let Some(key) = schema_flag(node) {
            let name = key.name();
            if node.callee_name() == Some("stringbool") {
                out.good(file.place(node), Message::new("known").with("name", name));
                return;
            }
            let observation = out.bad(file.place(node), Message::new("coerced").with("name", name));
            observation.key.push_str(name);
            return;
        }
        let converted = matches!(node.callee_path().as_deref(), Some("Boolean" | "bool"));
        if let Some(read) = node.argument(0).filter(|_| converted).and_then(NodeRef::env_read) {
            if !is_flag(&read.name) || is_truth_of_number(node) {
                return;
            }
            let observation = out.bad(file.place(node), Message::new("converted").with("name", read.name.as_str()));
            observation.key = read.name;
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        cx.judged(|| Verdict::not_applicable("none"))
    }
}

/// The key of the schema of an environment whose value is made a boolean: `FLAG: z.coerce.boolean()`.
fn schema_flag(call: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let path = call.callee_path()?;
    let coerces =
        path.ends_with(".coerce.boolean") || path.ends_with("z.stringbool") || path.ends_with("zod.stringbool");
    if !coerces {
        return None;
    }
    let property = call.ancestors().take(8).find(|above| above.is(Kind::Property))?;
    let name = property.name();
    let upper =
        name.len() > 2 && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    // A value that is put into form first is another's.
    let preprocessed = call.ancestors().take(4).any(|above| above.callee_name() == Some("preprocess"));
    (upper && !preprocessed).then_some(property)
}

/// Names that ask a yes-or-no question; the others ask whether a value is there at all.
fn is_flag(name: &str) -> bool {
    let ends =
        ["_ENABLED", "_DISABLED", "_ENABLE", "_DISABLE", "_FLAG", "_SECURE", "_VERBOSE", "_DEBUG", "_TLS", "_SSL"];
    let starts =
        ["ENABLE_", "DISABLE_", "IS_", "USE_", "ALLOW_", "SKIP_", "REQUIRE_", "SHOULD_", "DEBUG", "VERBOSE", "NO_"];
    ends.iter().any(|end| name.ends_with(end))
        || starts.iter().any(|start| name.starts_with(start))
        || name.contains("_ENABLE_")
}

/// `bool(int(os.getenv('X', '0')))`, `Boolean(Number(process.env.X))`: zero is off there.
fn is_truth_of_number(call: NodeRef<'_>) -> bool {
    call.argument(0).is_some_and(|inner| {
        inner.is(Kind::Call)
            && matches!(inner.callee_name(), Some("int" | "Number" | "parseInt" | "strtobool" | "loads" | "parse"))
    }) || call
        .parent()
        .is_some_and(|parent| parent.is(Kind::Unary) && call.role() == NodeRole::Value && parent.name() != "!")
}
