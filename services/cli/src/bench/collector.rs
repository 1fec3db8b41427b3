//! What the collector bears: envelopes from eight clients beside the bare disk, how soon they are seen, what a hostile one
//! does to the gateway, and what a million spans cost whoever starts and asks. Load and collector share the cores.

use std::fs::File;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use reelscope_collector::{Collector, Options, ingest_router};
use reelscope_demo::measure::latencies;
use reelscope_stack::start::telemetry_dir;
use reelscope_stack::{Config, Stack, traces};
use serde::Serialize;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Clients that send at the same time, one envelope after another each.
const CLIENTS: u64 = 8;
/// How long the bare disk, and then the collector, is measured.
const MEASURED_FOR: Duration = Duration::from_secs(5);
/// Envelopes a second where it is measured how soon they are seen.
const WATCHED_PER_S: u64 = 3_000;
/// Of how many of these one is looked for.
const LOOKED_FOR: u64 = 300;
/// Entries of the hostile envelope, each of a trace of its own.
const HOSTILE: u64 = 676_000;
/// Between two questions to the gateway meanwhile.
const ASKED_EVERY: Duration = Duration::from_millis(10);
/// Spans of each transaction, its own among them.
const SPANS: u64 = 6;
/// Transactions that are kept: a million spans.
const KEPT: u64 = 1_000_000 / SPANS + 1;
/// Of how many transactions one comes with an error.
const ERRORS: u64 = 1_000;
/// Starts and questions of which the median counts.
const TIMES: usize = 5;
/// How long an answer, or the index for all of it, may take.
const PATIENCE: Duration = Duration::from_secs(180);
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// What was measured.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Report {
    /// See [`Ingest`].
    pub ingest: Ingest,
    /// See [`Seen`].
    pub seen: Seen,
    /// See [`Hostile`].
    pub hostile: Hostile,
    /// See [`Kept`].
    pub kept: Kept,
}

/// Transactions of six spans from eight clients, each answered once it is on the disk.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Ingest {
    /// Bytes of one.
    pub envelope_bytes: usize,
    /// Answered in a second.
    pub per_s: f64,
    /// The same bytes appended to a file in a second, each with a sync of its own.
    pub bare_per_s: f64,
    /// The first to the second.
    pub ratio: f64,
    /// The slowest answer, in milliseconds.
    pub slowest_ms: f64,
    /// See [`Beside`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beside: Option<Beside>,
}

/// The same to another endpoint of Sentry's protocol, which may keep it in memory.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Beside {
    /// Answered in a second.
    pub per_s: f64,
}

/// How long after its answer an envelope is seen by whoever looks.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Seen {
    /// Envelopes that were answered in a second.
    pub per_s: f64,
    /// Median in milliseconds.
    pub p50_ms: f64,
    /// The slowest in milliseconds.
    pub slowest_ms: f64,
}

/// One envelope of log entries, each of a trace of its own, while the gateway is asked how it is.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Hostile {
    /// Entries in it.
    pub entries: u64,
    /// The gateway's slowest answer until all of it is indexed, in milliseconds.
    pub slowest_ms: f64,
    /// The slowest before, in as many questions as took a second.
    pub slowest_before_ms: f64,
    /// Until all of it was indexed, in seconds.
    pub indexed_s: f64,
}

/// A program that has kept much, beside one that has kept nothing.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Kept {
    /// Spans that are kept.
    pub spans: u64,
    /// Bytes of the file.
    pub file_bytes: u64,
    /// From the start to the ready line, in milliseconds.
    pub start_ms: f64,
    /// The same of the empty one.
    pub empty_start_ms: f64,
    /// The newest 50 traces, in milliseconds.
    pub list_ms: f64,
    /// One trace.
    pub trace_ms: f64,
    /// One issue.
    pub issue_ms: f64,
    /// All traces with an attribute that the first alone has.
    pub filter_ms: f64,
    /// Resident bytes after these questions; `None` where the system does not tell.
    pub memory_bytes: Option<u64>,
    /// The same of the empty one.
    pub empty_memory_bytes: Option<u64>,
}

/// Measures in `dir`, which has to be new, and `beside` another endpoint; `program` is this program, and `next` is told what
/// is measured next.
///
/// # Errors
/// A sentence.
pub(crate) async fn run(
    dir: &Path,
    program: &Path,
    beside: Option<SocketAddr>,
    next: impl Fn(&str),
) -> Result<Report, String> {
    let told = |error: std::io::Error| error.to_string();
    std::fs::create_dir_all(dir).map_err(told)?;
    next("the bare disk, then envelopes from eight clients");
    let mut ingest = ingest(dir).await?;
    if let Some(address) = beside {
        next("the same to the other endpoint");
        ingest.beside = Some(to_another(address).await?);
    }
    next("how soon they are seen");
    let seen = seen(&dir.join("seen")).await?;
    next("a hostile envelope");
    let hostile = hostile(&dir.join("hostile")).await?;
    next("a million spans");
    let kept = kept(&dir.join("kept"), &dir.join("empty"), program).await?;
    Ok(Report {
        ingest,
        seen,
        hostile,
        kept,
    })
}

/// Where envelopes are sent.
#[derive(Clone)]
struct Target {
    address: SocketAddr,
    key: String,
}

/// A collector that listens.
struct Door {
    collector: Collector,
    target: Target,
}

impl Door {
    async fn open(dir: &Path) -> Result<Self, String> {
        let (collector, _) = Collector::open(dir, Options::standard()).map_err(|error| error.to_string())?;
        let told = |error: std::io::Error| error.to_string();
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(told)?;
        let address = listener.local_addr().map_err(told)?;
        let routes = ingest_router(collector.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let key = collector.key().to_owned();
        Ok(Self {
            collector,
            target: Target { address, key },
        })
    }

    async fn caught_up(&self) -> Result<(), String> {
        if traces::caught_up(&self.collector, PATIENCE).await {
            Ok(())
        } else {
            Err("the index does not keep up".to_owned())
        }
    }
}

/// One connection that is kept.
struct Client {
    stream: BufReader<TcpStream>,
    head: String,
    line: String,
}

impl Client {
    async fn to(Target { address, key }: &Target) -> Result<Self, String> {
        let stream = TcpStream::connect(address)
            .await
            .map_err(|error| error.to_string())?;
        stream.set_nodelay(true).map_err(|error| error.to_string())?;
        let head = format!(
            "POST /api/1/envelope/ HTTP/1.1\r\nHost: {address}\r\nX-Sentry-Auth: Sentry sentry_key={key}\r\n\
             Content-Type: application/x-sentry-envelope\r\nContent-Length: "
        );
        Ok(Self {
            stream: BufReader::new(stream),
            head,
            line: String::new(),
        })
    }

    /// Sends an envelope and waits for its answer.
    async fn send(&mut self, envelope: &str) -> Result<(), String> {
        let request = format!("{}{}\r\n\r\n{envelope}", self.head, envelope.len());
        let answered = async {
            self.stream.write_all(request.as_bytes()).await?;
            let mut status = String::new();
            self.stream.read_line(&mut status).await?;
            let (mut length, mut is_chunked) = (0, false);
            loop {
                self.line.clear();
                if self.stream.read_line(&mut self.line).await? <= 2 {
                    break;
                }
                let header = self.line.to_ascii_lowercase();
                if let Some(bytes) = header.strip_prefix("content-length:") {
                    length = bytes.trim().parse().unwrap_or(0);
                }
                is_chunked |= header.starts_with("transfer-encoding:");
            }
            // An answer without a body ends with an empty chunk.
            if is_chunked {
                length = "0\r\n\r\n".len();
            }
            let mut body = vec![0; length];
            self.stream.read_exact(&mut body).await?;
            Ok::<_, std::io::Error>((status, body))
        };
        let answered = tokio::time::timeout(PATIENCE, answered).await;
        let (status, body) = answered
            .map_err(|_| "an envelope is not answered".to_owned())?
            .map_err(|error| error.to_string())?;
        if status.contains(" 200 ") {
            return Ok(());
        }
        let why = String::from_utf8_lossy(&body);
        Err(format!("an envelope was refused: {} {why}", status.trim()))
    }
}

/// Seconds since the Unix epoch, as Sentry writes times.
#[allow(clippy::cast_precision_loss)] // to the microsecond until 2255
fn seconds_now() -> f64 {
    reelscope_contracts::now() as f64 / 1_000.0
}

/// The id of a trace.
fn trace_id(run: u64, number: u64) -> String {
    format!("{run:016x}{:016x}", number + 1)
}

/// A transaction of six spans.
fn transaction(run: u64, number: u64) -> String {
    let (trace, end) = (trace_id(run, number), seconds_now());
    let span = |n: u64| format!("{:016x}", (number + 1) * SPANS + n);
    let rare = if number == 0 { ",\"bench.first\":1" } else { "" };
    let children: Vec<String> = (1..SPANS)
        .map(|n| {
            format!(
                "{{\"trace_id\":\"{trace}\",\"span_id\":\"{}\",\"parent_span_id\":\"{}\",\"op\":\"db.query\",\
                 \"description\":\"SELECT * FROM orders WHERE customer = ?\",\"start_timestamp\":{:.6},\
                 \"timestamp\":{:.6},\"data\":{{\"db.system\":\"postgresql\",\"db.rows\":{n}{rare}}}}}",
                span(n),
                span(0),
                end - 0.020,
                end - 0.010,
            )
        })
        .collect();
    let payload = format!(
        "{{\"type\":\"transaction\",\"transaction\":\"GET /orders/{{id}}\",\"start_timestamp\":{:.6},\
         \"timestamp\":{end:.6},\"release\":\"shop@2.4.1\",\"environment\":\"production\",\"tags\":{{\"service\":\"shop\"}},\
         \"contexts\":{{\"trace\":{{\"trace_id\":\"{trace}\",\"span_id\":\"{}\",\"op\":\"http.server\",\"status\":\"ok\"}}}},\
         \"spans\":[{}]}}",
        end - 0.050,
        span(0),
        children.join(",")
    );
    envelope("transaction", &trace, &payload)
}

/// An error in the transaction of this number.
fn error(run: u64, number: u64) -> String {
    let trace = trace_id(run, number);
    let payload = format!(
        "{{\"level\":\"error\",\"exception\":{{\"values\":[{{\"type\":\"OutOfStock\",\"value\":\"nothing left\"}}]}},\
         \"tags\":{{\"service\":\"shop\"}},\"contexts\":{{\"trace\":{{\"trace_id\":\"{trace}\",\"span_id\":\"{:016x}\"}}}}}}",
        (number + 1) * SPANS
    );
    envelope("event", &trace_id(run + ERRORS, number), &payload)
}

fn envelope(kind: &str, event_id: &str, payload: &str) -> String {
    format!(
        "{{\"event_id\":\"{event_id}\"}}\n{{\"type\":\"{kind}\",\"length\":{}}}\n{payload}\n",
        payload.len()
    )
}

/// Sends from eight clients until `enough` of the numbers says so. Returns how many, and how long each took in microseconds.
async fn sent(
    target: &Target,
    run: u64,
    enough: impl Fn(u64) -> bool + Clone + Send + 'static,
) -> Result<Histogram<u64>, String> {
    let numbers = Arc::new(AtomicU64::new(0));
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        let (mut client, numbers, enough) = (Client::to(target).await?, Arc::clone(&numbers), enough.clone());
        clients.spawn(async move {
            let mut latency = latencies();
            loop {
                let number = numbers.fetch_add(1, Ordering::Relaxed);
                if enough(number) {
                    return Ok::<_, String>(latency);
                }
                let began = Instant::now();
                client.send(&transaction(run, number)).await?;
                latency.saturating_record(micros(began.elapsed()));
                if number.is_multiple_of(ERRORS) {
                    client.send(&error(run, number)).await?;
                }
            }
        });
    }
    let mut all = latencies();
    while let Some(client) = clients.join_next().await {
        let latency = client.map_err(|error| error.to_string())??;
        all.add(latency).map_err(|error| error.to_string())?;
    }
    Ok(all)
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

fn milliseconds(time: Duration) -> f64 {
    1e3 * time.as_secs_f64()
}

#[allow(clippy::cast_precision_loss)] // far below 2^53
fn per_second(count: u64, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

#[allow(clippy::cast_precision_loss)] // far below 2^53
fn histogram_ms(micros: u64) -> f64 {
    micros as f64 / 1_000.0
}

async fn ingest(dir: &Path) -> Result<Ingest, String> {
    let envelope = transaction(1, 1);
    let bytes = envelope.len();
    let file = dir.join("bare");
    let bare = tokio::task::spawn_blocking(move || bare(&file, envelope.as_bytes()));
    let bare_per_s = bare
        .await
        .map_err(|error| error.to_string())?
        .map_err(|error| error.to_string())?;
    let door = Door::open(&dir.join("ingest")).await?;
    let began = Instant::now();
    let latency = sent(&door.target, 1, move |_| began.elapsed() >= MEASURED_FOR).await?;
    let per_s = per_second(latency.len(), began.elapsed());
    door.collector.shutdown().await;
    Ok(Ingest {
        envelope_bytes: bytes,
        per_s,
        bare_per_s,
        ratio: per_s / bare_per_s,
        slowest_ms: histogram_ms(latency.max()),
        beside: None,
    })
}

async fn to_another(address: SocketAddr) -> Result<Beside, String> {
    let key = "0".repeat(32);
    let began = Instant::now();
    let enough = move |_| began.elapsed() >= MEASURED_FOR;
    let latency = sent(&Target { address, key }, 1, enough).await?;
    Ok(Beside {
        per_s: per_second(latency.len(), began.elapsed()),
    })
}

/// Appends with a sync each, as often as it can. Returns how often in a second.
fn bare(file: &Path, bytes: &[u8]) -> std::io::Result<f64> {
    let mut file = File::create(file)?;
    let (began, mut count) = (Instant::now(), 0);
    while began.elapsed() < MEASURED_FOR {
        file.write_all(bytes)?;
        file.sync_data()?;
        count += 1;
    }
    Ok(per_second(count, began.elapsed()))
}

async fn seen(dir: &Path) -> Result<Seen, String> {
    const RUN: u64 = 2;
    let door = Door::open(dir).await?;
    let began = Instant::now();
    let paced = Arc::new(AtomicU64::new(0));
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        let (mut client, paced, collector) = (
            Client::to(&door.target).await?,
            Arc::clone(&paced),
            door.collector.clone(),
        );
        clients.spawn(async move {
            let mut seen = Vec::new();
            loop {
                let number = paced.fetch_add(1, Ordering::Relaxed);
                let due = Duration::from_secs(1) * u32::try_from(number).unwrap_or(u32::MAX)
                    / u32::try_from(WATCHED_PER_S).unwrap_or(1);
                if due >= MEASURED_FOR {
                    return Ok::<_, String>(seen);
                }
                tokio::time::sleep(due.saturating_sub(began.elapsed())).await;
                client.send(&transaction(RUN, number)).await?;
                if number % LOOKED_FOR == 0 {
                    let (answered, collector) = (Instant::now(), collector.clone());
                    seen.push(tokio::spawn(async move {
                        is_seen(&collector, &trace_id(RUN, number)).await?;
                        Ok::<_, String>(answered.elapsed())
                    }));
                }
            }
        });
    }
    let mut times = Vec::new();
    let mut spent = Duration::ZERO;
    while let Some(client) = clients.join_next().await {
        let looked = client.map_err(|error| error.to_string())??;
        spent = began.elapsed();
        for seen in looked {
            times.push(seen.await.map_err(|error| error.to_string())??);
        }
    }
    door.collector.shutdown().await;
    times.sort_unstable();
    let count = paced.load(Ordering::Relaxed).saturating_sub(CLIENTS);
    Ok(Seen {
        per_s: per_second(count, spent),
        p50_ms: milliseconds(times.get(times.len() / 2).copied().unwrap_or_default()),
        slowest_ms: milliseconds(times.last().copied().unwrap_or_default()),
    })
}

/// Waits until the viewer answers with a trace.
async fn is_seen(collector: &Collector, trace: &str) -> Result<(), String> {
    let began = Instant::now();
    while traces::one(collector, trace).await.is_err() {
        if began.elapsed() > PATIENCE {
            return Err("an envelope is never seen".to_owned());
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    Ok(())
}

async fn hostile(dir: &Path) -> Result<Hostile, String> {
    let config = Config {
        players: Some(1_000),
        rate: None,
        ..Config::new(dir.to_owned())
    };
    let stack = Stack::start(config).await.map_err(|error| error.to_string())?;
    let measured = hostile_to(&stack).await;
    stack.shutdown().await.map_err(|error| error.to_string())?;
    measured
}

async fn hostile_to(stack: &Stack) -> Result<Hostile, String> {
    stack.seeded().await;
    let address = stack.address("collector").ok_or("there is no collector")?;
    let collector = stack.collector().ok_or("there is no collector")?;
    let key = collector.key().to_owned();
    let mut client = Client::to(&Target { address, key }).await?;
    let envelope = logs();
    let asked = Asked::of(format!("{}/api/v1/health", stack.origin()));
    tokio::time::sleep(Duration::from_secs(1)).await;
    let before = asked.slowest();
    let began = Instant::now();
    client.send(&envelope).await?;
    // Somebody looks: else the index leaves the cores to whoever asks the gateway.
    while !collector.caught_up() {
        if began.elapsed() > PATIENCE {
            return Err("the index does not keep up".to_owned());
        }
        traces::list(collector, 1).await?;
    }
    let indexed = began.elapsed();
    let slowest = asked.ended().await?;
    Ok(Hostile {
        entries: HOSTILE,
        slowest_ms: histogram_ms(slowest),
        slowest_before_ms: histogram_ms(before),
        indexed_s: indexed.as_secs_f64(),
    })
}

/// As many log entries as an envelope can have, each of a trace of its own.
fn logs() -> String {
    let entries: Vec<String> = (1..=HOSTILE)
        .map(|n| format!("{{\"trace_id\":\"{n:032x}\",\"body\":\"a\"}}"))
        .collect();
    let payload = format!("{{\"items\":[{}]}}", entries.join(","));
    let header = "application/vnd.sentry.items.log+json";
    format!(
        "{{}}\n{{\"type\":\"log\",\"item_count\":{HOSTILE},\"content_type\":\"{header}\",\"length\":{}}}\n{payload}\n",
        payload.len()
    )
}

/// Somebody who asks again and again.
struct Asked {
    slowest: Arc<AtomicU64>,
    over: Arc<AtomicBool>,
    task: tokio::task::JoinHandle<Result<(), String>>,
}

impl Asked {
    fn of(url: String) -> Self {
        let (slowest, over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let (longest, ended) = (Arc::clone(&slowest), Arc::clone(&over));
        let task = tokio::spawn(async move {
            let told = |error: reqwest::Error| error.to_string();
            let http = reqwest::Client::builder().no_proxy().build().map_err(told)?;
            while !ended.load(Ordering::Relaxed) {
                let began = Instant::now();
                http.get(&url)
                    .send()
                    .await
                    .map_err(told)?
                    .bytes()
                    .await
                    .map_err(told)?;
                longest.fetch_max(micros(began.elapsed()), Ordering::Relaxed);
                tokio::time::sleep(ASKED_EVERY).await;
            }
            Ok(())
        });
        Self { slowest, over, task }
    }

    /// In microseconds, so far; the next question begins anew.
    fn slowest(&self) -> u64 {
        self.slowest.swap(0, Ordering::Relaxed)
    }

    async fn ended(self) -> Result<u64, String> {
        self.over.store(true, Ordering::Relaxed);
        self.task.await.map_err(|error| error.to_string())??;
        Ok(self.slowest.load(Ordering::Relaxed))
    }
}

async fn kept(full: &Path, empty: &Path, program: &Path) -> Result<Kept, String> {
    const RUN: u64 = 3;
    let door = Door::open(&telemetry_dir(full)).await?;
    sent(&door.target, RUN, |number| number >= KEPT).await?;
    door.caught_up().await?;
    door.collector.shutdown().await;
    let file = std::fs::metadata(telemetry_dir(full).join("telemetry.sqlite"));
    let file_bytes = file.map_err(|error| error.to_string())?.len();
    // The first start of a directory makes wallets and players, which is not what is measured.
    let (mut starts, mut empty_starts) = (Vec::new(), Vec::new());
    for time in 0..=TIMES {
        for (dir, starts) in [(full, &mut starts), (empty, &mut empty_starts)] {
            let started = Started::of(program, dir).await?;
            if time > 0 {
                starts.push(started.after);
            }
            started.stop().await?;
        }
    }
    let one = format!("/traces/{}", trace_id(RUN, KEPT / 2));
    let started = Started::of(program, full).await?;
    let issues = started.ask("/issues").await?;
    let issue = issues["issues"][0]["issue_id"]
        .as_str()
        .ok_or("no issue is kept")?;
    let list_ms = started.median("/traces?limit=50").await?;
    let trace_ms = started.median(&one).await?;
    let issue_ms = started.median(&format!("/issues/{issue}")).await?;
    let found = started.ask("/traces?attribute=bench.first%3D1").await?;
    if found["traces"].as_array().map(Vec::len) != Some(1) {
        return Err("the filter does not find the one trace".to_owned());
    }
    let filter_ms = started.median("/traces?attribute=bench.first%3D1").await?;
    let memory_bytes = started.memory();
    started.stop().await?;
    let started = Started::of(program, empty).await?;
    for path in ["/issues", "/traces?limit=50", "/traces?attribute=bench.first%3D1"] {
        started.median(path).await?;
    }
    let empty_memory_bytes = started.memory();
    started.stop().await?;
    Ok(Kept {
        spans: KEPT * SPANS,
        file_bytes,
        start_ms: median(&mut starts),
        empty_start_ms: median(&mut empty_starts),
        list_ms,
        trace_ms,
        issue_ms,
        filter_ms,
        memory_bytes,
        empty_memory_bytes,
    })
}

fn median(times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    milliseconds(times.get(times.len() / 2).copied().unwrap_or_default())
}

/// A program of its own that serves.
struct Started {
    process: tokio::process::Child,
    /// From the start to the ready line.
    after: Duration,
    http: reqwest::Client,
    origin: String,
    token: String,
}

impl Started {
    async fn of(program: &Path, dir: &Path) -> Result<Self, String> {
        let told = |error: std::io::Error| error.to_string();
        let data_dir: PathBuf = dir.to_owned();
        let began = Instant::now();
        let mut process = tokio::process::Command::new(program)
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--players",
                "1000",
                "--data-dir",
            ])
            .arg(data_dir)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(told)?;
        let stdout = process.stdout.as_mut().ok_or("nobody hears the program")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).await.map_err(told)?;
        let after = began.elapsed();
        let ready: Value = serde_json::from_str(&line).map_err(|error| error.to_string())?;
        let word = |name: &str| ready[name].as_str().unwrap_or_default().to_owned();
        let token = word("ui")
            .split_once("?token=")
            .map(|(_, token)| token.to_owned());
        let http = reqwest::Client::builder().no_proxy().build();
        Ok(Self {
            process,
            after,
            http: http.map_err(|error| error.to_string())?,
            origin: word("gateway"),
            token: token.unwrap_or_default(),
        })
    }

    async fn ask(&self, path: &str) -> Result<Value, String> {
        let told = |error: reqwest::Error| error.to_string();
        let url = format!("{}/api/telemetry{path}", self.origin);
        let request = self.http.get(url).header("x-reelscope-token", &self.token);
        let reply = request.send().await.map_err(told)?.bytes().await.map_err(told)?;
        serde_json::from_slice(&reply).map_err(|error| error.to_string())
    }

    /// How long an answer takes, in milliseconds: the first, which finds nothing in memory, among others.
    async fn median(&self, path: &str) -> Result<f64, String> {
        let mut times = Vec::new();
        for _ in 0..TIMES {
            let began = Instant::now();
            self.ask(path).await?;
            times.push(began.elapsed());
        }
        Ok(median(&mut times))
    }

    /// Resident bytes, from proc(5).
    fn memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()?)).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        Some(kib * 1024)
    }

    async fn stop(mut self) -> Result<(), String> {
        #[cfg(unix)]
        if let Some(id) = self.process.id() {
            let kill = tokio::process::Command::new("kill").arg(id.to_string()).status();
            kill.await.map_err(|error| error.to_string())?;
            self.process.wait().await.map_err(|error| error.to_string())?;
            return Ok(());
        }
        self.process.kill().await.map_err(|error| error.to_string())
    }
}
