//! Decisions of people about issues: whether one is resolved, and whether it has come back since.
//!
//! An event comes after a decision if its envelope has a higher number than the newest one at that time. It still
//! counts as before if its work began before, because its request was under way or its SDK was offline; the times tell,
//! unless the clock was set back since. In a later release an event is a regression; in another release the issue is
//! merely open again. An issue that was never resolved has no row.

use reelscope_page_api::telemetry::{ErrorEvent, IssueDecision, IssueStatus, IssueSummary, Micros};
use rusqlite::{Connection, OptionalExtension};

use super::releases::is_later;
use super::taking::EnvelopeProgress;
use crate::log::ages::ADJUSTED;

/// The decision about one issue.
struct Held {
    /// Number of the newest envelope when it was resolved.
    through_seq: u64,
    /// Time when it was resolved.
    at_us: Micros,
    resolved_in: Option<String>,
    /// Release of the first event in a later release; `None` without such an event.
    back: Option<Option<String>>,
    /// Release of the first event in another release; `None` without such an event.
    still: Option<Option<String>>,
}

/// Stores a decision. `through_seq` is the newest envelope and `now` the time; `in_force` is the release that the
/// issue's services run.
pub(super) fn decide(
    connection: &Connection,
    issue: &IssueSummary,
    decision: IssueDecision,
    in_force: Option<&str>,
    (through_seq, now): (u64, Micros),
) -> rusqlite::Result<()> {
    match decision {
        IssueDecision::Unresolved => {
            connection.execute("DELETE FROM decisions WHERE issue_id = ?1", [&issue.issue_id])?;
            Ok(())
        }
        IssueDecision::Resolved => {
            let seen_in = issue.releases.last().map(String::as_str);
            let resolved_in = match (in_force, seen_in) {
                (Some(in_force), Some(seen_in)) if is_later(seen_in, in_force) => Some(seen_in),
                _ => in_force.or(seen_in),
            };
            let held = Held {
                through_seq,
                at_us: now,
                resolved_in: resolved_in.map(str::to_owned),
                back: None,
                still: None,
            };
            held.write(connection, &issue.issue_id)
        }
    }
}

/// Applies an event to the decision about its issue. Its work began at `began_us`, as far as that is known.
pub(super) fn met(
    connection: &Connection,
    event: &ErrorEvent,
    began_us: Micros,
    taking: &EnvelopeProgress,
) -> rusqlite::Result<()> {
    let Some(mut held) = Held::of(connection, &event.issue_id)? else {
        return Ok(());
    };
    // The envelope came later, so an earlier time means that the clock was set back, and times prove nothing. An
    // envelope gets its time a little before its number.
    let is_set_back = taking.received_us < held.at_us - 1_000 * ADJUSTED;
    let is_before = |at: Micros| at != 0 && at < held.at_us && !is_set_back;
    if held.back.is_some() || event.seq <= held.through_seq || is_before(event.at_us) {
        return Ok(());
    }
    if is_before(began_us) {
        // A rebuilt index may not know the event's trace yet, so the result is stored.
        if taking.is_new {
            held.through_seq = event.seq;
            held.write(connection, &event.issue_id)?;
        }
        return Ok(());
    }
    let came_back = match (&event.release, &held.resolved_in) {
        (Some(release), Some(resolved_in)) => is_later(release, resolved_in),
        _ => false,
    };
    let seen = if came_back {
        &mut held.back
    } else {
        &mut held.still
    };
    if seen.is_none() {
        *seen = Some(event.release.clone());
        held.write(connection, &event.issue_id)?;
    }
    Ok(())
}

/// Sets the status in an issue's summary.
pub(super) fn tell(connection: &Connection, issue: &mut IssueSummary) -> rusqlite::Result<()> {
    let Some(held) = Held::of(connection, &issue.issue_id)? else {
        return Ok(());
    };
    issue.resolved_in = held.resolved_in;
    match (held.back, held.still) {
        (None, None) => issue.status = IssueStatus::Resolved,
        (Some(back), _) => {
            issue.status = IssueStatus::Regressed;
            issue.regressed_in = back;
        }
        (None, Some(still)) => {
            issue.status = IssueStatus::Reopened;
            issue.reopened_in = still;
        }
    }
    Ok(())
}

impl Held {
    fn of(connection: &Connection, issue_id: &str) -> rusqlite::Result<Option<Self>> {
        let mut found = connection.prepare_cached(
            "SELECT through_seq, at_us, resolved_in, is_back, back_in, is_still, still_in FROM decisions
             WHERE issue_id = ?1",
        )?;
        found
            .query_row([issue_id], |row| {
                let seen = |is: bool, release: Option<String>| is.then_some(release);
                Ok(Self {
                    through_seq: row.get::<_, i64>(0)?.cast_unsigned(),
                    at_us: row.get(1)?,
                    resolved_in: row.get(2)?,
                    back: seen(row.get(3)?, row.get(4)?),
                    still: seen(row.get(5)?, row.get(6)?),
                })
            })
            .optional()
    }

    fn write(&self, connection: &Connection, issue_id: &str) -> rusqlite::Result<()> {
        connection
            .prepare_cached("INSERT OR REPLACE INTO decisions VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?
            .execute((
                issue_id,
                self.through_seq.cast_signed(),
                self.at_us,
                &self.resolved_in,
                self.back.is_some(),
                self.back.as_ref().and_then(Option::as_ref),
                self.still.is_some(),
                self.still.as_ref().and_then(Option::as_ref),
            ))?;
        Ok(())
    }
}
