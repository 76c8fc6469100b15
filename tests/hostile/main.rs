//! Repositories that were made to break whoever reads them, put together at run time and audited by the program.
//!
//! `READINESS_FULL=1` takes the sizes in full, which by default are smaller where they cost minutes.

mod churn;
mod contents;
mod determinism;
mod git;
mod ground;
mod output;
mod paths;
#[path = "../common/planted.rs"]
mod planted;
mod processes;
mod secrets;
