//! SQLite's own checks of the library file, and rebuilding an incomplete index. Whether
//! every row can be decoded is checked in `upkeep::verifying`.

use std::collections::BTreeSet;
use std::path::Path;

use futures::TryStreamExt;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

use crate::error::{LibraryError, LibraryResult};

/// Most faults that a check reports.
const FAULTS: usize = 1_000;

/// Runs SQLite's quick check. Incomplete indexes are rebuilt; a file with any other
/// damage is not changed.
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

/// The report of the quick check, and whether incomplete indexes are all that is wrong.
async fn quick(connection: &mut SqliteConnection) -> LibraryResult<Option<(String, bool)>> {
    let report: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut *connection).await?;
    if report == "ok" {
        return Ok(None);
    }
    let faults = faults(connection).await?;
    Ok(Some((report, incomplete_indexes(connection, &faults).await?.is_some())))
}

/// Rebuilds incomplete indexes and returns their names. If anything else is wrong,
/// nothing is changed and the damage is returned as an error.
pub(crate) async fn mend(connection: &mut SqliteConnection, report: String) -> LibraryResult<Vec<String>> {
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
    let faults = faults(&mut tx).await?;
    let Some(indexes) = incomplete_indexes(&mut tx, &faults).await? else {
        return Err(LibraryError::Corrupt { report });
    };
    for index in &indexes {
        let made = sqlx::query(AssertSqlSafe(format!("REINDEX {}", quoted(index)))).execute(&mut *tx).await;
        // Duplicate rows in a unique index, which rebuilding cannot fix.
        made.map_err(|error| LibraryError::Corrupt { report: format!("{report}\n{error}") })?;
    }
    structure(&mut tx).await?;
    tx.commit().await?;
    Ok(indexes.into_iter().collect())
}

/// Runs SQLite's full check, including foreign keys.
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

/// The faults that SQLite's full check finds, one per line.
async fn faults(connection: &mut SqliteConnection) -> LibraryResult<Vec<String>> {
    let mut lines: Vec<String> =
        sqlx::query_scalar(AssertSqlSafe(format!("PRAGMA integrity_check({FAULTS})")))
            .fetch_all(connection)
            .await?;
    lines.retain(|line| line != "ok");
    Ok(lines)
}

/// The indexes that the faults name; `None` if there are other faults, or if an index
/// has more rows than its table: then the table lost rows, and rebuilding the index
/// would only hide that.
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
        let entry = sqlx::query!(
            r#"SELECT tbl_name AS "table!", sql FROM sqlite_schema WHERE type = 'index' AND name = ?"#,
            index
        )
        .fetch_one(&mut *connection)
        .await?;
        let sql = entry.sql.as_deref();
        let which = sql.and_then(|sql| sql.split_once(" WHERE ")).map_or("1", |(_, which)| which);
        let table = quoted(&entry.table);
        let sql = format!("SELECT sum(1) FROM {table} INDEXED BY {} WHERE {which}", quoted(index));
        let known: Option<i64> = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut *connection).await?;
        // SQLite answers a count from the smallest index, even with `NOT INDEXED`. Only the
        // table has whole rows.
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
