//! Encoders that outlived a killed process. On Windows a job object ends them
//! with it; elsewhere they go on, for minutes perhaps, into files that nobody
//! will take, so that the next start ends them.

use std::path::{Path, PathBuf};

/// Ends the encoders that write into these folders.
#[cfg(unix)]
pub(crate) async fn end_writers(folders: &[PathBuf]) {
    if folders.is_empty() {
        return;
    }
    let listing = tokio::process::Command::new("ps").args(["-axww", "-o", "pid=,args="]).output().await;
    // Without a listing they end by themselves, only later.
    let Ok(listing) = listing else { return };
    for pid in writers(&String::from_utf8_lossy(&listing.stdout), folders) {
        tracing::warn!(pid, "an encoder outlived its process and is ended");
        // It may have ended since.
        let _ = tokio::process::Command::new("kill").args(["-KILL", &pid.to_string()]).status().await;
    }
}

/// Ends the encoders that write into these folders.
#[cfg(not(unix))]
pub(crate) async fn end_writers(_folders: &[PathBuf]) {}

/// The processes of a listing (`pid args`) that are ffmpeg and name one of the folders.
#[cfg_attr(not(unix), allow(dead_code))]
fn writers(listing: &str, folders: &[PathBuf]) -> Vec<u32> {
    let named: Vec<String> = folders.iter().map(|folder| folder.to_string_lossy().into_owned()).collect();
    listing
        .lines()
        .filter_map(|line| line.trim_start().split_once(' '))
        .filter(|(_, args)| {
            let program = args.split(' ').next().unwrap_or_default();
            let is_ffmpeg = Path::new(program).file_stem().is_some_and(|stem| stem == "ffmpeg");
            is_ffmpeg && named.iter().any(|folder| args.contains(folder))
        })
        .filter_map(|(pid, _)| pid.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_ffmpeg_that_names_the_folder_is_meant() {
        let listing = "    7 /usr/bin/ffmpeg -i a.mp4 file:/d/temp/1/x.mp4\n\
                       8 ffmpeg -i a.mp4 file:/d/temp/2/x.mp4\n\
                       9 less /d/temp/1/x.mp4\n";
        assert_eq!(writers(listing, &["/d/temp/1".into()]), [7]);
    }
}
