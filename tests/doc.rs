//! Hostile configuration files: whatever they hold, reading ends soon, keeps its stack, and says what it cut.

use std::{fs, time::Instant};

use camino::Utf8PathBuf;
use readiness::{
    code::{docker, shell, shell::Command},
    doc::{Doc, Format, MAX_NODES, format_of, parse},
};

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
    reader.expect("a thread starts").join().expect("no input panics")
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
        (Format::Yaml, (0..2000).flat_map(|depth| [" ".repeat(depth), "a:\n".to_owned()]).collect()),
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

/// Every file below the folder that the variable names, with its text.
fn real_files() -> impl Iterator<Item = (Utf8PathBuf, String)> {
    let root = std::env::var("READINESS_TREES").ok();
    let walk = root.into_iter().flat_map(|root| walkdir::WalkDir::new(root).sort_by_file_name());
    walk.flatten().filter(|entry| entry.file_type().is_file()).filter_map(|entry| {
        let path = Utf8PathBuf::from_path_buf(entry.into_path()).ok()?;
        let text = fs::read_to_string(&path).ok()?;
        Some((path, text))
    })
}

#[test]
fn real_documents_are_read() {
    let (mut files, mut broken) = (0, 0);
    for (path, text) in real_files() {
        let Some(format) = format_of(&path) else { continue };
        files += 1;
        for error in read(format, text).errors.iter().take(1) {
            broken += 1;
            println!("{path}: {format:?} {error:?}");
        }
    }
    println!("{files} files, {broken} with errors");
}

#[test]
fn real_scripts_are_read() {
    let (mut files, mut commands) = (0, 0);
    for (path, text) in real_files() {
        let name = path.file_name().unwrap_or_default();
        let found: Vec<Command> = if name.contains("Dockerfile") {
            let file = docker::parse(&text);
            for error in &file.errors {
                println!("{path}: {}: {:?}", error.message, &text[error.span.range()]);
            }
            let instructions = file.stages.iter().flat_map(|stage| &stage.instructions);
            instructions.flat_map(docker::Instruction::commands).collect()
        } else if name == "Makefile" {
            let lines = shell::recipe_lines(&text);
            lines.iter().flat_map(|line| shell::commands_at(&line.text, line.span.start)).collect()
        } else if matches!(path.extension(), Some("sh" | "bash")) {
            shell::commands(&text)
        } else if let Some(format @ (Format::Yaml | Format::Json)) = format_of(&path) {
            let doc = parse(format, &text);
            let nodes = doc.documents.iter().flat_map(readiness::doc::Node::walk);
            let scripts = nodes.filter(|(path, _)| path.last_key() == Some("run") || path.is(&["scripts", "*"]));
            scripts
                .filter_map(|(_, node)| Some((node, node.as_str()?)))
                .flat_map(|(node, script)| shell::commands_in(script, |span| node.span_of(span)))
                .collect()
        } else {
            continue;
        };
        files += usize::from(!found.is_empty());
        for (index, command) in found.iter().enumerate() {
            commands += 1;
            for word in &command.words {
                let written = &text[word.span.range()];
                let plain = !written.contains(['"', '\'', '\\', '\n', '\r']) && !word.text.contains('\0');
                assert!(!plain || *written == word.text || name == "Makefile", "{path}: {written:?} {word:?}");
            }
            if index % 37 == 3 {
                let program = command.program().map(|program| program.name);
                println!("{path}: {program:?} {:?}", &text[command.span.range()]);
            }
        }
    }
    println!("{files} files, {commands} commands");
}
