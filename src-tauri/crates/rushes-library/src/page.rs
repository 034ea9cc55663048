//! Keyset pagination of long lists.

use rushes_model::notice::{Field, Invalid};
use serde_json::Value;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, ValueRef};
use uuid::Uuid;

use crate::error::{LibraryError, LibraryResult};

/// Sorts by the id only: UUIDv7 is ordered by time.
pub(crate) const AGE: &str = "0";

/// The end of a page: sort value and id of its last row.
pub(crate) struct Cursor {
    /// A number or a string.
    pub value: Value,
    /// Breaks ties.
    pub id: Uuid,
}

impl Cursor {
    /// The position of a row. Uses the sort value from the database, since the displayed
    /// value may differ.
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

    /// The cursor as the caller gets it. It is opaque, and holds nothing that the page did
    /// not show.
    pub fn to_text(&self) -> String {
        Value::from(vec![self.value.clone(), self.id.to_string().into()]).to_string()
    }

    /// Parses a cursor.
    pub fn parse(text: &str) -> LibraryResult<Self> {
        let refused = || LibraryError::invalid(Field::Cursor, Invalid::Cursor);
        let (value, id): (Value, Uuid) = serde_json::from_str(text).map_err(|_| refused())?;
        if value.is_i64() || value.is_string() { Ok(Self { value, id }) } else { Err(refused()) }
    }

    /// Adds the condition that a row comes after this position.
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

/// Splits off the row that was fetched beyond the limit. Returns the page, and its last
/// row if another page follows.
pub(crate) fn cut_page(rows: &[SqliteRow], limit: u32) -> (&[SqliteRow], Option<&SqliteRow>) {
    let (page, rest) = rows.split_at(rows.len().min(limit as usize));
    (page, page.last().filter(|_| !rest.is_empty()))
}
