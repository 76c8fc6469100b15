//! `dockerfile-not-multistage`: the image that runs holds no build tools.

use crate::{
    code::{
        docker::{Base, Instruction, Stage},
        shell::Command,
    },
    facts::{
        Fact,
        images::{Image, from_span, images},
    },
    model::{Evidence, Message, Severity, Site, Span, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: DockerfileNotMultistage = DockerfileNotMultistage;

pub(in crate::rules) struct DockerfileNotMultistage;

impl Rule for DockerfileNotMultistage {
    fn id(&self) -> &'static str {
        "dockerfile-not-multistage"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let images = images(cx.repo, cx.facts.commands(cx.repo));
        if images.is_empty() {
            return Verdict::not_applicable("no-images");
        }
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        for image in &images {
            match site(image) {
                Some(site) => sites.push(site),
                None => fine.extend(evidence(image)),
            }
        }
        // Two stages of one file may inherit the same step.
        sites.dedup_by(|one, two| one.place == two.place);
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("no-build")).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-build")).also_fine(fine).sites(total, ok)
    }
}

fn site(image: &Image<'_>) -> Option<Site> {
    let chain = image.dockerfile.stage_chain(image.stage);
    let alone = image.dockerfile.contributing(image.stage).len() == chain.len();
    if alone && let Some((span, command)) = build_step(&chain) {
        return Some(Site::new(image.place(span), Message::new("single").with("command", command)));
    }
    if let Some((span, command)) = dev_install(&chain, alone) {
        return Some(Site::new(image.place(span), Message::new("dev-dependencies").with("command", command)));
    }
    if let Some((span, package)) = compiler(&chain) {
        let message = Message::new("compiler").with("package", package);
        return Some(Site::new(image.place(span), message).severity(Severity::Low));
    }
    let base = toolchain(image)?;
    let root = chain.last().copied().unwrap_or(image.stage);
    let message = Message::new("toolchain").with("image", base);
    Some(Site::new(image.place(from_span(root)), message).severity(Severity::Low))
}

fn evidence(image: &Image<'_>) -> Option<Evidence> {
    let copy = image
        .dockerfile
        .stage_chain(image.stage)
        .into_iter()
        .flat_map(|stage| stage.all("COPY"))
        .find(|copy| copy.flag("from").is_some_and(|from| image.dockerfile.stage_by_name(&from.value).is_some()))?;
    Some(Evidence::At { place: image.place(copy.span), note: "stages".into() })
}

/// The `RUN` instructions of the stages with their commands, in order.
fn runs<'d>(chain: &[&'d Stage]) -> Vec<(&'d Instruction, Vec<Command>)> {
    chain.iter().rev().flat_map(|stage| stage.all("RUN")).map(|run| (run, run.commands())).collect()
}

/// The place and the text of the first command that builds the program.
fn build_step(chain: &[&Stage]) -> Option<(Span, String)> {
    let all = runs(chain);
    // Tools that are removed again leave the layers behind, yet nothing to run.
    all.iter().find_map(|(run, commands)| {
        let command = commands.iter().find(|command| builds(command))?;
        Some((run.span, text_of(command)))
    })
}

fn text_of(command: &Command) -> String {
    let words: Vec<&str> = command.words.iter().take(4).map(|word| word.text.as_str()).collect();
    words.join(" ")
}

/// Programs that compile or bundle, with the words that make them do it.
const BUILDERS: [(&str, &[&str]); 17] = [
    ("tsc", &[]),
    ("next", &["build"]),
    ("vite", &["build"]),
    ("nest", &["build"]),
    ("ng", &["build"]),
    ("nuxt", &["build"]),
    ("webpack", &[]),
    ("turbo", &["build"]),
    ("nx", &["build"]),
    ("go", &["build", "install"]),
    ("cargo", &["build", "install"]),
    ("mvn", &["package", "install", "verify"]),
    ("mvnw", &["package", "install", "verify"]),
    ("gradle", &["build", "bootJar", "assemble", "shadowJar"]),
    ("gradlew", &["build", "bootJar", "assemble", "shadowJar"]),
    ("dotnet", &["publish", "build"]),
    ("sbt", &["assembly", "stage"]),
];

fn builds(command: &Command) -> bool {
    if let Some(script) = command.package_script() {
        return script.split([':', '-']).next() == Some("build");
    }
    let Some(program) = command.program() else { return false };
    BUILDERS.iter().any(|(name, verbs)| {
        let named = program.arguments.iter().any(|word| verbs.contains(&word.text.as_str()));
        program.name == *name && (verbs.is_empty() || named)
    })
}

/// An installation of development dependencies behind which nothing removes them.
fn dev_install(chain: &[&Stage], alone: bool) -> Option<(Span, String)> {
    let production = |run: &Instruction| {
        chain.iter().flat_map(|stage| stage.all("ENV")).any(|env| {
            env.span.start < run.span.start
                && env.pairs.iter().any(|pair| {
                    pair.name == "NODE_ENV" && pair.value.as_ref().is_some_and(|value| value.text == "production")
                })
        })
    };
    let all = runs(chain);
    let last = all.iter().rposition(|(_, commands)| commands.iter().any(removes_dev));
    let found = all.iter().enumerate().find_map(|(at, (run, commands))| {
        let command = commands.iter().find(|command| installs_dev(command) && !command.caught)?;
        let kept = last.is_none_or(|last| last < at) && !production(run);
        kept.then(|| (run.span, text_of(command)))
    });
    // In a single stage without a build step nothing tells whether the development dependencies are needed.
    found.filter(|_| !alone)
}

fn installs_dev(command: &Command) -> bool {
    let Some(program) = command.program() else { return false };
    let words: Vec<&str> = program.arguments.iter().map(|word| word.text.as_str()).collect();
    let installs = match program.name {
        "npm" => matches!(words.first(), Some(&("ci" | "install" | "i"))),
        "pnpm" | "bun" => matches!(words.first(), Some(&("install" | "i"))),
        "yarn" => matches!(words.first(), None | Some(&"install")),
        _ => false,
    };
    let named = words.iter().skip(1).any(|word| !word.starts_with('-'));
    let limited = words.iter().any(|word| {
        word.contains("production")
            || word.contains("prod")
            || word.contains("omit")
            || matches!(*word, "-g" | "--global")
    });
    let by_variable = command.assignments.iter().any(|it| it.name == "NODE_ENV" && it.value.text == "production");
    installs && !named && !limited && !by_variable
}

fn removes_dev(command: &Command) -> bool {
    command.program().is_some_and(|program| {
        matches!(program.name, "npm" | "pnpm" | "yarn")
            && program.arguments.iter().any(|word| matches!(word.text.as_str(), "prune" | "focus"))
    })
}

/// Packages that bring a compiler.
const COMPILERS: [&str; 9] =
    ["build-essential", "build-base", "gcc", "g++", "clang", "musl-dev", "golang", "default-jdk", "rustc"];

/// A compiler that is installed and not removed again.
fn compiler(chain: &[&Stage]) -> Option<(Span, String)> {
    let all = runs(chain);
    let removed = |package: &str| {
        all.iter().flat_map(|(_, commands)| commands).any(|command| {
            let words: Vec<&str> = command.words.iter().map(|word| word.text.as_str()).collect();
            let removes = words.iter().any(|word| matches!(*word, "del" | "purge" | "remove" | "autoremove"));
            removes
                && (words.contains(&package)
                    || words.iter().any(|word| word.starts_with('.') || word.contains('$') || *word == "autoremove"))
        })
    };
    all.iter().find_map(|(run, commands)| {
        let found = commands.iter().find_map(|command| {
            let program = command.program()?;
            let installs = matches!(program.name, "apt-get" | "apt" | "apk" | "yum" | "dnf" | "microdnf")
                && program.arguments.iter().any(|word| matches!(word.text.as_str(), "install" | "add"));
            let package = program.arguments.iter().find(|word| COMPILERS.contains(&word.text.as_str()))?;
            let kept = !removed(&package.text) && !program.has_option("--virtual") && !program.has_option("-t");
            (installs && kept).then(|| package.text.clone())
        });
        Some((run.span, found?))
    })
}

/// The base image of the stage that runs when it is a compiler's and the program needs none.
fn toolchain(image: &Image<'_>) -> Option<String> {
    let Base::Image(reference) = image.dockerfile.root_base(image.stage) else { return None };
    let name = crate::code::docker::image_name(reference);
    let tag = name.tag.unwrap_or_default();
    let last = name.repository.rsplit('/').next().unwrap_or_default();
    let jdk = match last {
        "openjdk" => !tag.contains("jre"),
        "eclipse-temurin" | "zulu-openjdk" | "liberica-openjdk-debian" => tag.contains("jdk"),
        "amazoncorretto" => !tag.contains("jre") && !tag.contains("headless"),
        _ => false,
    };
    let builder = matches!(last, "maven" | "gradle" | "golang" | "rust") || name.repository.ends_with("dotnet/sdk");
    // The program is compiled before it is started: `go run` and `mvn spring-boot:run` need their tools.
    let (entry, command) = image.start();
    let words: Vec<&str> =
        [entry, command].into_iter().flatten().flat_map(|it| &it.arguments).map(|word| word.text.as_str()).collect();
    let needs = words.iter().any(|word| {
        let name = word.rsplit('/').next().unwrap_or(word);
        matches!(name, "go" | "cargo" | "mvn" | "mvnw" | "gradle" | "gradlew" | "dotnet-watch" | "javac")
    });
    ((jdk || builder) && !needs && !words.is_empty()).then(|| reference.clone())
}
