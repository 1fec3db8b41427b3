//! The draw of the stops, as a span of the trace.

use tracing::field::Empty;
use tracing::{Span, info_span};

use crate::reels::Stops;
use crate::rng::draw;

/// Draws the stops of a seed, with a span around it.
pub(crate) fn draw_stops(seed: u64) -> Stops {
    let span = rng_span("ChaCha12");
    span.record("rng.words_tested", 0);
    span.in_scope(|| draw(seed))
}

pub(crate) fn rng_span(algorithm: &'static str) -> Span {
    info_span!(
        "game.rng",
        sentry.op = "game.rng",
        sentry.name = "draw stops",
        rng.algorithm = algorithm,
        rng.words_tested = Empty,
    )
}
