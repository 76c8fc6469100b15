//! Tokens that are recognised by a mark in their middle instead of a prefix.

use super::shape::Set;

/// Marks, each with the provider whose tokens hold it.
pub(super) const MARKS: &[&str] = &[".atlasv1.", "Q~", ":AA", "NRAL"];

/// The token around the mark at `start..end`: provider and range.
pub(super) fn read(text: &str, mark: &str, start: usize) -> Option<(&'static str, usize, usize)> {
    let end = start + mark.len();
    match mark {
        // HashiCorp, "HCP Terraform API tokens".
        ".atlasv1." => {
            around(text, start, end, (Set::Base62, 14, 14), (Set::Url, 60, 70)).map(|(a, b)| ("terraform-token", a, b))
        }
        // Microsoft Entra client secrets: three characters, a digit, the mark.
        "Q~" => {
            let digit = start.checked_sub(1).filter(|at| text.as_bytes()[*at].is_ascii_digit())?;
            let tail = around(text, digit, end, (Set::Dotted, 3, 3), (Set::Dotted, 31, 35))?;
            Some(("azure-client-secret", tail.0, tail.1))
        }
        // Telegram, "Authorizing your bot": the bot's number, then 35 characters of which the first two are fixed.
        ":AA" => around(text, start, end, (Set::Digits, 8, 10), (Set::Url, 33, 33))
            .map(|(a, b)| ("telegram-bot-token", a, b)),
        // New Relic licence keys end in the mark.
        "NRAL" => {
            around(text, start, end, (Set::LowerHex, 36, 36), (Set::Base62, 0, 0)).map(|(a, b)| ("newrelic-key", a, b))
        }
        _ => None,
    }
}

type Run = (Set, usize, usize);

fn around(text: &str, start: usize, end: usize, before: Run, after: Run) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let left = bytes[..start].iter().rev().take(before.2 + 1).take_while(|byte| before.0.contains(**byte)).count();
    let right = bytes[end..].iter().take(after.2 + 1).take_while(|byte| after.0.contains(**byte)).count();
    let glued = bytes.get(end + right).is_some_and(u8::is_ascii_alphanumeric)
        || start.checked_sub(left + 1).is_some_and(|at| bytes[at].is_ascii_alphanumeric());
    ((before.1..=before.2).contains(&left) && (after.1..=after.2).contains(&right) && !glued)
        .then_some((start - left, end + right))
}
