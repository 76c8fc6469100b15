//! Finds and reads `readiness.toml`.

use std::{fs, io};

use camino::{Utf8Path, Utf8PathBuf};

use super::{ConfigError, Layer, Names, extend::Loader, read};

/// The name that is looked for.
pub const FILE_NAME: &str = "readiness.toml";

/// No configuration written by a person is larger.
const MAX_BYTES: u64 = 1024 * 1024;

/// A configuration file and what it means for the scanned root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub path: Utf8PathBuf,
    /// A symbolic link must not lead out of this folder. `None`: somebody named the file, so it may lie anywhere.
    pub within: Option<Utf8PathBuf>,
}

impl Found {
    /// A file that the user named.
    pub fn named(path: impl Into<Utf8PathBuf>) -> Self {
        Self { path: path.into(), within: None }
    }
}

/// The nearest `readiness.toml` from `root` upwards, up to the root of the git repository. Outside of a repository
/// only `root` itself is looked at, so that a stray file far above changes nothing.
///
/// `root` must be absolute. What is found may still be a folder or unreadable: [`load`] says so.
pub fn find(root: &Utf8Path) -> Option<Found> {
    let top = repository(root);
    root.ancestors()
        .take_while(|folder| folder.starts_with(top))
        .map(|folder| folder.join(FILE_NAME))
        .find(|path| fs::symlink_metadata(path).is_ok())
        .map(|path| Found { path, within: Some(top.to_owned()) })
}

/// Reads a file, and those that it extends, for a scan of `root` (absolute). `shown` is the file's name in messages
/// and reports.
pub fn load(found: &Found, root: &Utf8Path, shown: &str, names: Names<'_>) -> Result<Layer, ConfigError> {
    let text = text(found).map_err(|(reason, help)| ConfigError::Unreadable {
        path: shown.to_owned(),
        reason,
        help: help.map(str::to_owned),
    })?;
    let folder = found.path.parent().unwrap_or(Utf8Path::new(""));
    // A file elsewhere speaks about the scanned root itself.
    let base = if root.starts_with(folder) { folder } else { root };
    Loader::new(found, root, names).layer(&text, shown, base)
}

/// Reads the text of a configuration that is written for a folder in which the scanned root is `below` (empty when
/// it is the folder itself). What it extends is not followed: a text lies in no folder.
pub fn parse(text: &str, shown: &str, below: &str, names: Names<'_>) -> Result<Layer, ConfigError> {
    document(text, shown, below, names).map(|document| document.layer)
}

/// Reads one text.
pub(super) fn document(text: &str, shown: &str, below: &str, names: Names<'_>) -> Result<read::Document, ConfigError> {
    read::document(text, shown, below, names).map_err(|problems| ConfigError::Invalid {
        path: shown.to_owned(),
        text: text.to_owned(),
        problems,
    })
}

/// A configuration's name for reports about `root`, which hold no absolute path.
pub fn name_in_reports(path: &Utf8Path, root: &Utf8Path) -> String {
    if let Ok(below) = path.strip_prefix(root) {
        return below.as_str().replace('\\', "/");
    }
    // A file of the same repository is reached by going up; of one elsewhere only the name may show.
    let top = repository(root);
    let up = root.ancestors().take_while(|folder| folder.starts_with(top)).enumerate();
    let mut down = up.filter_map(|(steps, folder)| Some((steps, path.strip_prefix(folder).ok()?)));
    match down.next() {
        Some((steps, rest)) => format!("{}{}", "../".repeat(steps), rest.as_str().replace('\\', "/")),
        None => path.file_name().unwrap_or(FILE_NAME).to_owned(),
    }
}

/// The root of the git repository that holds `folder`, else the folder itself.
pub(super) fn repository(folder: &Utf8Path) -> &Utf8Path {
    folder.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(folder)
}

/// Why, and what to do.
pub(super) type Unreadable = (String, Option<&'static str>);

pub(super) fn text(found: &Found) -> Result<String, Unreadable> {
    let path = &found.path;
    let metadata = fs::metadata(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => ("no such file".to_owned(), Some("name an existing file, or leave `--config` out")),
        _ => (reason(&error), None),
    })?;
    if metadata.is_dir() {
        return Err(("it is a folder".to_owned(), Some("the configuration is a file in TOML format")));
    }
    if !metadata.is_file() {
        return Err(("it is not a regular file".to_owned(), None));
    }
    if let Some(within) = &found.within {
        let real = path.canonicalize_utf8().map_err(|error| (reason(&error), None))?;
        if !real.starts_with(within) {
            let help = "move the file into the repository, or name it with `--config FILE`";
            return Err(("it is a symbolic link that leads out of the repository".to_owned(), Some(help)));
        }
    }
    if metadata.len() > MAX_BYTES {
        return Err((format!("it is larger than {} KiB", MAX_BYTES / 1024), None));
    }
    let bytes = fs::read(path).map_err(|error| (reason(&error), None))?;
    String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = memchr::memchr_iter(b'\n', before).count() + 1;
        (format!("line {line} is not UTF-8"), Some("save the file in UTF-8 encoding"))
    })
}

/// An operating system's reason without its number.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    text.to_lowercase()
}
