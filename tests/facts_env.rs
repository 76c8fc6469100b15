//! `readiness env` as a user meets it: what is listed, as a table and as JSON, and never a value.

#[expect(dead_code, reason = "nothing here needs git or planted secrets")]
mod common;

use std::path::Path;

use assert_cmd::Command;
use common::write;
use serde_json::Value;
use tempfile::TempDir;

fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::cargo_bin("readiness").expect("the program is built with its tests");
    let output = command.current_dir(folder).args(arguments).output().expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    (output.status.code().expect("the program exits by itself"), text(output.stdout), text(output.stderr))
}

fn repository() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let files = [
        (
            "src/env.ts",
            "import { z } from 'zod';\nexport const env = z.object({\n  DATABASE_URL: z.string(),\n  LEVEL: z.string().default('info'),\n}).parse(process.env);\n",
        ),
        (
            "src/pay.ts",
            "export const key = process.env.PAYMENT_API_KEY;\nexport const url = process.env.NEXT_PUBLIC_URL || 'harbour';\n",
        ),
        (".env.example", "DATABASE_URL=postgres://kim:lighthouse@db/shop\n# LEVEL=debug\nFORGOTTEN=1\n"),
    ];
    for (path, content) in &files {
        write(folder.path(), path, content);
    }
    folder
}

#[test]
fn variables_are_listed_with_reads_and_declarations() {
    let folder = repository();
    let (code, stdout, stderr) = run(folder.path(), &["env", "--format", "json"]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    let rows: Vec<Value> = serde_json::from_str(&stdout).expect("the list is JSON");
    let row = |name: &str| rows.iter().find(|row| row["name"] == name).expect("the variable is listed");
    assert_eq!(row("DATABASE_URL")["need"], "required");
    assert_eq!(row("DATABASE_URL")["checked"], serde_json::json!({"path": "src/env.ts", "line": 3}));
    assert_eq!(row("DATABASE_URL")["declared"][0]["by"], "example");
    assert_eq!(row("LEVEL")["need"], "optional");
    assert_eq!(row("LEVEL")["declared"][0]["source"]["line"], 2);
    assert_eq!(row("PAYMENT_API_KEY")["need"], "unchecked");
    assert_eq!(row("PAYMENT_API_KEY")["secret"], true);
    assert_eq!(row("NEXT_PUBLIC_URL")["public"], "NEXT_PUBLIC_");
    assert_eq!(row("NEXT_PUBLIC_URL")["reads"][0]["default"], "literal");
    assert_eq!(row("FORGOTTEN")["need"], Value::Null);
    assert!(!stdout.contains("lighthouse") && !stdout.contains("harbour"));
}

#[test]
fn a_table_has_a_line_for_each_variable() {
    let folder = repository();
    let (code, stdout, _) = run(folder.path(), &["env"]);
    assert_eq!(code, 0);
    assert_eq!(stdout.lines().count(), 6);
    assert!(
        stdout
            .lines()
            .any(|line| line.contains("PAYMENT_API_KEY") && line.contains("secret") && line.contains("src/pay.ts:1"))
    );
}

#[test]
fn a_repository_without_variables_is_no_error() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    assert_eq!(run(folder.path(), &["env"]).1, "No environment variable is read or declared here.\n");
}
