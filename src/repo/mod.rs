//! The index of the repository: files, kinds, roles, components, technology profile, what git tracks.
//!
//! Built once, before any rule runs, and only read afterwards. Everything in it is sorted, so the same folder gives the
//! same index on every machine.

mod components;
mod file;
mod git;
mod head;
mod history;
mod ignore_files;
mod ignored;
mod kind;
mod manifests;
mod past;
mod profile;
mod purpose;
mod renames;
mod role;
mod skip;
mod technologies;
mod walk;

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use camino::{Utf8Path, Utf8PathBuf};
use globset::GlobBuilder;
use rayon::prelude::*;

pub use components::{Component, ComponentKind, Reason};
pub use file::{File, ReadError};
pub use git::{Git, GitState};
pub use history::{Introduced, Written, introduced};
pub use kind::FileKind;
pub use manifests::{Dependency, DependencyGroup, Ecosystem, Manifest, Script, Stated};
pub use past::{Change, Past, RevisionError, resolve};
pub use profile::{LanguageShare, Profile, Technology};
pub use role::Role;
pub use skip::{SkipReason, Skipped};
pub use walk::{IGNORE_FILE, OpenError, WalkOptions};

use crate::{
    code::docker::{self, Dockerfile},
    doc::{self, Doc},
    model::{ComponentId, FileId, Memo, Place, Span},
};

/// The index of one scanned folder.
#[derive(Debug)]
pub struct Repo {
    root: Utf8PathBuf,
    name: String,
    files: Vec<File>,
    contents: Vec<Content>,
    manifests: Vec<Manifest>,
    components: Vec<Component>,
    profile: Profile,
    git: Git,
    skipped: Vec<Skipped>,
    options: WalkOptions,
    /// The files of each component and of each kind, in order of path.
    by_component: Vec<Vec<FileId>>,
    by_kind: BTreeMap<FileKind, Vec<FileId>>,
    memo: Memo,
}

/// What is kept of a file once somebody asked for it.
#[derive(Debug, Default)]
struct Content {
    text: OnceLock<Result<Arc<str>, ReadError>>,
    doc: OnceLock<Option<Doc>>,
    dockerfile: OnceLock<Option<Dockerfile>>,
}

impl Repo {
    /// Indexes the folder `root`.
    pub fn open(root: &Utf8Path, options: &WalkOptions) -> Result<Self, OpenError> {
        let root = walk::canonical_root(root)?;
        let git = Git::open(&root);
        let walked = walk::walk(&root, &git, options);
        let examined: Vec<file::Examined> =
            walked.files.par_iter().map(|found| file::examine(&root, found, options)).collect();
        let around = role::Surroundings::of(walked.files.iter().map(|found| found.path.as_path()));
        let mut repo = Self {
            name: root.file_name().unwrap_or("repository").to_owned(),
            root,
            files: Vec::with_capacity(walked.files.len()),
            contents: Vec::new(),
            manifests: Vec::new(),
            components: Vec::new(),
            profile: Profile::default(),
            git,
            skipped: walked.skipped,
            options: options.clone(),
            by_component: Vec::new(),
            by_kind: BTreeMap::new(),
            memo: Memo::default(),
        };
        for (found, examined) in walked.files.into_iter().zip(examined) {
            repo.add(found, &examined, &around);
        }
        repo.skipped.sort();
        repo.skipped.dedup();
        repo.contents.resize_with(repo.files.len(), Content::default);
        for file in &repo.files {
            repo.by_kind.entry(file.kind).or_default().push(file.id);
        }
        if let Some(text) = repo.by_path(Utf8Path::new(".gitmodules")).and_then(|file| repo.read(file.id).ok()) {
            repo.git.add_submodules(&text);
        }
        repo.manifests = manifests::read_all(&repo);
        for (file, role) in components::better_roles(&repo, &around) {
            repo.files[index(file.0)].role = role;
        }
        repo.components = components::find(&repo, &around);
        components::assign(&repo.components, &mut repo.files);
        repo.by_component = vec![Vec::new(); repo.components.len()];
        for file in &repo.files {
            repo.by_component[index(file.component.0)].push(file.id);
        }
        profile::fill(&mut repo);
        if let Some(name) = repo.own_name() {
            repo.name = name;
        }
        Ok(repo)
    }

    fn add(&mut self, found: walk::Found, examined: &file::Examined, around: &role::Surroundings) {
        let kind = around.helm(&found.path, examined.kind);
        let role = role::of(&found.path, kind, examined.signals, around);
        if let Some(reason) = examined.skipped {
            self.skipped.push(Skipped { path: found.path.clone(), reason });
        }
        self.files.push(File {
            id: FileId(Span::new(self.files.len(), 0).start),
            kind,
            language: examined.language,
            role,
            component: ComponentId::ROOT,
            size: found.size,
            tracked: self.git.tracked(&found.path),
            link: found.link,
            path: found.path,
        });
    }

    /// The scanned folder, absolute, links resolved.
    pub fn root(&self) -> &Utf8Path {
        &self.root
    }

    /// The root manifest's name, else the folder's.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn own_name(&self) -> Option<String> {
        let mut own = self.manifests.iter().filter(|manifest| manifest.folder.as_str().is_empty());
        own.find_map(|manifest| manifest.name.as_ref()).map(|name| name.text.clone()).filter(|name| !name.is_empty())
    }

    /// Every file, sorted by path.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    pub fn file(&self, id: FileId) -> &File {
        &self.files[index(id.0)]
    }

    /// The file at `path`, relative to the root.
    pub fn by_path(&self, path: &Utf8Path) -> Option<&File> {
        let found = self.files.binary_search_by(|file| file.path.as_str().cmp(path.as_str())).ok()?;
        Some(&self.files[found])
    }

    /// The files of one kind, in order of path. A link to another file of the kind is left out.
    pub fn of_kind(&self, kind: FileKind) -> impl Iterator<Item = &File> {
        let files = self.by_kind.get(&kind).into_iter().flatten().map(|id| self.file(*id));
        files.filter(move |file| {
            let target = || file.link.as_deref().and_then(|target| self.by_path(target));
            target().is_none_or(|target| target.kind != kind)
        })
    }

    /// The files whose path matches `glob` (`**/values*.yaml`); `*` stays within a folder. Nothing for a glob that
    /// is none.
    pub fn find(&self, glob: &str) -> Vec<&File> {
        let matcher = GlobBuilder::new(glob).literal_separator(true).build().map(|glob| glob.compile_matcher());
        matcher.map_or_else(
            |_| Vec::new(),
            |matcher| self.files.iter().filter(|file| matcher.is_match(&file.path)).collect(),
        )
    }

    /// The text of a file. Offsets are those of the file, a UTF-8 byte order mark included; marked UTF-16 is
    /// converted.
    pub fn read(&self, id: FileId) -> Result<Arc<str>, ReadError> {
        let file = self.file(id);
        let read = || file::load(&self.root, file, &self.options);
        // Configuration is asked for again and again; source code is read once, while it is observed.
        let kept = file.format().is_some() || file.kind == FileKind::Dockerfile;
        if kept && file.kind != FileKind::Lockfile {
            return self.contents[index(id.0)].text.get_or_init(read).clone();
        }
        read()
    }

    /// The parsed document; `None` for files that are no configuration or cannot be read.
    pub fn doc(&self, id: FileId) -> Option<&Doc> {
        let file = self.file(id);
        let format = file.format()?;
        self.contents[index(id.0)].doc.get_or_init(|| self.read(id).ok().map(|text| doc::parse(format, &text))).as_ref()
    }

    /// The document, if somebody has asked for it before.
    pub(crate) fn parsed_doc(&self, id: FileId) -> Option<&Doc> {
        self.contents[index(id.0)].doc.get()?.as_ref()
    }

    /// The parsed Dockerfile; `None` for other files and for one that cannot be read.
    pub fn dockerfile(&self, id: FileId) -> Option<&Dockerfile> {
        if self.file(id).kind != FileKind::Dockerfile {
            return None;
        }
        let parse = || self.read(id).ok().map(|text| docker::parse(&text));
        self.contents[index(id.0)].dockerfile.get_or_init(parse).as_ref()
    }

    /// An answer that rests on the index and the files alone, worked out once per scan; see [`Memo::once`].
    pub fn once<T: Send + Sync + 'static>(&self, tell: impl FnOnce() -> T) -> Arc<T> {
        self.memo.once(tell)
    }

    /// Every component, the repository itself first, then by path.
    pub fn components(&self) -> &[Component] {
        &self.components
    }

    pub fn component(&self, id: ComponentId) -> &Component {
        &self.components[index(id.0)]
    }

    pub fn component_of(&self, file: FileId) -> &Component {
        self.component(self.file(file).component)
    }

    /// The files of a component, without those of the components inside it.
    pub fn files_of(&self, component: ComponentId) -> impl Iterator<Item = &File> {
        self.by_component.get(index(component.0)).into_iter().flatten().map(|id| self.file(*id))
    }

    /// The files at any depth below a folder, in order of path; all of them for an empty path.
    pub fn files_below(&self, folder: &Utf8Path) -> &[File] {
        if folder.as_str().is_empty() {
            return &self.files;
        }
        let prefix = format!("{folder}/");
        let from = self.files.partition_point(|file| file.path.as_str() < prefix.as_str());
        let below = self.files[from..].partition_point(|file| file.path.as_str().starts_with(&prefix));
        &self.files[from..from + below]
    }

    /// What the whole repository is made with.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Every manifest, in order of path; also those of tests and examples.
    pub fn manifests(&self) -> &[Manifest] {
        &self.manifests
    }

    /// The manifests of a component and, after them, those it inherits from the components around it: what a
    /// workspace root declares is there for its members too.
    pub fn manifests_for(&self, component: ComponentId) -> impl Iterator<Item = &Manifest> {
        let path = &self.component(component).path;
        let mut around: Vec<&Component> =
            self.components.iter().filter(|other| other.path == "." || path.starts_with(&other.path)).collect();
        around.sort_by_key(|other| std::cmp::Reverse(other.path.as_str().trim_matches('.').len()));
        around.into_iter().flat_map(|component| &component.manifests).map(|at| &self.manifests[*at])
    }

    /// The declaration of the dependency `name` that holds for a component: its own, else the inherited one.
    pub fn dependency(&self, component: ComponentId, name: &str) -> Option<(&Manifest, &Dependency)> {
        self.manifests_for(component).find_map(|manifest| Some((manifest, manifest.dependency(name)?)))
    }

    /// The first of `names` that any manifest of the repository declares, with the place of its declaration.
    pub fn declared(&self, names: &[&str]) -> Option<(&str, Place)> {
        names.iter().find_map(|name| {
            self.manifests.iter().find_map(|manifest| {
                let dependency = manifest.dependency(name)?;
                Some((dependency.name.as_str(), manifest.place(dependency.span)))
            })
        })
    }

    pub fn git(&self) -> &Git {
        &self.git
    }

    /// What is in the folder and was not examined, sorted by path.
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }
}

fn index(id: u32) -> usize {
    id as usize
}
