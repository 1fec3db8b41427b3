//! The state of delivery, and the decisions of people about envelopes: retry, send, discard.

use std::sync::atomic::Ordering;
use std::time::Duration;

use reelscope_contracts::now;
use reelscope_page_api::telemetry::{Delivery, DeliveryCounts, HeldAction, Named, TestOutcome};
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::Collector;
use crate::delivery;
use crate::dsn::Dsn;
use crate::error::ReadError;
use crate::log::{self, Change, DeadReason, Entry, Job, State};

/// Limit of changes in one commit.
const MOST_CHANGES: usize = 2_000;

impl Collector {
    /// The counts of captured, delivered, held and dead envelopes; the first is the sum of the others.
    #[must_use]
    pub fn counts(&self) -> DeliveryCounts {
        self.parts.figures.tally.lock().counts()
    }

    /// The whole state of delivery.
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        let reasons = self.parts.delivery.reasons();
        let tally = self.parts.figures.tally.lock().clone();
        let delivery::Status {
            in_flight,
            destinations,
            rate_limits,
            last_error,
        } = self.parts.delivery.status();
        let index = &self.parts.index;
        let (lost_by_sdks, sessions) = (index.lost_by_sdks(), index.sessions());
        let (refused_by_code, refusals) = self.parts.refusals.told();
        Delivery {
            counts: tally.counts(),
            held_by_reason: reasons.counted(&tally),
            dead_by_reason: tally.dead_by_reason(),
            refused: self.parts.refused.load(Ordering::Relaxed),
            refused_by_code,
            refusals,
            lost_by_sdks,
            sessions,
            sending: self.parts.destinations().sending,
            scrubbing: self.parts.scrubbing.load(Ordering::Relaxed),
            in_flight,
            destinations,
            rate_limits,
            last_error,
            notices: self.parts.notices.lock().clone(),
            bytes: self.parts.readers.bytes_on_disk(),
            indexed: self.indexed(),
        }
    }

    /// Makes dead envelopes held again, so that they are sent to the present destination: the one with number
    /// `seq`, or all. "All" omits those that a person discarded and those too old for Sentry; one named by its
    /// number is sent once, whatever its age. Returns the number of envelopes.
    ///
    /// # Errors
    /// They could not be read; nothing is changed.
    pub async fn retry_dead(&self, seq: Option<u64>) -> Result<u64, ReadError> {
        let destinations = self.parts.destinations();
        let left = [DeadReason::Discarded, DeadReason::TooOld].map(State::Dead);
        let dead = match seq {
            Some(seq) => self.entries("seq = ?1 AND state > 1", seq.cast_signed()).await,
            None => self.entries("state > ?1", State::Delivered.number()).await,
        }?;
        let mut changes = Vec::new();
        let mut retried = 0;
        for entry in dead {
            if seq.is_none() && left.contains(&entry.state) {
                continue;
            }
            if seq.is_some() {
                self.parts.delivery.insist(entry.seq);
            }
            retried += 1;
            changes.push((entry.seq, Change::Retried));
            let today = destinations.id_of(&entry.slot);
            if today != 0 {
                changes.push((entry.seq, Change::Readdressed(today)));
            }
        }
        Ok(self.change(changes).await.min(retried))
    }

    /// Sends or discards the envelopes that were captured for another destination. Returns their number.
    ///
    /// # Errors
    /// They could not be read; nothing is changed.
    pub async fn decide_held(&self, action: HeldAction) -> Result<u64, ReadError> {
        let destinations = self.parts.destinations();
        let held = self.entries("state = ?1", State::Held.number()).await?;
        let changes = held.into_iter().filter_map(|entry| {
            let today = destinations.id_of(&entry.slot);
            let change = match action {
                HeldAction::Send if today == 0 => return None,
                HeldAction::Send => Change::Readdressed(today),
                HeldAction::Discard => Change::Dead(DeadReason::Discarded),
            };
            (today != entry.destination).then_some((entry.seq, change))
        });
        Ok(self.change(changes.collect()).await)
    }

    /// Returns the envelopes for which the condition `which` holds, oldest first.
    async fn entries(&self, which: &'static str, value: i64) -> rusqlite::Result<Vec<Entry>> {
        let read = move |connection: &Connection| {
            log::rows(connection, &format!("WHERE {which} ORDER BY seq"), [value])
        };
        self.parts.readers.read(read).await
    }

    /// Applies changes, a limited number in each commit so that other writes need not wait for all. Returns the
    /// number of envelopes that changed.
    async fn change(&self, changes: Vec<(u64, Change)>) -> u64 {
        let mut changed = 0;
        for some in changes.chunks(MOST_CHANGES) {
            let (answer, answered) = oneshot::channel();
            let job = Job::Change {
                changes: some.to_vec(),
                answer: Some(answer),
            };
            if self.jobs.send(job).is_err() {
                break;
            }
            changed += answered.await.map_or(0, |done| done.count);
        }
        changed
    }

    /// Sends one real envelope to `dsn`, or to the common destination, and returns what happened. The envelope is
    /// not kept.
    pub async fn test_delivery(&self, dsn: Option<&str>) -> TestOutcome {
        let refused = |code: &str, detail: String, params| TestOutcome {
            ok: false,
            code: code.to_owned(),
            detail,
            params,
            destination: None,
            elapsed_ms: 0,
        };
        let dsn = match dsn {
            Some(text) => match text.parse::<Dsn>() {
                Ok(dsn) => dsn,
                Err(error) => {
                    let params = Named::from([("reason".to_owned(), error.code().to_owned())]);
                    return refused("dsn_invalid", error.to_string(), params);
                }
            },
            None => match self.parts.destinations().each().next() {
                Some((_, dsn)) => dsn.clone(),
                None => {
                    let detail = "No DSN is set; enter one first.".to_owned();
                    return refused("no_destination", detail, Named::new());
                }
            },
        };
        self.sender.test(&dsn, now()).await
    }

    /// Waits until nothing is left to send now, or until `deadline` has passed; returns the counts.
    pub async fn drain(&self, deadline: Duration) -> DeliveryCounts {
        let mut revisions = self.parts.revision.subscribe();
        let drained = async { while self.sendable() > 0 && revisions.changed().await.is_ok() {} };
        let _ = tokio::time::timeout(deadline, drained).await;
        self.counts()
    }

    /// Number of held envelopes that will be sent without a person's decision.
    fn sendable(&self) -> u64 {
        let waiting = self.parts.figures.queued.load(Ordering::Relaxed) as u64;
        let reasons = self.parts.delivery.reasons();
        waiting + reasons.on_their_way(&self.parts.figures.tally.lock())
    }
}
