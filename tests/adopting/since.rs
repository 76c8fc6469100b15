//! Changed lines: what a branch brings is listed and gated, and the verdicts stay those of the whole repository.

use std::{fs, path::Path};

use super::{commit, git, noisy, open, read, report, run, shop, write};

/// The open findings as `path:line`, sorted.
fn changed(root: &Path, revision: &str) -> Vec<String> {
    let report = report(root, &["--since", revision]);
    let findings = report["findings"].as_array().expect("a list");
    let open = findings.iter().filter(|finding| finding["suppressed"].is_null());
    let mut places: Vec<String> =
        open.map(|one| format!("{}:{}", one["path"].as_str().expect("a path"), one["start"]["line"])).collect();
    places.sort();
    places
}

#[test]
fn changed_lines_and_new_files_are_listed_and_gated() {
    let shop = shop(6);
    let root = shop.path();
    let whole = report(root, &[]);
    git(root, &["checkout", "--quiet", "-b", "work"]);
    assert_eq!(run(root, &["-q", "--since", "main"]).0, 0, "nothing has changed");

    // Above an old finding; the finding itself; a removal elsewhere in the file; a new file; a renamed one.
    write(root, "src/orders/m000.js", &format!("// a word\n{}", read(root, "src/orders/m000.js")));
    write(root, "src/orders/m001.js", &read(root, "src/orders/m001.js").replace("order.total)", "order.sum)"));
    write(root, "src/orders/m002.js", &read(root, "src/orders/m002.js").replace("  return order.total;\n", ""));
    commit(root);
    assert_eq!(changed(root, "main"), ["src/orders/m001.js:2"], "committed");
    write(root, "src/staged.js", &noisy("staged"));
    git(root, &["add", "src/staged.js"]);
    write(root, "src/untracked.js", &noisy("untracked"));
    fs::rename(root.join("src/orders/m003.js"), root.join("src/renamed.js")).expect("it can be renamed");
    write(root, "src/orders/m004.js", &read(root, "src/orders/m004.js").replace('\n', "\r\n"));
    let expected = ["src/orders/m001.js:2", "src/staged.js:2", "src/untracked.js:2"];
    assert_eq!(changed(root, "main"), expected);
    assert_eq!(changed(root, "main..."), expected);
    assert_eq!(changed(root, "HEAD"), expected[1..]);

    let (code, stdout, _) = run(root, &["--since", "main"]);
    assert_eq!(code, 1);
    assert!(stdout.contains("  3 new findings, 5 known, since main ("), "{stdout}");
    let now = report(root, &["--since", "main"]);
    assert_eq!(now["summary"]["score"], whole["summary"]["score"], "the score is that of the whole repository");
    assert_eq!((&now["partial"], &now["known"]["since"]), (&whole["partial"], &"main".into()));
    assert_eq!(now["findings"].as_array().map(Vec::len), Some(8));
    assert_eq!(now["findings"][3]["suppressed"]["by"], "since");
}

/// A module of `lines` lines, one of which logs.
fn long(name: &str, lines: usize) -> String {
    let body = (0..lines).map(|line| format!("  order.steps.push(\"{name} {line}\");\n")).collect::<Vec<_>>().concat();
    format!("exports.{name} = (order) => {{\n{body}  console.log(\"{name}\", order.total);\n}};\n")
}

#[test]
fn a_file_that_was_renamed_and_edited_shows_its_changed_lines() {
    let shop = shop(0);
    let root = shop.path();
    for name in ["first", "second", "third", "fourth"] {
        write(root, &format!("src/{name}.js"), &long(name, 20));
    }
    commit(root);
    let rename = |from: &str, to: &str, edit: &dyn Fn(&str) -> String| {
        let text = edit(&read(root, from));
        fs::remove_file(root.join(from)).expect("it is there");
        write(root, to, &text);
    };
    // Away from its finding; with a new finding; with its only finding changed; more than half of it new.
    rename("src/first.js", "src/orders/one.js", &|text| {
        format!("// moved\n{text}").replace("first 3\"", "third step\"")
    });
    rename("src/second.js", "src/orders/two.js", &|text| {
        text.replace("  order.steps.push(\"second 4\");", "  console.log(order);")
    });
    rename("src/third.js", "src/orders/three.js", &|text| text.replace("order.total)", "order.sum)"));
    rename("src/fourth.js", "src/orders/four.js", &|_| format!("{}{}", long("fourth", 4), long("another", 16)));
    let expected = ["src/orders/four.js:6", "src/orders/three.js:22", "src/orders/two.js:6"];
    assert_eq!(changed(root, "HEAD"), expected, "in the working tree");
    git(root, &["checkout", "--quiet", "-b", "work"]);
    commit(root);
    assert_eq!(changed(root, "main"), expected, "committed");
    let within = report(&root.join("src/orders"), &["--config", "../../readiness.toml", "--since", "main"]);
    assert_eq!(open(&within), ["four.js", "three.js", "two.js"], "from a folder below");
}

#[test]
fn of_two_copies_of_a_file_that_is_gone_one_is_new() {
    let shop = shop(0);
    let root = shop.path();
    write(root, "src/one.js", &long("one", 20));
    commit(root);
    write(root, "src/copies/one.js", &read(root, "src/one.js"));
    write(root, "src/copies/other.js", &read(root, "src/one.js"));
    assert_eq!(changed(root, "HEAD"), ["src/copies/one.js:22", "src/copies/other.js:22"], "the original is there");
    fs::remove_file(root.join("src/one.js")).expect("it is there");
    assert_eq!(changed(root, "HEAD"), ["src/copies/other.js:22"]);
}

#[test]
fn what_a_renamed_folder_never_had_is_not_new() {
    let shop = shop(0);
    let root = shop.path();
    write(root, "readiness.toml", "[scan]\nonly = [\"health-endpoint-missing\", \"dockerfile-missing\"]\n");
    write(root, "services/api/package.json", "{ \"name\": \"api\", \"dependencies\": { \"express\": \"^4.21.0\" } }\n");
    write(root, "services/api/server.js", "const express = require(\"express\");\nexpress().listen(3000);\n");
    commit(root);
    let before = report(root, &[])["findings"].as_array().map_or(0, Vec::len);
    assert!(before > 0, "something is missing there");
    fs::rename(root.join("services/api"), root.join("services/orders")).expect("it can be renamed");
    let now = report(root, &["--since", "HEAD"]);
    assert_eq!(now["findings"].as_array().map(Vec::len), Some(before));
    assert!(open(&now).is_empty(), "{:?}", open(&now));
}

#[test]
fn what_others_have_done_since_is_no_change() {
    let shop = shop(1);
    let root = shop.path();
    git(root, &["checkout", "--quiet", "-b", "work"]);
    write(root, "src/mine.js", &noisy("mine"));
    commit(root);
    git(root, &["checkout", "--quiet", "main"]);
    write(root, "src/orders/m000.js", "exports.quiet = 1;\n");
    commit(root);
    git(root, &["tag", "-a", "v1", "-m", "a tag"]);
    git(root, &["checkout", "--quiet", "work"]);
    for revision in ["main", "main...", "main...HEAD", "v1"] {
        assert_eq!(changed(root, revision), ["src/mine.js:2"], "{revision}");
    }
}

#[test]
fn a_folder_in_a_repository_is_compared_with_itself() {
    let shop = shop(2);
    let root = shop.path();
    write(root, "src/orders/m001.js", &read(root, "src/orders/m001.js").replace("order.total)", "order.sum)"));
    let within = report(&root.join("src"), &["--config", "../readiness.toml", "--since", "HEAD"]);
    assert_eq!(open(&within), ["orders/m001.js"]);
}

#[test]
fn what_is_missing_is_new_when_it_was_removed_or_its_folder_is_new() {
    let shop = shop(0);
    let root = shop.path();
    write(root, "readiness.toml", "[scan]\nonly = [\"readme-missing\", \"lockfile-missing\"]\nfail-on = \"low\"\n");
    write(root, "README.md", "# Shop\n\nA shop. Run `npm start`.\n");
    commit(root);
    let rules = || -> Vec<String> {
        let report = report(root, &["--since", "HEAD"]);
        let findings = report["findings"].as_array().expect("a list");
        let open = findings.iter().filter(|finding| finding["suppressed"].is_null());
        open.map(|finding| finding["rule"].as_str().expect("a rule").to_owned()).collect()
    };
    assert!(rules().is_empty());
    fs::remove_file(root.join("README.md")).expect("it is there");
    assert_eq!(rules(), ["readme-missing"]);
}

#[test]
fn baseline_and_changed_lines_go_together() {
    let shop = shop(2);
    let root = shop.path();
    run(root, &["baseline"]);
    commit(root);
    write(root, "src/orders/m000.js", &format!("{}// a word\n", read(root, "src/orders/m000.js")));
    write(root, "src/new.js", &noisy("fresh"));
    let report = report(root, &["--since", "HEAD"]);
    assert_eq!((open(&report), &report["known"]["findings"]), (vec!["src/new.js".to_owned()], &2.into()));
}

/// Exit code 2, nothing on standard output, and what is said.
fn refused(root: &Path, revision: &str) -> String {
    let (code, stdout, stderr) = run(root, &["--since", revision, "--report", "json=out.json"]);
    assert_eq!((code, stdout.as_str()), (2, ""), "{stderr}");
    assert!(!root.join("out.json").exists());
    stderr
}

#[test]
fn a_wrong_revision_is_named_with_what_was_meant() {
    let shop = shop(1);
    let root = shop.path();
    git(root, &["update-ref", "refs/remotes/origin/develop", "HEAD"]);
    let said = refused(root, "mian");
    assert_eq!(said, "error: the git repository has no revision `mian`\nhelp: did you mean `main`?\n");
    assert!(refused(root, "develop").contains("did you mean `origin/develop`?"));
    assert!(refused(root, "main..work").contains("`main..work` is not one revision"));
    assert!(refused(root, "HEAD:package.json").contains("`HEAD:package.json` is no commit"));
    git(root, &["checkout", "--quiet", "--orphan", "other"]);
    write(root, "src/other.js", "exports.other = 1;\n");
    commit(root);
    assert!(refused(root, "main").contains("`main` and the checked out commit have no ancestor in common"));

    let plain = tempfile::tempdir().expect("a temporary folder can be made");
    assert!(refused(plain.path(), "main").contains("`--since` needs a git repository"));
    git(plain.path(), &["init", "--quiet"]);
    assert!(refused(plain.path(), "main").contains("no revision `main`"));
}

#[test]
fn a_shallow_clone_is_told_to_fetch_more() {
    let shop = shop(1);
    let root = shop.path();
    git(root, &["checkout", "--quiet", "-b", "work"]);
    for name in ["a", "b"] {
        write(root, &format!("src/{name}.js"), &noisy(name));
        commit(root);
    }
    let clone = tempfile::tempdir().expect("a temporary folder can be made");
    let from = format!("file://{}", root.display());
    git(clone.path(), &["clone", "--quiet", "--depth", "1", "--branch", "work", &from, "shallow"]);
    let shallow = clone.path().join("shallow");
    let said = refused(&shallow, "HEAD~1");
    assert!(said.contains("this clone is shallow: fetch more of the history (`fetch-depth: 0`"), "{said}");
    git(&shallow, &["fetch", "--quiet", "--depth", "1", "origin", "main:main"]);
    let said = refused(&shallow, "main");
    assert!(said.contains("have no ancestor in common") && said.contains("git fetch --deepen"), "{said}");
    git(&shallow, &["fetch", "--quiet", "--unshallow", "origin", "main:main"]);
    assert_eq!(changed(&shallow, "main"), ["src/a.js:2", "src/b.js:2"]);
}
