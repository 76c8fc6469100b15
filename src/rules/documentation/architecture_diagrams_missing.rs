//! `architecture-diagrams-missing`: a picture shows the parts of the system and how they talk.

use crate::{
    facts::documents,
    model::{Evidence, Message, Place, Site, Verdict},
    repo::{FileKind, Role},
    rule::{Context, Rule},
    rules::documents::{Concerns, unconcerned},
};

pub(in crate::rules) static RULE: ArchitectureDiagramsMissing = ArchitectureDiagramsMissing;

pub(in crate::rules) struct ArchitectureDiagramsMissing;

/// Languages of code blocks that are drawn.
const DRAWN: &[&str] = &["mermaid", "plantuml", "puml", "dot", "graphviz", "d2", "structurizr"];
/// Extensions of files that are drawings.
const DRAWINGS: &[&str] = &["puml", "plantuml", "drawio", "excalidraw", "dot", "d2", "mmd", "dsl", "dbml"];
/// Words in the names of pictures that show a system.
const PICTURED: &[&str] = &["diagram", "diagrams", "overview", "topology", "c4", "erd", "sequence", "dataflow"];
/// Words that do so among documents only: elsewhere they name a screen.
const PICTURED_IN_DOCUMENTS: &[&str] = &["codebase", "structure", "components", "flow", "infrastructure", "system"];

impl Rule for ArchitectureDiagramsMissing {
    fn id(&self) -> &'static str {
        "architecture-diagrams-missing"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if let Some(verdict) = unconcerned(cx, Concerns::Services) {
            return verdict;
        }
        let documents = documents::documents(cx.repo);
        let mut evidence: Vec<Evidence> = documents
            .iter()
            .flat_map(|document| document.sections.iter().map(move |section| (document, section)))
            .filter_map(|(document, section)| {
                let language = section.code.iter().find(|language| DRAWN.contains(&language.as_str()))?;
                let note = Message::new("drawn").with("language", language.as_str());
                Some(Evidence::At { place: Place::At(document.file, section.heading), note })
            })
            .collect();
        let files = cx.repo.files().iter().filter(|file| {
            let name = file.name().to_ascii_lowercase();
            let drawing = file.path.extension().is_some_and(|extension| DRAWINGS.contains(&extension));
            let picture = file.kind == FileKind::Image && shows_system(file.path.as_str(), &name);
            !matches!(file.role, Role::Vendored | Role::Test | Role::Generated) && (drawing || picture)
        });
        evidence.extend(files.map(|file| Evidence::At { place: Place::File(file.id), note: "picture".into() }));
        evidence.truncate(6);
        if evidence.is_empty()
            && let Some((_, target)) = documents::elsewhere(&documents)
        {
            return Verdict::unknown(Message::new("elsewhere").with("target", target));
        }
        Verdict::pass_or(evidence, || {
            Verdict::fail(Site::new(Place::Missing("docs/architecture.md".into()), "missing"), [])
        })
    }
}

/// Whether a picture of this name, in lower case, shows a system. A part of a word says nothing: `pagerduty` is no ERD.
fn shows_system(path: &str, name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    let has = |wanted: &[&str]| stem.split(|letter: char| !letter.is_alphanumeric()).any(|word| wanted.contains(&word));
    let documents = path.split('/').any(|part| matches!(part, "docs" | "doc" | "documentation" | "architecture"));
    stem.contains("architect") || stem.contains("data-flow") || has(PICTURED) || documents && has(PICTURED_IN_DOCUMENTS)
}
