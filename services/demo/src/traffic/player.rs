//! One virtual player: it pauses, spins, and pauses again.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use reelscope_contracts::{Code, Money};
use reelscope_telemetry::{Client, TraceLink, Turnover, tag};

use super::Shared;
use crate::players::{self, SPIN};
use crate::wire::SetTraffic;

/// Mean pause of a player between two spins; pauses are exponentially distributed.
const THINKS: Duration = Duration::from_secs(3);
/// Stakes in minor units, and how many of a hundred spins have each: most players play small.
const STAKES: [(i64, u32); 6] = [
    (100, 34),
    (200, 27),
    (500, 20),
    (1_000, 12),
    (2_000, 5),
    (5_000, 2),
];
/// Number of the first account for virtual players; accounts before it are for people.
pub(super) const FIRST_ACCOUNT: u64 = 1_001;
/// Limit of the spins that are kept for the displayed figures.
const MOST_ENDED: usize = 100_000;

/// Spins per second if nothing delays the players and spins take no time.
pub(super) fn wanted(set: SetTraffic) -> f64 {
    f64::from(set.players) / THINKS.as_secs_f64()
}

impl Shared {
    /// Runs one virtual player until the task is aborted.
    pub(super) async fn play(self: Arc<Self>) {
        let mut rng: ChaCha12Rng = ChaCha12Rng::seed_from_u64(rand::random());
        let client = self.target.frontend.client();
        let turnover = Turnover::default();
        let mut session: Option<String> = None;
        // A random first pause, so that the players are not in step.
        tokio::time::sleep(THINKS.mul_f64(rng.random::<f64>())).await;
        loop {
            let turn = self.turn().await;
            // A log-in belongs to the turn, because it looks up the player as a spin does. As a turn of its own, it
            // would make all players log in before the first of them spins.
            if session.is_none() {
                session = self.sit_down(&client).await;
            }
            let Some(token) = session.clone() else {
                drop(turn);
                tokio::time::sleep(THINKS).await;
                continue;
            };
            let began = Instant::now();
            let stake = stake(&mut rng);
            let key = format!("traffic-{:032x}", rng.random::<u128>());
            let url = format!("{}/api/v1/spins", self.target.origin);
            let work = async {
                tag("traffic", "virtual");
                let spun = players::spin(&client, &url, &self.target.launch_token, &token, &key, stake).await;
                if let Ok(round) = &spun
                    && !round.replayed
                {
                    turnover.measure(round.stake.major(), round.payout.major());
                }
                spun
            };
            let frontend = &self.target.frontend;
            let spun = frontend
                .transaction(SPIN, "ui.action", TraceLink::default(), work)
                .await;
            drop(turn);
            let waited = began.elapsed();
            match spun {
                Ok(_) => self.note(waited, None),
                // An empty wallet or an ended session is no failure: the next account takes the place.
                Err(Code::InsufficientFunds | Code::SessionExpired | Code::Unauthorized) => session = None,
                Err(code) => self.note(waited, Some(code)),
            }
            tokio::time::sleep(thinks(&mut rng)).await;
        }
    }

    fn note(&self, waited: Duration, failed: Option<Code>) {
        let mut state = self.state();
        state.tally.add(waited, failed);
        state.ended.push_back((Instant::now(), waited));
        if state.ended.len() > MOST_ENDED {
            state.ended.pop_front();
        }
    }

    /// Logs the next account in.
    async fn sit_down(&self, client: &Client) -> Option<String> {
        let accounts = (self.target.accounts)().max(1);
        let next = self.next_account.fetch_add(1, Ordering::Relaxed);
        // While the players are being written, or when there are few, several virtual players share an account.
        let number = if accounts > FIRST_ACCOUNT {
            FIRST_ACCOUNT + (next - FIRST_ACCOUNT) % (accounts - FIRST_ACCOUNT)
        } else {
            1 + next % accounts
        };
        players::log_in_at(&self.target.origin, &self.target.launch_token, client, number)
            .await
            .ok()
    }
}

fn stake(rng: &mut impl Rng) -> Money {
    let whole: u32 = STAKES.iter().map(|(_, weight)| weight).sum();
    let mut drawn = rng.random_range(0..whole);
    for (stake, weight) in STAKES {
        if drawn < weight {
            return Money(stake);
        }
        drawn -= weight;
    }
    Money(STAKES[0].0)
}

/// Draws a pause from the exponential distribution by inversion, limited to ten times the mean.
fn thinks(rng: &mut impl Rng) -> Duration {
    let uniform: f64 = rng.random();
    THINKS.mul_f64((-(1.0 - uniform).ln()).min(10.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stakes_follow_their_weights() {
        let mut rng = ChaCha12Rng::seed_from_u64(1);
        let drawn: Vec<_> = (0..100_000).map(|_| stake(&mut rng).minor()).collect();
        for (amount, weight) in STAKES {
            let share = drawn.iter().filter(|stake| **stake == amount).count() as f64 / 1_000.0;
            // Five standard deviations of a share of a hundred thousand draws are below 0.8 percentage points.
            assert!((share - f64::from(weight)).abs() < 0.8, "{amount}: {share} %");
        }
        assert_eq!(STAKES.iter().map(|(_, weight)| weight).sum::<u32>(), 100);
    }

    #[test]
    fn players_think_as_long_as_they_are_said_to() {
        let mut rng = ChaCha12Rng::seed_from_u64(2);
        let mean = (0..100_000).map(|_| thinks(&mut rng).as_secs_f64()).sum::<f64>() / 100_000.0;
        assert!((mean - THINKS.as_secs_f64()).abs() < 0.06, "{mean} s");
    }
}
