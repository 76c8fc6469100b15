use super::*;

const TEXT: &str = "\u{feff}# syntax=docker/dockerfile:1\r\n# about\r\nARG VERSION=20\r\nARG TAG=${VERSION}-alpine\r\n\
    FROM --platform=$BUILDPLATFORM node:${TAG} AS deps\r\nWORKDIR /app\r\nENV A=1 B=\"two words\" C=x\\ y\r\nENV OLD the rest\r\n\
    RUN --mount=type=cache,target=/root/.npm npm ci && \\\r\n    # why not\r\n\r\n    npm cache clean --force \\\r\n    ; echo \"é\"\r\n\
    user node\r\nfrom deps as build\r\nCOPY --from=deps --chown=node:node [\"a b\", \"/x\"]\r\nRUN [\"sh\", \"-c\", \"npm run build\"]\r\n\
    FROM ${MISSING:-gcr.io/distroless/nodejs}:${VERSION} AS final\r\nCOPY --from=build /app /app\r\nENV A=2\r\nEXPOSE 80 443/tcp\r\n\
    HEALTHCHECK --interval=30s CMD curl -f http://x || exit 1\r\nONBUILD RUN echo hi\r\nENTRYPOINT [\"node\", \"s.js\"]\r\nCMD node s.js $PORT\r\n";

fn written(text: &str, span: Span) -> &str {
    &text[span.range()]
}

#[test]
fn reads_stages_and_their_bases() {
    let file = parse(TEXT);
    assert!(file.errors.is_empty(), "{:?}", file.errors);
    assert_eq!(file.stages.len(), 3);
    assert_eq!(file.stages[0].resolved, Base::Image("node:20-alpine".to_owned()));
    assert_eq!(file.stages[1].resolved, Base::Stage(0));
    assert_eq!(file.stages[2].resolved, Base::Image("gcr.io/distroless/nodejs:20".to_owned()));
    assert_eq!(file.stage_by_name("BUILD").unwrap().index, 1);
    assert_eq!(written(TEXT, file.stages[0].base.as_ref().unwrap().span), "node:${TAG}");
    assert!(written(TEXT, file.stages[0].span).ends_with("user node"));
    assert_eq!(file.final_stage().unwrap().name.as_ref().unwrap().text, "final");
    let comments: Vec<_> = file.comments.iter().map(|span| written(TEXT, *span)).collect();
    assert_eq!(comments, ["# syntax=docker/dockerfile:1", "# about", "# why not"]);
    let contributing: Vec<_> = file.contributing(&file.stages[2]).iter().map(|stage| stage.index).collect();
    assert_eq!(contributing, [2, 1, 0]);
    let unknown = parse("ARG X\nFROM $X\nFROM scratch\n");
    assert_eq!((&unknown.stages[0].resolved, &unknown.stages[1].resolved), (&Base::Unknown, &Base::Scratch));
}

#[test]
fn inherits_from_stages() {
    let file = parse(TEXT);
    let build = &file.stages[1];
    assert_eq!(file.last_in(build, "USER").unwrap().arguments[0].text, "node");
    assert!(file.last("USER").is_none());
    assert_eq!(file.env(build, "B").unwrap().value.as_ref().unwrap().text, "two words");
    assert_eq!(file.env(build, "C").unwrap().value.as_ref().unwrap().text, "x y");
    assert_eq!(file.env(build, "OLD").unwrap().value.as_ref().unwrap().text, "the rest");
    assert_eq!(file.env(&file.stages[2], "A").unwrap().value.as_ref().unwrap().text, "2");
    assert!(file.env(&file.stages[2], "B").is_none());
    assert_eq!(file.root_base(build), &Base::Image("node:20-alpine".to_owned()));
}

#[test]
fn reads_commands_with_exact_spans() {
    let file = parse(TEXT);
    let run = file.stages[0].all("RUN").next().unwrap();
    assert_eq!(run.flag("mount").unwrap().value, "type=cache,target=/root/.npm");
    let commands = run.commands();
    let seen: Vec<_> = commands.iter().map(|command| written(TEXT, command.words[0].span)).collect();
    assert_eq!(seen, ["npm", "npm", "echo"]);
    assert_eq!(commands[1].words.len(), 4);
    assert_eq!(written(TEXT, commands[2].words[1].span), "\"é\"");
    let run = file.stages[1].all("RUN").next().unwrap();
    assert_eq!(run.json().unwrap(), ["sh", "-c", "npm run build"]);
    let opened = run.commands();
    let build = opened.iter().find(|command| command.context.opened).unwrap();
    assert_eq!((build.package_script(), written(TEXT, build.span)), (Some("build"), "npm run build"));
    let health = file.last("HEALTHCHECK").unwrap();
    assert_eq!((health.form, health.flag("interval").unwrap().value.as_str()), (Form::Shell, "30s"));
    assert_eq!(health.commands().len(), 2);
    assert!(health.commands()[0].caught);
    assert_eq!(file.last("CMD").unwrap().form, Form::Shell);
    assert_eq!(file.last("ENTRYPOINT").unwrap().commands()[0].program().unwrap().name, "node");
    assert_eq!(file.last("ONBUILD").unwrap().trigger.as_ref().unwrap().commands().len(), 1);
    let ports: Vec<_> = file.last("EXPOSE").unwrap().arguments.iter().map(|word| word.text.as_str()).collect();
    assert_eq!(ports, ["80", "443/tcp"]);
}

#[test]
fn reads_here_documents() {
    let text = "FROM a\nRUN <<EOF\nnpm ci\nFROM x\nEOF\nRUN python3 <<-'PY' && echo\n\timport os\n\tPY\nCOPY <<a.txt <<b.txt /dir/\nA\na.txt\nB\nb.txt\nUSER 1\n";
    let file = parse(text);
    assert!(file.errors.is_empty(), "{:?}", file.errors);
    assert_eq!(file.stages.len(), 1);
    let keywords: Vec<_> = file.stages[0].instructions.iter().map(|i| i.keyword.as_str()).collect();
    assert_eq!(keywords, ["FROM", "RUN", "RUN", "COPY", "USER"]);
    let commands = file.stages[0].instructions[1].commands();
    assert_eq!(written(text, commands[0].span), "npm ci");
    let python = file.stages[0].instructions[2].commands();
    assert_eq!(python.len(), 2);
    let bodies: Vec<_> = file.stages[0].instructions[3].heredocs.iter().map(|h| h.body.as_str()).collect();
    assert_eq!(bodies, ["A\n", "B\n"]);
}

#[test]
fn honours_the_escape_directive() {
    let text = "# escape=`\nFROM a\nRUN dir C:\\ `\n  && echo x\nCOPY a `\n b C:\\x\\\nUSER me\n";
    let file = parse(text);
    let commands = file.stages[0].all("RUN").next().unwrap().commands();
    assert_eq!(commands.len(), 2);
    let copy = file.stages[0].all("COPY").next().unwrap();
    assert_eq!(copy.arguments.last().unwrap().text, "C:\\x\\");
    assert_eq!(file.last("USER").unwrap().arguments[0].text, "me");
}

#[test]
fn keeps_what_it_understands() {
    let file = parse("USER x\nFROM a\nRUNX y\nRUN [\"a\" b]\nRUN <<EOF\nUSER y\nRUN a \\\n");
    assert_eq!(file.errors.len(), 3, "{:?}", file.errors);
    assert_eq!(file.stages[0].all("RUN").count(), 3);
    assert_eq!(file.last("RUN").unwrap().arguments.len(), 1);
    assert_eq!(file.stages[0].all("RUN").next().unwrap().form, Form::Shell);
    assert_eq!(file.last("USER").unwrap().arguments[0].text, "y");
    assert!(parse("").stages.is_empty());
    for unit in [
        "FROM a\n",
        "ARG A=$A$A\n",
        "\\\n",
        "RUN \\\n",
        "RUN <<E\n",
        "RUN a \"",
        "FROM ${",
        "[\"",
        "#\n",
        "RUN [\"a\\",
        "\u{e9}\\",
    ] {
        let text = unit.repeat(20_000 / unit.len());
        for stage in parse(&text).stages.iter().take(10) {
            stage.instructions.iter().for_each(|instruction| drop(instruction.commands()));
        }
    }
}

#[test]
fn splits_image_names() {
    let name = image_name("registry:5000/o/app:1.2@sha256:abc");
    assert_eq!((name.repository, name.tag, name.digest), ("registry:5000/o/app", Some("1.2"), Some("sha256:abc")));
    assert_eq!(image_name("registry:5000/app").tag, None);
    assert_eq!(image_name("node").repository, "node");
}
