//! What a service mounts.

use camino::Utf8PathBuf;

use crate::model::Place;

/// One entry of `volumes`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    pub place: Place,
    pub kind: MountKind,
    /// As written, its variables filled in; empty for an anonymous volume.
    pub source: String,
    pub target: String,
    pub read_only: bool,
    /// For a bind mount within the repository: the path from the root.
    pub path: Option<Utf8PathBuf>,
    /// Compose makes the folder when it is not there: the short form, or `create_host_path`.
    pub creates: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MountKind {
    Bind,
    Volume,
    Anonymous,
    /// `tmpfs`, `npipe`, `cluster`, `image`.
    Other,
}

/// Source, target and whether it is read only, of the short form with its variables filled in.
pub(super) fn short(text: &str) -> (MountKind, &str, &str, bool) {
    let mut parts = split(text);
    let options = if parts.len() > 2 { parts.pop() } else { None };
    let read_only = options.is_some_and(|options| options.split(',').any(|option| option == "ro"));
    match parts[..] {
        [source, target] if source.starts_with(['.', '/', '~']) || source.contains("${") || source.contains('\\') => {
            (MountKind::Bind, source, target, read_only)
        }
        [source, target] => (MountKind::Volume, source, target, read_only),
        _ => (MountKind::Anonymous, "", text, read_only),
    }
}

/// At most three parts at colons; the colons of `${…}` and of a drive letter separate nothing.
fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut open) = (0, 0_usize);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => open += 1,
            b'}' => open = open.saturating_sub(1),
            b':' if open == 0 && !(at == 1 && is_drive(text)) && parts.len() < 2 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

/// `C:\` or `C:/` at the start.
fn is_drive(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|first| first.is_ascii_alphabetic())
        && chars.next() == Some(':')
        && chars.next().is_some_and(|third| matches!(third, '\\' | '/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_mounts_are_read_in_every_form() {
        for (text, expected) in [
            ("data:/var/lib", (MountKind::Volume, "data", "/var/lib", false)),
            (".:/app", (MountKind::Bind, ".", "/app", false)),
            ("./src:/app:ro", (MountKind::Bind, "./src", "/app", true)),
            ("/a:/b:z,ro", (MountKind::Bind, "/a", "/b", true)),
            ("/app/node_modules", (MountKind::Anonymous, "", "/app/node_modules", false)),
            ("${DATA}:/data", (MountKind::Bind, "${DATA}", "/data", false)),
            ("C:\\data:/data", (MountKind::Bind, "C:\\data", "/data", false)),
        ] {
            assert_eq!(short(text), expected, "{text}");
        }
    }
}
