//! `changelog-missing`: users can read what changed from version to version.

use crate::{
    facts::documents,
    model::{Evidence, Place, Site, Verdict},
    repo::ComponentKind,
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
        evidence.extend(cx.repo.declared(PACKAGES).map(|(_, place)| Evidence::At { place, note: "tool".into() }));
        Verdict::pass_or(evidence, || Verdict::fail(Site::new(Place::Missing("CHANGELOG.md".into()), "missing"), []))
    }
}
