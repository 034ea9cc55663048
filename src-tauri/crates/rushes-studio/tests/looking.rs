//! Two passes over footage: the first proposes clips at once, the full analysis
//! settles them, and its result is stored.
#![allow(clippy::unwrap_used)]

mod common;

use std::time::Duration;

use common::*;
use rushes_model::analysis::{Detail, TransitionKind};
use rushes_model::choice::{ClipKind, MontageOrder, ScoreWeights};
use rushes_model::edit::Cut;
use rushes_model::ids::ClipId;
use rushes_model::notice::{Fewer, Field, Invalid, Notice};
use rushes_studio::model::{ClipPatch, Flag, GenerateRequest, JobState, SourceState, TrackUse};
use rushes_studio::{MediaKind, ProfileSession, RenderWarning};

/// Where the scenes of the large video start, in microseconds.
const SCENES: [i64; 6] = [0, 10_000_000, 20_000_000, 30_000_000, 40_000_000, 50_000_000];

async fn cuts(session: &ProfileSession, clip: ClipId) -> Vec<Cut> {
    session.get_clip(clip).await.unwrap().clip.cuts
}

#[tokio::test(flavor = "multi_thread")]
async fn clips_of_a_first_look_settle_and_those_that_were_decided_on_stay() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let takes = project(&session, "Takes").await;
    let source = add(&session, takes, &[&large()]).await.remove(0).id;
    let job = session.generate_raw_clips(takes, &asking_for(3, 10)).await.unwrap();
    until("provisional clips", async || clips(&session, takes).await.len() == 3).await;
    let proposed = clips(&session, takes).await;
    assert!(proposed.iter().all(|clip| clip.provisional), "{proposed:?}");
    assert_eq!(session.get_source_analysis(source).await.unwrap().unwrap().detail, Detail::Survey);
    // One is picked, one is trimmed, one is left alone.
    session.bulk_select_clips(&[proposed[0].id], Flag::Picked).await.unwrap();
    let picked = cuts(&session, proposed[0].id).await;
    let mut trimmed = cuts(&session, proposed[1].id).await;
    trimmed[0].in_us += 700_000;
    let patch = ClipPatch { cuts: Some(trimmed.clone()), ..ClipPatch::default() };
    session.update_clip(proposed[1].id, &patch).await.unwrap();
    done(&session, job.id).await;

    assert_eq!(cuts(&session, proposed[0].id).await, picked, "what was picked never moves");
    assert_eq!(cuts(&session, proposed[1].id).await, trimmed, "what was trimmed never moves");
    let left = cuts(&session, proposed[2].id).await;
    let near = |at: i64| SCENES.iter().find(|scene| (at - **scene).abs() <= 1_200_000);
    for end in [left[0].in_us, left[0].out_us] {
        assert!(near(end).is_none_or(|scene| *scene == end), "{end} is beside a cut");
    }
    room.studio.idle().await.unwrap();
    assert!(clips(&session, takes).await.iter().all(|clip| !clip.provisional));
    let analysis = session.get_source_analysis(source).await.unwrap().unwrap();
    assert_eq!(analysis.detail, Detail::Full);
    let found: Vec<i64> = analysis.shots.iter().map(|shot| shot.start_us).collect();
    assert_eq!(found, SCENES);
    assert!(analysis.shots[1..].iter().all(|shot| shot.opening.kind == TransitionKind::Cut));
}

#[tokio::test(flavor = "multi_thread")]
async fn clips_of_a_first_look_settle_after_an_interruption_too() {
    let mut room = Room::new().await;
    let session = room.profile("Ana").await;
    let profile = session.profile_id();
    let takes = project(&session, "Takes").await;
    add(&session, takes, &[&large()]).await;
    let job = session.generate_raw_clips(takes, &asking_for(2, 10)).await.unwrap();
    until("provisional clips", async || clips(&session, takes).await.len() == 2).await;
    room.reopen().await;

    let session = room.studio.open_profile(profile).await.unwrap();
    if session.get_job(job.id).await.unwrap().state == JobState::Interrupted {
        session.retry_job(job.id).await.unwrap();
    }
    done(&session, job.id).await;
    room.studio.idle().await.unwrap();
    let made = clips(&session, takes).await;
    assert_eq!(made.len(), 2);
    assert!(made.iter().all(|clip| !clip.provisional));
}

#[tokio::test(flavor = "multi_thread")]
async fn clips_whose_finals_follow_at_once_are_only_looked_at_closely_at_their_ends() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let takes = project(&session, "Takes").await;
    let source = add(&session, takes, &[&large()]).await.remove(0).id;
    let job = session.choose_clips(takes, &asking_for(2, 10)).await.unwrap();
    done(&session, job.id).await;
    let made = clips(&session, takes).await;
    assert!(made.len() == 2 && made.iter().all(|clip| !clip.provisional), "{made:?}");
    assert_eq!(session.get_source_analysis(source).await.unwrap().unwrap().detail, Detail::Survey);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_is_looked_at_once_whatever_is_asked_later() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let takes = project(&session, "Takes").await;
    let source = add(&session, takes, &[&room.footage.long]).await.remove(0).id;
    assert!(session.get_source_analysis(source).await.unwrap().is_none());
    let job = session.analyse_source(source).await.unwrap();
    assert_eq!(session.analyse_source(source).await.unwrap().id, job.id, "asked for twice, it is one job");
    done(&session, job.id).await;
    let analysis = session.get_source_analysis(source).await.unwrap().unwrap();
    assert_eq!(analysis.detail, Detail::Full);
    assert!(analysis.has_sound && analysis.loudness.is_some() && !analysis.candidates.is_empty());

    let sheet = session.media_file(MediaKind::SourceSheet, source.0).await.unwrap();
    assert_eq!(sheet.mime, "image/jpeg");
    let outline = session.get_source_waveform(source, 0, 12_000_000, 100).await.unwrap();
    assert_eq!(outline.len(), 200);
    assert!(outline.iter().any(|peak| *peak > 0) && outline.iter().any(|peak| *peak < 0));
    let refused = session.get_source_waveform(source, 0, 12_000_000, 4001).await.unwrap_err();
    assert_eq!(refused.notice, Notice::invalid(Field::Columns, Invalid::Columns { most: 4000 }));

    // The same footage in another project of the profile is already known;
    // another profile knows nothing of it.
    let more = project(&session, "More").await;
    let again = add(&session, more, &[&room.footage.long]).await.remove(0).id;
    assert_eq!(session.get_source_analysis(again).await.unwrap().unwrap().shots, analysis.shots);
    let ben = room.profile("Ben").await;
    let his = project(&ben, "His").await;
    let unknown = add(&ben, his, &[&room.footage.long]).await.remove(0).id;
    assert!(ben.get_source_analysis(unknown).await.unwrap().is_none());
    assert!(ben.media_file(MediaKind::SourceSheet, unknown.0).await.is_err());

    // Lost files are made again; the rest serves meanwhile.
    std::fs::remove_file(sheet.path).unwrap();
    let meanwhile = session.get_source_analysis(source).await.unwrap().unwrap();
    assert_eq!((meanwhile.sheet, meanwhile.outdated), (None, true));
    assert_eq!(meanwhile.candidates, analysis.candidates);
    let job = session.analyse_source(source).await.unwrap();
    done(&session, job.id).await;
    assert!(session.media_file(MediaKind::SourceSheet, source.0).await.is_ok());
    assert_eq!(session.get_source_analysis(source).await.unwrap().unwrap(), analysis);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_rejected_anywhere_in_a_profile_comes_back_only_when_asked_for() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let film = room.footage.scenes.as_path();
    let first = project(&session, "First").await;
    add(&session, first, &[film]).await;
    let seen = generate(&session, first, &asking_for(1, 3)).await;
    assert!(!seen.is_empty());
    let ids: Vec<ClipId> = seen.iter().map(|clip| clip.id).collect();
    session.bulk_select_clips(&ids, Flag::Rejected).await.unwrap();
    let mut rejected = Vec::new();
    for id in ids {
        rejected.extend(cuts(&session, id).await);
    }

    let second = project(&session, "Second").await;
    add(&session, second, &[film]).await;
    let asked = asking_for(1, 1);
    for clip in generate(&session, second, &asked).await {
        for cut in cuts(&session, clip.id).await {
            let back = rejected.iter().any(|used| used.in_us < cut.out_us && cut.in_us < used.out_us);
            assert!(!back, "{cut:?} was rejected");
        }
    }
    let again = GenerateRequest { include_used: true, ..asking_for(1, 3) };
    let third = project(&session, "Third").await;
    add(&session, third, &[film]).await;
    assert_eq!(generate(&session, third, &again).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_highlight_shows_may_be_in_a_montage_and_the_other_way_round() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let takes = project(&session, "Takes").await;
    add(&session, takes, &[&room.footage.scenes]).await;
    // Highlights use all of the footage.
    let all = asking_for(12, 3);
    assert!(!generate(&session, takes, &all).await.is_empty());
    let refused = session.generate_raw_clips(takes, &all).await.unwrap();
    let failed = session.wait_for_job(refused.id).await.unwrap();
    let reasons = vec![Notice::FewerClips { why: Fewer::UsedUp }];
    assert_eq!(failed.error, Some(Notice::NoClips { reasons }));

    let montage = GenerateRequest { kind: ClipKind::Montage, ..asking_for(1, 4) };
    let first = generate(&session, takes, &montage).await;
    assert_eq!(first.len(), 1);
    // Another project of the profile makes a montage first.
    let other = project(&session, "Other").await;
    add(&session, other, &[&room.footage.others]).await;
    assert_eq!(generate(&session, other, &montage).await.len(), 1);
    assert_eq!(generate(&session, other, &asking_for(1, 4)).await.len(), 1);

    // The moment of a rejected highlight is in no montage until requested again.
    let third = project(&session, "Third").await;
    add(&session, third, &[&room.footage.silent]).await;
    let seen = generate(&session, third, &asking_for(1, 4)).await;
    session.bulk_select_clips(&[seen[0].id], Flag::Rejected).await.unwrap();
    let job = session.generate_raw_clips(third, &montage).await.unwrap();
    assert_eq!(session.wait_for_job(job.id).await.unwrap().state, JobState::Failed);
    let again = GenerateRequest { include_used: true, ..montage };
    assert_eq!(generate(&session, third, &again).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn weights_of_a_profile_decide_and_can_be_reset() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    assert_eq!(session.get_score_weights().await.unwrap(), ScoreWeights::default());
    let none =
        ScoreWeights { motion: 0, sharpness: 0, colour: 0, loudness: 0, speech: 0, novelty: 0, pace: 0 };
    let colourful = ScoreWeights { colour: 100, ..none };
    session.set_score_weights(Some(colourful.into())).await.unwrap();
    let takes = project(&session, "Takes").await;
    add(&session, takes, &[&room.footage.scenes]).await;
    let request =
        GenerateRequest { kind: ClipKind::Montage, order: MontageOrder::BestFirst, ..asking_for(1, 3) };
    for clip in generate(&session, takes, &request).await {
        assert_eq!(clip.score_bp, clip.score_parts.unwrap().colour_bp);
    }
    session.update_profile_settings(&Default::default()).await.unwrap();
    assert_eq!(session.get_score_weights().await.unwrap(), colourful);
    let refused =
        session.set_score_weights(Some(ScoreWeights { pace: 101, ..none }.into())).await.unwrap_err();
    assert_eq!(refused.notice, Notice::invalid(Field::Pace, Invalid::ScoreWeight));
    assert_eq!(session.set_score_weights(None).await.unwrap(), ScoreWeights::default());
    let ben = room.profile("Ben").await;
    assert_eq!(ben.get_score_weights().await.unwrap(), ScoreWeights::default());
}

#[tokio::test]
async fn an_editor_chooses_which_sound_tracks_are_heard() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let folder = room.beside("films");
    let film = two_tracks(&folder);
    let clip = clip_of(&film, &session, 3).await;
    let source = session.list_all_sources().await.unwrap().remove(0);
    let used: Vec<bool> = source.facts.audio.iter().map(|track| track.used).collect();
    assert_eq!(used, [false, true], "the one that is heard");
    assert!(is_heard(&file_of(&session, &clip).await));
    let warnings =
        async || session.estimate_render(&[clip.id], &["x".into()]).await.unwrap().remove(0).warnings;
    assert!(!warnings().await.contains(&RenderWarning::Silent));
    let analyse = async || {
        done(&session, session.analyse_source(source.id).await.unwrap().id).await;
        session.get_source_analysis(source.id).await.unwrap().unwrap().loudness
    };
    assert!(analyse().await.is_some());

    let silent = session
        .set_source_sound(source.id, &source.only_tracks(&[source.facts.audio[0].stream_index]))
        .await
        .unwrap();
    assert!(!silent.facts.is_heard());
    assert!(warnings().await.contains(&RenderWarning::Silent));
    assert!(!session.get_clip(clip.id).await.unwrap().clip.has_file, "it shows another clip");
    assert!(!is_heard(&file_of(&session, &clip).await));
    assert!(session.get_source_analysis(source.id).await.unwrap().is_none(), "that was of another sound");
    assert_eq!(analyse().await, None);

    let error =
        session.set_source_sound(source.id, &[TrackUse { stream_index: 0, used: true }]).await.unwrap_err();
    assert_eq!(error.notice, Notice::invalid(Field::Tracks, Invalid::NoSuchTrack));
    let both: Vec<u32> = source.facts.audio.iter().map(|track| track.stream_index).collect();
    session.set_source_sound(source.id, &source.only_tracks(&both)).await.unwrap();
    assert!(is_heard(&file_of(&session, &clip).await));
    // The file at its new location is the same: the choice stays.
    let moved = folder.join("moved.mp4");
    std::fs::rename(&film, &moved).unwrap();
    let relinked = session.relink_source(source.id, &moved, false).await.unwrap();
    assert!(relinked.facts.audio.iter().all(|track| track.used));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_changed_while_a_source_is_relinked_is_not_taken_back() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let folder = room.beside("films");
    let film = two_tracks(&folder);
    let takes = project(&session, "Takes").await;
    let source = add(&session, takes, &[&film]).await.remove(0);
    let moved = folder.join("moved.mp4");
    std::fs::rename(&film, &moved).unwrap();
    let both: Vec<u32> = source.facts.audio.iter().map(|track| track.stream_index).collect();
    // The source was already looked up, and the probe of the file is running.
    let choice = async {
        tokio::time::sleep(Duration::from_millis(30)).await;
        session.set_source_sound(source.id, &source.only_tracks(&both)).await
    };
    let (relinked, chosen) = tokio::join!(session.relink_source(source.id, &moved, false), choice);
    chosen.unwrap();
    relinked.unwrap();
    let now = session.get_source(source.id).await.unwrap();
    assert_eq!((now.name.as_str(), now.state), ("moved.mp4", SourceState::Ready));
    assert!(now.facts.audio.iter().all(|track| track.used), "{:?}", now.facts.audio);
}
