//! Changes that say nothing: every verdict stays as it was.

use super::twin::{FIXTURES, Files, audit, fixture, moved};

fn is_script(path: &str) -> bool {
    [".ts", ".tsx", ".js"].iter().any(|end| path.ends_with(end))
}

fn is_yaml(path: &str) -> bool {
    [".yml", ".yaml"].iter().any(|end| path.ends_with(end))
}

/// Every fixture keeps every verdict and its score when `change` has changed each of its files.
fn changes_nothing(what: &str, change: impl Fn(&str, &str) -> (String, String)) {
    let mut all = Vec::new();
    for name in FIXTURES {
        let files = fixture(name);
        let changed: Files = files.iter().map(|(path, text)| change(path, text)).collect();
        assert_ne!(files, changed, "{what} must change {name}");
        let (before, after) = (audit(&files), audit(&changed));
        all.extend(moved(&before, &after).into_iter().map(|one| format!("{name}: {one}")));
        if before.score != after.score {
            all.push(format!("{name}: {:?} -> {:?}", before.score, after.score));
        }
    }
    assert!(all.is_empty(), "{what}: {all:#?}");
}

#[test]
fn comments_behind_and_before_the_text() {
    changes_nothing("a comment at the end", |path, text| {
        let comment = match path {
            _ if is_script(path) => "\n// Nothing more to say here.\n",
            _ if is_yaml(path) || path.ends_with(".py") || path.ends_with("Dockerfile") => {
                "\n# Nothing more to say here.\n"
            }
            _ if path.ends_with(".sql") => "\n-- Nothing more to say here.\n",
            _ => "",
        };
        (path.to_owned(), text.to_owned() + comment)
    });
    changes_nothing("a comment at the beginning", |path, text| {
        let comment = match path {
            _ if is_script(path) => "// Written by hand.\n\n",
            _ if is_yaml(path) || path.ends_with(".py") => "# Written by hand.\n\n",
            _ if path.ends_with(".sql") => "-- Written by hand.\n\n",
            _ => "",
        };
        (path.to_owned(), comment.to_owned() + text)
    });
}

#[test]
fn quotes() {
    changes_nothing("other quotes", |path, text| {
        let lines = text.split_inclusive('\n').map(|line| {
            let other = line.contains(['\'', '`', '\\', '<']) || line.contains("\"\"\"") || line.contains("f\"");
            let quotable = is_script(path) || path.ends_with(".py");
            if other || !quotable { line.to_owned() } else { line.replace('"', "'") }
        });
        let text: String = lines.collect();
        // The change must be one for a fixture without strings, too.
        let end = if is_script(path) || path.ends_with(".py") { "\n" } else { "" };
        (path.to_owned(), text + end)
    });
}

#[test]
fn indentation_blank_lines_and_line_ends() {
    changes_nothing("double indentation", |path, text| {
        let wider = |line: &str| {
            let blanks = line.len() - line.trim_start_matches(' ').len();
            " ".repeat(blanks) + line
        };
        // In YAML the width of `- ` would have to grow as well.
        let known = is_script(path) || path.ends_with(".py") || path.ends_with(".json");
        let text = if known { text.split_inclusive('\n').map(wider).collect() } else { text.to_owned() };
        (path.to_owned(), text)
    });
    changes_nothing("blank lines", |path, text| {
        let known = is_script(path) || path.ends_with(".py") || path.ends_with(".json");
        (path.to_owned(), if known { text.replace('\n', "\n\n") } else { text.to_owned() })
    });
    changes_nothing("line ends of Windows", |path, text| {
        let known = is_script(path) || is_yaml(path) || [".py", ".json", ".md"].iter().any(|end| path.ends_with(end));
        (path.to_owned(), if known { text.replace('\n', "\r\n") } else { text.to_owned() })
    });
}

#[test]
fn a_file_with_another_name() {
    let mut all = Vec::new();
    for (name, from, to) in [
        ("express-bad", "src/routes/sessions", "src/routes/visits"),
        ("express-bad", "src/db/client", "src/db/connection"),
        ("express-good", "src/routes/orders", "src/routes/purchases"),
        ("express-good", "src/lib/limits", "src/lib/throttle"),
        ("express-good", "src/lib/settings", "src/lib/values"),
        ("fastapi-service", "app/database", "app/storage"),
    ] {
        let files = fixture(name);
        let (old, new) = (from.rsplit('/').next().unwrap_or(from), to.rsplit('/').next().unwrap_or(to));
        let dotted = |path: &str| path.replace('/', ".");
        let renamed: Files = files
            .iter()
            .map(|(path, text)| {
                let text = text
                    .replace(&format!("/{old}.js"), &format!("/{new}.js"))
                    .replace(&format!("/{old}.ts"), &format!("/{new}.ts"))
                    .replace(&dotted(from), &dotted(to))
                    .replace(&format!("from .{old} "), &format!("from .{new} "));
                (path.replace(&format!("{from}."), &format!("{to}.")), text)
            })
            .collect();
        assert_ne!(files, renamed);
        let (before, after) = (audit(&files), audit(&renamed));
        all.extend(moved(&before, &after).into_iter().map(|one| format!("{name}, {from}: {one}")));
    }
    assert!(all.is_empty(), "{all:#?}");
}
