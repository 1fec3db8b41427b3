//! The names of problems, verdicts, and of the calculator's inputs and results.

use reelscope_demo::faults::table::{FaultId, STORY};
use reelscope_demo::wire::{AllProblems, ComparedFigure, ComparedProblem};

use super::Words;
use crate::calculator::formulas::FormulaId;
use crate::calculator::inputs::InputId;
use crate::script::ScriptLanguage;
use crate::wire::{ClaimVerdict, FixVerdict};

impl Words {
    /// A name within a formula.
    pub(in crate::take_away) fn quoted(&self, name: &str) -> String {
        match self.language {
            ScriptLanguage::En => format!("“{name}”"),
            ScriptLanguage::Ru => format!("«{name}»"),
        }
    }

    /// A gain in time as a factor, or a loss. `factor` is written as the language does.
    pub(in crate::take_away) fn times(&self, factor: &str, is_faster: bool) -> String {
        let how = if is_faster {
            self.either("faster", "быстрее")
        } else {
            self.either("slower", "медленнее")
        };
        match self.language {
            ScriptLanguage::En => format!("{factor}× {how}"),
            ScriptLanguage::Ru => format!("в {factor} {} {how}", russian_times(factor)),
        }
    }

    fn either(&self, en: &'static str, ru: &'static str) -> &'static str {
        match self.language {
            ScriptLanguage::En => en,
            ScriptLanguage::Ru => ru,
        }
    }

    pub(in crate::take_away) fn compared(&self, problem: ComparedProblem) -> &'static str {
        match problem {
            ComparedProblem::All(AllProblems::All) => self.either("All together", "Все вместе"),
            ComparedProblem::One(id) => self.problem(id),
        }
    }

    /// The name of a fault; other faults than those of the story have their id.
    pub(in crate::take_away) fn problem(&self, id: FaultId) -> &'static str {
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

    /// The name of a change of a release: that of a problem, or an unknown one as it is.
    pub(in crate::take_away) fn change<'a>(&self, name: &'a str) -> &'a str {
        let story = STORY.into_iter().find(|id| id.as_str() == name);
        match story {
            Some(id) => self.problem(id),
            None if name == "wrong-paytable" => self.wrong_paytable,
            None => name,
        }
    }

    /// The name of what is compared between releases.
    pub(in crate::take_away) fn compared_figure(&self, figure: ComparedFigure) -> &'static str {
        match figure {
            ComparedFigure::P95 => self.p95,
            ComparedFigure::Errors => self.failed_spins,
            ComparedFigure::Rtp => self.rtp,
        }
    }

    pub(in crate::take_away) fn fix_verdict(&self, verdict: FixVerdict) -> &'static str {
        match verdict {
            FixVerdict::Helped => self.either("helped", "помогло"),
            FixVerdict::DidNotHelp => self.either("did not help", "не помогло"),
            FixVerdict::TooFew => self.too_few,
        }
    }

    pub(in crate::take_away) fn claim_verdict(&self, verdict: ClaimVerdict) -> &'static str {
        match verdict {
            ClaimVerdict::BorneOut => self.either("confirmed", "подтверждено"),
            ClaimVerdict::NotBorneOut => self.either("not confirmed", "не подтверждено"),
            ClaimVerdict::TooFew => self.too_few,
        }
    }

    /// The name of an input of the calculator.
    pub(in crate::take_away) fn input(&self, id: InputId) -> &'static str {
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
    pub(in crate::take_away) fn formula_name(&self, id: FormulaId) -> &'static str {
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

/// The word after a number of times: «2 раза», «5 раз», «2,5 раза».
fn russian_times(number: &str) -> &'static str {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    let is_teen = digits.len() > 1 && digits[digits.len() - 2] == '1';
    let is_few = digits.last().is_some_and(|last| ('2'..='4').contains(last));
    if number.contains(',') || (is_few && !is_teen) {
        "раза"
    } else {
        "раз"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_times_is_inflected() {
        for (number, word) in [
            ("1", "раз"),
            ("2", "раза"),
            ("5", "раз"),
            ("12", "раз"),
            ("21", "раз"),
            ("22", "раза"),
            ("2,5", "раза"),
            ("745", "раз"),
        ] {
            assert_eq!(russian_times(number), word, "{number}");
        }
    }
}
