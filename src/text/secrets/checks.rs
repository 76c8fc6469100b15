//! Arithmetic that tells a real token from a look-alike: checksums and base64.

/// CRC-32 as zlib computes it; bitwise, because a token has some thirty bytes.
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xEDB8_8320 & 0u32.wrapping_sub(sum & 1)))
    })
}

/// Whether the last six characters are the base62 CRC-32 of those before them.
///
/// GitHub and npm document this in "Behind GitHub's new authentication token formats" (2021); the type prefix is
/// not part of the sum, and the digits run 0-9, A-Z, a-z.
pub(super) fn ends_in_base62_crc(body: &str) -> bool {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let Some(split) = body.len().checked_sub(6).filter(|split| body.is_char_boundary(*split)) else { return false };
    let (payload, sum) = body.split_at(split);
    let read = sum.bytes().try_fold(0u64, |value, byte| {
        let digit = DIGITS.iter().position(|digit| *digit == byte)?;
        Some(value * 62 + digit as u64)
    });
    read == Some(u64::from(crc32(payload.as_bytes())))
}

/// Bytes of standard or URL-safe base64, padded or not; `None` for anything else.
pub(super) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    if text.len() - digits.len() > 2 || digits.len() % 4 == 1 {
        return None;
    }
    let mut bytes = Vec::with_capacity(digits.len() * 3 / 4);
    let (mut held, mut bits) = (0u32, 0u32);
    for byte in digits.bytes() {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        held = (held << 6 | u32::from(digit)) & 0xFFFF;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits & 0xFF) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc_of_the_standard_check_input() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn base64_in_both_alphabets() {
        assert_eq!(decode_base64("aGVsbG8=").as_deref(), Some(&b"hello"[..]));
        assert_eq!(decode_base64("_-8"), decode_base64("/+8="));
        assert_eq!(decode_base64("a"), None);
        assert_eq!(decode_base64("not base64!"), None);
    }
}
