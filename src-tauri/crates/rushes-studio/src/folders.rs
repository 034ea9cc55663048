//! Where the files of a profile lie.

use std::path::{Path, PathBuf};

use rushes_library::ids::{ClipId, JobId, ProfileId, ProjectId, SourceId};

/// The folders of one profile in the data directory.
#[derive(Debug, Clone)]
pub struct ProfileFolders {
    root: PathBuf,
}

impl ProfileFolders {
    /// The folders of a profile; nothing is made yet.
    pub fn new(data_dir: &Path, profile: ProfileId) -> Self {
        Self { root: data_dir.join("profiles").join(profile.to_string()) }
    }

    /// All of it.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Log files.
    pub fn logs(&self) -> PathBuf {
        self.root.join("logs")
    }

    /// Scratch space of all jobs.
    pub fn temp(&self) -> PathBuf {
        self.root.join("temp")
    }

    /// Scratch space of one job.
    pub fn job_temp(&self, job: JobId) -> PathBuf {
        self.temp().join(job.to_string())
    }

    /// Media of one project.
    pub fn media(&self, project: ProjectId) -> PathBuf {
        self.root.join("media").join(project.to_string())
    }

    /// Finals of one project, where the editor chose no other folder.
    pub fn finals(&self, project: ProjectId) -> PathBuf {
        self.media(project).join("finals")
    }

    /// A source that was copied in.
    pub fn copied_source(&self, project: ProjectId, source: SourceId, name: &str) -> PathBuf {
        self.media(project).join("sources").join(source.to_string()).join(name)
    }

    /// The files for viewing of a clip, as made from one of its revisions.
    pub fn raw(&self, project: ProjectId, clip: ClipId, cut_revision: u32) -> RawFiles {
        let folder = self.media(project).join("raw");
        let file = |ending: &str| folder.join(format!("{clip}.{cut_revision}.{ending}"));
        RawFiles { video: file("mp4"), thumbnail: file("jpg"), filmstrip: file("strip.jpg") }
    }

    /// The pictures of a source, by what it contains.
    pub fn source_pictures(
        &self,
        project: ProjectId,
        source: SourceId,
        fingerprint: &str,
    ) -> (PathBuf, PathBuf) {
        let folder = self.media(project).join("pictures");
        let stem = format!("{source}-{}", &fingerprint[..fingerprint.len().min(16)]);
        (folder.join(format!("{stem}.jpg")), folder.join(format!("{stem}.strip.jpg")))
    }
}

/// What is made of a clip for viewing.
#[derive(Debug, Clone)]
pub struct RawFiles {
    /// The video.
    pub video: PathBuf,
    /// One picture.
    pub thumbnail: PathBuf,
    /// Ten pictures side by side.
    pub filmstrip: PathBuf,
}

/// Size of everything in a folder, in bytes; 0 where there is none.
pub fn disk_usage(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries
        .filter_map(Result::ok)
        .map(|entry| match entry.file_type() {
            Ok(kind) if kind.is_dir() => disk_usage(&entry.path()),
            Ok(kind) if kind.is_file() => entry.metadata().map_or(0, |facts| facts.len()),
            _ => 0,
        })
        .sum()
}

/// A file name made from a clip's name: what no file system takes is left out.
pub fn file_stem(name: &str) -> String {
    let cleaned: String =
        name.chars().map(|c| if c.is_control() || r#"/\:*?"<>|"#.contains(c) { ' ' } else { c }).collect();
    let mut stem = cleaned.split_whitespace().collect::<Vec<_>>().join(" ");
    // File names end at 255 bytes; room is left for the preset and a number.
    while stem.len() > 180 {
        stem.pop();
    }
    let stem = stem.trim_matches(['.', ' ']).to_owned();
    if stem.is_empty() { "Clip".to_owned() } else { stem }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_stem_holds_nothing_that_a_file_system_refuses() {
        assert_eq!(file_stem("A/B: \"C\" <d>?"), "A B C d");
        assert_eq!(file_stem("../.."), "Clip");
        assert_eq!(file_stem("…"), "…");
        assert!(file_stem(&"ß".repeat(200)).len() <= 180);
    }

    #[test]
    fn the_files_of_one_revision_never_meet_those_of_another() {
        let folders = ProfileFolders::new(Path::new("/d"), ProfileId::new());
        let (project, clip) = (ProjectId::new(), ClipId::new());
        assert_ne!(folders.raw(project, clip, 1).video, folders.raw(project, clip, 2).video);
        assert_ne!(folders.raw(project, clip, 1).thumbnail, folders.raw(project, clip, 1).filmstrip);
    }
}
