//! `migrations-not-run-on-deploy`: a deployment applies the migrations that come with it.

use crate::{
    facts::{
        Fact,
        commands::{CommandUse, Stage},
        deployment, images,
        migrations::{self, SchemaCommand},
        rollout,
        schema::SchemaDoes,
        tier::{self, Tier},
    },
    model::{Confidence, Evidence, Message, Place, Site, Span, Verdict},
    repo::{FileKind, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: MigrationsNotRunOnDeploy = MigrationsNotRunOnDeploy;

pub(in crate::rules) struct MigrationsNotRunOnDeploy;

impl Rule for MigrationsNotRunOnDeploy {
    fn id(&self) -> &'static str {
        "migrations-not-run-on-deploy"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands, Fact::Pipelines, Fact::Schema]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let sets = migrations::sets(cx.repo);
        let Some(set) = sets.first() else { return Verdict::not_applicable("no-migrations") };
        let deployable = cx.repo.components().iter().any(|component| component.kind.is_deployable());
        let ways = deployment::ways(cx.repo, cx.facts.commands(cx.repo));
        if !deployable || ways.is_empty() {
            return Verdict::not_applicable("nothing-deployed");
        }
        Verdict::pass_or(evidence(cx), || {
            let commands = cx.facts.commands(cx.repo);
            let own = rollout::own_actions(cx.repo, commands, &ways);
            let starts = rollout::Starts::of(commands);
            if commands.iter().any(|used| by_argument(cx, used) && starts.applies_migrations(used)) {
                return Verdict::unknown(Message::new("undecided").with("tool", set.tool.name()));
            }
            let anchor = own.first().cloned().or_else(|| start_of_image(cx));
            let platform = ways.iter().find(|way| way.from_source);
            match (anchor, platform) {
                (Some(place), None) if set.tool != migrations::Tool::Supabase => {
                    let message = Message::new("missing").with("tool", set.tool.name());
                    let site = Site::new(place, message).confidence(Confidence::Likely);
                    let site = match set.files.last() {
                        Some(newest) => site.related(Place::File(*newest), "newest"),
                        None => site,
                    };
                    Verdict::fail(site, [])
                }
                _ => Verdict::unknown(Message::new("undecided").with("tool", set.tool.name())),
            }
        })
    }
}

fn evidence(cx: &Context<'_>) -> Vec<Evidence> {
    let commands = cx.facts.commands(cx.repo);
    let starts = rollout::Starts::of(commands);
    let mut found: Vec<Evidence> = commands
        .iter()
        .filter(|used| runs_on_deploy(cx, used) && !is_quiet(used) && !is_of_tests(cx, used))
        .filter(|used| !by_argument(cx, used))
        .filter(|used| starts.applies_migrations(used) || names_migration(used))
        // What brings the tables into line with the models applies no migration.
        .filter(|used| !matches!(migrations::schema_command(used), Some(SchemaCommand::Push(_))))
        .take(3)
        .map(|used| Evidence::At { place: used.place(), note: Message::new("applied").with("command", used.text()) })
        .collect();
    found.extend(
        cx.facts
            .files()
            .filter(|(file, _)| cx.repo.file(*file).role == Role::Source)
            .flat_map(|(file, facts)| facts.schema.iter().map(move |used| (file, used)))
            .filter(|(file, used)| used.does == SchemaDoes::Migrates && !is_command_line(&cx.repo.file(*file).path))
            .take(1)
            .map(|(file, used)| Evidence::At { place: Place::At(file, used.span), note: Message::new("code") }),
    );
    found.extend(described(cx));
    found.extend(by_framework(cx));
    found
}

/// Whether a command runs when the application is built, released or started, not by hand and not in a test.
fn runs_on_deploy(cx: &Context<'_>, used: &CommandUse) -> bool {
    let name = used.name.to_ascii_lowercase();
    let file = cx.repo.file(used.file);
    if !file.role.is_operational() || used.only_prints() {
        return false;
    }
    match used.stage {
        Stage::ContainerStart | Stage::PlatformStart | Stage::ImageBuild => true,
        Stage::Workflow => {
            let words = ["test", "e2e", "lint", "check", "spec", "valid"];
            let about = |text: &str| words.iter().any(|word| text.contains(word));
            !about(&name) && (!about(file.name()) || name.contains("deploy"))
        }
        Stage::PackageScript => {
            let deploys = [
                "start",
                "build",
                "postbuild",
                "prebuild",
                "postinstall",
                "prestart",
                "vercel-build",
                "heroku-postbuild",
            ];
            deploys.contains(&name.as_str())
                || ["deploy", "release", "start:prod", "start:migrate", "build:prod", "docker"]
                    .iter()
                    .any(|word| name.contains(word))
        }
        Stage::ShellScript => tier::of_name(&name) != Tier::Development && !name.contains("seed"),
        Stage::Make => name.contains("deploy") || name.contains("release") || name == "start",
    }
}

/// Whether a command works on the database of a test: in a stage of an image or a job that is one, or with a variable
/// that says so.
fn is_of_tests(cx: &Context<'_>, used: &CommandUse) -> bool {
    let text = cx.repo.read(used.file).ok();
    let around = |span: Span| text.as_deref().and_then(|text| text.get(span.range())).unwrap_or_default();
    match used.stage {
        Stage::ImageBuild | Stage::ContainerStart => cx.repo.dockerfile(used.file).is_some_and(|dockerfile| {
            let stage = dockerfile.stages.iter().find(|stage| stage.span.contains(used.command.span));
            stage.is_some_and(images::is_test_stage)
        }),
        Stage::Workflow => {
            let pipelines = cx.facts.pipelines(cx.repo);
            let jobs =
                pipelines.iter().filter(|pipeline| pipeline.file == used.file).flat_map(|pipeline| &pipeline.jobs);
            jobs.into_iter().filter(|job| job.span.contains(used.command.span)).any(|job| {
                let job = around(job.span);
                ["localhost", "127.0.0.1"].iter().any(|host| job.contains(host))
            })
        }
        _ => around(used.whole).contains("TEST_DATABASE"),
    }
}

/// Whether a start runs a script that does one thing or another, as its first argument says: `case "$1" in`.
fn by_argument(cx: &Context<'_>, used: &CommandUse) -> bool {
    let starts = matches!(used.stage, Stage::ContainerStart | Stage::PlatformStart | Stage::ShellScript);
    let mut scripts = cx.facts.commands(cx.repo).iter().filter(|inner| {
        let named = || used.command.words.iter().any(|word| word.text.rsplit('/').next() == Some(inner.name.as_str()));
        inner.stage == Stage::ShellScript
            && (inner.file == used.file && inner.command.span == used.command.span || named())
    });
    starts
        && scripts.any(|inner| {
            let text = cx.repo.read(inner.file).ok();
            let chooses =
                text.is_some_and(|text| ["case \"$1\"", "case $1 ", "case \"${1"].iter().any(|way| text.contains(way)));
            chooses && inner.command.context.branch
        })
}

/// A program for people at a terminal: nothing says that a deployment calls it.
fn is_command_line(path: &camino::Utf8Path) -> bool {
    path.components().any(|part| {
        matches!(part.as_str().trim_end_matches(".py"), "cli" | "commands" | "management" | "manage" | "scripts")
    })
}

/// A program of the repository that says what it does: `node scripts/migrate.js`, `./bin/migrate`.
fn names_migration(used: &CommandUse) -> bool {
    used.command.words.iter().any(|word| {
        let text = word.text.to_ascii_lowercase();
        text.contains("migrat") && !text.contains("wait")
    })
}

/// Programs that move, show or mark files and run none of them.
fn is_quiet(used: &CommandUse) -> bool {
    used.command.program().is_some_and(|program| {
        matches!(
            program.name,
            "cp" | "mv"
                | "rm"
                | "mkdir"
                | "chmod"
                | "chown"
                | "cd"
                | "git"
                | "ls"
                | "cat"
                | "find"
                | "grep"
                | "apt-get"
                | "tsc"
        )
    })
}

/// A manifest, chart or platform file that runs them.
fn described(cx: &Context<'_>) -> Option<Evidence> {
    let mut files = cx.repo.files().iter().filter(|file| {
        let kind = matches!(
            file.kind,
            FileKind::Kubernetes
                | FileKind::HelmTemplate
                | FileKind::HelmValues
                | FileKind::Platform
                | FileKind::Terraform
                | FileKind::Compose
        );
        let server = matches!(file.path.extension(), Some("ini" | "conf" | "service"));
        // Settings of tools name folders to leave out, and Alembic's own name its loggers.
        let tool = ["alembic", "mypy", "tox", "pytest", "setup", "flake8", "pylint", "logging"];
        let server = server && !tool.contains(&file.path.file_stem().unwrap_or_default());
        file.role.is_operational() && (kind || server)
    });
    files.find_map(|file| {
        let text = cx.repo.read(file.id).ok()?;
        let mut offset = 0;
        for line in text.split_inclusive('\n') {
            let plain = line.trim().to_ascii_lowercase();
            // A file of that name that is mounted is data.
            let mounted = plain.contains(":/") || plain.contains(".sql");
            if plain.contains("migrat") && !plain.starts_with('#') && !plain.contains("migration_") && !mounted {
                let place = Place::At(file.id, Span::new(offset, offset + line.trim_end().len()));
                return Some(Evidence::At { place, note: Message::new("described") });
            }
            offset += line.len();
        }
        None
    })
}

/// Spring applies Flyway's and Liquibase's migrations when it starts; Strapi, Payload and Directus apply their own.
fn by_framework(cx: &Context<'_>) -> Option<Evidence> {
    let names = ["org.flywaydb:flyway-core", "org.liquibase:liquibase-core", "flyway-core", "liquibase-core"];
    let declared = cx.repo.declared(&names).map(|(_, place)| place);
    let own = ["@strapi/strapi", "payload", "n8n", "@directus/api"];
    let place = declared.or_else(|| cx.repo.declared(&own).map(|(_, place)| place))?;
    Some(Evidence::At { place, note: Message::new("framework") })
}

/// The start command of the first image.
fn start_of_image(cx: &Context<'_>) -> Option<Place> {
    let commands = cx.facts.commands(cx.repo);
    images::images(cx.repo, commands).first().map(images::Image::anchor)
}
