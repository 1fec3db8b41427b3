//! The bets that are not at their end, in lists: a restart reads the lists and not every bet that there ever was.

use reelscope_contracts::payments::BetStatus;
use reelscope_contracts::{Money, PlayerId, RoundId, UnixMillis};
use reelscope_store::{Store, StoreError, Tx};
use reelscope_telemetry::TraceLink;
use serde::{Deserialize, Serialize};

use super::BETS;
use super::records::BetRecord;
use crate::PaymentError;

pub(super) const OPEN: &str = "open";
/// Lists of open bets. With 2,000 bets open a round takes 1.0 ms of processor time with 64 lists and 4.6 ms with one.
const OPEN_LISTS: u64 = 64;
/// The list of all open bets, in version 1.
const ONE_LIST: &str = "bets";

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct OpenRecord {
    pub(super) rounds: Vec<RoundId>,
}

/// Those of the bets that are not at their end whose round is `wanted`, oldest first.
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

/// A bet that waits for its end.
#[derive(Debug, Clone)]
pub struct OpenBet {
    /// The round.
    pub round_id: RoundId,
    /// Who plays.
    pub player_id: PlayerId,
    /// What brings it to its end.
    pub next: Next,
    /// When the stake was reserved, by the wall clock. It is for people only: clocks are set and laptops sleep, so no
    /// decision depends on it.
    pub reserved_at: UnixMillis,
    /// The trace that the round belongs to.
    pub trace: TraceLink,
}

/// What brings an open bet to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// No payout is known, so the provider was not asked: the stake goes back.
    Void,
    /// This payout is written down, and the provider was, or was about to be, asked.
    Settle(Money),
    /// The provider takes back what it settled under this reference of its own.
    Reverse(String),
}

/// Spreads the one list of version 1 over the lists.
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

/// The list that a round is on while it is open. Round ids are hashes, so their last bits spread evenly.
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
