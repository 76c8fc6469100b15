//! What a file's own name says about its role.

use camino::Utf8Path;

use super::{Role, Surroundings};
use crate::repo::FileKind;

/// The role that the name of the file at `path` suggests.
pub(super) fn by_name(path: &Utf8Path, kind: FileKind, around: &Surroundings) -> Option<Role> {
    let file = path.file_name()?;
    let name = file.to_ascii_lowercase();
    let code = matches!(kind, FileKind::Code | FileKind::OtherCode);
    if vendored_name(&name) {
        return Some(Role::Vendored);
    }
    if generated_name(&name) {
        return Some(Role::Generated);
    }
    if config_name(&name, code) {
        return Some(Role::Config);
    }
    if test_name(file, &name, code) {
        return Some(Role::Test);
    }
    let has = |part: &str| name.split('.').skip(1).any(|piece| piece == part);
    if code && (has("stories") || has("story")) || name.ends_with(".stories.mdx") {
        return Some(Role::Story);
    }
    let parent = path.parent().unwrap_or_else(|| Utf8Path::new(""));
    let anchored = around.is_anchor(parent);
    if is_seed(&name) || (anchored && one_off(&name, kind)) {
        return Some(Role::Script);
    }
    None
}

/// Whether `word` is one of the words of `list`.
fn among(word: &str, list: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == word)
}

/// What follows the last dot; empty without one.
fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

fn vendored_name(name: &str) -> bool {
    matches!(name, "mvnw" | "mvnw.cmd" | "gradlew" | "gradlew.bat" | ".pnp.cjs" | ".pnp.js" | ".pnp.loader.mjs")
        || (matches!(extension(name), "js" | "css")
            && ["jquery", "bootstrap."].iter().any(|library| name.starts_with(library))
            && name.contains(".min."))
}

fn generated_name(name: &str) -> bool {
    let has = |part: &str| name.split('.').skip(1).any(|piece| piece == part);
    has("gen")
        || has("generated")
        || has("min")
        || (has("bundle") && extension(name) == "js")
        || name.ends_with(".designer.cs")
        || extension(name) == "map"
        || [".pb.go", ".pb.ts", ".pb.js", ".g.dart", ".freezed.dart", ".g.cs", "_pb2.py", "_pb2.pyi", "_pb2_grpc.py"]
            .iter()
            .any(|end| name.ends_with(end))
        || ["_pb.js", "_pb.d.ts", "_pb.ts"].iter().any(|end| name.ends_with(end))
        || name == "next-env.d.ts"
}

fn test_name(file: &str, name: &str, code: bool) -> bool {
    const PARTS: &str = "test tests spec specs e2e cy e2e-spec integration bench mock mocks fixture \
        servertest clienttest browsertest unittest apitest dbtest e2etest uitest inttest";
    if matches!(extension(name), "snap" | "feature") {
        return true;
    }
    if !code {
        return false;
    }
    let pieces: Vec<&str> = name.split('.').collect();
    let stem = pieces[0];
    // The last piece is the extension, so `test.ts` has a stem and no marker.
    let last = pieces.len().saturating_sub(2);
    // Code may well be about an integration: `calendar.integration.tsx`, `refresh.integration.service.ts`.
    let about = |at: usize| at != last || stem == "use" || matches!(extension(name), "tsx" | "jsx");
    let marks = |at: usize| among(pieces[at], PARTS) && !(pieces[at] == "integration" && about(at));
    let marked = (1..=last).any(marks);
    let original = file.split('.').next().unwrap_or_default();
    let class = matches!(extension(name), "java" | "kt" | "cs" | "php");
    marked
        || matches!(name, "conftest.py" | "tests.py" | "noxfile.py")
        || (extension(name) == "py" && stem.starts_with("test_"))
        || stem.ends_with("_test")
        || (extension(name) == "rb" && stem.ends_with("_spec"))
        || (class && ["Test", "Tests", "TestCase", "IT", "Spec"].iter().any(|end| original.ends_with(end)))
        || matches!(stem, "setuptests" | "setup-tests" | "test-setup" | "test-utils" | "test_utils" | "jest-setup")
        || (pieces.len() > 2 && matches!(stem, "jest" | "vitest" | "playwright") && pieces[1].contains("setup"))
}

fn config_name(name: &str, code: bool) -> bool {
    let pieces: Vec<&str> = name.split('.').filter(|piece| !piece.is_empty()).collect();
    let Some((extension, before)) = pieces.split_last() else { return false };
    let hidden_rc = name.starts_with('.') && (pieces[0].ends_with("rc") || pieces[0].ends_with("ignore"));
    // `vite.config.ts`, `jest.integration.config.js`, but not NestJS's `database.config.ts`: that one ships.
    let tool_config = before.len() > 1 && before.contains(&"config") && among(before[0], TOOLS);
    hidden_rc
        || (code && tool_config)
        || matches!(name, "gulpfile.js" | "gruntfile.js" | "setup.py" | "dangerfile.ts" | "fabfile.py" | "noxfile.py")
        || (*extension == "js"
            && matches!(before.first(), Some(&"karma" | &"wdio" | &"protractor"))
            && before.len() > 1)
}

/// Tools that keep their configuration in `<tool>.config.<extension>`.
const TOOLS: &str = "astro ava babel biome capacitor codegen commitlint craco cypress docusaurus drizzle electron esbuild \
    eslint farm gatsby-config graphql i18next jest karma knip lint-staged lingui metro next next-i18next \
    next-sitemap nuxt orval pkgroll playwright pm2 postcss prettier prisma quasar react-native \
    react-router remix release rolldown rollup rsbuild rspack sanity semantic-release snowpack stencil \
    storybook stylelint svelte svgo swc syncpack tailwind taskfile trigger tsdown tsup turbo typedoc uno \
    unocss vite vitepress vitest volar vue wdio webpack windi wxt ecosystem panda size-limit openapi-ts \
    checkly artillery vike content-collections contentlayer velite bundlesize plop hardhat truffle forge";

fn is_seed(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    let code = matches!(extension(name), "ts" | "js" | "mjs" | "cjs" | "py" | "sql" | "rb");
    code && (stem == "seed"
        || stem == "seeds"
        || stem == "seeder"
        || stem.starts_with("seed-")
        || stem.starts_with("seed_")
        || name.contains(".seed."))
}

/// Verbs at the start of a tool's name beside a package's manifest: `fix-versions.sql`, `verify_security.py`.
fn one_off(name: &str, kind: FileKind) -> bool {
    const VERBS: &str = "analyze backfill benchmark check cleanup clean convert debug demo deploy download export find fix \
        generate import migrate populate reset run setup simulate test update validate verify";
    let stem = name.split('.').next().unwrap_or_default();
    let Some((verb, rest)) = stem.split_once(['-', '_']) else { return name == "manage.py" };
    matches!(kind, FileKind::Code | FileKind::Sql | FileKind::OtherCode) && !rest.is_empty() && among(verb, VERBS)
}
