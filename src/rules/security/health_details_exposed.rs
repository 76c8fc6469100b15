//! `health-details-exposed`: a public health route answers with states, not with the inside of the service.

use crate::{
    code::{Kind, NodeRef, Role},
    facts::{
        Fact,
        routes::{GuardDoes, Public, Route, RouteKind, standing},
    },
    model::{Evidence, Message, Severity, Site, Verdict},
    repo::{ComponentKind, Role as FileRole},
    rule::{Context, Out, Rule, Visit, Watch, site_of},
};

pub(in crate::rules) static RULE: HealthDetailsExposed = HealthDetailsExposed;

pub(in crate::rules) struct HealthDetailsExposed;

/// Nodes of a handler that are looked at.
const BODY: usize = 3000;

impl Rule for HealthDetailsExposed {
    fn id(&self) -> &'static str {
        "health-details-exposed"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Routes, Fact::Modules, Fact::Access]
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Function])
    }

    /// Notes what functions of files about health would tell; the conclusion knows which of them answer a route.
    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        let about = |text: &str| text.contains("health") || text.contains("ready") || text.contains("status");
        if !about(file.file.path.as_str()) && !file.text.contains("health")
            || node.enclosing_function().is_some_and(|outer| outer.text().len() < 4000)
        {
            return;
        }
        let mut told: Vec<&'static str> = Vec::new();
        for inner in node.descendants().take(BODY) {
            let Some((key, severity)) = tells(inner) else { continue };
            if told.contains(&key) || is_logged(inner) {
                continue;
            }
            told.push(key);
            out.bad(file.place(inner), key).severity = Some(severity);
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let routes: Vec<&Route> = cx.facts.routes(cx.repo).iter().filter(|route| is_public_health(cx, route)).collect();
        if routes.is_empty() {
            return Verdict::not_applicable("no-routes");
        }
        let mut sites: Vec<Site> = Vec::new();
        let mut good: Vec<Evidence> = Vec::new();
        for route in routes {
            let Some((file, span)) = standing::handler_of(route) else { continue };
            let inside = cx.seen.iter().filter(|seen| match seen.place {
                crate::model::Place::At(other, place) => other == file && span.contains(place),
                _ => false,
            });
            let before = sites.len();
            for seen in inside {
                if sites.iter().all(|site| site.place != seen.place) {
                    sites.push(site_of(seen));
                }
            }
            if sites.len() == before {
                good.push(Evidence::At {
                    place: route.place.clone(),
                    note: Message::new("states").with("path", &route.path),
                });
            }
        }
        let (total, ok) = (sites.len() + good.len(), good.len());
        if sites.is_empty() {
            return Verdict::pass_or(good, || Verdict::unknown("unclear")).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-routes")).also_fine(good).sites(total, ok)
    }
}

fn is_public_health(cx: &Context<'_>, route: &Route) -> bool {
    let kind = cx.repo.component(route.component).kind;
    route.kind == RouteKind::Http
        && route.method != "HEAD"
        && cx.repo.file(route.file).role == FileRole::Source
        && (route.public == Some(Public::Health) || route.path.split('/').any(|part| part == "health"))
        && route.resolved
        && route.authenticates().is_none()
        && route.guard(GuardDoes::Unknown).is_none()
        && !matches!(kind, ComponentKind::Library | ComponentKind::Cli | ComponentKind::ClientApp)
}

/// What a node would tell the caller, when it goes into the answer.
fn tells(node: NodeRef<'_>) -> Option<(&'static str, Severity)> {
    match node.kind() {
        Kind::Member if matches!(node.name(), "message" | "stack") => {
            let object = node.child(Role::Object)?;
            let name = object.name().to_ascii_lowercase();
            let of_error = object.is(Kind::Identifier)
                && (matches!(name.as_str(), "e" | "err" | "error" | "ex")
                    || name.ends_with("error")
                    || name.ends_with("err"));
            (of_error && goes_out(node)).then_some(("errors", Severity::Medium))
        }
        Kind::Call => match node.callee_name()? {
            // Python: the text of the exception.
            "str" | "repr" => {
                let argument = node.argument(0)?;
                let caught = node.enclosing_catch()?;
                (argument.is(Kind::Identifier) && caught.name() == argument.name() && goes_out(node))
                    .then_some(("errors", Severity::Medium))
            }
            "getQueueStats" | "getJobCounts" | "countDocuments" | "estimatedDocumentCount" => {
                Some(("counts", Severity::Medium))
            }
            "memoryUsage" | "hostname" | "cpuUsage" | "networkInterfaces" if goes_out(node) => {
                Some(("runtime", Severity::Low))
            }
            "join" => {
                // The names of variables that are not set.
                let listed = node.receiver()?.resolved();
                let looks = listed.is(Kind::Call) && listed.descendants().take(30).any(NodeRef::is_dynamic_env_read);
                looks.then_some(("variables", Severity::Medium))
            }
            _ => None,
        },
        Kind::Property if node.name() == "count" => {
            let exact = node.child(Role::Value).is_some_and(|value| value.is(Kind::String) && value.name() == "exact");
            exact.then_some(("counts", Severity::Medium))
        }
        _ => None,
    }
}

/// Whether a value becomes part of an object or an answer, rather than of a condition.
fn goes_out(node: NodeRef<'_>) -> bool {
    for above in node.ancestors() {
        match above.kind() {
            Kind::Property | Kind::Return | Kind::Assignment => return true,
            Kind::Throw | Kind::Binary | Kind::If | Kind::Function => return false,
            _ => {}
        }
    }
    false
}

fn is_logged(node: NodeRef<'_>) -> bool {
    node.ancestors().take_while(|above| !above.is(Kind::Function)).any(|above| {
        above.is(Kind::Call)
            && (matches!(
                above.callee_name(),
                Some("error" | "warn" | "info" | "debug" | "log" | "captureException" | "warning" | "exception")
            ) && above.receiver().is_some_and(|receiver| {
                let name = receiver.name().to_ascii_lowercase();
                name.contains("log") || name == "console" || name == "sentry"
            }))
    })
}
