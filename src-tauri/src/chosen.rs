//! Files the editor chose in a dialog of the shell or dropped on a window.
//!
//! A compromised page could name any path. Where that would give it the text of
//! a file (captions) or run a program (ffmpeg), the shell only accepts paths it
//! got from the editor. Footage is exempt: all a path from the page can do
//! there is cause a probe, which refuses anything that is not a video.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rushes_model::notice::Notice;
use rushes_studio::StudioResult;

/// The chosen files of each window. Clones share them.
#[derive(Clone, Default)]
pub struct ChosenFiles(Arc<Mutex<HashMap<String, HashSet<PathBuf>>>>);

impl ChosenFiles {
    /// Remembers files the editor chose in a window.
    pub fn add(&self, window: &str, paths: impl IntoIterator<Item = PathBuf>) {
        self.with(|files| files.entry(window.to_owned()).or_default().extend(paths));
    }

    /// # Errors
    /// If the editor did not choose the file in this window.
    pub fn require(&self, window: &str, path: &Path) -> StudioResult<()> {
        if self.with(|files| files.get(window).is_some_and(|chosen| chosen.contains(path))) {
            return Ok(());
        }
        Err(Notice::NotChosen.into())
    }

    /// Forgets the files of a window that is closed or shows another profile.
    pub fn forget(&self, window: &str) {
        self.with(|files| files.remove(window));
    }

    fn with<T>(&self, work: impl FnOnce(&mut HashMap<String, HashSet<PathBuf>>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_chosen_in_one_window_and_until_it_is_forgotten() {
        let files = ChosenFiles::default();
        files.add("main", [PathBuf::from("/a.srt")]);
        assert!(files.require("main", Path::new("/a.srt")).is_ok());
        assert_eq!(files.require("other", Path::new("/a.srt")).unwrap_err().notice, Notice::NotChosen);
        assert_eq!(files.require("main", Path::new("/b.srt")).unwrap_err().notice, Notice::NotChosen);
        files.forget("main");
        assert!(files.require("main", Path::new("/a.srt")).is_err());
    }
}
