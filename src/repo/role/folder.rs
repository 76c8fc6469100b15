//! What the folders above a file say about its role.

use camino::{Utf8Path, Utf8PathBuf};

use super::{Role, Surroundings};
use crate::repo::{FileKind, kind};

/// The strongest role that the folders above `path` suggest.
pub(super) fn by_folders(path: &Utf8Path, kind: FileKind, around: &Surroundings) -> Option<Role> {
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
            grandparent: prefix.parent().and_then(Utf8Path::file_name).unwrap_or_default(),
            package: around.is_anchor(&prefix.join(segment)),
            anchored: around.is_anchor(&prefix),
            code: matches!(kind, FileKind::Code | FileKind::OtherCode),
        };
        let mut role = place.certain();
        if role.is_none() && !java_main {
            // What was put aside, beside a manifest of another language than its own.
            let aside = matches!(place.name, "old" | "_old" | "archived" | "_archived")
                && around.is_package(&prefix)
                && around.lacks_manifest(path);
            let weak = place.likely().or(aside.then_some(Role::Example));
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
    grandparent: &'p str,
    /// With a manifest of its own.
    package: bool,
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
            "_vendor" | "_vendored" => Role::Vendored,
            "releases" | "plugins" | "sdks" if self.parent == ".yarn" => Role::Vendored,
            "wrapper" if matches!(self.parent, ".mvn" | "gradle") => Role::Vendored,
            "__generated__" | "storybook-static" | "playwright-report" | "test-results" | "htmlcov"
            | "allure-report" | ".next" | ".nuxt" | ".svelte-kit" | "allure-results" | ".nyc_output" => Role::Generated,
            name if name.ends_with(".egg-info") => Role::Generated,
            "__tests__" | "__test__" | "__e2e__" | "__mocks__" | "__fixtures__" | "__snapshots__" | "cypress"
            | "testdata" | "test-data" | "test_data" | "test-utils" | "test_utils" | "testutils" | "testutil"
            | "test-helpers" | "test_helpers" | "load-tests" | "load_tests" | "loadtest" | "loadtests" | "k6"
            | "androidtest" => Role::Test,
            "testfixtures" | "integrationtest" | "inttest" | "it" | "functionaltest" if self.parent == "src" => {
                Role::Test
            }
            name if name.ends_with("-e2e") || name.ends_with("-tests") || name.ends_with("_tests") => Role::Test,
            // A package of a workspace that measures the others.
            "bench" | "benchmark" | "benchmarks" if self.package => Role::Test,
            ".storybook" | "__stories__" => Role::Story,
            ".husky" | ".githooks" => Role::Script,
            "commands" if self.parent == "management" => Role::Script,
            ".github" | ".depot" | ".forgejo" | ".gitea" | ".gitlab" | ".circleci" | ".vscode" | ".idea"
            | ".devcontainer" => Role::Config,
            ".claude" | ".cursor" | ".windsurf" | ".kiro" | ".clinerules" => Role::Docs,
            _ => return None,
        })
    }

    /// Names that usually mean it, unless they are part of a URL or of a package's own name space.
    fn likely(&self) -> Option<Role> {
        let served = matches!(self.parent, "public" | "static" | "assets" | "wwwroot" | "resources");
        Some(match self.name {
            "test" | "tests" | "unittests" | "unit_tests" | "e2e" | "fixtures" | "mocks" | "benches" => Role::Test,
            "spec" | "specs" | "features" if self.code && self.anchored => Role::Test,
            name if self.anchored && (name.starts_with("tests-") || name.starts_with("tests_")) => Role::Test,
            "testing" | "playwright" | "perf" | "bench" | "benchmark" | "benchmarks" | "fuzz" | "mock"
            | "acceptance"
                if self.anchored =>
            {
                Role::Test
            }
            "vendor" if self.anchored || matches!(self.parent, "lib" | "public" | "static" | "assets" | "js") => {
                Role::Vendored
            }
            // No thing of a product is called so; a vendor may be one.
            "vendored" if self.code => Role::Vendored,
            "lib" | "libs" | "vendors" | "plugins" if served && self.parent != "resources" => Role::Vendored,
            // What a page loads as it is has no sources of its own below a folder for libraries.
            "lib" | "libs" | "vendor" | "vendors"
                if matches!(self.parent, "js" | "javascript" | "javascripts" | "scripts")
                    && matches!(self.grandparent, "static" | "public" | "wwwroot") =>
            {
                Role::Vendored
            }
            "generated" | "dist" => Role::Generated,
            "coverage" | "target" | "obj" if self.anchored => Role::Generated,
            "stories" if self.anchored || self.parent == "src" => Role::Story,
            "examples" | "example" | "samples" | "sample" | "demo" | "demos" | "playground" | "playgrounds"
            | "sandbox" | "sandboxes" | "starters" | "cookbook" | "snippets"
                if self.anchored =>
            {
                Role::Example
            }
            "scripts" | "script" | "seeds" | "seeders" | "seed" if !served => Role::Script,
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
