//! `schema-push`: the schema changes through migrations, not by pushing or synchronising it.

use crate::{
    facts::{
        Fact,
        commands::{CommandUse, Stage},
        migrations::{self, MigrationSet, SchemaCommand},
        schema::{SchemaDoes, SchemaUse},
        spring,
    },
    model::{Evidence, FileId, Message, Place, Severity, Site, Span, Verdict},
    repo::Role,
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: SchemaPush = SchemaPush;

pub(in crate::rules) struct SchemaPush;

impl Rule for SchemaPush {
    fn id(&self) -> &'static str {
        "schema-push"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands, Fact::Schema, Fact::Modules]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let sets = migrations::sets(cx.repo);
        let commands = cx.facts.commands(cx.repo);
        let migrates = commands.iter().any(is_migrate);
        let ordered = !sets.is_empty() || migrates;
        let mut sites: Vec<Site> = commands.iter().filter_map(|used| pushed(commands, used, ordered)).collect();
        let mut fine = Vec::new();
        for (file, used) in schema_uses(cx).filter(|(file, used)| !is_stamped(cx, *file, used)) {
            match synchronised(file, used, !sets.is_empty()) {
                Some(Judged::Bad(site)) => sites.push(site),
                Some(Judged::Fine(evidence)) => fine.push(evidence),
                None => {}
            }
        }
        sites.extend(hibernate(cx));
        fine.extend(commands.iter().filter(|used| is_migrate(used)).map(|used| Evidence::At {
            place: used.place(),
            note: Message::new("migrate").with("command", used.text()),
        }));
        fine.extend(sets.iter().map(migrations_note));
        Verdict::fail_or(sites, || Verdict::pass_or(fine, || Verdict::not_applicable("no-schema")))
    }
}

enum Judged {
    Bad(Site),
    Fine(Evidence),
}

fn is_migrate(used: &CommandUse) -> bool {
    used.role != Role::Test && matches!(migrations::schema_command(used), Some(SchemaCommand::Migrate(_)))
}

fn migrations_note(set: &MigrationSet) -> Evidence {
    let note = Message::new("migrations").count("n", set.files.len()).with("path", set.folder.as_str());
    Evidence::At { place: Place::File(set.files[set.files.len() - 1]), note }
}

/// A push by a command: CRITICAL where it is deployed or the only way, MEDIUM beside migrations, LOW for a script that asks before it throws away.
fn pushed(commands: &[CommandUse], used: &CommandUse, ordered: bool) -> Option<Site> {
    let SchemaCommand::Push(tool) = migrations::schema_command(used)? else { return None };
    if used.role == Role::Test {
        return None;
    }
    let say = |key| Message::new(key).with("tool", tool);
    let site = |key| Site::new(used.place(), say(key)).key(tool);
    if is_deployed(commands, used) {
        return Some(site("deploy"));
    }
    let by_hand = used.stage == Stage::PackageScript && used.name.split([':', '-', '_']).any(|word| word == "reset");
    if !ordered && !by_hand {
        return Some(site("only"));
    }
    // What only somebody at the keyboard starts, and what asks before rows are lost, is for a developer's own database.
    let asks = !used
        .command
        .words
        .iter()
        .any(|word| matches!(word.text.as_str(), "--accept-data-loss" | "--force-reset" | "--force"));
    let mild = used.stage == Stage::PackageScript && asks;
    Some(site("dev").severity(if mild { Severity::Low } else { Severity::Medium }))
}

/// Whether a command runs when the service is deployed or started: itself, or through the script that holds it.
fn is_deployed(commands: &[CommandUse], used: &CommandUse) -> bool {
    match used.stage {
        Stage::ContainerStart | Stage::PlatformStart => true,
        Stage::Workflow => !is_check(&used.name),
        Stage::ShellScript => is_start_script(&used.name),
        Stage::PackageScript => {
            matches!(
                used.name.as_str(),
                "start" | "prestart" | "poststart" | "postdeploy" | "deploy" | "start:prod" | "vercel-build"
            ) || commands.iter().any(|caller| calls_script(caller, &used.name) && runs_in_deployment(caller))
        }
        Stage::ImageBuild | Stage::Make => false,
    }
}

fn runs_in_deployment(caller: &CommandUse) -> bool {
    match caller.stage {
        Stage::ContainerStart | Stage::PlatformStart => true,
        Stage::Workflow => !is_check(&caller.name),
        Stage::ShellScript => is_start_script(&caller.name),
        Stage::PackageScript => {
            matches!(caller.name.as_str(), "start" | "prestart" | "start:prod" | "deploy" | "vercel-build")
        }
        Stage::ImageBuild | Stage::Make => false,
    }
}

fn is_start_script(name: &str) -> bool {
    ["entrypoint", "start", "deploy", "release"].iter().any(|part| name.to_ascii_lowercase().contains(part))
}

/// A job that tests pushes into a database of its own.
fn is_check(job: &str) -> bool {
    let job = job.to_ascii_lowercase();
    ["test", "lint", "check", "e2e", "ci", "build", "unit", "integration", "quality"]
        .iter()
        .any(|part| job.contains(part))
}

/// `npm run db:push`, `pnpm db:push`, `yarn workspace api db:push`.
fn calls_script(caller: &CommandUse, script: &str) -> bool {
    let Some(first) = caller.command.words.first() else { return false };
    // `pnpm exec buf push` starts a program that has a subcommand of this name.
    let program = caller.command.words.iter().any(|word| matches!(word.text.as_str(), "exec" | "dlx" | "npx" | "x"));
    let named = caller.command.package_script().is_none_or(|started| started == script);
    matches!(first.text.as_str(), "npm" | "pnpm" | "yarn" | "bun")
        && !program
        && named
        && caller.command.words.iter().any(|word| word.text == script)
}

/// Whether the function that creates the tables also writes down that the migrations are thereby applied, as Alembic
/// advises for a new database: nothing drifts apart.
fn is_stamped(cx: &Context<'_>, file: FileId, used: &SchemaUse) -> bool {
    const CALLS: usize = 2;
    let modules = cx.facts.modules(cx.repo);
    let stamps = |id| modules.calls(id).any(|call| call.callee.last() == "stamp").then_some(());
    used.does == SchemaDoes::Creates
        && modules.function_around(file, used.span).is_some_and(|start| modules.reach(start, CALLS, stamps).is_some())
}

fn schema_uses<'c>(cx: &'c Context<'_>) -> impl Iterator<Item = (FileId, &'c SchemaUse)> {
    cx.facts
        .files()
        .filter(|(file, _)| matches!(cx.repo.file(*file).role, Role::Source | Role::Config))
        .flat_map(|(file, facts)| facts.schema.iter().map(move |used| (file, used)))
}

fn synchronised(file: FileId, used: &SchemaUse, has_migrations: bool) -> Option<Judged> {
    let place = Place::At(file, used.span);
    let site = |key: &'static str| Site::new(place.clone(), Message::new(key).with("tool", used.tool)).key(used.tool);
    Some(match used.does {
        SchemaDoes::SynchroniseOff | SchemaDoes::Migrates => {
            let note = Message::new("migrate").with("command", used.tool);
            Judged::Fine(Evidence::At { place, note })
        }
        SchemaDoes::DefinesTable => return None,
        _ if used.development_only => Judged::Bad(site("sync-dev").severity(Severity::Low)),
        SchemaDoes::Drops => Judged::Bad(site("drop")),
        SchemaDoes::Synchronises => Judged::Bad(site("sync")),
        SchemaDoes::Creates if has_migrations => Judged::Bad(site("create").severity(Severity::Medium)),
        SchemaDoes::Creates => Judged::Bad(site("only").severity(Severity::High)),
    })
}

/// `spring.jpa.hibernate.ddl-auto` of the default and the production profiles. A default of a placeholder holds where
/// nobody sets the variable, and nowhere when the production profile says better.
fn hibernate(cx: &Context<'_>) -> Vec<Site> {
    let set: Vec<(FileId, &crate::doc::Node)> = spring::settings(cx.repo)
        .filter_map(|file| {
            let doc = cx.repo.doc(file.id)?;
            let mut nodes = doc.documents.iter().flat_map(crate::doc::Node::walk);
            let (_, node) = nodes.find(|(path, _)| path.to_string().ends_with("hibernate.ddl-auto"))?;
            Some((file.id, node))
        })
        .collect();
    let harmless = |text: &str| matches!(text, "validate" | "none");
    let production_is_fine = set.iter().any(|(file, node)| {
        let name = cx.repo.file(*file).path.file_name().unwrap_or_default();
        name.contains("prod") && node.text().is_some_and(harmless)
    });
    set.iter()
        .filter_map(|(file, node)| {
            let written = node.text()?;
            let value = spring::default_of(written);
            let key = match value {
                "update" => "sync",
                "create" | "create-drop" => "drop",
                _ => return None,
            };
            let name = cx.repo.file(*file).path.file_name().unwrap_or_default();
            let severity = match value {
                _ if production_is_fine && !name.contains("prod") => Severity::Medium,
                "update" => Severity::High,
                _ => Severity::Critical,
            };
            let message = Message::new(key).with("tool", "Hibernate ddl-auto");
            Some(Site::new(Place::At(*file, line_of(cx, *file, node.span)), message).severity(severity))
        })
        .collect()
}

/// The whole line that a span stands on, so that the key is shown with its value.
fn line_of(cx: &Context<'_>, file: FileId, span: Span) -> Span {
    let Ok(text) = cx.repo.read(file) else { return span };
    let start = text[..span.start as usize].rfind('\n').map_or(0, |newline| newline + 1);
    let indent = text[start..].len() - text[start..].trim_start().len();
    Span::new(start + indent, span.end as usize)
}
