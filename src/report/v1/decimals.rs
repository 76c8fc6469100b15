//! Three decimals: enough for every comparison a person makes, and the same bytes on every machine.

use std::collections::BTreeMap;

use serde::Serializer;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
pub(super) fn plain<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(rounded(*value))
}

#[expect(clippy::ref_option, reason = "serde passes a reference")]
pub(super) fn optional<S: Serializer>(value: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.serialize_some(&rounded(*value)),
        None => serializer.serialize_none(),
    }
}

pub(super) fn map<S: Serializer>(values: &BTreeMap<String, f64>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(values.iter().map(|(key, value)| (key, rounded(*value))))
}

fn rounded(value: f64) -> f64 {
    let thousandths = (value * 1000.0).round() / 1000.0;
    // Negative zero would print as `-0.0`.
    if thousandths == 0.0 { 0.0 } else { thousandths }
}
