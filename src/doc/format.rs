//! Which file is in which format.

use camino::Utf8Path;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    Yaml,
    /// Strict: comments and trailing commas are read, but are errors.
    Json,
    /// With comments and trailing commas; JSON5 passes too.
    Jsonc,
    Toml,
    Dotenv,
    Ini,
    Properties,
    Xml,
}

impl Format {
    /// Whether a text can break the format; of the others every line stands for itself.
    pub fn has_grammar(self) -> bool {
        !matches!(self, Self::Dotenv | Self::Ini | Self::Properties)
    }
}

/// Names whose extension says nothing, or something else. Lower case.
const NAMES: &[(&str, Format)] = &[
    (".babelrc", Format::Jsonc),
    (".coveragerc", Format::Ini),
    (".editorconfig", Format::Ini),
    (".eslintrc", Format::Jsonc),
    (".flake8", Format::Ini),
    (".flaskenv", Format::Dotenv),
    (".gitconfig", Format::Ini),
    (".gitmodules", Format::Ini),
    (".jshintrc", Format::Jsonc),
    (".lintstagedrc", Format::Yaml),
    (".npmrc", Format::Ini),
    (".nycrc", Format::Jsonc),
    (".prettierrc", Format::Yaml),
    (".pylintrc", Format::Ini),
    (".releaserc", Format::Yaml),
    (".renovaterc", Format::Jsonc),
    (".sentryclirc", Format::Ini),
    (".stylelintrc", Format::Yaml),
    (".swcrc", Format::Jsonc),
    ("angular.json", Format::Jsonc),
    ("api-extractor.json", Format::Jsonc),
    ("babel.config.json", Format::Jsonc),
    ("biome.json", Format::Jsonc),
    ("cargo.lock", Format::Toml),
    ("composer.lock", Format::Json),
    ("deno.json", Format::Jsonc),
    ("devcontainer.json", Format::Jsonc),
    (".devcontainer.json", Format::Jsonc),
    (".eslintrc.json", Format::Jsonc),
    ("nx.json", Format::Jsonc),
    ("pdm.lock", Format::Toml),
    ("pipfile", Format::Toml),
    ("pipfile.lock", Format::Json),
    ("poetry.lock", Format::Toml),
    ("turbo.json", Format::Jsonc),
    ("typedoc.json", Format::Jsonc),
    ("uv.lock", Format::Toml),
    ("wrangler.json", Format::Jsonc),
];

/// Endings of `env.…` that mark a list of variables rather than a program.
const ENV_KINDS: &[&str] = &[
    "ci",
    "default",
    "defaults",
    "dev",
    "development",
    "dist",
    "docker",
    "example",
    "local",
    "prod",
    "production",
    "sample",
    "staging",
    "template",
    "test",
];

/// The format of a file by its name and folder; `None` for anything that is not configuration.
pub fn format_of(path: &Utf8Path) -> Option<Format> {
    let name = path.file_name()?.to_ascii_lowercase();
    if let Some((_, format)) = NAMES.iter().find(|(known, _)| *known == name) {
        return Some(*format);
    }
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    match extension {
        Some("yaml" | "yml" | "cff") => Some(Format::Yaml),
        Some("json") if is_jsonc(path, &name) => Some(Format::Jsonc),
        Some("json" | "webmanifest") => Some(Format::Json),
        Some("jsonc" | "json5" | "code-workspace") => Some(Format::Jsonc),
        Some("toml") => Some(Format::Toml),
        Some("ini" | "cfg") => Some(Format::Ini),
        Some("properties") => Some(Format::Properties),
        Some("xml" | "csproj" | "fsproj" | "vbproj" | "props" | "targets" | "plist" | "config") => Some(Format::Xml),
        _ if is_dotenv(&name) => Some(Format::Dotenv),
        _ => None,
    }
}

/// Compilers and editors read their own `.json` files with comments.
fn is_jsonc(path: &Utf8Path, name: &str) -> bool {
    name.starts_with("tsconfig")
        || name.starts_with("jsconfig")
        || path.parent().and_then(Utf8Path::file_name) == Some(".vscode")
}

/// `.env`, `.env.production`, `env.example`, `prod.env`, `prod.env.sample`; not `.env.ts` or `.envrc`.
fn is_dotenv(name: &str) -> bool {
    const PROGRAMS: &[&str] = &[
        "ts", "mts", "cts", "js", "mjs", "cjs", "tsx", "jsx", "py", "rb", "php", "go", "rs", "java", "kt", "sh", "md",
        "txt", "html", "vault", "gpg", "age", "enc",
    ];
    let parts: Vec<_> = name.split('.').collect();
    let last = parts.last().copied().unwrap_or_default();
    match parts.iter().position(|part| *part == "env") {
        // `.env` and `.env.anything`.
        Some(1) if parts[0].is_empty() => parts.len() == 2 || !PROGRAMS.contains(&last),
        // `env.example`.
        Some(0) => parts.len() > 1 && parts[1..].iter().all(|part| ENV_KINDS.contains(part)),
        // `prod.env`, `prod.env.example`.
        Some(position) => parts[position + 1..].iter().all(|part| ENV_KINDS.contains(part)),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_files_by_name() {
        for (path, format) in [
            (".github/workflows/ci.yml", Some(Format::Yaml)),
            ("package.json", Some(Format::Json)),
            ("packages/a/tsconfig.build.json", Some(Format::Jsonc)),
            (".vscode/settings.json", Some(Format::Jsonc)),
            ("pyproject.toml", Some(Format::Toml)),
            (".env", Some(Format::Dotenv)),
            (".env.local", Some(Format::Dotenv)),
            ("deploy/prod.env", Some(Format::Dotenv)),
            ("deploy/prod.env.example", Some(Format::Dotenv)),
            ("env.example", Some(Format::Dotenv)),
            ("env.ts", None),
            (".env.ts", None),
            (".envrc", None),
            ("src/config.env.ts", None),
            (".env.yaml", Some(Format::Yaml)),
            ("setup.cfg", Some(Format::Ini)),
            (".npmrc", Some(Format::Ini)),
            ("src/main/resources/application.properties", Some(Format::Properties)),
            ("pom.xml", Some(Format::Xml)),
            ("nginx.conf", None),
            ("index.ts", None),
        ] {
            assert_eq!(format_of(Utf8Path::new(path)), format, "{path}");
        }
    }
}
