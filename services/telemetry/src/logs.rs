//! Where log lines and spans of this process go: lines to standard error, so that standard output stays the
//! program's answer; spans and lines of a request also to the client of the service that works on it.

use sentry::Hub;
use sentry::integrations::tracing::{BreadcrumbLayer, LogLayer, SpanLayer};
use tracing::subscriber::Interest;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::{LevelFilter, dynamic_filter_fn};
use tracing_subscriber::layer::{Context, Filter, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

/// Starts logging at `RUST_LOG`'s level, or at `default_filter` when it is unset or wrong. A second call does
/// nothing: the first one in a process wins.
pub fn init_logs(default_filter: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default_filter));
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_filter(filter);
    let spans = SpanLayer::new().with_filter(reported());
    let logs = LogLayer::new().with_filter(reported());
    let breadcrumbs = BreadcrumbLayer::new().with_filter(reported());
    let _ = tracing_subscriber::registry()
        .with(lines)
        .with(spans)
        .with(logs)
        .with(breadcrumbs)
        .try_init();
}

/// What goes to Sentry: spans and events of ours, within a transaction. A span outside of one would begin a transaction
/// of its own.
///
/// The hint and the callsite's own answer matter: without them every trace line of every library below would be looked
/// at for each request.
fn reported<S: Subscriber>() -> impl Filter<S> {
    dynamic_filter_fn(|metadata: &Metadata<'_>, _: &Context<'_, S>| is_ours(metadata) && in_transaction())
        .with_max_level_hint(LevelFilter::INFO)
        .with_callsite_filter(|metadata| {
            if is_ours(metadata) {
                Interest::sometimes()
            } else {
                Interest::never()
            }
        })
}

fn is_ours(metadata: &Metadata<'_>) -> bool {
    *metadata.level() <= Level::INFO && metadata.target().starts_with("reelscope")
}

fn in_transaction() -> bool {
    Hub::with_active(|hub| hub.configure_scope(|scope| scope.get_span().is_some()))
}
