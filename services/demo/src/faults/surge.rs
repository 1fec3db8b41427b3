//! The fault `session-surge`: many players log in at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reelscope_telemetry::{TraceLink, tag, watched};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::players::{TrafficTarget, log_in_at};

/// Number of log-ins of one surge.
const LOG_INS: u32 = 300;
/// Time over which the log-ins are spread evenly. It is the rate that the gateway allows for log-ins in the long
/// run; one that the gateway refuses is repeated after the time that the gateway names.
const WITHIN: Duration = Duration::from_secs(10);
/// Name of the transaction of each log-in.
pub const LOG_IN: &str = "log in";

/// Lets players log in: the sessions of the release's health rise, and so do traces of `POST /api/v1/sessions`,
/// each of another player. Clones control the same surge.
#[derive(Clone)]
pub struct Surge {
    target: Arc<TrafficTarget>,
    under_way: Arc<AtomicBool>,
    ended: Arc<Notify>,
    stop: CancellationToken,
}

impl Surge {
    /// Creates it without a surge; `stop` ends one.
    #[must_use]
    pub fn new(target: TrafficTarget, stop: CancellationToken) -> Self {
        Self {
            target: Arc::new(target),
            under_way: Arc::default(),
            ended: Arc::default(),
            stop,
        }
    }

    /// Begins a surge; returns `false` while one runs.
    pub fn begin(&self) -> bool {
        let begins = !self.under_way.swap(true, Ordering::AcqRel);
        if begins {
            let surge = self.clone();
            tokio::spawn(async move {
                tokio::select! {
                    // A panic is logged, and ends the surge as its last log-in does.
                    _ = watched("surge of log-ins", surge.run()) => {}
                    () = surge.ended.notified() => {}
                    () = surge.stop.cancelled() => {}
                }
                surge.under_way.store(false, Ordering::Release);
            });
        }
        begins
    }

    /// Ends a surge under way. Players that have not logged in yet do not.
    pub fn end(&self) {
        self.ended.notify_waiters();
    }

    async fn run(&self) {
        let accounts = (self.target.accounts)().max(1);
        let client = self.target.frontend.client();
        let mut ticks = tokio::time::interval(WITHIN / LOG_INS);
        let mut log_ins = JoinSet::new();
        for number in 0..u64::from(LOG_INS) {
            ticks.tick().await;
            let (target, client) = (Arc::clone(&self.target), client.clone());
            let log_in = async move {
                let work = async {
                    tag("traffic", "virtual");
                    let account = 1 + number % accounts;
                    log_in_at(&target.origin, &target.launch_token, &client, account).await
                };
                let logged_in = target
                    .frontend
                    .transaction(LOG_IN, "ui.action", TraceLink::default(), work);
                if let Err(reason) = logged_in.await {
                    tracing::warn!(reason, "a player of the surge did not get in");
                }
            };
            log_ins.spawn(watched("log-in of a surge", log_in));
        }
        while log_ins.join_next().await.is_some() {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reelscope_telemetry::{Service, Timings};

    #[tokio::test]
    async fn a_surge_that_meets_a_defect_has_ended_and_the_next_one_begins() {
        let target = TrafficTarget {
            origin: "http://127.0.0.1:9".to_owned(),
            launch_token: String::new(),
            frontend: Service::new("frontend", Timings::default()),
            accounts: Arc::new(|| panic!("on purpose")),
        };
        let surge = Surge::new(target, CancellationToken::new());
        let ended = async {
            while surge.under_way.load(Ordering::Acquire) {
                tokio::task::yield_now().await;
            }
        };
        assert!(surge.begin());
        tokio::time::timeout(Duration::from_secs(20), ended)
            .await
            .unwrap();
        assert!(surge.begin());
    }
}
