//! Hostile sources: however deep or broken, lowering ends without a panic and within a small stack.

use readiness::code::{Kind, Language, NodeRef, Tree, dump, env_reads, lower};

const DEEP: usize = 100_000;
const ALL: [Language; 4] = [Language::TypeScript, Language::Tsx, Language::JavaScript, Language::Python];

/// Lowers on a thread with the stack that worker threads may have, and asks what recurses.
fn survives(language: Language, name: &str, source: &str) -> bool {
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .stack_size(2 << 20)
            .spawn_scoped(scope, || {
                let lowered = lower(language, source);
                let tree = &lowered.tree;
                for node in tree.nodes().take(2_000) {
                    _ = (node.path(), node.constant(), node.env_read(), node.environment_guard(), node.always_leaves());
                }
                assert!(depth(tree) < 1_000, "{name} is too deep");
                _ = env_reads(tree);
                if tree.len() < 5_000 {
                    _ = dump(tree);
                }
                lowered.cut
            })
            .expect("a thread starts")
            .join()
            .unwrap_or_else(|_| panic!("{name} in {language:?} panicked"))
    })
}

/// Levels of the tree; parents come before children.
fn depth(tree: &Tree<'_>) -> usize {
    let mut depths: Vec<usize> = Vec::with_capacity(tree.len());
    for node in tree.nodes() {
        depths.push(node.parent().map_or(0, |parent| depths[parent.id().0 as usize] + 1));
    }
    depths.into_iter().max().unwrap_or_default()
}

fn nested(open: &str, inner: &str, close: &str) -> String {
    format!("x = {}{inner}{}\n", open.repeat(DEEP), close.repeat(DEEP))
}

#[test]
fn deep_brackets_are_cut() {
    for language in ALL {
        for (open, close) in [("(", ")"), ("[", "]"), ("f(", ")"), ("a[", "]")] {
            assert!(survives(language, open, &nested(open, "1", close)), "{open} in {language:?}");
        }
        let (open, close) = if language.is_script() { ("{a:", "}") } else { ("{1:", "}") };
        assert!(survives(language, open, &nested(open, "1", close)), "{open} in {language:?}");
    }
}

#[test]
fn brackets_that_never_close_end() {
    for language in ALL {
        for open in ["(", "[", "{", "f(", "`${", "f'{", "<a>", "\"", "/*", "'''", "if (x) {", "<"] {
            survives(language, open, &format!("x = {}", open.repeat(DEEP / 10)));
        }
        for close in [")", "]", "}", "</a>"] {
            survives(language, close, &format!("x = {}", close.repeat(DEEP / 10)));
        }
    }
}

#[test]
fn long_operator_chains_end() {
    for language in ALL {
        let (and, not) = if language.is_script() { (" && ", "!") } else { (" and ", "not ") };
        for operator in ["+", " - ", "<", " == ", and, ".b", "()", "[0]"] {
            let term = if operator.starts_with(['.', '(', '[']) { "" } else { "a" };
            let chain = format!("x = a{}\n", format!("{operator}{term}").repeat(DEEP));
            assert!(survives(language, operator, &chain), "{operator} in {language:?}");
        }
        for operator in [not, "-", "~"] {
            let spaced = if operator == "-" { "- " } else { operator };
            assert!(survives(language, operator, &format!("x = {}a\n", spaced.repeat(DEEP))));
        }
        let (conditional, end) = if language.is_script() { ("a ? b : ", "c") } else { ("a if b else ", "c") };
        assert!(survives(language, conditional, &format!("x = {}{end}\n", conditional.repeat(DEEP))));
    }
}

#[test]
fn deep_statements_are_cut() {
    for language in ALL.into_iter().filter(|language| language.is_script()) {
        for (open, close) in
            [("{", "}"), ("if (a) {", "}"), ("function f() {", "}"), ("class A { m() {", "}}"), ("() => {", "}")]
        {
            let source = format!("{}{}", open.repeat(DEEP / 4), close.repeat(DEEP / 4));
            assert!(survives(language, open, &source), "{open} in {language:?}");
        }
        let source = format!("{}{{}}", "if (a) {} else ".repeat(DEEP));
        assert!(survives(language, "else if", &source));
        survives(language, "types", &format!("let x: {}A{}", "A<".repeat(DEEP), ">".repeat(DEEP)));
        survives(language, "templates", &format!("x = {}1{}", "`${".repeat(DEEP), "}`".repeat(DEEP)));
    }
    let branches = format!("if a:\n    b\n{}", "elif a:\n    b\n".repeat(DEEP));
    assert!(survives(Language::Python, "elif", &branches));
    let deep: String = (0..2_000).flat_map(|depth| [" ".repeat(depth), "if a:\n".to_owned()]).collect();
    survives(Language::Python, "if", &(deep + &" ".repeat(2_000) + "b\n"));
    let comprehension = format!("x = [a {}]\n", "for a in b ".repeat(DEEP));
    assert!(survives(Language::Python, "comprehension", &comprehension));
    assert!(survives(Language::Python, "lambda", &format!("x = {}1\n", "lambda: ".repeat(DEEP))));
    survives(Language::Python, "f-strings", &format!("x = {}1{}\n", "f'{".repeat(200), "}'".repeat(200)));
    assert!(survives(Language::Python, "dotted names", &format!("@a{}\ndef f(): pass\n", ".b".repeat(DEEP))));
    survives(
        Language::Python,
        "patterns",
        &format!("match a:\n    case {}1{}: pass\n", "[".repeat(DEEP), "]".repeat(DEEP)),
    );
    survives(Language::Python, "dotted import", &format!("import a{}\n", ".b".repeat(DEEP)));
}

#[test]
fn deep_jsx_is_cut() {
    for language in [Language::Tsx, Language::JavaScript, Language::Jsx] {
        let source = format!("x = {}{}", "<a>".repeat(DEEP / 4), "</a>".repeat(DEEP / 4));
        assert!(survives(language, "<a>", &source));
        let source = format!("x = {}1{}", "<a b={".repeat(DEEP / 4), "}/>".repeat(DEEP / 4));
        assert!(survives(language, "<a b={", &source));
        survives(language, "tag", &format!("x = <a{}/>", ".b".repeat(DEEP)));
    }
}

#[test]
fn long_flat_files_are_whole() {
    for language in ALL {
        let list = format!("x = [{}]\n", "a, ".repeat(DEEP));
        assert!(!survives(language, "list", &list));
        assert!(!survives(language, "statements", &"f(1)\n".repeat(DEEP)));
        assert!(!survives(language, "arguments", &format!("f({})\n", "a, ".repeat(DEEP))));
    }
    let lowered = lower(Language::Python, "x = a < b\n");
    assert!(!lowered.cut);
}

#[test]
fn what_stands_beside_the_cut_is_kept() {
    let source = format!("before(); x = {}1{}; after();", "[".repeat(DEEP), "]".repeat(DEEP));
    let lowered = lower(Language::TypeScript, &source);
    assert!(lowered.cut);
    assert!(!lowered.errors.is_empty(), "the cut is among the errors");
    let calls: Vec<&str> = lowered.tree.nodes().filter(|node| node.is(Kind::Call)).map(NodeRef::text).collect();
    assert_eq!(calls, ["before()", "after()"]);
}

#[test]
fn broken_text_ends() {
    let samples = [
        "",
        "\u{feff}",
        "\0\0\0",
        "\u{feff}import a from 'b'",
        "'\\",
        "\"\\u{",
        "`",
        "`${",
        "x = '\\ud83d'",
        "<",
        "<a",
        "<a>",
        "</",
        "{",
        "}",
        "class",
        "def",
        "def f(",
        "@",
        "@a",
        "import",
        "from . import",
        "export",
        "f(",
        "f(a",
        "f'{",
        "f'{a!",
        "f'{a:{",
        "match x:\n case",
        "a.",
        "a?.",
        "new",
        "async",
        "await",
        "yield",
        "lambda",
        "x =",
        "x: ",
        "\r\r\n",
        "é = 'ü'",
        "/[",
        "a => ",
        "...",
        "**",
        "#!",
        "//",
        "/*",
        "try:",
        "with a as",
        "if",
        "if (",
        "for (",
        "for x in",
        "case",
        "`a${b}c",
        "'''",
        "\"\"\"a",
        "rb'\\x",
        "\\",
        "$",
        "@a class",
        "enum A {",
        "namespace A",
        "declare",
        "import {",
        "export {",
        "import a, {",
        "from a import (",
        "global",
        "del",
        "raise",
        "print",
        "x = (y := ",
        "{**",
    ];
    for language in ALL {
        for sample in samples {
            let lowered = lower(language, sample);
            assert!(lowered.tree.nodes().all(|node| node.span().range().end <= sample.len()), "{sample:?}");
            assert!(lowered.tree.nodes().all(|node| sample.get(node.span().range()).is_some()), "{sample:?}");
            _ = dump(&lowered.tree);
        }
    }
}

/// A file that is cut off anywhere, as while it is being written.
#[test]
fn every_beginning_of_our_samples_is_lowered() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lowering");
    for entry in std::fs::read_dir(folder).expect("the sources are there") {
        let path = entry.expect("a readable folder").path();
        let language = path.extension().and_then(|end| Language::of_extension(end.to_str()?)).expect("a language");
        let source = std::fs::read_to_string(&path).expect("a readable file");
        for end in (0..source.len()).step_by(7).filter(|end| source.is_char_boundary(*end)) {
            let lowered = lower(language, &source[..end]);
            for node in lowered.tree.nodes() {
                let parent = node.parent().map_or(node.span(), NodeRef::span);
                assert!(parent.contains(node.span()), "{node:?} leaves its parent in {}..{end}", path.display());
            }
        }
    }
}

#[test]
fn spans_nest_and_come_in_order() {
    let python = "@a  # c\ndef f(x=1, *y): return [z for z in x if z]\nif a: b\nelif c: d\nx = a < b < c\ndel p, q\n";
    let script = "@A() export class B { @C() d(@E() f: G = 1) { return `a${b}c` } } const { a: b = 1, ...c } = d ?? e;";
    for (language, source) in [(Language::Python, python), (Language::TypeScript, script)] {
        let lowered = lower(language, source);
        assert_eq!(lowered.errors, []);
        for node in lowered.tree.nodes() {
            if let Some(parent) = node.parent() {
                assert!(parent.span().contains(node.span()), "{node:?} is not within {parent:?}");
                assert!(parent.id() < node.id());
            }
        }
    }
}
