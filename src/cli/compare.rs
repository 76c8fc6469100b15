//! `readiness compare`: two reports to what lies between them.

use std::{
    fs::File,
    io::{self, Read},
};

use camino::Utf8Path;
use readiness::report::{Report, SCHEMA_VERSION, compare};
use serde::Deserialize;

use super::{
    Outcome,
    args::{CompareArgs, CompareFormat},
    exit::{Exit, Failure},
    output::{print, reason},
};

/// The largest report that is read; more than any repository makes.
const MOST_BYTES: u64 = 512 * 1024 * 1024;

/// How a report comes to be.
const REMEDY: &str = "write a report with `readiness scan PATH --report json=FILE`";

pub(super) fn run(args: &CompareArgs) -> Outcome {
    let (old, new) = (read(&args.old)?, read(&args.new)?);
    let comparison = compare::compare(&old, &new, args.lang.or(super::variables::lang()?).unwrap_or(new.language));
    let mut bytes = Vec::new();
    let written = match args.format {
        CompareFormat::Terminal => compare::table(&comparison, args.all, &mut bytes),
        CompareFormat::Markdown => compare::markdown(&comparison, &mut bytes),
        CompareFormat::Json => compare::json(&comparison, &mut bytes),
    };
    written.map_err(|error| Failure::unusable(format!("cannot write the comparison: {}", reason(&error))))?;
    print(&bytes)?;
    Ok(Exit::Holds)
}

/// What is looked at before the rest of a report is believed.
#[derive(Deserialize)]
struct Version {
    schema_version: u32,
}

fn read(path: &Utf8Path) -> Result<Report, Failure> {
    let text = text(path)?;
    let value: serde_json::Value = serde_json::from_str(&text)
        .map_err(|error| Failure::usage(format!("`{path}` is no JSON: {error}")).help(REMEDY))?;
    let Ok(Version { schema_version }) = Version::deserialize(&value) else {
        return Err(Failure::usage(format!("`{path}` is JSON, but no report of readiness"))
            .help(format!("only the format `json` can be compared: {REMEDY}")));
    };
    if schema_version > SCHEMA_VERSION {
        let what = format!("`{path}` has report version {schema_version}, and this program reads {SCHEMA_VERSION}");
        return Err(Failure::usage(what).help("update readiness, or write both reports with this one"));
    }
    // Read again from the text, because an error then names its line.
    serde_json::from_str(&text)
        .map_err(|error| Failure::usage(format!("`{path}` is no whole report: {error}")).help(REMEDY))
}

fn text(path: &Utf8Path) -> Result<String, Failure> {
    let failed = |error: &io::Error| match error.kind() {
        io::ErrorKind::NotFound => Failure::usage(format!("there is no report `{path}`")).help(REMEDY),
        io::ErrorKind::IsADirectory => {
            Failure::usage(format!("`{path}` is a folder, and a report is a file")).help(REMEDY)
        }
        io::ErrorKind::InvalidData => Failure::usage(format!("`{path}` is no text")).help(REMEDY),
        _ => Failure::usage(format!("cannot read the report `{path}`: {}", reason(error)))
            .help("name a report that can be read"),
    };
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(MOST_BYTES + 1).read_to_string(&mut text));
    let read = read.map_err(|error| failed(&error))?;
    if read as u64 > MOST_BYTES {
        return Err(Failure::usage(format!("`{path}` is larger than any report")).help(REMEDY));
    }
    Ok(text)
}
