//! `codeowners-missing`: the forge knows who must review which part.

use crate::{
    model::{Evidence, Message, Place, Site, Span, Verdict},
    repo::{File, FileKind, Repo, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: CodeownersMissing = CodeownersMissing;

pub(in crate::rules) struct CodeownersMissing;

/// Where forges look for it, in their order.
const PATHS: [&str; 4] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];

impl Rule for CodeownersMissing {
    fn id(&self) -> &'static str {
        "codeowners-missing"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let code = |file: &File| {
            matches!(file.kind, FileKind::Code | FileKind::OtherCode)
                && matches!(file.role, Role::Source | Role::Script)
        };
        if !cx.repo.files().iter().any(code) {
            return Verdict::not_applicable("no-code");
        }
        let found = PATHS.iter().find_map(|path| cx.repo.by_path(camino::Utf8Path::new(path)));
        let Some(file) = found else {
            return Verdict::fail(Site::new(Place::Missing(PATHS[0].into()), "missing"), []);
        };
        match entries(cx.repo, file) {
            (0, _) => Verdict::fail(Site::new(Place::At(file.id, Span::new(0, 1)), "empty"), []),
            (n, at) => Verdict::pass(
                Evidence::At { place: Place::At(file.id, at), note: Message::new("present").count("n", n) },
                [],
            ),
        }
    }
}

/// How many lines name an owner, and the first of them.
fn entries(repo: &Repo, file: &File) -> (usize, Span) {
    let Ok(text) = repo.read(file.id) else { return (0, Span::default()) };
    let (mut count, mut first, mut offset) = (0, None, 0);
    for line in text.split_inclusive('\n') {
        let content = line.trim();
        if !content.starts_with('#') && content.contains('@') {
            count += 1;
            first.get_or_insert(Span::new(offset, offset + line.trim_end().len()));
        }
        offset += line.len();
    }
    (count, first.unwrap_or_default())
}
