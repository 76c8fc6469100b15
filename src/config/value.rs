//! Single values of the configuration file: what was expected, and what was found.

use toml::de::{DeArray, DeTable, DeValue};

use crate::model::Date;

/// Why a value cannot be used.
pub(super) enum Expected {
    /// It has another type; this one was expected, with its article.
    Type(&'static str),
    /// The type is right and the value is not; completes a sentence that begins with the key.
    Value(String),
}

impl Expected {
    pub(super) fn table<'v, 'i>(value: &'v DeValue<'i>) -> Result<&'v DeTable<'i>, Self> {
        value.as_table().ok_or(Self::Type("a section"))
    }

    /// The entries of `[[name]]`.
    pub(super) fn tables<'v, 'i>(value: &'v DeValue<'i>, heading: &'static str) -> Result<&'v DeArray<'i>, Self> {
        let array = value.as_array().filter(|array| array.iter().all(|entry| entry.get_ref().is_table()));
        array.ok_or(Self::Type(match heading {
            "[[overrides]]" => "a list of sections, each headed `[[overrides]]`",
            "[[suppressions.forbid]]" => "a list of sections, each headed `[[suppressions.forbid]]`",
            "[[attest]]" => "a list of sections, each headed `[[attest]]`",
            _ => "a list of sections, each headed `[[suppress]]`",
        }))
    }

    pub(super) fn string(value: &DeValue<'_>) -> Result<String, Self> {
        value.as_str().map(str::to_owned).ok_or(Self::Type("a text"))
    }

    pub(super) fn boolean(value: &DeValue<'_>) -> Result<bool, Self> {
        value.as_bool().ok_or(Self::Type("`true` or `false`"))
    }

    /// A text that says something.
    pub(super) fn reason(value: &DeValue<'_>) -> Result<String, Self> {
        let text = Self::string(value)?;
        if text.chars().any(char::is_alphanumeric) {
            Ok(text.trim().to_owned())
        } else {
            Err(Self::Value("must say something".to_owned()))
        }
    }

    pub(super) fn score(value: &DeValue<'_>) -> Result<f64, Self> {
        const RANGE: &str = "a number from 0 to 10";
        let number: Option<f64> = match value {
            DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix())
                .ok()
                .and_then(|number| i32::try_from(number).ok())
                .map(f64::from),
            DeValue::Float(float) => float.as_str().parse().ok(),
            _ => return Err(Self::Type(RANGE)),
        };
        number.filter(|number| (0.0..=10.0).contains(number)).ok_or_else(|| Self::Value(format!("must be {RANGE}")))
    }

    /// A whole number of days, at least one.
    pub(super) fn days(value: &DeValue<'_>) -> Result<u32, Self> {
        const WHAT: &str = "a number of days, at least 1";
        let DeValue::Integer(integer) = value else { return Err(Self::Type(WHAT)) };
        let days = u32::from_str_radix(integer.as_str(), integer.radix()).ok().filter(|&days| days > 0);
        days.ok_or_else(|| Self::Value(format!("must be {WHAT}")))
    }

    /// Bytes: a number, or a text with a unit.
    pub(super) fn size(value: &DeValue<'_>) -> Result<u64, Self> {
        let size = match value {
            DeValue::Integer(integer) => u64::from_str_radix(integer.as_str(), integer.radix()).ok(),
            DeValue::String(text) => sized(text),
            _ => return Err(Self::Type("a number of bytes or a text like \"2 MB\"")),
        };
        size.filter(|&size| size > 0).ok_or_else(|| Self::Value("must be a size like 500000 or \"2 MB\"".to_owned()))
    }

    pub(super) fn date(value: &DeValue<'_>) -> Result<Date, Self> {
        let text = match value {
            DeValue::String(text) => text.to_string(),
            DeValue::Datetime(datetime) => datetime.to_string(),
            _ => return Err(Self::Type("a date like 2026-12-31")),
        };
        text.parse().map_err(|_| Self::Value("must be a date like 2026-12-31".to_owned()))
    }
}

/// Bytes of a text like `2 MB`, `500kb` or `4096`.
fn sized(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    let number: u64 = text[..digits].parse().ok()?;
    let unit = match text[digits..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" => 1_000,
        "kib" => 1_024,
        "m" | "mb" => 1_000_000,
        "mib" => 1_048_576,
        "g" | "gb" => 1_000_000_000,
        "gib" => 1_073_741_824,
        _ => return None,
    };
    number.checked_mul(unit)
}

/// What a value is, with its article.
pub(super) fn described(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "`true` or `false`",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a section",
    }
}

#[cfg(test)]
mod tests {
    use super::sized;

    #[test]
    fn sizes_have_units() {
        assert_eq!(sized("4096"), Some(4096));
        assert_eq!(sized("2 MB"), Some(2_000_000));
        assert_eq!(sized(" 512KiB "), Some(524_288));
        for text in ["", "MB", "2 parsecs", "-1", "1.5 MB", "99999999999 GB"] {
            assert_eq!(sized(text), None, "{text}");
        }
    }
}
