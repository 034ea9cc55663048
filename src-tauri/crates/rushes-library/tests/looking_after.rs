//! Maintenance of the library: damage is found, what can be repaired is, and there is
//! always a snapshot to restore.
#![allow(clippy::unwrap_used)]

mod common;

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use common::{Shelf, behind_the_back_of, blob, run_sql};
use rushes_library::model::ProjectQuery;
use rushes_library::{Library, LibraryResult, LookedAfter};
use rushes_model::notice::{LostLibrary, Notice, WayBack};

const CORRUPT: Notice = Notice::LibraryCorrupt { why: WayBack::Window };

fn snapshots(data_dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(data_dir.join("backups")).into_iter().flatten();
    let mut found: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

fn set_modified(file: &Path, to: SystemTime) {
    std::fs::File::options().write(true).open(file).unwrap().set_modified(to).unwrap();
}

fn notice<T: std::fmt::Debug>(result: LibraryResult<T>) -> Notice {
    result.unwrap_err().notice()
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[tokio::test]
async fn a_snapshot_is_taken_when_the_newest_one_is_a_day_old() {
    let shelf = Shelf::new().await;
    let due = async || shelf.library.look_after(false).await.unwrap().snapshot;
    assert!(due().await.is_none(), "nothing to keep yet");
    shelf.profile("Ana").await;
    let first = due().await.unwrap();
    assert!(due().await.is_none(), "taken a moment ago");
    set_modified(&first, SystemTime::now() - DAY);
    let second = due().await.unwrap();
    assert_eq!(snapshots(shelf.folder.path()), [first, second]);
}

#[tokio::test]
async fn a_clock_that_was_ahead_costs_no_snapshot() {
    let shelf = Shelf::new().await;
    shelf.profile("Ana").await;
    // Ten from an earlier version, named by ids from a clock that was years ahead.
    let first = shelf.library.snapshot().await.unwrap();
    let folder = first.parent().unwrap();
    for number in 0..10 {
        let ahead = folder.join(format!("rushes-02{number:06}-0000-7000-8000-000000000000.db"));
        std::fs::copy(&first, &ahead).unwrap();
        set_modified(&ahead, SystemTime::now() + DAY * 400);
    }
    std::fs::remove_file(first).unwrap();
    shelf.profile("Ben").await;
    let newest = shelf.library.look_after(false).await.unwrap().snapshot.expect("none is of today");
    assert!(newest.is_file());
    assert_eq!(snapshots(shelf.folder.path()).len(), 10);
    assert!(shelf.library.look_after(false).await.unwrap().snapshot.is_none());

    shelf.library.close().await;
    std::fs::remove_file(shelf.folder.path().join("rushes.db")).unwrap();
    Library::restore_newest_snapshot(shelf.folder.path(), || false).await.unwrap();
    let again = Library::open(shelf.folder.path()).await.unwrap();
    assert_eq!(again.list_profiles().await.unwrap().len(), 2, "the newest by its number");
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_found_and_a_snapshot_with_it_not_restored() {
    let shelf = Shelf::new().await;
    let data_dir = shelf.folder.path();
    let ana = shelf.profile("Ana").await.id;
    let project = shelf.project(ana, "Summer").await.id;
    let source = shelf.source(ana, project, "/footage/summer.mp4").await;
    shelf.library.verify().await.unwrap();
    shelf.library.snapshot().await.unwrap();
    // Valid JSON, but no facts.
    let broken = format!("UPDATE sources SET facts = '{{}}' WHERE id = {}", blob(source.id.0));
    run_sql(&mut shelf.raw().await, broken).await.unwrap();
    shelf.library.snapshot().await.unwrap();
    let found = shelf.library.verify().await.unwrap_err();
    assert!(format!("{found:?}").contains("a row of sources"), "{found:?}");
    // The existing snapshots are worth more than a copy of the damage.
    let kept = snapshots(data_dir);
    set_modified(&kept[1], SystemTime::now() - DAY * 2);
    assert_eq!(notice(shelf.library.look_after(false).await), CORRUPT);
    assert_eq!(snapshots(data_dir), kept);

    shelf.library.close().await;
    Library::restore_newest_snapshot(data_dir, || false).await.unwrap().unwrap();
    let again = Library::open(data_dir).await.unwrap();
    again.verify().await.unwrap();
    assert_eq!(again.list_sources(ana, None).await.unwrap()[0].source, source);
}

#[tokio::test]
async fn an_index_that_lost_an_entry_is_made_anew_and_hides_nothing_any_more() {
    let shelf = Shelf::new().await;
    let data_dir = shelf.folder.path();
    let ana = shelf.profile("Ana").await.id;
    shelf.project(ana, "Summer").await;
    shelf.project(ana, "Autumn").await;
    shelf.library.close().await;
    let owner = blob(ana.0);
    let add = |name: &str, number: u8| {
        format!(
            "INSERT INTO projects SELECT {owner}, x'0000000000007000800000000000000{number}', '{name}', '', '',
                    lower('{name}'), 20000000, 'active', 1, 1, 1, NULL;"
        )
    };
    // An entry replaced by another one, which the quick check does not notice.
    let replaced = format!("DELETE FROM projects WHERE name = 'Autumn'; {}", add("Winter", 1));
    behind_the_back_of("projects_recent", data_dir, &replaced).await;
    let library = Library::open(data_dir).await.unwrap();
    let listed = async |library: &Library| {
        let mut names: Vec<_> = library.list_projects(ana, &ProjectQuery::default()).await.unwrap().items;
        names.sort_by(|a, b| a.name.cmp(&b.name));
        names.into_iter().map(|project| project.name).collect::<Vec<_>>()
    };
    assert_eq!(listed(&library).await, ["Summer"], "hidden without a word");
    assert_eq!(notice(library.verify().await), CORRUPT);
    let done = library.look_after(true).await.unwrap();
    assert_eq!(done.mended, ["projects_recent"]);
    assert_eq!(listed(&library).await, ["Summer", "Winter"]);
    library.verify().await.unwrap();
    assert_eq!(library.look_after(true).await.unwrap(), LookedAfter::default());
    library.close().await;

    // A missing entry is found when the library is opened.
    behind_the_back_of("projects_recent", data_dir, &add("Spring", 2)).await;
    let library = Library::open(data_dir).await.unwrap();
    assert_eq!(listed(&library).await, ["Spring", "Summer", "Winter"]);
    library.verify().await.unwrap();
}

#[tokio::test]
async fn a_table_that_lost_a_row_is_not_mended_by_forgetting_it() {
    let shelf = Shelf::new().await;
    let data_dir = shelf.folder.path();
    let ana = shelf.profile("Ana").await.id;
    shelf.project(ana, "Summer").await;
    shelf.project(ana, "Winter").await;
    shelf.library.close().await;
    behind_the_back_of("projects_recent", data_dir, "DELETE FROM projects WHERE name = 'Winter'").await;
    let before = std::fs::read(data_dir.join("rushes.db")).unwrap();
    for _ in 0..2 {
        assert_eq!(notice(Library::open(data_dir).await), CORRUPT);
    }
    assert_eq!(std::fs::read(data_dir.join("rushes.db")).unwrap(), before);
}

#[tokio::test]
async fn a_library_that_is_missing_beside_folders_of_profiles_is_not_begun_anew() {
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("profiles").join(uuid::Uuid::now_v7().to_string());
    std::fs::create_dir_all(&profile).unwrap();
    let refused = Library::open(folder.path()).await.unwrap_err();
    assert_eq!(refused.notice(), Notice::LibraryMissing { why: LostLibrary::NoSnapshot });
    assert!(!folder.path().join("rushes.db").exists());
    std::fs::write(folder.path().join("rushes.db"), "").unwrap();
    assert_eq!(notice(Library::open(folder.path()).await), CORRUPT);
    std::fs::remove_dir(&profile).unwrap();
    Library::open(folder.path()).await.unwrap();
}

/// A disk of a few megabytes, if the system allows one.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn new() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = std::process::Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=24m", "none"]).arg(folder.path());
        mount.output().is_ok_and(|mount| mount.status.success()).then(|| Self(folder))
    }

    fn fill(&self) {
        use std::io::Write;
        let mut file = std::fs::File::create(self.0.path().join("somebody's")).unwrap();
        for chunk in [1 << 20, 4096, 1] {
            while file.write_all(&vec![0x5a; chunk]).is_ok() {}
        }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[tokio::test]
async fn without_a_byte_free_a_library_opens_and_the_trash_can_be_emptied() {
    let Some(disk) = SmallDisk::new() else {
        eprintln!("skipped: a small disk can be had by root only");
        return;
    };
    let data_dir = disk.0.path().join("data");
    let library = Library::open(&data_dir).await.unwrap();
    let shelf = Shelf { library, folder: tempfile::tempdir().unwrap() };
    let ana = shelf.profile("Ana").await.id;
    let project = shelf.project(ana, "Summer").await.id;
    shelf.library.close().await;
    disk.fill();

    let library = Library::open(&data_dir).await.unwrap();
    // Something else fills the space that was released.
    library.set_project_trashed(ana, project, true).await.unwrap();
    let (emptied, _) = library.empty_trash(ana, "here", |_| None).await.unwrap();
    assert_eq!(emptied.projects, [project]);
    library.close().await;

    // A smaller reserve was made from what was left.
    disk.fill();
    Library::open(&data_dir).await.unwrap().close().await;
    disk.fill();
    let refused = Library::open(&data_dir).await.unwrap_err();
    assert_eq!(refused.notice(), Notice::FULL, "{refused:?}");
    std::fs::remove_file(disk.0.path().join("somebody's")).unwrap();
    let library = Library::open(&data_dir).await.unwrap();
    assert!(library.list_projects(ana, &ProjectQuery::default()).await.unwrap().items.is_empty());
}
