//! The words of the pages in English and Russian.

use crate::model::{Confidence, Lang, Scope, Severity};

pub(super) struct Words {
    pub(super) lang: Lang,
    pub(super) rules: &'static str,
    pub(super) rule: &'static str,
    pub(super) severity: &'static str,
    pub(super) criterion: &'static str,
    pub(super) category: &'static str,
    pub(super) count: &'static str,
    pub(super) intro: &'static str,
    pub(super) beside: &'static str,
    pub(super) suppressions: &'static str,
    pub(super) no_criterion: &'static str,
    pub(super) fail_on: &'static str,
    pub(super) why: &'static str,
    pub(super) how: &'static str,
    pub(super) examples: &'static str,
    pub(super) fix: &'static str,
    pub(super) tune: &'static str,
    pub(super) measured: &'static str,
    pub(super) references: &'static str,
    pub(super) once: &'static str,
    pub(super) per_component: &'static str,
    pub(super) certain: &'static str,
    pub(super) likely: &'static str,
    pub(super) guess: &'static str,
    pub(super) parents: &'static str,
    pub(super) mandatory: &'static str,
    pub(super) effort: &'static str,
    pub(super) creates: &'static str,
    pub(super) found_at: &'static str,
    pub(super) missing_at: &'static str,
    pub(super) empty: &'static str,
    pub(super) accept: &'static str,
    pub(super) weigh: &'static str,
    pub(super) options: &'static str,
    pub(super) attest: &'static str,
    pub(super) team: &'static str,
    verdicts: [&'static str; 5],
}

pub(super) fn of(lang: Lang) -> &'static Words {
    match lang {
        Lang::En => &EN,
        Lang::Ru => &RU,
    }
}

impl Words {
    pub(super) fn scope(&self, scope: Scope) -> &'static str {
        match scope {
            Scope::Repository => self.once,
            Scope::Component => self.per_component,
        }
    }

    pub(super) fn confidence(&self, confidence: Confidence) -> &'static str {
        match confidence {
            Confidence::Certain => self.certain,
            Confidence::Likely => self.likely,
            Confidence::Guess => self.guess,
        }
    }

    pub(super) fn verdict(&self, verdict: &str) -> &'static str {
        let all = ["fail", "pass", "not-applicable", "unknown", "manual"];
        let at = all.iter().position(|one| *one == verdict).unwrap_or(3);
        self.verdicts[at]
    }

    /// How many of the findings that were opened were right.
    pub(super) fn measured(&self, right: u32, opened: u32, kinds: &str, date: &str) -> String {
        self.measured
            .replace("{right}", &right.to_string())
            .replace("{opened}", &opened.to_string())
            .replace("{kinds}", kinds)
            .replace("{date}", date)
    }
}

/// A milder severity than `severity`, for an example of how to weigh a rule otherwise.
pub(super) fn milder(severity: Severity) -> Severity {
    match severity {
        Severity::Critical => Severity::High,
        Severity::High => Severity::Medium,
        Severity::Medium => Severity::Low,
        Severity::Low | Severity::Info => Severity::Info,
    }
}

static EN: Words = Words {
    lang: Lang::En,
    rules: "Rules",
    rule: "Rule",
    severity: "Severity",
    criterion: "What should hold",
    category: "Category",
    count: "Rules",
    intro: "Every rule asks a yes/no question. Its id names the defect, its title says what should hold. A page says why \
            it is asked, how it decides, with examples that are its tests, and what to do.",
    beside: "What is said about comments and entries that should take findings out, and do not work:",
    suppressions: "Suppressions",
    no_criterion: "It belongs to no criterion, and weighs nothing in the score.",
    fail_on: "No comment takes it out, and no gate fails on it unless `readiness.toml` says so:",
    why: "Why",
    how: "How it decides",
    examples: "Examples",
    fix: "How to fix it",
    tune: "How to tune it",
    measured: "Measured on {date}: {right} of {opened} findings that were opened in real repositories ({kinds}) were right.",
    references: "References",
    once: "Asked once of the repository.",
    per_component: "Asked of every component.",
    certain: "What it finds is certain.",
    likely: "What it finds is likely.",
    guess: "What it finds is a guess: shown with `--all`, never counted.",
    parents: "Not applicable where one of these fails:",
    mandatory: "A gate insists on an answer.",
    effort: "Takes about {minutes} minutes for one place.",
    creates: "Creates:",
    found_at: "Found in line",
    missing_at: "Missing at",
    empty: "(an empty file)",
    accept: "A single place is accepted by a comment at the end of its line, or alone on the line above:",
    weigh: "In `readiness.toml` the rule gets another weight, or is switched off with a reason that every report shows \
            (`enabled = false`):",
    options: "Or move its thresholds:",
    attest: "The question is answered in `readiness.toml`:",
    team: "A rule of the team, written in",
    verdicts: ["Fails", "Passes", "Not applicable", "Unknown", "A person answers"],
};

static RU: Words = Words {
    lang: Lang::Ru,
    rules: "Правила",
    rule: "Правило",
    severity: "Уровень",
    criterion: "Что должно выполняться",
    category: "Категория",
    count: "Правил",
    intro: "Каждое правило — вопрос с ответом «да» или «нет». Идентификатор называет дефект, заголовок — то, что должно \
            выполняться. На странице сказано, зачем это нужно, как правило решает (с примерами, они же тесты) и что \
            сделать.",
    beside: "О комментариях и записях, которые должны скрывать находки и не работают:",
    suppressions: "Подавления",
    no_criterion: "Не относится ни к одному критерию и не влияет на оценку.",
    fail_on: "Комментарием его не скрыть, а условия оно нарушает, только если так сказано в `readiness.toml`:",
    why: "Зачем",
    how: "Как решает",
    examples: "Примеры",
    fix: "Что сделать",
    tune: "Как настроить",
    measured: "Проверено {date}: из {opened} находок, открытых в настоящих репозиториях ({kinds}), верны {right}.",
    references: "Ссылки",
    once: "Проверяется один раз для всего репозитория.",
    per_component: "Проверяется для каждого компонента.",
    certain: "Находки достоверны.",
    likely: "Находки вероятны.",
    guess: "Находки — догадки: видны с `--all`, не учитываются.",
    parents: "Не применяется там, где не выполнено одно из правил:",
    mandatory: "Без ответа условия не будут выполнены.",
    effort: "Займёт около {minutes} мин на одно место.",
    creates: "Появятся файлы:",
    found_at: "Найдено в строке",
    missing_at: "Отсутствует:",
    empty: "(пустой файл)",
    accept: "Одно место принимают комментарием в конце его строки или отдельно строкой выше:",
    weigh: "В `readiness.toml` правилу меняют вес или отключают его с причиной, которую покажет каждый отчёт \
            (`enabled = false`):",
    options: "Или сдвинуть пороги:",
    attest: "На вопрос отвечают в `readiness.toml`:",
    team: "Правило команды, файл",
    verdicts: ["Не выполнено", "Выполнено", "Не применимо", "Неизвестно", "Отвечает человек"],
};
