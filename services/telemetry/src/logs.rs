//! Where log lines and spans of this process go: lines to standard error, so that standard output stays the
//! program's answer; spans and lines of a request also to the client of the service that works on it.

use sentry::Hub;
use sentry::integrations::tracing::{BreadcrumbLayer, LogLayer, SpanLayer};
use tracing::{Level, Metadata};
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

/// Starts logging at `RUST_LOG`'s level, or at `default_filter` when it is unset or wrong. A second call does
/// nothing: the first one in a process wins.
pub fn init_logs(default_filter: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default_filter));
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_filter(filter);
    // Spans outside of a transaction would begin transactions of their own.
    let spans = SpanLayer::new().with_filter(dynamic_filter_fn(|metadata, _| {
        is_ours(metadata) && in_transaction()
    }));
    let logs = LogLayer::new().with_filter(dynamic_filter_fn(|metadata, _| {
        is_ours(metadata) && in_transaction()
    }));
    let breadcrumbs = BreadcrumbLayer::new().with_filter(dynamic_filter_fn(|metadata, _| {
        is_ours(metadata) && in_transaction()
    }));
    let _ = tracing_subscriber::registry()
        .with(lines)
        .with(spans)
        .with(logs)
        .with(breadcrumbs)
        .try_init();
}

fn is_ours(metadata: &Metadata<'_>) -> bool {
    *metadata.level() <= Level::INFO && metadata.target().starts_with("reelscope")
}

fn in_transaction() -> bool {
    Hub::with_active(|hub| hub.configure_scope(|scope| scope.get_span().is_some()))
}
