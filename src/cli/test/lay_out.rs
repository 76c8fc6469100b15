//! Writes the files of a case into a folder of its own, with a git index when some of them are tracked.

use std::{env, fs, io, process};

use camino::{Utf8Path, Utf8PathBuf};
use readiness::rule::cases::CaseFile;

/// A folder that goes away with its value.
pub(super) struct Folder {
    pub(super) path: Utf8PathBuf,
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Nothing can be done about a folder that stays, and nothing depends on it.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// A new folder that holds `files`.
pub(super) fn lay_out(files: &[CaseFile]) -> io::Result<Folder> {
    let folder = new_folder()?;
    for file in files {
        let path = folder.path.join(&file.path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, &file.content)?;
    }
    let mut tracked: Vec<&str> = files.iter().filter(|file| file.tracked).map(|file| file.path.as_str()).collect();
    if !tracked.is_empty() {
        tracked.sort_unstable();
        tracked.dedup();
        track(&folder.path, &tracked)?;
    }
    Ok(folder)
}

fn new_folder() -> io::Result<Folder> {
    let top = Utf8PathBuf::from_path_buf(env::temp_dir())
        .map_err(|_| io::Error::other("the folder for temporary files has a name that is not UTF-8"))?;
    let top = top.canonicalize_utf8()?;
    for attempt in 0..1_000 {
        let path = top.join(format!("readiness-case-{}-{attempt}", process::id()));
        match fs::create_dir(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            created => return created.map(|()| Folder { path }),
        }
    }
    Err(io::Error::other("no name is free for a temporary folder"))
}

/// Makes `folder` a git repository whose index holds `paths`, which are sorted.
fn track(folder: &Utf8Path, paths: &[&str]) -> io::Result<()> {
    let git = folder.join(".git");
    fs::create_dir_all(git.join("objects"))?;
    fs::create_dir_all(git.join("refs"))?;
    fs::write(git.join("HEAD"), "ref: refs/heads/main\n")?;
    fs::write(git.join("config"), "[core]\n\trepositoryformatversion = 0\n\tbare = false\n")?;
    fs::write(git.join("index"), index(paths))
}

/// A git index, version 2, without a checksum: zeros mean that none was made.
fn index(paths: &[&str]) -> Vec<u8> {
    let length = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).to_be_bytes();
    let mut bytes = b"DIRC\0\0\0\x02".to_vec();
    bytes.extend(length(paths.len()));
    for path in paths {
        let start = bytes.len();
        // Times, device and inode are not known; the mode is that of a plain file.
        bytes.extend([0; 24]);
        bytes.extend(0o100_644_u32.to_be_bytes());
        // Owner, group, size and content are not known either.
        bytes.extend([0; 12 + 20]);
        let flags = u16::try_from(path.len()).unwrap_or(u16::MAX).min(0x0fff);
        bytes.extend(flags.to_be_bytes());
        bytes.extend(path.as_bytes());
        let padding = 8 - (bytes.len() - start) % 8;
        bytes.resize(bytes.len() + padding, 0);
    }
    bytes.extend([0; 20]);
    bytes
}
