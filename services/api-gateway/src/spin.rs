//! The walk of a spin: check the player, reserve the stake, draw the round, settle it.

use reelscope_contracts::game::{DrawRound, Round};
use reelscope_contracts::payments::{Bet, BetStatus, Reserve, Standing, Void};
use reelscope_contracts::users::CheckEligibility;
use reelscope_contracts::{ApiProblem, Code, Money, PlayerId, RoundId, StakeStatus};
use reelscope_page_api::gateway::{Spin, SpinResult};
use reelscope_telemetry::{CallError, annotate, measure_as_metric};
use uuid::Uuid;

use crate::auth::SessionClaims;
use crate::turns::Turns;
use crate::upstream::Upstream;
use crate::{GatewayError, Knobs};

/// Namespace of round ids (UUID version 5, RFC 9562): a fixed random UUID.
const ROUNDS: Uuid = Uuid::from_u128(0x6f1c_7a52_0d0e_4a7b_9b6e_2f55_d0c1_84e3);

/// The round that a player's idempotency key makes. Deriving it, instead of remembering it, is what makes a spin
/// repeatable: a key that is sent again, after a lost answer or after a restart of everything, names the same
/// round, and every service behind does its part once per round.
#[must_use]
pub fn round_id(player_id: &PlayerId, key: &str) -> RoundId {
    Uuid::new_v5(&ROUNDS, format!("{player_id}\n{key}").as_bytes()).into()
}

/// A round of a player's, for as long as a request is about it.
#[derive(Clone)]
pub(crate) struct Play {
    pub(crate) upstream: Upstream,
    pub(crate) turns: Turns,
    pub(crate) knobs: Knobs,
    pub(crate) player_id: PlayerId,
    pub(crate) round_id: RoundId,
}

impl Play {
    /// Plays the round. Every way out says what became of the stake, as the payment service says it.
    ///
    /// # Errors
    /// [`GatewayError::Spin`], with the service's own problem and the state of the stake.
    pub(crate) async fn spin(self, claims: SessionClaims, spin: Spin) -> Result<SpinResult, GatewayError> {
        let Spin { stake, same_seed_as } = spin;
        let _turn = self.turns.wait(self.round_id).await;
        annotate("round.id", self.round_id.to_string());
        annotate("stake", stake.major());

        self.check_player(claims, stake).await?;
        if let Some(earlier) = same_seed_as {
            self.check_repeat(earlier, stake).await?;
        }
        let reserved = self.reserve(stake, same_seed_as).await?;
        let round = self.draw(stake, same_seed_as).await?;
        if reserved.status == BetStatus::Posted {
            return self.replay(round, &reserved);
        }
        let bet = self.settle(stake, &round).await?;
        Ok(result(round, &bet, reserved.status != BetStatus::Reserved))
    }

    /// Asks the user service whether the session is open, and the stake within limits and balance.
    async fn check_player(&self, claims: SessionClaims, stake: Money) -> Result<(), GatewayError> {
        let check = CheckEligibility {
            session_id: claims.sid,
            account_code: claims.account,
            stake,
            round_id: self.round_id,
        };
        match self.upstream.check_eligibility(&check).await {
            Ok(player) => {
                annotate("currency", player.currency.as_str());
                Ok(())
            }
            Err(error) => Err(self.failed(stake, error).await),
        }
    }

    /// Has the payment service set the stake aside.
    async fn reserve(&self, stake: Money, same_seed_as: Option<RoundId>) -> Result<Bet, GatewayError> {
        let reserve = Reserve {
            round_id: self.round_id,
            player_id: self.player_id.clone(),
            stake,
            same_seed_as,
        };
        match self.upstream.reserve(&reserve).await {
            // Counted as a failure when it was voided.
            Ok(bet) if bet.status == BetStatus::Voided => {
                Err(self.spin_error(closed(&bet), bet.stake_status()))
            }
            Ok(bet) => Ok(bet),
            // The ledger has answered, or was never asked.
            Err(error) if stake_status_in(&error, self.round_id).is_some() => {
                Err(self.failed(stake, error).await)
            }
            Err(error @ GatewayError::NoReply(_, CallError::NotSent)) => Err(self.failed(stake, error).await),
            // It may have been reserved. Voiding closes the round either way.
            Err(error) => Err(self.void(stake, "no reply to the reservation", error).await),
        }
    }

    /// Has the game engine draw the round; when it cannot, the stake goes back.
    async fn draw(&self, stake: Money, same_seed_as: Option<RoundId>) -> Result<Round, GatewayError> {
        let draw = DrawRound {
            round_id: self.round_id,
            stake,
            same_seed_as,
        };
        match self.upstream.draw(&draw).await {
            Ok(round) => Ok(round),
            Err(error) => Err(self.void(stake, "the round could not be drawn", error).await),
        }
    }

    /// Has the payment service settle the round: its bet is posted, or pending and settled behind.
    async fn settle(&self, stake: Money, round: &Round) -> Result<Bet, GatewayError> {
        match self.upstream.settle(self.round_id, round.payout).await {
            Ok(bet) if matches!(bet.status, BetStatus::Posted | BetStatus::Pending) => {
                self.knobs.note_board(&round.board);
                Ok(bet)
            }
            Ok(bet) => Err(self.fail(stake, closed(&bet), bet.stake_status())),
            Err(error) if stake_status_in(&error, self.round_id).is_some() => {
                Err(self.failed(stake, error).await)
            }
            // The answer is lost, and not the round.
            Err(error) => match self.upstream.standing(&self.player_id, self.round_id).await {
                Ok(Standing { bet: Some(bet), .. }) if bet.status == BetStatus::Posted => {
                    tracing::warn!(%error, "settled, and the answer was lost");
                    Ok(bet)
                }
                stands => Err(self.fail(stake, error, status_of(stands))),
            },
        }
    }

    /// The answer of a round that was posted before. Its payout is what the ledger has.
    fn replay(&self, round: Round, bet: &Bet) -> Result<SpinResult, GatewayError> {
        if bet.payout == Some(round.payout) {
            return Ok(result(round, bet, true));
        }
        let lost = ApiProblem::new(
            Code::Internal,
            "This round was settled, and its board is not on record any more; the history has its payout.",
        );
        Err(self.spin_error(GatewayError::Service(lost), StakeStatus::Paid))
    }

    /// Checks that a round whose seed is to be drawn from again is one of this player's, with this stake: its outcome is
    /// known, so that another player or a higher stake would win money for certain.
    async fn check_repeat(&self, earlier: RoundId, stake: Money) -> Result<(), GatewayError> {
        let problem = match self.upstream.standing(&self.player_id, earlier).await {
            Ok(Standing { bet: Some(bet), .. }) if bet.stake == stake => return Ok(()),
            Ok(Standing { bet: Some(bet), .. }) if bet.stake > Money::ZERO => {
                let sentence = format!(
                    "The round of same_seed_as had a stake of {}; take the same.",
                    bet.stake
                );
                GatewayError::Service(ApiProblem::new(Code::InvalidRequest, sentence).field("stake"))
            }
            Err(error) if !matches!(&error, GatewayError::Service(problem) if problem.code == Code::NotFound) => {
                error
            }
            Ok(_) | Err(_) => {
                let sentence =
                    "No round of yours has this id; leave same_seed_as out, or name one of your own.";
                GatewayError::Service(ApiProblem::new(Code::NotFound, sentence).field("same_seed_as"))
            }
        };
        Err(self.failed(stake, problem).await)
    }

    /// Gives the stake back, if there is one, and says what became of it. The round is closed then: a reservation that
    /// arrives late finds it so.
    async fn void(&self, stake: Money, reason: &str, error: GatewayError) -> GatewayError {
        let void = Void {
            player_id: self.player_id.clone(),
            reason: reason.to_owned(),
        };
        let stands = match self.upstream.void(self.round_id, &void).await {
            Ok(bet) => bet.stake_status(),
            Err(refused) => match stake_status_in(&refused, self.round_id) {
                Some(stands) => stands,
                None => self.stands().await,
            },
        };
        self.fail(stake, error, stands)
    }

    /// A failure, with where the stake stands: as the problem of the payment service says, else as that service is asked now.
    pub(crate) async fn failed(&self, stake: Money, error: GatewayError) -> GatewayError {
        let stands = match stake_status_in(&error, self.round_id) {
            Some(stands) => stands,
            None => self.stands().await,
        };
        self.fail(stake, error, stands)
    }

    /// As [`Play::failed`], for a request that is refused before its turn. While another request works on the round, the stake
    /// is unknown, since it may move at any moment.
    pub(crate) async fn refused(&self, error: GatewayError) -> GatewayError {
        match self.turns.try_now(self.round_id) {
            Some(_turn) => {
                let stands = self.stands().await;
                self.spin_error(error, stands)
            }
            None => self.spin_error(error, StakeStatus::Unknown),
        }
    }

    /// As [`Play::failed`], for a request without a valid session, to which the stake is not disclosed.
    pub(crate) fn unauthorised(&self, error: GatewayError) -> GatewayError {
        self.spin_error(error, StakeStatus::Unknown)
    }

    async fn stands(&self) -> StakeStatus {
        status_of(self.upstream.standing(&self.player_id, self.round_id).await)
    }

    fn fail(&self, stake: Money, error: GatewayError, stands: StakeStatus) -> GatewayError {
        // A refusal that is the player's own doing, such as a balance that is too small, fails no stake; nor does a paid round.
        if ApiProblem::from(&error).status >= 500 && stands != StakeStatus::Paid {
            measure_as_metric("failed_stake", stake.major(), "none");
        }
        self.spin_error(error, stands)
    }

    fn spin_error(&self, error: GatewayError, stake: StakeStatus) -> GatewayError {
        GatewayError::Spin {
            source: Box::new(error),
            round_id: self.round_id,
            stake,
        }
    }
}

/// Where the stake stands, if the problem is the payment service's and says so.
fn stake_status_in(error: &GatewayError, round_id: RoundId) -> Option<StakeStatus> {
    match error {
        GatewayError::Service(problem) if problem.round_id == Some(round_id) => problem.stake_status,
        _ => None,
    }
}

fn status_of(stands: Result<Standing, GatewayError>) -> StakeStatus {
    stands.map_or(StakeStatus::Unknown, |standing| standing.stake_status)
}

/// The problem of a round that was voided before.
fn closed(bet: &Bet) -> GatewayError {
    let sentence = if bet.stake_status() == StakeStatus::Untouched {
        "This round was closed before its stake was reserved; spin again with a new idempotency key."
    } else {
        "This round was voided and its stake returned; spin again with a new idempotency key."
    };
    GatewayError::Service(ApiProblem::new(Code::PaymentDeclined, sentence))
}

fn result(round: Round, bet: &Bet, replayed: bool) -> SpinResult {
    SpinResult {
        round_id: round.round_id,
        status: bet.status,
        stake: bet.stake,
        payout: round.payout,
        currency: bet.currency.clone(),
        balance: bet.balance,
        seed: round.seed,
        stops: round.stops,
        board: round.board,
        wins: round.wins,
        same_seed_as: round.same_seed_as,
        replayed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The page derives the same (`ui/src/app/core/api/round-id.ts`), and its specs hold it to the same values.
    #[test]
    fn the_round_of_a_key_is_what_the_page_makes_of_it() {
        let ids = [
            ("p1", "k", "e11fe37a-5499-5dc9-95f5-65e142121d11"),
            (
                "6f1c7a52-0000-4000-8000-000000000001",
                "7e9d",
                "5043bc96-3e19-53f5-8ce6-b6b58b458ab3",
            ),
            // Beyond ASCII: both sides mean UTF-8.
            ("игрок", "ключ ✓", "a1611331-0d07-5a21-a92f-e99176385c7e"),
        ];
        for (player, key, id) in ids {
            assert_eq!(round_id(&player.into(), key).to_string(), id, "{player} {key}");
        }
    }

    #[test]
    fn a_round_belongs_to_its_player_and_key() {
        let of = |player: &str, key| round_id(&player.into(), key);
        assert_eq!(of("p1", "k"), of("p1", "k"));
        assert_ne!(of("p1", "k"), of("p2", "k"));
        assert_ne!(of("p1", "k"), of("p1", "l"));
    }
}
