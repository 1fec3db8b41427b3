//! From a known payout to posted money, by way of the provider.

use reelscope_contracts::payments::{Bet, BetStatus};
use reelscope_contracts::provider::SettlementRequest;
use reelscope_contracts::{Money, RoundId, now};
use reelscope_store::Store;
use reelscope_telemetry::{Turnover, annotate, player};
use tracing::{Instrument, info_span};

use crate::PaymentError;
use crate::background::Queue;
use crate::claims::Claims;
use crate::error::ended;
use crate::journal::{self, Intent, Voidable};
use crate::knobs::Knobs;
use crate::provider::{Outcome, Provider};

/// Settles rounds; cheap to clone.
#[derive(Clone)]
pub struct Settlement {
    store: Store,
    provider: Provider,
    claims: Claims,
    knobs: Knobs,
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
            claims: Claims::default(),
            knobs: Knobs::default(),
            turnover: Turnover::default(),
        }
    }

    /// What can be changed while it settles.
    #[must_use]
    pub fn knobs(&self) -> &Knobs {
        &self.knobs
    }

    /// Writes the payout down, asks the provider, posts or voids. Runs to its end even when the caller is gone. A
    /// round that is being settled in the background is answered as it stands.
    ///
    /// # Errors
    /// [`PaymentError::Declined`] (the stake is back), [`PaymentError::OutcomeUnknown`] (it stays reserved and
    /// is settled later), and those of [`journal::intend`].
    pub async fn settle(&self, round_id: RoundId, payout: Money) -> Result<Bet, PaymentError> {
        let settlement = self.clone();
        let task = reelscope_telemetry::spawn(async move {
            let claim = settlement.claims.waiting(round_id);
            let intent = settlement.intend(round_id, payout).await?;
            match claim {
                Some(_claim) if intent.bet.status == BetStatus::Pending => settlement.conclude(intent).await,
                _ => ended(intent.bet),
            }
        });
        task.await.unwrap_or(Err(PaymentError::OutcomeUnknown(round_id)))
    }

    /// Writes the payout down, leaves the rest to `queue` and answers with the pending bet, also when somebody is
    /// settling it already.
    ///
    /// # Errors
    /// [`PaymentError::Declined`] when it was voided before, and those of [`journal::intend`].
    pub(crate) async fn accept(
        &self,
        queue: &Queue,
        round_id: RoundId,
        payout: Money,
    ) -> Result<Bet, PaymentError> {
        let (settlement, queue) = (self.clone(), queue.clone());
        let task = reelscope_telemetry::spawn(async move {
            // Claimed before it is written down: recovery never sees the bet pending and unattended.
            let claim = settlement.claims.alone(round_id);
            let intent = settlement.intend(round_id, payout).await?;
            let bet = intent.bet.clone();
            if let Some(claim) = claim
                && bet.status == BetStatus::Pending
            {
                queue.leave(intent, claim);
            }
            ended(bet)
        });
        task.await.unwrap_or(Err(PaymentError::OutcomeUnknown(round_id)))
    }

    /// Settles a round that nobody attends to; does nothing when somebody does after all.
    ///
    /// # Errors
    /// As [`Settlement::settle`].
    pub(crate) async fn resume(&self, round_id: RoundId, payout: Money) -> Result<(), PaymentError> {
        let Some(_claim) = self.claims.alone(round_id) else {
            return Ok(());
        };
        let intent = self.intend(round_id, payout).await?;
        if intent.bet.status == BetStatus::Pending {
            self.conclude(intent).await?;
        }
        Ok(())
    }

    async fn intend(&self, round_id: RoundId, payout: Money) -> Result<Intent, PaymentError> {
        let span = info_span!(
            "wallet.intend",
            sentry.op = "wallet.intend",
            sentry.name = "write the payout down"
        );
        let intent = journal::intend(&self.store, round_id, payout)
            .instrument(span)
            .await?;
        describe(&intent.bet);
        Ok(intent)
    }

    /// Asks the provider and posts or voids. The caller holds the claim on the round.
    pub(crate) async fn conclude(&self, intent: Intent) -> Result<Bet, PaymentError> {
        let Intent { bet, first } = intent;
        describe(&bet);
        let round_id = bet.round_id;
        let payout = bet.payout.unwrap_or_default();
        let request = SettlementRequest {
            reference: round_id.to_string(),
            debit: bet.stake,
            credit: payout,
            currency: bet.currency.clone(),
            seed: Some(round_id.as_u64_pair().1),
        };
        let settled = match self
            .provider
            .settle(&request, self.knobs.retrying(), !first)
            .await
        {
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
        ended(settled)
    }

    /// Whether a task is settling this round.
    #[must_use]
    pub fn is_under_way(&self, round_id: RoundId) -> bool {
        self.claims.contains(round_id)
    }

    /// Rounds that are being settled now, those in the background and those that wait for their turn among them.
    #[must_use]
    pub fn under_way(&self) -> usize {
        self.claims.count()
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }
}

/// Says whose round the running work is about.
fn describe(bet: &Bet) {
    player(&bet.player_id);
    annotate("round.id", bet.round_id.to_string());
    annotate("currency", bet.currency.as_str());
}
