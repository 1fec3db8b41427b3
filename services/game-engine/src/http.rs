//! Routes of the game engine.

use std::sync::{Arc, OnceLock};

use axum::extract::State as AxumState;
use axum::routing::{get, post};
use axum::{Json, Router};
use parking_lot::Mutex;
use reelscope_contracts::game::{DrawRound, LookUpRounds, Paytable, Replay, Round};
use reelscope_contracts::{Health, RoundId, now};
use reelscope_http::{Body, method_not_allowed, not_found};
use reelscope_store::Store;
use reelscope_telemetry::{Turnover, annotate};

use crate::GameError;
use crate::faults::Knobs;
use crate::replies;
use crate::rng::{Seeds, seeds};
use crate::rounds::{self, Drawn, Seed};

/// The source of the seeds of rounds.
#[derive(Clone)]
pub enum SeedSource {
    /// The operating system's generator, which players use.
    System,
    /// A reproducible sequence, for tests and for runs that are compared.
    Master(Arc<Mutex<Seeds>>),
}

impl SeedSource {
    /// Returns the operating system's generator, or the sequence of the seed `master`.
    #[must_use]
    pub fn new(master: Option<u64>) -> Self {
        master.map_or(Self::System, |master| {
            Self::Master(Arc::new(Mutex::new(seeds(master))))
        })
    }

    fn next(&self) -> u64 {
        match self {
            Self::System => rand::random(),
            Self::Master(seeds) => seeds.lock().next_seed(),
        }
    }
}

/// State that the routes share.
#[derive(Clone)]
pub struct State {
    store: Store,
    seeds: SeedSource,
    knobs: Knobs,
    /// Stakes and payouts since the service started.
    turnover: Turnover,
    /// The paytable with its PAR sheet, once it was requested.
    paytable: Arc<OnceLock<Paytable>>,
}

impl State {
    /// Creates the state. Rounds are recorded in `store`.
    #[must_use]
    pub fn new(store: Store, seeds: SeedSource) -> Self {
        Self {
            store,
            seeds,
            knobs: Knobs::default(),
            turnover: Turnover::default(),
            paytable: Arc::default(),
        }
    }

    /// Returns the knobs of the service's faults.
    #[must_use]
    pub fn knobs(&self) -> Knobs {
        self.knobs.clone()
    }

    /// Returns the paytable with its PAR sheet. The first call goes through all stops of the reels, which takes some tens
    /// of milliseconds; the result is stored for later calls.
    pub async fn enumerated(&self) -> Paytable {
        let cached = Arc::clone(&self.paytable);
        // On a blocking thread, so that it does not delay other requests.
        let enumerated =
            tokio::task::spawn_blocking(move || cached.get_or_init(replies::paytable).clone()).await;
        enumerated.unwrap_or_else(|_| replies::paytable())
    }
}

/// The routes of the service.
pub fn router(state: State) -> Router {
    Router::new()
        .route("/v1/rounds", post(draw))
        .route("/v1/rounds/lookup", post(look_up))
        .route("/v1/replays", post(replay))
        .route("/v1/paytable", get(paytable))
        .route("/health", get(health))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(state)
}

async fn draw(
    AxumState(state): AxumState<State>,
    Body(request): Body<DrawRound>,
) -> Result<Json<Round>, GameError> {
    let DrawRound {
        round_id,
        stake,
        same_seed_as,
    } = request;
    annotate("round.id", round_id.to_string());
    annotate("game", replies::GAME);
    let seed = match same_seed_as {
        Some(earlier) => rounds::seed_of(&state.store, earlier, stake).await?,
        None => state.seeds.next(),
    };
    let Drawn { round, first } = rounds::draw_round(
        &state.store,
        &state.knobs,
        round_id,
        stake,
        Seed { seed, same_seed_as },
        now(),
    )
    .await?;
    // A round that is requested again was counted when it was drawn.
    match (first, round.same_seed_as) {
        (true, None) => state.turnover.measure(round.stake.major(), round.payout.major()),
        (true, Some(_)) => state
            .turnover
            .measure_outside_of_rtp(round.stake.major(), round.payout.major()),
        (false, _) => {}
    }
    Ok(Json(round))
}

async fn look_up(
    AxumState(state): AxumState<State>,
    Body(request): Body<LookUpRounds>,
) -> Result<Json<Vec<Round>>, GameError> {
    rounds::look_up(&state.store, &request.round_ids).await.map(Json)
}

async fn replay(Body(request): Body<Replay>) -> Result<Json<Round>, GameError> {
    let seed = rounds::parse_seed(&request.seed)?;
    rounds::play(RoundId::nil(), request.stake, seed, now()).map(Json)
}

async fn paytable(AxumState(state): AxumState<State>) -> Json<Paytable> {
    Json(state.enumerated().await)
}

async fn health(AxumState(state): AxumState<State>) -> Json<Health> {
    Json(Health::of("game-engine", state.store.condition().word()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body as HttpBody;
    use axum::http::{Request, StatusCode, header};
    use tower::ServiceExt;

    fn service() -> (Router, tempfile::TempDir) {
        let (router, _, dir) = switched();
        (router, dir)
    }

    fn switched() -> (Router, Knobs, tempfile::TempDir) {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("rounds"), rounds::SCHEMA_VERSION).unwrap();
        let state = State::new(store, SeedSource::new(Some(7)));
        let knobs = state.knobs();
        (router(state), knobs, dir)
    }

    async fn call(router: &Router, path: &str, body: &str) -> (StatusCode, Vec<u8>) {
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/json")
            .body(HttpBody::from(body.to_owned()))
            .unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        (
            status,
            axum::body::to_bytes(response.into_body(), 1 << 20)
                .await
                .unwrap()
                .to_vec(),
        )
    }

    fn draw_body(id: u128, stake: i64) -> String {
        format!(r#"{{"round_id":"{}","stake":{stake}}}"#, RoundId::from_u128(id))
    }

    #[tokio::test]
    async fn a_round_is_drawn_once_per_id_and_replays_from_its_seed() {
        let (router, _dir) = service();
        let (status, first) = call(&router, "/v1/rounds", &draw_body(1, 1000)).await;
        assert_eq!(status, StatusCode::OK);
        let first: Round = reelscope_http::parse(&first).unwrap();
        let (_, again) = call(&router, "/v1/rounds", &draw_body(1, 1000)).await;
        let again: Round = reelscope_http::parse(&again).unwrap();
        assert_eq!(first, again);
        let (_, other) = call(&router, "/v1/rounds", &draw_body(2, 1000)).await;
        let other: Round = reelscope_http::parse(&other).unwrap();
        assert_ne!(first.seed, other.seed);

        let body = format!(r#"{{"seed":"{}","stake":1000}}"#, first.seed);
        let (_, replayed) = call(&router, "/v1/replays", &body).await;
        let replayed: Round = reelscope_http::parse(&replayed).unwrap();
        assert_eq!(
            (replayed.stops, replayed.payout, replayed.wins),
            (first.stops.clone(), first.payout, first.wins.clone())
        );

        let body = format!(
            r#"{{"round_ids":["{}","{}"]}}"#,
            first.round_id,
            RoundId::from_u128(99)
        );
        let (_, found) = call(&router, "/v1/rounds/lookup", &body).await;
        let found: Vec<Round> = reelscope_http::parse(&found).unwrap();
        assert_eq!(found, vec![first]);
    }

    #[tokio::test]
    async fn a_round_can_be_drawn_again_from_the_seed_of_another_and_keeps_its_pays() {
        let (router, knobs, _dir) = switched();
        let draw = async |id: u128, like: Option<u128>| {
            let mut body: serde_json::Value = serde_json::from_str(&draw_body(id, 1000)).unwrap();
            if let Some(like) = like {
                body["same_seed_as"] = RoundId::from_u128(like).to_string().into();
            }
            call(&router, "/v1/rounds", &body.to_string()).await
        };
        let round = |bytes: &[u8]| reelscope_http::parse::<Round>(bytes).unwrap();
        // Three cherries occur within a few rounds. The test ends at the first round that pays more by the wrong
        // paytable.
        for id in 1..=1_000 {
            let first = round(&draw(id, None).await.1);
            knobs.pay_tenfold_cherries(true);
            let again = round(&draw(10_000 + id, Some(id)).await.1);
            knobs.pay_tenfold_cherries(false);
            assert_eq!((&again.seed, &again.stops), (&first.seed, &first.stops));
            assert_eq!(
                (first.same_seed_as, again.same_seed_as),
                (None, Some(first.round_id)),
                "it is marked"
            );
            let kept = round(&draw(10_000 + id, None).await.1);
            assert_eq!(kept, again, "a round stays what it was");
            if again.payout > first.payout {
                let (status, _) = draw(20_000, Some(99_999)).await;
                assert_eq!(status, StatusCode::NOT_FOUND);
                // With a larger stake, a player could win more on an outcome that is known.
                let body = format!(
                    r#"{{"round_id":"{}","stake":10000,"same_seed_as":"{}"}}"#,
                    RoundId::from_u128(20_001),
                    RoundId::from_u128(id)
                );
                let (status, _) = call(&router, "/v1/rounds", &body).await;
                assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
                return;
            }
        }
        panic!("no round paid more by the wrong paytable");
    }

    #[tokio::test]
    async fn bad_input_is_refused_with_its_field() {
        let (router, _dir) = service();
        for (path, body, status) in [
            ("/v1/rounds", draw_body(1, 1001), 422),
            ("/v1/rounds", draw_body(1, -10), 422),
            ("/v1/rounds", r#"{"round_id":"x","stake":10}"#.to_owned(), 422),
            ("/v1/replays", r#"{"seed":"xyz","stake":10}"#.to_owned(), 422),
        ] {
            let (found, body) = call(&router, path, &body).await;
            assert_eq!(found.as_u16(), status, "{}", String::from_utf8_lossy(&body));
        }
        call(&router, "/v1/rounds", &draw_body(5, 1000)).await;
        let (status, _) = call(&router, "/v1/rounds", &draw_body(5, 2000)).await;
        assert_eq!(status, StatusCode::CONFLICT);
    }

    #[tokio::test]
    async fn the_slow_generator_draws_the_rounds_that_the_sound_one_draws() {
        let (sound, _, _sound_dir) = switched();
        let (slow, knobs, _slow_dir) = switched();
        assert!(!knobs.draws_slowly());
        knobs.draw_slowly(true).await;
        assert!(knobs.draws_slowly());

        let mut outcomes = Vec::new();
        for router in [&sound, &slow] {
            let (status, body) = call(router, "/v1/rounds", &draw_body(1, 1000)).await;
            assert_eq!(status, StatusCode::OK);
            let round: Round = reelscope_http::parse(&body).unwrap();
            outcomes.push((round.seed, round.stops, round.board, round.payout));
        }
        assert_eq!(outcomes[0], outcomes[1]);
    }
}
