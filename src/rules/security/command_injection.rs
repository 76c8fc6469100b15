//! `command-injection`: no shell reads what a client sent.

use crate::{
    code::{Kind, NodeRef, Role},
    facts::{
        Fact, Visit, Watch,
        request_flow::{self, Origin},
    },
    model::{Arg, Confidence, Evidence, Message, Observation, Place, Site, Tone, Verdict},
    repo::ComponentKind,
    rule::{Context, Out, Rule},
    rules::observed,
};

pub(in crate::rules) static RULE: CommandInjection = CommandInjection;

pub(in crate::rules) struct CommandInjection;

/// Places that a pass names.
const SHOWN: usize = 5;

impl Rule for CommandInjection {
    fn id(&self) -> &'static str {
        "command-injection"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call]).keywords(&[
            "child_process",
            "subprocess",
            "os.system",
            "os.popen",
            "from os",
            "execa",
            "shelljs",
        ])
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Side, Fact::Modules, Fact::Queries]
    }

    fn node(&self, file: &Visit<'_>, call: NodeRef<'_>, out: &mut Out<'_>) {
        let served = matches!(
            file.repo.component_of(file.file.id).kind,
            ComponentKind::HttpService | ComponentKind::WebApp | ComponentKind::Worker
        );
        let Some(starts) = starts(call).filter(|_| served && !call.is_dev_only()) else { return };
        let place = file.place(call);
        let name = call.child(Role::Callee).map_or("", NodeRef::text);
        let say = |key: &'static str| Message::new(key).with("call", name);
        let Starts::Shell(command) = starts else {
            out.good(place, say("list"));
            return;
        };
        if command.constant().is_some() {
            out.good(place, say("constant"));
            return;
        }
        match request_flow::tainted(command, |part| !is_quoted(part)) {
            Some((part, Origin::Request)) => {
                out.bad(place, say("request").with("value", part.text())).confidence = Confidence::Likely;
            }
            Some((part, Origin::Parameter { function, index })) => {
                let message = say("parameter")
                    .with("value", part.text())
                    .count("function", function as usize)
                    .count("index", index);
                out.note(place, message);
            }
            None => {
                out.note(place, say("open"));
            }
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let seen: Vec<&Observation> = observed::on_server(cx);
        let (mut sites, mut open) = (Vec::new(), 0);
        for seen in &seen {
            match (seen.tone, &seen.place) {
                (Tone::Bad, _) => sites.push(crate::rule::site_of(seen)),
                (Tone::Note, Place::At(file, _)) => {
                    let (function, index) = (number(seen, "function"), number(seen, "index"));
                    let handed = function.zip(index).and_then(|(function, index)| {
                        request_flow::handed(cx.repo, cx.facts, *file, u32::try_from(function).ok()?, index)
                    });
                    match handed {
                        Some(from) => sites.push(
                            Site::new(
                                seen.place.clone(),
                                Message { key: "handed".into(), args: seen.message.args.clone() },
                            )
                            .confidence(Confidence::Likely)
                            .related(from, "from"),
                        ),
                        None => open += 1,
                    }
                }
                _ => {}
            }
        }
        let fine: Vec<Evidence> = seen
            .iter()
            .filter(|seen| seen.tone == Tone::Good)
            .take(SHOWN)
            .map(|seen| Evidence::At { place: seen.place.clone(), note: seen.message.clone() })
            .collect();
        if sites.is_empty() && open > 0 {
            return Verdict::unknown(Message::new("unclear").count("n", open));
        }
        Verdict::fail_or(sites, || Verdict::pass_or(fine, || Verdict::not_applicable("no-processes")))
    }
}

fn number(seen: &Observation, name: &str) -> Option<usize> {
    seen.message.args.iter().find(|(key, _)| key == name).and_then(|(_, arg)| match arg {
        Arg::Count(count) => usize::try_from(*count).ok(),
        Arg::Text(_) => None,
    })
}

enum Starts<'t> {
    /// A shell reads this text.
    Shell(NodeRef<'t>),
    /// The program gets its arguments one by one.
    Program,
}

fn starts(call: NodeRef<'_>) -> Option<Starts<'_>> {
    let api = call.callee_api().unwrap_or_default();
    let (module, name) = api.rsplit_once('.').unwrap_or(("", api.as_str()));
    let first = call.argument(0).or_else(|| call.keyword("args"))?;
    let by_shell = |yes: bool| Some(if yes { Starts::Shell(first) } else { Starts::Program });
    match (module.trim_start_matches("node:"), name) {
        ("child_process", "exec" | "execSync")
        | ("os", "system" | "popen")
        | ("subprocess", "getoutput" | "getstatusoutput")
        | ("shelljs", "exec")
        | ("asyncio", "create_subprocess_shell") => by_shell(true),
        ("child_process", "spawn" | "spawnSync" | "execFile" | "execFileSync") => by_shell(has_shell(call)),
        ("subprocess", "run" | "call" | "Popen" | "check_output" | "check_call") => {
            let shell = call.keyword("shell");
            // A setting may say that a shell reads it; what is listed is read word by word all the same.
            let perhaps = shell.is_some_and(|shell| shell.constant().is_none()) && !first.resolved().is(Kind::Array);
            by_shell(perhaps || shell.and_then(NodeRef::constant).is_some_and(|shell| shell.is_truthy()))
        }
        _ => {
            // `const run = promisify(exec)`
            let made = call.child(Role::Callee)?.resolved();
            let wrapped = made.is(Kind::Call) && made.callee_name() == Some("promisify");
            let inner = wrapped.then(|| made.argument(0)).flatten().and_then(NodeRef::api_path)?;
            match inner.trim_start_matches("node:") {
                "child_process.exec" => by_shell(true),
                "child_process.execFile" => by_shell(has_shell(call)),
                _ => None,
            }
        }
    }
}

fn has_shell(call: NodeRef<'_>) -> bool {
    call.positional()
        .skip(1)
        .map(NodeRef::resolved)
        .filter(|argument| argument.is(Kind::Object))
        .any(|options| options.property("shell").and_then(NodeRef::constant).is_some_and(|shell| shell.is_truthy()))
}

/// Quoted for a shell, or a number.
fn is_quoted(part: NodeRef<'_>) -> bool {
    let value = part.resolved();
    value.is(Kind::Call)
        && value.callee_name().is_some_and(|name| {
            let name = name.to_ascii_lowercase();
            ["quote", "escape", "parseint", "number", "int", "uuid"].iter().any(|word| name.contains(word))
        })
}
