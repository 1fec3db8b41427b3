//! The list of issues, one issue, and decisions about it.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use reelscope_contracts::{ApiProblem, Code};
use reelscope_http::{Body as JsonBody, Path, ProblemResponse, Query};
use reelscope_page_api::telemetry::{ChangeIssue, IssueDetail, IssueSummary, Issues};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Viewer, lines, now_us, told, unread};
use crate::envelope::Envelope;
use crate::facts::{self, Source};
use crate::index::IssueEvents;
use crate::once::Seen;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Page {
    /// Most that are answered: 50 when absent, 500 at most.
    #[param(value_type = Option<u64>)]
    limit: Option<usize>,
}

/// Issues, that of the event that arrived last first.
#[utoipa::path(
    get, path = "/issues",
    params(Page),
    responses((status = 200, description = "The issues", body = Issues))
)]
pub(super) async fn issues(
    State(viewer): State<Viewer>,
    Query(page): Query<Page>,
) -> Result<Json<Issues>, ProblemResponse> {
    viewer.look().await;
    let issues = viewer.collector.index().issues(lines(page.limit));
    Ok(Json(Issues {
        issues: issues.await.map_err(unread)?,
        indexed: viewer.collector.indexed(),
    }))
}

/// An issue with its newest events.
#[utoipa::path(
    get, path = "/issues/{id}",
    params(("id" = String, Path, description = "Id of the issue")),
    responses((status = 200, description = "The issue", body = IssueDetail))
)]
pub(super) async fn one_issue(
    State(viewer): State<Viewer>,
    Path(id): Path<String>,
) -> Result<Response, ProblemResponse> {
    viewer.look().await;
    let gone = || ApiProblem::new(Code::NotFound, "No issue with this id is kept.");
    let found = viewer.collector.index().issue(id.clone());
    let IssueEvents {
        summary,
        envelopes,
        times,
    } = found.await.map_err(unread)?.ok_or_else(gone)?;
    let (found, _) = viewer.collector.read_many(envelopes).await.map_err(unread)?;
    let detail = move || {
        let (mut events, mut seen) = (Vec::new(), Seen::default());
        for (entry, bytes) in &found {
            if let Ok(envelope) = Envelope::framed(bytes) {
                events.extend(seen.fresh(facts::read(Source::of(entry), &envelope)).errors);
            }
        }
        events.retain(|event| event.issue_id == id);
        events.sort_by_key(|event| std::cmp::Reverse(event.seq));
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
    responses((status = 200, description = "The issue as it is then", body = IssueSummary))
)]
pub(super) async fn change_issue(
    State(viewer): State<Viewer>,
    Path(id): Path<String>,
    JsonBody(change): JsonBody<ChangeIssue>,
) -> Result<Json<IssueSummary>, ProblemResponse> {
    viewer.look().await;
    let collector = viewer.collector.clone();
    let decided = tokio::task::spawn_blocking(move || {
        let decided = collector.index().decide(&id, change.status, now_us);
        let decided = decided.map_err(|error| {
            tracing::warn!(%error, "a decision on an issue was not written");
            let detail =
                "The decision could not be written, so nothing was changed. Check space and permissions.";
            ApiProblem::new(Code::ServiceUnavailable, detail)
        });
        decided?.ok_or_else(|| ApiProblem::new(Code::NotFound, "No issue with this id is kept."))
    });
    let failed = |_| ApiProblem::new(Code::Internal, "The decision was not taken.");
    Ok(Json(decided.await.map_err(failed)??))
}
