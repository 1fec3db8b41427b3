//! Writes the content of envelopes into the tables, and removes that of deleted ones.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use reelscope_page_api::telemetry::{ErrorEvent, LogLine, Micros, TraceSummary};
use rusqlite::Connection;

use super::progress::Progress;
use super::sums::Sums;
use super::taking::{EnvelopeProgress, point_of};
use super::traces::Sorted;
use super::{decisions, issues, rows, traces};
use crate::envelope::parse_id;
use crate::facts::{Facts, LogFact, MetricFact, SpanFact};
use crate::trace::Trace;

/// Limit of traces in memory that wait for more envelopes.
const MOST_HOT: usize = 2_000;
/// How long before an error the work that failed may have begun, in microseconds: longer than a request lasts. A
/// page's trace lasts as long as the page is open.
const LONGEST_WORK: Micros = 60_000_000;
/// Traces that may get more envelopes, equal to their rows or ahead of them.
pub(super) struct Keeper {
    hot: HashMap<u128, Hot>,
    /// Row of the next new trace.
    next: i64,
    sums: Sums,
    changed: Changed,
}

struct Hot {
    row: i64,
    revision: i64,
    trace: Trace,
    is_changed: bool,
    /// Its stake as the row has it, see [`Trace::stake`].
    stake: Option<(f64, String)>,
    /// Sort keys of its row; `None` while there is no row.
    sorted: Option<Sorted>,
}

impl Hot {
    fn new(row: i64, trace: Trace) -> Self {
        Self {
            row,
            revision: 0,
            stake: stake_of(&trace),
            trace,
            is_changed: false,
            sorted: None,
        }
    }
}

fn stake_of(trace: &Trace) -> Option<(f64, String)> {
    trace.stake().map(|(stake, stands)| (stake, stands.to_owned()))
}

/// Changes since the last commit.
#[derive(Default)]
struct Changed {
    traces: BTreeSet<u128>,
    /// New traces.
    begun: Vec<u128>,
    /// Rows of traces that have lost envelopes.
    shortened: BTreeSet<i64>,
    issues: BTreeSet<String>,
}

/// The changes of a commit, for viewers.
pub(super) struct Touched {
    pub(super) traces: Vec<TraceSummary>,
    pub(super) issues: BTreeSet<String>,
}

/// The new content of an envelope, by trace id.
type FreshByTrace<'a> = BTreeMap<u128, Fresh<'a>>;

/// The new content of an envelope about one trace.
#[derive(Default)]
struct Fresh<'a> {
    spans: Vec<&'a SpanFact>,
    errors: Vec<&'a ErrorEvent>,
    logs: Vec<&'a LogLine>,
}

impl Keeper {
    pub(super) fn new(progress: Progress) -> Self {
        Self {
            hot: HashMap::new(),
            next: progress.next_trace,
            sums: Sums::default(),
            changed: Changed::default(),
        }
    }

    /// Row of the next new trace.
    pub(super) fn next_trace(&self) -> i64 {
        self.next
    }

    /// Writes a piece of an envelope within a transaction. After an error this keeper must not be used again.
    ///
    /// # Errors
    /// An error of SQLite.
    pub(super) fn add(
        &mut self,
        connection: &Connection,
        taking: &mut EnvelopeProgress,
        facts: &Facts,
    ) -> rusqlite::Result<()> {
        // All fields by name: the compiler asks for the rows of a new one.
        let Facts {
            spans,
            errors,
            logs,
            metrics,
            listed,
            counts,
            sample_rate,
            oddities: _,
        } = facts;
        let mut fresh = FreshByTrace::new();
        self.add_spans(connection, taking, spans, &mut fresh)?;
        self.add_logs(connection, taking, logs, &mut fresh)?;
        let errors = self.add_errors(connection, taking, errors, &mut fresh)?;
        for (id, fresh) in fresh {
            if let Some(row) = self.change(id, |trace| {
                trace.add(taking.seq, &fresh.spans, &fresh.errors, &fresh.logs);
            }) {
                traces::add_envelope(connection, row, taking.seq)?;
            }
        }
        self.add_metrics(connection, taking, metrics)?;
        for item in listed {
            rows::item(connection, taking.row(), item)?;
        }
        for error in errors {
            self.add_error(connection, error, *sample_rate, taking)?;
        }
        for counts in counts {
            if rows::is_first_counted(connection, counts.once, taking.seq)? {
                for (name, count) in &counts.by_name {
                    rows::count(connection, name, *count)?;
                }
            }
        }
        Ok(())
    }

    fn add_spans<'a>(
        &mut self,
        connection: &Connection,
        taking: &mut EnvelopeProgress,
        spans: &'a [SpanFact],
        fresh: &mut FreshByTrace<'a>,
    ) -> rusqlite::Result<()> {
        for fact in spans {
            let trace = self.ready(connection, fact.trace_id)?;
            let once = taking.equals.of_span(fact);
            let is_fresh = rows::span(connection, taking.row(), trace, fact, once)?;
            if is_fresh {
                fresh.entry(fact.trace_id).or_default().spans.push(fact);
                self.sums.request(fact, taking.seq);
            }
            for (name, measurement) in &fact.span.measurements {
                let point = point_of(fact, name, measurement);
                let (row, once) = (taking.row(), taking.equals.of_measurement(&point));
                let once = (point.at_us, once);
                if is_fresh && rows::point(connection, row, &point, Some(fact.trace_id), once)? {
                    self.sums.point(&point.name);
                }
            }
        }
        Ok(())
    }

    fn add_logs<'a>(
        &mut self,
        connection: &Connection,
        taking: &mut EnvelopeProgress,
        logs: &'a [LogFact],
        fresh: &mut FreshByTrace<'a>,
    ) -> rusqlite::Result<()> {
        for fact in logs {
            let trace = match fact.trace_id {
                Some(id) => self.ready(connection, id)?,
                None => 0,
            };
            let once = taking.equals.of_log(fact);
            let is_fresh = rows::log(connection, taking.row(), trace, &fact.line, once)?;
            if let Some(id) = fact.trace_id.filter(|_| is_fresh) {
                fresh.entry(id).or_default().logs.push(&fact.line);
            }
        }
        Ok(())
    }

    /// Returns the errors that no earlier envelope brought.
    fn add_errors<'a>(
        &mut self,
        connection: &Connection,
        taking: &mut EnvelopeProgress,
        errors: &'a [ErrorEvent],
        fresh: &mut FreshByTrace<'a>,
    ) -> rusqlite::Result<Vec<&'a ErrorEvent>> {
        let mut new = Vec::new();
        for error in errors {
            let trace_id = error.trace_id.as_deref().and_then(parse_id);
            let trace = match trace_id {
                Some(id) => self.ready(connection, id)?,
                None => 0,
            };
            if rows::error(connection, taking.row(), trace, error)? {
                new.push(error);
                if let Some(id) = trace_id {
                    fresh.entry(id).or_default().errors.push(error);
                }
            }
        }
        Ok(new)
    }

    fn add_metrics(
        &mut self,
        connection: &Connection,
        taking: &mut EnvelopeProgress,
        metrics: &[MetricFact],
    ) -> rusqlite::Result<()> {
        let mut told: BTreeSet<u128> = BTreeSet::new();
        for fact in metrics {
            let once = (fact.told_us, taking.equals.of_metric(fact));
            let point = &fact.point;
            let trace = point.trace_id.as_deref().and_then(parse_id);
            if rows::point(connection, taking.row(), point, trace, once)? {
                self.sums.point(&point.name);
                told.extend(trace);
            }
        }
        // A metric is added to a trace that exists and does not create one. It is not part of the trace's summary.
        for id in told {
            let is_known = self.is_known(connection, id)?;
            match self.hot.get(&id).filter(|_| is_known) {
                // A trace of this commit has no row yet, and may get none.
                Some(hot) if hot.sorted.is_some() => {
                    traces::add_envelope(connection, hot.row, taking.seq)?;
                    self.changed.traces.insert(id);
                }
                _ => traces::add_early(connection, id, taking.seq)?,
            }
        }
        Ok(())
    }

    fn add_error(
        &mut self,
        connection: &Connection,
        error: &ErrorEvent,
        sample_rate: Option<f64>,
        taking: &EnvelopeProgress,
    ) -> rusqlite::Result<()> {
        self.sums
            .release(&error.service, error.seq, error.release.as_deref());
        issues::add(connection, error, sample_rate)?;
        decisions::met(connection, error, self.began(error), taking)?;
        self.changed.issues.insert(error.issue_id.clone());
        Ok(())
    }

    /// Start of the work that failed, as far as its trace is known.
    fn began(&self, error: &ErrorEvent) -> Micros {
        let trace = error.trace_id.as_deref().and_then(parse_id);
        let start = trace.and_then(|id| Some(self.hot.get(&id)?.trace.start()));
        let is_work_of = |start: &Micros| (error.at_us - LONGEST_WORK..=error.at_us).contains(start);
        start.filter(is_work_of).unwrap_or(error.at_us)
    }

    /// Returns the row of a trace, and creates the trace if needed.
    fn ready(&mut self, connection: &Connection, id: u128) -> rusqlite::Result<i64> {
        if !self.is_known(connection, id)? {
            self.hot.insert(id, Hot::new(self.next, Trace::new(id)));
            self.changed.begun.push(id);
            self.next += 1;
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
                revision,
                sorted: Some(Sorted::of(trace.summary())),
                ..Hot::new(row, trace)
            };
            (id, hot)
        }));
        Ok(is_known)
    }

    /// Changes a trace in memory; returns its row.
    fn change(&mut self, id: u128, change: impl FnOnce(&mut Trace)) -> Option<i64> {
        let hot = self.hot.get_mut(&id)?;
        change(&mut hot.trace);
        hot.is_changed = true;
        self.changed.traces.insert(id);
        Some(hot.row)
    }

    /// Writes the changed traces.
    ///
    /// # Errors
    /// An error of SQLite.
    pub(super) fn flush(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        for row in std::mem::take(&mut self.changed.shortened) {
            self.shorten(connection, row)?;
        }
        for id in &self.changed.traces {
            let Some(hot) = self.hot.get_mut(id).filter(|hot| hot.is_changed) else {
                continue;
            };
            let spans = if hot.trace.has_path() {
                traces::path_spans(connection, hot.row)?
            } else {
                Vec::new()
            };
            hot.trace.set_path(&spans);
            let by = Sorted::of(hot.trace.summary());
            match hot.sorted {
                None => {
                    traces::insert(connection, hot.row, *id, by)?;
                    traces::take_early(connection, hot.row, *id)?;
                }
                Some(before) if before != by => traces::update_sort_keys(connection, hot.row, by)?,
                Some(_) => {}
            }
            hot.revision += 1;
            traces::write(connection, hot.row, hot.revision, &hot.trace)?;
            (hot.sorted, hot.is_changed) = (Some(by), false);
            // The stake is known, or moves, after the error has been told.
            let stake = stake_of(&hot.trace);
            if stake != hot.stake {
                hot.stake = stake;
                self.changed.issues.extend(issues::of_trace(connection, hot.row)?);
            }
        }
        self.sums.write(connection)
    }

    /// The changes since the last commit; to be read before [`Keeper::settle`].
    pub(super) fn touched(&self) -> Touched {
        let Changed { traces, issues, .. } = &self.changed;
        let lines = traces.iter().filter_map(|id| self.hot.get(id));
        Touched {
            traces: lines.map(|hot| hot.trace.summary().clone()).collect(),
            issues: issues.clone(),
        }
    }

    /// Ends a commit: drops traces that got no content, and all when there are too many.
    pub(super) fn settle(&mut self) {
        for id in std::mem::take(&mut self.changed).begun {
            // A trace without content has no row.
            if self.hot.get(&id).is_some_and(|hot| hot.sorted.is_none()) {
                self.hot.remove(&id);
            }
        }
        if self.hot.len() > MOST_HOT {
            self.hot.clear();
        }
    }

    /// Removes the content of an envelope that the log has deleted.
    ///
    /// # Errors
    /// An error of SQLite.
    pub(super) fn remove(&mut self, connection: &Connection, seq: u64) -> rusqlite::Result<()> {
        let rows = rows::row_ids(seq);
        for sql in [
            "DELETE FROM spans WHERE id >= ?1 AND id < ?2",
            "DELETE FROM logs WHERE id >= ?1 AND id < ?2",
            "DELETE FROM items WHERE id >= ?1 AND id < ?2",
        ] {
            connection.prepare_cached(sql)?.execute(rows)?;
        }
        let sql = "DELETE FROM points WHERE id >= ?1 AND id < ?2 RETURNING name";
        for name in removed(connection, sql, rows)? {
            self.sums.remove_point(&name);
        }
        let sql = "DELETE FROM errors WHERE id >= ?1 AND id < ?2 RETURNING issue_id";
        let issues: BTreeSet<String> = removed(connection, sql, rows)?.into_iter().collect();
        for issue in issues {
            issues::remove_if_empty(connection, &issue)?;
        }
        let traces = traces::remove_envelope(connection, seq)?;
        self.changed.shortened.extend(traces);
        for sql in [
            "DELETE FROM early_metrics WHERE seq = ?1",
            "DELETE FROM counted WHERE seq = ?1",
            "DELETE FROM removed WHERE seq = ?1",
        ] {
            connection.prepare_cached(sql)?.execute([seq.cast_signed()])?;
        }
        Ok(())
    }

    /// Marks a trace as incomplete, or deletes it when nothing of it is left.
    fn shorten(&mut self, connection: &Connection, row: i64) -> rusqlite::Result<()> {
        let Some(id) = traces::id(connection, row)? else {
            return Ok(());
        };
        if traces::is_empty(connection, row)? {
            self.hot.remove(&id);
            self.changed.traces.remove(&id);
            return traces::remove(connection, row);
        }
        if self.is_known(connection, id)?
            && let Some(hot) = self.hot.get_mut(&id)
            && hot.trace.lose()
        {
            hot.is_changed = true;
            self.changed.traces.insert(id);
        }
        Ok(())
    }
}

/// Returns the first column of the rows that a statement deletes.
fn removed(connection: &Connection, sql: &str, rows: [i64; 2]) -> rusqlite::Result<Vec<String>> {
    let mut delete = connection.prepare_cached(sql)?;
    delete.query_map(rows, |row| row.get(0))?.collect()
}

/// Returns some envelopes that the log has deleted.
pub(super) fn removed_seqs(connection: &Connection, most: usize) -> rusqlite::Result<Vec<u64>> {
    let mut found = connection.prepare_cached("SELECT seq FROM removed LIMIT ?1")?;
    found
        .query_map([traces::whole(most)], |row| {
            Ok(row.get::<_, i64>(0)?.cast_unsigned())
        })?
        .collect()
}

/// Returns the number of envelopes that the log has removed and of which the index still has rows.
pub(super) fn removed_count(connection: &Connection) -> rusqlite::Result<u64> {
    let count = connection.query_row("SELECT count(*) FROM removed", (), |row| row.get::<_, i64>(0))?;
    Ok(count.cast_unsigned())
}

/// Returns the counters by name.
pub(super) fn counters(connection: &Connection) -> rusqlite::Result<BTreeMap<String, u64>> {
    let mut found = connection.prepare_cached("SELECT name, count FROM counters")?;
    found
        .query_map((), |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned())))?
        .collect()
}
