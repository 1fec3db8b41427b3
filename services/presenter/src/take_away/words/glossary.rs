//! The words that a reader may not know.

use crate::script::ScriptLanguage;
use crate::take_away::Term;

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

pub(in crate::take_away) fn glossary(language: ScriptLanguage) -> Vec<Term> {
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
