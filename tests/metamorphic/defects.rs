//! A defect is found and never raises a score; a repair is seen and never lowers one.

use super::twin::{Audit, Files, audit, fixture};

/// A change of a repository, and the rule that must see it.
struct Change {
    what: &'static str,
    rule: &'static str,
    make: fn(&mut Files),
}

fn append(files: &mut Files, path: &str, text: &str) {
    files.entry(path.to_owned()).or_default().push_str(text);
}

fn replace(files: &mut Files, path: &str, from: &str, to: &str) {
    let text = files.get_mut(path).unwrap_or_else(|| panic!("there is no {path}"));
    assert!(text.contains(from), "{path} has no `{from}`");
    *text = text.replace(from, to);
}

const DEFECTS: &[Change] = &[
    Change {
        what: "a secret with a default",
        rule: "fallback-secret",
        make: |files| {
            append(files, "src/keys.ts", "export const key = process.env.JWT_SECRET || \"corner-shop-signing\";\n");
        },
    },
    Change {
        what: "no Dockerfile and no other way to deploy",
        rule: "dockerfile-missing",
        make: |files| {
            files.remove("Dockerfile");
        },
    },
    Change {
        what: "no README",
        rule: "readme-missing",
        make: |files| {
            files.remove("README.md");
        },
    },
    Change {
        what: "no security policy",
        rule: "security-md-missing",
        make: |files| {
            files.remove("SECURITY.md");
        },
    },
    Change {
        what: "no changelog",
        rule: "changelog-missing",
        make: |files| {
            files.remove("CHANGELOG.md");
        },
    },
    Change {
        what: "no owners",
        rule: "codeowners-missing",
        make: |files| {
            files.remove(".github/CODEOWNERS");
        },
    },
    Change {
        what: "an open door for browsers",
        rule: "cors-allow-all-fallback",
        make: |files| {
            append(
                files,
                "src/door.ts",
                "import cors from \"cors\";\nimport express from \"express\";\nexport const door = express();\n\
                 const allowed = (process.env.DOOR_ORIGINS ?? \"\").split(\",\").filter(Boolean);\n\
                 door.use(cors({ origin: (origin, done) => {\n  if (allowed.length === 0) return done(null, true);\n\
                 \x20 return done(null, allowed.includes(origin ?? \"\"));\n}, credentials: true }));\n",
            );
        },
    },
    Change {
        what: "a committed environment file",
        rule: "env-file-committed",
        make: |files| {
            let secret = super::planted::secret("stripe");
            append(files, ".env", &format!("STRIPE_SECRET_KEY={secret}\n"));
        },
    },
    Change {
        what: "a secret in the code",
        rule: "hardcoded-secret",
        make: |files| {
            let secret = super::planted::secret("stripe");
            append(files, "src/pay.ts", &format!("export const stripeKey = \"{secret}\";\n"));
        },
    },
    Change {
        what: "a container that runs as root",
        rule: "dockerfile-user-missing",
        make: |files| {
            let Some(text) = files.get("Dockerfile") else { return };
            let text = text.lines().filter(|line| !line.starts_with("USER")).collect::<Vec<_>>();
            let text = text.join("\n") + "\n";
            files.insert("Dockerfile".to_owned(), text);
        },
    },
];

fn score(audit: &Audit) -> f64 {
    audit.score.expect("a service has a score")
}

#[test]
fn a_defect_is_found_and_never_raises_the_score() {
    let good = fixture("express-good");
    let before = audit(&good);
    assert!(score(&before) >= 9.0, "everything repaired reaches 9: {}", score(&before));
    let mut wrong = Vec::new();
    for defect in DEFECTS {
        let mut files = good.clone();
        (defect.make)(&mut files);
        let after = audit(&files);
        if before.of(defect.rule) == "fail" || after.of(defect.rule) != "fail" {
            wrong.push(format!("{}: `{}` is {}", defect.what, defect.rule, after.of(defect.rule)));
        }
        if score(&after) > score(&before) {
            wrong.push(format!("{}: {} -> {}", defect.what, score(&before), score(&after)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn defects_add_up() {
    let mut files = fixture("express-good");
    let mut before = audit(&files);
    for defect in DEFECTS {
        (defect.make)(&mut files);
        let after = audit(&files);
        assert!(score(&after) <= score(&before), "{}: {} -> {}", defect.what, score(&before), score(&after));
        before = after;
    }
}

#[test]
fn a_further_defect_never_raises_a_bad_score() {
    let bad = fixture("express-bad");
    let before = audit(&bad);
    for defect in DEFECTS {
        let mut files = bad.clone();
        (defect.make)(&mut files);
        let after = audit(&files);
        assert!(score(&after) <= score(&before), "{}: {} -> {}", defect.what, score(&before), score(&after));
    }
}

#[test]
fn removing_what_a_service_needs_never_raises_the_score() {
    let good = fixture("express-good");
    let before = audit(&good);
    let mut wrong = Vec::new();
    for path in good.keys() {
        let mut files = good.clone();
        files.remove(path);
        let after = audit(&files);
        if score(&after) > score(&before) {
            wrong.push(format!("without {path}: {} -> {}", score(&before), score(&after)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_repair_is_seen_and_never_lowers_the_score() {
    let bad = fixture("express-bad");
    let before = audit(&bad);
    let repairs: [Change; 5] = [
        Change {
            what: "a security policy",
            rule: "security-md-missing",
            make: |files| {
                files.insert("SECURITY.md".to_owned(), fixture("express-good")["SECURITY.md"].clone());
            },
        },
        Change {
            what: "a changelog",
            rule: "changelog-missing",
            make: |files| {
                files.insert("CHANGELOG.md".to_owned(), fixture("express-good")["CHANGELOG.md"].clone());
            },
        },
        Change {
            what: "no committed environment file",
            rule: "env-file-committed",
            make: |files| {
                files.remove(".env");
            },
        },
        Change {
            what: "a user in the image",
            rule: "dockerfile-user-missing",
            make: |files| {
                let text = files["Dockerfile"].clone();
                let (before, command) = text.rsplit_once("CMD").expect("an image runs something");
                files.insert("Dockerfile".to_owned(), format!("{before}USER node\nCMD{command}"));
            },
        },
        Change {
            what: "no open door for browsers",
            rule: "cors-allow-all-fallback",
            make: |files| {
                replace(files, "src/server.ts", "if (!origin) return callback(null, true);", "");
                replace(files, "src/server.ts", "if (allowedOrigins.length === 0) return callback(null, true);", "");
                replace(
                    files,
                    "src/server.ts",
                    "app.use(\"/public\", cors({ origin: \"*\", credentials: true }));",
                    "",
                );
            },
        },
    ];
    for Change { what, rule, make } in repairs {
        let mut files = bad.clone();
        make(&mut files);
        let after = audit(&files);
        assert_eq!(before.of(rule), "fail", "{what}");
        assert_ne!(after.of(rule), "fail", "{what}");
        assert!(score(&after) >= score(&before), "{what}: {} -> {}", score(&before), score(&after));
    }
}

#[test]
fn nothing_has_no_score() {
    assert_eq!(audit(&Files::new()).score, None);
}
