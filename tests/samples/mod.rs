//! Hand-made reports: a small monorepo in English, a bot in Russian, hostile content, and an empty folder.

use std::collections::BTreeMap;

use readiness::assemble::{Draft, Part, assemble};
use readiness::model::{Confidence, Lang, Reference, Severity};
use readiness::report::{
    Access, Attestation, Cause, Coverage, Criterion, Diagnostic, Endpoint, Evidence, Finding, Guard, Lines, Position,
    Profile, Related, Report, Repository, Rule, Sites, Status, Suppressed, SuppressedBy, Suppression, SuppressionState,
    Technology,
};

pub(crate) fn at(line: u32, column: u32) -> Position {
    Position { line, column }
}

pub(crate) fn draft(name: &str, language: Lang) -> Draft {
    Draft {
        version: "0.1.0".into(),
        language,
        partial: false,
        guesses: false,
        repository: Repository { name: name.into(), version: None, commit: None, profile: Profile::default() },
        known: None,
        coverage: Coverage::default(),
        components: Vec::new(),
        criteria: Vec::new(),
        findings: Vec::new(),
        endpoints: Vec::new(),
        suppressions: Vec::new(),
        diagnostics: Vec::new(),
        rules: Vec::new(),
        timing: None,
        basis: None,
        notes: None,
    }
}

/// A route of Express that `guard` checks, registered and handled on these lines.
fn endpoint(method: &str, route: &str, guard: Option<&str>, path: &str, first: u32, last: u32) -> Endpoint {
    let does = |name: &str| Guard { does: "authenticates".into(), name: name.into() };
    Endpoint {
        method: method.into(),
        route: route.into(),
        kind: "http".into(),
        framework: "Express".into(),
        component: "services/api".into(),
        place: Lines { path: path.into(), first: Some(first), last: Some(first) },
        handler: Some(Lines { path: path.into(), first: Some(first), last: Some(last) }),
        access: if guard.is_some() { Access::Guarded } else { Access::Open },
        reason: None,
        guards: guard.into_iter().map(does).collect(),
        rate_limited: false,
        validated: guard.is_some(),
        findings: Vec::new(),
    }
}

fn endpoints() -> Vec<Endpoint> {
    let orders = "services/api/src/routes/orders.ts";
    let health = Endpoint {
        access: Access::Public,
        reason: Some("health".into()),
        ..endpoint("GET", "/health", None, "services/api/src/index.ts", 4, 4)
    };
    let computed = Endpoint {
        access: Access::Unresolved,
        reason: Some("mount".into()),
        rate_limited: true,
        ..endpoint("ALL", "/files/*", None, "services/api/src/routes/files.ts", 3, 9)
    };
    vec![
        health,
        endpoint("POST", "/api/orders", Some("requireAuth"), orders, 60, 75),
        computed,
        endpoint("GET", "/api/orders", None, orders, 50, 58),
    ]
}

pub(crate) fn rule(id: &str, category: &str, severity: Severity, minutes: u32, title: &str, fix: &str) -> Rule {
    Rule {
        id: id.into(),
        category: category.into(),
        title: title.into(),
        why: String::new(),
        fix: fix.into(),
        severity,
        effort_minutes: minutes,
        phase: 1,
        mandatory: false,
        creates: Vec::new(),
        cwe: Vec::new(),
        references: Vec::new(),
        team: false,
    }
}

pub(crate) fn criterion(rule: &str, category: &str, component: &str, status: Status) -> Criterion {
    Criterion {
        rule: rule.into(),
        category: category.into(),
        component: component.into(),
        status,
        severity: Severity::Info,
        default_severity: None,
        confidence: Confidence::Certain,
        detail: None,
        sites: None,
        evidence: Vec::new(),
        parent: None,
        cause: None,
        attestation: None,
        suppressed: false,
        findings: 0,
    }
}

pub(crate) fn finding(
    rule: &str,
    category: &str,
    component: &str,
    severity: Severity,
    path: &str,
    message: &str,
) -> Finding {
    Finding {
        rule: rule.into(),
        category: category.into(),
        severity,
        confidence: Confidence::Certain,
        component: component.into(),
        path: path.into(),
        missing: false,
        start: None,
        end: None,
        message: message.into(),
        snippet: None,
        snippet_start_line: None,
        snippet_start_column: 1,
        related: Vec::new(),
        fingerprint: format!("{rule}:{path}:{}", message.len()),
        suppressed: None,
    }
}

/// Adds code to a finding; `from` and `to` mark it.
pub(crate) fn code(mut finding: Finding, first_line: u32, snippet: &str, from: Position, to: Position) -> Finding {
    finding.snippet = Some(snippet.into());
    finding.snippet_start_line = Some(first_line);
    finding.start = Some(from);
    finding.end = Some(to);
    finding.fingerprint = format!("{}:{}:{}", finding.rule, finding.path, from.line);
    finding
}

fn missing(mut finding: Finding) -> Finding {
    finding.missing = true;
    finding
}

/// A number of lines or columns.
fn count(n: usize) -> u32 {
    u32::try_from(n).expect("samples are small")
}

fn shown(path: &str, line: u32, snippet: &str, note: &str) -> Evidence {
    let last = line + count(snippet.lines().count()) - 1;
    let end = count(snippet.lines().last().unwrap_or_default().chars().count()) + 1;
    Evidence::At {
        path: path.into(),
        start: Some(at(line, 1)),
        end: Some(at(last, end)),
        note: note.into(),
        snippet: Some(snippet.into()),
        snippet_start_line: Some(line),
    }
}

fn technology(name: &str, path: &str) -> Technology {
    Technology { name: name.into(), version: None, path: Some(path.into()) }
}

fn pass(rule: &str, category: &str, component: &str, detail: &str, evidence: Evidence) -> Criterion {
    let detail = (!detail.is_empty()).then(|| detail.to_owned());
    Criterion { detail, evidence: vec![evidence], ..criterion(rule, category, component, Status::Pass) }
}

fn fail(rule: &str, category: &str, component: &str, detail: &str) -> Criterion {
    let detail = (!detail.is_empty()).then(|| detail.to_owned());
    Criterion { detail, ..criterion(rule, category, component, Status::Fail) }
}

fn other(rule: &str, category: &str, component: &str, status: Status, detail: &str) -> Criterion {
    Criterion { detail: Some(detail.to_owned()), ..criterion(rule, category, component, status) }
}

/// A monorepo with an API, a worker and a storefront; every kind of verdict, place and evidence occurs.
#[expect(clippy::too_many_lines, reason = "one table of data")]
pub(crate) fn shop() -> Draft {
    use Severity::{Critical, High, Low, Medium};
    let mut d = draft("shop-platform", Lang::En);
    d.repository.version = Some("2.3.0".into());
    d.repository.commit = Some("4f2a9c1e77d0".into());
    d.endpoints = endpoints();
    d.repository.profile = Profile {
        languages: BTreeMap::from([("TypeScript".into(), 412), ("Python".into(), 61), ("SQL".into(), 18)]),
        main_languages: Vec::new(),
        frameworks: vec![
            technology("Express", "services/api/package.json"),
            technology("Next.js", "apps/web/package.json"),
        ],
        orms: vec![technology("Drizzle", "services/api/package.json")],
        deploy_targets: vec![technology("Docker Compose", "docker-compose.yml")],
    };
    d.coverage = Coverage {
        files: 512,
        parsed: 471,
        with_errors: 2,
        skipped: BTreeMap::from([("binary".into(), 31), ("too-large".into(), 1)]),
    };
    d.components = [
        ("services/worker", "worker", "worker"),
        ("services/api", "api", "http-service"),
        ("apps/web", "web", "frontend"),
        (".", "shop-platform", "repository"),
    ]
    .map(|(path, name, kind)| Part { path: path.into(), name: name.into(), kind: kind.into(), manifest: None })
    .to_vec();
    d.rules = vec![
        Rule {
            why: "Without a list of origins every website can call the API with a visitor's session.".into(),
            cwe: vec![942],
            references: vec![Reference {
                title: "MDN: CORS".into(),
                url: "https://developer.mozilla.org/docs/Web/HTTP/CORS".into(),
            }],
            ..rule(
                "cors-allow-all-fallback",
                "security",
                Critical,
                20,
                "CORS allows only configured origins",
                "Make `ALLOWED_ORIGINS` required in production and refuse to start without it; drop the branch that answers every origin.",
            )
        },
        Rule {
            creates: vec!["drizzle/migrations/0000_init.sql".into()],
            ..rule(
                "schema-push",
                "architecture-deploy",
                Critical,
                120,
                "The schema changes through migrations",
                "Generate migrations with `drizzle-kit generate`, commit them, and run `drizzle-kit migrate` in the deployment.",
            )
        },
        Rule {
            creates: vec![".github/workflows/ci.yml".into()],
            ..rule(
                "ci-workflow-missing",
                "ci-cd",
                High,
                60,
                "Every change is built and tested by CI",
                "Add a workflow that installs, lints, type-checks and tests on every pull request.",
            )
        },
        Rule {
            creates: vec!["Dockerfile".into()],
            ..rule(
                "dockerfile-missing",
                "architecture-deploy",
                High,
                90,
                "Every deployed service has a Dockerfile",
                "Add a multi-stage Dockerfile.",
            )
        },
        rule(
            "dockerfile-healthcheck-missing",
            "architecture-deploy",
            Low,
            15,
            "Images tell whether they are healthy",
            "Add a HEALTHCHECK.",
        ),
        rule(
            "rate-limit-auth-missing",
            "security",
            High,
            30,
            "Login and registration are rate limited",
            "Add a limiter.",
        ),
        rule(
            "secret-field-in-response",
            "security",
            Critical,
            30,
            "Responses carry no secret fields",
            "Select safe fields.",
        ),
        rule(
            "password-hash-weak",
            "security",
            Critical,
            60,
            "Passwords are hashed with a slow algorithm",
            "Use argon2id.",
        ),
        rule(
            "api-key-logging",
            "security",
            Medium,
            15,
            "Keys do not reach the logs",
            "Log the provider and the status, never the error object.",
        ),
        rule("jwt-no-expiry", "security", High, 20, "Tokens expire", "Set `expiresIn`."),
        rule(
            "validation-missing",
            "api-contracts",
            High,
            45,
            "Request bodies are validated",
            "Parse the body with a schema before using it.",
        ),
        rule("error-format-inconsistent", "api-contracts", Low, 30, "Errors have one format", "Use one error handler."),
        rule(
            "pagination-missing",
            "performance",
            High,
            40,
            "Lists are paginated",
            "Take `limit` and `cursor` from the query, cap the limit at 100, and order by an indexed column.",
        ),
        rule(
            "n-plus-one-query",
            "performance",
            High,
            60,
            "No query runs inside a loop",
            "Load the relation with the list.",
        ),
        rule("graceful-shutdown-missing", "reliability", High, 30, "Processes stop gracefully", "Handle SIGTERM."),
        rule(
            "outbound-timeout-missing",
            "reliability",
            Medium,
            10,
            "Outbound calls have a timeout",
            "Pass `signal: AbortSignal.timeout(5000)`.",
        ),
        Rule {
            mandatory: true,
            ..rule(
                "backup-restore-untested",
                "reliability",
                High,
                240,
                "A backup was restored in the last quarter",
                "Restore one.",
            )
        },
        rule(
            "backup-plan-missing",
            "reliability",
            Critical,
            120,
            "Backups are automatic",
            "Schedule `pg_dump` or turn on managed backups.",
        ),
        rule("empty-state-missing", "ux", Low, 30, "Lists have an empty state", "Say what to do next."),
        rule(
            "ownership-check-missing",
            "data-security",
            Critical,
            45,
            "Objects are read by their owner only",
            "Add the user to the predicate.",
        ),
        rule("retention-undefined", "data-security", Medium, 60, "Personal data has a retention period", "Decide one."),
        rule(
            "env-example-incomplete",
            "environments",
            Medium,
            15,
            "Every variable is in the example file",
            "Add the variables to `.env.example`.",
        ),
        Rule {
            creates: vec!["docs/RUNBOOK.md".into()],
            ..rule(
                "runbook-missing",
                "operations-docs",
                Medium,
                120,
                "A runbook says what to do when it breaks",
                "Write down the five most likely failures.",
            )
        },
        rule(
            "console-usage",
            "observability",
            Medium,
            2,
            "Logs go through a logger",
            "Replace `console.*` by the logger that the service has.",
        ),
        rule("test-skipped", "tests-quality", Low, 20, "No test is skipped", "Repair or remove the test."),
        rule("readme-setup-missing", "documentation", Low, 30, "The README tells how to start", "Add a section."),
    ];
    d.criteria = vec![
        fail(
            "cors-allow-all-fallback",
            "security",
            "services/api",
            "every origin is allowed while `ALLOWED_ORIGINS` is empty",
        ),
        fail("schema-push", "architecture-deploy", "services/api", ""),
        fail("ci-workflow-missing", "ci-cd", ".", ""),
        fail("dockerfile-missing", "architecture-deploy", "services/worker", ""),
        pass(
            "dockerfile-missing",
            "architecture-deploy",
            "services/api",
            "node:22-alpine, two stages",
            shown("services/api/Dockerfile", 1, "FROM node:22-alpine AS build\nWORKDIR /app", "builds the service"),
        ),
        Criterion {
            parent: Some("dockerfile-missing".into()),
            ..other(
                "dockerfile-healthcheck-missing",
                "architecture-deploy",
                "services/worker",
                Status::NotApplicable,
                "there is no Dockerfile",
            )
        },
        pass(
            "dockerfile-healthcheck-missing",
            "architecture-deploy",
            "services/api",
            "",
            shown(
                "services/api/Dockerfile",
                19,
                "HEALTHCHECK CMD wget -qO- http://localhost:3000/healthz",
                "asks /healthz",
            ),
        ),
        pass(
            "rate-limit-auth-missing",
            "security",
            "services/api",
            "5 attempts in 15 minutes",
            shown(
                "services/api/src/middleware/rate-limiter.ts",
                8,
                "export const authLimiter = rateLimit({\n  windowMs: 15 * 60 * 1000,\n  max: 5,\n});",
                "strict enough",
            ),
        ),
        pass(
            "secret-field-in-response",
            "security",
            "services/api",
            "",
            Evidence::Searched {
                what: "`password`, `secret` and `token` columns in responses".into(),
                files: 38,
                unread: vec![],
            },
        ),
        pass(
            "password-hash-weak",
            "security",
            "services/api",
            "argon2id, 64 MiB",
            shown(
                "services/api/src/auth/password.ts",
                4,
                "return argon2.hash(password, { type: argon2.argon2id, memoryCost: 65536 });",
                "",
            ),
        ),
        fail("api-key-logging", "security", "services/api", ""),
        other(
            "jwt-no-expiry",
            "security",
            "services/api",
            Status::NotApplicable,
            "sessions are cookies, no token is signed",
        ),
        Criterion {
            sites: Some(Sites { total: 41, ok: 41 }),
            ..pass(
                "validation-missing",
                "api-contracts",
                "services/api",
                "41 of 41 handlers parse their body with zod",
                shown(
                    "services/api/src/routes/orders.ts",
                    22,
                    "const body = orderSchema.parse(req.body);",
                    "parsed before use",
                ),
            )
        },
        pass(
            "error-format-inconsistent",
            "api-contracts",
            "services/api",
            "",
            shown(
                "services/api/src/index.ts",
                58,
                "res.status(status).json({ message });",
                "one handler for all routes",
            ),
        ),
        fail("pagination-missing", "performance", "services/api", "3 of 12 list routes have no limit"),
        pass(
            "n-plus-one-query",
            "performance",
            "services/api",
            "",
            Evidence::Searched { what: "queries inside loops".into(), files: 96, unread: vec![] },
        ),
        pass(
            "graceful-shutdown-missing",
            "reliability",
            "services/api",
            "closes the server and the pool, 30 s limit",
            shown("services/api/src/shutdown.ts", 12, "process.on('SIGTERM', () => shutdown('SIGTERM'));", ""),
        ),
        Criterion {
            sites: Some(Sites { total: 9, ok: 7 }),
            ..fail("outbound-timeout-missing", "reliability", "services/worker", "2 of 9 calls wait for ever")
        },
        other(
            "backup-restore-untested",
            "reliability",
            ".",
            Status::Manual,
            "When was a backup last restored into an empty database?",
        ),
        Criterion {
            cause: Some(Cause::Undecided),
            ..other(
                "backup-plan-missing",
                "reliability",
                ".",
                Status::Unknown,
                "the database is managed elsewhere and nothing here says how it is backed up",
            )
        },
        pass(
            "empty-state-missing",
            "ux",
            "apps/web",
            "14 of 14 lists",
            shown(
                "apps/web/app/orders/page.tsx",
                31,
                "{orders.length === 0 && <EmptyState title=\"Нет заказов 📦\" />}",
                "",
            ),
        ),
        Criterion {
            sites: Some(Sites { total: 20, ok: 20 }),
            ..pass(
                "ownership-check-missing",
                "data-security",
                "services/api",
                "20 of 20 queries name the user",
                shown(
                    "services/api/src/routes/orders.ts",
                    40,
                    "where(and(eq(orders.id, id), eq(orders.userId, user.id)))",
                    "",
                ),
            )
        },
        Criterion {
            attestation: Some(Attestation {
                holds: true,
                by: Some("dpo@shop.example".into()),
                date: Some("2025-11-02".into()),
                note: None,
            }),
            ..other(
                "retention-undefined",
                "data-security",
                ".",
                Status::Manual,
                "How long is personal data kept, and who deletes it?",
            )
        },
        Criterion {
            sites: Some(Sites { total: 68, ok: 61 }),
            ..fail("env-example-incomplete", "environments", ".", "7 of 68 variables are not in `.env.example`")
        },
        fail("runbook-missing", "operations-docs", ".", ""),
        Criterion {
            sites: Some(Sites { total: 545, ok: 250 }),
            ..fail("console-usage", "observability", "services/api", "295 of 545 log calls use `console`")
        },
        Criterion {
            cause: Some(Cause::Engine),
            ..other("test-skipped", "tests-quality", "apps/web", Status::Unknown, "a test file did not parse")
        },
        pass(
            "test-skipped",
            "tests-quality",
            "services/api",
            "",
            Evidence::Searched { what: "`skip`, `only` and `todo`".into(), files: 57, unread: vec![] },
        ),
        fail("readme-setup-missing", "documentation", ".", ""),
    ];
    let mut cors = code(
        finding(
            "cors-allow-all-fallback",
            "security",
            "services/api",
            Critical,
            "services/api/src/middleware/security.ts",
            "every origin is allowed while `ALLOWED_ORIGINS` is empty",
        ),
        32,
        "\n  if (allowedOrigins.length === 0) {\n    // временно, пока нет домена 🙈\n    return callback(null, true);\n  }",
        at(35, 12),
        at(35, 32),
    );
    cors.related.push(Related {
        path: "services/api/src/middleware/security.ts".into(),
        start: Some(at(33, 7)),
        end: Some(at(33, 34)),
        label: "true when the variable is missing".into(),
    });
    cors.related.push(Related {
        path: "services/api/src/config.ts".into(),
        start: Some(at(9, 3)),
        end: Some(at(9, 60)),
        label: "the variable has an empty default".into(),
    });
    d.findings = vec![
        cors,
        code(
            finding(
                "schema-push",
                "architecture-deploy",
                "services/api",
                Critical,
                "services/api/package.json",
                "the schema is pushed to the database, which can drop columns",
            ),
            11,
            "    \"db:push\": \"drizzle-kit push\",",
            at(11, 16),
            at(11, 34),
        ),
        missing(finding(
            "ci-workflow-missing",
            "ci-cd",
            ".",
            High,
            ".github/workflows",
            "nothing builds or tests a change",
        )),
        missing(finding(
            "dockerfile-missing",
            "architecture-deploy",
            "services/worker",
            High,
            "services/worker/Dockerfile",
            "the worker is deployed and has no Dockerfile",
        )),
        code(
            finding(
                "api-key-logging",
                "security",
                "services/api",
                Medium,
                "services/api/src/routes/api-keys.ts",
                "the provider's error may contain the key",
            ),
            107,
            "\t} catch (error) {\n\t\tconsole.error(\"Ошибка проверки ключа 🔑:\", error);\n\t}",
            at(108, 45),
            at(108, 50),
        ),
        code(
            finding(
                "pagination-missing",
                "performance",
                "services/api",
                High,
                "services/api/src/routes/orders.ts",
                "all rows of `orders` are returned",
            ),
            50,
            "router.get('/orders', requireAuth, async (req, res) => {\n  const rows = await db\n    .select()\n    .from(orders)\n    .where(eq(orders.userId, req.user.id));\n  res.json(rows);",
            at(51, 16),
            at(54, 43),
        ),
        code(
            finding(
                "pagination-missing",
                "performance",
                "services/api",
                High,
                "services/api/src/routes/products.ts",
                "all rows of `products` are returned",
            ),
            18,
            "  res.json(await db.query.products.findMany({ with: { images: true, vendor: true, prices: { with: { currency: true } } } }));",
            at(18, 18),
            at(18, 45),
        ),
        code(
            finding(
                "pagination-missing",
                "performance",
                "services/api",
                High,
                "services/api/src/routes/商品.ts",
                "all rows of `在庫` are returned",
            ),
            7,
            "  const 在庫一覧 = await 倉庫.在庫.findMany(); // 全部",
            at(7, 22),
            at(7, 40),
        ),
        code(
            finding(
                "outbound-timeout-missing",
                "reliability",
                "services/worker",
                Medium,
                "services/worker/src/notify.ts",
                "waits for ever when the provider does not answer",
            ),
            14,
            "  await fetch(`https://api.telegram.org/bot${token}/sendMessage`, { method: 'POST', body });",
            at(14, 9),
            at(14, 92),
        ),
        code(
            finding(
                "outbound-timeout-missing",
                "reliability",
                "services/worker",
                Medium,
                "services/worker/src/rates.ts",
                "waits for ever when the provider does not answer",
            ),
            6,
            "  const rates = await axios.get(url);",
            at(6, 23),
            at(6, 37),
        ),
        finding(
            "env-example-incomplete",
            "environments",
            ".",
            Medium,
            ".env.example",
            "`STRIPE_WEBHOOK_SECRET` is read and not listed",
        ),
        missing(finding("runbook-missing", "operations-docs", ".", Medium, "docs/RUNBOOK.md", "no runbook was found")),
        finding(
            "readme-setup-missing",
            "documentation",
            ".",
            Low,
            "README.md",
            "no section tells how to start the project",
        ),
    ];
    for line in 1..=9 {
        d.findings.push(code(
            finding(
                "console-usage",
                "observability",
                "services/api",
                Medium,
                "services/api/src/jobs/apify.ts",
                "`console.log` instead of the logger",
            ),
            line * 10,
            "    console.log('fetched', items.length);",
            at(line * 10, 5),
            at(line * 10, 16),
        ));
    }
    let mut accepted = code(
        finding(
            "console-usage",
            "observability",
            "services/api",
            Medium,
            "services/api/src/cli.ts",
            "`console.log` instead of the logger",
        ),
        3,
        "console.log(banner);",
        at(3, 1),
        at(3, 12),
    );
    accepted.suppressed = Some(Suppressed { by: SuppressedBy::Inline, reason: "a command prints its banner".into() });
    d.findings.push(accepted);
    d.suppressions = vec![
        Suppression {
            by: SuppressedBy::Inline,
            rules: vec!["console-usage".into()],
            path: "services/api/src/cli.ts".into(),
            line: Some(2),
            reason: Some("a command prints its banner".into()),
            expires: None,
            matched: 1,
            state: SuppressionState::Used,
        },
        Suppression {
            by: SuppressedBy::Config,
            rules: vec!["env-shared-database".into()],
            path: "readiness.toml".into(),
            line: Some(14),
            reason: Some("one database until the move".into()),
            expires: Some("2025-10-01".into()),
            matched: 0,
            state: SuppressionState::Expired,
        },
    ];
    d.diagnostics = vec![
        Diagnostic {
            kind: "parse-error".into(),
            path: Some("apps/web/test/cart.test.tsx".into()),
            rule: None,
            message: "unexpected token at 14:9".into(),
        },
        Diagnostic {
            kind: "too-large".into(),
            path: Some("apps/web/public/vendor.js".into()),
            rule: None,
            message: "3.1 MB, the limit is 1 MB".into(),
        },
    ];
    d
}

/// A bot in Russian with wide characters, a guess and nothing critical.
pub(crate) fn bot() -> Draft {
    use Severity::{High, Low, Medium};
    let mut d = draft("помощник-бот", Lang::Ru);
    d.guesses = true;
    d.repository.profile.languages = BTreeMap::from([("Python".into(), 44)]);
    d.repository.profile.frameworks =
        vec![technology("aiogram", "pyproject.toml"), technology("FastAPI", "pyproject.toml")];
    d.coverage = Coverage { files: 61, parsed: 44, with_errors: 0, skipped: BTreeMap::new() };
    d.rules = vec![
        rule(
            "outbound-timeout-missing",
            "reliability",
            Medium,
            10,
            "У внешних вызовов есть таймаут",
            "Передайте `timeout=10` в каждый вызов `httpx`.",
        ),
        rule(
            "graceful-shutdown-missing",
            "reliability",
            High,
            30,
            "Процесс завершается корректно",
            "Обработайте SIGTERM.",
        ),
        rule(
            "test-coverage-missing",
            "tests-quality",
            Medium,
            60,
            "Покрытие тестами измеряется",
            "Включите `pytest-cov` в CI.",
        ),
        rule("ci-workflow-missing", "ci-cd", High, 60, "Каждое изменение проверяет CI", "Добавьте workflow."),
        rule("bare-except", "reliability", Low, 10, "Исключения не глотаются", "Назовите ожидаемое исключение."),
        rule("load-test-missing", "performance", Medium, 240, "Нагрузка проверена", "Проведите нагрузочный тест."),
    ];
    let mut guess = code(
        finding("bare-except", "reliability", ".", Low, "bot/handlers.py", "исключение, похоже, теряется"),
        70,
        "    except Exception:\n        pass",
        at(70, 5),
        at(70, 22),
    );
    guess.confidence = Confidence::Guess;
    d.criteria = vec![
        Criterion {
            sites: Some(Sites { total: 5, ok: 4 }),
            ..fail("outbound-timeout-missing", "reliability", ".", "1 из 5 вызовов ждёт бесконечно")
        },
        pass(
            "graceful-shutdown-missing",
            "reliability",
            ".",
            "диспетчер и пул закрываются",
            shown(
                "bot/main.py",
                88,
                "async def on_shutdown(dispatcher: Dispatcher) -> None:\n    await pool.close()  # закрыть соединения",
                "пул закрывается",
            ),
        ),
        fail("bare-except", "reliability", ".", "1 место требует проверки"),
        pass(
            "ci-workflow-missing",
            "ci-cd",
            ".",
            "",
            shown(".github/workflows/ci.yml", 3, "on:\n  pull_request:", "запускается на каждый pull request"),
        ),
        fail("test-coverage-missing", "tests-quality", ".", ""),
        other("load-test-missing", "performance", ".", Status::Manual, "Какую нагрузку выдерживает сервис?"),
    ];
    d.findings = vec![
        code(
            finding("outbound-timeout-missing", "reliability", ".", Medium, "bot/клиент.py", "вызов без таймаута"),
            12,
            "    ответ = await httpx.get(f\"{БАЗА}/курсы\")  # 💱",
            at(12, 19),
            at(12, 46),
        ),
        missing(finding(
            "test-coverage-missing",
            "tests-quality",
            ".",
            Medium,
            "pyproject.toml",
            "покрытие нигде не измеряется",
        )),
        guess,
    ];
    d
}

/// Every text tries to break out of where it is shown.
pub(crate) fn hostile() -> Draft {
    let mut d = draft("evil\u{1b}[2J|repo", Lang::En);
    d.rules = vec![rule(
        "inline|html",
        "security",
        Severity::High,
        5,
        "No <script>alert(1)</script> | pipes",
        "Do `not` ``break`` *this* [x](javascript:1)",
    )];
    d.criteria = vec![fail("inline|html", "security", "a`b|c", "| a | b |\n# heading <img src=x onerror=alert(1)>")];
    d.findings = vec![code(
        finding(
            "inline|html",
            "security",
            "a`b|c",
            Severity::High,
            "src/```evil\u{202e}.md",
            "```\n</details><b>bold</b> \u{1b}]8;;http://x\u{7}link",
        ),
        1,
        "````\n\u{1b}[31mred\u{200b} ``` \u{202e}reversed\t|\n````",
        at(2, 1),
        at(2, 9),
    )];
    d.endpoints = vec![Endpoint {
        reason: Some("<b>".into()),
        ..endpoint("GET|", "/`x`|</code><script>\u{202e}\n| a |", Some("a`|<i>\u{1b}[2J"), "a|b", 1, 1)
    }];
    d.diagnostics = vec![Diagnostic {
        kind: "parse-error".into(),
        path: Some("a\nb".into()),
        rule: None,
        message: "\u{1b}[0m<i>".into(),
    }];
    d
}

pub(crate) fn report(draft: Draft) -> Report {
    assemble(draft, &|path| path == "docs/RUNBOOK.md")
}
