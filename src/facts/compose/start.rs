//! Commands that start Compose projects, in scripts, workflows and documents.

use camino::Utf8Path;

use super::{discover, file::inside};
use crate::{
    code::shell,
    facts::commands::{self, CommandUse},
    model::{FileId, Place, Span},
    repo::{File, FileKind, Repo, Role},
};

/// How many documents are read for commands.
const MAX_DOCUMENTS: usize = 400;

/// A command that starts, builds or pulls the services of files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    pub place: Place,
    /// The files it is given, or those that Compose takes by itself.
    pub files: Vec<FileId>,
    /// Where it stands; `None` for a document.
    pub stage: Option<commands::Stage>,
    /// The script, job or target that holds it; a document's path.
    pub name: String,
    pub subcommand: String,
    pub profiles: Vec<String>,
}

/// Every such command, in order of path and position.
pub fn starts(repo: &Repo, commands: &[CommandUse]) -> Vec<Start> {
    let files: Vec<&File> = discover::compose_files(repo).collect();
    if files.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<Start> = commands
        .iter()
        .filter_map(|used| {
            let file = repo.file(used.file);
            let place = used.place();
            start(&files, file, &used.command, place, Some(used.stage), &used.name)
        })
        .collect();
    if files.len() > 1 {
        found.extend(documented(repo, &files));
    }
    found.sort_by(|a, b| a.place.cmp(&b.place));
    found
}

fn documented(repo: &Repo, files: &[&File]) -> Vec<Start> {
    let documents = repo.files().iter().filter(|file| {
        file.kind == FileKind::Markdown && !matches!(file.role, Role::Vendored | Role::Generated | Role::Example)
    });
    let mut found = Vec::new();
    for document in documents.take(MAX_DOCUMENTS) {
        let Ok(text) = repo.read(document.id) else { continue };
        let mut offset = 0;
        for line in text.split_inclusive('\n') {
            let compose = line.contains("docker compose") || line.contains("docker-compose");
            if compose && line.contains(" -f ") && line.len() < 1000 {
                let from = line.find("docker").unwrap_or(0);
                let span = Span::new(offset + from, offset + line.trim_end().len());
                let words = line[from..].trim_end().split('`').next().unwrap_or_default();
                let name = document.path.as_str();
                found.extend(
                    shell::commands(words).iter().filter_map(|command| {
                        start(files, document, command, Place::At(document.id, span), None, name)
                    }),
                );
            }
            offset += line.len();
        }
    }
    found
}

fn start(
    files: &[&File],
    from: &File,
    command: &shell::Command,
    place: Place,
    stage: Option<commands::Stage>,
    name: &str,
) -> Option<Start> {
    let program = command.program()?;
    let words: Vec<&str> = program.arguments.iter().map(|word| word.text.as_str()).collect();
    let words = match program.name {
        "docker-compose" | "podman-compose" => &words[..],
        "docker" | "podman" => {
            let at = words.iter().position(|word| matches!(*word, "compose" | "stack"))?;
            &words[at + 1..]
        }
        _ => return None,
    };
    let given = read(words);
    let mut named: Vec<FileId> = Vec::new();
    for path in &given.files {
        named.push(resolve(files, from, path)?);
    }
    if named.is_empty() {
        named = implied(files, from, stage)?;
    }
    let profiles = given.profiles.into_iter().map(str::to_owned).collect();
    Some(Start { place, files: named, stage, name: name.to_owned(), subcommand: given.subcommand.to_owned(), profiles })
}

#[derive(Default)]
struct Given<'w> {
    files: Vec<&'w str>,
    profiles: Vec<&'w str>,
    subcommand: &'w str,
}

fn read<'w>(words: &[&'w str]) -> Given<'w> {
    let mut given = Given::default();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        at += 1;
        let (option, attached) = word.split_once('=').map_or((*word, None), |(option, value)| (option, Some(value)));
        let takes_value = matches!(
            option,
            "-f" | "--file"
                | "-c"
                | "--compose-file"
                | "--profile"
                | "-p"
                | "--project-name"
                | "--env-file"
                | "--project-directory"
                | "--ansi"
                | "--progress"
                | "--parallel"
        );
        let value = if takes_value && attached.is_none() {
            at += 1;
            words.get(at - 1).copied()
        } else {
            attached
        };
        match (option, value) {
            ("-f" | "--file" | "-c" | "--compose-file", Some(value)) => given.files.push(value),
            ("--profile", Some(value)) => given.profiles.push(value),
            // Behind a subcommand `-f` means something else; `stack deploy` alone takes its file there.
            _ if !option.starts_with('-') => {
                given.subcommand = word;
                if *word != "deploy" {
                    break;
                }
            }
            _ => {}
        }
    }
    given
}

/// The file that a command names: seen from its own folder, from the root, or the only one that ends so.
fn resolve(files: &[&File], from: &File, path: &str) -> Option<FileId> {
    let at = |folder: &Utf8Path| {
        let path = inside(folder, path)?;
        files.iter().find(|file| file.path == path).map(|file| file.id)
    };
    at(from.folder()).or_else(|| at(Utf8Path::new(""))).or_else(|| {
        let tail = Utf8Path::new(path.trim_start_matches("./").trim_start_matches("../"));
        let mut ends = files.iter().filter(|file| !path.starts_with('$') && file.path.ends_with(tail));
        ends.next().filter(|_| ends.next().is_none()).map(|file| file.id)
    })
}

/// The files that Compose takes when it is given none: the base of the folder, and its override.
fn implied(files: &[&File], from: &File, stage: Option<commands::Stage>) -> Option<Vec<FileId>> {
    let root = matches!(stage, Some(commands::Stage::Workflow)) || from.path.starts_with(".github");
    let folders = if root { vec![Utf8Path::new("")] } else { vec![from.folder(), Utf8Path::new("")] };
    folders.into_iter().find_map(|folder| {
        let in_folder = |variant: &str| {
            files
                .iter()
                .find(|file| file.folder() == folder && discover::variant_of(file) == variant)
                .map(|file| file.id)
        };
        let base = in_folder("")?;
        Some(std::iter::once(base).chain(in_folder("override")).collect())
    })
}
