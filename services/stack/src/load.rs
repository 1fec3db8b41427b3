//! Spins for the command line and the benchmark: virtual players that call the gateway over HTTP, as the page does.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use parking_lot::Mutex;
use reelscope_contracts::{Code, Money};
use reelscope_demo::players::{SPIN, log_in_at, spin};
use reelscope_page_api::gateway::SpinResult;
use reelscope_store::WriteStats;
use reelscope_telemetry::{Client, Service, Share, TraceLink, Turnover, cpu_ms, latencies, record_latency};

use crate::Stack;

/// The load to make.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Number of spins.
    pub count: u64,
    /// Number of concurrent spins.
    pub concurrency: u64,
    /// Number of players that take turns.
    pub players: u64,
    /// Stake of each spin.
    pub stake: Money,
    /// Prefix of the idempotency keys; unique for each run.
    pub run: String,
}

/// The measurements of a run.
#[derive(Debug)]
pub struct Report {
    /// Number of spins that succeeded.
    pub ok: u64,
    /// Number of failed spins, by stable code.
    pub failed_by_code: BTreeMap<String, u64>,
    /// Sum of the stakes of successful spins.
    pub staked: Money,
    /// Sum of the payouts of successful spins.
    pub paid_out: Money,
    /// Latencies at the client, in microseconds.
    pub latency_us: Histogram<u64>,
    /// Work of the databases' writers during the run, by service.
    pub writes: Vec<(&'static str, WriteStats)>,
    /// Own time by service.
    pub services: BTreeMap<&'static str, Share>,
    /// CPU time of the whole process in milliseconds; `None` where the system does not report it.
    pub cpu_ms: Option<f64>,
    /// Ids of the spins' traces, in the order in which the spins ended; empty without telemetry. Stored as numbers,
    /// because a long run has a million of them.
    pub trace_ids: Vec<u128>,
    /// Time from the first spin to the last response, without the log-ins.
    pub wall: Duration,
}

impl Report {
    /// Trace ids in their usual form, 32 hexadecimal digits.
    pub fn trace_ids(&self) -> impl Iterator<Item = String> {
        self.trace_ids.iter().map(|id| format!("{id:032x}"))
    }
}

/// Players that are logged in. Clones share their sessions.
#[derive(Clone, Default)]
pub struct Players(Arc<Vec<Player>>);

struct Player {
    number: u64,
    /// Token of the current session; a long run outlives sessions.
    token: Mutex<Arc<str>>,
}

impl Player {
    fn token(&self) -> Arc<str> {
        Arc::clone(&self.token.lock())
    }
}

/// Logs the first `count` players in, at least one.
///
/// # Errors
/// A sentence, when one of them cannot log in.
pub async fn log_in(stack: &Stack, count: u64) -> Result<Players, String> {
    let client = frontend(stack)?.client();
    let mut players = Vec::new();
    for number in 1..=count.max(1) {
        // The second account is skipped, because its wallet is almost empty.
        let number = if number == 1 { 1 } else { number + 1 };
        let token = log_in_at(&stack.origin(), stack.token(), &client, number).await?;
        players.push(Player {
            number,
            token: Mutex::new(token.into()),
        });
    }
    Ok(Players(Arc::new(players)))
}

fn frontend(stack: &Stack) -> Result<&Service, String> {
    let frontend = stack.service("frontend");
    frontend.ok_or("the stack has no frontend to spin for".to_owned())
}

/// Logs the players in, makes the spins, and measures. The stack must run without a rate limit.
///
/// # Errors
/// A sentence, when the players cannot log in, or one of them panicked.
pub async fn run(stack: &Stack, plan: &Plan) -> Result<Report, String> {
    run_as(&log_in(stack, plan.players).await?, stack, plan).await
}

/// Makes the spins of a plan as these players, and measures.
///
/// # Errors
/// A sentence, when a player panicked.
pub async fn run_as(players: &Players, stack: &Stack, plan: &Plan) -> Result<Report, String> {
    let load = Arc::new(Load::begin(players.clone(), stack, plan)?);
    stack.flush().await;
    stack.timings().reset();
    let writes_before = stack.write_stats();
    let cpu_before = cpu_ms();
    let started = Instant::now();
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..plan.concurrency.clamp(1, plan.count.max(1)) {
        workers.spawn(Arc::clone(&load).work());
    }
    while let Some(ended) = workers.join_next().await {
        ended.map_err(|error| format!("a player met a defect: {error}"))?;
    }
    let wall = started.elapsed();
    let cpu = cpu_before.zip(cpu_ms()).map(|(before, after)| after - before);
    let writes = stack.write_stats().into_iter().zip(writes_before);
    let writes = writes.map(|((service, after), (_, before))| (service, since(before, after)));
    let tally = std::mem::replace(&mut *load.tally.lock(), Tally::new());
    Ok(Report {
        ok: tally.ok,
        failed_by_code: tally.failed_by_code,
        staked: tally.staked,
        paid_out: tally.paid_out,
        latency_us: tally.latency_us,
        writes: writes.collect(),
        services: stack.timings().shares(),
        trace_ids: tally.trace_ids,
        cpu_ms: cpu,
        wall,
    })
}

/// What a writer did between two reads of its counters.
fn since(before: WriteStats, after: WriteStats) -> WriteStats {
    WriteStats {
        operations: after.operations - before.operations,
        commits: after.commits - before.commits,
        commit_time: after.commit_time - before.commit_time,
    }
}

/// A run: its workers share it.
struct Load {
    plan: Plan,
    origin: String,
    launch_token: String,
    /// The load is the frontend of its spins: their traces begin here, as they do in the page.
    frontend: Service,
    client: Client,
    players: Players,
    /// Number of the next spin.
    next: AtomicU64,
    turnover: Turnover,
    tally: Mutex<Tally>,
}

impl Load {
    fn begin(players: Players, stack: &Stack, plan: &Plan) -> Result<Self, String> {
        let frontend = frontend(stack)?.clone();
        Ok(Self {
            plan: plan.clone(),
            origin: stack.origin(),
            launch_token: stack.token().to_owned(),
            client: frontend.client(),
            frontend,
            players,
            next: AtomicU64::new(0),
            turnover: Turnover::default(),
            tally: Mutex::new(Tally::new()),
        })
    }

    /// Spins until none is left.
    async fn work(self: Arc<Self>) {
        loop {
            let n = self.next.fetch_add(1, Ordering::Relaxed);
            if n >= self.plan.count {
                return;
            }
            let sent = Instant::now();
            let work = async { (self.spin(n).await, TraceLink::current()) };
            let (result, link) = self
                .frontend
                .transaction(SPIN, "ui.action", TraceLink::default(), work)
                .await;
            self.tally.lock().add(sent.elapsed(), result, link.trace_id());
        }
    }

    /// Makes the spin with number `n`; a player whose session has expired logs in again.
    async fn spin(&self, n: u64) -> Result<SpinResult, Code> {
        let Players(players) = &self.players;
        let index = usize::try_from(n % players.len() as u64).unwrap_or(0);
        let player = &players[index];
        let key = format!("{}-{n}", self.plan.run);
        let mut result = self.spin_as(&player.token(), &key).await;
        if result.as_ref().is_err_and(|code| *code == Code::SessionExpired)
            && let Ok(token) = log_in_at(&self.origin, &self.launch_token, &self.client, player.number).await
        {
            let token: Arc<str> = token.into();
            *player.token.lock() = Arc::clone(&token);
            result = self.spin_as(&token, &key).await;
        }
        if let Ok(round) = &result
            && !round.replayed
        {
            self.turnover.measure(round.stake.major(), round.payout.major());
        }
        result
    }

    async fn spin_as(&self, token: &str, key: &str) -> Result<SpinResult, Code> {
        let url = format!("{}/api/v1/spins", self.origin);
        spin(
            &self.client,
            &url,
            &self.launch_token,
            token,
            key,
            self.plan.stake,
        )
        .await
    }
}

struct Tally {
    ok: u64,
    failed_by_code: BTreeMap<String, u64>,
    staked: Money,
    paid_out: Money,
    latency_us: Histogram<u64>,
    trace_ids: Vec<u128>,
}

impl Tally {
    fn new() -> Self {
        let (staked, paid_out) = (Money::ZERO, Money::ZERO);
        Self {
            ok: 0,
            failed_by_code: BTreeMap::new(),
            staked,
            paid_out,
            latency_us: latencies(),
            trace_ids: Vec::new(),
        }
    }

    fn add(&mut self, latency: Duration, result: Result<SpinResult, Code>, trace_id: Option<&str>) {
        self.trace_ids
            .extend(trace_id.and_then(|id| u128::from_str_radix(id, 16).ok()));
        record_latency(&mut self.latency_us, latency);
        match result {
            Ok(round) => {
                self.ok += 1;
                self.staked = self.staked.checked_add(round.stake).unwrap_or(self.staked);
                self.paid_out = self.paid_out.checked_add(round.payout).unwrap_or(self.paid_out);
            }
            Err(code) => *self.failed_by_code.entry(code.as_str().to_owned()).or_default() += 1,
        }
    }
}
