//! The reader: logical lines, then instructions, then stages.

use super::{
    Base, DockerError, Dockerfile, Flag, Form, Heredoc, Instruction, Pair, Script, Stage,
    words::{Piece, substitute},
};
use crate::{code::shell::Word, model::Span};

/// Stages refer to each other, so their number is bounded; real files have a dozen.
const MAX_STAGES: usize = 1000;
const KEYWORDS: [&str; 18] = [
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

pub(super) fn parse(text: &str) -> Dockerfile {
    let mut reader = Reader { text, at: 0, escape: b'\\', file: Dockerfile::default() };
    if text.starts_with('\u{feff}') {
        reader.at = '\u{feff}'.len_utf8();
    }
    reader.directives();
    while reader.at < text.len() {
        if let Some(instruction) = reader.instruction() {
            reader.place(instruction);
        }
    }
    reader.file
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    escape: u8,
    file: Dockerfile,
}

/// An instruction's text: as long as its source, so that offsets agree, but with the lines inside it that are blank
/// or comments blanked, and every continuation written as a backslash right before its line end.
struct Line {
    start: usize,
    clean: String,
}

impl Reader<'_> {
    fn line_end(&self, from: usize) -> usize {
        memchr::memchr(b'\n', &self.text.as_bytes()[from..]).map_or(self.text.len(), |offset| from + offset)
    }

    fn error(&mut self, span: Span, message: &str) {
        if self.file.errors.len() < 100 {
            self.file.errors.push(DockerError { span, message: message.to_owned() });
        }
    }

    fn comment(&mut self, from: usize, end: usize) {
        let line = &self.text[from..end];
        let start = from + line.len() - line.trim_start().len();
        self.file.comments.push(Span::new(start, from + line.trim_end().len()));
    }

    /// `# escape=` and its kin, which count only before everything else.
    fn directives(&mut self) {
        while self.at < self.text.len() {
            let end = self.line_end(self.at);
            let line = self.text[self.at..end].trim();
            let Some((name, value)) = line.strip_prefix('#').and_then(|rest| rest.split_once('=')) else { return };
            let name = name.trim();
            if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                return;
            }
            if name.eq_ignore_ascii_case("escape") && value.trim() == "`" {
                self.escape = b'`';
            }
            self.comment(self.at, end);
            self.at = (end + 1).min(self.text.len());
        }
    }

    /// Reads one logical line; nothing for blank lines and comments.
    fn line(&mut self) -> Option<Line> {
        let mut end = self.line_end(self.at);
        let first = &self.text[self.at..end];
        if first.trim().is_empty() || first.trim_start().starts_with('#') {
            if !first.trim().is_empty() {
                self.comment(self.at, end);
            }
            self.at = (end + 1).min(self.text.len());
            return None;
        }
        let start = self.at + first.len() - first.trim_start().len();
        let mut from = start;
        let mut clean = String::new();
        loop {
            let line = &self.text[from..end];
            let has_end = end < self.text.len();
            let blank = line.trim().is_empty();
            if from > start && (blank || line.trim_start().starts_with('#')) {
                if !blank {
                    self.comment(from, end);
                }
                clean.extend(std::iter::repeat_n(' ', line.len() + usize::from(has_end)));
            } else if let Some(kept) = continued(line, self.escape) {
                clean.push_str(kept);
                let padding = line.len() - kept.len();
                clean.extend(std::iter::repeat_n(' ', padding - usize::from(has_end)));
                if has_end {
                    clean.push_str("\\\n");
                }
            } else {
                clean.push_str(line);
                break;
            }
            if !has_end {
                break;
            }
            from = end + 1;
            end = self.line_end(from);
            if from == self.text.len() {
                break;
            }
        }
        let length = without_trailing_continuation(&clean);
        clean.truncate(length);
        self.at = (end + 1).min(self.text.len());
        Some(Line { start, clean })
    }

    fn instruction(&mut self) -> Option<Instruction> {
        let Line { start, clean } = self.line()?;
        let piece = Piece { text: &clean, start, escape: self.escape };
        let mut instruction = match read_instruction(piece, 0) {
            Ok(instruction) => instruction,
            Err(message) => {
                self.error(piece.span(), message);
                return None;
            }
        };
        if matches!(instruction.keyword.as_str(), "RUN" | "COPY" | "ADD") {
            let delimiters: Vec<_> =
                piece.words().into_iter().filter_map(|word| heredoc_delimiter(word.text)).collect();
            for (delimiter, strips_tabs) in delimiters {
                let heredoc = self.heredoc(delimiter, strips_tabs);
                instruction.heredocs.extend(heredoc);
            }
        }
        Some(instruction)
    }

    fn heredoc(&mut self, delimiter: &str, strips_tabs: bool) -> Option<Heredoc> {
        let start = self.at;
        while self.at < self.text.len() {
            let from = self.at;
            let end = self.line_end(from);
            let line = self.text[from..end].trim_end_matches('\r');
            let line = if strips_tabs { line.trim_start_matches('\t') } else { line };
            self.at = (end + 1).min(self.text.len());
            if line == delimiter {
                let span = Span::new(start, from);
                let body = self.text[span.range()].to_owned();
                return Some(Heredoc { delimiter: delimiter.to_owned(), body, span });
            }
        }
        self.error(Span::new(start, start), "this here-document is never closed");
        // Without an end it was none: its lines are read as what they are.
        self.at = start;
        None
    }

    fn place(&mut self, instruction: Instruction) {
        if instruction.keyword == "FROM" && self.file.stages.len() == MAX_STAGES {
            self.error(instruction.span, "too many stages; cut here");
            self.at = self.text.len();
        } else if instruction.keyword == "FROM" {
            let stage = self.stage(instruction);
            self.file.stages.push(stage);
        } else if let Some(stage) = self.file.stages.last_mut() {
            stage.span.end = instruction.heredocs.last().map_or(instruction.span.end, |heredoc| heredoc.span.end);
            stage.instructions.push(instruction);
        } else if instruction.keyword == "ARG" {
            self.file.args.push(instruction);
        } else {
            self.error(instruction.span, "only ARG may stand before FROM");
        }
    }

    fn stage(&mut self, from: Instruction) -> Stage {
        let base = from.arguments.first().cloned();
        let name = match from.arguments.get(1..) {
            Some([word, name]) if word.text.eq_ignore_ascii_case("as") => Some(name.clone()),
            Some([]) => None,
            _ => {
                self.error(from.span, "expected FROM image [AS name]");
                None
            }
        };
        let resolved = base.as_ref().map_or(Base::Unknown, |word| self.resolve(word));
        Stage { index: self.file.stages.len(), name, base, resolved, span: from.span, instructions: vec![from] }
    }

    fn resolve(&self, base: &Word) -> Base {
        let Some(image) = substitute(&base.text, &|name| global_arg(&self.file.args, name)) else {
            return Base::Unknown;
        };
        let stage = self
            .file
            .stages
            .iter()
            .rev()
            .find(|stage| stage.name.as_ref().is_some_and(|name| name.text.eq_ignore_ascii_case(&image)));
        match stage {
            Some(stage) => Base::Stage(stage.index),
            None if image == "scratch" => Base::Scratch,
            None if image.is_empty() => Base::Unknown,
            None => Base::Image(image),
        }
    }
}

/// The default of an `ARG` before the first `FROM`; later ones may use earlier ones.
fn global_arg(args: &[Instruction], name: &str) -> Option<String> {
    let mut known: Vec<(&str, String)> = Vec::new();
    // Few stand there in practice; the bound keeps a hostile file from costing more.
    for pair in args.iter().take(64).flat_map(|arg| &arg.pairs).take(64) {
        let lookup = |name: &str| known.iter().rev().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
        if let Some(value) = pair.value.as_ref().and_then(|value| substitute(&value.text, &lookup)) {
            // A value that doubles itself line by line stops being a name of an image.
            if value.len() < 4096 {
                known.push((&pair.name, value));
            }
        }
    }
    known.into_iter().rev().find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// The length without blanks and continuations at the end, which continue nothing.
fn without_trailing_continuation(clean: &str) -> usize {
    let mut kept = clean.trim_end();
    while clean[kept.len()..].starts_with('\n') && kept.ends_with('\\') {
        kept = kept[..kept.len() - 1].trim_end();
    }
    kept.len()
}

/// The line without its continuation, if it has one.
fn continued(line: &str, escape: u8) -> Option<&str> {
    let kept = line.trim_end().strip_suffix(char::from(escape))?;
    (!kept.ends_with(char::from(escape))).then_some(kept)
}

/// `<<EOF`, `<<-"EOF"`, `3<<EOF`.
fn heredoc_delimiter(word: &str) -> Option<(&str, bool)> {
    let rest = word.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix("<<")?;
    let strips_tabs = rest.starts_with('-');
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
    let rest = quote.map_or(rest, |_| &rest[1..]);
    let length =
        rest.len() - rest.trim_start_matches(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.')).len();
    (length > 0).then(|| (&rest[..length], strips_tabs))
}

fn read_instruction(piece: Piece<'_>, depth: usize) -> Result<Instruction, &'static str> {
    let (keyword, mut rest) = piece.split_word().ok_or("expected an instruction")?;
    let span = piece.trimmed().span();
    let keyword = keyword.text.to_ascii_uppercase();
    if !KEYWORDS.contains(&keyword.as_str()) {
        return Err("unknown instruction");
    }
    let mut instruction = Instruction {
        keyword,
        span,
        flags: Vec::new(),
        arguments: Vec::new(),
        form: Form::Other,
        heredocs: Vec::new(),
        pairs: Vec::new(),
        trigger: None,
        script: None,
    };
    let keyword = instruction.keyword.as_str();
    if matches!(keyword, "ADD" | "COPY" | "FROM" | "HEALTHCHECK" | "RUN") {
        while let Some((word, behind)) = rest.split_word().filter(|(word, _)| word.text.starts_with("--")) {
            rest = behind;
            if word.text == "--" {
                break;
            }
            let text = word.resolved().text;
            let (name, value) = text[2..].split_once('=').unwrap_or((&text[2..], ""));
            instruction.flags.push(Flag { name: name.to_owned(), value: value.to_owned(), span: word.span() });
        }
    }
    let rest = rest.trimmed();
    match keyword {
        "ONBUILD" => {
            // BuildKit allows no ONBUILD in ONBUILD.
            if depth > 0 {
                return Err("ONBUILD inside ONBUILD");
            }
            instruction.trigger = Some(Box::new(read_instruction(rest, depth + 1)?));
        }
        "RUN" | "CMD" | "ENTRYPOINT" => command(&mut instruction, rest),
        "HEALTHCHECK" => match rest.split_word() {
            Some((word, behind)) if word.text.eq_ignore_ascii_case("cmd") => {
                command(&mut instruction, behind.trimmed());
            }
            _ => {
                instruction.arguments = words(rest);
            }
        },
        "SHELL" | "ADD" | "COPY" | "VOLUME" => match json_words(rest) {
            Some(list) => {
                instruction.arguments = list;
                instruction.form = Form::Exec;
            }
            None => instruction.arguments = words(rest),
        },
        "ENV" | "LABEL" | "ARG" => {
            instruction.arguments = words(rest);
            instruction.pairs = pairs(rest, keyword == "ARG");
        }
        _ => instruction.arguments = words(rest),
    }
    Ok(instruction)
}

fn words(piece: Piece<'_>) -> Vec<Word> {
    piece.words().into_iter().map(Piece::resolved).collect()
}

fn command(instruction: &mut Instruction, rest: Piece<'_>) {
    if let Some(list) = json_words(rest) {
        instruction.arguments = list;
        instruction.form = Form::Exec;
        return;
    }
    instruction.arguments = words(rest);
    instruction.form = Form::Shell;
    instruction.script = Some(Script { text: rest.text.to_owned(), start: rest.span().start });
}

/// The strings of a JSON list. Anything else is a command for the shell, as it is for Docker.
fn json_words(piece: Piece<'_>) -> Option<Vec<Word>> {
    if !piece.text.starts_with('[') {
        return None;
    }
    // Continuations may stand between the strings.
    let text = piece.text.replace("\\\n", "  ");
    let values: Vec<String> = serde_json::from_str(&text).ok()?;
    let mut words = Vec::with_capacity(values.len());
    let mut at = 1;
    for value in values {
        let start = at + text[at..].find('"')? + 1;
        let mut end = start;
        while text.as_bytes().get(end).is_some_and(|byte| *byte != b'"') {
            end += if text.as_bytes()[end] == b'\\' { 2 } else { 1 };
        }
        let span = Span::new(piece.start + start, piece.start + end);
        words.push(Word { dynamic: value.contains('$'), text: value, span });
        at = end + 1;
    }
    Some(words)
}

/// `NAME=value …`, or the old `NAME the rest of the line`.
fn pairs(piece: Piece<'_>, names_only: bool) -> Vec<Pair> {
    let words = piece.words();
    let Some(first) = words.first() else { return Vec::new() };
    if !first.text.contains('=') && !names_only {
        let behind = piece.split_word().map(|(_, behind)| behind.trimmed()).filter(|value| !value.text.is_empty());
        let value = behind.map(Piece::resolved);
        return vec![Pair { name: first.resolved().text, value, span: piece.span() }];
    }
    let pair = |word: &Piece<'_>| {
        let (name, value) = match word.text.find('=') {
            Some(at) => (word.part(0, at), Some(word.part(at + 1, word.text.len()).resolved())),
            None => (*word, None),
        };
        Pair { name: name.resolved().text, value, span: word.span() }
    };
    words.iter().map(pair).collect()
}
