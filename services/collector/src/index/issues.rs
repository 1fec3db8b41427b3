//! Issues as rows. Counts are updated as events come in, in any order.

use reelscope_page_api::telemetry::{
    ErrorEvent, EventCounts, Frame, IssueStakes, IssueStatus, IssueSummary, Micros, RequestShare,
};
use rusqlite::{Connection, OptionalExtension, Row};

use super::decisions;
use super::releases::by_release;
use super::rows::{BITS, blob};
use super::traces::whole;
use crate::bounds;
use crate::dsn::fnv1a;
use crate::envelope::{format_id, id_of_bytes, parse_id};

/// Limit of players that are counted individually.
const MOST_PLAYERS: i64 = 1_000;
/// Limit of services, and of releases, that an issue lists.
const MOST_NAMES: i64 = 100;
/// Limit of traces that an issue lists.
const MOST_TRACES: usize = 20;
/// Limit of events that an issue shows.
const MOST_EVENTS: usize = 50;
/// Limit of event times that an issue shows.
const MOST_TIMES: usize = 2_000;
/// Limit of events whose stakes and intervals are summed.
const MOST_SUMMED: usize = 1_000;
/// Limit of currencies in which an issue tells stakes.
const MOST_CURRENCIES: usize = 5;
/// Limit of intervals in which recent events are counted, and the length of one.
const MOST_INTERVALS: i64 = 40;
const INTERVAL: Micros = 30_000_000;
/// Limit of kinds of requests that an issue counts.
const MOST_REQUESTS: i64 = 50;
/// Limit of the value that an issue shows, in bytes.
const MOST_TEXT: usize = 1_000;

/// The columns of an issue's row.
const COLUMNS: &str =
    "issue_id, kind, value, culprit, level, events, players, last_seq, first_seen_us, last_seen_us";

/// The kind of a name in `issue_names`.
#[derive(Debug, Clone, Copy)]
enum Name {
    Service = 0,
    Release = 1,
    Player = 2,
}

/// Counts an event whose row has been written. `sample_rate` is that of its trace. The row shows the event that arrived
/// last, because clocks are set.
pub(super) fn add(
    connection: &Connection,
    event: &ErrorEvent,
    sample_rate: Option<f64>,
) -> rusqlite::Result<()> {
    let value = bounds::cut(&event.value, MOST_TEXT);
    connection
        .prepare_cached(
            "INSERT INTO issues VALUES (?1, ?2, ?3, ?4, ?5, 1, 0, ?6, ?7, ?7)
             ON CONFLICT DO UPDATE SET events = events + 1, value = iif(?6 >= last_seq, ?3, value),
                culprit = iif(?6 >= last_seq, ?4, culprit), level = iif(?6 >= last_seq, ?5, level),
                last_seq = max(last_seq, ?6), first_seen_us = min(first_seen_us, ?7),
                last_seen_us = max(last_seen_us, ?7)",
        )?
        .execute((
            &event.issue_id,
            &event.kind,
            value,
            bounds::cut(&culprit(event), bounds::TRANSACTION),
            &event.level,
            event.seq.cast_signed(),
            event.at_us,
        ))?;
    let id = event.issue_id.as_str();
    name(connection, id, Name::Service, &event.service, MOST_NAMES)?;
    if let Some(release) = &event.release {
        name(connection, id, Name::Release, release, MOST_NAMES)?;
    }
    if let Some(player) = &event.player {
        // A hash is enough to distinguish players.
        let player = format!("{:016x}", fnv1a(player.as_bytes()));
        if name(connection, id, Name::Player, &player, MOST_PLAYERS)? {
            connection
                .prepare_cached("UPDATE issues SET players = players + 1 WHERE issue_id = ?1")?
                .execute([id])?;
        }
    }
    // Where no trace is recorded, there are no requests to take a share of.
    match event.transaction.as_deref().filter(|_| sample_rate != Some(0.0)) {
        Some(request) if is_first(connection, event, request)? => failed_request(connection, event, request),
        _ => Ok(()),
    }
}

/// Records a name of an issue, up to `most` of a kind; returns whether it is new.
fn name(connection: &Connection, issue: &str, what: Name, name: &str, most: i64) -> rusqlite::Result<bool> {
    let added = connection
        .prepare_cached(
            "INSERT OR IGNORE INTO issue_names SELECT ?1, ?2, ?3
             WHERE (SELECT count(*) FROM issue_names WHERE issue_id = ?1 AND what = ?2) < ?4",
        )?
        .execute((issue, what as i64, name, most))?;
    Ok(added > 0)
}

/// Whether the event is the issue's first in this request of the trace; without a trace every event is the first.
fn is_first(connection: &Connection, event: &ErrorEvent, request: &str) -> rusqlite::Result<bool> {
    let Some(trace) = blob(event.trace_id.as_deref().and_then(parse_id)) else {
        return Ok(true);
    };
    let mut found = connection.prepare_cached(
        "SELECT count(*) FROM (SELECT 1 FROM errors
         WHERE issue_id = ?1 AND trace_id = ?2 AND service = ?3 AND name = ?4 LIMIT 2)",
    )?;
    let events: i64 = found.query_row((&event.issue_id, trace, &event.service, request), |row| {
        row.get(0)
    })?;
    Ok(events < 2)
}

fn failed_request(connection: &Connection, event: &ErrorEvent, request: &str) -> rusqlite::Result<()> {
    let ids = (&event.issue_id, &event.service, request);
    let counted = connection
        .prepare_cached(
            "UPDATE issue_requests SET failed = failed + 1 WHERE issue_id = ?1 AND service = ?2 AND name = ?3",
        )?
        .execute(ids)?;
    if counted == 0 {
        connection
            .prepare_cached(
                "INSERT INTO issue_requests SELECT ?1, ?2, ?3, 1
                 WHERE (SELECT count(*) FROM issue_requests WHERE issue_id = ?1) < ?4",
            )?
            .execute((ids.0, ids.1, ids.2, MOST_REQUESTS))?;
    }
    Ok(())
}

/// Function and file that the event comes from.
fn culprit(event: &ErrorEvent) -> String {
    let own = event.frames.iter().find(|frame| frame.in_app);
    match own.or(event.frames.first()) {
        Some(frame) => match &frame.file {
            Some(file) => format!("{} ({file})", name_of(frame)),
            None => name_of(frame),
        },
        None => event.transaction.clone().unwrap_or_default(),
    }
}

/// The name of a function for display; closures and async bodies have no name, so their module stands for it.
fn name_of(frame: &Frame) -> String {
    let module = frame.module.as_deref().and_then(|path| path.rsplit("::").next());
    match module {
        Some(module) if frame.function.starts_with('{') => format!("{module}::{}", frame.function),
        _ => frame.function.clone(),
    }
}

/// Returns issues, that of the newest event first, and by id where equal, so that the order is stable.
pub(super) fn newest(connection: &Connection, limit: usize) -> rusqlite::Result<Vec<IssueSummary>> {
    let mut found = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM issues ORDER BY last_seq DESC, issue_id LIMIT ?1"
    ))?;
    let issues = found
        .query_map([whole(limit)], bare)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    issues.into_iter().map(|issue| told(connection, issue)).collect()
}

/// Returns the summary of an issue.
pub(super) fn one(connection: &Connection, id: &str) -> rusqlite::Result<Option<IssueSummary>> {
    let mut found =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM issues WHERE issue_id = ?1"))?;
    let issue = found.query_row([id], bare).optional()?;
    issue.map(|issue| told(connection, issue)).transpose()
}

/// Returns the envelopes of the newest events, newest first.
pub(super) fn envelopes(connection: &Connection, id: &str) -> rusqlite::Result<Vec<u64>> {
    let mut found = connection.prepare_cached(&format!(
        "SELECT id >> {BITS} FROM errors WHERE issue_id = ?1 ORDER BY id DESC LIMIT ?2"
    ))?;
    let seqs = found.query_map((id, whole(MOST_EVENTS)), |row| {
        Ok(row.get::<_, i64>(0)?.cast_unsigned())
    })?;
    let mut seqs = seqs.collect::<rusqlite::Result<Vec<u64>>>()?;
    seqs.dedup();
    Ok(seqs)
}

/// Returns the times of the newest events, the earliest time first.
pub(super) fn times(connection: &Connection, id: &str) -> rusqlite::Result<Vec<Micros>> {
    let mut found = connection
        .prepare_cached("SELECT at_us FROM errors WHERE issue_id = ?1 ORDER BY id DESC LIMIT ?2")?;
    let times = found.query_map((id, whole(MOST_TIMES)), |row| row.get(0))?;
    let mut times = times.collect::<rusqlite::Result<Vec<Micros>>>()?;
    times.sort_unstable();
    Ok(times)
}

/// Returns the release of these services that arrived last.
pub(super) fn release_in_force(
    connection: &Connection,
    services: &[String],
) -> rusqlite::Result<Option<String>> {
    let mut found = connection.prepare_cached("SELECT last_seq, release FROM releases WHERE service = ?1")?;
    let mut told: Vec<(i64, String)> = Vec::new();
    for service in services {
        told.extend(
            found
                .query_row([service], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?,
        );
    }
    Ok(told.into_iter().max().map(|(_, release)| release))
}

/// Deletes an issue that has no event left.
pub(super) fn remove_if_empty(connection: &Connection, id: &str) -> rusqlite::Result<()> {
    let mut found = connection.prepare_cached("SELECT 1 FROM errors WHERE issue_id = ?1 LIMIT 1")?;
    if found.exists([id])? {
        return Ok(());
    }
    for sql in [
        "DELETE FROM issues WHERE issue_id = ?1",
        "DELETE FROM issue_names WHERE issue_id = ?1",
        "DELETE FROM issue_requests WHERE issue_id = ?1",
    ] {
        connection.prepare_cached(sql)?.execute([id])?;
    }
    Ok(())
}

/// Reads the summary from the row.
fn bare(row: &Row<'_>) -> rusqlite::Result<IssueSummary> {
    Ok(IssueSummary {
        issue_id: row.get(0)?,
        kind: row.get(1)?,
        value: row.get(2)?,
        culprit: row.get(3)?,
        level: row.get(4)?,
        events: row.get::<_, i64>(5)?.cast_unsigned(),
        players: row.get::<_, i64>(6)?.cast_unsigned(),
        services: Vec::new(),
        releases: Vec::new(),
        last_envelope: row.get::<_, i64>(7)?.cast_unsigned(),
        first_seen_us: row.get(8)?,
        last_seen_us: row.get(9)?,
        recent: EventCounts::default(),
        stakes: Vec::new(),
        trace_ids: Vec::new(),
        share: None,
        status: IssueStatus::Unresolved,
        resolved_in: None,
        regressed_in: None,
        reopened_in: None,
    })
}

/// Adds names, traces, share and decision to a summary.
fn told(connection: &Connection, mut issue: IssueSummary) -> rusqlite::Result<IssueSummary> {
    let mut found = connection
        .prepare_cached("SELECT name FROM issue_names WHERE issue_id = ?1 AND what = ?2 ORDER BY name")?;
    let mut names = |what: Name| {
        found
            .query_map((&issue.issue_id, what as i64), |row| row.get(0))?
            .collect::<rusqlite::Result<Vec<String>>>()
    };
    (issue.services, issue.releases) = (names(Name::Service)?, names(Name::Release)?);
    issue.releases.sort_by(|one, other| by_release(one, other));
    issue.trace_ids = newest_traces(connection, &issue.issue_id)?;
    issue.share = share(connection, &issue.issue_id)?;
    issue.recent = recent(connection, &issue)?;
    issue.stakes = stakes(connection, &issue.issue_id)?;
    decisions::tell(connection, &mut issue)?;
    Ok(issue)
}

/// Counts the newest events by intervals. An interval of which not all events are counted is left out.
fn recent(connection: &Connection, issue: &IssueSummary) -> rusqlite::Result<EventCounts> {
    let mut found = connection
        .prepare_cached("SELECT at_us FROM errors WHERE issue_id = ?1 ORDER BY id DESC LIMIT ?2")?;
    let times = found.query_map((&issue.issue_id, whole(MOST_SUMMED)), |row| row.get(0))?;
    let times = times.collect::<rusqlite::Result<Vec<Micros>>>()?;
    let intervals = || times.iter().map(|at| at.div_euclid(INTERVAL));
    let last = intervals().max().unwrap_or(0);
    let mut first = last - MOST_INTERVALS + 1;
    if times.len() == MOST_SUMMED {
        first = first.max(intervals().min().unwrap_or(0) + 1).min(last);
    }
    let mut counts: Vec<u32> = (first..=last).map(|_| 0).collect();
    for interval in intervals() {
        let place = usize::try_from(interval - first);
        if let Some(count) = place.ok().and_then(|place| counts.get_mut(place)) {
            *count += 1;
        }
    }
    Ok(EventCounts {
        from_us: first.saturating_mul(INTERVAL),
        each_us: INTERVAL,
        counts,
    })
}

/// Sums the stakes of the spins in whose traces the newest events are.
fn stakes(connection: &Connection, id: &str) -> rusqlite::Result<Vec<IssueStakes>> {
    let mut found = connection.prepare_cached(
        "SELECT currency, count(*), total(iif(stake_status IN ('reserved', 'pending', 'unknown'), stake, 0)),
            total(iif(stake_status = 'returned', stake, 0)), total(iif(stake_status = 'paid', stake, 0))
         FROM traces WHERE id IN (SELECT trace FROM errors WHERE issue_id = ?1 ORDER BY id DESC LIMIT ?2)
            AND stake IS NOT NULL AND stake_status != 'untouched' AND currency IS NOT NULL
         GROUP BY currency ORDER BY currency LIMIT ?3",
    )?;
    let stakes = found.query_map((id, whole(MOST_SUMMED), whole(MOST_CURRENCIES)), |row| {
        Ok(IssueStakes {
            currency: row.get(0)?,
            spins: row.get::<_, i64>(1)?.cast_unsigned(),
            held: row.get(2)?,
            returned: row.get(3)?,
            settled: row.get(4)?,
        })
    })?;
    stakes.collect()
}

/// Returns the issues of the events of a trace.
pub(super) fn of_trace(connection: &Connection, row: i64) -> rusqlite::Result<Vec<String>> {
    let mut found = connection.prepare_cached("SELECT DISTINCT issue_id FROM errors WHERE trace = ?1")?;
    found.query_map([row], |row| row.get(0))?.collect()
}

/// Returns the traces of the newest events, each once.
fn newest_traces(connection: &Connection, id: &str) -> rusqlite::Result<Vec<String>> {
    let mut found = connection
        .prepare_cached("SELECT trace_id FROM errors WHERE issue_id = ?1 ORDER BY id DESC LIMIT ?2")?;
    let rows = found.query_map((id, whole(MOST_EVENTS)), |row| {
        Ok(row.get_ref(0)?.as_blob_or_null()?.map(id_of_bytes))
    })?;
    let mut traces = Vec::new();
    for trace in rows {
        if let Some(trace) = trace?.map(format_id)
            && traces.len() < MOST_TRACES
            && !traces.contains(&trace)
        {
            traces.push(trace);
        }
    }
    Ok(traces)
}

/// Returns the request that the issue affects most often.
fn share(connection: &Connection, id: &str) -> rusqlite::Result<Option<RequestShare>> {
    let mut found = connection.prepare_cached(
        "SELECT service, name, failed, recorded, estimate FROM issue_requests JOIN requests USING (service, name)
         WHERE issue_id = ?1 ORDER BY failed DESC, service DESC, name DESC LIMIT 1",
    )?;
    found
        .query_row([id], |row| {
            let failed = row.get::<_, i64>(2)?.cast_unsigned();
            let recorded = row.get::<_, i64>(3)?.cast_unsigned();
            // Not negative; a value beyond the type becomes its maximum.
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let estimate = row.get::<_, f64>(4)?.round() as u64;
            Ok(RequestShare {
                service: row.get(0)?,
                transaction: row.get(1)?,
                failed,
                // Each failed request is one request, whether it is recorded or not.
                requests: estimate.max(failed),
                estimated: estimate.max(failed) > recorded,
            })
        })
        .optional()
}
