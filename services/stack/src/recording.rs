//! Shows a recording: page and viewer over a file of telemetry, without the five services.

use std::net::SocketAddr;
use std::path::Path;

use axum::extract::Request;
use axum::http::Method;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use reelscope_api_gateway as gateway;
use reelscope_collector::{Collector, RecordingError, viewer_router};
use reelscope_contracts::{ApiProblem, Code};
use reelscope_http::respond;
use reelscope_page_api::gateway::{StackHealth, StackStatus};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::api::{self, TELEMETRY};
use crate::listen::{bind, listen_error};
use crate::preferences::{PREFERENCES, Preferences, preferences_routes};
use crate::settings::{RELEASE, Settings};
use crate::start_error::StartError;
use crate::storage::telemetry_dir;
use crate::streams;

/// Writes the telemetry of a data directory to the new file `to`; returns its size in bytes. The directory may be
/// in use.
///
/// # Errors
/// [`RecordingError`].
pub fn export(data_dir: &Path, to: &Path) -> Result<u64, RecordingError> {
    reelscope_collector::export(&telemetry_dir(data_dir), to)
}

/// A recording that is being shown. [`Recording::shutdown`] removes its temporary files.
pub struct Recording {
    collector: Collector,
    /// Directory of the copy; the original file is only read.
    dir: TempDir,
    address: SocketAddr,
    token: String,
    stop: DropGuard,
    server: JoinHandle<Result<(), String>>,
}

impl Recording {
    /// Copies `file` to a temporary directory and serves it at `listen`; port 0 takes a free one.
    ///
    /// # Errors
    /// [`StartError`]: the file cannot be read, or the address cannot be bound. No temporary file is left.
    pub async fn open(file: &Path, listen: SocketAddr) -> Result<Self, StartError> {
        let listener = bind(listen).await?;
        let address = listener
            .local_addr()
            .map_err(|error| listen_error(listen, &error))?;
        let from = file.to_owned();
        let opened = tokio::task::spawn_blocking(move || {
            let dir = tempfile::Builder::new().prefix("reelscope-recording-").tempdir();
            let dir = dir.map_err(|error| RecordingError::unwritable(&std::env::temp_dir(), &error))?;
            let collector = Collector::open_recording(&from, dir.path())?;
            Ok::<_, RecordingError>((dir, collector))
        });
        let opened = opened.await;
        let (dir, collector) = opened.map_err(|error| StartError::defect("the recording", &error))??;
        let name = file.file_name().unwrap_or(file.as_os_str());
        let name = name.to_string_lossy().into_owned();
        let token = format!("{:032x}", rand::random::<u128>());
        let access = gateway::access::Access::new(&token, address);
        let stop = CancellationToken::new();
        let routes = routes(access, collector.clone(), name);
        let server = tokio::spawn(streams::served("the page", listener, routes, stop.clone()));
        Ok(Self {
            collector,
            dir,
            address,
            token,
            stop: stop.drop_guard(),
            server,
        })
    }

    /// Origin of the server, `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// URL that opens the page, with the launch token.
    #[must_use]
    pub fn ui_url(&self) -> String {
        format!("{}/traces?token={}", self.origin(), self.token)
    }

    /// The launch token, for clients without a page.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Waits for a failure of the server or the collector, and returns a sentence about it.
    pub async fn failed(&mut self) -> String {
        tokio::select! {
            words = self.collector.failed() => words,
            ended = &mut self.server => match ended {
                Ok(Err(words)) => words,
                Ok(Ok(())) => "the server stopped by itself".to_owned(),
                Err(error) => format!("the server met a defect: {error}"),
            },
        }
    }

    /// Ends the responses under way, stops the server, and removes the copy.
    pub async fn shutdown(self) {
        self.stop.token().cancel();
        if !self.server.is_finished() {
            let ended = tokio::time::timeout(crate::stop::DRAIN, self.server);
            let _ = ended.await;
        }
        self.collector.shutdown().await;
        if let Err(error) = self.dir.close() {
            tracing::warn!(%error, "the copy of the recording is still there");
        }
    }
}

/// The routes that work without services; every other path below `/api` is answered with [`refusal`].
fn routes(access: gateway::access::Access, collector: Collector, recording: String) -> Router {
    let viewer = viewer_router(collector).layer(from_fn(only_read));
    let preferences = Settings::file().map(|file| file.with_file_name(PREFERENCES));
    let guarded = Router::new()
        .nest(TELEMETRY, viewer)
        .nest(
            api::PREFERENCES,
            preferences_routes(Preferences::of(preferences)).into(),
        )
        .route("/api/{*rest}", axum::routing::any(async || respond(refusal())));
    let health = StackHealth {
        status: StackStatus::Ok,
        release: RELEASE.to_owned(),
        services: std::collections::BTreeMap::default(),
        seeding: None,
        recording: Some(recording),
    };
    let open = Router::new()
        .route("/api/v1/health", get(async move || Json(health)))
        .fallback_service(gateway::page(access.clone()));
    gateway::guarded(access.clone(), guarded).merge(gateway::open_to_all(access, open))
}

async fn only_read(request: Request, next: Next) -> Response {
    match *request.method() {
        Method::GET | Method::HEAD => next.run(request).await,
        _ => respond(refusal()),
    }
}

fn refusal() -> ApiProblem {
    let sentence =
        "This is a recording, in which nothing is played or changed; start Reelscope without --telemetry.";
    ApiProblem::new(Code::RecordingReadOnly, sentence)
}
