//! Seeking shows the right frame: real, unusual footage compared with a decode from its
//! beginning.

use std::path::{Path, PathBuf};
use std::process::Command;

use rushes_media::{RunContext, Toolchain, probe, thumbnail};

/// Side of the compared pictures, in pixels.
const SIDE: usize = 32;
/// Mean difference of two pictures that look the same after JPEG, in levels of red,
/// green and blue.
const ALIKE: f64 = 6.0;

#[tokio::test]
async fn a_picture_after_a_seek_is_the_one_that_decoding_from_the_start_shows() {
    let Some(footage) = footage() else { return };
    let tools = Toolchain::discover(None).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut compared = 0;
    for file in footage {
        let Ok(facts) = probe(&tools, &file).await else { continue };
        let at_us = facts.duration_us * 6 / 10;
        let sought = folder.path().join(format!("{compared}.jpg"));
        let made = thumbnail(&tools, &file, &facts, at_us, 480, &sought, &RunContext::quiet()).await;
        assert!(made.is_ok(), "{}: {made:?}", file.display());
        // The nearest frame is the last one up to half a frame later. With an uneven rate,
        // it is the one on screen.
        let is_even = !facts.video.variable_frame_rate;
        let later = if is_even { 0.5e3 / f64::from(facts.video.frame_rate_milli) } else { 1e-3 };
        let before = (facts.start_us + at_us) as f64 / 1e6 + later;
        let stream = format!("0:{}", facts.video.stream_index);
        let select = format!("select='lte(t,{before})'");
        // Untagged footage is interpreted as players do: BT.709 from 720 lines on.
        let is_709 = facts.video.matrix.as_ref().map_or(facts.video.coded_height >= 720, |m| m == "bt709");
        let matrix = if is_709 { "bt709" } else { "bt601" };
        let shown = pixels(&file, &["-copyts"], &["-map", &stream], &select, matrix).unwrap();
        let sought = pixels(&sought, &[], &[], "null", "bt601").unwrap();
        let difference: f64 = shown.iter().zip(&sought).map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>()
            / shown.len() as f64;
        assert!(difference < ALIKE, "{}: {difference:.1}", file.display());
        compared += 1;
    }
    assert!(compared > 10, "{compared}");
}

/// The last frame that passes a filter, scaled down, as red, green and blue.
fn pixels(file: &Path, before: &[&str], map: &[&str], filter: &str, matrix: &str) -> Option<Vec<u8>> {
    let output = Command::new("ffmpeg")
        .args(["-v", "quiet"])
        .args(before)
        .arg("-i")
        .arg(file)
        .args(map)
        .arg("-vf")
        .arg(format!("{filter},scale={SIDE}:{SIDE}:flags=area:in_color_matrix={matrix},format=rgb24"))
        .args(["-fps_mode", "passthrough", "-f", "rawvideo", "pipe:1"])
        .output()
        .unwrap();
    let last = output.stdout.len().checked_sub(SIDE * SIDE * 3)?;
    Some(output.stdout[last..].to_vec())
}

fn footage() -> Option<Vec<PathBuf>> {
    let folder = std::env::var_os("RUSHES_FOOTAGE").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/footage"),
        PathBuf::from,
    );
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("skipped: there is no footage in {}", folder.display());
        return None;
    };
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    Some(files)
}
