//! Audits a repository for production readiness: a verdict with evidence for every criterion.
//!
//! ```no_run
//! use readiness::config::Config;
//!
//! let report = readiness::scan("path/to/repository".into(), &Config::default())?;
//! println!("{:?} {:?}", report.summary.score, report.summary.verdict);
//! # Ok::<(), readiness::ScanError>(())
//! ```
//!
//! The folders are the pipeline: [`repo`] indexes, [`engine`] observes and concludes, [`suppress`] applies what a team
//! has accepted, [`score`] turns verdicts into numbers, [`report`] renders. [`plan`] and [`checklist`] make work of a
//! report.

pub mod assemble;
mod attest;
pub mod checklist;
pub mod code;
pub mod config;
pub mod doc;
pub mod engine;
pub mod facts;
pub mod i18n;
mod known;
pub mod model;
pub mod plan;
pub mod repo;
pub mod report;
pub mod rule;
pub mod rules;
mod scan;
pub mod score;
pub mod suppress;
mod suppression_problems;
pub mod text;

pub use known::Ledger;
pub use scan::{ScanError, catalogue, facts_of, scan, scan_with_ledger};
