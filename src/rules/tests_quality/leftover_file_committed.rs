//! `leftover-file-committed`: no left-over copies of files are in the repository.

use crate::{
    model::{Confidence, Message, Place, Severity, Site, Verdict},
    repo::{File, FileKind, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: LeftoverFileCommitted = LeftoverFileCommitted;

pub(in crate::rules) struct LeftoverFileCommitted;

impl Rule for LeftoverFileCommitted {
    fn id(&self) -> &'static str {
        "leftover-file-committed"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let written = |file: &&File| {
            let specimen = matches!(file.role, Role::Test | Role::Example | Role::Vendored | Role::Generated);
            let named =
                ["fixture", "testdata", "test-data", "sample"].iter().any(|word| file.path.as_str().contains(word));
            file.tracked != Some(false) && !specimen && !named
        };
        let files: Vec<&File> = cx.repo.files().iter().filter(written).collect();
        if !files.iter().any(|file| matches!(file.kind, FileKind::Code | FileKind::OtherCode | FileKind::Markdown)) {
            return Verdict::not_applicable("empty");
        }
        // Only what is suspected is looked for: the texts of a large repository are many.
        let sites =
            files.iter().filter_map(|file| Some((*file, site(file)?))).filter(|(file, _)| !is_imported(cx, file));
        let sites = sites.map(|(_, site)| site).collect();
        Verdict::fail_or(sites, || Verdict::pass(cx.searched("searched", files.len()), []))
    }
}

/// Whether code names the file as what it imports: a name that says "old" is then the name of what is in use.
fn is_imported(cx: &Context<'_>, file: &File) -> bool {
    if file.kind != FileKind::Code {
        return false;
    }
    let Some(stem) = file.path.file_stem() else { return false };
    let endings =
        [format!("/{stem}'"), format!("/{stem}\""), format!("/{}'", file.name()), format!("/{}\"", file.name())];
    let python = [format!("import {stem}"), format!(".{stem} import"), format!("from {stem} import")];
    cx.repo.files().iter().filter(|other| other.kind == FileKind::Code && other.id != file.id).any(|other| {
        cx.repo.read(other.id).is_ok_and(|text| {
            endings.iter().any(|end| text.contains(end.as_str()))
                || file.path.extension() == Some("py") && python.iter().any(|form| text.contains(form.as_str()))
        })
    })
}

fn site(file: &File) -> Option<Site> {
    let original = original(file.name())?;
    let served = file.path.as_str().split('/').rev().skip(1).any(|part| matches!(part, "public" | "htdocs" | "www"));
    let message = Message::new(if served { "served" } else { "bad" }).with("original", original);
    let mut site = Site::new(Place::File(file.id), message);
    if served {
        site = site.severity(Severity::Medium);
    }
    // Without an index the file may only lie in this working copy.
    Some(if file.tracked.is_none() { site.confidence(Confidence::Likely) } else { site })
}

/// The name that a copy was made of; none when the name is no copy's.
fn original(name: &str) -> Option<String> {
    const ENDS: [&str; 9] = [".old", ".bak", ".backup", ".orig", ".rej", "~", ".swp", ".save", ".bkp"];
    if let Some(stem) = ENDS.iter().find_map(|end| name.strip_suffix(end)) {
        // `db.backup` may be the backup itself, and `.old` alone is a name.
        return stem.trim_start_matches('.').contains('.').then(|| stem.to_owned());
    }
    let (stem, extension) = name.rsplit_once('.')?;
    let copied = [" copy", " - Copy", "-backup", "_backup", ".backup", ".bak", ".old", "_old", "-old", ".orig"];
    let code = [
        "ts", "tsx", "js", "jsx", "mjs", "py", "css", "scss", "html", "md", "json", "yml", "yaml", "vue", "go", "java",
        "php", "rb",
    ];
    if !code.contains(&extension) {
        return None;
    }
    // `make-backup.ts` makes backups: only a word that is itself a file's name can have a copy.
    let end = copied.iter().find(|end| stem.ends_with(**end))?;
    let rest = stem.strip_suffix(end)?;
    let verb = end.contains("backup") && !end.starts_with('.');
    (!rest.is_empty() && !verb).then(|| format!("{rest}.{extension}"))
}

#[cfg(test)]
mod tests {
    use super::original;

    #[test]
    fn copies_are_told_from_names() {
        assert_eq!(original("README.md.backup").as_deref(), Some("README.md"));
        assert_eq!(original("cart.old.ts").as_deref(), Some("cart.ts"));
        assert_eq!(original("cart copy.tsx").as_deref(), Some("cart.tsx"));
        assert_eq!(original("nightly.backup"), None);
        assert_eq!(original("create-backup.ts"), None);
        assert_eq!(original("Copy.tsx"), None);
        assert_eq!(original("threshold.ts"), None);
    }
}
