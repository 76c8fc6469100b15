//! The lowering of every construct in every language, as snapshots of small sources in `tests/lowering`, and the
//! examples of `docs/lowered-tree.md`, which the lowering itself writes: `UPDATE=1` brings them up to date.

use std::path::{Path, PathBuf};

use readiness::code::{Flags, Kind, Language, Role, dump, lower};

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn lowered(language: Language, source: &str) -> String {
    let lowered = lower(language, source);
    assert!(!lowered.cut);
    dump(&lowered.tree)
}

#[test]
fn every_construct_is_lowered_as_agreed() {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(repository().join("tests/lowering"))
        .expect("the sources are there")
        .map(|entry| entry.expect("a readable folder").path())
        .collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().and_then(|name| name.to_str()).expect("a file name").replace('.', "_");
        let language = path.extension().and_then(|end| Language::of_extension(end.to_str()?)).expect("a language");
        let source = std::fs::read_to_string(&path).expect("a readable file");
        insta::assert_snapshot!(name, lowered(language, &source));
    }
}

#[test]
fn the_documents_examples_are_up_to_date() {
    let path = repository().join("docs/lowered-tree.md");
    let document = std::fs::read_to_string(&path).expect("the document is there");
    let rendered = with_examples(&document);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, rendered).expect("the document can be written");
        return;
    }
    assert!(document == rendered, "docs/lowered-tree.md is out of date; run this test with UPDATE=1");
}

/// The document with the lowered form behind each of its code blocks.
fn with_examples(document: &str) -> String {
    let mut result = String::new();
    let mut lines = document.lines().peekable();
    while let Some(line) = lines.next() {
        result.push_str(line);
        result.push('\n');
        let Some(language) = line.strip_prefix("```").and_then(language_of_fence) else { continue };
        let source: String = lines.by_ref().take_while(|line| *line != "```").flat_map(|line| [line, "\n"]).collect();
        let blank = lines.next_if(|line| line.is_empty()).is_some();
        let old = lines.next_if(|line| *line == "```text").is_some();
        if old {
            lines.by_ref().take_while(|line| *line != "```").for_each(drop);
        }
        let dump = without_module(&lowered(language, &source));
        result.extend([source.as_str(), "```\n\n```text\n", &dump, "```\n"]);
        if blank && !old {
            result.push('\n');
        }
    }
    result
}

/// An example is part of a file: its statements are shown, the module around them is not.
fn without_module(dump: &str) -> String {
    dump.lines().skip(1).flat_map(|line| [line.strip_prefix("  ").unwrap_or(line), "\n"]).collect()
}

fn language_of_fence(fence: &str) -> Option<Language> {
    Some(match fence {
        "ts" => Language::TypeScript,
        "tsx" => Language::Tsx,
        "js" => Language::JavaScript,
        "python" => Language::Python,
        _ => return None,
    })
}

#[test]
fn the_document_names_every_kind_role_and_flag() {
    let document = std::fs::read_to_string(repository().join("docs/lowered-tree.md")).expect("the document is there");
    for kind in Kind::ALL {
        assert!(document.contains(&format!("\n### {kind:?}\n")), "no section for {kind:?}");
    }
    for role in Role::ALL {
        assert!(document.contains(&format!("`{role:?}`")), "{role:?} is not mentioned");
    }
    for (_, flag) in Flags::NAMES {
        assert!(document.contains(&format!("`{flag}`")), "{flag} is not mentioned");
    }
}

#[test]
fn kinds_are_listed_in_order() {
    for (index, kind) in Kind::ALL.into_iter().enumerate() {
        assert_eq!(kind as usize, index);
    }
}
