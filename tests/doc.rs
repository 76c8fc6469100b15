//! Hostile configuration files: whatever they hold, reading ends soon, keeps its stack, and says what it cut.

use std::{fs, time::Instant};

use camino::Utf8Path;
use readiness::doc::{Doc, Format, MAX_NODES, format_of, parse};

const FORMATS: [Format; 8] = [
    Format::Yaml,
    Format::Json,
    Format::Jsonc,
    Format::Toml,
    Format::Dotenv,
    Format::Ini,
    Format::Properties,
    Format::Xml,
];

/// Reads `text` on a small stack and checks what holds of every document.
fn read(format: Format, text: String) -> Doc {
    let reader = std::thread::Builder::new().stack_size(1 << 20).spawn(move || {
        let doc = parse(format, &text);
        check(&doc, &text);
        doc
    });
    reader.unwrap().join().expect("no input panics")
}

fn check(doc: &Doc, text: &str) {
    let mut nodes = 0;
    for document in &doc.documents {
        for (_, node) in document.walk() {
            nodes += 1;
            assert!(text.get(node.span.range()).is_some(), "{:?}: span {:?} is off", doc.format, node.span);
            for entry in node.entries() {
                assert!(text.get(entry.key_span.range()).is_some() && text.get(entry.span().range()).is_some());
            }
        }
    }
    assert!(nodes <= MAX_NODES + 1, "{nodes} nodes");
    for span in doc.comments.iter().chain(doc.errors.iter().map(|error| &error.span)) {
        assert!(text.get(span.range()).is_some(), "{:?}: span {span:?} is off", doc.format);
    }
}

#[test]
fn deep_nesting_is_cut() {
    const DEPTH: usize = 100_000;
    for (format, text) in [
        (Format::Yaml, "[".repeat(DEPTH)),
        (Format::Yaml, "{a: ".repeat(DEPTH)),
        (Format::Yaml, "- ".repeat(DEPTH)),
        (Format::Yaml, "? ".repeat(DEPTH)),
        (Format::Yaml, (0..2000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect()),
        (Format::Json, "[".repeat(DEPTH)),
        (Format::Json, "{\"a\":".repeat(DEPTH)),
        (Format::Toml, format!("a = {}", "[".repeat(DEPTH))),
        (Format::Toml, format!("a = {}", "{a=".repeat(DEPTH))),
        (Format::Toml, format!("{}a = 1", "a.".repeat(DEPTH))),
        (Format::Toml, format!("[{}a]", "a.".repeat(DEPTH))),
        (Format::Xml, "<a>".repeat(DEPTH)),
        (Format::Xml, format!("{}{}", "<a>".repeat(DEPTH), "</a>".repeat(DEPTH))),
    ] {
        let start = text.get(..12).unwrap_or_default().to_owned();
        assert!(!read(format, text).is_complete(), "{format:?} {start}");
    }
}

#[test]
fn long_lines_and_endless_lists_are_read_or_cut() {
    // Without optimisation a tenth of the size takes as long.
    const SIZE: usize = if cfg!(debug_assertions) { 1 << 20 } else { 10 << 20 };
    for format in FORMATS {
        for unit in [
            "x", "a=", "\"", "'", "{{", "\\", "# ", "a: ", "- a\n", "a=1\n", "[a]\n", "<a/>", "&a ", "[],", "'a',",
            "\u{e9}",
        ] {
            let began = Instant::now();
            read(format, unit.repeat(SIZE / unit.len()));
            // Far above what it takes, and far below what anything quadratic would.
            assert!(began.elapsed().as_secs() < 20, "{format:?} {unit:?}: {:?}", began.elapsed());
        }
    }
}

/// Reads every configuration file below the folder that the variable names.
#[test]
fn real_files_are_read() {
    let Ok(root) = std::env::var("READINESS_TREES") else { return };
    let (mut files, mut broken) = (0, 0);
    for entry in walkdir::WalkDir::new(root).into_iter().flatten().filter(|entry| entry.file_type().is_file()) {
        let Some(path) = Utf8Path::from_path(entry.path()) else { continue };
        let (Some(format), Ok(text)) = (format_of(path), fs::read_to_string(path)) else { continue };
        files += 1;
        let doc = read(format, text);
        for error in doc.errors.iter().take(1) {
            broken += 1;
            println!("{path}: {format:?} {error:?}");
        }
    }
    println!("{files} files, {broken} with errors");
}
