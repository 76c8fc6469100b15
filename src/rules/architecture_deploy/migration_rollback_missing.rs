//! `migration-rollback-missing`: a schema change can be taken back, or the documentation says how to recover.

use crate::{
    code::{Kind, NodeRef, Role as NodeRole},
    facts::{
        Fact,
        commands::CommandUse,
        documents,
        migrations::{self, MigrationSet, SchemaCommand, Tool},
    },
    model::{Confidence, Evidence, FileId, Message, Observation, Place, Severity, Site, Span, Tone, Verdict},
    repo::{FileKind, Role},
    rule::{Context, Out, Rule, Visit, Watch, site_of},
};

pub(in crate::rules) static RULE: MigrationRollbackMissing = MigrationRollbackMissing;

pub(in crate::rules) struct MigrationRollbackMissing;

impl Rule for MigrationRollbackMissing {
    fn id(&self) -> &'static str {
        "migration-rollback-missing"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Function, Kind::Assignment]).keywords(&["downgrade", "down"]).roles(&[
            Role::Migration,
            Role::Source,
            Role::Script,
        ])
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        let Some(function) = way_back(node) else { return };
        let place = Place::At(file.file.id, Span::new(node.span().start as usize, header_end(node)));
        if is_empty(function) {
            out.bad(place, "here").confidence = Confidence::Likely;
        } else {
            out.good(place, "down");
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let sets = migrations::sets(cx.repo);
        let Some(set) = sets.iter().max_by_key(|set| set.files.len()) else {
            return Verdict::not_applicable("no-migrations");
        };
        let seen: Vec<&Observation> = cx.seen.iter().filter(|seen| is_step(&sets, seen.place.file())).collect();
        let mut fine = down_files(cx, &sets);
        fine.extend(cx.facts.commands(cx.repo).iter().filter_map(rollback_script));
        fine.extend(documented(cx));
        fine.extend(sectioned(cx));
        fine.extend(native(set));
        let good = seen.iter().filter(|seen| seen.tone == Tone::Good);
        fine.extend(good.map(|seen| Evidence::At { place: seen.place.clone(), note: seen.message.clone() }));
        let empty: Vec<Site> = seen.iter().filter(|seen| seen.tone == Tone::Bad).map(|seen| site_of(seen)).collect();
        let steps = seen.len();
        if !empty.is_empty() && empty.len() * 2 > steps && !has_policy(&fine) {
            let ok = steps - empty.len();
            let detail = Message::new("empty-down").count("bad", empty.len()).count("n", steps);
            return Verdict::fail_or(empty, || Verdict::not_applicable("no-migrations"))
                .detail(detail)
                .sites(steps, ok);
        }
        let (down, empty) = php(cx, &sets);
        if !down.is_empty() || !empty.is_empty() {
            let all: usize = sets.iter().filter(|set| set.tool == Tool::Laravel).map(|set| set.files.len()).sum();
            if fine.is_empty() && down.len() * 2 < all && empty.len() * 2 <= all && !down.is_empty() {
                return Verdict::unknown(Message::new("some-down").count("n", down.len()).count("total", all));
            }
            fine.extend(down.into_iter().take(5).map(|place| Evidence::At { place, note: Message::new("down") }));
        }
        // What created the tables has nothing to go back to.
        if fine.is_empty() && sets.iter().map(|set| set.files.len()).sum::<usize>() == 1 {
            return Verdict::not_applicable("first");
        }
        Verdict::pass_or(fine, || absent(set))
    }
}

fn is_step(sets: &[MigrationSet], file: Option<FileId>) -> bool {
    file.is_some_and(|file| sets.iter().any(|set| set.files.contains(&file)))
}

/// Where steps in PHP say how to take themselves back, and where they only seem to.
fn php(cx: &Context<'_>, sets: &[MigrationSet]) -> (Vec<Place>, Vec<Place>) {
    let (mut down, mut empty) = (Vec::new(), Vec::new());
    for file in sets.iter().filter(|set| set.tool == Tool::Laravel).flat_map(|set| &set.files) {
        let Ok(text) = cx.repo.read(*file) else { continue };
        let Some(start) = text.find("function down(") else { continue };
        let place = Place::At(*file, Span::new(start, start + "function down(".len()));
        if says_something(&text[start..]) { down.push(place) } else { empty.push(place) }
    }
    (down, empty)
}

/// Whether the body of the function that `text` begins with holds more than comments, a bare `return` and an error.
fn says_something(text: &str) -> bool {
    let Some(open) = text.find('{') else { return false };
    let mut depth = 0_usize;
    let end = text[open..].char_indices().find_map(|(at, char)| {
        match char {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        (char == '}' && depth == 0).then_some(open + at)
    });
    let body = &text[open + 1..end.unwrap_or(text.len())];
    body.lines().map(str::trim).any(|line| {
        !(line.is_empty()
            || line.starts_with("//")
            || line.starts_with('#')
            || line.starts_with('*')
            || line.starts_with("/*")
            || line.starts_with("throw ")
            || matches!(line, "return;" | "}" | "{"))
    })
}

/// The function that takes a migration back: Alembic's `downgrade`, `down` of a class, an export or `exports.down`.
fn way_back(node: NodeRef<'_>) -> Option<NodeRef<'_>> {
    match node.kind() {
        Kind::Function if matches!(node.name(), "downgrade" | "down") => Some(node),
        Kind::Assignment => {
            let target = node.child(NodeRole::Target)?;
            let value = node.child(NodeRole::Value).filter(|value| value.is(Kind::Function))?;
            let named = target.name() == "down" && value.name() != "down";
            named.then_some(value)
        }
        _ => None,
    }
}

fn header_end(node: NodeRef<'_>) -> usize {
    let text = node.text();
    node.span().start as usize + text.find('\n').unwrap_or(text.len())
}

/// Nothing but `pass`, comments, a docstring, an empty return or an error.
fn is_empty(function: NodeRef<'_>) -> bool {
    let Some(body) = function.child(NodeRole::Body) else { return true };
    if !body.is(Kind::Block) {
        return matches!(body.kind(), Kind::Null | Kind::Identifier);
    }
    body.children().all(|statement| match statement.kind() {
        Kind::Comment | Kind::String | Kind::Throw => true,
        Kind::Return => statement.child(NodeRole::Value).is_none(),
        Kind::Other => statement.name() == "pass_statement" || statement.children().next().is_none(),
        _ => false,
    })
}

/// Down files beside up files.
fn down_files(cx: &Context<'_>, sets: &[MigrationSet]) -> Vec<Evidence> {
    let down = |name: &str| {
        let name = name.to_ascii_lowercase();
        name.ends_with(".down.sql")
            || name.contains("rollback")
            || name.contains("revert")
            || name == "down.sql"
            || name.starts_with("u1__")
    };
    cx.repo
        .files()
        .iter()
        .filter(|file| file.path.extension() == Some("sql") && file.role.is_operational())
        .filter(|file| {
            let in_down = file.path.parent().and_then(|folder| folder.file_name()) == Some("down");
            let near = sets.iter().any(|set| file.path.starts_with(&set.folder));
            in_down || near && down(file.name())
        })
        .take(5)
        .map(|file| Evidence::At { place: Place::At(file.id, Span::new(0, 1)), note: Message::new("down") })
        .collect()
}

fn rollback_script(used: &CommandUse) -> Option<Evidence> {
    let named = used.stage == crate::facts::commands::Stage::PackageScript
        && ["rollback", "migrate:down", "migration:revert", "db:down", "migrate:undo"]
            .iter()
            .any(|part| used.name.contains(part));
    let runs = matches!(migrations::schema_command(used), Some(SchemaCommand::Rollback(_)));
    if used.only_prints() || !named && !runs {
        return None;
    }
    let note = Message::new("script").with("name", used.name.as_str()).with("command", used.text());
    Some(Evidence::At { place: used.place(), note })
}

/// Words that a document on migrations uses for the way back, in English and Russian.
const POLICY: [&str; 6] =
    ["forward-only", "forward only", "only go forward", "roll forward", "только вперёд", "только вперед"];
const PROCEDURE: [&str; 8] = [
    "roll back the migration",
    "rollback the migration",
    "rolling back migration",
    "migration rollback",
    "revert the migration",
    "down migration",
    "откат миграц",
    "откатить миграц",
];

fn documented(cx: &Context<'_>) -> Option<Evidence> {
    cx.repo.files().iter().filter(|file| file.kind == FileKind::Markdown && file.role != Role::Vendored).find_map(
        |file| {
            let text = cx.repo.read(file.id).ok()?;
            let lower = text.to_lowercase();
            if lower.len() != text.len() || !lower.contains("migrat") && !lower.contains("миграц") {
                return None;
            }
            let policy = POLICY.iter().find_map(|words| Some((lower.find(words)?, words, "forward-only")));
            let (at, words, key) = policy
                .or_else(|| PROCEDURE.iter().find_map(|words| Some((lower.find(words)?, words, "documented"))))?;
            Some(Evidence::At { place: Place::At(file.id, Span::new(at, at + words.len())), note: Message::new(key) })
        },
    )
}

/// A section on taking a release back that says what becomes of the migrations.
fn sectioned(cx: &Context<'_>) -> Option<Evidence> {
    documents::documents(cx.repo).iter().find_map(|document| {
        let text = cx.repo.read(document.file).ok()?;
        let section = document.sections.iter().find(|section| {
            let end = document.end_of(section.heading).map_or(text.len(), |end| end as usize);
            let body = text.get(section.heading.range().end..end).unwrap_or_default().to_lowercase();
            let back =
                ["rollback", "roll back", "rolling back", "откат"].iter().any(|word| section.title.contains(word));
            back && section.steps > 0 && (body.contains("migration") || body.contains("миграц"))
        })?;
        Some(Evidence::At { place: Place::At(document.file, section.heading), note: Message::new("documented") })
    })
}

fn has_policy(fine: &[Evidence]) -> bool {
    fine.iter()
        .any(|one| matches!(one, Evidence::At { note, .. } if note.key == "forward-only" || note.key == "documented"))
}

/// Django reverses its own operations; Rails does for `change`.
fn native(set: &MigrationSet) -> Option<Evidence> {
    let file = *set.files.first()?;
    matches!(set.tool, Tool::Django | Tool::Rails).then(|| Evidence::At {
        place: Place::At(file, Span::new(0, 1)),
        note: Message::new("native").with("tool", set.tool.name()),
    })
}

fn absent(set: &MigrationSet) -> Verdict {
    // These tools write no way back, so that their users go forward.
    let forward = matches!(set.tool, Tool::Prisma | Tool::Drizzle);
    let message = Message::new(if forward { "missing-by-design" } else { "missing" });
    let message = message.count("n", set.files.len()).with("tool", set.tool.name());
    let site = Site::new(Place::Missing(set.folder.clone()), message).confidence(Confidence::Likely);
    Verdict::fail(if forward { site.severity(Severity::Medium) } else { site }, [])
}
