//! The words of a review that no other document uses: repairs that a cap hides, endpoints, scenarios.

use super::{Noun, Phrase};

pub const FIRST_GAIN: Phrase = Phrase::new("{title}: +{gain} ({from} → {to})", "{title}: +{gain} ({from} → {to})");
pub const FIRST_WITH_ALL: Phrase =
    Phrase::new("{title} (with all {n} CRITICAL: {from} → {to})", "{title} (со всеми {n} CRITICAL: {from} → {to})");
pub const FIRST_SMALL: Phrase = Phrase::new("{title}: less than +0.1", "{title}: меньше +0.1");
pub const HELD: Phrase = Phrase::new(
    "counts together with {n} more CRITICAL in {category}",
    "даёт баллы вместе с ещё {n} CRITICAL: «{category}»",
);

pub const ENDPOINTS: Phrase = Phrase::new("Endpoints", "Эндпоинты");
pub const ENDPOINT: Phrase = Phrase::new("Endpoint", "Эндпоинт");
pub const ACCESS: Phrase = Phrase::new("Access", "Доступ");
pub const CHECKS: Phrase = Phrase::new("Checks", "Проверки");
pub const PROBLEMS: Phrase = Phrase::new("Problems", "Проблемы");
pub const GUARDED: Phrase = Phrase::new("callers are checked", "вызывающий проверяется");
pub const PUBLIC: Phrase = Phrase::new("for everybody", "для всех");
pub const OPEN: Phrase = Phrase::new("no check found", "проверка не найдена");
pub const UNRESOLVED: Phrase = Phrase::new("not known", "неизвестно");
pub const VALIDATED: Phrase = Phrase::new("input", "ввод");
pub const RATE_LIMITED: Phrase = Phrase::new("rate", "частота");
pub const COUNT: Noun = Noun::new(["endpoint", "endpoints"], ["эндпоинт", "эндпоинта", "эндпоинтов"]);
pub const ENDPOINTS_NOTE: Phrase = Phrase::new(
    "Problems are the open findings on the registration or in the handler; “–” means that no rule found one there, not \
     that there is none. Pages are left out; `readiness routes` lists everything.",
    "Проблемы — открытые находки в регистрации или обработчике; «–» значит, что правила там ничего не нашли, а не что \
     проблем нет. Страницы не перечислены; всё показывает `readiness routes`.",
);

/// Why everybody may call an endpoint, or why not everything about it is known.
pub fn reason(name: &str) -> Option<Phrase> {
    Some(match name {
        "health" => Phrase::new("health check", "проверка состояния"),
        "authentication" => Phrase::new("logs people in", "вход в систему"),
        "webhook" => Phrase::new("webhook", "вебхук"),
        "static" => Phrase::new("static files", "статические файлы"),
        "declared" => Phrase::new("declared public", "объявлен публичным"),
        "docs" => Phrase::new("documentation", "документация"),
        "mount" => Phrase::new("its mount was not found", "место подключения не найдено"),
        "path" => Phrase::new("its path is computed", "путь вычисляется"),
        "middleware" => Phrase::new("middleware could not be followed", "middleware не удалось проследить"),
        "handler" => Phrase::new("its handler was not found", "обработчик не найден"),
        _ => return None,
    })
}
