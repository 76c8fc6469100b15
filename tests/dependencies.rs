//! Every dependency has a reason, and none of our code is unsafe.

use std::{collections::BTreeSet, fs, path::Path};

use toml::{Table, Value};

fn read(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).expect("it is there")
}

fn manifest() -> Table {
    read("Cargo.toml").parse().expect("the manifest is TOML")
}

fn names(table: &Table, section: &str) -> BTreeSet<String> {
    table.get(section).and_then(Value::as_table).into_iter().flat_map(Table::keys).cloned().collect()
}

/// Everything between backquotes.
fn quoted(text: &str) -> BTreeSet<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_dependency_has_a_reason() {
    let manifest = manifest();
    let mut declared = names(&manifest, "dependencies");
    let targets = manifest.get("target").and_then(Value::as_table).into_iter().flat_map(Table::values);
    declared.extend(targets.filter_map(Value::as_table).flat_map(|target| names(target, "dependencies")));
    // The grammars share their parser's line.
    declared.retain(|name| !name.starts_with("tree-sitter-"));
    let text = read("CONTRIBUTING.md");
    let (_, section) = text.split_once("## Dependencies").expect("there is such a section");
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    let explained: BTreeSet<String> =
        rows.filter_map(|row| row.split_once(" | ")).flat_map(|(crates, _)| quoted(&format!("`{crates}"))).collect();
    assert_eq!(declared, explained, "`Cargo.toml` and the table in `CONTRIBUTING.md` differ");
    let (_, tests) = section.split_once("For tests:").expect("test dependencies are named");
    assert_eq!(names(&manifest, "dev-dependencies"), quoted(tests), "the sentence about tests differs");
}

#[test]
fn unsafe_code_is_forbidden() {
    let manifest = Value::Table(manifest());
    let path = ["lints", "rust", "unsafe_code"];
    let lint = path.iter().try_fold(&manifest, |at, key| at.get(key)).cloned();
    assert_eq!(lint, Some(Value::String("forbid".to_owned())));
}

#[test]
fn nothing_that_speaks_to_a_network_is_built_in() {
    let lock: Table = read("Cargo.lock").parse().expect("the lock file is TOML");
    let packages = lock.get("package").and_then(Value::as_array).expect("packages are a list");
    let names: BTreeSet<&str> = packages.iter().filter_map(|package| package.get("name")?.as_str()).collect();
    for name in ["curl", "hyper", "native-tls", "openssl-sys", "reqwest", "rustls", "tokio", "ureq"] {
        assert!(!names.contains(name), "{name}");
    }
}
