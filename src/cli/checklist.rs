//! `readiness checklist`: what to check around a deployment.

use camino::Utf8Path;
use clap::ValueEnum;
use readiness::{
    checklist::{Need, Options, Surroundings, Variable, checklist, write},
    config::Config,
    facts::{Fact, processes, services, variables},
    model::{Date, Place},
    report::Report,
};

use super::{
    Outcome,
    args::ChecklistArgs,
    document, env,
    exit::{Exit, Failure},
    library,
    output::{print, reason},
    rows::Source,
};

pub(super) fn run(args: &ChecklistArgs) -> Outcome {
    let audited = document::audit(&args.document)?;
    let names = args.section.iter().filter_map(ValueEnum::to_possible_value);
    let sections = names.map(|value| value.get_name().to_owned()).collect();
    let bytes = document(
        &audited.report,
        &audited.root,
        &audited.config,
        super::variables::dated(args.document.date)?,
        sections,
    )?;
    print(&bytes)?;
    Ok(Exit::Holds)
}

/// The checklist of a report; `root` is the folder that it is about.
pub(super) fn document(
    report: &Report,
    root: &Utf8Path,
    config: &Config,
    date: Option<Date>,
    sections: Vec<String>,
) -> Result<Vec<u8>, Failure> {
    let around = surroundings(root, config)?;
    let options = Options { date: date.map(|date| date.to_string()), sections };
    let mut bytes = Vec::new();
    write(&checklist(report, &around), &options, &mut bytes)
        .map_err(|error| Failure::unusable(format!("cannot write the checklist: {}", reason(&error))))?;
    Ok(bytes)
}

/// What a report does not hold: datastores, health routes and variables.
fn surroundings(root: &Utf8Path, config: &Config) -> Result<Surroundings, Failure> {
    let needed = [Fact::Environment, Fact::Modules, Fact::Access, Fact::Routes];
    let (repo, facts) = library::facts_with(root, config, &needed)?;
    let mut datastores: Vec<String> =
        services::described(&repo, &facts).iter().filter_map(|one| one.datastore).map(str::to_owned).collect();
    datastores.extend(repo.profile().datastores.iter().map(|one| one.name.to_owned()));
    datastores.sort();
    datastores.dedup();
    let mut health = Vec::new();
    for component in repo.components() {
        for (route, _) in processes::asked(&repo, &facts, component.id) {
            health.push((component.path.to_string(), format!("{} {}", route.method, route.path)));
        }
    }
    let found = variables::all(&repo, &facts);
    let variables = found.iter().map(|one| {
        let checked = one.checked().or_else(|| one.demanded());
        Variable {
            name: one.name.clone(),
            secret: one.is_secret(),
            public: variables::public_prefix(&one.name).is_some(),
            need: match env::need(one) {
                Some("required") => Need::Required,
                Some("optional") => Need::Optional,
                Some(_) => Need::Unchecked,
                None => Need::Unread,
            },
            checked: checked.map(|place| Source::of(&repo, &place).to_string()),
            read: one
                .reads
                .iter()
                .map(|(file, read)| Source::of(&repo, &Place::At(*file, read.span)).to_string())
                .collect(),
            declared: one.declared.iter().map(|one| Source::of(&repo, &one.place).to_string()).collect(),
        }
    });
    Ok(Surroundings { datastores, health, variables: variables.collect() })
}
