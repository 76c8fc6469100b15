//! `tls-verification-disabled`: certificates of other services are checked.

use crate::{
    code::{Flags, Kind, NodeRef, Role as NodeRole},
    facts::{
        Fact,
        commands::{CommandUse, Stage},
        compose,
        tier::{self, Tier},
    },
    model::{Message, Place, Severity, Site, Tone, Verdict},
    repo::{FileKind, Role},
    rule::{Context, Out, Rule, Visit, Watch, site_of},
};

pub(in crate::rules) static RULE: TlsVerificationDisabled = TlsVerificationDisabled;

pub(in crate::rules) struct TlsVerificationDisabled;

/// Nodes of a function that are looked at.
const STEPS: usize = 2000;

impl Rule for TlsVerificationDisabled {
    fn id(&self) -> &'static str {
        "tls-verification-disabled"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Property, Kind::Assignment, Kind::Call]).keywords(&[
            "rejectUnauthorized",
            "NODE_TLS_REJECT_UNAUTHORIZED",
            "verify",
            "CERT_NONE",
            "unverified_context",
            "ssl",
        ])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        let script = file.file.language.is_some_and(crate::code::Language::is_script);
        let found = if script { in_script(file, node) } else { in_python(node) };
        let Some(setting) = found else { return };
        let judged = || is_set_later(node) || looks_itself(node);
        if !node.is_dev_only() && !is_chosen(node) && !asks_itself(file) && !judged() {
            out.bad(file.place(node), Message::new("code").with("setting", setting));
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let code = cx.files(Role::Source).filter(|file| file.language.is_some()).count();
        let commands: Vec<&CommandUse> = cx
            .facts
            .commands(cx.repo)
            .iter()
            .filter(|used| used.role.is_operational() && used.stage != Stage::PackageScript)
            .filter(|used| tier::of_path(&cx.repo.file(used.file).path) != Tier::Development)
            .collect();
        let mut sites: Vec<Site> = cx.seen.iter().filter(|seen| seen.tone == Tone::Bad).map(site_of).collect();
        sites.extend(commands.iter().filter_map(|used| in_command(used)));
        sites.extend(in_environment(cx));
        if code == 0 && sites.is_empty() {
            return Verdict::not_applicable("no-code");
        }
        Verdict::fail_or(sites, || Verdict::pass(cx.searched("searched", code + commands.len()), []))
    }
}

fn in_script(file: &Visit<'_>, node: NodeRef<'_>) -> Option<&'static str> {
    let value = node.child(NodeRole::Value)?;
    match node.kind() {
        Kind::Property if node.name() == "rejectUnauthorized" => {
            (value.is(Kind::Boolean) && value.name() == "false" && !is_database(file, node))
                .then_some("rejectUnauthorized: false")
        }
        Kind::Assignment => {
            let target = node.child(NodeRole::Target)?;
            let off =
                matches!(value.constant_str().as_deref(), Some("0")) || value.is(Kind::Number) && value.name() == "0";
            (off && target.path()? == "process.env.NODE_TLS_REJECT_UNAUTHORIZED")
                .then_some("NODE_TLS_REJECT_UNAUTHORIZED = 0")
        }
        _ => None,
    }
}

/// Connections to databases are `db-ssl-not-enforced`'s.
fn is_database(file: &Visit<'_>, node: NodeRef<'_>) -> bool {
    let below = node
        .ancestors()
        .take(8)
        .find(|above| above.is(Kind::Property))
        .is_some_and(|option| matches!(option.name(), "ssl" | "tls" | "dialectOptions"));
    let text = file.text.to_ascii_lowercase();
    let speaks = [
        "postgres",
        "sequelize",
        "typeorm",
        "mysql",
        "knex",
        "drizzle",
        "prisma",
        "mongo",
        "redis",
        "database",
        "\"pg\"",
        "'pg'",
    ];
    below && speaks.iter().any(|word| text.contains(word))
}

/// Callees whose keyword `verify` is about certificates.
const PYTHON_CLIENTS: [&str; 9] = ["get", "post", "put", "patch", "delete", "head", "request", "Client", "AsyncClient"];

fn in_python(node: NodeRef<'_>) -> Option<&'static str> {
    match node.kind() {
        Kind::Property if node.has(Flags::KEYWORD) => {
            let value = node
                .child(NodeRole::Value)
                .filter(|value| value.is(Kind::Boolean) && value.name() == "False" || value.name() == "false")?;
            let call = node.parent().filter(|call| call.is(Kind::Call) && value.is(Kind::Boolean))?;
            let callee = call.callee_name()?;
            match node.name() {
                "verify" => PYTHON_CLIENTS.contains(&callee).then_some("verify=False"),
                "verify_ssl" => {
                    (PYTHON_CLIENTS.contains(&callee) || callee == "TCPConnector").then_some("verify_ssl=False")
                }
                "ssl" => (callee == "TCPConnector").then_some("ssl=False"),
                _ => None,
            }
        }
        Kind::Assignment => {
            let target = node.child(NodeRole::Target).filter(|target| target.is(Kind::Member))?;
            let value = node.child(NodeRole::Value)?;
            match target.name() {
                "verify_mode" => (value.path()? == "ssl.CERT_NONE").then_some("ssl.CERT_NONE"),
                "_create_default_https_context" => {
                    (value.path()? == "ssl._create_unverified_context").then_some("ssl._create_unverified_context")
                }
                "verify" => {
                    let session = target.child(NodeRole::Object)?.text().to_ascii_lowercase();
                    (session.contains("session") && value.is(Kind::Boolean) && value.name() == "false")
                        .then_some("verify = False")
                }
                _ => None,
            }
        }
        Kind::Call => {
            (node.callee_api()? == "ssl._create_unverified_context").then_some("ssl._create_unverified_context")
        }
        _ => None,
    }
}

/// A program of its own that only asks the service beside it whether it is well.
fn asks_itself(file: &Visit<'_>) -> bool {
    let stem = file.file.path.file_stem().unwrap_or_default().to_ascii_lowercase().replace(['-', '_', '.'], "");
    stem.contains("healthcheck")
}

/// Whether the same attribute is set again in a branch below: `CERT_NONE` is where the modes begin, and the one that
/// the operator chose decides.
fn is_set_later(node: NodeRef<'_>) -> bool {
    let Some(target) = node.child(NodeRole::Target).filter(|target| target.is(Kind::Member)) else { return false };
    let Some(function) = node.enclosing_function() else { return false };
    function.descendants().take(STEPS).any(|other| {
        other.is(Kind::Assignment)
            && other.span().start > node.span().end
            && other.child(NodeRole::Target).is_some_and(|again| again.text() == target.text())
            && other
                .child(NodeRole::Value)
                .is_some_and(|value| matches!(value.name(), "CERT_REQUIRED" | "CERT_OPTIONAL"))
    })
}

/// Whether the function looks at the certificate or at the result of its check itself, as a tool does that tells what
/// is wrong with it: `socket.authorized`.
fn looks_itself(node: NodeRef<'_>) -> bool {
    let outermost = node.ancestors().filter(|above| above.is(Kind::Function)).last();
    outermost.is_some_and(|function| {
        let mut nodes = function.descendants().take(STEPS).filter(|inner| inner.is(Kind::Member));
        nodes.any(|inner| matches!(inner.name(), "authorized" | "authorizationError"))
    })
}

/// Whether a setting decides: a condition around the place speaks of it.
fn is_chosen(node: NodeRef<'_>) -> bool {
    node.ancestors().take(16).any(|above| {
        let condition = match above.kind() {
            Kind::If | Kind::Conditional | Kind::Case => above.child(NodeRole::Condition),
            Kind::Logical => above.child(NodeRole::Left),
            _ => None,
        };
        condition.is_some_and(|condition| {
            let text = condition.text().to_ascii_lowercase();
            [
                "insecure",
                "ignore",
                "verify",
                "selfsigned",
                "self_signed",
                "skip",
                "allow",
                "tls",
                "ssl",
                "unauthorized",
                "cert",
                "local",
                "dev",
            ]
            .iter()
            .any(|word| text.contains(word))
        })
    })
}

/// `curl -k`, `wget --no-check-certificate` and their kin, of a host elsewhere.
fn in_command(used: &CommandUse) -> Option<Site> {
    let program = used.command.program()?;
    let has = |options: &[&str]| program.arguments.iter().find(|word| options.contains(&word.text.as_str()));
    let word = match program.name {
        "curl" => has(&["--insecure"]).or_else(|| {
            program.arguments.iter().find(|word| {
                let letters =
                    word.text.strip_prefix('-').filter(|letters| !letters.starts_with('-') && letters.len() <= 6);
                letters.is_some_and(|letters| {
                    letters.contains('k') && letters.chars().all(|letter| "fsSLkvIiOgG".contains(letter))
                })
            })
        }),
        "wget" => has(&["--no-check-certificate"]),
        _ => None,
    }?;
    let inside = program.arguments.iter().any(|word| {
        ["localhost", "127.0.0.1", "0.0.0.0", "[::1]", "kubernetes.default", "169.254."]
            .iter()
            .any(|host| word.text.contains(host))
    });
    if inside {
        return None;
    }
    let message = Message::new("command").with("program", program.name).with("option", word.text.as_str());
    Some(Site::new(Place::At(used.file, word.span), message).severity(Severity::Medium))
}

/// `NODE_TLS_REJECT_UNAUTHORIZED=0` in variables of a deployed environment.
fn in_environment(cx: &Context<'_>) -> Vec<Site> {
    let off = |name: &str, value: &str| {
        matches!(name, "NODE_TLS_REJECT_UNAUTHORIZED" | "PYTHONHTTPSVERIFY") && value == "0"
            || name == "GIT_SSL_NO_VERIFY" && matches!(value, "1" | "true")
    };
    let mut sites = Vec::new();
    for file in cx.repo.files() {
        if !file.role.is_operational() || tier::of_path(&file.path) == Tier::Development {
            continue;
        }
        if file.kind == FileKind::Env {
            let documents = cx.repo.doc(file.id).into_iter().flat_map(|doc| &doc.documents);
            for (path, node) in documents.flat_map(crate::doc::Node::walk) {
                let (Some(name), Some(value)) = (path.last_key(), node.text()) else { continue };
                if off(name, value) {
                    sites.push(Site::new(Place::At(file.id, node.span), Message::new("variable").with("name", name)));
                }
            }
        }
        if file.kind == FileKind::Dockerfile {
            let Some(dockerfile) = cx.repo.dockerfile(file.id) else { continue };
            for instruction in dockerfile.stages.iter().flat_map(|stage| stage.all("ENV")) {
                let name = ["NODE_TLS_REJECT_UNAUTHORIZED", "PYTHONHTTPSVERIFY"].into_iter().find(|name| {
                    instruction.arguments.iter().any(|word| {
                        word.text
                            .split_once('=')
                            .is_some_and(|(key, value)| key == *name && value.trim_matches('"') == "0")
                    })
                });
                if let Some(name) = name {
                    sites.push(Site::new(
                        Place::At(file.id, instruction.span),
                        Message::new("variable").with("name", name),
                    ));
                }
            }
        }
    }
    for service in
        compose::services(cx.repo).iter().filter(|service| tier::of_path(&service.file.path) != Tier::Development)
    {
        let Some(environment) = service.node.get("environment") else { continue };
        for (path, node) in environment.walk() {
            let Some(text) = node.text() else { continue };
            let (name, value) = text.split_once('=').unwrap_or((path.last_key().unwrap_or_default(), text));
            if off(name, value) {
                sites.push(Site::new(
                    Place::At(service.file.id, node.span),
                    Message::new("variable").with("name", name),
                ));
            }
        }
    }
    sites
}
