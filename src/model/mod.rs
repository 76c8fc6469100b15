//! The words that every later stage speaks: places, evidence, verdicts, and what the catalogue says of a rule.
//!
//! Nothing here reads a file, prints, or knows a framework.

mod category;
mod evidence;
mod grade;
mod message;
mod place;
mod rule_meta;
mod severity;
mod verdict;

pub use category::{Categories, CategoryMeta, RowMeta};
pub use evidence::{Evidence, Observation, Tone};
pub use grade::{Health, Obstacle, Readiness, SeverityCounts, StatusCounts};
pub use message::{Arg, Message};
pub use place::{ComponentId, FileId, Place, Span};
pub use rule_meta::{Lang, Reference, RuleMeta, Scope, Texts};
pub use severity::{Confidence, Severity};
pub use verdict::{Outcome, Site, SiteCount, UnknownCause, Verdict};
