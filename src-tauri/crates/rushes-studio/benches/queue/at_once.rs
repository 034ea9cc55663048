//! How many parallel jobs finish a set of finals soonest: the basis of `Limits::total`.

use std::time::Instant;

use rushes_studio::{Closing, Limits};

use crate::common::open;
use crate::{film, queue, with_clips};

const PRESETS: [&str; 4] = ["x", "square", "tiktok", "linkedin"];
const FINALS: usize = 16;

pub async fn run() {
    let folder = tempfile::tempdir().unwrap();
    let film = film(folder.path());
    let studio = open(folder.path()).await;
    let (session, clips) = with_clips(&studio, "Ana", &film, 4).await;
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    println!("jobs at once, {FINALS} finals of 1 s, {cores} cores");
    // The first run warms the disk caches.
    for at_once in [0, 1, 2, 3, 4] {
        let limits = Limits { at_once: Some(at_once.max(1)), quiet: false };
        studio.set_limits(limits).unwrap();
        let out = folder.path().join(format!("out-{at_once}"));
        std::fs::create_dir(&out).unwrap();
        let since = Instant::now();
        queue(&session, &clips, &PRESETS, FINALS, &out).await;
        studio.idle().await.unwrap();
        if at_once > 0 {
            println!("  {at_once}: {:>6.1} s", since.elapsed().as_secs_f64());
        }
    }
    println!("  on this machine Rushes does {} at once", Limits::AUTOMATIC.total());
    studio.close(Closing::Interrupt).await;
}
