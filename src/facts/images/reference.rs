//! References to images: how exactly each names what is run.

use crate::code::docker::image_name;

/// How a reference names its image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pin<'a> {
    Digest,
    Version(&'a str),
    /// A tag that names whatever is newest.
    Floating(&'a str),
    /// No tag, which means `latest`.
    Untagged,
    /// A variable decides, or the image is made on the same machine.
    Open,
}

/// First parts of tags that move with every release.
const FLOATING: [&str; 21] = [
    "latest", "stable", "edge", "main", "master", "nightly", "canary", "next", "dev", "develop", "rolling", "lts",
    "current", "mainline", "unstable", "head", "snapshot", "alpine", "slim", "preview", "beta",
];

/// Images that are published without versions on purpose.
const UNVERSIONED: [&str; 3] = ["gcr.io/distroless/", "cgr.dev/chainguard/", "scratch"];

/// How `reference` names its image.
pub fn pin(reference: &str) -> Pin<'_> {
    let name = image_name(reference);
    if name.digest.is_some() {
        return Pin::Digest;
    }
    let local = reference.starts_with("local/") || reference.starts_with("localhost/");
    if local || reference.contains(['$', '{', '<', '%']) || reference.trim().is_empty() {
        return Pin::Open;
    }
    if UNVERSIONED.iter().any(|prefix| reference.starts_with(prefix)) {
        return Pin::Version(name.tag.unwrap_or_default());
    }
    let Some(tag) = name.tag else { return Pin::Untagged };
    let first = tag.split(['-', '_', '.']).next().unwrap_or(tag);
    let floats = FLOATING.contains(&first.to_ascii_lowercase().as_str()) && !has_version(tag);
    if floats { Pin::Floating(tag) } else { Pin::Version(tag) }
}

/// `alpine3.20`, `slim-bookworm` and `main-4f2a91c` say a version after all.
fn has_version(tag: &str) -> bool {
    tag.bytes().any(|byte| byte.is_ascii_digit())
}

/// Images of tools that help to develop, to look at data or to load a system, and never serve users.
const HELPERS: [&str; 26] = [
    "mailhog",
    "maildev",
    "mailpit",
    "mailcatcher",
    "k6",
    "locust",
    "adminer",
    "pgadmin4",
    "phpmyadmin",
    "mongo-express",
    "redis-commander",
    "redisinsight",
    "localstack",
    "wiremock",
    "selenium",
    "standalone-chrome",
    "cypress",
    "included",
    "playwright",
    "stripe-cli",
    "ngrok",
    "swagger-ui",
    "swagger-editor",
    "dozzle",
    "fake-gcs-server",
    "smtp4dev",
];

/// Whether the image is a tool of development that production does not run.
pub fn is_helper_image(reference: &str) -> bool {
    let name = super::image_name(reference).to_ascii_lowercase();
    HELPERS.contains(&name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_told_apart() {
        for (reference, expected) in [
            ("node", Pin::Untagged),
            ("registry.corner.example:5000/shop", Pin::Untagged),
            ("node:22-alpine", Pin::Version("22-alpine")),
            ("node:lts-alpine", Pin::Floating("lts-alpine")),
            ("node:lts-alpine3.20", Pin::Version("lts-alpine3.20")),
            ("debian:bookworm-slim", Pin::Version("bookworm-slim")),
            ("shop:main-4f2a91c", Pin::Version("main-4f2a91c")),
            ("redis:alpine", Pin::Floating("alpine")),
            ("shop:${TAG:-latest}", Pin::Open),
            ("node:latest@sha256:00", Pin::Digest),
            ("gcr.io/distroless/static:nonroot", Pin::Version("nonroot")),
        ] {
            assert_eq!(pin(reference), expected, "{reference}");
        }
    }
}
