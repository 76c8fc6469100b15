//! `broken-import`: every import of the repository's own modules leads to a file that gives the imported name.

use std::collections::BTreeMap;

use camino::Utf8Path;

use crate::{
    facts::{
        Fact, dead,
        modules::{Import, ImportWay, Target},
    },
    model::{Confidence, FileId, Message, Place, Severity, Site, Verdict},
    repo::{FileKind, Repo, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: BrokenImport = BrokenImport;

pub(in crate::rules) struct BrokenImport;

/// Parts of a path that say that a program writes what lies there.
const WRITTEN: &[&str] =
    &["generated", "gen", "codegen", "autogen", "dist", "build", "out", "pkg", "bundle", "bundled"];

/// What an import leads to instead of a module.
enum Broken {
    /// Nothing there.
    Module,
    /// A file whose name differs by case alone.
    Case(String),
    /// A file that does not give the name.
    Name(FileId),
}

impl Rule for BrokenImport {
    fn id(&self) -> &'static str {
        "broken-import"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Modules]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let modules = cx.facts.modules(cx.repo);
        let (mut sites, mut files, mut resolved) = (Vec::new(), 0, 0);
        let mut in_tests: BTreeMap<String, Vec<Place>> = BTreeMap::new();
        for (file, facts) in modules.files().filter(|(file, _)| cx.covers(*file)) {
            let role = cx.repo.file(file).role;
            // A declaration of types is gone when the program runs.
            let declares = cx.repo.file(file).name().ends_with(".d.ts");
            if declares || !matches!(role, Role::Source | Role::Test | Role::Script) {
                continue;
            }
            let mut own = 0;
            let mut last = None;
            for import in facts.imports.iter().filter(|import| runs(import)) {
                let target = modules.target(file, &import.module);
                own += usize::from(matches!(target, Target::File(_) | Target::Missing(_)));
                let Some(broken) = broken(cx, file, import, &target) else { continue };
                let place = Place::At(file, import.span);
                if role == Role::Test {
                    if !matches!(broken, Broken::Name(_)) {
                        in_tests.entry(import.module.clone()).or_default().push(place);
                    }
                } else if last != Some(import.span) {
                    // One statement is one thing to mend, however many names it imports.
                    last = Some(import.span);
                    let moved = matches!(broken, Broken::Module) && is_copied(cx.repo, file);
                    let site = site(cx.repo, place, import, broken, role);
                    // What nothing loads breaks nothing.
                    let dead = role == Role::Source && dead::is_dead(cx.repo, cx.facts, file);
                    let site = if dead { site.severity(Severity::Low) } else { site };
                    // It runs beside what a build puts where it is copied to.
                    sites.push(if moved { site.confidence(Confidence::Guess) } else { site });
                }
            }
            files += usize::from(own > 0);
            resolved += own;
        }
        let total = resolved;
        let broken = sites.len() + in_tests.values().map(Vec::len).sum::<usize>();
        sites.extend(in_tests.into_iter().filter_map(|(module, places)| test_site(module, places)));
        Verdict::fail_or(sites, || {
            if files == 0 {
                return Verdict::not_applicable("none");
            }
            Verdict::pass(cx.searched(Message::new("resolved").count("n", resolved), files), [])
        })
        .sites(total, total.saturating_sub(broken))
    }
}

/// Whether an import is carried out when the program runs.
fn runs(import: &Import) -> bool {
    !matches!(import.way, ImportWay::Types | ImportWay::Optional)
}

fn broken(cx: &Context<'_>, file: FileId, import: &Import, target: &Target) -> Option<Broken> {
    match target {
        Target::Missing(path) if is_written(cx.repo, path) => None,
        Target::Missing(path) => Some(differs_by_case(cx.repo, path).map_or(Broken::Module, Broken::Case)),
        Target::File(target) if !matches!(import.imported.as_str(), "" | "*") && *target != file => {
            let plain = !cx.unexamined.contains(target) && cx.repo.file(*target).role != Role::Generated;
            let gives = cx.facts.modules(cx.repo).gives(*target, &import.imported);
            (plain && gives == Some(false)).then_some(Broken::Name(*target))
        }
        _ => None,
    }
}

/// Whether a program may write what lies at `path`: git ignores it, its name says so, or something with its name
/// stands beside it in another language.
fn is_written(repo: &Repo, path: &str) -> bool {
    let path = Utf8Path::new(path);
    let named = path.as_str().split('/').any(|part| {
        let part = part.trim_matches('_');
        WRITTEN.contains(&part.split('.').next().unwrap_or(part))
            || part.starts_with(['.', '+', '$'])
            || part.contains(".gen")
            || part.contains("generated")
            || part.ends_with("_pb2")
            || part.ends_with("_pb")
            || matches!(part, "version" | "_version" | "buildinfo" | "build-info")
    });
    let beside = || {
        let folder = path.parent().unwrap_or(Utf8Path::new(""));
        let name = path.file_name().unwrap_or_default();
        repo.files_below(folder).iter().any(|file| {
            file.folder() == folder
                && file.name().strip_prefix(name).is_some_and(|rest| rest.starts_with('.') && rest.len() > 1)
        })
    };
    let listed =
        || repo.skipped().iter().any(|skipped| path.starts_with(&skipped.path) || skipped.path.starts_with(path));
    named
        || beside()
        || listed()
        || ["", ".ts", ".js", ".py", "/index.ts"].iter().any(|end| repo.ignores(Utf8Path::new(&format!("{path}{end}"))))
}

/// Whether a build copies this one file somewhere else: `cp server/main.js build/server/main.js`, `COPY … runner.js ./`.
fn is_copied(repo: &Repo, file: FileId) -> bool {
    let path = repo.file(file).path.as_str();
    let copied = repo.once(|| Copied(copied(repo)));
    let ends = |whole: &str, part: &str| {
        whole.strip_suffix(part).is_some_and(|above| above.is_empty() || above.ends_with('/'))
    };
    // In an image the repository lies below a folder of its own.
    copied.0.iter().any(|named| ends(path, named) || path.contains('/') && ends(named, path))
}

/// The files that builds copy by their names, each with the folder above it.
struct Copied(Vec<String>);

fn copied(repo: &Repo) -> Vec<String> {
    let builds = repo.files().iter().filter(|file| {
        matches!(file.kind, FileKind::Dockerfile | FileKind::Shell | FileKind::PackageJson | FileKind::TaskRunner)
    });
    let mut found = Vec::new();
    for file in builds {
        let Ok(text) = repo.read(file.id) else { continue };
        let copies = |line: &&str| ["cp ", "COPY ", "cpy ", "copyfiles "].iter().any(|word| line.contains(word));
        for line in text.lines().filter(copies) {
            let words = line.split([' ', '"', '\'', '\t', '=']).map(|word| word.trim_start_matches(['.', '/']));
            found.extend(
                words
                    .filter(|word| {
                        word.contains('/') && [".js", ".mjs", ".cjs", ".py"].iter().any(|end| word.ends_with(end))
                    })
                    .map(str::to_owned),
            );
        }
    }
    found
}

/// The file that is meant where upper and lower case do not count.
fn differs_by_case(repo: &Repo, path: &str) -> Option<String> {
    let wanted = path.to_lowercase();
    let found = repo.files().iter().find(|file| {
        let lower = file.path.as_str().to_lowercase();
        lower.strip_prefix(&wanted).is_some_and(|rest| {
            let stem = rest.strip_prefix("/index").or_else(|| rest.strip_prefix("/__init__")).unwrap_or(rest);
            matches!(stem, "" | ".ts" | ".tsx" | ".js" | ".jsx" | ".mjs" | ".cjs" | ".py" | ".vue" | ".svelte")
        })
    });
    found.map(|file| file.path.to_string())
}

fn site(repo: &Repo, place: Place, import: &Import, broken: Broken, role: Role) -> Site {
    let message = match broken {
        Broken::Module => Message::new("missing"),
        Broken::Case(path) => Message::new("case").with("path", path),
        Broken::Name(file) => {
            Message::new("name").with("name", import.imported.clone()).with("path", repo.file(file).path.as_str())
        }
    };
    let site = Site::new(place, message.with("module", import.module.clone()))
        .key(format!("{}:{}", import.module, import.imported));
    match role {
        Role::Source => site,
        _ => site.severity(Severity::High),
    }
}

fn test_site(module: String, places: Vec<Place>) -> Option<Site> {
    let n = places.len();
    let mut places = places.into_iter();
    let message = Message::new("tests").with("module", module.clone()).count("n", n);
    let severity = if n == 1 { Severity::Medium } else { Severity::High };
    let mut site = Site::new(places.next()?, message).severity(severity).key(module);
    for place in places.take(4) {
        site = site.related(place, "also");
    }
    Some(site)
}
