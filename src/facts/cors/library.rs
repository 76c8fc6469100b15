//! How each CORS library behaves: what it allows by default, when its option is unset, and for `*`.

/// Who decides about cross-origin access at a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Library {
    /// `cors` and what wraps it: `nextjs-cors`.
    Express,
    Fastify,
    /// `fastify-cors`, before it moved to `@fastify/cors`.
    FastifyOld,
    /// `app.enableCors`, `NestFactory.create(…, { cors })`: `cors` or `@fastify/cors` below.
    Nest,
    Hono,
    Koa,
    Elysia,
    /// Socket.IO since version 3, and Nest's gateways on top of it.
    SocketIo,
    /// `CORSMiddleware` of Starlette and `FastAPI`.
    Starlette,
    Litestar,
    FlaskCors,
    Django,
    AiohttpCors,
    /// `Access-Control-Allow-Origin` set by the application's own code.
    Header,
    /// `Access-Control-Allow-Origin` in a configuration that lists headers by path.
    HeaderRule,
}

/// What a library allows where nobody tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unset {
    /// The header is `*`.
    Everyone,
    /// The request's origin is sent back.
    Reflected,
    /// No header, or an error.
    Nobody,
}

/// How a library applies a regular expression to an origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchoring {
    /// Anywhere in the text.
    Search,
    /// From the first character.
    Prefix,
    /// The whole text.
    Full,
}

impl Library {
    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Express => "cors",
            Self::Fastify => "@fastify/cors",
            Self::FastifyOld => "fastify-cors",
            Self::Nest => "enableCors",
            Self::Hono => "hono/cors",
            Self::Koa => "@koa/cors",
            Self::Elysia => "@elysiajs/cors",
            Self::SocketIo => "Socket.IO",
            Self::Starlette => "CORSMiddleware",
            Self::Litestar => "CORSConfig",
            Self::FlaskCors => "Flask-CORS",
            Self::Django => "django-cors-headers",
            Self::AiohttpCors => "aiohttp_cors",
            Self::Header | Self::HeaderRule => "Access-Control-Allow-Origin",
        }
    }

    /// What happens when the origin option is not given at all.
    pub(super) fn without_option(self) -> Unset {
        match self {
            Self::Elysia => Unset::Reflected,
            // Starlette's default is no origin; `django-cors-headers` and aiohttp_cors list origins one by one.
            Self::Starlette | Self::Django | Self::AiohttpCors | Self::Header | Self::HeaderRule => Unset::Nobody,
            _ => Unset::Everyone,
        }
    }

    /// What happens when the option is given and its value is undefined, `None` or empty.
    pub(super) fn with_empty_option(self) -> Unset {
        match self {
            // `options.origin || '*'`; version 3 reflects, which without credentials is the same.
            Self::Koa => Unset::Everyone,
            // The default of a destructured parameter replaces `undefined`.
            Self::Elysia => Unset::Reflected,
            // `cors` calls `next()` without headers, `@fastify/cors` answers with an error, Hono throws.
            _ => Unset::Nobody,
        }
    }

    /// Whether `*` as an element of a list allows every origin. `cors` compares each element with the origin, so
    /// `['*']` matches nothing there.
    pub(super) fn star_in_list(self) -> bool {
        matches!(
            self,
            Self::Fastify | Self::Elysia | Self::Starlette | Self::Litestar | Self::FlaskCors | Self::AiohttpCors
        )
    }

    /// Whether `*` together with credentials sends the request's origin back. The others send `*`, which browsers
    /// refuse for requests with credentials.
    pub(super) fn reflects_star_with_credentials(self) -> bool {
        matches!(
            self,
            Self::Koa | Self::Starlette | Self::Litestar | Self::FlaskCors | Self::Django | Self::AiohttpCors
        )
    }

    /// Whether credentials are allowed when nobody says so.
    pub(super) fn credentials_by_default(self) -> bool {
        self == Self::Elysia
    }

    pub(super) fn anchoring(self) -> Anchoring {
        match self {
            Self::Starlette | Self::Litestar => Anchoring::Full,
            Self::FlaskCors | Self::Django => Anchoring::Prefix,
            _ => Anchoring::Search,
        }
    }

    /// Whether text with the characters of a regular expression is one.
    pub(super) fn text_is_pattern(self) -> bool {
        self == Self::FlaskCors
    }

    /// Whether the application's code writes the header itself.
    pub fn is_header(self) -> bool {
        matches!(self, Self::Header | Self::HeaderRule)
    }

    /// The library that a package exports under `name`.
    pub(super) fn of_export(module: &str, name: &str) -> Option<Self> {
        let whole = matches!(name, "default" | "*" | "cors" | "CORS");
        Some(match module {
            "cors" | "nextjs-cors" if whole => Self::Express,
            "@koa/cors" | "koa2-cors" | "kcors" | "koa-cors" if whole => Self::Koa,
            "@elysiajs/cors" | "@elysia/cors" if whole => Self::Elysia,
            "flask_cors" if matches!(name, "CORS" | "cross_origin") => Self::FlaskCors,
            _ if whole && (module.ends_with("hono/cors") || module.ends_with("@hono/hono/cors")) => Self::Hono,
            _ if name == "CORSMiddleware" && (module.starts_with("fastapi") || module.starts_with("starlette")) => {
                Self::Starlette
            }
            _ if name == "CORSConfig" && module.starts_with("litestar") => Self::Litestar,
            _ => return None,
        })
    }
}
