//! `capacity-setting-hardcoded`: how much a process does at once is set where it is deployed.

use crate::{
    code::{Kind, NodeRef},
    facts::{
        Fact, Visit, Watch,
        commands::{CommandUse, Stage},
        pools,
    },
    model::{Message, Site, Tone, Verdict},
    rule::{Context, Out, Rule, site_of},
};

pub(in crate::rules) static RULE: CapacitySettingHardcoded = CapacitySettingHardcoded;

pub(in crate::rules) struct CapacitySettingHardcoded;

impl Rule for CapacitySettingHardcoded {
    fn id(&self) -> &'static str {
        "capacity-setting-hardcoded"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call]).keywords(&["create_engine", "create_async_engine", "Pool", "postgres", "Worker"])
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn node(&self, file: &Visit<'_>, call: NodeRef<'_>, out: &mut Out<'_>) {
        let worker = call.callee_api().as_deref() == Some("bullmq.Worker");
        if !worker && pools::pool(call).is_none_or(|pool| pool.embedded || pool.library == pools::Library::Prisma)
            || call.is_dev_only()
        {
            return;
        }
        let names: &[&str] =
            if worker { &["concurrency"] } else { &["pool_size", "max", "connectionLimit", "max_overflow"] };
        for name in names {
            let options = call.positional().map(NodeRef::resolved).filter(|options| options.is(Kind::Object));
            let value = call.keyword(name).or_else(|| options.into_iter().find_map(|options| options.property(name)));
            let Some(value) = value else { continue };
            let message = Message::new("code").with("name", *name).with("value", value.text().trim());
            if value.is(Kind::Number) {
                out.bad(file.place(value), message);
            } else if value.text().to_ascii_lowercase().contains("env") || value.text().contains("settings") {
                out.good(file.place(value), Message::new("set").with("name", *name));
            }
            return;
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let mut sites: Vec<Site> = cx.seen.iter().filter(|seen| seen.tone == Tone::Bad).map(site_of).collect();
        let commands = cx.facts.commands(cx.repo).iter().filter(|used| cx.covers(used.file));
        sites.extend(commands.filter_map(of_command));
        sites.sort_by(|a, b| a.place.cmp(&b.place));
        let fine: Vec<_> = cx
            .seen
            .iter()
            .filter(|seen| seen.tone == Tone::Good)
            .map(|seen| crate::model::Evidence::At { place: seen.place.clone(), note: seen.message.clone() })
            .collect();
        Verdict::fail_or(sites, || Verdict::pass_or(fine.clone(), || Verdict::not_applicable("no-settings")))
            .also_fine(fine)
    }
}

/// A number of workers in the command that starts a container or a platform's process. One worker per process is what
/// an orchestrator multiplies.
fn of_command(used: &CommandUse) -> Option<Site> {
    if !matches!(used.stage, Stage::ContainerStart | Stage::PlatformStart) {
        return None;
    }
    let text = used.text();
    let words: Vec<&str> = text.split_whitespace().collect();
    let server = words.iter().position(|word| {
        matches!(
            word.rsplit('/').next(),
            Some("gunicorn" | "uvicorn" | "hypercorn" | "granian" | "celery" | "pm2-runtime" | "pm2")
        )
    })?;
    let program = words[server].rsplit('/').next().unwrap_or_default();
    let flags: &[&str] = match program {
        "celery" => &["--concurrency", "-c"],
        "pm2" | "pm2-runtime" => &["-i", "--instances"],
        _ => &["--workers", "-w"],
    };
    let rest = &words[server + 1..];
    let (name, value) = rest.iter().enumerate().find_map(|(index, word)| match word.split_once('=') {
        Some((name, value)) => flags.contains(&name).then_some((name, value)),
        None => flags.contains(word).then(|| Some((*word, *rest.get(index + 1)?))).flatten(),
    })?;
    let many = value.parse::<u32>().is_ok_and(|value| value > 1);
    let message = Message::new("command").with("name", name).with("value", value).with("program", program);
    many.then(|| Site::new(used.place(), message))
}
