//! Headings of the project's own documents.
//!
//! Enough to see that a subject is written about. What a document says below the heading is not judged.

use crate::{
    model::{Place, Span},
    repo::{File, FileKind, Repo, Role},
};

/// One heading of a Markdown document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    pub place: Place,
    /// Without the marks in front.
    pub text: String,
}

/// The Markdown documents about the project itself, in order of path: no change logs, licences and copies of
/// others' work, no reports of one day, no pages of a site.
pub fn documents(repo: &Repo) -> impl Iterator<Item = &File> {
    repo.files().iter().filter(|file| file.kind == FileKind::Markdown && is_own(file))
}

fn is_own(file: &File) -> bool {
    let name = file.name().to_ascii_lowercase();
    let outside = matches!(file.role, Role::Vendored | Role::Generated | Role::Test | Role::Example);
    let history = ["changelog", "changes", "history", "license", "code_of_conduct", "release", "todo"];
    // What somebody found on one day, which is no instruction.
    let report = ["summary", "audit", "report", "assessment", "analysis", "readiness", "review", "roadmap", "status"];
    let content = file.path.as_str().split('/').any(|part| matches!(part, "content" | "blog" | "posts" | "templates"));
    !outside
        && !content
        && !history.iter().any(|word| name.starts_with(word))
        && !report.iter().any(|word| name.contains(word))
}

/// The first heading that `fits`; its text is given in lower case.
pub fn find(repo: &Repo, fits: impl Fn(&str) -> bool) -> Option<Heading> {
    documents(repo).find_map(|file| {
        let text = repo.read(file.id).ok()?;
        headings(&text)
            .into_iter()
            .find(|(_, heading)| fits(&heading.to_lowercase()))
            .map(|(span, heading)| Heading { place: Place::At(file.id, span), text: heading.to_owned() })
    })
}

/// The `#` headings of a text outside code fences.
fn headings(text: &str) -> Vec<(Span, &str)> {
    let (mut found, mut fenced, mut offset) = (Vec::new(), false, 0);
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim_end();
        if trimmed.trim_start().starts_with("```") || trimmed.trim_start().starts_with("~~~") {
            fenced = !fenced;
        }
        let marks = trimmed.bytes().take_while(|byte| *byte == b'#').count();
        if !fenced && (1..=6).contains(&marks) && trimmed[marks..].starts_with([' ', '\t']) {
            found.push((Span::new(offset, offset + trimmed.len()), trimmed[marks..].trim()));
        }
        offset += line.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_in_fences_are_no_headings() {
        let text = "# One\n```sh\n# two\n```\n## Three #\n#four\n";
        let found: Vec<&str> = headings(text).into_iter().map(|(_, heading)| heading).collect();
        assert_eq!(found, ["One", "Three #"]);
    }
}
