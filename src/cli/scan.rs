//! `readiness scan`: flags and file to settings, settings to report, report to formats, gate to exit code.

use std::{fs, io};

use camino::{Utf8Path, Utf8PathBuf};
use readiness::{
    config::{Config, Layer, Names, Since},
    model::{Date, nearest},
    plan::{Calendar, plan},
    repo::resolve,
    report::{Report, agent, badge, github, gitlab, html, json, junit, markdown, sarif, terminal},
};

pub(super) use super::settings::{Source, selectors, settings};
use super::{
    Outcome,
    args::{self, Format, ScanArgs, Template},
    baseline, checklist,
    exit::{Exit, Failure},
    gate, library,
    output::{self, Output, reason},
    variables,
    words::Words,
};

/// Runs the command; `implied` when nobody wrote its name.
pub(super) fn run(args: &ScanArgs, implied: bool, output: &Output) -> Outcome {
    let root = root(&args.path, implied)?;
    let mut config = config(args, &root)?;
    if !args.no_baseline {
        config.baseline = baseline::load(args.baseline.as_deref(), &config, &root)?;
    }
    config.since = args.since.as_deref().map(|revision| since(&root, revision)).transpose()?;
    let (printed, files) = targets(args)?;
    let report = library::scan(&root, &config)
        .map_err(|error| Failure::unusable(format!("cannot scan `{}`: {error}", args.path)))?;
    let date = variables::dated(args.date)?;
    let target = args.gate.or(variables::gate()?);
    let shown = Shown { quiet: args.quiet, date, template: args.template, root: &root, config: &config };
    output::print(&render(&report, printed, shown, Some(output))?)?;
    let written = write_reports(&report, &files, shown, output);
    let failures = gate::failures(&report, &config);
    if !failures.is_empty() && !args.quiet {
        output.gate(Words::of(config.lang).gate_fails, &failures);
    }
    let decision = target.map(|target| gate::decide(&report, target, config.lang));
    if let Some(decision) = decision.as_ref().filter(|_| !args.quiet) {
        output.decision(decision.go, &decision.heading, &decision.points);
    }
    let holds = failures.is_empty() && decision.is_none_or(|decision| decision.go);
    Ok(match (written, holds) {
        (false, _) => Exit::Unusable,
        (true, false) => Exit::Fails,
        (true, true) => Exit::Holds,
    })
}

/// The commit that a revision means.
fn since(root: &Utf8Path, revision: &str) -> Result<Since, Failure> {
    match resolve(root, revision) {
        Ok(commit) => Ok(Since { revision: revision.to_owned(), commit }),
        Err(error) => Err(Failure::usage(error.to_string()).help(error.help())),
    }
}

/// The folder to scan, absolute, so that `.` and its full path give the same report.
pub(super) fn root(path: &Utf8Path, implied: bool) -> Result<Utf8PathBuf, Failure> {
    let metadata = fs::metadata(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => missing(path, implied),
        _ => Failure::unusable(format!("cannot look at `{path}`: {}", reason(&error))),
    })?;
    if !metadata.is_dir() {
        return Err(Failure::usage(format!("`{path}` is a file, and an audit looks at a whole repository"))
            .help("name the folder that holds it"));
    }
    path.canonicalize_utf8().map_err(|error| Failure::unusable(format!("cannot look at `{path}`: {}", reason(&error))))
}

fn missing(path: &Utf8Path, implied: bool) -> Failure {
    let failure = Failure::usage(format!("there is no folder `{path}`"));
    let commands = args::command_names();
    let command = if implied { nearest(path.as_str(), commands.iter().map(String::as_str)) } else { None };
    match command {
        Some(command) => failure.help(format!("did you mean the command `readiness {command}`?")),
        None => failure.help("name an existing folder; without a name the current one is audited"),
    }
}

fn config(args: &ScanArgs, root: &Utf8Path) -> Result<Config, Failure> {
    let source = Source { named: args.config.as_deref(), none: args.no_config, rules: &args.rules };
    settings(|names| flags(args, names), source, root, args.quiet)
}

/// What the flags say.
pub(super) fn flags(args: &ScanArgs, names: Names<'_>) -> Result<Layer, Failure> {
    let set = |flag: bool| flag.then_some(true);
    Ok(Layer {
        lang: args.lang,
        only: args.only.as_ref().map(|list| selectors("--only", list, names)).transpose()?,
        skip: args.skip.as_ref().map(|list| selectors("--skip", list, names)).transpose()?,
        all: set(args.all),
        timing: set(args.timing),
        jobs: args.jobs,
        inline_ignores: args.no_inline_ignores.then_some(false),
        today: args.date,
        fail_on: args.fail_on,
        min_score: args.min_score,
        tier: args.tier,
        ..Layer::default()
    })
}

/// A report that goes to a file.
type Written<'a> = (Format, &'a Utf8Path);

/// What is printed, and which files are written; checked before anything is scanned.
fn targets(args: &ScanArgs) -> Result<(Format, Vec<Written<'_>>), Failure> {
    let to_screen = args.reports.iter().filter(|target| target.file.is_none()).map(|target| target.format);
    let mut printed: Vec<Format> = args.format.into_iter().chain(to_screen).collect();
    if printed.is_empty() {
        printed.extend(variables::format()?);
    }
    if printed.len() > 1 {
        let names: Vec<String> = printed.iter().map(|format| format!("`{format}`")).collect();
        return Err(Failure::usage(format!("several reports go to standard output: {}", names.join(", ")))
            .help("print one, and give each of the others a file: --report FORMAT=FILE"));
    }
    let mut files: Vec<Written<'_>> = Vec::new();
    let mut places: Vec<Utf8PathBuf> = Vec::new();
    for target in &args.reports {
        let Some(file) = target.file.as_deref() else { continue };
        let place = output::check(file)?;
        if places.contains(&place) {
            return Err(Failure::usage(format!("two reports go to the same file `{file}`"))
                .help("give every `--report` a file of its own"));
        }
        places.push(place);
        files.push((target.format, file));
    }
    Ok((printed.first().copied().unwrap_or(Format::Terminal), files))
}

/// Writes every report that can be written; whether all could.
fn write_reports(report: &Report, files: &[Written<'_>], shown: Shown<'_>, output: &Output) -> bool {
    let mut all = true;
    for (format, file) in files {
        let written = render(report, *format, shown, None).and_then(|bytes| output::write_file(file, &bytes));
        if let Err(failure) = written {
            output.complain(&failure);
            all = false;
        }
    }
    all
}

/// How a report is shown to people.
#[derive(Clone, Copy)]
struct Shown<'a> {
    quiet: bool,
    /// Human documents are dated by `--date` alone: the clock would change the bytes from day to day.
    date: Option<Date>,
    template: Template,
    root: &'a Utf8Path,
    config: &'a Config,
}

/// The bytes of a report; `screen` when it is for standard output, which may be narrow or take colour.
fn render(report: &Report, format: Format, shown: Shown<'_>, screen: Option<&Output>) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let written = match format {
        Format::Terminal => {
            let colored = screen.is_some_and(|screen| screen.colored);
            let palette = if colored { terminal::Palette::coloured() } else { terminal::Palette::plain() };
            let width = screen.map_or(terminal::DEFAULT_WIDTH, |screen| screen.width);
            let options = terminal::Options { width, palette, all: shown.config.all, quiet: shown.quiet };
            terminal::write(report, &options, &mut bytes)
        }
        Format::Json => json::write(report, &mut bytes),
        Format::Markdown => return document(report, shown),
        Format::Html if shown.template != Template::Review => {
            let text = String::from_utf8(document(report, shown)?).expect("documents are UTF-8");
            html::document(&text, report.language, &mut bytes)
        }
        Format::Html => {
            html::write(report, &html::Options { date: shown.date.map(|date| date.to_string()) }, &mut bytes)
        }
        Format::Sarif => sarif::write(report, &mut bytes),
        Format::Junit => junit::write(report, &mut bytes),
        Format::Github => github::annotations(report, &mut bytes),
        Format::GithubSummary => github::summary(report, &mut bytes),
        Format::Gitlab => gitlab::write(report, &mut bytes),
        Format::Agent => agent::write(report, &mut bytes),
        Format::Badge => badge::write(report, &mut bytes),
    };
    written.map_err(|error| Failure::unusable(format!("cannot write the {format} report: {}", reason(&error))))?;
    Ok(bytes)
}

/// The Markdown document that the template names.
fn document(report: &Report, shown: Shown<'_>) -> Result<Vec<u8>, Failure> {
    let date = shown.date.map(|date| date.to_string());
    let mut bytes = Vec::new();
    let written = match shown.template {
        Template::Review => markdown::write(report, &markdown::Options { date }, &mut bytes),
        Template::Audit => {
            let outlook = plan(report, &[], Calendar::default()).phases.into_iter().map(|phase| markdown::Step {
                title: phase.title,
                effort_minutes: phase.effort_minutes,
                score: phase.projection.score,
                verdict: phase.projection.verdict,
            });
            let options = markdown::AuditOptions { date, outlook: outlook.collect() };
            markdown::write_audit(report, &options, &mut bytes)
        }
        Template::Checklist => return checklist::document(report, shown.root, shown.config, shown.date, Vec::new()),
    };
    written.map_err(|error| Failure::unusable(format!("cannot write the markdown report: {}", reason(&error))))?;
    Ok(bytes)
}
