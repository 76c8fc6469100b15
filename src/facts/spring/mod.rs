//! Spring Boot: which version runs an application, and what its `application` files set.

mod security;

pub use security::{Chain, chain};

use crate::{
    doc::Node,
    model::{ComponentId, Place},
    repo::{Component, File, FileKind, Manifest, Repo},
};

/// Spring Boot as a component declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Boot {
    /// Major and minor, when the manifest says them.
    pub version: Option<(u32, u32)>,
    pub place: Place,
}

/// The Spring Boot of `component`.
pub fn boot(repo: &Repo, component: &Component) -> Option<Boot> {
    let declared: Vec<Boot> = component
        .manifests(repo)
        .flat_map(|manifest| [of_plugin(repo, manifest), of_dependency(manifest)])
        .flatten()
        .collect();
    declared.iter().find(|boot| boot.version.is_some()).or(declared.first()).cloned()
}

/// Maven's parent or a starter.
fn of_dependency(manifest: &Manifest) -> Option<Boot> {
    let own = manifest.dependencies.iter().filter(|found| found.name.starts_with("org.springframework.boot:"));
    let named = own.max_by_key(|found| found.version.is_some())?;
    Some(Boot { version: named.version.as_deref().and_then(major_minor), place: manifest.place(named.span) })
}

/// Gradle's plugin: `id 'org.springframework.boot' version '3.2.0'`.
fn of_plugin(repo: &Repo, manifest: &Manifest) -> Option<Boot> {
    let plugin = manifest.tools.iter().find(|tool| tool.text == "org.springframework.boot")?;
    let text = repo.read(manifest.file).ok()?;
    let line = text.get(plugin.span.start as usize..plugin.span.end as usize)?;
    let version = line.split("version").nth(1).map(|rest| rest.trim_matches([' ', '\'', '"', '(', ')']));
    Some(Boot { version: version.and_then(major_minor), place: manifest.place(plugin.span) })
}

fn major_minor(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split('.').map(str::parse::<u32>);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}

/// The `application` files that a service starts with, those of development and test profiles left out.
pub fn settings(repo: &Repo) -> impl Iterator<Item = &File> {
    repo.files().iter().filter(|file| {
        let name = file.path.file_name().unwrap_or_default();
        name.starts_with("application")
            && !is_development(file)
            && matches!(file.kind, FileKind::Data | FileKind::Text)
            && file.role.is_operational()
    })
}

/// Whether a file is for a profile of developers or tests.
pub fn is_development(file: &File) -> bool {
    let name = file.path.file_name().unwrap_or_default();
    name.split(['.', '-', '_']).any(|word| {
        matches!(word, "dev" | "local" | "override" | "test" | "development" | "example" | "it" | "h2" | "integration")
    })
}

/// A setting by its dotted name, in properties as one key and in YAML as a path.
pub fn at<'n>(root: &'n Node, name: &str) -> Option<&'n Node> {
    let path: Vec<&str> = name.split('.').collect();
    root.get(name).or_else(|| root.at(&path))
}

/// A setting of the `application` files that hold in production, by its dotted name.
pub fn setting(repo: &Repo, component: &Component, name: &str) -> Option<(String, Place)> {
    let files = repo.files_of(component.id).filter(|file| {
        let stem = file.path.file_stem().unwrap_or_default();
        file.role.is_operational()
            && matches!(stem, "application" | "bootstrap" | "application-prod" | "application-production")
            && matches!(file.path.extension(), Some("properties" | "yml" | "yaml"))
    });
    // Names with a profile come behind the plain one and win.
    files
        .filter_map(|file| {
            let doc = repo.doc(file.id)?;
            doc.documents.iter().find_map(|root| {
                let node = at(root, name).filter(|node| is_set(node))?;
                Some((node.text()?.to_owned(), Place::At(file.id, node.span)))
            })
        })
        .last()
}

fn is_set(node: &Node) -> bool {
    node.text().is_some_and(|text| !text.is_empty())
}

/// Whether a manifest of `component` declares the artifact, whoever its owner is.
pub fn declares(repo: &Repo, component: ComponentId, artifact: &str) -> bool {
    repo.manifests_for(component).any(|manifest| {
        manifest.dependencies.iter().any(|dependency| dependency.name.ends_with(artifact))
            || matches!(repo.file(manifest.file).kind, FileKind::Gradle)
                && repo.read(manifest.file).is_ok_and(|text| text.contains(artifact))
    })
}

/// The value of a placeholder that no variable fills: `${NAME:update}` gives `update`; any other text gives itself.
pub fn default_of(text: &str) -> &str {
    let placeholder = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    match placeholder.and_then(|inside| inside.split_once(':')) {
        Some((_, default)) => default,
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_defaults_are_read() {
        assert_eq!(major_minor("3.5.6"), Some((3, 5)));
        assert_eq!(major_minor("2.7.18.RELEASE"), Some((2, 7)));
        assert_eq!(major_minor("${spring.version}"), None);
        assert_eq!(default_of("${DDL:update}"), "update");
        assert_eq!(default_of("${DDL}"), "${DDL}");
        assert_eq!(default_of("validate"), "validate");
    }
}
