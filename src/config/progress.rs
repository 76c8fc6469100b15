//! How a scan tells its caller how far it is. Nothing below the caller draws anything.

use std::{fmt, sync::Arc};

/// Hears how far a scan is. Called from several threads, after each file, so it must be quick.
pub trait Progress: Send + Sync {
    /// The scan is about to visit `total` files.
    fn start(&self, total: usize);

    /// One more file has been visited.
    fn advance(&self);

    /// All files have been visited.
    fn finish(&self);
}

/// A shared [`Progress`]; by default nobody listens.
#[derive(Clone, Default)]
pub struct Observer(Option<Arc<dyn Progress>>);

impl Observer {
    pub fn new(progress: Arc<dyn Progress>) -> Self {
        Self(Some(progress))
    }
}

impl Progress for Observer {
    fn start(&self, total: usize) {
        if let Some(progress) = &self.0 {
            progress.start(total);
        }
    }

    fn advance(&self) {
        if let Some(progress) = &self.0 {
            progress.advance();
        }
    }

    fn finish(&self) {
        if let Some(progress) = &self.0 {
            progress.finish();
        }
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(if self.0.is_some() { "Observer(somebody)" } else { "Observer(nobody)" })
    }
}
