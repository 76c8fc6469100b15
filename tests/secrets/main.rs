//! Secrets are found, told apart from look-alikes, and masked.

mod planted;

use camino::Utf8Path;
use planted::{BASE62, BASE64, HEX, SMALLS, URL, draw, jwt, pem, planted, with_crc};
use proptest::prelude::*;
use readiness::model::Confidence;
use readiness::text::mask::{mask, mask_value};
use readiness::text::secrets::{KEYWORDS, Kind, SecretMatch, assess, find, names_secret};

fn look(text: &str, path: &str) -> Vec<SecretMatch> {
    find(text, Utf8Path::new(path))
}

fn live(text: &str, path: &str) -> Vec<String> {
    let is_live = |found: &&SecretMatch| found.kind == Kind::Live;
    look(text, path).iter().filter(is_live).map(|found| text[found.span.range()].to_owned()).collect()
}

/// The only match: value, kind and provider.
fn only(text: &str, path: &str) -> (String, Kind, &'static str) {
    let found = look(text, path);
    assert_eq!(found.len(), 1, "{text}: {found:?}");
    (text[found[0].span.range()].to_owned(), found[0].kind, found[0].provider)
}

/// Whether no eight characters of the secret in a row are left; four are allowed, and a few more could be chance.
fn is_hidden(masked: &str, secret: &str) -> bool {
    (0..=secret.len() - 8).all(|at| !masked.contains(&secret[at..at + 8]))
}

#[test]
fn every_format_is_found_exactly_and_masked() {
    for seed in 1..6 {
        for (provider, token) in planted(seed) {
            let text = format!("const client = connect(\"{token}\");\n");
            assert_eq!(only(&text, "src/app.ts"), (token.clone(), Kind::Live, provider), "{token}");
            let masked = mask(&text);
            assert!(!masked.contains(&token[..5]), "{token}: {masked}");
            assert!(masked.contains('…') && masked.starts_with("const client = connect(\""), "{masked}");
        }
    }
}

#[test]
fn one_character_more_or_less_is_no_token() {
    for (provider, token) in planted(3) {
        // These have no fixed length, or a part of any length at the end.
        if ["gitlab-token", "heroku-api-key", "stripe-secret-key", "webhook-secret", "openai-key", "atlassian-token"]
            .contains(&provider)
            || ["docker-token", "figma-token", "pypi-token", "vault-token", "doppler-token", "terraform-token"]
                .contains(&provider)
            || ["azure-client-secret", "slack-token", "discord-webhook", "supabase-service-key"].contains(&provider)
        {
            continue;
        }
        for text in [format!("connect(\"{token}a\")"), format!("connect(\"a{token}\")")] {
            assert!(look(&text, "src/app.ts").iter().all(|found| found.provider != provider), "{text}");
        }
    }
}

#[test]
fn keywords_gate_every_format() {
    for (_, token) in planted(2) {
        assert!(KEYWORDS.iter().any(|keyword| token.contains(keyword)), "{token}");
    }
}

#[test]
fn a_wrong_checksum_is_not_live() {
    let token = ["gh", "p_", &draw(BASE62, 36, 4)].concat();
    assert_eq!(only(&format!("x = '{token}'"), "a.py").1, Kind::Example);
}

#[test]
fn vendor_examples_and_placeholders_are_not_live() {
    let aws = ["AK", "IA", "IOSFODNN7", "EXAMPLE"].concat();
    assert_eq!(only(&format!("id = '{aws}'"), "a.py").1, Kind::Example);
    for token in [
        ["sk", "_live_", "your", "StripeSecretKeyGoesHere"].concat(),
        ["gh", "p_", &"x".repeat(36)].concat(),
        ["AI", "za", &"0".repeat(35)].concat(),
        ["xo", "xb-", "123456789012-123456789012-", "abcdefghijklmnopqrstuvwx"].concat(),
    ] {
        assert!(live(&format!("key = \"{token}\""), "a.py").is_empty(), "{token}");
    }
}

#[test]
fn test_and_public_keys_are_told_apart() {
    let body = draw(BASE62, 40, 9);
    assert_eq!(only(&format!("'{}'", ["sk", "_test_", &body].concat()), "a.js").1, Kind::TestKey);
    assert_eq!(only(&format!("'{}'", ["pk", "_live_", &body].concat()), "a.js").1, Kind::PublicKey);
    assert_eq!(only(&format!("'{}'", ["sb", "_publishable_", &body[..31]].concat()), "a.js").1, Kind::PublicKey);
    let google = ["AI", "za", &draw(URL, 34, 10), "Q"].concat();
    let firebase = format!("firebase.initializeApp({{ apiKey: \"{google}\", authDomain: \"a.b\" }})");
    assert_eq!(only(&firebase, "a.js").1, Kind::PublicKey);
    let dsn = format!("dsn: 'https://{}@o42.ingest.sentry.io/17'", draw(HEX, 32, 11));
    assert_eq!(only(&dsn, "a.js").2, "sentry-dsn");
    assert_eq!(only(&format!("NEXT_PUBLIC_API_KEY={}", draw(BASE62, 32, 12)), ".env").1, Kind::PublicKey);
}

#[test]
fn web_tokens_are_decoded() {
    let kind = |payload: &str| {
        let token = jwt(payload);
        let (value, kind, provider) = only(&format!("key: '{token}'"), "config.ts");
        assert_eq!(value, token);
        (kind, provider)
    };
    let role = |role: &str| {
        format!(r#"{{"iss":"supabase","ref":"qwhzkvbnmpltrdsx","role":"{role}","iat":1730000000,"exp":2045000000}}"#)
    };
    assert_eq!(kind(&role("service_role")), (Kind::Live, "supabase-service-key"));
    assert_eq!(kind(&role("anon")), (Kind::PublicKey, "supabase-anon-key"));
    assert_eq!(kind(r#"{"sub":"5519","iss":"https://auth.acme.io","exp":1999999999}"#), (Kind::Live, "jwt"));
    assert_eq!(kind(r#"{"sub":"5519","iss":"https://auth.acme.io","exp":1500000000}"#).0, Kind::Example);
    assert_eq!(kind(r#"{"sub":"1234567890","name":"John Doe","iat":1516239022}"#).0, Kind::Example);
    assert_eq!(kind(r#"{"some":"payload"}"#).0, Kind::Example);
    let not_json = ["eyJ", &draw(URL, 30, 1), ".", &draw(URL, 40, 2), ".", &draw(URL, 43, 3)].concat();
    assert!(look(&format!("x('{not_json}')"), "a.ts").is_empty());
    let service = jwt(&role("service_role"));
    assert_eq!(live(&format!("key: '{service}'"), "README.md"), [service]);
    assert_eq!(
        only(&format!("t('{}')", jwt(r#"{"iss":"https://auth.acme.io","exp":1999999999}"#)), "a.test.ts").1,
        Kind::Example
    );
}

#[test]
fn private_keys_in_every_armour() {
    for label in ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"] {
        let (text, body) = pem(label, "\n");
        assert_eq!(only(&text, "server.key"), (body, Kind::Live, "private-key"));
    }
    let (text, body) = pem("PRIVATE KEY", "\\n");
    let json = format!("{{\"type\": \"service_account\", \"private_key\": \"{text}\\n\"}}");
    assert_eq!(only(&json, "account.json"), (body, Kind::Live, "private-key"));
    assert_eq!(only(&text, "tests/fixtures/server.key").1, Kind::TestKey);
    let (text, _) = pem("PGP PRIVATE KEY BLOCK", "\n");
    assert_eq!(only(&text, "a.asc").1, Kind::Live);
    for label in ["PUBLIC KEY", "CERTIFICATE"] {
        assert!(look(&pem(label, "\n").0, "server.pem").is_empty());
    }
    let armour = format!("{0}BEGIN PRIVATE KEY{0}", "-".repeat(5));
    for text in [format!("if key.startswith('{armour}'):"), format!("KEY=\"{armour}\\n...your key...\\n\"")] {
        assert!(live(&text, "app.py").is_empty(), "{text}");
    }
}

#[test]
fn masking_hides_a_key_even_without_its_armour() {
    let (text, _) = pem("PRIVATE KEY", "\n");
    let masked = mask(&text).into_owned();
    assert!(masked.contains("BEGIN PRIVATE KEY") && masked.contains("MIIE…") && masked.len() < 80, "{masked}");
    let middle = text.lines().nth(3).unwrap();
    assert_eq!(mask(middle).chars().count(), 5, "{middle}");
}

#[test]
fn connection_strings() {
    let password = draw(BASE62, 18, 21);
    for scheme in ["postgres", "postgresql+asyncpg", "mysql", "mongodb+srv", "redis", "amqps", "smtp"] {
        let text = format!("DATABASE_URL={scheme}://app:{password}@db.acme.io:5432/main");
        assert_eq!(only(&text, ".env"), (password.clone(), Kind::Live, "connection-string"), "{text}");
        assert!(mask(&text).contains(&format!("://app:{}…@db.acme.io", &password[..4])));
    }
    let worded = ["url = 'postgres://billing:", "umbr", "ella@db.acme.io/main'"].concat();
    assert_eq!(only(&worded, "a.py").1, Kind::Live);
    assert_eq!(only(&format!("redis://:{password}@cache.acme.io:6379"), "a.yml").0, password);
    for (text, kind) in [
        ("postgres://postgres:postgres@localhost:5432/app", Kind::Weak),
        ("postgresql://user:password@db:5432/app", Kind::Weak),
        ("mysql://root:hunter22@127.0.0.1/app", Kind::Weak),
        ("postgres://user:pass@host:5432/db", Kind::Example),
        ("https://joe:secret@example.com/x", Kind::Example),
        ("redis://:changeme@cache:6379", Kind::Placeholder),
    ] {
        assert_eq!(only(text, "config.yml").1, kind, "{text}");
    }
    for text in [
        "postgres://${USER}:${PASSWORD}@db/app",
        "https://host/path?at=user@mail.com",
        "git@github.com:a/b.git",
        "http://[^:]+:[^@]+@host",
        "amqp://{user}:{password}@{host}",
    ] {
        assert!(look(text, "a.yml").is_empty(), "{text}");
    }
}

#[test]
fn named_values_in_every_format() {
    let secret = draw(BASE62, 24, 31);
    for (path, text) in [
        ("a.ts", format!("const apiKey: string = \"{secret}\";")),
        ("a.ts", format!("const apiKey =\n  '{secret}';")),
        ("a.ts", format!("config['client_secret'] = '{secret}'")),
        ("a.ts", format!("const s = process.env.JWT_SECRET || '{secret}'")),
        ("a.ts", format!("const secret = process.env.JWT ?? '{secret}'")),
        ("a.py", format!("SECRET_KEY: str = Field(default=\"{secret}\")")),
        ("a.py", format!("password=os.getenv(\"DB_PASSWORD\", \"{secret}\")")),
        ("a.py", format!("SECRET_KEY = b'{secret}'")),
        ("a.go", format!("signingKey := []byte(\"{secret}\")")),
        ("A.java", format!("private static final String API_KEY = \"{secret}\";")),
        ("a.php", format!("'secret' => '{secret}',")),
        ("a.yml", format!("client-secret: {secret}")),
        ("a.yml", format!("  - name: API_KEY\n    value: \"{secret}\"")),
        ("a.json", format!("{{\"name\": \"refresh_token\", \"value\": \"{secret}\"}}")),
        ("a.json", format!("{{\"apiKey\": \"{secret}\"}}")),
        ("a.properties", format!("spring.datasource.password={secret}")),
        ("a.toml", format!("secret_key = \"{secret}\"")),
        (".env", format!("export JWT_SECRET={secret}")),
        (".env", format!("JWT_SECRET=\"{secret}\"  # rotate")),
        ("Dockerfile", format!("ENV API_KEY {secret}")),
        ("Dockerfile", format!("ENV A=b API_KEY={secret}")),
        ("a.sh", format!("export API_KEY='{secret}'")),
        ("a.sh", format!("TOKEN=\"${{TOKEN:-{secret}}}\"")),
        ("a.sh", format!("run --auth-token {secret} --now")),
        ("a.xml", format!("<password>{secret}</password>")),
        ("a.xml", format!("<add key=\"ApiKey\" value=\"{secret}\" />")),
        (".sentryclirc", format!("[auth]\ntoken={secret}")),
        (".npmrc", format!("//packages.corner.example/:_authToken={secret}")),
        ("a.ts", format!("fetch('https://api.acme.io/v1?api_key={secret}')")),
        ("a.cs", format!("\"Server=db.acme.io;User=app;Password={secret};\"")),
        ("a.ts", format!("headers: {{ Authorization: 'Bearer {secret}' }}")),
    ] {
        let found = look(&text, path);
        assert!(
            found.iter().any(|found| found.kind == Kind::Live && text[found.span.range()] == secret),
            "{path}: {text}: {found:?}"
        );
        assert!(!mask(&text).contains(&secret[..5]), "{}", mask(&text));
    }
}

#[test]
fn a_pair_of_arguments_is_a_guess_unless_the_call_looks_a_name_up() {
    let secret = draw(BASE62, 24, 31);
    let confidence = |call: &str| look(&format!("{call}(\"api-token\", \"{secret}\")"), "a.ts")[0].confidence;
    assert_eq!(confidence("Shape.new"), Confidence::Guess);
    assert_eq!(confidence("envOverride"), Confidence::Likely);
    assert_eq!(confidence("req.setHeader"), Confidence::Likely);
}

#[test]
fn the_name_of_a_secret_is_known() {
    let text = format!("const stripeSecretKey = '{}'", draw(BASE62, 24, 31));
    let name = look(&text, "a.ts")[0].key_name.unwrap();
    assert_eq!(&text[name.range()], "stripeSecretKey");
    let text = format!("GITHUB_TOKEN=\"{}\"", ["gh", "p_", &with_crc(3)].concat());
    let name = look(&text, ".env")[0].key_name.unwrap();
    assert_eq!(&text[name.range()], "GITHUB_TOKEN");
}

#[test]
fn half_of_a_pair_is_only_likely() {
    let id = ["AK", "IA", &draw("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16, 5)].concat();
    let confidence = |text: &str| look(text, "a.py")[0].confidence;
    assert_eq!(confidence(&format!("KEY_ID = '{id}'")), Confidence::Likely);
    let pair = format!("KEY_ID = '{id}'\nAWS_SECRET_KEY = '{}'", draw(BASE64, 40, 6));
    assert_eq!(confidence(&pair), Confidence::Certain);
}

#[test]
fn literals_are_assessed_without_their_file() {
    let random = draw(BASE62, 24, 90);
    let kind = |name: &str, value: &str| assess(name, value).map(|(kind, _)| kind);
    assert_eq!(kind("JWT_SECRET", &random), Some(Kind::Live));
    assert_eq!(kind("VITE_API_KEY", &random), Some(Kind::PublicKey));
    assert_eq!(kind("anything", &["gh", "p_", &with_crc(2)].concat()), Some(Kind::Live));
    assert_eq!(kind("JWT_SECRET", "fallback-secret-for-dev"), Some(Kind::Weak));
    assert_eq!(kind("JWT_SECRET", "change-me"), Some(Kind::Placeholder));
    assert_eq!(kind("JWT_SECRET", "${OTHER}"), None);
    assert_eq!(kind("JWT_SECRET", ""), None);
    assert_eq!(kind("TOKEN_ISSUER", &random), None);
    assert!(names_secret("stripeSecretKey") && !names_secret("tokenUrl"));
}

#[test]
fn vendors_that_only_the_name_tells() {
    for (name, value, provider) in [
        ("AWS_SECRET_ACCESS_KEY", draw(BASE64, 40, 41), "aws-secret-key"),
        ("VERCEL_TOKEN", draw(BASE62, 24, 42), "vercel-token"),
        ("DD_API_KEY", draw(HEX, 32, 43), "datadog-key"),
        ("TWILIO_AUTH_TOKEN", draw(HEX, 32, 44), "twilio-auth-token"),
        ("CLOUDFLARE_API_TOKEN", draw(URL, 40, 45), "cloudflare-token"),
    ] {
        assert_eq!(only(&format!("{name}={value}"), ".env"), (value, Kind::Live, provider));
    }
    let storage = draw(BASE64, 86, 46) + "==";
    let text = format!("AccountName=acme;{}{storage};EndpointSuffix=core.windows.net", ["Account", "Key="].concat());
    assert_eq!(only(&text, "a.json"), (storage, Kind::Live, "azure-storage-key"));
    let clerk = ["sk", "_live_", &draw(BASE62, 42, 47)].concat();
    assert_eq!(only(&format!("CLERK_SECRET_KEY={clerk}"), ".env").2, "clerk-secret-key");
}

#[test]
fn passwords_typed_into_forms() {
    let password = draw(SMALLS, 12, 51) + "!Q7";
    for text in [
        format!("await page.getByLabel('Password').fill('{password}')"),
        format!("await page.getByLabel('Пароль').fill('{password}')"),
        format!("await passwordInput.fill('{password}')"),
        format!("await page.fill('#password', '{password}')"),
        format!("await page.fill('input[name=\"password\"]', '{password}')"),
        format!("cy.get('#password').type('{password}')"),
    ] {
        assert_eq!(only(&text, "tests/login.spec.ts").1, Kind::TestKey, "{text}");
        let real = format!("await page.getByLabel('Email').fill('ops@northwind.eu')\n{text}");
        assert_eq!(live(&real, "tests/login.spec.ts"), [password.as_str()], "{text}");
        let unit = format!("create('ops@northwind.eu')\nconst password = '{password}'");
        assert!(live(&unit, "tests/user.spec.ts").is_empty(), "{unit}");
        let made_up = format!("await page.getByLabel('Email').fill('ops@example.com')\n{text}");
        assert!(live(&made_up, "tests/login.spec.ts").is_empty(), "{text}");
    }
}

#[test]
fn saved_browser_sessions() {
    let cookie = draw(SMALLS, 26, 61);
    let text = format!(
        "{{\"cookies\": [{{\n \"name\": \"session_id\",\n \"value\": \"{cookie}\",\n \"httpOnly\": true,\n \"sameSite\": \"Lax\"}}]}}"
    );
    assert_eq!(only(&text, "state.json"), (cookie, Kind::Live, "session-cookie"));
}

/// Shapes that scanners are known to stumble over. Nothing here is a secret.
#[test]
fn near_misses_stay_silent() {
    let hash = draw(HEX, 64, 71);
    let random = draw(BASE62, 32, 72);
    for (path, text) in [
        ("a.ts", "password: string".to_owned()),
        ("a.ts", "const token = getToken(request, \"authorization\")".to_owned()),
        ("a.ts", "const tokenUrl = 'https://auth.acme.io/oauth2/v1/token'".to_owned()),
        ("a.ts", "passwordField: 'user_password_input'".to_owned()),
        ("a.ts", "secretName: 'prod-db-credentials-v2'".to_owned()),
        ("a.ts", format!("keyId: '{hash}'")),
        ("a.ts", format!("publicKey: '{random}'")),
        ("a.ts", "const csrfHeader = 'x-csrf-token'".to_owned()),
        ("a.ts", "password: 'Password must be at least 8 characters'".to_owned()),
        ("a.ts", "const PASSWORD = /^(?=.*[A-Z]).{8,}$/".to_owned()),
        ("a.ts", "passwordPattern: '^[A-Za-z0-9]{8,32}$'".to_owned()),
        ("a.ts", "secret: process.env.AUTH_SECRET".to_owned()),
        ("a.ts", "token: `${prefix}-${id}`".to_owned()),
        ("a.ts", "apiKey: config.get('apiKey')".to_owned()),
        ("a.ts", "type Token = 'access' | 'refresh'".to_owned()),
        ("a.ts", "if (token === 'identifier') {}".to_owned()),
        ("a.ts", format!("nextPageToken: '{random}'")),
        ("a.ts", "const keys = ['password', 'token', 'secret', 'apiKey']".to_owned()),
        ("a.ts", format!("sign('', 'secret') => '{hash}'")),
        ("a.py", "password = models.CharField(max_length=128)".to_owned()),
        ("a.py", "token = secrets.token_urlsafe(32)".to_owned()),
        ("a.py", "api_key=settings.STRIPE_API_KEY".to_owned()),
        ("a.py", "password_hash = '$2b$12$KIXQ4S7cQy1w5jN8pR3vZu'".to_owned()),
        ("a.yml", "password: ${{ secrets.DB_PASSWORD }}".to_owned()),
        ("a.yml", "password: {{ .Values.db.password }}".to_owned()),
        ("a.yml", "password: ENC[AES256_GCM,data:Tr7o1a,iv:9f3c]".to_owned()),
        ("a.yml", "password: !vault |".to_owned()),
        ("a.yml", "secret: arn:aws:secretsmanager:eu-west-1:111122223333:secret:db".to_owned()),
        ("a.yml", "token: op://infra/deploy/token".to_owned()),
        ("a.yml", "  --set-secrets JWT_SECRET_KEY=jwt-secret:latest".to_owned()),
        ("a.yml", "POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?must be set}".to_owned()),
        ("a.sh", "TOKEN=$(cat /run/secrets/token)".to_owned()),
        ("a.sh", "$client.Credentials = New-Object Net.NetworkCredential($user)".to_owned()),
        (".env", "JWT_SECRET=".to_owned()),
        (".env", format!("API_KEY=\"encrypted:{random}\"")),
        ("package-lock.json", format!("\"token\": \"{random}\"")),
        ("yarn.lock", format!("  integrity sha512-{}==", draw(BASE64, 86, 73))),
        ("a.yml", format!("uses: actions/checkout@{}", draw(HEX, 40, 74))),
        ("locales/de.json", format!("\"password\": \"{random}\"")),
        ("a.rs", format!("const SERVICE_PASSWORD: &str = \"_SA_{{{}}}\";", &hash[..24])),
        ("a.css", "--token-color: #9f3c1a".to_owned()),
        ("a.html", "<input type=\"password\" name=\"password\" id=\"password\">".to_owned()),
        ("a.ts", "await page.goto('/tasks-and-risks-are-re_exported_here')".to_owned()),
    ] {
        let found = look(&text, path);
        assert!(found.is_empty(), "{path}: {text}: {found:?}");
    }
}

#[test]
fn words_and_placeholders_are_not_live() {
    for (path, text, kind) in [
        (".env.example", "API_KEY=your-api-key-here", Kind::Placeholder),
        ("a.yml", "JWT_SECRET: CHANGE_ME_IN_PRODUCTION", Kind::Placeholder),
        ("a.yml", "POSTGRES_PASSWORD: testpass", Kind::Placeholder),
        ("a.yml", "POSTGRES_PASSWORD: umbrella", Kind::Weak),
        ("a.ts", "password: 'Winter2024!'", Kind::Weak),
        ("a.ts", "const PASSWORD = process.env.PASSWORD ?? 'Demo1234!'", Kind::Placeholder),
        ("a.yml", "secret: ${{ secrets.AUTH_SECRET || 'demo-nextauth-secret' }}", Kind::Placeholder),
        ("secret.yaml", "  password: cGFzc3dvcmQ=", Kind::Weak),
    ] {
        assert_eq!(only(text, path).1, kind, "{text}");
    }
}

#[test]
fn documentation_and_tests_hold_examples() {
    let random = draw(BASE62, 32, 81);
    assert_eq!(only(&format!("API_KEY={random}"), "docs/setup.md").1, Kind::Example);
    assert_eq!(only(&format!("secret: '{random}'"), "src/auth.test.ts").1, Kind::TestKey);
    let (key, _) = pem("RSA PRIVATE KEY", "\\n");
    assert_eq!(only(&format!(" *   sign('{key}')"), "src/auth.ts").1, Kind::Example);
    assert_eq!(only(&format!("For example: {key}"), "src/auth.ts").1, Kind::Example);
    assert_eq!(only(&format!("\"secret\": \"{random}\""), "apis/iam.examples.json").1, Kind::Example);
    assert_eq!(only(&format!(">>> connect(api_key=\"{random}\")"), "src/auth.py").1, Kind::Example);
    assert_eq!(
        only(&format!("{{\"access_token\": \"eyJ{}.eyJ1\"}}", &random[..20]), "src/auth.py").1,
        Kind::Placeholder
    );
    assert_eq!(only(&format!(" * call with apiKey: \"{random}\""), "src/auth.ts").1, Kind::Example);
}

#[test]
fn the_most_specific_match_stands() {
    let token = ["gh", "p_", &with_crc(8)].concat();
    assert_eq!(only(&format!("GITHUB_TOKEN={token}"), ".env").2, "github-token");
    let text = format!("SECRET_URL=postgres://app:{}@db.acme.io/x", draw(BASE62, 20, 9));
    assert_eq!(only(&text, ".env").2, "connection-string");
}

#[test]
fn mask_value_keeps_little() {
    assert_eq!(mask_value("abcdefghijklmnop"), "abcd…");
    assert_eq!(mask_value("hunter22"), "hu…");
    assert_eq!(mask_value("ab"), "…");
    assert_eq!(mask_value("abcd…"), "abcd…");
    assert_eq!(mask_value("пароль-длинный"), "паро…");
}

#[test]
fn harmless_text_is_not_touched() {
    for text in [
        "",
        "password: string",
        "uses: actions/checkout@v4",
        "const token = req.headers.authorization",
        "JWT_SECRET: CHANGE_ME_IN_PRODUCTION",
        "`password`: already limited by the pattern",
    ] {
        assert_eq!(mask(text), text);
    }
}

#[test]
fn a_secret_cut_off_by_an_excerpt_is_masked() {
    for (_, token) in planted(4) {
        if token.len() > 30
            && !token.starts_with("discord")
            && !token.starts_with("hooks")
            && !token.contains("8Q~")
            && !token.contains(".atlas")
            && !token.contains(":A")
        {
            let cut = &token[..token.len() - 6];
            let masked = mask(cut).into_owned();
            assert!(masked.chars().count() <= 5, "{cut} -> {masked}");
        }
    }
}

/// A hostile line costs time in proportion to its length.
#[test]
fn one_long_line_is_read_in_linear_time() {
    let started = std::time::Instant::now();
    let armour = format!("{0}BEGIN PRIVATE KEY{0}", "-".repeat(5));
    for unit in [
        "sk-",
        "glpat-",
        "eyJ",
        "eyJ.",
        "://a:",
        "://@",
        "password=",
        "password='",
        "token: \"",
        "AIza",
        "key-",
        ":AA",
        "Q~",
        "Bearer ",
        "Basic ",
        "name: token value: ",
        ".fill(password",
        &armour,
        "${TOKEN:",
        "sk-.",
        "SG.",
        "xoxb-1-",
        "pwd",
        "a",
        "=",
    ] {
        let line = unit.repeat((1 << 15) / unit.len());
        look(&line, "a.yml");
        look(&line, "a.ts");
        mask(&line);
    }
    // Generous for an unoptimised build on a busy machine; quadratic behaviour would take much longer.
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

proptest! {
    #[test]
    fn no_planted_token_survives_masking(
        before in ".{0,40}",
        open in "[ \n\"'`(=,;:>\\[]",
        close in "[ \n\"'`),;<&\\]]",
        after in ".{0,40}",
        seed in 1u64..4000,
        pick in 0usize..52,
    ) {
        let tokens = planted(seed);
        let (_, token) = &tokens[pick % tokens.len()];
        let text = [before.as_str(), &open, token, &close, &after].concat();
        let masked = mask(&text).into_owned();
        prop_assert!(is_hidden(&masked, token), "{} -> {}", text, masked);
        prop_assert_eq!(mask(&masked).into_owned(), masked.clone());
    }

    #[test]
    fn no_named_value_survives_masking(before in ".{0,40}", seed in 1u64..4000) {
        let secret = draw(BASE62, 28, seed);
        let masked = mask(&format!("{before}\nJWT_SECRET={secret}\nname: x")).into_owned();
        prop_assert!(!masked.contains(&secret[4..]), "{}", masked);
    }

    #[test]
    fn masking_twice_changes_nothing(text in "([a-z=: \"'@/\\\\.…-]|password|token|api_key|://|eyJ|sk-|AIza|[A-Za-z0-9]{1,50}|\n){0,60}") {
        let once = mask(&text).into_owned();
        prop_assert_eq!(mask(&once).into_owned(), once.clone());
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), glue in "(password|token)?(=|: ?|\"|'|\\\\)?") {
        let text = format!("{glue}{}{glue}", String::from_utf8_lossy(&bytes));
        for path in ["a.ts", "a.yml", ".env", "a.sh", "README.md", "tests/a.py"] {
            let found = look(&text, path);
            prop_assert!(found.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start));
            for found in found {
                prop_assert!(!text[found.span.range()].is_empty());
            }
        }
        mask(&text);
    }

    #[test]
    fn text_without_keywords_has_no_secret(text in "[a-z0-9 =:/\"'\n]{0,200}") {
        if !KEYWORDS.iter().any(|keyword| text.contains(keyword)) {
            prop_assert!(look(&text, ".env").is_empty());
        }
    }
}
