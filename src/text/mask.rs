//! Hides secrets in every string that enters a report.

use std::borrow::Cow;

use super::secrets;

/// The most characters of a secret that stay readable.
const KEPT: usize = 4;

/// Stands where the rest of a secret was.
const CUT: char = '…';

/// The text with every secret-looking value cut to its first characters. Masking masked text changes nothing.
pub fn mask(text: &str) -> Cow<'_, str> {
    let mut masked = Cow::Borrowed(text);
    // Each pass shortens what it changes, so this ends; one pass is the rule.
    while let Some(shorter) = mask_once(&masked) {
        masked = Cow::Owned(shorter);
    }
    masked
}

fn mask_once(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut done = 0;
    for span in secrets::spans_to_mask(text) {
        let value = &text[span.clone()];
        if is_masked(value) {
            continue;
        }
        out.push_str(&text[done..span.start]);
        out.push_str(&mask_value(value));
        done = span.end;
    }
    if done == 0 {
        return None;
    }
    out.push_str(&text[done..]);
    Some(out)
}

/// A secret's first characters, at most four and at most a third of it, then an ellipsis.
pub fn mask_value(secret: &str) -> String {
    if is_masked(secret) {
        return secret.to_owned();
    }
    let kept = (secret.chars().count() / 3).min(KEPT);
    secret.chars().take(kept).take_while(|char| *char != CUT).chain([CUT]).collect()
}

fn is_masked(value: &str) -> bool {
    value.strip_suffix(CUT).is_some_and(|kept| kept.chars().count() <= KEPT && !kept.contains(CUT))
}
