//! Roles of paths as they occur in repositories.

use camino::Utf8Path;

use super::*;
use crate::repo::kind;
use Role as R;

/// Roles of `paths`, which together are the repository.
fn roles(paths: &[(&str, Role)], others: &[&str]) {
    let all = paths.iter().map(|(path, _)| *path).chain(others.iter().copied());
    let around = Surroundings::of(all.map(Utf8Path::new));
    for (path, expected) in paths {
        let path = Utf8Path::new(path);
        let kind = around.helm(path, kind::of_path(path).unwrap_or(FileKind::Text));
        assert_eq!(of(path, kind, Signals::default(), &around), *expected, "{path}");
    }
}

#[test]
fn a_next_application() {
    roles(
        &[
            ("app/page.tsx", R::Source),
            ("app/api/test/route.ts", R::Source),
            ("app/api/test/helper.ts", R::Source),
            ("app/docs/page.tsx", R::Source),
            ("app/examples/[id]/page.tsx", R::Source),
            ("app/admin/migrations/page.tsx", R::Source),
            ("app/stories/page.tsx", R::Source),
            ("app/(shop)/templates/page.tsx", R::Source),
            ("app/vendor/dashboard/page.tsx", R::Source),
            ("app/tools/page.tsx", R::Source),
            ("app/build/page.tsx", R::Source),
            ("pages/api/test.ts", R::Source),
            ("pages/demo/index.tsx", R::Source),
            ("app/api/users/route.test.ts", R::Test),
            ("app/__tests__/page.test.tsx", R::Test),
            ("components/calendar.integration.tsx", R::Source),
            ("src/refresh.integration.service.ts", R::Source),
            ("lib/calendar.integration.ts", R::Test),
            ("components/ui/button.tsx", R::Source),
            ("components/ui/button.stories.tsx", R::Story),
            ("components/migrations/MigrationList.tsx", R::Source),
            (".storybook/main.ts", R::Story),
            ("stories/Intro.tsx", R::Story),
            ("middleware.ts", R::Source),
            ("instrumentation.ts", R::Source),
            ("sentry.server.config.ts", R::Source),
            ("next.config.js", R::Config),
            ("tailwind.config.ts", R::Config),
            ("jest.integration.config.js", R::Config),
            ("jest.setup.ts", R::Test),
            ("next-env.d.ts", R::Generated),
            ("playwright.config.ts", R::Config),
            ("playwright-report/index.html", R::Generated),
            ("e2e/login.ts", R::Test),
            ("cypress/support/commands.ts", R::Test),
            ("lib/tools/search.ts", R::Source),
            ("lib/testing/factory.ts", R::Source),
            ("lib/services/agents/tools/web.ts", R::Source),
            ("public/js/vendor/jquery.min.js", R::Vendored),
            ("public/lib/chart.js", R::Vendored),
            ("public/js/lib/loader.js", R::Vendored),
            ("shop/static/scripts/libs/loader.js", R::Vendored),
            ("public/js/pages/lib.js", R::Source),
            ("src/js/lib/price.js", R::Source),
            ("web/__e2e__/order.ts", R::Test),
            ("web/order.servertest.ts", R::Test),
            ("web/order.clienttest.tsx", R::Test),
            ("web/order.latest.ts", R::Source),
            ("public/sw.js", R::Source),
            ("public/scripts/widget.js", R::Source),
            ("scripts/seed.ts", R::Script),
            ("prisma/seed.ts", R::Script),
            ("prisma/schema.prisma", R::Source),
            ("prisma/migrations/20240101000000_init/migration.sql", R::Migration),
            ("prisma/migrations/migration_lock.toml", R::Migration),
            ("fix-versions.sql", R::Script),
            ("messages/en.json", R::Source),
            ("tsconfig.json", R::Config),
            ("package-lock.json", R::Generated),
            (".github/workflows/ci.yml", R::Config),
            (".claude/commands/build.md", R::Docs),
            ("README.md", R::Docs),
            ("LICENSE", R::Docs),
            (".pnp.loader.mjs", R::Vendored),
        ],
        &["package.json"],
    );
}

#[test]
fn a_monorepo() {
    roles(
        &[
            ("apps/demo/src/main.ts", R::Source),
            ("apps/docs/src/index.ts", R::Source),
            ("apps/web-e2e/src/login.ts", R::Test),
            ("packages/ui/src/index.ts", R::Source),
            ("packages/ui/examples/basic.ts", R::Example),
            ("packages/ui/dist/index.js", R::Generated),
            ("packages/test-utils/src/index.ts", R::Test),
            ("packages/testing/src/index.ts", R::Source),
            ("packages/benchmarks/src/index.ts", R::Test),
            ("packages/benchmarks/docker-compose.yml", R::Test),
            ("packages/market/src/benchmarks/index.ts", R::Source),
            ("packages/cli/bin/run.js", R::Script),
            ("examples/basic/package.json", R::Example),
            ("examples/basic/src/index.ts", R::Example),
            ("docs/samples/a.ts", R::Docs),
            ("tools/release.ts", R::Script),
            ("vendor/lib/a.js", R::Vendored),
            ("third_party/x/y.py", R::Vendored),
            ("src/vendor/vendor.controller.ts", R::Source),
            ("src/docs/swagger.ts", R::Source),
            ("src/config/index.ts", R::Source),
            ("src/database/database.config.ts", R::Source),
            ("src/__generated__/types.ts", R::Generated),
            ("src/api.gen.ts", R::Generated),
            ("src/generated/client.ts", R::Generated),
            ("src/migrations/1700000000000-AddUsers.ts", R::Migration),
            ("src/migrations/index.ts", R::Migration),
            ("tests/perf/load.js", R::Test),
            ("k6/smoke.js", R::Test),
            ("build/webpack.base.conf.js", R::Source),
            ("web/build/static/js/main.js", R::Generated),
            ("Dockerfile", R::Config),
            ("docker/entrypoint.sh", R::Source),
            ("docker/install.sh", R::Script),
            ("deploy/server.key", R::Config),
            ("charts/api/templates/deployment.yaml", R::Config),
        ],
        &[
            "package.json",
            "apps/demo/package.json",
            "apps/docs/package.json",
            "packages/ui/package.json",
            "packages/cli/package.json",
            "packages/benchmarks/package.json",
            "web/package.json",
            "web/build/index.html",
            "charts/api/Chart.yaml",
        ],
    );
}

#[test]
fn python_java_and_others() {
    roles(
        &[
            ("app/main.py", R::Source),
            ("app/tests/test_api.py", R::Test),
            ("app/tests/factories.py", R::Test),
            ("unittests/scans/sample/server.js", R::Test),
            ("tests_smoke/smoke/common.py", R::Test),
            ("tests-simulate-prod-data/Dockerfile", R::Test),
            ("app/tests_of_models.py", R::Source),
            ("app/database/revisions/tenant/versions/2022-08-18_86ec3f1b2a9d.py", R::Migration),
            ("app/documents/versions/compare.py", R::Source),
            ("app/scripts/init_db.py", R::Script),
            ("app/templates/index.html", R::Source),
            ("app/services/test_runner/core.py", R::Source),
            ("shop/migrations/0001_initial.py", R::Migration),
            ("shop/migrations/__init__.py", R::Migration),
            ("shop/management/commands/import_orders.py", R::Script),
            ("shop/tests.py", R::Test),
            ("conftest.py", R::Test),
            ("alembic/env.py", R::Source),
            ("alembic/versions/ab12_add.py", R::Migration),
            ("manage.py", R::Script),
            ("run.py", R::Source),
            ("verify_security.py", R::Script),
            ("wsgi.py", R::Source),
            ("setup.py", R::Config),
            ("app/proto/user_pb2.py", R::Generated),
            ("requirements-dev.txt", R::Config),
            ("src/main/java/com/example/test/TestController.java", R::Source),
            ("src/main/java/com/example/docs/DocsConfig.java", R::Source),
            ("src/main/resources/application.yml", R::Config),
            ("src/main/resources/db/migration/V1__init.sql", R::Migration),
            ("src/main/resources/static/app.js", R::Source),
            ("src/test/java/com/example/UserFlow.java", R::Test),
            ("src/test/resources/application.yml", R::Test),
            ("mvnw", R::Vendored),
            ("internal/store/store_test.go", R::Test),
            ("internal/store/testdata/a.json", R::Test),
            ("cmd/server/main.go", R::Source),
            ("spec/models/user_spec.rb", R::Test),
            ("db/migrate/20240101000000_create_users.rb", R::Migration),
            ("supabase/migrations/20240101_init.sql", R::Migration),
            ("supabase/seed.sql", R::Script),
            ("supabase/functions/hello/index.ts", R::Source),
        ],
        &["requirements.txt", "pom.xml", "go.mod", "Gemfile"],
    );
}

#[test]
fn the_beginning_of_a_file_decides_last() {
    let around = Surroundings::default();
    let generated = Signals { generated: true, minified: false };
    let minified = Signals { generated: false, minified: true };
    for (path, signals, expected) in [
        ("src/schema.ts", generated, R::Generated),
        ("prisma.config.ts", generated, R::Config),
        ("shop/migrations/0001_initial.py", generated, R::Migration),
        ("src/a.test.ts", generated, R::Test),
        ("src/tracker.js", minified, R::Generated),
        ("public/analytics.js", minified, R::Vendored),
    ] {
        let path = Utf8Path::new(path);
        let kind = kind::of_path(path).unwrap();
        assert_eq!(of(path, kind, signals, &around), expected, "{path}");
    }
}
