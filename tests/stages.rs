//! The stages of a scan from outside: what `--timing` tells of them, and that threads never change a report.

use std::{fs, path::Path};

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// A workspace of services, so that rules are asked of several components.
fn workspace() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let root = folder.path();
    write(root, "package.json", "{\"name\": \"shop\", \"private\": true, \"workspaces\": [\"services/*\"]}\n");
    for name in ["cart", "mail", "stock", "users"] {
        let manifest = format!(
            "{{\"name\": \"{name}\", \"scripts\": {{\"start\": \"node server.js\"}}, \"dependencies\": {{\"express\": \
             \"^5.0.0\"}}}}\n"
        );
        write(root, &format!("services/{name}/package.json"), &manifest);
        let server = format!(
            "const express = require('express');\nconst limit = require('./limit');\nconst lodash = \
             require('lodash');\nconst secret = process.env.SECRET || '{name}-signing-default';\nconst app = \
             express();\napp.get('/{name}/:id', limit.limitRequests, async (req, res) => res.json(lodash.pick(await \
             load(req.params.id), secret)));\napp.listen(3000);\n"
        );
        write(root, &format!("services/{name}/server.js"), &server);
        let limit = "function limitRequests(req, res, next) {\n  if (tooMany(req)) return res.status(429).end();\n  \
                     next();\n}\nmodule.exports = { limitRequests };\n";
        write(root, &format!("services/{name}/limit.js"), limit);
        write(root, &format!("services/{name}/Dockerfile"), "FROM node:22\nCOPY . .\nCMD [\"node\", \"server.js\"]\n");
    }
    folder
}

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the folder can be made");
    fs::write(path, text).expect("the file can be written");
}

fn scan(root: &Path, arguments: &[&str]) -> String {
    let output = Command::cargo_bin("readiness")
        .expect("the program is built with its tests")
        .current_dir(root)
        .args(["scan", "--format", "json", "--all"])
        .args(arguments)
        .output()
        .expect("the program starts");
    String::from_utf8(output.stdout).expect("a report is UTF-8")
}

#[test]
fn a_report_is_the_same_on_one_thread_and_on_many() {
    let workspace = workspace();
    let alone = scan(workspace.path(), &["--jobs", "1"]);
    assert!(alone.contains("services/stock"), "{alone}");
    for _ in 0..3 {
        assert_eq!(alone, scan(workspace.path(), &["--jobs", "4"]));
    }
}

#[test]
fn timing_names_the_stages_and_who_worked_in_them() {
    let workspace = workspace();
    let report: Value = serde_json::from_str(&scan(workspace.path(), &["--timing"])).expect("a report is JSON");
    let phases = report["timing"]["phases"].as_array().expect("there are stages");
    let names: Vec<&str> = phases.iter().filter_map(|phase| phase["name"].as_str()).collect();
    assert_eq!(
        names,
        [
            "catalogue",
            "index",
            "plan",
            "observe",
            "observe: read, over threads",
            "observe: gate, over threads",
            "observe: parse, over threads",
            "observe: visit, over threads",
            "join",
            "conclude",
            "resolve",
            "assemble",
        ]
    );
    let rules = report["timing"]["rules"].as_array().expect("there are rules");
    let worked = |stage: &str, name: &str| rules.iter().any(|row| row["stage"] == stage && row["rule"] == name);
    assert!(worked("observe", "facts: environment"));
    assert!(worked("join", "facts: routes"));
    assert!(worked("conclude", "fallback-secret"));
    let schema: Value =
        serde_json::from_str(include_str!("../schemas/report-v1.schema.json")).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
}
