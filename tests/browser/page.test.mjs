// The HTML report in a browser: it asks for nothing, filters, follows anchors, prints, fits a phone, and is accessible.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";

import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);
const root = join(import.meta.dirname, "../..");
const readiness = process.env.READINESS ?? join(root, "target/debug/readiness");
const folder = mkdtempSync(join(tmpdir(), "readiness-browser-"));

let browser;

/** Writes the report of a repository and gives its address. */
function report(repository, name, ...flags) {
  const file = join(folder, name);
  execFileSync(readiness, ["scan", repository, "--fail-on", "never", "--quiet", "--report", `html=${file}`, ...flags], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  return pathToFileURL(file).href;
}

/** A repository whose names and contents try to become part of the page. */
function hostile() {
  const repository = join(folder, "hostile");
  const files = {
    "package.json": JSON.stringify({
      name: "</title><script>window.hit = 1</script>",
      version: "\"><img src=x onerror=\"window.hit = 1\">",
      private: true,
      scripts: { start: "node src/server.js" },
      dependencies: { express: "^5.0.0", cors: "^2.8.5" },
    }),
    "src/server.js": [
      "const express = require('express');",
      "const app = express();",
      "app.use(require('cors')({ origin: '*', credentials: true })); // </code></pre><script>window.hit = 1</script>",
      "app.post('/<img src=x onerror=window.hit=1>', (req, res) => res.json({ ok: true }));",
      "app.listen(3000);",
    ].join("\n"),
    "src/<svg onload=window.hit=1>.js": "console.log('a \u202e b', process.env.JWT_SECRET || 'javascript:window.hit=1');\n",
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(repository, path)), { recursive: true });
    writeFileSync(join(repository, path), text);
  }
  return repository;
}

async function open(address, options = {}) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, ...options });
  const requests = [];
  const errors = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  await page.goto(address);
  assert.deepEqual(requests.filter((url) => url.split("#")[0] !== address.split("#")[0]), [], "the page asks for nothing");
  assert.deepEqual(errors, []);
  return page;
}

const visible = (page) => page.locator("#findings .finding:visible").count();

before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
});

after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

const bad = () => report(join(root, "fixtures/express-bad"), "bad.html");

test("findings are filtered by severity, category and text", async () => {
  const page = await open(bad());
  const all = await visible(page);
  assert.ok(all > 20);
  for (const severity of ["high", "medium", "low"]) await page.uncheck(`[name=severity][value=${severity}]`);
  const critical = await visible(page);
  assert.ok(critical > 0 && critical < all);
  assert.equal(await page.locator("#findings .finding.critical:visible").count(), critical);
  await page.selectOption("[name=category]", "security");
  assert.ok((await visible(page)) < critical);
  await page.click("button[type=reset]");
  await page.waitForFunction((n) => document.querySelectorAll("#findings .finding:not([hidden])").length === n, all);
  await page.keyboard.press("Escape");
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("/");
  await page.keyboard.type("schema-push");
  assert.equal(await visible(page), 1);
  assert.match(await page.locator("#shown").innerText(), new RegExp(`^1 of ${all} shown$`));
  await page.fill("[name=text]", "no such words anywhere");
  assert.ok(await page.locator("#nothing").isVisible());
});

test("a link to a finding leads there, also when the filter hides it", async () => {
  const page = await open(bad());
  await page.fill("[name=text]", "no such words anywhere");
  const action = page.locator("#actions a").first();
  const id = (await action.getAttribute("href")).slice(1);
  await action.click();
  await page.waitForFunction((id) => !document.getElementById(id).hidden, id);
  const top = await page.evaluate((id) => document.getElementById(id).getBoundingClientRect().top, id);
  assert.ok(top > -10 && top < 900, `the finding is in sight: ${top}`);
});

test("paper shows what is folded, and no controls", async () => {
  const page = await open(bad());
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator("nav").isVisible(), false);
  assert.equal(await page.locator("#filter").isVisible(), false);
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  assert.equal(await page.locator("details:not([open])").count(), 0);
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  assert.ok((await page.locator("details:not([open])").count()) > 0);
  const pdf = await page.pdf();
  assert.ok(pdf.length > 10_000);
});

for (const [width, lang, scheme] of [[1440, "en", "light"], [390, "ru", "dark"]]) {
  test(`nothing is cut off or inaccessible at ${width} pixels, ${lang}, ${scheme}`, async () => {
    const address = report(join(root, "fixtures/express-bad"), `${lang}.html`, "--lang", lang);
    const page = await open(address, { viewport: { width, height: 900 }, colorScheme: scheme });
    assert.equal(await page.locator("html").getAttribute("lang"), lang);
    await page.evaluate(() => document.querySelectorAll("details").forEach((part) => (part.open = true)));
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width);
    await page.addScriptTag({ path: require.resolve("axe-core/axe.min.js") }).catch(() => {});
    const found = await page.evaluate(() => axe.run({ resultTypes: ["violations"] }));
    const serious = found.violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    assert.deepEqual(serious.map(({ id, nodes }) => `${id}: ${nodes[0].html} ${nodes[0].failureSummary}`), []);
  });
}

for (const template of ["audit", "checklist"]) {
  test(`the ${template} is a page as well`, async () => {
    const address = report(hostile(), `${template}.html`, "--template", template);
    const page = await open(address, { viewport: { width: 390, height: 900 }, bypassCSP: true });
    assert.ok((await page.locator("h2").count()) > 2);
    assert.equal(await page.evaluate(() => window.hit), undefined);
    assert.equal(await page.locator("script, img, input").count(), 0);
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390);
    await page.addScriptTag({ path: require.resolve("axe-core/axe.min.js") }).catch(() => {});
    const serious = await page.evaluate(async () =>
      (await axe.run()).violations.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ id }) => id),
    );
    assert.deepEqual(serious, []);
  });
}

test("without a script everything is there", async () => {
  const page = await open(bad(), { javaScriptEnabled: false });
  assert.equal(await page.locator("#filter").isVisible(), false);
  assert.ok((await visible(page)) > 20);
});

test("names and contents of a repository are text", async () => {
  const page = await open(report(hostile(), "hostile.html"));
  assert.equal(await page.evaluate(() => window.hit), undefined);
  assert.equal(await page.locator("script").count(), 1);
  assert.equal(await page.locator("img, iframe, object, svg[onload]").count(), 0);
  assert.match(await page.locator("h1").innerText(), /<script>/);
  assert.equal((await page.content()).includes("\u202e"), false);
});
