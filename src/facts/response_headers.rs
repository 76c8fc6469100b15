//! Security headers of responses: which code and which configuration sets them.

use super::switches::{self, Demand};
use crate::{
    code::{Constant, Kind, NodeRef, Role},
    model::Span,
    repo::File,
};

/// A header that tells browsers what a page may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Header {
    ContentSecurityPolicy,
    StrictTransportSecurity,
    NoSniff,
    /// `X-Frame-Options`, or `frame-ancestors` of a policy.
    Frames,
}

impl Header {
    pub const ALL: [Self; 4] =
        [Self::ContentSecurityPolicy, Self::StrictTransportSecurity, Self::NoSniff, Self::Frames];

    /// The header as it is written in a response.
    pub fn name(self) -> &'static str {
        match self {
            Self::ContentSecurityPolicy => "Content-Security-Policy",
            Self::StrictTransportSecurity => "Strict-Transport-Security",
            Self::NoSniff => "X-Content-Type-Options",
            Self::Frames => "X-Frame-Options",
        }
    }

    /// The header of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|header| header.name().eq_ignore_ascii_case(name))
    }
}

/// What one place sets or switches off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderSet {
    pub header: Header,
    pub span: Span,
    /// What sets it, as a reader names it.
    pub by: String,
    /// The place switches off what a library would set.
    pub off: bool,
    /// The setting of another file that decides whether it is set at all; empty when none does.
    pub setting: String,
}

/// Literals of which a file must hold one to set a header.
pub const KEYWORDS: &[&str] = &[
    "ecurity-",
    "ECURITY_",
    "SECURITY-",
    "ype-Options",
    "ype-options",
    "rame-Options",
    "rame-options",
    "rame-ancestors",
    "rameAncestors",
    "lusca",
    "helmet",
    "secureHeaders",
    "secure-headers",
    "Talisman",
    "SECURE_",
    "CSP_",
    "csp.middleware",
    "nuxt-security",
    "script-src",
    "scriptSrc",
    "SecurityMiddleware",
    "clickjacking",
];

/// The headers that a node of code sets.
pub fn set_by(node: NodeRef<'_>) -> Vec<HeaderSet> {
    match node.kind() {
        Kind::String | Kind::Property => named(node),
        Kind::Call => called(node),
        Kind::Assignment => assigned(node),
        _ => Vec::new(),
    }
}

fn one(header: Header, span: Span, by: impl Into<String>) -> HeaderSet {
    HeaderSet { header, span, by: by.into(), off: false, setting: String::new() }
}

/// A header's name as an argument, as a key, or as a part of a policy; and what Django and Nuxt are told to load.
fn named(node: NodeRef<'_>) -> Vec<HeaderSet> {
    let name = node.name();
    if let Some(header) = Header::of(name).filter(|_| !is_asked_for(node)) {
        return if is_of_some_pages(node) { Vec::new() } else { vec![one(header, node.span(), header.name())] };
    }
    if !node.is(Kind::String) {
        let directive = matches!(name, "frameAncestors" | "frame-ancestors");
        return directive.then(|| one(Header::Frames, node.span(), "frame-ancestors")).into_iter().collect();
    }
    match name {
        "django.middleware.security.SecurityMiddleware" => {
            vec![one(Header::NoSniff, node.span(), "SecurityMiddleware")]
        }
        "django.middleware.clickjacking.XFrameOptionsMiddleware" => {
            vec![one(Header::Frames, node.span(), "XFrameOptionsMiddleware")]
        }
        "csp.middleware.CSPMiddleware" => vec![one(Header::ContentSecurityPolicy, node.span(), "CSPMiddleware")],
        "nuxt-security" => Header::ALL.into_iter().map(|header| one(header, node.span(), "nuxt-security")).collect(),
        // Policies are written over several lines, too; a list of directives names it alone.
        _ if name.contains("frame-ancestors") && !is_asked_for(node) => {
            vec![one(Header::Frames, node.span(), "frame-ancestors")]
        }
        _ => Vec::new(),
    }
}

/// Next's `{ source: '/embed/:path*', headers: […] }`: what is said of some pages says nothing of the others.
fn is_of_some_pages(node: NodeRef<'_>) -> bool {
    let rules = node.ancestors().take(12).filter(|above| above.is(Kind::Object) && above.property("headers").is_some());
    let source = rules.into_iter().find_map(|rule| rule.property("source")).and_then(NodeRef::constant_str);
    source.is_some_and(|source| is_narrow(&source))
}

/// Whether a pattern of paths begins with a fixed part.
fn is_narrow(pattern: &str) -> bool {
    pattern.trim_start_matches('/').starts_with(|letter: char| letter.is_alphanumeric())
}

/// `headers.get('…')`, `removeHeader('…')`, `name === '…'`.
fn is_asked_for(node: NodeRef<'_>) -> bool {
    let Some(parent) = node.parent() else { return false };
    let asks = ["get", "delete", "removeHeader", "includes", "has", "getHeader", "startsWith", "hideHeader"];
    parent.is(Kind::Call) && parent.callee_name().is_some_and(|name| asks.contains(&name))
        || matches!(parent.kind(), Kind::Binary | Kind::Case)
}

/// Libraries that set headers.
fn called(call: NodeRef<'_>) -> Vec<HeaderSet> {
    let plugin = (call.callee_name() == Some("register")).then(|| call.argument(0)).flatten();
    let (Some(api), options) = (match plugin {
        Some(plugin) => (plugin.api_path(), call.argument(1)),
        None => (call.callee_api(), call.argument(0)),
    }) else {
        return Vec::new();
    };
    match api.as_str() {
        "helmet" | "koa-helmet" | "@fastify/helmet" | "fastify-helmet" | "helmet.helmet" => helmet(call, options),
        "helmet.contentSecurityPolicy" => vec![one(Header::ContentSecurityPolicy, call.span(), "helmet")],
        "helmet.hsts" | "helmet.strictTransportSecurity" => {
            vec![one(Header::StrictTransportSecurity, call.span(), "helmet")]
        }
        "helmet.noSniff" | "helmet.xContentTypeOptions" => vec![one(Header::NoSniff, call.span(), "helmet")],
        "helmet.frameguard" | "helmet.xFrameOptions" => vec![one(Header::Frames, call.span(), "helmet")],
        "hono/secure-headers.secureHeaders" => [Header::StrictTransportSecurity, Header::NoSniff, Header::Frames]
            .into_iter()
            .map(|header| one(header, call.span(), "secureHeaders"))
            .collect(),
        "next-secure-headers.createSecureHeaders" | "next-secure-headers.withSecureHeaders" => {
            [Header::StrictTransportSecurity, Header::NoSniff, Header::Frames]
                .into_iter()
                .map(|header| one(header, call.span(), "next-secure-headers"))
                .collect()
        }
        "lusca" => lusca(options),
        "lusca.csp" => vec![one(Header::ContentSecurityPolicy, call.span(), "lusca")],
        "lusca.hsts" => vec![one(Header::StrictTransportSecurity, call.span(), "lusca")],
        "lusca.nosniff" => vec![one(Header::NoSniff, call.span(), "lusca")],
        "lusca.xframe" => vec![one(Header::Frames, call.span(), "lusca")],
        "flask_talisman.Talisman" | "flask_talisman.talisman.Talisman" => talisman(call),
        _ => Vec::new(),
    }
}

/// Talisman sets all of them unless it is told otherwise, here or in `init_app`.
fn talisman(made: NodeRef<'_>) -> Vec<HeaderSet> {
    let later = || {
        let name = made.parent()?.child(Role::Target).filter(|target| target.is(Kind::Identifier))?.name();
        let calls = made.tree().nodes().filter(|call| call.callee_name() == Some("init_app"));
        calls.into_iter().find(|call| call.receiver().is_some_and(|of| of.name() == name))
    };
    let call = if made.children_in(Role::Argument).next().is_some() { made } else { later().unwrap_or(made) };
    let keys = [
        (Header::ContentSecurityPolicy, "content_security_policy"),
        (Header::StrictTransportSecurity, "strict_transport_security"),
        (Header::NoSniff, "x_content_type_options"),
        (Header::Frames, "frame_options"),
    ];
    keys.into_iter()
        .map(|(header, key)| {
            let Some(value) = call.keyword(key) else { return one(header, call.span(), "Talisman") };
            let off = value.constant().is_some_and(|value| !value.is_truthy());
            let setting = match switches::demand(value) {
                Some(Demand::Named(name)) => name,
                _ => String::new(),
            };
            HeaderSet { off, setting, ..one(header, value.span(), "Talisman") }
        })
        .collect()
}

/// Lusca sets what its options name.
fn lusca(options: Option<NodeRef<'_>>) -> Vec<HeaderSet> {
    let Some(options) = options.map(NodeRef::resolved).filter(|options| options.is(Kind::Object)) else {
        return Vec::new();
    };
    [
        ("csp", Header::ContentSecurityPolicy),
        ("hsts", Header::StrictTransportSecurity),
        ("nosniff", Header::NoSniff),
        ("xframe", Header::Frames),
    ]
    .into_iter()
    .filter_map(|(key, header)| {
        let value = options.property(key)?;
        let off = value.constant().is_some_and(|value| !value.is_truthy());
        (!off).then(|| one(header, value.span(), "lusca"))
    })
    .collect()
}

/// Helmet sets all of them unless an option says otherwise.
fn helmet(call: NodeRef<'_>, options: Option<NodeRef<'_>>) -> Vec<HeaderSet> {
    let options = options.map(NodeRef::resolved);
    let off = |keys: &[&str]| {
        let options = options.filter(|options| options.is(Kind::Object))?;
        keys.iter()
            .find_map(|key| options.property(key))
            .filter(|value| value.constant() == Some(Constant::Boolean(false)))
    };
    let keys: [(Header, &[&str]); 4] = [
        (Header::ContentSecurityPolicy, &["contentSecurityPolicy"]),
        (Header::StrictTransportSecurity, &["hsts", "strictTransportSecurity"]),
        (Header::NoSniff, &["noSniff", "xContentTypeOptions"]),
        (Header::Frames, &["frameguard", "xFrameOptions"]),
    ];
    keys.into_iter()
        .map(|(header, keys)| match off(keys) {
            Some(value) => HeaderSet { off: true, ..one(header, value.span(), "helmet") },
            None => one(header, call.span(), "helmet"),
        })
        .collect()
}

/// Django's settings.
fn assigned(assignment: NodeRef<'_>) -> Vec<HeaderSet> {
    let (Some(target), Some(value)) = (assignment.child(Role::Target), assignment.child(Role::Value)) else {
        return Vec::new();
    };
    let header = match target.name() {
        "SECURE_HSTS_SECONDS" => Header::StrictTransportSecurity,
        "CSP_DEFAULT_SRC" | "CONTENT_SECURITY_POLICY" | "SECURE_CSP" => Header::ContentSecurityPolicy,
        _ => return Vec::new(),
    };
    let off = value.constant().is_some_and(|value| !value.is_truthy());
    if off { Vec::new() } else { vec![one(header, assignment.span(), target.name())] }
}

/// The headers that a file without code sets: a proxy's or a platform's configuration, a page with a policy.
pub fn set_in_text(file: &File, text: &str) -> Vec<HeaderSet> {
    if file.language.is_some()
        || matches!(file.path.extension(), Some("md" | "mdx" | "txt" | "lock" | "svg" | "po" | "csv" | "sql"))
    {
        return Vec::new();
    }
    let page = matches!(file.path.extension(), Some("html" | "htm" | "ejs" | "hbs" | "pug"));
    let mut found = Vec::new();
    let mut at = 0;
    // Blocks of nginx around a line, and whether each is for some paths only.
    let mut around: Vec<bool> = Vec::new();
    let nginx = file.path.as_str().contains("nginx") || file.path.extension() == Some("conf");
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        if line.trim_start().starts_with(['#', ';']) || line.trim_start().starts_with("//") {
            continue;
        }
        if nginx {
            follow_blocks(line, &mut around);
            if around.contains(&true) {
                continue;
            }
        }
        let lower = line.to_ascii_lowercase();
        for header in Header::ALL {
            let name = header.name().to_ascii_lowercase();
            let Some(column) = lower.find(&name) else { continue };
            if page && (header != Header::ContentSecurityPolicy || !lower.contains("http-equiv")) {
                continue;
            }
            let span = Span::new(start + column, start + column + name.len());
            found.push(one(header, span, header.name()));
        }
        if let Some(column) = lower.find("frame-ancestors").filter(|_| !page) {
            found.push(one(
                Header::Frames,
                Span::new(start + column, start + column + "frame-ancestors".len()),
                "frame-ancestors",
            ));
        }
    }
    found
}

/// Notes the blocks that `line` opens and closes.
fn follow_blocks(line: &str, around: &mut Vec<bool>) {
    let code = line.trim();
    if code.ends_with('{') {
        let paths = code.strip_prefix("location").map(|rest| rest.trim_end_matches('{').trim());
        let narrow = paths.is_some_and(|paths| is_narrow(paths.trim_start_matches(['=', '^', '~', '*', ' '])));
        around.push(narrow);
    } else if code == "}" {
        around.pop();
    }
}

/// What lets injected scripts run in spite of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenPolicy {
    pub span: Span,
    pub allows: Vec<&'static str>,
}

/// Where a policy's text lets injected scripts run: the directive for scripts names `'unsafe-inline'` without a nonce,
/// or `'unsafe-eval'`.
pub fn open_policy(text: &str) -> Option<OpenPolicy> {
    let start = text.find("script-src ")?;
    let rest = &text[start..];
    let end = rest.find(';').unwrap_or(rest.len());
    let allows = allowed(&rest[..end]);
    (!allows.is_empty()).then(|| OpenPolicy { span: Span::new(start, start + end), allows })
}

/// As [`open_policy`], for `scriptSrc: […]` and `"script-src": […]`.
pub fn open_directive(property: NodeRef<'_>) -> Option<OpenPolicy> {
    let value = property.child(Role::Value).filter(|_| matches!(property.name(), "scriptSrc" | "script-src"))?;
    let allows = allowed(value.resolved().text());
    (value.resolved().is(Kind::Array) && !allows.is_empty()).then(|| OpenPolicy { span: property.span(), allows })
}

fn allowed(directive: &str) -> Vec<&'static str> {
    let guarded = directive.contains("nonce") || directive.contains("strict-dynamic") || directive.contains("sha256-");
    let inline = (directive.contains("'unsafe-inline'") && !guarded).then_some("unsafe-inline");
    // What a condition adds is for some environment only.
    let eval = (directive.contains("'unsafe-eval'") && !directive.contains('?')).then_some("unsafe-eval");
    let inline = inline.filter(|_| !directive.contains('?'));
    inline.into_iter().chain(eval).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_directive_for_scripts_counts() {
        assert_eq!(open_policy("default-src 'self'; style-src 'unsafe-inline'"), None);
        assert_eq!(open_policy("script-src 'self'; style-src 'unsafe-inline'"), None);
        assert_eq!(open_policy("script-src 'self' 'unsafe-inline' 'nonce-x'"), None);
        let open = open_policy("default-src 'self'; script-src 'unsafe-inline' 'unsafe-eval'");
        assert_eq!(open.map(|open| open.allows), Some(vec!["unsafe-inline", "unsafe-eval"]));
    }
}
