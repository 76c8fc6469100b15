//! Actions by what they do, and how a `uses` names its version.

use super::{Does, Target, deploys};
use crate::{
    doc::{Entry, Node},
    model::Span,
};

/// A `uses` value, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uses<'t> {
    /// `owner/name`; empty for a path and for an image.
    pub action: &'t str,
    /// Behind `owner/name`, as in `github/codeql-action/analyze`.
    pub path: &'t str,
    pub version: &'t str,
    pub pin: Pin,
}

/// How a `uses` is pinned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pin {
    /// A path in this repository.
    Local,
    /// A commit, or an image by digest.
    Fixed,
    /// A version tag, which its owner can move.
    Tag,
    /// A branch, which moves by itself.
    Branch,
    /// An image by tag.
    Image,
    /// No version at all, or one known only at run time.
    Unknown,
}

/// Takes a `uses` value apart.
pub fn read(text: &str) -> Uses<'_> {
    let text = text.trim();
    if text.starts_with("./") || text.starts_with("../") || text.starts_with('$') {
        return Uses { action: "", path: text, version: "", pin: Pin::Local };
    }
    if let Some(image) = text.strip_prefix("docker://") {
        let pin = if image.contains("@sha256:") { Pin::Fixed } else { Pin::Image };
        return Uses { action: "", path: image, version: "", pin };
    }
    let (name, version) = text.split_once('@').unwrap_or((text, ""));
    let cut = name.match_indices('/').nth(1).map_or(name.len(), |(at, _)| at);
    Uses { action: &name[..cut], path: name[cut..].trim_start_matches('/'), version, pin: pin(version) }
}

fn pin(version: &str) -> Pin {
    let hex = version.bytes().all(|byte| byte.is_ascii_hexdigit());
    if version.is_empty() || version.contains("${{") {
        return Pin::Unknown;
    }
    if hex && (version.len() == 40 || version.len() == 64) {
        return Pin::Fixed;
    }
    let branch = matches!(
        version,
        "main" | "master" | "develop" | "dev" | "HEAD" | "trunk" | "next" | "canary" | "stable" | "nightly"
    ) || version.contains('/') && !version.contains("/v") && !version.contains('.');
    if branch { Pin::Branch } else { Pin::Tag }
}

const KNOWN: &[(&str, Does)] = &[
    ("cypress-io/github-action", Does::Test),
    ("microsoft/playwright-github-action", Does::Test),
    ("matt-ball/newman-action", Does::Test),
    ("golangci/golangci-lint-action", Does::Lint),
    ("github/super-linter", Does::Lint),
    ("super-linter/super-linter", Does::Lint),
    ("oxsecurity/megalinter", Does::Lint),
    ("pre-commit/action", Does::Lint),
    ("pre-commit-ci/lite-action", Does::Lint),
    ("j178/prek-action", Does::Lint),
    ("psf/black", Does::Lint),
    ("astral-sh/ruff-action", Does::Lint),
    ("chartboost/ruff-action", Does::Lint),
    ("hadolint/hadolint-action", Does::Lint),
    ("ludeeus/action-shellcheck", Does::Lint),
    ("wearerequired/lint-action", Does::Lint),
    ("reviewdog/action-eslint", Does::Lint),
    ("reviewdog/action-golangci-lint", Does::Lint),
    ("trunk-io/trunk-action", Does::Lint),
    ("isort/isort-action", Does::Lint),
    ("jakebailey/pyright-action", Does::TypeCheck),
    ("crate-ci/typos", Does::Lint),
    ("DavidAnson/markdownlint-cli2-action", Does::Lint),
    ("github/codeql-action", Does::Scan),
    ("aquasecurity/trivy-action", Does::Scan),
    ("aquasecurity/tfsec-action", Does::Scan),
    ("snyk/actions", Does::Scan),
    ("gitleaks/gitleaks-action", Does::Scan),
    ("trufflesecurity/trufflehog", Does::Scan),
    ("returntocorp/semgrep-action", Does::Scan),
    ("semgrep/semgrep-action", Does::Scan),
    ("anchore/scan-action", Does::Scan),
    ("actions/dependency-review-action", Does::Scan),
    ("pypa/gh-action-pip-audit", Does::Scan),
    ("ossf/scorecard-action", Does::Scan),
    ("zaproxy/action-baseline", Does::Scan),
    ("zaproxy/action-full-scan", Does::Scan),
    ("zaproxy/action-api-scan", Does::Scan),
    ("docker/scout-action", Does::Scan),
    ("bridgecrewio/checkov-action", Does::Scan),
    ("google/osv-scanner-action", Does::Scan),
    ("golang/govulncheck-action", Does::Scan),
    ("securego/gosec", Does::Scan),
    ("PyCQA/bandit-action", Does::Scan),
    ("zizmorcore/zizmor-action", Does::Scan),
    ("woodruffw/zizmor-action", Does::Scan),
    ("dependency-check/Dependency-Check_Action", Does::Scan),
    ("SonarSource/sonarcloud-github-action", Does::Scan),
    ("SonarSource/sonarqube-scan-action", Does::Scan),
    ("EmbarkStudios/cargo-deny-action", Does::Scan),
    ("rustsec/audit-check", Does::Scan),
    ("actions-rs/audit-check", Does::Scan),
    ("pypa/gh-action-pypi-publish", Does::Publish),
    ("JS-DevTools/npm-publish", Does::Publish),
    ("changesets/action", Does::Publish),
    ("goreleaser/goreleaser-action", Does::Publish),
    ("cycjimmy/semantic-release-action", Does::Publish),
    ("mr-smithers-excellent/docker-build-push", Does::Publish),
    ("superfly/flyctl-actions", Does::Deploy(Target::Unknown)),
    ("amondnet/vercel-action", Does::Deploy(Target::Unknown)),
    ("BetaHuhn/deploy-to-vercel-action", Does::Deploy(Target::Unknown)),
    ("nwtgck/actions-netlify", Does::Deploy(Target::Unknown)),
    ("netlify/actions", Does::Deploy(Target::Unknown)),
    ("akhileshns/heroku-deploy", Does::Deploy(Target::Unknown)),
    ("google-github-actions/deploy-cloudrun", Does::Deploy(Target::Unknown)),
    ("google-github-actions/deploy-appengine", Does::Deploy(Target::Unknown)),
    ("google-github-actions/deploy-cloud-functions", Does::Deploy(Target::Unknown)),
    ("aws-actions/amazon-ecs-deploy-task-definition", Does::Deploy(Target::Unknown)),
    ("aws-actions/aws-cloudformation-github-deploy", Does::Deploy(Target::Unknown)),
    ("einaregilsson/beanstalk-deploy", Does::Deploy(Target::Unknown)),
    ("azure/webapps-deploy", Does::Deploy(Target::Unknown)),
    ("Azure/static-web-apps-deploy", Does::Deploy(Target::Unknown)),
    ("azure/container-apps-deploy-action", Does::Deploy(Target::Unknown)),
    ("azure/k8s-deploy", Does::Deploy(Target::Unknown)),
    ("azure/functions-action", Does::Deploy(Target::Unknown)),
    ("burnett01/rsync-deployments", Does::Deploy(Target::Unknown)),
    ("easingthemes/ssh-deploy", Does::Deploy(Target::Unknown)),
    ("FirebaseExtended/action-hosting-deploy", Does::Deploy(Target::Unknown)),
    ("digitalocean/app_action", Does::Deploy(Target::Unknown)),
    ("bervProject/railway-deploy", Does::Deploy(Target::Unknown)),
    ("johnbeynon/render-deploy-action", Does::Deploy(Target::Unknown)),
    ("JorgeLNJunior/render-deploy", Does::Deploy(Target::Unknown)),
    ("actions/deploy-pages", Does::Deploy(Target::Docs)),
    ("peaceiris/actions-gh-pages", Does::Deploy(Target::Docs)),
    ("JamesIves/github-pages-deploy-action", Does::Deploy(Target::Docs)),
    ("chromaui/action", Does::Deploy(Target::Docs)),
    ("chromaui/action-next", Does::Deploy(Target::Docs)),
];

/// What an action does with these inputs.
pub(super) fn does(uses: &Uses<'_>, with: Option<&Node>) -> Vec<Does> {
    let input = |name: &str| with.and_then(|with| with.get(name)).and_then(Node::text);
    let is = |name: &str| uses.action.eq_ignore_ascii_case(name);
    if is("docker/build-push-action") || is("docker/bake-action") || is("redhat-actions/buildah-build") {
        let pushes = input("push").is_some_and(|push| push != "false")
            || input("outputs")
                .is_some_and(|outputs| outputs.contains("push=true") || outputs.contains("type=registry"));
        // What others are built from or tested in holds nothing of the product.
        let helper = input("file").is_some_and(|file| {
            let mut words = file.split(['/', '.', '-', '_']);
            words.any(|word| matches!(word, "base" | "builder" | "ci" | "test" | "tests" | "e2e" | "devcontainer"))
        });
        return if pushes && !helper { vec![Does::Build, Does::Publish] } else { vec![Does::Build] };
    }
    if is("docker/scout-action") || is("appleboy/ssh-action") {
        if is("docker/scout-action") {
            return vec![Does::Scan];
        }
        let script = input("script").unwrap_or_default().to_ascii_lowercase();
        let ships =
            ["docker", "deploy", "git pull", "systemctl", "pm2", "kubectl"].iter().any(|part| script.contains(part));
        return if ships { vec![Does::Deploy(deploys::of_host(&script))] } else { Vec::new() };
    }
    if is("appleboy/scp-action") {
        let said = ["target", "source"].into_iter().filter_map(input).collect::<Vec<_>>().join(" ");
        return vec![Does::Deploy(deploys::of_host(&said))];
    }
    if is("cloudflare/wrangler-action") {
        let command = input("command").unwrap_or("deploy");
        return if command.contains("deploy") || command.contains("publish") {
            vec![Does::Deploy(deploys::named(command).unwrap_or(Target::Unknown))]
        } else {
            Vec::new()
        };
    }
    // Of these only one part checks or ships.
    if is("github/codeql-action") && uses.path != "analyze"
        || is("superfly/flyctl-actions") && !input("args").is_some_and(|args| args.contains("deploy"))
    {
        return Vec::new();
    }
    if is("changesets/action") && input("publish").is_none() {
        return Vec::new();
    }
    if is("snyk/actions") && uses.path == "setup"
        || is("aquasecurity/trivy-action")
            && input("format").is_some_and(|format| format.contains("cyclonedx") || format.contains("spdx"))
    {
        return Vec::new();
    }
    if is("goreleaser/goreleaser-action")
        && input("args")
            .is_some_and(|args| args.contains("--snapshot") || args.starts_with("build") || args.starts_with("check"))
    {
        return vec![Does::Build];
    }
    if is("amondnet/vercel-action") && !input("vercel-args").is_some_and(|args| args.contains("--prod")) {
        return vec![Does::Deploy(Target::Preview)];
    }
    let known = KNOWN.iter().filter(|(action, _)| is(action)).map(|(_, does)| *does);
    known.collect()
}

/// Where an action is made to report success whatever it finds: the input, or its `uses` for a default.
pub(super) fn never_fails(uses: &Uses<'_>, at: Span, with: Option<&Node>) -> Option<Span> {
    let entry = |name: &str| with.and_then(|with| with.entry(name));
    let off = |entry: &Entry| matches!(entry.value.text(), Some("0" | "false")).then(|| entry.span());
    match uses.action {
        "aquasecurity/trivy-action" => match entry("exit-code") {
            Some(code) => off(code),
            // A report for the forge is judged there.
            None if entry("format").is_some_and(|format| format.value.text() == Some("sarif")) => None,
            None => Some(at),
        },
        "anchore/scan-action" => entry("fail-build").and_then(off),
        _ => None,
    }
}
