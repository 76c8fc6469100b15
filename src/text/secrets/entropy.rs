//! Tells text that a machine drew at random from text that a person wrote.
//!
//! Shannon entropy alone calls a long identifier random, so letter pairs are compared with those of English and
//! the changes between letters and digits are counted.

/// How common each pair of letters is in English technical prose, row by first and column by second letter:
/// 0 is at most one sixty-fourth of the uniform share, 9 sixteen times the uniform share.
const PAIRS: [&[u8; 26]; 26] = [
    b"37773461615868061879653453",
    b"63436300541630511543501030",
    b"72537317606620810647620040",
    b"74358442750552610463532030",
    b"75786763523878565997466742",
    b"62336500700411700524500030",
    b"51237245600425510653500011",
    b"70017100600333610435310030",
    b"66777660113779863678260506",
    b"50005000100000300040300000",
    b"33126100500323110143303010",
    b"73368422802732730366642070",
    b"74218210700452670152522050",
    b"72777583624535640388552140",
    b"55674452545679660866766331",
    b"71347134500722760756510040",
    b"00000000000400000000600000",
    b"83569552804565740677643060",
    b"62618446704544664378624050",
    b"72539437900542750776634162",
    b"55546350500667360777200000",
    b"60007010600000400010200000",
    b"60115115603214500451002000",
    b"40404101500120050025010320",
    b"31424320400344450254213010",
    b"40005000400000300000000022",
];

/// Bits per byte of the value's own distribution.
#[expect(clippy::cast_precision_loss, reason = "lengths of values are far below 2^24")]
pub(super) fn shannon(value: &str) -> f32 {
    let mut counts = [0u32; 256];
    for byte in value.bytes() {
        counts[byte as usize] += 1;
    }
    let total = value.len().max(1) as f32;
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| *count as f32 / total)
        .map(|share| -share * share.log2())
        .sum()
}

/// Number of different bytes.
pub(super) fn distinct(value: &str) -> usize {
    let mut seen = [false; 256];
    value.bytes().for_each(|byte| seen[byte as usize] = true);
    seen.iter().filter(|seen| **seen).count()
}

/// Changes between a letter and a digit that stand side by side.
fn alternations(value: &str) -> usize {
    let mixed = |pair: &[u8]| {
        (pair[0].is_ascii_digit() && pair[1].is_ascii_alphabetic())
            || (pair[0].is_ascii_alphabetic() && pair[1].is_ascii_digit())
    };
    value.as_bytes().windows(2).filter(|pair| mixed(pair)).count()
}

/// Letter pairs and the sum of how common each is.
fn letter_pairs(value: &str) -> (usize, usize) {
    let row = |byte: u8| (byte.to_ascii_lowercase() - b'a') as usize;
    value
        .as_bytes()
        .windows(2)
        .filter(|pair| pair.iter().all(u8::is_ascii_alphabetic))
        .fold((0, 0), |(pairs, sum), pair| (pairs + 1, sum + (PAIRS[row(pair[0])][row(pair[1])] - b'0') as usize))
}

/// Hexadecimal digits of one case, with both digits and letters among them.
pub(super) fn is_hex(value: &str) -> bool {
    let one_case = value.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        || value.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F'));
    one_case && value.bytes().any(|byte| byte.is_ascii_digit()) && value.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// The eight-four-four-four-twelve form of a UUID.
pub(super) fn is_uuid(value: &str) -> bool {
    value.len() == 36
        && value.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Whether the value reads as drawn at random: a generated token or a strong password, not words with a year.
pub(super) fn looks_random(value: &str) -> bool {
    let length = value.len();
    if length < 8 || distinct(value) < 6 {
        return false;
    }
    if is_hex(value) && length >= 24 {
        return distinct(value) >= 8;
    }
    let (pairs, common) = letter_pairs(value);
    let alternations = alternations(value);
    let unusual = |tenths: usize| common * 10 < pairs * tenths;
    (length >= 10 && alternations >= 4 && (alternations * 6 >= length || unusual(52)))
        || (length >= 12 && alternations >= 3 && unusual(54))
        || (pairs >= 6 && alternations >= 2 && unusual(46))
        || (pairs >= 8 && unusual(42))
        || (pairs >= 14 && unusual(47))
}

/// Whether most of the value is letters whose pairs are those of words.
pub(super) fn reads_as_words(value: &str) -> bool {
    let (pairs, common) = letter_pairs(value);
    pairs >= 8 && pairs * 2 > value.len() && common * 10 >= pairs * 58
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_not_random() {
        for word in [
            "getUserPasswordFromRequest",
            "next-auth.session-token",
            "correct-horse-battery-staple",
            "Winter2024!",
            "azureApiKeyCredential",
            "gpt-4o-2024-08-06",
            "application/x-www-form-urlencoded",
            "docker-compose.production.yml",
            "us-east-1",
            "x-amz-security-token",
        ] {
            assert!(!looks_random(word), "{word}");
        }
    }

    #[test]
    fn drawn_values_are_random() {
        for value in ["k3v9Qx71LmZp", "q8ZtR2vYbN4w", "XkPqZrWtVbGmLcJh", "9f3c1a7be0245d68c7713af0"] {
            assert!(looks_random(value), "{value}");
        }
    }

    #[test]
    fn forms_are_told_apart() {
        assert!(is_hex("9f3c1a7b") && !is_hex("12345678") && !is_hex("9F3c1a7b"));
        assert!(is_uuid("3f2a9c10-77b1-4e0d-9a52-6c8e11d0b7f4"));
        assert!(shannon("aaaa") < 0.1 && shannon("abcd") > 1.9);
    }
}
