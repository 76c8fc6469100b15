use std::fmt::Write;

use super::super::{Doc, ErrorKind, Format, Node, Value, parse};
use crate::model::Span;

fn read(text: &str) -> Doc {
    parse(Format::Yaml, text)
}

fn clean(text: &str) -> Doc {
    let doc = read(text);
    assert!(doc.is_complete(), "{:?}", doc.errors);
    doc
}

fn written<'t>(text: &'t str, doc: &Doc, path: &[&str]) -> &'t str {
    &text[doc.root().unwrap().at(path).unwrap().span.range()]
}

#[test]
fn spans_are_bytes_and_exact() {
    let text = "\u{feff}# хвост\r\nключ: \"знач # x\" # note\r\nlist:\r\n  - 'it''s' # c\r\n  - plain text   # d\r\n  - {a: 1, b: [2, 3]} # e\r\n\
                map:\r\n  x: 1\r\n  y: \r\nlast: ~\r\n";
    let doc = clean(text);
    assert_eq!(written(text, &doc, &["ключ"]), "\"знач # x\"");
    assert_eq!(written(text, &doc, &["list", "0"]), "'it''s'");
    assert_eq!(written(text, &doc, &["list", "1"]), "plain text");
    assert_eq!(written(text, &doc, &["list", "2"]), "{a: 1, b: [2, 3]}");
    assert_eq!(written(text, &doc, &["list", "2", "b"]), "[2, 3]");
    assert!(written(text, &doc, &["list"]).starts_with("- 'it") && written(text, &doc, &["list"]).ends_with("3]}"));
    assert_eq!(written(text, &doc, &["map"]), "x: 1\r\n  y:");
    let y = doc.root().unwrap().at(&["map"]).unwrap().entry("y").unwrap();
    assert_eq!(&text[y.span().range()], "y:");
    assert!(y.value.is_null());
    let comments: Vec<_> = doc.comments.iter().map(|span| &text[span.range()]).collect();
    assert_eq!(comments, ["# хвост", "# note", "# c", "# d", "# e"]);
}

#[test]
fn resolves_scalars_as_the_core_schema() {
    let doc = clean(
        "[yes, on, true, 0x1F, 3.10, 1e3, null, ~, inf, .inf, '1', 1.2.3, !!str 5, !Ref Name, 08, -, ]"
            .replace("-, ", "")
            .as_str(),
    );
    let items = doc.root().unwrap().items();
    assert_eq!(items[0].value, Value::String("yes".to_owned()));
    assert_eq!(items[2].value, Value::Bool(true));
    assert_eq!(items[3].value, Value::Number("0x1F".to_owned()));
    assert_eq!(items[4].value, Value::Number("3.10".to_owned()));
    assert!(items[6].is_null() && items[7].is_null());
    assert_eq!(items[8].value, Value::String("inf".to_owned()));
    assert!(matches!(items[9].value, Value::Number(_)));
    for index in [10, 11, 12, 13] {
        assert!(matches!(items[index].value, Value::String(_)), "{index}");
    }
}

#[test]
fn maps_lines_of_block_scalars_to_the_file() {
    for newline in ["\n", "\r\n"] {
        let text = "jobs:\n  - name: é | x # c\n    run: |  # why\n\n      npm ci\n        if x; then\n      # no\n      npx drizzle-kit push\n\n    with: 1\n  - run: >-\n      one\n      two # three\n\n      four\n"
            .replace('\n', newline);
        let doc = clean(&text);
        let run = doc.root().unwrap().at(&["jobs", "0", "run"]).unwrap();
        assert_eq!(run.as_str(), Some("\nnpm ci\n  if x; then\n# no\nnpx drizzle-kit push\n"));
        assert!(text[run.span.range()].starts_with("|  # why") && text[run.span.range()].ends_with("kit push"));
        for part in ["npm ci", "if x", "npx drizzle-kit push"] {
            let at = run.as_str().unwrap().find(part).unwrap();
            assert_eq!(&text[run.span_of(Span::new(at, at + part.len())).range()], part);
        }
        let run = doc.root().unwrap().at(&["jobs", "1", "run"]).unwrap();
        assert_eq!(run.as_str(), Some("one two # three\nfour"));
        for part in ["one", "two", "four"] {
            let at = run.as_str().unwrap().find(part).unwrap();
            assert_eq!(&text[run.span_of(Span::new(at, at + part.len())).range()], part);
        }
        let comments: Vec<_> = doc.comments.iter().map(|span| &text[span.range()]).collect();
        assert_eq!(comments, ["# c", "# why"]);
    }
}

#[test]
fn finds_the_header_of_unusual_blocks() {
    for (text, header, value) in [
        ("a: |2-\n    b\n", "|2-", "  b"),
        ("a: !x &y |\n  b\n", "|", "b\n"),
        ("a: |\n  | b\n", "|", "| b\n"),
        ("- |\n  b\n", "|", "b\n"),
        ("a:\n  >+\n  b\n\n", ">+", "b\n\n"),
        ("a: |\nb: 1\n", "|", ""),
        ("a: |", "|", ""),
        ("a: |+\n\n\nb: 1\n", "|+", "\n\n"),
    ] {
        let doc = clean(text);
        let root = doc.root().unwrap();
        let node = root.at(&["a"]).or(root.at(&["0"])).unwrap();
        assert_eq!(node.as_str(), Some(value), "{text}");
        assert!(text[node.span.range()].starts_with(header), "{text}: {:?}", &text[node.span.range()]);
        assert!(!text[node.span.range()].contains("b: 1"), "{text}");
    }
}

#[test]
fn places_stay_inside_the_file() {
    let text = "a: |\n  b";
    let doc = clean(text);
    let node = doc.root().unwrap().get("a").unwrap();
    let whole = node.as_str().unwrap();
    assert_eq!(whole, "b\n");
    assert_eq!(&text[node.span_of(Span::new(0, whole.len())).range()], "b");
}

#[test]
fn copies_aliases_and_resolves_merges() {
    let text = "base: &base\n  image: app\n  restart: no\nmore: &more {image: other, tty: true}\nweb:\n  <<: [*base, *more]\n  restart: always\nsame: *base\nkeep:\n  <<: text\n";
    let doc = clean(text);
    let root = doc.root().unwrap();
    let web = root.get("web").unwrap();
    let keys: Vec<_> = web.entries().iter().map(|entry| entry.key.as_str()).collect();
    assert_eq!(keys, ["restart", "image", "tty"]);
    assert_eq!(web.get("restart").unwrap().as_str(), Some("always"));
    let image = web.entry("image").unwrap();
    assert_eq!(image.value.as_str(), Some("app"));
    assert_eq!(&text[image.via.unwrap().range()], "*base");
    assert_eq!(&text[image.value.span.range()], "app");
    assert_eq!(&text[web.span.range()], "<<: [*base, *more]\n  restart: always");
    let same = root.entry("same").unwrap();
    assert_eq!(&text[same.span().range()], "same: *base");
    assert_eq!(same.value.get("restart").unwrap().as_str(), Some("no"));
    assert_eq!(root.at(&["keep", "<<"]).unwrap().as_str(), Some("text"));
}

#[test]
fn reads_streams_tags_and_odd_keys() {
    let text = "---\n# nothing\n---\na: !reference [.x, script]\n---\n? [1, 2]\n: v\n1: w\n'q': !Sub \"x${Y}\"\n...\n";
    let doc = clean(text);
    assert_eq!(doc.documents.len(), 2);
    assert_eq!(doc.documents[0].at(&["a", "1"]).unwrap().as_str(), Some("script"));
    assert_eq!(&text[doc.documents[0].at(&["a"]).unwrap().span.range()], "[.x, script]");
    let keys: Vec<_> = doc.documents[1].entries().iter().map(|entry| entry.key.as_str()).collect();
    assert_eq!(keys, ["[1, 2]", "1", "q"]);
    assert_eq!(&text[doc.documents[1].get("q").unwrap().span.range()], "\"x${Y}\"");
}

#[test]
fn the_last_duplicate_wins() {
    let doc = clean("a: 1\nb: 0\na: 2\n");
    assert_eq!(doc.root().unwrap().get("a").unwrap().text(), Some("2"));
    assert_eq!(doc.root().unwrap().all("a").count(), 2);
}

#[test]
fn keeps_what_precedes_an_error() {
    let doc = read("a: 1\nb:\n  c: 2\n  d: [1, 2\ne: }\n");
    assert_eq!(doc.root().unwrap().at(&["b", "c"]).and_then(Node::text), Some("2"));
    assert_eq!(doc.errors[0].kind, ErrorKind::Syntax);
    let doc =
        read("kind: Deployment\nspec:\n  image: {{ .Values.image }}\n  {{- if .Values.x }}\n  y: 1\n  {{- end }}\n");
    assert_eq!(doc.root().unwrap().get("kind").and_then(Node::text), Some("Deployment"));
    assert_eq!(doc.root().unwrap().at(&["spec", "image"]).and_then(Node::as_str), Some("{{ .Values.image }}"));
    assert_eq!(doc.errors[0].kind, ErrorKind::Template);
    assert!(read("# only\n").documents.is_empty());
    assert!(read("").documents.is_empty());
}

#[test]
fn aliases_cannot_multiply_a_file() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let alias = vec![format!("*a{}", level - 1); 9].join(", ");
        writeln!(bomb, "a{level}: &a{level} [{alias}]").unwrap();
    }
    let doc = read(&bomb);
    assert!(doc.errors.iter().any(|error| error.kind == ErrorKind::Cut));
    let mut deep = "a0: &a0 [x]\n".to_owned();
    for level in 1..2000 {
        writeln!(deep, "a{level}: &a{level} [*a{}]", level - 1).unwrap();
    }
    assert!(read(&deep).errors.iter().any(|error| error.kind == ErrorKind::Cut));
    let long = format!("a: &a {}\nb:\n{}", "x".repeat(1 << 20), "- *a\n".repeat(1000));
    assert!(read(&long).errors.iter().any(|error| error.kind == ErrorKind::Cut));
    assert_eq!(read("a: &a [1, *a]\n").errors.len(), 1);
}
