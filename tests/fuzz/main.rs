//! Changed text for every reader, and changed repositories for the whole audit: nothing panics, and every place is one.
//!
//! `PROPTEST_CASES=20000 cargo test --test fuzz` looks for longer; what it finds becomes a file of `corpus`.

mod mutation;
#[path = "../common/planted.rs"]
mod planted;
mod readers;
mod scans;
