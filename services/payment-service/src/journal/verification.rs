//! Verifies the books of the whole store.

use std::ops::ControlFlow;

use reelscope_contracts::day_of;
use reelscope_store::Store;

use super::open_bets::{OPEN, OpenRecord};
use super::records::{BetRecord, EntryRecord, Reversal, WalletRecord};
use super::{BETS, ENTRIES, WALLETS, reports};
use crate::PaymentError;
use crate::ledger::{RecordedBet, Verification, Verifier};

/// Recomputes every balance, the lists of open bets and the totals by day from entries and bets, and compares them with
/// what is stored. Reads everything; nothing may be written meanwhile.
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
