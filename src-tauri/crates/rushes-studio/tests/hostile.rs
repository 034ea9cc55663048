//! The hostile-input campaign: names and metadata that look like ffmpeg output,
//! playlists named like videos, files replaced after they were added, arbitrary
//! captions. Whatever happens, only the added footage is shown, nothing blocks
//! the queue, and every call returns.
//!
//! A short campaign is part of the tests. `make hostile` runs a long one:
//! `RUSHES_HOSTILE_ROUNDS` and `RUSHES_HOSTILE_SEED` set its length and seed.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use common::*;
use rand::seq::IndexedRandom;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rushes_model::ids::ClipId;
use rushes_model::notice::Notice;
use rushes_studio::model::{JobState, SourceState};
use rushes_studio::{ProfileSession, StudioError};

/// Rounds of the short campaign.
const ROUNDS: u64 = 3;
/// Time limit for reading captions, far above the usual.
const SOON: Duration = Duration::from_secs(20);

/// ffmpeg's output for frames, errors and its start.
const SPEECH: [&str; 9] = [
    "[error] No space left on device",
    "[fatal] Unknown encoder 'libx264'",
    "[error] av_interleaved_write_frame(): Read-only file system",
    "[info] Stream mapping:",
    "[Parsed_showinfo_3 @ 0x55d0] [info] n: 0 pts: 900000 pts_time:0.9",
    "[Parsed_ashowinfo_3 @ 0x55d0] [info] n:0 pts:0 nb_samples:90000",
    "[h264 @ 0x55d0] [error] concealing 900 DC, 900 AC, 900 MV errors",
    "    I:         -3.0 LUFS",
    "moov atom not found",
];
const ODD: [&str; 12] =
    ["\u{1b}[2J", "\u{202e}gpj", "%d", "%s%n", "'", "\"", "\\", "$(id)", "-i", "pipe:0", "a:b", "🎬"];

#[tokio::test(flavor = "multi_thread")]
async fn whatever_comes_in_only_what_was_added_is_shown() {
    let asked = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let rounds = asked("RUSHES_HOSTILE_ROUNDS").unwrap_or(ROUNDS);
    let seed = asked("RUSHES_HOSTILE_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    println!("seed {seed}");
    let trial = Trial::begin(seed).await;
    for round in 0..rounds {
        println!("round {round}");
        let mut dice = ChaCha8Rng::seed_from_u64(seed.wrapping_mul(1_000).wrapping_add(round));
        trial.round(round, &mut dice).await;
    }
    assert_eq!(scratch(&trial.room.data_dir()), [] as [PathBuf; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_became_another_file_is_told_and_not_used() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let project = project(&session, "Swapped").await;
    let film = room.beside("desk").join("film.mp4");
    std::fs::copy(&room.footage.others, &film).unwrap();
    let source = add(&session, project, &[&film]).await.remove(0);
    let bytes = std::fs::read(&film).unwrap();
    let mut other = std::fs::read(&room.footage.silent).unwrap();
    other.resize(bytes.len(), 0);
    std::fs::write(&film, &other).unwrap();

    let job = session.analyse_source(source.id).await.unwrap();
    let job = session.wait_for_job(job.id).await.unwrap();
    assert_eq!(job.error, Some(Notice::SourceChanged { name: "film.mp4".into() }), "{job:?}");
    assert_eq!(session.get_source(source.id).await.unwrap().state, SourceState::Missing);
    assert_eq!(session.get_source_analysis(source.id).await.unwrap(), None);

    std::fs::write(&film, &bytes).unwrap();
    assert_eq!(session.get_source(source.id).await.unwrap().state, SourceState::Ready);
    assert_eq!(generate(&session, project, &asking_for(1, 1)).await.len(), 1);
}

struct Trial {
    room: Room,
    session: ProfileSession,
    /// Two scenes without red, with sound.
    ours: PathBuf,
    /// All red: belongs to someone else and must never be shown.
    secret: PathBuf,
}

impl Trial {
    async fn begin(seed: u64) -> Self {
        let room = Room::new().await;
        let session = room.profile(&format!("Ana {seed}")).await;
        let desk = room.beside("desk");
        let (ours, secret) = (desk.join("ours.mkv"), room.beside("else").join("secret.mkv"));
        film("r=0", &ours);
        film("g=0:b=0", &secret);
        Self { room, session, ours, secret }
    }

    async fn round(&self, round: u64, dice: &mut ChaCha8Rng) {
        let desk = self.room.beside(&format!("desk-{round}"));
        let named = desk.join(format!("{}.mkv", name(dice)));
        tagged(&self.ours, &named, dice);
        let project = project(&self.session, &format!("Project {round}")).await;
        let source = add(&self.session, project, &[&named]).await.remove(0);
        let clip = generate(&self.session, project, &asking_for(1, 1)).await.remove(0);
        let analysis = self.session.get_source_analysis(source.id).await.unwrap().unwrap();
        assert_eq!((analysis.shots.len(), analysis.damage.len()), (2, 0), "{named:?}");

        for list in lists(&desk, &self.secret, dice) {
            let outcome = self
                .session
                .add_sources(project, std::slice::from_ref(&list), false)
                .await
                .unwrap()
                .remove(0);
            let refused = outcome.refused.unwrap_or_else(|| panic!("{list:?} is taken"));
            assert!(matches!(refused.notice, Notice::NotAVideo { .. }), "{list:?}");
        }

        self.read_captions(clip.id, &desk, dice).await;
        let bytes = std::fs::read(&named).unwrap();
        self.swap(&named, &bytes, dice);
        let refused = self.rendered(clip.id, &desk).await.unwrap_err();
        let is_told = matches!(refused.notice, Notice::SourceChanged { .. } | Notice::SourceMissing { .. });
        assert!(is_told, "{refused:?}");
        let _ = std::fs::remove_file(&named).or_else(|_| std::fs::remove_dir_all(&named));
        std::fs::write(&named, &bytes).unwrap();
        let shown = self.rendered(clip.id, &desk).await.unwrap();
        assert!(is_ours(&shown), "{named:?}");
        assert_eq!(std::fs::read(&named).unwrap(), bytes, "sources are never written to");
        assert_eq!(self.session.queue_status().await.unwrap().held, None);
    }

    /// Renders a final to the end and returns it.
    async fn rendered(&self, clip: ClipId, desk: &Path) -> Result<PathBuf, StudioError> {
        let job = self.session.render_final_clip(clip, QUICK, Some(desk)).await?;
        let job = self.session.wait_for_job(job.id).await?;
        if job.state != JobState::Done {
            return Err(job.error.unwrap().into());
        }
        let export = self.session.list_exports(Some(job.project_id.unwrap())).await?.remove(0);
        self.session.export_path(export.id).await
    }

    /// Replaces the file of a source.
    fn swap(&self, source: &Path, bytes: &[u8], dice: &mut ChaCha8Rng) {
        std::fs::remove_file(source).unwrap();
        let mut other = std::fs::read(&self.secret).unwrap();
        match dice.random_range(0..7) {
            0 => std::os::unix::fs::symlink(&self.secret, source).unwrap(),
            // Same size and times as the source.
            1 => {
                other.resize(bytes.len(), 0);
                std::fs::write(source, other).unwrap();
            }
            2 => {
                let mut list =
                    format!("ffconcat version 1.0\nfile '{}'\n", self.secret.display()).into_bytes();
                list.resize(bytes.len(), b'\n');
                std::fs::write(source, list).unwrap();
            }
            3 => {
                let mut list = format!("#EXTM3U\n#EXTINF:2,\n{}\n#EXT-X-ENDLIST\n", self.secret.display());
                list.extend(std::iter::repeat_n('\n', bytes.len().saturating_sub(list.len())));
                std::fs::write(source, list).unwrap();
            }
            4 => assert!(Command::new("mkfifo").arg(source).status().unwrap().success()),
            5 => std::fs::create_dir(source).unwrap(),
            _ => std::fs::write(source, &bytes[..bytes.len() / 2]).unwrap(),
        }
    }

    /// Imports arbitrary captions: the call returns, and what is kept is within
    /// the clip.
    async fn read_captions(&self, clip: ClipId, desk: &Path, dice: &mut ChaCha8Rng) {
        let parts: [&[u8]; 16] = [
            b"1\n",
            b"00:00:00,100 --> 00:00:00,900\n",
            b"00:00:00,950 --> 99:00:00,000\n",
            b" --> ",
            b"<",
            b"{\\",
            b"<br>",
            b"&amp;",
            b"&#",
            b"</i>",
            b"\n\n",
            b"\xff\xfe",
            b"\xcf\xf0\xe8",
            b"\0",
            b"\r",
            b"caption",
        ];
        let file = desk.join("words.srt");
        let mut bytes = Vec::new();
        for _ in 0..dice.random_range(1..40) {
            let part = parts.choose(dice).unwrap();
            let times = if dice.random_ratio(1, 12) { 100_000 } else { 1 };
            bytes.extend(part.repeat(times));
        }
        bytes.truncate(4 << 20);
        std::fs::write(&file, bytes).unwrap();
        let start = Instant::now();
        let read = self.session.import_clip_captions(clip, &file, None).await;
        assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
        let detail = self.session.get_clip(clip).await.unwrap();
        let inside = |end_us: i64| end_us <= detail.clip.duration_us;
        assert!(detail.content.captions.iter().all(|cue| inside(cue.end_us)), "{read:?}");
    }
}

/// A video of two scenes of two seconds each, without some colours.
fn film(without: &str, to: &Path) {
    let scenes = ["testsrc2=s=160x90:r=25", "mandelbrot=s=160x90:r=25:start_scale=0.1"]
        .map(|scene| format!("{scene},trim=duration=2,setsar=1,format=rgb24,lutrgb={without}"));
    let graph = format!("{}[a];{}[b];[a][b]concat,format=yuv420p", scenes[0], scenes[1]);
    let mut command = Command::new("ffmpeg");
    command.args([
        "-v",
        "error",
        "-y",
        "-f",
        "lavfi",
        "-t",
        "4",
        "-i",
        "sine=b=4",
        "-filter_complex",
        &graph,
    ]);
    command.args(["-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-c:a", "aac"]);
    assert!(command.arg(to).status().unwrap().success());
}

/// The same video with arbitrary metadata.
fn tagged(film: &Path, to: &Path, dice: &mut ChaCha8Rng) {
    let title = speech(dice, 5, "\n");
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-y", "-i"]).arg(film).args(["-c", "copy"]);
    command.args(["-metadata", &format!("title={title}"), "-metadata:s", &format!("title=x\n{title}")]);
    let plain = to.with_file_name("tagged.mkv");
    assert!(command.arg(&plain).status().unwrap().success());
    std::fs::rename(plain, to).unwrap();
}

fn speech(dice: &mut impl Rng, most: usize, joint: &str) -> String {
    let count = dice.random_range(1..=most);
    let words: Vec<&str> = (0..count)
        .map(|_| *if dice.random_bool(0.7) { SPEECH.choose(dice) } else { ODD.choose(dice) }.unwrap())
        .collect();
    words.join(joint)
}

/// A name that file systems accept.
fn name(dice: &mut impl Rng) -> String {
    let joint = *["\n", " ", "\r", "\t"].choose(dice).unwrap();
    let name = format!("x{joint}{}", speech(dice, 3, joint)).replace('/', "_");
    let end = (0..=200.min(name.len())).rev().find(|end| name.is_char_boundary(*end)).unwrap();
    name[..end].to_owned()
}

/// Playlists of the secret named like videos.
fn lists(desk: &Path, secret: &Path, dice: &mut impl Rng) -> Vec<PathBuf> {
    let secret = secret.display();
    let texts = [
        format!("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{secret}\n#EXT-X-ENDLIST\n"),
        format!("ffconcat version 1.0\nfile '{secret}'\n"),
        format!(
            "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"><Period><AdaptationSet><Representation><BaseURL>file:{secret}</BaseURL></Representation></AdaptationSet></Period></MPD>"
        ),
        format!("v=0\no=- 0 0 IN IP4 127.0.0.1\ns={secret}\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n"),
        format!("[playlist]\nFile1={secret}\n"),
    ];
    let endings = ["mp4", "mkv", "m3u8", "ffconcat", "mpd", "sdp", "ts", "avi"];
    (0..2)
        .map(|number| {
            let list = desk.join(format!("list-{number}.{}", endings.choose(dice).unwrap()));
            std::fs::write(&list, texts.choose(dice).unwrap()).unwrap();
            list
        })
        .collect()
}

/// Whether a final shows no red.
fn is_ours(film: &Path) -> bool {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(film)
        .args(["-vf", "scale=1:1,format=rgb24", "-f", "rawvideo", "-"])
        .output()
        .unwrap();
    let pixels = output.stdout.as_chunks::<3>().0;
    !pixels.is_empty() && pixels.iter().all(|[red, green, blue]| *red < (*green).max(*blue))
}
