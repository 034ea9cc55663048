//! Adjusts the edges of a clip that was chosen from a survey, once the full analysis
//! has exact boundaries.

use rushes_model::{analysis::Analysis, time::Stretch};

use super::{
    legal::{Edge, Edges, Legal},
    snippets::SHORTEST_CUT_US,
};

/// A place for an edge, and its cost.
type Place = (i64, i64);

/// Moves each edge by at most `reach_us` to the best place: onto a nearby cut or into a
/// nearby pause, or else to the nearest legal moment. With nothing legal in reach, an
/// edge stays; but if only speech is in the way, it goes to the nearest moment outside
/// flashes, blanks and transitions. An edge that is already on a cut or in its pause
/// stays. No edge moves outwards over a blank, the in point stays before the out point,
/// and the cut keeps at least 0.7 s, or its length if that was less. Both edges are
/// first clamped to the source.
pub fn settle(analysis: &Analysis, in_us: i64, out_us: i64, reach_us: i64) -> (i64, i64) {
    let duration_us = analysis.duration_us;
    let (in_us, out_us) = (in_us.clamp(0, duration_us), out_us.clamp(0, duration_us));
    let least = (out_us - in_us).min(SHORTEST_CUT_US);
    let legal = Legal::strict(analysis);
    let natural = Edges::natural(analysis, &legal);
    let lawful = Legal::new(analysis, |_| true);
    let unspoken = Legal::new(analysis, |_| false);
    // Move outwards only up to the next blank or damage.
    let blank = || analysis.blanks.iter().chain(&analysis.damage);
    let before = |stretch: &&Stretch| stretch.start_us < in_us;
    let low = blank().filter(before).map(|stretch| stretch.end_us).fold(in_us - reach_us, i64::max);
    let after = |stretch: &&Stretch| stretch.end_us > out_us;
    let high = blank().filter(after).map(|stretch| stretch.start_us).fold(out_us + reach_us, i64::min);

    let ins = options(
        &natural.ins,
        [&legal.ins, &lawful.ins, &unspoken.ins],
        in_us,
        (low.max(0), in_us + reach_us),
        reach_us,
    );
    let outs = options(
        &natural.outs,
        [&legal.outs, &lawful.outs, &unspoken.outs],
        out_us,
        (out_us - reach_us, high.min(duration_us)),
        reach_us,
    );
    let pairs = ins.iter().flat_map(|a| outs.iter().map(move |b| (a, b)));
    let fitting = pairs.filter(|((start, _), (end, _))| end - start >= least && end > start);
    let best =
        fitting.min_by_key(|((start, cost), (end, other))| (cost.saturating_add(*other), *start, *end));
    best.map_or((in_us, out_us), |((start, _), (end, _))| (*start, *end))
}

/// Places for an edge within `range`, by increasing cost: natural, merely legal,
/// showing a sliver of a shot, within speech, and staying at an illegal moment.
fn options(
    natural: &[Edge],
    [legal, lawful, unspoken]: [&super::spans::Spans; 3],
    at: i64,
    (low, high): (i64, i64),
    reach_us: i64,
) -> Vec<Place> {
    let step = reach_us.max(0).saturating_add(1);
    let cost =
        |moment: i64, steps: i64| (moment, step.saturating_mul(steps).saturating_add((moment - at).abs()));
    let from = natural.partition_point(|edge| edge.at < low);
    let to = natural.partition_point(|edge| edge.at <= high).max(from);
    let mut options: Vec<Place> = natural[from..to].iter().map(|edge| cost(edge.at, 0)).collect();
    // The outermost ones leave room for the other edge.
    for (spans, steps) in [(legal, 2), (lawful, 4), (unspoken, 8)] {
        let moments = [at, low, high].into_iter().filter_map(|near| spans.nearest(near, low, high));
        options.extend(moments.map(|moment| cost(moment, steps)));
    }
    options.push((at, step.saturating_mul(20)));
    options
}
