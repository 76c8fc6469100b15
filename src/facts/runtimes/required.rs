//! Versions that manifests and files of version managers ask for.

use super::{
    Runtime,
    range::{Dialect, END, Interval, Range, range, version},
};
use crate::{
    model::{ComponentId, Place, Span},
    repo::{File, FileKind, Manifest, Repo},
};

/// A version that the project asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Required {
    pub runtime: Runtime,
    pub range: Range,
    /// As written.
    pub text: String,
    pub place: Place,
    pub component: ComponentId,
    /// The file of a version manager, which says what developers use and not what is the least.
    pub pin: bool,
}

/// Every such request outside of tests and examples, in order of path.
pub fn required(repo: &Repo) -> Vec<Required> {
    let mut found = Vec::new();
    for manifest in repo.manifests() {
        if repo.file(manifest.file).role.is_operational() {
            of_manifest(repo, manifest, &mut found);
        }
    }
    for file in repo.files().iter().filter(|file| file.role.is_operational() && file.is_text()) {
        of_file(repo, file, &mut found);
    }
    found.sort_by(|a, b| a.place.cmp(&b.place));
    found
}

fn of_manifest(repo: &Repo, manifest: &Manifest, found: &mut Vec<Required>) {
    for (name, stated) in &manifest.engines {
        let (runtime, read): (_, fn(&str) -> Option<Range>) = match name.as_str() {
            "node" => (Runtime::Node, |text| range(text, Dialect::Npm)),
            "python" => (Runtime::Python, |text| range(text, Dialect::Python)),
            "go" => (Runtime::Go, at_least),
            "rust" => (Runtime::Rust, at_least),
            "java" => (Runtime::Java, |text| at_least(text.strip_prefix("1.").unwrap_or(text))),
            "php" => (Runtime::Php, |text| range(text, Dialect::Open)),
            _ => continue,
        };
        let Some(range) = read(&stated.text) else { continue };
        let component = repo.file(manifest.file).component;
        let place = manifest.place(stated.span);
        found.push(Required { runtime, range, text: stated.text.clone(), place, component, pin: false });
    }
}

fn at_least(text: &str) -> Option<Range> {
    Some(Range(vec![Interval { low: version(text)?.low, high: END }]))
}

/// Names under which Node.js publishes its long-term releases.
const CODENAMES: [(&str, &str); 6] =
    [("fermium", "14"), ("gallium", "16"), ("hydrogen", "18"), ("iron", "20"), ("jod", "22"), ("krypton", "24")];

fn of_file(repo: &Repo, file: &File, found: &mut Vec<Required>) {
    let of_line: fn(&str) -> Option<(Runtime, &str, bool)> = match file.name() {
        ".nvmrc" | ".node-version" => |line| Some((Runtime::Node, line, true)),
        ".python-version" => |line| Some((Runtime::Python, line, true)),
        ".ruby-version" => |line| Some((Runtime::Ruby, line.trim_start_matches("ruby-"), true)),
        ".java-version" => |line| Some((Runtime::Java, line, true)),
        ".go-version" => |line| Some((Runtime::Go, line, true)),
        "rust-toolchain" => |line| Some((Runtime::Rust, line, true)),
        "rust-toolchain.toml" => |line| Some((Runtime::Rust, valued(line, "channel")?, true)),
        ".tool-versions" => asdf,
        "Gemfile" => |line| {
            let rest = line.strip_prefix("ruby ")?;
            Some((Runtime::Ruby, rest.split(['"', '\'']).nth(1)?, false))
        },
        "Pipfile" => |line| Some((Runtime::Python, valued(line, "python_version")?, true)),
        _ => match file.kind {
            FileKind::Pom => maven,
            FileKind::Gradle => gradle,
            FileKind::PackageJson => |_| None,
            _ => return,
        },
    };
    if file.kind == FileKind::PackageJson {
        volta(repo, file, found);
        return;
    }
    let Ok(text) = repo.read(file.id) else { return };
    let mut offset = 0;
    for raw in text.split_inclusive('\n') {
        let line = raw.trim();
        let start = offset + (raw.len() - raw.trim_start().len());
        offset += raw.len();
        if line.is_empty() || line.starts_with(['#', '/']) {
            continue;
        }
        let Some((runtime, said, pin)) = of_line(line) else { continue };
        let place = Place::At(file.id, Span::new(start, start + line.len()));
        found.extend(one(runtime, said, place, file, pin));
    }
}

fn one(runtime: Runtime, said: &str, place: Place, file: &File, pin: bool) -> Option<Required> {
    let said = said.trim();
    let lts = said.strip_prefix("lts/").and_then(|name| {
        CODENAMES.iter().find(|(known, _)| name.eq_ignore_ascii_case(known)).map(|(_, number)| *number)
    });
    let plain = lts.unwrap_or(said);
    let plain = if runtime == Runtime::Java { plain.strip_prefix("1.").unwrap_or(plain) } else { plain };
    let range = if pin || runtime == Runtime::Java { at_least(plain)? } else { range(plain, Dialect::Open)? };
    Some(Required { runtime, range, text: said.to_owned(), place, component: file.component, pin })
}

/// `key = "value"` on one line.
fn valued<'l>(line: &'l str, key: &str) -> Option<&'l str> {
    let rest = line.strip_prefix(key)?.trim_start().strip_prefix('=')?.trim();
    Some(rest.trim_matches(['"', '\'']))
}

fn asdf(line: &str) -> Option<(Runtime, &str, bool)> {
    let (tool, rest) = line.split_once(char::is_whitespace)?;
    let runtime = match tool {
        "nodejs" | "node" => Runtime::Node,
        "python" => Runtime::Python,
        "golang" | "go" => Runtime::Go,
        "ruby" => Runtime::Ruby,
        "php" => Runtime::Php,
        "rust" => Runtime::Rust,
        _ => return None,
    };
    Some((runtime, rest.split_whitespace().next()?, true))
}

/// The level that Maven compiles for, where it is not said by `java.version`.
fn maven(line: &str) -> Option<(Runtime, &str, bool)> {
    let names = ["maven.compiler.release", "maven.compiler.target", "maven.compiler.source", "release"];
    names.iter().find_map(|name| {
        let rest = line.strip_prefix(&format!("<{name}>"))?;
        let said = rest.split('<').next()?;
        said.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.').then_some((Runtime::Java, said, false))
    })
}

fn gradle(line: &str) -> Option<(Runtime, &str, bool)> {
    let after = |mark: &str| line.split_once(mark).map(|(_, rest)| rest);
    let said = after("JavaLanguageVersion.of(")
        .or_else(|| after("sourceCompatibility").and_then(|rest| rest.split_once("VERSION_")).map(|(_, rest)| rest))
        .or_else(|| line.strip_prefix("sourceCompatibility = ").or_else(|| line.strip_prefix("jvmToolchain(")))?;
    let said = said.trim_matches(['"', '\'']);
    let end = said.find(|char: char| !char.is_ascii_digit()).unwrap_or(said.len());
    (end > 0 && said[..end] != *"1").then_some((Runtime::Java, &said[..end], false))
}

fn volta(repo: &Repo, file: &File, found: &mut Vec<Required>) {
    let node = repo.doc(file.id).and_then(|doc| doc.root()?.at(&["volta", "node"]));
    if let Some(node) = node
        && let Some(text) = node.text()
    {
        found.extend(one(Runtime::Node, text, Place::At(file.id, node.span), file, true));
    }
}
