//! `runtime-version-mismatch`: images and pipelines provide the version of a language that the project asks for.

use std::collections::BTreeMap;

use crate::{
    facts::{
        Fact,
        images::images,
        pipelines::Does,
        runtimes::{
            By, Provided, Required, Runtime, provided,
            range::{Standing, standing},
            required, varied,
        },
    },
    model::{ComponentId, Confidence, Evidence, Message, Place, Severity, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: RuntimeVersionMismatch = RuntimeVersionMismatch;

pub(in crate::rules) struct RuntimeVersionMismatch;

impl Rule for RuntimeVersionMismatch {
    fn id(&self) -> &'static str {
        "runtime-version-mismatch"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands, Fact::Pipelines]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let images = images(cx.repo, cx.facts.commands(cx.repo));
        let (required, provided) = (required(cx.repo), provided(cx.repo, &images));
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        for one in &provided {
            if let Some(asked) = asked_of(cx, &required, one) {
                compare(one, asked, &mut sites, &mut fine);
            }
        }
        drifts(cx, &provided, &mut sites, &mut fine);
        sites.sort_by(|a: &Site, b: &Site| (&a.place, a.severity).cmp(&(&b.place, b.severity)));
        sites.dedup_by(|a, b| a.place == b.place);
        fine.retain(
            |evidence| !matches!(evidence, Evidence::At { place, .. } if sites.iter().any(|site| site.place == *place)),
        );
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("nothing")).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("nothing")).also_fine(fine).sites(total, ok)
    }
}

/// What is asked of the runtime that `one` provides: by its own component, by one around it, or by the only manifest
/// that asks at all. Requests by a manifest come before those of a version manager.
fn asked_of<'r>(cx: &Context<'_>, required: &'r [Required], one: &Provided) -> Option<&'r Required> {
    let all: Vec<&Required> = required.iter().filter(|asked| asked.runtime == one.runtime).collect();
    let of = |component: ComponentId| {
        let mut own: Vec<&&Required> = all.iter().filter(|asked| asked.component == component).collect();
        own.sort_by_key(|asked| asked.pin);
        own.first().map(|asked| **asked)
    };
    let several = |list: &[&Required]| list.iter().any(|asked| asked.component != list[0].component);
    // A pipeline lies in the root and runs everything.
    if one.by == By::Pipeline {
        return if all.is_empty() || several(&all) { None } else { of(all[0].component) };
    }
    let folder = cx.repo.component(one.component).folder().to_owned();
    let around = folder.ancestors().filter_map(|folder| {
        cx.repo.components().iter().find(|component| component.folder() == folder).map(|component| component.id)
    });
    around
        .chain([ComponentId::ROOT])
        .find_map(of)
        .or_else(|| if all.is_empty() || several(&all) { None } else { of(all[0].component) })
}

fn compare(one: &Provided, asked: &Required, sites: &mut Vec<Site>, fine: &mut Vec<Evidence>) {
    let say = |key: &'static str| {
        Message::new(key)
            .with("runtime", one.runtime.name())
            .with("given", one.text.as_str())
            .with("asked", asked.text.as_str())
    };
    let (key, severity) = match (standing(one.version, &asked.range), one.by) {
        (Standing::Inside, _) => {
            fine.push(Evidence::At { place: one.place.clone(), note: say("fine") });
            return;
        }
        // A version manager's file follows the machine of whoever wrote it; only a whole release below counts.
        (Standing::Below, _) if asked.pin && same_release(one, asked) => return,
        (Standing::Below, By::Pipeline) => ("pipeline-below", Severity::Medium),
        (Standing::Below, _) => ("below", Severity::High),
        (Standing::Above, _) => ("above", Severity::Medium),
    };
    let site = Site::new(one.place.clone(), say(key)).severity(severity).key(one.runtime.name());
    sites.push(site.related(asked.place.clone(), "asked"));
}

fn same_release(one: &Provided, asked: &Required) -> bool {
    let numbers = one.runtime.numbers();
    asked.range.0.iter().any(|interval| interval.low[..numbers] == one.version.low[..numbers])
}

/// Whether the job that installs the runtime runs tests.
fn tests(cx: &Context<'_>, one: &Provided) -> bool {
    let Place::At(file, span) = one.place else { return false };
    cx.facts.pipelines(cx.repo).iter().filter(|pipeline| pipeline.file == file).any(|pipeline| {
        let mut jobs = pipeline.jobs.iter().filter(|job| job.span.contains(span));
        jobs.any(|job| job.does(|act| act.does == Does::Test).is_some())
    })
}

/// Pipelines that test with a release that no image runs.
fn drifts(cx: &Context<'_>, provided: &[Provided], sites: &mut Vec<Site>, fine: &mut Vec<Evidence>) {
    let varied = varied(cx.repo);
    let mut runtimes: BTreeMap<Runtime, (Vec<&Provided>, Vec<&Provided>)> = BTreeMap::new();
    for one in provided {
        let groups = runtimes.entry(one.runtime).or_default();
        match one.by {
            By::Image => groups.0.push(one),
            // What builds something else, or tries several releases, says nothing about the image.
            By::Pipeline if tests(cx, one) && !varied.contains(&one.runtime) => groups.1.push(one),
            By::Pipeline | By::Platform => {}
        }
    }
    for (runtime, (images, pipelines)) in runtimes {
        let release = |one: &Provided| one.version.low[..runtime.numbers()].to_vec();
        let said = |one: &&&Provided| one.text.split('.').count() >= runtime.numbers();
        let (images, pipelines): (Vec<&&Provided>, Vec<&&Provided>) =
            (images.iter().filter(said).collect(), pipelines.iter().filter(said).collect());
        let (Some(image), Some(pipeline)) = (images.first(), pipelines.first()) else { continue };
        let one_image = images.iter().all(|other| release(other) == release(image));
        let one_pipeline = pipelines.iter().all(|other| release(other) == release(pipeline));
        if !one_image || !one_pipeline {
            continue;
        }
        let say = |key: &'static str| {
            Message::new(key)
                .with("runtime", runtime.name())
                .with("given", pipeline.text.as_str())
                .with("image", image.text.as_str())
        };
        if release(image) == release(pipeline) {
            fine.push(Evidence::At { place: pipeline.place.clone(), note: say("same") });
        } else {
            let site = Site::new(pipeline.place.clone(), say("drift"))
                .severity(Severity::Medium)
                .key(runtime.name())
                .confidence(Confidence::Guess);
            sites.push(site.related(image.place.clone(), "image"));
        }
    }
}
