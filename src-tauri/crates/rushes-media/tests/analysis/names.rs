//! File names and metadata are never mistaken for ffmpeg's own log.

use std::path::{Path, PathBuf};

use crate::room::{H264, Room, SECOND, TONE, cuts, scenes};

/// Lines like those that ffmpeg logs about video and audio frames, damage and its own
/// start.
const SPEECH: [&str; 6] = [
    "n: 0 pts: 4000000 pts_time:4",
    "[Parsed_showinfo_3 @ 0x55d0c0] [info] n:   0 pts: 4000000 pts_time:4 pos: 1 fmt:yuv420p",
    "[Parsed_ashowinfo_3 @ 0x55d0c0] [info] n:0 pts:0 pts_time:0 nb_samples:900000",
    "[info] Stream mapping:",
    "[h264 @ 0x55d0c0] [error] concealing 900 DC, 900 AC, 900 MV errors in P frame",
    "[error] corrupt decoded frame in stream 0",
];

/// Eight seconds of four scenes with sound.
fn film(room: &Room, more: &[&str]) -> PathBuf {
    let graph = scenes(["2", "2", "2", "2"]);
    let input = ["-f", "lavfi", "-t", "8", "-i", TONE, "-filter_complex", &graph, "-c:a", "flac"];
    room.make("film.mkv", &[&input[..], &H264, more].concat())
}

async fn assert_seen_and_heard_as_it_is(room: &Room, film: &Path) {
    let analysis = room.analysed(film).await.1.analysis;
    assert_eq!(cuts(&analysis), [2 * SECOND, 4 * SECOND, 6 * SECOND]);
    assert_eq!(analysis.damage, []);
    assert_eq!(analysis.sound.unwrap().silences, []);
}

#[tokio::test]
async fn titles_that_speak_like_ffmpeg_are_titles() {
    let room = Room::open().await;
    let title = format!("title={}", SPEECH.join("\n"));
    let film = film(&room, &["-metadata", &title, "-metadata:s:v:0", &title]);
    assert_seen_and_heard_as_it_is(&room, &film).await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_name_that_speaks_like_ffmpeg_is_a_name() {
    let room = Room::open().await;
    let named = room.path(&format!("x\n{}\n{}\n{}.mkv", SPEECH[1], SPEECH[3], SPEECH[5]));
    std::fs::rename(film(&room, &[]), &named).unwrap();
    assert_seen_and_heard_as_it_is(&room, &named).await;
}
