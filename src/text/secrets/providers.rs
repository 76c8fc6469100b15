//! The token formats of vendors, each as its documentation or its public secret-scanning pattern gives it.

use super::Kind::{PublicKey, TestKey};
use super::shape::Part::Literal;
use super::shape::Proof::{Crc, Holds, Named};
use super::shape::Set::{Base62, Base64, Capitals, Digits, Dotted, Hex, Letters, LowerHex, Smalls, Url};
use super::shape::{Shape, between, exactly};

/// Cloud platforms and hosting.
const CLOUD: &[Shape] = &[
    // AWS, "IAM identifiers": four letters of the resource type, then base32.
    Shape::new("aws-access-key", "AKIA", &[exactly(Capitals, 16)]),
    Shape::new("aws-access-key", "ASIA", &[exactly(Capitals, 16)]),
    Shape::new("aws-bedrock-key", "ABSK", &[between(Base64, 109, 269)]),
    // Google Cloud, "API keys"; OAuth client secrets and access tokens by their documented prefixes.
    Shape::new("google-api-key", "AIza", &[exactly(Url, 35)]),
    Shape::new("google-oauth-secret", "GOCSPX-", &[exactly(Url, 28)]),
    Shape::new("google-oauth-token", "ya29.", &[between(Url, 40, 400)]),
    // Azure, "Storage connection strings", "Service Bus connection strings".
    Shape::new("azure-storage-key", "AccountKey=", &[exactly(Base64, 88)]),
    Shape::new("azure-shared-access-key", "SharedAccessKey=", &[exactly(Base64, 44)]),
    Shape::new("digitalocean-token", "dop_v1_", &[exactly(LowerHex, 64)]),
    Shape::new("digitalocean-token", "doo_v1_", &[exactly(LowerHex, 64)]),
    Shape::new("digitalocean-token", "dor_v1_", &[exactly(LowerHex, 64)]),
    Shape::new("heroku-api-key", "HRKU-", &[between(Url, 36, 72)]),
    Shape::new("vercel-token", "vcp_", &[between(Base62, 24, 72)]),
    Shape::new(
        "vercel-blob-token",
        "vercel_blob_rw_",
        &[between(Base62, 12, 32), Literal("_"), between(Base62, 24, 64)],
    ),
    Shape::new("netlify-token", "nfp_", &[exactly(Base62, 36)]),
    Shape::new("fly-token", "FlyV1 fm", &[exactly(Digits, 1), Literal("_"), between(Base64, 80, 1000)]),
    Shape::new("render-token", "rnd_", &[between(Base62, 28, 40)]),
    Shape::new("alibaba-access-key", "LTAI", &[between(Base62, 16, 26)]).proof(Named("aliyun")),
    Shape::new("yandex-cloud-key", "AQVN", &[between(Url, 35, 38)]),
    Shape::new("yandex-oauth-token", "y0_", &[between(Url, 50, 62)]),
    Shape::new("cloudflare-origin-key", "v1.0-", &[exactly(LowerHex, 24), Literal("-"), exactly(LowerHex, 146)]),
    Shape::new("openshift-token", "sha256~", &[exactly(Url, 43)]),
    Shape::new("tailscale-key", "tskey-auth-", &[between(Base62, 8, 24), Literal("-"), between(Base62, 20, 48)]),
    Shape::new("tailscale-key", "tskey-api-", &[between(Base62, 8, 24), Literal("-"), between(Base62, 20, 48)]),
];

/// Source hosting, registries and build tools.
const DEVELOPMENT: &[Shape] = &[
    // GitHub, "Behind GitHub's new authentication token formats".
    Shape::new("github-token", "ghp_", &[exactly(Base62, 36)]).proof(Crc),
    Shape::new("github-token", "gho_", &[exactly(Base62, 36)]).proof(Crc),
    Shape::new("github-token", "ghu_", &[exactly(Base62, 36)]).proof(Crc),
    Shape::new("github-token", "ghs_", &[exactly(Base62, 36)]).proof(Crc),
    Shape::new("github-token", "ghr_", &[between(Base62, 36, 76)]).proof(Crc),
    Shape::new("github-token", "github_pat_", &[exactly(Base62, 22), Literal("_"), exactly(Base62, 59)]),
    // GitLab, "Token prefixes".
    Shape::new("gitlab-token", "glpat-", &[between(Dotted, 20, 60)]),
    Shape::new("gitlab-token", "gldt-", &[between(Dotted, 20, 60)]),
    Shape::new("gitlab-token", "glrt-", &[between(Dotted, 20, 60)]),
    Shape::new("gitlab-token", "glcbt-", &[between(Dotted, 20, 60)]),
    Shape::new("gitlab-token", "glptt-", &[exactly(LowerHex, 40)]),
    Shape::new("gitlab-token", "gloas-", &[exactly(LowerHex, 64)]),
    Shape::new("gitlab-token", "glagent-", &[between(Url, 40, 60)]),
    // npm, "About access tokens"; PyPI, "API tokens": a macaroon whose location is the index itself.
    Shape::new("npm-token", "npm_", &[exactly(Base62, 36)]).proof(Crc),
    Shape::new("pypi-token", "pypi-AgEIcHlwaS5vcmc", &[between(Url, 50, 400)]),
    Shape::new("pypi-token", "pypi-AgENdGVzdC5weXBpLm9yZw", &[between(Url, 50, 400)]).kind(TestKey),
    Shape::new("rubygems-token", "rubygems_", &[exactly(LowerHex, 48)]),
    Shape::new("docker-token", "dckr_pat_", &[between(Url, 27, 32)]),
    Shape::new("docker-token", "dckr_oat_", &[between(Url, 32, 40)]),
    // Atlassian, "API tokens".
    Shape::new("atlassian-token", "ATATT3", &[between(Url, 120, 260), between(Base64, 0, 12)]),
    Shape::new("bitbucket-token", "ATBB", &[exactly(Base62, 32)]),
    Shape::new("linear-key", "lin_api_", &[exactly(Base62, 40)]),
    Shape::new("linear-key", "lin_oauth_", &[exactly(Base62, 64)]),
    Shape::new("postman-key", "PMAK-", &[exactly(LowerHex, 24), Literal("-"), exactly(LowerHex, 34)]),
    Shape::new("figma-token", "figd_", &[between(Url, 38, 48)]),
    Shape::new("sonar-token", "sqp_", &[exactly(LowerHex, 40)]),
    Shape::new("sonar-token", "squ_", &[exactly(LowerHex, 40)]),
    Shape::new("sonar-token", "sqa_", &[exactly(LowerHex, 40)]),
    Shape::new("circleci-token", "CCIPAT_", &[between(Base62, 20, 24), Literal("_"), exactly(LowerHex, 40)]),
    Shape::new("buildkite-token", "bkua_", &[exactly(LowerHex, 40)]),
    Shape::new("pulumi-token", "pul-", &[exactly(LowerHex, 40)]),
    Shape::new("readme-key", "rdme_", &[between(Smalls, 70, 70)]),
    Shape::new("contentful-token", "CFPAT-", &[exactly(Url, 43)]),
    // Doppler, "Token formats"; HashiCorp, "Vault tokens".
    Shape::new("doppler-token", "dp.pt.", &[between(Base62, 40, 44)]),
    Shape::new("doppler-token", "dp.sa.", &[between(Base62, 40, 44)]),
    Shape::new("doppler-token", "dp.ct.", &[between(Base62, 40, 44)]),
    Shape::new("vault-token", "hvs.", &[between(Url, 90, 130)]),
    Shape::new("vault-token", "hvb.", &[between(Url, 130, 220)]),
    Shape::new("age-secret-key", "AGE-SECRET-KEY-1", &[exactly(Capitals, 58)]),
    Shape::new("onepassword-token", "ops_eyJ", &[between(Base64, 250, 1200)]),
];

/// Payment.
const PAYMENT: &[Shape] = &[
    // Stripe, "API keys"; Clerk and Paystack use the same prefix. Svix shares the webhook prefix.
    Shape::new("stripe-secret-key", "sk_live_", &[between(Base62, 24, 240)]),
    Shape::new("stripe-secret-key", "rk_live_", &[between(Base62, 24, 240)]),
    Shape::new("stripe-secret-key", "sk_test_", &[between(Base62, 10, 240)]).kind(TestKey),
    Shape::new("stripe-secret-key", "rk_test_", &[between(Base62, 10, 240)]).kind(TestKey),
    Shape::new("stripe-publishable-key", "pk_live_", &[between(Base62, 24, 240)]).kind(PublicKey),
    Shape::new("stripe-publishable-key", "pk_test_", &[between(Base62, 24, 240)]).kind(PublicKey),
    Shape::new("webhook-secret", "whsec_", &[between(Base64, 32, 88)]),
    Shape::new("shopify-token", "shpat_", &[exactly(Hex, 32)]),
    Shape::new("shopify-token", "shpca_", &[exactly(Hex, 32)]),
    Shape::new("shopify-token", "shppa_", &[exactly(Hex, 32)]),
    Shape::new("shopify-token", "shpss_", &[exactly(Hex, 32)]),
    Shape::new("square-token", "sq0csp-", &[exactly(Url, 43)]),
    Shape::new("square-token", "sq0atp-", &[exactly(Url, 22)]),
    Shape::new("square-token", "EAAA", &[exactly(Url, 60)]).proof(Named("square")),
    Shape::new(
        "braintree-token",
        "access_token$production$",
        &[exactly(Smalls, 16), Literal("$"), exactly(LowerHex, 32)],
    ),
    Shape::new("razorpay-key", "rzp_live_", &[exactly(Base62, 14)]).kind(PublicKey),
    Shape::new("razorpay-key", "rzp_test_", &[exactly(Base62, 14)]).kind(TestKey),
    Shape::new("flutterwave-key", "FLWSECK-", &[exactly(Smalls, 32), Literal("-X")]),
    Shape::new("flutterwave-key", "FLWSECK_TEST-", &[between(Smalls, 12, 34)]).kind(TestKey),
    Shape::new("shippo-token", "shippo_live_", &[exactly(LowerHex, 40)]),
    Shape::new("easypost-key", "EZAK", &[exactly(Base62, 54)]),
    Shape::new("easypost-key", "EZTK", &[exactly(Base62, 54)]).kind(TestKey),
    Shape::new("yookassa-key", "live_", &[exactly(Url, 43)]).proof(Named("kassa")),
];

/// Language models.
const MODELS: &[Shape] = &[
    // OpenAI puts the base64 of its own name into every key.
    Shape::new("openai-key", "sk-", &[between(Base62, 40, 60)]).proof(Holds("T3BlbkFJ")),
    Shape::new("openai-key", "sk-proj-", &[between(Url, 40, 220)]).proof(Holds("T3BlbkFJ")),
    Shape::new("openai-key", "sk-svcacct-", &[between(Url, 40, 220)]).proof(Holds("T3BlbkFJ")),
    Shape::new("openai-key", "sk-admin-", &[between(Url, 40, 220)]).proof(Holds("T3BlbkFJ")),
    Shape::new("anthropic-key", "sk-ant-api03-", &[exactly(Url, 95)]),
    Shape::new("anthropic-key", "sk-ant-admin01-", &[exactly(Url, 95)]),
    Shape::new("anthropic-key", "sk-ant-oat01-", &[exactly(Url, 95)]),
    Shape::new("openrouter-key", "sk-or-v1-", &[exactly(LowerHex, 64)]),
    Shape::new("deepseek-key", "sk-", &[exactly(LowerHex, 32)]).proof(Named("deepseek")),
    Shape::new("groq-key", "gsk_", &[exactly(Base62, 52)]),
    Shape::new("xai-key", "xai-", &[exactly(Base62, 80)]),
    Shape::new("perplexity-key", "pplx-", &[exactly(Base62, 48)]),
    Shape::new("replicate-token", "r8_", &[exactly(Base62, 37)]),
    Shape::new("huggingface-token", "hf_", &[exactly(Letters, 34)]),
    Shape::new("huggingface-token", "api_org_", &[exactly(Letters, 34)]),
    Shape::new("langsmith-key", "lsv2_pt_", &[exactly(LowerHex, 32), Literal("_"), exactly(LowerHex, 10)]),
    Shape::new("langsmith-key", "lsv2_sk_", &[exactly(LowerHex, 32), Literal("_"), exactly(LowerHex, 10)]),
    Shape::new("pinecone-key", "pcsk_", &[between(Base62, 4, 8), Literal("_"), between(Base62, 50, 80)]),
    Shape::new("tavily-key", "tvly-", &[between(Url, 32, 48)]),
];

/// Mail, messages and telephony.
const MESSAGING: &[Shape] = &[
    // Slack, "Token types".
    Shape::new(
        "slack-token",
        "xoxb-",
        &[between(Digits, 9, 14), Literal("-"), between(Digits, 9, 14), Literal("-"), between(Base62, 20, 40)],
    ),
    Shape::new(
        "slack-token",
        "xoxp-",
        &[
            between(Digits, 9, 14),
            Literal("-"),
            between(Digits, 9, 14),
            Literal("-"),
            between(Digits, 9, 14),
            Literal("-"),
            between(LowerHex, 28, 36),
        ],
    ),
    Shape::new("slack-token", "xoxe-1-", &[between(Base62, 140, 180)]),
    Shape::new("slack-token", "xoxe.xoxp-1-", &[between(Base62, 150, 180)]),
    Shape::new("slack-token", "xoxe.xoxb-1-", &[between(Base62, 150, 180)]),
    Shape::new(
        "slack-token",
        "xapp-1-",
        &[between(Capitals, 9, 14), Literal("-"), between(Digits, 9, 14), Literal("-"), between(LowerHex, 60, 68)],
    ),
    Shape::new(
        "slack-webhook",
        "hooks.slack.com/services/T",
        &[between(Capitals, 8, 12), Literal("/B"), between(Capitals, 8, 12), Literal("/"), exactly(Base62, 24)],
    ),
    Shape::new(
        "discord-webhook",
        "discord.com/api/webhooks/",
        &[between(Digits, 17, 20), Literal("/"), between(Url, 60, 72)],
    ),
    Shape::new(
        "discord-webhook",
        "discordapp.com/api/webhooks/",
        &[between(Digits, 17, 20), Literal("/"), between(Url, 60, 72)],
    ),
    Shape::new("sendgrid-key", "SG.", &[exactly(Url, 22), Literal("."), exactly(Url, 43)]),
    Shape::new("mailgun-key", "key-", &[exactly(LowerHex, 32)]).proof(Named("mailgun")),
    Shape::new("brevo-key", "xkeysib-", &[exactly(LowerHex, 64), Literal("-"), exactly(Base62, 16)]),
    Shape::new("resend-key", "re_", &[exactly(Base62, 8), Literal("_"), exactly(Base62, 24)]),
    Shape::new("vk-token", "vk1.a.", &[between(Url, 80, 260)]),
];

/// Data stores, monitoring and everything else.
const SERVICES: &[Shape] = &[
    // Supabase, "Understanding API keys"; service-role keys of the older kind are JWTs.
    Shape::new("supabase-access-token", "sbp_", &[exactly(LowerHex, 40)]),
    Shape::new("supabase-service-key", "sb_secret_", &[between(Url, 28, 44)]),
    Shape::new("supabase-publishable-key", "sb_publishable_", &[between(Url, 28, 44)]).kind(PublicKey),
    Shape::new("planetscale-token", "pscale_tkn_", &[between(Dotted, 32, 64)]),
    Shape::new("planetscale-token", "pscale_pw_", &[between(Dotted, 32, 64)]),
    Shape::new("databricks-token", "dapi", &[exactly(LowerHex, 32)]),
    // Sentry, "Auth tokens": organisation tokens carry their origin as JSON.
    Shape::new("sentry-token", "sntrys_eyJ", &[between(Base64, 80, 400), Literal("_"), between(Base64, 40, 46)]),
    Shape::new("sentry-token", "sntryu_", &[exactly(LowerHex, 64)]),
    Shape::new("newrelic-key", "NRAK-", &[exactly(Capitals, 27)]),
    Shape::new("newrelic-browser-key", "NRJS-", &[exactly(LowerHex, 19)]).kind(PublicKey),
    Shape::new("grafana-token", "glc_", &[between(Base64, 60, 400)]),
    Shape::new("grafana-token", "glsa_", &[exactly(Base62, 32), Literal("_"), exactly(Hex, 8)]),
    Shape::new("dynatrace-token", "dt0c01.", &[exactly(Capitals, 24), Literal("."), exactly(Capitals, 64)]),
    Shape::new("notion-token", "secret_", &[exactly(Base62, 43)]),
    Shape::new("notion-token", "ntn_", &[exactly(Base62, 46)]),
    Shape::new("mapbox-token", "sk.eyJ", &[between(Url, 40, 200), Literal("."), exactly(Url, 22)]),
    Shape::new("mapbox-public-token", "pk.eyJ", &[between(Url, 40, 200), Literal("."), exactly(Url, 22)])
        .kind(PublicKey),
    Shape::new("typeform-token", "tfp_", &[between(Dotted, 50, 70)]),
    Shape::new("adafruit-key", "aio_", &[exactly(Base62, 28)]),
    Shape::new("prefect-key", "pnu_", &[exactly(Base62, 36)]),
    Shape::new("facebook-token", "EAACEdEose0cBA", &[between(Base62, 20, 300)]),
];

/// All formats with a literal prefix.
pub(super) const GROUPS: [&[Shape]; 6] = [CLOUD, DEVELOPMENT, PAYMENT, MODELS, MESSAGING, SERVICES];

/// Formats that have no prefix and are told by the name that they are assigned to.
pub(super) struct NamedShape {
    pub provider: &'static str,
    /// Words of which all must be in the name.
    pub words: &'static [&'static str],
    pub shape: &'static [super::shape::Part],
}

/// Vendors whose tokens are plain hexadecimal or base62, so that only the name of the variable tells them.
pub(super) const NAMED: &[NamedShape] = &[
    NamedShape { provider: "aws-secret-key", words: &["secret", "access", "key"], shape: &[exactly(Base64, 40)] },
    NamedShape { provider: "aws-secret-key", words: &["aws", "secret"], shape: &[exactly(Base64, 40)] },
    NamedShape { provider: "datadog-key", words: &["dd", "api", "key"], shape: &[exactly(LowerHex, 32)] },
    NamedShape { provider: "datadog-key", words: &["datadog", "key"], shape: &[exactly(LowerHex, 32)] },
    NamedShape { provider: "datadog-key", words: &["datadog", "app", "key"], shape: &[exactly(LowerHex, 40)] },
    NamedShape { provider: "cloudflare-token", words: &["cloudflare", "token"], shape: &[exactly(Url, 40)] },
    NamedShape { provider: "cloudflare-token", words: &["cf", "token"], shape: &[exactly(Url, 40)] },
    NamedShape { provider: "cloudflare-token", words: &["cloudflare", "key"], shape: &[exactly(LowerHex, 37)] },
    NamedShape { provider: "twilio-auth-token", words: &["twilio", "token"], shape: &[exactly(LowerHex, 32)] },
    NamedShape { provider: "vercel-token", words: &["vercel", "token"], shape: &[exactly(Base62, 24)] },
    NamedShape { provider: "algolia-admin-key", words: &["algolia", "admin", "key"], shape: &[exactly(LowerHex, 32)] },
    NamedShape { provider: "upstash-token", words: &["upstash", "token"], shape: &[between(Base64, 40, 120)] },
    NamedShape { provider: "sentry-token", words: &["sentry", "token"], shape: &[exactly(LowerHex, 64)] },
    NamedShape { provider: "razorpay-secret", words: &["razorpay", "secret"], shape: &[exactly(Base62, 24)] },
    NamedShape { provider: "paypal-secret", words: &["paypal", "secret"], shape: &[exactly(Url, 80)] },
    NamedShape {
        provider: "airtable-token",
        words: &["airtable"],
        shape: &[Literal("pat"), exactly(Base62, 14), Literal("."), exactly(LowerHex, 64)],
    },
    NamedShape { provider: "nuget-key", words: &["nuget"], shape: &[Literal("oy2"), exactly(Smalls, 43)] },
    NamedShape { provider: "crates-io-token", words: &["cargo"], shape: &[Literal("cio"), exactly(Base62, 32)] },
    NamedShape { provider: "crates-io-token", words: &["crates"], shape: &[Literal("cio"), exactly(Base62, 32)] },
    NamedShape { provider: "discord-token", words: &["discord", "token"], shape: &[between(Dotted, 59, 80)] },
];
