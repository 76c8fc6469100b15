//! `readme-doc-links-missing`: links between the documents lead somewhere.

use camino::Utf8Path;

use crate::{
    facts::documents::{self, Document, Link},
    model::{Message, Place, Site, Verdict},
    repo::Repo,
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: ReadmeDocLinksMissing = ReadmeDocLinksMissing;

pub(in crate::rules) struct ReadmeDocLinksMissing;

impl Rule for ReadmeDocLinksMissing {
    fn id(&self) -> &'static str {
        "readme-doc-links-missing"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let documents = documents::documents(cx.repo);
        let (mut sites, mut links, mut files) = (Vec::new(), 0, 0);
        // A site generator gives links a meaning of its own.
        for document in documents.iter().filter(|document| {
            document.path.extension() == Some("md") && !is_page(cx.repo, document) && !is_history(document)
        }) {
            let mut own = 0;
            for link in &document.links {
                let Some(leads) = leads(cx.repo, document, link) else { continue };
                own += 1;
                if !leads {
                    let message = Message::new("broken").with("target", link.target.as_str());
                    sites.push(Site::new(Place::At(document.file, link.span), message).key(link.target.as_str()));
                }
            }
            links += own;
            files += usize::from(own > 0);
        }
        let broken = sites.len();
        Verdict::fail_or(sites, || {
            if links == 0 {
                return Verdict::not_applicable("no-links");
            }
            Verdict::pass(cx.searched(Message::new("resolved").count("n", links), files), [])
        })
        .sites(links, links - broken)
    }
}

/// A log of what was changed long ago leads to what was there then.
fn is_history(document: &Document) -> bool {
    let name = document.path.file_stem().unwrap_or_default().to_ascii_lowercase();
    let mut words = name.split(['-', '_', '.', ' ']);
    let log = matches!(words.next(), Some("changelog" | "changes" | "history" | "releases" | "news"));
    log && words.next().is_some()
}

/// Whether a relative link leads to a file or folder; nothing for links that lead elsewhere.
fn leads(repo: &Repo, document: &Document, link: &Link) -> Option<bool> {
    let target = link.target.split(['#', '?']).next().unwrap_or_default();
    let relative = !target.is_empty()
        && !target.contains(':')
        && !target.starts_with(['/', '<', '{', '$'])
        && !target.contains(['*', '|', ' ', '{', '\\'])
        && (target.contains('.') || target.contains('/'));
    if !relative {
        return None;
    }
    let decoded = target.replace("%20", " ").replace("%28", "(").replace("%29", ")");
    let folder = document.path.parent().unwrap_or(Utf8Path::new(""));
    let path = within(&folder.join(decoded))?;
    let path = Utf8Path::new(path.trim_end_matches('/'));
    let there = path.as_str().is_empty()
        || repo.by_path(path).is_some()
        || !repo.files_below(path).is_empty()
        || repo.by_path(&path.with_extension("md")).is_some()
        || repo.skipped().iter().any(|skipped| skipped.path.starts_with(path) || path.starts_with(&skipped.path));
    // What a build writes is not in the tree, and neither is anything below an ignored folder.
    (there || !repo.ignores(path)).then_some(there)
}

/// The path without `.` and `..`; nothing when it leads out of the repository.
fn within(path: &Utf8Path) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.as_str().split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// A page of a documentation site, whose generator resolves links: beside its configuration or with front matter.
fn is_page(repo: &Repo, document: &Document) -> bool {
    let generated = document.path.ancestors().skip(1).any(|folder| {
        [
            "docusaurus.config.js",
            "docusaurus.config.ts",
            "mkdocs.yml",
            "conf.py",
            "book.toml",
            "_config.yml",
            "mint.json",
            "docs.json",
            ".vitepress/config.ts",
            ".vitepress/config.js",
            ".vitepress/config.mts",
            "astro.config.mjs",
            "hugo.toml",
            "SUMMARY.md",
            "_sidebar.md",
        ]
        .iter()
        .any(|name| repo.by_path(&folder.join(name)).is_some())
    });
    let front = || repo.read(document.file).is_ok_and(|text| text.starts_with("---\n"));
    (generated && !documents::is_readme(&document.path)) || front()
}
