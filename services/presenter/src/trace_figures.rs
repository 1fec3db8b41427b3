//! The figures of one spin's trace that the script speaks of.

use std::collections::{BTreeMap, BTreeSet};

use reelscope_contracts::SERVICES;
use reelscope_demo::faults::table::FaultId;
use reelscope_page_api::telemetry::{Micros, Span, TraceDetail};

/// Description of the span that waits for the provider.
const PROVIDER_SPAN: &str = "External payment provider API";

/// Figures of one trace.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TraceFigures {
    /// Number of our services in it, the page included.
    pub(crate) services: usize,
    /// Time of looking the player up, in milliseconds.
    pub(crate) look_up_ms: f64,
    /// Time of drawing the stops, in milliseconds.
    pub(crate) draw_ms: f64,
    /// Time of the provider's calls, in milliseconds, also after the response.
    pub(crate) provider_ms: f64,
    /// The part of it before the response, in milliseconds.
    pub(crate) provider_wait_ms: f64,
    /// Share of the critical path, in percent, by service and by peer outside.
    pub(crate) shares: BTreeMap<String, f64>,
}

impl TraceFigures {
    /// Computes them; `None` while the trace has no root.
    pub(crate) fn of(trace: &TraceDetail) -> Option<Self> {
        let root = trace.summary.root_span_id.as_deref()?;
        let root = trace.spans.iter().find(|span| span.span_id == root)?;
        let sum = |is: &dyn Fn(&Span) -> bool, until: Micros| {
            let lasted = |span: &Span| (span.end_us.min(until) - span.start_us).max(0);
            ms(trace.spans.iter().filter(|span| is(span)).map(lasted).sum())
        };
        let is_provider =
            |span: &Span| span.service == "payment-service" && span.description == PROVIDER_SPAN;
        let length = ms(root.end_us - root.start_us);
        let path = trace.summary.critical_path.iter();
        let shares = path.map(|share| (share.actor.clone(), 100.0 * ms(share.time_us) / length));
        let services: BTreeSet<_> = trace.spans.iter().map(|span| span.service.as_str()).collect();
        Some(Self {
            services: SERVICES.iter().filter(|ours| services.contains(*ours)).count(),
            look_up_ms: sum(
                &|span| span.service == "user-service" && span.op == "db.query",
                Micros::MAX,
            ),
            draw_ms: sum(&|span| span.op == "game.rng", Micros::MAX),
            provider_ms: sum(&is_provider, Micros::MAX),
            provider_wait_ms: sum(&is_provider, root.end_us),
            shares: shares.collect(),
        })
    }

    /// The time that the cause of a problem takes of the player's wait, in milliseconds; `None` for a problem that is
    /// not about time.
    pub(crate) fn cause_ms(&self, problem: FaultId) -> Option<f64> {
        match problem {
            FaultId::MissingIndex => Some(self.look_up_ms),
            FaultId::SlowRng => Some(self.draw_ms),
            FaultId::SlowProvider => Some(self.provider_wait_ms),
            FaultId::PaymentErrors
            | FaultId::ProviderSpike
            | FaultId::RtpAnomaly
            | FaultId::GatewayPanic
            | FaultId::ExpiredToken
            | FaultId::ProviderDown
            | FaultId::NPlusOne
            | FaultId::SlowReport
            | FaultId::MemoryLeak
            | FaultId::SessionSurge => None,
        }
    }
}

#[allow(clippy::cast_precision_loss)] // a trace is shorter than 2^53 microseconds
fn ms(micros: Micros) -> f64 {
    micros as f64 / 1e3
}
