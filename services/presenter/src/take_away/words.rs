//! The words of the take-away, in each language.

use reelscope_demo::faults::table::{FaultId, FaultState};
use reelscope_demo::wire::{AllProblems, ComparedProblem};

use super::Term;
use crate::calculator::formulas::FormulaId;
use crate::calculator::inputs::InputId;
use crate::script::ScriptLanguage;
use crate::wire::{ClaimVerdict, FixVerdict};

/// All words of one language.
pub(super) struct Words {
    pub(super) language: ScriptLanguage,
    pub(super) made_for: &'static str,
    pub(super) nothing: &'static str,
    pub(super) at_a_glance: &'static str,
    pub(super) before: &'static str,
    pub(super) after: &'static str,
    pub(super) problem: &'static str,
    pub(super) spins: &'static str,
    pub(super) median: &'static str,
    pub(super) p95: &'static str,
    pub(super) failed_spins: &'static str,
    pub(super) failed_stakes: &'static str,
    pub(super) waterfalls: &'static str,
    pub(super) waited: &'static str,
    pub(super) left_out: &'static str,
    pub(super) fixes: &'static str,
    pub(super) verdict: &'static str,
    pub(super) claims: &'static str,
    pub(super) figure: &'static str,
    pub(super) stated: &'static str,
    pub(super) holds: &'static str,
    pub(super) measured: &'static str,
    pub(super) issues: &'static str,
    pub(super) events: &'static str,
    pub(super) players: &'static str,
    pub(super) share: &'static str,
    pub(super) money: &'static str,
    pub(super) staked: &'static str,
    pub(super) paid_out: &'static str,
    pub(super) rtp: &'static str,
    pub(super) exact: &'static str,
    pub(super) releases: &'static str,
    pub(super) release: &'static str,
    pub(super) changes: &'static str,
    pub(super) regression: &'static str,
    pub(super) cost: &'static str,
    pub(super) cpu_per_spin: &'static str,
    pub(super) added_wait: &'static str,
    pub(super) bytes_per_spin: &'static str,
    pub(super) not_measured: &'static str,
    pub(super) calculator: &'static str,
    pub(super) results: &'static str,
    pub(super) entered: &'static str,
    pub(super) pessimistic: &'static str,
    pub(super) expected: &'static str,
    pub(super) optimistic: &'static str,
    pub(super) formula: &'static str,
    pub(super) assumption: &'static str,
    pub(super) hours: &'static str,
    pub(super) months: &'static str,
    pub(super) assumed: &'static str,
    pub(super) questions: &'static str,
    pub(super) source: &'static str,
    pub(super) glossary: &'static str,
    pub(super) footer: &'static str,
}

const EN: Words = Words {
    language: ScriptLanguage::En,
    made_for: "for",
    nothing: "Nothing was recorded for this part.",
    at_a_glance: "Before and after",
    before: "before",
    after: "after",
    problem: "Problem",
    spins: "Spins",
    median: "Wait, P50",
    p95: "Wait, P95",
    failed_spins: "Failed spins",
    failed_stakes: "Stakes of failed spins",
    waterfalls: "A typical spin, before and after",
    waited: "The player waited",
    left_out: "short spans left out",
    fixes: "What each fix brought",
    verdict: "Result",
    claims: "What was said, and what was measured",
    figure: "Figure",
    stated: "Said",
    holds: "Holds for",
    measured: "Measured",
    issues: "Issues",
    events: "Events",
    players: "Players",
    share: "of requests",
    money: "Business",
    staked: "Stakes",
    paid_out: "Payouts",
    rtp: "RTP",
    exact: "exact",
    releases: "Releases",
    release: "Release",
    changes: "Changes",
    regression: "regression",
    cost: "What telemetry costs",
    cpu_per_spin: "CPU per spin",
    added_wait: "Added to the median wait",
    bytes_per_spin: "Stored per spin",
    not_measured: "Not measured in this session.",
    calculator: "What it is worth",
    results: "What comes of it",
    entered: "What it is computed from",
    pessimistic: "Pessimistic",
    expected: "Expected",
    optimistic: "Optimistic",
    formula: "Formula",
    assumption: "assumption",
    hours: "h",
    months: "months",
    assumed: "A demo cannot measure this. It is computed from values that were measured here and from assumptions, and each value says which it is.",
    questions: "Questions",
    source: "Source",
    glossary: "Glossary",
    footer: "Made by Reelscope from recorded telemetry. Players are synthetic.",
};

const RU: Words = Words {
    language: ScriptLanguage::Ru,
    made_for: "для",
    nothing: "Для этого раздела ничего не записано.",
    at_a_glance: "До и после",
    before: "до",
    after: "после",
    problem: "Проблема",
    spins: "Спины",
    median: "Ожидание, P50",
    p95: "Ожидание, P95",
    failed_spins: "Неуспешные спины",
    failed_stakes: "Ставки неуспешных спинов",
    waterfalls: "Типичный спин до и после",
    waited: "Игрок ждал",
    left_out: "— столько коротких спанов не показано",
    fixes: "Что дало каждое исправление",
    verdict: "Итог",
    claims: "Что было сказано и что измерено",
    figure: "Показатель",
    stated: "Сказано",
    holds: "Верно при",
    measured: "Измерено",
    issues: "Ошибки",
    events: "События",
    players: "Игроки",
    share: "запросов",
    money: "Бизнес",
    staked: "Ставки",
    paid_out: "Выплаты",
    rtp: "RTP",
    exact: "точный",
    releases: "Релизы",
    release: "Релиз",
    changes: "Изменения",
    regression: "регрессия",
    cost: "Сколько стоит телеметрия",
    cpu_per_spin: "CPU на спин",
    added_wait: "Добавка к медиане ожидания",
    bytes_per_spin: "Хранится на спин",
    not_measured: "В этой сессии не измерялось.",
    calculator: "Какая от этого польза",
    results: "Что получается",
    entered: "Из чего посчитано",
    pessimistic: "Пессимистично",
    expected: "Ожидаемо",
    optimistic: "Оптимистично",
    formula: "Формула",
    assumption: "допущение",
    hours: "ч",
    months: "мес.",
    assumed: "В демо этого не измерить. Это расчёт по измеренным здесь значениям и по допущениям; у каждого значения сказано, что это.",
    questions: "Вопросы",
    source: "Источник",
    glossary: "Словарь",
    footer: "Создано в Reelscope по записанной телеметрии. Игроки синтетические.",
};

impl Words {
    pub(super) const fn of(language: ScriptLanguage) -> &'static Self {
        match language {
            ScriptLanguage::En => &EN,
            ScriptLanguage::Ru => &RU,
        }
    }

    /// A name within a formula.
    pub(super) fn quoted(&self, name: &str) -> String {
        match self.language {
            ScriptLanguage::En => format!("“{name}”"),
            ScriptLanguage::Ru => format!("«{name}»"),
        }
    }

    fn either(&self, en: &'static str, ru: &'static str) -> &'static str {
        match self.language {
            ScriptLanguage::En => en,
            ScriptLanguage::Ru => ru,
        }
    }

    pub(super) fn compared(&self, problem: ComparedProblem) -> &'static str {
        match problem {
            ComparedProblem::All(AllProblems::All) => self.either("All together", "Все вместе"),
            ComparedProblem::One(id) => self.problem(id),
        }
    }

    /// The name of a fault; other faults than those of the story have their id.
    pub(super) fn problem(&self, id: FaultId) -> &'static str {
        match id {
            FaultId::MissingIndex => self.either("Missing index", "Нет индекса"),
            FaultId::SlowRng => self.either("Inefficient RNG", "Неэффективный RNG"),
            FaultId::SlowProvider => self.either("Slow provider", "Медленный провайдер"),
            FaultId::PaymentErrors => self.either("Payment errors", "Ошибки платежей"),
            FaultId::ProviderSpike
            | FaultId::RtpAnomaly
            | FaultId::GatewayPanic
            | FaultId::ExpiredToken
            | FaultId::ProviderDown
            | FaultId::NPlusOne
            | FaultId::SlowReport
            | FaultId::MemoryLeak
            | FaultId::SessionSurge => id.as_str(),
        }
    }

    pub(super) fn state(&self, state: FaultState) -> &'static str {
        match state {
            FaultState::On => self.either("on", "включена"),
            FaultState::Fixed => self.either("fixed", "исправлена"),
            FaultState::Off => self.either("off", "выключена"),
        }
    }

    pub(super) fn fix_verdict(&self, verdict: FixVerdict) -> &'static str {
        match verdict {
            FixVerdict::Helped => self.either("helped", "помогло"),
            FixVerdict::DidNotHelp => self.either("did not help", "не помогло"),
            FixVerdict::TooFew => self.either("too few spins to say", "мало спинов"),
        }
    }

    pub(super) fn claim_verdict(&self, verdict: ClaimVerdict) -> &'static str {
        match verdict {
            ClaimVerdict::BorneOut => self.either("confirmed", "подтверждено"),
            ClaimVerdict::NotBorneOut => self.either("not confirmed", "не подтверждено"),
            ClaimVerdict::TooFew => self.either("too few spins to say", "мало спинов"),
        }
    }

    /// The name of an input of the calculator.
    pub(super) fn input(&self, id: InputId) -> &'static str {
        let (en, ru) = match id {
            InputId::Players => ("Players a month", "Игроков в месяц"),
            InputId::SpinsPerDay => ("Spins a day", "Спинов в день"),
            InputId::AverageStake => ("Average stake", "Средняя ставка"),
            InputId::HoldPercent => ("Hold (GGR ÷ stakes)", "Холд (GGR ÷ ставки)"),
            InputId::FailureBeforePercent => ("Failed spins before", "Неуспешные спины до"),
            InputId::FailureAfterPercent => ("Failed spins after", "Неуспешные спины после"),
            InputId::LossPerFailedSpin => ("Stake of a failed spin", "Ставка неуспешного спина"),
            InputId::Incidents => ("Incidents a month", "Инцидентов в месяц"),
            InputId::RepairBeforeHours => ("Time to repair before (MTTR)", "Время восстановления до (MTTR)"),
            InputId::RepairAfterHours => ("Time to repair after (MTTR)", "Время восстановления после (MTTR)"),
            InputId::Engineers => ("Engineers in an incident", "Инженеров на инцидент"),
            InputId::EngineerHourCost => ("An engineer’s hour", "Час инженера"),
            InputId::DowntimeHours => ("Downtime a month", "Простой в месяц"),
            InputId::DowntimeLessPercent => ("Downtime, decrease", "Снижение простоя"),
            InputId::NewPlayers => ("New players a month", "Новых игроков в месяц"),
            InputId::ConversionPercent => (
                "Conversion: new players who pay",
                "Конверсия: новые игроки, которые платят",
            ),
            InputId::ConversionMorePercent => ("Conversion, increase", "Рост конверсии"),
            InputId::HinderedPercent => (
                "Players hindered by slow or failed spins",
                "Игроки, которым мешают сбои и ожидание",
            ),
            InputId::EngagementMorePercent => ("Engagement, increase", "Рост вовлечённости"),
            InputId::ChurnPercent => ("Churn a month", "Отток в месяц"),
            InputId::ChurnLessPercent => ("Churn, decrease", "Снижение оттока"),
            InputId::SetupHours => ("Engineers’ hours to set it up", "Время инженеров на внедрение"),
            InputId::OneOffCost => ("One-off costs", "Разовые расходы"),
            InputId::ToolCost => ("Monitoring tool, a month", "Сервис мониторинга, в месяц"),
            InputId::OverheadCpuMs => (
                "CPU time of telemetry per spin",
                "Время CPU на телеметрию за спин",
            ),
            InputId::CoreHourCost => ("CPU core, an hour", "Ядро CPU, час"),
        };
        self.either(en, ru)
    }

    /// The name of what comes of a formula.
    pub(super) fn formula_name(&self, id: FormulaId) -> &'static str {
        let (en, ru) = match id {
            FormulaId::SpinsPerMonth => ("Spins a month", "Спинов в месяц"),
            FormulaId::Revenue => ("GGR a month", "GGR в месяц"),
            FormulaId::FailuresValue => ("Fewer failed spins", "Меньше неуспешных спинов"),
            FormulaId::RepairHoursSaved => (
                "Hours of repair saved a month",
                "Сэкономлено часов на восстановлении",
            ),
            FormulaId::EngineersValue => ("Engineers’ time", "Время инженеров"),
            FormulaId::DowntimeValue => ("Less downtime", "Меньше простоя"),
            FormulaId::ConversionValue => ("Higher conversion", "Выше конверсия"),
            FormulaId::EngagementValue => ("Higher engagement", "Выше вовлечённость"),
            FormulaId::ChurnValue => ("Lower churn", "Меньше отток"),
            FormulaId::Benefit => ("Benefit a month", "Польза в месяц"),
            FormulaId::TelemetryCost => ("Cost of telemetry a month", "Стоимость телеметрии в месяц"),
            FormulaId::Net => ("Net benefit a month", "Чистая польза в месяц"),
            FormulaId::PaybackMonths => ("Payback period", "Срок окупаемости"),
        };
        self.either(en, ru)
    }
}

/// The words that a reader may not know: term and meaning in English, then in Russian.
const TERMS: [[&str; 4]; 9] = [
    [
        "trace",
        "everything that one operation did across services",
        "трейс",
        "всё, что одна операция сделала во всех сервисах",
    ],
    [
        "span",
        "one timed step of a trace",
        "спан",
        "один шаг трейса с его временем",
    ],
    [
        "critical path",
        "the chain of spans that the total duration depends on",
        "критический путь",
        "цепочка спанов, от которой зависит общее время",
    ],
    [
        "issue",
        "a group of equal errors",
        "ошибка (issue)",
        "группа одинаковых ошибок",
    ],
    [
        "P50, P95",
        "half of the spins, or 95% of them, took no longer",
        "P50, P95",
        "половина спинов, или 95 % спинов, длилась не дольше",
    ],
    [
        "RTP",
        "return to player: payouts divided by stakes; the band is where chance keeps it 95 times in 100",
        "RTP",
        "возврат игроку: выплаты, делённые на ставки; в интервале случайность удерживает его 95 раз из 100",
    ],
    [
        "MTTR",
        "mean time to resolution: from the first notice of a failure to its end",
        "MTTR",
        "среднее время исправления: от обнаружения сбоя до его устранения",
    ],
    [
        "regression",
        "a figure that got worse with a release, beyond chance",
        "регрессия",
        "показатель, который с релизом ухудшился сильнее случайного",
    ],
    [
        "telemetry",
        "what services report of themselves: traces, errors, measurements, logs",
        "телеметрия",
        "то, что сервисы сообщают о себе: трейсы, ошибки, измерения, логи",
    ],
];

pub(super) fn glossary(language: ScriptLanguage) -> Vec<Term> {
    let terms = TERMS
        .iter()
        .map(|[en, meaning_en, ru, meaning_ru]| match language {
            ScriptLanguage::En => (en, meaning_en),
            ScriptLanguage::Ru => (ru, meaning_ru),
        });
    terms
        .map(|(term, meaning)| Term {
            term: (*term).to_owned(),
            meaning: (*meaning).to_owned(),
        })
        .collect()
}
