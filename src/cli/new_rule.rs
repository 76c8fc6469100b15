//! `readiness new-rule`: a rule, its texts and its cases, which hold at once and are there to be edited.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
};

use camino::Utf8Path;
use readiness::model::{Categories, nearest};

use super::{
    Outcome,
    args::NewRuleArgs,
    exit::{Exit, Failure},
    output::{self, reason},
};

pub(super) fn run(args: &NewRuleArgs) -> Outcome {
    check_id(&args.id)?;
    let category = check_category(&args.category)?;
    let rule = args.dir.join(format!("{}.toml", args.id));
    let cases = args.dir.join(format!("{}.md", args.id));
    for file in [&rule, &cases] {
        if fs::symlink_metadata(file).is_ok() {
            return Err(Failure::usage(format!("`{file}` exists already, and nothing is overwritten"))
                .help("choose another id or another folder, or edit the file that is there"));
        }
    }
    fs::create_dir_all(&args.dir)
        .map_err(|error| Failure::unusable(format!("cannot make the folder `{}`: {}", args.dir, reason(&error))))?;
    write(&rule, &fill(RULE, &args.id, category))?;
    write(&cases, &fill(CASES, &args.id, category))?;
    output::print(next_steps(&args.dir, &rule, &cases).as_bytes())?;
    Ok(Exit::Holds)
}

fn check_id(id: &str) -> Result<(), Failure> {
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let words = id.split('-').all(|word| !word.is_empty() && word.chars().all(letters));
    if !words || id.len() > 80 || !id.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Err(Failure::usage(format!("`{id}` is no id for a rule"))
            .help("lower-case words joined by hyphens that name the defect, like `legacy-client-used`"));
    }
    if readiness::catalogue().get(id).is_some() {
        return Err(Failure::usage(format!("`{id}` is a rule that is built in")).help(format!(
            "choose another id; to change the built-in rule, write `[rules.{id}]` into readiness.toml"
        )));
    }
    Ok(())
}

fn check_category(category: &str) -> Result<&'static str, Failure> {
    let all = || Categories::embedded().all.iter().map(|category| category.id.as_str());
    all().find(|id| *id == category).ok_or_else(|| {
        let failure = Failure::usage(format!("there is no category `{category}`"));
        match nearest(category, all()) {
            Some(meant) => failure.help(format!("did you mean `{meant}`?")),
            None => failure.help(format!("categories: {}", all().collect::<Vec<_>>().join(", "))),
        }
    })
}

fn fill(template: &str, id: &str, category: &str) -> String {
    template.replace("@ID@", id).replace("@CATEGORY@", category)
}

/// Writes a file that must not exist yet.
fn write(file: &Utf8Path, text: &str) -> Result<(), Failure> {
    let written = OpenOptions::new().write(true).create_new(true).open(file);
    written
        .and_then(|mut handle: fs::File| handle.write_all(text.as_bytes()))
        .map_err(|error: io::Error| Failure::unusable(format!("cannot write `{file}`: {}", reason(&error))))
}

fn next_steps(folder: &Utf8Path, rule: &Utf8Path, cases: &Utf8Path) -> String {
    format!(
        "wrote {rule}: what it looks for, and its texts\n\
         wrote {cases}: its cases, which are its tests\n\
         \n\
         Next:\n  \
         1. Edit both: every part that says EDIT is an example.\n  \
         2. readiness test {folder}\n  \
         3. readiness scan --rules {folder}, or for good, in readiness.toml:\n     \
         [scan]\n     \
         rules = [\"{folder}\"]\n"
    )
}

const RULE: &str = r#"# What `readiness` asks, and what it says. Everything that says EDIT is an example.
id = "@ID@"
category = "@CATEGORY@"
severity = "medium"       # EDIT: critical, high, medium, low or info: the weight in the score
scope = "repository"      # EDIT: or "component": asked of each of them
effort = 30               # EDIT: minutes that the repair of one place takes
phase = 3                 # EDIT: 1 to 4: when in a plan

# EDIT: where this finds nothing, the rule is not applicable. Without it the rule is always asked.
[applies]
file = ["**/*.ts", "**/*.js"]

# EDIT: every place that this finds fails. Other matchers: file, doc, docker, text, dependency, component;
# combine them with any, all, none.
[match.bad]
call = { callee = "exampleToReplace" }

[text.en]
title = "EDIT: the criterion that should hold"
why = "EDIT: what happens when it does not hold."
fix = "EDIT: what to do about it."

[text.en.message]
bad = "EDIT: `{key}` is called here"
searched = "EDIT: nothing calls the old function"
not-applicable = "EDIT: there is no JavaScript and no TypeScript"
"#;

const CASES: &str = r#"# @ID@

EDIT: how the rule decides, in a sentence or two. What stands here is shown by `readiness explain @ID@`.

## fail: EDIT: the old function is called

```ts path=src/order.ts
import { replacement } from "./replacement";
exampleToReplace("order"); // expect: bad
replacement("order");
```

## pass: EDIT: only the new function is called

```ts path=src/order.ts
import { replacement } from "./replacement";
replacement("order");
```

## pass: EDIT: the nearest thing that must not be found

A comment and a text are no call.

```ts path=src/order.ts
// exampleToReplace("order") is what we called before.
console.info("exampleToReplace");
```

## not-applicable: EDIT: nothing that the rule could ask about

```py path=order.py
print("order")
```
"#;
