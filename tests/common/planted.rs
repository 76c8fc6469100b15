//! Secrets for tests, put together at run time: no file of this repository holds one.

/// Replaces every `@@planted:NAME@@` by the secret of that name. Unknown names are a mistake in the test data.
pub(crate) fn plant(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("@@planted:") {
        out.push_str(&rest[..at]);
        let tail = &rest[at + "@@planted:".len()..];
        let end = tail.find("@@").expect("a planted secret is closed by @@");
        out.push_str(&secret(&tail[..end]));
        rest = &tail[end + 2..];
    }
    out + rest
}

/// Base64 of bytes that begin as a key in DER does and go on like random ones.
fn private_key_body() -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut body = String::from("MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ");
    while body.len() < 1600 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        body.push(char::from(DIGITS[(state % 64) as usize]));
    }
    let lines: Vec<String> =
        body.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
    lines.join("\n")
}

/// A value that looks live: right prefix, right length, right checksum, no vendor's example.
pub(crate) fn secret(name: &str) -> String {
    match name {
        "aws" => ["AKI", "AQ3EGRV6X", "PLZN7T5K"].concat(),
        "stripe" => ["sk_", "live_", "51NqK8vLx7Rt", "3Zb1Wn6YcJ0sHd2"].concat(),
        "stripe-test" => ["sk_", "test_", "51NqK8vLx7Rt", "3Zb1Wn6YcJ0sHd2"].concat(),
        "slack" => ["xox", "b-", "2847561938-", "5820174639205-", "kQ8vLx7Rt3Zb1Wn6YcJ0sHd2"].concat(),
        "sendgrid" => {
            ["SG", ".", "kQ8vLx7Rt3Zb1Wn6YcJ0sH", ".", "d2Fg5Tm9Up4Ae7Xo1Ri6Cy3Bw8Nz0Kq5Lv2Jh7Sd4Gf"].concat()
        }
        "anthropic" => ["sk-", "ant-", "api03-", &"kQ8vLx7Rt3Zb1Wn6YcJ0sHd2Fg5Tm9Up".repeat(3)[..93], "AA"].concat(),
        "password" => ["gr8", "Harbour71", "Kettle"].concat(),
        "jwt" => ["9f2kQ8vL", "x7Rt3Zb1", "Wn6YcJ0s"].concat(),
        "azure" => [&private_key_body().replace('\n', "")[100..186], "=="].concat(),
        "hex" => ["4b07e1c9", "a6d25f38", "0c91be47", "d3f86a12"].concat(),
        "generic" => ["q7Rt3Zb1", "Wn6YcJ0s", "Hd2Fg5Tm9Up4"].concat(),
        "key-label" => ["PRIVATE", "KEY"].join(" "),
        "key-body" => private_key_body(),
        other => panic!("no planted secret is called `{other}`"),
    }
}
