//! The index over small repositories in temporary folders, and, when `READINESS_CORPUS` names a folder of
//! repositories, an inventory of each of them for people to read.

#![expect(clippy::unwrap_used, clippy::use_debug, clippy::print_stdout, reason = "tests")]

use std::{
    collections::BTreeMap,
    fs,
    process::{Command, Stdio},
};

use camino::{Utf8Path, Utf8PathBuf};
use readiness::{
    model::Place,
    repo::{ComponentKind as K, FileKind, GitState, ReadError, Repo, Role, SkipReason, Technology, WalkOptions},
};

struct Folder {
    temporary: tempfile::TempDir,
}

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self { temporary: tempfile::tempdir().unwrap() };
        for (path, text) in files {
            folder.write(path, text.as_bytes());
        }
        folder
    }

    fn path(&self) -> &Utf8Path {
        Utf8Path::from_path(self.temporary.path()).unwrap()
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        let full = self.path().join(path);
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        fs::write(full, bytes).unwrap();
    }

    fn git(&self, arguments: &[&str]) {
        let status = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"])
            .args(arguments)
            .current_dir(self.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert!(status.success(), "git {arguments:?}");
    }

    fn open(&self) -> Repo {
        self.open_with(&WalkOptions::default())
    }

    fn open_with(&self, options: &WalkOptions) -> Repo {
        Repo::open(self.path(), options).unwrap()
    }
}

fn paths(repo: &Repo) -> Vec<&str> {
    repo.files().iter().map(|file| file.path.as_str()).collect()
}

fn skipped(repo: &Repo) -> Vec<(&str, SkipReason)> {
    repo.skipped().iter().map(|skipped| (skipped.path.as_str(), skipped.reason)).collect()
}

fn names(list: &[Technology]) -> Vec<&str> {
    list.iter().map(|technology| technology.name).collect()
}

#[test]
fn ignore_files_are_heeded_without_git() {
    let folder = Folder::new(&[
        (".gitignore", "dist/\n*.log\n.env\n"),
        (".readinessignore", "legacy/\n"),
        (".ignore", "src/\n"),
        ("src/main.ts", "x"),
        ("src/.gitignore", "local.ts\n"),
        ("src/local.ts", "x"),
        ("src/debug.log", "x"),
        ("dist/main.js", "x"),
        ("legacy/old.ts", "x"),
        (".env", "A=1"),
        (".github/workflows/ci.yml", "on: push\n"),
        ("node_modules/a/index.js", "x"),
        ("venv/pyvenv.cfg", ""),
        ("env/settings.ts", "x"),
    ]);
    let repo = folder.open();
    assert_eq!(
        paths(&repo),
        [
            ".github/workflows/ci.yml",
            ".gitignore",
            ".ignore",
            ".readinessignore",
            "env/settings.ts",
            "src/.gitignore",
            "src/main.ts"
        ]
    );
    assert_eq!(skipped(&repo), [("node_modules", SkipReason::ToolFolder), ("venv", SkipReason::ToolFolder)]);
    assert_eq!(*repo.git().state(), GitState::Missing);
    assert_eq!(repo.files()[0].tracked, None);
}

#[test]
fn what_git_tracks_is_present_though_ignored() {
    let folder = Folder::new(&[
        (".gitignore", ".env*\nsecrets/\nnode_modules/\n"),
        (".readinessignore", "left-out/\n"),
        (".env.production", "A=1"),
        (".env", "A=1"),
        ("secrets/deep/key.pem", "x"),
        ("left-out/a.ts", "x"),
        ("node_modules/a/index.js", "x"),
        ("gone.ts", "x"),
        ("new.ts", "x"),
    ]);
    folder.git(&["init", "--quiet"]);
    folder.git(&["add", "--force", ".gitignore", ".env.production", "secrets", "left-out", "node_modules", "gone.ts"]);
    folder.git(&["commit", "--quiet", "-m", "a"]);
    fs::remove_file(folder.path().join("gone.ts")).unwrap();
    let repo = folder.open();
    let tracked: Vec<_> = repo.files().iter().map(|file| (file.path.as_str(), file.tracked)).collect();
    assert_eq!(
        tracked,
        [
            (".env.production", Some(true)),
            (".gitignore", Some(true)),
            (".readinessignore", Some(false)),
            ("new.ts", Some(false)),
            ("secrets/deep/key.pem", Some(true)),
        ]
    );
    assert_eq!(repo.git().tracked(Utf8Path::new(".env")), Some(false));
    assert_eq!(repo.git().tracks_below(Utf8Path::new("node_modules")), Some(true));
    assert_eq!(repo.git().tracks_below(Utf8Path::new("node")), Some(false));
    assert_eq!(skipped(&repo), [("node_modules", SkipReason::ToolFolder)]);
    assert_eq!(repo.git().head().unwrap().len(), 40);
}

#[test]
fn a_folder_inside_a_repository_keeps_its_ignore_rules() {
    let folder = Folder::new(&[
        (".gitignore", "*.log\n/services/api/out.ts\n"),
        ("services/api/main.ts", "x"),
        ("services/api/out.ts", "x"),
        ("services/api/a.log", "x"),
        ("services/apix/b.ts", "x"),
    ]);
    folder.git(&["init", "--quiet"]);
    folder.git(&["add", "."]);
    let repo = Repo::open(&folder.path().join("services/api"), &WalkOptions::default()).unwrap();
    assert_eq!(paths(&repo), ["main.ts"]);
    assert_eq!(repo.files()[0].tracked, Some(true));
    assert_eq!(repo.git().prefix(), "services/api");
    assert_eq!(repo.git().tracked_files(), ["main.ts"]);
}

#[test]
fn a_linked_work_tree_is_read_through_its_git_file() {
    let folder = Folder::new(&[("one/a.ts", "x")]);
    let one = folder.path().join("one");
    folder.git(&["-C", "one", "init", "--quiet"]);
    folder.git(&["-C", "one", "add", "."]);
    folder.git(&["-C", "one", "commit", "--quiet", "-m", "a"]);
    folder.git(&["-C", "one", "worktree", "add", "--quiet", "../two"]);
    let main = Repo::open(&one, &WalkOptions::default()).unwrap();
    let linked = Repo::open(&folder.path().join("two"), &WalkOptions::default()).unwrap();
    assert_eq!(paths(&linked), ["a.ts"]);
    assert_eq!(linked.files()[0].tracked, Some(true));
    assert!(linked.git().head().is_some());
    assert_eq!(linked.git().head(), main.git().head());
}

#[test]
fn a_damaged_index_makes_tracking_unknown_and_never_panics() {
    let folder = Folder::new(&[("a.ts", "x"), ("b/c.ts", "x")]);
    folder.git(&["init", "--quiet"]);
    assert_eq!(folder.open().files()[0].tracked, Some(false), "nothing is tracked before the first commit");
    folder.git(&["add", "."]);
    let index = folder.path().join(".git/index");
    let sound = fs::read(&index).unwrap();
    for length in (0..sound.len()).step_by(7) {
        fs::write(&index, &sound[..length]).unwrap();
        assert!(matches!(folder.open().git().state(), GitState::Unreadable(_)), "cut at {length}");
    }
    // Without a checksum nothing guards the reader; it may read nonsense, and must not fall over.
    let config = folder.path().join(".git/config");
    fs::write(&config, format!("{}[index]\n\tskipHash = true\n", fs::read_to_string(&config).unwrap())).unwrap();
    for position in 0..sound.len() {
        let mut damaged = sound.clone();
        damaged[position] ^= 0xff;
        fs::write(&index, &damaged).unwrap();
        let _ = folder.open();
    }
    fs::remove_file(&index).unwrap();
    fs::create_dir(&index).unwrap();
    assert_eq!(folder.open().files()[0].tracked, None);
}

#[test]
fn commands_in_the_repositorys_git_configuration_never_run() {
    let folder = Folder::new(&[("a.ts", "x"), (".gitattributes", "* filter=evil\n")]);
    folder.git(&["init", "--quiet"]);
    folder.git(&["add", "--force", "a.ts"]);
    let proof = folder.path().join("proof");
    let command = format!("touch {proof}");
    for key in ["core.fsmonitor", "core.sshCommand", "filter.evil.clean", "filter.evil.smudge", "diff.external"] {
        let config = folder.path().join(".git/config");
        let (section, name) = key.rsplit_once('.').unwrap();
        let section = section.split_once('.').map_or(format!("[{section}]"), |(one, two)| format!("[{one} \"{two}\"]"));
        let text = format!("{}\n{section}\n\t{name} = {command}\n", fs::read_to_string(&config).unwrap());
        fs::write(&config, text).unwrap();
    }
    let repo = folder.open();
    assert_eq!(repo.by_path(Utf8Path::new("a.ts")).unwrap().tracked, Some(true));
    assert!(!proof.exists());
}

#[cfg(unix)]
#[test]
fn links_never_lead_out_or_in_circles() {
    use std::os::unix::fs::symlink;
    let outside = Folder::new(&[("secret.txt", "x"), ("folder/a.ts", "x")]);
    let folder = Folder::new(&[("docs/README.md", "# hi\n"), ("src/a.ts", "const a = 1\n")]);
    let link = |target: &str, name: &str| symlink(target, folder.path().join(name)).unwrap();
    link("docs/README.md", "README.md");
    link(outside.path().join("secret.txt").as_str(), "stolen.txt");
    link(outside.path().join("folder").as_str(), "stolen");
    link("..", "src/up");
    link("loop", "loop");
    link("nowhere", "broken");
    link("src", "copy");
    let repo = folder.open();
    assert_eq!(paths(&repo), ["README.md", "docs/README.md", "src/a.ts"]);
    let readme = repo.by_path(Utf8Path::new("README.md")).unwrap();
    assert_eq!(readme.link.as_deref(), Some(Utf8Path::new("docs/README.md")));
    assert_eq!(&*repo.read(readme.id).unwrap(), "# hi\n");
    assert_eq!(repo.of_kind(FileKind::Markdown).count(), 1, "a link to a file of the same kind is not counted twice");
    assert_eq!(
        skipped(&repo),
        [
            ("broken", SkipReason::BrokenLink),
            ("copy", SkipReason::LinkedFolder),
            ("loop", SkipReason::BrokenLink),
            ("src/up", SkipReason::LinkedFolder),
            ("stolen", SkipReason::LinkOutside),
            ("stolen.txt", SkipReason::LinkOutside),
        ]
    );
}

#[cfg(unix)]
#[test]
fn a_tracked_file_behind_a_linked_folder_is_not_followed() {
    let outside = Folder::new(&[("a.ts", "secret")]);
    let folder = Folder::new(&[("lib/a.ts", "x"), ("b.ts", "x")]);
    folder.git(&["init", "--quiet"]);
    folder.git(&["add", "."]);
    fs::remove_dir_all(folder.path().join("lib")).unwrap();
    std::os::unix::fs::symlink(outside.path(), folder.path().join("lib")).unwrap();
    assert_eq!(paths(&folder.open()), ["b.ts"]);
}

#[cfg(unix)]
#[test]
fn pipes_and_sockets_are_never_opened() {
    let folder = Folder::new(&[("a.ts", "x")]);
    let made = Command::new("mkfifo").arg(folder.path().join("Dockerfile")).status();
    if !made.is_ok_and(|status| status.success()) {
        println!("skipped: mkfifo is not available");
        return;
    }
    let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("s")).unwrap();
    let repo = folder.open();
    assert_eq!(paths(&repo), ["a.ts"]);
    assert_eq!(skipped(&repo), [("Dockerfile", SkipReason::SpecialFile), ("s", SkipReason::SpecialFile)]);
    // A pipe in the place of git's own files must not block either.
    fs::create_dir(folder.path().join(".git")).unwrap();
    assert!(Command::new("mkfifo").arg(folder.path().join(".git/HEAD")).status().unwrap().success());
    assert!(matches!(folder.open().git().state(), GitState::Unreadable(_)));
}

#[cfg(target_os = "linux")]
#[test]
fn names_and_encodings_that_are_not_utf8_are_told() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    let folder = Folder::new(&[("a.ts", "x")]);
    fs::write(folder.path().as_std_path().join(OsStr::from_bytes(b"caf\xe9.ts")), "x").unwrap();
    folder.write("latin1.py", b"# caf\xe9\n");
    folder.write("wide.cs", b"\xff\xfea\0b\0");
    folder.write("marked.ts", b"\xef\xbb\xbfconst a = 1");
    folder.write("video.ts", b"G\0\x11\0");
    let repo = folder.open();
    let id = |path: &str| repo.by_path(Utf8Path::new(path)).unwrap().id;
    assert_eq!(skipped(&repo), [("caf\u{fffd}.ts", SkipReason::PathEncoding), ("latin1.py", SkipReason::Encoding)]);
    assert!(matches!(repo.read(id("latin1.py")), Err(ReadError::Decode(_))));
    assert_eq!(&*repo.read(id("wide.cs")).unwrap(), "ab");
    assert!(repo.read(id("marked.ts")).unwrap().starts_with('\u{feff}'));
    assert_eq!((repo.file(id("video.ts")).kind, repo.file(id("video.ts")).language), (FileKind::Binary, None));
}

#[test]
fn every_bound_is_told() {
    let folder =
        Folder::new(&[("a/b/c/d.ts", "x"), ("a/e.ts", "x"), ("f.ts", "const long = 1\n"), ("g.png", "a big picture")]);
    let options = WalkOptions { max_file_bytes: 10, max_depth: 2, ..WalkOptions::default() };
    let repo = folder.open_with(&options);
    assert_eq!(paths(&repo), ["a/e.ts", "f.ts", "g.png"]);
    assert_eq!(skipped(&repo), [("a/b", SkipReason::TooDeep), ("f.ts", SkipReason::TooLarge)]);
    let large = repo.by_path(Utf8Path::new("f.ts")).unwrap();
    assert_eq!(repo.read(large.id), Err(ReadError::TooLarge(10)));
    let repo = folder.open_with(&WalkOptions { max_files: 2, ..WalkOptions::default() });
    assert_eq!(paths(&repo), ["a/b/c/d.ts", "a/e.ts"]);
    assert_eq!(skipped(&repo), [("f.ts", SkipReason::TooMany)]);
}

#[test]
fn a_file_that_vanishes_is_a_read_error() {
    let folder = Folder::new(&[("a.ts", "x"), ("package.json", "{}")]);
    let repo = folder.open();
    fs::remove_file(folder.path().join("a.ts")).unwrap();
    assert_eq!(repo.read(repo.files()[0].id), Err(ReadError::Gone));
    fs::create_dir(folder.path().join("a.ts")).unwrap();
    assert_eq!(repo.read(repo.files()[0].id), Err(ReadError::NotAFile));
}

#[cfg(unix)]
#[test]
fn unreadable_files_and_folders_are_told() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new(&[("a.ts", "x"), ("closed/b.ts", "x"), ("open.ts", "x")]);
    let close =
        |path: &str, mode| fs::set_permissions(folder.path().join(path), fs::Permissions::from_mode(mode)).unwrap();
    close("a.ts", 0o000);
    close("closed", 0o000);
    if fs::read(folder.path().join("a.ts")).is_ok() {
        println!("skipped: permissions do not bind this user");
    } else {
        let repo = folder.open();
        assert_eq!(skipped(&repo), [("a.ts", SkipReason::Unreadable), ("closed", SkipReason::Unreadable)]);
    }
    close("closed", 0o755);
}

#[test]
fn only_a_folder_can_be_opened() {
    let folder = Folder::new(&[("a.ts", "x")]);
    let error = |path: &str| Repo::open(&folder.path().join(path), &WalkOptions::default()).unwrap_err().to_string();
    assert!(error("missing").ends_with("does not exist"));
    assert!(error("a.ts").ends_with("is not a folder"));
    let empty = Folder::new(&[]);
    assert_eq!(empty.open().components().len(), 1);
}

fn components(repo: &Repo) -> Vec<(&str, &str, K)> {
    repo.components().iter().map(|one| (one.path.as_str(), one.name.as_str(), one.kind)).collect()
}

#[test]
fn a_workspace_has_components_and_tests_have_none() {
    let folder = Folder::new(&[
        (
            "package.json",
            r#"{"name": "shop", "private": true, "workspaces": ["apps/*", "packages/*"], "devDependencies": {"typescript": "^5"}}"#,
        ),
        (
            "apps/web/package.json",
            r#"{"name": "@shop/web", "private": true, "dependencies": {"next": "15", "react": "19"}}"#,
        ),
        ("apps/web/app/page.tsx", "export default 1"),
        (
            "apps/api/package.json",
            r#"{"name": "@shop/api", "main": "index.js", "scripts": {"start": "node ."}, "dependencies": {"express": "4", "pg": "8"}}"#,
        ),
        ("apps/api/src/index.ts", "x"),
        (
            "apps/worker/package.json",
            r#"{"name": "@shop/worker", "private": true, "dependencies": {"bullmq": "5", "express": "4"}}"#,
        ),
        (
            "apps/spa/package.json",
            r#"{"name": "@shop/spa", "private": true, "dependencies": {"react-dom": "19"}, "devDependencies": {"vite": "6"}}"#,
        ),
        ("apps/spa/index.html", "<html>"),
        ("packages/db/package.json", r#"{"name": "@shop/db", "private": true, "dependencies": {"drizzle-orm": "1"}}"#),
        (
            "packages/sdk/package.json",
            r#"{"name": "@shop/sdk", "version": "1.0.0", "exports": {".": {"import": "./dist/index.js"}}, "peerDependencies": {"express": "4"}}"#,
        ),
        ("packages/tool/package.json", r#"{"name": "tool", "version": "1.0.0", "bin": {"tool": "./bin/tool.js"}}"#),
        ("packages/tool/bin/tool.js", "x"),
        ("packages/esm/package.json", r#"{"type": "module"}"#),
        (
            "packages/sdk/tests/fixtures/app/package.json",
            r#"{"name": "fixture", "version": "1.0.0", "dependencies": {"express": "4"}}"#,
        ),
        ("examples/basic/package.json", r#"{"name": "basic", "version": "1.0.0", "dependencies": {"express": "4"}}"#),
        ("services/mailer/Dockerfile", "FROM python:3.12"),
        ("services/mailer/main.py", "from flask import Flask"),
        ("docker/nginx/Dockerfile", "FROM nginx"),
        ("docker/nginx/nginx.conf", "x"),
    ]);
    let repo = folder.open();
    assert_eq!(
        components(&repo),
        [
            (".", "shop", K::Root),
            ("apps/api", "@shop/api", K::HttpService),
            ("apps/spa", "@shop/spa", K::WebApp),
            ("apps/web", "@shop/web", K::WebApp),
            ("apps/worker", "@shop/worker", K::Worker),
            ("packages/db", "@shop/db", K::Package),
            ("packages/sdk", "@shop/sdk", K::Library),
            ("packages/tool", "tool", K::Cli),
            ("services/mailer", "mailer", K::Unknown),
        ]
    );
    let owner = |path: &str| repo.component_of(repo.by_path(Utf8Path::new(path)).unwrap().id).path.as_str();
    assert_eq!(owner("apps/api/src/index.ts"), "apps/api");
    assert_eq!(owner("packages/esm/package.json"), ".");
    assert_eq!(owner("examples/basic/package.json"), ".");
    let api = &repo.components()[1];
    let Place::At(file, span) = &api.reasons[0].place else { panic!("a declared dependency has a place") };
    assert_eq!(&repo.read(*file).unwrap()[span.range()], r#""express": "4""#);
    assert_eq!(names(&api.profile.datastores), ["PostgreSQL"]);
    let (manifest, _) = repo.dependency(api.id, "typescript").unwrap();
    assert_eq!(manifest.folder, "", "inherited from the workspace root");
    assert_eq!(repo.by_path(Utf8Path::new("packages/tool/bin/tool.js")).unwrap().role, Role::Source);
    assert_eq!(repo.name(), "shop");
    assert_eq!(names(&repo.profile().frameworks), ["Express", "Next.js", "React"]);
}

#[test]
fn one_manifest_for_several_services() {
    let folder = Folder::new(&[
        (
            "package.json",
            r#"{"name": "platform", "private": true, "dependencies": {"fastify": "5", "bullmq": "5", "pg": "8"}}"#,
        ),
        ("services/api/src/server.ts", "import Fastify from 'fastify'\nimport { Pool } from 'pg'\n"),
        ("services/jobs/src/index.ts", "import { Worker } from 'bullmq'\n"),
        ("services/prices.ts", "export const a = 1\n"),
    ]);
    let expected = [
        (".", "platform", K::HttpService),
        ("services/api", "api", K::HttpService),
        ("services/jobs", "jobs", K::Worker),
    ];
    let repo = folder.open();
    assert_eq!(components(&repo), expected, "the root has code of its own");
    assert_eq!(names(&repo.components()[1].profile.datastores), ["PostgreSQL"]);
    fs::remove_file(folder.path().join("services/prices.ts")).unwrap();
    let repo = folder.open();
    assert_eq!(components(&repo)[0].2, K::Root, "nothing is left to run at the root");
    assert_eq!(repo.dependency(repo.components()[2].id, "pg").unwrap().0.folder, "");
}

#[test]
fn paths_that_the_user_excludes_are_not_there() {
    let folder = Folder::new(&[("a.ts", "x"), ("old/b.ts", "x"), ("old/big.ts", "const a = 1")]);
    let exclude = readiness::model::PathGlobs::new(&["old/**"]).unwrap();
    let repo = folder.open_with(&WalkOptions { exclude, max_file_bytes: 5, ..WalkOptions::default() });
    assert_eq!((paths(&repo), skipped(&repo)), (vec!["a.ts"], vec![]));
}

#[test]
fn python_projects_in_their_dialects() {
    let folder = Folder::new(&[
        (
            "api/pyproject.toml",
            "[project]\nname = \"Api\"\nversion = \"1.0\"\nrequires-python = \">=3.12\"\ndependencies = [\n  \"fastapi>=0.110\",\n  \"SQLAlchemy[asyncio]~=2.0\",\n]\n[dependency-groups]\ndev = [\"pytest\"]\n[tool.uv]\n",
        ),
        (
            "bot/pyproject.toml",
            "[tool.poetry]\nname = \"bot\"\nversion = \"0.1\"\n[tool.poetry.dependencies]\npython = \"^3.12\"\naiogram = \"^3\"\n[tool.poetry.group.dev.dependencies]\nfastapi = \"*\"\n",
        ),
        ("lib/pyproject.toml", "[build-system]\nrequires = [\"hatchling\"]\n[project]\nname = \"lib\"\n"),
        (
            "cli/pyproject.toml",
            "[project]\nname = \"cli\"\ndependencies = [\"typer\"]\n[project.scripts]\nmycli = \"cli.main:app\"\n",
        ),
        ("web/requirements/base.txt", "Django==5.0\n"),
        ("web/requirements/dev.txt", "-r base.txt\npytest\n"),
        ("web/manage.py", "x"),
        ("tooling/pyproject.toml", "[tool.ruff]\nline-length = 100\n"),
        ("docs/requirements.txt", "sphinx\n"),
    ]);
    let repo = folder.open();
    let root = repo.name().to_owned();
    assert_eq!(
        components(&repo),
        [
            (".", root.as_str(), K::Root),
            ("api", "Api", K::HttpService),
            ("bot", "bot", K::Worker),
            ("cli", "cli", K::Cli),
            ("lib", "lib", K::Library),
            ("web", "web", K::HttpService),
        ]
    );
    let api = &repo.components()[1];
    let (_, sqlalchemy) = repo.dependency(api.id, "sqlalchemy").unwrap();
    assert_eq!(sqlalchemy.version.as_deref(), Some("~=2.0"));
    assert!(repo.dependency(api.id, "pytest").unwrap().1.is_dev());
    let web = repo.components().last().unwrap();
    assert!(repo.dependency(web.id, "pytest").unwrap().1.is_dev());
    assert_eq!(names(&api.profile.package_managers), ["uv"]);
}

#[test]
fn other_ecosystems_at_presence_level() {
    let folder = Folder::new(&[
        (
            "go/go.mod",
            "module example.com/x\n\ngo 1.22\n\nrequire (\n\tgithub.com/gin-gonic/gin v1.10.0\n\tgithub.com/lib/pq v1.10.9 // indirect\n)\n",
        ),
        (
            "rust/Cargo.toml",
            "[package]\nname = \"x\"\nversion = \"0.1.0\"\n[dependencies]\naxum = { version = \"0.7\" }\n",
        ),
        ("rust/src/main.rs", "fn main() {}\n"),
        (
            "java/pom.xml",
            "<project><artifactId>shop</artifactId><dependencies><dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency></dependencies></project>",
        ),
        (
            "kotlin/build.gradle.kts",
            "plugins {\n  id(\"io.ktor.plugin\")\n}\ndependencies {\n  implementation(\"io.ktor:ktor-server-netty:2.3.0\")\n  testImplementation(\"a:b:1\")\n}\n",
        ),
        ("php/composer.json", r#"{"name": "a/b", "require": {"php": "^8.2", "laravel/framework": "^11"}}"#),
        ("ruby/Gemfile", "source 'https://example.com'\ngem 'rails', '~> 7.1'\ngroup :test do\n  gem 'rspec'\nend\n"),
    ]);
    let repo = folder.open();
    for component in &repo.components()[1..] {
        assert_eq!(component.kind, K::HttpService, "{}", component.path);
    }
    assert_eq!(names(&repo.profile().frameworks), ["Gin", "Ktor", "Laravel", "Rails", "Spring Boot", "axum"]);
    let ruby = repo.component_of(repo.by_path(Utf8Path::new("ruby/Gemfile")).unwrap().id);
    assert_eq!(repo.dependency(ruby.id, "rails").unwrap().1.version.as_deref(), Some("~> 7.1"));
    assert!(repo.dependency(ruby.id, "rspec").unwrap().1.is_dev());
}

#[test]
fn deployment_is_found_with_its_place() {
    let folder = Folder::new(&[
        ("Dockerfile", "FROM node"),
        ("vercel.json", "{}"),
        ("infra/main.tf", "x"),
        (
            ".github/workflows/deploy.yml",
            "jobs:\n  a:\n    steps:\n      # - run: railway up\n      - run: flyctl deploy\n",
        ),
        ("examples/app/fly.toml", "x"),
    ]);
    let repo = folder.open();
    let targets = &repo.profile().deploy_targets;
    assert_eq!(names(targets), ["Docker", "Fly.io", "Terraform", "Vercel"]);
    let Place::At(file, span) = &targets[1].evidence[0] else { panic!("a command has a place") };
    assert_eq!(&repo.read(*file).unwrap()[span.range()], "flyctl deploy");
    assert!(repo.doc(*file).is_some());
}

#[test]
fn damaged_manifests_are_read_as_far_as_they_go() {
    let folder = Folder::new(&[
        ("package.json", "{\"name\": \"shop\", \"dependencies\": {\"express\": \"4\""),
        ("a/package.json", "[]"),
        ("b/package.json", ""),
        ("c/pyproject.toml", "[project\nname="),
        ("d/pom.xml", "<project><dependencies><dependency>"),
        ("e/requirements.txt", "-r ../../outside.txt\n-r requirements.txt\n===\n\u{feff}\n"),
        ("f/setup.py", "from setuptools import setup\nsetup(install_requires=['a"),
        ("g/Gemfile", "gem '"),
        ("h/go.mod", "require ("),
        // No manifests: a module that happens to be called so, and one that only pins tools.
        ("i/setup.py", "def setup():\n    return form(setup())\n"),
        (
            "j/go.mod",
            "module example.com/tools\n\ntool example.com/format\n\nrequire example.com/format v1.0.0 // indirect\n",
        ),
    ]);
    let repo = folder.open();
    assert_eq!(repo.manifests().len(), 9);
    assert_eq!(repo.name(), "shop");
    assert!(repo.manifests().iter().find(|manifest| manifest.folder == "").unwrap().damaged);
}

#[test]
fn inventory_of_a_corpus() {
    let Ok(corpus) = std::env::var("READINESS_CORPUS") else {
        println!("skipped: READINESS_CORPUS names no folder");
        return;
    };
    let mut roots: Vec<Utf8PathBuf> =
        Utf8Path::new(&corpus).read_dir_utf8().unwrap().map(|entry| entry.unwrap().into_path()).collect();
    roots.sort();
    for root in roots.iter().filter(|root| root.is_dir()) {
        print_inventory(&Repo::open(root, &WalkOptions::default()).unwrap());
    }
}

fn print_inventory(repo: &Repo) {
    println!(
        "\n=== {} ({} files) git {:?} head {:?}",
        repo.name(),
        repo.files().len(),
        repo.git().state(),
        repo.git().head()
    );
    let untracked = repo.files().iter().filter(|file| file.tracked == Some(false)).count();
    println!("untracked {untracked}, skipped {:?}", skipped(repo));
    for component in repo.components() {
        let reasons: Vec<_> = component.reasons.iter().map(|reason| &reason.what).collect();
        let files = repo.files_of(component.id).count();
        println!(
            "component {} {:?} {} files={files} because {reasons:?}",
            component.path,
            component.name,
            component.kind.name()
        );
        let profile = &component.profile;
        println!(
            "    {:?}\n    frameworks {:?} orms {:?} data {:?} deploy {:?} managers {:?}",
            profile.languages.iter().map(|(name, share)| (*name, share.files)).collect::<Vec<_>>(),
            names(&profile.frameworks),
            names(&profile.orms),
            names(&profile.datastores),
            names(&profile.deploy_targets),
            names(&profile.package_managers)
        );
    }
    let mut roles: BTreeMap<(Role, FileKind), Vec<&str>> = BTreeMap::new();
    for file in repo.files() {
        roles.entry((file.role, file.kind)).or_default().push(file.path.as_str());
    }
    let shown = if std::env::var("READINESS_ALL").is_ok() { usize::MAX } else { 12 };
    for ((role, kind), files) in roles {
        println!(
            "  {role:?}/{kind:?} {}: {}",
            files.len(),
            files.iter().take(shown).copied().collect::<Vec<_>>().join(" ")
        );
    }
}
