//! `readiness scan`: flags and file to settings, settings to report, report to formats, gate to exit code.

use std::{
    env, fs,
    io::{self, IsTerminal},
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use camino::{Utf8Path, Utf8PathBuf};
use readiness::{
    config::{Config, FILE_NAME, Found, Layer, Names, Observer, Selector, Since, find, load},
    model::{Categories, Date, nearest},
    plan::{Calendar, plan},
    repo::resolve,
    report::{Report, agent, badge, github, gitlab, html, json, junit, markdown, sarif, terminal},
};

use super::{
    Outcome,
    args::{Format, ScanArgs, Template},
    baseline, checklist,
    exit::{Exit, Failure},
    gate, library,
    output::{self, Output, reason},
    progress::Bar,
    words::Words,
};

const COMMANDS: [&str; 11] = [
    "scan",
    "plan",
    "checklist",
    "rules",
    "explain",
    "services",
    "routes",
    "env",
    "compare",
    "baseline",
    "suppressions",
];

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
    let shown = Shown { quiet: args.quiet, date: args.date, template: args.template, root: &root, config: &config };
    output::print(&render(&report, printed, shown, Some(output))?)?;
    let written = write_reports(&report, &files, shown, output);
    let failures = gate::failures(&report, &config);
    if !failures.is_empty() && !args.quiet {
        output.gate(Words::of(config.lang).gate_fails, &failures);
    }
    let decision = args.gate.map(|target| gate::decide(&report, target, config.lang));
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
    let command = if implied { nearest(path.as_str(), COMMANDS) } else { None };
    match command {
        Some(command) => failure.help(format!("did you mean the command `readiness {command}`?")),
        None => failure.help("name an existing folder; without a name the current one is audited"),
    }
}

fn config(args: &ScanArgs, root: &Utf8Path) -> Result<Config, Failure> {
    let source = Source { named: args.config.as_deref(), none: args.no_config };
    settings(|names| flags(args, names), source, root, args.quiet)
}

/// Where the configuration is read from.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    /// The file that the user named.
    pub(super) named: Option<&'a Utf8Path>,
    /// Nowhere.
    pub(super) none: bool,
}

/// The settings of a scan: what the flags say, over what the file says.
pub(super) fn settings(
    flags: impl FnOnce(Names<'_>) -> Result<Layer, Failure>,
    source: Source<'_>,
    root: &Utf8Path,
    quiet: bool,
) -> Result<Config, Failure> {
    let cards = library::cards();
    let rules: Vec<&str> = cards.iter().map(|card| card.meta.id.as_str()).collect();
    let categories: Vec<&str> = Categories::embedded().all.iter().map(|category| category.id.as_str()).collect();
    let names = Names { rules: &rules, categories: &categories };
    let flags = flags(names)?;
    let file = file(source, root, names)?;
    let mut config = Config::from_layers([flags, file]);
    config.today = config.today.or_else(today);
    if !quiet && io::stderr().is_terminal() {
        config.progress = Observer::new(Arc::new(Bar::new(Words::of(config.lang).files)));
    }
    Ok(config)
}

fn flags(args: &ScanArgs, names: Names<'_>) -> Result<Layer, Failure> {
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
        ..Layer::default()
    })
}

pub(super) fn selectors(flag: &str, list: &[String], names: Names<'_>) -> Result<Vec<Selector>, Failure> {
    let given: Vec<&str> = list.iter().map(|name| name.trim()).filter(|name| !name.is_empty()).collect();
    if given.is_empty() {
        return Err(Failure::usage(format!("`{flag}` names nothing"))
            .help("give rule ids, categories or severities, separated by commas"));
    }
    let mut selectors = Vec::new();
    let mut unknown = Vec::new();
    for name in given {
        match Selector::parse(name, names) {
            Ok(selector) => selectors.push(selector),
            Err(error) => unknown.push(error),
        }
    }
    if unknown.is_empty() {
        return Ok(selectors);
    }
    let what: Vec<String> = unknown.iter().map(ToString::to_string).collect();
    let meant: Vec<String> =
        unknown.iter().filter_map(|error| error.nearest.as_ref()).map(|nearest| format!("`{nearest}`")).collect();
    let failure = Failure::usage(format!("{flag}: {}", what.join("; ")));
    Err(if meant.is_empty() {
        failure.help("`readiness rules` lists rules and categories")
    } else {
        failure.help(format!("did you mean {}?", meant.join(" and ")))
    })
}

fn file(source: Source<'_>, root: &Utf8Path, names: Names<'_>) -> Result<Layer, Failure> {
    let found = match source.named {
        _ if source.none => None,
        Some(path) => Some(Found::named(absolute(path))),
        None => find(root),
    };
    let Some(found) = found else { return Ok(Layer::default()) };
    let complaint_path = source.named.map_or_else(|| from_here(&found.path), Utf8Path::to_owned);
    let mut layer = load(&found, root, &from_root(&found.path, root), names)
        .map_err(|error| Failure::from(error.about(complaint_path.as_str())))?;
    let folder = found.path.parent().unwrap_or(root);
    layer.baseline = layer.baseline.map(|path| folder.join(path));
    Ok(layer)
}

fn absolute(path: &Utf8Path) -> Utf8PathBuf {
    path.canonicalize_utf8().unwrap_or_else(|_| path.to_owned())
}

/// A path as somebody who stands in the current folder would write it.
pub(super) fn from_here(path: &Utf8Path) -> Utf8PathBuf {
    let here = env::current_dir().ok().and_then(|here| Utf8PathBuf::from_path_buf(here).ok());
    let here = here.and_then(|here| here.canonicalize_utf8().ok());
    here.and_then(|here| path.strip_prefix(here).ok().map(Utf8Path::to_owned)).unwrap_or_else(|| path.to_owned())
}

/// The configuration's name for reports, which hold no absolute path.
pub(super) fn from_root(path: &Utf8Path, root: &Utf8Path) -> String {
    if let Ok(below) = path.strip_prefix(root) {
        return below.as_str().replace('\\', "/");
    }
    let name = path.file_name().unwrap_or(FILE_NAME);
    match path.parent().and_then(|folder| root.strip_prefix(folder).ok()) {
        Some(down) => format!("{}{name}", "../".repeat(down.components().count())),
        None => name.to_owned(),
    }
}

/// The clock's day in UTC.
fn today() -> Option<Date> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
    Date::from_days_after_1970(i64::try_from(seconds / 86_400).ok()?)
}

/// A report that goes to a file.
type Written<'a> = (Format, &'a Utf8Path);

/// What is printed, and which files are written; checked before anything is scanned.
fn targets(args: &ScanArgs) -> Result<(Format, Vec<Written<'_>>), Failure> {
    let to_screen = args.reports.iter().filter(|target| target.file.is_none()).map(|target| target.format);
    let printed: Vec<Format> = args.format.into_iter().chain(to_screen).collect();
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
