//! The problem `slow-rng`: a generator that is set up anew, and tested at length, for every single stop.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};

use crate::reels::REELS;
use crate::rng::start_up;

/// What a spin is to cost on this machine, when it has nothing else to do. This is what the problem shows in a trace:
/// a span `game.rng` of a quarter of a second of processor time, where the sound generator takes a few microseconds.
const SPIN: Duration = Duration::from_millis(250);

/// Words of one measurement of this machine, and how often it is measured.
const MEASURED_WORDS: u64 = 1_000_000;
const MEASUREMENTS: u64 = 9;

/// Switches the slow generator. Both generators draw the same stops from the same seed. Clones share the switch.
#[derive(Debug, Clone, Default)]
pub struct SlowRng {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    on: AtomicBool,
    /// Words that a start-up test takes for each stop; found when first needed.
    words_per_stop: OnceLock<u64>,
    /// Held while it is switched: the last call decides.
    switching: Mutex<()>,
    /// Held while stops are drawn slowly.
    draws: Arc<Semaphore>,
}

impl Default for Shared {
    fn default() -> Self {
        // One core is left to everything else: more draws at once would end no sooner.
        let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Self {
            on: AtomicBool::default(),
            words_per_stop: OnceLock::new(),
            switching: Mutex::default(),
            draws: Arc::new(Semaphore::new(cores.saturating_sub(1).max(1))),
        }
    }
}

impl SlowRng {
    /// Whether rounds are drawn slowly.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.shared.on.load(Ordering::Acquire)
    }

    /// Draws from now on slowly, or soundly again. The first time that it is switched on measures this machine, which
    /// takes some 30 ms of processor time.
    pub async fn switch(&self, on: bool) {
        let _guard = self.shared.switching.lock().await;
        if on {
            let shared = Arc::clone(&self.shared);
            let measured = tokio::task::spawn_blocking(move || {
                shared.words_per_stop.get_or_init(words_per_stop);
            });
            // It fails only when the process is about to end.
            let _ = measured.await;
        }
        self.shared.on.store(on, Ordering::Release);
    }

    /// Waits until it is this draw's turn. Whoever goes away while he waits for it costs nothing.
    pub(crate) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.shared.draws).acquire_owned().await.ok()
    }

    /// Words that are tested for each stop; `None` when rounds are drawn soundly.
    pub(crate) fn words_per_stop(&self) -> Option<u64> {
        self.shared.words_per_stop.get().copied().filter(|_| self.is_on())
    }
}

/// So many that the stops of a round take [`SPIN`].
fn words_per_stop() -> u64 {
    // The shortest: what counts is the machine, not what else it happened to do.
    let mut shortest = SPIN;
    for seed in 0..MEASUREMENTS {
        let started = Instant::now();
        if start_up(seed, MEASURED_WORDS).is_ok() {
            shortest = shortest.min(started.elapsed());
        }
    }
    let stops = REELS as u128;
    let words = SPIN.as_nanos() * u128::from(MEASURED_WORDS) / (stops * shortest.as_nanos().max(1));
    u64::try_from(words).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fmt::Debug;
    use std::sync::Mutex;

    use reelscope_contracts::{Money, RoundId};
    use reelscope_store::Store;
    use tracing::field::{Field, Visit};
    use tracing::span::{Attributes, Id, Record};
    use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
    use tracing_subscriber::registry::Registry;

    use super::*;
    use crate::rounds;

    /// What the spans of this thread were given, by field; the last one wins.
    #[derive(Clone, Default)]
    struct Told(Arc<Mutex<BTreeMap<&'static str, String>>>);

    impl Visit for Told {
        fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
            self.0.lock().unwrap().insert(field.name(), format!("{value:?}"));
        }
    }

    impl Layer<Registry> for Told {
        fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, Registry>) {
            attributes.record(&mut self.clone());
        }

        fn on_record(&self, _: &Id, values: &Record<'_>, _: Context<'_, Registry>) {
            values.record(&mut self.clone());
        }
    }

    #[tokio::test]
    async fn a_trace_shows_how_much_was_tested_for_a_round() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path(), rounds::SCHEMA_VERSION).unwrap();
        let slow_rng = SlowRng::default();
        let told = Told::default();
        let _guard = tracing::subscriber::set_default(Registry::default().with(told.clone()));
        let check = async |id, algorithm: &str, words: u64| {
            let round = rounds::draw_round(
                &store,
                &slow_rng,
                RoundId::from_u128(id),
                Money(1_000),
                rounds::Seed {
                    seed: 42,
                    same_seed_as: None,
                },
                crate::paytable::InForce::Certified,
                0,
            );
            round.await.unwrap();
            let mut told = taken(&told);
            assert_eq!(told.remove("rng.algorithm"), Some(format!("{algorithm:?}")));
            assert_eq!(told.remove("rng.words_tested"), Some(words.to_string()));
        };
        check(1, "ChaCha12", 0).await;
        slow_rng.switch(true).await;
        let words = slow_rng.words_per_stop().unwrap();
        check(2, "ChaCha12, started up for each stop", 5 * words).await;
        slow_rng.switch(false).await;
        check(3, "ChaCha12", 0).await;
    }

    fn taken(told: &Told) -> BTreeMap<&'static str, String> {
        std::mem::take(&mut *told.0.lock().unwrap())
    }
}
