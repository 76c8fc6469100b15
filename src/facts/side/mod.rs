//! On which side a file runs: on the server, in the browser (or another device of the user), or on both.
//!
//! Rules ask [`side_of`] and get the sign that decided, so that a finding can say why it takes a file for client code.
//! From the strongest sign to the weakest: what the file declares (`'use client'`), where the framework runs a file of
//! that name, what it imports and touches, what kind of component it belongs to, and what its folder is called.

mod convention;

use convention::{Renders, Stack, convention, folder};

use super::{Extractor, Fact, Facts, FileFacts, Visit, Watch};
use crate::{
    code::{Kind, NodeRef, Role as NodeRole},
    model::Span,
    repo::{Component, File, Repo},
};

/// Where a file runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    Server,
    Client,
    /// On both, or nothing tells: code that is not known to stay in the browser is treated as reaching the server.
    Shared,
}

/// What decided on the side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    /// `'use client'` or `'use server'`.
    Directive,
    /// The framework runs files of this name or folder there.
    Convention,
    /// It imports a module that exists on one side only.
    Import,
    /// It uses hooks or the document, or is written in a component's language.
    Browser,
    /// Everything in its component runs there.
    Component,
    /// Its folder is called `client`, `server`, ….
    Folder,
    /// The language has no other side.
    Language,
    /// Nothing tells.
    None,
}

/// A side with its reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sided {
    pub side: Side,
    pub sign: Sign,
    /// The place in the file that shows it, where there is one.
    pub span: Option<Span>,
}

/// What a file itself says about its side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SideSigns {
    pub directive: Option<(Side, Span)>,
    /// The first import that only a server can have.
    pub server: Option<Span>,
    /// The first use of hooks.
    pub client: Option<Span>,
    /// The first use of the browser's globals.
    pub browser: Option<Span>,
    /// Where it asks on which side it runs (`typeof window`): it is written for both.
    pub both: Option<Span>,
}

/// Literals of which a file must hold one to say anything about its side.
const KEYWORDS: [&str; 44] = [
    "@angular/core",
    "use client",
    "use server",
    "server-only",
    "client-only",
    "next/headers",
    "next/server",
    "node:",
    "'fs",
    "\"fs",
    "'http",
    "\"http",
    "next/cache",
    "'net",
    "\"net",
    "tls",
    "dns",
    "cluster",
    "child_process",
    "worker_threads",
    "async_hooks",
    "express",
    "fastify",
    "koa",
    "@hono/node-server",
    "@nestjs/",
    "'pg'",
    "\"pg\"",
    "mysql2",
    "mongoose",
    "redis",
    "bullmq",
    "nodemailer",
    "@prisma/client",
    "drizzle-orm",
    "typeorm",
    "sequelize",
    "kafkajs",
    "window",
    "document",
    "localStorage",
    "sessionStorage",
    "navigator",
    "use",
];

/// Modules that exist on a server only.
const SERVER_MODULES: &[&str] = &[
    "server-only",
    "next/headers",
    "next/server",
    "next/cache",
    "fs",
    "fs/promises",
    "http",
    "https",
    "net",
    "tls",
    "dns",
    "cluster",
    "child_process",
    "worker_threads",
    "async_hooks",
    "express",
    "fastify",
    "koa",
    "@hono/node-server",
    "@nestjs/common",
    "@nestjs/core",
    "pg",
    "mysql2",
    "mongoose",
    "ioredis",
    "redis",
    "bullmq",
    "nodemailer",
    "@prisma/client",
    "drizzle-orm",
    "typeorm",
    "sequelize",
    "kafkajs",
];

pub(super) struct Sides;

impl Extractor for Sides {
    fn fact(&self) -> Fact {
        Fact::Side
    }

    fn watch(&self) -> Watch {
        let kinds = [Kind::Import, Kind::Call, Kind::Member, Kind::Unary];
        Watch { text: true, ..Watch::nodes(&kinds).keywords(&KEYWORDS) }
    }

    fn text(&self, file: &Visit<'_>, facts: &mut FileFacts) {
        if is_script(file.file) {
            facts.side.directive = directive(file.text);
        }
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, facts: &mut FileFacts) {
        if !is_script(file.file) {
            return;
        }
        let signs = &mut facts.side;
        match node.kind() {
            Kind::Import if is_server_module(node) => first(&mut signs.server, node),
            Kind::Import if node.name() == "client-only" => first(&mut signs.client, node),
            // A component of Angular is drawn in the browser, whatever serves the rest.
            Kind::Import if node.name() == "@angular/core" && is_component_file(file.file) => {
                first(&mut signs.client, node);
            }
            Kind::Call if requires_server_module(node) => first(&mut signs.server, node),
            Kind::Call if is_hook(file, node) => first(&mut signs.client, node),
            Kind::Member if touches_browser(node) => first(&mut signs.browser, node),
            Kind::Unary if asks_for_side(node) => first(&mut signs.both, node),
            _ => {}
        }
    }
}

fn first(sign: &mut Option<Span>, node: NodeRef<'_>) {
    sign.get_or_insert(node.span());
}

fn is_script(file: &File) -> bool {
    file.language.is_some_and(crate::code::Language::is_script)
}

/// The directive in front of the first statement.
fn directive(text: &str) -> Option<(Side, Span)> {
    let mut rest = text.trim_start_matches('\u{feff}');
    for _ in 0..64 {
        rest = rest.trim_start();
        if rest.starts_with("//") || rest.starts_with("#!") {
            rest = rest.split_once('\n')?.1;
        } else if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/")?.1;
        } else if let Some((_, behind)) = quoted(rest).filter(|(inner, _)| *inner == "use strict") {
            rest = behind.trim_start_matches(';');
        } else {
            break;
        }
    }
    let (inner, _) = quoted(rest)?;
    let start = text.len() - rest.len();
    let side = match inner {
        "use client" => Side::Client,
        "use server" => Side::Server,
        _ => return None,
    };
    Some((side, Span::new(start, start + inner.len() + 2)))
}

fn quoted(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|char| matches!(char, '\'' | '"'))?;
    text[1..].split_once(quote)
}

fn is_server_module(import: NodeRef<'_>) -> bool {
    !import.has(crate::code::Flags::TYPE_ONLY) && names_server_module(import.name())
}

fn names_server_module(module: &str) -> bool {
    module.starts_with("node:") || SERVER_MODULES.contains(&module)
}

fn requires_server_module(call: NodeRef<'_>) -> bool {
    call.callee_name() == Some("require")
        && call.argument(0).is_some_and(|module| module.is(Kind::String) && names_server_module(module.name()))
}

/// Hooks that server components may call as well.
const NEUTRAL_HOOKS: [&str; 7] =
    ["useTranslations", "useFormatter", "useLocale", "useMessages", "useNow", "useTimeZone", "useId"];

/// `useState(…)`, `useRouter(…)`: React's rule of names for what runs in a rendered component.
fn is_hook(file: &Visit<'_>, call: NodeRef<'_>) -> bool {
    let Some(name) = call.callee_name() else { return false };
    let named_so =
        name.strip_prefix("use").is_some_and(|rest| rest.starts_with(|char: char| char.is_ascii_uppercase()));
    let renders = file.file.path.extension().is_some_and(|extension| extension.ends_with('x'))
        || matches!(name, "useState" | "useEffect" | "useReducer" | "useRef" | "useLayoutEffect" | "useContext")
        || matches!(name, "useCallback" | "useMemo" | "useQuery" | "useMutation" | "useQueryClient" | "useRouter");
    named_so
        && renders
        && call.child(NodeRole::Callee).is_some_and(|callee| callee.is(Kind::Identifier))
        && !NEUTRAL_HOOKS.contains(&name)
}

/// `typeof window`
fn asks_for_side(unary: NodeRef<'_>) -> bool {
    unary.name() == "typeof"
        && unary.child(NodeRole::Value).is_some_and(|value| value.is(Kind::Identifier) && value.name() == "window")
}

/// `window.…`, `document.…` and the like, as a global.
fn touches_browser(member: NodeRef<'_>) -> bool {
    member.child(NodeRole::Object).is_some_and(|object| {
        object.is(Kind::Identifier)
            && object.binding().is_none()
            && matches!(object.name(), "window" | "document" | "localStorage" | "sessionStorage" | "navigator")
    })
}

/// Where `file` runs, and what shows it.
pub fn side_of(repo: &Repo, facts: &Facts, file: &File) -> Sided {
    let sided = |side, sign| Sided { side, sign, span: None };
    if !is_script(file) {
        return sided(Side::Server, Sign::Language);
    }
    let none = SideSigns::default();
    let signs = facts.of(file.id).map_or(&none, |facts| &facts.side);
    if let Some((side, span)) = signs.directive {
        return Sided { side, sign: Sign::Directive, span: Some(span) };
    }
    let component = repo.component(file.component);
    let stack = Stack::of(component);
    let path = file.path.strip_prefix(&component.path).unwrap_or(&file.path).as_str();
    if let Some(side) = convention(path, stack.renders) {
        return sided(side, Sign::Convention);
    }
    if let (Some(span), true) = (signs.client.or(signs.server), is_component_file(file)) {
        // A component may import an enumeration from a server's package; a route may hold its loader as well.
        let route = path.split('/').any(|folder| folder == "routes");
        return match (signs.client, signs.server) {
            (Some(_), Some(_)) if route => Sided { side: Side::Shared, sign: Sign::Import, span: signs.server },
            (Some(_), _) => Sided { side: Side::Client, sign: Sign::Browser, span: Some(span) },
            (None, _) => Sided { side: Side::Server, sign: Sign::Import, span: Some(span) },
        };
    }
    if let Some(span) = signs.server {
        return Sided { side: Side::Server, sign: Sign::Import, span: Some(span) };
    }
    if stack.is_client_only() || !stack.serves && is_bundled(repo, component) {
        return sided(Side::Client, Sign::Component);
    }
    if let Some(span) = signs.client {
        return Sided { side: Side::Client, sign: Sign::Browser, span: Some(span) };
    }
    if let Some(span) = signs.both.filter(|_| !is_component_file(file)) {
        return Sided { side: Side::Shared, sign: Sign::Browser, span: Some(span) };
    }
    if let Some(span) = signs.browser {
        return Sided { side: Side::Client, sign: Sign::Browser, span: Some(span) };
    }
    if let Some(side) = folder(path) {
        return sided(side, Sign::Folder);
    }
    if stack.renders == Renders::Nothing {
        return sided(Side::Server, Sign::Component);
    }
    sided(Side::Shared, Sign::None)
}

/// Whether a component is built for browsers as a whole: Vite builds it, and a page or a list of browsers lies beside.
fn is_bundled(repo: &Repo, component: &Component) -> bool {
    component.manifests(repo).any(|manifest| {
        manifest.scripts.iter().any(|script| script.command.contains("vite build") && !script.command.contains("--ssr"))
            && (repo.by_path(&manifest.folder.join("index.html")).is_some()
                || repo.read(manifest.file).is_ok_and(|text| text.contains("\"browserslist\": [")))
    })
}

/// A file of markup: it asks for its side to render, and what it does then it does in the browser.
fn is_component_file(file: &File) -> bool {
    file.name().ends_with(".component.ts") || file.path.extension().is_some_and(|extension| extension.ends_with('x'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_stand_before_the_first_statement() {
        assert_eq!(directive("// note\n'use client'\nx()").map(|found| found.0), Some(Side::Client));
        assert_eq!(directive("/* a */\n\"use strict\";\n\"use server\";").map(|found| found.0), Some(Side::Server));
        assert_eq!(directive("import x from 'y'\n'use client'"), None);
        assert_eq!(directive(""), None);
    }
}
