//! `readiness baseline`: writes down what is known, lets it shrink, and says what of it is gone.

use std::{fs, io};

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;
use readiness::{
    Ledger,
    config::{Config, Layer},
    model::{Baseline, Date, KnownFinding, Tier},
    suppress::baseline::{FILE_NAME, parse, write},
};

use super::{
    Outcome,
    args::{parse_date, tiers},
    exit::{Exit, Failure},
    library,
    output::{self, print, reason},
    scan, settings,
};

/// No baseline is larger: a hundred bytes for each of half a million findings.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

const EXAMPLES: &str = "\
Examples:
  readiness baseline                       write readiness.baseline: what is there today is known
  readiness baseline --update              remove what is gone; nothing is added
  readiness baseline --update --accept-new the same, and add what is new, for a person to review in the diff
  readiness baseline --check               fail when entries match nothing any more

`readiness scan` uses the file when it lies in the scanned folder. Known findings count in the score and do not fail
the gate. Commit the file; it holds no line numbers, dates or commits.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line are independent of each other")]
pub(crate) struct BaselineArgs {
    /// The folder to audit
    #[arg(default_value = ".")]
    path: Utf8PathBuf,

    /// The baseline [default: readiness.baseline in the folder]
    #[arg(long, value_name = "FILE")]
    file: Option<Utf8PathBuf>,

    /// Remove what is gone from the file, and follow what has moved; add nothing
    #[arg(long)]
    update: bool,

    /// With `--update`: add what is new as well
    #[arg(long, requires = "update")]
    accept_new: bool,

    /// Write nothing; fail when entries match nothing any more
    #[arg(long, conflicts_with = "update")]
    check: bool,

    #[arg(long, value_name = "TIER", value_parser = tiers())]
    #[arg(help = "Ask what a repository of this tier has to answer [default: everything] [env: READINESS_TIER]")]
    tier: Option<Tier>,

    /// Read this configuration instead of the nearest readiness.toml
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    config: Option<Utf8PathBuf>,

    /// Read no configuration
    #[arg(long)]
    no_config: bool,

    /// Take this day for today when suppressions expire [default: the clock's, in UTC]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = parse_date)]
    date: Option<Date>,
}

pub(super) fn run(args: &BaselineArgs) -> Outcome {
    let root = scan::root(&args.path, false)?;
    let source = settings::Source { named: args.config.as_deref(), none: args.no_config, rules: &[] };
    let flags = Layer { today: args.date, tier: args.tier, ..Layer::default() };
    let mut config = settings::settings(|_| Ok(flags), source, &root, false)?;
    let file = args.file.clone().or_else(|| config.baseline_file.clone()).unwrap_or_else(|| root.join(FILE_NAME));
    let exists = fs::symlink_metadata(&file).is_ok();
    let shown = settings::from_here(&file);
    if !args.update && !args.check && exists {
        return Err(Failure::usage(format!(
            "`{shown}` is there already, and a new one would forget what it lets pass"
        ))
        .help(
            "`--update` removes what is gone, `--update --accept-new` adds what is new; delete the file to begin again",
        ));
    }
    output::check(&file)?;
    let named = args.file.as_deref().or_else(|| (args.update || args.check).then_some(file.as_path()));
    config.baseline = if exists || args.update || args.check { load(named, &config, &root)? } else { None };
    let (_, ledger) = library::scan_with_ledger(&root, &config)
        .map_err(|error| Failure::unusable(format!("cannot scan `{}`: {error}", args.path)))?;
    let baseline = config.baseline.unwrap_or_default();
    if args.check {
        return check(&baseline, &ledger);
    }
    let next = ledger.next(&baseline, args.accept_new || !args.update);
    output::write_file(&file, write(&next).as_bytes())?;
    print(summary(&shown, &baseline, &ledger, next.len(), args).as_bytes())?;
    Ok(Exit::Holds)
}

/// Reads the file that the user or the configuration names, or the one that lies in `root`; `None` without any.
pub(super) fn load(named: Option<&Utf8Path>, config: &Config, root: &Utf8Path) -> Result<Option<Baseline>, Failure> {
    let given = named.map(Utf8Path::to_owned).or_else(|| config.baseline_file.clone());
    let file = given.clone().unwrap_or_else(|| root.join(FILE_NAME));
    if given.is_none() && fs::symlink_metadata(&file).is_err() {
        return Ok(None);
    }
    let shown = settings::from_here(&file);
    if named.is_none() {
        stays_inside(&file, &shown, root)?;
    }
    let text = text(&file, &shown)?;
    let for_reports = file
        .canonicalize_utf8()
        .map_or_else(|_| shown.to_string(), |file| readiness::config::name_in_reports(&file, root));
    match parse(&text, &for_reports) {
        Ok(baseline) => Ok(Some(baseline)),
        Err(error) => Err(Failure::usage(format!("`{shown}`, {error}")).help(error.help)),
    }
}

/// What a repository names must lie in it: the messages about a wrong line quote it.
fn stays_inside(file: &Utf8Path, shown: &Utf8Path, root: &Utf8Path) -> Result<(), Failure> {
    let top = root.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(root);
    match file.canonicalize_utf8() {
        Ok(real) if !real.starts_with(top) => {
            Err(Failure::usage(format!("the baseline `{shown}` lies outside of the repository"))
                .help("move it into the repository, or name it with `--baseline FILE`"))
        }
        // That it cannot be read is said by whoever reads it.
        _ => Ok(()),
    }
}

fn text(file: &Utf8Path, shown: &Utf8Path) -> Result<String, Failure> {
    let cannot = |why: &str| Failure::usage(format!("cannot read the baseline `{shown}`: {why}"));
    let metadata = fs::metadata(file).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => cannot("there is no such file").help("`readiness baseline` writes one"),
        _ => cannot(&reason(&error)),
    })?;
    if !metadata.is_file() {
        return Err(cannot("it is no regular file").help("name the file that `readiness baseline` wrote"));
    }
    if metadata.len() > MAX_BYTES {
        return Err(cannot("it is larger than any baseline").help("name the file that `readiness baseline` wrote"));
    }
    let bytes = fs::read(file).map_err(|error| cannot(&reason(&error)))?;
    String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = memchr::memchr_iter(b'\n', before).count() + 1;
        Failure::usage(format!("`{shown}`, line {line}: this is not UTF-8"))
            .help("name the file that `readiness baseline` wrote, or save it in UTF-8 encoding")
    })
}

fn check(baseline: &Baseline, ledger: &Ledger) -> Outcome {
    let mut said: Vec<String> = ledger
        .stale
        .iter()
        .map(|&index| {
            let entry = &baseline.entries[index];
            format!("{}:{}: gone: {}\n", baseline.path, entry.line, described(entry))
        })
        .collect();
    said.push(format!(
        "{}: {} known, {} gone, {} new\n",
        baseline.path,
        baseline.entries.len() - ledger.stale.len(),
        ledger.stale.len(),
        ledger.unknown().count()
    ));
    if !ledger.stale.is_empty() {
        said.push("`readiness baseline --update` removes what is gone\n".to_owned());
    }
    print(said.concat().as_bytes())?;
    Ok(if ledger.stale.is_empty() { Exit::Holds } else { Exit::Fails })
}

fn described(entry: &KnownFinding) -> String {
    let hint = if entry.hint.is_empty() { String::new() } else { format!(": {}", entry.hint) };
    format!("{} {}{hint}", entry.rule, entry.path)
}

fn summary(shown: &Utf8Path, baseline: &Baseline, ledger: &Ledger, count: usize, args: &BaselineArgs) -> String {
    let new = ledger.unknown().count();
    if !args.update {
        return format!("{shown}: {count} known\n");
    }
    let added = if args.accept_new { new } else { 0 };
    let removed = baseline.entries.len() + added - count;
    let left = if args.accept_new || new == 0 {
        String::new()
    } else {
        format!("; {new} new are not in it (`--accept-new` adds them)")
    };
    format!("{shown}: {count} known, {removed} removed, {added} added{left}\n")
}
