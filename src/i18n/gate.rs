//! The words of a go/no-go decision.

use super::Phrase;

pub const HEADING: Phrase = Phrase::new("Go/no-go for {target}", "Go/no-go для {target}");
/// The states are the words of the configuration.
pub const SUPPRESSIONS: Phrase =
    Phrase::new("suppressions that are {state}: {count}", "подавления в состоянии {state}: {count}");
pub const GO: Phrase = Phrase::new("GO", "GO");
pub const NO_GO: Phrase = Phrase::new("NO-GO", "NO-GO");
pub const EVERYTHING_ASKED: Phrase = Phrase::new("every rule was asked", "проверены все правила");
pub const NONE_FAILS: Phrase = Phrase::new("no {severity} criterion fails", "все критерии {severity} выполнены");
pub const ALL_EXAMINED: Phrase =
    Phrase::new("every {severity} criterion could be examined", "все критерии {severity} удалось проверить");
pub const SCORE: Phrase = Phrase::new("the score is at least {least}", "оценка не ниже {least}");
pub const NO_SCORE: Phrase = Phrase::new("nothing could be scored", "оценивать нечего");
pub const NOT_CONFIRMED: Phrase = Phrase::new("not confirmed", "не подтверждено");
pub const CONFIRMED: Phrase = Phrase::new("confirmed", "подтверждено");
pub const NOT_DECISIVE: Phrase = Phrase::new("worth a look, not decisive", "стоит проверить, на решение не влияет");
pub const UNKNOWN: Phrase = Phrase::new("the repository does not tell", "по репозиторию не видно");
