//! What the tests of documents share: the program, a small repository, and a reader of Markdown.

use std::{env, fs, path::Path};

use assert_cmd::Command;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use tempfile::TempDir;

use crate::common::{track, write};

/// Runs the program in `folder`: exit code, standard output, standard error.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::cargo_bin("readiness").expect("the program is built with its tests");
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command.env_remove(variable);
    }
    let output = command.current_dir(folder).args(arguments).output().expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    (output.status.code().expect("the program exits by itself"), text(output.stdout), text(output.stderr))
}

/// Runs a command that must succeed.
pub(crate) fn printed(folder: &Path, arguments: &[&str]) -> String {
    let (code, stdout, stderr) = run(folder, arguments);
    assert_eq!(code, 0, "{arguments:?}: {stderr}");
    stdout
}

pub(crate) fn json(folder: &Path, arguments: &[&str]) -> serde_json::Value {
    serde_json::from_str(&printed(folder, arguments)).expect("it is JSON")
}

/// Six rules, one or two for each phase, none of which depends on anything else.
pub(crate) const FEW: &str =
    "fallback-secret,gitignore-env-missing,readme-missing,security-md-missing,codeowners-missing,changelog-missing";

/// A service in which all of [`FEW`] fail.
pub(crate) fn shop() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let files = [
        (
            "package.json",
            "{ \"name\": \"shop\", \"version\": \"2.1.0\", \"private\": true, \"dependencies\": { \"express\": \"^4.21.0\" } }\n",
        ),
        (
            "src/auth.js",
            "const express = require(\"express\");\nconst secret = process.env.JWT_SECRET || \"corner-shop-signing\";\n\
             const salt = process.env.SESSION_SECRET || \"corner-shop-salt\";\n\
             express().listen(3000, () => [secret, salt]);\n",
        ),
    ];
    for (path, text) in files {
        write(folder.path(), path, text);
    }
    track(folder.path(), &files.map(|(path, _)| path));
    folder
}

/// Compares with a file below `tests/golden`; `UPDATE=1` rewrites it.
pub(crate) fn golden(file: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(file);
    if env::var_os("UPDATE").is_some() {
        fs::write(&path, found).expect("the file can be written");
        return;
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    assert!(golden == found, "{file} has changed; UPDATE=1 rewrites it. It is now:\n{found}");
}

/// Fails when a document holds markup that cannot be ours: HTML besides comments and `<sub>`, links, images, or a row
/// of a table that has lost or won a cell.
pub(crate) fn expect_harmless(markdown: &str) {
    let mut columns = 0;
    let mut cells = 0;
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => {
                let ours = html.starts_with("<!-- ") || ["<sub>", "</sub>", "\n"].contains(&html.as_ref());
                assert!(ours, "HTML: {html}");
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                assert!(dest_url.starts_with('#'), "a link to {dest_url}");
            }
            Event::Start(Tag::Table(alignments)) => columns = alignments.len(),
            Event::Start(Tag::TableRow | Tag::TableHead) => cells = 0,
            Event::End(TagEnd::TableCell) => cells += 1,
            Event::End(TagEnd::TableRow) => assert_eq!(cells, columns, "a row has lost its form"),
            _ => {}
        }
    }
    // The parser fills up and cuts rows, so they are counted in the text as well.
    let mut width = None;
    for line in markdown.lines() {
        if !line.starts_with('|') {
            width = None;
            continue;
        }
        let bars = line.replace("\\|", "").matches('|').count();
        assert_eq!(*width.get_or_insert(bars), bars, "{line}");
    }
    let forbidden = ['\u{1b}', '\u{202e}', '\u{200b}', '\u{7}', '\r'];
    assert!(!markdown.contains(forbidden), "a control character is shown as it is");
}

/// A service whose names and contents try to act on whoever reads about them.
pub(crate) fn hostile() -> TempDir {
    let folder = shop();
    let names = [
        "src/a|b`c.js",
        "src/<script>alert(1)<script>.js",
        "src/line\nbreak # heading.js",
        "src/[x](javascript:alert(1)).js",
        "src/\u{202e}sj.drawkcab\u{200b}.js",
        "src/\u{1b}[31mred.js",
    ];
    for (index, name) in names.iter().enumerate() {
        let text = format!(
            "const secret = process.env[\"JWT_SECRET\"] || \"corner-shop-{index}-|`<img src=x onerror=alert(1)>\";\n\
             console.log(\"</script><b>```\\n| x | y |\", secret);\n"
        );
        write(folder.path(), name, &text);
    }
    write(
        folder.path(),
        "package.json",
        "{ \"name\": \"sh|op `x` <script>alert(1)</script>\\n# x\", \"version\": \"1|2<b>\", \"private\": true, \
         \"dependencies\": { \"express\": \"^4.21.0\" } }\n",
    );
    folder
}
