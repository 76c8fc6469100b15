//! Whatever nests in a script, its parser takes no more memory than was foretold.

use oxc_allocator::Allocator;
use oxc_parser::{ParseOptions, Parser};
use oxc_span::SourceType;

use super::{BUDGET, is_linear, work};

/// What takes a parser one level down: what opens, and what closes.
const SHAPES: &[(&str, &str)] = &[
    ("(", ")"),
    ("[", "]"),
    ("{a:", "}"),
    ("(a = ", ")"),
    ("a ? (b) : ", ""),
    ("async (a = ", ")"),
    ("a => ", ""),
    ("(a) => {", "}"),
    ("(a) => (", ")"),
    ("`${", "}`"),
    ("f(", ")"),
    ("<a>", "</a>"),
    ("<a b={", "}/>"),
    ("<T>", ""),
    ("<T,>(a = ", ")=>1"),
    ("a<", ">"),
    ("a<(", ")>"),
    ("let a: (", ")"),
    ("let a: () => ", ""),
    ("let a: A extends B ? C : ", ""),
    ("a ? (b = ", ") : c"),
    ("a ? (", ") : c => d"),
    ("(a = b ? (", ") : c)"),
    ("([a = ", "])"),
    ("({a = ", "})"),
    ("(a, ", ")"),
    ("(a: b = ", ")"),
    ("async <T,>(a = ", ")"),
    ("a ? b => (", ") : 1"),
    ("(a = (b) => ", ")"),
    ("{[(a = ", ")]: 1}"),
    ("a as ([b = ", "]) => c"),
    ("a as ({b = ", "}) => c"),
    ("a as ({[", "]: b}) => c"),
    ("a as (/**/ {c = ", "}) => d"),
    ("let a: new (b = ", ") => c"),
    ("a<{[", "]:1}>()"),
    ("a<{m(b = ", ")}>()"),
    ("a<(b = ", ")=>c>(1)"),
    ("a<(b = ", ")=>c>1"),
    ("a<<T>(b = ", ")=>c>(1)"),
    ("a<new <T>(b = ", ")=>c>(1)"),
    ("a<typeof import('x',{with:{b:", "}})>()"),
    ("a<import('x',{with:{b:", "}})>()"),
    ("a<b[], ([c = ", "])=>d>()"),
    ("a<B<C<(c = ", ")=>d>>>()"),
    ("a<b extends c ? d : (e = ", ") => f>()"),
    ("(a: ([b = ", "]) => c) => d"),
    ("a ? (b): ([c = ", "]) => d => 1 : 2"),
    ("a ? (b): c => (", ") : 2"),
    ("a ? (b): c => ", " : 2"),
    ("let a: infer B extends (", ") ? 1 : 2"),
    ("@a((b = ", ")) class {}"),
    ("enum A { b = (c = ", ") }"),
    ("a?.<(b = ", ")=>c>()"),
    ("new A<{[", "]:1}>()"),
    ("class extends A<{[", "]:1}> {}"),
    ("<A<{[", "]:1}>/>"),
    ("a<{[", "]:1}>`x`"),
    ("a<`${{[", "]:1}}`>()"),
    ("a<{get [", "]():1}>()"),
    ("a<{readonly [", "]:1}>()"),
    ("a<{b\n[", "]:1}>()"),
    ("a<'x'\u{a0}| {[", "]:1}>()"),
    ("a // b\n<{[", "]:1}>()"),
    ("a ? (...[b = ", "]) : c"),
    ("a as (public [b = ", "]) => c"),
];

/// The memory of the parser's tree, and of all that it read and threw away.
fn memory(source: &str, syntax: SourceType) -> usize {
    stacker::grow(512 << 20, || {
        let arena = Allocator::new();
        let options = ParseOptions { allow_return_outside_function: true, ..ParseOptions::default() };
        drop(Parser::new(&arena, source, syntax).with_options(options).parse());
        arena.used_bytes()
    })
}

/// Every shape at every depth takes memory by the amount of work that was foretold.
#[test]
fn memory_is_foretold() {
    let syntaxes = [(SourceType::tsx(), true), (SourceType::unambiguous().with_jsx(true), false)];
    let depths = (1..16).chain((16..100).step_by(12)).chain([100, 200, 400]);
    for depth in depths {
        for (open, close) in SHAPES {
            for closed in [0, depth / 2, depth] {
                let source = format!("x = {}1{}", open.repeat(depth), close.repeat(closed));
                for (syntax, typed) in syntaxes {
                    let foretold = work(&source, typed);
                    if foretold <= BUDGET {
                        let taken = memory(&source, syntax);
                        assert!(taken <= 100 * foretold, "{taken} for {depth} times {open}, foretold {foretold}");
                    }
                }
            }
        }
    }
}

#[test]
fn attempts_in_attempts_are_refused() {
    for open in ["a<{[", "a<(b = ", "a<new <T>(b = ", "x as ([b = ", "x as ({[", "a<import('x', { with: { b: "] {
        assert!(is_linear(&format!("x = {}", open.repeat(3)), true), "{open}");
        assert!(!is_linear(&format!("x = {}", open.repeat(20)), true), "{open}");
    }
    assert!(!is_linear(&"(a = ".repeat(2_000), false));
    assert!(!is_linear(&"a<".repeat(5_000), true));
}

/// What real files are full of, denser than in any of them.
#[test]
fn ordinary_code_is_linear() {
    let lines = [
        "export const List = ({ items, wide = false, onPick = () => {} }: Props): Element => (<ul>{items}</ul>);\n",
        "const [user, setUser] = useState<{ name: string; tags: Record<string, string[]> } | null>(null);\n",
        "for (let i = 0; i < count; i++) { if (a < b && (c > d || e)) return (x) => ({ id: make(x), ...rest }); }\n",
        "const found = (await import('./module')).default<Found>((one, other) => (one < other ? -1 : 1));\n",
        "function pick<T, K extends keyof T = keyof T>(one: T, ...keys: K[]): Pick<T, K> { return {} as Pick<T, K>; }\n",
    ];
    assert!(is_linear(&lines.concat().repeat(30), true));
}
