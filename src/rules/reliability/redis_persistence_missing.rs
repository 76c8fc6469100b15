//! `redis-persistence-missing`: a Redis that holds queues or sessions keeps its data over a restart.

use camino::Utf8Path;

use crate::{
    doc::Node,
    facts::{
        compose::{self, ComposeService},
        credentials::{
            datastores::{self, Datastore},
            services, stage,
        },
    },
    model::{Confidence, Evidence, Message, Place, Severity, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: RedisPersistenceMissing = RedisPersistenceMissing;

pub(in crate::rules) struct RedisPersistenceMissing;

/// Libraries that keep jobs or sessions in Redis.
const KEEPERS: [&str; 14] = [
    "bullmq",
    "bull",
    "bee-queue",
    "@nestjs/bullmq",
    "@nestjs/bull",
    "connect-redis",
    "agenda-redis",
    "celery",
    "rq",
    "django-rq",
    "arq",
    "dramatiq",
    "sidekiq",
    "resque",
];

impl Rule for RedisPersistenceMissing {
    fn id(&self) -> &'static str {
        "redis-persistence-missing"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let all = compose::services(cx.repo);
        let stages = stage::of_each(cx.repo, &all);
        let servers: Vec<&ComposeService<'_>> = all
            .iter()
            .filter(|service| {
                service.image.and_then(Node::as_str).and_then(datastores::of_image) == Some(Datastore::Redis)
                    && stages[&service.file.id].is_deployed()
            })
            .collect();
        if servers.is_empty() {
            return Verdict::not_applicable("no-redis");
        }
        let Some((keeper, declared)) = cx.repo.declared(&KEEPERS) else {
            return Verdict::not_applicable("cache");
        };
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        for server in servers {
            match judge(server) {
                Ok(evidence) => fine.push(evidence),
                Err((place, message)) => {
                    let message = message.with("name", server.name).with("keeper", keeper);
                    let site = Site::new(place, message).severity(Severity::Medium).confidence(Confidence::Likely);
                    sites.push(site.key(server.name).related(declared.clone(), "keeper"));
                }
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        Verdict::fail_or(sites, || Verdict::pass_or(fine, || Verdict::not_applicable("no-redis"))).sites(total, ok)
    }
}

fn judge(server: &ComposeService<'_>) -> Result<Evidence, (Place, Message)> {
    let at = |span| Place::At(server.file.id, span);
    let appends = services::option(server, "--appendonly").filter(|(value, _)| *value == "yes");
    let saves = services::option(server, "--save");
    let words = services::command_words(server);
    let configured =
        words.iter().find(|(word, _)| Utf8Path::new(word.trim_matches(['"', '\''])).extension() == Some("conf"));
    let Some(volume) = volume(server) else {
        return Err((server.place(), Message::new("no-volume")));
    };
    if let Some((_, span)) = appends {
        return Ok(Evidence::At { place: at(span), note: Message::new("append-only") });
    }
    if let Some((_, span)) = saves.filter(|(value, _)| value.is_empty()) {
        return Err((at(span), Message::new("switched-off")));
    }
    let place = configured.map_or(volume, |(_, span)| at(*span));
    Ok(Evidence::At { place, note: Message::new("volume") })
}

/// Where the folder with the data is mounted.
fn volume(server: &ComposeService<'_>) -> Option<Place> {
    let volumes = server.node.get("volumes").map(Node::items).unwrap_or_default();
    let data = volumes.iter().find(|volume| {
        let target = volume.text().and_then(|text| text.split(':').nth(1)).or_else(|| volume.get("target")?.text());
        target.is_some_and(|target| target.contains("/data"))
    });
    data.map(|node| Place::At(server.file.id, node.span))
}
