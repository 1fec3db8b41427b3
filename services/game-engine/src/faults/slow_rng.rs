//! The cause of the fault `slow-rng`: every stop has a new generator, with a long start-up test.
//!
//! The length of the test is measured when the fault is first on, and follows the speed of the machine from then on.

use std::num::NonZeroUsize;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rand::{Rng, RngExt};
use rand_chacha::ChaCha12Rng;
use reelscope_telemetry::{Calibration, scaled};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};
use tracing::Instrument;

use crate::GameError;
use crate::drawing::rng_span;
use crate::health::{self, HealthFailure};
use crate::reels::{REELS, STRIPS, Stops};
use crate::rng::{Stream, generator};

/// Wanted time of drawing the stops of one round.
const ROUND: Duration = Duration::from_millis(250);
/// Times of drawing at which the length of the test stays.
const BAND: RangeInclusive<Duration> = Duration::from_millis(170)..=Duration::from_millis(360);

/// Number of words in one measurement of this machine.
const MEASURED_WORDS: u64 = 1_000_000;
/// Number of measurements.
const MEASUREMENTS: u64 = 9;

/// The slow generator and its switch. Clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct SlowRng {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    on: AtomicBool,
    /// Number of words in the start-up test of each stop; 0 before the first measurement.
    words_per_stop: AtomicU64,
    calibration: Calibration,
    /// Held during a switch, so that the last call decides.
    switching: Mutex<()>,
    /// Permits for drawing slowly.
    draws: Arc<Semaphore>,
}

impl Default for Shared {
    fn default() -> Self {
        // One core stays free for everything else. More concurrent draws would not end sooner.
        let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Self {
            on: AtomicBool::default(),
            words_per_stop: AtomicU64::new(0),
            calibration: Calibration::new(ROUND, BAND),
            switching: Mutex::default(),
            draws: Arc::new(Semaphore::new(cores.saturating_sub(1).max(1))),
        }
    }
}

impl SlowRng {
    pub(super) fn is_on(&self) -> bool {
        self.shared.on.load(Ordering::Acquire)
    }

    pub(super) async fn switch(&self, on: bool) {
        let _guard = self.shared.switching.lock().await;
        if on {
            let shared = Arc::clone(&self.shared);
            let measured = tokio::task::spawn_blocking(move || {
                if shared.words_per_stop.load(Ordering::Acquire) == 0 {
                    shared.words_per_stop.store(words_per_stop(), Ordering::Release);
                }
            });
            if let Err(error) = measured.await
                && error.is_panic()
            {
                std::panic::resume_unwind(error.into_panic());
            }
        }
        self.shared.on.store(on, Ordering::Release);
    }

    /// Draws the stops slowly, on a blocking thread.
    ///
    /// # Errors
    /// [`GameError::Unhealthy`].
    pub(super) async fn draw_stops(&self, seed: u64, words: u64) -> Result<Stops, GameError> {
        let span = rng_span("ChaCha12, started up for each stop");
        let drawing = async {
            let turn = self.turn().await;
            let shared = Arc::clone(&self.shared);
            tokio::task::spawn_blocking(move || {
                let _turn = turn;
                let started = Instant::now();
                let stops = draw_stop_by_stop(seed, words);
                // Without the wait for the turn, which other rounds cause and not the machine.
                shared.drawn(words, started.elapsed());
                stops
            })
            .await
        };
        let stops = match drawing.instrument(span.clone()).await {
            Ok(drawn) => drawn.map_err(GameError::Unhealthy)?,
            // Continues the panic on this task, where it is caught and reported.
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        };
        span.record("rng.words_tested", words * REELS as u64);
        Ok(stops)
    }

    /// Waits for a permit. A request that is cancelled meanwhile takes no CPU time.
    async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.shared.draws).acquire_owned().await.ok()
    }

    /// Number of words that are tested for each stop; `None` while the fault is off.
    pub(super) fn words_per_stop(&self) -> Option<u64> {
        self.is_on()
            .then(|| self.shared.words_per_stop.load(Ordering::Acquire))
    }
}

impl Shared {
    /// Notes how long the stops of a round took with tests of `words` words, and changes the length of the test when it
    /// no longer fits the machine.
    fn drawn(&self, words: u64, took: Duration) {
        // A round that began before the last change says nothing about the new length.
        if words != self.words_per_stop.load(Ordering::Acquire) {
            return;
        }
        if let Some(fitting) = self.calibration.measured(words, took) {
            self.words_per_stop.store(fitting.max(1), Ordering::Release);
            tracing::info!(
                words,
                fitting,
                "the start-up test follows the speed of this machine"
            );
        }
    }
}

/// Draws the same stops as [`crate::rng::draw`], wastefully: each stop has its own generator, with a start-up test of
/// `words` words, which then skips what the stops before it used. One generator would be enough for all.
///
/// # Errors
/// A health test failed.
fn draw_stop_by_stop(seed: u64, words: u64) -> Result<Stops, HealthFailure> {
    let mut stops = Stops::default();
    let mut left_off = 0;
    for (stop, strip) in stops.iter_mut().zip(STRIPS) {
        let mut rng = start_up(seed, words)?;
        while rng.get_word_pos() < left_off {
            rng.next_u32();
        }
        *stop = rng.random_range(0..strip.len());
        left_off = rng.get_word_pos();
    }
    Ok(stops)
}

/// Returns a generator of stops after the health tests. These read another stream, so that the stops of a seed stay the
/// same.
///
/// # Errors
/// A health test failed.
fn start_up(seed: u64, words: u64) -> Result<ChaCha12Rng, HealthFailure> {
    health::check(&mut generator(seed, Stream::StartUpTest), words)?;
    Ok(generator(seed, Stream::Stops))
}

/// Returns the number of words with which the stops of a round take [`ROUND`].
fn words_per_stop() -> u64 {
    // The shortest measurement counts, because other work of the machine only makes it longer.
    let mut shortest = ROUND;
    for seed in 0..MEASUREMENTS {
        let started = Instant::now();
        if start_up(seed, MEASURED_WORDS).is_ok() {
            shortest = shortest.min(started.elapsed());
        }
    }
    let stops = u32::try_from(REELS).unwrap_or(u32::MAX);
    scaled(MEASURED_WORDS, ROUND, stops * shortest).max(1)
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
    use crate::faults::Knobs;
    use crate::rng::tests::check_stops;
    use crate::rng::{draw, seeds};
    use crate::rounds::{self, Seed};

    #[test]
    fn stops_that_are_drawn_stop_by_stop_are_as_uniform() {
        check_stops(50_000, |seed| draw_stop_by_stop(seed, 16).unwrap());
    }

    #[test]
    fn both_ways_draw_the_same_stops_from_the_same_seed() {
        let check = |seed, words| assert_eq!(draw_stop_by_stop(seed, words), Ok(draw(seed)), "{seed:#x}");
        seeds(3).take(50_000).for_each(|seed| check(seed, 3));
        for seed in [0, 1, u64::MAX] {
            check(seed, 0);
            check(seed, 100_000);
        }
    }

    #[tokio::test]
    async fn the_test_follows_the_speed_of_the_machine() {
        let slow_rng = SlowRng::default();
        slow_rng.switch(true).await;
        let words = slow_rng.words_per_stop().unwrap();
        // The machine needs four times as long.
        for _ in 0..5 {
            slow_rng.shared.drawn(words, 4 * ROUND);
        }
        assert_eq!(slow_rng.words_per_stop(), Some(words / 4));
        // Rounds that began before count no more.
        for _ in 0..5 {
            slow_rng.shared.drawn(words, 4 * ROUND);
        }
        assert_eq!(slow_rng.words_per_stop(), Some(words / 4));
        // A real draw of a test that is far too short: five of them bring the length back.
        slow_rng.shared.words_per_stop.store(1_000, Ordering::Release);
        for seed in 0..5 {
            slow_rng.draw_stops(seed, 1_000).await.unwrap();
        }
        assert!(slow_rng.words_per_stop().unwrap() > 100_000);
    }

    #[tokio::test]
    async fn a_stop_is_tested_for_as_long_as_fills_the_time_and_the_machine_is_measured_once() {
        let slow_rng = SlowRng::default();
        assert_eq!((slow_rng.is_on(), slow_rng.words_per_stop()), (false, None));
        slow_rng.switch(true).await;
        // Testing a word takes less than 100 ns on every machine, so many are needed to fill the time.
        let words = slow_rng.words_per_stop().unwrap();
        assert!(slow_rng.is_on() && words > 500_000, "{words} words");
        slow_rng.switch(false).await;
        assert_eq!(slow_rng.words_per_stop(), None);
        slow_rng.switch(true).await;
        assert_eq!(slow_rng.words_per_stop(), Some(words), "measured once");
    }

    /// The fields that the spans of this thread recorded; a later value replaces an earlier one.
    #[derive(Clone, Default)]
    struct Fields(Arc<Mutex<BTreeMap<&'static str, String>>>);

    impl Visit for Fields {
        fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
            self.0.lock().unwrap().insert(field.name(), format!("{value:?}"));
        }
    }

    impl Layer<Registry> for Fields {
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
        let knobs = Knobs::default();
        let fields = Fields::default();
        let _guard = tracing::subscriber::set_default(Registry::default().with(fields.clone()));
        let check = async |id, algorithm: &str, words: u64| {
            let seed = Seed {
                seed: 42,
                same_seed_as: None,
            };
            let round = rounds::draw_round(&store, &knobs, RoundId::from_u128(id), Money(1_000), seed, 0);
            round.await.unwrap();
            let mut fields = taken(&fields);
            assert_eq!(fields.remove("rng.algorithm"), Some(format!("{algorithm:?}")));
            assert_eq!(fields.remove("rng.words_tested"), Some(words.to_string()));
        };
        check(1, "ChaCha12", 0).await;
        knobs.draw_slowly(true).await;
        let words = knobs.slow_rng.words_per_stop().unwrap();
        check(2, "ChaCha12, started up for each stop", 5 * words).await;
        knobs.draw_slowly(false).await;
        check(3, "ChaCha12", 0).await;
    }

    fn taken(fields: &Fields) -> BTreeMap<&'static str, String> {
        std::mem::take(&mut *fields.0.lock().unwrap())
    }
}
