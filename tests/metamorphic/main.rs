//! What a change of a repository does to its verdicts, and what it must not do.

mod defects;
mod neutral;
#[path = "../common/planted.rs"]
mod planted;
mod twin;
