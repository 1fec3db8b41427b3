//! The page's API: every URL, and the file that answers it. Each route is mounted together with its description
//! (`utoipa_axum`), and `GET /api/openapi.json` describes exactly what is mounted. `tests/contract.rs` compares
//! this table, that document, and `ui/openapi.json`, from which the page's types are generated.
//!
//! | method | URL | file |
//! |---|---|---|
//! | GET | `/api/v1/health` | `services/api-gateway/src/http.rs` |
//! | GET | `/api/v1/paytable` | `services/api-gateway/src/http.rs` |
//! | GET | `/api/v1/players/me` | `services/api-gateway/src/http.rs` |
//! | GET | `/api/v1/reports/daily` | `services/api-gateway/src/http.rs` |
//! | GET | `/api/v1/rounds` | `services/api-gateway/src/rounds_http.rs` |
//! | GET | `/api/v1/rounds/{round_id}` | `services/api-gateway/src/rounds_http.rs` |
//! | POST | `/api/v1/sessions` | `services/api-gateway/src/http.rs` |
//! | POST | `/api/v1/spins` | `services/api-gateway/src/http.rs` |
//! | GET | `/api/openapi.json` | `services/api-gateway/src/http.rs` |
//! | GET | `/api/telemetry/delivery` | `services/collector/src/viewer/delivery.rs` |
//! | POST | `/api/telemetry/delivery/held` | `services/collector/src/viewer/delivery.rs` |
//! | POST | `/api/telemetry/delivery/retry` | `services/collector/src/viewer/delivery.rs` |
//! | POST | `/api/telemetry/delivery/test` | `services/collector/src/viewer/delivery.rs` |
//! | POST | `/api/telemetry/envelope` | `services/collector/src/viewer.rs` |
//! | GET | `/api/telemetry/envelopes` | `services/collector/src/viewer/envelopes.rs` |
//! | GET | `/api/telemetry/envelopes/{seq}` | `services/collector/src/viewer/envelopes.rs` |
//! | GET | `/api/telemetry/events` | `services/collector/src/viewer/events.rs` |
//! | GET | `/api/telemetry/issues` | `services/collector/src/viewer/issues.rs` |
//! | GET | `/api/telemetry/issues/{id}` | `services/collector/src/viewer/issues.rs` |
//! | POST | `/api/telemetry/issues/{id}` | `services/collector/src/viewer/issues.rs` |
//! | GET | `/api/telemetry/map` | `services/collector/src/viewer/map.rs` |
//! | GET | `/api/telemetry/measurements` | `services/collector/src/viewer/measurements.rs` |
//! | GET | `/api/telemetry/traces` | `services/collector/src/viewer/traces.rs` |
//! | GET | `/api/telemetry/traces/{id}` | `services/collector/src/viewer/traces.rs` |
//! | GET | `/api/settings` | `services/stack/src/settings_http.rs` |
//! | PUT | `/api/settings` | `services/stack/src/settings_http.rs` |
//! | GET | `/api/settings/page` | `services/stack/src/settings_http.rs` |
//! | GET | `/api/preferences` | `services/stack/src/preferences.rs` |
//! | PUT | `/api/preferences` | `services/stack/src/preferences.rs` |
//! | GET | `/api/notices` | `services/stack/src/notices.rs` |
//! | DELETE | `/api/notices/{id}` | `services/stack/src/notices.rs` |
//! | GET | `/api/overhead` | `services/stack/src/overhead.rs` |
//! | POST | `/api/overhead` | `services/stack/src/overhead.rs` |
//! | DELETE | `/api/overhead` | `services/stack/src/overhead.rs` |
//! | GET | `/api/faults` | `services/demo/src/faults_http.rs` |
//! | GET | `/api/faults/costs` | `services/demo/src/faults_http.rs` |
//! | GET | `/api/faults/figures` | `services/demo/src/faults_http.rs` |
//! | PUT | `/api/faults/release` | `services/demo/src/faults_http.rs` |
//! | GET | `/api/faults/releases` | `services/demo/src/faults_http.rs` |
//! | POST | `/api/faults/reset` | `services/demo/src/faults_http.rs` |
//! | PUT | `/api/faults/{id}` | `services/demo/src/faults_http.rs` |
//! | POST | `/api/faults/{id}/fire` | `services/demo/src/faults_http.rs` |
//! | GET | `/api/v1/presentation` | `services/presenter/src/http.rs` |
//! | POST | `/api/v1/presentation/back` | `services/presenter/src/http.rs` |
//! | POST | `/api/v1/presentation/end` | `services/presenter/src/http.rs` |
//! | POST | `/api/v1/presentation/go` | `services/presenter/src/http.rs` |
//! | POST | `/api/v1/presentation/next` | `services/presenter/src/http.rs` |
//! | GET | `/api/v1/presentation/schema` | `services/presenter/src/http.rs` |
//! | GET | `/api/v1/presentation/script` | `services/presenter/src/http.rs` |
//! | PUT | `/api/v1/presentation/script` | `services/presenter/src/http.rs` |
//! | DELETE | `/api/v1/presentation/script` | `services/presenter/src/http.rs` |
//! | POST | `/api/v1/presentation/seen` | `services/presenter/src/http.rs` |
//! | POST | `/api/v1/presentation/start` | `services/presenter/src/http.rs` |
//! | GET | `/api/v1/calculator` | `services/presenter/src/calculator_http.rs` |
//! | DELETE | `/api/v1/calculator` | `services/presenter/src/calculator_http.rs` |
//! | PUT | `/api/v1/calculator/formulas/{id}` | `services/presenter/src/calculator_http.rs` |
//! | DELETE | `/api/v1/calculator/formulas/{id}` | `services/presenter/src/calculator_http.rs` |
//! | PUT | `/api/v1/calculator/inputs/{id}` | `services/presenter/src/calculator_http.rs` |
//! | DELETE | `/api/v1/calculator/inputs/{id}` | `services/presenter/src/calculator_http.rs` |
//! | POST | `/api/v1/calculator/inputs/{id}/measured` | `services/presenter/src/calculator_http.rs` |
//! | GET | `/api/v1/report` | `services/presenter/src/http.rs` |
//! | GET | `/api/v1/report/data` | `services/presenter/src/http.rs` |
//! | GET | `/api/traffic` | `services/demo/src/traffic_http.rs` |
//! | PUT | `/api/traffic` | `services/demo/src/traffic_http.rs` |

use axum::Router;
use reelscope_collector::{Collector, viewer_routes};
use reelscope_demo::faults_http::{Steering, faults_routes};
use reelscope_demo::program::Program;
use reelscope_demo::traffic::TrafficControl;
use reelscope_demo::traffic_http::traffic_routes;
use reelscope_http::method_not_allowed;
use reelscope_presenter::calculator_http::calculator_routes;
use reelscope_presenter::http::{presentation_routes, report_routes};
use reelscope_presenter::presenter::Presenter;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::notices::{Notices, notices_routes};
use crate::overhead::{Overhead, overhead_routes};
use crate::preferences::{Preferences, preferences_routes};
use crate::settings_http::{self, settings_routes};

/// Path of the viewer's routes.
pub(crate) const TELEMETRY: &str = "/api/telemetry";
/// Path of the preferences.
pub(crate) const PREFERENCES: &str = "/api/preferences";

/// The state of all routes beside the gateway's own.
pub(crate) struct OwnerApi {
    pub(crate) collector: Collector,
    pub(crate) settings: settings_http::Shared,
    pub(crate) preferences: Preferences,
    pub(crate) notices: Notices,
    pub(crate) overhead: Overhead,
    pub(crate) steering: Steering,
    pub(crate) traffic: TrafficControl,
    pub(crate) presenter: Presenter,
    pub(crate) program: Program,
}

impl OwnerApi {
    /// The routes beside the gateway's own, and their descriptions. The caller puts the routes behind a guard.
    pub(crate) fn mounted(self) -> (Router, OpenApi) {
        let (routes, document) = OpenApiRouter::default()
            .nest(TELEMETRY, viewer_routes(self.collector))
            .nest("/api/settings", settings_routes(self.settings))
            .nest(PREFERENCES, preferences_routes(self.preferences))
            .nest("/api/notices", notices_routes(self.notices))
            .nest("/api/overhead", overhead_routes(self.overhead))
            .nest("/api/faults", faults_routes(self.steering.clone()))
            .nest("/api/traffic", traffic_routes(self.traffic, self.program))
            .nest(
                "/api/v1/presentation",
                presentation_routes(self.presenter.clone()),
            )
            .nest("/api/v1/calculator", calculator_routes(self.presenter.clone()))
            .nest("/api/v1/report", report_routes(self.presenter))
            .split_for_parts();
        // The same routes under the name that presenters use; the document has them once.
        let problems = Router::from(faults_routes(self.steering));
        let routes = routes.nest("/api/problems", problems);
        (routes.method_not_allowed_fallback(method_not_allowed), document)
    }
}
