//! `rollback-script-stub`: what is called rollback or restore can bring something back.

use std::collections::BTreeMap;

use crate::{
    facts::{
        Fact,
        commands::{CommandUse, Stage},
    },
    model::{Evidence, FileId, Message, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: RollbackScriptStub = RollbackScriptStub;

pub(in crate::rules) struct RollbackScriptStub;

impl Rule for RollbackScriptStub {
    fn id(&self) -> &'static str {
        "rollback-script-stub"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let commands = cx.facts.commands(cx.repo);
        let mut scripts: BTreeMap<(FileId, &str), Vec<&CommandUse>> = BTreeMap::new();
        for used in commands.iter().filter(|used| used.role.is_operational() && is_named(used)) {
            scripts.entry((used.file, used.name.as_str())).or_default().push(used);
        }
        let mut sites: Vec<Site> =
            commands.iter().filter(|used| used.role.is_operational()).filter_map(invented).collect();
        let mut fine = Vec::new();
        for ((_, name), script) in scripts {
            let works = script.iter().find(|used| has_effect(used));
            match works {
                Some(used) if invented(used).is_none() => {
                    fine.push(Evidence::At { place: used.place(), note: Message::new("works").with("name", name) });
                }
                Some(_) => {}
                None => sites.extend(
                    script
                        .last()
                        .map(|last| Site::new(last.place(), Message::new("stub").with("name", name)).key(name)),
                ),
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("no-script")).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-script")).also_fine(fine).sites(total, ok)
    }
}

fn is_named(used: &CommandUse) -> bool {
    let name = used.name.to_ascii_lowercase().replace("roll-back", "rollback").replace("roll_back", "rollback");
    let parts = name.split(|char: char| !char.is_alphanumeric());
    matches!(used.stage, Stage::ShellScript | Stage::PackageScript | Stage::Make)
        && parts.into_iter().any(|part| matches!(part, "rollback" | "restore" | "revert"))
}

/// Programs that look, ask, print or set up, and bring nothing back.
const HARMLESS: [&str; 26] = [
    "echo", "printf", "exit", "true", "false", ":", "set", "read", "test", "[", "[[", "cd", "date", "sleep", "local",
    "return", "export", "source", ".", "shift", "cat", "command", "which", "tput", "shopt", "trap",
];

fn has_effect(used: &CommandUse) -> bool {
    let Some(program) = used.command.program() else { return false };
    let writes = used.command.redirects.iter().any(|redirect| {
        redirect.operator.starts_with('>')
            && !redirect.target.text.starts_with("/dev/")
            && !redirect.target.text.starts_with('&')
    });
    !used.command.context.substitution
        && (!HARMLESS.contains(&program.name) || (writes && program.name == "cat"))
        && (program.name != "echo" || writes)
}

/// Subcommands that the tool does not have.
fn invented(used: &CommandUse) -> Option<Site> {
    let program = used.command.program()?;
    let words: Vec<&str> = program.arguments.iter().map(|word| word.text.as_str()).collect();
    let (first, second) = (words.first().copied().unwrap_or_default(), words.get(1).copied().unwrap_or_default());
    let back = ["down", "rollback", "revert", "undo"];
    let command = match program.name {
        "prisma" if first == "migrate" && back.contains(&second) => format!("prisma migrate {second}"),
        "drizzle-kit" if back.contains(&first) => format!("drizzle-kit {first}"),
        "typeorm" | "typeorm-ts-node-commonjs" | "typeorm-ts-node-esm"
            if matches!(first, "migration:rollback" | "migration:down" | "migration:undo") =>
        {
            format!("typeorm {first}")
        }
        "alembic" if matches!(first, "rollback" | "down" | "revert") => format!("alembic {first}"),
        _ => return None,
    };
    let message = Message::new("invented").with("command", command.as_str());
    Some(Site::new(used.place(), message).key(command))
}
