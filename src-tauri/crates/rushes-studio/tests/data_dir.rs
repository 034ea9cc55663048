//! The data directory: what counts as left over in it, wherever it is; moving
//! it; who may read it; and what remains of a deleted profile.
#![allow(clippy::unwrap_used)]

mod common;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use common::*;
use rushes_library::Library;
use rushes_model::ids::ProjectId;
use rushes_model::notice::{Notice, WayBack};
use rushes_studio::model::{Clip, NewProject};
use rushes_studio::{Closing, FinalsFolder, ProfileFolders, ProfileSession, Studio};
use sqlx::{Connection, SqliteConnection};

const CORRUPT: Notice = Notice::LibraryCorrupt { why: WayBack::Window };

/// A project with a copied source, a clip with its file and a final in the
/// profile's own folder.
async fn filled(room: &Room, session: &ProfileSession) -> (Clip, PathBuf) {
    let clip = one_clip(room, session, 1).await;
    file_of(session, &clip).await;
    let copied = session.add_sources(clip.project_id, std::slice::from_ref(&room.footage.silent), true);
    assert!(copied.await.unwrap()[0].done.is_some());
    let job = session.render_final_clip(clip.id, QUICK, None).await.unwrap();
    done(session, job.id).await;
    let export = session.list_exports(None).await.unwrap().remove(0);
    (clip, session.export_path(export.id).await.unwrap())
}

async fn raw(data_dir: &Path) -> SqliteConnection {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(data_dir.join("rushes.db"));
    SqliteConnection::connect_with(&options).await.unwrap()
}

/// Writes the paths of all rows as earlier versions did.
async fn forget_that_paths_are_within(data_dir: &Path) {
    let mut connection = raw(data_dir).await;
    for table in ["sources", "exports"] {
        let rows: Vec<(Vec<u8>, Vec<u8>)> =
            sqlx::query_as(sqlx::AssertSqlSafe(format!("SELECT id, path FROM {table}")))
                .fetch_all(&mut connection)
                .await
                .unwrap();
        for (id, path) in rows {
            let whole = data_dir.join(String::from_utf8(path).unwrap());
            let update = format!("UPDATE {table} SET path = ? WHERE id = ?");
            let update = sqlx::query(sqlx::AssertSqlSafe(update));
            let whole = whole.to_str().unwrap().as_bytes();
            update.bind(whole).bind(id).execute(&mut connection).await.unwrap();
        }
    }
    sqlx::query("DELETE FROM chores").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

async fn opened(folder: &Path, before: &ProfileSession) -> (Studio, ProfileSession) {
    let studio = open(folder).await;
    let session = studio.open_profile(before.profile_id()).await.unwrap();
    (studio, session)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_belongs_to_rows_is_left_over_whatever_the_folders_above_are_called() {
    let above = tempfile::tempdir().unwrap();
    let drive = above.path().join("media/finals/raw");
    std::fs::create_dir_all(&drive).unwrap();
    let room = Room::within(&drive).await;
    let session = room.profile("Ana").await;
    let (clip, final_file) = filled(&room, &session).await;
    let folders = ProfileFolders::new(&room.data_dir(), session.profile_id());
    for file in files_in(&folders.all_media()) {
        age(&file);
    }
    assert_eq!(session.list_orphans().await.unwrap(), []);

    // A final without a row is worth keeping, for example after going back to a
    // snapshot; an unfinished file or a stray clip is not.
    let stray_final = final_file.with_file_name("of tomorrow.mp4");
    let draft = final_file.with_file_name(".rushes-1.part");
    let clip_file = session.clip_path(clip.id).await.unwrap();
    let stray = clip_file.with_file_name("stray.mp4");
    let other = clip_file.with_file_name(format!("{}.99.mp4", clip.id));
    let nobodys = folders.media(ProjectId::new()).join("raw/1.mp4");
    std::fs::create_dir_all(nobodys.parent().unwrap()).unwrap();
    for file in [&stray_final, &draft, &stray, &other, &nobodys] {
        std::fs::write(file, "x").unwrap();
        age(file);
    }
    let orphans = session.list_orphans().await.unwrap();
    let mut names: Vec<_> = orphans.iter().map(|orphan| &*orphan.name).collect();
    names.sort_unstable();
    let other = other.file_name().unwrap().to_str().unwrap();
    assert_eq!(names, [".rushes-1.part", other, "1.mp4", "stray.mp4"]);
    let known = orphans.iter().find(|orphan| orphan.name == "stray.mp4").unwrap();
    assert_eq!(known.project_id, Some(clip.project_id));
    room.studio.close(Closing::Interrupt).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_directory_that_is_moved_keeps_its_footage_and_its_finals() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let (clip, _) = filled(&room, &session).await;
    let out = room.beside("out");
    let elsewhere = session.render_final_clip(clip.id, QUICK, Some(&out)).await.unwrap();
    done(&session, elsewhere.id).await;
    room.studio.close(Closing::Interrupt).await;

    let whole = async |session: &ProfileSession, data_dir: &Path| {
        let exports = session.list_exports(None).await.unwrap();
        assert_eq!(exports.len(), 2);
        for export in exports {
            let path = session.export_path(export.id).await.unwrap();
            assert!(path.is_file() && (path.starts_with(data_dir) || path.starts_with(&out)), "{path:?}");
            assert_eq!(Path::new(&export.path), path);
        }
        for source in session.list_all_sources().await.unwrap() {
            let path = session.source_path(source.id).await.unwrap();
            assert!(path.is_file() && path.starts_with(data_dir) == source.copied, "{path:?}");
        }
        for file in files_in(&data_dir.join("profiles")) {
            age(&file);
        }
        assert_eq!(session.list_orphans().await.unwrap(), []);
        assert!(session.clip_path(clip.id).await.unwrap().starts_with(data_dir));
    };
    let mut folder = room.folder.path().to_owned();
    for place in ["srv/media", "backup"] {
        let next = room.folder.path().join(place);
        std::fs::create_dir_all(&next).unwrap();
        std::fs::rename(folder.join("data"), next.join("data")).unwrap();
        if place == "backup" {
            // From a version that stored absolute paths: the maintenance task
            // finds what was moved.
            forget_that_paths_are_within(&next.join("data")).await;
            std::fs::rename(next.join("data"), next.join("data.old")).unwrap();
            std::fs::rename(next.join("data.old"), room.folder.path().join("data")).unwrap();
            folder = room.folder.path().to_owned();
        } else {
            folder = next;
        }
        let (studio, session) = opened(&folder, &session).await;
        whole(&session, &folder.join("data")).await;
        studio.close(Closing::Interrupt).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_directory_that_was_moved_only_what_is_gone_there_is_taken_from_here() {
    let room = Room::new().await;
    let (ana, ben) = (room.profile("Ana").await, room.profile("Ben").await);
    let (_, anas) = filled(&room, &ana).await;
    let (_, bens) = filled(&room, &ben).await;
    room.studio.close(Closing::Interrupt).await;
    forget_that_paths_are_within(&room.data_dir()).await;
    let here = room.folder.path().join("here");
    std::fs::create_dir(&here).unwrap();
    std::fs::rename(room.data_dir(), here.join("data")).unwrap();
    // Another file is where Ana's final was, and Ben's is in neither place.
    std::fs::create_dir_all(anas.parent().unwrap()).unwrap();
    std::fs::write(&anas, "somebody's").unwrap();
    let moved = here.join("data").join(bens.strip_prefix(room.data_dir()).unwrap());
    std::fs::remove_file(&moved).unwrap();
    let studio = open(&here).await;
    for (profile, path) in [(ana.profile_id(), anas), (ben.profile_id(), bens)] {
        let session = studio.open_profile(profile).await.unwrap();
        let export = session.list_exports(None).await.unwrap().remove(0);
        assert_eq!(session.export_path(export.id).await.unwrap(), path);
        let copied: Vec<_> = session.list_all_sources().await.unwrap();
        let copied = copied.iter().find(|source| source.copied).unwrap();
        assert!(session.source_path(copied.id).await.unwrap().starts_with(&here), "gone there, and here");
    }
    studio.close(Closing::Interrupt).await;
}

/// Files that others can read, and folders they can list.
fn open_to_others(folder: &Path) -> Vec<PathBuf> {
    let is_open = |path: &Path| path.symlink_metadata().unwrap().permissions().mode() & 0o077 != 0;
    let mut open: Vec<PathBuf> = files_in(folder).into_iter().filter(|path| is_open(path)).collect();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        folders.extend(entries.filter(|path| path.is_dir()));
        open.extend(Some(folder).filter(|folder| is_open(folder)));
    }
    open
}

#[tokio::test(flavor = "multi_thread")]
async fn all_in_a_data_directory_is_its_users_alone_and_finals_elsewhere_are_not() {
    let mut room = Room::new().await;
    let session = room.profile("Ana").await;
    let (clip, _) = filled(&room, &session).await;
    room.studio.take_snapshot().await.unwrap();
    assert_eq!(open_to_others(&room.data_dir()), [] as [PathBuf; 0]);
    let out = room.beside("out");
    let usual = out.join("usual");
    std::fs::set_permissions(&out, PermissionsExt::from_mode(0o755)).unwrap();
    std::fs::write(&usual, "").unwrap();
    let render = session.render_final_clip(clip.id, QUICK, Some(&out)).await.unwrap();
    done(&session, render.id).await;
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode();
    for file in files_in(&out) {
        assert_eq!(mode(&file), mode(&usual), "{}", file.display());
    }

    // It existed before, with wider permissions.
    room.studio.close(Closing::Interrupt).await;
    let theirs = room.data_dir().join("theirs.txt");
    for path in files_in(&room.data_dir()) {
        std::fs::set_permissions(path, PermissionsExt::from_mode(0o644)).unwrap();
    }
    std::fs::write(&theirs, "").unwrap();
    std::fs::set_permissions(&theirs, PermissionsExt::from_mode(0o644)).unwrap();
    std::fs::set_permissions(room.data_dir(), PermissionsExt::from_mode(0o755)).unwrap();
    room.studio = open(room.folder.path()).await;
    assert_eq!(open_to_others(&room.data_dir()), [theirs], "what is not ours is not touched");
    room.studio.close(Closing::Interrupt).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_names_a_profile_that_was_deleted_and_what_it_leaves_is_told() {
    let room = Room::new().await;
    let (ana, ben) = (room.profile("Zanzibar Anastasia").await, room.profile("Ben").await);
    let bens = project(&ben, "Kingfisher").await;
    let takes = NewProject {
        name: "Zanzibar harvest".into(),
        // Long enough for pages of its own.
        description: "Zanzibar ".repeat(200),
        ..NewProject::default()
    };
    ana.create_project(&takes).await.unwrap();
    let clip = one_clip(&room, &ana, 1).await;
    let machine = room.beside("machine");
    room.studio.set_default_output_folder(Some(FinalsFolder::chosen(&machine))).await;
    let render = ana.render_final_clip(clip.id, QUICK, None).await.unwrap();
    done(&ana, render.id).await;
    let final_file = ana.export_path(ana.list_exports(None).await.unwrap()[0].id).await.unwrap();
    let snapshot = room.studio.take_snapshot().await.unwrap();
    let told = |data_dir: &Path| {
        let names = |path: &PathBuf| {
            if path.ends_with("rushes.reserve") {
                return false;
            }
            let bytes = std::fs::read(path).unwrap();
            bytes.windows(8).any(|part| part == b"Zanzibar" || part == b"zanzibar")
        };
        files_in(data_dir).into_iter().filter(names).collect::<Vec<_>>()
    };
    assert!(told(&room.data_dir()).len() >= 2, "its names are there before");

    let left = room.studio.delete_profile(ana.profile_id(), "Zanzibar Anastasia").await.unwrap();
    assert_eq!((left.finals, left.folders.len()), (1, 1));
    assert_eq!(Path::new(&left.folders[0]), final_file.parent().unwrap());
    assert!(final_file.is_file());
    room.studio.close(Closing::Interrupt).await;
    assert_eq!(told(&room.data_dir()), [] as [PathBuf; 0]);

    // The snapshot is still one.
    assert!(snapshot.is_file());
    std::fs::remove_file(room.data_dir().join("rushes.db")).unwrap();
    Studio::restore_newest_snapshot(&room.data_dir()).await.unwrap();
    let library = Library::open(&room.data_dir()).await.unwrap();
    let profiles = library.list_profiles().await.unwrap();
    assert_eq!(profiles.iter().map(|profile| &*profile.name).collect::<Vec<_>>(), ["Ben"]);
    assert!(profiles[0].is_default);
    assert!(library.get_project(ben.profile_id(), bens).await.is_ok());
    library.close().await;
}

/// Adds a project that is missing from the index used for listing.
async fn add_hidden_project(data_dir: &Path) {
    for sql in [
        "PRAGMA writable_schema = ON;
         CREATE TABLE kept AS SELECT * FROM sqlite_schema WHERE name = 'projects_recent';
         DELETE FROM sqlite_schema WHERE name = 'projects_recent'",
        "INSERT INTO projects SELECT profile_id, randomblob(16), 'Winter', '', '', 'winter', 20000000, 'active',
                                     1, 1, 1, NULL FROM projects;
         DELETE FROM projects WHERE name = 'Summer';
         PRAGMA writable_schema = ON;
         INSERT INTO sqlite_schema SELECT * FROM kept;
         DROP TABLE kept",
    ] {
        // Each reads the schema again.
        let mut connection = raw(data_dir).await;
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_crash_the_whole_library_is_checked_and_what_was_hidden_comes_back() {
    let mut room = Room::new().await;
    let session = room.profile("Ana").await;
    project(&session, "Summer").await;
    let shown = async |studio: &Studio| {
        let session = studio.open_profile(session.profile_id()).await.unwrap();
        let listed = session.list_projects(&Default::default()).await.unwrap().items;
        listed.iter().any(|project| project.name == "Winter")
    };
    // With today's snapshot there, only the crash is a reason to check. The
    // studio takes none before there is a profile, and then not for an hour.
    room.studio.take_snapshot().await.unwrap();
    room.studio.close(Closing::Interrupt).await;
    add_hidden_project(&room.data_dir()).await;

    room.studio = open(room.folder.path()).await;
    assert!(!shown(&room.studio).await, "the check at start-up does not see it");
    room.studio.close(Closing::Interrupt).await;
    std::fs::write(room.data_dir().join("workers/killed.lock"), "").unwrap();
    room.studio = open(room.folder.path()).await;
    until("it is mended", async || shown(&room.studio).await).await;
    assert_eq!(room.studio.known_damage(), None);
    room.studio.close(Closing::Interrupt).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_that_is_met_while_the_library_is_open_is_told_and_gets_no_snapshot() {
    let mut room = Room::new().await;
    let session = room.profile("Ana").await;
    let summer = project(&session, "Summer").await;
    add(&session, summer, &[&room.footage.silent]).await;
    room.studio.close(Closing::Interrupt).await;
    let backups = room.data_dir().join("backups");
    std::fs::remove_dir_all(&backups).unwrap_or_default();
    let mut connection = raw(&room.data_dir()).await;
    sqlx::query("UPDATE sources SET facts = '{}'").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();

    room.studio = open(room.folder.path()).await;
    until("it is told", async || room.studio.known_damage().is_some()).await;
    let damage = room.studio.known_damage().unwrap();
    assert_eq!(damage.notice, CORRUPT);
    assert!(damage.detail.contains("a row of sources"), "{}", damage.detail);
    assert!(files_in(&backups).is_empty());
    // Anything that reads the row gets the same error.
    let session = room.studio.open_profile(session.profile_id()).await.unwrap();
    assert_eq!(session.list_sources(summer).await.unwrap_err().notice, CORRUPT);
    room.studio.close(Closing::Interrupt).await;
}
