//! `api-docs-public`: interactive documentation of the interface is not served to everybody in production.

use crate::{
    code::{Kind, NodeRef, Role},
    facts::{
        Fact,
        routes::{GuardDoes, Public, RouteKind},
    },
    model::{Confidence, Message, Place, Site, Span, Verdict},
    repo::{ComponentKind, Role as FileRole},
    rule::{Context, Out, Rule, Visit, Watch},
};

pub(in crate::rules) static RULE: ApiDocsPublic = ApiDocsPublic;

pub(in crate::rules) struct ApiDocsPublic;

impl Rule for ApiDocsPublic {
    fn id(&self) -> &'static str {
        "api-docs-public"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Routes, Fact::Modules, Fact::Access]
    }

    fn watch(&self) -> Watch {
        let mut watch = Watch::nodes(&[Kind::Call]).keywords(&["FastAPI(", "swagger", "Swagger"]);
        watch.text = true;
        watch
    }

    /// Spring: `.requestMatchers("/swagger-ui/**").permitAll()`.
    fn text(&self, file: &Visit<'_>, out: &mut Out<'_>) {
        if !matches!(file.file.path.extension(), Some("java" | "kt")) {
            return;
        }
        let mut at = 0;
        while let Some(found) = file.text[at..].find("Matchers(") {
            let start = at + found;
            let rest = &file.text[start + 1..];
            let end = [rest.find("Matchers("), rest.find("anyRequest"), rest.find(';')]
                .into_iter()
                .flatten()
                .min()
                .unwrap_or(rest.len());
            let rule = &file.text[start..=start + end];
            if let Some(docs) = rule.find("swagger").filter(|_| rule.contains("permitAll")) {
                let from = u32::try_from(start + docs).unwrap_or_default();
                out.bad(Place::At(file.file.id, Span::new(from as usize, from as usize + "swagger".len())), "spring");
                return;
            }
            at = start + 1;
        }
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        match node.callee_name() {
            Some("FastAPI") if node.callee_api().is_some_and(|path| path == "fastapi.FastAPI") => {
                fastapi(file, node, out);
            }
            Some("setup") if node.receiver().is_some_and(|object| matches!(object.name(), "SwaggerModule")) => {
                mounted(file, node, out);
            }
            Some("use" | "get") if serves_swagger(node) => {
                let guarded = node.positional().any(|argument| {
                    let name = argument.callee_name().unwrap_or_else(|| argument.name()).to_ascii_lowercase();
                    ["auth", "admin", "protect", "basic", "require", "verify"].iter().any(|word| name.contains(word))
                });
                if guarded {
                    out.good(file.place(node), "guarded");
                } else {
                    mounted(file, node, out);
                }
            }
            Some("register") if node.argument(0).is_some_and(is_swagger_plugin) => mounted(file, node, out),
            _ => {}
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let from_routes: Vec<Site> = cx
            .facts
            .routes(cx.repo)
            .iter()
            .filter(|route| {
                let kind = cx.repo.component(route.component).kind;
                let last = route.path.rsplit('/').next().unwrap_or_default();
                route.kind == RouteKind::Http
                    && route.framework.to_ascii_lowercase().contains("next")
                    && route.public == Some(Public::Docs)
                    && route.path.starts_with("/api")
                    && matches!(last, "docs" | "swagger" | "openapi" | "openapi.json" | "doc")
                    && cx.repo.file(route.file).role == FileRole::Source
                    && route.resolved
                    && route.authenticates().is_none()
                    && route.guard(GuardDoes::Identifies).is_none()
                    && route.guard(GuardDoes::Unknown).is_none()
                    && !matches!(kind, ComponentKind::Library | ComponentKind::Cli)
                    && !speaks_of_environment(cx, route.handler.as_ref())
            })
            .map(|route| {
                Site::new(route.place.clone(), Message::new("route").with("path", &route.path))
                    .confidence(Confidence::Likely)
                    .key(&route.path)
            })
            .collect();
        let sites: Vec<Site> = cx
            .seen
            .iter()
            .filter(|seen| seen.tone == crate::model::Tone::Bad)
            .map(crate::rule::site_of)
            .chain(from_routes)
            .collect();
        if sites.is_empty() {
            return cx.judged(|| Verdict::not_applicable("none"));
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("none"))
    }
}

fn speaks_of_environment(cx: &Context<'_>, handler: Option<&Place>) -> bool {
    let Some(Place::At(file, span)) = handler else { return true };
    let Ok(text) = cx.repo.read(*file) else { return true };
    let inside = text.get(span.start as usize..span.end as usize).unwrap_or_default();
    ["NODE_ENV", "process.env", "404", "notFound"].iter().any(|word| inside.contains(word))
}

/// `FastAPI()` serves `/docs`, `/redoc` and `/openapi.json` unless it is told otherwise.
fn fastapi(file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
    if node.has_spread() || is_chosen(node) {
        return;
    }
    let schema = node.keyword("openapi_url");
    let docs = [node.keyword("docs_url"), node.keyword("redoc_url")];
    // Nothing is served under an empty address.
    let decided = |value: &NodeRef<'_>| !value.is(Kind::String) || value.name().is_empty();
    if schema.is_some_and(|value| decided(&value)) || docs.iter().flatten().any(decided) {
        out.good(file.place(schema.or(docs[0]).unwrap_or(node)), "decided");
    } else {
        out.bad(file.place(node), "fastapi");
    }
}

fn serves_swagger(node: NodeRef<'_>) -> bool {
    // A router may be mounted outside production only; that is said elsewhere.
    let of_app = node.receiver().is_some_and(|object| matches!(object.name(), "app" | "server" | "expressApp"));
    of_app
        && node.positional().any(|argument| {
            let path = argument.callee_path().or_else(|| argument.path()).unwrap_or_default();
            path.to_ascii_lowercase().contains("swaggerui") && (path.ends_with("serve") || path.ends_with("setup"))
                || path.starts_with("swagger-ui-express")
        })
}

fn is_swagger_plugin(plugin: NodeRef<'_>) -> bool {
    plugin.api_path().is_some_and(|path| path.contains("swagger-ui"))
}

fn mounted(file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
    if is_chosen(node) {
        out.good(file.place(node), "decided");
    } else {
        out.bad(file.place(node), "mounted");
    }
}

/// Whether a condition decides whether this runs.
fn is_chosen(node: NodeRef<'_>) -> bool {
    node.is_dev_only()
        || node.ancestors().any(|above| {
            matches!(above.kind(), Kind::If | Kind::Logical | Kind::Conditional)
                && !above.child(Role::Condition).is_some_and(|condition| condition.span().contains(node.span()))
        })
        || node.enclosing_function().is_some_and(|function| {
            function.child(Role::Body).is_some_and(|body| {
                body.children_in(Role::Item)
                    .take_while(|item| item.span().start < node.span().start)
                    .any(|item| item.is(Kind::If) && item.child(Role::Consequent).is_some_and(NodeRef::always_leaves))
            })
        })
}
