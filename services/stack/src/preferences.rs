//! The preferences that a person sets in the page: language, sound, account. A browser would keep them under the
//! page's origin, which changes with the port.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use parking_lot::Mutex;
use reelscope_contracts::{ApiProblem, Code};
use reelscope_http::{Body, ProblemResponse, not_found};
use serde_json::{Map, Value};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::durable;

/// Name of the file, beside the settings file.
pub(crate) const PREFERENCES: &str = "preferences.json";
/// Limit of the file's size, in bytes of JSON.
const MOST: usize = 64 * 1024;

/// The preferences. Clones share them.
#[derive(Clone)]
pub(crate) struct Preferences(Arc<Mutex<PreferencesFile>>);

struct PreferencesFile {
    /// File of the preferences; `None` keeps them until the process ends.
    file: Option<PathBuf>,
    values: Map<String, Value>,
}

impl Preferences {
    /// Reads the preferences in `file`. An unreadable file counts as empty, because nothing in it is worth a failed
    /// start.
    pub(crate) fn of(file: Option<PathBuf>) -> Self {
        let values = file.as_ref().map_or_else(Map::new, |file| match durable::read(file) {
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_else(|error| {
                tracing::warn!(file = %file.display(), %error, "the preferences cannot be read and begin anew");
                Map::new()
            }),
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    tracing::warn!(file = %file.display(), %error, "the preferences cannot be read");
                }
                Map::new()
            }
        });
        Self(Arc::new(Mutex::new(PreferencesFile { file, values })))
    }

    fn values(&self) -> Map<String, Value> {
        self.0.lock().values.clone()
    }

    /// Sets the members of `change`; `null` removes a member.
    fn change(&self, change: Map<String, Value>) -> Result<Map<String, Value>, ApiProblem> {
        let mut kept = self.0.lock();
        let mut values = kept.values.clone();
        for (name, value) in change {
            if value.is_null() {
                values.remove(&name);
            } else {
                values.insert(name, value);
            }
        }
        let unwritten = |why: String| {
            let sentence = format!("The preferences could not be written: {why}.");
            ApiProblem::new(Code::ServiceUnavailable, sentence)
        };
        let content = serde_json::to_vec_pretty(&values).map_err(|error| unwritten(error.to_string()))?;
        if content.len() > MOST {
            let sentence = format!("All preferences together are at most {MOST} bytes.");
            return Err(ApiProblem::new(Code::PayloadTooLarge, sentence));
        }
        if let Some(file) = &kept.file {
            durable::write(file, &content).map_err(|error| match error.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ApiProblem::disk_full(),
                _ => unwritten(error.to_string()),
            })?;
        }
        kept.values.clone_from(&values);
        Ok(values)
    }
}

/// The routes below `/api/preferences`. The caller puts them behind a guard.
pub(crate) fn preferences_routes(preferences: Preferences) -> OpenApiRouter {
    OpenApiRouter::default()
        .routes(routes!(show_preferences, change_preferences))
        .fallback(not_found)
        .with_state(preferences)
}

/// What was set in the page, by name. The page alone knows what a value means.
#[utoipa::path(
    get, path = "/",
    responses((status = 200, description = "The preferences", body = HashMap<String, Value>))
)]
async fn show_preferences(State(preferences): State<Preferences>) -> Json<Map<String, Value>> {
    Json(preferences.values())
}

/// Takes over the members of the body; `null` removes one.
#[utoipa::path(
    put, path = "/", request_body = HashMap<String, Value>,
    responses((status = 200, description = "The preferences then", body = HashMap<String, Value>))
)]
async fn change_preferences(
    State(preferences): State<Preferences>,
    Body(change): Body<Map<String, Value>>,
) -> Result<Json<Map<String, Value>>, ProblemResponse> {
    let changed = tokio::task::spawn_blocking(move || preferences.change(change)).await;
    let defect = |_| ApiProblem::new(Code::Internal, "The preferences could not be changed; try again.");
    Ok(Json(changed.map_err(defect)??))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn they_outlive_the_process_and_change_member_by_member() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("preferences.json");
        let preferences = Preferences::of(Some(file.clone()));
        preferences
            .change(object(json!({"language": "ru", "turbo": true})))
            .unwrap();
        preferences
            .change(object(json!({"turbo": null, "zoom": 1.25})))
            .unwrap();
        let again = Preferences::of(Some(file.clone()));
        assert_eq!(
            Value::Object(again.values()),
            json!({"language": "ru", "zoom": 1.25})
        );
        let large = object(json!({"x": "y".repeat(MOST)}));
        assert_eq!(again.change(large).unwrap_err().code, Code::PayloadTooLarge);
        std::fs::write(&file, "{").unwrap();
        assert_eq!(Preferences::of(Some(file)).values(), Map::new());
    }
}
