//! Backups of data: what takes them, what starts that on a schedule, what removes old ones, and what restores.

mod written;

pub use written::written;

use super::{
    commands::{CommandUse, Stage},
    compose, stores,
};
use crate::{
    doc::Node,
    model::{FileId, Place, Span},
    repo::{File, FileKind, Repo},
};

/// One thing that takes backups.
#[derive(Debug, Clone, PartialEq)]
pub struct Backup {
    /// The tool, image or setting.
    pub tool: String,
    pub how: How,
    pub place: Place,
    pub file: FileId,
    /// The script, job, service or resource that holds it.
    pub name: String,
}

/// In which form a backup is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// A command of a script, a task or a workflow, by its index among the repository's commands.
    Command(usize),
    /// A command that asks a provider to take one, by its index.
    Request(usize),
    /// Program code that starts a dump.
    Code,
    /// An image made for backups, which keeps a schedule itself.
    Service,
    /// A resource of the cluster that keeps a schedule.
    Cluster,
    /// A setting of a managed database.
    Setting,
}

/// Programs that copy a database, with the words of which one must follow.
const DUMPERS: &[(&str, &[&str])] = &[
    ("pg_dump", &[]),
    ("pg_dumpall", &[]),
    ("pg_basebackup", &[]),
    ("mysqldump", &[]),
    ("mariadb-dump", &[]),
    ("mariadb-backup", &[]),
    ("mariabackup", &[]),
    ("xtrabackup", &[]),
    ("mongodump", &[]),
    ("restic", &["backup"]),
    ("borg", &["create"]),
    ("borgmatic", &[]),
    ("kopia", &["snapshot"]),
    ("duplicity", &[]),
    ("wal-g", &["backup-push"]),
    ("pgbackrest", &["backup"]),
    ("barman", &["backup"]),
    ("velero", &["backup", "schedule"]),
    ("litestream", &["replicate"]),
    ("clickhouse-backup", &["create", "create_remote"]),
    ("influx", &["backup"]),
    ("supabase", &["dump"]),
    ("manage.py", &["dbbackup"]),
    ("aws", &["create-db-snapshot", "create-db-cluster-snapshot"]),
    ("gcloud", &["backups"]),
    ("heroku", &["pg:backups", "pg:backups:capture", "pg:backups:schedule"]),
];

/// Programs that run another one somewhere else.
const CARRIERS: [&str; 9] =
    ["docker", "docker-compose", "podman", "podman-compose", "nerdctl", "kubectl", "oc", "ssh", "flyctl"];

/// The tool with which a command copies a whole database; dumps of the schema alone are none.
pub fn dumper(used: &CommandUse) -> Option<&'static str> {
    if used.only_prints() {
        return None;
    }
    let program = used.command.program()?;
    let name = program.name.rsplit('/').next().unwrap_or_default();
    let words: Vec<&str> = program.arguments.iter().map(|word| word.text.as_str()).collect();
    let asks = ["--version", "--help", "-V", "--schema-only", "--no-data", "--list"];
    if words.iter().any(|word| asks.contains(word)) || (name.starts_with("pg_dump") && words.contains(&"-s")) {
        return None;
    }
    if CARRIERS.contains(&name) {
        return carried(&words);
    }
    if matches!(name, "python" | "python3") && words.contains(&"dbbackup") {
        return Some("manage.py dbbackup");
    }
    if name == "sqlite3" && words.iter().any(|word| word.trim_start().starts_with(".backup")) {
        return Some("sqlite3 .backup");
    }
    if name == "curl" && words.iter().any(|word| word.starts_with("http") && word.contains("/backup")) {
        return Some("curl");
    }
    DUMPERS
        .iter()
        .find(|(tool, verbs)| *tool == name && (verbs.is_empty() || words.iter().any(|word| verbs.contains(word))))
        .map(|(tool, _)| *tool)
}

fn carried(words: &[&str]) -> Option<&'static str> {
    DUMPERS.iter().filter(|(_, verbs)| verbs.is_empty()).map(|(tool, _)| *tool).find(|tool| {
        words
            .iter()
            .any(|word| word.rsplit('/').next() == Some(tool) || (word.contains(' ') && starts_program(word, tool)))
    })
}

/// Whether a text of several words starts `tool`.
fn starts_program(text: &str, tool: &str) -> bool {
    text.split([' ', ';', '|', '&', '(', '\n']).any(|word| word.rsplit('/').next() == Some(tool))
}

/// Everything that takes backups, in order of place.
pub fn backups(repo: &Repo, commands: &[CommandUse]) -> Vec<Backup> {
    let mut found: Vec<Backup> =
        commands.iter().enumerate().filter_map(|(at, used)| by_command(repo, at, used)).collect();
    found.extend(compose::services(repo).iter().filter_map(|service| {
        let image = service.image.and_then(Node::as_str)?;
        is_backup_image(image).then(|| Backup {
            tool: image.to_owned(),
            how: How::Service,
            place: service.place(),
            file: service.file.id,
            name: service.name.to_owned(),
        })
    }));
    let files = || repo.files().iter().filter(|file| file.role.is_operational());
    found.extend(files().filter_map(|file| in_cluster(repo, file)));
    found.extend(files().filter_map(|file| setting(repo, file)));
    found.extend(files().filter_map(|file| in_code(repo, file)));
    found.sort_by(|one, other| one.place.cmp(&other.place));
    found
}

fn by_command(repo: &Repo, at: usize, used: &CommandUse) -> Option<Backup> {
    let tool = dumper(used)?;
    let file = repo.file(used.file);
    if !used.role.is_operational() || used.stage == Stage::ImageBuild {
        return None;
    }
    let other = ["schema", "seed", "fixture", "fixtures", "test", "sync", "clone", "pull", "import", "restore", "copy"];
    let parts = used.name.to_ascii_lowercase();
    if parts.split(|char: char| !char.is_ascii_alphanumeric()).any(|part| other.contains(&part)) {
        return None;
    }
    let says = |text: &str| text.to_ascii_lowercase().contains("backup");
    let named = says(file.path.as_str()) || says(&used.name);
    if used.stage == Stage::Workflow && !named && schedule_of(repo, file).is_none() {
        return None;
    }
    if matches!(tool, "supabase" | "curl") && !named {
        return None;
    }
    let name = used.name.clone();
    let asked = matches!(tool, "curl" | "aws" | "gcloud" | "heroku");
    let how = if asked { How::Request(at) } else { How::Command(at) };
    Some(Backup { tool: tool.to_owned(), how, place: used.place(), file: used.file, name })
}

/// Images made for backups say so in their name.
pub fn is_backup_image(image: &str) -> bool {
    let name = image.split([':', '@']).next().unwrap_or(image).to_ascii_lowercase();
    ["backup", "borgmatic", "litestream", "restic", "pgbackrest", "wal-g", "barman", "velero"]
        .iter()
        .any(|part| name.contains(part))
}

/// Scheduled resources: a `CronJob` that dumps, backups of database operators, Velero.
fn in_cluster(repo: &Repo, file: &File) -> Option<Backup> {
    if file.kind != FileKind::Kubernetes {
        return None;
    }
    let doc = repo.doc(file.id)?;
    doc.documents.iter().find_map(|root| {
        let kind = root.entry("kind")?;
        let tool = match kind.value.as_str()? {
            "ScheduledBackup" | "BackupSchedule" | "VolumeSnapshotSchedule" => kind.value.as_str()?.to_owned(),
            "Schedule" if root.get("apiVersion")?.as_str()?.starts_with("velero") => "Velero".to_owned(),
            "CronJob" => dumps_in(root)?,
            "Cluster" if root.at(&["spec", "backup"]).is_some() => "CloudNativePG".to_owned(),
            "PostgresCluster" if root.at(&["spec", "backups"]).is_some() => "pgBackRest".to_owned(),
            _ => return None,
        };
        let name = root.at(&["metadata", "name"]).and_then(Node::as_str).unwrap_or_default().to_owned();
        Some(Backup { tool, how: How::Cluster, place: Place::At(file.id, kind.span()), file: file.id, name })
    })
}

/// The tool that a workload's commands or image name.
fn dumps_in(root: &Node) -> Option<String> {
    root.walk().find_map(|(path, node)| {
        let text = node.as_str()?;
        if path.last_key() == Some("image") && is_backup_image(text) {
            return Some(text.to_owned());
        }
        DUMPERS
            .iter()
            .filter(|(_, verbs)| verbs.is_empty())
            .find(|(tool, _)| starts_program(text, tool))
            .map(|(tool, _)| (*tool).to_owned())
    })
}

/// Settings of infrastructure code and of chart values that switch backups on, with what must not follow.
const SETTINGS: [(&str, &str); 8] = [
    ("backup_retention_period", "0"),
    ("backup_configuration", ""),
    ("aws_backup_plan", ""),
    ("point_in_time_recovery", ""),
    ("BackupRetentionPeriod", "0"),
    ("geo_redundant_backup_enabled", "false"),
    ("backup_retention_days", "0"),
    ("snapshot_retention", "0"),
];

fn setting(repo: &Repo, file: &File) -> Option<Backup> {
    if file.kind == FileKind::HelmValues {
        return chart_value(repo, file);
    }
    if !matches!(file.kind, FileKind::Terraform | FileKind::Platform) {
        return None;
    }
    let text = repo.read(file.id).ok()?;
    SETTINGS.iter().find_map(|(name, off)| {
        let at = text.find(name)?;
        let line = text[at + name.len()..].lines().next().unwrap_or_default();
        let value = line.trim_start_matches([' ', '=', ':', '"']).trim_end();
        let place = Place::At(file.id, Span::new(at, at + name.len()));
        (off.is_empty() || value != *off).then(|| Backup {
            tool: (*name).to_owned(),
            how: How::Setting,
            place,
            file: file.id,
            name: file.name().to_owned(),
        })
    })
}

fn chart_value(repo: &Repo, file: &File) -> Option<Backup> {
    let root = repo.doc(file.id)?.root()?;
    root.walk().find_map(|(path, node)| {
        let key = path.last_key().filter(|key| matches!(*key, "backup" | "backups"))?;
        (node.get("enabled").and_then(Node::as_bool) == Some(true)).then(|| Backup {
            tool: key.to_owned(),
            how: How::Setting,
            place: Place::At(file.id, node.span),
            file: file.id,
            name: file.name().to_owned(),
        })
    })
}

/// Code whose name speaks of backups and that starts a dump.
fn in_code(repo: &Repo, file: &File) -> Option<Backup> {
    if !matches!(file.kind, FileKind::Code | FileKind::OtherCode)
        || !file.path.as_str().to_ascii_lowercase().contains("backup")
    {
        return None;
    }
    let text = repo.read(file.id).ok()?;
    DUMPERS.iter().filter(|(_, verbs)| verbs.is_empty()).find_map(|(tool, _)| {
        let at = text.find(tool)?;
        let place = Place::At(file.id, Span::new(at, at + tool.len()));
        let name = file.name().to_owned();
        Some(Backup { tool: (*tool).to_owned(), how: How::Code, place, file: file.id, name })
    })
}

/// The schedule of a workflow.
pub fn schedule_of(repo: &Repo, file: &File) -> Option<Place> {
    if file.kind != FileKind::Workflow {
        return None;
    }
    let root = repo.doc(file.id)?.root()?;
    let on = root.get("on").or_else(|| root.get("true"))?;
    let entry = on.entry("schedule")?;
    Some(Place::At(file.id, entry.span()))
}

/// What starts one of `backups` on a schedule.
pub fn schedule(repo: &Repo, commands: &[CommandUse], backups: &[Backup]) -> Option<Place> {
    let own = backups.iter().find_map(|backup| match backup.how {
        How::Service | How::Cluster | How::Setting => Some(backup.place.clone()),
        How::Command(at) | How::Request(at) => {
            schedule_of(repo, repo.file(backup.file)).or_else(|| looped(repo, &commands[at]))
        }
        How::Code => None,
    });
    own.or_else(|| by_workflow(repo, commands, backups)).or_else(|| by_line(repo, backups))
}

/// A loop that sleeps around the dump, in a container that stays up.
fn looped(repo: &Repo, used: &CommandUse) -> Option<Place> {
    let text = repo.read(used.file).ok()?;
    let whole = text.get(used.whole.range())?;
    let stays = matches!(used.stage, Stage::ContainerStart | Stage::ShellScript);
    (stays && whole.contains("sleep ") && (whole.contains("while ") || whole.contains("until "))).then(|| used.place())
}

/// A scheduled workflow that runs the script.
fn by_workflow(repo: &Repo, commands: &[CommandUse], backups: &[Backup]) -> Option<Place> {
    let scheduled = commands.iter().filter(|used| used.stage == Stage::Workflow);
    scheduled
        .filter(|used| backups.iter().any(|backup| starts(used, backup)))
        .find_map(|used| schedule_of(repo, repo.file(used.file)))
}

/// Whether a command starts the script that holds `backup`.
fn starts(used: &CommandUse, backup: &Backup) -> bool {
    used.command.package_script() == Some(backup.name.as_str())
        || used.command.words.iter().any(|word| word.text.rsplit('/').next() == Some(backup.name.as_str()))
}

/// A line with a cron expression, a timer, or a script that installs a crontab, and the script's name in it.
fn by_line(repo: &Repo, backups: &[Backup]) -> Option<Place> {
    let names: Vec<&str> = backups.iter().map(|backup| backup.name.as_str()).filter(|name| name.len() > 3).collect();
    let speaks =
        |line: &str| line.to_ascii_lowercase().contains("backup") || names.iter().any(|name| line.contains(name));
    let files = repo.files().iter().filter(|file| {
        file.is_text()
            && !matches!(file.kind, FileKind::Markdown | FileKind::Code | FileKind::OtherCode | FileKind::Lockfile)
            && (file.role.is_operational() || is_crontab(file))
    });
    files.filter(|file| may_schedule(file)).find_map(|file| {
        let text = repo.read(file.id).ok()?;
        if file.path.extension() == Some("timer") && speaks(file.name()) {
            return Some(Place::File(file.id));
        }
        let mut offset = 0;
        for line in text.split_inclusive('\n') {
            let plain = line.trim();
            let place = || Place::At(file.id, Span::new(offset, offset + line.trim_end().len()));
            let comment = plain.starts_with('#') || plain.starts_with("//");
            if !comment && speaks(plain) && (cron_expression(plain) || plain.contains("ofelia.job")) {
                return Some(place());
            }
            if !comment && installs_crontab(plain) && speaks(&text) {
                return Some(place());
            }
            offset += line.len();
        }
        None
    })
}

fn may_schedule(file: &File) -> bool {
    let configures = matches!(
        file.kind,
        FileKind::Shell
            | FileKind::Dockerfile
            | FileKind::Compose
            | FileKind::TaskRunner
            | FileKind::Terraform
            | FileKind::Data
            | FileKind::Platform
    );
    let timer = file.path.extension() == Some("timer");
    let json = file.path.extension() == Some("json") && file.kind != FileKind::Platform;
    is_crontab(file) || timer || (configures && !json)
}

/// Whether a file is a crontab.
pub fn is_crontab(file: &File) -> bool {
    let name = file.name().to_ascii_lowercase();
    name.contains("crontab")
        && file.is_text()
        && !matches!(file.kind, FileKind::Code | FileKind::OtherCode | FileKind::Markdown)
        || file.path.extension() == Some("cron")
        || file.path.as_str().split('/').any(|part| part == "cron.d" || part == "crontabs")
}

fn installs_crontab(line: &str) -> bool {
    let word = line.split([' ', '|', ';', '&']).filter(|word| !word.is_empty()).any(|word| word == "crontab");
    word && !line.contains("crontab -l") && !line.starts_with("echo") && !line.contains("command -v")
        || line.contains("| crontab -")
}

/// Whether a line holds five fields of a cron expression in a row, or a named interval.
pub fn cron_expression(line: &str) -> bool {
    let fields: Vec<&str> =
        line.split_whitespace().map(|word| word.trim_matches(['"', '\'', '`', '(', ')', ','])).collect();
    let field = |word: &&str| {
        !word.is_empty() && word.len() < 20 && word.chars().all(|char| char.is_ascii_digit() || "*/,-".contains(char))
    };
    fields.iter().any(|word| matches!(*word, "@daily" | "@hourly" | "@weekly" | "@monthly" | "@midnight"))
        || fields
            .windows(5)
            .any(|five| five.iter().all(field) && five.iter().any(|word| word.contains('*')) && five[0] != "-")
}

/// Programs that bring a copy back, with the words of which one must follow.
const RESTORERS: &[(&str, &[&str])] = &[
    ("pg_restore", &[]),
    ("mongorestore", &[]),
    ("restic", &["restore"]),
    ("borg", &["extract"]),
    ("kopia", &["restore"]),
    ("wal-g", &["backup-fetch"]),
    ("pgbackrest", &["restore"]),
    ("barman", &["recover", "restore"]),
    ("velero", &["restore"]),
    ("litestream", &["restore"]),
    ("clickhouse-backup", &["restore", "restore_remote"]),
    ("manage.py", &["dbrestore"]),
    ("heroku", &["pg:backups:restore"]),
];

/// Whether a program names a tool that does nothing but bring a copy back: `execFile("pg_restore", …)`.
pub fn names_restorer(text: &str) -> bool {
    RESTORERS.iter().filter(|(_, verbs)| verbs.is_empty()).any(|(tool, _)| text.contains(tool))
}

/// Whether a command brings a copy back.
pub fn restores(used: &CommandUse) -> bool {
    if used.only_prints() {
        return false;
    }
    let Some(program) = used.command.program() else { return false };
    let name = program.name.rsplit('/').next().unwrap_or_default();
    let words: Vec<&str> = program.arguments.iter().map(|word| word.text.as_str()).collect();
    if words.iter().any(|word| matches!(*word, "--version" | "--help" | "--list" | "-l")) {
        return false;
    }
    let known = RESTORERS.iter().any(|(tool, verbs)| {
        let here = *tool == name || CARRIERS.contains(&name) && words.contains(tool);
        here && (verbs.is_empty() || words.iter().any(|word| verbs.contains(word)))
    });
    let client = ["psql", "mysql", "mariadb"].iter().any(|tool| *tool == name || words.contains(tool));
    let fed = used.command.redirects.iter().any(|redirect| redirect.operator == "<")
        || used.command.before == Some(crate::code::shell::Operator::Pipe);
    known || client && fed && says_restore(&used.name)
}

/// Whether a name speaks of bringing something back.
pub fn says_restore(name: &str) -> bool {
    name.to_ascii_lowercase().split(|char: char| !char.is_ascii_alphanumeric()).any(|part| part.starts_with("restor"))
}

/// Words with which scripts, images and settings keep a backup for a time and no longer.
const RETENTION: [&str; 24] = [
    "-mtime",
    "-mmin",
    "retention",
    "keep_days",
    "days_to_keep",
    "backup_keep",
    "keep-daily",
    "keep_daily",
    "--keep-",
    "keep_last",
    "keep-within",
    "prune",
    "forget",
    "expire",
    "lifecycle",
    "db_cleanup_time",
    "max_backups",
    "backup_num_keep",
    "num_backups",
    "delete-older",
    "min-age",
    "logrotate",
    "tail -n +",
    "backup_prune",
];

/// Where something removes old backups: in the file of a backup, or in a script that speaks of backups.
pub fn retention(repo: &Repo, backups: &[Backup]) -> Option<Place> {
    let own = backups.iter().map(|backup| backup.file);
    let others = repo.files().iter().filter(|file| {
        let name = file.path.as_str().to_ascii_lowercase();
        file.role.is_operational()
            && file.is_text()
            && file.kind != FileKind::Markdown
            && (name.contains("backup")
                || name.contains("borgmatic")
                || name.contains("pgbackrest")
                || name.contains("litestream"))
    });
    own.chain(others.map(|file| file.id)).find_map(|file| {
        let text = repo.read(file).ok()?;
        let mut offset = 0;
        for line in text.split_inclusive('\n') {
            let plain = line.trim().to_ascii_lowercase();
            if !plain.starts_with('#') && RETENTION.iter().any(|word| plain.contains(word)) {
                return Some(Place::At(file, Span::new(offset, offset + line.trim_end().len())));
            }
            offset += line.len();
        }
        None
    })
}

/// Whether a heading, in lower case, speaks of backups of data.
pub fn heading(text: &str) -> bool {
    let other = [
        "code", "код", "email", "key", "device", "method", "plan b", "provider", "monitor", "switch", "n8n", "test",
        "moved", "archive", "flag", "sdk",
    ];
    let word = ["backup", "back up", "back-up", "бэкап", "резервн", "disaster recovery"];
    let says = word.iter().any(|word| text.contains(word)) && !other.iter().any(|word| text.contains(word));
    says && !denies(text)
}

/// Whether a heading says that something is not there.
fn denies(text: &str) -> bool {
    let mut words = text.split(|char: char| !char.is_alphanumeric());
    words.any(|word| {
        matches!(word, "no" | "not" | "without" | "missing" | "lack" | "lacks" | "todo" | "нет" | "без")
            || word.starts_with("отсутств")
    })
}

/// Whether a heading, in lower case, speaks of bringing data back.
pub fn restore_heading(text: &str) -> bool {
    let word = ["restor", "восстанов", "disaster recovery", "point-in-time"];
    word.iter().any(|word| text.contains(word)) && !denies(text)
}

/// The databases of this repository that a reader would expect to be backed up.
pub fn kept(repo: &Repo) -> Vec<stores::Store> {
    let mut stores = stores::stores(repo);
    stores.retain(|store| store.home != stores::Home::Development);
    stores
}

/// A line of the project's documents that schedules one of `backups` by hand.
pub fn documented_schedule(repo: &Repo, backups: &[Backup]) -> Option<Place> {
    super::documents::instructions(repo).find_map(|file| {
        let text = repo.read(file.id).ok()?;
        let mut offset = 0;
        for line in text.split_inclusive('\n') {
            let named = backups.iter().any(|backup| backup.name.len() > 3 && line.contains(backup.name.as_str()));
            if cron_expression(line) && (named || line.contains("backup")) {
                return Some(Place::At(file.id, Span::new(offset, offset + line.trim_end().len())));
            }
            offset += line.len();
        }
        None
    })
}

/// Commands that bring a file to another machine.
const SENDERS: [&str; 12] = [
    "aws s3",
    "s3cmd",
    "gsutil",
    "gcloud storage",
    "rclone",
    "rsync",
    "scp ",
    "az storage",
    "mc cp",
    "b2 ",
    "s5cmd",
    "upload-artifact",
];

/// The command with which the file of `backup` sends copies elsewhere.
pub fn sent_away(repo: &Repo, backup: &Backup) -> Option<&'static str> {
    let text = repo.read(backup.file).ok()?;
    let lines = || text.lines().filter(|line| !line.trim_start().starts_with('#'));
    SENDERS.into_iter().find(|sender| lines().any(|line| line.contains(sender))).map(str::trim_end)
}
