//! Where the files of a profile are stored.

use std::path::{Component, Path, PathBuf};

use rushes_library::paths::PROFILES;
use rushes_model::ids::{ClipId, JobId, ProfileId, ProjectId, SourceId};

/// The data directory: `RUSHES_DATA_DIR`, or the default of the installed
/// application. `None` only if there is no home directory.
pub fn data_dir() -> Option<PathBuf> {
    match std::env::var_os("RUSHES_DATA_DIR").filter(|value| !value.is_empty()) {
        Some(named) => Some(std::path::absolute(&named).unwrap_or_else(|_| named.into())),
        None => dirs::data_dir().map(|folder| folder.join(FOLDER)),
    }
}

/// The folder on this machine where each profile without its own output folder
/// gets a subfolder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinalsFolder {
    /// Where it lies.
    pub path: PathBuf,
    /// The part of the path that must exist; the rest is created when needed.
    pub root: PathBuf,
}

impl FinalsFolder {
    /// A folder the editor chose: it must exist.
    pub fn chosen(path: &Path) -> Self {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        Self { root: path.clone(), path }
    }

    /// `Rushes` in the user's videos folder, for the library of the installed
    /// application. A library with an explicit data directory keeps its finals
    /// there.
    pub fn among_the_videos(data_dir: &Path) -> Option<Self> {
        if dirs::data_dir()?.join(FOLDER) != data_dir {
            return None;
        }
        let root = dirs::home_dir()?;
        let videos = dirs::video_dir().unwrap_or_else(|| root.join("Videos"));
        Some(Self { path: videos.join("Rushes"), root })
    }
}

/// Name of the installed application's data directory.
const FOLDER: &str = "org.rushes.desktop";

/// Extension of the folder of a deleted profile.
pub(crate) const DOOMED: &str = "deleted";

/// The folders of one profile in the data directory.
#[derive(Debug, Clone)]
pub struct ProfileFolders {
    root: PathBuf,
}

impl ProfileFolders {
    /// The folders of a profile; nothing is created yet.
    pub fn new(data_dir: &Path, profile: ProfileId) -> Self {
        Self { root: data_dir.join(PROFILES).join(profile.to_string()) }
    }

    /// The root of all of them.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A path relative to this folder; `None` if it is elsewhere.
    pub fn relative<'a>(&self, path: &'a Path) -> Option<&'a Path> {
        let relative = path.strip_prefix(&self.root).ok()?;
        let is_plain = relative.components().all(|part| matches!(part, Component::Normal(_)));
        (is_plain && relative != Path::new("")).then_some(relative)
    }

    /// Whether a path is inside this folder without passing through a link that
    /// leads out. The last component may be a link; its target is not
    /// considered.
    pub fn holds(&self, path: &Path) -> bool {
        let Some(above) = self.relative(path).and_then(Path::parent) else { return false };
        let is_link = |folder: &Path| self.root.join(folder).is_symlink();
        !above.ancestors().filter(|folder| *folder != Path::new("")).any(is_link)
    }

    /// Where the whole folder is moved to be removed.
    pub fn doomed(&self) -> PathBuf {
        self.root.with_extension(DOOMED)
    }

    /// Log files.
    pub fn logs(&self) -> PathBuf {
        self.root.join("logs")
    }

    /// Scratch folder of all jobs.
    pub fn temp(&self) -> PathBuf {
        self.root.join("temp")
    }

    /// Scratch folder of one job.
    pub fn job_temp(&self, job: JobId) -> PathBuf {
        self.temp().join(job.to_string())
    }

    /// Media of all projects.
    pub fn all_media(&self) -> PathBuf {
        self.root.join("media")
    }

    /// Media of one project.
    pub fn media(&self, project: ProjectId) -> PathBuf {
        self.all_media().join(project.to_string())
    }

    /// Finals of one project, if the editor chose no other folder.
    pub fn finals(&self, project: ProjectId) -> PathBuf {
        self.media(project).join("finals")
    }

    /// A source that was copied in. If the name is a path, only its last
    /// component is used.
    pub fn copied_source(&self, project: ProjectId, source: SourceId, name: &str) -> PathBuf {
        let name = Path::new(name).file_name().unwrap_or("footage".as_ref());
        self.copy_folder(project, source).join(name)
    }

    /// The folder of one copied source.
    pub fn copy_folder(&self, project: ProjectId, source: SourceId) -> PathBuf {
        self.media(project).join("sources").join(source.to_string())
    }

    /// The files and the pictures of the clips of a project.
    pub fn all_clip_files(&self, project: ProjectId) -> PathBuf {
        self.media(project).join("raw")
    }

    /// The file of a clip for one of its revisions.
    pub fn clip_file(&self, project: ProjectId, clip: ClipId, cut_revision: u32) -> PathBuf {
        self.all_clip_files(project).join(format!("{clip}.{cut_revision}.mp4"))
    }

    /// The pictures of a clip for one of its revisions.
    pub fn clip_pictures(&self, project: ProjectId, clip: ClipId, cut_revision: u32) -> ClipPictures {
        let folder = self.all_clip_files(project);
        let file = |ending: &str| folder.join(format!("{clip}.{cut_revision}.{ending}"));
        ClipPictures { still: file("still.jpg"), thumbnail: file("jpg"), filmstrip: file("strip.jpg") }
    }

    /// Removes the files of earlier revisions of a clip. Anything that cannot
    /// be removed only wastes some space.
    pub fn remove_clip_files_before(&self, project: ProjectId, clip: ClipId, cut_revision: u32) {
        remove_before(cut_revision, |revision| [self.clip_file(project, clip, revision)]);
    }

    /// Removes the pictures of other revisions of a clip, also of later ones: a
    /// restored library counts back. Anything that cannot be removed only
    /// wastes some space.
    pub fn remove_other_clip_pictures(&self, project: ProjectId, clip: ClipId, cut_revision: u32) {
        let pictures = |revision| {
            let ClipPictures { still, thumbnail, filmstrip } = self.clip_pictures(project, clip, revision);
            [still, thumbnail, filmstrip]
        };
        remove_before(cut_revision, pictures);
        let later = (1..=LONGEST_GAP).map_while(|more| cut_revision.checked_add(more));
        for picture in later.flat_map(pictures) {
            let _ = std::fs::remove_file(picture);
        }
    }

    /// Files that can be made again from the footage.
    pub fn cache(&self) -> PathBuf {
        self.root.join("cache")
    }

    /// The film sheet of the footage with a fingerprint.
    pub fn sheet(&self, fingerprint: &str) -> PathBuf {
        self.cache().join(format!("{fingerprint}.sheet.jpg"))
    }

    /// The proxy of some content, for playback in the window.
    pub fn proxy(&self, content: &str) -> PathBuf {
        self.cache().join(format!("{content}.proxy.mp4"))
    }

    /// The sound of a clip, by what it is made of.
    pub fn clip_sound(&self, clip: ClipId, content: &str) -> PathBuf {
        self.cache().join(format!("{clip}.{content}.wav"))
    }

    /// The sounds of clips that are there.
    pub fn clip_sounds(&self) -> Vec<(ClipId, PathBuf)> {
        let Ok(entries) = std::fs::read_dir(self.cache()) else { return Vec::new() };
        let paths = entries.filter_map(Result::ok).map(|entry| entry.path());
        paths.filter_map(|path| Some((clip_of_sound(&path)?, path))).collect()
    }

    /// Removes the sounds of a clip other than one. Anything that cannot be
    /// removed only wastes some space.
    pub fn remove_other_clip_sounds(&self, clip: ClipId, kept: &Path) {
        for (_, path) in self.clip_sounds().into_iter().filter(|(of, path)| *of == clip && path != kept) {
            let _ = std::fs::remove_file(path);
        }
    }

    /// The waveform of some content.
    pub fn peaks(&self, content: &str) -> PathBuf {
        self.cache().join(format!("{content}.peaks"))
    }

    /// The images of a source, by its content.
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

/// The pictures of a clip.
#[derive(Debug, Clone)]
pub struct ClipPictures {
    /// The first frame.
    pub still: PathBuf,
    /// A small frame from within it.
    pub thumbnail: PathBuf,
    /// Ten frames side by side.
    pub filmstrip: PathBuf,
}

/// The clip that a file in the cache is the sound of.
pub(crate) fn clip_of_sound(path: &Path) -> Option<ClipId> {
    let stem = path.file_name()?.to_str()?.strip_suffix(".wav")?;
    stem.split('.').next()?.parse().ok()
}

/// Most revisions never had files; a longer gap ends the search for others.
const LONGEST_GAP: u32 = 50;

/// Removes the files of the revisions before one.
fn remove_before<const FILES: usize>(cut_revision: u32, files: impl Fn(u32) -> [PathBuf; FILES]) {
    for revision in (1..cut_revision).rev() {
        let removed = files(revision).map(|path| std::fs::remove_file(path).is_ok());
        if cut_revision - revision > LONGEST_GAP && removed == [false; FILES] {
            return;
        }
    }
}

/// Total size of a folder in bytes; 0 if it does not exist.
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

/// Makes a file name from a clip's name by dropping characters that file
/// systems do not allow.
pub fn file_stem(name: &str) -> String {
    let cleaned: String =
        name.chars().map(|c| if c.is_control() || r#"/\:*?"<>|"#.contains(c) { ' ' } else { c }).collect();
    let mut stem = cleaned.split_whitespace().collect::<Vec<_>>().join(" ");
    // File names are limited to 255 bytes; leave room for the preset and a number.
    while stem.len() > 180 {
        stem.pop();
    }
    let stem = stem.trim_matches(['.', ' ']).to_owned();
    // Windows reserves these names for devices.
    let upper = stem.to_ascii_uppercase();
    let is_port = |name: &str| {
        upper.len() == 4 && upper.starts_with(name) && upper.ends_with(|c: char| c.is_ascii_digit())
    };
    if stem.is_empty() {
        "Clip".to_owned()
    } else if ["CON", "PRN", "AUX", "NUL"].contains(&&*upper) || is_port("COM") || is_port("LPT") {
        format!("_{stem}")
    } else {
        stem
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_file_stem_holds_nothing_that_a_file_system_refuses() {
        assert_eq!(file_stem("A/B: \"C\" <d>?"), "A B C d");
        assert_eq!(file_stem("../.."), "Clip");
        assert_eq!(file_stem("…"), "…");
        assert_eq!(file_stem("nul"), "_nul");
        assert_eq!(file_stem("LPT1"), "_LPT1");
        assert!(file_stem(&"ß".repeat(200)).len() <= 180);
    }

    #[cfg(unix)]
    #[test]
    fn a_profile_holds_only_what_no_link_and_no_dots_lead_to() {
        let data = tempfile::tempdir().unwrap();
        let folders = ProfileFolders::new(data.path(), ProfileId::new());
        let (media, elsewhere) = (folders.all_media(), data.path().join("elsewhere"));
        std::fs::create_dir_all(&media).unwrap();
        std::fs::create_dir(&elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, media.join("link")).unwrap();
        assert!(folders.holds(&media.join("a/b.mp4")));
        assert!(folders.holds(&media.join("link")), "the link itself is its own");
        assert!(!folders.holds(&media.join("link/b.mp4")));
        assert!(!folders.holds(&media.join("../../other/b.mp4")));
        assert!(!folders.holds(&elsewhere) && !folders.holds(folders.root()));
    }

    #[test]
    fn a_copied_source_lies_in_the_folder_of_its_own_whatever_it_is_called() {
        let folders = ProfileFolders::new(Path::new("/d"), ProfileId::new());
        let (project, source) = (ProjectId::new(), SourceId::new());
        let own = folders.copy_folder(project, source);
        for name in ["a.mp4", "/footage/..", "..", "/", "", "../b.mp4"] {
            let path = folders.copied_source(project, source, name);
            assert!(path.parent() == Some(&own) && folders.holds(&path), "{name}: {}", path.display());
        }
    }

    #[test]
    fn the_files_of_one_revision_never_meet_those_of_another() {
        let folders = ProfileFolders::new(Path::new("/d"), ProfileId::new());
        let (project, clip) = (ProjectId::new(), ClipId::new());
        assert_ne!(folders.clip_file(project, clip, 1), folders.clip_file(project, clip, 2));
        let ClipPictures { still, thumbnail, filmstrip } = folders.clip_pictures(project, clip, 1);
        assert!(still != thumbnail && still != filmstrip && thumbnail != filmstrip);
    }

    #[test]
    fn pictures_and_files_of_a_clip_are_replaced_apart() {
        let data = tempfile::tempdir().unwrap();
        let folders = ProfileFolders::new(data.path(), ProfileId::new());
        let (project, clip, other) = (ProjectId::new(), ClipId::new(), ClipId::new());
        std::fs::create_dir_all(folders.all_clip_files(project)).unwrap();
        let still = |clip, revision| folders.clip_pictures(project, clip, revision).still;
        let file = folders.clip_file(project, clip, 1);
        let all = [file, still(clip, 1), still(clip, 2), still(clip, 3), still(other, 1)];
        all.iter().for_each(|path| std::fs::write(path, "").unwrap());
        let left = || all.iter().map(|path| path.exists()).collect::<Vec<_>>();
        folders.remove_other_clip_pictures(project, clip, 2);
        assert_eq!(left(), [true, false, true, false, true]);
        folders.remove_clip_files_before(project, clip, 2);
        assert_eq!(left(), [false, false, true, false, true]);
    }

    #[test]
    fn only_the_other_sounds_of_a_clip_are_removed() {
        let data = tempfile::tempdir().unwrap();
        let folders = ProfileFolders::new(data.path(), ProfileId::new());
        let (clip, other) = (ClipId::new(), ClipId::new());
        std::fs::create_dir_all(folders.cache()).unwrap();
        let all =
            [folders.clip_sound(clip, "a"), folders.clip_sound(clip, "b"), folders.clip_sound(other, "a")];
        all.iter().chain([&folders.proxy("a")]).for_each(|path| std::fs::write(path, "").unwrap());
        folders.remove_other_clip_sounds(clip, &all[1]);
        let left: Vec<bool> = all.iter().map(|path| path.exists()).collect();
        assert_eq!((left, folders.proxy("a").exists()), (vec![false, true, true], true));
        assert_eq!(folders.clip_sounds().len(), 2);
    }
}
