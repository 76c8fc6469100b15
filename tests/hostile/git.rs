//! What `.git` may hold instead of a repository.

use std::{fs, path::Path};

use super::ground::{Ground, expect_told, tree};

/// A tracked repository, changed by `damage`, whose state of git cannot be known.
fn unknown(damage: impl FnOnce(&Ground, &Path)) {
    let ground = Ground::new();
    ground.track();
    damage(&ground, &ground.root().join(".git"));
    let report = ground.audited();
    expect_told(&report, "git-unreadable", ".git");
}

/// As [`unknown`], where the audit needs nothing of what is damaged.
fn known(damage: impl FnOnce(&Ground, &Path)) {
    let ground = Ground::new();
    ground.track();
    damage(&ground, &ground.root().join(".git"));
    ground.audited();
}

#[test]
fn pipes_and_endless_files_of_git_are_not_opened() {
    for name in ["HEAD", "index", "config", "commondir", "packed-refs", "refs/heads/main"] {
        unknown(|ground, _| ground.pipe(&format!(".git/{name}")));
        unknown(|ground, git| {
            let _ = fs::remove_file(git.join(name));
            ground.link("/dev/zero", &format!(".git/{name}"));
        });
        unknown(|ground, _| ground.sparse(&format!(".git/{name}"), 2 << 30));
    }
    for name in ["objects/info/alternates", "shallow", "config.worktree", "hooks/pre-commit", "refs/heads/other"] {
        known(|ground, _| ground.pipe(&format!(".git/{name}")));
    }
    unknown(|ground, git| {
        ground.git(&["update-index", "--split-index"]);
        let shared = fs::read_dir(git).expect("it is a folder").flatten().map(|entry| entry.file_name());
        let shared = shared.filter_map(|name| name.into_string().ok()).find(|name| name.starts_with("sharedindex."));
        ground.pipe(&format!(".git/{}", shared.expect("the index is split")));
    });
    let ground = Ground::new();
    ground.track();
    ground.pipe(".git/info/exclude");
    expect_told(&ground.audited(), "special-file", ".git/info/exclude");
}

#[test]
fn a_damaged_index_is_told() {
    for bytes in [
        &b""[..],
        b"DIRC",
        b"DIRC\0\0\0\x02\xff\xff\xff\xff\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
        b"DIRC\0\0\0\x09\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
        b"\x7fELF",
        &[0xff; 4096],
    ] {
        unknown(|_, git| fs::write(git.join("index"), bytes).expect("the file can be written"));
    }
    unknown(|_, git| {
        let mut bytes = fs::read(git.join("index")).expect("it is there");
        bytes.truncate(bytes.len() / 2);
        fs::write(git.join("index"), bytes).expect("the file can be written");
    });
    unknown(|_, git| fs::write(git.join("HEAD"), "ref: ../../../../etc/passwd\n").expect("the file can be written"));
    unknown(|_, git| fs::write(git.join("HEAD"), "ref: refs/heads/../../../../dev/zero\n").expect("it can be written"));
    unknown(|_, git| {
        fs::write(git.join("HEAD"), "ref: refs/a\n").expect("the file can be written");
        fs::write(git.join("refs/a"), "ref: refs/b\n").expect("the file can be written");
        fs::write(git.join("refs/b"), "ref: refs/a\n").expect("the file can be written");
    });
}

#[test]
fn a_git_file_leads_to_git_or_to_nothing() {
    for text in ["", "gitdir: /dev/zero\n", "gitdir: /proc/self/fd/0\n", "gitdir: ../outside\n", "gitdir: .git\n", "\0"]
    {
        let ground = Ground::new();
        ground.write(".git", text);
        expect_told(&ground.audited(), "git-unreadable", ".git");
    }
    let ground = Ground::new();
    ground.sparse(".git", 2 << 30);
    expect_told(&ground.audited(), "git-unreadable", ".git");
}

#[test]
fn the_commit_is_read_wherever_git_keeps_it() {
    let ground = Ground::new();
    ground.track();
    assert!(ground.audited()["repository"]["commit"].is_null(), "there is none yet");
    ground.git(&["commit", "--quiet", "--no-verify", "-m", "begin"]);
    let loose = ground.audited()["repository"]["commit"].clone();
    assert_eq!(loose.as_str().map(str::len), Some(40));
    ground.git(&["pack-refs", "--all"]);
    assert_eq!(ground.audited()["repository"]["commit"], loose);
    ground.git(&["checkout", "--quiet", "--detach"]);
    assert_eq!(ground.audited()["repository"]["commit"], loose);
    ground.git(&["worktree", "add", "--quiet", "../linked", "main"]);
    let linked = ground.root().with_file_name("linked");
    let before = tree(&linked);
    let report = ground.run(&["scan", "../linked", "--format", "json"]).json();
    assert_eq!(report["repository"]["commit"], loose);
    assert_eq!(before, tree(&linked));
}
