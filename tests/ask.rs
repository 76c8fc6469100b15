//! The questions asked of the lowered tree, each against small sources in the languages that it concerns.

#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the methods are bound to one lifetime, the closures to any"
)]

use readiness::code::{Constant, Guard, Kind, Language, NodeRef, Tree, env_reads, lower};

use Language::{JavaScript, Python, Tsx, TypeScript};

/// Runs `check` on the last node whose text is `text`.
fn with_node<T>(language: Language, source: &str, text: &str, check: impl FnOnce(NodeRef<'_>) -> T) -> T {
    let lowered = lower(language, source);
    assert!(lowered.errors.is_empty(), "syntax error in {source}");
    let node = last(&lowered.tree, text).unwrap_or_else(|| panic!("no node {text} in {source}"));
    check(node)
}

fn last<'t>(tree: &'t Tree<'t>, text: &str) -> Option<NodeRef<'t>> {
    tree.nodes().filter(|node| node.text() == text && !node.is(Kind::Comment)).last()
}

#[test]
fn paths_resolve_imports_and_mark_own_names() {
    let cases = [
        (TypeScript, "import cors from 'cors'; cors", "cors", Some("cors.default")),
        (TypeScript, "import * as fs from 'node:fs'; fs.readFile", "fs.readFile", Some("node:fs.readFile")),
        (TypeScript, "import { Router as R } from 'express'; R", "R", Some("express.Router")),
        (TypeScript, "const { Router: R } = require('express'); R", "R", Some("express.Router")),
        (TypeScript, "require('express').Router", "require('express').Router", Some("express.Router")),
        (TypeScript, "import e = require('express'); e.Router", "e.Router", Some("express.Router")),
        (TypeScript, "process.env['X']", "process.env['X']", Some("process.env.X")),
        (TypeScript, "const console = x; console.log", "console.log", Some("self:console.log")),
        (TypeScript, "interface console { x: 1 } console.log", "console.log", Some("console.log")),
        (TypeScript, "declare const Deno: any; Deno.env", "Deno.env", Some("Deno.env")),
        (TypeScript, "a().b", "a().b", None),
        (Python, "from fastapi import FastAPI as App\nApp", "App", Some("fastapi.FastAPI")),
        (Python, "import os.path\nos.path.join", "os.path.join", Some("os.path.join")),
        (Python, "import a.b as c\nc.d", "c.d", Some("a.b.d")),
        (Python, "from . import models\nmodels.User", "models.User", Some(".models.User")),
        (Python, "from ..core.db import engine\nengine", "engine", Some("..core.db.engine")),
    ];
    for (language, source, text, expected) in cases {
        assert_eq!(with_node(language, source, text, |node| node.path()).as_deref(), expected, "{source}");
    }
}

#[test]
fn api_paths_do_not_depend_on_how_a_module_came_in() {
    for source in [
        "import express from 'express'; express.Router",
        "import * as express from 'express'; express.Router",
        "import express = require('express'); express.Router",
        "const express = require('express'); express.Router",
        "const express = await import('express'); express.Router",
        "const { default: express } = await import('express'); express.Router",
    ] {
        let path = with_node(TypeScript, source, "express.Router", |node| node.api_path());
        assert_eq!(path.as_deref(), Some("express.Router"), "{source}");
    }
    let path =
        with_node(TypeScript, "import { readFile as r } from 'node:fs/promises'; r", "r", |node| node.api_path());
    assert_eq!(path.as_deref(), Some("fs/promises.readFile"));
    let path = with_node(TypeScript, "import * as m from 'm'; m.default.x", "m.default.x", |node| node.api_path());
    assert_eq!(path.as_deref(), Some("m.default.x"), "only the import is shortened");
}

#[test]
fn arguments_and_properties_are_found() {
    with_node(Python, "f(1, *rest, 2, timeout=3, **more)", "f(1, *rest, 2, timeout=3, **more)", |call| {
        assert_eq!(call.argument(0).map(NodeRef::text), Some("1"));
        assert_eq!(call.argument(1), None, "a spread may stand for any number of arguments");
        assert_eq!(call.positional().count(), 3);
        assert_eq!(call.keyword("timeout").map(NodeRef::text), Some("3"));
        assert_eq!(call.keyword("more"), None);
        assert!(call.has_spread());
    });
    with_node(TypeScript, "x = { a: 1, 'b': 2, a: 3, [c]: 4 }", "{ a: 1, 'b': 2, a: 3, [c]: 4 }", |object| {
        assert_eq!(object.property("a").map(NodeRef::text), Some("3"));
        assert_eq!(object.property("b").map(NodeRef::text), Some("2"));
        assert_eq!(object.property("c"), None);
        assert!(!object.has_spread());
    });
    with_node(TypeScript, "app.get('/x')", "app.get('/x')", |call| {
        assert_eq!(call.callee_name(), Some("get"));
        assert_eq!(call.receiver().map(NodeRef::text), Some("app"));
    });
}

#[test]
fn constants_are_folded() {
    let string = |value: &str| Some(Constant::String(value.to_owned()));
    let number = |value: f64| Some(Constant::Number(value));
    let cases = [
        (TypeScript, "x = 'a' + \"b\" + `c`", "'a' + \"b\" + `c`", string("abc")),
        (TypeScript, "const P = '/api'; x = `${P}/v${1}`", "`${P}/v${1}`", string("/api/v1")),
        (TypeScript, "x = (60 * 60) * 1_000", "(60 * 60) * 1_000", number(3_600_000.0)),
        (TypeScript, "x = 0xff", "0xff", number(255.0)),
        (TypeScript, "x = -1.5e3", "-1.5e3", number(-1500.0)),
        (TypeScript, "x = !0", "!0", Some(Constant::Boolean(true))),
        (TypeScript, "x = undefined", "undefined", Some(Constant::Null)),
        (TypeScript, "x = null ?? 'd'", "null ?? 'd'", string("d")),
        (TypeScript, "x = true ? 1 : f()", "true ? 1 : f()", number(1.0)),
        (TypeScript, "const a = 1; y = a", "a", number(1.0)),
        (TypeScript, "let a = 1; a = 2; y = a", "a", None),
        (TypeScript, "let a = 1; a++; y = a", "a", None),
        (TypeScript, "const a = b, b = a; y = a", "a", None),
        (TypeScript, "const [a] = [1]; y = a", "a", None),
        (TypeScript, "function f(a = 1) { return a }", "a", None),
        (TypeScript, "const C = { a: 1 } as const; y = C.a", "C.a", number(1.0)),
        (TypeScript, "const C = { a: 1 }; C.a = 2; y = C.a", "C.a", None),
        (TypeScript, "const C = { a: 1, ...d }; y = C.a", "C.a", None),
        (TypeScript, "enum E { A = 'x' } y = E.A", "E.A", string("x")),
        (TypeScript, "x = f('a')", "f('a')", None),
        (Python, "x = 'a' \"b\"", "'a' \"b\"", string("ab")),
        (Python, "P = 'p'\nx = f'{P}-q'", "f'{P}-q'", string("p-q")),
        (Python, "x = 7 // 2", "7 // 2", number(3.0)),
        (Python, "x = not True", "not True", Some(Constant::Boolean(false))),
        (Python, "x = None or 'd'", "None or 'd'", string("d")),
        (Python, "A = 1\nif b:\n    A = 2\nx = A", "A", None),
        (Python, "A = 1\ndef f():\n    global A\n    A = 2\nx = A", "A", None),
    ];
    for (language, source, text, expected) in cases {
        assert_eq!(with_node(language, source, text, |node| node.constant()), expected, "{source}");
    }
}

#[test]
fn environment_reads_are_recognised() {
    let cases = [
        (TypeScript, "process.env.X", Some(("X", None))),
        (TypeScript, "process.env['X']", Some(("X", None))),
        (TypeScript, "process.env.X!", Some(("X", None))),
        (TypeScript, "process.env.X || 'd'", Some(("X", Some("'d'")))),
        (TypeScript, "process.env.X ?? 'd'", Some(("X", Some("'d'")))),
        (TypeScript, "process.env.X || process.env.Y || 'd'", Some(("X", Some("'d'")))),
        (TypeScript, "process.env.X ? process.env.X : 'd'", Some(("X", Some("'d'")))),
        (TypeScript, "process.env.X !== undefined ? process.env.X : 'd'", Some(("X", Some("'d'")))),
        (TypeScript, "process.env.X === 'a' ? 'b' : 'c'", None),
        (TypeScript, "Number(process.env.X ?? 3000)", Some(("X", Some("3000")))),
        (TypeScript, "parseInt(process.env.X || '1', 10)", Some(("X", Some("'1'")))),
        (TypeScript, "(process.env.X || 'D').toLowerCase()", Some(("X", Some("'D'")))),
        (TypeScript, "import.meta.env.X", Some(("X", None))),
        (TypeScript, "Bun.env.X", Some(("X", None))),
        (TypeScript, "Deno.env.get('X')", Some(("X", None))),
        (TypeScript, "process.env.X && 'd'", None),
        (TypeScript, "f(process.env.X)", None),
        (TypeScript, "env.X", None),
        (TypeScript, "process.env", None),
        (Python, "os.environ['X']", Some(("X", None))),
        (Python, "os.environ.get('X')", Some(("X", None))),
        (Python, "os.environ.get('X', 'd')", Some(("X", Some("'d'")))),
        (Python, "os.getenv('X', default='d')", Some(("X", Some("'d'")))),
        (Python, "os.getenv('X') or 'd'", Some(("X", Some("'d'")))),
        (Python, "int(os.getenv('X', '5'))", Some(("X", Some("'5'")))),
        (Python, "os.environ['X'] if 'X' in os.environ else 'd'", Some(("X", Some("'d'")))),
        (Python, "os.getenv('X', 'd').lower()", Some(("X", Some("'d'")))),
    ];
    for (language, expression, expected) in cases {
        let source = format!("value = {expression}");
        let source = if language == Python { format!("import os\n{source}") } else { source };
        let lowered = lower(language, &source);
        let value = lowered.tree.nodes().find(|node| node.role() == readiness::code::Role::Value).expect("a value");
        let read = value.env_read();
        let read = read.as_ref().map(|read| (read.name.as_str(), read.default.map(NodeRef::text)));
        assert_eq!(read, expected, "{expression}");
    }
}

#[test]
fn environment_reads_follow_names() {
    let cases = [
        (TypeScript, "import { env } from 'node:process'; x = env.X", "env.X", true),
        (TypeScript, "import process from 'process'; x = process.env.X", "process.env.X", true),
        (TypeScript, "const { env } = process; x = env.X", "env.X", true),
        (TypeScript, "const e = process.env; x = e.X", "e.X", true),
        (TypeScript, "const K = 'X'; x = process.env[K]", "process.env[K]", true),
        (TypeScript, "const process = p; x = process.env.X", "process.env.X", false),
        (TypeScript, "process.env.X = 'y'", "process.env.X", false),
        (TypeScript, "delete process.env.X", "process.env.X", false),
        (Python, "from os import environ\nx = environ['X']", "environ['X']", true),
        (Python, "from os import environ\nx = environ.get('X')", "environ.get('X')", true),
        (Python, "from os import getenv as g\nx = g('X')", "g('X')", true),
        (Python, "import os as o\nx = o.environ['X']", "o.environ['X']", true),
        (Python, "import os\nos.environ['X'] = 'y'", "os.environ['X']", false),
    ];
    for (language, source, text, expected) in cases {
        let read = with_node(language, source, text, |node| node.env_read().map(|read| read.name));
        assert_eq!(read.as_deref() == Some("X"), expected, "{source}");
    }
}

#[test]
fn environment_reads_without_a_known_name_are_told() {
    let cases = [
        (TypeScript, "x = process.env[name]", "process.env[name]", true),
        (TypeScript, "process.env[name] = y", "process.env[name]", false),
        (TypeScript, "x = process.env['X']", "process.env['X']", false),
        (TypeScript, "x = other[name]", "other[name]", false),
        (Python, "import os\nx = os.getenv(name, 'd')", "os.getenv(name, 'd')", true),
        (Python, "import os\nx = os.getenv('X')", "os.getenv('X')", false),
    ];
    for (language, source, text, expected) in cases {
        assert_eq!(with_node(language, source, text, |node| node.is_dynamic_env_read()), expected, "{source}");
    }
}

#[test]
fn all_environment_reads_of_a_file_are_listed_once() {
    let source = "
        const { A, B: b = 'x', ...rest } = process.env;
        const port = Number(process.env.PORT ?? 3000);
        const mode = process.env.MODE ? process.env.MODE : 'm';
        process.env.SET = '1';
        if (process.env.FLAG) f(process.env.ARG);
    ";
    let lowered = lower(TypeScript, source);
    let reads: Vec<(String, &str, Option<&str>)> = env_reads(&lowered.tree)
        .into_iter()
        .map(|(node, read)| (read.name, node.text(), read.default.map(NodeRef::text)))
        .collect();
    let expected = [
        ("A", "A", None),
        ("B", "B: b = 'x'", Some("'x'")),
        ("PORT", "Number(process.env.PORT ?? 3000)", Some("3000")),
        ("MODE", "process.env.MODE ? process.env.MODE : 'm'", Some("'m'")),
        ("FLAG", "process.env.FLAG", None),
        ("ARG", "process.env.ARG", None),
    ];
    let expected: Vec<_> = expected.into_iter().map(|(name, text, default)| (name.to_owned(), text, default)).collect();
    assert_eq!(reads, expected);
}

#[test]
fn guards_tell_where_code_runs() {
    use Guard::{DevelopmentOnly as Dev, None, ProductionOnly as Prod};
    let cases = [
        (TypeScript, "if (process.env.NODE_ENV === 'production') { X() }", Prod),
        (TypeScript, "if (process.env.NODE_ENV === 'production') { a() } else { X() }", Dev),
        (TypeScript, "if (process.env.NODE_ENV !== 'production') X()", Dev),
        (TypeScript, "if ('development' == process.env.NODE_ENV) X()", Dev),
        (TypeScript, "if (process.env.NODE_ENV === 'test') X()", Dev),
        (TypeScript, "if (process.env.NODE_ENV !== 'test') X()", None),
        (TypeScript, "if (process.env.NODE_ENV === 'staging') X()", None),
        (TypeScript, "if (!(process.env.NODE_ENV === 'production')) X()", Dev),
        (TypeScript, "if (import.meta.env.DEV) X()", Dev),
        (TypeScript, "if (import.meta.env.PROD) X()", Prod),
        (TypeScript, "if (process.env.DEBUG) X()", Dev),
        (TypeScript, "if (__DEV__) X()", Dev),
        (TypeScript, "const isProd = process.env.NODE_ENV === 'production'; if (isProd) X()", Prod),
        (TypeScript, "const isProd = process.env.NODE_ENV === 'production'; if (!isProd) X()", Dev),
        (TypeScript, "const isTest = process.env.NODE_ENV === 'test'; if (isTest) X()", Dev),
        (TypeScript, "const isTest = process.env.NODE_ENV === 'test'; if (!isTest) X()", None),
        (TypeScript, "let p = process.env.NODE_ENV === 'production'; p = false; if (p) X()", None),
        (TypeScript, "const env = process.env.NODE_ENV || 'development'; if (env === 'production') X()", Prod),
        (TypeScript, "const { NODE_ENV = 'development' } = process.env; if (NODE_ENV !== 'production') X()", Dev),
        (TypeScript, "import { isProduction } from './env'; if (isProduction) X()", Prod),
        (TypeScript, "if (config.isDevelopment) X()", Dev),
        (TypeScript, "import { isLocal } from './env'; if (isLocal) X()", Dev),
        (TypeScript, "const isLocal = url.startsWith('/'); if (isLocal) X()", None),
        (TypeScript, "const isProd = check(); if (isProd) X()", Prod),
        (TypeScript, "if (config.env === 'production') X()", Prod),
        (TypeScript, "if (a && process.env.NODE_ENV === 'production') X()", Prod),
        (TypeScript, "if (a || process.env.NODE_ENV === 'production') X()", None),
        (TypeScript, "if (a || process.env.NODE_ENV === 'production') { b() } else { X() }", Dev),
        (TypeScript, "process.env.NODE_ENV !== 'production' && X()", Dev),
        (TypeScript, "process.env.NODE_ENV === 'production' || X()", Dev),
        (TypeScript, "y = process.env.NODE_ENV === 'production' ? a() : X()", Dev),
        (TypeScript, "if (['development', 'test'].includes(process.env.NODE_ENV)) X()", Dev),
        (TypeScript, "if (process.env.NODE_ENV === 'production') { throw e } X()", Dev),
        (TypeScript, "function f() { if (process.env.NODE_ENV === 'production') return; X() }", Dev),
        (TypeScript, "function f() { if (process.env.NODE_ENV === 'production') log(); X() }", None),
        (TypeScript, "function f() { if (process.env.NODE_ENV !== 'production') return; y(() => { X() }) }", Prod),
        (TypeScript, "switch (process.env.NODE_ENV) { case 'production': X(); break }", Prod),
        (TypeScript, "switch (process.env.NODE_ENV) { case 'development': X(); break }", Dev),
        (TypeScript, "if (user.env === 'blue') X()", None),
        (TypeScript, "if (process.env.NODE_ENV) X()", None),
        (TypeScript, "X()", None),
        (Python, "if settings.DEBUG:\n    X()", Dev),
        (Python, "if not settings.DEBUG:\n    X()", Prod),
        (Python, "if settings.DEBUG is True:\n    X()", Dev),
        (Python, "if settings.ENVIRONMENT == 'production':\n    X()", Prod),
        (Python, "import os\nif os.getenv('ENV') != 'production':\n    X()", Dev),
        (Python, "import os\nif os.getenv('ENV', 'dev').lower() == 'production':\n    X()", Prod),
        (Python, "import os\nif os.environ.get('DEBUG', 'false').lower() == 'true':\n    X()", Dev),
        (Python, "import os\nif os.environ.get('DEBUG') in ('1', 'true'):\n    X()", Dev),
        (Python, "if settings.ENV in ('local', 'dev'):\n    X()", Dev),
        (Python, "if settings.ENV not in ('local', 'dev'):\n    X()", Prod),
        (
            Python,
            "import os\nENV = os.getenv('APP_ENV', 'dev')\nIS_PROD = ENV == 'production'\nif not IS_PROD:\n    X()",
            Dev,
        ),
        (Python, "y = X() if settings.DEBUG else z()", Dev),
        (Python, "def f():\n    if settings.ENVIRONMENT == 'production':\n        raise E\n    X()", Dev),
        (Python, "if a:\n    b()\nelif settings.DEBUG:\n    X()", Dev),
    ];
    for (language, source, expected) in cases {
        let guard = with_node(language, source, "X()", |node| node.environment_guard());
        assert_eq!(guard, expected, "{source}");
        let dev_only = with_node(language, source, "X()", |node| node.is_dev_only());
        assert_eq!(dev_only, expected == Dev, "{source}");
    }
}

#[test]
fn what_is_around_a_node_is_found() {
    let source = "class C { m() { try { a() } catch (e) { for (const x of b()) { X(); [1].map(y => Y()) } } } }";
    with_node(TypeScript, source, "X()", |call| {
        assert_eq!(call.enclosing_class().map(NodeRef::name), Some("C"));
        assert_eq!(call.enclosing_function().map(NodeRef::name), Some("m"));
        assert_eq!(call.enclosing_catch().map(NodeRef::name), Some("e"));
        assert!(call.enclosing_loop().is_some());
        assert!(call.enclosing_try().is_none(), "a catch body is not guarded by its own try");
    });
    with_node(TypeScript, source, "a()", |call| {
        assert!(call.enclosing_try().is_some());
        assert!(call.enclosing_catch().is_none());
    });
    with_node(TypeScript, source, "b()", |call| assert!(call.enclosing_loop().is_none(), "evaluated once"));
    with_node(TypeScript, source, "Y()", |call| {
        assert!(call.enclosing_loop().is_none(), "a function lies between");
        assert_eq!(call.enclosing_iteration().and_then(NodeRef::callee_name), Some("map"));
    });
    with_node(Python, "y = [X(i) for i in z()]", "X(i)", |call| assert!(call.enclosing_loop().is_some()));
    with_node(Python, "y = [X(i) for i in z()]", "z()", |call| assert!(call.enclosing_loop().is_none()));
}

#[test]
fn functions_take_the_name_they_are_given() {
    let cases = [
        (TypeScript, "function f() { return 1 }", Some("f")),
        (TypeScript, "const f = () => 1", Some("f")),
        (TypeScript, "exports.f = async () => 1", Some("f")),
        (TypeScript, "x = { f: function () { return 1 } }", Some("f")),
        (TypeScript, "x = { f() { return 1 } }", Some("f")),
        (TypeScript, "class C { f = () => 1 }", Some("f")),
        (TypeScript, "export default () => 1", Some("default")),
        (TypeScript, "const f = asyncHandler(async () => 1)", Some("f")),
        (TypeScript, "import { memo } from 'react'; const f = memo(() => 1)", Some("f")),
        (TypeScript, "const f = list.map(() => 1)", None),
        (TypeScript, "app.get('/', () => 1)", None),
        (Python, "f = lambda: 1", Some("f")),
        (Python, "class C:\n    def f(self):\n        return 1", Some("f")),
    ];
    for (language, source, expected) in cases {
        let lowered = lower(language, source);
        let function = lowered.tree.nodes().find(|node| node.is(Kind::Function)).expect("a function");
        assert_eq!(function.function_name(), expected, "{source}");
    }
}

#[test]
fn statements_that_always_leave_are_known() {
    let cases = [
        (JavaScript, "{ a(); return }", true),
        (JavaScript, "{ if (a) { return } else { throw b } }", true),
        (JavaScript, "{ if (a) { return } }", false),
        (JavaScript, "{ process.exit(1) }", true),
        (JavaScript, "{ }", false),
    ];
    for (language, block, expected) in cases {
        let source = format!("function f() {block}");
        assert_eq!(with_node(language, &source, block, |node| node.always_leaves()), expected, "{block}");
    }
    let source = "import sys\nsys.exit(1)";
    assert!(with_node(Python, source, "sys.exit(1)", |node| node.always_leaves()));
}

#[test]
fn calls_in_the_same_file_are_found() {
    let source = "function f() {} const g = () => f(); f(1); g(); h.f();";
    let lowered = lower(Tsx, source);
    let calls = |name: &str| -> Vec<&str> {
        let function = lowered
            .tree
            .nodes()
            .find(|node| node.is(Kind::Function) && node.function_name() == Some(name))
            .expect("the function");
        function.local_calls().map(NodeRef::text).collect()
    };
    assert_eq!(calls("f"), ["f()", "f(1)"]);
    assert_eq!(calls("g"), ["g()"]);
}
