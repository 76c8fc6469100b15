//! `todo-comments`: what is unfinished is in the tracker and not in comments. One finding for a component.

use crate::{
    code::{Kind, NodeRef},
    model::{FileId, Message, Place, Site, Span, Verdict},
    repo::Role,
    rule::{Context, Out, Rule, Visit, Watch},
};

pub(in crate::rules) static RULE: TodoComments = TodoComments;

pub(in crate::rules) struct TodoComments;

const WORDS: [&str; 4] = ["TODO", "FIXME", "HACK", "XXX"];

/// Places besides the first that a finding names.
const NAMED: usize = 9;

impl Rule for TodoComments {
    fn id(&self) -> &'static str {
        "todo-comments"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Comment]).keywords(&WORDS)
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        let text = node.text();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            if let Some(column) = note(line) {
                let start = node.span().start as usize + at + column;
                out.bad(Place::At(file.file.id, Span::new(start, start + line.len() - column)), "bad");
            }
            at += line.len();
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let files = cx.files(Role::Source).filter(|file| file.language.is_some()).count();
        if files == 0 {
            return Verdict::not_applicable("no-code");
        }
        let Some((first, rest)) = cx.seen.split_first() else {
            return Verdict::pass(cx.searched("searched", files), []);
        };
        let mut in_files: Vec<FileId> = cx.seen.iter().filter_map(|seen| seen.place.file()).collect();
        in_files.dedup();
        let message = Message::new("bad").count("n", cx.seen.len()).count("files", in_files.len());
        let mut site = Site::new(first.place.clone(), message).key("todo");
        for seen in rest.iter().take(NAMED) {
            site = site.related(seen.place.clone(), "next");
        }
        Verdict::fail(site, [])
    }
}

/// Where a line of a comment begins a note that names no issue. Only at its beginning: elsewhere the word is talked
/// about.
fn note(line: &str) -> Option<usize> {
    let begin = line.find(|c: char| c.is_alphanumeric() || c == '@')?;
    let text = line[begin..].trim_start_matches('@');
    let word = WORDS.iter().find(|word| text.starts_with(**word))?;
    let rest = &text[word.len()..];
    let ends = rest.starts_with([':', ' ', '(', '\n', '\r', '-', '!', '.']) || rest.is_empty();
    let head: String = rest.chars().take(40).collect();
    let tracked = head.contains('#') || head.contains("http") || has_ticket(&head);
    (ends && !tracked).then_some(begin)
}

/// `ABC-123`
fn has_ticket(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').any(|word| {
        word.split_once('-').is_some_and(|(project, number)| {
            project.len() >= 2
                && project.chars().all(|c| c.is_ascii_uppercase())
                && !number.is_empty()
                && number.chars().all(|c| c.is_ascii_digit())
        })
    })
}
