//! Time per stage and per rule. Besides a last-resort watchdog the only reader of the monotonic clock.

use std::time::{Duration, Instant};

/// Measures a piece of work, or costs nothing when nobody asked.
pub(super) struct Stopwatch(Option<Instant>);

impl Stopwatch {
    pub(super) fn start(on: bool) -> Self {
        Self(on.then(Instant::now))
    }

    /// The time since the start; `None` when nobody asked.
    pub(super) fn stop(self) -> Option<Duration> {
        self.0.map(|start| start.elapsed())
    }
}
