//! The tables of the index. They are derived from the log, so tables of another version are created anew.

use reelscope_page_api::telemetry::TraceSummary;
use rusqlite::{Connection, OptionalExtension};
use serde_json::{Value, json};
use utoipa::{PartialSchema, ToSchema};

use crate::dsn::fnv1a;
use crate::log::{self, Pen};
use crate::trace::Trace;

/// Increased when something else is read from envelopes into the same tables; a test compares what is read of examples.
pub(super) const EXTRACTION_VERSION: u32 = 4;
/// Limit of elements of an envelope in one transaction, because other writers wait for it: a few milliseconds. A transaction writes
/// whole pages, so one that is half as long costs a tenth more for each element.
pub(super) const PIECE: usize = 512;
/// The table of people's decisions, which is not derived; see [`super::decisions`].
const DECIDED: &str = "decisions";
const DECISIONS: &str = "
    CREATE TABLE IF NOT EXISTS decisions (
        issue_id TEXT PRIMARY KEY,
        through_seq INTEGER NOT NULL,
        at_us INTEGER NOT NULL,
        resolved_in TEXT,
        is_back INTEGER NOT NULL,
        back_in TEXT,
        is_still INTEGER NOT NULL,
        still_in TEXT
    ) STRICT, WITHOUT ROWID;
";

/// The tables. Rows of spans, errors, logs, points and other items are numbered by [`super::rows::row_id`], so that
/// those of one envelope lie together. `progress` is the position of [`super::follow`], `removed` are envelopes
/// that the log has deleted, `counted` is what was counted and may be sent again.
const TABLES: &str = "
    CREATE TABLE progress (
        version INTEGER NOT NULL,
        next_new INTEGER NOT NULL,
        new_pieces INTEGER NOT NULL,
        next_old INTEGER NOT NULL,
        old_pieces INTEGER NOT NULL,
        next_trace INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE removed (seq INTEGER PRIMARY KEY) STRICT;
    CREATE TRIGGER envelope_removed AFTER DELETE ON envelopes BEGIN
        INSERT OR IGNORE INTO removed VALUES (OLD.seq);
    END;

    CREATE TABLE traces (
        id INTEGER PRIMARY KEY,
        trace_id BLOB NOT NULL UNIQUE,
        revision INTEGER NOT NULL,
        first_seq INTEGER NOT NULL,
        start_us INTEGER NOT NULL,
        root_us INTEGER,
        weight REAL NOT NULL,
        ok INTEGER NOT NULL,
        virtual_player INTEGER NOT NULL,
        name TEXT NOT NULL,
        release TEXT,
        player TEXT,
        services TEXT NOT NULL,
        stake REAL,
        stake_status TEXT,
        currency TEXT
    ) STRICT;
    CREATE INDEX traces_by_arrival ON traces (first_seq, trace_id);
    CREATE INDEX traces_by_start ON traces (start_us);
    CREATE INDEX traces_of_people ON traces (first_seq, trace_id) WHERE virtual_player = 0;
    CREATE TABLE trace_lines (id INTEGER PRIMARY KEY, line TEXT NOT NULL, working TEXT NOT NULL) STRICT;
    CREATE TABLE trace_envelopes (
        trace INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        PRIMARY KEY (trace, seq)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX trace_envelopes_by_seq ON trace_envelopes (seq);
    -- Envelopes with metrics of traces that are not known yet.
    CREATE TABLE early_metrics (
        trace_id BLOB NOT NULL,
        seq INTEGER NOT NULL,
        PRIMARY KEY (trace_id, seq)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX early_metrics_by_seq ON early_metrics (seq);

    CREATE TABLE spans (
        id INTEGER PRIMARY KEY,
        trace INTEGER NOT NULL,
        span_id TEXT NOT NULL,
        parent_span_id TEXT,
        is_transaction INTEGER NOT NULL,
        service TEXT NOT NULL,
        op TEXT NOT NULL,
        description TEXT NOT NULL,
        status TEXT NOT NULL,
        start_us INTEGER NOT NULL,
        end_us INTEGER NOT NULL,
        attributes TEXT,
        once INTEGER NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX spans_once ON spans (trace, once);
    CREATE TABLE logs (
        id INTEGER PRIMARY KEY,
        trace INTEGER NOT NULL,
        at_us INTEGER NOT NULL,
        level TEXT NOT NULL,
        service TEXT NOT NULL,
        message TEXT NOT NULL,
        once INTEGER NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX logs_once ON logs (trace, once);
    CREATE TABLE points (
        id INTEGER PRIMARY KEY,
        at_us INTEGER NOT NULL,
        name TEXT NOT NULL,
        value REAL,
        unit TEXT NOT NULL,
        kind TEXT NOT NULL,
        trace_id BLOB,
        service TEXT NOT NULL,
        release TEXT,
        told_us INTEGER NOT NULL,
        once INTEGER NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX points_once ON points (told_us, once);
    CREATE INDEX points_by_name ON points (name, at_us);
    CREATE TABLE point_names (name TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT, WITHOUT ROWID;

    CREATE TABLE items (
        id INTEGER PRIMARY KEY,
        item_type TEXT NOT NULL,
        trace_id BLOB,
        bytes INTEGER NOT NULL,
        content TEXT
    ) STRICT;
    CREATE INDEX items_by_type ON items (item_type, id);

    CREATE TABLE errors (
        id INTEGER PRIMARY KEY,
        event_id BLOB,
        issue_id TEXT NOT NULL,
        at_us INTEGER NOT NULL,
        trace INTEGER NOT NULL,
        trace_id BLOB,
        service TEXT NOT NULL,
        name TEXT
    ) STRICT;
    CREATE UNIQUE INDEX errors_once ON errors (event_id);
    CREATE INDEX errors_by_trace ON errors (trace);
    CREATE INDEX errors_by_issue ON errors (issue_id, id);
    CREATE INDEX errors_by_request ON errors (issue_id, trace_id, service, name);
    CREATE TABLE issues (
        issue_id TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        value TEXT NOT NULL,
        culprit TEXT NOT NULL,
        level TEXT NOT NULL,
        events INTEGER NOT NULL,
        players INTEGER NOT NULL,
        last_seq INTEGER NOT NULL,
        first_seen_us INTEGER NOT NULL,
        last_seen_us INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX issues_by_arrival ON issues (last_seq DESC, issue_id);
    CREATE TABLE issue_names (
        issue_id TEXT NOT NULL,
        what INTEGER NOT NULL,
        name TEXT NOT NULL,
        PRIMARY KEY (issue_id, what, name)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE issue_requests (
        issue_id TEXT NOT NULL,
        service TEXT NOT NULL,
        name TEXT NOT NULL,
        failed INTEGER NOT NULL,
        PRIMARY KEY (issue_id, service, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE requests (
        service TEXT NOT NULL,
        name TEXT NOT NULL,
        recorded INTEGER NOT NULL,
        estimate REAL NOT NULL,
        PRIMARY KEY (service, name)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE releases (
        service TEXT PRIMARY KEY,
        last_seq INTEGER NOT NULL,
        release TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE counters (name TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE counted (once INTEGER PRIMARY KEY, seq INTEGER NOT NULL) STRICT;
    CREATE INDEX counted_by_seq ON counted (seq);
";

/// Creates the tables where there are none, or where they have another version.
///
/// # Errors
/// An error of SQLite; nothing is changed.
pub(super) fn prepare(pen: &Pen) -> rusqlite::Result<()> {
    let mut writing = pen.turn();
    if stored(writing.connection()?)? == Some(version()) {
        return Ok(());
    }
    let transaction = writing.begin(false)?;
    begin(&transaction)?;
    transaction.commit()
}

/// Version of the index: a hash of its tables, of the shape of a summary, of [`PIECE`], in which its position counts, and
/// of [`EXTRACTION_VERSION`]. A change of any of them brings a new index; what a [`Trace`] keeps in its maps has no shape that can be asked, and raises [`EXTRACTION_VERSION`].
fn version() -> i64 {
    // With the types of its members, and of theirs.
    let mut schemas = vec![(TraceSummary::name().into(), TraceSummary::schema())];
    TraceSummary::schemas(&mut schemas);
    let mut parts = json!([schemas, Trace::new(0)]);
    without_words(&mut parts);
    fnv1a(format!("{EXTRACTION_VERSION} {PIECE} {TABLES} {parts}").as_bytes()).cast_signed()
}

/// Removes descriptions, which change nothing that is stored.
fn without_words(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.retain(|name, value| !(name == "description" && value.is_string()));
            members.values_mut().for_each(without_words);
        }
        Value::Array(elements) => elements.iter_mut().for_each(without_words),
        _ => {}
    }
}

fn stored(connection: &Connection) -> rusqlite::Result<Option<i64>> {
    if !connection.table_exists(None, "progress")? {
        return Ok(None);
    }
    connection
        .query_row("SELECT version FROM progress", (), |row| row.get(0))
        .optional()
}

fn begin(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch("DROP TRIGGER IF EXISTS envelope_removed")?;
    let mut tables = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")?;
    let names = tables
        .query_map((), |row| row.get::<_, String>(0))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let is_derived = |name: &&String| !log::NAMES.contains(&name.as_str()) && *name != DECIDED;
    for name in names.iter().filter(is_derived) {
        connection.execute_batch(&format!("DROP TABLE \"{name}\""))?;
    }
    connection.execute_batch(DECISIONS)?;
    connection.execute_batch(TABLES)?;
    // New envelopes are indexed first, and older ones from the newest back.
    connection.execute(
        "INSERT INTO progress SELECT ?1, captured + 1, 0, captured, 0, 1 FROM (SELECT coalesce(sum(count), 0) AS captured FROM tally)",
        [version()],
    )?;
    Ok(())
}

/// The tables in an in-memory log.
#[cfg(test)]
pub(super) fn in_memory() -> rusqlite::Result<Connection> {
    let connection = Connection::open_in_memory()?;
    crate::log::tables(&connection)?;
    begin(&connection)?;
    Ok(connection)
}
