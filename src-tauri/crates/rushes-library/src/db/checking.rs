//! SQLite's own checks of the library file, and mending an index that lost entries.
//! Whether each row can be read as what it is, `upkeep::verifying` checks.

use std::collections::BTreeSet;
use std::path::Path;

use futures::TryStreamExt;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

use crate::error::{LibraryError, LibraryResult};

/// Most faults that a check tells.
const FAULTS: usize = 1_000;

/// Runs SQLite's quick check, which takes a moment only. Indexes that it finds
/// incomplete are made anew; else a damaged file is only read, and stays as it is.
pub(crate) async fn check(file: &Path) -> LibraryResult<()> {
    let options = SqliteConnectOptions::new().filename(file);
    let mut connection = SqliteConnection::connect_with(&options.clone().read_only(true)).await?;
    let checked = quick(&mut connection).await;
    connection.close().await?;
    let Some((report, can_be_mended)) = checked? else { return Ok(()) };
    if !can_be_mended {
        return Err(LibraryError::Corrupt { report });
    }
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let mended = mend(&mut connection, report).await;
    connection.close().await?;
    let indexes = mended?;
    tracing::warn!(?indexes, "the library hid rows and was mended");
    Ok(())
}

/// What the quick check finds, and whether nothing but indexes that lost entries is
/// wrong.
async fn quick(connection: &mut SqliteConnection) -> LibraryResult<Option<(String, bool)>> {
    let report: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut *connection).await?;
    if report == "ok" {
        return Ok(None);
    }
    let faults = faults(connection).await?;
    Ok(Some((report, incomplete_indexes(connection, &faults).await?.is_some())))
}

/// Makes indexes anew that lost entries, where that is all that is wrong; their
/// names. Else nothing is changed, and the damage is told.
pub(crate) async fn mend(connection: &mut SqliteConnection, report: String) -> LibraryResult<Vec<String>> {
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
    let faults = faults(&mut tx).await?;
    let Some(indexes) = incomplete_indexes(&mut tx, &faults).await? else {
        return Err(LibraryError::Corrupt { report });
    };
    for index in &indexes {
        let made = sqlx::query(AssertSqlSafe(format!("REINDEX {}", quoted(index)))).execute(&mut *tx).await;
        // Two rows that may be there once only: an index does not settle that.
        made.map_err(|error| LibraryError::Corrupt { report: format!("{report}\n{error}") })?;
    }
    structure(&mut tx).await?;
    tx.commit().await?;
    Ok(indexes.into_iter().collect())
}

/// Runs SQLite's full check, foreign keys included.
pub(crate) async fn structure(connection: &mut SqliteConnection) -> LibraryResult<()> {
    let faults = faults(connection).await?;
    if !faults.is_empty() {
        return Err(LibraryError::Corrupt { report: faults.join("\n") });
    }
    let strays = sqlx::query("PRAGMA foreign_key_check").fetch_all(connection).await?;
    if strays.is_empty() {
        return Ok(());
    }
    Err(LibraryError::Corrupt { report: format!("rows that belong to nothing: {}", strays.len()) })
}

/// What SQLite's full check finds, a line each.
async fn faults(connection: &mut SqliteConnection) -> LibraryResult<Vec<String>> {
    let mut lines: Vec<String> =
        sqlx::query_scalar(AssertSqlSafe(format!("PRAGMA integrity_check({FAULTS})")))
            .fetch_all(connection)
            .await?;
    lines.retain(|line| line != "ok");
    Ok(lines)
}

/// The indexes that the faults tell of, where they are about nothing else and none
/// of these indexes knows of more rows than its table: then the table lost rows,
/// and an index made anew would only hide it.
async fn incomplete_indexes(
    connection: &mut SqliteConnection,
    faults: &[String],
) -> LibraryResult<Option<BTreeSet<String>>> {
    let named = |fault: &String| {
        let missing = fault.split_once(" missing from index ").map(|(_, index)| index);
        missing.or_else(|| fault.strip_prefix("wrong # of entries in index ")).map(str::to_owned)
    };
    let Some(indexes) = faults.iter().map(named).collect::<Option<BTreeSet<String>>>() else {
        return Ok(None);
    };
    for index in &indexes {
        let (table, sql): (String, Option<String>) =
            sqlx::query_as("SELECT tbl_name, sql FROM sqlite_schema WHERE type = 'index' AND name = ?")
                .bind(index)
                .fetch_one(&mut *connection)
                .await?;
        let which = sql.as_deref().and_then(|sql| sql.split_once(" WHERE ")).map_or("1", |(_, which)| which);
        let table = quoted(&table);
        let sql = format!("SELECT sum(1) FROM {table} INDEXED BY {} WHERE {which}", quoted(index));
        let known: Option<i64> = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut *connection).await?;
        // A count would be taken from whichever index is smallest, `NOT INDEXED` or
        // not; whole rows are in the table alone.
        let sql = format!("SELECT * FROM {table} NOT INDEXED WHERE {which}");
        let rows = sqlx::query(AssertSqlSafe(sql)).fetch(&mut *connection);
        let there = rows.try_fold(0_i64, async |count, _| Ok(count + 1)).await?;
        if known.unwrap_or_default() > there {
            return Ok(None);
        }
    }
    Ok((!indexes.is_empty()).then_some(indexes))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
