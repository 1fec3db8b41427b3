//! Rounds in the store: draws each once, looks them up, and replays seeds.

use reelscope_contracts::game::Round;
use reelscope_contracts::{Money, RoundId, UnixMillis};
use reelscope_store::Store;
use serde::{Deserialize, Serialize};
use tracing::info_span;

use crate::GameError;
use crate::drawing::draw_stops;
use crate::evaluate::evaluate;
use crate::faults::{Knobs, TENFOLD_CHERRIES};
use crate::paytable::{CERTIFIED, Paytable};
use crate::reels::{REELS, STRIPS, Stops, board_at};
use crate::replies::round;

/// Version of the documents below. It is raised when an older build would misread them.
pub const SCHEMA_VERSION: u32 = 1;

/// Maximum number of rounds in one look-up.
pub const MOST_LOOKED_UP: usize = 100;

const ROUNDS: &str = "rounds";

/// A stored round: enough to show and to check it. The wins follow from the board.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct RoundRecord {
    #[serde(rename = "_id", default, skip_serializing)]
    round_id: RoundId,
    stake: Money,
    payout: Money,
    seed: String,
    stops: Vec<i64>,
    drawn_at: UnixMillis,
    /// Whether it was evaluated by [`TENFOLD_CHERRIES`] instead of [`CERTIFIED`]. The round is shown with the same
    /// paytable.
    #[serde(default)]
    wrong_paytable: bool,
    /// The round whose seed was used again.
    #[serde(default)]
    same_seed_as: Option<RoundId>,
}

impl RoundRecord {
    /// Returns the round as it was drawn. The stops are read and not drawn again, so that it stays the same even if a
    /// later build draws other stops from the same seed.
    fn round(&self) -> Option<Round> {
        let mut stops = Stops::default();
        if self.stops.len() != REELS {
            return None;
        }
        for ((stop, stored), strip) in stops.iter_mut().zip(&self.stops).zip(STRIPS) {
            *stop = usize::try_from(*stored).ok().filter(|stop| *stop < strip.len())?;
        }
        let board = board_at(stops);
        let paytable = if self.wrong_paytable {
            &TENFOLD_CHERRIES
        } else {
            &CERTIFIED
        };
        let evaluation = evaluate(paytable, &board, self.stake.minor()).ok()?;
        let mut round = round(
            self.round_id,
            self.stake,
            &self.seed,
            stops,
            &board,
            &evaluation,
            self.drawn_at,
        );
        round.payout = self.payout;
        round.same_seed_as = self.same_seed_as;
        Some(round)
    }
}

/// A round, and whether this call drew it.
pub struct Drawn {
    /// The round.
    pub round: Round,
    /// Whether it was drawn by this call.
    pub first: bool,
}

/// A seed and its origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed {
    /// The seed.
    pub seed: u64,
    /// The round that used the seed first; `None` for a new seed.
    pub same_seed_as: Option<RoundId>,
}

/// Draws a round and records it before it is returned. A later call with the same id returns the same round and ignores
/// its `seed`.
///
/// # Errors
/// [`GameError::Stake`], [`GameError::Conflict`] when the id was drawn for another stake, [`GameError::Store`],
/// [`GameError::Unhealthy`].
pub async fn draw_round(
    store: &Store,
    knobs: &Knobs,
    round_id: RoundId,
    stake: Money,
    Seed { seed, same_seed_as }: Seed,
    at: UnixMillis,
) -> Result<Drawn, GameError> {
    // The paytable at the time of the request, because drawing may take long.
    let paytable = knobs.paytable();
    // Computed outside of the writer, because all other writes wait for that.
    let stops = knobs.draw_stops(seed).await?;
    let mut drawn = evaluated(paytable, round_id, stake, seed, stops, at)?;
    drawn.same_seed_as = same_seed_as;
    let record = RoundRecord {
        round_id,
        stake,
        payout: drawn.payout,
        seed: drawn.seed.clone(),
        stops: drawn.stops.iter().map(|stop| i64::from(*stop)).collect(),
        drawn_at: at,
        wrong_paytable: paytable.version() == TENFOLD_CHERRIES.version(),
        same_seed_as,
    };
    store
        .write(move |tx| {
            let id = round_id.to_string();
            if let Some(mut earlier) = tx.get::<RoundRecord>(ROUNDS, &id)? {
                earlier.round_id = round_id;
                if earlier.stake != record.stake {
                    return Err(GameError::Conflict(round_id));
                }
                let round = earlier.round().ok_or(GameError::Seed)?;
                return Ok(Drawn { round, first: false });
            }
            tx.insert(ROUNDS, &id, &record)?;
            Ok(Drawn {
                round: drawn,
                first: true,
            })
        })
        .await
}

/// Returns the rounds with these ids, in their order, without unknown ones.
///
/// # Errors
/// [`GameError::TooMany`], [`GameError::Store`].
pub async fn look_up(store: &Store, ids: &[RoundId]) -> Result<Vec<Round>, GameError> {
    if ids.len() > MOST_LOOKED_UP {
        return Err(GameError::TooMany(MOST_LOOKED_UP));
    }
    let ids = ids.iter().map(ToString::to_string).collect();
    let records = store.get_many::<RoundRecord>(ROUNDS, ids).await?;
    Ok(records.iter().filter_map(RoundRecord::round).collect())
}

/// Returns the seed of a round, to draw from it again for comparison. The stake must be the same, because the outcome is
/// known.
///
/// # Errors
/// [`GameError::NoSuchRound`], [`GameError::OtherStake`], [`GameError::Store`].
pub async fn seed_of(store: &Store, round_id: RoundId, stake: Money) -> Result<u64, GameError> {
    let record = store.get::<RoundRecord>(ROUNDS, round_id.to_string()).await?;
    let record = record.ok_or(GameError::NoSuchRound(round_id))?;
    if record.stake != stake {
        return Err(GameError::OtherStake(record.stake));
    }
    parse_seed(&record.seed)
}

/// Evaluates a seed by the certified paytable, without recording anything. Faults have no effect.
///
/// # Errors
/// [`GameError::Stake`].
pub fn play(round_id: RoundId, stake: Money, seed: u64, at: UnixMillis) -> Result<Round, GameError> {
    evaluated(&CERTIFIED, round_id, stake, seed, draw_stops(seed), at)
}

fn evaluated(
    paytable: &Paytable,
    round_id: RoundId,
    stake: Money,
    seed: u64,
    stops: Stops,
    at: UnixMillis,
) -> Result<Round, GameError> {
    let board = board_at(stops);
    let evaluation = info_span!(
        "game.evaluate",
        sentry.op = "game.evaluate",
        sentry.name = "evaluate paylines"
    )
    .in_scope(|| evaluate(paytable, &board, stake.minor()))
    .map_err(GameError::Stake)?;
    Ok(round(
        round_id,
        stake,
        &format!("{seed:016x}"),
        stops,
        &board,
        &evaluation,
        at,
    ))
}

/// Parses a seed as replies contain it.
///
/// # Errors
/// [`GameError::Seed`].
pub fn parse_seed(text: &str) -> Result<u64, GameError> {
    let hex = text.len() == 16 && text.bytes().all(|b| b.is_ascii_hexdigit());
    if hex {
        u64::from_str_radix(text, 16).map_err(|_| GameError::Seed)
    } else {
        Err(GameError::Seed)
    }
}
