//! A folder with a small service and its surroundings, and a watched run of the program in it.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs::{self, File},
    os::unix::fs::{MetadataExt, symlink},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;
use tempfile::TempDir;

/// Nothing computes as long, or waits as long on a busy machine, unless it hangs.
const MAX_COMPUTED: Duration = Duration::from_mins(2);
const MAX_WAITED: Duration = Duration::from_mins(15);
/// The most memory that any repository may cost.
const MAX_KIB: u64 = 512 << 10;

/// What is put beside the repository, and must never be read.
pub(crate) const OUTSIDE: &str = "outside-of-the-repository";

/// A repository with one critical defect, in `repository`, and a folder `outside` beside it.
pub(crate) struct Ground {
    folder: TempDir,
}

impl Ground {
    pub(crate) fn new() -> Self {
        let ground = Self { folder: tempfile::tempdir().expect("a temporary folder can be made") };
        ground.write(
            "package.json",
            "{ \"name\": \"shop\", \"private\": true, \"dependencies\": { \"express\": \"^4.21.0\" } }\n",
        );
        ground.write(
            "src/auth.js",
            "const express = require(\"express\");\n\
             const secret = process.env.JWT_SECRET || \"corner-shop-signing\";\n\
             express().listen(3000, () => secret);\n",
        );
        let outside = ground.outside();
        fs::create_dir_all(outside.join("folder")).expect("the folder can be made");
        let text = format!("const secret = process.env.SESSION_SECRET || \"{OUTSIDE}\";\n");
        fs::write(outside.join("stolen.js"), &text).expect("the file can be written");
        fs::write(outside.join("folder/stolen.js"), &text).expect("the file can be written");
        ground
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("repository")
    }

    pub(crate) fn outside(&self) -> PathBuf {
        self.folder.path().join("outside")
    }

    pub(crate) fn write(&self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) {
        let full = self.root().join(path);
        fs::create_dir_all(full.parent().expect("a file has a folder")).expect("the folder can be made");
        fs::write(full, content).expect("the file can be written");
    }

    pub(crate) fn link(&self, target: impl AsRef<Path>, name: &str) {
        let full = self.root().join(name);
        fs::create_dir_all(full.parent().expect("a link has a folder")).expect("the folder can be made");
        symlink(target, full).expect("the link can be made");
    }

    /// A pipe that nobody writes to; whoever opens it waits for ever.
    pub(crate) fn pipe(&self, name: &str) {
        let full = self.root().join(name);
        fs::create_dir_all(full.parent().expect("a pipe has a folder")).expect("the folder can be made");
        let _ = fs::remove_file(&full);
        let made = Command::new("mkfifo").arg(full).status().expect("mkfifo is there");
        assert!(made.success());
    }

    /// A file of `bytes` zeros that takes no room.
    pub(crate) fn sparse(&self, name: &str, bytes: u64) {
        self.write(name, "");
        let file = File::options().write(true).open(self.root().join(name)).expect("the file opens");
        file.set_len(bytes).expect("the file system has sparse files");
    }

    /// Makes the repository one of git's that tracks all of it.
    pub(crate) fn track(&self) {
        self.git(&["init", "--quiet", "--initial-branch=main"]);
        self.git(&["add", "--all", "--force"]);
    }

    pub(crate) fn git(&self, arguments: &[&str]) {
        let status = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
            .args(arguments)
            .current_dir(self.root())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .stdout(Stdio::null())
            .status()
            .expect("tests need git to prepare repositories");
        assert!(status.success(), "git {arguments:?}");
    }

    /// Runs the program in the repository.
    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        run(Command::new(cargo_bin("readiness")).current_dir(self.root()).args(arguments))
    }

    /// Audits the repository, whose own defect must be found whatever surrounds it, and from which nothing may change.
    pub(crate) fn audited(&self) -> Value {
        let before = tree(self.folder.path());
        let report = self.audited_as_it_is();
        assert_eq!(before, tree(self.folder.path()), "an audit has changed something");
        report
    }

    /// As [`Ground::audited`], for a repository that changes while it is audited.
    pub(crate) fn audited_as_it_is(&self) -> Value {
        let outcome = self.run(&["scan", "--format", "json"]);
        assert_eq!(outcome.code, 1, "{}", outcome.stderr);
        let report = outcome.json();
        let found = list(&report["findings"]).iter().any(|finding| {
            finding["rule"] == "fallback-secret" && finding["path"] == "src/auth.js" && finding["start"]["line"] == 2
        });
        assert!(found, "the rest of the repository was not audited");
        assert!(!outcome.stdout.windows(OUTSIDE.len()).any(|part| part == OUTSIDE.as_bytes()), "something got in");
        let panics: Vec<&Value> =
            list(&report["diagnostics"]).iter().filter(|one| one["kind"] == "rule-panicked").collect();
        assert!(panics.is_empty(), "{panics:?}");
        report
    }
}

/// How the program ended.
pub(crate) struct Outcome {
    pub(crate) code: i32,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Outcome {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.stderr))
    }
}

/// Runs a command of ours: it ends by itself, in time, without a panic, and in little memory.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let (out, err) = (folder.path().join("out"), folder.path().join("err"));
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "GITHUB_STEP_SUMMARY"] {
        command.env_remove(variable);
    }
    let child = command
        .stdin(Stdio::null())
        .stdout(File::create(&out).expect("the file can be made"))
        .stderr(File::create(&err).expect("the file can be made"))
        .spawn()
        .expect("the program starts");
    let (code, peak) = watch(child);
    let stderr = String::from_utf8_lossy(&fs::read(err).expect("it was written")).into_owned();
    let code = code.unwrap_or_else(|| panic!("the program was killed: {stderr}"));
    assert!(!stderr.contains("panicked at"), "{stderr}");
    assert!(peak < MAX_KIB, "{} MiB of memory", peak >> 10);
    Outcome { code, stdout: fs::read(out).expect("it was written"), stderr }
}

/// Waits for the end: the exit code, and the most memory that was in use, in KiB.
fn watch(mut child: Child) -> (Option<i32>, u64) {
    let start = Instant::now();
    let mut peak = 0;
    loop {
        peak = peak.max(memory(child.id()));
        if let Some(status) = child.try_wait().expect("it can be waited for") {
            return (status.code(), peak);
        }
        let computed = computed(child.id());
        if computed > MAX_COMPUTED || start.elapsed() > MAX_WAITED {
            child.kill().expect("it can be stopped");
            let _ = child.wait();
            panic!("the program hangs; it has computed for {computed:?}");
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// The time that all processors have spent on it.
fn computed(process: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name in brackets may hold blanks; the times are the twelfth and thirteenth field behind it, in hundredths.
    let behind = stat.rsplit_once(')').map_or("", |(_, behind)| behind);
    let ticks: u64 = behind.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

fn memory(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse().ok()).unwrap_or_default()
}

pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Fails unless a diagnostic of this kind names the path.
pub(crate) fn expect_told(report: &Value, kind: &str, path: &str) {
    let told =
        list(&report["diagnostics"]).iter().any(|diagnostic| diagnostic["kind"] == kind && diagnostic["path"] == path);
    assert!(told, "no `{kind}` for {path:?} in {:#}", report["diagnostics"]);
}

/// Everything below a folder with its content, times and rights, links not followed.
pub(crate) fn tree(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    for entry in walkdir::WalkDir::new(folder).into_iter().flatten() {
        let Ok(metadata) = fs::symlink_metadata(entry.path()) else { continue };
        let link = fs::read_link(entry.path()).ok();
        // What is large is sparse, and its time tells.
        let small = metadata.is_file() && metadata.len() < 1 << 22;
        let content = if small { fs::read(entry.path()).unwrap_or_default() } else { Vec::new() };
        let state = format!(
            "{:o} {} {}.{} {link:?} {}",
            metadata.mode(),
            metadata.len(),
            metadata.mtime(),
            metadata.mtime_nsec(),
            checksum(&content)
        );
        found.insert(entry.path().to_owned(), state);
    }
    found
}

/// FNV-1a: enough to see a change.
fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Whether tests take their sizes in full.
pub(crate) fn is_full() -> bool {
    std::env::var_os("READINESS_FULL").is_some_and(|value| value != OsStr::new("0"))
}
