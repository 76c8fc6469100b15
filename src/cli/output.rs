//! Where results go: standard output, standard error, and files that appear whole or not at all.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, IsTerminal, Write},
    process,
};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use camino::{Utf8Path, Utf8PathBuf};
use readiness::{report::terminal::DEFAULT_WIDTH, text::mask::mask};

use super::{
    args::Color,
    exit::{Complaint, Failure},
};

/// What the streams can show.
pub(super) struct Output {
    /// Standard output takes colour.
    pub(super) colored: bool,
    /// Standard output is a terminal.
    pub(super) terminal: bool,
    /// Columns of standard output.
    pub(super) width: usize,
    /// Standard error takes colour.
    error_colored: bool,
}

impl Output {
    pub(super) fn new(color: Color) -> Self {
        let wanted = |auto: ColorChoice| match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => auto != ColorChoice::Never,
        };
        let width = if io::stdout().is_terminal() { terminal_size::terminal_size() } else { None };
        Self {
            colored: wanted(AutoStream::choice(&io::stdout())),
            terminal: io::stdout().is_terminal(),
            width: width.map_or(DEFAULT_WIDTH, |(width, _)| usize::from(width.0)),
            error_colored: wanted(AutoStream::choice(&io::stderr())),
        }
    }

    /// Says on standard error what stops a command.
    pub(super) fn complain(&self, failure: &Failure) {
        match &failure.complaint {
            Complaint::Message { what, help } => {
                say(&format!("{}: {what}\n", self.marked("error", AnsiColor::Red)));
                if let Some(help) = help {
                    say(&format!("{}: {help}\n", self.marked("help", AnsiColor::Cyan)));
                }
            }
            // They quote files, in which anything may stand.
            Complaint::Config(error) => say(&format!("{}\n", mask(&error.report(self.error_colored)))),
            Complaint::Rules(error) => say(&format!("{}\n", mask(&error.report(self.error_colored)))),
        }
    }

    /// Says on standard error what is worth knowing and stops nothing.
    pub(super) fn remark(&self, what: &str) {
        say(&format!("{}: {what}\n", self.marked("warning", AnsiColor::Yellow)));
    }

    /// Says on standard error how a decision comes about.
    pub(super) fn decision(&self, go: bool, heading: &str, points: &[String]) {
        say(&format!("{}\n", self.marked(heading, if go { AnsiColor::Green } else { AnsiColor::Red })));
        for point in points {
            say(&format!("  {point}\n"));
        }
    }

    /// Says on standard error why the gate fails.
    pub(super) fn gate(&self, word: &str, reasons: &[String]) {
        say(&format!("{}\n", self.marked(word, AnsiColor::Red)));
        for reason in reasons {
            say(&format!("  {reason}\n"));
        }
    }

    fn marked(&self, word: &str, color: AnsiColor) -> String {
        let style = if self.error_colored { color.on_default().bold() } else { Style::new() };
        format!("{style}{word}{style:#}")
    }
}

/// Prints a result. A reader that has gone away wants no more of it, and that is no error.
pub(super) fn print(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::unusable(format!("cannot write to standard output: {}", reason(&error))))
        }
        _ => Ok(()),
    }
}

/// Nobody is left to hear that standard error is closed.
fn say(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Whether `file` could be written, as far as one can tell before; the one way to write its path.
pub(super) fn check(file: &Utf8Path) -> Result<Utf8PathBuf, Failure> {
    let cannot = |why: &str| Failure::unusable(format!("cannot write the report `{file}`: {why}"));
    if file.is_dir() {
        return Err(cannot("it is a folder").help("name a file"));
    }
    let folder = folder_of(file);
    if folder.is_dir() {
        let whole = folder.canonicalize_utf8().ok().zip(file.file_name()).map(|(folder, name)| folder.join(name));
        let place = file.canonicalize_utf8().ok().or(whole);
        return Ok(place.unwrap_or_else(|| file.to_owned()));
    }
    if folder.exists() {
        return Err(cannot(&format!("`{folder}` is no folder")).help("name a file in an existing folder"));
    }
    Err(cannot(&format!("there is no folder `{folder}`")).help(format!("create it first: mkdir -p {folder}")))
}

/// Writes a file whole or not at all: beside its place first, then by renaming. What is no regular file (a device,
/// a pipe) is written to directly.
pub(super) fn write_file(file: &Utf8Path, bytes: &[u8]) -> Result<(), Failure> {
    write_whole(file, bytes)
        .map_err(|error| Failure::unusable(format!("cannot write the report `{file}`: {}", reason(&error))))
}

fn write_whole(file: &Utf8Path, bytes: &[u8]) -> io::Result<()> {
    // A symbolic link stays what it is; the file that it names is replaced.
    let real = fs::canonicalize(file).ok().and_then(|real| Utf8PathBuf::from_path_buf(real).ok());
    let target = real.as_deref().unwrap_or(file);
    let existing = fs::metadata(target).ok();
    if existing.as_ref().is_some_and(|metadata| !metadata.is_file()) {
        return OpenOptions::new().write(true).open(target)?.write_all(bytes);
    }
    let (temporary, mut handle) = create_beside(target)?;
    let written = handle
        .write_all(bytes)
        .and_then(|()| handle.sync_all())
        .and_then(|()| existing.map_or(Ok(()), |metadata| fs::set_permissions(&temporary, metadata.permissions())))
        .and_then(|()| fs::rename(&temporary, target));
    if written.is_err() {
        // What went wrong is reported; a rest that cannot be removed either changes nothing about it.
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// A new file in the folder of `target`, so that renaming stays within one file system.
fn create_beside(target: &Utf8Path) -> io::Result<(Utf8PathBuf, File)> {
    let name = target.file_name().ok_or_else(|| io::Error::other("the path names no file"))?;
    for attempt in 0..100 {
        let temporary = folder_of(target).join(format!(".{name}.{}-{attempt}.tmp", process::id()));
        match OpenOptions::new().write(true).create_new(true).open(&temporary) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            opened => return opened.map(|file| (temporary, file)),
        }
    }
    Err(io::Error::other("no name is free for a temporary file beside it"))
}

fn folder_of(file: &Utf8Path) -> &Utf8Path {
    match file.parent() {
        Some(folder) if !folder.as_str().is_empty() => folder,
        _ => Utf8Path::new("."),
    }
}

/// An operating system's reason without its number.
pub(super) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_lowercase()
}
