//! `readiness services`: what runs, by Compose, Dockerfiles, Kubernetes and the files of platforms.

use readiness::{
    facts::{Facts, services},
    repo::{Repo, WalkOptions},
};
use serde::Serialize;

use super::{
    Outcome,
    args::{FactArgs, FactFormat},
    exit::{Exit, Failure},
    output::{Output, print},
    rows::{self, Row, Source},
    scan,
};

pub(super) fn run(args: &FactArgs, output: &Output) -> Outcome {
    let root = scan::root(&args.path, false)?;
    let repo = Repo::open(&root, &WalkOptions::default())
        .map_err(|error| Failure::unusable(format!("cannot read `{}`: {error}", args.path)))?;
    let found = services::described(&repo, &Facts::default());
    let listed: Vec<Listed> = found.iter().map(|one| Listed::new(&repo, one)).collect();
    let text = match args.format {
        FactFormat::Table if listed.is_empty() => "No service is described here.\n".to_owned(),
        FactFormat::Table => rows::table(&listed, output),
        FactFormat::Json => rows::json(&listed)?,
    };
    print(text.as_bytes())?;
    Ok(Exit::Holds)
}

/// A service in a listing.
#[derive(Serialize)]
struct Listed {
    name: String,
    described_by: &'static str,
    source: Source,
    image: Option<String>,
    build: Option<String>,
    ports: Vec<ListedPort>,
    public: bool,
    datastore: Option<&'static str>,
    health_check: Option<Source>,
    depends_on: Vec<String>,
    environment: Option<&'static str>,
}

#[derive(Serialize)]
struct ListedPort {
    port: String,
    public: bool,
}

impl Listed {
    fn new(repo: &Repo, one: &services::Described) -> Self {
        // An image or a command may carry a password.
        let masked = |text: &Option<String>| text.as_deref().map(|text| readiness::text::mask::mask(text).into_owned());
        let ports = one.ports.iter().map(|port| ListedPort { port: port.text.clone(), public: port.public });
        Self {
            name: one.name.clone(),
            described_by: one.by,
            source: Source::of(repo, &one.place),
            image: masked(&one.image),
            build: masked(&one.build),
            ports: ports.collect(),
            public: one.ports.iter().any(|port| port.public),
            datastore: one.datastore,
            health_check: one.health.as_ref().map(|place| Source::of(repo, place)),
            depends_on: one.depends_on.clone(),
            environment: Some(one.environment).filter(|name| !name.is_empty()),
        }
    }
}

impl Row for Listed {
    const HEADINGS: &'static [&'static str] =
        &["SERVICE", "SOURCE", "RUNS", "PORTS", "DATASTORE", "HEALTH", "DEPENDS ON", "ENVIRONMENT"];

    fn cells(&self) -> Vec<String> {
        let ports: Vec<String> = self
            .ports
            .iter()
            .map(|port| if port.public { format!("{} public", port.port) } else { port.port.clone() })
            .collect();
        let runs = match (&self.image, &self.build) {
            (_, Some(build)) => format!("build {build}"),
            (Some(image), None) => image.clone(),
            (None, None) => String::new(),
        };
        vec![
            self.name.clone(),
            self.source.to_string(),
            runs,
            ports.join(", "),
            self.datastore.unwrap_or_default().to_owned(),
            self.health_check.as_ref().map(|_| "yes").unwrap_or_default().to_owned(),
            self.depends_on.join(", "),
            self.environment.unwrap_or_default().to_owned(),
        ]
    }
}
