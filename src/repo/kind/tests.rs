//! Kinds of paths as they occur in repositories.

use super::*;
use FileKind as K;

#[test]
fn decides_by_path() {
    for (path, kind) in [
        ("Dockerfile", K::Dockerfile),
        ("Dockerfile.prod", K::Dockerfile),
        ("docker/api.Dockerfile", K::Dockerfile),
        ("Containerfile", K::Dockerfile),
        ("Dockerfile.dockerignore", K::Dockerignore),
        ("docs/dockerfile.md", K::Markdown),
        ("docker-compose.yml", K::Compose),
        ("docker-compose.staging.yaml", K::Compose),
        ("compose.yaml", K::Compose),
        ("compose.override.yml", K::Compose),
        ("src/compose.ts", K::Code),
        (".github/workflows/ci.yml", K::Workflow),
        (".github/dependabot.yml", K::Data),
        (".github/actions/setup/action.yml", K::Action),
        (".gitlab-ci.yml", K::GitlabCi),
        (".circleci/config.yml", K::OtherCi),
        ("Jenkinsfile", K::OtherCi),
        ("azure-pipelines.yml", K::OtherCi),
        ("buildspec.yml", K::OtherCi),
        ("cloudbuild.yaml", K::OtherCi),
        ("charts/api/Chart.yaml", K::HelmChart),
        (".github/workflows/chart.yml", K::Workflow),
        (".github/workflows/app.yaml", K::Workflow),
        ("deploy/base/kustomization.yaml", K::Kustomize),
        ("infra/main.tf", K::Terraform),
        (".env", K::Env),
        (".env.local", K::Env),
        (".env.vercel", K::Env),
        (".env.docker", K::Env),
        ("deploy/prod.env", K::Env),
        (".env.test", K::Env),
        (".env.example", K::EnvExample),
        (".env.local.example", K::EnvExample),
        (".env.example.local", K::EnvExample),
        (".env.sample", K::EnvExample),
        (".env.dist", K::EnvExample),
        (".env-example", K::EnvExample),
        ("env.example", K::EnvExample),
        ("env.production.example", K::EnvExample),
        ("example.env", K::EnvExample),
        ("prod.env.sample", K::EnvExample),
        ("src/env.ts", K::Code),
        ("src/vite-env.d.ts", K::Code),
        ("src/env.validation.ts", K::Code),
        ("alembic/env.py", K::Code),
        (".gitignore", K::Gitignore),
        ("apps/web/package.json", K::PackageJson),
        ("pnpm-lock.yaml", K::Lockfile),
        ("uv.lock", K::Lockfile),
        ("requirements.txt", K::Requirements),
        ("requirements-dev.txt", K::Requirements),
        ("dev-requirements.txt", K::Requirements),
        ("requirements/base.txt", K::Requirements),
        ("docs/requirements.md", K::Markdown),
        ("setup.py", K::Code),
        ("build.gradle.kts", K::Gradle),
        ("Makefile", K::TaskRunner),
        ("justfile", K::TaskRunner),
        ("vercel.json", K::Platform),
        ("fly.staging.toml", K::Platform),
        ("ecosystem.config.cjs", K::Platform),
        (".do/app.yaml", K::Platform),
        (".devcontainer/devcontainer.json", K::Platform),
        ("prisma/migrations/20240101_init/migration.sql", K::Migration),
        ("prisma/migrations/migration_lock.toml", K::Data),
        ("alembic/versions/ab12cd_add_users.py", K::Migration),
        ("shop/migrations/0001_initial.py", K::Migration),
        ("shop/migrations/__init__.py", K::Code),
        ("src/migrations/1700000000000-AddUsers.ts", K::Migration),
        ("src/migrations/runner.ts", K::Code),
        ("db/migrate/20240101000000_create_users.rb", K::Migration),
        ("src/main/resources/db/migration/V1__init.sql", K::Migration),
        ("drizzle/0000_init.sql", K::Migration),
        ("supabase/migrations/20240101_init.sql", K::Migration),
        ("prisma/schema.prisma", K::Prisma),
        ("db/schema.sql", K::Sql),
        ("bin/start.sh", K::Shell),
        ("README.md", K::Markdown),
        ("src/App.tsx", K::Code),
        ("main.go", K::OtherCode),
        ("src/App.vue", K::OtherCode),
        ("logo.png", K::Image),
        ("tsconfig.json", K::Data),
        ("LICENSE", K::Text),
        ("data.sqlite", K::Binary),
    ] {
        assert_eq!(of_path(Utf8Path::new(path)), Some(kind), "{path}");
    }
    assert_eq!(of_path(Utf8Path::new("bin/deploy")), None);
}

#[test]
fn content_decides_where_the_path_does_not() {
    for (path, text, kind) in [
        ("k8s/api.yaml", "# note\napiVersion: apps/v1\nkind: Deployment\n", K::Kubernetes),
        ("deploy/stack.yml", "version: '3'\nservices:\n  # web\n  web:\n    image: a\n", K::Compose),
        ("ci/base.yml", "services:\n  - postgres:16\nimage: node\n", K::Data),
        ("config/services.yaml", "services:\n  App\\Foo:\n    autowire: true\n", K::Data),
        ("app.yaml", "runtime: python312\n", K::Platform),
        ("app.json", "{\"expo\": {\"name\": \"x\"}}", K::Data),
        ("app.json", "{\"name\": \"x\", \"addons\": []}", K::Platform),
        ("bin/deploy", "#!/usr/bin/env bash\nset -e\n", K::Shell),
        ("bin/job", "#!/usr/bin/env -S python3 -u\n", K::Code),
        ("notes", "hello\n", K::Text),
    ] {
        let path = Utf8Path::new(path);
        assert_eq!(refine(path, of_path(path), &Head::of(text.as_bytes())), kind, "{path}: {text}");
    }
    assert_eq!(refine(Utf8Path::new("blob"), None, &Head::of(b"a\0b")), K::Binary);
}
