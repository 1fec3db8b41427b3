//! Writes one movement of money: the wallet, its ledger entries, and the bet that it ends.

use reelscope_contracts::payments::BetStatus;
use reelscope_contracts::{PlayerId, RoundId, UnixMillis};
use reelscope_store::Tx;

use super::open_bets::unlist;
use super::records::{BetRecord, EntryRecord, WalletRecord};
use super::{BETS, ENTRIES, WALLETS};
use crate::PaymentError;
use crate::ledger::{Movement, apply};

/// Ends a bet: moves the money, sets the last status, and removes the bet from the list of open ones.
pub(super) fn close(
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

/// Applies a movement and writes its entries. The ids of the entries make a second application impossible.
pub(super) fn move_money(
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
