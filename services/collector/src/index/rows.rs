//! Writes the rows of an envelope's content, each thing once, however often it is sent.
//!
//! [`crate::once`] decides what is the same thing.

use reelscope_page_api::telemetry::{ErrorEvent, LogLine, MeasurementPoint, Micros};
use rusqlite::{Connection, Params};

use crate::envelope::parse_id;
use crate::facts::{Listed, SESSIONS, SpanFact};

/// Bits of a row's number that are the element's position in its envelope.
pub(super) const BITS: u32 = 24;

/// Number of a row: the envelope's number, and the position of the element, which continues over the pieces.
pub(super) fn row_id(seq: u64, element: u64) -> i64 {
    ((seq << BITS) | (element & ((1 << BITS) - 1))).cast_signed()
}

/// Selects the envelopes with a listed item of the type in the third parameter; rows are numbered by [`row_id`].
pub(crate) const ENVELOPES_OF_TYPE: &str = "SELECT id >> 24 FROM items WHERE item_type = ?3";
const _: () = assert!(BITS == 24);

/// Numbers of the rows of an envelope: the first, and one beyond the last.
pub(super) fn row_ids(seq: u64) -> [i64; 2] {
    [row_id(seq, 0), row_id(seq + 1, 0)]
}

/// Runs a statement; returns whether it changed a row.
pub(super) fn changes(connection: &Connection, sql: &str, params: impl Params) -> rusqlite::Result<bool> {
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
    trace: Option<u128>,
    (told_us, once): (Micros, i64),
) -> rusqlite::Result<bool> {
    if !point.value.is_finite() {
        return Ok(false);
    }
    changes(
        connection,
        "INSERT OR IGNORE INTO points VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        (
            row,
            point.at_us,
            &point.name,
            point.value,
            &point.unit,
            &point.kind,
            blob(trace),
            &point.service,
            &point.release,
            told_us,
            once,
        ),
    )
}

pub(super) fn item(connection: &Connection, row: i64, item: &Listed) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO items VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute((
            row,
            &item.item_type,
            blob(item.trace_id),
            i64::try_from(item.bytes).unwrap_or(i64::MAX),
            &item.content,
        ))?;
    Ok(())
}

/// Limit of counters with names from SDKs.
const MOST_COUNTERS: i64 = 1_000;

/// Whether envelope `seq` brings this counted thing for the first time.
pub(super) fn is_first_counted(
    connection: &Connection,
    once: Option<i64>,
    seq: u64,
) -> rusqlite::Result<bool> {
    let Some(once) = once else { return Ok(true) };
    changes(
        connection,
        "INSERT OR IGNORE INTO counted VALUES (?1, ?2)",
        [once, seq.cast_signed()],
    )
}

/// Adds to a counter.
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
            // Names of SDKs cannot use up the room of our own.
            "INSERT INTO counters SELECT ?1, ?2 WHERE ?1 = ?4 OR (SELECT count(*) FROM counters) < ?3",
            (name, more, MOST_COUNTERS, SESSIONS),
        )?;
    }
    Ok(())
}

/// Converts an id to its stored form.
pub(super) fn blob(id: Option<u128>) -> Option<[u8; 16]> {
    id.map(u128::to_be_bytes)
}
