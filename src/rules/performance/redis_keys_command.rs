//! `redis-keys-command`: code that serves requests and jobs does not make Redis walk through all its keys.

use crate::{
    code::{Constant, Kind, Language, NodeRef, Role as NodeRole},
    facts::{
        Fact, compose,
        modules::ModuleFacts,
        tier::{self, Tier},
    },
    model::{Confidence, Message, Verdict},
    repo::{ComponentKind, Role},
    rule::{Context, Out, Rule, Visit, Watch},
    rules::observed,
};

pub(in crate::rules) static RULE: RedisKeysCommand = RedisKeysCommand;

pub(in crate::rules) struct RedisKeysCommand;

/// Packages whose clients speak to Redis.
const PACKAGES: &[&str] = &[
    "redis",
    "ioredis",
    "aioredis",
    "@upstash/redis",
    "@vercel/kv",
    "upstash_redis",
    "redis.asyncio",
    "flask_redis",
    "django_redis",
    "@nestjs-modules/ioredis",
    "@songkeys/nestjs-redis",
    "connect-redis",
    "rq",
];

impl Rule for RedisKeysCommand {
    fn id(&self) -> &'static str {
        "redis-keys-command"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Modules, Fact::Side]
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call]).keywords(&["redis", "Redis", "@vercel/kv", "django.core.cache"])
    }

    fn node(&self, file: &Visit<'_>, call: NodeRef<'_>, out: &mut Out<'_>) {
        if call.is_dev_only() || is_for_people(file) {
            return;
        }
        match command(file, call) {
            Some(Command::Keys) => {
                out.bad(file.place(call), "keys").confidence = Confidence::Likely;
            }
            Some(Command::Flush(name)) => {
                out.bad(file.place(call), Message::new("flush").with("name", name)).confidence = Confidence::Likely;
            }
            Some(Command::Scan(name)) => {
                out.good(file.place(call), Message::new("scan").with("name", name));
            }
            None => {}
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if cx.component.kind == ComponentKind::Cli || is_for_tests(cx) {
            return Verdict::not_applicable("no-redis");
        }
        let modules = cx.facts.modules(cx.repo);
        let speaks =
            |module: &ModuleFacts| module.imports.iter().any(|import| PACKAGES.contains(&import.module.as_str()));
        let files = cx.files(Role::Source).filter(|file| modules.file(file.id).is_some_and(speaks)).count();
        observed::judged(&observed::on_server(cx), || {
            if files == 0 {
                Verdict::not_applicable("no-redis")
            } else {
                Verdict::pass(cx.searched("searched", files), [])
            }
        })
    }
}

/// What a call asks of Redis.
enum Command<'t> {
    /// `KEYS pattern`.
    Keys,
    /// `FLUSHALL`, `FLUSHDB`.
    Flush(&'t str),
    /// `SCAN` in one of its forms.
    Scan(&'t str),
}

fn command<'t>(file: &Visit<'_>, call: NodeRef<'t>) -> Option<Command<'t>> {
    let name = call.callee_name()?;
    let kind = match name {
        "keys" => call.argument(0).filter(|pattern| is_pattern(*pattern)).map(|_| Command::Keys)?,
        "flushall" | "flushAll" | "flushdb" | "flushDb" | "flushDB" => Command::Flush(name),
        "scan" | "scanStream" | "scan_iter" | "scanIterator" | "ascan_iter" | "iter_keys" => Command::Scan(name),
        // `client.call('KEYS', pattern)`, `execute_command("KEYS", pattern)`, `sendCommand(['KEYS', pattern])`.
        "call" | "sendCommand" | "send_command" | "execute_command" => sent(call)?,
        _ => return None,
    };
    let receiver = call.receiver()?;
    let django = matches!(kind, Command::Keys | Command::Scan(_)) && is_django_cache(file, receiver);
    (django || speaks_redis(receiver)).then_some(kind)
}

fn sent(call: NodeRef<'_>) -> Option<Command<'_>> {
    let first = call.argument(0)?;
    let word = if first.is(Kind::Array) { first.child(NodeRole::Item)? } else { first };
    let word = Some(word).filter(|word| word.is(Kind::String))?.name();
    match word.to_ascii_uppercase().as_str() {
        "KEYS" => Some(Command::Keys),
        "FLUSHALL" | "FLUSHDB" => Some(Command::Flush(word)),
        "SCAN" => Some(Command::Scan(word)),
        _ => None,
    }
}

/// A pattern: a text, or what a name may hold. A method `keys` of one's own class takes something else.
fn is_pattern(argument: NodeRef<'_>) -> bool {
    match argument.constant() {
        Some(Constant::String(_)) => true,
        Some(_) => false,
        None => matches!(
            argument.kind(),
            Kind::String | Kind::Template | Kind::Identifier | Kind::Member | Kind::Binary | Kind::Call
        ),
    }
}

/// Whether what the method is called on is a client of Redis, by its name or by what it is made of.
fn speaks_redis(receiver: NodeRef<'_>) -> bool {
    let named = |node: NodeRef<'_>| {
        let text = node.text();
        text.len() < 200 && text.to_ascii_lowercase().contains("redis")
    };
    let module = |node: NodeRef<'_>| {
        node.api_path().is_some_and(|path| {
            let path = path.to_ascii_lowercase();
            path.contains("redis") || path.starts_with("@vercel/kv")
        })
    };
    if named(receiver) || module(receiver) {
        return true;
    }
    let makes = |made: NodeRef<'_>| made.child(NodeRole::Callee).is_some_and(|callee| named(callee) || module(callee));
    let made = receiver.resolved();
    made != receiver && makes(made) || field_values(receiver).any(makes)
}

/// What a class gives the field that `receiver` is: `this.client = getRedisClient()` for `this.client`.
fn field_values(receiver: NodeRef<'_>) -> impl Iterator<Item = NodeRef<'_>> {
    let own = receiver.is(Kind::Member)
        && receiver.child(NodeRole::Object).is_some_and(|object| matches!(object.text(), "this" | "self"));
    let class = receiver.enclosing_class().filter(|_| own);
    class
        .into_iter()
        .flat_map(NodeRef::descendants)
        .filter(|node| node.is(Kind::Assignment))
        .filter(move |given| given.child(NodeRole::Target).is_some_and(|target| target.text() == receiver.text()))
        .filter_map(|given| given.child(NodeRole::Value))
}

/// The cache of Django answers `keys` with a pattern only when `django-redis` is behind it.
fn is_django_cache(file: &Visit<'_>, receiver: NodeRef<'_>) -> bool {
    file.file.language == Some(Language::Python)
        && receiver.api_path().is_some_and(|path| path.starts_with("django.core.cache."))
}

/// A service that only Compose files for development and tests start.
fn is_for_tests(cx: &Context<'_>) -> bool {
    if cx.component.is_root() {
        return false;
    }
    let folder = cx.component.folder();
    let mut own = compose::services(cx.repo)
        .into_iter()
        .filter(|service| {
            service.build.as_ref().is_some_and(|build| build.context == *folder || build.dockerfile.starts_with(folder))
        })
        .peekable();
    own.peek().is_some() && own.all(|service| tier::of_path(&service.file.path) == Tier::Development)
}

/// Commands that a person runs by hand, and does not wait for while others do.
fn is_for_people(file: &Visit<'_>) -> bool {
    let parts = file.file.path.as_str().to_ascii_lowercase();
    parts.contains("management/commands/")
        || parts.split(['/', '.']).any(|part| matches!(part, "cli" | "scripts" | "seed" | "seeds" | "commands"))
}
