//! Kinds by the whole name of a file.

use super::FileKind;

/// The kind of a file called `name`, in lower case.
#[expect(clippy::too_many_lines, reason = "one table, read from top to bottom")]
pub(super) fn by_name(name: &str) -> Option<FileKind> {
    Some(match name {
        ".gitignore" => FileKind::Gitignore,
        ".dockerignore" => FileKind::Dockerignore,
        "package.json" => FileKind::PackageJson,
        "pnpm-workspace.yaml"
        | "pnpm-workspace.yml"
        | "lerna.json"
        | "turbo.json"
        | "nx.json"
        | "rush.json"
        | "go.work"
        | "settings.gradle"
        | "settings.gradle.kts" => FileKind::Workspace,
        "package-lock.json"
        | "npm-shrinkwrap.json"
        | "yarn.lock"
        | "pnpm-lock.yaml"
        | "bun.lock"
        | "bun.lockb"
        | "deno.lock"
        | "poetry.lock"
        | "uv.lock"
        | "pipfile.lock"
        | "pdm.lock"
        | "pixi.lock"
        | "conda-lock.yml"
        | "requirements.lock"
        | "go.sum"
        | "go.work.sum"
        | "cargo.lock"
        | "composer.lock"
        | "gemfile.lock"
        | "mix.lock"
        | "pubspec.lock"
        | "gradle.lockfile"
        | "packages.lock.json"
        | "podfile.lock"
        | "package.resolved"
        | "flake.lock"
        | ".terraform.lock.hcl" => FileKind::Lockfile,
        "pyproject.toml" => FileKind::Pyproject,
        "pipfile" => FileKind::Pipfile,
        "setup.cfg" => FileKind::SetupCfg,
        "go.mod" => FileKind::GoMod,
        "cargo.toml" => FileKind::CargoToml,
        "pom.xml" => FileKind::Pom,
        "build.gradle" | "build.gradle.kts" => FileKind::Gradle,
        "composer.json" => FileKind::ComposerJson,
        "gemfile" => FileKind::Gemfile,
        "makefile" | "gnumakefile" | "taskfile.yml" | "taskfile.yaml" | "justfile" | ".justfile" => {
            FileKind::TaskRunner
        }
        "kustomization.yaml" | "kustomization.yml" => FileKind::Kustomize,
        "chart.yaml" | "chart.yml" => FileKind::HelmChart,
        "action.yml" | "action.yaml" => FileKind::Action,
        ".gitlab-ci.yml" | ".gitlab-ci.yaml" => FileKind::GitlabCi,
        ".travis.yml"
        | ".travis.yaml"
        | "bitbucket-pipelines.yml"
        | "appveyor.yml"
        | ".appveyor.yml"
        | ".drone.yml"
        | ".drone.yaml"
        // Versions of its language stood in the name.
        | ".drone-1.0.yml"
        | ".drone.star"
        | ".drone.jsonnet"
        | ".woodpecker.yml"
        | ".woodpecker.yaml"
        | ".cirrus.yml"
        | "wercker.yml"
        | "codemagic.yaml"
        | "bitrise.yml"
        | "cloudbuild.yaml"
        | "cloudbuild.yml"
        | "cloudbuild.json" => FileKind::OtherCi,
        "vercel.json"
        | "now.json"
        | "netlify.toml"
        | "railway.toml"
        | "railway.json"
        | "fly.toml"
        | "render.yaml"
        | "render.yml"
        | "procfile"
        | "serverless.yml"
        | "serverless.yaml"
        | "serverless.json"
        | "serverless.ts"
        | "serverless.js"
        | "wrangler.toml"
        | "wrangler.json"
        | "wrangler.jsonc"
        | ".replit"
        | "replit.nix"
        | "nixpacks.toml"
        | "ecosystem.config.js"
        | "ecosystem.config.cjs"
        | "ecosystem.config.mjs"
        | "ecosystem.config.ts"
        | "ecosystem.config.json"
        | "amplify.yml"
        | "firebase.json"
        | ".firebaserc"
        | "samconfig.toml"
        | "dockerrun.aws.json"
        | "captain-definition"
        | "skaffold.yaml"
        | "skaffold.yml"
        | "tiltfile"
        | "devcontainer.json"
        | ".devcontainer.json"
        | "heroku.yml"
        | "apprunner.yaml"
        | "appspec.yml"
        | "appspec.yaml"
        | "koyeb.yaml"
        | "pulumi.yaml"
        | "pulumi.yml"
        | "cdk.json"
        | "fastly.toml"
        | "dokku-scale" => FileKind::Platform,
        "mvnw" | "gradlew" => FileKind::Shell,
        "rakefile" | "config.ru" | "guardfile" | "podfile" | "fastfile" | "brewfile" => FileKind::OtherCode,
        "license" | "licence" | "copying" | "notice" | "authors" | "codeowners" | "version" => FileKind::Text,
        _ => return None,
    })
}
