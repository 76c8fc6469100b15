//! How many test cases a file holds, by the lines that open one.

/// Test cases of a file with this extension; rows of tables count, since each of them is a case.
pub(super) fn count(extension: &str, text: &str) -> usize {
    match extension {
        "ts" | "tsx" | "js" | "jsx" | "mjs" | "cjs" | "mts" | "cts" | "vue" | "svelte" | "dart" => script(text),
        "py" => python(text),
        "go" => lines(text, |line| {
            ["func Test", "func Fuzz", "func Example", "t.Run(", "{name:", "{ name:", "name:", "It("]
                .iter()
                .any(|start| line.starts_with(start))
        }),
        "java" | "kt" | "kts" | "scala" | "groovy" => lines(text, |line| {
            ["@Test", "@ParameterizedTest", "@RepeatedTest", "@TestFactory", "@Property"]
                .iter()
                .any(|start| line.starts_with(start))
                || ["test(\"", "should(\"", "it(\"", "def \"", "Scenario("].iter().any(|start| line.starts_with(start))
        }),
        "cs" | "fs" | "vb" => {
            let marks = ["[Fact", "[Theory", "[Test", "[InlineData", "[DataRow"];
            lines(text, |line| marks.iter().any(|start| line.starts_with(start)))
        }
        "php" => {
            let php = ["it('", "it(\"", "test('", "test(\"", "#[Test]", "* @test"];
            lines(text, |line| line.contains("function test") || php.iter().any(|start| line.starts_with(start)))
        }
        "rb" => {
            let words = ["it ", "it(", "specify ", "scenario ", "example ", "test \"", "test '", "def test_"];
            lines(text, |line| words.iter().any(|start| line.starts_with(start)))
        }
        "rs" => {
            let marks = ["#[test", "#[tokio::test", "#[rstest", "#[case", "#[sqlx::test", "#[actix"];
            lines(text, |line| marks.iter().any(|start| line.starts_with(start)))
        }
        "ex" | "exs" => lines(text, |line| line.starts_with("test \"") || line.starts_with("property \"")),
        "swift" => lines(text, |line| line.contains("func test") || line.starts_with("@Test")),
        "feature" => lines(text, |line| line.starts_with("Scenario")),
        "c" | "cc" | "cpp" | "cxx" | "h" | "hpp" => {
            let macros = ["TEST(", "TEST_F(", "TEST_P(", "TEST_CASE(", "SECTION(", "BOOST_AUTO_TEST"];
            lines(text, |line| macros.iter().any(|start| line.starts_with(start)))
        }
        "bats" => lines(text, |line| line.starts_with("@test")),
        // What opens a case elsewhere is not known; a file of tests holds a few.
        _ => 5,
    }
}

fn lines(text: &str, opens: impl Fn(&str) -> bool) -> usize {
    text.lines().filter(|line| opens(line.trim_start())).count()
}

/// `it(…)`, `test.only(…)`, `it.each([…])(…)`, also with a type argument, a template or an `await` before it.
fn script(text: &str) -> usize {
    let mut found = 0;
    let mut rest = text.lines();
    while let Some(line) = rest.next() {
        let line = line.trim_start();
        let line = line.strip_prefix("await ").unwrap_or(line);
        let Some(behind) = after_opener(line) else { continue };
        let name = behind.split(['(', '`', '<']).next().unwrap_or_default();
        if behind.len() == name.len() || !name.chars().all(|c| c.is_alphanumeric() || c == '.' || c == '_') {
            continue;
        }
        if name.contains(".skip") && !name.contains(".skipIf") || name.contains(".todo") || name.contains(".describe") {
            continue;
        }
        let table = name.ends_with(".each") || name.ends_with(".for");
        found += if table { rows(line, rest.clone()) } else { 1 };
    }
    found
}

/// What follows the word that opens a case.
fn after_opener(line: &str) -> Option<&str> {
    const OPENERS: [&str; 13] = [
        "it",
        "test",
        "fit",
        "specify",
        "scenario",
        "Deno.test",
        "QUnit.test",
        "t.test",
        "tap.test",
        "testWidgets",
        "Scenario",
        "property",
        "effect",
    ];
    OPENERS.iter().find_map(|word| {
        let rest = line.strip_prefix(word)?;
        rest.starts_with(['(', '.', '`', '<']).then_some(rest)
    })
}

/// Rows of the table behind `.each`, at least two.
fn rows<'t>(line: &str, below: impl Iterator<Item = &'t str>) -> usize {
    const LONGEST: usize = 200;
    if line.contains("])(") || line.contains("`(") {
        return 2;
    }
    let row = |line: &str| line.starts_with(['[', '{', '\'', '"', '`', '$']) || line.contains('|');
    let table =
        below.take(LONGEST).map(str::trim_start).take_while(|line| !line.contains(")(") && !line.starts_with("`("));
    table.filter(|line| row(line)).count().max(2)
}

/// `def test_…`, with a case for each row of `parametrize`.
fn python(text: &str) -> usize {
    let (mut found, mut rows, mut in_table) = (0, 0, false);
    for line in text.lines().map(str::trim_start) {
        if line.starts_with("@pytest.mark.parametrize") || line.starts_with("@parameterized.expand") {
            in_table = true;
        } else if line.starts_with("def ") || line.starts_with("async def ") {
            let name = line.trim_start_matches("async ").trim_start_matches("def ");
            if name.starts_with("test") || name.starts_with("it_") {
                found += if in_table { rows.max(2) } else { 1 };
            }
            (rows, in_table) = (0, false);
        } else if in_table && line.starts_with(['(', '[', '{', '"', '\'']) || line.starts_with("pytest.param(") {
            rows += 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn cases_of_scripts() {
        let text = "describe('a', () => {\n  it('x', () => {})\n  test.only(`y`, f)\n  it.each([\n    [1, 2],\n    [3, 4],\n    [5, 6],\n  ])('%s', f)\n  it.skip('z', f)\n  item('no')\n  test.describe('no', f)\n})\n";
        assert_eq!(count("ts", text), 5);
    }

    #[test]
    fn cases_of_python() {
        let text = "def test_a():\n    pass\n\n@pytest.mark.parametrize(\n    'a',\n    [\n        (1),\n        (2),\n    ],\n)\nasync def test_b(a):\n    pass\n\ndef helper():\n    pass\n";
        assert_eq!(count("py", text), 1 + 4);
    }

    #[test]
    fn cases_of_other_languages() {
        assert_eq!(count("go", "func TestA(t *testing.T) {\n\tt.Run(\"b\", f)\n}\nfunc helper() {}\n"), 2);
        assert_eq!(count("java", "  @Test\n  void a() {}\n  @BeforeEach\n  void b() {}\n"), 1);
        assert_eq!(count("rs", "#[cfg(test)]\nmod tests {\n    #[test]\n    fn a() {}\n}\n"), 1);
    }
}
