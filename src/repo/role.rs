//! What a file plays in the repository: shipped source, test, script, and so on.
//!
//! A folder's name is weak evidence: `test/` holds tests, but below a file-system router it is a URL, and `src/tools/`
//! is as often part of a product. So weak names count only where they are anchored: directly below the root or
//! below a folder with a manifest of its own, and never when they are a route.

use camino::{Utf8Path, Utf8PathBuf};
use rustc_hash::FxHashSet;
use serde::Deserialize;

use super::{FileKind, kind};

/// What a file plays in the repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// What ships and runs.
    Source,
    Test,
    /// Run by people or pipelines: seeds, one-off tools, shell scripts.
    Script,
    Config,
    Docs,
    Example,
    /// Written by a program.
    Generated,
    /// Written elsewhere and copied in.
    Vendored,
    Migration,
    /// A component's showcase.
    Story,
}

impl Role {
    pub const ALL: &[Self] = &[
        Self::Source,
        Self::Test,
        Self::Script,
        Self::Config,
        Self::Docs,
        Self::Example,
        Self::Generated,
        Self::Vendored,
        Self::Migration,
        Self::Story,
    ];

    /// Whether the file takes part in building, configuring or running the product: no test, example, document or
    /// copy of somebody else's work.
    pub fn is_operational(self) -> bool {
        matches!(self, Self::Source | Self::Script | Self::Config | Self::Migration)
    }

    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Test => "test",
            Self::Script => "script",
            Self::Config => "config",
            Self::Docs => "docs",
            Self::Example => "example",
            Self::Generated => "generated",
            Self::Vendored => "vendored",
            Self::Migration => "migration",
            Self::Story => "story",
        }
    }
}

/// What the whole list of files says about folders.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    /// Folders with a manifest of their own.
    packages: FxHashSet<Utf8PathBuf>,
    /// Folders that are parts of a URL.
    routes: FxHashSet<Utf8PathBuf>,
    /// `build` and `out` folders that hold what a bundler writes.
    outputs: FxHashSet<Utf8PathBuf>,
    /// Folders with at least one step of a schema's history.
    histories: FxHashSet<Utf8PathBuf>,
    /// Folders with a `Chart.yaml`.
    charts: FxHashSet<Utf8PathBuf>,
}

impl Surroundings {
    pub(super) fn of<'p>(paths: impl Iterator<Item = &'p Utf8Path> + Clone) -> Self {
        let mut found = Self::default();
        for path in paths.clone() {
            found.note_manifest(path);
        }
        for path in paths {
            found.note_route(path);
            found.note_output(path);
            if kind::of_path(path) == Some(FileKind::Migration)
                && let Some(folder) = kind::history(path)
            {
                found.histories.insert(folder.to_owned());
            }
        }
        found
    }

    /// Whether `folder` is the root or has a manifest of its own.
    fn is_anchor(&self, folder: &Utf8Path) -> bool {
        folder.as_str().is_empty() || self.packages.contains(folder)
    }

    fn note_manifest(&mut self, path: &Utf8Path) {
        let folder = path.parent().unwrap_or_else(|| Utf8Path::new(""));
        match path.file_name().unwrap_or_default() {
            "package.json" | "pyproject.toml" | "requirements.txt" | "setup.py" | "go.mod" | "Cargo.toml"
            | "pom.xml" | "build.gradle" | "build.gradle.kts" | "composer.json" | "Gemfile" | "deno.json" => {
                self.packages.insert(folder.to_owned());
            }
            "Chart.yaml" => {
                self.charts.insert(folder.to_owned());
            }
            _ => {}
        }
    }

    /// The file names of the routers that map folders to URLs: Next.js, SvelteKit, and any `pages` folder.
    fn note_route(&mut self, path: &Utf8Path) {
        let extension = path.extension().unwrap_or_default();
        if !matches!(extension, "ts" | "tsx" | "js" | "jsx" | "mdx" | "vue" | "svelte" | "astro") {
            return;
        }
        let stem = path.file_name().unwrap_or_default().split('.').next().unwrap_or_default();
        let special =
            matches!(stem, "page" | "route" | "layout" | "loading" | "template" | "+page" | "+server" | "+layout");
        let mut prefix = Utf8PathBuf::new();
        let mut below: Option<bool> = None;
        for segment in path.parent().into_iter().flatten() {
            let anchored = self.is_anchor(&prefix) || prefix.file_name() == Some("src");
            prefix.push(segment);
            if below.is_some() {
                self.routes.insert(prefix.clone());
                continue;
            }
            below = match segment {
                "app" | "routes" if special => Some(true),
                "pages" if anchored => Some(true),
                _ => None,
            };
        }
    }

    fn note_output(&mut self, path: &Utf8Path) {
        let name = path.file_name().unwrap_or_default();
        let built = name == "index.html"
            || name == "asset-manifest.json"
            || name.ends_with(".map")
            || name.ends_with(".d.ts")
            || name.ends_with(".min.js")
            || path.as_str().contains("/_next/");
        if !built {
            return;
        }
        for folder in path.ancestors().skip(1).take(4) {
            let anchored = folder.parent().is_some_and(|parent| {
                self.is_anchor(parent) || matches!(parent.file_name(), Some("public" | "static"))
            });
            if matches!(folder.file_name(), Some("build" | "out")) && anchored {
                self.outputs.insert(folder.to_owned());
            }
        }
    }

    /// The kind of a file that belongs to a chart.
    pub(super) fn helm(&self, path: &Utf8Path, kind: FileKind) -> FileKind {
        let yaml = matches!(path.extension(), Some("yaml" | "yml" | "tpl" | "json"));
        if self.charts.is_empty() || !yaml {
            return kind;
        }
        let mut folders = path.ancestors().skip(1);
        let direct = folders.next().unwrap_or_else(|| Utf8Path::new(""));
        let name = path.file_name().unwrap_or_default();
        if name.starts_with("values") && self.charts.contains(direct) {
            return FileKind::HelmValues;
        }
        let template = path
            .ancestors()
            .skip(1)
            .any(|at| at.file_name() == Some("templates") && at.parent().is_some_and(|p| self.charts.contains(p)));
        if template { FileKind::HelmTemplate } else { kind }
    }
}

/// What the file's own beginning says.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Signals {
    pub(super) generated: bool,
    pub(super) minified: bool,
}

/// The role of a file.
pub(super) fn of(path: &Utf8Path, kind: FileKind, signals: Signals, around: &Surroundings) -> Role {
    let folder = by_folders(path, kind, around);
    let name = by_name(path, kind, around);
    let strongest = [Role::Vendored, Role::Generated, Role::Test, Role::Story, Role::Example];
    if let Some(role) = strongest.into_iter().find(|role| folder == Some(*role) || name == Some(*role)) {
        return role;
    }
    if signals.generated && kind != FileKind::Migration {
        return Role::Generated;
    }
    if signals.minified {
        let served =
            path.ancestors().any(|at| matches!(at.file_name(), Some("public" | "static" | "assets" | "wwwroot")));
        return if served { Role::Vendored } else { Role::Generated };
    }
    if kind == FileKind::Migration {
        return Role::Migration;
    }
    // A configuration file is one wherever it lies: a Dockerfile below `scripts/` still builds an image.
    if let Some(role) = by_kind(path, kind) {
        return role;
    }
    folder.or(name).unwrap_or_else(|| otherwise(path, kind))
}

/// The role that the folders above `path` give to anything in them; `None` for shipped code.
pub(super) fn of_folder(path: &Utf8Path, around: &Surroundings) -> Option<Role> {
    by_folders(path, FileKind::Data, around)
}

fn by_folders(path: &Utf8Path, kind: FileKind, around: &Surroundings) -> Option<Role> {
    const PRECEDENCE: [Role; 9] = [
        Role::Vendored,
        Role::Generated,
        Role::Test,
        Role::Story,
        Role::Example,
        Role::Migration,
        Role::Docs,
        Role::Script,
        Role::Config,
    ];
    let mut found: Option<Role> = None;
    let rank = |role: Role| PRECEDENCE.iter().position(|other| *other == role).unwrap_or(PRECEDENCE.len());
    let mut prefix = Utf8PathBuf::new();
    let mut java_main = false;
    for segment in path.parent()? {
        let name = segment.to_ascii_lowercase();
        let place = Place {
            name: &name,
            parent: prefix.file_name().unwrap_or_default(),
            anchored: around.is_anchor(&prefix),
            code: matches!(kind, FileKind::Code | FileKind::OtherCode),
        };
        let mut role = place.certain();
        if role.is_none() && !java_main {
            let weak = place.likely();
            let here = prefix.join(segment);
            let output = weak.is_none() && around.outputs.contains(&here);
            role = if around.routes.contains(&here) { None } else { weak.or(output.then_some(Role::Generated)) };
        }
        java_main |= name == "main" && place.parent == "src";
        found = match (found, role) {
            (Some(old), Some(new)) if rank(old) <= rank(new) => Some(old),
            (old, new) => new.or(old),
        };
        prefix.push(segment);
    }
    // A component about migrations is no history of the schema: only folders with dated steps count.
    let migration = kind::history(path).is_some_and(|folder| around.histories.contains(folder));
    match found {
        Some(role) if !migration || rank(role) < rank(Role::Migration) => Some(role),
        _ => migration.then_some(Role::Migration),
    }
}

/// A folder on the way to a file.
struct Place<'p> {
    name: &'p str,
    parent: &'p str,
    /// Directly below the root or below a folder with a manifest.
    anchored: bool,
    code: bool,
}

impl Place<'_> {
    /// Names that mean the same thing everywhere.
    fn certain(&self) -> Option<Role> {
        Some(match self.name {
            "node_modules" | "bower_components" | "third_party" | "third-party" | "thirdparty" | "site-packages" => {
                Role::Vendored
            }
            "releases" | "plugins" | "sdks" if self.parent == ".yarn" => Role::Vendored,
            "wrapper" if matches!(self.parent, ".mvn" | "gradle") => Role::Vendored,
            "__generated__" | "storybook-static" | "playwright-report" | "test-results" | "htmlcov"
            | "allure-report" | ".next" | ".nuxt" | ".svelte-kit" | "allure-results" | ".nyc_output" => Role::Generated,
            name if name.ends_with(".egg-info") => Role::Generated,
            "__tests__" | "__test__" | "__mocks__" | "__fixtures__" | "__snapshots__" | "cypress" | "testdata"
            | "test-data" | "test_data" | "test-utils" | "test_utils" | "testutils" | "testutil" | "test-helpers"
            | "test_helpers" | "load-tests" | "load_tests" | "loadtest" | "loadtests" | "k6" | "androidtest" => {
                Role::Test
            }
            "testfixtures" | "integrationtest" | "inttest" | "it" | "functionaltest" if self.parent == "src" => {
                Role::Test
            }
            name if name.ends_with("-e2e") || name.ends_with("-tests") || name.ends_with("_tests") => Role::Test,
            ".storybook" | "__stories__" => Role::Story,
            ".husky" | ".githooks" => Role::Script,
            "commands" if self.parent == "management" => Role::Script,
            ".github" | ".gitlab" | ".circleci" | ".vscode" | ".idea" | ".devcontainer" => Role::Config,
            ".claude" | ".cursor" | ".windsurf" | ".kiro" | ".clinerules" => Role::Docs,
            _ => return None,
        })
    }

    /// Names that usually mean it, unless they are part of a URL or of a package's own name space.
    fn likely(&self) -> Option<Role> {
        let served = matches!(self.parent, "public" | "static" | "assets" | "wwwroot" | "resources");
        Some(match self.name {
            "test" | "tests" | "e2e" | "fixtures" | "mocks" | "benches" => Role::Test,
            "spec" | "specs" | "features" if self.code && self.anchored => Role::Test,
            "testing" | "playwright" | "perf" | "bench" | "benchmark" | "benchmarks" | "fuzz" | "mock"
            | "acceptance"
                if self.anchored =>
            {
                Role::Test
            }
            "vendor" if self.anchored || matches!(self.parent, "lib" | "public" | "static" | "assets" | "js") => {
                Role::Vendored
            }
            "lib" | "libs" | "vendors" | "plugins" if served && self.parent != "resources" => Role::Vendored,
            "generated" | "dist" => Role::Generated,
            "coverage" | "target" | "obj" if self.anchored => Role::Generated,
            "stories" if self.anchored || self.parent == "src" => Role::Story,
            "examples" | "example" | "samples" | "sample" | "demo" | "demos" | "playground" | "playgrounds"
            | "sandbox" | "sandboxes" | "starters" | "cookbook" | "snippets"
                if self.anchored =>
            {
                Role::Example
            }
            "scripts" | "script" if !served => Role::Script,
            "seeds" | "seeders" | "seed" if !served => Role::Script,
            "bin" | "tools" | "tool" | "tooling" | "hack" | "dev" | "devtools" | "misc" | "util-scripts"
                if self.anchored =>
            {
                Role::Script
            }
            "docs" | "doc" | "documentation" if self.anchored || !self.code => Role::Docs,
            _ => return None,
        })
    }
}

fn by_name(path: &Utf8Path, kind: FileKind, around: &Surroundings) -> Option<Role> {
    let file = path.file_name()?;
    let name = file.to_ascii_lowercase();
    let code = matches!(kind, FileKind::Code | FileKind::OtherCode);
    if vendored_name(&name) {
        return Some(Role::Vendored);
    }
    if generated_name(&name) {
        return Some(Role::Generated);
    }
    if test_name(file, &name, code) {
        return Some(Role::Test);
    }
    let has = |part: &str| name.split('.').skip(1).any(|piece| piece == part);
    if code && (has("stories") || has("story")) || name.ends_with(".stories.mdx") {
        return Some(Role::Story);
    }
    let parent = path.parent().unwrap_or_else(|| Utf8Path::new(""));
    let anchored = around.is_anchor(parent);
    if config_name(&name, code) {
        return Some(Role::Config);
    }
    if is_seed(&name) || (anchored && one_off(&name, kind)) {
        return Some(Role::Script);
    }
    None
}

fn vendored_name(name: &str) -> bool {
    matches!(name, "mvnw" | "mvnw.cmd" | "gradlew" | "gradlew.bat")
        || ((name.ends_with(".js") || name.ends_with(".css"))
            && ["jquery", "bootstrap."].iter().any(|library| name.starts_with(library))
            && name.contains(".min."))
}

fn generated_name(name: &str) -> bool {
    let has = |part: &str| name.split('.').skip(1).any(|piece| piece == part);
    has("gen")
        || has("generated")
        || has("min")
        || (has("bundle") && name.ends_with(".js"))
        || name.ends_with(".designer.cs")
        || name.ends_with(".map")
        || [".pb.go", ".pb.ts", ".pb.js", ".g.dart", ".freezed.dart", ".g.cs", "_pb2.py", "_pb2.pyi", "_pb2_grpc.py"]
            .iter()
            .any(|end| name.ends_with(end))
        || ["_pb.js", "_pb.d.ts", "_pb.ts"].iter().any(|end| name.ends_with(end))
        || name == "next-env.d.ts"
}

fn test_name(file: &str, name: &str, code: bool) -> bool {
    const PARTS: &[&str] = &[
        "test",
        "tests",
        "spec",
        "specs",
        "e2e",
        "cy",
        "e2e-spec",
        "integration",
        "bench",
        "mock",
        "mocks",
        "fixture",
    ];
    if name.ends_with(".snap") || name.ends_with(".feature") {
        return true;
    }
    if !code {
        return false;
    }
    let pieces: Vec<&str> = name.split('.').collect();
    let stem = pieces[0];
    // The last piece is the extension, so `test.ts` has a stem and no marker.
    let marked = pieces.len() > 2 && pieces[1..pieces.len() - 1].iter().any(|piece| PARTS.contains(piece));
    let python = name.ends_with(".py");
    let original = file.split('.').next().unwrap_or_default();
    let class = name.ends_with(".java") || name.ends_with(".kt") || name.ends_with(".cs") || name.ends_with(".php");
    marked
        || matches!(name, "conftest.py" | "tests.py" | "noxfile.py")
        || (python && stem.starts_with("test_"))
        || stem.ends_with("_test")
        || (name.ends_with(".rb") && stem.ends_with("_spec"))
        || (class && ["Test", "Tests", "TestCase", "IT", "Spec"].iter().any(|end| original.ends_with(end)))
        || matches!(stem, "setuptests" | "setup-tests" | "test-setup" | "test-utils" | "test_utils" | "jest-setup")
        || (pieces.len() > 2 && matches!(stem, "jest" | "vitest" | "playwright") && pieces[1].contains("setup"))
}

fn config_name(name: &str, code: bool) -> bool {
    let pieces: Vec<&str> = name.split('.').filter(|piece| !piece.is_empty()).collect();
    let Some((extension, before)) = pieces.split_last() else { return false };
    let hidden_rc = name.starts_with('.') && (pieces[0].ends_with("rc") || pieces[0].ends_with("ignore"));
    // `vite.config.ts`, `jest.integration.config.js`, but not NestJS's `database.config.ts`: that one ships.
    let tool_config = before.len() > 1 && before.contains(&"config") && TOOLS.contains(&before[0]);
    hidden_rc
        || (code && tool_config)
        || (code && before.len() > 1 && before[1] == "shims")
        || matches!(name, "gulpfile.js" | "gruntfile.js" | "setup.py" | "dangerfile.ts" | "fabfile.py" | "noxfile.py")
        || (*extension == "js"
            && matches!(before.first(), Some(&"karma" | &"wdio" | &"protractor"))
            && before.len() > 1)
}

/// Tools that keep their configuration in `<tool>.config.<extension>`.
const TOOLS: &[&str] = &[
    "astro",
    "ava",
    "babel",
    "biome",
    "capacitor",
    "codegen",
    "commitlint",
    "craco",
    "cypress",
    "docusaurus",
    "drizzle",
    "electron",
    "esbuild",
    "eslint",
    "farm",
    "gatsby-config",
    "graphql",
    "i18next",
    "jest",
    "karma",
    "knip",
    "lint-staged",
    "lingui",
    "metro",
    "next",
    "next-i18next",
    "next-sitemap",
    "nuxt",
    "orval",
    "pkgroll",
    "playwright",
    "pm2",
    "postcss",
    "prettier",
    "prisma",
    "quasar",
    "react-native",
    "react-router",
    "remix",
    "release",
    "rolldown",
    "rollup",
    "rsbuild",
    "rspack",
    "sanity",
    "semantic-release",
    "snowpack",
    "stencil",
    "storybook",
    "stylelint",
    "svelte",
    "svgo",
    "swc",
    "syncpack",
    "tailwind",
    "taskfile",
    "trigger",
    "tsdown",
    "tsup",
    "turbo",
    "typedoc",
    "uno",
    "unocss",
    "vite",
    "vitepress",
    "vitest",
    "vue",
    "wdio",
    "webpack",
    "windi",
    "wxt",
    "ecosystem",
    "panda",
    "size-limit",
    "openapi-ts",
    "checkly",
    "artillery",
    "vike",
    "content-collections",
    "contentlayer",
    "velite",
    "bundlesize",
    "plop",
    "hardhat",
    "truffle",
    "forge",
];

fn is_seed(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    let code = [".ts", ".js", ".mjs", ".cjs", ".py", ".sql", ".rb"].iter().any(|end| name.ends_with(end));
    code && (stem == "seed"
        || stem == "seeds"
        || stem == "seeder"
        || stem.starts_with("seed-")
        || stem.starts_with("seed_")
        || name.contains(".seed."))
}

/// Verbs at the start of a tool's name beside a package's manifest: `fix-versions.sql`, `verify_security.py`.
fn one_off(name: &str, kind: FileKind) -> bool {
    const VERBS: &[&str] = &[
        "analyze",
        "backfill",
        "benchmark",
        "check",
        "cleanup",
        "clean",
        "convert",
        "debug",
        "demo",
        "deploy",
        "download",
        "export",
        "fix",
        "generate",
        "import",
        "migrate",
        "populate",
        "reset",
        "run",
        "setup",
        "simulate",
        "test",
        "update",
        "validate",
        "verify",
    ];
    let stem = name.split('.').next().unwrap_or_default();
    let Some((verb, rest)) = stem.split_once(['-', '_']) else { return name == "manage.py" };
    matches!(kind, FileKind::Code | FileKind::Sql | FileKind::OtherCode) && !rest.is_empty() && VERBS.contains(&verb)
}

/// The role of a file whose kind decides it.
fn by_kind(path: &Utf8Path, kind: FileKind) -> Option<Role> {
    Some(match kind {
        FileKind::Dockerfile
        | FileKind::Dockerignore
        | FileKind::Compose
        | FileKind::Workflow
        | FileKind::Action
        | FileKind::GitlabCi
        | FileKind::OtherCi
        | FileKind::Kubernetes
        | FileKind::HelmChart
        | FileKind::HelmTemplate
        | FileKind::HelmValues
        | FileKind::Kustomize
        | FileKind::Terraform
        | FileKind::Env
        | FileKind::EnvExample
        | FileKind::Gitignore
        | FileKind::PackageJson
        | FileKind::Workspace
        | FileKind::Pyproject
        | FileKind::Requirements
        | FileKind::Pipfile
        | FileKind::SetupCfg
        | FileKind::GoMod
        | FileKind::CargoToml
        | FileKind::Pom
        | FileKind::Gradle
        | FileKind::ComposerJson
        | FileKind::Gemfile
        | FileKind::TaskRunner
        | FileKind::Platform => Role::Config,
        FileKind::Migration => Role::Migration,
        FileKind::Lockfile => Role::Generated,
        // What a container starts with is part of the product.
        FileKind::Shell => {
            let name = path.file_stem().unwrap_or_default().to_ascii_lowercase();
            if name.contains("entrypoint")
                || name == "start"
                || name.starts_with("start-")
                || name.starts_with("start_")
            {
                Role::Source
            } else {
                Role::Script
            }
        }
        _ => return None,
    })
}

/// The role of a file in an ordinary folder with an ordinary name.
fn otherwise(path: &Utf8Path, kind: FileKind) -> Role {
    match kind {
        FileKind::Markdown => Role::Docs,
        FileKind::Text => {
            let name = path.file_name().unwrap_or_default();
            if name == "robots.txt" || path.parent().is_some_and(|parent| parent.as_str().contains("public")) {
                Role::Source
            } else {
                Role::Docs
            }
        }
        FileKind::Data => match path.extension() {
            Some("json" | "csv" | "tsv" | "ndjson" | "jsonl" | "geojson" | "po" | "pot" | "xlf" | "resx" | "plist") => {
                let at_root = path.parent().is_none_or(|parent| parent.as_str().is_empty());
                let tool = path.file_name().is_some_and(|name| name.starts_with("tsconfig") || name.starts_with('.'));
                if at_root || tool { Role::Config } else { Role::Source }
            }
            _ => Role::Config,
        },
        _ => Role::Source,
    }
}
