//! The report as JSON: the promise to every other program.

use std::io;

use super::Report;

/// Writes the report as indented JSON with a final line break.
pub fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, report)?;
    out.write_all(b"\n")
}
