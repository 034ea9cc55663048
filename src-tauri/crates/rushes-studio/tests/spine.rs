//! The main job: footage in, raw clips, triage, texts, a final out.
#![allow(clippy::unwrap_used)]

mod common;

use std::path::PathBuf;

use common::*;
use rushes_model::captions::Cue;
use rushes_model::edit::Cut;
use rushes_model::notice::{Engaged, MoreClips, NoFootage, Notice, RowKind};
use rushes_studio::model::{
    ClipPatch, ContentPatch, FinalStatus, Flag, FromSegments, JobKind, NewSegment, SegmentPatch,
    SelectionMode,
};
use rushes_studio::{MediaKind, StudioEvent};

#[tokio::test]
async fn footage_becomes_clips_and_a_picked_clip_becomes_a_final() {
    let room = Room::new().await;
    let before = print_of(&room.footage.scenes);
    let session = room.profile("Ana").await;
    let wedding = project(&session, "Wedding").await;
    let sources = add(&session, wedding, &[&room.footage.scenes, &room.footage.silent]).await;
    assert_eq!(
        sources.iter().map(|source| source.facts.duration_us).collect::<Vec<_>>(),
        [12_000_000, 4_000_000]
    );
    assert!(!sources[0].facts.audio.is_empty() && sources[1].facts.audio.is_empty());

    // Clips with their pictures, and without files.
    let mut events = room.studio.subscribe();
    let made = generate(&session, wedding, &asking_for(3, 2)).await;
    assert_eq!(made.iter().map(|clip| clip.variant_number).collect::<Vec<_>>(), [1, 2, 3]);
    for clip in &made {
        assert_eq!(clip.cuts.iter().map(Cut::length_us).sum::<i64>(), clip.duration_us);
        assert!(!clip.has_file);
        assert_eq!(session.clip_path(clip.id).await.unwrap_err().notice, Notice::NoClipFile);
        for kind in [MediaKind::ClipThumb, MediaKind::ClipFilmstrip] {
            assert_eq!(session.media_file(kind, clip.id.0).await.unwrap().mime, "image/jpeg");
        }
    }
    for kind in [MediaKind::Source, MediaKind::SourceThumb, MediaKind::SourceFilmstrip] {
        session.media_file(kind, sources[0].id.0).await.unwrap();
    }
    let own = room.data_dir().join("profiles").join(session.profile_id().to_string());
    let is_film = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "mp4");
    assert!(!files_in(&own).iter().any(is_film), "nothing is cut");
    let told = drained(&mut events);
    assert!(told.iter().any(|(_, event)| matches!(event, StudioEvent::ClipsChanged { .. })));
    let steps: Vec<u32> = told
        .iter()
        .filter_map(|(_, event)| match event {
            StudioEvent::JobChanged { job } => Some(job.progress_bp),
            _ => None,
        })
        .collect();
    assert!(steps.is_sorted(), "progress never goes back: {steps:?}");
    assert_eq!(steps.last(), Some(&10_000));

    // Another generation continues the numbering and uses other moments.
    let more = generate(&session, wedding, &asking_for(1, 1)).await;
    assert_eq!(more[0].variant_number, 4);
    for (a, b) in made[0].cuts.iter().flat_map(|a| more[0].cuts.iter().map(move |b| (a, b))) {
        assert!(a.source_id != b.source_id || a.out_us <= b.in_us || b.out_us <= a.in_us, "{a:?} {b:?}");
    }

    // After a trim or a change of sound its file is made anew when it is asked for.
    let clip = session.toggle_clip_selection(made[0].id).await.unwrap();
    assert_eq!(clip.flag, Flag::Picked);
    let cuts = vec![Cut { source_id: sources[0].id, in_us: 3_000_000, out_us: 4_000_000 }];
    let trimmed =
        session.update_clip(clip.id, &ClipPatch { cuts: Some(cuts), ..ClipPatch::default() }).await.unwrap();
    assert_eq!(trimmed.clip.duration_us, 1_000_000);
    let trimmed_file = file_of(&session, &clip).await;
    let (width, height, seconds) = probed(&trimmed_file);
    assert_eq!((width, height), (320, 180));
    assert!((seconds - 1.0).abs() < 0.1, "{seconds}");
    assert!(is_heard(&trimmed_file));
    let muted = session.remove_clip_audio(clip.id).await.unwrap();
    assert!(muted.muted && !muted.has_file && muted.revision > trimmed.clip.revision);
    assert!(!is_heard(&file_of(&session, &clip).await));
    assert!(!session.restore_clip_audio(clip.id).await.unwrap().has_file);
    let last = file_of(&session, &clip).await;
    assert!(is_heard(&last));
    room.studio.idle().await.unwrap();
    let films: Vec<PathBuf> = files_in(&own).into_iter().filter(is_film).collect();
    assert_eq!(films, [last], "what was made of earlier revisions is gone");

    // Texts.
    let srt = room.folder.path().join("words.srt");
    std::fs::write(&srt, "1\n00:00:00,100 --> 00:00:00,900\nHello\n").unwrap();
    let words = session.import_clip_captions(clip.id, &srt, None).await.unwrap().content;
    assert_eq!(words.captions, [Cue { start_us: 100_000, end_us: 900_000, text: "Hello".into() }]);

    // The final.
    let estimate = session.estimate_render(&[clip.id], &["tiktok".into()]).await.unwrap().remove(0);
    let job = session.render_final_clip(clip.id, "tiktok", None).await.unwrap();
    assert_eq!(session.get_clip(clip.id).await.unwrap().clip.final_status, FinalStatus::Rendering);
    done(&session, job.id).await;
    let export = session.list_exports(Some(wedding)).await.unwrap().remove(0);
    assert_eq!((export.width, export.height, export.stale), (1080, 1920, false));
    assert_eq!(export.file_name, estimate.file_name);
    let path = session.export_path(export.id).await.unwrap();
    let (width, height, seconds) = probed(&path);
    assert_eq!((width, height), (1080, 1920));
    assert!((seconds - 1.0).abs() <= 0.045, "{seconds}");
    assert!(is_heard(&path));
    assert_eq!(path.metadata().unwrap().len() as i64, export.size_bytes);
    session.media_file(MediaKind::Export, export.id.0).await.unwrap();
    session.media_file(MediaKind::ExportThumb, export.id.0).await.unwrap();
    assert_eq!(session.get_clip(clip.id).await.unwrap().clip.final_status, FinalStatus::Done);

    // A change of the texts makes it stale.
    let none = ContentPatch { captions: Some(Vec::new()), ..ContentPatch::default() };
    session.update_clip_content(clip.id, &none).await.unwrap();
    assert_eq!(session.get_clip(clip.id).await.unwrap().clip.final_status, FinalStatus::Stale);

    assert_eq!(print_of(&room.footage.scenes), before, "sources are never written to");
    assert_eq!(scratch(&room.data_dir()), [] as [PathBuf; 0]);
    let overview = session.profile_overview().await.unwrap();
    assert_eq!((overview.projects, overview.sources, overview.clips, overview.finals), (1, 2, 4, 1));
}

#[tokio::test]
async fn only_one_generation_works_on_a_project_at_once() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let wedding = project(&session, "Wedding").await;
    let source = add(&session, wedding, &[&room.footage.scenes]).await[0].id;
    let segment = NewSegment {
        source_id: source,
        in_us: 0,
        out_us: 2_000_000,
        name: None,
        keywords: Vec::new(),
        weight: None,
    };
    session.add_segment(&segment).await.unwrap();
    let first = session.generate_raw_clips(wedding, &asking_for(2, 2)).await.unwrap();
    let refused = session.generate_raw_clips(wedding, &asking_for(2, 2)).await.unwrap_err();
    assert_eq!(refused.notice, Notice::Busy { why: Engaged::MakingClips });
    let from_segments = FromSegments {
        segment_ids: Vec::new(),
        variant_count: 1,
        selection_mode: SelectionMode::Random,
        target_duration_us: 2_000_000,
        muted: false,
        seed: None,
    };
    let refused = session.generate_from_segments(wedding, &from_segments).await.unwrap_err();
    assert_eq!(refused.notice, Notice::Busy { why: Engaged::MakingClips });
    done(&session, first.id).await;
    let second = session.generate_from_segments(wedding, &from_segments).await.unwrap();
    done(&session, second.id).await;
    assert_eq!(clips(&session, wedding).await.len(), 3);
}

#[tokio::test]
async fn segments_become_variants_in_each_mode_and_the_seed_repeats_them() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let wedding = project(&session, "Wedding").await;
    let source = add(&session, wedding, &[&room.footage.scenes]).await[0].id;
    let mut segments = Vec::new();
    for (n, weight) in [(0, 1), (1, 1), (2, 100)] {
        let new = NewSegment {
            source_id: source,
            in_us: n * 3_000_000,
            out_us: n * 3_000_000 + 1_000_000,
            name: Some(format!("Segment {n}")),
            keywords: vec!["dance".into()],
            weight: Some(weight),
        };
        segments.push(session.add_segment(&new).await.unwrap());
    }
    // In another order than they were marked.
    let order = [segments[2].id, segments[0].id, segments[1].id];
    session.reorder_segments(wedding, &order).await.unwrap();
    let make = async |mode, variant_count, seed, muted| {
        let request = FromSegments {
            segment_ids: Vec::new(),
            variant_count,
            selection_mode: mode,
            target_duration_us: 2_000_000,
            muted,
            seed: Some(seed),
        };
        let job = session.generate_from_segments(wedding, &request).await.unwrap();
        done(&session, job.id).await;
        let mut made = Vec::new();
        for clip in session.list_job_clips(job.id).await.unwrap() {
            assert_eq!((clip.has_file, clip.muted, clip.duration_us), (false, muted, 2_000_000));
            made.push(clip.cuts.iter().map(|cut| cut.in_us / 3_000_000).collect::<Vec<_>>());
        }
        made
    };
    assert_eq!(make(SelectionMode::Sequential, 2, 0, true).await, [[2, 0], [1, 2]]);
    let random = make(SelectionMode::Random, 2, 11, false).await;
    assert_eq!(make(SelectionMode::Random, 2, 11, false).await, random);
    let weighted = make(SelectionMode::Weighted, 1, 3, false).await;
    assert!(weighted[0].contains(&2), "the heavy one is in: {weighted:?}");
    let numbers: Vec<_> = clips(&session, wedding).await.iter().map(|clip| clip.variant_number).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7]);

    // Assigned to another project, a segment is used there, while its source stays.
    let other = project(&session, "Trailer").await;
    let patch = SegmentPatch { project_id: Some(other), ..SegmentPatch::default() };
    session.update_segment(segments[0].id, &patch).await.unwrap();
    let request = FromSegments {
        segment_ids: vec![segments[0].id],
        variant_count: 1,
        selection_mode: SelectionMode::Sequential,
        target_duration_us: 5_000_000,
        muted: false,
        seed: None,
    };
    let job = session.generate_from_segments(other, &request).await.unwrap();
    let job = done(&session, job.id).await;
    assert_eq!(job.notes, [Notice::SegmentsShort]);
    assert_eq!(clips(&session, other).await[0].duration_us, 1_000_000);
    // One segment cannot give twelve different clips, and the result says so.
    let twelve = FromSegments { variant_count: 12, ..request.clone() };
    let job = session.generate_from_segments(other, &twelve).await.unwrap();
    let notes = done(&session, job.id).await.notes;
    let fewer = Notice::FewerVariants { count: 1, asked: 12, why: MoreClips::MoreSegments };
    assert_eq!(notes, [Notice::SegmentsShort, fewer]);
    // Clips are named after their footage, and names are unique.
    let mut names: Vec<String> = clips(&session, other).await.into_iter().map(|clip| clip.name).collect();
    names.sort();
    assert_eq!(names, ["scenes 0:00", "scenes 0:00 (2)"]);
    let foreign = FromSegments { segment_ids: vec![segments[1].id], ..request };
    let refused = session.generate_from_segments(other, &foreign).await.unwrap_err();
    assert_eq!(refused.notice, Notice::NotFound { row: RowKind::Segment });
}

#[tokio::test]
async fn values_outside_their_limits_are_refused_before_any_work() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let wedding = project(&session, "Wedding").await;
    let refused = session.generate_raw_clips(wedding, &asking_for(1, 5)).await.unwrap_err();
    assert_eq!(refused.notice, Notice::NoSources { why: NoFootage::NoneYet });
    add(&session, wedding, &[&room.footage.scenes]).await;
    for (count, seconds, field) in
        [(0, 5, "count"), (51, 5, "count"), (1, 0, "target_duration_us"), (1, 601, "target_duration_us")]
    {
        let refused = session.generate_raw_clips(wedding, &asking_for(count, seconds)).await.unwrap_err();
        assert!(matches!(refused.notice, Notice::Invalid { .. }), "{refused:?}");
        assert_eq!(refused.detail, format!("field: {field}"));
    }
    let request = FromSegments {
        segment_ids: Vec::new(),
        variant_count: 51,
        selection_mode: SelectionMode::Random,
        target_duration_us: 5_000_000,
        muted: false,
        seed: None,
    };
    let refused = session.generate_from_segments(wedding, &request).await.unwrap_err();
    assert_eq!(refused.detail, "field: variant_count");
    let refused =
        session.generate_from_segments(wedding, &FromSegments { variant_count: 1, ..request }).await;
    assert_eq!(refused.unwrap_err().notice, Notice::NoSegments);
    let jobs = session.list_jobs(&Default::default()).await.unwrap();
    assert!(jobs.iter().all(|job| job.kind == JobKind::Ingest), "{jobs:?}");
}

#[tokio::test]
async fn each_file_of_a_drop_is_answered_on_its_own() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let wedding = project(&session, "Wedding").await;
    let drop = room.beside("drop");
    let good = drop.join("it's 100 % \"good\" 🎬.mp4");
    std::fs::copy(&room.footage.silent, &good).unwrap();
    let folder = drop.join("card/DCIM");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::copy(&room.footage.others, folder.join("C0001.MP4")).unwrap();
    std::fs::write(folder.join("notes.txt"), "not looked at").unwrap();
    std::fs::write(drop.join("text.webm"), "no video").unwrap();
    std::fs::write(drop.join("empty.mov"), "").unwrap();
    let paths: Vec<PathBuf> = [
        &*good,
        &drop.join("card"),
        &drop.join("text.webm"),
        &drop.join("empty.mov"),
        &drop.join("gone.mp4"),
        &good,
    ]
    .map(PathBuf::from)
    .to_vec();
    let outcomes = session.add_sources(wedding, &paths, false).await.unwrap();
    let codes: Vec<_> = outcomes.iter().map(code_of).collect();
    assert_eq!(codes, ["done", "done", "not_a_video", "file_empty", "file_not_found", "already_added"]);
    assert_eq!(session.list_sources(wedding).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_copied_source_is_the_profiles_own_and_a_refused_copy_leaves_nothing() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let wedding = project(&session, "Wedding").await;
    let film = room.folder.path().join("card.mp4");
    std::fs::copy(&room.footage.silent, &film).unwrap();
    let paths = [film.clone(), film.join("nothing")];
    let outcomes = session.add_sources(wedding, &paths, true).await.unwrap();
    let source = outcomes[0].done.as_ref().unwrap();
    assert!(source.copied && outcomes[1].done.is_none());
    std::fs::remove_file(&film).unwrap();
    let own = session.source_path(source.id).await.unwrap();
    assert!(own.starts_with(room.data_dir()));
    assert_eq!(std::fs::read(&own).unwrap(), std::fs::read(&room.footage.silent).unwrap());
    let copies = files_in(&room.data_dir().join("profiles"));
    assert_eq!(copies.iter().filter(|path| path.ends_with("card.mp4")).count(), 1, "{copies:?}");
    assert!(scratch(&room.data_dir()).is_empty());
}

#[tokio::test]
async fn a_source_that_moved_is_missing_until_it_is_relinked() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let wedding = project(&session, "Wedding").await;
    let film = room.folder.path().join("film.mp4");
    std::fs::copy(&room.footage.scenes, &film).unwrap();
    let source = add(&session, wedding, &[&film]).await.remove(0);
    let clip = generate(&session, wedding, &asking_for(1, 1)).await.remove(0);
    let moved = room.beside("archive").join("film.mp4");
    std::fs::rename(&film, &moved).unwrap();

    let job = session.render_final_clip(clip.id, QUICK, None).await.unwrap();
    let job = session.wait_for_job(job.id).await.unwrap();
    assert_eq!(job.error, Some(Notice::SourceMissing { name: "film.mp4".into() }));
    let refused = session.relink_source(source.id, &room.footage.others, false).await.unwrap_err();
    assert!(matches!(refused.notice, Notice::DifferentFootage { .. }), "{refused:?}");
    session.relink_source(source.id, &moved, false).await.unwrap();
    let again = session.retry_job(job.id).await.unwrap();
    assert_ne!(again.id, job.id, "what is over keeps its state");
    done(&session, again.id).await;
}
