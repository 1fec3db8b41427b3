//! What people hold of issues: resolved, and whether it came back since.
//!
//! "Since" is by the numbers of envelopes, which the log gives out in order. What such an envelope tells and began
//! before is of before all the same: a request was under way, or an SDK had been offline. That is told by its time, unless
//! the clock was set back since. In a later release it is back;
//! in another it never was away, and is open again. An open issue that was never resolved has no row.

use reelscope_contracts::telemetry::{ErrorEvent, IssueDecision, IssueStatus, IssueSummary, Micros};
use rusqlite::{Connection, OptionalExtension};

use super::releases::is_later;
use super::taking::EnvelopeProgress;
use crate::log::ages::ADJUSTED;

/// What is held of one issue.
struct Held {
    /// The newest envelope when it was resolved.
    through_seq: u64,
    /// When it was resolved.
    at_us: Micros,
    resolved_in: Option<String>,
    /// The release of the first event in a later one, once there was such an event.
    back: Option<Option<String>>,
    /// The release of the first event in another.
    still: Option<Option<String>>,
}

/// Takes a decision at `now`; `through_seq` is the newest envelope of now, `in_force` the release that the issue's
/// services run.
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

/// An event was met, in an envelope that is taken in, of which the work began at `began_us`, as far as that is known.
pub(super) fn met(
    connection: &Connection,
    event: &ErrorEvent,
    began_us: Micros,
    taking: &EnvelopeProgress,
) -> rusqlite::Result<()> {
    let Some(mut held) = Held::of(connection, &event.issue_id)? else {
        return Ok(());
    };
    // It came after: where the clock says otherwise it was set back since, and no time of it tells before from after. An
    // envelope has its time a little before it has its number.
    let is_set_back = taking.received_us < held.at_us - 1_000 * ADJUSTED;
    let is_before = |at: Micros| at != 0 && at < held.at_us && !is_set_back;
    if held.back.is_some() || event.seq <= held.through_seq || is_before(event.at_us) {
        return Ok(());
    }
    if is_before(began_us) {
        // When the index begins anew its trace may not be known yet when it is met again.
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

/// Says in an issue's line how it stands.
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
