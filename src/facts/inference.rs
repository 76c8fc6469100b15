//! Calls of language models and their kin, which somebody pays for by the token.

use crate::{
    facts::{
        access,
        modules::{CallSite, FunctionId, Modules},
    },
    model::{FileId, Span},
    repo::Repo,
};

/// Calls followed from a handler to the provider.
const DEPTH: usize = 3;

/// Packages through which providers are called.
const PACKAGES: &[&str] = &[
    "openai",
    "@anthropic-ai/sdk",
    "anthropic",
    "ai",
    "@ai-sdk/",
    "@google/generative-ai",
    "@google/genai",
    "google.generativeai",
    "google.genai",
    "google-generativeai",
    "groq-sdk",
    "groq",
    "@mistralai/mistralai",
    "mistralai",
    "cohere-ai",
    "cohere",
    "replicate",
    "together-ai",
    "litellm",
    "@langchain/",
    "langchain",
    "langchain_",
];

/// Ends of chains that call a provider whatever holds the client.
const CHAINS: &[&str] = &[
    "chat.completions.create",
    "chat.completions.parse",
    "chat.completions.stream",
    "completions.create",
    "embeddings.create",
    "images.generate",
    "images.edit",
    "audio.transcriptions.create",
    "audio.speech.create",
    "ChatCompletion.create",
    "ChatCompletion.acreate",
];

/// Ends of chains that call a provider where the file imports one.
const WITH_PACKAGE: &[&str] = &[
    "messages.create",
    "messages.stream",
    "responses.create",
    "responses.parse",
    "generateContent",
    "generateContentStream",
    "generate_content",
    "generate_content_async",
    "chat.complete",
    "chat.stream",
    "generateText",
    "streamText",
    "generateObject",
    "streamObject",
    "generateImage",
    "embedMany",
    "completion",
    "acompletion",
    "aembedding",
    "replicate.run",
];

/// Hosts of providers, for those who send requests themselves.
const HOSTS: &[&str] = &[
    "api.openai.com",
    "api.anthropic.com",
    "openrouter.ai/api",
    "generativelanguage.googleapis.com",
    "api.groq.com",
    "api.mistral.ai",
    "api.deepseek.com",
    "api.together.xyz",
    "api.cohere.",
    "api.replicate.com",
    "api.perplexity.ai",
];

/// Parts of the paths below those hosts that somebody pays for.
const PAID: &[&str] = &[
    "completions",
    "messages",
    "responses",
    "enerateContent",
    "embeddings",
    "images",
    "audio",
    "predictions",
    "chat",
    "${",
];

/// The call of a provider that `handler` makes, itself or through what it calls.
pub fn called_by(repo: &Repo, modules: Modules<'_>, handler: FunctionId) -> Option<(FileId, Span)> {
    modules.reach(handler, DEPTH, |id| {
        let span = modules.calls(id).find(|call| calls_provider(repo, modules, id, call)).map(|call| call.span)?;
        Some((id.file, span))
    })
}

fn calls_provider(repo: &Repo, modules: Modules<'_>, id: FunctionId, call: &CallSite) -> bool {
    let chain = call.callee.members.join(".");
    let whole = format!("{}.{chain}", call.callee.root.name());
    let ends = |ends: &[&str]| {
        ends.iter().any(|end| {
            whole.trim_end_matches('.').strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
    };
    if ends(CHAINS) {
        return true;
    }
    if ends(WITH_PACKAGE) {
        // The name alone says little: it must come from a provider's package, or the file must import one.
        let from = access::origin(modules, id.file, &call.callee);
        return match from {
            Some(path) => is_provider(&path),
            None => imports_provider(modules, id.file),
        };
    }
    let sends = matches!(call.callee.last(), "fetch" | "post" | "axios" | "request" | "stream");
    sends && names_host(repo, modules, id)
}

fn is_provider(path: &str) -> bool {
    PACKAGES.iter().any(|package| {
        path.strip_prefix(package)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '(', '/']) || package.ends_with(['/', '_']))
    })
}

fn imports_provider(modules: Modules<'_>, file: FileId) -> bool {
    modules.file(file).is_some_and(|module| module.imports.iter().any(|import| is_provider(&import.module)))
}

fn names_host(repo: &Repo, modules: Modules<'_>, id: FunctionId) -> bool {
    let Ok(text) = repo.read(id.file) else { return false };
    let inside = text.get(modules.function(id).span.range()).unwrap_or_default();
    // Lists of models and checks of a key cost nothing.
    HOSTS.iter().any(|host| {
        inside.match_indices(host).any(|(at, _)| {
            let path = inside[at..].split(['"', '\'', '`', '\n']).next().unwrap_or_default();
            PAID.iter().any(|word| path.contains(word))
        })
    })
}
