//! Arguments of the commands that write documents from a scan.

use super::{languages, parse_date, tiers};
use camino::Utf8PathBuf;
use clap::{Args, ValueEnum};
use readiness::model::{Date, Lang, Tier};

/// What every command takes that makes a document of an audit.
#[derive(Debug, Args)]
pub(crate) struct DocumentArgs {
    /// The folder to audit
    #[arg(default_value = ".")]
    pub(crate) path: Utf8PathBuf,

    /// Language of the document [env: READINESS_LANG]
    #[arg(long, value_name = "LANG", value_parser = languages())]
    pub(crate) lang: Option<Lang>,

    /// Ask only these rules: ids, categories or severities, comma separated [env: READINESS_ONLY]
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    pub(crate) only: Option<Vec<String>>,

    /// Leave these rules out: ids, categories or severities, comma separated [env: READINESS_SKIP]
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    pub(crate) skip: Option<Vec<String>>,

    /// Ask what a repository of this tier has to answer [default: everything] [env: READINESS_TIER]
    #[arg(long, value_name = "TIER", value_parser = tiers())]
    pub(crate) tier: Option<Tier>,

    /// Ask the team's rules in this folder, too; may be repeated
    #[arg(long = "rules", value_name = "DIR")]
    pub(crate) rules: Vec<Utf8PathBuf>,

    /// Read this configuration instead of the nearest readiness.toml [env: READINESS_CONFIG]
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub(crate) config: Option<Utf8PathBuf>,

    /// Read no configuration [env: READINESS_NO_CONFIG]
    #[arg(long)]
    pub(crate) no_config: bool,

    /// The date of the document, and of today when suppressions expire [default: undated; the clock's, in UTC] [env: READINESS_DATE]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = parse_date)]
    pub(crate) date: Option<Date>,
}

#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    pub(crate) document: DocumentArgs,

    /// What to print
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = PlanFormat::Markdown)]
    pub(crate) format: PlanFormat,

    /// The form of the document
    #[arg(long, value_enum, value_name = "NAME", default_value_t = PlanTemplate::Plan)]
    pub(crate) template: PlanTemplate,

    /// Date the tasks from this day on, Monday to Friday
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = parse_date)]
    pub(crate) start: Option<Date>,

    /// Working hours of a day, of all who work on it together
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=24))]
    pub(crate) hours_per_day: u32,

    /// An older JSON report: tick what has been done since; may be repeated, the oldest first
    #[arg(long = "baseline", visible_alias = "previous", value_name = "OLD.json")]
    pub(crate) older: Vec<Utf8PathBuf>,

    /// Name at each task where it is talked about: a TOML file with `[rules]` by id and `[findings]` by fingerprint
    #[arg(long, value_name = "FILE")]
    pub(crate) link_map: Option<Utf8PathBuf>,
}

/// A form of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlanFormat {
    /// A document
    Markdown,
    /// An overview and one part for each task, to paste into an issue tracker
    Issues,
    /// For programs
    Json,
}

/// A document that a plan can become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlanTemplate {
    /// Phases with task cards, a calendar, metrics and history
    Plan,
    /// Blocks of tasks by subject, with a definition of done
    Sprint,
}

#[derive(Debug, Args)]
pub(crate) struct ChecklistArgs {
    #[command(flatten)]
    pub(crate) document: DocumentArgs,

    /// Only these sections, comma separated [default: all]
    #[arg(long, value_enum, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) section: Vec<ChecklistSection>,
}

/// A part of the checklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ChecklistSection {
    /// What must be true before
    PreDeploy,
    /// The day itself, hour by hour
    DeployDay,
    /// The first hour, day and week
    PostDeploy,
    /// Component by component, platform by platform
    Components,
    /// When and how to go back
    Rollback,
    /// The last look
    GoLive,
    /// A developer's day
    Daily,
    /// Every environment variable
    Env,
}
