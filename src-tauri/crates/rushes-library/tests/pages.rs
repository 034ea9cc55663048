//! Pages, filters and search: with any page size and order, each row comes exactly once.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use proptest::prelude::*;
use rstest::rstest;
use rushes_library::limits::fold;
use rushes_library::model::{
    Clip, ClipPatch, ClipQuery, ClipSort, Flag, NewProject, Project, ProjectQuery, ProjectSort,
};
use rushes_library::{Library, LibraryError};
use rushes_model::ids::{ClipId, ProfileId, ProjectId};
use rushes_model::notice::{Field, Notice, RowKind};

fn block_on<F: Future>(work: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

async fn all_clips(library: &Library, profile: ProfileId, query: &ClipQuery) -> (Vec<Clip>, u32) {
    let mut query = query.clone();
    let (mut clips, mut pages) = (Vec::new(), 0);
    loop {
        let page = library.list_clips(profile, None, &query).await.unwrap();
        assert!(page.items.len() <= query.limit.unwrap_or(100) as usize);
        assert!(pages == 0 || !page.items.is_empty(), "a page after the last was promised");
        pages += 1;
        clips.extend(page.items);
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => return (clips, page.total),
        }
    }
}

async fn all_projects(library: &Library, profile: ProfileId, query: &ProjectQuery) -> (Vec<Project>, u32) {
    let mut query = query.clone();
    let mut projects = Vec::new();
    loop {
        let page = library.list_projects(profile, &query).await.unwrap();
        projects.extend(page.items);
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => return (projects, page.total),
        }
    }
}

/// A shelf with clips of these names, stars and flags.
async fn filled(rows: &[(String, u32, Flag)]) -> (Shelf, ProfileId, Vec<ClipId>) {
    let shelf = Shelf::new().await;
    let profile = shelf.profile("Ana").await.id;
    let project = shelf.project(profile, "Wedding").await.id;
    let source = shelf.source(profile, project, "/footage/a.mp4").await.id;
    let ids = shelf.clips(profile, project, source, rows.len()).await;
    for (id, (name, rating, flag)) in ids.iter().zip(rows) {
        let patch = ClipPatch {
            name: Some(name.clone()),
            rating: Some(*rating),
            flag: Some(*flag),
            ..ClipPatch::default()
        };
        shelf.library.update_clip(profile, *id, &patch).await.unwrap();
    }
    // Rows of another profile are never included.
    let other = shelf.profile("Ben").await.id;
    let project = shelf.project(other, "Wedding").await.id;
    let source = shelf.source(other, project, "/footage/a.mp4").await.id;
    shelf.clips(other, project, source, 3).await;
    (shelf, profile, ids)
}

fn a_name() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "Dance",
        "dance",
        "DANCE 2",
        "100 %",
        "100 x",
        "a_b",
        "aXb",
        r"back\slash",
        "it's",
        "Straße",
        "STRASSE",
        "ΟΔΟΣ Α",
        "οδοσ",
        "Ёлка",
        "ёлка",
        "日本",
        "🎬 take",
    ])
    .prop_map(str::to_owned)
}

fn a_flag() -> impl Strategy<Value = Flag> {
    prop::sample::select(vec![Flag::Unflagged, Flag::Picked, Flag::Rejected])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pages_of_clips_give_each_row_once_and_in_order(
        rows in prop::collection::vec((a_name(), 0_u32..3, a_flag()), 0..25),
        limit in 1_u32..9,
        needle in prop::option::of(a_name()),
        flag in prop::option::of(a_flag()),
        min_rating in prop::option::of(0_u32..4),
    ) {
        block_on(async {
            let (shelf, profile, ids) = filled(&rows).await;
            let mut expected: Vec<ClipId> = ids
                .iter()
                .zip(&rows)
                .filter(|(_, (name, rating, judged))| {
                    needle.as_ref().is_none_or(|needle| fold(name).contains(&fold(needle)))
                        && flag.is_none_or(|flag| flag == *judged)
                        && min_rating.is_none_or(|least| *rating >= least)
                })
                .map(|(id, _)| *id)
                .collect();
            expected.sort();
            for sort in [
                ClipSort::Oldest, ClipSort::Newest, ClipSort::Score,
                ClipSort::Rating, ClipSort::Duration, ClipSort::Name,
            ] {
                let query = ClipQuery {
                    search: needle.clone(), flag, min_rating, sort, limit: Some(limit), ..ClipQuery::default()
                };
                let (clips, total) = all_clips(&shelf.library, profile, &query).await;
                prop_assert_eq!(total as usize, expected.len());
                let in_order = clips.windows(2).all(|pair| {
                    let (a, b) = (&pair[0], &pair[1]);
                    match sort {
                        ClipSort::Oldest => a.id < b.id,
                        ClipSort::Newest => a.id > b.id,
                        ClipSort::Score => (a.score_bp, a.id) > (b.score_bp, b.id),
                        ClipSort::Rating => (a.rating, a.id) > (b.rating, b.id),
                        ClipSort::Duration => (a.duration_us, a.id) > (b.duration_us, b.id),
                        ClipSort::Name => (fold(&a.name), a.id) < (fold(&b.name), b.id),
                    }
                });
                prop_assert!(in_order, "{:?}", sort);
                let mut seen: Vec<ClipId> = clips.iter().map(|clip| clip.id).collect();
                seen.sort();
                prop_assert_eq!(&seen, &expected);
            }
            Ok(())
        })?;
    }

    #[test]
    fn pages_of_projects_give_each_row_once_even_with_equal_times(
        names in prop::collection::vec(a_name(), 0..15),
        limit in 1_u32..6,
    ) {
        block_on(async {
            let shelf = Shelf::new().await;
            let profile = shelf.profile("Ana").await.id;
            let mut expected: Vec<ProjectId> = Vec::new();
            for name in &names {
                expected.push(shelf.project(profile, name).await.id);
            }
            expected.sort();
            // All at the same time, as after an import.
            run_sql(&mut shelf.raw().await, "UPDATE projects SET created_at = 7, updated_at = 7".into())
                .await
                .unwrap();
            for sort in [ProjectSort::Recent, ProjectSort::Created, ProjectSort::Name] {
                let query = ProjectQuery { sort, limit: Some(limit), ..ProjectQuery::default() };
                let (projects, total) = all_projects(&shelf.library, profile, &query).await;
                prop_assert_eq!(total as usize, names.len());
                if sort == ProjectSort::Name {
                    let folded: Vec<_> = projects.iter().map(|project| fold(&project.name)).collect();
                    prop_assert!(folded.is_sorted());
                }
                let mut seen: Vec<_> = projects.iter().map(|project| project.id).collect();
                seen.sort();
                prop_assert_eq!(&seen, &expected);
            }
            Ok(())
        })?;
    }
}

#[rstest]
#[case("%", &["50 % off"])]
#[case("_", &["a_b"])]
#[case("'", &["it's"])]
#[case("\\", &["back\\slash"])]
#[case("straße", &["STRASSE 5"])]
#[case("οδος", &["Η ΟΔΟΣΑ"])]
#[case("ЁЛКА", &["ёлка"])]
#[case("  OFF  ", &["50 % off"])]
#[case("nothing like it", &[])]
#[tokio::test]
async fn search_takes_every_character_at_its_word_and_no_case(#[case] needle: &str, #[case] found: &[&str]) {
    let names = ["50 % off", "a_b", "aXb", "it's", "back\\slash", "STRASSE 5", "Η ΟΔΟΣΑ", "ёлка"];
    let rows: Vec<_> = names.iter().map(|name| ((*name).to_owned(), 0, Flag::Unflagged)).collect();
    let (shelf, profile, _) = filled(&rows).await;
    let query = ClipQuery { search: Some(needle.into()), ..ClipQuery::default() };
    let clips: Vec<_> =
        all_clips(&shelf.library, profile, &query).await.0.into_iter().map(|clip| clip.name).collect();
    assert_eq!(clips, found);

    for name in names {
        shelf.project(profile, name).await;
    }
    let query = ProjectQuery { search: Some(needle.into()), ..ProjectQuery::default() };
    let projects: Vec<_> = all_projects(&shelf.library, profile, &query)
        .await
        .0
        .into_iter()
        .map(|project| project.name)
        .collect();
    assert_eq!(projects, found);
}

#[tokio::test]
async fn clips_are_found_by_their_tags_and_projects_by_their_description() {
    let (shelf, profile, ids) =
        filled(&[("One".into(), 0, Flag::Picked), ("Two".into(), 0, Flag::Picked)]).await;
    let patch = ClipPatch { tags: Some(vec!["Slow motion".into()]), ..ClipPatch::default() };
    shelf.library.update_clip(profile, ids[1], &patch).await.unwrap();
    for query in [
        ClipQuery { search: Some("SLOW".into()), ..ClipQuery::default() },
        ClipQuery { tag: Some("Slow motion".into()), ..ClipQuery::default() },
    ] {
        let (clips, total) = all_clips(&shelf.library, profile, &query).await;
        assert_eq!((clips.len(), total, clips[0].id), (1, 1, ids[1]));
    }
    assert_eq!(shelf.library.list_tags(profile).await.unwrap(), ["Slow motion"]);

    let new =
        NewProject { name: "Trailer".into(), description: "Für Ärzte".into(), ..NewProject::default() };
    shelf.library.create_project(profile, &new).await.unwrap();
    let query = ProjectQuery { search: Some("äRZTE".into()), ..ProjectQuery::default() };
    assert_eq!(all_projects(&shelf.library, profile, &query).await.0[0].name, "Trailer");
}

#[tokio::test]
async fn a_row_that_comes_or_goes_between_two_pages_moves_no_other() {
    let rows: Vec<_> = (0..6).map(|n| (format!("Clip {n}"), 1, Flag::Unflagged)).collect();
    let (shelf, profile, ids) = filled(&rows).await;
    let mut query = ClipQuery { sort: ClipSort::Rating, limit: Some(2), ..ClipQuery::default() };
    let first = shelf.library.list_clips(profile, None, &query).await.unwrap();
    assert_eq!(first.items.iter().map(|clip| clip.id).collect::<Vec<_>>(), [ids[5], ids[4]]);
    // One of the rows on the first page is deleted.
    shelf.library.trash_clips(profile, &[ids[5]]).await.unwrap();
    query.cursor = first.next_cursor;
    let second = shelf.library.list_clips(profile, None, &query).await.unwrap();
    assert_eq!(second.items.iter().map(|clip| clip.id).collect::<Vec<_>>(), [ids[3], ids[2]]);
}

#[rstest]
#[case("not a cursor")]
#[case("[1]")]
#[case("[null,\"0198c000-0000-7000-8000-000000000000\"]")]
#[case("[1,\"nobody\"]")]
#[tokio::test]
async fn a_cursor_of_ones_own_making_is_refused(#[case] cursor: &str) {
    let shelf = Shelf::new().await;
    let profile = shelf.profile("Ana").await.id;
    let query = ClipQuery { cursor: Some(cursor.into()), ..ClipQuery::default() };
    let refused = shelf.library.list_clips(profile, None, &query).await.unwrap_err();
    assert!(matches!(refused, LibraryError::Invalid { field: Field::Cursor, .. }), "{refused}");
}

#[tokio::test]
async fn a_page_size_or_rating_outside_its_bounds_is_refused() {
    let shelf = Shelf::new().await;
    let profile = shelf.profile("Ana").await.id;
    for limit in [0, 501] {
        let query = ClipQuery { limit: Some(limit), ..ClipQuery::default() };
        let refused = shelf.library.list_clips(profile, None, &query).await.unwrap_err();
        assert!(matches!(refused, LibraryError::Invalid { field: Field::Limit, .. }));
    }
    let query = ClipQuery { min_rating: Some(6), ..ClipQuery::default() };
    let refused = shelf.library.list_clips(profile, None, &query).await.unwrap_err();
    assert!(matches!(refused, LibraryError::Invalid { field: Field::MinRating, .. }));
}

#[tokio::test]
async fn clips_are_filtered_by_project_length_and_age() {
    let (shelf, profile, ids) =
        filled(&[("One".into(), 0, Flag::Picked), ("Two".into(), 0, Flag::Picked)]).await;
    let all = all_clips(&shelf.library, profile, &ClipQuery::default()).await.0;
    let clip = all.iter().find(|clip| clip.id == ids[0]).unwrap();
    let other = shelf.project(profile, "Other").await;
    let (length, made) = (clip.duration_us, clip.created_at_ms);
    let found = |query: ClipQuery| {
        let library = shelf.library.clone();
        async move { all_clips(&library, profile, &query).await.1 }
    };
    let query = ClipQuery::default;
    assert_eq!(found(ClipQuery { project_id: Some(clip.project_id), ..query() }).await, 2);
    assert_eq!(found(ClipQuery { project_id: Some(other.id), ..query() }).await, 0);
    assert_eq!(found(ClipQuery { min_duration_us: Some(length), ..query() }).await, 2);
    assert_eq!(found(ClipQuery { below_duration_us: Some(length), ..query() }).await, 0);
    assert_eq!(found(ClipQuery { made_since_ms: Some(made), ..query() }).await, 2);
    assert_eq!(found(ClipQuery { made_since_ms: Some(made + 60_000), ..query() }).await, 0);

    let nobodys = ClipQuery { project_id: Some(rushes_model::ids::ProjectId::new()), ..query() };
    assert_eq!(
        shelf.library.list_clips(profile, None, &nobodys).await.unwrap_err().notice(),
        Notice::NotFound { row: RowKind::Project }
    );
}
