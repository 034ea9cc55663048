//! A machine without ffmpeg: what needs it says so, everything else works.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use rushes_model::notice::Notice;
use rushes_studio::Closing;
use rushes_studio::MediaKind;
use rushes_studio::model::{ClipPatch, Flag, NewSegment};

#[tokio::test]
async fn what_needs_ffmpeg_says_so_and_all_else_works() {
    let room = Room::new().await;
    let profile = room.profile("Ana").await;
    let clip = one_clip(&room, &profile, 1).await;
    let source = profile.list_sources(clip.project_id).await.unwrap().remove(0);
    room.studio.close(Closing::Interrupt).await;

    let nowhere = room.beside("nowhere");
    let studio = open_with(room.folder.path(), Some(nowhere), true).await;
    let status = studio.ffmpeg_status().await;
    assert!(!status.found && matches!(status.problem, Some(Notice::FfmpegMissing { .. })));
    let session = studio.open_profile(profile.profile_id()).await.unwrap();
    let missing = Notice::FfmpegMissing { tool: "ffmpeg".into() };
    let project = clip.project_id;
    let added =
        session.add_sources(project, std::slice::from_ref(&room.footage.scenes), false).await.unwrap();
    assert_eq!(added[0].refused.as_ref().unwrap().notice, missing);
    assert_eq!(session.generate_raw_clips(project, &asking_for(1, 1)).await.unwrap_err().notice, missing);
    assert_eq!(session.render_final_clip(clip.id, QUICK, None).await.unwrap_err().notice, missing);
    assert_eq!(
        session.bulk_render_clips(&[clip.id], &[QUICK.into()], None).await.unwrap_err().notice,
        missing
    );
    assert_eq!(session.make_clip_files(&[clip.id]).await.unwrap_err().notice, missing);
    assert_eq!(session.create_sample_project().await.unwrap_err().notice, missing);
    let picture = session.media_file(MediaKind::SourceThumb, source.id.0).await.unwrap_err();
    assert_eq!(picture.notice, missing);
    assert!(session.list_jobs(&Default::default()).await.unwrap().iter().all(|job| job.error.is_none()));

    session.media_file(MediaKind::ClipThumb, clip.id.0).await.unwrap();
    session.bulk_select_clips(&[clip.id], Flag::Picked).await.unwrap();
    let patch = ClipPatch { name: Some("Opening".into()), rating: Some(5), ..ClipPatch::default() };
    assert_eq!(session.update_clip(clip.id, &patch).await.unwrap().clip.name, "Opening");
    assert_eq!(session.estimate_render(&[clip.id], &[QUICK.into()]).await.unwrap().len(), 1);
    let segment = NewSegment {
        source_id: source.id,
        in_us: 0,
        out_us: 1_000_000,
        name: None,
        keywords: Vec::new(),
        weight: None,
    };
    session.add_segment(&segment).await.unwrap();
    let other = studio.create_profile("Ben", "#000000").await.unwrap();
    studio.delete_profile(other.id, "Ben").await.unwrap();

    assert!(session.remove_clip_audio(clip.id).await.unwrap().muted);

    assert!(studio.use_ffmpeg(None).await.found);
    assert!(!is_heard(&file_of(&session, &clip).await));
    studio.close(Closing::Interrupt).await;
}
