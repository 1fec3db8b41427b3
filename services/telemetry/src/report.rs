//! What a service says of the work it is doing: who it is for, what it is about, its numbers, and what went wrong.

use std::error::Error;
use std::sync::Arc;
use std::time::SystemTime;

use parking_lot::Mutex;
use sentry::Breadcrumb;
use sentry::protocol::{Context as SentryContext, Event, Level, SpanId, TraceContext, Unit, User, Value};
use serde_json::json;

use crate::context::{Called, Calls, Context};
use crate::spans::open_in;
use crate::transport::SAMPLING_CONTEXT;

/// Names the player whom the work is for, by id only.
pub fn player(id: &str) {
    if let Some(hub) = Context::current().hub() {
        let user = User {
            id: Some(id.to_owned()),
            ..User::default()
        };
        hub.configure_scope(|scope| scope.set_user(Some(user)));
    }
}

/// Adds a fact to the transaction of the work, such as `round.id`. Never a secret.
pub fn annotate(key: &str, value: impl Into<Value>) {
    if let Some(transaction) = Context::current().transaction() {
        transaction.set_data(key, value.into());
    }
}

/// Puts a tag on the transaction of the work, and on events of it from here on: what is filtered by.
pub fn tag(key: &str, value: &str) {
    if let Some(hub) = Context::current().hub() {
        hub.configure_scope(|scope| scope.set_tag(key, value));
    }
}

/// Measures a business number in all three ways that Sentry reads: as a measurement of the transaction, in its span's
/// data, and as a metric of its own. `unit` is one of Sentry's (`none`, `percent`, `millisecond` …); at most ten
/// names a transaction, of `[a-z0-9._]`.
pub fn measure(name: &'static str, value: f64, unit: &'static str) {
    let context = Context::current();
    let Some(transaction) = context.transaction() else {
        return;
    };
    transaction.set_data(name, json!(value));
    context.measured((name, value, unit));
    let metric = sentry::metrics::distribution(name, value);
    match unit {
        "percent" => metric.unit(Unit::Percent).capture(),
        _ => metric.capture(),
    }
}

/// Says what something stands at now, as a metric of its own: in the work that looked, since it belongs to no
/// transaction. `unit` is `none` or `byte`.
pub fn gauge(name: &'static str, value: f64, unit: &'static str) {
    if Context::current().hub().is_none() {
        return;
    }
    let metric = sentry::metrics::gauge(name, value);
    match unit {
        "byte" => metric.unit(Unit::Byte).capture(),
        _ => metric.capture(),
    }
}

/// Stakes and payouts of a service since it started; clones share them.
#[derive(Clone, Default)]
pub struct Turnover {
    sums: Arc<Mutex<(f64, f64)>>,
}

impl Turnover {
    /// Adds a round, in major units, and measures what the business asks of it: `stake`, `payout`, and the return to
    /// the player in percent, of this round (`rtp`) and of all since the start (`rtp_running`).
    pub fn measure(&self, stake: f64, payout: f64) {
        self.measure_outside_of_rtp(stake, payout);
        let (staked, paid_out) = {
            let mut sums = self.sums.lock();
            sums.0 += stake;
            sums.1 += payout;
            *sums
        };
        if stake > 0.0 {
            measure("rtp", 100.0 * payout / stake, "percent");
            measure("rtp_running", 100.0 * paid_out / staked, "percent");
        }
    }

    /// The same for a round that was not drawn by chance: `stake` and `payout`, and no RTP. Whoever observes the RTP adds
    /// up the rounds that have one.
    pub fn measure_outside_of_rtp(&self, stake: f64, payout: f64) {
        measure("stake", stake, "none");
        measure("payout", payout, "none");
    }
}

/// Does something with the SDK's scope at the span that is open on this thread.
pub(crate) fn at_open_span(act: impl FnOnce()) {
    let context = Context::current();
    let open = context
        .traced()
        .and_then(|traced| Some((traced, open_in(traced.span_id)?)));
    match open {
        Some((traced, open)) => {
            // Stands for ours in the scope; it is never finished, so it is sent nowhere.
            let stand_in = traced
                .transaction
                .start_child_with_details("", "", open.id, SystemTime::now());
            traced
                .hub
                .with_scope(|scope| scope.set_span(Some(stand_in.into())), act);
        }
        None => act(),
    }
}

/// Adds to an event what the SDK's scope does not know: the calls made before it, the span it happened in, and what the
/// head of its trace said.
pub(crate) fn complete(
    mut event: Event<'static>,
    work: SpanId,
    calls: &Calls,
    sampling: Option<&str>,
) -> Event<'static> {
    let crumbs = calls.lock().clone().into_iter().map(crumb);
    event.breadcrumbs.values.extend(crumbs);
    event.breadcrumbs.values.sort_by_key(|crumb| crumb.timestamp);
    if let Some(open) = open_in(work)
        && let Some(SentryContext::Trace(trace)) = event.contexts.get_mut("trace")
    {
        let of_span = TraceContext {
            span_id: open.id,
            parent_span_id: Some(open.parent),
            trace_id: trace.trace_id,
            ..TraceContext::default()
        };
        **trace = of_span;
    }
    if let Some(sampling) = sampling.and_then(|text| serde_json::from_str(text).ok()) {
        event.extra.insert(SAMPLING_CONTEXT.to_owned(), sampling);
    }
    event
}

fn crumb(call: Called) -> Breadcrumb {
    let data = [
        ("method".to_owned(), json!(call.method.as_str())),
        ("url".to_owned(), json!(format!("{}{}", call.peer, call.route))),
        ("status_code".to_owned(), json!(call.status)),
    ];
    Breadcrumb {
        timestamp: call.at,
        ty: "http".to_owned(),
        category: Some("http".to_owned()),
        data: data.into(),
        ..Breadcrumb::default()
    }
}

/// Says that the failure of this work is that of other work, which has reported it.
pub fn reported_by_another() {
    Context::current().set_reported();
}

/// Reports a failure as an issue, with the stack of the place that calls this, the player, the trace and `tags`.
/// Once for each unit of work: whoever sees the same failure later adds nothing.
pub fn capture(error: &dyn Error, tags: &[(&'static str, &str)]) {
    let context = Context::current();
    let Some(hub) = context.hub() else {
        return;
    };
    if context.set_reported() {
        return;
    }
    let mut event = sentry::event_from_error(error);
    if let Some(exception) = event.exception.values.last_mut() {
        exception.stacktrace = sentry::integrations::backtrace::current_stacktrace();
    }
    event.level = Level::Error;
    let describe = |scope: &mut sentry::Scope| {
        for (key, value) in tags {
            scope.set_tag(key, value);
        }
    };
    hub.with_scope(describe, || hub.capture_event(event));
}
