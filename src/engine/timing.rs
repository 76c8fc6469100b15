//! Time per stage and per rule. Besides a last-resort watchdog the only reader of the monotonic clock.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use crate::report::{PhaseTiming, RuleTiming, Stage};

/// Measures a piece of work, or costs nothing when nobody asked.
#[derive(Clone, Copy)]
pub(crate) struct Stopwatch(Option<Instant>);

impl Stopwatch {
    pub(crate) fn start(on: bool) -> Self {
        Self(on.then(Instant::now))
    }

    /// The time since the start; `None` when nobody asked.
    pub(crate) fn stop(self) -> Option<Duration> {
        self.0.map(|start| start.elapsed())
    }

    /// As [`Stopwatch::stop`], for the report.
    pub(crate) fn phase(self, name: &str) -> Option<PhaseTiming> {
        self.stop().map(|time| phase(name, time))
    }
}

pub(crate) fn phase(name: &str, time: Duration) -> PhaseTiming {
    PhaseTiming { name: name.to_owned(), us: micros(time) }
}

pub(crate) fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// Time and calls of everybody who works in a stage; empty when nobody asked.
#[derive(Default)]
pub(super) struct Ledger(BTreeMap<(Stage, String), (Duration, u64)>);

impl Ledger {
    pub(super) fn add(&mut self, stage: Stage, name: &str, time: Duration, visits: u64) {
        let slot = self.0.entry((stage, name.to_owned())).or_default();
        *slot = (slot.0 + time, slot.1 + visits);
    }

    /// The dearest first.
    pub(super) fn rows(self) -> Vec<RuleTiming> {
        let row = |((stage, rule), (time, visits))| RuleTiming { rule, stage, us: micros(time), visits };
        let mut rows: Vec<RuleTiming> = self.0.into_iter().map(row).collect();
        rows.sort_by(|a, b| b.us.cmp(&a.us).then_with(|| (&a.rule, a.stage).cmp(&(&b.rule, b.stage))));
        rows
    }
}
