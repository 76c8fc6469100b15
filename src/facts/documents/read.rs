//! Sections and links of one document.

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::{Document, Link, Section};
use crate::{
    model::Span,
    repo::{File, Repo},
};

/// Headings and links of one document that are kept; longer ones are lists of data.
const MAX_PARTS: usize = 2_000;

pub(super) fn document(repo: &Repo, file: &File) -> Option<Document> {
    let text = repo.read(file.id).ok()?;
    let mut reader = Reader::default();
    if matches!(file.path.extension(), Some("rst" | "adoc" | "asciidoc")) {
        reader.plain(&text);
    } else {
        reader.markdown(&text);
    }
    Some(Document {
        file: file.id,
        path: file.path.clone(),
        words: reader.words,
        sections: reader.finished(),
        links: reader.links,
    })
}

/// A heading with the counts at its beginning, and what came until it was closed.
#[derive(Default)]
struct Reader {
    words: usize,
    steps: usize,
    code: Vec<String>,
    links: Vec<Link>,
    sections: Vec<Started>,
}

struct Started {
    section: Section,
    words: usize,
    steps: usize,
    code: usize,
}

impl Reader {
    fn markdown(&mut self, text: &str) {
        let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_TASKLISTS;
        let mut heading: Option<(Span, u8, String)> = None;
        let mut open_link: Option<Link> = None;
        let mut in_code = false;
        for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
            match event {
                Event::Start(Tag::Heading { level, .. }) => {
                    let line = text[range.clone()].lines().next().map_or(0, |line| line.trim_end().len());
                    heading = Some((Span::new(range.start, range.start + line), level as u8, String::new()));
                }
                Event::End(TagEnd::Heading(_)) => {
                    if let Some((span, level, title)) = heading.take() {
                        self.open(span, level, &title);
                    }
                }
                Event::Start(Tag::Link { link_type, dest_url, .. } | Tag::Image { link_type, dest_url, .. }) => {
                    // `<team@shop.example>` is written without the scheme that it means.
                    let scheme = if link_type == LinkType::Email { "mailto:" } else { "" };
                    open_link = Some(Link {
                        span: Span::new(range.start, range.end),
                        target: format!("{scheme}{dest_url}"),
                        text: String::new(),
                    });
                }
                Event::End(TagEnd::Link | TagEnd::Image) if self.links.len() < MAX_PARTS => {
                    self.links.extend(open_link.take());
                }
                Event::Start(Tag::CodeBlock(kind)) => {
                    in_code = true;
                    self.steps += 1;
                    if let CodeBlockKind::Fenced(language) = kind {
                        self.code.push(language.split([' ', ',', '{']).next().unwrap_or_default().to_ascii_lowercase());
                    }
                }
                Event::End(TagEnd::CodeBlock) => in_code = false,
                Event::Start(Tag::Item) => self.steps += 1,
                Event::Code(code) => {
                    self.steps += 1;
                    if let Some((.., title)) = &mut heading {
                        title.push_str(&code);
                    }
                }
                Event::Text(words) if !in_code => {
                    if let Some((.., title)) = &mut heading {
                        title.push_str(&words);
                    } else {
                        self.words += words.split_whitespace().count();
                    }
                    if let Some(link) = &mut open_link {
                        link.text.push_str(&words);
                    }
                }
                _ => {}
            }
        }
    }

    /// A line followed by a line of signs (reStructuredText), or a line that begins with `=` signs (`AsciiDoc`).
    fn plain(&mut self, text: &str) {
        let (mut offset, mut previous): (usize, Option<(Span, &str)>) = (0, None);
        for line in text.split_inclusive('\n') {
            let trimmed = line.trim_end();
            let span = Span::new(offset, offset + trimmed.len());
            let marks = trimmed.bytes().take_while(|byte| *byte == b'=').count();
            if (1..=6).contains(&marks) && trimmed[marks..].starts_with(' ') {
                self.open(span, u8::try_from(marks).unwrap_or(6), trimmed[marks..].trim());
            } else if let (Some((title, words)), Some(level)) = (previous, underline(trimmed)) {
                if trimmed.chars().count() + 1 >= words.chars().count() {
                    self.open(title, level, words);
                }
            } else {
                self.words += trimmed.split_whitespace().count();
                self.steps += usize::from(trimmed.trim_start().starts_with(['-', '*', '#', '$']));
            }
            previous =
                Some((span, trimmed)).filter(|(_, words)| !words.trim().is_empty() && underline(words).is_none());
            offset += line.len();
        }
    }

    fn open(&mut self, heading: Span, level: u8, title: &str) {
        self.close(level);
        if self.sections.len() < MAX_PARTS {
            let section = Section {
                heading,
                title: title.trim().to_lowercase(),
                level,
                words: usize::MAX,
                steps: 0,
                code: Vec::new(),
            };
            self.sections.push(Started { section, words: self.words, steps: self.steps, code: self.code.len() });
        }
    }

    /// Closes every open section of `level` or below it.
    fn close(&mut self, level: u8) {
        let (words, steps) = (self.words, self.steps);
        for started in self.sections.iter_mut().rev() {
            if started.section.words == usize::MAX && started.section.level >= level {
                started.section.words = words - started.words;
                started.section.steps = steps - started.steps;
                started.section.code = self.code[started.code..].to_vec();
            }
        }
    }

    fn finished(&mut self) -> Vec<Section> {
        self.close(0);
        std::mem::take(&mut self.sections).into_iter().map(|started| started.section).collect()
    }
}

/// The level that a line of signs gives to the line before it.
fn underline(line: &str) -> Option<u8> {
    let sign = line.chars().next()?;
    let level = match sign {
        '=' | '#' => 1,
        '-' | '*' => 2,
        '~' | '^' | '"' => 3,
        _ => return None,
    };
    (line.len() >= 3 && line.chars().all(|letter| letter == sign)).then_some(level)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sections(text: &str) -> Vec<(String, usize, usize)> {
        let mut reader = Reader::default();
        reader.markdown(text);
        reader.finished().into_iter().map(|section| (section.title, section.words, section.steps)).collect()
    }

    #[test]
    fn a_section_counts_what_is_below_it_with_its_inner_sections() {
        let text = "# One\nfour words stand here\n## Two\n- a step\n```sh\n# no heading\n```\n# Three\n";
        assert_eq!(sections(text), [("one".to_owned(), 6, 2), ("two".to_owned(), 2, 2), ("three".to_owned(), 0, 0)]);
    }

    #[test]
    fn underlined_titles_are_headings() {
        let mut reader = Reader::default();
        reader.plain("Install\n=======\n\nRun the script.\n\nRollback\n--------\n\nGo back.\n");
        let titles: Vec<String> = reader.finished().into_iter().map(|section| section.title).collect();
        assert_eq!(titles, ["install", "rollback"]);
    }
}
