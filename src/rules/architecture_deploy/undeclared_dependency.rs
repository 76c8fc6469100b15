//! `undeclared-dependency`: every package that the code imports is declared by the manifest that installs for it.

use std::collections::BTreeMap;

use camino::Utf8Path;

use crate::{
    facts::{
        Fact, dead,
        modules::ImportWay,
        packages::{self, Declared, Locked, PackageUse},
    },
    model::{Confidence, Message, Place, Severity, Site, Verdict},
    repo::Ecosystem,
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: UndeclaredDependency = UndeclaredDependency;

pub(in crate::rules) struct UndeclaredDependency;

impl Rule for UndeclaredDependency {
    fn id(&self) -> &'static str {
        "undeclared-dependency"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Modules]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let uses = packages::uses(cx.repo, cx.facts, cx.component);
        let judged: Vec<&PackageUse<'_>> = uses.iter().filter(|used| used.declared != Declared::Unjudged).collect();
        let mut files: Vec<_> = judged.iter().map(|used| used.file).collect();
        files.dedup();
        let mut by_package: BTreeMap<&str, bool> = BTreeMap::new();
        let mut sites = Vec::new();
        for used in &judged {
            let site = site(cx, used);
            let fine = by_package.entry(&used.package).or_insert(true);
            let elsewhere = matches!(used.declared, Declared::Above { .. } | Declared::Beside { .. });
            let first_above = !elsewhere || *fine;
            *fine &= site.is_none();
            // One that the workspace declares is one edit, wherever it is imported.
            sites.extend(site.filter(|_| first_above));
        }
        let sites = together(sites);
        let (total, ok) = (by_package.len(), by_package.values().filter(|fine| **fine).count());
        Verdict::fail_or(sites, || {
            if judged.is_empty() {
                return Verdict::not_applicable("none");
            }
            Verdict::pass(cx.searched(Message::new("declared").count("n", total), files.len()), [])
        })
        .sites(total, ok)
    }
}

/// Packages that only the workspace's root declares, above which keeping them all there is one decision.
const KEPT_AT_ROOT: usize = 8;

/// One finding for a component that leaves its packages to the root of the workspace.
fn together(sites: Vec<Site>) -> Vec<Site> {
    let above = sites.iter().filter(|site| site.message.key == "above").count();
    if above <= KEPT_AT_ROOT {
        return sites;
    }
    let mut kept: Vec<Site> = Vec::new();
    let mut told = false;
    for mut site in sites {
        if site.message.key == "above" {
            if told {
                continue;
            }
            told = true;
            let mut message = Message::new("all-above").count("n", above);
            message.args.extend(site.message.args);
            site.message = message;
            "all-above".clone_into(&mut site.key);
        }
        kept.push(site);
    }
    kept
}

fn site(cx: &Context<'_>, used: &PackageUse<'_>) -> Option<Site> {
    let place = Place::At(used.file, used.import.span);
    let path = |manifest: &crate::repo::Manifest| cx.repo.file(manifest.file).path.to_string();
    let said = |key: &'static str| Message::new(key).with("package", used.package.clone());
    let site = match &used.declared {
        Declared::Here(..) | Declared::Unjudged => return None,
        Declared::Above { nearest, manifest, dependency } => {
            let message = said("above").with("manifest", path(nearest)).with("other", path(manifest));
            Site::new(place, message)
                .severity(Severity::Low)
                .related(Place::At(manifest.file, dependency.span), "declared-here")
        }
        Declared::Beside { .. } if is_hoisted(cx, &used.package) => return None,
        Declared::Beside { nearest, manifest, dependency } => {
            let message = said("beside").with("manifest", path(nearest)).with("other", path(manifest));
            Site::new(place, message)
                .severity(Severity::Medium)
                .related(Place::At(manifest.file, dependency.span), "declared-here")
        }
        Declared::Nowhere { nearest, .. }
            if by_extra(cx, nearest, &used.package) || builds_with(cx, nearest, &used.package) =>
        {
            return None;
        }
        Declared::Nowhere { nearest, locked } if *locked != Locked::Yes && is_brought_along(nearest, &used.package) => {
            Site::new(place, said("locked").with("manifest", path(nearest))).severity(Severity::Medium)
        }
        // Nothing runs the configuration of a tool that is not installed.
        Declared::Nowhere { nearest, .. } if is_idle_configuration(cx, nearest, used.file) => {
            Site::new(place, said("nowhere").with("manifest", path(nearest))).severity(Severity::Low)
        }
        Declared::Nowhere { nearest, locked } => {
            let key = if *locked == Locked::Yes { "locked" } else { "nowhere" };
            let site = Site::new(place, said(key).with("manifest", path(nearest)));
            match locked {
                // What nothing loads asks for nothing.
                _ if dead::is_dead(cx.repo, cx.facts, used.file) => site.severity(Severity::Low),
                // A lock file that could not be read may well hold it.
                Locked::Yes | Locked::Unread => site.severity(Severity::Medium),
                // A part that is loaded when somebody switches it on, and is not there when nobody does.
                _ if is_inside_function(cx, used) => site.severity(Severity::Medium),
                Locked::Unlocked => site.severity(Severity::High),
                Locked::No if used.import.way == ImportWay::Dynamic || !cx.component.kind.is_deployable() => {
                    site.severity(Severity::High)
                }
                Locked::No => site,
            }
        }
    };
    Some(site.confidence(Confidence::Certain).key(used.package.clone()))
}

/// Whether a package is loaded with `require` by a function, and not with the file.
fn is_inside_function(cx: &Context<'_>, used: &PackageUse<'_>) -> bool {
    used.import.way == ImportWay::Required
        && cx.facts.modules(cx.repo).function_around(used.file, used.import.span).is_some()
}

/// Whether a file is the configuration of a bundler that no manifest around it declares.
fn is_idle_configuration(cx: &Context<'_>, nearest: &crate::repo::Manifest, file: crate::model::FileId) -> bool {
    const TOOLS: [&str; 6] = ["webpack", "rollup", "gulpfile", "gruntfile", "vite", "karma"];
    let at = cx.repo.file(file);
    let name = at.name().to_ascii_lowercase();
    let scripted = name.starts_with("gulpfile") || name.starts_with("gruntfile");
    let Some(stem) = name.split_once(".config.").map(|(stem, _)| stem).or(scripted.then_some(name.as_str())) else {
        return false;
    };
    let known = TOOLS.iter().find(|tool| stem.split(['.', '-', '_']).any(|part| part == **tool));
    // Beside the manifest a file of this name is a tool's, whichever it is; elsewhere it may be the product's own.
    let beside = (at.folder() == nearest.folder && !matches!(stem, "app" | "server" | "index")).then_some(stem);
    let Some(tool) = known.copied().or(beside) else { return false };
    let package = tool.trim_end_matches("file");
    let installed = |manifest: &crate::repo::Manifest| {
        manifest.dependencies.iter().any(|dependency| dependency.name.contains(package))
    };
    !cx.repo.manifests().iter().any(installed)
}

/// Whether pnpm is told to put the package where every package of the workspace finds it.
fn is_hoisted(cx: &Context<'_>, package: &str) -> bool {
    let listed = |file: &str, key: &str| {
        let root = cx.repo.doc(cx.repo.by_path(Utf8Path::new(file))?.id)?.root()?;
        let patterns = root.get(key)?;
        Some(patterns.items().iter().filter_map(crate::doc::Node::text).any(|pattern| fits(pattern, package)))
    };
    let npmrc = || {
        let text = cx.repo.read(cx.repo.by_path(Utf8Path::new(".npmrc"))?.id).ok()?;
        let lines = text.lines().filter_map(|line| line.split_once('='));
        let mut lines = lines.map(|(key, value)| (key.trim(), value.trim().trim_matches(['"', '\''])));
        Some(lines.any(|(key, value)| match key {
            "public-hoist-pattern[]" | "public-hoist-pattern" => fits(value, package),
            "shamefully-hoist" => value == "true",
            _ => false,
        }))
    };
    listed("pnpm-workspace.yaml", "publicHoistPattern").unwrap_or(false) || npmrc().unwrap_or(false)
}

/// Whether a name fits a pattern with stars.
fn fits(pattern: &str, name: &str) -> bool {
    let parts: Vec<&str> = pattern.split('*').collect();
    let [first, middle @ .., last] = parts.as_slice() else { return pattern == name };
    let Some(mut rest) = name.strip_prefix(first).filter(|rest| rest.ends_with(last)) else { return false };
    middle.iter().all(|part| {
        let found = rest.find(part);
        rest = found.map_or("", |at| &rest[at + part.len()..]);
        found.is_some()
    })
}

/// Packages of Python that others cannot do without, by those: what is installed whatever a lock file says.
const COMPANIONS: &[(&str, &[&str])] = &[
    ("markupsafe", &["jinja2", "flask", "werkzeug", "mako"]),
    ("jinja2", &["flask"]),
    ("werkzeug", &["flask"]),
    ("itsdangerous", &["flask"]),
    ("click", &["flask", "uvicorn", "typer", "celery"]),
    ("starlette", &["fastapi"]),
    ("pydantic", &["fastapi", "sqlmodel", "pydantic-settings"]),
    ("pydantic-core", &["pydantic"]),
    ("sqlalchemy", &["sqlmodel", "flask-sqlalchemy", "alembic"]),
    ("urllib3", &["requests"]),
    ("botocore", &["boto3", "aiobotocore"]),
    ("httpcore", &["httpx"]),
    ("anyio", &["httpx", "starlette", "fastapi"]),
    ("kombu", &["celery"]),
    ("asgiref", &["django"]),
    ("numpy", &["pandas", "scipy", "scikit-learn"]),
];

/// Extras of well-known packages that are there to install another one: `djangorestframework-simplejwt[crypto]`.
const EXTRAS: &[(&str, &[&str])] = &[
    ("cryptography", &["crypto", "cryptography", "fernet"]),
    ("uvloop", &["standard"]),
    ("httptools", &["standard"]),
    ("websockets", &["standard", "websockets"]),
    ("email-validator", &["email", "standard", "all"]),
    ("python-multipart", &["standard", "all"]),
    ("passlib", &["passlib"]),
    ("bcrypt", &["bcrypt"]),
    ("argon2-cffi", &["argon2"]),
    ("redis", &["redis"]),
    ("psycopg2", &["postgres", "postgresql", "psycopg2"]),
    ("psycopg2-binary", &["binary", "postgres", "postgresql", "psycopg2-binary"]),
    ("psycopg-binary", &["binary"]),
    ("psycopg-pool", &["pool"]),
    ("asyncpg", &["asyncpg", "postgresql-asyncpg"]),
    ("aiosqlite", &["aiosqlite", "sqlite"]),
    ("brotli", &["brotli"]),
    ("h2", &["http2"]),
    ("boto3", &["s3", "boto3", "sqs"]),
    ("sqlalchemy", &["sqlalchemy"]),
];

/// Whether a dependency of the manifest is asked for with the extra that installs `package`.
fn by_extra(cx: &Context<'_>, nearest: &crate::repo::Manifest, package: &str) -> bool {
    let package = package.to_ascii_lowercase().replace('_', "-");
    let extras = EXTRAS.iter().find(|(name, _)| *name == package).map(|(_, extras)| *extras);
    let Some(extras) = extras.filter(|_| nearest.ecosystem == Ecosystem::Python) else { return false };
    let Ok(text) = cx.repo.read(nearest.file) else { return false };
    nearest.dependencies.iter().any(|dependency| {
        let line = text.get(dependency.span.start as usize..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let asked = line.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map(|(asked, _)| asked);
        asked.is_some_and(|asked| asked.split(',').any(|extra| extras.contains(&extra.trim())))
    })
}

/// Whether `[build-system]` requires the package: what builds a distribution imports it while it builds.
fn builds_with(cx: &Context<'_>, nearest: &crate::repo::Manifest, package: &str) -> bool {
    let root = cx.repo.doc(nearest.file).and_then(crate::doc::Doc::root).filter(|_| nearest.build_system.is_some());
    let required = root.and_then(|root| root.at(&["build-system", "requires"]));
    let plain = |text: &str| text.to_ascii_lowercase().replace('_', "-");
    required.map(crate::doc::Node::items).unwrap_or_default().iter().filter_map(crate::doc::Node::as_str).any(|text| {
        let name = text.split(['=', '<', '>', '~', '!', '[', ';', ' ']).next().unwrap_or(text);
        plain(name) == plain(package)
    })
}

fn is_brought_along(nearest: &crate::repo::Manifest, package: &str) -> bool {
    let package = package.to_ascii_lowercase().replace('_', "-");
    let bringers = COMPANIONS.iter().find(|(name, _)| *name == package).map(|(_, bringers)| *bringers);
    nearest.ecosystem == Ecosystem::Python
        && bringers.is_some_and(|bringers| bringers.iter().any(|bringer| nearest.dependency(bringer).is_some()))
}
