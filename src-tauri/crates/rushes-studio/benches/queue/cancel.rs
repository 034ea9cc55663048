//! Time from the click on cancel until no ffmpeg of the job is left, in the
//! middle of a render.

use std::time::{Duration, Instant};

use rushes_studio::model::JobState;

use crate::common::{Room, SLOW, SLOW_S, ffmpegs_in, in_the_middle, one_clip};

const CANCELS: usize = 30;
/// Target of the design, for the 95th percentile.
const AIM: Duration = Duration::from_millis(300);

pub async fn run() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let clip = one_clip(&room, &session, SLOW_S).await;
    let profiles = room.data_dir().join("profiles");
    let mut times = Vec::new();
    for number in 0..CANCELS {
        let job = session.render_final_clip(clip.id, SLOW, None).await.unwrap();
        in_the_middle(&session, job.id).await;
        // At different points of the render.
        tokio::time::sleep(Duration::from_millis(150 + 37 * number as u64)).await;
        let since = Instant::now();
        let cancelled = session.cancel_job(job.id).await.unwrap();
        while !ffmpegs_in(&profiles).is_empty() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        times.push(since.elapsed());
        assert_eq!(cancelled.state, JobState::Cancelled);
    }
    times.sort();
    let (half, most) = (times[CANCELS / 2], times[CANCELS * 95 / 100]);
    println!("cancelling, {CANCELS} times in the middle of a final");
    println!("  until no ffmpeg is left: p50 {half:.0?}, p95 {most:.0?}, worst {:.0?}", times[CANCELS - 1]);
    println!("  aim p95 {AIM:?}: {}", if most <= AIM { "met" } else { "missed" });
}
