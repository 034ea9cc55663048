//! A room to make footage in.
#![allow(dead_code)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rushes_media::{Piece, Toolchain, probe};
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// Far longer than anything here takes, also beside other work.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// Found once: asking ffmpeg what it can takes longer than many a film here.
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

    /// The whole of a film as a piece.
    pub async fn piece(&self, path: &Path) -> Piece {
        let facts = probe(&self.tools, path).await.unwrap();
        let out_us = facts.duration_us;
        Piece { path: path.to_owned(), facts, in_us: 0, out_us }
    }
}
