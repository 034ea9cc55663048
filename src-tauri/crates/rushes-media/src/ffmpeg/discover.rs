//! Finds ffmpeg and ffprobe, and checks that they have what Rushes needs.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use super::{
    run::{self, RunContext, SHORT_PATIENCE},
    toolchain::Toolchain,
};
use crate::error::MediaError;

/// Encoders that every export needs.
const ENCODERS: [&str; 2] = ["libx264", "aac"];
/// Filters that captions and sound need.
const FILTERS: [&str; 3] = ["ass", "ebur128", "gblur"];
/// Folders that a desktop session's PATH often lacks (Homebrew, MacPorts, snap).
const USUAL_PLACES: [&str; 6] =
    ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin", "/opt/local/bin", "/snap/bin", "/opt/ffmpeg/bin"];

impl Toolchain {
    /// Finds the tools. `explicit` is the ffmpeg binary or the folder that contains it;
    /// without it, PATH and the usual places are searched. ffprobe is looked for beside
    /// ffmpeg first, so that both are from the same build.
    ///
    /// # Errors
    /// [`MediaError::ToolMissing`] if one is not found or does not start,
    /// [`MediaError::ToolUnsuitable`] if this build lacks x264, AAC or libass.
    pub async fn discover(explicit: Option<&Path>) -> Result<Self, MediaError> {
        let (ffmpeg, ffprobe) = match explicit {
            Some(path) if path.is_dir() => {
                let folders = [path.to_path_buf(), path.join("bin")];
                (find("ffmpeg", &folders)?, find("ffprobe", &folders)?)
            }
            Some(path) => {
                let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
                if !path.is_file() {
                    return Err(MediaError::ToolMissing { tool: "ffmpeg".into(), looked: vec![path] });
                }
                let beside = path.parent().map(Path::to_path_buf);
                let folders: Vec<_> = beside.into_iter().chain(search_path()).collect();
                (path, find("ffprobe", &folders)?)
            }
            None => {
                let ffmpeg = find("ffmpeg", &search_path())?;
                let beside = ffmpeg.parent().map(Path::to_path_buf);
                let folders: Vec<_> = beside.into_iter().chain(search_path()).collect();
                (ffmpeg, find("ffprobe", &folders)?)
            }
        };

        let (version_text, _, encoders, decoders, filters) = tokio::try_join!(
            ask(&ffmpeg, &["-version"]),
            ask(&ffprobe, &["-version"]),
            ask(&ffmpeg, &["-hide_banner", "-encoders"]),
            ask(&ffmpeg, &["-hide_banner", "-decoders"]),
            ask(&ffmpeg, &["-hide_banner", "-filters"]),
        )?;
        let version = version(&version_text);
        let missing: Vec<String> = ENCODERS
            .iter()
            .filter(|name| !lists(&encoders, name))
            .chain(FILTERS.iter().filter(|name| !lists(&filters, name)))
            .map(|name| (*name).to_owned())
            .collect();
        if !missing.is_empty() {
            return Err(MediaError::ToolUnsuitable { tool: ffmpeg, missing });
        }
        let converts_colours = lists(&filters, "zscale") && lists(&filters, "tonemap");
        let reads_vpx_alpha = lists(&decoders, "libvpx") && lists(&decoders, "libvpx-vp9");
        Ok(Self { ffmpeg, ffprobe, version, converts_colours, reads_vpx_alpha })
    }
}

fn search_path() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).chain(USUAL_PLACES.iter().map(PathBuf::from)).collect()
}

fn find(tool: &str, folders: &[PathBuf]) -> Result<PathBuf, MediaError> {
    let file = format!("{tool}{}", env::consts::EXE_SUFFIX);
    folders
        .iter()
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(&file))
        .find(|candidate| candidate.is_file())
        .ok_or_else(|| MediaError::ToolMissing { tool: tool.into(), looked: folders.to_vec() })
}

async fn ask(tool: &Path, arguments: &[&str]) -> Result<String, MediaError> {
    let missing = || MediaError::ToolMissing {
        tool: tool.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        looked: vec![tool.to_path_buf()],
    };
    let mut command = Command::new(tool);
    command.args(arguments);
    let answer = run::collect(command, SHORT_PATIENCE, &RunContext::quiet()).await.map_err(|_| missing())?;
    if !answer.status.success() {
        return Err(missing());
    }
    Ok(answer.stdout_text())
}

/// Whether a listing (`-encoders`, `-filters`) has a line whose second word is `name`.
pub(crate) fn lists(listing: &str, name: &str) -> bool {
    listing.lines().any(|line| line.split_whitespace().nth(1) == Some(name))
}

fn version(text: &str) -> String {
    let first = text.lines().next().unwrap_or_default();
    ffmpeg_sidecar::log_parser::try_parse_version(first).unwrap_or_else(|| first.to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_machines_own_ffmpeg_is_found_and_complete() {
        let tools = Toolchain::discover(None).await.unwrap();
        assert!(tools.version.chars().any(|c| c.is_ascii_digit()), "{}", tools.version);
        let again = Toolchain::discover(tools.ffmpeg.parent()).await.unwrap();
        assert_eq!(again.ffprobe, tools.ffprobe);
        assert_eq!(Toolchain::discover(Some(&tools.ffmpeg)).await.unwrap().version, tools.version);
    }

    #[tokio::test]
    async fn a_folder_without_ffmpeg_is_told_as_missing() {
        let folder = tempfile::tempdir().unwrap();
        let error = Toolchain::discover(Some(folder.path())).await.unwrap_err();
        assert!(matches!(error, MediaError::ToolMissing { .. }), "{error:?}");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn something_else_called_ffmpeg_is_told_as_unsuitable() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        for tool in ["ffmpeg", "ffprobe"] {
            let path = folder.path().join(tool);
            std::fs::write(&path, "#!/bin/sh\necho ffmpeg version 0.1 by nobody\n").unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        let error = Toolchain::discover(Some(folder.path())).await.unwrap_err();
        let MediaError::ToolUnsuitable { missing, .. } = &error else { panic!("{error:?}") };
        assert!(missing.iter().any(|part| part.contains("libx264")), "{error:?}");
    }
}
