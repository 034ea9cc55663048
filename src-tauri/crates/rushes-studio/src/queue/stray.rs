//! ffmpegs that outlived a killed process. On Windows a job object ends them
//! with it; elsewhere they keep running, possibly for minutes, so the next
//! start ends them. Those that write are identified by their output path, those
//! that only read by the job id in their environment.

use std::path::{Path, PathBuf};

use rushes_media::MARK_VARIABLE;

/// How often to check whether they are gone; a killed process takes a moment to exit.
#[cfg(unix)]
const LOOKS: u32 = 40;

/// Ends processes that work for these scratch folders or for the jobs they are
/// named after, and waits until they are gone.
#[cfg(unix)]
pub(crate) async fn end_workers(folders: &[PathBuf]) {
    if folders.is_empty() {
        return;
    }
    for _ in 0..LOOKS {
        let pids = workers(&processes().await, folders);
        if pids.is_empty() {
            return;
        }
        for pid in pids {
            tracing::warn!(pid, "an ffmpeg outlived its process and is ended");
            // The shell's `kill` exists everywhere. The process may already be gone.
            let kill = format!("kill -KILL {pid}");
            let _ = tokio::process::Command::new("sh").args(["-c", &kill]).output().await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

/// The processes of this machine, one per line: `pid args environment`. If they
/// cannot be listed, the ffmpegs end by themselves, only later.
#[cfg(target_os = "linux")]
async fn processes() -> String {
    let mut listing = String::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_process = name.bytes().all(|byte| byte.is_ascii_digit());
        // A process that exits meanwhile is of no interest.
        if let (true, Ok(mut words)) = (is_process, std::fs::read(entry.path().join("cmdline"))) {
            // The environment of another user's process cannot be read, which is fine.
            words.extend(std::fs::read(entry.path().join("environ")).unwrap_or_default());
            let words = String::from_utf8_lossy(&words).replace(['\0', '\n'], " ");
            listing.push_str(&format!("{name} {words}\n"));
        }
    }
    listing
}

/// The processes of this machine, one per line: `pid args environment`. If they
/// cannot be listed, the ffmpegs end by themselves, only later.
#[cfg(all(unix, not(target_os = "linux")))]
async fn processes() -> String {
    let listing = tokio::process::Command::new("ps").args(["-axwwE", "-o", "pid=,args="]).output().await;
    listing.map(|listing| String::from_utf8_lossy(&listing.stdout).into_owned()).unwrap_or_default()
}

/// Ends processes that work for these scratch folders.
#[cfg(not(unix))]
pub(crate) async fn end_workers(_folders: &[PathBuf]) {}

/// The processes of a listing (`pid args environment`) that are ffmpeg or
/// ffprobe and name one of the folders, or its job in their environment.
#[cfg_attr(not(unix), allow(dead_code))]
fn workers(listing: &str, folders: &[PathBuf]) -> Vec<u32> {
    let mut named = Vec::with_capacity(2 * folders.len());
    for folder in folders {
        named.push(folder.to_string_lossy().into_owned());
        let job = folder.file_name().unwrap_or_default().to_string_lossy();
        named.push(format!("{MARK_VARIABLE}={job}"));
    }
    listing
        .lines()
        .filter_map(|line| line.trim_start().split_once(' '))
        .filter(|(_, words)| {
            let program = words.split(' ').next().unwrap_or_default();
            let stem = Path::new(program).file_stem();
            let is_tool = stem.is_some_and(|stem| stem == "ffmpeg" || stem == "ffprobe");
            is_tool && named.iter().any(|name| words.contains(name))
        })
        .filter_map(|(pid, _)| pid.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_ffmpeg_that_names_the_folder_or_its_job_is_meant() {
        let listing = "    7 /usr/bin/ffmpeg -i a.mp4 file:/d/temp/1/x.mp4 HOME=/root\n\
                       8 ffmpeg -i a.mp4 file:/d/temp/2/x.mp4 RUSHES_JOB=2\n\
                       9 less /d/temp/1/x.mp4 RUSHES_JOB=1\n\
                       10 /usr/bin/ffmpeg -i a.mp4 -f null - HOME=/root RUSHES_JOB=1 USER=root\n\
                       11 ffprobe a.mp4 RUSHES_JOB=1\n";
        assert_eq!(workers(listing, &["/d/temp/1".into()]), [7, 10, 11]);
    }
}
