//! `queue-name-mismatch`: a queue that jobs are added to is one that somebody empties.

use crate::{
    facts::{
        Fact,
        processes::queues::{consumers, producers},
    },
    model::{Confidence, Evidence, Message, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: QueueNameMismatch = QueueNameMismatch;

pub(in crate::rules) struct QueueNameMismatch;

impl Rule for QueueNameMismatch {
    fn id(&self) -> &'static str {
        "queue-name-mismatch"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Processes, Fact::Environment]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let consumers = consumers(cx.repo, cx.facts);
        let producers = producers(cx.repo, cx.facts);
        let Some(first) = consumers.first().filter(|_| !producers.is_empty()) else {
            return Verdict::not_applicable("one-side");
        };
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        let open = consumers.iter().any(|consumer| consumer.name.is_none());
        for producer in &producers {
            let note = |key: &'static str| Message::new(key).with("name", producer.name);
            if let Some(consumer) = consumers.iter().find(|consumer| consumer.name.as_deref() == Some(producer.name)) {
                fine.push(Evidence::At { place: consumer.place(), note: note("meets") });
            } else if !open && !is_set_aside(producer.name) {
                let label = match &first.variable {
                    Some(variable) => Message::new("empties-default").with("variable", variable.as_str()),
                    None => Message::new("empties"),
                };
                let label = label.with("name", first.name.as_deref().unwrap_or_default());
                let site = Site::new(producer.place(), note("unserved")).key(producer.name);
                sites.push(site.related(first.place(), label).confidence(Confidence::Likely));
            }
        }
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::unknown("open"));
        }
        Verdict::fail_or(sites, || Verdict::unknown("open")).also_fine(fine)
    }
}

/// A queue that keeps what failed is read by people.
fn is_set_aside(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["dead", "dlq", "fail"].iter().any(|part| name.contains(part))
}
