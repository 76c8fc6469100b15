//! Python's manifests: `pyproject.toml` in its dialects, requirement files, `Pipfile`, `setup.cfg`, `setup.py`.

use camino::{Utf8Path, Utf8PathBuf};

use super::{
    Dependency, DependencyGroup as Group, Manifest, Script, Stated,
    npm::{stated, strings},
};
use crate::{
    doc::{Doc, Node},
    model::Span,
};

pub(super) fn pyproject(mut manifest: Manifest, doc: &Doc) -> Manifest {
    manifest.damaged = !doc.is_complete();
    let Some(root) = doc.root() else { return manifest };
    manifest.build_system = root.entry("build-system").map(|entry| entry.key_span);
    if let Some(project) = root.get("project") {
        manifest.name = stated(project.get("name"));
        manifest.version = stated(project.get("version"));
        manifest.private = project.get("classifiers").is_some_and(|list| {
            list.items().iter().any(|item| item.as_str().is_some_and(|text| text.starts_with("Private")))
        });
        engine(&mut manifest, project.get("requires-python"));
        requirement_list(&mut manifest, project.get("dependencies"), Group::Runtime);
        for entry in project.get("optional-dependencies").map(Node::entries).unwrap_or_default() {
            requirement_list(&mut manifest, Some(&entry.value), group_named(&entry.key, Group::Optional));
        }
        for key in ["scripts", "gui-scripts"] {
            commands(&mut manifest, project.get(key));
        }
    }
    for entry in root.get("dependency-groups").map(Node::entries).unwrap_or_default() {
        requirement_list(&mut manifest, Some(&entry.value), Group::Dev);
    }
    let Some(tool) = root.get("tool") else { return manifest };
    for entry in tool.entries() {
        manifest.tools.push(Stated { text: format!("tool.{}", entry.key), span: entry.key_span });
    }
    requirement_list(&mut manifest, tool.at(&["uv", "dev-dependencies"]), Group::Dev);
    if let Some(members) = tool.at(&["uv", "workspace", "members"]) {
        manifest.workspaces = strings(members);
    }
    for entry in tool.at(&["pdm", "dev-dependencies"]).map(Node::entries).unwrap_or_default() {
        requirement_list(&mut manifest, Some(&entry.value), Group::Dev);
    }
    for entry in tool.at(&["pdm", "scripts"]).map(Node::entries).unwrap_or_default() {
        let command =
            if entry.value.is_map() { entry.value.get("cmd").or(entry.value.get("shell")) } else { Some(&entry.value) };
        if let Some(command) = stated(command) {
            manifest.scripts.push(Script { name: entry.key.clone(), command: command.text, span: command.span });
        }
    }
    for entry in tool.at(&["hatch", "envs"]).map(Node::entries).unwrap_or_default() {
        requirement_list(&mut manifest, entry.value.get("dependencies"), Group::Dev);
        for script in entry.value.get("scripts").map(Node::entries).unwrap_or_default() {
            let steps = if script.value.items().is_empty() {
                vec![&script.value]
            } else {
                script.value.items().iter().collect()
            };
            for step in steps.into_iter().filter_map(|step| stated(Some(step))) {
                manifest.scripts.push(Script { name: script.key.clone(), command: step.text, span: step.span });
            }
        }
    }
    if let Some(poetry) = tool.get("poetry") {
        read_poetry(&mut manifest, poetry);
    }
    manifest
}

fn read_poetry(manifest: &mut Manifest, poetry: &Node) {
    manifest.name = manifest.name.take().or_else(|| stated(poetry.get("name")));
    manifest.version = manifest.version.take().or_else(|| stated(poetry.get("version")));
    // An application says so; what is never packaged is never published.
    manifest.private |= poetry.get("package-mode").and_then(Node::as_bool) == Some(false);
    engine(manifest, poetry.at(&["dependencies", "python"]));
    table(manifest, poetry.get("dependencies"), Group::Runtime);
    table(manifest, poetry.get("dev-dependencies"), Group::Dev);
    for entry in poetry.get("group").map(Node::entries).unwrap_or_default() {
        // Poetry installs groups unless told not to; only their names tell what they are for.
        let group = group_named(&entry.key, Group::Runtime);
        table(manifest, entry.value.get("dependencies"), group);
    }
    commands(manifest, poetry.get("scripts"));
}

fn engine(manifest: &mut Manifest, version: Option<&Node>) {
    if let Some(version) = stated(version) {
        manifest.engines.push(("python".to_owned(), version));
    }
}

fn commands(manifest: &mut Manifest, table: Option<&Node>) {
    for entry in table.map(Node::entries).unwrap_or_default() {
        let target = entry.value.as_str().or_else(|| entry.value.get("reference").and_then(Node::as_str));
        if let Some(target) = target {
            manifest.bins.push(Stated { text: target.to_owned(), span: entry.span() });
        }
    }
}

/// `name = "^1"` and `name = {version = "^1", extras = […]}`.
fn table(manifest: &mut Manifest, table: Option<&Node>, group: Group) {
    for entry in table.map(Node::entries).unwrap_or_default().iter().filter(|entry| entry.key != "python") {
        let version = entry.value.as_str().or_else(|| entry.value.get("version").and_then(Node::as_str));
        let optional = entry.value.get("optional").and_then(Node::as_bool) == Some(true);
        manifest.dependencies.push(Dependency {
            name: normal(&entry.key),
            version: version.filter(|version| *version != "*").map(str::to_owned),
            group: if optional && group == Group::Runtime { Group::Optional } else { group },
            span: entry.span(),
        });
    }
}

fn requirement_list(manifest: &mut Manifest, list: Option<&Node>, group: Group) {
    for item in list.map(Node::items).unwrap_or_default() {
        if let Some(dependency) = item.as_str().and_then(|text| requirement(text, group, item.span)) {
            manifest.dependencies.push(dependency);
        }
    }
}

pub(super) fn pipfile(mut manifest: Manifest, doc: &Doc) -> Manifest {
    manifest.damaged = !doc.is_complete();
    let Some(root) = doc.root() else { return manifest };
    table(&mut manifest, root.get("packages"), Group::Runtime);
    table(&mut manifest, root.get("dev-packages"), Group::Dev);
    engine(&mut manifest, root.at(&["requires", "python_version"]));
    for entry in root.get("scripts").map(Node::entries).unwrap_or_default() {
        if let Some(command) = entry.value.as_str() {
            let (name, command) = (entry.key.clone(), command.to_owned());
            manifest.scripts.push(Script { name, command, span: entry.value.span });
        }
    }
    manifest
}

/// Only a `setup.cfg` that describes a package; most of them merely configure tools.
pub(super) fn setup_cfg(mut manifest: Manifest, doc: &Doc) -> Option<Manifest> {
    let root = doc.root()?;
    let metadata = root.get("metadata")?;
    manifest.name = stated(metadata.get("name"));
    manifest.version = stated(metadata.get("version"));
    manifest.build_system = root.entry("metadata").map(|entry| entry.key_span);
    let install = root.at(&["options", "install_requires"]);
    if let Some((node, text)) = install.and_then(|node| Some((node, node.text()?))) {
        for (start, line) in lines(text) {
            let span = node.span_of(Span::new(start, start + line.len()));
            manifest.dependencies.extend(requirement(line, Group::Runtime, span));
        }
    }
    engine(&mut manifest, root.at(&["options", "python_requires"]));
    Some(manifest)
}

/// The literal lists of `setup.py`; what it computes stays unknown.
pub(super) fn setup_py(mut manifest: Manifest, text: &str) -> Option<Manifest> {
    // Any module may be called so: a handler of a form that sets something up is no package.
    let imported = ["setuptools", "distutils", "skbuild", "numpy.distutils"].iter().any(|name| text.contains(name));
    let call = text
        .match_indices("setup(")
        .map(|(at, _)| at)
        .find(|at| !text[..*at].ends_with("def "))
        .filter(|_| imported)?;
    manifest.build_system = Some(Span::new(call, call + "setup".len()));
    manifest.name = keyword_string(text, "name=");
    manifest.version = keyword_string(text, "version=");
    if let Some(from) = text.find("install_requires=") {
        let from = from + "install_requires=".len();
        let list = text[from..].strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(list, _)| list);
        for (start, literal) in list.map(literals).unwrap_or_default() {
            let start = from + 1 + start;
            manifest.dependencies.extend(requirement(literal, Group::Runtime, Span::new(start, start + literal.len())));
        }
    }
    if text.contains("console_scripts")
        && let Some(at) = text.find("console_scripts")
    {
        manifest.bins.push(Stated { text: "console_scripts".to_owned(), span: Span::new(at, at + 15) });
    }
    Some(manifest)
}

fn keyword_string(text: &str, keyword: &str) -> Option<Stated> {
    let from = text.find(keyword)? + keyword.len();
    let (start, literal) = literals(text[from..].lines().next()?).into_iter().next()?;
    Some(Stated { text: literal.to_owned(), span: Span::new(from + start, from + start + literal.len()) })
}

/// The quoted strings of a piece of Python, comments left out, with their offsets.
fn literals(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['"', '\'', '#']) {
        let offset = text.len() - rest.len() + at;
        let quote = rest.as_bytes()[at];
        let after = &rest[at + 1..];
        if quote == b'#' {
            rest = after.split_once('\n').map_or("", |(_, next)| next);
            continue;
        }
        let Some(end) = after.find(char::from(quote)) else { break };
        found.push((offset + 1, &after[..end]));
        rest = &after[end + 1..];
    }
    found
}

pub(super) fn requirements(mut manifest: Manifest, path: &Utf8Path, text: &str) -> Manifest {
    let group = group_named(path.file_stem().unwrap_or_default(), Group::Runtime);
    let folder = path.parent().unwrap_or_else(|| Utf8Path::new(""));
    for (start, line) in lines(text) {
        let line = line.trim_start_matches('\u{feff}');
        let include = line.strip_prefix("-r").or_else(|| line.strip_prefix("--requirement"));
        if let Some(name) = include {
            let name = name.trim_start_matches(['=', ' ', '\t']).trim_end();
            manifest.includes.extend(resolved(folder, name));
        } else if let Some(dependency) = requirement(line, group, Span::new(start, start + line.len())) {
            manifest.dependencies.push(dependency);
        }
    }
    manifest
}

/// Lines without their comments and surrounding spaces, with their offsets.
fn lines(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut offset = 0;
    for raw in text.split_inclusive('\n') {
        let code = match raw.find('#') {
            Some(at) if at == 0 || raw[..at].ends_with([' ', '\t']) => &raw[..at],
            _ => raw,
        };
        let line = code.trim();
        if !line.is_empty() {
            found.push((offset + (code.len() - code.trim_start().len()), line));
        }
        offset += raw.len();
    }
    found
}

/// A path that a requirement file names, as one from the root; `None` when it leads out.
fn resolved(folder: &Utf8Path, name: &str) -> Option<Utf8PathBuf> {
    let mut parts: Vec<&str> = folder.as_str().split('/').filter(|part| !part.is_empty()).collect();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(Utf8PathBuf::from(parts.join("/")))
}

/// `name[extra]>=1,<2 ; marker`, or `name @ url`, or a link with `#egg=name`.
fn requirement(text: &str, group: Group, span: Span) -> Option<Dependency> {
    let text =
        text.split(" --").next().unwrap_or(text).split(';').next().unwrap_or(text).trim().trim_end_matches('\\').trim();
    if let Some((_, egg)) = text.split_once("#egg=") {
        let name = egg.split(['&', '[', '=']).next().unwrap_or(egg);
        return Some(Dependency { name: normal(name), version: None, group, span });
    }
    let end = text.find(|char: char| !(char.is_ascii_alphanumeric() || "-_.".contains(char))).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if name.is_empty() || name.starts_with(['-', '.']) || rest.starts_with(['/', ':', '+']) {
        return None;
    }
    let rest = rest.trim_start();
    let rest = if rest.starts_with('[') { rest.split_once(']').map_or("", |(_, rest)| rest) } else { rest };
    let version = rest.trim();
    Some(Dependency { name: normal(name), version: (!version.is_empty()).then(|| version.to_owned()), group, span })
}

/// The name as the index knows it: lower case, runs of `-`, `_` and `.` as one `-`.
fn normal(name: &str) -> String {
    let name = name.split('[').next().unwrap_or(name).trim();
    let mut normal = String::with_capacity(name.len());
    for char in name.chars() {
        let char = if matches!(char, '_' | '.') { '-' } else { char.to_ascii_lowercase() };
        if char != '-' || !normal.ends_with('-') {
            normal.push(char);
        }
    }
    normal
}

/// The group that a name such as `requirements-dev` or `test` stands for.
fn group_named(name: &str, otherwise: Group) -> Group {
    const DEV: &[&str] = &[
        "dev",
        "develop",
        "development",
        "test",
        "tests",
        "testing",
        "lint",
        "linting",
        "docs",
        "doc",
        "ci",
        "typing",
        "types",
        "local",
        "qa",
        "build",
        "style",
        "format",
        "mypy",
        "debug",
    ];
    let name = name.to_ascii_lowercase();
    if name.split(['-', '_', '.']).any(|word| DEV.contains(&word)) { Group::Dev } else { otherwise }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_requirement_lines() {
        for (line, expected) in [
            ("FastAPI==0.110.0", Some(("fastapi", Some("==0.110.0")))),
            ("uvicorn[standard] >=0.20,<1", Some(("uvicorn", Some(">=0.20,<1")))),
            ("ruamel.yaml", Some(("ruamel-yaml", None))),
            ("pywin32 ; sys_platform == 'win32'", Some(("pywin32", None))),
            ("pkg @ https://example.com/pkg.zip", Some(("pkg", Some("@ https://example.com/pkg.zip")))),
            ("-e git+https://example.com/a.git#egg=My_Lib", Some(("my-lib", None))),
            ("requests==2.31.0 --hash=sha256:00", Some(("requests", Some("==2.31.0")))),
            ("-e .", None),
            ("--index-url https://example.com", None),
            ("./local", None),
            ("https://example.com/a.whl", None),
        ] {
            let found = requirement(line, Group::Runtime, Span::default());
            let found = found.as_ref().map(|found| (found.name.as_str(), found.version.as_deref()));
            assert_eq!(found, expected, "{line}");
        }
    }

    #[test]
    fn spans_of_requirement_lines_are_the_lines() {
        let text = "# web\n  flask==3.0  # pinned\n-r ../base.txt\n\ngunicorn\n";
        let manifest = Manifest::new(crate::model::FileId(0), Utf8Path::new("api"), super::super::Ecosystem::Python);
        let manifest = requirements(manifest, Utf8Path::new("api/requirements.txt"), text);
        let found: Vec<_> = manifest.dependencies.iter().map(|found| &text[found.span.range()]).collect();
        assert_eq!(found, ["flask==3.0", "gunicorn"]);
        assert_eq!(manifest.includes, ["base.txt"]);
    }
}
