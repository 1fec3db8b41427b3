//! Reads of the journal: wallets, bets, and the state of a round's stake.

use reelscope_contracts::payments::{Bet, Standing, Wallet};
use reelscope_contracts::{Money, PlayerId, RoundId, StakeStatus};
use reelscope_store::Store;

use super::records::{BetRecord, WalletRecord};
use super::{BETS, WALLETS, existing_wallet};
use crate::PaymentError;

/// Returns the wallet of a player.
///
/// # Errors
/// [`PaymentError::WalletNotFound`], [`PaymentError::Store`].
pub async fn wallet(store: &Store, player_id: &PlayerId) -> Result<Wallet, PaymentError> {
    let record = store.get::<WalletRecord>(WALLETS, player_id.as_str()).await?;
    record
        .map(|wallet| wallet.reply(player_id))
        .ok_or_else(|| PaymentError::WalletNotFound(player_id.clone()))
}

/// Returns the state of a player's round. The writer reads it, because it also sees changes that are not committed yet:
/// every request that was made before this one is taken into account.
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

/// Returns the state of the stake of any player's round; otherwise as [`standing`].
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

/// Returns the last bets of a player, newest first.
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
