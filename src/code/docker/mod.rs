//! Dockerfiles as stages and instructions, read line by line as `BuildKit` reads them.

mod read;
mod words;

#[cfg(test)]
mod tests;

use crate::{
    code::shell::{self, Command, Word},
    model::Span,
};

/// A parsed Dockerfile.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dockerfile {
    pub stages: Vec<Stage>,
    /// `ARG`s before the first `FROM`, which alone may be used in `FROM`.
    pub args: Vec<Instruction>,
    pub errors: Vec<DockerError>,
    /// Comments with their `#`, directives included.
    pub comments: Vec<Span>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DockerError {
    pub span: Span,
    pub message: String,
}

/// From one `FROM` to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    pub index: usize,
    pub name: Option<Word>,
    /// The image or stage as written.
    pub base: Option<Word>,
    pub resolved: Base,
    /// `FROM` is the first.
    pub instructions: Vec<Instruction>,
    pub span: Span,
}

/// What a stage starts from, with the defaults of `ARG`s filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    Stage(usize),
    Scratch,
    Image(String),
    /// A variable without a default decides.
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instruction {
    /// In upper case.
    pub keyword: String,
    /// From the keyword to the end of the line, continuations included, here-documents not.
    pub span: Span,
    pub flags: Vec<Flag>,
    /// The words behind the flags. In the exec form the strings of the list, their spans without quotes; in
    /// `HEALTHCHECK CMD …` those behind `CMD`.
    pub arguments: Vec<Word>,
    pub form: Form,
    pub heredocs: Vec<Heredoc>,
    /// `NAME=value` of `ENV`, `ARG` and `LABEL`.
    pub pairs: Vec<Pair>,
    /// The instruction behind `ONBUILD`.
    pub trigger: Option<Box<Instruction>>,
    script: Option<Script>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A list of strings in JSON.
    Exec,
    /// A command for the shell.
    Shell,
    /// Not a command.
    Other,
}

/// `--name=value`, or `--name` with an empty value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    pub name: String,
    pub value: String,
    pub span: Span,
}

/// `NAME=value`; `ARG NAME` has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    pub name: String,
    pub value: Option<Word>,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heredoc {
    pub delimiter: String,
    pub body: String,
    pub span: Span,
}

/// Shell text as long as its source, in which comment lines between continued lines are blank.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Script {
    text: String,
    start: u32,
}

/// Reads a Dockerfile. Never fails and never panics; what is not understood is an error and is left out.
pub fn parse(text: &str) -> Dockerfile {
    read::parse(text)
}

impl Dockerfile {
    /// The stage that a build without `--target` yields.
    pub fn final_stage(&self) -> Option<&Stage> {
        self.stages.last()
    }

    /// The stage of this name, in any case, or of this number.
    pub fn stage_by_name(&self, name: &str) -> Option<&Stage> {
        let named = |stage: &&Stage| stage.name.as_ref().is_some_and(|word| word.text.eq_ignore_ascii_case(name));
        self.stages.iter().rev().find(named).or_else(|| self.stages.get(name.parse::<usize>().ok()?))
    }

    /// `stage` and the stages that it inherits from, nearest first.
    pub fn stage_chain<'d>(&'d self, stage: &'d Stage) -> Vec<&'d Stage> {
        let mut chain = vec![stage];
        // A stage can only name an earlier one, so this ends.
        while let Some(Base::Stage(index)) = chain.last().map(|stage| &stage.resolved) {
            let Some(parent) = self.stages.get(*index) else { break };
            chain.push(parent);
        }
        chain
    }

    /// The image that `stage` starts from in the end, through the stages that it inherits from.
    pub fn root_base<'d>(&'d self, stage: &'d Stage) -> &'d Base {
        self.stage_chain(stage).last().map_or(&stage.resolved, |root| &root.resolved)
    }

    /// The last instruction of this keyword that takes effect in the final stage, inherited ones included.
    pub fn last(&self, keyword: &str) -> Option<&Instruction> {
        self.last_in(self.final_stage()?, keyword)
    }

    /// The last instruction of this keyword that takes effect in `stage`, inherited ones included.
    pub fn last_in<'d>(&'d self, stage: &'d Stage, keyword: &str) -> Option<&'d Instruction> {
        self.stage_chain(stage).into_iter().find_map(|stage| stage.all(keyword).next_back())
    }

    /// The value that `ENV` gives a variable in `stage`, inherited ones included.
    pub fn env<'d>(&'d self, stage: &'d Stage, name: &str) -> Option<&'d Pair> {
        let pair = |stage: &'d Stage| stage.all("ENV").flat_map(|env| &env.pairs).rfind(|pair| pair.name == name);
        self.stage_chain(stage).into_iter().find_map(pair)
    }

    /// The stages whose files or layers end up in `stage`: those it inherits from, and those that `COPY --from` or
    /// a mount names, all the way down; `stage` itself is the first.
    pub fn contributing<'d>(&'d self, stage: &'d Stage) -> Vec<&'d Stage> {
        let mut found = vec![stage];
        let mut next = 0;
        while let Some(stage) = found.get(next).copied() {
            next += 1;
            let parent = match stage.resolved {
                Base::Stage(index) => self.stages.get(index),
                _ => None,
            };
            let copied = stage.instructions.iter().filter_map(|i| self.stage_by_name(i.source_stage()?));
            for other in parent.into_iter().chain(copied) {
                if other.index < stage.index && !found.iter().any(|known| known.index == other.index) {
                    found.push(other);
                }
            }
        }
        found
    }
}

impl Stage {
    /// The instructions of this keyword, in order.
    pub fn all<'d>(&'d self, keyword: &str) -> impl DoubleEndedIterator<Item = &'d Instruction> {
        self.instructions.iter().filter(move |instruction| instruction.keyword == keyword)
    }
}

impl Instruction {
    pub fn flag(&self, name: &str) -> Option<&Flag> {
        self.flags.iter().find(|flag| flag.name == name)
    }

    /// The strings of the exec form.
    pub fn json(&self) -> Option<Vec<&str>> {
        (self.form == Form::Exec).then(|| self.arguments.iter().map(|word| word.text.as_str()).collect())
    }

    /// The commands of `RUN`, `CMD`, `ENTRYPOINT` and `HEALTHCHECK`, with spans in the Dockerfile; scripts in
    /// here-documents included.
    pub fn commands(&self) -> Vec<Command> {
        match (self.form, &self.script) {
            (Form::Exec, _) => shell::commands_of_words(self.arguments.clone()),
            (Form::Shell, Some(script)) => {
                let mut commands = shell::commands_at(&script.text, script.start);
                if self.runs_heredocs(&commands) {
                    for heredoc in &self.heredocs {
                        commands.extend(shell::commands_at(&heredoc.body, heredoc.span.start));
                    }
                }
                commands
            }
            _ => Vec::new(),
        }
    }

    /// Whether here-documents are scripts for a shell: no program reads them, or the program is a shell.
    fn runs_heredocs(&self, commands: &[Command]) -> bool {
        let shebang = self.heredocs.first().and_then(|heredoc| heredoc.body.lines().next()).unwrap_or("");
        if shebang.starts_with("#!") && !shebang.contains("sh") {
            return false;
        }
        match commands.first().and_then(Command::program) {
            None => true,
            Some(program) => commands.len() == 1 && matches!(program.name, "sh" | "bash" | "ash" | "dash"),
        }
    }

    /// The stage or image that `COPY --from` or a mount takes files from.
    fn source_stage(&self) -> Option<&str> {
        if let Some(flag) = self.flag("from") {
            return Some(&flag.value);
        }
        let mount = self.flags.iter().filter(|flag| flag.name == "mount");
        mount.flat_map(|flag| flag.value.split(',')).find_map(|part| part.strip_prefix("from="))
    }
}

/// The parts of an image's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageName<'n> {
    /// With its registry: `ghcr.io/owner/app`.
    pub repository: &'n str,
    pub tag: Option<&'n str>,
    pub digest: Option<&'n str>,
}

/// Splits `registry:5000/owner/app:tag@sha256:…`.
pub fn image_name(text: &str) -> ImageName<'_> {
    let (rest, digest) = match text.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (text, None),
    };
    let last = rest.rfind('/').map_or(0, |at| at + 1);
    // A colon before the last slash belongs to the registry's port.
    match rest[last..].split_once(':') {
        Some((name, tag)) => ImageName { repository: &rest[..last + name.len()], tag: Some(tag), digest },
        None => ImageName { repository: rest, tag: None, digest },
    }
}
