//! `readiness services` as a user meets it: what is listed, as a table and as JSON.

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

fn repository(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    for (path, content) in files {
        write(folder.path(), path, content);
    }
    folder
}

fn listed(folder: &Path) -> Vec<Value> {
    let (code, stdout, stderr) = run(folder, &["services", "--format", "json"]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    serde_json::from_str::<Value>(&stdout).expect("the list is JSON").as_array().expect("a list").clone()
}

const COMPOSE: &str = "services:
  web:
    image: ghcr.io/corner/shop:${TAG:-1.4}
    ports: ['80:3000']
    depends_on: [db]
    environment: {NODE_ENV: production}
  db:
    image: postgres:16
    ports: ['127.0.0.1:5432:5432']
    healthcheck: {test: pg_isready}
";

#[test]
fn compose_services_are_listed_with_what_each_is() {
    let folder = repository(&[("docker-compose.yml", COMPOSE)]);
    let rows = listed(folder.path());
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["name"], "web");
    assert_eq!(rows[0]["image"], "ghcr.io/corner/shop:1.4");
    assert_eq!(rows[0]["source"], serde_json::json!({"path": "docker-compose.yml", "line": 2}));
    assert_eq!(rows[0]["public"], true);
    assert_eq!(rows[0]["depends_on"][0], "db");
    assert_eq!(rows[0]["environment"], "production");
    assert_eq!(rows[1]["datastore"], "PostgreSQL");
    assert_eq!(rows[1]["public"], false);
    assert_eq!(rows[1]["health_check"]["line"], 10);
}

#[test]
fn a_pipe_gets_a_plain_table() {
    let folder = repository(&[("docker-compose.yml", COMPOSE)]);
    let (code, stdout, _) = run(folder.path(), &["services"]);
    assert_eq!(code, 0);
    let lines: Vec<&str> = stdout.lines().collect();
    assert_eq!(lines.len(), 3, "{stdout}");
    assert!(lines[0].trim_start().starts_with("SERVICE"), "{stdout}");
    assert!(lines[1].contains("80:3000 public") && lines[1].contains("docker-compose.yml:2"), "{stdout}");
    assert!(!stdout.contains(['│', '\u{1b}']), "{stdout}");
}

#[test]
fn clusters_and_platforms_are_listed_too() {
    let folder = repository(&[
        (
            "k8s/shop.yaml",
            "apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  template:
    metadata: {labels: {app: shop}}
    spec:
      containers:
        - name: shop
          image: shop:1
          ports: [{containerPort: 3000}]
          livenessProbe: {httpGet: {path: /health, port: 3000}}
---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec:
  type: LoadBalancer
  selector: {app: shop}
",
        ),
        ("fly.toml", "app = \"shop-eu\"\n\n[http_service]\ninternal_port = 8080\n"),
        ("Procfile", "web: node server.js\nworker: node worker.js\n"),
        (
            "render.yaml",
            "services:\n  - type: web\n    name: shop-web\n    healthCheckPath: /health\ndatabases:\n  - name: shop-db\n",
        ),
        ("ecosystem.config.js", "module.exports = { apps: [{\n  name: 'shop-pm2',\n  script: 'server.js',\n}] };\n"),
        (
            "serverless.yml",
            "service: shop\nfunctions:\n  hook:\n    handler: hook.main\n    events: [{http: 'POST /hook'}]\n",
        ),
    ]);
    let rows = listed(folder.path());
    let row = |name: &str| rows.iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("{name}: {rows:?}"));
    assert_eq!(row("shop")["public"], true);
    assert_eq!(row("shop")["health_check"]["line"], 12);
    assert_eq!(row("shop-eu")["ports"][0]["port"], "8080");
    assert_eq!(row("worker")["build"], "node worker.js");
    assert_eq!(row("shop-db")["datastore"], "PostgreSQL");
    assert_eq!(row("shop-web")["health_check"]["line"], 4);
    assert_eq!(row("shop-pm2")["build"], "server.js");
    assert_eq!(row("hook")["public"], true);
}

#[test]
fn a_repository_without_services_is_no_error() {
    let folder = repository(&[("README.md", "# Nothing\n")]);
    assert_eq!(listed(folder.path()).len(), 0);
    assert_eq!(run(folder.path(), &["services"]).1, "No service is described here.\n");
    assert_eq!(run(folder.path(), &["services", "gone"]).0, 2);
    assert_eq!(run(folder.path(), &["services", "--format", "xml"]).0, 2);
}

#[test]
fn names_cannot_act_on_the_terminal() {
    let folder = repository(&[("docker-compose.yml", "services:\n  \"web\\e[31m\":\n    image: shop\n")]);
    let (_, stdout, _) = run(folder.path(), &["services"]);
    assert!(!stdout.contains('\u{1b}') && stdout.contains("\\u{1b}[31m"), "{stdout:?}");
}
