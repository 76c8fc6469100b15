//! The program that a command really runs, behind `sudo`, `npx`, `cross-env` and their kind.

use super::{Command, Word};

/// A program with its own arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Program<'c> {
    /// Its name without folder and version: `drizzle-kit` of `npx drizzle-kit@latest`.
    pub name: &'c str,
    pub word: &'c Word,
    pub arguments: &'c [Word],
}

/// A program that runs another one, given behind it.
struct Wrapper {
    name: &'static str,
    /// Subcommands of which one is needed; none means that the program follows at once.
    subcommands: &'static [&'static str],
    /// Options whose value is a word of its own.
    valued: &'static [&'static str],
    /// Words before the program that belong to the wrapper (`timeout 10 …`).
    positional: usize,
    /// Takes `NAME=value` before the program.
    assigns: bool,
}

const fn plain(name: &'static str, valued: &'static [&'static str]) -> Wrapper {
    Wrapper { name, subcommands: &[], valued, positional: 0, assigns: false }
}

const fn runner(name: &'static str, subcommands: &'static [&'static str], valued: &'static [&'static str]) -> Wrapper {
    Wrapper { name, subcommands, valued, positional: 0, assigns: false }
}

const PNPM_OPTIONS: &[&str] = &["-F", "--filter", "-C", "--dir", "--package"];
const NPM_OPTIONS: &[&str] = &["-w", "--workspace", "--prefix", "-p", "--package"];
const UV_OPTIONS: &[&str] = &[
    "--with",
    "--python",
    "-p",
    "--extra",
    "--group",
    "--package",
    "--project",
    "--directory",
    "--env-file",
    "--from",
];

const WRAPPERS: &[Wrapper] = &[
    Wrapper { assigns: true, ..plain("sudo", &["-u", "-g", "-h", "-p", "-C", "-U", "--user", "--group"]) },
    Wrapper { assigns: true, ..plain("env", &["-u", "-C", "--unset", "--chdir"]) },
    Wrapper { assigns: true, ..plain("cross-env", &[]) },
    Wrapper { assigns: true, ..plain("cross-env-shell", &[]) },
    Wrapper { positional: 1, ..plain("timeout", &["-s", "-k", "--signal", "--kill-after"]) },
    Wrapper { positional: 1, ..plain("gosu", &[]) },
    Wrapper { positional: 1, ..plain("su-exec", &[]) },
    plain("exec", &["-a"]),
    plain("command", &[]),
    plain("builtin", &[]),
    plain("time", &["-f", "-o"]),
    plain("nohup", &[]),
    plain("setsid", &[]),
    plain("nice", &["-n"]),
    plain("ionice", &["-c", "-n"]),
    plain("stdbuf", &["-i", "-o", "-e"]),
    plain("xargs", &["-n", "-P", "-I", "-L", "-d", "-a", "-s"]),
    plain("tini", &["-p", "-e"]),
    plain("dumb-init", &["-r"]),
    plain("npx", &["-p", "--package"]),
    plain("bunx", &["-p", "--package"]),
    plain("uvx", UV_OPTIONS),
    plain("dotenv", &["-e", "-f", "-v", "-p", "-c", "-o"]),
    plain("dotenvx", &["-e", "-f"]),
    plain("env-cmd", &["-f", "-e", "--file", "--environments", "-r", "--rc-file"]),
    runner("dotenvx", &["run"], &["-e", "-f", "--env-file"]),
    runner("doppler", &["run"], &["-p", "--project", "-c", "--config"]),
    runner("infisical", &["run"], &["--env", "--path"]),
    runner("op", &["run"], &["--env-file"]),
    runner("npm", &["exec", "x"], NPM_OPTIONS),
    runner("pnpm", &["exec", "dlx"], PNPM_OPTIONS),
    runner("yarn", &["exec", "dlx"], &["--cwd", "-p", "--package"]),
    runner("bun", &["x"], &["--cwd"]),
    runner("uv", &["run"], UV_OPTIONS),
    runner("poetry", &["run"], &["-C", "--directory", "-P", "--project"]),
    runner("pipenv", &["run"], &[]),
    runner("pdm", &["run"], &["-p"]),
    runner("hatch", &["run"], &["-e"]),
    runner("rye", &["run"], &[]),
    runner("pixi", &["run"], &["-e"]),
    runner("bundle", &["exec"], &[]),
    runner("cmd", &["/c", "/C"], &[]),
    runner("python", &["-m"], &["-W", "-X"]),
    runner("python3", &["-m"], &["-W", "-X"]),
];

/// What `yarn` and `pnpm` do themselves; any other first word is a script or an installed program.
const MANAGER_COMMANDS: &[&str] = &[
    "access",
    "add",
    "approve-builds",
    "audit",
    "autoclean",
    "bin",
    "cache",
    "cat-file",
    "cat-index",
    "check",
    "ci",
    "config",
    "constraints",
    "create",
    "dedupe",
    "deploy",
    "dist-tag",
    "dlx",
    "doctor",
    "env",
    "exec",
    "explain",
    "fetch",
    "find-hash",
    "global",
    "help",
    "i",
    "ignored-builds",
    "import",
    "info",
    "init",
    "install",
    "install-test",
    "it",
    "licenses",
    "link",
    "list",
    "ll",
    "login",
    "logout",
    "ls",
    "node",
    "npm",
    "outdated",
    "owner",
    "pack",
    "patch",
    "patch-commit",
    "plugin",
    "policies",
    "prune",
    "publish",
    "rb",
    "rebuild",
    "remove",
    "rm",
    "root",
    "run",
    "run-script",
    "search",
    "self-update",
    "server",
    "set",
    "setup",
    "store",
    "stage",
    "tag",
    "team",
    "test",
    "t",
    "start",
    "stop",
    "restart",
    "un",
    "uninstall",
    "unlink",
    "unplug",
    "up",
    "update",
    "upgrade",
    "upgrade-interactive",
    "version",
    "versions",
    "why",
    "workspace",
    "workspaces",
];

/// How many wrappers may stand before a program.
const MAX_WRAPPERS: usize = 8;
/// No program has a longer path.
const MAX_NAME: usize = 4096;

impl Command {
    /// The program behind wrappers such as `sudo`, `npx`, `uv run`, `cross-env` and `time`, with its arguments.
    ///
    /// `yarn x` and `pnpm x` are taken as the program `x`, which may just as well be a script of package.json:
    /// ask [`Command::package_script`] first. Nothing when the command only assigns.
    pub fn program(&self) -> Option<Program<'_>> {
        let mut words = self.words.as_slice();
        for _ in 0..MAX_WRAPPERS {
            match unwrap(words) {
                Some(inner) => words = inner,
                None => break,
            }
        }
        let (word, arguments) = words.split_first()?;
        Some(Program { name: base_name(&word.text), word, arguments })
    }

    /// Whether this runs the program `words[0]` with the subcommand that the further words are: `["drizzle-kit",
    /// "push"]`, `["prisma", "db", "push"]`. Options may stand before the subcommand and between it and the program.
    pub fn runs(&self, words: &[&str]) -> bool {
        let (Some(program), Some((name, subcommand))) = (self.program(), words.split_first()) else { return false };
        program.name == *name && program.has_subcommand(subcommand)
    }

    /// The package.json script that this starts: `build` of `npm run build`, `pnpm -r build`, `yarn build`,
    /// `npm test`. A word that `pnpm` or `yarn` may also take for an installed program is given as well.
    pub fn package_script(&self) -> Option<&str> {
        let words = strip_to_manager(&self.words)?;
        let (manager, arguments) = words.split_first()?;
        let manager = base_name(&manager.text);
        let options = if manager == "pnpm" { PNPM_OPTIONS } else { NPM_OPTIONS };
        let mut words = without_options(arguments, options).into_iter();
        let mut first = words.next()?;
        if manager == "yarn" && first == "workspace" {
            words.next();
            first = words.next()?;
        }
        match first {
            "run" | "run-script" => words.next(),
            "test" | "t" | "start" | "stop" | "restart" if manager != "bun" => {
                Some(if first == "t" { "test" } else { first })
            }
            _ if matches!(manager, "yarn" | "pnpm") && !MANAGER_COMMANDS.contains(&first) => Some(first),
            _ => None,
        }
    }
}

impl Program<'_> {
    /// Whether the arguments that are no options begin with `subcommand`. Each option before it may have taken one
    /// word as its value.
    pub fn has_subcommand(&self, subcommand: &[&str]) -> bool {
        if subcommand.is_empty() {
            return true;
        }
        let mut options = 0;
        let mut skipped = 0;
        for (index, argument) in self.arguments.iter().enumerate() {
            if argument.text.starts_with('-') {
                options += 1;
                continue;
            }
            let behind =
                self.arguments[index..].iter().map(|word| word.text.as_str()).filter(|word| !word.starts_with('-'));
            if behind.take(subcommand.len()).eq(subcommand.iter().copied()) {
                return true;
            }
            skipped += 1;
            if skipped > options {
                return false;
            }
        }
        false
    }

    /// Whether one of the arguments is this option, as a word or with `=value`.
    pub fn has_option(&self, option: &str) -> bool {
        self.option(option).is_some()
    }

    /// The word of this option: `--port` or `--port=80`.
    pub fn option(&self, option: &str) -> Option<&Word> {
        self.arguments
            .iter()
            .find(|word| word.text.strip_prefix(option).is_some_and(|rest| rest.is_empty() || rest.starts_with('=')))
    }

    /// The value of this option: behind `=`, or the next argument.
    pub fn option_value(&self, option: &str) -> Option<&str> {
        let index =
            self.arguments.iter().position(|word| std::ptr::eq(word, self.option(option).unwrap_or(self.word)))?;
        match self.arguments[index].text.split_once('=') {
            Some((_, value)) => Some(value),
            None => self.arguments.get(index + 1).map(|word| word.text.as_str()),
        }
    }
}

/// The words behind the outermost wrapper.
fn unwrap(words: &[Word]) -> Option<&[Word]> {
    let name = base_name(&words.first()?.text);
    WRAPPERS.iter().filter(|wrapper| wrapper.name == name).find_map(|wrapper| wrapper.inner(words)).or_else(|| {
        let options = if name == "pnpm" { PNPM_OPTIONS } else { &["--cwd"] };
        let inner = matches!(name, "yarn" | "pnpm").then(|| skip_options(&words[1..], options))?;
        inner.first().filter(|word| !MANAGER_COMMANDS.contains(&word.text.as_str())).map(|_| inner)
    })
}

impl Wrapper {
    fn inner<'c>(&self, words: &'c [Word]) -> Option<&'c [Word]> {
        let mut rest = &words[1..];
        // `command -v x` asks, and runs nothing.
        if matches!(self.name, "command") && rest.first().is_some_and(|word| word.text.starts_with('-')) {
            return None;
        }
        if !self.subcommands.is_empty() {
            let is_subcommand = |word: &Word| self.subcommands.contains(&word.text.as_str());
            if !rest.first().is_some_and(is_subcommand) {
                rest = skip_options_until(rest, self.valued, self.subcommands);
            }
            rest = rest.split_first().filter(|(word, _)| is_subcommand(word))?.1;
            // Arguments of a Python module begin right behind its name.
            if self.subcommands == ["-m"] {
                return (!rest.is_empty()).then_some(rest);
            }
        }
        loop {
            rest = skip_options(rest, self.valued);
            match rest.first() {
                Some(word) if self.assigns && is_assignment(&word.text) => rest = &rest[1..],
                _ => break,
            }
        }
        rest = rest.get(self.positional..)?;
        (!rest.is_empty()).then_some(rest)
    }
}

fn skip_options<'c>(words: &'c [Word], valued: &[&str]) -> &'c [Word] {
    skip_options_until(words, valued, &[])
}

/// Skips options, the values of those in `valued`, and `--`; stops at a word of `stops`.
fn skip_options_until<'c>(words: &'c [Word], valued: &[&str], stops: &[&str]) -> &'c [Word] {
    let mut rest = words;
    while let Some((word, behind)) = rest.split_first() {
        let text = word.text.as_str();
        if text == "--" {
            return behind;
        }
        if !text.starts_with('-') || text.len() < 2 || stops.contains(&text) {
            break;
        }
        rest = if valued.contains(&text) { behind.get(1..).unwrap_or(&[]) } else { behind };
    }
    rest
}

/// The words that are neither options nor values of those in `valued`.
fn without_options<'c>(words: &'c [Word], valued: &[&str]) -> Vec<&'c str> {
    let mut kept = Vec::new();
    let mut rest = skip_options(words, valued);
    while let Some((word, behind)) = rest.split_first() {
        kept.push(word.text.as_str());
        rest = skip_options(behind, valued);
    }
    kept
}

/// The words from the package manager on, behind other wrappers.
fn strip_to_manager(words: &[Word]) -> Option<&[Word]> {
    let mut words = words;
    for _ in 0..MAX_WRAPPERS {
        if matches!(base_name(&words.first()?.text), "npm" | "pnpm" | "yarn" | "bun") {
            return Some(words);
        }
        words = unwrap(words)?;
    }
    None
}

fn is_assignment(text: &str) -> bool {
    text.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty()
            && !name.as_bytes()[0].is_ascii_digit()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

/// A program's name without its folder, its version and Windows' extension. A package's scope stays.
fn base_name(text: &str) -> &str {
    // Every rule asks every command, and a word can be the rest of the file.
    if text.len() > MAX_NAME {
        return text;
    }
    let scoped = text.starts_with('@');
    let name = if scoped { text } else { text.rsplit(['/', '\\']).next().unwrap_or(text) };
    let from = usize::from(scoped);
    let version = name.get(from..).filter(|_| !name.starts_with('$')).and_then(|rest| rest.find('@'));
    let name = version.map_or(name, |at| &name[..from + at]);
    let name = [".exe", ".cmd", ".CMD"].iter().find_map(|extension| name.strip_suffix(extension)).unwrap_or(name);
    if name.is_empty() { text } else { name }
}

/// Which word of a command is a script for a shell.
pub(super) struct Script {
    pub(super) word: usize,
}

/// The script in `sh -c '…'`, `eval '…'` or `su -c '…'`.
pub(super) fn script_argument(command: &Command) -> Option<Script> {
    let program = command.program()?;
    let first = command.words.len() - program.arguments.len();
    match program.name {
        "eval" => (program.arguments.len() == 1).then_some(Script { word: first }),
        "sh" | "bash" | "dash" | "zsh" | "ash" | "ksh" | "su" => {
            let mut index = 0;
            let mut wanted = false;
            while let Some(argument) = program.arguments.get(index) {
                match argument.text.strip_prefix('-') {
                    Some("-") => return None,
                    Some(flags) if !flags.starts_with('-') => {
                        wanted |= flags.contains('c');
                        // `-o pipefail`, also at the end of a cluster.
                        index += if flags.ends_with('o') { 2 } else { 1 };
                    }
                    Some(_) => index += 1,
                    None => return wanted.then_some(Script { word: first + index }),
                }
            }
            None
        }
        _ => None,
    }
}
