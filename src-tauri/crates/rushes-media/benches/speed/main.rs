//! The cost of the analysis compared with plain decoding by ffmpeg and with
//! PySceneDetect, and that its memory does not grow with the footage. Run by `make
//! bench`; `--only NAME` runs one part of [`PARTS`].
//!
//! Each contestant is its own process: for Rushes, this bench runs itself with
//! `--analyse FILE`, `--survey FILE` or `--montages FILE`.

use std::path::Path;
use std::process::Command;

use rushes_media::{
    ChoiceRequest, ChoiceSource, Piece, ProposedClip, ProposedCut, RunContext, Toolchain, analyse,
    analyse_sound, choose, expected_duration_us, probe, shown_at, still, survey,
};
use rushes_model::analysis::Analysis;
use rushes_model::choice::{ClipKind, MontageOrder, ScoreWeights};
use rushes_model::facts::SourceFacts;

use measure::Cost;

mod films;
mod measure;
#[path = "../shots/pyscenedetect.rs"]
mod pyscenedetect;
#[path = "../reels/mod.rs"]
#[expect(dead_code, reason = "the films need no more of it")]
mod reels;

/// Runs of each contestant, taking turns.
const ROUNDS: usize = 3;
/// Design targets: time relative to plain decoding, and memory.
const AIM_FULL: f64 = 1.0;
const AIM_SURVEY: f64 = 0.10;
const AIM_MONTAGES: f64 = 2.0;
const AIM_BYTES: u64 = 300_000_000;
/// Memory for two hours relative to ten minutes: constant, except for the results.
const AIM_GROWTH: f64 = 1.1;

/// The streams that an ffmpeg reads.
const PICTURE: [&str; 2] = ["-map", "0:v"];
const SOUND: [&str; 2] = ["-map", "0:a"];

/// The parts of the report.
const PARTS: [(&str, fn()); 3] = [("time", time), ("stages", stages), ("memory", memory)];

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["--analyse", file] => full(Path::new(file)),
        ["--survey", file] => first(Path::new(file)),
        ["--montages", file] => montages(Path::new(file)),
        [] => PARTS.iter().for_each(|(_, part)| part()),
        ["--only", name] => {
            let (_, part) = PARTS.iter().find(|(known, _)| known == name).expect("a part of that name");
            part();
        }
        other => panic!("{other:?} are no options"),
    }
}

/// A process of Rushes that analyses a file.
fn full(file: &Path) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let tools = Toolchain::discover(None).await.expect("ffmpeg");
        let facts = probe(&tools, file).await.expect("facts");
        let made = analyse(&tools, file, &facts, &RunContext::quiet()).await.expect("an analysis");
        assert!(!candidates(&made.analysis).is_empty(), "no candidate");
    });
}

/// A process of Rushes that ends with the first result it could show.
fn first(file: &Path) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let tools = Toolchain::discover(None).await.expect("ffmpeg");
        let facts = probe(&tools, file).await.expect("facts");
        assert!(!candidates(&surveyed(&tools, file, &facts).await).is_empty(), "no candidate");
    });
}

/// What the first pass over a file tells.
async fn surveyed(tools: &Toolchain, file: &Path, facts: &SourceFacts) -> Analysis {
    let context = RunContext::quiet();
    let looked =
        futures::join!(survey(tools, file, facts, &context), analyse_sound(tools, file, facts, &context));
    let picture = looked.0.expect("a survey").expect("footage with few key frames").picture();
    Analysis::of(picture, looked.1.expect("the sound").part)
}

/// A process of Rushes that makes three montages of 20 s ready for review, as a job
/// does with long footage: surveyed, chosen, each with its still and its thumbnail. They
/// are played from the footage, and the full analysis follows during the review.
fn montages(file: &Path) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a temp folder");
    runtime.block_on(async {
        let tools = Toolchain::discover(None).await.expect("ffmpeg");
        let facts = probe(&tools, file).await.expect("facts");
        let chosen = chosen(&surveyed(&tools, file, &facts).await, ClipKind::Montage, 3);
        assert_eq!(chosen.len(), 3);
        for (number, clip) in chosen.iter().enumerate() {
            let piece = |cut: &ProposedCut| Piece {
                path: file.to_owned(),
                facts: facts.clone(),
                in_us: cut.in_us,
                out_us: cut.out_us,
            };
            let pieces: Vec<Piece> = clip.cuts.iter().map(piece).collect();
            let to = |ending: &str| folder.path().join(format!("{number}.{ending}"));
            let context = RunContext::quiet();
            let third_us = expected_duration_us(&pieces) / 3;
            for (moment, side, ending) in [(0, 960, "still.jpg"), (third_us, 480, "jpg")] {
                let (piece, at_us) = shown_at(&pieces, moment);
                still(&tools, &pieces[piece], at_us, side, &to(ending), &context).await.expect("a picture");
            }
        }
    });
}

/// Up to ten moments of 20 s.
fn candidates(analysis: &Analysis) -> Vec<ProposedClip> {
    chosen(analysis, ClipKind::Highlight, 10)
}

fn chosen(analysis: &Analysis, kind: ClipKind, count: u32) -> Vec<ProposedClip> {
    let request = ChoiceRequest {
        kind,
        count,
        target_duration_us: 20_000_000,
        seed: 1,
        order: MontageOrder::default(),
        weights: ScoreWeights::default(),
    };
    choose(&[ChoiceSource { analysis, avoid: Vec::new() }], &request).clips
}

/// A full-size film: time and memory.
fn time() {
    let film = films::full_size();
    let mut contestants = vec![
        ("plain decode", to_nothing(&film, &[], &PICTURE)),
        ("Rushes, full", ourselves("--analyse", &film)),
        ("Rushes, first result", ourselves("--survey", &film)),
        ("Rushes, 3 montages", ourselves("--montages", &film)),
    ];
    match pyscenedetect::python(&reels::store()) {
        Some((python, _)) => {
            let mut command = Command::new(python);
            command.arg(pyscenedetect::script()).arg(&film).arg("ContentDetector");
            contestants.push(("PySceneDetect, content", command));
        }
        None => println!("PySceneDetect cannot be installed here; it is left out"),
    }
    let mut costs = vec![Vec::new(); contestants.len()];
    for _ in 0..ROUNDS {
        for ((_, command), costs) in contestants.iter_mut().zip(&mut costs) {
            costs.push(measure::run(command));
        }
    }
    let costs: Vec<Cost> = costs.into_iter().map(measure::median).collect();
    println!("analysis of {} s of 1080p with sound, median of {ROUNDS} runs", films::FILM_S);
    println!("  {:<24}{:>9}{:>9}{:>10}{:>10}{:>10}", "", "wall s", "CPU s", "peak MB", "× wall", "× CPU");
    for ((name, _), cost) in contestants.iter().zip(&costs) {
        println!(
            "  {name:<24}{:>9.2}{:>9.2}{:>10.0}{:>10.2}{:>10.2}",
            cost.wall_s,
            cost.cpu_s,
            cost.peak_bytes as f64 / 1e6,
            cost.wall_s / costs[0].wall_s,
            cost.cpu_s / costs[0].cpu_s,
        );
    }
    let ratio = |cost: &Cost| cost.wall_s / costs[0].wall_s;
    aim("full analysis against plain decode", ratio(&costs[1]), AIM_FULL);
    aim("first result against plain decode", ratio(&costs[2]), AIM_SURVEY);
    aim("three montages against plain decode", ratio(&costs[3]), AIM_MONTAGES);
    aim("peak memory in MB", costs[1].peak_bytes as f64 / 1e6, AIM_BYTES as f64 / 1e6);
}

/// Where the time of the full analysis goes: by process, and how much of ffmpeg's work
/// on the picture is decoding and scaling.
fn stages() {
    let film = films::full_size();
    let runs = |command: &mut Command| measure::median((0..ROUNDS).map(|_| measure::run(command)).collect());
    let plain = runs(&mut to_nothing(&film, &[], &PICTURE));
    let unfiltered = runs(&mut to_nothing(&film, &["-skip_loop_filter", "all"], &PICTURE));
    let full = runs(&mut ourselves("--analyse", &film));
    println!("where the time of the full analysis goes, CPU s, median of {ROUNDS} runs");
    let line = |name: &str, cpu_s: f64| {
        println!("  {name:<44}{cpu_s:>7.2}{:>7.1} %", 100.0 * cpu_s / full.cpu_s);
    };
    let of = |name: &str| full.processes.get(name).map_or(0.0, |share| share.cpu_s);
    let picture = of("ffmpeg, picture");
    line("decoding the picture, without loop filter", unfiltered.cpu_s);
    line("making it small and handing it over", picture - unfiltered.cpu_s);
    line("looking, listening, choosing: Rushes itself", of("Rushes itself"));
    line("decoding the sound", of("ffmpeg, sound"));
    line("all, with what goes before", full.cpu_s);
    println!(
        "  plain decode, with the loop filter: {:.2}; the filter {:.2}",
        plain.cpu_s,
        plain.cpu_s - unfiltered.cpu_s
    );
}

/// The same piece repeated for ten minutes and for two hours, in a container without a
/// packet index and in one with it. ffmpeg keeps such an index in memory as long as it
/// reads, even if it decodes nothing.
fn memory() {
    for (ending, container) in [("mkv", "Matroska"), ("mp4", "MP4")] {
        let peaks = [films::SHORT_S, films::LONG_S].map(|length_s| {
            let film = films::looped(length_s, ending);
            let cost = measure::run(&mut ourselves("--analyse", &film));
            let tables = [PICTURE, SOUND]
                .map(|[map, stream]| to_nothing(&film, &[], &[map, stream, "-c", "copy"]))
                .map(|mut opened| measure::run(&mut opened).peak_bytes);
            let mega = |bytes: u64| bytes as f64 / 1e6;
            println!(
                "analysis of {:>3} min of 360p in {container}: peak {:>4.0} MB, {:.0} s; two ffmpegs that only open it {:.0} MB",
                length_s / 60,
                mega(cost.peak_bytes),
                cost.wall_s,
                mega(tables.iter().sum()),
            );
            for (name, share) in cost.processes.iter().filter(|(_, share)| share.peak_bytes > 500_000) {
                println!("  {name:<24}{:>5.0} MB", mega(share.peak_bytes));
            }
            (mega(cost.peak_bytes), mega(tables.iter().sum()))
        });
        let [(short, short_tables), (long, long_tables)] = peaks;
        let tables = long_tables - short_tables;
        println!("  two hours against ten minutes: {:.2}, tables larger by {tables:.0} MB", long / short);
        aim("growth of memory without the tables", (long - tables) / short, AIM_GROWTH);
        aim("peak memory in MB", long, AIM_BYTES as f64 / 1e6);
    }
}

/// An ffmpeg that reads a film and writes nothing.
fn to_nothing(film: &Path, reading: &[&str], writing: &[&str]) -> Command {
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-nostdin"]).args(reading).arg("-i").arg(film);
    command.args(writing).args(["-f", "null", "-"]);
    command
}

fn ourselves(word: &str, film: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this bench"));
    command.arg(word).arg(film);
    command
}

fn aim(what: &str, figure: f64, aim: f64) {
    println!("  {what} {figure:.2}, aim {aim:.2}: {}", if figure <= aim { "met" } else { "missed" });
}
