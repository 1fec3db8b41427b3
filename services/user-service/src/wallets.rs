//! Balances, which the payment service keeps.

use std::time::Duration;

use reelscope_contracts::payments::{OpenWallet, Standing, Wallet};
use reelscope_contracts::{PlayerId, RoundId, StakeStatus};
use reelscope_http::reply;
use reelscope_telemetry::{Client, Method};

use crate::UserError;
use crate::players::Player;

const DEADLINE: Duration = Duration::from_secs(2);
const PEER: &str = "payment-service";

#[derive(Clone)]
pub(crate) struct Wallets {
    pub(crate) client: Client,
    pub(crate) payment_service: String,
}

impl Wallets {
    pub(crate) async fn of(&self, player_id: &PlayerId) -> Result<Wallet, UserError> {
        let url = format!("{}/v1/wallets/{player_id}", self.payment_service);
        let (status, body) = self
            .client
            .request(PEER, Method::GET, &url, DEADLINE)
            .send()
            .await?;
        reply(status, &body).map_err(UserError::Payment)
    }

    /// Returns the state of the stake of a player's round.
    pub(crate) async fn standing(
        &self,
        player_id: &PlayerId,
        round_id: RoundId,
    ) -> Result<StakeStatus, UserError> {
        let url = format!(
            "{}/v1/reservations/{round_id}?player_id={player_id}",
            self.payment_service
        );
        let (status, body) = self
            .client
            .request(PEER, Method::GET, &url, DEADLINE)
            .send()
            .await?;
        reply::<Standing>(status, &body)
            .map(|standing| standing.stake_status)
            .map_err(UserError::Payment)
    }

    /// Opens the wallet with the player's first deposit, or returns the existing one.
    pub(crate) async fn open(&self, player: &Player) -> Result<Wallet, UserError> {
        let url = format!("{}/v1/wallets", self.payment_service);
        let body = OpenWallet {
            player_id: player.player_id.clone(),
            currency: player.currency.clone(),
            opening_balance: player.opening_balance,
        };
        let (status, body) = self
            .client
            .request(PEER, Method::POST, &url, DEADLINE)
            .json(&body)
            .send()
            .await?;
        reply(status, &body).map_err(UserError::Payment)
    }
}
