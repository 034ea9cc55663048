//! Accuracy of shot detection compared with ffmpeg's `scdet` and PySceneDetect, on
//! reels with known transitions, and the cost of decoding without the loop filter. Run
//! by `make bench`.
//!
//! Options: `--seed N` (may be repeated), `--only NAME`, `--rushes-only`, `--misses` to
//! list what Rushes missed and its false alarms, `--make-only [--dir DIR]` to make only
//! the reels, and `--traits` to print dissolve candidates for `make weigh`. Seeds 1 to
//! 8 are for tuning; the reported figures come from [`SEEDS`].

use std::path::{Path, PathBuf};
use std::process::Command;

use rushes_media::{RunContext, Toolchain, analyse, probe};
use rushes_model::analysis::{Analysis, TransitionKind};

use reels::Reel;
use rivals::Rival;
use score::{Found, Score};

mod pyscenedetect;
#[path = "../reels/mod.rs"]
mod reels;
mod rivals;
mod score;

/// Seeds of the report.
const SEEDS: [u64; 2] = [101, 102];
/// Design targets: F1 of cuts and of gradual transitions.
const AIM_CUTS: f64 = 0.97;
const AIM_GRADUAL: f64 = 0.85;
/// The cuts of a real file, in microseconds, and its frame length.
const BIKES: [i64; 5] = [1_200_000, 3_040_000, 5_480_000, 7_480_000, 9_680_000];
const BIKES_FRAME_US: i64 = 40_000;

#[derive(Default)]
struct Options {
    seeds: Vec<u64>,
    only: Option<String>,
    rushes_only: bool,
    misses: bool,
    make_only: bool,
    traits: bool,
    dir: Option<PathBuf>,
}

impl Options {
    fn read() -> Self {
        let mut options = Self::default();
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let mut value = || words.next().unwrap_or_else(|| panic!("{word} needs a value"));
            match word.as_str() {
                "--seed" => options.seeds.push(value().parse().expect("a seed is a number")),
                "--only" => options.only = Some(value()),
                "--dir" => options.dir = Some(value().into()),
                "--rushes-only" => options.rushes_only = true,
                "--misses" => options.misses = true,
                "--make-only" => options.make_only = true,
                "--traits" => options.traits = true,
                // Passed by cargo.
                "--bench" => {}
                other => panic!("{other} is not an option"),
            }
        }
        if options.seeds.is_empty() {
            options.seeds = SEEDS.to_vec();
        }
        options
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        reels::names().filter(|name| self.only.as_deref().is_none_or(|only| only == *name))
    }
}

fn main() {
    score::self_check();
    let options = Options::read();
    if options.make_only {
        for seed in &options.seeds {
            let folder = options.dir.clone().unwrap_or_else(|| reels::folder(*seed));
            options.names().for_each(|name| drop(reels::reel(name, *seed, &folder)));
        }
        return;
    }
    let rushes = Rushes::new();
    if options.traits {
        return print_traits(&rushes, &options);
    }
    let rivals = if options.rushes_only { Vec::new() } else { rivals::all(&reels::store()) };
    let mut table = Table::new(&rivals);
    let mut filtered = Score::default();
    for seed in &options.seeds {
        let folder = options.dir.clone().unwrap_or_else(|| reels::folder(*seed));
        table.head(*seed);
        for name in options.names() {
            let reel = reels::reel(name, *seed, &folder);
            table.row(&reel, &rushes, &rivals, options.misses);
            if !options.rushes_only {
                filtered.add(&score::score(&reel.truth, &rushes.find_in_full(&reel.path)));
            }
        }
    }
    table.totals();
    if !options.rushes_only {
        tell_loss(&table.sums[0], &filtered);
    }
    match reels::real("bikes.mp4") {
        Some(bikes) => bikes_as_known(&rushes.find(&bikes)),
        None => println!("bikes.mp4 is not there"),
    }
}

/// Prints the dissolve candidates of each reel as JSON lines: the path of the reel's
/// ground truth, then the traits of each candidate.
fn print_traits(rushes: &Rushes, options: &Options) {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_env_filter("rushes_media::dissolves=trace")
        .with_writer(std::io::stdout)
        .init();
    for seed in &options.seeds {
        let folder = options.dir.clone().unwrap_or_else(|| reels::folder(*seed));
        for name in options.names() {
            let reel = reels::reel(name, *seed, &folder);
            println!("{}", serde_json::json!({ "truth": reel.path.with_extension("json") }));
            rushes.find(&reel.path);
        }
    }
}

/// Rushes as a detector.
struct Rushes {
    tools: Toolchain,
    runtime: tokio::runtime::Runtime,
}

impl Rushes {
    fn new() -> Self {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let tools = runtime.block_on(Toolchain::discover(None)).expect("ffmpeg");
        Self { tools, runtime }
    }

    fn find(&self, path: &Path) -> Vec<Found> {
        let analysis = self.analyse(path);
        let inner = analysis.shots.iter().filter(|shot| shot.opening.kind != TransitionKind::Start);
        inner.map(|shot| Found { start_us: shot.start_us, end_us: shot.clear_us() }).collect()
    }

    /// The same on frames with the loop filter: in a lossless copy, which has nothing
    /// left to filter.
    fn find_in_full(&self, reel: &Path) -> Vec<Found> {
        let folder = tempfile::tempdir().expect("a temp folder");
        let copy = folder.path().join("copy.mp4");
        let done = Command::new("ffmpeg")
            .args(["-v", "error", "-nostdin", "-i"])
            .arg(reel)
            .args(["-map", "0:v", "-fps_mode", "passthrough", "-enc_time_base", "-1"])
            .args(["-c:v", "libx264", "-preset", "ultrafast", "-qp", "0"])
            .arg(&copy)
            .status()
            .expect("ffmpeg runs");
        assert!(done.success(), "{} could not be copied", reel.display());
        self.find(&copy)
    }

    fn analyse(&self, path: &Path) -> Analysis {
        self.runtime.block_on(async {
            let facts = probe(&self.tools, path).await.expect("facts");
            analyse(&self.tools, path, &facts, &RunContext::quiet()).await.expect("an analysis").analysis
        })
    }
}

/// The report: a row for each reel, then sums.
struct Table {
    names: Vec<String>,
    /// Of Rushes first, then of each rival.
    sums: Vec<Score>,
    /// Reels on which a rival is as good or better.
    behind: Vec<String>,
    reels: usize,
}

impl Table {
    fn new(rivals: &[Rival]) -> Self {
        let names: Vec<String> =
            std::iter::once("Rushes".to_owned()).chain(rivals.iter().map(Rival::name)).collect();
        Self { sums: vec![Score::default(); names.len()], names, behind: Vec::new(), reels: 0 }
    }

    fn head(&self, seed: u64) {
        println!("seed {seed}      Rushes: cuts        gradual             overall F1");
        print!("{:<14}{:>6}{:>6}{:>6}  {:>6}{:>6}{:>6}  ", "", "P", "R", "F1", "P", "R", "F1");
        self.names.iter().for_each(|name| print!("{name:>10}"));
        println!();
    }

    fn row(&mut self, reel: &Reel, rushes: &Rushes, rivals: &[Rival], misses: bool) {
        let found =
            std::iter::once(rushes.find(&reel.path)).chain(rivals.iter().map(|rival| rival.find(&reel.path)));
        let scores: Vec<Score> = found.map(|found| score::score(&reel.truth, &found)).collect();
        let ours = &scores[0];
        print!("{:<14}", reel.truth.name);
        for tally in [ours.cuts, ours.gradual] {
            print!("{:>6.3}{:>6.3}{:>6.3}  ", tally.precision(), tally.recall(), tally.f1());
        }
        scores.iter().for_each(|score| print!("{:>10.3}", score.overall.f1()));
        println!();
        if misses {
            for (at, words) in &ours.remarks {
                println!("    {:>8.3}  {words}", *at as f64 / 1e6);
            }
        }
        let best = scores[1..].iter().map(|score| score.overall.f1()).fold(0.0, f64::max);
        // A perfect result cannot be beaten.
        if best >= ours.overall.f1() && ours.overall.f1() < 1.0 {
            self.behind.push(format!("{} of seed {}", reel.truth.name, reel.truth.seed));
        }
        self.sums.iter_mut().zip(&scores).for_each(|(sum, score)| sum.add(score));
        self.reels += 1;
    }

    fn totals(&self) {
        println!("\nall {} reels        cuts                gradual             overall", self.reels);
        print!("{:<14}", "");
        (0..3).for_each(|_| print!("{:>6}{:>6}{:>6}  ", "P", "R", "F1"));
        println!();
        for (name, sum) in self.names.iter().zip(&self.sums) {
            print!("{name:<14}");
            for tally in [sum.cuts, sum.gradual, sum.overall] {
                print!("{:>6.3}{:>6.3}{:>6.3}  ", tally.precision(), tally.recall(), tally.f1());
            }
            println!();
        }
        let ours = &self.sums[0];
        let (recall, precision) = ours.extent();
        println!(
            "gradual transitions that were matched: {recall:.3} of their time found, {precision:.3} of the found time true"
        );
        aim("cuts", ours.cuts.f1(), AIM_CUTS);
        aim("gradual transitions", ours.gradual.f1(), AIM_GRADUAL);
        if self.names.len() > 1 {
            match self.behind.as_slice() {
                [] => println!("ahead of every rival on every reel: met"),
                behind => println!("ahead of every rival on every reel: missed on {}", behind.join(", ")),
            }
        }
    }
}

/// Prints the cost of decoding without the loop filter.
fn tell_loss(ours: &Score, filtered: &Score) {
    println!("without the loop filter, and F1 in pictures that went through it");
    let parts = [
        ("cuts", ours.cuts, filtered.cuts),
        ("gradual transitions", ours.gradual, filtered.gradual),
        ("overall", ours.overall, filtered.overall),
    ];
    for (what, ours, filtered) in parts {
        let (ours, filtered) = (ours.f1(), filtered.f1());
        println!("  {what:<22}{ours:>6.3}{filtered:>7.3}, lost {:.3}", filtered - ours);
    }
}

fn aim(what: &str, figure: f64, aim: f64) {
    println!("F1 of {what} {figure:.3}, aim {aim:.2}: {}", if figure >= aim { "met" } else { "missed" });
}

fn bikes_as_known(found: &[Found]) {
    let right = found.len() == BIKES.len()
        && found
            .iter()
            .zip(BIKES)
            .all(|(one, at)| one.start_us == one.end_us && (one.start_us - at).abs() <= BIKES_FRAME_US);
    println!("bikes.mp4 gives its five cuts and no others: {}", if right { "met" } else { "missed" });
    if !right {
        println!("  found {found:?}");
    }
}
