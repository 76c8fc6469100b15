//! Limits on how often a service may be asked: at the proxy, in code, applied or only written down.

mod rates;
mod signs;
mod used;

pub use rates::Rate;

use super::{
    Extractor, Fact, Facts, FileFacts, Visit, Watch,
    access::{SignKind, is_about_rate},
    modules::FunctionId,
};
use crate::{
    code::{Kind, NodeRef},
    facts::tier::{self, Tier},
    model::{FileId, Place, Span},
    repo::{File, FileKind, Repo, Role},
};

/// What one file says about limits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LimitFacts {
    pub signs: Vec<LimitSign>,
    /// Limiters with numbers that the code writes out.
    pub rates: Vec<Rate>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitSign {
    pub span: Span,
    pub kind: LimitKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LimitKind {
    /// The limiter failed, and the request goes on.
    AllowsOnError,
    /// Without a store nothing is limited.
    OffWithoutStore,
    /// Without a shared store each process counts alone.
    MemoryWithoutStore,
    /// A store in memory, and no other.
    MemoryOnly,
    /// A library's own store in memory, because it was given no other.
    LibraryMemory,
    /// The log-in with a password of `NextAuth`, in which nothing limits.
    PasswordLogIn,
}

/// Whether a function named like this counts tries, locks the account after too many, or keeps out programs.
pub fn counts_tries(name: &str) -> bool {
    let plain = name.replace('_', "").to_ascii_lowercase();
    [
        "loginattempt",
        "signinattempt",
        "failedattempt",
        "failedlogin",
        "toomanyattempts",
        "attemptsthreshold",
        "bruteforce",
        "lockout",
        "lockaccount",
        "islocked",
        "accountlocked",
        "captcha",
        "verifyturnstile",
        "validateturnstile",
    ]
    .iter()
    .any(|word| plain.contains(word))
        && !plain.contains("clear")
        && !plain.contains("reset")
        && !plain.contains("unlock")
}

/// Collects what files say about limits.
pub(super) struct LimitExtractor;

impl Extractor for LimitExtractor {
    fn fact(&self) -> Fact {
        Fact::Limits
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Catch, Kind::If, Kind::Conditional, Kind::Assignment, Kind::Call, Kind::Property])
            .keywords(&["ateLimit", "atelimit", "ATE_LIMIT", "ate_limit", "ate-limit", "imiter", "hrottl", "next-auth"])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, facts: &mut FileFacts) {
        facts.limits.signs.extend(signs::sign(file.file.path.as_str(), node));
        facts.limits.rates.extend(rates::rate(node));
    }
}

/// Packages that limit.
pub const PACKAGES: &[&str] = &[
    "express-rate-limit",
    "express-slow-down",
    "rate-limiter-flexible",
    "express-brute",
    "@fastify/rate-limit",
    "fastify-rate-limit",
    "@upstash/ratelimit",
    "@nestjs/throttler",
    "koa-ratelimit",
    "koa2-ratelimit",
    "hono-rate-limiter",
    "slowapi",
    "fastapi_limiter",
    "flask_limiter",
    "django_ratelimit",
    "axes",
    "limits",
    "rest_framework.throttling",
    "@arcjet/next",
    "@arcjet/node",
    "@unkey/ratelimit",
    "limiter",
];

/// A place in code that limits, or brings in what limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mention {
    pub file: FileId,
    pub span: Span,
    /// The function around it, or that it defines.
    pub function: Option<FunctionId>,
}

/// Every place in source files that speaks of limiting requests, in order of path. Needs [`Fact::Modules`] and
/// [`Fact::Access`].
pub fn mentions(repo: &Repo, facts: &Facts) -> Vec<Mention> {
    facts.once(|| Mentions(find_mentions(repo, facts))).0.clone()
}

struct Mentions(Vec<Mention>);

fn find_mentions(repo: &Repo, facts: &Facts) -> Vec<Mention> {
    let modules = facts.modules(repo);
    let mut found = Vec::new();
    for (file, module) in modules.files().filter(|(file, _)| repo.file(*file).role == Role::Source) {
        let packages = module.imports.iter().filter(|import| {
            PACKAGES
                .iter()
                .filter_map(|package| import.module.strip_prefix(package))
                .any(|rest| rest.is_empty() || rest.starts_with('.'))
        });
        found.extend(packages.map(|import| Mention { file, span: import.span, function: None }));
        for (index, function) in
            module.functions.iter().enumerate().filter(|(_, function)| is_about_rate(&function.name))
        {
            found.push(Mention { file, span: function.span, function: Some(FunctionId { file, index }) });
        }
        let signs = modules.access(file).into_iter().flat_map(|access| &access.signs);
        for sign in signs.filter(|sign| matches!(sign.kind, SignKind::LimitsRate | SignKind::Refuses(429))) {
            found.push(Mention { file, span: sign.span, function: modules.function_around(file, sign.span) });
        }
    }
    found
}

/// Whether a mention is, directly or through the functions around it, used by code that may run: a function that no
/// other file names, and its own file only defines, is not.
pub fn is_used(repo: &Repo, facts: &Facts, mention: Mention) -> bool {
    mention.function.is_some_and(|function| facts.once(|| used::find(repo, facts)).holds(function))
}

/// Words by which a proxy, a gateway or a firewall limits requests.
const AT_PROXY: &[&str] = &[
    "limit_req ",
    "limit_req_zone",
    "nginx.ingress.kubernetes.io/limit-rps",
    "nginx.ingress.kubernetes.io/limit-rpm",
    "nginx.ingress.kubernetes.io/rate-limit",
    ".ratelimit.average",
    "rateLimit:",
    "rate_based_statement",
    "cloudflare_rate_limit",
    "phase = \"http_ratelimit\"",
    "rate-limiting",
    "local_ratelimit",
    "throttling_rate_limit",
    "throttlingRateLimit",
    "rate_limit {",
    "stick-table",
];

/// Where a proxy in front of the services limits requests, in order of path.
pub fn at_proxy(repo: &Repo) -> Vec<Place> {
    repo.once(|| AtProxy(find_at_proxy(repo))).0.clone()
}

struct AtProxy(Vec<Place>);

fn find_at_proxy(repo: &Repo) -> Vec<Place> {
    let files = repo.files().iter().filter(|file| {
        let name = file.path.file_name().unwrap_or_default();
        let kind = matches!(
            file.kind,
            FileKind::Compose
                | FileKind::Kubernetes
                | FileKind::HelmTemplate
                | FileKind::HelmValues
                | FileKind::Terraform
        ) || name.contains("Caddyfile")
            || matches!(file.path.extension(), Some("conf" | "cfg" | "vcl" | "template"))
            || ["nginx", "traefik", "haproxy", "envoy", "kong"].iter().any(|proxy| file.path.as_str().contains(proxy));
        kind && file.role.is_operational() && file.language.is_none() && tier::of_path(&file.path) != Tier::Development
    });
    files.filter_map(|file| Some(Place::At(file.id, limiting_line(&repo.read(file.id).ok()?)?))).collect()
}

fn limiting_line(text: &str) -> Option<Span> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let code = line.trim_start();
        if !code.starts_with('#') && !code.starts_with("//") && AT_PROXY.iter().any(|word| line.contains(word)) {
            let indent = line.len() - code.len();
            return Some(Span::new(start + indent, start + line.trim_end().len()));
        }
        start += line.len();
    }
    None
}

/// Whether the service runs in several processes, as far as the repository says.
pub fn runs_in_many(repo: &Repo) -> bool {
    let found = repo.once(|| find_runs_in_many(repo));
    found.functions || found.counted
}

/// As [`runs_in_many`], of a server that listens itself: a platform of functions does not run that one.
pub fn listens_in_many(repo: &Repo) -> bool {
    repo.once(|| find_runs_in_many(repo)).counted
}

/// What says that a service runs in several processes.
struct RunsInMany {
    /// A platform that starts a function for each request.
    functions: bool,
    /// A number of instances somewhere.
    counted: bool,
}

fn find_runs_in_many(repo: &Repo) -> RunsInMany {
    let settings: Vec<&File> = repo
        .files()
        .iter()
        .filter(|file| file.path.file_name() == Some("vercel.json") && file.role.is_operational())
        .collect();
    // A preview of the browser's part says nothing about the server beside it.
    let serves =
        |file: &&&File| file.path.as_str() == "vercel.json" || repo.component(file.component).kind.is_deployable();
    let on_vercel = if settings.is_empty() {
        repo.profile().has_deploy_target("vercel")
    } else {
        settings.iter().any(|file| serves(&file))
    };
    let counted = repo
        .files()
        .iter()
        .filter(|file| {
            matches!(
                file.kind,
                FileKind::Compose
                    | FileKind::Kubernetes
                    | FileKind::HelmValues
                    | FileKind::Dockerfile
                    | FileKind::Platform
            ) && file.role.is_operational()
                && tier::of_path(&file.path) != Tier::Development
        })
        .filter_map(|file| repo.read(file.id).ok())
        .any(|text| text.lines().any(counts_many));
    RunsInMany { functions: on_vercel, counted }
}

fn counts_many(line: &str) -> bool {
    let line = line.trim();
    let number = |rest: &str| -> Option<u32> {
        let digits: String =
            rest.chars().skip_while(|letter| !letter.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    };
    if line.starts_with('#') {
        return false;
    }
    ["replicas:", "minReplicas:", "--workers", "numInstances:"].iter().any(|word| {
        line.split_once(word).and_then(|(_, rest)| number(rest)).is_some_and(|count| (2..1000).contains(&count))
    })
}
