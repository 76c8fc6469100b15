//! `staging-environment-missing`: there is an environment between development and production.
//!
//! Only a repository that visibly deploys to production itself can be said to have none.

use crate::{
    facts::{
        Fact,
        deployment::{self, DeployWay},
        documents,
        pipelines::{Does, Target},
        rollout,
        tier::{self, Tier},
    },
    model::{Confidence, Evidence, Message, Place, Severity, Site, Verdict},
    repo::{File, FileKind},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: StagingEnvironmentMissing = StagingEnvironmentMissing;

pub(in crate::rules) struct StagingEnvironmentMissing;

impl Rule for StagingEnvironmentMissing {
    fn id(&self) -> &'static str {
        "staging-environment-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands, Fact::Pipelines]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if !cx.repo.components().iter().any(|component| component.kind.is_deployable()) {
            return Verdict::not_applicable("nothing-deployed");
        }
        let ways = deployment::ways(cx.repo, cx.facts.commands(cx.repo));
        if ways.is_empty() {
            return Verdict::not_applicable("no-way");
        }
        Verdict::pass_or(evidence(cx, &ways), || match production(cx, &ways) {
            Some(Found::Job(place)) => Verdict::fail(Site::new(place, "missing").confidence(Confidence::Likely), []),
            Some(Found::File(place)) => {
                // It may be for whoever runs the product elsewhere, who has environments of his own.
                let site = Site::new(place, "described").severity(Severity::Medium);
                Verdict::fail(site.confidence(Confidence::Guess), [])
            }
            None => Verdict::unknown("undecided"),
        })
    }
}

fn evidence(cx: &Context<'_>, ways: &[DeployWay]) -> Vec<Evidence> {
    let staged = rollout::staging(cx.repo).map(|place| Evidence::At { place, note: Message::new("staging") });
    let previews = ways.iter().find(|way| matches!(way.kind, "Vercel" | "Netlify" | "AWS Amplify"));
    let previews = previews.map(|way| Evidence::At {
        place: way.place.clone(),
        note: Message::new("previews").with("platform", way.kind),
    });
    let mut found: Vec<Evidence> = staged.into_iter().chain(previews).collect();
    let deployed = cx.facts.pipelines(cx.repo).iter().find_map(|pipeline| {
        let mut jobs = pipeline.jobs.iter().filter(|job| job.off.is_none());
        let act = jobs.find_map(|job| job.does(|act| act.does == Does::Deploy(Target::Staging)))?;
        Some(Evidence::At { place: pipeline.place(act.span), note: Message::new("staging") })
    });
    found.extend(deployed);
    if found.is_empty() {
        let said =
            |text: &str| text.contains("staging") || text.contains("preview environment") || text.contains("стейджинг");
        found.extend(documents::heading(cx.repo, said).map(|heading| Evidence::At {
            place: heading.place,
            note: Message::new("documented").with("heading", heading.text),
        }));
    }
    found
}

/// What deploys to production.
enum Found {
    Job(Place),
    File(Place),
}

/// Where the repository itself deploys to production: a job for it, or files that say so and a script that deploys.
fn production(cx: &Context<'_>, ways: &[DeployWay]) -> Option<Found> {
    let commands = cx.facts.commands(cx.repo);
    let own = rollout::own_actions(cx.repo, commands, ways);
    let says = |file: &File, text: &str| {
        let pages = text.contains("deploy-pages") || text.contains("gh-pages") || file.name().contains("docs");
        let runs = matches!(file.kind, FileKind::Workflow | FileKind::GitlabCi | FileKind::Shell);
        runs && !pages
            && (tier::of_path(&file.path) == Tier::Production || text.contains("production") || text.contains("prod "))
    };
    let by_action = rollout::first_in_file(cx.repo, own, says);
    by_action.map(Found::Job).or_else(|| {
        let files = cx.repo.files().iter().filter(|file| file.role.is_operational());
        files
            .filter(|file| matches!(file.kind, FileKind::Compose | FileKind::Kubernetes | FileKind::HelmValues))
            .find(|file| tier::of_path(&file.path) == Tier::Production && !file.path.as_str().contains("example"))
            .map(|file| Found::File(Place::File(file.id)))
    })
}
