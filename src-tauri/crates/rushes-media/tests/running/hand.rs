//! Pausing, deprioritising and cancelling running work.

use std::time::{Duration, Instant};

use rushes_media::{MediaError, keep_from_tools, make_sample_footage};
use tokio::time::{sleep, timeout};

use crate::room::{PATIENCE, Room, at_work, marked, nice, processes, state, until};

#[tokio::test]
async fn held_work_stands_still_and_goes_on_to_the_same_result() {
    let room = Room::open().await;
    let piece = room.half_a_minute().await;
    let ctx = marked();
    let work = room.clip_file(&piece, &ctx);
    let ffmpeg = at_work(&ctx).await;
    ctx.control.pause();
    until(|| (state(ffmpeg)? == "T").then_some(())).await;
    sleep(Duration::from_millis(500)).await;
    assert_eq!(state(ffmpeg).as_deref(), Some("T"));
    assert!(ctx.control.is_paused() && !work.is_finished());
    ctx.control.resume();
    let rendered = timeout(PATIENCE, work).await.unwrap().unwrap().unwrap();
    assert!((rendered.facts.duration_us - piece.facts.duration_us).abs() < 40_000);
    assert_eq!(processes(&ctx), Vec::<u32>::new());
}

#[tokio::test]
async fn time_on_hold_is_not_taken_for_a_hang() {
    let room = Room::open().await;
    let piece = room.half_a_minute().await;
    let mut ctx = marked();
    ctx.patience = Duration::from_millis(4000);
    let work = room.clip_file(&piece, &ctx);
    at_work(&ctx).await;
    ctx.control.pause();
    sleep(2 * ctx.patience).await;
    assert!(!work.is_finished());
    ctx.control.resume();
    timeout(PATIENCE, work).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn nothing_starts_while_it_is_held() {
    let room = Room::open().await;
    let piece = room.half_a_minute().await;
    let ctx = marked();
    ctx.control.pause();
    let work = room.clip_file(&piece, &ctx);
    sleep(Duration::from_millis(300)).await;
    assert_eq!(processes(&ctx), Vec::<u32>::new());
    ctx.cancel.cancel();
    let outcome = timeout(PATIENCE, work).await.unwrap().unwrap();
    assert!(matches!(outcome, Err(MediaError::Cancelled)), "{outcome:?}");
}

#[rstest::rstest]
#[case::at_work(false)]
#[case::on_hold(true)]
#[tokio::test]
async fn cancelled_work_is_gone_at_once_and_leaves_nothing(#[case] held: bool) {
    let room = Room::open().await;
    let piece = room.half_a_minute().await;
    let ctx = marked();
    let work = room.clip_file(&piece, &ctx);
    let ffmpeg = at_work(&ctx).await;
    if held {
        ctx.control.pause();
        until(|| (state(ffmpeg)? == "T").then_some(())).await;
    }
    let start = Instant::now();
    ctx.cancel.cancel();
    let outcome = timeout(PATIENCE, work).await.unwrap().unwrap();
    let took = start.elapsed();
    println!("from the cancel to no process: {took:?}");
    assert!(matches!(outcome, Err(MediaError::Cancelled)), "{outcome:?}");
    assert!(took < Duration::from_secs(1), "{took:?}");
    assert_eq!((processes(&ctx), room.drafts()), (vec![], 0));
}

#[tokio::test]
async fn quiet_work_stands_back_from_its_start_or_from_when_it_is_asked_to() {
    let room = Room::open().await;
    let piece = room.half_a_minute().await;
    for from_the_start in [true, false] {
        let ctx = marked();
        ctx.control.set_quiet(from_the_start);
        let work = room.clip_file(&piece, &ctx);
        let ffmpeg = at_work(&ctx).await;
        ctx.control.set_quiet(true);
        until(|| (nice(ffmpeg)? == 10).then_some(())).await;
        ctx.cancel.cancel();
        timeout(PATIENCE, work).await.unwrap().unwrap().unwrap_err();
    }
}

#[tokio::test]
async fn what_is_kept_from_the_tools_is_not_in_their_environment() {
    let room = Room::open().await;
    let told = room.path("environment");
    let tools = room.pretend(&format!("env >'{}'; exit 1", told.display()));
    // Cargo sets both for every test.
    keep_from_tools(&["CARGO_PKG_NAME"]);
    assert!(std::env::var_os("CARGO_PKG_NAME").is_some());
    make_sample_footage(&tools, &room.path("samples"), &marked()).await.unwrap_err();
    let environment = std::fs::read_to_string(told).unwrap();
    let has = |name: &str| environment.lines().any(|line| line.starts_with(&format!("{name}=")));
    assert_eq!((has("CARGO_PKG_NAME"), has("CARGO_PKG_VERSION")), (false, true), "{environment}");
}
