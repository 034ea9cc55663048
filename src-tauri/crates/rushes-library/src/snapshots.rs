//! Snapshots of the library: taking them, which ones are kept, and the way back.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};

use crate::error::{LibraryError, LibraryResult};
use crate::open::{FILE_NAME, Library, MIGRATIONS, lock};
use crate::{checking, reserve};

/// Snapshots that are kept.
const KEPT: usize = 10;
/// How old the newest one may become.
const EVERY: Duration = Duration::from_secs(24 * 60 * 60);

impl Library {
    /// Whether a data directory holds snapshots.
    pub fn has_snapshot(data_dir: &Path) -> bool {
        all(data_dir).is_ok_and(|found| !found.is_empty())
    }

    /// Puts the newest sound snapshot in place of a damaged library or of none. The
    /// damaged file is kept beside it; its new path is returned. Whether anybody
    /// works on the library is asked while nobody can open it.
    ///
    /// # Errors
    /// [`LibraryError::NotFound`] where there is no snapshot, [`LibraryError::Busy`]
    /// where somebody works on the library; then nothing is moved.
    pub async fn restore_newest_snapshot(
        data_dir: &Path,
        is_worked_on: impl Fn() -> bool,
    ) -> LibraryResult<Option<PathBuf>> {
        let _held = lock(data_dir).await?;
        if is_worked_on() {
            return Err(LibraryError::Busy {
                message: "Rushes works on this library elsewhere. Close its windows and end its commands first.",
            });
        }
        let restored = data_dir.join(format!("{FILE_NAME}.restoring"));
        for snapshot in all(data_dir)?.into_iter().rev() {
            std::fs::copy(&snapshot, &restored)?;
            if !is_usable(&restored).await {
                std::fs::remove_file(&restored)?;
                continue;
            }
            let file = data_dir.join(FILE_NAME);
            let broken = data_dir.join(format!("{FILE_NAME}.broken-{}", crate::now_ms()));
            std::fs::OpenOptions::new().write(true).open(&restored)?.sync_all()?;
            // At every moment there is a library file, the damaged or the
            // restored one: where it stops here, the next opening does not begin
            // an empty library. The journal goes before the exchange, or SQLite
            // would play it into the restored file.
            let is_there = file.exists();
            if is_there {
                std::fs::copy(&file, &broken)?;
            }
            for suffix in ["-wal", "-shm"] {
                let side = data_dir.join(format!("{FILE_NAME}{suffix}"));
                if side.exists() {
                    let mut kept = broken.clone().into_os_string();
                    kept.push(suffix);
                    std::fs::rename(&side, kept)?;
                }
            }
            std::fs::rename(&restored, &file)?;
            return Ok(is_there.then_some(broken));
        }
        Err(LibraryError::NotFound { what: "snapshot" })
    }

    /// Copies the library, consistent as of now, into `backups/`.
    ///
    /// # Errors
    /// Those of the file system and of SQLite.
    pub async fn snapshot(&self) -> LibraryResult<PathBuf> {
        take(&self.writer, self.data_dir.path()).await
    }

    /// Keeps the library in a state to go back to: checks all of it, mends what can
    /// be mended without loss, and takes the snapshot of the day. One that is not
    /// sound gets no snapshot: those that are kept are worth more. Without
    /// `thoroughly`, it is checked only when the newest snapshot is a day old. A
    /// library without a profile needs none.
    ///
    /// # Errors
    /// [`LibraryError::Corrupt`] with what was found; those of the file system and
    /// of SQLite.
    pub async fn look_after(&self, thoroughly: bool) -> LibraryResult<LookedAfter> {
        reserve::keep(self.data_dir.path());
        let newest = all(self.data_dir.path())?.pop();
        let made = newest.map(|newest| newest.metadata()?.modified()).transpose()?;
        let is_recent = made.is_some_and(|made| distance(made, SystemTime::now()) < EVERY);
        let is_due = !is_recent && !self.list_profiles().await?.is_empty();
        let mut done = LookedAfter::default();
        if is_due || thoroughly {
            done.mended = self.verify_and_mend().await?;
        }
        if is_due {
            // Copied by a reader: the editor's own work does not wait for it.
            done.snapshot = Some(take(&self.reader, self.data_dir.path()).await?);
        }
        Ok(done)
    }
}

/// What was done for the library.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct LookedAfter {
    /// Indexes that had lost entries and were made anew.
    pub mended: Vec<String>,
    /// The snapshot that was taken.
    pub snapshot: Option<PathBuf>,
}

/// How far two times are apart: a snapshot from a clock that was ahead for a year
/// is as little of today as one that is a year old.
fn distance(one: SystemTime, other: SystemTime) -> Duration {
    one.duration_since(other).or_else(|_| other.duration_since(one)).unwrap_or_default()
}

/// Brings a copy of a snapshot up to date and checks all of it, so that no old or
/// empty file is taken for a library that can be worked with.
async fn is_usable(copy: &Path) -> bool {
    let options = SqliteConnectOptions::new().filename(copy).foreign_keys(true);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await;
    let Ok(pool) = pool else { return false };
    let usable = async {
        let is_ours: bool =
            sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'profiles')")
                .fetch_one(&pool)
                .await?;
        if !is_ours {
            return Ok(false);
        }
        // What is damaged may not survive being changed.
        checking::structure(&mut *pool.acquire().await?).await?;
        MIGRATIONS.run(&pool).await.map_err(LibraryError::Migrate)?;
        checking::whole(&mut *pool.acquire().await?).await?;
        Ok::<bool, LibraryError>(true)
    };
    let usable = usable.await.unwrap_or(false);
    pool.close().await;
    usable
}

/// Takes a snapshot and removes those beyond [`KEPT`].
pub(crate) async fn take(pool: &SqlitePool, data_dir: &Path) -> LibraryResult<PathBuf> {
    let folder = data_dir.join("backups");
    rushes_files::private::create_dir_all(&folder)?;
    let before = all(data_dir)?;
    let number = before.last().map_or(0, |newest| number_of(newest)) + 1;
    // Two that are taken at once bear one number, and both are kept.
    let target = folder.join(format!("rushes-{number:08}-{}.db", uuid::Uuid::now_v7()));
    // Under another name until it is whole: one that was cut off is never
    // taken for a snapshot.
    let part = target.with_extension("part");
    let made = async {
        // SQLite fills an empty file, and leaves it its permissions.
        rushes_files::private::options().write(true).create_new(true).open(&part)?;
        sqlx::query("VACUUM INTO ?").bind(part.to_string_lossy().into_owned()).execute(pool).await?;
        publish(&part, &target)
    };
    if let Err(error) = made.await {
        let _ = std::fs::remove_file(&part);
        return Err(error);
    }
    for old in before.iter().take((before.len() + 1).saturating_sub(KEPT)) {
        // Another process may have removed it in the same moment.
        match std::fs::remove_file(old) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(target)
}

/// Gives a snapshot that is whole its name.
pub(crate) fn publish(part: &Path, target: &Path) -> LibraryResult<()> {
    std::fs::OpenOptions::new().write(true).open(part)?.sync_all()?;
    Ok(std::fs::rename(part, target)?)
}

/// Snapshots, oldest first. Each bears a number one higher than the one before:
/// clocks are set back, and what was made while one was ahead is not newer.
pub(crate) fn all(data_dir: &Path) -> LibraryResult<Vec<PathBuf>> {
    let folder = data_dir.join("backups");
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "db"))
        .collect();
    found.sort_by_cached_key(|path| (number_of(path), path.clone()));
    Ok(found)
}

/// The number of a snapshot; 0 for those of earlier versions, which bear none.
fn number_of(snapshot: &Path) -> u64 {
    let name = snapshot.file_stem().unwrap_or_default().to_string_lossy();
    let mut parts = name.split('-');
    // Those have an identity of five parts alone.
    match (parts.next(), parts.next(), parts.count()) {
        (Some("rushes"), Some(number), 5) => number.parse().unwrap_or(0),
        _ => 0,
    }
}
