//! `lint-config-missing`: a linter is set up for each language.

use crate::{
    code::Language,
    facts::{
        Fact,
        tooling::{self, Signs},
    },
    model::{Evidence, Message, Place, Site, Verdict},
    repo::{FileKind, Repo, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: LintConfigMissing = LintConfigMissing;

pub(in crate::rules) struct LintConfigMissing;

/// Fewer files are glue beside another language.
const ENOUGH: usize = 5;

const SCRIPT: Signs = Signs {
    files: &[
        "eslint.config.*",
        ".eslintrc*",
        "biome.json*",
        ".oxlintrc.json",
        "oxlint.config.*",
        ".xo-config*",
        "xo.config.*",
        "tslint.json",
        "deno.json*",
        "rslint.json*",
        ".jshintrc",
        ".standardrc*",
    ],
    tables: &["eslintConfig", "xo", "standard"],
    packages: &["xo", "standard", "semistandard", "oxlint", "ultracite", "ts-standard", "vite-plus"],
    programs: &["eslint", "biome", "oxlint", "xo", "standard", "semistandard", "jshint", "eslint_d"],
};

const PYTHON: Signs = Signs {
    files: &["ruff.toml", ".ruff.toml", ".flake8", ".pylintrc", "pylintrc", ".pycodestyle", ".prospector*"],
    tables: &["tool.ruff*", "tool.pylint*", "tool.flake8*", "ruff", "pylint", "flake8"],
    packages: &["ruff", "flake8", "pylint", "pylama", "prospector"],
    programs: &["ruff", "flake8", "pylint", "pycodestyle", "pylama", "prospector"],
};

impl Rule for LintConfigMissing {
    fn id(&self) -> &'static str {
        "lint-config-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let count = |python: bool| {
            let of = |language: Language| (language == Language::Python) == python;
            let sources =
                cx.repo.files().iter().filter(|file| file.role == Role::Source && file.kind == FileKind::Code);
            sources.filter(|file| file.language.is_some_and(of)).count()
        };
        let asked =
            [(count(false), SCRIPT, "script", "eslint.config.js"), (count(true), PYTHON, "python", "ruff.toml")];
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        for (n, signs, key, path) in asked.into_iter().filter(|(n, ..)| *n >= ENOUGH) {
            match tooling::shown(cx.repo, cx.facts, &signs).or_else(|| elsewhere(cx.repo, signs.programs)) {
                Some(place) => fine.push(Evidence::At { place, note: Message::new("there") }),
                None => sites.push(Site::new(Place::Missing(path.into()), Message::new(key).count("n", n)).key(key)),
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        Verdict::fail_or(sites, || Verdict::pass_or(fine.clone(), || Verdict::not_applicable("no-code")))
            .also_fine(fine)
            .sites(total, ok)
    }
}

/// Hooks and the tables of other tools name a linter in their own words.
fn elsewhere(repo: &Repo, programs: &[&str]) -> Option<Place> {
    const NAMES: [&str; 8] = [
        ".pre-commit-config.yaml",
        "setup.cfg",
        "tox.ini",
        "lefthook.yml",
        "noxfile.py",
        "nx.json",
        ".trunk.yaml",
        "trunk.yaml",
    ];
    let files = repo.files().iter().filter(|file| NAMES.contains(&file.name()));
    files
        .filter(|file| repo.read(file.id).is_ok_and(|text| programs.iter().any(|program| text.contains(program))))
        .map(|file| Place::File(file.id))
        .next()
}
