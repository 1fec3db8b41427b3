//! The rules of money applied to the store. Every function is one write: it happens completely or not at all, in one
//! order with all others, and a repeated call with the same id has no further effect.
//!
//! Collections: `wallets` by player, `bets` by round, `entries` by round and kind (never changed), `reports` by day, and `open` with the lists of open bets: those neither posted nor voided, and those voided here
//! but still settled at the provider. PoloDB cannot index a field that changes, and with these lists a restart does not
//! depend on the number of all bets. There are several, by round, because a list is rewritten whenever a bet joins or
//! leaves it.

mod movements;
mod open_bets;
mod reads;
mod records;
mod reports;
mod verification;

use reelscope_contracts::payments::{Bet, BetStatus, OpenWallet, Reserve, Wallet};
use reelscope_contracts::{Money, PlayerId, RoundId, UnixMillis};
use reelscope_store::{Store, Tx};
use reelscope_telemetry::TraceLink;

use crate::PaymentError;
use crate::ledger::{LedgerError, Movement};
use movements::{close, move_money};
use open_bets::{list_as_open, unlist};
use records::{BetRecord, Reversal, WalletRecord};

pub use open_bets::{Next, OpenBet, open_bets};
pub use reads::{recent, stake_status, standing, wallet};
pub use reports::{daily_report, recounted_report};
pub use verification::verify;

/// Version of the documents below. It is raised when an older build would misread them.
///
/// Version 1 has one list of open bets. Version 2 has no totals by day, and its build would not update them; see
/// [`migrate`].
pub const SCHEMA_VERSION: u32 = 3;

/// Number of bets that a wallet lists for the player's history.
const RECENT_BETS: usize = 50;

const WALLETS: &str = "wallets";
const BETS: &str = "bets";
const ENTRIES: &str = "entries";

/// Opens a wallet with its first deposit, or returns the existing one.
///
/// # Errors
/// [`PaymentError::OtherCurrency`], [`PaymentError::Refused`] for a negative deposit, [`PaymentError::Store`].
pub async fn open_wallet(store: &Store, request: OpenWallet, at: UnixMillis) -> Result<Wallet, PaymentError> {
    store
        .write(move |tx| {
            let player = &request.player_id;
            if let Some(wallet) = tx.get::<WalletRecord>(WALLETS, player.as_str())? {
                if wallet.currency != request.currency {
                    return Err(PaymentError::OtherCurrency);
                }
                return Ok(wallet.reply(player));
            }
            let mut wallet = WalletRecord {
                player_id: player.clone(),
                currency: request.currency,
                available: Money::ZERO,
                reserved: Money::ZERO,
                recent: Vec::new(),
            };
            if request.opening_balance != Money::ZERO {
                let deposit = Movement::Deposit(request.opening_balance);
                move_money(tx, &mut wallet, player, deposit, None, at)?;
            }
            tx.put(WALLETS, player.as_str(), &wallet)?;
            Ok(wallet.reply(player))
        })
        .await
}

/// Reserves the stake of a round. A repeated call returns the bet as it is now.
///
/// # Errors
/// [`PaymentError::Refused`] when the balance is short, [`PaymentError::Conflict`] when the round is another
/// player's, has another stake or draws from another seed, [`PaymentError::WalletNotFound`], [`PaymentError::Store`].
pub async fn reserve(store: &Store, request: Reserve, at: UnixMillis) -> Result<Bet, PaymentError> {
    let trace = TraceLink::current();
    store
        .write(move |tx| {
            let Reserve {
                round_id,
                player_id,
                stake,
                same_seed_as,
            } = request;
            let id = round_id.to_string();
            let mut wallet = existing_wallet(tx, &player_id)?;
            if let Some(bet) = tx.get::<BetRecord>(BETS, &id)? {
                // A round that was voided before it was reserved has no stake to compare with.
                let never_reserved = bet.status == BetStatus::Voided && bet.stake == Money::ZERO;
                let same_seed = bet.same_seed_as == same_seed_as
                    // Older builds did not record it, and a round that is drawn already is not drawn again.
                    || (bet.same_seed_as.is_none() && bet.status != BetStatus::Reserved);
                let same = bet.stake == stake && same_seed;
                if bet.player_id != player_id || !(same || never_reserved) {
                    return Err(PaymentError::Conflict(round_id));
                }
                return Ok(bet.reply(round_id, &wallet));
            }
            move_money(
                tx,
                &mut wallet,
                &player_id,
                Movement::Reserve(stake),
                Some(round_id),
                at,
            )?;
            remember(&mut wallet, round_id);
            tx.put(WALLETS, player_id.as_str(), &wallet)?;
            let bet = BetRecord {
                round_id,
                player_id,
                currency: wallet.currency.clone(),
                stake,
                payout: None,
                status: BetStatus::Reserved,
                void_reason: None,
                reserved_at: at,
                settled_at: None,
                trace,
                same_seed_as,
                provider_reference: None,
                reversal: None,
            };
            tx.insert(BETS, &id, &bet)?;
            list_as_open(tx, round_id)?;
            Ok(bet.reply(round_id, &wallet))
        })
        .await
}

/// A bet whose payout is recorded.
#[derive(Debug, Clone)]
pub struct RecordedPayout {
    /// The bet as it is now.
    pub bet: Bet,
    /// Whether this call recorded it, so that the provider was not asked for it before.
    pub first: bool,
}

/// Records the payout of a reserved round, so that the round can be settled with the right figures after any later
/// failure. A repeated call returns the bet as it is now.
///
/// # Errors
/// [`PaymentError::BetNotFound`], [`PaymentError::Conflict`] when another payout was recorded before,
/// [`PaymentError::Refused`] for a negative payout, [`PaymentError::Store`].
pub async fn record_payout(
    store: &Store,
    round_id: RoundId,
    payout: Money,
) -> Result<RecordedPayout, PaymentError> {
    store
        .write(move |tx| {
            let id = round_id.to_string();
            let mut bet = existing_bet(tx, round_id, &id)?;
            let wallet = existing_wallet(tx, &bet.player_id)?;
            if payout < Money::ZERO {
                return Err(LedgerError::OutOfRange.into());
            }
            let first = bet.status == BetStatus::Reserved;
            match (bet.status, bet.payout) {
                (BetStatus::Voided, _) => {}
                (_, Some(known)) if known != payout => return Err(PaymentError::Conflict(round_id)),
                (_, Some(_)) => {}
                (_, None) => {
                    bet.payout = Some(payout);
                    bet.status = BetStatus::Pending;
                    tx.put(BETS, &id, &bet)?;
                }
            }
            let bet = bet.reply(round_id, &wallet);
            Ok(RecordedPayout { bet, first })
        })
        .await
}

/// The outcome of posting a bet.
#[derive(Debug, Clone)]
pub enum Posting {
    /// This call posted it.
    Made(Bet),
    /// It was posted before.
    MadeBefore(Bet),
    /// Its stake was returned before, although the provider has settled. It is listed as open until [`reversed`].
    Voided(Bet),
}

/// Takes the stake and pays the recorded payout, once the provider has settled. `provider_reference` is the provider's id
/// of the settlement.
///
/// # Errors
/// [`PaymentError::BetNotFound`], [`PaymentError::Conflict`] when no payout is known,
/// [`PaymentError::Store`].
pub async fn post(
    store: &Store,
    round_id: RoundId,
    provider_reference: String,
    at: UnixMillis,
) -> Result<Posting, PaymentError> {
    store
        .write(move |tx| {
            let id = round_id.to_string();
            let mut bet = existing_bet(tx, round_id, &id)?;
            let mut wallet = existing_wallet(tx, &bet.player_id)?;
            match (bet.status, bet.payout) {
                (BetStatus::Posted, _) => return Ok(Posting::MadeBefore(bet.reply(round_id, &wallet))),
                (BetStatus::Voided, _) => {
                    bet.provider_reference = Some(provider_reference);
                    if bet.reversal.is_none() {
                        bet.reversal = Some(Reversal::Due);
                        list_as_open(tx, round_id)?;
                    }
                    tx.put(BETS, &id, &bet)?;
                    return Ok(Posting::Voided(bet.reply(round_id, &wallet)));
                }
                (_, None) => return Err(PaymentError::Conflict(round_id)),
                (_, Some(payout)) => {
                    bet.provider_reference = Some(provider_reference);
                    let movement = Movement::Post {
                        stake: bet.stake,
                        payout,
                    };
                    close(tx, &mut bet, &mut wallet, round_id, movement, at)?;
                    reports::count(tx, &bet.currency, bet.stake, payout, at)?;
                }
            }
            Ok(Posting::Made(bet.reply(round_id, &wallet)))
        })
        .await
}

/// Records that the provider has reversed its settlement of a bet that was voided here.
///
/// # Errors
/// [`PaymentError::BetNotFound`], [`PaymentError::Store`].
pub async fn reversed(store: &Store, round_id: RoundId) -> Result<(), PaymentError> {
    store
        .write(move |tx| {
            let id = round_id.to_string();
            let mut bet = existing_bet(tx, round_id, &id)?;
            if bet.reversal == Some(Reversal::Due) {
                bet.reversal = Some(Reversal::Made);
                tx.put(BETS, &id, &bet)?;
                unlist(tx, round_id)?;
            }
            Ok(())
        })
        .await
}

/// Which bets a void may close.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voidable {
    /// Only one without a payout, for which the provider was not asked.
    Unsettled,
    /// Also one with a payout, because the provider has refused it.
    Refused,
}

/// Returns the stake. A round without a reservation can no longer be reserved. A bet that is voided already, or that
/// `voidable` excludes, is returned unchanged.
///
/// # Errors
/// [`PaymentError::AlreadyPosted`], [`PaymentError::Conflict`] when the round is another player's,
/// [`PaymentError::WalletNotFound`], [`PaymentError::Store`].
pub async fn void(
    store: &Store,
    round_id: RoundId,
    player_id: PlayerId,
    reason: String,
    voidable: Voidable,
    at: UnixMillis,
) -> Result<Bet, PaymentError> {
    store
        .write(move |tx| {
            let id = round_id.to_string();
            let mut wallet = existing_wallet(tx, &player_id)?;
            let Some(mut bet) = tx.get::<BetRecord>(BETS, &id)? else {
                let bet = BetRecord {
                    round_id,
                    player_id,
                    currency: wallet.currency.clone(),
                    stake: Money::ZERO,
                    payout: None,
                    status: BetStatus::Voided,
                    void_reason: Some(reason),
                    reserved_at: at,
                    settled_at: Some(at),
                    trace: TraceLink::default(),
                    same_seed_as: None,
                    provider_reference: None,
                    reversal: None,
                };
                tx.insert(BETS, &id, &bet)?;
                return Ok(bet.reply(round_id, &wallet));
            };
            if bet.player_id != player_id {
                return Err(PaymentError::Conflict(round_id));
            }
            match (bet.status, voidable) {
                (BetStatus::Posted, _) => return Err(PaymentError::AlreadyPosted(round_id)),
                (BetStatus::Voided, _) | (BetStatus::Pending, Voidable::Unsettled) => {}
                (BetStatus::Reserved, _) | (BetStatus::Pending, Voidable::Refused) => {
                    bet.void_reason = Some(reason);
                    let movement = Movement::Void(bet.stake);
                    close(tx, &mut bet, &mut wallet, round_id, movement, at)?;
                }
            }
            Ok(bet.reply(round_id, &wallet))
        })
        .await
}

/// Migrates a store of an older build to [`SCHEMA_VERSION`]. Does nothing to a current one. Nothing may be posted
/// meanwhile.
///
/// # Errors
/// [`PaymentError::Store`].
pub async fn migrate(store: &Store) -> Result<(), PaymentError> {
    open_bets::spread(store).await?;
    reports::complete(store).await
}

fn existing_wallet(tx: &Tx<'_>, player_id: &PlayerId) -> Result<WalletRecord, PaymentError> {
    tx.get(WALLETS, player_id.as_str())?
        .ok_or_else(|| PaymentError::WalletNotFound(player_id.clone()))
}

fn existing_bet(tx: &Tx<'_>, round_id: RoundId, id: &str) -> Result<BetRecord, PaymentError> {
    tx.get(BETS, id)?.ok_or(PaymentError::BetNotFound(round_id))
}

fn remember(wallet: &mut WalletRecord, round: RoundId) {
    let surplus = (wallet.recent.len() + 1).saturating_sub(RECENT_BETS);
    wallet.recent.drain(..surplus);
    wallet.recent.push(round);
}
