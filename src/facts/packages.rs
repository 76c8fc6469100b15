//! Which installed packages the code imports, and where each is declared.

mod distributions;

use std::sync::Arc;

use camino::Utf8Path;
use rustc_hash::FxHashMap;

use super::{
    Facts,
    commands::Stage,
    modules::{Import, ImportWay, Target},
};
use crate::{
    code::Language,
    model::{FileId, Table},
    repo::{Component, Dependency, DependencyGroup, Ecosystem, File, FileKind, Manifest, Repo, Role},
};

/// One import of a package that is not part of the repository.
#[derive(Debug, Clone, PartialEq)]
pub struct PackageUse<'a> {
    pub file: FileId,
    pub import: &'a Import,
    /// As it is installed: `@scope/name`, `python-dotenv`.
    pub package: String,
    pub declared: Declared<'a>,
}

/// Where a package is declared for the file that imports it.
#[derive(Debug, Clone, PartialEq)]
pub enum Declared<'a> {
    /// By the nearest manifest, or one that counts as well.
    Here(&'a Manifest, &'a Dependency),
    /// Not by the nearest manifest, but by the workspace around it.
    Above {
        nearest: &'a Manifest,
        manifest: &'a Manifest,
        dependency: &'a Dependency,
    },
    /// Only by another package of the workspace.
    Beside {
        nearest: &'a Manifest,
        manifest: &'a Manifest,
        dependency: &'a Dependency,
    },
    Nowhere {
        nearest: &'a Manifest,
        locked: Locked,
    },
    /// No manifest says what is installed, or the name may be something else than a package.
    Unjudged,
}

/// Whether a lock file installs a package that no manifest declares, because another package needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locked {
    Yes,
    No,
    /// There is a lock file, and it could not be read.
    Unread,
    /// There is no lock file.
    Unlocked,
}

/// Packages that a framework brings along under their own names, by the framework's package.
const BROUGHT: &[(&str, &[&str])] = &[
    ("next", &["server-only", "client-only", "styled-jsx"]),
    (
        "nuxt",
        &[
            "vue",
            "vue-router",
            "h3",
            "ofetch",
            "ufo",
            "defu",
            "nitropack",
            "@unhead/vue",
            "@nuxt/kit",
            "@nuxt/schema",
            "pathe",
            "consola",
            "hookable",
            "unstorage",
        ],
    ),
    ("gatsby", &["@reach/router", "gatsby-link"]),
    ("astro", &["vite", "zod"]),
    ("expo", &["@expo/vector-icons", "expo-modules-core", "@react-native/assets-registry"]),
    ("react-native", &["@react-native/assets-registry", "metro-react-native-babel-transformer"]),
    ("@strapi/strapi", &["@strapi/utils", "@strapi/database", "@strapi/types"]),
    ("@docusaurus/core", &["clsx", "@mdx-js/react", "prism-react-renderer"]),
    ("vitepress", &["vue", "vite"]),
    ("@sveltejs/kit", &["svelte"]),
    ("electron-vite", &["electron"]),
];

/// Every import of a package by a file of `component`, in order of file and place. Needs [`super::Fact::Modules`].
pub fn uses<'a>(repo: &'a Repo, facts: &'a Facts, component: &Component) -> Vec<PackageUse<'a>> {
    let modules = facts.modules(repo);
    let mut known: FxHashMap<(&Utf8Path, String), (String, Declared<'a>)> = FxHashMap::default();
    let mut found = Vec::new();
    for (file, module) in modules.files() {
        let at = repo.file(file);
        if at.component != component.id || at.role != Role::Source {
            continue;
        }
        for import in &module.imports {
            if matches!(import.way, ImportWay::Types | ImportWay::Optional) {
                continue;
            }
            let Target::Package(name) = modules.target(file, &import.module) else { continue };
            let python = at.language == Some(Language::Python);
            // What a folder's files install is the same for all of them.
            let judge = |name: &str| {
                if python { self::python(repo, facts, at, name) } else { (name.to_owned(), npm(repo, at, name)) }
            };
            let key = (at.folder(), format!("{python} {name}"));
            let (package, mut declared) = known.entry(key).or_insert_with(|| judge(&name)).clone();
            let nowhere = matches!(declared, Declared::Nowhere { .. });
            if if python { nowhere && declares_for_itself(repo, at) } else { is_scaffold(at) } {
                declared = Declared::Unjudged;
            }
            found.push(PackageUse { file, import, package, declared });
        }
    }
    found
}

fn npm<'a>(repo: &'a Repo, file: &File, name: &str) -> Declared<'a> {
    let above = repo.manifests().iter().filter(|manifest| {
        manifest.ecosystem == Ecosystem::Npm
            && repo.file(manifest.file).kind == FileKind::PackageJson
            && file.path.starts_with(&manifest.folder)
            && (manifest.name.is_some() || !manifest.dependencies.is_empty() || !manifest.scripts.is_empty())
    });
    let mut manifests: Vec<&Manifest> = above.collect();
    manifests.sort_by_key(|manifest| std::cmp::Reverse(manifest.folder.as_str().len()));
    let Some(&nearest) = manifests.first() else { return Declared::Unjudged };
    let unjudged = nearest.damaged
        || nearest.name.as_ref().is_some_and(|own| own.text == name)
        || has_own_resolution(repo, file)
        || is_alias(repo, nearest, name);
    if unjudged {
        return Declared::Unjudged;
    }
    let types = format!("@types/{}", name.trim_start_matches('@').replace('/', "__"));
    for (index, manifest) in manifests.iter().enumerate() {
        let brought = BROUGHT
            .iter()
            .find(|(framework, packages)| packages.contains(&name) && manifest.dependency(framework).is_some());
        let names = [Some(name), brought.map(|(framework, _)| *framework)];
        let dependency = names.into_iter().flatten().find_map(|name| manifest.dependency(name));
        match dependency {
            Some(dependency) if index == 0 => return Declared::Here(manifest, dependency),
            Some(dependency) => return Declared::Above { nearest, manifest, dependency },
            None => {}
        }
    }
    let sibling =
        repo.manifests().iter().filter(|manifest| manifest.ecosystem == Ecosystem::Npm).find_map(|manifest| {
            let dependency = manifest.dependency(name).filter(|_| manifests.len() > 1)?;
            Some((manifest, dependency))
        });
    if let Some((manifest, dependency)) = sibling {
        return Declared::Beside { nearest, manifest, dependency };
    }
    // Types of a package that does not exist at run time: `import { Feature } from 'geojson'`.
    if manifests.iter().any(|manifest| manifest.dependency(&types).is_some()) {
        return Declared::Unjudged;
    }
    Declared::Nowhere { nearest, locked: npm_locked(repo, &manifests, name) }
}

/// Files that a generator copies into another project, which installs for itself.
fn is_scaffold(file: &File) -> bool {
    file.path.components().any(|part| {
        matches!(
            part.as_str(),
            "template" | "templates" | "boilerplate" | "scaffold" | "scaffolds" | "blueprints" | "stubs"
        )
    })
}

/// Deno and import maps resolve names in their own way.
fn has_own_resolution(repo: &Repo, file: &File) -> bool {
    file.path.ancestors().skip(1).any(|folder| {
        ["deno.json", "deno.jsonc", "import_map.json"].iter().any(|name| repo.by_path(&folder.join(name)).is_some())
    })
}

/// Whether `name` may be an alias of a bundler: a folder or file of the package has the name, or a configuration file
/// has it as a key.
fn is_alias(repo: &Repo, manifest: &Manifest, name: &str) -> bool {
    let known = repo.once(Aliases::default);
    known.0.get((manifest.file, name.to_owned()), |_| find_alias(repo, manifest, name))
}

/// By manifest and name: whether the name may be an alias.
#[derive(Default)]
struct Aliases(Table<(FileId, String), bool>);

fn find_alias(repo: &Repo, manifest: &Manifest, name: &str) -> bool {
    let first = name.split('/').next().unwrap_or(name);
    let stands = ["", "src", "app", "source", "client"].iter().any(|base| {
        let path = manifest.folder.join(base).join(first);
        let path = Utf8Path::new(path.as_str().trim_matches('/'));
        !repo.files_below(path).is_empty()
            || ["ts", "tsx", "js", "jsx"].iter().any(|end| repo.by_path(&path.with_extension(end)).is_some())
    });
    stands || aliased_by_configuration(repo, manifest, name)
}

/// The texts of files that may hold aliases, in order of path.
struct Bundling(Vec<(FileId, Arc<str>)>);

impl Bundling {
    fn read(repo: &Repo) -> Self {
        let files = repo.files().iter();
        let files = files.filter(|file| CONFIGURATION.iter().any(|start| file.name().starts_with(start)));
        Self(files.filter_map(|file| Some((file.id, repo.read(file.id).ok()?))).collect())
    }
}

/// How the names of such files begin.
const CONFIGURATION: &[&str] = &[
    "vite.",
    "vitest.",
    "webpack",
    "next.config",
    "nuxt.config",
    "babel.config",
    ".babelrc",
    "craco",
    "metro.config",
    "rollup",
    "rspack",
    "electron.vite",
    "astro.config",
    "svelte.config",
    "vue.config",
    "rsbuild",
    "esbuild",
    "tsup.config",
    "gatsby-",
    "config-overrides",
    "jest.config",
    "wrangler",
];

fn aliased_by_configuration(repo: &Repo, manifest: &Manifest, name: &str) -> bool {
    let first = name.split('/').next().unwrap_or(name);
    // A key of an alias table, or its `find`.
    let keys = [
        format!("'{name}':"),
        format!("\"{name}\":"),
        format!(" {name}:"),
        format!("find: '{name}'"),
        format!("find: \"{name}\""),
        format!("'{name}/"),
        format!("\"{name}/"),
        format!("'{first}':"),
        format!("\"{first}\":"),
    ];
    let below = repo.files_below(&manifest.folder);
    let (Some(first), Some(last)) = (below.first(), below.last()) else { return false };
    let texts = repo.once(|| Bundling::read(repo));
    let texts = texts.0.iter().filter(|(file, _)| (first.id..=last.id).contains(file));
    texts.map(|(_, text)| text).any(|text| keys.iter().any(|key| text.contains(key.as_str())))
}

/// The major version of an npm package that `component` runs with, by its requirement or, where that leaves it open,
/// by the lock file.
pub fn npm_major(repo: &Repo, component: &Component, name: &str) -> Option<u32> {
    let (manifest, dependency) = repo.dependency(component.id, name)?;
    let wanted = dependency.version.as_deref().unwrap_or_default();
    let wanted = wanted.rsplit_once('@').map_or(wanted, |(_, version)| version);
    let exact = leading_number(wanted.trim_start_matches(['^', '~', '=', 'v', ' ']));
    exact.or_else(|| {
        let folders = std::iter::once(manifest.folder.as_path()).chain([Utf8Path::new("")]);
        folders.into_iter().find_map(|folder| locked_major(repo, folder, name))
    })
}

fn locked_major(repo: &Repo, folder: &Utf8Path, name: &str) -> Option<u32> {
    let needles = [
        ("package-lock.json", format!("\"node_modules/{name}\": {{"), Some("\"version\": \"")),
        ("yarn.lock", format!("\n{name}@"), Some("version")),
        ("yarn.lock", format!("\n\"{name}@"), Some("version")),
        ("pnpm-lock.yaml", format!("\n  {name}@"), None),
        ("pnpm-lock.yaml", format!("\n  /{name}@"), None),
        ("pnpm-lock.yaml", format!("\n  /{name}/"), None),
        ("bun.lock", format!("\"{name}\": [\"{name}@"), None),
    ];
    needles.into_iter().find_map(|(file, needle, then)| {
        let text = repo.read(repo.by_path(&folder.join(file))?.id).ok()?;
        let mut rest = &text[text.find(&needle)? + needle.len()..];
        if let Some(then) = then {
            rest = &rest[rest.find(then)? + then.len()..];
        }
        leading_number(rest.trim_start_matches([':', ' ', '"']))
    })
}

fn leading_number(text: &str) -> Option<u32> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    text[..digits].parse().ok()
}

fn npm_locked(repo: &Repo, manifests: &[&Manifest], name: &str) -> Locked {
    let needles = [
        format!("node_modules/{name}\""),
        format!("\n{name}@"),
        format!("\n\"{name}@"),
        format!(" {name}@"),
        format!("'{name}@"),
        format!("/{name}@"),
        format!("\"{name}\": ["),
        format!("\"{name}\": {{"),
    ];
    locked(
        repo,
        manifests,
        &["package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock"],
        &needles,
    )
}

fn locked(repo: &Repo, manifests: &[&Manifest], names: &[&str], needles: &[String]) -> Locked {
    let mut read = false;
    for manifest in manifests {
        for name in names {
            let Some(file) = repo.by_path(&manifest.folder.join(name)) else { continue };
            let Ok(text) = repo.read(file.id) else { return Locked::Unread };
            read = true;
            if needles.iter().any(|needle| text.contains(needle.as_str())) {
                return Locked::Yes;
            }
        }
    }
    if read { Locked::No } else { Locked::Unlocked }
}

fn python<'a>(repo: &'a Repo, facts: &'a Facts, file: &File, module: &str) -> (String, Declared<'a>) {
    let likely = distributions::of_module(module).first().copied().unwrap_or(module).to_owned();
    let manifests: Vec<&Manifest> = python_manifests(repo, file);
    let Some(&nearest) = manifests.first() else { return (likely, Declared::Unjudged) };
    let names: Vec<String> = distributions::of_module(module)
        .iter()
        .map(|name| (*name).to_owned())
        .chain([module.to_owned()])
        .map(|name| distributions::normalised(&name))
        .collect();
    for manifest in &manifests {
        let dependency = manifest.dependencies.iter().filter(|dependency| {
            let declared = distributions::normalised(&dependency.name);
            names.contains(&declared)
                || distributions::brings(&declared).contains(&module)
                // `google-cloud-storage` for `google`, `opentelemetry-api` for `opentelemetry`.
                || names.iter().any(|name| shares_word(&declared, name))
        });
        if let Some(dependency) = dependency.min_by_key(|dependency| dependency.group) {
            return (likely, Declared::Here(manifest, dependency));
        }
    }
    let unjudged = manifests.iter().any(|manifest| manifest.damaged)
        || !distributions::is_known(module)
        || manifests.iter().all(|manifest| manifest.dependencies.is_empty())
        || has_unread_manifest(repo, file)
        || installed_by_command(repo, facts, &names);
    if unjudged {
        return (likely, Declared::Unjudged);
    }
    let needles: Vec<String> =
        names.iter().flat_map(|name| [format!("name = \"{name}\""), format!("\"{name}\": {{")]).collect();
    let locked = locked(repo, &manifests, &["poetry.lock", "uv.lock", "pdm.lock", "Pipfile.lock"], &needles);
    (likely, Declared::Nowhere { nearest, locked })
}

/// The Python manifests that install for `file`, nearest first: those of the folders above it, and requirement files
/// in a `requirements` folder there.
fn python_manifests<'a>(repo: &'a Repo, file: &File) -> Vec<&'a Manifest> {
    let mut found: Vec<&Manifest> = repo
        .manifests()
        .iter()
        .filter(|manifest| manifest.ecosystem == Ecosystem::Python)
        .filter(|manifest| {
            let folder = match manifest.folder.file_name() {
                Some(name) if name.starts_with("requirement") => manifest.folder.parent().unwrap_or(Utf8Path::new("")),
                _ => &manifest.folder,
            };
            file.path.starts_with(folder)
        })
        .collect();
    found.sort_by_key(|manifest| std::cmp::Reverse(manifest.folder.as_str().len()));
    found
}

/// `setup.py` computes its list, a conda environment is not read.
fn has_unread_manifest(repo: &Repo, file: &File) -> bool {
    file.path.ancestors().skip(1).any(|folder| {
        ["setup.py", "environment.yml", "environment.yaml", "conda.yaml", "BUILD", "BUILD.bazel", "pixi.toml"]
            .iter()
            .any(|name| repo.by_path(&folder.join(name)).is_some())
    })
}

/// A script with inline metadata: <https://packaging.python.org/en/latest/specifications/inline-script-metadata/>.
fn declares_for_itself(repo: &Repo, file: &File) -> bool {
    repo.read(file.id).is_ok_and(|text| text.lines().any(|line| line.trim_end() == "# /// script"))
}

/// `pip install X` in an image, a workflow or a script.
fn installed_by_command(repo: &Repo, facts: &Facts, names: &[String]) -> bool {
    facts.commands(repo).iter().any(|used| {
        let words = &used.command.words;
        matches!(
            used.stage,
            Stage::ImageBuild | Stage::ShellScript | Stage::Make | Stage::PlatformStart | Stage::ContainerStart
        ) && words.iter().any(|word| word.text == "install" || word.text == "add")
            && words.iter().any(|word| {
                let name = word.text.split(['=', '<', '>', '[', '~', '!']).next().unwrap_or_default();
                names.contains(&distributions::normalised(name))
            })
    })
}

fn shares_word(declared: &str, name: &str) -> bool {
    declared.split('-').any(|word| word == name) || name.split('-').any(|word| word == declared)
}

/// Whether a declaration installs a package in production.
pub fn is_for_production(dependency: &Dependency) -> bool {
    !matches!(dependency.group, DependencyGroup::Dev)
}
