//! Where output can go wrong: a full disk, a reader that goes away, and everything that was not named.

use std::{
    fs::{self, File},
    process::{Command, Stdio},
};

use assert_cmd::cargo::cargo_bin;

use super::ground::{Ground, run, tree};

/// Every command that prints something about the repository or the catalogue.
pub(crate) const COMMANDS: [&[&str]; 9] = [
    &["scan"],
    &["plan"],
    &["checklist"],
    &["env"],
    &["routes"],
    &["services"],
    &["rules"],
    &["explain", "fallback-secret"],
    &["compare", "../outside/old.json", "../outside/new.json"],
];

/// Every format of a report.
pub(crate) const FORMATS: [&str; 11] =
    ["terminal", "json", "markdown", "html", "sarif", "junit", "github", "github-summary", "gitlab", "agent", "badge"];

/// A repository with two reports for `compare` beside it.
fn ground() -> Ground {
    let ground = Ground::new();
    let report = ground.run(&["scan", "--format", "json"]).stdout;
    fs::write(ground.outside().join("old.json"), &report).expect("the file can be written");
    fs::write(ground.outside().join("new.json"), &report).expect("the file can be written");
    ground
}

#[test]
fn a_full_disk_is_exit_code_3_for_every_command() {
    let ground = ground();
    let formats = FORMATS.map(|format| vec!["scan", "--format", format]);
    for arguments in COMMANDS.iter().map(|command| command.to_vec()).chain(formats) {
        let full = File::options().write(true).open("/dev/full").expect("there is such a device");
        let mut command = Command::new(cargo_bin("readiness"));
        let output = command.current_dir(ground.root()).args(&arguments).stdout(full).output().expect("it starts");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{arguments:?}: {stderr}");
        assert!(stderr.contains("cannot write to standard output"), "{arguments:?}: {stderr}");
    }
}

#[test]
fn a_reader_that_goes_away_changes_nothing() {
    let ground = ground();
    for arguments in COMMANDS {
        let mut command = Command::new(cargo_bin("readiness"));
        command.current_dir(ground.root()).args(arguments).stdin(Stdio::null());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        drop(child.stdout.take());
        drop(child.stderr.take());
        let code = child.wait().expect("it ends").code();
        assert!(matches!(code, Some(0 | 1)), "{arguments:?}: {code:?}");
    }
}

#[test]
fn nothing_is_written_but_what_was_named() {
    let ground = ground();
    let other = tempfile::tempdir().expect("a temporary folder can be made");
    let home = other.path().join("home");
    fs::create_dir(&home).expect("the folder can be made");
    let (before, empty) = (tree(&ground.root()), tree(other.path()));
    for arguments in COMMANDS {
        let mut command = Command::new(cargo_bin("readiness"));
        command.current_dir(ground.root()).args(arguments);
        for variable in ["HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"] {
            command.env(variable, &home);
        }
        assert!(run(&mut command).code <= 1, "{arguments:?}");
        assert_eq!(before, tree(&ground.root()), "{arguments:?}");
        assert_eq!(empty, tree(other.path()), "{arguments:?}");
    }
    let reports = FORMATS.map(|format| format!("{format}={}", home.join(format).display()));
    let mut arguments = vec!["scan"];
    for report in &reports {
        arguments.extend(["--report", report]);
    }
    assert_eq!(ground.run(&arguments).code, 1);
    assert_eq!(before, tree(&ground.root()));
    let mut written: Vec<String> = fs::read_dir(&home)
        .expect("it is a folder")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    written.sort();
    let mut named = FORMATS.map(str::to_owned);
    named.sort();
    assert_eq!(written, named);
}
