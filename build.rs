//! Embeds the catalogue: every file under `rules/` becomes one entry of a sorted table in the binary.

use std::{
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=rules");
    let mut files = Vec::new();
    collect(Path::new("rules"), &mut files)?;
    files.sort();
    let mut table = String::from("&[\n");
    for path in &files {
        println!("cargo::rerun-if-changed={}", path.display());
        let name = path.strip_prefix("rules").unwrap_or(path).to_string_lossy().replace('\\', "/");
        let absolute = fs::canonicalize(path)?;
        writeln!(table, "    ({}, include_str!({})),", literal(&name), literal(&absolute.display().to_string()))
            .map_err(std::io::Error::other)?;
    }
    table.push(']');
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or_else(|| std::io::Error::other("OUT_DIR is set by cargo"))?);
    fs::write(out.join("catalogue.rs"), table)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            println!("cargo::rerun-if-changed={}", path.display());
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "toml" || extension == "md") {
            files.push(path);
        }
    }
    Ok(())
}

/// A Rust string literal.
fn literal(text: &str) -> String {
    format!("\"{}\"", text.escape_default())
}
