//! What is wrong with a suppression, in the language of the report.

use super::TOP_LINES;
use crate::model::{Date, Lang};

/// Why a suppression is refused, or could not be judged wholly. The fault of whoever wrote it, except for
/// [`Trouble::NoToday`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// A word that is no instruction, where one stands.
    UnknownVerb {
        found: String,
    },
    /// Written as other tools want it, where this one reads nothing.
    OtherMarker {
        found: &'static str,
    },
    NoRules,
    /// No `]` behind the rule ids.
    Unclosed,
    NoReason,
    UnknownRule {
        id: String,
        nearest: Option<String>,
    },
    /// `until=` is followed by something else than a day.
    NoDate {
        found: String,
    },
    /// The policy wants a last day.
    NoUntil,
    /// The last day is further away than so many days.
    TooLong(u32),
    /// The policy forbids to suppress what it covers.
    Forbidden,
    /// `ignore-file` too far below.
    NotAtTop,
    /// The caller did not say what day it is.
    NoToday(Date),
}

impl Trouble {
    /// One sentence without a full stop.
    pub fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::En => self.english(),
            Lang::Ru => self.russian(),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::UnknownVerb { found } => {
                format!("`{found}` is no instruction to this tool; did you mean `ignore`?")
            }
            Self::OtherMarker { found } => {
                format!("`{found}` suppresses nothing; write `readiness: ignore[rule-id] reason`")
            }
            Self::NoRules => "the rule is missing; write `readiness: ignore[rule-id] reason`".to_owned(),
            Self::Unclosed => "`]` is missing behind the rule ids".to_owned(),
            Self::NoReason => "the reason is missing; write `readiness: ignore[rule-id] reason`".to_owned(),
            Self::UnknownRule { id, nearest: Some(nearest) } => {
                format!("there is no rule `{id}`; did you mean `{nearest}`?")
            }
            Self::UnknownRule { id, nearest: None } => format!("there is no rule `{id}`"),
            Self::NoDate { found } => format!("`{found}` is no day; write `until=2026-12-31`"),
            Self::NoUntil => "the configuration asks for a last day; add `until=2026-12-31`".to_owned(),
            Self::TooLong(days) => format!("its last day is more than {days} days away"),
            Self::Forbidden => "the configuration forbids to suppress this".to_owned(),
            Self::NotAtTop => {
                format!("`ignore-file` must stand at the top of the file, in its first {TOP_LINES} lines")
            }
            Self::NoToday(until) => format!("it expires on {until}, and today's date is not known"),
        }
    }

    fn russian(&self) -> String {
        match self {
            Self::UnknownVerb { found } => {
                format!("`{found}` — неизвестная команда; возможно, имелось в виду `ignore`")
            }
            Self::OtherMarker { found } => {
                format!("`{found}` ничего не подавляет; пишите `readiness: ignore[id-правила] причина`")
            }
            Self::NoRules => "не указано правило; пишите `readiness: ignore[id-правила] причина`".to_owned(),
            Self::Unclosed => "после идентификаторов правил нет `]`".to_owned(),
            Self::NoReason => "не указана причина; пишите `readiness: ignore[id-правила] причина`".to_owned(),
            Self::UnknownRule { id, nearest: Some(nearest) } => {
                format!("правила `{id}` нет; возможно, имелось в виду `{nearest}`")
            }
            Self::UnknownRule { id, nearest: None } => format!("правила `{id}` нет"),
            Self::NoDate { found } => format!("`{found}` — не дата; пишите `until=2026-12-31`"),
            Self::NoUntil => "конфигурация требует срока; добавьте `until=2026-12-31`".to_owned(),
            Self::TooLong(days) => format!("срок дальше, чем через {days} дн."),
            Self::Forbidden => "конфигурация запрещает это скрывать".to_owned(),
            Self::NotAtTop => format!("`ignore-file` должен стоять в начале файла, в первых {TOP_LINES} строках"),
            Self::NoToday(until) => format!("срок действия до {until}, но сегодняшняя дата неизвестна"),
        }
    }
}
