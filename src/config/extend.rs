//! Follows `extends` from file to file, and never out of the repository.

use std::{collections::BTreeSet, ops::Range};

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use super::{
    ConfigError, Found, Layer, Names, Problem,
    file::{self, document, name_in_reports, repository},
    read,
};

/// More generations are no order that a person can follow.
const DEEPEST: usize = 8;

/// More files are no configuration that a person can follow.
pub(super) const MOST: usize = 32;

/// Reads a file and those that it extends.
pub(super) struct Loader<'a> {
    root: &'a Utf8Path,
    names: Names<'a>,
    /// Nothing outside of this folder is read.
    within: Utf8PathBuf,
    /// The folder of the file that the user knows.
    home: Utf8PathBuf,
    /// The file that is read, and those that led to it.
    chain: Vec<Utf8PathBuf>,
    /// A file that is extended on two ways speaks once, where it is strongest.
    seen: BTreeSet<Utf8PathBuf>,
}

impl<'a> Loader<'a> {
    pub(super) fn new(found: &Found, root: &'a Utf8Path, names: Names<'a>) -> Self {
        let path = real(&found.path);
        let folder = path.parent().unwrap_or(Utf8Path::new("")).to_owned();
        let within = found.within.as_ref().map_or_else(|| repository(&folder).to_owned(), |within| real(within));
        Self { root, names, within, home: folder, chain: vec![path.clone()], seen: BTreeSet::from([path]) }
    }

    /// Reads the text of the last file of the chain, whose patterns are written for the folder `base`.
    pub(super) fn layer(&mut self, text: &str, shown: &str, base: &Utf8Path) -> Result<Layer, ConfigError> {
        let below = self.root.strip_prefix(base).map(|below| below.as_str().replace('\\', "/")).unwrap_or_default();
        let mut read = document(text, shown, &below, self.names)?;
        let invalid =
            |problem| ConfigError::Invalid { path: shown.to_owned(), text: text.to_owned(), problems: vec![problem] };
        if let Some((name, span)) = &read.notes_file {
            read.layer.notes = Some(self.notes(name, span).map_err(invalid)?);
        }
        // Of several files the later ones win, so they are taken first.
        for (name, span) in read.extends.iter().rev() {
            let next = self.next(name, span).map_err(invalid)?;
            if let Some((path, text)) = next {
                read.layer = read.layer.or(self.extended(path, &text, base)?);
            }
        }
        Ok(read.layer)
    }

    fn extended(&mut self, path: Utf8PathBuf, text: &str, base: &Utf8Path) -> Result<Layer, ConfigError> {
        let folder = path.parent().unwrap_or(Utf8Path::new("")).to_owned();
        // A file above speaks about its own folder; one that only holds settings speaks for whoever extends it.
        let base = if base.starts_with(&folder) { folder } else { base.to_owned() };
        let (shown, beside) = (name_in_reports(&path, self.root), self.relative_to_home(&path));
        self.chain.push(path);
        let layer = self.layer(text, &shown, &base);
        self.chain.pop();
        layer.map_err(|error| match error {
            deeper @ ConfigError::Extended { .. } => deeper,
            error => ConfigError::Extended { beside, error: Box::new(error) },
        })
    }

    /// The text that the team keeps in a file for its reports.
    fn notes(&self, name: &str, span: &Range<usize>) -> Result<String, Problem> {
        let path = self.inside("notes-file", name, span)?;
        let text = file::text(&Found { path, within: Some(self.within.clone()) }).map_err(|(reason, _)| reason);
        text.and_then(|text| read::bounded_notes(&text)).map_err(|reason| {
            Problem::new(format!("`notes-file` cannot use `{name}`: {reason}"), span.clone())
                .help("name a short text file, relative to this one")
        })
    }

    /// The path without links that `key` names, which lies in the repository.
    fn inside(&self, key: &str, name: &str, span: &Range<usize>) -> Result<Utf8PathBuf, Problem> {
        let wrong = |why: &str| Problem::new(format!("`{key}` cannot use `{name}`: {why}"), span.clone());
        if name.trim().is_empty() {
            return Err(Problem::new(format!("`{key}` names nothing"), span.clone())
                .help("name a file, relative to this one, or leave the key out"));
        }
        let outside = "name a file in the repository, relative to this file";
        if Utf8Path::new(name).is_absolute() || name.contains("://") {
            return Err(wrong("it is no path relative to this file").help(outside));
        }
        let folder = self.chain.last().and_then(|path| path.parent()).unwrap_or(Utf8Path::new(""));
        let written = straight(&folder.join(name));
        if !written.starts_with(&self.within) {
            return Err(wrong("it leads out of the repository").help(outside));
        }
        let path = real(&written);
        if !path.starts_with(&self.within) {
            return Err(wrong("it is a symbolic link that leads out of the repository").help(outside));
        }
        Ok(path)
    }

    /// The file that `name` names, with its text; nothing when it has spoken already.
    fn next(&mut self, name: &str, span: &Range<usize>) -> Result<Option<(Utf8PathBuf, String)>, Problem> {
        let wrong = |why: String| Problem::new(format!("`extends` cannot use `{name}`: {why}"), span.clone());
        let path = self.inside("extends", name, span)?;
        if let Some(at) = self.chain.iter().position(|earlier| *earlier == path) {
            let circle = self.told(self.chain[at..].iter().chain([&path]));
            return Err(wrong(format!("the files extend each other in a circle: {circle}"))
                .help("take one of these `extends` out"));
        }
        if self.chain.len() >= DEEPEST {
            let chain = self.told(self.chain.iter().chain([&path]));
            return Err(wrong(format!("more than {DEEPEST} files extend each other: {chain}"))
                .help("bring the settings of some of them together in one file"));
        }
        if !self.seen.insert(path.clone()) {
            return Ok(None);
        }
        if self.seen.len() > MOST {
            return Err(wrong(format!("more than {MOST} files are extended")).help("bring some of them together"));
        }
        let text = file::text(&Found { path: path.clone(), within: Some(self.within.clone()) });
        match text {
            Ok(text) => Ok(Some((path, text))),
            Err((reason, _)) => Err(wrong(reason).help("name an existing TOML file, relative to this one")),
        }
    }

    /// Files as reports name them, with arrows between.
    fn told<'p>(&self, chain: impl Iterator<Item = &'p Utf8PathBuf>) -> String {
        chain.map(|path| name_in_reports(path, self.root)).collect::<Vec<_>>().join(" -> ")
    }

    /// The path of a file relative to the folder of the one that the user knows.
    fn relative_to_home(&self, path: &Utf8Path) -> Utf8PathBuf {
        let mut steps = self.home.ancestors().enumerate();
        let found = steps.find_map(|(up, folder)| Some((up, path.strip_prefix(folder).ok()?)));
        found.map_or_else(|| path.to_owned(), |(up, rest)| Utf8Path::new(&"../".repeat(up)).join(rest))
    }
}

/// The path without links, where it exists.
pub(super) fn real(path: &Utf8Path) -> Utf8PathBuf {
    path.canonicalize_utf8().unwrap_or_else(|_| path.to_owned())
}

/// The path without `.` and, as far as it goes, without `..`.
pub(super) fn straight(path: &Utf8Path) -> Utf8PathBuf {
    let mut straight = Utf8PathBuf::new();
    for part in path.components() {
        match part {
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir if straight.file_name().is_some_and(|name| name != "..") => {
                straight.pop();
            }
            part => straight.push(part.as_str()),
        }
    }
    straight
}
