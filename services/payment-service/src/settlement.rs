//! Settles rounds: from a known payout, through the provider, to posted money.

use reelscope_contracts::payments::{Bet, BetStatus};
use reelscope_contracts::provider::SettlementRequest;
use reelscope_contracts::{ApiProblem, Money, RoundId, StakeStatus, now};
use reelscope_store::Store;
use reelscope_telemetry::{Turnover, annotate, capture, player, reported_by_another};
use serde_json::json;
use tracing::{Instrument, info_span};

use crate::PaymentError;
use crate::backlog::Queue;
use crate::error::unless_voided;
use crate::journal::{self, Posting, RecordedPayout, Voidable};
use crate::provider::{Provider, SettlementOutcome};
use crate::round_locks::{Locked, Outcome, RoundLock, RoundLocks};

/// Settles rounds. Clones share its state.
#[derive(Clone)]
pub struct Settlement {
    store: Store,
    provider: Provider,
    locks: RoundLocks,
    /// Stakes and payouts that were posted since the service started.
    turnover: Turnover,
}

impl Settlement {
    /// Creates the settlement of rounds in `store` by `provider`.
    #[must_use]
    pub fn new(store: Store, provider: Provider) -> Self {
        Self {
            store,
            provider,
            locks: RoundLocks::default(),
            turnover: Turnover::as_metrics(),
        }
    }

    /// Records the payout, asks the provider, and posts or voids. Runs to its end even if the caller is gone. Another
    /// request for the round gets the same outcome, or the bet as it is now if the round is settled in the background.
    ///
    /// # Errors
    /// [`PaymentError::Declined`] (the stake was returned), [`PaymentError::OutcomeUnknown`] (it stays reserved and is
    /// settled later), [`PaymentError::NotPosted`], [`PaymentError::SettledButVoided`], and those of
    /// [`journal::record_payout`].
    pub async fn settle(&self, round_id: RoundId, payout: Money) -> Result<Bet, PaymentError> {
        loop {
            match self.locks.lock(round_id, payout) {
                Locked::Mine(lock) => return self.settle_locked(lock, round_id, payout).await,
                Locked::Theirs(mut theirs) if theirs.same_payout => {
                    if let Some(outcome) = theirs.outcome().await {
                        return followed(outcome);
                    }
                }
                Locked::Theirs(mut theirs) => {
                    if theirs.durable().await.is_some() {
                        return self.contradict(round_id, payout).await;
                    }
                }
            }
        }
    }

    async fn settle_locked(
        &self,
        lock: RoundLock,
        round_id: RoundId,
        payout: Money,
    ) -> Result<Bet, PaymentError> {
        let settlement = self.clone();
        let task = reelscope_telemetry::spawn(async move {
            let recorded = settlement.record_payout(round_id, payout).await?;
            if recorded.bet.status != BetStatus::Pending {
                return unless_voided(recorded.bet);
            }
            lock.asking(&recorded.bet);
            let outcome = settlement.conclude(recorded).await;
            lock.end(&outcome);
            outcome
        });
        task.await.unwrap_or(Err(PaymentError::Defect(round_id)))
    }

    /// Records the payout, leaves the rest to `queue`, and returns the pending bet, also if another task settles it
    /// already.
    ///
    /// # Errors
    /// [`PaymentError::Declined`] when it was voided before, and those of [`journal::record_payout`].
    pub(crate) async fn accept(
        &self,
        queue: &Queue,
        round_id: RoundId,
        payout: Money,
    ) -> Result<Bet, PaymentError> {
        loop {
            match self.locks.lock(round_id, payout) {
                // Locked before the payout is recorded, so that recovery never sees a pending bet that no task settles.
                Locked::Mine(lock) => {
                    let (settlement, queue) = (self.clone(), queue.clone());
                    let task = reelscope_telemetry::spawn(async move {
                        let recorded = settlement.record_payout(round_id, payout).await?;
                        let bet = recorded.bet.clone();
                        if bet.status == BetStatus::Pending {
                            lock.queued(&bet);
                            queue.push(recorded, lock).await;
                        }
                        unless_voided(bet)
                    });
                    return task.await.unwrap_or(Err(PaymentError::Defect(round_id)));
                }
                Locked::Theirs(mut theirs) if theirs.same_payout => {
                    if let Some(outcome) = theirs.durable().await {
                        return followed(outcome);
                    }
                }
                Locked::Theirs(mut theirs) => {
                    if theirs.durable().await.is_some() {
                        return self.contradict(round_id, payout).await;
                    }
                }
            }
        }
    }

    /// Handles another payout than that of the task that settles the round: a conflict, or the bet if it has ended.
    /// Called once the first payout is durable, so that this one cannot replace it.
    async fn contradict(&self, round_id: RoundId, payout: Money) -> Outcome {
        let recorded = self.record_payout(round_id, payout).await?;
        unless_voided(recorded.bet)
    }

    /// Settles a round that no task settles; does nothing if one does.
    ///
    /// # Errors
    /// As [`Settlement::settle`].
    pub(crate) async fn resume(&self, round_id: RoundId, payout: Money) -> Result<(), PaymentError> {
        let Locked::Mine(lock) = self.locks.lock(round_id, payout) else {
            return Ok(());
        };
        let recorded = self.record_payout(round_id, payout).await?;
        if recorded.bet.status == BetStatus::Pending {
            lock.asking(&recorded.bet);
            let outcome = self.conclude(recorded).await;
            lock.end(&outcome);
            outcome?;
        }
        Ok(())
    }

    async fn record_payout(&self, round_id: RoundId, payout: Money) -> Result<RecordedPayout, PaymentError> {
        let span = info_span!(
            "wallet.record_payout",
            sentry.op = "wallet.record_payout",
            sentry.name = "record the payout"
        );
        let recorded = journal::record_payout(&self.store, round_id, payout)
            .instrument(span)
            .await?;
        describe(&recorded.bet);
        Ok(recorded)
    }

    /// Asks the provider and posts or voids. The caller must hold the lock on the round.
    pub(crate) async fn conclude(&self, recorded: RecordedPayout) -> Outcome {
        let outcome = self.ask_and_end(recorded).await;
        let stands = match &outcome {
            Ok(bet) => Some(bet.stake_status()),
            Err(error) => ApiProblem::from(error).stake_status,
        };
        tell_stake(stands);
        outcome
    }

    async fn ask_and_end(&self, recorded: RecordedPayout) -> Outcome {
        let RecordedPayout { bet, first } = recorded;
        describe(&bet);
        let round_id = bet.round_id;
        let request = SettlementRequest {
            reference: round_id.to_string(),
            debit: bet.stake,
            credit: bet.payout.unwrap_or_default(),
            currency: bet.currency.clone(),
            seed: Some(round_id.as_u64_pair().1),
        };
        match self.provider.settle(&request, !first).await {
            SettlementOutcome::Settled(provider_reference) => self.post(bet, provider_reference).await,
            SettlementOutcome::Refused => {
                let reason = "refused by the payment provider".to_owned();
                let voided = journal::void(
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
                .await?;
                unless_voided(voided)
            }
            SettlementOutcome::Unknown => Err(PaymentError::OutcomeUnknown(round_id)),
        }
    }

    /// Posts a bet that the provider has settled.
    async fn post(&self, bet: Bet, provider_reference: String) -> Outcome {
        let round_id = bet.round_id;
        annotate("provider.reference", provider_reference.as_str());
        let posting = info_span!(
            "wallet.post",
            sentry.op = "wallet.post",
            sentry.name = "post stake and payout"
        );
        let posted = journal::post(&self.store, round_id, provider_reference.clone(), now())
            .instrument(posting)
            .await;
        match posted {
            Ok(Posting::Made(posted)) => {
                let payout = bet.payout.unwrap_or_default();
                if bet.same_seed_as.is_some() {
                    self.turnover
                        .measure_outside_of_rtp(bet.stake.major(), payout.major());
                } else {
                    self.turnover.measure(bet.stake.major(), payout.major());
                }
                Ok(posted)
            }
            Ok(Posting::MadeBefore(posted)) => Ok(posted),
            Ok(Posting::Voided(_)) => {
                let error = PaymentError::SettledButVoided(round_id);
                tracing::error!(%round_id, provider_reference, "settled at the provider and voided here");
                capture(&error, &[("provider.code", "settled_but_voided")]);
                // The bet stays in the list of open ones until it is reversed.
                if let Err(error) = self.reverse_locked(round_id, &provider_reference).await {
                    tracing::warn!(%round_id, %error, "not reversed yet; the provider is asked again");
                }
                Err(error)
            }
            Err(source) => {
                let error = PaymentError::NotPosted {
                    round_id,
                    source: Box::new(source),
                };
                capture(&error, &[("provider.code", "not_posted")]);
                Err(error)
            }
        }
    }

    /// Asks the provider to reverse its settlement of a bet that was voided here. Does nothing while another task settles
    /// the round.
    ///
    /// # Errors
    /// [`PaymentError::NotReversed`] when the provider has not reversed it, and those of [`journal::reversed`].
    pub(crate) async fn reverse(
        &self,
        round_id: RoundId,
        provider_reference: &str,
    ) -> Result<(), PaymentError> {
        let Locked::Mine(_lock) = self.locks.lock(round_id, Money::ZERO) else {
            return Ok(());
        };
        self.reverse_locked(round_id, provider_reference).await
    }

    async fn reverse_locked(&self, round_id: RoundId, provider_reference: &str) -> Result<(), PaymentError> {
        if !self.provider.reverse(provider_reference).await {
            return Err(PaymentError::NotReversed(round_id));
        }
        journal::reversed(&self.store, round_id).await?;
        tracing::info!(%round_id, "reversed at the provider");
        Ok(())
    }

    /// Whether a task is settling this round.
    #[must_use]
    pub fn is_under_way(&self, round_id: RoundId) -> bool {
        self.locks.contains(round_id)
    }

    /// Number of rounds that are being settled, including those in the background and in the queue.
    #[must_use]
    pub fn under_way(&self) -> usize {
        self.locks.count()
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }
}

/// Returns the outcome of another task, which has reported its own failure.
fn followed(outcome: Outcome) -> Outcome {
    match outcome {
        Ok(bet) => unless_voided(bet),
        Err(error) => {
            reported_by_another();
            Err(error)
        }
    }
}

/// Tells the running trace where the stake of its round stands now, if that is known.
pub(crate) fn tell_stake(stands: Option<StakeStatus>) {
    if let Some(stands) = stands {
        annotate("stake.status", json!(stands));
    }
}

/// Sets player, round and currency of the running trace.
fn describe(bet: &Bet) {
    player(bet.player_id.as_str());
    annotate("round.id", bet.round_id.to_string());
    annotate("currency", bet.currency.as_str());
}
