//! Records spans of the crate `tracing` for the transaction of the work that they belong to.
//!
//! This layer replaces the SDK's, which forks a hub each time a span is entered, that is at each poll of a future,
//! and copies each span when it ends.

use tracing::{Subscriber, span};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context as Registry;
use tracing_subscriber::registry::LookupSpan;

use crate::context::Context;
use crate::spans::{self, OpenSpan, Recorded};

/// A span that has not ended, stored with its `tracing` span.
struct Open {
    context: Context,
    place: OpenSpan,
    span: Recorded,
}

/// Records our own spans within a transaction. The parent of a span is the innermost one of the thread that opens
/// it, as in `tracing`.
pub(crate) struct RecordSpans;

impl<S> Layer<S> for RecordSpans
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &span::Attributes<'_>, id: &span::Id, registry: Registry<'_, S>) {
        let context = Context::current();
        let Some(work) = context.recording() else { return };
        let Some(kept) = registry.span(id) else { return };
        let span = Recorded::begin(attributes, work);
        let place = span.identity(work);
        kept.extensions_mut().insert(Open { context, place, span });
    }

    fn on_record(&self, id: &span::Id, values: &span::Record<'_>, registry: Registry<'_, S>) {
        if let Some(kept) = registry.span(id)
            && let Some(open) = kept.extensions_mut().get_mut::<Open>()
        {
            values.record(&mut open.span);
        }
    }

    fn on_enter(&self, id: &span::Id, registry: Registry<'_, S>) {
        if let Some(kept) = registry.span(id)
            && let Some(open) = kept.extensions().get::<Open>()
        {
            spans::enter(id, open.place);
        }
    }

    fn on_exit(&self, id: &span::Id, _: Registry<'_, S>) {
        spans::exit(id);
    }

    fn on_close(&self, id: span::Id, registry: Registry<'_, S>) {
        if let Some(kept) = registry.span(&id)
            && let Some(mut open) = kept.extensions_mut().remove::<Open>()
        {
            open.span.end();
            open.context.record(open.span);
        }
    }
}
