use reelscope_contracts::Money;
use reelscope_demo::faults::table::{FaultId, FaultState};
use reelscope_demo::wire::{ComparedFigure, Figures, Regression};

use reelscope_page_api::telemetry::EventCounts;

use super::*;
use crate::calculator::formulas::FormulaId;
use crate::calculator::inputs::InputId;
use crate::calculator::measured::MeasuredInput;
use crate::calculator::{CalculatorFormula, CalculatorInput, ScenarioResults};
use crate::script::Unit;
use crate::wire::{ClaimVerdict, FixVerdict};

const HOSTILE: &str = "</style><script>alert('x')</script>\" onload=\"x";

fn figures(p50_ms: f64) -> Figures {
    Figures {
        spins: 1_234,
        recorded: 1_234,
        failed: 12,
        p50_ms,
        p95_ms: 2.0 * p50_ms,
        p99_ms: 3.0 * p50_ms,
        error_rate_percent: 10.0,
        per_second: None,
        waited_s_per_player: 1.0,
        failed_minor: Money(1_234_567),
        requests: 6,
        failed_requests: 2,
        overall_error_rate_percent: 33.3,
    }
}

fn waterfall(waited_us: i64) -> Waterfall {
    let row = |depth, service: &str, start_us, duration_us| WaterfallRow {
        depth,
        service: service.to_owned(),
        label: HOSTILE.to_owned(),
        start_us,
        duration_us,
        critical_us: duration_us,
        failed: depth == 1,
    };
    Waterfall {
        trace_id: "0".repeat(32),
        waited_us,
        length_us: waited_us,
        rows: vec![
            row(0, "frontend", 0, waited_us),
            row(1, "payment-provider", waited_us / 2, waited_us / 2),
        ],
        left_out: 3,
    }
}

fn calculation() -> Calculation {
    let input = |id: InputId, measured| {
        let spec = id.spec();
        CalculatorInput {
            id,
            topic: spec.topic,
            unit: spec.unit,
            spread: spec.spread,
            least: spec.least,
            most: spec.most,
            values: spec.values,
            built_in: true,
            measured,
            offered: None,
        }
    };
    let measured = MeasuredInput {
        value: 10_000.0,
        spins: 4_321,
        at: 1_764_000_000_000,
    };
    let net = FormulaId::Net;
    Calculation {
        currency: "RUB".to_owned(),
        inputs: vec![
            input(InputId::AverageStake, Some(measured)),
            input(InputId::FailureAfterPercent, None),
        ],
        formulas: vec![CalculatorFormula {
            id: net,
            topic: net.topic(),
            unit: net.unit(),
            text: "benefit - 2 * hold_percent <b>".to_owned(),
            built_in: false,
            values: ScenarioResults {
                pessimistic: None,
                expected: Some(123_400.0),
                optimistic: Some(223_400.0),
            },
        }],
    }
}

fn report(language: ScriptLanguage) -> TakeAway {
    let issue = serde_json::json!({
        "issue_id": "1", "kind": HOSTILE, "value": HOSTILE, "culprit": "x", "level": "error", "events": 7, "players": 3,
        "services": [HOSTILE], "releases": [], "last_envelope": 1, "first_seen_us": 1, "last_seen_us": 2, "trace_ids": [],
        "recent": EventCounts::default(), "stakes": [],
    });
    let question = Question {
        id: "price".to_owned(),
        question: HOSTILE.to_owned(),
        answer: HOSTILE.to_owned(),
        source: HOSTILE.to_owned(),
        claims: Vec::new(),
        show: None,
    };
    TakeAway {
        at: 1_764_000_000_000,
        language,
        title: HOSTILE.to_owned(),
        customer: Customer {
            name: HOSTILE.to_owned(),
            logo: Some("data:image/png;base64,AA==".to_owned()),
            ..Customer::default()
        },
        money: SpinMoney {
            spins: 9,
            staked: Money(100_000),
            paid_out: Money(95_000),
            failed_stakes: Money(1_000),
            rtp_percent: Some(95.0),
            rtp_band_percent: Some(40.0),
            exact_rtp_percent: 96.1,
        },
        pairs: vec![BeforeAfter {
            problem: ComparedProblem::All(AllProblems::All),
            before: Some(figures(4_100.0)),
            after: Some(figures(5.5)),
            slowed: None,
            before_trace: None,
            after_trace: None,
        }],
        before: Some(waterfall(4_000_000)),
        after: Some(waterfall(40_000)),
        fixes: vec![FixState {
            problem: FaultId::SlowRng,
            state: FaultState::Fixed,
            unit: Unit::Ms,
            before: Some(280.0),
            spins_before: 4,
            after: Some(0.2),
            spins_after: 1,
            verdict: FixVerdict::Helped,
            enough: None,
            needs: None,
        }],
        claims: vec![ReportedClaim {
            label: HOSTILE.to_owned(),
            stated: Range {
                from: Some(3_000.0),
                to: Some(6_000.0),
            },
            holds: Range {
                from: Some(2_500.0),
                to: None,
            },
            state: ClaimState {
                measured: Some(4_100.0),
                unit: Unit::Ms,
                spins: 4,
                verdict: ClaimVerdict::BorneOut,
                enough: None,
                needs: None,
            },
        }],
        issues: vec![ReportedIssue {
            issue: serde_json::from_value(issue).unwrap(),
            frames: Vec::new(),
        }],
        releases: Vec::new(),
        releases_left_out: 0,
        cost: None,
        calculator: calculation(),
        questions: vec![question],
        glossary: words::glossary(language),
    }
}

#[test]
fn nothing_that_was_recorded_or_written_becomes_markup() {
    for language in [ScriptLanguage::En, ScriptLanguage::Ru] {
        let page = html(&report(language));
        assert!(!page.contains("<script") && !page.contains("\" onload"), "{page}");
        assert_eq!(page.matches("</style>").count(), 1);
        for loads in ["http://", "https://", "url(", "@import", " src=\"//"] {
            assert!(!page.contains(loads), "{loads}");
        }
        assert!(page.contains(&format!("content=\"{POLICY}\"")));
        assert!(page.contains("size: A4"));
    }
}

#[test]
fn figures_are_written_as_the_language_does() {
    let [en, ru] = [ScriptLanguage::En, ScriptLanguage::Ru].map(|language| html(&report(language)));
    for text in [
        "lang=\"en\"",
        "1,234",
        "4.10\u{a0}s",
        "10.0%",
        "12,345.67\u{a0}₽",
        "2025-11-24",
        "helped",
        "≥\u{a0}2.5\u{a0}s",
    ] {
        assert!(en.contains(text), "{text}");
    }
    for text in [
        "lang=\"ru\"",
        "1\u{a0}234",
        "4,10\u{a0}с",
        "10,0\u{a0}%",
        "12\u{a0}345,67\u{a0}₽",
        "24.11.2025",
        "помогло",
        "≥\u{a0}2,5\u{a0}с",
    ] {
        assert!(ru.contains(text), "{text}");
    }
    assert_eq!(en.matches("<section>").count(), ru.matches("<section>").count());
}

#[test]
fn each_value_of_the_calculator_says_whether_it_is_measured_or_assumed() {
    let [en, ru] = [ScriptLanguage::En, ScriptLanguage::Ru].map(|language| html(&report(language)));
    for text in [
        "<td class=\"\"><span class=\"good\">Measured · Spins: 4,321 · 2025-11-24 16:00 UTC</span></td>",
        "<td class=\"n\">0.25%</td><td class=\"\"><span class=\"dim\">assumption</span></td>",
        "<td class=\"n\">–</td><td class=\"n\">1,234\u{a0}₽</td>",
        "“Benefit a month” − 2 × “Hold (GGR ÷ stakes)” &lt;b&gt;",
    ] {
        assert!(en.contains(text), "{text}");
    }
    for text in [
        "Спины: 4\u{a0}321",
        "0,25\u{a0}%",
        "допущение",
        "«Польза в месяц» − 2 ×",
    ] {
        assert!(ru.contains(text), "{text}");
    }
}

#[test]
fn no_figure_stands_without_its_pair() {
    let mut one_sided = report(ScriptLanguage::En);
    one_sided.pairs = [FaultId::SlowRng, FaultId::MissingIndex]
        .map(|problem| BeforeAfter {
            problem: ComparedProblem::One(problem),
            before: None,
            after: Some(figures(5.5)),
            slowed: None,
            before_trace: None,
            after_trace: None,
        })
        .to_vec();
    one_sided.fixes[0].before = None;
    one_sided.fixes[0].verdict = FixVerdict::TooFew;
    one_sided.fixes[0].enough = Some(1);
    let page = html(&one_sided);
    assert!(page.contains("Inefficient RNG, Missing index: not measured with the problem"));
    assert!(page.contains("Nothing to compare yet"));
    for figure in ["5.50\u{a0}ms", "0.20\u{a0}ms"] {
        assert!(!page.contains(figure), "{figure}");
    }
}

#[test]
fn the_first_figures_are_what_the_fixes_brought() {
    let [en, ru] = [ScriptLanguage::En, ScriptLanguage::Ru].map(|language| html(&report(language)));
    for (page, texts) in [
        (
            &en,
            [
                "<s>4.10\u{a0}s</s> → <b class=\"good\">5.50\u{a0}ms</b>",
                "745× faster",
                "spins: 1,234 before, 1,234 after",
                "no change",
            ],
        ),
        (
            &ru,
            [
                "<s>4,10\u{a0}с</s> → <b class=\"good\">5,50\u{a0}мс</b>",
                "в 745 раз быстрее",
                "спинов: 1\u{a0}234 до, 1\u{a0}234 после",
                "без изменений",
            ],
        ),
    ] {
        let table = page.find("<table>").unwrap();
        for text in texts {
            assert!(page[..table].contains(text), "{text}: {page}");
        }
    }
}

#[test]
fn an_rtp_of_a_few_spins_says_how_many_would_do() {
    let mut few = report(ScriptLanguage::En);
    assert!(html(&few).contains("too few spins to say</small><small>about 36 spins are enough"));
    few.money.rtp_band_percent = Some(4.0);
    assert!(html(&few).contains("95.0%<small>±4.0%</small><small>exact 96.1%"));
}

#[test]
fn releases_say_what_they_changed_in_words() {
    let mut two = report(ScriptLanguage::En);
    let release = |release: &str, changes: &[&str]| ReleaseFigures {
        release: release.to_owned(),
        changes: changes.iter().map(|name| (*name).to_owned()).collect(),
        figures: figures(5.5),
        rtp_percent: Some(95.0),
        rtp_band_percent: Some(4.0),
        regressions: Vec::new(),
    };
    two.releases = vec![
        release("1.1.0", &["slow-rng-fixed", HOSTILE]),
        release("1.2.0", &["wrong-paytable"]),
    ];
    two.releases[1].regressions.push(Regression {
        figure: ComparedFigure::P95,
        expected: 10.0,
        measured: 4_000.0,
        standard_errors: 9.0,
        service: "game-engine".to_owned(),
        suspect: Some("slow-rng".to_owned()),
    });
    two.releases_left_out = 12;
    let page = html(&two);
    for text in [
        "Fixed: Inefficient RNG",
        "New problems: Wrong paytable",
        "Wait, P95: 4.00\u{a0}s instead of 10\u{a0}ms",
        "likely cause: Inefficient RNG in game-engine",
        "switched by hand: 12.",
    ] {
        assert!(page.contains(text), "{text}");
    }
    assert!(!page.contains("<script"));
}

#[test]
fn both_waterfalls_have_one_scale() {
    let page = html(&report(ScriptLanguage::En));
    let widths: Vec<f64> = page
        .split(" width=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next()?.parse().ok())
        .collect();
    // The roots of both: the second trace is a hundred times shorter.
    assert!(widths[0] > 90.0 * widths[2], "{widths:?}");
}

#[test]
fn secrets_are_not_in_it_whatever_was_kept() {
    let mut hidden = waterfall(1_000);
    hidden.rows[0].label = "GET /?password=hunter2&token=abc ada@example.com".to_owned();
    let kept = scrubbed(&hidden).unwrap();
    assert_eq!(kept.rows[1], hidden.rows[1]);
    assert!(!kept.rows[0].label.contains("hunter2"), "{}", kept.rows[0].label);
    assert!(!kept.rows[0].label.contains("ada@"), "{}", kept.rows[0].label);
}
