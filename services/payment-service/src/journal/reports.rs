//! Stakes and payouts by day.
//!
//! Collection `reports`: totals by day, which the write that posts a bet updates, so that they always agree with the
//! ledger. Reading all bets gives the same figures.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use reelscope_contracts::payments::{BetStatus, DailyReport, DayTotals};
use reelscope_contracts::{Day, Money, UnixMillis, day_of, parse_day};
use reelscope_store::{Store, StoreError, Tx};
use serde::{Deserialize, Serialize};

use super::BETS;
use crate::PaymentError;
use crate::ledger::{Totals, Verifier};

const REPORTS: &str = "reports";
/// Id of the marker that bets of older builds, which stored no totals, are counted too.
const COMPLETE: &str = "complete";

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct DayRecord {
    totals: Vec<TotalsRecord>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct TotalsRecord {
    currency: String,
    stakes: Money,
    payouts: Money,
    bets: i64,
}

#[derive(Serialize, Deserialize)]
struct Marker {
    complete: bool,
}

/// The fields of a bet that a report counts.
#[derive(Deserialize)]
struct Counted {
    currency: String,
    stake: Money,
    payout: Option<Money>,
    status: BetStatus,
    settled_at: Option<UnixMillis>,
}

impl Counted {
    /// Returns the day of posting and the payout of a posted bet.
    fn posted(&self) -> Option<(Day, Money)> {
        let posted = self.status == BetStatus::Posted;
        posted.then_some(())?;
        Some((day_of(self.settled_at?), self.payout?))
    }
}

impl DayRecord {
    fn add(&mut self, currency: &str, stake: Money, payout: Money) {
        let at = match self
            .totals
            .binary_search_by(|totals| totals.currency.as_str().cmp(currency))
        {
            Ok(at) => at,
            Err(at) => {
                let none = TotalsRecord {
                    currency: currency.to_owned(),
                    stakes: Money::ZERO,
                    payouts: Money::ZERO,
                    bets: 0,
                };
                self.totals.insert(at, none);
                at
            }
        };
        // An overflowing sum must not prevent a bet from being posted.
        let totals = &mut self.totals[at];
        totals.stakes = totals.stakes.saturating_add(stake);
        totals.payouts = totals.payouts.saturating_add(payout);
        totals.bets += 1;
    }

    fn reply(self, day: Day) -> DailyReport {
        let totals = self.totals.into_iter().map(|totals| DayTotals {
            currency: totals.currency,
            stakes: totals.stakes,
            payouts: totals.payouts,
            bets: totals.bets,
        });
        DailyReport {
            day,
            totals: totals.collect(),
        }
    }
}

/// Counts a bet, in the write that posts it.
pub(super) fn count(
    tx: &mut Tx<'_>,
    currency: &str,
    stake: Money,
    payout: Money,
    at: UnixMillis,
) -> Result<(), StoreError> {
    let day = day_of(at).to_string();
    let mut record = tx.get::<DayRecord>(REPORTS, &day)?.unwrap_or_default();
    record.add(currency, stake, payout);
    tx.put(REPORTS, &day, &record)
}

/// Counts the bets that were posted before there were totals. Does nothing if this is done already. Nothing may be posted
/// meanwhile.
pub(super) async fn complete(store: &Store) -> Result<(), PaymentError> {
    if store.get::<Marker>(REPORTS, COMPLETE.to_owned()).await?.is_some() {
        return Ok(());
    }
    let days = store
        .scan::<Counted, _, _>(BETS, BTreeMap::<Day, DayRecord>::new(), |days, bet| {
            if let Some((day, payout)) = bet.posted() {
                days.entry(day).or_default().add(&bet.currency, bet.stake, payout);
            }
            ControlFlow::Continue(())
        })
        .await?;
    store
        .write(move |tx| {
            for (day, record) in &days {
                tx.put(REPORTS, &day.to_string(), record)?;
            }
            tx.put(REPORTS, COMPLETE, &Marker { complete: true })?;
            Ok::<_, PaymentError>(())
        })
        .await
}

/// Adds the stored totals to the verifier.
pub(super) async fn verify(store: &Store, verifier: Verifier) -> Result<Verifier, StoreError> {
    /// A day, or the marker, which has no totals.
    #[derive(Deserialize)]
    struct StoredReport {
        #[serde(rename = "_id")]
        id: String,
        #[serde(default)]
        totals: Vec<TotalsRecord>,
    }
    store
        .scan::<StoredReport, _, _>(REPORTS, verifier, |verifier, kept| {
            match parse_day(&kept.id) {
                Some(day) => {
                    for totals in kept.totals {
                        let sums = Totals {
                            stakes: totals.stakes.minor().into(),
                            payouts: totals.payouts.minor().into(),
                            bets: totals.bets.into(),
                        };
                        verifier.total(day, &totals.currency, sums);
                    }
                }
                None if kept.id == COMPLETE => verifier.totals_are_kept(),
                None => verifier.totals_of_no_day(),
            }
            ControlFlow::Continue(())
        })
        .await
}

/// Returns the report of a day from the stored totals.
///
/// # Errors
/// [`PaymentError::Store`].
pub async fn daily_report(store: &Store, day: Day) -> Result<DailyReport, PaymentError> {
    let record = store.get::<DayRecord>(REPORTS, day.to_string()).await?;
    Ok(record.unwrap_or_default().reply(day))
}

/// Computes the report of a day from all bets, which takes longer the more there are.
///
/// # Errors
/// [`PaymentError::Store`].
pub async fn recounted_report(store: &Store, day: Day) -> Result<DailyReport, PaymentError> {
    let record = store
        .scan::<Counted, _, _>(BETS, DayRecord::default(), move |record, bet| {
            if let Some((posted_on, payout)) = bet.posted()
                && posted_on == day
            {
                record.add(&bet.currency, bet.stake, payout);
            }
            ControlFlow::Continue(())
        })
        .await?;
    Ok(record.reply(day))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::journal::{self, Voidable};
    use proptest::prelude::*;
    use reelscope_contracts::payments::{OpenWallet, Reserve};
    use reelscope_contracts::{PlayerId, RoundId};

    const DAY_MS: i64 = 86_400_000;
    const PLAYERS: [(&str, &str); 3] = [("p", "RUB"), ("q", "RUB"), ("r", "EUR")];

    /// The course of a round.
    #[derive(Debug, Clone)]
    struct Plan {
        player: usize,
        stake: i64,
        payout: i64,
        posted: bool,
        at: i64,
        /// Whether it is posted again, as after a lost response.
        again: bool,
    }

    fn plan() -> impl Strategy<Value = Plan> {
        (
            0..3_usize,
            1..500_i64,
            0..900_i64,
            any::<bool>(),
            0..4 * DAY_MS,
            any::<bool>(),
        )
            .prop_map(|(player, stake, payout, posted, at, again)| Plan {
                player,
                stake,
                payout,
                posted,
                at,
                again,
            })
    }

    async fn play(store: &Store, number: usize, plan: &Plan) {
        let id = RoundId::from_u128(number as u128);
        let player = PlayerId::from(PLAYERS[plan.player].0);
        let reserve = Reserve {
            round_id: id,
            player_id: player.clone(),
            stake: Money(plan.stake),
            same_seed_as: None,
        };
        journal::reserve(store, reserve, plan.at).await.unwrap();
        if plan.posted {
            journal::record_payout(store, id, Money(plan.payout))
                .await
                .unwrap();
            for _ in 0..=i32::from(plan.again) {
                journal::post(store, id, "PP-1".to_owned(), plan.at)
                    .await
                    .unwrap();
            }
        } else {
            let why = "test".to_owned();
            journal::void(store, id, player, why, Voidable::Refused, plan.at)
                .await
                .unwrap();
        }
    }

    fn expected(plans: &[Plan], day: Day) -> DailyReport {
        let mut totals = BTreeMap::<&str, DayTotals>::new();
        for plan in plans.iter().filter(|plan| plan.posted && day_of(plan.at) == day) {
            let currency = PLAYERS[plan.player].1;
            let entry = totals.entry(currency).or_insert_with(|| DayTotals {
                currency: currency.to_owned(),
                stakes: Money(0),
                payouts: Money(0),
                bets: 0,
            });
            entry.stakes.0 += plan.stake;
            entry.payouts.0 += plan.payout;
            entry.bets += 1;
        }
        DailyReport {
            day,
            totals: totals.into_values().collect(),
        }
    }

    async fn check(store: &Store, plans: &[Plan]) {
        for number in 0..5 {
            let day = day_of(number * DAY_MS);
            let expected = expected(plans, day);
            assert_eq!(daily_report(store, day).await.unwrap(), expected);
            assert_eq!(recounted_report(store, day).await.unwrap(), expected);
        }
    }

    async fn figures_agree(plans: Vec<Plan>) {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path(), journal::SCHEMA_VERSION).unwrap();
        journal::migrate(&store).await.unwrap();
        for (player, currency) in PLAYERS {
            let wallet = OpenWallet {
                player_id: player.into(),
                currency: currency.to_owned(),
                opening_balance: Money(100_000),
            };
            journal::open_wallet(&store, wallet, 0).await.unwrap();
        }
        for (number, plan) in plans.iter().enumerate() {
            play(&store, number, plan).await;
        }
        check(&store, &plans).await;
        assert_eq!(journal::verify(&store).await.unwrap().imbalance, 0);
        // The state of an older build, without any totals.
        let forgotten = store.write(|tx| {
            for number in 0..5 {
                tx.delete(REPORTS, &day_of(number * DAY_MS).to_string())?;
            }
            tx.delete(REPORTS, COMPLETE)
        });
        assert!(forgotten.await.map_err(|error: StoreError| error).unwrap());
        assert_eq!(
            journal::verify(&store).await.unwrap().imbalance,
            0,
            "none are kept"
        );
        for _ in 0..2 {
            journal::migrate(&store).await.unwrap();
            check(&store, &plans).await;
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        #[test]
        fn totals_that_are_kept_are_those_of_all_bets(plans in proptest::collection::vec(plan(), 0..30)) {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
            runtime.block_on(figures_agree(plans));
        }
    }
}
