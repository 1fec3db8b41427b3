//! The gateway through its router, with fake services whose responses the test sets.
#![allow(clippy::unwrap_used)]

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::extract::{Path, State as AxumState};
use axum::http::{HeaderMap, Request, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use reelscope_api_gateway::access::Access;
use reelscope_api_gateway::auth::Tokens;
use reelscope_api_gateway::limits::{Rate, RateLimits};
use reelscope_api_gateway::turns::Turns;
use reelscope_api_gateway::upstream::{Addresses, Upstream};
use reelscope_api_gateway::{Knobs, State, router};
use reelscope_contracts::game::{Round, SymbolName};
use reelscope_contracts::payments::{Bet, BetStatus, Standing};
use reelscope_contracts::users::{Limits as StakeLimits, Player, Session};
use reelscope_contracts::{AccountCode, ApiProblem, Code, Money, RoundId, StakeStatus, now};
use reelscope_http::respond;
use reelscope_telemetry::{Service, Timings};
use serde_json::{Value, json};
use tower::ServiceExt;

const LISTEN: &str = "127.0.0.1:4200";
const TOKEN: &str = "0123456789abcdef";

/// How a fake service answers its next requests.
#[derive(Clone, Copy, PartialEq)]
enum Mood {
    Well,
    Refuses(Code),
    /// Refuses, with the state of the round's stake.
    Says(Code, StakeStatus),
    /// Answers with a body that cannot be parsed.
    Garbled,
    /// Does the work and closes the connection before it answers.
    Breaks,
}

#[derive(Clone)]
struct Behind {
    moods: Arc<Mutex<Moods>>,
    /// The requests, in order.
    asked: Arc<Mutex<Vec<String>>>,
}

#[derive(Clone, Copy)]
struct Moods {
    eligibility: Mood,
    reserve: Mood,
    draw: Mood,
    settle: Mood,
    void: Mood,
    standing: Mood,
    /// The state of the stake in the ledger.
    stands: StakeStatus,
}

const WELL: Moods = Moods {
    eligibility: Mood::Well,
    reserve: Mood::Well,
    draw: Mood::Well,
    settle: Mood::Well,
    void: Mood::Well,
    standing: Mood::Well,
    stands: StakeStatus::Untouched,
};

fn player() -> Player {
    Player {
        player_id: "p-1".into(),
        account_code: AccountCode::numbered(1),
        display_name: "Anna".into(),
        currency: "RUB".into(),
        balance: Money(100_000),
        reserved: Money(0),
        limits: StakeLimits {
            min_stake: Money(100),
            max_stake: Money(50_000),
            stake_step: Money(10),
        },
    }
}

fn bet(status: BetStatus) -> Bet {
    Bet {
        round_id: RoundId::from_u128(7),
        player_id: "p-1".into(),
        stake: Money(1_000),
        payout: (status == BetStatus::Posted).then_some(Money(400)),
        currency: "RUB".into(),
        status,
        reserved_at: now(),
        settled_at: None,
        same_seed_as: None,
        provider_reference: None,
        balance: Money(99_400),
    }
}

fn standing(stake_status: StakeStatus) -> Standing {
    let status = match stake_status {
        StakeStatus::Untouched | StakeStatus::Unknown => None,
        StakeStatus::Reserved => Some(BetStatus::Reserved),
        StakeStatus::Returned => Some(BetStatus::Voided),
        StakeStatus::Pending => Some(BetStatus::Pending),
        StakeStatus::Paid => Some(BetStatus::Posted),
    };
    Standing {
        bet: status.map(bet),
        stake_status,
        balance: Money(99_400),
    }
}

fn round() -> Round {
    Round {
        round_id: RoundId::from_u128(7),
        stake: Money(1_000),
        payout: Money(400),
        seed: "1".into(),
        stops: vec![0; 5],
        board: vec![vec![SymbolName::Bell; 3]; 5],
        wins: Vec::new(),
        drawn_at: now(),
        same_seed_as: None,
    }
}

impl Behind {
    async fn start(moods: Moods) -> (Self, String) {
        let behind = Self {
            moods: Arc::new(Mutex::new(moods)),
            asked: Arc::default(),
        };
        let sessions = || async {
            Json(Session {
                session_id: "s-1".into(),
                expires_at: now() + 60_000,
                player: player(),
            })
        };
        let of_round = |reply: fn(StakeStatus) -> Value, mood: fn(&Moods) -> Mood, name: &'static str| {
            move |state: AxumState<Behind>, Path(round): Path<RoundId>| async move {
                state.answer(name, mood, reply, round)
            }
        };
        let well = |reply: fn(StakeStatus) -> Value, mood: fn(&Moods) -> Mood, name: &'static str| {
            post(
                move |state: AxumState<Behind>, Json(body): Json<Value>| async move {
                    let round = body["round_id"].as_str().unwrap().parse().unwrap();
                    state.answer(name, mood, reply, round)
                },
            )
        };
        let routes = Router::new()
            .route("/v1/sessions", post(sessions))
            .route(
                "/v1/eligibility",
                well(|_| json!(player()), |m| m.eligibility, "eligibility"),
            )
            .route(
                "/v1/reservations",
                well(|_| json!(bet(BetStatus::Reserved)), |m| m.reserve, "reserve"),
            )
            .route("/v1/rounds", well(|_| json!(round()), |m| m.draw, "draw"))
            .route(
                "/v1/reservations/{id}",
                get(of_round(
                    |stands| json!(standing(stands)),
                    |m| m.standing,
                    "standing",
                )),
            )
            .route(
                "/v1/reservations/{id}/settle",
                post(of_round(
                    |_| json!(bet(BetStatus::Posted)),
                    |m| m.settle,
                    "settle",
                )),
            )
            .route(
                "/v1/reservations/{id}/void",
                post(of_round(|_| json!(bet(BetStatus::Voided)), |m| m.void, "void")),
            )
            .with_state(behind.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        (behind, url)
    }

    fn answer(
        &self,
        name: &str,
        mood: fn(&Moods) -> Mood,
        reply: fn(StakeStatus) -> Value,
        round: RoundId,
    ) -> Response {
        self.asked.lock().unwrap().push(name.to_owned());
        let (mood, stands) = {
            let moods = self.moods.lock().unwrap();
            (mood(&moods), moods.stands)
        };
        match mood {
            Mood::Well => Json(reply(stands)).into_response(),
            Mood::Says(code, stands) => respond(ApiProblem::new(code, "no").stake(stands, round)),
            Mood::Refuses(code) => respond(ApiProblem::new(code, "no")),
            Mood::Garbled => "<html>".into_response(),
            Mood::Breaks => Body::from_stream(futures_util::stream::once(async {
                Err::<Vec<u8>, _>(std::io::Error::other("the connection breaks"))
            }))
            .into_response(),
        }
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

fn gateway(base: &str, rate: Option<Rate>) -> Router {
    let at = Addresses {
        user_service: base.to_owned(),
        game_engine: base.to_owned(),
        payment_service: base.to_owned(),
    };
    let state = State {
        upstream: Upstream::new(Service::new("api-gateway", Timings::default()).client(), at),
        tokens: Tokens::new(&[3; 32]),
        access: Access::new(TOKEN, LISTEN.parse().unwrap()),
        limits: RateLimits::new(rate),
        turns: Turns::default(),
        knobs: Knobs::default(),
        release: tokio::sync::watch::channel("1.0.0".to_owned()).1,
    };
    router(state, Default::default())
}

async fn send(router: &Router, request: Request<Body>) -> (u16, HeaderMap, Vec<u8>) {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    (parts.status.as_u16(), parts.headers, body.to_vec())
}

fn request(method: &str, path: &str) -> axum::http::request::Builder {
    Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, LISTEN)
}

async fn session(router: &Router) -> String {
    let log_in = request("POST", "/api/v1/sessions")
        .header("x-reelscope-token", TOKEN)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(r#"{"account_code":"RS-000001"}"#))
        .unwrap();
    let (status, _, body) = send(router, log_in).await;
    assert_eq!(status, 201);
    let body: Value = serde_json::from_slice(&body).unwrap();
    body["token"].as_str().unwrap().to_owned()
}

async fn spin(router: &Router, session: &str) -> (u16, HeaderMap, Value) {
    let spin = request("POST", "/api/v1/spins")
        .header("x-reelscope-token", TOKEN)
        .header(header::AUTHORIZATION, format!("Bearer {session}"))
        .header("idempotency-key", "k")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(r#"{"stake":1000}"#))
        .unwrap();
    let (status, headers, body) = send(router, spin).await;
    (status, headers, serde_json::from_slice(&body).unwrap())
}

#[tokio::test]
async fn every_way_a_spin_can_fail_says_what_became_of_the_stake() {
    let (behind, base) = Behind::start(WELL).await;
    let router = gateway(&base, None);
    let session = session(&router).await;
    let check = async |moods: Moods, status: u16, code: &str, stake: &str, asked: &[&str]| {
        *behind.moods.lock().unwrap() = moods;
        let (found, _, body) = spin(&router, &session).await;
        let found = (found, body["code"].as_str(), body["stake_status"].as_str());
        assert_eq!(found, (status, Some(code), Some(stake)), "{body}");
        assert_eq!(behind.asked(), asked);
        assert!(body["round_id"].is_string(), "{body}");
    };

    let (status, _, body) = spin(&router, &session).await;
    assert_eq!(
        (status, &body["status"], &body["payout"]),
        (200, &json!("posted"), &json!(400))
    );
    assert_eq!(behind.asked(), ["eligibility", "reserve", "draw", "settle"]);

    use Mood::{Breaks, Garbled, Refuses, Says};
    use StakeStatus::{Paid, Pending, Reserved, Returned, Untouched};
    // This request has not touched the stake yet, but the ledger knows what an earlier one with the same key did.
    let eligibility = ["eligibility", "standing"];
    let expired = Refuses(Code::SessionExpired);
    for (stands, told) in [
        (Untouched, "untouched"),
        (Reserved, "reserved"),
        (Returned, "returned"),
        (Pending, "pending"),
        (Paid, "paid"),
    ] {
        let moods = Moods {
            eligibility: expired,
            stands,
            ..WELL
        };
        check(moods, 401, "session_expired", told, &eligibility).await;
        let moods = Moods {
            eligibility: Breaks,
            stands,
            ..WELL
        };
        check(moods, 503, "service_unavailable", told, &eligibility).await;
        let moods = Moods {
            eligibility: Garbled,
            stands,
            ..WELL
        };
        check(moods, 500, "internal", told, &eligibility).await;
    }
    for standing in [Breaks, Garbled, Refuses(Code::Internal), Refuses(Code::NotFound)] {
        let moods = Moods {
            eligibility: expired,
            standing,
            ..WELL
        };
        check(moods, 401, "session_expired", "unknown", &eligibility).await;
    }

    // The ledger's state of a reservation is passed on. Without a state, the round is voided.
    let reserve = ["eligibility", "reserve"];
    let moods = Moods {
        reserve: Says(Code::InsufficientFunds, Untouched),
        ..WELL
    };
    check(moods, 402, "insufficient_funds", "untouched", &reserve).await;
    let moods = Moods {
        reserve: Says(Code::IdempotencyConflict, Paid),
        ..WELL
    };
    check(moods, 409, "idempotency_conflict", "paid", &reserve).await;
    let closed = ["eligibility", "reserve", "void"];
    let asked = ["eligibility", "reserve", "void", "standing"];
    for (mood, status, code) in [
        (Breaks, 503, "service_unavailable"),
        (Garbled, 500, "internal"),
        (Refuses(Code::IdempotencyConflict), 409, "idempotency_conflict"),
        (Refuses(Code::Internal), 500, "internal"),
    ] {
        let moods = Moods {
            reserve: mood,
            ..WELL
        };
        check(moods, status, code, "returned", &closed).await;
        let moods = Moods {
            void: Says(Code::IdempotencyConflict, Paid),
            ..moods
        };
        check(moods, status, code, "paid", &closed).await;
        let moods = Moods {
            void: Breaks,
            stands: Reserved,
            ..moods
        };
        check(moods, status, code, "reserved", &asked).await;
        let moods = Moods {
            void: Garbled,
            standing: Breaks,
            ..moods
        };
        check(moods, status, code, "unknown", &asked).await;
    }

    let drawn = ["eligibility", "reserve", "draw", "void"];
    let moods = Moods {
        draw: Refuses(Code::Internal),
        ..WELL
    };
    check(moods, 500, "internal", "returned", &drawn).await;
    // Only the payment-service knows the state of a stake.
    let moods = Moods {
        draw: Says(Code::Internal, Paid),
        ..WELL
    };
    check(moods, 500, "internal", "returned", &drawn).await;
    let moods = Moods {
        draw: Breaks,
        void: Refuses(Code::Internal),
        stands: Pending,
        ..WELL
    };
    let asked = ["eligibility", "reserve", "draw", "void", "standing"];
    check(moods, 503, "service_unavailable", "pending", &asked).await;

    let settled = ["eligibility", "reserve", "draw", "settle"];
    let moods = Moods {
        settle: Says(Code::PaymentDeclined, Returned),
        ..WELL
    };
    check(moods, 502, "payment_declined", "returned", &settled).await;
    let moods = Moods {
        settle: Says(Code::PaymentPending, Pending),
        ..WELL
    };
    check(moods, 504, "payment_pending", "pending", &settled).await;
    let asked = ["eligibility", "reserve", "draw", "settle", "standing"];
    for (settle, status, code) in [
        (Breaks, 503, "service_unavailable"),
        (Garbled, 500, "internal"),
        (Refuses(Code::NotFound), 404, "not_found"),
    ] {
        for (stands, told) in [
            (Reserved, "reserved"),
            (Returned, "returned"),
            (Pending, "pending"),
        ] {
            let moods = Moods {
                settle,
                stands,
                ..WELL
            };
            check(moods, status, code, told, &asked).await;
        }
        let moods = Moods {
            settle,
            standing: Breaks,
            ..WELL
        };
        check(moods, status, code, "unknown", &asked).await;
        // The response is lost, but the round is settled.
        *behind.moods.lock().unwrap() = Moods {
            settle,
            stands: Paid,
            ..WELL
        };
        let (status, _, body) = spin(&router, &session).await;
        assert_eq!((status, &body["status"]), (200, &json!("posted")), "{body}");
        assert_eq!(behind.asked(), asked);
    }
}

#[tokio::test]
async fn services_that_are_gone_are_a_503_and_the_gateway_does_not_know_where_the_stake_stands() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let router = gateway(&nobody, None);
    let token = Tokens::new(&[3; 32])
        .issue(&Session {
            session_id: "s-1".into(),
            expires_at: now() + 60_000,
            player: player(),
        })
        .unwrap();
    let (status, _, body) = spin(&router, &token).await;
    assert_eq!(
        (status, &body["code"], &body["stake_status"]),
        (503, &json!("service_unavailable"), &json!("unknown"))
    );
    let health = request("GET", "/api/v1/health").body(Body::empty()).unwrap();
    let (status, _, body) = send(&router, health).await;
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((status, &body["status"]), (200, &json!("degraded")));
}

#[tokio::test]
async fn a_session_that_is_over_and_a_bucket_that_is_empty_say_so() {
    let (_, base) = Behind::start(WELL).await;
    let one = NonZeroU32::MIN;
    let router = gateway(
        &base,
        Some(Rate {
            per_second: one,
            burst: one,
        }),
    );
    let token = session(&router).await;
    assert_eq!(spin(&router, &token).await.0, 200);
    let (status, headers, body) = spin(&router, &token).await;
    assert_eq!((status, &body["code"]), (429, &json!("rate_limited")));
    assert_eq!(body["stake_status"], "untouched", "asked, not inferred: {body}");
    assert!(body["round_id"].is_string(), "{body}");
    let wait: u64 = headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=2).contains(&wait), "{wait}");

    let over = Tokens::new(&[3; 32])
        .issue(&Session {
            session_id: "s-2".into(),
            expires_at: now() - 5_000,
            player: player(),
        })
        .unwrap();
    let (status, _, body) = spin(&router, &over).await;
    assert_eq!((status, &body["code"]), (401, &json!("session_expired")));
    assert_eq!(
        body["stake_status"], "unknown",
        "whose session is over is told nothing"
    );
}

#[tokio::test]
async fn the_page_comes_with_a_strict_policy_and_a_nonce_of_its_own() {
    let router = gateway("http://127.0.0.1:9", None);
    let page = async |path: &str| {
        let page = request("GET", path).body(Body::empty()).unwrap();
        send(&router, page).await
    };
    let (status, headers, body) = page("/").await;
    assert_eq!(
        status, 200,
        "npm run build comes before the tests: scripts/setup.sh"
    );
    let html = String::from_utf8(body).unwrap();
    let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    for part in [
        "default-src 'none'",
        "script-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'self'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    let nonce = policy
        .split("'nonce-")
        .nth(1)
        .unwrap()
        .split('\'')
        .next()
        .unwrap();
    assert!(
        nonce.len() >= 32 && html.contains(&format!("ngcspnonce=\"{nonce}\"")),
        "{html}"
    );
    assert!(!html.contains("CSP_NONCE"));
    let (_, again, _) = page("/").await;
    assert_ne!(
        headers[header::CONTENT_SECURITY_POLICY],
        again[header::CONTENT_SECURITY_POLICY]
    );
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(headers[name], value);
    }
    // A page that another site opens is isolated from that site. Without an opener, the page keeps its process.
    for (site, is_cut_off) in [
        ("cross-site", true),
        ("same-site", true),
        ("none", false),
        ("same-origin", false),
    ] {
        let request = request("GET", "/").header("sec-fetch-site", site);
        let (_, headers, _) = send(&router, request.body(Body::empty()).unwrap()).await;
        assert_eq!(
            headers.contains_key("cross-origin-opener-policy"),
            is_cut_off,
            "{site}"
        );
    }
    // Paths of the page return the page; a missing file returns 404.
    assert_eq!(page("/paytable").await.0, 200);
    assert_eq!(page("/nothing.js").await.0, 404);
    assert_eq!(page("/../Cargo.toml").await.0, 404);
    // With a wrong token the page is returned, but no cookie is set.
    let (status, headers, _) = page("/?token=wrong").await;
    assert_eq!(status, 200);
    assert!(!headers.contains_key(header::SET_COOKIE));
    let (status, _, body) = send(&router, request("DELETE", "/").body(Body::empty()).unwrap()).await;
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((status, &body["code"]), (405, &json!("method_not_allowed")));
}
