//! Writes rows of what an envelope says: each thing once, however often it is sent.
//!
//! See [`crate::once`] for what is the same.

use reelscope_contracts::telemetry::{ErrorEvent, LogLine, MeasurementPoint, Micros};
use rusqlite::{Connection, Params};

use crate::envelope::parse_id;
use crate::facts::SpanFact;

/// Bits of a row's number that tell apart what one envelope says.
pub(super) const BITS: u32 = 24;

/// Number of a row: the envelope's, and the place of the element in it, which counts on over its pieces.
pub(super) fn row_id(seq: u64, element: u64) -> i64 {
    ((seq << BITS) | (element & ((1 << BITS) - 1))).cast_signed()
}

/// Numbers of the rows of an envelope, from the first to one beyond the last.
pub(super) fn row_ids(seq: u64) -> [i64; 2] {
    [row_id(seq, 0), row_id(seq + 1, 0)]
}

/// Runs a statement. Whether it changed a row.
fn changes(connection: &Connection, sql: &str, params: impl Params) -> rusqlite::Result<bool> {
    Ok(connection.prepare_cached(sql)?.execute(params)? > 0)
}

pub(super) fn span(
    connection: &Connection,
    row: i64,
    trace: i64,
    fact: &SpanFact,
    once: i64,
) -> rusqlite::Result<bool> {
    let span = &fact.span;
    changes(
        connection,
        "INSERT OR IGNORE INTO spans VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        (
            row,
            trace,
            &span.span_id,
            &span.parent_span_id,
            span.transaction,
            &span.service,
            &span.op,
            &span.description,
            &span.status,
            span.start_us,
            span.end_us,
            &fact.attributes,
            once,
        ),
    )
}

pub(super) fn error(
    connection: &Connection,
    row: i64,
    trace: i64,
    error: &ErrorEvent,
) -> rusqlite::Result<bool> {
    changes(
        connection,
        "INSERT OR IGNORE INTO errors VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        (
            row,
            blob(parse_id(&error.event_id)),
            &error.issue_id,
            error.at_us,
            trace,
            blob(error.trace_id.as_deref().and_then(parse_id)),
            &error.service,
            &error.transaction,
        ),
    )
}

pub(super) fn log(
    connection: &Connection,
    row: i64,
    trace: i64,
    log: &LogLine,
    once: i64,
) -> rusqlite::Result<bool> {
    changes(
        connection,
        "INSERT OR IGNORE INTO logs VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        (
            row,
            trace,
            log.at_us,
            &log.level,
            &log.service,
            &log.message,
            once,
        ),
    )
}

pub(super) fn point(
    connection: &Connection,
    row: i64,
    point: &MeasurementPoint,
    once: i64,
) -> rusqlite::Result<bool> {
    if !point.value.is_finite() {
        return Ok(false);
    }
    let is_new = changes(
        connection,
        "INSERT OR IGNORE INTO points VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        (
            row,
            point.at_us,
            &point.name,
            point.value,
            &point.unit,
            &point.kind,
            blob(point.trace_id.as_deref().and_then(parse_id)),
            &point.service,
            &point.release,
            once,
        ),
    )?;
    if is_new {
        changes(
            connection,
            "INSERT INTO point_names VALUES (?1, 1) ON CONFLICT DO UPDATE SET count = count + 1",
            [&point.name],
        )?;
    }
    Ok(is_new)
}

/// Most kinds of requests that are counted; more would be names that hold an id.
const MOST_REQUESTS: i64 = 2_000;
/// Most services of which the release is known.
const MOST_SERVICES: i64 = 1_000;
/// Most counters.
const MOST_COUNTERS: i64 = 1_000;

/// Counts a request that stands for `weight` of them.
pub(super) fn request(
    connection: &Connection,
    service: &str,
    name: &str,
    weight: f64,
) -> rusqlite::Result<()> {
    let is_known = changes(
        connection,
        "UPDATE requests SET recorded = recorded + 1, estimate = estimate + ?3 WHERE service = ?1 AND name = ?2",
        (service, name, weight),
    )?;
    if !is_known {
        changes(
            connection,
            "INSERT INTO requests SELECT ?1, ?2, 1, ?3 WHERE (SELECT count(*) FROM requests) < ?4",
            (service, name, weight, MOST_REQUESTS),
        )?;
    }
    Ok(())
}

/// Remembers which release a service told last.
pub(super) fn release(
    connection: &Connection,
    service: &str,
    at: Micros,
    release: Option<&str>,
) -> rusqlite::Result<()> {
    let Some(release) = release else { return Ok(()) };
    let is_known = changes(
        connection,
        "UPDATE releases SET at_us = max(at_us, ?2), release = iif(?2 >= at_us, ?3, release) WHERE service = ?1",
        (service, at, release),
    )?;
    if !is_known {
        changes(
            connection,
            "INSERT INTO releases SELECT ?1, ?2, ?3 WHERE (SELECT count(*) FROM releases) < ?4",
            (service, at, release, MOST_SERVICES),
        )?;
    }
    Ok(())
}

/// Counts on.
pub(super) fn count(connection: &Connection, name: &str, more: u64) -> rusqlite::Result<()> {
    if more == 0 {
        return Ok(());
    }
    let more = i64::try_from(more).unwrap_or(i64::MAX);
    let is_known = changes(
        connection,
        "UPDATE counters SET count = min(count, ?3 - ?2) + ?2 WHERE name = ?1",
        (name, more, i64::MAX),
    )?;
    if !is_known {
        changes(
            connection,
            "INSERT INTO counters SELECT ?1, ?2 WHERE (SELECT count(*) FROM counters) < ?3",
            (name, more, MOST_COUNTERS),
        )?;
    }
    Ok(())
}

/// An id as it is kept.
pub(super) fn blob(id: Option<u128>) -> Option<[u8; 16]> {
    id.map(u128::to_be_bytes)
}
