//! What a process and all that it starts cost: time on the wall, time of the
//! processors, memory at the peak.

use std::fs;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Time between two looks at the memory.
const LOOK: Duration = Duration::from_millis(20);
/// Ticks a second of the times in `/proc`, as Linux tells them to programs.
const TICKS: f64 = 100.0;

/// What one run cost.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    pub wall_s: f64,
    /// User and system time of the whole tree.
    pub cpu_s: f64,
    /// Largest sum over the tree of proportional set sizes, in bytes.
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
    let (wall_s, peak_bytes) = std::thread::scope(|threads| {
        let watch = threads.spawn(|| {
            let mut peak = 0;
            while !ended.load(Ordering::Relaxed) {
                peak = peak.max(memory(pid));
                std::thread::sleep(LOOK);
            }
            peak
        });
        let status = child.wait().expect("an end");
        let wall_s = start.elapsed().as_secs_f64();
        ended.store(true, Ordering::Relaxed);
        assert!(status.success(), "{command:?} failed");
        (wall_s, watch.join().expect("the watch"))
    });
    Cost { wall_s, cpu_s: children_cpu_s() - before, peak_bytes }
}

/// The median of each figure.
pub fn median(costs: &[Cost]) -> Cost {
    let middle = |figure: &dyn Fn(&Cost) -> f64| {
        let mut figures: Vec<f64> = costs.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        figures[figures.len() / 2]
    };
    Cost {
        wall_s: middle(&|cost| cost.wall_s),
        cpu_s: middle(&|cost| cost.cpu_s),
        peak_bytes: middle(&|cost| cost.peak_bytes as f64) as u64,
    }
}

/// Time of the processors that ended children took, with theirs.
fn children_cpu_s() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("/proc");
    // The name in parentheses may hold anything; fields count from behind it.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    fields[13..15].iter().map(|ticks| ticks.parse::<f64>().expect("ticks")).sum::<f64>() / TICKS
}

/// Memory of a process and of all below it. What has just ended counts nothing.
fn memory(pid: u32) -> u64 {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let own = rollup
        .lines()
        .find_map(|line| line.strip_prefix("Pss:")?.split_whitespace().next()?.parse::<u64>().ok())
        .map_or(0, |kibibytes| kibibytes * 1024);
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else { return own };
    let below =
        threads.flatten().filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    let below: u64 = below
        .flat_map(|text| text.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<u32>>())
        .map(memory)
        .sum();
    own + below
}
