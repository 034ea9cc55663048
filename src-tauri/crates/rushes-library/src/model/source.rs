//! Source videos.

use rushes_model::facts::SourceFacts;
use rushes_model::ids::{ProjectId, SourceId};
use serde::{Deserialize, Serialize};

/// Whether a source can be worked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(rename_all = "snake_case")]
pub enum SourceState {
    /// Probed and there.
    Ready,
    /// Not found where it was; can be relinked.
    Missing,
}

/// A source video, referenced where it lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Source {
    /// Identity.
    pub id: SourceId,
    /// Its project.
    pub project_id: ProjectId,
    /// File name.
    pub name: String,
    /// Where it lies; shown only in its own profile.
    pub path: String,
    /// What the probe told.
    pub facts: SourceFacts,
    /// Whether its file is where it was.
    pub state: SourceState,
    /// Identity of the content (size and samples of it, hashed).
    pub fingerprint: String,
    /// When it was added, in milliseconds since the epoch.
    pub added_at_ms: i64,
    /// Whether it was copied into the profile's folder.
    pub copied: bool,
    /// Where its first picture lies in what a window plays of it, in microseconds: a file
    /// keeps its own zero, and a proxy starts with the picture.
    pub plays_from_us: i64,
}

/// Whether one of the sound tracks of a source is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, specta::Type)]
pub struct TrackUse {
    /// The track, by the index of its stream in the file.
    pub stream_index: u32,
    /// Whether it is used.
    pub used: bool,
}

impl Source {
    /// A choice that uses exactly these sound tracks of the source.
    pub fn only_tracks(&self, streams: &[u32]) -> Vec<TrackUse> {
        let choice = |stream_index| TrackUse { stream_index, used: streams.contains(&stream_index) };
        self.facts.audio.iter().map(|track| choice(track.stream_index)).collect()
    }

    /// Cache key of what is made from its sound, or from picture and sound: the fingerprint,
    /// and the sound tracks in use if there are several.
    pub fn content_key(&self) -> String {
        let mut key = self.fingerprint.clone();
        if self.facts.audio.len() > 1 {
            key.push_str("-sound");
            self.facts.used_audio().for_each(|track| key.push_str(&format!("-{}", track.stream_index)));
        }
        key
    }
}
