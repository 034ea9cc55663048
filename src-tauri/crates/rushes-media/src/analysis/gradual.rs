//! Dissolves and fades: stretches whose frames are mixtures of two pictures.

use rushes_model::{analysis::TransitionKind, time::Stretch};

use super::{
    evidence::{Traits, evidence},
    shots::{Finder, Found, LEAST_LIGHT, Seen},
};

/// Lengths to try, in microseconds. A longer transition is found as a part of itself,
/// which is then grown.
const SPANS_US: [i64; 7] = [160_000, 240_000, 400_000, 640_000, 1_000_000, 1_500_000, 2_200_000];
/// Longest length that a part may grow to, in microseconds.
const LONGEST_US: i64 = 3_000_000;
/// Frames sampled within a stretch.
const PROBES: usize = 9;
/// Least difference between the two ends, as pictures and as scenes.
const LEAST_DIFFERENCE: f32 = 0.035;
const LEAST_STEP: f32 = 0.30;
/// Limits on how much of a mixture may be unexplained and on how far its share may
/// deviate from even growth; means over the stretch.
const MOST_UNEXPLAINED: f32 = 0.40;
const UNEVEN: f32 = 0.11;
/// Limits on how much each trait may count for or against a dissolve.
const MOST_STEP: f32 = 1.2;
const MOST_MIDDLE: f32 = 1.1;
const MOST_GOING_ON: f32 = 1.5;
const MOST_CLARITY: f32 = 1.2;
const MOST_SHARPER: f32 = 3.0;
/// A picture less sharp than this shows nothing.
const LEAST_SHARPNESS: f32 = 0.002;
const MOST_SHIFT: f32 = 0.08;
const MOST_MOVED: f32 = 1.2;
/// A transition shorter than this counts as short; at least as much footage is looked
/// at before and after. In microseconds.
const SHORT_US: i64 = 300_000;
const AROUND_US: i64 = 300_000;
/// Largest share of the change between two neighbouring samples.
const AT_ONCE: f32 = 0.34;
/// Two stretches that share this much of both are the same.
const ALIKE_SHARE: f32 = 0.7;
/// A plain picture has less contrast than this; at the bottom of a fade it has this
/// share of the contrast on either side.
const PLAIN: f32 = 0.035;
const PLAIN_SHARE: f32 = 0.22;
/// Largest difference between the frames of a plain run and its plainest one.
const ALIKE: f32 = 0.03;
/// A picture that fades in or out has this much more contrast than the plain one.
const SHOWS: f32 = 0.01;
/// The far end of a ramp keeps at least this share of its peak contrast; less means
/// that the scene is fading out again.
const SHOWS_WHOLE: f32 = 0.85;
/// Brightness up to which a picture is black, and from which it is white.
const BLACK: f32 = 0.13;
const WHITE: f32 = 0.87;
/// A scene that is back within this time was lit by lightning, in microseconds.
const LIGHTNING_US: i64 = 700_000;
/// Distances before and after at which scenes are compared, to see past the flicker of
/// lightning.
const FLICKER_US: [i64; 4] = [0, 80_000, 160_000, 280_000];
/// Likeness above which two pictures are the same scene in different light.
const SAME_FORM: f32 = 0.93;

/// How well a stretch fits a mixture of its ends.
#[derive(Debug, Clone, Copy)]
struct Fit {
    from: usize,
    to: usize,
    difference: f32,
    unexplained: f32,
    uneven: f32,
    largest: f32,
}

impl Fit {
    fn holds(&self) -> bool {
        self.unexplained < MOST_UNEXPLAINED && self.uneven < UNEVEN && self.largest < AT_ONCE
    }

    fn merit(&self) -> f32 {
        self.difference * (1.0 - self.unexplained - 3.0 * self.uneven)
    }

    /// The merit of a fit as a ramp. Ramps progress evenly; a long one that reaches
    /// into the next fade does not.
    fn ramp_merit(&self) -> f32 {
        self.difference * (1.0 - self.unexplained - 6.0 * self.uneven)
    }
}

/// The sampled frames: evenly spaced between two frames.
fn probes(from: usize, to: usize) -> impl Iterator<Item = usize> {
    let count = (to - from).saturating_sub(1).min(PROBES);
    (1..=count).map(move |probe| from + (to - from) * probe / (count + 1))
}

/// Whether findings about one stretch also hold for the other.
fn are_alike(a: Stretch, b: Stretch) -> bool {
    let both = a.end_us.min(b.end_us) - a.start_us.max(b.start_us);
    let either = a.end_us.max(b.end_us) - a.start_us.min(b.start_us);
    both as f32 > ALIKE_SHARE * either as f32
}

impl Finder<'_> {
    fn fit(&self, from: usize, to: usize) -> Fit {
        let (a, b) = (&self.frames[from].sign, &self.frames[to].sign);
        let mut fit = Fit { from, to, difference: a.apart(b), unexplained: 0.0, uneven: 0.0, largest: 0.0 };
        let whole = (self.time(to) - self.time(from)).max(1) as f32;
        let mut before = 0.0;
        let mut count = 0;
        for index in probes(from, to) {
            let (share, rest) = self.frames[index].sign.mixture(a, b);
            fit.unexplained += rest;
            fit.uneven += (share - (self.time(index) - self.time(from)) as f32 / whole).abs();
            fit.largest = fit.largest.max(share - before);
            before = share;
            count += 1;
        }
        fit.largest = fit.largest.max(1.0 - before);
        fit.unexplained /= count.max(1) as f32;
        fit.uneven /= count.max(1) as f32;
        if count < 2 {
            fit.unexplained = 1.0;
        }
        fit
    }

    /// Fades to and from plain pictures, and the final fade-out of the last scene.
    pub fn fades(&self, cuts: &[usize]) -> (Vec<Found>, Option<Stretch>) {
        let mut fades: Vec<Found> = Vec::new();
        let mut closing = None;
        let mut index = 0;
        // End of the previous fade.
        let mut floor = 0;
        while index < self.frames.len() {
            let Some((first, last)) = self.plain_run(index) else {
                index += 1;
                continue;
            };
            index = last + 1;
            let out = self.ramp(first, false, floor, cuts);
            let back = self.ramp(last, true, floor, cuts);
            // A jump into black and out of it is two cuts.
            if out.is_none() && back.is_none() {
                continue;
            }
            let (from, to) = (out.unwrap_or(first), back.unwrap_or(last + 1).min(self.frames.len() - 1));
            let at = Stretch::new(self.time(from), self.time(to));
            if to >= self.frames.len() - 1 && back.is_none() {
                closing = Some(at);
                continue;
            }
            // Lightning over one scene.
            if from > 0 && self.passes(from, to) {
                continue;
            }
            fades.push(Found { kind: TransitionKind::Fade, at });
            index = index.max(to);
            floor = to;
        }
        (fades, closing)
    }

    /// Whether two frames show the same scene, however it is lit.
    fn is_same_scene(&self, a: usize, b: usize) -> bool {
        self.is_same_at(self.between(a, b), a, b)
    }

    /// The same for two frames whose step is known.
    fn is_same_at(&self, step: f32, a: usize, b: usize) -> bool {
        step < LEAST_STEP || self.frames[a].sign.likeness(&self.frames[b].sign) > SAME_FORM
    }

    /// Whether a short change is a dying flash, or stays within one scene: a little
    /// before and a little after, beyond any flicker, the picture is the same.
    fn passes(&self, from: usize, to: usize) -> bool {
        if self.time(to) - self.time(from) >= LIGHTNING_US {
            return false;
        }
        let before = FLICKER_US.map(|ago| self.frames.partition_point(|f| f.time_us < self.time(from) - ago));
        let after = FLICKER_US
            .map(|on| self.frames.partition_point(|f| f.time_us < self.time(to) + on))
            .map(|index| index.min(self.frames.len() - 1));
        let light = |i: usize| self.frames[i].tone.brightness;
        let flashed = (before[2].max(1)..=from).any(|i| light(i) - light(i - 1) > LEAST_LIGHT);
        if flashed && light(from) - light(to) > LEAST_LIGHT {
            return true;
        }
        before.iter().any(|a| after.iter().any(|b| self.is_same_scene(*a, *b)))
    }

    /// The run of plain pictures that starts at `index`.
    fn plain_run(&self, index: usize) -> Option<(usize, usize)> {
        let contrast = |i: usize| self.frames[i].tone.contrast;
        let here = contrast(index);
        let near = |i: usize| (self.time(i) - self.time(index)).abs() <= 1_200_000;
        let before = (0..index).rev().take_while(|i| near(*i)).map(contrast).fold(0.0, f32::max);
        let after = (index + 1..self.frames.len()).take_while(|i| near(*i)).map(contrast).fold(0.0, f32::max);
        let is_lowest = (index == 0 || contrast(index - 1) > here || here < PLAIN)
            && (index + 1 == self.frames.len() || contrast(index + 1) >= here);
        let is_plain = here < PLAIN || (is_lowest && here < PLAIN_SHARE * before.min(after));
        if !is_plain || (BLACK..WHITE).contains(&self.frames[index].tone.brightness) {
            return None;
        }
        let last = (index..self.frames.len()).take_while(|i| contrast(*i) <= here.max(PLAIN)).last()?;
        // A dim scene may be next to the black.
        let plainest = (index..=last).min_by(|a, b| contrast(*a).total_cmp(&contrast(*b)))?;
        let is_alike = |i: &usize| self.frames[*i].sign.apart(&self.frames[plainest].sign) < ALIKE;
        let first = (index..=plainest).rev().take_while(is_alike).last()?;
        let last = (plainest..=last).take_while(is_alike).last()?;
        Some((first, last))
    }

    /// The other end of a ramp between a plain picture and a scene.
    fn ramp(&self, plain: usize, forward: bool, floor: usize, cuts: &[usize]) -> Option<usize> {
        let contrast = |index: usize| self.frames[index].tone.contrast;
        let mut best: Option<(Fit, f32)> = None;
        let mut most = 0.0_f32;
        let mut other = plain;
        loop {
            other = if forward { other + 1 } else { other.checked_sub(1)? };
            if other < floor
                || other >= self.frames.len()
                || (self.time(other) - self.time(plain)).abs() > LONGEST_US / 2
            {
                break;
            }
            let (from, to) = if forward { (plain, other) } else { (other, plain) };
            if cuts.iter().any(|cut| *cut > from && *cut <= to) {
                break;
            }
            most = most.max(contrast(other));
            if to - from < 3 {
                if other == 0 {
                    break;
                }
                continue;
            }
            let fit = self.fit(from, to);
            let shows = contrast(other) > (contrast(plain) + SHOWS).max(SHOWS_WHOLE * most);
            if shows && fit.difference >= LEAST_DIFFERENCE && fit.holds() {
                let merit = fit.ramp_merit();
                if best.is_none_or(|(_, so_far)| merit > so_far) {
                    best = Some((fit, merit));
                }
            }
            if other == 0 {
                break;
            }
        }
        let (from, to) = self.edges(&best?.0, cuts);
        Some(if forward { to } else { from })
    }

    /// Dissolves outside the stretches already `taken`.
    pub fn dissolves(&self, cuts: &[usize], taken: &[Stretch]) -> Vec<Found> {
        let mut fits: Vec<Fit> = Vec::new();
        let mut tried_us: Option<i64> = None;
        for from in 0..self.frames.len() {
            // Starts less than 30 ms apart give the same result.
            let from_us = self.time(from);
            if tried_us.is_some_and(|tried| from_us - tried < 30_000) {
                continue;
            }
            tried_us = Some(from_us);
            for span in SPANS_US {
                let to = from + self.frames[from..].partition_point(|f| f.time_us < from_us + span);
                if to >= self.frames.len() {
                    break;
                }
                if to - from < 3 || self.frames[from].sign.apart(&self.frames[to].sign) < LEAST_DIFFERENCE {
                    continue;
                }
                if cuts.iter().any(|cut| *cut > from && *cut <= to) {
                    break;
                }
                let fit = self.fit(from, to);
                if fit.holds() {
                    fits.push(fit);
                }
            }
        }
        fits.sort_by(|a, b| b.merit().total_cmp(&a.merit()));
        let mut found: Vec<Found> = Vec::new();
        let mut refused: Vec<Stretch> = Vec::new();
        for fit in fits {
            let at = Stretch::new(self.time(fit.from), self.time(fit.to));
            let is_taken = found.iter().map(|other| &other.at).chain(taken).any(|other| other.overlaps(at));
            if is_taken || refused.iter().any(|other| are_alike(at, *other)) {
                continue;
            }
            let fit = self.grown(fit, cuts);
            if !self.is_dissolve(&fit) {
                refused.push(at);
                refused.push(Stretch::new(self.time(fit.from), self.time(fit.to)));
                continue;
            }
            let (from, to) = self.edges(&fit, cuts);
            let at = Stretch::new(self.time(from), self.time(to));
            if found.iter().map(|other| &other.at).chain(taken).any(|other| other.overlaps(at)) {
                continue;
            }
            let plain = |index: usize| self.frames[index].tone.contrast < PLAIN;
            let kind = if plain(from) || plain(to) { TransitionKind::Fade } else { TransitionKind::Dissolve };
            found.push(Found { kind, at });
        }
        found
    }

    /// Extends a fit at both ends while it explains more.
    fn grown(&self, mut fit: Fit, cuts: &[usize]) -> Fit {
        let step = ((fit.to - fit.from) / 8).max(1);
        loop {
            let wider = [
                (fit.from.checked_sub(step), Some(fit.to)),
                (Some(fit.from), Some(fit.to + step).filter(|to| *to < self.frames.len())),
            ];
            let better = wider
                .into_iter()
                .filter_map(|(from, to)| Some((from?, to?)))
                .filter(|(from, to)| self.time(*to) - self.time(*from) <= LONGEST_US)
                .filter(|(from, to)| !cuts.iter().any(|cut| cut > from && cut <= to))
                .map(|(from, to)| self.fit(from, to))
                .filter(|wider| wider.holds() && wider.merit() > fit.merit() * 1.01)
                .max_by(|a, b| a.merit().total_cmp(&b.merit()));
            match better {
                Some(wider) => fit = wider,
                None => return fit,
            }
        }
    }

    /// Whether a fit leads from one scene into another.
    fn is_dissolve(&self, fit: &Fit) -> bool {
        let plain = |index: usize| self.frames[index].tone.contrast < PLAIN;
        // Light that goes up and down is not a scene.
        let shows = !plain(fit.from) || !plain(fit.to);
        if !shows {
            return false;
        }
        // Search blocks only once: it dominates the cost.
        let step = self.between(fit.from, fit.to);
        if self.is_same_at(step, fit.from, fit.to) {
            return false;
        }
        let traits = self.traits(fit, step);
        tracing::trace!(
            target: "rushes_media::dissolves",
            from_us = self.time(fit.from),
            to_us = self.time(fit.to),
            ?traits,
            passes = self.passes(fit.from, fit.to),
        );
        evidence(&traits) > 0.0 && !self.passes(fit.from, fit.to)
    }

    /// The traits of a fit, see [`evidence`]; `step` is the one from its first frame to
    /// its last.
    fn traits(&self, fit: &Fit, step: f32) -> Traits {
        let (from, to) = (fit.from, fit.to);
        let (a, b) = (&self.frames[from].sign, &self.frames[to].sign);
        let length = self.time(to) - self.time(from);
        let middle = (from + to) / 2;
        let middle = self.between(from, middle).max(self.between(middle, to)) / step;
        // A change that goes on all the time also goes on before and after.
        let around = length.max(AROUND_US);
        let back = self.frames[..from].partition_point(|f| f.time_us < self.time(from) - around);
        let past = self.frames[to..].partition_point(|f| f.time_us <= self.time(to) + around);
        let beside = self.between(back, from).min(self.between(to, to + past.max(1) - 1)) / step;
        // How much of the frame-to-frame change camera movement explains.
        let inside = &self.frames[from + 1..=to];
        let sum = |of: fn(&Seen) -> f32| inside.iter().map(of).sum::<f32>();
        let still = sum(|seen| seen.apart.still).max(0.001);
        [
            step.min(MOST_STEP),
            a.spread(b),
            fit.uneven,
            fit.unexplained,
            (SHORT_US - length).max(0) as f32 / 1e6,
            middle.min(MOST_MIDDLE),
            beside.min(MOST_GOING_ON),
            self.clarity(fit).min(MOST_CLARITY),
            (sum(|seen| seen.apart.shift) / inside.len() as f32).min(MOST_SHIFT),
            sum(|seen| seen.apart.residue) / still,
            (sum(|seen| seen.apart.moved) / still).min(MOST_MOVED),
            a.likeness(b).max(0.0),
        ]
    }

    /// Sharpness of the frames in a fit, relative to mixtures of its ends; low in a
    /// whip pan.
    fn clarity(&self, fit: &Fit) -> f32 {
        let (a, b) = (&self.frames[fit.from], &self.frames[fit.to]);
        let (sum, count) = probes(fit.from, fit.to)
            .map(|index| {
                let here = &self.frames[index];
                let share = here.sign.mixture(&a.sign, &b.sign).0.clamp(0.0, 1.0);
                let mixed = ((1.0 - share) * a.tone.sharpness).hypot(share * b.tone.sharpness);
                (here.tone.sharpness / mixed.max(LEAST_SHARPNESS)).min(MOST_SHARPER)
            })
            .fold((0.0, 0), |(sum, count), one| (sum + one, count + 1));
        sum / count.max(1) as f32
    }

    /// First and last frame of the change in and around a fit.
    fn edges(&self, fit: &Fit, cuts: &[usize]) -> (usize, usize) {
        let (a, b) = (&self.frames[fit.from].sign, &self.frames[fit.to].sign);
        // A line fitted to the middle part, extended to 0 and 1.
        let points: Vec<(f64, f64)> = (fit.from..=fit.to)
            .map(|i| (self.time(i) as f64, f64::from(self.frames[i].sign.mixture(a, b).0)))
            .filter(|(_, share)| (0.15..=0.85).contains(share))
            .collect();
        let count = points.len() as f64;
        if count < 2.0 {
            return (fit.from, fit.to);
        }
        let (mean_t, mean_s) = (
            points.iter().map(|p| p.0).sum::<f64>() / count,
            points.iter().map(|p| p.1).sum::<f64>() / count,
        );
        let slope = points.iter().map(|p| (p.0 - mean_t) * (p.1 - mean_s)).sum::<f64>()
            / points.iter().map(|p| (p.0 - mean_t).powi(2)).sum::<f64>();
        if slope <= 0.0 {
            return (fit.from, fit.to);
        }
        let at = |share: f64| (mean_t + (share - mean_s) / slope) as i64;
        let (start, end) = (at(0.0), at(1.0));
        // Stay within the neighbouring shots.
        let next = cuts.partition_point(|cut| *cut <= fit.to);
        let first = next.checked_sub(1).map_or(0, |last| cuts[last]);
        let last = cuts.get(next).map_or(self.frames.len(), |cut| *cut) - 1;
        let from = self.frames.partition_point(|f| f.time_us < start).clamp(first, last);
        let to = self.frames.partition_point(|f| f.time_us < end).clamp(first, last);
        (from.min(to.saturating_sub(1)), to)
    }
}
