//! `path-traversal`: what a client sends does not choose which file of the server is opened.

use crate::{
    code::{Kind, NodeRef, Role},
    facts::{
        Fact, Visit, Watch,
        request_flow::{self, Origin},
    },
    model::{Arg, Confidence, Message, Observation, Place, Site, Tone, Verdict},
    repo::ComponentKind,
    rule::{Context, Out, Rule},
    rules::observed,
};

pub(in crate::rules) static RULE: PathTraversal = PathTraversal;

pub(in crate::rules) struct PathTraversal;

/// Functions of Node's file system whose first argument is a path.
const FILES: &[&str] = &[
    "readFile",
    "readFileSync",
    "createReadStream",
    "createWriteStream",
    "writeFile",
    "writeFileSync",
    "appendFile",
    "appendFileSync",
    "unlink",
    "unlinkSync",
    "rm",
    "rmSync",
    "rmdir",
    "rmdirSync",
    "readdir",
    "readdirSync",
    "remove",
    "outputFile",
];

/// Words with which code makes a name harmless, or looks where a path leads.
const CHECKS: &[&str] = &[
    "startswith(",
    "relative(",
    "is_relative_to",
    "relative_to(",
    "commonpath",
    "commonprefix",
    "'..'",
    "\"..\"",
    "safe_join",
    "safejoin",
    "basename",
    "realpath",
    ".test(",
    ".match(",
    "allowed",
    "sanitize",
    "secure_filename",
    "isvalid",
    "is_valid",
    "validate",
    "uuid",
    "whitelist",
    "resolve(strict",
    "objectid",
    "includes(",
];

impl Rule for PathTraversal {
    fn id(&self) -> &'static str {
        "path-traversal"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call]).keywords(&[
            "fs",
            "sendFile",
            "download(",
            "open(",
            "FileResponse",
            "send_file",
            "os.",
            "shutil",
            "Path(",
        ])
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Side, Fact::Modules, Fact::Queries]
    }

    fn node(&self, file: &Visit<'_>, call: NodeRef<'_>, out: &mut Out<'_>) {
        let served =
            matches!(file.repo.component_of(file.file.id).kind, ComponentKind::HttpService | ComponentKind::WebApp);
        let Some(path) = opened(call).filter(|_| served && !call.is_dev_only()) else { return };
        let place = file.place(call);
        let name = call.child(Role::Callee).map_or("", NodeRef::text);
        let say = |key: &'static str| Message::new(key).with("call", short(name));
        let checked = call.enclosing_function().is_some_and(|function| {
            let outer = function.enclosing_function().unwrap_or(function);
            let text = outer.text().to_ascii_lowercase();
            CHECKS.iter().any(|check| text.contains(check))
        });
        match request_flow::tainted(path, |part| !is_harmless(part)) {
            Some(_) if checked => {
                out.note(place, "checked");
            }
            Some((part, Origin::Request)) => {
                out.bad(place, say("request").with("value", short(part.text()))).confidence = Confidence::Likely;
            }
            Some((part, Origin::Parameter { function, index })) => {
                let message = say("parameter")
                    .with("value", short(part.text()))
                    .count("function", function as usize)
                    .count("index", index);
                out.note(place, message);
            }
            None => {
                let own = request_flow::parts(path).into_iter().all(|part| is_own(part) || is_harmless(part));
                out.note(place, if own { "own" } else { "open" });
            }
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let seen: Vec<&Observation> = observed::on_server(cx);
        if seen.is_empty() {
            return Verdict::not_applicable("no-files");
        }
        let (mut sites, mut checked, mut open) = (Vec::new(), 0, 0);
        for seen in &seen {
            match (seen.tone, &seen.place, seen.message.key.as_ref()) {
                (Tone::Bad, _, _) => sites.push(crate::rule::site_of(seen)),
                (_, _, "checked") => checked += 1,
                (_, _, "open") => open += 1,
                (_, Place::At(file, _), "parameter") => {
                    let handed = number(seen, "function").zip(number(seen, "index")).and_then(|(function, index)| {
                        request_flow::handed(cx.repo, cx.facts, *file, u32::try_from(function).ok()?, index)
                    });
                    match handed {
                        Some(from) if !is_checked(cx, &from) => {
                            let message = Message { key: "handed".into(), args: seen.message.args.clone() };
                            let site = Site::new(seen.place.clone(), message).confidence(Confidence::Likely);
                            sites.push(site.related(from, "from"));
                        }
                        Some(_) => checked += 1,
                        None => open += 1,
                    }
                }
                _ => {}
            }
        }
        if sites.is_empty() && checked > 0 {
            return Verdict::unknown("checked");
        }
        if sites.is_empty() && open > 0 {
            return Verdict::unknown(Message::new("unclear").count("n", open));
        }
        Verdict::fail_or(sites, || {
            Verdict::pass(cx.searched(Message::new("searched").count("n", seen.len()), files(&seen)), [])
        })
    }
}

fn files(seen: &[&Observation]) -> usize {
    let mut files: Vec<_> = seen.iter().filter_map(|seen| seen.place.file()).collect();
    files.dedup();
    files.len()
}

/// Whether the function that hands a value on looks at it.
fn is_checked(cx: &Context<'_>, from: &Place) -> bool {
    let Place::At(file, span) = *from else { return true };
    let modules = cx.facts.modules(cx.repo);
    let Some(function) = modules.function_around(file, span) else { return true };
    let Ok(text) = cx.repo.read(file) else { return true };
    let body = text.get(modules.function(function).span.range()).unwrap_or_default().to_ascii_lowercase();
    CHECKS.iter().any(|check| body.contains(check))
}

fn number(seen: &Observation, name: &str) -> Option<usize> {
    seen.message.args.iter().find(|(key, _)| key == name).and_then(|(_, arg)| match arg {
        Arg::Count(count) => usize::try_from(*count).ok(),
        Arg::Text(_) => None,
    })
}

fn short(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= 50 { line } else { line.chars().take(49).chain(['…']).collect() }
}

/// The path that a call opens, sends, writes or deletes.
fn opened(call: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let name = call.callee_name()?;
    let first = call.argument(0);
    let api = call.callee_api().unwrap_or_default();
    let api = api.trim_start_matches("node:");
    if FILES.contains(&name)
        && (api.starts_with("fs.") || api.starts_with("fs/promises.") || api.starts_with("fs-extra."))
    {
        return first;
    }
    let response = call.receiver().is_some_and(|on| matches!(on.name(), "res" | "response" | "reply"));
    match name {
        // With a root, Express looks where the path leads by itself.
        "sendFile" if response => {
            first.filter(|_| !call.positional().skip(1).any(|options| options.text().contains("root")))
        }
        "download" if response => first,
        "open" if call.receiver().is_none() && call.child(Role::Callee)?.binding().is_none() => first,
        "FileResponse" | "send_file" => first.or_else(|| call.keyword("path")),
        "remove" | "unlink" | "rmdir" | "listdir" if api.starts_with("os.") => first,
        "rmtree" | "copy" | "copyfile" | "move" if api.starts_with("shutil.") => first,
        "read_text" | "read_bytes" | "write_text" | "write_bytes" | "unlink" => {
            let made = call.receiver()?.resolved();
            (made.is(Kind::Binary) || made.callee_name() == Some("Path")).then_some(made)
        }
        _ => None,
    }
}

/// A folder or a setting of the program's own.
fn is_own(part: NodeRef<'_>) -> bool {
    const OWN: [&str; 14] = [
        "__dirname",
        "__file__",
        "__filename",
        "process.cwd",
        "process.env",
        "import.meta",
        "tmpdir",
        "tempfile",
        "mkdtemp",
        "settings.",
        "config.",
        "BASE_DIR",
        "os.environ",
        "getcwd",
    ];
    let text = part.text();
    let made = part.resolved().text();
    part.env_read().is_some()
        || OWN.iter().any(|own| text.contains(own) || made.contains(own))
        || part.is(Kind::Identifier) && text.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_')
}

/// A number, a bare name, or a file that the server itself put down.
fn is_harmless(part: NodeRef<'_>) -> bool {
    let text = part.text();
    let uploaded = [".file.", ".files", "file.path", "file.filepath", "?.path"].iter().any(|sign| text.contains(sign));
    let value = part.resolved();
    uploaded
        || value.is(Kind::Call)
            && value.callee_name().is_some_and(|name| {
                let name = name.to_ascii_lowercase();
                [
                    "basename",
                    "secure_filename",
                    "parseint",
                    "number",
                    "int",
                    "uuid",
                    "slug",
                    "sanitize",
                    "replace",
                    "hash",
                ]
                .iter()
                .any(|word| name.contains(word))
            })
}
