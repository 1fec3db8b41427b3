//! What the viewer asks: traces, issues, measurements, and the state of delivery; and the browser's tunnel.
//!
//! The routes are relative: the stack mounts them under `/api/telemetry`, behind the gateway's guard.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{FromRequestParts, Path, Query, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use futures_util::stream::{self, Stream};
use reelscope_contracts::http::{Body as JsonBody, method_not_allowed, not_found};
use reelscope_contracts::telemetry::{
    ChangeIssue, Changed, DecideHeld, Delivery, EnvelopeDetail, EnvelopeItem, EnvelopeState, EnvelopeSummary,
    Envelopes, IssueDetail, IssueSummary, Issues, Measurements, Micros, RetryDead, ServiceMap, TestDelivery,
    TestOutcome, TraceDetail, Traces,
};
use reelscope_contracts::{Code, Problem, now};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;
use tokio::sync::{broadcast, watch};
use tokio::time::Instant;
use tower_http::decompression::RequestDecompressionLayer;
use utoipa::IntoParams;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::collector::Collector;
use crate::envelope::{Envelope, MAX_EVENT, format_id, parse_id};
use crate::facts::Source;
use crate::http::{self, Limits, Room, Taken};
use crate::index::{Attribute, IssueEvents, TraceFilter};
use crate::live::Live;
use crate::once::Seen;
use crate::service_map::{Drawn, MINUTE};
use crate::{facts, large, lenient, service_map};

/// Most lines of a list that are answered at once, and how many when nobody asks for a number.
const MOST_LINES: usize = 500;
const USUAL_LINES: usize = 50;
/// How many traces the map is drawn from when nobody asks for a number: it follows what happens now.
const USUAL_MAP: usize = 200;
/// Most points of a measurement that are answered at once.
const MOST_POINTS: usize = 10_000;
/// Longest text of a payload that is shown.
const MOST_TEXT: usize = 64 * 1024;
/// Shortest time between two messages about delivery.
const DELIVERY_EVERY: Duration = Duration::from_millis(200);
/// How often a quiet stream says that it lives.
const HEARTBEAT: Duration = Duration::from_secs(15);

#[derive(Clone)]
struct Viewer {
    collector: Collector,
    room: Room,
}

impl Viewer {
    /// The index keeps up with whoever looks, and shows what was captured before the question.
    async fn look(&self) {
        self.collector.shared().index.look().await;
    }
}

/// It unpacks bodies itself, so that a refused one can be read to its end.
fn tunnel_api() -> OpenApiRouter<Viewer> {
    OpenApiRouter::new().routes(routes!(tunnel))
}

fn api() -> OpenApiRouter<Viewer> {
    OpenApiRouter::new()
        .routes(routes!(traces))
        .routes(routes!(one_trace))
        .routes(routes!(issues))
        .routes(routes!(one_issue, change_issue))
        .routes(routes!(map))
        .routes(routes!(measurements))
        .routes(routes!(events))
        .routes(routes!(envelopes))
        .routes(routes!(one_envelope))
        .routes(routes!(delivery))
        .routes(routes!(retry))
        .routes(routes!(held))
        .routes(routes!(test))
}

/// The viewer's routes. They show everything and change delivery, so they belong behind a guard.
pub fn viewer_router(collector: Collector) -> Router {
    Router::from(api())
        .layer(RequestDecompressionLayer::new())
        .merge(Router::from(tunnel_api()))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(Viewer {
            collector,
            room: Limits::standard().room(),
        })
}

/// The OpenAPI document of the viewer's routes, generated from them, for where they are mounted, such as
/// `/api/telemetry`.
#[must_use]
pub fn viewer_openapi(mounted_at: &str) -> OpenApi {
    OpenApiRouter::<Viewer>::new()
        .nest(mounted_at, tunnel_api().merge(api()))
        .into_openapi()
}

/// Take an envelope of the page, or of any other browser of this origin.
#[utoipa::path(
    post, path = "/envelope",
    request_body(content = inline(Vec<u8>), content_type = "application/x-sentry-envelope", description = "An envelope of Sentry"),
    responses(
        (status = 200, description = "Taken", body = Taken),
        (status = "4XX", description = "Problem", body = Problem, content_type = "application/problem+json"),
        (status = "5XX", description = "Problem", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn tunnel(State(viewer): State<Viewer>, request: Request) -> Response {
    http::tunnel(&viewer.collector, &viewer.room, request).await
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TraceQuery {
    ok: Option<bool>,
    service: Option<String>,
    /// Least length of the root transaction, `root_us`: what whoever began the trace waited for.
    min_duration_ms: Option<i64>,
    /// Most length of the root transaction.
    max_duration_ms: Option<i64>,
    release: Option<String>,
    player: Option<String>,
    virtual_player: Option<bool>,
    name: Option<String>,
    since_us: Option<Micros>,
    until_us: Option<Micros>,
    /// An attribute that a span has, and its value, as `db.system=polodb`.
    attribute: Option<String>,
    limit: Option<usize>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Traces, the last to arrive first.
#[utoipa::path(
    get, path = "/traces",
    params(TraceQuery),
    responses(
        (status = 200, description = "A page of them", body = Traces),
        (status = "4XX", description = "Problem", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn traces(
    State(viewer): State<Viewer>,
    Asked(query): Asked<TraceQuery>,
) -> Result<Json<Traces>, Problem> {
    viewer.look().await;
    let attribute = match query.attribute {
        Some(text) => Some(Attribute::of(&text).ok_or_else(|| {
            Problem::new(Code::InvalidRequest, "Ask for an attribute as name=value.").field("attribute")
        })?),
        None => None,
    };
    let filter = TraceFilter {
        ok: query.ok,
        service: query.service,
        min_duration_us: query.min_duration_ms.map(|ms| ms.saturating_mul(1_000)),
        max_duration_us: query.max_duration_ms.map(|ms| ms.saturating_mul(1_000)),
        release: query.release,
        player: query.player,
        virtual_player: query.virtual_player,
        name: query.name,
        since_us: query.since_us,
        until_us: query.until_us,
        attribute,
    };
    let before = match query.cursor {
        Some(cursor) => Some(parse_cursor(&cursor).ok_or_else(|| {
            Problem::new(Code::InvalidRequest, "The cursor is not one that this list gave.").field("cursor")
        })?),
        None => None,
    };
    let now = now_us();
    let index = &viewer.collector.shared().index;
    let page = index.traces(filter, before, lines(query.limit), now - MINUTE..now + 1);
    let page = page.await.map_err(unread)?;
    let next = page
        .next
        .map(|(arrived, id)| format!("{arrived}.{}", format_id(id)));
    let (recorded, all) = page.within;
    // Never negative, and far below 2^53.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let counted = all.round() as u64;
    Ok(Json(Traces {
        traces: page.traces,
        next,
        last_minute: counted,
        last_minute_estimated: counted != recorded,
        indexed: viewer.collector.indexed(),
    }))
}

/// What is asked for could not be read from the disk.
fn unread(error: rusqlite::Error) -> Problem {
    let detail = format!(
        "The telemetry could not be read ({error}). Ask again; if it stays so, start Reelscope again."
    );
    Problem::new(Code::ServiceUnavailable, detail)
}

/// Microseconds since the Unix epoch.
fn now_us() -> Micros {
    now().saturating_mul(1_000)
}

fn parse_cursor(cursor: &str) -> Option<(u64, u128)> {
    let (arrived, id) = cursor.split_once('.')?;
    Some((arrived.parse().ok()?, parse_id(id)?))
}

/// A trace with all that is known of it.
#[utoipa::path(
    get, path = "/traces/{id}",
    params(("id" = String, Path, description = "Id of the trace")),
    responses(
        (status = 200, description = "The trace", body = TraceDetail),
        (status = "4XX", description = "Problem", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn one_trace(State(viewer): State<Viewer>, Path(id): Path<String>) -> Result<Response, Problem> {
    viewer.look().await;
    let gone = || Problem::new(Code::NotFound, "No trace with this id is kept.");
    let detail = viewer.collector.trace(&id).await.ok_or_else(gone)?;
    told(move || Json(detail)).await
}

/// An answer that may be as large as all that is read for it, made where that may take its time.
async fn told<T: IntoResponse>(answer: impl FnOnce() -> T + Send + 'static) -> Result<Response, Problem> {
    let made = large::run(large::LARGE, move || answer().into_response());
    made.await.map_err(large::unfinished)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Page {
    limit: Option<usize>,
}

/// Issues, last seen first.
#[utoipa::path(
    get, path = "/issues",
    params(Page),
    responses(
        (status = 200, description = "The issues", body = Issues),
        (status = "4XX", description = "Problem", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn issues(State(viewer): State<Viewer>, Asked(page): Asked<Page>) -> Result<Json<Issues>, Problem> {
    viewer.look().await;
    let issues = viewer.collector.shared().index.issues(lines(page.limit));
    Ok(Json(Issues {
        issues: issues.await.map_err(unread)?,
        indexed: viewer.collector.indexed(),
    }))
}

/// An issue with its newest events.
#[utoipa::path(
    get, path = "/issues/{id}",
    params(("id" = String, Path, description = "Id of the issue")),
    responses(
        (status = 200, description = "The issue", body = IssueDetail),
        (status = "4XX", description = "Problem", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn one_issue(State(viewer): State<Viewer>, Path(id): Path<String>) -> Result<Response, Problem> {
    viewer.look().await;
    let gone = || Problem::new(Code::NotFound, "No issue with this id is kept.");
    let found = viewer.collector.shared().index.issue(id.clone());
    let IssueEvents {
        summary,
        envelopes,
        times,
    } = found.await.map_err(unread)?.ok_or_else(gone)?;
    let (found, _) = viewer.collector.read_many(envelopes).await;
    let detail = move || {
        let (mut events, mut seen) = (Vec::new(), Seen::default());
        for (entry, bytes) in &found {
            if let Ok(envelope) = Envelope::framed(bytes) {
                events.extend(seen.fresh(facts::read(Source::of(entry), &envelope)).errors);
            }
        }
        events.retain(|event| event.issue_id == id);
        events.sort_by_key(|event| std::cmp::Reverse(event.at_us));
        Json(IssueDetail {
            summary,
            events,
            times_us: times,
        })
    };
    told(detail).await
}

/// Resolve an issue, or open it again.
#[utoipa::path(
    post, path = "/issues/{id}",
    params(("id" = String, Path, description = "Id of the issue")),
    request_body = ChangeIssue,
    responses(
        (status = 200, description = "The issue as it is then", body = IssueSummary),
        (status = "4XX", description = "Problem", body = Problem, content_type = "application/problem+json"),
        (status = "5XX", description = "Problem", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn change_issue(
    State(viewer): State<Viewer>,
    Path(id): Path<String>,
    JsonBody(change): JsonBody<ChangeIssue>,
) -> Result<Json<IssueSummary>, Problem> {
    viewer.look().await;
    let collector = viewer.collector.clone();
    let decided = tokio::task::spawn_blocking(move || {
        let decided = collector.shared().index.decide(&id, change.status, now_us());
        let decided = decided.map_err(|error| {
            tracing::warn!(%error, "a decision on an issue was not written");
            let detail =
                "The decision could not be written, so nothing was changed. Check space and permissions.";
            Problem::new(Code::ServiceUnavailable, detail)
        });
        decided?.ok_or_else(|| Problem::new(Code::NotFound, "No issue with this id is kept."))
    });
    let failed = |_| Problem::new(Code::Internal, "The decision was not taken.");
    decided.await.map_err(failed)?.map(Json)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct MapQuery {
    traces: Option<usize>,
}

/// Who calls whom, how often and how fast, drawn from the newest traces.
#[utoipa::path(
    get, path = "/map",
    params(MapQuery),
    responses(
        (status = 200, description = "The map", body = ServiceMap),
        (status = "4XX", description = "Problem", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn map(
    State(viewer): State<Viewer>,
    Asked(query): Asked<MapQuery>,
) -> Result<Json<ServiceMap>, Problem> {
    viewer.look().await;
    let limit = query.traces.unwrap_or(USUAL_MAP).clamp(1, MOST_LINES);
    let now = now_us();
    let index = &viewer.collector.shared().index;
    let newest = index.newest_traces(limit, now - MINUTE..now + 1);
    let (newest, minute) = newest.await.map_err(unread)?;
    let ids: HashSet<u128> = newest.iter().map(|(id, _)| *id).collect();
    // An envelope may hold parts of several traces; newest first, since there is a bound to what is read.
    let mut seqs: Vec<u64> = newest.into_iter().flat_map(|(_, seqs)| seqs).collect();
    seqs.sort_unstable_by(|one, other| other.cmp(one));
    seqs.dedup();
    let (found, _) = viewer.collector.read_many(seqs).await;
    let drawn = tokio::task::spawn_blocking(move || {
        let (mut traces, mut seen) = (BTreeMap::<u128, Drawn>::new(), Seen::default());
        for (entry, bytes) in &found {
            let Ok(envelope) = Envelope::framed(bytes) else {
                continue;
            };
            for fact in seen.fresh(facts::read(Source::of(entry), &envelope)).spans {
                if ids.contains(&fact.trace_id) {
                    let trace = traces.entry(fact.trace_id).or_default();
                    trace.sample_rate = fact.sample_rate.or(trace.sample_rate);
                    trace.spans.push(fact.span);
                }
            }
        }
        service_map::draw(&traces.into_values().collect::<Vec<_>>(), now, minute)
    });
    let drawn = drawn
        .await
        .unwrap_or_else(|_| service_map::draw(&[], now, minute));
    Ok(Json(ServiceMap {
        indexed: viewer.collector.indexed(),
        ..drawn
    }))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PointQuery {
    name: Option<String>,
    since_us: Option<Micros>,
    limit: Option<usize>,
}

/// Numbers that transactions measured and metrics recorded, newest first.
#[utoipa::path(
    get, path = "/measurements",
    params(PointQuery),
    responses(
        (status = 200, description = "The points", body = Measurements),
        (status = "4XX", description = "Problem", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn measurements(
    State(viewer): State<Viewer>,
    Asked(query): Asked<PointQuery>,
) -> Result<Json<Measurements>, Problem> {
    viewer.look().await;
    let limit = query.limit.unwrap_or(MOST_POINTS).min(MOST_POINTS);
    let since = query.since_us.unwrap_or(Micros::MIN);
    let index = &viewer.collector.shared().index;
    let found = index.measurements(query.name, since, limit).await;
    found.map(Json).map_err(unread)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct EnvelopeQuery {
    state: Option<EnvelopeState>,
    /// Only those with a smaller number: `next` of the page before.
    before: Option<u64>,
    limit: Option<usize>,
}

/// Envelopes, newest first.
#[utoipa::path(
    get, path = "/envelopes",
    params(EnvelopeQuery),
    responses(
        (status = 200, description = "A page of them", body = Envelopes),
        (status = "4XX", description = "Problem", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn envelopes(State(viewer): State<Viewer>, Asked(query): Asked<EnvelopeQuery>) -> Json<Envelopes> {
    let limit = lines(query.limit);
    // One more tells whether there is another page.
    let mut envelopes = viewer
        .collector
        .envelopes(query.before, query.state, limit + 1)
        .await;
    let is_last = envelopes.len() <= limit;
    envelopes.truncate(limit);
    let next = envelopes.last().map(|last| last.seq).filter(|_| !is_last);
    Json(Envelopes { envelopes, next })
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Raw {
    raw: Option<u8>,
}

/// An envelope, readable or as it was received.
#[utoipa::path(
    get, path = "/envelopes/{seq}",
    params(("seq" = u64, Path, description = "Number of the envelope"), Raw),
    responses(
        (status = 200, description = "The envelope", body = EnvelopeDetail),
        (status = "4XX", description = "Problem", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn one_envelope(
    State(viewer): State<Viewer>,
    Path(seq): Path<String>,
    Asked(raw): Asked<Raw>,
) -> Result<Response, Problem> {
    let gone = || Problem::new(Code::NotFound, "No envelope with this number is kept.");
    let seq = seq.parse().map_err(|_| gone())?;
    let (summary, bytes) = viewer.collector.envelope(seq).await.ok_or_else(gone)?;
    if raw.raw == Some(1) {
        return Ok(([(CONTENT_TYPE, "application/x-sentry-envelope")], bytes).into_response());
    }
    let shown = large::run(bytes.len(), move || {
        let detail = shown(summary, &bytes)?;
        Ok(Json(detail).into_response())
    });
    shown.await.map_err(large::unfinished)?
}

fn shown(summary: EnvelopeSummary, bytes: &[u8]) -> Result<EnvelopeDetail, Problem> {
    let envelope = Envelope::framed(bytes).map_err(|error| Problem::from(&error))?;
    let header = lenient::read(envelope.line).unwrap_or(Value::Null);
    let items = envelope.items.iter().map(|item| {
        let json = (item.payload.len() <= MAX_EVENT)
            .then(|| lenient::read(item.payload).ok())
            .flatten();
        let text = std::str::from_utf8(item.payload).ok().filter(|_| json.is_none());
        EnvelopeItem {
            header: lenient::read(item.line).unwrap_or(Value::Null),
            bytes: item.payload.len() as u64,
            json,
            text: text.map(|text| text.chars().take(MOST_TEXT).collect()),
        }
    });
    Ok(EnvelopeDetail {
        items: items.collect(),
        summary,
        header,
    })
}

/// How delivery stands.
#[utoipa::path(
    get, path = "/delivery",
    responses(
        (status = 200, description = "The state of the moment", body = Delivery),
        (status = "4XX", description = "Problem", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn delivery(State(viewer): State<Viewer>) -> Json<Delivery> {
    Json(viewer.collector.delivery())
}

/// Send again what will not be sent by itself.
#[utoipa::path(
    post, path = "/delivery/retry",
    request_body = RetryDead,
    responses(
        (status = 200, description = "How many it changed", body = Changed),
        (status = "4XX", description = "Problem", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn retry(State(viewer): State<Viewer>, JsonBody(request): JsonBody<RetryDead>) -> Json<Changed> {
    Json(Changed {
        changed: viewer.collector.retry_dead(request.seq).await,
    })
}

/// Decide on what was captured for another DSN.
#[utoipa::path(
    post, path = "/delivery/held",
    request_body = DecideHeld,
    responses(
        (status = 200, description = "How many it changed", body = Changed),
        (status = "4XX", description = "Problem", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn held(State(viewer): State<Viewer>, JsonBody(request): JsonBody<DecideHeld>) -> Json<Changed> {
    Json(Changed {
        changed: viewer.collector.decide_held(request.action).await,
    })
}

/// Send a test envelope.
#[utoipa::path(
    post, path = "/delivery/test",
    request_body = TestDelivery,
    responses(
        (status = 200, description = "What it met, good or bad", body = TestOutcome),
        (status = "4XX", description = "Problem", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn test(State(viewer): State<Viewer>, JsonBody(request): JsonBody<TestDelivery>) -> Json<TestOutcome> {
    Json(viewer.collector.test_delivery(request.dsn.as_deref()).await)
}

/// One viewer's stream.
struct Watching {
    collector: Collector,
    live: broadcast::Receiver<Arc<Live>>,
    revisions: watch::Receiver<u64>,
    /// When delivery may be told again.
    not_before: Instant,
    waiting: VecDeque<Event>,
}

/// What happens, as it happens: `trace` (`TraceSummary`), `issue` (`IssueSummary`), `delivery` (`Delivery`), and
/// `missed` where the reader was too slow for all of it.
#[utoipa::path(
    get, path = "/events",
    responses(
        (status = 200, description = "Server-sent events", body = String, content_type = "text/event-stream"),
        (status = "4XX", description = "Problem", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn events(State(viewer): State<Viewer>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let shared = viewer.collector.shared();
    let live = shared.index.subscribe();
    let mut revisions = shared.revision.subscribe();
    // The state of the moment comes first, so that a viewer that comes back misses nothing.
    revisions.mark_changed();
    let watching = Watching {
        live,
        revisions,
        not_before: Instant::now(),
        waiting: VecDeque::new(),
        collector: viewer.collector.clone(),
    };
    let events = stream::unfold(watching, |mut watching| async {
        let event = watching.next().await?;
        Some((Ok(event), watching))
    });
    let beat = Event::default().event("heartbeat").data("{}");
    Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT).event(beat))
}

impl Watching {
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            let not_before = self.not_before;
            tokio::select! {
                message = self.live.recv() => match message {
                    Ok(message) => self.waiting.extend(event_of(&message)),
                    // Too slow to be told everything: it has to ask for the lists again.
                    Err(broadcast::error::RecvError::Lagged(missed)) => {
                        let event = Event::default().event("missed").json_data(serde_json::json!({ "messages": missed }));
                        self.waiting.extend(event.ok());
                    }
                    Err(broadcast::error::RecvError::Closed) => return None,
                },
                changed = async {
                    tokio::time::sleep_until(not_before).await;
                    self.revisions.changed().await
                } => {
                    changed.ok()?;
                    self.not_before = Instant::now() + DELIVERY_EVERY;
                    let event = Event::default().event("delivery").json_data(self.collector.delivery());
                    self.waiting.extend(event.ok());
                }
            }
        }
    }
}

fn event_of(message: &Live) -> Option<Event> {
    let event = match message {
        Live::Trace(trace) => Event::default().event("trace").json_data(trace),
        Live::Issue(issue) => Event::default().event("issue").json_data(issue),
    };
    event.ok()
}

fn lines(limit: Option<usize>) -> usize {
    limit.unwrap_or(USUAL_LINES).clamp(1, MOST_LINES)
}

/// A query. Unlike axum's own extractor its rejection is a problem.
struct Asked<T>(T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        query.map(|Query(query)| Self(query)).map_err(|rejection| {
            let detail = format!("The query does not fit: {}.", rejection.body_text());
            Problem::new(Code::InvalidRequest, detail).field("query")
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_openapi_document_names_every_route_and_what_it_speaks_of() {
        let document = serde_json::to_value(viewer_openapi("/api/telemetry")).unwrap();
        let mut routes = Vec::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            let path = path.strip_prefix("/api/telemetry").unwrap();
            routes.extend(
                methods
                    .as_object()
                    .unwrap()
                    .keys()
                    .map(|method| format!("{method} {path}")),
            );
        }
        routes.sort_unstable();
        let expected = [
            "get /delivery",
            "get /envelopes",
            "get /envelopes/{seq}",
            "get /events",
            "get /issues",
            "get /issues/{id}",
            "get /map",
            "get /measurements",
            "get /traces",
            "get /traces/{id}",
            "post /delivery/held",
            "post /delivery/retry",
            "post /delivery/test",
            "post /envelope",
            "post /issues/{id}",
        ];
        assert_eq!(routes, expected);
        let text = document.to_string();
        for (at, _) in text.match_indices("#/components/schemas/") {
            let name = &text[at + "#/components/schemas/".len()..];
            let name = &name[..name.find('"').unwrap()];
            assert!(
                document["components"]["schemas"].get(name).is_some(),
                "{name} is not described"
            );
        }
    }
}
