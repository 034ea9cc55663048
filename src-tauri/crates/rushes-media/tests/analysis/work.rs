//! The analysis as a task: progress, cancelling, the film sheet, reproducible results.

use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rstest::rstest;
use rushes_media::{MediaError, RunContext, analyse, analyse_sound, probe};
use tokio::time::timeout;

use crate::room::{MOVING, PATIENCE, Room, damage};

#[tokio::test]
async fn the_same_footage_gives_the_same_analysis() {
    let room = Room::open().await;
    let film = room.record("film.mkv", &[]);
    damage(&film, 450, 100);
    let (_, first) = room.analysed(&film).await;
    let (_, second) = room.analysed(&film).await;
    assert_eq!(first.analysis, second.analysis);
    assert_eq!(first.waveform, second.waveform);
    assert_eq!(first.sheet, second.sheet);
}

#[rstest]
#[case(false)]
#[case(true)]
#[tokio::test]
async fn progress_never_goes_back_and_ends_at_the_whole(#[case] of_sound_alone: bool) {
    let room = Room::open().await;
    let film = room.record("film.ts", &[]);
    damage(&film, 450, 100);
    let facts = probe(&room.tools, &film).await.unwrap();
    let told = Arc::new(Mutex::new(Vec::new()));
    let telling = told.clone();
    let ctx = RunContext {
        on_progress: Arc::new(move |progress| telling.lock().unwrap().push(progress)),
        ..RunContext::quiet()
    };
    if of_sound_alone {
        analyse_sound(&room.tools, &film, &facts, &ctx).await.unwrap();
    } else {
        analyse(&room.tools, &film, &facts, &ctx).await.unwrap();
    }
    let told = told.lock().unwrap();
    assert!(told.len() > 3);
    assert!(told.is_sorted_by_key(|progress| progress.done_us), "{told:?}");
    assert!(told.iter().all(|progress| progress.total_us == facts.duration_us));
    assert_eq!(told.last().unwrap().done_us, facts.duration_us);
}

#[tokio::test]
async fn cancelling_ends_the_work_and_its_processes_at_once() {
    let room = Room::open().await;
    // Long enough that it cannot finish before it is cancelled.
    let film = room.make(
        "long.mkv",
        &["-f", "lavfi", "-i", MOVING, "-t", "60", "-c:v", "mpeg4", "-g", "250", "-q:v", "20"],
    );
    let facts = probe(&room.tools, &film).await.unwrap();
    let mut ctx = RunContext::quiet();
    let (cancel, cancelled) = (ctx.cancel.clone(), Arc::new(Mutex::new(None)));
    let at = cancelled.clone();
    ctx.on_progress = Arc::new(move |_| {
        at.lock().unwrap().get_or_insert_with(Instant::now);
        cancel.cancel();
    });
    let outcome = timeout(PATIENCE, analyse(&room.tools, &film, &facts, &ctx)).await.unwrap();
    assert!(matches!(outcome, Err(MediaError::Cancelled)), "{outcome:?}");
    let took = cancelled.lock().unwrap().unwrap().elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert_eq!(commands_about(&film.to_string_lossy()), Vec::<String>::new());
}

/// Command lines of processes that mention a file, on systems that show them.
fn commands_about(file: &str) -> Vec<String> {
    let Ok(processes) = std::fs::read_dir("/proc") else { return Vec::new() };
    processes
        .filter_map(|process| std::fs::read(process.ok()?.path().join("cmdline")).ok())
        .map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
        .filter(|line| line.contains(file))
        .collect()
}

#[tokio::test]
async fn the_film_sheet_shows_each_moment_in_its_place() {
    const COLOURS: [(&str, [u8; 3]); 13] = [
        ("red", [255, 0, 0]),
        ("lime", [0, 255, 0]),
        ("blue", [0, 0, 255]),
        ("yellow", [255, 255, 0]),
        ("magenta", [255, 0, 255]),
        ("cyan", [0, 255, 255]),
        ("white", [255, 255, 255]),
        ("gray", [128, 128, 128]),
        ("black", [0, 0, 0]),
        ("orange", [255, 165, 0]),
        ("red", [255, 0, 0]),
        ("blue", [0, 0, 255]),
        ("lime", [0, 255, 0]),
    ];
    let room = Room::open().await;
    let scenes: String = COLOURS
        .iter()
        .enumerate()
        .map(|(n, (colour, _))| format!("color={colour}:s=320x180:r=25:d=1,format=yuv420p[c{n}];"))
        .collect();
    let labels: String = (0..COLOURS.len()).map(|n| format!("[c{n}]")).collect();
    let film = room.draw("colours.mp4", &format!("{scenes}{labels}concat=n={}", COLOURS.len()), &[]);
    let sheet = room.analysed(&film).await.1.sheet.unwrap();
    assert_eq!((sheet.step_us, sheet.tiles, sheet.columns, sheet.rows), (500_000, 26, 20, 2));

    let picture = room.path("sheet.jpg");
    std::fs::write(&picture, &sheet.jpeg).unwrap();
    let decoded = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(&picture)
        .args(["-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"])
        .output()
        .unwrap();
    let (width, height) = (sheet.tile_width as usize, sheet.tile_height as usize);
    let whole_width = width * sheet.columns as usize;
    assert_eq!(decoded.stdout.len(), whole_width * height * sheet.rows as usize * 3);
    for tile in 0..sheet.tiles as usize {
        let (column, row) = (tile % 20, tile / 20);
        let middle = ((row * height + height / 2) * whole_width + column * width + width / 2) * 3;
        let shown = &decoded.stdout[middle..middle + 3];
        let due = COLOURS[tile / 2].1;
        assert!(
            shown.iter().zip(due).all(|(a, b)| a.abs_diff(b) < 40),
            "tile {tile}: {shown:?}, not {due:?}"
        );
    }
}
