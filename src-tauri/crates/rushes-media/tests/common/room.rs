//! A workspace that makes footage.
#![allow(dead_code)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rushes_media::{FinalRequest, Piece, Toolchain, probe};
use rushes_model::captions::CaptionStyle;
use rushes_model::framing::{FrameSize, Framing, FramingMode};
use rushes_model::spec::{AudioEncoding, Container, ExportSpec, VideoEncoding};
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// Far longer than anything here takes, even on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// Found once: checking ffmpeg's capabilities takes longer than making many of the
/// films here.
static TOOLS: OnceCell<Toolchain> = OnceCell::const_new();

pub struct Room {
    pub tools: Toolchain,
    pub folder: TempDir,
}

impl Room {
    pub async fn open() -> Self {
        let tools = TOOLS.get_or_init(|| async { Toolchain::discover(None).await.unwrap() }).await;
        Self { tools: tools.clone(), folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Makes a film with ffmpeg.
    pub fn make(&self, name: &str, arguments: &[&str]) -> PathBuf {
        let path = self.path(name);
        let mut command = Command::new("ffmpeg");
        command.args(["-v", "error", "-y", "-nostdin"]).args(arguments).arg(&path);
        assert!(command.status().unwrap().success(), "{name}");
        path
    }

    /// A whole film as a piece.
    pub async fn piece(&self, path: &Path) -> Piece {
        let facts = probe(&self.tools, path).await.unwrap();
        let out_us = facts.duration_us;
        Piece { path: path.to_owned(), facts, in_us: 0, out_us }
    }

    /// An H.264 final of pieces in a small frame, in MP4 with AAC; in MOV its sound is
    /// lossless.
    pub fn request(&self, pieces: Vec<Piece>, name: &str) -> FinalRequest {
        let destination = self.path(name);
        let is_mov = destination.extension().is_some_and(|ending| ending == "mov");
        let (container, audio) = if is_mov {
            (Container::Mov, AudioEncoding::Pcm)
        } else {
            (Container::Mp4, AudioEncoding::Aac { kbps: 192 })
        };
        FinalRequest {
            pieces,
            muted: false,
            framing: Framing { mode: FramingMode::Fit, ..Framing::default() },
            cues: Vec::new(),
            style: CaptionStyle::default(),
            spec: ExportSpec {
                frame: Some(FrameSize { width: 320, height: 180 }),
                min_frame_rate_milli: 0,
                max_frame_rate_milli: 60_000,
                container,
                video: VideoEncoding::H264 { crf: 16, max_kbps: 8000 },
                audio,
                loudness: None,
                max_duration_us: None,
                max_bytes: None,
            },
            hardware: None,
            temp_dir: self.path("temp"),
            destination,
        }
    }
}
