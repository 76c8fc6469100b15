//! `license-missing`: whoever gets the code knows what they may do with it.

use crate::{
    facts::documents,
    model::{Confidence, Evidence, Message, Place, Site, Span, Verdict},
    repo::{File, FileKind, Manifest, Repo, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: LicenseMissing = LicenseMissing;

pub(in crate::rules) struct LicenseMissing;

/// Licences by the words of their texts, the narrower first.
const TEXTS: [(&str, &str); 12] = [
    ("gnu affero general public license", "AGPL"),
    ("gnu lesser general public license", "LGPL"),
    ("gnu general public license", "GPL"),
    ("apache license", "Apache"),
    ("mozilla public license", "MPL"),
    ("business source license", "BUSL"),
    ("server side public license", "SSPL"),
    ("elastic license", "Elastic"),
    ("isc license", "ISC"),
    ("mit license", "MIT"),
    ("permission is hereby granted, free of charge", "MIT"),
    ("redistribution and use in source and binary forms", "BSD"),
];

impl Rule for LicenseMissing {
    fn id(&self) -> &'static str {
        "license-missing"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let code = cx.repo.files().iter().any(|file| file.role == Role::Source && file.language.is_some())
            || cx.repo.files().iter().any(|file| file.kind == FileKind::OtherCode && file.role == Role::Source);
        if !code {
            return Verdict::not_applicable("no-code");
        }
        let files: Vec<&File> = cx.repo.files().iter().filter(|file| is_licence(file)).collect();
        let field = cx.repo.manifests().iter().find_map(|manifest| stated(cx.repo, manifest));
        if let (Some(file), Some((place, name))) = (files.iter().find(|file| is_at_root(file)), &field)
            && let Some(written) = family(cx, file)
            && let Some(said) = family_of(name)
            && files.len() == 1
            && written != said
        {
            let message = Message::new("contradiction").with("said", name.as_str()).with("written", written);
            let site = Site::new(place.clone(), message).confidence(Confidence::Likely).key("contradiction");
            return Verdict::fail(site.related(Place::File(file.id), "text"), []);
        }
        if let Some(file) = files.first() {
            return Verdict::pass_at(Place::File(file.id), "text");
        }
        if let Some((place, _)) = field {
            return Verdict::pass_at(place, "field");
        }
        if let Some(place) = readme(cx) {
            return Verdict::pass(Evidence::At { place, note: Message::new("readme") }, []);
        }
        if cx.repo.manifests().iter().any(|manifest| manifest.folder.as_str().is_empty() && manifest.private) {
            return Verdict::not_applicable("private");
        }
        match given_away(cx) {
            Some(place) => {
                let site = Site::new(Place::Missing("LICENSE".into()), "missing").related(place, "public");
                Verdict::fail(site, [])
            }
            None => Verdict::unknown("not-known"),
        }
    }
}

fn is_at_root(file: &File) -> bool {
    file.folder().as_str().is_empty()
}

/// The text of a licence: `LICENSE`, `COPYING`, or the folder that REUSE prescribes.
fn is_licence(file: &File) -> bool {
    let name = file.name().to_ascii_lowercase();
    let stem = name.split('.').next().unwrap_or_default();
    let named = ["license", "licence", "copying", "unlicense"].iter().any(|word| {
        stem == *word
            || stem.strip_prefix(word).is_some_and(|rest| rest.starts_with(['-', '_']))
            || stem.ends_with(&format!("-{word}"))
    });
    let prose = matches!(file.path.extension(), None | Some("md" | "txt" | "rst" | "adoc" | "mit" | "apache"));
    let near = file.folder().components().count() <= 1;
    let reuse = file.path.as_str().starts_with("LICENSES/");
    (named && prose && near || reuse) && !matches!(file.role, Role::Vendored | Role::Example | Role::Test)
}

/// The licence that a manifest at the root states.
fn stated(repo: &Repo, manifest: &Manifest) -> Option<(Place, String)> {
    if !manifest.folder.as_str().is_empty() {
        return None;
    }
    let root = repo.doc(manifest.file)?.root()?;
    let paths: [&[&str]; 6] = [
        &["license"],
        &["project", "license"],
        &["tool", "poetry", "license"],
        &["package", "license"],
        &["metadata", "license"],
        &["project", "licenses", "license"],
    ];
    paths.into_iter().find_map(|path| {
        let entry = root.entry_at(path)?;
        let value = &entry.value;
        let text = value.text().or_else(|| value.get("text")?.text()).or_else(|| value.get("name")?.text());
        let text = text.or_else(|| value.get("type")?.text()).or_else(|| value.get("file").and_then(|it| it.text()))?;
        (!text.is_empty()).then(|| (Place::At(manifest.file, entry.key_span), text.to_owned()))
    })
}

fn family(cx: &Context<'_>, file: &File) -> Option<&'static str> {
    const HEAD: usize = 1_500;
    let text = cx.repo.read(file.id).ok()?.to_lowercase();
    let end = text.char_indices().nth(HEAD).map_or(text.len(), |(at, _)| at);
    let words = text[..end].split_whitespace().collect::<Vec<_>>().join(" ");
    // Two licences in one file are an offer of both, or parts under another one.
    let mut found: Vec<&str> =
        TEXTS.iter().filter(|(phrase, _)| words.contains(phrase)).map(|(_, name)| *name).collect();
    found.dedup();
    (found.len() == 1).then(|| found[0])
}

/// The family of an identifier, when it is one and no expression.
fn family_of(identifier: &str) -> Option<&'static str> {
    let lower = identifier.trim().to_ascii_lowercase();
    if lower.contains(' ') && !lower.starts_with("apache") {
        return None;
    }
    let known = [
        ("agpl", "AGPL"),
        ("lgpl", "LGPL"),
        ("gpl", "GPL"),
        ("apache", "Apache"),
        ("mpl", "MPL"),
        ("busl", "BUSL"),
        ("sspl", "SSPL"),
        ("elastic", "Elastic"),
        ("isc", "ISC"),
        ("mit", "MIT"),
        ("bsd-", "BSD"),
    ];
    known.iter().find(|(start, _)| lower.starts_with(start)).map(|(_, family)| *family)
}

/// A heading of the README.
fn readme(cx: &Context<'_>) -> Option<Place> {
    documents::documents(cx.repo)
        .iter()
        .filter(|document| documents::is_readme(&document.path) && document.path.components().count() == 1)
        .find_map(|document| {
            let named = |title: &str| title.contains("licen") || title.contains("лиценз");
            let section = document.sections.iter().find(|section| named(&section.title) && section.words > 0)?;
            Some(Place::At(document.file, section.heading))
        })
}

/// What shows that others get the code: an invitation to contribute, funding, or a package that is published.
fn given_away(cx: &Context<'_>) -> Option<Place> {
    let invites = cx.repo.files().iter().find(|file| {
        let path = file.path.as_str().to_ascii_lowercase();
        path.starts_with(".github/issue_template")
            || path == ".github/funding.yml"
            || ["code_of_conduct.md", "contributing.md", ".github/contributing.md"].contains(&path.as_str())
    });
    let published = || {
        cx.repo.manifests().iter().find(|manifest| {
            manifest.folder.as_str().is_empty()
                && !manifest.private
                && manifest.version.is_some()
                && (!manifest.entries.is_empty() && !manifest.bins.is_empty()
                    || manifest.build_system.is_some() && manifest.name.is_some())
        })
    };
    invites.map(|file| Place::File(file.id)).or_else(|| {
        let manifest = published()?;
        Some(manifest.place(manifest.name.as_ref().map_or(Span::default(), |name| name.span)))
    })
}
