//! `readiness suppressions`: every comment and configuration entry that takes findings out, with what became of it.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;
use readiness::{
    config::Layer,
    model::{Date, SuppressionProblem, Tier},
    repo::{Written, introduced},
    report::{Report, SuppressedBy, Suppression, SuppressionState},
};
use serde::Serialize;

use super::{
    Outcome,
    args::{FactFormat, parse_date, tiers},
    exit::{Exit, Failure},
    library,
    output::{Output, print},
    rows::{Row, json, table},
    scan::{self, Source},
};

/// Lines of a configuration entry that are searched for its reason.
const ENTRY_LINES: usize = 20;

/// No source file with suppressions is larger.
const MAX_BYTES: u64 = 8 * 1024 * 1024;

#[derive(Debug, Args)]
pub(crate) struct SuppressionsArgs {
    /// The folder to look at
    #[arg(default_value = ".")]
    path: Utf8PathBuf,

    /// What to print
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = FactFormat::Table)]
    format: FactFormat,

    #[arg(long, value_name = "TIER", value_parser = tiers())]
    #[arg(help = "Ask what a repository of this tier has to answer [default: everything] [env: READINESS_TIER]")]
    tier: Option<Tier>,

    /// Read this configuration instead of the nearest readiness.toml
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    config: Option<Utf8PathBuf>,

    /// Read no configuration
    #[arg(long)]
    no_config: bool,

    /// Take this day for today [default: the clock's, in UTC]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = parse_date)]
    date: Option<Date>,
}

/// A suppression of one rule.
#[derive(Debug, Serialize)]
struct Entry {
    path: String,
    line: Option<u32>,
    rule: String,
    /// `comment` or `configuration`.
    by: &'static str,
    /// `used`, `unused`, `expired` or `refused`.
    state: &'static str,
    /// Why it is not used.
    problem: Option<String>,
    findings: usize,
    reason: Option<String>,
    until: Option<String>,
    /// The day on which it was written, when git knows.
    since: Option<String>,
    age_days: Option<i64>,
    author: Option<String>,
}

impl Row for Entry {
    const HEADINGS: &'static [&'static str] = &["PLACE", "RULE", "STATE", "UNTIL", "AGE", "AUTHOR", "REASON"];

    fn cells(&self) -> Vec<String> {
        let line = self.line.map(|line| format!(":{line}")).unwrap_or_default();
        let age = self.age_days.map(|days| format!("{days} d")).unwrap_or_default();
        vec![
            format!("{}{line}", self.path),
            self.rule.clone(),
            self.state.to_owned(),
            self.until.clone().unwrap_or_default(),
            age,
            self.author.clone().unwrap_or_default(),
            self.reason.clone().or_else(|| self.problem.clone()).unwrap_or_default(),
        ]
    }
}

pub(super) fn run(args: &SuppressionsArgs, output: &Output) -> Outcome {
    let root = scan::root(&args.path, false)?;
    let source = Source { named: args.config.as_deref(), none: args.no_config, rules: &[] };
    let flags = Layer { today: args.date, tier: args.tier, ..Layer::default() };
    let mut config = scan::settings(|_| Ok(flags), source, &root, false)?;
    // Whether a suppression is used is only known when its rule runs.
    config.only.clear();
    config.skip.clear();
    let report = library::scan(&root, &config)
        .map_err(|error| Failure::unusable(format!("cannot scan `{}`: {error}", args.path)))?;
    let lines = lines(&report, &root, config.today);
    let text = match args.format {
        FactFormat::Table => table(&lines, output),
        FactFormat::Json => json(&lines)?,
    };
    print(text.as_bytes())?;
    Ok(Exit::Holds)
}

fn lines(report: &Report, root: &Utf8Path, today: Option<Date>) -> Vec<Entry> {
    let all: Vec<&Suppression> =
        report.suppressions.iter().filter(|suppression| suppression.by != SuppressedBy::Baseline).collect();
    let written: Vec<Written> = all
        .iter()
        .map(|suppression| Written {
            path: suppression.path.clone(),
            text: telling_line(root, suppression).unwrap_or_default(),
        })
        .collect();
    all.into_iter()
        .zip(introduced(root, &written))
        .map(|(suppression, introduced)| {
            let day = introduced.as_ref().and_then(|introduced| Date::from_days_after_1970(introduced.day));
            Entry {
                path: suppression.path.clone(),
                line: suppression.line,
                rule: suppression.rules.join(", "),
                by: if suppression.by == SuppressedBy::Inline { "comment" } else { "configuration" },
                state: state(suppression.state),
                problem: problem(report, suppression),
                findings: suppression.matched,
                reason: suppression.reason.clone(),
                until: suppression.expires.clone(),
                since: day.map(|day| day.to_string()),
                age_days: today.zip(day).map(|(today, day)| today.days_after_1970() - day.days_after_1970()),
                author: introduced.map(|introduced| introduced.author),
            }
        })
        .collect()
}

fn state(state: SuppressionState) -> &'static str {
    match state {
        SuppressionState::Used => "used",
        SuppressionState::Unused => SuppressionProblem::Unused.as_str(),
        SuppressionState::Expired => SuppressionProblem::Expired.as_str(),
        SuppressionState::Refused => SuppressionProblem::Refused.as_str(),
    }
}

/// What the finding about a suppression says.
fn problem(report: &Report, suppression: &Suppression) -> Option<String> {
    let about = report.about(suppression).filter(|_| suppression.state != SuppressionState::Used);
    about.map(|finding| finding.message.clone())
}

/// The line that tells a suppression from others: the comment's own, or that of an entry's reason.
fn telling_line(root: &Utf8Path, suppression: &Suppression) -> Option<String> {
    let path = root.join(&suppression.path);
    let metadata = fs::metadata(&path).ok()?;
    if !metadata.is_file() || metadata.len() > MAX_BYTES {
        return None;
    }
    let text = fs::read_to_string(path).ok()?;
    let first = (suppression.line? as usize).checked_sub(1)?;
    let mut lines = text.lines().skip(first);
    if suppression.by == SuppressedBy::Inline {
        return lines.next().map(str::to_owned);
    }
    let reason = suppression.reason.as_deref()?;
    lines.take(ENTRY_LINES).find(|line| line.contains(reason)).map(str::to_owned)
}
