//! `debug-enabled-in-production`: what is deployed does not run in a mode for development.

mod code;
mod configuration;

use crate::{
    code::{Kind, NodeRef},
    facts::{
        Fact,
        images::{self, images},
    },
    model::{Confidence, Evidence, FileId, Observation, Place, Severity, Site, Tone, Verdict},
    repo::{FileKind, Repo, Role},
    rule::{Context, Out, Rule, Visit, Watch, site_of},
};

pub(in crate::rules) static RULE: DebugEnabledInProduction = DebugEnabledInProduction;

pub(in crate::rules) struct DebugEnabledInProduction;

/// Places that a pass names.
const SHOWN: usize = 5;

impl Rule for DebugEnabledInProduction {
    fn id(&self) -> &'static str {
        "debug-enabled-in-production"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call, Kind::Assignment, Kind::Property])
            .keywords(&[
                "debug=",
                "debug =",
                "debug:",
                "DEBUG",
                "echo=",
                "echo =",
                "errorhandler",
                "productionBrowserSourceMaps",
            ])
            .roles(&[Role::Source, Role::Config])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        code::observe(file, node, out);
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let served = cx.repo.components().iter().any(|component| component.kind.is_deployable());
        let mut sites = in_code(cx);
        sites.extend(configuration::sites(cx));
        sites.sort_by(|a, b| a.place.cmp(&b.place));
        sites.dedup_by(|a, b| a.place == b.place);
        let off = cx.seen.iter().filter(|seen| seen.message.key == "off");
        let mut fine: Vec<Evidence> =
            off.map(|seen| Evidence::At { place: seen.place.clone(), note: seen.message.clone() }).collect();
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        fine.truncate(SHOWN);
        if !sites.is_empty() {
            return Verdict::fail_or(sites, || Verdict::not_applicable("none")).also_fine(fine).sites(total, ok);
        }
        if !served {
            return Verdict::not_applicable("none");
        }
        let files = cx.files(Role::Source).filter(|file| file.language.is_some()).count();
        if files == 0 {
            return Verdict::not_applicable("none");
        }
        Verdict::pass_or(fine, || Verdict::pass(cx.searched("searched", files), [])).sites(total, ok)
    }
}

/// The sites of code, as far as the rest of the repository leaves them standing.
fn in_code(cx: &Context<'_>) -> Vec<Site> {
    let mut sites = Vec::new();
    for seen in cx.seen {
        let Some(file) = seen.place.file() else { continue };
        match seen.tone {
            Tone::Bad => {
                let kept = match seen.message.key.as_ref() {
                    "default" => !configuration::is_switched_off(cx.repo, &seen.key),
                    "settings" => !is_overridden(cx, file),
                    _ => true,
                };
                sites.extend(kept.then(|| site_of(seen)));
            }
            Tone::Note if seen.message.key == "started" => sites.extend(started(cx, file, seen)),
            _ => {}
        }
    }
    sites
}

/// Whether settings beside or below this file switch it off, or the file leaves the last word to others.
fn is_overridden(cx: &Context<'_>, file: FileId) -> bool {
    let folder = cx.repo.file(file).folder();
    let off = |seen: &Observation| {
        seen.message.key == "off" && seen.place.file().is_some_and(|other| cx.repo.file(other).path.starts_with(folder))
    };
    let text = cx.repo.read(file).unwrap_or_default();
    let hands_on =
        ["local_settings", "settings_local", "local import *", "overrides import", "exec(", "django_settings_override"]
            .iter()
            .any(|word| text.contains(word));
    hands_on || cx.seen.iter().any(off)
}

/// `app.run(debug=True)`, when something that is deployed starts this very file.
fn started(cx: &Context<'_>, file: FileId, seen: &Observation) -> Option<Site> {
    let by = starts(cx, file)?;
    let site = Site::new(seen.place.clone(), seen.message.clone()).severity(Severity::High);
    Some(site.confidence(Confidence::Likely).related(by, "start"))
}

/// Where an image or a platform starts `file` with Python.
fn starts(cx: &Context<'_>, file: FileId) -> Option<Place> {
    let path = &cx.repo.file(file).path;
    let named = |word: &str| {
        path.as_str().ends_with(word.trim_start_matches("./")) && word.ends_with(path.file_name().unwrap_or("?"))
    };
    let runs = |words: &[String]| {
        words.iter().any(|word| word.rsplit('/').next().is_some_and(|program| program.starts_with("python")))
            && words.iter().any(|word| named(word.trim_start_matches("/app/")))
    };
    let all = images(cx.repo, cx.facts.commands(cx.repo));
    let image = all
        .iter()
        .filter(|image| !images::is_development(image.file))
        .filter(|image| image.component.id == cx.repo.file(file).component || image.component.is_root())
        .filter_map(|image| image.launch(cx.repo))
        .find(|launch| runs(&launch.words));
    image.map(|launch| launch.place).or_else(|| in_procfile(cx.repo, &runs))
}

fn in_procfile(repo: &Repo, runs: &impl Fn(&[String]) -> bool) -> Option<Place> {
    let file = repo.of_kind(FileKind::Platform).find(|file| file.name() == "Procfile")?;
    let text = repo.read(file.id).ok()?;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        if line.starts_with("web") && runs(&words) {
            return Some(Place::At(file.id, crate::model::Span::new(start, start + line.trim_end().len())));
        }
        start += line.len();
    }
    None
}
