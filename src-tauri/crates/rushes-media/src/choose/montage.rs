//! Montages: good moments of many shots put together.
//!
//! Each variant opens with its own shot from its own region: the free footage is
//! divided into as many regions as variants were requested, and the openings are
//! reserved before anything else is taken. The rest of a variant is spread over the
//! footage, which is divided into as many slices as snippets are needed, with the best
//! shot of each. Shots that no variant has used come first, then shots of other
//! variants, then more of its own. No footage is used twice.

use std::collections::BTreeSet;

use rushes_model::choice::MontageOrder;

use super::{
    footage::Footage,
    remaining::Remaining,
    request::{ChoiceRequest, ProposedClip, ProposedCut, bounds},
    score::{Pictures, Scores},
    snippets::{Lengths, SHORTEST_CUT_US, Snippet, snippets},
};

/// Bonus for an opening with a picture that no other opening has shown.
const NEW_OPENING: f64 = 0.5;

/// Retries with fewer variants.
const ATTEMPTS: usize = 3;

pub(super) fn choose<'t>(
    footage: &[Footage<'_>],
    scores: &Scores,
    remaining: &mut Remaining<'t>,
    request: &ChoiceRequest,
) -> Vec<ProposedClip> {
    let (shortest, longest) = bounds(request.target_duration_us);
    let whole: i64 = footage.iter().map(|source| source.analysis.duration_us).sum();
    let lengths = Lengths::new(request.target_duration_us, whole);
    let pool = snippets(footage, scores, remaining, lengths, request.count as usize);
    let usable: i64 = pool.iter().map(Snippet::length).sum();
    // Footage that is too short for the target gives most of itself, once.
    let (shortest, most) =
        if whole < shortest { (whole / 2 + 1, 1) } else { (shortest, usable / shortest.max(1)) };
    let mut planned = usize::try_from(most).unwrap_or(0).min(request.count as usize);
    let mut best: Option<Table<'_, '_>> = None;
    for _ in 0..ATTEMPTS {
        if planned == 0 {
            break;
        }
        let mut table = Table::new(&pool, remaining.clone(), request.target_duration_us, shortest, longest);
        table.make(planned);
        let made = table.variants.len();
        if best.as_ref().is_none_or(|best| made > best.variants.len()) {
            best = Some(table);
        }
        // Openings were reserved for variants that cannot be filled: retry without
        // them.
        if made == planned {
            break;
        }
        planned = made;
    }
    let Some(table) = best else { return Vec::new() };
    *remaining = table.remaining;
    let mut seen = Pictures::default();
    let told = |variant: &Vec<Snippet>| told(footage, scores, &ordered(variant, request.order), &mut seen);
    table.variants.iter().map(told).collect()
}

/// Working state: the pool of snippets, what is used, and the variants so far.
struct Table<'a, 't> {
    pool: &'a [Snippet],
    remaining: Remaining<'t>,
    target: i64,
    shortest: i64,
    longest: i64,
    /// Whether each snippet is still free.
    open: Vec<bool>,
    /// Whether each shot is used by a variant or reserved as an opening.
    used: Vec<bool>,
    /// Finished variants, each with its opening first.
    variants: Vec<Vec<Snippet>>,
}

impl<'a, 't> Table<'a, 't> {
    fn new(pool: &'a [Snippet], remaining: Remaining<'t>, target: i64, shortest: i64, longest: i64) -> Self {
        let shots = pool.last().map_or(0, |snippet| snippet.shot + 1);
        let (open, used) = (vec![true; pool.len()], vec![false; shots]);
        Self { pool, remaining, target, shortest, longest, open, used, variants: Vec::new() }
    }

    fn make(&mut self, planned: usize) {
        let openings = self.openings(planned);
        for index in &openings {
            // Reserved: only its own variant may take it.
            self.open[*index] = false;
            self.used[self.pool[*index].shot] = true;
        }
        for number in 0..planned {
            // A reserved opening is dropped if something taken since shows the same.
            let kept = openings.get(number).copied().filter(|index| self.is_free(*index));
            let region = openings.get(number).map(|index| self.pool[*index].region);
            let Some(opening) = kept.or_else(|| self.another_opening(region)) else {
                return;
            };
            let before = (self.open.clone(), self.used.clone(), self.remaining.clone());
            match self.variant(opening) {
                Some(variant) => self.variants.push(variant),
                None => {
                    (self.open, self.used, self.remaining) = before;
                    return;
                }
            }
        }
    }

    /// One opening for each variant, best first: the best snippet of each region, from
    /// different shots if possible.
    fn openings(&self, planned: usize) -> Vec<usize> {
        let mut regions: Vec<Vec<usize>> = Vec::new();
        for (index, snippet) in self.pool.iter().enumerate() {
            match regions.last_mut() {
                Some(region) if self.pool[region[0]].region == snippet.region => region.push(index),
                _ => regions.push(vec![index]),
            }
        }
        // Regions with few shots choose first.
        let shots =
            |region: &Vec<usize>| region.iter().map(|i| self.pool[*i].shot).collect::<BTreeSet<_>>().len();
        regions.sort_by_cached_key(shots);
        let mut shown = Pictures::default();
        let mut taken = BTreeSet::new();
        let mut openings: Vec<usize> = Vec::new();
        for region in &regions {
            let value = |index: &usize| {
                let snippet = &self.pool[*index];
                snippet.worth + NEW_OPENING * shown.novelty(&[snippet.hash])
            };
            let rank = |index: &usize| {
                let snippet = &self.pool[*index];
                (!taken.contains(&snippet.shot), !snippet.strained)
            };
            let best = region.iter().max_by(|a, b| rank(a).cmp(&rank(b)).then(value(a).total_cmp(&value(b))));
            let Some(&best) = best else { continue };
            taken.insert(self.pool[best].shot);
            shown.add(&[self.pool[best].hash]);
            openings.push(best);
        }
        openings.sort_by(|a, b| self.pool[*b].worth.total_cmp(&self.pool[*a].worth));
        openings.truncate(planned);
        openings
    }

    /// Finds an opening if the reserved one duplicates something taken since, or there
    /// was none: from an unused shot if possible, in the region it was for, or else in
    /// one in which no variant opens.
    fn another_opening(&self, region: Option<usize>) -> Option<usize> {
        let open = (0..self.pool.len()).filter(|index| self.open[*index]);
        let rank = |index: &usize| {
            let snippet = &self.pool[*index];
            let mut openings = self.variants.iter().map(|variant| &variant[0]);
            let unlike = openings.clone().all(|opening| opening.shot != snippet.shot);
            let elsewhere = openings.all(|opening| opening.region != snippet.region);
            (!self.used[snippet.shot], unlike, region == Some(snippet.region), elsewhere, !snippet.strained)
        };
        open.max_by(|a, b| rank(a).cmp(&rank(b)).then(self.pool[*a].worth.total_cmp(&self.pool[*b].worth)))
    }

    /// Takes snippets for one variant; `None` if they do not suffice.
    fn variant(&mut self, opening: usize) -> Option<Vec<Snippet>> {
        let mut taken = Vec::new();
        let mut own = BTreeSet::new();
        let mut length = self.take(opening, &mut taken, &mut own);
        // Unused shots, shots of other variants, more of the same.
        for (newness, strained) in [(0, false), (0, true), (1, false), (1, true), (2, false), (2, true)] {
            while length < self.target {
                let before = length;
                for index in self.spread(newness, strained, &own, self.target - length) {
                    let snippet = &self.pool[index];
                    let longer = length + snippet.length();
                    let nearer = longer - self.target <= self.target - length;
                    let wanted = longer <= self.longest && (nearer || length < self.shortest);
                    // A snippet taken just now may show the same, or come from the same
                    // shot.
                    if length < self.target && wanted && self.open[index] && self.is(newness, snippet, &own) {
                        length = self.take(index, &mut taken, &mut own);
                    }
                }
                if length == before {
                    break;
                }
            }
        }
        (length >= self.shortest).then_some(taken)
    }

    fn take(&mut self, index: usize, taken: &mut Vec<Snippet>, own: &mut BTreeSet<usize>) -> i64 {
        let snippet = self.pool[index];
        let before = self.remaining.total();
        self.remaining.take(snippet.footage, snippet.start, snippet.end);
        self.open[index] = false;
        if before - self.remaining.total() > snippet.length() {
            for (open, other) in self.open.iter_mut().zip(self.pool) {
                *open = *open && self.remaining.holds(other.footage, other.start, other.end);
            }
        }
        self.used[snippet.shot] = true;
        own.insert(snippet.shot);
        taken.push(snippet);
        taken.iter().map(Snippet::length).sum()
    }

    fn is_free(&self, index: usize) -> bool {
        let snippet = &self.pool[index];
        self.remaining.holds(snippet.footage, snippet.start, snippet.end)
    }

    /// Whether a snippet is from a shot that is unused (0), used only by other variants
    /// (1), or used by this variant too (2).
    fn is(&self, newness: u8, snippet: &Snippet, own: &BTreeSet<usize>) -> bool {
        let of = match (own.contains(&snippet.shot), self.used[snippet.shot]) {
            (true, _) => 2,
            (false, true) => 1,
            (false, false) => 0,
        };
        of == newness
    }

    /// The best snippet of each slice of the footage, best first, with as many slices as
    /// are needed to fill `missing`. Only the best snippet of a shot counts, unless more
    /// of the same shot is wanted.
    fn spread(&self, newness: u8, strained: bool, own: &BTreeSet<usize>, missing: i64) -> Vec<usize> {
        let mut eligible: Vec<usize> = Vec::new();
        for (index, snippet) in self.pool.iter().enumerate() {
            if !self.open[index] || snippet.strained != strained || !self.is(newness, snippet, own) {
                continue;
            }
            match eligible.last_mut() {
                Some(last) if newness < 2 && self.pool[*last].shot == snippet.shot => {
                    if snippet.worth > self.pool[*last].worth {
                        *last = index;
                    }
                }
                _ => eligible.push(index),
            }
        }
        let Some(count) = i64::try_from(eligible.len()).ok().filter(|count| *count > 0) else {
            return eligible;
        };
        let mean = (eligible.iter().map(|i| self.pool[*i].length()).sum::<i64>() / count).max(1);
        let wanted = ((missing + mean - 1) / mean).clamp(1, count) as usize;
        let worth = |index: &usize| self.pool[*index].worth;
        let mut picks: Vec<usize> = (0..wanted)
            .filter_map(|n| {
                let slice = &eligible[n * eligible.len() / wanted..(n + 1) * eligible.len() / wanted];
                slice.iter().copied().max_by(|a, b| worth(a).total_cmp(&worth(b)))
            })
            .collect();
        picks.sort_by(|a, b| worth(b).total_cmp(&worth(a)));
        picks
    }
}

/// A variant in the requested order, its opening first.
fn ordered(variant: &[Snippet], order: MontageOrder) -> Vec<Snippet> {
    let mut snippets = variant.to_vec();
    let rest = snippets.get_mut(1..).unwrap_or_default();
    match order {
        MontageOrder::Chronological => rest.sort_by_key(|snippet| (snippet.footage, snippet.start)),
        MontageOrder::BestFirst => rest.sort_by(|a, b| b.worth.total_cmp(&a.worth)),
    }
    snippets
}

fn told(footage: &[Footage<'_>], scores: &Scores, snippets: &[Snippet], seen: &mut Pictures) -> ProposedClip {
    let length: i64 = snippets.iter().map(Snippet::length).sum();
    let mut parts = [0.0; 6];
    for snippet in snippets {
        let own = scores.parts(&footage[snippet.footage], snippet.footage, snippet.start, snippet.end);
        for (sum, part) in parts.iter_mut().zip(own) {
            *sum += part * snippet.length() as f64 / length.max(1) as f64;
        }
    }
    // Pace is 1 for a montage of only the shortest snippets.
    let pace = snippets.len() as f64 * SHORTEST_CUT_US as f64 / length.max(1) as f64;
    let hashes: Vec<u64> = snippets.iter().map(|snippet| snippet.hash).collect();
    let (score_bp, parts) = scores.told(Scores::with_pace(parts, pace), seen.novelty(&hashes));
    seen.add(&hashes);
    let cut = |snippet: &Snippet| ProposedCut {
        source: footage[snippet.footage].index,
        in_us: snippet.start,
        out_us: snippet.end,
    };
    ProposedClip { cuts: snippets.iter().map(cut).collect(), score_bp, parts }
}
