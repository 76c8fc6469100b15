//! Rules that a team wrote: read from folders when the program runs, declarative only, so that running somebody's
//! rules never runs their code.

use std::{fmt, fs, io};

use annotate_snippets::{Group, Level, Renderer};
use camino::{Utf8Path, Utf8PathBuf};

use super::{
    Catalogue, Entry,
    catalogue::{Source, declared_entry},
    check::{self, Known},
};
use crate::{
    config::{ConfigError, RuleFolder},
    model::Categories,
};

/// No rule file written by a person is larger.
const MAX_BYTES: u64 = 128 * 1024;
const MAX_RULES: usize = 500;
const MAX_DEPTH: usize = 6;

/// The rules of all folders, ordered by category and id.
#[derive(Default)]
pub struct TeamRules {
    entries: Vec<Entry>,
}

/// What is wrong with a folder or with its files: all of it, so that one reading mends all.
#[derive(Debug)]
pub struct TeamError {
    troubles: Vec<Trouble>,
}

#[derive(Debug)]
enum Trouble {
    /// A file or folder that cannot be used at all.
    Unusable { what: String, help: Option<String> },
    /// Mistakes in a file.
    Wrong(ConfigError),
}

/// A rule file before it is understood.
struct Written {
    /// As messages call it.
    shown: String,
    stem: String,
    folder: Option<String>,
    text: String,
    cases: Option<String>,
}

impl TeamRules {
    /// Reads every rule of `folders`. Their ids must differ from each other and from those of `catalogue`.
    ///
    /// # Errors
    ///
    /// When a folder or a file cannot be read, or a rule file is wrong: every mistake of every file.
    pub fn load(folders: &[RuleFolder], catalogue: &Catalogue) -> Result<Self, TeamError> {
        let mut reading = Reading::default();
        for folder in folders {
            reading.folder(folder);
        }
        let built_in: Vec<&str> = catalogue.ids().collect();
        let team: Vec<String> = reading.files.iter().filter_map(|file| check::id_of(&file.text)).collect();
        let mut entries = Vec::new();
        for (index, file) in reading.files.iter().enumerate() {
            let known = Known { stem: &file.stem, built_in: &built_in, team: &team, folder: file.folder.as_deref() };
            match file.entry(known, &reading.files[..index]) {
                Ok(entry) => entries.push(entry),
                Err(error) => reading.troubles.push(Trouble::Wrong(error)),
            }
        }
        if !reading.troubles.is_empty() {
            return Err(TeamError { troubles: reading.troubles });
        }
        let rank = |entry: &Entry| Categories::embedded().position(&entry.meta.category);
        entries.sort_by(|a, b| (rank(a), &a.meta.id).cmp(&(rank(b), &b.meta.id)));
        Ok(Self { entries })
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Their ids, in order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.meta.id.as_str())
    }
}

impl Written {
    fn entry(&self, known: Known<'_>, before: &[Self]) -> Result<Entry, ConfigError> {
        let mut problems = check::problems(&self.text, known);
        let id = check::id_of(&self.text);
        if let Some(other) = before.iter().find(|other| id.is_some() && check::id_of(&other.text) == id) {
            let what = format!("`{}` has this id already", other.shown);
            problems.push(check::problem(what, check::span_of(&self.text, "id")));
        }
        let wrong = |problems| ConfigError::Invalid { path: self.shown.clone(), text: self.text.clone(), problems };
        if !problems.is_empty() {
            return Err(wrong(problems));
        }
        let source = Source { path: self.shown.clone(), cases: self.cases.clone().unwrap_or_default() };
        // What the grammar lets through and the types refuse is told in the words of the types.
        declared_entry(self.folder.as_deref(), &self.text, source)
            .map_err(|message| wrong(vec![check::problem(message, 0..0)]))
    }
}

#[derive(Default)]
struct Reading {
    files: Vec<Written>,
    seen: Vec<Utf8PathBuf>,
    troubles: Vec<Trouble>,
}

impl Reading {
    fn unusable(&mut self, what: String, help: Option<&str>) {
        self.troubles.push(Trouble::Unusable { what, help: help.map(str::to_owned) });
    }

    fn folder(&mut self, folder: &RuleFolder) {
        let shown = &folder.shown;
        let real = match folder.path.canonicalize_utf8() {
            Ok(real) if real.is_dir() => real,
            Ok(_) => {
                let help = "name the folder that holds the rule files";
                return self.unusable(format!("the rules `{shown}` are a file, not a folder"), Some(help));
            }
            Err(error) => {
                let help = "name an existing folder; `readiness new-rule ID --dir DIR` makes a first rule in it";
                return self.unusable(format!("cannot read the rules in `{shown}`: {}", reason(&error)), Some(help));
            }
        };
        if self.seen.contains(&real) {
            return;
        }
        self.seen.push(real.clone());
        let (files, troubles) = (self.files.len(), self.troubles.len());
        self.walk(&real, &real, shown, 0);
        if self.files.len() == files && self.troubles.len() == troubles {
            let help = format!("`readiness new-rule ID --dir {shown}` writes a first one");
            self.unusable(format!("there is no rule in `{shown}`: no file ends with `.toml`"), Some(&help));
        }
    }

    fn walk(&mut self, top: &Utf8Path, folder: &Utf8Path, shown: &str, depth: usize) {
        let mut names: Vec<Utf8PathBuf> = match folder.read_dir_utf8() {
            Ok(entries) => entries.filter_map(Result::ok).map(|entry| entry.path().to_owned()).collect(),
            Err(error) => {
                return self.unusable(format!("cannot read the rules in `{shown}`: {}", reason(&error)), None);
            }
        };
        names.sort();
        for path in names {
            let Some(name) = path.file_name().filter(|name| !name.starts_with('.')) else { continue };
            let shown = format!("{}/{name}", shown.trim_end_matches('/'));
            if path.is_dir() {
                let link = fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink());
                if depth < MAX_DEPTH && !link {
                    self.walk(top, &path, &shown, depth + 1);
                }
            } else if path.extension() == Some("toml") {
                self.file(top, &path, shown);
            }
        }
    }

    fn file(&mut self, top: &Utf8Path, path: &Utf8Path, shown: String) {
        if self.files.len() == MAX_RULES {
            return self.unusable(format!("`{shown}` is one rule too many: a scan takes {MAX_RULES}"), None);
        }
        let text = match read(top, path) {
            Ok(text) => text,
            Err(why) => return self.unusable(format!("cannot read the rule `{shown}`: {why}"), None),
        };
        let cases = match read(top, &path.with_extension("md")) {
            Ok(cases) => Some(cases),
            Err(_) if !path.with_extension("md").exists() => None,
            Err(why) => {
                let shown = Utf8Path::new(&shown).with_extension("md");
                return self.unusable(format!("cannot read the cases `{shown}`: {why}"), None);
            }
        };
        let parent = path.parent().and_then(Utf8Path::file_name).unwrap_or_default();
        let folder = Categories::embedded().get(parent).map(|category| category.id.clone());
        let stem = path.file_stem().unwrap_or_default().to_owned();
        self.files.push(Written { shown, stem, folder, text, cases });
    }
}

fn read(top: &Utf8Path, path: &Utf8Path) -> Result<String, String> {
    let real = path.canonicalize_utf8().map_err(|error| reason(&error))?;
    if !real.starts_with(top) {
        return Err("it is a symbolic link that leads out of the folder".to_owned());
    }
    let metadata = fs::metadata(&real).map_err(|error| reason(&error))?;
    if !metadata.is_file() {
        return Err("it is not a regular file".to_owned());
    }
    if metadata.len() > MAX_BYTES {
        return Err(format!("it is larger than {} KiB", MAX_BYTES / 1024));
    }
    let bytes = fs::read(&real).map_err(|error| reason(&error))?;
    String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        format!("line {} is not UTF-8", memchr::memchr_iter(b'\n', before).count() + 1)
    })
}

/// An operating system's reason without its number.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_lowercase()
}

impl TeamError {
    /// All mistakes with excerpts; styled for a terminal, or plain.
    pub fn report(&self, styled: bool) -> String {
        let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
        let shown: Vec<String> = self.troubles.iter().map(|trouble| trouble.report(&renderer, styled)).collect();
        shown.join("\n\n")
    }
}

impl Trouble {
    fn report(&self, renderer: &Renderer, styled: bool) -> String {
        match self {
            Self::Wrong(error) => error.report(styled),
            Self::Unusable { what, help } => {
                let mut shown = renderer.render(&[Group::with_title(Level::ERROR.primary_title(what.as_str()))]);
                if let Some(help) = help {
                    shown.push('\n');
                    shown.push_str(&renderer.render(&[Group::with_title(Level::HELP.secondary_title(help.as_str()))]));
                }
                shown
            }
        }
    }
}

impl fmt::Display for TeamError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.report(false))
    }
}

impl std::error::Error for TeamError {}
