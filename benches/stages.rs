//! Time of each stage and of the whole, on the corpus of [`corpus`]: `cargo bench --bench stages`.

mod corpus;

use std::{env, io, sync::LazyLock};

use corpus::Corpus;
use readiness::{
    catalogue,
    code::lower,
    config::Config,
    engine,
    facts::{Fact, extractors},
    repo::{Repo, WalkOptions},
    report::{Report, html, json, markdown, sarif, terminal},
    rule::{Catalogue, Entry},
    rules, scan,
};

/// Files of the generated repository.
const FILES: usize = 300;

static CORPUS: LazyLock<Corpus> = LazyLock::new(|| Corpus::at(env::var("READINESS_BENCH_DIR").ok(), FILES));
static REPO: LazyLock<Repo> = LazyLock::new(index);
static REPORT: LazyLock<Report> = LazyLock::new(whole);

fn main() {
    divan::main();
}

fn index() -> Repo {
    Repo::open(CORPUS.root(), &WalkOptions::default()).expect("the corpus can be opened")
}

fn whole() -> Report {
    scan(CORPUS.root(), &Config::default()).expect("the corpus can be scanned")
}

/// What starting costs before anything is looked at.
#[divan::bench]
fn start() -> Catalogue {
    Catalogue::load(rules::coded()).expect("the catalogue fits together")
}

/// Walk, kinds, roles, components.
#[divan::bench]
fn walk(bencher: divan::Bencher<'_, '_>) {
    LazyLock::force(&CORPUS);
    bencher.bench(index);
}

/// The text of every file, on one thread.
#[divan::bench]
fn read(bencher: divan::Bencher<'_, '_>) {
    let repo = &*REPO;
    bencher
        .bench(|| repo.files().iter().filter_map(|file| repo.read(file.id).ok()).map(|text| text.len()).sum::<usize>());
}

/// Parsing and lowering every source file, on one thread.
#[divan::bench]
fn parse(bencher: divan::Bencher<'_, '_>) {
    let sources: Vec<_> =
        REPO.files().iter().filter_map(|file| Some((file.language?, REPO.read(file.id).ok()?))).collect();
    bencher.bench(|| sources.iter().map(|(language, text)| lower(*language, text).tree.nodes().count()).sum::<usize>());
}

/// Gate, parse, and every rule and extractor over every file, on one thread.
#[divan::bench]
fn observe(bencher: divan::Bencher<'_, '_>) {
    let rules = || -> Vec<&Entry> { catalogue().entries().iter().collect() };
    let repo = &*REPO;
    bencher.bench(|| engine::observe_only(repo, rules(), true));
}

/// Every fact, without rules.
#[divan::bench]
fn facts(bencher: divan::Bencher<'_, '_>) {
    let needed: Vec<Fact> = extractors().iter().map(|extractor| extractor.fact()).collect();
    let repo = &*REPO;
    bencher.bench(|| engine::collect(repo, &needed, &Config::default()).expect("there are threads"));
}

/// Everything from the folder to the report.
#[divan::bench]
fn all(bencher: divan::Bencher<'_, '_>) {
    LazyLock::force(&CORPUS);
    bencher.bench(whole);
}

#[divan::bench]
fn render_json() -> Vec<u8> {
    rendered(|out| json::write(&REPORT, out))
}

#[divan::bench]
fn render_html() -> Vec<u8> {
    rendered(|out| html::write(&REPORT, &html::Options { date: None }, out))
}

#[divan::bench]
fn render_markdown() -> Vec<u8> {
    rendered(|out| markdown::write(&REPORT, &markdown::Options { date: None }, out))
}

#[divan::bench]
fn render_sarif() -> Vec<u8> {
    rendered(|out| sarif::write(&REPORT, out))
}

#[divan::bench]
fn render_terminal() -> Vec<u8> {
    let palette = terminal::Palette::plain();
    let options = terminal::Options { width: terminal::DEFAULT_WIDTH, palette, all: false, quiet: false };
    rendered(|out| terminal::write(&REPORT, &options, out))
}

fn rendered(write: impl Fn(&mut dyn io::Write) -> io::Result<()>) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&mut bytes).expect("memory can be written");
    bytes
}
