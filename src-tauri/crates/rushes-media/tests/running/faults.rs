//! The errors that are reported when ffmpeg fails.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rushes_media::{MediaError, RunContext, Toolchain, make_sample_footage, probe, render_clip_file};
use rushes_model::notice::{Activity, KilledBy, Notice, SystemReason};
use tokio::time::timeout;

use crate::room::{PATIENCE, Room, at_work, marked, processes, signal, until};

#[rstest::rstest]
#[case::killed(
    "kill -KILL $$",
    Notice::FfmpegKilled { activity: Activity::MakingSample, why: KilledBy::Memory }
)]
#[case::crashed("kill -SEGV $$", Notice::FfmpegCrashed { activity: Activity::MakingSample })]
#[case::an_encoder(
    "echo \"[fatal] Unknown encoder 'libx264'\" >&2; exit 1",
    Notice::FfmpegUnsuitable { missing: vec!["libx264".into()] }
)]
#[case::a_filter(
    "echo \"[AVFilterGraph @ 0x1] [error] No such filter: 'hue'\" >&2; exit 1",
    Notice::FfmpegUnsuitable { missing: vec!["hue".into()] }
)]
#[case::timestamps(
    "echo '[mp4 @ 0x1] [error] Application provided invalid, non monotonically increasing dts to muxer in stream 0: 5 >= 4' >&2; exit 1",
    Notice::BadTimestamps
)]
#[case::read_only(
    "echo '[error] av_interleaved_write_frame(): Read-only file system' >&2; exit 1",
    Notice::OutputUnwritable { folder: "samples".into(), system: SystemReason::ReadOnly }
)]
#[case::broken_disk(
    "echo '[error] av_interleaved_write_frame(): Input/output error' >&2; exit 1",
    Notice::OutputUnwritable { folder: "samples".into(), system: SystemReason::Other }
)]
#[case::anything_else("echo '[error] Conversion failed!' >&2; exit 1", Notice::FfmpegFailed { activity: Activity::MakingSample })]
#[tokio::test]
async fn a_failure_is_told_by_its_reason(#[case] script: &str, #[case] told: Notice) {
    let room = Room::open().await;
    let tools = room.pretend(script);
    let (to, ctx) = (room.path("samples"), marked());
    let error = timeout(PATIENCE, make_sample_footage(&tools, &to, &ctx)).await.unwrap().unwrap_err();
    assert_eq!(error.notice(), told, "{error:?}");
    let detail = error.detail();
    assert!(detail.contains("command: ") && detail.contains("0.1-pretended"), "{detail}");
}

#[rstest::rstest]
#[case::asked_and_full(0, Notice::FULL)]
#[case::asked_and_not_full(1 << 40, Notice::FfmpegFailed { activity: Activity::MakingSample })]
#[tokio::test]
async fn a_full_disk_is_believed_once_the_disk_says_so(#[case] free: u64, #[case] told: Notice) {
    let room = Room::open().await;
    let tools = room.pretend("echo '[error] Error writing trailer: No space left on device' >&2; exit 1");
    let ctx = RunContext { free_space: Arc::new(move |_| Ok(free)), ..marked() };
    let made = timeout(PATIENCE, make_sample_footage(&tools, &room.path("samples"), &ctx)).await.unwrap();
    let error = made.unwrap_err();
    assert_eq!(error.notice(), told, "{error:?}");
}

/// ffmpeg exits successfully even though it could not write the end of a file.
#[tokio::test]
async fn what_is_not_whole_on_a_full_disk_is_told_as_that() {
    let room = Room::open().await;
    let piece = room.half_a_minute().await;
    let tools = room.pretend("echo '[error] Error writing trailer of x: No space left on device' >&2");
    let ctx = RunContext { free_space: Arc::new(|_| Ok(0)), ..marked() };
    let outcome = render_clip_file(&tools, &[piece], false, &room.path("clip.mp4"), &ctx).await;
    assert_eq!(outcome.unwrap_err().notice(), Notice::FULL);
}

#[tokio::test]
async fn an_ffmpeg_that_ended_well_has_not_failed_whatever_a_title_says() {
    let room = Room::open().await;
    let title = "title=x\n[error] No space left on device\n[fatal] Unknown encoder 'libx264'";
    let film = room.make("film.mkv", &["-f", "lavfi", "-i", "testsrc2=s=160x90:d=1", "-metadata", title]);
    let named = room.path("y\n[error] No space left on device.mkv");
    std::fs::copy(&film, &named).unwrap();
    // A disk that reports being full does not turn a success into a failure.
    let ctx = RunContext { free_space: Arc::new(|_| Ok(0)), ..marked() };
    for (film, to) in [(film, "a.mp4"), (named, "b.mp4")] {
        let piece = room.piece(&film).await;
        render_clip_file(&room.tools, &[piece], false, &room.path(to), &ctx).await.unwrap();
    }
}

#[tokio::test]
async fn a_folder_that_went_away_is_told_as_that() {
    let room = Room::open().await;
    let piece = room.half_a_minute().await;
    // It disappears after the draft was created and before ffmpeg opens it.
    let (folder, real) = (room.path("clips"), room.tools.ffmpeg.display());
    let tools = room.pretend(&format!("rm -r '{}'\nexec {real} \"$@\"", folder.display()));
    let outcome = render_clip_file(&tools, &[piece], false, &folder.join("clip.mp4"), &marked()).await;
    let error = outcome.unwrap_err();
    let told = Notice::OutputUnwritable { folder: "clips".into(), system: SystemReason::FolderMissing };
    assert_eq!(error.notice(), told, "{error:?}");
}

#[tokio::test]
async fn an_ffprobe_that_the_system_kills_is_told_as_that() {
    let room = Room::open().await;
    let film = room.half_a_minute().await.path;
    let script = room.pretend("kill -KILL $$");
    let tools = Toolchain { ffmpeg: room.tools.ffmpeg.clone(), ffprobe: script.ffmpeg, ..script };
    let error = probe(&tools, &film).await.unwrap_err();
    assert!(matches!(error, MediaError::Killed { .. }), "{error:?}");
}

#[tokio::test]
async fn one_that_is_killed_over_what_was_made_does_not_speak_against_it() {
    let room = Room::open().await;
    let piece = room.half_a_minute().await;
    let real = room.tools.ffprobe.display();
    let script =
        room.pretend(&format!("case \"$*\" in *.rushes-*) kill -KILL $$;; esac\nexec {real} \"$@\""));
    let tools = Toolchain { ffmpeg: room.tools.ffmpeg.clone(), ffprobe: script.ffmpeg, ..script };
    let outcome = render_clip_file(&tools, &[piece], false, &room.path("clip.mp4"), &marked()).await;
    let error = outcome.unwrap_err();
    assert!(matches!(error, MediaError::Killed { .. }), "{error:?}");
    assert_eq!(room.drafts(), 0);
}

#[tokio::test]
async fn an_ffmpeg_that_the_system_kills_is_told_from_one_that_failed() {
    let room = Room::open().await;
    let piece = room.half_a_minute().await;
    let ctx = marked();
    let work = room.clip_file(&piece, &ctx);
    signal(at_work(&ctx).await, "-KILL");
    let error = timeout(PATIENCE, work).await.unwrap().unwrap().unwrap_err();
    assert!(matches!(error, MediaError::Killed { signal: 9, .. }), "{error:?}");
    assert_eq!(room.drafts(), 0);
}

#[tokio::test]
async fn an_ffmpeg_that_hangs_is_ended_with_all_that_it_started() {
    let room = Room::open().await;
    let piece = room.half_a_minute().await;
    let mut ctx = marked();
    ctx.patience = Duration::from_millis(1500);
    let work = room.clip_file(&piece, &ctx);
    signal(at_work(&ctx).await, "-STOP");
    let start = Instant::now();
    let error = timeout(PATIENCE, work).await.unwrap().unwrap().unwrap_err();
    assert!(matches!(error, MediaError::Stalled { .. }), "{error:?}");
    assert!(start.elapsed() >= ctx.patience);
    assert_eq!((processes(&ctx), room.drafts()), (vec![], 0));
}

/// A ticking clock is not a sign of life: ffmpeg reports its progress twice a second,
/// even while it waits for a file that never responds.
#[tokio::test]
async fn progress_that_never_advances_is_a_hang() {
    let room = Room::open().await;
    let tools = room.pretend("while :; do echo out_time_us=40000; echo progress=continue; sleep 0.05; done");
    let mut ctx = marked();
    ctx.patience = Duration::from_millis(600);
    let to = room.path("samples");
    let error = timeout(PATIENCE, make_sample_footage(&tools, &to, &ctx)).await.unwrap().unwrap_err();
    assert!(matches!(error, MediaError::Stalled { .. }), "{error:?}");
    // What a script started dies with it, if a moment later.
    until(|| processes(&ctx).is_empty().then_some(())).await;
}

#[tokio::test]
async fn moving_the_index_of_a_large_file_is_not_a_hang() {
    let room = Room::open().await;
    let script = "echo total_size=8000000; echo progress=end; \
                  echo '[mp4 @ 0x1] [info] Starting second pass: moving the moov atom' >&2; sleep 1.5; echo done";
    let tools = room.pretend(script);
    let mut ctx = marked();
    ctx.patience = Duration::from_millis(500);
    timeout(PATIENCE, make_sample_footage(&tools, &room.path("samples"), &ctx)).await.unwrap().unwrap();
}
