//! TypeScript's and JavaScript's way to a module.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::{Target, normal};
use crate::{
    doc::Node,
    model::FileId,
    repo::{Ecosystem, FileKind, Manifest, Repo, Role},
};

/// Extensions that may be left out. TypeScript prefers a declaration to the script that it describes; what runs is the
/// script.
const EXTENSIONS: &[&str] =
    &["ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs", "d.ts", "json", "vue", "svelte", "astro", "node"];
/// A configuration extends another, which extends another; cycles end here.
const EXTENDS: usize = 8;
/// Names that a bundler or a framework gives a meaning of its own.
const VIRTUAL: &[&str] = &[
    "virtual:",
    "astro:",
    "bun:",
    "cloudflare:",
    "$app/",
    "$env/",
    "$lib",
    "$service-worker",
    "#imports",
    "#app",
    "#build",
    "~icons/",
    "data:",
    "http:",
    "https:",
    "file:",
    "npm:",
    "jsr:",
    "@theme",
    "@docusaurus/",
    "@site/",
    "@generated/",
    "vscode",
    "workbox:",
    "deno:",
];
/// Runtimes whose own modules are imported like packages, with everything below them.
const RUNTIMES: &[&str] = &["k6"];

/// What configuration files say about names, read once.
#[derive(Debug)]
pub(super) struct Settings {
    /// By the folder of a tsconfig or jsconfig, several in one folder joined.
    paths: BTreeMap<Utf8PathBuf, Paths>,
    /// Packages of the repository by name.
    packages: BTreeMap<String, Package>,
    /// By the folder of a package: its `imports`.
    imports: BTreeMap<Utf8PathBuf, Vec<(String, Vec<String>)>>,
}

#[derive(Debug, Default, Clone)]
struct Paths {
    /// Folder for names without a pattern.
    base: Option<String>,
    /// Pattern, with at most one `*`, and paths from the root.
    patterns: Vec<(String, Vec<String>)>,
    /// Something that it extends could not be read.
    incomplete: bool,
}

#[derive(Debug)]
struct Package {
    folder: Utf8PathBuf,
    /// What `exports` maps: subpath pattern to paths.
    exports: Vec<(String, Vec<String>)>,
    /// `main`, `module`, `types`.
    entries: Vec<String>,
}

impl Settings {
    pub(super) fn read(repo: &Repo) -> Self {
        let mut paths: BTreeMap<Utf8PathBuf, Paths> = BTreeMap::new();
        for file in repo.files().iter().filter(|file| is_config(file.name())) {
            let read = read_paths(repo, file.id, EXTENDS);
            let joined = paths.entry(file.folder().to_owned()).or_default();
            joined.base = joined.base.take().or(read.base);
            joined.incomplete |= read.incomplete;
            joined.patterns.extend(read.patterns);
        }
        let npm = || {
            repo.manifests().iter().filter(|manifest| {
                manifest.ecosystem == Ecosystem::Npm && repo.file(manifest.file).kind == FileKind::PackageJson
            })
        };
        let packages = npm()
            .filter(|manifest| !matches!(repo.file(manifest.file).role, Role::Example | Role::Test | Role::Vendored));
        let packages = packages
            .filter_map(|manifest| Some((manifest.name.as_ref()?.text.clone(), package(repo, manifest))))
            .collect();
        let imports = npm().map(|manifest| (manifest.folder.clone(), mapped(repo, manifest, "imports"))).collect();
        Self { paths, packages, imports }
    }

    pub(super) fn resolve(&self, repo: &Repo, from: FileId, module: &str) -> Target {
        // Loaders and queries of bundlers: `raw!./x`, `./x.svg?react`.
        if module.contains('!') || VIRTUAL.iter().any(|start| module.starts_with(start)) {
            return Target::Unknown;
        }
        if RUNTIMES.contains(&module.split('/').next().unwrap_or(module)) {
            return Target::Unknown;
        }
        let module = module.split('?').next().unwrap_or(module);
        let folder = repo.file(from).folder();
        if module.starts_with('.') {
            let path = folder.join(module);
            // The entry of a package that is built.
            let package =
                normal(&path).is_some_and(|path| repo.by_path(&Utf8Path::new(&path).join("package.json")).is_some());
            return match file_at(repo, &path) {
                Some(file) => Target::File(file),
                None if package => Target::Unknown,
                None if is_source(module) => normal(&path).map_or(Target::Unknown, Target::Missing),
                None => Target::Unknown,
            };
        }
        if module.is_empty() || module.starts_with('/') {
            return Target::Unknown;
        }
        if super::super::runtime::is_node_builtin(module) {
            return Target::Builtin;
        }
        if module.starts_with('#') {
            return self.imported(repo, folder, module);
        }
        let configured = folder.ancestors().find_map(|above| self.paths.get(above));
        if let Some(found) = configured.and_then(|paths| by_paths(repo, paths, module)) {
            return found;
        }
        if let Some(found) = self.workspace(repo, module) {
            return found;
        }
        if let Some(base) = configured.and_then(|paths| paths.base.as_ref())
            && let Some(file) = file_at(repo, &Utf8Path::new(base).join(module))
        {
            return Target::File(file);
        }
        match package_name(module) {
            Some(name) => Target::Package(name.to_owned()),
            None => Target::Unknown,
        }
    }

    /// `#name` through `imports` of the nearest package.
    fn imported(&self, repo: &Repo, folder: &Utf8Path, module: &str) -> Target {
        for above in folder.ancestors() {
            if let Some(found) = self.paths.get(above).and_then(|paths| by_paths(repo, paths, module)) {
                return found;
            }
            let Some(entries) = self.imports.get(above) else { continue };
            for (pattern, paths) in entries {
                let Some(rest) = matched(pattern, module) else { continue };
                for path in paths {
                    if let Some(file) = file_at(repo, &above.join(path.replace('*', rest))) {
                        return Target::File(file);
                    }
                }
            }
            return Target::Unknown;
        }
        Target::Unknown
    }

    /// A package of the repository, or a path inside one.
    fn workspace(&self, repo: &Repo, module: &str) -> Option<Target> {
        let name = package_name(module)?;
        let package = self.packages.get(name)?;
        let rest = module[name.len()..].trim_start_matches('/');
        let subpath = if rest.is_empty() { ".".to_owned() } else { format!("./{rest}") };
        let mut paths: Vec<String> = Vec::new();
        for (pattern, targets) in &package.exports {
            if let Some(filling) = matched(pattern, &subpath) {
                paths.extend(targets.iter().map(|target| target.replace('*', filling)));
            }
        }
        // What is mapped lies there or is built; a guess could meet another file.
        if !paths.is_empty() {
        } else if rest.is_empty() {
            paths.extend(package.entries.iter().cloned());
            paths.extend(["src/index", "index", "src/main", "lib/index"].map(str::to_owned));
        } else {
            paths.extend([rest.to_owned(), format!("src/{rest}")]);
        }
        // What is built is not in the tree: its source is.
        let sources: Vec<String> = paths.iter().filter_map(|path| source_of(path)).collect();
        let found = paths.iter().chain(&sources).find_map(|path| file_at(repo, &package.folder.join(path)));
        Some(found.map_or(Target::Unknown, Target::File))
    }
}

/// The name under which the package of `module` is installed: `@scope/name` of `@scope/name/part`.
fn package_name(module: &str) -> Option<&str> {
    let mut parts = module.split('/');
    let first = parts.next()?;
    let name = if first.starts_with('@') {
        let second = parts.next().filter(|second| !second.is_empty())?;
        &module[..=first.len() + second.len()]
    } else {
        first
    };
    let plain = name.chars().all(|letter| letter.is_ascii_alphanumeric() || "@/._-~".contains(letter));
    // `@/components` is an alias, and a name that begins with `~` is one, too.
    // Names of packages are lower case: <https://docs.npmjs.com/cli/v11/configuring-npm/package-json#name>.
    let plain = plain && !module.chars().take(name.len()).any(|letter| letter.is_ascii_uppercase());
    let asset = [".css", ".scss", ".svg", ".vue", ".json"].iter().any(|end| name.ends_with(end));
    (plain && !asset && name != "@" && !name.starts_with("@/") && !name.starts_with('~')).then_some(name)
}

/// Whether a relative module would be a source file: no extension, or that of one.
fn is_source(module: &str) -> bool {
    let name = module.rsplit('/').next().unwrap_or(module);
    match name.rsplit_once('.') {
        None | Some(("" | ".", _)) => true,
        Some((_, extension)) => {
            matches!(extension, "ts" | "tsx" | "mts" | "cts" | "js" | "jsx" | "mjs" | "cjs")
                || !matches!(
                    extension,
                    "css"
                        | "scss"
                        | "sass"
                        | "less"
                        | "styl"
                        | "svg"
                        | "png"
                        | "jpg"
                        | "jpeg"
                        | "gif"
                        | "webp"
                        | "avif"
                        | "ico"
                        | "woff"
                        | "woff2"
                        | "ttf"
                        | "eot"
                        | "otf"
                        | "mp3"
                        | "mp4"
                        | "webm"
                        | "wav"
                        | "pdf"
                        | "txt"
                        | "md"
                        | "mdx"
                        | "html"
                        | "graphql"
                        | "gql"
                        | "wasm"
                        | "json"
                        | "json5"
                        | "yaml"
                        | "yml"
                        | "toml"
                        | "glsl"
                        | "vert"
                        | "frag"
                        | "node"
                        | "csv"
                        | "xml"
                        | "sql"
                        | "proto"
                        | "hbs"
                        | "ejs"
                        | "pug"
                        | "njk"
                        | "bin"
                        | "zip"
                        | "lottie"
                        | "riv"
                )
        }
    }
}

/// The file that a path without or with an extension means, or the index of a folder.
fn file_at(repo: &Repo, path: &Utf8Path) -> Option<FileId> {
    let path = normal(path)?;
    let exact = |path: &str| repo.by_path(Utf8Path::new(path)).map(|file| file.id);
    if let Some(file) = exact(&path) {
        return Some(file);
    }
    // `./x.js` means `./x.ts` where TypeScript is compiled.
    for (written, meant) in [
        (".js", [".ts", ".tsx", ".d.ts"]),
        (".mjs", [".mts", ".ts", ".d.mts"]),
        (".cjs", [".cts", ".ts", ".d.cts"]),
        (".jsx", [".tsx", ".ts", ".d.ts"]),
    ] {
        if let Some(stem) = path.strip_suffix(written)
            && let Some(file) = meant.iter().find_map(|extension| exact(&format!("{stem}{extension}")))
        {
            return Some(file);
        }
    }
    let named = EXTENSIONS.iter().find_map(|extension| exact(&format!("{path}.{extension}")));
    // Platform variants: `./button` means `button.web.tsx` and `button.native.tsx`.
    let named = named.or_else(|| {
        ["web", "native", "ios", "android", "electron", "server", "client"].iter().find_map(|platform| {
            ["ts", "tsx", "js", "jsx"].iter().find_map(|extension| exact(&format!("{path}.{platform}.{extension}")))
        })
    });
    named.or_else(|| {
        let index = if path.is_empty() { "index".to_owned() } else { format!("{path}/index") };
        let found = EXTENSIONS.iter().find_map(|extension| exact(&format!("{index}.{extension}")));
        found.or_else(|| {
            // A folder with a manifest of its own.
            let manifest = exact(&format!("{path}/package.json"))?;
            let main = repo.doc(manifest)?.root()?.get("main")?.as_str()?.to_owned();
            let inside = normal(&Utf8Path::new(&path).join(main))?;
            exact(&inside).or_else(|| EXTENSIONS.iter().find_map(|extension| exact(&format!("{inside}.{extension}"))))
        })
    })
}

fn is_config(name: &str) -> bool {
    name.strip_suffix(".json").is_some_and(|stem| {
        matches!(stem, "tsconfig" | "jsconfig") || stem.starts_with("tsconfig.") || stem.starts_with("jsconfig.")
    })
}

fn read_paths(repo: &Repo, config: FileId, hops: usize) -> Paths {
    let folder = repo.file(config).folder();
    let Some(root) = repo.doc(config).and_then(|doc| doc.root()) else {
        return Paths { incomplete: true, ..Paths::default() };
    };
    let mut read = Paths::default();
    if hops > 0 {
        for parent in extended(root) {
            match extended_file(repo, folder, parent) {
                Some(file) => {
                    let above = read_paths(repo, file, hops - 1);
                    read.base = above.base.or(read.base);
                    read.patterns.extend(above.patterns);
                    read.incomplete |= above.incomplete;
                }
                None => read.incomplete = true,
            }
        }
    }
    let options = root.get("compilerOptions");
    let stated = options.and_then(|options| options.get("baseUrl")).and_then(Node::as_str);
    if let Some(base) = stated {
        read.base = normal(&folder.join(base));
    }
    if let Some(paths) = options.and_then(|options| options.get("paths")) {
        let base = stated.map_or_else(|| folder.to_owned(), |base| folder.join(base));
        read.patterns = paths
            .entries()
            .iter()
            .map(|entry| {
                let targets = entry.value.items().iter().filter_map(Node::as_str);
                (entry.key.clone(), targets.filter_map(|target| normal(&base.join(target))).collect())
            })
            .collect();
    }
    read
}

fn extended(root: &Node) -> Vec<&str> {
    match root.get("extends") {
        Some(one) if one.as_str().is_some() => one.as_str().into_iter().collect(),
        Some(list) => list.items().iter().filter_map(Node::as_str).collect(),
        None => Vec::new(),
    }
}

fn extended_file(repo: &Repo, folder: &Utf8Path, parent: &str) -> Option<FileId> {
    let path = if parent.starts_with('.') {
        folder.join(parent)
    } else {
        // A configuration package of the workspace: `@acme/tsconfig/base.json`.
        let name = package_name(parent)?;
        let manifest = repo.manifests().iter().find(|manifest| {
            manifest.ecosystem == Ecosystem::Npm && manifest.name.as_ref().is_some_and(|stated| stated.text == name)
        })?;
        manifest.folder.join(parent[name.len()..].trim_start_matches('/'))
    };
    let path = normal(&path)?;
    [path.clone(), format!("{path}.json"), format!("{path}/tsconfig.json")]
        .iter()
        .find_map(|path| repo.by_path(Utf8Path::new(path)))
        .map(|file| file.id)
}

/// What `paths` says about `module`. A pattern that matches and leads nowhere is missing, unless what it leads to is
/// made by a build.
fn by_paths(repo: &Repo, paths: &Paths, module: &str) -> Option<Target> {
    let mut patterns: Vec<(&String, &Vec<String>, &str)> = paths
        .patterns
        .iter()
        .filter(|(pattern, _)| pattern != "*")
        .filter_map(|(pattern, targets)| Some((pattern, targets, matched(pattern, module)?)))
        .collect();
    // The longest prefix before the star wins.
    patterns.sort_by_key(|(pattern, ..)| std::cmp::Reverse(pattern.split('*').next().map_or(0, str::len)));
    for (_, targets, filling) in &patterns {
        for target in *targets {
            if let Some(file) = file_at(repo, Utf8Path::new(&target.replace('*', filling))) {
                return Some(Target::File(file));
            }
        }
    }
    let (pattern, targets, filling) = patterns.first()?;
    // A scoped pattern may stand in front of a real package of that name.
    if package_name(module).is_some() && !pattern.starts_with("@/") {
        return None;
    }
    let target = targets.first().filter(|_| is_source(module) && !paths.incomplete);
    Some(target.map_or(Target::Unknown, |target| Target::Missing(target.replace('*', filling))))
}

/// What `*` of a pattern stands for in `name`; empty for a pattern without one that is the name.
fn matched<'n>(pattern: &str, name: &'n str) -> Option<&'n str> {
    match pattern.split_once('*') {
        None => (pattern == name).then_some(""),
        Some((start, end)) => {
            let rest = name.strip_prefix(start)?;
            rest.strip_suffix(end)
        }
    }
}

fn package(repo: &Repo, manifest: &Manifest) -> Package {
    let root = repo.doc(manifest.file).and_then(|doc| doc.root());
    let entry = |key: &str| root.and_then(|root| root.get(key)).and_then(Node::as_str).map(str::to_owned);
    Package {
        folder: manifest.folder.clone(),
        exports: mapped(repo, manifest, "exports"),
        entries: ["source", "module", "main", "types", "typings"].into_iter().filter_map(entry).collect(),
    }
}

/// `exports` or `imports` of a package: each name with every path that any condition gives it.
fn mapped(repo: &Repo, manifest: &Manifest, key: &str) -> Vec<(String, Vec<String>)> {
    let Some(node) = repo.doc(manifest.file).and_then(|doc| doc.root()).and_then(|root| root.get(key)) else {
        return Vec::new();
    };
    let leaves =
        |node: &Node| -> Vec<String> { node.walk().filter_map(|(_, node)| node.as_str()).map(str::to_owned).collect() };
    let named = node.entries().iter().any(|entry| entry.key.starts_with(['.', '#']));
    if !named {
        return vec![(".".to_owned(), leaves(node))];
    }
    node.entries().iter().map(|entry| (entry.key.clone(), leaves(&entry.value))).collect()
}

/// The source that a built file comes from: `src/x` of `./dist/x.js`.
fn source_of(path: &str) -> Option<String> {
    let path = path.trim_start_matches("./");
    let rest = ["dist/", "build/", "lib/", "out/", "dist/esm/", "dist/cjs/", "esm/", "cjs/"]
        .into_iter()
        .filter_map(|folder| path.strip_prefix(folder))
        .min_by_key(|rest| rest.len())?;
    let stem = [".d.ts", ".d.mts", ".d.cts", ".mjs", ".cjs", ".js", ".ts"]
        .iter()
        .find_map(|end| rest.strip_suffix(end))
        .unwrap_or(rest);
    Some(format!("src/{stem}"))
}
