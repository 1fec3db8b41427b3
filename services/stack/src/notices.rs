//! Notices about damaged databases that were set aside, shown until a person has read them. Nothing else records
//! them: the renamed directory is found at every start, and a file in it marks the notice as read.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use reelscope_contracts::{ApiProblem, Code, rfc3339};
use reelscope_http::{Path as PathOf, ProblemResponse, not_found};
use serde::Serialize;
use tokio::sync::watch;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::durable;

/// Text between the name of a database and the time in the name of its directory (`reelscope_store::set_aside`).
const MARK: &str = ".damaged-";
/// Name of the file that marks a notice as read, in the renamed directory.
const SEEN: &str = "seen";

/// A damaged database that was set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct SetAside {
    /// Name of the directory.
    id: String,
    /// `database_set_aside`.
    code: &'static str,
    /// `players`, `rounds`, `wallets` or `telemetry`.
    database: String,
    /// Path of the directory.
    path: String,
    /// Time of setting it aside, RFC 3339.
    at: String,
}

impl SetAside {
    /// The notice as a sentence, for standard error.
    pub(crate) fn sentence(&self) -> String {
        format!(
            "The {} database was damaged; on {} it was set aside as {} and a new one was created.",
            self.database, self.at, self.path
        )
    }
}

/// The notices of a data directory. Clones share their state.
#[derive(Debug, Clone)]
pub(crate) struct Notices {
    data_dir: Arc<PathBuf>,
    listed: watch::Sender<bool>,
}

impl Notices {
    pub(crate) fn of(data_dir: &Path) -> Self {
        Self {
            data_dir: Arc::new(data_dir.to_owned()),
            listed: watch::Sender::new(false),
        }
    }

    /// Completes once a page has asked for the notices, which it does when it is on the screen.
    pub(crate) fn first_listed(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut listed = self.listed.subscribe();
        async move {
            // The sender goes with the stack; then nothing waits for a page.
            let _ = listed.wait_for(|listed| *listed).await;
        }
    }

    /// The notices that are not marked as read, oldest first.
    pub(crate) fn unread(&self) -> Vec<SetAside> {
        let entries = std::fs::read_dir(self.data_dir.as_ref())
            .into_iter()
            .flatten()
            .flatten();
        let mut found: Vec<SetAside> = entries
            .filter_map(|entry| {
                let id = entry.file_name().into_string().ok()?;
                let (database, since) = id.split_once(MARK)?;
                let seconds: i64 = since.split('-').next()?.parse().ok()?;
                let path = entry.path();
                (path.is_dir() && !path.join(SEEN).exists()).then(|| SetAside {
                    id: id.clone(),
                    code: "database_set_aside",
                    database: database.to_owned(),
                    path: path.display().to_string(),
                    at: rfc3339(seconds.saturating_mul(1_000)),
                })
            })
            .collect();
        found.sort_by(|a, b| (&a.at, &a.id).cmp(&(&b.at, &b.id)));
        found
    }

    fn read(&self, id: &str) -> Result<(), ApiProblem> {
        let notice = self.unread().into_iter().find(|notice| notice.id == id);
        let notice = notice.ok_or_else(|| {
            ApiProblem::new(Code::NotFound, "There is no such notice, or it was read already.").field("id")
        })?;
        durable::write(&Path::new(&notice.path).join(SEEN), b"").map_err(|error| {
            let sentence = format!(
                "It could not be noted in {} that this was read: {error}.",
                notice.path
            );
            ApiProblem::new(Code::ServiceUnavailable, sentence)
        })
    }
}

/// The routes below `/api/notices`. The caller puts them behind a guard.
pub(crate) fn notices_routes(notices: Notices) -> OpenApiRouter {
    OpenApiRouter::default()
        .routes(routes!(unread_notices))
        .routes(routes!(read_notice))
        .fallback(not_found)
        .with_state(notices)
}

/// `GET /api/notices`.
#[derive(Serialize, ToSchema)]
struct UnreadNotices {
    /// Oldest first.
    notices: Vec<SetAside>,
}

/// Damaged databases that were set aside and that nobody has read about yet.
#[utoipa::path(get, path = "/", responses((status = 200, description = "The notices", body = UnreadNotices)))]
async fn unread_notices(State(notices): State<Notices>) -> Json<UnreadNotices> {
    notices.listed.send_replace(true);
    let read = tokio::task::spawn_blocking(move || notices.unread()).await;
    Json(UnreadNotices {
        notices: read.unwrap_or_default(),
    })
}

/// Somebody has read a notice: it is not told again.
#[utoipa::path(
    delete, path = "/{id}",
    params(("id" = String, Path, description = "Id of the notice")),
    responses((status = 204, description = "Noted"))
)]
async fn read_notice(
    State(notices): State<Notices>,
    PathOf(id): PathOf<String>,
) -> Result<StatusCode, ProblemResponse> {
    let done = tokio::task::spawn_blocking(move || notices.read(&id)).await;
    let defect = |_| ApiProblem::new(Code::Internal, "The notice could not be put away; try again.");
    done.map_err(defect)??;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_set_aside_is_told_until_it_was_read() {
        let dir = tempfile::tempdir().unwrap();
        let notices = Notices::of(dir.path());
        for name in [
            "wallets",
            "wallets.damaged-1800000000",
            "rounds.damaged-1700000000-2",
            "x.damaged-soon",
        ] {
            std::fs::create_dir(dir.path().join(name)).unwrap();
        }
        std::fs::write(dir.path().join("players.damaged-1700000000"), "a file").unwrap();
        let ids = || {
            notices
                .unread()
                .into_iter()
                .map(|notice| notice.id)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            ids(),
            ["rounds.damaged-1700000000-2", "wallets.damaged-1800000000"]
        );
        assert_eq!(notices.unread()[0].at, "2023-11-14T22:13:20Z");
        notices.read("rounds.damaged-1700000000-2").unwrap();
        assert_eq!(ids(), ["wallets.damaged-1800000000"]);
        for id in ["rounds.damaged-1700000000-2", "..", "wallets"] {
            assert_eq!(notices.read(id).unwrap_err().code, Code::NotFound, "{id}");
        }
    }
}
