//! `mailer-unconfigured`: mail that users wait for leaves the program.

use crate::{
    code::{Guard, Kind, Language, NodeRef, Role as NodeRole},
    facts::credentials::stage::{self, Stage},
    model::{Confidence, Message, Severity, Verdict},
    repo::Role,
    rule::{Context, Out, Rule, Visit, Watch},
};

pub(in crate::rules) static RULE: MailerUnconfigured = MailerUnconfigured;

pub(in crate::rules) struct MailerUnconfigured;

/// Hosts that take mail and deliver none.
const TRAPS: [&str; 6] =
    ["smtp.ethereal.email", "ethereal.email", "smtp.mailtrap.io", "sandbox.smtp.mailtrap.io", "mailhog", "mailpit"];

/// What a sender's address ends with when nobody has filled it in.
const EXAMPLE_SENDERS: [&str; 4] = ["@example.com", "@example.org", "@example.net", "@yourdomain.com"];

/// What is said of a transport of Nodemailer, each of them once.
const TRANSPORTS: [&str; 4] = ["transport", "host", "trap", "idle"];

/// Backends of Django that deliver nothing.
const IDLE_BACKENDS: [&str; 4] = ["console", "locmem", "dummy", "filebased"];

impl Rule for MailerUnconfigured {
    fn id(&self) -> &'static str {
        "mailer-unconfigured"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call, Kind::Assignment])
            .keywords(&["nodemailer", "EMAIL_BACKEND", "send_mail", "EmailMessage", "EmailMultiAlternatives"])
            .roles(&[Role::Source, Role::Config])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        if matches!(stage::of_path(&file.file.path), Stage::Development | Stage::Test | Stage::Example) {
            return;
        }
        match node.kind() {
            Kind::Call if file.file.language.is_some_and(Language::is_script) => in_script(file, node, out),
            Kind::Call => sent_by_django(file, node, out),
            _ => backend(file, node, out),
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        // The backend of Django matters where mail is sent, and another module of settings may set it again.
        let is = |seen: &crate::model::Observation, key: &str| seen.message.key == key;
        let sends = cx.seen.iter().any(|seen| is(seen, "sends") || is(seen, "transport"));
        let again = cx.seen.iter().any(|seen| is(seen, "backend-set") || is(seen, "backend-real"));
        // Of several transports one may be a stand-in: for tests, or until somebody configures the other.
        let transports = cx.seen.iter().filter(|seen| TRANSPORTS.iter().any(|key| is(seen, key))).count();
        let kept = |seen: &&crate::model::Observation| {
            let stands_in = transports > 1 && (is(seen, "trap") || is(seen, "idle"));
            let replaced = is(seen, "backend") && (!sends || again);
            !stands_in && !replaced
        };
        let seen: Vec<crate::model::Observation> = cx.seen.iter().filter(kept).cloned().collect();
        let told = Context { seen: &seen, ..*cx };
        told.judged(|| if sends { Verdict::unknown("not-told") } else { Verdict::not_applicable("no-mail") })
    }
}

/// Transports of nodemailer, and senders.
fn in_script(file: &Visit<'_>, call: NodeRef<'_>, out: &mut Out<'_>) {
    match call.callee_api().as_deref() {
        Some("nodemailer.createTransport" | "nodemailer.default.createTransport") => transport(file, call, out),
        _ if call.callee_name() == Some("sendMail") => sender(file, call, out),
        _ => {}
    }
}

fn transport(file: &Visit<'_>, call: NodeRef<'_>, out: &mut Out<'_>) {
    let Some(options) = call.argument(0).map(NodeRef::resolved) else { return };
    if call.environment_guard() == Guard::DevelopmentOnly {
        return;
    }
    if !options.is(Kind::Object) || under_a_condition(call) {
        out.note(file.place(call), "transport");
        return;
    }
    let idle = ["jsonTransport", "streamTransport"].into_iter().find(|name| options.property(name).is_some());
    if let Some(name) = idle {
        out.bad(file.place(call), Message::new("idle").with("name", name)).confidence = Confidence::Likely;
        return;
    }
    let host = options.property("host").or_else(|| options.property("service"));
    match host {
        Some(host) if host.env_read().is_some() => {
            out.good(file.place(host), "host");
        }
        Some(host) => match host.constant_str().as_deref() {
            Some(name) if TRAPS.contains(&name) => {
                out.bad(file.place(host), Message::new("trap").with("host", name)).confidence = Confidence::Likely;
            }
            Some(name) if name.ends_with("example.com") => {
                out.bad(file.place(host), Message::new("trap").with("host", name));
            }
            Some(name) if !matches!(name, "localhost" | "127.0.0.1") && !name.is_empty() => {
                out.good(file.place(host), "host");
            }
            _ => {
                out.note(file.place(call), "transport");
            }
        },
        None => {
            out.note(file.place(call), "transport");
        }
    }
}

/// One of several transports, which something chooses among: the one for tests is no mistake.
fn under_a_condition(call: NodeRef<'_>) -> bool {
    call.ancestors().take(8).any(|above| matches!(above.kind(), Kind::If | Kind::Conditional | Kind::Switch))
}

fn sender(file: &Visit<'_>, call: NodeRef<'_>, out: &mut Out<'_>) {
    let message = call.argument(0).map(NodeRef::resolved).filter(|message| message.is(Kind::Object));
    let Some(from) = message.and_then(|message| message.property("from")) else { return };
    let Some(text) = from.constant_str() else { return };
    let address = text.trim_end_matches('>').to_ascii_lowercase();
    if let Some(domain) = EXAMPLE_SENDERS.iter().find(|domain| address.ends_with(*domain)) {
        let seen = out.bad(file.place(from), Message::new("sender").with("domain", domain.trim_start_matches('@')));
        seen.severity = Some(Severity::Medium);
    }
}

fn sent_by_django(file: &Visit<'_>, call: NodeRef<'_>, out: &mut Out<'_>) {
    let api = call.callee_api().unwrap_or_default();
    if api.strip_prefix("django.core.mail.").is_some_and(|name| {
        matches!(name, "send_mail" | "send_mass_mail" | "EmailMessage" | "EmailMultiAlternatives" | "mail_admins")
    }) {
        out.note(file.place(call), "sends");
    }
}

/// `EMAIL_BACKEND = '…'` in settings.
fn backend(file: &Visit<'_>, assignment: NodeRef<'_>, out: &mut Out<'_>) {
    let target = assignment.child(NodeRole::Target);
    if target.is_none_or(|target| target.name() != "EMAIL_BACKEND") || assignment.enclosing_function().is_some() {
        return;
    }
    let Some(value) = assignment.child(NodeRole::Value) else { return };
    let name = value.constant_str();
    let idle = name
        .as_deref()
        .and_then(|name| name.strip_prefix("django.core.mail.backends."))
        .and_then(|rest| IDLE_BACKENDS.into_iter().find(|backend| rest.split('.').next() == Some(*backend)));
    match idle {
        _ if assignment.environment_guard() == Guard::DevelopmentOnly => {}
        Some(_) if under_a_condition(assignment) => {
            out.note(file.place(assignment), "backend-set");
        }
        Some(backend) => {
            let seen = out.bad(file.place(assignment), Message::new("backend").with("name", backend));
            seen.confidence = Confidence::Likely;
        }
        None => {
            let key = if name.is_some() { "backend-real" } else { "backend-set" };
            out.good(file.place(assignment), key);
        }
    }
}
