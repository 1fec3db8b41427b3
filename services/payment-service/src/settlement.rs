//! From a known payout to posted money, by way of the provider.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use reelscope_contracts::payments::{Bet, BetStatus};
use reelscope_contracts::provider::SettlementRequest;
use reelscope_contracts::{Money, RoundId, now};
use reelscope_store::Store;
use reelscope_telemetry::{Turnover, annotate, player};
use tracing::{Instrument, info_span};

use crate::PaymentError;
use crate::error::ended;
use crate::journal::{self, Voidable};
use crate::provider::{Outcome, Provider};

/// Settles rounds; cheap to clone.
#[derive(Clone)]
pub struct Settlement {
    store: Store,
    provider: Provider,
    /// Rounds that a task is settling, so that [`crate::recovery`] leaves them alone.
    under_way: Arc<Mutex<HashSet<RoundId>>>,
    /// What was posted since the service started.
    turnover: Turnover,
}

impl Settlement {
    /// Settles rounds of `store` with `provider`.
    #[must_use]
    pub fn new(store: Store, provider: Provider) -> Self {
        Self {
            store,
            provider,
            under_way: Arc::default(),
            turnover: Turnover::default(),
        }
    }

    /// Writes the payout down, asks the provider, posts or voids. Runs to its end even when the caller is gone.
    ///
    /// # Errors
    /// [`PaymentError::Declined`] (the stake is back), [`PaymentError::OutcomeUnknown`] (it stays reserved and
    /// is settled later), and those of [`journal::intend`].
    pub async fn settle(&self, round_id: RoundId, payout: Money) -> Result<Bet, PaymentError> {
        let settlement = self.clone();
        let task = reelscope_telemetry::spawn(async move { settlement.run(round_id, payout).await });
        task.await.unwrap_or(Err(PaymentError::OutcomeUnknown(round_id)))
    }

    async fn run(&self, round_id: RoundId, payout: Money) -> Result<Bet, PaymentError> {
        let intended = info_span!(
            "wallet.intend",
            sentry.op = "wallet.intend",
            sentry.name = "write the payout down"
        );
        let bet = journal::intend(&self.store, round_id, payout)
            .instrument(intended)
            .await?;
        player(&bet.player_id);
        annotate("round.id", round_id.to_string());
        annotate("currency", bet.currency.as_str());
        if bet.status != BetStatus::Pending {
            ended(round_id, bet.status)?;
            return Ok(bet);
        }
        let _mark = UnderWay::mark(&self.under_way, round_id);
        let request = SettlementRequest {
            reference: round_id.to_string(),
            debit: bet.stake,
            credit: payout,
            currency: bet.currency.clone(),
            seed: Some(round_id.as_u64_pair().1),
        };
        let settled = match self.provider.settle(&request).await {
            Outcome::Settled => {
                let posting = info_span!(
                    "wallet.post",
                    sentry.op = "wallet.post",
                    sentry.name = "post stake and payout"
                );
                let posted = journal::post(&self.store, round_id, now())
                    .instrument(posting)
                    .await?;
                self.turnover.measure(bet.stake.major(), payout.major());
                posted
            }
            Outcome::Refused => {
                let reason = "refused by the payment provider".to_owned();
                journal::void(
                    &self.store,
                    round_id,
                    bet.player_id,
                    reason,
                    Voidable::Refused,
                    now(),
                )
                .instrument(info_span!(
                    "wallet.void",
                    sentry.op = "wallet.void",
                    sentry.name = "return the stake"
                ))
                .await?
            }
            Outcome::Unknown => return Err(PaymentError::OutcomeUnknown(round_id)),
        };
        ended(round_id, settled.status)?;
        Ok(settled)
    }

    /// Whether a task is settling this round.
    #[must_use]
    pub fn is_under_way(&self, round_id: RoundId) -> bool {
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(&round_id)
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }
}

/// Takes its mark away however the task ends.
struct UnderWay<'a> {
    set: &'a Mutex<HashSet<RoundId>>,
    round_id: RoundId,
}

impl<'a> UnderWay<'a> {
    fn mark(set: &'a Mutex<HashSet<RoundId>>, round_id: RoundId) -> Self {
        set.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(round_id);
        Self { set, round_id }
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.set
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.round_id);
    }
}
