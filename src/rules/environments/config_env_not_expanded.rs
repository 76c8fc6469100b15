//! `config-env-not-expanded`: configuration of programs that do not replace `${VAR}` holds none.

use crate::{
    doc::Node,
    facts::{
        Fact,
        commands::CommandUse,
        compose::{self, ComposeService},
        credentials::{mounted, services},
        images::image_name,
    },
    model::{Evidence, Message, Place, Severity, Site, Verdict},
    repo::File,
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: ConfigEnvNotExpanded = ConfigEnvNotExpanded;

pub(in crate::rules) struct ConfigEnvNotExpanded;

impl Rule for ConfigEnvNotExpanded {
    fn id(&self) -> &'static str {
        "config-env-not-expanded"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let (mut sites, mut fine, mut examined) = (Vec::<Site>::new(), Vec::new(), 0_usize);
        for service in compose::services(cx.repo) {
            let Some(program) = program_of(&service) else { continue };
            for mounted in mounted::files(cx.repo, &service) {
                if !program.reads(&mounted.target) || !mounted.file.role.is_operational() {
                    continue;
                }
                let Ok(text) = cx.repo.read(mounted.file.id) else { continue };
                examined += 1;
                let variables = mounted::variables(&text);
                let Some((name, span)) = variables.first() else { continue };
                if let Some(place) = rendered(cx, &service, mounted.file) {
                    fine.push(Evidence::At { place, note: Message::new("rendered") });
                    continue;
                }
                let message = Message::new("literal")
                    .with("program", program.name)
                    .with("name", name.as_str())
                    .count("n", variables.len());
                let place = Place::At(mounted.file.id, *span);
                if !sites.iter().any(|site| site.place == place) {
                    let mut site = Site::new(place, message).severity(Severity::High).key(mounted.file.path.as_str());
                    site = site.related(service.place(), "mounted");
                    sites.push(site);
                }
            }
        }
        Verdict::fail_or(sites, || {
            Verdict::pass_or(fine, || {
                if examined == 0 {
                    return Verdict::not_applicable("none");
                }
                Verdict::pass(cx.searched("searched", examined), [])
            })
        })
    }
}

/// A program that takes `${VAR}` in its configuration for what it is. Alertmanager has a rule of its own.
struct Program {
    name: &'static str,
    images: &'static [&'static str],
    /// Parts of the paths that it reads its configuration from.
    paths: &'static [&'static str],
}

impl Program {
    fn reads(&self, target: &str) -> bool {
        // The nginx image renders its templates at the start.
        !target.contains("/templates/")
            && !target.ends_with(".template")
            && self.paths.iter().any(|path| target.contains(path))
    }
}

const PROGRAMS: &[Program] = &[
    Program { name: "Prometheus", images: &["prometheus"], paths: &["prometheus.yml", "prometheus.yaml"] },
    Program { name: "Blackbox exporter", images: &["blackbox-exporter"], paths: &[".yml", ".yaml"] },
    Program {
        name: "nginx",
        images: &["nginx", "nginx-unprivileged"],
        paths: &["/etc/nginx/nginx.conf", "/etc/nginx/conf.d/"],
    },
    Program { name: "Redis", images: &["redis", "valkey"], paths: &[".conf"] },
];

fn program_of(service: &ComposeService<'_>) -> Option<&'static Program> {
    let image = service.image.and_then(Node::as_str)?;
    PROGRAMS.iter().find(|program| program.images.contains(&image_name(image)))
}

/// Where the file is rendered before the program reads it: in the service's own command, or by a command of the
/// repository that names it.
fn rendered(cx: &Context<'_>, service: &ComposeService<'_>, file: &File) -> Option<Place> {
    let own = services::command_words(service)
        .into_iter()
        .find(|(word, _)| ["envsubst", "sed", "gomplate", "expand", ".sh"].iter().any(|tool| word.contains(tool)));
    if let Some((_, span)) = own {
        return Some(Place::At(service.file.id, span));
    }
    let name = file.name();
    let stem = name.split('.').next().unwrap_or(name);
    let renders = |used: &&CommandUse| {
        let Ok(script) = cx.repo.read(used.file) else { return false };
        // The words leave out where the input comes from and the output goes.
        let text = script.get(used.whole.range()).unwrap_or_default();
        let tool = ["envsubst", "gomplate", "j2 ", "sed "].iter().any(|tool| text.contains(tool));
        tool && (text.contains(name) || text.contains(stem))
    };
    cx.facts.commands(cx.repo).iter().find(renders).map(CommandUse::place)
}
