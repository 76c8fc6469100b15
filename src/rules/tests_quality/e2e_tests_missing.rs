//! `e2e-tests-missing`: the main flows of the web application are tested in a browser.

use crate::{
    facts::{
        Fact,
        tooling::{self, Signs},
    },
    model::{Message, Place, Site, Verdict},
    repo::{Component, ComponentKind, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: E2eTestsMissing = E2eTestsMissing;

pub(in crate::rules) struct E2eTestsMissing;

/// Smaller ones are pages beside something else.
const ENOUGH: usize = 15;

const BROWSERS: Signs = Signs {
    files: &[
        "playwright.config.*",
        "playwright-ct.config.*",
        "cypress.config.*",
        "cypress.json",
        "wdio.*",
        ".detoxrc*",
        "nightwatch.*",
        "codecept.*",
        ".testcaferc*",
    ],
    tables: &[],
    packages: &[
        "@playwright/test",
        "playwright",
        "cypress",
        "puppeteer",
        "selenium-webdriver",
        "webdriverio",
        "@wdio/cli",
        "testcafe",
        "nightwatch",
        "codeceptjs",
        "selenium",
        "pytest-playwright",
        "@vitest/browser",
        "capybara",
        "detox",
        "@stagewright/test",
    ],
    programs: &["playwright", "cypress", "wdio", "testcafe", "nightwatch"],
};

impl Rule for E2eTestsMissing {
    fn id(&self) -> &'static str {
        "e2e-tests-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let drawn = |component: &Component| {
            let files = cx.repo.files_of(component.id).filter(|file| file.role == Role::Source);
            files.filter(|file| matches!(file.path.extension(), Some("tsx" | "jsx" | "vue" | "svelte"))).count()
        };
        let web = cx.repo.components().iter().filter(|component| component.kind == ComponentKind::WebApp);
        let Some((n, largest)) = web.map(|it| (drawn(it), it)).filter(|(n, _)| *n >= ENOUGH).max_by_key(|(n, _)| *n)
        else {
            return Verdict::not_applicable("no-web");
        };
        if let Some(place) = tooling::shown(cx.repo, cx.facts, &BROWSERS).or_else(|| folder(cx)) {
            return Verdict::pass_at(place, "there");
        }
        let message = Message::new("missing").count("n", n).with("name", largest.name.as_str());
        Verdict::fail(Site::new(Place::Missing(largest.folder().join("e2e")), message), [])
    }
}

/// Tests whose folder says that they drive the whole.
fn folder(cx: &Context<'_>) -> Option<Place> {
    let named = |path: &str| {
        path.split('/').any(|part| matches!(part, "e2e" | "e2e-tests" | "end-to-end" | "cypress" | "playwright"))
    };
    let mut tests = cx.repo.files().iter().filter(|file| file.role == Role::Test && file.language.is_some());
    tests.find(|file| named(file.path.as_str()) || file.name().contains(".e2e.")).map(|file| Place::File(file.id))
}
