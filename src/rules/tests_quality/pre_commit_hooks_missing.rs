//! `pre-commit-hooks-missing`: changes are checked before they are committed, or by the pipeline.

use crate::{
    facts::{
        Fact,
        pipelines::Does,
        tooling::{self, Signs},
    },
    model::{Place, Site, Verdict},
    repo::{FileKind, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: PreCommitHooksMissing = PreCommitHooksMissing;

pub(in crate::rules) struct PreCommitHooksMissing;

/// Fewer files are no project that several people change.
const ENOUGH: usize = 10;

const HOOKS: Signs = Signs {
    files: &[
        ".pre-commit-config.*",
        "prek.toml",
        "lefthook.*",
        ".lefthook.*",
        ".huskyrc*",
        ".lintstagedrc*",
        "lint-staged.config.*",
        ".overcommit.yml",
        ".simple-git-hooks*",
        "captainhook.json",
        "grumphp.yml",
    ],
    tables: &["husky", "lint-staged", "simple-git-hooks", "pre-commit", "gitHooks"],
    packages: &["husky", "lefthook", "simple-git-hooks", "pre-commit", "prek", "yorkie", "nano-staged"],
    programs: &["husky", "lefthook"],
};

impl Rule for PreCommitHooksMissing {
    fn id(&self) -> &'static str {
        "pre-commit-hooks-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands, Fact::Pipelines]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let code = cx
            .repo
            .files()
            .iter()
            .filter(|file| file.role == Role::Source && matches!(file.kind, FileKind::Code | FileKind::OtherCode));
        if code.count() < ENOUGH {
            return Verdict::not_applicable("no-code");
        }
        if let Some(place) = folder(cx).or_else(|| tooling::shown(cx.repo, cx.facts, &HOOKS)) {
            return Verdict::pass_at(place, "there");
        }
        let lints = cx
            .facts
            .pipelines(cx.repo)
            .iter()
            .flat_map(|pipeline| &pipeline.jobs)
            .any(|job| job.acts().iter().any(|act| matches!(act.does, Does::Lint | Does::TypeCheck)));
        if lints {
            return Verdict::not_applicable("pipeline");
        }
        Verdict::fail(Site::new(Place::Missing(".husky/pre-commit".into()), "missing"), [])
    }
}

/// A folder of hooks that git or husky runs.
fn folder(cx: &Context<'_>) -> Option<Place> {
    const FOLDERS: [&str; 4] = [".husky", ".githooks", ".git-hooks", ".hooks"];
    let names = ["pre-commit", "pre-push", "commit-msg"];
    let mut files = cx.repo.files().iter();
    files
        .find(|file| names.contains(&file.name()) && file.folder().file_name().is_some_and(|it| FOLDERS.contains(&it)))
        .map(|file| Place::File(file.id))
}
