//! Virtual players: they call the gateway over HTTP, as the page does.

use std::sync::Arc;
use std::time::Duration;

use reelscope_contracts::{AccountCode, ApiProblem, Code, Money};
use reelscope_http::reply;
use reelscope_page_api::gateway::{LogIn, LoggedIn, Spin, SpinResult};
use reelscope_telemetry::{Client, Method, Service};

/// Name of a spin's root transaction, from the page too.
pub const SPIN: &str = "slot-machine-spin";

const GATEWAY: &str = "api-gateway";
/// Deadline of a request; longer than the gateway waits for a settlement.
const DEADLINE: Duration = Duration::from_secs(30);

/// What virtual players need to call the gateway.
#[derive(Clone)]
pub struct TrafficTarget {
    /// Origin of the gateway.
    pub origin: String,
    /// The launch token.
    pub launch_token: String,
    /// The service that begins the traces of their spins.
    pub frontend: Service,
    /// Returns the number of accounts that exist at least.
    pub accounts: Arc<dyn Fn() -> u64 + Send + Sync>,
}

/// Logs in the account with this number and returns its session token. Waits while the account is not written yet.
///
/// # Errors
/// A sentence about the failure.
pub async fn log_in_at(origin: &str, launch: &str, client: &Client, number: u64) -> Result<String, String> {
    let url = format!("{origin}/api/v1/sessions");
    // The players may still be being written; the account appears within a minute.
    for _ in 0..600 {
        let body = LogIn {
            player_id: None,
            account_code: AccountCode::numbered(number).to_string(),
        };
        let request = client
            .request(GATEWAY, Method::POST, &url, DEADLINE)
            .header("x-reelscope-token", launch)
            .json(&body);
        let (status, body) = request.send().await.map_err(|error| error.to_string())?;
        match reply::<LoggedIn>(status, &body) {
            Ok(session) => return Ok(session.token),
            Err(problem) if problem.retry_after.is_some() => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Err(problem) => return Err(problem.detail),
        }
    }
    Err(format!(
        "{} cannot sign in: players are still being created",
        AccountCode::numbered(number)
    ))
}

/// Makes one spin with this idempotency key.
///
/// # Errors
/// The code of the gateway's problem.
pub async fn spin(
    client: &Client,
    url: &str,
    launch: &str,
    token: &str,
    key: &str,
    stake: Money,
) -> Result<SpinResult, Code> {
    let request = client
        .request(GATEWAY, Method::POST, url, DEADLINE)
        .header("x-reelscope-token", launch)
        .header("idempotency-key", key)
        .header("authorization", &format!("Bearer {token}"))
        .json(&Spin {
            stake,
            same_seed_as: None,
        });
    let (status, body) = request.send().await.map_err(|_| Code::ServiceUnavailable)?;
    reply::<SpinResult>(status, &body).map_err(|problem: ApiProblem| problem.code)
}
