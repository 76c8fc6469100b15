//! The report as a badge: score and verdict in a small SVG image without scripts, fonts or requests.

use std::io;

use super::headline::headline;
use super::text::one_decimal;
use super::{Readiness, Report};

/// Writes the image.
pub fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let label = "readiness";
    let score = report.summary.score.map(|score| format!("{} ", one_decimal(score))).unwrap_or_default();
    let value = format!("{score}{}", report.summary.verdict.as_str().replace('-', " "));
    let (left, right) = (width(label), width(&value));
    let total = left + right;
    let title = escaped(&format!("{label}: {}", headline(report)));
    let color = color(report.summary.verdict);
    let (label_at, value_at) = (left / 2, left + right / 2);
    let (label_length, value_length) = (left - 2 * PADDING, right - 2 * PADDING);
    let svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{total}" height="20" role="img" aria-label="{title}">
  <title>{title}</title>
  <clipPath id="r"><rect width="{total}" height="20" rx="3"/></clipPath>
  <g clip-path="url(#r)">
    <rect width="{left}" height="20" fill="#444"/>
    <rect x="{left}" width="{right}" height="20" fill="{color}"/>
  </g>
  <g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">
    <text x="{label_at}" y="14" textLength="{label_length}">{label}</text>
    <text x="{value_at}" y="14" textLength="{value_length}">{value}</text>
  </g>
</svg>
"##
    );
    out.write_all(svg.as_bytes())
}

/// Room at each side of a text.
const PADDING: usize = 6;

/// The room that a text takes at 11 pixels, in the middle of what common fonts need; `textLength` makes it fit.
fn width(text: &str) -> usize {
    let tenths: usize = text
        .chars()
        .map(|c| match c {
            'i' | 'l' | 'j' | '.' | ' ' => 35,
            'f' | 't' | 'r' => 46,
            'm' | 'w' => 96,
            _ => 68,
        })
        .sum();
    tenths.div_ceil(10) + 2 * PADDING
}

/// Dark enough for white letters.
fn color(verdict: Readiness) -> &'static str {
    match verdict {
        Readiness::NotAssessed => "#5c5c5c",
        Readiness::NotReady => "#b3261e",
        Readiness::Staging => "#8a5a00",
        Readiness::Production => "#1f7a36",
        Readiness::Hardened => "#0b6b5c",
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
