//! A spin, on one page.

use reelscope_contracts::game::{DrawRound, Round};
use reelscope_contracts::gateway::{Spin, SpinResult};
use reelscope_contracts::payments::{Bet, BetStatus, Reserve, Void};
use reelscope_contracts::users::CheckEligibility;
use reelscope_contracts::{Code, Problem, RoundId, StakeStatus};
use reelscope_telemetry::{CallError, annotate, measure};
use uuid::Uuid;

use crate::auth::Claims;
use crate::upstream::Upstream;
use crate::{GatewayError, Knobs};

/// Namespace of round ids (UUID version 5, RFC 9562): a fixed random UUID.
const ROUNDS: Uuid = Uuid::from_u128(0x6f1c_7a52_0d0e_4a7b_9b6e_2f55_d0c1_84e3);

/// The round that a player's idempotency key makes. Deriving it, instead of remembering it, is what makes a spin
/// repeatable: whoever sends the key again, after a lost answer or after a restart of everything, means the same
/// round, and every service behind does its part once per round.
#[must_use]
pub fn round_id(player_id: &str, key: &str) -> RoundId {
    Uuid::new_v5(&ROUNDS, format!("{player_id}\n{key}").as_bytes())
}

/// Plays a round: check the player, reserve the stake, draw, settle. Once the stake is reserved, every way out
/// says what became of it.
///
/// # Errors
/// [`GatewayError::Spin`], with the service's own problem and the state of the stake.
pub async fn spin(
    upstream: Upstream,
    knobs: Knobs,
    claims: Claims,
    key: String,
    Spin { stake, same_seed_as }: Spin,
) -> Result<SpinResult, GatewayError> {
    let round_id = round_id(&claims.sub, &key);
    annotate("round.id", round_id.to_string());
    annotate("stake", stake.major());
    let fail = |source: GatewayError, standing| {
        // What is the player's own affair, such as an empty purse, costs nobody anything.
        if Problem::from(&source).status >= 500 {
            measure("failed_stake", stake.major(), "none");
        }
        GatewayError::Spin {
            source: Box::new(source),
            round_id,
            stake: standing,
        }
    };

    let check = CheckEligibility {
        session_id: claims.sid,
        account_code: claims.account,
        stake,
    };
    let player = upstream
        .check_eligibility(&check)
        .await
        .map_err(|error| fail(error, StakeStatus::Untouched))?;
    annotate("currency", player.currency.as_str());

    let reserve = Reserve {
        round_id,
        player_id: player.player_id.clone(),
        stake,
    };
    let reserved = match upstream.reserve(&reserve).await {
        Ok(bet) => bet,
        Err(error @ (GatewayError::Service(_) | GatewayError::NoReply(_, CallError::NotSent))) => {
            return Err(fail(error, StakeStatus::Untouched));
        }
        Err(error) => {
            // It may have been reserved. Voiding closes the round either way.
            let stake = give_back(
                &upstream,
                round_id,
                player.player_id,
                "no reply to the reservation",
            )
            .await;
            return Err(fail(error, stake));
        }
    };
    if reserved.status == BetStatus::Voided {
        return Err(fail(declined(), StakeStatus::Returned));
    }

    let round = match upstream
        .draw(&DrawRound {
            round_id,
            stake,
            same_seed_as,
        })
        .await
    {
        Ok(round) => round,
        Err(error) => {
            let stake = give_back(
                &upstream,
                round_id,
                player.player_id,
                "the round could not be drawn",
            )
            .await;
            return Err(fail(error, stake));
        }
    };
    if reserved.status == BetStatus::Posted {
        return Ok(result(round, &reserved, true));
    }

    match upstream.settle(round_id, round.payout).await {
        Ok(bet) => {
            if knobs.meets_defect() {
                annotate("board.middle_row", middle_row(&round.board));
            }
            Ok(result(round, &bet, reserved.status != BetStatus::Reserved))
        }
        Err(GatewayError::Service(problem)) => {
            let stake = problem.stake_status.unwrap_or(StakeStatus::Pending);
            Err(fail(GatewayError::Service(problem), stake))
        }
        // The payment service has the payout or will void by itself; nobody here can know which.
        Err(error) => Err(fail(error, StakeStatus::Pending)),
    }
}

/// The middle row of a board as text, the way a careless change would read it: as rows of reels. A board is reels of
/// rows, so that the fourth symbol of a "row" is out of bounds.
fn middle_row(board: &[Vec<String>]) -> String {
    let symbols = (0..board.len()).map(|reel| board[1][reel].as_str());
    symbols.collect::<Vec<_>>().join(" ")
}

async fn give_back(upstream: &Upstream, round_id: RoundId, player_id: String, reason: &str) -> StakeStatus {
    let void = Void {
        player_id,
        reason: reason.to_owned(),
    };
    match upstream.void(round_id, &void).await {
        Ok(Bet {
            status: BetStatus::Voided,
            ..
        }) => StakeStatus::Returned,
        Ok(_) | Err(_) => StakeStatus::Pending,
    }
}

fn declined() -> GatewayError {
    GatewayError::Service(Problem::new(
        Code::PaymentDeclined,
        "This round was voided and its stake returned; spin again with a new idempotency key.",
    ))
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
        replayed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_belongs_to_its_player_and_key() {
        assert_eq!(round_id("p1", "k"), round_id("p1", "k"));
        assert_ne!(round_id("p1", "k"), round_id("p2", "k"));
        assert_ne!(round_id("p1", "k"), round_id("p1", "l"));
    }
}
