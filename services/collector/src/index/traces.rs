//! Traces as rows: the filter of the list, the summary of each trace, and its state while envelopes arrive.

use std::ops::Range;

use reelscope_page_api::telemetry::{Micros, TraceSummary, weight};
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};
use serde::Deserialize;

use crate::critical_path::PathSpan;
use crate::envelope::id_of_bytes;
use crate::peer;
use crate::service_map::LastMinute;
use crate::trace::Trace;

/// Position of a trace in the list: number of its first envelope, and its id.
pub(crate) type ListPosition = (u64, u128);

/// Ids of traces, each with its envelopes, oldest first.
pub(crate) type WithEnvelopes = Vec<(u128, Vec<u64>)>;

/// Limit of envelopes that are read of a trace, beginning with the earliest.
const MOST_ENVELOPES: usize = 500;

/// Limit of envelopes with metrics that came before anything else of a trace, so that they leave room for its spans.
const MOST_EARLY: usize = 50;

/// A filter of traces. Each member that is set restricts the list.
#[derive(Debug, Clone, Default)]
pub(crate) struct TraceFilter {
    /// Whether the trace succeeded.
    pub(crate) ok: Option<bool>,
    /// A service with a part in the trace.
    pub(crate) service: Option<String>,
    /// Lower limit of the root span's duration, in microseconds. Work in the background may make the trace much
    /// longer. A trace whose duration is unknown is within no limits.
    pub(crate) min_duration_us: Option<Micros>,
    /// Upper limit of the root span's duration, in microseconds.
    pub(crate) max_duration_us: Option<Micros>,
    /// The release.
    pub(crate) release: Option<String>,
    /// The player.
    pub(crate) player: Option<String>,
    /// Whether the trace belongs to a virtual player.
    pub(crate) virtual_player: Option<bool>,
    /// The name of the trace.
    pub(crate) name: Option<String>,
    /// Earliest start, inclusive.
    pub(crate) since_us: Option<Micros>,
    /// Latest start, exclusive.
    pub(crate) until_us: Option<Micros>,
    /// An attribute with its value, which at least one span has.
    pub(crate) attribute: Option<Attribute>,
}

/// An attribute of a span, and its value as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attribute {
    name: String,
    value: String,
}

impl Attribute {
    /// Parses `name=value`; `None` where it is not that, or where the name has a quote, which SQLite's paths cannot
    /// express.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let (name, value) = text.split_once('=')?;
        let is_name = !name.is_empty() && !name.contains(['"', '\\']);
        is_name.then(|| Self {
            name: name.to_owned(),
            value: value.to_owned(),
        })
    }
}

/// A condition of SQL, and the values of its parameters.
struct Clause {
    sql: String,
    values: Vec<Sql>,
}

impl Clause {
    fn and(&mut self, sql: &str, values: impl IntoIterator<Item = Sql>) {
        self.sql.push_str(" AND ");
        self.sql.push_str(sql);
        self.values.extend(values);
    }
}

/// How to search spans with an attribute.
#[derive(Clone, Copy)]
enum AttributeSearch {
    /// Once through all spans.
    All,
    /// Through the spans of each trace; better when the other conditions leave few traces.
    OfEach,
}

impl TraceFilter {
    fn clause(&self, look: AttributeSearch) -> Clause {
        let mut clause = Clause {
            sql: "1".to_owned(),
            values: Vec::new(),
        };
        let flags = [("ok = ?", self.ok), ("virtual_player = ?", self.virtual_player)];
        for (sql, flag) in flags {
            clause_of(&mut clause, sql, flag.map(Sql::from));
        }
        let times = [
            ("root_us >= ?", self.min_duration_us),
            ("root_us <= ?", self.max_duration_us),
            ("start_us >= ?", self.since_us),
            ("start_us < ?", self.until_us),
        ];
        for (sql, time) in times {
            clause_of(&mut clause, sql, time.map(Sql::from));
        }
        let names = [
            ("release = ?", &self.release),
            ("player = ?", &self.player),
            ("name = ?", &self.name),
        ];
        for (sql, name) in names {
            clause_of(&mut clause, sql, name.clone().map(Sql::from));
        }
        let service = self.service.as_ref().map(|service| format!("\n{service}\n"));
        clause_of(&mut clause, "instr(services, ?) > 0", service.map(Sql::from));
        if let Some(Attribute { name, value }) = &self.attribute {
            // Matches the text of a value, however its JSON is escaped, and the JSON of a value that is no text,
            // such as `true`.
            let mut has = "json_valid(attributes) AND ? IN (attributes ->> ?, attributes -> ?)".to_owned();
            let path = format!("$.\"{name}\"");
            let mut values = vec![value.clone(), path.clone(), path];
            // Searching for the name first is quicker than parsing the JSON; an ASCII name appears unescaped.
            if name.is_ascii() {
                has = format!("instr(attributes, ?) > 0 AND {has}");
                values.insert(0, format!("\"{name}\""));
            }
            let sql = match look {
                AttributeSearch::All => format!("id IN (SELECT trace FROM spans WHERE {has})"),
                AttributeSearch::OfEach => {
                    format!("EXISTS (SELECT 1 FROM spans WHERE trace = traces.id AND {has})")
                }
            };
            clause.and(&sql, values.into_iter().map(Sql::from));
        }
        clause
    }
}

fn clause_of(clause: &mut Clause, sql: &str, value: Option<Sql>) {
    if let Some(value) = value {
        clause.and(sql, [value]);
    }
}

/// Returns a page of traces, the last to arrive first, and the position of the next page.
pub(super) fn page(
    connection: &Connection,
    filter: &TraceFilter,
    before: Option<ListPosition>,
    limit: usize,
) -> rusqlite::Result<(Vec<TraceSummary>, Option<ListPosition>)> {
    let mut clause = filter.clause(AttributeSearch::All);
    if let Some((seq, id)) = before {
        clause.and(
            "(first_seq, trace_id) < (?, ?)",
            [Sql::from(seq.cast_signed()), Sql::from(id.to_be_bytes().to_vec())],
        );
    }
    // One more row shows whether there is another page.
    clause.values.push(Sql::from(whole(limit.saturating_add(1))));
    // The summaries are read after the rows are known, because a condition may scan many.
    let sql = format!(
        "SELECT first_seq, trace_id, line FROM (
             SELECT id, first_seq, trace_id FROM traces WHERE {} ORDER BY first_seq DESC, trace_id DESC LIMIT ?
         ) JOIN trace_lines USING (id) ORDER BY first_seq DESC, trace_id DESC",
        clause.sql
    );
    let mut found = connection.prepare_cached(&sql)?;
    let rows = found.query_map(params_from_iter(clause.values), |row| {
        Ok((place(row)?, json::<TraceSummary>(row, 2)?))
    })?;
    let mut rows = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    let next = (rows.len() > limit).then(|| rows.truncate(limit));
    let next = next.and_then(|()| rows.last().map(|(place, _)| *place));
    Ok((rows.into_iter().map(|(_, line)| line).collect(), next))
}

/// Returns how many traces began in this time, and how many they stand for.
pub(super) fn count_within(
    connection: &Connection,
    times: &Range<Micros>,
    filter: &TraceFilter,
) -> rusqlite::Result<(u64, f64)> {
    // A minute has few traces.
    let mut clause = filter.clause(AttributeSearch::OfEach);
    clause.and(
        "start_us >= ? AND start_us < ?",
        [times.start, times.end].map(Sql::from),
    );
    let sql = format!("SELECT count(*), total(weight) FROM traces WHERE {}", clause.sql);
    let mut found = connection.prepare_cached(&sql)?;
    found.query_row(params_from_iter(clause.values), |row| {
        Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get(1)?))
    })
}

/// Whose traces are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// All traces.
    All,
    /// Those that no virtual player began.
    People,
}

/// Returns rows and revisions of the traces whose first envelope came after envelope `after`, the last to arrive
/// first.
pub(super) fn revisions_after(
    connection: &Connection,
    after: u64,
    whose: Whose,
    limit: usize,
) -> rusqlite::Result<Vec<(i64, i64)>> {
    let mut found = connection.prepare_cached(match whose {
        Whose::All => {
            "SELECT id, revision FROM traces WHERE first_seq > ?1 ORDER BY first_seq DESC, trace_id DESC LIMIT ?2"
        }
        Whose::People => {
            "SELECT id, revision FROM traces WHERE virtual_player = 0 AND first_seq > ?1 ORDER BY first_seq DESC, trace_id DESC LIMIT ?2"
        }
    })?;
    found
        .query_map([after.cast_signed(), whole(limit)], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect()
}

/// Returns the summary of a trace by its row.
pub(super) fn line(connection: &Connection, row: i64) -> rusqlite::Result<Option<TraceSummary>> {
    let mut found = connection.prepare_cached("SELECT line FROM trace_lines WHERE id = ?1")?;
    found.query_row([row], |row| json(row, 0)).optional()
}

/// Returns the row, the revision and the state of a trace, so that envelopes can be added.
pub(super) fn working(
    connection: &Connection,
    trace_id: u128,
) -> rusqlite::Result<Option<(i64, i64, Trace)>> {
    let mut found = connection.prepare_cached(
        "SELECT id, revision, line, working FROM traces JOIN trace_lines USING (id) WHERE trace_id = ?1",
    )?;
    found
        .query_row([trace_id.to_be_bytes()], |row| {
            let trace = json::<Trace>(row, 3)?.with(json(row, 2)?);
            Ok((row.get(0)?, row.get(1)?, trace))
        })
        .optional()
}

/// The indexed columns of a trace's row: its position in the list, and its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sorted {
    first_seq: u64,
    start_us: Micros,
}

impl Sorted {
    pub(super) fn of(line: &TraceSummary) -> Self {
        Self {
            first_seq: line.first_envelope,
            start_us: line.start_us,
        }
    }
}

/// Inserts the row of a trace; [`write()`] fills it.
pub(super) fn insert(connection: &Connection, row: i64, trace_id: u128, by: Sorted) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO traces VALUES (?1, ?2, 0, ?3, ?4, NULL, 1, 1, 0, '', NULL, NULL, '', NULL, NULL, NULL)",
        )?
        .execute((
            row,
            trace_id.to_be_bytes(),
            by.first_seq.cast_signed(),
            by.start_us,
        ))?;
    Ok(())
}

/// Updates the two columns by which the list is ordered.
pub(super) fn update_sort_keys(connection: &Connection, row: i64, by: Sorted) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE traces SET first_seq = ?2, start_us = ?3 WHERE id = ?1")?
        .execute((row, by.first_seq.cast_signed(), by.start_us))?;
    Ok(())
}

/// Writes a trace to its row, except for the columns by which the list is ordered.
pub(super) fn write(connection: &Connection, row: i64, revision: i64, trace: &Trace) -> rusqlite::Result<()> {
    let line = trace.summary();
    let mut services = "\n".to_owned();
    for share in &line.services {
        services.push_str(&share.service);
        services.push('\n');
    }
    connection
        .prepare_cached(
            "UPDATE traces SET revision = ?2, root_us = ?3, weight = ?4, ok = ?5, virtual_player = ?6, name = ?7,
                release = ?8, player = ?9, services = ?10, stake = ?11, stake_status = ?12, currency = ?13 WHERE id = ?1",
        )?
        .execute((
            row,
            revision,
            (!line.duration_unknown).then_some(line.root_us),
            weight(line.sample_rate),
            line.ok,
            line.virtual_player,
            &line.name,
            &line.release,
            &line.player,
            services,
            trace.stake().map(|(stake, _)| stake),
            trace.stake().map(|(_, stands)| stands),
            &line.currency,
        ))?;
    let text = |value: serde_json::Result<String>| {
        value.map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
    };
    connection
        .prepare_cached("INSERT OR REPLACE INTO trace_lines VALUES (?1, ?2, ?3)")?
        .execute((
            row,
            text(serde_json::to_string(line))?,
            text(serde_json::to_string(trace))?,
        ))?;
    Ok(())
}

/// Records that an envelope has content about a trace.
pub(super) fn add_envelope(connection: &Connection, row: i64, seq: u64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR IGNORE INTO trace_envelopes VALUES (?1, ?2)")?
        .execute([row, seq.cast_signed()])?;
    Ok(())
}

/// Remembers an envelope with metrics of a trace that has no row yet.
pub(super) fn add_early(connection: &Connection, trace: u128, seq: u64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR IGNORE INTO early_metrics VALUES (?1, ?2)")?
        .execute((trace.to_be_bytes(), seq.cast_signed()))?;
    Ok(())
}

/// Adds the latest envelopes of [`add_early`] to their trace, which has a row now.
pub(super) fn take_early(connection: &Connection, row: i64, trace: u128) -> rusqlite::Result<()> {
    let trace = trace.to_be_bytes();
    connection
        .prepare_cached(
            "INSERT OR IGNORE INTO trace_envelopes
                SELECT ?1, seq FROM early_metrics WHERE trace_id = ?2 ORDER BY seq DESC LIMIT ?3",
        )?
        .execute((row, trace, whole(MOST_EARLY)))?;
    connection
        .prepare_cached("DELETE FROM early_metrics WHERE trace_id = ?1")?
        .execute([trace])?;
    Ok(())
}

/// Forgets an envelope; returns the traces that it has content about.
pub(super) fn remove_envelope(connection: &Connection, seq: u64) -> rusqlite::Result<Vec<i64>> {
    connection
        .prepare_cached("DELETE FROM trace_envelopes WHERE seq = ?1 RETURNING trace")?
        .query_map([seq.cast_signed()], |row| row.get(0))?
        .collect()
}

/// Whether a trace has no envelope left.
pub(super) fn is_empty(connection: &Connection, row: i64) -> rusqlite::Result<bool> {
    let mut found = connection.prepare_cached("SELECT 1 FROM trace_envelopes WHERE trace = ?1 LIMIT 1")?;
    found.exists([row]).map(|some| !some)
}

/// Deletes a trace.
pub(super) fn remove(connection: &Connection, row: i64) -> rusqlite::Result<()> {
    for sql in [
        "DELETE FROM traces WHERE id = ?1",
        "DELETE FROM trace_lines WHERE id = ?1",
    ] {
        connection.prepare_cached(sql)?.execute([row])?;
    }
    Ok(())
}

/// Returns the id of a trace by its row.
pub(super) fn id(connection: &Connection, row: i64) -> rusqlite::Result<Option<u128>> {
    let mut found = connection.prepare_cached("SELECT trace_id FROM traces WHERE id = ?1")?;
    found
        .query_row([row], |row| Ok(id_of_bytes(row.get_ref(0)?.as_blob()?)))
        .optional()
}

/// Returns the envelopes of a trace, oldest first, up to a limit, and whether there are more; `None` for an unknown
/// trace.
pub(super) fn envelopes(
    connection: &Connection,
    trace_id: u128,
) -> rusqlite::Result<Option<(Vec<u64>, bool)>> {
    let mut found = connection.prepare_cached("SELECT id FROM traces WHERE trace_id = ?1")?;
    let row = found
        .query_row([trace_id.to_be_bytes()], |row| row.get::<_, i64>(0))
        .optional()?;
    row.map(|row| envelopes_of(connection, row)).transpose()
}

fn envelopes_of(connection: &Connection, row: i64) -> rusqlite::Result<(Vec<u64>, bool)> {
    let mut found = connection
        .prepare_cached("SELECT seq FROM trace_envelopes WHERE trace = ?1 ORDER BY seq LIMIT ?2")?;
    let seqs = found.query_map([row, whole(MOST_ENVELOPES + 1)], |row| {
        Ok(row.get::<_, i64>(0)?.cast_unsigned())
    })?;
    let mut seqs = seqs.collect::<rusqlite::Result<Vec<u64>>>()?;
    let is_more = seqs.len() > MOST_ENVELOPES;
    seqs.truncate(MOST_ENVELOPES);
    Ok((seqs, is_more))
}

/// Returns the spans of a trace in the order of their arrival, reduced to what its critical path needs.
pub(super) fn path_spans(connection: &Connection, row: i64) -> rusqlite::Result<Vec<PathSpan>> {
    let mut found = connection.prepare_cached(
        "SELECT span_id, parent_span_id, service, op, start_us, end_us, attributes FROM spans WHERE trace = ?1 ORDER BY id",
    )?;
    let spans = found.query_map([row], |row| {
        let (service, op): (String, String) = (row.get(2)?, row.get(3)?);
        let attributes = row.get_ref(6)?.as_str_or_null()?.unwrap_or_default();
        // Only a call names its peer, and the attributes of most spans need not be parsed.
        let is_call = peer::is_call(&op, attributes.contains("span.kind").then_some("client"));
        let data = is_call.then(|| serde_json::from_str(attributes).unwrap_or_default());
        let start = row.get(4)?;
        Ok(PathSpan {
            id: row.get(0)?,
            parent: row.get(1)?,
            peer: data.and_then(|data| peer::peer(&service, &op, &data)),
            service,
            start,
            end: row.get::<_, Micros>(5)?.max(start),
        })
    })?;
    spans.collect()
}

/// Returns the envelopes of the newest traces, and which share of those that began in `minute` they are.
pub(super) fn newest(
    connection: &Connection,
    limit: usize,
    minute: &Range<Micros>,
) -> rusqlite::Result<(WithEnvelopes, LastMinute)> {
    let mut found = connection.prepare_cached(
        "SELECT id, trace_id, start_us FROM traces ORDER BY first_seq DESC, trace_id DESC LIMIT ?1",
    )?;
    let newest: Vec<(i64, u128, Micros)> = found
        .query_map([whole(limit)], |row| {
            Ok((row.get(0)?, id_of_bytes(row.get_ref(1)?.as_blob()?), row.get(2)?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    let drawn = newest.iter().filter(|(.., start)| minute.contains(start)).count() as u64;
    let minute = LastMinute {
        traces: count_within(connection, minute, &TraceFilter::default())?.0,
        drawn,
    };
    let mut traces = Vec::new();
    for (row, id, _) in newest {
        traces.push((id, envelopes_of(connection, row)?.0));
    }
    Ok((traces, minute))
}

fn place(row: &Row<'_>) -> rusqlite::Result<ListPosition> {
    let seq: i64 = row.get(0)?;
    Ok((seq.cast_unsigned(), id_of_bytes(row.get_ref(1)?.as_blob()?)))
}

/// Parses a column that contains JSON.
pub(super) fn json<T: for<'de> Deserialize<'de>>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    serde_json::from_str(text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, error.into())
    })
}

pub(super) fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
