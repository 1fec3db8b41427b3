//! The services behind the gateway, each with its deadline.

use std::time::Duration;

use reelscope_contracts::game::{DrawRound, LookUpRounds, Paytable, Round};
use reelscope_contracts::payments::{Bet, Bets, DailyReport, Reserve, Settle, Standing, Void};
use reelscope_contracts::users::{CheckEligibility, CheckSession, OpenSession, Player, Seeding, Session};
use reelscope_contracts::{AccountCode, ApiProblem, Day, Health, Money, PlayerId, RoundId, SessionId};
use reelscope_http::reply;
use reelscope_telemetry::{Client, Method};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::GatewayError;

/// A read or a write on this machine that takes longer has failed.
const QUICK: Duration = Duration::from_secs(5);
/// Longer than the payment service waits for the provider, so that its answer is the one that arrives.
pub const SETTLEMENT: Duration = Duration::from_secs(15);
/// At least as long as one request works on a round from its reservation on: the reservation, the draw, then the
/// settlement and a look at the stake, or a void. A call that is added to the walk in `spin.rs` joins the sum.
pub const LONGEST_ROUND: Duration =
    Duration::from_secs(3 * QUICK.as_secs() + SETTLEMENT.as_secs() + ASK.as_secs());
/// A report that reads every bet may take seconds.
const REPORT: Duration = Duration::from_secs(15);
/// Where a stake stands is asked after a failure, while the player waits for the answer.
const ASK: Duration = Duration::from_secs(3);
const HEALTH: Duration = Duration::from_secs(1);

const USER_SERVICE: &str = "user-service";
const GAME_ENGINE: &str = "game-engine";
const PAYMENT_SERVICE: &str = "payment-service";

/// Base URLs of the services.
#[derive(Debug, Clone)]
pub struct Addresses {
    /// `http://127.0.0.1:PORT`.
    pub user_service: String,
    /// `http://127.0.0.1:PORT`.
    pub game_engine: String,
    /// `http://127.0.0.1:PORT`.
    pub payment_service: String,
}

/// Client of the services.
#[derive(Clone)]
pub struct Upstream {
    client: Client,
    at: Addresses,
}

impl Upstream {
    /// With the gateway's own client.
    #[must_use]
    pub fn new(client: Client, at: Addresses) -> Self {
        Self { client, at }
    }

    async fn call<T: DeserializeOwned>(
        &self,
        service: &'static str,
        method: Method,
        url: String,
        body: Option<&(impl Serialize + Sync)>,
        deadline: Duration,
    ) -> Result<T, GatewayError> {
        let mut call = self.client.request(service, method, &url, deadline);
        if let Some(body) = body {
            call = call.json(body);
        }
        let (status, body) = call
            .send()
            .await
            .map_err(|error| GatewayError::NoReply(service, error))?;
        reply(status, &body).map_err(|problem: ApiProblem| {
            GatewayError::Service(ApiProblem {
                // Where a stake stands only the payment service knows.
                stake_status: problem.stake_status.filter(|_| service == PAYMENT_SERVICE),
                ..problem
            })
        })
    }

    pub(crate) async fn open_session(&self, open: &OpenSession) -> Result<Session, GatewayError> {
        let url = format!("{}/v1/sessions", self.at.user_service);
        self.call(USER_SERVICE, Method::POST, url, Some(open), QUICK)
            .await
    }

    pub(crate) async fn check_session(
        &self,
        session_id: &SessionId,
        account_code: &AccountCode,
    ) -> Result<(), GatewayError> {
        let url = format!("{}/v1/sessions/check", self.at.user_service);
        let check = CheckSession {
            session_id: session_id.clone(),
            account_code: account_code.clone(),
        };
        self.call(USER_SERVICE, Method::POST, url, Some(&check), QUICK)
            .await
    }

    pub(crate) async fn player(&self, account_code: &AccountCode) -> Result<Player, GatewayError> {
        let url = format!("{}/v1/players/{account_code}", self.at.user_service);
        self.call(USER_SERVICE, Method::GET, url, None::<&()>, QUICK)
            .await
    }

    pub(crate) async fn check_eligibility(&self, check: &CheckEligibility) -> Result<Player, GatewayError> {
        let url = format!("{}/v1/eligibility", self.at.user_service);
        self.call(USER_SERVICE, Method::POST, url, Some(check), QUICK)
            .await
    }

    pub(crate) async fn seeding(&self) -> Result<Seeding, GatewayError> {
        let url = format!("{}/v1/seeding", self.at.user_service);
        self.call(USER_SERVICE, Method::GET, url, None::<&()>, HEALTH)
            .await
    }

    pub(crate) async fn reserve(&self, reserve: &Reserve) -> Result<Bet, GatewayError> {
        let url = format!("{}/v1/reservations", self.at.payment_service);
        self.call(PAYMENT_SERVICE, Method::POST, url, Some(reserve), QUICK)
            .await
    }

    pub(crate) async fn settle(&self, round_id: RoundId, payout: Money) -> Result<Bet, GatewayError> {
        let url = format!("{}/v1/reservations/{round_id}/settle", self.at.payment_service);
        self.call(
            PAYMENT_SERVICE,
            Method::POST,
            url,
            Some(&Settle { payout }),
            SETTLEMENT,
        )
        .await
    }

    pub(crate) async fn void(&self, round_id: RoundId, void: &Void) -> Result<Bet, GatewayError> {
        let url = format!("{}/v1/reservations/{round_id}/void", self.at.payment_service);
        self.call(PAYMENT_SERVICE, Method::POST, url, Some(void), QUICK)
            .await
    }

    pub(crate) async fn standing(
        &self,
        player_id: &PlayerId,
        round_id: RoundId,
    ) -> Result<Standing, GatewayError> {
        let url = format!(
            "{}/v1/reservations/{round_id}?player_id={player_id}",
            self.at.payment_service
        );
        self.call(PAYMENT_SERVICE, Method::GET, url, None::<&()>, ASK)
            .await
    }

    pub(crate) async fn bets(&self, player_id: &PlayerId, limit: usize) -> Result<Vec<Bet>, GatewayError> {
        let url = format!(
            "{}/v1/players/{player_id}/bets?limit={limit}",
            self.at.payment_service
        );
        let bets: Bets = self
            .call(PAYMENT_SERVICE, Method::GET, url, None::<&()>, QUICK)
            .await?;
        Ok(bets.bets)
    }

    pub(crate) async fn daily_report(&self, day: Option<Day>) -> Result<DailyReport, GatewayError> {
        let url = match day {
            Some(day) => format!("{}/v1/reports/daily?day={day}", self.at.payment_service),
            None => format!("{}/v1/reports/daily", self.at.payment_service),
        };
        self.call(PAYMENT_SERVICE, Method::GET, url, None::<&()>, REPORT)
            .await
    }

    pub(crate) async fn draw(&self, draw: &DrawRound) -> Result<Round, GatewayError> {
        let url = format!("{}/v1/rounds", self.at.game_engine);
        self.call(GAME_ENGINE, Method::POST, url, Some(draw), QUICK).await
    }

    pub(crate) async fn rounds(&self, round_ids: Vec<RoundId>) -> Result<Vec<Round>, GatewayError> {
        let url = format!("{}/v1/rounds/lookup", self.at.game_engine);
        self.call(
            GAME_ENGINE,
            Method::POST,
            url,
            Some(&LookUpRounds { round_ids }),
            QUICK,
        )
        .await
    }

    pub(crate) async fn paytable(&self) -> Result<Paytable, GatewayError> {
        let url = format!("{}/v1/paytable", self.at.game_engine);
        self.call(GAME_ENGINE, Method::GET, url, None::<&()>, QUICK).await
    }

    /// Asks every service how it is, at once.
    pub(crate) async fn health(&self) -> Vec<(&'static str, String)> {
        let ask = async |service: &'static str, base: &str| {
            let url = format!("{base}/health");
            let answer = self
                .call::<Health>(service, Method::GET, url, None::<&()>, HEALTH)
                .await;
            answer.map_or_else(|error| error.to_string(), |health| health.status)
        };
        let (users, game, payments) = tokio::join!(
            ask(USER_SERVICE, &self.at.user_service),
            ask(GAME_ENGINE, &self.at.game_engine),
            ask(PAYMENT_SERVICE, &self.at.payment_service),
        );
        vec![
            (USER_SERVICE, users),
            (GAME_ENGINE, game),
            (PAYMENT_SERVICE, payments),
        ]
    }
}
