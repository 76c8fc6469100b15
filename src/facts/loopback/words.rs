//! Names that tell what an address of this machine is for.

/// Programs that are meant to run beside the one that asks them: Ollama, LM Studio, collectors of telemetry, Dapr,
/// `LocalStack`.
pub(super) const BESIDE: [&str; 8] = ["11434", "1234", "4317", "4318", "8126", "3500", "4566", "9229"];

/// Words of a name that say that the address is meant to be local.
pub(super) const MEANT: [&str; 14] = [
    "ollama",
    "otel",
    "lmstudio",
    "lm_studio",
    "dapr",
    "emulator",
    "local",
    "dev",
    "test",
    "debug",
    "mock",
    "jaeger",
    "proxy",
    "redirect",
];

/// Calls that look at an address, or print it, and do not use it.
pub(super) const LOOKING: [&str; 44] = [
    "includes",
    "startsWith",
    "startswith",
    "endsWith",
    "endswith",
    "indexOf",
    "replace",
    "replaceAll",
    "match",
    "test",
    "split",
    "equals",
    "has",
    "log",
    "info",
    "warn",
    "warning",
    "error",
    "debug",
    "trace",
    "print",
    "write",
    "describe",
    "it",
    "expect",
    "toBe",
    "toEqual",
    "captureMessage",
    "echo",
    "exception",
    "success",
    "fail",
    "bold",
    "cyan",
    "green",
    "blue",
    "yellow",
    "t",
    "useState",
    "setDescription",
    "addServer",
    "matches",
    "search",
    "count",
];

/// Keys whose value people read.
pub(super) const READ_BY_PEOPLE: [&str; 20] = [
    "description",
    "example",
    "examples",
    "placeholder",
    "help",
    "summary",
    "title",
    "label",
    "docs",
    "message",
    "text",
    "content",
    "helperText",
    "help_text",
    "servers",
    "hint",
    "tooltip",
    "usage",
    "note",
    "externalDocs",
];

/// Words of a name that says it holds an address.
pub(super) const ADDRESS: [&str; 14] = [
    "url", "uri", "endpoint", "origin", "host", "server", "base", "backend", "address", "domain", "dsn", "broker",
    "api", "site",
];

/// Clients that take an address first.
pub(super) const CLIENTS: [&str; 22] = [
    "fetch",
    "$fetch",
    "ofetch",
    "axios",
    "io",
    "WebSocket",
    "EventSource",
    "connect",
    "createClient",
    "createConnection",
    "MongoClient",
    "Redis",
    "IORedis",
    "create_engine",
    "create_async_engine",
    "from_url",
    "got",
    "ky",
    "urlopen",
    "useSWR",
    "Sequelize",
    "Celery",
];

/// What the method of a request is called on.
pub(super) const REQUESTERS: [&str; 12] =
    ["axios", "requests", "httpx", "http", "got", "ky", "client", "session", "api", "superagent", "request", "https"];

/// Variables that platforms set, so that what stands in for them is never used there.
pub(super) const PLATFORM: [&str; 6] = ["VERCEL", "RENDER_", "RAILWAY_", "FLY_", "HEROKU", "NETLIFY"];
