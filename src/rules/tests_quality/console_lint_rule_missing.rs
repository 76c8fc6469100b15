//! `console-lint-rule-missing`: the linter keeps `console` out of what ships.

use crate::{
    code::Language,
    model::{Evidence, Message, Place, Site, Span, Verdict},
    repo::{ComponentKind, File, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: ConsoleLintRuleMissing = ConsoleLintRuleMissing;

pub(in crate::rules) struct ConsoleLintRuleMissing;

/// Shared configurations that bring the rule along.
const BRINGS: [&str; 5] =
    ["airbnb", "@antfu/eslint-config", "@vercel/style-guide", "@react-native-community", "wesbos"];

/// Words of configurations that are known not to bring it.
const KNOWN: [&str; 34] = [
    "eslint",
    "typescript-eslint",
    "@typescript-eslint",
    "@eslint",
    "next",
    "prettier",
    "react",
    "react-hooks",
    "react-refresh",
    "import",
    "jsx-a11y",
    "vue",
    "svelte",
    "security",
    "node",
    "n",
    "promise",
    "jest",
    "vitest",
    "testing-library",
    "jest-dom",
    "tailwindcss",
    "better-tailwindcss",
    "storybook",
    "turbo",
    "@tanstack",
    "drizzle",
    "globals",
    "react-app",
    "standard",
    "unused-imports",
    "simple-import-sort",
    "playwright",
    "perfectionist",
];

impl Rule for ConsoleLintRuleMissing {
    fn id(&self) -> &'static str {
        "console-lint-rule-missing"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let runs = cx.repo.components().iter().any(|part| {
            matches!(part.kind, ComponentKind::HttpService | ComponentKind::WebApp | ComponentKind::Worker)
                && cx.repo.files_of(part.id).any(|file| file.role == Role::Source && is_script(file))
        });
        if !runs {
            return Verdict::not_applicable("no-service");
        }
        let configs: Vec<&File> = cx.repo.files().iter().filter(|file| is_config(cx, file)).collect();
        let Some(first) = configs.iter().find(|file| main_of_its_kind(file)) else {
            return Verdict::not_applicable("no-linter");
        };
        let found: Vec<Evidence> = configs
            .iter()
            .filter_map(|file| Some(Evidence::At { place: set(cx, file)?, note: Message::new("set") }))
            .chain(stripped(cx).map(|place| Evidence::At { place, note: Message::new("stripped") }))
            .collect();
        Verdict::pass_or(found, || match configs.iter().find_map(|file| foreign(cx, file)) {
            Some(name) => Verdict::unknown(Message::new("preset").with("name", name)),
            None => Verdict::fail(Site::new(Place::File(first.id), "missing"), []),
        })
    }
}

fn is_script(file: &File) -> bool {
    file.language.is_some_and(|language| language != Language::Python)
}

/// Files that hold rules of a linter, those of shared configurations in the repository included.
fn is_config(cx: &Context<'_>, file: &File) -> bool {
    if matches!(file.role, Role::Example | Role::Vendored | Role::Generated | Role::Docs | Role::Test) {
        return false;
    }
    let own_table = || {
        file.name() == "package.json"
            && cx.repo.doc(file.id).and_then(|doc| doc.root()).is_some_and(|root| root.entry("eslintConfig").is_some())
    };
    let shared = || {
        let folder = file.folder().as_str();
        (folder.contains("eslint") || folder.contains("lint-config"))
            && matches!(file.path.extension(), Some("js" | "cjs" | "mjs" | "ts" | "json"))
            && file.name() != "package.json"
    };
    main_of_its_kind(file) || own_table() || shared()
}

fn main_of_its_kind(file: &File) -> bool {
    let name = file.name();
    ["eslint.config.", ".eslintrc", "biome.json", ".oxlintrc", "oxlint.config", "tslint.json"]
        .iter()
        .any(|start| name.starts_with(start))
        && !name.contains("ignore")
}

/// Where the rule is switched on, or a configuration is taken that does.
fn set(cx: &Context<'_>, file: &File) -> Option<Place> {
    let text = cx.repo.read(file.id).ok()?;
    let mut offset = 0;
    let mut lines = text.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        let comment = line.trim_start().starts_with("//") || line.trim_start().starts_with('*');
        let span = || Place::At(file.id, Span::new(offset, offset + line.trim_end().len()));
        let named = ["no-console", "noConsole", "noConsoleLog"].iter().any(|word| line.contains(word));
        if named && !comment {
            let value = line.split(':').skip(1).collect::<Vec<_>>().join(":");
            // The value may stand on the next line: `"noConsole": {`, `'no-console': [`.
            let value = if value.trim().len() < 3 && !value.trim().starts_with(['0', '1', '2']) {
                format!("{value}{}", lines.peek().copied().unwrap_or_default())
            } else {
                value
            };
            if !(value.contains("off") || value.trim_start().starts_with(['0']) || value.contains("[0")) {
                return Some(span());
            }
        }
        if !comment && BRINGS.iter().any(|preset| line.contains(preset)) {
            return Some(span());
        }
        offset += line.len();
    }
    None
}

/// A build that drops the calls.
fn stripped(cx: &Context<'_>) -> Option<Place> {
    const WORDS: [&str; 5] =
        ["removeConsole", "drop_console", "dropConsole", "transform-remove-console", "drop: ['console"];
    let bundler = |name: &str| {
        ["next.config.", "vite.config.", "babel.config.", "webpack.", "rollup.config.", ".babelrc", "nuxt.config."]
            .iter()
            .any(|start| name.starts_with(start))
    };
    cx.repo.files().iter().filter(|file| bundler(file.name())).find_map(|file| {
        let text = cx.repo.read(file.id).ok()?;
        let at = WORDS.iter().find_map(|word| text.find(word))?;
        Some(Place::At(file.id, Span::new(at, at + 7)))
    })
}

/// A configuration from elsewhere of which it is not known what it brings.
fn foreign(cx: &Context<'_>, file: &File) -> Option<String> {
    let text = cx.repo.read(file.id).ok()?;
    let own: Vec<&str> =
        cx.repo.manifests().iter().filter_map(|it| it.name.as_ref()).map(|name| name.text.as_str()).collect();
    let quoted = text.split(['\'', '"']).skip(1).step_by(2);
    let configs = quoted.filter(|word| {
        let last = word.rsplit(['/', ':']).next().unwrap_or_default();
        let whole = word.trim_start_matches("plugin:");
        let named = whole.contains("eslint-config") || whole.starts_with('@') && last.contains("config");
        named && !word.starts_with('.') && !word.contains(' ') && !word.contains('*')
    });
    configs
        .filter(|word| !own.iter().any(|name| word.starts_with(name)))
        .find(|word| {
            let parts: Vec<&str> = word.split('/').collect();
            let bare = word.trim_start_matches("eslint-config-").split('/').next().unwrap_or_default();
            let known = KNOWN.contains(&bare)
                || parts.iter().any(|part| KNOWN.contains(&part.trim_start_matches("eslint-config-")));
            !known
        })
        .map(str::to_owned)
}
