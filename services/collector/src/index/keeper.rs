//! Takes what envelopes say into the tables, and what the log has removed out of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use reelscope_contracts::telemetry::{
    ErrorEvent, LogLine, Measurement, MeasurementPoint, Micros, TraceSummary, weight,
};
use rusqlite::{Connection, OptionalExtension};

use super::rows;
use super::{decisions, issues, traces};
use crate::envelope::{format_id, parse_id};
use crate::facts::{Facts, SpanFact};
use crate::once::Equals;
use crate::trace::Trace;

/// Most traces that are held ready for more of them to come.
const MOST_HOT: usize = 2_000;
/// How long before an error the work that it ended can have begun: longer than a request lasts. A page's trace goes on
/// for as long as the page is open.
const LONGEST_WORK: Micros = 60_000_000;
/// Counters of what SDKs report as lost begin with this; `reason/category` follows.
pub(super) const LOST: &str = "lost:";
/// The counter of sessions.
pub(super) const SESSIONS: &str = "sessions";

/// Traces of which more may come, as they stand in the tables or are about to.
pub(super) struct Keeper {
    hot: HashMap<u128, Hot>,
    /// The row of the next trace that is new.
    next: i64,
    changed: Changed,
}

struct Hot {
    row: i64,
    revision: i64,
    trace: Trace,
    is_changed: bool,
}

/// What changed since the last commit.
#[derive(Default)]
struct Changed {
    traces: BTreeSet<u128>,
    issues: BTreeSet<String>,
}

/// What a commit changed.
pub(super) struct Touched {
    pub(super) traces: Vec<TraceSummary>,
    pub(super) issues: BTreeSet<String>,
}

/// What an envelope says of one trace that was not known before.
#[derive(Default)]
struct Fresh<'a> {
    spans: Vec<&'a SpanFact>,
    errors: Vec<&'a ErrorEvent>,
    logs: Vec<&'a LogLine>,
}

/// One envelope while its pieces are taken in.
pub(super) struct Taking {
    seq: u64,
    /// It came after the index began.
    is_new: bool,
    /// Elements of it that were taken in.
    element: u64,
    equals: Equals,
}

impl Taking {
    pub(super) fn new(seq: u64, is_new: bool) -> Self {
        Self {
            seq,
            is_new,
            element: 0,
            equals: Equals::default(),
        }
    }

    pub(super) fn is_of(&self, seq: u64) -> bool {
        self.seq == seq
    }

    /// The row of the next element.
    fn row(&mut self) -> i64 {
        let row = rows::row_id(self.seq, self.element);
        self.element += 1;
        row
    }

    /// Passes over a piece that was taken in before, as if it were taken in again.
    pub(super) fn skip(&mut self, facts: &Facts) {
        for fact in &facts.spans {
            self.equals.of_span(fact);
            for (name, measurement) in &fact.span.measurements {
                self.equals.of_point(&point_of(fact, name, measurement));
                self.element += 1;
            }
        }
        for (trace_id, log) in &facts.logs {
            self.equals.of_log(*trace_id, log);
        }
        for point in &facts.metrics {
            self.equals.of_point(point);
        }
        self.element += facts.elements() as u64;
    }
}

/// A measurement of a transaction as a point in time.
fn point_of(fact: &SpanFact, name: &str, measurement: &Measurement) -> MeasurementPoint {
    MeasurementPoint {
        at_us: fact.span.start_us,
        name: name.to_owned(),
        value: measurement.value,
        unit: measurement.unit.clone(),
        kind: "measurement".to_owned(),
        trace_id: Some(format_id(fact.trace_id)),
        service: fact.span.service.clone(),
        release: fact.release.clone(),
    }
}

impl Keeper {
    /// # Errors
    /// SQLite's.
    pub(super) fn new(connection: &Connection) -> rusqlite::Result<Self> {
        let last: i64 =
            connection.query_row("SELECT coalesce(max(id), 0) FROM traces", (), |row| row.get(0))?;
        Ok(Self {
            hot: HashMap::new(),
            next: last + 1,
            changed: Changed::default(),
        })
    }

    /// Takes a piece of an envelope in, within a transaction. Nothing of it may be used any more when that fails.
    ///
    /// # Errors
    /// SQLite's.
    pub(super) fn add(
        &mut self,
        connection: &Connection,
        taking: &mut Taking,
        facts: &Facts,
    ) -> rusqlite::Result<()> {
        let mut fresh: BTreeMap<u128, Fresh<'_>> = BTreeMap::new();
        for fact in &facts.spans {
            let trace = self.ready(connection, fact.trace_id)?;
            let once = taking.equals.of_span(fact);
            let is_fresh = rows::span(connection, taking.row(), trace, fact, once)?;
            if is_fresh {
                fresh.entry(fact.trace_id).or_default().spans.push(fact);
                count_request(connection, fact)?;
            }
            for (name, measurement) in &fact.span.measurements {
                let point = point_of(fact, name, measurement);
                let (row, once) = (taking.row(), taking.equals.of_point(&point));
                if is_fresh {
                    rows::point(connection, row, &point, once)?;
                }
            }
        }
        for (trace_id, log) in &facts.logs {
            let trace = match trace_id {
                Some(id) => self.ready(connection, *id)?,
                None => 0,
            };
            let once = taking.equals.of_log(*trace_id, log);
            let is_fresh = rows::log(connection, taking.row(), trace, log, once)?;
            if let Some(id) = trace_id.filter(|_| is_fresh) {
                fresh.entry(id).or_default().logs.push(log);
            }
        }
        let mut errors = Vec::new();
        for error in &facts.errors {
            let trace_id = error.trace_id.as_deref().and_then(parse_id);
            let trace = match trace_id {
                Some(id) => self.ready(connection, id)?,
                None => 0,
            };
            if rows::error(connection, taking.row(), trace, error)? {
                errors.push(error);
                if let Some(id) = trace_id {
                    fresh.entry(id).or_default().errors.push(error);
                }
            }
        }
        for (id, fresh) in fresh {
            self.change(id, |trace| {
                trace.add(taking.seq, &fresh.spans, &fresh.errors, &fresh.logs);
            });
        }
        for point in &facts.metrics {
            let once = taking.equals.of_point(point);
            let is_fresh = rows::point(connection, taking.row(), point, once)?;
            // A metric belongs to a trace that is there; one alone makes none.
            let trace = point.trace_id.as_deref().and_then(parse_id);
            if let Some(id) = trace.filter(|_| is_fresh)
                && self.is_known(connection, id)?
            {
                self.change(id, |trace| trace.add(taking.seq, &[], &[], &[]));
            }
        }
        for error in errors {
            self.add_error(connection, error, facts.sample_rate, taking.is_new)?;
        }
        rows::count(connection, SESSIONS, facts.sessions)?;
        for (what, count) in &facts.lost {
            rows::count(connection, &format!("{LOST}{what}"), *count)?;
        }
        Ok(())
    }

    fn add_error(
        &mut self,
        connection: &Connection,
        error: &ErrorEvent,
        sample_rate: Option<f64>,
        is_new: bool,
    ) -> rusqlite::Result<()> {
        rows::release(connection, &error.service, error.at_us, error.release.as_deref())?;
        issues::add(connection, error, sample_rate)?;
        decisions::met(connection, error, self.began(error), is_new)?;
        self.changed.issues.insert(error.issue_id.clone());
        Ok(())
    }

    /// When the work began that ended in an error, as far as its trace is known.
    fn began(&self, error: &ErrorEvent) -> Micros {
        let trace = error.trace_id.as_deref().and_then(parse_id);
        let start = trace.and_then(|id| Some(self.hot.get(&id)?.trace.start()));
        let is_work_of = |start: &Micros| (error.at_us - LONGEST_WORK..=error.at_us).contains(start);
        start.filter(is_work_of).unwrap_or(error.at_us)
    }

    /// The row of a trace that is there, or is about to be.
    fn ready(&mut self, connection: &Connection, id: u128) -> rusqlite::Result<i64> {
        if !self.is_known(connection, id)? {
            let hot = Hot {
                row: self.next,
                revision: 0,
                trace: Trace::new(id),
                is_changed: false,
            };
            self.next += 1;
            self.hot.insert(id, hot);
        }
        Ok(self.hot.get(&id).map_or(0, |hot| hot.row))
    }

    fn is_known(&mut self, connection: &Connection, id: u128) -> rusqlite::Result<bool> {
        if self.hot.contains_key(&id) {
            return Ok(true);
        }
        let found = traces::working(connection, id)?;
        let is_known = found.is_some();
        self.hot.extend(found.map(|(row, revision, trace)| {
            let hot = Hot {
                row,
                revision,
                trace,
                is_changed: false,
            };
            (id, hot)
        }));
        Ok(is_known)
    }

    fn change(&mut self, id: u128, change: impl FnOnce(&mut Trace)) {
        if let Some(hot) = self.hot.get_mut(&id) {
            change(&mut hot.trace);
            hot.is_changed = true;
            self.changed.traces.insert(id);
        }
    }

    /// Writes the traces that changed.
    ///
    /// # Errors
    /// SQLite's.
    pub(super) fn flush(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        for (id, hot) in self.hot.iter_mut().filter(|(_, hot)| hot.is_changed) {
            hot.revision += 1;
            traces::write(connection, (hot.row, hot.revision), *id, &hot.trace)?;
            hot.is_changed = false;
        }
        Ok(())
    }

    /// What a commit changed: to be asked before [`Keeper::settle`].
    pub(super) fn touched(&self) -> Touched {
        let Changed { traces, issues } = &self.changed;
        let lines = traces.iter().filter_map(|id| self.hot.get(id));
        Touched {
            traces: lines.map(|hot| hot.trace.summary().clone()).collect(),
            issues: issues.clone(),
        }
    }

    /// After the commit: lets traces go that are held for nothing.
    pub(super) fn settle(&mut self) {
        self.changed = Changed::default();
        // One that nothing was added to has no row.
        self.hot.retain(|_, hot| hot.revision > 0);
        if self.hot.len() > MOST_HOT {
            self.hot.clear();
        }
    }

    /// Takes out what an envelope said that the log has removed.
    ///
    /// # Errors
    /// SQLite's.
    pub(super) fn remove(&mut self, connection: &Connection, seq: u64) -> rusqlite::Result<()> {
        let rows = rows::row_ids(seq);
        let mut traces: BTreeSet<i64> = BTreeSet::new();
        for sql in [
            "DELETE FROM spans WHERE id >= ?1 AND id < ?2 RETURNING trace",
            "DELETE FROM logs WHERE id >= ?1 AND id < ?2 RETURNING trace",
        ] {
            traces.extend(removed::<i64>(connection, sql, rows)?);
        }
        let sql = "DELETE FROM errors WHERE id >= ?1 AND id < ?2 RETURNING trace, issue_id";
        let errors: Vec<(i64, String)> = connection
            .prepare_cached(sql)?
            .query_map(rows, |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        traces.extend(errors.iter().map(|(trace, _)| *trace));
        let sql = "DELETE FROM points WHERE id >= ?1 AND id < ?2 RETURNING name";
        for name in removed::<String>(connection, sql, rows)? {
            connection
                .prepare_cached("UPDATE point_names SET count = count - 1 WHERE name = ?1")?
                .execute([&name])?;
            connection
                .prepare_cached("DELETE FROM point_names WHERE name = ?1 AND count <= 0")?
                .execute([name])?;
        }
        let issues: BTreeSet<String> = errors.into_iter().map(|(_, issue)| issue).collect();
        for issue in issues {
            issues::remove_if_empty(connection, &issue)?;
        }
        for row in traces {
            self.shorten(connection, row, seq)?;
        }
        connection
            .prepare_cached("DELETE FROM removed WHERE seq = ?1")?
            .execute([seq.cast_signed()])?;
        Ok(())
    }

    /// Takes an envelope out of a trace, and the trace out of the tables where it was the last.
    fn shorten(&mut self, connection: &Connection, row: i64, seq: u64) -> rusqlite::Result<()> {
        let Some(id) = traces::id(connection, row)? else {
            return Ok(());
        };
        if !self.is_known(connection, id)? {
            return Ok(());
        }
        let mut is_empty = false;
        self.change(id, |trace| is_empty = trace.lose(seq));
        if is_empty {
            self.hot.remove(&id);
            self.changed.traces.remove(&id);
            traces::remove(connection, row)?;
        }
        Ok(())
    }
}

/// Counts the request that a transaction is, and what its service says of its release.
fn count_request(connection: &Connection, fact: &SpanFact) -> rusqlite::Result<()> {
    let span = &fact.span;
    if !span.transaction {
        return Ok(());
    }
    rows::release(connection, &span.service, span.end_us, fact.release.as_deref())?;
    let weight = weight(fact.sample_rate);
    rows::request(connection, &span.service, &span.description, weight)
}

/// The first column of what a statement removes.
fn removed<T: rusqlite::types::FromSql>(
    connection: &Connection,
    sql: &str,
    rows: [i64; 2],
) -> rusqlite::Result<Vec<T>> {
    let mut delete = connection.prepare_cached(sql)?;
    delete.query_map(rows, |row| row.get(0))?.collect()
}

/// Some envelopes that the log has removed.
pub(super) fn removed_seqs(connection: &Connection, most: usize) -> rusqlite::Result<Vec<u64>> {
    let mut found = connection.prepare_cached("SELECT seq FROM removed LIMIT ?1")?;
    found
        .query_map([traces::whole(most)], |row| {
            Ok(row.get::<_, i64>(0)?.cast_unsigned())
        })?
        .collect()
}

/// What is counted: by name.
pub(super) fn counters(connection: &Connection) -> rusqlite::Result<BTreeMap<String, u64>> {
    let mut found = connection.prepare_cached("SELECT name, count FROM counters")?;
    found
        .query_map((), |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned())))?
        .collect()
}

/// Where the index is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Progress {
    /// The first envelope that came and was not taken in, and how many of its pieces were.
    pub(super) new: (u64, u64),
    /// The newest of those that were there when the index began and that was not taken in; 0 for none.
    pub(super) old: (u64, u64),
}

impl Progress {
    /// # Errors
    /// SQLite's.
    pub(super) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let sql = "SELECT next_new, new_pieces, next_old, old_pieces FROM progress";
        let found = connection.query_row(sql, (), |row| {
            let number = |column| Ok::<_, rusqlite::Error>(row.get::<_, i64>(column)?.cast_unsigned());
            Ok(Self {
                new: (number(0)?, number(1)?),
                old: (number(2)?, number(3)?),
            })
        });
        Ok(found.optional()?.unwrap_or(Self {
            new: (1, 0),
            old: (0, 0),
        }))
    }

    /// # Errors
    /// SQLite's.
    pub(super) fn write(self, connection: &Connection) -> rusqlite::Result<()> {
        let [a, b, c, d] = [self.new.0, self.new.1, self.old.0, self.old.1].map(u64::cast_signed);
        connection
            .prepare_cached(
                "UPDATE progress SET next_new = ?1, new_pieces = ?2, next_old = ?3, old_pieces = ?4",
            )?
            .execute((a, b, c, d))?;
        Ok(())
    }
}
