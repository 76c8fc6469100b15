//! `db-query-timing-missing`: somebody sees how long the database takes.

use crate::{
    code::{Kind, NodeRef},
    facts::{
        Fact,
        pools::{self, Pool},
        processes::{self, telemetry},
    },
    model::{Confidence, Evidence, Message, Place, Site, Span, Tone, Verdict},
    repo::{File, FileKind, Role},
    rule::{Context, Out, Rule, Visit, Watch, site_of},
};

pub(in crate::rules) static RULE: DbQueryTimingMissing = DbQueryTimingMissing;

pub(in crate::rules) struct DbQueryTimingMissing;

/// Agents and libraries that time what they see of a database by themselves.
const AGENTS: &[&str] = &[
    "newrelic",
    "dd-trace",
    "ddtrace",
    "elastic-apm*",
    "@appsignal/*",
    "appsignal",
    "scout-apm",
    "logfire*",
    "applicationinsights",
    "@opentelemetry/auto-instrumentations-node",
    "@opentelemetry/instrumentation-pg",
    "@opentelemetry/instrumentation-mysql2",
    "@prisma/instrumentation",
    "opentelemetry-instrumentation*",
    "opentelemetry-distro",
    "sqlcommenter*",
    "django-silk",
    "aws-xray-sdk*",
];

/// What times only when it is told to: with a share of requests, or with instruments that are chosen elsewhere.
const PERHAPS: &[&str] = &[
    "@sentry/*",
    "sentry-sdk",
    "@opentelemetry/sdk-node",
    "@opentelemetry/sdk-trace-node",
    "opentelemetry*",
    "@vercel/otel",
    "azure-monitor*",
    "@azure/monitor*",
    "@highlight-run/*",
    "@axiomhq/*",
];

/// Hosts that show how long each statement takes in their own console.
const HOSTED: &[&str] = &[
    "@neondatabase/serverless",
    "@planetscale/database",
    "@prisma/adapter-neon",
    "@prisma/adapter-planetscale",
    "@vercel/postgres",
    "@supabase/supabase-js",
    "@libsql/client",
    "supabase",
];

/// What code writes when it times statements.
const IN_CODE: &[&str] = &[
    "before_cursor_execute",
    "after_cursor_execute",
    "$on('query'",
    "$on(\"query\"",
    "level: 'query'",
    "level: \"query\"",
    "maxQueryExecutionTime",
    "log_min_duration_statement",
    "slowQuery",
    "slow_query",
    "SLOW_QUERY",
    "SlowQuery",
    "queryDuration",
    "query_duration",
    "QueryDuration",
    "queryTime",
    "query_time",
    "db_duration",
    "dbDuration",
    "get_recorded_queries",
    "$allOperations",
];

/// What settings of a database and of infrastructure write for it.
const IN_SETTINGS: &[&str] = &[
    "log_min_duration_statement",
    "pg_stat_statements",
    "auto_explain",
    "slow_query_log",
    "long_query_time",
    "performance_insights_enabled",
    "EnablePerformanceInsights",
    "query_insights_enabled",
    "postgres-exporter",
    "postgres_exporter",
    "mysqld-exporter",
    "pgbadger",
    "pganalyze",
];

impl Rule for DbQueryTimingMissing {
    fn id(&self) -> &'static str {
        "db-query-timing-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Processes, Fact::Modules]
    }

    fn watch(&self) -> Watch {
        let mut watch = Watch::nodes(&[Kind::Call]).keywords(&[pools::KEYWORDS.as_slice(), IN_CODE].concat());
        watch.text = true;
        watch.roles(&[Role::Source, Role::Config])
    }

    fn text(&self, file: &Visit<'_>, out: &mut Out<'_>) {
        let found = IN_CODE.iter().filter_map(|word| Some((spoken(file.text, word)?, *word))).min();
        if let Some((at, word)) = found {
            let place = Place::At(file.file.id, Span::new(at, at + word.len()));
            out.good(place, Message::new("timed").with("name", word));
        }
    }

    fn node(&self, file: &Visit<'_>, call: NodeRef<'_>, out: &mut Out<'_>) {
        let tool = |part: &str| matches!(part, "alembic" | "migrations" | "migrations.py" | "migrate.py" | "prisma");
        let stem = file.file.path.file_stem().unwrap_or_default().to_ascii_lowercase();
        // A program of its own that waits for the database, or fills it.
        let once = ["ping", "wait", "pre_start", "prestart", "seed", "init_db"].iter().any(|word| stem.contains(word));
        let tools = once || file.file.path.components().any(|part| tool(part.as_str()));
        let asked = |pool: &Pool| !pool.embedded && !tools && !call.is_dev_only();
        if let Some(pool) = pools::pool(call).filter(asked) {
            let message = Message::new("missing").with("library", pool.library.name());
            out.bad(file.place(call), message).confidence = Confidence::Likely;
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let clients: Vec<_> = cx.seen.iter().filter(|seen| seen.tone == Tone::Bad).collect();
        let Some(first) = clients.first().filter(|_| processes::is_served(cx.repo, cx.component)) else {
            return Verdict::not_applicable("no-database");
        };
        let timed = cx.seen.iter().filter(|seen| seen.tone == Tone::Good);
        let mut fine: Vec<Evidence> =
            timed.take(3).map(|seen| Evidence::At { place: seen.place.clone(), note: seen.message.clone() }).collect();
        fine.extend(in_settings(cx));
        if let Some((name, place)) = telemetry::declared(cx.repo, cx.component, AGENTS) {
            fine.push(Evidence::At { place, note: Message::new("agent").with("name", name) });
        }
        if !fine.is_empty() {
            return Verdict::pass_or(fine, || Verdict::unknown("hosted"));
        }
        let perhaps = [PERHAPS, HOSTED].into_iter().find_map(|names| telemetry::declared(cx.repo, cx.component, names));
        if let Some((name, _)) = perhaps.or_else(|| telemetry::declared_beside(cx.repo, AGENTS)) {
            return Verdict::unknown(Message::new("perhaps").with("name", name));
        }
        if let Some((name, _)) = telemetry::own_package(cx.repo, cx.component) {
            return Verdict::unknown(Message::new("perhaps").with("name", name));
        }
        // Timing is switched on in one place for all clients of a library; the first is where to begin.
        let site: Site = site_of(first);
        Verdict::fail(site, [])
    }
}

/// Where a text has `word`, comments left out.
fn spoken(text: &str, word: &str) -> Option<usize> {
    text.match_indices(word).map(|(at, _)| at).find(|at| {
        let line = text[..*at].rfind('\n').map_or(0, |end| end + 1);
        let begin = text[line..*at].trim_start();
        !["#", "//", "*", "--"].iter().any(|mark| begin.starts_with(mark)) || begin.starts_with("#!")
    })
}

/// Where a database is told to log what is slow, or something measures it from outside.
fn in_settings(cx: &Context<'_>) -> Option<Evidence> {
    let tells = |file: &&File| {
        file.role.is_operational()
            && file.language.is_none()
            && (matches!(
                file.kind,
                FileKind::Compose
                    | FileKind::Kubernetes
                    | FileKind::HelmValues
                    | FileKind::HelmTemplate
                    | FileKind::Terraform
                    | FileKind::Platform
            ) || matches!(file.path.extension(), Some("conf" | "cnf" | "sql" | "yml" | "yaml")))
    };
    cx.repo.files().iter().filter(tells).find_map(|file| {
        let text = cx.repo.read(file.id).ok()?;
        let (at, word) = IN_SETTINGS.iter().filter_map(|word| Some((spoken(&text, word)?, *word))).min()?;
        let place = Place::At(file.id, Span::new(at, at + word.len()));
        Some(Evidence::At { place, note: Message::new("timed").with("name", word) })
    })
}
