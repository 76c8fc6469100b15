//! Audits a repository for production readiness: a verdict with evidence for every criterion.
//!
//! [`scan()`] is the whole of it: a folder and a [`config::Config`] in, a [`report::Report`] out. The report holds
//! everything that the command line prints; [`report`] has the renderers.
//!
//! ```
//! use std::fs;
//!
//! use readiness::{
//!     config::{Config, Selector},
//!     report::Status,
//! };
//!
//! let folder = std::env::temp_dir().join(format!("readiness-example-{}", std::process::id()));
//! fs::create_dir_all(&folder)?;
//! fs::write(folder.join("Dockerfile"), "FROM node:22\nCMD [\"node\", \"server.js\"]\n")?;
//! let root = camino::Utf8PathBuf::from_path_buf(folder.clone()).expect("the folder has a UTF-8 name");
//!
//! let config = Config { only: vec![Selector::Rule("dockerfile-user-missing".to_owned())], ..Config::default() };
//! let report = readiness::scan(&root, &config)?;
//! let criterion = &report.criteria[0];
//! assert_eq!(criterion.status, Status::Fail);
//! assert_eq!(report.findings[0].path, "Dockerfile");
//! # fs::remove_dir_all(&folder)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Nothing below the command line prints, starts a process, uses the network, or reads the clock or the environment:
//! what depends on the day takes it from [`config::Config::today`]. The same input gives the same report.
//!
//! Rules that a team wrote are named by [`config::Config::rule_folders`]; [`trial`] compares them with their cases, and
//! [`handbook`] writes their pages.
//!
//! The folders are the pipeline: [`repo`] indexes, [`engine`] observes and concludes, [`suppress`] applies what a team
//! has accepted, [`score`] turns verdicts into numbers, [`report`] renders. [`plan`] and [`checklist`] make work of a
//! report. [`catalogue`] has every rule that is built in.

mod adjust;
pub mod assemble;
mod attest;
pub mod checklist;
pub mod code;
pub mod config;
pub mod doc;
pub mod engine;
pub mod facts;
pub mod handbook;
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
pub mod trial;

pub use known::Ledger;
pub use scan::{ScanError, catalogue, facts_of, scan, scan_with, scan_with_ledger, team_rules};
