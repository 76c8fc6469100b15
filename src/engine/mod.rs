//! Plans which rules run, observes every file once, concludes per rule and component.

mod conclude;
mod guard;
mod observe;
mod plan;
mod timing;

pub use guard::is_guarded;
