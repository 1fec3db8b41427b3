//! The routes of the settings: reading them, and changing them while everything runs.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use parking_lot::{Mutex, MutexGuard};
use reelscope_collector::{Collector, Dsn};
use reelscope_contracts::api_problem::sentence;
use reelscope_contracts::{ApiProblem, Code};
use reelscope_http::{Body, ProblemResponse, not_found};
use reelscope_telemetry::Service;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::settings::{Settings, SettingsError};

/// The settings in force, and what depends on them.
pub(crate) struct Current {
    pub(crate) settings: Settings,
    pub(crate) file: Option<SettingsFile>,
    pub(crate) collector_dsn: String,
    pub(crate) services: Vec<Service>,
    pub(crate) collector: Collector,
    /// The gateway's health response contains the release.
    pub(crate) release: watch::Sender<String>,
}

/// The file that changes are written to.
pub(crate) struct SettingsFile {
    file: PathBuf,
    /// Content of the file. Flags and environment are not in it and are never written, because they belong to this
    /// process.
    settings: Settings,
}

impl SettingsFile {
    /// # Errors
    /// As [`Settings::read`].
    pub(crate) fn read(file: PathBuf) -> Result<Self, SettingsError> {
        let settings = Settings::read(&file)?;
        Ok(Self { file, settings })
    }

    fn write(&mut self, settings: Settings) -> Result<(), ApiProblem> {
        settings.write(&self.file).map_err(|error| {
            let sentence = format!(
                "The settings could not be written to {}: {error}.",
                self.file.display()
            );
            ApiProblem::new(Code::ServiceUnavailable, sentence)
        })?;
        self.settings = settings;
        Ok(())
    }
}

/// The settings in force. Clones share them.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Mutex<Current>>);

impl Shared {
    pub(crate) fn new(current: Current) -> Self {
        Self(Arc::new(Mutex::new(current)))
    }

    fn lock(&self) -> MutexGuard<'_, Current> {
        self.0.lock()
    }

    /// Changes the release that every envelope names, from the next request on.
    ///
    /// # Errors
    /// An [`ApiProblem`] when the settings file cannot be written.
    pub(crate) async fn say_release(&self, release: &str) -> Result<(), ApiProblem> {
        let change = SettingsChange {
            release: Some(release.to_owned()),
            ..SettingsChange::default()
        };
        apply(self.clone(), change).await.map(drop)
    }
}

/// The routes below `/api/settings`. The caller puts them behind a guard.
pub(crate) fn settings_routes(shared: Shared) -> OpenApiRouter {
    OpenApiRouter::default()
        .routes(routes!(show_settings, change_settings))
        .routes(routes!(show_page_settings))
        .fallback(not_found)
        .with_state(shared)
}

/// The settings without keys.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
struct ShownSettings {
    /// Masked; `null` without a DSN.
    #[schema(required)]
    dsn: Option<String>,
    /// Masked, by service.
    dsn_by_service: BTreeMap<String, String>,
    /// Environment of the stack.
    environment: String,
    /// Release of the stack.
    release: String,
    /// Share of traces that are recorded, 0 to 1.
    traces_sample_rate: f32,
    /// Sentry's organisation slug, for links; `null` where none is set.
    #[schema(required)]
    organization: Option<String>,
    /// Whether envelopes are sent; while not, they are held.
    sending: bool,
    /// Whether secrets and personal data are removed from envelopes before they are kept.
    scrubbing: bool,
    /// DSN of the built-in collector, for other services. Its key is valid for this machine's collector only.
    collector_dsn: String,
    /// Whether changes are stored in a file.
    kept: bool,
}

impl ShownSettings {
    fn of(current: &Current) -> Self {
        let Settings {
            dsn,
            dsn_by_service,
            environment,
            release,
            traces_sample_rate,
            organization,
            sending,
            scrubbing,
        } = current.settings.clone();
        let masked = |dsn: &str| {
            dsn.parse::<Dsn>()
                .map_or_else(|_| "…".to_owned(), |dsn| dsn.masked())
        };
        Self {
            dsn: dsn.as_deref().map(masked),
            dsn_by_service: dsn_by_service
                .iter()
                .map(|(service, dsn)| (service.clone(), masked(dsn)))
                .collect(),
            environment,
            release,
            traces_sample_rate,
            organization,
            sending,
            scrubbing,
            collector_dsn: current.collector_dsn.clone(),
            kept: current.file.is_some(),
        }
    }
}

/// The settings of the page's own SDK.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
struct PageSettings {
    /// DSN of the built-in collector.
    dsn: String,
    /// Environment of the stack.
    environment: String,
    /// Release of the stack.
    release: String,
    /// Share of traces that are recorded, 0 to 1.
    traces_sample_rate: f32,
}

/// A change of settings: absent fields keep their values, `null` removes a value.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct SettingsChange {
    /// DSN of services without one of their own.
    #[serde(with = "present")]
    #[schema(value_type = Option<String>)]
    dsn: Option<Option<String>>,
    /// DSN by service.
    dsn_by_service: BTreeMap<String, Option<String>>,
    /// Environment of the stack.
    environment: Option<String>,
    /// Release of the stack.
    release: Option<String>,
    /// Share of traces that are recorded, 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    traces_sample_rate: Option<f32>,
    /// Sentry's organisation slug, for links.
    #[serde(with = "present")]
    #[schema(value_type = Option<String>)]
    organization: Option<Option<String>>,
    /// Whether envelopes are sent; while not, they are held.
    sending: Option<bool>,
    /// Whether secrets and personal data are removed from envelopes before they are kept.
    scrubbing: Option<bool>,
}

/// Distinguishes a field that is `null` from one that is absent.
mod present {
    use serde::{Deserialize, Deserializer};

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Option<String>>, D::Error> {
        Option::<String>::deserialize(from).map(Some)
    }
}

impl SettingsChange {
    fn applied_to(self, mut settings: Settings) -> Settings {
        // An empty field of a form means no value.
        let filled = |value: Option<String>| value.filter(|text| !text.trim().is_empty());
        if let Some(dsn) = self.dsn {
            settings.dsn = filled(dsn);
        }
        for (service, dsn) in self.dsn_by_service {
            match filled(dsn) {
                Some(dsn) => settings.dsn_by_service.insert(service, dsn),
                None => settings.dsn_by_service.remove(&service),
            };
        }
        if let Some(organization) = self.organization {
            settings.organization = filled(organization);
        }
        settings.environment = filled(self.environment).unwrap_or(settings.environment);
        settings.release = filled(self.release).unwrap_or(settings.release);
        settings.traces_sample_rate = self.traces_sample_rate.unwrap_or(settings.traces_sample_rate);
        settings.sending = self.sending.unwrap_or(settings.sending);
        settings.scrubbing = self.scrubbing.unwrap_or(settings.scrubbing);
        settings
    }
}

/// The settings in force.
#[utoipa::path(get, path = "/", responses((status = 200, description = "The settings", body = ShownSettings)))]
async fn show_settings(State(shared): State<Shared>) -> Json<ShownSettings> {
    Json(ShownSettings::of(&shared.lock()))
}

/// What the page's own SDK is started with.
#[utoipa::path(get, path = "/page", responses((status = 200, description = "The settings", body = PageSettings)))]
async fn show_page_settings(State(shared): State<Shared>) -> Json<PageSettings> {
    let current = shared.lock();
    Json(PageSettings {
        dsn: current.collector_dsn.clone(),
        environment: current.settings.environment.clone(),
        release: current.settings.release.clone(),
        traces_sample_rate: current.settings.traces_sample_rate,
    })
}

/// Changes settings while everything runs. Nothing is changed where one of them cannot be.
#[utoipa::path(
    put, path = "/", request_body = SettingsChange,
    responses((status = 200, description = "The settings then", body = ShownSettings))
)]
async fn change_settings(
    State(shared): State<Shared>,
    Body(change): Body<SettingsChange>,
) -> Result<Json<ShownSettings>, ProblemResponse> {
    Ok(Json(apply(shared, change).await?))
}

/// Checks all changes, writes the file, and then applies them, so that a refused change leaves everything as it is.
async fn apply(shared: Shared, change: SettingsChange) -> Result<ShownSettings, ApiProblem> {
    let changed = tokio::task::spawn_blocking(move || {
        let mut current = shared.lock();
        let settings = change.clone().applied_to(current.settings.clone());
        let destinations = settings.destinations().map_err(|error| problem(&error))?;
        if let Some(kept) = &mut current.file {
            kept.write(change.applied_to(kept.settings.clone()))?;
        }
        current.collector.configure(destinations);
        current.collector.set_scrubbing(settings.scrubbing);
        let reported_otherwise = (&settings.environment, &settings.release)
            != (&current.settings.environment, &current.settings.release)
            || settings.traces_sample_rate.to_bits() != current.settings.traces_sample_rate.to_bits();
        if reported_otherwise {
            let reporting = settings.reporting(&current.collector);
            for service in &current.services {
                service.report_with(reporting.clone());
            }
        }
        current.release.send_replace(settings.release.clone());
        current.settings = settings;
        Ok(ShownSettings::of(&current))
    });
    changed.await.unwrap_or_else(|_| {
        Err(ApiProblem::new(
            Code::Internal,
            "The settings could not be changed.",
        ))
    })
}

fn problem(error: &SettingsError) -> ApiProblem {
    let sentence = sentence(&error.to_string());
    let (code, field) = match error {
        SettingsError::Dsn { whose, .. } if whose == "all services" => (Code::DsnInvalid, "dsn".to_owned()),
        SettingsError::Dsn { whose, .. } => (Code::DsnInvalid, format!("dsn_by_service.{whose}")),
        SettingsError::NoSuchService(service) => (Code::InvalidRequest, format!("dsn_by_service.{service}")),
        SettingsError::SampleRate(_) => (Code::InvalidRequest, "traces_sample_rate".to_owned()),
        SettingsError::Unreadable { .. } | SettingsError::Malformed { .. } | SettingsError::Switch { .. } => {
            return ApiProblem::new(Code::Internal, sentence);
        }
    };
    ApiProblem::new(code, sentence).field(field)
}
