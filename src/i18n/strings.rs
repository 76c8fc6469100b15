//! Every word of the interface, twice: a missing translation does not compile.

use super::Plural;
use crate::model::{Lang, Obstacle, Readiness};

/// The words of one language.
pub struct Strings {
    pub lang: Lang,

    pub not_ready: &'static str,
    pub staging: &'static str,
    pub production: &'static str,
    pub hardened: &'static str,
    pub not_assessed: &'static str,

    pub partial: &'static str,
    pub nothing_scored: &'static str,
    pub critical_open: &'static str,
    pub critical_not_examined: &'static str,
    pub score_below_staging: &'static str,
    pub high_open: &'static str,
    pub high_not_examined: &'static str,
    pub mandatory_open: &'static str,
    pub score_below_production: &'static str,
    pub score_below_hardened: &'static str,

    pub category: &'static str,
    pub component: &'static str,
    pub score: &'static str,
    pub status: &'static str,
    pub matters_most: &'static str,
    pub no_score: &'static str,
    pub worst: &'static str,

    pub findings: &'static str,
    pub guess: &'static str,
    pub no_findings: &'static str,
    pub fix: &'static str,
    pub note: &'static str,
    pub missing_here: &'static str,
    pub and_more: &'static str,
    pub all_shows: &'static str,
    pub explain_hint: &'static str,

    pub passed: &'static str,
    pub searched: &'static str,
    pub looked_at: &'static str,
    pub unknown: &'static str,
    pub unknown_engine: &'static str,
    pub manual: &'static str,
    pub confirmed: &'static str,
    pub denied: &'static str,
    pub not_applicable: &'static str,
    pub suppressed: &'static str,
    pub suppressed_inline: &'static str,
    pub suppressed_config: &'static str,
    pub suppressed_baseline: &'static str,
    pub suppression_unused: &'static str,
    pub suppression_expired: &'static str,
    pub suppression_refused: &'static str,

    pub files_read: Plural,
    pub files: Plural,
    pub files_parsed: &'static str,
    pub files_with_errors: &'static str,
    pub files_skipped: &'static str,
    pub coverage_short: &'static str,
    pub coverage_legend: &'static str,

    pub count_passed: &'static str,
    pub count_unknown: &'static str,
    pub count_manual: &'static str,
    pub count_not_applicable: &'static str,
    pub count_suppressed: &'static str,

    pub timing: &'static str,
    pub fix_first_one: &'static str,
    pub fix_first_two: &'static str,
    pub fix_first_three: &'static str,
    pub places: Plural,
    pub components: Plural,
    pub minutes: &'static str,
    pub hours: &'static str,
    pub days: &'static str,

    pub review_title: &'static str,
    pub project: &'static str,
    pub commit: &'static str,
    pub date: &'static str,
    pub tool: &'static str,
    pub rubric: &'static str,
    pub stack: &'static str,
    pub summary: &'static str,
    pub overall_status: &'static str,
    pub criterion: &'static str,
    pub details: &'static str,
    pub found: &'static str,
    pub problems: &'static str,
    pub recommendations: &'static str,
    pub final_score: &'static str,
    pub overall: &'static str,
    pub derivation: &'static str,
    pub mean_of: &'static str,
    pub categories: Plural,
    pub deducted: &'static str,
    pub capped: &'static str,
    pub out_of: &'static str,
    pub nine_note: &'static str,
    pub coverage_column: &'static str,
    pub remark: &'static str,
    pub total: &'static str,
    pub action_items: &'static str,
    pub must_fix: &'static str,
    pub should_fix: &'static str,
    pub good_to_fix: &'static str,
    pub can_fix: &'static str,
    pub nothing_to_do: &'static str,
    pub done_of: &'static str,
    pub files_to_create: &'static str,
    pub limits: &'static str,
    pub notes: &'static str,
    pub next_steps: &'static str,
    pub step_fix: &'static str,
    pub step_confirm: &'static str,
    pub step_rerun: &'static str,
    pub estimated: &'static str,
    pub health_ok: &'static str,
    pub health_warning: &'static str,
    pub health_fail: &'static str,
    pub ok_short: &'static str,
    pub unknown_short: &'static str,
    pub manual_short: &'static str,
    pub suppressed_short: &'static str,
}

/// The words of `lang`.
pub fn strings(lang: Lang) -> &'static Strings {
    match lang {
        Lang::En => &EN,
        Lang::Ru => &RU,
    }
}

impl Strings {
    pub fn verdict(&self, verdict: Readiness) -> &'static str {
        match verdict {
            Readiness::NotAssessed => self.not_assessed,
            Readiness::NotReady => self.not_ready,
            Readiness::Staging => self.staging,
            Readiness::Production => self.production,
            Readiness::Hardened => self.hardened,
        }
    }

    pub fn obstacle(&self, obstacle: Obstacle) -> &'static str {
        match obstacle {
            Obstacle::Partial => self.partial,
            Obstacle::NothingScored => self.nothing_scored,
            Obstacle::CriticalOpen => self.critical_open,
            Obstacle::CriticalNotExamined => self.critical_not_examined,
            Obstacle::ScoreBelowStaging => self.score_below_staging,
            Obstacle::HighOpen => self.high_open,
            Obstacle::HighNotExamined => self.high_not_examined,
            Obstacle::MandatoryOpen => self.mandatory_open,
            Obstacle::ScoreBelowProduction => self.score_below_production,
            Obstacle::ScoreBelowHardened => self.score_below_hardened,
        }
    }

    /// `n` with the form of `noun` that goes with it.
    pub fn count(&self, n: usize, noun: Plural) -> String {
        format!("{n} {}", noun.of(self.lang, n))
    }

    /// A length of work, as coarse as it is known: minutes, hours, days of eight hours.
    pub fn duration(&self, minutes: usize) -> String {
        let halves = |unit: usize| {
            let halves = (minutes * 2 + unit / 2) / unit;
            if halves.is_multiple_of(2) { format!("{}", halves / 2) } else { format!("{}.5", halves / 2) }
        };
        match minutes {
            0..60 => format!("{minutes} {}", self.minutes),
            60..960 => format!("{} {}", halves(60), self.hours),
            _ => format!("{} {}", halves(480), self.days),
        }
    }
}

static EN: Strings = Strings {
    lang: Lang::En,

    not_ready: "NOT READY FOR PRODUCTION",
    staging: "READY FOR STAGING",
    production: "READY FOR PRODUCTION",
    hardened: "PRODUCTION HARDENED",
    not_assessed: "NOT ASSESSED",

    partial: "only some of the rules were asked",
    nothing_scored: "nothing could be scored",
    critical_open: "a CRITICAL criterion fails",
    critical_not_examined: "a CRITICAL criterion could not be examined",
    score_below_staging: "the score is below what staging asks for",
    high_open: "a HIGH criterion fails",
    high_not_examined: "a HIGH criterion could not be examined",
    mandatory_open: "a mandatory question is not confirmed",
    score_below_production: "the score is below what production asks for",
    score_below_hardened: "the score is below what a hardened service has",

    category: "Category",
    component: "Component",
    score: "Score",
    status: "Status",
    matters_most: "What matters most",
    no_score: "nothing to judge",
    worst: "worst",

    findings: "Findings",
    guess: "guess",
    no_findings: "No criterion fails.",
    fix: "fix",
    note: "note",
    missing_here: "expected here",
    and_more: "and {n} more",
    all_shows: "--all shows them",
    explain_hint: "`readiness explain RULE` tells why a rule matters and how it decides",

    passed: "Passed",
    searched: "searched",
    looked_at: "looked for",
    unknown: "Unknown",
    unknown_engine: "could not be examined",
    manual: "For a person to confirm",
    confirmed: "confirmed",
    denied: "denied",
    not_applicable: "Not applicable",
    suppressed: "Suppressed",
    suppressed_inline: "comment",
    suppressed_config: "configuration",
    suppressed_baseline: "baseline",
    suppression_unused: "matches nothing any more",
    suppression_expired: "has expired",
    suppression_refused: "is not valid",

    files_read: Plural::en("file read", "files read"),
    files: Plural::en("file", "files"),
    files_parsed: "parsed",
    files_with_errors: "with errors",
    files_skipped: "skipped",
    coverage_short: "Cov.",
    coverage_legend: "Cov.: the share of the criteria that could be answered",

    count_passed: "passed",
    count_unknown: "unknown",
    count_manual: "to confirm",
    count_not_applicable: "not applicable",
    count_suppressed: "suppressed",

    timing: "Timing",
    fix_first_one: "Fix this first",
    fix_first_two: "Fix these two first",
    fix_first_three: "Fix these three first",
    places: Plural::en("place", "places"),
    components: Plural::en("component", "components"),
    minutes: "min",
    hours: "h",
    days: "d",

    review_title: "Production readiness review",
    project: "Project",
    commit: "Commit",
    date: "Date",
    tool: "Tool",
    rubric: "rubric",
    stack: "Stack",
    summary: "Executive summary",
    overall_status: "Overall status",
    criterion: "Criterion",
    details: "Details",
    found: "Found",
    problems: "Problems",
    recommendations: "Recommendations",
    final_score: "Score",
    overall: "Overall",
    derivation: "How the overall score follows",
    mean_of: "mean of",
    categories: Plural::en("category", "categories"),
    deducted: "with an open CRITICAL",
    capped: "held down by an open CRITICAL",
    out_of: "of {n}",
    nine_note: "The nine rows above pool the criteria of these thirteen categories.",
    coverage_column: "Answered",
    remark: "Remark",
    total: "Total",
    action_items: "Action items",
    must_fix: "must be fixed before production",
    should_fix: "should be fixed before production",
    good_to_fix: "good to have",
    can_fix: "when there is time",
    nothing_to_do: "Nothing fails.",
    done_of: "{ok} of {total} are fine already",
    files_to_create: "Files to create",
    limits: "Limits of this review",
    notes: "Notes of the team",
    next_steps: "Next steps",
    step_fix: "Fix what is {severity}",
    step_confirm: "Answer the questions that only a person can answer",
    step_rerun: "Run `readiness scan` again",
    estimated: "Estimated effort",
    health_ok: "Good",
    health_warning: "Needs work",
    health_fail: "Critical",
    ok_short: "OK",
    unknown_short: "unknown",
    manual_short: "to confirm",
    suppressed_short: "accepted",
};

static RU: Strings = Strings {
    lang: Lang::Ru,

    not_ready: "НЕ ГОТОВ К ПРОДАКШЕНУ",
    staging: "ГОТОВ К STAGING",
    production: "ГОТОВ К ПРОДАКШЕНУ",
    hardened: "ГОТОВ К ПРОДАКШЕНУ С ЗАПАСОМ",
    not_assessed: "НЕ ОЦЕНЕН",

    partial: "проверена только часть правил",
    nothing_scored: "оценивать нечего",
    critical_open: "не выполнен критерий уровня CRITICAL",
    critical_not_examined: "критерий уровня CRITICAL не удалось проверить",
    score_below_staging: "оценка ниже порога для staging",
    high_open: "не выполнен критерий уровня HIGH",
    high_not_examined: "критерий уровня HIGH не удалось проверить",
    mandatory_open: "не подтверждён обязательный вопрос",
    score_below_production: "оценка ниже порога для продакшена",
    score_below_hardened: "оценка ниже порога для готовности с запасом",

    category: "Категория",
    component: "Компонент",
    score: "Оценка",
    status: "Статус",
    matters_most: "Что важнее всего",
    no_score: "оценивать нечего",
    worst: "хуже всего",

    findings: "Замечания",
    guess: "догадка",
    no_findings: "Невыполненных критериев нет.",
    fix: "решение",
    note: "см.",
    missing_here: "ожидается здесь",
    and_more: "и ещё {n}",
    all_shows: "--all покажет все",
    explain_hint: "`readiness explain ПРАВИЛО` объяснит, зачем правило и как оно решает",

    passed: "Выполнено",
    searched: "поиск",
    looked_at: "искали",
    unknown: "Неизвестно",
    unknown_engine: "не удалось проверить",
    manual: "Должен подтвердить человек",
    confirmed: "подтверждено",
    denied: "не подтверждено",
    not_applicable: "Неприменимо",
    suppressed: "Принято и скрыто",
    suppressed_inline: "комментарий",
    suppressed_config: "конфигурация",
    suppressed_baseline: "базовый список",
    suppression_unused: "больше ничего не скрывает",
    suppression_expired: "срок истёк",
    suppression_refused: "недействительно",

    files_read: Plural::ru("файл прочитан", "файла прочитано", "файлов прочитано"),
    files: Plural::ru("файл", "файла", "файлов"),
    files_parsed: "разобрано",
    files_with_errors: "с ошибками",
    files_skipped: "пропущено",
    coverage_short: "Покр.",
    coverage_legend: "Покр.: доля критериев, на которые нашёлся ответ",

    count_passed: "выполнено",
    count_unknown: "неизвестно",
    count_manual: "подтвердить",
    count_not_applicable: "неприменимо",
    count_suppressed: "скрыто",

    timing: "Время",
    fix_first_one: "Исправьте сначала это",
    fix_first_two: "Исправьте сначала эти два",
    fix_first_three: "Исправьте сначала эти три",
    places: Plural::ru("место", "места", "мест"),
    components: Plural::ru("компонент", "компонента", "компонентов"),
    minutes: "мин",
    hours: "ч",
    days: "дн",

    review_title: "Отчёт о готовности к продакшену",
    project: "Проект",
    commit: "Коммит",
    date: "Дата",
    tool: "Инструмент",
    rubric: "шкала",
    stack: "Технологии",
    summary: "Краткие итоги",
    overall_status: "Общий статус",
    criterion: "Критерий",
    details: "Детали",
    found: "Найдено",
    problems: "Проблемы",
    recommendations: "Рекомендации",
    final_score: "Итоговая оценка",
    overall: "Общая оценка",
    derivation: "Как получена общая оценка",
    mean_of: "среднее по",
    categories: Plural::ru("категории", "категориям", "категориям"),
    deducted: "с открытым CRITICAL",
    capped: "ограничена открытым CRITICAL",
    out_of: "из {n}",
    nine_note: "Девять строк выше объединяют критерии этих тринадцати категорий.",
    coverage_column: "Есть ответ",
    remark: "Примечание",
    total: "Всего",
    action_items: "План действий",
    must_fix: "обязательно до продакшена",
    should_fix: "следует исправить до продакшена",
    good_to_fix: "желательно",
    can_fix: "когда будет время",
    nothing_to_do: "Невыполненных критериев нет.",
    done_of: "готово {ok} из {total}",
    files_to_create: "Файлы для создания",
    limits: "Границы этой проверки",
    notes: "Заметки команды",
    next_steps: "Следующие шаги",
    step_fix: "Исправить замечания уровня {severity}",
    step_confirm: "Ответить на вопросы, на которые может ответить только человек",
    step_rerun: "Запустить `readiness scan` ещё раз",
    estimated: "Оценка трудозатрат",
    health_ok: "Хорошо",
    health_warning: "Требует работы",
    health_fail: "Критично",
    ok_short: "OK",
    unknown_short: "неизвестно",
    manual_short: "подтвердить",
    suppressed_short: "принято",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_as_coarse_as_they_are_known() {
        let en = strings(Lang::En);
        let shown = [5, 59, 60, 90, 110, 480, 960, 1200, 4800].map(|minutes| en.duration(minutes));
        assert_eq!(shown, ["5 min", "59 min", "1 h", "1.5 h", "2 h", "8 h", "2 d", "2.5 d", "10 d"]);
    }

    #[test]
    fn counted_nouns_take_the_form_of_the_language() {
        assert_eq!(strings(Lang::En).count(1, EN.places), "1 place");
        assert_eq!(strings(Lang::Ru).count(22, RU.places), "22 места");
    }
}
