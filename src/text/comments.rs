//! The comments of languages without a parser of ours: where they are real, and never in a string.

use crate::model::Span;

/// How a language writes comments and what hides them.
#[derive(Debug, Clone, Copy)]
pub struct Syntax {
    /// What begins a comment that ends with its line.
    pub line: &'static [&'static str],
    /// Such a comment begins a line or a word, as in a shell.
    pub line_at_word: bool,
    /// What begins and ends a comment that may span lines.
    pub block: &'static [(&'static str, &'static str)],
    /// Strings, longer signs first.
    pub strings: &'static [Quote],
    /// `<<WORD` begins a text that ends with `WORD` alone in its line.
    pub heredocs: bool,
}

/// How a string is written.
#[derive(Debug, Clone, Copy)]
pub struct Quote {
    pub sign: &'static str,
    /// A backslash takes the next character.
    pub escapes: bool,
    pub many_lines: bool,
}

const fn quote(sign: &'static str, escapes: bool, many_lines: bool) -> Quote {
    Quote { sign, escapes, many_lines }
}

/// A tag that does not end within so many characters is none; without it many such would be searched to the end.
const LONGEST_TAG: usize = 1000;

const C_BLOCK: &[(&str, &str)] = &[("/*", "*/")];
const PLAIN_STRINGS: &[Quote] = &[quote("\"", true, false), quote("'", true, false)];

/// Java, Kotlin, C#, Swift, Scala, PHP and their like.
pub const C_LIKE: Syntax = Syntax {
    line: &["//"],
    line_at_word: false,
    block: C_BLOCK,
    strings: &[quote("\"\"\"", true, true), quote("\"", true, false), quote("'", true, false)],
    heredocs: false,
};

/// Go, and scripts that have no tree.
pub const WITH_BACKTICKS: Syntax =
    Syntax { strings: &[quote("\"", true, false), quote("'", true, false), quote("`", true, true)], ..C_LIKE };

/// Rust, where an apostrophe mostly begins a lifetime.
pub const RUST: Syntax = Syntax { strings: &[quote("\"", true, true)], ..C_LIKE };

pub const PHP: Syntax =
    Syntax { line: &["//", "#"], strings: &[quote("\"", true, true), quote("'", true, true)], ..C_LIKE };

pub const TERRAFORM: Syntax =
    Syntax { line: &["#", "//"], strings: &[quote("\"", true, false)], heredocs: true, ..C_LIKE };

pub const CSS: Syntax = Syntax { line: &[], block: C_BLOCK, strings: PLAIN_STRINGS, ..C_LIKE };

pub const SQL: Syntax = Syntax {
    line: &["--"],
    line_at_word: false,
    block: C_BLOCK,
    // A doubled apostrophe ends one string and begins the next.
    strings: &[quote("'", false, true), quote("\"", false, true)],
    heredocs: false,
};

pub const SHELL: Syntax = Syntax {
    line: &["#"],
    line_at_word: true,
    block: &[],
    strings: &[quote("\"", true, true), quote("'", false, true)],
    heredocs: true,
};

/// Ruby, Elixir, Perl and formats with `#`.
pub const HASH: Syntax =
    Syntax { line: &["#"], line_at_word: true, block: &[], strings: PLAIN_STRINGS, heredocs: false };

pub const PYTHON: Syntax = Syntax {
    strings: &[
        quote("\"\"\"", true, true),
        quote("'''", true, true),
        quote("\"", true, false),
        quote("'", true, false),
    ],
    ..HASH
};

/// The comments of `text`, with their signs, in order; line ends are not part of them.
pub fn comments(text: &str, syntax: &Syntax) -> Vec<Span> {
    let mut scanner = Scanner { text, syntax, at: 0, heredocs: Vec::new(), found: Vec::new() };
    scanner.run();
    scanner.found
}

/// The comments of HTML, Vue, Svelte and Markdown: the markup's own outside of code blocks, and those of the scripts
/// and styles in it.
pub fn markup_comments(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut fence: Option<&str> = None;
    while at < text.len() {
        let rest = &text[at..];
        let line_start = at == 0 || text.as_bytes()[at - 1] == b'\n';
        if let Some(sign) = fence_of(rest).filter(|_| line_start) {
            let closes = fence == Some(sign);
            if closes || fence.is_none() {
                fence = (!closes).then_some(sign);
            }
            at += rest.find('\n').map_or(rest.len(), |end| end + 1);
        } else if fence.is_some() {
            at += rest.find('\n').map_or(rest.len(), |end| end + 1);
        } else if rest.starts_with("<!--") {
            let end = rest.find("-->").map_or(text.len(), |end| at + end + 3);
            found.push(Span::new(at, at + text[at..end].trim_end().len()));
            at = end;
        } else if let Some((inside, end, syntax)) = embedded(text, at) {
            let inner = comments(&text[inside..end], syntax);
            found.extend(
                inner.into_iter().map(|span| Span::new(inside + span.range().start, inside + span.range().end)),
            );
            at = end;
        } else if rest.starts_with('<') {
            at = tag_end(text, at);
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    found
}

/// The signs of a fence that a line begins with.
fn fence_of(line: &str) -> Option<&'static str> {
    let line = line.trim_start_matches(' ');
    ["```", "~~~"].into_iter().find(|sign| line.starts_with(sign))
}

/// A script or a style that begins at `at`: where its text begins and ends.
fn embedded(text: &str, at: usize) -> Option<(usize, usize, &'static Syntax)> {
    let rest = &text[at..];
    let starts = |name: &str| rest.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name));
    let (close, syntax) = if starts("<script") {
        ("</script", &WITH_BACKTICKS)
    } else if starts("<style") {
        ("</style", &CSS)
    } else {
        return None;
    };
    let inside = tag_end(text, at);
    let end = text[inside..].find(close).map_or(text.len(), |end| inside + end);
    Some((inside, end, syntax))
}

/// Behind the `>` of the tag at `at`; strings in it may hold one. A lone `<` is no tag.
fn tag_end(text: &str, at: usize) -> usize {
    let is_tag = text[at + 1..].starts_with(|char: char| char.is_ascii_alphabetic() || char == '/');
    if !is_tag {
        return at + 1;
    }
    let mut string = None;
    for (offset, char) in text[at..].char_indices().take(LONGEST_TAG) {
        match (char, string) {
            ('>', None) => return at + offset + 1,
            ('"' | '\'', None) => string = Some(char),
            (_, Some(open)) if open == char => string = None,
            _ => {}
        }
    }
    at + 1
}

/// A text that begins with the next line and ends with this word.
struct Heredoc<'t> {
    word: &'t str,
    indented: bool,
}

struct Scanner<'t> {
    text: &'t str,
    syntax: &'t Syntax,
    at: usize,
    heredocs: Vec<Heredoc<'t>>,
    found: Vec<Span>,
}

impl<'t> Scanner<'t> {
    fn run(&mut self) {
        while let Some(char) = self.rest().chars().next() {
            if self.comment() || self.string() || (self.syntax.heredocs && self.heredoc()) {
                continue;
            }
            self.at += char.len_utf8();
            match char {
                '\n' => self.skip_heredocs(),
                // What follows means nothing.
                '\\' => self.at += self.rest().chars().next().filter(|&next| next != '\n').map_or(0, char::len_utf8),
                _ => {}
            }
        }
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn line_end(&self) -> usize {
        self.rest().find('\n').map_or(self.text.len(), |end| self.at + end)
    }

    fn comment(&mut self) -> bool {
        let rest = self.rest();
        let before = self.text[..self.at].chars().next_back();
        let begins =
            !self.syntax.line_at_word || before.is_none_or(|char| char.is_whitespace() || ";&|(".contains(char));
        if begins && self.syntax.line.iter().any(|sign| rest.starts_with(sign)) {
            let end = self.line_end();
            self.push(end);
            return true;
        }
        let Some((open, close)) = self.syntax.block.iter().find(|(open, _)| rest.starts_with(open)) else {
            return false;
        };
        let inside = self.at + open.len();
        let end = self.text[inside..].find(close).map_or(self.text.len(), |end| inside + end + close.len());
        self.push(end);
        true
    }

    fn push(&mut self, end: usize) {
        let length = self.text[self.at..end].trim_end().len();
        self.found.push(Span::new(self.at, self.at + length));
        self.at = end;
    }

    fn string(&mut self) -> bool {
        let Some(quote) = self.syntax.strings.iter().find(|quote| self.rest().starts_with(quote.sign)) else {
            return false;
        };
        self.at += quote.sign.len();
        while let Some(char) = self.rest().chars().next() {
            if self.rest().starts_with(quote.sign) {
                self.at += quote.sign.len();
                return true;
            }
            if char == '\n' && !quote.many_lines {
                return true;
            }
            self.at += char.len_utf8();
            if char == '\\' && quote.escapes {
                self.at += self.rest().chars().next().map_or(0, char::len_utf8);
            }
        }
        true
    }

    /// `<<WORD`, `<<-WORD`, `<<~WORD`, `<<'WORD'`.
    fn heredoc(&mut self) -> bool {
        let Some(rest) = self.rest().strip_prefix("<<").filter(|rest| !rest.starts_with('<')) else { return false };
        let indented = rest.starts_with(['-', '~']);
        let rest = rest.trim_start_matches(['-', '~']).trim_start_matches([' ', '\'', '"']);
        let length = rest.find(|char: char| !char.is_ascii_alphanumeric() && char != '_').unwrap_or(rest.len());
        let word = &rest[..length];
        if !word.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_') {
            return false;
        }
        self.heredocs.push(Heredoc { word, indented });
        self.at = self.text.len() - rest.len() + length;
        // The quotation mark behind the word begins no string.
        if self.rest().starts_with(['\'', '"']) {
            self.at += 1;
        }
        true
    }

    /// At the beginning of a line: skips the texts that the line before has announced.
    fn skip_heredocs(&mut self) {
        for heredoc in std::mem::take(&mut self.heredocs) {
            while self.at < self.text.len() {
                let end = self.line_end();
                let line = self.text[self.at..end].trim_end_matches('\r');
                self.at = (end + 1).min(self.text.len());
                let line = if heredoc.indented { line.trim_start() } else { line };
                if line == heredoc.word {
                    break;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'t>(text: &'t str, syntax: &Syntax) -> Vec<&'t str> {
        comments(text, syntax).into_iter().map(|span| &text[span.range()]).collect()
    }

    #[test]
    fn strings_and_heredocs_hide_what_looks_like_a_comment() {
        assert_eq!(found("a = \"x // no\"; // yes\n/* b\n c */ d", &C_LIKE), ["// yes", "/* b\n c */"]);
        assert_eq!(found("s := `\n// no\n` // yes", &WITH_BACKTICKS), ["// yes"]);
        assert_eq!(found("echo 'a\n# no' \"# no\" a#no # yes\n", &SHELL), ["# yes"]);
        assert_eq!(found("cat <<'EOF' # yes\n# no\nEOF\n# too\n", &SHELL), ["# yes", "# too"]);
        assert_eq!(found("cat <<-A <<B\n# no\n\tA\n# no\nB\n# yes", &SHELL), ["# yes"]);
        assert_eq!(found("select 'it''s -- no' -- yes", &SQL), ["-- yes"]);
        assert_eq!(found("x = <<EOT\n# no\nEOT\n# yes", &TERRAFORM), ["# yes"]);
        assert_eq!(found("let a: &'a str = \"\n// no\"; // yes", &RUST), ["// yes"]);
        assert_eq!(found("\"\"\"\n# no\n\"\"\" # yes", &PYTHON), ["# yes"]);
    }

    #[test]
    fn markup_has_its_own_comments_and_those_of_its_scripts() {
        let text = "<!-- one -->\n<a title=\"<!-- no -->\">x</a>\n<script>\nlet a = \"// no\"; // two\n</script>\n\
                    ```html\n<!-- no -->\n```\n<style>/* three */</style> a < b <!-- four -->";
        let found: Vec<&str> = markup_comments(text).into_iter().map(|span| &text[span.range()]).collect();
        assert_eq!(found, ["<!-- one -->", "// two", "/* three */", "<!-- four -->"]);
        for text in ["<", "<!--", "<script", "<a \"", "```", "я<я"] {
            markup_comments(text);
        }
    }

    #[test]
    fn what_does_not_end_is_no_harm() {
        for text in ["\"", "/*", "<<", "<<A", "'\\", "a <<\"", "\\", "я\\я"] {
            for syntax in [&C_LIKE, &SHELL, &SQL, &TERRAFORM] {
                found(text, syntax);
            }
        }
    }
}
