//! The words of the commands in English and Russian; those of the reports are in `i18n`.

use readiness::{
    i18n::Plural,
    model::{Confidence, Lang, Scope},
};

/// One language's words.
pub(super) struct Words {
    pub(super) gate_fails: &'static str,
    pub(super) open_criteria: Plural,
    pub(super) at_or_above: &'static str,
    pub(super) the_score: &'static str,
    pub(super) the_verdict: &'static str,
    pub(super) is_below: &'static str,
    pub(super) no_score: &'static str,
    pub(super) files: &'static str,

    pub(super) why: &'static str,
    pub(super) how: &'static str,
    pub(super) fix: &'static str,
    pub(super) examples: &'static str,
    pub(super) references: &'static str,
    pub(super) suppress: &'static str,
    pub(super) tune: &'static str,
    pub(super) no_criterion: &'static str,
    pub(super) fail_on: &'static str,
    pub(super) measured: &'static str,
    pub(super) missing_at: &'static str,
    pub(super) once: &'static str,
    pub(super) per_component: &'static str,
    pub(super) certain: &'static str,
    pub(super) likely: &'static str,
    pub(super) guess: &'static str,
    pub(super) parents: &'static str,
    pub(super) effort: &'static str,
    pub(super) minutes: &'static str,
    pub(super) hours: &'static str,
    pub(super) for_one_place: &'static str,
    pub(super) creates: &'static str,
    pub(super) more_examples: &'static str,
    pub(super) mandatory: &'static str,

    pub(super) fail: &'static str,
    pub(super) pass: &'static str,
    pub(super) not_applicable: &'static str,
    pub(super) unknown: &'static str,
    pub(super) manual: &'static str,
    pub(super) empty_file: &'static str,
    pub(super) reason: &'static str,

    pub(super) team_rule: &'static str,
    pub(super) of_the_team: &'static str,
    pub(super) rules: Plural,
    pub(super) explain_hint: &'static str,
}

impl Words {
    pub(super) fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::En => &EN,
            Lang::Ru => &RU,
        }
    }

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

    /// The name of a case's verdict.
    pub(super) fn verdict(&self, verdict: &str) -> &'static str {
        match verdict {
            "fail" => self.fail,
            "pass" => self.pass,
            "not-applicable" => self.not_applicable,
            "manual" => self.manual,
            _ => self.unknown,
        }
    }
}

static EN: Words = Words {
    gate_fails: "The gate fails:",
    open_criteria: Plural { one: "open criterion", few: "open criteria", many: "open criteria" },
    at_or_above: "at or above",
    the_score: "the score",
    the_verdict: "the verdict",
    is_below: "is below",
    no_score: "nothing could be scored, and the gate asks for at least",
    files: "files",

    why: "Why",
    how: "How it decides",
    fix: "Fix",
    examples: "Examples",
    references: "References",
    suppress: "Suppress",
    tune: "Weigh otherwise, in readiness.toml",
    no_criterion: "It belongs to no criterion, and weighs nothing in the score.",
    fail_on: "Let the gate fail on it, in readiness.toml",
    measured: "Measured on {date}: {right} of {opened} findings opened in real repositories ({kinds}) were right.",
    missing_at: "missing:",
    once: "Asked once of the repository.",
    per_component: "Asked of every component.",
    certain: "What it finds is certain.",
    likely: "What it finds is likely.",
    guess: "What it finds is a guess: shown with --all, never counted.",
    parents: "Not applicable where one of these fails:",
    effort: "Takes about",
    minutes: "min",
    hours: "h",
    for_one_place: "for one place.",
    creates: "Creates:",
    more_examples: "All examples are in the project's",
    mandatory: "A gate insists on an answer.",

    fail: "fails",
    pass: "passes",
    not_applicable: "not applicable",
    unknown: "unknown",
    manual: "a person answers",
    empty_file: "(empty)",
    reason: "reason",

    team_rule: "A rule of the team:",
    of_the_team: "of the team",
    rules: Plural { one: "rule", few: "rules", many: "rules" },
    explain_hint: "`readiness explain RULE` says more about one.",
};

static RU: Words = Words {
    gate_fails: "Условия не выполнены:",
    open_criteria: Plural {
        one: "открытый критерий", few: "открытых критерия", many: "открытых критериев"
    },
    at_or_above: "с уровнем не ниже",
    the_score: "оценка",
    the_verdict: "вердикт",
    is_below: "ниже",
    no_score: "оценивать нечего, а требуется не меньше",
    files: "файлов",

    why: "Зачем",
    how: "Как решает",
    fix: "Что сделать",
    examples: "Примеры",
    references: "Ссылки",
    suppress: "Как отключить",
    tune: "Другой вес, в readiness.toml",
    no_criterion: "Не относится ни к одному критерию и не влияет на оценку.",
    fail_on: "Чтобы условия его учитывали, в readiness.toml",
    measured: "Проверено {date}: из {opened} находок, открытых в настоящих репозиториях ({kinds}), верны {right}.",
    missing_at: "отсутствует:",
    once: "Проверяется один раз для всего репозитория.",
    per_component: "Проверяется для каждого компонента.",
    certain: "Находки достоверны.",
    likely: "Находки вероятны.",
    guess: "Находки — догадки: видны с --all, не учитываются.",
    parents: "Не применяется там, где не выполнено одно из правил:",
    effort: "Займёт около",
    minutes: "мин",
    hours: "ч",
    for_one_place: "на одно место.",
    creates: "Появятся файлы:",
    more_examples: "Все примеры — в проекте,",
    mandatory: "Без ответа условия не будут выполнены.",

    fail: "не выполнено",
    pass: "выполнено",
    not_applicable: "не применимо",
    unknown: "неизвестно",
    manual: "отвечает человек",
    empty_file: "(пусто)",
    reason: "причина",

    team_rule: "Правило команды:",
    of_the_team: "от команды",
    rules: Plural { one: "правило", few: "правила", many: "правил" },
    explain_hint: "Подробнее об одном: `readiness explain ПРАВИЛО`.",
};
