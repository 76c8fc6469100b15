//! `coverage-gate-ineffective`: the coverage threshold that is set can stop a change.

use globset::GlobBuilder;

use crate::{
    facts::{
        Fact,
        coverage::{self, Flaw, Omitted, Sign, Threshold, Tool},
        routes::RouteKind,
    },
    model::{Confidence, Evidence, FileId, Message, Place, Severity, Site, Verdict},
    repo::{File, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: CoverageGateIneffective = CoverageGateIneffective;

pub(in crate::rules) struct CoverageGateIneffective;

/// Below this a value with a note that it is to be raised is a gate in name only.
const LOW: f64 = 60.0;

impl Rule for CoverageGateIneffective {
    fn id(&self) -> &'static str {
        "coverage-gate-ineffective"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands, Fact::Pipelines, Fact::Modules, Fact::Access, Fact::Routes, Fact::Coverage]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let thresholds = thresholds(cx);
        if thresholds.is_empty() {
            return Verdict::not_applicable("none");
        }
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        for tool in Tool::ALL {
            let of_tool: Vec<&Threshold> = thresholds.iter().filter(|it| it.tool == tool).collect();
            judge(cx, tool, &of_tool, &mut sites, &mut fine);
        }
        if !sites.iter().any(|site| site.severity.is_none()) {
            sites.extend(omissions(cx));
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        Verdict::fail_or(sites, || Verdict::pass_or(fine.clone(), || Verdict::not_applicable("none")))
            .also_fine(fine)
            .sites(total, ok)
    }
}

fn flaw_key(flaw: &Flaw) -> &'static str {
    match flaw {
        Flaw::Unread { .. } => "unread",
        Flaw::Off(_) => "off",
    }
}

fn named(flaw: &Flaw) -> &'static str {
    match flaw {
        Flaw::Unread { instead } => instead,
        Flaw::Off(setting) => setting,
    }
}

fn thresholds(cx: &Context<'_>) -> Vec<Threshold> {
    let mut found = coverage::written(cx.repo, cx.facts);
    for (tool, place, sign) in coverage::signs(cx.repo, cx.facts) {
        let (option, value, flaw) = match sign {
            Sign::Threshold { option, value, flaw } => (*option, *value, flaw.clone()),
            // From 1.0 on Vitest looks for the limits one level deeper.
            Sign::Former(option) if vitest_is_current(cx) => {
                (*option, None, Some(Flaw::Unread { instead: "coverage.thresholds" }))
            }
            _ => continue,
        };
        found.push(Threshold { tool, option: option.to_owned(), place, value, flaw });
    }
    found
}

fn vitest_is_current(cx: &Context<'_>) -> bool {
    let mut versions = cx.repo.manifests().iter().filter_map(|it| it.dependency("vitest")?.version.as_deref());
    let current = |version: &str| {
        let digits = version.trim_start_matches(['^', '~', '=', '>', 'v', ' ']);
        digits.split('.').next().and_then(|major| major.parse::<u32>().ok()).is_some_and(|major| major >= 1)
    };
    let first = versions.next().map(current);
    first == Some(true) && versions.all(current)
}

fn judge(cx: &Context<'_>, tool: Tool, thresholds: &[&Threshold], sites: &mut Vec<Site>, fine: &mut Vec<Evidence>) {
    let sound = |it: &&&Threshold| it.flaw.is_none() && it.value != Some(0.0);
    let working: Vec<&&Threshold> = thresholds.iter().filter(sound).collect();
    for threshold in thresholds {
        let message =
            |key: &'static str| Message::new(key).with("tool", tool.name()).with("option", threshold.option.as_str());
        let site = match &threshold.flaw {
            // A command that checks by itself, or another threshold that is read.
            Some(Flaw::Unread { instead: "check-coverage" }) if asked_to_check(cx) => continue,
            Some(flaw) => Site::new(threshold.place.clone(), message(flaw_key(flaw)).with("instead", named(flaw))),
            None if threshold.value == Some(0.0) && working.is_empty() => {
                Site::new(threshold.place.clone(), message("zero"))
            }
            None => continue,
        };
        sites.push(site.key(threshold.option.as_str()));
    }
    let Some(first) = working.first() else { return };
    match measured(cx, tool, &working) {
        Some(Measured::By(place)) => {
            fine.push(Evidence::At { place, note: Message::new("measured").with("tool", tool.name()) });
            for threshold in &working {
                let note = Message::new("threshold").with("option", threshold.option.as_str());
                fine.push(Evidence::At { place: threshold.place.clone(), note });
                sites.extend(lowered(cx, threshold));
            }
        }
        Some(Measured::Caught(place)) => {
            let site = Site::new(place, Message::new("caught").with("tool", tool.name()));
            sites.push(site.related(first.place.clone(), "set").key("caught"));
        }
        None => {
            let message = Message::new("unmeasured").with("tool", tool.name()).with("option", first.option.as_str());
            sites.push(Site::new(first.place.clone(), message).key("unmeasured"));
        }
    }
}

/// nyc and c8 check when the command line says so, whatever their settings leave out.
fn asked_to_check(cx: &Context<'_>) -> bool {
    cx.facts.commands(cx.repo).iter().any(|used| {
        used.command
            .words
            .iter()
            .any(|word| matches!(word.text.as_str(), "--check-coverage" | "check-coverage" | "--100"))
    })
}

enum Measured {
    By(Place),
    /// Every command that measures has its failure caught, here first.
    Caught(Place),
}

fn measured(cx: &Context<'_>, tool: Tool, working: &[&&Threshold]) -> Option<Measured> {
    if tool == Tool::Jacoco {
        return Some(Measured::By(working.first()?.place.clone()));
    }
    let said = coverage::signs(cx.repo, cx.facts)
        .find(|(reader, _, sign)| *reader == tool && **sign == Sign::Measured)
        .map(|(_, place, _)| place);
    let stated = || match tool {
        Tool::Jest => jest_setting(cx),
        Tool::CoveragePy => coverage::always_measured(cx.repo),
        _ => None,
    };
    if let Some(place) = said.or_else(stated) {
        return Some(Measured::By(place));
    }
    let commands = cx.facts.commands(cx.repo);
    let measuring = || commands.iter().filter(|used| coverage::measures(&used.command, tool));
    if let Some(used) = measuring().find(|used| !used.command.caught) {
        return Some(Measured::By(used.place()));
    }
    // What a pipeline swallows is another rule's.
    let swallowed = cx.facts.pipelines(cx.repo).iter().any(|pipeline| {
        pipeline.jobs.iter().flat_map(crate::facts::pipelines::Job::acts).any(|act| act.swallowed.is_some())
    });
    let but: Vec<&Place> = working.iter().map(|threshold| &threshold.place).collect();
    match measuring().next() {
        Some(used) if swallowed => Some(Measured::By(used.place())),
        Some(used) => Some(Measured::Caught(used.place())),
        None => coverage::measured_in(cx.repo, tool, &but).map(Measured::By),
    }
}

/// `collectCoverage` in a manifest.
fn jest_setting(cx: &Context<'_>) -> Option<Place> {
    cx.repo.files().iter().filter(|file| matches!(file.name(), "package.json" | "jest.config.json")).find_map(|file| {
        let root = cx.repo.doc(file.id)?.root()?;
        let settings = if file.name() == "package.json" { root.get("jest")? } else { root };
        let entry = settings.entry("collectCoverage").filter(|entry| entry.value.as_bool() == Some(true))?;
        Some(Place::At(file.id, entry.key_span))
    })
}

/// A low value with a note beside it that it is to be raised.
fn lowered(cx: &Context<'_>, threshold: &Threshold) -> Option<Site> {
    let value = threshold.value.filter(|value| *value > 0.0 && *value < LOW)?;
    let Place::At(file, span) = threshold.place else { return None };
    let text = cx.repo.read(file).ok()?;
    let before = text[..span.start as usize].rfind('\n').unwrap_or(0);
    let above = text[..before].rfind('\n').unwrap_or(0);
    let end = text[span.end as usize..].find('\n').map_or(text.len(), |at| span.end as usize + at);
    let around = text[above..end].to_lowercase();
    let noted = ["todo", "fixme", "temporar", "lowered", "raise", "bump", "increase"];
    noted.iter().any(|word| around.contains(word)).then(|| {
        let message = Message::new("lowered").with("value", value.to_string());
        Site::new(threshold.place.clone(), message).severity(Severity::Medium).key("lowered")
    })
}

/// Patterns that keep what matters most out of the measure.
fn omissions(cx: &Context<'_>) -> Vec<Site> {
    let scripted = coverage::signs(cx.repo, cx.facts).filter_map(|(_, place, sign)| match sign {
        Sign::Omits(pattern) => Some((Omitted { place, pattern: pattern.clone() }, true)),
        _ => None,
    });
    let written = coverage::omitted(cx.repo).into_iter().map(|omitted| (omitted, false));
    let answering = answering(cx);
    let mut sites = Vec::new();
    for (omitted, scripted) in written.chain(scripted) {
        let Some(from) = omitted.place.file() else { continue };
        if is_explained(cx, &omitted.place) {
            continue;
        }
        let folder = cx.repo.file(from).folder();
        let mut matched = cx.repo.files_below(folder).iter().filter(|file| {
            file.role == Role::Source && file.language.is_some() && matches(&omitted.pattern, file, folder, scripted)
        });
        let routes = matched.clone().filter(|file| answering.contains(&file.id)).count();
        let critical = matched.find(|file| is_critical(file) && acts(cx, file) && !declares(file));
        let message = match critical {
            Some(file) => Message::new("omitted").with("path", file.path.as_str()),
            None if answering.len() >= 3 && routes * 2 > answering.len() => {
                Message::new("omitted-routes").count("n", routes).count("all", answering.len())
            }
            None => continue,
        };
        let message = message.with("pattern", omitted.pattern.as_str());
        let site = Site::new(omitted.place, message).severity(Severity::Medium).confidence(Confidence::Likely);
        sites.push(site.key(omitted.pattern));
    }
    sites
}

/// Files whose code answers requests of programs.
fn answering(cx: &Context<'_>) -> Vec<FileId> {
    let routes = cx.facts.routes(cx.repo).iter().filter(|route| route.kind == RouteKind::Http);
    let mut files: Vec<FileId> =
        routes.map(|route| route.handler.as_ref().and_then(Place::file).unwrap_or(route.file)).collect();
    files.sort_unstable();
    files.dedup();
    files
}

/// Whether the comment above the pattern, or above the ones that stand together with it, says which other tests try
/// what it leaves out.
fn is_explained(cx: &Context<'_>, place: &Place) -> bool {
    let Place::At(file, span) = place else { return false };
    let Ok(text) = cx.repo.read(*file) else { return false };
    let Some(before) = text.get(..span.start as usize) else { return false };
    let above = before.lines().rev().skip(usize::from(!before.ends_with('\n')));
    let comment = above
        .map(str::trim_start)
        .skip_while(|line| line.starts_with(['"', '\'', '`']) && !line.contains("//"))
        .take_while(|line| line.starts_with("//") || line.starts_with('#') || line.starts_with('*'));
    let said: String = comment.collect::<Vec<_>>().join(" ").to_lowercase();
    ["integration", "e2e", "end-to-end", "exercised by", "tested by", "covered by"]
        .iter()
        .any(|word| said.contains(word))
}

/// Folders of declarations and of the shapes of data.
fn declares(file: &File) -> bool {
    let folders = ["types", "schemas", "interfaces", "constants", "dto", "dtos"];
    file.folder().components().any(|part| folders.contains(&part.as_str()))
}

/// Declarations of types break nothing.
fn acts(cx: &Context<'_>, file: &File) -> bool {
    cx.facts.of(file.id).is_some_and(|facts| !facts.modules.functions.is_empty())
}

/// Modules that guard: nobody should be able to break them unseen.
fn is_critical(file: &File) -> bool {
    const WORDS: [&str; 12] = [
        "auth",
        "authentication",
        "authorization",
        "login",
        "payment",
        "payments",
        "billing",
        "webhook",
        "webhooks",
        "permissions",
        "crypto",
        "security",
    ];
    let stem = file.name().split('.').next().unwrap_or_default().to_ascii_lowercase();
    WORDS.contains(&stem.as_str())
}

/// Whether a pattern that is written in `folder` names `file`. coverage.py starts from where it runs, so that the
/// beginning of the path may be missing; in its patterns `*` crosses folders.
fn matches(pattern: &str, file: &File, folder: &camino::Utf8Path, scripted: bool) -> bool {
    let relative = file.path.strip_prefix(folder).unwrap_or(&file.path);
    let pattern = pattern.trim_start_matches("./");
    let Ok(glob) = GlobBuilder::new(pattern).literal_separator(scripted).build() else { return false };
    let glob = glob.compile_matcher();
    if scripted {
        return glob.is_match(relative);
    }
    let rooted = format!("/{relative}");
    let mut parts = std::iter::once(0).chain(relative.as_str().match_indices('/').map(|(at, _)| at + 1));
    glob.is_match(&rooted) || parts.any(|at| glob.is_match(&relative.as_str()[at..]))
}
