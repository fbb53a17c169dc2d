//! What a migration cannot do in SQL: the columns of spans that were stored before there were any.

use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use rusqlite::{Connection, params};

use super::columns::Columns;

/// Spans that are filled together: rows must not be changed while they are read.
const PIECE: i64 = 1_000;

/// Fills the columns of all spans.
pub(super) fn fill_columns(connection: &Connection) -> rusqlite::Result<()> {
    let mut read =
        connection.prepare("SELECT id, record FROM spans WHERE id > ?1 ORDER BY id LIMIT ?2")?;
    let mut write = connection.prepare(
        "UPDATE spans SET status = ?2, message = ?3, attributes = ?4, events = ?5, links = ?6 WHERE id = ?1",
    )?;
    let mut done = i64::MIN;
    loop {
        let piece = read.query_map([done, PIECE], |row| {
            let span = Span::decode(row.get_ref(1)?.as_blob()?).unwrap_or_default();
            Ok((row.get(0)?, Columns::of(&span)))
        })?;
        let piece: Vec<(i64, Columns)> = piece.collect::<Result<_, _>>()?;
        let Some((last, _)) = piece.last() else {
            return Ok(());
        };
        done = *last;
        for (id, columns) in piece {
            write.execute(params![
                id,
                columns.status,
                columns.message,
                columns.attributes,
                columns.events,
                columns.links
            ])?;
        }
    }
}
