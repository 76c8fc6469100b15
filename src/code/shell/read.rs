//! The reader: from text to simple commands, keeping account of the compound commands around them.

use super::{
    Assignment, Command, Context, Operator, Redirect, Word,
    compound::{Frame, Kind},
    program::{Script, script_argument},
    word::Draft,
};
use crate::model::Span;

/// How deep substitutions may nest; deeper ones are skipped.
const MAX_SUBSTITUTIONS: u16 = 24;
/// Longer ones first.
const REDIRECTIONS: [&str; 12] = ["&>>", "<<<", "<<-", "&>", ">>", ">|", ">&", "<<", "<&", "<>", ">", "<"];
/// Below this nesting of compound commands `||` no longer marks what it catches.
const MAX_MARKED_DEPTH: usize = 128;

pub(super) fn commands(text: &str, context: Context) -> Vec<Command> {
    let mut reader = Reader::new(text, context);
    while reader.at < text.len() {
        reader.list(0);
        // A stray closing bracket; what follows it still runs in the eyes of a reader.
        reader.at += usize::from(reader.at < text.len());
    }
    reader.end_command(None);
    let mut commands = reader.out;
    commands.sort_by_key(|command| command.span.start);
    commands
}

pub(super) fn of_words(words: Vec<Word>) -> Vec<Command> {
    let mut reader = Reader::new("", Context::default());
    for Word { text, span, dynamic } in words {
        // Where the text is not verbatim, each of its bytes gets the whole word's start.
        let verbatim = span.len() == text.len();
        let step = |offset: usize| if verbatim { Span::new(offset, offset).start } else { 0 };
        let places = (0..text.len()).map(|offset| span.start + step(offset)).collect();
        reader.draft.words.push(Draft { text, places, span, dynamic });
        reader.draft.extend(span);
    }
    reader.end_command(None);
    reader.out
}

pub(super) struct Reader<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    pub(super) out: Vec<Command>,
    /// The command that is being read.
    pub(super) draft: Line,
    before: Option<Operator>,
    /// The compound commands around the current place.
    pub(super) frames: Vec<Frame>,
    pub(super) context: Context,
    /// The first command of the current list that no `||` has marked yet.
    pub(super) unmarked: usize,
    /// Here-documents whose bodies start at the next line.
    heredocs: Vec<Heredoc>,
    heredoc_count: usize,
    /// Where the redirection of each of them is: its number, its command, its place there.
    placed: Vec<(usize, usize, usize)>,
    substitutions: u16,
    /// What ends the innermost substitution; 0 for none.
    closer: u8,
}

/// A command that is being read.
#[derive(Default)]
pub(super) struct Line {
    pub(super) words: Vec<Draft>,
    assignments: Vec<Assignment>,
    redirects: Vec<(usize, Redirect)>,
    span: Option<Span>,
    pub(super) negated: bool,
}

impl Line {
    fn is_empty(&self) -> bool {
        self.words.is_empty() && self.assignments.is_empty() && self.redirects.is_empty()
    }

    pub(super) fn extend(&mut self, span: Span) {
        self.span = Some(self.span.map_or(span, |whole| Span { start: whole.start, end: span.end }));
    }
}

struct Heredoc {
    id: usize,
    delimiter: String,
    strips_tabs: bool,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str, context: Context) -> Self {
        Self {
            text,
            at: 0,
            out: Vec::new(),
            draft: Line::default(),
            before: None,
            frames: Vec::new(),
            context,
            unmarked: 0,
            heredocs: Vec::new(),
            heredoc_count: 0,
            placed: Vec::new(),
            substitutions: 0,
            closer: 0,
        }
    }

    pub(super) fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// The next `byte` from `from` on, or the end.
    pub(super) fn find(&self, byte: u8, from: usize) -> usize {
        let from = from.min(self.text.len());
        memchr::memchr(byte, &self.text.as_bytes()[from..]).map_or(self.text.len(), |offset| from + offset)
    }

    pub(super) fn in_backquotes(&self) -> bool {
        self.closer == b'`'
    }

    /// The length of a backslash with the line end behind it.
    pub(super) fn line_continuation(&self) -> Option<usize> {
        let rest = self.rest();
        ["\\\n", "\\\r\n"].iter().find(|continued| rest.starts_with(**continued)).map(|continued| continued.len())
    }

    pub(super) fn skip_blanks(&mut self) {
        loop {
            match self.peek(0) {
                Some(b' ' | b'\t' | b'\r') => self.at += 1,
                Some(b'\\') => match self.line_continuation() {
                    Some(length) => self.at += length,
                    None => return,
                },
                _ => return,
            }
        }
    }

    /// One level deeper into a substitution; false at the limit.
    pub(super) fn enter(&mut self) -> bool {
        let allowed = self.substitutions < MAX_SUBSTITUTIONS;
        self.substitutions += u16::from(allowed);
        allowed
    }

    pub(super) fn leave(&mut self) {
        self.substitutions -= 1;
    }

    /// Reads the inside of a substitution up to and including its `closer`.
    pub(super) fn substitution(&mut self, closer: u8) {
        if !self.enter() {
            self.at = (self.find(closer, self.at) + 1).min(self.text.len());
            return;
        }
        let draft = std::mem::take(&mut self.draft);
        let before = self.before.take();
        let frames = std::mem::take(&mut self.frames);
        let unmarked = self.unmarked;
        let (context, outer) = (self.context, self.closer);
        self.context.substitution = true;
        self.context.depth += 1;
        self.unmarked = self.out.len();
        self.closer = closer;
        self.list(closer);
        self.at = (self.at + 1).min(self.text.len());
        (self.draft, self.before, self.frames) = (draft, before, frames);
        self.unmarked = unmarked;
        (self.context, self.closer) = (context, outer);
        self.leave();
    }

    /// Reads commands up to the end or a `closer` that nothing here opened.
    fn list(&mut self, closer: u8) {
        while self.at < self.text.len() {
            self.skip_blanks();
            let Some(byte) = self.peek(0) else { break };
            match byte {
                b'\n' => {
                    self.end_command(Some(Operator::Then));
                    self.at += 1;
                    self.skip_heredocs();
                }
                b'#' => self.skip_comment(),
                b';' => self.semicolon(),
                b'&' if self.rest().starts_with("&&") => self.operator(Operator::And, 2),
                b'&' if self.peek(1) == Some(b'>') => self.redirect(),
                b'&' => self.operator(Operator::Background, 1),
                b'|' if self.rest().starts_with("||") => self.operator(Operator::Or, 2),
                b'|' => self.operator(Operator::Pipe, if self.peek(1) == Some(b'&') { 2 } else { 1 }),
                b'(' => self.open_bracket(),
                b')' => {
                    self.end_command(Some(Operator::Then));
                    if self.frames.last().is_some_and(|frame| frame.kind == Kind::Subshell) {
                        self.at += 1;
                        self.pop();
                    } else {
                        return;
                    }
                }
                b'`' if closer == b'`' => break,
                b'<' | b'>' if self.peek(1) != Some(b'(') => self.redirect(),
                _ => self.command_word(),
            }
        }
        self.end_command(None);
    }

    fn operator(&mut self, operator: Operator, length: usize) {
        self.at += length;
        self.end_command(Some(operator));
        if operator == Operator::Or && self.frames.len() < MAX_MARKED_DEPTH {
            for command in &mut self.out[self.unmarked..] {
                command.caught = true;
            }
            self.unmarked = self.out.len();
        }
    }

    fn semicolon(&mut self) {
        let length = [";;&", ";;", ";&"].iter().find(|end| self.rest().starts_with(**end)).map_or(1, |end| end.len());
        self.end_command(Some(Operator::Then));
        self.at += length;
        if length > 1 && self.frames.last().is_some_and(|frame| frame.kind == Kind::Case) {
            self.case_pattern();
        }
    }

    pub(super) fn skip_comment(&mut self) {
        let line_end = self.find(b'\n', self.at);
        self.at = if self.in_backquotes() { line_end.min(self.find(b'`', self.at)) } else { line_end };
    }

    fn open_bracket(&mut self) {
        if self.rest().starts_with("((") && self.draft.is_empty() && self.skip_arithmetic(self.at) {
            return;
        }
        let names_function = self.draft.words.len() == 1 && self.draft.redirects.is_empty();
        if names_function && self.text[self.at + 1..].trim_start_matches([' ', '\t']).starts_with(')') {
            self.at = self.find(b')', self.at) + 1;
            self.draft = Line::default();
            self.push(Kind::Function);
            return;
        }
        self.end_command(None);
        self.at += 1;
        self.push(Kind::Subshell);
    }

    /// Skips `((…))` that starts at `open`, but for the commands substituted in it; false, without moving, when it is
    /// not closed that way.
    pub(super) fn skip_arithmetic(&mut self, open: usize) -> bool {
        let Some(end) = self.arithmetic_end(open) else { return false };
        self.at = open + 2;
        while self.at < end {
            let rest = self.rest();
            if rest.starts_with('`') {
                self.at += 1;
                self.substitution(b'`');
            } else if rest.starts_with("$(") && !rest.starts_with("$((") {
                self.at += 2;
                self.substitution(b')');
            } else {
                self.at += rest.chars().next().map_or(1, char::len_utf8);
            }
        }
        true
    }

    fn arithmetic_end(&self, open: usize) -> Option<usize> {
        let mut depth = 0_usize;
        // Arithmetic is short; a longer search would only repeat itself for every bracket of a hostile text.
        let window = &self.text.as_bytes()[open..self.text.len().min(open + 256)];
        for (offset, byte) in window.iter().enumerate() {
            match byte {
                b'(' => depth += 1,
                b')' => {
                    depth -= 1;
                    if depth == 0 {
                        return (window[offset - 1] == b')').then_some(open + offset + 1);
                    }
                }
                b'\n' if depth < 2 => return None,
                _ => {}
            }
        }
        None
    }

    fn command_word(&mut self) {
        if self.draft.words.is_empty() && self.draft.redirects.is_empty() {
            if self.draft.assignments.is_empty() && self.keyword() {
                return;
            }
            if self.assignment() {
                return;
            }
        }
        if self.descriptor() > 0 {
            self.redirect();
            return;
        }
        let word = self.word();
        if word.span.is_empty() {
            // Nothing here is part of a word: skip one character, so that reading always ends.
            self.at += self.rest().chars().next().map_or(1, char::len_utf8);
            return;
        }
        self.draft.extend(word.span);
        self.draft.words.push(word);
    }

    /// `NAME=value`, `NAME+=value`, `NAME[i]=value`, `NAME=(…)` before a command.
    fn assignment(&mut self) -> bool {
        let rest = self.rest();
        let name = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').len();
        if name == 0 || rest.as_bytes()[0].is_ascii_digit() {
            return false;
        }
        let mut behind = &rest[name..];
        if behind.starts_with('[') {
            // Indices are short; a search through the rest would repeat itself for every `a[` of a hostile text.
            let window = &behind.as_bytes()[..behind.len().min(200)];
            let Some(end) = window.windows(2).position(|pair| matches!(pair, b"]=" | b"]+")) else { return false };
            behind = &behind[end + 1..];
        }
        let Some(value) = behind.strip_prefix('=').or_else(|| behind.strip_prefix("+=")) else { return false };
        let start = self.at;
        self.at += rest.len() - value.len();
        let value = if self.peek(0) == Some(b'(') { self.array() } else { self.word() };
        let span = Span::new(start, self.at);
        self.draft.extend(span);
        self.draft.assignments.push(Assignment { name: rest[..name].to_owned(), value: value.word(), span });
        true
    }

    /// The value of `NAME=(…)`, as written.
    fn array(&mut self) -> Draft {
        let start = self.at;
        self.at += 1;
        loop {
            self.skip_to_words();
            match self.peek(0) {
                None => break,
                Some(b')') => {
                    self.at += 1;
                    break;
                }
                _ => {
                    if self.word().span.is_empty() {
                        self.at += self.rest().chars().next().map_or(1, char::len_utf8);
                    }
                }
            }
        }
        let span = Span::new(start, self.at);
        Draft { text: self.text[span.range()].to_owned(), places: Vec::new(), span, dynamic: true }
    }

    /// The length of a file descriptor that stands right before a redirection here.
    fn descriptor(&self) -> usize {
        let rest = self.rest();
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let behind = &rest[digits..];
        if behind.starts_with(['<', '>']) && !behind[1..].starts_with('(') { digits } else { 0 }
    }

    fn redirect(&mut self) {
        let start = self.at;
        let digits = self.descriptor();
        let descriptor = (digits > 0).then(|| self.text[start..start + digits].to_owned());
        self.at += digits;
        let operator = REDIRECTIONS.into_iter().find(|operator| self.rest().starts_with(operator)).unwrap_or(">");
        self.at += operator.len();
        self.skip_blanks();
        let target = self.word().word();
        self.heredoc_count += 1;
        let id = self.heredoc_count;
        if matches!(operator, "<<" | "<<-") {
            let strips_tabs = operator == "<<-";
            self.heredocs.push(Heredoc { id, delimiter: target.text.clone(), strips_tabs });
        }
        self.draft.extend(Span::new(start, self.at));
        let operator = operator.trim_end_matches(['-', '|']).to_owned();
        self.draft.redirects.push((id, Redirect { operator, target, descriptor, body: None }));
    }

    /// Skips the bodies of the here-documents of the line that just ended.
    fn skip_heredocs(&mut self) {
        for heredoc in std::mem::take(&mut self.heredocs) {
            let start = self.at;
            let mut end = self.text.len();
            while self.at < self.text.len() {
                let line_end = self.find(b'\n', self.at);
                let line = self.text[self.at..line_end].trim_end_matches('\r');
                let line = if heredoc.strips_tabs { line.trim_start_matches('\t') } else { line };
                let line_start = self.at;
                self.at = (line_end + 1).min(self.text.len());
                if line == heredoc.delimiter {
                    end = line_start;
                    break;
                }
            }
            self.set_body(heredoc.id, Span::new(start, end));
        }
        self.placed.clear();
    }

    fn set_body(&mut self, id: usize, body: Span) {
        let Some((_, command, redirect)) = self.placed.iter().find(|(known, ..)| *known == id) else { return };
        if let Some(redirect) = self.out.get_mut(*command).and_then(|command| command.redirects.get_mut(*redirect)) {
            redirect.body = Some(body);
        }
    }

    /// Ends the command that is being read; `after` is what follows it.
    fn end_command(&mut self, after: Option<Operator>) {
        let line = std::mem::take(&mut self.draft);
        if !(line.words.is_empty() && line.assignments.is_empty()) {
            if self.frames.last().is_some_and(|frame| frame.kind == Kind::Function) {
                // A function without a body is no function.
                self.pop();
            }
            let Line { words, assignments, redirects, span, negated } = line;
            let heredocs: Vec<_> = redirects
                .iter()
                .enumerate()
                .filter(|(_, (_, redirect))| redirect.operator == "<<")
                .map(|(index, (id, _))| (*id, index))
                .collect();
            let command = Command {
                words: words.iter().map(Draft::word).collect(),
                span: span.unwrap_or_default(),
                assignments,
                redirects: redirects.into_iter().map(|(_, redirect)| redirect).collect(),
                before: self.before,
                after,
                negated,
                caught: false,
                context: self.context,
            };
            self.open_script(&command, &words);
            self.placed.extend(heredocs.into_iter().map(|(id, redirect)| (id, self.out.len(), redirect)));
            self.out.push(command);
            self.before = after;
        } else if after.is_some_and(|after| after != Operator::Then) && self.before.is_some() {
            self.before = after;
        }
        if matches!(after, Some(Operator::Then | Operator::Background)) {
            self.unmarked = self.out.len();
        }
    }

    /// Reads the script that the command hands to a shell, one level deep.
    fn open_script(&mut self, command: &Command, words: &[Draft]) {
        if command.context.opened {
            return;
        }
        let Some(Script { word }) = script_argument(command) else { return };
        let Some(draft) = words.get(word) else { return };
        let context = Context { opened: true, depth: command.context.depth + 1, ..command.context };
        let whole = draft.span;
        let place = |span: Span| {
            let start = draft.places.get(span.start as usize).copied().unwrap_or(whole.end);
            let last = (span.end as usize).checked_sub(1).and_then(|last| draft.places.get(last));
            let end = last.map_or(start, |last| (last + 1).min(whole.end));
            Span { start, end: if span.is_empty() { start } else { end.max(start) } }
        };
        let mut inner = commands(&draft.text, context);
        for command in &mut inner {
            command.relocate(&place);
        }
        self.out.extend(inner);
    }
}
