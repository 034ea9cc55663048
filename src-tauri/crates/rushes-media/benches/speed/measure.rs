//! The cost of a process tree: wall time, CPU time, peak memory, and the share of each
//! process.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Time between two samples.
const LOOK: Duration = Duration::from_millis(20);
/// Ticks per second of the times in `/proc`, as Linux reports them to programs.
const TICKS: f64 = 100.0;

/// The cost of one run.
#[derive(Debug, Clone)]
pub struct Cost {
    pub wall_s: f64,
    /// User and system time of the whole tree.
    pub cpu_s: f64,
    /// Peak of the sum of proportional set sizes over the tree, in bytes.
    pub peak_bytes: u64,
    /// Share of the processes of each name. The time is from the last sample of each,
    /// up to a [`LOOK`] before its end.
    pub processes: BTreeMap<String, Share>,
}

/// Share of the processes with one name.
#[derive(Debug, Clone, Copy, Default)]
pub struct Share {
    /// User and system time, without child processes.
    pub cpu_s: f64,
    /// Proportional set size when the whole tree was at its peak, in bytes.
    pub peak_bytes: u64,
}

/// Runs a command to completion.
///
/// # Panics
/// If it cannot be run or fails.
pub fn run(command: &mut Command) -> Cost {
    let before = children_cpu_s();
    let start = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a command that can be run");
    let pid = child.id();
    let ended = AtomicBool::new(false);
    let (wall_s, watch) = std::thread::scope(|threads| {
        let watching = threads.spawn(|| {
            let mut watch = Watch::default();
            while !ended.load(Ordering::Relaxed) {
                watch.look(pid);
                std::thread::sleep(LOOK);
            }
            watch
        });
        let status = child.wait().expect("an end");
        let wall_s = start.elapsed().as_secs_f64();
        ended.store(true, Ordering::Relaxed);
        assert!(status.success(), "{command:?} failed");
        (wall_s, watching.join().expect("the watch"))
    });
    Cost {
        wall_s,
        cpu_s: children_cpu_s() - before,
        peak_bytes: watch.peak.values().sum(),
        processes: watch.shares(),
    }
}

/// The run with the median wall time.
pub fn median(mut costs: Vec<Cost>) -> Cost {
    costs.sort_by(|a, b| a.wall_s.total_cmp(&b.wall_s));
    costs.swap_remove(costs.len() / 2)
}

/// Samples a process tree while it runs.
#[derive(Default)]
struct Watch {
    /// Name and latest CPU time of each process by its id.
    cpu_s: BTreeMap<u32, (String, f64)>,
    /// Memory by process id, at the peak.
    peak: BTreeMap<u32, u64>,
}

impl Watch {
    fn look(&mut self, root: u32) {
        let mut memory = BTreeMap::new();
        let mut waiting = vec![root];
        while let Some(pid) = waiting.pop() {
            // A process that has just ended no longer counts.
            let Some(bytes) = memory_of(pid) else { continue };
            memory.insert(pid, bytes);
            let own = fs::read_to_string(format!("/proc/{pid}/stat")).ok();
            if let (Some(name), Some(stat)) = (name_of(pid), own) {
                self.cpu_s.insert(pid, (name, ticks(&stat, OWN_TIME)));
            }
            waiting.extend(children_of(pid));
        }
        // If a process ended meanwhile, its shared memory was counted with it and again
        // with the others.
        let all_live = memory.keys().all(|pid| name_of(*pid).is_some());
        if all_live && memory.values().sum::<u64>() > self.peak.values().sum() {
            self.peak = memory;
        }
    }

    fn shares(self) -> BTreeMap<String, Share> {
        let mut shares: BTreeMap<String, Share> = BTreeMap::new();
        for (pid, (name, cpu_s)) in self.cpu_s {
            let share = shares.entry(name).or_default();
            share.cpu_s += cpu_s;
            share.peak_bytes += self.peak.get(&pid).copied().unwrap_or(0);
        }
        shares
    }
}

/// Fields of `/proc/PID/stat` behind the name: times of the process itself, and of the
/// children that it has waited for.
const OWN_TIME: std::ops::Range<usize> = 11..13;
const CHILDREN_TIME: std::ops::Range<usize> = 13..15;

/// CPU time of ended children, including theirs.
fn children_cpu_s() -> f64 {
    ticks(&fs::read_to_string("/proc/self/stat").expect("/proc"), CHILDREN_TIME)
}

fn ticks(stat: &str, fields: std::ops::Range<usize>) -> f64 {
    // The name in parentheses may contain anything; fields are counted from behind it.
    let all: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    all[fields].iter().map(|ticks| ticks.parse::<f64>().expect("ticks")).sum::<f64>() / TICKS
}

fn memory_of(pid: u32) -> Option<u64> {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    let kibibytes = rollup.lines().find_map(|line| line.strip_prefix("Pss:")?.split_whitespace().next());
    Some(kibibytes?.parse::<u64>().ok()? * 1024)
}

/// The name of the program, and for an ffmpeg which stream it reads; `None` if the
/// process is ending.
fn name_of(pid: u32) -> Option<String> {
    let line = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let words: Vec<String> =
        line.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into_owned()).collect();
    let program = words.first()?.rsplit('/').next().filter(|name| !name.is_empty())?.to_owned();
    let leaves = |option: &str| words.iter().any(|word| word == option);
    Some(match program.as_str() {
        "ffmpeg" if leaves("-vn") => "ffmpeg, sound".to_owned(),
        "ffmpeg" if leaves("-an") => "ffmpeg, picture".to_owned(),
        "ffmpeg" | "ffprobe" => program,
        _ => "Rushes itself".to_owned(),
    })
}

fn children_of(pid: u32) -> Vec<u32> {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let lines = threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    lines
        .flat_map(|line| line.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>())
        .collect()
}
