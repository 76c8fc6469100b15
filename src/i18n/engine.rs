//! What the engine itself says of a criterion, whichever rule it belongs to.

use crate::model::Lang;

/// The text for one of the engine's message keys.
pub fn engine_text(lang: Lang, key: &str) -> Option<&'static str> {
    Some(match (lang, key) {
        (Lang::En, "engine.not-examined") => {
            "{files} {files:file|files} that matter here could not be examined, so nothing is claimed"
        }
        (Lang::Ru, "engine.not-examined") => {
            "{files} {files:важный файл|важных файла|важных файлов} проверить не удалось, поэтому вывода нет"
        }
        (Lang::En, "engine.panicked") => "the rule stopped with an internal error; see the diagnostics",
        (Lang::Ru, "engine.panicked") => "правило остановилось из-за внутренней ошибки, см. диагностику",
        (Lang::En, "engine.parent-failed") => "nothing to ask while `{parent}` fails",
        (Lang::Ru, "engine.parent-failed") => "спрашивать не о чем, пока не выполнено `{parent}`",
        _ => return None,
    })
}
