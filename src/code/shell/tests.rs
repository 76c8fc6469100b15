use super::{
    Operator::{And, Background, Or, Pipe, Then},
    *,
};

fn words(text: &str) -> Vec<String> {
    commands(text)
        .iter()
        .map(|command| command.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join("|"))
        .collect()
}

/// The programs that `text` runs, in order.
fn programs(text: &str) -> Vec<String> {
    commands(text).iter().filter_map(|command| command.program().map(|program| program.name.to_owned())).collect()
}

#[test]
fn reads_lists_and_operators() {
    let text = "a 1 && b || c; d | e &\nf";
    let commands = commands(text);
    let operators: Vec<_> = commands.iter().map(|command| (command.before, command.after)).collect();
    let expected = [
        (None, Some(And)),
        (Some(And), Some(Or)),
        (Some(Or), Some(Then)),
        (Some(Then), Some(Pipe)),
        (Some(Pipe), Some(Background)),
        (Some(Background), None),
    ];
    assert_eq!(operators, expected);
    let caught: Vec<_> = commands.iter().map(|command| command.caught).collect();
    assert_eq!(caught, [true, true, false, false, false, false]);
    for command in &commands {
        assert_eq!(&text[command.words[0].span.range()], command.words[0].text);
    }
}

#[test]
fn removes_quotes_and_keeps_expansions() {
    assert_eq!(words(r#"echo "a b"'c'd\ e \" "x\"y" $'l\n' "#), ["echo|a bcd e|\"|x\"y|l\n"]);
    let command = &commands(r#"echo "$A" ${B:-x y} '$C' "${{ secrets.D }}" $(( 1 + 2 )) \$E"#)[0];
    let seen: Vec<_> = command.words.iter().map(|word| (word.text.as_str(), word.dynamic)).collect();
    let expected = [
        ("echo", false),
        ("$A", true),
        ("${B:-x y}", true),
        ("$C", false),
        ("${{ secrets.D }}", true),
        ("$(( 1 + 2 ))", true),
        ("$E", false),
    ];
    assert_eq!(seen, expected);
}

#[test]
fn comments_are_no_commands() {
    assert_eq!(words("# npm run x\na # && b\nc#d\n  # e\n"), ["a", "c#d"]);
}

#[test]
fn line_ends_may_be_continued() {
    for text in ["apt-get install \\\n  -y curl \\\n && b", "apt-get install \\\r\n  -y curl \\\r\n && b"] {
        assert_eq!(words(text), ["apt-get|install|-y|curl", "b"]);
    }
    assert_eq!(words("a &&\n\n # why\n b |\n c"), ["a", "b", "c"]);
}

#[test]
fn here_documents_are_no_commands() {
    let text = "cat <<EOF > out && psql <<-'SQL'\nnpm run x\nEOF\n\tdrop table t;\n\tSQL\nafter\n";
    let commands = commands(text);
    assert_eq!(commands.iter().map(|c| c.words[0].text.as_str()).collect::<Vec<_>>(), ["cat", "psql", "after"]);
    assert_eq!(&text[commands[0].redirects[0].body.unwrap().range()], "npm run x\n");
    assert_eq!(commands[0].redirects[1].target.text, "out");
    assert_eq!(&text[commands[1].redirects[0].body.unwrap().range()], "\tdrop table t;\n");
    assert_eq!(words("cat <<< word; b"), ["cat", "b"]);
}

#[test]
fn substitutions_are_commands() {
    let text = "x=$(npx drizzle-kit push | tail -1) y=`git log` echo \"$(date)\" ${Z:-$(id)} <(sort a)";
    let found: Vec<_> = commands(text)
        .iter()
        .map(|c| (c.words[0].text.clone(), c.context.substitution, text[c.words[0].span.range()].to_owned()))
        .collect();
    for (name, nested, source) in &found {
        assert_eq!(name, source);
        assert_eq!(*nested, name != "echo");
    }
    assert_eq!(
        words("a $(( $(date +%s) - 1 )); if (( $(b | c) > 1 )); then :; fi"),
        ["a|$(( $(date +%s) - 1 ))", "date|+%s", "b", "c", ":"]
    );
    let names: Vec<_> = found.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(names, ["echo", "npx", "tail", "git", "date", "id", "sort"]);
}

#[test]
fn assignments_stand_before_the_program() {
    let command = &commands("NODE_ENV=production A+=\"b c\" M[1]=x L=(a b) node x.js B=2")[0];
    let assigned: Vec<_> = command.assignments.iter().map(|a| (a.name.as_str(), a.value.text.as_str())).collect();
    assert_eq!(assigned, [("NODE_ENV", "production"), ("A", "b c"), ("M", "x"), ("L", "(a b)")]);
    assert_eq!(command.words.len(), 3);
    assert!(commands("A=1")[0].program().is_none());
}

#[test]
fn redirections_are_no_words() {
    let command = &commands("a 2>&1 >>log </dev/null b &>all")[0];
    assert_eq!(command.words.len(), 2);
    let seen: Vec<_> = command.redirects.iter().map(|r| (r.operator.as_str(), r.target.text.as_str())).collect();
    assert_eq!(seen, [(">&", "1"), (">>", "log"), ("<", "/dev/null"), ("&>", "all")]);
    assert_eq!(command.redirects[0].descriptor.as_deref(), Some("2"));
}

#[test]
fn knows_what_surrounds_a_command() {
    let text = "set -e\nmigrate() {\n  inner\n}\nfunction other { inner2; }\nif test1 && ! test2; then\n  body\nelif test3; then x; else\n  y\nfi\n\
                for f in *.sql $(ls); do loop \"$f\"; done < list\nwhile read -r l; do w; done\ncase \"$1\" in\n  (up|start) up ;;\n  *) usage\n     exit 1;;\nesac\n\
                ( cd sub; sub ) || true\n{ g1; g2; } || g3\n[[ -f a && $b == (c|d) ]] && last\n((i++))\nfinal\n";
    let commands = commands(text);
    let of = |name: &str| commands.iter().find(|c| c.words.first().is_some_and(|w| w.text == name)).unwrap();
    assert!(of("inner").context.function && of("inner2").context.function && !of("test1").context.function);
    assert!(of("test1").context.condition && of("test2").negated && of("test3").context.condition);
    for name in ["body", "x", "y", "loop", "w", "up", "usage", "exit"] {
        assert!(of(name).context.branch && !of(name).context.condition, "{name}");
    }
    assert!(of("read").context.condition && of("ls").context.substitution);
    assert!(of("sub").context.subshell && of("sub").caught && of("cd").caught);
    assert!(of("g1").caught && of("g2").caught && !of("g3").caught);
    assert_eq!(of("last").context, Context::default());
    assert_eq!(of("final").context, Context::default());
    assert_eq!(commands.len(), 25, "{:?}", words(text));
}

#[test]
fn opens_scripts_for_shells() {
    for text in [
        "sh -c 'npx drizzle-kit push && echo ok'",
        "bash -lc \"npx drizzle-kit push && echo ok\"",
        "sudo -u app bash -euo pipefail -c 'npx drizzle-kit push && echo ok'",
        "eval \"npx drizzle-kit push && echo ok\"",
        r#"sh -c "npx \"drizzle-kit\" push && echo ok""#,
    ] {
        let commands = commands(text);
        assert_eq!(commands.len(), 3, "{text}");
        let push = commands.iter().find(|c| c.runs(&["drizzle-kit", "push"])).unwrap();
        assert!(push.context.opened);
        assert_eq!(&text[push.words[2].span.range()], "push", "{text}");
    }
    assert_eq!(programs("sh script.sh -c x"), ["sh"]);
}

#[test]
fn finds_the_program_behind_wrappers() {
    for (text, name, arguments) in [
        ("sudo -E -u app A=1 node x", "node", 1),
        ("env -u X A=1 B=2 python manage.py migrate", "python", 2),
        ("npx --yes drizzle-kit@0.20 push:pg", "drizzle-kit", 1),
        ("npx -p typescript tsc -b", "tsc", 1),
        ("npx @scope/tool@1 run", "@scope/tool", 1),
        ("pnpm --filter web exec next build", "next", 1),
        ("pnpm prisma migrate deploy", "prisma", 2),
        ("pnpm install --frozen-lockfile", "pnpm", 2),
        ("yarn drizzle-kit push", "drizzle-kit", 1),
        ("npm run build", "npm", 2),
        ("npm exec -- prisma db push", "prisma", 2),
        ("uv run --env-file .env alembic upgrade head", "alembic", 2),
        ("poetry run python -m alembic upgrade head", "alembic", 2),
        ("cross-env NODE_ENV=production node -r x s.js", "node", 3),
        ("dotenv -e .env.local -- next dev", "next", 1),
        ("exec ./node_modules/.bin/tsx src/i.ts", "tsx", 1),
        ("time nohup timeout -s KILL 10 /usr/bin/curl -f x", "curl", 2),
        ("tini -- node x", "node", 1),
        ("cmd /c copy a b", "copy", 2),
        ("command -v node", "command", 2),
        ("exec \"$@\"", "$@", 0),
        ("npx", "npx", 0),
        ("exec", "exec", 0),
    ] {
        let commands = commands(text);
        let program = commands[0].program().unwrap();
        assert_eq!((program.name, program.arguments.len()), (name, arguments), "{text}");
    }
}

#[test]
fn matches_subcommands() {
    let runs = |text: &str, words: &[&str]| commands(text)[0].runs(words);
    assert!(runs("npx drizzle-kit --config=x push --force", &["drizzle-kit", "push"]));
    assert!(runs("alembic -c alembic.ini upgrade head", &["alembic", "upgrade", "head"]));
    assert!(runs("prisma db push", &["prisma", "db", "push"]));
    assert!(runs("next", &["next"]));
    assert!(!runs("prisma migrate deploy", &["prisma", "db", "push"]));
    assert!(!runs("npx drizzle-kit generate push", &["drizzle-kit", "push"]));
    assert!(!runs("echo drizzle-kit push", &["drizzle-kit", "push"]));
    let parsed = commands("uvicorn app:app --host 0.0.0.0 --port=80");
    let program = parsed[0].program().unwrap();
    assert_eq!((program.option_value("--host"), program.option_value("--port")), (Some("0.0.0.0"), Some("80")));
    assert!(!program.has_option("--por"));
    assert_eq!(program.option_value("--none"), None);
}

#[test]
fn names_package_scripts() {
    for (text, script) in [
        ("npm run build", Some("build")),
        ("npm run -w web build", Some("build")),
        ("npm --prefix web test -- --ci", Some("test")),
        ("pnpm -r --filter web build", Some("build")),
        ("pnpm install", None),
        ("yarn workspace web build", Some("build")),
        ("yarn", None),
        ("cross-env A=1 bun run dev", Some("dev")),
        ("npx x", None),
    ] {
        assert_eq!(commands(text)[0].package_script(), script, "{text}");
    }
}

#[test]
fn knows_stubs() {
    assert!(is_only_echo(&commands("echo \"use npm run db:migrate\" && exit 1")));
    assert!(!is_only_echo(&commands("echo x && drizzle-kit push")));
    assert!(!is_only_echo(&commands("exit 1")));
    assert!(!is_only_echo(&commands("echo $(drizzle-kit push)")));
    assert!(!is_only_echo(&[]));
}

#[test]
fn spans_follow_the_outer_file() {
    let file = "run: npm ci && npm test";
    let found = commands_at(&file[5..], 5);
    assert_eq!(&file[found[1].span.range()], "npm test");
}

#[test]
fn reads_recipes() {
    let text = "DB := a:b\n.PHONY: up down\nup down: deps\n\t@docker compose up \\\n\t  -d\n\n# c\nifeq (1,1)\n\t-$(CC) -o x $$(id) \"$$HOME\"\nendif\nX = 1\n\tlost\none: ; echo hi\n";
    let lines = recipe_lines(text);
    let seen: Vec<_> = lines.iter().map(|l| (l.target.as_str(), &text[l.span.range()], l.ignores_failure)).collect();
    let expected = [
        ("up down", "docker compose up \\\n\t  -d", false),
        ("up down", "$(CC) -o x $$(id) \"$$HOME\"", true),
        ("one", "echo hi", false),
    ];
    assert_eq!(seen, expected);
    let found = commands_at(&lines[1].text, lines[1].span.start);
    let names: Vec<_> = found.iter().map(|c| c.words[0].text.as_str()).collect();
    assert_eq!(names, ["${CC}", "id"]);
    assert_eq!(&text[found[1].span.range()], "id");
    assert_eq!(found[0].words.last().unwrap().text, "$HOME");
    assert_eq!(commands(&lines[0].text)[0].words.len(), 4);
}

#[test]
fn hostile_scripts_end() {
    for unit in [
        "(", "$(", "`", "${", "\"$(", "{ ", "if ", "case ", "[[ ", "<<a ", "((", "a[", "a[;", "((a;", "'", "\\", "a()",
        ")", "||", "\u{e9}", "sh -c '", "${a:-\"", "a=(",
    ] {
        let text = unit.repeat(50_000 / unit.len());
        std::thread::Builder::new().stack_size(1 << 20).spawn(move || commands(&text).len()).unwrap().join().unwrap();
    }
    let groups = format!("{}a{}", "( ".repeat(5_000), ") || b ".repeat(5_000));
    assert_eq!(commands(&groups).len(), 5_001);
}
