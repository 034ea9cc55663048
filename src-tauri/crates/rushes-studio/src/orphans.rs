//! Encoders that outlived a killed process. On Windows a job object ends them
//! with it; elsewhere they go on, for minutes perhaps, into files that nobody
//! will take, so that the next start ends them.

use std::path::{Path, PathBuf};

/// Looks at whether they are gone; a killed process takes a moment to go.
#[cfg(unix)]
const LOOKS: u32 = 40;

/// Ends the encoders that write into these folders, and waits until they are
/// gone.
#[cfg(unix)]
pub(crate) async fn end_writers(folders: &[PathBuf]) {
    if folders.is_empty() {
        return;
    }
    for _ in 0..LOOKS {
        let pids = writers(&processes().await, folders);
        if pids.is_empty() {
            return;
        }
        for pid in pids {
            tracing::warn!(pid, "an encoder outlived its process and is ended");
            // The shell's own kill is on every machine. It may have ended since.
            let kill = format!("kill -KILL {pid}");
            let _ = tokio::process::Command::new("sh").args(["-c", &kill]).output().await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

/// The processes of this machine, a line each: `pid args`. Where they cannot be
/// listed, the encoders end by themselves, only later.
#[cfg(target_os = "linux")]
async fn processes() -> String {
    let mut listing = String::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_process = name.bytes().all(|byte| byte.is_ascii_digit());
        // One that ends meanwhile is none that is looked for.
        if let (true, Ok(args)) = (is_process, std::fs::read(entry.path().join("cmdline"))) {
            let args = String::from_utf8_lossy(&args).replace(['\0', '\n'], " ");
            listing.push_str(&format!("{name} {args}\n"));
        }
    }
    listing
}

/// The processes of this machine, a line each: `pid args`. Where they cannot be
/// listed, the encoders end by themselves, only later.
#[cfg(all(unix, not(target_os = "linux")))]
async fn processes() -> String {
    let listing = tokio::process::Command::new("ps").args(["-axww", "-o", "pid=,args="]).output().await;
    listing.map(|listing| String::from_utf8_lossy(&listing.stdout).into_owned()).unwrap_or_default()
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
