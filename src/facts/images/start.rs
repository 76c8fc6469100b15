//! What runs when a container starts: entry point and command, followed through shells and scripts.

use crate::{
    code::{
        docker::{Form, Instruction},
        shell::{self, Command, Word},
    },
    facts::images::Image,
    model::{FileId, Place, Span},
    repo::{FileKind, Repo},
};

/// How the container's first process becomes the program.
#[derive(Debug, Clone, PartialEq)]
pub struct Launch {
    /// The instruction that starts it, or the line of the script that does.
    pub place: Place,
    /// An init that was started before it: its name, and whether it signals every process and not only its child.
    pub init: Option<(String, bool)>,
    pub handover: Handover,
    /// The program with its arguments, as far as it is known.
    pub words: Vec<String>,
}

/// Whether signals reach the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handover {
    /// The program is the first process, or the child of an init.
    Direct,
    /// A shell runs one command and replaces itself with it.
    OneCommand,
    /// A shell runs several commands and is not told to replace itself with the last.
    Commands,
    /// A script starts the program as a child and waits.
    Script,
    /// A package manager stands between.
    Manager(String),
    /// The script that starts it is not in the repository, or cannot be followed.
    Unknown,
}

/// Programs made to be the first process.
const INITS: [&str; 8] =
    ["tini", "tini-static", "dumb-init", "catatonit", "docker-init", "init", "s6-svscan", "my_init"];

/// How many shells and scripts are followed.
const MAX_STEPS: usize = 8;

impl<'r> Image<'r> {
    /// The entry point and the command that take effect together.
    pub fn start(&self) -> (Option<&'r Instruction>, Option<&'r Instruction>) {
        let chain = self.dockerfile.stage_chain(self.stage);
        let find = |keyword: &str| {
            chain.iter().enumerate().find_map(|(depth, stage)| Some((depth, stage.all(keyword).next_back()?)))
        };
        let entry = find("ENTRYPOINT");
        // An entry point resets the command of the stages below.
        let command = find("CMD").filter(|(depth, _)| entry.is_none_or(|(entry, _)| *depth <= entry));
        (entry.map(|(_, it)| it), command.map(|(_, it)| it))
    }

    /// How the program starts; `None` when the image itself starts nothing.
    pub fn launch(&self, repo: &Repo) -> Option<Launch> {
        let (entry, command) = self.start();
        let first = entry.or(command)?;
        let mut launch =
            Launch { place: self.place(first.span), init: None, handover: Handover::Direct, words: Vec::new() };
        let shell_entry = entry.is_some_and(|entry| entry.form == Form::Shell);
        let mut rest: Vec<Word> = Vec::new();
        if let Some(entry) = entry {
            rest.extend(words_of(entry));
        }
        if let Some(command) = command.filter(|_| !shell_entry) {
            if entry.is_some_and(ends_in_wrapper) {
                launch.place = self.place(command.span);
            }
            rest.extend(words_of(command));
        }
        follow(repo, self, rest, &mut launch);
        Some(launch)
    }
}

/// An entry point that only wraps the command: its last word is an init or `--`.
fn ends_in_wrapper(entry: &Instruction) -> bool {
    entry.arguments.last().is_some_and(|word| word.text == "--" || INITS.contains(&base_name(&word.text)))
}

fn is_shell_name(name: &str) -> bool {
    camino::Utf8Path::new(name).extension() == Some("sh")
}

fn base_name(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

/// The words of the exec form; of the shell form, the shell that Docker puts before the text.
fn words_of(instruction: &Instruction) -> Vec<Word> {
    if instruction.form == Form::Exec {
        return instruction.arguments.clone();
    }
    let plain = |text: &str| Word { text: text.to_owned(), span: instruction.span, dynamic: false };
    let text = instruction.arguments.iter().map(|word| quoted(&word.text)).collect::<Vec<_>>().join(" ");
    vec![plain("/bin/sh"), plain("-c"), Word { text, span: instruction.span, dynamic: false }]
}

/// A word as a shell reads it again: operators stay, texts with spaces are one word.
fn quoted(text: &str) -> String {
    let plain = !text.contains([' ', '\'', '"']);
    if plain || text.contains('\'') { text.to_owned() } else { format!("'{text}'") }
}

fn follow(repo: &Repo, image: &Image<'_>, mut words: Vec<Word>, launch: &mut Launch) {
    for _ in 0..MAX_STEPS {
        let Some(first) = words.first() else { return };
        let name = base_name(&first.text).to_owned();
        if INITS.contains(&name.as_str()) && first.text != "init" {
            let group = matches!(name.as_str(), "dumb-init" | "s6-svscan" | "my_init" | "init")
                || words.iter().any(|word| word.text == "-g");
            launch.init = Some((name, group));
            words = after_options(&words);
            continue;
        }
        if matches!(name.as_str(), "sh" | "bash" | "ash" | "dash" | "zsh") {
            match after_shell(&words) {
                Shell::Text(text) => {
                    let (handover, next) = of_text(&text);
                    weaken(launch, handover);
                    words = next;
                    if words.is_empty() {
                        return;
                    }
                    continue;
                }
                Shell::Script(rest) => {
                    words = rest;
                    if !script(repo, image, &mut words, launch, true) {
                        return;
                    }
                    continue;
                }
            }
        }
        if script(repo, image, &mut words, launch, false) {
            continue;
        }
        return finish(&words, launch);
    }
    launch.handover = Handover::Unknown;
}

/// Takes the words of the program that is started in the end.
fn finish(words: &[Word], launch: &mut Launch) {
    if launch.handover == Handover::Script && !launch.words.is_empty() {
        return;
    }
    let commands = shell::commands_of_words(words.to_vec());
    launch.words = words.iter().map(|word| word.text.clone()).collect();
    let Some(command) = commands.first() else { return };
    let manager = words.iter().map(|word| base_name(&word.text)).find(|name| *name != "exec");
    let is_manager = matches!(manager, Some("npm" | "yarn" | "pnpm"));
    if is_manager && command.package_script().is_some() && !runs_program(command) {
        weaken(launch, Handover::Manager(manager.unwrap_or_default().to_owned()));
        return;
    }
    if let Some(program) = command.program() {
        launch.words = std::iter::once(program.name.to_owned())
            .chain(program.arguments.iter().map(|word| word.text.clone()))
            .collect();
    }
}

/// `pnpm exec x`, `yarn dlx x`: a program and no script.
fn runs_program(command: &Command) -> bool {
    command.words.get(1).is_some_and(|word| matches!(word.text.as_str(), "exec" | "dlx"))
}

/// The worse of what was found on the way stays.
fn weaken(launch: &mut Launch, found: Handover) {
    let rank = |handover: &Handover| match handover {
        Handover::Direct => 0,
        Handover::OneCommand => 1,
        Handover::Manager(_) => 2,
        Handover::Commands => 3,
        Handover::Unknown => 4,
        Handover::Script => 5,
    };
    if rank(&found) > rank(&launch.handover) {
        launch.handover = found;
    }
}

fn after_options(words: &[Word]) -> Vec<Word> {
    let rest = &words[1..];
    if let Some(at) = rest.iter().position(|word| word.text == "--") {
        return rest[at + 1..].to_vec();
    }
    let at = rest.iter().position(|word| !word.text.starts_with('-')).unwrap_or(rest.len());
    rest[at..].to_vec()
}

enum Shell {
    /// What `sh -c` runs.
    Text(String),
    /// The script's name and its arguments.
    Script(Vec<Word>),
}

fn after_shell(words: &[Word]) -> Shell {
    for (at, word) in words.iter().enumerate().skip(1) {
        let option = word.text.starts_with('-') && !word.text.starts_with("--");
        if option && word.text.contains('c') {
            return Shell::Text(words.get(at + 1).map(|word| word.text.clone()).unwrap_or_default());
        }
        if !word.text.starts_with('-') {
            return Shell::Script(words[at..].to_vec());
        }
    }
    Shell::Text(String::new())
}

/// What a shell does with the text of `-c`, and the words of the command that it ends with.
fn of_text(text: &str) -> (Handover, Vec<Word>) {
    let commands: Vec<Command> = shell::commands(text).into_iter().filter(|it| it.context.depth == 0).collect();
    let Some(last) = commands.last() else { return (Handover::Unknown, Vec::new()) };
    let words = last.words.clone();
    if words.first().is_some_and(|word| word.text == "exec") {
        return (Handover::Direct, words[1..].to_vec());
    }
    let single = commands.len() == 1 && last.before.is_none() && last.after.is_none();
    (if single { Handover::OneCommand } else { Handover::Commands }, words)
}

/// Follows the script that `words` starts with. Whether there is something left to follow.
fn script(repo: &Repo, image: &Image<'_>, words: &mut Vec<Word>, launch: &mut Launch, by_shell: bool) -> bool {
    let Some(name) = words.first().map(|word| base_name(&word.text).to_owned()) else { return false };
    let looks = by_shell || is_shell_name(&name) || name.contains("entrypoint") || name.starts_with("docker-");
    // A program may have the name of a script that the image does not hold.
    let Some((file, text)) = script_named(repo, image, &name).filter(|_| looks || is_copied(image, &name)) else {
        if looks {
            launch.handover = Handover::Unknown;
            launch.words = vec![name];
        }
        return false;
    };
    match end_of(&text) {
        End::Exec(next) => {
            let arguments = words[1..].to_vec();
            *words = next.into_iter().flat_map(|word| expand(word, &arguments)).collect();
            !words.is_empty()
        }
        End::Child(span, next) => {
            weaken(launch, Handover::Script);
            launch.place = Place::At(file, span);
            launch.words = next.iter().map(|word| word.text.clone()).collect();
            false
        }
        End::Handles => {
            launch.words = vec![name];
            false
        }
        End::Unknown => {
            launch.handover = Handover::Unknown;
            launch.words = vec![name];
            false
        }
    }
}

/// Whether the image names the file when it copies from the repository.
fn is_copied(image: &Image<'_>, name: &str) -> bool {
    let copies = image.dockerfile.stages.iter().flat_map(|stage| stage.all("COPY"));
    copies
        .filter(|copy| copy.flag("from").is_none())
        .flat_map(|copy| &copy.arguments)
        .any(|word| base_name(&word.text) == name)
}

/// `"$@"` stands for the script's arguments.
fn expand(word: Word, arguments: &[Word]) -> Vec<Word> {
    if matches!(word.text.as_str(), "$@" | "${@}" | "$*") { arguments.to_vec() } else { vec![word] }
}

/// How a script ends.
enum End {
    Exec(Vec<Word>),
    Child(Span, Vec<Word>),
    /// It passes signals on itself.
    Handles,
    Unknown,
}

/// Commands that end a script and start no program.
const CLOSING: [&str; 14] =
    ["wait", "exit", "echo", "printf", "true", "false", ":", "cd", "export", "set", "return", "rm", "chown", "chmod"];

fn end_of(text: &str) -> End {
    let shebang = text.lines().next().unwrap_or_default();
    if shebang.starts_with("#!") && (shebang.contains("init") || shebang.contains("with-contenv")) {
        return End::Handles;
    }
    let commands: Vec<Command> =
        shell::commands(text).into_iter().filter(|it| !it.context.substitution && !it.context.opened).collect();
    let first = |command: &Command| command.words.first().map(|word| word.text.clone()).unwrap_or_default();
    let traps =
        |command: &Command| first(command) == "trap" && command.words.iter().any(|word| word.text.contains("TERM"));
    if commands.iter().any(traps) {
        return End::Handles;
    }
    let handed = commands.iter().rfind(|command| first(command) == "exec" && command.words.len() > 1);
    if let Some(command) = handed {
        return End::Exec(command.words[1..].to_vec());
    }
    let Some(last) = commands.iter().rfind(|command| !command.words.is_empty()) else { return End::Unknown };
    let name = first(last);
    let name = base_name(&name);
    let background = commands.iter().any(|command| command.after == Some(shell::Operator::Background));
    let plain = !last.context.function && !last.context.condition;
    let defined = text.contains(&format!("{name}()")) || text.contains(&format!("function {name}"));
    if !plain || background || defined || CLOSING.contains(&name) || is_shell_name(name) || last.context.branch {
        return End::Unknown;
    }
    if matches!(name, "supervisord" | "pm2-runtime" | "pm2" | "s6-svscan") {
        return End::Handles;
    }
    End::Child(last.span, last.words.clone())
}

/// The script of this name that the image is most likely to hold.
fn script_named(repo: &Repo, image: &Image<'_>, name: &str) -> Option<(FileId, std::sync::Arc<str>)> {
    let is_script = |file: &&crate::repo::File| {
        (file.kind == FileKind::Shell || file.path.extension() == Some("sh")) && file.name() == name
    };
    let found: Vec<_> = repo.files().iter().filter(|file| file.role.is_operational()).filter(is_script).collect();
    let beside = found.iter().find(|file| file.path.starts_with(image.file.folder()));
    let file = match found.as_slice() {
        [only] => only,
        _ => beside?,
    };
    Some((file.id, repo.read(file.id).ok()?))
}
