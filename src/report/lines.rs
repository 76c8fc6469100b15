//! Text that grows by whole lines.

use std::io;

/// Lines written so far.
#[derive(Default)]
pub(super) struct Lines(String);

impl Lines {
    /// Adds a line, which has no line break of its own.
    pub(super) fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    /// Adds what consists of whole lines already.
    pub(super) fn join(&mut self, other: &Self) {
        self.0.push_str(&other.0);
    }

    pub(super) fn write(&self, out: &mut dyn io::Write) -> io::Result<()> {
        out.write_all(self.0.as_bytes())
    }
}
