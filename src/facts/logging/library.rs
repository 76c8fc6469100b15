//! What is known of logging packages: which there are, and whether they write records or sentences.

/// How a logger writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// One record with named fields per line, ready for a machine.
    Structured,
    /// Text for people.
    Text,
    /// Decided elsewhere.
    Open,
}

/// Packages with what they write unless told otherwise.
const PACKAGES: &[(&str, Format)] = &[
    ("pino", Format::Structured),
    ("pino-http", Format::Structured),
    ("nestjs-pino", Format::Structured),
    ("hono-pino", Format::Structured),
    ("express-pino-logger", Format::Structured),
    ("koa-pino-logger", Format::Structured),
    ("next-logger", Format::Structured),
    ("winston", Format::Structured),
    ("nest-winston", Format::Structured),
    ("express-winston", Format::Structured),
    ("bunyan", Format::Structured),
    ("nestjs-bunyan", Format::Structured),
    ("roarr", Format::Structured),
    ("tslog", Format::Structured),
    ("@logtape/logtape", Format::Structured),
    ("loglayer", Format::Structured),
    ("lambda-log", Format::Structured),
    ("@aws-lambda-powertools/logger", Format::Structured),
    ("@google-cloud/logging", Format::Structured),
    ("@google-cloud/logging-winston", Format::Structured),
    ("@google-cloud/logging-bunyan", Format::Structured),
    ("@axiomhq/logging", Format::Structured),
    ("@axiomhq/nextjs", Format::Structured),
    ("next-axiom", Format::Structured),
    ("@opentelemetry/api-logs", Format::Structured),
    ("structlog", Format::Structured),
    ("pythonjsonlogger", Format::Structured),
    ("json_log_formatter", Format::Structured),
    ("ecs_logging", Format::Structured),
    ("google.cloud.logging", Format::Structured),
    ("aws_lambda_powertools", Format::Structured),
    ("logfire", Format::Structured),
    ("log4js", Format::Text),
    ("consola", Format::Text),
    ("loglevel", Format::Text),
    ("signale", Format::Text),
    ("npmlog", Format::Text),
    ("electron-log", Format::Text),
    ("debug", Format::Text),
    ("@nestjs/common", Format::Text),
    ("loguru", Format::Text),
    ("logging", Format::Open),
];

/// What `package` writes unless told otherwise; `None` for a package that is not known to log.
pub fn package_format(package: &str) -> Option<Format> {
    PACKAGES.iter().find(|(name, _)| *name == package).map(|(_, format)| *format)
}

/// Whether `module` is a logging package, or a part of one.
pub fn is_logging_package(module: &str) -> bool {
    module != "@nestjs/common" && package_of(module).is_some()
}

/// The logging package that a dotted path or a module specifier begins with.
pub(super) fn package_of(path: &str) -> Option<&'static str> {
    PACKAGES
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| path.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/'])))
        .max_by_key(|name| name.len())
}

/// Whether `name` is what people call a logger: `log`, `logger`, `this._logger`, `appLogger`, `requestLog`.
pub(super) fn is_logger_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.ends_with("logger")
        || matches!(lower.trim_start_matches(['_', '$', '#']), "log" | "logging" | "logr")
        || name.ends_with("_log")
        || name.strip_suffix("Log").is_some_and(|rest| rest.ends_with(|char: char| char.is_ascii_lowercase()))
}

/// Methods of loggers that write a line.
pub(super) fn is_level(method: &str) -> bool {
    matches!(
        method,
        "trace"
            | "debug"
            | "verbose"
            | "silly"
            | "info"
            | "http"
            | "notice"
            | "log"
            | "success"
            | "warn"
            | "warning"
            | "error"
            | "exception"
            | "critical"
            | "fatal"
            | "alert"
            | "emerg"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_loggers() {
        for name in ["log", "logger", "_logger", "LOGGER", "appLogger", "requestLog", "access_log", "$log"] {
            assert!(is_logger_name(name), "{name}");
        }
        for name in ["catalog", "dialog", "Math", "blog", "login", "console", "changelog"] {
            assert!(!is_logger_name(name), "{name}");
        }
    }

    #[test]
    fn packages_end_at_a_boundary() {
        assert_eq!(package_of("pino.default"), Some("pino"));
        assert_eq!(package_of("pino-pretty"), None);
        assert_eq!(package_of("@google-cloud/logging-winston.LoggingWinston"), Some("@google-cloud/logging-winston"));
        assert_eq!(package_of("logging.config.dictConfig"), Some("logging"));
    }
}
