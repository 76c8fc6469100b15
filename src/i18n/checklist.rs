//! The words of checklists.

use super::{Noun, Phrase};

pub const TITLE: Phrase = Phrase::new("Deployment checklist", "Чек-лист развёртывания");
pub const LEGEND: Phrase = Phrase::new(
    "A ticked box was proved by the audit or confirmed by a person. An open one fails, or only people can tell.",
    "Отмеченное доказано проверкой или подтверждено человеком. Неотмеченное не выполнено, либо ответить может только человек.",
);
pub const STATE: Phrase = Phrase::new("State", "Состояние");
pub const STANDING: Phrase = Phrase::new(
    "{done} of {all} ticked, {failed} fail, {asked} to ask",
    "отмечено {done} из {all}, не выполнено {failed}, спросить {asked}",
);
pub const CONTENTS: Phrase = Phrase::new("Contents", "Оглавление");
pub const ASK: Phrase = Phrase::new("ask", "спросить");
pub const UNKNOWN: Phrase = Phrase::new("the repository does not tell", "по репозиторию не видно");
pub const WAITS: Phrase = Phrase::new("asked once {rule} holds", "проверяется, когда выполнено {rule}");
pub const ACCEPTED: Phrase = Phrase::new("accepted", "принято");
pub const CONFIRMED: Phrase = Phrase::new("confirmed", "подтверждено");
pub const DENIED: Phrase = Phrase::new("does not hold", "не выполнено");
pub const DEPLOY: Phrase = Phrase::new("Deploy {kind} {name}", "Развернуть {kind} {name}");
pub const HEALTH: Phrase =
    Phrase::new("{path} of {name} answers that it is well", "{path} компонента {name} отвечает, что всё в порядке");
pub const NO_HEALTH: Phrase = Phrase::new(
    "{name} runs (it has no health route that the audit knows)",
    "{name} работает (маршрут проверки здоровья не найден)",
);
pub const NOTHING_RUNS: Phrase =
    Phrase::new("Nothing here is deployed on its own.", "Здесь нет того, что развёртывается отдельно.");

pub const WORKER: Phrase = Phrase::new("the worker", "воркер");
pub const SERVICE: Phrase = Phrase::new("the service", "сервис");
pub const WEB_APP: Phrase = Phrase::new("the web application", "веб-приложение");

pub const ENVIRONMENT: Phrase = Phrase::new("Environment variables", "Переменные окружения");
pub const CRITICAL: Phrase = Phrase::new("Critical: a value has to be set", "Критичные: значение должно быть задано");
pub const OPTIONAL: Phrase = Phrase::new("Optional: there is a default", "Необязательные: есть значение по умолчанию");
pub const DECLARED_ONLY: Phrase = Phrase::new(
    "Declared, and not read by code that the audit knows",
    "Объявлены, но в известном проверке коде не читаются",
);
pub const OTHERS: Phrase = Phrase::new("Others", "Прочие");
pub const SECRET: Phrase = Phrase::new("SECRET", "СЕКРЕТ");
pub const PUBLIC: Phrase = Phrase::new("public: every browser sees it", "публичная: видна в браузере");
pub const SECRET_PUBLIC: Phrase = Phrase::new("a secret that every browser sees", "секрет, который виден в браузере");
pub const READ_AT: Phrase = Phrase::new("read at", "читается в");
pub const DECLARED_AT: Phrase = Phrase::new("declared at", "объявлена в");
pub const UNDECLARED: Phrase = Phrase::new("declared nowhere", "нигде не объявлена");
pub const UNCHECKED: Phrase = Phrase::new("no check that it is set was found", "проверка, что она задана, не найдена");
pub const HAS_DEFAULT: Phrase =
    Phrase::new("its default in the code must not be used", "значение по умолчанию из кода использовать нельзя");
pub const CHECKED_AT: Phrase = Phrase::new("checked at", "проверяется в");
pub const STORAGE: Phrase = Phrase::new("Where the values live", "Где хранятся значения");
pub const STORE_SECRETS: Phrase = Phrase::new(
    "Every variable marked SECRET is in the platform's secrets or a vault, and in no file",
    "Все переменные с пометкой СЕКРЕТ лежат в секретах платформы или в хранилище секретов, а не в файлах",
);
pub const BACKUP_SECRETS: Phrase = Phrase::new(
    "A copy of the secrets exists where at least two people can reach it",
    "Копия секретов есть там, куда имеют доступ хотя бы два человека",
);
pub const DIFFERENT_SECRETS: Phrase = Phrase::new(
    "Development, staging and production have different secrets",
    "У разработки, staging и продакшена разные секреты",
);
pub const NO_VARIABLES: Phrase = Phrase::new(
    "No environment variable is read or declared here.",
    "Переменные окружения здесь не читаются и не объявляются.",
);

pub const VARIABLE_COUNT: Noun = Noun::new(["variable", "variables"], ["переменная", "переменные", "переменных"]);
pub const MORE_PLACES: Noun = Noun::new(["more place", "more places"], ["место", "места", "мест"]);
pub const AND_MORE: Phrase = Phrase::new("{n}", "ещё {n}");
