//! The two lowerings of a language give equal trees on every file that both of their parsers read without error.
//!
//! Runs over our own sources: the fixtures, the constructs of `tests/lowering`, the code blocks of all rule pages. Over
//! every file below the directories that `READINESS_CORPUS` names, divided by colons, when it is set.

use std::{
    collections::BTreeMap,
    fmt::Write,
    path::{Path, PathBuf},
};

use readiness::code::{Flags, Kind, Language, Lowered, NodeRef, lower_exactly, lower_tolerantly};

/// One source, and what to call it.
struct Sample {
    name: String,
    language: Language,
    text: String,
}

#[test]
fn both_lowerings_agree() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let corpus = std::env::var_os("READINESS_CORPUS");
    let roots: Vec<PathBuf> = match &corpus {
        Some(corpus) => std::env::split_paths(corpus).collect(),
        None => vec![own.join("fixtures"), own.join("tests/lowering"), own.join("rules")],
    };
    let mut totals: BTreeMap<Language, Total> = BTreeMap::new();
    let mut differences: Vec<String> = Vec::new();
    for path in roots.iter().flat_map(|root| files(root)) {
        for sample in samples(&path) {
            let total = totals.entry(sample.language).or_default();
            differences.extend(compare(&sample, total));
        }
    }
    for (language, total) in &totals {
        println!("{language:?}: {total:?}");
    }
    let limit = if corpus.is_some() { 400 } else { 20 };
    let shown: String = differences.iter().take(limit).flat_map(|text| [text, "\n"]).collect();
    assert!(differences.is_empty(), "{} differences:\n{shown}", differences.len());
    assert!(totals.values().map(|total| total.compared).sum::<usize>() > 100, "too little was compared: {totals:?}");
}

/// What was compared in one language.
#[derive(Debug, Default)]
struct Total {
    files: usize,
    /// Files that the exact parser does not read.
    refused: usize,
    /// Files that the exact parser reads and the tolerant one does not read without error.
    mended: usize,
    compared: usize,
    nodes: usize,
    different: usize,
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

/// The sources in a file: itself, or the code blocks of a page.
fn samples(path: &Path) -> Vec<Sample> {
    let Some(extension) = path.extension().and_then(|end| end.to_str()) else { return Vec::new() };
    let language = Language::of_extension(extension);
    if language.is_none() && extension != "md" {
        return Vec::new();
    }
    let Ok(text) = std::fs::read_to_string(path).map_err(drop) else { return Vec::new() };
    let name = path.display().to_string();
    match language {
        Some(language) if text.len() < 1 << 20 => vec![Sample { name, language, text }],
        Some(_) => Vec::new(),
        None => blocks(&name, &text),
    }
}

/// The fenced blocks of a page that are code in one of our languages: by the word behind the fence, or by the name
/// of the file that it holds.
fn blocks(page: &str, text: &str) -> Vec<Sample> {
    let mut found = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let Some(info) = line.strip_prefix("```").filter(|info| !info.is_empty()) else { continue };
        let block: String =
            lines.by_ref().take_while(|(_, line)| *line != "```").flat_map(|(_, line)| [line, "\n"]).collect();
        if let Some(language) = info.split_whitespace().find_map(language_of_word) {
            found.push(Sample { name: format!("{page}:{}", index + 1), language, text: block });
        }
    }
    found
}

fn language_of_word(word: &str) -> Option<Language> {
    match word {
        "python" => Some(Language::Python),
        "typescript" => Some(Language::TypeScript),
        "javascript" => Some(Language::JavaScript),
        _ => Language::of_extension(word.rsplit('.').next()?),
    }
}

/// What the grammars of the tolerant parser are known to misread, so that its lowering cannot know better. Behind such a
/// place a file is not compared.
const DEFECTS: &[(&str, Defect)] = &[
    (
        "an operator or `await` before a call with type arguments, `await get<T>(url)`, is read into the callee",
        |_, other| {
            let text = other.text();
            let operators = ["await", "!", "typeof", "void", "-", "+", "~", "delete", "yield", "new"];
            other.is(Kind::Call) && text.contains('<') && operators.iter().any(|operator| text.starts_with(operator))
        },
    ),
    ("a `!` behind an operator, `a in b!`, is read to belong to the whole operation", |one, other| {
        one.kind() == other.kind() && one.text().strip_suffix('!') == Some(other.text())
    }),
    ("`[*a.b]` is read as `[(*a).b]`", |one, other| one.is(Kind::Spread) && other.text().starts_with('*')),
    ("a call of `type` at the beginning of a statement is read as a type alias", |one, _| {
        one.text().starts_with("type(")
    }),
];

type Defect = fn(NodeRef<'_>, NodeRef<'_>) -> bool;

/// The first difference between the lowerings of a file, when both read it.
fn compare(sample: &Sample, total: &mut Total) -> Option<String> {
    total.files += 1;
    let Some(exact) = lower_exactly(sample.language, &sample.text) else {
        total.refused += 1;
        return None;
    };
    let tolerant = lower_tolerantly(sample.language, &sample.text);
    if !tolerant.errors.is_empty() || tolerant.cut {
        total.mended += 1;
        return None;
    }
    total.compared += 1;
    total.nodes += exact.tree.len();
    let difference = first_difference(&exact, &tolerant)?;
    total.different += 1;
    Some(format!("{}{difference}", sample.name))
}

fn first_difference(exact: &Lowered<'_>, tolerant: &Lowered<'_>) -> Option<String> {
    let (left, right) = (&exact.tree, &tolerant.tree);
    let at = left.nodes().zip(right.nodes()).position(|(one, other)| facts(one) != facts(other));
    let at = at.or((left.len() != right.len()).then(|| left.len().min(right.len())))?;
    if let (Some(one), Some(other)) = (left.nodes().nth(at), right.nodes().nth(at))
        && DEFECTS.iter().any(|(_, is_defect)| is_defect(one, other))
    {
        return None;
    }
    let start = [left.nodes().nth(at), right.nodes().nth(at)].into_iter().flatten().map(|node| node.span().start).min();
    let line = left.source()[..start.unwrap_or_default() as usize].matches('\n').count() + 1;
    let mut text = format!(":{line}\n");
    for (name, lowered) in [("exact", exact), ("tolerant", tolerant)] {
        writeln!(text, "  {name}:").expect("a string takes everything");
        for node in lowered.tree.nodes().skip(at.saturating_sub(1)).take(4) {
            writeln!(text, "    {}", described(node)).expect("a string takes everything");
        }
    }
    Some(text)
}

/// Everything that there is to know about a node.
fn facts(node: NodeRef<'_>) -> impl PartialEq {
    let binding = node.binding().map(|binding| (binding.name.clone(), binding.declaration, binding.writes));
    let parent = node.parent().map(NodeRef::id);
    (node.kind(), node.role(), node.flags(), node.span(), node.name().to_owned(), parent, binding)
}

fn described(node: NodeRef<'_>) -> String {
    let parent = node.parent().map(|parent| format!("{:?}", parent.kind())).unwrap_or_default();
    let flags: String =
        Flags::NAMES.iter().filter(|(flag, _)| node.has(*flag)).flat_map(|(_, name)| [" ", name]).collect();
    let shown: String = node.text().chars().take(70).collect();
    format!(
        "{:?} {:?} {:?}{flags} in {parent} at {}..{}: {shown:?}",
        node.role(),
        node.kind(),
        node.name(),
        node.span().start,
        node.span().end
    )
}
