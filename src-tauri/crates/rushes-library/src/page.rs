//! Keyset pages of long lists: where a page ended, and where the next begins.

use serde_json::Value;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, ValueRef};
use uuid::Uuid;

use crate::error::{LibraryError, LibraryResult};

/// Stands for an order by the id alone: UUIDv7 is ordered by time.
pub(crate) const AGE: &str = "0";

/// Where a page ended: the sort value and the id of its last row.
pub(crate) struct Cursor {
    /// A number or a text.
    pub value: Value,
    /// Breaks ties.
    pub id: Uuid,
}

impl Cursor {
    /// The place of a row. Its sort value is the one that the database sorted
    /// by, not one made again from what is shown.
    pub fn of_row(row: &SqliteRow, key: &str, id: &str) -> Result<Self, sqlx::Error> {
        let column = key.rsplit('.').next().unwrap_or(key);
        let id = row.try_get(id)?;
        if column == AGE {
            return Ok(Self { value: 0.into(), id });
        }
        let raw = row.try_get_raw(column)?;
        let is_text = sqlx::TypeInfo::name(&*raw.type_info()) == "TEXT";
        let value = if is_text {
            row.try_get::<String, _>(column)?.into()
        } else {
            row.try_get::<i64, _>(column)?.into()
        };
        Ok(Self { value, id })
    }

    /// As handed to the caller. Cursors are opaque; they hold nothing that the
    /// page before did not show.
    pub fn to_text(&self) -> String {
        Value::from(vec![self.value.clone(), self.id.to_string().into()]).to_string()
    }

    /// Reads a cursor back.
    pub fn parse(text: &str) -> LibraryResult<Self> {
        let refused = || LibraryError::invalid("cursor", "Begin again at the first page of this list.");
        let (value, id): (Value, Uuid) = serde_json::from_str(text).map_err(|_| refused())?;
        if value.is_i64() || value.is_string() { Ok(Self { value, id }) } else { Err(refused()) }
    }

    /// Adds the condition that a row comes after this place.
    pub fn push(&self, query: &mut QueryBuilder<Sqlite>, key: &str, id: &str, descending: bool) {
        let after = if descending { "<" } else { ">" };
        query.push(format_args!(" AND ({key}, {id}) {after} ("));
        match self.value.as_i64() {
            Some(number) => query.push_bind(number),
            None => query.push_bind(self.value.as_str().unwrap_or_default().to_owned()),
        };
        query.push(", ").push_bind(self.id).push(")");
    }
}

/// The rows of a page out of one row more than asked, and the last of them
/// where another page follows.
pub(crate) fn cut_page(rows: &[SqliteRow], limit: u32) -> (&[SqliteRow], Option<&SqliteRow>) {
    let (page, rest) = rows.split_at(rows.len().min(limit as usize));
    (page, page.last().filter(|_| !rest.is_empty()))
}
