//! Sums that are collected in memory and written once in each commit.

use std::collections::BTreeMap;

use reelscope_page_api::telemetry::weight;
use rusqlite::Connection;

use super::rows::changes;
use crate::facts::SpanFact;
use crate::service;

/// Limit of request names that are counted of one service. More would be names that contain an id.
const MOST_REQUESTS: i64 = 500;
/// Limit of request names that are counted of all external services together.
const MOST_FOREIGN_REQUESTS: i64 = 5_000;
/// Limit of external services with a known release; our own are always kept.
const MOST_SERVICES: i64 = 1_000;

/// Sums since the last commit.
#[derive(Default)]
pub(super) struct Sums {
    /// Number of recorded requests, and the number that they stand for, by service and name.
    requests: BTreeMap<(String, String), (u64, f64)>,
    /// The release of each service that arrived last, with the number of its envelope.
    releases: BTreeMap<String, (u64, String)>,
    points: BTreeMap<String, i64>,
}

impl Sums {
    /// Counts the request of a transaction, and records the release of its service.
    pub(super) fn request(&mut self, fact: &SpanFact, seq: u64) {
        let span = &fact.span;
        if !span.transaction {
            return;
        }
        self.release(&span.service, seq, fact.release.as_deref());
        let ids = (span.service.clone(), span.description.clone());
        let (recorded, estimate) = self.requests.entry(ids).or_default();
        *recorded += 1;
        *estimate += weight(fact.sample_rate);
    }

    pub(super) fn release(&mut self, service: &str, seq: u64, release: Option<&str>) {
        let Some(release) = release else { return };
        match self.releases.get_mut(service) {
            Some((told_seq, told)) if seq >= *told_seq => {
                *told_seq = seq;
                release.clone_into(told);
            }
            Some(_) => {}
            None => {
                let told = (seq, release.to_owned());
                self.releases.insert(service.to_owned(), told);
            }
        }
    }

    pub(super) fn point(&mut self, name: &str) {
        match self.points.get_mut(name) {
            Some(count) => *count += 1,
            None => {
                self.points.insert(name.to_owned(), 1);
            }
        }
    }

    pub(super) fn remove_point(&mut self, name: &str) {
        *self.points.entry(name.to_owned()).or_default() -= 1;
    }

    /// Writes the sums and resets them.
    ///
    /// # Errors
    /// An error of SQLite.
    pub(super) fn write(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        for ((service, name), (recorded, estimate)) in &self.requests {
            let recorded = i64::try_from(*recorded).unwrap_or(i64::MAX);
            write_request(connection, service, name, (recorded, *estimate))?;
        }
        for (service, (seq, release)) in &self.releases {
            write_release(connection, service, seq.cast_signed(), release)?;
        }
        for (name, count) in &self.points {
            write_points(connection, name, *count)?;
        }
        *self = Self::default();
        Ok(())
    }
}

fn write_request(
    connection: &Connection,
    service: &str,
    name: &str,
    (recorded, estimate): (i64, f64),
) -> rusqlite::Result<()> {
    let is_known = changes(
        connection,
        "UPDATE requests SET recorded = recorded + ?3, estimate = estimate + ?4 WHERE service = ?1 AND name = ?2",
        (service, name, recorded, estimate),
    )?;
    if !is_known {
        changes(
            connection,
            "INSERT INTO requests SELECT ?1, ?2, ?3, ?4
             WHERE (SELECT count(*) FROM requests WHERE service = ?1) < ?5
                AND (?6 OR (SELECT count(*) FROM requests) < ?7)",
            (
                service,
                name,
                recorded,
                estimate,
                MOST_REQUESTS,
                service::is_own(service),
                MOST_FOREIGN_REQUESTS,
            ),
        )?;
    }
    Ok(())
}

fn write_release(connection: &Connection, service: &str, seq: i64, release: &str) -> rusqlite::Result<()> {
    let is_known = changes(
        connection,
        "UPDATE releases SET last_seq = max(last_seq, ?2), release = iif(?2 >= last_seq, ?3, release) WHERE service = ?1",
        (service, seq, release),
    )?;
    if !is_known {
        changes(
            connection,
            "INSERT INTO releases SELECT ?1, ?2, ?3 WHERE ?4 OR (SELECT count(*) FROM releases) < ?5",
            (service, seq, release, service::is_own(service), MOST_SERVICES),
        )?;
    }
    Ok(())
}

fn write_points(connection: &Connection, name: &str, count: i64) -> rusqlite::Result<()> {
    changes(
        connection,
        "INSERT INTO point_names VALUES (?1, ?2) ON CONFLICT DO UPDATE SET count = count + ?2",
        (name, count),
    )?;
    if count < 0 {
        changes(
            connection,
            "DELETE FROM point_names WHERE name = ?1 AND count <= 0",
            [name],
        )?;
    }
    Ok(())
}
