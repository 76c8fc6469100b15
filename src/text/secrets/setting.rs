//! What a path says about its content: how literals are written there, and whether they are meant to be real.

use camino::Utf8Path;

/// Whether a file's secrets are likely real.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Setting {
    /// Code and configuration that runs.
    Real,
    Test,
    /// Prose about the program.
    Docs,
    /// Files to be copied and filled in.
    Example,
    /// Lock files, bundles, maps and snapshots: full of hashes that somebody else wrote.
    Generated,
    /// Translated interface strings.
    Locale,
}

/// How literal values are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Syntax {
    /// Strings have quotes, anything else is an expression.
    Code,
    /// A value runs to the end of its line: dotenv, properties, INI, YAML.
    Lines,
    /// A value ends at white space: shell, Dockerfile.
    Shell,
    /// Text, or a format that is not known.
    Prose,
}

const TEST_FOLDERS: &[&str] = &[
    "t",
    "test",
    "tests",
    "__tests__",
    "spec",
    "specs",
    "e2e",
    "cypress",
    "fixture",
    "fixtures",
    "__fixtures__",
    "testdata",
    "testing",
    "mock",
    "mocks",
    "__mocks__",
    "stories",
    "testutils",
    "test-utils",
    "integration-tests",
    "unit-tests",
    "benchmark",
    "benchmarks",
];
const DOCS_FOLDERS: &[&str] = &["doc", "docs", "documentation", "website"];
const EXAMPLE_FOLDERS: &[&str] =
    &["example", "examples", "sample", "samples", "demo", "demos", "tutorial", "tutorials"];
const LOCALE_FOLDERS: &[&str] = &["i18n", "lang", "langs", "locale", "locales", "translations", "intl"];
const GENERATED_FOLDERS: &[&str] =
    &["node_modules", "vendor", "dist", "third_party", "site-packages", "__snapshots__", ".next"];
const LOCK_FILES: &[&str] = &[
    "bun.lock",
    "cargo.lock",
    "composer.lock",
    "deno.lock",
    "flake.lock",
    "gemfile.lock",
    "go.sum",
    "go.work.sum",
    "npm-shrinkwrap.json",
    "package-lock.json",
    "package.resolved",
    "packages.lock.json",
    "pdm.lock",
    "pipfile.lock",
    "pnpm-lock.yaml",
    "podfile.lock",
    "poetry.lock",
    "pubspec.lock",
    "uv.lock",
    "yarn.lock",
];

/// The setting that a path tells; the file name outweighs its folders.
pub(super) fn setting(path: &Utf8Path) -> Setting {
    let lower = path.as_str().to_ascii_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let part = |marks: &[&str]| name.split(['.', '-', '_']).any(|part| marks.contains(&part));
    let folder = |marks: &[&str]| folders.split('/').any(|folder| marks.contains(&folder));
    if LOCK_FILES.contains(&name)
        || matches!(extension, "lock" | "map" | "snap" | "svg" | "ipynb" | "patch" | "diff")
        || name.contains(".min.")
        || folder(GENERATED_FOLDERS)
    {
        Setting::Generated
    } else if part(&["example", "examples", "sample", "template", "tmpl", "tpl", "dist"]) {
        Setting::Example
    } else if folder(LOCALE_FOLDERS) || matches!(extension, "po" | "pot" | "xlf" | "xliff" | "arb") {
        Setting::Locale
    } else if folder(TEST_FOLDERS)
        || part(&["test", "tests", "spec", "stories", "fixture", "fixtures", "mock", "mocks", "conftest"])
        || name.contains("tests.")
    {
        Setting::Test
    } else if folder(EXAMPLE_FOLDERS) {
        Setting::Example
    } else if folder(DOCS_FOLDERS) || matches!(extension, "md" | "mdx" | "rst" | "adoc" | "markdown") {
        Setting::Docs
    } else {
        Setting::Real
    }
}

/// How the file at `path` writes its values.
pub(super) fn syntax(path: &Utf8Path) -> Syntax {
    let name = path.file_name().unwrap_or_default().to_ascii_lowercase();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    if name.starts_with(".env") || name.starts_with("env.") || extension == "env" || name.ends_with("rc") {
        return Syntax::Lines;
    }
    if name.starts_with("dockerfile")
        || name.ends_with("dockerfile")
        || name.starts_with("containerfile")
        || name == "makefile"
        || name == "procfile"
    {
        return Syntax::Shell;
    }
    match extension {
        "yml" | "yaml" | "properties" | "ini" | "cfg" | "conf" | "config" | "env" | "toml" | "cnf" | "netrc"
        | "tfvars" => Syntax::Lines,
        "sh" | "bash" | "zsh" | "fish" | "ps1" | "bat" | "cmd" | "mk" | "service" => Syntax::Shell,
        "md" | "mdx" | "rst" | "adoc" | "txt" | "markdown" | "log" | "" => Syntax::Prose,
        _ => Syntax::Code,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_tell_their_setting() {
        for (path, expected) in [
            ("src/app.ts", Setting::Real),
            ("src/app.test.ts", Setting::Test),
            ("tests/test_auth.py", Setting::Test),
            ("README.md", Setting::Docs),
            (".env.example", Setting::Example),
            ("env.production.example", Setting::Example),
            (".env.production", Setting::Real),
            ("package-lock.json", Setting::Generated),
            ("app/locales/en.json", Setting::Locale),
            ("src/latest.ts", Setting::Real),
        ] {
            assert_eq!(setting(Utf8Path::new(path)), expected, "{path}");
        }
    }
}
