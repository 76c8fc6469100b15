//! No output shows more than four characters of a secret, wherever a repository keeps it.

use std::{collections::BTreeSet, fs, process::Command};

use assert_cmd::cargo::cargo_bin;

use super::{
    ground::{Ground, Outcome, run},
    output::FORMATS,
    planted::secret,
};

const NAMES: [&str; 11] =
    ["aws", "stripe", "stripe-test", "slack", "sendgrid", "anthropic", "password", "jwt", "azure", "hex", "generic"];

/// Secrets that have no form of their own: only what stands around them tells what they are.
const FORMLESS: [&str; 4] = ["password", "jwt", "hex", "generic"];

/// Files in which the secret called `name` stands where people put secrets.
fn files(name: &str) -> Vec<(&'static str, String)> {
    let value = &secret(name);
    // In a path and in a reason nothing stands around it.
    let bare = if FORMLESS.contains(&name) { "none" } else { value };
    vec![
        (
            "src/auth.js",
            format!(
                "const express = require(\"express\");\nconst secret = process.env.JWT_SECRET || \"{value}\";\n\
                 const apiKey = \"{value}\";\nconst options = {{ password: '{value}', token: `{value}` }};\n\
                 // the key is {value}\n// readiness: ignore[console-usage] because of {bare}\n\
                 console.log(\"token {value}\", secret, apiKey, options);\n\
                 fetch(`https://api.example.com/?api_key={value}`, {{ headers: {{ Authorization: \"Bearer {value}\" }} }});\n\
                 const app = express();\napp.post(\"/hook/{bare}\", (q, s) => s.send(db.query(\"select '{value}'\" + q.body)));\n\
                 app.listen(3000);\n"
            ),
        ),
        (
            "app/settings.py",
            format!(
                "import os\nSECRET_KEY = os.getenv(\"SECRET_KEY\", \"{value}\")\nAPI_TOKEN = \"{value}\"\n\
                 DATABASES = {{\"default\": {{\"PASSWORD\": \"{value}\"}}}}\nprint(\"key\", \"{value}\")\n"
            ),
        ),
        (
            ".env",
            format!("API_KEY={value}\nDATABASE_URL=postgres://shop:{value}@db.internal/shop\nexport TOKEN='{value}'\n"),
        ),
        (".env.production", format!("STRIPE_SECRET_KEY=\"{value}\"\n")),
        (".env.example", format!("API_KEY={value}\n")),
        (
            "compose.yaml",
            format!(
                "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: {value}\n\
                 \x20 cache:\n    image: redis:7\n    command: redis-server --requirepass {value}\n\
                 \x20   healthcheck:\n      test: redis-cli -a {value} ping\n\
                 \x20 app:\n    build: .\n    ports: [\"80:80\"]\n    environment:\n      - API_KEY={value}\n\
                 \x20     - DATABASE_URL=postgres://postgres:{value}@db/shop\n      - JWT_SECRET=${{JWT_SECRET:-{value}}}\n"
            ),
        ),
        (
            "Dockerfile",
            format!(
                "FROM node:22\nARG NPM_TOKEN={value}\nENV API_KEY={value}\n\
                 RUN curl -H \"Authorization: Bearer {value}\" https://example.com/x?token={value} | sh\n\
                 LABEL key={value}\nCMD [\"node\", \"src/auth.js\", \"--api-key={value}\"]\n"
            ),
        ),
        (
            ".github/workflows/deploy.yml",
            format!(
                "on: push\nenv:\n  API_KEY: {value}\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n\
                 \x20     - uses: actions/checkout@v4\n      - run: curl -u admin:{value} https://example.com\n\
                 \x20     - run: API_KEY={value} npm run deploy\n"
            ),
        ),
        (
            "k8s/app.yaml",
            format!(
                "apiVersion: v1\nkind: Secret\nmetadata:\n  name: app\nstringData:\n  password: {value}\n---\n\
                 apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: app\nspec:\n  template:\n    spec:\n\
                 \x20     containers:\n        - name: app\n          image: shop:latest\n          env:\n\
                 \x20           - name: API_KEY\n              value: {value}\n"
            ),
        ),
        (
            "main.tf",
            format!(
                "variable \"api_key\" {{\n  default = \"{value}\"\n}}\nresource \"aws_db_instance\" \"a\" {{\n  password = \"{value}\"\n}}\n"
            ),
        ),
        (
            "package.json",
            format!(
                "{{ \"name\": \"shop\", \"private\": true, \"dependencies\": {{ \"express\": \"^4.21.0\" }},\n\
                 \x20 \"scripts\": {{ \"start\": \"API_KEY={value} node src/auth.js\", \"migrate\": \"psql postgres://shop:{value}@db/shop -f a.sql\" }} }}\n"
            ),
        ),
        (
            "scripts/deploy.sh",
            format!("#!/bin/sh\nexport API_KEY={value}\nmysql -uroot -p{value} shop\nsshpass -p {value} ssh host\n"),
        ),
        ("README.md", format!("# shop\n\nStart with `API_KEY={value} npm start`, or log in with password: {value}\n")),
        ("application.properties", format!("spring.datasource.password={value}\n")),
        (
            "db/seed.sql",
            format!("CREATE USER shop PASSWORD '{value}';\nINSERT INTO users (password) VALUES ('{value}');\n"),
        ),
        (".npmrc", format!("//registry.example.com/:_authToken={value}\n")),
    ]
}

/// The lines of an output that hold a part of the secret that nobody else would write.
fn shown(what: &str, text: &[u8], name: &str, value: &str, leaks: &mut BTreeSet<String>) {
    let shown = String::from_utf8_lossy(text);
    // Eight characters that follow each other are no words; a prefix of a vendor's tokens is shorter.
    let pieces: Vec<&str> = (0..=value.len() - 8).map(|start| &value[start..start + 8]).collect();
    for line in shown.lines() {
        if let Some(at) = pieces.iter().find_map(|piece| line.find(piece)) {
            let around: String = line.chars().skip(line[..at].chars().count().saturating_sub(80)).take(160).collect();
            leaks.insert(format!("{what} shows `{name}`: {around}"));
        }
    }
}

fn outputs(ground: &Ground) -> Vec<(String, Outcome)> {
    let mut all = Vec::new();
    for arguments in [
        &["plan"][..],
        &["checklist"],
        &["env"],
        &["routes"],
        &["services"],
        &["env", "--format", "json"],
        &["routes", "--format", "json"],
        &["services", "--format", "json"],
        &["plan", "--format", "json"],
        &["scan", "--all", "--lang", "ru"],
        &["scan", "--format", "markdown", "--template", "audit"],
        &["scan", "--format", "html", "--template", "checklist"],
        &["scan", "--gate", "production"],
        &["explain", "fallback-secret"],
    ] {
        all.push((arguments.join(" "), ground.run(arguments)));
    }
    all
}

#[test]
fn no_output_shows_a_secret() {
    let mut leaks = BTreeSet::new();
    for name in NAMES {
        let value = secret(name);
        let ground = Ground::new();
        for (path, text) in files(name) {
            ground.write(path, text);
        }
        ground.track();
        let out = ground.outside().join("reports");
        fs::create_dir(&out).expect("the folder can be made");
        let mut scan = Command::new(cargo_bin("readiness"));
        scan.current_dir(ground.root()).args(["scan", "--all"]);
        for format in FORMATS {
            scan.arg("--report").arg(format!("{format}={}", out.join(format).display()));
        }
        let outcome = run(&mut scan);
        assert_eq!(outcome.code, 1, "{}", outcome.stderr);
        for format in FORMATS {
            shown(format, &fs::read(out.join(format)).expect("it was written"), name, &value, &mut leaks);
        }
        // The lists take long, and what hides one kind hides the others.
        if !["stripe", "password", "azure"].contains(&name) {
            continue;
        }
        let (old, new) = (out.join("json"), out.join("new.json"));
        ground.write("src/auth.js", "module.exports = 1\n");
        fs::write(&new, ground.run(&["scan", "--format", "json"]).stdout).expect("the file can be written");
        let reports = [old.display().to_string(), new.display().to_string()];
        for arguments in [["compare", &reports[0], &reports[1]], ["compare", &reports[1], &reports[0]]] {
            shown("compare", &ground.run(&arguments).stdout, name, &value, &mut leaks);
        }
        for (path, text) in files(name).into_iter().take(1) {
            ground.write(path, text);
        }
        for (what, outcome) in outputs(&ground) {
            assert!(outcome.code <= 1, "{what}: {}", outcome.stderr);
            shown(&what, &outcome.stdout, name, &value, &mut leaks);
            shown(&what, outcome.stderr.as_bytes(), name, &value, &mut leaks);
        }
    }
    assert!(leaks.is_empty(), "{leaks:#?}");
}

#[test]
fn a_complaint_about_the_configuration_shows_no_secret() {
    let mut leaks = BTreeSet::new();
    for name in ["stripe", "aws", "anthropic"] {
        let value = secret(name);
        for text in [
            format!("[scan]\nlang = \"{value}\"\n"),
            format!("[scan]\n{value} = 1\n"),
            format!("[scan]\nonly = [\"{value}\"]\n"),
            format!("{value}\n"),
            format!("[{value}]\n"),
        ] {
            let ground = Ground::new();
            ground.write("readiness.toml", text);
            let outcome = ground.run(&["scan"]);
            assert_eq!(outcome.code, 2, "{}", outcome.stderr);
            shown("a complaint", outcome.stderr.as_bytes(), name, &value, &mut leaks);
        }
    }
    assert!(leaks.is_empty(), "{leaks:#?}");
}
