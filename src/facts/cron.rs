//! Lines of crontabs: in files that cron reads, and in scripts that install them.

use super::backups::is_crontab;
use crate::{
    model::{FileId, Place, Span},
    repo::{File, FileKind, Repo},
};

/// A command that cron runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    pub file: FileId,
    /// The command, without its schedule and its user.
    pub command: String,
    /// The schedule and the command.
    pub span: Span,
    /// The table says that bash runs it.
    pub bash: bool,
}

impl Job {
    pub fn place(&self) -> Place {
        Place::At(self.file, self.span)
    }
}

/// Every job, in order of path and position.
pub fn jobs(repo: &Repo) -> Vec<Job> {
    let mut found = Vec::new();
    for file in repo.files() {
        let table = is_crontab(file) && !matches!(file.kind, FileKind::Shell | FileKind::Workflow);
        let installs = matches!(file.kind, FileKind::Shell | FileKind::Dockerfile) && file.role.is_operational();
        if !(table || installs) || is_shown(file) {
            continue;
        }
        let Ok(text) = repo.read(file.id) else { continue };
        // A script must speak of cron before its lines count.
        if table || text.contains("crontab") || text.contains("/cron") {
            in_text(file, &text, table, &mut found);
        }
    }
    found
}

fn is_shown(file: &File) -> bool {
    use crate::repo::Role;
    matches!(file.role, Role::Test | Role::Example | Role::Vendored | Role::Story)
}

const MAX_LINES: usize = 20_000;

fn in_text(file: &File, text: &str, table: bool, found: &mut Vec<Job>) {
    let mut bash = false;
    let mut offset = 0;
    for line in text.split_inclusive('\n').take(MAX_LINES) {
        let start = offset;
        offset += line.len();
        let plain = line.trim_start();
        if plain.starts_with('#') {
            continue;
        }
        if plain.starts_with("SHELL=") || plain.contains("SHELL=/bin/bash") {
            bash = plain.contains("bash");
        }
        let Some((at, command)) = schedule(line) else { continue };
        if table && !line[..at].trim().is_empty() {
            continue;
        }
        let end = if table { line.trim_end().len() } else { end_of(line, at, command) };
        if end <= command {
            continue;
        }
        let system = file.path.as_str().contains("cron.d") || file.path.as_str().ends_with("etc/crontab");
        let words = without_user(&line[command..end], system);
        found.push(Job {
            file: file.id,
            command: words.to_owned(),
            span: Span::new(start + at, start + end),
            bash: bash || line[..at].contains("SHELL=/bin/bash"),
        });
    }
}

/// Where a schedule begins in a line, and where the command behind it does.
fn schedule(line: &str) -> Option<(usize, usize)> {
    let mut words: Vec<(usize, &str)> = Vec::new();
    let mut at = 0;
    for part in line.split(|char: char| char.is_ascii_whitespace() || matches!(char, '"' | '\'' | '`')) {
        if !part.is_empty() {
            words.push((at, part));
        }
        at += part.len() + 1;
    }
    for (index, (start, word)) in words.iter().enumerate() {
        let named =
            matches!(*word, "@daily" | "@hourly" | "@weekly" | "@monthly" | "@midnight" | "@reboot" | "@yearly");
        if named {
            return words.get(index + 1).map(|(command, _)| (*start, *command));
        }
        let five = words.get(index..index + 5)?;
        let fits = five.iter().all(|(_, word)| is_field(word)) && five.iter().any(|(_, word)| word.contains('*'));
        if fits && words.get(index + 5).is_some() {
            return words.get(index + 5).map(|(command, _)| (*start, *command));
        }
    }
    None
}

fn is_field(word: &str) -> bool {
    const NAMES: [&str; 19] = [
        "mon", "tue", "wed", "thu", "fri", "sat", "sun", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep",
        "oct", "nov", "dec",
    ];
    let lower = word.to_ascii_lowercase();
    !word.is_empty()
        && lower.split([',', '-', '/']).all(|part| {
            part == "*" || NAMES.contains(&part) || !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
        })
}

/// Where the quotes around a line of a crontab end; the end of the line when there are none.
fn end_of(line: &str, at: usize, command: usize) -> usize {
    let quote = line[..at]
        .chars()
        .rfind(|char| matches!(char, '"' | '\''))
        .filter(|quote| line[..at].matches(*quote).count() % 2 == 1);
    let Some(quote) = quote else { return line.trim_end().len() };
    let mut escaped = false;
    for (offset, char) in line[command..].char_indices() {
        if char == quote && !escaped {
            return command + offset;
        }
        escaped = char == '\\' && !escaped;
    }
    line.trim_end().len()
}

/// System tables name a user before the command.
fn without_user(command: &str, system: bool) -> &str {
    const USERS: [&str; 8] = ["root", "www-data", "app", "ubuntu", "node", "postgres", "deploy", "nobody"];
    let Some((first, rest)) = command.split_once(char::is_whitespace) else { return command };
    if system || USERS.contains(&first) { rest.trim_start() } else { command }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_are_found_in_lines() {
        let command = |line: &'static str| schedule(line).map(|(_, at)| &line[at..]);
        assert_eq!(command("0 2 * * * /app/backup.sh"), Some("/app/backup.sh"));
        assert_eq!(command("@daily . .env && ./run"), Some(". .env && ./run"));
        assert_eq!(command("(crontab -l; echo \"*/5 * * * 1-5 cd /app\")"), Some("cd /app\")"));
        assert_eq!(command("echo 1 2 3 4 5 6"), None);
    }
}
