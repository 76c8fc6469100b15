//! The engine's shortcuts change nothing: keywords keep no visitor from a file that matters to it, threads and the
//! order of files leave the report as it is, and a rule that panics leaves the others alone.

#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use camino::Utf8Path;
use readiness::{
    catalogue,
    code::{Kind, NodeRef},
    config::Config,
    engine,
    facts::FileFacts,
    model::{FileId, Place, Verdict},
    repo::{Repo, WalkOptions},
    report::{Cause, Report, Status},
    rule::{Context, Entry, Out, Rule, Visit, Watch, cases},
};
use tempfile::TempDir;

fn open(root: &Path) -> Repo {
    Repo::open(Utf8Path::from_path(root).unwrap(), &WalkOptions::default()).unwrap()
}

fn rules() -> Vec<&'static Entry> {
    catalogue().entries().iter().collect()
}

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut found: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.is_dir());
    found.sort();
    found
}

/// Facts as far as they are about one file alone. Imports are kept of those files only that say something of logging.
fn comparable(all: BTreeMap<FileId, FileFacts>) -> BTreeMap<FileId, FileFacts> {
    let without_imports = |(file, mut facts): (FileId, FileFacts)| {
        facts.logging.imports.clear();
        (file, facts)
    };
    all.into_iter().map(without_imports).filter(|(_, facts)| !facts.is_empty()).collect()
}

/// Whose observations and facts differ when keywords keep nobody from a file.
fn differences(root: &Path) -> Vec<String> {
    let repo = open(root);
    let (gated, gated_facts) = engine::observe_only(&repo, rules(), true);
    let (naive, naive_facts) = engine::observe_only(&repo, rules(), false);
    let (gated_facts, naive_facts) = (comparable(gated_facts), comparable(naive_facts));
    let mut found = Vec::new();
    for (rule, seen) in &naive {
        let with = gated.get(rule).map(Vec::as_slice).unwrap_or_default();
        if with != seen.as_slice() {
            let first = seen.iter().find(|seen| !with.contains(*seen));
            found.push(format!("{rule}: {} observations without keywords, {} with: {first:?}", seen.len(), with.len()));
        }
    }
    for (file, facts) in &naive_facts {
        let with = gated_facts.get(file);
        if with != Some(facts) {
            found.push(format!("{}: {facts:?}\nwith keywords: {with:?}", repo.file(*file).path));
        }
    }
    if found.is_empty() {
        assert!(gated == naive && gated_facts == naive_facts, "keywords can only take away");
    }
    found
}

#[test]
fn keywords_lose_nothing_in_the_fixtures() {
    let fixtures = fixtures();
    let differences: Vec<String> = fixtures
        .iter()
        .flat_map(|root| differences(root).into_iter().map(move |what| format!("{}: {what}", root.display())))
        .collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn keywords_lose_nothing_in_the_cases_of_all_rules() {
    let mut all = Vec::new();
    for entry in catalogue().entries() {
        for case in cases::parse(&entry.cases).unwrap() {
            let folder = tempfile::tempdir().unwrap();
            common::lay_out(folder.path(), &case.files);
            let named = |what| format!("{}: {}: {what}", entry.meta.id, case.title);
            all.extend(differences(folder.path()).into_iter().map(named));
        }
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

/// Sources put together from pieces by a fixed sequence of numbers, so that every run sees the same ones.
fn generated() -> TempDir {
    const TYPESCRIPT: [&str; 14] = [
        "const a@ = process.env.NAME_@ ?? 'fallback';",
        "const { SECRET_@ = 'value' } = process.env;",
        "export function down@() { return knex.schema.dropTable('t@'); }",
        "console.log('hello', user@.password);",
        "app.use(cors({ origin: '*', credentials: true }));",
        "const key@ = \"not-a-key-@\";",
        "await db.query(`select ${id@}`);",
        "export default async function handler@(req, res) { res.json({ ok: @ }); }",
        "try { risky@(); } catch (error) { logger.error(error); }",
        "const table@ = pgTable('t@', { id: serial('id') });",
        "sequelize.sync({ force: true });",
        "// readiness: ignore[schema-push] generated @",
        "class Service@ { @Entity() field = import.meta.env.VITE_@; }",
        "const broken@ = (",
    ];
    const PYTHON: [&str; 8] = [
        "NAME_@ = os.environ.get('NAME_@', 'x')",
        "SECRET_@ = os.getenv('SECRET_@') or 'fallback'",
        "def downgrade():\n    op.drop_table('t@')",
        "Base.metadata.create_all(engine)",
        "class Settings@(BaseSettings):\n    token: str = 'abc@'",
        "print('value', @)",
        "requests.get(url@, timeout=None)",
        "# readiness: ignore[fallback-secret] generated @",
    ];
    let folder = tempfile::tempdir().unwrap();
    let mut number: u32 = 1;
    let mut next = |below: usize| {
        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (number >> 8) as usize % below
    };
    for file in 0..60 {
        let (pieces, extension): (&[&str], &str) = match file % 3 {
            0 => (&PYTHON, "py"),
            1 => (&TYPESCRIPT, "ts"),
            _ => (&TYPESCRIPT, "js"),
        };
        let text: Vec<String> =
            (0..=next(6)).map(|_| pieces[next(pieces.len())].replace('@', &file.to_string())).collect();
        let place = ["src", "scripts", "tests", "migrations", "config", "examples"][next(6)];
        common::write(folder.path(), &format!("{place}/file_{file:02}.{extension}"), &text.join("\n"));
    }
    common::write(
        folder.path(),
        "package.json",
        "{\"name\": \"generated\", \"dependencies\": {\"express\": \"5.0.0\"}}",
    );
    folder
}

#[test]
fn keywords_lose_nothing_in_generated_sources() {
    let folder = generated();
    let differences = differences(folder.path());
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

fn scan(root: &Path, jobs: usize) -> Report {
    let config = Config { jobs: Some(jobs), all: true, ..Config::default() };
    readiness::scan(Utf8Path::from_path(root).unwrap(), &config).unwrap()
}

fn json(root: &Path, jobs: usize) -> String {
    serde_json::to_string_pretty(&scan(root, jobs)).unwrap()
}

#[test]
fn the_report_is_the_same_on_one_thread_and_on_more() {
    let generated = generated();
    for root in fixtures().iter().map(PathBuf::as_path).chain([generated.path()]) {
        let one = json(root, 1);
        for jobs in [2, 4] {
            assert!(one == json(root, jobs), "{} with {jobs} jobs", root.display());
        }
    }
}

/// Copies a folder, creating its files in the order that `order` gives them.
fn copy(from: &Path, to: &Path, order: fn(&mut Vec<PathBuf>)) {
    let mut files: Vec<PathBuf> = walkdir::WalkDir::new(from)
        .sort_by_file_name()
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect();
    order(&mut files);
    for file in files {
        let target = to.join(file.strip_prefix(from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(file, target).unwrap();
    }
}

#[test]
fn the_order_in_which_files_were_made_does_not_matter() {
    let orders: [fn(&mut Vec<PathBuf>); 3] = [
        |_| {},
        |files| files.reverse(),
        |files| {
            let (even, odd): (Vec<_>, Vec<_>) = files.drain(..).enumerate().partition(|(index, _)| index % 2 == 0);
            files.extend(odd.into_iter().chain(even).map(|(_, file)| file));
        },
    ];
    let generated = generated();
    for root in fixtures().iter().map(PathBuf::as_path).chain([generated.path()]) {
        let reports = orders.map(|order| {
            let folder = tempfile::tempdir().unwrap();
            // A folder's name is the repository's when no manifest names it.
            let copied = folder.path().join("copied");
            copy(root, &copied, order);
            json(&copied, 2)
        });
        assert!(reports[0] == reports[1] && reports[0] == reports[2], "{}", root.display());
    }
}

/// Panics where its name says.
struct Panicking {
    id: &'static str,
    in_conclusion: bool,
}

static IN_NODE: Panicking = Panicking { id: "panics-in-node", in_conclusion: false };
static IN_CONCLUSION: Panicking = Panicking { id: "panics-in-conclusion", in_conclusion: true };

impl Rule for Panicking {
    fn id(&self) -> &str {
        self.id
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        out.good(file.place(node), "deploy");
        assert!(self.in_conclusion, "no call is expected");
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        assert!(!self.in_conclusion, "no conclusion is expected");
        match cx.files(readiness::repo::Role::Source).count() {
            0 => Verdict::pass_at(Place::Missing(".".into()), "deploy"),
            files => Verdict::pass(cx.searched("deploy", files), []),
        }
    }
}

#[test]
fn a_rule_that_panics_becomes_unknown_and_leaves_the_others_alone() {
    let folder = tempfile::tempdir().unwrap();
    common::write(folder.path(), "src/a.ts", "first();\nsecond();\n");
    common::write(folder.path(), "src/b.ts", "export const b = process.env.JWT_SECRET || 'corner-shop-signing';\n");
    let repo = open(folder.path());
    let like = |rule: &'static Panicking| {
        let mut meta = catalogue().get("fallback-secret").unwrap().meta.clone();
        rule.id.clone_into(&mut meta.id);
        Entry::coded(meta, rule)
    };
    let panicking = [like(&IN_NODE), like(&IN_CONCLUSION)];
    let mut with = rules();
    with.extend(&panicking);
    let config = Config { jobs: Some(2), ..Config::default() };
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let audit = engine::run(&repo, with, &config);
    std::panic::set_hook(hook);
    let audit = audit.unwrap();
    let alone = engine::run(&repo, rules(), &config).unwrap();

    for rule in [&IN_NODE, &IN_CONCLUSION] {
        let criterion = audit.criteria.iter().find(|criterion| criterion.rule == rule.id).unwrap();
        assert_eq!((criterion.status, criterion.cause), (Status::Unknown, Some(Cause::Engine)), "{}", rule.id);
    }
    let told: Vec<(&str, Option<&str>, &str)> = audit
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.kind == "rule-panicked")
        .map(|diagnostic| {
            (diagnostic.rule.as_deref().unwrap(), diagnostic.path.as_deref(), diagnostic.message.as_str())
        })
        .collect();
    assert_eq!(
        told,
        [
            // Once for the file, although it calls twice.
            ("panics-in-node", Some("src/a.ts"), "internal error, please report it: no call is expected"),
            ("panics-in-conclusion", None, "internal error, please report it: no conclusion is expected"),
        ]
    );
    let others = |criteria: Vec<readiness::report::Criterion>| -> Vec<_> {
        criteria.into_iter().filter(|criterion| !criterion.rule.starts_with("panics-")).collect()
    };
    assert_eq!(others(audit.criteria), alone.criteria);
    assert_eq!(audit.findings, alone.findings);
}
