//! `dockerignore-missing`: a build that copies its whole context leaves secrets, history and dependencies out.

use camino::{Utf8Path, Utf8PathBuf};

use crate::{
    code::docker::{Instruction, Stage},
    facts::{
        Fact,
        images::{
            Image,
            context::{Ignore, contexts, ignore},
            context_of, images, is_development, kept_whole,
        },
    },
    model::{Evidence, Message, Place, Severity, Site, Span, Verdict},
    repo::{Ecosystem, FileKind, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: DockerignoreMissing = DockerignoreMissing;

pub(in crate::rules) struct DockerignoreMissing;

impl Rule for DockerignoreMissing {
    fn id(&self) -> &'static str {
        "dockerignore-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let (mut sites, mut fine) = (Vec::<Site>::new(), Vec::<Evidence>::new());
        for image in images(cx.repo, cx.facts.commands(cx.repo)) {
            let Some((copy, shipped)) = whole_copy(&image).filter(|_| !is_development(image.file)) else { continue };
            match judge(cx, &image, copy, shipped) {
                Judged::Bad(site) => sites.push(site),
                Judged::Good(evidence) => fine.push(evidence),
            }
        }
        sites.sort_by_key(|site| (site.place.clone(), site.severity.is_none(), site.severity));
        sites.dedup_by(|one, two| one.place == two.place);
        fine.dedup();
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("selective")).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("selective")).also_fine(fine).sites(total, ok)
    }
}

enum Judged {
    Bad(Site),
    Good(Evidence),
}

/// The instruction that copies the whole context, and whether its stage is the one that runs.
fn whole_copy<'r>(image: &Image<'r>) -> Option<(&'r Instruction, bool)> {
    let kept = kept_whole(image.dockerfile, image.stage);
    let shipped = |stage: &Stage| kept.iter().any(|kept| kept.index == stage.index);
    let mut stages = image.dockerfile.contributing(image.stage);
    stages.sort_by_key(|stage| !shipped(stage));
    stages.into_iter().find_map(|stage| {
        let copies = stage.instructions.iter().filter(|one| matches!(one.keyword.as_str(), "COPY" | "ADD"));
        let whole = copies.filter(|copy| copy.flag("from").is_none()).find(|copy| {
            copy.arguments.len() > 1
                && copy.arguments[..copy.arguments.len() - 1].iter().any(|word| is_whole(&word.text))
        })?;
        Some((whole, shipped(stage)))
    })
}

fn is_whole(word: &str) -> bool {
    matches!(word, "." | "./" | "*" | "/")
}

fn judge(cx: &Context<'_>, image: &Image<'_>, copy: &Instruction, shipped: bool) -> Judged {
    let told = contexts(cx.repo, cx.facts.commands(cx.repo), image.file);
    let folder = told.first().map_or_else(|| context_of(cx.repo, image.file), |context| context.folder.clone());
    let ignore = ignore(cx.repo, image.file, &folder);
    let place = image.place(copy.span);
    let secret = tracked_env(cx, &folder, &ignore).filter(|_| shipped);
    let bad = |place: Place, message: Message, severity: Option<Severity>| {
        let mut site = Site::new(place, message);
        site.severity = severity;
        site
    };
    let Some(file) = ignore.file else {
        return Judged::Bad(match secret {
            Some(path) => bad(place, Message::new("missing-secret").with("path", path.as_str()), Some(Severity::High)),
            None if shipped => bad(place, "missing".into(), None),
            None => bad(place, "missing-build".into(), Some(Severity::Low)),
        });
    };
    let first = Place::At(file, first_line(cx, file));
    if let Some(path) = secret {
        let site = bad(first, Message::new("open-secret").with("path", path.as_str()), Some(Severity::High));
        return Judged::Bad(site.related(place, "copy"));
    }
    let env = ignore.excludes(Utf8Path::new(".env")).is_none() && uses_env_file(cx, &folder);
    let wanted = wanted(cx, &folder);
    let (kept, open): (Vec<&str>, Vec<&str>) =
        wanted.into_iter().partition(|name| ignore.excludes(Utf8Path::new(*name)).is_some());
    if env && shipped {
        let what =
            std::iter::once(".env").chain(open.iter().copied()).map(|name| format!("`{name}`")).collect::<Vec<_>>();
        let site = bad(first, Message::new("open-env").with("what", what.join(", ")), None);
        return Judged::Bad(site.related(place, "copy"));
    }
    if !open.is_empty() {
        let what = open.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let site = bad(first, Message::new("open-mild").with("what", what), Some(Severity::Low));
        return Judged::Bad(site.related(place, "copy"));
    }
    let what = kept.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    Judged::Good(Evidence::At { place: first, note: Message::new("keeps").with("what", what) })
}

/// An environment file of the context that git tracks and the build takes in. Those of tests and examples hold
/// nothing of worth.
fn tracked_env(cx: &Context<'_>, folder: &Utf8Path, ignore: &Ignore) -> Option<Utf8PathBuf> {
    let repo = cx.repo;
    let files = repo.files_below(folder).iter().filter(|file| file.kind == FileKind::Env);
    let files = files.filter(|file| {
        let name = file.name();
        let public = ["test", "example", "sample", "ci", "template", "default", "development", "dev", "local"];
        !matches!(file.role, Role::Test | Role::Example | Role::Docs | Role::Vendored)
            && !name.split(['.', '-', '_']).any(|part| public.contains(&part))
    });
    files
        .filter(|file| repo.git().tracked(&file.path) == Some(true))
        .find(|file| file.path.strip_prefix(folder).is_ok_and(|path| ignore.excludes(path).is_none()))
        .map(|file| file.path.clone())
}

/// Whether whoever builds is likely to have an environment file in the context.
fn uses_env_file(cx: &Context<'_>, folder: &Utf8Path) -> bool {
    let repo = cx.repo;
    let here = |file: &&crate::repo::File| file.folder() == folder;
    let template = repo.of_kind(FileKind::EnvExample).any(|file| here(&file));
    let ignored =
        repo.of_kind(FileKind::Gitignore).filter(|file| here(file) || file.folder().as_str().is_empty()).any(|file| {
            repo.read(file.id)
                .is_ok_and(|text| text.lines().any(|line| line.trim().trim_start_matches('/').starts_with(".env")))
        });
    let library = repo.declared(&["dotenv", "python-dotenv", "pydantic-settings", "django-environ"]).is_some();
    template || ignored && library
}

/// What the context should keep out: the history, and the dependencies of what is built here.
fn wanted(cx: &Context<'_>, folder: &Utf8Path) -> Vec<&'static str> {
    let has = |ecosystem: Ecosystem| {
        cx.repo.manifests().iter().any(|manifest| manifest.ecosystem == ecosystem && manifest.folder == folder)
    };
    let mut wanted = vec![".git"];
    if has(Ecosystem::Npm) {
        wanted.push("node_modules");
    }
    // A context below the repository's root holds no history.
    if !folder.as_str().is_empty() {
        wanted.remove(0);
    }
    wanted
}

fn first_line(cx: &Context<'_>, file: crate::model::FileId) -> Span {
    let end = cx.repo.read(file).map_or(0, |text| text.lines().next().map_or(0, |line| line.trim_end().len()));
    Span::new(0, end)
}
