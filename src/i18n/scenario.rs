//! Situations that people meet in an interface, in the words of a review.

use super::Phrase;

pub const TITLE: Phrase = Phrase::new("Scenarios", "Сценарии");
pub const SCENARIO: Phrase = Phrase::new("Scenario", "Сценарий");
pub const CHECK: Phrase = Phrase::new("Check", "Проверка");
pub const EMPTY: Phrase = Phrase::new("Nothing in `{entity}` yet", "Пусто: `{entity}`");
pub const EMPTY_QUESTION: Phrase = Phrase::new(
    "What do the pages show while `{endpoint}` lists nothing, and does it say what to do next?",
    "Что показывают страницы, пока `{endpoint}` ничего не возвращает, и подсказан ли следующий шаг?",
);
pub const NOTE: Phrase = Phrase::new(
    "Each line is a criterion's answer, or a question about an endpoint that lists something: code alone does not tell \
     what a person sees.",
    "Каждая строка — ответ критерия или вопрос об эндпоинте, возвращающем список: что видит человек, по одному коду не \
     определить.",
);

/// The rules that answer a scenario, in the order in which a person meets them.
pub const RULES: &[(&str, Phrase)] = &[
    ("onboarding-flow-missing", Phrase::new("Somebody uses it for the first time", "Первый вход нового пользователя")),
    ("next-step-hints-missing", Phrase::new("A step is done", "Шаг завершён, нужен следующий")),
    ("validation-error-format", Phrase::new("What was entered is not valid", "Введены неверные данные")),
    ("native-dialog", Phrase::new("Something has to be confirmed", "Действие нужно подтвердить")),
    ("limits-shown-in-ui", Phrase::new("A limit is about to be reached", "Ограничение почти исчерпано")),
    (
        "http-401-403-client-handling",
        Phrase::new("The session has ended, or access is refused", "Сессия истекла или нет прав"),
    ),
    (
        "react-error-boundary-missing",
        Phrase::new("A component fails while it is shown", "Ошибка при отрисовке компонента"),
    ),
    (
        "next-error-pages-missing",
        Phrase::new("A page fails, or an address leads nowhere", "Ошибка страницы или неверный адрес"),
    ),
    ("product-completeness", Phrase::new("Every visible feature is tried", "Используется каждая видимая функция")),
];

/// Those among them that are asked only where there is an interface.
pub const INTERFACE: &[&str] = &[
    "onboarding-flow-missing",
    "next-step-hints-missing",
    "native-dialog",
    "limits-shown-in-ui",
    "http-401-403-client-handling",
    "react-error-boundary-missing",
    "next-error-pages-missing",
    "product-completeness",
];
