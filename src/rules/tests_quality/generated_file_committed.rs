//! `generated-file-committed`: what tools produce is not in the repository.

use camino::{Utf8Path, Utf8PathBuf};

use crate::{
    facts::committed::{self, NoIndex},
    model::{Message, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: GeneratedFileCommitted = GeneratedFileCommitted;

pub(in crate::rules) struct GeneratedFileCommitted;

/// Folders whose name only a tool gives, with what makes them.
const FOLDERS: [(&str, &str); 21] = [
    ("playwright-report", "Playwright"),
    ("test-results", "Playwright"),
    ("__pycache__", "Python"),
    (".pytest_cache", "pytest"),
    (".mypy_cache", "mypy"),
    (".ruff_cache", "Ruff"),
    (".ipynb_checkpoints", "Jupyter"),
    (".next", "Next.js"),
    (".nuxt", "Nuxt"),
    (".svelte-kit", "SvelteKit"),
    (".turbo", "Turborepo"),
    (".nyc_output", "nyc"),
    (".parcel-cache", "Parcel"),
    (".angular", "Angular"),
    (".terraform", "Terraform"),
    (".gradle", "Gradle"),
    (".cache-loader", "webpack"),
    ("storybook-static", "Storybook"),
    ("htmlcov", "coverage.py"),
    ("lcov-report", "Istanbul"),
    ("allure-results", "Allure"),
];

impl Rule for GeneratedFileCommitted {
    fn id(&self) -> &'static str {
        "generated-file-committed"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let groups = match committed::groups(cx.repo, output) {
            Ok(groups) => groups,
            Err(NoIndex::Missing) => return Verdict::not_applicable("no-git"),
            Err(NoIndex::Unreadable) => return Verdict::unknown("unreadable"),
        };
        let sites = groups.into_iter().map(|((folder, tool), (n, first))| {
            let message = Message::new("bad").count("n", n).with("folder", folder.as_str()).with("what", tool);
            Site::new(committed::place(cx.repo, &first), message).key(folder.as_str())
        });
        let tracked = cx.repo.git().tracked_files().len();
        Verdict::fail_or(sites.collect(), || Verdict::pass(cx.searched("searched", tracked), []))
    }
}

/// The folder or file, and what makes it.
fn output(path: &Utf8Path) -> Option<(Utf8PathBuf, &'static str)> {
    let name = path.file_name()?;
    let tool_of = |part: &str| FOLDERS.iter().find(|(folder, _)| *folder == part).map(|(_, tool)| *tool);
    // A file that keeps an empty folder is no output.
    if matches!(name, ".gitkeep" | ".gitignore" | ".keep") {
        return None;
    }
    if let Some(folder) = committed::up_to(path, |part| tool_of(part).is_some()) {
        let tool = folder.file_name().and_then(tool_of)?;
        return Some((folder, tool));
    }
    let beside = || path.parent().unwrap_or_else(|| Utf8Path::new("")).to_owned();
    match name {
        ".DS_Store" | "Thumbs.db" | "desktop.ini" => Some((path.to_owned(), "the operating system")),
        "lcov.info" | "coverage-final.json" | "clover.xml" | ".coverage" => Some((path.to_owned(), "test coverage")),
        _ => match path.extension()? {
            "tsbuildinfo" => Some((path.to_owned(), "TypeScript")),
            "pyc" | "pyo" => Some((beside().join("*.pyc"), "Python")),
            "class" => Some((beside().join("*.class"), "Java")),
            _ => None,
        },
    }
}
