//! What a process and all that it starts cost: time on the wall, time of the
//! processors, memory at the peak; and what each process took of them.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Time between two looks at the processes.
const LOOK: Duration = Duration::from_millis(20);
/// Ticks a second of the times in `/proc`, as Linux tells them to programs.
const TICKS: f64 = 100.0;

/// What one run cost.
#[derive(Debug, Clone)]
pub struct Cost {
    pub wall_s: f64,
    /// User and system time of the whole tree.
    pub cpu_s: f64,
    /// Largest sum over the tree of proportional set sizes, in bytes.
    pub peak_bytes: u64,
    /// What processes of each name took of it. The time is that of the last look
    /// at each, up to a [`LOOK`] before its end.
    pub processes: BTreeMap<String, Share>,
}

/// What processes of one name took.
#[derive(Debug, Clone, Copy, Default)]
pub struct Share {
    /// User and system time, without that of what they started.
    pub cpu_s: f64,
    /// Proportional set size when the whole tree was at its peak, in bytes.
    pub peak_bytes: u64,
}

/// Runs a command to its end.
///
/// # Panics
/// Where it cannot be run or fails.
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

/// The run in the middle by time on the wall.
pub fn median(mut costs: Vec<Cost>) -> Cost {
    costs.sort_by(|a, b| a.wall_s.total_cmp(&b.wall_s));
    costs.swap_remove(costs.len() / 2)
}

/// Looks at a tree of processes while it runs.
#[derive(Default)]
struct Watch {
    /// Name of each process by its number, and the last of its time.
    cpu_s: BTreeMap<u32, (String, f64)>,
    /// Memory by number, at the peak.
    peak: BTreeMap<u32, u64>,
}

impl Watch {
    fn look(&mut self, root: u32) {
        let mut memory = BTreeMap::new();
        let mut waiting = vec![root];
        while let Some(pid) = waiting.pop() {
            // What has just ended counts nothing more.
            let Some(bytes) = memory_of(pid) else { continue };
            memory.insert(pid, bytes);
            let own = fs::read_to_string(format!("/proc/{pid}/stat")).ok();
            if let (Some(name), Some(stat)) = (name_of(pid), own) {
                self.cpu_s.insert(pid, (name, ticks(&stat, OWN_TIME)));
            }
            waiting.extend(children_of(pid));
        }
        // Where one ended meanwhile, what it shared was counted with it and with the
        // others once more.
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

/// Fields of `/proc/PID/stat` behind the name: times of the process itself, and of
/// the children that it has waited for.
const OWN_TIME: std::ops::Range<usize> = 11..13;
const CHILDREN_TIME: std::ops::Range<usize> = 13..15;

/// Time of the processors that ended children took, with theirs.
fn children_cpu_s() -> f64 {
    ticks(&fs::read_to_string("/proc/self/stat").expect("/proc"), CHILDREN_TIME)
}

fn ticks(stat: &str, fields: std::ops::Range<usize>) -> f64 {
    // The name in parentheses may hold anything; fields count from behind it.
    let all: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    all[fields].iter().map(|ticks| ticks.parse::<f64>().expect("ticks")).sum::<f64>() / TICKS
}

fn memory_of(pid: u32) -> Option<u64> {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    let kibibytes = rollup.lines().find_map(|line| line.strip_prefix("Pss:")?.split_whitespace().next());
    Some(kibibytes?.parse::<u64>().ok()? * 1024)
}

/// The name of the program, and of an ffmpeg what it leaves aside; nothing of a
/// process that ends.
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
