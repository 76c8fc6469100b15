//! Files of which a fact takes in a part only, since they hold more than anybody writes by hand; the report names them.

use super::{compose, pipelines::Pipeline};
use crate::{
    model::FileId,
    repo::{FileKind, Repo},
};

/// A file with more of something than is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truncated {
    pub file: FileId,
    /// What there is too much of, in the plural.
    pub what: &'static str,
    /// How many of them were looked at.
    pub most: usize,
}

/// Every such file that somebody has asked about, in order of path.
pub fn truncated(repo: &Repo, pipelines: &[Pipeline]) -> Vec<Truncated> {
    let operational = repo.files().iter().filter(|file| file.role.is_operational());
    let mut found: Vec<Truncated> = operational
        .filter(|file| file.kind == FileKind::Compose && repo.parsed_doc(file.id).is_some_and(compose::is_cut))
        .map(|file| Truncated { file: file.id, what: "services", most: compose::MAX_SERVICES })
        .collect();
    found.extend(pipelines.iter().filter_map(|pipeline| {
        let cut = pipeline.cut.as_ref()?;
        Some(Truncated { file: pipeline.file, what: cut.what, most: cut.most })
    }));
    found.sort_by_key(|one| one.file);
    found
}
