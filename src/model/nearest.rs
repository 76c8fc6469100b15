//! Finds the name that somebody probably meant.

/// Longer words are no slip of the fingers, and comparing them costs time.
const LONGEST: usize = 80;

/// The candidate that is most like `word`, when one is like enough to be suggested.
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    if word.is_empty() || word.chars().count() > LONGEST {
        return None;
    }
    let word = word.to_lowercase().replace('_', "-");
    let mut best: Option<(f64, &str)> = None;
    for candidate in candidates {
        let likeness = likeness(&word, candidate);
        if likeness >= 0.8 && best.is_none_or(|(most, _)| likeness > most) {
            best = Some((likeness, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// 0 to 1: the better of what typing slips and what a shortened name suggest.
fn likeness(word: &str, candidate: &str) -> f64 {
    let slips = strsim::normalized_damerau_levenshtein(word, candidate) + 0.1;
    let shortened = strsim::jaro_winkler(word, candidate) - 0.05;
    // A few letters are like many short words; only few slips are believable there.
    if word.len() < 5 { slips } else { slips.max(shortened) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: [&str; 5] =
        ["console-usage", "cors-wildcard-origin", "cors-credentials-wildcard", "hardcoded-secret", "schema-push"];

    #[test]
    fn slips_and_shortenings_are_recognised() {
        assert_eq!(nearest("console-usge", RULES), Some("console-usage"));
        assert_eq!(nearest("cors-wildcard", RULES), Some("cors-wildcard-origin"));
        assert_eq!(nearest("hardcoded_secrets", RULES), Some("hardcoded-secret"));
        assert_eq!(nearest("Schema-Push", RULES), Some("schema-push"));
        assert_eq!(nearest("hgih", ["critical", "high", "low"]), Some("high"));
    }

    #[test]
    fn unlike_words_are_not() {
        assert_eq!(nearest("tls", RULES), None);
        assert_eq!(nearest("", RULES), None);
        assert_eq!(nearest("zebra", RULES), None);
        assert_eq!(nearest(&"c".repeat(10_000), RULES), None);
    }
}
