//! The words of plans.

use super::{Noun, Phrase};

pub const TITLE: Phrase = Phrase::new("Production readiness plan", "План подготовки к продакшену");
pub const SPRINT_TITLE: Phrase = Phrase::new("Sprint: production readiness", "Спринт: готовность к продакшену");
pub const PARTIAL: Phrase = Phrase::new(
    "Only some of the rules were asked, so this plan is about a part.",
    "Проверена только часть правил, поэтому план охватывает не всё.",
);
pub const PROGRESS: Phrase = Phrase::new("Progress", "Прогресс");
pub const DONE_OF: Phrase = Phrase::new("{done} of {all} done", "выполнено {done} из {all}");
pub const LEFT: Phrase = Phrase::new("Left", "Осталось");
pub const EFFORT: Phrase = Phrase::new("Effort", "Трудозатраты");
pub const EFFORT_NOTE: Phrase = Phrase::new(
    "the rules' effort for one place times the open places; days of eight hours",
    "трудозатраты правил на одно место, умноженные на число открытых мест; день — восемь часов",
);
pub const SUMMARY: Phrase = Phrase::new("Summary", "Итоги");
pub const NOW: Phrase = Phrase::new("Now", "Сейчас");
pub const AFTER_ALL: Phrase = Phrase::new("After all phases", "После всех фаз");
pub const AFTER: Phrase = Phrase::new("After this phase", "После этой фазы");
pub const PHASE: Phrase = Phrase::new("Phase", "Фаза");
pub const GOAL: Phrase = Phrase::new("Goal", "Цель");
pub const GATE: Phrase = Phrase::new("Gate", "Условие перехода");
pub const GATE_HOLDS: Phrase = Phrase::new("it is expected to hold", "ожидается, что будет выполнено");
pub const GATE_FAILS: Phrase = Phrase::new("it will not hold yet", "пока не будет выполнено");
pub const NO_GATE: Phrase = Phrase::new("nothing stands in the way any more", "больше ничего не мешает");
pub const MILESTONE: Phrase = Phrase::new("Milestone", "Веха");
pub const TASKS: Phrase = Phrase::new("Tasks", "Задачи");
pub const SCORE_AFTER: Phrase = Phrase::new("Score after it", "Оценка после неё");
pub const VERDICT_AFTER: Phrase = Phrase::new("Verdict after it", "Вердикт после неё");
pub const UNTIL: Phrase = Phrase::new("Until", "До");
pub const NOTHING: Phrase = Phrase::new("Nothing to do in this phase.", "В этой фазе делать нечего.");
pub const PROJECTION_NOTE: Phrase = Phrase::new(
    "Projected scores are the same scoring with the criteria of the finished phases passing, and with them what was not asked while they failed. Questions that only people can answer stay as they are.",
    "Прогноз — тот же расчёт оценки, в котором критерии завершённых фаз выполнены, а вместе с ними и то, что не проверялось, пока они не были выполнены. Вопросы, на которые отвечают люди, остаются как есть.",
);
pub const SUCCESS: Phrase = Phrase::new("Success criteria", "Критерии успеха");
pub const NONE_OPEN: Phrase = Phrase::new("No {severity} criterion fails", "Нет невыполненных критериев {severity}");
pub const OPEN_NOW: Phrase = Phrase::new("{n} now", "сейчас {n}");
pub const ALL_ANSWERED: Phrase = Phrase::new(
    "Every mandatory question is confirmed ({n} of {all})",
    "На все обязательные вопросы есть ответ ({n} из {all})",
);
pub const COMMAND_HOLDS: Phrase = Phrase::new("exits with 0", "завершается с кодом 0");

pub const PRIORITY: Phrase = Phrase::new("Priority", "Приоритет");
pub const STATUS: Phrase = Phrase::new("Status", "Статус");
pub const RULE: Phrase = Phrase::new("Rule", "Правило");
pub const REFERENCE: Phrase = Phrase::new("Reference", "Референс");
pub const DEPENDS_ON: Phrase = Phrase::new("Dependencies", "Зависимости");
pub const NO_DEPENDENCIES: Phrase = Phrase::new("none", "нет");
pub const COMPONENTS: Phrase = Phrase::new("Components", "Компоненты");
pub const DAYS: Phrase = Phrase::new("When", "Когда");
pub const DAY: Phrase = Phrase::new("day {n}", "день {n}");
pub const DAYS_FROM_TO: Phrase = Phrase::new("days {a}–{b}", "дни {a}–{b}");
pub const WHY: Phrase = Phrase::new("Why it matters", "Почему это важно");
pub const DESCRIPTION: Phrase = Phrase::new("Description", "Описание");
pub const STEPS: Phrase = Phrase::new("Steps", "Шаги");
pub const REQUIREMENTS: Phrase = Phrase::new("Technical requirements", "Технические требования");
pub const MEND_PLACES: Phrase = Phrase::new("Repair the places:", "Исправить места:");
pub const CREATE: Phrase = Phrase::new("Create", "Создать");
pub const FILES: Phrase = Phrase::new("Files", "Файлы");
pub const ACCEPTANCE: Phrase = Phrase::new("Acceptance criteria", "Критерии приёмки");
pub const RESULT: Phrase = Phrase::new("Expected result", "Ожидаемый результат");
pub const THEN_ASKED: Phrase = Phrase::new("asked once this is done", "проверяется, когда это сделано");
pub const EXISTS: Phrase = Phrase::new("exists", "существует");
pub const CHECK: Phrase = Phrase::new("Check", "Проверка");
pub const IN_PLACE: Phrase = Phrase::new("{ok} of {total} are done", "готово {ok} из {total}");
pub const BEFORE: Phrase = Phrase::new("{n} at the first report", "в первом отчёте — {n}");
pub const MENDED: Phrase = Phrase::new(
    "{n} of {all} places repaired since the first report",
    "с первого отчёта исправлено мест: {n} из {all}",
);
pub const NEW: Phrase = Phrase::new("new", "новое");
pub const QUESTIONS: Phrase = Phrase::new("For people to confirm", "Должны подтвердить люди");
pub const ANSWER_NOTE: Phrase = Phrase::new(
    "answered with `[[attest]]` in `readiness.toml`",
    "ответ записывается в `[[attest]]` файла `readiness.toml`",
);

pub const STATE_OPEN: Phrase = Phrase::new("planned", "запланировано");
pub const STATE_BEGUN: Phrase = Phrase::new("in progress", "в работе");
pub const STATE_DONE: Phrase = Phrase::new("done", "завершено");
pub const STATE_ACCEPTED: Phrase = Phrase::new("accepted with a reason", "принято с объяснением");
pub const STATE_UNCLEAR: Phrase =
    Phrase::new("can no longer be told from the repository", "по репозиторию больше не видно");

pub const CALENDAR: Phrase = Phrase::new("Calendar", "Календарь");
pub const WEEK: Phrase = Phrase::new("Week {n}", "Неделя {n}");
pub const CALENDAR_NOTE: Phrase = Phrase::new(
    "{hours} hours of work a day, Monday to Friday, one task after the other.",
    "{hours} ч работы в день с понедельника по пятницу, задачи идут одна за другой.",
);
pub const TASK: Phrase = Phrase::new("Task", "Задача");
pub const TRACKING: Phrase = Phrase::new("Tracking", "Отслеживание");
pub const WAITS_FOR: Phrase = Phrase::new("Waits for", "Ждёт");
pub const LEGEND: Phrase = Phrase::new(
    "✅ finished · 🟡 begun · ⚪ not begun · 🔴 waits for an earlier phase with an open CRITICAL",
    "✅ завершена · 🟡 начата · ⚪ не начата · 🔴 ждёт предыдущую фазу с открытым CRITICAL",
);
pub const HISTORY: Phrase = Phrase::new("History", "История изменений");
pub const REPORT: Phrase = Phrase::new("Report", "Отчёт");
pub const FIRST: Phrase = Phrase::new("first", "первый");
pub const CURRENT: Phrase = Phrase::new("current", "текущий");
pub const RESOLVED: Phrase = Phrase::new("Resolved", "Исправлено");
pub const APPEARED: Phrase = Phrase::new("New", "Новых");
pub const OTHER_RUBRIC: Phrase = Phrase::new(
    "The reports were scored with different rubrics: their scores cannot be compared.",
    "Отчёты посчитаны по разным шкалам: их оценки нельзя сравнивать.",
);
pub const METRICS: Phrase = Phrase::new("Success metrics", "Метрики успеха");
pub const METRIC: Phrase = Phrase::new("Metric", "Метрика");
pub const TARGET: Phrase = Phrase::new("Target", "Цель");
pub const OVERALL: Phrase = Phrase::new("Overall score", "Общая оценка");

pub const BLOCKS: Phrase = Phrase::new("Blocks", "Блоки работ");
pub const BLOCK: Phrase = Phrase::new("Block", "Блок");
pub const SPRINT_GOAL: Phrase = Phrase::new(
    "Bring {project} from {now} to {then} out of 10, block by block, in the order of the section “Order of work”.",
    "Довести {project} с {now} до {then} из 10: по блокам, в порядке раздела «Порядок работ».",
);
pub const TOTAL_TASKS: Phrase = Phrase::new("Tasks in all", "Всего задач");
pub const DONE: Phrase = Phrase::new("Done", "Выполнено");
pub const LEFT_TASKS: Phrase = Phrase::new("Left", "Осталось");
pub const ORDER: Phrase = Phrase::new("Order of work", "Порядок работ");
pub const DEFINITION: Phrase = Phrase::new("Definition of done", "Критерии завершения спринта");
pub const MUST: Phrase = Phrase::new("Must have", "Обязательные требования (Must Have)");
pub const SHOULD: Phrase = Phrase::new("Should have", "Желательные требования (Should Have)");
pub const NICE: Phrase = Phrase::new("Nice to have", "Опциональные требования (Nice to Have)");
pub const NO_TASKS: Phrase = Phrase::new("nothing", "ничего");

pub const ISSUE: Phrase = Phrase::new("Issue {n} of {all}", "Задача {n} из {all}");
pub const LABELS: Phrase = Phrase::new("Labels", "Метки");
pub const ESTIMATE: Phrase = Phrase::new("Estimate", "Оценка");
pub const ISSUES_NOTE: Phrase = Phrase::new(
    "Paste each part between two rules as an issue of its own; the first line is its title.",
    "Каждую часть между линиями вставьте как отдельную задачу; первая строка — её название.",
);

pub const TASK_COUNT: Noun = Noun::new(["task", "tasks"], ["задача", "задачи", "задач"]);
pub const PLACE_COUNT: Noun = Noun::new(["place", "places"], ["место", "места", "мест"]);
pub const MORE_PLACES: Noun = Noun::new(["more place", "more places"], ["место", "места", "мест"]);
pub const AND_MORE: Phrase = Phrase::new("{n}", "ещё {n}");
