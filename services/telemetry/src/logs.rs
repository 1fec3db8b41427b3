//! Sets up logging for the process: log lines go to standard error, because standard output is the answer of the
//! program. Spans and lines of a request also go to the Sentry client of the service that works on it.

use std::io::IsTerminal;

use sentry::integrations::tracing::{BreadcrumbLayer, LogLayer};
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::filter::{LevelFilter, dynamic_filter_fn};
use tracing_subscriber::layer::{Context, Filter, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use crate::recorder::RecordSpans;
use crate::report::at_open_span;

/// Starts logging with the filter of `RUST_LOG`, or with `default_filter` where that is unset or invalid. A second
/// call in one process does nothing.
pub fn init_logs(default_filter: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default_filter));
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        // Internal errors would be printed to standard error, and panic when standard error cannot be written.
        .log_internal_errors(false)
        .with_filter(filter);
    let spans = RecordSpans.with_filter(reported(Kind::Span));
    let logs = AtOpenSpan(LogLayer::new()).with_filter(reported(Kind::Line));
    let breadcrumbs = BreadcrumbLayer::new().with_filter(reported(Kind::Line));
    let _ = tracing_subscriber::registry()
        .with(lines)
        .with(spans)
        .with(logs)
        .with(breadcrumbs)
        .try_init();
}

/// What a layer receives.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Span,
    Line,
}

/// Selects what goes to Sentry: our own spans or log lines, at level `INFO` or above, within a transaction.
///
/// The level hint and the callsite filter are for speed: without them each trace line of every library is checked
/// at every request.
fn reported<S: Subscriber>(kind: Kind) -> impl Filter<S> {
    let is_ours = move |metadata: &Metadata<'_>| {
        metadata.is_span() == (kind == Kind::Span)
            && *metadata.level() <= Level::INFO
            && metadata.target().starts_with("reelscope")
    };
    dynamic_filter_fn(move |metadata: &Metadata<'_>, _: &Context<'_, S>| {
        is_ours(metadata) && crate::context::Context::is_reporting()
    })
    .with_max_level_hint(LevelFilter::INFO)
    .with_callsite_filter(move |metadata| {
        if is_ours(metadata) {
            Interest::sometimes()
        } else {
            Interest::never()
        }
    })
}

/// Passes a log line to the SDK as a line of the innermost open span, which the SDK's scope does not know.
struct AtOpenSpan<L>(L);

impl<S, L> Layer<S> for AtOpenSpan<L>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    L: Layer<S>,
{
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        at_open_span(|| self.0.on_event(event, context));
    }
}
