//! Whether a tool is set up: by a file of its own, a table in a manifest, a dependency, or a command that runs it.

use crate::{
    facts::{Facts, commands::CommandUse},
    model::Place,
    repo::{File, Repo, Role},
};

/// What shows a tool; a name that ends in `*` stands for any ending.
#[derive(Debug, Clone, Copy, Default)]
pub struct Signs {
    /// File names: `eslint.config.*`.
    pub files: &'static [&'static str],
    /// Tables of a manifest: `tool.ruff`.
    pub tables: &'static [&'static str],
    pub packages: &'static [&'static str],
    /// Programs of commands.
    pub programs: &'static [&'static str],
}

/// The first place that shows one of the tools, the plainest first: file, table, dependency, command.
pub fn shown(repo: &Repo, facts: &Facts, signs: &Signs) -> Option<Place> {
    file(repo, signs.files).or_else(|| table(repo, signs.tables)).or_else(|| package(repo, signs.packages)).or_else(
        || {
            let run = facts.commands(repo).iter().find(|used| runs(used, signs.programs));
            run.map(CommandUse::place)
        },
    )
}

/// The first file of one of these names that is no example and not copied in.
pub fn file(repo: &Repo, names: &[&str]) -> Option<Place> {
    repo.files().iter().find(|file| in_use(file) && is_named(file.name(), names)).map(|file| Place::File(file.id))
}

fn in_use(file: &File) -> bool {
    !matches!(file.role, Role::Example | Role::Vendored | Role::Generated)
}

fn is_named(name: &str, names: &[&str]) -> bool {
    names.iter().any(|known| known.strip_suffix('*').map_or(name == *known, |start| name.starts_with(start)))
}

fn table(repo: &Repo, names: &[&str]) -> Option<Place> {
    repo.manifests().iter().find_map(|manifest| {
        let stated = manifest.tools.iter().find(|tool| is_named(&tool.text, names))?;
        Some(manifest.place(stated.span))
    })
}

fn package(repo: &Repo, names: &[&str]) -> Option<Place> {
    repo.manifests().iter().filter(|manifest| in_use(repo.file(manifest.file))).find_map(|manifest| {
        let declared = manifest.dependencies.iter().find(|it| is_named(&it.name, names))?;
        Some(manifest.place(declared.span))
    })
}

/// Whether a command runs one of `programs`, also through a runner: `npx eslint`, `uv run ruff`.
pub fn runs(used: &CommandUse, programs: &[&str]) -> bool {
    const RUNNERS: [&str; 14] = [
        "npx", "pnpm", "yarn", "bunx", "bun", "npm", "uv", "uvx", "poetry", "pipx", "python", "python3", "pdm", "hatch",
    ];
    let Some(program) = used.command.program() else { return false };
    let named = |word: &str| is_named(word.rsplit('/').next().unwrap_or(word), programs);
    named(program.name)
        || RUNNERS.contains(&program.name)
            && program
                .arguments
                .iter()
                .map(|word| word.text.as_str())
                .filter(|word| !word.starts_with('-'))
                .take(3)
                .any(named)
}
