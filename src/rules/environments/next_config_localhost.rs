//! `next-config-localhost`: the configuration of Next.js names no address on the developer's machine in production.

use crate::{
    code::{Guard, Kind, NodeRef, Role as NodeRole},
    model::{Message, Severity, Verdict},
    repo::Role,
    rule::{Context, Out, Rule, Visit, Watch},
};

pub(in crate::rules) static RULE: NextConfigLocalhost = NextConfigLocalhost;

pub(in crate::rules) struct NextConfigLocalhost;

impl Rule for NextConfigLocalhost {
    fn id(&self) -> &'static str {
        "next-config-localhost"
    }

    fn watch(&self) -> Watch {
        Watch { text: true, ..Watch::nodes(&[Kind::String]) }.roles(&[Role::Source, Role::Config])
    }

    fn text(&self, file: &Visit<'_>, out: &mut Out<'_>) {
        if is_next_config(file) {
            out.note(crate::model::Place::File(file.file.id), "searched");
        }
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        if !is_next_config(file) || !is_local(node) || node.environment_guard() == Guard::DevelopmentOnly {
            return;
        }
        let Some(setting) = setting(node) else { return };
        if is_chosen_elsewhere(node) || is_held_for_development(node) {
            return;
        }
        let (key, severity) = match setting {
            "images" | "domains" | "remotePatterns" => ("images", Severity::Low),
            "rewrites" | "redirects" => ("rewrites", Severity::Medium),
            "env" => ("env", Severity::Medium),
            _ => ("headers", Severity::Low),
        };
        out.bad(file.place(node), Message::new(key)).severity = Some(severity);
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        cx.judged(|| {
            let files = cx.seen.len();
            if files == 0 {
                Verdict::not_applicable("no-config")
            } else {
                Verdict::pass(cx.searched("searched", files), [])
            }
        })
    }
}

fn is_next_config(file: &Visit<'_>) -> bool {
    matches!(
        file.file.name(),
        "next.config.js" | "next.config.mjs" | "next.config.ts" | "next.config.cjs" | "next.config.mts"
    )
}

/// A host or an address on this machine; a content policy that mentions one counts, too.
fn is_local(node: NodeRef<'_>) -> bool {
    let text = node.name();
    let named = |host: &str| {
        text == host
            || ["http://", "https://", "ws://"].iter().any(|scheme| {
                text.strip_prefix(scheme)
                    .and_then(|rest| rest.strip_prefix(host))
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
            })
    };
    ["localhost", "127.0.0.1"].iter().any(|host| named(host))
}

/// The setting of Next.js that the string belongs to.
fn setting(node: NodeRef<'_>) -> Option<&str> {
    let known = ["images", "rewrites", "redirects", "headers", "env", "domains", "remotePatterns"];
    node.ancestors().take(40).find_map(|above| {
        let name = match above.kind() {
            Kind::Property => above.name(),
            Kind::Function => above.function_name().unwrap_or_default(),
            Kind::Assignment => above.child(NodeRole::Target).map(NodeRef::name).unwrap_or_default(),
            _ => "",
        };
        known.contains(&name).then_some(name)
    })
}

/// Whether a name that holds the entry is used in development: `return isProd ? [] : [proxy]`.
fn is_held_for_development(node: NodeRef<'_>) -> bool {
    let holder = node.ancestors().take(40).find(|above| above.is(Kind::Assignment));
    let binding = holder.and_then(|holder| holder.child(NodeRole::Target)).and_then(NodeRef::binding_id);
    binding.is_some_and(|binding| {
        let uses = node.tree().references(binding).take(40).filter(|one| one.role() != NodeRole::Target);
        uses.into_iter().any(|one| one.environment_guard() == Guard::DevelopmentOnly || is_chosen_elsewhere(one))
    })
}

/// Whether a condition about anything chooses it: then production may well have another value.
fn is_chosen_elsewhere(node: NodeRef<'_>) -> bool {
    let mut below = node;
    for above in node.ancestors().take(40) {
        let branch = matches!(above.kind(), Kind::If | Kind::Conditional) && below.role() == NodeRole::Consequent;
        let condition = above.child(NodeRole::Condition).filter(|_| branch);
        if condition.is_some_and(|condition| condition.environment_condition() == Guard::None) {
            return true;
        }
        if above.is(Kind::Logical) && above.name() == "&&" && below.role() == NodeRole::Right {
            return true;
        }
        if above.is(Kind::Binary) && above.name() != "+" {
            return true;
        }
        below = above;
    }
    false
}
