//! `load-tests-missing`: it was tried how much the service bears.

use crate::{
    facts::{
        Fact, documents,
        tooling::{self, Signs},
    },
    model::{Evidence, Message, Place, Severity, Site, Verdict},
    repo::{Component, ComponentKind, File, FileKind, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: LoadTestsMissing = LoadTestsMissing;

pub(in crate::rules) struct LoadTestsMissing;

/// Fewer source files are an example.
const ENOUGH: usize = 15;

/// Fewer source files are a service of few callers as a rule.
const SMALL: usize = 40;

const TOOLS: Signs = Signs {
    files: &[
        "locustfile*",
        "artillery*",
        "k6.*",
        "k6-*",
        "k6_*",
        "load-test*",
        "load_test*",
        "loadtest*",
        "stress-test*",
        "stress_test*",
        "perf-test*",
        "gatling*",
        ".taurus*",
    ],
    tables: &[],
    packages: &[
        "@types/k6",
        "k6",
        "artillery",
        "autocannon",
        "loadtest",
        "locust",
        "molotov",
        "clinic",
        "gatling-maven-plugin",
        "io.gatling",
        "gatling-charts-highcharts",
        "benny-load",
        "tsung",
    ],
    programs: &[
        "k6",
        "artillery",
        "locust",
        "autocannon",
        "loadtest",
        "vegeta",
        "wrk",
        "wrk2",
        "hey",
        "oha",
        "bombardier",
        "ab",
        "jmeter",
        "gatling",
        "ghz",
        "tsung",
        "drill",
        "siege",
        "fortio",
        "bzt",
        "plow",
        "ddosify",
    ],
};

impl Rule for LoadTestsMissing {
    fn id(&self) -> &'static str {
        "load-tests-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if documents::is_showcase(cx.repo) {
            return Verdict::not_applicable("showcase");
        }
        let serves = |part: &&Component| matches!(part.kind, ComponentKind::HttpService | ComponentKind::WebApp);
        let sources = |part: &Component| {
            let files = cx.repo.files_of(part.id).filter(|file| file.role == Role::Source);
            files.filter(|file| matches!(file.kind, FileKind::Code | FileKind::OtherCode)).count()
        };
        let parts = cx.repo.components().iter().filter(serves);
        let Some((n, part)) = parts
            .map(|part| (sources(part), part))
            .filter(|(n, _)| *n >= ENOUGH)
            .max_by_key(|(n, part)| (part.kind == ComponentKind::HttpService, *n))
        else {
            return Verdict::not_applicable("no-service");
        };
        let found = written(cx).or_else(|| tooling::shown(cx.repo, cx.facts, &TOOLS));
        match found {
            Some(place) => Verdict::pass(Evidence::At { place, note: Message::new("there") }, []),
            None => {
                let message = Message::new("missing").with("name", part.name.as_str()).count("n", n);
                let site = Site::new(Place::Missing("load-tests".into()), message);
                Verdict::fail(if n < SMALL { site.severity(Severity::Low) } else { site }, [])
            }
        }
    }
}

/// A scenario: by its folder, its ending, or by what it imports.
fn written(cx: &Context<'_>) -> Option<Place> {
    let folder = |part: &str| {
        matches!(
            part,
            "load-tests"
                | "load-test"
                | "loadtest"
                | "loadtests"
                | "load_tests"
                | "load_test"
                | "k6"
                | "locust"
                | "artillery"
                | "performance-tests"
                | "perf-tests"
                | "stress-tests"
                | "gatling"
                | "jmeter"
                | "load-testing"
        )
    };
    let code =
        |file: &File| matches!(file.kind, FileKind::Code | FileKind::OtherCode | FileKind::Data | FileKind::Shell);
    let in_use = |file: &File| !matches!(file.role, Role::Vendored | Role::Generated | Role::Docs);
    let named = cx.repo.files().iter().filter(|file| in_use(file)).find(|file| {
        file.path.extension() == Some("jmx")
            || code(file) && file.folder().components().any(|part| folder(part.as_str()))
            // Measures a service that it starts for that.
            || file.kind == FileKind::Compose
                && file.folder().components().any(|part| matches!(part.as_str(), "benchmarks" | "benchmark"))
            || code(file) && [".k6.", ".load.", ".load-test."].iter().any(|part| file.name().contains(part))
    });
    let imports = || {
        let words = ["'k6/http'", "\"k6/http\"", "from locust import", "import locust", "io.gatling.", "autocannon("];
        cx.repo
            .files()
            .iter()
            .filter(|file| matches!(file.role, Role::Test | Role::Script) && file.kind == FileKind::Code)
            .find(|file| cx.repo.read(file.id).is_ok_and(|text| words.iter().any(|word| text.contains(word))))
    };
    named.or_else(imports).map(|file| Place::File(file.id))
}
