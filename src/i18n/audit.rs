//! The words of audits, and of the numbers that reviews and audits share.

use super::{Noun, Phrase};

pub const TITLE: Phrase = Phrase::new("Production readiness audit", "Аудит готовности к продакшену");
pub const OVERALL: Phrase = Phrase::new("Overall readiness", "Общая оценка готовности");
pub const KIND: Phrase = Phrase::new("Kind", "Вид");
pub const BLOCKER: Phrase = Phrase::new("Blocker", "Блокер");
pub const BLOCKERS: Phrase = Phrase::new("Blockers", "Блокеры");
pub const SERIOUS: Phrase = Phrase::new("Serious problems", "Серьёзные проблемы");
pub const OTHERS: Phrase = Phrase::new("Further problems", "Остальные проблемы");
pub const AREA: Phrase = Phrase::new("Area", "Область");
pub const WORST: Phrase = Phrase::new("Worst open", "Самое серьёзное");
pub const IF_DEPLOYED: Phrase = Phrase::new("If it is deployed now", "Если развернуть сейчас");
pub const NO_BLOCKER: Phrase = Phrase::new("No CRITICAL criterion fails.", "Все критерии уровня CRITICAL выполнены.");
pub const NOTHING_FAILS: Phrase = Phrase::new("Nothing of this kind fails.", "Таких проблем нет.");
pub const FAILING: Phrase = Phrase::new("Failing criteria", "Не выполнено критериев");
pub const TOP: Phrase = Phrase::new("The first to repair", "Что исправить в первую очередь");
pub const TIME: Phrase = Phrase::new("Time to production", "Время до продакшена");
pub const TIME_CRITICAL: Phrase = Phrase::new("without blockers", "без блокеров");
pub const TIME_HIGH: Phrase = Phrase::new("without serious problems", "без серьёзных проблем");
pub const TIME_ALL: Phrase = Phrase::new("with everything repaired", "всё исправлено");
pub const PROBLEM: Phrase = Phrase::new("Problem", "Проблема");
pub const CONSEQUENCES: Phrase = Phrase::new("Consequences", "Последствия");
pub const SOLUTION: Phrase = Phrase::new("Solution", "Решение");
pub const TOTAL_OF: Phrase = Phrase::new("Total of {area}", "Итого {area}");
pub const WORKS: Phrase = Phrase::new("What works well", "Что работает хорошо");
pub const STRONG: Phrase = Phrase::new("Strong sides", "Положительные стороны");
pub const RESIDUAL: Phrase = Phrase::new("Left over", "Осталось");
pub const NOTHING_WORKS: Phrase = Phrase::new("Nothing could be proved.", "Ничего не удалось подтвердить.");

pub const NUMBERS: Phrase = Phrase::new("Counted", "Подсчёты");
pub const COUNTED: Phrase = Phrase::new("What", "Что");
pub const FINE: Phrase = Phrase::new("Fine", "В порядке");
pub const LEFT: Phrase = Phrase::new("Left", "Осталось");
pub const SHARE: Phrase = Phrase::new("Share", "Доля");
pub const HOT_SPOTS: Phrase = Phrase::new("Hot spots", "Проблемные файлы");
pub const FILE: Phrase = Phrase::new("File", "Файл");
pub const RULES: Phrase = Phrase::new("Rules", "Правила");

pub const RISKS: Phrase = Phrase::new("Risk register", "Реестр рисков");
pub const RISK: Phrase = Phrase::new("Risk", "Риск");
pub const SURE: Phrase = Phrase::new("How sure", "Достоверность");
pub const MITIGATION: Phrase = Phrase::new("Mitigation", "Митигация");
pub const CONTINGENCY: Phrase = Phrase::new("If it happens", "Если случилось");
pub const CERTAIN: Phrase = Phrase::new("certain", "достоверно");
pub const LIKELY: Phrase = Phrase::new("likely", "вероятно");
pub const GUESS: Phrase = Phrase::new("guess", "догадка");
pub const NO_RISKS: Phrase =
    Phrase::new("No CRITICAL or HIGH criterion fails.", "Все критерии CRITICAL и HIGH выполнены.");
pub const RISK_NOTE: Phrase = Phrase::new(
    "How likely a risk is depends on traffic and attackers that no repository shows, so no probability is given.",
    "Вероятность риска зависит от нагрузки и атак, которых по репозиторию не видно, поэтому она не указана.",
);

pub const CONCLUSIONS: Phrase = Phrase::new("Conclusions and recommendations", "Выводы и рекомендации");
pub const STRONG_AREAS: Phrase = Phrase::new("What is strong", "Сильные области");
pub const GAPS: Phrase = Phrase::new("What blocks", "Критические пробелы");
pub const WEAK_AREAS: Phrase = Phrase::new("What is weak", "Слабые области");
pub const UNKNOWNS: Phrase = Phrase::new("What nobody knows yet", "Что пока неизвестно");
pub const NONE: Phrase = Phrase::new("none", "нет");
pub const UNKNOWN_CRITERIA: Phrase =
    Phrase::new("the repository does not answer: {n}", "репозиторий не даёт ответа: {n}");
pub const OPEN_QUESTIONS: Phrase = Phrase::new("only people can answer: {n}", "ответить могут только люди: {n}");
pub const SHORT: Phrase = Phrase::new("Short term", "Краткосрочные");
pub const MIDDLE: Phrase = Phrase::new("Middle term", "Среднесрочные");
pub const LONG: Phrase = Phrase::new("Long term", "Долгосрочные");
pub const OUTLOOK: Phrase = Phrase::new("Where this leads", "К чему это приведёт");
pub const STEP: Phrase = Phrase::new("Step", "Шаг");
pub const NOW: Phrase = Phrase::new("Now", "Сейчас");
pub const AFTER_PHASE: Phrase = Phrase::new("After phase {n}: {title}", "После фазы {n}: {title}");
pub const COMMANDS: Phrase = Phrase::new("Appendix: commands", "Приложение: команды");

pub const CRITERIA: Noun = Noun::new(["criterion", "criteria"], ["критерий", "критерия", "критериев"]);

/// What to do when a risk of this category has come true.
pub fn contingency(category: &str) -> Phrase {
    match category {
        "security" | "data-security" => Phrase::new(
            "close the hole or the service, replace every secret in reach, read the access logs, tell those affected",
            "закрыть брешь или сервис, заменить все доступные секреты, изучить журналы доступа, сообщить затронутым",
        ),
        "architecture-deploy" | "ci-cd" => Phrase::new(
            "bring the former version back, stop further deployments",
            "вернуть предыдущую версию, остановить развёртывания",
        ),
        "reliability" => Phrase::new(
            "restart, restore the last good backup, run lost jobs again",
            "перезапустить, восстановить последнюю исправную копию, повторить потерянные задания",
        ),
        "performance" => Phrase::new(
            "limit the traffic, add instances, switch the slow function off",
            "ограничить трафик, добавить экземпляры, отключить медленную функцию",
        ),
        "observability" | "operations-docs" | "documentation" => Phrase::new(
            "put the people who know it on call, look by hand until it is watched",
            "поставить на дежурство тех, кто знает систему, следить вручную, пока нет наблюдения",
        ),
        "environments" => Phrase::new(
            "correct the setting, restart, compare every variable with the list",
            "исправить настройку, перезапустить, сверить все переменные со списком",
        ),
        _ => Phrase::new(
            "bring the former version back and repair on a branch",
            "вернуть предыдущую версию и исправлять в отдельной ветке",
        ),
    }
}
