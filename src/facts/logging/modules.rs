//! Module specifiers: which file of the repository one names, as far as names tell.

use camino::Utf8Path;

use crate::{
    code::{Kind, Language, NodeRef, Role},
    facts::Visit,
};

/// The module of a `require('x')` or an `import('x')`.
pub(super) fn required(call: NodeRef<'_>) -> Option<String> {
    let name = call.callee_name()?;
    if name != "require" && name != "import" {
        return None;
    }
    call.argument(0).filter(|argument| argument.is(Kind::String)).map(|argument| argument.name().to_owned())
}

/// The modules about logging that an import of Python takes from a package by name: `company_utils.logging` of
/// `from company_utils import logging`.
pub(super) fn logging_of(file: &Visit<'_>, import: NodeRef<'_>) -> Vec<String> {
    if file.file.language != Some(Language::Python) || !import.is(Kind::Import) {
        return Vec::new();
    }
    let package = import.name();
    import
        .children_in(Role::Item)
        .filter(|item| item.is(Kind::ImportName) && matches!(item.name(), "logging" | "log" | "logs" | "logger"))
        .map(|item| {
            if package.ends_with('.') {
                format!("{package}{}", item.name())
            } else {
                format!("{package}.{}", item.name())
            }
        })
        .collect()
}

/// Whether `specifier`, written in the file `importer`, can name the file `target`. Paths are relative to the root.
///
/// Relative specifiers are resolved; of aliases (`@/lib/logger`) and dotted Python modules the end must agree.
pub fn names_module(importer: &str, specifier: &str, target: &str) -> bool {
    let target = stem(target);
    if target.is_empty() {
        return false;
    }
    let python = Utf8Path::new(importer).extension() == Some("py");
    if python && specifier.starts_with('.') {
        return python_relative(importer, specifier) == target;
    }
    if specifier.starts_with('.') {
        return stem(&joined(folder(importer), specifier)) == target;
    }
    let wanted = if python { specifier.replace('.', "/") } else { specifier.to_owned() };
    let wanted = wanted.trim_start_matches(['@', '~', '#', '$']).trim_start_matches('/');
    let wanted = stem(wanted);
    !wanted.is_empty() && ends_at_boundary(target, wanted)
}

/// Whether `path` ends with the folders and the name of `end`.
fn ends_at_boundary(path: &str, end: &str) -> bool {
    path.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A path without its extension, or the folder for an index file.
fn stem(path: &str) -> &str {
    const EXTENSIONS: [&str; 12] =
        [".d.ts", ".tsx", ".ts", ".jsx", ".js", ".mts", ".mjs", ".cts", ".cjs", ".py", ".vue", ".svelte"];
    let bare = EXTENSIONS.iter().find_map(|extension| path.strip_suffix(extension)).unwrap_or(path);
    ["/index", "/__init__"].iter().find_map(|index| bare.strip_suffix(index)).unwrap_or(bare)
}

fn joined(folder: &str, relative: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// `from ..core.logging import x` in `app/api/users.py` is `app/core/logging`.
fn python_relative(importer: &str, specifier: &str) -> String {
    let rest = specifier.trim_start_matches('.');
    let mut parts: Vec<&str> = folder(importer).split('/').filter(|part| !part.is_empty()).collect();
    parts.truncate(parts.len().saturating_sub(specifier.len() - rest.len() - 1));
    parts.extend(rest.split('.').filter(|part| !part.is_empty()));
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specifiers_name_files() {
        for (importer, specifier, target) in [
            ("src/app.ts", "./lib/logger", "src/lib/logger.ts"),
            ("src/routes/a.ts", "../lib/logger.js", "src/lib/logger.ts"),
            ("src/routes/a.ts", "../logging", "src/logging/index.ts"),
            ("app/page.tsx", "@/lib/utils/logger", "lib/utils/logger.ts"),
            ("src/app.ts", "~/logger", "src/logger.ts"),
            ("app/api/users.py", "app.core.logging", "app/core/logging.py"),
            ("app/api/users.py", "..core.logging", "app/core/logging.py"),
            ("app/main.py", ".log", "app/log/__init__.py"),
        ] {
            assert!(names_module(importer, specifier, target), "{specifier} in {importer}");
        }
        for (importer, specifier, target) in [
            ("src/app.ts", "./lib/log", "src/lib/logger.ts"),
            ("src/app.ts", "logger", "src/lib/blogger.ts"),
            ("app/main.py", "..log", "app/log.py"),
        ] {
            assert!(!names_module(importer, specifier, target), "{specifier} in {importer}");
        }
    }
}
