//! The project's own documents: their sections, links, code and diagrams, and what each section is about.
//!
//! Markdown is read by a Markdown parser; reStructuredText, `AsciiDoc` and plain text by their headings alone.

mod code;
mod purpose;
mod read;
mod subject;
mod topic;

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

pub use code::{Recipe, recipes};
pub use purpose::is_showcase;
pub use subject::{covers, is_own_plan};
pub use topic::Topic;

use crate::{
    model::{FileId, Place, Span},
    repo::{File, FileKind, Repo, Role},
};

/// Documents longer than this are data.
const MAX_BYTES: u64 = 400_000;

/// One document.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    pub file: FileId,
    pub path: Utf8PathBuf,
    /// Words outside code.
    pub words: usize,
    pub sections: Vec<Section>,
    pub links: Vec<Link>,
}

impl Document {
    /// Where the section that begins at `heading` ends: at the next heading of its level or above, or nowhere before
    /// the end of the document.
    pub fn end_of(&self, heading: Span) -> Option<u32> {
        let at = self.sections.iter().position(|section| section.heading == heading)?;
        let level = self.sections[at].level;
        self.sections[at + 1..].iter().find(|section| section.level <= level).map(|section| section.heading.start)
    }
}

/// A heading with what stands below it, up to the next heading of the same level or above.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    pub heading: Span,
    /// The heading's text in lower case.
    pub title: String,
    pub level: u8,
    /// Words below the heading, those of inner sections included.
    pub words: usize,
    /// Code blocks, inline code and list items below it: what a reader can do.
    pub steps: usize,
    /// Languages of the code blocks below it.
    pub code: Vec<String>,
}

/// A link of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub span: Span,
    pub target: String,
    pub text: String,
}

/// A document or a section that is about something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    pub place: Place,
    /// What a reader sees: the path, or the heading.
    pub name: String,
    pub words: usize,
    pub steps: usize,
}

/// The project's own documents, in order of path: no licences, no copies of others' work, no pages of a site, no
/// texts that the program uses.
pub fn documents(repo: &Repo) -> Arc<Vec<Document>> {
    Arc::clone(&repo.once(|| Documents(Arc::new(read_all(repo)))).0)
}

struct Documents(Arc<Vec<Document>>);

fn read_all(repo: &Repo) -> Vec<Document> {
    repo.files().iter().filter(|file| is_document(file)).filter_map(|file| read::document(repo, file)).collect()
}

/// The documents that tell people what to do, in order of path: no histories, and nothing that somebody found on one day.
pub fn instructions(repo: &Repo) -> impl Iterator<Item = &File> {
    repo.files().iter().filter(|file| is_document(file) && !is_report(&file.path))
}

/// One heading of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    pub place: Place,
    /// As written, without the marks in front.
    pub text: String,
}

/// The first heading of the instructions that `fits`; its text is given in lower case. Enough to see that a subject is
/// written about: what stands below it is not judged.
pub fn heading(repo: &Repo, fits: impl Fn(&str) -> bool) -> Option<Heading> {
    documents(repo).iter().filter(|document| !is_report(&document.path)).find_map(|document| {
        let span = document.sections.iter().find(|section| fits(&section.title))?.heading;
        let text = repo.read(document.file).ok()?;
        let written = text[span.range()].trim_start_matches(['#', '=']).trim().to_owned();
        Some(Heading { place: Place::At(document.file, span), text: written })
    })
}

fn is_document(file: &File) -> bool {
    let written = file.kind == FileKind::Markdown
        || matches!(file.path.extension(), Some("rst" | "adoc" | "asciidoc" | "mdx"))
        // Markdown that a generator of sites fills in first.
        || [".md.erb", ".markdown.erb"].iter().any(|end| file.name().ends_with(end))
        || (file.path.extension().is_none() && file.name().starts_with("README"));
    let theirs = matches!(file.role, Role::Vendored | Role::Generated | Role::Test | Role::Example);
    let docs = file.path.parent().is_some_and(is_of_docs);
    let content = file.path.components().any(|part| {
        // Folders of editors and agents hold instructions for them.
        let hidden = part.as_str().starts_with('.') && !matches!(part.as_str(), ".github" | ".gitlab" | "." | "..");
        let own = file.path.file_name() == Some(part.as_str());
        (hidden && !own)
            || part.as_str() == "content" && !docs
            || matches!(part.as_str(), "blog" | "posts" | "templates" | "prompts" | "locales" | "emails" | ".changeset")
    });
    written && !theirs && !content && file.size <= MAX_BYTES
}

/// Whether a folder is that of the documentation, in whose sites `content` holds the pages: `apps/docs/content`.
fn is_of_docs(folder: &Utf8Path) -> bool {
    folder.components().any(|part| {
        matches!(part.as_str(), "docs" | "doc" | "documentation" | "handbook" | "manual")
            || part.as_str().ends_with("-docs")
    })
}

/// What `documents` say about `topic`: a document by its name, or a section by its heading, with something below it.
/// What somebody found on one day (an audit, a status, a plan) is no instruction and does not count.
pub fn about(documents: &[Document], topic: Topic) -> Vec<Covered> {
    let mut found = Vec::new();
    for document in documents.iter().filter(|document| !is_report(&document.path)) {
        if topic.names_file(&document.path) && document.words >= topic.least_words() {
            let steps =
                document.sections.iter().filter(|section| section.level == top(document)).map(|section| section.steps);
            found.push(Covered {
                place: Place::File(document.file),
                name: document.path.to_string(),
                words: document.words,
                steps: steps.sum(),
            });
            continue;
        }
        found.extend(document.sections.iter().filter(|section| names(document, topic, &section.title)).filter_map(
            |section| {
                let enough = section.words + 5 * section.steps >= topic.least_words();
                enough.then(|| Covered {
                    place: Place::At(document.file, section.heading),
                    name: section.title.clone(),
                    words: section.words,
                    steps: section.steps,
                })
            },
        ));
    }
    found
}

fn names(document: &Document, topic: Topic, title: &str) -> bool {
    topic.names_heading(title) && topic.counts_in(title, &document.path)
}

fn top(document: &Document) -> u8 {
    document.sections.iter().map(|section| section.level).min().unwrap_or(1)
}

/// Reviews, plans and histories describe a day.
fn is_report(path: &Utf8Path) -> bool {
    const WORDS: &[&str] = &[
        "changelog",
        "changes",
        "history",
        "license",
        "code_of_conduct",
        "release-notes",
        "releases",
        "todo",
        "audit",
        "report",
        "assessment",
        "readiness",
        "roadmap",
        "postmortem",
        "post-mortem",
        "tasklist",
        "backlog",
        "sprint",
        "summary",
        "analysis",
        "review",
        "status",
    ];
    let name = path.file_name().unwrap_or_default().to_ascii_lowercase();
    name.starts_with("release") || WORDS.iter().any(|word| name.contains(word))
}

/// The place where a README leads to documentation outside the repository.
pub fn elsewhere(documents: &[Document]) -> Option<(Place, &str)> {
    const WORDS: &[&str] = &["docs", "documentation", "wiki", "handbook", "guide", "документация", "руководство"];
    let readmes = documents.iter().filter(|document| is_readme(&document.path));
    readmes.into_iter().find_map(|document| {
        let title = document.sections.first().map(|section| section.title.as_str()).unwrap_or_default();
        let fits = document.links.iter().filter(|link| {
            let target = link.target.to_ascii_lowercase();
            let outside = target.strip_prefix("https://").or_else(|| target.strip_prefix("http://"));
            let host = outside.and_then(|rest| rest.split('/').next()).unwrap_or_default();
            let path = outside.map(|rest| &rest[host.len()..]).unwrap_or_default();
            let text = link.text.to_lowercase();
            // `docs.acme.com`, `acme.com/docs`, or a link that is called so and leads to no vendor's page of one tool.
            outside.is_some()
                && !is_tool(host)
                && (host.starts_with("docs.")
                    || host.starts_with("wiki.")
                    || (path.starts_with("/docs") && (path.len() <= "/docs/".len() || is_named(host, title)))
                    || path.ends_with("/wiki")
                    || (text.split_whitespace().count() <= 3
                        && WORDS.iter().any(|word| {
                            text.split(|letter: char| !letter.is_alphanumeric()).any(|part| part == *word)
                        })))
        });
        // The entrance says more than a page about one feature.
        let link = fits.min_by_key(|link| link.target.trim_end_matches('/').len())?;
        Some((Place::At(document.file, link.span), link.target.as_str()))
    })
}

/// Whether a host is called like the project, as the title of its README names it: a page below `/docs` of any other
/// host is about a tool.
fn is_named(host: &str, title: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|letter| letter.is_alphanumeric()).collect::<String>();
    let title = letters(title);
    let label = host.rsplit('.').nth(1).map(letters).unwrap_or_default();
    !title.is_empty() && label.len() > 2 && (title.contains(&label) || label.contains(&title))
}

/// Documentation of well-known tools, to which many READMEs link for their set-up.
fn is_tool(host: &str) -> bool {
    const TOOLS: &[&str] = &[
        "docker.com",
        "nodejs.org",
        "python.org",
        "nextjs.org",
        "react.dev",
        "reactjs.org",
        "prisma.io",
        "github.com",
        "vercel.com",
        "supabase.com",
        "kubernetes.io",
        "fastapi.tiangolo.com",
        "djangoproject.com",
        "nestjs.com",
        "typescriptlang.org",
        "postgresql.org",
        "redis.io",
        "expressjs.com",
        "vuejs.org",
        "nuxt.com",
        "readthedocs.org",
        "pnpm.io",
        "yarnpkg.com",
        "tailwindcss.com",
        "spring.io",
        "gradle.org",
        "maven.apache.org",
        "mongodb.com",
        "stripe.com",
        "openai.com",
        "aws.amazon.com",
        "google.com",
        "microsoft.com",
        "mozilla.org",
        "auth0.com",
        "clerk.com",
        "railway.app",
        "railway.com",
        "render.com",
        "fly.io",
        "astral.sh",
        "sentry.io",
        "terraform.io",
        "hashicorp.com",
        "anthropic.com",
        "gitlab.com",
        "shields.io",
        "jestjs.io",
        "vitejs.dev",
        "vite.dev",
    ];
    host == "github.com"
        || TOOLS.iter().any(|tool| host == *tool || host.strip_suffix(tool).is_some_and(|rest| rest.ends_with('.')))
}

/// Whether a file is written for people.
pub fn is_prose(file: &File) -> bool {
    matches!(file.kind, FileKind::Markdown | FileKind::Text)
        || matches!(file.path.extension(), Some("rst" | "adoc" | "txt") | None)
}

/// Whether a document is a README, whatever its extension.
pub fn is_readme(path: &Utf8Path) -> bool {
    path.file_stem().is_some_and(|stem| stem.eq_ignore_ascii_case("readme"))
        || path.file_name().is_some_and(|name| name.eq_ignore_ascii_case("readme"))
}
