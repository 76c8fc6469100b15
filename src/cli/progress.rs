//! A progress bar on standard error, for scans that take long enough to wonder.

use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use readiness::config::Progress;

/// A scan that is done sooner shows no bar.
const PATIENCE: Duration = Duration::from_millis(500);

/// Counts files; appears after half a second and leaves nothing behind.
pub(super) struct Bar {
    state: Mutex<State>,
    bar: ProgressBar,
}

struct State {
    started: Option<Instant>,
    shown: bool,
}

impl Bar {
    pub(super) fn new(unit: &str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let template = format!("{{bar:30}} {{pos}}/{{len}} {unit}");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style.progress_chars("━╸ "));
        }
        Self { state: Mutex::new(State { started: None, shown: false }), bar }
    }

    fn show_when_late(&self) {
        // Whoever holds the lock is doing the same; a worker never waits for it.
        let Ok(mut state) = self.state.try_lock() else { return };
        let late = state.started.is_some_and(|started| started.elapsed() >= PATIENCE);
        if late && !state.shown {
            state.shown = true;
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }
}

impl Progress for Bar {
    fn start(&self, total: usize) {
        self.bar.set_length(total as u64);
        if let Ok(mut state) = self.state.lock() {
            state.started.get_or_insert_with(Instant::now);
        }
    }

    fn advance(&self) {
        self.bar.inc(1);
        self.show_when_late();
    }

    fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
