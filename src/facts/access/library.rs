//! What the guards of known packages do, by the path under which they are imported.

use super::could_guard;
use crate::facts::{
    modules::{CallShape, Shape},
    routes::GuardDoes,
};

/// What is known of something imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    Guards(&'static [GuardDoes]),
    /// It lets every request through.
    Inert,
}

use GuardDoes::{Authenticates, Authorizes, Csrf, Identifies, RateLimits, Validates, Verifies};

/// Beginnings of import paths; the longest that fits wins. `()` stands for what a call makes.
const GUARDS: &[(&str, &[GuardDoes])] = &[
    // Express and Connect
    ("passport.authenticate", &[Authenticates]),
    ("passport().authenticate", &[Authenticates]),
    ("passport.session", &[Identifies]),
    ("koa-passport.authenticate", &[Authenticates]),
    ("@fastify/passport.authenticate", &[Authenticates]),
    ("express-jwt", &[Authenticates]),
    ("express-oauth2-jwt-bearer.auth", &[Authenticates]),
    ("express-oauth2-jwt-bearer.requiredScopes", &[Authorizes]),
    ("express-oauth2-jwt-bearer.claim", &[Authorizes]),
    ("express-jwt-authz", &[Authorizes]),
    ("express-jwt-permissions", &[Authorizes]),
    ("express-openid-connect.requiresAuth", &[Authenticates]),
    ("express-openid-connect.auth", &[Authenticates]),
    ("express-basic-auth", &[Authenticates]),
    ("connect-ensure-login", &[Authenticates]),
    ("supertokens-node/recipe/session/framework/express.verifySession", &[Authenticates]),
    ("supertokens-node/recipe/session/framework/fastify.verifySession", &[Authenticates]),
    ("express-session", &[Identifies]),
    ("cookie-session", &[Identifies]),
    ("client-sessions", &[Identifies]),
    ("@clerk/express.requireAuth", &[Authenticates]),
    ("@clerk/express.clerkMiddleware", &[Identifies]),
    ("@clerk/clerk-sdk-node.ClerkExpressRequireAuth", &[Authenticates]),
    ("@clerk/clerk-sdk-node.ClerkExpressWithAuth", &[Identifies]),
    ("express-rate-limit", &[RateLimits]),
    ("express-slow-down", &[RateLimits]),
    ("express-brute", &[RateLimits]),
    ("rate-limiter-flexible", &[RateLimits]),
    ("express-limiter", &[RateLimits]),
    ("express-validator", &[Validates]),
    ("celebrate", &[Validates]),
    ("express-joi-validation", &[Validates]),
    ("express-validation", &[Validates]),
    ("express-zod-safe", &[Validates]),
    ("zod-express-middleware", &[Validates]),
    ("express-openapi-validator", &[Validates]),
    ("csurf", &[Csrf]),
    ("lusca.csrf", &[Csrf]),
    ("csrf-csrf", &[Csrf]),
    ("tiny-csrf", &[Csrf]),
    ("csrf-sync", &[Csrf]),
    // Koa
    ("koa-jwt", &[Authenticates]),
    ("koa-basic-auth", &[Authenticates]),
    ("koa-session", &[Identifies]),
    ("koa-ratelimit", &[RateLimits]),
    ("koa2-ratelimit", &[RateLimits]),
    ("koa-csrf", &[Csrf]),
    // Fastify
    ("@fastify/rate-limit", &[RateLimits]),
    ("fastify-rate-limit", &[RateLimits]),
    ("@fastify/csrf-protection", &[Csrf]),
    ("@fastify/session", &[Identifies]),
    ("@fastify/secure-session", &[Identifies]),
    ("@fastify/bearer-auth", &[Authenticates]),
    ("@fastify/basic-auth", &[Identifies]),
    ("@fastify/jwt", &[Identifies]),
    ("@clerk/fastify.clerkPlugin", &[Identifies]),
    // Hono
    ("hono/jwt.jwt", &[Authenticates]),
    ("hono/jwk.jwk", &[Authenticates]),
    ("hono/bearer-auth.bearerAuth", &[Authenticates]),
    ("hono/basic-auth.basicAuth", &[Authenticates]),
    ("hono/csrf.csrf", &[Csrf]),
    ("hono/validator.validator", &[Validates]),
    ("hono-rate-limiter", &[RateLimits]),
    ("@hono/zod-validator", &[Validates]),
    ("@hono/standard-validator", &[Validates]),
    ("@hono/valibot-validator", &[Validates]),
    ("@hono/typebox-validator", &[Validates]),
    ("@hono/clerk-auth.clerkMiddleware", &[Identifies]),
    ("@hono/auth-js.verifyAuth", &[Authenticates]),
    ("@hono/auth-js.initAuthConfig", &[Identifies]),
    ("@hono/firebase-auth", &[Authenticates]),
    ("@hono/oidc-auth.oidcAuthMiddleware", &[Authenticates]),
    ("hono-openapi/zod.validator", &[Validates]),
    ("hono-openapi.validator", &[Validates]),
    // Nest
    ("@nestjs/passport.AuthGuard", &[Authenticates]),
    ("@nestjs/throttler.ThrottlerGuard", &[RateLimits]),
    ("nest-keycloak-connect.AuthGuard", &[Authenticates]),
    ("nest-keycloak-connect.RoleGuard", &[Authorizes]),
    ("@nestjs/common.ValidationPipe", &[Validates]),
    ("nestjs-zod.ZodValidationPipe", &[Validates]),
    // Sessions and identity, whatever the framework
    ("next-auth.getServerSession", &[Identifies]),
    ("next-auth/next.getServerSession", &[Identifies]),
    ("next-auth.unstable_getServerSession", &[Identifies]),
    ("next-auth/jwt.getToken", &[Identifies]),
    ("next-auth().auth", &[Identifies]),
    ("@clerk/nextjs/server.auth", &[Identifies]),
    ("@clerk/nextjs/server.currentUser", &[Identifies]),
    ("@clerk/nextjs/server.getAuth", &[Identifies]),
    ("@clerk/nextjs.auth", &[Identifies]),
    ("@clerk/nextjs.currentUser", &[Identifies]),
    ("iron-session", &[Identifies]),
    ("@upstash/ratelimit", &[RateLimits]),
    // Python
    ("fastapi.security.HTTPBearer", &[Identifies]),
    ("fastapi.security.OAuth2PasswordRequestForm", &[Validates]),
    ("starlette.middleware.authentication.AuthenticationMiddleware", &[Identifies]),
    ("fastapi.security.HTTPBasic", &[Identifies]),
    ("fastapi.security.OAuth2PasswordBearer", &[Identifies]),
    ("fastapi.security.APIKeyHeader", &[Identifies]),
    ("fastapi.security.APIKeyQuery", &[Identifies]),
    ("fastapi.security.APIKeyCookie", &[Identifies]),
    ("fastapi_limiter.depends.RateLimiter", &[RateLimits]),
    ("flask_login.login_required", &[Authenticates]),
    ("flask_login.fresh_login_required", &[Authenticates]),
    ("flask_jwt_extended.jwt_required", &[Authenticates]),
    ("flask_jwt_extended.jwt_optional", &[Identifies]),
    ("flask_apispec.use_kwargs", &[Validates]),
    ("webargs", &[Validates]),
    ("flask_jwt_extended.verify_jwt_in_request", &[Authenticates]),
    ("flask_security.auth_required", &[Authenticates]),
    ("flask_security.login_required", &[Authenticates]),
    ("flask_security.roles_required", &[Authorizes]),
    ("flask_security.roles_accepted", &[Authorizes]),
    ("flask_security.permissions_required", &[Authorizes]),
    ("flask_httpauth.HTTPBasicAuth().login_required", &[Authenticates]),
    ("flask_httpauth.HTTPTokenAuth().login_required", &[Authenticates]),
    ("flask_limiter.Limiter().limit", &[RateLimits]),
    ("slowapi.Limiter().limit", &[RateLimits]),
    ("slowapi.middleware.SlowAPIMiddleware", &[RateLimits]),
    ("django.contrib.auth.decorators.login_required", &[Authenticates]),
    ("django.contrib.auth.decorators.permission_required", &[Authorizes]),
    ("django.contrib.auth.decorators.user_passes_test", &[Authorizes]),
    ("django.contrib.admin.views.decorators.staff_member_required", &[Authorizes]),
    ("django.contrib.auth.mixins.LoginRequiredMixin", &[Authenticates]),
    ("django.contrib.auth.mixins.PermissionRequiredMixin", &[Authorizes]),
    ("django.contrib.auth.mixins.UserPassesTestMixin", &[Authorizes]),
    ("django.contrib.auth.mixins.AccessMixin", &[Identifies]),
    ("django.contrib.auth.middleware.AuthenticationMiddleware", &[Identifies]),
    ("django.contrib.auth.middleware.LoginRequiredMiddleware", &[Authenticates]),
    ("django.views.decorators.csrf.csrf_protect", &[Csrf]),
    ("django_ratelimit.decorators.ratelimit", &[RateLimits]),
    ("ratelimit.decorators.ratelimit", &[RateLimits]),
    ("rest_framework.permissions.IsAuthenticatedOrReadOnly", &[Identifies]),
    ("rest_framework.permissions.IsAuthenticated", &[Authenticates]),
    ("rest_framework.permissions.IsAdminUser", &[Authorizes]),
    ("rest_framework.permissions.DjangoModelPermissionsOrAnonReadOnly", &[Identifies]),
    ("rest_framework.permissions.DjangoModelPermissions", &[Authorizes]),
    ("rest_framework.permissions.DjangoObjectPermissions", &[Authorizes]),
    ("rest_framework.throttling", &[RateLimits]),
    ("fastapi_users.FastAPIUsers().current_user", &[Authenticates]),
    ("starlette.authentication.requires", &[Authenticates]),
    ("fastapi_csrf_protect", &[Csrf]),
    ("svix", &[Verifies]),
    // `serve` of Upstash's workflows lets in only what bears the signature of its queue.
    ("@upstash/workflow", &[Verifies]),
];

/// Packages that never decide who comes in although their names or those of their members might say so.
const INERT: &[&str] = &[
    "express",
    "cors",
    "helmet",
    "morgan",
    "compression",
    "body-parser",
    "cookie-parser",
    "multer",
    "method-override",
    "serve-static",
    "serve-favicon",
    "response-time",
    "on-finished",
    "connect-flash",
    "express-flash",
    "errorhandler",
    "http-proxy-middleware",
    "express-winston",
    "pino-http",
    "express-pino-logger",
    "swagger-ui-express",
    "i18next-http-middleware",
    "hpp",
    "express-mongo-sanitize",
    "xss-clean",
    "express-fileupload",
    "connect-timeout",
    "express-ejs-layouts",
    "nocache",
    "hono/cors",
    "hono/logger",
    "hono/secure-headers",
    "hono/pretty-json",
    "hono/timing",
    "hono/compress",
    "hono/etag",
    "hono/cache",
    "hono/body-limit",
    "hono/request-id",
    "hono/timeout",
    "hono/trailing-slash",
    "hono/serve-static",
    "@hono/node-server/serve-static",
    "@hono/swagger-ui",
    "@fastify/cors",
    "@fastify/helmet",
    "@fastify/static",
    "@fastify/cookie",
    "@fastify/multipart",
    "@fastify/sensible",
    "@fastify/swagger",
    "@fastify/swagger-ui",
    "@fastify/env",
    "@fastify/formbody",
    "@fastify/websocket",
    "@fastify/compress",
    "@fastify/autoload",
    "@sentry",
    "prom-client",
    "express-prom-bundle",
    "express-status-monitor",
    "lusca",
    "express-async-errors",
    "express-async-handler",
    "passport",
    "koa-bodyparser",
    "koa-body",
    "koa-helmet",
    "koa-logger",
    "@koa/cors",
    "koa-static",
    "koa-compress",
    "koa-send",
    "koa-mount",
    "koa-compose",
    "kcors",
    "koa-sslify",
    "koa-router",
    "starlette.middleware",
    "fastapi.middleware",
    "uvicorn.middleware",
    "flask_apispec",
    "django.views.decorators",
    "django.utils.decorators",
    "django.db.transaction",
    "drf_spectacular",
    "drf_yasg",
    "@koa/router",
];

/// What something imported under `path` does; `call` is how it is used, when it is called.
pub fn known(path: &str, call: Option<&CallShape>) -> Option<Known> {
    let fits = |prefix: &str| {
        path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '(', '/']))
    };
    if let Some(does) = by_option(path, call) {
        return Some(Known::Guards(does));
    }
    if let Some((_, does)) = GUARDS.iter().filter(|(prefix, _)| fits(prefix)).max_by_key(|(prefix, _)| prefix.len()) {
        return Some(Known::Guards(does));
    }
    if INERT.iter().any(|prefix| fits(prefix)) {
        return Some(Known::Inert);
    }
    // `passport` however it was handed around.
    if path.ends_with("passport.authenticate") {
        return Some(Known::Guards(&[Authenticates]));
    }
    None
}

/// Guards that an option turns into something weaker.
fn by_option(path: &str, call: Option<&CallShape>) -> Option<&'static [GuardDoes]> {
    let call = call?;
    let is = |key: &str, value: bool| call.option(key) == Some(&Shape::Boolean(value));
    if path.contains("jwt_required") && is("optional", true) {
        return Some(&[Identifies]);
    }
    if path.starts_with("fastapi_users") && is("optional", true) {
        return Some(&[Identifies]);
    }
    if path.starts_with("fastapi_users") && (is("superuser", true)) {
        return Some(&[Authorizes]);
    }
    if path.starts_with("express-jwt") && is("credentialsRequired", false) {
        return Some(&[Identifies]);
    }
    if path.starts_with("koa-jwt") && is("passthrough", true) {
        return Some(&[Identifies]);
    }
    if path.starts_with("express-openid-connect.auth") && is("authRequired", false) {
        return Some(&[Identifies]);
    }
    // `passport.authenticate(['jwt', 'anonymous'])` lets everybody in.
    if path.ends_with("passport.authenticate") {
        let strategies = match call.arguments.first() {
            Some(Shape::Array(items)) => items.iter().filter_map(Shape::as_text).collect(),
            Some(Shape::Text(one)) => vec![one.as_str()],
            _ => Vec::new(),
        };
        if strategies.contains(&"anonymous") {
            return Some(&[Identifies]);
        }
    }
    None
}

/// Whether something of a package that is not known could decide who comes in.
pub(super) fn package_could_guard(path: &str) -> bool {
    path.split(['/', '.', '@']).any(could_guard)
}
