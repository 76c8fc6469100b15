//! What the commands share that make a document of an audit: its settings, the audit, and older reports.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use readiness::{
    config::{Config, Layer},
    report::{Report, SCHEMA_VERSION},
};

use super::{
    args::DocumentArgs,
    exit::Failure,
    library,
    output::reason,
    scan::{self, Source},
};

/// No report of ours is larger.
const MAX_BYTES: u64 = 1 << 30;

/// An audit and what it was made with.
pub(super) struct Audited {
    pub(super) root: Utf8PathBuf,
    pub(super) config: Config,
    pub(super) report: Report,
}

/// Audits the folder that the arguments name.
pub(super) fn audit(args: &DocumentArgs) -> Result<Audited, Failure> {
    let root = scan::root(&args.path, false)?;
    let source = Source { named: args.config.as_deref(), none: args.no_config, rules: &args.rules };
    let config = scan::settings(
        |names| {
            let list = |flag: &str, list: &Option<Vec<String>>| {
                list.as_ref().map(|list| scan::selectors(flag, list, names)).transpose()
            };
            Ok(Layer {
                lang: args.lang,
                only: list("--only", &args.only)?,
                skip: list("--skip", &args.skip)?,
                today: args.date,
                tier: args.tier,
                ..Layer::default()
            })
        },
        source,
        &root,
        false,
    )?;
    let report = library::scan(&root, &config)
        .map_err(|error| Failure::unusable(format!("cannot scan `{}`: {error}", args.path)))?;
    Ok(Audited { root, config, report })
}

/// Reads a report that an earlier scan has written as JSON.
pub(super) fn older(path: &Utf8Path) -> Result<Report, Failure> {
    let cannot = |why: &str| Failure::usage(format!("cannot use `{path}` as an older report: {why}"));
    let metadata = fs::metadata(path).map_err(|error| cannot(&reason(&error)))?;
    if metadata.is_dir() {
        return Err(cannot("it is a folder").help("name the file that `readiness scan --report json=FILE` wrote"));
    }
    if metadata.len() > MAX_BYTES {
        return Err(cannot("it is too large"));
    }
    let bytes = fs::read(path).map_err(|error| cannot(&reason(&error)))?;
    let value: serde_json::Value =
        serde_json::from_slice(&bytes).map_err(|error| not_a_report(cannot(&format!("it is not JSON: {error}"))))?;
    match value.get("schema_version").and_then(serde_json::Value::as_u64) {
        Some(version) if version == u64::from(SCHEMA_VERSION) => {}
        Some(version) => {
            let what = format!("its form is version {version}, and this program reads version {SCHEMA_VERSION}");
            return Err(cannot(&what).help("write it again with this version of readiness"));
        }
        None => return Err(not_a_report(cannot("it is no report of readiness"))),
    }
    serde_json::from_value(value).map_err(|error| not_a_report(cannot(&format!("it is incomplete: {error}"))))
}

fn not_a_report(failure: Failure) -> Failure {
    failure.help("such a file is written by `readiness scan --report json=FILE`")
}
