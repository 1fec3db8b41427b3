//! Where log lines and spans of this process go: lines to standard error, so that standard output stays the
//! program's answer; spans and lines of a request also to the client of the service that works on it.

use std::io::IsTerminal;

use sentry::integrations::tracing::{BreadcrumbLayer, LogLayer};
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::filter::{LevelFilter, dynamic_filter_fn};
use tracing_subscriber::layer::{Context, Filter, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use crate::report::at_open_span;
use crate::spans::RecordSpans;

/// Starts logging at `RUST_LOG`'s level, or at `default_filter` when it is unset or wrong. A second call does
/// nothing: the first one in a process wins.
pub fn init_logs(default_filter: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default_filter));
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        // It would be told on standard error, and panic when that is what cannot be written.
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

/// What a layer takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Span,
    Line,
}

/// What goes to Sentry: spans or lines of ours, within a transaction.
///
/// The hint and the callsite's own answer matter: without them every trace line of every library below would be looked
/// at for each request.
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

/// Hands lines on as of the span that is open where they are written, which the SDK's scope does not know.
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
