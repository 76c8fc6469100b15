//! Files that are too large, too deep, too many times themselves, or in no encoding at all.

use super::ground::{Ground, expect_told, list};

const DEEP: usize = 100_000;

/// Audits a repository in which one file is hostile.
#[expect(clippy::print_stdout, reason = "of many files, the output of a failed test names the one")]
fn beside(path: &str, content: impl AsRef<[u8]>) -> serde_json::Value {
    let ground = Ground::new();
    ground.write(path, content);
    println!("{path}");
    ground.audited()
}

#[test]
fn what_is_too_large_is_told() {
    let ground = Ground::new();
    let names = ["src/big.ts", "data.json", "dump.sql", "values.yaml", ".env", "README.md", "Dockerfile", "a.py"];
    for name in names {
        ground.sparse(name, 2 << 30);
    }
    ground.write("src/line.js", "x".repeat(50 << 20));
    let report = ground.audited();
    for name in names.into_iter().chain(["src/line.js"]) {
        expect_told(&report, "too-large", name);
    }
}

#[test]
fn squeezed_code_and_long_lines() {
    beside("src/line.js", format!("const a = \"{}\";", "a".repeat(1_000_000)));
    beside("src/app.min.js", "!function(){var a=1;}();".repeat(40_000));
    beside("public/bundle.js", format!("{}\n", "function a(b){return b?a(b-1):fetch(\"/a\")}".repeat(20_000)));
    beside("src/one.py", format!("x = [{}]\n", "1, ".repeat(300_000)));
}

#[test]
fn nested_configuration_is_cut_and_told() {
    for (path, content) in [
        ("config/deep.json", "[".repeat(DEEP) + &"]".repeat(DEEP)),
        ("package-lock.json", "{\"packages\":".repeat(DEEP / 2)),
        ("tsconfig.json", format!("{{\"compilerOptions\":{}", "[".repeat(DEEP))),
        ("deploy/deep.yaml", "[".repeat(DEEP) + &"]".repeat(DEEP)),
        ("compose.yaml", (1..1200).fold("services:\n".to_owned(), |text, level| text + &" ".repeat(level) + "a:\n")),
        ("pyproject.toml", format!("a = {}", "[".repeat(DEEP))),
        ("pom.xml", "<a>".repeat(DEEP)),
        ("main.tf", "resource \"a\" \"b\" ".to_owned() + &"{ a = ".repeat(DEEP)),
        ("prisma/schema.prisma", "model A {\n".repeat(DEEP / 2)),
        ("Cargo.toml", "a.".repeat(DEEP) + "b = 1"),
    ] {
        let report = beside(path, content);
        let read = ["compose.yaml", "pyproject.toml", "tsconfig.json"].contains(&path);
        let told = list(&report["diagnostics"]).iter().any(|one| one["path"] == path);
        assert!(told || !read, "{path}: {:#}", report["diagnostics"]);
    }
}

#[test]
fn aliases_do_not_multiply() {
    let tens = |index: usize| {
        let list = vec![format!("*a{}", index - 1); 10].join(",");
        format!("a{index}: &a{index} [{list}]\n")
    };
    let bomb = "on: push\na0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned() + &(1..30).map(tens).collect::<String>();
    expect_told(&beside(".github/workflows/bomb.yml", &bomb), "limit-hit", ".github/workflows/bomb.yml");
    beside("deploy/values.yaml", bomb);
    let merged = |index: usize| {
        let before = index - 1;
        format!("  a{index}: &a{index}\n    <<: [*a{before},*a{before},*a{before}]\n")
    };
    let services = "services:\n  a0: &a0 {image: x}\n".to_owned() + &(1..3000).map(merged).collect::<String>();
    beside("compose.yaml", services);
    let extending = |index: usize| format!("b{index}:\n  extends: b{}\n  stage: s{}\n", index + 1, index % 50);
    beside(".gitlab-ci.yml", "a:\n  extends: [a]\n".to_owned() + &(0..20_000).map(extending).collect::<String>());
    let entities = (1..30).map(|index| {
        let before = format!("&a{};", index - 1).repeat(10);
        format!("<!ENTITY a{index} \"{before}\">")
    });
    let entities: String = entities.collect();
    beside("pom.xml", format!("<!DOCTYPE a [<!ENTITY a0 \"aaaa\">{entities}]><project><a>&a29;</a></project>"));
}

#[test]
fn nested_code_is_cut_and_told() {
    for (path, content) in [
        ("src/deep.ts", format!("const x = {}1{}", "(".repeat(DEEP), ")".repeat(DEEP))),
        ("src/arrow.ts", format!("const x = {}1", "()=>".repeat(DEEP))),
        ("src/type.ts", format!("type X = {}", "Array<".repeat(DEEP))),
        ("src/else.ts", format!("if(a){{}}{}", "else if(b){}".repeat(DEEP / 2))),
        ("src/sum.ts", format!("const x = 1{}", "+1".repeat(DEEP))),
        ("src/chain.ts", format!("x{}", ".a()".repeat(DEEP))),
        ("src/open.tsx", format!("const x = {}", "<a>".repeat(DEEP))),
        ("src/comment.ts", "/*".repeat(DEEP)),
        ("src/deep.py", format!("x = {}1{}", "(".repeat(DEEP), ")".repeat(DEEP))),
        ("src/indent.py", (0..1200).fold(String::new(), |text, level| text + &" ".repeat(level) + "if x:\n")),
    ] {
        let report = beside(path, content);
        let told = list(&report["diagnostics"]).iter().any(|one| one["path"] == path);
        assert!(told, "{path}: {:#}", report["diagnostics"]);
    }
}

#[test]
fn scripts_and_documents_without_end() {
    for (path, content) in [
        ("Dockerfile", "FROM node\n".to_owned() + &"RUN a \\\n".repeat(DEEP)),
        ("Dockerfile", "FROM node\nRUN ".to_owned() + &"$(".repeat(DEEP)),
        ("Dockerfile", "FROM a AS b\n".repeat(DEEP / 2)),
        ("scripts/deploy.sh", "$(".repeat(DEEP)),
        ("scripts/deploy.sh", "if true; then ".repeat(DEEP / 4)),
        ("scripts/deploy.sh", "a && ".repeat(DEEP / 2)),
        ("scripts/deploy.sh", "cat <<EOF\n".repeat(DEEP / 2)),
        ("Makefile", "a: a\n\t".repeat(DEEP / 2)),
        ("db/schema.sql", "select ".to_owned() + &"(".repeat(DEEP)),
        ("migrations/001_init.sql", "BEGIN;".to_owned() + &"CASE WHEN ".repeat(DEEP / 2)),
        ("README.md", ">".repeat(DEEP)),
        ("docs/setup.md", "[".repeat(DEEP)),
        ("docs/setup.md", "|a".repeat(DEEP / 4) + "\n" + &"|-".repeat(DEEP / 4) + "\n"),
        (".env", "A=${".repeat(DEEP)),
        ("application.properties", "a=\\\n".repeat(DEEP)),
        ("requirements.txt", "-r requirements.txt\n".repeat(DEEP / 4)),
        ("nginx.conf", "server { ".repeat(DEEP / 4)),
        ("src/regex.ts", format!("const r = /{}$/", "(a+)+".repeat(DEEP / 2))),
    ] {
        beside(path, content);
    }
}

#[test]
fn what_is_looked_at_in_part_is_told() {
    let many = |count: usize, line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<String>();
    let services = "services:\n".to_owned() + &many(501, &|at| format!("  s{at}:\n    image: redis:7\n"));
    let jobs = many(1001, &|at| format!("j{at}:\n  script: [\"make\"]\n"));
    let scripts = many(10, &|at| format!("s{at}:\n{}", format!("\tmake s{}\n", at + 1).repeat(8)));
    for (path, content, told) in
        [("docker-compose.yml", services, "more than 500 services"), (".gitlab-ci.yml", jobs, "more than 1000 jobs")]
    {
        let report = beside(path, content);
        expect_limit(&report, path, told);
    }
    let ground = Ground::new();
    ground.write("Makefile", scripts);
    ground
        .write(".github/workflows/ci.yml", "on: push\njobs:\n  a:\n    runs-on: u\n    steps:\n      - run: make s0\n");
    expect_limit(&ground.audited(), ".github/workflows/ci.yml", "more than 4000 commands behind one step");
}

fn expect_limit(report: &serde_json::Value, path: &str, told: &str) {
    let limits = list(&report["diagnostics"]).iter().filter(|one| one["kind"] == "limit-hit" && one["path"] == path);
    let said = limits.filter_map(|one| one["message"].as_str()).any(|message| message.starts_with(told));
    assert!(said, "{path}: {:#}", report["diagnostics"]);
}

#[test]
fn more_of_everything_than_a_service_has() {
    let count = if super::ground::is_full() { 12_000 } else { 2_000 };
    let lines = |line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<String>();
    let script = "const express = require(\"express\");\nconst app = express();\n".to_owned();
    beside(
        "src/routes.js",
        script.clone() + &lines(&|at| format!("app.get(\"/a{at}\", (q, s) => s.send(q.query.a));\n")),
    );
    beside(
        "src/variables.js",
        lines(&|at| format!("const a{at} = process.env.A_SECRET_{at} || \"corner-{at}-key\";\n")),
    );
    beside("src/calls.ts", lines(&|at| format!("function f{at}() {{ return f{}() + f{}() }}\n", at + 1, at + 2)));
    beside(
        "src/names.ts",
        "const a0 = \"x\";\n".to_owned() + &lines(&|at| format!("const a{} = a{at} + a{at};\n", at + 1)),
    );
    beside(
        "src/imports.ts",
        lines(&|at| format!("import {{ a{at} }} from \"./imports\"; export * from \"./imports\";\n")),
    );
    let mounts =
        lines(&|at| format!("const r{at} = express.Router(); app.use(\"/a\", r{at}); r{at}.use(\"/b\", app);\n"));
    beside("src/mounts.js", script + &mounts);
    let handlers = lines(&|at| format!("@app.get(\"/a{at}\")\ndef f{at}(x): return f{}(x)\n", at + 1));
    beside("app/main.py", format!("from fastapi import FastAPI\napp = FastAPI()\n{handlers}"));
}

#[test]
fn encodings_are_read_or_told() {
    let ground = Ground::new();
    let text = "const secret = process.env.JWT_SECRET || \"corner-shop-signing\";\n";
    let wide = |unit: fn(u16) -> [u8; 2], mark: [u8; 2]| {
        let units = text.encode_utf16().flat_map(unit);
        mark.into_iter().chain(units).collect::<Vec<u8>>()
    };
    ground.write("src/little.js", wide(u16::to_le_bytes, [0xff, 0xfe]));
    ground.write("src/big.js", wide(u16::to_be_bytes, [0xfe, 0xff]));
    ground.write("src/marked.js", format!("\u{feff}{text}"));
    ground.write("src/latin.js", b"// caf\xe9\nconst a = 1;\n");
    ground.write("src/half.js", b"\xff\xfea");
    ground.write("src/lone.js", b"\xff\xfe\x00\xd8a\0");
    ground.write("src/cut.js", [text.as_bytes(), b"\xf0\x9f"].concat());
    ground.write("src/nul.js", [text.as_bytes(), b"\0\0\0"].concat());
    ground.write("src/late.js", [" ".repeat(8000).as_bytes(), b"\0"].concat());
    ground.write("config/nul.yaml", b"a: \0\n");
    ground.write("Dockerfile", b"FROM node\n# caf\xe9\n");
    ground.write(".env", b"A=\xff\xfe\xfd\n");
    let report = ground.audited();
    for path in ["src/little.js", "src/big.js", "src/marked.js"] {
        let found = list(&report["findings"]).iter().any(|finding| {
            finding["path"] == path && finding["rule"] == "fallback-secret" && finding["start"]["line"] == 1
        });
        assert!(found, "{path}");
    }
    for path in ["src/latin.js", "src/half.js", "src/lone.js", "src/cut.js"] {
        let told = list(&report["diagnostics"]).iter().any(|one| one["path"] == path);
        assert!(told, "{path}: {:#}", report["diagnostics"]);
    }
}
