//! Nothing that the parser sees is lost on the way to the lowered tree: calls, strings, imports and functions are
//! compared place by place.
//!
//! Runs over our own sources; over every file below the directory that `READINESS_CORPUS` names, when it is set.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use readiness::{
    code::{Census, Flags, Kind, Language, Lowered, NodeRef, Role, census, lower},
    model::Span,
};

#[test]
fn nothing_is_lost_in_lowering() {
    let corpus = std::env::var_os("READINESS_CORPUS").map(PathBuf::from);
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let roots = match &corpus {
        Some(corpus) => vec![corpus.clone()],
        None => vec![own.join("fixtures"), own.join("tests/lowering")],
    };
    let mut totals: BTreeMap<Language, Total> = BTreeMap::new();
    let mut losses = Vec::new();
    for path in roots.iter().flat_map(|root| files(root)) {
        let Some(language) = path.extension().and_then(|end| Language::of_extension(end.to_str()?)) else { continue };
        let Ok(source) = std::fs::read_to_string(&path) else { continue };
        let lowered = lower(language, &source);
        let seen = census(language, &source);
        let total = totals.entry(language).or_default();
        total.add(&lowered, &seen);
        for node in lowered.tree.nodes() {
            if node.parent().is_some_and(|parent| !parent.span().contains(node.span())) {
                losses.push(format!("{}: {node:?} leaves its parent", path.display()));
            }
        }
        for loss in compare(&lowered, &seen) {
            total.lost += 1;
            losses.push(format!("{}: {loss}", path.display()));
        }
    }
    for (language, total) in &totals {
        println!("{language:?}: {total:?}");
    }
    let shown: Vec<&String> = losses.iter().take(40).collect();
    assert!(losses.is_empty(), "{} differences, the first of them: {shown:#?}", losses.len());
    assert!(corpus.is_none() || !totals.is_empty(), "no file below READINESS_CORPUS could be read");
}

/// What was compared in one language.
#[derive(Debug, Default)]
struct Total {
    files: usize,
    bytes: usize,
    nodes: usize,
    with_errors: usize,
    errors: usize,
    cut: usize,
    calls: usize,
    strings: usize,
    imports: usize,
    functions: usize,
    lost: usize,
}

impl Total {
    fn add(&mut self, lowered: &Lowered<'_>, seen: &Census) {
        self.files += 1;
        self.bytes += lowered.tree.source().len();
        self.nodes += lowered.tree.len();
        self.with_errors += usize::from(!lowered.errors.is_empty());
        self.errors += lowered.errors.len();
        self.cut += usize::from(lowered.cut);
        self.calls += seen.calls.len();
        self.strings += seen.strings.len();
        self.imports += seen.imports.len();
        self.functions += seen.functions.len();
    }
}

fn files(root: &Path) -> Vec<PathBuf> {
    walkdir::WalkDir::new(root)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| !matches!(entry.file_name().to_str(), Some(".git" | "node_modules")))
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect()
}

/// Where the lowered tree and the parser's differ; what was cut for its depth is no difference.
fn compare(lowered: &Lowered<'_>, seen: &Census) -> Vec<String> {
    let tree = &lowered.tree;
    let spans = |kind: Kind| -> Vec<Span> {
        let mut spans: Vec<Span> = tree.nodes().filter(|node| node.is(kind)).map(NodeRef::span).collect();
        spans.sort_unstable();
        spans
    };
    // A function begins at its decorators, so its end stands for it.
    let ends = |spans: &[Span]| -> Vec<Span> {
        let mut ends: Vec<Span> = spans.iter().map(|span| Span { start: span.end, end: span.end }).collect();
        ends.sort_unstable();
        ends
    };
    let mut strings: Vec<Span> =
        tree.nodes().filter(|node| is_string(*node, &seen.strings)).map(NodeRef::span).collect();
    strings.sort_unstable();
    let cut: Vec<Span> = if lowered.cut { lowered.errors.clone() } else { Vec::new() };
    let mut losses = Vec::new();
    losses.extend(differences("call", &seen.calls, &spans(Kind::Call), &cut, tree.source()));
    losses.extend(differences("string", &seen.strings, &strings, &cut, tree.source()));
    losses.extend(differences("import", &seen.imports, &spans(Kind::Import), &cut, tree.source()));
    losses.extend(differences("function", &ends(&seen.functions), &ends(&spans(Kind::Function)), &cut, tree.source()));
    losses
}

/// Strings and templates. The literal pieces of a template stand beside the strings that it interpolates; of both,
/// only what the parser takes for a string counts.
fn is_string(node: NodeRef<'_>, seen: &[Span]) -> bool {
    let in_template = node.parent().is_some_and(|parent| parent.is(Kind::Template)) && node.role() == Role::Item;
    match node.kind() {
        Kind::Template => true,
        Kind::String => !in_template || seen.binary_search(&node.span()).is_ok(),
        _ => false,
    }
}

fn differences(what: &str, seen: &[Span], lowered: &[Span], cut: &[Span], source: &str) -> Vec<String> {
    let describe = |span: &Span, verb: &str| {
        let start = span.start as usize;
        let line = source[..start].matches('\n').count() + 1;
        let text: String = source[start..].chars().take(60).collect();
        format!("line {line}: {what} {verb}: {text:?}")
    };
    let mut result = Vec::new();
    let (mut left, mut right) = (seen.iter().peekable(), lowered.iter().peekable());
    loop {
        match (left.peek(), right.peek()) {
            (Some(seen), Some(lowered)) if seen == lowered => {
                left.next();
                right.next();
            }
            (Some(seen), lowered) if lowered.is_none_or(|lowered| seen < lowered) => {
                if !cut.iter().any(|cut| cut.contains(**seen)) {
                    result.push(describe(seen, "lost"));
                }
                left.next();
            }
            (_, Some(lowered)) => {
                result.push(describe(lowered, "invented"));
                right.next();
            }
            _ => return result,
        }
    }
}

#[test]
fn flags_have_distinct_names() {
    let mut names: Vec<&str> = Flags::NAMES.iter().map(|(_, name)| *name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Flags::NAMES.len());
}
