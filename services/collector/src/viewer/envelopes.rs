//! The captured envelopes.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use reelscope_contracts::{ApiProblem, Code};
use reelscope_http::{Path, ProblemResponse, Query};
use reelscope_page_api::telemetry::{
    EnvelopeDetail, EnvelopeItem, EnvelopeState, EnvelopeSummary, Envelopes,
};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;

use super::{Viewer, lines};
use crate::envelope::lenient;
use crate::envelope::{Envelope, MAX_EVENT};
use crate::facts::{self, Source};
use crate::large;

/// Limit of a payload's text that is shown, in bytes.
const MOST_TEXT: usize = 64 * 1024;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct EnvelopeQuery {
    /// Only those that stand there.
    state: Option<EnvelopeState>,
    /// Only those with an item of this type that has no page of its own, as `check_in`, `feedback` or `session`.
    item_type: Option<String>,
    /// Only those with a smaller number: `next` of the page before.
    before: Option<u64>,
    /// Most that are answered: 50 when absent, 500 at most.
    #[param(value_type = Option<u64>)]
    limit: Option<usize>,
}

/// Envelopes, newest first.
#[utoipa::path(
    get, path = "/envelopes",
    params(EnvelopeQuery),
    responses((status = 200, description = "A page of them", body = Envelopes))
)]
pub(super) async fn envelopes(
    State(viewer): State<Viewer>,
    Query(query): Query<EnvelopeQuery>,
) -> Result<Json<Envelopes>, ProblemResponse> {
    if query.item_type.is_some() {
        viewer.look().await;
    }
    let limit = lines(query.limit);
    // One more row shows whether there is another page.
    let mut envelopes = viewer
        .collector
        .envelopes(query.before, query.state, query.item_type, limit + 1)
        .await?;
    let is_last = envelopes.len() <= limit;
    envelopes.truncate(limit);
    let next = envelopes.last().map(|last| last.seq).filter(|_| !is_last);
    Ok(Json(Envelopes { envelopes, next }))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Raw {
    /// 1 for the envelope as it was received.
    raw: Option<u64>,
}

/// An envelope, readable or as it was received.
#[utoipa::path(
    get, path = "/envelopes/{seq}",
    params(("seq" = u64, Path, description = "Number of the envelope"), Raw),
    responses((status = 200, description = "The envelope", content(
        (EnvelopeDetail = "application/json"),
        (String = "application/x-sentry-envelope"),
    )))
)]
pub(super) async fn one_envelope(
    State(viewer): State<Viewer>,
    Path(seq): Path<String>,
    Query(raw): Query<Raw>,
) -> Result<Response, ProblemResponse> {
    let gone = || ApiProblem::new(Code::NotFound, "No envelope with this number is kept.");
    let seq = seq.parse().map_err(|_| gone())?;
    let (summary, bytes) = viewer.collector.envelope(seq).await?.ok_or_else(gone)?;
    if raw.raw == Some(1) {
        return Ok(([(CONTENT_TYPE, "application/x-sentry-envelope")], bytes).into_response());
    }
    let shown = large::run(bytes.len(), move || {
        let detail = shown(summary, &bytes)?;
        Ok::<_, ApiProblem>(Json(detail).into_response())
    });
    Ok(shown.await.map_err(large::unfinished)??)
}

fn shown(summary: EnvelopeSummary, bytes: &[u8]) -> Result<EnvelopeDetail, ApiProblem> {
    let envelope = Envelope::framed(bytes).map_err(|error| ApiProblem::from(&error))?;
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
    let source = Source {
        seq: summary.seq,
        slot: &summary.slot,
        received_us: summary.received_at.saturating_mul(1_000),
    };
    let oddities: BTreeSet<_> = facts::skim(source, &envelope).oddities.into_iter().collect();
    Ok(EnvelopeDetail {
        items: items.collect(),
        oddities: oddities.into_iter().map(str::to_owned).collect(),
        summary,
        header,
    })
}
