//! The words of reports that programs read and pass on to people, in English and Russian.

use super::Plural;
use crate::model::Lang;

/// The words of one language.
pub struct MachineStrings {
    pub lang: Lang,

    /// Behind the message of a finding whose file does not exist.
    pub missing: &'static str,
    pub guess: &'static str,
    pub score: &'static str,
    pub of_ten: &'static str,
    pub no_score: &'static str,
    pub open_findings: Plural,
    pub suppressed_findings: Plural,
    /// Open findings when others are known.
    pub new_findings: Plural,
    /// Behind the number of findings that were there before.
    pub known_findings: &'static str,
    /// Criteria that have no answer: unknown and manual ones.
    pub unanswered_criteria: Plural,
    pub diagnostics: Plural,
    /// Some rules were left out.
    pub partial: &'static str,

    pub suppressed: &'static str,
    /// Findings that were there before.
    pub known: &'static str,
    pub not_assessed: &'static str,
    pub unknown: &'static str,
    pub manual: &'static str,
    pub not_applicable: &'static str,
    pub denied: &'static str,
    pub fix: &'static str,
    pub verify: &'static str,
    pub why: &'static str,
    pub references: &'static str,
    pub place: &'static str,
    pub reason: &'static str,
    pub more: &'static str,
    /// Above the findings that exceed what annotations can show.
    pub beyond_annotations: &'static str,
    pub verify_hint: &'static str,
    pub nothing_open: &'static str,

    pub comparison: &'static str,
    pub before: &'static str,
    pub after: &'static str,
    pub change: &'static str,
    pub category: &'static str,
    pub overall: &'static str,
    pub verdict: &'static str,
    pub severity: &'static str,
    pub rule: &'static str,
    pub finding: &'static str,
    pub new: &'static str,
    pub resolved: &'static str,
    pub unchanged: &'static str,
    pub accepted: &'static str,
    pub reopened: &'static str,
    pub no_longer_assessed: &'static str,
    pub rule_is_new: &'static str,
    pub severity_was: &'static str,
    pub caution: &'static str,
    pub other_rubric: &'static str,
    pub other_basis: &'static str,
    pub standard_basis: &'static str,
    pub other_schema: &'static str,
    pub other_tool: &'static str,
    pub other_repository: &'static str,
    pub partial_before: &'static str,
    pub partial_after: &'static str,
    pub nothing_changed: &'static str,
}

/// The words of `lang`.
pub fn machine_strings(lang: Lang) -> &'static MachineStrings {
    match lang {
        Lang::En => &EN,
        Lang::Ru => &RU,
    }
}

impl MachineStrings {
    /// `n` with the form of `noun` that goes with it.
    pub fn count(&self, n: usize, noun: Plural) -> String {
        format!("{n} {}", noun.of(self.lang, n))
    }
}

static EN: MachineStrings = MachineStrings {
    lang: Lang::En,

    missing: "expected at {path}",
    guess: "guess",
    score: "Score",
    of_ten: "of 10",
    no_score: "no score",
    open_findings: Plural::en("open finding", "open findings"),
    suppressed_findings: Plural::en("suppressed finding", "suppressed findings"),
    new_findings: Plural::en("new finding", "new findings"),
    known_findings: "known",
    unanswered_criteria: Plural::en("criterion not assessed", "criteria not assessed"),
    diagnostics: Plural::en("diagnostic", "diagnostics"),
    partial: "only some of the rules were asked",

    suppressed: "Suppressed",
    known: "Known",
    not_assessed: "Not assessed",
    unknown: "unknown",
    manual: "for a person to confirm",
    not_applicable: "not applicable",
    denied: "denied by a person",
    fix: "Fix",
    verify: "Verify",
    why: "Why",
    references: "References",
    place: "Place",
    reason: "Reason",
    more: "and {n} more",
    beyond_annotations: "Not shown as annotations, because a step shows ten of each kind",
    verify_hint: "Run in the scanned folder; exit code 0 when nothing of the rule is open.",
    nothing_open: "No criterion fails.",

    comparison: "Production readiness: what changed",
    before: "Before",
    after: "After",
    change: "Change",
    category: "Category",
    overall: "Overall",
    verdict: "Verdict",
    severity: "Severity",
    rule: "Rule",
    finding: "Finding",
    new: "New",
    resolved: "Resolved",
    unchanged: "Unchanged",
    accepted: "Suppressed since",
    reopened: "No longer suppressed",
    no_longer_assessed: "No longer assessed",
    rule_is_new: "this rule was not asked before",
    severity_was: "was {severity}",
    caution: "Compare with care",
    other_basis: "the rubric differs, since weights or the tier changed ({old} and then {new}), so the scores mean different things",
    standard_basis: "the standard",
    other_rubric: "the scores were made with different rubrics ({old} and {new}): their difference means little",
    other_schema: "the reports have different versions ({old} and {new})",
    other_tool: "the reports were written by different versions of the tool ({old} and {new}): rules may have changed",
    other_repository: "the reports speak of different repositories (`{old}` and `{new}`)",
    partial_before: "the older report asked only some of the rules",
    partial_after: "the newer report asked only some of the rules",
    nothing_changed: "No finding is new, resolved or changed.",
};

static RU: MachineStrings = MachineStrings {
    lang: Lang::Ru,

    missing: "ожидается здесь: {path}",
    guess: "догадка",
    score: "Оценка",
    of_ten: "из 10",
    no_score: "без оценки",
    open_findings: Plural::ru("открытое замечание", "открытых замечания", "открытых замечаний"),
    suppressed_findings: Plural::ru("скрытое замечание", "скрытых замечания", "скрытых замечаний"),
    new_findings: Plural::ru("новое замечание", "новых замечания", "новых замечаний"),
    known_findings: "уже известно",
    unanswered_criteria: Plural::ru("критерий не оценён", "критерия не оценены", "критериев не оценено"),
    diagnostics: Plural::ru("сообщение диагностики", "сообщения диагностики", "сообщений диагностики"),
    partial: "проверена только часть правил",

    suppressed: "Принято и скрыто",
    known: "Известно",
    not_assessed: "Не оценено",
    unknown: "неизвестно",
    manual: "должен подтвердить человек",
    not_applicable: "неприменимо",
    denied: "человек ответил отрицательно",
    fix: "Решение",
    verify: "Проверка",
    why: "Зачем",
    references: "Ссылки",
    place: "Место",
    reason: "Причина",
    more: "и ещё {n}",
    beyond_annotations: "Не показано аннотациями: шаг показывает не больше десяти каждого вида",
    verify_hint: "Запускать в проверенной папке; код выхода 0, когда по правилу не осталось открытых замечаний.",
    nothing_open: "Невыполненных критериев нет.",

    comparison: "Готовность к продакшену: что изменилось",
    before: "Было",
    after: "Стало",
    change: "Разница",
    category: "Категория",
    overall: "Общая оценка",
    verdict: "Вердикт",
    severity: "Уровень",
    rule: "Правило",
    finding: "Замечание",
    new: "Новые",
    resolved: "Исправленные",
    unchanged: "Без изменений",
    accepted: "Скрытые с тех пор",
    reopened: "Больше не скрытые",
    no_longer_assessed: "Больше не оцениваются",
    rule_is_new: "раньше это правило не проверялось",
    severity_was: "было {severity}",
    caution: "Сравнивать с осторожностью",
    other_basis: "шкала другая: изменились веса или уровень ({old}, затем {new}), оценки значат разное",
    standard_basis: "стандартная",
    other_rubric: "оценки получены по разным шкалам ({old} и {new}), их разница мало что значит",
    other_schema: "у отчётов разные версии формата ({old} и {new})",
    other_tool: "отчёты составлены разными версиями инструмента ({old} и {new}), правила могли измениться",
    other_repository: "отчёты о разных репозиториях (`{old}` и `{new}`)",
    partial_before: "в старом отчёте проверена только часть правил",
    partial_after: "в новом отчёте проверена только часть правил",
    nothing_changed: "Новых, исправленных и изменившихся замечаний нет.",
};
