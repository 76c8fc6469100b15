//! Planted secrets, assembled from parts so that no scanner takes these files for a leak.

pub(crate) const BASE62: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
pub(crate) const URL: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
pub(crate) const BASE64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
pub(crate) const HEX: &str = "0123456789abcdef";
pub(crate) const CAPITALS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
pub(crate) const SMALLS: &str = "abcdefghijklmnopqrstuvwxyz0123456789";
pub(crate) const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// A fixed sequence that looks drawn at random; `seed` picks another one.
pub(crate) fn draw(alphabet: &str, length: usize, seed: u64) -> String {
    let letters: Vec<char> = alphabet.chars().collect();
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(0xD1B5_4A32_D192_ED03);
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).expect("31 bits fit")
    };
    (0..8).for_each(|_| {
        next();
    });
    (0..length).map(|_| letters[next() % letters.len()]).collect()
}

fn crc32(text: &str) -> u32 {
    let mut sum = u32::MAX;
    for byte in text.bytes() {
        sum ^= u32::from(byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { sum >> 1 ^ 0xEDB8_8320 } else { sum >> 1 };
        }
    }
    !sum
}

/// Thirty characters and their checksum, as GitHub and npm issue them.
pub(crate) fn with_crc(seed: u64) -> String {
    let payload = draw(BASE62, 30, seed);
    let mut sum = crc32(&payload) as usize;
    let mut digits = Vec::new();
    for _ in 0..6 {
        digits.push(BASE62.as_bytes()[sum % 62] as char);
        sum /= 62;
    }
    payload + &digits.into_iter().rev().collect::<String>()
}

fn base64(text: &[u8], alphabet: &str) -> String {
    let digits = alphabet.as_bytes();
    text.chunks(3)
        .flat_map(|chunk| {
            let held = chunk.iter().fold(0u32, |held, byte| held << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
            (0..=chunk.len()).map(move |at| digits[(held >> (18 - 6 * at) & 63) as usize] as char)
        })
        .collect()
}

pub(crate) fn jwt(payload: &str) -> String {
    let header = base64(br#"{"alg":"HS256","typ":"JWT"}"#, URL);
    [header, base64(payload.as_bytes(), URL), draw(URL, 43, 77)].join(".")
}

/// An armoured key: DER sequence tags first, then noise.
pub(crate) fn pem(label: &str, line_break: &str) -> (String, String) {
    let armour = |word: &str| format!("{0}{word} {label}{0}", "-".repeat(5));
    let noise = draw(BASE64, 420, 5);
    let body = ["MII".to_owned(), "Eow".to_owned(), noise].concat();
    let lines: Vec<&str> =
        body.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).expect("base64 is ASCII")).collect();
    let body = lines.join(line_break);
    (format!("{}{line_break}{body}{line_break}{}", armour("BEGIN"), armour("END")), body)
}

/// Provider and token; `seed` varies the token.
pub(crate) fn planted(seed: u64) -> Vec<(&'static str, String)> {
    let d = |alphabet, length, salt: u64| draw(alphabet, length, seed * 97 + salt);
    let crc = || with_crc(seed + 1);
    let j = |parts: &[&str]| parts.concat();
    vec![
        ("aws-access-key", j(&["AK", "IA", &d(CAPITALS, 16, 1)])),
        ("aws-access-key", j(&["AS", "IA", &d(CAPITALS, 16, 2)])),
        ("google-api-key", j(&["AI", "za", &d(URL, 34, 3), "x"])),
        ("google-oauth-secret", j(&["GOC", "SPX-", &d(URL, 27, 4), "x"])),
        ("digitalocean-token", j(&["dop", "_v1_", &d(HEX, 64, 5)])),
        ("heroku-api-key", j(&["HR", "KU-AA", &d(BASE62, 58, 6)])),
        ("netlify-token", j(&["nf", "p_", &d(BASE62, 36, 7)])),
        ("github-token", j(&["gh", "p_", &crc()])),
        ("github-token", j(&["gh", "o_", &crc()])),
        ("github-token", j(&["gh", "s_", &crc()])),
        ("github-token", j(&["github", "_pat_", &d(BASE62, 22, 8), "_", &d(BASE62, 59, 9)])),
        ("gitlab-token", j(&["glp", "at-", &d(BASE62, 20, 10)])),
        ("npm-token", j(&["np", "m_", &crc()])),
        ("pypi-token", j(&["py", "pi-AgEIcHlwaS5vcmc", &d(BASE62, 150, 11)])),
        ("rubygems-token", j(&["ruby", "gems_", &d(HEX, 48, 12)])),
        ("docker-token", j(&["dckr", "_pat_", &d(BASE62, 27, 13)])),
        ("atlassian-token", j(&["ATA", "TT3", &d(BASE62, 180, 14), "=", &d(CAPITALS, 8, 15)])),
        ("linear-key", j(&["lin", "_api_", &d(BASE62, 40, 16)])),
        ("postman-key", j(&["PM", "AK-", &d(HEX, 24, 17), "-", &d(HEX, 34, 18)])),
        ("figma-token", j(&["fi", "gd_", &d(BASE62, 40, 19)])),
        ("doppler-token", j(&["dp", ".pt.", &d(BASE62, 43, 20)])),
        ("vault-token", j(&["hv", "s.", &d(BASE62, 95, 21)])),
        ("terraform-token", j(&[&d(BASE62, 14, 22), ".atlas", "v1.", &d(BASE62, 67, 23)])),
        ("azure-client-secret", j(&[&d(BASE62, 3, 24), "8", "Q~", &d(BASE62, 34, 25)])),
        ("stripe-secret-key", j(&["sk", "_live_", &d(BASE62, 24, 26)])),
        ("stripe-secret-key", j(&["rk", "_live_", &d(BASE62, 99, 27)])),
        ("webhook-secret", j(&["wh", "sec_", &d(BASE62, 32, 28)])),
        ("shopify-token", j(&["shp", "at_", &d(HEX, 32, 29)])),
        ("square-token", j(&["sq0", "csp-", &d(BASE62, 43, 30)])),
        ("openai-key", j(&["s", "k-", &d(BASE62, 20, 31), "T3Blbk", "FJ", &d(BASE62, 20, 32)])),
        ("openai-key", j(&["s", "k-proj-", &d(BASE62, 74, 33), "T3Blbk", "FJ", &d(BASE62, 74, 34)])),
        ("anthropic-key", j(&["s", "k-ant-", "api03-", &d(BASE62, 93, 35), "AA"])),
        ("openrouter-key", j(&["s", "k-or-", "v1-", &d(HEX, 64, 36)])),
        ("groq-key", j(&["gs", "k_", &d(BASE62, 52, 37)])),
        ("replicate-token", j(&["r", "8_", &d(BASE62, 37, 38)])),
        ("huggingface-token", j(&["h", "f_", &d(LETTERS, 34, 39)])),
        (
            "slack-token",
            j(&["xo", "xb-", &d("123456789", 12, 40), "-", &d("123456789", 12, 41), "-", &d(BASE62, 24, 42)]),
        ),
        (
            "slack-webhook",
            j(&[
                "hooks.slack",
                ".com/services/T",
                &d(CAPITALS, 9, 43),
                "/B",
                &d(CAPITALS, 9, 44),
                "/",
                &d(BASE62, 24, 45),
            ]),
        ),
        ("discord-webhook", j(&["discord", ".com/api/webhooks/", &d("123456789", 18, 46), "/", &d(BASE62, 68, 47)])),
        ("telegram-bot-token", j(&[&d("123456789", 10, 48), ":A", "A", &d(BASE62, 33, 49)])),
        ("sendgrid-key", j(&["S", "G.", &d(BASE62, 22, 50), ".", &d(BASE62, 43, 51)])),
        ("brevo-key", j(&["xkey", "sib-", &d(HEX, 64, 52), "-", &d(BASE62, 16, 53)])),
        ("resend-key", j(&["r", "e_", &d(BASE62, 8, 54), "_", &d(BASE62, 24, 55)])),
        ("supabase-access-token", j(&["sb", "p_", &d(HEX, 40, 56)])),
        ("supabase-service-key", j(&["sb", "_secret_", &d(BASE62, 31, 57)])),
        ("databricks-token", j(&["da", "pi", &d(HEX, 32, 58)])),
        ("sentry-token", j(&["sntr", "yu_", &d(HEX, 64, 59)])),
        ("newrelic-key", j(&["NR", "AK-", &d(CAPITALS, 27, 60)])),
        ("grafana-token", j(&["gl", "sa_", &d(BASE62, 32, 61), "_", &d(HEX, 8, 62)])),
        ("notion-token", j(&["nt", "n_", &d(BASE62, 46, 63)])),
        ("dynatrace-token", j(&["dt0", "c01.", &d(CAPITALS, 24, 64), ".", &d(CAPITALS, 64, 65)])),
        ("flutterwave-key", j(&["FLW", "SECK-", &d(SMALLS, 32, 66), "-X"])),
    ]
}
