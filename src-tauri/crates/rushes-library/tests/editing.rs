//! Changing rows: values out of range are refused by field name, two windows do not undo
//! each other's changes, and stale finals are marked.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use rstest::rstest;
use rushes_library::model::{
    CaptionStylePatch, ClipPatch, ContentPatch, FinalStatus, Flag, FramingPatch, NewProject, NewSegment,
    ProjectPatch, ProjectStatus, SegmentPatch, SourceState,
};
use rushes_library::{LibraryError, LibraryResult};
use rushes_model::captions::{CaptionStyle, Cue};
use rushes_model::edit::Cut;
use rushes_model::framing::{Framing, FramingMode};
use rushes_model::ids::{ClipId, ProfileId, ProjectId, SourceId};
use rushes_model::notice::{Field, Invalid, Notice};

async fn one_clip() -> (Shelf, ProfileId, ProjectId, SourceId, ClipId) {
    let shelf = Shelf::new().await;
    let profile = shelf.profile("Ana").await.id;
    let project = shelf.project(profile, "Wedding").await.id;
    let source = shelf.source(profile, project, "/footage/a.mp4").await.id;
    let clip = shelf.clips(profile, project, source, 1).await[0];
    (shelf, profile, project, source, clip)
}

#[track_caller]
fn names_field<T: std::fmt::Debug>(answer: LibraryResult<T>, expected: Field) {
    match answer {
        Err(LibraryError::Invalid { field, .. }) => assert_eq!(field, expected),
        other => panic!("{expected:?} is not refused: {other:?}"),
    }
}

#[tokio::test]
async fn a_name_has_1_to_200_characters_of_any_script() {
    let (shelf, profile, _, _, _) = one_clip().await;
    for good in ["x", "  padded  ", &"é".repeat(200), &"🎬".repeat(200)] {
        let project = shelf.project(profile, good).await;
        assert_eq!(project.name, good.trim());
    }
    for bad in ["", "   ", &"é".repeat(201), "two\nlines", "bell\u{7}"] {
        let new = NewProject { name: bad.into(), ..NewProject::default() };
        names_field(shelf.library.create_project(profile, &new).await, Field::Name);
        names_field(shelf.library.create_profile(bad, "#000000").await, Field::Name);
    }
}

#[tokio::test]
async fn what_a_project_holds_has_its_limits() {
    let (shelf, profile, project, _, _) = one_clip().await;
    let long = "x".repeat(2_001);
    let base = NewProject { name: "P".into(), ..NewProject::default() };
    let new = NewProject { description: long.clone(), ..base.clone() };
    names_field(shelf.library.create_project(profile, &new).await, Field::Description);
    let new = NewProject { context: long.clone(), ..base.clone() };
    names_field(shelf.library.create_project(profile, &new).await, Field::Context);
    for target in [0, 999_999, 600_000_001, -5, i64::MIN, i64::MAX] {
        let new = NewProject { target_duration_us: Some(target), ..base.clone() };
        names_field(shelf.library.create_project(profile, &new).await, Field::TargetDurationUs);
        let patch = ProjectPatch { target_duration_us: Some(target), ..ProjectPatch::default() };
        names_field(shelf.library.update_project(profile, project, &patch).await, Field::TargetDurationUs);
    }
    let edge = NewProject { target_duration_us: Some(600_000_000), description: "x".repeat(2_000), ..base };
    assert!(shelf.library.create_project(profile, &edge).await.is_ok());
}

#[rstest]
#[case("3B82F6")]
#[case("#3B82F")]
#[case("#3B82FG")]
#[case("blue")]
#[case("")]
#[tokio::test]
async fn a_colour_is_written_in_six_hex_digits(#[case] colour: &str) {
    let shelf = Shelf::new().await;
    let ana = shelf.profile("Ana").await.id;
    names_field(shelf.library.create_profile("Ben", colour).await, Field::Colour);
    names_field(shelf.library.recolour_profile(ana, colour).await, Field::Colour);
}

#[tokio::test]
async fn what_a_clip_holds_has_its_limits() {
    let (shelf, profile, _, source, clip) = one_clip().await;
    let refused = async |patch: ClipPatch, field: Field| {
        names_field(shelf.library.update_clip(profile, clip, &patch).await, field);
    };
    let none = ClipPatch::default;
    refused(ClipPatch { name: Some(String::new()), ..none() }, Field::Name).await;
    refused(ClipPatch { rating: Some(6), ..none() }, Field::Rating).await;
    refused(ClipPatch { tags: Some(vec!["x".repeat(61)]), ..none() }, Field::Tags).await;
    refused(ClipPatch { tags: Some((0..51).map(|n| n.to_string()).collect()), ..none() }, Field::Tags).await;
    let off = Framing { centre_x_bp: 10_001, ..Framing::default() };
    refused(ClipPatch { framing: Some(off.into()), ..none() }, Field::CentreXBp).await;
    refused(ClipPatch { cuts: Some(Vec::new()), ..none() }, Field::Cuts).await;
    for (in_us, out_us, field) in [
        (-1, 5_000_000, Field::InUs),
        (SOURCE_US, SOURCE_US + 1, Field::InUs),
        (0, SOURCE_US + 1, Field::OutUs),
        (5_000_000, 5_000_000, Field::OutUs),
        (5_000_000, 5_050_000, Field::OutUs),
        (5_000_000, i64::MIN, Field::OutUs),
        (i64::MIN, i64::MAX, Field::InUs),
    ] {
        refused(ClipPatch { cuts: Some(vec![Cut { source_id: source, in_us, out_us }]), ..none() }, field)
            .await;
    }
    let untouched = shelf.library.get_clip(profile, clip).await.unwrap();
    assert_eq!((untouched.revision, untouched.rating), (1, 0));
}

#[tokio::test]
async fn words_and_their_style_have_their_limits() {
    let (shelf, profile, _, _, clip) = one_clip().await;
    let cue = |start_us, end_us, text: &str| Cue { start_us, end_us, text: text.into() };
    let refused = async |patch: ContentPatch, field: Field| {
        names_field(shelf.library.update_clip_content(profile, clip, &patch).await, field);
    };
    let none = ContentPatch::default;
    refused(ContentPatch { script: Some("x".repeat(20_001)), ..none() }, Field::Script).await;
    for cues in [
        vec![cue(-1, 5, "early")],
        vec![cue(5, 5, "no time")],
        vec![cue(0, 10, "one"), cue(9, 20, "overlaps")],
        vec![cue(0, 10, &"x".repeat(1_001))],
        (0..2_001).map(|n| cue(n, n + 1, "many")).collect(),
    ] {
        refused(ContentPatch { captions: Some(cues), ..none() }, Field::Captions).await;
    }
    let style = CaptionStyle::default;
    for (style, field) in [
        (CaptionStyle { font: String::new(), ..style() }, Field::Font),
        (CaptionStyle { size_permille: 9, ..style() }, Field::SizePermille),
        (CaptionStyle { outline_permille: 21, ..style() }, Field::OutlinePermille),
        (CaptionStyle { margin_permille: 451, ..style() }, Field::MarginPermille),
        (CaptionStyle { colour: "white".into(), ..style() }, Field::Colour),
        (CaptionStyle { outline_colour: "white".into(), ..style() }, Field::OutlineColour),
    ] {
        refused(ContentPatch { style: Some(style.into()), ..none() }, field).await;
    }
    // Given in any order, they are stored sorted.
    let captions = Some(vec![cue(20, 30, "two"), cue(0, 20, "one")]);
    let kept = shelf.library.update_clip_content(profile, clip, &ContentPatch { captions, ..none() }).await;
    assert_eq!(kept.unwrap().captions[0].text, "one");
}

#[tokio::test]
async fn two_windows_that_change_two_fields_at_once_both_have_their_way() {
    let (shelf, profile, project, _, clip) = one_clip().await;
    let library = &shelf.library;
    for round in 0..20 {
        let named = ClipPatch { name: Some(format!("Name {round}")), ..ClipPatch::default() };
        let rated = ClipPatch { rating: Some(round % 6), ..ClipPatch::default() };
        let (a, b) = tokio::join!(
            library.update_clip(profile, clip, &named),
            library.update_clip(profile, clip, &rated)
        );
        assert!(a.is_ok() && b.is_ok());
        let now = library.get_clip(profile, clip).await.unwrap();
        assert_eq!((now.name, now.rating), (format!("Name {round}"), round % 6));

        let named = ProjectPatch { name: Some(format!("Name {round}")), ..ProjectPatch::default() };
        let put_away = ProjectPatch { status: Some(ProjectStatus::Archived), ..ProjectPatch::default() };
        let back = ProjectPatch { status: Some(ProjectStatus::Active), ..ProjectPatch::default() };
        let (a, b) = tokio::join!(
            library.update_project(profile, project, &named),
            library.update_project(profile, project, &put_away)
        );
        assert!(a.is_ok() && b.is_ok());
        let now = library.get_project(profile, project).await.unwrap();
        assert_eq!((now.name, now.status), (format!("Name {round}"), ProjectStatus::Archived));
        library.update_project(profile, project, &back).await.unwrap();
    }
}

#[tokio::test]
async fn a_patch_of_a_style_or_a_framing_leaves_what_it_does_not_name() {
    let (shelf, profile, _, _, clip) = one_clip().await;
    let library = &shelf.library;
    let styles = [
        CaptionStylePatch { size_permille: Some(60), ..Default::default() },
        CaptionStylePatch { colour: Some("#FF0000".into()), ..Default::default() },
    ];
    for style in styles {
        let patch = ContentPatch { style: Some(style), ..Default::default() };
        library.update_clip_content(profile, clip, &patch).await.unwrap();
    }
    let expected = CaptionStyle { size_permille: 60, colour: "#FF0000".into(), ..Default::default() };
    assert_eq!(library.clip_content(profile, clip).await.unwrap().style, expected);
    let framings = [
        FramingPatch { centre_x_bp: Some(2_000), ..Default::default() },
        FramingPatch { mode: Some(FramingMode::Fit), ..Default::default() },
    ];
    for framing in framings {
        let patch = ClipPatch { framing: Some(framing), ..Default::default() };
        library.update_clip(profile, clip, &patch).await.unwrap();
    }
    let expected = Framing { mode: FramingMode::Fit, centre_x_bp: 2_000, ..Default::default() };
    assert_eq!(library.clip_framing(profile, clip).await.unwrap(), expected);
}

#[tokio::test]
async fn tags_are_added_and_taken_away_beside_those_that_are_there() {
    let (shelf, profile, _, _, clip) = one_clip().await;
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let changed = async |tags: Option<&[&str]>, add: &[&str], remove: &[&str]| {
        let tags = tags.map(words);
        let patch =
            ClipPatch { tags, add_tags: words(add), remove_tags: words(remove), ..ClipPatch::default() };
        shelf.library.update_clip(profile, clip, &patch).await.unwrap().tags
    };
    assert_eq!(changed(Some(&["Vows"]), &[], &[]).await, ["Vows"]);
    assert_eq!(changed(None, &["Rain"], &[]).await, ["Vows", "Rain"]);
    assert_eq!(changed(None, &["vows", "Cake"], &[]).await, ["Vows", "Rain", "Cake"]);
    assert_eq!(changed(None, &[], &["RAIN ", "unknown"]).await, ["Vows", "Cake"]);
    assert_eq!(changed(None, &[], &[]).await, ["Vows", "Cake"]);
}

#[tokio::test]
async fn saying_the_same_again_makes_nothing_stale() {
    let (shelf, profile, project, _, clip) = one_clip().await;
    let library = &shelf.library;
    shelf.export(profile, project, clip, "/finals/x.mp4").await;
    // As migrated from a version without hashes: the same value on both sides, and not
    // the hash of what the clip shows.
    let mut connection = raw(shelf.folder.path()).await;
    for table in ["clips", "exports"] {
        run_sql(&mut connection, format!("UPDATE {table} SET edit_hash = 'revision 1'")).await.unwrap();
    }
    shelf.clip_file(profile, clip, 1).await;
    let cuts = library.get_clip(profile, clip).await.unwrap().cuts;
    let same =
        ClipPatch { cuts: Some(cuts), framing: Some(Framing::default().into()), ..ClipPatch::default() };
    let now = library.update_clip(profile, clip, &same).await.unwrap();
    assert_eq!((now.final_status, now.revision, now.has_file), (FinalStatus::Done, 1, true));
    let now = library.set_clip_muted(profile, clip, false).await.unwrap();
    assert_eq!((now.final_status, now.revision, now.has_file), (FinalStatus::Done, 1, true));
    // The script is not in the picture; captions are.
    let script = ContentPatch { script: Some("Hello".into()), ..ContentPatch::default() };
    library.update_clip_content(profile, clip, &script).await.unwrap();
    assert_eq!(library.get_clip(profile, clip).await.unwrap().final_status, FinalStatus::Done);
    let captions = Some(vec![Cue { start_us: 0, end_us: 1_000_000, text: "Hello".into() }]);
    let captions = ContentPatch { captions, ..ContentPatch::default() };
    library.update_clip_content(profile, clip, &captions).await.unwrap();
    assert_eq!(library.get_clip(profile, clip).await.unwrap().final_status, FinalStatus::Stale);
}

#[tokio::test]
async fn a_change_that_is_undone_makes_the_final_up_to_date_again() {
    let (shelf, profile, project, source, clip) = one_clip().await;
    let library = &shelf.library;
    let export = shelf.export(profile, project, clip, "/finals/x.mp4").await;
    let is_current = async || {
        let status = library.get_clip(profile, clip).await.unwrap().final_status;
        let stale = library.export_row(profile, export.id).await.unwrap().0.stale;
        assert_eq!(status, if stale { FinalStatus::Stale } else { FinalStatus::Done });
        !stale
    };
    let cuts = library.get_clip(profile, clip).await.unwrap().cuts;
    let mut shorter = cuts.clone();
    shorter[0].out_us -= 1_000_000;
    for (cuts, current) in [(shorter, false), (cuts, true)] {
        let trim = ClipPatch { cuts: Some(cuts), ..ClipPatch::default() };
        library.update_clip(profile, clip, &trim).await.unwrap();
        assert_eq!(is_current().await, current, "trimmed");
    }
    for (centre_x_bp, current) in [(1_000, false), (Framing::default().centre_x_bp, true)] {
        let framing = Some(FramingPatch { centre_x_bp: Some(centre_x_bp), ..FramingPatch::default() });
        library.update_clip(profile, clip, &ClipPatch { framing, ..ClipPatch::default() }).await.unwrap();
        assert_eq!(is_current().await, current, "framed");
    }
    for (muted, current) in [(true, false), (false, true)] {
        library.set_clip_muted(profile, clip, muted).await.unwrap();
        assert_eq!(is_current().await, current, "muted");
    }
    // The style matters only if there are captions.
    let style = CaptionStylePatch { bold: Some(false), ..CaptionStylePatch::default() };
    let hello = vec![Cue { start_us: 0, end_us: 1_000_000, text: "Hello".into() }];
    let words = [(None, Some(style), true), (Some(hello), None, false), (Some(vec![]), None, true)];
    for (captions, style, current) in words {
        let patch = ContentPatch { captions, style, ..ContentPatch::default() };
        library.update_clip_content(profile, clip, &patch).await.unwrap();
        assert_eq!(is_current().await, current, "captioned");
    }
    let mut first = new_source("/films/a.mp4");
    first.fingerprint = library.source_row(profile, source).await.unwrap().source.fingerprint;
    for (file, current) in [(new_source("/elsewhere/b.mp4"), false), (first, true)] {
        library.relink_source(profile, source, &file, true).await.unwrap();
        assert_eq!(is_current().await, current, "relinked");
    }
}

#[tokio::test]
async fn a_caption_beyond_the_clip_keeps_no_other_from_being_saved() {
    let (shelf, profile, _, _, clip) = one_clip().await;
    let library = &shelf.library;
    let end_us = library.get_clip(profile, clip).await.unwrap().duration_us;
    let beyond = Cue { start_us: end_us - 1_000_000, end_us: end_us + 1_000_000, text: "Late".into() };
    let hello = Cue { start_us: 0, end_us: 1_000_000, text: "Hello".into() };
    let save = async |captions: &[&Cue]| {
        let captions = Some(captions.iter().copied().cloned().collect());
        library
            .update_clip_content(profile, clip, &ContentPatch { captions, ..ContentPatch::default() })
            .await
    };
    assert!(save(&[&beyond]).await.is_err());
    // As earlier versions stored it.
    let mut connection = raw(shelf.folder.path()).await;
    let stored = sqlx::types::Json(vec![&beyond]);
    sqlx::query("UPDATE clips SET captions = ?").bind(stored).execute(&mut connection).await.unwrap();
    assert_eq!(save(&[&hello, &beyond]).await.unwrap().captions, [hello.clone(), beyond.clone()]);
    let later = Cue { end_us: beyond.end_us + 1, ..beyond };
    assert!(save(&[&hello, &later]).await.is_err());
}

#[tokio::test]
async fn every_change_of_a_clip_counts() {
    let (shelf, profile, _, _, clip) = one_clip().await;
    let library = &shelf.library;
    let mut before = library.get_clip(profile, clip).await.unwrap().changes;
    let mut counted = async || {
        let now = library.get_clip(profile, clip).await.unwrap().changes;
        std::mem::replace(&mut before, now) < now
    };
    library.flag_clips(profile, &[clip], Flag::Picked).await.unwrap();
    assert!(counted().await, "a verdict");
    let rated = ClipPatch { rating: Some(3), ..ClipPatch::default() };
    library.update_clip(profile, clip, &rated).await.unwrap();
    assert!(counted().await, "stars");
    shelf.clip_file(profile, clip, 1).await;
    assert!(counted().await, "a file");
    library.trash_clips(profile, &[clip]).await.unwrap();
    assert!(counted().await, "the trash");
}

#[tokio::test]
async fn a_trim_changes_the_length_and_its_file_shows_another_clip() {
    let (shelf, profile, project, source, clip) = one_clip().await;
    shelf.clip_file(profile, clip, 1).await;
    assert!(shelf.library.get_clip(profile, clip).await.unwrap().has_file);
    let cuts = vec![
        Cut { source_id: source, in_us: 0, out_us: 2_000_000 },
        Cut { source_id: source, in_us: 50_000_000, out_us: SOURCE_US },
    ];
    let patch = ClipPatch { cuts: Some(cuts.clone()), ..ClipPatch::default() };
    let now = shelf.library.update_clip(profile, clip, &patch).await.unwrap();
    assert_eq!((now.duration_us, now.has_file, &now.cuts), (12_000_000, false, &cuts));
    let plan = shelf.library.clip_plan(profile, clip).await.unwrap();
    assert_eq!((plan.cut_revision, plan.file_revision, plan.cuts), (2, 1, cuts));
    // Lists tell the same.
    let listed = shelf.library.list_clips(profile, Some(project), &Default::default()).await.unwrap();
    assert_eq!(listed.items, [now]);
}

#[tokio::test]
async fn relinked_to_other_footage_a_sources_clips_show_something_else() {
    let (shelf, profile, project, source, clip) = one_clip().await;
    let library = &shelf.library;
    shelf.clip_file(profile, clip, 1).await;
    shelf.export(profile, project, clip, "/finals/x.mp4").await;
    let mut moved = new_source("/elsewhere/a.mp4");
    moved.fingerprint = library.source_row(profile, source).await.unwrap().source.fingerprint;
    let relinked = library.relink_source(profile, source, &moved, false).await.unwrap();
    assert!(!relinked.is_other && relinked.changed.is_empty());
    assert!(library.get_clip(profile, clip).await.unwrap().has_file, "only moved");

    let other = new_source("/elsewhere/b.mp4");
    let refused = library.relink_source(profile, source, &other, false).await.unwrap_err();
    assert!(matches!(refused, LibraryError::DifferentFootage { .. }), "{refused}");
    let mut short = other.clone();
    short.facts.duration_us -= 200_000;
    let refused = library.relink_source(profile, source, &short, true).await.unwrap_err();
    assert!(matches!(refused, LibraryError::DifferentFootage { .. }), "{refused}");
    assert!(library.get_clip(profile, clip).await.unwrap().has_file);
    let relinked = library.relink_source(profile, source, &other, true).await.unwrap();
    assert!(relinked.is_other && relinked.changed.iter().eq([&project]));
    let now = library.get_clip(profile, clip).await.unwrap();
    assert_eq!((now.has_file, now.final_status), (false, FinalStatus::Stale));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clip_is_read_as_of_one_moment() {
    let (shelf, profile, _, source, clip) = one_clip().await;
    let library = &shelf.library;
    let captions = Some(vec![Cue { start_us: 0, end_us: 9_000_000, text: "All of it".into() }]);
    library
        .update_clip_content(profile, clip, &ContentPatch { captions, ..Default::default() })
        .await
        .unwrap();
    let trims = async {
        for round in 1..=60 {
            let cuts = Some(vec![Cut { source_id: source, in_us: round * 100_000, out_us: 10_000_000 }]);
            library.update_clip(profile, clip, &ClipPatch { cuts, ..Default::default() }).await.unwrap();
        }
    };
    let looks = async {
        for _ in 0..300 {
            let seen = library.clip_detail(profile, clip).await.unwrap();
            let end_us = seen.clip.cuts[0].in_us + seen.content.captions[0].end_us;
            assert_eq!(end_us, 9_000_000, "the caption ends with its picture");
        }
    };
    tokio::join!(trims, looks);
}

#[tokio::test]
async fn what_was_found_at_a_sources_old_place_says_nothing_of_its_new_one() {
    let (shelf, profile, _, source, _) = one_clip().await;
    let library = &shelf.library;
    let before = library.source_row(profile, source).await.unwrap();
    let mut moved = new_source("/elsewhere/a.mp4");
    moved.fingerprint = before.source.fingerprint.clone();
    library.relink_source(profile, source, &moved, false).await.unwrap();
    // A slow drive answers only now.
    assert!(!library.set_source_state(profile, &before, SourceState::Missing).await.unwrap());
    let now = library.source_row(profile, source).await.unwrap();
    assert_eq!(now.source.state, SourceState::Ready);
    assert!(library.set_source_state(profile, &now, SourceState::Missing).await.unwrap());
    assert!(!library.set_source_state(profile, &now, SourceState::Missing).await.unwrap(), "no news");
}

#[tokio::test]
async fn a_removed_source_leaves_its_clips_and_comes_back_unless_its_place_is_taken() {
    let (shelf, profile, project, source, clip) = one_clip().await;
    let library = &shelf.library;
    library.set_source_removed(profile, source, true).await.unwrap();
    assert!(library.list_sources(profile, Some(project)).await.unwrap().is_empty());
    assert_eq!(library.get_clip(profile, clip).await.unwrap().cuts[0].source_id, source);
    library.set_source_removed(profile, source, false).await.unwrap();
    library.set_source_removed(profile, source, true).await.unwrap();
    shelf.source(profile, project, "/footage/a.mp4").await;
    let refused = library.set_source_removed(profile, source, false).await.unwrap_err();
    assert!(matches!(refused, LibraryError::AlreadyAdded { name } if name == "a.mp4"));
}

#[tokio::test]
async fn segments_keep_their_order_and_take_no_double_or_stranger_into_it() {
    let (shelf, profile, project, source, _) = one_clip().await;
    let library = &shelf.library;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(shelf.segment(profile, source).await);
    }
    let [a, b, c] = ids[..] else { panic!("three") };
    let order = library.reorder_segments(profile, project, &[c, a, b]).await.unwrap();
    assert_eq!(order.iter().map(|segment| segment.id).collect::<Vec<_>>(), [c, a, b]);
    names_field(library.reorder_segments(profile, project, &[c, a]).await, Field::Ids);
    names_field(library.reorder_segments(profile, project, &[c, a, a]).await, Field::Ids);
    let stranger = rushes_model::ids::SegmentId::new();
    let refused = library.reorder_segments(profile, project, &[c, a, stranger]).await.unwrap_err();
    assert!(matches!(refused, LibraryError::NotFound { .. }), "{refused}");
    assert_eq!(library.list_segments(profile, project).await.unwrap(), order);

    let new = NewSegment {
        source_id: source,
        in_us: 0,
        out_us: 50_000,
        name: None,
        keywords: Vec::new(),
        weight: None,
    };
    names_field(library.add_segment(profile, &new).await, Field::OutUs);
    for weight in [0, 101] {
        let patch = SegmentPatch { weight: Some(weight), ..SegmentPatch::default() };
        names_field(library.update_segment(profile, a, &patch).await, Field::Weight);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_path_that_is_no_text_comes_back_byte_for_byte() {
    use std::os::unix::ffi::OsStrExt;
    let (shelf, profile, project, _, _) = one_clip().await;
    let path = std::path::PathBuf::from(std::ffi::OsStr::from_bytes(b"/footage/caf\xe9 'x'\n.mp4"));
    let mut new = new_source("/x.mp4");
    new.path = path.clone();
    let id = shelf.library.add_source(profile, project, &new).await.unwrap().id;
    assert_eq!(shelf.library.source_row(profile, id).await.unwrap().path, path);
    assert!(shelf.library.has_source(profile, project, &path).await.unwrap());
}

#[tokio::test]
async fn captions_stay_with_their_pictures_when_a_clip_is_trimmed() {
    let (shelf, profile, _, source, clip) = one_clip().await;
    let library = &shelf.library;
    let cut = |in_us, out_us| ClipPatch {
        cuts: Some(vec![Cut { source_id: source, in_us, out_us }]),
        ..ClipPatch::default()
    };
    library.update_clip(profile, clip, &cut(10_000_000, 18_000_000)).await.unwrap();
    let cue = |start_us, end_us| Cue { start_us, end_us, text: "Hello".into() };
    let captions = Some(vec![cue(1_000_000, 2_000_000), cue(5_000_000, 7_000_000)]);
    library
        .update_clip_content(profile, clip, &ContentPatch { captions, ..ContentPatch::default() })
        .await
        .unwrap();
    library.update_clip(profile, clip, &cut(13_000_000, 16_000_000)).await.unwrap();
    let content = library.clip_content(profile, clip).await.unwrap();
    assert_eq!(content.captions, [cue(2_000_000, 3_000_000)]);
}

#[tokio::test]
async fn a_caption_beyond_the_end_of_its_clip_is_refused_with_its_number() {
    let (shelf, profile, _, _, clip) = one_clip().await;
    let length = shelf.library.get_clip(profile, clip).await.unwrap().duration_us;
    for (start, end) in
        [(length, length + 1_000_000), (length - 500_000, length + 1), (360_000_000_000, 360_001_000_000)]
    {
        let cue = |start_us, end_us| Cue { start_us, end_us, text: "Late".into() };
        let captions = Some(vec![cue(0, 500_000), cue(start, end)]);
        let patch = ContentPatch { captions, ..ContentPatch::default() };
        let refused = shelf.library.update_clip_content(profile, clip, &patch).await.unwrap_err();
        let reason = Invalid::CaptionAfterClip { number: 2, clip_us: length };
        assert_eq!(refused.notice(), Notice::invalid(Field::Captions, reason));
    }
    let untouched = shelf.library.clip_content(profile, clip).await.unwrap();
    assert_eq!(untouched.captions, []);
}
