//! `openapi-missing`: an interface for programs is described in a form that programs read.

use crate::{
    facts::{
        Fact,
        routes::{Public, Route, RouteKind, standing::Area},
    },
    model::{Confidence, FileId, Message, Place, Site, Verdict},
    repo::{ComponentKind, FileKind, Repo, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: OpenapiMissing = OpenapiMissing;

pub(in crate::rules) struct OpenapiMissing;

/// Packages that make a description from the code, or the code from a description.
const GENERATORS: &[&str] = &[
    "@fastify/swagger",
    "fastify-swagger",
    "swagger-jsdoc",
    "swagger-ui-express",
    "swagger-autogen",
    "@asteasolutions/zod-to-openapi",
    "zod-openapi",
    "@hono/zod-openapi",
    "hono-openapi",
    "tsoa",
    "next-swagger-doc",
    "next-openapi-gen",
    "@nestjs/swagger",
    "nestia",
    "@nestia/core",
    "express-openapi",
    "express-openapi-validator",
    "express-oas-generator",
    "openapi-backend",
    "koa-swagger-decorator",
    "koa-openapi",
    "routing-controllers-openapi",
    "@ts-rest/open-api",
    "trpc-openapi",
    "trpc-to-openapi",
    "@orpc/openapi",
    "@elysiajs/swagger",
    "drf-spectacular",
    "drf-yasg",
    "django-ninja",
    "flask-smorest",
    "flask-restx",
    "flask-openapi3",
    "apiflask",
    "flasgger",
    "apispec",
    "flask-apispec",
    "connexion",
    "spectree",
    "flask-pydantic-spec",
    "litestar",
];

impl Rule for OpenapiMissing {
    fn id(&self) -> &'static str {
        "openapi-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Routes, Fact::Modules, Fact::Access]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if cx.component.kind != ComponentKind::HttpService {
            return Verdict::not_applicable("no-interface");
        }
        let routes: Vec<&Route> = cx.facts.routes(cx.repo).iter().filter(|route| asked(cx, route)).collect();
        if let Some(route) = routes.iter().find(|route| route.framework == "fastapi") {
            return Verdict::pass_at(route.place.clone(), "fastapi");
        }
        if let Some(place) = described(cx) {
            return Verdict::pass_at(place, "described");
        }
        let generator = GENERATORS.iter().find_map(|name| {
            let (manifest, dependency) = cx.repo.dependency(cx.component.id, name)?;
            Some((manifest.place(dependency.span), dependency.name.as_str()))
        });
        if let Some((place, name)) = generator {
            return Verdict::pass_at(place, Message::new("generated").with("name", name));
        }
        let Some(first) = routes.first().filter(|_| routes.len() >= cx.whole("routes")) else {
            return Verdict::not_applicable("few");
        };
        if renders(cx) {
            return Verdict::not_applicable("pages");
        }
        let message = Message::new("missing").count("n", routes.len());
        Verdict::fail(Site::new(first.place.clone(), message).confidence(Confidence::Likely), [])
    }
}

fn asked(cx: &Context<'_>, route: &Route) -> bool {
    route.component == cx.component.id
        && route.kind == RouteKind::Http
        && route.framework != "next"
        && route.area() != Area::Dispatch
        && !matches!(route.public, Some(Public::Health | Public::Static | Public::Docs))
}

/// A description that lies in the repository.
fn described(cx: &Context<'_>) -> Option<Place> {
    let file = cx.repo.files().iter().find(|file| {
        let name = file.path.file_name().unwrap_or_default().to_ascii_lowercase();
        let document = matches!(file.path.extension(), Some("json" | "yaml" | "yml" | "apib" | "raml"));
        let words = ["openapi", "swagger", "api-spec", "apispec", "postman"];
        // `openapi/v2-orders.yaml`, as long as it is one.
        let in_folder = || {
            file.folder().components().any(|part| words.contains(&part.as_str())) && is_description(cx.repo, file.id)
        };
        document
            && file.kind != FileKind::Lockfile
            && !matches!(file.role, Role::Test | Role::Vendored)
            && (words.iter().any(|word| name.contains(word))
                || matches!(file.path.extension(), Some("apib" | "raml"))
                || in_folder())
    })?;
    Some(Place::File(file.id))
}

/// Whether a file says that it describes an interface.
fn is_description(repo: &Repo, file: FileId) -> bool {
    let root = repo.doc(file).and_then(|doc| doc.root());
    root.is_some_and(|root| root.get("openapi").or_else(|| root.get("swagger")).is_some())
}

/// Whether the service answers with pages for people.
fn renders(cx: &Context<'_>) -> bool {
    cx.facts.modules(cx.repo).files().any(|(file, module)| {
        cx.covers(file)
            && cx.repo.file(file).role == Role::Source
            && module.calls.iter().any(|call| matches!(call.callee.last(), "render" | "render_template" | "renderFile"))
    })
}
