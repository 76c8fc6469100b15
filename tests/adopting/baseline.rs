//! The baseline: what is known does not fail the gate, follows its code, shrinks, and is never hidden.

use std::{fs, path::Path};

use super::{commit, git, noisy, open, read, report, run, shop, tried, write};

const FILE: &str = "readiness.baseline";

/// The lines of the baseline that name findings.
fn entries(root: &Path) -> Vec<String> {
    read(root, FILE).lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}

/// A repository with a baseline of `modules` findings, committed.
fn adopted(modules: usize) -> tempfile::TempDir {
    let shop = shop(modules);
    let (code, stdout, stderr) = run(shop.path(), &["baseline"]);
    assert_eq!((code, stdout.as_str()), (0, format!("{FILE}: {modules} known\n").as_str()), "{stderr}");
    commit(shop.path());
    shop
}

#[test]
fn five_hundred_findings_are_adopted_and_code_moves_around() {
    let shop = shop(500);
    let root = shop.path();
    assert_eq!(run(root, &["--quiet"]).0, 1, "the gate fails before");
    let before = report(root, &[]);
    assert_eq!(run(root, &["baseline"]).1, format!("{FILE}: 500 known\n"));
    let lines = entries(root);
    let mut sorted = lines.clone();
    sorted.sort();
    assert_eq!((lines.len(), &lines), (500, &sorted));
    assert!(lines[7].starts_with("console-usage src/orders/m007.js "), "{}", lines[7]);
    assert!(lines[7].ends_with(" # console.log(\"m007\", order.total);"), "{}", lines[7]);

    let (code, stdout, _) = run(root, &[]);
    assert_eq!(code, 0, "{stdout}");
    assert!(stdout.contains("  0 new findings, 500 known\n"), "{stdout}");
    assert!(stdout.contains("low[console-usage]: 500 places"), "{stdout}");
    let after = report(root, &[]);
    assert_eq!(
        (&after["summary"]["score"], &after["categories"]),
        (&before["summary"]["score"], &before["categories"])
    );
    assert_eq!(after["findings"].as_array().map(Vec::len), Some(500), "nothing is hidden");

    // Lines move, a file is renamed, code goes to another file, and a statement is changed where it stands.
    write(root, "src/orders/m001.js", &format!("// moved down\n\n\n{}", read(root, "src/orders/m001.js")));
    fs::rename(root.join("src/orders/m002.js"), root.join("src/renamed.js")).expect("it can be renamed");
    fs::rename(root.join("src/orders"), root.join("src/purchases")).expect("it can be renamed");
    write(root, "src/purchases/m004.js", &read(root, "src/purchases/m004.js").replace("order.total)", "order.sum)"));
    let moved = report(root, &[]);
    assert_eq!((&moved["known"]["findings"], &moved["known"]["stale"]), (&499.into(), &1.into()));
    assert_eq!(open(&moved), ["src/purchases/m004.js"], "content and path have changed: it is another one");

    // What is new fails, and `--update` does not swallow it.
    write(root, "src/new.js", &noisy("fresh"));
    assert_eq!(open(&report(root, &[])).len(), 2);
    let (code, stdout, _) = run(root, &["baseline", "--update"]);
    let said = "499 known, 1 removed, 0 added; 2 new are not in it (`--accept-new` adds them)\n";
    assert_eq!((code, stdout), (0, format!("{FILE}: {said}")));
    assert_eq!(entries(root).iter().filter(|line| line.contains("src/purchases/")).count(), 498);
    assert_eq!(run(root, &["--quiet"]).0, 1, "what is new still fails");
}

#[test]
fn it_shrinks_and_grows_only_when_told_to() {
    let shop = adopted(3);
    let root = shop.path();
    fs::remove_file(root.join("src/orders/m001.js")).expect("it is there");
    write(root, "src/new.js", &noisy("fresh"));

    let (code, stdout, _) = run(root, &["baseline", "--check"]);
    assert_eq!(code, 1);
    assert!(stdout.starts_with(&format!("{FILE}:5: gone: console-usage src/orders/m001.js: console.log")), "{stdout}");
    assert!(stdout.contains("2 known, 1 gone, 1 new"), "{stdout}");
    let (_, stdout, _) = run(root, &[]);
    assert!(stdout.contains("  1 new finding, 2 known\n"), "{stdout}");
    assert!(stdout.contains("1 entry matches nothing any more"), "{stdout}");

    let (code, _, stderr) = run(root, &["baseline"]);
    assert_eq!(code, 2);
    assert!(stderr.contains("would forget what it lets pass"), "{stderr}");
    run(root, &["baseline", "--update"]);
    assert_eq!((entries(root).len(), run(root, &["baseline", "--check"]).0, run(root, &["-q"]).0), (2, 0, 1));
    run(root, &["baseline", "--update", "--accept-new"]);
    assert_eq!((entries(root).len(), run(root, &["-q"]).0), (3, 0));
    let same = read(root, FILE);
    run(root, &["baseline", "--update", "--accept-new"]);
    assert_eq!(read(root, FILE), same);
    assert_eq!(run(root, &["-q", "--no-baseline"]).0, 1);
}

#[test]
fn the_files_of_two_branches_merge() {
    let shop = adopted(20);
    let root = shop.path();
    // One branch repairs two modules, the other one more far away and accepts a new one between.
    git(root, &["checkout", "--quiet", "-b", "one"]);
    for name in ["src/orders/m003.js", "src/orders/m004.js"] {
        fs::remove_file(root.join(name)).expect("it is there");
    }
    run(root, &["baseline", "--update"]);
    commit(root);
    git(root, &["checkout", "--quiet", "main"]);
    git(root, &["checkout", "--quiet", "-b", "two"]);
    fs::remove_file(root.join("src/orders/m015.js")).expect("it is there");
    write(root, "src/orders/m010b.js", &noisy("m010b"));
    run(root, &["baseline", "--update", "--accept-new"]);
    commit(root);
    git(root, &["merge", "--quiet", "--no-edit", "one"]);
    let merged = report(root, &[]);
    assert_eq!((entries(root).len(), open(&merged).len()), (18, 0));
    assert_eq!((&merged["known"]["findings"], &merged["known"]["stale"]), (&18.into(), &0.into()));

    // Neighbours conflict for git, and the message says what to do.
    git(root, &["checkout", "--quiet", "-b", "three"]);
    fs::remove_file(root.join("src/orders/m017.js")).expect("it is there");
    run(root, &["baseline", "--update"]);
    commit(root);
    git(root, &["checkout", "--quiet", "two"]);
    fs::remove_file(root.join("src/orders/m018.js")).expect("it is there");
    run(root, &["baseline", "--update"]);
    commit(root);
    assert!(!tried(root, &["merge", "--quiet", "--no-edit", "three"]), "git sees a conflict");
    let (code, stdout, stderr) = run(root, &[]);
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert!(
        stderr.contains("`readiness.baseline`, line 19: this is what git leaves of a conflict: `<<<<<<< HEAD`"),
        "{stderr}"
    );
    // Both sides without the marks are enough, in any order and twice.
    let text = read(root, FILE);
    let kept = text.lines().filter(|line| !["<<<", "===", ">>>"].iter().any(|mark| line.starts_with(mark)));
    let both = kept.rev().collect::<Vec<_>>().join("\n");
    write(root, FILE, &format!("{both}\n{both}\n"));
    assert_eq!(report(root, &[])["known"]["stale"], 2);
    run(root, &["baseline", "--update"]);
    assert_eq!((entries(root).len(), run(root, &["baseline", "--check"]).0), (16, 0));
}

#[test]
fn what_is_critical_is_known_by_its_content_alone() {
    let shop = shop(0);
    let root = shop.path();
    let source = |fallback: &str| {
        format!(
            "const jwt = require(\"jsonwebtoken\");\nexports.sign = (u) => jwt.sign(u, process.env.JWT_SECRET || \"{fallback}\");\n"
        )
    };
    write(root, "src/auth.js", &source("corner-shop-signing"));
    run(root, &["baseline"]);
    let findings = |root: &Path| report(root, &["--only", "fallback-secret"])["findings"].as_array().map(Vec::len);
    assert_eq!(findings(root), Some(1));
    assert_eq!(run(root, &["-q"]).0, 0);
    write(root, "src/auth.js", &format!("// lines move\n{}", source("corner-shop-signing")));
    assert_eq!(run(root, &["-q"]).0, 0);
    write(root, "src/other.js", &source("corner-shop-signing"));
    assert_eq!(run(root, &["-q"]).0, 1, "a copy is new");
}

#[test]
fn accepted_findings_need_no_entry_and_left_out_rules_keep_theirs() {
    let shop = adopted(2);
    let root = shop.path();
    let said = read(root, "src/orders/m000.js")
        .replace("  console", "  // readiness: ignore[console-usage] a banner\n  console");
    write(root, "src/orders/m000.js", &said);
    let report = report(root, &[]);
    assert_eq!((&report["known"]["findings"], &report["known"]["stale"]), (&1.into(), &1.into()));
    let skipped = super::report(root, &["--only", "fallback-secret"]);
    assert_eq!(skipped["known"]["stale"], 0, "its rule was not asked");
}

#[test]
fn the_file_is_found_named_and_configured() {
    let shop = adopted(2);
    let root = shop.path();
    fs::rename(root.join(FILE), root.join("known.txt")).expect("it can be renamed");
    assert_eq!(run(root, &["-q"]).0, 1);
    assert_eq!(run(root, &["-q", "--baseline", "known.txt"]).0, 0);
    write(root, "readiness.toml", &format!("{}baseline = \"known.txt\"\n", read(root, "readiness.toml")));
    assert_eq!(run(root, &["-q"]).0, 0);
    assert_eq!(run(root, &["-q", "--no-baseline"]).0, 1);
    fs::remove_file(root.join("known.txt")).expect("it is there");
    let (code, stdout, stderr) = run(root, &[]);
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert!(stderr.contains("cannot read the baseline `known.txt`: there is no such file"), "{stderr}");
    assert!(stderr.contains("`readiness baseline` writes one"), "{stderr}");
}

#[test]
fn a_wrong_line_is_shown_and_nothing_is_written() {
    let shop = adopted(1);
    let root = shop.path();
    let broken = format!("{}console-usage src/a.js\n", read(root, FILE));
    write(root, FILE, &broken);
    for arguments in [&["--report", "json=out.json"][..], &["baseline", "--update"], &["baseline", "--check"]] {
        let (code, stdout, stderr) = run(root, arguments);
        assert_eq!((code, stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(stderr.contains("error: `readiness.baseline`, line 5: the fingerprint is missing"), "{stderr}");
        assert!(stderr.contains("help: a line holds rule, path and sixteen hexadecimal digits"), "{stderr}");
    }
    assert!(!root.join("out.json").exists());
    assert_eq!(read(root, FILE), broken);
}

#[cfg(unix)]
#[test]
fn a_repository_cannot_have_other_files_read_aloud() {
    let shop = shop(1);
    let root = shop.path();
    let elsewhere = tempfile::tempdir().expect("a temporary folder can be made");
    write(elsewhere.path(), "private", "a secret line\n");
    std::os::unix::fs::symlink(elsewhere.path().join("private"), root.join(FILE)).expect("a link can be made");
    let (code, _, stderr) = run(root, &[]);
    assert_eq!(code, 2);
    assert!(stderr.contains("lies outside of the repository") && !stderr.contains("secret"), "{stderr}");
}

#[test]
fn every_format_tells_known_from_new() {
    let shop = adopted(2);
    let root = shop.path();
    write(root, "src/new.js", &noisy("fresh"));
    let format = |name: &str| run(root, &["--format", name]).1;

    let sarif: serde_json::Value = serde_json::from_str(&format("sarif")).expect("JSON");
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    let states: Vec<_> = results.iter().map(|one| one["baselineState"].as_str().expect("a state")).collect();
    assert_eq!(states, ["new", "unchanged", "unchanged"]);
    assert!(results.iter().all(|one| one["suppressions"].as_array().is_some_and(Vec::is_empty)));

    let github = format("github");
    assert_eq!(github.lines().filter(|line| line.starts_with("::notice ")).count(), 1, "{github}");
    assert!(github.contains("::group::Known (2)\n"), "{github}");
    assert!(github.contains("1 new finding · 2 known"), "{github}");
    assert!(format("github-summary").contains("<details><summary>Known (2)</summary>"));
    assert!(format("agent").contains("\nknown:\n  low console-usage src/orders/m000.js:2:3 "), "{}", format("agent"));
    assert!(format("junit").contains("[Known: named in `readiness.baseline`]"));
    assert_eq!(format("gitlab").matches("[Known: named in `readiness.baseline`]").count(), 2);
    assert_eq!(format("markdown").matches("— baseline: named in").count(), 2);
    assert!(format("html").contains("baseline: named in"));
    let terminal = format("terminal");
    assert!(terminal.contains("  1 new finding, 2 known\n"), "{terminal}");
    let russian = run(root, &["--lang", "ru"]).1;
    assert!(russian.contains("  1 новое замечание, 2 уже известно\n"), "{russian}");
    let plan = run(root, &["plan"]).1;
    assert!(plan.contains("console-usage"), "known work is still work");
}

#[test]
fn what_the_file_quotes_is_no_comment() {
    let shop = shop(1);
    let root = shop.path();
    write(root, "src/orders/m000.js", "console.log(1); // readiness: ignore[console-usage]\n");
    run(root, &["baseline"]);
    assert!(entries(root)[0].contains("# console.log(1); // readiness: ignore[console-usage]"), "{:?}", entries(root));
    let report = report(root, &[]);
    let paths: Vec<&str> = report["suppressions"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| one["path"].as_str().expect("a path"))
        .collect();
    assert_eq!(paths, ["src/orders/m000.js"]);
}

#[test]
fn what_the_file_quotes_answers_no_question() {
    let shop = shop(1);
    let root = shop.path();
    write(root, "readiness.toml", "");
    write(root, "src/colour.js", "exports.colour = process.env.SHOP_COLOUR;\nconsole.log(process.env.SHOP_SIGN);\n");
    for arguments in [&["baseline"][..], &["baseline", "--file", "known.txt"]] {
        run(root, arguments);
        let check = [&["baseline", "--check"], &arguments[1..]].concat();
        let (code, stdout, stderr) = run(root, &check);
        assert_eq!(code, 0, "{stdout}{stderr}");
        assert!(stdout.ends_with(" known, 0 gone, 0 new\n"), "{stdout}");
        fs::remove_file(root.join(arguments.get(2).copied().unwrap_or(FILE))).expect("it is there");
    }
}
