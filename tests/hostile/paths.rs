//! Links, pipes, devices, names, and more of everything than anybody needs.

use std::{
    ffi::OsStr,
    fs::{self, Permissions},
    os::unix::{
        ffi::OsStrExt,
        fs::{MetadataExt, PermissionsExt},
        net::UnixListener,
        process::CommandExt,
    },
    path::Path,
    process::Command,
};

use assert_cmd::cargo::cargo_bin;

use super::ground::{Ground, expect_told, is_full, list, run};

#[test]
fn links_lead_nowhere() {
    let ground = Ground::new();
    let outside = ground.outside();
    ground.link("loop", "loop");
    ground.link("pong", "ping");
    ground.link("ping", "pong");
    ground.link("..", "src/up");
    ground.link("/", "src/everything");
    ground.link(outside.join("stolen.js"), "src/stolen.js");
    ground.link(outside.join("folder"), "src/folder");
    ground.link("../../outside/stolen.js", "src/relative.js");
    ground.link("/dev/zero", "src/endless.js");
    ground.link("/proc/self/environ", ".env");
    ground.link("/dev/zero", "package-lock.json");
    for level in 0..100 {
        ground.link(format!("link-{}", level + 1), &format!("chain/link-{level}"));
    }
    ground.link("../../src/auth.js", "chain/link-100");
    let report = ground.audited();
    for path in ["loop", "ping", "pong", "chain/link-0"] {
        expect_told(&report, "broken-link", path);
    }
    for path in ["src/stolen.js", "src/folder", "src/relative.js", "src/everything"] {
        expect_told(&report, "link-outside", path);
    }
    for path in ["src/endless.js", ".env", "package-lock.json"] {
        expect_told(&report, "link-outside", path);
    }
}

#[test]
fn a_pipe_in_the_place_of_any_file_is_not_waited_for() {
    let names = [
        ".gitignore",
        ".readinessignore",
        ".gitmodules",
        ".gitattributes",
        ".dockerignore",
        ".env",
        ".env.example",
        ".github/CODEOWNERS",
        ".github/workflows/ci.yml",
        ".gitlab-ci.yml",
        ".nvmrc",
        "Dockerfile",
        "Makefile",
        "README.md",
        "compose.yaml",
        "package-lock.json",
        "pnpm-workspace.yaml",
        "prisma/schema.prisma",
        "pyproject.toml",
        "requirements.txt",
        "src/.gitignore",
        "src/.readinessignore",
        "src/main.ts",
        "tsconfig.json",
        "vercel.json",
    ];
    let ground = Ground::new();
    for name in names {
        ground.pipe(name);
    }
    let _socket = UnixListener::bind(ground.root().join("socket.js")).expect("a socket can be made");
    let report = ground.audited();
    for name in names.into_iter().chain(["socket.js"]) {
        expect_told(&report, "special-file", name);
    }
}

#[test]
fn a_device_is_not_read() {
    let ground = Ground::new();
    let made = Command::new("mknod").args(["src/endless.js", "c", "1", "5"]).current_dir(ground.root()).output();
    if !made.is_ok_and(|made| made.status.success()) {
        println!("skipped: only root can make a device");
        return;
    }
    expect_told(&ground.audited(), "special-file", "src/endless.js");
}

#[test]
fn an_ignore_file_is_read_within_bounds() {
    for name in [".gitignore", ".readinessignore", "src/.gitignore"] {
        let ground = Ground::new();
        ground.sparse(name, 2 << 30);
        expect_told(&ground.audited(), "too-large", name);
        let ground = Ground::new();
        ground.link("/dev/zero", name);
        expect_told(&ground.audited(), "link-outside", name);
        let ground = Ground::new();
        ground.write("kept/ignore", "dropped.js\n");
        ground.link(ground.root().join("kept/ignore"), name);
        ground.audited();
    }
    let ground = Ground::new();
    let many: Vec<String> = (0..60_000).map(|index| format!("*a{index}*b?c[a-z]*")).collect();
    ground.write(".gitignore", many.join("\n"));
    ground.write(
        "src/.gitignore",
        "[[[[\n{a,b\n\\\n!\n/\n**/**/x**\n".repeat(50) + &"{a,b}".repeat(5000) + "\nauth.ts\n",
    );
    expect_told(&ground.audited(), "too-large", ".gitignore");
}

#[test]
fn a_configuration_that_is_no_file_is_wrong_usage() {
    let ground = Ground::new();
    fs::create_dir(ground.root().join("readiness.toml")).expect("the folder can be made");
    let outcome = ground.run(&["scan"]);
    assert_eq!((outcome.code, outcome.stdout.len()), (2, 0), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("readiness.toml") && outcome.stderr.contains("help:"), "{}", outcome.stderr);
    let ground = Ground::new();
    ground.pipe("readiness.toml");
    assert_eq!(ground.run(&["scan"]).code, 2);
    let ground = Ground::new();
    ground.link(ground.outside().join("stolen.js"), "readiness.toml");
    assert_eq!(ground.run(&["scan"]).code, 2);
}

#[test]
fn what_cannot_be_read_is_told() {
    let ground = Ground::new();
    ground.write("src/closed.js", "x");
    ground.write("closed/inner.js", "x");
    let close = |path: &str, mode| {
        fs::set_permissions(ground.root().join(path), Permissions::from_mode(mode)).expect("it is ours");
    };
    close("src/closed.js", 0o000);
    close("closed", 0o000);
    let mut command = Command::new(cargo_bin("readiness"));
    let own = tempfile::tempdir().expect("a temporary folder can be made");
    let is_root = fs::metadata(ground.root()).expect("it is there").uid() == 0;
    if is_root {
        // Root may read everything, so somebody else must look.
        let program = own.path().join("readiness");
        fs::copy(cargo_bin("readiness"), &program).expect("the program can be copied");
        for open in [own.path(), ground.root().parent().expect("it has one")] {
            fs::set_permissions(open, Permissions::from_mode(0o755)).expect("it is ours");
        }
        command = Command::new(program);
        command.uid(65_534).gid(65_534);
    }
    let report = run(command.current_dir(ground.root()).args(["scan", "--format", "json"])).json();
    close("closed", 0o755);
    expect_told(&report, "unreadable", "src/closed.js");
    expect_told(&report, "unreadable", "closed");
    assert!(list(&report["findings"]).iter().any(|finding| finding["rule"] == "fallback-secret"));
}

#[test]
fn a_folder_of_many_files() {
    let count = if is_full() { 100_000 } else { 10_000 };
    let ground = Ground::new();
    for index in 0..count {
        ground.write(format!("src/many/{index}.ts"), "export const one = 1\n");
    }
    let report = ground.audited();
    assert!(report["summary"]["coverage"]["files"].as_u64().is_some_and(|files| files > count));
}

#[test]
fn a_path_of_thousands_of_characters() {
    let ground = Ground::new();
    let long = "d".repeat(200);
    // No system call takes the whole path, so each folder is made from the one around it.
    let script = format!("for i in $(seq 30); do mkdir {long} && cd -P {long} && echo x > a.js; done; true");
    let made = Command::new("sh").args(["-c", &script]).current_dir(ground.root()).status().expect("sh is there");
    assert!(made.success());
    let report = ground.audited();
    let told = list(&report["diagnostics"])
        .iter()
        .any(|one| one["kind"] == "unreadable" && one["path"].as_str().is_some_and(|path| path.len() > 3_000));
    assert!(told, "{:#}", report["diagnostics"]);
    let ground = Ground::new();
    let deep = "d/".repeat(100);
    ground.write(format!("{deep}a.js"), "x");
    expect_told(&ground.audited(), "too-deep", "d/".repeat(64).trim_end_matches('/'));
}

#[test]
fn names_act_on_nobody() {
    let ground = Ground::new();
    let names: [&[u8]; 9] = [
        b"src/line\nbreak.js",
        b"src/\x1b[2J\x1b]0;title\x07red.js",
        b"src/carriage\rreturn.js",
        b"src/caf\xe9.js",
        b"src/\xff\xfe\n\x1b[31m.js",
        "src/\u{202e}sj.drawkcab.js".as_bytes(),
        b"--format=json",
        b"src/${PATH}`id`$(id).js",
        b"src/ .js",
    ];
    let text = "const secret = process.env.JWT_SECRET || \"corner-shop-signing\";\n";
    for name in names {
        ground.write(Path::new(OsStr::from_bytes(name)), text);
    }
    let report = ground.audited();
    let at = |path: &str| list(&report["findings"]).iter().any(|finding| finding["path"] == path);
    assert!(at("src/line\nbreak.js") && at("src/\u{1b}[2J\u{1b}]0;title\u{7}red.js") && at("src/ .js"));
    expect_told(&report, "path-encoding", "src/caf\u{fffd}.js");
    for arguments in [
        &["scan", "--all"][..],
        &["scan", "--format", "markdown"],
        &["scan", "--format", "agent"],
        &["scan", "--format", "github"],
        &["scan", "--format", "gitlab"],
        &["env"],
        &["plan"],
        &["checklist"],
    ] {
        let outcome = ground.run(arguments);
        assert!(outcome.code <= 1, "{arguments:?}: {}", outcome.stderr);
        let text = String::from_utf8(outcome.stdout).expect("output is UTF-8");
        assert!(!text.contains(['\u{1b}', '\u{7}', '\r', '\u{202e}']), "{arguments:?} acts on the terminal");
    }
}
