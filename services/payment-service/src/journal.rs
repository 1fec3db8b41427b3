//! The rules of money applied to the store. Every function is one write: it happens whole or not at all, in one
//! order with all others, and again with the same id it answers what it answered first.
//!
//! Collections: `wallets` by player, `bets` by round, `entries` by round and kind (never changed), `reports` by day (see [`crate::reports`]), and `open`
//! with the lists of the bets which are not at their end: neither posted nor voided, or voided here and still settled at
//! the provider. PoloDB cannot index a field that changes, and
//! these lists make a restart independent of how many bets there have been. There are [`OPEN_LISTS`] of them, by
//! round, because a list is written whole with every bet that joins or leaves it.

use std::ops::ControlFlow;

use reelscope_contracts::payments::{Bet, BetStatus, OpenWallet, Reserve, Standing, Wallet};
use reelscope_contracts::{Money, PlayerId, RoundId, StakeStatus, UnixMillis, day_of};
use reelscope_store::{Store, StoreError, Tx};
use reelscope_telemetry::TraceLink;
use serde::{Deserialize, Serialize};

use crate::ledger::{Balances, Movement, RecordedBet, Verification, Verifier, apply};
use crate::{PaymentError, reports};

/// Version of the documents below; raised when an older build would misread them.
///
/// Version 1 had one list of open bets, version 2 no totals by day, which its build would not keep; see [`migrate`].
pub const SCHEMA_VERSION: u32 = 3;

/// Bets that a wallet lists for the player's history.
const RECENT_BETS: usize = 50;

const WALLETS: &str = "wallets";
pub(crate) const BETS: &str = "bets";
const ENTRIES: &str = "entries";
const OPEN: &str = "open";
/// Lists of open bets. With 2,000 bets open a round takes 1.0 ms of processor time with 64 lists and 4.6 ms with one.
const OPEN_LISTS: u64 = 64;
/// The list of all open bets, in version 1.
const ONE_LIST: &str = "bets";

#[derive(Debug, Clone, Serialize, Deserialize)]
struct WalletRecord {
    #[serde(rename = "_id", default, skip_serializing)]
    player_id: PlayerId,
    currency: String,
    available: Money,
    reserved: Money,
    /// Newest last.
    recent: Vec<RoundId>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct BetRecord {
    #[serde(rename = "_id", default, skip_serializing)]
    round_id: RoundId,
    player_id: PlayerId,
    currency: String,
    stake: Money,
    payout: Option<Money>,
    status: BetStatus,
    void_reason: Option<String>,
    reserved_at: UnixMillis,
    settled_at: Option<UnixMillis>,
    /// The trace that the round belongs to, for whoever ends it later.
    #[serde(default)]
    trace: TraceLink,
    /// The round whose seed it draws from again.
    #[serde(default)]
    same_seed_as: Option<RoundId>,
    /// What the provider calls the settlement, once it has made it.
    #[serde(default)]
    provider_reference: Option<String>,
    /// Where it was voided here and settled there.
    #[serde(default)]
    reversal: Option<Reversal>,
}

/// How far the provider has taken a settlement back that it should not have made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reversal {
    /// It has to.
    Due,
    /// It has.
    Made,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct EntryRecord {
    kind: String,
    debit: String,
    credit: String,
    amount: Money,
    round_id: Option<RoundId>,
    at: UnixMillis,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct OpenRecord {
    rounds: Vec<RoundId>,
}

impl WalletRecord {
    fn balances(&self) -> Balances {
        Balances {
            available: self.available,
            reserved: self.reserved,
        }
    }

    fn reply(&self, player_id: &PlayerId) -> Wallet {
        Wallet {
            player_id: player_id.clone(),
            currency: self.currency.clone(),
            available: self.available,
            reserved: self.reserved,
        }
    }
}

impl BetRecord {
    fn reply(&self, round_id: RoundId, wallet: &WalletRecord) -> Bet {
        Bet {
            round_id,
            player_id: self.player_id.clone(),
            stake: self.stake,
            payout: self.payout,
            currency: self.currency.clone(),
            status: self.status,
            reserved_at: self.reserved_at,
            settled_at: self.settled_at,
            same_seed_as: self.same_seed_as,
            provider_reference: self.provider_reference.clone(),
            balance: wallet.available,
        }
    }
}

/// Opens a wallet with its first deposit, or answers with the one that is there.
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

/// The wallet of a player.
///
/// # Errors
/// [`PaymentError::WalletNotFound`], [`PaymentError::Store`].
pub async fn wallet(store: &Store, player_id: &PlayerId) -> Result<Wallet, PaymentError> {
    let record = store.get::<WalletRecord>(WALLETS, player_id.as_str()).await?;
    record
        .map(|wallet| wallet.reply(player_id))
        .ok_or_else(|| PaymentError::WalletNotFound(player_id.clone()))
}

/// Where a round of a player's stands. Asked of the writer, so that it sees everything that was handed over before, what
/// waits to be committed too: an answer never becomes untrue by a request that was made before the question.
///
/// # Errors
/// [`PaymentError::BetNotFound`] when the round is another player's, [`PaymentError::Store`].
pub async fn standing(
    store: &Store,
    round_id: RoundId,
    player_id: PlayerId,
) -> Result<Standing, PaymentError> {
    store
        .write(move |tx| {
            let Some(wallet) = tx.get::<WalletRecord>(WALLETS, player_id.as_str())? else {
                return Ok(Standing {
                    bet: None,
                    stake_status: StakeStatus::Untouched,
                    balance: Money::ZERO,
                });
            };
            let bet = tx.get::<BetRecord>(BETS, &round_id.to_string())?;
            if bet.as_ref().is_some_and(|bet| bet.player_id != player_id) {
                return Err(PaymentError::BetNotFound(round_id));
            }
            let bet = bet.map(|bet| bet.reply(round_id, &wallet));
            Ok(Standing {
                stake_status: bet.as_ref().map_or(StakeStatus::Untouched, Bet::stake_status),
                bet,
                balance: wallet.available,
            })
        })
        .await
}

/// Where the stake of a round stands, whoever's it is; otherwise as [`standing`].
///
/// # Errors
/// [`PaymentError::Store`].
pub async fn stake_status(store: &Store, round_id: RoundId) -> Result<StakeStatus, PaymentError> {
    store
        .write(move |tx| {
            let Some(bet) = tx.get::<BetRecord>(BETS, &round_id.to_string())? else {
                return Ok(StakeStatus::Untouched);
            };
            let wallet = existing_wallet(tx, &bet.player_id)?;
            Ok(bet.reply(round_id, &wallet).stake_status())
        })
        .await
}

/// Sets the stake of a round aside. Asked again, answers with the bet as it stands now, whatever became of it.
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
                // A round that was voided before it was reserved has no stake of its own.
                let never_reserved = bet.status == BetStatus::Voided && bet.stake == Money::ZERO;
                let same_seed = bet.same_seed_as == same_seed_as
                    // Older builds did not write it down, and what is past its draw draws nothing any more.
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

/// A bet whose payout is written down.
#[derive(Debug, Clone)]
pub struct Intent {
    /// The bet as it stands.
    pub bet: Bet,
    /// It was written down by this call: nobody can have asked the provider for it before.
    pub first: bool,
}

/// Writes the payout of a reserved round down, so that whatever happens from here on the round can be settled
/// with the right figures. Asked again, answers with the bet as it stands now.
///
/// # Errors
/// [`PaymentError::BetNotFound`], [`PaymentError::Conflict`] when another payout was written down before,
/// [`PaymentError::Refused`] for a negative payout, [`PaymentError::Store`].
pub async fn intend(store: &Store, round_id: RoundId, payout: Money) -> Result<Intent, PaymentError> {
    store
        .write(move |tx| {
            let id = round_id.to_string();
            let mut bet = existing_bet(tx, round_id, &id)?;
            let wallet = existing_wallet(tx, &bet.player_id)?;
            if payout < Money::ZERO {
                return Err(crate::ledger::LedgerError::OutOfRange.into());
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
            Ok(Intent { bet, first })
        })
        .await
}

/// What posting a bet came to.
#[derive(Debug, Clone)]
pub enum Posting {
    /// This call has posted it.
    Made(Bet),
    /// It was posted before.
    MadeBefore(Bet),
    /// Its stake was returned before. The provider has settled all the same, so that it is listed as open until
    /// [`reversed`].
    Voided(Bet),
}

/// Takes the stake and pays the payout that was written down, since the provider has settled and calls that so.
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

/// Takes note that the provider has taken back what it settled for a bet that was voided here.
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
    /// Only one whose payout is not known: nobody has asked the provider for it.
    Unsettled,
    /// One whose payout is known too: the provider has said no.
    Refused,
}

/// Gives the stake back. A round without reservation is closed for the future. A bet that is voided or that
/// `voidable` leaves alone is answered as it stands.
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

/// The last bets of a player, newest first.
///
/// # Errors
/// [`PaymentError::WalletNotFound`], [`PaymentError::Store`].
pub async fn recent(store: &Store, player_id: &PlayerId, limit: usize) -> Result<Vec<Bet>, PaymentError> {
    let wallet = store
        .get::<WalletRecord>(WALLETS, player_id.as_str())
        .await?
        .ok_or_else(|| PaymentError::WalletNotFound(player_id.clone()))?;
    let ids = wallet
        .recent
        .iter()
        .rev()
        .take(limit)
        .map(ToString::to_string)
        .collect();
    let bets = store.get_many::<BetRecord>(BETS, ids).await?;
    Ok(bets.iter().map(|bet| bet.reply(bet.round_id, &wallet)).collect())
}

/// Brings a store of an older build to [`SCHEMA_VERSION`]. Does nothing to one that is there already. Nothing may be
/// posted meanwhile.
///
/// # Errors
/// [`PaymentError::Store`].
pub async fn migrate(store: &Store) -> Result<(), PaymentError> {
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
        .await?;
    reports::complete(store).await
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
    /// When the stake was reserved, as the clock of then said: for people. Nothing is decided by it, since a clock is
    /// set and a laptop sleeps.
    pub reserved_at: UnixMillis,
    /// The trace that the round belongs to.
    pub trace: TraceLink,
}

/// What brings an open bet to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Nobody knows a payout, so nobody has asked the provider: the stake goes back.
    Void,
    /// This payout is written down, and the provider was, or was about to be, asked.
    Settle(Money),
    /// The provider takes back what it settled under this reference of its own.
    Reverse(String),
}

/// Recomputes every balance, the lists of open bets and the totals by day from entries and bets, and compares. Reads
/// everything; the store must be at rest.
///
/// # Errors
/// [`PaymentError::Store`].
pub async fn verify(store: &Store) -> Result<Verification, PaymentError> {
    let verifier = store
        .scan::<EntryRecord, _, _>(ENTRIES, Verifier::default(), |verifier, entry| {
            verifier.entry(
                &entry.kind,
                &entry.debit,
                &entry.credit,
                entry.amount,
                entry.round_id,
            );
            ControlFlow::Continue(())
        })
        .await?;
    let verifier = store
        .scan::<WalletRecord, _, _>(WALLETS, verifier, |verifier, wallet| {
            verifier.wallet(&wallet.player_id, wallet.balances());
            ControlFlow::Continue(())
        })
        .await?;
    let verifier = store
        .scan::<BetRecord, _, _>(BETS, verifier, |verifier, bet| {
            verifier.bet(RecordedBet {
                round: bet.round_id,
                status: bet.status,
                stake: bet.stake,
                payout: bet.payout,
                currency: &bet.currency,
                posted_on: bet.settled_at.map(day_of),
                reversal_due: bet.reversal == Some(Reversal::Due),
            });
            ControlFlow::Continue(())
        })
        .await?;
    let verifier = store
        .scan::<OpenRecord, _, _>(OPEN, verifier, |verifier, open| {
            for round in open.rounds {
                verifier.listed_as_open(round);
            }
            ControlFlow::Continue(())
        })
        .await?;
    let verifier = reports::verify(store, verifier).await?;
    Ok(verifier.finish())
}

fn existing_wallet(tx: &Tx<'_>, player_id: &PlayerId) -> Result<WalletRecord, PaymentError> {
    tx.get(WALLETS, player_id.as_str())?
        .ok_or_else(|| PaymentError::WalletNotFound(player_id.clone()))
}

fn existing_bet(tx: &Tx<'_>, round_id: RoundId, id: &str) -> Result<BetRecord, PaymentError> {
    tx.get(BETS, id)?.ok_or(PaymentError::BetNotFound(round_id))
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

/// Ends a bet: the money moves, the bet gets its last status, and it leaves the list of open ones.
fn close(
    tx: &mut Tx<'_>,
    bet: &mut BetRecord,
    wallet: &mut WalletRecord,
    round: RoundId,
    movement: Movement,
    at: UnixMillis,
) -> Result<(), PaymentError> {
    move_money(tx, wallet, &bet.player_id, movement, Some(round), at)?;
    tx.put(WALLETS, bet.player_id.as_str(), wallet)?;
    bet.status = if matches!(movement, Movement::Void(_)) {
        BetStatus::Voided
    } else {
        BetStatus::Posted
    };
    bet.settled_at = Some(at);
    tx.put(BETS, &round.to_string(), bet)?;
    unlist(tx, round)?;
    Ok(())
}

fn list_as_open(tx: &mut Tx<'_>, round: RoundId) -> Result<(), StoreError> {
    let list = open_list(round);
    let mut open = open_record(tx, &list)?;
    open.rounds.push(round);
    tx.put(OPEN, &list, &open)
}

fn unlist(tx: &mut Tx<'_>, round: RoundId) -> Result<(), StoreError> {
    let list = open_list(round);
    let mut open = open_record(tx, &list)?;
    open.rounds.retain(|open| *open != round);
    tx.put(OPEN, &list, &open)
}

/// Applies a movement and writes its entries. The entries' ids make a second application impossible.
fn move_money(
    tx: &mut Tx<'_>,
    wallet: &mut WalletRecord,
    player: &PlayerId,
    movement: Movement,
    round: Option<RoundId>,
    at: UnixMillis,
) -> Result<(), PaymentError> {
    let (balances, transfers) = apply(wallet.balances(), player, movement)?;
    wallet.available = balances.available;
    wallet.reserved = balances.reserved;
    let made_for = round.map_or_else(|| player.to_string(), |round| round.to_string());
    for transfer in transfers {
        let id = format!("{made_for}:{}", transfer.kind.as_str());
        let entry = EntryRecord {
            kind: transfer.kind.as_str().to_owned(),
            debit: transfer.debit.to_string(),
            credit: transfer.credit.to_string(),
            amount: transfer.amount,
            round_id: round,
            at,
        };
        tx.insert(ENTRIES, &id, &entry)?;
    }
    Ok(())
}

fn remember(wallet: &mut WalletRecord, round: RoundId) {
    let surplus = (wallet.recent.len() + 1).saturating_sub(RECENT_BETS);
    wallet.recent.drain(..surplus);
    wallet.recent.push(round);
}
