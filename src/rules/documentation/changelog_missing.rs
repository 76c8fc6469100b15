//! `changelog-missing`: users can read what changed from version to version.

use crate::{
    doc::Node,
    facts::documents,
    model::{Evidence, Place, Site, Verdict},
    repo::{ComponentKind, FileKind, Repo},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: ChangelogMissing = ChangelogMissing;

pub(in crate::rules) struct ChangelogMissing;

/// Files of tools that write a change log or release notes.
const TOOLS: &[&str] = &[
    ".changeset/config.json",
    ".releaserc",
    ".releaserc.json",
    ".releaserc.yml",
    ".releaserc.yaml",
    ".releaserc.js",
    ".releaserc.cjs",
    "release.config.js",
    "release.config.cjs",
    "release.config.mjs",
    "release-please-config.json",
    ".release-please-manifest.json",
    "cliff.toml",
    ".cliff.toml",
    ".release-it.json",
    ".versionrc",
    ".versionrc.json",
    ".github/release.yml",
    ".github/release-drafter.yml",
    ".goreleaser.yml",
    ".goreleaser.yaml",
    "towncrier.toml",
];
const PACKAGES: &[&str] =
    &["@changesets/cli", "semantic-release", "release-it", "standard-version", "auto", "commit-and-tag-version"];

impl Rule for ChangelogMissing {
    fn id(&self) -> &'static str {
        "changelog-missing"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let versioned = cx.repo.components().iter().any(|component| {
            component.kind.is_deployable() || matches!(component.kind, ComponentKind::Library | ComponentKind::Cli)
        });
        if !versioned {
            return Verdict::not_applicable("nothing-released");
        }
        if documents::is_showcase(cx.repo) {
            return Verdict::not_applicable("showcase");
        }
        let mut evidence: Vec<Evidence> = TOOLS
            .iter()
            .filter_map(|path| cx.repo.by_path(camino::Utf8Path::new(path)))
            .map(|file| Evidence::At { place: Place::File(file.id), note: "tool".into() })
            .collect();
        let logs = cx.repo.files().iter().filter(|file| {
            let name = file.name().to_ascii_lowercase();
            let named = ["changelog", "changes", "history", "release-notes", "releases", "news"].iter().any(|word| {
                name.strip_prefix(word)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || rest.starts_with('-'))
            });
            named && file.size > 0 && documents::is_prose(file)
        });
        evidence.extend(logs.take(3).map(|file| Evidence::At { place: Place::File(file.id), note: "log".into() }));
        evidence.extend(in_pipelines(cx.repo).map(|place| Evidence::At { place, note: "tool".into() }));
        evidence.extend(notes_elsewhere(cx.repo).map(|place| Evidence::At { place, note: "notes".into() }));
        evidence.extend(cx.repo.declared(PACKAGES).map(|(_, place)| Evidence::At { place, note: "tool".into() }));
        Verdict::pass_or(evidence, || Verdict::fail(Site::new(Place::Missing("CHANGELOG.md".into()), "missing"), []))
    }
}

/// Where a document sends its readers to the notes of the forge's releases or to a page of changes.
fn notes_elsewhere(repo: &Repo) -> Option<Place> {
    documents::documents(repo).iter().find_map(|document| {
        let link = document.links.iter().find(|link| is_page_of_changes(&link.target, &link.text))?;
        Some(Place::At(document.file, link.span))
    })
}

fn is_page_of_changes(target: &str, text: &str) -> bool {
    let target = target.to_ascii_lowercase();
    let text = text.to_lowercase();
    let outside = target.strip_prefix("https://").unwrap_or_default().trim_end_matches('/');
    let path = outside.split_once('/').map(|(_, path)| path).unwrap_or_default();
    let said = ["release notes", "changelog", "change log", "what's new", "что нового", "список изменений"];
    let named = said.iter().any(|words| text.contains(words));
    // `github.com/acme/shop/releases` of a tool has another text.
    path.ends_with("/releases") && named || matches!(path, "changelog" | "release-notes" | "whats-new")
}

/// Actions that collect what changed since the version before.
const WRITERS: &[&str] = &[
    "release-drafter/release-drafter",
    "googleapis/release-please-action",
    "google-github-actions/release-please-action",
    "changesets/action",
    "mikepenz/release-changelog-builder-action",
    "orhun/git-cliff-action",
    "TriPSs/conventional-changelog-action",
    "cycjimmy/semantic-release-action",
];

/// Actions that make a release with the notes that they are given.
const RELEASES: &[&str] = &["action-gh-release", "/release-action", "/create-release", "action-automatic-releases"];

/// The first step of a workflow that writes notes for each release, or has the forge write them.
fn in_pipelines(repo: &Repo) -> Option<Place> {
    repo.of_kind(FileKind::Workflow).find_map(|file| {
        let doc = repo.doc(file.id)?;
        let steps = doc.documents.iter().flat_map(Node::walk).map(|(_, node)| node);
        let span = steps.filter(|node| node.is_map()).find_map(|step| {
            if let Some(uses) = step.get("uses") {
                let name = uses.text()?;
                let with = |key: &str| step.get("with").and_then(|with| with.get(key)).is_some_and(says);
                let told = ["generate_release_notes", "generateReleaseNotes", "body", "body_path", "bodyFile"];
                let noted = RELEASES.iter().any(|it| name.contains(it)) && told.into_iter().any(with);
                return (noted || WRITERS.iter().any(|it| name.starts_with(it))).then_some(uses.span);
            }
            let run = step.get("run")?;
            let text = run.text()?;
            (text.contains("gh release create") && text.contains("--generate-notes")).then_some(run.span)
        })?;
        Some(Place::At(file.id, span))
    })
}

/// Whether an input is set to anything but "no".
fn says(input: &Node) -> bool {
    input.as_bool().unwrap_or_else(|| input.text().is_some_and(|text| !text.is_empty() && text != "false"))
}
