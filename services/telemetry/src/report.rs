//! What a service reports about its current work: the player, attributes, numbers and failures.

use std::error::Error;
use std::sync::Arc;
use std::time::SystemTime;

use parking_lot::Mutex;
use sentry::Breadcrumb;
use sentry::protocol::{Context as SentryContext, Event, Level, TraceContext, Unit, User, Value};
use serde_json::json;

use crate::context::{Called, Context, Pending};
use crate::spans::{Id, open_in};
use crate::transport::SAMPLING_CONTEXT;

/// Sets the player that the work is for. Only the id goes to Sentry.
pub fn player(id: &str) {
    if let Some(hub) = Context::current().hub() {
        let user = User {
            id: Some(id.to_owned()),
            ..User::default()
        };
        hub.configure_scope(|scope| scope.set_user(Some(user)));
    }
}

/// Sets an attribute of the transaction, such as `round.id`. It must not be a secret.
pub fn annotate(key: &'static str, value: impl Into<Value>) {
    Context::current().annotate(key, value);
}

/// Sets a tag, which can be filtered by, on the transaction and on later events of the work.
pub fn tag(key: &str, value: &str) {
    if let Some(hub) = Context::current().hub() {
        hub.configure_scope(|scope| scope.set_tag(key, value));
    }
}

/// Records a business number of the transaction, as its measurement and as an attribute of its span. `unit` is one of
/// Sentry's, such as `none`, `percent` or `millisecond`. Sentry takes at most ten names a transaction, of the
/// characters `[a-z0-9._]`.
pub fn measure(name: &'static str, value: f64, unit: &'static str) {
    let context = Context::current();
    context.annotate(name, json!(value));
    context.measured((name, value, unit));
}

/// Records a business number as [`measure`] does, and as a metric. Sentry sums a metric over all services, so only one
/// of them may record what several see.
pub fn measure_as_metric(name: &'static str, value: f64, unit: &'static str) {
    measure(name, value, unit);
    if Context::current().hub().is_none() {
        return;
    }
    let metric = sentry::metrics::distribution(name, value);
    match unit {
        "percent" => metric.unit(Unit::Percent).capture(),
        _ => metric.capture(),
    }
}

/// Records a current level, such as the size of a cache, as a metric within the current work. It is no part of a
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

/// Sums of the stakes and payouts of a service since its start. Clones share them.
#[derive(Clone)]
pub struct Turnover {
    sums: Arc<Mutex<(f64, f64)>>,
    measure: fn(&'static str, f64, &'static str),
}

impl Default for Turnover {
    fn default() -> Self {
        Self {
            sums: Arc::default(),
            measure,
        }
    }
}

impl Turnover {
    /// The turnover of the service whose rounds are metrics too, see [`measure_as_metric`].
    #[must_use]
    pub fn as_metrics() -> Self {
        Self {
            measure: measure_as_metric,
            ..Self::default()
        }
    }

    /// Adds a round and records its measurements: `stake` and `payout` in major units, and the return to player in
    /// percent, of this round (`rtp`) and of all rounds since the start (`rtp_running`).
    pub fn measure(&self, stake: f64, payout: f64) {
        self.measure_outside_of_rtp(stake, payout);
        let (staked, paid_out) = {
            let mut sums = self.sums.lock();
            sums.0 += stake;
            sums.1 += payout;
            *sums
        };
        if stake > 0.0 {
            (self.measure)("rtp", 100.0 * payout / stake, "percent");
            (self.measure)("rtp_running", 100.0 * paid_out / staked, "percent");
        }
    }

    /// Records `stake` and `payout` of a round that is not drawn by chance. Without `rtp` it does not count in the
    /// observed RTP.
    pub fn measure_outside_of_rtp(&self, stake: f64, payout: f64) {
        (self.measure)("stake", stake, "none");
        (self.measure)("payout", payout, "none");
    }
}

/// Calls `act` with the innermost open span of this thread set in the SDK's scope.
pub(crate) fn at_open_span(act: impl FnOnce()) {
    let context = Context::current();
    let open = context
        .traced()
        .and_then(|traced| Some((traced, open_in(traced.span_id)?)));
    match open {
        Some((traced, open)) => {
            // The scope gets a span of the SDK with the id of ours. It is never finished, so it is not sent.
            let stand_in =
                traced
                    .transaction
                    .start_child_with_details("", "", open.id.into(), SystemTime::now());
            traced
                .hub
                .with_scope(|scope| scope.set_span(Some(stand_in.into())), act);
        }
        None => act(),
    }
}

/// Adds to an event what the SDK's scope does not know: the earlier calls as breadcrumbs, the innermost open span or
/// else the attributes of the transaction, and the dynamic sampling context of the trace.
pub(crate) fn complete(
    mut event: Event<'static>,
    work: Id,
    pending: &Mutex<Pending>,
    sampling: Option<&str>,
) -> Event<'static> {
    let (calls, attributes) = {
        let pending = pending.lock();
        (pending.calls.clone(), pending.attributes.clone())
    };
    event.breadcrumbs.values.extend(calls.into_iter().map(crumb));
    event.breadcrumbs.values.sort_by_key(|crumb| crumb.timestamp);
    if let Some(SentryContext::Trace(trace)) = event.contexts.get_mut("trace") {
        match open_in(work) {
            Some(open) => {
                **trace = TraceContext {
                    span_id: open.id.into(),
                    parent_span_id: Some(open.parent.into()),
                    trace_id: trace.trace_id,
                    ..TraceContext::default()
                };
            }
            None => trace
                .data
                .extend(attributes.into_iter().map(|(key, value)| (key.to_owned(), value))),
        }
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

/// Marks the failure of this work as one that other work has reported.
pub fn reported_by_another() {
    Context::current().set_reported();
}

/// Reports a failure as an issue, with the caller's stack, the player, the trace and `tags`. Only the first failure
/// of a unit of work is reported.
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
