//! The words that every later stage speaks: places, evidence, verdicts, and what the catalogue says of a rule.
//!
//! Nothing here reads a file, prints, or knows a framework.

mod attested;
mod baseline;
mod category;
mod date;
mod evidence;
mod globs;
mod grade;
mod memo;
mod message;
mod nearest;
mod place;
mod policy;
mod rule_meta;
mod rule_option;
mod severity;
mod tier;
mod verdict;
mod waiver;

pub use attested::Attested;
pub use baseline::{BASELINE_FILE, Baseline, KnownFinding};
pub use category::{Categories, CategoryMeta, RowMeta};
pub use date::{Date, DateError};
pub use evidence::{Evidence, Observation, Tone};
pub use globs::{GlobError, PathGlobs};
pub use grade::{Health, Obstacle, Readiness, SeverityCounts, StatusCounts};
pub use memo::{Memo, Table};
pub use message::{Arg, Message};
pub use nearest::nearest;
pub use place::{ComponentId, FileId, Place, Span};
pub use policy::{Forbidden, SuppressionPolicy, SuppressionProblem};
pub use rule_meta::{Lang, Reference, RuleMeta, Scope, Texts};
pub use rule_option::{OptionValue, RuleOption};
pub use severity::{Confidence, Severity};
pub use tier::{Tier, TierMeta, Tiers};
pub use verdict::{Outcome, Site, SiteCount, UnknownCause, Verdict};
pub use waiver::Waiver;
