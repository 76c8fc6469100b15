//! Where frameworks run the files of a component, by its dependencies and by the files' paths.

use super::Side;
use crate::repo::Component;

/// What renders in a component, as far as it decides on sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Renders {
    Nothing,
    InBrowser,
    /// Remix, `SvelteKit` and their kin: on both sides.
    OnBoth,
    Next,
    Nuxt,
}

/// What a component is made with, as far as it decides on sides.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stack {
    pub(super) renders: Renders,
    /// It answers requests itself.
    pub(super) serves: bool,
    /// It runs on phones.
    pub(super) mobile: bool,
}

const ON_BOTH: &[&str] = &["SvelteKit", "Remix", "React Router", "TanStack Start", "SolidStart", "Astro", "Qwik"];

const IN_BROWSER: &[&str] =
    &["React", "Vue", "Svelte", "Solid", "Preact", "Angular", "Create React App", "Vue CLI", "Gatsby"];

const SERVERS: &[&str] = &[
    "NestJS",
    "Express",
    "Fastify",
    "Koa",
    "Hono",
    "hapi",
    "Restify",
    "Elysia",
    "h3",
    "Nitro",
    "Polka",
    "AdonisJS",
    "Strapi",
    "Apollo Server",
    "GraphQL Yoga",
    "tRPC",
    "Socket.IO",
];

impl Stack {
    pub(super) fn of(component: &Component) -> Self {
        let any = |names: &[&str]| names.iter().any(|name| component.profile.has_framework(name));
        let renders = if any(&["Next.js"]) {
            Renders::Next
        } else if any(&["Nuxt"]) {
            Renders::Nuxt
        } else if any(ON_BOTH) {
            Renders::OnBoth
        } else if any(IN_BROWSER) {
            Renders::InBrowser
        } else {
            Renders::Nothing
        };
        Self { renders, serves: any(SERVERS), mobile: any(&["React Native", "Expo"]) }
    }

    /// Whether everything in the component runs on the user's device.
    pub(super) fn is_client_only(self) -> bool {
        self.mobile || (self.renders == Renders::InBrowser && !self.serves)
    }
}

/// Where the framework runs files of this path below the component.
pub(super) fn convention(path: &str, renders: Renders) -> Option<Side> {
    let name = path.rsplit('/').next().unwrap_or(path);
    // `user.client.ts` is a client of some service as often as code for browsers.
    let drawn = [".tsx", ".jsx", ".vue", ".svelte"].iter().any(|end| name.ends_with(end));
    if name.contains(".client.") && (drawn || renders == Renders::Nuxt || name.starts_with("entry.client.")) {
        return Some(Side::Client);
    }
    if name.contains(".server.") || matches!(name.split('.').next(), Some("+server")) {
        return Some(Side::Server);
    }
    if renders == Renders::Nuxt {
        let first = path.strip_prefix("app/").unwrap_or(path).split('/').next()?;
        return match first {
            "server" => Some(Side::Server),
            "components" | "composables" | "layouts" | "middleware" | "pages" | "stores" => Some(Side::Client),
            _ => None,
        };
    }
    if renders != Renders::Next {
        return None;
    }
    let path = path.strip_prefix("src/").unwrap_or(path);
    let stem = name.split('.').next().unwrap_or(name);
    if !path.contains('/') {
        match stem {
            "middleware" | "proxy" | "instrumentation" => return Some(Side::Server),
            "instrumentation-client" => return Some(Side::Client),
            _ => {}
        }
    }
    if path.starts_with("pages/api/") || (path.starts_with("app/") && stem == "route") {
        return Some(Side::Server);
    }
    let app_file =
        matches!(stem, "page" | "layout" | "template" | "loading" | "not-found" | "default" | "sitemap" | "robots");
    if path.starts_with("app/") && app_file {
        return Some(Side::Server);
    }
    // Error pages of the app folder must be client components.
    if path.starts_with("app/") && matches!(stem, "error" | "global-error") {
        return Some(Side::Client);
    }
    path.starts_with("pages/").then_some(Side::Shared)
}

/// What the folders on the way are called.
pub(super) fn folder(path: &str) -> Option<Side> {
    let mut folders: Vec<&str> = path.split('/').collect();
    folders.pop();
    if folders.first() == Some(&"api") {
        return Some(Side::Server);
    }
    folders.iter().find_map(|folder| match *folder {
        // Scripts that a server hands out as they are, or that are bundled for that.
        "client" | "frontend" | "browser" | "static" => Some(Side::Client),
        "server" | "backend" => Some(Side::Server),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_decides_by_path() {
        for (path, side) in [
            ("app/api/users/route.ts", Some(Side::Server)),
            ("src/app/page.tsx", Some(Side::Server)),
            ("app/error.tsx", Some(Side::Client)),
            ("pages/api/users.ts", Some(Side::Server)),
            ("pages/index.tsx", Some(Side::Shared)),
            ("middleware.ts", Some(Side::Server)),
            ("src/instrumentation-client.ts", Some(Side::Client)),
            ("components/middleware.ts", None),
            ("lib/db.ts", None),
        ] {
            assert_eq!(convention(path, Renders::Next), side, "{path}");
        }
        assert_eq!(convention("middleware/admin.ts", Renders::Nuxt), Some(Side::Client));
        assert_eq!(convention("server/middleware/log.ts", Renders::Nuxt), Some(Side::Server));
        assert_eq!(convention("app/api/users/route.ts", Renders::Nothing), None);
        assert_eq!(convention("app/entry.client.tsx", Renders::Nothing), Some(Side::Client));
    }

    #[test]
    fn folders_speak_last() {
        assert_eq!(folder("client/src/app.tsx"), Some(Side::Client));
        assert_eq!(folder("server/routes.ts"), Some(Side::Server));
        assert_eq!(folder("src/app.ts"), None);
    }
}
