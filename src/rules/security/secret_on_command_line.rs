//! `secret-on-command-line`: passwords are not handed over as arguments, which every process on the host can read.

use crate::{
    code::shell::Word,
    facts::{
        Fact,
        commands::{CommandUse, Stage},
        tier::{self, Tier},
    },
    model::{Message, Severity, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: SecretOnCommandLine = SecretOnCommandLine;

pub(in crate::rules) struct SecretOnCommandLine;

impl Rule for SecretOnCommandLine {
    fn id(&self) -> &'static str {
        "secret-on-command-line"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let commands = cx.facts.commands(cx.repo);
        let scripts =
            || commands.iter().filter(|used| used.role.is_operational() && used.stage != Stage::PackageScript);
        if scripts().next().is_none() {
            return Verdict::not_applicable("no-scripts");
        }
        let sites: Vec<Site> = scripts()
            .filter(|used| tier::of_path(&cx.repo.file(used.file).path) != Tier::Development)
            .filter_map(|used| {
                let site = site(used)?;
                Some(if asks_person(cx, used) { site.severity(Severity::Low) } else { site })
            })
            .collect();
        let mut files: Vec<_> = scripts().map(|used| used.file).collect();
        files.sort();
        files.dedup();
        Verdict::fail_or(sites, || Verdict::pass(cx.searched("searched", files.len()), []))
    }
}

/// Whether the script waits for an answer, so that somebody runs it on a machine of his own.
fn asks_person(cx: &Context<'_>, used: &CommandUse) -> bool {
    let asks = |text: &str| {
        text.lines().any(|line| {
            let mut words = line.split_whitespace();
            words.any(|word| word == "read") && words.take(3).any(|word| word.starts_with('-') && word.ends_with('p'))
        })
    };
    used.stage == Stage::ShellScript && cx.repo.read(used.file).is_ok_and(|text| asks(&text))
}

/// Programs that take a password as an argument.
const CLIENTS: [&str; 16] = [
    "mysql",
    "mysqldump",
    "mysqladmin",
    "mariadb",
    "mariadb-dump",
    "mariadb-admin",
    "redis-cli",
    "valkey-cli",
    "sshpass",
    "mongodump",
    "mongorestore",
    "mongosh",
    "mongo",
    "curl",
    "docker",
    "podman",
];

fn site(used: &CommandUse) -> Option<Site> {
    let program = used.command.program()?;
    let carrier = matches!(program.name, "docker" | "docker-compose" | "podman" | "kubectl" | "ssh");
    let inner = program
        .arguments
        .iter()
        .position(|word| carrier && word.text != program.name && CLIENTS.contains(&word.text.as_str()));
    let (name, arguments) = match inner {
        Some(at) => (program.arguments[at].text.as_str(), &program.arguments[at + 1..]),
        None => (program.name, program.arguments),
    };
    let secret = handed_over(name, arguments)?;
    let message = Message::new("argument").with("program", name);
    let site = Site::new(crate::model::Place::At(used.file, secret.span), message).key(name);
    Some(match used.stage {
        // It takes the value out of its own arguments as soon as it has read them.
        _ if name == "curl" && used.stage != Stage::Workflow => site.severity(Severity::Low),
        Stage::Workflow => {
            Site { message: Message::new("runner").with("program", name), ..site }.severity(Severity::Low)
        }
        _ => site,
    })
}

/// The word that holds the secret.
fn handed_over<'w>(name: &str, arguments: &'w [Word]) -> Option<&'w Word> {
    let after = |options: &[&str]| {
        let at = arguments.iter().position(|word| options.contains(&word.text.as_str()))?;
        arguments.get(at + 1).filter(|word| !word.text.starts_with('-') && !word.text.is_empty())
    };
    let joined = |prefix: &str| {
        arguments.iter().find(|word| word.text.strip_prefix(prefix).is_some_and(|value| !value.is_empty()))
    };
    let login = || arguments.first().is_some_and(|word| word.text == "login");
    match name {
        "mysql" | "mysqldump" | "mysqladmin" | "mariadb" | "mariadb-dump" | "mariadb-admin" => joined("--password=")
            .or_else(|| {
                arguments.iter().find(|word| {
                    let value = word.text.strip_prefix("-p").unwrap_or_default();
                    value.starts_with('$')
                        || (!value.is_empty() && !value.starts_with("rotocol") && !value.starts_with('-'))
                })
            }),
        "redis-cli" | "valkey-cli" => after(&["-a", "--pass"]),
        "sshpass" => after(&["-p"]).or_else(|| joined("-p")),
        "mongodump" | "mongorestore" | "mongosh" | "mongo" => {
            after(&["-p", "--password"]).or_else(|| joined("--password="))
        }
        "docker" | "podman" if login() => after(&["-p", "--password"]).or_else(|| joined("--password=")),
        "curl" => {
            let user = after(&["-u", "--user"]).or_else(|| joined("--user="))?;
            let (_, password) = user.text.split_once(':')?;
            (!password.is_empty() && !password.starts_with(['-', '?', '+'])).then_some(user)
        }
        _ => None,
    }
}
