//! The presentation: what is fulfilled follows from what really happened, in whichever window, and survives a restart.
#![allow(clippy::unwrap_used)]

mod support;

use std::time::{Duration, Instant};

use reelscope_contracts::Money;
use reelscope_demo::faults::table::{FaultId, FaultState, STORY};
use reelscope_payment_provider::SLOW_MS;
use reelscope_presenter::reading::read;
use reelscope_presenter::script::{Action, ClaimedFigure, ScriptLanguage};
use reelscope_presenter::scripts::built_in;
use reelscope_stack::load::{self, Plan};
use reelscope_stack::{Config, Stack};
use reqwest::Method;
use serde_json::{Value, json};
use support::{Client, Demo};

const PRESENTATION: &str = "/api/v1/presentation";

async fn post(client: &Client, way: &str, body: Value) -> Value {
    let reply = client
        .send(Method::POST, &format!("{PRESENTATION}/{way}"), None, body)
        .await;
    assert_eq!(reply.status, 200, "{way}: {}", reply.body);
    reply.body
}

/// Asks until the state of the presentation fulfils `shows`.
async fn until(client: &Client, shows: impl Fn(&Value) -> bool) -> Value {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let state = client.get(PRESENTATION).await["state"].take();
        if shows(&state) {
            return state;
        }
        assert!(Instant::now() < deadline, "{state:#}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn step<'a>(state: &'a Value, id: &str) -> &'a Value {
    let steps = state["steps"].as_array().unwrap();
    steps.iter().find(|step| step["id"] == id).unwrap()
}

async fn spins(stack: &Stack, count: u64, run: &str) {
    let plan = Plan {
        count,
        concurrency: 1,
        players: 1,
        stake: Money(100),
        run: run.to_owned(),
    };
    load::run(stack, &plan).await.unwrap();
}

/// The trace of the newest spin.
async fn newest(client: &Client) -> String {
    let traces = client.get("/api/telemetry/traces?limit=20").await;
    let traces = traces["traces"].as_array().unwrap();
    let spin = traces.iter().find(|trace| trace["name"] == "slot-machine-spin");
    spin.unwrap()["trace_id"].as_str().unwrap().to_owned()
}

async fn start(dir: &tempfile::TempDir) -> (Stack, Client) {
    let mut config = Config::new(dir.path().to_owned());
    config.players = Some(600);
    config
        .faults
        .extend([FaultId::MissingIndex, FaultId::SlowRng].map(|id| (id, FaultState::On)));
    let stack = Stack::start(config).await.unwrap();
    stack.seeded().await;
    let client = Client::new(&stack, "RS-000001").await;
    (stack, client)
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_are_fulfilled_by_what_really_happened_and_stay_so_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let (stack, client) = start(&dir).await;
    let state = post(&client, "start", json!({"reset_demo": false})).await;
    assert_eq!(
        (&state["status"], &state["step"]),
        (&json!("under_way"), &json!("introduction"))
    );
    let state = post(&client, "seen", json!({"page": "machine"})).await;
    assert_eq!(step(&state, "introduction")["done"], true);

    post(&client, "go", json!({"step": "spins"})).await;
    spins(&stack, 2, "two").await;
    let counted = |state: &Value, count: f64| step(state, "spins")["conditions"][0]["measured"] == count;
    let state = until(&client, |state| counted(state, 2.0)).await;
    assert_eq!(step(&state, "spins")["done"], false);
    spins(&stack, 1, "three").await;
    until(&client, |state| step(state, "spins")["done"] == true).await;

    post(&client, "go", json!({"step": "slow-query"})).await;
    let state = post(&client, "seen", json!({"trace": "0".repeat(32)})).await;
    assert_eq!(step(&state, "slow-query")["done"], false);
    let trace = newest(&client).await;
    post(&client, "seen", json!({"trace": trace})).await;
    until(&client, |state| step(state, "slow-query")["done"] == true).await;
    // The verdict needs the traces of three spins.
    let state = until(&client, |state| {
        step(state, "slow-query")["claims"][0]["verdict"] != "too_few"
    })
    .await;
    let look_up = &step(&state, "slow-query")["claims"][0];
    assert!(look_up["measured"].as_f64().unwrap() > 0.0, "{look_up}");
    // A look-up among 600 players takes no half a second.
    assert_eq!(
        (&look_up["verdict"], &look_up["unit"]),
        (&json!("not_borne_out"), &json!("ms"))
    );

    // The fix of the generator is judged by spins before and after it.
    let state = post(&client, "go", json!({"step": "fixes", "line": 1})).await;
    let fix = |state: &Value| {
        let fixes = step(state, "fixes")["fixes"].as_array().unwrap().clone();
        let mut of_rng = fixes.into_iter().filter(|fix| fix["problem"] == "slow-rng");
        of_rng.next().unwrap()
    };
    assert_eq!(fix(&state)["verdict"], "too_few");
    assert_eq!(fix(&state)["needs"], json!({"fix": "slow-rng"}));
    let fixed = client
        .send(
            Method::PUT,
            "/api/faults/slow-rng",
            None,
            json!({"state": "fixed"}),
        )
        .await;
    assert_eq!(fixed.status, 200);
    spins(&stack, 1, "after").await;
    let state = until(&client, |state| fix(state)["verdict"] == "helped").await;
    let (before, after) = (fix(&state)["before"].as_f64(), fix(&state)["after"].as_f64());
    assert!(before.unwrap() > 20.0 * after.unwrap(), "{before:?} {after:?}");
    stack.shutdown().await.unwrap();

    let (stack, client) = start(&dir).await;
    let again = client.get(PRESENTATION).await["state"].take();
    assert_eq!((&again["step"], &again["line"]), (&json!("fixes"), &json!(1)));
    for id in ["introduction", "spins", "slow-query"] {
        assert_eq!(step(&again, id)["done"], true, "{id}");
    }
    assert!(again["revision"].as_u64() >= state["revision"].as_u64());
    assert!(again["elapsed_ms"].as_u64() >= step(&state, "spins")["elapsed_ms"].as_u64());
    let state = post(&client, "end", json!({})).await;
    assert_eq!(state["status"], "ended");
    stack.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_begins_anew_within_two_seconds_and_pages_are_told() {
    let demo = Demo::start_with(|config| config.players = Some(600)).await;
    let client = &demo.client;
    let spike = json!({"state": "on", "for_seconds": 60});
    let (status, board) = demo.ask(Method::PUT, "/api/faults/provider-spike", spike).await;
    assert_eq!(status, 200);
    let fault = |board: &Value, id: &str| {
        let faults = board["faults"].as_array().unwrap();
        faults.iter().find(|fault| fault["id"] == id).unwrap().clone()
    };
    assert!(fault(&board, "provider-spike")["ends_in_ms"].as_u64() > Some(50_000));
    let mut events = client
        .request(Method::GET, "/api/telemetry/events")
        .send()
        .await
        .unwrap();
    let began = Instant::now();
    let state = post(client, "start", json!({"reset_demo": true})).await;
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    let mut told = String::new();
    while !told.contains("event: presentation\n") {
        let chunk = tokio::time::timeout(Duration::from_secs(10), events.chunk()).await;
        told += &String::from_utf8_lossy(&chunk.unwrap().unwrap().unwrap());
    }
    assert!(state["revision"].as_u64().unwrap() > 0);
    let board = demo.get("/api/faults").await;
    assert_eq!(board["release"], "1.0.0");
    for id in ["missing-index", "slow-rng", "slow-provider", "payment-errors"] {
        assert_eq!(fault(&board, id)["state"], "on", "{id}");
    }
    let spike = fault(&board, "provider-spike");
    assert_eq!(
        (&spike["state"], &spike["ends_in_ms"]),
        (&json!("off"), &Value::Null)
    );
    demo.stack.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_that_is_on_for_a_time_goes_back_by_itself() {
    let demo = Demo::start_with(|config| config.players = Some(600)).await;
    let state = |board: &Value| {
        let faults = board["faults"].as_array().unwrap();
        let fault = faults.iter().find(|fault| fault["id"] == "slow-rng");
        fault.unwrap()["state"].as_str().unwrap().to_owned()
    };
    for body in [
        json!({"state": "on"}),
        json!({"state": "fixed"}),
        json!({"state": "on", "for_seconds": 1}),
    ] {
        let (status, board) = demo.ask(Method::PUT, "/api/faults/slow-rng", body.clone()).await;
        assert_eq!(
            (status, state(&board).as_str()),
            (200, body["state"].as_str().unwrap())
        );
    }
    demo.until("/api/faults", |board| state(board) == "fixed").await;
    for body in [
        json!({"state": "off", "for_seconds": 5}),
        json!({"state": "on", "for_seconds": 0}),
    ] {
        let (status, problem) = demo.ask(Method::PUT, "/api/faults/slow-rng", body).await;
        assert_eq!((status, &problem["field"]), (422, &json!("for_seconds")));
    }
    demo.stack.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_own_script_is_used_whole_or_not_at_all() {
    let demo = Demo::starting_with(|config| config.players = Some(600)).await;
    let put = async |kind: &str, text: &str| {
        let request = demo
            .client
            .request(Method::PUT, &format!("{PRESENTATION}/script"))
            .header("content-type", kind)
            .body(text.to_owned());
        support::read(request).await
    };
    let wrong = put("application/toml", "title = 5\nlanguage = \"xx\"\nsteps = []\n").await;
    assert_eq!((wrong.status, &wrong.body["field"]), (422, &json!("script")));
    let mistakes = wrong.body["mistakes"].as_array().unwrap();
    assert_eq!(mistakes.len(), 2, "{mistakes:?}");
    assert_eq!(
        (&mistakes[0]["line"], &mistakes[0]["column"]),
        (&json!(1), &json!(9))
    );
    assert_eq!(put("text/plain", "").await.status, 415);
    assert_eq!(demo.get(PRESENTATION).await["state"]["own_script"], false);

    let text = "title = \"Ours\"\nlanguage = \"en\"\n[customer]\nname = \"ACME\"\n[[steps]]\nid = \"only\"\ntitle = \"Only\"\nminutes = 1\n";
    let used = put("application/toml", text).await;
    assert_eq!((used.status, &used.body["own_script"]), (200, &json!(true)));
    let shown = demo.get(&format!("{PRESENTATION}?language=ru")).await;
    assert_eq!(shown["script"]["customer"]["name"], "ACME");
    assert_eq!(shown["state"]["step"], "only");

    let ask = async |way: &str, body: Value| {
        let (status, problem) = demo
            .ask(Method::POST, &format!("{PRESENTATION}/{way}"), body)
            .await;
        (status, problem["field"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(ask("next", json!({})).await, (422, "status".to_owned()));
    assert_eq!(
        ask("go", json!({"step": "nowhere"})).await,
        (422, "step".to_owned())
    );
    assert_eq!(
        ask("go", json!({"step": "only", "line": 3})).await,
        (422, "line".to_owned())
    );
    assert_eq!(
        ask("seen", json!({"question": "x"})).await,
        (422, "question".to_owned())
    );
    assert_eq!(ask("seen", json!({"pag": "map"})).await.0, 422);
    assert_eq!(ask("start", json!({"reset_demo": false})).await.0, 200);
    assert_eq!(ask("next", json!({})).await.0, 200);
    assert_eq!(demo.get(PRESENTATION).await["state"]["status"], "ended");

    let (status, state) = demo
        .ask(Method::DELETE, &format!("{PRESENTATION}/script"), Value::Null)
        .await;
    assert_eq!((status, &state["own_script"]), (200, &json!(false)));
    let (status, problem) = demo
        .ask(Method::GET, &format!("{PRESENTATION}?language=xx"), Value::Null)
        .await;
    assert_eq!((status, &problem["field"]), (422, &json!("language")));
    demo.stack.shutdown().await.unwrap();
}

fn named<'a>(calculation: &'a Value, list: &str, id: &str) -> &'a Value {
    let all = calculation[list].as_array().unwrap();
    all.iter().find(|each| each["id"] == id).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_entered_into_the_calculator_survives_a_restart_and_a_mistake_changes_nothing() {
    const CALCULATOR: &str = "/api/v1/calculator";
    let dir = tempfile::tempdir().unwrap();
    let (stack, client) = start(&dir).await;
    let send = async |client: &Client, method: Method, way: &str, body: Value| {
        client
            .send(method, &format!("{CALCULATOR}{way}"), None, body)
            .await
    };
    let values = |value: f64| json!({"pessimistic": value, "expected": value, "optimistic": value});
    let whole = client.get(CALCULATOR).await;
    assert_eq!(whole["currency"], "RUB");

    for (way, body, field) in [
        ("/inputs/players", values(0.0), "pessimistic"),
        ("/inputs/players", json!({"expected": 1.0}), "pessimistic"),
        ("/inputs/gamblers", values(1.0), "id"),
        ("/formulas/net", json!({"text": "benefit - nonsense"}), "text"),
    ] {
        let refused = send(&client, Method::PUT, way, body).await;
        assert!((400..500).contains(&refused.status), "{way}: {}", refused.body);
        assert_eq!(refused.body["field"], field, "{way}: {}", refused.body);
        if field == "text" {
            assert_eq!(
                refused.body["mistake"],
                json!({"kind": "name", "at": 10, "part": "nonsense"})
            );
        }
    }
    let nothing = send(&client, Method::POST, "/inputs/average_stake/measured", json!({})).await;
    assert_eq!((nothing.status, &nothing.body["field"]), (422, &json!("id")));
    assert_eq!(client.get(CALCULATOR).await, whole);

    spins(&stack, 2, "measured").await;
    let offered = async || {
        let calculation = client.get(CALCULATOR).await;
        named(&calculation, "inputs", "average_stake")["offered"]["spins"] == 2
    };
    let deadline = Instant::now() + Duration::from_secs(30);
    while !offered().await {
        assert!(Instant::now() < deadline);
        tokio::task::yield_now().await;
    }
    let taken = send(&client, Method::POST, "/inputs/average_stake/measured", json!({})).await;
    assert_eq!(taken.status, 200, "{}", taken.body);
    for (way, body) in [
        ("/inputs/players", values(7.0)),
        ("/formulas/net", json!({"text": "benefit / 2"})),
    ] {
        assert_eq!(send(&client, Method::PUT, way, body).await.status, 200, "{way}");
    }
    stack.shutdown().await.unwrap();

    let (stack, client) = start(&dir).await;
    let kept = client.get(CALCULATOR).await;
    let stake = named(&kept, "inputs", "average_stake");
    assert_eq!(
        (&stake["values"], &stake["measured"]["spins"]),
        (&values(100.0), &json!(2))
    );
    assert_eq!(named(&kept, "inputs", "players")["values"], values(7.0));
    assert_eq!(named(&kept, "formulas", "net")["text"], "benefit / 2");
    let back = send(&client, Method::DELETE, "/formulas/net", Value::Null).await;
    assert_eq!(named(&back.body, "formulas", "net")["built_in"], true);
    let back = send(&client, Method::DELETE, "", Value::Null).await;
    assert_eq!(back.body["formulas"], whole["formulas"]);
    stack.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_has_both_waterfalls_the_issue_and_the_questions_and_loads_nothing() {
    let demo = Demo::start_with(|config| {
        config.players = Some(600);
        config.faults.insert(FaultId::SlowRng, FaultState::On);
        config.faults.insert(FaultId::PaymentErrors, FaultState::On);
    })
    .await;
    let client = &demo.client;
    post(client, "start", json!({"reset_demo": false})).await;
    post(client, "seen", json!({"question": "overhead"})).await;
    let fired = demo
        .ask(Method::POST, "/api/faults/payment-errors/fire", json!({}))
        .await;
    assert_eq!(fired.0, 200);
    spins(&demo.stack, 2, "before").await;
    let fixed = json!({"state": "fixed"});
    assert_eq!(demo.ask(Method::PUT, "/api/faults/slow-rng", fixed).await.0, 200);
    spins(&demo.stack, 1, "after").await;
    let whole =
        |report: &Value| !report["issues"].as_array().unwrap().is_empty() && report["after"].is_object();
    let report = demo.until("/api/v1/report/data?language=ru", whole).await;
    assert!(report["before"]["waited_us"].as_i64() > report["after"]["waited_us"].as_i64());
    assert!(!report["issues"][0]["frames"].as_array().unwrap().is_empty());
    assert_eq!(report["questions"][0]["id"], "overhead");
    assert_eq!(report["money"]["spins"], 3);

    let page = client.request(Method::GET, "/api/v1/report?language=ru");
    let page = page.send().await.unwrap();
    let policy = page.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    let page = page.text().await.unwrap();
    assert_eq!(page.matches("<svg").count(), 2);
    assert!(page.contains("Какой overhead от Sentry?") && !page.contains("<script"));
    let (status, problem) = demo
        .ask(Method::GET, "/api/v1/report?language=xx", Value::Null)
        .await;
    assert_eq!((status, &problem["field"]), (422, &json!("language")));
    demo.stack.shutdown().await.unwrap();
}

/// Share of a spin that the slow provider takes, as `SLOW_MS` promises.
const PROVIDERS_SHARE: f64 = 0.8;

/// How a script says this many seconds, from two to six, after "from" and after "to".
fn seconds_in_words(language: ScriptLanguage, from: f64, to: f64) -> String {
    let words = |of: [&'static str; 5], seconds: f64| {
        let place = (2..)
            .zip(of)
            .find(|(number, _)| (f64::from(*number) - seconds).abs() < 1e-9);
        place
            .unwrap_or_else(|| panic!("{seconds} s have no words here"))
            .1
    };
    match language {
        ScriptLanguage::En => {
            let of = ["two", "three", "four", "five", "six"];
            format!("{} to {} seconds", words(of, from), words(of, to))
        }
        ScriptLanguage::Ru => {
            let of = ["двух", "трёх", "четырёх", "пяти", "шести"];
            format!("от {} до {} секунд", words(of, from), words(of, to))
        }
    }
}

#[test]
#[allow(clippy::cast_precision_loss)]
fn the_scripts_state_the_wait_of_the_slow_provider() {
    let provider = [*SLOW_MS.start(), *SLOW_MS.end()].map(|ms| ms as f64);
    let stated = [
        (ClaimedFigure::ProviderMs, provider),
        (ClaimedFigure::SpinMs, provider.map(|ms| ms / PROVIDERS_SHARE)),
    ];
    for language in ScriptLanguage::ALL {
        let script = read(built_in(*language)).unwrap();
        for (figure, [least, most]) in stated {
            let mut count = 0;
            for step in &script.steps {
                let claims = step.claims.iter().filter(|claim| claim.figure == figure);
                for stated in claims.map(|claim| claim.stated) {
                    // A wait without the slow provider has no lower bound; the provider's own has both.
                    if figure == ClaimedFigure::SpinMs && stated.from.is_none() {
                        continue;
                    }
                    let (from, to) = (stated.from.unwrap(), stated.to.unwrap());
                    let step_of = format!("{language:?}: {}", step.id);
                    assert!(
                        from <= least && most <= to,
                        "{step_of}: {figure:?} of {from} to {to}"
                    );
                    let words = seconds_in_words(*language, from / 1e3, to / 1e3);
                    let mut lines = step.say.iter().map(|line| line.text.to_lowercase());
                    assert!(
                        lines.any(|line| line.contains(&words)),
                        "{step_of}: nothing says \"{words}\""
                    );
                    count += 1;
                }
            }
            assert!(count > 0, "{language:?}: {figure:?}");
        }
    }
}

#[test]
fn the_scripts_fix_every_problem_of_the_story() {
    for language in ScriptLanguage::ALL {
        let script = read(built_in(*language)).unwrap();
        let actions = script.steps.iter().flat_map(|step| &step.actions);
        let fixed: Vec<_> = actions
            .filter_map(|offered| match offered.action {
                Action::Fix(fault) => Some(fault),
                _ => None,
            })
            .collect();
        for problem in STORY {
            assert!(
                fixed.contains(&problem),
                "{language:?}: nothing fixes {problem:?}"
            );
        }
    }
}
