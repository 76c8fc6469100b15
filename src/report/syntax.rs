//! How the language of a file looks, told by its name.

/// How the language of a file writes a comment.
pub(super) fn comment(path: &str) -> (&'static str, &'static str) {
    match kind(path) {
        "py" | "yml" | "yaml" | "toml" | "sh" | "bash" | "rb" | "env" | "tf" | "conf" | "ini" | "properties"
        | "dockerfile" | "makefile" | "txt" | "graphql" => ("#", ""),
        "sql" | "lua" => ("--", ""),
        "html" | "xml" | "vue" | "svelte" | "md" => ("<!--", " -->"),
        "css" => ("/*", " */"),
        _ => ("//", ""),
    }
}

/// The name that a fence gives the language of a file.
pub(super) fn language(path: &str) -> &'static str {
    match kind(path) {
        "ts" | "mts" | "cts" => "typescript",
        "tsx" => "tsx",
        "js" | "mjs" | "cjs" => "javascript",
        "jsx" => "jsx",
        "py" => "python",
        "yml" | "yaml" => "yaml",
        "json" | "jsonc" => "json",
        "toml" => "toml",
        "sh" | "bash" => "bash",
        "sql" => "sql",
        "go" => "go",
        "java" => "java",
        "rs" => "rust",
        "rb" => "ruby",
        "php" => "php",
        "html" => "html",
        "xml" => "xml",
        "css" => "css",
        "tf" => "hcl",
        "dockerfile" => "dockerfile",
        "makefile" => "makefile",
        _ => "",
    }
}

/// The extension of a file, or the name by which files without one are known.
fn kind(path: &str) -> &'static str {
    const KNOWN: [&str; 41] = [
        "ts",
        "mts",
        "cts",
        "tsx",
        "js",
        "mjs",
        "cjs",
        "jsx",
        "py",
        "yml",
        "yaml",
        "json",
        "jsonc",
        "toml",
        "sh",
        "bash",
        "sql",
        "go",
        "java",
        "rs",
        "rb",
        "php",
        "html",
        "xml",
        "css",
        "tf",
        "vue",
        "svelte",
        "md",
        "env",
        "conf",
        "ini",
        "properties",
        "txt",
        "graphql",
        "lua",
        "dockerfile",
        "makefile",
        "kt",
        "cs",
        "prisma",
    ];
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    if name.starts_with("dockerfile") || name.starts_with("containerfile") {
        return "dockerfile";
    }
    if name.starts_with(".env") {
        return "env";
    }
    let extension = name.rsplit('.').next().unwrap_or(&name);
    KNOWN.iter().find(|known| **known == extension).copied().unwrap_or("")
}
