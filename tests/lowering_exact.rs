//! The exact parsers recurse without looking how deep they are: whatever nests, and however it nests, a file is either
//! read on a stack that suffices or left to the tolerant parser.

use readiness::code::{Kind, Language, lower, lower_exactly};

/// What every file may have, the most that the exact parsers are trusted with, and far beyond.
const DEPTHS: [usize; 3] = [40, 200, 20_000];

/// Forms that take a parser of scripts one level down each: what opens, and what closes.
const SCRIPTS: &[(&str, &str)] = &[
    ("(", ")"),
    ("[", "]"),
    ("{a:", "}"),
    ("{", "}"),
    ("(a = ", ")"),
    ("a ? (b) : ", ""),
    ("a ? (b ? ", ""),
    ("async (", ")"),
    ("async (a = ", ")"),
    ("a => ", ""),
    ("(a) => {", "}"),
    ("function () {", "}"),
    ("class extends ", ""),
    ("class { m() { ", "}}"),
    ("class { [", "]() {} }"),
    ("`${", "}`"),
    ("a`${", "}`"),
    ("f(", ")"),
    ("a[", "]"),
    ("new ", ""),
    ("!", ""),
    ("- ", ""),
    ("typeof ", ""),
    ("await ", ""),
    ("a = ", ""),
    ("a ** ", ""),
    ("a ?? (", ")"),
    ("if (a) ", ""),
    ("if (a) {} else ", ""),
    ("for (;;) ", ""),
    ("while (a) ", ""),
    ("do ", ""),
    ("a: ", ""),
    ("try {", "} catch {}"),
    ("switch (a) { case 1: ", "}"),
    ("<a>", "</a>"),
    ("<a b={", "}/>"),
    ("<a b=<a/> c=", ""),
    ("<T>", ""),
    ("<T>(", ")"),
    ("a<", ">"),
    ("a<(", ")>"),
    ("let a: B<", ">"),
    ("let a: (", ")"),
    ("let a: () => ", ""),
    ("let a: keyof ", ""),
    ("let a: A extends B ? C : ", ""),
    ("let a: `${", "}`"),
    ("let a: { b: ", "}"),
    ("@(", ")"),
    ("import(", ")"),
    ("namespace A { ", "}"),
];

const PYTHON: &[(&str, &str)] = &[
    ("(", ")"),
    ("[", "]"),
    ("{", "}"),
    ("{1: ", "}"),
    ("f(", ")"),
    ("a[", "]"),
    ("not ", ""),
    ("- ", ""),
    ("await ", ""),
    ("lambda: ", ""),
    ("lambda a=", ": b"),
    ("a if b else ", ""),
    ("a ** ", ""),
    ("a.b", ""),
    ("a + ", ""),
    ("a < ", ""),
    ("a and ", ""),
    ("[a for b in ", "]"),
    ("f'{", "}'"),
    ("*", ""),
    ("(yield ", ")"),
];

#[test]
fn scripts_that_nest_end() {
    for language in [Language::TypeScript, Language::Tsx, Language::JavaScript] {
        for (open, close) in SCRIPTS {
            survives(language, open, close, "1");
            survives(language, &format!("x = {open}"), "", "");
        }
    }
}

#[test]
fn python_that_nests_ends() {
    for (open, close) in PYTHON {
        survives(Language::Python, open, close, "1");
    }
}

/// Reads each depth on a thread with an ordinary stack.
fn survives(language: Language, open: &str, close: &str, inner: &str) {
    for depth in DEPTHS {
        let source = format!("{}{inner}{}\n", open.repeat(depth), close.repeat(depth));
        std::thread::scope(|scope| {
            std::thread::Builder::new()
                .stack_size(2 << 20)
                .spawn_scoped(scope, || drop(lower_exactly(language, &source)))
                .expect("a thread starts")
                .join()
                .unwrap_or_else(|_| panic!("{open:?} in {language:?} panicked"));
        });
    }
}

/// Behind every `<` a parser tries to read types to the end of the file: brackets in comments hide none of them.
#[test]
fn angle_brackets_do_not_take_the_square_of_their_number() {
    for open in ["a<", "a</*>*/", "a</*;*/", "'/*';a<", "a<(b<"] {
        let source = format!("x = {}", open.repeat(100_000));
        assert!(lower_exactly(Language::TypeScript, &source).is_none(), "{open}");
    }
}

#[test]
fn ordinary_files_are_read_exactly() {
    for (language, source) in [
        (Language::TypeScript, "const a = fetch<User>(`/users/${id}`)"),
        (Language::Tsx, "const Box = styled.div<{ wide: boolean }>`width: ${(props) => props.wide};`"),
        (Language::JavaScript, "module.exports = { a: require('b') }\nreturn"),
        (Language::Python, "def f(a: int) -> None:\n    return [a for _ in range(a)]\n"),
    ] {
        let lowered = lower_exactly(language, source).expect(source);
        assert_eq!(lowered.errors, [], "{source}");
        assert!(!lowered.cut, "{source}");
    }
}

#[test]
fn files_with_errors_are_read_by_the_tolerant_parser() {
    for (language, source) in
        [(Language::TypeScript, "before(); const a = ;"), (Language::Python, "before()\nprint 'a'\nx = [1,\n")]
    {
        assert!(lower_exactly(language, source).is_none(), "{source}");
        let calls = lower(language, source).tree.nodes().filter(|node| node.is(Kind::Call)).count();
        assert!(calls > 0, "{source}");
    }
}
