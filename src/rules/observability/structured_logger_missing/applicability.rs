//! Of whom the rule is asked, and how they are called.

use crate::{
    facts::side::Side,
    model::{Message, Place},
    repo::{ComponentKind, File, Role},
    rule::Context,
    rules::headers::is_workspace,
};

/// Frameworks of web applications that answer requests on a server.
const SERVERS: &[&str] = &[
    "Next.js",
    "Nuxt",
    "SvelteKit",
    "Remix",
    "React Router",
    "TanStack Start",
    "SolidStart",
    "Qwik",
    "NestJS",
    "Express",
    "Fastify",
    "Koa",
    "Hono",
    "hapi",
    "Nitro",
    "h3",
    "Elysia",
    "tRPC",
    "Apollo Server",
    "GraphQL Yoga",
    "Django",
    "FastAPI",
    "Flask",
];

/// Platforms that start code for each request and keep what it prints with the request.
const SERVERLESS: &[&str] = &[
    "Vercel",
    "Netlify",
    "Cloudflare Workers",
    "Serverless Framework",
    "AWS SAM",
    "AWS Lambda",
    "Firebase",
    "AWS Amplify",
];

/// Why the rule is not asked of this component.
pub(super) fn not_asked(cx: &Context<'_>) -> Option<Message> {
    let key = match cx.component.kind {
        ComponentKind::Cli => "tool",
        ComponentKind::Library | ComponentKind::Package => "library",
        ComponentKind::ClientApp => "static",
        ComponentKind::WebApp if !has_server_side(cx) => "static",
        ComponentKind::WebApp if is_workspace(cx.repo, cx.component) => "not-deployed",
        ComponentKind::WebApp if only_renders(cx) => "renders",
        kind if kind.is_deployable() => {
            return serverless(cx).map(|platform| about(cx, "serverless").with("platform", platform));
        }
        _ => "not-deployed",
    };
    Some(about(cx, key))
}

fn has_server_side(cx: &Context<'_>) -> bool {
    SERVERS.iter().any(|framework| cx.component.profile.has_framework(framework)) && !is_exported(cx)
}

/// A front end of Next.js that answers no requests but those for its pages: the work is done, and logged, behind it.
fn only_renders(cx: &Context<'_>) -> bool {
    let answers = |file: &File| {
        let stem = file.name().split('.').next().unwrap_or_default();
        let path = file.path.as_str();
        matches!(stem, "route" | "middleware" | "proxy" | "instrumentation" | "server")
            || path.contains("pages/api/")
            || cx.facts.of(file.id).is_some_and(|facts| matches!(facts.side.directive, Some((Side::Server, _))))
    };
    let stores = ["@prisma/client", "drizzle-orm", "pg", "mongoose", "mysql2", "typeorm", "kysely", "ioredis", "redis"];
    cx.component.profile.has_framework("Next.js")
        && cx
            .component
            .profile
            .frameworks
            .iter()
            .all(|framework| !SERVERS.contains(&framework.name) || framework.name == "Next.js")
        && !stores.iter().any(|name| cx.component.manifests(cx.repo).any(|it| it.dependency(name).is_some()))
        && !cx.files(Role::Source).filter(|file| file.language.is_some()).any(answers)
}

/// Settings by which a framework that could run on a server only writes files.
const EXPORTS: &[(&str, &[&str])] = &[
    ("next.config.", &["output: 'export'", "output: \"export\""]),
    ("nuxt.config.", &["ssr: false", "target: \"static\"", "target: 'static'"]),
    ("react-router.config.", &["ssr: false"]),
    ("svelte.config.", &["adapter-static"]),
];

fn is_exported(cx: &Context<'_>) -> bool {
    cx.files(Role::Config).any(|file| {
        EXPORTS.iter().filter(|(name, _)| file.path.file_name().is_some_and(|own| own.starts_with(name))).any(
            |(_, settings)| {
                cx.repo.read(file.id).is_ok_and(|text| settings.iter().any(|setting| text.contains(setting)))
            },
        )
    })
}

/// The serverless platform that is the only place where this component is deployed.
fn serverless(cx: &Context<'_>) -> Option<&'static str> {
    let targets = &cx.component.profile.deploy_targets;
    let elsewhere = targets.iter().any(|target| !SERVERLESS.contains(&target.name));
    targets.first().map(|target| target.name).filter(|_| !elsewhere)
}

/// A message that names the component.
pub(super) fn about(cx: &Context<'_>, key: &'static str) -> Message {
    Message::new(key).with("name", cx.component.name.as_str()).with("kind", cx.component.kind.name())
}

/// Where the missing library would be declared.
pub(super) fn manifest(cx: &Context<'_>) -> Place {
    let Some(manifest) = cx.component.manifests(cx.repo).next() else {
        return Place::Missing(cx.component.path.clone());
    };
    match &manifest.name {
        Some(name) => manifest.place(name.span),
        None => Place::File(manifest.file),
    }
}
