//! What several test programs share: small repositories in temporary folders.

pub(crate) mod planted;

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use readiness::rule::cases::CaseFile;

/// Writes a file and its folders below `root`.
pub(crate) fn write(root: &Path, path: &str, content: &str) {
    let full = root.join(path);
    fs::create_dir_all(full.parent().expect("a file has a folder")).expect("the folder can be made");
    fs::write(full, content).expect("the file can be written");
}

/// Writes the files of a case, and makes those that are `tracked` so.
pub(crate) fn lay_out(root: &Path, files: &[CaseFile]) {
    for file in files {
        write(root, &file.path, &planted::plant(&file.content));
    }
    let tracked: Vec<&str> = files.iter().filter(|file| file.tracked).map(|file| file.path.as_str()).collect();
    if !tracked.is_empty() {
        track(root, &tracked);
    }
}

/// Makes `root` a git repository whose index holds `paths`, whatever the machine's git configuration says.
pub(crate) fn track(root: &Path, paths: &[&str]) {
    git(root, &["init", "--quiet", "--initial-branch=main"]);
    let mut add = vec!["add", "--force", "--"];
    add.extend(paths);
    git(root, &add);
}

fn git(root: &Path, arguments: &[&str]) {
    let status = Command::new("git")
        .args(arguments)
        .current_dir(root)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .stdout(Stdio::null())
        .status()
        .expect("tests need git to prepare repositories");
    assert!(status.success(), "git {arguments:?}");
}
