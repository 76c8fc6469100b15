//! `ts-strict-disabled`: TypeScript checks strictly, and the build heeds it.

use crate::{
    code::Language,
    facts::{
        Fact,
        commands::{CommandUse, Stage},
        next::ignores_type_errors,
        tsconfig::{self, Setting},
    },
    model::{FileId, Message, Place, Severity, Site, Verdict},
    repo::{Component, File, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: TsStrictDisabled = TsStrictDisabled;

pub(in crate::rules) struct TsStrictDisabled;

/// What `strict` switches on, the weightiest first.
const PARTS: [&str; 4] = ["strictNullChecks", "noImplicitAny", "strictFunctionTypes", "strictPropertyInitialization"];

/// Shared configurations that set `strict`.
const STRICT_BASES: [&str; 5] =
    ["@tsconfig/", "astro/tsconfigs/strict", "@vue/tsconfig", "@sindresorhus/tsconfig", "expo/tsconfig"];

impl Rule for TsStrictDisabled {
    fn id(&self) -> &'static str {
        "ts-strict-disabled"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let written = has_typescript(cx.files(Role::Source));
        let Some(config) = tsconfig::of_component(cx.repo, cx.component).filter(|_| written) else {
            return Verdict::not_applicable("no-typescript");
        };
        let mut evidence = Vec::new();
        let mut sites = Vec::new();
        if let Some(place) = ignores_type_errors(cx.repo, cx.component) {
            match compiler(cx) {
                Some(command) => evidence.push((place, Message::new("checked").with("command", command))),
                None => sites.push(Site::new(place, "ignored").severity(Severity::High).key("ignored")),
            }
        }
        match strictness(cx, config.id) {
            Strictness::Fine(place) => evidence.push((place, Message::new("strict"))),
            Strictness::Weak(found) => {
                let all = found.len();
                sites.extend(found.into_iter().filter(|site| is_first(cx, site)));
                if sites.is_empty() && all > 0 {
                    return Verdict::not_applicable("shared");
                }
            }
            Strictness::NotKnown(base) if sites.is_empty() => {
                return Verdict::unknown(Message::new("not-known").with("base", base));
            }
            Strictness::NotKnown(_) => {}
        }
        let shown: Vec<_> =
            evidence.into_iter().map(|(place, note)| crate::model::Evidence::At { place, note }).collect();
        Verdict::fail_or(sites, || Verdict::pass_or(shown.clone(), || Verdict::not_applicable("no-typescript")))
            .also_fine(shown)
    }
}

fn has_typescript<'f>(mut files: impl Iterator<Item = &'f File>) -> bool {
    files.any(|file| {
        file.role == Role::Source
            && matches!(file.language, Some(Language::TypeScript | Language::Tsx))
            && !file.name().contains(".d.")
    })
}

/// Whether no component before this one takes the same setting from the same file: one line is mended once.
fn is_first(cx: &Context<'_>, site: &Site) -> bool {
    let Some(file) = site.place.file().filter(|file| !cx.covers(*file)) else { return true };
    let taken = |part: &&Component| {
        if !has_typescript(cx.repo.files_of(part.id)) {
            return false;
        }
        let config = tsconfig::of_component(cx.repo, part);
        config.is_some_and(|config| {
            let set = tsconfig::setting(cx.repo, config.id, "strict");
            config.id == file || matches!(set, Setting::Set(from, _) if from == file)
        })
    };
    cx.repo.components().iter().find(taken).is_none_or(|part| part.id == cx.component.id)
}

enum Strictness {
    Fine(Place),
    Weak(Vec<Site>),
    NotKnown(String),
}

fn strictness(cx: &Context<'_>, config: FileId) -> Strictness {
    let off = |option: &str| match tsconfig::setting(cx.repo, config, option) {
        Setting::Set(file, entry) if entry.value.as_bool() == Some(false) => Some(Place::At(file, entry.key_span)),
        _ => None,
    };
    let place = match tsconfig::setting(cx.repo, config, "strict") {
        Setting::Set(file, entry) if entry.value.as_bool() == Some(true) => Place::At(file, entry.key_span),
        Setting::Set(file, entry) => {
            let message = Message::new("off").with("option", "strict");
            let site = Site::new(Place::At(file, entry.key_span), message).key("strict");
            return one_by_one(cx, config, site);
        }
        Setting::Elsewhere(base) if STRICT_BASES.iter().any(|known| base.starts_with(known)) => Place::File(config),
        Setting::Elsewhere(base) => return Strictness::NotKnown(base),
        // From TypeScript 6 on it is the default.
        Setting::Unset if strict_by_default(cx) => Place::File(config),
        Setting::Unset => return one_by_one(cx, config, Site::new(Place::File(config), "unset").key("strict")),
    };
    let mut sites = Vec::new();
    for option in PARTS {
        let Some(place) = off(option) else { continue };
        let site = if option == "strictNullChecks" {
            Site::new(place, "null-off")
        } else {
            Site::new(place, Message::new("partly").with("option", option)).severity(Severity::Low)
        };
        sites.push(site.key(option));
    }
    if sites.is_empty() { Strictness::Fine(place) } else { Strictness::Weak(sites) }
}

/// Without `strict` the checks that matter most may be switched on one by one.
fn one_by_one(cx: &Context<'_>, config: FileId, otherwise: Site) -> Strictness {
    let on = |option: &str| match tsconfig::setting(cx.repo, config, option) {
        Setting::Set(file, entry) if entry.value.as_bool() == Some(true) => Some(Place::At(file, entry.key_span)),
        _ => None,
    };
    match (on(PARTS[0]), on(PARTS[1])) {
        (Some(place), Some(_)) => Strictness::Fine(place),
        _ => Strictness::Weak(vec![otherwise]),
    }
}

fn strict_by_default(cx: &Context<'_>) -> bool {
    let version = cx.repo.dependency(cx.component.id, "typescript").and_then(|(_, found)| found.version.clone());
    let major = version.as_deref().and_then(|it| {
        it.trim_start_matches(|c: char| !c.is_ascii_digit()).split('.').next().and_then(|it| it.parse::<u32>().ok())
    });
    major.is_some_and(|major| major >= 6)
}

/// Whether the command runs on the way to a release: what lies in a folder of scripts is run by nobody, as far as the
/// repository tells.
fn on_the_way(used: &CommandUse) -> bool {
    match used.stage {
        Stage::Workflow | Stage::ImageBuild => true,
        Stage::PackageScript => matches!(used.name.as_str(), "build" | "prebuild" | "vercel-build" | "ci" | "prestart"),
        _ => false,
    }
}

/// A command of the repository that runs the compiler for its errors.
fn compiler(cx: &Context<'_>) -> Option<String> {
    let mut commands = cx.facts.commands(cx.repo).iter();
    let named = |name: &str| name.replace(['-', ':', '_'], "").contains("typecheck");
    let found = commands.find(|used| {
        // `pnpm type-check` starts a script, whatever stands between it and the compiler.
        on_the_way(used) && used.command.package_script().is_some_and(named)
            || on_the_way(used)
                && used.command.program().is_some_and(|program| {
                    let words = || program.arguments.iter().map(|word| word.text.as_str());
                    let checks = |word: &str| word == "tsc" || word == "vue-tsc" || named(word);
                    let runs =
                        matches!(program.name, "npm" | "pnpm" | "yarn" | "npx" | "bun" | "bunx" | "turbo" | "nx");
                    matches!(program.name, "tsc" | "vue-tsc") || (runs && words().any(checks))
                })
    });
    found.map(CommandUse::text)
}
