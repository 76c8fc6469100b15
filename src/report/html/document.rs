//! A Markdown document of ours as a page in the same dress.

use std::io;

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};
use serde::Serialize;

use super::environment;
use crate::model::Lang;

#[derive(Serialize)]
struct Document<'a> {
    lang: Lang,
    title: String,
    /// HTML that this module has written.
    body: &'a str,
}

/// Writes a document that a template of this crate has written as Markdown. Of raw HTML nothing but `<sub>` passes, and
/// links lead to the web or into the page.
///
/// # Errors
/// What `out` cannot take.
pub fn document(markdown: &str, lang: Lang, out: &mut dyn io::Write) -> io::Result<()> {
    let parser = Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS);
    let events: Vec<Event<'_>> = parser.map(harmless).collect();
    let mut body = String::new();
    html::push_html(&mut body, events.iter().cloned());
    let view = Document { lang, title: title(&events), body: &body };
    environment()?.write("document", view, out)
}

fn harmless(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) if !matches!(text.trim(), "<sub>" | "</sub>") => Event::Text(text),
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let known = ["https://", "http://", "#"].iter().any(|start| dest_url.starts_with(start));
            let dest_url = if known { dest_url } else { CowStr::Borrowed("#") };
            Event::Start(Tag::Link { link_type, dest_url, title, id })
        }
        // A box that nobody can tick is no control.
        Event::TaskListMarker(done) => Event::Text(CowStr::Borrowed(if done { "☑ " } else { "☐ " })),
        // A picture would be asked for.
        Event::Start(Tag::Image { .. }) => Event::Start(Tag::Emphasis),
        Event::End(TagEnd::Image) => Event::End(TagEnd::Emphasis),
        event => event,
    }
}

/// The text of the first heading.
fn title(events: &[Event<'_>]) -> String {
    let after = events.iter().skip_while(|event| !matches!(event, Event::Start(Tag::Heading { .. }))).skip(1);
    let inside = after.take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_))));
    let texts = inside.filter_map(|event| match event {
        Event::Text(text) | Event::Code(text) => Some(text.as_ref()),
        _ => None,
    });
    texts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(markdown: &str) -> String {
        let mut out = Vec::new();
        document(markdown, Lang::En, &mut out).expect("memory can be written");
        String::from_utf8(out).expect("pages are UTF-8")
    }

    #[test]
    fn a_document_becomes_a_page_with_its_title() {
        let page = page("# Audit of `shop`\n\n- [x] done\n\n| a | b |\n|---|---|\n| 1 | 2<sub>x</sub> |\n");
        assert!(page.contains("<title>Audit of shop</title>"));
        assert!(page.contains("<table>") && page.contains("☑ done") && page.contains("<sub>x</sub>"));
    }

    #[test]
    fn what_would_act_is_text() {
        let page =
            page("# <script>alert(1)</script>\n\n<img src=x>\n\n[a](javascript:alert(1)) ![b](https://x/y.png)\n");
        for active in ["<script>alert", "<img", "javascript:"] {
            assert!(!page.contains(active), "{active}: {page}");
        }
    }
}
