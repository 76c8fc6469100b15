//! What the command line looks like: definitions and their checks, nothing else.

#![expect(clippy::doc_markdown, reason = "these comments are the help, which shows marks as they are")]

mod documents;
pub(crate) use documents::{ChecklistArgs, DocumentArgs, PlanArgs, PlanFormat, PlanTemplate};

use std::{ffi::OsString, fmt};

use camino::Utf8PathBuf;

use clap::{
    Args, CommandFactory, Parser, Subcommand, ValueEnum,
    builder::{PossibleValue, PossibleValuesParser, StyledStr, TypedValueParser},
    error::{ContextKind, ContextValue, ErrorKind},
};

use readiness::{
    config::FailOn,
    model::{Date, Lang, Tier},
};

use super::{configuration::ConfigArgs, init::InitArgs};

const EXAMPLES: &str = "\
Examples:
  readiness .                                   audit this repository
  readiness scan ../shop --format json          the whole report as JSON
  readiness --report markdown=review.md .       print the report and write the review
  readiness compare old.json new.json           what is new, resolved, unchanged
  readiness --only security,critical .          a part of the rules
  readiness --fail-on high --min-score 7 .      a stricter gate
  readiness explain cors-allow-all-fallback     why a rule asks, how it decides, how to repair

Precedence: flags, then READINESS_* variables, then readiness.toml, then what it extends, then the defaults.

Exit codes:
  0  the gate holds
  1  the gate fails
  2  the command line or the configuration is wrong
  3  nothing could be scanned, or a report could not be written";

const SINCE: &str = "\
List and gate only what lies on lines changed since this branch, tag or commit, and in new files. Score and verdicts \
stay those of the whole repository. Committed, staged, unstaged and untracked changes count; a file that was only \
renamed does not. Compared is with the commit where HEAD left REV (the merge base), so that what others have done on \
`origin/main` since is no change of yours; `origin/main...` says the same.";

/// Tells a team, with proof, whether their repository is ready for production.
///
/// Every rule is answered for the repository or for each of its components, with evidence: where it fails, where it
/// holds, or why nobody can know. Nothing of the audited repository is executed, and nothing is sent anywhere.
#[derive(Debug, Parser)]
#[command(name = "readiness", version, after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// Only for the help: [`parse`] hands them to `scan`.
    #[command(flatten)]
    _scan: ScanArgs,
}

/// What the arguments ask for.
pub(crate) struct Parsed {
    pub(crate) command: Command,
    /// Nobody wrote the command's name.
    pub(crate) implied: bool,
}

/// Reads the arguments, the program's own name first. Without a command `scan` is meant.
pub(crate) fn parse(mut arguments: Vec<OsString>) -> Result<Parsed, clap::Error> {
    const OTHERS: [&str; 5] = ["help", "-h", "--help", "-V", "--version"];
    let commands = command_names();
    let names = || commands.iter().map(String::as_str).chain(OTHERS);
    let implied = !arguments.get(1).is_some_and(|first| names().any(|name| first == name));
    if implied {
        arguments.insert(1.min(arguments.len()), "scan".into());
    }
    let misplaced =
        implied && arguments.iter().skip(2).any(|argument| commands.iter().any(|name| argument == name.as_str()));
    let cli = Cli::try_parse_from(arguments).map_err(|mut error| {
        if misplaced && error.kind() == ErrorKind::UnknownArgument {
            let tip = StyledStr::from("the command comes first, its options behind it");
            error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip]));
        }
        error
    })?;
    let missing = || Cli::command().error(ErrorKind::MissingSubcommand, "a command is missing");
    Ok(Parsed { command: cli.command.ok_or_else(missing)?, implied })
}

/// Everything that the command line can say.
pub(crate) fn command() -> clap::Command {
    Cli::command()
}

/// The names of the commands.
pub(crate) fn command_names() -> Vec<String> {
    command().get_subcommands().map(|command| command.get_name().to_owned()).collect()
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Audit a repository (the default command)
    #[command(after_help = EXAMPLES)]
    Scan(ScanArgs),
    /// Plan the work: phases of tasks with effort, order, checks and the score that they lead to
    Plan(PlanArgs),
    /// List what to check before, on and after the day of a deployment, ticked by what the audit proves
    Checklist(ChecklistArgs),
    /// List all rules
    Rules(RulesArgs),
    /// Say why a rule asks, how it decides and how to repair what it finds
    Explain(ExplainArgs),
    /// List the services that Compose, Dockerfiles, Kubernetes and platform files describe
    Services(FactArgs),
    /// List every route with what stands in front of it
    Routes(FactArgs),
    /// List every environment variable with where it is read, checked and declared
    Env(FactArgs),
    /// Say what changed between two reports that were written with `--report json=FILE`
    Compare(CompareArgs),
    /// Write down what is known today, so that only new findings fail the gate
    Baseline(super::baseline::BaselineArgs),
    /// Run the cases of the team's own rules
    Test(TestArgs),
    /// Write a first rule of the team's own, with its texts and its cases
    NewRule(NewRuleArgs),
    /// Write a page for each rule, as Markdown for a book
    Docs(DocsArgs),
    /// Print what a shell needs to complete commands and options
    Completions(CompletionsArgs),
    /// Print the manual, for `man`
    Man,
    /// Show every setting with its value and with who set it
    Config(ConfigArgs),
    /// Write a commented readiness.toml that changes nothing until it is edited
    Init(InitArgs),
    /// List every suppression with its place, reason, last day, state, age and author
    Suppressions(super::suppressions::SuppressionsArgs),
}

impl Command {
    pub(crate) fn color(&self) -> Color {
        match self {
            Self::Scan(args) => args.color,
            Self::Rules(args) => args.color,
            Self::Explain(args) => args.color,
            Self::Plan(_)
            | Self::Checklist(_)
            | Self::Services(_)
            | Self::Routes(_)
            | Self::Env(_)
            | Self::Compare(_)
            | Self::Baseline(_)
            | Self::Suppressions(_)
            | Self::NewRule(_)
            | Self::Docs(_)
            | Self::Completions(_)
            | Self::Config(_)
            | Self::Init(_)
            | Self::Man => Color::Auto,
            Self::Test(args) => args.color,
        }
    }
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line are independent of each other")]
pub(crate) struct ScanArgs {
    /// The folder to audit
    #[arg(default_value = ".")]
    pub(crate) path: Utf8PathBuf,

    /// What to print on standard output [default: terminal] [env: READINESS_FORMAT]
    #[arg(long, value_enum, value_name = "FORMAT", help_heading = "Output")]
    pub(crate) format: Option<Format>,

    /// The document that `markdown` and `html` become
    #[arg(long, value_enum, value_name = "NAME", default_value_t = Template::Review, help_heading = "Output")]
    pub(crate) template: Template,

    /// Write a report to a file as well, whole or not at all; may be repeated; `-` is standard output
    #[arg(long = "report", value_name = "FORMAT=FILE", value_parser = parse_target, help_heading = "Output")]
    pub(crate) reports: Vec<Target>,

    /// Language of the report [env: READINESS_LANG]
    #[arg(long, value_name = "LANG", value_parser = languages(), help_heading = "Output")]
    pub(crate) lang: Option<Lang>,

    /// Show everything: guesses, every passing criterion, every place [env: READINESS_ALL]
    #[arg(long, help_heading = "Output")]
    pub(crate) all: bool,

    /// Report where the time went [env: READINESS_TIMING]
    #[arg(long, help_heading = "Output")]
    pub(crate) timing: bool,

    /// Print the verdict and the tables alone, and nothing but errors on standard error
    #[arg(long, short, help_heading = "Output")]
    pub(crate) quiet: bool,

    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto, help_heading = "Output")]
    #[arg(help = "When to use colour; NO_COLOR, CLICOLOR and CLICOLOR_FORCE are respected")]
    pub(crate) color: Color,

    /// Fail on open criteria of this severity or worse [default: critical] [env: READINESS_FAIL_ON]
    #[arg(long, value_name = "SEVERITY", value_parser = severities(), help_heading = "Gate")]
    pub(crate) fail_on: Option<FailOn>,

    /// Fail below this overall score, 0 to 10 [env: READINESS_MIN_SCORE]
    #[arg(long, value_name = "N", value_parser = parse_score, allow_negative_numbers = true, help_heading = "Gate")]
    pub(crate) min_score: Option<f64>,

    /// Decide go or no-go for an environment, point by point [env: READINESS_GATE]
    #[arg(long, value_enum, value_name = "TARGET", help_heading = "Gate")]
    pub(crate) gate: Option<GateTarget>,

    /// Take the findings that this file names as known [default: readiness.baseline in the folder, if there is one]
    #[arg(long, value_name = "FILE", conflicts_with = "no_baseline", help_heading = "Gate")]
    pub(crate) baseline: Option<Utf8PathBuf>,

    /// Take every finding as new
    #[arg(long, help_heading = "Gate")]
    pub(crate) no_baseline: bool,

    /// List and gate only what lies on lines changed since this branch, tag or commit, and in new files
    #[arg(long, value_name = "REV", help_heading = "Gate", long_help = SINCE)]
    pub(crate) since: Option<String>,

    /// Run only these rules: ids, categories or severities, comma separated [env: READINESS_ONLY]
    #[arg(long, value_name = "IDS", value_delimiter = ',', help_heading = "Rules")]
    pub(crate) only: Option<Vec<String>>,

    /// Leave these rules out: ids, categories or severities, comma separated [env: READINESS_SKIP]
    #[arg(long, value_name = "IDS", value_delimiter = ',', help_heading = "Rules")]
    pub(crate) skip: Option<Vec<String>>,

    /// Ask what a repository of this tier has to answer [default: everything] [env: READINESS_TIER]
    #[arg(long, value_name = "TIER", value_parser = tiers(), help_heading = "Rules")]
    pub(crate) tier: Option<Tier>,

    /// Ask the team's rules in this folder, too; may be repeated
    #[arg(long = "rules", value_name = "DIR", help_heading = "Rules")]
    pub(crate) rules: Vec<Utf8PathBuf>,

    /// Read this configuration instead of the nearest readiness.toml [env: READINESS_CONFIG]
    #[arg(long, value_name = "FILE", conflicts_with = "no_config", help_heading = "Configuration")]
    pub(crate) config: Option<Utf8PathBuf>,

    /// Read no configuration [env: READINESS_NO_CONFIG]
    #[arg(long, help_heading = "Configuration")]
    pub(crate) no_config: bool,

    /// Let comments in the audited files suppress nothing [env: READINESS_NO_INLINE_IGNORES]
    #[arg(long, help_heading = "Configuration")]
    pub(crate) no_inline_ignores: bool,

    /// Take this day for today when suppressions expire [default: the clock's, in UTC] [env: READINESS_DATE]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = parse_date, help_heading = "Configuration")]
    pub(crate) date: Option<Date>,

    /// Worker threads [default: one per processor] [env: READINESS_JOBS]
    #[arg(long, value_name = "N", value_parser = parse_jobs, allow_negative_numbers = true, help_heading = "Configuration")]
    pub(crate) jobs: Option<usize>,
}

#[derive(Debug, Args)]
pub(crate) struct RulesArgs {
    /// What to print
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = ListFormat::Terminal)]
    pub(crate) format: ListFormat,

    /// Language of the texts [env: READINESS_LANG]
    #[arg(long, value_name = "LANG", value_parser = languages())]
    pub(crate) lang: Option<Lang>,

    /// Know the team's rules in this folder, too; may be repeated
    #[arg(long = "rules", value_name = "DIR")]
    pub(crate) rules: Vec<Utf8PathBuf>,

    /// When to use colour
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub(crate) color: Color,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The rule's id, as reports and `readiness rules` name it
    pub(crate) rule: String,

    /// Language of the texts [env: READINESS_LANG]
    #[arg(long, value_name = "LANG", value_parser = languages())]
    pub(crate) lang: Option<Lang>,

    /// Know the team's rules in this folder, too; may be repeated
    #[arg(long = "rules", value_name = "DIR")]
    pub(crate) rules: Vec<Utf8PathBuf>,

    /// When to use colour
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub(crate) color: Color,
}

#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    /// The older report, as JSON
    pub(crate) old: Utf8PathBuf,

    /// The newer report, as JSON
    pub(crate) new: Utf8PathBuf,

    /// What to print
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = CompareFormat::Terminal)]
    pub(crate) format: CompareFormat,

    /// Language of the texts [default: the newer report's] [env: READINESS_LANG]
    #[arg(long, value_name = "LANG", value_parser = languages())]
    pub(crate) lang: Option<Lang>,

    /// List every finding in the terminal
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
pub(crate) struct TestArgs {
    /// The folder of the rules [default: those that the nearest readiness.toml names]
    pub(crate) folder: Option<Utf8PathBuf>,

    /// Write the places that are found into the case files; a verdict is never changed
    #[arg(long)]
    pub(crate) update: bool,

    /// When to use colour
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub(crate) color: Color,
}

#[derive(Debug, Args)]
pub(crate) struct NewRuleArgs {
    /// The rule's id: lower-case words joined by hyphens that name the defect
    pub(crate) id: String,

    /// The folder to write it into
    #[arg(long, value_name = "DIR", default_value = "readiness-rules")]
    pub(crate) dir: Utf8PathBuf,

    /// The category to which it belongs
    #[arg(long, value_name = "NAME", default_value = "tests-quality")]
    pub(crate) category: String,
}

#[derive(Debug, Args)]
pub(crate) struct DocsArgs {
    /// The folder of the book: `rules/` and the part `# Rules` of `SUMMARY.md` are written in it
    pub(crate) dir: Utf8PathBuf,

    /// Language of the texts
    #[arg(long, value_name = "LANG", value_parser = languages())]
    pub(crate) lang: Option<Lang>,

    /// Write pages of the team's rules in this folder, too; may be repeated
    #[arg(long = "rules", value_name = "DIR")]
    pub(crate) rules: Vec<Utf8PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

/// A form of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CompareFormat {
    /// For people: the scores and what changed
    Terminal,
    /// For a comment on a pull request
    Markdown,
    /// For programs: every finding with what became of it
    Json,
}

/// What every command takes that lists facts.
#[derive(Debug, Args)]
pub(crate) struct FactArgs {
    /// The folder to look at
    #[arg(default_value = ".")]
    pub(crate) path: Utf8PathBuf,

    /// What to print
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = FactFormat::Table)]
    pub(crate) format: FactFormat,
}

/// A form of a list of facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FactFormat {
    /// For people: drawn in a terminal, plain in a pipe
    Table,
    /// For programs
    Json,
}

/// Where a release wants to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum GateTarget {
    /// Nothing CRITICAL is open, and the score is that of staging
    Staging,
    /// Nothing HIGH is open either, every mandatory question is confirmed, and the score is that of production
    Production,
}

/// A document that a report can become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Template {
    /// Nine sections with criteria, evidence and recommendations
    Review,
    /// Components with scores from 0 to 100, blockers, what works, risks
    Audit,
    /// What to check around a deployment
    Checklist,
}

/// A form of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people: the verdict, the tables, the findings with their code
    Terminal,
    /// For programs: everything, in a form that only grows
    Json,
    /// For a review: a document
    Markdown,
    /// For a review: one page for a browser, which asks for nothing else
    Html,
    /// For code scanning services: SARIF 2.1.0
    Sarif,
    /// For test reports of pipelines: JUnit XML
    Junit,
    /// For GitHub Actions: annotations in the log
    Github,
    /// For GitHub Actions: a job summary
    GithubSummary,
    /// For GitLab: a Code Quality report
    Gitlab,
    /// For programs that repair: a line for each finding, the fix, the command that verifies it
    Agent,
    /// For a README: a badge as SVG
    Badge,
}

impl fmt::Display for Format {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value();
        out.write_str(value.as_ref().map_or("report", PossibleValue::get_name))
    }
}

/// A form of the list of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    Terminal,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// When standard output is a terminal that wants it
    Auto,
    Always,
    Never,
}

/// Where a report goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) format: Format,
    /// None for standard output.
    pub(crate) file: Option<Utf8PathBuf>,
}

fn parse_target(text: &str) -> Result<Target, String> {
    let (format, file) =
        text.split_once('=').ok_or_else(|| "write FORMAT=FILE, for instance json=report.json".to_owned())?;
    let format = Format::from_str(format, false).map_err(|_| {
        let names: Vec<String> = Format::value_variants().iter().map(Format::to_string).collect();
        let nearest = readiness::model::nearest(format, names.iter().map(String::as_str));
        let hint = nearest.map(|nearest| format!("; did you mean `{nearest}`?")).unwrap_or_default();
        format!("`{format}` is no format{hint} (formats: {})", names.join(", "))
    })?;
    match file {
        "" => Err("the file is missing; write FORMAT=FILE, for instance json=report.json".to_owned()),
        "-" => Ok(Target { format, file: None }),
        _ => Ok(Target { format, file: Some(file.into()) }),
    }
}

pub(super) fn parse_score(text: &str) -> Result<f64, String> {
    let score: Option<f64> = text.parse().ok().filter(|score| (0.0..=10.0).contains(score));
    score.ok_or_else(|| "a score is a number from 0 to 10, for instance 7.5".to_owned())
}

pub(super) fn parse_jobs(text: &str) -> Result<usize, String> {
    const MOST: usize = 256;
    let jobs: Option<usize> = text.parse().ok().filter(|jobs| (1..=MOST).contains(jobs));
    jobs.ok_or_else(|| format!("write a whole number from 1 to {MOST}"))
}

pub(super) fn parse_date(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "write a day of the calendar as YYYY-MM-DD, for instance 2026-12-31".to_owned())
}

pub(super) fn severities() -> impl TypedValueParser<Value = FailOn> {
    PossibleValuesParser::new(FailOn::NAMES)
        .map(|name| FailOn::named(&name).expect("every name that the parser lets through has a value"))
}

pub(super) fn tiers() -> impl TypedValueParser<Value = Tier> {
    PossibleValuesParser::new(Tier::NAMES)
        .map(|name| Tier::named(&name).expect("every name that the parser lets through has a value"))
}

pub(super) fn languages() -> impl TypedValueParser<Value = Lang> {
    PossibleValuesParser::new(["en", "ru"]).map(|name| if name == "ru" { Lang::Ru } else { Lang::En })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Parsed, clap::Error> {
        parse(line.split_whitespace().map(OsString::from).collect())
    }

    fn scanned(line: &str) -> ScanArgs {
        match parsed(line).unwrap().command {
            Command::Scan(args) => args,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn scan_is_meant_when_no_command_is_named() {
        assert_eq!(scanned("readiness").path, ".");
        assert_eq!(scanned("readiness shop").path, "shop");
        assert_eq!(scanned("readiness --format json").format, Some(Format::Json));
        assert_eq!(scanned("readiness scan --format json shop").path, "shop");
        assert_eq!(scanned("readiness ./scan").path, "./scan");
        assert!(matches!(parsed("readiness rules").unwrap().command, Command::Rules(_)));
    }

    #[test]
    fn a_command_behind_its_options_is_explained() {
        let error = parsed("readiness --format json scan shop").err().unwrap().to_string();
        assert!(error.contains("the command comes first"), "{error}");
        let error = parsed("readiness shop other").err().unwrap().to_string();
        assert!(error.contains("unexpected argument 'other'"), "{error}");
    }

    #[test]
    fn the_definitions_agree_with_each_other() {
        Cli::command().debug_assert();
    }
}
