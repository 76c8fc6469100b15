//! Files that list the variables of an environment, and their templates.

use super::FileKind;

const EXAMPLE_WORDS: &[&str] =
    &["example", "examples", "sample", "template", "tmpl", "tpl", "dist", "default", "defaults", "skeleton", "schema"];

/// Endings that make a file with `env` in its name a program, a document or an encrypted file.
const NOT_ENV: &[&str] = &[
    "ts", "mts", "cts", "js", "mjs", "cjs", "tsx", "jsx", "py", "pyi", "rb", "php", "go", "rs", "java", "kt", "cs",
    "sh", "bash", "md", "mdx", "txt", "html", "json", "yml", "yaml", "toml", "xml", "enc", "gpg", "age", "asc",
    "vault", "sops", "png", "svg", "map", "lock", "vue", "svelte", "j2", "erb",
];

/// Words after `env.` that mark a list of variables, so that `env.validation` stays what it is.
const ENV_WORDS: &[&str] =
    &["local", "dev", "development", "prod", "production", "staging", "stage", "test", "testing", "ci", "docker"];

/// The kind of a file by its name, in lower case, when it lists variables.
pub(super) fn env(name: &str) -> Option<FileKind> {
    if matches!(name, ".env" | ".flaskenv") {
        return Some(FileKind::Env);
    }
    let mut parts: Vec<&str> = name.split(['.', '-', '_']).filter(|part| !part.is_empty()).collect();
    let dotted: Vec<&str> = name.split('.').collect();
    if dotted.last().is_some_and(|last| NOT_ENV.contains(last)) {
        return None;
    }
    let position =
        dotted.iter().position(|part| *part == "env" || part.starts_with("env-") || part.starts_with("env_"))?;
    let hidden = name.starts_with('.');
    let example = parts.iter().any(|part| EXAMPLE_WORDS.contains(part));
    let is_env = match position {
        1 if hidden => true,
        // `env.example`, `env.production.example`.
        0 => {
            dotted.len() > 1 && dotted[1..].iter().all(|part| EXAMPLE_WORDS.contains(part) || ENV_WORDS.contains(part))
        }
        // `prod.env`, `example.env`, `prod.env.sample`.
        position => {
            parts.clear();
            dotted[position + 1..].iter().all(|part| EXAMPLE_WORDS.contains(part) || ENV_WORDS.contains(part))
        }
    };
    is_env.then_some(if example { FileKind::EnvExample } else { FileKind::Env })
}
