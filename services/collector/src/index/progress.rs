//! The position of the index, stored in its tables together with the rows.

use rusqlite::{Connection, OptionalExtension};

/// The position of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Progress {
    /// The next new envelope to index, and the number of its pieces that are indexed.
    pub(super) new: (u64, u64),
    /// The next older envelope to index, and the number of its pieces that are indexed; 0 when there is none.
    pub(super) old: (u64, u64),
    /// Row of the next new trace. Rows are never reused, because span rows may outlive their trace for a moment.
    pub(super) next_trace: i64,
}

impl Progress {
    /// # Errors
    /// An error of SQLite.
    pub(super) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let sql = "SELECT next_new, new_pieces, next_old, old_pieces, next_trace FROM progress";
        let found = connection.query_row(sql, (), |row| {
            let number = |column| Ok::<_, rusqlite::Error>(row.get::<_, i64>(column)?.cast_unsigned());
            Ok(Self {
                new: (number(0)?, number(1)?),
                old: (number(2)?, number(3)?),
                next_trace: row.get(4)?,
            })
        });
        Ok(found.optional()?.unwrap_or(Self {
            new: (1, 0),
            old: (0, 0),
            next_trace: 1,
        }))
    }

    /// # Errors
    /// An error of SQLite.
    pub(super) fn write(self, connection: &Connection) -> rusqlite::Result<()> {
        let [a, b, c, d] = [self.new.0, self.new.1, self.old.0, self.old.1].map(u64::cast_signed);
        connection
            .prepare_cached(
                "UPDATE progress SET next_new = ?1, new_pieces = ?2, next_old = ?3, old_pieces = ?4, next_trace = ?5",
            )?
            .execute((a, b, c, d, self.next_trace))?;
        Ok(())
    }
}
