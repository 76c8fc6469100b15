//! `auth-fail-open`: a guard that cannot run refuses.

use std::collections::BTreeMap;

use crate::{
    code::{Kind, NodeRef, Role},
    facts::{
        Fact,
        access::WeaknessKind,
        routes::{Guard, GuardDoes, Route},
    },
    model::{Confidence, Evidence, Message, Place, Severity, Site, Tone, Verdict},
    repo::Role as FileRole,
    rule::{Context, Out, Rule, Visit, Watch},
};

pub(in crate::rules) static RULE: AuthFailOpen = AuthFailOpen;

pub(in crate::rules) struct AuthFailOpen;

/// Guards that a pass names.
const SHOWN: usize = 5;

impl Rule for AuthFailOpen {
    fn id(&self) -> &'static str {
        "auth-fail-open"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Routes, Fact::Modules, Fact::Access, Fact::Environment]
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Binary]).keywords(&["Bearer ", "Basic "])
    }

    /// A header compared with a template of `Bearer` and a variable: without the variable, "Bearer undefined" comes in.
    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        if !matches!(node.name(), "==" | "===" | "!=" | "!==") {
            return;
        }
        let template = [Role::Left, Role::Right]
            .into_iter()
            .filter_map(|side| node.child(side))
            .map(NodeRef::resolved)
            .find(|side| side.is(Kind::Template));
        let Some(hole) =
            template.and_then(|template| template.children_in(Role::Item).find(|piece| !piece.is(Kind::String)))
        else {
            return;
        };
        let Some(read) = hole.resolved().env_read() else { return };
        if read.default.is_some() {
            return;
        }
        // Any look at whether the variable is there settles it, wherever in the file.
        let name = read.name.clone();
        let looked_at = node.tree().nodes().any(|other| {
            matches!(other.kind(), Kind::If | Kind::Unary | Kind::Logical | Kind::Conditional)
                && !other.span().contains(node.span())
                && other.text().contains(&*name)
        });
        let tested_by_name = hole.is(Kind::Identifier)
            && node.tree().nodes().any(|other| {
                let condition = match other.kind() {
                    Kind::If | Kind::Conditional => other.child(Role::Condition),
                    Kind::Logical => other.child(Role::Left),
                    _ => None,
                };
                condition.is_some_and(|condition| {
                    !condition.span().contains(node.span())
                        && std::iter::once(condition)
                            .chain(condition.descendants().take(40))
                            .any(|inner| inner.is(Kind::Identifier) && inner.name() == hole.name())
                })
            });
        // `if (!secret || header !== …)`: in the same condition.
        let together =
            node.ancestors().take_while(|above| matches!(above.kind(), Kind::Logical | Kind::Unary)).any(|above| {
                above.descendants().take(60).any(|inner| {
                    !node.span().contains(inner.span())
                        && (inner.name() == hole.name() && inner.is(Kind::Identifier)
                            || inner.env_read().is_some_and(|other| other.name == name))
                })
            });
        if !looked_at && !tested_by_name && !together {
            out.bad(file.place(node), Message::new("undefined").with("name", name.clone())).key.push_str(&name);
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let routes: Vec<&Route> =
            cx.facts.routes(cx.repo).iter().filter(|route| cx.repo.file(route.file).role == FileRole::Source).collect();
        let mut weak: BTreeMap<&Place, (WeaknessKind, &Guard, usize)> = BTreeMap::new();
        let mut sound: BTreeMap<(&str, &Place), usize> = BTreeMap::new();
        for (route, guard) in routes.iter().flat_map(|route| route.guards.iter().map(move |guard| (route, guard))) {
            let stops = matches!(guard.does, GuardDoes::Authenticates | GuardDoes::Authorizes);
            for weakness in &guard.weak {
                let counts = stops || weakness.kind == WeaknessKind::AlwaysAllows;
                let name = guard.name.to_ascii_lowercase();
                let limits = ["throttl", "limit", "quota"].iter().any(|word| name.contains(word));
                if counts && !limits && !matches!(guard.does, GuardDoes::Verifies | GuardDoes::RateLimits) {
                    weak.entry(&weakness.place).or_insert((weakness.kind, guard, 0)).2 += 1;
                }
            }
            if stops && guard.weak.is_empty() {
                let inside = route.handler.as_ref() == Some(&guard.place) || guard.name == route.method;
                let name = if inside { "" } else { guard.name.as_str() };
                *sound.entry((name, guard.decides.as_ref().unwrap_or(&guard.place))).or_default() += 1;
            }
        }
        let mut sites: Vec<Site> = weak
            .into_iter()
            .map(|(place, (kind, guard, routes))| {
                let key = match kind {
                    WeaknessKind::AllowsOnException => "exception",
                    WeaknessKind::SkippedWhenUnset => "unset",
                    WeaknessKind::AlwaysAllows => "always",
                    WeaknessKind::OnlyWarns => "warns",
                    WeaknessKind::EmptyListAllows => "empty",
                };
                let message = Message::new(key).with("name", &guard.name).count("n", routes);
                Site::new(place.clone(), message).confidence(Confidence::Likely)
            })
            .collect();
        let refused = refused(cx);
        sites.extend(
            cx.seen
                .iter()
                .filter(|seen| seen.tone == Tone::Bad && !refused.contains(&seen.key))
                .map(|seen| crate::rule::site_of(seen).severity(Severity::High)),
        );
        if !sites.is_empty() {
            return Verdict::fail_or(sites, || Verdict::not_applicable("no-guards"));
        }
        let mut sound: Vec<_> = sound.into_iter().collect();
        sound.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let fine = sound
            .into_iter()
            .take(SHOWN)
            .map(|((name, place), count)| {
                let note =
                    if name.is_empty() { Message::new("inside") } else { Message::new("refuses").with("name", name) };
                Evidence::At { place: place.clone(), note: note.count("n", count) }
            })
            .collect();
        Verdict::pass_or(fine, || Verdict::not_applicable("no-guards"))
    }
}

/// Variables without which start-up stops.
fn refused(cx: &Context<'_>) -> Vec<String> {
    cx.facts
        .files()
        .flat_map(|(_, facts)| {
            let required = facts.environment.iter().filter(|read| {
                read.required_in_production
                    || matches!(
                        read.via,
                        crate::facts::environment::Via::Schema | crate::facts::environment::Via::Settings
                    )
            });
            required.map(|read| read.name.clone()).chain(facts.refused.iter().cloned())
        })
        .collect()
}
