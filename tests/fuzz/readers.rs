//! Every reader of a format takes any text.

use std::sync::LazyLock;

use camino::Utf8Path;
use proptest::prelude::*;
use readiness::{
    code::{Language, docker, env_reads, lower, shell, sql},
    config::{self, Names},
    doc::{self, Format},
    model::Span,
    rule::cases,
    text::{decode, mask::mask, secrets},
};

use super::mutation::{FIXTURES, cases as runs, files, mutate, mutations};

static CORPUS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let own = ["tests/fuzz/corpus", "tests/lowering"].map(str::to_owned);
    let folders = own.into_iter().chain(FIXTURES.map(|name| format!("fixtures/{name}")));
    folders.flat_map(|folder| files(&folder)).map(|(_, bytes)| bytes).collect()
});

fn within(span: Span, text: &str, what: &str) {
    assert!(span.start <= span.end && text.get(span.range()).is_some(), "{what}: {span:?} in {} bytes", text.len());
}

fn documents(text: &str) {
    use Format::{Dotenv, Ini, Json, Jsonc, Properties, Toml, Xml, Yaml};
    for format in [Yaml, Json, Jsonc, Toml, Dotenv, Ini, Properties, Xml] {
        let doc = doc::parse(format, text);
        for error in &doc.errors {
            within(error.span, text, "an error of a document");
        }
        for node in &doc.documents {
            within(node.span, text, "a document");
        }
        for comment in &doc.comments {
            within(*comment, text, "a comment of a document");
        }
    }
}

fn code(text: &str) {
    for language in [Language::TypeScript, Language::Tsx, Language::JavaScript, Language::Python] {
        let lowered = lower(language, text);
        for error in &lowered.errors {
            within(*error, text, "a syntax error");
        }
        for node in lowered.tree.nodes() {
            within(node.span(), text, "a node");
        }
        let _ = env_reads(&lowered.tree);
    }
}

fn scripts(text: &str) {
    for command in shell::commands(text) {
        within(command.span, text, "a command");
        for word in &command.words {
            within(word.span, text, "a word");
        }
        let _ = (command.program(), command.package_script());
    }
    let _ = shell::recipe_lines(text);
    for command in
        docker::parse(text).stages.iter().flat_map(|stage| &stage.instructions).flat_map(docker::Instruction::commands)
    {
        within(command.span, text, "a command of an image");
    }
    let _ = sql::parse(text);
}

fn ours(text: &str) {
    let _ = cases::parse(text);
    let names = Names { rules: &["fallback-secret"], categories: &["security"], options: &[] };
    let _ = config::parse(text, "readiness.toml", "", names).map_err(|error| error.report(false));
    for path in ["src/a.ts", ".env", "a.yaml", "a.sh", "README.md", "package-lock.json"] {
        for found in secrets::find(text, Utf8Path::new(path)) {
            within(found.span, text, "a secret");
        }
    }
    let masked = mask(text).into_owned();
    assert_eq!(mask(&masked), masked, "masking what is masked changes nothing");
}

/// Hands a text to every reader.
fn read(bytes: Vec<u8>) {
    let Ok(text) = decode(bytes) else { return };
    documents(&text);
    code(&text);
    scripts(&text);
    ours(&text);
}

#[test]
fn the_corpus_is_read() {
    for bytes in CORPUS.iter() {
        read(bytes.clone());
    }
}

proptest! {
    #![proptest_config(runs(24))]

    #[test]
    fn any_change_is_read(file in any::<prop::sample::Index>(), changes in mutations()) {
        read(mutate(file.get::<Vec<u8>>(CORPUS.as_slice()), &changes));
    }

    #[test]
    fn any_mixture_is_read(
        one in any::<prop::sample::Index>(),
        two in any::<prop::sample::Index>(),
        changes in mutations(),
    ) {
        let (one, two) = (one.get::<Vec<u8>>(CORPUS.as_slice()), two.get::<Vec<u8>>(CORPUS.as_slice()));
        let half = |bytes: &[u8]| bytes[bytes.len() / 2..].to_vec();
        read(mutate(&[half(one), half(two)].concat(), &changes));
    }
}
