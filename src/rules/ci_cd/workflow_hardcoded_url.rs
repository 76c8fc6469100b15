//! `workflow-hardcoded-url`: a workflow asks where its deployment is instead of naming one address for ever.

use crate::{
    doc::Node,
    facts::{Fact, pipelines::System},
    model::{Evidence, FileId, Message, Place, Site, Span, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: WorkflowHardcodedUrl = WorkflowHardcodedUrl;

pub(in crate::rules) struct WorkflowHardcodedUrl;

/// Domains below which platforms give every deployment a name of its own.
const PLATFORMS: &[&str] = &[
    ".vercel.app",
    ".now.sh",
    ".up.railway.app",
    ".railway.app",
    ".fly.dev",
    ".onrender.com",
    ".herokuapp.com",
    ".netlify.app",
    ".pages.dev",
    ".workers.dev",
    ".azurewebsites.net",
    ".azurecontainerapps.io",
    ".azurestaticapps.net",
    ".run.app",
    ".appspot.com",
    ".web.app",
    ".firebaseapp.com",
    ".elasticbeanstalk.com",
    ".elb.amazonaws.com",
    ".awsapprunner.com",
    ".amplifyapp.com",
    ".ondigitalocean.app",
    ".koyeb.app",
    ".deno.dev",
    ".cyclic.app",
    ".railway.internal",
];

impl Rule for WorkflowHardcodedUrl {
    fn id(&self) -> &'static str {
        "workflow-hardcoded-url"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands, Fact::Pipelines]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let (mut sites, mut dynamic, mut files) = (Vec::new(), Vec::new(), 0);
        for pipeline in cx.facts.pipelines(cx.repo).iter().filter(|pipeline| pipeline.system == System::Github) {
            let Some(root) = cx.repo.doc(pipeline.file).and_then(|doc| doc.root()) else { continue };
            files += 1;
            for job in root.get("jobs").map(Node::entries).unwrap_or_default() {
                values(&job.value, 0, &mut |node| read(node, pipeline.file, &mut sites, &mut dynamic));
            }
            if let Some(env) = root.get("env") {
                env.entries().iter().for_each(|entry| read(&entry.value, pipeline.file, &mut sites, &mut dynamic));
            }
        }
        if files == 0 {
            return Verdict::not_applicable("no-workflows");
        }
        Verdict::fail_or(sites, || Verdict::pass_or(dynamic, || Verdict::pass(cx.searched("searched", files), [])))
    }
}

/// The scalars that reach a program: `run`, `env`, `with`.
fn values<'n>(node: &'n Node, depth: usize, visit: &mut dyn FnMut(&'n Node)) {
    if depth > 12 {
        return;
    }
    for entry in node.entries() {
        match entry.key.as_str() {
            "run" => visit(&entry.value),
            "env" | "with" => entry.value.entries().iter().for_each(|entry| visit(&entry.value)),
            "environment" | "if" | "name" | "services" => {}
            _ => values(&entry.value, depth + 1, visit),
        }
    }
    for item in node.items() {
        values(item, depth + 1, visit);
    }
}

fn read(node: &Node, file: FileId, sites: &mut Vec<Site>, dynamic: &mut Vec<Evidence>) {
    let Some(text) = node.as_str() else { return };
    for (at, scheme) in text.match_indices("https://").chain(text.match_indices("http://")) {
        let rest = &text[at + scheme.len()..];
        let end = rest
            .find(|char: char| {
                char.is_whitespace() || matches!(char, '"' | '\'' | '`' | ')' | '>' | ',' | ';' | '\\' | '<')
            })
            .unwrap_or(rest.len());
        let host = rest[..end].split(['/', '?', '#', ':']).next().unwrap_or_default();
        if host.contains(['$', '{', '*']) || !PLATFORMS.iter().any(|suffix| host.ends_with(suffix)) {
            continue;
        }
        let line = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let before = text[line..at].trim_start();
        // What is only printed or commented sends nobody anywhere.
        if before.starts_with("echo")
            || before.starts_with('#')
            || before.starts_with("//")
            || before.starts_with("printf")
            || before.contains("](")
        {
            continue;
        }
        let span = node.span_of(Span::new(at, at + scheme.len() + end));
        sites.push(Site::new(Place::At(file, span), Message::new("hardcoded").with("host", host)).key(host));
    }
    let asked = text.match_indices("${{").filter_map(|(at, _)| {
        let end = text[at..].find("}}")? + at + 2;
        let inner = &text[at..end];
        let known = ["secrets.", "vars.", ".outputs."].iter().any(|source| inner.contains(source));
        (known && inner.to_ascii_lowercase().contains("url")).then_some((at, end))
    });
    let room = 5_usize.saturating_sub(dynamic.len());
    for (start, end) in asked.take(room.min(1)) {
        dynamic.push(Evidence::At {
            place: Place::At(file, node.span_of(Span::new(start, end))),
            note: Message::new("asked"),
        });
    }
}
