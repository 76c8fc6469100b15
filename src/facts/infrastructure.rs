//! Resources of infrastructure code: blocks of Terraform, and resources of `CloudFormation` templates.
//!
//! Terraform is read block by block as text. A value that is no literal is [`Setting::Open`]: nothing is concluded
//! from it.

use crate::{
    doc::{Node, Step},
    facts::images::is_development,
    model::{Place, Span},
    repo::{File, FileKind, Repo},
};

/// One resource, data source or backend.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource<'r> {
    pub file: &'r File,
    /// `aws_db_instance`, `AWS::RDS::DBInstance`, `backend.s3`, `data.aws_iam_policy_document`.
    pub kind: String,
    pub name: String,
    /// The line that begins it.
    pub head: Span,
    pub attributes: Vec<Attribute>,
}

/// A value with its way through nested blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// `ingress.from_port`; repeated blocks repeat it.
    pub path: String,
    /// As written, quotes of a plain string removed.
    pub value: String,
    pub span: Span,
    /// Which of the repeated blocks it stands in.
    pub block: usize,
}

/// What an attribute says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting<'a> {
    Unset,
    /// A literal.
    Is(&'a str, Span),
    /// A variable or an expression decides.
    Open,
}

/// Blocks and lines of one file at most, far beyond what people write.
const MAX_ATTRIBUTES: usize = 100_000;

/// Every resource for production, in order of path and position.
pub fn resources(repo: &Repo) -> Vec<Resource<'_>> {
    let files = repo.files().iter().filter(|file| file.role.is_operational() && !is_development(file));
    files
        .flat_map(|file| match file.kind {
            FileKind::Terraform if file.path.extension() != Some("tfvars") => {
                repo.read(file.id).map(|text| terraform(file, &text)).unwrap_or_default()
            }
            FileKind::Platform | FileKind::Data => cloudformation(repo, file),
            _ => Vec::new(),
        })
        .collect()
}

impl Resource<'_> {
    pub fn place(&self, span: Span) -> Place {
        Place::At(self.file.id, span)
    }

    /// What the attribute at `path` says; the last one wins.
    pub fn setting(&self, path: &str) -> Setting<'_> {
        let Some(found) = self.attributes.iter().rfind(|one| one.path == path) else { return Setting::Unset };
        if is_literal(&found.value) { Setting::Is(&found.value, found.span) } else { Setting::Open }
    }

    /// Whether it has a block or an attribute whose path begins with `prefix`.
    pub fn has(&self, prefix: &str) -> bool {
        self.attributes.iter().any(|one| one.path.starts_with(prefix))
    }

    /// The values below each of the repeated blocks `name`.
    pub fn blocks(&self, name: &str) -> Vec<Vec<&Attribute>> {
        let prefix = format!("{name}.");
        let inside: Vec<&Attribute> = self.attributes.iter().filter(|one| one.path.starts_with(&prefix)).collect();
        inside.chunk_by(|one, two| one.block == two.block).map(<[&Attribute]>::to_vec).collect()
    }
}

fn is_literal(value: &str) -> bool {
    !value.contains("var.")
        && !value.contains("local.")
        && !value.contains("${")
        && !value.contains('?')
        && !value.contains("module.")
}

/// Reads the blocks of a Terraform file.
fn terraform<'r>(file: &'r File, text: &str) -> Vec<Resource<'r>> {
    let mut found: Vec<Resource<'r>> = Vec::new();
    // Names of the open blocks; the innermost resource is the last of `found` while `inside` says so.
    let mut open: Vec<String> = Vec::new();
    let mut inside: Option<usize> = None;
    let mut blocks = 0;
    let mut pending: Option<(String, Span, String)> = None;
    let mut heredoc: Option<String> = None;
    let mut comment = false;
    let mut count = 0;
    let mut offset = 0;
    for raw in text.split_inclusive('\n') {
        let at = offset;
        offset += raw.len();
        if let Some(end) = &heredoc {
            if let Some((_, _, value)) = &mut pending {
                value.push_str(raw);
            }
            if raw.trim() == end {
                heredoc = None;
                finish(&mut pending, &mut found, inside, blocks);
            }
            continue;
        }
        let line = code_of(raw, &mut comment);
        let line = line.trim();
        if line.is_empty() || count > MAX_ATTRIBUTES {
            continue;
        }
        count += 1;
        if let Some((_, _, value)) = &mut pending {
            value.push(' ');
            value.push_str(line);
            if is_balanced(value) {
                finish(&mut pending, &mut found, inside, blocks);
            }
            continue;
        }
        let start = at + raw.len() - raw.trim_start().len();
        let span = Span::new(start, at + raw.trim_end().len());
        if line.starts_with('}') {
            open.pop();
            if inside.is_some_and(|depth| open.len() < depth) {
                inside = None;
            }
        } else if let Some((key, value)) = assignment(line) {
            let path = inside.map_or(String::new(), |depth| path_of(&open[depth.min(open.len())..], key));
            if inside.is_none() {
                continue;
            }
            pending = Some((path, span, value.to_owned()));
            if let Some(end) = value.strip_prefix("<<") {
                heredoc = Some(end.trim_start_matches('-').trim().to_owned());
            } else if is_balanced(value) {
                finish(&mut pending, &mut found, inside, blocks);
            }
        } else if line.ends_with('{') {
            let words: Vec<&str> =
                line.trim_end_matches('{').split_whitespace().map(|word| word.trim_matches('"')).collect();
            open.push(words.first().copied().unwrap_or_default().to_owned());
            blocks += 1;
            let kind = match words.as_slice() {
                ["resource", kind, _] => Some((*kind).to_owned()),
                ["data", kind, _] => Some(format!("data.{kind}")),
                ["backend", kind] => Some(format!("backend.{kind}")),
                _ => None,
            };
            if let Some(kind) = kind {
                inside = Some(open.len());
                let name = words.last().copied().unwrap_or_default().to_owned();
                found.push(Resource { file, kind, name, head: span, attributes: Vec::new() });
            } else if let Some(depth) = inside
                && let Some(resource) = found.last_mut()
            {
                let path = path_of(&open[depth.min(open.len())..], "");
                resource.attributes.push(Attribute { path, value: String::new(), span, block: blocks });
            }
        }
    }
    found
}

fn path_of(open: &[String], key: &str) -> String {
    let mut path = open.join(".");
    if !path.is_empty() && !key.is_empty() {
        path.push('.');
    }
    path.push_str(key);
    path
}

fn finish(
    pending: &mut Option<(String, Span, String)>,
    found: &mut [Resource<'_>],
    inside: Option<usize>,
    block: usize,
) {
    let Some((path, span, value)) = pending.take() else { return };
    let Some(resource) = found.last_mut().filter(|_| inside.is_some()) else { return };
    let plain = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).filter(|rest| !rest.contains('"'));
    resource.attributes.push(Attribute { path, value: plain.unwrap_or(&value).to_owned(), span, block });
}

/// The line without comments.
fn code_of(raw: &str, comment: &mut bool) -> String {
    let mut line = raw;
    if *comment {
        let Some((_, rest)) = line.split_once("*/") else { return String::new() };
        *comment = false;
        line = rest;
    }
    let mut quoted = false;
    let mut previous = ' ';
    for (at, char) in line.char_indices() {
        match char {
            '"' if previous != '\\' => quoted = !quoted,
            '#' if !quoted => return line[..at].to_owned(),
            '/' if !quoted && line[at..].starts_with("//") => return line[..at].to_owned(),
            '/' if !quoted && line[at..].starts_with("/*") => {
                *comment = !line[at..].contains("*/");
                return line[..at].to_owned();
            }
            _ => {}
        }
        previous = char;
    }
    line.to_owned()
}

/// `key = value`.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once('=')?;
    let key = key.trim().trim_matches('"');
    let is_name = !key.is_empty() && key.chars().all(|char| char.is_alphanumeric() || matches!(char, '_' | '-' | '.'));
    (is_name && !value.starts_with('=')).then(|| (key, value.trim()))
}

fn is_balanced(value: &str) -> bool {
    let mut depth = 0_i32;
    let mut quoted = false;
    let mut previous = ' ';
    for char in value.chars() {
        match char {
            '"' if previous != '\\' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted => depth -= 1,
            _ => {}
        }
        previous = char;
    }
    depth <= 0
}

/// The resources of a `CloudFormation` or SAM template.
fn cloudformation<'r>(repo: &'r Repo, file: &'r File) -> Vec<Resource<'r>> {
    let Some(root) = repo.doc(file.id).and_then(|doc| doc.root()) else { return Vec::new() };
    let Some(resources) = root.get("Resources") else { return Vec::new() };
    let typed = |entry: &&crate::doc::Entry| {
        entry.value.get("Type").and_then(Node::as_str).is_some_and(|kind| kind.starts_with("AWS::"))
    };
    resources
        .entries()
        .iter()
        .filter(typed)
        .map(|entry| Resource {
            file,
            kind: entry.value.get("Type").and_then(Node::as_str).unwrap_or_default().to_owned(),
            name: entry.key.clone(),
            head: entry.key_span,
            attributes: flattened(&entry.value),
        })
        .collect()
}

/// Every scalar of a resource by its path; each item of a list is a block of its own.
fn flattened(node: &Node) -> Vec<Attribute> {
    let mut block = 0;
    let mut found = Vec::new();
    for (path, node) in node.walk() {
        let steps = &path.steps;
        if matches!(steps.last(), Some(Step::Index(_))) && node.is_map() {
            block += 1;
        }
        let Some(text) = node.text() else { continue };
        let keys: Vec<&str> =
            steps.iter().filter_map(|step| if let Step::Key(key) = step { Some(*key) } else { None }).collect();
        found.push(Attribute { path: keys.join("."), value: text.to_owned(), span: node.span, block });
    }
    found
}
