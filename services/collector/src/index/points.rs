//! Points of measurements and metrics.

use reelscope_page_api::telemetry::{MeasurementPoint, Micros, Named};
use rusqlite::Connection;

use super::traces::whole;
use crate::envelope::{format_id, id_of_bytes};

/// Returns the number of points of each name.
pub(super) fn names(connection: &Connection) -> rusqlite::Result<Named<u64>> {
    let mut found = connection.prepare_cached("SELECT name, count FROM point_names")?;
    found
        .query_map((), |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned())))?
        .collect()
}

/// Returns points of one name, or of all, from `since` on, newest first.
pub(super) fn since(
    connection: &Connection,
    name: Option<&str>,
    since: Micros,
    limit: usize,
) -> rusqlite::Result<Vec<MeasurementPoint>> {
    let of_name = if name.is_some() { "name = ?3" } else { "?3 IS NULL" };
    let sql = format!(
        "SELECT at_us, name, value, unit, kind, trace_id, service, release FROM points
         WHERE at_us >= ?1 AND {of_name} ORDER BY at_us DESC, id DESC LIMIT ?2"
    );
    let mut found = connection.prepare_cached(&sql)?;
    let points = found.query_map((since, whole(limit), name), |row| {
        Ok(MeasurementPoint {
            at_us: row.get(0)?,
            name: row.get(1)?,
            value: row.get(2)?,
            unit: row.get(3)?,
            kind: row.get(4)?,
            trace_id: row
                .get_ref(5)?
                .as_blob_or_null()?
                .map(|id| format_id(id_of_bytes(id))),
            service: row.get(6)?,
            release: row.get(7)?,
        })
    })?;
    points.collect()
}
