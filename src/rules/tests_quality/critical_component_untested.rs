//! `critical-component-untested`: what lets people in, takes money or trusts a caller is tested.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    facts::{
        Fact,
        routes::RouteKind,
        side::{Side, side_of},
        testing,
    },
    model::{Confidence, Evidence, FileId, Message, Place, Site, Verdict},
    repo::{ComponentKind, File, FileKind, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: CriticalComponentUntested = CriticalComponentUntested;

pub(in crate::rules) struct CriticalComponentUntested;

/// What a module is trusted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Trust {
    LogIn,
    Money,
    Webhook,
    Secrets,
}

impl Trust {
    const ALL: [Self; 4] = [Self::LogIn, Self::Money, Self::Webhook, Self::Secrets];

    /// Whole words of a file's name or of a path of a route.
    fn words(self) -> &'static [&'static str] {
        match self {
            Self::LogIn => &[
                "auth",
                "authentication",
                "authorization",
                "login",
                "signin",
                "signup",
                "register",
                "password",
                "jwt",
                "session",
                "sessions",
                "permissions",
                "rbac",
                "oauth",
            ],
            Self::Money => &["payment", "payments", "billing", "checkout", "stripe", "subscription", "subscriptions"],
            Self::Webhook => &["webhook", "webhooks"],
            Self::Secrets => &["crypto", "encryption"],
        }
    }

    /// Words by which a test that only asks the running product shows that it goes this way.
    fn asked(self) -> &'static [&'static str] {
        match self {
            Self::LogIn => &["login", "log in", "sign in", "signin", "signup", "sign up", "/auth", "register"],
            Self::Money => &["checkout", "payment", "billing", "subscription"],
            Self::Webhook => &["webhook"],
            Self::Secrets => &["encrypt"],
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::LogIn => "log-in",
            Self::Money => "money",
            Self::Webhook => "webhook",
            Self::Secrets => "secrets",
        }
    }
}

/// Fewer lines hand something on.
const ENOUGH_LINES: usize = 20;

impl Rule for CriticalComponentUntested {
    fn id(&self) -> &'static str {
        "critical-component-untested"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Modules, Fact::Access, Fact::Routes, Fact::Side]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let critical = critical(cx);
        if critical.is_empty() {
            return Verdict::not_applicable("none");
        }
        let modules = cx.facts.modules(cx.repo);
        let reached = testing::reached(cx.repo, modules);
        let tested = testing::touching(cx.repo, modules);
        let texts = Texts::read(cx);
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        for (file, trust) in critical {
            let file = cx.repo.file(file);
            // A part without any test is reported as such.
            if !cx.repo.component(file.component).is_root() && !tested.contains_key(&file.component) {
                continue;
            }
            let place = Place::File(file.id);
            if reached.contains(&file.id) || texts.name(file) {
                fine.push(Evidence::At { place, note: Message::new("tested") });
            } else if texts.asks(trust) {
                fine.push(Evidence::At { place, note: Message::new("asked") });
            } else {
                let site = Site::new(place, Message::new(trust.key())).confidence(Confidence::Likely);
                sites.push(site.key(file.path.as_str()));
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        Verdict::fail_or(sites, || Verdict::pass_or(fine.clone(), || Verdict::not_applicable("none")))
            .also_fine(fine)
            .sites(total, ok)
    }
}

/// Source files of services that are trusted with something, with what.
fn critical(cx: &Context<'_>) -> BTreeMap<FileId, Trust> {
    let mut found = BTreeMap::new();
    let routed: BTreeMap<FileId, Trust> = cx
        .facts
        .routes(cx.repo)
        .iter()
        .filter(|route| route.kind == RouteKind::Http)
        .filter_map(|route| Some((route.file, trusted(route.path.split(['/', '-', '_', '.', ':']))?)))
        .collect();
    for file in cx.repo.files().iter().filter(|file| is_asked(cx, file)) {
        let stem = file.path.file_stem().unwrap_or_default();
        let words = words(stem);
        let named = trusted(words.iter().map(String::as_str));
        let routed = routed.get(&file.id).copied();
        if let Some(trust) = named.or(routed)
            && testing::lines(cx.repo, file) >= ENOUGH_LINES
            && !hands_on(cx, file)
            && !(trust == Trust::LogIn && measures_visits(cx, file, &words))
            && !(trust == Trust::Webhook && routed.is_none() && sends(cx, file))
        {
            found.insert(file.id, trust);
        }
    }
    found
}

/// Whether the sessions in a file's name are visits that are counted, and no log-ins: what keeps a log-in speaks of
/// cookies, tokens or passwords.
fn measures_visits(cx: &Context<'_>, file: &File, words: &[String]) -> bool {
    let only = words
        .iter()
        .all(|word| matches!(word.as_str(), "session" | "sessions") || !Trust::LogIn.words().contains(&word.as_str()));
    let signs = ["cookie", "token", "password", "login", "logout", "signin", "credential", "jwt", "passport"];
    only && words.iter().any(|word| word.starts_with("session"))
        && cx.repo.read(file.id).is_ok_and(|text| {
            let text = text.to_ascii_lowercase();
            !signs.iter().any(|sign| text.contains(sign))
        })
}

/// Whether a file sends webhooks rather than taking them in: it posts, and checks no signature.
fn sends(cx: &Context<'_>, file: &File) -> bool {
    cx.repo.read(file.id).is_ok_and(|text| {
        let text = text.to_ascii_lowercase();
        let posts = ["\"post\"", "'post'", ".post("].iter().any(|word| text.contains(word));
        let checks = ["constructevent", "construct_event", "timingsafeequal", "compare_digest", "verif"]
            .iter()
            .any(|word| text.contains(word));
        posts && !checks && ["fetch", "axios", "requests", "httpx", "got"].iter().any(|word| text.contains(word))
    })
}

/// Whether a file only passes its arguments on, as a repository of rows does: nothing in it chooses, refuses or
/// computes, so that a test of it would repeat it.
fn hands_on(cx: &Context<'_>, file: &File) -> bool {
    const ACTS: [&str; 27] = [
        "if ", "if(", "else", " ? ", "&&", "||", "??", "switch", "throw", "raise", "catch", "except", "for ", "for(",
        "while", " and ", " or ", "===", "!==", "==", "hash", "compare", "verif", "crypt", "token", "cookie", "sign",
    ];
    let Some(facts) = cx.facts.of(file.id).filter(|facts| !facts.modules.functions.is_empty()) else { return false };
    let Ok(text) = cx.repo.read(file.id) else { return false };
    facts.modules.functions.iter().all(|function| {
        let body = text.get(function.span.range()).unwrap_or_default().to_lowercase();
        !body
            .lines()
            .map(str::trim_start)
            .filter(|line| !line.starts_with(['/', '*', '#']))
            .any(|line| ACTS.iter().any(|word| line.contains(word)))
    })
}

fn trusted<'w>(words: impl Iterator<Item = &'w str>) -> Option<Trust> {
    let words: Vec<&str> = words.collect();
    Trust::ALL.into_iter().find(|trust| words.iter().any(|word| trust.words().contains(word)))
}

/// The words of a name in any spelling, in lower case: `AuthService`, `auth-service`, `auth_service.impl`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for letter in name.chars() {
        let begins = letter.is_uppercase() && before.is_lowercase();
        if begins || !letter.is_alphanumeric() {
            words.push(String::new());
        }
        if let Some(last) = words.last_mut().filter(|_| letter.is_alphanumeric()) {
            last.extend(letter.to_lowercase());
        }
        before = letter;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Code that runs on a server: no markup, no declarations of types, models, schemas and settings.
fn is_asked(cx: &Context<'_>, file: &File) -> bool {
    use ComponentKind::{HttpService, WebApp, Worker};
    const DECLARED: [&str; 22] = [
        "type",
        "types",
        "interface",
        "interfaces",
        "dto",
        "model",
        "models",
        "entity",
        "schema",
        "schemas",
        "config",
        "constants",
        "constant",
        "enum",
        "module",
        "messages",
        "error",
        "errors",
        "exception",
        "client",
        "hooks",
        "store",
    ];
    let code = matches!(file.kind, FileKind::Code | FileKind::OtherCode) && file.role == Role::Source;
    let drawn = matches!(
        file.path.extension(),
        Some("tsx" | "jsx" | "vue" | "svelte" | "html" | "pug" | "ejs" | "hbs" | "erb" | "twig")
    );
    let words = words(file.path.file_stem().unwrap_or_default());
    let declared = words.iter().any(|word| DECLARED.contains(&word.as_str()))
        || words.first().is_some_and(|word| word == "use")
        || file.path.components().any(|part| {
            matches!(
                part.as_str(),
                "types"
                    | "model"
                    | "models"
                    | "entity"
                    | "domain"
                    | "dto"
                    | "dtos"
                    | "schemas"
                    | "locales"
                    | "entities"
                    | "hooks"
            )
        });
    let runs = matches!(cx.repo.component_of(file.id).kind, HttpService | WebApp | Worker);
    let acts = file.language.is_none() || cx.facts.of(file.id).is_some_and(|facts| !facts.modules.functions.is_empty());
    let served = || side_of(cx.repo, cx.facts, file).side != Side::Client && !file.name().contains(".component.");
    code && runs && !drawn && !declared && acts && served()
}

/// What tests say, for what imports do not show: classes of other languages, modules that are loaded by path, requests.
struct Texts {
    whole: Vec<(FileId, String)>,
    /// The folders that hold tests.
    folders: BTreeSet<camino::Utf8PathBuf>,
    asked: BTreeSet<Trust>,
}

impl Texts {
    fn read(cx: &Context<'_>) -> Self {
        let tests = cx.repo.files().iter().filter(|file| file.role == Role::Test && file.is_text());
        let mut texts = Self { whole: Vec::new(), folders: BTreeSet::new(), asked: BTreeSet::new() };
        for file in tests {
            let Ok(text) = cx.repo.read(file.id) else { continue };
            if testing::is_test(file) {
                texts.folders.insert(file.folder().to_owned());
            }
            let path = file.path.as_str().to_ascii_lowercase();
            let outside = ["e2e", "playwright", "cypress", "integration", "smoke", "api", "features", "func"];
            if outside.iter().any(|word| path.contains(word)) {
                let lower = text.to_lowercase();
                texts.asked.extend(
                    Trust::ALL.into_iter().filter(|trust| trust.asked().iter().any(|word| lower.contains(word))),
                );
            }
            texts.whole.push((file.id, text.to_string()));
        }
        texts
    }

    /// Whether a test names the file: its class, or its path as others write it.
    fn name(&self, file: &File) -> bool {
        let stem = file.path.file_stem().unwrap_or_default();
        if file.path.extension() == Some("go") && self.folders.contains(file.folder()) {
            return true;
        }
        let folder = file.folder().file_name().unwrap_or_default();
        let path = format!("{folder}/{stem}");
        let class = stem.len() >= 8 && stem.starts_with(char::is_uppercase);
        let camel: String = words(stem).iter().map(|word| capital(word)).collect();
        let ruby = matches!(file.path.extension(), Some("rb" | "php"));
        self.whole
            .iter()
            .any(|(_, text)| text.contains(&path) || class && text.contains(stem) || ruby && text.contains(&camel))
    }

    fn asks(&self, trust: Trust) -> bool {
        self.asked.contains(&trust)
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}
