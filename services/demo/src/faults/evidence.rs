//! What shows a fault in a trace: the spans and errors that a reader would point at.

use reelscope_page_api::telemetry::{ServiceShare, Span, TraceDetail, TraceSummary};

use super::surge::LOG_IN;
use super::table::{FaultId, is_felt};
use crate::players::SPIN;

/// Evidence of a fault in one trace.
#[derive(Default)]
pub(super) struct Evidence {
    /// The duration of a span in milliseconds; `None` where there is no duration.
    pub(super) ms: Option<f64>,
    /// The size of work that follows the speed of the machine; `None` for other work.
    pub(super) size: Option<u64>,
}

/// What the summary of a trace tells about a fault.
pub(super) enum Line {
    /// The trace does not show the fault.
    Nothing,
    /// The trace shows the fault.
    Shows,
    /// Only its spans and errors can tell, so the trace must be read.
    Read,
}

impl Line {
    fn shows_if(shown: bool) -> Self {
        if shown { Self::Shows } else { Self::Nothing }
    }

    fn read_if(possible: bool) -> Self {
        if possible { Self::Read } else { Self::Nothing }
    }
}

/// More equal look-ups than this in one request are the fault `n-plus-one`.
const MANY_LOOK_UPS: u32 = 4;
/// Duration of drawing the stops, in milliseconds, from which the generator counts as slow.
const SLOW_RNG_MS: f64 = 50.0;
/// Duration of the provider's span, in milliseconds, from which the provider counts as slow.
const SLOW_PROVIDER_MS: f64 = 1_000.0;
const _: () = assert!(SLOW_PROVIDER_MS < *reelscope_payment_provider::SLOW_MS.start() as f64);
/// Name of the span that waits for the provider.
const PROVIDER_SPAN: &str = "External payment provider API";

/// Number of envelopes before the firing of a fault in which the trace of a request under way may begin; 0 for a
/// fault that only later requests meet.
pub(super) const fn under_way(id: FaultId) -> u64 {
    match id {
        // About ten seconds of a busy machine.
        FaultId::GatewayPanic => 4_000,
        FaultId::MissingIndex
        | FaultId::SlowRng
        | FaultId::SlowProvider
        | FaultId::PaymentErrors
        | FaultId::ProviderSpike
        | FaultId::RtpAnomaly
        | FaultId::ExpiredToken
        | FaultId::ProviderDown
        | FaultId::NPlusOne
        | FaultId::SlowReport
        | FaultId::MemoryLeak
        | FaultId::SessionSurge => 0,
    }
}

/// Decides by the summary of a trace whether it shows the fault.
pub(super) fn in_line(id: FaultId, line: &TraceSummary) -> Line {
    let failed = |service: &str| {
        let failed = |share: &ServiceShare| share.service == service && share.errors > 0;
        line.services.iter().any(failed)
    };
    let has_payout = line.measurements.get("payout");
    match id {
        FaultId::MissingIndex | FaultId::SlowRng | FaultId::SlowProvider => Line::Read,
        // With the provider down or failing in a spike, payments fail for another reason.
        FaultId::PaymentErrors => {
            let of_another = line.faults.iter().any(|fault| is_felt(fault));
            Line::shows_if(!of_another && failed("payment-service"))
        }
        FaultId::ProviderSpike => Line::shows_if(failed("payment-service")),
        FaultId::RtpAnomaly => Line::shows_if(has_payout.is_some_and(|payout| payout.value > 0.0)),
        FaultId::SessionSurge => Line::shows_if(line.name == LOG_IN),
        FaultId::ProviderDown => Line::read_if(failed("payment-service")),
        FaultId::GatewayPanic => Line::read_if(failed("api-gateway")),
        // The history and the report are requests beside the spins.
        FaultId::NPlusOne => Line::read_if(line.name != SPIN && line.spans > MANY_LOOK_UPS),
        FaultId::SlowReport => Line::read_if(line.name != SPIN),
        // A refusal is no error, so the summary does not contain it.
        FaultId::ExpiredToken => Line::Read,
        FaultId::MemoryLeak => Line::read_if(has_payout.is_some()),
    }
}

/// Finds evidence of a fault after envelope `after` in the spans and errors of a trace.
// Long because it has a case for each fault.
pub(super) fn in_trace(id: FaultId, trace: &TraceDetail, after: u64) -> Option<Evidence> {
    let longest = |shows: &dyn Fn(&Span) -> bool| {
        let spans = trace.spans.iter().filter(|span| shows(span));
        spans.map(milliseconds).max_by(f64::total_cmp)
    };
    let took = |ms: Option<f64>, at_least: f64| {
        let ms = ms.filter(|ms| *ms >= at_least)?;
        Some(Evidence {
            ms: Some(ms),
            size: None,
        })
    };
    let shown = |shown: bool| shown.then(Evidence::default);
    let any_span = |shows: &dyn Fn(&Span) -> bool| shown(trace.spans.iter().any(shows));
    let has = |span: &Span, name: &str, wanted: serde_json::Value| span.data.get(name) == Some(&wanted);
    match id {
        FaultId::MissingIndex => {
            let scans = |span: &Span| {
                span.service == "user-service"
                    && span.op == "db.query"
                    && has(span, "db.index_used", false.into())
            };
            let size = size_of(trace, &scans, "db.rows_scanned");
            took(longest(&scans), 0.0).map(|evidence| Evidence { size, ..evidence })
        }
        FaultId::SlowRng => {
            let draws = |span: &Span| span.op == "game.rng";
            let size = size_of(trace, &draws, "rng.words_tested");
            took(longest(&draws), SLOW_RNG_MS).map(|evidence| Evidence { size, ..evidence })
        }
        FaultId::SlowProvider => took(
            longest(&|span| span.description == PROVIDER_SPAN),
            SLOW_PROVIDER_MS,
        ),
        FaultId::MemoryLeak => any_span(&|span| {
            let entries = span.data.get("cache.entries");
            entries.is_some_and(|entries| *entries != 0)
        }),
        FaultId::ProviderDown => {
            let mut errors = trace.errors.iter();
            shown(
                errors
                    .any(|error| error.tags.get("provider.code").map(String::as_str) == Some("unreachable")),
            )
        }
        FaultId::NPlusOne => {
            let look_up = |span: &&Span| {
                span.service == "api-gateway"
                    && span.op == "http.client"
                    && span.description.ends_with("/v1/rounds/lookup")
            };
            let look_ups = trace.spans.iter().filter(look_up).count();
            shown(look_ups > MANY_LOOK_UPS as usize)
        }
        FaultId::SlowReport => any_span(&|span| span.op == "db.query" && span.description == "bets.find({})"),
        FaultId::GatewayPanic => {
            let mut errors = trace.errors.iter();
            shown(
                errors.any(|error| {
                    error.service == "api-gateway" && error.kind == "panic" && error.seq > after
                }),
            )
        }
        FaultId::ExpiredToken => any_span(&|span| {
            span.service == "user-service"
                && span.transaction
                && has(span, "http.response.status_code", 401.into())
        }),
        // The summary decides about these.
        FaultId::PaymentErrors | FaultId::ProviderSpike | FaultId::RtpAnomaly | FaultId::SessionSurge => None,
    }
}

/// The size that the first of these spans says: a look-up that finds nobody in the parts that it reads first goes on in
/// the others, and those are no measure of the machine.
fn size_of(trace: &TraceDetail, shows: &dyn Fn(&Span) -> bool, name: &str) -> Option<u64> {
    let spans = trace.spans.iter().filter(|span| shows(span));
    spans.min_by_key(|span| span.start_us)?.data.get(name)?.as_u64()
}

#[allow(clippy::cast_precision_loss)] // a span is shorter than 2^53 microseconds
fn milliseconds(span: &Span) -> f64 {
    (span.end_us - span.start_us) as f64 / 1e3
}
