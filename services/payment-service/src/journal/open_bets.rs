//! Lists of the open bets, so that a restart does not read all bets that exist.

use reelscope_contracts::payments::BetStatus;
use reelscope_contracts::{Money, PlayerId, RoundId, UnixMillis};
use reelscope_store::{Store, StoreError, Tx};
use reelscope_telemetry::TraceLink;
use serde::{Deserialize, Serialize};

use super::BETS;
use super::records::BetRecord;
use crate::PaymentError;

pub(super) const OPEN: &str = "open";
/// Number of lists. With 2,000 open bets a round takes 1.0 ms of CPU time with 64 lists and 4.6 ms with one.
const OPEN_LISTS: u64 = 64;
/// Name of the only list, in version 1.
const ONE_LIST: &str = "bets";

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct OpenRecord {
    pub(super) rounds: Vec<RoundId>,
}

/// Returns the open bets whose round is `wanted`, oldest first.
///
/// # Errors
/// [`PaymentError::Store`].
pub async fn open_bets(
    store: &Store,
    wanted: impl Fn(RoundId) -> bool,
) -> Result<Vec<OpenBet>, PaymentError> {
    let lists = (0..OPEN_LISTS).map(list_name).collect();
    let open = store.get_many::<OpenRecord>(OPEN, lists).await?;
    let rounds = open.into_iter().flat_map(|open| open.rounds);
    let wanted = rounds.filter(|round| wanted(*round));
    let wanted = wanted.map(|round| round.to_string()).collect();
    let mut bets = store.get_many::<BetRecord>(BETS, wanted).await?;
    bets.sort_by_key(|bet| bet.reserved_at);
    let open_bet = |bet: BetRecord| OpenBet {
        round_id: bet.round_id,
        player_id: bet.player_id,
        next: match (bet.status, bet.payout, bet.provider_reference) {
            (BetStatus::Voided, _, Some(reference)) => Next::Reverse(reference),
            (BetStatus::Pending, Some(payout), _) => Next::Settle(payout),
            _ => Next::Void,
        },
        reserved_at: bet.reserved_at,
        trace: bet.trace,
    };
    Ok(bets.into_iter().map(open_bet).collect())
}

/// An open bet.
#[derive(Debug, Clone)]
pub struct OpenBet {
    /// The round.
    pub round_id: RoundId,
    /// The player.
    pub player_id: PlayerId,
    /// The step that ends it.
    pub next: Next,
    /// Time of the reservation by the wall clock, for display only. No decision depends on it, because clocks are set and
    /// laptops sleep.
    pub reserved_at: UnixMillis,
    /// The trace that the round belongs to.
    pub trace: TraceLink,
}

/// The step that ends an open bet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Return the stake: no payout is recorded, so the provider was not asked.
    Void,
    /// Settle: this payout is recorded, and the provider may have been asked.
    Settle(Money),
    /// Let the provider reverse its settlement with this reference.
    Reverse(String),
}

/// Moves the bets of version 1's only list to the lists.
pub(super) async fn spread(store: &Store) -> Result<(), PaymentError> {
    store
        .write(|tx| {
            let Some(all) = tx.get::<OpenRecord>(OPEN, ONE_LIST)? else {
                return Ok(());
            };
            for round in all.rounds {
                let list = open_list(round);
                let mut open = open_record(tx, &list)?;
                open.rounds.push(round);
                tx.put(OPEN, &list, &open)?;
            }
            tx.delete(OPEN, ONE_LIST)?;
            Ok::<_, PaymentError>(())
        })
        .await
}

fn open_record(tx: &Tx<'_>, list: &str) -> Result<OpenRecord, StoreError> {
    Ok(tx.get(OPEN, list)?.unwrap_or_default())
}

/// Returns the list of a round while it is open. Round ids are hashes, so their last bits are evenly distributed.
fn open_list(round: RoundId) -> String {
    let (_, low) = round.as_u64_pair();
    list_name((low & 0xffff) % OPEN_LISTS)
}

fn list_name(number: u64) -> String {
    format!("bets-{number:02}")
}

pub(super) fn list_as_open(tx: &mut Tx<'_>, round: RoundId) -> Result<(), StoreError> {
    let list = open_list(round);
    let mut open = open_record(tx, &list)?;
    open.rounds.push(round);
    tx.put(OPEN, &list, &open)
}

pub(super) fn unlist(tx: &mut Tx<'_>, round: RoundId) -> Result<(), StoreError> {
    let list = open_list(round);
    let mut open = open_record(tx, &list)?;
    open.rounds.retain(|open| *open != round);
    tx.put(OPEN, &list, &open)
}
