//! Conditions, versions and handlers in isolation; whole pipelines are in the rules' cases.

use super::{
    Trigger,
    actions::{Pin, read},
    condition::{Moment, allows, moments},
    swallow,
};
use crate::{
    code::shell::{self, Command},
    model::Span,
};

fn trigger(event: &str, branches: Option<&[&str]>) -> Trigger {
    Trigger {
        event: event.to_owned(),
        span: Span::default(),
        branches: branches.map(|names| names.iter().map(|name| (*name).to_owned()).collect()),
        branches_ignored: false,
        tags: None,
        types: Vec::new(),
        paths: false,
        workflows: Vec::new(),
    }
}

fn moment(event: &str, branch: Option<&str>) -> Moment {
    let names = branch.map(|name| vec![name]);
    moments(&[trigger(event, names.as_deref())]).remove(0)
}

#[test]
fn conditions_are_answered_for_a_moment() {
    let push = moment("push", Some("main"));
    let request = moment("pull_request", None);
    for (condition, on_push, on_request) in [
        ("github.event_name == 'push'", true, false),
        ("${{ github.ref == 'refs/heads/main' }}", true, false),
        ("github.ref == 'refs/heads/next' || github.event_name == 'pull_request'", false, true),
        ("!(github.event_name == 'push') && needs.x.outputs.y", false, true),
        ("startsWith(github.ref, 'refs/tags/v')", false, false),
        ("vars.ENABLED == 'true'", true, true),
        ("always() && github.event_name != 'pull_request'", true, false),
    ] {
        assert_eq!(allows(Some(condition), &push), on_push, "push: {condition}");
        assert_eq!(allows(Some(condition), &request), on_request, "request: {condition}");
    }
}

#[test]
fn conditions_without_an_end_are_read() {
    let push = moment("push", Some("main"));
    assert!(allows(Some(&"(".repeat(5000)), &push));
    assert!(allows(Some(&"!".repeat(5000)), &push));
    assert!(allows(Some("github.ref == 'refs"), &push));
}

#[test]
fn a_push_without_filters_is_a_branch_or_a_tag() {
    assert_eq!(moments(&[trigger("push", None)]).len(), 2);
    assert_eq!(moments(&[trigger("push", Some(&["main", "!old"]))]).len(), 1);
}

#[test]
fn versions_say_how_they_are_pinned() {
    for (text, pin) in [
        ("./.github/actions/x", Pin::Local),
        ("docker://alpine:3", Pin::Image),
        ("owner/name@v1.2.3", Pin::Tag),
        ("owner/name/path@main", Pin::Branch),
        ("owner/name@0123456789abcdef0123456789abcdef01234567", Pin::Fixed),
        ("owner/name", Pin::Unknown),
        ("owner/name@release/v1", Pin::Tag),
    ] {
        assert_eq!(read(text).pin, pin, "{text}");
    }
}

#[test]
fn handlers_swallow_or_fail() {
    for (script, swallowed) in [
        ("npm test || true", true),
        ("npm test || echo 'later'", true),
        ("npm test || exit 1", false),
        ("npm test || { echo no; exit 1; }", false),
        ("npm test || npm run retry", false),
        ("npm test || FAILED=1", false),
        ("npm test && break || echo again", false),
        ("set +e\nnpm test\necho done", true),
        ("set +e\nnpm test\ncode=$?\nexit $code", false),
        ("npm test; exit 0", false),
    ] {
        let commands = shell::commands(script);
        let commands: Vec<&Command> = commands.iter().collect();
        let at = commands.iter().position(|command| command.package_script() == Some("test")).unwrap();
        assert_eq!(swallow::within(&commands, at, true).is_some(), swallowed, "{script}");
    }
    let commands = shell::commands("npm test; exit 0");
    let commands: Vec<&Command> = commands.iter().collect();
    assert!(swallow::within(&commands, 0, false).is_some());
}
